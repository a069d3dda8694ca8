//! The methods of `list`, `tuple`, `dict` and `set`, by name.

use super::Value;
use super::access::iter;
use super::methods::argument;
use crate::collections::{Key, Set};
use crate::list::PyList;
use crate::shared::{List, SharedDict, SharedSet};
use crate::unwind::OrRaise;

/// The methods of `list` that give nothing.
#[track_caller]
fn change_list(list: &List<Value>, name: &str, args: &[Value]) -> Option<()> {
    let arg = |at| argument(args, at, name);
    match name {
        "append" => list.push(arg(0).clone()),
        "extend" => {
            // A list that extends itself is read before it grows.
            let items: Vec<Value> = iter(arg(0)).collect();
            list.extend(items);
        }
        "insert" => list.insert(i64::try_from(arg(0)).or_raise(), arg(1).clone()),
        "remove" => list.remove(arg(0)),
        "sort" => list.sort(false),
        "reverse" => list.reverse(),
        "clear" => list.clear(),
        _ => return None,
    }
    Some(())
}

/// The result of a method of `list`; none when there is no such method here.
#[track_caller]
pub(super) fn list_method(list: &List<Value>, name: &str, args: &[Value]) -> Option<Value> {
    let arg = |at| argument(args, at, name);
    Some(match name {
        "pop" => list.pop_value(args.first()),
        "index" => {
            let place = |at: usize| args.get(at).map(|place| i64::try_from(place).or_raise());
            Value::from(list.borrow().py_index_in(arg(0), place(1), place(2)))
        }
        "count" => Value::from(list.count(arg(0))),
        "copy" => Value::List(list.copy()),
        _ => {
            change_list(list, name, args)?;
            Value::None
        }
    })
}

/// The result of a method of `tuple`; none when there is no such method here.
#[track_caller]
pub(super) fn tuple_method(items: &[Value], name: &str, args: &[Value]) -> Option<Value> {
    Some(match name {
        "index" => match items.iter().position(|item| item == argument(args, 0, name)) {
            Some(at) => Value::from(at),
            None => crate::raise_new(crate::ValueError, "tuple.index(x): x not in tuple"),
        },
        "count" => Value::from(items.py_count(argument(args, 0, name))),
        _ => return None,
    })
}

fn tuple_of((key, value): (Value, Value)) -> Value {
    Value::from((key, value))
}

/// The result of a method of `dict`; none when there is no such method here.
#[track_caller]
pub(super) fn dict_method(dict: &SharedDict<Value, Value>, name: &str, args: &[Value]) -> Option<Value> {
    let arg = |at| argument(args, at, name);
    let default = || args.get(1).cloned().unwrap_or_default();
    Some(match name {
        "get" => dict.get(arg(0)).unwrap_or_else(default),
        "keys" => super::views::view("dict_keys", dict.keys().collect()),
        "values" => super::views::view("dict_values", dict.values().collect()),
        "items" => super::views::view("dict_items", dict.items().map(tuple_of).collect()),
        "pop" if args.len() > 1 => dict.pop_or(arg(0), default()),
        "pop" => dict.pop(arg(0)),
        "popitem" => tuple_of(dict.popitem()),
        "setdefault" => {
            arg(0).key_hash();
            dict.setdefault(arg(0).clone(), default())
        }
        "update" => {
            update(dict, arg(0));
            Value::None
        }
        "clear" => {
            dict.clear();
            Value::None
        }
        "copy" => Value::Dict(dict.copy()),
        _ => return None,
    })
}

#[track_caller]
fn update(dict: &SharedDict<Value, Value>, other: &Value) {
    match other {
        Value::Dict(other) => dict.update(other.items()),
        other => {
            let entries: Vec<(Value, Value)> = iter(other)
                .map(|pair| {
                    let mut parts = iter(&pair);
                    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
                })
                .collect();
            dict.update(entries);
        }
    }
}

/// The set that a value's items make.
#[track_caller]
fn set_of(value: &Value) -> Set<Value> {
    match value {
        Value::Set(set) => set.borrow().py_copy(),
        other => iter(other).collect(),
    }
}

/// The methods of `set` that give nothing.
#[track_caller]
fn change_set(set: &SharedSet<Value>, name: &str, args: &[Value]) -> Option<()> {
    let arg = || argument(args, 0, name);
    if matches!(name, "add" | "discard" | "remove") {
        // Raises for an item without a hash before anything is borrowed.
        arg().key_hash();
    }
    match name {
        "add" => {
            set.insert(arg().clone());
        }
        "discard" => {
            set.remove(arg());
        }
        "remove" => set.del(arg()),
        "clear" => set.clear(),
        "update" => {
            let others = sets_of(args);
            others.iter().for_each(|other| set.borrow_mut().merge(other));
        }
        "difference_update" => {
            let items = set.borrow().py_copy();
            let rest = without(&items, args);
            *set.borrow_mut() = rest;
        }
        "intersection_update" => {
            let items = set.borrow().py_copy();
            let rest = within(&items, args);
            *set.borrow_mut() = rest;
        }
        _ => return None,
    }
    Some(())
}

/// The sets that the arguments make.
#[track_caller]
fn sets_of(args: &[Value]) -> Vec<Set<Value>> {
    args.iter().map(set_of).collect()
}

#[track_caller]
fn without(set: &Set<Value>, args: &[Value]) -> Set<Value> {
    sets_of(args).iter().fold(set.py_copy(), |rest, other| rest.difference(other))
}

#[track_caller]
fn within(set: &Set<Value>, args: &[Value]) -> Set<Value> {
    sets_of(args).iter().fold(set.py_copy(), |rest, other| rest.intersection(other))
}

/// The methods of `set` and `frozenset` that change nothing.
#[track_caller]
pub(super) fn set_question(set: &Set<Value>, name: &str, args: &[Value]) -> Option<Value> {
    let other = || set_of(argument(args, 0, name));
    let made = match name {
        "union" => sets_of(args).iter().fold(set.py_copy(), |all, other| all.union(other)),
        "intersection" => within(set, args),
        "difference" => without(set, args),
        "symmetric_difference" => set.symmetric_difference(&other()),
        "issubset" => return Some(Value::Bool(set.is_subset(&other()))),
        "issuperset" => return Some(Value::Bool(set.is_superset(&other()))),
        "isdisjoint" => return Some(Value::Bool(set.is_disjoint(&other()))),
        _ => return None,
    };
    Some(Value::Set(made.into()))
}

/// The result of a method of `set`; none when there is no such method here.
#[track_caller]
pub(super) fn set_method(set: &SharedSet<Value>, name: &str, args: &[Value]) -> Option<Value> {
    match name {
        "pop" => return Some(set.pop()),
        "copy" => return Some(Value::Set(set.copy())),
        _ => {}
    }
    if change_set(set, name, args).is_some() {
        return Some(Value::None);
    }
    // The arguments may be the set itself.
    let items = set.borrow().py_copy();
    set_question(&items, name, args)
}
