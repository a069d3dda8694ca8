//! Numbers as bytes, as hexadecimal text and as ratios.

use num_bigint::{BigInt, Sign};

use crate::big::Int;
use crate::class::{OverflowError, ValueError};
use crate::error::Error;
use crate::unwind::raise_new;

#[track_caller]
fn is_little(byteorder: &str) -> bool {
    match byteorder {
        "little" => true,
        "big" => false,
        _ => raise_new(ValueError, "byteorder must be either 'little' or 'big'"),
    }
}

/// `n.to_bytes(length, byteorder, signed=signed)`; raises `OverflowError`.
#[track_caller]
pub fn int_to_bytes(number: i64, length: i64, byteorder: &str, signed: bool) -> Vec<u8> {
    Int::from(number).to_bytes(length, byteorder, signed)
}

/// `int.from_bytes(bytes, byteorder, signed=signed)` where it fits 64 bits; raises `OverflowError`.
#[track_caller]
pub fn int_from_bytes(bytes: &[u8], byteorder: &str, signed: bool) -> i64 {
    Int::from_bytes(bytes, byteorder, signed).expect_i64()
}

impl Int {
    /// `n.to_bytes(length, byteorder, signed=signed)`; raises `OverflowError`.
    #[track_caller]
    pub fn to_bytes(&self, length: i64, byteorder: &str, signed: bool) -> Vec<u8> {
        let little = is_little(byteorder);
        let Ok(length) = usize::try_from(length) else {
            raise_new(ValueError, "length argument must be non-negative");
        };
        let negative = self.is_negative();
        if negative && !signed {
            raise_new(OverflowError, "can't convert negative int to unsigned");
        }
        let mut bytes = if self.is_zero() {
            Vec::new()
        } else if signed {
            self.to_big().to_signed_bytes_le()
        } else {
            self.to_big().to_bytes_le().1
        };
        if bytes.len() > length {
            raise_new(OverflowError, "int too big to convert");
        }
        bytes.resize(length, if negative { 0xff } else { 0 });
        if !little {
            bytes.reverse();
        }
        bytes
    }

    /// `int.from_bytes(bytes, byteorder, signed=signed)`.
    #[track_caller]
    pub fn from_bytes(bytes: &[u8], byteorder: &str, signed: bool) -> Int {
        let number = match (is_little(byteorder), signed) {
            (true, true) => BigInt::from_signed_bytes_le(bytes),
            (true, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
            (false, true) => BigInt::from_signed_bytes_be(bytes),
            (false, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
        };
        Int::from(number)
    }
}

/// Mantissa and exponent: `x` is `mantissa * 2 ** exponent`, both exact.
pub(crate) fn parts_of(x: f64) -> (i64, i64) {
    let bits = x.to_bits();
    let raw = ((bits >> 52) & 0x7ff) as i64;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let (mantissa, exponent) = if raw == 0 { (fraction, -1074) } else { (fraction | (1 << 52), raw - 1075) };
    (if x < 0.0 { -mantissa } else { mantissa }, exponent)
}

/// `x.as_integer_ratio()`; raises `OverflowError` and `ValueError`.
#[track_caller]
pub fn float_ratio(x: f64) -> (Int, Int) {
    if x.is_nan() {
        raise_new(ValueError, "cannot convert NaN to integer ratio");
    }
    if x.is_infinite() {
        raise_new(OverflowError, "cannot convert Infinity to integer ratio");
    }
    let (mut mantissa, mut exponent) = parts_of(x);
    if mantissa == 0 {
        return (Int::ZERO, Int::ONE);
    }
    let zeros = i64::from(mantissa.trailing_zeros());
    mantissa >>= zeros;
    exponent += zeros;
    let power = |n: i64| Int::from(BigInt::from(1) << n as usize);
    if exponent >= 0 {
        (Int::from(mantissa) * power(exponent), Int::ONE)
    } else {
        (Int::from(mantissa), power(-exponent))
    }
}

/// `x.hex()`.
pub fn float_hex(x: f64) -> String {
    if !x.is_finite() {
        return crate::repr(&x).to_string();
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let exponent = ((bits >> 52) & 0x7ff) as i64;
    match (exponent, fraction) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p-1022"),
        _ => format!("{sign}0x1.{fraction:013x}p{:+}", exponent - 1023),
    }
}

/// `float.fromhex(text)`; `ValueError` for what is none.
#[track_caller]
pub fn float_from_hex(text: &str) -> Result<f64, Error> {
    let bad = || Error::new(ValueError, "invalid hexadecimal floating-point string");
    let lower = text.trim().to_ascii_lowercase();
    let (negative, body) = match lower.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, lower.strip_prefix('+').unwrap_or(&lower)),
    };
    let sign = if negative { -1.0 } else { 1.0 };
    match body {
        "inf" | "infinity" => return Ok(sign * f64::INFINITY),
        "nan" => return Ok(f64::NAN),
        _ => {}
    }
    let body = body.strip_prefix("0x").unwrap_or(body);
    let (digits, exponent) = match body.split_once('p') {
        Some((digits, exponent)) => (digits, exponent.parse::<i64>().map_err(|_| bad())?),
        None => (body, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let number =
        BigInt::parse_bytes(all.as_bytes(), 16).filter(|_| !all.starts_with(['+', '-'])).ok_or_else(bad)?;
    let exponent = exponent - 4 * fraction.len() as i64;
    let magnitude = if exponent >= 0 {
        Int::from(number << exponent.min(5000) as usize).to_f64()
    } else {
        Int::from(number).true_div(Int::from(BigInt::from(1) << (-exponent) as usize))
    };
    Ok(sign * magnitude)
}

/// `complex(text)`; `ValueError` for what is none.
#[track_caller]
pub fn complex_from_str(text: &str) -> Result<super::Complex, Error> {
    let bad = || Error::new(ValueError, "complex() arg is a malformed string");
    let trimmed = text.trim();
    let inner = trimmed.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(trimmed).trim();
    let number = |part: &str| match part {
        "" | "+" => Ok(1.0),
        "-" => Ok(-1.0),
        _ => super::float_from_str(part).map_err(|_| bad()),
    };
    let Some(body) = inner.strip_suffix(['j', 'J']) else {
        return super::float_from_str(inner).map(|re| super::Complex::new(re, 0.0)).map_err(|_| bad());
    };
    let bytes = body.as_bytes();
    let split = (1..bytes.len())
        .rev()
        .find(|&at| matches!(bytes[at], b'+' | b'-') && !matches!(bytes[at - 1], b'e' | b'E'));
    match split {
        Some(at) => {
            let re = super::float_from_str(&body[..at]).map_err(|_| bad())?;
            Ok(super::Complex::new(re, number(&body[at..])?))
        }
        None => Ok(super::Complex::new(0.0, number(body)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_bytes_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(float_hex(0.1), "0x1.999999999999ap-4");
        assert_eq!(float_hex(-3.0), "-0x1.8000000000000p+1");
        assert_eq!(float_from_hex("0x1.999999999999ap-4").ok(), Some(0.1));
        assert_eq!(crate::repr(&float_ratio(0.75)).to_string(), "(3, 4)");
        assert_eq!(int_to_bytes(-2, 2, "big", true), [0xff, 0xfe]);
        assert_eq!(int_from_bytes(&[1, 0], "little", false), 1);
        assert_eq!(crate::repr(&complex_from_str(" (1.5-2e-3j) ").ok()).to_string(), "(1.5-0.002j)");
    }
}
