//! Python's `statistics`: sums are exact, results are rounded once.

use std::fmt;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::big::Int;
use crate::collections::{Dict, Key};
use crate::list::{PyList, PyOrd, sorted};
use crate::number::Num;
use crate::number::bytes::parts_of;
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;

crate::exceptions! {
    /// `statistics.StatisticsError`.
    pub StatisticsError(crate::class::ValueError) as "statistics.StatisticsError";
}

/// Exact numbers are held as multiples of the smallest float.
const SHIFT: i64 = 1074;

/// A number that statistics take: an `int`, a `float` or either.
pub trait Data: Copy + PyOrd {
    /// The number times `2 ** 1074`; none for `inf` and `nan`.
    fn exact(self) -> Option<BigInt>;

    /// The number as a float.
    fn float(self) -> f64;

    /// Whether it is an `int`.
    fn is_int(self) -> bool;
}

impl Data for i64 {
    fn exact(self) -> Option<BigInt> {
        Some(BigInt::from(self) << SHIFT)
    }

    fn float(self) -> f64 {
        self as f64
    }

    fn is_int(self) -> bool {
        true
    }
}

impl Data for f64 {
    fn exact(self) -> Option<BigInt> {
        let (mantissa, exponent) = parts_of(self);
        self.is_finite().then(|| BigInt::from(mantissa) << (exponent + SHIFT))
    }

    fn float(self) -> f64 {
        self
    }

    fn is_int(self) -> bool {
        false
    }
}

impl Data for Num {
    fn exact(self) -> Option<BigInt> {
        match self {
            Num::Int(number) => number.exact(),
            Num::Float(x) => x.exact(),
        }
    }

    fn float(self) -> f64 {
        self.to_f64()
    }

    fn is_int(self) -> bool {
        Num::is_int(self)
    }
}

impl Data for bool {
    fn exact(self) -> Option<BigInt> {
        i64::from(self).exact()
    }

    fn float(self) -> f64 {
        f64::from(u8::from(self))
    }

    fn is_int(self) -> bool {
        true
    }
}

/// `numerator / denominator`, rounded once.
fn quotient(numerator: BigInt, denominator: BigInt) -> f64 {
    Int::from(numerator).true_div(Int::from(denominator))
}

/// A quotient that is an `int` where the data are and it is whole.
fn converted(numerator: BigInt, denominator: BigInt, ints: bool) -> Num {
    if ints
        && (&numerator % &denominator).is_zero()
        && let Some(number) = (&numerator / &denominator).to_i64()
    {
        return Num::Int(number);
    }
    Num::Float(quotient(numerator, denominator))
}

#[cold]
#[track_caller]
fn too_few(text: &str) -> ! {
    raise_new(StatisticsError, text)
}

/// The sum times `2 ** 1074`; none where a number is not finite.
fn exact_sum<T: Data>(data: &[T]) -> Option<BigInt> {
    data.iter().map(|x| x.exact()).sum()
}

fn plain_sum<T: Data>(data: &[T]) -> f64 {
    data.iter().map(|x| x.float()).sum()
}

fn all_ints<T: Data>(data: &[T]) -> bool {
    data.iter().all(|x| x.is_int())
}

/// `statistics.mean(data)`; raises `StatisticsError`.
#[track_caller]
pub fn mean<T: Data>(data: impl IntoIterator<Item = T>) -> Num {
    let data: Vec<T> = data.into_iter().collect();
    if data.is_empty() {
        too_few("mean requires at least one data point");
    }
    match exact_sum(&data) {
        Some(sum) => converted(sum, BigInt::from(data.len()) << SHIFT, all_ints(&data)),
        None => Num::Float(plain_sum(&data) / data.len() as f64),
    }
}

/// `statistics.mean(data)` of floats; raises `StatisticsError`.
#[track_caller]
pub fn float_mean(data: impl IntoIterator<Item = f64>) -> f64 {
    mean(data).to_f64()
}

/// `statistics.fmean(data)`; raises `StatisticsError`.
#[track_caller]
pub fn fmean<T: Data>(data: impl IntoIterator<Item = T>) -> f64 {
    let data: Vec<f64> = data.into_iter().map(Data::float).collect();
    if data.is_empty() {
        too_few("fmean requires at least one data point");
    }
    super::math::fsum(data.iter().copied()) / data.len() as f64
}

/// `statistics.median(data)` of ints; raises `StatisticsError`.
#[track_caller]
pub fn median<T: Data + Into<Num>>(data: impl IntoIterator<Item = T>) -> Num {
    let data = sorted(data, false);
    let middle = data.len() / 2;
    match data.len() {
        0 => too_few("no median for empty data"),
        n if n % 2 == 1 => data[middle].into(),
        _ => Num::Float((data[middle - 1].into() + data[middle].into()).true_div(Num::Int(2))),
    }
}

/// `statistics.median(data)` of floats; raises `StatisticsError`.
#[track_caller]
pub fn float_median(data: impl IntoIterator<Item = f64>) -> f64 {
    median(data).to_f64()
}

/// `statistics.median_low(data)`; raises `StatisticsError`.
#[track_caller]
pub fn median_low<T: PyOrd>(data: impl IntoIterator<Item = T>) -> T {
    let data = sorted(data, false);
    let at = data.len().saturating_sub(1) / 2;
    match data.into_iter().nth(at) {
        Some(item) => item,
        None => too_few("no median for empty data"),
    }
}

/// `statistics.median_high(data)`; raises `StatisticsError`.
#[track_caller]
pub fn median_high<T: PyOrd>(data: impl IntoIterator<Item = T>) -> T {
    let data = sorted(data, false);
    let at = data.len() / 2;
    match data.into_iter().nth(at) {
        Some(item) => item,
        None => too_few("no median for empty data"),
    }
}

/// `statistics.median_grouped(data, interval)`; raises `StatisticsError`.
#[track_caller]
pub fn median_grouped<T: Data>(data: impl IntoIterator<Item = T>, interval: f64) -> f64 {
    let data: Vec<f64> = sorted(data, false).into_iter().map(T::float).collect();
    let Some(x) = data.get(data.len() / 2).copied() else { too_few("no median for empty data") };
    let below = data.iter().filter(|item| **item < x).count() as f64;
    let same = data.iter().filter(|item| **item == x).count() as f64;
    x - interval / 2.0 + interval * (data.len() as f64 / 2.0 - below) / same
}

/// `statistics.mode(data)`: the first of the most common; raises `StatisticsError`.
#[track_caller]
pub fn mode<T: Key + Clone>(data: impl IntoIterator<Item = T>) -> T {
    match multimode(data).into_iter().next() {
        Some(item) => item,
        None => too_few("no mode for empty data"),
    }
}

/// `statistics.multimode(data)`.
pub fn multimode<T: Key + Clone>(data: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut counts: Dict<T, i64> = Dict::new();
    for item in data {
        *counts.entry(item).or_insert(0) += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().filter(|(_, count)| *count == most).map(|(item, _)| item).collect()
}

/// The sum of squared distances to the mean, as numerator and denominator.
fn squares<T: Data>(data: &[T]) -> Option<(BigInt, BigInt)> {
    let n = BigInt::from(data.len());
    let exact: Option<Vec<BigInt>> = data.iter().map(|x| x.exact()).collect();
    let exact = exact?;
    let sum: BigInt = exact.iter().sum();
    let of_squares: BigInt = exact.iter().map(|x| x * x).sum();
    Some((&n * of_squares - &sum * &sum, n << (2 * SHIFT)))
}

/// The squares divided by the number of data less `spare`.
#[track_caller]
fn spread<T: Data>(data: &[T], spare: usize) -> (BigInt, BigInt) {
    match squares(data) {
        Some((numerator, denominator)) => (numerator, denominator * BigInt::from(data.len() - spare)),
        None => raise_new(crate::AttributeError, "'float' object has no attribute 'numerator'"),
    }
}

/// `sqrt(n / m)`, rounded once: CPython's `_float_sqrt_of_frac`.
fn sqrt_of(n: BigInt, m: BigInt) -> f64 {
    if n.is_zero() {
        return 0.0;
    }
    let rounded_to_odd = |n: &BigInt, m: &BigInt| {
        let root = (n / m).sqrt();
        let exact = &root * &root * m == *n;
        if exact || root.bit(0) { root } else { root + 1 }
    };
    let (n, m) = (n.abs(), m.abs());
    let q = (n.bits() as i64 - m.bits() as i64 - 109).div_euclid(2);
    if q >= 0 {
        quotient(rounded_to_odd(&n, &(m << (2 * q))) << q, BigInt::from(1))
    } else {
        quotient(rounded_to_odd(&(n << (-2 * q)), &m), BigInt::from(1) << -q)
    }
}

#[track_caller]
fn enough<T>(data: impl IntoIterator<Item = T>, least: usize, text: &str) -> Vec<T> {
    let data: Vec<T> = data.into_iter().collect();
    if data.len() < least {
        too_few(text);
    }
    data
}

/// `statistics.variance(data)`; raises `StatisticsError`.
#[track_caller]
pub fn variance<T: Data>(data: impl IntoIterator<Item = T>) -> Num {
    let data = enough(data, 2, "variance requires at least two data points");
    let (n, m) = spread(&data, 1);
    converted(n, m, all_ints(&data))
}

/// `statistics.pvariance(data)`; raises `StatisticsError`.
#[track_caller]
pub fn pvariance<T: Data>(data: impl IntoIterator<Item = T>) -> Num {
    let data = enough(data, 1, "pvariance requires at least one data point");
    let (n, m) = spread(&data, 0);
    converted(n, m, all_ints(&data))
}

/// `statistics.stdev(data)`; raises `StatisticsError`.
#[track_caller]
pub fn stdev<T: Data>(data: impl IntoIterator<Item = T>) -> f64 {
    let data = enough(data, 2, "stdev requires at least two data points");
    let (n, m) = spread(&data, 1);
    sqrt_of(n, m)
}

/// `statistics.pstdev(data)`; raises `StatisticsError`.
#[track_caller]
pub fn pstdev<T: Data>(data: impl IntoIterator<Item = T>) -> f64 {
    let data = enough(data, 1, "pstdev requires at least one data point");
    let (n, m) = spread(&data, 0);
    sqrt_of(n, m)
}

/// `statistics.geometric_mean(data)`; raises `StatisticsError`.
#[track_caller]
pub fn geometric_mean<T: Data>(data: impl IntoIterator<Item = T>) -> f64 {
    let data = enough(data, 1, "geometric mean requires a non-empty dataset containing positive numbers");
    if data.iter().any(|x| x.float() <= 0.0) {
        too_few("geometric mean requires a non-empty dataset containing positive numbers");
    }
    fmean(data.into_iter().map(|x| x.float().ln())).exp()
}

/// `statistics.harmonic_mean(data)` of floats; raises `StatisticsError`.
#[track_caller]
pub fn harmonic_mean<T: Data>(data: impl IntoIterator<Item = T>) -> f64 {
    let data = enough(data, 1, "harmonic_mean requires at least one data point");
    if data.iter().any(|x| x.float() < 0.0) {
        too_few("harmonic mean does not support negative values");
    }
    if data.iter().any(|x| x.float() == 0.0) {
        return 0.0;
    }
    // Their reciprocals are floats, the sum of those is exact.
    let parts: Option<Vec<BigInt>> = data.iter().map(|x| (1.0 / x.float()).exact()).collect();
    let count = BigInt::from(data.len()) << SHIFT;
    parts.map_or(f64::NAN, |parts| quotient(count, parts.into_iter().sum()))
}

/// `statistics.quantiles(data, n=n)`, exclusive; raises `StatisticsError`.
#[track_caller]
pub fn quantiles<T: Data>(data: impl IntoIterator<Item = T>, n: i64) -> Vec<f64> {
    if n < 1 {
        too_few("n must be at least 1");
    }
    let data = enough(sorted(data, false), 2, "must have at least two data points");
    let (len, m) = (data.len() as i64, data.len() as i64 + 1);
    let cut = |i: i64| {
        let j = (i * m / n).clamp(1, len - 1);
        let delta = i * m - j * n;
        let (low, high) = (data[j as usize - 1].float(), data[j as usize].float());
        (low * (n - delta) as f64 + high * delta as f64) / n as f64
    };
    (1..n).map(cut).collect()
}

/// `statistics.correlation(x, y)`; raises `StatisticsError`.
#[track_caller]
pub fn correlation(x: &[f64], y: &[f64]) -> f64 {
    if x.len() != y.len() {
        too_few("correlation requires that both inputs have same number of data points");
    }
    if x.len() < 2 {
        too_few("correlation requires at least two data points");
    }
    let (sxy, sxx, syy) = products(x, y);
    if sxx == 0.0 || syy == 0.0 {
        too_few("at least one of the inputs is constant");
    }
    sxy / (sxx * syy).sqrt()
}

/// `statistics.covariance(x, y)`; raises `StatisticsError`.
#[track_caller]
pub fn covariance(x: &[f64], y: &[f64]) -> f64 {
    if x.len() != y.len() {
        too_few("covariance requires that both inputs have same number of data points");
    }
    if x.len() < 2 {
        too_few("covariance requires at least two data points");
    }
    products(x, y).0 / (x.len() - 1) as f64
}

/// `statistics.linear_regression(x, y)`: slope and intercept; raises `StatisticsError`.
#[track_caller]
pub fn linear_regression(x: &[f64], y: &[f64]) -> LinearRegression {
    if x.len() != y.len() {
        too_few("linear regression requires that both inputs have same number of data points");
    }
    if x.len() < 2 {
        too_few("linear regression requires at least two data points");
    }
    let (sxy, sxx, _) = products(x, y);
    if sxx == 0.0 {
        too_few("x is constant");
    }
    let slope = sxy / sxx;
    let n = x.len() as f64;
    let (xbar, ybar) = (super::math::fsum(x.iter().copied()) / n, super::math::fsum(y.iter().copied()) / n);
    LinearRegression { slope, intercept: ybar - slope * xbar }
}

/// What `statistics.linear_regression` gives: a tuple with names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearRegression {
    /// How much `y` grows with `x`.
    pub slope: f64,
    /// `y` where `x` is 0.
    pub intercept: f64,
}

impl LinearRegression {
    /// The parts in order.
    pub fn parts(self) -> [f64; 2] {
        [self.slope, self.intercept]
    }

    /// `line[index]`.
    #[track_caller]
    pub fn at(self, index: i64) -> f64 {
        *self.parts().at(index)
    }
}

impl Repr for LinearRegression {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (slope, intercept) = (repr(&self.slope), repr(&self.intercept));
        write!(f, "LinearRegression(slope={slope}, intercept={intercept})")
    }
}

/// Sums of products of the distances to the means.
fn products(x: &[f64], y: &[f64]) -> (f64, f64, f64) {
    let sum = |items: &mut dyn Iterator<Item = f64>| super::math::fsum(items);
    let n = x.len() as f64;
    let (xbar, ybar) = (sum(&mut x.iter().copied()) / n, sum(&mut y.iter().copied()) / n);
    let sxy = sum(&mut x.iter().zip(y).map(|(x, y)| (x - xbar) * (y - ybar)));
    let sxx = sum(&mut x.iter().map(|x| (x - xbar) * (x - xbar)));
    let syy = sum(&mut y.iter().map(|y| (y - ybar) * (y - ybar)));
    (sxy, sxx, syy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(crate::repr(&mean([1, 2, 3])).to_string(), "2");
        assert_eq!(crate::repr(&mean([1, 2])).to_string(), "1.5");
        assert_eq!(float_mean([0.1, 0.2, 0.3]), 0.2);
        assert_eq!(stdev([2.5, 3.25, 5.5, 11.25, 11.75]), 4.389618434442793);
        assert_eq!(pstdev([2, 4, 4, 4, 5, 5, 7, 9]), 2.0);
        assert_eq!(crate::repr(&variance([1, 2, 3])).to_string(), "1");
        assert_eq!(crate::repr(&median([1, 3, 2, 4])).to_string(), "2.5");
        assert_eq!(quantiles([1, 2, 3, 4, 5], 4), [1.5, 3.0, 4.5]);
        assert_eq!(mode(["a", "b", "b"]), "b");
    }
}
