//! `a op= b` of values: a list, dict or set stays the object that it is.

use super::Value;
use super::access::iter;
use super::arithmetic::{add, bitand, bitor, bitxor, mul, sub};
use super::methods::special;

/// The result, in the container that `a` is.
fn keep(a: &Value, result: Value) -> Value {
    match (a, &result) {
        (Value::List(list), Value::List(made)) => {
            let items = made.to_vec();
            *list.borrow_mut() = items;
        }
        (Value::Set(set), Value::Set(made)) => {
            let items = made.borrow().py_copy();
            *set.borrow_mut() = items;
        }
        (Value::Dict(dict), Value::Dict(made)) => {
            let entries = made.borrow().clone();
            *dict.borrow_mut() = entries;
        }
        _ => return result,
    }
    a.clone()
}

#[track_caller]
fn in_place(a: &Value, b: &Value, method: &str, otherwise: fn(&Value, &Value) -> Value) -> Value {
    match special(a, method, std::slice::from_ref(b)) {
        Some(result) => result,
        None => keep(a, otherwise(a, b)),
    }
}

/// `a += b`.
#[track_caller]
pub fn iadd(a: &Value, b: &Value) -> Value {
    if let Value::List(list) = a {
        let items: Vec<Value> = iter(b).collect();
        list.extend(items);
        return a.clone();
    }
    in_place(a, b, "__iadd__", add)
}

/// `a -= b`.
#[track_caller]
pub fn isub(a: &Value, b: &Value) -> Value {
    in_place(a, b, "__isub__", sub)
}

/// `a *= b`.
#[track_caller]
pub fn imul(a: &Value, b: &Value) -> Value {
    in_place(a, b, "__imul__", mul)
}

/// `a |= b`.
#[track_caller]
pub fn ior(a: &Value, b: &Value) -> Value {
    in_place(a, b, "__ior__", bitor)
}

/// `a &= b`.
#[track_caller]
pub fn iand(a: &Value, b: &Value) -> Value {
    in_place(a, b, "__iand__", bitand)
}

/// `a ^= b`.
#[track_caller]
pub fn ixor(a: &Value, b: &Value) -> Value {
    in_place(a, b, "__ixor__", bitxor)
}
