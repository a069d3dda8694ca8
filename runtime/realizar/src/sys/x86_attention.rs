//! Attention over f16 and int8 caches with AVX2.

use std::arch::x86_64::*;

/// Dot product of f32 with f16 bits, lengths equal.
///
/// # Safety
/// AVX2, FMA and F16C must exist.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn dot_f16(a: &[f32], b: &[u16]) -> f32 {
    let mut sums = [_mm256_setzero_ps(); 2];
    let pairs = a.chunks_exact(16).zip(b.chunks_exact(16));
    for (a, b) in pairs {
        for (i, sum) in sums.iter_mut().enumerate() {
            // SAFETY: both chunks have 16 items and i is 0 or 1; no alignment is needed.
            let (x, h) = unsafe {
                (_mm256_loadu_ps(a.as_ptr().add(8 * i)), _mm_loadu_si128(b.as_ptr().add(8 * i).cast()))
            };
            *sum = _mm256_fmadd_ps(x, _mm256_cvtph_ps(h), *sum);
        }
    }
    let rest = a.len() / 16 * 16;
    let tail = a[rest..].iter().zip(&b[rest..]);
    let tail: f32 = tail.map(|(a, &b)| a * crate::quant::half::f16_to_f32(b)).sum();
    let sum = _mm256_add_ps(sums[0], sums[1]);
    let half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
    let quarter = _mm_add_ps(half, _mm_movehl_ps(half, half));
    let one = _mm_add_ss(quarter, _mm_shuffle_ps(quarter, quarter, 1));
    _mm_cvtss_f32(one) + tail
}

/// `out += weight * values`, values being f16 bits, lengths equal.
///
/// # Safety
/// AVX2, FMA and F16C must exist.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn add_f16(weight: f32, values: &[u16], out: &mut [f32]) {
    let w = _mm256_set1_ps(weight);
    let rest = out.len() / 8 * 8;
    for (o, v) in out.chunks_exact_mut(8).zip(values.chunks_exact(8)) {
        // SAFETY: both chunks have 8 items; no alignment is needed.
        unsafe {
            let v = _mm256_cvtph_ps(_mm_loadu_si128(v.as_ptr().cast()));
            let sum = _mm256_fmadd_ps(w, v, _mm256_loadu_ps(o.as_ptr()));
            _mm256_storeu_ps(o.as_mut_ptr(), sum);
        }
    }
    for (o, &v) in out[rest..].iter_mut().zip(&values[rest..]) {
        *o += weight * crate::quant::half::f16_to_f32(v);
    }
}

/// Rounds f32 to f16 bits, lengths equal.
///
/// # Safety
/// AVX and F16C must exist.
#[target_feature(enable = "avx,f16c")]
pub fn to_f16(values: &[f32], out: &mut [u16]) {
    let rest = values.len() / 8 * 8;
    for (v, o) in values.chunks_exact(8).zip(out.chunks_exact_mut(8)) {
        // SAFETY: both chunks have 8 items; no alignment is needed.
        unsafe {
            let h = _mm256_cvtps_ph(_mm256_loadu_ps(v.as_ptr()), _MM_FROUND_TO_NEAREST_INT);
            _mm_storeu_si128(o.as_mut_ptr().cast(), h);
        }
    }
    for (v, o) in values[rest..].iter().zip(&mut out[rest..]) {
        *o = crate::quant::half::f32_to_f16(*v);
    }
}
