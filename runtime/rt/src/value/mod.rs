//! `rt::Value`: a Python value whose type is known only when the program runs.
//!
//! Mutable containers in it are shared: cloning a `Value` makes an alias. Operations live in
//! `rt::py` and raise Python's errors.

mod access;
mod arithmetic;
mod calls;
mod compare;
mod containers;
mod convert;
mod from_value;
mod in_place;
mod items;
mod iterators;
mod kinds;
mod library;
mod library_containers;
mod library_types;
mod members;
mod methods;
mod named;
mod object;
mod operators;
mod params;
mod sequence_methods;
mod simple_namespace;
mod streams;
mod text;
mod text_methods;
mod types;
mod views;
pub use views::view_text;

use std::rc::Rc;

use crate::big::Int;
use crate::collections::FrozenSet;
use crate::error::Error;
use crate::list::Range;
use crate::shared::{List, SharedDict, SharedSet};
use crate::text::Bytes;

pub use from_value::FromValue;
pub use items::Items;
pub use library::Library;
#[allow(unused_imports, reason = "what `library!` expands to")]
pub(crate) use library::{formatted, held, hold, library, library_from};
pub use object::{Function, Object, bound_method, owner};
pub use operators::Args;
pub use simple_namespace::simple_namespace;

/// A value of any Python type.
#[derive(Clone, Default)]
pub enum Value {
    /// `None`.
    #[default]
    None,
    /// A `bool`.
    Bool(bool),
    /// An `int`.
    Int(Int),
    /// A `float`.
    Float(f64),
    /// A `str`.
    Str(Rc<str>),
    /// A `bytes`.
    Bytes(Rc<Bytes>),
    /// A `list`.
    List(List<Value>),
    /// A `tuple`.
    Tuple(Rc<[Value]>),
    /// A `dict`.
    Dict(SharedDict<Value, Value>),
    /// A `set`.
    Set(SharedSet<Value>),
    /// A `frozenset`.
    FrozenSet(Rc<FrozenSet<Value>>),
    /// A `range`.
    Range(Rc<Range>),
    /// A function.
    Function(Function),
    /// An exception.
    Error(Error),
    /// An instance of a program's own class.
    Object(Rc<dyn Object>),
}

impl Value {
    /// The name of the type in messages.
    pub fn type_name(&self) -> &str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::List(_) => "list",
            Value::Tuple(_) => "tuple",
            Value::Dict(_) => "dict",
            Value::Set(_) => "set",
            Value::FrozenSet(_) => "frozenset",
            Value::Range(_) => "range",
            Value::Function(function) if function.is_type() => "type",
            Value::Function(_) => "function",
            Value::Error(error) => error.name(),
            Value::Object(object) => object.type_name(),
        }
    }

    /// `type(v).__name__`: without the module that messages name.
    pub fn class_name(&self) -> &str {
        self.type_name().rsplit('.').next().unwrap_or_default()
    }

    /// Whether this is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// Whether this is anything but `None`.
    pub fn is_some(&self) -> bool {
        !self.is_none()
    }

    /// `bool(v)`.
    pub fn is_true(&self) -> bool {
        match self {
            Value::None => false,
            Value::Bool(truth) => *truth,
            Value::Int(number) => !number.is_zero(),
            Value::Float(number) => *number != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::List(list) => !list.is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            Value::Dict(dict) => !dict.is_empty(),
            Value::Set(set) => !set.is_empty(),
            Value::FrozenSet(set) => !set.is_empty(),
            Value::Range(range) => range.len_i64() > 0,
            Value::Function(_) | Value::Error(_) => true,
            Value::Object(object) => object.is_true(),
        }
    }

    /// `a is b`.
    pub fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            (Value::List(a), Value::List(b)) => a.ptr_eq(b),
            (Value::Dict(a), Value::Dict(b)) => a.ptr_eq(b),
            (Value::Set(a), Value::Set(b)) => a.ptr_eq(b),
            (Value::Tuple(a), Value::Tuple(b)) => Rc::ptr_eq(a, b),
            (Value::Bytes(a), Value::Bytes(b)) => Rc::ptr_eq(a, b),
            (Value::FrozenSet(a), Value::FrozenSet(b)) => Rc::ptr_eq(a, b),
            (Value::Range(a), Value::Range(b)) => Rc::ptr_eq(a, b),
            (Value::Function(a), Value::Function(b)) => a.ptr_eq(b),
            (Value::Error(a), Value::Error(b)) => a.ptr_eq(b),
            (Value::Object(a), Value::Object(b)) => {
                let is_member = a.is_single() && a.type_name() == b.type_name();
                Rc::ptr_eq(a, b) || is_member && a.equals(other) == Some(true)
            }
            _ => false,
        }
    }

    /// `object()`: a value that is only the same as itself.
    pub fn sentinel() -> Value {
        Value::Object(Rc::new(object::Sentinel))
    }

    /// `...`, the same value everywhere.
    pub fn ellipsis() -> Value {
        Value::Object(object::ELLIPSIS.with(Rc::clone))
    }

    /// A tuple of the items.
    pub fn tuple(items: impl IntoIterator<Item = Value>) -> Value {
        Value::Tuple(items.into_iter().collect())
    }

    /// The number, when this is an `int` or a `bool`.
    pub(crate) fn as_int(&self) -> Option<Int> {
        match self {
            Value::Int(number) => Some(number.clone()),
            Value::Bool(truth) => Some(Int::from(*truth)),
            Value::Object(object) => object.plain()?.as_int(),
            _ => None,
        }
    }

    /// The integer that an index or a count is: also that of another library.
    pub(crate) fn as_index(&self) -> Option<Int> {
        match self {
            Value::Object(object) => object.plain().or_else(|| object.number())?.as_int(),
            _ => self.as_int(),
        }
    }

    /// The number or text that an object is.
    pub(crate) fn plain(&self) -> Option<Value> {
        match self {
            Value::Object(object) => object.plain(),
            _ => None,
        }
    }
}

/// Operations on values with Python's meaning; they raise Python's errors.
pub mod py {
    pub(crate) use super::access::counts;
    pub use super::access::{
        contains, del_item, dict, get_attr, get_attr_or, get_item, get_slice, is_instance, is_sequence, iter,
        len, set_attr, set_item, to_dict, vars,
    };
    pub use super::arithmetic::{
        abs, add, bitand, bitor, bitxor, divmod, fill, floor_div, invert, lshift, matmul, mul, neg, pos, pow,
        product, rem, round, rshift, sub, sum, sum_from, true_div,
    };
    pub use super::compare::{compared, eq, ge, gt, le, lt, ne};
    pub use super::convert::{to_float, to_i64, to_int};
    pub use super::in_place::{iadd, iand, imul, in_place, ior, isub, ixor};
    pub use super::kinds::is_kind;
    pub use super::members::has_attr;
    pub use super::methods::{call, call_method, call_with, callable};
    pub use super::named::call_method_with;
    pub use super::text_methods::{endswith, startswith};
    pub use super::types::{is_instance_of, type_of};
    pub use super::views::view;
}

#[cfg(test)]
mod tests;
