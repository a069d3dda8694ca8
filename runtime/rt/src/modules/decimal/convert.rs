//! From and to other numbers.

use super::context::{Settings, Status};
use super::integer::{pow10, trailing_zeros};
use super::{Decimal, Form};
use crate::big::Int;
use crate::class::{OverflowError, ValueError};
use crate::modules::fractions::Fraction;
use crate::number::float_ratio;
use crate::unwind::raise_new;

impl From<i64> for Decimal {
    fn from(number: i64) -> Decimal {
        Decimal::from(Int::from(number))
    }
}

impl From<bool> for Decimal {
    fn from(number: bool) -> Decimal {
        Decimal::from(i64::from(number))
    }
}

impl From<Int> for Decimal {
    fn from(number: Int) -> Decimal {
        Decimal::finite(number.is_negative(), number.abs(), 0)
    }
}

impl From<&Int> for Decimal {
    fn from(number: &Int) -> Decimal {
        Decimal::from(number.clone())
    }
}

impl Decimal {
    /// `Decimal(x)` of a float: exactly its value.
    pub fn from_float(x: f64) -> Decimal {
        if x.is_nan() {
            return Decimal { negative: x.is_sign_negative(), ..Decimal::nan() };
        }
        if x.is_infinite() {
            return Decimal::infinity(x < 0.0);
        }
        let (top, bottom) = float_ratio(x.abs());
        let places = bottom.bit_length() - 1;
        Decimal::finite(x.is_sign_negative(), &top * &Int::from(5).pow(places), -places)
    }

    /// `Decimal((sign, digits, exponent))`.
    #[track_caller]
    pub fn from_digits(sign: i64, digits: impl IntoIterator<Item = i64>, exponent: i64) -> Decimal {
        if !(0..=1).contains(&sign) {
            raise_new(ValueError, "sign must be an integer with the value 0 or 1");
        }
        let mut coefficient = Int::ZERO;
        for digit in digits {
            if !(0..=9).contains(&digit) {
                raise_new(ValueError, "coefficient must be a tuple of digits");
            }
            coefficient = coefficient * Int::from(10) + Int::from(digit);
        }
        Decimal::finite(sign == 1, coefficient, exponent)
    }

    /// `float(d)`.
    #[track_caller]
    pub fn to_f64(&self) -> f64 {
        let size = match self.form {
            Form::Signaling => raise_new(ValueError, "cannot convert signaling NaN to float"),
            Form::Quiet => f64::NAN,
            Form::Infinite => f64::INFINITY,
            Form::Finite => {
                format!("{}e{}", self.coefficient.digits(10), self.exponent).parse().unwrap_or(f64::NAN)
            }
        };
        if self.negative { -size } else { size }
    }

    /// `d.as_integer_ratio()`.
    #[track_caller]
    pub fn as_integer_ratio(&self) -> (Int, Int) {
        match self.form {
            Form::Finite => {}
            Form::Infinite => raise_new(OverflowError, "cannot convert Infinity to integer ratio"),
            _ => raise_new(ValueError, "cannot convert NaN to integer ratio"),
        }
        let ratio = if self.exponent >= 0 {
            Fraction::new(&self.coefficient * &pow10(self.exponent), 1)
        } else {
            Fraction::new(self.coefficient.clone(), pow10(-self.exponent))
        };
        let top = ratio.numerator();
        (if self.negative { -top } else { top }, ratio.denominator())
    }

    /// The number as a `Fraction`.
    #[track_caller]
    pub fn to_fraction(&self) -> Fraction {
        let (top, bottom) = self.as_integer_ratio();
        Fraction::new(top, bottom)
    }

    /// `d.as_tuple()`: sign, digits and exponent.
    #[track_caller]
    pub fn as_tuple(&self) -> DecimalTuple {
        let digits: Vec<i64> =
            self.coefficient.digits(10).bytes().map(|digit| i64::from(digit - b'0')).collect();
        match self.form {
            Form::Finite => {}
            _ => raise_new(ValueError, "as_tuple() of a special value"),
        }
        DecimalTuple {
            sign: i64::from(self.negative),
            digits: crate::Tuple::from(digits),
            exponent: self.exponent,
        }
    }

    /// Whether no digit is lost when the number is written as an integer, and that integer.
    pub(super) fn exact_int(&self) -> Option<Int> {
        if !self.is_integer() {
            return None;
        }
        let whole = if self.exponent >= 0 {
            &self.coefficient * &pow10(self.exponent)
        } else {
            self.coefficient.floor_div(pow10(-self.exponent))
        };
        Some(if self.negative { -whole } else { whole })
    }

    /// The number as the widest context holds it; an invalid operation where it cannot.
    pub(super) fn exactly(self, status: &mut Status) -> Decimal {
        let is_in = self.is_special()
            || self.exponent >= Settings::WIDEST.tiny() && self.adjusted() <= Settings::WIDEST.most;
        if is_in { self } else { status.invalid(super::context::Condition::InvalidOperation) }
    }

    /// Zeros at the end of the coefficient.
    pub(super) fn zeros(&self) -> i64 {
        trailing_zeros(&self.coefficient)
    }
}

/// `decimal.DecimalTuple`.
#[derive(Clone, PartialEq, Debug)]
pub struct DecimalTuple {
    /// 1 for negative numbers.
    pub sign: i64,
    /// The digits of the coefficient.
    pub digits: crate::Tuple<i64>,
    /// The power of ten.
    pub exponent: i64,
}

crate::impl_repr!(DecimalTuple { sign, digits, exponent });
