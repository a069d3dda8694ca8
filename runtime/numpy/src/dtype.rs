//! Element types as values: `np.float64`, `np.dtype('f8')`, `a.dtype`.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use batuta_rt::{Error, Object, Value};
use trueno::DType;

use crate::error::{R, not_done, type_error};

/// What an array holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Num(DType),
    /// Texts of at most so many letters.
    Str(usize),
    /// Any values.
    Object,
}

pub const F64: Kind = Kind::Num(DType::F64);
pub const I64: Kind = Kind::Num(DType::I64);
pub const BOOL: Kind = Kind::Num(DType::Bool);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Num(dtype) => dtype.fmt(f),
            Kind::Str(width) => write!(f, "<U{width}"),
            Kind::Object => f.write_str("object"),
        }
    }
}

impl Kind {
    /// `dtype.name`.
    pub fn name(self) -> String {
        match self {
            Kind::Str(width) => format!("str{}", width * 32),
            other => other.to_string(),
        }
    }

    /// `dtype.char`-like letter of `dtype.kind`.
    pub fn letter(self) -> &'static str {
        match self {
            Kind::Num(DType::Bool) => "b",
            Kind::Num(DType::I8 | DType::I16 | DType::I32 | DType::I64) => "i",
            Kind::Num(DType::U8 | DType::U16 | DType::U32 | DType::U64) => "u",
            Kind::Num(DType::F32 | DType::F64) => "f",
            Kind::Num(DType::C64 | DType::C128) => "c",
            Kind::Str(_) => "U",
            Kind::Object => "O",
        }
    }

    /// Bytes of an element.
    pub fn size(self) -> usize {
        match self {
            Kind::Num(dtype) => dtype.size(),
            Kind::Str(width) => width * 4,
            Kind::Object => 8,
        }
    }

    /// `dtype.str`.
    pub fn code(self) -> String {
        match self {
            Kind::Str(width) => format!("<U{width}"),
            Kind::Object => "|O".to_owned(),
            one if one.size() == 1 => format!("|{}1", one.letter()),
            other => format!("<{}{}", other.letter(), other.size()),
        }
    }

    /// What `repr(dtype)` shows inside of `dtype(..)`.
    pub fn quoted(self) -> String {
        match self {
            Kind::Object => "'O'".to_owned(),
            other => format!("'{other}'"),
        }
    }

    /// The type of two arrays together.
    pub fn promote(self, other: Kind) -> R<Kind> {
        Ok(match (self, other) {
            (Kind::Num(a), Kind::Num(b)) => Kind::Num(a.promote(b)),
            (Kind::Object, _) | (_, Kind::Object) => Kind::Object,
            (Kind::Str(a), Kind::Str(b)) => Kind::Str(a.max(b)),
            (Kind::Str(a), Kind::Num(b)) | (Kind::Num(b), Kind::Str(a)) => Kind::Str(a.max(text_width(b))),
        })
    }

    /// The type as a value.
    pub fn value(self) -> Value {
        Value::Object(Rc::new(DTypeObject(self)))
    }

    /// The class of its scalars as a value: `np.float64`.
    pub fn class(self) -> Value {
        Value::Object(Rc::new(ScalarType { name: scalar_name(self), kind: Some(self) }))
    }
}

/// Letters that the text of a number can take.
fn text_width(dtype: DType) -> usize {
    match dtype {
        DType::Bool => 5,
        DType::I8 => 4,
        DType::I16 => 6,
        DType::I32 => 11,
        DType::I64 => 21,
        DType::U8 => 3,
        DType::U16 => 5,
        DType::U32 => 10,
        DType::U64 => 20,
        DType::F32 | DType::F64 => 32,
        DType::C64 | DType::C128 => 64,
    }
}

/// Name of the scalar class.
pub fn scalar_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Num(dtype) => dtype.name(),
        Kind::Str(_) => "str_",
        Kind::Object => "object_",
    }
}

/// The type that a name of the module or a code means.
pub fn named(name: &str) -> Option<Kind> {
    let plain = name.trim_start_matches(['<', '=', '|']);
    if let Some(width) = plain.strip_prefix('U').filter(|rest| rest.bytes().all(|b| b.is_ascii_digit())) {
        return Some(Kind::Str(width.parse().unwrap_or(0)));
    }
    Some(Kind::Num(match plain {
        "str" | "str_" | "unicode" => return Some(Kind::Str(0)),
        "object" | "O" | "object_" => return Some(Kind::Object),
        "bool" | "bool_" | "?" | "b1" => DType::Bool,
        "int8" | "i1" | "b" | "byte" => DType::I8,
        "int16" | "i2" | "h" | "short" => DType::I16,
        "int32" | "i4" | "i" | "intc" => DType::I32,
        "int" | "int64" | "i8" | "l" | "q" | "int_" | "intp" | "long" | "longlong" => DType::I64,
        "uint8" | "u1" | "B" | "ubyte" => DType::U8,
        "uint16" | "u2" | "H" | "ushort" => DType::U16,
        "uint32" | "u4" | "I" | "uintc" => DType::U32,
        "uint" | "uint64" | "u8" | "L" | "Q" | "uintp" | "ulong" | "ulonglong" => DType::U64,
        "float32" | "f4" | "f" | "single" => DType::F32,
        "float" | "float64" | "f8" | "d" | "double" => DType::F64,
        "complex64" | "c8" | "F" | "csingle" => DType::C64,
        "complex" | "complex128" | "c16" | "D" | "cdouble" => DType::C128,
        _ => return None,
    }))
}

/// The type that a value given as `dtype` means.
pub fn of_value(value: &Value) -> R<Kind> {
    let unknown =
        || Error::new(batuta_rt::TypeError, format!("data type {} not understood", batuta_rt::repr(value)));
    match value {
        Value::None => Ok(F64),
        Value::Str(name) => match named(name) {
            Some(kind) => Ok(kind),
            None if matches!(&**name, "float16" | "f2" | "e" | "longdouble" | "float128" | "g")
                || name.contains(['M', 'm', 'S', 'V']) =>
            {
                Err(not_done(format!("the data type '{name}'")))
            }
            None => Err(unknown()),
        },
        Value::Function(function) => named(function.name()).ok_or_else(unknown),
        Value::Object(object) => {
            if let Some(DTypeObject(kind)) = object.as_any().downcast_ref::<DTypeObject>() {
                return Ok(*kind);
            }
            match object.as_any().downcast_ref::<ScalarType>() {
                Some(ScalarType { kind: Some(kind), .. }) => Ok(*kind),
                Some(ScalarType { name, .. }) => Err(not_done(format!("numpy.{name} as a data type"))),
                None => Err(unknown()),
            }
        }
        Value::List(_) | Value::Tuple(_) | Value::Dict(_) => Err(not_done("structured data types")),
        _ => Err(unknown()),
    }
}

/// `np.dtype(..)` as an object.
pub struct DTypeObject(pub Kind);

impl Object for DTypeObject {
    fn type_name(&self) -> &str {
        "numpy.dtype"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        let kind = self.0;
        Some(match name {
            "name" => kind.name().into(),
            "itemsize" => kind.size().into(),
            "kind" => kind.letter().into(),
            "str" => kind.code().into(),
            "char" => match kind {
                Kind::Num(dtype) => ["?", "b", "h", "i", "l", "B", "H", "I", "L", "f", "d", "F", "D"]
                    [DType::ALL.iter().position(|own| *own == dtype).unwrap_or(0)]
                .into(),
                other => other.letter().into(),
            },
            "type" => kind.class(),
            "ndim" => 0_i64.into(),
            "shape" => Value::tuple([]),
            "names" | "fields" => Value::None,
            "byteorder" => if kind.size() == 1 || kind == Kind::Object { "|" } else { "=" }.into(),
            _ => return None,
        })
    }
    fn repr(&self) -> String {
        format!("dtype({})", self.0.quoted())
    }
    fn str(&self) -> String {
        self.0.to_string()
    }
    fn equals(&self, other: &Value) -> Option<bool> {
        Some(of_value(other).is_ok_and(|kind| kind == self.0 && !other.is_none()))
    }
    fn hash(&self) -> Option<u64> {
        Some(self.0.name().bytes().fold(7, |hash, byte| hash * 31 + u64::from(byte)))
    }
    fn is_true(&self) -> bool {
        true
    }
}

/// A class of scalars: `np.float64`, and the abstract `np.integer`, which has no type of its own.
pub struct ScalarType {
    pub name: &'static str,
    pub kind: Option<Kind>,
}

impl Object for ScalarType {
    fn type_name(&self) -> &str {
        "type"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        Some(match name {
            "__name__" | "__qualname__" => self.name.into(),
            "dtype" => self.kind?.value(),
            _ => return None,
        })
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        (name == "__call__").then(|| self.make(args))
    }
    fn repr(&self) -> String {
        format!("<class 'numpy.{}'>", self.name)
    }
    fn equals(&self, other: &Value) -> Option<bool> {
        if let Value::Object(object) = other {
            if let Some(other) = object.as_any().downcast_ref::<ScalarType>() {
                return Some(self.name == other.name);
            }
            if let Some(other) = object.as_any().downcast_ref::<DTypeObject>() {
                return Some(self.kind == Some(other.0));
            }
        }
        // What `type(x)` gives is a type of that name.
        Some(matches!(other, Value::Function(function) if function.name() == self.name))
    }
    fn hash(&self) -> Option<u64> {
        Some(self.name.bytes().fold(11, |hash, byte| hash * 31 + u64::from(byte)))
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

impl ScalarType {
    fn make(&self, args: &[Value]) -> R {
        let Some(kind) = self.kind else {
            return Err(type_error(format!("cannot create 'numpy.{}' instances", self.name)));
        };
        let Some(given) = args.first() else {
            return Ok(crate::array::Array::zeros(kind, &[]).value_or_scalar());
        };
        let given = match (given, kind) {
            // `np.float64("1.5")`
            (Value::Str(text), Kind::Num(dtype)) => match dtype.kind() {
                trueno::Kind::Float => Value::from(batuta_rt::float_from_str(text)?),
                trueno::Kind::Integer => Value::from(batuta_rt::int_from_str(text, 10)?),
                _ => given.clone(),
            },
            _ => given.clone(),
        };
        let array = crate::make::array_of(&given, None)?;
        crate::make::check_range(&given, kind)?;
        Ok(array.cast(kind)?.value_or_scalar())
    }

    /// Whether scalars of an element type are instances of this class.
    pub fn covers(name: &str, kind: Kind) -> bool {
        if name == "generic" || name == scalar_name(kind) {
            return true;
        }
        let letter = kind.letter();
        match name {
            "number" => matches!(letter, "i" | "u" | "f" | "c"),
            "integer" => matches!(letter, "i" | "u"),
            "signedinteger" => letter == "i",
            "unsignedinteger" => letter == "u",
            "inexact" => matches!(letter, "f" | "c"),
            "floating" => letter == "f",
            "complexfloating" => letter == "c",
            "character" | "flexible" => letter == "U",
            _ => matches!(
                (name, kind),
                ("bool_", BOOL) | ("int_" | "intp" | "longlong", I64) | ("float_" | "double", F64)
            ),
        }
    }
}
