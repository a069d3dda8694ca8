//! Making arrays: `np.zeros`, `np.arange`, `np.linspace`, `np.eye`, `np.meshgrid`.

use batuta_rt::Value;

use crate::array::Array;
use crate::dtype::{F64, I64, Kind};
use crate::error::{Py, R, value_error};
use crate::make::{array_of, check_range, index, items, scalar_as, scalar_of, shape_of};
use crate::table::{Args, Row, row};

pub const ROWS: &[Row] = &[
    row("array", "object dtype= copy= order= subok= ndmin= like=", array),
    row("asarray", "a dtype= order= copy= like=", |args| same(args, 0, 1)),
    row("asanyarray", "a dtype= order=", |args| same(args, 0, 1)),
    row("ascontiguousarray", "a dtype=", |args| same(args, 0, 1).map(|made| contiguous(&made))),
    row("asfortranarray", "a dtype=", |args| {
        let made = same(args, 0, 1)?;
        Ok(crate::object::fortran(&array_of(&made, None)?).value())
    }),
    row("asarray_chkfinite", "a dtype=", |args| {
        let array = args.array(0)?;
        if !crate::unary::apply("isfinite", &array)?.truths().iter().all(|x| *x) {
            return Err(value_error("array must not contain infs or NaNs"));
        }
        same(args, 0, 1)
    }),
    row("copy", "a order=", |args| Ok(Array { base: None, ..args.array(0)?.copy_keeping() }.value())),
    row("zeros", "shape dtype= order=", |args| filled(args, 0.0, 1, 2)),
    row("ones", "shape dtype= order=", |args| filled(args, 1.0, 1, 2)),
    row("empty", "shape dtype= order=", |args| filled(args, 0.0, 1, 2)),
    row("full", "shape fill_value dtype= order=", full),
    row("zeros_like", "a dtype= order= subok= shape=", |args| like(args, Some(0.0), 1, 4)),
    row("ones_like", "a dtype= order= subok= shape=", |args| like(args, Some(1.0), 1, 4)),
    row("empty_like", "a dtype= order= subok= shape=", |args| like(args, Some(0.0), 1, 4)),
    row("full_like", "a fill_value dtype= order= subok= shape=", |args| like(args, None, 2, 5)),
    row("arange", "start= stop= step= dtype=", arange),
    row("linspace", "start stop num= endpoint= retstep= dtype= axis=", linspace),
    row("logspace", "start stop num= endpoint= base= dtype=", logspace),
    row("geomspace", "start stop num= endpoint=", geomspace),
    row("eye", "N M= k= dtype=", |args| {
        let n = args.int(0, 0)?;
        eye(n, args.int(1, n)?, args.int(2, 0)?, args.kind(3)?)
    }),
    row("identity", "n dtype=", |args| eye(args.int(0, 0)?, args.int(0, 0)?, 0, args.kind(1)?)),
    row("diag", "v k=", |args| diag(&args.array(0)?, args.int(1, 0)?)),
    row("diagflat", "v k=", |args| diag(&args.array(0)?.raveled(), args.int(1, 0)?)),
    row("tri", "N M= k= dtype=", |args| {
        let n = args.int(0, 0)?;
        let m = args.int(1, n)?;
        let k = args.int(2, 0)?;
        let items: Vec<f64> =
            (0..n).flat_map(|i| (0..m).map(move |j| f64::from(u8::from(j <= i + k)))).collect();
        Ok(Array::from_vec(items, &[n as usize, m as usize]).cast(args.kind(3)?.unwrap_or(F64))?.value())
    }),
    row("tril", "m k=", |args| triangle(args, false)),
    row("triu", "m k=", |args| triangle(args, true)),
    row("vander", "x N= increasing=", vander),
    row("meshgrid", "*xi indexing= sparse= copy=", meshgrid),
    row("indices", "dimensions dtype= sparse=", indices),
    row("fromfunction", "function shape dtype=", fromfunction),
    row("fromiter", "iter dtype= count=", |args| {
        let items: Vec<Value> = items(args.need(0)?)?;
        Ok(array_of(&items.into(), Some(args.kind(1)?.unwrap_or(F64)))?.value())
    }),
    row("fromstring", "string dtype= count= sep=", |args| {
        let text = args.text(0).unwrap_or_default();
        let sep = args.text(3).unwrap_or_default();
        if sep.is_empty() {
            return Err(value_error("The binary mode of fromstring is removed, use frombuffer instead"));
        }
        let parts = text.split(sep.trim()).flat_map(|part| {
            if sep.trim().is_empty() {
                part.split_whitespace().collect::<Vec<_>>()
            } else {
                vec![part.trim()]
            }
        });
        let items: Vec<Value> = parts.filter(|part| !part.is_empty()).map(Value::from).collect();
        Ok(array_of(&items.into(), None)?.cast(args.kind(1)?.unwrap_or(F64))?.value())
    }),
    row("frombuffer", "buffer dtype= count= offset=", |args| {
        let bytes: batuta_rt::Bytes = args.need(0)?.to();
        let raw =
            Array::vector(bytes.iter().copied().skip(args.int(3, 0)?.max(0) as usize).collect::<Vec<u8>>());
        Ok(crate::text::reinterpret(&raw, args.kind(1)?.unwrap_or(F64))?.value())
    }),
    row("dtype", "dtype align= copy=", |args| Ok(crate::dtype::of_value(args.need(0)?)?.value())),
    row("result_type", "*arrays", |args| {
        let mut kind: Option<Kind> = None;
        for one in items(args.need(0)?)? {
            let own = type_or_array(&one)?;
            kind = Some(match kind {
                Some(known) => known.promote(own)?,
                None => own,
            });
        }
        Ok(kind.unwrap_or(F64).value())
    }),
    row("promote_types", "type1 type2", |args| {
        Ok(crate::dtype::of_value(args.need(0)?)?.promote(crate::dtype::of_value(args.need(1)?)?)?.value())
    }),
    row("can_cast", "from_ to casting=", |args| {
        let (from, to) = (type_or_array(args.need(0)?)?, crate::dtype::of_value(args.need(1)?)?);
        Ok(Value::Bool(from.promote(to)? == to))
    }),
    row("issubdtype", "arg1 arg2", |args| {
        let kind = type_or_array(args.need(0)?)?;
        let name = match args.need(1)? {
            Value::Function(function) => function.name().to_owned(),
            other => match batuta_rt::py::get_attr_or(other, "__name__", Value::None) {
                Value::None => batuta_rt::str(other).to_string(),
                name => batuta_rt::str(&name).to_string(),
            },
        };
        let name = match &*name {
            "float" => "floating",
            "int" => "signedinteger",
            "complex" => "complexfloating",
            other => other,
        };
        Ok(Value::Bool(crate::dtype::ScalarType::covers(name, kind)))
    }),
    row("iinfo", "type", |args| {
        let kind = type_or_array(args.need(0)?)?;
        Ok(crate::info::integers(kind))
    }),
    row("finfo", "dtype", |args| {
        let kind = type_or_array(args.need(0)?)?;
        Ok(crate::info::floats(kind))
    }),
    row("require", "a dtype= requirements=", |args| same(args, 0, 1)),
];

fn type_or_array(value: &Value) -> R<Kind> {
    if let Ok(kind) = crate::dtype::of_value(value)
        && !value.is_none()
    {
        return Ok(kind);
    }
    Ok(array_of(value, None)?.kind())
}

fn array(args: &Args) -> R {
    let given = args.need(0)?;
    let kind = args.kind(1)?;
    let kind = kind.filter(|kind| *kind != Kind::Str(0)).or(kind);
    let copies = !matches!(args.at(2), Some(Value::Bool(false)));
    let mut made = match given {
        Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Str(_) => {
            let kind = kind.unwrap_or(scalar_of(given).kind());
            check_range(given, kind)?;
            match kind {
                Kind::Num(dtype) if !matches!(given, Value::Str(_)) => scalar_as(given, dtype)?.array(),
                _ => array_of(given, None)?.cast(kind)?,
            }
        }
        Value::Set(_) | Value::FrozenSet(_) | Value::Dict(_) => Array::from_vec(vec![given.clone()], &[]),
        other => array_of(other, kind)?,
    };
    let is_own = crate::object::is_array(given);
    if is_own && copies {
        made = match args.text(3).as_deref() {
            Some("C") => made.copy(),
            _ => made.copy_keeping(),
        };
    }
    if args.text(3).as_deref() == Some("F") {
        made = crate::object::fortran(&made);
    }
    let least = args.int(5, 0)? as usize;
    if made.ndim() < least {
        let shape = [vec![1; least - made.ndim()], made.shape.clone()].concat();
        made = made.reshaped(&shape);
    }
    Ok(Array { base: None, ..made }.value())
}

fn same(args: &Args, at: usize, kind: usize) -> R {
    let given = args.need(at)?;
    let kind = args.kind(kind)?;
    if crate::object::is_array(given) {
        let own = args.array(at)?;
        if kind.is_none_or(|kind| kind == own.kind()) {
            return Ok(given.clone());
        }
    }
    Ok(array_of(given, kind)?.value())
}

fn contiguous(made: &Value) -> Value {
    match crate::object::array_in(made) {
        Some(array) if !array.is_contiguous() => array.copy().value(),
        Some(array) if array.ndim() == 0 => array.reshaped(&[1]).value(),
        _ => made.clone(),
    }
}

/// In the memory order that is asked for.
fn ordered(array: Array, order: Option<&Value>) -> Value {
    match order.map(|order| batuta_rt::str(order).to_string()).as_deref() {
        Some("F") => crate::object::fortran(&array).value(),
        _ => array.value(),
    }
}

fn filled(args: &Args, x: f64, kind: usize, order: usize) -> R {
    let shape = shape_of(args.need(0)?)?;
    let kind = args.kind(kind)?.unwrap_or(F64);
    let kind = if kind == Kind::Str(0) { Kind::Str(1) } else { kind };
    let made = Array::zeros(kind, &shape);
    if x != 0.0 {
        match &made.data {
            crate::array::Data::F64(buf) => buf.borrow_mut().fill(x),
            _ => made.assign(&Array::from_vec(vec![x], &[]))?,
        }
    } else if kind == Kind::Object && args.name == "empty" {
        made.assign(&Array::from_vec(vec![Value::None], &[]))?;
    }
    Ok(ordered(made, args.at(order)))
}

fn value_array(value: &Value, kind: Kind) -> R<Array> {
    match kind {
        Kind::Num(dtype)
            if !matches!(value, Value::List(_) | Value::Tuple(_)) && !crate::object::is_array(value) =>
        {
            Ok(scalar_as(value, dtype)?.array())
        }
        _ => array_of(value, None)?.cast(kind),
    }
}

fn full(args: &Args) -> R {
    let shape = shape_of(args.need(0)?)?;
    let value = args.need(1)?;
    let kind = match args.kind(2)? {
        Some(kind) => kind,
        None => array_of(value, None)?.kind(),
    };
    let made = Array::zeros(kind, &shape);
    made.assign(&value_array(value, kind)?)?;
    Ok(ordered(made, args.at(3)))
}

fn like(args: &Args, x: Option<f64>, kind: usize, shape: usize) -> R {
    let model = args.array(0)?;
    let kind = args.kind(kind)?.unwrap_or(model.kind());
    let made = match args.some(shape) {
        Some(shape) => Array::zeros(kind, &shape_of(shape)?),
        None => {
            // In the memory order of the model.
            let mut order: Vec<usize> = (0..model.ndim()).collect();
            order.sort_by_key(|&axis| std::cmp::Reverse(model.strides[axis].abs()));
            let sorted: Vec<usize> = order.iter().map(|&axis| model.shape[axis]).collect();
            let mut back = vec![0; order.len()];
            order.iter().enumerate().for_each(|(at, axis)| back[*axis] = at);
            Array::zeros(kind, &sorted).permuted(&back)
        }
    };
    match x {
        Some(0.0) => {}
        Some(x) => made.assign(&Array::from_vec(vec![x], &[]))?,
        None => made.assign(&value_array(args.need(1)?, kind)?)?,
    }
    Ok(made.value())
}

fn arange(args: &Args) -> R {
    let given: Vec<Value> = match (args.some(0), args.some(1)) {
        (Some(stop), None) => vec![0_i64.into(), stop.clone(), args.some(2).cloned().unwrap_or(1_i64.into())],
        (None, Some(stop)) => vec![0_i64.into(), stop.clone(), args.some(2).cloned().unwrap_or(1_i64.into())],
        (Some(start), Some(stop)) => {
            vec![start.clone(), stop.clone(), args.some(2).cloned().unwrap_or(1_i64.into())]
        }
        _ => return Err(crate::error::type_error("arange() requires stop to be specified.")),
    };
    let refs: Vec<&Value> = given.iter().collect();
    let own = crate::make::default_kind(&refs);
    let kind = args.kind(3)?.unwrap_or(own);
    let made = if own == I64 {
        let numbers: Vec<i64> = given.iter().map(index).collect::<R<_>>()?;
        let (start, stop, step) = (numbers[0], numbers[1], numbers[2]);
        if step == 0 {
            return Err(batuta_rt::Error::new(batuta_rt::ZeroDivisionError, "division by zero"));
        }
        let n = if step > 0 {
            (stop - start + step - 1).div_euclid(step)
        } else {
            (start - stop - step - 1).div_euclid(-step)
        };
        Array::vector((0..n.max(0)).map(|i| start + i * step).collect::<Vec<i64>>())
    } else {
        let numbers: Vec<f64> = given.iter().map(batuta_rt::py::to_float).collect::<R<_>>()?;
        if numbers[2] == 0.0 {
            return Err(batuta_rt::Error::new(batuta_rt::ZeroDivisionError, "float division by zero"));
        }
        Array::from_tensor(trueno::arange(numbers[0], numbers[1], numbers[2]).py()?)
    };
    Ok(made.cast(kind)?.value())
}

fn linspace(args: &Args) -> R {
    let n = args.int(2, 50)?;
    if n < 0 {
        return Err(value_error(format!("Number of samples, {n}, must be non-negative.")));
    }
    let (start, stop) = (args.array(0)?, args.array(1)?);
    let endpoint = args.flag(3, true);
    if start.ndim() > 0 || stop.ndim() > 0 {
        let shape = crate::array::broadcast_shapes(&[&start.shape, &stop.shape])?;
        let wide = |array: &Array| {
            array.broadcast_to(&shape).ok_or_else(|| value_error("shapes do not fit"))?.to_f64s()
        };
        let columns: Vec<Vec<f64>> = wide(&start)?
            .into_iter()
            .zip(wide(&stop)?)
            .map(|(a, b)| Ok(trueno::linspace(a, b, n as usize, endpoint).py()?.to_vec()))
            .collect::<R<_>>()?;
        let rows: Vec<f64> =
            (0..n as usize).flat_map(|i| columns.iter().map(move |column| column[i])).collect();
        return Ok(Array::from_vec(rows, &[vec![n as usize], shape].concat()).value());
    }
    let (a, b) = (args.float(0, 0.0)?, args.float(1, 0.0)?);
    let made = Array::from_tensor(trueno::linspace(a, b, n as usize, endpoint).py()?);
    let kind = args.kind(5)?;
    let made = match kind {
        Some(Kind::Num(dtype)) if dtype.kind() == trueno::Kind::Integer => {
            crate::unary::apply("floor", &made)?.cast(Kind::Num(dtype))?
        }
        Some(kind) => made.cast(kind)?,
        None => made,
    };
    if args.flag(4, false) {
        let gaps = if endpoint { n - 1 } else { n };
        let step = if gaps > 0 { (b - a) / gaps as f64 } else { f64::NAN };
        return Ok(Value::tuple([made.value(), crate::scalar::Scalar::F64(step).value()]));
    }
    Ok(made.value())
}

fn logspace(args: &Args) -> R {
    let n = args.int(2, 50)? as usize;
    let exponents = trueno::linspace(args.float(0, 0.0)?, args.float(1, 0.0)?, n, args.flag(3, true)).py()?;
    let base = args.float(4, 10.0)?;
    let made = Array::from_tensor(exponents.map(|x| base.powf(x)));
    Ok(made.cast(args.kind(5)?.unwrap_or(F64))?.value())
}

fn geomspace(args: &Args) -> R {
    let (start, stop) = (args.float(0, 0.0)?, args.float(1, 0.0)?);
    if start == 0.0 || stop == 0.0 {
        return Err(value_error("Geometric sequence cannot include zero"));
    }
    let n = args.int(2, 50)? as usize;
    let endpoint = args.flag(3, true);
    let sign = if start < 0.0 && stop < 0.0 { -1.0 } else { 1.0 };
    let (low, high) = (start.abs().log10(), stop.abs().log10());
    let mut made: Vec<f64> = trueno::linspace(low, high, n, endpoint)
        .py()?
        .to_vec()
        .into_iter()
        .map(|x| sign * 10f64.powf(x))
        .collect();
    if let Some(first) = made.first_mut() {
        *first = start;
    }
    if endpoint && n > 1 {
        made[n - 1] = stop;
    }
    Ok(Array::vector(made).value())
}

fn eye(n: i64, m: i64, k: i64, kind: Option<Kind>) -> R {
    let made = Array::zeros(kind.unwrap_or(F64), &[n.max(0) as usize, m.max(0) as usize]);
    let one = Array::from_vec(vec![true], &[]).cast(made.kind())?;
    for i in 0..n {
        if (0..m).contains(&(i + k)) {
            made.framed((i * m + i + k) as usize, Vec::new(), Vec::new()).assign(&one)?;
        }
    }
    Ok(made.value())
}

/// A diagonal of a matrix, or the matrix with a diagonal.
fn diag(array: &Array, k: i64) -> R {
    match array.ndim() {
        1 => {
            let n = array.len() + k.unsigned_abs() as usize;
            let made = Array::zeros(array.kind(), &[n, n]);
            let offset = if k >= 0 { k as usize } else { k.unsigned_abs() as usize * n };
            made.framed(offset, vec![array.len()], vec![n as isize + 1]).assign(array)?;
            Ok(made.value())
        }
        2 => Ok(diagonal(array, k, 0, 1).copy().value()),
        _ => Err(value_error("Input must be 1- or 2-d.")),
    }
}

/// A view of a diagonal of two axes.
pub fn diagonal(array: &Array, k: i64, first: usize, second: usize) -> Array {
    let (rows, columns) = (array.shape[first] as i64, array.shape[second] as i64);
    let n = if k >= 0 { rows.min(columns - k) } else { (rows + k).min(columns) }.max(0);
    let (row, column) = (array.strides[first], array.strides[second]);
    let start = if k >= 0 { k as isize * column } else { -k as isize * row };
    let rest: Vec<usize> = (0..array.ndim()).filter(|axis| *axis != first && *axis != second).collect();
    let mut shape: Vec<usize> = rest.iter().map(|&axis| array.shape[axis]).collect();
    let mut strides: Vec<isize> = rest.iter().map(|&axis| array.strides[axis]).collect();
    shape.push(n as usize);
    strides.push(row + column);
    let offset = if n > 0 { (array.offset as isize + start) as usize } else { array.offset };
    array.framed(offset, shape, strides)
}

fn triangle(args: &Args, upper: bool) -> R {
    let array = args.array(0)?;
    let array = if array.ndim() == 1 {
        array.broadcast_to(&[array.len(), array.len()]).unwrap_or(array)
    } else {
        array
    };
    let k = args.int(1, 0)?;
    let n = array.ndim();
    let (rows, columns) = (array.shape[n - 2], array.shape[n - 1]);
    let keep: Vec<bool> = (0..rows as i64)
        .flat_map(|i| (0..columns as i64).map(move |j| if upper { j >= i + k } else { j <= i + k }))
        .collect();
    let mask = Array::from_vec(keep, &[rows, columns]);
    Ok(crate::logic::choose(&mask, &array, &Array::zeros(array.kind(), &[]))?.value())
}

fn vander(args: &Args) -> R {
    let array = args.array(0)?;
    let columns = args.int(1, array.len() as i64)? as usize;
    let rising = args.flag(2, false);
    let kind = array.kind().promote(I64)?;
    let array = array.cast(kind)?;
    let made = Array::zeros(kind, &[array.len(), columns]);
    let mut power = Array::from_vec(vec![1i64; array.len()], &[array.len()]).cast(kind)?.value();
    for j in 0..columns {
        let at = if rising { j } else { columns - 1 - j };
        made.framed(at, vec![array.len()], vec![columns as isize]).assign(&array_of(&power, None)?)?;
        power = crate::binary::apply(crate::binary::Op::Multiply, &power, &array.clone().value())?;
    }
    Ok(made.value())
}

fn meshgrid(args: &Args) -> R {
    let axes: Vec<Array> =
        items(args.need(0)?)?.iter().map(|x| Ok(array_of(x, None)?.raveled())).collect::<R<_>>()?;
    let matrix = args.text(1).as_deref() == Some("ij");
    let mut shape: Vec<usize> = axes.iter().map(Array::size).collect();
    if !matrix && shape.len() > 1 {
        shape.swap(0, 1);
    }
    let grids: Vec<Value> = axes
        .iter()
        .enumerate()
        .map(|(k, axis)| {
            let along = if !matrix && axes.len() > 1 && k < 2 { 1 - k } else { k };
            let mut own = vec![1; axes.len()];
            own[along] = axis.size();
            let made = axis.reshaped(&own);
            match args.flag(2, false) {
                true => made.copy().value(),
                false => made.broadcast_to(&shape).map_or(made.clone(), |made| made.copy()).value(),
            }
        })
        .collect();
    Ok(Value::tuple(grids))
}

/// Positions along each axis of a shape.
pub fn index_grids(shape: &[usize]) -> Vec<Array> {
    (0..shape.len())
        .map(|axis| {
            let mut own = vec![1; shape.len()];
            own[axis] = shape[axis];
            let line = Array::from_vec((0..shape[axis] as i64).collect::<Vec<i64>>(), &own);
            line.broadcast_to(shape).map_or(line.clone(), |wide| wide.copy())
        })
        .collect()
}

fn indices(args: &Args) -> R {
    let shape = shape_of(args.need(0)?)?;
    let grids = index_grids(&shape);
    let made = crate::shape::stack(&grids, 0)?;
    Ok(made.cast(args.kind(1)?.unwrap_or(I64))?.value())
}

fn fromfunction(args: &Args) -> R {
    let shape = shape_of(args.need(1)?)?;
    let kind = args.kind(2)?.unwrap_or(F64);
    let grids: Vec<Value> =
        index_grids(&shape).iter().map(|grid| Ok(grid.cast(kind)?.value())).collect::<R<_>>()?;
    let function = args.need(0)?;
    batuta_rt::catch(|| batuta_rt::py::call(function, &grids))
}
