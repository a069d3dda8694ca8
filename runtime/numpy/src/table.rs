//! Which function a name of the module means, its parameters, and the objects that functions are.

use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use batuta_rt::{Dict, Error, FromValue, Object, Value};

use crate::array::Array;
use crate::binary::{self, Op};
use crate::dtype::{Kind, ScalarType, named as type_named, of_value};
use crate::error::{R, not_done, type_error};
use crate::make::{array_of, index};

/// What a function runs.
#[derive(Clone, Copy)]
pub enum Body {
    Plain(fn(&Args) -> R),
    Unary(&'static str),
    Binary(Op),
    /// `np.add.reduce` and its kin.
    Of(Op, &'static str),
}

/// A function of the module.
#[derive(Clone, Copy)]
pub struct Row {
    /// Name behind `numpy.`.
    pub name: &'static str,
    /// `a axis= *rest`: names, `=` where there is a default.
    pub params: &'static str,
    pub body: Body,
}

/// A row.
pub const fn row(name: &'static str, params: &'static str, function: fn(&Args) -> R) -> Row {
    Row { name, params, body: Body::Plain(function) }
}

/// Arguments by parameter.
pub struct Args {
    slots: Vec<Option<Value>>,
    pub name: &'static str,
}

impl Args {
    /// What was given for a parameter.
    pub fn at(&self, at: usize) -> Option<&Value> {
        self.slots.get(at)?.as_ref()
    }

    /// What was given, unless it is `None`.
    pub fn some(&self, at: usize) -> Option<&Value> {
        self.at(at).filter(|value| !value.is_none())
    }

    /// A parameter that must be there.
    pub fn need(&self, at: usize) -> R<&Value> {
        self.at(at).ok_or_else(|| type_error(format!("{}() missing a required argument", self.name)))
    }

    /// An array.
    pub fn array(&self, at: usize) -> R<Array> {
        array_of(self.need(at)?, None)
    }

    /// An integer.
    pub fn int(&self, at: usize, default: i64) -> R<i64> {
        self.some(at).map_or(Ok(default), index)
    }

    /// A float.
    pub fn float(&self, at: usize, default: f64) -> R<f64> {
        self.some(at).map_or(Ok(default), batuta_rt::py::to_float)
    }

    /// A truth value.
    pub fn flag(&self, at: usize, default: bool) -> bool {
        self.some(at).map_or(default, Value::is_true)
    }

    /// A text.
    pub fn text(&self, at: usize) -> Option<String> {
        self.some(at).and_then(|value| String::from_value(value).ok())
    }

    /// A data type.
    pub fn kind(&self, at: usize) -> R<Option<Kind>> {
        self.some(at).map(of_value).transpose()
    }

    /// Gives a result, in the array of `out=` where one was given.
    pub fn result(&self, out: usize, made: Array) -> R {
        match self.some(out) {
            Some(target) => {
                let target = match target {
                    Value::Tuple(items) if items.len() == 1 => &items[0],
                    other => other,
                };
                let array = crate::object::array_in(target)
                    .ok_or_else(|| type_error("return arrays must be of ArrayType"))?;
                binary::store(&array, &made, self.name)?;
                Ok(target.clone())
            }
            None => Ok(made.value_or_scalar()),
        }
    }
}

const UNARY: &str = "x out= where= dtype= casting= order= subok=";
const BINARY: &str = "x1 x2 out= where= dtype= casting= order= subok=";

static ROWS: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
    let mut rows = HashMap::new();
    let tables: &[&[Row]] = &[
        crate::build::ROWS,
        crate::shape::ROWS,
        crate::reduce::ROWS,
        crate::logic::ROWS,
        crate::sort::ROWS,
        crate::stats::ROWS,
        crate::linalg::ROWS,
        crate::fft::ROWS,
        crate::random::ROWS,
        crate::poly::ROWS,
        crate::text::ROWS,
        crate::strings::ROWS,
        crate::apply::ROWS,
        crate::testing::ROWS,
    ];
    for row in tables.iter().flat_map(|table| table.iter()) {
        rows.insert(row.name, *row);
    }
    for name in crate::unary::FUNCTIONS {
        rows.entry(name).or_insert(Row { name, params: UNARY, body: Body::Unary(name) });
    }
    for (name, op) in binary::OPS {
        rows.insert(name, Row { name, params: BINARY, body: Body::Binary(*op) });
    }
    rows
});

/// Abstract classes of scalars.
const ABSTRACT: &[&str] = &[
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
];

fn find(name: &str) -> Option<Row> {
    let name = name.strip_prefix("numpy.")?;
    if let Some(row) = ROWS.get(name) {
        return Some(*row);
    }
    let (function, method) = name.rsplit_once('.')?;
    let (method, params) = match method {
        "reduce" => ("reduce", "array axis= dtype= out= keepdims= initial= where="),
        "accumulate" => ("accumulate", "array axis= dtype= out="),
        "outer" => ("outer", "A B"),
        "at" => ("at", "a indices b="),
        "reduceat" => ("reduceat", "array indices axis= dtype= out="),
        _ => return None,
    };
    match ROWS.get(function)?.body {
        Body::Binary(op) => Some(Row { name: ROWS.get(function)?.name, params, body: Body::Of(op, method) }),
        _ => None,
    }
}

/// Arguments bound to the parameters of a row that is not in the table.
pub fn bound(row: &Row, args: &[Value], named: &Dict<String, Value>) -> R<Args> {
    bind(row, args, named)
}

/// Arguments bound to parameters.
fn bind(row: &Row, args: &[Value], named: &Dict<String, Value>) -> R<Args> {
    let params: Vec<&str> = row.params.split_whitespace().collect();
    let mut slots: Vec<Option<Value>> = vec![None; params.len()];
    let called = row.name.rsplit('.').next().unwrap_or(row.name);
    let mut next = args.iter();
    for (slot, param) in slots.iter_mut().zip(&params) {
        if param.starts_with('*') {
            *slot = Some(Value::Tuple(next.by_ref().cloned().collect()));
            break;
        }
        *slot = next.next().cloned();
    }
    if next.len() > 0 {
        let (most, given) = (params.len(), args.len());
        return Err(type_error(format!(
            "{called}() takes at most {most} positional arguments ({given} given)"
        )));
    }
    for (name, value) in named.iter() {
        let plain = |param: &&str| param.trim_end_matches('=') == name;
        match params.iter().position(plain) {
            Some(at) if slots[at].is_some() => {
                return Err(type_error(format!("{called}() got multiple values for argument '{name}'")));
            }
            Some(at) => slots[at] = Some(value.clone()),
            None => {
                return Err(type_error(format!("{called}() got an unexpected keyword argument '{name}'")));
            }
        }
    }
    let missing: Vec<String> = params
        .iter()
        .zip(&slots)
        .filter(|(param, slot)| slot.is_none() && !param.ends_with('=') && !param.starts_with('*'))
        .map(|(param, _)| format!("'{param}'"))
        .collect();
    if !missing.is_empty() {
        let (count, s) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
        let names = missing.join(" and ");
        return Err(type_error(format!(
            "{called}() missing {count} required positional argument{s}: {names}"
        )));
    }
    Ok(Args { slots, name: row.name })
}

/// `np.name(args)`.
pub fn call(name: &str, args: &[Value], named: &Dict<String, Value>) -> R {
    let Some(row) = find(name) else {
        if let Some(value) = attribute(name) {
            return batuta_rt::catch(|| batuta_rt::py::call_with(&value, args, named));
        }
        return Err(not_done(format!("`{name}`")));
    };
    match row.body {
        // Without the table of parameters where nothing is named.
        Body::Binary(op) if args.len() == 2 && named.is_empty() => binary::apply(op, &args[0], &args[1]),
        Body::Unary(name) if args.len() == 1 && named.is_empty() => {
            crate::unary::apply(name, &array_of(&args[0], None)?).map(Array::value_or_scalar)
        }
        Body::Plain(function) => function(&bind(&row, args, named)?),
        body => ufunc(&row, body, &bind(&row, args, named)?),
    }
}

fn ufunc(row: &Row, body: Body, args: &Args) -> R {
    let made = match body {
        Body::Unary(name) => {
            let array = match args.kind(3)? {
                Some(kind) => args.array(0)?.cast(kind)?,
                None => args.array(0)?,
            };
            return masked(args, 1, 2, crate::unary::apply(name, &array)?);
        }
        Body::Binary(op) => {
            let (mut a, mut b) = (crate::make::operand(args.need(0)?)?, crate::make::operand(args.need(1)?)?);
            if let Some(kind) = args.kind(4)? {
                (a.array, b.array, a.weak, b.weak) = (a.array.cast(kind)?, b.array.cast(kind)?, None, None);
            }
            return masked(args, 2, 3, binary::arrays(op, &a, &b)?);
        }
        Body::Of(op, method) => crate::ufunc::method(op, method, args),
        Body::Plain(function) => function(args),
    };
    let _ = row;
    made
}

/// The result where `where=` holds, in `out=`.
fn masked(args: &Args, out: usize, mask: usize, made: Array) -> R {
    let Some(mask) = args.some(mask).filter(|mask| !matches!(mask, Value::Bool(true))) else {
        return args.result(out, made);
    };
    let mask = array_of(mask, Some(crate::dtype::BOOL))?;
    let old = match args.some(out) {
        Some(target) => array_of(target, None)?,
        None => Array::zeros(made.kind(), &made.shape),
    };
    args.result(out, crate::logic::choose(&mask, &made, &old)?)
}

/// A name of the module as a value: a function, a type, a constant, a module below.
pub fn attribute(name: &str) -> Option<Value> {
    if find(name).is_some() {
        return Some(Value::Object(Rc::new(FunctionObject(name.to_owned()))));
    }
    let short = name.strip_prefix("numpy.")?;
    let float = |x: f64| Some(Value::from(x));
    match short {
        "pi" => return float(std::f64::consts::PI),
        "e" => return float(std::f64::consts::E),
        "inf" | "Inf" | "infty" | "PINF" => return float(f64::INFINITY),
        "nan" | "NaN" | "NAN" => return float(f64::NAN),
        "euler_gamma" => return float(0.577_215_664_901_532_9),
        "newaxis" => return Some(Value::None),
        "__version__" => return Some("2.4.6".into()),
        "True_" => return Some(crate::scalar::Scalar::Bool(true).value()),
        "False_" => return Some(crate::scalar::Scalar::Bool(false).value()),
        "ndarray" => return Some(Value::Object(Rc::new(ScalarType { name: "ndarray", kind: None }))),
        "linalg.LinAlgError" | "exceptions.AxisError" => return None,
        "r_" | "c_" | "s_" | "index_exp" | "mgrid" | "ogrid" => {
            return Some(Value::Object(Rc::new(crate::grid::GridObject(short.to_owned()))));
        }
        "random"
        | "linalg"
        | "fft"
        | "polynomial"
        | "char"
        | "strings"
        | "testing"
        | "lib"
        | "exceptions"
        | "polynomial.polynomial"
        | "lib.stride_tricks" => {
            return Some(Value::Object(Rc::new(ModuleObject(name.to_owned()))));
        }
        _ => {}
    }
    if let Some(known) = ABSTRACT.iter().find(|known| **known == short) {
        return Some(Value::Object(Rc::new(ScalarType { name: known, kind: None })));
    }
    let is_type = short.len() > 1
        && !matches!(short, "unicode" | "f4" | "f8" | "i1" | "i2" | "i4" | "i8" | "u1" | "u2" | "u4" | "u8");
    type_named(short).filter(|_| is_type).map(Kind::class)
}

/// A function as a value: `f = np.mean`.
pub struct FunctionObject(pub String);

impl Object for FunctionObject {
    fn type_name(&self) -> &str {
        match find(&self.0).map(|row| row.body) {
            Some(Body::Unary(_) | Body::Binary(_)) => "numpy.ufunc",
            _ => "function",
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        match name {
            "__name__" | "__qualname__" => {
                let row = find(&self.0)?;
                let name = match row.body {
                    Body::Binary(op) => op.name(),
                    Body::Unary("abs") => "absolute",
                    _ => row.name.rsplit('.').next().unwrap_or(row.name),
                };
                Some(name.into())
            }
            "__doc__" => Some(Value::None),
            other => {
                let below = format!("{}.{other}", self.0);
                find(&below).map(|_| Value::Object(Rc::new(FunctionObject(below)) as Rc<dyn Object>))
            }
        }
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        self.call_named(name, args, &Dict::new())
    }
    fn call_named(self: Rc<Self>, name: &str, args: &[Value], named: &Dict<String, Value>) -> Option<R> {
        match name {
            "__call__" => Some(call(&self.0, args, named)),
            "reduce" | "accumulate" | "outer" | "at" | "reduceat" => {
                Some(call(&format!("{}.{name}", self.0), args, named))
            }
            _ => None,
        }
    }
    fn repr(&self) -> String {
        match find(&self.0).map(|row| row.body) {
            Some(Body::Unary(name)) => format!("<ufunc '{}'>", if name == "abs" { "absolute" } else { name }),
            Some(Body::Binary(op)) => format!("<ufunc '{}'>", op.name()),
            _ => format!("<function {} at 0x7f0000000000>", self.0.rsplit('.').next().unwrap_or_default()),
        }
    }
    fn equals(&self, other: &Value) -> Option<bool> {
        let Value::Object(object) = other else { return Some(false) };
        Some(object.as_any().downcast_ref::<FunctionObject>().is_some_and(|other| other.0 == self.0))
    }
    fn hash(&self) -> Option<u64> {
        Some(self.0.bytes().fold(5, |hash: u64, byte| hash.wrapping_mul(31) + u64::from(byte)))
    }
    fn is_true(&self) -> bool {
        true
    }
    fn is_callable(&self) -> bool {
        true
    }
    fn is_single(&self) -> bool {
        true
    }
}

/// A module as a value: `np`, `np.random`.
pub struct ModuleObject(pub String);

impl Object for ModuleObject {
    fn type_name(&self) -> &str {
        "module"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        attribute(&format!("{}.{name}", self.0))
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        Some(call(&format!("{}.{name}", self.0), args, &Dict::new()))
    }
    fn call_named(self: Rc<Self>, name: &str, args: &[Value], named: &Dict<String, Value>) -> Option<R> {
        Some(call(&format!("{}.{name}", self.0), args, named))
    }
    fn repr(&self) -> String {
        format!("<module '{}'>", self.0)
    }
    fn is_true(&self) -> bool {
        true
    }
}

/// Names of all functions, for the catalogue's check.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = ROWS.keys().copied().collect();
    names.sort_unstable();
    names
}

/// An axis argument: `None`, one, or several.
pub fn axes(value: Option<&Value>, ndim: usize) -> R<Option<Vec<usize>>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    let mut out = Vec::new();
    for at in crate::make::indices(value)? {
        let axis = axis(at, ndim)?;
        if out.contains(&axis) {
            return Err(crate::error::value_error("duplicate value in 'axis'"));
        }
        out.push(axis);
    }
    Ok(Some(out))
}

/// One axis, counted from the end where it is negative.
pub fn axis(at: i64, ndim: usize) -> R<usize> {
    let n = ndim as i64;
    if at < -n || at >= n {
        let text = format!("axis {at} is out of bounds for array of dimension {ndim}");
        return Err(Error::new(crate::error::AxisError, text));
    }
    Ok((if at < 0 { at + n } else { at }) as usize)
}
