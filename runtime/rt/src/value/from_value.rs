//! The static value inside a dynamic one.

use std::any::Any;
use std::rc::Rc;

use super::{Function, Object, Value};
use crate::big::Int;
use crate::class::TypeError;
use crate::collections::{Dict, FrozenSet, Key, Set};
use crate::error::Error;
use crate::list::Range;
use crate::number::Num;
use crate::shared::{List, SharedDict, SharedSet};
use crate::text::Bytes;
use crate::tuple::Tuple;

/// A static type that a dynamic value can be read as; the error is a `TypeError`.
pub trait FromValue: Sized {
    /// The value as this type. Containers of other items than [`Value`] are copied.
    fn from_value(value: &Value) -> Result<Self, Error>;
}

#[cold]
fn expected(wanted: &str, found: &Value) -> Error {
    Error::new(TypeError, format!("expected {wanted}, found {}", found.type_name()))
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Value, Error> {
        Ok(value.clone())
    }
}

macro_rules! by_try_from {
    ($($ty:ty)*) => {
        $(
            impl FromValue for $ty {
                #[inline]
                fn from_value(value: &Value) -> Result<$ty, Error> {
                    <$ty>::try_from(value)
                }
            }
        )*
    };
}

by_try_from! { () bool i64 Int f64 Num String Rc<str> Bytes Function Error }

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Option<T>, Error> {
        if value.is_none() { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: &Value) -> Result<Vec<T>, Error> {
        match value {
            Value::List(items) => items.borrow().iter().map(T::from_value).collect(),
            other => Err(expected("list", other)),
        }
    }
}

impl<T: FromValue + 'static> FromValue for List<T> {
    fn from_value(value: &Value) -> Result<List<T>, Error> {
        if let Value::List(items) = value
            && let Some(same) = (items as &dyn Any).downcast_ref::<List<T>>()
        {
            return Ok(same.clone());
        }
        Vec::from_value(value).map(List::from)
    }
}

impl<T: FromValue> FromValue for Tuple<T> {
    fn from_value(value: &Value) -> Result<Tuple<T>, Error> {
        match value {
            Value::Tuple(items) => items.iter().map(T::from_value).collect(),
            other => Err(expected("tuple", other)),
        }
    }
}

impl<K: FromValue + Key, V: FromValue> FromValue for Dict<K, V> {
    fn from_value(value: &Value) -> Result<Dict<K, V>, Error> {
        match value {
            Value::Dict(dict) => {
                dict.iter().map(|(key, value)| Ok((K::from_value(&key)?, V::from_value(&value)?))).collect()
            }
            other => Err(expected("dict", other)),
        }
    }
}

impl<K: FromValue + Key + 'static, V: FromValue + 'static> FromValue for SharedDict<K, V> {
    fn from_value(value: &Value) -> Result<SharedDict<K, V>, Error> {
        if let Value::Dict(dict) = value
            && let Some(same) = (dict as &dyn Any).downcast_ref::<SharedDict<K, V>>()
        {
            return Ok(same.clone());
        }
        Dict::from_value(value).map(SharedDict::from)
    }
}

impl<T: FromValue + Key> FromValue for Set<T> {
    fn from_value(value: &Value) -> Result<Set<T>, Error> {
        match value {
            Value::Set(set) => set.to_vec().iter().map(T::from_value).collect(),
            other => Err(expected("set", other)),
        }
    }
}

impl<T: FromValue + Key + 'static> FromValue for SharedSet<T> {
    fn from_value(value: &Value) -> Result<SharedSet<T>, Error> {
        if let Value::Set(set) = value
            && let Some(same) = (set as &dyn Any).downcast_ref::<SharedSet<T>>()
        {
            return Ok(same.clone());
        }
        Set::from_value(value).map(SharedSet::from)
    }
}

impl<T: FromValue + Key> FromValue for FrozenSet<T> {
    fn from_value(value: &Value) -> Result<FrozenSet<T>, Error> {
        match value {
            Value::FrozenSet(set) => set.iter().map(T::from_value).collect(),
            other => Err(expected("frozenset", other)),
        }
    }
}

impl FromValue for Range {
    fn from_value(value: &Value) -> Result<Range, Error> {
        match value {
            Value::Range(range) => Ok(range.as_ref().clone()),
            other => Err(expected("range", other)),
        }
    }
}

impl<T: Object> FromValue for Rc<T> {
    fn from_value(value: &Value) -> Result<Rc<T>, Error> {
        if let Value::Object(object) = value {
            let any: Rc<dyn Any> = Rc::clone(object) as Rc<dyn Any>;
            if let Ok(object) = any.downcast() {
                return Ok(object);
            }
        }
        let name = std::any::type_name::<T>();
        Err(expected(name.rsplit("::").next().unwrap_or(name), value))
    }
}

macro_rules! tuple {
    ($count:literal: $($name:ident $at:tt),+) => {
        impl<$($name: FromValue),+> FromValue for ($($name,)+) {
            fn from_value(value: &Value) -> Result<Self, Error> {
                match value {
                    Value::Tuple(items) if items.len() == $count => Ok(($($name::from_value(&items[$at])?,)+)),
                    other => Err(expected("tuple", other)),
                }
            }
        }
    };
}

tuple!(1: A 0);
tuple!(2: A 0, B 1);
tuple!(3: A 0, B 1, C 2);
tuple!(4: A 0, B 1, C 2, D 3);
tuple!(5: A 0, B 1, C 2, D 3, E 4);
tuple!(6: A 0, B 1, C 2, D 3, E 4, F 5);
