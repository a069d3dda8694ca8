//! Length, items, attributes, iteration.

use super::convert::index_of;
use super::items::Items;
use super::methods::special;
use super::{Value, arithmetic::count_of};
use crate::class::{AttributeError, IndexError, TypeError};
use crate::collections::{Dict, Key};
use crate::list::{PyList, PyVec, position};
use crate::shared::List;
use crate::text::PyStr;
use crate::unwind::{OrRaise, raise_new};

#[cold]
#[track_caller]
fn type_error(words: String) -> ! {
    raise_new(TypeError, words)
}

/// `len(v)`.
#[track_caller]
pub fn len(value: &Value) -> i64 {
    match value {
        Value::Str(text) => text.char_len(),
        Value::Bytes(bytes) => bytes.len() as i64,
        Value::List(list) => list.len_i64(),
        Value::Tuple(items) => items.len_i64(),
        Value::Dict(dict) => dict.len_i64(),
        Value::Set(set) => set.len() as i64,
        Value::FrozenSet(set) => set.len() as i64,
        Value::Range(range) => range.len_i64(),
        other => match (special(other, "__len__", &[]).and_then(|length| length.as_int()), other.plain()) {
            (Some(length), _) => count_of(&length),
            (None, Some(plain)) => len(&plain),
            (None, None) => type_error(format!("object of type '{}' has no len()", other.type_name())),
        },
    }
}

/// `iter(v)`.
#[track_caller]
pub fn iter(value: &Value) -> Items {
    if let Some(items) = Items::of(value) {
        return items;
    }
    match (special(value, "__iter__", &[]), value.plain()) {
        (Some(inner), _) if !matches!(inner, Value::Object(_)) => iter(&inner),
        (Some(inner), _) => Items::of_iterator(inner),
        (None, Some(plain)) => iter(&plain),
        (None, None) => type_error(format!("'{}' object is not iterable", value.type_name())),
    }
}

/// `dict(v)`: a copy of a dict, else the dict of its pairs.
#[track_caller]
pub fn to_dict(value: &Value) -> Dict<Value, Value> {
    match value {
        Value::Dict(entries) => entries.borrow().clone(),
        // A mapping that is no plain dict.
        Value::Object(_) if let Some(pairs) = special(value, "items", &[]) => dict(iter(&pairs)),
        _ => dict(iter(value)),
    }
}

/// What a `Counter` takes from a value: the counts of a mapping, or each item once.
#[track_caller]
pub(crate) fn counts(value: &Value) -> Vec<(Value, i64)> {
    let is_mapping = match value {
        Value::Dict(_) => true,
        Value::Object(_) => special(value, "items", &[]).is_some(),
        _ => false,
    };
    match is_mapping {
        true => to_dict(value).iter().map(|(key, count)| (key.clone(), count.to::<i64>())).collect(),
        false => iter(value).map(|item| (item, 1)).collect(),
    }
}

/// `dict(pairs)` of pairs of any kind.
#[track_caller]
pub fn dict(pairs: impl IntoIterator<Item = Value>) -> Dict<Value, Value> {
    crate::dict_from_pairs(pairs.into_iter().map(|pair| iter(&pair)))
}

/// `item in v`.
#[track_caller]
pub fn contains(value: &Value, item: &Value) -> bool {
    match (value, item) {
        (Value::Str(text), Value::Str(part)) => text.contains(&**part),
        (Value::Str(_), other) => {
            type_error(format!("'in <string>' requires string as left operand, not {}", other.type_name()))
        }
        (Value::Dict(dict), key) => dict.contains_key(key),
        (Value::Set(set), key) => set.contains(key),
        (Value::FrozenSet(set), key) => set.contains(key),
        (Value::Object(_), item) => match special(value, "__contains__", std::slice::from_ref(item)) {
            Some(answer) => answer.is_true(),
            None => iter(value).any(|other| other == *item),
        },
        (other, item) => match Items::of(other) {
            Some(mut items) => items.any(|other| other == *item),
            None => type_error(format!("argument of type '{}' is not iterable", other.type_name())),
        },
    }
}

#[track_caller]
fn list_index(kind: &str, index: &Value) -> i64 {
    index_of(index, || format!("{kind} indices must be integers or slices, not {}", index.type_name()))
        .or_raise()
}

/// `v[index]`.
#[track_caller]
pub fn get_item(value: &Value, index: &Value) -> Value {
    match value {
        Value::List(list) => list.at(list_index("list", index)),
        Value::Tuple(items) => {
            let index = list_index("tuple", index);
            match position(items.len(), index) {
                Some(position) => items[position].clone(),
                None => raise_new(IndexError, "tuple index out of range"),
            }
        }
        Value::Dict(dict) => dict.at(index),
        Value::Str(text) => {
            let words = || format!("string indices must be integers, not '{}'", index.type_name());
            Value::from(text.char_at(index_of(index, words).or_raise()))
        }
        Value::Bytes(bytes) => {
            let index = list_index("byte", index);
            match position(bytes.len(), index) {
                Some(position) => Value::from(i64::from(bytes[position])),
                None => raise_new(IndexError, "index out of range"),
            }
        }
        Value::Range(range) => Value::from(range.at(list_index("range", index))),
        other => match (special(other, "__getitem__", std::slice::from_ref(index)), other.plain()) {
            (Some(item), _) => item,
            (None, Some(plain)) => get_item(&plain, index),
            (None, None) => type_error(format!("'{}' object is not subscriptable", other.type_name())),
        },
    }
}

/// `v[index] = item`.
#[track_caller]
pub fn set_item(value: &Value, index: &Value, item: Value) {
    match value {
        Value::List(list) => list.set_at(list_index("list", index), item),
        Value::Dict(dict) => {
            // Raises for a key without a hash before anything is borrowed.
            index.key_hash();
            dict.insert(index.clone(), item);
        }
        other => {
            if special(other, "__setitem__", &[index.clone(), item]).is_none() {
                let name = other.type_name();
                type_error(format!("'{name}' object does not support item assignment"));
            }
        }
    }
}

/// `del v[index]`.
#[track_caller]
pub fn del_item(value: &Value, index: &Value) {
    match value {
        Value::List(list) => list.del_at(list_index("list", index)),
        Value::Dict(dict) => dict.del(index),
        other => {
            if special(other, "__delitem__", std::slice::from_ref(index)).is_none() {
                let name = other.type_name();
                type_error(format!("'{name}' object doesn't support item deletion"));
            }
        }
    }
}

/// `v[start:stop:step]`; `None` bounds are left out.
#[track_caller]
pub fn get_slice(value: &Value, start: &Value, stop: &Value, step: &Value) -> Value {
    let bound = |bound: &Value| {
        let words = || "slice indices must be integers or None or have an __index__ method".to_owned();
        (!bound.is_none()).then(|| index_of(bound, words).or_raise())
    };
    let from = |bound: Option<i64>| bound.map_or(Value::None, Value::from);
    let (start, stop, given) = (bound(start), bound(stop), bound(step));
    let step = given.unwrap_or(1);
    match value {
        Value::List(list) => Value::List(list.slice(start, stop, step)),
        Value::Tuple(items) => Value::tuple(items.py_slice(start, stop, step)),
        Value::Str(text) => Value::from(text.char_slice(start, stop, step)),
        Value::Bytes(bytes) => Value::from(crate::Bytes(bytes.py_slice(start, stop, step))),
        other => match other.plain() {
            Some(plain) => get_slice(&plain, &from(start), &from(stop), &Value::from(step)),
            None => {
                let slice = Value::from(crate::list::Slice::new(start, stop, given));
                match special(other, "__getitem__", &[slice]) {
                    Some(part) => part,
                    None => type_error(format!("'{}' object is not subscriptable", other.type_name())),
                }
            }
        },
    }
}

/// `v.name`.
#[track_caller]
pub fn get_attr(value: &Value, name: &str) -> Value {
    match find_attr(value, name) {
        Some(value) => value,
        None => no_attribute(value, name),
    }
}

/// The attribute, if there is one; stops where there is one that is not known here.
#[track_caller]
fn find_attr(value: &Value, name: &str) -> Option<Value> {
    let found = match value {
        Value::Object(object) => return std::rc::Rc::clone(object).get_attr(name),
        Value::Error(error) => error_attr(error, name),
        Value::Range(range) => match name {
            "start" => Some(Value::from(range.start())),
            "stop" => Some(Value::from(range.stop())),
            "step" => Some(Value::from(range.step())),
            _ => None,
        },
        Value::Function(function) => match name {
            "__name__" | "__qualname__" if function.name() == "?" => {
                let text = "not yet implemented: the name of a function that came as a value";
                raise_new(crate::class::NotTranslated, text.to_owned())
            }
            "__name__" => Some(Value::from(function.name())),
            "__qualname__" => Some(Value::from(function.qualified_name())),
            "__doc__" => Some(function.doc().map_or(Value::None, Value::from)),
            _ => None,
        },
        number => number_attr(number, name),
    };
    if found.is_none() && super::members::has(value, name) != Some(false) {
        let text = format!("not yet implemented: `{name}` of a dynamic '{}'", value.type_name());
        raise_new(crate::class::NotTranslated, text)
    }
    found
}

fn error_attr(error: &crate::Error, name: &str) -> Option<Value> {
    use crate::class::{OSError, StopIteration, SystemExit};
    match name {
        "args" => Some(Value::tuple(error.args().iter().map(crate::error::Arg::value))),
        "code" if error.is_a(SystemExit) => Some(error.code()),
        "value" if error.is_a(StopIteration) => Some(error.stop_value()),
        "errno" if error.is_a(OSError) => Some(error.errno().map_or(Value::None, Value::from)),
        "strerror" if error.is_a(OSError) => Some(error.strerror().map_or(Value::None, Value::from)),
        "filename" if error.is_a(OSError) => Some(error.filename().map_or(Value::None, Value::from)),
        _ => None,
    }
}

/// What numbers say of themselves: `n.real`, `n.denominator`.
fn number_attr(number: &Value, name: &str) -> Option<Value> {
    match (number, name) {
        (Value::Int(n), "real" | "numerator") => Some(Value::Int(n.clone())),
        (Value::Bool(truth), "real" | "numerator") => Some(Value::from(i64::from(*truth))),
        (Value::Int(_) | Value::Bool(_), "imag") => Some(Value::from(0_i64)),
        (Value::Int(_) | Value::Bool(_), "denominator") => Some(Value::from(1_i64)),
        (Value::Float(x), "real") => Some(Value::Float(*x)),
        (Value::Float(_), "imag") => Some(Value::Float(0.0)),
        _ => None,
    }
}

/// `getattr(v, name, default)`.
#[track_caller]
pub fn get_attr_or(value: &Value, name: &str, default: Value) -> Value {
    let found = match value {
        Value::Object(object) => super::members::asked_attr(object, name),
        other => find_attr(other, name),
    };
    found.unwrap_or(default)
}

/// `vars(v)`.
#[track_caller]
pub fn vars(value: &Value) -> Value {
    match find_attr(value, "__dict__") {
        Some(attributes) => attributes,
        None if matches!(value, Value::Object(_)) => {
            let text = format!("not yet implemented: the attributes of a '{}' object", value.class_name());
            crate::raise_new(crate::NotTranslated, text)
        }
        None => type_error("vars() argument must have __dict__ attribute".to_owned()),
    }
}

#[cold]
#[track_caller]
pub(super) fn no_attribute(value: &Value, name: &str) -> ! {
    let kind = value.type_name();
    let is_of_python = match value {
        Value::Object(object) => object.is_of_library() && object.has(name) != Some(false),
        _ => super::members::has(value, name) == Some(true),
    };
    if is_of_python {
        let text = format!("`{name}` of a dynamic value that is a `{kind}` is not translated");
        raise_new(crate::class::NotTranslated, text)
    }
    raise_new(AttributeError, format!("'{kind}' object has no attribute '{name}'"))
}

/// `v.name = item`.
#[track_caller]
pub fn set_attr(value: &Value, name: &str, item: Value) {
    let is_set = match value {
        Value::Object(object) => object.set_attr(name, item),
        _ => false,
    };
    if !is_set {
        let text = format!(
            "setting `{name}` of a dynamic value that is a `{}` is not translated",
            value.type_name()
        );
        raise_new(crate::class::NotTranslated, text)
    }
}

/// `isinstance(v, class)` by the name of the class.
pub fn is_instance(value: &Value, class: &str) -> bool {
    match value {
        Value::Bool(_) => matches!(class, "bool" | "int" | "object"),
        Value::Object(object) => class == "object" || object.is_instance(class),
        Value::Error(error) => {
            let known = crate::BUILTIN_CLASSES.iter().find(|known| known.name() == class);
            error.name() == class || known.is_some_and(|known| error.is_a(*known))
        }
        other => class == "object" || other.type_name() == class,
    }
}

/// Whether a pattern of several items may match: lists, tuples and their like, no texts.
pub fn is_sequence(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => true,
        Value::Object(object) => {
            ["tuple", "list", "deque", "array"].into_iter().any(|class| object.is_instance(class))
        }
        _ => false,
    }
}

impl List<Value> {
    /// Removes and gives the item at a position that a value names.
    #[track_caller]
    pub(super) fn pop_value(&self, index: Option<&Value>) -> Value {
        match index {
            Some(index) => self.borrow_mut().pop_at(list_index("list", index)),
            None => self.pop(),
        }
    }
}
