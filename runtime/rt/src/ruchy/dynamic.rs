//! Operators on values whose type only the run knows: what has no meaning for the types stops the program.

use super::show::text;
use crate::{Value, ZeroDivisionError};

/// Two numbers as one type.
enum Numbers {
    Ints(i64, i64),
    Floats(f64, f64),
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(value.to_f64()),
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

fn numbers(a: &Value, b: &Value) -> Option<Numbers> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(Numbers::Ints(a.expect_i64(), b.expect_i64())),
        _ => Some(Numbers::Floats(float(a)?, float(b)?)),
    }
}

pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::None => "nil",
        Value::Bool(_) => "boolean",
        Value::Int(_) => "integer",
        Value::Float(_) => "float",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Tuple(_) => "tuple",
        _ => "object",
    }
}

#[track_caller]
fn cannot(verb: &str, a: &Value, b: &Value) -> ! {
    let text = format!("Cannot {verb} {} and {}", type_name(a), type_name(b));
    crate::raise_new(crate::TypeError, text)
}

#[track_caller]
fn whole(result: Option<i64>, what: &str) -> Value {
    match result {
        Some(value) => Value::from(value),
        None => crate::raise_new(crate::OverflowError, format!("Integer overflow in {what}")),
    }
}

#[track_caller]
fn by_zero() -> ! {
    crate::raise_new(ZeroDivisionError, "division by zero")
}

/// What a number, a bool or a text adds to a text.
fn part(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_string()),
        Value::Float(value) => Some(value.to_string()),
        Value::Int(_) | Value::Bool(_) => Some(text(value).to_string()),
        _ => None,
    }
}

/// `a + b`.
#[track_caller]
pub fn add(a: &Value, b: &Value) -> Value {
    if let (Value::List(a), Value::List(b)) = (a, b) {
        let items: Vec<Value> = a.borrow().iter().chain(b.borrow().iter()).cloned().collect();
        return Value::List(items.into());
    }
    if matches!(a, Value::Str(_)) || matches!(b, Value::Str(_)) {
        return match (part(a), part(b)) {
            (Some(a), Some(b)) => Value::from(a + &b),
            _ => cannot("add", a, b),
        };
    }
    match numbers(a, b) {
        Some(Numbers::Ints(a, b)) => whole(a.checked_add(b), "addition"),
        Some(Numbers::Floats(a, b)) => Value::Float(a + b),
        None => cannot("add", a, b),
    }
}

/// `a - b`.
#[track_caller]
pub fn sub(a: &Value, b: &Value) -> Value {
    match numbers(a, b) {
        Some(Numbers::Ints(a, b)) => whole(a.checked_sub(b), "subtraction"),
        Some(Numbers::Floats(a, b)) => Value::Float(a - b),
        None => cannot("subtract", a, b),
    }
}

/// `a * b`.
#[track_caller]
pub fn mul(a: &Value, b: &Value) -> Value {
    match (numbers(a, b), a, b) {
        (Some(Numbers::Ints(a, b)), ..) => whole(a.checked_mul(b), "multiplication"),
        (Some(Numbers::Floats(a, b)), ..) => Value::Float(a * b),
        (None, Value::Str(text), Value::Int(count)) => Value::from(super::repeat(text, count.expect_i64())),
        _ => cannot("multiply", a, b),
    }
}

/// `a / b`.
#[track_caller]
pub fn div(a: &Value, b: &Value) -> Value {
    match numbers(a, b) {
        Some(Numbers::Ints(_, 0)) => by_zero(),
        Some(Numbers::Ints(a, b)) => whole(a.checked_div(b), "division"),
        Some(Numbers::Floats(a, b)) => Value::Float(a / b),
        None => cannot("divide", a, b),
    }
}

/// `a % b`.
#[track_caller]
pub fn rem(a: &Value, b: &Value) -> Value {
    match numbers(a, b) {
        Some(Numbers::Ints(_, 0)) => by_zero(),
        Some(Numbers::Ints(a, b)) => whole(a.checked_rem(b), "division"),
        Some(Numbers::Floats(_, 0.0)) => by_zero(),
        Some(Numbers::Floats(a, b)) => Value::Float(a % b),
        None => cannot("divide", a, b),
    }
}

/// `-a`.
#[track_caller]
pub fn neg(a: &Value) -> Value {
    match a {
        Value::Float(value) => Value::Float(-value),
        Value::Int(value) => whole(value.expect_i64().checked_neg(), "subtraction"),
        _ => crate::raise_new(crate::TypeError, format!("Cannot negate {}", type_name(a))),
    }
}

/// `a == b`: values of different types are different, but for numbers.
pub fn eq(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Bool(_), _) | (_, Value::Bool(_)) => false,
        (Value::List(a), Value::List(b)) => {
            let (a, b) = (a.borrow(), b.borrow());
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| eq(a, b))
        }
        (Value::Tuple(a), Value::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| eq(a, b))
        }
        _ => crate::py::eq(a, b),
    }
}

/// `a != b`.
pub fn ne(a: &Value, b: &Value) -> bool {
    !eq(a, b)
}

#[track_caller]
fn order(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (numbers(a, b), a, b) {
        (Some(Numbers::Ints(a, b)), ..) => Some(a.cmp(&b)),
        (Some(Numbers::Floats(a, b)), ..) => a.partial_cmp(&b),
        (None, Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        _ => cannot("compare", a, b),
    }
}

/// `a < b`.
#[track_caller]
pub fn lt(a: &Value, b: &Value) -> bool {
    order(a, b).is_some_and(std::cmp::Ordering::is_lt)
}

/// `a <= b`.
#[track_caller]
pub fn le(a: &Value, b: &Value) -> bool {
    order(a, b).is_some_and(std::cmp::Ordering::is_le)
}

/// `a > b`.
#[track_caller]
pub fn gt(a: &Value, b: &Value) -> bool {
    order(a, b).is_some_and(std::cmp::Ordering::is_gt)
}

/// `a >= b`.
#[track_caller]
pub fn ge(a: &Value, b: &Value) -> bool {
    order(a, b).is_some_and(std::cmp::Ordering::is_ge)
}

/// Whether a value counts as true: all but `false` and nil do.
pub fn truth(value: &Value) -> bool {
    !matches!(value, Value::None | Value::Bool(false))
}

/// Whether a value is nil.
pub fn is_none(value: &Value) -> bool {
    matches!(value, Value::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators() {
        let (two, half, text) = (Value::from(2), Value::from(0.5), Value::from("x".to_owned()));
        assert_eq!(super::text(&add(&two, &half)).to_string(), "2.5");
        assert_eq!(super::text(&add(&text, &Value::from(2.0))).to_string(), "x2");
        assert_eq!(super::text(&div(&Value::from(-7), &two)).to_string(), "-3");
        assert_eq!(super::text(&mul(&text, &two)).to_string(), "xx");
        assert!(eq(&two, &Value::from(2.0)) && !eq(&Value::from(1), &Value::Bool(true)));
        assert!(lt(&half, &two) && truth(&Value::from(0)) && !truth(&Value::None));
    }
}
