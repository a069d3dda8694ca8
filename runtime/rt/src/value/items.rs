//! Iterating over values.

use std::rc::Rc;

use super::Value;
use super::methods::try_special;
use crate::big::Int;
use crate::class::{StopIteration, TypeError};
use crate::list::Range;
use crate::shared::List;
use crate::unwind::{raise, raise_new};

/// The items of a value, one by one.
pub struct Items(Source);

enum Source {
    List(List<Value>, usize),
    Tuple(Rc<[Value]>, usize),
    Text(Rc<str>, usize),
    Dict(crate::shared::DictIter<Value, Value>),
    Range(Range),
    Owned(std::vec::IntoIter<Value>),
    /// An iterator object: each item is asked for when it is its turn.
    Object(Value),
}

impl Items {
    pub(super) fn owned(items: Vec<Value>) -> Items {
        Items(Source::Owned(items.into_iter()))
    }

    /// The items of an iterator object.
    pub(super) fn of_iterator(object: Value) -> Items {
        Items(Source::Object(object))
    }

    /// The items of a built-in container; none for other values.
    pub(super) fn of(value: &Value) -> Option<Items> {
        Some(Items(match value {
            Value::List(list) => Source::List(list.clone(), 0),
            Value::Tuple(items) => Source::Tuple(Rc::clone(items), 0),
            Value::Str(text) => Source::Text(Rc::clone(text), 0),
            Value::Dict(dict) => Source::Dict(dict.iter()),
            Value::Range(range) => Source::Range(range.as_ref().clone()),
            Value::Set(set) => return Some(Items::owned(set.to_vec())),
            Value::FrozenSet(set) => return Some(Items::owned(set.iter().cloned().collect())),
            Value::Bytes(bytes) => {
                return Some(Items::owned(bytes.iter().map(|&b| i64::from(b).into()).collect()));
            }
            _ => return None,
        }))
    }
}

impl Iterator for Items {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        match &mut self.0 {
            Source::List(list, at) => {
                let item = list.borrow().get(*at)?.clone();
                *at += 1;
                Some(item)
            }
            Source::Tuple(items, at) => {
                let item = items.get(*at)?.clone();
                *at += 1;
                Some(item)
            }
            Source::Text(text, at) => {
                let c = text[*at..].chars().next()?;
                *at += c.len_utf8();
                Some(Value::from(&*c.encode_utf8(&mut [0; 4])))
            }
            Source::Dict(entries) => entries.next().map(|(key, _)| key),
            Source::Range(range) => range.next().map(|number| Value::Int(Int::from(number))),
            Source::Owned(items) => items.next(),
            Source::Object(object) => match try_special(object, "__next__", &[]) {
                Some(Ok(item)) => Some(item),
                Some(Err(error)) if error.is_a(StopIteration) => None,
                Some(Err(error)) => raise(error),
                None => {
                    let name = object.type_name();
                    raise_new(TypeError, format!("iter() returned non-iterator of type '{name}'"))
                }
            },
        }
    }
}

impl IntoIterator for Value {
    type Item = Value;
    type IntoIter = Items;

    #[track_caller]
    fn into_iter(self) -> Items {
        super::py::iter(&self)
    }
}

impl IntoIterator for &Value {
    type Item = Value;
    type IntoIter = Items;

    #[track_caller]
    fn into_iter(self) -> Items {
        super::py::iter(self)
    }
}
