//! Python's `set`: iterates as CPython does where its hashes are the same in every run (numbers
//! and tuples of them), in order of insertion otherwise.

use std::borrow::Borrow;
use std::fmt;

use super::dict::Dict;
use super::key::Key;
use super::table::{Slot, Table};
use crate::class::KeyError;
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::{raise, raise_new};

/// Python's `set` with items of one type.
#[derive(Clone)]
pub struct Set<T> {
    inner: Inner<T>,
}

#[derive(Clone)]
enum Inner<T> {
    Table(Table<T>),
    Ordered(Dict<T, ()>),
}

impl<T> Set<T> {
    /// An empty set.
    #[inline]
    pub const fn new() -> Self {
        Set { inner: Inner::Table(Table::new()) }
    }

    /// Number of items.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.inner {
            Inner::Table(table) => table.len(),
            Inner::Ordered(dict) => dict.len(),
        }
    }

    /// Whether there are no items.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes every item.
    pub fn clear(&mut self) {
        *self = Set::new();
    }

    /// The first item at or after a position, and where it is.
    pub(crate) fn item_from(&self, position: usize) -> Option<(usize, &T)> {
        match &self.inner {
            Inner::Table(table) => {
                let rest = table.slots().get(position..)?.iter().enumerate();
                let mut items = rest.filter_map(|(at, slot)| match slot {
                    Slot::Item(_, item) => Some((position + at, item)),
                    _ => None,
                });
                items.next()
            }
            Inner::Ordered(dict) => dict.entry_from(position).map(|(at, item, ())| (at, item)),
        }
    }

    /// The items.
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        match &self.inner {
            Inner::Table(table) => Iter { table: table.slots().iter(), dict: None },
            Inner::Ordered(dict) => Iter { table: [].iter(), dict: Some(dict.iter()) },
        }
    }
}

impl<T: Key> Set<T> {
    /// `s.add(item)`: false when an equal item is there, which then stays.
    #[inline]
    pub fn insert(&mut self, item: T) -> bool {
        match &mut self.inner {
            Inner::Table(table) => match item.py_hash() {
                Some(hash) => table.add(hash, item),
                None => {
                    self.give_up_table();
                    self.insert(item)
                }
            },
            Inner::Ordered(dict) => {
                if dict.contains_key(&item) {
                    return false;
                }
                dict.insert(item, ());
                true
            }
        }
    }

    /// Goes over to insertion order, which starts with the order so far.
    fn give_up_table(&mut self) {
        let items = std::mem::take(self).into_iter().map(|item| (item, ()));
        self.inner = Inner::Ordered(items.collect());
    }

    /// `item in s`.
    #[inline]
    pub fn contains<Q: Key + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        match &self.inner {
            Inner::Table(table) => item.py_hash().is_some_and(|hash| table.find(hash, item).is_some()),
            Inner::Ordered(dict) => dict.contains_key(item),
        }
    }

    /// `s.discard(item)`: whether it was there.
    #[inline]
    pub fn remove<Q: Key + ?Sized>(&mut self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        match &mut self.inner {
            Inner::Table(table) => item.py_hash().is_some_and(|hash| table.remove(hash, item).is_some()),
            Inner::Ordered(dict) => dict.remove(item).is_some(),
        }
    }

    /// `s.remove(item)`; raises `KeyError`.
    #[track_caller]
    pub fn del<Q: Key + Repr + ?Sized>(&mut self, item: &Q)
    where
        T: Borrow<Q>,
    {
        if !self.remove(item) {
            raise(Error::key(item));
        }
    }

    /// `s.pop()`; raises `KeyError`.
    #[track_caller]
    pub fn pop(&mut self) -> T {
        let item = match &mut self.inner {
            Inner::Table(table) => table.pop(),
            Inner::Ordered(dict) => dict.pop_first().map(|(item, ())| item),
        };
        match item {
            Some(item) => item,
            None => raise_new(KeyError, "pop from an empty set"),
        }
    }

    /// Keeps the items for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        match &mut self.inner {
            Inner::Table(table) => table.retain(keep),
            Inner::Ordered(dict) => dict.retain(|item, ()| keep(item)),
        }
    }

    /// The set that a display of constants makes, as in `s = {3, 1, 2}`: CPython copies it from a
    /// prepared one, unlike [`Set::from`], which adds item after item.
    pub fn literal<const N: usize>(items: [T; N]) -> Self
    where
        T: Clone,
    {
        if N < 3 { Set::from(items) } else { Set::constant(items).py_copy() }
    }

    /// The prepared set itself, which `for x in {3, 1, 2}` reads: CPython's compiler builds it twice.
    pub fn constant<const N: usize>(items: [T; N]) -> Self {
        Set::from(items).into_iter().collect()
    }

    /// `s.copy()` and `set(s)`. `clone()` also keeps the room for further items, which shows in
    /// the order.
    #[must_use]
    pub fn py_copy(&self) -> Self
    where
        T: Clone,
    {
        let mut copy = Set::new();
        copy.merge(self);
        copy
    }

    /// `set(d)`.
    #[must_use]
    pub fn of_keys<V>(dict: &Dict<T, V>) -> Self
    where
        T: Clone,
    {
        let mut set = Set::new();
        if let Inner::Table(table) = &mut set.inner {
            table.reserve_for_merge(dict.len());
        }
        set.extend(dict.keys().cloned());
        set
    }

    /// `s.update(other)` for a set.
    pub fn merge(&mut self, other: &Set<T>)
    where
        T: Clone,
    {
        if let (Inner::Table(table), Inner::Table(others)) = (&mut self.inner, &other.inner) {
            table.merge(others);
        } else {
            self.extend(other.iter().cloned());
        }
    }

    /// `s.update(items)` for anything but a set.
    pub fn update(&mut self, items: impl IntoIterator<Item = T>) {
        self.extend(items);
    }

    /// After many removals: sweeps their traces out, as CPython's difference does.
    pub(super) fn sweep(&mut self) {
        if let Inner::Table(table) = &mut self.inner {
            table.sweep();
        }
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Set::new()
    }
}

impl<T: Key> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        for item in items {
            self.insert(item);
        }
    }
}

impl<T: Key> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Set::new();
        set.extend(items);
        set
    }
}

impl<T: Key, const N: usize> From<[T; N]> for Set<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

/// The items of a [`Set`], by reference.
pub struct Iter<'a, T> {
    table: std::slice::Iter<'a, Slot<T>>,
    dict: Option<super::dict_traits::Iter<'a, T, ()>>,
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter { table: self.table.clone(), dict: self.dict.clone() }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        if let Some(dict) = &mut self.dict {
            return dict.next().map(|(item, ())| item);
        }
        self.table.find_map(|slot| if let Slot::Item(_, item) = slot { Some(item) } else { None })
    }
}

/// The items of a [`Set`], by value.
pub struct IntoIter<T> {
    table: std::vec::IntoIter<Slot<T>>,
    dict: Option<super::dict_traits::IntoIter<T, ()>>,
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if let Some(dict) = &mut self.dict {
            return dict.next().map(|(item, ())| item);
        }
        self.table.find_map(|slot| if let Slot::Item(_, item) = slot { Some(item) } else { None })
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        match self.inner {
            Inner::Table(table) => IntoIter { table: table.into_slots().into_iter(), dict: None },
            Inner::Ordered(dict) => IntoIter { table: Vec::new().into_iter(), dict: Some(dict.into_iter()) },
        }
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T: Repr> Repr for Set<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("set()");
        }
        crate::repr::write_items(f, "{", self.iter(), "}")
    }
}

impl<T: fmt::Debug> fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
