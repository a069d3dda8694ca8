//! Sum, product, quotient, remainder, square root.

use super::context::{Condition, Rounding, Settings, Status};
use super::integer::{digit_count, pow10, trailing_zeros};
use super::{Decimal, Form};
use crate::big::Int;

impl Decimal {
    pub(super) fn add_in(&self, other: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        if self.is_special() || other.is_special() {
            if let Some(nan) = self.nan_of(other, settings, status) {
                return nan;
            }
            if self.is_infinite() && other.is_infinite() && self.negative != other.negative {
                return status.invalid(Condition::InvalidOperation);
            }
            return if self.is_infinite() { self.clone() } else { other.clone() };
        }
        let exponent = self.exponent.min(other.exponent);
        let zero_is_negative = settings.rounding == Rounding::Floor && self.negative != other.negative;
        match (self.coefficient.is_zero(), other.coefficient.is_zero()) {
            (true, true) => {
                let negative = self.negative && other.negative || zero_is_negative;
                return Decimal::finite(negative, Int::ZERO, exponent).fixed(settings, status);
            }
            (true, false) => return other.beside_zero(exponent, settings, status),
            (false, true) => return self.beside_zero(exponent, settings, status),
            (false, false) => {}
        }
        let (a, b, exponent) = aligned(self, other, settings.precision);
        if self.negative == other.negative {
            return Decimal::finite(self.negative, &a + &b, exponent).fixed(settings, status);
        }
        let rest = &a - &b;
        if rest.is_zero() {
            return Decimal::finite(zero_is_negative, Int::ZERO, exponent).fixed(settings, status);
        }
        let negative = self.negative != rest.is_negative();
        Decimal::finite(negative, rest.abs(), exponent).fixed(settings, status)
    }

    /// The sum with a zero of a lower exponent.
    fn beside_zero(&self, exponent: i64, settings: &Settings, status: &mut Status) -> Decimal {
        let exponent = exponent.max(self.exponent - settings.precision - 1);
        let wide =
            if exponent < self.exponent { self.rescale(exponent, settings.rounding) } else { self.clone() };
        wide.fixed(settings, status)
    }

    pub(super) fn sub_in(&self, other: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        let negated = if other.is_nan() { other.clone() } else { other.copy_negate() };
        self.add_in(&negated, settings, status)
    }

    pub(super) fn mul_in(&self, other: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        self.product(other, settings, status).fixed(settings, status)
    }

    /// The product before it is rounded.
    fn product(&self, other: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        let negative = self.negative != other.negative;
        if self.is_special() || other.is_special() {
            if let Some(nan) = self.nan_of(other, settings, status) {
                return nan;
            }
            if self.is_zero() || other.is_zero() {
                return status.invalid(Condition::InvalidOperation);
            }
            return Decimal::infinity(negative);
        }
        Decimal::finite(negative, &self.coefficient * &other.coefficient, self.exponent + other.exponent)
    }

    pub(super) fn div_in(&self, other: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        let negative = self.negative != other.negative;
        if self.is_special() || other.is_special() {
            if let Some(nan) = self.nan_of(other, settings, status) {
                return nan;
            }
            if self.is_infinite() && other.is_infinite() {
                return status.invalid(Condition::InvalidOperation);
            }
            if self.is_infinite() {
                return Decimal::infinity(negative);
            }
            status.add(Condition::Clamped);
            return Decimal::finite(negative, Int::ZERO, settings.tiny());
        }
        if other.coefficient.is_zero() {
            if self.coefficient.is_zero() {
                return status.invalid(Condition::DivisionUndefined);
            }
            status.add(Condition::DivisionByZero);
            return Decimal::infinity(negative);
        }
        let ideal = self.exponent - other.exponent;
        if self.coefficient.is_zero() {
            return Decimal::finite(negative, Int::ZERO, ideal).fixed(settings, status);
        }
        let shift = other.digits() - self.digits() + settings.precision + 1;
        let (quotient, rest) = divide_shifted(&self.coefficient, &other.coefficient, shift);
        let exponent = ideal - shift;
        if !rest.is_zero() {
            // One more digit tells that the quotient is not exact.
            let sticky = quotient.floor_mod(5).is_zero();
            let quotient = if sticky { quotient + 1 } else { quotient };
            return Decimal::finite(negative, quotient, exponent).fixed(settings, status);
        }
        let zeros = if exponent < ideal { trailing_zeros(&quotient).min(ideal - exponent) } else { 0 };
        let quotient = if zeros > 0 { quotient.floor_div(pow10(zeros)) } else { quotient };
        Decimal::finite(negative, quotient, exponent + zeros).fixed(settings, status)
    }

    /// Whole quotient and remainder of finite numbers; none where the quotient has too many digits.
    fn divide(&self, other: &Decimal, settings: &Settings) -> Option<(Decimal, Decimal)> {
        let negative = self.negative != other.negative;
        let ideal = if other.is_infinite() { self.exponent } else { self.exponent.min(other.exponent) };
        let distance = self.adjusted() - other.adjusted();
        if self.is_zero() || other.is_infinite() || distance <= -2 {
            return Some((Decimal::finite(negative, Int::ZERO, 0), self.rescale(ideal, settings.rounding)));
        }
        if distance > settings.precision {
            return None;
        }
        let (quotient, rest) = scaled(self, ideal).divmod(scaled(other, ideal));
        (digit_count(&quotient) <= settings.precision)
            .then(|| (Decimal::finite(negative, quotient, 0), Decimal::finite(self.negative, rest, ideal)))
    }

    pub(super) fn div_int_in(&self, other: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        if let Some(nan) = self.nan_of(other, settings, status) {
            return nan;
        }
        let negative = self.negative != other.negative;
        if self.is_infinite() {
            if other.is_infinite() {
                return status.invalid(Condition::InvalidOperation);
            }
            return Decimal::infinity(negative);
        }
        if other.is_zero() {
            if self.is_zero() {
                return status.invalid(Condition::DivisionUndefined);
            }
            status.add(Condition::DivisionByZero);
            return Decimal::infinity(negative);
        }
        match self.divide(other, settings) {
            Some((quotient, _)) => quotient,
            None => status.invalid(Condition::DivisionImpossible),
        }
    }

    pub(super) fn rem_in(&self, other: &Decimal, settings: &Settings, status: &mut Status) -> Decimal {
        if let Some(nan) = self.nan_of(other, settings, status) {
            return nan;
        }
        if self.is_infinite() || other.is_zero() && !self.is_zero() {
            return status.invalid(Condition::InvalidOperation);
        }
        if other.is_zero() {
            return status.invalid(Condition::DivisionUndefined);
        }
        match self.divide(other, settings) {
            Some((_, rest)) => rest.fixed(settings, status),
            None => status.invalid(Condition::DivisionImpossible),
        }
    }

    /// `divmod(a, b)`.
    #[track_caller]
    pub fn divmod(&self, other: &Decimal) -> (Decimal, Decimal) {
        let mut rest = Decimal::nan();
        let quotient = Decimal::run(|settings, status| {
            rest = self.rem_in(other, settings, status);
            self.div_int_in(other, settings, status)
        });
        (quotient, rest)
    }

    /// `a // b`: towards zero.
    #[track_caller]
    pub fn div_int(&self, other: &Decimal) -> Decimal {
        Decimal::run(|settings, status| self.div_int_in(other, settings, status))
    }

    /// `a.remainder_near(b)`.
    #[track_caller]
    pub fn remainder_near(&self, other: &Decimal) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(nan) = self.nan_of(other, settings, status) {
                return nan;
            }
            if self.is_infinite() || other.is_zero() && !self.is_zero() {
                return status.invalid(Condition::InvalidOperation);
            }
            if other.is_zero() {
                return status.invalid(Condition::DivisionUndefined);
            }
            if other.is_infinite() {
                return self.fix(settings, status);
            }
            let ideal = self.exponent.min(other.exponent);
            let distance = self.adjusted() - other.adjusted();
            if self.is_zero() || distance <= -2 {
                return self.rescale(ideal, settings.rounding).fixed(settings, status);
            }
            if distance > settings.precision {
                return status.invalid(Condition::DivisionImpossible);
            }
            let divisor = scaled(other, ideal);
            let (quotient, rest) = scaled(self, ideal).divmod(&divisor);
            let odd = Int::from(i64::from(!quotient.is_even()));
            let is_above = &(&rest * &Int::from(2)) + &odd > divisor;
            let (quotient, rest) = if is_above { (quotient + 1, &rest - &divisor) } else { (quotient, rest) };
            if digit_count(&quotient) > settings.precision {
                return status.invalid(Condition::DivisionImpossible);
            }
            Decimal::finite(self.negative != rest.is_negative(), rest.abs(), ideal).fixed(settings, status)
        })
    }

    /// `a.fma(b, c)`: `a * b + c`, rounded once.
    #[track_caller]
    pub fn fma(&self, factor: &Decimal, term: &Decimal) -> Decimal {
        Decimal::run(|settings, status| {
            let product = self.product(factor, settings, status);
            if product.is_nan() {
                return product;
            }
            product.add_in(term, settings, status)
        })
    }

    /// `d.sqrt()`.
    #[track_caller]
    pub fn sqrt(&self) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(nan) = self.nan_of(self, settings, status) {
                return nan;
            }
            if self.form == Form::Infinite && !self.negative {
                return self.clone();
            }
            if self.is_zero() {
                let exponent = self.exponent.div_euclid(2);
                return Decimal { exponent, ..self.clone() }.fixed(settings, status);
            }
            if self.negative {
                return status.invalid(Condition::InvalidOperation);
            }
            self.positive_root(settings.precision + 1)
                .fixed(&Settings { rounding: Rounding::HalfEven, ..*settings }, status)
        })
    }

    /// The square root with enough digits that it rounds to `precision - 1` of them.
    fn positive_root(&self, precision: i64) -> Decimal {
        let is_odd = self.exponent.rem_euclid(2) == 1;
        let digits = self.digits();
        let (number, length) = if is_odd {
            (&self.coefficient * &Int::from(10), (digits >> 1) + 1)
        } else {
            (self.coefficient.clone(), (digits + 1) >> 1)
        };
        let shift = precision - length;
        let (number, mut exact) = if shift >= 0 {
            (&number * &pow10(2 * shift), true)
        } else {
            let (quotient, rest) = number.divmod(pow10(-2 * shift));
            (quotient, rest.is_zero())
        };
        let mut exponent = self.exponent.div_euclid(2) - shift;
        let mut root = number.isqrt();
        exact = exact && &root * &root == number;
        if exact {
            root = if shift >= 0 { root.floor_div(pow10(shift)) } else { &root * &pow10(-shift) };
            exponent += shift;
        } else if root.floor_mod(5).is_zero() {
            root += 1;
        }
        Decimal::finite(false, root, exponent)
    }
}

/// The coefficient at a lower exponent.
fn scaled(number: &Decimal, exponent: i64) -> Int {
    if number.exponent == exponent {
        return number.coefficient.clone();
    }
    &number.coefficient * &pow10(number.exponent - exponent)
}

/// `a * 10 ** shift` divided by `b`, in one word where both fit.
fn divide_shifted(a: &Int, b: &Int, shift: i64) -> (Int, Int) {
    if shift < 0 {
        return a.divmod(&(b * &pow10(-shift)));
    }
    if let (Some(a), Some(b), Ok(power @ 0..=38)) = (a.to_i64(), b.to_i64(), u32::try_from(shift))
        && let Some(wide) = i128::from(a).checked_mul(10i128.pow(power))
    {
        let b = i128::from(b);
        return (Int::from(wide / b), Int::from(wide % b));
    }
    (a * &pow10(shift)).divmod(b)
}

/// Both coefficients at one exponent. What is too small to count becomes a least unit, so that
/// numbers of very different size need no long coefficients.
fn aligned(a: &Decimal, b: &Decimal, precision: i64) -> (Int, Int, i64) {
    let swapped = a.exponent < b.exponent;
    let (high, low) = if swapped { (b, a) } else { (a, b) };
    let limit = high.exponent + (high.digits() - precision - 2).min(-1);
    let is_tiny = low.digits() + low.exponent - 1 < limit;
    let (small, exponent) = if is_tiny { (Int::ONE, limit) } else { (low.coefficient.clone(), low.exponent) };
    let large = scaled(high, exponent);
    if swapped { (small, large, exponent) } else { (large, small, exponent) }
}
