//! The insertion-ordered dict: a hash table of positions, and the entries in a vector.
//!
//! Deleting leaves a gap in the vector; gaps are squeezed out when they outnumber the entries.

use std::borrow::Borrow;
use std::fmt;
use std::ops::{Index, IndexMut};

use hashbrown::HashTable;

use super::key::Key;
use crate::class::KeyError;
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::{raise, raise_new};

#[derive(Clone)]
pub(super) struct Slot<K, V> {
    pub(super) hash: u64,
    pub(super) key: K,
    pub(super) value: V,
}

/// Python's `dict` with keys and values of one type each.
#[derive(Clone)]
pub struct Dict<K, V> {
    pub(super) table: HashTable<u32>,
    pub(super) slots: Vec<Option<Slot<K, V>>>,
}

impl<K, V> Dict<K, V> {
    /// An empty dict.
    #[inline]
    pub const fn new() -> Self {
        Dict { table: HashTable::new(), slots: Vec::new() }
    }

    /// An empty dict with room for `capacity` entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Dict { table: HashTable::with_capacity(capacity), slots: Vec::with_capacity(capacity) }
    }

    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are no entries.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Removes every entry.
    pub fn clear(&mut self) {
        self.table.clear();
        self.slots.clear();
    }

    /// The entries in order of insertion.
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { slots: self.slots.iter(), left: self.len() }
    }

    /// The entries with values that can be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        self.slots.iter_mut().flatten().map(|slot| (&slot.key, &mut slot.value))
    }

    /// The keys in order of insertion.
    #[inline]
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values in order of their keys' insertion.
    #[inline]
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.slots.iter_mut().flatten().map(|slot| &mut slot.value)
    }

    /// The keys, by value.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    /// The values, by value.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// The oldest entry.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// The newest entry.
    pub fn last(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// The first entry at or after a position, and where it is.
    pub(crate) fn entry_from(&self, position: usize) -> Option<(usize, &K, &V)> {
        let rest = self.slots.get(position..)?;
        let (at, slot) = rest.iter().enumerate().find_map(|(at, slot)| Some((at, slot.as_ref()?)))?;
        Some((position + at, &slot.key, &slot.value))
    }

    pub(super) fn at_position(&self, position: u32) -> Option<&Slot<K, V>> {
        self.slots.get(position as usize)?.as_ref()
    }

    /// Adds an entry whose key is not there.
    pub(super) fn push(&mut self, hash: u64, key: K, value: V) -> usize {
        if self.slots.len() == self.slots.capacity() && self.slots.len() > 8 {
            self.squeeze_if_sparse();
        }
        let position = self.slots.len();
        self.slots.push(Some(Slot { hash, key, value }));
        let slots = &self.slots;
        let rehash = |&at: &u32| slots[at as usize].as_ref().map_or(0, |slot| slot.hash);
        self.table.insert_unique(hash, position as u32, rehash);
        position
    }

    fn squeeze_if_sparse(&mut self) {
        if self.slots.len() < 2 * self.table.len() {
            return;
        }
        self.slots.retain(Option::is_some);
        self.rebuild();
    }

    /// Makes the table anew from the slots.
    fn rebuild(&mut self) {
        self.table.clear();
        for (position, slot) in self.slots.iter().enumerate() {
            if let Some(slot) = slot {
                let rehash = |&at: &u32| self.slots[at as usize].as_ref().map_or(0, |slot| slot.hash);
                self.table.insert_unique(slot.hash, position as u32, rehash);
            }
        }
    }
}

impl<K: Key, V> Dict<K, V> {
    #[inline]
    pub(super) fn find<Q: Key + ?Sized>(&self, hash: u64, key: &Q) -> Option<u32>
    where
        K: Borrow<Q>,
    {
        self.table
            .find(hash, |&at| match &self.slots[at as usize] {
                Some(slot) => slot.hash == hash && slot.key.borrow().key_eq(key),
                None => false,
            })
            .copied()
    }

    /// The value of `key`.
    #[inline]
    pub fn get<Q: Key + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let position = self.find(key.key_hash(), key)?;
        self.at_position(position).map(|slot| &slot.value)
    }

    /// The value of `key`, to be changed.
    #[inline]
    pub fn get_mut<Q: Key + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let position = self.find(key.key_hash(), key)?;
        self.slots[position as usize].as_mut().map(|slot| &mut slot.value)
    }

    /// The stored key and the value of `key`.
    pub fn get_key_value<Q: Key + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let position = self.find(key.key_hash(), key)?;
        self.at_position(position).map(|slot| (&slot.key, &slot.value))
    }

    /// Whether `key` has a value; `key in d`.
    #[inline]
    pub fn contains_key<Q: Key + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key.key_hash(), key).is_some()
    }

    /// `d[key] = value`: gives the value that was there. A key that is there stays the old one.
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let hash = key.key_hash();
        if let Some(position) = self.find(hash, &key)
            && let Some(slot) = &mut self.slots[position as usize]
        {
            return Some(std::mem::replace(&mut slot.value, value));
        }
        self.push(hash, key, value);
        None
    }

    /// Removes `key` and gives its entry.
    pub fn remove_entry<Q: Key + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        let hash = key.key_hash();
        let position = self.find(hash, key)?;
        if let Ok(entry) = self.table.find_entry(hash, |&at| at == position) {
            entry.remove();
        }
        let slot = self.slots[position as usize].take()?;
        while let Some(None) = self.slots.last() {
            self.slots.pop();
        }
        Some((slot.key, slot.value))
    }

    /// Removes `key` and gives its value.
    pub fn remove<Q: Key + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.remove_entry(key).map(|(_, value)| value)
    }

    /// Keeps the entries for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        for slot in &mut self.slots {
            if slot.as_mut().is_some_and(|slot| !keep(&slot.key, &mut slot.value)) {
                *slot = None;
            }
        }
        self.slots.retain(Option::is_some);
        self.rebuild();
    }

    /// `d[key]`; raises `KeyError`.
    #[inline]
    #[track_caller]
    pub fn at<Q: Key + Repr + ?Sized>(&self, key: &Q) -> &V
    where
        K: Borrow<Q>,
    {
        match self.get(key) {
            Some(value) => value,
            None => raise(Error::key(key)),
        }
    }

    /// `d[key]`, to be changed; raises `KeyError`.
    #[inline]
    #[track_caller]
    pub fn at_mut<Q: Key + Repr + ?Sized>(&mut self, key: &Q) -> &mut V
    where
        K: Borrow<Q>,
    {
        match self.get_mut(key) {
            Some(value) => value,
            None => raise(Error::key(key)),
        }
    }

    /// `d[key]` with the `KeyError` as a value.
    #[track_caller]
    pub fn try_at<Q: Key + Repr + ?Sized>(&self, key: &Q) -> Result<&V, Error>
    where
        K: Borrow<Q>,
    {
        match self.get(key) {
            Some(value) => Ok(value),
            None => Err(Error::key(key)),
        }
    }

    /// `d.pop(key)`; raises `KeyError`.
    #[track_caller]
    pub fn pop<Q: Key + Repr + ?Sized>(&mut self, key: &Q) -> V
    where
        K: Borrow<Q>,
    {
        match self.remove(key) {
            Some(value) => value,
            None => raise(Error::key(key)),
        }
    }

    /// `d.pop(key, default)`.
    pub fn pop_or<Q: Key + ?Sized>(&mut self, key: &Q, default: V) -> V
    where
        K: Borrow<Q>,
    {
        self.remove(key).unwrap_or(default)
    }

    /// `del d[key]`; raises `KeyError`.
    #[track_caller]
    pub fn del<Q: Key + Repr + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.pop(key);
    }

    /// `d.popitem()`: removes the newest entry; raises `KeyError`.
    #[track_caller]
    pub fn popitem(&mut self) -> (K, V) {
        self.pop_last().unwrap_or_else(|| raise_new(KeyError, "popitem(): dictionary is empty"))
    }

    /// Removes the newest entry.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        let slot = self.slots.iter_mut().rev().find_map(Option::take)?;
        self.slots.truncate(self.slots.iter().rposition(Option::is_some).map_or(0, |at| at + 1));
        let gone = |&at: &u32| self.slots.get(at as usize).is_none_or(Option::is_none);
        if let Ok(entry) = self.table.find_entry(slot.hash, gone) {
            entry.remove();
        }
        Some((slot.key, slot.value))
    }

    /// Removes the oldest entry.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let position = self.slots.iter().position(Option::is_some)?;
        let slot = self.slots[position].take()?;
        if let Ok(entry) = self.table.find_entry(slot.hash, |&at| at as usize == position) {
            entry.remove();
        }
        self.squeeze_if_sparse();
        Some((slot.key, slot.value))
    }

    /// `d.setdefault(key, value)`.
    #[inline]
    pub fn setdefault(&mut self, key: K, value: V) -> &mut V {
        self.entry(key).or_insert(value)
    }

    /// `d.get(key, default)`.
    #[inline]
    pub fn get_or<Q: Key + ?Sized>(&self, key: &Q, default: V) -> V
    where
        K: Borrow<Q>,
        V: Clone,
    {
        self.get(key).cloned().unwrap_or(default)
    }

    /// `d.update(other)`.
    pub fn update(&mut self, other: impl IntoIterator<Item = (K, V)>) {
        self.extend(other);
    }

    /// `d | other`.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self
    where
        K: Clone,
        V: Clone,
    {
        let mut all = self.clone();
        all.extend(other.iter().map(|(key, value)| (key.clone(), value.clone())));
        all
    }

    /// `dict.fromkeys(keys, value)`.
    pub fn fromkeys(keys: impl IntoIterator<Item = K>, value: V) -> Self
    where
        V: Clone,
    {
        keys.into_iter().map(|key| (key, value.clone())).collect()
    }

    /// `OrderedDict.move_to_end(key, last)`; raises `KeyError`.
    #[track_caller]
    pub fn move_to_end<Q: Key + Repr + ?Sized>(&mut self, key: &Q, last: bool)
    where
        K: Borrow<Q>,
    {
        let Some((key, value)) = self.remove_entry(key) else { raise(Error::key(key)) };
        let hash = key.key_hash();
        if last {
            self.push(hash, key, value);
        } else {
            self.slots.insert(0, Some(Slot { hash, key, value }));
            self.rebuild();
        }
    }
}

impl<K, V> Default for Dict<K, V> {
    fn default() -> Self {
        Dict::new()
    }
}

impl<K: Key, V: PartialEq> PartialEq for Dict<K, V> {
    /// Equal when they hold equal entries, in any order.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(key, value)| other.get(key).is_some_and(|found| found == value))
    }
}

impl<K: Key, V: Eq> Eq for Dict<K, V> {}

impl<K: Key + Borrow<Q>, Q: Key + Repr + ?Sized, V> Index<&Q> for Dict<K, V> {
    type Output = V;

    #[track_caller]
    fn index(&self, key: &Q) -> &V {
        self.at(key)
    }
}

impl<K: Key + Borrow<Q>, Q: Key + Repr + ?Sized, V> IndexMut<&Q> for Dict<K, V> {
    #[track_caller]
    fn index_mut(&mut self, key: &Q) -> &mut V {
        self.at_mut(key)
    }
}

impl<K: Key, V> Extend<(K, V)> for Dict<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Key, V> FromIterator<(K, V)> for Dict<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut dict = Dict::with_capacity(entries.size_hint().0);
        dict.extend(entries);
        dict
    }
}

impl<K: Key, V, const N: usize> From<[(K, V); N]> for Dict<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

/// The entries of a [`Dict`], by reference.
pub struct Iter<'a, K, V> {
    slots: std::slice::Iter<'a, Option<Slot<K, V>>>,
    left: usize,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter { slots: self.slots.clone(), left: self.left }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.slots.find_map(Option::as_ref)?;
        self.left -= 1;
        Some((&slot.key, &slot.value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let slot = self.slots.by_ref().rev().find_map(Option::as_ref)?;
        self.left -= 1;
        Some((&slot.key, &slot.value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

/// The entries of a [`Dict`], by value.
pub struct IntoIter<K, V>(std::iter::Flatten<std::vec::IntoIter<Option<Slot<K, V>>>>);

impl<K, V> Iterator for IntoIter<K, V> {
    type Item = (K, V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|slot| (slot.key, slot.value))
    }
}

impl<K, V> DoubleEndedIterator for IntoIter<K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|slot| (slot.key, slot.value))
    }
}

impl<K, V> IntoIterator for Dict<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter(self.slots.into_iter().flatten())
    }
}

impl<'a, K, V> IntoIterator for &'a Dict<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<K: Repr, V: Repr> Repr for Dict<K, V> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (key, value)) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            key.fmt_repr(f)?;
            f.write_str(": ")?;
            value.fmt_repr(f)?;
        }
        f.write_str("}")
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Dict<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
