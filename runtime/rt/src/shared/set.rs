//! A set with aliases.

use std::borrow::Borrow;
use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use super::{Identity, write_once};
use crate::collections::{Key, Set, Walk};
use crate::repr::{Repr, repr};

/// Python's `set` where more than one name may hold it: `clone` is an alias.
pub struct SharedSet<T>(Rc<RefCell<Set<T>>>);

impl<T> SharedSet<T> {
    /// `set()`.
    pub fn new() -> Self {
        SharedSet::from(Set::new())
    }

    /// A look at the items; must end before anything else uses the set.
    #[inline]
    pub fn borrow(&self) -> Ref<'_, Set<T>> {
        (*self.0).borrow()
    }

    /// Access to the items; must end before anything else uses the set.
    #[inline]
    pub fn borrow_mut(&self) -> RefMut<'_, Set<T>> {
        self.0.borrow_mut()
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.borrow().len()
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.borrow().is_empty()
    }

    /// Whether both are one set; `a is b`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// `s.clear()`.
    pub fn clear(&self) {
        drop(self.0.take());
    }
}

impl<T: Key> SharedSet<T> {
    /// `s.add(item)`: whether it is new.
    pub fn insert(&self, item: T) -> bool {
        self.borrow_mut().insert(item)
    }

    /// `item in s`.
    pub fn contains<Q: Key + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.borrow().contains(item)
    }

    /// `s.discard(item)`: whether it was there.
    pub fn remove<Q: Key + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.borrow_mut().remove(item)
    }

    /// `s.remove(item)`; raises `KeyError`.
    #[track_caller]
    pub fn del<Q: Key + Repr + ?Sized>(&self, item: &Q)
    where
        T: Borrow<Q>,
    {
        self.borrow_mut().del(item);
    }

    /// `s.pop()`; raises `KeyError`.
    #[track_caller]
    pub fn pop(&self) -> T {
        self.borrow_mut().pop()
    }

    /// `s.update(items)`.
    pub fn update(&self, items: impl IntoIterator<Item = T>) {
        let items: Vec<T> = items.into_iter().collect();
        self.borrow_mut().extend(items);
    }
}

impl<T: Clone> SharedSet<T> {
    /// The items, one by one; raises `RuntimeError` when the size has changed.
    pub fn iter(&self) -> Iter<T> {
        Iter { set: self.clone(), walk: Walk::new(self.len()) }
    }

    /// The items, copied.
    pub fn to_vec(&self) -> Vec<T> {
        self.borrow().iter().cloned().collect()
    }

    /// `s.copy()`: a new set with the same items.
    #[must_use]
    pub fn copy(&self) -> Self
    where
        T: Key,
    {
        SharedSet::from(self.borrow().py_copy())
    }
}

/// The items of a [`SharedSet`], as it has them when they are asked for.
pub struct Iter<T> {
    set: SharedSet<T>,
    walk: Walk,
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

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.walk.member(&self.set.borrow())
    }
}

impl<T> Clone for SharedSet<T> {
    /// Another name for the same set.
    fn clone(&self) -> Self {
        SharedSet(Rc::clone(&self.0))
    }
}

impl<T> Default for SharedSet<T> {
    fn default() -> Self {
        SharedSet::new()
    }
}

impl<T> From<Set<T>> for SharedSet<T> {
    fn from(set: Set<T>) -> Self {
        SharedSet(Rc::new(RefCell::new(set)))
    }
}

impl<T: Key> FromIterator<T> for SharedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        SharedSet::from(items.into_iter().collect::<Set<T>>())
    }
}

impl<T: Key> PartialEq for SharedSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || *self.borrow() == *other.borrow()
    }
}

impl<T> Identity for SharedSet<T> {
    fn id(&self) -> i64 {
        self.0.id()
    }
}

impl<T: Repr> Repr for SharedSet<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_once(f, self.id(), "set(...)", |f| self.borrow().fmt_repr(f))
    }
}

impl<T: Repr> fmt::Debug for SharedSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&repr(self), f)
    }
}
