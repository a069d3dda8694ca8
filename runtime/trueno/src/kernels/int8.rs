//! Dot products of 8-bit integers, exact in 32 bits.

use crate::sys::{self, Kernel, Level};

struct Dot<'a>(&'a [i8], &'a [i8]);

impl Kernel for Dot<'_> {
    type Output = i32;
    #[inline(always)]
    fn run(self) -> i32 {
        // Products of bytes fit 16 bits; pairs are added in 32.
        self.0
            .iter()
            .zip(self.1)
            .fold(0i32, |sum, (&x, &y)| sum.wrapping_add(i32::from(i16::from(x) * i16::from(y))))
    }
}

/// Sum of `a[i] * b[i]`, exact while it fits 32 bits (more than 130,000 elements always do).
pub fn dot_i8(a: &[i8], b: &[i8]) -> i32 {
    dot_i8_at(sys::level(), a, b)
}

pub(crate) fn dot_i8_at(level: Level, a: &[i8], b: &[i8]) -> i32 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    match sys::vnni_dot(level, a, b) {
        Some(sum) => sum,
        None => sys::dispatch_at(level, Dot(a, b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_plain_sum_on_every_level() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        for n in [0usize, 1, 15, 16, 31, 63, 64, 65, 127, 200, 1000] {
            let mut next = || {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 56) as i8
            };
            let a: Vec<i8> = (0..n + 1).map(|_| next()).collect();
            let b: Vec<i8> = (0..n).map(|_| next()).collect();
            let want: i32 = a[1..].iter().zip(&b).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum();
            for level in sys::available() {
                assert_eq!(dot_i8_at(level, &a[1..], &b), want, "{n} {level:?}");
            }
            let (low, high) = (vec![-128i8; n], vec![127i8; n]);
            for level in sys::available() {
                assert_eq!(dot_i8_at(level, &low, &low), 16384 * n as i32, "{n} {level:?}");
                assert_eq!(dot_i8_at(level, &low, &high), -16256 * n as i32, "{n} {level:?}");
            }
        }
    }
}
