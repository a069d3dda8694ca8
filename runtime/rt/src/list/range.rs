//! `range` objects with any step.

use std::fmt;

use super::bounds::{position, slice_ends};
use crate::class::{IndexError, ValueError};
use crate::repr::Repr;
use crate::unwind::raise_new;

/// Python's `range`: iterates from `start` towards `stop`, which is left out.
#[derive(Clone, Debug)]
pub struct Range {
    start: i64,
    stop: i64,
    step: i64,
    /// What is left to yield: positions `next..end`.
    next: u64,
    end: u64,
}

/// `range(start, stop, step)`; raises `ValueError` for a step of zero.
#[inline]
#[track_caller]
pub fn range(start: i64, stop: i64, step: i64) -> Range {
    if step == 0 {
        raise_new(ValueError, "range() arg 3 must not be zero");
    }
    let apart = if step > 0 { stop > start } else { start > stop };
    let end = if apart { (start.abs_diff(stop) - 1) / step.unsigned_abs() + 1 } else { 0 };
    Range { start, stop, step, next: 0, end }
}

impl Range {
    fn value(&self, position: u64) -> i64 {
        self.start.wrapping_add(self.step.wrapping_mul(position as i64))
    }

    fn total(&self) -> u64 {
        range(self.start, self.stop, self.step).end
    }

    /// `r.start`.
    pub fn start(&self) -> i64 {
        self.start
    }

    /// `r.stop`.
    pub fn stop(&self) -> i64 {
        self.stop
    }

    /// `r.step`.
    pub fn step(&self) -> i64 {
        self.step
    }

    /// `len(r)`.
    pub fn len_i64(&self) -> i64 {
        self.total() as i64
    }

    /// `r[index]`; raises `IndexError`.
    #[track_caller]
    pub fn at(&self, index: i64) -> i64 {
        match position(self.total() as usize, index) {
            Some(position) => self.value(position as u64),
            None => raise_new(IndexError, "range object index out of range"),
        }
    }

    /// `r[start:stop:step]`; raises `ValueError` for a step of zero.
    #[track_caller]
    pub fn py_slice(&self, start: Option<i64>, stop: Option<i64>, step: i64) -> Range {
        let (first, last) = slice_ends(self.total() as usize, start, stop, step);
        range(self.start + first * self.step, self.start + last * self.step, self.step * step)
    }

    fn find(&self, value: i64) -> Option<i64> {
        let apart = if self.step > 0 { value >= self.start } else { value <= self.start };
        let distance = value.abs_diff(self.start);
        let step = self.step.unsigned_abs();
        let at = distance / step;
        (apart && distance.is_multiple_of(step) && at < self.total()).then_some(at as i64)
    }

    /// `value in r`.
    pub fn contains(&self, value: i64) -> bool {
        self.find(value).is_some()
    }

    /// `r.index(value)`; raises `ValueError`.
    #[track_caller]
    pub fn py_index(&self, value: i64) -> i64 {
        match self.find(value) {
            Some(at) => at,
            None => raise_new(ValueError, format!("{value} is not in range")),
        }
    }
}

impl Iterator for Range {
    type Item = i64;

    #[inline]
    fn next(&mut self) -> Option<i64> {
        if self.next >= self.end {
            return None;
        }
        let value = self.value(self.next);
        self.next += 1;
        Some(value)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.end - self.next) as usize;
        (left, Some(left))
    }
}

impl DoubleEndedIterator for Range {
    #[inline]
    fn next_back(&mut self) -> Option<i64> {
        if self.next >= self.end {
            return None;
        }
        self.end -= 1;
        Some(self.value(self.end))
    }
}

impl ExactSizeIterator for Range {}

impl PartialEq for Range {
    /// Equal when they hold equal numbers.
    fn eq(&self, other: &Range) -> bool {
        let total = self.total();
        total == other.total()
            && (total == 0 || self.start == other.start && (total == 1 || self.step == other.step))
    }
}

impl Eq for Range {}

impl Default for Range {
    fn default() -> Range {
        range(0, 0, 1)
    }
}

impl Repr for Range {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "range({}, {}", self.start, self.stop)?;
        if self.step != 1 {
            write!(f, ", {}", self.step)?;
        }
        f.write_str(")")
    }
}

impl Repr for std::ops::Range<i64> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "range({}, {})", self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::range;
    use crate::repr;

    #[test]
    fn ranges_step_both_ways() {
        assert_eq!(range(0, 10, 3).collect::<Vec<_>>(), [0, 3, 6, 9]);
        assert_eq!(range(5, 0, -2).rev().collect::<Vec<_>>(), [1, 3, 5]);
        assert_eq!(range(0, 0, 1).count(), 0);
        assert_eq!(range(i64::MIN, i64::MAX, i64::MAX).count(), 3);
        let r = range(10, 0, -3);
        assert_eq!((r.len_i64(), r.at(-1), r.contains(4), r.contains(5)), (4, 1, true, false));
        assert_eq!(repr(&r).to_string(), "range(10, 0, -3)");
        assert!(range(0, 3, 2) == range(0, 4, 2));
    }
}
