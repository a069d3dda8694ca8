//! Calling values and their methods by name.

use std::rc::Rc;

use super::Value;
use super::access::no_attribute;
use super::named::check_count;
use super::sequence_methods::{dict_method, list_method, set_method, set_question, tuple_method};
use super::text_methods::text_method;
use crate::class::TypeError;
use crate::collections::Dict;
use crate::error::Error;
use crate::unwind::{OrRaise, raise_new};

/// Calls a method of an object; none when it is no object or has no such method.
pub(super) fn try_special(value: &Value, method: &str, args: &[Value]) -> Option<Result<Value, Error>> {
    match value {
        Value::Object(object) => Rc::clone(object).call_method(method, args),
        _ => None,
    }
}

/// [`try_special`] that raises the method's error.
pub(super) fn special(value: &Value, method: &str, args: &[Value]) -> Option<Value> {
    try_special(value, method, args).map(OrRaise::or_raise)
}

/// `v(*args)`.
#[track_caller]
pub fn call(value: &Value, args: &[Value]) -> Value {
    match value {
        Value::Function(function) => function.call(args).or_raise(),
        other => match special(other, "__call__", args) {
            Some(result) => result,
            None => raise_new(TypeError, format!("'{}' object is not callable", other.type_name())),
        },
    }
}

/// `v(*args, **named)`.
#[track_caller]
pub fn call_with(value: &Value, args: &[Value], named: &Dict<String, Value>) -> Value {
    match value {
        Value::Function(function) => function.call_with(args, named).or_raise(),
        other if named.is_empty() => call(other, args),
        Value::Object(object) if let Some(answer) = Rc::clone(object).call_named("__call__", args, named) => {
            answer.or_raise()
        }
        other => match crate::functools::call_partial(other, args, named) {
            Some(result) => result,
            None => {
                raise_new(TypeError, format!("{}.__call__() takes no keyword arguments", other.type_name()))
            }
        },
    }
}

/// `callable(v)`.
pub fn callable(value: &Value) -> bool {
    match value {
        Value::Function(_) => true,
        Value::Object(object) => object.is_callable(),
        _ => false,
    }
}

/// `v.name(*args)`.
#[track_caller]
pub fn call_method(value: &Value, name: &str, args: &[Value]) -> Value {
    check_count(value, name, args);
    let result = match value {
        Value::Str(text) => text_method(text, name, args),
        Value::List(list) => list_method(list, name, args),
        Value::Tuple(items) => tuple_method(items, name, args),
        Value::Dict(dict) => dict_method(dict, name, args),
        Value::Set(set) => set_method(set, name, args),
        Value::FrozenSet(_) if name == "copy" => Some(value.clone()),
        Value::FrozenSet(set) => set_question(set, name, args),
        Value::Object(object) => match special(value, name, args) {
            None => match (object.plain(), Rc::clone(object).get_attr(name)) {
                (Some(plain), None) => return call_method(&plain, name, args),
                (_, attribute) => attribute.map(|attribute| call(&attribute, args)),
            },
            result => result,
        },
        Value::Int(number) => match name {
            "bit_length" => Some(Value::from(number.bit_length())),
            "bit_count" => Some(Value::from(number.bit_count())),
            _ => None,
        },
        Value::Float(x) => match name {
            "is_integer" => Some(Value::Bool(crate::number::float_is_integer(*x))),
            _ => None,
        },
        _ => None,
    };
    match result {
        Some(result) => result,
        None => no_attribute(value, name),
    }
}

/// The argument at a place; raises `TypeError` when it is missing.
#[track_caller]
pub(super) fn argument<'a>(args: &'a [Value], at: usize, name: &str) -> &'a Value {
    match args.get(at) {
        Some(argument) => argument,
        None => {
            let words = format!(
                "{name} expected at least {} argument{}, got {}",
                at + 1,
                if at == 0 { "" } else { "s" },
                args.len()
            );
            raise_new(TypeError, words)
        }
    }
}
