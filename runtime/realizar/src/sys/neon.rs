//! Kernels for 64-bit ARM. NEON is there on every such machine; the dot products of ARMv8.2 are detected.

use std::arch::aarch64::*;
use std::arch::asm;

use super::four_lanes::{self, Lanes};
use crate::kernel::{Acts, Layout, Simd};

pub fn group(simd: Simd, layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    assert!(super::levels().contains(&simd), "these instructions exist here");
    if simd == Simd::NeonDot {
        four_lanes::group::<Neon<true>>(layout, group, acts, token, out);
    } else {
        four_lanes::group::<Neon<false>>(layout, group, acts, token, out);
    }
}

/// With `DOT`, the dot products of ARMv8.2: only where `levels` names them.
struct Neon<const DOT: bool>;

/// Four f16 as f32; the intrinsic is not stable.
#[inline(always)]
fn widen(halves: uint16x4_t) -> float32x4_t {
    let out: float32x4_t;
    // SAFETY: NEON is part of the target; the instruction touches two registers only.
    unsafe {
        asm!("fcvtl {0:v}.4s, {1:v}.4h", out(vreg) out, in(vreg) halves, options(pure, nomem, nostack));
    }
    out
}

/// Four f32 as f16, rounded to nearest even.
#[inline(always)]
fn narrow(values: float32x4_t) -> uint16x4_t {
    let out: uint16x4_t;
    // SAFETY: as in `widen`.
    unsafe {
        asm!("fcvtn {0:v}.4h, {1:v}.4s", out(vreg) out, in(vreg) values, options(pure, nomem, nostack));
    }
    out
}

#[inline(always)]
fn load_halves(halves: &[u16]) -> float32x4_t {
    let four = &halves[..4];
    // SAFETY: the slice has four items.
    widen(unsafe { vld1_u16(four.as_ptr()) })
}

impl<const DOT: bool> Lanes for Neon<DOT> {
    type Int = int32x4_t;
    type Float = float32x4_t;

    #[inline(always)]
    fn load(bytes: &[u8]) -> int32x4_t {
        let bytes = &bytes[..16];
        // SAFETY: the slice has 16 bytes; NEON is part of the target.
        unsafe { vreinterpretq_s32_u8(vld1q_u8(bytes.as_ptr())) }
    }

    #[inline(always)]
    fn four(codes: &[i8]) -> int32x4_t {
        let four = i32::from_le_bytes([codes[0] as u8, codes[1] as u8, codes[2] as u8, codes[3] as u8]);
        // SAFETY: NEON is part of the target.
        unsafe { vdupq_n_s32(four) }
    }

    #[inline(always)]
    fn low_nibbles(pairs: int32x4_t) -> int32x4_t {
        // SAFETY: as in `four`.
        unsafe { vandq_s32(pairs, vdupq_n_s32(0x0f0f_0f0f)) }
    }

    #[inline(always)]
    fn high_nibbles(pairs: int32x4_t) -> int32x4_t {
        // SAFETY: as in `four`.
        unsafe { vreinterpretq_s32_u8(vshrq_n_u8::<4>(vreinterpretq_u8_s32(pairs))) }
    }

    #[inline(always)]
    fn zero() -> int32x4_t {
        // SAFETY: as in `four`.
        unsafe { vdupq_n_s32(0) }
    }

    #[inline(always)]
    fn dot(sum: int32x4_t, w: int32x4_t, x: int32x4_t) -> int32x4_t {
        if DOT {
            let mut out = sum;
            // SAFETY: `group` takes `Neon<true>` only where the instruction was detected.
            unsafe {
                asm!(
                    ".arch_extension dotprod",
                    "sdot {0:v}.4s, {1:v}.16b, {2:v}.16b",
                    inout(vreg) out, in(vreg) w, in(vreg) x,
                    options(pure, nomem, nostack)
                );
            }
            return out;
        }
        // SAFETY: as in `four`. Products of two i8 and sums of two of them fit i16 and i32.
        unsafe {
            let (w, x) = (vreinterpretq_s8_s32(w), vreinterpretq_s8_s32(x));
            let low = vpaddlq_s16(vmull_s8(vget_low_s8(w), vget_low_s8(x)));
            let high = vpaddlq_s16(vmull_high_s8(w, x));
            vaddq_s32(sum, vpaddq_s32(low, high))
        }
    }

    #[inline(always)]
    fn to_float(sum: int32x4_t) -> float32x4_t {
        // SAFETY: as in `four`.
        unsafe { vcvtq_f32_s32(sum) }
    }

    #[inline(always)]
    fn splat(value: f32) -> float32x4_t {
        // SAFETY: as in `four`.
        unsafe { vdupq_n_f32(value) }
    }

    #[inline(always)]
    fn mul(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: as in `four`.
        unsafe { vmulq_f32(a, b) }
    }

    #[inline(always)]
    fn mul_add(sum: float32x4_t, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: as in `four`.
        unsafe { vfmaq_f32(sum, a, b) }
    }

    #[inline(always)]
    fn floats(bytes: &[u8]) -> float32x4_t {
        // SAFETY: as in `four`.
        unsafe { vreinterpretq_f32_s32(Self::load(bytes)) }
    }

    #[inline(always)]
    fn halves(bytes: &[u8]) -> float32x4_t {
        let bytes = &bytes[..8];
        // SAFETY: the slice has 8 bytes; NEON is part of the target.
        widen(unsafe { vreinterpret_u16_u8(vld1_u8(bytes.as_ptr())) })
    }

    #[inline(always)]
    fn brains(bytes: &[u8]) -> float32x4_t {
        let bytes = &bytes[..8];
        // SAFETY: as in `halves`.
        unsafe {
            let four = vreinterpret_u16_u8(vld1_u8(bytes.as_ptr()));
            vreinterpretq_f32_u32(vshll_n_u16::<16>(four))
        }
    }

    #[inline(always)]
    fn store(value: float32x4_t, out: &mut [f32]) {
        let out = &mut out[..4];
        // SAFETY: the slice has four items.
        unsafe { vst1q_f32(out.as_mut_ptr(), value) }
    }
}

/// Dot product of f32 with f16 bits, lengths equal.
pub fn dot_f16(a: &[f32], b: &[u16]) -> f32 {
    // SAFETY: NEON is part of the target; chunks have the length that is loaded.
    unsafe {
        let mut sums = [vdupq_n_f32(0.0); 4];
        for (a, b) in a.chunks_exact(16).zip(b.chunks_exact(16)) {
            for (i, sum) in sums.iter_mut().enumerate() {
                *sum = vfmaq_f32(*sum, vld1q_f32(a[4 * i..4 * i + 4].as_ptr()), load_halves(&b[4 * i..]));
            }
        }
        let rest = a.len() / 16 * 16;
        let tail = a[rest..].iter().zip(&b[rest..]);
        let tail: f32 = tail.map(|(a, &b)| a * crate::quant::half::f16_to_f32(b)).sum();
        vaddvq_f32(vaddq_f32(vaddq_f32(sums[0], sums[1]), vaddq_f32(sums[2], sums[3]))) + tail
    }
}

/// `out += weight * values`, values being f16 bits, lengths equal.
pub fn add_f16(weight: f32, values: &[u16], out: &mut [f32]) {
    let rest = out.len() / 4 * 4;
    for (o, v) in out.chunks_exact_mut(4).zip(values.chunks_exact(4)) {
        // SAFETY: NEON is part of the target; both chunks have four items.
        unsafe {
            let sum = vfmaq_n_f32(vld1q_f32(o.as_ptr()), load_halves(v), weight);
            vst1q_f32(o.as_mut_ptr(), sum);
        }
    }
    for (o, &v) in out[rest..].iter_mut().zip(&values[rest..]) {
        *o += weight * crate::quant::half::f16_to_f32(v);
    }
}

/// Rounds f32 to f16 bits, lengths equal.
pub fn to_f16(values: &[f32], out: &mut [u16]) {
    let rest = values.len() / 4 * 4;
    for (v, o) in values.chunks_exact(4).zip(out.chunks_exact_mut(4)) {
        // SAFETY: NEON is part of the target; both chunks have four items.
        unsafe { vst1_u16(o.as_mut_ptr(), narrow(vld1q_f32(v.as_ptr()))) };
    }
    for (v, o) in values[rest..].iter().zip(&mut out[rest..]) {
        *o = crate::quant::half::f32_to_f16(*v);
    }
}
