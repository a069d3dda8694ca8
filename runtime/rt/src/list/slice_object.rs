//! `slice(start, stop, step)` as a value.

use std::fmt;
use std::ops::{Range, RangeFrom, RangeFull, RangeTo};

use super::bounds::slice_ends;
use crate::repr::Repr;

/// Python's `slice`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Slice {
    /// Where it starts.
    pub start: Option<i64>,
    /// Where it stops.
    pub stop: Option<i64>,
    /// The distance between positions.
    pub step: Option<i64>,
}

impl Slice {
    /// `slice(start, stop, step)`.
    pub const fn new(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Slice {
        Slice { start, stop, step }
    }

    /// The same part, every `step`-th item.
    pub const fn by(self, step: i64) -> Slice {
        Slice { step: Some(step), ..self }
    }

    /// `s.indices(length)`; raises `ValueError` for a step of zero.
    #[track_caller]
    pub fn indices(self, length: i64) -> (i64, i64, i64) {
        let step = self.step.unwrap_or(1);
        let (start, stop) = slice_ends(length.max(0) as usize, self.start, self.stop, step);
        (start, stop, step)
    }
}

/// A part of a sequence as a range: `slice(1..)`, `slice(..-1)`, `slice(..).by(2)`.
pub fn slice(range: impl Into<Slice>) -> Slice {
    range.into()
}

/// The part from one position up to another, which may count from the end: `between(1, -1)`.
pub const fn between(start: i64, stop: i64) -> Slice {
    Slice::new(Some(start), Some(stop), None)
}

impl From<RangeFull> for Slice {
    fn from(_: RangeFull) -> Slice {
        Slice::new(None, None, None)
    }
}

impl From<RangeFrom<i64>> for Slice {
    fn from(range: RangeFrom<i64>) -> Slice {
        Slice::new(Some(range.start), None, None)
    }
}

impl From<RangeTo<i64>> for Slice {
    fn from(range: RangeTo<i64>) -> Slice {
        Slice::new(None, Some(range.end), None)
    }
}

impl From<Range<i64>> for Slice {
    fn from(range: Range<i64>) -> Slice {
        Slice::new(Some(range.start), Some(range.end), None)
    }
}

impl Repr for Slice {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [start, stop, step] =
            [self.start, self.stop, self.step].map(|part| crate::repr(&part).to_string());
        write!(f, "slice({start}, {stop}, {step})")
    }
}

crate::impl_format!(Slice: "slice");

impl crate::Truth for Slice {
    fn is_true(&self) -> bool {
        true
    }
}
