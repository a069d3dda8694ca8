//! Quoted text: `repr` of `str` and `bytes`, and `ascii`.

use std::fmt::{self, Write};

use super::Repr;
use crate::unicode::is_printable;

impl Repr for str {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(f, self, is_printable)
    }

    #[inline]
    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Repr for String {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt_repr(f)
    }

    #[inline]
    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Repr for char {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.encode_utf8(&mut [0; 4]).fmt_repr(f)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(*self)
    }
}

fn quote_of(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn write_text(f: &mut impl Write, text: &str, keep: fn(char) -> bool) -> fmt::Result {
    let quote = quote_of(text.contains('\''), text.contains('"'));
    f.write_char(quote)?;
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        if c != quote && c != '\\' && keep(c) {
            continue;
        }
        f.write_str(&text[plain..at])?;
        plain = at + c.len_utf8();
        write_escape(f, c, quote)?;
    }
    f.write_str(&text[plain..])?;
    f.write_char(quote)
}

fn write_escape(f: &mut impl Write, c: char, quote: char) -> fmt::Result {
    match c {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\\' => f.write_str("\\\\"),
        _ if c == quote => write!(f, "\\{c}"),
        _ => match c as u32 {
            code @ 0..=0xff => write!(f, "\\x{code:02x}"),
            code @ 0x100..=0xffff => write!(f, "\\u{code:04x}"),
            code => write!(f, "\\U{code:08x}"),
        },
    }
}

/// `ascii(value)`: its repr with every character beyond ASCII escaped.
pub fn ascii<T: Repr + ?Sized>(value: &T) -> String {
    let full = super::repr(value).to_string();
    let mut text = String::with_capacity(full.len());
    for c in full.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            let _ = write_escape(&mut text, c, '\0');
        }
    }
    text
}

/// Writes `repr` of a bytes value: `b'..'`.
pub fn write_bytes_repr(f: &mut impl Write, bytes: &[u8]) -> fmt::Result {
    let quote = quote_of(bytes.contains(&b'\''), bytes.contains(&b'"'));
    write!(f, "b{quote}")?;
    for &byte in bytes {
        let c = char::from(byte);
        if c == quote || c == '\\' || !matches!(c, ' '..='~') {
            write_escape(f, c, quote)?;
        } else {
            f.write_char(c)?;
        }
    }
    f.write_char(quote)
}

#[cfg(test)]
mod tests {
    use crate::{repr, str};

    #[test]
    fn text_is_quoted_as_in_python() {
        // Texts from CPython 3.11.
        let cases = [
            ("a", "'a'"),
            ("it's", "\"it's\""),
            ("\"q\"", "'\"q\"'"),
            ("'\"", "'\\'\"'"),
            ("\n\t\r\\\0\x7f", "'\\n\\t\\r\\\\\\x00\\x7f'"),
            ("é\u{a0}\u{ad}", "'é\\xa0\\xad'"),
            ("\u{200b}\u{1f600}\u{e0001}", "'\\u200b😀\\U000e0001'"),
        ];
        for (text, quoted) in cases {
            assert_eq!(repr(text).to_string(), quoted);
            assert_eq!(str(text).to_string(), text);
        }
        assert_eq!(super::ascii("é😀"), "'\\xe9\\U0001f600'");
    }
}
