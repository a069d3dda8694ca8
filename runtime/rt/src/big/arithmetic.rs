//! Division that floors, powers, roots and divisors.

use num_bigint::BigInt;
use num_integer::Integer;

use super::{Int, Repr};
use crate::class::{MemoryError, OverflowError, ValueError, ZeroDivisionError};
use crate::number::float::scale_rounded;
use crate::unwind::raise_new;

impl Int {
    /// `a // b`; raises `ZeroDivisionError`.
    #[inline]
    #[track_caller]
    pub fn floor_div(&self, other: impl Into<Int>) -> Int {
        let other = other.into();
        if other.is_zero() {
            raise_new(ZeroDivisionError, "integer division or modulo by zero");
        }
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) if *b != -1 => Int::small(crate::number::floor_div(*a, *b)),
            _ => self.with_big(|a| other.with_big(|b| Int::from_big(a.div_floor(b)))),
        }
    }

    /// `a % b`; raises `ZeroDivisionError`.
    #[inline]
    #[track_caller]
    pub fn floor_mod(&self, other: impl Into<Int>) -> Int {
        let other = other.into();
        if other.is_zero() {
            raise_new(ZeroDivisionError, "integer modulo by zero");
        }
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => Int::small(crate::number::floor_mod(*a, *b)),
            _ => self.with_big(|a| other.with_big(|b| Int::from_big(a.mod_floor(b)))),
        }
    }

    /// `divmod(a, b)`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn divmod(&self, other: impl Into<Int>) -> (Int, Int) {
        let other = other.into();
        if let (Repr::Big(a), false) = (&self.0, other.is_zero()) {
            let (quotient, rest) = other.with_big(|b| a.div_mod_floor(b));
            return (Int::from_big(quotient), Int::from_big(rest));
        }
        (self.floor_div(&other), if other.is_zero() { Int::ZERO } else { self.floor_mod(&other) })
    }

    /// `a ** exponent` for an exponent that is not negative.
    #[track_caller]
    pub fn pow(&self, exponent: impl Into<Int>) -> Int {
        let exponent = exponent.into();
        if exponent.is_negative() {
            raise_new(ValueError, "negative exponent of an integer power");
        }
        let small = exponent.to_i64().and_then(|exponent| u32::try_from(exponent).ok());
        match (&self.0, small) {
            (Repr::Small(0 | 1), None) => self.clone(),
            (Repr::Small(-1), None) => Int::small(if exponent.is_even() { 1 } else { -1 }),
            (_, None) => raise_new(MemoryError, ""),
            (Repr::Small(base), Some(exponent)) => match base.checked_pow(exponent) {
                Some(power) => Int::small(power),
                None => Int::from_big(BigInt::from(*base).pow(exponent)),
            },
            (Repr::Big(base), Some(exponent)) => Int::from_big(base.pow(exponent)),
        }
    }

    /// `pow(a, exponent, modulus)`; a negative exponent needs an inverse.
    #[track_caller]
    pub fn pow_mod(&self, exponent: impl Into<Int>, modulus: impl Into<Int>) -> Int {
        let (exponent, modulus) = (exponent.into(), modulus.into());
        if modulus.is_zero() {
            raise_new(ValueError, "pow() 3rd argument cannot be 0");
        }
        let modulus = modulus.into_big();
        let base = self.to_big();
        if !exponent.is_negative() {
            return Int::from_big(base.modpow(&exponent.into_big(), &modulus));
        }
        match base.modinv(&modulus) {
            Some(inverse) => Int::from_big(inverse.modpow(&-exponent.into_big(), &modulus)),
            None => raise_new(ValueError, "base is not invertible for the given modulus"),
        }
    }

    /// `a / b`, rounded once; raises `ZeroDivisionError` and `OverflowError`.
    #[track_caller]
    pub fn true_div(&self, other: impl Into<Int>) -> f64 {
        let other = other.into();
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0) {
            return crate::number::true_div(*a, *b);
        }
        if other.is_zero() {
            raise_new(ZeroDivisionError, "division by zero");
        }
        let (a, b) = (self.to_big(), other.to_big());
        let size = ratio(&a, &b);
        if size.is_infinite() {
            raise_new(OverflowError, "integer division result too large for a float");
        }
        if self.is_negative() == other.is_negative() { size } else { -size }
    }

    /// `math.isqrt(n)`; raises `ValueError` for negative numbers.
    #[track_caller]
    pub fn isqrt(&self) -> Int {
        if self.is_negative() {
            raise_new(ValueError, "isqrt() argument must be nonnegative");
        }
        match &self.0 {
            Repr::Small(number) => Int::small(number.isqrt()),
            Repr::Big(number) => Int::from_big(number.sqrt()),
        }
    }

    /// `math.gcd(a, b)`.
    pub fn gcd(&self, other: impl Into<Int>) -> Int {
        let other = other.into();
        self.with_big(|a| other.with_big(|b| Int::from_big(a.gcd(b))))
    }

    /// `math.lcm(a, b)`.
    pub fn lcm(&self, other: impl Into<Int>) -> Int {
        let other = other.into();
        self.with_big(|a| other.with_big(|b| Int::from_big(a.lcm(b))))
    }

    /// `abs(n)`.
    #[inline]
    pub fn abs(&self) -> Int {
        if self.is_negative() { -self } else { self.clone() }
    }
}

/// The quotient of the absolute values, rounded once, half to even.
fn ratio(a: &BigInt, b: &BigInt) -> f64 {
    let shift = 56 + b.bits() as i64 - a.bits() as i64;
    let (a, b) = (a.magnitude(), b.magnitude());
    let (quotient, rest) =
        if shift >= 0 { (a << shift as u64).div_rem(b) } else { a.div_rem(&(b << (-shift) as u64)) };
    let quotient = u64::try_from(quotient).unwrap_or(u64::MAX);
    scale_rounded(quotient, rest != num_bigint::BigUint::ZERO, -shift)
}
