//! NEON: part of every AArch64 machine, so its features are the baseline's.

use super::Kernel;

/// Runs a kernel's body; AArch64 code is NEON code.
#[inline]
pub(crate) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}
