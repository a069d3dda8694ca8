//! Rust literals: text, bytes, floats, ints.

/// A string literal with as few escapes as it needs.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        push_escaped(c, '"', &mut out);
    }
    out.push('"');
    out
}

/// A character literal.
pub fn character(c: char) -> String {
    let mut out = String::from("'");
    push_escaped(c, '\'', &mut out);
    out.push('\'');
    out
}

/// The inside of a format string's literal: escaped, braces doubled.
pub fn format_text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            c => push_escaped(c, '"', &mut out),
        }
    }
    out
}

fn push_escaped(c: char, quote: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0' => out.push_str("\\0"),
        '\\' => out.push_str("\\\\"),
        c if c == quote => {
            out.push('\\');
            out.push(c);
        }
        // Invisible characters and those that turn the direction of text are written as codes.
        c if c.is_control() || is_invisible(c) => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
        c => out.push(c),
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36f | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x2069 | 0xfeff | 0xe000..=0xf8ff)
}

/// A byte string literal, without the reference: `b"..."`.
pub fn bytes(bytes: &[u8]) -> String {
    format!("b\"{}\"", bytes.escape_ascii().to_string().replace("\\'", "'"))
}

/// A float literal that means the same bits.
pub fn float(value: f64) -> String {
    if value.is_nan() {
        return "f64::NAN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "f64::INFINITY" } else { "f64::NEG_INFINITY" }.to_owned();
    }
    format!("{value:?}")
}

/// An `i64` literal: with its type where rustc's fallback, `i32`, could not hold it.
pub fn int(digits: &str) -> String {
    let text = grouped(digits);
    if digits.parse::<i32>().is_err() && digits.parse::<i64>().is_ok() { format!("{text}_i64") } else { text }
}

/// Digits; long runs with a separator every three.
pub fn grouped(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    if digits.len() < 7 {
        return format!("{sign}{digits}");
    }
    let mut out = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_mean_the_same() {
        assert_eq!(string("a\"b\\\n'é"), r#""a\"b\\\n'é""#);
        assert_eq!(string("\u{202e}"), "\"\\u{202e}\"");
        assert_eq!(character('\''), "'\\''");
        assert_eq!(format_text("{x}"), "{{x}}");
        assert_eq!(bytes(b"a'\"\x00"), r#"b"a'\"\x00""#);
        assert_eq!((float(1e300), float(-0.0)), ("1e300".into(), "-0.0".into()));
        assert_eq!(
            (int("1000000007"), int("-4000000000")),
            ("1_000_000_007".into(), "-4_000_000_000_i64".into())
        );
    }
}
