//! A loop over a dict, set or deque that its body may change: it sees the values as they are, and a change of
//! the size ends it with an error; that of a deque also a change of the order.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use super::deque::Deque;
use super::dict::Dict;
use super::set::Set;
use crate::class::RuntimeError;
use crate::unwind::raise_new;

/// A container, or the cell that holds it: a walk looks into it for a moment each turn.
pub trait Walked<C> {
    /// What `look` finds in the container.
    fn look<R>(&self, look: impl FnOnce(&C) -> R) -> R;
}

impl<C> Walked<C> for RefCell<C> {
    #[track_caller]
    fn look<R>(&self, look: impl FnOnce(&C) -> R) -> R {
        look(&self.borrow())
    }
}

/// What leads to a container.
macro_rules! through {
    ($($holder:ty),*) => {
        $(
            impl<C, W: Walked<C>> Walked<C> for $holder {
                #[track_caller]
                fn look<R>(&self, look: impl FnOnce(&C) -> R) -> R {
                    (**self).look(look)
                }
            }
        )*
    };
}

through!(&W, &mut W, Rc<W>, Ref<'_, W>);

impl<K, V> Walked<Dict<K, V>> for Dict<K, V> {
    fn look<R>(&self, look: impl FnOnce(&Self) -> R) -> R {
        look(self)
    }
}

impl<T> Walked<Set<T>> for Set<T> {
    fn look<R>(&self, look: impl FnOnce(&Self) -> R) -> R {
        look(self)
    }
}

impl<T> Walked<Deque<T>> for Deque<T> {
    fn look<R>(&self, look: impl FnOnce(&Self) -> R) -> R {
        look(self)
    }
}

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
    pub fn key<K: Clone, V>(&mut self, dict: &impl Walked<Dict<K, V>>) -> Option<K> {
        dict.look(|dict| self.entry(dict).map(|(key, _)| key.clone()))
    }

    /// The next value of `dict`; raises `RuntimeError` when its size has changed.
    #[track_caller]
    pub fn value<K, V: Clone>(&mut self, dict: &impl Walked<Dict<K, V>>) -> Option<V> {
        dict.look(|dict| self.entry(dict).map(|(_, value)| value.clone()))
    }

    /// The next entry of `dict`; raises `RuntimeError` when its size has changed.
    #[track_caller]
    pub fn item<K: Clone, V: Clone>(&mut self, dict: &impl Walked<Dict<K, V>>) -> Option<(K, V)> {
        dict.look(|dict| self.entry(dict).map(|(key, value)| (key.clone(), value.clone())))
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
    pub fn member<T: Clone>(&mut self, set: &impl Walked<Set<T>>) -> Option<T> {
        set.look(|set| {
            if set.len() != self.size {
                raise_new(RuntimeError, "Set changed size during iteration");
            }
            let (position, item) = set.item_from(self.next)?;
            self.next = position + 1;
            Some(item.clone())
        })
    }

    /// The next item of `deque`; raises `RuntimeError` when items came, went or moved. Starts with its `changes()`.
    #[track_caller]
    pub fn queued<T: Clone>(&mut self, deque: &impl Walked<Deque<T>>) -> Option<T> {
        deque.look(|deque| {
            if deque.changes() != self.size {
                raise_new(RuntimeError, "deque mutated during iteration");
            }
            let item = deque.get(self.next)?;
            self.next += 1;
            Some(item.clone())
        })
    }
}
