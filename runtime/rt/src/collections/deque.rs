//! `collections.deque`.

use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::class::{IndexError, ValueError};
use crate::list::position;
use crate::repr::{Repr, write_items};
use crate::unwind::raise_new;

/// A queue with two ends and, if it has a `maxlen`, with forgetting at the other end.
#[derive(Clone, Debug)]
pub struct Deque<T> {
    items: VecDeque<T>,
    maxlen: Option<usize>,
    /// How often items came, went or moved: a loop over the deque ends with an error when they do.
    changes: usize,
}

impl<T> Default for Deque<T> {
    fn default() -> Self {
        Deque { items: VecDeque::new(), maxlen: None, changes: 0 }
    }
}

impl<T: PartialEq> PartialEq for Deque<T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<T: Eq> Eq for Deque<T> {}

impl<T: PartialOrd> PartialOrd for Deque<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.items.partial_cmp(&other.items)
    }
}

impl<T> Deque<T> {
    /// `deque()` or `deque(maxlen=n)`; raises `ValueError` for a negative bound.
    #[track_caller]
    pub fn new(maxlen: Option<i64>) -> Self {
        if maxlen.is_some_and(|maxlen| maxlen < 0) {
            raise_new(ValueError, "maxlen must be non-negative");
        }
        let maxlen = maxlen.map(|maxlen| maxlen as usize);
        Deque { items: VecDeque::new(), maxlen, changes: 0 }
    }

    /// `deque(items, maxlen)`.
    #[track_caller]
    pub fn from_iter_max(items: impl IntoIterator<Item = T>, maxlen: Option<i64>) -> Self {
        let mut deque = Deque::new(maxlen);
        deque.extend(items);
        deque
    }

    /// `d.maxlen`.
    pub fn maxlen(&self) -> Option<i64> {
        self.maxlen.map(|maxlen| maxlen as i64)
    }

    /// How often items came, went or moved.
    pub fn changes(&self) -> usize {
        self.changes
    }

    #[inline]
    fn change(&mut self) {
        self.changes = self.changes.wrapping_add(1);
    }

    /// `d.clear()`.
    pub fn clear(&mut self) {
        self.change();
        self.items.clear();
    }

    /// `d.append(item)`.
    #[inline]
    pub fn append(&mut self, item: T) {
        self.change();
        self.items.push_back(item);
        if self.maxlen.is_some_and(|maxlen| self.items.len() > maxlen) {
            self.items.pop_front();
        }
    }

    /// `d.appendleft(item)`.
    #[inline]
    pub fn appendleft(&mut self, item: T) {
        self.change();
        self.items.push_front(item);
        if self.maxlen.is_some_and(|maxlen| self.items.len() > maxlen) {
            self.items.pop_back();
        }
    }

    /// `d.pop()`; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn pop(&mut self) -> T {
        self.change();
        match self.items.pop_back() {
            Some(item) => item,
            None => raise_new(IndexError, "pop from an empty deque"),
        }
    }

    /// `d.popleft()`; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn popleft(&mut self) -> T {
        self.change();
        match self.items.pop_front() {
            Some(item) => item,
            None => raise_new(IndexError, "pop from an empty deque"),
        }
    }

    /// `d.extendleft(items)`.
    pub fn extendleft(&mut self, items: impl IntoIterator<Item = T>) {
        items.into_iter().for_each(|item| self.appendleft(item));
    }

    /// `d.reverse()`.
    pub fn reverse(&mut self) {
        self.items.make_contiguous().reverse();
    }

    /// `d.insert(index, item)`; raises `IndexError` when the deque is full.
    #[track_caller]
    pub fn py_insert(&mut self, index: i64, item: T) {
        if self.maxlen.is_some_and(|maxlen| self.items.len() >= maxlen) {
            raise_new(IndexError, "deque already at its maximum size");
        }
        self.change();
        let len = self.items.len() as i64;
        let index = if index < 0 { index.saturating_add(len) } else { index };
        self.items.insert(index.clamp(0, len) as usize, item);
    }

    /// `del d[index]`; raises `IndexError`.
    #[track_caller]
    pub fn del_at(&mut self, index: i64) {
        match position(self.items.len(), index) {
            Some(position) => {
                self.change();
                self.items.remove(position);
            }
            None => raise_new(IndexError, "deque index out of range"),
        }
    }

    /// `d[index] = item`; raises `IndexError`.
    #[track_caller]
    pub fn set_at(&mut self, index: i64, item: T) {
        *self.at_mut(index) = item;
    }

    /// `d.index(item)`; raises `ValueError`.
    #[track_caller]
    pub fn py_index<Q: Repr + ?Sized>(&self, item: &Q) -> i64
    where
        T: PartialEq<Q>,
    {
        match self.items.iter().position(|other| *other == *item) {
            Some(position) => position as i64,
            None => raise_new(ValueError, format!("{} is not in deque", crate::repr(item))),
        }
    }

    /// `d.rotate(n)`: to the right, to the left when negative.
    pub fn rotate(&mut self, n: i64) {
        if self.items.len() > 1 {
            self.change();
            let steps = n.rem_euclid(self.items.len() as i64);
            self.items.rotate_right(steps as usize);
        }
    }

    /// `d[index]`; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn at(&self, index: i64) -> &T {
        match position(self.items.len(), index) {
            Some(position) => &self.items[position],
            None => raise_new(IndexError, "deque index out of range"),
        }
    }

    /// `d[index]`, to be changed; raises `IndexError`.
    #[track_caller]
    pub fn at_mut(&mut self, index: i64) -> &mut T {
        match position(self.items.len(), index) {
            Some(position) => &mut self.items[position],
            None => raise_new(IndexError, "deque index out of range"),
        }
    }

    /// `d.remove(item)`; raises `ValueError`.
    #[track_caller]
    pub fn py_remove<Q: ?Sized>(&mut self, item: &Q)
    where
        T: PartialEq<Q>,
    {
        match self.items.iter().position(|other| *other == *item) {
            Some(position) => {
                self.change();
                self.items.remove(position);
            }
            None => raise_new(ValueError, "deque.remove(x): x not in deque"),
        }
    }

    /// `d.count(item)`.
    pub fn py_count<Q: ?Sized>(&self, item: &Q) -> i64
    where
        T: PartialEq<Q>,
    {
        self.items.iter().filter(|other| **other == *item).count() as i64
    }
}

impl<T> Extend<T> for Deque<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.append(item));
    }
}

impl<T> FromIterator<T> for Deque<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Deque { items: items.into_iter().collect(), maxlen: None, changes: 0 }
    }
}

impl<T, const N: usize> From<[T; N]> for Deque<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T> Deref for Deque<T> {
    type Target = VecDeque<T>;

    fn deref(&self) -> &VecDeque<T> {
        &self.items
    }
}

impl<T> DerefMut for Deque<T> {
    fn deref_mut(&mut self) -> &mut VecDeque<T> {
        &mut self.items
    }
}

impl<T> IntoIterator for Deque<T> {
    type Item = T;
    type IntoIter = std::collections::vec_deque::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Deque<T> {
    type Item = &'a T;
    type IntoIter = std::collections::vec_deque::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Repr> Repr for Deque<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_items(f, "deque([", &self.items, "]")?;
        match self.maxlen {
            Some(maxlen) => write!(f, ", maxlen={maxlen})"),
            None => f.write_str(")"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Deque;
    use crate::repr;

    #[test]
    fn bounded_deques_forget_at_the_other_end() {
        let mut d = Deque::from_iter_max(0..5, Some(3));
        assert_eq!(repr(&d).to_string(), "deque([2, 3, 4], maxlen=3)");
        d.appendleft(9);
        d.rotate(-1);
        assert_eq!(repr(&d).to_string(), "deque([2, 3, 9], maxlen=3)");
        assert_eq!((d.popleft(), d.pop(), *d.at(-1)), (2, 9, 3));
        d.pop();
        let error = crate::catch(|| d.clone().pop()).map_err(|e| e.traceback_line());
        assert_eq!(error, Err("IndexError: pop from an empty deque".to_owned()));
    }
}
