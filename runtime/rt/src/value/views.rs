//! The keys, values and items of a dict as dynamic values.

use std::any::Any;
use std::rc::Rc;

use super::{Object, Value};
use crate::Set;
use crate::error::Error;
use crate::repr::Repr;
use crate::shared::List;

/// What a dict held when it was asked for its keys, values or items.
struct View {
    /// `dict_keys`, `dict_values`, `dict_items`.
    name: &'static str,
    items: List<Value>,
}

impl Object for View {
    fn type_name(&self) -> &str {
        self.name
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let items = Value::List(self.items.clone());
        match (name, args) {
            ("__iter__", []) => Some(Ok(items)),
            ("__len__", []) => Some(Ok(Value::from(super::py::len(&items)))),
            ("__contains__", [item]) => Some(Ok(Value::from(super::py::contains(&items, item)))),
            ("isdisjoint", [other]) if self.is_set() => {
                let found = super::py::iter(other).any(|item| super::py::contains(&items, &item));
                Some(Ok(Value::from(!found)))
            }
            _ => None,
        }
    }

    fn repr(&self) -> String {
        format!("{}({})", self.name, crate::repr(&self.items))
    }

    /// Keys and items are equal as sets are, values are only themselves.
    fn equals(&self, other: &Value) -> Option<bool> {
        if !self.is_set() {
            return None;
        }
        let Some(count) = set_len(other) else { return Some(false) };
        // Items that no set can hold are asked for only where the lengths are the same.
        let items = self.items.borrow();
        Some(items.len() == count && items.iter().all(|item| super::py::contains(other, item)))
    }

    /// Keys and items are sets to their operators; `|` and its like take any items on the other side.
    fn operator(
        self: Rc<Self>,
        method: &str,
        other: &Value,
        reflected: bool,
    ) -> Option<Result<Value, Error>> {
        if !self.is_set() {
            return None;
        }
        let is_order = matches!(method, "lt" | "le" | "gt" | "ge");
        let others = match as_set(other) {
            Some(others) => others,
            None if is_order || !matches!(method, "and" | "or" | "sub" | "xor") => return None,
            None => super::py::iter(other).collect(),
        };
        let own = self.as_set();
        let (a, b) = if reflected { (&others, &own) } else { (&own, &others) };
        Some(Ok(match method {
            "and" => Value::from(a & b),
            "or" => Value::from(a | b),
            "sub" => Value::from(a - b),
            "xor" => Value::from(a ^ b),
            "lt" => Value::from(a < b),
            "le" => Value::from(a <= b),
            "gt" => Value::from(a > b),
            "ge" => Value::from(a >= b),
            _ => return None,
        }))
    }

    fn is_true(&self) -> bool {
        !self.items.borrow().is_empty()
    }
}

impl View {
    /// Whether it is one of keys or items.
    fn is_set(&self) -> bool {
        self.name != "dict_values"
    }

    fn as_set(&self) -> Set<Value> {
        self.items.iter().collect()
    }
}

/// The length of a set, or of a view that is one.
fn set_len(value: &Value) -> Option<usize> {
    match value {
        Value::Set(set) => Some(set.borrow().len()),
        Value::FrozenSet(set) => Some(set.len()),
        Value::Object(object) => {
            let view = object.as_any().downcast_ref::<View>().filter(|view| view.is_set())?;
            Some(view.items.borrow().len())
        }
        _ => None,
    }
}

/// The items of a set, or of a view that is one.
fn as_set(value: &Value) -> Option<Set<Value>> {
    match value {
        Value::Set(set) => Some(set.borrow().clone()),
        Value::FrozenSet(set) => Some(set.iter().cloned().collect()),
        Value::Object(object) => {
            let view = object.as_any().downcast_ref::<View>().filter(|view| view.is_set())?;
            Some(view.as_set())
        }
        _ => None,
    }
}

/// `str(d.keys())`: the kind of the view, and what it holds.
pub fn view_text<T: Repr>(name: &str, items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<T> = items.into_iter().collect();
    format!("{name}({})", crate::repr(&items))
}

/// A view of a dict, by its kind: `dict_keys`.
pub fn view(name: &'static str, items: Vec<Value>) -> Value {
    Value::Object(Rc::new(View { name, items: List::from(items) }))
}
