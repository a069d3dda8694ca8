//! NumPy's random streams: the same seed gives the same numbers.
//!
//! [`default_rng`] is PCG64 with ziggurat draws, [`RandomState`] the older MT19937 with polar draws.

mod bits;
mod distributions;
mod generator;
mod legacy;
mod ziggurat;

pub use bits::{BitGenerator, Mt19937, Pcg64, SeedSequence};
pub use generator::{Generator, default_rng};
pub use legacy::RandomState;

use crate::dims;
use crate::dtype::Element;
use crate::error::{Error, Result};
use crate::tensor::{Array, Tensor};

/// Array of `shape` filled in C order by `draw`.
fn fill<T: Element>(shape: &[usize], mut draw: impl FnMut() -> T) -> Result<Array<T>> {
    let mut data = crate::tensor::reserve(shape)?;
    data.extend((0..dims::size_of(shape)).map(|_| draw()));
    Ok(Tensor::owned(data, shape))
}

/// The value error that NumPy raises for a parameter.
fn require(holds: bool, text: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::value(text)) }
}

/// Running sums of probabilities, the last one being 1. Errors: negative, not adding up to 1.
fn cumulative(p: &[f64]) -> Result<Vec<f64>> {
    require(p.iter().all(|&x| x >= 0.0), "Probabilities are not non-negative")?;
    require(
        (p.iter().sum::<f64>() - 1.0).abs() <= 1.5e-8,
        "Probabilities do not sum to 1. See Notes section of docstring for more information.",
    )?;
    Ok(scaled_sums(p))
}

/// Running sums divided by the last one.
fn scaled_sums(p: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums: Vec<f64> = p
        .iter()
        .map(|x| {
            sum += x;
            sum
        })
        .collect();
    sums.iter_mut().for_each(|x| *x /= sum);
    sums
}

/// Picks without replacement by probability: draws again for what came twice, as NumPy does.
fn weighted_picks(p: &[f64], count: usize, mut draws: impl FnMut(usize) -> Vec<f64>) -> Result<Vec<i64>> {
    cumulative(p)?;
    require(p.iter().filter(|&&x| x > 0.0).count() >= count, "Fewer non-zero entries in p than size")?;
    let mut p = p.to_vec();
    let mut found: Vec<i64> = Vec::with_capacity(count);
    while found.len() < count {
        let uniform = draws(count - found.len());
        found.iter().for_each(|&i| p[i as usize] = 0.0);
        let sums = scaled_sums(&p);
        let mut fresh: Vec<i64> = Vec::new();
        for x in uniform {
            let i = sums.partition_point(|&s| s <= x) as i64;
            if !fresh.contains(&i) {
                fresh.push(i);
            }
        }
        found.extend(fresh);
    }
    Ok(found)
}
