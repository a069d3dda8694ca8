//! Named tuples that functions give: `EigResult(eigenvalues=.., eigenvectors=..)`.

use std::any::Any;
use std::rc::Rc;

use batuta_rt::{Object, Value};

use crate::error::R;

/// A named tuple.
pub struct Record {
    pub name: &'static str,
    pub fields: Vec<(&'static str, Value)>,
}

impl Object for Record {
    fn type_name(&self) -> &str {
        self.name
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    }
    fn plain(&self) -> Option<Value> {
        Some(Value::tuple(self.fields.iter().map(|(_, value)| value.clone())))
    }
    fn call_method(self: Rc<Self>, _name: &str, _args: &[Value]) -> Option<R> {
        None
    }
    fn repr(&self) -> String {
        let fields: Vec<String> =
            self.fields.iter().map(|(name, value)| format!("{name}={}", batuta_rt::repr(value))).collect();
        format!("{}({})", self.name, fields.join(", "))
    }
}
