//! Shapes and strides: broadcasting, and the order in which NumPy's iterator walks operands.

use smallvec::SmallVec;

use crate::error::{Error, Result};

/// Lengths of the axes.
pub type Dims = SmallVec<[usize; 4]>;
/// Distance, in elements, between neighbours along each axis.
pub type Strides = SmallVec<[isize; 4]>;

/// Number of elements; an error when it does not fit in memory.
pub fn checked_size(shape: &[usize], item_size: usize) -> Result<usize> {
    // Zero-length axes do not excuse the others: strides are products of all of them.
    let product = |skip_zero: bool| {
        shape
            .iter()
            .filter(|&&n| !(skip_zero && n == 0))
            .try_fold(item_size.max(1), |acc, &n| acc.checked_mul(n))
            .filter(|&bytes| bytes <= isize::MAX as usize)
    };
    match (product(true), product(false)) {
        (Some(_), Some(bytes)) => Ok(bytes / item_size.max(1)),
        _ => Err(Error::OutOfMemory { shape: shape.to_vec(), item_size }),
    }
}

/// Number of elements of a shape that is known to fit.
pub fn size_of(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// Strides of rows laid out one after the other (C order).
pub fn c_strides(shape: &[usize]) -> Strides {
    let mut strides: Strides = SmallVec::from_elem(0, shape.len());
    let mut step = 1isize;
    for axis in (0..shape.len()).rev() {
        strides[axis] = step;
        step *= shape[axis].max(1) as isize;
    }
    strides
}

/// Whether the elements lie one after the other in C order.
pub fn is_c_contiguous(shape: &[usize], strides: &[isize]) -> bool {
    let mut step = 1isize;
    for (&n, &stride) in shape.iter().zip(strides).rev() {
        if n == 0 {
            return true;
        }
        if n != 1 && stride != step {
            return false;
        }
        step *= n as isize;
    }
    true
}

/// Shape that both broadcast to, or the error that names `op`.
pub fn broadcast_shapes(op: &'static str, a: &[usize], b: &[usize]) -> Result<Dims> {
    let ndim = a.len().max(b.len());
    let mut shape: Dims = SmallVec::from_elem(1, ndim);
    for (axis, out) in shape.iter_mut().enumerate() {
        let at = |s: &[usize]| (axis + s.len()).checked_sub(ndim).map_or(1, |i| s[i]);
        *out = match (at(a), at(b)) {
            (x, y) if x == y => x,
            (1, y) => y,
            (x, 1) => x,
            _ => return Err(Error::shapes(op, a, b)),
        };
    }
    Ok(shape)
}

/// Strides under which an array of `shape` is read as one of `target`: 0 along stretched axes.
pub fn broadcast_strides(shape: &[usize], strides: &[isize], target: &[usize]) -> Strides {
    let lead = target.len() - shape.len();
    let mut out: Strides = SmallVec::from_elem(0, target.len());
    for (axis, (&n, &stride)) in shape.iter().zip(strides).enumerate() {
        out[lead + axis] = if n == 1 { 0 } else { stride };
    }
    out
}

/// Index of `axis`, where negative ones count from the end.
pub fn normalize_axis(axis: isize, ndim: usize) -> Result<usize> {
    let index = if axis < 0 { axis + ndim as isize } else { axis };
    if index < 0 || index >= ndim as isize {
        return Err(Error::Axis { axis, ndim });
    }
    Ok(index as usize)
}

/// Several axes, each once, in rising order.
pub fn normalize_axes(axes: &[isize], ndim: usize) -> Result<Vec<usize>> {
    let mut out = Vec::with_capacity(axes.len());
    for &axis in axes {
        let index = normalize_axis(axis, ndim)?;
        if out.contains(&index) {
            return Err(Error::RepeatedAxis { axis });
        }
        out.push(index);
    }
    out.sort_unstable();
    Ok(out)
}

/// Axes from slowest to fastest as NumPy's iterator sorts them for order 'K': by stride, C order
/// where operands disagree or cannot tell.
pub fn axis_order(ndim: usize, operands: &[&[isize]]) -> SmallVec<[usize; 4]> {
    let mut order: SmallVec<[usize; 4]> = (0..ndim).collect();
    // `order[ndim - 1]` is the fastest; an insertion sort from the fast end, as the iterator does.
    for step in 1..ndim {
        let moving = order[ndim - 1 - step];
        let mut place = ndim - 1 - step;
        for (probe, &other) in order.iter().enumerate().skip(ndim - step) {
            match faster(moving, other, operands) {
                Some(true) => place = probe,
                Some(false) => break,
                None => {}
            }
        }
        order[ndim - 1 - step..=place].rotate_left(1);
    }
    order
}

/// Whether axis `a` walks memory in smaller steps than `b`; `None` when no operand moves along both.
fn faster(a: usize, b: usize, operands: &[&[isize]]) -> Option<bool> {
    let mut answer = None;
    for strides in operands {
        let (sa, sb) = (strides[a].unsigned_abs(), strides[b].unsigned_abs());
        if sa != 0 && sb != 0 {
            if sb <= sa {
                answer = Some(false);
            } else if answer.is_none() {
                answer = Some(true);
            }
        }
    }
    answer
}

/// A walk over `N` operands at once: axes in memory order, neighbours merged where possible.
#[derive(Debug, Clone)]
pub struct Walk<const N: usize> {
    /// Lengths, slowest axis first; never empty.
    pub shape: Dims,
    /// Strides of each operand along those axes.
    pub strides: [Strides; N],
    /// Offset of the first element of each operand.
    pub start: [isize; N],
}

impl<const N: usize> Walk<N> {
    /// Walk in the given axis order, merging axes that every operand crosses evenly.
    pub fn new(shape: &[usize], order: &[usize], strides: [&[isize]; N], start: [usize; N]) -> Self {
        let mut walk = Walk {
            shape: Dims::new(),
            strides: std::array::from_fn(|_| Strides::new()),
            start: start.map(|s| s as isize),
        };
        for &axis in order {
            let n = shape[axis];
            if n == 1 {
                continue;
            }
            let merges = walk.shape.last().is_some()
                && (0..N).all(|i| {
                    let outer = *walk.strides[i].last().expect("one stride per axis");
                    outer == strides[i][axis] * n as isize
                });
            if merges {
                let last = walk.shape.len() - 1;
                walk.shape[last] *= n;
                for (mine, given) in walk.strides.iter_mut().zip(&strides) {
                    mine[last] = given[axis];
                }
            } else {
                walk.shape.push(n);
                for (mine, given) in walk.strides.iter_mut().zip(&strides) {
                    mine.push(given[axis]);
                }
            }
        }
        if walk.shape.is_empty() {
            walk.shape.push(1);
            for i in 0..N {
                walk.strides[i].push(0);
            }
        }
        walk
    }

    /// Length of the innermost runs.
    pub fn run(&self) -> usize {
        *self.shape.last().expect("a walk has at least one axis")
    }

    /// Step of each operand inside a run.
    pub fn steps(&self) -> [isize; N] {
        std::array::from_fn(|i| *self.strides[i].last().expect("one stride per axis"))
    }

    /// Calls `f` with the first offset of each operand for every innermost run, in memory order.
    #[inline]
    pub fn for_each_run(&self, mut f: impl FnMut([usize; N])) {
        if self.shape.contains(&0) {
            return;
        }
        let outer = self.shape.len() - 1;
        let mut index: Dims = SmallVec::from_elem(0, outer);
        let mut at = self.start;
        loop {
            f(at.map(|o| o as usize));
            let mut axis = outer;
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                index[axis] += 1;
                for (at, strides) in at.iter_mut().zip(&self.strides) {
                    *at += strides[axis];
                }
                if index[axis] < self.shape[axis] {
                    break;
                }
                for (at, strides) in at.iter_mut().zip(&self.strides) {
                    *at -= strides[axis] * self.shape[axis] as isize;
                }
                index[axis] = 0;
            }
        }
    }
}

/// Strides of a new array whose memory order is `order` (slowest first).
pub fn strides_in_order(shape: &[usize], order: &[usize]) -> Strides {
    let mut strides: Strides = SmallVec::from_elem(0, shape.len());
    let mut step = 1isize;
    for &axis in order.iter().rev() {
        strides[axis] = step;
        step *= shape[axis].max(1) as isize;
    }
    strides
}
