//! NumPy's summation order: eight accumulators over blocks of up to 128, halves above that.
//! Exactly this order makes printed sums agree to the last digit.

use num_complex::Complex;

use crate::dtype::Number;
use crate::sys::{self, Kernel};

/// Longest run that is added without splitting.
const BLOCK: usize = 128;

/// Wrapping sum in order; for integers every order gives the same.
pub(crate) fn plain_sum<T: Number>(data: &[T], start: usize, step: isize, len: usize) -> T {
    struct Sum<'a, T>(&'a [T]);
    impl<T: Number> Kernel for Sum<'_, T> {
        type Output = T;
        #[inline(always)]
        fn run(self) -> T {
            self.0.iter().fold(T::ZERO, |sum, &x| sum.plus(x))
        }
    }
    if step == 1 {
        return sys::dispatch(Sum(&data[start..start + len]));
    }
    (0..len).fold(T::ZERO, |sum, i| sum.plus(data[(start as isize + i as isize * step) as usize]))
}

/// Sum of floats.
pub(crate) fn float_sum<T: Number>(data: &[T], start: usize, step: isize, len: usize) -> T {
    struct Sum<'a, T>(&'a [T]);
    impl<T: Number> Kernel for Sum<'_, T> {
        type Output = T;
        #[inline(always)]
        fn run(self) -> T {
            blocks(self.0, &|run: &[T]| contiguous_block(run))
        }
    }
    if step == 1 {
        let run = &data[start..start + len];
        return if len <= 16 { contiguous_block(run) } else { sys::dispatch(Sum(run)) };
    }
    strided(data, start, step, len)
}

/// Splits a run in two until it fits a block; the halves are multiples of eight long.
#[inline(always)]
fn blocks<T: Number>(run: &[T], block: &impl Fn(&[T]) -> T) -> T {
    // An explicit stack keeps this one loop, so that it is compiled for the chosen instruction set.
    let mut pending: [(usize, usize, u32); 64] = [(0, 0, 0); 64];
    let mut sums: [(u32, T); 64] = [(0, T::ZERO); 64];
    let (mut waiting, mut done) = (1, 0);
    pending[0] = (0, run.len(), 0);
    while waiting > 0 {
        waiting -= 1;
        let (at, len, depth) = pending[waiting];
        if len > BLOCK {
            let half = len / 2 - (len / 2) % 8;
            pending[waiting] = (at + half, len - half, depth + 1);
            pending[waiting + 1] = (at, half, depth + 1);
            waiting += 2;
            continue;
        }
        let (mut depth, mut sum) = (depth, block(&run[at..at + len]));
        while done > 0 && sums[done - 1].0 == depth {
            done -= 1;
            sum = sums[done].1.plus(sum);
            depth -= 1;
        }
        sums[done] = (depth, sum);
        done += 1;
    }
    sums[0].1
}

#[inline(always)]
fn contiguous_block<T: Number>(run: &[T]) -> T {
    if run.len() < 8 {
        return run.iter().fold(T::SUM_START, |sum, &x| sum.plus(x));
    }
    let (groups, tail) = run.as_chunks::<8>();
    let mut r = groups[0];
    for group in &groups[1..] {
        for lane in 0..8 {
            r[lane] = r[lane].plus(group[lane]);
        }
    }
    tail.iter().fold(fold_lanes(r), |sum, &x| sum.plus(x))
}

#[inline(always)]
fn fold_lanes<T: Number>(r: [T; 8]) -> T {
    let left = r[0].plus(r[1]).plus(r[2].plus(r[3]));
    let right = r[4].plus(r[5]).plus(r[6].plus(r[7]));
    left.plus(right)
}

fn strided<T: Number>(data: &[T], start: usize, step: isize, len: usize) -> T {
    let at = |i: usize| data[(start as isize + i as isize * step) as usize];
    if len < 8 {
        return (0..len).fold(T::SUM_START, |sum, i| sum.plus(at(i)));
    }
    if len > BLOCK {
        let half = len / 2 - (len / 2) % 8;
        let middle = (start as isize + half as isize * step) as usize;
        return strided(data, start, step, half).plus(strided(data, middle, step, len - half));
    }
    let mut r: [T; 8] = std::array::from_fn(at);
    let whole = len - len % 8;
    for i in (8..whole).step_by(8) {
        for (lane, sum) in r.iter_mut().enumerate() {
            *sum = sum.plus(at(i + lane));
        }
    }
    (whole..len).fold(fold_lanes(r), |sum, i| sum.plus(at(i)))
}

/// Sum of complex numbers: NumPy counts both parts, so blocks are 64 numbers with four accumulators.
pub(crate) fn complex_sum<F>(data: &[Complex<F>], start: usize, step: isize, len: usize) -> Complex<F>
where
    F: Number,
    Complex<F>: Number,
{
    type C<F> = Complex<F>;
    let at = |i: usize| data[(start as isize + i as isize * step) as usize];
    if len < 4 {
        return (0..len).fold(C::<F>::SUM_START, |sum, i| sum.plus(at(i)));
    }
    if len > BLOCK / 2 {
        // Parts: n = 2 len; n2 = n / 2 rounded down to eight; that is n2 / 2 numbers.
        let half = (len - len % 8) / 2;
        let middle = (start as isize + half as isize * step) as usize;
        return complex_sum(data, start, step, half).plus(complex_sum(data, middle, step, len - half));
    }
    let mut r: [C<F>; 4] = std::array::from_fn(at);
    let whole = len - len % 4;
    for i in (4..whole).step_by(4) {
        for (lane, sum) in r.iter_mut().enumerate() {
            *sum = sum.plus(at(i + lane));
        }
    }
    let folded = r[0].plus(r[1]).plus(r[2].plus(r[3]));
    (whole..len).fold(folded, |sum, i| sum.plus(at(i)))
}
