//! `collections.defaultdict`.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use super::dict::Dict;
use super::key::Key;
use crate::repr::Repr;

/// A [`Dict`] that makes the value of a missing key when it is read.
#[derive(Clone)]
pub struct DefaultDict<K, V> {
    dict: Dict<K, V>,
    /// What `repr` calls the factory.
    name: &'static str,
    factory: Rc<dyn Fn() -> V>,
}

impl<K: Key, V> DefaultDict<K, V> {
    /// `defaultdict(list)` is `DefaultDict::new("list", Vec::new)`.
    pub fn new(name: &'static str, factory: impl Fn() -> V + 'static) -> Self {
        DefaultDict { dict: Dict::new(), name, factory: Rc::new(factory) }
    }

    /// `d[key]`, made when it is missing.
    #[inline]
    pub fn at_or_insert(&mut self, key: K) -> &mut V {
        let factory = &self.factory;
        self.dict.entry(key).or_insert_with(|| factory())
    }
}

impl<K, V> Deref for DefaultDict<K, V> {
    type Target = Dict<K, V>;

    fn deref(&self) -> &Dict<K, V> {
        &self.dict
    }
}

impl<K, V> DerefMut for DefaultDict<K, V> {
    fn deref_mut(&mut self) -> &mut Dict<K, V> {
        &mut self.dict
    }
}

impl<'a, K, V> IntoIterator for &'a DefaultDict<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = super::dict_traits::Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.dict.iter()
    }
}

impl<K: Key, V: PartialEq> PartialEq for DefaultDict<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.dict == other.dict
    }
}

impl<K: Repr, V: Repr> Repr for DefaultDict<K, V> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "defaultdict(<class '{}'>, ", self.name)?;
        self.dict.fmt_repr(f)?;
        f.write_str(")")
    }
}
