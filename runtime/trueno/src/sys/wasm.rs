//! WebAssembly simd128: on for the whole module (`-C target-feature=+simd128`) or not at all.

use super::Kernel;

/// Runs a kernel's body; the module was compiled with or without simd128.
#[inline]
pub(crate) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}
