//! Rows of Q8_0 as the file has them, times activations: AVX2, and AVX-512 VNNI at 256 bits.
//!
//! A block is an f16 scale and 32 signed codes. Eight rows are read side by side against one token, two
//! against a tile; a register holds partial sums of one row, added up at the row's end.

// Tiles index several arrays with the same token.
#![allow(clippy::needless_range_loop)]

use std::arch::x86_64::*;

use crate::kernel::{Acts, LANES, Simd, TILE, View};

/// How many groups of rows ahead memory is asked for.
const AHEAD: usize = 2;
/// How many bytes ahead pages are asked for.
const FAR: usize = 1 << 16;
/// Bytes of a block.
const BLOCK: usize = 34;

/// Up to eight rows times one token or `TILE`; see `kernel::scalar::stored`.
pub fn rows(simd: Simd, rows: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    assert!(super::levels().contains(&simd), "these instructions exist here");
    let row_bytes = acts.columns() / 32 * BLOCK;
    let count = rows.len() / row_bytes.max(1);
    assert!(acts.columns().is_multiple_of(32) && count <= LANES && rows.len() == count * row_bytes);
    let tokens = out.len() / LANES;
    assert!(token + tokens <= acts.tokens());
    let vnni = simd == Simd::Avx512Vnni;
    // SAFETY: the features were detected (asserted above); each call gets as many whole rows as it reads.
    unsafe {
        match (tokens, vnni) {
            (1, false) => sweep(rows, count, row_bytes, acts, token, out),
            (1, true) => sweep_vnni(rows, count, row_bytes, acts, token, out),
            (TILE, false) => tile(rows, row_bytes, acts, token, out),
            (TILE, true) => tile_vnni(rows, row_bytes, acts, token, out),
            _ => unreachable!("compute() asks for 1 or TILE tokens"),
        }
    }
}

macro_rules! variants {
    ($features:literal, $sweep:ident, $tile:ident, $several:ident, $start:ident, $dot:ident) => {
        /// One token.
        #[target_feature(enable = $features)]
        fn $sweep(rows: &[u8], count: usize, bytes: usize, acts: &Acts, token: usize, out: &mut [f32]) {
            let view = View::<1>::new(acts, token);
            if count == LANES {
                for (out, [sum]) in out.iter_mut().zip($several::<LANES, 1>(rows, &view)) {
                    *out = total(sum);
                }
                return;
            }
            for (row, out) in rows.chunks_exact(bytes).zip(out) {
                *out = total($several::<1, 1>(row, &view)[0][0]);
            }
        }

        /// `TILE` tokens.
        #[target_feature(enable = $features)]
        fn $tile(rows: &[u8], bytes: usize, acts: &Acts, token: usize, out: &mut [f32]) {
            let view = View::<TILE>::new(acts, token);
            let pairs = rows.chunks_exact(2 * bytes);
            let rest = pairs.remainder();
            for (pair, two) in pairs.enumerate() {
                for (i, sums) in $several::<2, TILE>(two, &view).into_iter().enumerate() {
                    sums.into_iter()
                        .enumerate()
                        .for_each(|(t, sum)| out[t * LANES + 2 * pair + i] = total(sum));
                }
            }
            if !rest.is_empty() {
                let last = rows.len() / bytes - 1;
                let [sums] = $several::<1, TILE>(rest, &view);
                sums.into_iter().enumerate().for_each(|(t, sum)| out[t * LANES + last] = total(sum));
            }
        }

        /// Partial sums of `R` rows that lie one after another.
        #[target_feature(enable = $features)]
        fn $several<const R: usize, const T: usize>(rows: &[u8], view: &View<'_, T>) -> [[__m256; T]; R] {
            let blocks = view.scales[0].len();
            let row_bytes = blocks * BLOCK;
            assert_eq!(rows.len(), R * row_bytes);
            let mut sums = [[_mm256_setzero_ps(); T]; R];
            if R == LANES {
                // Further ahead only the pages' addresses are found out.
                (0..rows.len()).step_by(2048).for_each(|at| prefetch(rows, FAR + at, 1));
            }
            for b in 0..blocks {
                let x: [__m256i; T] = std::array::from_fn(|t| codes(&view.codes[t][32 * b..32 * b + 32]));
                let scale: [__m256; T] = std::array::from_fn(|t| _mm256_set1_ps(view.scales[t][b]));
                let start: [__m256i; T] = std::array::from_fn(|t| $start(x[t]));
                prefetch(rows, AHEAD * LANES * row_bytes + b * R * BLOCK, R * BLOCK);
                for r in 0..R {
                    // SAFETY: block `b` of row `r` lies in `rows`, by the assertion above.
                    let (d, w) = unsafe { block(rows.as_ptr().add(r * row_bytes + b * BLOCK)) };
                    for t in 0..T {
                        let dot = _mm256_cvtepi32_ps($dot(start[t], w, x[t]));
                        sums[r][t] = _mm256_fmadd_ps(_mm256_mul_ps(d, scale[t]), dot, sums[r][t]);
                    }
                }
            }
            sums
        }
    };
}

variants!("avx2,fma,f16c", sweep, tile, several, zero, dot_avx2);
variants!(
    "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni",
    sweep_vnni,
    tile_vnni,
    several_vnni,
    minus_128_times,
    dot_vnni
);

#[target_feature(enable = "avx2")]
#[inline]
fn codes(x: &[i8]) -> __m256i {
    assert_eq!(x.len(), 32);
    // SAFETY: the slice has 32 bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(x.as_ptr().cast()) }
}

/// The scale of a block, in all lanes, and its codes.
///
/// # Safety
/// `from` points to a whole block.
#[target_feature(enable = "avx2,f16c")]
#[inline]
unsafe fn block(from: *const u8) -> (__m256, __m256i) {
    // SAFETY: the caller's promise; neither load needs alignment.
    let (scale, codes) =
        unsafe { (from.cast::<i16>().read_unaligned(), _mm256_loadu_si256(from.add(2).cast())) };
    (_mm256_cvtph_ps(_mm_set1_epi16(scale)), codes)
}

/// Asks for bytes of later rows: eight streams, each longer than a page, are too much for the processor
/// to foresee. To the second level: into the first, it takes twice as long, and without it three times.
#[target_feature(enable = "avx2")]
#[inline]
fn prefetch(rows: &[u8], at: usize, length: usize) {
    for line in 0..length / 64 + 1 {
        _mm_prefetch::<_MM_HINT_T1>(rows.as_ptr().wrapping_add(at + 64 * line).cast());
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn zero(_: __m256i) -> __m256i {
    _mm256_setzero_si256()
}

/// Products by fours. `maddubs` cannot saturate: 2 x 128 x 127 = 32512.
#[target_feature(enable = "avx2")]
#[inline]
fn dot_avx2(_: __m256i, w: __m256i, x: __m256i) -> __m256i {
    let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
    _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
}

/// `start` plus products by fours, the codes having 128 added.
#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512vnni")]
#[inline]
fn dot_vnni(start: __m256i, w: __m256i, x: __m256i) -> __m256i {
    _mm256_dpbusd_epi32(start, _mm256_xor_si256(w, _mm256_set1_epi8(-128)), x)
}

/// What takes the added 128 away again: -128 times the sums of `x` by fours.
#[target_feature(enable = "avx2")]
#[inline]
fn minus_128_times(x: __m256i) -> __m256i {
    let fours = _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_set1_epi8(1), x), _mm256_set1_epi16(1));
    _mm256_slli_epi32(_mm256_sub_epi32(_mm256_setzero_si256(), fours), 7)
}

/// Sum of eight lanes.
#[target_feature(enable = "avx2")]
#[inline]
fn total(x: __m256) -> f32 {
    let four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)))
}
