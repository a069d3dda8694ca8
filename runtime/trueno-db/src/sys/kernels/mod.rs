//! Distance kernels: a scalar twin of each, and SIMD versions chosen once at run time.
//!
//! `TRUENO_DB_KERNELS=scalar|avx2|avx512|neon` limits the choice (for tests and for tools that
//! do not know the newest instructions); a name the machine lacks falls back to `scalar`.

use std::sync::OnceLock;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
pub(crate) mod scalar;

/// A kernel on two f32 vectors; reads the shorter length of both.
type F32Fn = unsafe fn(&[f32], &[f32]) -> f32;
/// A kernel on two codes; reads the shorter length of both.
type CodeFn = unsafe fn(&[u8], &[u8]) -> f32;

/// One set of kernels.
///
/// Invariant: a table is handed out only after every CPU feature its functions need was
/// detected, so calling them is sound.
#[derive(Debug)]
pub(crate) struct Kernels {
    /// The set's name.
    pub(crate) name: &'static str,
    l2: F32Fn,
    dot: F32Fn,
    l2_i8: CodeFn,
    dot_i8: CodeFn,
    l2_f16: CodeFn,
    dot_f16: CodeFn,
    l2_bf16: CodeFn,
    dot_bf16: CodeFn,
    hamming: CodeFn,
}

/// A kernel on codes, by what it computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeKernel {
    L2I8,
    DotI8,
    L2F16,
    DotF16,
    L2Bf16,
    DotBf16,
    Hamming,
}

impl Kernels {
    /// Squared Euclidean distance.
    #[inline(always)]
    pub(crate) fn l2(&self, a: &[f32], b: &[f32]) -> f32 {
        // SAFETY: the features of this table were detected (invariant of `Kernels`).
        unsafe { (self.l2)(a, b) }
    }

    /// Inner product.
    #[inline(always)]
    pub(crate) fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        // SAFETY: the features of this table were detected (invariant of `Kernels`).
        unsafe { (self.dot)(a, b) }
    }

    /// The result of a code kernel: sums in units of the code.
    #[inline(always)]
    pub(crate) fn code(&self, kernel: CodeKernel, a: &[u8], b: &[u8]) -> f32 {
        let function = match kernel {
            CodeKernel::L2I8 => self.l2_i8,
            CodeKernel::DotI8 => self.dot_i8,
            CodeKernel::L2F16 => self.l2_f16,
            CodeKernel::DotF16 => self.dot_f16,
            CodeKernel::L2Bf16 => self.l2_bf16,
            CodeKernel::DotBf16 => self.dot_bf16,
            CodeKernel::Hamming => self.hamming,
        };
        // SAFETY: the features of this table were detected (invariant of `Kernels`).
        unsafe { function(a, b) }
    }
}

/// The scalar set, which every machine has.
pub(crate) static SCALAR: Kernels = Kernels {
    name: "scalar",
    l2: scalar::l2,
    dot: scalar::dot,
    l2_i8: scalar::l2_i8,
    dot_i8: scalar::dot_i8,
    l2_f16: scalar::l2_f16,
    dot_f16: scalar::dot_f16,
    l2_bf16: scalar::l2_bf16,
    dot_bf16: scalar::dot_bf16,
    hamming: scalar::hamming,
};

/// The widest set of this machine, or the one the environment names.
pub(crate) fn kernels() -> &'static Kernels {
    static CHOICE: OnceLock<&'static Kernels> = OnceLock::new();
    CHOICE.get_or_init(|| {
        let wanted = std::env::var("TRUENO_DB_KERNELS").ok();
        let sets = available();
        match wanted {
            Some(name) => sets.into_iter().find(|set| set.name == name).unwrap_or(&SCALAR),
            None => sets.last().copied().unwrap_or(&SCALAR),
        }
    })
}

/// Every set this machine can run, the narrowest first.
pub(crate) fn available() -> Vec<&'static Kernels> {
    #[allow(unused_mut)]
    let mut sets = vec![&SCALAR];
    #[cfg(target_arch = "x86_64")]
    {
        use std::is_x86_feature_detected as has;
        if has!("avx2") && has!("fma") && has!("f16c") && has!("popcnt") {
            sets.push(&avx2::TABLE);
            if has!("avx512f") && has!("avx512bw") && has!("avx512vl") {
                sets.push(&avx512::TABLE);
            }
        }
    }
    #[cfg(target_arch = "aarch64")]
    if std::arch::is_aarch64_feature_detected!("neon") {
        sets.push(&neon::TABLE);
    }
    sets
}

/// Asks for the cache lines of a slice; a hint without effect on results.
#[inline(always)]
pub(crate) fn prefetch<T>(slice: &[T]) {
    let bytes = std::mem::size_of_val(slice);
    let start = slice.as_ptr().cast::<u8>();
    let mut at = 0;
    while at < bytes {
        prefetch_line(start.wrapping_add(at));
        at += 64;
    }
}

#[inline(always)]
fn prefetch_line(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch never faults and reads nothing the program can see; SSE is part of
    // every x86-64.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address.cast::<i8>());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: `prfm` never faults and changes no register or memory.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{0}]", in(reg) address, options(nostack, readonly, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}

#[cfg(test)]
mod tests;
