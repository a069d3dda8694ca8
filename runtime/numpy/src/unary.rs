//! Functions of one array: `np.exp`, `np.abs`, `np.isnan`.

use trueno::{Complex128, DType, Element, Tensor};

use crate::array::{Array, Item};
use crate::dtype::{BOOL, Kind};
use crate::error::{R, UfuncTypeError, not_done, type_error};

/// Every function of one array.
pub const FUNCTIONS: &[&str] = &[
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sqrt",
    "cbrt",
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "arcsinh",
    "arccosh",
    "arctanh",
    "asinh",
    "acosh",
    "atanh",
    "degrees",
    "radians",
    "deg2rad",
    "rad2deg",
    "floor",
    "ceil",
    "trunc",
    "fix",
    "rint",
    "negative",
    "positive",
    "absolute",
    "abs",
    "fabs",
    "sign",
    "square",
    "reciprocal",
    "conjugate",
    "conj",
    "isnan",
    "isinf",
    "isfinite",
    "signbit",
    "logical_not",
    "invert",
    "bitwise_not",
    "bitwise_invert",
    "bitwise_count",
    "spacing",
    "isneginf",
    "isposinf",
];

/// The float type in which a function computes.
pub fn float_type(dtype: DType, name: &str) -> R<DType> {
    match dtype {
        DType::Bool | DType::I8 | DType::U8 => {
            Err(not_done(format!("`{name}` of {dtype}, which gives float16")))
        }
        other => Ok(other.to_float()),
    }
}

fn map<T: Item + Element, U: Item + Element>(
    array: &Array,
    f: impl FnOnce(Tensor<'_, T>) -> trueno::Array<U>,
) -> R<Array> {
    array.with::<T, _>(T::DTYPE, |t| Ok(Array::from_tensor(f(t))))
}

/// The function called `name` of an array.
pub fn apply(name: &str, array: &Array) -> R<Array> {
    let dtype = match array.kind() {
        Kind::Num(dtype) => dtype,
        Kind::Object => return objects(name, array),
        Kind::Str(_) => {
            return Err(batuta_rt::Error::new(
                UfuncTypeError,
                format!(
                    "ufunc '{name}' did not contain a loop with signature matching types {} -> None",
                    batuta_rt::repr(&array.kind().value())
                ),
            ));
        }
    };
    use trueno::Kind as K;
    match (name, dtype.kind()) {
        ("logical_not", _) => return map::<bool, bool>(array, |t| t.logical_not()),
        ("positive", _) => return Ok(array.copy_keeping()),
        ("conjugate" | "conj", kind) if kind != K::Complex => return Ok(array.copy_keeping()),
        ("isnan" | "isinf", K::Bool | K::Integer) => return Ok(Array::zeros(BOOL, &array.shape)),
        ("isfinite", K::Bool | K::Integer) => {
            return Ok(Array::from_vec(vec![true; array.size()], &array.shape));
        }
        ("floor" | "ceil" | "trunc" | "fix", K::Bool | K::Integer) => return Ok(array.copy_keeping()),
        ("invert" | "bitwise_not" | "bitwise_invert", K::Bool) => {
            return map::<bool, bool>(array, |t| t.logical_not());
        }
        ("absolute" | "abs", K::Bool) => return Ok(array.copy_keeping()),
        ("negative", K::Bool) => {
            return Err(type_error(
                "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the \
                 logical_not function instead.",
            ));
        }
        ("signbit", K::Integer) => return map::<i64, bool>(array, |t| t.map(|x| x < 0)),
        ("square", K::Bool) => return Ok(array.copy_keeping()),
        _ => {}
    }
    match dtype.kind() {
        K::Complex => {
            let wide = complex(name, array)?;
            match (dtype, wide.kind()) {
                (DType::C64, Kind::Num(DType::C128)) => wide.cast(Kind::Num(DType::C64)),
                (DType::C64, Kind::Num(DType::F64)) => wide.cast(Kind::Num(DType::F32)),
                _ => Ok(wide),
            }
        }
        K::Integer if let Some(made) = integer(name, array, dtype) => made,
        _ => match float_type(dtype, name)? {
            DType::F32 => float::<f32>(name, array),
            _ => float::<f64>(name, array),
        },
    }
}

fn integer(name: &str, array: &Array, dtype: DType) -> Option<R<Array>> {
    let back = |made: R<Array>| made?.cast(Kind::Num(dtype));
    if !matches!(
        name,
        "negative"
            | "absolute"
            | "abs"
            | "sign"
            | "square"
            | "invert"
            | "bitwise_not"
            | "bitwise_invert"
            | "bitwise_count"
            | "reciprocal"
    ) {
        return None;
    }
    if name == "bitwise_count" {
        let counts = map::<i64, i64>(array, |t| t.map(|x| i64::from(x.unsigned_abs().count_ones())));
        return Some(counts.and_then(|made| made.cast(Kind::Num(DType::U8))));
    }
    if dtype == DType::U64 {
        return Some(match name {
            "negative" => map::<u64, u64>(array, |t| -t),
            "absolute" | "abs" => Ok(array.copy_keeping()),
            "sign" => map::<u64, u64>(array, |t| t.sign()),
            "square" => map::<u64, u64>(array, |t| t.square()),
            "invert" | "bitwise_not" | "bitwise_invert" => map::<u64, u64>(array, |t| !&t),
            _ => map::<u64, u64>(array, |t| t.map(|x| u64::from(x == 1))),
        });
    }
    Some(back(match name {
        "negative" => map::<i64, i64>(array, |t| -t),
        "absolute" | "abs" => map::<i64, i64>(array, |t| t.abs()),
        "sign" => map::<i64, i64>(array, |t| t.sign()),
        "square" => map::<i64, i64>(array, |t| t.square()),
        "invert" | "bitwise_not" | "bitwise_invert" => map::<i64, i64>(array, |t| !&t),
        _ => map::<i64, i64>(array, |t| t.map(|x| if x.abs() == 1 { x } else { 0 })),
    }))
}

fn float<T: trueno::FloatMath + Item>(name: &str, array: &Array) -> R<Array> {
    let own = |f: fn(Tensor<'_, T>) -> trueno::Array<T>| map::<T, T>(array, f);
    let test = |f: fn(Tensor<'_, T>) -> trueno::Array<bool>| map::<T, bool>(array, f);
    match name {
        // As the C library does it, which NumPy uses or comes closest to.
        "exp" if size_of::<T>() == 8 => own(|t| t.map(|x| x.with_f64(f64::exp))),
        "exp" => own(|t| t.exp()),
        "exp2" => own(|t| t.exp2()),
        "expm1" => own(|t| t.expm1()),
        // As the C library does it, which NumPy uses or comes closest to.
        "log" if size_of::<T>() == 8 => own(|t| t.map(|x| x.with_f64(f64::ln))),
        "log" => own(|t| t.log()),
        "log2" => own(|t| t.log2()),
        "log10" => own(|t| t.log10()),
        "log1p" => own(|t| t.log1p()),
        "sqrt" => own(|t| t.sqrt()),
        "cbrt" => own(|t| t.cbrt()),
        // As the C library does it, which NumPy uses or comes closest to.
        "sin" if size_of::<T>() == 8 => own(|t| t.map(|x| x.with_f64(f64::sin))),
        "sin" => own(|t| t.sin()),
        // As the C library does it, which NumPy uses or comes closest to.
        "cos" if size_of::<T>() == 8 => own(|t| t.map(|x| x.with_f64(f64::cos))),
        "cos" => own(|t| t.cos()),
        "tan" => own(|t| t.tan()),
        "arcsin" | "asin" => own(|t| t.arcsin()),
        "arccos" | "acos" => own(|t| t.arccos()),
        "arctan" | "atan" => own(|t| t.arctan()),
        "sinh" => own(|t| t.sinh()),
        "cosh" => own(|t| t.cosh()),
        "tanh" => own(|t| t.tanh()),
        "arcsinh" | "asinh" => own(|t| t.arcsinh()),
        "arccosh" | "acosh" => own(|t| t.arccosh()),
        "arctanh" | "atanh" => own(|t| t.arctanh()),
        "degrees" | "rad2deg" => own(|t| t.degrees()),
        "radians" | "deg2rad" => own(|t| t.radians()),
        "floor" => own(|t| t.floor()),
        "ceil" => own(|t| t.ceil()),
        "trunc" | "fix" => own(|t| t.trunc()),
        "rint" => own(|t| t.rint()),
        "negative" => own(|t| -t),
        "absolute" | "abs" | "fabs" => own(|t| t.abs()),
        "sign" => own(|t| t.sign()),
        "square" => own(|t| t.square()),
        "reciprocal" => own(|t| t.reciprocal()),
        "spacing" => own(|t| {
            t.map(|x| {
                let size = x.to_f64().abs();
                T::from_f64(if size_of::<T>() == 4 {
                    let size = size as f32;
                    f64::from(size.next_up() - size)
                } else {
                    size.next_up() - size
                })
            })
        }),
        "isnan" => test(|t| t.isnan()),
        "isinf" => test(|t| t.isinf()),
        "isfinite" => test(|t| t.isfinite()),
        "signbit" => test(|t| t.signbit()),
        "isposinf" => test(|t| t.map(|x| x.to_f64() == f64::INFINITY)),
        "isneginf" => test(|t| t.map(|x| x.to_f64() == f64::NEG_INFINITY)),
        _ => Err(type_error(format!(
            "ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced to any \
             supported types according to the casting rule ''safe''"
        ))),
    }
}

fn complex(name: &str, array: &Array) -> R<Array> {
    type C = Complex128;
    let own = |f: fn(C) -> C| map::<C, C>(array, |t| t.map(f));
    let test = |f: fn(C) -> bool| map::<C, bool>(array, |t| t.map(f));
    match name {
        "absolute" | "abs" => map::<C, f64>(array, |t| t.map(|z| z.re.hypot(z.im))),
        "negative" => own(|z| -z),
        "conjugate" | "conj" => own(|z| z.conj()),
        "square" => own(|z| z * z),
        "reciprocal" => own(|z| C::new(1.0, 0.0) / z),
        "exp" => own(|z| z.exp()),
        "log" => own(|z| z.ln()),
        "log2" => own(|z| z.ln() / std::f64::consts::LN_2),
        "log10" => own(|z| z.log10()),
        "sqrt" => own(|z| z.sqrt()),
        "sin" => own(|z| z.sin()),
        "cos" => own(|z| z.cos()),
        "tan" => own(|z| z.tan()),
        "sinh" => own(|z| z.sinh()),
        "cosh" => own(|z| z.cosh()),
        "tanh" => own(|z| z.tanh()),
        "sign" => own(|z| if z == C::default() { z } else { z / z.norm() }),
        "isnan" => test(|z| z.re.is_nan() || z.im.is_nan()),
        "isinf" => test(|z| z.re.is_infinite() || z.im.is_infinite()),
        "isfinite" => test(|z| z.re.is_finite() && z.im.is_finite()),
        "rint" => own(|z| C::new(z.re.round_ties_even(), z.im.round_ties_even())),
        _ => Err(type_error(format!(
            "ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced to any \
             supported types according to the casting rule ''safe''"
        ))),
    }
}

/// Any objects, by their own methods.
fn objects(name: &str, array: &Array) -> R<Array> {
    use batuta_rt::py;
    let items: Vec<_> = array.scalars().iter().map(|x| x.item()).collect();
    let made: R<Vec<_>> = items
        .iter()
        .map(|item| match name {
            "negative" => batuta_rt::catch(|| py::neg(item)),
            "absolute" | "abs" => batuta_rt::catch(|| py::abs(item)),
            "logical_not" => Ok((!item.is_true()).into()),
            _ => Err(not_done(format!("`{name}` of arrays of objects"))),
        })
        .collect();
    Ok(Array::from_vec(made?, &array.shape))
}
