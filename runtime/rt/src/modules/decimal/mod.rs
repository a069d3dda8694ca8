//! Python's `decimal`: numbers of base ten, rounded as a context says.
//!
//! The results, signals and texts are those of CPython's `_decimal`; an operation reads the current
//! context (see [`getcontext`]) and raises what that context traps.

mod arithmetic;
mod compare;
mod context;
mod convert;
mod dynamic;
mod format;
mod integer;
mod logarithms;
mod operators;
mod power;
mod round;
mod text;

use crate::big::Int;

pub use context::{
    Clamped, DecimalContext, DecimalException, DivisionByZero, FloatOperation, Inexact, InvalidOperation,
    LocalContext, Overflow, Rounded, Subnormal, Underflow, getcontext, localcontext, setcontext,
};
pub use convert::DecimalTuple;

use context::{Settings, Status};
use integer::digit_count;

/// What kind of number a decimal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Finite,
    Infinite,
    /// A quiet `NaN`; the coefficient is its payload.
    Quiet,
    /// A signaling `NaN`; the coefficient is its payload.
    Signaling,
}

/// `decimal.Decimal`: `coefficient * 10 ** exponent`, with a sign of its own.
#[derive(Clone, Debug)]
pub struct Decimal {
    negative: bool,
    form: Form,
    /// Never below zero.
    coefficient: Int,
    exponent: i64,
}

impl Decimal {
    fn finite(negative: bool, coefficient: Int, exponent: i64) -> Decimal {
        Decimal { negative, form: Form::Finite, coefficient, exponent }
    }

    fn infinity(negative: bool) -> Decimal {
        Decimal { negative, form: Form::Infinite, coefficient: Int::ZERO, exponent: 0 }
    }

    fn nan() -> Decimal {
        Decimal { negative: false, form: Form::Quiet, coefficient: Int::ZERO, exponent: 0 }
    }

    fn is_special(&self) -> bool {
        self.form != Form::Finite
    }

    /// Digits of the coefficient; a zero has one.
    fn digits(&self) -> i64 {
        digit_count(&self.coefficient)
    }

    fn is_integer(&self) -> bool {
        self.form == Form::Finite
            && (self.exponent >= 0
                || self.coefficient.is_zero()
                || integer::trailing_zeros(&self.coefficient) >= -self.exponent)
    }

    /// Runs an operation in the current context and raises what it traps.
    #[track_caller]
    fn run(operation: impl FnOnce(&Settings, &mut Status) -> Decimal) -> Decimal {
        let context = getcontext();
        let mut status = Status::default();
        let result = operation(&context.settings(), &mut status);
        context.signal(status);
        result
    }

    /// `d.adjusted()`: the exponent of the first digit; zero for specials.
    pub fn adjusted(&self) -> i64 {
        if self.is_special() { 0 } else { self.exponent + self.digits() - 1 }
    }

    /// `d.is_nan()`.
    pub fn is_nan(&self) -> bool {
        matches!(self.form, Form::Quiet | Form::Signaling)
    }

    /// `d.is_qnan()`.
    pub fn is_qnan(&self) -> bool {
        self.form == Form::Quiet
    }

    /// `d.is_snan()`.
    pub fn is_snan(&self) -> bool {
        self.form == Form::Signaling
    }

    /// `d.is_infinite()`.
    pub fn is_infinite(&self) -> bool {
        self.form == Form::Infinite
    }

    /// `d.is_finite()`.
    pub fn is_finite(&self) -> bool {
        self.form == Form::Finite
    }

    /// `d.is_signed()`.
    pub fn is_signed(&self) -> bool {
        self.negative
    }

    /// `d.is_zero()`.
    pub fn is_zero(&self) -> bool {
        self.form == Form::Finite && self.coefficient.is_zero()
    }

    /// `d.is_normal()`.
    pub fn is_normal(&self) -> bool {
        !self.is_special() && !self.is_zero() && self.adjusted() >= getcontext().settings().least
    }

    /// `d.is_subnormal()`.
    pub fn is_subnormal(&self) -> bool {
        !self.is_special() && !self.is_zero() && self.adjusted() < getcontext().settings().least
    }

    /// `d.number_class()`.
    pub fn number_class(&self) -> &'static str {
        let class = |plus, minus| if self.negative { minus } else { plus };
        match self.form {
            Form::Quiet => "NaN",
            Form::Signaling => "sNaN",
            Form::Infinite => class("+Infinity", "-Infinity"),
            Form::Finite if self.is_zero() => class("+Zero", "-Zero"),
            Form::Finite if self.is_normal() => class("+Normal", "-Normal"),
            Form::Finite => class("+Subnormal", "-Subnormal"),
        }
    }

    /// `d.copy_abs()`.
    pub fn copy_abs(&self) -> Decimal {
        Decimal { negative: false, ..self.clone() }
    }

    /// `d.copy_negate()`.
    pub fn copy_negate(&self) -> Decimal {
        Decimal { negative: !self.negative, ..self.clone() }
    }

    /// `d.copy_sign(other)`.
    pub fn copy_sign(&self, other: &Decimal) -> Decimal {
        Decimal { negative: other.negative, ..self.clone() }
    }
}

impl Default for Decimal {
    fn default() -> Decimal {
        Decimal::from(0)
    }
}

#[cfg(test)]
mod tests;
