//! Static containers as values.
//!
//! A list, dict or set of values stays the same object; one of static items is copied item by item.

use std::any::Any;
use std::rc::Rc;

use super::{Function, Value};
use crate::collections::{Dict, FrozenSet, Key, Set};
use crate::shared::{List, SharedDict, SharedSet};
use crate::tuple::Tuple;
use crate::value::FromValue;

/// `value` as a `Same`, when that is its type.
fn same<T: 'static, Same: 'static + Clone>(value: &T) -> Option<Same> {
    (value as &dyn Any).downcast_ref::<Same>().cloned()
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

impl<T: Into<Value> + Clone> From<&[T]> for Value {
    fn from(items: &[T]) -> Value {
        Value::List(items.iter().cloned().map(Into::into).collect())
    }
}

/// What is lent is copied; containers and objects that are shared stay the same ones.
impl<T: Clone> From<&T> for Value
where
    Value: From<T>,
{
    fn from(lent: &T) -> Value {
        Value::from(lent.clone())
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

impl<T: Into<Value> + Key + Clone> From<FrozenSet<T>> for Value {
    fn from(set: FrozenSet<T>) -> Value {
        Value::FrozenSet(Rc::new(set.iter().cloned().map(Into::into).collect()))
    }
}

impl<T: Into<Value> + Clone + 'static> From<List<T>> for Value {
    fn from(list: List<T>) -> Value {
        let same: Option<List<Value>> = same(&list);
        Value::List(same.unwrap_or_else(|| list.iter().map(Into::into).collect()))
    }
}

impl<K, V> From<SharedDict<K, V>> for Value
where
    K: Into<Value> + Clone + 'static,
    V: Into<Value> + Clone + 'static,
{
    fn from(dict: SharedDict<K, V>) -> Value {
        let same: Option<SharedDict<Value, Value>> = same(&dict);
        Value::Dict(
            same.unwrap_or_else(|| dict.iter().map(|(key, value)| (key.into(), value.into())).collect()),
        )
    }
}

impl<T: Into<Value> + Key + Clone + 'static> From<SharedSet<T>> for Value {
    fn from(set: SharedSet<T>) -> Value {
        let same: Option<SharedSet<Value>> = same(&set);
        Value::Set(same.unwrap_or_else(|| set.to_vec().into_iter().map(Into::into).collect()))
    }
}

macro_rules! function {
    ($($name:ident $at:tt),*) => {
        impl<$($name: FromValue + 'static,)* R: Into<Value> + 'static> From<Rc<dyn Fn($($name),*) -> R>> for Value {
            fn from(function: Rc<dyn Fn($($name),*) -> R>) -> Value {
                Value::Function(Function::new("function", move |_args| {
                    Ok(function($($name::from_value(_args.get($at).unwrap_or(&Value::None))?),*).into())
                }))
            }
        }
    };
}

function!();
function!(A 0);
function!(A 0, B 1);
function!(A 0, B 1, C 2);
function!(A 0, B 1, C 2, D 3);

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
tuple!(A B C D E F G);
tuple!(A B C D E F G H);
