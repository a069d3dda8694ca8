//! A dict with aliases.

use std::borrow::Borrow;
use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use super::{Identity, write_once};
use crate::class::RuntimeError;
use crate::collections::{Dict, Key};
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;

/// Python's `dict` where more than one name may hold it: `clone` is an alias.
pub struct SharedDict<K, V>(Rc<RefCell<Dict<K, V>>>);

impl<K, V> SharedDict<K, V> {
    /// `{}`.
    pub fn new() -> Self {
        SharedDict::from(Dict::new())
    }

    /// A look at the entries; must end before anything else uses the dict.
    #[inline]
    pub fn borrow(&self) -> Ref<'_, Dict<K, V>> {
        (*self.0).borrow()
    }

    /// Access to the entries; must end before anything else uses the dict.
    #[inline]
    pub fn borrow_mut(&self) -> RefMut<'_, Dict<K, V>> {
        self.0.borrow_mut()
    }

    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.borrow().len()
    }

    /// `len(d)`.
    #[inline]
    pub fn len_i64(&self) -> i64 {
        self.len() as i64
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.borrow().is_empty()
    }

    /// Whether both are one dict; `a is b`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// `d.clear()`.
    pub fn clear(&self) {
        drop(self.0.take());
    }
}

impl<K: Key, V> SharedDict<K, V> {
    /// `d[key] = value`: gives the value that was there.
    #[inline]
    pub fn insert(&self, key: K, value: V) -> Option<V> {
        self.borrow_mut().insert(key, value)
    }

    /// `key in d`.
    #[inline]
    pub fn contains_key<Q: Key + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.borrow().contains_key(key)
    }

    /// Removes `key` and gives its value.
    pub fn remove<Q: Key + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.borrow_mut().remove(key)
    }

    /// `d.pop(key)`; raises `KeyError`.
    #[track_caller]
    pub fn pop<Q: Key + Repr + ?Sized>(&self, key: &Q) -> V
    where
        K: Borrow<Q>,
    {
        self.borrow_mut().pop(key)
    }

    /// `d.pop(key, default)`.
    pub fn pop_or<Q: Key + ?Sized>(&self, key: &Q, default: V) -> V
    where
        K: Borrow<Q>,
    {
        self.remove(key).unwrap_or(default)
    }

    /// `del d[key]`; raises `KeyError`.
    #[track_caller]
    pub fn del<Q: Key + Repr + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        drop(self.pop(key));
    }

    /// `d.popitem()`; raises `KeyError`.
    #[track_caller]
    pub fn popitem(&self) -> (K, V) {
        self.borrow_mut().popitem()
    }

    /// Changes `d[key]` in place; raises `KeyError`.
    #[track_caller]
    pub fn update_at<Q: Key + Repr + ?Sized, R>(&self, key: &Q, change: impl FnOnce(&mut V) -> R) -> R
    where
        K: Borrow<Q>,
    {
        change(self.borrow_mut().at_mut(key))
    }

    /// The value of a key, to change it in place; raises `KeyError`.
    #[track_caller]
    pub fn at_mut<Q: Key + Repr + ?Sized>(&self, key: &Q) -> RefMut<'_, V>
    where
        K: Borrow<Q>,
    {
        RefMut::map(self.borrow_mut(), |dict| dict.at_mut(key))
    }

    /// `d.update(entries)`.
    pub fn update(&self, entries: impl IntoIterator<Item = (K, V)>) {
        let entries: Vec<(K, V)> = entries.into_iter().collect();
        self.borrow_mut().extend(entries);
    }
}

impl<K: Key, V: Clone> SharedDict<K, V> {
    /// `d.get(key)`.
    #[inline]
    pub fn get<Q: Key + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.borrow().get(key).cloned()
    }

    /// `d.get(key, default)`.
    #[inline]
    pub fn get_or<Q: Key + ?Sized>(&self, key: &Q, default: V) -> V
    where
        K: Borrow<Q>,
    {
        self.get(key).unwrap_or(default)
    }

    /// `d[key]`; raises `KeyError`.
    #[inline]
    #[track_caller]
    pub fn at<Q: Key + Repr + ?Sized>(&self, key: &Q) -> V
    where
        K: Borrow<Q>,
    {
        self.borrow().at(key).clone()
    }

    /// `d.setdefault(key, value)`.
    pub fn setdefault(&self, key: K, value: V) -> V {
        self.borrow_mut().setdefault(key, value).clone()
    }
}

impl<K: Clone, V: Clone> SharedDict<K, V> {
    /// The keys, as the dict has them when they are asked for.
    pub fn keys(&self) -> View<K, V, K> {
        self.view(|(key, _)| key)
    }

    /// The values, as the dict has them when they are asked for.
    pub fn values(&self) -> View<K, V, V> {
        self.view(|(_, value)| value)
    }

    /// The entries, as the dict has them when they are asked for.
    pub fn items(&self) -> View<K, V, (K, V)> {
        self.view(|entry| entry)
    }

    fn view<T>(&self, part: fn((K, V)) -> T) -> View<K, V, T> {
        View { entries: self.iter(), part, rest: None }
    }

    /// `d.copy()`: a new dict with the same entries.
    #[must_use]
    pub fn copy(&self) -> Self {
        SharedDict::from(self.borrow().clone())
    }

    /// The entries, with a fresh borrow each; raises `RuntimeError` when the size has changed.
    pub fn iter(&self) -> Iter<K, V> {
        Iter { dict: self.clone(), next: 0, size: self.len() }
    }
}

impl<K, V> Clone for SharedDict<K, V> {
    /// Another name for the same dict.
    #[inline]
    fn clone(&self) -> Self {
        SharedDict(Rc::clone(&self.0))
    }
}

impl<K, V> Default for SharedDict<K, V> {
    fn default() -> Self {
        SharedDict::new()
    }
}

impl<K, V> From<Dict<K, V>> for SharedDict<K, V> {
    fn from(dict: Dict<K, V>) -> Self {
        SharedDict(Rc::new(RefCell::new(dict)))
    }
}

impl<K: Key, V, const N: usize> From<[(K, V); N]> for SharedDict<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Key, V> FromIterator<(K, V)> for SharedDict<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        SharedDict::from(entries.into_iter().collect::<Dict<K, V>>())
    }
}

impl<K: Key, V: PartialEq> PartialEq for SharedDict<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || *self.borrow() == *other.borrow()
    }
}

/// The entries of a [`SharedDict`], read one by one.
pub struct Iter<K, V> {
    dict: SharedDict<K, V>,
    next: usize,
    size: usize,
}

impl<K: Clone, V: Clone> Iterator for Iter<K, V> {
    type Item = (K, V);

    #[track_caller]
    fn next(&mut self) -> Option<(K, V)> {
        let dict = self.dict.borrow();
        if dict.len() != self.size {
            drop(dict);
            raise_new(RuntimeError, "dictionary changed size during iteration");
        }
        let (position, key, value) = dict.entry_from(self.next)?;
        self.next = position + 1;
        Some((key.clone(), value.clone()))
    }
}

/// What `keys`, `values` and `items` of a [`SharedDict`] give; raises `RuntimeError` when its size has changed.
pub struct View<K, V, T> {
    entries: Iter<K, V>,
    part: fn((K, V)) -> T,
    /// What is left, once an item was taken from the end.
    rest: Option<std::vec::IntoIter<T>>,
}

impl<K: Clone, V: Clone, T> Iterator for View<K, V, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        match &mut self.rest {
            Some(rest) => rest.next(),
            None => self.entries.next().map(self.part),
        }
    }
}

impl<K: Clone, V: Clone, T> DoubleEndedIterator for View<K, V, T> {
    fn next_back(&mut self) -> Option<T> {
        let Self { entries, part, rest } = self;
        let rest = rest.get_or_insert_with(|| entries.map(*part).collect::<Vec<_>>().into_iter());
        rest.next_back()
    }
}

impl<K: Clone, V: Clone> IntoIterator for &SharedDict<K, V> {
    type Item = (K, V);
    type IntoIter = Iter<K, V>;

    fn into_iter(self) -> Iter<K, V> {
        self.iter()
    }
}

impl<K, V> Identity for SharedDict<K, V> {
    fn id(&self) -> i64 {
        self.0.id()
    }
}

impl<K: Repr, V: Repr> Repr for SharedDict<K, V> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_once(f, self.id(), "{...}", |f| self.borrow().fmt_repr(f))
    }
}

impl<K: Repr, V: Repr> fmt::Debug for SharedDict<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&repr(self), f)
    }
}

#[cfg(test)]
mod tests {
    use super::SharedDict;
    use crate::{catch, repr};

    #[test]
    fn growing_under_a_loop_is_refused() {
        let d = SharedDict::from([("a", 1), ("b", 2)]);
        let alias = d.clone();
        let error = catch(|| {
            for (key, value) in &d {
                alias.insert(if key == "a" { "c" } else { "d" }, value);
            }
        });
        assert_eq!(
            error.map_err(|e| e.traceback_line()),
            Err("RuntimeError: dictionary changed size during iteration".to_owned())
        );
        assert_eq!(repr(&d).to_string(), "{'a': 1, 'b': 2, 'c': 1}");
    }
}
