//! One-dimensional kernels: dot product, distance, sum, axpy, scaling.

use crate::sys::{self, Kernel, Level};

/// Lanes of independent accumulators; enough to hide the latency of FMA on every target.
const LANES: usize = 64;

/// Floats whose kernels use fused multiply-add where the machine has it.
pub trait Lane:
    Copy + Default + Send + Sync + 'static + std::ops::AddAssign + std::ops::Add<Output = Self>
{
    /// `a * b + c`, rounded once.
    fn fused(a: Self, b: Self, c: Self) -> Self;
    /// `a * b + c`, rounded twice: fast on machines without FMA.
    fn unfused(a: Self, b: Self, c: Self) -> Self;
    /// `a - b`
    fn less(a: Self, b: Self) -> Self;
}

macro_rules! lane {
    ($($t:ident)*) => {$(
        impl Lane for $t {
            #[inline(always)]
            fn fused(a: Self, b: Self, c: Self) -> Self { a.mul_add(b, c) }
            #[inline(always)]
            fn unfused(a: Self, b: Self, c: Self) -> Self { a * b + c }
            #[inline(always)]
            fn less(a: Self, b: Self) -> Self { a - b }
        }
    )*};
}

lane! { f32 f64 }

#[inline(always)]
fn muladd<T: Lane, const FMA: bool>(a: T, b: T, c: T) -> T {
    if FMA { T::fused(a, b, c) } else { T::unfused(a, b, c) }
}

/// Sum over pairs, where `term` turns a pair into the two factors that are multiplied.
struct Accumulate<'a, T, F, const FMA: bool> {
    a: &'a [T],
    b: &'a [T],
    term: F,
}

impl<T: Lane, F: Fn(T, T) -> (T, T), const FMA: bool> Kernel for Accumulate<'_, T, F, FMA> {
    type Output = T;
    #[inline(always)]
    fn run(self) -> T {
        let n = self.a.len().min(self.b.len());
        let (a, b) = (&self.a[..n], &self.b[..n]);
        let (a_groups, a_tail) = a.as_chunks::<LANES>();
        let (b_groups, b_tail) = b.as_chunks::<LANES>();
        let mut sums = [T::default(); LANES];
        for (x, y) in a_groups.iter().zip(b_groups) {
            for lane in 0..LANES {
                let (p, q) = (self.term)(x[lane], y[lane]);
                sums[lane] = muladd::<T, FMA>(p, q, sums[lane]);
            }
        }
        let mut tail = [T::default(); 8];
        let (a_short, a_rest) = a_tail.as_chunks::<8>();
        let (b_short, b_rest) = b_tail.as_chunks::<8>();
        for (x, y) in a_short.iter().zip(b_short) {
            for lane in 0..8 {
                let (p, q) = (self.term)(x[lane], y[lane]);
                tail[lane] = muladd::<T, FMA>(p, q, tail[lane]);
            }
        }
        for (lane, (&x, &y)) in a_rest.iter().zip(b_rest).enumerate() {
            let (p, q) = (self.term)(x, y);
            tail[lane] = muladd::<T, FMA>(p, q, tail[lane]);
        }
        let mut width = LANES / 2;
        while width >= 8 {
            for lane in 0..width {
                let other = sums[lane + width];
                sums[lane] += other;
            }
            width /= 2;
        }
        for lane in 0..8 {
            sums[lane] += tail[lane];
        }
        ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))
    }
}

fn accumulate<T: Lane>(level: Level, a: &[T], b: &[T], term: impl Fn(T, T) -> (T, T)) -> T {
    if level == Level::Scalar {
        sys::dispatch_at(level, Accumulate::<T, _, false> { a, b, term })
    } else {
        sys::dispatch_at(level, Accumulate::<T, _, true> { a, b, term })
    }
}

/// Dot product of two slices.
pub fn dot<T: Lane>(a: &[T], b: &[T]) -> T {
    accumulate(sys::level(), a, b, |x, y| (x, y))
}

/// Square of the Euclidean distance.
pub fn squared_distance<T: Lane>(a: &[T], b: &[T]) -> T {
    accumulate(sys::level(), a, b, |x, y| {
        let d = T::less(x, y);
        (d, d)
    })
}

/// Sum of squares.
pub fn squared_norm<T: Lane>(a: &[T]) -> T {
    accumulate(sys::level(), a, a, |x, _| (x, x))
}

/// Sum in any order, at the speed of memory. `Tensor::sum` is the one in NumPy's order.
pub fn sum<T: Lane>(a: &[T]) -> T {
    struct Sum<'a, T>(&'a [T]);
    impl<T: Lane> Kernel for Sum<'_, T> {
        type Output = T;
        #[inline(always)]
        fn run(self) -> T {
            let (groups, tail) = self.0.as_chunks::<LANES>();
            let mut sums = [T::default(); LANES];
            for group in groups {
                for lane in 0..LANES {
                    sums[lane] += group[lane];
                }
            }
            let mut width = LANES / 2;
            while width > 0 {
                for lane in 0..width {
                    let other = sums[lane + width];
                    sums[lane] += other;
                }
                width /= 2;
            }
            tail.iter().fold(sums[0], |sum, &x| sum + x)
        }
    }
    sys::dispatch(Sum(a))
}

struct Axpy<'a, T, const FMA: bool> {
    alpha: T,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Lane, const FMA: bool> Kernel for Axpy<'_, T, FMA> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (y, &x) in self.y.iter_mut().zip(self.x) {
            *y = muladd::<T, FMA>(self.alpha, x, *y);
        }
    }
}

/// `y += alpha * x`
pub fn axpy<T: Lane>(alpha: T, x: &[T], y: &mut [T]) {
    match sys::level() {
        Level::Scalar => Axpy::<T, false> { alpha, x, y }.run(),
        level => sys::dispatch_at(level, Axpy::<T, true> { alpha, x, y }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small xorshift: tests print its seed in their messages.
    fn random(seed: u64, n: usize) -> Vec<f64> {
        let mut state = seed;
        (0..n)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
            })
            .collect()
    }

    #[test]
    fn every_level_agrees_with_the_scalar_twin() {
        for seed in 1..=40u64 {
            let n = (seed * seed * 7) as usize % 700;
            let a = random(seed * 77, n + 3);
            let b = random(seed * 99 + 1, n + 3);
            // Unaligned starts.
            let (a, b) = (&a[seed as usize % 3..], &b[1..]);
            for level in sys::available() {
                let scale: f64 = a.iter().zip(b).map(|(x, y)| (x * y).abs()).sum::<f64>() + 1e-300;
                let twin = accumulate(Level::Scalar, a, b, |x, y| (x, y));
                let got = accumulate(level, a, b, |x, y| (x, y));
                assert!((twin - got).abs() <= 1e-14 * scale, "seed {seed} n {n} {level:?}");
                let a32: Vec<f32> = a.iter().map(|&x| x as f32).collect();
                let b32: Vec<f32> = b.iter().map(|&x| x as f32).collect();
                let got = f64::from(accumulate(level, &a32, &b32, |x, y| (x, y)));
                assert!((twin - got).abs() <= 1e-5 * scale, "seed {seed} n {n} {level:?} f32");
            }
        }
    }

    #[test]
    fn nan_and_infinity_come_through_every_lane() {
        for n in [1usize, 7, 8, 9, 63, 64, 65, 130] {
            for at in 0..n {
                let mut a = vec![1.0f32; n];
                a[at] = f32::NAN;
                let ones = vec![1.0f32; n];
                for level in sys::available() {
                    assert!(accumulate(level, &a, &ones, |x, y| (x, y)).is_nan(), "{n} {at} {level:?}");
                }
                a[at] = f32::INFINITY;
                assert_eq!(dot(&a, &ones), f32::INFINITY);
                assert_eq!(sum(&a), f32::INFINITY);
            }
        }
    }

    #[test]
    fn distance_and_axpy() {
        let (a, b) = (random(5, 101), random(6, 101));
        let want: f64 = a.iter().zip(&b).map(|(x, y)| (x - y) * (x - y)).sum();
        assert!((squared_distance(&a, &b) - want).abs() < 1e-12);
        let mut y = b.clone();
        axpy(2.5, &a, &mut y);
        assert!(y.iter().zip(a.iter().zip(&b)).all(|(y, (a, b))| (y - (2.5 * a + b)).abs() < 1e-15));
    }
}
