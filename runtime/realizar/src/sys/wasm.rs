//! Kernels for WebAssembly's SIMD: compiled in with `-C target-feature=+simd128`, since a module with
//! instructions that its host lacks does not even load.

use std::arch::wasm32::*;

use super::four_lanes::Lanes;

/// WebAssembly's 128 bits.
pub struct Simd128;

/// Eight bytes as the low half of a register.
#[inline(always)]
fn load8(bytes: &[u8]) -> v128 {
    let bytes = &bytes[..8];
    // SAFETY: the slice has 8 bytes; the load needs no alignment.
    unsafe { v128_load64_zero(bytes.as_ptr().cast()) }
}

impl Lanes for Simd128 {
    type Int = v128;
    type Float = v128;

    #[inline(always)]
    fn load(bytes: &[u8]) -> v128 {
        let bytes = &bytes[..16];
        // SAFETY: the slice has 16 bytes; the load needs no alignment.
        unsafe { v128_load(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn four(codes: &[i8]) -> v128 {
        i32x4_splat(i32::from_le_bytes([codes[0] as u8, codes[1] as u8, codes[2] as u8, codes[3] as u8]))
    }

    #[inline(always)]
    fn low_nibbles(pairs: v128) -> v128 {
        v128_and(pairs, u8x16_splat(15))
    }

    #[inline(always)]
    fn high_nibbles(pairs: v128) -> v128 {
        u8x16_shr(pairs, 4)
    }

    #[inline(always)]
    fn zero() -> v128 {
        i32x4_splat(0)
    }

    #[inline(always)]
    fn dot(sum: v128, w: v128, x: v128) -> v128 {
        let low = i32x4_dot_i16x8(i16x8_extend_low_i8x16(w), i16x8_extend_low_i8x16(x));
        let high = i32x4_dot_i16x8(i16x8_extend_high_i8x16(w), i16x8_extend_high_i8x16(x));
        let even = i32x4_shuffle::<0, 2, 4, 6>(low, high);
        let odd = i32x4_shuffle::<1, 3, 5, 7>(low, high);
        i32x4_add(sum, i32x4_add(even, odd))
    }

    #[inline(always)]
    fn to_float(sum: v128) -> v128 {
        f32x4_convert_i32x4(sum)
    }

    #[inline(always)]
    fn splat(value: f32) -> v128 {
        f32x4_splat(value)
    }

    #[inline(always)]
    fn mul(a: v128, b: v128) -> v128 {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    fn mul_add(sum: v128, a: v128, b: v128) -> v128 {
        f32x4_add(sum, f32x4_mul(a, b))
    }

    #[inline(always)]
    fn floats(bytes: &[u8]) -> v128 {
        Self::load(bytes)
    }

    /// Shifts exponent and mantissa to their places and corrects the exponent by a product, which also
    /// makes subnormal numbers right.
    #[inline(always)]
    fn halves(bytes: &[u8]) -> v128 {
        let half = u32x4_extend_low_u16x8(load8(bytes));
        let sign = u32x4_shl(v128_and(half, u32x4_splat(0x8000)), 16);
        let size = u32x4_shl(v128_and(half, u32x4_splat(0x7fff)), 13);
        let finite = f32x4_mul(size, u32x4_splat(0x7780_0000));
        let special = u32x4_ge(size, u32x4_splat(0x7c00 << 13));
        v128_or(sign, v128_or(finite, v128_and(special, u32x4_splat(0x7f80_0000))))
    }

    #[inline(always)]
    fn brains(bytes: &[u8]) -> v128 {
        u32x4_shl(u32x4_extend_low_u16x8(load8(bytes)), 16)
    }

    #[inline(always)]
    fn store(value: v128, out: &mut [f32]) {
        let out = &mut out[..4];
        // SAFETY: the slice has four items; the store needs no alignment.
        unsafe { v128_store(out.as_mut_ptr().cast(), value) }
    }
}
