//! `numpy.random.RandomState` and the functions of `numpy.random`, over MT19937.

use super::bits::{BitGenerator, Mt19937};
use super::distributions::{self as draw, Source};
use super::{cumulative, fill, require, weighted_picks};
use crate::dtype::Element;
use crate::error::{Error, Result};
use crate::tensor::{Array, Tensor};

/// NumPy's older generator; every method gives what the method of the same name gives.
#[derive(Debug, Clone)]
pub struct RandomState {
    bits: Mt19937,
    spare: Option<f64>,
}

impl BitGenerator for RandomState {
    fn next_u32(&mut self) -> u32 {
        self.bits.next_u32()
    }
    fn next_u64(&mut self) -> u64 {
        self.bits.next_u64()
    }
    fn next_f64(&mut self) -> f64 {
        self.bits.next_f64()
    }
}

impl Source for RandomState {
    fn next_normal(&mut self) -> f64 {
        draw::polar_normal(&mut self.bits, &mut self.spare)
    }
    fn next_exponential(&mut self) -> f64 {
        -(1.0 - self.bits.next_f64()).ln()
    }
}

impl RandomState {
    /// `numpy.random.RandomState(seed)`, and what `numpy.random.seed(seed)` sets.
    pub fn new(seed: u32) -> RandomState {
        RandomState { bits: Mt19937::new(seed), spare: None }
    }

    /// Numbers in `[0, 1)`: `rand` and `random_sample`.
    pub fn rand(&mut self, shape: &[usize]) -> Result<Array<f64>> {
        fill(shape, || self.next_f64())
    }

    /// Standard normal numbers.
    pub fn randn(&mut self, shape: &[usize]) -> Result<Array<f64>> {
        fill(shape, || self.next_normal())
    }

    /// Integers in `[low, high)`. Errors: no integer there.
    pub fn randint(&mut self, low: i64, high: i64, shape: &[usize]) -> Result<Array<i64>> {
        require(low < high, if low == 0 { "high <= 0" } else { "low >= high" })?;
        let range = high.wrapping_sub(1).wrapping_sub(low) as u64;
        fill(shape, || low.wrapping_add(draw::masked(self, range) as i64))
    }

    /// Numbers in `[low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64, shape: &[usize]) -> Result<Array<f64>> {
        require((high - low).is_finite(), "Range exceeds valid bounds")?;
        fill(shape, || low + (high - low) * self.next_f64())
    }

    /// Normal numbers of mean `loc` and standard deviation `scale`.
    pub fn normal(&mut self, loc: f64, scale: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(!scale.is_sign_negative(), "scale < 0")?;
        fill(shape, || loc + scale * self.next_normal())
    }

    /// Exponential numbers of mean `scale`.
    pub fn exponential(&mut self, scale: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(!scale.is_sign_negative(), "scale < 0")?;
        fill(shape, || scale * self.next_exponential())
    }

    /// Gamma numbers.
    pub fn gamma(&mut self, shape_parameter: f64, scale: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(shape_parameter >= 0.0 && scale >= 0.0, "shape < 0")?;
        fill(shape, || scale * draw::gamma(self, shape_parameter))
    }

    /// Beta numbers.
    pub fn beta(&mut self, a: f64, b: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(a > 0.0 && b > 0.0, "a <= 0")?;
        fill(shape, || draw::beta(self, a, b))
    }

    /// Poisson counts.
    pub fn poisson(&mut self, rate: f64, shape: &[usize]) -> Result<Array<i64>> {
        require((0.0..9.2e18).contains(&rate), "lam < 0 or lam contains NaNs")?;
        fill(shape, || draw::poisson(self, rate))
    }

    /// Binomial counts.
    pub fn binomial(&mut self, n: i64, p: f64, shape: &[usize]) -> Result<Array<i64>> {
        require(n >= 0, "n < 0")?;
        require((0.0..=1.0).contains(&p), "p < 0, p > 1 or p contains NaNs")?;
        fill(shape, || draw::binomial(self, n, p))
    }

    /// Shuffles the entries along the first axis in place.
    pub fn shuffle<T: Element>(&mut self, array: &mut Array<T>) -> Result<()> {
        *array = self.permuted_rows(array)?;
        Ok(())
    }

    /// `0..n` in random order.
    pub fn permutation(&mut self, n: usize) -> Array<i64> {
        let mut order: Vec<i64> = (0..n as i64).collect();
        for i in (1..n).rev() {
            let j = draw::masked(self, i as u64) as usize;
            order.swap(i, j);
        }
        Tensor::from(order)
    }

    /// A copy whose entries along the first axis are in random order (`permutation(array)`).
    pub fn permuted_rows<T: Element>(&mut self, array: &Tensor<'_, T>) -> Result<Array<T>> {
        let order = self.permutation(array.len());
        array.take_axis(&order, 0)
    }

    /// `choice(n, shape)`: positions with replacement. Errors: nothing to choose from.
    pub fn choice(&mut self, n: usize, shape: &[usize]) -> Result<Array<i64>> {
        require(n > 0, "a must be greater than 0 unless no samples are taken")?;
        self.randint(0, n as i64, shape)
    }

    /// `choice(n, shape, p=p)`: positions with replacement, by probability.
    pub fn choice_weighted(&mut self, p: &[f64], shape: &[usize]) -> Result<Array<i64>> {
        let sums = cumulative(p)?;
        fill(shape, || {
            let x = self.next_f64();
            sums.partition_point(|&s| s <= x) as i64
        })
    }

    /// `choice(n, count, replace=False, p=p)`: positions without replacement, by probability.
    pub fn choice_weighted_unique(&mut self, p: &[f64], count: usize) -> Result<Array<i64>> {
        Ok(Tensor::from(weighted_picks(p, count, |n| (0..n).map(|_| self.next_f64()).collect())?))
    }

    /// `choice(n, count, replace=False)`: different positions. Errors: more than there are.
    pub fn choice_unique(&mut self, n: usize, count: usize) -> Result<Array<i64>> {
        if count > n {
            return Err(Error::value("Cannot take a larger sample than population when 'replace=False'"));
        }
        let order = self.permutation(n);
        Ok(Tensor::from(order.to_vec()[..count].to_vec()))
    }
}
