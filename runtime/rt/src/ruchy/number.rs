//! Conversions of numbers.

/// `x as i64` of a float: toward zero; beyond the ends the nearest end, and 0 for what is no number.
pub fn to_int(value: f64) -> i64 {
    value as i64
}

/// `x.to_float()`.
pub fn to_float(value: i64) -> f64 {
    value as f64
}

/// `x.pow(n)` of ints; stops where it is too large.
#[track_caller]
pub fn pow(base: i64, exponent: i64) -> i64 {
    let power = u32::try_from(exponent).ok().and_then(|exponent| base.checked_pow(exponent));
    power.unwrap_or_else(|| crate::raise_new(crate::OverflowError, "Integer overflow in multiplication"))
}

/// `a % b` of floats: the remainder with the dividend's sign.
#[track_caller]
pub fn rem(a: f64, b: f64) -> f64 {
    if b == 0.0 {
        crate::raise_new(crate::ZeroDivisionError, "Division by zero");
    }
    a % b
}

/// The character of a code point, as text.
#[track_caller]
pub fn as_char(code: i64) -> String {
    let found = u32::try_from(code).ok().and_then(char::from_u32);
    found.unwrap_or_else(|| super::panic("not a character")).to_string()
}

/// The code point of a text's first character.
#[track_caller]
pub fn char_to_int(text: &str) -> i64 {
    let first = text.chars().next();
    first.map_or_else(
        || super::panic("an empty text has no first character"),
        |first| i64::from(u32::from(first)),
    )
}
