//! `i64` under Python's rules: floors, checked powers and shifts, exact true division.

use crate::class::{ValueError, ZeroDivisionError};
use crate::unwind::raise_new;

#[cold]
#[track_caller]
fn overflow(operation: &str) -> ! {
    raise_new(crate::IntegerOverflow, format!("integer overflow in {operation}"))
}

/// `a // b`: the quotient rounded down.
#[inline]
#[track_caller]
pub fn floor_div(a: i64, b: i64) -> i64 {
    if b == 0 {
        raise_new(ZeroDivisionError, "integer division or modulo by zero");
    }
    let Some(quotient) = a.checked_div(b) else { overflow("division") };
    if (a % b != 0) && ((a < 0) != (b < 0)) { quotient - 1 } else { quotient }
}

/// `a % b`: the remainder with the sign of `b`.
#[inline]
#[track_caller]
pub fn floor_mod(a: i64, b: i64) -> i64 {
    if b == 0 {
        raise_new(ZeroDivisionError, "integer modulo by zero");
    }
    let rest = a.wrapping_rem(b);
    if rest != 0 && ((rest < 0) != (b < 0)) { rest + b } else { rest }
}

/// `divmod(a, b)`.
#[inline]
#[track_caller]
pub fn divmod(a: i64, b: i64) -> (i64, i64) {
    (floor_div(a, b), if b == 0 { 0 } else { floor_mod(a, b) })
}

/// `base ** exponent` for an exponent that is not negative.
#[inline]
#[track_caller]
pub fn pow_i64(base: i64, exponent: i64) -> i64 {
    let power = match u32::try_from(exponent) {
        Ok(exponent) => base.checked_pow(exponent),
        Err(_) if exponent < 0 => raise_new(ValueError, "negative exponent of an integer power"),
        Err(_) => match base {
            0 | 1 => Some(base),
            -1 => Some(if exponent % 2 == 0 { 1 } else { -1 }),
            _ => None,
        },
    };
    match power {
        Some(power) => power,
        None => overflow("power"),
    }
}

/// `a * b % modulus`, whatever the product's size.
#[track_caller]
pub fn mul_mod(a: i64, b: i64, modulus: i64) -> i64 {
    match a.checked_mul(b) {
        Some(product) => floor_mod(product, modulus),
        None if modulus == 0 => floor_mod(a, modulus),
        None => {
            let m = i128::from(modulus);
            let rest = i128::from(a) * i128::from(b) % m;
            (if rest != 0 && (rest < 0) != (m < 0) { rest + m } else { rest }) as i64
        }
    }
}

/// `pow(base, exponent, modulus)`; a negative exponent needs an inverse.
#[track_caller]
pub fn pow_mod(base: i64, exponent: i64, modulus: i64) -> i64 {
    if modulus == 0 {
        raise_new(ValueError, "pow() 3rd argument cannot be 0");
    }
    let m = i128::from(modulus.unsigned_abs());
    let mut square = i128::from(base).rem_euclid(m);
    let mut left = exponent.unsigned_abs();
    if exponent < 0 {
        square = inverse(square, m);
    }
    let mut power = 1 % m;
    while left > 0 {
        if left & 1 == 1 {
            power = residue(power, square, m);
        }
        square = residue(square, square, m);
        left >>= 1;
    }
    let power = if modulus < 0 && power != 0 { power - m } else { power };
    power as i64
}

fn residue(a: i128, b: i128, m: i128) -> i128 {
    // Both are below 2^63 (2^63 itself only as the modulus), so the product fits.
    a * b % m
}

#[track_caller]
fn inverse(a: i128, m: i128) -> i128 {
    let (mut r, mut next_r) = (a, m);
    let (mut s, mut next_s) = (1i128, 0i128);
    while next_r != 0 {
        let q = r / next_r;
        (r, next_r) = (next_r, r - q * next_r);
        (s, next_s) = (next_s, s - q * next_s);
    }
    if r != 1 {
        raise_new(ValueError, "base is not invertible for the given modulus");
    }
    s.rem_euclid(m)
}

/// `a << count`, checked.
#[inline]
#[track_caller]
pub fn shl(a: i64, count: i64) -> i64 {
    if count < 0 {
        raise_new(ValueError, "negative shift count");
    }
    if a == 0 {
        return 0;
    }
    if count < 63 && (a << count) >> count == a {
        return a << count;
    }
    overflow("left shift")
}

/// `a >> count`.
#[inline]
#[track_caller]
pub fn shr(a: i64, count: i64) -> i64 {
    if count < 0 {
        raise_new(ValueError, "negative shift count");
    }
    a >> count.min(63)
}

/// `a / b`, correctly rounded as CPython does it.
#[inline]
#[track_caller]
pub fn true_div(a: i64, b: i64) -> f64 {
    const EXACT: u64 = 1 << 53;
    if b == 0 {
        raise_new(ZeroDivisionError, "division by zero");
    }
    if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
        return a as f64 / b as f64;
    }
    let size = ratio(u128::from(a.unsigned_abs()), u128::from(b.unsigned_abs()));
    if (a < 0) != (b < 0) { -size } else { size }
}

/// Quotient of two numbers below 2^64, rounded once, half to even.
fn ratio(a: u128, b: u128) -> f64 {
    if a == 0 {
        return 0.0;
    }
    // The quotient keeps 55 bits or more; what is lost sticks to the last one.
    let shift = (55 + (b.ilog2() as i32) - (a.ilog2() as i32)).max(0);
    let scaled = a << shift;
    let quotient = scaled / b;
    let sticky = u128::from(!scaled.is_multiple_of(b));
    // One rounding: `u128 as f64` rounds half to even, the sticky bit breaks false ties.
    let wide = (quotient << 1) | sticky;
    (wide as f64) * 2f64.powi(-(shift + 1))
}

/// `round(a, ndigits)` for integers: half to even at tens, hundreds, ...
#[track_caller]
pub fn round_int(a: i64, ndigits: i64) -> i64 {
    if ndigits >= 0 {
        return a;
    }
    let Some(unit) = u32::try_from(-ndigits).ok().and_then(|n| 10i128.checked_pow(n)) else {
        return 0;
    };
    let a = i128::from(a);
    let rest = a.rem_euclid(unit);
    let down = a - rest;
    let up = rest * 2 > unit || (rest * 2 == unit && down.div_euclid(unit) % 2 != 0);
    match i64::try_from(if up { down + unit } else { down }) {
        Ok(rounded) => rounded,
        Err(_) => overflow("rounding"),
    }
}

/// `a.bit_length()`.
#[inline]
pub fn bit_length(a: i64) -> i64 {
    i64::from(64 - a.unsigned_abs().leading_zeros())
}

/// `a.bit_count()`: ones in the absolute value.
#[inline]
pub fn bit_count(a: i64) -> i64 {
    i64::from(a.unsigned_abs().count_ones())
}

/// `math.gcd(a, b)`.
#[track_caller]
pub fn int_gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    match i64::try_from(a) {
        Ok(divisor) => divisor,
        Err(_) => overflow("gcd"),
    }
}

fn sign(a: i64) -> &'static str {
    if a < 0 { "-" } else { "" }
}

/// `bin(a)`: `0b101`.
pub fn bin(a: i64) -> String {
    format!("{}0b{:b}", sign(a), a.unsigned_abs())
}

/// `oct(a)`: `0o17`.
pub fn oct(a: i64) -> String {
    format!("{}0o{:o}", sign(a), a.unsigned_abs())
}

/// `hex(a)`: `0xff`.
pub fn hex(a: i64) -> String {
    format!("{}0x{:x}", sign(a), a.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_floors() {
        for (a, b, q, r) in [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1)] {
            assert_eq!(divmod(a, b), (q, r));
        }
        assert_eq!(floor_mod(i64::MIN, -1), 0);
    }

    #[test]
    fn true_division_rounds_once() {
        // Values from CPython 3.11.
        assert_eq!(true_div(i64::MAX, 3), 3.0744573456182584e18);
        assert_eq!(true_div(9007199254740993, 1), 9007199254740992.0);
        assert_eq!(true_div(9007199254740995, 9007199254740993), 1.0000000000000002);
        assert_eq!(true_div(1, i64::MAX), 1.0842021724855044e-19);
        assert_eq!(true_div(-i64::MAX, 7), -1.3176245766935393e18);
        assert_eq!(true_div(i64::MIN, -1), 9.223372036854776e18);
    }

    #[test]
    fn powers_modulo() {
        assert_eq!(pow_mod(3, 200, 1_000_000_007), 136_318_165);
        assert_eq!(pow_mod(3, -1, 7), 5);
        assert_eq!(pow_mod(2, 10, -7), -5);
        assert_eq!(mul_mod(7, 8, -5), -4);
        assert_eq!(mul_mod(1 << 62, -3, 1_000_000_007), 563_242_001);
        assert_eq!(pow_i64(-2, 63), i64::MIN);
    }

    #[test]
    fn rounding_to_tens_is_half_even() {
        assert_eq!([15, 25, -15, 149].map(|a| round_int(a, -1)), [20, 20, -20, 150]);
        assert_eq!(round_int(5, -1), 0);
    }
}
