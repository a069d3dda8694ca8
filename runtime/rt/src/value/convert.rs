//! Static scalars as values, and `int(v)`, `float(v)`.

use std::rc::Rc;

use super::methods::try_special;
use super::{Function, Object, Value};
use crate::big::Int;
use crate::class::{TypeError, ValueError};
use crate::error::Error;
use crate::list::Range;
use crate::number::Num;
use crate::text::Bytes;

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
    Bytes: bytes => Value::Bytes(Rc::new(bytes));
    Range: range => Value::Range(Rc::new(range));
    Function: function => Value::Function(function);
    Rc<str>: text => Value::Str(text);
    Vec<u8>: bytes => Value::Bytes(Rc::new(Bytes(bytes)));
    &[u8]: bytes => Value::Bytes(Rc::new(Bytes::from(bytes)));
    std::ops::Range<i64>: range => Value::Range(Rc::new(crate::range(range.start, range.end, 1)));
    Error: error => Value::Error(error);
    Num: number => match number {
        Num::Int(number) => Value::from(number),
        Num::Float(number) => Value::Float(number),
    };
}

impl<T: Object> From<Rc<T>> for Value {
    fn from(object: Rc<T>) -> Value {
        Value::Object(object)
    }
}

/// `int(v)`; raises `TypeError` and `ValueError`.
#[track_caller]
pub fn to_int(value: &Value) -> Result<Int, Error> {
    if let Some(made) = try_special(value, "__int__", &[]) {
        return match made? {
            made @ (Value::Int(_) | Value::Bool(_)) => to_int(&made),
            other => {
                Err(Error::new(TypeError, format!("__int__ returned non-int (type {})", other.type_name())))
            }
        };
    }
    match value {
        Value::Int(number) => Ok(number.clone()),
        Value::Bool(truth) => Ok(Int::from(*truth)),
        Value::Float(x) => Ok(Int::from_f64(*x)),
        Value::Str(text) => Int::from_str_radix(text, 10),
        Value::Object(object) if let Some(plain) = object.plain() => to_int(&plain),
        other => Err(Error::new(
            TypeError,
            format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                other.type_name()
            ),
        )),
    }
}

/// `int(v)` where it fits 64 bits; raises `TypeError`, `ValueError` and `OverflowError`.
#[track_caller]
pub fn to_i64(value: &Value) -> Result<i64, Error> {
    Ok(to_int(value)?.expect_i64())
}

/// `float(v)`; raises `TypeError` and `ValueError`.
#[track_caller]
pub fn to_float(value: &Value) -> Result<f64, Error> {
    if let Some(made) = try_special(value, "__float__", &[]) {
        return match made? {
            Value::Float(x) => Ok(x),
            other => {
                let (of, made) = (value.type_name(), other.type_name());
                Err(Error::new(TypeError, format!("{of}.__float__ returned non-float (type {made})")))
            }
        };
    }
    match value {
        Value::Int(number) => Ok(number.to_f64()),
        Value::Bool(truth) => Ok(f64::from(u8::from(*truth))),
        Value::Float(x) => Ok(*x),
        Value::Str(text) => crate::number::float_from_str(text),
        Value::Object(object) if let Some(plain) = object.plain() => to_float(&plain),
        other => Err(Error::new(
            TypeError,
            format!("float() argument must be a string or a real number, not '{}'", other.type_name()),
        )),
    }
}

/// The position that a value gives; raises `TypeError` for anything but an integer.
#[track_caller]
pub(super) fn index_of(value: &Value, words: impl FnOnce() -> String) -> Result<i64, Error> {
    match value.as_index() {
        Some(number) => match number.to_i64() {
            Some(index) => Ok(index),
            None => Err(Error::new(ValueError, "cannot fit 'int' into an index-sized integer")),
        },
        None => Err(Error::new(TypeError, words())),
    }
}
