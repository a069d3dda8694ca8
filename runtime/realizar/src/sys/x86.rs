//! Packed kernels for x86-64: AVX2, and AVX-512 VNNI at 256 bits.
//!
//! A register holds four columns of eight rows. `maddubs` multiplies unsigned weights with signed
//! activations and adds pairs to i16; the limits below keep that from saturating:
//! nibbles 8 x 2 x 15 x 127 = 30480, codes up to 63: 2 x 2 x 63 x 127 = 32004, signed codes by their
//! size: 2 x 128 x 127 = 32512, all at most 32767.

// Tiles index several arrays with the same token.
#![allow(clippy::needless_range_loop)]

use std::arch::x86_64::*;

use crate::kernel::{Acts, HEAD, Kind, LANES, Layout, Simd, TILE, View};

/// Dispatches to the kernel for the kind of matrix, `out.len() / 8` being 1 or `TILE` tokens.
pub fn group(simd: Simd, layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    assert!(super::levels().contains(&simd), "these instructions exist here");
    assert_eq!(group.len(), layout.group_bytes());
    assert_eq!(layout.columns, acts.columns());
    let tokens = out.len() / LANES;
    assert!(token + tokens <= acts.tokens());
    let vnni = simd == Simd::Avx512Vnni;
    // SAFETY: the features were detected (asserted above); group and activations have the lengths
    // that the kernels index, by the assertions above and the invariants of `Acts`.
    unsafe {
        match (tokens, vnni) {
            (1, false) => tile::<1>(layout, group, acts, token, out),
            (1, true) => tile_vnni::<1>(layout, group, acts, token, out),
            (TILE, false) => tile::<TILE>(layout, group, acts, token, out),
            (TILE, true) => tile_vnni::<TILE>(layout, group, acts, token, out),
            _ => unreachable!("compute() asks for 1 or TILE tokens"),
        }
    }
}

#[target_feature(enable = "avx2")]
pub fn run_wide(work: impl super::Wide) {
    work.run();
}

#[target_feature(enable = "avx2,fma,f16c")]
fn tile<const T: usize>(layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    let sums = match layout.kind {
        Kind::F32 | Kind::F16 | Kind::BF16 => floats::<T>(layout.kind, group, acts, token),
        kind => {
            let view = View::<T>::new(acts, token);
            match kind {
                Kind::Nibble => nibble(group, &view),
                Kind::Signed => signed::<T, 1>(group, &view),
                Kind::Signed16 => signed::<T, 2>(group, &view),
                Kind::Unsigned => unsigned(group, &view),
                _ => unsigned16(group, &view),
            }
        }
    };
    store(group, sums, out);
}

#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni")]
fn tile_vnni<const T: usize>(layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    let sums = match layout.kind {
        Kind::F32 | Kind::F16 | Kind::BF16 => floats::<T>(layout.kind, group, acts, token),
        kind => integers_vnni(kind, group, &View::<T>::new(acts, token)),
    };
    store(group, sums, out);
}

#[target_feature(enable = "avx2")]
fn store<const T: usize>(group: &[u8], sums: [__m256; T], out: &mut [f32]) {
    let factor = load(group, 0);
    for (sum, out) in sums.into_iter().zip(out.chunks_exact_mut(LANES)) {
        let scaled = _mm256_mul_ps(sum, _mm256_castsi256_ps(factor));
        // SAFETY: `out` is a chunk of eight f32; the store needs no alignment.
        unsafe { _mm256_storeu_ps(out.as_mut_ptr(), scaled) };
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(bytes: &[u8], at: usize) -> __m256i {
    let eight = &bytes[at..at + 32];
    // SAFETY: the slice has 32 bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(eight.as_ptr().cast()) }
}

/// Eight f16 as f32.
#[target_feature(enable = "avx2,f16c")]
#[inline]
fn halves(bytes: &[u8], at: usize) -> __m256 {
    let eight = &bytes[at..at + 16];
    // SAFETY: the slice has 16 bytes; the load needs no alignment.
    _mm256_cvtph_ps(unsafe { _mm_loadu_si128(eight.as_ptr().cast()) })
}

/// Four activations, in all eight lanes.
#[target_feature(enable = "avx2")]
#[inline]
fn four(codes: &[i8], column: usize) -> __m256i {
    let four = &codes[column..column + 4];
    // SAFETY: the slice has 4 bytes; `read_unaligned` needs no alignment.
    _mm256_set1_epi32(unsafe { four.as_ptr().cast::<i32>().read_unaligned() })
}

#[target_feature(enable = "avx2,fma,f16c")]
fn nibble<const T: usize>(group: &[u8], view: &View<'_, T>) -> [__m256; T] {
    let mut sums = [_mm256_setzero_ps(); T];
    let (low, ones) = (_mm256_set1_epi8(15), _mm256_set1_epi16(1));
    for (b, block) in group[HEAD..].chunks_exact(160).enumerate() {
        let (d, m) = (halves(block, 0), halves(block, 16));
        let mut w = [_mm256_setzero_si256(); 8];
        for v in 0..4 {
            let pair = load(block, 32 + 32 * v);
            w[v] = _mm256_and_si256(pair, low);
            w[v + 4] = _mm256_and_si256(_mm256_srli_epi16(pair, 4), low);
        }
        for t in 0..T {
            let x = &view.codes[t][32 * b..32 * b + 32];
            let mut even = _mm256_maddubs_epi16(w[0], four(x, 0));
            let mut odd = _mm256_maddubs_epi16(w[1], four(x, 4));
            for c in 1..4 {
                even = _mm256_add_epi16(even, _mm256_maddubs_epi16(w[2 * c], four(x, 8 * c)));
                odd = _mm256_add_epi16(odd, _mm256_maddubs_epi16(w[2 * c + 1], four(x, 8 * c + 4)));
            }
            let dot = _mm256_madd_epi16(_mm256_add_epi16(even, odd), ones);
            sums[t] = add_run(sums[t], d, dot, view.scales[t][b]);
            let total = view.sums[t][2 * b] + view.sums[t][2 * b + 1];
            sums[t] = _mm256_fmadd_ps(m, _mm256_set1_ps(total), sums[t]);
        }
    }
    sums
}

/// `sum + d * scale * dot`.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn add_run(sum: __m256, d: __m256, dot: __m256i, scale: f32) -> __m256 {
    _mm256_fmadd_ps(_mm256_mul_ps(d, _mm256_set1_ps(scale)), _mm256_cvtepi32_ps(dot), sum)
}

/// `RUNS` scales for the 32 codes of a block.
#[target_feature(enable = "avx2,fma,f16c")]
fn signed<const T: usize, const RUNS: usize>(group: &[u8], view: &View<'_, T>) -> [__m256; T] {
    let mut sums = [_mm256_setzero_ps(); T];
    let ones = _mm256_set1_epi16(1);
    for (b, block) in group[HEAD..].chunks_exact(256 + 16 * RUNS).enumerate() {
        let mut dots = [[_mm256_setzero_si256(); T]; RUNS];
        for c in 0..8 {
            let w = load(block, 16 * RUNS + 32 * c);
            let size = _mm256_abs_epi8(w);
            for t in 0..T {
                let x = _mm256_sign_epi8(four(view.codes[t], 32 * b + 4 * c), w);
                let pairs = _mm256_maddubs_epi16(size, x);
                let dot = &mut dots[c * RUNS / 8][t];
                *dot = _mm256_add_epi32(*dot, _mm256_madd_epi16(pairs, ones));
            }
        }
        for (run, dots) in dots.iter().enumerate() {
            let d = halves(block, 16 * run);
            for t in 0..T {
                sums[t] = add_run(sums[t], d, dots[t], view.scales[t][b]);
            }
        }
    }
    sums
}

/// Dot product of four registers of codes up to 63 with 16 activations.
#[target_feature(enable = "avx2")]
#[inline]
fn dot16(block: &[u8], at: usize, x: &[i8], ones: __m256i) -> __m256i {
    let part = |c: usize| _mm256_maddubs_epi16(load(block, at + 32 * c), four(x, 4 * c));
    let first = _mm256_madd_epi16(_mm256_add_epi16(part(0), part(1)), ones);
    let second = _mm256_madd_epi16(_mm256_add_epi16(part(2), part(3)), ones);
    _mm256_add_epi32(first, second)
}

#[target_feature(enable = "avx2,fma,f16c")]
fn unsigned<const T: usize>(group: &[u8], view: &View<'_, T>) -> [__m256; T] {
    let mut sums = [_mm256_setzero_ps(); T];
    let ones = _mm256_set1_epi16(1);
    for (b, block) in group[HEAD..].chunks_exact(288).enumerate() {
        let (d, m) = (halves(block, 0), halves(block, 16));
        for t in 0..T {
            let x = &view.codes[t][32 * b..32 * b + 32];
            let dot = _mm256_add_epi32(dot16(block, 32, &x[..16], ones), dot16(block, 160, &x[16..], ones));
            sums[t] = add_run(sums[t], d, dot, view.scales[t][b]);
            let total = view.sums[t][2 * b] + view.sums[t][2 * b + 1];
            sums[t] = _mm256_fmadd_ps(m, _mm256_set1_ps(total), sums[t]);
        }
    }
    sums
}

#[target_feature(enable = "avx2,fma,f16c")]
fn unsigned16<const T: usize>(group: &[u8], view: &View<'_, T>) -> [__m256; T] {
    let mut sums = [_mm256_setzero_ps(); T];
    let ones = _mm256_set1_epi16(1);
    for (b, block) in group[HEAD..].chunks_exact(320).enumerate() {
        for run in 0..2 {
            let (d, m) = (halves(block, 32 * run), halves(block, 32 * run + 16));
            for t in 0..T {
                let from = 32 * b + 16 * run;
                let dot = dot16(block, 64 + 128 * run, &view.codes[t][from..from + 16], ones);
                sums[t] = add_run(sums[t], d, dot, view.scales[t][b]);
                sums[t] = _mm256_fmadd_ps(m, _mm256_set1_ps(view.sums[t][2 * b + run]), sums[t]);
            }
        }
    }
    sums
}

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
fn column(kind: Kind, body: &[u8], at: usize) -> __m256 {
    match kind {
        Kind::F32 => _mm256_castsi256_ps(load(body, 32 * at)),
        Kind::F16 => halves(body, 16 * at),
        _ => {
            let eight = &body[16 * at..16 * at + 16];
            // SAFETY: the slice has 16 bytes; the load needs no alignment.
            let eight = unsafe { _mm_loadu_si128(eight.as_ptr().cast()) };
            _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(eight), 16))
        }
    }
}

#[target_feature(enable = "avx2,fma,f16c")]
fn floats<const T: usize>(kind: Kind, group: &[u8], acts: &Acts, token: usize) -> [__m256; T] {
    // Four sums per token hide the latency of the multiply-add.
    let mut sums = [[_mm256_setzero_ps(); T]; 4];
    let body = &group[HEAD..];
    let x: [&[f32]; T] = std::array::from_fn(|t| acts.values(token + t));
    let columns = acts.columns();
    for first in (0..columns).step_by(4) {
        for (lane, sums) in sums.iter_mut().enumerate().take(columns - first) {
            let w = column(kind, body, first + lane);
            for t in 0..T {
                sums[t] = _mm256_fmadd_ps(w, _mm256_set1_ps(x[t][first + lane]), sums[t]);
            }
        }
    }
    std::array::from_fn(|t| {
        let pair = |a: usize, b: usize| _mm256_add_ps(sums[a][t], sums[b][t]);
        _mm256_add_ps(pair(0, 1), pair(2, 3))
    })
}

/// All integer kinds with `vpdpbusd`, which adds four products to i32 without saturating.
#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni")]
fn integers_vnni<const T: usize>(kind: Kind, group: &[u8], view: &View<'_, T>) -> [__m256; T] {
    let mut sums = [_mm256_setzero_ps(); T];
    let low = _mm256_set1_epi8(15);
    let flip = _mm256_set1_epi8(-128);
    for (b, block) in group[HEAD..].chunks_exact(kind.bytes()).enumerate() {
        let mut w = [_mm256_setzero_si256(); 8];
        for (c, w) in w.iter_mut().enumerate() {
            *w = match kind {
                Kind::Nibble if c < 4 => _mm256_and_si256(load(block, 32 + 32 * c), low),
                Kind::Nibble => {
                    let pair = load(block, 32 + 32 * (c - 4));
                    _mm256_and_si256(_mm256_srli_epi16(pair, 4), low)
                }
                // Signed codes plus 128; the sums of the activations take that away again.
                Kind::Signed => _mm256_xor_si256(load(block, 16 + 32 * c), flip),
                Kind::Signed16 => _mm256_xor_si256(load(block, 32 + 32 * c), flip),
                Kind::Unsigned => load(block, 32 + 32 * c),
                _ => load(block, 64 + 32 * c),
            };
        }
        for t in 0..T {
            let x = &view.codes[t][32 * b..32 * b + 32];
            let mut dots = [_mm256_setzero_si256(); 2];
            for c in 0..8 {
                dots[c / 4] = _mm256_dpbusd_epi32(dots[c / 4], w[c], four(x, 4 * c));
            }
            let scale = view.scales[t][b];
            let (s0, s1) = (view.sums[t][2 * b], view.sums[t][2 * b + 1]);
            let d = halves(block, 0);
            if matches!(kind, Kind::Unsigned16 | Kind::Signed16) {
                let (d1, m0, m1) = match kind {
                    Kind::Signed16 => {
                        let d1 = halves(block, 16);
                        (
                            d1,
                            _mm256_mul_ps(d, _mm256_set1_ps(-128.0)),
                            _mm256_mul_ps(d1, _mm256_set1_ps(-128.0)),
                        )
                    }
                    _ => (halves(block, 32), halves(block, 16), halves(block, 48)),
                };
                sums[t] = add_run(sums[t], d, dots[0], scale);
                sums[t] = add_run(sums[t], d1, dots[1], scale);
                sums[t] = _mm256_fmadd_ps(m0, _mm256_set1_ps(s0), sums[t]);
                sums[t] = _mm256_fmadd_ps(m1, _mm256_set1_ps(s1), sums[t]);
                continue;
            }
            sums[t] = add_run(sums[t], d, _mm256_add_epi32(dots[0], dots[1]), scale);
            let (m, total) = match kind {
                Kind::Signed => (d, -128.0 * (s0 + s1)),
                _ => (halves(block, 16), s0 + s1),
            };
            sums[t] = _mm256_fmadd_ps(m, _mm256_set1_ps(total), sums[t]);
        }
    }
    sums
}
