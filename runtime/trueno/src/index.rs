//! Basic indexing: integers, slices with steps, new axes and ellipsis; all of them views.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo};

use crate::dims::{Dims, Strides};
use crate::dtype::Element;
use crate::error::{Error, Result};
use crate::tensor::{Tensor, resolve};
use crate::tensor_mut::TensorMut;

/// One entry between the brackets of Python's `a[...]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// One position; the axis goes away.
    At(isize),
    /// `start:stop:step`
    Slice(Slice),
    /// `None`: a new axis of length 1.
    NewAxis,
    /// `...`: all axes that the other entries do not name.
    Ellipsis,
}

/// Python's `start:stop:step`; `None` is what is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// First position; negative ones count from the end.
    pub start: Option<isize>,
    /// Position after the last.
    pub stop: Option<isize>,
    /// Distance; negative ones walk backwards.
    pub step: isize,
}

impl Slice {
    /// `start:stop:step`
    pub fn new(start: impl Into<Option<isize>>, stop: impl Into<Option<isize>>, step: isize) -> Slice {
        Slice { start: start.into(), stop: stop.into(), step }
    }

    /// `::step`
    pub fn step(step: isize) -> Slice {
        Slice { start: None, stop: None, step }
    }

    /// First position and number of positions on an axis of length `n`, as Python's `slice.indices`.
    pub fn resolve(self, n: usize) -> Result<(usize, usize)> {
        if self.step == 0 {
            return Err(Error::value("slice step cannot be zero"));
        }
        let n = n as isize;
        let (low, high) = if self.step > 0 { (0, n) } else { (-1, n - 1) };
        let clip = |i: isize| (if i < 0 { i.saturating_add(n) } else { i }).clamp(low, high);
        let start = self.start.map_or(if self.step > 0 { low } else { high }, clip);
        let stop = self.stop.map_or(if self.step > 0 { high } else { low }, clip);
        let span = if self.step > 0 { stop - start } else { start - stop };
        if span <= 0 {
            return Ok((0, 0));
        }
        Ok((start as usize, (span as usize - 1) / self.step.unsigned_abs() + 1))
    }
}

impl From<Slice> for Index {
    fn from(slice: Slice) -> Index {
        Index::Slice(slice)
    }
}

impl From<RangeFull> for Index {
    fn from(_: RangeFull) -> Index {
        Index::Slice(Slice::step(1))
    }
}

macro_rules! index_from {
    ($($t:ty)*) => {$(
        impl From<$t> for Index {
            fn from(at: $t) -> Index { Index::At(at as isize) }
        }
        impl From<Range<$t>> for Index {
            fn from(r: Range<$t>) -> Index { Index::Slice(Slice::new(r.start as isize, r.end as isize, 1)) }
        }
        impl From<RangeInclusive<$t>> for Index {
            fn from(r: RangeInclusive<$t>) -> Index {
                Index::Slice(Slice::new(*r.start() as isize, *r.end() as isize + 1, 1))
            }
        }
        impl From<RangeFrom<$t>> for Index {
            fn from(r: RangeFrom<$t>) -> Index { Index::Slice(Slice::new(r.start as isize, None, 1)) }
        }
        impl From<RangeTo<$t>> for Index {
            fn from(r: RangeTo<$t>) -> Index { Index::Slice(Slice::new(None, r.end as isize, 1)) }
        }
    )*};
}

index_from! { i32 i64 isize usize }

/// The entries between the brackets of `a[...]`: `s![1, .., 2..-1, Slice::step(-1), Index::NewAxis]`.
#[macro_export]
macro_rules! s {
    ($($entry:expr),* $(,)?) => { &[$($crate::Index::from($entry)),*] };
}

/// What basic indexing makes of offset, shape and strides.
pub(crate) fn apply(
    (offset, shape, strides): (usize, &[usize], &[isize]),
    entries: &[Index],
) -> Result<(usize, Dims, Strides)> {
    let named = entries.iter().filter(|e| matches!(e, Index::At(_) | Index::Slice(_))).count();
    if named > shape.len() {
        return Err(Error::TooManyIndices { ndim: shape.len(), indices: named });
    }
    if entries.iter().filter(|e| **e == Index::Ellipsis).count() > 1 {
        return Err(Error::value("an index can only have a single ellipsis ('...')"));
    }
    let (mut at, mut axis) = (offset as isize, 0);
    let (mut new_shape, mut new_strides) = (Dims::new(), Strides::new());
    let rest = [Index::Ellipsis];
    let tail: &[Index] = if entries.contains(&Index::Ellipsis) { &[] } else { &rest };
    for entry in entries.iter().chain(tail) {
        match *entry {
            Index::At(i) => {
                at += resolve(i, axis, shape[axis])? as isize * strides[axis];
                axis += 1;
            }
            Index::Slice(slice) => {
                let (start, n) = slice.resolve(shape[axis])?;
                at += start as isize * strides[axis];
                new_shape.push(n);
                new_strides.push(strides[axis].wrapping_mul(slice.step));
                axis += 1;
            }
            Index::NewAxis => {
                new_shape.push(1);
                new_strides.push(0);
            }
            Index::Ellipsis => {
                let end = axis + shape.len() - named;
                new_shape.extend_from_slice(&shape[axis..end]);
                new_strides.extend_from_slice(&strides[axis..end]);
                axis = end;
            }
        }
    }
    // A step across one or no element never moves; it must not be multiplied later.
    for (n, stride) in new_shape.iter().zip(&mut new_strides) {
        if *n <= 1 && stride.unsigned_abs() > isize::MAX as usize / 4 {
            *stride = 1;
        }
    }
    let empty = new_shape.contains(&0);
    Ok((if empty { 0 } else { at as usize }, new_shape, new_strides))
}

impl<'a, T: Element> Tensor<'a, T> {
    /// A view of what `a[...]` names: `a.slice(s![1.., 0])?`. Errors: outside the array, too many entries.
    pub fn slice(&self, entries: &[Index]) -> Result<Tensor<'_, T>> {
        let (offset, shape, strides) = apply((self.offset, &self.shape, &self.strides), entries)?;
        Ok(self.reframe(offset, shape, strides))
    }

    /// As `slice`, taking over the array; lets views of views outlive their steps.
    pub fn into_slice(self, entries: &[Index]) -> Result<Tensor<'a, T>> {
        let (offset, shape, strides) = apply((self.offset, &self.shape, &self.strides), entries)?;
        Ok(self.into_reframed(offset, shape, strides))
    }

    /// A writable view of what `a[...]` names. Borrowed elements are copied first.
    pub fn slice_mut(&mut self, entries: &[Index]) -> Result<TensorMut<'_, T>> {
        let (offset, shape, strides) = apply((self.offset, &self.shape, &self.strides), entries)?;
        Ok(TensorMut::over(self.make_owned(), offset, shape, strides))
    }

    /// The `i`-th entry along the first axis, as a view. Errors: outside the array.
    pub fn at(&self, i: isize) -> Result<Tensor<'_, T>> {
        self.slice(&[Index::At(i)])
    }
}
