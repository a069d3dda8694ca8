//! AVX2 with FMA: 256-bit registers.

use super::Kernel;

/// Runs a kernel's body compiled for AVX2 and FMA.
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,f16c")]
pub(crate) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

/// Makes one register tile of a matrix product: `out = a * b`, where `a` holds `k` columns of `$mr`
/// and `b` holds `k` rows of `$nr = 2 * $lanes` numbers, each packed.
macro_rules! tile {
    ($name:ident, $t:ty, $mr:literal, $lanes:literal, $zero:ident, $load:ident, $broadcast:ident, $fma:ident, $store:ident) => {
        #[target_feature(enable = "avx2,fma")]
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
                        let x = $broadcast(&*pa.add(row));
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
    6,
    8,
    _mm256_setzero_ps,
    _mm256_loadu_ps,
    _mm256_broadcast_ss,
    _mm256_fmadd_ps,
    _mm256_storeu_ps
);
tile!(
    tile_f64,
    f64,
    6,
    4,
    _mm256_setzero_pd,
    _mm256_loadu_pd,
    _mm256_broadcast_sd,
    _mm256_fmadd_pd,
    _mm256_storeu_pd
);
