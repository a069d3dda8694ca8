//! Python's `fractions.Fraction`.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use crate::big::Int;
use crate::class::{TypeError, ValueError, ZeroDivisionError};
use crate::collections::Key;
use crate::error::Error;
use crate::modules::decimal::Decimal;
use crate::number::float_ratio;
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;
use crate::value::{FromValue, Library, Value, held, library};

/// A rational number in lowest terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fraction {
    numerator: Int,
    denominator: Int,
}

impl Fraction {
    /// `Fraction(numerator, denominator)`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn new(numerator: impl Into<Int>, denominator: impl Into<Int>) -> Fraction {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        if denominator.is_zero() {
            raise_new(ZeroDivisionError, format!("Fraction({numerator}, 0)"));
        }
        let common = numerator.gcd(&denominator);
        let common = if denominator.is_negative() { -common } else { common };
        Fraction { numerator: numerator.floor_div(&common), denominator: denominator.floor_div(&common) }
    }

    /// `Fraction(x)` of a float, exactly.
    #[track_caller]
    pub fn from_float(x: f64) -> Fraction {
        let (numerator, denominator) = float_ratio(x);
        Fraction { numerator, denominator }
    }

    /// `Fraction(value)` of a number or text; `TypeError` for anything else.
    #[track_caller]
    pub fn from_any(value: &Value) -> Result<Fraction, Error> {
        match value {
            Value::Str(text) => Fraction::parse(text),
            Value::Float(x) => Ok(Fraction::from_float(*x)),
            Value::Bool(_) | Value::Int(_) => Int::from_value(value).map(Fraction::from),
            _ => held::<Fraction>(value)
                .cloned()
                .or_else(|| held::<Decimal>(value).map(Decimal::to_fraction))
                .ok_or_else(|| Error::new(TypeError, "argument should be a string or a Rational instance")),
        }
    }

    /// `Fraction(numerator, denominator)` of dynamic values: both are whole numbers or fractions.
    #[track_caller]
    pub fn of_any(numerator: &Value, denominator: &Value) -> Result<Fraction, Error> {
        let part = |value: &Value| match value {
            Value::Bool(_) | Value::Int(_) => Int::from_value(value).map(Fraction::from),
            _ => held::<Fraction>(value)
                .cloned()
                .ok_or_else(|| Error::new(TypeError, "both arguments should be Rational instances")),
        };
        let (numerator, denominator) = (part(numerator)?, part(denominator)?);
        if denominator.numerator.is_zero() {
            let text = format!("Fraction({}, 0)", numerator.numerator);
            return Err(Error::new(crate::class::ZeroDivisionError, text));
        }
        Ok(numerator.true_div(&denominator))
    }

    /// `Fraction(text)`; `ValueError` for what is none.
    #[track_caller]
    pub fn parse(text: &str) -> Result<Fraction, Error> {
        let bad = || Error::new(ValueError, format!("Invalid literal for Fraction: {}", repr(text)));
        let int = |part: &str| part.parse::<Int>().map_err(|_| bad());
        let trimmed = text.trim();
        if let Some((top, bottom)) = trimmed.split_once('/') {
            if top.ends_with(' ') || bottom.starts_with([' ', '-', '+']) {
                return Err(bad());
            }
            return Ok(Fraction::new(int(top)?, int(bottom)?));
        }
        let (digits, exponent) = match trimmed.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i64>().map_err(|_| bad())?),
            None => (trimmed, 0),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if !part.chars().all(|c| c.is_ascii_digit()) {
            return Err(bad());
        }
        let number = int(&format!("{whole}{part}"))?;
        let shift = exponent - part.len() as i64;
        let power = Int::from(10).pow(shift.abs());
        Ok(if shift >= 0 { Fraction::new(number * power, 1) } else { Fraction::new(number, power) })
    }

    /// `f.numerator`.
    pub fn numerator(&self) -> Int {
        self.numerator.clone()
    }

    /// `f.denominator`.
    pub fn denominator(&self) -> Int {
        self.denominator.clone()
    }

    /// `float(f)`.
    pub fn to_f64(&self) -> f64 {
        self.numerator.true_div(&self.denominator)
    }

    /// `int(f)`: towards zero.
    pub fn trunc(&self) -> Int {
        if self.numerator.is_negative() { -self.neg().floor() } else { self.floor() }
    }

    /// `math.floor(f)`.
    pub fn floor(&self) -> Int {
        self.numerator.floor_div(&self.denominator)
    }

    /// `math.ceil(f)`.
    pub fn ceil(&self) -> Int {
        -self.neg().floor()
    }

    /// `round(f)`: half to even.
    pub fn round(&self) -> Int {
        let floor = self.floor();
        let rest = self - &Fraction::new(floor.clone(), 1);
        match rest.cmp(&Fraction::new(1, 2)) {
            Ordering::Less => floor,
            Ordering::Equal if floor.is_even() => floor,
            _ => floor + 1,
        }
    }

    /// `round(f, places)`: half to even at a decimal place.
    #[must_use]
    pub fn round_places(&self, places: i64) -> Fraction {
        let shift = Int::from(10).pow(places.abs());
        if places > 0 {
            let scaled = self * &Fraction::from(shift.clone());
            return Fraction::new(scaled.round(), shift);
        }
        let scaled = self.true_div(&Fraction::from(shift.clone()));
        Fraction::from(&scaled.round() * &shift)
    }

    /// Whether the number is zero; `not f`.
    pub fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    /// Whether the denominator is 1.
    pub fn is_integer(&self) -> bool {
        self.denominator == 1
    }

    /// `divmod(a, b)`; raises `ZeroDivisionError`. The quotient must fit 64 bits.
    #[track_caller]
    pub fn divmod(&self, other: &Fraction) -> (i64, Fraction) {
        (self.floor_div(other).expect_i64(), self.floor_mod(other))
    }

    /// `abs(f)`.
    pub fn abs(&self) -> Fraction {
        Fraction { numerator: self.numerator.abs(), denominator: self.denominator.clone() }
    }

    /// `-f`.
    #[must_use]
    pub fn neg(&self) -> Fraction {
        Fraction { numerator: -&self.numerator, denominator: self.denominator.clone() }
    }

    /// `a / b`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn true_div(&self, other: &Fraction) -> Fraction {
        if other.is_zero() {
            // What is left of the numerator when it shares all factors with zero.
            let sign = i64::from(!self.is_zero()) - 2 * i64::from(self.numerator.is_negative());
            return Fraction::new(sign, 0);
        }
        Fraction::new(&self.numerator * &other.denominator, &self.denominator * &other.numerator)
    }

    /// `a // b`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn floor_div(&self, other: &Fraction) -> Int {
        (&self.numerator * &other.denominator).floor_div(&(&self.denominator * &other.numerator))
    }

    /// `a % b`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn floor_mod(&self, other: &Fraction) -> Fraction {
        let rest = (&self.numerator * &other.denominator).floor_mod(&(&self.denominator * &other.numerator));
        Fraction::new(rest, &self.denominator * &other.denominator)
    }

    /// `a ** n`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn pow(&self, n: i64) -> Fraction {
        let (top, bottom) = (self.numerator.pow(n.abs()), self.denominator.pow(n.abs()));
        if n >= 0 { Fraction::new(top, bottom) } else { Fraction::new(bottom, top) }
    }

    /// `f.limit_denominator(most)`.
    #[track_caller]
    pub fn limit_denominator(&self, most: i64) -> Fraction {
        if most < 1 {
            raise_new(ValueError, "max_denominator should be at least 1");
        }
        let most = Int::from(most);
        if self.denominator <= most {
            return self.clone();
        }
        let (mut p0, mut q0, mut p1, mut q1) = (Int::ZERO, Int::ONE, Int::ONE, Int::ZERO);
        let (mut n, mut d) = (self.numerator.clone(), self.denominator.clone());
        loop {
            let a = n.floor_div(&d);
            let q2 = &q0 + &(&a * &q1);
            if q2 > most {
                break;
            }
            let p2 = &p0 + &(&a * &p1);
            (p0, q0, p1, q1) = (p1, q1, p2, q2);
            let rest = &n - &(&a * &d);
            (n, d) = (d, rest);
        }
        let k = (&most - &q0).floor_div(&q1);
        let first = Fraction::new(&p0 + &(&k * &p1), &q0 + &(&k * &q1));
        let second = Fraction::new(p1, q1);
        if (&second - self).abs() <= (&first - self).abs() { second } else { first }
    }
}

macro_rules! operator {
    ($($Trait:ident $method:ident |$a:ident, $b:ident| $top:expr, $bottom:expr;)*) => {
        $(
            impl $Trait for &Fraction {
                type Output = Fraction;

                fn $method(self, other: &Fraction) -> Fraction {
                    let ($a, $b) = (self, other);
                    Fraction::new($top, $bottom)
                }
            }
        )*
    };
}

operator! {
    Add add |a, b| &a.numerator * &b.denominator + &b.numerator * &a.denominator, &a.denominator * &b.denominator;
    Sub sub |a, b| &a.numerator * &b.denominator - &b.numerator * &a.denominator, &a.denominator * &b.denominator;
    Mul mul |a, b| &a.numerator * &b.numerator, &a.denominator * &b.denominator;
}

impl Neg for &Fraction {
    type Output = Fraction;

    fn neg(self) -> Fraction {
        Fraction::neg(self)
    }
}

impl From<i64> for Fraction {
    fn from(number: i64) -> Fraction {
        Fraction { numerator: Int::from(number), denominator: Int::ONE }
    }
}

impl From<Int> for Fraction {
    fn from(number: Int) -> Fraction {
        Fraction { numerator: number, denominator: Int::ONE }
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }
}

impl Fraction {
    /// The order beside a float; none beside `nan`.
    fn order_beside(&self, x: f64) -> Option<Ordering> {
        if x.is_nan() {
            return None;
        }
        if x.is_infinite() {
            return Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        Some(self.cmp(&Fraction::from_float(x)))
    }
}

macro_rules! with_number {
    ($($ty:ty: $this:ident, $number:ident => $order:expr;)*) => {
        $(
            impl PartialEq<$ty> for Fraction {
                fn eq(&self, $number: &$ty) -> bool {
                    let $this = self;
                    $order == Some(Ordering::Equal)
                }
            }

            impl PartialOrd<$ty> for Fraction {
                fn partial_cmp(&self, $number: &$ty) -> Option<Ordering> {
                    let $this = self;
                    $order
                }
            }

            impl PartialEq<Fraction> for $ty {
                fn eq(&self, other: &Fraction) -> bool {
                    other == self
                }
            }

            impl PartialOrd<Fraction> for $ty {
                fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
                    other.partial_cmp(self).map(Ordering::reverse)
                }
            }
        )*
    };
}

with_number! {
    i64: this, number => Some(this.cmp(&Fraction::from(*number)));
    Int: this, number => Some(this.cmp(&Fraction::from(number.clone())));
    f64: this, number => this.order_beside(*number);
}

crate::impl_ord!(Fraction);

impl Key for Fraction {
    fn key_hash(&self) -> u64 {
        if self.denominator == 1 {
            return self.numerator.key_hash();
        }
        // A float that is equal has the same hash.
        let float = self.to_f64();
        if float.is_finite() && self.order_beside(float) == Some(std::cmp::Ordering::Equal) {
            return float.key_hash();
        }
        crate::mix_hash(self.numerator.key_hash(), self.denominator.key_hash())
    }

    fn key_eq(&self, other: &Fraction) -> bool {
        self == other
    }

    fn py_hash(&self) -> Option<i64> {
        let modulus = Int::from((1i64 << 61) - 1);
        if self.denominator.floor_mod(&modulus).is_zero() {
            return None;
        }
        let inverse = self.denominator.pow_mod(-1, &modulus);
        let size = (&self.numerator.abs() * &inverse).floor_mod(&modulus).to_i64()?;
        let hash = if self.numerator.is_negative() { -size } else { size };
        Some(if hash == -1 { -2 } else { hash })
    }
}

impl Repr for Fraction {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fraction({}, {})", self.numerator, self.denominator)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            return write!(f, "{}", self.numerator);
        }
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

crate::impl_format!(Fraction: "Fraction");

impl std::iter::Sum for Fraction {
    fn sum<I: Iterator<Item = Fraction>>(items: I) -> Fraction {
        items.fold(Fraction::from(0), |sum, item| &sum + &item)
    }
}

impl crate::Truth for Fraction {
    fn is_true(&self) -> bool {
        !self.numerator.is_zero()
    }
}

library! {
    [] Fraction;
}

impl Fraction {
    /// Arithmetic with a float is that of floats.
    fn with_float(&self, name: &str, x: f64) -> Option<f64> {
        let own = self.to_f64();
        Some(match name {
            "__add__" | "__radd__" => own + x,
            "__sub__" => own - x,
            "__rsub__" => x - own,
            "__mul__" | "__rmul__" => own * x,
            "__truediv__" => crate::float_true_div(own, x),
            "__rtruediv__" => crate::float_true_div(x, own),
            _ => return None,
        })
    }
}

impl Library for Fraction {
    const NAME: &'static str = "Fraction";

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "numerator" => Some(self.numerator().into()),
            "denominator" => Some(self.denominator().into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let arg = args.first();
        if let Some(Value::Float(x)) = arg
            && let Some(result) = self.with_float(name, *x)
        {
            return Some(Ok(result.into()));
        }
        let other = || -> Option<Fraction> {
            let arg = arg?;
            let known = held::<Fraction>(arg).cloned();
            known.or_else(|| match arg {
                Value::Float(x) if x.is_finite() => Some(Fraction::from_float(*x)),
                _ => Int::from_value(arg).ok().map(Fraction::from),
            })
        };
        let result = match name {
            "__add__" | "__radd__" => self + &other()?,
            "__sub__" => self - &other()?,
            "__rsub__" => &other()? - self,
            "__mul__" | "__rmul__" => self * &other()?,
            "__truediv__" => self.true_div(&other()?),
            "__rtruediv__" => other()?.true_div(self),
            "__mod__" => self.floor_mod(&other()?),
            "__rmod__" => other()?.floor_mod(self),
            "__floordiv__" => return Some(Ok(self.floor_div(&other()?).into())),
            "__rfloordiv__" => return Some(Ok(other()?.floor_div(self).into())),
            "__pow__" => self.pow(i64::from_value(arg?).ok()?),
            "__neg__" => Fraction::neg(self),
            "__abs__" => self.abs(),
            "__float__" => return Some(Ok(self.to_f64().into())),
            "__round__" => match arg {
                Some(places) => self.round_places(i64::from_value(places).ok()?),
                None => return Some(Ok(self.round().into())),
            },
            "limit_denominator" => match arg {
                Some(most) => self.limit_denominator(i64::from_value(most).ok()?),
                None => self.limit_denominator(1_000_000),
            },
            "__int__" => return Some(Ok(self.trunc().into())),
            "__lt__" => return Some(Ok((*self < other()?).into())),
            "__gt__" => return Some(Ok((*self > other()?).into())),
            "__le__" => return Some(Ok((*self <= other()?).into())),
            "__ge__" => return Some(Ok((*self >= other()?).into())),
            _ => return None,
        };
        Some(Ok(result.into()))
    }

    fn equals(&self, other: &Value) -> bool {
        match other {
            Value::Bool(_) | Value::Int(_) => Int::from_value(other).is_ok_and(|number| *self == number),
            Value::Float(x) => *self == *x,
            _ => held::<Fraction>(other).is_some_and(|other| self == other),
        }
    }

    fn truth(&self) -> bool {
        !self.numerator.is_zero()
    }

    fn value_hash(&self) -> Option<u64> {
        Some(self.key_hash())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_exact() {
        // From CPython 3.11.
        let f = Fraction::new(3, -6);
        assert_eq!(repr(&f).to_string(), "Fraction(-1, 2)");
        assert_eq!(crate::str(&(&f + &Fraction::new(1, 3))).to_string(), "-1/6");
        assert_eq!(crate::str(&Fraction::parse("1.25").expect("a number")).to_string(), "5/4");
        assert_eq!(crate::str(&Fraction::from_float(0.1)).to_string(), "3602879701896397/36028797018963968");
        assert_eq!(
            crate::str(&Fraction::from_float(std::f64::consts::PI).limit_denominator(1000)).to_string(),
            "355/113"
        );
        assert_eq!(
            (Fraction::new(5, 2).round(), Fraction::new(7, 2).round(), f.floor()),
            (Int::from(2), Int::from(4), Int::from(-1))
        );
    }
}
