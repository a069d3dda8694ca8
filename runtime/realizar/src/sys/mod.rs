//! The only unsafe code of the crate: mapping files, SIMD kernels, and handing borrowed work to the
//! thread pool. Each kernel has a safe twin that tests compare with.

pub mod arena;
pub mod map;
pub mod math;
pub mod pool;
#[cfg(target_arch = "x86_64")]
mod x86;
#[cfg(target_arch = "x86_64")]
mod x86_attention;

use crate::kernel::{Acts, Layout, Simd};

/// The best instructions that this machine has.
pub fn detect() -> Simd {
    #[cfg(target_arch = "x86_64")]
    {
        use std::is_x86_feature_detected as has;
        if has!("avx2") && has!("fma") && has!("f16c") {
            if has!("avx512f") && has!("avx512bw") && has!("avx512vl") && has!("avx512vnni") {
                return Simd::Avx512Vnni;
            }
            return Simd::Avx2;
        }
    }
    Simd::Scalar
}

/// One group of rows times one token or a tile of them; see `kernel::scalar::group`.
pub fn group(simd: Simd, layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    x86::group(simd, layout, group, acts, token, out);
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = (simd, layout, group, acts, token, out);
        unreachable!("detect() gives only Scalar here");
    }
}

/// Dot product of f32 with f16 bits.
pub fn dot_f16(a: &[f32], b: &[u16]) -> f32 {
    assert_eq!(a.len(), b.len());
    #[cfg(target_arch = "x86_64")]
    if crate::kernel::simd() != Simd::Scalar {
        // SAFETY: `simd` is above Scalar only where AVX2, FMA and F16C were detected.
        return unsafe { x86_attention::dot_f16(a, b) };
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
    out.iter_mut().zip(values).for_each(|(o, &v)| *o = crate::quant::half::f32_to_f16(v));
}
