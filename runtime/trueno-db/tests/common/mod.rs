//! Data and truth for tests.
#![allow(dead_code)]

use trueno_db::{Hit, Metric};

/// A number from the environment.
pub fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Numbers from a seed (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn uniform(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    pub fn normal(&mut self) -> f32 {
        let (a, b) = (self.uniform().max(1e-7), self.uniform());
        (-2.0 * a.ln()).sqrt() * (std::f32::consts::TAU * b).cos()
    }
}

/// Points around random centres.
pub struct Mixture {
    random: Random,
    dims: usize,
    centres: Vec<f32>,
}

impl Mixture {
    pub fn new(seed: u64, dims: usize, clusters: usize) -> Mixture {
        let mut random = Random(seed);
        let centres = (0..dims * clusters).map(|_| random.normal()).collect();
        Mixture { random, dims, centres }
    }

    /// `n` points, one after another.
    pub fn take(&mut self, n: usize) -> Vec<f32> {
        let mut values = Vec::with_capacity(n * self.dims);
        for _ in 0..n {
            let at = self.random.below(self.centres.len() / self.dims) * self.dims;
            for d in 0..self.dims {
                values.push(self.centres[at + d] + 0.5 * self.random.normal());
            }
        }
        values
    }
}

fn distance(metric: Metric, a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    match metric {
        Metric::L2 => a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum(),
        Metric::InnerProduct => -dot(a, b),
        Metric::Cosine => 1.0 - dot(a, b) / (dot(a, a) * dot(b, b)).sqrt(),
        Metric::Hamming => a.iter().zip(b).filter(|(x, y)| (**x > 0.0) != (**y > 0.0)).count() as f32,
    }
}

/// The true distances of the `k` nearest, by plain loops.
pub fn exact(metric: Metric, ids: &[u64], vectors: &[f32], query: &[f32], k: usize) -> Vec<f32> {
    let dims = vectors.len() / ids.len();
    let mut all: Vec<f32> = vectors.chunks(dims).map(|v| distance(metric, v, query)).collect();
    all.sort_by(f32::total_cmp);
    all.truncate(k);
    all
}

/// The share of hits that are as near as the true ones (equal distances count).
pub fn recall(hits: &[Hit], truth: &[f32]) -> f64 {
    let Some(worst) = truth.last() else {
        return 1.0;
    };
    let limit = worst + 1e-4 * worst.abs().max(1.0);
    hits.iter().filter(|hit| hit.distance <= limit).count().min(truth.len()) as f64 / truth.len() as f64
}
