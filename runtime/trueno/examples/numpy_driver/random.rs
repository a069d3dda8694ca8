//! Random streams by NumPy's names: the seed is the first word, the shape the second.

use trueno::AnyTensor;
use trueno::random::{RandomState, default_rng};

use crate::ops::{Answers, number, one, unsupported};

pub fn run(op: &str, arrays: &[AnyTensor], words: &[&str]) -> Answers {
    let seed: u128 = number(words, 0)?;
    let shape: Vec<usize> = crate::list(words.get(1).copied().unwrap_or("-"));
    let x = |i: usize| number::<f64>(words, i + 2);
    let n = |i: usize| number::<i64>(words, i + 2);
    let weights = || arrays.first().map(|a| a.cast::<f64>().to_vec()).unwrap_or_default();
    if let Some(op) = op.strip_prefix("legacy_") {
        let mut rng = RandomState::new(seed as u32);
        return match op {
            "random" => one(rng.rand(&shape)?),
            "normal" => one(rng.normal(x(0)?, x(1)?, &shape)?),
            "integers" => one(rng.randint(n(0)?, n(1)?, &shape)?),
            "uniform" => one(rng.uniform(x(0)?, x(1)?, &shape)?),
            "exponential" => one(rng.exponential(x(0)?, &shape)?),
            "gamma" => one(rng.gamma(x(0)?, x(1)?, &shape)?),
            "beta" => one(rng.beta(x(0)?, x(1)?, &shape)?),
            "poisson" => one(rng.poisson(x(0)?, &shape)?),
            "binomial" => one(rng.binomial(n(0)?, x(1)?, &shape)?),
            "permutation" => one(rng.permutation(n(0)? as usize)),
            "choice" => one(rng.choice(n(0)? as usize, &shape)?),
            "choice_unique" => one(rng.choice_unique(n(0)? as usize, n(1)? as usize)?),
            "choice_weighted" => one(rng.choice_weighted(&weights(), &shape)?),
            "choice_weighted_unique" => one(rng.choice_weighted_unique(&weights(), n(0)? as usize)?),
            _ => Err(unsupported(op)),
        };
    }
    let mut rng = default_rng(seed);
    match op {
        "random" => one(rng.random(&shape)?),
        "random_f32" => one(rng.random_f32(&shape)?),
        "normal" => one(rng.normal(x(0)?, x(1)?, &shape)?),
        "integers" => one(rng.integers(n(0)?, n(1)?, &shape)?),
        "uniform" => one(rng.uniform(x(0)?, x(1)?, &shape)?),
        "exponential" => one(rng.exponential(x(0)?, &shape)?),
        "lognormal" => one(rng.lognormal(x(0)?, x(1)?, &shape)?),
        "laplace" => one(rng.laplace(x(0)?, x(1)?, &shape)?),
        "gamma" => one(rng.gamma(x(0)?, x(1)?, &shape)?),
        "chisquare" => one(rng.chisquare(x(0)?, &shape)?),
        "beta" => one(rng.beta(x(0)?, x(1)?, &shape)?),
        "poisson" => one(rng.poisson(x(0)?, &shape)?),
        "geometric" => one(rng.geometric(x(0)?, &shape)?),
        "binomial" => one(rng.binomial(n(0)?, x(1)?, &shape)?),
        "permutation" => one(rng.permutation(n(0)? as usize)),
        "choice" => one(rng.choice(n(0)? as usize, &shape)?),
        "choice_unique" => one(rng.choice_unique(n(0)? as usize, n(1)? as usize)?),
        "choice_weighted" => one(rng.choice_weighted(&weights(), &shape)?),
        "choice_weighted_unique" => one(rng.choice_weighted_unique(&weights(), n(0)? as usize)?),
        _ => Err(unsupported(op)),
    }
}
