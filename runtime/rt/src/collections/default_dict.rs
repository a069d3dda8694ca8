//! `collections.defaultdict`.

use std::borrow::Borrow;
use std::cell::OnceCell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use super::dict::Dict;
use super::key::Key;
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::OrRaise;
use crate::value::{FromValue, Value};

/// A [`Dict`] that makes the value of a missing key when it is read.
///
/// A read through `&self` keeps what it makes in a list beside the dict; the next change moves it in, at
/// the place that it has in the order of keys.
#[derive(Clone)]
pub struct DefaultDict<K, V> {
    dict: Dict<K, V>,
    made: Made<K, V>,
    factory: Rc<dyn Fn() -> V>,
}

type Made<K, V> = OnceCell<Box<Entry<K, V>>>;

#[derive(Clone)]
struct Entry<K, V> {
    key: K,
    value: V,
    next: Made<K, V>,
}

impl<K: Key, V> DefaultDict<K, V> {
    /// `defaultdict(list)` is `DefaultDict::new(Vec::new)`.
    pub fn new(factory: impl Fn() -> V + 'static) -> Self {
        DefaultDict::from_dict(factory, Dict::new())
    }

    /// `defaultdict(factory, dict)`.
    pub fn from_dict(factory: impl Fn() -> V + 'static, dict: Dict<K, V>) -> Self {
        DefaultDict { dict, made: OnceCell::new(), factory: Rc::new(factory) }
    }

    /// `d[key]` to be changed, made when it is missing.
    #[inline]
    pub fn at_or_insert(&mut self, key: K) -> &mut V {
        self.settle();
        let factory = &self.factory;
        self.dict.entry(key).or_insert_with(|| factory())
    }

    /// `d[key]`, made when it is missing.
    pub fn at<Q: Key + ToOwned<Owned = K> + ?Sized>(&self, key: &Q) -> &V
    where
        K: Borrow<Q>,
    {
        if let Some(found) = self.get(key) {
            return found;
        }
        let mut end = &self.made;
        while let Some(entry) = end.get() {
            end = &entry.next;
        }
        let entry = Entry { key: key.to_owned(), value: (self.factory)(), next: OnceCell::new() };
        &end.get_or_init(|| Box::new(entry)).value
    }

    /// `d[key] = value`; the value may still read the dict when it is made.
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.settle();
        self.dict.insert(key, value)
    }

    /// `d.get(key)`.
    #[inline]
    pub fn get<Q: Key + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let made = || self.entries().find(|entry| entry.key.borrow().key_eq(key)).map(|entry| &entry.value);
        self.dict.get(key).or_else(made)
    }

    /// `d.get(key, default)`.
    pub fn get_or<Q: Key + ?Sized>(&self, key: &Q, default: V) -> V
    where
        K: Borrow<Q>,
        V: Clone,
    {
        self.get(key).cloned().unwrap_or(default)
    }

    /// `key in d`.
    pub fn contains_key<Q: Key + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// `dict(d)`: the entries as a plain dict.
    pub fn to_dict(&self) -> Dict<K, V>
    where
        K: Clone,
        V: Clone,
    {
        self.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// The same dict with keys and defaults that are values.
    pub(crate) fn to_values(&self) -> DefaultDict<Value, Value>
    where
        K: Into<Value> + Clone,
        V: Into<Value> + Clone + 'static,
    {
        let factory = Rc::clone(&self.factory);
        let entries = self.iter().map(|(key, value)| (key.clone().into(), value.clone().into()));
        DefaultDict::from_dict(move || factory().into(), entries.collect())
    }

    /// A dict of values whose keys, values and defaults all have these types.
    pub(crate) fn of_values(dict: &DefaultDict<Value, Value>) -> Result<Self, Error>
    where
        K: FromValue,
        V: FromValue,
    {
        let factory = Rc::clone(&dict.factory);
        let entries: Result<Dict<K, V>, Error> =
            dict.iter().map(|(key, value)| Ok((K::from_value(key)?, V::from_value(value)?))).collect();
        Ok(DefaultDict::from_dict(move || V::from_value(&factory()).or_raise(), entries?))
    }

    /// Moves what reads have made into the dict.
    fn settle(&mut self) {
        let mut made = self.made.take();
        while let Some(mut entry) = made {
            made = entry.next.take();
            self.dict.insert(entry.key, entry.value);
        }
    }
}

impl<K, V> DefaultDict<K, V> {
    fn entries(&self) -> impl Iterator<Item = &Entry<K, V>> + Clone {
        std::iter::successors(self.made.get().map(|entry| &**entry), |entry| {
            entry.next.get().map(|next| &**next)
        })
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.dict.len() + self.entries().count()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.dict.is_empty() && self.made.get().is_none()
    }

    /// The entries in order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> + Clone {
        self.dict.iter().chain(self.entries().map(|entry| (&entry.key, &entry.value)))
    }

    /// Copies of the entries in order of insertion.
    pub fn items(&self) -> impl Iterator<Item = (K, V)> + Clone
    where
        K: Clone,
        V: Clone,
    {
        self.iter().map(|(key, value)| (key.clone(), value.clone()))
    }

    /// The keys in order of insertion.
    pub fn keys(&self) -> impl Iterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values in order of their keys' insertion.
    pub fn values(&self) -> impl Iterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }
}

/// An empty one that makes default values: what a global is before its first assignment.
impl<K: Key, V: Default + 'static> Default for DefaultDict<K, V> {
    fn default() -> Self {
        DefaultDict::new(V::default)
    }
}

impl<K: Key, V> Deref for DefaultDict<K, V> {
    type Target = Dict<K, V>;

    fn deref(&self) -> &Dict<K, V> {
        &self.dict
    }
}

impl<K: Key, V> DerefMut for DefaultDict<K, V> {
    fn deref_mut(&mut self) -> &mut Dict<K, V> {
        self.settle();
        &mut self.dict
    }
}

impl<'a, K, V> IntoIterator for &'a DefaultDict<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = std::vec::IntoIter<(&'a K, &'a V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}

impl<K: Key, V: PartialEq> PartialEq for DefaultDict<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<K: Repr, V: Repr> Repr for DefaultDict<K, V> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "defaultdict({}, ", factory_name(&self.factory))?;
        f.write_str("{")?;
        for (at, (key, value)) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            key.fmt_repr(f)?;
            f.write_str(": ")?;
            value.fmt_repr(f)?;
        }
        f.write_str("})")
    }
}

/// What `repr` calls the factory of values of this type.
fn factory_name<V: Repr>(factory: &Rc<dyn Fn() -> V>) -> String {
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
        "Fraction" => "fractions.Fraction",
        "Decimal" => "decimal.Decimal",
        "Complex" => "complex",
        // A value shows its type.
        "Value" => match crate::repr(&factory()).to_string().as_str() {
            "0" => "int",
            "0.0" => "float",
            "False" => "bool",
            "''" => "str",
            "[]" => "list",
            "{}" => "dict",
            "set()" => "set",
            "()" => "tuple",
            "deque([])" => "collections.deque",
            "Counter()" => "collections.Counter",
            other => return format!("<function {other}>"),
        },
        other => return format!("<function {other}>"),
    };
    format!("<class '{class}'>")
}

impl<K: crate::Key + Clone, V: crate::DeepCopy> crate::DeepCopy for DefaultDict<K, V> {
    fn deep_copy(&self, memo: &mut crate::Memo) -> Self {
        let dict = self.iter().map(|(key, value)| (key.clone(), value.deep_copy(memo))).collect();
        DefaultDict { dict, made: Made::default(), factory: self.factory.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_read_makes_keeps_its_place() {
        let mut d: DefaultDict<String, Vec<i64>> = DefaultDict::new(Vec::new);
        d.at_or_insert("a".to_owned()).push(1);
        assert!(d.at("b").is_empty() && d.contains_key("b") && d.len() == 2);
        d.at_or_insert("c".to_owned()).push(2);
        assert_eq!(d.keys().map(String::as_str).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(d.to_dict().len(), 3);
    }
}
