//! The only place with `unsafe`: choosing an instruction set at run time and calling into it.
//!
//! A kernel is one body, written once as [`Kernel::run`], that each instruction set's file compiles
//! under its own target features. [`Level::Scalar`] runs the same body without them: the twin that
//! tests compare with. Kernels that need an instruction by name (register tiles of the matrix
//! product, int8 dot products) stand in those files as intrinsics.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
#[cfg(target_arch = "wasm32")]
pub(crate) mod wasm;

use std::sync::atomic::{AtomicU8, Ordering};

/// Instruction set a kernel runs under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// What every machine of the target has.
    Scalar = 1,
    /// AArch64 NEON.
    Neon = 2,
    /// WebAssembly simd128.
    Simd128 = 3,
    /// AVX2 and FMA.
    Avx2 = 4,
    /// AVX-512 F, BW, DQ, VL and VNNI.
    Avx512 = 5,
}

/// A loop that is compiled once for each instruction set.
pub(crate) trait Kernel {
    type Output;
    /// The body; must be `#[inline(always)]`, so that it takes on the caller's target features.
    fn run(self) -> Self::Output;
}

static LEVEL: AtomicU8 = AtomicU8::new(0);

/// The best instruction set here, or the one that `TRUENO_BACKEND` asks for.
#[inline]
pub fn level() -> Level {
    from_code(LEVEL.load(Ordering::Relaxed)).unwrap_or_else(detect)
}

fn from_code(code: u8) -> Option<Level> {
    available().into_iter().find(|level| *level as u8 == code)
}

#[cold]
fn detect() -> Level {
    let best = *available().last().expect("scalar is always there");
    let wanted = match std::env::var("TRUENO_BACKEND").as_deref() {
        Ok("scalar") => Level::Scalar,
        Ok("neon") => Level::Neon,
        Ok("simd128") => Level::Simd128,
        Ok("avx2") => Level::Avx2,
        _ => best,
    };
    let level = if available().contains(&wanted) { wanted } else { best };
    LEVEL.store(level as u8, Ordering::Relaxed);
    level
}

/// Instruction sets that this machine has, plainest first.
pub fn available() -> Vec<Level> {
    let mut levels = vec![Level::Scalar];
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx2() {
            levels.push(Level::Avx2);
        }
        if has_avx512() {
            levels.push(Level::Avx512);
        }
    }
    #[cfg(target_arch = "aarch64")]
    levels.push(Level::Neon);
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    levels.push(Level::Simd128);
    levels
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("bmi2")
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vnni")
}

/// Runs a kernel under the best instruction set.
#[inline]
pub(crate) fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    dispatch_at(level(), kernel)
}

/// Runs a kernel under `level`, or plainly where the machine does not have it.
#[inline]
pub(crate) fn dispatch_at<K: Kernel>(level: Level, kernel: K) -> K::Output {
    match level {
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 if has_avx2() => {
            // SAFETY: the features were detected on the line above.
            unsafe { avx2::run(kernel) }
        }
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 if has_avx512() => {
            // SAFETY: the features were detected on the line above.
            unsafe { avx512::run(kernel) }
        }
        #[cfg(target_arch = "aarch64")]
        Level::Neon => neon::run(kernel),
        #[cfg(target_arch = "wasm32")]
        Level::Simd128 => wasm::run(kernel),
        _ => kernel.run(),
    }
}

/// The slice in its own type, when `T` and `U` are the same type.
#[inline]
pub(crate) fn same_slice<T: 'static, U: 'static>(data: &[T]) -> Option<&[U]> {
    if std::any::TypeId::of::<T>() != std::any::TypeId::of::<U>() {
        return None;
    }
    // SAFETY: `T` and `U` are the same type, so layout, length and lifetime are those of `data`.
    Some(unsafe { std::slice::from_raw_parts(data.as_ptr().cast::<U>(), data.len()) })
}

macro_rules! tile_dispatch {
    ($($name:ident, $t:ty;)*) => {$(
        /// One register tile of a matrix product; `false` where this level has no tile of its own.
        #[inline]
        #[allow(unused_variables)]
        pub(crate) fn $name(level: Level, k: usize, a: &[$t], b: &[$t], out: &mut [$t]) -> bool {
            match level {
                #[cfg(target_arch = "x86_64")]
                Level::Avx2 if has_avx2() => {
                    // SAFETY: the features were detected on the line above.
                    unsafe { avx2::$name(k, a, b, out) }
                    true
                }
                #[cfg(target_arch = "x86_64")]
                Level::Avx512 if has_avx512() => {
                    // SAFETY: the features were detected on the line above.
                    unsafe { avx512::$name(k, a, b, out) }
                    true
                }
                _ => false,
            }
        }
    )*};
}

tile_dispatch! { tile_f32, f32; tile_f64, f64; }

/// Dot product of bytes with VNNI, where the level has it. Both slices have the same length.
#[inline]
#[allow(unused_variables)]
pub(crate) fn vnni_dot(level: Level, a: &[i8], b: &[i8]) -> Option<i32> {
    #[cfg(target_arch = "x86_64")]
    if level == Level::Avx512 && has_avx512() {
        // SAFETY: the features were detected on the line above.
        return Some(unsafe { avx512::dot_i8(a, b) });
    }
    None
}
