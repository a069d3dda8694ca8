//! Rounding: to the precision of a context, to an exponent, to integers.

use super::context::{Condition, Rounding, Settings, Status, getcontext};
use super::integer::{digit_count, pow10, trailing_zeros};
use super::{Decimal, Form};
use crate::big::Int;
use crate::class::{OverflowError, ValueError};
use crate::unwind::raise_new;

/// The coefficient without its last `places` digits, and whether one of them was not zero.
fn drop_digits(coefficient: &Int, places: i64, rounding: Rounding, negative: bool) -> (Int, bool) {
    let power = pow10(places.min(digit_count(coefficient) + 1));
    let (kept, rest) = coefficient.divmod(&power);
    if rest.is_zero() {
        return (kept, false);
    }
    let half = (&rest * &Int::from(2)).cmp(&power);
    let up = match rounding {
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::HalfUp => half.is_ge(),
        Rounding::HalfDown => half.is_gt(),
        Rounding::HalfEven => half.is_gt() || half.is_eq() && !kept.is_even(),
        Rounding::ZeroFiveUp => kept.floor_mod(5).is_zero(),
    };
    (if up { kept + 1 } else { kept }, true)
}

impl Decimal {
    /// The number as the context holds it.
    pub(super) fn fix(&self, settings: &Settings, status: &mut Status) -> Decimal {
        self.clone().fixed(settings, status)
    }

    /// The number as the context holds it, rounded once.
    pub(super) fn fixed(self, settings: &Settings, status: &mut Status) -> Decimal {
        if self.is_special() {
            return if self.is_nan() { self.fix_nan(settings) } else { self };
        }
        let (tiny, top) = (settings.tiny(), settings.top());
        if self.coefficient.is_zero() {
            let most = if settings.clamp { top } else { settings.most };
            let exponent = self.exponent.max(tiny).min(most);
            if exponent != self.exponent {
                status.add(Condition::Clamped);
            }
            return Decimal { exponent, ..self };
        }
        let digits = self.digits();
        let mut least = digits + self.exponent - settings.precision;
        if least > top {
            return self.overflow(settings, status);
        }
        let is_subnormal = least < tiny;
        if is_subnormal {
            least = tiny;
            status.add(Condition::Subnormal);
        }
        if self.exponent < least {
            return self.shortened(least, is_subnormal, settings, status);
        }
        if settings.clamp && self.exponent > top {
            status.add(Condition::Clamped);
            let coefficient = &self.coefficient * &pow10(self.exponent - top);
            return Decimal { coefficient, exponent: top, ..self };
        }
        self
    }

    /// Rounds the digits below `least` away.
    fn shortened(self, least: i64, is_subnormal: bool, settings: &Settings, status: &mut Status) -> Decimal {
        let (mut coefficient, changed) =
            drop_digits(&self.coefficient, least - self.exponent, settings.rounding, self.negative);
        let mut exponent = least;
        if coefficient == pow10(settings.precision) {
            coefficient = coefficient.floor_div(10);
            exponent += 1;
        }
        status.add(Condition::Rounded);
        if changed {
            status.add(Condition::Inexact);
            if is_subnormal {
                status.add(Condition::Underflow);
            }
        }
        if exponent > settings.top() {
            return self.overflow(settings, status);
        }
        if coefficient.is_zero() {
            status.add(Condition::Clamped);
        }
        Decimal { coefficient, exponent, ..self }
    }

    fn overflow(&self, settings: &Settings, status: &mut Status) -> Decimal {
        for condition in [Condition::Overflow, Condition::Inexact, Condition::Rounded] {
            status.add(condition);
        }
        let is_infinite = match settings.rounding {
            Rounding::Down | Rounding::ZeroFiveUp => false,
            Rounding::Ceiling => !self.negative,
            Rounding::Floor => self.negative,
            _ => true,
        };
        if is_infinite {
            return Decimal::infinity(self.negative);
        }
        Decimal::finite(self.negative, pow10(settings.precision) - 1, settings.top())
    }

    fn fix_nan(self, settings: &Settings) -> Decimal {
        let most = settings.precision - i64::from(settings.clamp);
        if self.digits() <= most {
            return self;
        }
        Decimal { coefficient: self.coefficient.floor_mod(pow10(most)), ..self }
    }

    /// The `NaN` that an operation with a `NaN` gives.
    pub(super) fn nan_of(
        &self,
        other: &Decimal,
        settings: &Settings,
        status: &mut Status,
    ) -> Option<Decimal> {
        let both = [self, other];
        if let Some(signaling) = both.iter().find(|each| each.is_snan()) {
            status.add(Condition::InvalidOperation);
            return Some(Decimal { form: Form::Quiet, ..(*signaling).clone() }.fix_nan(settings));
        }
        both.iter().find(|each| each.is_qnan()).map(|quiet| (*quiet).clone().fix_nan(settings))
    }

    /// The number with another exponent; no limits, no signals.
    pub(super) fn rescale(&self, exponent: i64, rounding: Rounding) -> Decimal {
        if self.is_special() {
            return self.clone();
        }
        let coefficient = if self.coefficient.is_zero() {
            Int::ZERO
        } else if self.exponent >= exponent {
            &self.coefficient * &pow10(self.exponent - exponent)
        } else {
            drop_digits(&self.coefficient, exponent - self.exponent, rounding, self.negative).0
        };
        Decimal { coefficient, exponent, ..self.clone() }
    }

    /// The number with at most `places` significant digits.
    pub(super) fn round_to(&self, places: i64, rounding: Rounding) -> Decimal {
        if self.is_special() || self.coefficient.is_zero() {
            return self.clone();
        }
        let rounded = self.rescale(self.adjusted() + 1 - places, rounding);
        if rounded.adjusted() == self.adjusted() {
            return rounded;
        }
        rounded.rescale(rounded.adjusted() + 1 - places, rounding)
    }

    fn quantize_in(
        &self,
        exp: &Decimal,
        rounding: Rounding,
        settings: &Settings,
        status: &mut Status,
    ) -> Decimal {
        if self.is_special() || exp.is_special() {
            if let Some(nan) = self.nan_of(exp, settings, status) {
                return nan;
            }
            if self.is_infinite() && exp.is_infinite() {
                return self.clone();
            }
            return status.invalid(Condition::InvalidOperation);
        }
        if !(settings.tiny()..=settings.most).contains(&exp.exponent) {
            return status.invalid(Condition::InvalidOperation);
        }
        if self.coefficient.is_zero() {
            return Decimal { exponent: exp.exponent, ..self.clone() }.fixed(settings, status);
        }
        let adjusted = self.adjusted();
        if adjusted > settings.most || adjusted - exp.exponent + 1 > settings.precision {
            return status.invalid(Condition::InvalidOperation);
        }
        let result = self.rescale(exp.exponent, rounding);
        if result.adjusted() > settings.most || result.digits() > settings.precision {
            return status.invalid(Condition::InvalidOperation);
        }
        if !result.coefficient.is_zero() && result.adjusted() < settings.least {
            status.add(Condition::Subnormal);
        }
        if result.exponent > self.exponent {
            if result.compare_finite(self).is_ne() {
                status.add(Condition::Inexact);
            }
            status.add(Condition::Rounded);
        }
        result.fixed(settings, status)
    }

    /// `d.quantize(exp)`.
    #[track_caller]
    pub fn quantize(&self, exp: &Decimal) -> Decimal {
        Decimal::run(|settings, status| self.quantize_in(exp, settings.rounding, settings, status))
    }

    /// `d.quantize(exp, rounding)`.
    #[track_caller]
    pub fn quantize_by(&self, exp: &Decimal, rounding: &str) -> Decimal {
        let rounding = Rounding::named(rounding);
        Decimal::run(|settings, status| self.quantize_in(exp, rounding, settings, status))
    }

    /// `d.same_quantum(other)`.
    pub fn same_quantum(&self, other: &Decimal) -> bool {
        if self.is_special() || other.is_special() {
            return self.is_nan() && other.is_nan() || self.is_infinite() && other.is_infinite();
        }
        self.exponent == other.exponent
    }

    /// `d.normalize()`.
    #[track_caller]
    pub fn normalize(&self) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(nan) = self.nan_of(self, settings, status) {
                return nan;
            }
            let number = self.fix(settings, status);
            if number.is_special() {
                return number;
            }
            if number.coefficient.is_zero() {
                return Decimal { exponent: 0, ..number };
            }
            let most = if settings.clamp { settings.top() } else { settings.most };
            let zeros = trailing_zeros(&number.coefficient).min(most - number.exponent);
            let coefficient = number.coefficient.floor_div(pow10(zeros));
            Decimal { coefficient, exponent: number.exponent + zeros, ..number }
        })
    }

    fn integral(&self, rounding: Option<&str>, exactly: bool) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(nan) = self.nan_of(self, settings, status) {
                return nan;
            }
            if self.is_special() || self.exponent >= 0 {
                return self.clone();
            }
            let rounding = rounding.map_or(settings.rounding, Rounding::named);
            let result = self.rescale(0, rounding);
            if exactly && !self.coefficient.is_zero() {
                status.add(Condition::Rounded);
                if result.compare_finite(self).is_ne() {
                    status.add(Condition::Inexact);
                }
            }
            result
        })
    }

    /// `d.to_integral_value()`, also `to_integral()`.
    #[track_caller]
    pub fn to_integral_value(&self) -> Decimal {
        self.integral(None, false)
    }

    /// `d.to_integral_value(rounding)`.
    #[track_caller]
    pub fn to_integral_by(&self, rounding: &str) -> Decimal {
        self.integral(Some(rounding), false)
    }

    /// `d.to_integral_exact()`.
    #[track_caller]
    pub fn to_integral_exact(&self) -> Decimal {
        self.integral(None, true)
    }

    /// The number as an integer; raises `ValueError` and `OverflowError` for specials.
    #[track_caller]
    fn to_int(&self, rounding: Rounding) -> Int {
        match self.form {
            Form::Finite => {}
            Form::Infinite => raise_new(OverflowError, "cannot convert Infinity to integer"),
            _ => raise_new(ValueError, "cannot convert NaN to integer"),
        }
        let whole = self.rescale(0, rounding).coefficient;
        if self.negative { -whole } else { whole }
    }

    /// `int(d)`.
    #[track_caller]
    pub fn trunc(&self) -> Int {
        self.to_int(Rounding::Down)
    }

    /// `math.floor(d)`.
    #[track_caller]
    pub fn floor(&self) -> Int {
        self.to_int(Rounding::Floor)
    }

    /// `math.ceil(d)`.
    #[track_caller]
    pub fn ceil(&self) -> Int {
        self.to_int(Rounding::Ceiling)
    }

    /// `round(d)`.
    #[track_caller]
    pub fn round(&self) -> Int {
        self.to_int(Rounding::HalfEven)
    }

    /// `round(d, places)`.
    #[track_caller]
    pub fn round_places(&self, places: i64) -> Decimal {
        self.quantize(&Decimal::finite(false, Int::ONE, -places))
    }

    /// `d.scaleb(power)`.
    #[track_caller]
    pub fn scaleb(&self, power: i64) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(nan) = self.nan_of(self, settings, status) {
                return nan;
            }
            if power.abs() > 2 * (settings.most + settings.precision) {
                return status.invalid(Condition::InvalidOperation);
            }
            if self.is_special() {
                return self.clone();
            }
            Decimal { exponent: self.exponent + power, ..self.clone() }.fixed(settings, status)
        })
    }

    /// `d.logb()`.
    #[track_caller]
    pub fn logb(&self) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(nan) = self.nan_of(self, settings, status) {
                return nan;
            }
            if self.is_infinite() {
                return Decimal::infinity(false);
            }
            if self.is_zero() {
                status.add(Condition::DivisionByZero);
                return Decimal::infinity(true);
            }
            Decimal::from(self.adjusted()).fixed(settings, status)
        })
    }

    /// Whether `%` of a format would show the current rounding.
    pub(super) fn current_rounding() -> Rounding {
        getcontext().settings().rounding
    }
}
