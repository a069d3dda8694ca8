//! Containers of `collections` inside values: shared and changed in place, as lists and dicts are.

use std::any::Any;
use std::cell::RefCell;
use std::ops::DerefMut;
use std::rc::Rc;

use super::{FromValue, Object, Value, py};
use crate::class::NotTranslated;
use crate::collections::{Counter, DefaultDict, Deque, Dict, Key, OrderedDict};
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::{OrRaise, raise_new};
use crate::{DeepCopy, Memo};

/// What a method gives; none when there is no such method.
type Answer = Option<Result<Value, Error>>;

/// A container that a `RefCell` holds for a value.
pub trait Container: Clone + PartialEq + Repr + 'static {
    /// The same container with items that are values.
    type Dynamic: Container + DeepCopy + Default;

    /// The name of the type in messages.
    const NAME: &'static str;

    fn size(&self) -> usize;

    /// What a loop walks.
    fn walk(&self) -> Vec<Value>;

    fn dynamic(&self) -> Self::Dynamic;

    /// The method or operator `name` on `args`.
    fn call(cell: &RefCell<Self>, name: &str, args: &[Value]) -> Answer;

    fn attr(&self, _name: &str) -> Option<Value> {
        None
    }

    /// Whether it equals a value that is no container of the same type.
    fn equals(&self, _other: &Value) -> bool {
        false
    }
}

impl<C: Container> Object for RefCell<C> {
    fn type_name(&self) -> &str {
        C::NAME
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        self.borrow().attr(name)
    }

    fn is_of_library(&self) -> bool {
        true
    }

    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Answer {
        match (name, args) {
            ("__len__", []) => Some(Ok(Value::from(self.borrow().size()))),
            ("__iter__", []) => Some(Ok(Value::from(self.borrow().walk()))),
            ("copy" | "__copy__", []) => Some(Ok(kept(self.borrow().dynamic()))),
            ("__iadd__", [other]) => {
                let method = if C::NAME == "Counter" { "update" } else { "extend" };
                C::call(&self, method, std::slice::from_ref(other))
                    .map(|done| done.map(|_| Value::Object(self)))
            }
            ("__ior__", [other]) if C::NAME != "Counter" => {
                C::call(&self, "update", std::slice::from_ref(other))
                    .map(|done| done.map(|_| Value::Object(self)))
            }
            _ => C::call(&self, name, args),
        }
    }

    fn repr(&self) -> String {
        crate::repr(&*self.borrow()).to_string()
    }

    fn equals(&self, other: &Value) -> Option<bool> {
        let Value::Object(object) = other else { return Some(self.borrow().equals(other)) };
        if let Some(same) = object.as_any().downcast_ref::<RefCell<C>>() {
            return Some(std::ptr::eq(self, same) || *self.borrow() == *same.borrow());
        }
        let dynamic = object.as_any().downcast_ref::<RefCell<C::Dynamic>>();
        Some(dynamic.is_some_and(|other| self.borrow().dynamic() == *other.borrow()))
    }

    fn is_true(&self) -> bool {
        self.borrow().size() > 0
    }

    fn deep_copy(self: Rc<Self>, memo: &mut Memo) -> Option<Value> {
        let copy = Rc::new(RefCell::new(C::Dynamic::default()));
        let held = self.borrow().dynamic();
        let made = memo.copy(&Value::Object(self), Value::Object(copy.clone()), |_, memo| {
            *copy.borrow_mut() = held.deep_copy(memo);
        });
        Some(made)
    }

    fn is_instance(&self, name: &str) -> bool {
        super::library::is_or_inherits(C::NAME, name)
    }
}

/// A container as a value of its own.
fn kept<C: Container>(container: C) -> Value {
    Value::Object(Rc::new(RefCell::new(container)))
}

/// An argument that becomes an item of a container whose items have a static type.
#[track_caller]
fn item<T: FromValue>(value: &Value) -> T {
    match T::from_value(value) {
        Ok(item) => item,
        Err(error) => {
            let text =
                format!("not yet implemented: an item of another type in a container: {}", error.message());
            raise_new(NotTranslated, text)
        }
    }
}

/// What a container of another static type gives is a copy: one that could be changed is refused.
#[track_caller]
fn given<V: Into<Value> + 'static>(found: V) -> Value {
    let is_same = (&found as &dyn Any).is::<Value>();
    let value = found.into();
    if !is_same && matches!(value, Value::List(_) | Value::Dict(_) | Value::Set(_)) {
        raise_new(
            NotTranslated,
            "not yet implemented: a container inside of a container that is also a dynamic value",
        );
    }
    value
}

fn int(value: &Value) -> i64 {
    i64::from_value(value).or_raise()
}

impl<T> Container for Deque<T>
where
    T: FromValue + Into<Value> + Clone + PartialEq + Repr + 'static,
{
    type Dynamic = Deque<Value>;

    const NAME: &'static str = "collections.deque";

    fn size(&self) -> usize {
        self.len()
    }

    fn walk(&self) -> Vec<Value> {
        self.iter().cloned().map(Into::into).collect()
    }

    fn dynamic(&self) -> Deque<Value> {
        Deque::from_iter_max(self.walk(), self.maxlen())
    }

    fn attr(&self, name: &str) -> Option<Value> {
        (name == "maxlen").then(|| Value::from(self.maxlen()))
    }

    fn call(cell: &RefCell<Self>, name: &str, args: &[Value]) -> Answer {
        if change_deque(cell, name, args).is_some() {
            return Some(Ok(Value::None));
        }
        let value = match (name, args) {
            ("pop", []) => cell.borrow_mut().pop().into(),
            ("popleft", []) => cell.borrow_mut().popleft().into(),
            ("index", [x]) => Value::from(cell.borrow().py_index(&item::<T>(x))),
            ("count", [x]) => Value::from(count(cell, x)),
            ("__contains__", [x]) => Value::from(count(cell, x) > 0),
            ("__getitem__", [index]) => given(cell.borrow().at(int(index)).clone()),
            ("__reversed__", []) => {
                let items: Vec<Value> = cell.borrow().walk().into_iter().rev().collect();
                Value::from(items)
            }
            _ => return None,
        };
        Some(Ok(value))
    }
}

/// The methods of `deque` that give nothing.
fn change_deque<T: FromValue + PartialEq>(
    cell: &RefCell<Deque<T>>,
    name: &str,
    args: &[Value],
) -> Option<()> {
    match (name, args) {
        ("append", [x]) => cell.borrow_mut().append(item(x)),
        ("appendleft", [x]) => cell.borrow_mut().appendleft(item(x)),
        ("extend" | "extendleft", [items]) => {
            // A deque that extends itself is read before it grows.
            let items: Vec<T> = py::iter(items).map(|x| item(&x)).collect();
            match name {
                "extend" => cell.borrow_mut().extend(items),
                _ => cell.borrow_mut().extendleft(items),
            }
        }
        ("clear", []) => cell.borrow_mut().clear(),
        ("reverse", []) => cell.borrow_mut().reverse(),
        ("rotate", []) => cell.borrow_mut().rotate(1),
        ("rotate", [n]) => cell.borrow_mut().rotate(int(n)),
        ("insert", [index, x]) => cell.borrow_mut().py_insert(int(index), item(x)),
        ("remove", [x]) => cell.borrow_mut().py_remove(&item::<T>(x)),
        ("__setitem__", [index, x]) => cell.borrow_mut().set_at(int(index), item(x)),
        ("__delitem__", [index]) => cell.borrow_mut().del_at(int(index)),
        _ => return None,
    }
    Some(())
}

/// How many items equal a value, whatever its type.
fn count<T: Into<Value> + Clone>(cell: &RefCell<Deque<T>>, x: &Value) -> usize {
    let items: Vec<Value> = cell.borrow().iter().cloned().map(Into::into).collect();
    items.iter().filter(|item| *item == x).count()
}

/// The entries that a mapping or pairs give.
fn pairs(other: &Value) -> Vec<(Value, Value)> {
    let items = match other {
        Value::Dict(dict) => return dict.items().collect(),
        Value::Object(_) => super::methods::special(other, "items", &[]),
        _ => None,
    };
    py::iter(&items.unwrap_or_else(|| other.clone()))
        .map(|pair| (py::get_item(&pair, &Value::from(0)), py::get_item(&pair, &Value::from(1))))
        .collect()
}

/// The methods that all mappings have.
fn mapping<C, K, V>(cell: &RefCell<C>, name: &str, args: &[Value]) -> Answer
where
    C: DerefMut<Target = Dict<K, V>>,
    K: Key + FromValue + Into<Value> + Clone + Repr,
    V: FromValue + Into<Value> + Clone + 'static,
{
    let found = |key: &Value| {
        let key = K::from_value(key).ok()?;
        cell.borrow_mut().get_mut(&key).map(|value| value.clone())
    };
    let entries = || -> Vec<(Value, Value)> {
        cell.borrow_mut().iter_mut().map(|(key, value)| (key.clone().into(), value.clone().into())).collect()
    };
    let missing = |key: &Value| Error::key(key);
    Some(Ok(match (name, args) {
        ("__getitem__", [key]) => return Some(found(key).map(given).ok_or_else(|| missing(key))),
        ("__setitem__", [key, value]) => {
            let (key, value) = (item(key), item(value));
            cell.borrow_mut().insert(key, value);
            Value::None
        }
        ("__delitem__", [key]) => {
            let removed = K::from_value(key).ok().and_then(|key| cell.borrow_mut().remove(&key));
            return Some(removed.map(|_| Value::None).ok_or_else(|| missing(key)));
        }
        ("__contains__", [key]) => Value::Bool(found(key).is_some()),
        ("get", [key]) => found(key).map_or(Value::None, given),
        ("get", [key, default]) => found(key).map_or_else(|| default.clone(), given),
        ("pop", [key, rest @ ..]) if rest.len() < 2 => {
            let removed = K::from_value(key).ok().and_then(|key| cell.borrow_mut().remove(&key));
            let value = removed.map(Into::into).or_else(|| rest.first().cloned());
            return Some(value.ok_or_else(|| missing(key)));
        }
        ("setdefault", [key, rest @ ..]) if rest.len() < 2 => match found(key) {
            Some(value) => given(value),
            None => {
                let default = rest.first().cloned().unwrap_or_default();
                let (key, value) = (item(key), item(&default));
                cell.borrow_mut().insert(key, value);
                default
            }
        },
        ("keys", []) => Value::from(entries().into_iter().map(|(key, _)| key).collect::<Vec<_>>()),
        ("values", []) => Value::from(entries().into_iter().map(|(_, value)| value).collect::<Vec<_>>()),
        ("items", []) => Value::from(entries().into_iter().map(Value::from).collect::<Vec<_>>()),
        ("__reversed__", []) => {
            Value::from(entries().into_iter().rev().map(|(key, _)| key).collect::<Vec<_>>())
        }
        ("update", [other]) => {
            let entries: Vec<(K, V)> =
                pairs(other).iter().map(|(key, value)| (item(key), item(value))).collect();
            cell.borrow_mut().update(entries);
            Value::None
        }
        ("clear", []) => {
            cell.borrow_mut().clear();
            Value::None
        }
        ("popitem", []) => {
            let (key, value) = cell.borrow_mut().popitem();
            Value::tuple([key.into(), value.into()])
        }
        _ => return None,
    }))
}

/// The entries of a mapping as values, for a comparison with a plain dict.
fn same_entries<'a, K, V>(entries: impl ExactSizeIterator<Item = (&'a K, &'a V)>, other: &Value) -> bool
where
    K: Into<Value> + Clone + 'a,
    V: Into<Value> + Clone + 'a,
{
    let Value::Dict(other) = other else { return false };
    let same = |(key, value): (&K, &V)| other.get(&key.clone().into()) == Some(value.clone().into());
    entries.len() as i64 == other.len() as i64 && { entries }.all(same)
}

impl<K> Container for Counter<K>
where
    K: Key + FromValue + Into<Value> + Clone + Repr + 'static,
{
    type Dynamic = Counter<Value>;

    const NAME: &'static str = "Counter";

    fn size(&self) -> usize {
        self.len()
    }

    fn walk(&self) -> Vec<Value> {
        self.keys().cloned().map(Into::into).collect()
    }

    fn dynamic(&self) -> Counter<Value> {
        Counter::from(self.iter().map(|(key, n)| (key.clone().into(), *n)).collect::<Dict<Value, i64>>())
    }

    fn call(cell: &RefCell<Self>, name: &str, args: &[Value]) -> Answer {
        let counts = |other: &Value| -> Option<Dict<K, i64>> {
            let is_mapping =
                matches!(other, Value::Dict(_)) || super::methods::special(other, "items", &[]).is_some();
            is_mapping.then(|| pairs(other).iter().map(|(key, n)| (item(key), int(n))).collect())
        };
        let joined = |join: fn(&Self, &Self) -> Self, other: &Value| {
            let other = Self::from(counts(other)?);
            Some(Ok(kept(join(&cell.borrow(), &other).dynamic())))
        };
        match (name, args) {
            ("__getitem__", [key]) => {
                let key = K::from_value(key).ok();
                Some(Ok(Value::from(key.map_or(0, |key| cell.borrow().count(&key)))))
            }
            ("most_common", []) => Some(Ok(Value::from(cell.borrow().most_common(None)))),
            ("most_common", [n]) => {
                let most = if n.is_none() { None } else { Some(int(n)) };
                Some(Ok(Value::from(cell.borrow().most_common(most))))
            }
            ("elements", []) => Some(Ok(Value::from(cell.borrow().elements().collect::<Vec<_>>()))),
            ("total", []) => Some(Ok(Value::from(cell.borrow().total()))),
            ("update" | "subtract", [other]) => {
                let sign = if name == "update" { 1 } else { -1 };
                match counts(other) {
                    Some(counts) => {
                        counts.into_iter().for_each(|(key, n)| cell.borrow_mut().add(key, sign * n))
                    }
                    None => py::iter(other).for_each(|key| {
                        let key = item(&key);
                        cell.borrow_mut().add(key, sign);
                    }),
                }
                Some(Ok(Value::None))
            }
            ("__add__", [other]) => joined(|a, b| a + b, other),
            ("__sub__", [other]) => joined(|a, b| a - b, other),
            ("__or__", [other]) => joined(|a, b| a | b, other),
            ("__and__", [other]) => joined(|a, b| a & b, other),
            _ => mapping(cell, name, args),
        }
    }

    fn equals(&self, other: &Value) -> bool {
        same_entries(self.iter(), other)
    }
}

impl<K, V> Container for DefaultDict<K, V>
where
    K: Key + FromValue + Into<Value> + Clone + Repr + 'static,
    V: FromValue + Into<Value> + Clone + PartialEq + Repr + 'static,
{
    type Dynamic = DefaultDict<Value, Value>;

    const NAME: &'static str = "collections.defaultdict";

    fn size(&self) -> usize {
        self.len()
    }

    fn walk(&self) -> Vec<Value> {
        self.keys().cloned().map(Into::into).collect()
    }

    fn dynamic(&self) -> DefaultDict<Value, Value> {
        self.to_values()
    }

    fn call(cell: &RefCell<Self>, name: &str, args: &[Value]) -> Answer {
        match (name, args) {
            ("__getitem__", [key]) => {
                let key = item(key);
                let value = cell.borrow_mut().at_or_insert(key).clone();
                Some(Ok(given(value)))
            }
            _ => mapping(cell, name, args),
        }
    }

    fn equals(&self, other: &Value) -> bool {
        same_entries(self.iter().collect::<Vec<_>>().into_iter(), other)
    }
}

impl<K, V> Container for OrderedDict<K, V>
where
    K: Key + FromValue + Into<Value> + Clone + Repr + 'static,
    V: FromValue + Into<Value> + Clone + PartialEq + Repr + 'static,
{
    type Dynamic = OrderedDict<Value, Value>;

    const NAME: &'static str = "collections.OrderedDict";

    fn size(&self) -> usize {
        self.len()
    }

    fn walk(&self) -> Vec<Value> {
        self.keys().cloned().map(Into::into).collect()
    }

    fn dynamic(&self) -> OrderedDict<Value, Value> {
        self.iter().map(|(key, value)| (key.clone().into(), value.clone().into())).collect()
    }

    fn call(cell: &RefCell<Self>, name: &str, args: &[Value]) -> Answer {
        match (name, args) {
            ("move_to_end", [key, rest @ ..]) if rest.len() < 2 => {
                let last = rest.first().is_none_or(Value::is_true);
                let key: K = item(key);
                cell.borrow_mut().move_to_end(&key, last);
                Some(Ok(Value::None))
            }
            ("popitem", [last]) => {
                let (key, value) = cell.borrow_mut().popitem_at(last.is_true());
                Some(Ok(Value::tuple([key.into(), value.into()])))
            }
            ("popitem", []) => Self::call(cell, name, &[Value::Bool(true)]),
            _ => mapping(cell, name, args),
        }
    }

    fn equals(&self, other: &Value) -> bool {
        same_entries(self.iter(), other)
    }
}

/// The container that a value must hold: a copy of it.
#[track_caller]
fn container<C: Container>(value: &Value, typed: fn(&C::Dynamic) -> Result<C, Error>) -> Result<C, Error> {
    let Value::Object(object) = value else { return Err(super::from_value::expected(C::NAME, value)) };
    if let Some(same) = object.as_any().downcast_ref::<RefCell<C>>() {
        return Ok(same.borrow().clone());
    }
    match object.as_any().downcast_ref::<RefCell<C::Dynamic>>() {
        Some(dynamic) => typed(&dynamic.borrow()),
        None => Err(super::from_value::expected(C::NAME, value)),
    }
}

/// A container becomes a value item by item; a value becomes one as a copy.
impl<T: Into<Value>> From<Deque<T>> for Value {
    fn from(deque: Deque<T>) -> Value {
        let maxlen = deque.maxlen();
        kept(Deque::from_iter_max(deque.into_iter().map(Into::into), maxlen))
    }
}

impl<T> FromValue for Deque<T>
where
    T: FromValue + Into<Value> + Clone + PartialEq + Repr + 'static,
{
    #[track_caller]
    fn from_value(value: &Value) -> Result<Self, Error> {
        container(value, |deque: &Deque<Value>| {
            let items: Result<Vec<T>, Error> = deque.iter().map(T::from_value).collect();
            items.map(|items| Deque::from_iter_max(items, deque.maxlen()))
        })
    }
}

impl<K: Key + Into<Value> + Clone> From<Counter<K>> for Value {
    fn from(counter: Counter<K>) -> Value {
        let counts: Dict<Value, i64> = counter.iter().map(|(key, n)| (key.clone().into(), *n)).collect();
        kept(Counter::from(counts))
    }
}

impl<K: Key + FromValue + Into<Value> + Clone + Repr + 'static> FromValue for Counter<K> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<Self, Error> {
        container(value, |counter: &Counter<Value>| {
            let counts = counter.iter().map(|(key, n)| Ok((K::from_value(key)?, *n)));
            counts.collect::<Result<Dict<K, i64>, Error>>().map(Counter::from)
        })
    }
}

impl<K, V> From<DefaultDict<K, V>> for Value
where
    K: Key + Into<Value> + Clone,
    V: Into<Value> + Clone + 'static,
{
    fn from(dict: DefaultDict<K, V>) -> Value {
        kept(dict.to_values())
    }
}

impl<K, V> FromValue for DefaultDict<K, V>
where
    K: Key + FromValue + Into<Value> + Clone + Repr + 'static,
    V: FromValue + Into<Value> + Clone + PartialEq + Repr + 'static,
{
    #[track_caller]
    fn from_value(value: &Value) -> Result<Self, Error> {
        container(value, DefaultDict::of_values)
    }
}

impl<K: Key + Into<Value>, V: Into<Value>> From<OrderedDict<K, V>> for Value {
    fn from(dict: OrderedDict<K, V>) -> Value {
        let entries = dict.into_iter().map(|(key, value)| (key.into(), value.into()));
        kept(entries.collect::<OrderedDict<Value, Value>>())
    }
}

impl<K, V> FromValue for OrderedDict<K, V>
where
    K: Key + FromValue + Into<Value> + Clone + Repr + 'static,
    V: FromValue + Into<Value> + Clone + PartialEq + Repr + 'static,
{
    #[track_caller]
    fn from_value(value: &Value) -> Result<Self, Error> {
        container(value, |dict: &OrderedDict<Value, Value>| {
            dict.iter().map(|(key, value)| Ok((K::from_value(key)?, V::from_value(value)?))).collect()
        })
    }
}
