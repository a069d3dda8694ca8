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
    factory: Rc<dyn Fn() -> V>,
}

impl<K: Key, V> DefaultDict<K, V> {
    /// `defaultdict(list)` is `DefaultDict::new(Vec::new)`.
    pub fn new(factory: impl Fn() -> V + 'static) -> Self {
        DefaultDict::from_dict(factory, Dict::new())
    }

    /// `defaultdict(factory, dict)`.
    pub fn from_dict(factory: impl Fn() -> V + 'static, dict: Dict<K, V>) -> Self {
        DefaultDict { dict, factory: Rc::new(factory) }
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
        write!(f, "defaultdict({}, ", factory_name::<V>())?;
        self.dict.fmt_repr(f)?;
        f.write_str(")")
    }
}

/// What `repr` calls the factory of values of this type.
fn factory_name<V>() -> String {
    let name = std::any::type_name::<V>();
    let path = name.split('<').next().unwrap_or(name);
    let class = match path.rsplit("::").next().unwrap_or(path) {
        "i64" | "Int" => "int",
        "f64" => "float",
        "bool" => "bool",
        "String" => "str",
        "Vec" if name.ends_with("<u8>") => "bytes",
        "Vec" | "List" => "list",
        "Dict" | "SharedDict" => "dict",
        "Set" | "SharedSet" => "set",
        "Tuple" => "tuple",
        "Deque" => "collections.deque",
        "Counter" => "collections.Counter",
        other => return format!("<function {other}>"),
    };
    format!("<class '{class}'>")
}
