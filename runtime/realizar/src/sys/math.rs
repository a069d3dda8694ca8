//! Element-wise work between the matrices, written so that it vectorises.
//!
//! `exp` is 2^n times a polynomial on ±ln2/2; its relative error is below 2e-7.

#[cfg(target_arch = "x86_64")]
use crate::kernel::{Simd, simd};

#[inline(always)]
fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest integer.
    let shifted = x * std::f32::consts::LOG2_E + 12_582_912.0;
    let n = shifted - 12_582_912.0;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = 1.987_569_1e-4 * r + 1.398_2e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let value = p * r * r + r + 1.0;
    let power = (shifted.to_bits().wrapping_add(127) << 23) & 0x7f80_0000;
    value * f32::from_bits(power)
}

/// Compiles the body twice: for any machine, and for AVX2 with fused multiply-add.
macro_rules! vectorised {
    ($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $out:ty)? $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name($($arg: $ty),*) $(-> $out)? {
            #[inline(always)]
            fn plain($($arg: $ty),*) $(-> $out)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn wide($($arg: $ty),*) $(-> $out)? { plain($($arg),*) }
                if simd() != Simd::Scalar {
                    // SAFETY: `simd()` is above Scalar only where AVX2 and FMA were detected.
                    return unsafe { wide($($arg),*) };
                }
            }
            plain($($arg),*)
        }
    };
}

vectorised! {
    /// `gate = silu(gate) * up`.
    silu_times(gate: &mut [f32], up: &[f32]) {
        for (g, u) in gate.iter_mut().zip(up) {
            *g = *g / (1.0 + exp(-*g)) * u;
        }
    }
}

vectorised! {
    /// `gate = gelu(gate) * up`, with the tanh form of GELU.
    gelu_times(gate: &mut [f32], up: &[f32]) {
        for (g, u) in gate.iter_mut().zip(up) {
            let x = *g;
            let inner = 0.797_884_6 * x * (1.0 + 0.044_715 * x * x);
            // 0.5 * (1 + tanh(y)) = 1 / (1 + exp(-2y))
            *g = x / (1.0 + exp(-2.0 * inner)) * u;
        }
    }
}

vectorised! {
    /// Replaces scores by their softmax weights times `1`, not yet divided; returns the divisor.
    exp_from_max(scores: &mut [f32]) -> f32 {
        let mut largest = [f32::NEG_INFINITY; 8];
        let mut chunks = scores.chunks_exact(8);
        for eight in &mut chunks {
            for i in 0..8 {
                largest[i] = if eight[i] > largest[i] { eight[i] } else { largest[i] };
            }
        }
        let rest = chunks.remainder().iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let largest = largest.iter().copied().fold(rest, f32::max);
        let mut sums = [0f32; 8];
        let mut chunks = scores.chunks_exact_mut(8);
        for eight in &mut chunks {
            for i in 0..8 {
                eight[i] = exp(eight[i] - largest);
                sums[i] += eight[i];
            }
        }
        let mut sum: f32 = sums.iter().sum();
        for s in chunks.into_remainder() {
            *s = exp(*s - largest);
            sum += *s;
        }
        sum
    }
}

vectorised! {
    /// Sum of squares.
    squares(x: &[f32]) -> f32 {
        let mut sums = [0f32; 8];
        let chunks = x.chunks_exact(8);
        let rest: f32 = chunks.remainder().iter().map(|v| v * v).sum();
        for eight in chunks {
            for i in 0..8 {
                sums[i] += eight[i] * eight[i];
            }
        }
        sums.iter().sum::<f32>() + rest
    }
}

/// `out = x / rms(x) * weight`.
pub(crate) fn rms_norm(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
    let scale = 1.0 / (squares(x) / x.len() as f32 + epsilon).sqrt();
    for ((o, x), w) in out.iter_mut().zip(x).zip(weight) {
        *o = x * scale * w;
    }
}

/// [`rms_norm`] in place.
pub(crate) fn rms_norm_in_place(x: &mut [f32], weight: &[f32], epsilon: f32) {
    let scale = 1.0 / (squares(x) / x.len() as f32 + epsilon).sqrt();
    x.iter_mut().zip(weight).for_each(|(x, w)| *x *= scale * w);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_over_its_range() {
        for i in -8700..8800 {
            let x = i as f32 * 0.01;
            let exact = f64::from(x).exp();
            assert!((f64::from(exp(x)) / exact - 1.0).abs() < 3e-7, "exp({x})");
        }
    }

    #[test]
    fn gates_equal_their_definitions() {
        let x: Vec<f32> = (-50..51).map(|i| i as f32 * 0.2).collect();
        let up = vec![2.0; x.len()];
        let (mut silu, mut gelu) = (x.clone(), x.clone());
        silu_times(&mut silu, &up);
        gelu_times(&mut gelu, &up);
        for ((x, s), g) in x.iter().map(|&x| f64::from(x)).zip(silu).zip(gelu) {
            assert!((f64::from(s) - 2.0 * x / (1.0 + (-x).exp())).abs() < 1e-5);
            let y = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
            assert!((f64::from(g) - x * (1.0 + y.tanh())).abs() < 1e-5, "gelu({x})");
        }
    }

    #[test]
    fn softmax_sums_to_one() {
        let mut scores: Vec<f32> = (0..37).map(|i| (i * 7 % 11) as f32 - 3.0).collect();
        let exact: Vec<f64> = scores.iter().map(|&s| f64::from(s - 7.0).exp()).collect();
        let total: f64 = exact.iter().sum();
        let sum = exp_from_max(&mut scores);
        for (s, e) in scores.iter().zip(exact) {
            assert!((f64::from(s / sum) - e / total).abs() < 1e-6);
        }
    }
}
