//! What emitted code calls on a dynamic value: checked conversions, attributes, methods.

use super::{FromValue, Items, Value, py};
use crate::error::Error;
use crate::number::Num;
use crate::unwind::raise;
use crate::{Bytes, Int};

impl Value {
    /// The static value inside; stops with a `TypeError` when the type is another.
    #[track_caller]
    pub fn to<T: FromValue>(&self) -> T {
        match T::from_value(self) {
            Ok(value) => value,
            Err(error) => raise(error),
        }
    }

    /// The static value inside, if the type is this one.
    #[track_caller]
    pub fn try_to<T: FromValue>(&self) -> Result<T, Error> {
        T::from_value(self)
    }

    /// Whether the value is of this static type (`isinstance`).
    pub fn is<T: IsValue>(&self) -> bool {
        T::is_value(self)
    }

    /// Iterates as `for` does.
    #[track_caller]
    pub fn iter(&self) -> Items {
        py::iter(self)
    }
}

/// A static type that a dynamic value can be tested for.
pub trait IsValue {
    /// Whether the value is of this type.
    fn is_value(value: &Value) -> bool;
}

macro_rules! is_value {
    ($($ty:ty => $pattern:pat),* $(,)?) => {
        $(impl IsValue for $ty {
            fn is_value(value: &Value) -> bool {
                matches!(value, $pattern)
            }
        })*
    };
}

is_value! {
    () => Value::None,
    bool => Value::Bool(_),
    i64 => Value::Int(_) | Value::Bool(_),
    Int => Value::Int(_) | Value::Bool(_),
    f64 => Value::Float(_),
    Num => Value::Int(_) | Value::Float(_),
    String => Value::Str(_),
    Bytes => Value::Bytes(_),
    Error => Value::Error(_),
    crate::Range => Value::Range(_),
    super::Function => Value::Function(_),
}

macro_rules! is_container {
    ($([$($param:tt)*] $ty:ty => $pattern:pat),* $(,)?) => {
        $(impl<$($param)*> IsValue for $ty {
            fn is_value(value: &Value) -> bool {
                matches!(value, $pattern)
            }
        })*
    };
}

is_container! {
    [T] Vec<T> => Value::List(_),
    [T] crate::List<T> => Value::List(_),
    [T] crate::Tuple<T> => Value::Tuple(_),
    [K, V] crate::Dict<K, V> => Value::Dict(_),
    [K, V] crate::SharedDict<K, V> => Value::Dict(_),
    [T] crate::Set<T> => Value::Set(_),
    [T] crate::SharedSet<T> => Value::Set(_),
    [T] crate::FrozenSet<T> => Value::FrozenSet(_),
    [A, B] (A, B) => Value::Tuple(_),
    [A, B, C] (A, B, C) => Value::Tuple(_),
    [A, B, C, D] (A, B, C, D) => Value::Tuple(_),
}
