//! Parts and methods of values whose type only the run knows.
//!
//! Nothing here changes a value: what a change makes is a new one, so that no copy of the value sees it.

use super::show::text;
use crate::Value;

pub use crate::py::{call, get_slice};

/// The items of a value: the rows of a table.
#[track_caller]
pub fn iter(value: &Value) -> impl Iterator<Item = Value> + use<> {
    match super::frame::walked(value) {
        Some(rows) => crate::py::iter(&rows),
        None => crate::py::iter(value),
    }
}

/// `v[key]`: the column of a table.
#[track_caller]
pub fn get_item(value: &Value, key: &Value) -> Value {
    super::frame::column(value, key).unwrap_or_else(|| crate::py::get_item(value, key))
}

fn list(items: Vec<Value>) -> Value {
    Value::List(items.into())
}

pub(super) fn texts(items: impl IntoIterator<Item = String>) -> Value {
    list(items.into_iter().map(Value::from).collect())
}

/// The name that Ruchy has for the type of a value.
pub fn type_of(value: &Value) -> String {
    let name = match value {
        Value::Range(_) => "range",
        Value::Function(_) => "function",
        Value::Object(_) if super::frame::is_frame(value) => "dataframe",
        other => super::dynamic::type_name(other),
    };
    name.to_owned()
}

/// `v.name`.
#[track_caller]
pub fn get_attr(value: &Value, name: &str) -> Value {
    match value {
        Value::Dict(entries) => entries.get(&Value::from(name.to_owned())).unwrap_or_else(|| {
            crate::raise_new(crate::AttributeError, format!("Object has no field named '{name}'"))
        }),
        Value::Tuple(items) if let Ok(at) = name.trim_start_matches('_').parse::<usize>() => {
            items.get(at).cloned().unwrap_or_else(|| no_method(value, name))
        }
        other => crate::py::get_attr(other, name),
    }
}

#[track_caller]
fn no_method(value: &Value, name: &str) -> ! {
    let text = format!("Method '{name}' not found for type {}", type_of(value));
    crate::raise_new(crate::TypeError, text)
}

/// `v.name(args)`; `with_name` gives the value that the change `name` makes of it.
#[track_caller]
pub fn call_method(value: &Value, name: &str, args: &[Value]) -> Value {
    if let Some(change) = name.strip_prefix("with_").filter(|_| !super::frame::is_frame(value)) {
        return changed(value, change, args);
    }
    if let ("to_string", []) = (name, args) {
        return Value::from(text(value).to_string());
    }
    let found = match value {
        // What `for k, v in` walks over.
        Value::Dict(_) if matches!(name, "pairs" | "walked") => of_dict(value, "items", args),
        _ if name == "walked" => Some(value.clone()),
        _ if name == "pairs" => of_list(&iter(value).collect::<Vec<_>>(), "enumerate", args),
        Value::Str(of) => of_text(of, name, args),
        Value::List(items) => of_list(&items.to_vec(), name, args),
        Value::Range(_) => of_list(&iter(value).collect::<Vec<_>>(), name, args),
        Value::Tuple(items) => of_list(items, name, args),
        Value::Dict(_) => of_dict(value, name, args),
        Value::Set(items) => match (name, args) {
            ("len", []) => Some(Value::from(items.len() as i64)),
            ("contains", [item]) => Some(Value::Bool(crate::py::contains(value, item))),
            _ => of_list(&iter(value).collect::<Vec<_>>(), name, args),
        },
        Value::Int(_) | Value::Float(_) => of_number(value, name, args),
        Value::Object(_) => Some(crate::py::call_method(value, name, args)),
        _ => None,
    };
    found.unwrap_or_else(|| no_method(value, name))
}

#[track_caller]
pub(super) fn int(value: &Value) -> i64 {
    match value {
        Value::Int(value) => value.expect_i64(),
        other => {
            let text = format!("expected an integer, found {}", type_of(other));
            crate::raise_new(crate::TypeError, text)
        }
    }
}

fn of_text(of: &str, name: &str, args: &[Value]) -> Option<Value> {
    let (one, two) = match args {
        [Value::Str(one)] => (Some(&**one), None),
        [Value::Str(one), Value::Str(two)] => (Some(&**one), Some(&**two)),
        _ => (None, None),
    };
    Some(match (name, args.len(), one, two) {
        ("len", 0, ..) => Value::from(of.len() as i64),
        ("is_empty", 0, ..) => Value::Bool(of.is_empty()),
        ("to_uppercase", 0, ..) => Value::from(of.to_uppercase()),
        ("to_lowercase", 0, ..) => Value::from(of.to_lowercase()),
        ("trim", 0, ..) => Value::from(of.trim().to_owned()),
        ("trim_start", 0, ..) => Value::from(of.trim_start().to_owned()),
        ("trim_end", 0, ..) => Value::from(of.trim_end().to_owned()),
        ("chars", 0, ..) => texts(super::characters(of)),
        ("lines", 0, ..) => texts(super::lines(of)),
        ("reverse", 0, ..) => Value::from(of.chars().rev().collect::<String>()),
        ("to_int" | "parse", 0, ..) => Value::from(super::parse_int(of)),
        ("to_float", 0, ..) => Value::Float(super::parse_float(of)),
        ("contains", 1, Some(part), _) => Value::Bool(of.contains(part)),
        ("starts_with", 1, Some(part), _) => Value::Bool(of.starts_with(part)),
        ("ends_with", 1, Some(part), _) => Value::Bool(of.ends_with(part)),
        ("split", 1, Some(part), _) => texts(super::split(of, part)),
        ("replace", 2, Some(part), Some(other)) => Value::from(of.replace(part, other)),
        ("repeat", 1, ..) => Value::from(super::repeat(of, int(&args[0]))),
        ("substring" | "slice", 2, ..) => Value::from(super::slice(of, int(&args[0]), int(&args[1]))),
        ("char_at", 1, ..) => get_item(&Value::from(of.to_owned()), &args[0]),
        ("append" | "concat", 1, Some(part), _) => Value::from(of.to_owned() + part),
        _ => return None,
    })
}

fn of_number(value: &Value, name: &str, args: &[Value]) -> Option<Value> {
    let (float, whole) = match value {
        Value::Int(value) => (value.to_f64(), true),
        Value::Float(value) => (*value, false),
        _ => return None,
    };
    Some(match (name, args) {
        ("abs", []) if whole => Value::from(int(value).abs()),
        ("abs", []) => Value::Float(float.abs()),
        ("sqrt", []) => Value::Float(float.sqrt()),
        ("round", []) if !whole => Value::Float(float.round()),
        ("floor", []) if !whole => Value::Float(float.floor()),
        ("ceil", []) if !whole => Value::Float(float.ceil()),
        ("to_int", []) if whole => value.clone(),
        ("to_int", []) => Value::from(float as i64),
        ("to_float", []) => Value::Float(float),
        ("min" | "max", [other]) => {
            let is_less = super::lt(value, other);
            if is_less == (name == "min") { value.clone() } else { other.clone() }
        }
        _ => return None,
    })
}

#[track_caller]
fn float(value: &Value) -> f64 {
    match value {
        Value::Float(value) => *value,
        other => int(other) as f64,
    }
}

#[track_caller]
fn mean(items: &[Value]) -> Value {
    let sum = items.iter().fold(Value::Float(0.0), |sum, item| super::add(&sum, item));
    Value::Float(float(&sum) / items.len() as f64)
}

fn holds(test: &Value, item: &Value) -> bool {
    super::truth(&call(test, std::slice::from_ref(item)))
}

/// The first item that no other one goes before, as `goes` says.
fn extreme(items: &[Value], goes: fn(&Value, &Value) -> bool) -> Value {
    let best = items.iter().reduce(|best, item| if goes(item, best) { item } else { best });
    best.cloned().unwrap_or_default()
}

pub(super) fn of_list(items: &[Value], name: &str, args: &[Value]) -> Option<Value> {
    if let Some(answer) = asked(items, name, args) {
        return Some(answer);
    }
    let count = |value: &Value| usize::try_from(int(value)).unwrap_or(0);
    let made: Vec<Value> = match (name, args) {
        ("reverse" | "rev", []) => items.iter().rev().cloned().collect(),
        ("sort", []) => {
            let mut sorted = items.to_vec();
            sorted.sort_by(|a, b| match (super::lt(a, b), super::gt(a, b)) {
                (true, _) => std::cmp::Ordering::Less,
                (_, true) => std::cmp::Ordering::Greater,
                _ => std::cmp::Ordering::Equal,
            });
            sorted
        }
        ("unique", []) => {
            let mut out: Vec<Value> = Vec::new();
            for item in items {
                if !out.iter().any(|known| super::eq(known, item)) {
                    out.push(item.clone());
                }
            }
            out
        }
        ("flatten", []) => items.iter().flat_map(|item| iter(item).collect::<Vec<_>>()).collect(),
        ("enumerate", []) => {
            let pair = |(at, item): (i64, &Value)| Value::tuple(vec![Value::from(at), item.clone()]);
            (0..).zip(items).map(pair).collect()
        }
        ("take", [size]) => items.iter().take(count(size)).cloned().collect(),
        ("skip", [size]) => items.iter().skip(count(size)).cloned().collect(),
        ("slice", [start, end]) => super::part(items, int(start), int(end)),
        ("concat" | "append", [other]) => items.iter().cloned().chain(iter(other)).collect(),
        ("to_list", []) => items.to_vec(),
        ("sort_by", [of]) => {
            let order = |a: &Value, b: &Value| int(&call(of, &[a.clone(), b.clone()])).cmp(&0);
            let mut sorted = items.to_vec();
            sorted.sort_by(order);
            sorted
        }
        ("sort_by_key", [of]) => {
            let key = |item: &Value| call(of, std::slice::from_ref(item));
            let mut keyed: Vec<(Value, Value)> = items.iter().map(|item| (key(item), item.clone())).collect();
            keyed.sort_by(|(a, _), (b, _)| match (super::lt(a, b), super::gt(a, b)) {
                (true, _) => std::cmp::Ordering::Less,
                (_, true) => std::cmp::Ordering::Greater,
                _ => std::cmp::Ordering::Equal,
            });
            keyed.into_iter().map(|(_, item)| item).collect()
        }
        ("flat_map", [of]) => {
            let made = |item: &Value| iter(&call(of, std::slice::from_ref(item))).collect::<Vec<_>>();
            items.iter().flat_map(made).collect()
        }
        ("zip", [other]) => {
            let pair = |(item, other): (&Value, Value)| Value::tuple(vec![item.clone(), other]);
            items.iter().zip(iter(other)).map(pair).collect()
        }
        ("map", [of]) => items.iter().map(|item| call(of, std::slice::from_ref(item))).collect(),
        ("filter", [test]) => items.iter().filter(|item| holds(test, item)).cloned().collect(),
        _ => return None,
    };
    Some(list(made))
}

/// Methods of lists that give something else than a list.
fn asked(items: &[Value], name: &str, args: &[Value]) -> Option<Value> {
    Some(match (name, args) {
        ("len", []) => Value::from(items.len() as i64),
        ("is_empty", []) => Value::Bool(items.is_empty()),
        ("first", []) => items.first().cloned().unwrap_or_default(),
        ("last", []) => items.last().cloned().unwrap_or_default(),
        ("get", [at]) => {
            usize::try_from(int(at)).ok().and_then(|at| items.get(at)).cloned().unwrap_or_default()
        }
        ("contains", [item]) => Value::Bool(items.iter().any(|known| super::eq(known, item))),
        ("index_of", [item]) => {
            let at = items.iter().position(|known| super::eq(known, item));
            at.map_or(Value::None, |at| Value::from(at as i64))
        }
        ("join", [Value::Str(between)]) => Value::from(super::join(items.iter().cloned(), between)),
        ("mean", []) if !items.is_empty() => mean(items),
        ("std" | "var", []) if !items.is_empty() => {
            let middle = float(&mean(items));
            let squares = items.iter().map(|item| (float(item) - middle).powi(2));
            let spread = squares.sum::<f64>() / items.len() as f64;
            Value::Float(if name == "std" { spread.sqrt() } else { spread })
        }
        ("count", [test]) => Value::from(items.iter().filter(|item| holds(test, item)).count() as i64),
        ("position", [test]) => {
            let at = items.iter().position(|item| holds(test, item));
            at.map_or(Value::None, |at| Value::from(at as i64))
        }
        ("product", []) => items.iter().fold(Value::from(1), |all, item| super::mul(&all, item)),
        ("sum", []) => items.iter().fold(Value::from(0), |sum, item| super::add(&sum, item)),
        ("min", []) => extreme(items, super::lt),
        ("max", []) => extreme(items, super::gt),
        ("any", [test]) => Value::Bool(items.iter().any(|item| holds(test, item))),
        ("all", [test]) => Value::Bool(items.iter().all(|item| holds(test, item))),
        ("find", [test]) => items.iter().find(|item| holds(test, item)).cloned().unwrap_or_default(),
        ("for_each", [of]) => {
            items.iter().for_each(|item| drop(call(of, std::slice::from_ref(item))));
            Value::None
        }
        ("reduce", [of @ Value::Function(_), start] | [start, of]) => {
            items.iter().fold(start.clone(), |before, item| call(of, &[before, item.clone()]))
        }
        _ => return None,
    })
}

fn of_dict(value: &Value, name: &str, args: &[Value]) -> Option<Value> {
    let Value::Dict(entries) = value else { return None };
    let entries = entries.borrow().clone();
    Some(match (name, args) {
        ("len", []) => Value::from(entries.len() as i64),
        ("is_empty", []) => Value::Bool(entries.is_empty()),
        ("keys", []) => list(entries.iter().map(|(key, _)| key.clone()).collect()),
        ("values", []) => list(entries.iter().map(|(_, value)| value.clone()).collect()),
        ("items", []) => {
            let pair = |(key, value): (&Value, &Value)| Value::tuple(vec![key.clone(), value.clone()]);
            list(entries.iter().map(pair).collect())
        }
        ("contains_key" | "contains", [key]) => Value::Bool(entries.contains_key(key)),
        ("get", [key]) => entries.get(key).cloned().unwrap_or_default(),
        ("get_or", [key, other]) => entries.get(key).cloned().unwrap_or_else(|| other.clone()),
        ("merge", [Value::Dict(other)]) => Value::from(super::merge(&entries, &other.borrow())),
        // A field that holds a function.
        (name, args) => call(entries.get(&Value::from(name.to_owned()))?, args),
    })
}

/// The value that a change makes of another one.
#[track_caller]
fn changed(value: &Value, name: &str, args: &[Value]) -> Value {
    if let (Value::Str(of), "push", [part]) = (value, name, args) {
        return Value::from(format!("{of}{}", text(part)));
    }
    let new = match value {
        Value::List(items) => list(items.to_vec()),
        Value::Dict(entries) => Value::from(entries.borrow().clone()),
        other => other.clone(),
    };
    match (&new, name, args) {
        (Value::List(_) | Value::Dict(_), "item", [key, item]) => {
            crate::py::set_item(&new, key, item.clone());
        }
        (Value::List(items), "push", [item]) => items.push(item.clone()),
        (Value::List(items), "pop", []) if items.is_empty() => {}
        (Value::List(items), "pop", []) => drop(items.pop()),
        (Value::List(items), "insert", [at, item]) => items.insert(int(at), item.clone()),
        (Value::List(items), "remove", [at]) => drop(items.pop_at(int(at))),
        (Value::List(items), "clear", []) => items.clear(),
        (Value::List(items), "extend", [others]) => items.extend(iter(others).collect::<Vec<_>>()),
        (Value::Dict(entries), "insert", [key, item]) => drop(entries.insert(key.clone(), item.clone())),
        (Value::Dict(entries), "remove", [key]) => drop(entries.remove(key)),
        (Value::Dict(entries), "clear", []) => entries.clear(),
        _ => no_method(value, name),
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &Value) -> String {
        text(value).to_string()
    }

    #[test]
    fn a_change_leaves_the_value() {
        let list = list(vec![Value::from(1), Value::from("a".to_owned())]);
        let more = call_method(&list, "with_push", &[Value::Float(2.0)]);
        assert_eq!((shown(&list), shown(&more)), ("[1, \"a\"]".to_owned(), "[1, \"a\", 2.0]".to_owned()));
        assert_eq!(shown(&call_method(&more, "reverse", &[])), "[2.0, \"a\", 1]");
        assert_eq!(shown(&call_method(&more, "last", &[])), "2.0");
        assert_eq!(type_of(&list), "array");
    }
}
