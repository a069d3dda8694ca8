//! Python's string, bytes and number literals: source text to values.

use num_bigint::BigUint;

/// What the prefix of a string literal says.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Prefix {
    pub raw: bool,
    pub bytes: bool,
    pub format: bool,
    /// Bytes before the first character of the content (prefix and quotes).
    pub open: usize,
    /// Length of the closing quotes.
    pub close: usize,
}

impl Prefix {
    /// Reads the prefix of a literal such as `rb'''...'''`.
    pub fn of(literal: &str) -> Self {
        let quote_at = literal.find(['"', '\'']).unwrap_or(0);
        let letters = &literal[..quote_at];
        let has = |letter: char| letters.contains([letter, letter.to_ascii_uppercase()]);
        let quotes = &literal[quote_at..];
        let close = if quotes.len() >= 6 && (quotes.starts_with("\"\"\"") || quotes.starts_with("'''")) {
            3
        } else {
            1
        };
        Self { raw: has('r'), bytes: has('b'), format: has('f'), open: quote_at + close, close }
    }

    /// The content between the quotes.
    pub fn content(self, literal: &str) -> &str {
        literal.get(self.open..literal.len().saturating_sub(self.close)).unwrap_or("")
    }
}

/// A decoded text and what was wrong with its escapes.
#[derive(Default, Debug, PartialEq)]
pub(crate) struct Decoded {
    pub text: String,
    /// A `\ud800`-like escape: Rust text cannot hold it.
    pub has_surrogate: bool,
    /// An escape that Python refuses (`\x4`, an unknown `\N{..}`).
    pub bad_escape: Option<String>,
}

/// The text of a string literal's content. With `braces`, `{{` and `}}` are single (f-strings).
pub(crate) fn decode(content: &str, raw: bool, braces: bool) -> Decoded {
    let mut out = Decoded::default();
    let mut rest = content;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\r' => {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
                out.text.push('\n');
            }
            '{' | '}' if braces => {
                rest = rest.strip_prefix(c).unwrap_or(rest);
                out.text.push(c);
            }
            '\\' if !raw => rest = escape(rest, &mut out),
            c => out.text.push(c),
        }
    }
    out
}

/// Decodes the escape whose backslash was just read; gives what follows it.
fn escape<'t>(rest: &'t str, out: &mut Decoded) -> &'t str {
    let Some(c) = rest.chars().next() else {
        out.text.push('\\');
        return rest;
    };
    let after = &rest[c.len_utf8()..];
    match c {
        '\n' => return after,
        '\r' => return after.strip_prefix('\n').unwrap_or(after),
        '0'..='7' => {
            let (value, length) = octal(rest);
            out.text.extend(char::from_u32(value));
            return &rest[length..];
        }
        'x' => return code_point(after, 2, 'x', out),
        'u' => return code_point(after, 4, 'u', out),
        'U' => return code_point(after, 8, 'U', out),
        'N' => return named(after, out),
        _ => match simple(c) {
            Some(c) => out.text.push(c),
            None => {
                out.text.push('\\');
                out.text.push(c);
            }
        },
    }
    after
}

fn simple(c: char) -> Option<char> {
    Some(match c {
        '\\' | '\'' | '"' => c,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        _ => return None,
    })
}

fn octal(rest: &str) -> (u32, usize) {
    let digits = rest.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte));
    digits.fold((0, 0), |(value, length), byte| (value * 8 + u32::from(byte - b'0'), length + 1))
}

fn code_point<'t>(rest: &'t str, length: usize, letter: char, out: &mut Decoded) -> &'t str {
    let digits = rest.get(..length).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let Some(value) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
        out.bad_escape.get_or_insert_with(|| format!("\\{letter}"));
        return rest;
    };
    match char::from_u32(value) {
        Some(c) => out.text.push(c),
        None => {
            out.has_surrogate |= value < 0x11_0000;
            if value >= 0x11_0000 {
                out.bad_escape.get_or_insert_with(|| format!("\\{letter}{value:08x}"));
            }
            out.text.push('\u{fffd}');
        }
    }
    &rest[length..]
}

fn named<'t>(rest: &'t str, out: &mut Decoded) -> &'t str {
    let name = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    match name.and_then(|(name, after)| Some((unicode_names2::character(name)?, after))) {
        Some((c, after)) => {
            out.text.push(c);
            after
        }
        None => {
            let name = name.map_or("", |(name, _)| name);
            out.bad_escape.get_or_insert_with(|| format!("\\N{{{name}}}"));
            name.len().checked_add(2).and_then(|skip| rest.get(skip..)).unwrap_or(rest)
        }
    }
}

/// The bytes of a bytes literal's content; the second part names an escape that Python refuses.
pub(crate) fn decode_bytes(content: &str, raw: bool) -> (Vec<u8>, Option<String>) {
    let mut out = Vec::new();
    let mut bad = None;
    let bytes = content.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        at += 1;
        if byte == b'\r' {
            out.push(b'\n');
            at += usize::from(bytes.get(at) == Some(&b'\n'));
            continue;
        }
        if byte != b'\\' || raw || at == bytes.len() {
            if !byte.is_ascii() {
                bad = Some("a character outside of ASCII".to_owned());
            }
            out.push(byte);
            continue;
        }
        let next = bytes[at];
        at += 1;
        match next {
            b'\n' => {}
            b'\r' => at += usize::from(bytes.get(at) == Some(&b'\n')),
            b'0'..=b'7' => {
                let (value, length) = octal(content.get(at - 1..).unwrap_or(""));
                out.push(value as u8);
                at += length - 1;
            }
            b'x' => {
                let digits =
                    content.get(at..at + 2).filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
                match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    Some(value) => {
                        out.push(value);
                        at += 2;
                    }
                    None => bad = Some("\\x".to_owned()),
                }
            }
            other => match simple(other as char) {
                Some(c) => out.push(c as u8),
                None => out.extend([b'\\', other]),
            },
        }
    }
    (out, bad)
}

/// A number literal.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Number {
    /// Decimal digits.
    Int(String),
    Float(f64),
    Imaginary(f64),
}

/// The value of a number literal; `None` when it is none (`0b12`).
pub(crate) fn number(literal: &str) -> Option<Number> {
    let text: String = literal.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let radix = match text.get(..2) {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => return decimal(&text),
    };
    BigUint::parse_bytes(&text.as_bytes()[2..], radix).map(|value| Number::Int(value.to_string()))
}

fn decimal(text: &str) -> Option<Number> {
    if let Some(imaginary) = text.strip_suffix('j') {
        return imaginary.parse().ok().map(Number::Imaginary);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        let digits = text.trim_start_matches('0');
        // `00` is zero; `012` is an error of Python 3.
        return match (digits.is_empty(), digits.len() == text.len()) {
            (true, _) => Some(Number::Int("0".to_owned())),
            (false, true) => Some(Number::Int(digits.to_owned())),
            (false, false) => None,
        };
    }
    text.parse().ok().map(Number::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_python() {
        assert_eq!(decode(r"\x41\101\u00e9\N{BULLET}\q\'", false, false).text, "AAé•\\q'");
        assert_eq!(decode("a\\\nb\r\nc", false, false).text, "ab\nc");
        assert_eq!(decode(r"\n{{", true, true).text, "\\n{");
        assert!(decode(r"\ud800", false, false).has_surrogate);
        assert_eq!(decode(r"\x4", false, false).bad_escape.as_deref(), Some("\\x"));
        assert_eq!(decode_bytes(r"\xff\0a\400", false), (vec![255, 0, b'a', 0], None));
    }

    #[test]
    fn numbers_of_any_size() {
        assert_eq!(number("0xFF_ff"), Some(Number::Int("65535".into())));
        assert_eq!(number("1_000"), Some(Number::Int("1000".into())));
        assert_eq!(number("1e3"), Some(Number::Float(1000.0)));
        assert_eq!(number("2.5J"), Some(Number::Imaginary(2.5)));
        assert_eq!(number("0o777777777777777777777777"), Some(Number::Int("4722366482869645213695".into())));
        assert_eq!(number("012"), None);
    }

    #[test]
    fn prefixes() {
        let prefix = Prefix::of("Rb'''x'''");
        assert_eq!(prefix, Prefix { raw: true, bytes: true, format: false, open: 5, close: 3 });
        assert_eq!(prefix.content("Rb'''x'''"), "x");
        assert_eq!(Prefix::of("''").content("''"), "");
    }
}
