//! The only unsafe code of the crate: mapping files, SIMD kernels, and handing borrowed work to the
//! thread pool. Each kernel has a safe twin that tests compare with.

pub mod arena;
#[cfg(any(target_arch = "aarch64", target_feature = "simd128"))]
mod four_lanes;
pub mod map;
pub mod math;
#[cfg(target_arch = "aarch64")]
mod neon;
pub mod pool;
#[cfg(target_feature = "simd128")]
mod wasm;
pub mod watch;
#[cfg(target_arch = "x86_64")]
mod x86;
#[cfg(target_arch = "x86_64")]
mod x86_attention;
#[cfg(target_arch = "x86_64")]
mod x86_stored;

use crate::kernel::{Acts, Kind, Layout, Simd};

/// The instructions that this machine has, the best last.
pub fn levels() -> &'static [Simd] {
    #[cfg(target_arch = "x86_64")]
    {
        use std::is_x86_feature_detected as has;
        if has!("avx2") && has!("fma") && has!("f16c") {
            if has!("avx512f") && has!("avx512bw") && has!("avx512vl") && has!("avx512vnni") {
                return &[Simd::Scalar, Simd::Avx2, Simd::Avx512Vnni];
            }
            return &[Simd::Scalar, Simd::Avx2];
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        if std::arch::is_aarch64_feature_detected!("dotprod") {
            return &[Simd::Scalar, Simd::Neon, Simd::NeonDot];
        }
        return &[Simd::Scalar, Simd::Neon];
    }
    #[cfg(target_feature = "simd128")]
    return &[Simd::Scalar, Simd::Simd128];
    #[cfg(not(any(target_arch = "aarch64", target_feature = "simd128")))]
    &[Simd::Scalar]
}

/// One group of rows times one token or a tile of them; see `kernel::scalar::group`.
pub fn group(simd: Simd, layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    if layout.kind == Kind::Stored8 {
        return stored(simd, group, acts, token, out);
    }
    #[cfg(target_arch = "x86_64")]
    x86::group(simd, layout, group, acts, token, out);
    #[cfg(target_arch = "aarch64")]
    neon::group(simd, layout, group, acts, token, out);
    #[cfg(target_feature = "simd128")]
    {
        let _ = simd;
        four_lanes::group::<wasm::Simd128>(layout, group, acts, token, out);
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_feature = "simd128")))]
    {
        let _ = (simd, layout, group, acts, token, out);
        unreachable!("levels() gives only Scalar here");
    }
}

/// [`group`] for rows as the file has them, the last group having the rows that are left.
fn stored(simd: Simd, rows: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    x86_stored::rows(simd, rows, acts, token, out);
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = simd;
        crate::kernel::scalar::stored(rows, acts, token, out);
    }
}

/// True if [`group`] is as quick with [`Kind::Stored8`] as with packed rows.
pub fn reads_stored(simd: Simd) -> bool {
    matches!(simd, Simd::Avx2 | Simd::Avx512Vnni)
}

/// Work in plain Rust that is compiled for AVX2 as well. `run` and all that it calls are to be
/// `#[inline(always)]`; results are the same, since nothing is fused.
pub trait Wide {
    /// Does the work.
    fn run(self);
}

/// Runs `work` with AVX2 where the machine has it.
pub fn widest(work: impl Wide) {
    #[cfg(target_arch = "x86_64")]
    if crate::kernel::simd() != Simd::Scalar {
        // SAFETY: `simd` is above Scalar only where AVX2 was detected.
        return unsafe { x86::run_wide(work) };
    }
    work.run();
}

/// Dot product of f32 with f16 bits.
pub fn dot_f16(a: &[f32], b: &[u16]) -> f32 {
    assert_eq!(a.len(), b.len());
    #[cfg(target_arch = "x86_64")]
    if crate::kernel::simd() != Simd::Scalar {
        // SAFETY: `simd` is above Scalar only where AVX2, FMA and F16C were detected.
        return unsafe { x86_attention::dot_f16(a, b) };
    }
    #[cfg(target_arch = "aarch64")]
    if crate::kernel::simd() != Simd::Scalar {
        return neon::dot_f16(a, b);
    }
    a.iter().zip(b).map(|(a, &b)| a * crate::quant::half::f16_to_f32(b)).sum()
}

/// `out += weight * values`, values being f16 bits.
pub fn add_f16(weight: f32, values: &[u16], out: &mut [f32]) {
    assert_eq!(values.len(), out.len());
    #[cfg(target_arch = "x86_64")]
    if crate::kernel::simd() != Simd::Scalar {
        // SAFETY: as in `dot_f16`.
        unsafe { x86_attention::add_f16(weight, values, out) };
        return;
    }
    #[cfg(target_arch = "aarch64")]
    if crate::kernel::simd() != Simd::Scalar {
        return neon::add_f16(weight, values, out);
    }
    for (o, &v) in out.iter_mut().zip(values) {
        *o += weight * crate::quant::half::f16_to_f32(v);
    }
}

/// Rounds f32 to f16 bits.
pub fn to_f16(values: &[f32], out: &mut [u16]) {
    assert_eq!(values.len(), out.len());
    #[cfg(target_arch = "x86_64")]
    if crate::kernel::simd() != Simd::Scalar {
        // SAFETY: as in `dot_f16`; AVX2 implies AVX.
        unsafe { x86_attention::to_f16(values, out) };
        return;
    }
    #[cfg(target_arch = "aarch64")]
    if crate::kernel::simd() != Simd::Scalar {
        return neon::to_f16(values, out);
    }
    out.iter_mut().zip(values).for_each(|(o, &v)| *o = crate::quant::half::f32_to_f16(v));
}
