//! AVX-512 F, BW and VL. The last part of a vector is read under a mask, so nothing past its
//! end is touched.

use std::arch::x86_64::*;

use super::{Kernels, avx2};

pub(super) static TABLE: Kernels = Kernels {
    name: "avx512",
    l2,
    dot,
    l2_i8,
    dot_i8,
    l2_f16,
    dot_f16,
    l2_bf16,
    dot_bf16,
    hamming: avx2::hamming,
};

macro_rules! f32_kernel {
    ($name:ident, $step:expr) => {
        #[target_feature(enable = "avx512f")]
        fn $name(a: &[f32], b: &[f32]) -> f32 {
            let step = $step;
            let n = a.len().min(b.len());
            let mut acc = [_mm512_setzero_ps(); 4];
            let mut at = 0;
            // SAFETY: full loads stay below `n`, the shorter length; the mask of the last one
            // has a bit per component left, and masked-off lanes are not read.
            unsafe {
                let (p, q) = (a.as_ptr(), b.as_ptr());
                while at + 64 <= n {
                    for (lane, acc) in acc.iter_mut().enumerate() {
                        let here = at + lane * 16;
                        *acc = step(*acc, _mm512_loadu_ps(p.add(here)), _mm512_loadu_ps(q.add(here)));
                    }
                    at += 64;
                }
                while at < n {
                    let mask = mask16(n - at);
                    let x = _mm512_maskz_loadu_ps(mask, p.add(at));
                    let y = _mm512_maskz_loadu_ps(mask, q.add(at));
                    acc[0] = step(acc[0], x, y);
                    at += 16;
                }
            }
            let low = _mm512_add_ps(acc[0], acc[1]);
            _mm512_reduce_add_ps(_mm512_add_ps(low, _mm512_add_ps(acc[2], acc[3])))
        }
    };
}

fn mask16(left: usize) -> u16 {
    if left >= 16 { u16::MAX } else { (1u16 << left) - 1 }
}

fn mask32(left: usize) -> u32 {
    if left >= 32 { u32::MAX } else { (1u32 << left) - 1 }
}

f32_kernel!(l2, |acc, x, y| {
    let difference = _mm512_sub_ps(x, y);
    _mm512_fmadd_ps(difference, difference, acc)
});
f32_kernel!(dot, |acc, x, y| _mm512_fmadd_ps(x, y, acc));

#[inline]
#[target_feature(enable = "avx512f")]
fn sum_i32(v: __m512i) -> i64 {
    let mut lanes = [0i32; 16];
    // SAFETY: the array has the 64 bytes that are written; `storeu` needs no alignment.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), v) };
    lanes.iter().map(|lane| i64::from(*lane)).sum()
}

// A lane takes at most 2 * 254^2 per 32 components: 65,536 components stay below 2^29.
macro_rules! i8_kernel {
    ($name:ident, $step:expr) => {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn $name(a: &[u8], b: &[u8]) -> f32 {
            let step = $step;
            let n = a.len().min(b.len());
            let mut acc = [_mm512_setzero_si512(); 2];
            let mut at = 0;
            while at < n {
                let mask = mask32(n - at);
                // SAFETY: the mask has a bit for each byte left below `n`, the shorter length,
                // and masked-off bytes are not read.
                let (x, y) = unsafe {
                    let x = _mm256_maskz_loadu_epi8(mask, a.as_ptr().add(at).cast());
                    (x, _mm256_maskz_loadu_epi8(mask, b.as_ptr().add(at).cast()))
                };
                let turn = at / 32 % 2;
                acc[turn] = step(acc[turn], _mm512_cvtepi8_epi16(x), _mm512_cvtepi8_epi16(y));
                at += 32;
            }
            sum_i32(_mm512_add_epi32(acc[0], acc[1])) as f32
        }
    };
}

i8_kernel!(l2_i8, |acc, x, y| {
    let difference = _mm512_sub_epi16(x, y);
    _mm512_add_epi32(acc, _mm512_madd_epi16(difference, difference))
});
i8_kernel!(dot_i8, |acc, x, y| _mm512_add_epi32(acc, _mm512_madd_epi16(x, y)));

macro_rules! half_kernel {
    ($name:ident, $widen:expr, $step:expr) => {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn $name(a: &[u8], b: &[u8]) -> f32 {
            let (widen, step) = ($widen, $step);
            let n = a.len().min(b.len()) / 2;
            let mut acc = _mm512_setzero_ps();
            let mut at = 0;
            while at < n {
                let mask = mask16(n - at);
                // SAFETY: the mask has a bit for each 16-bit number left below `n`, half the
                // shorter length in bytes, and masked-off numbers are not read.
                let (x, y) = unsafe {
                    let x = _mm256_maskz_loadu_epi16(mask, a.as_ptr().add(at * 2).cast());
                    (x, _mm256_maskz_loadu_epi16(mask, b.as_ptr().add(at * 2).cast()))
                };
                acc = step(acc, widen(x), widen(y));
                at += 16;
            }
            _mm512_reduce_add_ps(acc)
        }
    };
}

half_kernel!(l2_f16, |x| _mm512_cvtph_ps(x), |acc, x, y| {
    let difference = _mm512_sub_ps(x, y);
    _mm512_fmadd_ps(difference, difference, acc)
});
half_kernel!(dot_f16, |x| _mm512_cvtph_ps(x), |acc, x, y| _mm512_fmadd_ps(x, y, acc));
half_kernel!(
    l2_bf16,
    |x| _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(x))),
    |acc, x, y| {
        let difference = _mm512_sub_ps(x, y);
        _mm512_fmadd_ps(difference, difference, acc)
    }
);
half_kernel!(
    dot_bf16,
    |x| _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(x))),
    |acc, x, y| _mm512_fmadd_ps(x, y, acc)
);
