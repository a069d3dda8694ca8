//! Abstract classes of `collections.abc` and `numbers`: which values are instances of them.

use super::Value;
use super::members::has;
use crate::class::NotTranslated;
use crate::unwind::raise_new;

/// `isinstance(value, kind)` for a name of `collections.abc` or `numbers`.
#[track_caller]
pub fn is_kind(value: &Value, kind: &str) -> bool {
    let known = match kind {
        "Number" | "Complex" | "Real" | "Rational" | "Integral" => Some(is_number(value, kind)),
        _ => match value {
            Value::Object(object) => object_is(value, &|class| object.is_instance(class), kind),
            _ => Some(plain_is(value, kind)),
        },
    };
    known.unwrap_or_else(|| {
        let text = format!("not yet implemented: whether a '{}' object is a {kind}", value.class_name());
        raise_new(NotTranslated, text)
    })
}

fn is_number(value: &Value, kind: &str) -> bool {
    let level = match (value, value.class_name()) {
        (Value::Int(_) | Value::Bool(_), _) => 4,
        (Value::Float(_), _) => 2,
        (Value::Object(_), "Fraction") => 3,
        (Value::Object(_), "complex") => 1,
        (Value::Object(_), "Decimal") => 0,
        (Value::Object(object), _) => return object.plain().is_some_and(|plain| is_number(&plain, kind)),
        _ => return false,
    };
    let kinds = ["Number", "Complex", "Real", "Rational", "Integral"];
    kinds.iter().position(|known| *known == kind).is_some_and(|at| at <= level)
}

/// Values of the builtin types.
fn plain_is(value: &Value, kind: &str) -> bool {
    let is_sequence =
        matches!(value, Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Tuple(_) | Value::Range(_));
    let is_set = matches!(value, Value::Set(_) | Value::FrozenSet(_));
    let is_dict = matches!(value, Value::Dict(_));
    match kind {
        "Sequence" | "Reversible" if is_sequence => true,
        "Reversible" | "Mapping" | "MutableMapping" => is_dict,
        "MutableSequence" => matches!(value, Value::List(_)),
        "Set" => is_set,
        "MutableSet" => matches!(value, Value::Set(_)),
        "Iterable" | "Sized" | "Container" | "Collection" => is_sequence || is_set || is_dict,
        "Callable" => matches!(value, Value::Function(_)),
        "Hashable" => !matches!(value, Value::List(_) | Value::Dict(_) | Value::Set(_)),
        "ByteString" => matches!(value, Value::Bytes(_)),
        _ => false,
    }
}

/// Objects of the program and of the library; none where nothing says it.
fn object_is(value: &Value, is: &dyn Fn(&str) -> bool, kind: &str) -> Option<bool> {
    let is_dict = is("dict");
    let is_list = ["list", "deque", "array", "bytearray"].into_iter().any(is);
    let is_sequence = is_list || ["tuple", "str", "bytes"].into_iter().any(is);
    let is_set = ["set", "frozenset"].into_iter().any(is);
    let is_builtin = is_dict || is_sequence || is_set;
    match kind {
        "Mapping" | "MutableMapping" if is_builtin => Some(is_dict),
        "Sequence" if is_builtin => Some(is_sequence),
        "MutableSequence" if is_builtin => Some(is_list),
        "Set" if is_builtin => Some(is_set),
        "Iterable" | "Sized" | "Container" | "Collection" if is_builtin => Some(true),
        "Callable" => Some(super::py::callable(value)),
        "Iterable" => has(value, "__iter__"),
        "Iterator" => Some(has(value, "__iter__")? && has(value, "__next__")?),
        "Sized" => has(value, "__len__"),
        "Container" => has(value, "__contains__"),
        "Mapping" | "Sequence" | "Set" | "MutableMapping" | "MutableSequence" | "MutableSet" => {
            // Who does not say so by a base class has no such kind.
            Some(is(kind) || is(&format!("Mutable{kind}")))
        }
        _ => None,
    }
}
