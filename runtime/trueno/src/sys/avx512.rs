//! AVX-512 (F, BW, DQ, VL, VNNI): 512-bit registers.

use super::Kernel;

/// Runs a kernel's body compiled for AVX-512.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,bmi1,bmi2,popcnt,f16c")]
pub(crate) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

/// Makes one register tile of a matrix product: `out = a * b`, where `a` holds `k` columns of `$mr`
/// and `b` holds `k` rows of `$nr = 2 * $lanes` numbers, each packed.
macro_rules! tile {
    ($name:ident, $t:ty, $mr:literal, $lanes:literal, $zero:ident, $load:ident, $set:ident, $fma:ident, $store:ident) => {
        #[target_feature(enable = "avx512f")]
        pub(crate) fn $name(k: usize, a: &[$t], b: &[$t], out: &mut [$t]) {
            use std::arch::x86_64::*;
            assert!(a.len() >= k * $mr && b.len() >= k * 2 * $lanes && out.len() >= $mr * 2 * $lanes);
            let mut sums = [[$zero(); 2]; $mr];
            let (mut pa, mut pb) = (a.as_ptr(), b.as_ptr());
            for _ in 0..k {
                // SAFETY: step `i` reads `$mr` numbers of `a` and `2 * $lanes` of `b` from `i` times that
                // on; the assertion above makes the slices long enough for all `k` steps.
                unsafe {
                    let (b0, b1) = ($load(pb), $load(pb.add($lanes)));
                    for row in 0..$mr {
                        let x = $set(*pa.add(row));
                        sums[row][0] = $fma(x, b0, sums[row][0]);
                        sums[row][1] = $fma(x, b1, sums[row][1]);
                    }
                    pa = pa.add($mr);
                    pb = pb.add(2 * $lanes);
                }
            }
            for (row, sum) in sums.iter().enumerate() {
                let place = &mut out[row * 2 * $lanes..(row + 1) * 2 * $lanes];
                // SAFETY: `place` has `2 * $lanes` numbers: two registers.
                unsafe {
                    $store(place.as_mut_ptr(), sum[0]);
                    $store(place.as_mut_ptr().add($lanes), sum[1]);
                }
            }
        }
    };
}

tile!(
    tile_f32,
    f32,
    12,
    16,
    _mm512_setzero_ps,
    _mm512_loadu_ps,
    _mm512_set1_ps,
    _mm512_fmadd_ps,
    _mm512_storeu_ps
);
tile!(
    tile_f64,
    f64,
    12,
    8,
    _mm512_setzero_pd,
    _mm512_loadu_pd,
    _mm512_set1_pd,
    _mm512_fmadd_pd,
    _mm512_storeu_pd
);

/// Dot product of bytes through `vpdpbusd`, 64 at a time; `a` is shifted to unsigned and the shift
/// taken off again.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(crate) fn dot_i8(a: &[i8], b: &[i8]) -> i32 {
    use std::arch::x86_64::*;
    let (a_groups, a_tail) = a.as_chunks::<64>();
    let (b_groups, b_tail) = b.as_chunks::<64>();
    let flip = _mm512_set1_epi8(-128);
    let ones = _mm512_set1_epi8(1);
    let (mut sum, mut b_sum) = (_mm512_setzero_si512(), _mm512_setzero_si512());
    for (x, y) in a_groups.iter().zip(b_groups) {
        // SAFETY: each group is 64 bytes, one register.
        let (x, y) =
            unsafe { (_mm512_loadu_si512(x.as_ptr().cast()), _mm512_loadu_si512(y.as_ptr().cast())) };
        sum = _mm512_dpbusd_epi32(sum, _mm512_xor_si512(x, flip), y);
        b_sum = _mm512_dpbusd_epi32(b_sum, ones, y);
    }
    let whole = _mm512_reduce_add_epi32(sum).wrapping_sub(_mm512_reduce_add_epi32(b_sum).wrapping_mul(128));
    let tail = a_tail.iter().zip(b_tail).map(|(&x, &y)| i32::from(x) * i32::from(y));
    tail.fold(whole, i32::wrapping_add)
}
