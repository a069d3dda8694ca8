//! NumPy for emitted programs: arrays and scalars as dynamic values with NumPy's object model, numbers and text.
//!
//! The crate knows values (`batuta-rt`) and tensors (`trueno`): it turns the calls of one into those of the
//! other. What it does not know raises an error that no handler of a program takes.
#![deny(unsafe_code)]
#![allow(clippy::needless_range_loop, reason = "an axis counts in several lists at once")]

mod apply;
mod array;
mod binary;
mod build;
mod cast;
mod complex_linalg;
mod dtype;
mod einsum;
mod error;
mod fft;
mod grid;
mod index;
mod info;
mod linalg;
mod logic;
mod make;
pub mod np;
mod object;
mod pad;
mod poly;
mod random;
mod record;
mod reduce;
mod scalar;
mod shape;
mod slopes;
mod sort;
mod stats;
mod strings;
#[allow(unsafe_code)]
mod sys;
mod table;
mod testing;
mod text;
mod typed;
mod ufunc;
mod unary;

use batuta_rt::{Dict, OrRaise, Value};

/// `np.name(args)`: the function of the module that is called so, `linalg.norm` for one below.
#[track_caller]
pub fn call(name: &str, args: &[Value]) -> Value {
    table::call(&format!("numpy.{name}"), args, &Dict::new()).or_raise()
}

/// `np.name(args, key=value)`.
#[track_caller]
pub fn call_with(name: &str, args: &[Value], named: &Dict<String, Value>) -> Value {
    table::call(&format!("numpy.{name}"), args, named).or_raise()
}

/// `np.name` as a value: a function, a type, a constant.
#[track_caller]
pub fn get(name: &str) -> Value {
    match table::attribute(&format!("numpy.{name}")) {
        Some(value) => value,
        None => {
            let text = format!("not yet implemented: `numpy.{name}`");
            batuta_rt::raise_new(batuta_rt::NotTranslated, text)
        }
    }
}

/// Puts the items of a list into the order of `positions`.
#[track_caller]
pub fn reorder<T: Clone>(list: &mut Vec<T>, positions: &Value) {
    let old = std::mem::take(list);
    list.extend(batuta_rt::py::iter(positions).map(|at| old[at.to::<i64>() as usize].clone()));
}

/// Names of all functions.
pub fn names() -> Vec<&'static str> {
    table::names()
}

/// Names that are no functions: types, modules, objects with brackets.
pub const VALUES: &[&str] = &[
    "True_",
    "False_",
    "ndarray",
    "generic",
    "number",
    "integer",
    "signedinteger",
    "unsignedinteger",
    "inexact",
    "floating",
    "complexfloating",
    "character",
    "flexible",
    "bool",
    "bool_",
    "int8",
    "int16",
    "int32",
    "int64",
    "int_",
    "intp",
    "intc",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uint",
    "uintp",
    "byte",
    "ubyte",
    "short",
    "ushort",
    "long",
    "ulong",
    "longlong",
    "ulonglong",
    "float32",
    "float64",
    "single",
    "double",
    "complex64",
    "complex128",
    "csingle",
    "cdouble",
    "str_",
    "object_",
    "r_",
    "c_",
    "s_",
    "index_exp",
    "mgrid",
    "ogrid",
    "random",
    "linalg",
    "fft",
    "polynomial",
    "polynomial.polynomial",
    "char",
    "strings",
    "testing",
    "lib",
    "lib.stride_tricks",
    "exceptions",
    "euler_gamma",
    "__version__",
    "dtype",
];
