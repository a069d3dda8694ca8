//! The keys, values and items of a dict as dynamic values.

use std::any::Any;
use std::rc::Rc;

use super::{Object, Value};
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
            _ => None,
        }
    }

    fn repr(&self) -> String {
        format!("{}({})", self.name, crate::repr(&self.items))
    }

    /// Keys and items are equal as sets are, values are only themselves.
    fn equals(&self, other: &Value) -> Option<bool> {
        let Value::Object(object) = other else { return Some(false) };
        let other = object.as_any().downcast_ref::<View>()?;
        if self.name == "dict_values" || other.name == "dict_values" {
            return None;
        }
        let (own, others) = (self.items.borrow(), other.items.borrow());
        Some(own.len() == others.len() && own.iter().all(|item| others.contains(item)))
    }

    fn is_true(&self) -> bool {
        !self.items.borrow().is_empty()
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
