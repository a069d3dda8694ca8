//! `a ** b`, as libmpdec computes it.

use super::context::{Condition, Rounding, Settings, Status};
use super::integer::pow10;
use super::{Decimal, Form};
use crate::big::Int;

impl Decimal {
    /// `a ** b`.
    #[track_caller]
    pub fn pow(&self, exponent: &Decimal) -> Decimal {
        Decimal::run(|settings, status| self.pow_in(exponent, settings, status))
    }

    fn pow_in(&self, exponent: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        if let Some(nan) = self.nan_of(exponent, settings, status) {
            return nan;
        }
        let whole = exponent.exact_int();
        let negative = self.negative && whole.as_ref().is_some_and(|whole| !whole.is_even());
        if self.is_zero() {
            if exponent.is_zero() {
                return status.invalid(Condition::InvalidOperation);
            }
            return if exponent.negative {
                Decimal::infinity(negative)
            } else {
                Decimal::finite(negative, Int::ZERO, 0)
            };
        }
        if self.negative && whole.is_none() {
            return status.invalid(Condition::InvalidOperation);
        }
        if exponent.form == Form::Infinite {
            return self.to_infinite_power(exponent, settings, status);
        }
        if self.form == Form::Infinite {
            return match (exponent.is_zero(), exponent.negative) {
                (true, _) => Decimal::from(1),
                (false, true) => Decimal::finite(negative, Int::ZERO, 0),
                (false, false) => Decimal::infinity(negative),
            };
        }
        if exponent.is_zero() {
            return Decimal::from(1);
        }
        if self.copy_abs().compare_finite(&Decimal::from(1)).is_eq() {
            return self.one_to_power(exponent, negative, whole.as_ref(), settings, status);
        }
        if let Some(limit) = self.out_of_bounds(exponent, negative, settings, status) {
            return limit;
        }
        match whole {
            Some(whole) => self.whole_power(exponent, &whole, negative, settings, status),
            None => self.real_power(exponent, settings, status),
        }
    }

    fn to_infinite_power(&self, exponent: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        let order = self.copy_abs().compare_finite(&Decimal::from(1));
        if order.is_eq() {
            status.add(Condition::Inexact);
            status.add(Condition::Rounded);
            return one_with_zeros(false, settings.precision - 1);
        }
        if order.is_lt() == exponent.negative { Decimal::infinity(false) } else { Decimal::from(0) }
    }

    /// `1.000 ** 3` is `1.000000000`.
    fn one_to_power(
        &self,
        exponent: &Decimal,
        negative: bool,
        whole: Option<&Int>,
        settings: &Settings,
        status: &mut Status,
    ) -> Decimal {
        let Some(whole) = whole else {
            status.add(Condition::Inexact);
            status.add(Condition::Rounded);
            return one_with_zeros(negative, settings.precision - 1);
        };
        if exponent.negative {
            return Decimal::finite(negative, Int::ONE, 0);
        }
        let places = whole * &Int::from(-self.exponent);
        let most = settings.precision - 1;
        let places = match places.to_i64() {
            Some(places) if places <= most => places,
            _ => {
                status.add(Condition::Rounded);
                most
            }
        };
        one_with_zeros(negative, places.max(0))
    }

    /// What is certain to overflow or underflow needs no power.
    fn out_of_bounds(
        &self,
        exponent: &Decimal,
        negative: bool,
        settings: &Settings,
        status: &mut Status,
    ) -> Option<Decimal> {
        let size = self.adjusted();
        let grows = (self.copy_abs().compare_finite(&Decimal::from(1)).is_gt()) != exponent.negative;
        // |log10(self)| is at least this.
        let least = match size {
            0 | -1 => return None,
            size if size > 0 => size,
            size => -size - 1,
        };
        let reach =
            Decimal::from(least).mul_in(&exponent.copy_abs(), &Settings::WIDEST, &mut Status::default());
        let limit = if grows { settings.most + 1 } else { 1 - settings.tiny() };
        if reach.compare_finite(&Decimal::from(limit)).is_le() {
            return None;
        }
        let far = if grows { settings.most + 1 } else { settings.tiny() - 1 };
        Some(Decimal::finite(negative, Int::ONE, far).fixed(settings, status))
    }

    fn whole_power(
        &self,
        exponent: &Decimal,
        whole: &Int,
        negative: bool,
        settings: &Settings,
        status: &mut Status,
    ) -> Decimal {
        let mut work = Settings {
            precision: settings.precision + exponent.digits() + exponent.exponent + 2,
            rounding: Rounding::HalfEven,
            clamp: false,
            ..*settings
        };
        let mut base = self.clone();
        if exponent.negative {
            work.precision += 1;
            base = Decimal::from(1).div_in(self, &work, status);
        }
        let size = whole.abs();
        let mut result = base.clone();
        for bit in (0..size.bit_length() - 1).rev() {
            result = result.mul_in(&result, &work, status);
            if !size.floor_div(Int::from(2).pow(bit)).is_even() {
                result = result.mul_in(&base, &work, status);
            }
            if result.is_special() || result.is_zero() && status.has(Condition::Clamped) {
                break;
            }
        }
        Decimal { negative, ..result }.fixed(settings, status)
    }

    fn real_power(&self, exponent: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        let work = Settings {
            precision: settings.precision.max(self.digits()) + 4 + 19,
            rounding: Rounding::HalfEven,
            clamp: false,
            ..*settings
        };
        let mut quiet = Status::default();
        let log = self.ln_in(&work, &mut quiet).mul_in(exponent, &work, &mut quiet);
        let result = log.exp_in(&work, status);
        let result = if !result.is_special() && result.compare_finite(&Decimal::from(1)).is_eq() {
            one_with_zeros(false, settings.precision - 1)
        } else {
            result
        };
        result.fixed(settings, status)
    }
}

fn one_with_zeros(negative: bool, places: i64) -> Decimal {
    Decimal::finite(negative, pow10(places), -places)
}
