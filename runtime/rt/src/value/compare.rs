//! Equality, order and hashes of values.

use std::cmp::Ordering;

use super::Value;
use crate::class::TypeError;
use crate::collections::{Key, mix_hash, std_hash};
use crate::list::PyOrd;
use crate::shared::Identity;
use crate::unwind::{OrRaise, raise_new};

impl PartialEq for Value {
    /// Python's `==`.
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None) => true,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Float(x), other) | (other, Value::Float(x)) if other.as_int().is_some() => {
                other.as_int().is_some_and(|number| number == *x)
            }
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Tuple(a), Value::Tuple(b)) => a == b,
            (Value::Dict(a), Value::Dict(b)) => a == b,
            (Value::Set(a), Value::Set(b)) => a == b,
            (Value::FrozenSet(a), Value::FrozenSet(b)) => a == b,
            (Value::Set(a), Value::FrozenSet(b)) | (Value::FrozenSet(b), Value::Set(a)) => {
                *a.borrow() == ***b
            }
            (Value::Range(a), Value::Range(b)) => a == b,
            (Value::Object(a), b) => a.equals(b).unwrap_or_else(|| self.is_same(other)),
            (a, Value::Object(b)) => b.equals(a).unwrap_or(false),
            (Value::Function(_), _) | (Value::Error(_), _) => self.is_same(other),
            (a, b) => match (a.as_int(), b.as_int()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }
}

/// The order of two values, as far as `<` and its kin know one.
enum Order {
    /// They compare; none for `nan` and sets of which none holds the other.
    Known(Option<Ordering>),
    Unsupported,
}

fn order(a: &Value, b: &Value) -> Order {
    Order::Known(match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::List(a), Value::List(b)) => return order_items(&a.to_vec(), &b.to_vec()),
        (Value::Tuple(a), Value::Tuple(b)) => return order_items(a, b),
        (Value::Set(a), Value::Set(b)) => a.borrow().partial_cmp(&*b.borrow()),
        (Value::FrozenSet(a), Value::FrozenSet(b)) => a.as_ref().partial_cmp(b.as_ref()),
        (Value::Set(a), Value::FrozenSet(b)) => (*a.borrow()).partial_cmp(&***b),
        (Value::FrozenSet(a), Value::Set(b)) => (***a).partial_cmp(&*b.borrow()),
        _ => match (a.as_int(), b.as_int(), a, b) {
            (Some(a), Some(b), ..) => Some(a.cmp(&b)),
            (Some(a), None, _, Value::Float(b)) => a.partial_cmp(b),
            (None, Some(b), Value::Float(a), _) => a.partial_cmp(&b),
            (_, _, Value::Object(object), b) if let Some(a) = object.number() => return order(&a, b),
            (_, _, a, Value::Object(object)) if let Some(b) = object.number() => return order(a, &b),
            _ => return Order::Unsupported,
        },
    })
}

fn order_items(a: &[Value], b: &[Value]) -> Order {
    match a.iter().zip(b).find(|(a, b)| a != b) {
        Some((a, b)) => order(a, b),
        None => Order::Known(Some(a.len().cmp(&b.len()))),
    }
}

#[track_caller]
fn compare(a: &Value, b: &Value, symbol: &str, methods: [&str; 2], holds: fn(Ordering) -> bool) -> bool {
    match order(a, b) {
        Order::Known(ordering) => ordering.is_some_and(holds),
        Order::Unsupported => {
            let word = methods[0].trim_matches('_');
            if let Some(answer) = super::arithmetic::by_operator(a, b, word) {
                return answer.is_true();
            }
            let tried = super::methods::special(a, methods[0], std::slice::from_ref(b))
                .or_else(|| super::methods::special(b, methods[1], std::slice::from_ref(a)));
            if let Some(answer) = tried {
                return answer.is_true();
            }
            if a.plain().is_some() || b.plain().is_some() {
                let plain = |value: &Value| value.plain().unwrap_or_else(|| value.clone());
                return compare(&plain(a), &plain(b), symbol, methods, holds);
            }
            let (a, b) = (a.type_name(), b.type_name());
            raise_new(TypeError, format!("'{symbol}' not supported between instances of '{a}' and '{b}'"))
        }
    }
}

/// `a < b` and its kin as a value: an array of answers where an operand is one. `method` is `eq`, `lt`, ...
#[track_caller]
pub fn compared(a: &Value, b: &Value, method: &str) -> Value {
    let mirrored = match method {
        "lt" => "gt",
        "le" => "ge",
        "gt" => "lt",
        "ge" => "le",
        same => same,
    };
    if let Value::Object(object) = a
        && let Some(answer) = std::rc::Rc::clone(object).operator(method, b, false)
    {
        return answer.or_raise();
    }
    if let Value::Object(object) = b
        && let Some(answer) = std::rc::Rc::clone(object).operator(mirrored, a, false)
    {
        return answer.or_raise();
    }
    Value::Bool(match method {
        "eq" => eq(a, b),
        "ne" => ne(a, b),
        "lt" => lt(a, b),
        "le" => le(a, b),
        "gt" => gt(a, b),
        _ => ge(a, b),
    })
}

/// `a == b`.
#[inline]
pub fn eq(a: &Value, b: &Value) -> bool {
    a == b
}

/// `a != b`.
#[inline]
pub fn ne(a: &Value, b: &Value) -> bool {
    a != b
}

/// `a < b`.
#[track_caller]
pub fn lt(a: &Value, b: &Value) -> bool {
    compare(a, b, "<", ["__lt__", "__gt__"], Ordering::is_lt)
}

/// `a <= b`.
#[track_caller]
pub fn le(a: &Value, b: &Value) -> bool {
    compare(a, b, "<=", ["__le__", "__ge__"], Ordering::is_le)
}

/// `a > b`.
#[track_caller]
pub fn gt(a: &Value, b: &Value) -> bool {
    compare(a, b, ">", ["__gt__", "__lt__"], Ordering::is_gt)
}

/// `a >= b`.
#[track_caller]
pub fn ge(a: &Value, b: &Value) -> bool {
    compare(a, b, ">=", ["__ge__", "__le__"], Ordering::is_ge)
}

/// The order inside of tuples: what is equal is passed over.
impl PartialOrd for Value {
    #[track_caller]
    fn partial_cmp(&self, other: &Value) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        if lt(self, other) {
            return Some(Ordering::Less);
        }
        lt(other, self).then_some(Ordering::Greater)
    }
}

impl PyOrd for Value {
    #[track_caller]
    fn py_lt(&self, other: &Value) -> bool {
        lt(self, other)
    }
}

impl Key for Value {
    /// Raises `TypeError` for a value that has no hash.
    #[track_caller]
    fn key_hash(&self) -> u64 {
        match self {
            Value::None => 0x6e6f_6e65,
            Value::Bool(truth) => truth.key_hash(),
            Value::Int(number) => number.key_hash(),
            Value::Float(number) => number.key_hash(),
            Value::Str(text) => text.as_ref().key_hash(),
            Value::Bytes(bytes) => bytes.key_hash(),
            Value::Tuple(items) => {
                items.iter().fold(items.len() as u64, |hash, item| mix_hash(hash, item.key_hash()))
            }
            Value::FrozenSet(set) => set.key_hash(),
            Value::Range(range) => std_hash(&crate::repr(range.as_ref()).to_string()),
            Value::Function(function) => std_hash(&function.key()),
            Value::Error(error) => std_hash(error.name()),
            Value::Object(object) => object.hash().unwrap_or_else(|| std_hash(&object.id())),
            Value::List(_) | Value::Dict(_) | Value::Set(_) => {
                raise_new(TypeError, format!("unhashable type: '{}'", self.type_name()))
            }
        }
    }

    fn key_eq(&self, other: &Value) -> bool {
        self == other
    }

    fn py_hash(&self) -> Option<i64> {
        match self {
            Value::Bool(truth) => truth.py_hash(),
            Value::Int(number) => number.py_hash(),
            Value::Float(number) => number.py_hash(),
            Value::Tuple(items) => items.as_ref().py_hash(),
            Value::FrozenSet(set) => set.py_hash(),
            Value::Object(object) => object.plain().or_else(|| object.number())?.py_hash(),
            Value::List(_) | Value::Dict(_) | Value::Set(_) => {
                self.key_hash();
                None
            }
            _ => None,
        }
    }
}
