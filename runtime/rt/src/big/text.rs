//! Integers as text and back.

use std::cell::Cell;
use std::fmt;
use std::str::FromStr;

use num_bigint::BigInt;

use super::{Int, Repr};
use crate::class::ValueError;
use crate::error::Error;
use crate::number::parse::{bad_int, numeral, radix};
use crate::unwind::raise_new;

thread_local! {
    static MAX_DIGITS: Cell<i64> = const { Cell::new(4300) };
}

/// `sys.set_int_max_str_digits(digits)`; 0 lifts the limit.
pub fn set_int_max_str_digits(digits: i64) {
    MAX_DIGITS.set(digits);
}

const TOO_LONG: &str = "for integer string conversion";
const ADVICE: &str = "use sys.set_int_max_str_digits() to increase the limit";

fn is_over_limit(digits: usize) -> bool {
    let limit = MAX_DIGITS.get();
    limit > 0 && digits as i64 > limit
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match &self.0 {
            Repr::Small(number) => return fmt::Display::fmt(number, f),
            Repr::Big(number) => number,
        };
        let text = number.magnitude().to_string();
        if is_over_limit(text.len()) {
            let limit = MAX_DIGITS.get();
            raise_new(ValueError, format!("Exceeds the limit ({limit} digits) {TOO_LONG}; {ADVICE}"));
        }
        f.pad_integral(!self.is_negative(), "", &text)
    }
}

impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

crate::repr_as_display!(Int);

impl FromStr for Int {
    type Err = Error;

    #[track_caller]
    fn from_str(text: &str) -> Result<Int, Error> {
        Int::from_str_radix(text, 10)
    }
}

impl Int {
    /// `int(text, base)`: base 2 to 36, or 0 to read a prefix.
    #[track_caller]
    pub fn from_str_radix(text: &str, base: i64) -> Result<Int, Error> {
        if base == 10
            && let Ok(number) = text.parse::<i64>()
        {
            return Ok(Int::small(number));
        }
        let Some(numeral) = numeral(text, radix(base)?) else {
            return Err(bad_int(text, base));
        };
        let digits = numeral.digits.as_bytes();
        if !numeral.base.is_power_of_two() && is_over_limit(digits.len()) {
            let (limit, has) = (MAX_DIGITS.get(), digits.len());
            let words =
                format!("Exceeds the limit ({limit} digits) {TOO_LONG}: value has {has} digits; {ADVICE}");
            return Err(Error::new(ValueError, words));
        }
        let size = BigInt::parse_bytes(digits, numeral.base).unwrap_or_default();
        Ok(Int::from_big(if numeral.negative { -size } else { size }))
    }

    /// The digits of the absolute value in a base from 2 to 36.
    pub fn digits(&self, base: u32) -> String {
        match &self.0 {
            Repr::Small(number) => num_bigint::BigUint::from(number.unsigned_abs()).to_str_radix(base),
            Repr::Big(number) => number.magnitude().to_str_radix(base),
        }
    }

    fn prefixed(&self, prefix: &str, base: u32) -> String {
        format!("{}{prefix}{}", if self.is_negative() { "-" } else { "" }, self.digits(base))
    }

    /// `bin(n)`.
    pub fn bin(&self) -> String {
        self.prefixed("0b", 2)
    }

    /// `oct(n)`.
    pub fn oct(&self) -> String {
        self.prefixed("0o", 8)
    }

    /// `hex(n)`.
    pub fn hex(&self) -> String {
        self.prefixed("0x", 16)
    }
}
