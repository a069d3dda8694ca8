//! Values as static types, checked.

use std::any::{Any, TypeId};
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

/// A static type that a dynamic value may hold.
pub trait FromValue: Sized {
    /// The value as this type; `TypeError` when it is another.
    fn from_value(value: &Value) -> Result<Self, Error>;

    /// Whether the value is of just this type: an `int` may stand for a `float`, but is none.
    fn fits(_value: &Value) -> bool {
        true
    }
}

#[cold]
#[track_caller]
pub(super) fn expected(wanted: &str, found: &Value) -> Error {
    Error::new(TypeError, format!("expected {wanted}, found {}", found.type_name()))
}

macro_rules! from_value {
    ($($ty:ty, $wanted:literal: $first:pat => $first_out:expr $(, $pattern:pat => $out:expr)*;)*) => {
        $(
            impl FromValue for $ty {
                #[track_caller]
                fn from_value(value: &Value) -> Result<$ty, Error> {
                    match value {
                        $first => Ok($first_out),
                        $($pattern => Ok($out),)*
                        Value::Object(object)
                            if let Some(plain) = object.plain().or_else(|| object.number()) =>
                        {
                            <$ty>::from_value(&plain)
                        }
                        other => Err(expected($wanted, other)),
                    }
                }

                #[allow(unused_variables)]
                fn fits(value: &Value) -> bool {
                    matches!(value, $first)
                }
            }

            impl TryFrom<&Value> for $ty {
                type Error = Error;

                #[track_caller]
                fn try_from(value: &Value) -> Result<$ty, Error> {
                    <$ty>::from_value(value)
                }
            }

            impl TryFrom<Value> for $ty {
                type Error = Error;

                #[track_caller]
                fn try_from(value: Value) -> Result<$ty, Error> {
                    <$ty>::from_value(&value)
                }
            }
        )*
    };
}

from_value! {
    (), "None": Value::None => ();
    bool, "bool": Value::Bool(truth) => *truth;
    i64, "int": Value::Int(number) => i64::try_from(number)?, Value::Bool(b) => i64::from(*b);
    Int, "int": Value::Int(number) => number.clone(), Value::Bool(b) => Int::from(*b);
    f64, "float": Value::Float(x) => *x, Value::Int(n) => n.to_f64(),
        Value::Bool(b) => f64::from(u8::from(*b));
    String, "str": Value::Str(text) => text.as_ref().to_owned();
    Rc<str>, "str": Value::Str(text) => Rc::clone(text);
    Bytes, "bytes": Value::Bytes(bytes) => Bytes::clone(bytes);
    Function, "function": Value::Function(function) => function.clone();
    Error, "exception": Value::Error(error) => error.clone();
    Range, "range": Value::Range(range) => Range::clone(range);
    Num, "number": Value::Float(x) => Num::Float(*x),
        Value::Int(number) => Num::Int(i64::try_from(number)?),
        Value::Bool(b) => Num::Int(i64::from(*b));
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Value, Error> {
        Ok(value.clone())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Option<T>, Error> {
        if value.is_none() { Ok(None) } else { T::from_value(value).map(Some) }
    }

    fn fits(value: &Value) -> bool {
        value.is_none() || T::fits(value)
    }
}

/// An item of a list; `u8` is an item of `bytes`.
fn items<T: FromValue>(list: &List<Value>) -> Result<Vec<T>, Error> {
    list.borrow().iter().map(T::from_value).collect()
}

impl FromValue for u8 {
    fn from_value(value: &Value) -> Result<u8, Error> {
        let number = i64::from_value(value)?;
        u8::try_from(number).map_err(|_| Error::new(crate::ValueError, "bytes must be in range(0, 256)"))
    }
}

impl<T: FromValue + 'static> FromValue for Vec<T> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<Vec<T>, Error> {
        match value {
            Value::List(list) => items(list),
            // Lists and tuples that flow together are lists.
            Value::Tuple(parts) => parts.iter().map(T::from_value).collect(),
            Value::Bytes(bytes) => match (&bytes.0 as &dyn Any).downcast_ref::<Vec<T>>() {
                Some(_) => bytes.iter().map(|byte| T::from_value(&Value::from(i64::from(*byte)))).collect(),
                None => Err(expected("list", value)),
            },
            // A named tuple.
            Value::Object(object) if let Some(plain @ Value::Tuple(_)) = object.plain() => {
                Self::from_value(&plain)
            }
            other => Err(expected("list", other)),
        }
    }

    fn fits(value: &Value) -> bool {
        let is_bytes = TypeId::of::<T>() == TypeId::of::<u8>();
        match value {
            Value::List(list) => !is_bytes && list.borrow().iter().all(T::fits),
            Value::Bytes(_) => is_bytes,
            _ => false,
        }
    }
}

impl<T: FromValue + Clone + Into<Value> + 'static> FromValue for List<T> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<List<T>, Error> {
        let Value::List(list) = value else { return Err(expected("list", value)) };
        match (list as &dyn Any).downcast_ref::<List<T>>() {
            Some(same) => Ok(same.clone()),
            None => items(list).map(List::from),
        }
    }

    fn fits(value: &Value) -> bool {
        matches!(value, Value::List(list) if list.borrow().iter().all(T::fits))
    }
}

impl<T: FromValue> FromValue for Tuple<T> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<Tuple<T>, Error> {
        let Value::Tuple(items) = value else { return Err(expected("tuple", value)) };
        items.iter().map(T::from_value).collect()
    }

    fn fits(value: &Value) -> bool {
        matches!(value, Value::Tuple(items) if items.iter().all(T::fits))
    }
}

impl<K: FromValue + Key, V: FromValue> FromValue for Dict<K, V> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<Dict<K, V>, Error> {
        let Value::Dict(dict) = value else { return Err(expected("dict", value)) };
        let dict = dict.borrow();
        dict.iter().map(|(key, value)| Ok((K::from_value(key)?, V::from_value(value)?))).collect()
    }

    fn fits(value: &Value) -> bool {
        let fits = |(key, value): (&Value, &Value)| K::fits(key) && V::fits(value);
        matches!(value, Value::Dict(dict) if dict.borrow().iter().all(fits))
    }
}

impl<K: FromValue + Key + 'static, V: FromValue + 'static> FromValue for SharedDict<K, V> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<SharedDict<K, V>, Error> {
        let Value::Dict(dict) = value else { return Err(expected("dict", value)) };
        match (dict as &dyn Any).downcast_ref::<SharedDict<K, V>>() {
            Some(same) => Ok(same.clone()),
            None => Dict::from_value(value).map(SharedDict::from),
        }
    }
}

impl<T: FromValue + Key> FromValue for Set<T> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<Set<T>, Error> {
        let Value::Set(set) = value else { return Err(expected("set", value)) };
        set.borrow().iter().map(T::from_value).collect()
    }
}

impl<T: FromValue + Key + 'static> FromValue for SharedSet<T> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<SharedSet<T>, Error> {
        let Value::Set(set) = value else { return Err(expected("set", value)) };
        match (set as &dyn Any).downcast_ref::<SharedSet<T>>() {
            Some(same) => Ok(same.clone()),
            None => Set::from_value(value).map(SharedSet::from),
        }
    }
}

impl<T: FromValue + Key> FromValue for FrozenSet<T> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<FrozenSet<T>, Error> {
        let Value::FrozenSet(set) = value else { return Err(expected("frozenset", value)) };
        set.iter().map(T::from_value).collect()
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

macro_rules! function {
    ($($name:ident $arg:ident),*) => {
        #[allow(coherence_leak_check)]
        impl<$($name: Into<Value> + 'static,)* R: FromValue + 'static> FromValue for Rc<dyn Fn($($name),*) -> R> {
            #[track_caller]
            fn from_value(value: &Value) -> Result<Self, Error> {
                let value = value.clone();
                Ok(Rc::new(move |$($arg: $name),*| super::py::call(&value, &[$($arg.into()),*]).to::<R>()))
            }

            fn fits(value: &Value) -> bool {
                super::py::callable(value)
            }
        }
    };
}

function!();
function!(A a);
function!(A a, B b);
function!(A a, B b, C c);
function!(A a, B b, C c, D d);

/// Functions that are lent what they are called with: other types than those that take it, whatever lifetime that has.
macro_rules! lending {
    ($($name:ident $arg:ident),*) => {
        #[allow(coherence_leak_check)]
        impl<$($name: Clone + Into<Value> + 'static,)* R: FromValue + 'static> FromValue for Rc<dyn Fn($(&$name),*) -> R> {
            #[track_caller]
            fn from_value(value: &Value) -> Result<Self, Error> {
                let value = value.clone();
                Ok(Rc::new(move |$($arg: &$name),*| super::py::call(&value, &[$($arg.clone().into()),*]).to::<R>()))
            }

            fn fits(value: &Value) -> bool {
                super::py::callable(value)
            }
        }
    };
}

lending!(A a);
lending!(A a, B b);
lending!(A a, B b, C c);

#[allow(coherence_leak_check)]
impl<R: FromValue + 'static> FromValue for Rc<dyn Fn(&str) -> R> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<Self, Error> {
        let value = value.clone();
        Ok(Rc::new(move |text: &str| super::py::call(&value, &[Value::from(text)]).to::<R>()))
    }

    fn fits(value: &Value) -> bool {
        super::py::callable(value)
    }
}

macro_rules! tuple {
    ($count:literal: $($name:ident $at:tt)+) => {
        impl<$($name: FromValue),+> FromValue for ($($name,)+) {
            #[track_caller]
            fn from_value(value: &Value) -> Result<Self, Error> {
                match value {
                    Value::Tuple(items) if items.len() == $count => Ok(($($name::from_value(&items[$at])?,)+)),
                    Value::Object(object) if let Some(plain) = object.plain() => Self::from_value(&plain),
                    Value::Tuple(items) => {
                        let words = format!("expected a tuple of {}, found one of {}", $count, items.len());
                        Err(Error::new(TypeError, words))
                    }
                    other => Err(expected("tuple", other)),
                }
            }

            fn fits(value: &Value) -> bool {
                matches!(value, Value::Tuple(items) if items.len() == $count && $($name::fits(&items[$at]))&&+)
            }
        }
    };
}

tuple!(1: A 0);
tuple!(2: A 0 B 1);
tuple!(3: A 0 B 1 C 2);
tuple!(4: A 0 B 1 C 2 D 3);
tuple!(5: A 0 B 1 C 2 D 3 E 4);
tuple!(6: A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(7: A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
