//! Sums, means, extremes and truth along axes; running sums.

use batuta_rt::Value;
use trueno::{Axes, Complex64, Complex128, DType};

use crate::array::Array;
use crate::binary::{Op, apply};
use crate::dtype::{BOOL, F64, Kind};
use crate::error::{Py, R, not_done, value_error};
use crate::make::array_of;
use crate::table::{Args, Row, axes, axis, row};

const FULL: &str = "a axis= dtype= out= keepdims= initial= where=";
const EXTREME: &str = "a axis= out= keepdims= initial= where=";
const TRUTH: &str = "a axis= out= keepdims= where=";

pub const ROWS: &[Row] = &[
    row("sum", FULL, |args| sum(args, &args.array(0)?)),
    row("prod", FULL, |args| prod(args, &args.array(0)?)),
    row("max", EXTREME, |args| extreme(args, true, &args.array(0)?)),
    row("min", EXTREME, |args| extreme(args, false, &args.array(0)?)),
    row("amax", EXTREME, |args| extreme(args, true, &args.array(0)?)),
    row("amin", EXTREME, |args| extreme(args, false, &args.array(0)?)),
    row("ptp", "a axis= out= keepdims=", ptp),
    row("all", TRUTH, |args| truth(args, true)),
    row("any", TRUTH, |args| truth(args, false)),
    row("count_nonzero", "a axis= keepdims=", count_nonzero),
    row("mean", "a axis= dtype= out= keepdims= where=", mean),
    row("var", "a axis= dtype= out= ddof= keepdims= where= mean= correction=", |args| spread(args, false)),
    row("std", "a axis= dtype= out= ddof= keepdims= where= mean= correction=", |args| spread(args, true)),
    row("argmax", "a axis= out= keepdims=", |args| position(args, true)),
    row("argmin", "a axis= out= keepdims=", |args| position(args, false)),
    row("cumsum", "a axis= dtype= out=", |args| running(args, true)),
    row("cumprod", "a axis= dtype= out=", |args| running(args, false)),
    row("cumulative_sum", "a axis= dtype= out=", |args| running(args, true)),
    row("cumulative_prod", "a axis= dtype= out=", |args| running(args, false)),
    row("nansum", FULL, |args| sum(args, &without_nan(&args.array(0)?, 0.0)?)),
    row("nanprod", FULL, |args| prod(args, &without_nan(&args.array(0)?, 1.0)?)),
    row("nancumsum", "a axis= dtype= out=", |args| {
        let made = without_nan(&args.array(0)?, 0.0)?;
        running_of(args, true, &made)
    }),
    row("nanmax", EXTREME, |args| nan_extreme(args, true)),
    row("nanmin", EXTREME, |args| nan_extreme(args, false)),
    row("nanmean", "a axis= dtype= out= keepdims=", nanmean),
    row("nanvar", "a axis= dtype= out= ddof= keepdims=", |args| nanvar(args, false)),
    row("nanstd", "a axis= dtype= out= ddof= keepdims=", |args| nanvar(args, true)),
    row("nanargmax", "a axis= out= keepdims=", |args| nan_position(args, true)),
    row("nanargmin", "a axis= out= keepdims=", |args| nan_position(args, false)),
];

/// Axes for trueno.
pub fn axes_of(value: Option<&Value>, keep: bool, ndim: usize) -> R<Axes> {
    let made = match axes(value, ndim)? {
        None => Axes::all(),
        Some(list) => {
            let list: Vec<isize> = list.iter().map(|&axis| axis as isize).collect();
            Axes::from(&list[..])
        }
    };
    Ok(if keep { made.keep() } else { made })
}

/// The elements that take part: the others become `neutral`.
fn chosen(args: &Args, at: usize, array: &Array, neutral: &Array) -> R<Array> {
    match args.some(at).filter(|mask| !matches!(mask, Value::Bool(true))) {
        None => Ok(array.clone()),
        Some(mask) => {
            let mask = array_of(mask, Some(BOOL))?;
            crate::logic::choose(&mask, array, &neutral.cast(array.kind())?)
        }
    }
}

/// A reduction of every type that sums have.
macro_rules! by_type {
    ($array:expr, $dtype:expr, $t:ident => $e:expr) => {
        match $dtype {
            DType::I64 => $array.with::<i64, _>(DType::I64, |$t| Ok(Array::from_tensor($e.py()?))),
            DType::U64 => $array.with::<u64, _>(DType::U64, |$t| Ok(Array::from_tensor($e.py()?))),
            DType::F32 => $array.with::<f32, _>(DType::F32, |$t| Ok(Array::from_tensor($e.py()?))),
            DType::F64 => $array.with::<f64, _>(DType::F64, |$t| Ok(Array::from_tensor($e.py()?))),
            DType::C64 => $array.with::<Complex64, _>(DType::C64, |$t| Ok(Array::from_tensor($e.py()?))),
            DType::C128 => $array.with::<Complex128, _>(DType::C128, |$t| Ok(Array::from_tensor($e.py()?))),
            other => Err(not_done(format!("a reduction in {other}"))),
        }
    };
}

/// The sum along axes.
pub fn sum_over(array: &Array, axes: Axes, kind: Option<Kind>) -> R<Array> {
    let own = array.dtype("sum")?;
    let wanted = match kind {
        Some(Kind::Num(dtype)) => dtype,
        _ => own.sum_type(),
    };
    let made = by_type!(array, wanted.sum_type(), t => t.sum_over(axes))?;
    made.cast(Kind::Num(wanted))
}

fn objects(args: &Args, array: &Array, op: Op) -> R {
    let at = args.some(1).map(|_| args.int(1, 0)).transpose()?;
    let items = match at {
        None => array.scalars().iter().map(crate::scalar::Scalar::item).collect::<Vec<_>>(),
        Some(_) => return Err(not_done("reductions of arrays of objects along an axis")),
    };
    let mut items = items.into_iter();
    let first = items.next().ok_or_else(|| value_error("an empty array of objects"))?;
    items.try_fold(first, |total, item| apply(op, &total, &item))
}

fn sum(args: &Args, array: &Array) -> R {
    if array.kind() == Kind::Object {
        return objects(args, array, Op::Add);
    }
    let array = chosen(args, 6, array, &Array::vector(vec![0.0]))?;
    let made = sum_over(&array, axes_of(args.at(1), args.flag(4, false), array.ndim())?, args.kind(2)?)?;
    let made = match args.some(5) {
        Some(initial) => array_of(&apply(Op::Add, &made.value_or_scalar(), initial)?, None)?,
        None => made,
    };
    args.result(3, made)
}

fn prod(args: &Args, array: &Array) -> R {
    if array.kind() == Kind::Object {
        return objects(args, array, Op::Multiply);
    }
    let array = chosen(args, 6, array, &Array::vector(vec![1.0]))?;
    let wanted = match args.kind(2)? {
        Some(Kind::Num(dtype)) => dtype,
        _ => array.dtype("prod")?.sum_type(),
    };
    let axes = axes_of(args.at(1), args.flag(4, false), array.ndim())?;
    let made = by_type!(array, wanted.sum_type(), t => t.prod_over(axes))?.cast(Kind::Num(wanted))?;
    let made = match args.some(5) {
        Some(initial) => array_of(&apply(Op::Multiply, &made.value_or_scalar(), initial)?, None)?,
        None => made,
    };
    args.result(3, made)
}

/// The largest or smallest along axes.
pub fn extreme_over(array: &Array, axes: Axes, largest: bool) -> R<Array> {
    let name = if largest { "max" } else { "min" };
    let dtype = array.dtype(name)?;
    macro_rules! real {
        ($t:ty, $dtype:expr) => {
            array.with::<$t, _>($dtype, |t| {
                let made = if largest { t.max_over(axes) } else { t.min_over(axes) };
                Ok(Array::from_tensor(made.py()?))
            })
        };
    }
    match dtype {
        DType::F64 => real!(f64, DType::F64),
        DType::F32 => real!(f32, DType::F32),
        DType::U64 => real!(u64, DType::U64),
        DType::C64 | DType::C128 => Err(not_done(format!("`{name}` of complex numbers"))),
        _ => real!(i64, DType::I64)?.cast(Kind::Num(dtype)),
    }
}

fn extreme(args: &Args, largest: bool, array: &Array) -> R {
    let op = if largest { Op::Maximum } else { Op::Minimum };
    if array.kind() == Kind::Object {
        return objects(args, array, op);
    }
    if crate::binary::is_text(array) {
        let items = array.scalars();
        let best = if largest {
            items.iter().max_by_key(|x| x.text())
        } else {
            items.iter().min_by_key(|x| x.text())
        };
        return best.map(|x| x.clone().value()).ok_or_else(|| value_error("an empty array"));
    }
    let array = match (args.some(5), args.some(4)) {
        (Some(_), Some(initial)) => chosen(args, 5, array, &array_of(initial, None)?)?,
        (Some(mask), None) if !matches!(mask, Value::Bool(true)) => {
            let name = op.name();
            return Err(value_error(format!(
                "reduction operation '{name}' does not have an identity, so to use a where mask one has to specify 'initial'"
            )));
        }
        _ => array.clone(),
    };
    if let (Some(initial), 0) = (args.some(4), array.size()) {
        let shape = reduced_shape(&array, args.at(1), args.flag(3, false))?;
        let initial = array_of(initial, None)?.cast(array.kind())?;
        return Ok(initial.broadcast_to(&shape).unwrap_or(initial).copy().value_or_scalar());
    }
    let made = extreme_over(&array, axes_of(args.at(1), args.flag(3, false), array.ndim())?, largest)?;
    let made = match args.some(4) {
        Some(initial) => array_of(&apply(op, &made.value_or_scalar(), initial)?, None)?,
        None => made,
    };
    args.result(2, made)
}

fn ptp(args: &Args) -> R {
    let array = args.array(0)?;
    let axes = axes_of(args.at(1), args.flag(3, false), array.ndim())?;
    let (high, low) = (extreme_over(&array, axes.clone(), true)?, extreme_over(&array, axes, false)?);
    apply(Op::Subtract, &high.value_or_scalar(), &low.value_or_scalar())
}

/// The shape that is left of a reduction.
pub fn reduced_shape(array: &Array, given: Option<&Value>, keep: bool) -> R<Vec<usize>> {
    let gone = axes(given, array.ndim())?.unwrap_or_else(|| (0..array.ndim()).collect());
    let part = |(axis, &n): (usize, &usize)| match (gone.contains(&axis), keep) {
        (true, true) => Some(1),
        (true, false) => None,
        _ => Some(n),
    };
    Ok(array.shape.iter().enumerate().filter_map(part).collect())
}

fn as_bools(array: &Array) -> R<Array> {
    Ok(match array.kind() {
        Kind::Num(_) => array.cast(BOOL)?,
        _ => Array::from_vec(array.truths(), &array.shape),
    })
}

fn truth(args: &Args, all: bool) -> R {
    let array = as_bools(&args.array(0)?)?;
    let array = chosen(args, 4, &array, &Array::vector(vec![all]))?;
    let axes = axes_of(args.at(1), args.flag(3, false), array.ndim())?;
    let made = array.with::<bool, _>(DType::Bool, |t| {
        let made = if all { t.all_over(axes) } else { t.any_over(axes) };
        Ok(Array::from_tensor(made.py()?))
    })?;
    args.result(2, made)
}

fn count_nonzero(args: &Args) -> R {
    let array = as_bools(&args.array(0)?)?;
    let axes = axes_of(args.at(1), args.flag(2, false), array.ndim())?;
    let made =
        array.with::<bool, _>(DType::Bool, |t| Ok(Array::from_tensor(t.count_nonzero_over(axes).py()?)))?;
    if made.ndim() == 0 { Ok(made.first().value()) } else { Ok(made.value()) }
}

/// The mean along axes in an element type's own mean type.
pub fn mean_over(array: &Array, axes: Axes, kind: Option<Kind>) -> R<Array> {
    let array = match kind {
        Some(kind) => array.cast(kind)?,
        None => array.clone(),
    };
    match array.dtype("mean")? {
        DType::F32 => array.with::<f32, _>(DType::F32, |t| Ok(Array::from_tensor(t.mean_over(axes).py()?))),
        DType::F64 => array.with::<f64, _>(DType::F64, |t| Ok(Array::from_tensor(t.mean_over(axes).py()?))),
        DType::C64 => {
            array.with::<Complex64, _>(DType::C64, |t| Ok(Array::from_tensor(t.mean_over(axes).py()?)))
        }
        DType::C128 => {
            array.with::<Complex128, _>(DType::C128, |t| Ok(Array::from_tensor(t.mean_over(axes).py()?)))
        }
        DType::U64 => array.with::<u64, _>(DType::U64, |t| Ok(Array::from_tensor(t.mean_over(axes).py()?))),
        _ => array.with::<i64, _>(DType::I64, |t| Ok(Array::from_tensor(t.mean_over(axes).py()?))),
    }
}

fn mean(args: &Args) -> R {
    let array = args.array(0)?;
    if let Some(mask) = args.some(5).filter(|mask| !matches!(mask, Value::Bool(true))) {
        let mask = array_of(mask, Some(BOOL))?;
        let mask = mask.broadcast_to(&array.shape).ok_or_else(|| value_error("where= of another shape"))?;
        let axes = |ndim| axes_of(args.at(1), args.flag(4, false), ndim);
        let kept = crate::logic::choose(&mask, &array.cast(F64)?, &Array::vector(vec![0.0]))?;
        let (total, count) =
            (sum_over(&kept, axes(kept.ndim())?, None)?, sum_over(&mask, axes(mask.ndim())?, None)?);
        return apply(Op::Divide, &total.value_or_scalar(), &count.value_or_scalar());
    }
    let made = mean_over(&array, axes_of(args.at(1), args.flag(4, false), array.ndim())?, args.kind(2)?)?;
    args.result(3, made)
}

fn spread(args: &Args, root: bool) -> R {
    let array = args.array(0)?;
    if args.some(6).is_some_and(|mask| !matches!(mask, Value::Bool(true))) {
        return Err(not_done("`where=` of std and var"));
    }
    let ddof = match args.some(8) {
        Some(correction) => batuta_rt::py::to_float(correction)?,
        None => args.float(4, 0.0)?,
    };
    let array = match args.kind(2)? {
        Some(kind) => array.cast(kind)?,
        None => array,
    };
    let axes = axes_of(args.at(1), args.flag(5, false), array.ndim())?;
    macro_rules! of {
        ($t:ty, $dtype:expr) => {
            array.with::<$t, _>($dtype, |t| {
                let made = if root { t.std_over(axes, ddof) } else { t.var_over(axes, ddof) };
                Ok(Array::from_tensor(made.py()?))
            })
        };
    }
    let made = match array.dtype("std")? {
        DType::F32 => of!(f32, DType::F32),
        DType::F64 => of!(f64, DType::F64),
        DType::U64 => of!(u64, DType::U64),
        DType::C64 | DType::C128 => complex_spread(&array, axes, args, ddof, root),
        _ => of!(i64, DType::I64),
    }?;
    args.result(3, made)
}

fn complex_spread(array: &Array, axes: Axes, args: &Args, ddof: f64, root: bool) -> R<Array> {
    let mean = mean_over(array, axes.clone().keep(), None)?;
    let off = array_of(&apply(Op::Subtract, &array.clone().value(), &mean.value())?, None)?;
    let size = crate::unary::apply("absolute", &off)?;
    let squares = crate::unary::apply("square", &size)?;
    let total = sum_over(&squares, axes, None)?;
    let left: usize = reduced_shape(array, args.at(1), false)?.iter().product();
    let count = (array.size() / left.max(1)) as f64 - ddof;
    let var = array_of(&apply(Op::Divide, &total.value_or_scalar(), &count.into())?, None)?;
    if root { crate::unary::apply("sqrt", &var) } else { Ok(var) }
}

fn position(args: &Args, largest: bool) -> R {
    let array = args.array(0)?;
    let name = if largest { "argmax" } else { "argmin" };
    let keep = args.flag(3, false);
    let (lined, at) = match args.some(1) {
        None => (array.raveled(), 0),
        Some(given) => (array.clone(), axis(crate::make::index(given)?, array.ndim())?),
    };
    let made = positions(&lined, at, largest, name)?;
    let made = match (keep, args.some(1)) {
        (true, None) => made.reshaped(&vec![1; array.ndim()]),
        (true, Some(_)) => {
            let mut shape = array.shape.clone();
            shape[at] = 1;
            made.copy().reshaped(&shape)
        }
        _ => made,
    };
    args.result(2, made)
}

fn positions(array: &Array, at: usize, largest: bool, name: &str) -> R<Array> {
    if array.shape[at] == 0 {
        return Err(value_error(format!("attempt to get {name} of an empty sequence")));
    }
    if crate::binary::is_text(array) {
        let items = array.scalars();
        let mut best = 0;
        for (i, item) in items.iter().enumerate() {
            let order = item.text().cmp(&items[best].text());
            if if largest { order.is_gt() } else { order.is_lt() } {
                best = i;
            }
        }
        return Ok(Array::from_vec(vec![best as i64], &[]));
    }
    let axis = at as isize;
    macro_rules! of {
        ($t:ty, $dtype:expr) => {
            array.with::<$t, _>($dtype, |t| {
                let made = if largest { t.argmax_axis(axis) } else { t.argmin_axis(axis) };
                Ok(Array::from_tensor(made.py()?))
            })
        };
    }
    match array.dtype(name)? {
        DType::F32 => of!(f32, DType::F32),
        DType::F64 => of!(f64, DType::F64),
        DType::U64 => of!(u64, DType::U64),
        DType::C64 | DType::C128 => Err(not_done(format!("`{name}` of complex numbers"))),
        _ => of!(i64, DType::I64),
    }
}

fn running(args: &Args, sums: bool) -> R {
    running_of(args, sums, &args.array(0)?)
}

fn running_of(args: &Args, sums: bool, array: &Array) -> R {
    let (array, at) = match args.some(1) {
        None => (array.raveled(), 0),
        Some(given) => (array.clone(), axis(crate::make::index(given)?, array.ndim())?),
    };
    let wanted = match args.kind(2)? {
        Some(Kind::Num(dtype)) => dtype,
        _ => array.dtype("cumsum")?.sum_type(),
    };
    let at = at as isize;
    let made = by_type!(array, wanted.sum_type(), t => if sums { t.cumsum(at) } else { t.cumprod(at) })?;
    args.result(3, made.cast(Kind::Num(wanted))?)
}

/// Whether an array may hold NaN.
fn is_float(array: &Array) -> bool {
    matches!(array.kind().letter(), "f" | "c")
}

/// NaN replaced.
pub fn without_nan(array: &Array, by: f64) -> R<Array> {
    if !is_float(array) {
        return Ok(array.clone());
    }
    let mask = crate::unary::apply("isnan", array)?;
    crate::logic::choose(&mask, &Array::from_vec(vec![by], &[]).cast(array.kind())?, array)
}

fn nan_extreme(args: &Args, largest: bool) -> R {
    let array = args.array(0)?;
    if !is_float(&array) {
        return extreme(args, largest, &array);
    }
    let axes = axes_of(args.at(1), args.flag(3, false), array.ndim())?;
    let mask = crate::unary::apply("isnan", &array)?;
    let edge = if largest { f64::NEG_INFINITY } else { f64::INFINITY };
    let filled = without_nan(&array, edge)?;
    let best = extreme_over(&filled, axes.clone(), largest)?;
    // Where there is nothing but NaN, NaN is the answer.
    let nothing = mask.with::<bool, _>(DType::Bool, |t| Ok(Array::from_tensor(t.all_over(axes).py()?)))?;
    let nan = Array::from_vec(vec![f64::NAN], &[]).cast(array.kind())?;
    args.result(2, crate::logic::choose(&nothing, &nan, &best)?)
}

fn nanmean(args: &Args) -> R {
    let array = args.array(0)?;
    let axes = axes_of(args.at(1), args.flag(4, false), array.ndim())?;
    if !is_float(&array) {
        return args.result(3, mean_over(&array, axes, args.kind(2)?)?);
    }
    let valid = crate::unary::apply("logical_not", &crate::unary::apply("isnan", &array)?)?;
    let total = sum_over(&without_nan(&array, 0.0)?, axes.clone(), None)?;
    let count = sum_over(&valid, axes, None)?.cast(array.kind())?;
    let made = apply(Op::Divide, &total.value_or_scalar(), &count.value_or_scalar())?;
    args.result(3, array_of(&made, None)?)
}

fn nanvar(args: &Args, root: bool) -> R {
    let array = args.array(0)?;
    let array = if is_float(&array) { array } else { array.cast(F64)? };
    let ddof = args.float(4, 0.0)?;
    let axes = axes_of(args.at(1), args.flag(5, false), array.ndim())?;
    let wide = axes_of(args.at(1), true, array.ndim())?;
    let valid = crate::unary::apply("logical_not", &crate::unary::apply("isnan", &array)?)?;
    let filled = without_nan(&array, 0.0)?;
    let counts = sum_over(&valid, wide.clone(), None)?.cast(array.kind())?;
    let mean = apply(Op::Divide, &sum_over(&filled, wide, None)?.value(), &counts.value())?;
    let off = array_of(&apply(Op::Subtract, &filled.value(), &mean)?, None)?;
    let off = crate::logic::choose(&valid, &off, &Array::from_vec(vec![0.0], &[]).cast(array.kind())?)?;
    let squares = apply(Op::Multiply, &off.clone().value(), &off.value())?;
    let total = sum_over(&array_of(&squares, None)?, axes.clone(), None)?;
    let count = sum_over(&valid, axes, None)?.cast(array.kind())?;
    let freedom = apply(Op::Subtract, &count.value_or_scalar(), &ddof.into())?;
    let made = array_of(&apply(Op::Divide, &total.value_or_scalar(), &freedom)?, None)?;
    args.result(3, if root { crate::unary::apply("sqrt", &made)? } else { made })
}

fn nan_position(args: &Args, largest: bool) -> R {
    let array = args.array(0)?;
    let edge = if largest { f64::NEG_INFINITY } else { f64::INFINITY };
    let filled = without_nan(&array, edge)?;
    let made = match args.some(1) {
        None => positions(&filled.raveled(), 0, largest, "argmax")?,
        Some(given) => {
            let at = axis(crate::make::index(given)?, array.ndim())?;
            positions(&filled, at, largest, "argmax")?
        }
    };
    if is_float(&array) && array.size() > 0 {
        let nothing = crate::unary::apply("isnan", &array)?.truths().iter().all(|nan| *nan);
        if nothing {
            return Err(value_error("All-NaN slice encountered"));
        }
    }
    args.result(2, made)
}
