//! Methods of values with keyword arguments, and how many arguments the methods of builtin types take.

use std::rc::Rc;

use super::Value;
use super::access::{get_attr, no_attribute};
use super::methods::{call, call_method, call_with};
use crate::class::TypeError;
use crate::collections::Dict;
use crate::format::{Format, str_format_with};
use crate::shared::List;
use crate::unwind::{OrRaise, raise_new};

/// `v.name(*args, **named)`.
#[track_caller]
pub fn call_method_with(value: &Value, name: &str, args: &[Value], named: &Dict<String, Value>) -> Value {
    if named.is_empty() {
        return call_method(value, name, args);
    }
    if let Value::Object(object) = value
        && let Some(answer) = Rc::clone(object).call_named(name, args, named)
    {
        return answer.or_raise();
    }
    match (value, name) {
        (Value::Object(object), _) => match (object.plain(), Rc::clone(object).get_attr(name)) {
            (Some(plain), None) => call_method_with(&plain, name, args, named),
            (_, Some(method)) => call_with(&method, args, named),
            _ if !parameters(value, name).is_empty() => {
                call_method(value, name, &positional(value, name, args, named))
            }
            _ => no_attribute(value, name),
        },
        (Value::Str(text), "format") => {
            let args: Vec<&dyn Format> = args.iter().map(|arg| arg as &dyn Format).collect();
            Value::from(str_format_with(text, named, &args))
        }
        (Value::List(list), "sort") => sort(list, args, named),
        (Value::Dict(dict), "update") => {
            if !args.is_empty() {
                call_method(value, name, args);
            }
            dict.update(named.iter().map(|(key, value)| (Value::from(key.as_str()), value.clone())));
            Value::None
        }
        _ => call_method(value, name, &positional(value, name, args, named)),
    }
}

#[track_caller]
fn sort(list: &List<Value>, args: &[Value], named: &Dict<String, Value>) -> Value {
    if !args.is_empty() {
        raise_new(TypeError, "sort() takes no positional arguments");
    }
    if let Some(other) = named.keys().find(|name| !matches!(name.as_str(), "key" | "reverse")) {
        raise_new(TypeError, format!("'{other}' is an invalid keyword argument for sort()"));
    }
    let reverse = named.get("reverse").is_some_and(Value::is_true);
    match named.get("key").filter(|key| !key.is_none()) {
        Some(key) => list.sort_by_key(|item| call(key, std::slice::from_ref(item)), reverse),
        None => list.sort(reverse),
    }
    Value::None
}

/// The parameters that names reach.
fn parameters(value: &Value, name: &str) -> &'static [&'static str] {
    match (value, name) {
        (Value::Str(_), "split" | "rsplit") => &["sep", "maxsplit"],
        (Value::Str(_), "splitlines") => &["keepends"],
        (Value::Str(_), "expandtabs") => &["tabsize"],
        (Value::Str(_), "encode") => &["encoding", "errors"],
        (Value::Object(_), "popitem") => &["last"],
        (Value::Object(_), "move_to_end") => &["key", "last"],
        (Value::Object(_), "most_common" | "rotate") => &["n"],
        (Value::Object(_), "isoformat") => &["sep", "timespec"],
        (Value::Object(_), "replace") => &["year", "month", "day", "hour", "minute", "second", "microsecond"],
        _ => &[],
    }
}

/// The arguments by position.
#[track_caller]
fn positional(value: &Value, name: &str, args: &[Value], named: &Dict<String, Value>) -> Vec<Value> {
    let known = parameters(value, name);
    let mut out = args.to_vec();
    for (given, argument) in named.iter() {
        let at = known.iter().position(|known| known == given).filter(|at| *at >= args.len());
        let Some(at) = at else {
            // Says so where there is no such method.
            get_attr(value, name);
            let owner = value.type_name();
            raise_new(TypeError, format!("{owner}.{name}() takes no keyword argument '{given}' here"));
        };
        if out.len() <= at {
            out.resize(at + 1, Value::None);
        }
        out[at] = argument.clone();
    }
    out
}

/// Raises `TypeError` when a method of a builtin type is given more than it takes.
#[track_caller]
pub(super) fn check_count(value: &Value, name: &str, args: &[Value]) {
    let most = match (value, name) {
        (Value::Object(_) | Value::Function(_) | Value::Error(_), _) => return,
        (Value::Str(_), "format") => return,
        (Value::Set(_) | Value::FrozenSet(_), _) if takes_any(name) => return,
        (_, "index" | "find" | "rfind" | "rindex" | "replace") => 3,
        (Value::Str(_), "count" | "startswith" | "endswith") => 3,
        (
            _,
            "split" | "rsplit" | "center" | "ljust" | "rjust" | "encode" | "insert" | "setdefault" | "get",
        ) => 2,
        (Value::Dict(_), "pop") => 2,
        (_, "pop" | "append" | "extend" | "remove" | "count" | "add" | "discard" | "update" | "join") => 1,
        (
            _,
            "strip" | "lstrip" | "rstrip" | "splitlines" | "zfill" | "expandtabs" | "partition"
            | "rpartition",
        ) => 1,
        (_, "startswith" | "endswith" | "removeprefix" | "removesuffix") => 1,
        (_, "symmetric_difference" | "issubset" | "issuperset" | "isdisjoint") => 1,
        (_, "sort" | "reverse" | "clear" | "copy" | "keys" | "values" | "items" | "popitem") => 0,
        _ => return,
    };
    if args.len() > most {
        let (owner, given) = (value.type_name(), args.len());
        raise_new(TypeError, format!("{owner}.{name}() takes at most {most} arguments here ({given} given)"));
    }
}

/// Methods of sets over any number of others.
fn takes_any(name: &str) -> bool {
    matches!(
        name,
        "union" | "intersection" | "difference" | "update" | "difference_update" | "intersection_update"
    )
}
