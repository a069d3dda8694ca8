//! A loop over a dict or set that its body may change: it sees the values as they are, and a change of
//! the size ends it with an error.

use super::dict::Dict;
use super::set::Set;
use crate::class::RuntimeError;
use crate::unwind::raise_new;

/// How far a loop over a dict or set has come.
pub struct Walk {
    size: usize,
    next: usize,
}

impl Walk {
    /// The start of a walk over a container of this size.
    pub fn new(size: usize) -> Self {
        Walk { size, next: 0 }
    }

    /// The next key of `dict`; raises `RuntimeError` when its size has changed.
    #[track_caller]
    pub fn key<K: Clone, V>(&mut self, dict: &Dict<K, V>) -> Option<K> {
        self.entry(dict).map(|(key, _)| key.clone())
    }

    /// The next value of `dict`; raises `RuntimeError` when its size has changed.
    #[track_caller]
    pub fn value<K, V: Clone>(&mut self, dict: &Dict<K, V>) -> Option<V> {
        self.entry(dict).map(|(_, value)| value.clone())
    }

    /// The next entry of `dict`; raises `RuntimeError` when its size has changed.
    #[track_caller]
    pub fn item<K: Clone, V: Clone>(&mut self, dict: &Dict<K, V>) -> Option<(K, V)> {
        self.entry(dict).map(|(key, value)| (key.clone(), value.clone()))
    }

    #[track_caller]
    fn entry<'a, K, V>(&mut self, dict: &'a Dict<K, V>) -> Option<(&'a K, &'a V)> {
        if dict.len() != self.size {
            raise_new(RuntimeError, "dictionary changed size during iteration");
        }
        let (position, key, value) = dict.entry_from(self.next)?;
        self.next = position + 1;
        Some((key, value))
    }

    /// The next item of `set`; raises `RuntimeError` when its size has changed.
    #[track_caller]
    pub fn member<T: Clone>(&mut self, set: &Set<T>) -> Option<T> {
        if set.len() != self.size {
            raise_new(RuntimeError, "Set changed size during iteration");
        }
        let (position, item) = set.item_from(self.next)?;
        self.next = position + 1;
        Some(item.clone())
    }
}
