//! Methods of strings.

/// Each character as a text.
pub fn characters(text: &str) -> Vec<String> {
    text.chars().map(String::from).collect()
}

/// The lines of a text.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// The parts between separators.
pub fn split(text: &str, separator: &str) -> Vec<String> {
    text.split(separator).map(str::to_owned).collect()
}

/// The text `count` times; nothing for a negative count.
pub fn repeat(text: &str, count: i64) -> String {
    text.repeat(usize::try_from(count).unwrap_or(0))
}

/// The characters from `start` to before `end`, as far as there are some.
pub fn slice(text: &str, start: i64, end: i64) -> String {
    let start = usize::try_from(start).unwrap_or(0);
    let count = usize::try_from(end).unwrap_or(0).saturating_sub(start);
    text.chars().skip(start).take(count).collect()
}

/// The text with its first letter in upper case.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Each word with its first letter in upper case, the others in lower case.
pub fn title(text: &str) -> String {
    let mut is_inside = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match is_inside {
            true => out.extend(c.to_lowercase()),
            false => out.extend(c.to_uppercase()),
        }
        is_inside = c.is_alphanumeric();
    }
    out
}

/// The number of characters before a part's first place.
pub fn find(text: &str, part: &str) -> Option<i64> {
    let at = text.find(part)?;
    i64::try_from(text[..at].chars().count()).ok()
}

/// What is missing to `width` characters.
fn padding(text: &str, width: i64, fill: &str) -> String {
    let missing = usize::try_from(width).unwrap_or(0).saturating_sub(text.chars().count());
    fill.chars().cycle().take(missing).collect()
}

/// The text, with `fill` before it up to `width` characters.
pub fn pad_start(text: &str, width: i64, fill: &str) -> String {
    padding(text, width, fill) + text
}

/// The text, with `fill` behind it up to `width` characters.
pub fn pad_end(text: &str, width: i64, fill: &str) -> String {
    text.to_owned() + &padding(text, width, fill)
}

/// The number that a text writes, or Rust's words why it writes none.
pub fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// The value of a text's only character as a digit.
pub fn to_digit(text: &str, radix: i64) -> Option<i64> {
    let mut chars = text.chars();
    let (Some(digit), None) = (chars.next(), chars.next()) else { return None };
    digit.to_digit(u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix))?).map(i64::from)
}

/// The number that a text writes.
#[track_caller]
pub fn parse_int(text: &str) -> i64 {
    let parsed = text.trim().parse();
    parsed.unwrap_or_else(|_| super::panic(&format!("Failed to parse '{text}' as integer")))
}

/// The number that a text writes.
#[track_caller]
pub fn parse_float(text: &str) -> f64 {
    let parsed = text.trim().parse();
    parsed.unwrap_or_else(|_| super::panic(&format!("Failed to parse '{text}' as float")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(slice("héllo", 1, 3), "él");
        assert_eq!(slice("ab", -1, 9), "ab");
        assert_eq!(repeat("x", -2), "");
        assert_eq!(capitalised("éa"), "Éa");
        assert_eq!(parse_int("12"), 12);
        assert_eq!(title("hello wORLD"), "Hello World");
        assert_eq!(find("héllo", "l"), Some(2));
        assert_eq!(pad_start("7", 3, "0"), "007");
        assert_eq!(pad_end("ab", 1, "x"), "ab");
        assert_eq!(parsed::<i64>("12"), Ok(12));
        assert_eq!(to_digit("f", 16), Some(15));
    }
}
