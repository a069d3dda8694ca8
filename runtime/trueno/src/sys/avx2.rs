//! AVX2 with FMA: 256-bit registers.

use super::Kernel;

/// Runs a kernel's body compiled for AVX2 and FMA.
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,f16c")]
pub(crate) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}
