//! A list with aliases.

use std::borrow;
use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use super::{Identity, write_once};
use crate::list::{PyList, PyOrd, PyVec, sorted_by_key};
use crate::repr::{Repr, repr};

/// Python's `list` where more than one name may hold it: `clone` is an alias.
pub struct List<T>(Rc<RefCell<Vec<T>>>);

impl<T> List<T> {
    /// `[]`.
    pub fn new() -> Self {
        List::from(Vec::new())
    }

    /// A look at the items; must end before anything else uses the list.
    #[inline]
    pub fn borrow(&self) -> Ref<'_, Vec<T>> {
        self.0.borrow()
    }

    /// Access to the items; must end before anything else uses the list.
    #[inline]
    pub fn borrow_mut(&self) -> RefMut<'_, Vec<T>> {
        self.0.borrow_mut()
    }

    /// Number of items.
    #[inline]
    pub fn len(&self) -> usize {
        self.borrow().len()
    }

    /// `len(xs)`.
    #[inline]
    pub fn len_i64(&self) -> i64 {
        self.len() as i64
    }

    /// Whether there are no items.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.borrow().is_empty()
    }

    /// Whether both are one list; `a is b`.
    #[inline]
    pub fn ptr_eq(&self, other: &List<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// `xs.append(item)`.
    #[inline]
    pub fn push(&self, item: T) {
        self.borrow_mut().push(item);
    }

    /// `xs.pop()`; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn pop(&self) -> T {
        self.borrow_mut().pop_last()
    }

    /// `xs.pop(index)`; raises `IndexError`.
    #[track_caller]
    pub fn pop_at(&self, index: i64) -> T {
        self.borrow_mut().pop_at(index)
    }

    /// `xs[index] = item`; raises `IndexError`. The old item is dropped after the borrow.
    #[inline]
    #[track_caller]
    pub fn set_at(&self, index: i64, item: T) {
        let mut items = self.borrow_mut();
        let Some(position) = crate::list::position(items.len(), index) else {
            let len = items.len();
            drop(items);
            crate::raise(crate::Error::outside("list assignment index out of range", index, len))
        };
        let old = std::mem::replace(&mut items[position], item);
        drop(items);
        drop(old);
    }

    /// `xs[i], xs[j] = xs[j], xs[i]`; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn swap_at(&self, i: i64, j: i64) {
        self.borrow_mut().swap_at(i, j);
    }

    /// Changes `xs[index]` in place; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn update_at<R>(&self, index: i64, change: impl FnOnce(&mut T) -> R) -> R {
        change(self.borrow_mut().at_mut(index))
    }

    /// The place `xs[index]`, borrowed for one operation; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn at_mut(&self, index: i64) -> std::cell::RefMut<'_, T> {
        let items = self.borrow_mut();
        let Some(position) = crate::list::position(items.len(), index) else {
            let len = items.len();
            drop(items);
            crate::raise(crate::Error::outside("list index out of range", index, len))
        };
        std::cell::RefMut::map(items, |items| &mut items[position])
    }

    /// `xs[start:stop:step]`, a list of its own.
    #[track_caller]
    pub fn py_slice(&self, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<T>
    where
        T: Clone,
    {
        self.borrow().py_slice(start, stop, step)
    }

    /// `xs + other`, a list of its own.
    pub fn py_concat(&self, other: &[T]) -> Vec<T>
    where
        T: Clone,
    {
        self.borrow().py_concat(other)
    }

    /// `xs *= n`.
    pub fn multiply(&self, n: i64)
    where
        T: Clone,
    {
        self.borrow_mut().py_multiply(n);
    }

    /// `xs * n`, a list of its own.
    pub fn py_repeat(&self, n: i64) -> Vec<T>
    where
        T: Clone,
    {
        self.borrow().py_repeat(n)
    }

    /// `del xs[index]`; raises `IndexError`.
    #[track_caller]
    pub fn del_at(&self, index: i64) {
        self.borrow_mut().del_at(index);
    }

    /// `xs.insert(index, item)`.
    pub fn insert(&self, index: i64, item: T) {
        self.borrow_mut().py_insert(index, item);
    }

    /// `xs.extend(items)`.
    pub fn extend(&self, items: impl IntoIterator<Item = T>) {
        let items: Vec<T> = items.into_iter().collect();
        self.borrow_mut().extend(items);
    }

    /// `xs.clear()`.
    pub fn clear(&self) {
        drop(self.0.take());
    }

    /// `xs.reverse()`.
    pub fn reverse(&self) {
        self.borrow_mut().reverse();
    }

    /// `xs[start:stop:step] = items`; raises `ValueError`.
    #[track_caller]
    pub fn set_slice(
        &self,
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
        items: impl IntoIterator<Item = T>,
    ) {
        let items: Vec<T> = items.into_iter().collect();
        self.borrow_mut().set_slice(start, stop, step, items);
    }

    /// `del xs[start:stop:step]`.
    #[track_caller]
    pub fn del_slice(&self, start: Option<i64>, stop: Option<i64>, step: i64) {
        self.borrow_mut().del_slice(start, stop, step);
    }

    /// `xs.sort(reverse=..)`.
    pub fn sort(&self, reverse: bool)
    where
        T: PyOrd,
    {
        let mut items = self.0.take();
        items.py_sort(reverse);
        *self.borrow_mut() = items;
    }

    /// `xs.sort(key=.., reverse=..)`.
    pub fn sort_by_key<K: PyOrd>(&self, key: impl FnMut(&T) -> K, reverse: bool) {
        let sorted = sorted_by_key(self.0.take(), key, reverse);
        *self.borrow_mut() = sorted;
    }

    /// `xs.sort(key=functools.cmp_to_key(order), reverse=..)`.
    pub fn py_sort_by_cmp(&self, order: impl FnMut(&T, &T) -> i64, reverse: bool) {
        let mut items = self.0.take();
        items.py_sort_by_cmp(order, reverse);
        *self.borrow_mut() = items;
    }

    /// The items, when no other name holds the list; else a copy.
    pub fn into_vec(self) -> Vec<T>
    where
        T: Clone,
    {
        Rc::try_unwrap(self.0).map_or_else(|shared| shared.borrow().clone(), RefCell::into_inner)
    }
}

impl<T: Clone> List<T> {
    /// `xs[index]`; raises `IndexError`.
    #[inline]
    #[track_caller]
    pub fn at(&self, index: i64) -> T {
        self.borrow().at(index).clone()
    }

    /// `xs[start:stop:step]`, a new list.
    #[track_caller]
    pub fn slice(&self, start: Option<i64>, stop: Option<i64>, step: i64) -> List<T> {
        let items = self.borrow().py_slice(start, stop, step);
        List::from(items)
    }

    /// The items, copied.
    pub fn to_vec(&self) -> Vec<T> {
        self.borrow().clone()
    }

    /// `xs.copy()`: a new list with the same items.
    #[must_use]
    pub fn copy(&self) -> List<T> {
        List::from(self.to_vec())
    }

    /// The items by index, with a fresh borrow each: the list may change meanwhile, as in Python.
    #[inline]
    pub fn iter(&self) -> Iter<T> {
        Iter { list: self.clone(), next: 0, end: None }
    }
}

impl<T: PartialEq> List<T> {
    /// `item in xs`.
    pub fn contains<Q: PartialEq + ?Sized>(&self, item: &Q) -> bool
    where
        T: borrow::Borrow<Q>,
    {
        self.borrow().iter().any(|own| borrow::Borrow::borrow(own) == item)
    }

    /// `xs.index(item)`; raises `ValueError`.
    #[track_caller]
    pub fn index<Q: PartialEq + Repr + ?Sized>(&self, item: &Q) -> i64
    where
        T: borrow::Borrow<Q>,
    {
        self.borrow().py_index(item)
    }

    /// `xs.count(item)`.
    pub fn count<Q: PartialEq + ?Sized>(&self, item: &Q) -> i64
    where
        T: borrow::Borrow<Q>,
    {
        self.borrow().py_count(item)
    }

    /// `xs.remove(item)`; raises `ValueError`.
    #[track_caller]
    pub fn remove<Q: PartialEq + ?Sized>(&self, item: &Q)
    where
        T: borrow::Borrow<Q>,
    {
        self.borrow_mut().py_remove(item);
    }
}

impl<T> Clone for List<T> {
    /// Another name for the same list.
    #[inline]
    fn clone(&self) -> Self {
        List(Rc::clone(&self.0))
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List::new()
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        List(Rc::new(RefCell::new(items)))
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(items: [T; N]) -> Self {
        List::from(Vec::from(items))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        List::from(items.into_iter().collect::<Vec<T>>())
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || *self.borrow() == *other.borrow()
    }
}

impl<T: PyOrd + PartialEq> PyOrd for List<T> {
    fn py_lt(&self, other: &Self) -> bool {
        !self.ptr_eq(other) && self.borrow().py_lt(&other.borrow())
    }
}

/// The items of a [`List`], read one by one.
pub struct Iter<T> {
    list: List<T>,
    next: usize,
    /// Where the items behind were given, from the back; a list that changes does not move it.
    end: Option<usize>,
}

impl<T: Clone> DoubleEndedIterator for Iter<T> {
    fn next_back(&mut self) -> Option<T> {
        let list = self.list.borrow();
        let end = self.end.unwrap_or(list.len());
        let item = end.checked_sub(1).filter(|at| *at >= self.next).and_then(|at| list.get(at)).cloned();
        // Once it is behind the list it has ended, even if the list grows again.
        self.end = Some(if item.is_some() { end - 1 } else { 0 });
        item
    }
}

impl<T> Iter<T> {
    /// The items as they come: they are copies already.
    #[must_use]
    pub fn cloned(self) -> Self {
        self
    }

    /// The items as they come: they are copies already.
    #[must_use]
    pub fn copied(self) -> Self {
        self
    }
}

impl<T: Clone> Iterator for Iter<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let list = self.list.borrow();
        let item = list.get(self.next).filter(|_| self.end.is_none_or(|end| self.next < end))?.clone();
        self.next += 1;
        Some(item)
    }
}

impl<T: Clone> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = Iter<T>;

    fn into_iter(self) -> Iter<T> {
        Iter { list: self, next: 0, end: None }
    }
}

impl<T: Clone> IntoIterator for &List<T> {
    type Item = T;
    type IntoIter = Iter<T>;

    fn into_iter(self) -> Iter<T> {
        self.iter()
    }
}

impl<T> Identity for List<T> {
    fn id(&self) -> i64 {
        self.0.id()
    }
}

impl<T: Repr> Repr for List<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_once(f, self.id(), "[...]", |f| self.borrow().fmt_repr(f))
    }
}

impl<T: Repr> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&repr(self), f)
    }
}

impl<T: crate::Format> crate::Format for List<T> {
    fn operand(&self) -> crate::Operand<'_> {
        crate::Operand::Other("list")
    }
}

#[cfg(test)]
mod tests {
    use super::List;
    use crate::repr;

    #[test]
    fn aliases_see_each_other() {
        let a = List::from([1, 2]);
        let b = a.clone();
        b.push(3);
        assert_eq!(repr(&a).to_string(), "[1, 2, 3]");
        assert!(a.ptr_eq(&b) && !a.ptr_eq(&a.copy()) && a == a.copy());
        let mut seen = Vec::new();
        for x in &a {
            seen.push(x);
            if x < 3 {
                a.push(x + 10);
            }
        }
        assert_eq!(seen, [1, 2, 3, 11, 12]);
        assert_eq!(a.slice(None, None, -2).to_vec(), [12, 3, 1]);
    }
}
