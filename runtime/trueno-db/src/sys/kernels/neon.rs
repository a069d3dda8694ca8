//! NEON for AArch64. Half-precision codes use the scalar twin: their instructions are not in
//! the base set.

use std::arch::aarch64::*;

use super::{Kernels, scalar};

pub(super) static TABLE: Kernels = Kernels {
    name: "neon",
    l2,
    dot,
    l2_i8,
    dot_i8,
    l2_f16: scalar::l2_f16,
    dot_f16: scalar::dot_f16,
    l2_bf16: scalar::l2_bf16,
    dot_bf16: scalar::dot_bf16,
    hamming,
};

macro_rules! f32_kernel {
    ($name:ident, $step:expr, $rest:path) => {
        #[target_feature(enable = "neon")]
        fn $name(a: &[f32], b: &[f32]) -> f32 {
            let step = $step;
            let n = a.len().min(b.len());
            let (a, b) = (&a[..n], &b[..n]);
            let mut acc = [vdupq_n_f32(0.0); 4];
            let mut at = 0;
            while at + 16 <= n {
                for (lane, acc) in acc.iter_mut().enumerate() {
                    let here = at + lane * 4;
                    // SAFETY: `here + 4 <= at + 16 <= n`, the length of both slices.
                    let (x, y) =
                        unsafe { (vld1q_f32(a.as_ptr().add(here)), vld1q_f32(b.as_ptr().add(here))) };
                    *acc = step(*acc, x, y);
                }
                at += 16;
            }
            let all = vaddq_f32(vaddq_f32(acc[0], acc[1]), vaddq_f32(acc[2], acc[3]));
            vaddvq_f32(all) + $rest(&a[at..], &b[at..])
        }
    };
}

f32_kernel!(
    l2,
    |acc, x, y| {
        let difference = vsubq_f32(x, y);
        vfmaq_f32(acc, difference, difference)
    },
    scalar::l2
);
f32_kernel!(dot, |acc, x, y| vfmaq_f32(acc, x, y), scalar::dot);

// A lane takes at most 2 * 254^2 per 8 components: 65,536 components stay below 2^31.
macro_rules! i8_kernel {
    ($name:ident, $step:expr, $rest:path) => {
        #[target_feature(enable = "neon")]
        fn $name(a: &[u8], b: &[u8]) -> f32 {
            let step = $step;
            let n = a.len().min(b.len());
            let (a, b) = (&a[..n], &b[..n]);
            let mut acc = vdupq_n_s32(0);
            let mut at = 0;
            while at + 8 <= n {
                // SAFETY: `at + 8 <= n`, the length of both slices.
                let (x, y) =
                    unsafe { (vld1_s8(a.as_ptr().add(at).cast()), vld1_s8(b.as_ptr().add(at).cast())) };
                acc = step(acc, vmovl_s8(x), vmovl_s8(y));
                at += 8;
            }
            vaddlvq_s32(acc) as f32 + $rest(&a[at..], &b[at..])
        }
    };
}

i8_kernel!(
    l2_i8,
    |acc, x, y| {
        let difference = vsubq_s16(x, y);
        let acc = vmlal_s16(acc, vget_low_s16(difference), vget_low_s16(difference));
        vmlal_s16(acc, vget_high_s16(difference), vget_high_s16(difference))
    },
    scalar::l2_i8
);
i8_kernel!(
    dot_i8,
    |acc, x, y| {
        let acc = vmlal_s16(acc, vget_low_s16(x), vget_low_s16(y));
        vmlal_s16(acc, vget_high_s16(x), vget_high_s16(y))
    },
    scalar::dot_i8
);

#[target_feature(enable = "neon")]
fn hamming(a: &[u8], b: &[u8]) -> f32 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let (mut total, mut at) = (0u64, 0);
    while at + 16 <= n {
        // SAFETY: `at + 16 <= n`, the length of both slices.
        let (x, y) = unsafe { (vld1q_u8(a.as_ptr().add(at)), vld1q_u8(b.as_ptr().add(at))) };
        total += u64::from(vaddlvq_u8(vcntq_u8(veorq_u8(x, y))));
        at += 16;
    }
    total as f32 + scalar::hamming(&a[at..], &b[at..])
}
