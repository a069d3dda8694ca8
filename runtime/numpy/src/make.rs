//! Arrays of Python values: `np.array([[1, 2], [3, 4]])`.

use std::rc::Rc;

use batuta_rt::{Complex, Error, FromValue, Value};
use trueno::{Complex128, DType};

use crate::array::Array;
use crate::dtype::{BOOL, F64, I64, Kind};
use crate::error::{R, type_error, value_error};
use crate::scalar::{Scalar, held};

/// The items of a value that arrays are made of: lists, tuples, ranges.
fn sequence(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(list) => Some(list.to_vec()),
        Value::Tuple(items) => Some(items.to_vec()),
        Value::Range(_) => Some(batuta_rt::py::iter(value).collect()),
        Value::Object(object) if let Some(plain @ Value::Tuple(_)) = object.plain() => sequence(&plain),
        Value::Object(object) if object.is_instance("deque") || object.is_instance("array") => {
            Some(batuta_rt::py::iter(value).collect())
        }
        _ => None,
    }
}

/// The scalar that a Python value is.
pub fn scalar_of(value: &Value) -> Scalar {
    match value {
        Value::Bool(x) => Scalar::Bool(*x),
        Value::Int(number) => match number.to_i64() {
            Some(small) => Scalar::I64(small),
            None => match number.to_string().parse::<u64>() {
                Ok(wide) => Scalar::U64(wide),
                Err(_) => Scalar::Object(value.clone()),
            },
        },
        Value::Float(x) => Scalar::F64(*x),
        Value::Str(text) => Scalar::Str(text.clone()),
        other => {
            if let Some(scalar) = held(other) {
                return scalar.clone();
            }
            if let Some(array) = crate::object::array_in(other)
                && array.ndim() == 0
            {
                return array.first();
            }
            match Complex::from_value(other) {
                Ok(x) if other.type_name() == "complex" => Scalar::C128(Complex128::new(x.re, x.im)),
                _ => Scalar::Object(other.clone()),
            }
        }
    }
}

/// A Python value as a number of an element type.
pub fn scalar_as(value: &Value, dtype: DType) -> R<Scalar> {
    check_range(value, Kind::Num(dtype))?;
    let scalar = match scalar_of(value) {
        Scalar::Object(Value::None) if dtype.kind() == trueno::Kind::Float => Scalar::F64(f64::NAN),
        Scalar::Object(other) => match dtype.kind() {
            trueno::Kind::Integer => Scalar::I64(batuta_rt::py::to_i64(&other)?),
            trueno::Kind::Bool => Scalar::Bool(other.is_true()),
            _ => Scalar::F64(batuta_rt::py::to_float(&other)?),
        },
        known => known,
    };
    match scalar {
        Scalar::C64(_) | Scalar::C128(_) if dtype.kind() < trueno::Kind::Complex => {
            let word = if dtype.kind() == trueno::Kind::Float {
                "float() argument must be a string or a real number"
            } else {
                "int() argument must be a string, a bytes-like object or a real number"
            };
            Err(type_error(format!("{word}, not 'complex'")))
        }
        // NaN is no integer.
        Scalar::F64(x) if dtype.kind() == trueno::Kind::Integer && !x.is_finite() => Err(if x.is_nan() {
            value_error("cannot convert float NaN to integer")
        } else {
            Error::new(batuta_rt::OverflowError, "cannot convert float infinity to integer")
        }),
        other => Ok(other.array().cast(Kind::Num(dtype))?.first()),
    }
}

/// Raises where a Python integer does not fit an element type.
pub fn check_range(value: &Value, kind: Kind) -> R<()> {
    let (Value::Int(number), Kind::Num(dtype)) = (value, kind) else { return Ok(()) };
    if dtype.kind() != trueno::Kind::Integer {
        return Ok(());
    }
    let fits = match number.to_i64() {
        Some(x) => {
            let bits = dtype.size() as u32 * 8;
            if dtype.is_signed_integer() {
                bits == 64 || (-(1i64 << (bits - 1))..(1i64 << (bits - 1))).contains(&x)
            } else {
                x >= 0 && (bits == 64 || x < (1i64 << bits))
            }
        }
        None => dtype == DType::U64 && number.to_string().parse::<u64>().is_ok(),
    };
    match fits {
        true => Ok(()),
        false if number.to_i64().is_none() && dtype == DType::I64 => {
            Err(Error::new(batuta_rt::OverflowError, "Python int too large to convert to C long"))
        }
        false => {
            let text = format!("Python integer {number} out of bounds for {dtype}");
            Err(Error::new(batuta_rt::OverflowError, text))
        }
    }
}

struct Builder {
    shape: Vec<usize>,
    items: Vec<Scalar>,
    values: Vec<Value>,
    kind: Option<Kind>,
    /// Arrays inside, which fill several places at once.
    ragged: bool,
}

impl Builder {
    fn join(&mut self, kind: Kind) -> R<()> {
        self.kind = Some(match self.kind {
            Some(known) => known.promote(kind)?,
            None => kind,
        });
        Ok(())
    }

    /// The lengths that the first items show.
    fn measure(value: &Value) -> Vec<usize> {
        if let Some(array) = crate::object::array_in(value) {
            return array.shape;
        }
        let Some(items) = sequence(value) else { return Vec::new() };
        let mut shape = vec![items.len()];
        if let Some(first) = items.first() {
            shape.extend(Self::measure(first));
        }
        shape
    }

    fn fill(&mut self, value: &Value, depth: usize, wanted: Option<Kind>) -> R<()> {
        if let Some(array) = crate::object::array_in(value) {
            if array.shape[..] != self.shape[depth.min(self.shape.len())..] {
                self.ragged = true;
                return Ok(());
            }
            self.join(array.kind())?;
            self.items.extend(array.scalars());
            return Ok(());
        }
        if let Some(items) = sequence(value) {
            if self.shape.get(depth) != Some(&items.len()) {
                self.ragged = true;
                return Ok(());
            }
            for item in &items {
                self.fill(item, depth + 1, wanted)?;
            }
            return Ok(());
        }
        if depth != self.shape.len() {
            self.ragged = true;
            return Ok(());
        }
        let scalar = scalar_of(value);
        self.join(scalar.kind())?;
        if wanted == Some(Kind::Object) || matches!(scalar, Scalar::Object(_)) {
            self.values.push(value.clone());
        }
        if let Some(Kind::Num(dtype)) = wanted
            && !matches!(scalar, Scalar::Str(_))
            && scalar.kind() != Kind::Num(dtype)
        {
            self.items.push(scalar_as(value, dtype)?);
        } else {
            self.items.push(scalar);
        }
        Ok(())
    }
}

/// The array that a value is or makes; a given array is itself.
pub fn array_of(value: &Value, wanted: Option<Kind>) -> R<Array> {
    let array = match crate::object::array_in(value) {
        Some(array) => array,
        None => match held(value) {
            Some(scalar) => scalar.array(),
            None => built(value, wanted)?,
        },
    };
    match wanted {
        Some(kind) => array.cast(kind),
        None => Ok(array),
    }
}

fn built(value: &Value, wanted: Option<Kind>) -> R<Array> {
    // Long lists of one kind of number.
    if let Value::List(list) = value
        && wanted.is_none_or(|kind| kind == F64)
    {
        let list = list.borrow();
        let floats: Option<Vec<f64>> =
            list.iter().map(|item| if let Value::Float(x) = item { Some(*x) } else { None }).collect();
        if let Some(floats) = floats.filter(|floats| !floats.is_empty()) {
            return Ok(Array::vector(floats));
        }
    }
    let shape = Builder::measure(value);
    let mut builder = Builder { shape, items: Vec::new(), values: Vec::new(), kind: None, ragged: false };
    builder.fill(value, 0, wanted)?;
    if builder.ragged {
        if wanted == Some(Kind::Object) {
            let items = sequence(value).unwrap_or_default();
            return Ok(Array::vector(items));
        }
        let known = ragged_shape(value);
        let dims = known.len();
        return Err(value_error(format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after {dims} \
             dimensions. The detected shape was {} + inhomogeneous part.",
            trueno::shape_text(&known)
        )));
    }
    let kind = wanted.or(builder.kind).unwrap_or(F64);
    if kind == Kind::Object {
        let items = builder.items.iter().map(Scalar::item).collect();
        return Ok(Array::from_vec(items, &builder.shape));
    }
    if let Kind::Str(width) = kind {
        let texts: Vec<Rc<str>> = builder.items.iter().map(|item| Rc::from(item.text())).collect();
        let texts = Array::from_vec(texts, &builder.shape);
        return if wanted.is_some() && width > 0 { texts.cast(kind) } else { widened(texts, width) };
    }
    let same = builder.items.iter().all(|item| item.kind() == kind);
    if same {
        return Ok(Array::of_scalars(&builder.items, kind, &builder.shape));
    }
    let cast: R<Vec<Scalar>> =
        builder.items.iter().map(|item| Ok(item.array().cast(kind)?.first())).collect();
    Ok(Array::of_scalars(&cast?, kind, &builder.shape))
}

/// Texts with room for `width` letters.
fn widened(mut texts: Array, width: usize) -> R<Array> {
    if let crate::array::Data::Str(_, own) = &mut texts.data {
        *own = (*own).max(width);
    }
    Ok(texts)
}

/// The lengths up to where lists differ.
fn ragged_shape(value: &Value) -> Vec<usize> {
    let Some(items) = sequence(value) else { return Vec::new() };
    let mut inner: Option<Vec<usize>> = None;
    for item in &items {
        let own = match crate::object::array_in(item) {
            Some(array) => array.shape,
            None => ragged_shape(item),
        };
        inner = Some(match inner {
            None => own,
            Some(known) => known.iter().zip(&own).take_while(|(a, b)| a == b).map(|(a, _)| *a).collect(),
        });
    }
    let mut shape = vec![items.len()];
    shape.extend(inner.unwrap_or_default());
    shape
}

/// An operand: an array, and whether it is a Python number, which takes the other's type.
pub struct Operand {
    pub array: Array,
    pub weak: Option<trueno::Kind>,
    pub value: Value,
}

/// The operand that a value is.
pub fn operand(value: &Value) -> R<Operand> {
    let weak = match value {
        Value::Int(_) => Some(trueno::Kind::Integer),
        Value::Float(_) => Some(trueno::Kind::Float),
        Value::Object(object) if object.type_name() == "complex" => Some(trueno::Kind::Complex),
        _ => None,
    };
    let array = match value {
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => scalar_of(value).array(),
        Value::Object(object)
            if let Some(complex) = weak
                && object.is_of_library() =>
        {
            let _ = complex;
            scalar_of(value).array()
        }
        other => array_of(other, None)?,
    };
    Ok(Operand { array, weak, value: value.clone() })
}

/// The element type of operands together.
pub fn common(a: &Operand, b: &Operand) -> R<Kind> {
    match (a.weak, b.weak, a.array.kind(), b.array.kind()) {
        (Some(weak), None, _, Kind::Num(own)) => Ok(Kind::Num(own.promote_weak(weak))),
        (None, Some(weak), Kind::Num(own), _) => Ok(Kind::Num(own.promote_weak(weak))),
        (_, _, x, y) => x.promote(y),
    }
}

/// A shape: an int or a sequence of ints.
pub fn shape_of(value: &Value) -> R<Vec<usize>> {
    let one = |value: &Value| -> R<usize> {
        let n = index(value)?;
        usize::try_from(n).map_err(|_| value_error("negative dimensions are not allowed"))
    };
    if let Some(array) = crate::object::array_in(value) {
        return array.scalars().iter().map(|x| one(&x.item())).collect();
    }
    match sequence(value) {
        Some(items) => items.iter().map(one).collect(),
        None => Ok(vec![one(value)?]),
    }
}

/// An integer argument.
pub fn index(value: &Value) -> R<i64> {
    i64::from_value(value).map_err(|_| {
        type_error(format!("'{}' object cannot be interpreted as an integer", value.type_name()))
    })
}

/// Integers: one or a sequence.
pub fn indices(value: &Value) -> R<Vec<i64>> {
    if let Some(array) = crate::object::array_in(value) {
        return array.to_i64s();
    }
    match sequence(value) {
        Some(items) => items.iter().map(index).collect(),
        None => Ok(vec![index(value)?]),
    }
}

/// The items of a list, a tuple or an array's first axis.
pub fn items(value: &Value) -> R<Vec<Value>> {
    if let Some(items) = sequence(value) {
        return Ok(items);
    }
    batuta_rt::catch(|| batuta_rt::py::iter(value).collect())
}

/// Kinds by which functions tell arrays of truth and integers.
pub fn is_bool(array: &Array) -> bool {
    array.kind() == BOOL
}

/// Whether it holds integers.
pub fn is_integer(array: &Array) -> bool {
    matches!(array.kind().letter(), "i" | "u")
}

/// The default integer or float type.
pub fn default_kind(values: &[&Value]) -> Kind {
    let is_float = |value: &&&Value| scalar_of(value).kind().letter() == "f";
    if values.iter().any(|value| is_float(&value)) { F64 } else { I64 }
}
