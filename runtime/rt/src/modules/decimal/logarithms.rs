//! `exp`, `ln`, `log10`: correctly rounded, by integers (after `Lib/_pydecimal.py`).

use super::context::{Condition, Rounding, Settings, Status};
use super::integer::{digit_count, div_nearest, pow10};
use super::{Decimal, Form};
use crate::big::Int;

fn int(number: i64) -> Int {
    Int::from(number)
}

/// The integer closest to the square root.
fn sqrt_nearest(number: &Int) -> Int {
    let root = number.isqrt();
    let rest = number - &(&root * &root);
    if rest > root { root + 1 } else { root }
}

/// `x / 2 ** shift` to the nearest integer, half to even.
fn shift_right_nearest(x: &Int, shift: i64) -> Int {
    div_nearest(x, &int(2).pow(shift))
}

/// `M * log(x / M)`.
fn scaled_log(x: &Int, m: &Int) -> Int {
    const LIMIT: i64 = 8;
    let mut y = x - m;
    let mut halvings = 0;
    loop {
        let is_large = if halvings <= LIMIT {
            &y.abs() * &int(2).pow(LIMIT - halvings) >= *m
        } else {
            y.abs().floor_div(int(2).pow(halvings - LIMIT)) >= *m
        };
        if !is_large {
            break;
        }
        let inside = m * &(m + &shift_right_nearest(&y, halvings));
        y = div_nearest(&(&(m * &y) * &int(2)), &(m + &sqrt_nearest(&inside)));
        halvings += 1;
    }
    let terms = (10 * digit_count(m) + 3 * LIMIT - 1) / (3 * LIMIT);
    let small = shift_right_nearest(&y, halvings);
    let mut sum = div_nearest(m, &int(terms));
    for term in (1..terms).rev() {
        sum = &div_nearest(m, &int(term)) - &div_nearest(&(&small * &sum), m);
    }
    div_nearest(&(&sum * &y), m)
}

/// `10 ** places * log(10)`, rounded down.
fn log_of_ten(places: i64) -> Int {
    const DIGITS: &str = "23025850929940456840179914546843642076011014886";
    if let Some(known) = DIGITS.get(..places as usize + 1)
        && let Ok(known) = known.parse()
    {
        return known;
    }
    let mut extra = 3;
    loop {
        let m = pow10(places + extra + 2);
        let digits = div_nearest(&scaled_log(&(&m * &int(10)), &m), &int(100));
        let (kept, last) = digits.divmod(pow10(extra));
        if !last.is_zero() {
            return kept;
        }
        extra += 3;
    }
}

/// `coefficient * 10 ** shift` as an integer; `number = d * 10 ** f` with `d` near one.
fn mantissa(coefficient: &Int, exponent: i64, places: i64) -> (Int, i64) {
    let length = digit_count(coefficient) + exponent;
    let power = length - i64::from(length >= 1);
    let shift = exponent + places - power;
    let scaled =
        if shift >= 0 { coefficient * &pow10(shift) } else { div_nearest(coefficient, &pow10(-shift)) };
    (scaled, power)
}

/// `10 ** places * log(coefficient * 10 ** exponent)`, at most one off.
pub(super) fn log_digits(coefficient: &Int, exponent: i64, places: i64) -> Int {
    let places = places + 2;
    let (scaled, power) = if places > 0 {
        mantissa(coefficient, exponent, places)
    } else {
        (Int::ONE, mantissa(coefficient, exponent, 0).1)
    };
    let log = if places > 0 { scaled_log(&scaled, &pow10(places)) } else { Int::ZERO };
    let extra = digit_count(&int(power.abs())) - 1;
    let of_power = if power == 0 || places + extra < 0 {
        Int::ZERO
    } else {
        div_nearest(&(&int(power) * &log_of_ten(places + extra)), &pow10(extra))
    };
    div_nearest(&(&of_power + &log), &int(100))
}

/// `10 ** places * log10(coefficient * 10 ** exponent)`, at most one off.
fn log10_digits(coefficient: &Int, exponent: i64, places: i64) -> Int {
    let places = places + 2;
    if places <= 0 {
        let power = mantissa(coefficient, exponent, 0).1;
        return div_nearest(&div_nearest(&int(power), &pow10(-places)), &int(100));
    }
    let (scaled, power) = mantissa(coefficient, exponent, places);
    let m = pow10(places);
    let log = div_nearest(&(&scaled_log(&scaled, &m) * &m), &log_of_ten(places));
    div_nearest(&(&(&int(power) * &m) + &log), &int(100))
}

/// `M * exp(x / M)` for a small `x / M`.
fn scaled_exp(x: &Int, m: &Int) -> Int {
    const LIMIT: i64 = 8;
    let halvings = (x * &int(1 << LIMIT)).floor_div(m).bit_length();
    let terms = (10 * digit_count(m) + 3 * LIMIT - 1) / (3 * LIMIT);
    let mut y = div_nearest(x, &int(terms));
    let shifted = m * &int(2).pow(halvings);
    for term in (1..terms).rev() {
        y = div_nearest(&(x * &(&shifted + &y)), &(&shifted * &int(term)));
    }
    for step in (0..halvings).rev() {
        let shifted = m * &int(2).pow(step + 2);
        y = div_nearest(&(&y * &(&y + &shifted)), &shifted);
    }
    m + &y
}

/// `exp(coefficient * 10 ** exponent)` with `places` digits, at most one off: digits and exponent.
pub(super) fn exp_digits(coefficient: &Int, exponent: i64, places: i64) -> (Int, i64) {
    let places = places + 2;
    let extra = (exponent + digit_count(&coefficient.abs()) - 1).max(0);
    let wide = places + extra;
    let shift = exponent + wide;
    let scaled = if shift >= 0 { coefficient * &pow10(shift) } else { coefficient.floor_div(pow10(-shift)) };
    let (quotient, rest) = scaled.divmod(log_of_ten(wide));
    let rest = div_nearest(&rest, &pow10(extra));
    let digits = div_nearest(&scaled_exp(&rest, &pow10(places)), &int(1000));
    (digits, quotient.expect_i64() - places + 3)
}

/// Whether the digits beyond `precision` leave no doubt about rounding.
fn rounds_clearly(digits: &Int, precision: i64) -> bool {
    let digits = digits.abs();
    let unit = &int(5) * &pow10(digit_count(&digits) - precision - 1);
    !digits.floor_mod(unit).is_zero()
}

impl Decimal {
    pub(super) fn exp_in(&self, settings: &Settings, status: &mut Status) -> Decimal {
        if let Some(nan) = self.nan_of(self, settings, status) {
            return nan;
        }
        if self.form == Form::Infinite {
            return if self.negative { Decimal::from(0) } else { self.clone() };
        }
        if self.is_zero() {
            return Decimal::from(1);
        }
        let precision = settings.precision;
        let adjusted = self.adjusted();
        let width = |limit: i64| digit_count(&int(limit * 3));
        let result = if !self.negative && adjusted > width(settings.most + 1) {
            Decimal::finite(false, Int::ONE, settings.most + 1)
        } else if self.negative && adjusted > width(1 - settings.tiny()) {
            Decimal::finite(false, Int::ONE, settings.tiny() - 1)
        } else if !self.negative && adjusted < -precision {
            Decimal::finite(false, pow10(precision) + 1, -precision)
        } else if self.negative && adjusted < -precision - 1 {
            Decimal::finite(false, pow10(precision + 1) - 1, -precision - 1)
        } else {
            let coefficient = if self.negative { -&self.coefficient } else { self.coefficient.clone() };
            let mut extra = 3;
            loop {
                let (digits, exponent) = exp_digits(&coefficient, self.exponent, precision + extra);
                if rounds_clearly(&digits, precision) {
                    break Decimal::finite(false, digits, exponent);
                }
                extra += 3;
            }
        };
        result.fixed(&Settings { rounding: Rounding::HalfEven, ..*settings }, status)
    }

    /// `d.exp()`.
    #[track_caller]
    pub fn exp(&self) -> Decimal {
        Decimal::run(|settings, status| self.exp_in(settings, status))
    }

    /// What logarithms of specials, zeros and negative numbers are.
    fn log_of_edge(&self, settings: &Settings, status: &mut Status) -> Option<Decimal> {
        if let Some(nan) = self.nan_of(self, settings, status) {
            return Some(nan);
        }
        if self.is_zero() {
            return Some(Decimal::infinity(true));
        }
        if self.negative {
            return Some(status.invalid(Condition::InvalidOperation));
        }
        (self.form == Form::Infinite).then(|| self.clone())
    }

    /// A logarithm with digits enough: `places` is a first guess.
    fn log_with(&self, digits: impl Fn(i64) -> Int, settings: &Settings, status: &mut Status) -> Decimal {
        let mut places = settings.precision + 3;
        let rounding = Settings { rounding: Rounding::HalfEven, ..*settings };
        loop {
            let found = digits(places);
            if digit_count(&found.abs()) > settings.precision && rounds_clearly(&found, settings.precision) {
                return Decimal::finite(found.is_negative(), found.abs(), -places).fixed(&rounding, status);
            }
            places += 3;
        }
    }

    pub(super) fn ln_in(&self, settings: &Settings, status: &mut Status) -> Decimal {
        if let Some(edge) = self.log_of_edge(settings, status) {
            return edge;
        }
        if self.compare_finite(&Decimal::from(1)).is_eq() {
            return Decimal::from(0);
        }
        self.log_with(|places| log_digits(&self.coefficient, self.exponent, places), settings, status)
    }

    /// `d.ln()`.
    #[track_caller]
    pub fn ln(&self) -> Decimal {
        Decimal::run(|settings, status| self.ln_in(settings, status))
    }

    /// `d.log10()`.
    #[track_caller]
    pub fn log10(&self) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(edge) = self.log_of_edge(settings, status) {
                return edge;
            }
            if self.zeros() == self.digits() - 1 && self.coefficient == pow10(self.zeros()) {
                let rounding = Settings { rounding: Rounding::HalfEven, ..*settings };
                return Decimal::from(self.adjusted()).fixed(&rounding, status);
            }
            self.log_with(|places| log10_digits(&self.coefficient, self.exponent, places), settings, status)
        })
    }
}
