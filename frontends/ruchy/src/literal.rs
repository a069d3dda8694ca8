//! What literals say.

/// The text of a string literal's inside. An unknown escape stays as it is.
pub fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some(c @ ('\\' | '"' | '\'')) => out.push(c),
            Some('u') if chars.peek() == Some(&'{') => {
                let digits: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(c) => out.push(c),
                    None => out.push_str(&format!("\\u{{{digits}}}")),
                }
            }
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// A string, raw string or char literal's text.
pub fn string(text: &str) -> String {
    if let Some(inner) = text.strip_prefix("r#\"").and_then(|rest| rest.strip_suffix("\"#")) {
        return inner.to_owned();
    }
    if let Some(inner) = text.strip_prefix("r\"").and_then(|rest| rest.strip_suffix('"')) {
        return inner.to_owned();
    }
    for (open, close) in [("\"\"\"", "\"\"\""), ("\\\"", "\\\""), ("\"", "\""), ("'", "'")] {
        let long = text.len() >= open.len() + close.len();
        if let Some(inner) =
            text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).filter(|_| long)
        {
            return unescape(inner);
        }
    }
    unescape(text)
}

/// The digits of an integer literal in decimal; `None` when it has more than 64 bits.
pub fn integer(text: &str) -> Option<i64> {
    let plain = text.replace('_', "").to_lowercase();
    let (digits, radix) = match plain.get(..2) {
        Some("0x") => (&plain[2..], 16),
        Some("0b") => (&plain[2..], 2),
        Some("0o") => (&plain[2..], 8),
        _ => (&plain[..], 10),
    };
    // A suffix begins with `i` or `u`, which is no digit of any radix.
    let digits = digits.split(['i', 'u']).next().unwrap_or(digits);
    i64::from_str_radix(digits, radix).ok()
}

/// The value of a float literal.
pub fn float(text: &str) -> Option<f64> {
    let plain = text.replace('_', "");
    plain.trim_end_matches("f64").trim_end_matches("f32").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        assert_eq!(string(r#""a\n\"\u{41}\q{""#), "a\n\"A\\q{");
        assert_eq!(string("r#\"a\"b\\n\"#"), "a\"b\\n");
        assert_eq!(string("'x'"), "x");
        assert_eq!(string("''"), "");
        assert_eq!(integer("0xFF"), Some(255));
        assert_eq!(integer("1_000i32"), Some(1000));
        assert_eq!(integer("0b101u8"), Some(5));
        assert_eq!(integer("9223372036854775808"), None);
        assert_eq!(float("1.5e-3f64"), Some(0.0015));
    }
}
