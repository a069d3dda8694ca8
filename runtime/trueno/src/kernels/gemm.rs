//! Matrix product: panels packed for the cache, register tiles by instruction set.
//!
//! The loops are those of BLIS: columns of B in blocks of `NC`, the inner dimension in blocks of `KC`,
//! rows of A in blocks of `MC`; each pair of packed panels gives one tile of C. Edges are padded with
//! zeros, so tiles are always whole.

use rayon::prelude::*;

use crate::dtype::Number;
use crate::sys::{self, Kernel, Level};

/// Length of the inner dimension of a packed panel.
const KC: usize = 256;
/// Columns of B that are packed at once.
const NC: usize = 4080;
/// Multiplications below which packing does not pay.
const SMALL: usize = 4096;
/// Multiplications from which two threads beat one.
const PARALLEL: usize = 1 << 21;

/// A matrix in a slice: element (i, j) is at `start + i * row + j * column`.
#[derive(Clone, Copy)]
pub(crate) struct Operand<'a, T> {
    pub data: &'a [T],
    pub start: usize,
    pub row: isize,
    pub column: isize,
}

impl<T: Copy> Operand<'_, T> {
    #[inline(always)]
    pub(crate) fn at(&self, i: usize, j: usize) -> T {
        self.data[(self.start as isize + i as isize * self.row + j as isize * self.column) as usize]
    }
}

/// Element types with a matrix product; floats have register tiles.
pub trait MatMul: Number {
    /// Rows and columns of a register tile, and rows of A packed at once; `None` for a plain loop.
    fn tile_shape(_level: Level) -> Option<(usize, usize, usize)> {
        None
    }
    /// `out = a * b` for packed panels of `k` columns and rows.
    fn tile(_level: Level, _k: usize, _a: &[Self], _b: &[Self], _out: &mut [Self]) {}
    /// Dot product of contiguous slices.
    fn dot_slices(a: &[Self], b: &[Self]) -> Self {
        a.iter().zip(b).fold(Self::ZERO, |sum, (&x, &y)| sum.plus(x.times_plain(y)))
    }
}

macro_rules! plain {
    ($($t:ty)*) => {$(impl MatMul for $t {})*};
}

plain! { i8 i16 i32 i64 u8 u16 u32 u64 crate::dtype::Complex64 crate::dtype::Complex128 }

macro_rules! tiled {
    ($($t:ident, $tile:ident, $lanes:literal;)*) => {$(impl MatMul for $t {
        fn tile_shape(level: Level) -> Option<(usize, usize, usize)> {
            Some(match level {
                Level::Avx512 => (12, $lanes * 4, 144),
                Level::Avx2 => (6, $lanes * 2, 120),
                _ => (4, 8, 64),
            })
        }
        fn tile(level: Level, k: usize, a: &[Self], b: &[Self], out: &mut [Self]) {
            if !sys::$tile(level, k, a, b, out) {
                plain_tile(k, a, b, out);
            }
        }
        fn dot_slices(a: &[Self], b: &[Self]) -> Self { super::vector::dot(a, b) }
    })*};
}

tiled! { f32, tile_f32, 8; f64, tile_f64, 4; }

/// The scalar twin: a 4 x 8 tile.
fn plain_tile<T: Number>(k: usize, a: &[T], b: &[T], out: &mut [T]) {
    let mut sums = [[T::ZERO; 8]; 4];
    for (a, b) in a.as_chunks::<4>().0.iter().zip(b.as_chunks::<8>().0).take(k) {
        for row in 0..4 {
            for column in 0..8 {
                sums[row][column] = sums[row][column].plus(a[row].times(b[column]));
            }
        }
    }
    out.iter_mut().zip(sums.as_flattened()).for_each(|(to, &from)| *to = from);
}

/// `c = a * b` with `c` of `m` rows and `n` columns in C order, `k` the inner dimension.
pub(crate) fn gemm<T: MatMul>(
    m: usize,
    n: usize,
    k: usize,
    a: Operand<'_, T>,
    b: Operand<'_, T>,
    c: &mut [T],
) {
    gemm_at(sys::level(), m, n, k, a, b, c);
}

pub(crate) fn gemm_at<T: MatMul>(
    level: Level,
    m: usize,
    n: usize,
    k: usize,
    a: Operand<'_, T>,
    b: Operand<'_, T>,
    c: &mut [T],
) {
    c.fill(T::ZERO);
    if m == 0 || n == 0 || k == 0 {
        return;
    }
    if n == 1 || m == 1 {
        return thin(m, n, k, a, b, c);
    }
    match T::tile_shape(level) {
        Some(shape) if m * n * k > SMALL => packed(level, shape, (m, n, k), a, b, c),
        _ => plain(n, k, a, b, c),
    }
}

/// Rows of C as sums of rows of B.
fn plain<T: Number>(n: usize, k: usize, a: Operand<'_, T>, b: Operand<'_, T>, c: &mut [T]) {
    for (i, row) in c.chunks_exact_mut(n).enumerate() {
        for p in 0..k {
            let x = a.at(i, p);
            if b.column == 1 {
                let at = (b.start as isize + p as isize * b.row) as usize;
                row.iter_mut().zip(&b.data[at..at + n]).for_each(|(c, &y)| *c = c.plus(x.times_plain(y)));
            } else {
                row.iter_mut().enumerate().for_each(|(j, c)| *c = c.plus(x.times_plain(b.at(p, j))));
            }
        }
    }
}

/// Matrix times vector or vector times matrix.
fn thin<T: MatMul>(m: usize, n: usize, k: usize, a: Operand<'_, T>, b: Operand<'_, T>, c: &mut [T]) {
    let row_of = |x: Operand<'_, T>, i: usize| -> Vec<T> { (0..k).map(|p| x.at(i, p)).collect() };
    let transposed = Operand { row: b.column, column: b.row, ..b };
    let (vector, matrix, count) =
        if n == 1 { (row_of(transposed, 0), a, m) } else { (row_of(a, 0), transposed, n) };
    if matrix.column == 1 {
        for (i, c) in c.iter_mut().enumerate() {
            let at = (matrix.start as isize + i as isize * matrix.row) as usize;
            *c = T::dot_slices(&matrix.data[at..at + k], &vector);
        }
        return;
    }
    if matrix.row == 1 {
        for (p, &x) in vector.iter().enumerate() {
            let at = (matrix.start as isize + p as isize * matrix.column) as usize;
            c.iter_mut().zip(&matrix.data[at..at + count]).for_each(|(c, &y)| *c = c.plus(x.times_plain(y)));
        }
        return;
    }
    for (i, c) in c.iter_mut().enumerate() {
        *c = (0..k).fold(T::ZERO, |sum, p| sum.plus(matrix.at(i, p).times_plain(vector[p])));
    }
}

fn packed<T: MatMul>(
    level: Level,
    (mr, nr, mc): (usize, usize, usize),
    (m, n, k): (usize, usize, usize),
    a: Operand<'_, T>,
    b: Operand<'_, T>,
    c: &mut [T],
) {
    let threads = if m * n * k < PARALLEL { 1 } else { rayon::current_num_threads() };
    // Blocks of rows small enough that every thread has several.
    let rows = if threads == 1 { mc } else { mc.min(m.div_ceil(threads * 2).next_multiple_of(mr)) };
    let mut b_panels = Vec::new();
    for jc in (0..n).step_by(NC) {
        let columns = NC.min(n - jc);
        for pc in (0..k).step_by(KC) {
            let depth = KC.min(k - pc);
            let transposed = Operand { row: b.column, column: b.row, ..b };
            pack(transposed, (jc, columns), (pc, depth), nr, &mut b_panels);
            let block = |(i, c): (usize, &mut [T])| {
                let height = c.len() / n;
                let mut a_panels = Vec::new();
                pack(a, (i * rows, height), (pc, depth), mr, &mut a_panels);
                let (a_panels, b_panels) = (&a_panels[..], &b_panels[..]);
                let block =
                    Block { level, tile: (mr, nr), depth, a_panels, b_panels, c, place: (n, jc, columns) };
                sys::dispatch_at(level, block);
            };
            if threads == 1 {
                c.chunks_mut(rows * n).enumerate().for_each(block);
            } else {
                c.par_chunks_mut(rows * n).enumerate().for_each(block);
            }
        }
    }
}

/// Copies rows `from.. + count` of an operand into panels of `width` rows, column after column.
fn pack<T: Number>(
    x: Operand<'_, T>,
    (from, count): (usize, usize),
    (start, depth): (usize, usize),
    width: usize,
    out: &mut Vec<T>,
) {
    out.clear();
    out.resize(count.div_ceil(width) * width * depth, T::ZERO);
    for (panel, place) in out.chunks_exact_mut(width * depth).enumerate() {
        let first = from + panel * width;
        let height = width.min(from + count - first);
        if x.row == 1 && height == width {
            for (p, group) in place.chunks_exact_mut(width).enumerate() {
                let at = (x.start as isize + first as isize + (start + p) as isize * x.column) as usize;
                group.copy_from_slice(&x.data[at..at + width]);
            }
            continue;
        }
        for i in 0..height {
            let at = x.start as isize + (first + i) as isize * x.row + start as isize * x.column;
            if x.column == 1 {
                let row = &x.data[at as usize..at as usize + depth];
                place[i..].iter_mut().step_by(width).zip(row).for_each(|(to, &from)| *to = from);
            } else {
                for p in 0..depth {
                    place[p * width + i] = x.data[(at + p as isize * x.column) as usize];
                }
            }
        }
    }
}

/// Adds the product of packed panels to a block of rows of C.
struct Block<'a, T> {
    level: Level,
    tile: (usize, usize),
    depth: usize,
    a_panels: &'a [T],
    b_panels: &'a [T],
    c: &'a mut [T],
    /// Length of a row of C, the first column of the block, and its number of columns.
    place: (usize, usize, usize),
}

impl<T: MatMul> Kernel for Block<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let ((mr, nr), (n, jc, columns), depth) = (self.tile, self.place, self.depth);
        let height = self.c.len() / n;
        let mut tile = [T::ZERO; 12 * 32];
        for (jp, b) in self.b_panels.chunks_exact(nr * depth).enumerate() {
            let (left, width) = (jc + jp * nr, nr.min(columns - jp * nr));
            for (ip, a) in self.a_panels.chunks_exact(mr * depth).enumerate() {
                T::tile(self.level, depth, a, b, &mut tile);
                for row in 0..mr.min(height - ip * mr) {
                    let at = (ip * mr + row) * n + left;
                    let place = &mut self.c[at..at + width];
                    let sums = &tile[row * nr..row * nr + width];
                    place.iter_mut().zip(sums).for_each(|(c, &x)| *c = c.plus(x));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: MatMul>(tolerance: f64) {
        let mut state = 88172645463325252u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % 2001) as f64 / 1000.0 - 1.0
        };
        for (m, n, k) in [
            (1, 1, 1),
            (5, 7, 3),
            (17, 33, 9),
            (64, 48, 70),
            (130, 50, 300),
            (13, 100, 257),
            (40, 1, 60),
            (1, 40, 60),
        ] {
            let a: Vec<T> = (0..m * k).map(|_| T::from_f64(next())).collect();
            let b: Vec<T> = (0..k * n).map(|_| T::from_f64(next())).collect();
            for level in sys::available() {
                for flip in [false, true] {
                    // `flip` reads the same slices as transposed matrices.
                    let left = if flip { (1, m as isize) } else { (k as isize, 1) };
                    let right = if flip { (1, k as isize) } else { (n as isize, 1) };
                    let x = Operand { data: &a, start: 0, row: left.0, column: left.1 };
                    let y = Operand { data: &b, start: 0, row: right.0, column: right.1 };
                    let mut c = vec![T::ONE; m * n];
                    gemm_at(level, m, n, k, x, y, &mut c);
                    for i in 0..m {
                        for j in 0..n {
                            let want: f64 = (0..k).map(|p| x.at(i, p).to_f64() * y.at(p, j).to_f64()).sum();
                            let got = c[i * n + j].to_f64();
                            assert!(
                                (want - got).abs() <= tolerance * k as f64,
                                "{m} {n} {k} {level:?} {i} {j}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_level_agrees_with_plain_sums() {
        check::<f64>(1e-14);
        check::<f32>(1e-6);
    }
}
