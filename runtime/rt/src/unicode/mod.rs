//! Character classes as CPython 3.11 has them.

mod tables;

fn within(table: &[(u32, u32)], c: char) -> bool {
    let code = c as u32;
    let after = table.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= table[after - 1].1
}

/// `str.isprintable` of one character.
#[inline]
pub(crate) fn is_printable(c: char) -> bool {
    if c.is_ascii() { matches!(c, ' '..='~') } else { !within(tables::NOT_PRINTABLE, c) }
}

/// `str.isalpha` of one character.
#[inline]
pub(crate) fn is_alpha(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { within(tables::ALPHA, c) }
}

/// `str.isdecimal` of one character.
#[inline]
pub(crate) fn is_decimal(c: char) -> bool {
    decimal_value(c).is_some()
}

/// The value of a decimal digit of any script.
pub(crate) fn decimal_value(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let code = c as u32;
    let after = tables::DECIMAL.partition_point(|&(first, _)| first <= code);
    let (first, last) = tables::DECIMAL[after.checked_sub(1)?];
    (code <= last).then(|| code - first)
}

/// `str.isdigit` of one character.
#[inline]
pub(crate) fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { is_decimal(c) || within(tables::DIGIT, c) }
}

/// `str.isnumeric` of one character.
#[inline]
pub(crate) fn is_numeric(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { is_digit(c) || within(tables::NUMERIC, c) }
}

/// Whether a character is a title case letter such as `ǅ`.
pub(crate) fn is_title(c: char) -> bool {
    !c.is_ascii() && within(tables::TITLE, c)
}

/// `str.isspace` of one character.
#[inline]
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}
