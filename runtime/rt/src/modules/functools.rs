//! Python's `functools`, where std has no equal.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use crate::class::{NotTranslated, TypeError};
use crate::collections::{Dict, Key};
use crate::error::Error;
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;
use crate::value::{Object, Value, py};

/// `functools.reduce(join, items)`; raises `TypeError` when there are no items.
#[track_caller]
pub fn reduce<T>(join: impl FnMut(T, T) -> T, items: impl IntoIterator<Item = T>) -> T {
    match items.into_iter().reduce(join) {
        Some(value) => value,
        None => raise_new(TypeError, "reduce() of empty iterable with no initial value"),
    }
}

/// A function under the name and with the text of another one: what `@wraps(other)` makes.
pub fn named_after(function: Value, other: &Value) -> Value {
    match (function, other) {
        (Value::Function(function), Value::Function(other)) => Value::Function(function.named_after(other)),
        (function, _) => function,
    }
}

/// The memory of an `lru_cache`: results by arguments, the longest unused forgotten first.
///
/// ```
/// use batuta_rt::functools::Cache;
///
/// let cache = Cache::new(Some(2));
/// let mut square = |n: i64| {
///     if cache.has(&n) {
///         return cache.remembered(&n);
///     }
///     cache.keep(n, n * n);
///     n * n
/// };
/// assert_eq!([square(3), square(3)], [9, 9]);
/// assert_eq!(cache.info().hits, 1);
/// ```
///
/// Clones are one memory.
pub struct Cache<K, V>(Rc<Memory<K, V>>);

struct Memory<K, V> {
    results: RefCell<Dict<K, V>>,
    maxsize: Option<i64>,
    hits: Cell<i64>,
    misses: Cell<i64>,
}

impl<K, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Cache(Rc::clone(&self.0))
    }
}

/// `f.cache_info()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheInfo {
    /// Answers that were remembered.
    pub hits: i64,
    /// Answers that were computed.
    pub misses: i64,
    /// The bound.
    pub maxsize: Option<i64>,
    /// Answers that are kept now.
    pub currsize: i64,
}

impl<K: Key + Clone + Repr, V: Clone> Default for Cache<K, V> {
    fn default() -> Self {
        Cache::new(None)
    }
}

impl Repr for CacheInfo {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CacheInfo { hits, misses, maxsize, currsize } = self;
        let maxsize = repr(maxsize);
        write!(f, "CacheInfo(hits={hits}, misses={misses}, maxsize={maxsize}, currsize={currsize})")
    }
}

impl<K: Key + Clone + Repr, V: Clone> Cache<K, V> {
    /// An empty memory of `maxsize` results; none for no bound.
    pub fn new(maxsize: Option<i64>) -> Self {
        Cache(Rc::new(Memory {
            results: RefCell::new(Dict::new()),
            maxsize,
            hits: Cell::new(0),
            misses: Cell::new(0),
        }))
    }

    /// Whether the result for `key` is remembered: counts, and makes it the last used.
    pub fn has(&self, key: &K) -> bool {
        let mut results = self.0.results.borrow_mut();
        let found = match self.0.maxsize {
            None => results.contains_key(key),
            Some(_) => match results.remove_entry(key) {
                Some((key, value)) => {
                    results.insert(key, value);
                    true
                }
                None => false,
            },
        };
        let count = if found { &self.0.hits } else { &self.0.misses };
        count.set(count.get() + 1);
        found
    }

    /// The result for a key that is remembered.
    #[track_caller]
    pub fn remembered(&self, key: &K) -> V {
        self.0.results.borrow().at(key).clone()
    }

    /// Keeps a result; the longest unused one goes where there are too many.
    pub fn keep(&self, key: K, value: V) {
        if self.0.maxsize == Some(0) {
            return;
        }
        let mut results = self.0.results.borrow_mut();
        results.insert(key, value);
        if self.0.maxsize.is_some_and(|maxsize| results.len() as i64 > maxsize) {
            results.pop_first();
        }
    }

    /// `f.cache_clear()`.
    pub fn clear(&self) {
        self.0.results.borrow_mut().clear();
        self.0.hits.set(0);
        self.0.misses.set(0);
    }

    /// `f.cache_info()`.
    pub fn info(&self) -> CacheInfo {
        CacheInfo {
            hits: self.0.hits.get(),
            misses: self.0.misses.get(),
            maxsize: self.0.maxsize,
            currsize: self.0.results.borrow().len() as i64,
        }
    }
}

/// A function with some of its arguments.
struct Partial {
    function: Value,
    args: Vec<Value>,
    named: Dict<String, Value>,
}

/// `functools.partial(function, *args, **named)` of a dynamic value.
pub fn partial(function: Value, args: Vec<Value>, named: Dict<String, Value>) -> Value {
    Value::Object(Rc::new(Partial { function, args, named }))
}

impl Partial {
    fn call_with(&self, args: &[Value], named: &Dict<String, Value>) -> Value {
        let all: Vec<Value> = self.args.iter().chain(args).cloned().collect();
        let mut together = self.named.clone();
        together.extend(named.iter().map(|(name, value)| (name.clone(), value.clone())));
        py::call_with(&self.function, &all, &together)
    }
}

/// `partial(*args, **named)`, where the value is one.
pub(crate) fn call_partial(value: &Value, args: &[Value], named: &Dict<String, Value>) -> Option<Value> {
    let Value::Object(object) = value else { return None };
    let partial = object.as_any().downcast_ref::<Partial>()?;
    Some(partial.call_with(args, named))
}

impl Object for Partial {
    fn type_name(&self) -> &str {
        "functools.partial"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        match name {
            "func" => Some(self.function.clone()),
            "args" => Some(Value::tuple(self.args.iter().cloned())),
            "keywords" => Some(Value::from(self.named.clone())),
            _ => None,
        }
    }

    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        (name == "__call__").then(|| Ok(self.call_with(args, &Dict::new())))
    }

    fn is_callable(&self) -> bool {
        true
    }
}

/// `f == g` of functions that objects hold; what is not surely one function cannot be compared.
#[track_caller]
pub fn same_function<F: ?Sized>(left: &Rc<F>, right: &Rc<F>) -> bool {
    if !Rc::ptr_eq(left, right) {
        raise_new(NotTranslated, "not yet implemented: whether two objects hold the same function");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{Cache, CacheInfo};

    #[test]
    fn the_longest_unused_result_is_forgotten() {
        let cache = Cache::new(Some(2));
        let get = |key: i64| {
            if !cache.has(&key) {
                cache.keep(key, key * 2);
            }
            cache.remembered(&key)
        };
        assert_eq!([1, 2, 1, 3, 1, 2].map(get), [2, 4, 2, 6, 2, 4]);
        assert_eq!(cache.info(), CacheInfo { hits: 2, misses: 4, maxsize: Some(2), currsize: 2 });
    }
}
