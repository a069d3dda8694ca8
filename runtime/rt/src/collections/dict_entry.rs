//! One key of a dict, looked up once: `d.entry(k).or_insert(v)`.

use std::borrow::Borrow;

use super::dict::{Dict, short_hash};
use super::key::Key;

/// The place of a borrowed key in a [`Dict`], taken or free: the key is copied only where it is inserted.
pub struct EntryRef<'a, 'q, K, V, Q: ?Sized> {
    dict: &'a mut Dict<K, V>,
    found: Option<u32>,
    hash: u32,
    key: &'q Q,
}

/// The place of a key in a [`Dict`], taken or free.
pub struct Entry<'a, K, V> {
    dict: &'a mut Dict<K, V>,
    found: Option<u32>,
    hash: u32,
    key: K,
}

impl<K: Key, V> Dict<K, V> {
    /// The place of `key`, for an update with one look-up.
    #[inline]
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let hash = short_hash(&key);
        let found = self.find(hash, &key);
        Entry { dict: self, found, hash, key }
    }

    /// The same of a key that is lent.
    #[inline]
    pub fn entry_ref<'q, Q>(&mut self, key: &'q Q) -> EntryRef<'_, 'q, K, V, Q>
    where
        K: Borrow<Q>,
        Q: Key + ToOwned<Owned = K> + ?Sized,
    {
        let hash = short_hash(key);
        let found = self.find(hash, key);
        EntryRef { dict: self, found, hash, key }
    }
}

impl<'a, K, V, Q> EntryRef<'a, '_, K, V, Q>
where
    K: Key + Borrow<Q>,
    Q: ToOwned<Owned = K> + ?Sized,
{
    /// The value; `value` is inserted when there is none.
    #[inline]
    pub fn or_insert(self, value: V) -> &'a mut V {
        let position = match self.found {
            Some(position) => position as usize,
            None => self.dict.push(self.hash, self.key.to_owned(), value),
        };
        let slot = self.dict.slots[position].as_mut();
        &mut slot.expect("a position in the table has an entry").value
    }
}

impl<'a, K: Key, V> Entry<'a, K, V> {
    /// The value; `value` is inserted when there is none.
    #[inline]
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The value; `default()` is inserted when there is none.
    #[inline]
    pub fn or_insert_with(self, default: impl FnOnce() -> V) -> &'a mut V {
        let position = match self.found {
            Some(position) => position as usize,
            None => self.dict.push(self.hash, self.key, default()),
        };
        let slot = self.dict.slots[position].as_mut();
        &mut slot.expect("a position in the table has an entry").value
    }

    /// The value; the type's default is inserted when there is none.
    #[inline]
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// Changes the value when there is one.
    #[inline]
    #[must_use]
    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Self {
        if let Some(position) = self.found
            && let Some(slot) = &mut self.dict.slots[position as usize]
        {
            change(&mut slot.value);
        }
        self
    }

    /// The key that was looked up.
    pub fn key(&self) -> &K {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dict, repr};

    #[test]
    fn a_lent_key_is_copied_once() {
        let mut counts: Dict<String, i64> = Dict::new();
        for word in ["b", "a", "b"] {
            *counts.entry_ref(word).or_insert(0) += 1;
        }
        *counts.entry_ref(&"a".to_owned()).or_insert(7) += 1;
        assert_eq!(repr(&counts).to_string(), "{'b': 2, 'a': 2}");
    }

    #[test]
    fn order_is_that_of_insertion_across_deletion() {
        let mut d: Dict<i64, i64> = (0..1000).map(|i| (i, i * i)).collect();
        for i in (0..1000).filter(|i| i % 3 != 0) {
            assert_eq!(d.remove(&i), Some(i * i));
        }
        d.insert(1, 7);
        *d.entry(0).or_insert(5) += 1;
        *d.entry(2).or_default() += 4;
        let keys: Vec<i64> = d.keys().copied().collect();
        let mut wanted: Vec<i64> = (0..1000).filter(|i| i % 3 == 0).collect();
        wanted.extend([1, 2]);
        assert_eq!(keys, wanted);
        assert_eq!((d[&0], d[&1], d[&2], d.len()), (1, 7, 4, 336));
        assert_eq!(d.pop_last(), Some((2, 4)));
        assert_eq!(d.pop_first(), Some((0, 1)));
        assert!(!d.contains_key(&0) && !d.contains_key(&2) && d.contains_key(&3));
    }

    #[test]
    fn queues_do_not_grow_without_end() {
        let mut d: Dict<i64, ()> = Dict::new();
        for i in 0..100_000 {
            d.insert(i, ());
            if i >= 10 {
                assert_eq!(d.pop_first().map(|(key, ())| key), Some(i - 10));
            }
            assert_eq!(d.first().map(|(key, ())| *key), Some((i - 9).max(0)));
        }
        assert!(d.slots.capacity() < 200, "{}", d.slots.capacity());
    }

    #[test]
    fn equality_ignores_order_and_text_shows_it() {
        let a = Dict::from([("x".to_owned(), 1), ("y".to_owned(), 2)]);
        let b = Dict::from([("y".to_owned(), 2), ("x".to_owned(), 1)]);
        assert_eq!(a, b);
        assert_eq!(repr(&b).to_string(), "{'y': 2, 'x': 1}");
        assert_eq!(a["x"], 1);
        assert_eq!(a.try_at("z").map_err(|e| e.traceback_line()), Err("KeyError: 'z'".into()));
    }
}
