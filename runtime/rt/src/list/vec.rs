//! List operations that change the length.

use std::borrow::Borrow;

use super::bounds::{insertion, position, slice_bounds};
use crate::class::{IndexError, ValueError};
use crate::unwind::raise_new;

/// Python's list operations on vectors, where std has none of the same meaning.
pub trait PyVec<T> {
    /// `xs.pop(index)`; raises `IndexError`.
    fn pop_at(&mut self, index: i64) -> T;

    /// `xs.pop()`; raises `IndexError`.
    fn pop_last(&mut self) -> T;

    /// `del xs[index]`; raises `IndexError`.
    fn del_at(&mut self, index: i64);

    /// `xs.insert(index, value)`.
    fn py_insert(&mut self, index: i64, value: T);

    /// `xs *= n`.
    fn py_multiply(&mut self, n: i64)
    where
        T: Clone;

    /// `xs.remove(value)`; raises `ValueError`.
    fn py_remove<Q>(&mut self, value: &Q)
    where
        T: Borrow<Q>,
        Q: PartialEq + ?Sized;

    /// `xs[start:stop:step] = values`; raises `ValueError` when a step other than 1 needs another
    /// number of values.
    fn set_slice(
        &mut self,
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
        values: impl IntoIterator<Item = T>,
    );

    /// `del xs[start:stop:step]`.
    fn del_slice(&mut self, start: Option<i64>, stop: Option<i64>, step: i64);
}

impl<T> PyVec<T> for Vec<T> {
    fn py_multiply(&mut self, n: i64)
    where
        T: Clone,
    {
        let (len, times) = (self.len(), usize::try_from(n).unwrap_or(0));
        self.reserve(len * times.saturating_sub(1));
        (1..times).for_each(|_| self.extend_from_within(..len));
        if times == 0 {
            self.clear();
        }
    }

    #[inline]
    #[track_caller]
    fn pop_at(&mut self, index: i64) -> T {
        match position(self.len(), index) {
            Some(position) => self.remove(position),
            None if self.is_empty() => raise_new(IndexError, "pop from empty list"),
            None => raise_new(IndexError, "pop index out of range"),
        }
    }

    #[inline]
    #[track_caller]
    fn pop_last(&mut self) -> T {
        match self.pop() {
            Some(value) => value,
            None => raise_new(IndexError, "pop from empty list"),
        }
    }

    #[track_caller]
    fn del_at(&mut self, index: i64) {
        match position(self.len(), index) {
            Some(position) => drop(self.remove(position)),
            None => raise_new(IndexError, "list assignment index out of range"),
        }
    }

    fn py_insert(&mut self, index: i64, value: T) {
        self.insert(insertion(self.len(), index), value);
    }

    #[track_caller]
    fn py_remove<Q>(&mut self, value: &Q)
    where
        T: Borrow<Q>,
        Q: PartialEq + ?Sized,
    {
        match self.iter().position(|item| item.borrow() == value) {
            Some(position) => drop(self.remove(position)),
            None => raise_new(ValueError, "list.remove(x): x not in list"),
        }
    }

    #[track_caller]
    fn set_slice(
        &mut self,
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
        values: impl IntoIterator<Item = T>,
    ) {
        let bounds = slice_bounds(self.len(), start, stop, step);
        if let Some(range) = bounds.plain() {
            self.splice(range, values);
            return;
        }
        let values: Vec<T> = values.into_iter().collect();
        if values.len() != bounds.count {
            raise_new(
                ValueError,
                format!(
                    "attempt to assign sequence of size {} to extended slice of size {}",
                    values.len(),
                    bounds.count
                ),
            );
        }
        for (position, value) in bounds.positions().zip(values) {
            self[position] = value;
        }
    }

    #[track_caller]
    fn del_slice(&mut self, start: Option<i64>, stop: Option<i64>, step: i64) {
        let bounds = slice_bounds(self.len(), start, stop, step);
        if let Some(range) = bounds.plain() {
            self.drain(range);
            return;
        }
        let mut gone: Vec<usize> = bounds.positions().collect();
        if step < 0 {
            gone.reverse();
        }
        let mut gone = gone.into_iter().peekable();
        let mut position = 0;
        self.retain(|_| {
            position += 1;
            gone.next_if_eq(&(position - 1)).is_none()
        });
    }
}
