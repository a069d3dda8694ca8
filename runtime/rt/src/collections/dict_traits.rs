//! What a dict shares with std's maps: iteration, indexing, equality, text.

use std::borrow::Borrow;
use std::fmt;
use std::ops::{Index, IndexMut};

use super::dict::{Dict, Slot};
use super::key::Key;
use crate::repr::Repr;

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
    pub(super) slots: std::slice::Iter<'a, Option<Slot<K, V>>>,
    pub(super) left: usize,
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
