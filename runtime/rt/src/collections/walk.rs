//! A loop over a dict, set or deque that its body may change: it sees the values as they are, and a change of
//! the size ends it with an error; that of a deque also a change of the order.

use super::deque::Deque;
use super::dict::Dict;
use super::set::Set;
use crate::class::RuntimeError;
use crate::unwind::raise_new;

/// How far a loop over a dict, set or deque has come.
pub struct Walk {
    /// Of a deque: its number of changes.
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

    /// The next item of `deque`; raises `RuntimeError` when items came, went or moved. Starts with its `changes()`.
    #[track_caller]
    pub fn queued<T: Clone>(&mut self, deque: &Deque<T>) -> Option<T> {
        if deque.changes() != self.size {
            raise_new(RuntimeError, "deque mutated during iteration");
        }
        let item = deque.get(self.next)?;
        self.next += 1;
        Some(item.clone())
    }
}
