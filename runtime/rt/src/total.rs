//! What every object answers in Python, for the types that add nothing to it: no order, true, its own copy, a
//! text without a spec. Emitted code may ask any of them of any type; what Python refuses raises as it does.

use std::fmt;

use crate::collections::{DefaultDict, Deque, Key, OrderedDict, py_hash_int, py_hash_tuple, std_hash};
use crate::deep_copy::{DeepCopy, Memo};
use crate::error::Error;
use crate::format::{Format, Operand};
use crate::list::{PyOrd, Range, Slice, not_ordered, unhashable};
use crate::modules::array::{Array, Element};
use crate::modules::{
    calendar, datetime, datetime_zone, hashlib, log_record, logging, normal_dist, os, pathlib,
};
use crate::modules::{re, string_io, string_template, struct_time, structs, urllib};
use crate::number::Complex;
use crate::repr::Repr;
use crate::text::{ByteArray, Bytes};
use crate::truth::Truth;
use crate::value::{FromValue, Function, Library, Value, library};
use crate::{BinaryFile, Class, DecimalTuple, File, FloatArray, IntArray, Iter};

/// `TypeError: '<' not supported`.
macro_rules! unordered {
    ($([$($param:tt)*] $ty:ty, $name:literal;)*) => {
        $(
            impl<$($param)*> PyOrd for $ty {
                #[track_caller]
                fn py_lt(&self, _: &Self) -> bool {
                    not_ordered("<", $name, $name)
                }
            }
        )*
    };
}

/// Objects that are true.
macro_rules! always_true {
    ($([$($param:tt)*] $ty:ty;)*) => {
        $(
            impl<$($param)*> Truth for $ty {
                fn is_true(&self) -> bool {
                    true
                }
            }
        )*
    };
}

/// Values that never change, or that `copy.deepcopy` leaves alone.
macro_rules! kept {
    ($($ty:ty),* $(,)?) => {
        $(
            impl DeepCopy for $ty {
                fn deep_copy(&self, _: &mut Memo) -> Self {
                    self.clone()
                }
            }
        )*
    };
}

/// Objects whose format takes no spec.
macro_rules! plain {
    ($([$($param:tt)*] $ty:ty, $name:literal;)*) => {
        $(
            impl<$($param)*> Format for $ty {
                fn operand(&self) -> Operand<'_> {
                    Operand::Other($name)
                }
            }
        )*
    };
}

/// Objects that are all of this: without an order, true, and without a spec.
macro_rules! objects {
    ($([] $ty:ty, $name:literal;)*) => {
        unordered! { $([] $ty, $name;)* }
        always_true! { $([] $ty;)* }
        plain! { $([] $ty, $name;)* }
    };
}

/// Objects that are no keys.
macro_rules! never_keys {
    ($([$($param:tt)*] $ty:ty, $name:literal;)*) => {
        $(
            impl<$($param)*> Key for $ty {
                #[track_caller]
                fn key_hash(&self) -> u64 {
                    unhashable($name)
                }

                fn key_eq(&self, other: &Self) -> bool {
                    self == other
                }
            }
        )*
    };
}

objects! {
    [] Class, "type";
    [] Function, "function";
    [] re::Match, "re.Match";
    [] re::Pattern, "re.Pattern";
    [] string_io::StringIO, "_io.StringIO";
    [] File, "_io.TextIOWrapper";
    [] BinaryFile, "_io.BufferedReader";
    [] normal_dist::NormalDist, "NormalDist";
    [] logging::Logger, "Logger";
    [] string_template::Template, "Template";
    [] calendar::Calendar, "Calendar";
    [] hashlib::Hash, "_hashlib.HASH";
    [] log_record::LogRecord, "LogRecord";
}

unordered! {
    [] Complex, "complex";
    [K, V] DefaultDict<K, V>, "collections.defaultdict";
    [K, V] OrderedDict<K, V>, "collections.OrderedDict";
    [] Range, "range";
    [] Slice, "slice";
    [] datetime_zone::Timezone, "datetime.timezone";
    [T] structs::Struct<T>, "_struct.Struct";
}

impl<T: PyOrd + PartialEq> PyOrd for Deque<T> {
    fn py_lt(&self, other: &Self) -> bool {
        let differs = self.iter().zip(other.iter()).find(|(a, b)| a != b);
        differs.map_or(self.len() < other.len(), |(a, b)| a.py_lt(b))
    }
}

impl PyOrd for Error {
    #[track_caller]
    fn py_lt(&self, other: &Self) -> bool {
        not_ordered("<", self.name(), other.name())
    }
}

impl PyOrd for ByteArray {
    fn py_lt(&self, other: &Self) -> bool {
        self < other
    }
}

impl<T: Key> PyOrd for crate::SharedSet<T> {
    fn py_lt(&self, other: &Self) -> bool {
        self.borrow().py_lt(&other.borrow())
    }
}

always_true! {
    [T] Iter<T>;
    [] Error;
    [] datetime::Date;
    [] datetime::Datetime;
    [] datetime_zone::Timezone;
    [] pathlib::Path;
    [] struct_time::StructTime;
    [] os::StatResult;
    [] urllib::ParseResult;
    [] DecimalTuple;
    [T] structs::Struct<T>;
}

impl Truth for Bytes {
    fn is_true(&self) -> bool {
        !self.0.is_empty()
    }
}

impl Truth for ByteArray {
    fn is_true(&self) -> bool {
        !self.is_empty()
    }
}

impl<T, const N: usize> Truth for [T; N] {
    fn is_true(&self) -> bool {
        N > 0
    }
}

impl Truth for IntArray {
    fn is_true(&self) -> bool {
        self.count() > 0
    }
}

impl Truth for FloatArray {
    fn is_true(&self) -> bool {
        self.count() > 0
    }
}

kept! {
    &'static str,
    Class,
    Function,
    Error,
    Slice,
    ByteArray,
    datetime::Date,
    datetime::Datetime,
    datetime::Timedelta,
    datetime_zone::Time,
    datetime_zone::Timezone,
    pathlib::Path,
    re::Match,
    re::Pattern,
    logging::Logger,
    string_template::Template,
    struct_time::StructTime,
    normal_dist::NormalDist,
    DecimalTuple,
}

plain! {
    [T] Iter<T>, "generator";
    [] pathlib::Path, "PosixPath";
    [] struct_time::StructTime, "time.struct_time";
    [] urllib::ParseResult, "ParseResult";
    [] DecimalTuple, "DecimalTuple";
    [] IntArray, "array.array";
    [] FloatArray, "array.array";
}

never_keys! {
    [] Slice, "slice";
    [] ByteArray, "bytearray";
    [] IntArray, "array.array";
    [] FloatArray, "array.array";
}

impl Key for Range {
    fn key_hash(&self) -> u64 {
        let len = self.len_i64();
        let first = if len > 0 { self.at(0) } else { 0 };
        std_hash(&(len, first, if len > 1 { self.at(1) } else { first }))
    }

    fn key_eq(&self, other: &Self) -> bool {
        self == other
    }

    /// The hash of the length, the start and the step; that of `None`, which stands for a missing one, is an address.
    fn py_hash(&self) -> Option<i64> {
        let len = self.len_i64();
        let hash = || py_hash_tuple(&[len, self.at(0), self.at(1) - self.at(0)].map(py_hash_int));
        (len > 1).then(hash)
    }
}

macro_rules! keys {
    ($($ty:ty: $this:ident => $hashed:expr;)*) => {
        $(
            impl Key for $ty {
                fn key_hash(&self) -> u64 {
                    let $this = self;
                    std_hash(&$hashed)
                }

                fn key_eq(&self, other: &Self) -> bool {
                    self == other
                }
            }
        )*
    };
}

keys! {
    Error: this => this.address();
    datetime_zone::Timezone: this => crate::repr(&this.utcoffset()).to_string();
    re::Pattern: this => this.pattern();
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        Value::from(self.clone()) == Value::from(other.clone())
    }
}

impl Key for Function {
    fn key_hash(&self) -> u64 {
        Value::from(self.clone()).key_hash()
    }

    fn key_eq(&self, other: &Self) -> bool {
        self == other
    }
}

impl Repr for Function {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Value::from(self.clone()).fmt_repr(f)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }
}

impl<T: Element + FromValue + Into<Value> + 'static> Library for Array<T> {
    const NAME: &'static str = "array.array";

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "typecode" => Some(self.typecode().into()),
            "itemsize" => Some(self.itemsize().into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        if let Some(changed) = change_array(self, name, args) {
            return Some(changed.map(Value::from));
        }
        let items = || self.each().map(Into::into).collect::<Vec<Value>>();
        let index = || args.first().map_or(Ok(-1), i64::from_value);
        Some(match (name, args) {
            ("__len__", []) => Ok(self.count().into()),
            ("__getitem__", [_]) => index().map(|index| self.at(index).into()),
            ("__contains__", [wanted]) => Ok(items().contains(wanted).into()),
            ("__iter__" | "tolist", []) => Ok(items().into()),
            ("pop", [] | [_]) => index().map(|index| self.pop_at(index).into()),
            ("index", [item]) => T::from_value(item).map(|item| self.index_of(item).into()),
            ("count", [item]) => T::from_value(item).map(|item| self.count_of(item).into()),
            _ => return None,
        })
    }

    fn truth(&self) -> bool {
        self.count() > 0
    }
}

/// The methods of `array` that give nothing.
fn change_array<T: Element + FromValue>(
    array: &Array<T>,
    name: &str,
    args: &[Value],
) -> Option<Result<(), Error>> {
    let index = || args.first().map_or(Ok(-1), i64::from_value);
    let item = |at: usize| T::from_value(&args[at]);
    let change = || -> Result<(), Error> {
        match name {
            "__setitem__" => array.set_at(index()?, item(1)?),
            "__delitem__" => array.del_at(index()?),
            "append" => array.append(item(0)?),
            "remove" => array.remove_item(item(0)?),
            _ => array.reverse(),
        }
        Ok(())
    };
    let takes = match name {
        "__setitem__" => 2,
        "__delitem__" | "append" | "remove" => 1,
        "reverse" => 0,
        _ => return None,
    };
    (args.len() == takes).then(change)
}

macro_rules! opaque {
    ($($ty:ty, $name:literal;)*) => {
        $(
            impl Library for $ty {
                const NAME: &'static str = $name;
            }
        )*
    };
}

opaque! {
    normal_dist::NormalDist, "NormalDist";
    string_template::Template, "Template";
    calendar::Calendar, "Calendar";
    hashlib::Hash, "_hashlib.HASH";
    struct_time::StructTime, "time.struct_time";
    urllib::ParseResult, "ParseResult";
    DecimalTuple, "DecimalTuple";
}

library! {
    [] IntArray;
    [] FloatArray;
    [] string_io::StringIO;
    [] File;
    [] normal_dist::NormalDist;
    [] string_template::Template;
    [] calendar::Calendar;
    [] hashlib::Hash;
    [] struct_time::StructTime;
    [] urllib::ParseResult;
    [] DecimalTuple;
}

/// What stands in a place before its first value.
macro_rules! first {
    ($($ty:ty => $value:expr;)*) => {
        $(
            impl Default for $ty {
                fn default() -> Self {
                    $value
                }
            }
        )*
    };
}

first! {
    datetime::Date => datetime::Date::MIN;
    datetime::Datetime => datetime::Date::MIN.midnight();
    datetime_zone::Time => datetime_zone::Time::MIN;
    datetime_zone::Timezone => datetime_zone::Timezone::UTC;
}
