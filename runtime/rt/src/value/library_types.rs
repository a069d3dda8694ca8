//! Containers of `collections` and other library types inside values.

use super::{FromValue, Library, Value, formatted, held, library};
use crate::class::NotTranslated;
use crate::collections::{Counter, DefaultDict, Deque, Key, OrderedDict};
use crate::error::Error;
use crate::number::Complex;
use crate::repr::Repr;
use crate::text::ByteArray;
use crate::unwind::raise_new;

library! {
    [] Complex;
    [] crate::list::Slice;
    [] crate::modules::re::Pattern;
    [] crate::modules::re::Match;
    [] ByteArray;
    [T: Clone + PartialEq + Repr + Into<Value> + 'static] Deque<T>;
    [K: Key + Clone + Repr + Into<Value> + 'static] Counter<K>;
    [K: Key + Clone + Repr + Into<Value> + 'static, V: Clone + PartialEq + Repr + Into<Value> + 'static] DefaultDict<K, V>;
    [K: Key + Clone + Repr + Into<Value> + 'static, V: Clone + PartialEq + Repr + Into<Value> + 'static] OrderedDict<K, V>;
}

impl Library for Complex {
    const NAME: &'static str = "complex";

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "real" => Some(Value::from(self.re)),
            "imag" => Some(Value::from(self.im)),
            _ => None,
        }
    }

    fn widened(value: &Value) -> Option<Self> {
        match value {
            Value::Float(x) => Some(Complex::from(*x)),
            Value::Int(number) => Some(Complex::from(number.to_f64())),
            Value::Bool(truth) => Some(Complex::from(i64::from(*truth))),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let other = || {
            let arg = args.first()?;
            held::<Complex>(arg).copied().or_else(|| Complex::widened(arg))
        };
        let result = match name {
            "conjugate" => self.conjugate(),
            "__add__" | "__radd__" => *self + other()?,
            "__sub__" => *self - other()?,
            "__rsub__" => other()? - *self,
            "__mul__" | "__rmul__" => *self * other()?,
            "__truediv__" => self.true_div(other()?),
            "__rtruediv__" => other()?.true_div(*self),
            "__pow__" => self.pow(other()?),
            "__rpow__" => other()?.pow(*self),
            "__neg__" => -*self,
            "__abs__" => return Some(Ok(Value::from(self.abs()))),
            "__format__" => return Some(formatted(self, args.first()?)),
            _ => return None,
        };
        Some(Ok(Value::from(result)))
    }

    fn equals(&self, other: &Value) -> bool {
        let number = Complex::widened(other);
        number.as_ref().or_else(|| held::<Complex>(other)).is_some_and(|other| self == other)
    }

    fn truth(&self) -> bool {
        self.re != 0.0 || self.im != 0.0
    }
}

impl Library for crate::list::Slice {
    const NAME: &'static str = "slice";

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "start" => Some(self.start.into()),
            "stop" => Some(self.stop.into()),
            "step" => Some(self.step.into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("indices", [length]) => Some(i64::from_value(length).map(|length| self.indices(length).into())),
            _ => None,
        }
    }
}

impl Library for ByteArray {
    const NAME: &'static str = "bytearray";

    fn truth(&self) -> bool {
        !self.is_empty()
    }
}

impl Library for crate::modules::re::Pattern {
    const NAME: &'static str = "re.Pattern";
}

impl Library for crate::modules::re::Match {
    const NAME: &'static str = "re.Match";

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("group", []) => Some(Ok(Value::from(self.whole()))),
            ("group" | "__getitem__", [Value::Str(key)]) => Some(Ok(self.group(&**key).into())),
            ("group" | "__getitem__", [key]) => Some(i64::from_value(key).map(|key| self.group(key).into())),
            ("groups", []) => Some(Ok(self.groups().into())),
            ("groupdict", []) => Some(Ok(self.groupdict().into())),
            ("start", []) => Some(Ok(self.start(0).into())),
            ("end", []) => Some(Ok(self.end(0).into())),
            ("span", []) => Some(Ok(self.span(0).into())),
            _ => None,
        }
    }
}

/// The methods that every container has.
fn container(len: usize, items: impl FnOnce() -> Vec<Value>, name: &str) -> Option<Result<Value, Error>> {
    match name {
        "__len__" => Some(Ok(Value::from(len))),
        "__iter__" => Some(Ok(Value::from(items()))),
        _ => None,
    }
}

/// An item of a mapping; `missing` makes one.
fn mapping<K: Key + Clone + Into<Value>, V: Clone + Into<Value>>(
    dict: &crate::Dict<K, V>,
    missing: Option<Value>,
    name: &str,
    args: &[Value],
) -> Option<Result<Value, Error>> {
    let found = |key: &Value| {
        let same = |(own, _): &(&K, &V)| (*own).clone().into() == *key;
        dict.iter().find(same).map(|(_, value)| value.clone().into())
    };
    let pairs = || dict.iter().map(|(key, value)| (key.clone().into(), value.clone().into()));
    match (name, args) {
        ("__getitem__", [key]) => Some(found(key).or(missing).ok_or_else(|| Error::key(key))),
        ("__contains__", [key]) => Some(Ok(Value::Bool(found(key).is_some()))),
        ("get", [key]) => Some(Ok(found(key).unwrap_or_default())),
        ("get", [key, default]) => Some(Ok(found(key).unwrap_or_else(|| default.clone()))),
        ("keys", []) => Some(Ok(Value::from(pairs().map(|(key, _)| key).collect::<Vec<Value>>()))),
        ("values", []) => Some(Ok(Value::from(pairs().map(|(_, value)| value).collect::<Vec<Value>>()))),
        ("items", []) => {
            let items: Vec<Value> = pairs().map(|(key, value)| Value::tuple([key, value])).collect();
            Some(Ok(Value::from(items)))
        }
        _ => container(dict.len(), || pairs().map(|(key, _)| key).collect(), name),
    }
}

impl<T: Clone + PartialEq + Repr + Into<Value> + 'static> Library for Deque<T> {
    const NAME: &'static str = "collections.deque";

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("__getitem__", [index]) => {
                Some(i64::from_value(index).map(|index| self.at(index).clone().into()))
            }
            _ => container(self.len(), || self.iter().cloned().map(Into::into).collect(), name),
        }
    }

    fn truth(&self) -> bool {
        !self.is_empty()
    }
}

impl<K: Key + Clone + Repr + Into<Value> + 'static> Library for Counter<K> {
    const NAME: &'static str = "Counter";

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        mapping(self, Some(Value::from(0)), name, args)
    }

    fn truth(&self) -> bool {
        !self.is_empty()
    }
}

impl<K, V> Library for DefaultDict<K, V>
where
    K: Key + Clone + Repr + Into<Value> + 'static,
    V: Clone + PartialEq + Repr + Into<Value> + 'static,
{
    const NAME: &'static str = "collections.defaultdict";

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        if let ("__getitem__", [key]) = (name, args)
            && matches!(mapping(self, None, "__contains__", args), Some(Ok(Value::Bool(false))))
        {
            let text =
                format!("not yet implemented: a default of a dynamic defaultdict, for {}", crate::repr(key));
            raise_new(NotTranslated, text);
        }
        mapping(self, None, name, args)
    }

    fn truth(&self) -> bool {
        !self.is_empty()
    }
}

impl<K, V> Library for OrderedDict<K, V>
where
    K: Key + Clone + Repr + Into<Value> + 'static,
    V: Clone + PartialEq + Repr + Into<Value> + 'static,
{
    const NAME: &'static str = "collections.OrderedDict";

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        mapping(self, None, name, args)
    }

    fn truth(&self) -> bool {
        !self.is_empty()
    }
}
