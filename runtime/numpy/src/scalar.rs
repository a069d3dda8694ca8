//! Scalars: what `a[i]` and `a.sum()` give. They print as NumPy 2 prints them and keep their type in arithmetic.

use std::any::Any;
use std::rc::Rc;

use batuta_rt::{Complex, Dict, Int, Key, Memo, Object, Value};
use trueno::{Complex64, Complex128, DType, Show};

use crate::array::Array;
use crate::dtype::{Kind, ScalarType, scalar_name};
use crate::error::R;

/// One element.
#[derive(Clone)]
pub enum Scalar {
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    F32(f32),
    F64(f64),
    C64(Complex64),
    C128(Complex128),
    Str(Rc<str>),
    Object(Value),
}

/// Runs an expression with the number in a scalar.
#[macro_export]
macro_rules! scalar_number {
    ($scalar:expr, $x:ident => $e:expr, _ => $other:expr) => {
        match $scalar {
            $crate::scalar::Scalar::Bool($x) => $e,
            $crate::scalar::Scalar::I8($x) => $e,
            $crate::scalar::Scalar::I16($x) => $e,
            $crate::scalar::Scalar::I32($x) => $e,
            $crate::scalar::Scalar::I64($x) => $e,
            $crate::scalar::Scalar::U8($x) => $e,
            $crate::scalar::Scalar::U16($x) => $e,
            $crate::scalar::Scalar::U32($x) => $e,
            $crate::scalar::Scalar::U64($x) => $e,
            $crate::scalar::Scalar::F32($x) => $e,
            $crate::scalar::Scalar::F64($x) => $e,
            $crate::scalar::Scalar::C64($x) => $e,
            $crate::scalar::Scalar::C128($x) => $e,
            _ => $other,
        }
    };
}

impl Scalar {
    /// The element type.
    pub fn kind(&self) -> Kind {
        match self {
            Scalar::Bool(_) => Kind::Num(DType::Bool),
            Scalar::I8(_) => Kind::Num(DType::I8),
            Scalar::I16(_) => Kind::Num(DType::I16),
            Scalar::I32(_) => Kind::Num(DType::I32),
            Scalar::I64(_) => Kind::Num(DType::I64),
            Scalar::U8(_) => Kind::Num(DType::U8),
            Scalar::U16(_) => Kind::Num(DType::U16),
            Scalar::U32(_) => Kind::Num(DType::U32),
            Scalar::U64(_) => Kind::Num(DType::U64),
            Scalar::F32(_) => Kind::Num(DType::F32),
            Scalar::F64(_) => Kind::Num(DType::F64),
            Scalar::C64(_) => Kind::Num(DType::C64),
            Scalar::C128(_) => Kind::Num(DType::C128),
            Scalar::Str(text) => Kind::Str(text.chars().count()),
            Scalar::Object(_) => Kind::Object,
        }
    }

    /// `bool(x)`.
    pub fn truth(&self) -> bool {
        use trueno::Element;
        match self {
            Scalar::Str(text) => !text.is_empty(),
            Scalar::Object(value) => value.is_true(),
            number => scalar_number!(number, x => x.truth(), _ => true),
        }
    }

    /// The Python object of the same value: what `x.item()` gives.
    pub fn item(&self) -> Value {
        match self {
            Scalar::Bool(x) => Value::Bool(*x),
            Scalar::I8(x) => i64::from(*x).into(),
            Scalar::I16(x) => i64::from(*x).into(),
            Scalar::I32(x) => i64::from(*x).into(),
            Scalar::I64(x) => (*x).into(),
            Scalar::U8(x) => i64::from(*x).into(),
            Scalar::U16(x) => i64::from(*x).into(),
            Scalar::U32(x) => i64::from(*x).into(),
            Scalar::U64(x) => match i64::try_from(*x) {
                Ok(small) => small.into(),
                Err(_) => Value::Int(Int::from_str_radix(&x.to_string(), 10).unwrap_or_default()),
            },
            Scalar::F32(x) => f64::from(*x).into(),
            Scalar::F64(x) => (*x).into(),
            Scalar::C64(x) => Complex { re: f64::from(x.re), im: f64::from(x.im) }.into(),
            Scalar::C128(x) => Complex { re: x.re, im: x.im }.into(),
            Scalar::Str(text) => Value::Str(text.clone()),
            Scalar::Object(value) => value.clone(),
        }
    }

    /// As the dynamic value of a program.
    pub fn value(self) -> Value {
        match self {
            Scalar::Object(value) => value,
            other => Value::Object(Rc::new(ScalarObject(other))),
        }
    }

    /// As an array without axes.
    pub fn array(&self) -> Array {
        match self {
            Scalar::Str(text) => Array::from_vec(vec![text.clone()], &[]),
            Scalar::Object(value) => Array::from_vec(vec![value.clone()], &[]),
            number => {
                scalar_number!(number, x => Array::from_vec(vec![*x], &[]), _ => Array::from_vec(vec![0.0], &[]))
            }
        }
    }

    /// As f64, the real part of complex numbers.
    pub fn f64(&self) -> f64 {
        use trueno::Cast;
        scalar_number!(self, x => (*x).cast(), _ => f64::NAN)
    }

    /// As i64.
    pub fn i64(&self) -> i64 {
        use trueno::Cast;
        scalar_number!(self, x => (*x).cast(), _ => 0)
    }

    /// `str(x)`.
    pub fn text(&self) -> String {
        match self {
            Scalar::Str(text) => text.to_string(),
            Scalar::Object(value) => batuta_rt::str(value).to_string(),
            number => scalar_number!(number, x => x.scalar_text(), _ => String::new()),
        }
    }

    /// `repr(x)`: `np.float64(1.5)`.
    pub fn repr(&self) -> String {
        match self {
            Scalar::Str(text) => format!("np.str_({})", batuta_rt::repr(&**text)),
            Scalar::Object(value) => batuta_rt::repr(value).to_string(),
            Scalar::Bool(x) => format!("np.{}", if *x { "True_" } else { "False_" }),
            Scalar::C64(_) | Scalar::C128(_) => {
                let text = self.text();
                let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(&text);
                format!("np.{}({inner})", scalar_name(self.kind()))
            }
            _ => format!("np.{}({})", scalar_name(self.kind()), self.text()),
        }
    }
}

/// The scalar inside a value.
pub fn held(value: &Value) -> Option<&Scalar> {
    let Value::Object(object) = value else { return None };
    object.as_any().downcast_ref::<ScalarObject>().map(|held| &held.0)
}

/// A scalar as an instance.
pub struct ScalarObject(pub Scalar);

impl Object for ScalarObject {
    fn type_name(&self) -> &str {
        match self.0.kind() {
            Kind::Num(dtype) => match dtype {
                DType::Bool => "numpy.bool",
                DType::I8 => "numpy.int8",
                DType::I16 => "numpy.int16",
                DType::I32 => "numpy.int32",
                DType::I64 => "numpy.int64",
                DType::U8 => "numpy.uint8",
                DType::U16 => "numpy.uint16",
                DType::U32 => "numpy.uint32",
                DType::U64 => "numpy.uint64",
                DType::F32 => "numpy.float32",
                DType::F64 => "numpy.float64",
                DType::C64 => "numpy.complex64",
                DType::C128 => "numpy.complex128",
            },
            Kind::Str(_) => "numpy.str_",
            Kind::Object => "object",
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        crate::object::attribute(&self.0.array(), name)
    }
    fn has(&self, name: &str) -> Option<bool> {
        let own = matches!(name, "as_integer_ratio" | "fromhex" | "hex" | "is_integer");
        Some(own || crate::object::is_member(name))
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<R> {
        self.method(name, args, &Dict::new())
    }
    fn call_named(self: Rc<Self>, name: &str, args: &[Value], named: &Dict<String, Value>) -> Option<R> {
        self.method(name, args, named)
    }
    fn operator(self: Rc<Self>, method: &str, other: &Value, reflected: bool) -> Option<R> {
        if matches!(self.0, Scalar::Str(_)) {
            return None;
        }
        crate::binary::operator(method, &Value::Object(self), other, reflected)
    }
    fn number(&self) -> Option<Value> {
        match &self.0 {
            Scalar::Str(_) | Scalar::Object(_) => None,
            number => Some(number.item()),
        }
    }
    fn is_single(&self) -> bool {
        matches!(self.0, Scalar::Bool(_))
    }
    fn plain(&self) -> Option<Value> {
        match &self.0 {
            Scalar::Str(text) => Some(Value::Str(text.clone())),
            _ => None,
        }
    }
    fn repr(&self) -> String {
        self.0.repr()
    }
    fn str(&self) -> String {
        self.0.text()
    }
    fn equals(&self, other: &Value) -> Option<bool> {
        if let Some(other) = held(other) {
            return Some(self.0.item() == other.item());
        }
        if crate::object::is_array(other) {
            return None;
        }
        Some(self.0.item() == *other)
    }
    fn hash(&self) -> Option<u64> {
        Some(self.0.item().key_hash())
    }
    fn is_true(&self) -> bool {
        self.0.truth()
    }
    fn deep_copy(self: Rc<Self>, _memo: &mut Memo) -> Option<Value> {
        Some(Value::Object(self))
    }
    fn is_instance(&self, name: &str) -> bool {
        let name = name.rsplit('.').next().unwrap_or(name);
        match (name, &self.0) {
            ("float", Scalar::F64(_)) | ("complex", Scalar::C128(_)) | ("str", Scalar::Str(_)) => true,
            _ => ScalarType::covers(name, self.0.kind()) && !matches!(name, "bool" | "object"),
        }
    }
}

impl ScalarObject {
    fn method(self: Rc<Self>, name: &str, args: &[Value], named: &Dict<String, Value>) -> Option<R> {
        let scalar = &self.0;
        let real = || match scalar {
            Scalar::C64(_) | Scalar::C128(_) => Err(crate::error::type_error(
                "float() argument must be a string or a real number, not 'complex'",
            )),
            _ => Ok(()),
        };
        Some(match name {
            "item" | "tolist" => Ok(scalar.item()),
            "__float__" => match scalar {
                Scalar::Str(text) => batuta_rt::float_from_str(text).map(Value::from),
                _ => real().map(|()| scalar.f64().into()),
            },
            "__int__" => match scalar {
                Scalar::Str(text) => Int::from_str_radix(text, 10).map(Value::Int),
                _ => real().and_then(|()| batuta_rt::py::to_int(&scalar.item()).map(Value::Int)),
            },
            "__format__" => {
                let spec = batuta_rt::str(args.first()?).to_string();
                if spec.is_empty() {
                    return Some(Ok(scalar.text().into()));
                }
                batuta_rt::try_format(&scalar.item(), &spec).map(Value::from)
            }
            "__round__" => match args.first() {
                None => batuta_rt::catch(|| batuta_rt::py::round(&scalar.item(), None)),
                Some(_) => crate::table::call("numpy.round", &[&[Value::Object(self)], args].concat(), named),
            },
            "__abs__" | "__neg__" | "__pos__" | "__invert__" => {
                let function = match name {
                    "__abs__" => "numpy.absolute",
                    "__neg__" => "numpy.negative",
                    "__pos__" => "numpy.positive",
                    _ => "numpy.invert",
                };
                crate::table::call(function, &[Value::Object(self)], named)
            }
            "is_integer" => Ok(Value::Bool(scalar.f64().fract() == 0.0)),
            "conjugate" | "conj" => crate::table::call("numpy.conjugate", &[Value::Object(self)], named),
            "bit_count" | "bit_length" | "as_integer_ratio" | "hex" => {
                batuta_rt::catch(|| batuta_rt::py::call_method(&scalar.item(), name, args))
            }
            "__getitem__" if matches!(scalar, Scalar::Str(_)) => {
                batuta_rt::catch(|| batuta_rt::py::get_item(&scalar.item(), &args[0]))
            }
            "__getitem__" => match args.first() {
                Some(Value::Tuple(items)) if items.is_empty() => Ok(Value::Object(self)),
                Some(other) if *other == Value::ellipsis() => Ok(scalar.array().value()),
                _ => Err(crate::error::index_error("invalid index to scalar variable.")),
            },
            _ if matches!(scalar, Scalar::Str(_)) => return None,
            // Numbers are changed nowhere: `x += 1` makes another one.
            _ if name.starts_with("__i") && name != "__iter__" && name != "__index__" => return None,
            _ => {
                return crate::object::method(
                    &scalar.array(),
                    &Value::Object(self.clone()),
                    name,
                    args,
                    named,
                );
            }
        })
    }
}
