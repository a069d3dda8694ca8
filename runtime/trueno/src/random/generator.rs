//! `numpy.random.Generator` over PCG64.

use super::bits::{BitGenerator, Pcg64};
use super::distributions::{self as draw, Source};
use super::{cumulative, fill, require, weighted_picks};
use crate::dtype::Element;
use crate::error::{Error, Result};
use crate::tensor::{Array, Tensor};

/// `numpy.random.default_rng(seed)`
pub fn default_rng(seed: u128) -> Generator {
    Generator { bits: Pcg64::new(seed) }
}

/// NumPy's generator; every method gives what the method of the same name gives.
#[derive(Debug, Clone)]
pub struct Generator {
    bits: Pcg64,
}

impl BitGenerator for Generator {
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

impl Source for Generator {
    fn next_normal(&mut self) -> f64 {
        draw::ziggurat_normal(&mut self.bits)
    }
    fn next_exponential(&mut self) -> f64 {
        draw::ziggurat_exponential(&mut self.bits)
    }
}

impl Generator {
    /// Numbers in `[0, 1)`.
    pub fn random(&mut self, shape: &[usize]) -> Result<Array<f64>> {
        fill(shape, || self.next_f64())
    }

    /// Numbers in `[0, 1)` of single precision.
    pub fn random_f32(&mut self, shape: &[usize]) -> Result<Array<f32>> {
        fill(shape, || (self.next_u32() >> 8) as f32 * (1.0 / 16777216.0))
    }

    /// Numbers in `[low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64, shape: &[usize]) -> Result<Array<f64>> {
        require((high - low).is_finite(), "high - low range exceeds valid bounds")?;
        fill(shape, || low + (high - low) * self.next_f64())
    }

    /// Integers in `[low, high)`. Errors: no integer there.
    pub fn integers(&mut self, low: i64, high: i64, shape: &[usize]) -> Result<Array<i64>> {
        require(low < high, if low == 0 { "high <= 0" } else { "low >= high" })?;
        let range = (high.wrapping_sub(1)).wrapping_sub(low) as u64;
        fill(shape, || low.wrapping_add(draw::lemire(self, range) as i64))
    }

    /// Standard normal numbers.
    pub fn standard_normal(&mut self, shape: &[usize]) -> Result<Array<f64>> {
        fill(shape, || self.next_normal())
    }

    /// Normal numbers of mean `loc` and standard deviation `scale`.
    pub fn normal(&mut self, loc: f64, scale: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(!scale.is_sign_negative(), "scale < 0")?;
        fill(shape, || loc + scale * self.next_normal())
    }

    /// `exp` of normal numbers.
    pub fn lognormal(&mut self, mean: f64, sigma: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(!sigma.is_sign_negative(), "sigma < 0")?;
        fill(shape, || (mean + sigma * self.next_normal()).exp())
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

    /// Chi-square numbers.
    pub fn chisquare(&mut self, freedom: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(freedom > 0.0, "df <= 0")?;
        fill(shape, || 2.0 * draw::gamma(self, freedom / 2.0))
    }

    /// Beta numbers.
    pub fn beta(&mut self, a: f64, b: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(a > 0.0 && b > 0.0, "a <= 0")?;
        fill(shape, || draw::beta(self, a, b))
    }

    /// Poisson counts.
    pub fn poisson(&mut self, rate: f64, shape: &[usize]) -> Result<Array<i64>> {
        require((0.0..9.2e18).contains(&rate), "lam < 0 or lam is NaN")?;
        fill(shape, || draw::poisson(self, rate))
    }

    /// Binomial counts.
    pub fn binomial(&mut self, n: i64, p: f64, shape: &[usize]) -> Result<Array<i64>> {
        require(n >= 0, "n < 0")?;
        require((0.0..=1.0).contains(&p), "p < 0, p > 1 or p is NaN")?;
        fill(shape, || draw::binomial(self, n, p))
    }

    /// Trials up to the first success.
    pub fn geometric(&mut self, p: f64, shape: &[usize]) -> Result<Array<i64>> {
        require(p > 0.0 && p <= 1.0, "p <= 0, p > 1 or p contains NaNs")?;
        fill(shape, || draw::geometric(self, p))
    }

    /// Laplace numbers.
    pub fn laplace(&mut self, loc: f64, scale: f64, shape: &[usize]) -> Result<Array<f64>> {
        require(!scale.is_sign_negative(), "scale < 0")?;
        fill(shape, || draw::laplace(self, loc, scale))
    }

    /// Shuffles positions `first..n` of `0..n`, from the end.
    fn swaps(&mut self, n: usize, first: usize, mut swap: impl FnMut(usize, usize)) {
        for i in (first..n).rev() {
            let j = draw::lemire(self, i as u64) as usize;
            swap(i, j);
        }
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
            // Shuffling masks and rejects; only `choice` uses Lemire's method.
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
        let count: usize = shape.iter().product();
        require(n > 0 || count == 0, "a must be a positive integer unless no samples are taken")?;
        self.integers(0, (n as i64).max(1), shape)
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
            return Err(Error::value("Cannot take a larger sample than population when replace is False"));
        }
        if n > 10000 && count > n / 50 {
            let mut order: Vec<i64> = (0..n as i64).collect();
            self.swaps(n, (n - count).max(1), |i, j| order.swap(i, j));
            return Ok(Tensor::from(order[n - count..].to_vec()));
        }
        // Floyd's method: the place of one already taken goes to the bound itself.
        let mut taken = std::collections::HashSet::with_capacity(count);
        let mut picks: Vec<i64> = Vec::with_capacity(count);
        for bound in n - count..n {
            let value = draw::lemire(self, bound as u64) as i64;
            let value = if taken.insert(value) { value } else { bound as i64 };
            taken.insert(value);
            picks.push(value);
        }
        self.swaps(count, 1, |i, j| picks.swap(i, j));
        Ok(Tensor::from(picks))
    }
}
