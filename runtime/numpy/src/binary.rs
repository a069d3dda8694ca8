//! Functions of two arrays: operators, comparisons, `np.maximum`, `np.arctan2`.

use std::rc::Rc;

use batuta_rt::{Error, Value};
use trueno::{Complex64, Complex128, DType, Element, MatMul, Tensor};

use crate::array::{Array, Data, broadcast_shapes, tight};
use crate::dtype::{BOOL, Kind};
use crate::error::{CastingError, Py, R, UfuncTypeError, type_error, value_error};
use crate::make::{self, Operand, common, operand};
use crate::scalar::{Scalar, held};

/// The functions by NumPy's names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    FloatPower,
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
    LeftShift,
    RightShift,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Maximum,
    Minimum,
    Fmax,
    Fmin,
    Fmod,
    Arctan2,
    Hypot,
    Copysign,
    Logaddexp,
    Logaddexp2,
    LogicalAnd,
    LogicalOr,
    LogicalXor,
    Gcd,
    Lcm,
    Heaviside,
    Ldexp,
    Nextafter,
}

/// Every function with its name in the module.
pub const OPS: &[(&str, Op)] = &[
    ("add", Op::Add),
    ("subtract", Op::Subtract),
    ("multiply", Op::Multiply),
    ("divide", Op::Divide),
    ("true_divide", Op::Divide),
    ("floor_divide", Op::FloorDivide),
    ("remainder", Op::Remainder),
    ("mod", Op::Remainder),
    ("power", Op::Power),
    ("pow", Op::Power),
    ("float_power", Op::FloatPower),
    ("bitwise_and", Op::BitwiseAnd),
    ("bitwise_or", Op::BitwiseOr),
    ("bitwise_xor", Op::BitwiseXor),
    ("left_shift", Op::LeftShift),
    ("bitwise_left_shift", Op::LeftShift),
    ("right_shift", Op::RightShift),
    ("bitwise_right_shift", Op::RightShift),
    ("equal", Op::Equal),
    ("not_equal", Op::NotEqual),
    ("less", Op::Less),
    ("less_equal", Op::LessEqual),
    ("greater", Op::Greater),
    ("greater_equal", Op::GreaterEqual),
    ("maximum", Op::Maximum),
    ("minimum", Op::Minimum),
    ("fmax", Op::Fmax),
    ("fmin", Op::Fmin),
    ("fmod", Op::Fmod),
    ("arctan2", Op::Arctan2),
    ("atan2", Op::Arctan2),
    ("hypot", Op::Hypot),
    ("copysign", Op::Copysign),
    ("logaddexp", Op::Logaddexp),
    ("logaddexp2", Op::Logaddexp2),
    ("logical_and", Op::LogicalAnd),
    ("logical_or", Op::LogicalOr),
    ("logical_xor", Op::LogicalXor),
    ("gcd", Op::Gcd),
    ("lcm", Op::Lcm),
    ("heaviside", Op::Heaviside),
    ("ldexp", Op::Ldexp),
    ("nextafter", Op::Nextafter),
];

/// The function of an operator's method: `add` of `__add__`.
fn of_method(method: &str) -> Option<Op> {
    Some(match method {
        "add" => Op::Add,
        "sub" => Op::Subtract,
        "mul" => Op::Multiply,
        "truediv" => Op::Divide,
        "floordiv" => Op::FloorDivide,
        "mod" => Op::Remainder,
        "pow" => Op::Power,
        "and" => Op::BitwiseAnd,
        "or" => Op::BitwiseOr,
        "xor" => Op::BitwiseXor,
        "lshift" => Op::LeftShift,
        "rshift" => Op::RightShift,
        "eq" => Op::Equal,
        "ne" => Op::NotEqual,
        "lt" => Op::Less,
        "le" => Op::LessEqual,
        "gt" => Op::Greater,
        "ge" => Op::GreaterEqual,
        _ => return None,
    })
}

impl Op {
    /// The name in the module.
    pub fn name(self) -> &'static str {
        OPS.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }

    fn is_comparison(self) -> bool {
        use Op::*;
        matches!(self, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
    }

    fn is_logical(self) -> bool {
        matches!(self, Op::LogicalAnd | Op::LogicalOr | Op::LogicalXor)
    }

    fn is_float(self) -> bool {
        use Op::*;
        matches!(
            self,
            Arctan2 | Hypot | Copysign | Logaddexp | Logaddexp2 | FloatPower | Heaviside | Nextafter
        )
    }
}

/// `a op b` where `a` is an array or a scalar; none where the other operand decides.
pub fn operator(method: &str, own: &Value, other: &Value, reflected: bool) -> Option<R> {
    let (a, b) = if reflected { (other, own) } else { (own, other) };
    if let Some(quick) = quick(method, a, b) {
        return Some(Ok(quick));
    }
    if let Value::Object(object) = other
        && !object.is_of_library()
    {
        return None;
    }
    match method {
        "matmul" => return Some(crate::linalg::matmul(a, b)),
        "divmod" => return Some(divmod(a, b)),
        _ => {}
    }
    let op = of_method(method)?;
    // Texts and what only equality knows.
    if let (Op::Equal | Op::NotEqual, Value::None | Value::Dict(_) | Value::Set(_) | Value::Function(_)) =
        (op, other)
    {
        let array = make::operand(own).ok()?.array;
        let answer = op == Op::NotEqual;
        let all = Array::from_vec(vec![answer; array.size()], &array.shape);
        return Some(Ok(all.value_or_scalar()));
    }
    Some(apply(op, a, b))
}

/// Two plain scalars of f64 or i64, without arrays.
fn quick(method: &str, a: &Value, b: &Value) -> Option<Value> {
    enum N {
        F(f64),
        I(i64),
    }
    let number = |value: &Value| match value {
        Value::Float(x) => Some((N::F(*x), true)),
        Value::Int(n) => n.to_i64().map(|n| (N::I(n), true)),
        other => match held(other)? {
            Scalar::F64(x) => Some((N::F(*x), false)),
            Scalar::I64(x) => Some((N::I(*x), false)),
            _ => None,
        },
    };
    let ((x, _), (y, _)) = (number(a)?, number(b)?);
    let (x, y) = match (x, y) {
        (N::I(x), N::I(y)) => {
            let made = match method {
                "add" => x.wrapping_add(y),
                "sub" => x.wrapping_sub(y),
                "mul" => x.wrapping_mul(y),
                "lt" => return Some(Scalar::Bool(x < y).value()),
                "le" => return Some(Scalar::Bool(x <= y).value()),
                "gt" => return Some(Scalar::Bool(x > y).value()),
                "ge" => return Some(Scalar::Bool(x >= y).value()),
                "eq" => return Some(Scalar::Bool(x == y).value()),
                "ne" => return Some(Scalar::Bool(x != y).value()),
                "truediv" => return Some(Scalar::F64(x as f64 / y as f64).value()),
                _ => return None,
            };
            return Some(Scalar::I64(made).value());
        }
        (N::F(x), N::F(y)) => (x, y),
        (N::F(x), N::I(y)) => (x, y as f64),
        (N::I(x), N::F(y)) => (x as f64, y),
    };
    let made = match method {
        "add" => x + y,
        "sub" => x - y,
        "mul" => x * y,
        "truediv" => x / y,
        "lt" => return Some(Scalar::Bool(x < y).value()),
        "le" => return Some(Scalar::Bool(x <= y).value()),
        "gt" => return Some(Scalar::Bool(x > y).value()),
        "ge" => return Some(Scalar::Bool(x >= y).value()),
        "eq" => return Some(Scalar::Bool(x == y).value()),
        "ne" => return Some(Scalar::Bool(x != y).value()),
        _ => return None,
    };
    Some(Scalar::F64(made).value())
}

/// `divmod(a, b)`.
pub fn divmod(a: &Value, b: &Value) -> R {
    Ok(Value::tuple([apply(Op::FloorDivide, a, b)?, apply(Op::Remainder, a, b)?]))
}

/// The function of two values.
pub fn apply(op: Op, a: &Value, b: &Value) -> R {
    let (a, b) = (operand(a)?, operand(b)?);
    Ok(arrays(op, &a, &b)?.value_or_scalar())
}

/// The function of two operands.
pub fn arrays(op: Op, a: &Operand, b: &Operand) -> R<Array> {
    broadcast_shapes(&[&a.array.shape, &b.array.shape])?;
    let kind = common(a, b)?;
    if let Kind::Object = kind {
        return objects(op, &a.array, &b.array);
    }
    if op.is_logical() {
        let (x, y) = (truth(&a.array), truth(&b.array));
        return numbers(op, &x, &y, DType::Bool);
    }
    let Kind::Num(mut dtype) = kind else { return texts(op, &a.array, &b.array) };
    for (one, other) in [(a, b), (b, a)] {
        if one.weak == Some(trueno::Kind::Integer) && other.weak.is_none() {
            if op.is_comparison() {
                if make::check_range(&one.value, kind).is_err() {
                    dtype = DType::F64;
                }
            } else {
                make::check_range(&one.value, kind)?;
            }
        }
    }
    let dtype = loop_type(op, dtype, b)?;
    let (x, y) = (a.array.cast(Kind::Num(dtype))?, b.array.cast(Kind::Num(dtype))?);
    let scalar_exponent = op == Op::Power && b.array.ndim() == 0 && b.weak.is_some();
    if scalar_exponent && dtype.kind() == trueno::Kind::Float {
        let exponent = y.first().f64();
        return power_by(&x, exponent, dtype);
    }
    numbers(op, &x, &y, dtype)
}

fn truth(array: &Array) -> Array {
    match array.kind() {
        BOOL => array.clone(),
        Kind::Num(_) => array.cast(BOOL).unwrap_or_else(|_| array.clone()),
        _ => Array::from_vec(array.truths(), &array.shape),
    }
}

fn power_by(x: &Array, exponent: f64, dtype: DType) -> R<Array> {
    match dtype {
        DType::F32 => x.with::<f32, _>(dtype, |t| Ok(Array::from_tensor(t.pow(exponent as f32)))),
        _ => x.with::<f64, _>(dtype, |t| Ok(Array::from_tensor(t.pow(exponent)))),
    }
}

/// The type in which a function computes; errors where it has none.
fn loop_type(op: Op, dtype: DType, b: &Operand) -> R<DType> {
    use trueno::Kind as K;
    let refuse = |dtype: DType| {
        let text = format!(
            "ufunc '{}' not supported for the input types, and the inputs could not be safely coerced to any \
             supported types according to the casting rule ''safe''",
            op.name()
        );
        let _ = dtype;
        Err(Error::new(batuta_rt::TypeError, text))
    };
    if op.is_float() {
        return match dtype.kind() {
            K::Complex if op == Op::FloatPower => Ok(DType::C128),
            K::Complex => refuse(dtype),
            _ if op == Op::FloatPower => Ok(DType::F64),
            _ => Ok(crate::unary::float_type(dtype, op.name())?),
        };
    }
    match (op, dtype.kind()) {
        (Op::Divide, _) => Ok(dtype.true_divide()),
        (Op::Subtract, K::Bool) => Err(type_error(
            "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or \
             the logical_xor function instead.",
        )),
        (
            Op::FloorDivide | Op::Remainder | Op::Power | Op::Fmod | Op::LeftShift | Op::RightShift,
            K::Bool,
        ) => Ok(DType::I8),
        (Op::FloorDivide | Op::Remainder | Op::Fmod | Op::Gcd | Op::Lcm, K::Complex) => refuse(dtype),
        (Op::Gcd | Op::Lcm, K::Bool | K::Float) => refuse(dtype),
        (
            Op::BitwiseAnd | Op::BitwiseOr | Op::BitwiseXor | Op::LeftShift | Op::RightShift,
            K::Float | K::Complex,
        ) => refuse(dtype),
        (Op::Ldexp, K::Integer | K::Bool) => Ok(DType::F64),
        (Op::Power, K::Integer) => {
            if b.array.scalars().iter().any(|x| x.f64() < 0.0) {
                return Err(value_error("Integers to negative integer powers are not allowed."));
            }
            Ok(dtype)
        }
        _ => Ok(dtype),
    }
}

fn two<T: crate::array::Item + Element, U: crate::array::Item + Element>(
    x: &Array,
    y: &Array,
    f: impl FnOnce(Tensor<'_, T>, Tensor<'_, T>) -> trueno::Result<trueno::Array<U>>,
) -> R<Array> {
    x.with::<T, _>(T::DTYPE, |a| y.with::<T, _>(T::DTYPE, |b| Ok(Array::from_tensor(f(a, b).py()?))))
}

/// The function of two arrays of the same numbers.
pub fn numbers(op: Op, x: &Array, y: &Array, dtype: DType) -> R<Array> {
    let narrow = |result: R<Array>| {
        let made = result?;
        if made.kind() == BOOL { Ok(made) } else { made.cast(Kind::Num(dtype)) }
    };
    match dtype {
        DType::Bool => bools(op, x, y),
        DType::I64 => integers::<i64>(op, x, y),
        DType::U64 => integers::<u64>(op, x, y),
        DType::F32 => floats::<f32>(op, x, y),
        DType::F64 => floats::<f64>(op, x, y),
        DType::C128 => complex(op, x, y),
        DType::C64 => {
            let wide = Kind::Num(DType::C128);
            narrow(complex(op, &x.cast(wide)?, &y.cast(wide)?))
        }
        _ => {
            let wide = Kind::Num(DType::I64);
            let (x, y) = (x.cast(wide)?, y.cast(wide)?);
            // A shift by more than the width leaves nothing, whatever the wide type keeps.
            narrow(integers::<i64>(op, &x, &y))
        }
    }
}

fn bools(op: Op, x: &Array, y: &Array) -> R<Array> {
    type B = bool;
    match op {
        Op::Add | Op::BitwiseOr | Op::LogicalOr | Op::Maximum | Op::Fmax => {
            two::<B, B>(x, y, |a, b| a.try_or(&b))
        }
        Op::Multiply | Op::BitwiseAnd | Op::LogicalAnd | Op::Minimum | Op::Fmin => {
            two::<B, B>(x, y, |a, b| a.try_and(&b))
        }
        Op::BitwiseXor | Op::LogicalXor | Op::NotEqual => two::<B, B>(x, y, |a, b| a.try_xor(&b)),
        Op::Equal => two::<B, B>(x, y, |a, b| a.equal(&b)),
        Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual => {
            let wide = Kind::Num(DType::I64);
            integers::<i64>(op, &x.cast(wide)?, &y.cast(wide)?)
        }
        _ => Err(no_loop(op, x, y)),
    }
}

fn integers<T: trueno::Integer + crate::array::Item>(op: Op, x: &Array, y: &Array) -> R<Array> {
    match op {
        Op::Add => two::<T, T>(x, y, |a, b| a.try_add(&b)),
        Op::Subtract => two::<T, T>(x, y, |a, b| a.try_sub(&b)),
        Op::Multiply => two::<T, T>(x, y, |a, b| a.try_mul(&b)),
        Op::FloorDivide => two::<T, T>(x, y, |a, b| a.floor_divide(&b)),
        Op::Remainder => two::<T, T>(x, y, |a, b| a.try_rem(&b)),
        Op::Fmod => two::<T, T>(x, y, |a, b| a.fmod(&b)),
        Op::Power => two::<T, T>(x, y, |a, b| a.power(&b)),
        Op::BitwiseAnd => two::<T, T>(x, y, |a, b| a.try_and(&b)),
        Op::BitwiseOr => two::<T, T>(x, y, |a, b| a.try_or(&b)),
        Op::BitwiseXor => two::<T, T>(x, y, |a, b| a.try_xor(&b)),
        Op::LeftShift => two::<T, T>(x, y, |a, b| a.try_shl(&b)),
        Op::RightShift => two::<T, T>(x, y, |a, b| a.try_shr(&b)),
        Op::Gcd => two::<T, T>(x, y, |a, b| a.gcd(&b)),
        Op::Lcm => two::<T, T>(x, y, |a, b| a.lcm(&b)),
        _ => reals::<T>(op, x, y),
    }
}

fn reals<T: trueno::Real + crate::array::Item>(op: Op, x: &Array, y: &Array) -> R<Array> {
    match op {
        Op::Maximum => two::<T, T>(x, y, |a, b| a.maximum(&b)),
        Op::Minimum => two::<T, T>(x, y, |a, b| a.minimum(&b)),
        Op::Fmax => two::<T, T>(x, y, |a, b| a.fmax(&b)),
        Op::Fmin => two::<T, T>(x, y, |a, b| a.fmin(&b)),
        Op::Equal => two::<T, bool>(x, y, |a, b| a.equal(&b)),
        Op::NotEqual => two::<T, bool>(x, y, |a, b| a.not_equal(&b)),
        Op::Less => two::<T, bool>(x, y, |a, b| a.less(&b)),
        Op::LessEqual => two::<T, bool>(x, y, |a, b| a.less_equal(&b)),
        Op::Greater => two::<T, bool>(x, y, |a, b| a.greater(&b)),
        Op::GreaterEqual => two::<T, bool>(x, y, |a, b| a.greater_equal(&b)),
        _ => Err(no_loop(op, x, y)),
    }
}

fn floats<T: trueno::FloatMath + crate::array::Item>(op: Op, x: &Array, y: &Array) -> R<Array> {
    match op {
        Op::Add => two::<T, T>(x, y, |a, b| a.try_add(&b)),
        Op::Subtract => two::<T, T>(x, y, |a, b| a.try_sub(&b)),
        Op::Multiply => two::<T, T>(x, y, |a, b| a.try_mul(&b)),
        Op::Divide => two::<T, T>(x, y, |a, b| a.try_div(&b)),
        Op::FloorDivide => two::<T, T>(x, y, |a, b| a.floor_divide(&b)),
        Op::Remainder => two::<T, T>(x, y, |a, b| a.try_rem(&b)),
        Op::Fmod => two::<T, T>(x, y, |a, b| a.fmod(&b)),
        Op::Power | Op::FloatPower => two::<T, T>(x, y, |a, b| a.power(&b)),
        Op::Arctan2 => two::<T, T>(x, y, |a, b| a.arctan2(&b)),
        Op::Hypot => two::<T, T>(x, y, |a, b| a.hypot(&b)),
        Op::Copysign => two::<T, T>(x, y, |a, b| a.copysign(&b)),
        Op::Logaddexp => two::<T, T>(x, y, |a, b| a.logaddexp(&b)),
        Op::Logaddexp2 | Op::Heaviside | Op::Ldexp | Op::Nextafter => two::<T, T>(x, y, |a, b| {
            a.zip_with("ufunc", &b, |x, y| T::from_f64(special(op, x.to_f64(), y.to_f64())))
        }),
        _ => reals::<T>(op, x, y),
    }
}

fn special(op: Op, x: f64, y: f64) -> f64 {
    match op {
        Op::Logaddexp2 => {
            let (high, low) = (x.max(y), x.min(y));
            if high == low { high + 1.0 } else { high + (low - high).exp2().ln_1p() / std::f64::consts::LN_2 }
        }
        Op::Heaviside if x.is_nan() => x,
        Op::Heaviside if x == 0.0 => y,
        Op::Heaviside => f64::from(u8::from(x > 0.0)),
        Op::Nextafter if x == y => y,
        Op::Nextafter if y > x => x.next_up(),
        Op::Nextafter => x.next_down(),
        _ => x * y.exp2(),
    }
}

fn complex(op: Op, x: &Array, y: &Array) -> R<Array> {
    type C = Complex128;
    let ordered = |test: fn(std::cmp::Ordering) -> bool| {
        two::<C, bool>(x, y, |a, b| {
            a.zip_with("less", &b, |x, y| (x.re, x.im).partial_cmp(&(y.re, y.im)).is_some_and(test))
        })
    };
    match op {
        Op::Add => two::<C, C>(x, y, |a, b| a.try_add(&b)),
        Op::Subtract => two::<C, C>(x, y, |a, b| a.try_sub(&b)),
        Op::Multiply => two::<C, C>(x, y, |a, b| a.try_mul(&b)),
        Op::Divide => two::<C, C>(x, y, |a, b| a.try_div(&b)),
        Op::Power | Op::FloatPower => two::<C, C>(x, y, |a, b| a.zip_with("power", &b, complex_power)),
        Op::Equal => two::<C, bool>(x, y, |a, b| a.equal(&b)),
        Op::NotEqual => two::<C, bool>(x, y, |a, b| a.not_equal(&b)),
        Op::Less => ordered(std::cmp::Ordering::is_lt),
        Op::LessEqual => ordered(std::cmp::Ordering::is_le),
        Op::Greater => ordered(std::cmp::Ordering::is_gt),
        Op::GreaterEqual => ordered(std::cmp::Ordering::is_ge),
        _ => Err(no_loop(op, x, y)),
    }
}

/// NumPy's: small whole exponents multiply.
fn complex_power(x: Complex128, y: Complex128) -> Complex128 {
    if y.im == 0.0 && y.re.fract() == 0.0 && y.re.abs() < 100.0 {
        let n = y.re as i32;
        if n == 0 {
            return Complex128::new(1.0, 0.0);
        }
        if x == Complex128::default() {
            return if n > 0 { x } else { Complex128::new(f64::NAN, f64::NAN) };
        }
        let (mut mask, mut left, mut power, mut result) = (1, n.unsigned_abs(), x, Complex128::new(1.0, 0.0));
        while left > 0 {
            if left & mask != 0 {
                result *= power;
                left &= !mask;
            }
            mask <<= 1;
            power *= power;
        }
        return if n < 0 { Complex128::new(1.0, 0.0) / result } else { result };
    }
    x.powc(y)
}

fn no_loop(op: Op, x: &Array, y: &Array) -> Error {
    Error::new(
        UfuncTypeError,
        format!(
            "ufunc '{}' did not contain a loop with signature matching types ({}, {}) -> None",
            op.name(),
            batuta_rt::repr(&x.kind().value()),
            batuta_rt::repr(&y.kind().value())
        ),
    )
}

fn pairs<T>(a: &Array, b: &Array, f: impl Fn(&Scalar, &Scalar) -> R<T>) -> R<(Vec<T>, Vec<usize>)> {
    let shape = broadcast_shapes(&[&a.shape, &b.shape])?;
    let wide = |array: &Array| array.broadcast_to(&shape).map(|array| array.scalars()).unwrap_or_default();
    let made: R<Vec<T>> = wide(a).iter().zip(&wide(b)).map(|(x, y)| f(x, y)).collect();
    Ok((made?, shape))
}

/// Texts: compared and joined.
fn texts(op: Op, a: &Array, b: &Array) -> R<Array> {
    let both = [a, b].iter().all(|array| matches!(array.kind(), Kind::Str(_)));
    if !both {
        return match op {
            Op::Equal | Op::NotEqual => {
                let (items, shape) = pairs(a, b, |_, _| Ok(op == Op::NotEqual))?;
                Ok(Array::from_vec(items, &shape))
            }
            _ => Err(no_loop(op, a, b)),
        };
    }
    if op == Op::Add {
        let (items, shape) = pairs(a, b, |x, y| Ok(Rc::<str>::from(x.text() + &y.text())))?;
        return Ok(Array::from_vec(items, &shape));
    }
    if !op.is_comparison() {
        return Err(no_loop(op, a, b));
    }
    let (items, shape) = pairs(a, b, |x, y| {
        let order = x.text().cmp(&y.text());
        Ok(match op {
            Op::Equal => order.is_eq(),
            Op::NotEqual => order.is_ne(),
            Op::Less => order.is_lt(),
            Op::LessEqual => order.is_le(),
            Op::Greater => order.is_gt(),
            _ => order.is_ge(),
        })
    })?;
    Ok(Array::from_vec(items, &shape))
}

/// Any objects, by their own operators.
fn objects(op: Op, a: &Array, b: &Array) -> R<Array> {
    use batuta_rt::py;
    if op.is_comparison() || op.is_logical() {
        let (items, shape) = pairs(a, b, |x, y| {
            let (x, y) = (x.item(), y.item());
            batuta_rt::catch(|| match op {
                Op::Equal => py::eq(&x, &y),
                Op::NotEqual => py::ne(&x, &y),
                Op::Less => py::lt(&x, &y),
                Op::LessEqual => py::le(&x, &y),
                Op::Greater => py::gt(&x, &y),
                Op::GreaterEqual => py::ge(&x, &y),
                Op::LogicalAnd => x.is_true() && y.is_true(),
                _ => x.is_true() || y.is_true(),
            })
        })?;
        return Ok(Array::from_vec(items, &shape));
    }
    let function: fn(&Value, &Value) -> Value = match op {
        Op::Add => py::add,
        Op::Subtract => py::sub,
        Op::Multiply => py::mul,
        Op::Divide => py::true_div,
        Op::FloorDivide => py::floor_div,
        Op::Remainder => py::rem,
        Op::Power => py::pow,
        Op::Maximum => |x, y| if py::ge(x, y) { x.clone() } else { y.clone() },
        Op::Minimum => |x, y| if py::le(x, y) { x.clone() } else { y.clone() },
        _ => return Err(no_loop(op, a, b)),
    };
    let (items, shape) = pairs(a, b, |x, y| {
        let (x, y) = (x.item(), y.item());
        batuta_rt::catch(|| function(&x, &y))
    })?;
    Ok(Array::from_vec(items, &shape))
}

/// Writes what a function made into an array that is there: `a += b`, `out=`.
pub fn store(target: &Array, made: &Array, name: &str) -> R<()> {
    let rank = |kind: Kind| match kind {
        Kind::Num(dtype) => match dtype.kind() {
            trueno::Kind::Bool => 0,
            trueno::Kind::Integer => 1 + u8::from(dtype.is_signed_integer()),
            trueno::Kind::Float => 3,
            trueno::Kind::Complex => 4,
        },
        Kind::Str(_) => 5,
        Kind::Object => 6,
    };
    if rank(made.kind()) > rank(target.kind()) {
        return Err(Error::new(
            CastingError,
            format!(
                "Cannot cast ufunc '{name}' output from {} to {} with casting rule 'same_kind'",
                batuta_rt::repr(&made.kind().value()),
                batuta_rt::repr(&target.kind().value())
            ),
        ));
    }
    if made.shape != target.shape && made.broadcast_to(&target.shape).is_none() {
        return Err(value_error(format!(
            "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
            tight(&target.shape),
            tight(&made.shape)
        )));
    }
    target.assign(made)
}

/// `a op= b` of an array.
pub fn in_place(own: &Value, array: &Array, method: &str, other: &Value) -> Option<R> {
    let made = match method {
        "matmul" => crate::linalg::matmul(own, other),
        _ => apply(of_method(method)?, own, other),
    };
    let name = match method {
        "matmul" => "matmul",
        _ => of_method(method)?.name(),
    };
    Some(made.and_then(|made| {
        let made = make::array_of(&made, None)?;
        store(array, &made, name)?;
        Ok(own.clone())
    }))
}

/// Matrix products of numbers, typed.
pub fn product<F>(a: &Array, b: &Array, f: F) -> R<Array>
where
    F: Product,
{
    let kind = a.kind().promote(b.kind())?;
    let Kind::Num(dtype) = kind else { return Err(crate::error::not_done("products of arrays of objects")) };
    let back = |made: R<Array>| made?.cast(kind);
    match dtype {
        DType::F32 => two::<f32, f32>(a, b, |a, b| f.of(&a, &b)),
        DType::F64 => two::<f64, f64>(a, b, |a, b| f.of(&a, &b)),
        DType::C64 => two::<Complex64, Complex64>(a, b, |a, b| f.of(&a, &b)),
        DType::C128 => two::<Complex128, Complex128>(a, b, |a, b| f.of(&a, &b)),
        DType::U64 => two::<u64, u64>(a, b, |a, b| f.of(&a, &b)),
        _ => back(two::<i64, i64>(a, b, |a, b| f.of(&a, &b))),
    }
}

/// A product for every element type.
pub trait Product {
    /// The product of two arrays.
    fn of<T: MatMul>(&self, a: &Tensor<'_, T>, b: &Tensor<'_, T>) -> trueno::Result<trueno::Array<T>>;
}

/// A text of the data that is there.
pub fn is_text(array: &Array) -> bool {
    matches!(array.data, Data::Str(..))
}
