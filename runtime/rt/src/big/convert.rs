//! To and from other numbers.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{Int, Repr};
use crate::class::{OverflowError, ValueError};
use crate::error::Error;
use crate::number::float::mantissa_and_exponent;
use crate::unwind::raise_new;

macro_rules! from_small {
    ($($ty:ty),*) => {
        $(
            impl From<$ty> for Int {
                #[inline]
                fn from(number: $ty) -> Int {
                    Int::small(i64::from(number))
                }
            }
        )*
    };
}

from_small!(i8, i16, i32, i64, u8, u16, u32, bool);

macro_rules! from_wide {
    ($($ty:ty),*) => {
        $(
            impl From<$ty> for Int {
                #[inline]
                fn from(number: $ty) -> Int {
                    match i64::try_from(number) {
                        Ok(small) => Int::small(small),
                        Err(_) => Int::from_big(BigInt::from(number)),
                    }
                }
            }
        )*
    };
}

from_wide!(u64, usize, i128, u128, isize);

impl From<&Int> for Int {
    #[inline]
    fn from(number: &Int) -> Int {
        number.clone()
    }
}

impl From<BigInt> for Int {
    fn from(number: BigInt) -> Int {
        Int::from_big(number)
    }
}

impl TryFrom<&Int> for i64 {
    type Error = Error;

    #[track_caller]
    fn try_from(number: &Int) -> Result<i64, Error> {
        match number.to_i64() {
            Some(number) => Ok(number),
            None => Err(Error::new(OverflowError, "Python int too large to convert to C ssize_t")),
        }
    }
}

impl TryFrom<Int> for i64 {
    type Error = Error;

    #[track_caller]
    fn try_from(number: Int) -> Result<i64, Error> {
        i64::try_from(&number)
    }
}

impl Int {
    /// The number, if 64 bits hold it.
    #[inline]
    pub fn to_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Small(number) => Some(number),
            Repr::Big(_) => None,
        }
    }

    /// The `i64` nearest to it, as a bound of a slice: `xs[:2 ** 70]` is the whole list.
    pub fn saturated(&self) -> i64 {
        self.to_i64().unwrap_or(if *self < 0 { i64::MIN } else { i64::MAX })
    }

    /// The number as an index or count; raises `OverflowError`.
    #[inline]
    #[track_caller]
    pub fn expect_i64(&self) -> i64 {
        match self.to_i64() {
            Some(number) => number,
            None => raise_new(OverflowError, "Python int too large to convert to C ssize_t"),
        }
    }

    /// `float(n)`, rounded once; raises `OverflowError`.
    #[inline]
    #[track_caller]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Small(number) => *number as f64,
            Repr::Big(number) => match number.to_f64() {
                Some(x) if x.is_finite() => x,
                _ => raise_new(OverflowError, "int too large to convert to float"),
            },
        }
    }

    /// `int(x)`: towards zero; raises `ValueError` for `nan` and `OverflowError` for infinities.
    #[track_caller]
    pub fn from_f64(x: f64) -> Int {
        if x.is_nan() {
            raise_new(ValueError, "cannot convert float NaN to integer");
        }
        if x.is_infinite() {
            raise_new(OverflowError, "cannot convert float infinity to integer");
        }
        let small = x as i64;
        if small != i64::MAX && small != i64::MIN {
            return Int::small(small);
        }
        let (mantissa, exponent) = mantissa_and_exponent(x);
        let size = BigInt::from(mantissa) << exponent.max(0) as u64;
        Int::from_big(if x < 0.0 { -size } else { size })
    }
}
