//! The insertion-ordered dict: a hash table of positions, and the entries in a vector.
//!
//! Deleting leaves a gap in the vector; gaps are squeezed out when they outnumber the entries.

use std::borrow::Borrow;

use hashbrown::HashTable;

use super::dict_traits::Iter;
use super::key::Key;
use crate::class::KeyError;
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::{raise, raise_new};

/// Where an entry lies, with enough of its hash that the table can grow without a look at it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    hash: u32,
    position: u32,
}

impl Place {
    /// The hash that the table sees: spread over 64 bits again.
    #[inline]
    fn spread(&self) -> u64 {
        spread(self.hash)
    }
}

#[inline]
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The part of a key's hash that is kept.
#[inline]
pub(super) fn short_hash<Q: Key + ?Sized>(key: &Q) -> u32 {
    let hash = key.key_hash();
    (hash ^ (hash >> 32)) as u32
}

#[derive(Clone)]
pub(super) struct Slot<K, V> {
    pub(super) key: K,
    pub(super) value: V,
}

/// Python's `dict` with keys and values of one type each.
#[derive(Clone)]
pub struct Dict<K, V> {
    table: HashTable<Place>,
    pub(super) slots: Vec<Option<Slot<K, V>>>,
    /// No entry lies before this position.
    first: usize,
}

impl<K, V> Dict<K, V> {
    /// An empty dict.
    #[inline]
    pub const fn new() -> Self {
        Dict { table: HashTable::new(), slots: Vec::new(), first: 0 }
    }

    /// An empty dict with room for `capacity` entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Dict { table: HashTable::with_capacity(capacity), slots: Vec::with_capacity(capacity), first: 0 }
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
        self.first = 0;
    }

    /// The entries in order of insertion.
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { slots: self.slots.iter(), left: self.len() }
    }

    /// Copies of the entries in order of insertion.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = (K, V)> + Clone
    where
        K: Clone,
        V: Clone,
    {
        self.iter().map(|(key, value)| (key.clone(), value.clone()))
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
    #[inline]
    pub(super) fn push(&mut self, hash: u32, key: K, value: V) -> usize {
        if self.slots.len() == self.slots.capacity() && self.slots.len() > 8 {
            self.squeeze_if_sparse();
        }
        let position = self.slots.len();
        self.slots.push(Some(Slot { key, value }));
        let place = Place { hash, position: position as u32 };
        self.table.insert_unique(spread(hash), place, Place::spread);
        position
    }

    /// Closes the gaps when they are half of the slots.
    fn squeeze_if_sparse(&mut self) {
        if self.slots.len() >= 2 * self.table.len() {
            self.squeeze();
        }
    }

    fn squeeze(&mut self) {
        let mut moved = Vec::with_capacity(self.slots.len());
        let mut next = 0;
        for slot in &self.slots {
            moved.push(next);
            next += u32::from(slot.is_some());
        }
        for place in self.table.iter_mut() {
            place.position = moved[place.position as usize];
        }
        self.slots.retain(Option::is_some);
        self.first = 0;
    }

    /// Takes the entry at a position out of the table and its slot.
    fn take(&mut self, hash: u32, position: usize) -> Option<(K, V)> {
        let found = self.table.find_entry(spread(hash), |place| place.position as usize == position);
        if let Ok(entry) = found {
            entry.remove();
        }
        let slot = self.slots[position].take()?;
        if position == self.first {
            self.first += 1;
        }
        while let Some(None) = self.slots.last() {
            self.slots.pop();
        }
        // The next entry may stand at the end of what is left.
        self.first = self.first.min(self.slots.len());
        Some((slot.key, slot.value))
    }
}

impl<K: Key, V> Dict<K, V> {
    #[inline]
    pub(super) fn find<Q: Key + ?Sized>(&self, hash: u32, key: &Q) -> Option<u32>
    where
        K: Borrow<Q>,
    {
        let is_it = |place: &Place| {
            place.hash == hash
                && matches!(&self.slots[place.position as usize],
                    Some(slot) if slot.key.borrow().key_eq(key))
        };
        self.table.find(spread(hash), is_it).map(|place| place.position)
    }

    /// The value of `key`.
    #[inline]
    pub fn get<Q: Key + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let position = self.find(short_hash(key), key)?;
        self.at_position(position).map(|slot| &slot.value)
    }

    /// The value of `key`, to be changed.
    #[inline]
    pub fn get_mut<Q: Key + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let position = self.find(short_hash(key), key)?;
        self.slots[position as usize].as_mut().map(|slot| &mut slot.value)
    }

    /// The stored key and the value of `key`.
    pub fn get_key_value<Q: Key + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let position = self.find(short_hash(key), key)?;
        self.at_position(position).map(|slot| (&slot.key, &slot.value))
    }

    /// Whether `key` has a value; `key in d`.
    #[inline]
    pub fn contains_key<Q: Key + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(short_hash(key), key).is_some()
    }

    /// `d[key] = value`: gives the value that was there. A key that is there stays the old one.
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let hash = short_hash(&key);
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
        let hash = short_hash(key);
        let position = self.find(hash, key)?;
        self.take(hash, position as usize)
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
        let slots = &self.slots;
        self.table.retain(|place| slots[place.position as usize].is_some());
        self.squeeze();
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
        match self.pop_last() {
            Some(entry) => entry,
            None => raise_new(KeyError, "popitem(): dictionary is empty"),
        }
    }

    /// Removes the newest entry.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        let position = self.slots.iter().rposition(Option::is_some)?;
        let hash = short_hash(&self.slots[position].as_ref()?.key);
        self.take(hash, position)
    }

    /// Removes the oldest entry.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let rest = self.slots.get(self.first..)?;
        let position = self.first + rest.iter().position(Option::is_some)?;
        self.first = position;
        let hash = short_hash(&self.slots[position].as_ref()?.key);
        self.take(hash, position)
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
        let hash = short_hash(&key);
        if last || self.is_empty() {
            self.push(hash, key, value);
            return;
        }
        self.slots.insert(0, Some(Slot { key, value }));
        self.first = 0;
        for place in self.table.iter_mut() {
            place.position += 1;
        }
        self.table.insert_unique(spread(hash), Place { hash, position: 0 }, Place::spread);
    }
}
