//! To and from static types.

use std::rc::Rc;

use super::{Function, Value};
use crate::big::Int;
use crate::class::{TypeError, ValueError};
use crate::collections::{Dict, FrozenSet, Key, Set};
use crate::error::Error;
use crate::list::Range;
use crate::number::Num;
use crate::shared::{List, SharedDict, SharedSet};
use crate::text::Bytes;
use crate::tuple::Tuple;

macro_rules! from {
    ($($ty:ty: $name:ident => $value:expr;)*) => {
        $(
            impl From<$ty> for Value {
                #[inline]
                fn from($name: $ty) -> Value {
                    $value
                }
            }
        )*
    };
}

from! {
    (): _none => Value::None;
    bool: truth => Value::Bool(truth);
    i64: number => Value::Int(Int::from(number));
    i32: number => Value::Int(Int::from(number));
    usize: number => Value::Int(Int::from(number));
    Int: number => Value::Int(number);
    f64: number => Value::Float(number);
    &str: text => Value::Str(Rc::from(text));
    String: text => Value::Str(Rc::from(text));
    &String: text => Value::Str(Rc::from(text.as_str()));
    Bytes: bytes => Value::Bytes(Rc::new(bytes));
    List<Value>: list => Value::List(list);
    SharedDict<Value, Value>: dict => Value::Dict(dict);
    SharedSet<Value>: set => Value::Set(set);
    FrozenSet<Value>: set => Value::FrozenSet(Rc::new(set));
    Range: range => Value::Range(Rc::new(range));
    Function: function => Value::Function(function);
    &Value: value => value.clone();
    Error: error => Value::Error(error);
    Num: number => match number {
        Num::Int(number) => Value::from(number),
        Num::Float(number) => Value::Float(number),
    };
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::None, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Value {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Value {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<Tuple<T>> for Value {
    fn from(items: Tuple<T>) -> Value {
        Value::tuple(items.into_iter().map(Into::into))
    }
}

impl<K: Into<Value>, V: Into<Value>> From<Dict<K, V>> for Value {
    fn from(dict: Dict<K, V>) -> Value {
        Value::Dict(dict.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl<T: Into<Value> + Key> From<Set<T>> for Value {
    fn from(set: Set<T>) -> Value {
        Value::Set(set.into_iter().map(Into::into).collect())
    }
}

macro_rules! tuple {
    ($($name:ident)+) => {
        impl<$($name: Into<Value>),+> From<($($name,)+)> for Value {
            #[allow(non_snake_case)]
            fn from(($($name,)+): ($($name,)+)) -> Value {
                Value::tuple([$($name.into()),+])
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);

#[cold]
#[track_caller]
fn expected(wanted: &str, found: &Value) -> Error {
    Error::new(TypeError, format!("expected {wanted}, found {}", found.type_name()))
}

macro_rules! try_from {
    ($($ty:ty, $wanted:literal: $($pattern:pat => $out:expr),+;)*) => {
        $(
            impl TryFrom<&Value> for $ty {
                type Error = Error;

                #[track_caller]
                fn try_from(value: &Value) -> Result<$ty, Error> {
                    match value {
                        $($pattern => Ok($out),)+
                        other => Err(expected($wanted, other)),
                    }
                }
            }

            impl TryFrom<Value> for $ty {
                type Error = Error;

                #[track_caller]
                fn try_from(value: Value) -> Result<$ty, Error> {
                    <$ty>::try_from(&value)
                }
            }
        )*
    };
}

try_from! {
    (), "None": Value::None => ();
    bool, "bool": Value::Bool(truth) => *truth;
    i64, "int": Value::Int(number) => i64::try_from(number)?, Value::Bool(b) => i64::from(*b);
    Int, "int": Value::Int(number) => number.clone(), Value::Bool(b) => Int::from(*b);
    f64, "float": Value::Float(x) => *x, Value::Int(n) => n.to_f64(),
        Value::Bool(b) => f64::from(u8::from(*b));
    String, "str": Value::Str(text) => text.as_ref().to_owned();
    Rc<str>, "str": Value::Str(text) => Rc::clone(text);
    Bytes, "bytes": Value::Bytes(bytes) => Bytes::clone(bytes);
    List<Value>, "list": Value::List(list) => list.clone();
    SharedDict<Value, Value>, "dict": Value::Dict(dict) => dict.clone();
    SharedSet<Value>, "set": Value::Set(set) => set.clone();
    Function, "function": Value::Function(function) => function.clone();
    Error, "exception": Value::Error(error) => error.clone();
    Num, "number": Value::Float(x) => Num::Float(*x),
        Value::Int(number) => Num::Int(i64::try_from(number)?),
        Value::Bool(b) => Num::Int(i64::from(*b));
}

/// `int(v)`; raises `TypeError` and `ValueError`.
#[track_caller]
pub fn to_int(value: &Value) -> Result<Int, Error> {
    match value {
        Value::Int(number) => Ok(number.clone()),
        Value::Bool(truth) => Ok(Int::from(*truth)),
        Value::Float(x) => Ok(Int::from_f64(*x)),
        Value::Str(text) => Int::from_str_radix(text, 10),
        other => Err(Error::new(
            TypeError,
            format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                other.type_name()
            ),
        )),
    }
}

/// `float(v)`; raises `TypeError` and `ValueError`.
#[track_caller]
pub fn to_float(value: &Value) -> Result<f64, Error> {
    match value {
        Value::Int(number) => Ok(number.to_f64()),
        Value::Bool(truth) => Ok(f64::from(u8::from(*truth))),
        Value::Float(x) => Ok(*x),
        Value::Str(text) => crate::number::float_from_str(text),
        other => Err(Error::new(
            TypeError,
            format!("float() argument must be a string or a real number, not '{}'", other.type_name()),
        )),
    }
}

/// The position that a value gives; raises `TypeError` for anything but an integer.
#[track_caller]
pub(super) fn index_of(value: &Value, words: impl FnOnce() -> String) -> Result<i64, Error> {
    match value.as_int() {
        Some(number) => match number.to_i64() {
            Some(index) => Ok(index),
            None => Err(Error::new(ValueError, "cannot fit 'int' into an index-sized integer")),
        },
        None => Err(Error::new(TypeError, words())),
    }
}
