//! Values as text.

use std::fmt;
use std::rc::Rc;

use super::Value;
use crate::error::Error;
use crate::format::{Format, Operand};
use crate::repr::{Repr, repr, write_items};

impl Repr for Value {
    fn is_told_by_text(&self) -> bool {
        match self {
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => true,
            Value::List(items) => items.borrow().iter().all(Repr::is_told_by_text),
            Value::Tuple(items) => items.iter().all(Repr::is_told_by_text),
            Value::Dict(entries) => {
                entries.borrow().iter().all(|(key, value)| key.is_told_by_text() && value.is_told_by_text())
            }
            _ => false,
        }
    }

    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Bool(truth) => truth.fmt_repr(f),
            Value::Int(number) => number.fmt_repr(f),
            Value::Float(number) => number.fmt_repr(f),
            Value::Str(text) => text.fmt_repr(f),
            Value::Bytes(bytes) => bytes.fmt_repr(f),
            Value::List(list) => list.fmt_repr(f),
            Value::Tuple(items) => {
                write_items(f, "(", items.iter(), if items.len() == 1 { ",)" } else { ")" })
            }
            Value::Dict(dict) => dict.fmt_repr(f),
            Value::Set(set) => set.fmt_repr(f),
            Value::FrozenSet(set) => set.fmt_repr(f),
            Value::Range(range) => range.fmt_repr(f),
            Value::Function(function) if function.is_type() => {
                write!(f, "<class '{}'>", function.type_path())
            }
            Value::Function(function) => {
                write!(f, "<function {} at {:#x}>", function.name(), function.address())
            }
            Value::Error(error) => error.fmt_repr(f),
            Value::Object(object) => f.write_str(&object.repr()),
        }
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Str(text) => f.write_str(text),
            Value::Error(error) => error.fmt_str(f),
            Value::Object(object) => f.write_str(&object.str()),
            _ => self.fmt_repr(f),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&repr(self), f)
    }
}

impl Format for Value {
    fn operand(&self) -> Operand<'_> {
        match self {
            Value::Bool(truth) => Operand::Bool(*truth),
            Value::Int(number) => number.operand(),
            Value::Float(number) => Operand::Float(*number),
            Value::Str(text) => Operand::Text(text),
            Value::Object(object) if let Some(number) = object.number() => match number {
                Value::Bool(truth) => Operand::Bool(truth),
                Value::Float(number) => Operand::Float(number),
                Value::Int(number) if let Some(number) = number.to_i64() => Operand::Small(number),
                _ => Operand::Other(object.type_name()),
            },
            other => Operand::Other(other.type_name()),
        }
    }

    fn format_into(&self, spec: &str, out: &mut String) -> Result<(), Error> {
        if let Some(plain) = self.plain().filter(|_| !spec.is_empty()) {
            // A member that shows its name is padded as that text.
            let text = crate::str(self).to_string();
            return match plain {
                plain if crate::str(&plain).to_string() == text => plain.format_into(spec, out),
                _ => Value::from(text).format_into(spec, out),
            };
        }
        if let Value::Object(object) = self
            && let Some(text) = Rc::clone(object).call_method("__format__", &[Value::from(spec)])
        {
            let text = text?;
            out.push_str(&crate::str(&text).to_string());
            return Ok(());
        }
        crate::format::format_operand_of(self, spec, out)
    }

    fn made_item(&self, key: &str) -> Option<Value> {
        let is_number = key.bytes().all(|byte| byte.is_ascii_digit());
        let index = key.parse::<i64>().ok().filter(|_| is_number);
        Some(super::py::get_item(self, &index.map_or_else(|| Value::from(key), Value::from)))
    }

    fn made_attribute(&self, name: &str) -> Option<Value> {
        Some(super::py::get_attr(self, name))
    }
}
