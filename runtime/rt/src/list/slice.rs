//! What every list can be asked: items, slices, searches.

use std::borrow::Borrow;

use super::bounds::{position, slice_bounds};
use super::order::PyOrd;
use crate::class::{IndexError, ValueError};
use crate::error::Error;
use crate::repr::{Repr, repr};
use crate::unwind::{raise, raise_new};

/// Python's list operations on slices, where std has none of the same meaning.
pub trait PyList<T> {
    /// The items.
    fn items(&self) -> &[T];

    /// The items, to be changed.
    fn items_mut(&mut self) -> &mut [T];

    /// `len(xs)`.
    #[inline]
    fn len_i64(&self) -> i64 {
        self.items().len() as i64
    }

    /// `xs[index]`, from the end when negative; raises `IndexError`.
    #[inline]
    #[track_caller]
    fn at(&self, index: i64) -> &T {
        let items = self.items();
        match position(items.len(), index) {
            Some(position) => &items[position],
            None => raise(Error::outside("list index out of range", index, items.len())),
        }
    }

    /// `xs[index]`, to be changed; raises `IndexError`.
    #[inline]
    #[track_caller]
    fn at_mut(&mut self, index: i64) -> &mut T {
        let items = self.items_mut();
        match position(items.len(), index) {
            Some(position) => &mut items[position],
            None => raise(Error::outside("list index out of range", index, items.len())),
        }
    }

    /// `xs[i], xs[j] = xs[j], xs[i]`; raises `IndexError`.
    #[inline]
    #[track_caller]
    fn swap_at(&mut self, i: i64, j: i64) {
        let items = self.items_mut();
        match (position(items.len(), i), position(items.len(), j)) {
            (Some(i), Some(j)) => items.swap(i, j),
            _ => raise_new(IndexError, "list index out of range"),
        }
    }

    /// The place of `xs[index]` for a new value; raises `IndexError` in the words of an assignment.
    #[inline]
    #[track_caller]
    fn slot(&mut self, index: i64) -> &mut T {
        let items = self.items_mut();
        match position(items.len(), index) {
            Some(position) => &mut items[position],
            None => raise(Error::outside("list assignment index out of range", index, items.len())),
        }
    }

    /// `xs[index] = value`; raises `IndexError`.
    #[inline]
    #[track_caller]
    fn set_at(&mut self, index: i64, value: T) {
        let items = self.items_mut();
        match position(items.len(), index) {
            Some(position) => items[position] = value,
            None => raise(Error::outside("list assignment index out of range", index, items.len())),
        }
    }

    /// `xs[start:stop:step]`.
    #[track_caller]
    fn py_slice(&self, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<T>
    where
        T: Clone,
    {
        let items = self.items();
        let bounds = slice_bounds(items.len(), start, stop, step);
        match bounds.plain() {
            Some(range) => items[range].to_vec(),
            None => bounds.positions().map(|position| items[position].clone()).collect(),
        }
    }

    /// `xs[start:stop]` without a copy.
    #[inline]
    fn py_view(&self, start: Option<i64>, stop: Option<i64>) -> &[T] {
        let items = self.items();
        let bounds = slice_bounds(items.len(), start, stop, 1);
        &items[bounds.first..bounds.first + bounds.count]
    }

    /// `xs.index(value)`; raises `ValueError`.
    #[track_caller]
    fn py_index<Q>(&self, value: &Q) -> i64
    where
        T: Borrow<Q>,
        Q: PartialEq + Repr + ?Sized,
    {
        self.py_index_in(value, None, None)
    }

    /// `xs.index(value, start, stop)`; raises `ValueError`.
    #[track_caller]
    fn py_index_in<Q>(&self, value: &Q, start: Option<i64>, stop: Option<i64>) -> i64
    where
        T: Borrow<Q>,
        Q: PartialEq + Repr + ?Sized,
    {
        let bounds = slice_bounds(self.items().len(), start, stop, 1);
        let items = &self.items()[bounds.first..bounds.first + bounds.count];
        let found = items.iter().position(|item| item.borrow() == value);
        match found {
            Some(at) => (bounds.first + at) as i64,
            None => raise_new(ValueError, format!("{} is not in list", repr(value))),
        }
    }

    /// `xs.count(value)`.
    fn py_count<Q>(&self, value: &Q) -> i64
    where
        T: Borrow<Q>,
        Q: PartialEq + ?Sized,
    {
        self.items().iter().filter(|item| (*item).borrow() == value).count() as i64
    }

    /// `xs * n`.
    fn py_repeat(&self, n: i64) -> Vec<T>
    where
        T: Clone,
    {
        let items = self.items();
        match (items, usize::try_from(n)) {
            ([one], Ok(n)) => vec![one.clone(); n],
            (_, Ok(n)) => items.iter().cycle().take(items.len() * n).cloned().collect(),
            (_, Err(_)) => Vec::new(),
        }
    }

    /// `xs + other`.
    fn py_concat(&self, other: &[T]) -> Vec<T>
    where
        T: Clone,
    {
        [self.items(), other].concat()
    }

    /// `xs.sort(reverse=..)`: stable, by `<`.
    fn py_sort(&mut self, reverse: bool)
    where
        T: PyOrd,
    {
        super::order::sort_slice(self.items_mut(), reverse);
    }

    /// `xs.sort(key=.., reverse=..)`: the key is taken once of each item.
    fn py_sort_by_key<K: PyOrd>(&mut self, key: impl FnMut(&T) -> K, reverse: bool)
    where
        T: Clone,
    {
        let items = self.items_mut();
        let sorted = super::order::sort_keyed(items.to_vec(), key, reverse);
        items.clone_from_slice(&sorted);
    }

    /// `xs.sort(key=functools.cmp_to_key(order), reverse=..)`.
    fn py_sort_by_cmp(&mut self, order: impl FnMut(&T, &T) -> i64, reverse: bool) {
        super::order::sort_by_cmp(self.items_mut(), order, reverse);
    }

    /// `sorted(xs, reverse=..)`.
    fn py_sorted(&self, reverse: bool) -> Vec<T>
    where
        T: PyOrd + Clone,
    {
        let mut items = self.items().to_vec();
        items.py_sort(reverse);
        items
    }

    /// `min(xs)`; raises `ValueError` when empty.
    #[track_caller]
    fn py_min(&self) -> T
    where
        T: PyOrd + Clone,
    {
        super::order::min(self.items()).clone()
    }

    /// `max(xs)`; raises `ValueError` when empty.
    #[track_caller]
    fn py_max(&self) -> T
    where
        T: PyOrd + Clone,
    {
        super::order::max(self.items()).clone()
    }
}

impl<T> PyList<T> for [T] {
    #[inline]
    fn items(&self) -> &[T] {
        self
    }

    #[inline]
    fn items_mut(&mut self) -> &mut [T] {
        self
    }
}

impl<T> PyList<T> for Vec<T> {
    #[inline]
    fn items(&self) -> &[T] {
        self
    }

    #[inline]
    fn items_mut(&mut self) -> &mut [T] {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::PyList;
    use crate::catch;
    use crate::list::PyVec;

    #[test]
    fn indices_count_from_both_ends() {
        let xs = [10, 20, 30];
        assert_eq!((*xs.at(-1), *xs.at(0)), (30, 10));
        for index in [3, -4] {
            let error = catch(|| *xs.at(index)).map_err(|e| e.traceback_line());
            assert_eq!(error, Err("IndexError: list index out of range".to_owned()));
        }
    }

    #[test]
    fn slices_clamp_and_step() {
        // From CPython 3.11, xs = list(range(10)).
        let xs: Vec<i64> = (0..10).collect();
        type Case = (Option<i64>, Option<i64>, i64, &'static [i64]);
        let cases: [Case; 8] = [
            (None, None, -1, &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
            (Some(2), Some(-2), 3, &[2, 5]),
            (Some(-3), None, 1, &[7, 8, 9]),
            (Some(100), Some(-100), -4, &[9, 5, 1]),
            (Some(5), Some(2), 1, &[]),
            (None, Some(-11), -9, &[9, 0]),
            (Some(i64::MIN), Some(i64::MAX), i64::MAX, &[0]),
            (None, None, i64::MIN, &[9]),
        ];
        for (start, stop, step, wanted) in cases {
            assert_eq!(xs.py_slice(start, stop, step), wanted);
        }
    }

    #[test]
    fn slices_are_assigned_and_deleted() {
        let mut xs: Vec<i64> = (0..10).collect();
        xs.set_slice(Some(2), Some(5), 1, [7; 1]);
        assert_eq!(xs, [0, 1, 7, 5, 6, 7, 8, 9]);
        xs.set_slice(None, None, -2, [1, 2, 3, 4]);
        assert_eq!(xs, [0, 4, 7, 3, 6, 2, 8, 1]);
        xs.del_slice(Some(1), None, 3);
        assert_eq!(xs, [0, 7, 3, 2, 8]);
        xs.set_slice(Some(4), Some(1), 1, [9]);
        assert_eq!(xs, [0, 7, 3, 2, 9, 8]);
        let error = catch(|| [1, 2, 3].to_vec().set_slice(None, None, 2, [1]));
        assert_eq!(
            error.map_err(|e| e.to_string()),
            Err("attempt to assign sequence of size 1 to extended slice of size 2".to_owned())
        );
    }

    #[test]
    fn sorting_is_stable_by_less_than() {
        let sorted = [3.0, 0.0, -0.0, 1.0].py_sorted(false);
        assert_eq!(format!("{sorted:?}"), "[0.0, -0.0, 1.0, 3.0]");
        let mut words = ["bb", "a", "cc", "d"];
        words.py_sort_by_key(|word| word.len() as i64, true);
        assert_eq!(words, ["bb", "cc", "a", "d"]);
    }
}
