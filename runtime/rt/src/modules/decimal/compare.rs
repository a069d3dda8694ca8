//! Equality, order and hash.

use std::cmp::Ordering;

use super::context::{Condition, Status, getcontext};
use super::integer::pow10;
use super::{Decimal, Form};
use crate::big::Int;
use crate::collections::{Key, py_hash_int};

/// CPython reduces hashes of numbers by this prime.
const MODULUS: i128 = (1 << 61) - 1;
/// The inverse of ten.
const INVERSE_OF_TEN: i128 = 2_075_258_708_292_324_556;

impl Decimal {
    /// Where the number lies among those that are no `NaN`: -1, 0 or 1 for infinities and finite numbers.
    fn reach(&self) -> i8 {
        match (self.form, self.negative) {
            (Form::Infinite, true) => -1,
            (Form::Infinite, false) => 1,
            _ => 0,
        }
    }

    /// The order of two numbers that are no `NaN`.
    pub(super) fn compare_finite(&self, other: &Decimal) -> Ordering {
        if self.is_special() || other.is_special() {
            return self.reach().cmp(&other.reach());
        }
        let sign = |number: &Decimal| match (number.coefficient.is_zero(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (left, right) = (sign(self), sign(other));
        if left != right || left == 0 {
            return left.cmp(&right);
        }
        let size = self.adjusted().cmp(&other.adjusted()).then_with(|| {
            let exponent = self.exponent.min(other.exponent);
            let at = |number: &Decimal| &number.coefficient * &pow10(number.exponent - exponent);
            if self.exponent == other.exponent {
                self.coefficient.cmp(&other.coefficient)
            } else {
                at(self).cmp(&at(other))
            }
        });
        if self.negative { size.reverse() } else { size }
    }

    /// The order for `<`: a `NaN` is an invalid operation.
    #[track_caller]
    fn order(&self, other: &Decimal) -> Option<Ordering> {
        if self.is_nan() || other.is_nan() {
            let mut status = Status::default();
            status.add(Condition::InvalidOperation);
            getcontext().signal(status);
            return None;
        }
        Some(self.compare_finite(other))
    }

    /// `a.compare(b)`: -1, 0 or 1, or `NaN`.
    #[track_caller]
    pub fn compare(&self, other: &Decimal) -> Decimal {
        Decimal::run(|settings, status| {
            self.nan_of(other, settings, status)
                .unwrap_or_else(|| Decimal::from(self.compare_finite(other) as i64))
        })
    }

    /// The order that also tells `1.0` from `1.00`.
    pub(super) fn total_order(&self, other: &Decimal) -> Ordering {
        if self.negative != other.negative {
            return other.negative.cmp(&self.negative);
        }
        let kind = |number: &Decimal| match number.form {
            Form::Quiet => 2,
            Form::Signaling => 1,
            _ => 0,
        };
        let size = kind(self).cmp(&kind(other));
        let size = size.then_with(|| match kind(self) {
            0 => {
                let order = self.compare_finite(other).then(self.exponent.cmp(&other.exponent));
                if self.negative && self.compare_finite(other).is_ne() { order.reverse() } else { order }
            }
            _ => self.coefficient.cmp(&other.coefficient),
        });
        if self.negative { size.reverse() } else { size }
    }

    /// `a.compare_total(b)`.
    pub fn compare_total(&self, other: &Decimal) -> Decimal {
        Decimal::from(self.total_order(other) as i64)
    }

    #[track_caller]
    fn extreme(&self, other: &Decimal, wanted: Ordering) -> Decimal {
        Decimal::run(|settings, status| {
            let chosen = match (self.is_qnan(), other.is_qnan()) {
                (true, false) if !other.is_snan() => other,
                (false, true) if !self.is_snan() => self,
                _ => {
                    if let Some(nan) = self.nan_of(other, settings, status) {
                        return nan;
                    }
                    let order = self.compare_finite(other).then_with(|| self.total_order(other));
                    if order == wanted || order.is_eq() { self } else { other }
                }
            };
            chosen.fix(settings, status)
        })
    }

    /// `a.max(b)`.
    #[track_caller]
    pub fn max(&self, other: &Decimal) -> Decimal {
        self.extreme(other, Ordering::Greater)
    }

    /// `a.min(b)`.
    #[track_caller]
    pub fn min(&self, other: &Decimal) -> Decimal {
        self.extreme(other, Ordering::Less)
    }
}

impl PartialEq for Decimal {
    #[track_caller]
    fn eq(&self, other: &Decimal) -> bool {
        if self.is_snan() || other.is_snan() {
            self.order(other);
        }
        !self.is_nan() && !other.is_nan() && self.compare_finite(other).is_eq()
    }
}

impl PartialOrd for Decimal {
    #[track_caller]
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        self.order(other)
    }
}

macro_rules! with_number {
    ($($ty:ty: $number:ident => $exact:expr;)*) => {
        $(
            impl PartialEq<$ty> for Decimal {
                #[track_caller]
                fn eq(&self, $number: &$ty) -> bool {
                    *self == $exact
                }
            }

            impl PartialOrd<$ty> for Decimal {
                #[track_caller]
                fn partial_cmp(&self, $number: &$ty) -> Option<Ordering> {
                    self.order(&$exact)
                }
            }

            impl PartialEq<Decimal> for $ty {
                #[track_caller]
                fn eq(&self, other: &Decimal) -> bool {
                    other == self
                }
            }

            impl PartialOrd<Decimal> for $ty {
                #[track_caller]
                fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
                    other.partial_cmp(self).map(Ordering::reverse)
                }
            }
        )*
    };
}

with_number! {
    i64: number => Decimal::from(*number);
    Int: number => Decimal::from(number);
    f64: number => Decimal::from_float(*number);
}

crate::impl_ord!(Decimal);

impl Key for Decimal {
    fn key_hash(&self) -> u64 {
        self.py_hash().map_or(0, |hash| Int::from(hash).key_hash())
    }

    fn key_eq(&self, other: &Decimal) -> bool {
        self == other
    }

    fn py_hash(&self) -> Option<i64> {
        match (self.form, self.negative) {
            (Form::Infinite, true) => return Some(-314_159),
            (Form::Infinite, false) => return Some(314_159),
            (Form::Finite, _) => {}
            _ => return None,
        }
        let base = if self.exponent >= 0 { 10 } else { INVERSE_OF_TEN };
        let power = power_mod(base, self.exponent.unsigned_abs());
        let coefficient = self.coefficient.floor_mod(Int::from(MODULUS)).to_i64()?;
        let hash = (i128::from(coefficient) * power % MODULUS) as i64;
        Some(py_hash_int(if self.negative { -hash } else { hash }))
    }
}

fn power_mod(base: i128, mut exponent: u64) -> i128 {
    let (mut result, mut square) = (1, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * square % MODULUS;
        }
        square = square * square % MODULUS;
        exponent >>= 1;
    }
    result
}
