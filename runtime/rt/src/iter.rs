//! Iterators that are kept: in fields, in containers, under several names.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::class::ValueError;
use crate::collections::{Key, std_hash};
use crate::list::{PyOrd, not_ordered};
use crate::repr::Repr;
use crate::unwind::raise_new;

/// An iterator under several names: each clone goes on where the others stopped.
pub struct Iter<T>(Rc<Cell<Option<Items<T>>>>);

type Items<T> = Box<dyn Iterator<Item = T>>;

impl<T> Iter<T> {
    /// The items of `items`, kept.
    pub fn new(items: impl Iterator<Item = T> + 'static) -> Iter<T> {
        Iter(Rc::new(Cell::new(Some(Box::new(items)))))
    }
}

impl<T> Clone for Iter<T> {
    fn clone(&self) -> Self {
        Iter(Rc::clone(&self.0))
    }
}

impl<T> Iterator for Iter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self.0.take() {
            Some(items) => Turn { items: Some(items), home: &self.0 }.next(),
            None => raise_new(ValueError, "generator already executing"),
        }
    }
}

/// Items that are away from their place while one of them is computed, which may ask for the next itself.
struct Turn<'a, T> {
    items: Option<Items<T>>,
    home: &'a Cell<Option<Items<T>>>,
}

impl<T> Turn<'_, T> {
    fn next(&mut self) -> Option<T> {
        self.items.as_mut().and_then(Iterator::next)
    }
}

/// They come back however the computation ends.
impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.home.set(self.items.take());
    }
}

/// Iterators are equal to themselves alone.
impl<T> PartialEq for Iter<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// As keys, too.
impl<T> Key for Iter<T> {
    fn key_hash(&self) -> u64 {
        std_hash(&Rc::as_ptr(&self.0).addr())
    }

    fn key_eq(&self, other: &Self) -> bool {
        self == other
    }
}

impl<T> PyOrd for Iter<T> {
    fn py_lt(&self, _: &Self) -> bool {
        not_ordered("<", "generator", "generator")
    }
}

impl<T> fmt::Debug for Iter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iter")
    }
}

impl<T> Repr for Iter<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<iterator object>")
    }
}

/// How many items are equal to one: `operator.countOf`.
pub fn count_of<T: PartialEq>(items: impl IntoIterator<Item = T>, wanted: T) -> i64 {
    items.into_iter().filter(|item| *item == wanted).count() as i64
}

/// The position of the first item that is equal to one: `operator.indexOf`.
pub fn index_of<T: PartialEq>(items: impl IntoIterator<Item = T>, wanted: T) -> i64 {
    match items.into_iter().position(|item| item == wanted) {
        Some(at) => at as i64,
        None => raise_new(ValueError, "sequence.index(x): x not in sequence"),
    }
}

#[cfg(test)]
mod tests {
    use super::Iter;

    #[test]
    fn clones_share_their_place() {
        let mut first = Iter::new(0..4);
        let mut second = first.clone();
        assert_eq!((first.next(), second.next(), first.next()), (Some(0), Some(1), Some(2)));
    }
}
