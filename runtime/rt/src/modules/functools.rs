//! Python's `functools`, where std has no equal.

use std::cell::{Cell, RefCell};

use crate::class::TypeError;
use crate::collections::{Dict, Key};
use crate::unwind::raise_new;

/// `functools.reduce(join, items)`; raises `TypeError` when there are no items.
#[track_caller]
pub fn reduce<T>(join: impl FnMut(T, T) -> T, items: impl IntoIterator<Item = T>) -> T {
    match items.into_iter().reduce(join) {
        Some(value) => value,
        None => raise_new(TypeError, "reduce() of empty iterable with no initial value"),
    }
}

/// The memory of an `lru_cache`: results by arguments, the longest unused forgotten first.
///
/// ```
/// use batuta_rt::functools::Cache;
///
/// thread_local! {
///     static FIB: Cache<i64, i64> = const { Cache::new(None) };
/// }
///
/// fn fib(n: i64) -> i64 {
///     FIB.with(|cache| cache.get(n, || if n < 2 { n } else { fib(n - 1) + fib(n - 2) }))
/// }
/// assert_eq!(fib(80), 23416728348467685);
/// ```
pub struct Cache<K, V> {
    results: RefCell<Dict<K, V>>,
    maxsize: Option<usize>,
    hits: Cell<i64>,
    misses: Cell<i64>,
}

impl<K: Key + Clone, V: Clone> Cache<K, V> {
    /// An empty memory of `maxsize` results; none for no bound.
    pub const fn new(maxsize: Option<usize>) -> Self {
        Cache { results: RefCell::new(Dict::new()), maxsize, hits: Cell::new(0), misses: Cell::new(0) }
    }

    /// The result for `key`, computed when it is not remembered.
    #[inline]
    pub fn get(&self, key: K, compute: impl FnOnce() -> V) -> V {
        if let Some(value) = self.remembered(&key) {
            self.hits.set(self.hits.get() + 1);
            return value;
        }
        self.misses.set(self.misses.get() + 1);
        // Nothing is borrowed here: the function may call itself.
        let value = compute();
        if self.maxsize != Some(0) {
            let mut results = self.results.borrow_mut();
            results.insert(key, value.clone());
            if self.maxsize.is_some_and(|maxsize| results.len() > maxsize) {
                results.pop_first();
            }
        }
        value
    }

    #[inline]
    fn remembered(&self, key: &K) -> Option<V> {
        if self.maxsize.is_none() {
            return self.results.borrow().get(key).cloned();
        }
        let mut results = self.results.borrow_mut();
        let (key, value) = results.remove_entry(key)?;
        results.insert(key, value.clone());
        Some(value)
    }

    /// `f.cache_clear()`.
    pub fn clear(&self) {
        self.results.borrow_mut().clear();
        self.hits.set(0);
        self.misses.set(0);
    }

    /// `f.cache_info()`: hits, misses, the bound, the number of results.
    pub fn info(&self) -> (i64, i64, Option<i64>, i64) {
        let size = self.results.borrow().len() as i64;
        (self.hits.get(), self.misses.get(), self.maxsize.map(|n| n as i64), size)
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn the_longest_unused_result_is_forgotten() {
        let cache = Cache::new(Some(2));
        let computed = std::cell::Cell::new(0);
        let get = |key: i64| {
            cache.get(key, || {
                computed.set(computed.get() + 1);
                key * 2
            })
        };
        assert_eq!([1, 2, 1, 3, 1, 2].map(get), [2, 4, 2, 6, 2, 4]);
        assert_eq!((computed.get(), cache.info()), (4, (2, 4, Some(2), 2)));
    }
}
