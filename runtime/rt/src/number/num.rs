//! `rt::Num`: an `int | float` whose kind can be seen.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use super::{float, int};
use crate::collections::Key;
use crate::list::PyOrd;
use crate::repr::Repr;
use crate::unwind::raise_new;

/// A Python number of 64 bits, which stays the kind it is: `0` is never printed as `0.0`.
#[derive(Clone, Copy, Debug)]
pub enum Num {
    /// An `int`.
    Int(i64),
    /// A `float`.
    Float(f64),
}

use Num::{Float, Int};

impl From<i64> for Num {
    #[inline]
    fn from(number: i64) -> Num {
        Int(number)
    }
}

impl From<f64> for Num {
    #[inline]
    fn from(number: f64) -> Num {
        Float(number)
    }
}

impl From<bool> for Num {
    fn from(truth: bool) -> Num {
        Int(i64::from(truth))
    }
}

impl Default for Num {
    fn default() -> Num {
        Int(0)
    }
}

impl Num {
    /// `float(n)`.
    #[inline]
    pub fn to_f64(self) -> f64 {
        match self {
            Int(number) => number as f64,
            Float(number) => number,
        }
    }

    /// `int(n)`; raises as [`float_to_int`](crate::float_to_int).
    #[inline]
    #[track_caller]
    pub fn to_i64(self) -> i64 {
        match self {
            Int(number) => number,
            Float(number) => float::float_to_int(number),
        }
    }

    /// The int that a number is; raises `TypeError` for a float.
    #[inline]
    #[track_caller]
    pub fn as_int(self) -> i64 {
        match self {
            Int(number) => number,
            Float(_) => crate::unwind::raise_new(
                crate::TypeError,
                "'float' object cannot be interpreted as an integer",
            ),
        }
    }

    /// `isinstance(n, int)`.
    pub fn is_int(self) -> bool {
        matches!(self, Int(_))
    }

    /// `bool(n)`.
    pub fn is_true(self) -> bool {
        match self {
            Int(number) => number != 0,
            Float(number) => number != 0.0,
        }
    }

    /// `a // b`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn floor_div(self, other: impl Into<Num>) -> Num {
        match (self, other.into()) {
            (Int(a), Int(b)) => Int(int::floor_div(a, b)),
            (a, b) => Float(float::float_floor_div(a.to_f64(), b.to_f64())),
        }
    }

    /// `a % b`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn floor_mod(self, other: impl Into<Num>) -> Num {
        match (self, other.into()) {
            (Int(a), Int(b)) => Int(int::floor_mod(a, b)),
            (a, b) => Float(float::float_floor_mod(a.to_f64(), b.to_f64())),
        }
    }

    /// `divmod(a, b)`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn divmod(self, other: impl Into<Num>) -> (Num, Num) {
        match (self, other.into()) {
            (Int(a), Int(b)) => {
                let (quotient, rest) = int::divmod(a, b);
                (Int(quotient), Int(rest))
            }
            (a, b) => {
                let (quotient, rest) = float::float_divmod(a.to_f64(), b.to_f64());
                (Float(quotient), Float(rest))
            }
        }
    }

    /// `a / b`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn true_div(self, other: impl Into<Num>) -> f64 {
        match (self, other.into()) {
            (Int(a), Int(b)) => int::true_div(a, b),
            (a, b) => float::float_true_div(a.to_f64(), b.to_f64()),
        }
    }

    /// `a ** b`: an `int` for integers unless the exponent is negative.
    #[track_caller]
    pub fn pow(self, other: impl Into<Num>) -> Num {
        match (self, other.into()) {
            (Int(a), Int(b)) if b >= 0 => Int(int::pow_i64(a, b)),
            (a, b) => Float(float::float_pow(a.to_f64(), b.to_f64())),
        }
    }

    /// `round(n, ndigits)`.
    #[track_caller]
    pub fn round_to(self, ndigits: i64) -> Num {
        match self {
            Int(number) => Int(int::round_int(number, ndigits)),
            Float(number) => Float(float::round_ndigits(number, ndigits)),
        }
    }

    /// `round(n, ndigits)` where there may be none: an integer then.
    #[track_caller]
    pub fn round_if(self, ndigits: Option<i64>) -> Num {
        match (self, ndigits) {
            (number, Some(ndigits)) => number.round_to(ndigits),
            (Int(number), None) => Int(number),
            (Float(number), None) => Int(float::round_half_even(number)),
        }
    }

    /// `abs(n)`.
    #[track_caller]
    pub fn abs(self) -> Num {
        if matches!(self, Int(number) if number < 0) { -self } else { self.abs_float() }
    }

    fn abs_float(self) -> Num {
        if let Float(number) = self { Float(number.abs()) } else { self }
    }
}

macro_rules! arithmetic {
    ($Trait:ident $method:ident $AssignTrait:ident $assign:ident $checked:ident $words:literal $op:tt) => {
        impl $Trait for Num {
            type Output = Num;

            #[inline]
            #[track_caller]
            fn $method(self, other: Num) -> Num {
                match (self, other) {
                    (Int(a), Int(b)) => match a.$checked(b) {
                        Some(number) => Int(number),
                        None => raise_new(crate::IntegerOverflow, concat!("integer overflow in ", $words)),
                    },
                    (a, b) => Float(a.to_f64() $op b.to_f64()),
                }
            }
        }

        arithmetic!(@mixed $Trait $method i64);
        arithmetic!(@mixed $Trait $method f64);

        impl<T: Into<Num>> $AssignTrait<T> for Num {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, other: T) {
                *self = *self $op other.into();
            }
        }
    };
    (@mixed $Trait:ident $method:ident $ty:ty) => {
        impl $Trait<$ty> for Num {
            type Output = Num;

            #[inline]
            #[track_caller]
            fn $method(self, other: $ty) -> Num {
                self.$method(Num::from(other))
            }
        }

        impl $Trait<Num> for $ty {
            type Output = Num;

            #[inline]
            #[track_caller]
            fn $method(self, other: Num) -> Num {
                Num::from(self).$method(other)
            }
        }
    };
}

arithmetic!(Add add AddAssign add_assign checked_add "addition" +);
arithmetic!(Sub sub SubAssign sub_assign checked_sub "subtraction" -);
arithmetic!(Mul mul MulAssign mul_assign checked_mul "multiplication" *);

impl<T: Into<Num>> Div<T> for Num {
    type Output = f64;

    #[track_caller]
    fn div(self, other: T) -> f64 {
        self.true_div(other)
    }
}

impl Neg for Num {
    type Output = Num;

    #[track_caller]
    fn neg(self) -> Num {
        match self {
            Int(number) => match number.checked_neg() {
                Some(number) => Int(number),
                None => raise_new(crate::IntegerOverflow, "integer overflow in negation"),
            },
            Float(number) => Float(-number),
        }
    }
}

impl std::iter::Sum for Num {
    fn sum<I: Iterator<Item = Num>>(numbers: I) -> Num {
        numbers.fold(Int(0), |sum, number| sum + number)
    }
}

impl PartialOrd for Num {
    fn partial_cmp(&self, other: &Num) -> Option<Ordering> {
        match (*self, *other) {
            (Int(a), Int(b)) => Some(a.cmp(&b)),
            (Float(a), Float(b)) => a.partial_cmp(&b),
            (Int(a), Float(b)) => crate::big::Int::from(a).partial_cmp(&b),
            (Float(a), Int(b)) => a.partial_cmp(&crate::big::Int::from(b)),
        }
    }
}

impl PartialEq for Num {
    fn eq(&self, other: &Num) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

macro_rules! compared_with {
    ($($ty:ty),*) => {
        $(
            impl PartialEq<$ty> for Num {
                fn eq(&self, other: &$ty) -> bool {
                    *self == Num::from(*other)
                }
            }

            impl PartialOrd<$ty> for Num {
                fn partial_cmp(&self, other: &$ty) -> Option<Ordering> {
                    self.partial_cmp(&Num::from(*other))
                }
            }

            impl PartialEq<Num> for $ty {
                fn eq(&self, other: &Num) -> bool {
                    Num::from(*self) == *other
                }
            }

            impl PartialOrd<Num> for $ty {
                fn partial_cmp(&self, other: &Num) -> Option<Ordering> {
                    Num::from(*self).partial_cmp(other)
                }
            }
        )*
    };
}

compared_with!(i64, f64);

impl Key for Num {
    fn key_hash(&self) -> u64 {
        match self {
            Int(number) => number.key_hash(),
            Float(number) => number.key_hash(),
        }
    }

    fn key_eq(&self, other: &Num) -> bool {
        self == other
    }

    fn py_hash(&self) -> Option<i64> {
        match self {
            Int(number) => number.py_hash(),
            Float(number) => number.py_hash(),
        }
    }
}

impl PyOrd for Num {
    fn py_lt(&self, other: &Num) -> bool {
        self < other
    }

    fn is_ordered(&self) -> bool {
        !self.to_f64().is_nan()
    }
}

impl Repr for Num {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Int(number) => number.fmt_repr(f),
            Float(number) => number.fmt_repr(f),
        }
    }
}

impl crate::format::Format for Num {
    fn operand(&self) -> crate::format::Operand<'_> {
        match *self {
            Int(number) => crate::format::Operand::Small(number),
            Float(number) => crate::format::Operand::Float(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Num;
    use crate::repr;

    #[test]
    fn kinds_stay_what_they_are() {
        let sum = Num::Int(1) + 2 + Num::Int(3);
        assert_eq!(repr(&sum).to_string(), "6");
        assert_eq!(repr(&(sum + 0.0)).to_string(), "6.0");
        assert_eq!(repr(&Num::Int(2).pow(-1)).to_string(), "0.5");
        assert_eq!(repr(&Num::Float(7.5).floor_div(2)).to_string(), "3.0");
        assert!(Num::Int(1) == 1.0 && Num::Int(9_007_199_254_740_993) > 9_007_199_254_740_992.0);
        assert_eq!(sum / 4, 1.5);
    }
}
