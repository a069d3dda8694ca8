//! Decimals as text and back.

use std::fmt;

use super::context::{Condition, Settings, Status, getcontext};
use super::{Decimal, Form};
use crate::big::Int;
use crate::error::Error;
use crate::repr::Repr;

impl Decimal {
    /// `Decimal(text)`: all digits are kept; `InvalidOperation` for what is no number.
    #[track_caller]
    pub fn parse(text: &str) -> Result<Decimal, Error> {
        let mut status = Status::default();
        let number = match numeral(text.trim()) {
            Some(number) => number.exactly(&mut status),
            None => status.invalid(Condition::ConversionSyntax),
        };
        match getcontext().try_signal(status) {
            Some(error) => Err(error),
            None => Ok(number),
        }
    }

    fn write(&self, f: &mut impl fmt::Write, engineering: bool) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let digits = self.coefficient.digits(10);
        match self.form {
            Form::Infinite => return f.write_str("Infinity"),
            Form::Quiet | Form::Signaling => {
                f.write_str(if self.form == Form::Quiet { "NaN" } else { "sNaN" })?;
                return if self.coefficient.is_zero() { Ok(()) } else { f.write_str(&digits) };
            }
            Form::Finite => {}
        }
        let length = digits.len() as i64;
        let left = self.exponent + length;
        let point = if self.exponent <= 0 && left > -6 {
            left
        } else if !engineering {
            1
        } else if self.coefficient.is_zero() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        if point <= 0 {
            write!(f, "0.{}{digits}", "0".repeat(-point as usize))?;
        } else if point >= length {
            write!(f, "{digits}{}", "0".repeat((point - length) as usize))?;
        } else {
            let (whole, part) = digits.split_at(point as usize);
            write!(f, "{whole}.{part}")?;
        }
        if left != point {
            let letter = if getcontext().settings().capitals { 'E' } else { 'e' };
            write!(f, "{letter}{:+}", left - point)?;
        }
        Ok(())
    }

    /// `d.to_eng_string()`.
    pub fn to_eng_string(&self) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = self.write(&mut text, true);
        text
    }
}

impl Repr for Decimal {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal('{self}')")
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}

/// The number that a text without space around it writes.
fn numeral(text: &str) -> Option<Decimal> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '_') {
        plain.push(match crate::unicode::decimal_value(c) {
            Some(digit) => char::from(b'0' + digit as u8),
            None => c.to_ascii_lowercase(),
        });
    }
    let (negative, rest) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    if matches!(rest, "inf" | "infinity") {
        return Some(Decimal::infinity(negative));
    }
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let quiet = rest.strip_prefix("nan").map(|payload| (Form::Quiet, payload));
    if let Some((form, payload)) =
        quiet.or_else(|| rest.strip_prefix("snan").map(|payload| (Form::Signaling, payload)))
    {
        let coefficient = if payload.is_empty() { Int::ZERO } else { digits(payload)? };
        return Some(Decimal { negative, form, coefficient, exponent: 0 });
    }
    let (number, exponent) = match rest.split_once('e') {
        Some((number, exponent)) => {
            let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if unsigned.is_empty() || !is_digits(unsigned) {
                return None;
            }
            // What does not fit is out of every range.
            let far = if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
            (
                number,
                exponent.parse::<i64>().map_or(far, |exponent| exponent.clamp(i64::MIN / 4, i64::MAX / 4)),
            )
        }
        None => (rest, 0),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + part.len() == 0 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let coefficient = digits(&format!("{whole}{part}"))?;
    let exponent = exponent - part.len() as i64;
    // A zero keeps what exponent it can.
    let exponent = if coefficient.is_zero() {
        exponent.clamp(Settings::WIDEST.tiny(), Settings::WIDEST.most)
    } else {
        exponent
    };
    Some(Decimal::finite(negative, coefficient, exponent))
}

/// The integer that ASCII digits write, however many they are.
fn digits(text: &str) -> Option<Int> {
    match text.parse::<i64>() {
        Ok(small) => Some(Int::from(small)),
        Err(_) => num_bigint::BigInt::parse_bytes(text.as_bytes(), 10).map(Int::from),
    }
}
