//! Which positions `xs[start:stop:step]` names.

use crate::class::ValueError;
use crate::unwind::raise_new;

/// The positions of a slice: `first`, `first + step`, ..., `count` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first position; the place of insertion when `count` is 0.
    pub first: usize,
    /// The distance between positions.
    pub step: i64,
    /// Number of positions.
    pub count: usize,
}

impl Bounds {
    /// The positions in order.
    pub fn positions(self) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.count as i64).map(move |i| (self.first as i64 + i * self.step) as usize)
    }

    /// The positions as a plain range when the step is 1.
    #[inline]
    pub fn plain(self) -> Option<std::ops::Range<usize>> {
        (self.step == 1).then(|| self.first..self.first + self.count)
    }
}

/// The positions that `start:stop:step` names in a sequence of `len` items; Python's clamping.
/// Raises `ValueError` for a step of zero.
#[inline]
#[track_caller]
pub fn slice_bounds(len: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Bounds {
    let (start, stop) = slice_ends(len, start, stop, step);
    let count = if step > 0 && start < stop {
        (stop - start - 1) / step + 1
    } else if step < 0 && stop < start {
        (start - stop - 1) / step.saturating_neg() + 1
    } else {
        0
    };
    Bounds { first: start.max(0) as usize, step, count: count as usize }
}

/// Where a slice starts and stops, as `slice.indices` gives it.
#[inline]
#[track_caller]
pub(crate) fn slice_ends(len: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> (i64, i64) {
    if step == 0 {
        raise_new(ValueError, "slice step cannot be zero");
    }
    let len = len as i64;
    let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |at: i64| (if at < 0 { at.saturating_add(len) } else { at }).clamp(lowest, highest);
    let start = start.map_or(if step > 0 { lowest } else { highest }, clamp);
    let stop = stop.map_or(if step > 0 { highest } else { lowest }, clamp);
    (start, stop)
}

/// The position that a possibly negative index names; `None` when it is out of range.
#[inline]
pub(crate) fn position(len: usize, index: i64) -> Option<usize> {
    let index = if index < 0 { index + len as i64 } else { index };
    let position = index as usize;
    (index >= 0 && position < len).then_some(position)
}

/// Where `insert` puts an item: Python's clamping.
pub(crate) fn insertion(len: usize, index: i64) -> usize {
    let index = if index < 0 { index.saturating_add(len as i64) } else { index };
    index.clamp(0, len as i64) as usize
}
