//! `collections.OrderedDict`: a dict whose order counts when two are compared.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::dict::Dict;
use super::key::Key;
use crate::class::KeyError;
use crate::error::{Arg, Error};
use crate::repr::Repr;
use crate::unwind::raise;

/// Python's `OrderedDict`.
#[derive(Clone, Debug)]
pub struct OrderedDict<K, V>(Dict<K, V>);

impl<K, V> Default for OrderedDict<K, V> {
    fn default() -> Self {
        OrderedDict(Dict::new())
    }
}

impl<K: Key, V> OrderedDict<K, V> {
    /// `OrderedDict()`.
    pub const fn new() -> Self {
        OrderedDict(Dict::new())
    }

    /// `d.popitem(last=last)`; raises `KeyError`.
    #[track_caller]
    pub fn popitem_at(&mut self, last: bool) -> (K, V) {
        let item = if last { self.0.pop_last() } else { self.0.pop_first() };
        match item {
            Some(item) => item,
            None => raise(Error::with_args(KeyError, [Arg::from("dictionary is empty")])),
        }
    }
}

impl<K, V> Deref for OrderedDict<K, V> {
    type Target = Dict<K, V>;

    fn deref(&self) -> &Dict<K, V> {
        &self.0
    }
}

impl<K, V> DerefMut for OrderedDict<K, V> {
    fn deref_mut(&mut self) -> &mut Dict<K, V> {
        &mut self.0
    }
}

impl<K, V> From<Dict<K, V>> for OrderedDict<K, V> {
    fn from(dict: Dict<K, V>) -> Self {
        OrderedDict(dict)
    }
}

impl<K: Key, V, const N: usize> From<[(K, V); N]> for OrderedDict<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Key, V> FromIterator<(K, V)> for OrderedDict<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        OrderedDict(entries.into_iter().collect())
    }
}

impl<'a, K, V> IntoIterator for &'a OrderedDict<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = super::dict_traits::Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<K, V> IntoIterator for OrderedDict<K, V> {
    type Item = (K, V);
    type IntoIter = super::dict_traits::IntoIter<K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Key, V: PartialEq> PartialEq for OrderedDict<K, V> {
    fn eq(&self, other: &Self) -> bool {
        let same = |((a, x), (b, y)): ((&K, &V), (&K, &V))| a.key_eq(b) && x == y;
        self.len() == other.len() && self.iter().zip(other.iter()).all(same)
    }
}

impl<K: Key, V: PartialEq> PartialEq<Dict<K, V>> for OrderedDict<K, V> {
    fn eq(&self, other: &Dict<K, V>) -> bool {
        self.0 == *other
    }
}

impl<K: Repr, V: Repr> Repr for OrderedDict<K, V> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("OrderedDict()");
        }
        f.write_str("OrderedDict([")?;
        for (i, (key, value)) in self.0.iter().enumerate() {
            f.write_str(if i > 0 { ", (" } else { "(" })?;
            key.fmt_repr(f)?;
            f.write_str(", ")?;
            value.fmt_repr(f)?;
            f.write_str(")")?;
        }
        f.write_str("])")
    }
}

impl<K: crate::Key + Clone, V: crate::DeepCopy> crate::DeepCopy for OrderedDict<K, V> {
    fn deep_copy(&self, memo: &mut crate::Memo) -> Self {
        OrderedDict(self.0.deep_copy(memo))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_after_all_were_removed() {
        let mut dict = OrderedDict::new();
        dict.insert(1, 'a');
        dict.move_to_end(&1, true);
        dict.remove(&1);
        dict.insert(2, 'b');
        dict.insert(3, 'c');
        assert_eq!(dict.popitem_at(false), (2, 'b'));
    }
}
