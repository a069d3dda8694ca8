//! `types.SimpleNamespace`: an object that has the attributes which it is given.

use std::any::Any;
use std::rc::Rc;

use super::{Object, Value, py};
use crate::collections::Dict;
use crate::error::Error;
use crate::repr::repr;
use crate::shared::SharedDict;

/// The attributes, which `vars(x)` gives as they are.
struct SimpleNamespace(SharedDict<Value, Value>);

/// `types.SimpleNamespace(..)`.
pub fn simple_namespace(attributes: Dict<String, Value>) -> Value {
    let entries: Dict<Value, Value> =
        attributes.into_iter().map(|(name, value)| (Value::from(name), value)).collect();
    Value::Object(Rc::new(SimpleNamespace(SharedDict::from(entries))))
}

impl SimpleNamespace {
    fn find(&self, name: &str) -> Option<Value> {
        self.0.borrow().get(&Value::from(name)).cloned()
    }
}

impl Object for SimpleNamespace {
    fn type_name(&self) -> &str {
        "types.SimpleNamespace"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        if name == "__dict__" { Some(Value::Dict(self.0.clone())) } else { self.find(name) }
    }

    fn has(&self, name: &str) -> Option<bool> {
        Some(self.find(name).is_some())
    }

    fn set_attr(&self, name: &str, value: Value) -> bool {
        self.0.insert(Value::from(name), value);
        true
    }

    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let function = self.find(name)?;
        Some(Ok(py::call(&function, args)))
    }

    fn repr(&self) -> String {
        let shown = |(name, value): (&Value, &Value)| format!("{}={}", crate::str(name), repr(value));
        let parts: Vec<String> = self.0.borrow().iter().map(shown).collect();
        format!("namespace({})", parts.join(", "))
    }

    fn equals(&self, other: &Value) -> Option<bool> {
        let Value::Object(other) = other else { return Some(false) };
        Some(other.as_any().downcast_ref::<SimpleNamespace>().is_some_and(|other| self.0 == other.0))
    }

    fn is_instance(&self, name: &str) -> bool {
        name == "SimpleNamespace"
    }
}
