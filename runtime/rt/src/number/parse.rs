//! `int("..")` and `float("..")`.

use std::fmt::Display;

use crate::class::ValueError;
use crate::error::Error;
use crate::repr::repr;
use crate::unicode::{decimal_value, is_space};

/// The digits of a numeral: sign, base, and the digits with underscores removed.
pub(crate) struct Numeral {
    pub(crate) negative: bool,
    pub(crate) base: u32,
    pub(crate) digits: String,
}

/// Takes a Python numeral apart; `None` when it is malformed. Base 0 reads the prefix.
pub(crate) fn numeral(text: &str, base: u32) -> Option<Numeral> {
    let text = text.trim_matches(is_space);
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = body.get(..2).map(str::to_ascii_lowercase);
    let prefixed = match lower.as_deref() {
        Some("0x") => Some(16),
        Some("0o") => Some(8),
        Some("0b") => Some(2),
        _ => None,
    };
    let prefixed = prefixed.filter(|&found| base == 0 || base == found);
    let (base, body) = match prefixed {
        Some(found) => (found, body[2..].strip_prefix('_').unwrap_or(&body[2..])),
        None if base == 0 => {
            let zeros = body.chars().all(|c| c == '0' || c == '_');
            if body.starts_with('0') && !zeros {
                return None;
            }
            (10, body)
        }
        None => (base, body),
    };
    Some(Numeral { negative, base, digits: clean_digits(body, base)? })
}

fn clean_digits(body: &str, base: u32) -> Option<String> {
    let mut digits = String::with_capacity(body.len());
    let mut may_underscore = false;
    for c in body.chars() {
        if c == '_' {
            if !may_underscore {
                return None;
            }
            may_underscore = false;
            continue;
        }
        let value = if c.is_ascii() { c.to_digit(36) } else { decimal_value(c) };
        let value = value.filter(|&value| value < base)?;
        digits.push(char::from_digit(value, 36)?);
        may_underscore = true;
    }
    may_underscore.then_some(digits)
}

#[cold]
#[track_caller]
pub(crate) fn bad_int(text: &str, base: impl Display) -> Error {
    Error::new(ValueError, format!("invalid literal for int() with base {base}: {}", repr(text)))
}

/// `int(text, base)`: base 2 to 36, or 0 to read a prefix; `int(text)` is base 10.
#[track_caller]
pub fn int_from_str(text: &str, base: i64) -> Result<i64, Error> {
    if base == 10
        && let Ok(number) = text.parse::<i64>()
    {
        return Ok(number);
    }
    let Some(numeral) = numeral(text, radix(base)?) else {
        return Err(bad_int(text, base));
    };
    let sign = if numeral.negative { "-" } else { "" };
    i64::from_str_radix(&format!("{sign}{}", numeral.digits), numeral.base)
        .or_else(|_| crate::raise_new(crate::IntegerOverflow, "integer overflow in conversion from text"))
}

/// A base that `int` takes: 2 to 36, or 0.
#[track_caller]
pub(crate) fn radix(base: i64) -> Result<u32, Error> {
    match base {
        0 | 2..=36 => Ok(base as u32),
        _ => Err(Error::new(ValueError, "int() base must be >= 2 and <= 36, or 0")),
    }
}

/// `float(text)`.
#[track_caller]
pub fn float_from_str(text: &str) -> Result<f64, Error> {
    let trimmed = text.trim_matches(is_space);
    match parse_float(trimmed) {
        Some(number) => Ok(number),
        None => {
            let words = format!("could not convert string to float: {}", repr(text));
            Err(Error::new(ValueError, words))
        }
    }
}

fn parse_float(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if plain && !text.is_empty() {
        return text.parse().ok();
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    if text.len() - unsigned.len() <= 1 {
        let word = unsigned.to_ascii_lowercase();
        if matches!(word.as_str(), "inf" | "infinity" | "nan") {
            let value = if word == "nan" { f64::NAN } else { f64::INFINITY };
            return Some(if text.starts_with('-') { -value } else { value });
        }
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after_digit = before.is_ascii_digit();
        before = match c {
            '_' => {
                let digit_next = chars.peek().is_some_and(|&c| decimal_value(c).is_some());
                if !after_digit || !digit_next {
                    return None;
                }
                '_'
            }
            '.' | 'e' | 'E' | '+' | '-' => c,
            _ => char::from_digit(decimal_value(c)?, 10)?,
        };
        if before != '_' {
            cleaned.push(before);
        }
    }
    if cleaned.is_empty() { None } else { cleaned.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_in_python() {
        // From CPython 3.11.
        let good = [
            (" 42\n", 10, 42),
            ("-0x_ff", 16, -255),
            ("0b101", 0, 5),
            ("1_000", 10, 1000),
            ("z", 36, 35),
            ("0_0", 0, 0),
            ("٣", 10, 3),
            ("+7", 10, 7),
        ];
        for (text, base, number) in good {
            assert_eq!(int_from_str(text, base).ok(), Some(number), "{text}");
        }
        for (text, base) in [("", 10), ("1__0", 10), ("_1", 10), ("012", 0), ("1.5", 10), ("9", 8)] {
            let text_of_error = int_from_str(text, base).map_err(|e| e.to_string());
            let wanted = format!("invalid literal for int() with base {base}: {}", crate::repr(text));
            assert_eq!(text_of_error, Err(wanted));
        }
    }

    #[test]
    fn floats_are_read_as_in_python() {
        for (text, number) in [(" 1.5 ", 1.5), ("1e3", 1000.0), ("1_0.0_1", 10.01), (".5", 0.5)] {
            assert_eq!(float_from_str(text).ok(), Some(number), "{text}");
        }
        assert_eq!(float_from_str("-Infinity").ok(), Some(f64::NEG_INFINITY));
        assert!(float_from_str("nan").is_ok_and(f64::is_nan));
        for text in ["", "abc", "1_", "1__0", "_1", "1e", "--1", "0x10", "+-inf"] {
            assert!(float_from_str(text).is_err(), "{text}");
        }
    }
}
