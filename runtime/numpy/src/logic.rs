//! Choosing by conditions and comparing whole arrays.

use batuta_rt::Value;

use crate::array::{Array, broadcast_shapes};
use crate::binary::{Op, apply, arrays};
use crate::dtype::{BOOL, Kind};
use crate::error::{R, value_error};
use crate::make::{Operand, array_of, common, operand};
use crate::reduce::without_nan;
use crate::table::{Args, Row, row};
use crate::unary;

pub const ROWS: &[Row] = &[
    row("where", "condition x= y=", where_),
    row("select", "condlist choicelist default=", select),
    row("choose", "a choices out= mode=", choose_rows),
    row("piecewise", "x condlist funclist", piecewise),
    row("clip", "a a_min= a_max= out= min= max=", clip),
    row("allclose", "a b rtol= atol= equal_nan=", |args| {
        let close = close(args)?;
        Ok(Value::Bool(close.truths().iter().all(|x| *x)))
    }),
    row("isclose", "a b rtol= atol= equal_nan=", |args| Ok(close(args)?.value_or_scalar())),
    row("array_equal", "a1 a2 equal_nan=", array_equal),
    row("array_equiv", "a1 a2", |args| {
        let (a, b) = (args.array(0)?, args.array(1)?);
        if broadcast_shapes(&[&a.shape, &b.shape]).is_err() {
            return Ok(Value::Bool(false));
        }
        let equal = array_of(&apply(Op::Equal, &a.value(), &b.value())?, None)?;
        Ok(Value::Bool(equal.truths().iter().all(|x| *x)))
    }),
    row("isin", "element test_elements assume_unique= invert=", isin),
    row("in1d", "element test_elements assume_unique= invert=", isin),
    row("nan_to_num", "x copy= nan= posinf= neginf=", nan_to_num),
    row("isreal", "x", |args| {
        let array = args.array(0)?;
        Ok(Array::from_vec(array.scalars().iter().map(is_real).collect(), &array.shape).value_or_scalar())
    }),
    row("iscomplex", "x", |args| {
        let array = args.array(0)?;
        Ok(Array::from_vec(array.scalars().iter().map(|x| !is_real(x)).collect(), &array.shape)
            .value_or_scalar())
    }),
    row("isrealobj", "x", |args| Ok(Value::Bool(args.array(0)?.kind().letter() != "c"))),
    row("iscomplexobj", "x", |args| Ok(Value::Bool(args.array(0)?.kind().letter() == "c"))),
    row("isscalar", "element", |args| {
        Ok(Value::Bool(match args.need(0)? {
            Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Str(_) | Value::Bytes(_) => true,
            other => crate::scalar::held(other).is_some() || other.type_name() == "complex",
        }))
    }),
    row("real", "val", |args| Ok(crate::object::real(&args.array(0)?).value_or_scalar())),
    row("imag", "val", |args| Ok(crate::object::imag(&args.array(0)?).value_or_scalar())),
    row("angle", "z deg=", |args| {
        let array = args.array(0)?;
        let made = array_of(
            &apply(
                Op::Arctan2,
                &crate::object::imag(&array).cast(crate::dtype::F64)?.value_or_scalar(),
                &crate::object::real(&array).cast(crate::dtype::F64)?.value_or_scalar(),
            )?,
            None,
        )?;
        let made = if args.flag(1, false) { unary::apply("degrees", &made)? } else { made };
        Ok(made.value_or_scalar())
    }),
    row("modf", "x", |args| {
        let array = args.array(0)?;
        let whole = unary::apply("trunc", &array.cast(crate::dtype::F64)?)?;
        let rest = apply(Op::Subtract, &array.value_or_scalar(), &whole.clone().value_or_scalar())?;
        Ok(Value::tuple([rest, whole.value_or_scalar()]))
    }),
    row("divmod", "x1 x2", |args| crate::binary::divmod(args.need(0)?, args.need(1)?)),
    row("frexp", "x", |args| {
        let array = args.array(0)?;
        let parts: Vec<(f64, i64)> = array.to_f64s()?.into_iter().map(batuta_rt::math::frexp).collect();
        let fractions = Array::from_vec(parts.iter().map(|part| part.0).collect::<Vec<_>>(), &array.shape);
        let exponents =
            Array::from_vec(parts.iter().map(|part| part.1 as i32).collect::<Vec<_>>(), &array.shape);
        Ok(Value::tuple([fractions.value_or_scalar(), exponents.value_or_scalar()]))
    }),
    row("iterable", "y", |args| {
        Ok(Value::Bool(match args.need(0)? {
            Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::None => false,
            other => crate::scalar::held(other).is_none(),
        }))
    }),
];

fn is_real(x: &crate::scalar::Scalar) -> bool {
    match x {
        crate::scalar::Scalar::C64(z) => z.im == 0.0,
        crate::scalar::Scalar::C128(z) => z.im == 0.0,
        _ => true,
    }
}

/// Elements of `a` where the mask holds, of `b` elsewhere; both have one element type.
pub fn choose(mask: &Array, a: &Array, b: &Array) -> R<Array> {
    let kind = a.kind().promote(b.kind())?;
    let (a, b) = (a.cast(kind)?, b.cast(kind)?);
    let shape = broadcast_shapes(&[&mask.shape, &a.shape, &b.shape])?;
    let wide = |array: &Array| array.broadcast_to(&shape).ok_or_else(|| value_error("shapes do not fit"));
    let (mask, a, b) = (wide(mask)?.truths(), wide(&a)?, wide(&b)?);
    let out = b.copy();
    macro_rules! pick {
        ($($variant:ident)*) => {
            match (&out.data, &a.data) {
                $((crate::array::Data::$variant(to), crate::array::Data::$variant(from)) => {
                    let items = a.gather(&from.borrow());
                    for ((to, item), _) in to.borrow_mut().iter_mut().zip(items).zip(&mask).filter(|(_, yes)| **yes) {
                        *to = item;
                    }
                })*
                (crate::array::Data::Str(to, _), crate::array::Data::Str(from, _)) => {
                    let items = a.gather(&from.borrow());
                    for ((to, item), _) in to.borrow_mut().iter_mut().zip(items).zip(&mask).filter(|(_, yes)| **yes) {
                        *to = item;
                    }
                }
                _ => return Err(value_error("arrays of other types")),
            }
        };
    }
    pick!(Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128 Object);
    Ok(out)
}

fn where_(args: &Args) -> R {
    let mask = args.array(0)?;
    let (Some(x), Some(y)) = (args.at(1), args.at(2)) else {
        if args.at(1).is_some() || args.at(2).is_some() {
            return Err(value_error("either both or neither of x and y should be given"));
        }
        return Ok(crate::sort::nonzero_tuple(&mask));
    };
    let (x, y) = (operand(x)?, operand(y)?);
    let kind = common(&x, &y)?;
    let mask = Array::from_vec(mask.truths(), &mask.shape);
    let made = choose(&mask, &x.array.cast(kind)?, &y.array.cast(kind)?)?;
    Ok(made.value())
}

fn select(args: &Args) -> R {
    let (conditions, choices) = (crate::make::items(args.need(0)?)?, crate::make::items(args.need(1)?)?);
    if conditions.len() != choices.len() {
        return Err(value_error("list of cases must be same length as list of conditions"));
    }
    if conditions.is_empty() {
        return Err(value_error("select with an empty condition list is not possible"));
    }
    let default = args.at(2).cloned().unwrap_or((0_i64).into());
    let mut all: Vec<Operand> = choices.iter().map(operand).collect::<R<_>>()?;
    all.push(operand(&default)?);
    let mut kind: Option<Operand> = None;
    for one in &all {
        kind = Some(match kind {
            None => Operand { array: one.array.clone(), weak: one.weak, value: one.value.clone() },
            Some(known) => {
                let joined = common(&known, one)?;
                let weak = known.weak.zip(one.weak).map(|(a, b)| a.max(b));
                Operand { array: Array::zeros(joined, &[]), weak, value: Value::None }
            }
        });
    }
    let kind = kind.map_or(BOOL, |one| one.array.kind());
    let masks: Vec<Array> = conditions.iter().map(|mask| array_of(mask, None)).collect::<R<_>>()?;
    let shapes: Vec<&[usize]> =
        masks.iter().chain(all.iter().map(|one| &one.array)).map(|array| &array.shape[..]).collect();
    let shape = broadcast_shapes(&shapes)?;
    let last = all.pop().map(|one| one.array).unwrap_or_else(|| Array::zeros(kind, &[]));
    let mut made =
        last.cast(kind)?.broadcast_to(&shape).ok_or_else(|| value_error("shapes do not fit"))?.copy();
    for (mask, choice) in masks.iter().zip(&all).rev() {
        made = choose(mask, &choice.array.cast(kind)?, &made)?;
    }
    Ok(made.value_or_scalar())
}

fn choose_rows(args: &Args) -> R {
    let array = args.array(0)?;
    let choices: Vec<Array> =
        crate::make::items(args.need(1)?)?.iter().map(|x| array_of(x, None)).collect::<R<_>>()?;
    let mut shapes: Vec<&[usize]> = choices.iter().map(|array| &array.shape[..]).collect();
    shapes.push(&array.shape);
    let shape = broadcast_shapes(&shapes)?;
    let mut kind = choices.first().map_or(BOOL, Array::kind);
    for choice in &choices {
        kind = kind.promote(choice.kind())?;
    }
    let mode = args.text(3).unwrap_or("raise".to_owned());
    let n = choices.len() as i64;
    let picks = array.broadcast_to(&shape).ok_or_else(|| value_error("shapes do not fit"))?.to_i64s()?;
    let mut made = Array::zeros(kind, &shape);
    for (at, choice) in choices.iter().enumerate() {
        let hit = |pick: &i64| match &*mode {
            "wrap" => pick.rem_euclid(n) == at as i64,
            "clip" => (*pick).clamp(0, n - 1) == at as i64,
            _ => *pick == at as i64,
        };
        let mask = Array::from_vec(picks.iter().map(hit).collect::<Vec<bool>>(), &shape);
        made = choose(&mask, &choice.cast(kind)?, &made)?;
    }
    if mode == "raise" && picks.iter().any(|pick| *pick < 0 || *pick >= n) {
        return Err(value_error("invalid entry in choice array"));
    }
    Ok(made.value_or_scalar())
}

fn piecewise(args: &Args) -> R {
    let array = args.array(0)?;
    let mut masks: Vec<Array> = match crate::object::array_in(args.need(1)?) {
        Some(one) if one.ndim() == array.ndim() => vec![one],
        _ => crate::make::items(args.need(1)?)?.iter().map(|x| array_of(x, Some(BOOL))).collect::<R<_>>()?,
    };
    let functions = crate::make::items(args.need(2)?)?;
    if functions.len() == masks.len() + 1 {
        let mut any = vec![false; array.size()];
        for mask in &masks {
            any.iter_mut().zip(mask.truths()).for_each(|(any, one)| *any |= one);
        }
        masks.push(Array::from_vec(any.into_iter().map(|x| !x).collect::<Vec<bool>>(), &array.shape));
    }
    let out = Array::zeros(array.kind(), &array.shape).value();
    for (mask, function) in masks.iter().zip(&functions) {
        let key = mask.clone().value();
        let made = if batuta_rt::py::callable(function) {
            let part = crate::index::get(&array, &Value::None, &key)?;
            batuta_rt::catch(|| batuta_rt::py::call(function, &[part]))?
        } else {
            function.clone()
        };
        batuta_rt::catch(|| batuta_rt::py::set_item(&out, &key, made))?;
    }
    Ok(out)
}

fn clip(args: &Args) -> R {
    let mut made = args.need(0)?.clone();
    if let Some(low) = args.some(1).or_else(|| args.some(4)) {
        made = apply(Op::Maximum, &made, low)?;
    }
    if let Some(high) = args.some(2).or_else(|| args.some(5)) {
        made = apply(Op::Minimum, &made, high)?;
    }
    let array = array_of(&made, None)?;
    args.result(3, array)
}

fn close(args: &Args) -> R<Array> {
    let (a, b) = (args.need(0)?, args.need(1)?);
    let (relative, absolute) = (args.float(2, 1e-5)?, args.float(3, 1e-8)?);
    let (a, b) = (operand(a)?, operand(b)?);
    if [&a, &b].iter().any(|one| one.array.kind().letter() == "c") {
        let off = arrays(Op::Subtract, &a, &b)?;
        let off = unary::apply("absolute", &off)?;
        let size = unary::apply("absolute", &b.array)?;
        let limit = size.to_f64s()?.iter().map(|y| absolute + relative * y).collect::<Vec<_>>();
        let limit = Array::from_vec(limit, &size.shape);
        return array_of(&apply(Op::LessEqual, &off.value(), &limit.value())?, None);
    }
    let shape = broadcast_shapes(&[&a.array.shape, &b.array.shape])?;
    let wide =
        |array: &Array| array.broadcast_to(&shape).ok_or_else(|| value_error("shapes do not fit"))?.to_f64s();
    let both_nan = args.flag(4, false);
    let near = |(x, y): (f64, f64)| {
        if x.is_nan() || y.is_nan() {
            return both_nan && x.is_nan() && y.is_nan();
        }
        x == y || y.is_finite() && (x - y).abs() <= absolute + relative * y.abs()
    };
    let items: Vec<bool> = wide(&a.array)?.into_iter().zip(wide(&b.array)?).map(near).collect();
    Ok(Array::from_vec(items, &shape))
}

fn array_equal(args: &Args) -> R {
    let (a, b) = (args.array(0)?, args.array(1)?);
    if a.shape != b.shape {
        return Ok(Value::Bool(false));
    }
    if args.flag(2, false) {
        let nan = |array: &Array| unary::apply("isnan", array).map(|mask| mask.truths());
        if nan(&a)? != nan(&b)? {
            return Ok(Value::Bool(false));
        }
        let same = apply(Op::Equal, &without_nan(&a, 0.0)?.value(), &without_nan(&b, 0.0)?.value())?;
        return Ok(Value::Bool(array_of(&same, None)?.truths().iter().all(|x| *x)));
    }
    let equal = array_of(&apply(Op::Equal, &a.value(), &b.value())?, None)?;
    Ok(Value::Bool(equal.truths().iter().all(|x| *x)))
}

fn isin(args: &Args) -> R {
    let (a, b) = (args.array(0)?, args.array(1)?);
    let invert = args.flag(3, false);
    let kind = a.kind().promote(b.kind())?;
    let items: Vec<bool> = match kind {
        Kind::Num(_) if kind.letter() != "c" => {
            let (a, b) = (a.cast(kind)?, b.cast(kind)?);
            let known: std::collections::HashSet<u64> =
                b.to_f64s()?.into_iter().map(|x| (x + 0.0).to_bits()).collect();
            a.to_f64s()?.into_iter().map(|x| !x.is_nan() && known.contains(&(x + 0.0).to_bits())).collect()
        }
        _ => {
            let known: Vec<Value> = b.scalars().iter().map(|x| x.item()).collect();
            a.scalars().iter().map(|x| known.contains(&x.item())).collect()
        }
    };
    Ok(Array::from_vec(items.into_iter().map(|x| x != invert).collect::<Vec<bool>>(), &a.shape)
        .value_or_scalar())
}

fn nan_to_num(args: &Args) -> R {
    let array = args.array(0)?;
    if array.kind().letter() != "f" {
        return Ok(array.copy().value_or_scalar());
    }
    let single = array.kind().size() == 4;
    let (low, high) = if single { (f64::from(f32::MIN), f64::from(f32::MAX)) } else { (f64::MIN, f64::MAX) };
    let (nan, high, low) = (args.float(2, 0.0)?, args.float(3, high)?, args.float(4, low)?);
    let made: Vec<f64> = array
        .to_f64s()?
        .into_iter()
        .map(|x| match x {
            x if x.is_nan() => nan,
            f64::INFINITY => high,
            f64::NEG_INFINITY => low,
            x => x,
        })
        .collect();
    let made = Array::from_vec(made, &array.shape).cast(array.kind())?;
    if !args.flag(1, true)
        && let Some(target) = crate::object::array_in(args.need(0)?)
    {
        target.assign(&made)?;
        return Ok(args.need(0)?.clone());
    }
    Ok(made.value_or_scalar())
}
