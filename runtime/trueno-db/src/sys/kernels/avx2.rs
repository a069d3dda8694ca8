//! AVX2, FMA, F16C and POPCNT.

use std::arch::x86_64::*;

use super::{Kernels, scalar};

pub(super) static TABLE: Kernels =
    Kernels { name: "avx2", l2, dot, l2_i8, dot_i8, l2_f16, dot_f16, l2_bf16, dot_bf16, hamming };

#[inline]
#[target_feature(enable = "avx2,fma")]
fn sum(v: __m256) -> f32 {
    let four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn load(a: &[f32], at: usize) -> __m256 {
    let eight: &[f32; 8] = a[at..at + 8].try_into().expect("a range of eight");
    // SAFETY: the reference covers the 32 bytes that are read; `loadu` needs no alignment.
    unsafe { _mm256_loadu_ps(eight.as_ptr()) }
}

macro_rules! f32_kernel {
    ($name:ident, $step:expr, $rest:path) => {
        #[target_feature(enable = "avx2,fma")]
        fn $name(a: &[f32], b: &[f32]) -> f32 {
            let step = $step;
            let n = a.len().min(b.len());
            let (a, b) = (&a[..n], &b[..n]);
            let mut acc = [_mm256_setzero_ps(); 4];
            let mut at = 0;
            while at + 32 <= n {
                // SAFETY: `at + 32 <= n`, the length of both slices, and `loadu` needs no
                // alignment.
                unsafe {
                    let (p, q) = (a.as_ptr().add(at), b.as_ptr().add(at));
                    acc[0] = step(acc[0], _mm256_loadu_ps(p), _mm256_loadu_ps(q));
                    acc[1] = step(acc[1], _mm256_loadu_ps(p.add(8)), _mm256_loadu_ps(q.add(8)));
                    acc[2] = step(acc[2], _mm256_loadu_ps(p.add(16)), _mm256_loadu_ps(q.add(16)));
                    acc[3] = step(acc[3], _mm256_loadu_ps(p.add(24)), _mm256_loadu_ps(q.add(24)));
                }
                at += 32;
            }
            while at + 8 <= n {
                acc[0] = step(acc[0], load(a, at), load(b, at));
                at += 8;
            }
            let all = _mm256_add_ps(_mm256_add_ps(acc[0], acc[1]), _mm256_add_ps(acc[2], acc[3]));
            sum(all) + $rest(&a[at..], &b[at..])
        }
    };
}

f32_kernel!(
    l2,
    |acc, x, y| {
        let difference = _mm256_sub_ps(x, y);
        _mm256_fmadd_ps(difference, difference, acc)
    },
    scalar::l2
);
f32_kernel!(dot, |acc, x, y| _mm256_fmadd_ps(x, y, acc), scalar::dot);

#[inline]
#[target_feature(enable = "avx2")]
fn load_bytes(a: &[u8], at: usize) -> __m128i {
    let sixteen: &[u8; 16] = a[at..at + 16].try_into().expect("a range of sixteen");
    // SAFETY: the reference covers the 16 bytes that are read; `loadu` needs no alignment.
    unsafe { _mm_loadu_si128(sixteen.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum_i32(v: __m256i) -> i64 {
    let mut lanes = [0i32; 8];
    // SAFETY: the array has the 32 bytes that are written; `storeu` needs no alignment.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), v) };
    lanes.iter().map(|lane| i64::from(*lane)).sum()
}

// A lane takes at most 2 * 254^2 per 16 components: 65,536 components stay below 2^30.
macro_rules! i8_kernel {
    ($name:ident, $step:expr, $rest:path) => {
        #[target_feature(enable = "avx2")]
        fn $name(a: &[u8], b: &[u8]) -> f32 {
            let step = $step;
            let n = a.len().min(b.len());
            let (a, b) = (&a[..n], &b[..n]);
            let mut acc = [_mm256_setzero_si256(); 2];
            let mut at = 0;
            while at + 32 <= n {
                // SAFETY: `at + 32 <= n`, the length of both slices, and `loadu` needs no
                // alignment.
                unsafe {
                    let (p, q) = (a.as_ptr().add(at), b.as_ptr().add(at));
                    let (x, y) = (_mm_loadu_si128(p.cast()), _mm_loadu_si128(q.cast()));
                    acc[0] = step(acc[0], _mm256_cvtepi8_epi16(x), _mm256_cvtepi8_epi16(y));
                    let (p, q) = (p.add(16), q.add(16));
                    let (x, y) = (_mm_loadu_si128(p.cast()), _mm_loadu_si128(q.cast()));
                    acc[1] = step(acc[1], _mm256_cvtepi8_epi16(x), _mm256_cvtepi8_epi16(y));
                }
                at += 32;
            }
            while at + 16 <= n {
                let (x, y) = (load_bytes(a, at), load_bytes(b, at));
                acc[0] = step(acc[0], _mm256_cvtepi8_epi16(x), _mm256_cvtepi8_epi16(y));
                at += 16;
            }
            let lanes = sum_i32(_mm256_add_epi32(acc[0], acc[1]));
            lanes as f32 + $rest(&a[at..], &b[at..])
        }
    };
}

i8_kernel!(
    l2_i8,
    |acc, x, y| {
        let difference = _mm256_sub_epi16(x, y);
        _mm256_add_epi32(acc, _mm256_madd_epi16(difference, difference))
    },
    scalar::l2_i8
);
i8_kernel!(dot_i8, |acc, x, y| _mm256_add_epi32(acc, _mm256_madd_epi16(x, y)), scalar::dot_i8);

macro_rules! half_kernel {
    ($name:ident, $widen:expr, $step:expr, $rest:path) => {
        #[target_feature(enable = "avx2,fma,f16c")]
        fn $name(a: &[u8], b: &[u8]) -> f32 {
            let (widen, step) = ($widen, $step);
            let n = a.len().min(b.len());
            let mut acc = [_mm256_setzero_ps(); 2];
            let mut at = 0;
            while at + 32 <= n {
                acc[0] = step(acc[0], widen(load_bytes(a, at)), widen(load_bytes(b, at)));
                let next = at + 16;
                acc[1] = step(acc[1], widen(load_bytes(a, next)), widen(load_bytes(b, next)));
                at += 32;
            }
            sum(_mm256_add_ps(acc[0], acc[1])) + $rest(&a[at..n], &b[at..n])
        }
    };
}

half_kernel!(
    l2_f16,
    |x| _mm256_cvtph_ps(x),
    |acc, x, y| {
        let difference = _mm256_sub_ps(x, y);
        _mm256_fmadd_ps(difference, difference, acc)
    },
    scalar::l2_f16
);
half_kernel!(dot_f16, |x| _mm256_cvtph_ps(x), |acc, x, y| _mm256_fmadd_ps(x, y, acc), scalar::dot_f16);
half_kernel!(
    l2_bf16,
    |x| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(x))),
    |acc, x, y| {
        let difference = _mm256_sub_ps(x, y);
        _mm256_fmadd_ps(difference, difference, acc)
    },
    scalar::l2_bf16
);
half_kernel!(
    dot_bf16,
    |x| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(x))),
    |acc, x, y| _mm256_fmadd_ps(x, y, acc),
    scalar::dot_bf16
);

#[target_feature(enable = "popcnt")]
pub(super) fn hamming(a: &[u8], b: &[u8]) -> f32 {
    let n = a.len().min(b.len());
    let (xs, x_rest) = a[..n].as_chunks::<8>();
    let (ys, y_rest) = b[..n].as_chunks::<8>();
    let words = xs
        .iter()
        .zip(ys)
        .map(|(x, y)| u64::from((u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y)).count_ones()));
    words.sum::<u64>() as f32 + scalar::hamming(x_rest, y_rest)
}
