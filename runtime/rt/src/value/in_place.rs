//! `a op= b` of values: a list, dict or set stays the object that it is.

use super::Value;
use super::access::iter;
use super::arithmetic::{
    add, bitand, bitor, bitxor, floor_div, lshift, matmul, mul, pow, rem, rshift, sub, true_div,
};
use super::methods::special;
use crate::unwind::{OrRaise, raise_new};

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
fn kept(a: &Value, b: &Value, method: &str, otherwise: fn(&Value, &Value) -> Value) -> Value {
    match special(a, method, std::slice::from_ref(b)) {
        Some(result) => result,
        None => keep(a, otherwise(a, b)),
    }
}

/// `a op= b` for the operators that no builtin container has in place: `method` is `truediv`, `pow`, ...
#[track_caller]
pub fn in_place(a: &Value, b: &Value, method: &str) -> Value {
    if let Value::Object(object) = a {
        let own = format!("__i{method}__");
        let answer = std::rc::Rc::clone(object).call_method(&own, std::slice::from_ref(b));
        if let Some(answer) = answer {
            return answer.or_raise();
        }
    }
    match method {
        "truediv" => true_div(a, b),
        "floordiv" => floor_div(a, b),
        "mod" => rem(a, b),
        "pow" => pow(a, b),
        "matmul" => matmul(a, b),
        "lshift" => lshift(a, b),
        "rshift" => rshift(a, b),
        other => {
            let text = format!("not yet implemented: `{other}` in place");
            raise_new(crate::class::NotTranslated, text)
        }
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
    kept(a, b, "__iadd__", add)
}

/// `a -= b`.
#[track_caller]
pub fn isub(a: &Value, b: &Value) -> Value {
    kept(a, b, "__isub__", sub)
}

/// `a *= b`.
#[track_caller]
pub fn imul(a: &Value, b: &Value) -> Value {
    kept(a, b, "__imul__", mul)
}

/// `a |= b`.
#[track_caller]
pub fn ior(a: &Value, b: &Value) -> Value {
    kept(a, b, "__ior__", bitor)
}

/// `a &= b`.
#[track_caller]
pub fn iand(a: &Value, b: &Value) -> Value {
    kept(a, b, "__iand__", bitand)
}

/// `a ^= b`.
#[track_caller]
pub fn ixor(a: &Value, b: &Value) -> Value {
    kept(a, b, "__ixor__", bitxor)
}
