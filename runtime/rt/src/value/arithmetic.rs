//! Python's operators on values.

use std::rc::Rc;

use super::Value;
use super::methods::special;
use crate::big::Int;
use crate::class::{TypeError, ValueError};
use crate::collections::{FrozenSet, Set};
use crate::format::{Format, percent, percent_named, percent_of_items};
use crate::list::PyList;
use crate::number::float;
use crate::repr::str;
use crate::unwind::{OrRaise, raise_new};

/// Two numbers brought to one kind.
enum Pair {
    Ints(Int, Int),
    Floats(f64, f64),
}

fn pair(a: &Value, b: &Value) -> Option<Pair> {
    Some(match (a, b) {
        (Value::Float(a), Value::Float(b)) => Pair::Floats(*a, *b),
        (Value::Float(a), b) => Pair::Floats(*a, b.as_int()?.to_f64()),
        (a, Value::Float(b)) => Pair::Floats(a.as_int()?.to_f64(), *b),
        (a, b) => Pair::Ints(a.as_int()?, b.as_int()?),
    })
}

/// The answer of the operands' own methods, else `TypeError`.
#[cold]
#[track_caller]
fn otherwise(a: &Value, b: &Value, symbol: &str, method: &str) -> Value {
    if let Some(answer) = by_operator(a, b, method) {
        return answer;
    }
    let own = format!("__{method}__");
    let reflected = format!("__r{method}__");
    if let Some(answer) =
        special(a, &own, std::slice::from_ref(b)).or_else(|| special(b, &reflected, std::slice::from_ref(a)))
    {
        return answer;
    }
    if let Some(answer) = of_plain(a, b, method) {
        return answer;
    }
    let (a, b) = (a.type_name(), b.type_name());
    raise_new(TypeError, format!("unsupported operand type(s) for {symbol}: '{a}' and '{b}'"))
}

/// The answer of an operand with operators of its own.
#[track_caller]
pub(super) fn by_operator(a: &Value, b: &Value, method: &str) -> Option<Value> {
    let ask = |object: &Value, other: &Value, reflected: bool| match object {
        Value::Object(object) => Rc::clone(object).operator(method, other, reflected),
        _ => None,
    };
    ask(a, b, false).or_else(|| ask(b, a, true)).map(OrRaise::or_raise)
}

/// The answer of the texts that operands are.
#[track_caller]
fn of_plain(a: &Value, b: &Value, method: &str) -> Option<Value> {
    if a.plain().is_none() && b.plain().is_none() {
        return None;
    }
    let plain = |value: &Value| value.plain().unwrap_or_else(|| value.clone());
    match method {
        "add" => Some(add(&plain(a), &plain(b))),
        "mul" => Some(mul(&plain(a), &plain(b))),
        "mod" => Some(rem(&plain(a), &plain(b))),
        _ => None,
    }
}

#[cold]
#[track_caller]
fn cannot_concatenate(a: &Value, b: &Value) -> Value {
    if let Some(answer) = by_operator(a, b, "add") {
        return answer;
    }
    if let Some(answer) = special(b, "__radd__", std::slice::from_ref(a)).or_else(|| of_plain(a, b, "add")) {
        return answer;
    }
    let (a, b) = (a.type_name(), b.type_name());
    raise_new(TypeError, format!("can only concatenate {a} (not \"{b}\") to {a}"))
}

/// `sum(items)`.
#[track_caller]
pub fn sum(items: impl IntoIterator<Item = Value>) -> Value {
    sum_from(items, Value::from(0_i64))
}

/// `sum(items, start)`.
#[track_caller]
pub fn sum_from(items: impl IntoIterator<Item = Value>, start: Value) -> Value {
    items.into_iter().fold(start, |total, item| add(&total, &item))
}

/// `math.prod(items)`.
#[track_caller]
pub fn product(items: impl IntoIterator<Item = Value>) -> Value {
    items.into_iter().fold(Value::from(1_i64), |product, item| mul(&product, &item))
}

/// `a + b`.
#[inline]
#[track_caller]
pub fn add(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(a + b),
        (Value::Str(a), Value::Str(b)) => Value::from([&**a, &**b].concat()),
        (Value::List(a), Value::List(b)) => {
            let items = a.borrow().py_concat(&b.borrow());
            Value::List(items.into())
        }
        (Value::Tuple(a), Value::Tuple(b)) => Value::tuple(a.iter().chain(&**b).cloned()),
        (Value::Str(_) | Value::List(_) | Value::Tuple(_), _) => cannot_concatenate(a, b),
        _ => match pair(a, b) {
            Some(Pair::Ints(a, b)) => Value::Int(a + b),
            Some(Pair::Floats(a, b)) => Value::Float(a + b),
            None => otherwise(a, b, "+", "add"),
        },
    }
}

/// `a - b`.
#[inline]
#[track_caller]
pub fn sub(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Set(_) | Value::FrozenSet(_), Value::Set(_) | Value::FrozenSet(_)) => {
            of_sets(a, b, |a, b| a - b)
        }
        _ => match pair(a, b) {
            Some(Pair::Ints(a, b)) => Value::Int(a - b),
            Some(Pair::Floats(a, b)) => Value::Float(a - b),
            None => otherwise(a, b, "-", "sub"),
        },
    }
}

/// `a * b`.
#[inline]
#[track_caller]
pub fn mul(a: &Value, b: &Value) -> Value {
    match pair(a, b) {
        Some(Pair::Ints(a, b)) => return Value::Int(a * b),
        Some(Pair::Floats(a, b)) => return Value::Float(a * b),
        None => {}
    }
    let repeated = repeat(a, b).or_else(|| repeat(b, a));
    repeated.unwrap_or_else(|| {
        let sequence = |v: &Value| matches!(v, Value::Str(_) | Value::List(_) | Value::Tuple(_));
        let other = match (sequence(a), sequence(b)) {
            (true, _) => b,
            (_, true) => a,
            _ => return otherwise(a, b, "*", "mul"),
        };
        let answer = by_operator(a, b, "mul").or_else(|| special(a, "__mul__", std::slice::from_ref(b)));
        if let Some(answer) = answer.or_else(|| special(b, "__rmul__", std::slice::from_ref(a))) {
            return answer;
        }
        let words = format!("can't multiply sequence by non-int of type '{}'", other.type_name());
        raise_new(TypeError, words)
    })
}

fn repeat(sequence: &Value, count: &Value) -> Option<Value> {
    let count = count.as_index()?.to_i64()?;
    Some(match sequence {
        Value::Str(text) => Value::from(text.repeat(usize::try_from(count).unwrap_or(0))),
        Value::List(list) => Value::List(list.borrow().py_repeat(count).into()),
        Value::Tuple(items) => Value::tuple(items.py_repeat(count)),
        _ => return None,
    })
}

/// `a / b`.
#[track_caller]
pub fn true_div(a: &Value, b: &Value) -> Value {
    match pair(a, b) {
        Some(Pair::Ints(a, b)) => Value::Float(a.true_div(b)),
        Some(Pair::Floats(a, b)) => Value::Float(float::float_true_div(a, b)),
        None => otherwise(a, b, "/", "truediv"),
    }
}

/// `a @ b`: what the operands' own methods make.
#[track_caller]
pub fn matmul(a: &Value, b: &Value) -> Value {
    otherwise(a, b, "@", "matmul")
}

/// `a // b`.
#[track_caller]
pub fn floor_div(a: &Value, b: &Value) -> Value {
    match pair(a, b) {
        Some(Pair::Ints(a, b)) => Value::Int(a.floor_div(b)),
        Some(Pair::Floats(a, b)) => Value::Float(float::float_floor_div(a, b)),
        None => otherwise(a, b, "//", "floordiv"),
    }
}

/// `a % b`: the remainder, or the formatting of text.
#[track_caller]
pub fn rem(a: &Value, b: &Value) -> Value {
    match pair(a, b) {
        Some(Pair::Ints(a, b)) => Value::Int(a.floor_mod(b)),
        Some(Pair::Floats(a, b)) => Value::Float(float::float_floor_mod(a, b)),
        None => match a {
            Value::Str(template) => Value::from(fill(template, b)),
            Value::Bytes(template) => Value::from(crate::Bytes::from(crate::percent_bytes(template, b))),
            _ => otherwise(a, b, "%", "mod"),
        },
    }
}

/// `divmod(a, b)`.
#[track_caller]
pub fn divmod(a: &Value, b: &Value) -> (Value, Value) {
    (floor_div(a, b), rem(a, b))
}

/// `template % values` for dynamic values.
#[track_caller]
pub fn fill(template: &str, values: &Value) -> String {
    match values {
        Value::Tuple(items) => {
            let items: Vec<&dyn Format> = items.iter().map(|item| item as &dyn Format).collect();
            percent(template, &items)
        }
        Value::Dict(dict) if template.contains("%(") => {
            let entries: Vec<(String, Value)> = dict.items().map(|(k, v)| (str(&k).to_string(), v)).collect();
            let named: Vec<(&str, &dyn Format)> =
                entries.iter().map(|(k, v)| (k.as_str(), v as &dyn Format)).collect();
            percent_named(template, &named)
        }
        Value::List(_) | Value::Dict(_) | Value::Range(_) => percent_of_items(template, values),
        one => percent(template, &[one]),
    }
}

/// `a ** b`.
#[track_caller]
pub fn pow(a: &Value, b: &Value) -> Value {
    match pair(a, b) {
        Some(Pair::Ints(a, b)) if !b.is_negative() => Value::Int(a.pow(b)),
        Some(Pair::Ints(a, b)) => Value::Float(float::float_pow(a.to_f64(), b.to_f64())),
        Some(Pair::Floats(a, b)) => Value::Float(float::float_pow(a, b)),
        None => otherwise(a, b, "** or pow()", "pow"),
    }
}

/// Two integers for a bit operation; `bool`s keep their type where both are.
fn bits(a: &Value, b: &Value) -> Option<(Int, Int, bool)> {
    let both_bools = matches!((a, b), (Value::Bool(_), Value::Bool(_)));
    Some((a.as_int()?, b.as_int()?, both_bools))
}

fn bit_result(number: Int, is_bool: bool) -> Value {
    if is_bool { Value::Bool(!number.is_zero()) } else { Value::Int(number) }
}

/// An operation of two sets: of the kind of the first.
fn of_sets(a: &Value, b: &Value, operation: fn(&Set<Value>, &Set<Value>) -> Set<Value>) -> Value {
    let items = |value: &Value| match value {
        Value::Set(set) => set.borrow().clone(),
        Value::FrozenSet(set) => (***set).clone(),
        _ => Set::new(),
    };
    let made = operation(&items(a), &items(b));
    match a {
        Value::FrozenSet(_) => Value::FrozenSet(Rc::new(FrozenSet::from(made))),
        _ => Value::Set(made.into()),
    }
}

/// `a & b`.
#[track_caller]
pub fn bitand(a: &Value, b: &Value) -> Value {
    match (bits(a, b), a, b) {
        (Some((a, b, is_bool)), ..) => bit_result(a & b, is_bool),
        (_, Value::Set(_) | Value::FrozenSet(_), Value::Set(_) | Value::FrozenSet(_)) => {
            of_sets(a, b, |a, b| a & b)
        }
        _ => otherwise(a, b, "&", "and"),
    }
}

/// `a | b`.
#[track_caller]
pub fn bitor(a: &Value, b: &Value) -> Value {
    match (bits(a, b), a, b) {
        (Some((a, b, is_bool)), ..) => bit_result(a | b, is_bool),
        (_, Value::Set(_) | Value::FrozenSet(_), Value::Set(_) | Value::FrozenSet(_)) => {
            of_sets(a, b, |a, b| a | b)
        }
        (_, Value::Dict(a), Value::Dict(b)) => Value::Dict(a.borrow().merged(&b.borrow()).into()),
        _ => otherwise(a, b, "|", "or"),
    }
}

/// `a ^ b`.
#[track_caller]
pub fn bitxor(a: &Value, b: &Value) -> Value {
    match (bits(a, b), a, b) {
        (Some((a, b, is_bool)), ..) => bit_result(a ^ b, is_bool),
        (_, Value::Set(_) | Value::FrozenSet(_), Value::Set(_) | Value::FrozenSet(_)) => {
            of_sets(a, b, |a, b| a ^ b)
        }
        _ => otherwise(a, b, "^", "xor"),
    }
}

/// `a << b`.
#[track_caller]
pub fn lshift(a: &Value, b: &Value) -> Value {
    match bits(a, b) {
        Some((a, b, _)) => Value::Int(a << b),
        None => otherwise(a, b, "<<", "lshift"),
    }
}

/// `a >> b`.
#[track_caller]
pub fn rshift(a: &Value, b: &Value) -> Value {
    match bits(a, b) {
        Some((a, b, _)) => Value::Int(a >> b),
        None => otherwise(a, b, ">>", "rshift"),
    }
}

#[cold]
#[track_caller]
fn bad_operand(symbol: &str, method: &str, value: &Value) -> Value {
    match special(value, method, &[]) {
        Some(answer) => answer,
        None => {
            let name = value.type_name();
            raise_new(TypeError, format!("bad operand type for {symbol}: '{name}'"))
        }
    }
}

/// `-a`.
#[track_caller]
pub fn neg(a: &Value) -> Value {
    match (a, a.as_int()) {
        (Value::Float(x), _) => Value::Float(-x),
        (_, Some(number)) => Value::Int(-number),
        _ => bad_operand("unary -", "__neg__", a),
    }
}

/// `+a`.
#[track_caller]
pub fn pos(a: &Value) -> Value {
    match (a, a.as_int()) {
        (Value::Float(x), _) => Value::Float(*x),
        (_, Some(number)) => Value::Int(number),
        _ => bad_operand("unary +", "__pos__", a),
    }
}

/// `~a`.
#[track_caller]
pub fn invert(a: &Value) -> Value {
    match a.as_int() {
        Some(number) => Value::Int(!number),
        None => bad_operand("unary ~", "__invert__", a),
    }
}

/// `abs(a)`.
#[track_caller]
pub fn abs(a: &Value) -> Value {
    match (a, a.as_int()) {
        (Value::Float(x), _) => Value::Float(x.abs()),
        (_, Some(number)) => Value::Int(number.abs()),
        _ => bad_operand("abs()", "__abs__", a),
    }
}

/// `round(a)`, `round(a, ndigits)`.
#[track_caller]
pub fn round(a: &Value, ndigits: Option<i64>) -> Value {
    let places: Vec<Value> = ndigits.map(Value::from).into_iter().collect();
    if let Some(rounded) = special(a, "__round__", &places) {
        return rounded;
    }
    match (a, a.as_int(), ndigits) {
        (Value::Float(x), _, None) => Value::from(crate::number::round_half_even(*x)),
        (Value::Float(x), _, Some(ndigits)) => Value::Float(crate::number::round_ndigits(*x, ndigits)),
        (_, Some(number), None) => Value::Int(number),
        (_, Some(number), Some(ndigits)) if ndigits >= 0 => Value::Int(number),
        (_, Some(number), Some(ndigits)) => match number.to_i64() {
            Some(small) => Value::from(crate::number::round_int(small, ndigits)),
            None => Value::Int(number),
        },
        _ => raise_new(
            crate::class::TypeError,
            format!("type {} doesn't define __round__ method", a.type_name()),
        ),
    }
}

/// A count of items; raises `ValueError` when no list can be that long.
#[track_caller]
pub(super) fn count_of(number: &Int) -> i64 {
    match number.to_i64() {
        Some(count) => count,
        None => raise_new(ValueError, "cannot fit 'int' into an index-sized integer"),
    }
}
