//! Iterators as values.

use std::any::Any;
use std::rc::Rc;

use super::{FromValue, Object, Value};
use crate::class::StopIteration;
use crate::error::Error;
use crate::iter::Iter;

/// An iterator or generator as an object: it is its own iterator.
pub(super) struct Lazy(pub(super) Iter<Value>);

impl Object for Lazy {
    fn type_name(&self) -> &str {
        "generator"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn call_method(self: Rc<Self>, name: &str, _args: &[Value]) -> Option<Result<Value, Error>> {
        match name {
            "__iter__" => Some(Ok(Value::Object(self))),
            "__next__" => Some(self.0.clone().next().ok_or_else(|| Error::bare(StopIteration))),
            _ => None,
        }
    }

    fn repr(&self) -> String {
        format!("<generator object at {:#x}>", std::ptr::from_ref(self).addr())
    }
}

impl<T: Into<Value> + 'static> From<Iter<T>> for Value {
    fn from(items: Iter<T>) -> Value {
        Value::Object(Rc::new(Lazy(Iter::new(items.map(Into::into)))))
    }
}

impl<T: FromValue + 'static> FromValue for Iter<T> {
    fn from_value(value: &Value) -> Result<Iter<T>, Error> {
        Ok(Iter::new(super::py::iter(value).map(|item| item.to::<T>())))
    }
}
