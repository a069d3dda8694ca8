//! Codes: the compressed copy of a vector that the graph walk reads.
//!
//! i8: `code = round((x - offset) / step)`, clamped to -127..=127, one step for all components
//! so that squared distances of codes are those of vectors over `step^2`. The offset of a
//! component is its mean and the step comes from the 99.9th percentile of `|x - offset|`. The
//! inner product keeps offset 0. One bit: `x > offset`.

use crate::config::{Codes, Metric};
use crate::sys::kernels::scalar::{f32_to_bf16, f32_to_f16};
use crate::sys::kernels::{CodeKernel, Kernels};

/// Vectors looked at to choose offsets and step.
const SAMPLE: usize = 20_000;

/// Turns vectors into codes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Codec {
    codes: Codes,
    metric: Metric,
    /// The width of a code's unit.
    pub(crate) step: f32,
    /// Per component: what code 0 stands for.
    pub(crate) offsets: Vec<f32>,
}

impl Codec {
    /// A codec with numbers read from a file; `None` if they make no sense.
    pub(crate) fn from_parts(codes: Codes, metric: Metric, step: f32, offsets: Vec<f32>) -> Option<Codec> {
        let sound = step.is_finite() && step > 0.0 && offsets.iter().all(|x| x.is_finite());
        sound.then_some(Codec { codes, metric, step, offsets })
    }

    /// A codec fitted to some vectors; `None` without codes.
    pub(crate) fn train<'a>(
        codes: Codes,
        metric: Metric,
        dims: usize,
        vectors: impl ExactSizeIterator<Item = &'a [f32]>,
    ) -> Option<Codec> {
        let every = vectors.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<&[f32]> = vectors.step_by(every).collect();
        let mut codec = Codec { codes, metric, step: 1.0, offsets: vec![0.0; dims] };
        match codes {
            Codes::None => return None,
            Codes::F16 | Codes::Bf16 => {}
            Codes::Bit if metric == Metric::Hamming => {}
            Codes::I8 | Codes::Bit => codec.fit(&sample),
        }
        Some(codec)
    }

    fn fit(&mut self, sample: &[&[f32]]) {
        let count = sample.len().max(1) as f64;
        if self.metric != Metric::InnerProduct || self.codes == Codes::Bit {
            let mut sums = vec![0.0f64; self.offsets.len()];
            for vector in sample {
                sums.iter_mut().zip(*vector).for_each(|(sum, x)| *sum += f64::from(*x));
            }
            self.offsets = sums.iter().map(|sum| (sum / count) as f32).collect();
        }
        let mut sizes: Vec<f32> = sample
            .iter()
            .take(2_000)
            .flat_map(|v| v.iter().zip(&self.offsets).map(|(x, o)| (x - o).abs()))
            .filter(|size| size.is_finite())
            .collect();
        let at = (sizes.len() as f64 * 0.999) as usize;
        if at < sizes.len() {
            let (_, size, _) = sizes.select_nth_unstable_by(at, f32::total_cmp);
            self.step = (*size / 127.0).max(f32::MIN_POSITIVE);
        }
    }

    /// Writes the code of a vector; `out` has the length of a code.
    pub(crate) fn encode(&self, vector: &[f32], out: &mut [u8]) {
        match self.codes {
            Codes::None => {}
            Codes::F16 => pack(vector, out, f32_to_f16),
            Codes::Bf16 => pack(vector, out, f32_to_bf16),
            Codes::I8 => {
                let scale = 1.0 / self.step;
                for ((x, offset), byte) in vector.iter().zip(&self.offsets).zip(out) {
                    *byte = ((x - offset) * scale).round().clamp(-127.0, 127.0) as i8 as u8;
                }
            }
            Codes::Bit => {
                out.fill(0);
                for (at, (x, offset)) in vector.iter().zip(&self.offsets).enumerate() {
                    out[at / 8] |= u8::from(x > offset) << (at % 8);
                }
            }
        }
    }

    /// The kernel that orders codes as the metric orders vectors, and its sign.
    pub(crate) fn kernel(&self) -> (CodeKernel, f32) {
        let inner = self.metric == Metric::InnerProduct;
        match self.codes {
            Codes::Bit | Codes::None => (CodeKernel::Hamming, 1.0),
            Codes::I8 if inner => (CodeKernel::DotI8, -1.0),
            Codes::I8 => (CodeKernel::L2I8, 1.0),
            Codes::F16 if inner => (CodeKernel::DotF16, -1.0),
            Codes::F16 => (CodeKernel::L2F16, 1.0),
            Codes::Bf16 if inner => (CodeKernel::DotBf16, -1.0),
            Codes::Bf16 => (CodeKernel::L2Bf16, 1.0),
        }
    }
}

fn pack(vector: &[f32], out: &mut [u8], narrow: fn(f32) -> u16) {
    for (x, pair) in vector.iter().zip(out.chunks_exact_mut(2)) {
        pair.copy_from_slice(&narrow(*x).to_le_bytes());
    }
}

/// Distance of two f32 vectors under a metric. Cosine expects vectors of length 1.
pub(crate) fn distance(kernels: &Kernels, metric: Metric, a: &[f32], b: &[f32]) -> f32 {
    match metric {
        Metric::L2 => kernels.l2(a, b),
        Metric::InnerProduct => -kernels.dot(a, b),
        Metric::Cosine => 1.0 - kernels.dot(a, b),
        Metric::Hamming => a.iter().zip(b).filter(|(x, y)| (**x > 0.0) != (**y > 0.0)).count() as f32,
    }
}
