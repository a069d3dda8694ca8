//! `f64` under Python's rules: floor division, powers, rounding, conversion to integers.

use crate::class::{OverflowError, ValueError, ZeroDivisionError};
use crate::unwind::raise_new;

/// `a / b`; raises `ZeroDivisionError`.
#[inline]
#[track_caller]
pub fn float_true_div(a: f64, b: f64) -> f64 {
    a / divisor(b)
}

/// The right side of `a /= b`; raises `ZeroDivisionError`.
#[inline]
#[track_caller]
pub fn divisor(b: f64) -> f64 {
    if b == 0.0 {
        raise_new(ZeroDivisionError, "float division by zero");
    }
    b
}

/// `a // b`.
#[inline]
#[track_caller]
pub fn float_floor_div(a: f64, b: f64) -> f64 {
    if b == 0.0 {
        raise_new(ZeroDivisionError, "float floor division by zero");
    }
    quotient_and_rest(a, b).0
}

/// `a % b`: the remainder with the sign of `b`.
#[inline]
#[track_caller]
pub fn float_floor_mod(a: f64, b: f64) -> f64 {
    if b == 0.0 {
        raise_new(ZeroDivisionError, "float modulo");
    }
    let rest = a % b;
    if rest == 0.0 {
        0f64.copysign(b)
    } else if (b < 0.0) != (rest < 0.0) {
        rest + b
    } else {
        rest
    }
}

/// `divmod(a, b)`.
#[track_caller]
pub fn float_divmod(a: f64, b: f64) -> (f64, f64) {
    if b == 0.0 {
        raise_new(ZeroDivisionError, "float divmod()");
    }
    quotient_and_rest(a, b)
}

/// CPython's `_float_div_mod`.
fn quotient_and_rest(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(a / b), rest);
    }
    let mut floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor += 1.0;
    }
    (floor, rest)
}

/// `a ** b`; raises where the result is infinite or complex.
#[inline]
#[track_caller]
pub fn float_pow(a: f64, b: f64) -> f64 {
    let power = a.powf(b);
    if power.is_finite() || !a.is_finite() || !b.is_finite() {
        return power;
    }
    if a == 0.0 {
        raise_new(ZeroDivisionError, "0.0 cannot be raised to a negative power");
    }
    if power.is_nan() {
        raise_new(ValueError, "a negative number to a fractional power is complex");
    }
    raise_new(OverflowError, "(34, 'Numerical result out of range')")
}

/// `int(x)`: towards zero; raises for `nan`, `inf` and beyond 64 bits.
#[inline]
#[track_caller]
pub fn float_to_int(x: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&x) {
        return x as i64;
    }
    if x.is_nan() {
        raise_new(ValueError, "cannot convert float NaN to integer");
    }
    if x.is_infinite() {
        raise_new(OverflowError, "cannot convert float infinity to integer");
    }
    raise_new(crate::IntegerOverflow, "integer overflow in conversion from float")
}

/// The integer that a float stands for as a key: `d[2.0]` is `d[2]`; raises `KeyError` for any other float.
#[track_caller]
pub fn float_key(x: f64) -> i64 {
    let number = x as i64;
    if number as f64 == x && number != i64::MAX {
        return number;
    }
    crate::raise(crate::Error::with_args(crate::KeyError, [crate::Arg::of(&x)]))
}

/// `round(x)`: the nearest integer, half to even.
#[inline]
#[track_caller]
pub fn round_half_even(x: f64) -> i64 {
    float_to_int(x.round_ties_even())
}

/// `round(x, ndigits)`: correctly rounded from the exact value, half to even.
#[track_caller]
pub fn round_ndigits(x: f64, ndigits: i64) -> f64 {
    if !x.is_finite() || x == 0.0 || ndigits > 323 {
        return x;
    }
    if ndigits < -308 {
        return 0f64.copysign(x);
    }
    let rounded = if ndigits >= 0 {
        // std's fixed notation is exact and ties to even, as CPython's dtoa mode 3.
        format!("{:.*}", ndigits as usize, x).parse().unwrap_or(x)
    } else {
        round_to_tens(x, ndigits.unsigned_abs() as usize)
    };
    if rounded.is_infinite() {
        raise_new(OverflowError, "rounded value too large to represent");
    }
    rounded
}

/// Rounds on the exact decimal digits at `10 ** zeros`, half to even.
fn round_to_tens(x: f64, zeros: usize) -> f64 {
    let exact = format!("{:.1100}", x.abs());
    let (whole, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
    let padded = format!("{whole:0>width$}", width = zeros + 1);
    let (kept, lost) = padded.split_at(padded.len() - zeros);
    let half = format!("5{:0<width$}", "", width = zeros - 1);
    let beyond = fraction.bytes().any(|b| b != b'0');
    let odd = kept.bytes().last().is_some_and(|b| b % 2 == 1);
    let up = *lost > *half || (lost == half && (beyond || odd));
    let kept: num_bigint::BigUint = kept.parse().unwrap_or_default();
    let kept = if up { kept + 1u32 } else { kept };
    let rounded: f64 = format!("{kept}e{zeros}").parse().unwrap_or(0.0);
    rounded.copysign(x)
}

/// `x.is_integer()`.
#[inline]
pub fn float_is_integer(x: f64) -> bool {
    x.is_finite() && x.trunc() == x
}

/// `math.remainder(x, y)`: IEEE 754 remainder.
#[track_caller]
pub fn ieee_remainder(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    if x.is_infinite() || y == 0.0 {
        raise_new(ValueError, "math domain error");
    }
    if y.is_infinite() {
        return x;
    }
    let (size, unit) = (x.abs(), y.abs());
    let rest = size % unit;
    let complement = unit - rest;
    let nearest = if rest < complement {
        rest
    } else if rest > complement {
        -complement
    } else {
        rest - 2.0 * ((0.5 * (size - rest)) % unit)
    };
    1f64.copysign(x) * nearest
}

/// `2 ** exponent` for exponents from -1074 to 1023.
fn power_of_two(exponent: i64) -> f64 {
    if exponent >= -1022 {
        f64::from_bits(((exponent + 1023) as u64) << 52)
    } else {
        f64::from_bits(1 << (exponent + 1074))
    }
}

/// `mantissa * 2 ** exponent` rounded once, half to even; `sticky` says that a part below the last
/// bit of `mantissa` was lost.
pub(crate) fn scale_rounded(mantissa: u64, sticky: bool, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let bits = 64 - i64::from(mantissa.leading_zeros());
    // A float keeps 53 bits, and none below 2^-1074.
    let drop = (bits - 53).max(-1074 - exponent).max(0);
    if drop > 64 {
        return 0.0;
    }
    let wide = u128::from(mantissa);
    let kept = (wide >> drop) as u64;
    let lost = wide & ((1 << drop) - 1);
    let half = (1u128 << drop) >> 1;
    let up = drop > 0 && (lost > half || (lost == half && (sticky || kept & 1 == 1)));
    let kept = kept + u64::from(up);
    let exponent = exponent + drop;
    if exponent + 64 - i64::from(kept.leading_zeros()) > 1024 {
        return f64::INFINITY;
    }
    if exponent > 970 {
        return kept as f64 * power_of_two(970) * power_of_two(exponent - 970);
    }
    kept as f64 * power_of_two(exponent)
}

/// `math.ldexp(x, exponent)`; raises `OverflowError`.
#[track_caller]
pub fn ldexp(x: f64, exponent: i64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let (mantissa, own) = mantissa_and_exponent(x);
    let scaled = scale_rounded(mantissa, false, own + exponent.clamp(-5000, 5000));
    if scaled.is_infinite() {
        raise_new(OverflowError, "math range error");
    }
    scaled.copysign(x)
}

/// The integers with `|x| == mantissa * 2 ** exponent`.
pub(crate) fn mantissa_and_exponent(x: f64) -> (u64, i64) {
    let bits = x.to_bits();
    let raw = ((bits >> 52) & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    if raw == 0 { (fraction, -1074) } else { (fraction | (1 << 52), raw - 1075) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floor_division_follows_cpython() {
        // Values from CPython 3.11.
        assert_eq!(float_divmod(-7.5, 2.0), (-4.0, 0.5));
        assert_eq!(float_divmod(1.0, 0.1), (9.0, 0.09999999999999995));
        assert_eq!(float_divmod(7.0, -2.0), (-4.0, -1.0));
        assert!(float_floor_mod(-0.0, 2.0).is_sign_positive());
    }

    #[test]
    fn rounding_uses_the_exact_value() {
        // Values from CPython 3.11.
        let cases = [
            (2.675, 2, 2.67),
            (0.125, 2, 0.12),
            (0.375, 2, 0.38),
            (2.5, 0, 2.0),
            (1e300, 5, 1e300),
            (15.0, -1, 20.0),
            (25.0, -1, 20.0),
            (25.000001, -1, 30.0),
            (-149.9, -2, -100.0),
            (5.0, -1, 0.0),
            (1234567.891, -3, 1235000.0),
            (6.0, -2, 0.0),
        ];
        for (x, n, rounded) in cases {
            assert_eq!(round_ndigits(x, n), rounded, "round({x}, {n})");
        }
        assert_eq!([0.5, 1.5, 2.5, -0.5].map(round_half_even), [0, 2, 2, 0]);
    }
}
