//! AVX-512 (F, BW, DQ, VL, VNNI): 512-bit registers.

use super::Kernel;

/// Runs a kernel's body compiled for AVX-512.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,bmi1,bmi2,popcnt,f16c"
)]
pub(crate) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}
