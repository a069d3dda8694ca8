//! Types as values: `type(v)`, and tests against types that only the run knows.

use super::access::is_instance;
use super::{Function, Value};
use crate::class::{NotTranslated, TypeError};
use crate::error::Error;
use crate::unwind::raise_new;

/// Types of the language by the names that their values have.
const BUILTIN: &[&str] = &[
    "NoneType",
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "ellipsis",
    "float",
    "frozenset",
    "function",
    "int",
    "list",
    "object",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
    "type",
];

/// Library types that name no module here.
const LIBRARY: &[&str] = &[
    "Counter",
    "Formatter",
    "Fraction",
    "LogRecord",
    "Logger",
    "Namespace",
    "StreamHandler",
    "WarningMessage",
];

/// `type(v)`: equal to the type of the same name wherever that becomes a value.
pub fn type_of(value: &Value) -> Value {
    let name = value.type_name();
    if matches!(value, Value::Error(_)) || LIBRARY.contains(&name) {
        let text = format!("not yet implemented: the class `{name}` as a dynamic value");
        raise_new(NotTranslated, text)
    }
    let module = if BUILTIN.contains(&name) || name.contains('.') { "" } else { "__main__." };
    let made = name.to_owned();
    Value::Function(Function::new(&format!("class {module}{name}(., *args)"), move |_| not_made(&made)))
}

fn not_made(name: &str) -> Result<Value, Error> {
    let text = format!("not yet implemented: a call of the type of a dynamic value, `{name}`");
    Err(Error::new(NotTranslated, text))
}

/// `isinstance(v, types)` where the types are a value: a type or a tuple of types, however deep.
#[track_caller]
pub fn is_instance_of(value: &Value, types: &Value) -> bool {
    match types {
        Value::Function(function) if function.is_type() => is_instance(value, function.name()),
        Value::Tuple(types) => types.iter().any(|types| is_instance_of(value, types)),
        // A class of the library is a function here, which does not say whose objects it makes.
        Value::Function(function) => {
            let text = format!("not yet implemented: `isinstance` with `{}` as a value", function.name());
            raise_new(NotTranslated, text)
        }
        _ => {
            let text = "isinstance() arg 2 must be a type, a tuple of types, or a union";
            raise_new(TypeError, text.to_owned())
        }
    }
}
