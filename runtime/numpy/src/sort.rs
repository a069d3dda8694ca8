//! Sorting, searching and sets.

use batuta_rt::Value;
use trueno::DType;

use crate::array::Array;
use crate::dtype::Kind;
use crate::error::{Py, R, value_error};
use crate::make::{array_of, index, is_bool};
use crate::scalar::Scalar;
use crate::table::{Args, Row, axis, row};

pub const ROWS: &[Row] = &[
    row("sort", "a axis= kind= order= stable=", |args| {
        let array = args.array(0)?;
        let at = args.at(1).cloned().unwrap_or((-1_i64).into());
        Ok(sorted(&array, &at)?.value())
    }),
    row("argsort", "a axis= kind= order= stable=", |args| {
        let array = args.array(0)?;
        let (array, at) = lined(&array, args.at(1))?;
        let kind = args.text(2);
        Ok(ordered(&array, at, kind.as_deref())?.value())
    }),
    row("partition", "a kth axis= kind=", |args| {
        let array = args.array(0)?;
        let at = args.at(2).cloned().unwrap_or((-1_i64).into());
        // A sorted lane is a partitioned one, though not the one that NumPy's own method leaves.
        Ok(sorted(&array, &at)?.value())
    }),
    row("argpartition", "a kth axis= kind=", |args| {
        let array = args.array(0)?;
        let (array, at) = lined(&array, args.at(2))?;
        Ok(ordered(&array, at, None)?.value())
    }),
    row("lexsort", "keys axis=", lexsort),
    row("sort_complex", "a", |args| {
        Ok(sorted(&args.array(0)?.cast(Kind::Num(DType::C128))?, &(-1_i64).into())?.value())
    }),
    row("msort", "a", |args| Ok(sorted(&args.array(0)?, &(0_i64).into())?.value())),
    row("searchsorted", "a v side= sorter=", searchsorted),
    row("digitize", "x bins right=", digitize),
    row("nonzero", "a", |args| Ok(nonzero_tuple(&args.array(0)?))),
    row("flatnonzero", "a", |args| {
        let places = crate::index::nonzero(&args.array(0)?.raveled()).remove(0);
        Ok(Array::vector(places).value())
    }),
    row("argwhere", "a", |args| {
        let array = args.array(0)?;
        let along = crate::index::nonzero(&array);
        let n = along.first().map_or(0, Vec::len);
        let items: Vec<i64> = (0..n).flat_map(|i| along.iter().map(move |axis| axis[i])).collect();
        Ok(Array::from_vec(items, &[n, array.ndim()]).value())
    }),
    row("unique", "ar return_index= return_inverse= return_counts= axis= equal_nan= sorted=", unique),
    row("unique_values", "x", |args| Ok(distinct(&args.array(0)?)?.0.value())),
    row("unique_counts", "x", |args| {
        let (values, _, _, counts) = distinct(&args.array(0)?)?;
        Ok(Value::tuple([values.value(), counts.value()]))
    }),
    row("union1d", "ar1 ar2", |args| {
        let both = crate::shape::concatenate(&[args.array(0)?.raveled(), args.array(1)?.raveled()], 0)?;
        Ok(distinct(&both)?.0.value())
    }),
    row("intersect1d", "ar1 ar2 assume_unique= return_indices=", intersect),
    row("setdiff1d", "ar1 ar2 assume_unique=", |args| {
        let mine = distinct(&args.array(0)?)?.0;
        keep(&mine, &args.array(1)?, false)
    }),
    row("setxor1d", "ar1 ar2 assume_unique=", |args| {
        let (a, b) = (distinct(&args.array(0)?)?.0, distinct(&args.array(1)?)?.0);
        let left = array_of(&keep(&a, &b, false)?, None)?;
        let right = array_of(&keep(&b, &a, false)?, None)?;
        Ok(sorted(&crate::shape::concatenate(&[left, right], 0)?, &(-1_i64).into())?.value())
    }),
    row("extract", "condition arr", |args| {
        let (mask, array) = (args.array(0)?, args.array(1)?);
        let mask = Array::vector(mask.truths()).value();
        crate::index::get(&array.raveled(), &Value::None, &mask)
    }),
    row("compress", "condition a axis= out=", |args| {
        // As a method the array comes first.
        let (mask, array) = (args.array(0)?, args.array(1)?);
        compress(&mask, &array, args.some(2))
    }),
    row("place", "arr mask vals", |args| {
        let (array, mask) = (args.array(0)?, args.array(1)?);
        let places: Vec<usize> = array
            .places()
            .into_iter()
            .zip(mask.truths())
            .filter(|(_, yes)| *yes)
            .map(|(place, _)| place)
            .collect();
        let values = args.array(2)?.raveled();
        let n = places.len();
        let order: Vec<usize> = (0..n).map(|i| values.offset + i % values.size().max(1)).collect();
        array.put(&places, &[n], &values.taken(&order, &[n]))?;
        Ok(Value::None)
    }),
    row("putmask", "a mask values", |args| {
        let (array, mask) = (args.array(0)?, args.array(1)?.truths());
        let values = args.array(2)?.raveled();
        let places: Vec<(usize, usize)> = array
            .places()
            .into_iter()
            .enumerate()
            .filter(|(i, _)| mask[*i])
            .map(|(i, place)| (place, values.offset + i % values.size().max(1)))
            .collect();
        let n = places.len();
        let order: Vec<usize> = places.iter().map(|pair| pair.1).collect();
        let places: Vec<usize> = places.iter().map(|pair| pair.0).collect();
        array.put(&places, &[n], &values.taken(&order, &[n]))?;
        Ok(Value::None)
    }),
    row("copyto", "dst src casting= where=", |args| {
        let (target, source) = (args.array(0)?, args.array(1)?);
        match args.some(3) {
            None => target.assign(&source)?,
            Some(mask) => {
                let mask = array_of(mask, Some(crate::dtype::BOOL))?;
                let mask =
                    mask.broadcast_to(&target.shape).ok_or_else(|| value_error("where= of another shape"))?;
                target.assign(&crate::logic::choose(&mask, &source.cast(target.kind())?, &target.copy())?)?;
            }
        }
        Ok(Value::None)
    }),
    row("take", "a indices axis= out= mode=", take),
    row("put", "a ind v mode=", |args| {
        let array = args.array(0)?;
        let all = array.places();
        let n = all.len() as i64;
        let mut places = Vec::new();
        for at in args.array(1)?.to_i64s()? {
            let place = if at < 0 { at + n } else { at };
            let place = *all.get(place as usize).ok_or_else(|| {
                crate::error::index_error(format!("index {at} is out of bounds for axis 0 with size {n}"))
            })?;
            places.push(place);
        }
        let values = args.array(2)?.raveled();
        let order: Vec<usize> = (0..places.len()).map(|i| values.offset + i % values.size().max(1)).collect();
        array.put(&places, &[places.len()], &values.taken(&order, &[places.len()]))?;
        Ok(Value::None)
    }),
    row("take_along_axis", "arr indices axis=", along),
    row("put_along_axis", "arr indices values axis", |args| {
        let (array, picks) = (args.array(0)?, args.array(1)?);
        let at = axis(args.int(3, 0)?, array.ndim())?;
        let (places, shape) = places_along(&array, &picks, at)?;
        array.put(&places, &shape, &args.array(2)?)?;
        Ok(Value::None)
    }),
    row("unravel_index", "indices shape order=", unravel),
    row("ravel_multi_index", "multi_index dims mode= order=", ravel_index),
    row("tril_indices", "n k= m=", |args| corner(args, false)),
    row("triu_indices", "n k= m=", |args| corner(args, true)),
    row("tril_indices_from", "arr k=", |args| corner_from(args, false)),
    row("triu_indices_from", "arr k=", |args| corner_from(args, true)),
    row("diag_indices", "n ndim=", |args| {
        let line = Array::vector((0..args.int(0, 0)?).collect::<Vec<i64>>());
        Ok(Value::tuple((0..args.int(1, 2)?).map(|_| line.clone().value())))
    }),
    row("diag_indices_from", "arr", |args| {
        let array = args.array(0)?;
        let line = Array::vector((0..array.len() as i64).collect::<Vec<i64>>());
        Ok(Value::tuple((0..array.ndim()).map(|_| line.clone().value())))
    }),
    row("ix_", "*args", |args| {
        let lines: Vec<Array> = crate::shape::list(args.need(0)?)?;
        let n = lines.len();
        Ok(Value::tuple(lines.iter().enumerate().map(|(at, line)| {
            let line = if is_bool(line) {
                Array::vector(crate::index::nonzero(line).remove(0))
            } else {
                line.clone()
            };
            let mut shape = vec![1; n];
            shape[at] = line.size();
            line.reshaped(&shape).value()
        })))
    }),
    row("ndindex", "*shape", |args| {
        let given = crate::make::items(args.need(0)?)?;
        let shape = match &given[..] {
            [one @ (Value::Tuple(_) | Value::List(_))] => crate::make::shape_of(one)?,
            many => many.iter().map(|n| Ok(index(n)?.max(0) as usize)).collect::<R<Vec<usize>>>()?,
        };
        Ok(positions_of(&shape).into())
    }),
    row("ndenumerate", "arr", |args| {
        let array = args.array(0)?;
        let items: Vec<Value> = positions_of(&array.shape)
            .into_iter()
            .zip(array.scalars())
            .map(|(at, x)| Value::tuple([at, x.value()]))
            .collect();
        Ok(items.into())
    }),
];

fn positions_of(shape: &[usize]) -> Vec<Value> {
    let mut out: Vec<Vec<Value>> = vec![Vec::new()];
    for &n in shape {
        out = out
            .iter()
            .flat_map(|head| (0..n).map(move |i| [head.clone(), vec![i.into()]].concat()))
            .collect();
    }
    out.into_iter().map(Value::tuple).collect()
}

/// The array and the axis; without one all elements in a line.
fn lined(array: &Array, at: Option<&Value>) -> R<(Array, usize)> {
    match at {
        Some(Value::None) => Ok((array.raveled(), 0)),
        Some(at) => Ok((array.clone(), axis(index(at)?, array.ndim())?)),
        None => Ok((array.clone(), axis(-1, array.ndim())?)),
    }
}

/// Order of two scalars of one type; NaN last.
pub fn compare(a: &Scalar, b: &Scalar) -> std::cmp::Ordering {
    match (a, b) {
        (Scalar::Str(a), Scalar::Str(b)) => a.cmp(b),
        (Scalar::C128(a), Scalar::C128(b)) => {
            (a.re, a.im).partial_cmp(&(b.re, b.im)).unwrap_or(std::cmp::Ordering::Equal)
        }
        (Scalar::Object(a), Scalar::Object(b)) => a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal),
        (Scalar::I64(a), Scalar::I64(b)) => a.cmp(b),
        (Scalar::U64(a), Scalar::U64(b)) => a.cmp(b),
        _ => {
            let (a, b) = (a.f64(), b.f64());
            a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
        }
    }
}

/// Sorted along an axis.
pub fn sorted(array: &Array, at: &Value) -> R<Array> {
    let (array, at) = lined(array, Some(at))?;
    let axis = at as isize;
    macro_rules! of {
        ($t:ty, $dtype:expr) => {
            array.with::<$t, _>($dtype, |t| Ok(Array::from_tensor(t.sort(axis).py()?)))
        };
    }
    match array.kind() {
        Kind::Num(DType::F64) => of!(f64, DType::F64),
        Kind::Num(DType::F32) => of!(f32, DType::F32),
        Kind::Num(DType::U64) => of!(u64, DType::U64),
        Kind::Num(DType::C64 | DType::C128) | Kind::Str(_) | Kind::Object => {
            let lanes = array.axis_last(at).copy();
            let n = *lanes.shape.last().unwrap_or(&0);
            let mut items = lanes.scalars();
            items.chunks_mut(n.max(1)).for_each(|lane| lane.sort_by(compare));
            Ok(Array::of_scalars(&items, array.kind(), &lanes.shape).last_to(at).copy())
        }
        Kind::Num(_) => of!(i64, DType::I64)?.cast(array.kind()),
    }
}

/// Positions that sort along an axis. Without a stable kind, small lanes keep the order of equals as NumPy's
/// insertion sort does.
pub fn ordered(array: &Array, at: usize, _kind: Option<&str>) -> R<Array> {
    let axis = at as isize;
    macro_rules! of {
        ($t:ty, $dtype:expr) => {
            array.with::<$t, _>($dtype, |t| Ok(Array::from_tensor(t.argsort(axis).py()?)))
        };
    }
    match array.kind() {
        Kind::Num(DType::F64) => of!(f64, DType::F64),
        Kind::Num(DType::F32) => of!(f32, DType::F32),
        Kind::Num(DType::U64) => of!(u64, DType::U64),
        Kind::Num(DType::C64 | DType::C128) | Kind::Str(_) | Kind::Object => {
            let lanes = array.axis_last(at).copy();
            let n = *lanes.shape.last().unwrap_or(&0);
            let items = lanes.scalars();
            let order: Vec<i64> = items.chunks(n.max(1)).flat_map(order_of).collect();
            Ok(Array::from_vec(order, &lanes.shape).last_to(at).copy())
        }
        Kind::Num(_) => of!(i64, DType::I64),
    }
}

fn order_of(items: &[Scalar]) -> Vec<i64> {
    let mut order: Vec<i64> = (0..items.len() as i64).collect();
    order.sort_by(|&a, &b| compare(&items[a as usize], &items[b as usize]));
    order
}

fn lexsort(args: &Args) -> R {
    let keys = crate::shape::list(args.need(0)?)?;
    let n = keys.first().map_or(0, Array::len);
    let keys: Vec<Vec<Scalar>> = keys.iter().map(Array::scalars).collect();
    let mut order: Vec<i64> = (0..n as i64).collect();
    for key in &keys {
        order.sort_by(|&a, &b| compare(&key[a as usize], &key[b as usize]));
    }
    Ok(Array::vector(order).value())
}

fn searchsorted(args: &Args) -> R {
    let (array, values) = (args.array(0)?, args.array(1)?);
    let right = args.text(2).as_deref() == Some("right");
    let array = match args.some(3) {
        Some(sorter) => crate::shape::take(&array, &array_of(sorter, None)?.to_i64s()?, 0),
        None => array,
    };
    let kind = array.kind().promote(values.kind())?;
    let (items, wanted) = (array.cast(kind)?.scalars(), values.cast(kind)?.scalars());
    let found: Vec<i64> = wanted
        .iter()
        .map(|x| {
            items.partition_point(
                |item| if right { compare(item, x).is_le() } else { compare(item, x).is_lt() },
            ) as i64
        })
        .collect();
    Ok(Array::from_vec(found, &values.shape).value_or_scalar())
}

fn digitize(args: &Args) -> R {
    let (array, bins) = (args.array(0)?, args.array(1)?);
    let right = args.flag(2, false);
    let made = array.f64s(|t| bins.f64s(|bins| Ok(Array::from_tensor(t.digitize(&bins, right).py()?))))?;
    Ok(made.value_or_scalar())
}

/// What `np.nonzero` gives.
pub fn nonzero_tuple(array: &Array) -> Value {
    Value::tuple(crate::index::nonzero(array).into_iter().map(|axis| Array::vector(axis).value()))
}

/// Different elements, sorted, with first positions, inverse and counts.
pub fn distinct(array: &Array) -> R<(Array, Array, Array, Array)> {
    let flat = array.raveled();
    let items = flat.scalars();
    let order = order_of(&items);
    let (mut values, mut first, mut counts): (Vec<Scalar>, Vec<i64>, Vec<i64>) = Default::default();
    let mut inverse = vec![0i64; items.len()];
    for at in order {
        let item = &items[at as usize];
        let is_same = values.last().is_some_and(|last| compare(last, item).is_eq());
        if !is_same {
            values.push(item.clone());
            first.push(at);
            counts.push(0);
        }
        inverse[at as usize] = values.len() as i64 - 1;
        if let Some(count) = counts.last_mut() {
            *count += 1;
        }
    }
    let n = values.len();
    let values = Array::of_scalars(&values, array.kind(), &[n]);
    let values = if crate::binary::is_text(array) { values.cast(array.kind())? } else { values };
    Ok((values, Array::vector(first), Array::from_vec(inverse, &array.shape), Array::vector(counts)))
}

fn unique(args: &Args) -> R {
    let array = args.array(0)?;
    let (values, first, inverse, counts) = match args.some(4) {
        None => distinct(&array)?,
        Some(at) => unique_rows(&array, axis(index(at)?, array.ndim())?)?,
    };
    let mut parts = vec![values.value()];
    for (at, part) in [(1, first), (2, inverse), (3, counts)] {
        if args.flag(at, false) {
            parts.push(part.value());
        }
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Value::tuple(parts) })
}

fn unique_rows(array: &Array, at: usize) -> R<(Array, Array, Array, Array)> {
    let order: Vec<usize> = std::iter::once(at).chain((0..array.ndim()).filter(|axis| *axis != at)).collect();
    let moved = array.permuted(&order);
    let rows: Vec<Vec<Scalar>> = (0..moved.len()).map(|i| moved.row(i).scalars()).collect();
    let by_items = |a: &[Scalar], b: &[Scalar]| {
        a.iter()
            .zip(b)
            .map(|(x, y)| compare(x, y))
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    };
    let mut sorted: Vec<i64> = (0..rows.len() as i64).collect();
    sorted.sort_by(|&a, &b| by_items(&rows[a as usize], &rows[b as usize]));
    let (mut first, mut counts, mut inverse): (Vec<i64>, Vec<i64>, Vec<i64>) =
        (vec![], vec![], vec![0; rows.len()]);
    for i in sorted {
        let is_same =
            first.last().is_some_and(|last| by_items(&rows[*last as usize], &rows[i as usize]).is_eq());
        if !is_same {
            first.push(i);
            counts.push(0);
        }
        inverse[i as usize] = first.len() as i64 - 1;
        if let Some(count) = counts.last_mut() {
            *count += 1;
        }
    }
    let values = crate::shape::take(array, &first, at);
    Ok((values, Array::vector(first), Array::vector(inverse), Array::vector(counts)))
}

fn keep(array: &Array, others: &Array, present: bool) -> R {
    let known: Vec<Scalar> = others.scalars();
    let mut known = known;
    let kind = array.kind().promote(others.kind())?;
    let cast = |x: &Scalar| x.array().cast(kind).map(|x| x.first());
    known = known.iter().map(cast).collect::<R<_>>()?;
    known.sort_by(compare);
    let mut mask = Vec::new();
    for item in array.scalars() {
        let item = cast(&item)?;
        mask.push(known.binary_search_by(|x| compare(x, &item)).is_ok() == present);
    }
    crate::index::get(array, &Value::None, &Array::vector(mask).value())
}

fn intersect(args: &Args) -> R {
    let (a, b) = (args.array(0)?, args.array(1)?);
    let (values, first, ..) = distinct(&a)?;
    let both = array_of(&keep(&values, &b, true)?, None)?;
    if !args.flag(3, false) {
        return Ok(both.value());
    }
    let (other, places, ..) = distinct(&b)?;
    let pick = |values: &Array, places: &Array| -> R {
        let known = values.scalars();
        let places = places.to_i64s()?;
        let found: Vec<i64> = both
            .scalars()
            .iter()
            .filter_map(|x| known.iter().position(|y| compare(x, y).is_eq()).map(|at| places[at]))
            .collect();
        Ok(Array::vector(found).value())
    };
    Ok(Value::tuple([both.clone().value(), pick(&values, &first)?, pick(&other, &places)?]))
}

/// Rows where a condition holds.
pub fn compress(mask: &Array, array: &Array, at: Option<&Value>) -> R {
    let (array, at) = match at {
        None => (array.raveled(), 0),
        Some(at) => (array.clone(), axis(index(at)?, array.ndim())?),
    };
    let order: Vec<i64> =
        mask.truths().iter().enumerate().filter(|(_, yes)| **yes).map(|(i, _)| i as i64).collect();
    Ok(crate::shape::take(&array, &order, at).value())
}

fn take(args: &Args) -> R {
    let array = args.array(0)?;
    let picks = args.array(1)?;
    let (array, at) = match args.some(2) {
        None => (array.raveled(), 0),
        Some(at) => (array.clone(), axis(index(at)?, array.ndim())?),
    };
    let n = array.shape[at] as i64;
    let mode = args.text(4);
    let mut order = Vec::new();
    for pick in picks.to_i64s()? {
        let place = match mode.as_deref() {
            Some("wrap") => pick.rem_euclid(n),
            Some("clip") => pick.clamp(0, n - 1),
            _ if pick < 0 => pick + n,
            _ => pick,
        };
        if place < 0 || place >= n {
            return Err(crate::error::index_error(format!(
                "index {pick} is out of bounds for axis {at} with size {n}"
            )));
        }
        order.push(place);
    }
    let made = crate::shape::take(&array, &order, at);
    let shape = [array.shape[..at].to_vec(), picks.shape.clone(), array.shape[at + 1..].to_vec()].concat();
    args.result(3, made.reshaped(&shape))
}

fn places_along(array: &Array, picks: &Array, at: usize) -> R<(Vec<usize>, Vec<usize>)> {
    let mut shape = picks.shape.clone();
    for axis in 0..array.ndim() {
        if axis != at && shape[axis] == 1 {
            shape[axis] = array.shape[axis];
        }
    }
    let picks = picks.broadcast_to(&shape).ok_or_else(|| value_error("positions do not broadcast"))?;
    let n = array.shape[at] as i64;
    let grids = crate::build::index_grids(&shape);
    let grids: Vec<Vec<i64>> = grids.iter().map(Array::to_i64s).collect::<R<_>>()?;
    let mut places = Vec::new();
    for (flat, pick) in picks.to_i64s()?.into_iter().enumerate() {
        let place = if pick < 0 { pick + n } else { pick };
        if place < 0 || place >= n {
            return Err(crate::error::index_error(format!(
                "index {pick} is out of bounds for axis {at} with size {n}"
            )));
        }
        let mut offset = array.offset as isize;
        for axis in 0..array.ndim() {
            let i = if axis == at { place } else { grids[axis][flat].min(array.shape[axis] as i64 - 1) };
            offset += i as isize * array.strides[axis];
        }
        places.push(offset as usize);
    }
    Ok((places, shape))
}

fn along(args: &Args) -> R {
    let (array, picks) = (args.array(0)?, args.array(1)?);
    let (array, at) = match args.at(2) {
        Some(Value::None) => (array.raveled(), 0),
        Some(at) => (array.clone(), axis(index(at)?, array.ndim())?),
        None => (array.clone(), array.ndim() - 1),
    };
    let (places, shape) = places_along(&array, &picks, at)?;
    Ok(array.taken(&places, &shape).value())
}

fn unravel(args: &Args) -> R {
    let picks = args.array(0)?;
    let shape = crate::make::shape_of(args.need(1)?)?;
    let size: usize = shape.iter().product();
    let mut along: Vec<Vec<i64>> = vec![Vec::new(); shape.len()];
    for pick in picks.to_i64s()? {
        if pick < 0 || pick as usize >= size {
            return Err(value_error(format!("index {pick} is out of bounds for array with size {size}")));
        }
        let mut rest = pick as usize;
        for axis in (0..shape.len()).rev() {
            along[axis].push((rest % shape[axis]) as i64);
            rest /= shape[axis];
        }
    }
    Ok(Value::tuple(along.into_iter().map(|axis| Array::from_vec(axis, &picks.shape).value_or_scalar())))
}

fn ravel_index(args: &Args) -> R {
    let parts = crate::shape::list(args.need(0)?)?;
    let dims = crate::make::shape_of(args.need(1)?)?;
    let mut total = vec![0i64; parts.first().map_or(0, Array::size)];
    for (part, &n) in parts.iter().zip(&dims) {
        for (sum, at) in total.iter_mut().zip(part.to_i64s()?) {
            if at < 0 || at as usize >= n {
                return Err(value_error("invalid entry in coordinates array"));
            }
            *sum = *sum * n as i64 + at;
        }
    }
    Ok(Array::from_vec(total, &parts[0].shape).value_or_scalar())
}

fn corner(args: &Args, upper: bool) -> R {
    let n = args.int(0, 0)?;
    Ok(corner_of(n, args.int(2, n)?, args.int(1, 0)?, upper))
}

fn corner_from(args: &Args, upper: bool) -> R {
    let array = args.array(0)?;
    Ok(corner_of(array.shape[0] as i64, array.shape[1] as i64, args.int(1, 0)?, upper))
}

fn corner_of(n: i64, m: i64, k: i64, upper: bool) -> Value {
    let (mut rows, mut columns) = (Vec::new(), Vec::new());
    for i in 0..n {
        for j in (0..m).filter(|j| if upper { *j >= i + k } else { *j <= i + k }) {
            rows.push(i);
            columns.push(j);
        }
    }
    Value::tuple([Array::vector(rows).value(), Array::vector(columns).value()])
}
