//! `statistics` of decimals and fractions: sums are exact, and results are of the same type.

use super::decimal::Decimal;
use super::fractions::Fraction;
use super::statistics::StatisticsError;
use crate::big::Int;
use crate::list::{PyOrd, sorted};
use crate::unwind::raise_new;

/// A number that is a quotient of two ints.
pub trait Exact: Clone + PyOrd {
    /// The number as a fraction.
    fn fraction(&self) -> Fraction;

    /// The number that is nearest to a quotient.
    fn quotient(numerator: Int, denominator: Int) -> Self;

    /// `(a + b) / 2`.
    fn between(&self, other: &Self) -> Self;
}

impl Exact for Decimal {
    fn fraction(&self) -> Fraction {
        let (numerator, denominator) = self.as_integer_ratio();
        Fraction::new(numerator, denominator)
    }

    fn quotient(numerator: Int, denominator: Int) -> Decimal {
        &Decimal::from(numerator) / &Decimal::from(denominator)
    }

    fn between(&self, other: &Decimal) -> Decimal {
        &(self + other) / &Decimal::from(2)
    }
}

impl Exact for Fraction {
    fn fraction(&self) -> Fraction {
        self.clone()
    }

    fn quotient(numerator: Int, denominator: Int) -> Fraction {
        Fraction::new(numerator, denominator)
    }

    fn between(&self, other: &Fraction) -> Fraction {
        (self + other).true_div(&Fraction::new(2, 1))
    }
}

/// `statistics.mean(data)`; raises `StatisticsError`.
#[track_caller]
pub fn mean<T: Exact>(data: impl IntoIterator<Item = T>) -> T {
    let data: Vec<Fraction> = data.into_iter().map(|item| item.fraction()).collect();
    if data.is_empty() {
        raise_new(StatisticsError, "mean requires at least one data point");
    }
    let sum = data.iter().fold(Fraction::new(0, 1), |sum, item| &sum + item);
    let mean = sum.true_div(&Fraction::new(data.len() as i64, 1));
    T::quotient(mean.numerator(), mean.denominator())
}

/// `statistics.median(data)`; raises `StatisticsError`.
#[track_caller]
pub fn median<T: Exact>(data: impl IntoIterator<Item = T>) -> T {
    let data = sorted(data, false);
    let middle = data.len() / 2;
    match data.len() {
        0 => raise_new(StatisticsError, "no median for empty data"),
        n if n % 2 == 1 => data[middle].clone(),
        _ => data[middle - 1].between(&data[middle]),
    }
}

/// `statistics.fmean(data)`; raises `StatisticsError`.
#[track_caller]
pub fn fmean<T: Exact>(data: impl IntoIterator<Item = T>) -> f64 {
    super::statistics::fmean(data.into_iter().map(|item| item.fraction().to_f64()).collect::<Vec<_>>())
}
