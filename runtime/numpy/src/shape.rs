//! Arrays in other forms and joined: `reshape`, `transpose`, `concatenate`, `stack`, `pad`, `roll`.

use batuta_rt::{Dict, Value};

use crate::array::Array;
use crate::error::{R, not_done, value_error};
use crate::make::{array_of, index, indices, items};
use crate::table::{Args, Row, axes, axis, row};

pub const ROWS: &[Row] = &[
    row("reshape", "a shape= order= copy= newshape=", |args| {
        let shape = args.some(1).or_else(|| args.some(4)).cloned().unwrap_or(Value::None);
        reshape(&args.array(0)?, &indices(&shape)?, args.text(2).as_deref()).map(Array::value)
    }),
    row("ravel", "a order=", |args| {
        let array = args.array(0)?;
        let array = match args.text(1).as_deref() {
            Some("F") => array.transposed(),
            Some("K" | "A") if !array.is_contiguous() && array.is_fortran() => array.transposed(),
            _ => array,
        };
        Ok(array.raveled().value())
    }),
    row("transpose", "a axes=", |args| {
        let array = args.array(0)?;
        match args.some(1) {
            None => Ok(array.transposed().value()),
            Some(order) => permuted(&array, &indices(order)?),
        }
    }),
    row("permute_dims", "a axes=", |args| permuted(&args.array(0)?, &indices(args.need(1)?)?)),
    row("matrix_transpose", "x", |args| {
        let array = args.array(0)?;
        let mut order: Vec<usize> = (0..array.ndim()).collect();
        let n = order.len();
        order.swap(n - 1, n - 2);
        Ok(array.permuted(&order).value())
    }),
    row("swapaxes", "a axis1 axis2", |args| {
        let array = args.array(0)?;
        let mut order: Vec<usize> = (0..array.ndim()).collect();
        order.swap(axis(args.int(1, 0)?, array.ndim())?, axis(args.int(2, 0)?, array.ndim())?);
        Ok(array.permuted(&order).value())
    }),
    row("moveaxis", "a source destination", moveaxis),
    row("rollaxis", "a axis start=", |args| {
        let array = args.array(0)?;
        let from = axis(args.int(1, 0)?, array.ndim())?;
        let start = args.int(2, 0)?;
        let mut to = if start < 0 { start + array.ndim() as i64 } else { start } as usize;
        if from < to {
            to -= 1;
        }
        let mut order: Vec<usize> = (0..array.ndim()).filter(|at| *at != from).collect();
        order.insert(to, from);
        Ok(array.permuted(&order).value())
    }),
    row("squeeze", "a axis=", squeeze),
    row("expand_dims", "a axis", |args| {
        let array = args.array(0)?;
        let given = indices(args.need(1)?)?;
        let ndim = array.ndim() + given.len();
        let places: Vec<usize> = given.iter().map(|&at| axis(at, ndim)).collect::<R<_>>()?;
        let (mut shape, mut strides, mut old) = (Vec::new(), Vec::new(), 0);
        for at in 0..ndim {
            if places.contains(&at) {
                shape.push(1);
                strides.push(0);
            } else {
                shape.push(array.shape[old]);
                strides.push(array.strides[old]);
                old += 1;
            }
        }
        Ok(array.framed(array.offset, shape, strides).value())
    }),
    row("atleast_1d", "*arys", |args| at_least(args, 1)),
    row("atleast_2d", "*arys", |args| at_least(args, 2)),
    row("atleast_3d", "*arys", |args| at_least(args, 3)),
    row("broadcast_to", "array shape subok=", |args| {
        let array = args.array(0)?;
        let shape = crate::make::shape_of(args.need(1)?)?;
        array.broadcast_to(&shape).map(Array::value).ok_or_else(|| {
            value_error(format!(
                "operands could not be broadcast together with remapped shapes [original->remapped]: {} and requested shape {}",
                crate::array::tight(&array.shape),
                crate::array::tight(&shape)
            ))
        })
    }),
    row("broadcast_arrays", "*args", |args| {
        let arrays: Vec<Array> = items(args.need(0)?)?.iter().map(|x| array_of(x, None)).collect::<R<_>>()?;
        let shapes: Vec<&[usize]> = arrays.iter().map(|array| &array.shape[..]).collect();
        let shape = crate::array::broadcast_shapes(&shapes)?;
        Ok(Value::tuple(arrays.iter().filter_map(|array| array.broadcast_to(&shape)).map(Array::value)))
    }),
    row("broadcast_shapes", "*args", |args| {
        let shapes: Vec<Vec<usize>> =
            items(args.need(0)?)?.iter().map(crate::make::shape_of).collect::<R<_>>()?;
        let shapes: Vec<&[usize]> = shapes.iter().map(|shape| &shape[..]).collect();
        Ok(Value::tuple(crate::array::broadcast_shapes(&shapes)?.into_iter().map(Value::from)))
    }),
    row("concatenate", "arrays axis= out= dtype=", |args| {
        let arrays = list(args.need(0)?)?;
        let made = match args.at(1) {
            Some(Value::None) => concatenate(&arrays.iter().map(Array::raveled).collect::<Vec<_>>(), 0)?,
            _ => concatenate(&arrays, args.int(1, 0)?)?,
        };
        let made = match args.kind(3)? {
            Some(kind) => made.cast(kind)?,
            None => made,
        };
        args.result(2, made)
    }),
    row("concat", "arrays axis=", |args| Ok(concatenate(&list(args.need(0)?)?, args.int(1, 0)?)?.value())),
    row("stack", "arrays axis= out=", |args| {
        let arrays = list(args.need(0)?)?;
        let made = stack(&arrays, args.int(1, 0)?)?;
        args.result(2, made)
    }),
    row("vstack", "tup dtype=", |args| Ok(concatenate(&widened(args, 2)?, 0)?.value())),
    row("row_stack", "tup dtype=", |args| Ok(concatenate(&widened(args, 2)?, 0)?.value())),
    row("hstack", "tup dtype=", |args| {
        let arrays = widened(args, 1)?;
        let at = i64::from(arrays.first().is_some_and(|array| array.ndim() > 1));
        Ok(concatenate(&arrays, at)?.value())
    }),
    row("dstack", "tup", |args| Ok(concatenate(&widened(args, 3)?, 2)?.value())),
    row("column_stack", "tup", |args| {
        let columns: Vec<Array> = list(args.need(0)?)?
            .into_iter()
            .map(|array| if array.ndim() < 2 { array.raveled().reshaped(&[array.size(), 1]) } else { array })
            .collect();
        Ok(concatenate(&columns, 1)?.value())
    }),
    row("block", "arrays", |args| block(args.need(0)?).map(Array::value)),
    row("append", "arr values axis=", |args| {
        let (array, values) = (args.array(0)?, args.array(1)?);
        match args.some(2) {
            None => Ok(concatenate(&[array.raveled(), values.raveled()], 0)?.value()),
            Some(at) => Ok(concatenate(&[array, values], index(at)?)?.value()),
        }
    }),
    row("split", "ary indices_or_sections axis=", |args| split(args, args.int(2, 0)?, true)),
    row("array_split", "ary indices_or_sections axis=", |args| split(args, args.int(2, 0)?, false)),
    row("hsplit", "ary indices_or_sections", |args| {
        let at = if args.array(0)?.ndim() > 1 { 1 } else { 0 };
        split(args, at, true)
    }),
    row("vsplit", "ary indices_or_sections", |args| split(args, 0, true)),
    row("dsplit", "ary indices_or_sections", |args| split(args, 2, true)),
    row("unstack", "x axis=", |args| {
        let array = args.array(0)?;
        let at = axis(args.int(1, 0)?, array.ndim())?;
        let order: Vec<usize> =
            std::iter::once(at).chain((0..array.ndim()).filter(|axis| *axis != at)).collect();
        let array = array.permuted(&order);
        Ok(Value::tuple((0..array.len()).map(|i| array.row(i).value())))
    }),
    row("repeat", "a repeats axis=", repeat),
    row("tile", "A reps", tile),
    row("flip", "m axis=", |args| {
        let array = args.array(0)?;
        let gone = axes(args.at(1), array.ndim())?.unwrap_or_else(|| (0..array.ndim()).collect());
        Ok(gone.into_iter().fold(array, |array, at| flipped(&array, at)).value())
    }),
    row("fliplr", "m", |args| Ok(flipped(&args.array(0)?, 1).value())),
    row("flipud", "m", |args| Ok(flipped(&args.array(0)?, 0).value())),
    row("rot90", "m k= axes=", rot90),
    row("roll", "a shift axis=", roll),
    row(
        "pad",
        "array pad_width mode= constant_values= end_values= reflect_type= stat_length=",
        crate::pad::pad,
    ),
    row("insert", "arr obj values axis=", insert),
    row("delete", "arr obj axis=", delete),
    row("resize", "a new_shape", |args| {
        let flat = args.array(0)?.raveled();
        let shape = crate::make::shape_of(args.need(1)?)?;
        let n: usize = shape.iter().product();
        let places: Vec<usize> = (0..n).map(|i| flat.offset + i % flat.size().max(1)).collect();
        Ok(flat.taken(&places, &shape).value())
    }),
    row("trim_zeros", "filt trim=", |args| {
        let array = args.array(0)?;
        let truths = array.truths();
        let trim = args.text(1).unwrap_or("fb".to_owned()).to_lowercase();
        let start =
            if trim.contains('f') { truths.iter().position(|x| *x).unwrap_or(truths.len()) } else { 0 };
        let stop = if trim.contains('b') {
            truths.iter().rposition(|x| *x).map_or(start, |at| at + 1)
        } else {
            truths.len()
        };
        let offset = array.offset as isize + start as isize * array.strides[0];
        Ok(array.framed(offset as usize, vec![stop - start], array.strides.clone()).value())
    }),
    row("diagonal", "a offset= axis1= axis2=", |args| {
        let array = args.array(0)?;
        let (first, second) = (axis(args.int(2, 0)?, array.ndim())?, axis(args.int(3, 1)?, array.ndim())?);
        Ok(crate::build::diagonal(&array, args.int(1, 0)?, first, second).value())
    }),
    row("trace", "a offset= axis1= axis2=", |args| {
        let array = args.array(0)?;
        let (first, second) = (axis(args.int(2, 0)?, array.ndim())?, axis(args.int(3, 1)?, array.ndim())?);
        let line = crate::build::diagonal(&array, args.int(1, 0)?, first, second);
        let last = line.ndim() as i64 - 1;
        crate::table::call("numpy.sum", &[line.value(), last.into()], &Dict::new())
    }),
    row("fill_diagonal", "a val wrap=", |args| {
        let array = args.array(0)?;
        let line = crate::build::diagonal(&array, 0, 0, 1);
        let source = args.array(1)?;
        let source = if source.ndim() == 1 && source.len() > line.len() {
            source.framed(source.offset, vec![line.len()], source.strides.clone())
        } else {
            source
        };
        line.assign(&source)?;
        Ok(Value::None)
    }),
    row("shape", "a", |args| {
        crate::object::attribute(&args.array(0)?, "shape").ok_or_else(|| not_done("shape"))
    }),
    row("ndim", "a", |args| Ok(args.array(0)?.ndim().into())),
    row("size", "a axis=", |args| {
        let array = args.array(0)?;
        match args.some(1) {
            None => Ok(array.size().into()),
            Some(at) => Ok(array.shape[axis(index(at)?, array.ndim())?].into()),
        }
    }),
    row("shares_memory", "a b", |args| {
        let (a, b) = (args.array(0)?, args.array(1)?);
        let places: std::collections::HashSet<usize> = a.places().into_iter().collect();
        let meets = b.places().iter().any(|place| places.contains(place));
        Ok(Value::Bool(crate::object::same_buffer(&a, &b) && meets))
    }),
    row("may_share_memory", "a b", |args| {
        Ok(Value::Bool(crate::object::same_buffer(&args.array(0)?, &args.array(1)?)))
    }),
    row("lib.stride_tricks.sliding_window_view", "x window_shape axis=", crate::pad::sliding),
    row("lib.stride_tricks.as_strided", "x shape= strides=", |args| {
        let array = args.array(0)?;
        let shape = args.some(1).map_or(Ok(array.shape.clone()), crate::make::shape_of)?;
        let size = array.kind().size() as i64;
        let strides = match args.some(2) {
            Some(strides) => indices(strides)?.iter().map(|&step| (step / size) as isize).collect(),
            None => array.strides.clone(),
        };
        let made = array.framed(array.offset, shape, strides);
        let reach: isize = made
            .shape
            .iter()
            .zip(&made.strides)
            .map(|(&n, &step)| (n as isize - 1).max(0) * step.max(0))
            .sum();
        let length = crate::every!(&made.data, b => b.borrow().len());
        if made.offset as isize + reach >= length as isize && made.size() > 0 {
            return Err(not_done("strides that reach outside of the buffer"));
        }
        Ok(made.value())
    }),
];

/// Arrays of a list.
pub fn list(value: &Value) -> R<Vec<Array>> {
    items(value)?.iter().map(|x| array_of(x, None)).collect()
}

/// A shape with one length left open, for so many elements.
pub fn resolve_shape(size: usize, given: &[i64]) -> R<Vec<usize>> {
    let known: i64 = given.iter().filter(|n| **n >= 0).product();
    let open = given.iter().filter(|n| **n < 0).count();
    let fail = || {
        let text = trueno::shape_text(given).replace(", ", ",");
        value_error(format!("cannot reshape array of size {size} into shape {text}"))
    };
    if open > 1 {
        return Err(value_error("can only specify one unknown dimension"));
    }
    if open == 1 {
        if known == 0 || size as i64 % known != 0 {
            return Err(fail());
        }
        return Ok(given.iter().map(|&n| if n < 0 { size / known as usize } else { n as usize }).collect());
    }
    if known != size as i64 {
        return Err(fail());
    }
    Ok(given.iter().map(|&n| n as usize).collect())
}

/// The elements in another shape.
pub fn reshape(array: &Array, given: &[i64], order: Option<&str>) -> R<Array> {
    let shape = resolve_shape(array.size(), given)?;
    if order == Some("F") {
        let backwards: Vec<usize> = shape.iter().rev().copied().collect();
        return Ok(array.transposed().reshaped(&backwards).transposed());
    }
    Ok(array.reshaped(&shape))
}

/// `a.reshape(2, 3)`, `a.reshape((2, 3))`.
pub fn reshape_method(array: &Array, own: &Value, args: &[Value], named: &Dict<String, Value>) -> R {
    let given = match args {
        [] => indices(named.get("shape").or_else(|| named.get("newshape")).unwrap_or(&Value::None))?,
        [one] => indices(one)?,
        many => many.iter().map(index).collect::<R<_>>()?,
    };
    let order = named.get("order").map(|order| batuta_rt::str(order).to_string());
    let mut made = reshape(array, &given, order.as_deref())?;
    if crate::object::same_buffer(&made, array) {
        made.base = array.base.clone().or_else(|| Some(own.clone()));
    }
    Ok(made.value())
}

/// `a.transpose()`, `a.transpose(1, 0)`.
pub fn transpose_method(array: &Array, args: &[Value]) -> R {
    match args {
        [] | [Value::None] => Ok(array.transposed().value()),
        [one] => permuted(array, &indices(one)?),
        many => permuted(array, &many.iter().map(index).collect::<R<Vec<i64>>>()?),
    }
}

fn permuted(array: &Array, order: &[i64]) -> R {
    if order.len() != array.ndim() {
        return Err(value_error("axes don't match array"));
    }
    let order: Vec<usize> = order.iter().map(|&at| axis(at, array.ndim())).collect::<R<_>>()?;
    let mut seen = order.clone();
    seen.sort_unstable();
    seen.dedup();
    if seen.len() != order.len() {
        return Err(value_error("repeated axis in transpose"));
    }
    Ok(array.permuted(&order).value())
}

fn moveaxis(args: &Args) -> R {
    let array = args.array(0)?;
    let n = array.ndim();
    let from: Vec<usize> = indices(args.need(1)?)?.iter().map(|&at| axis(at, n)).collect::<R<_>>()?;
    let to: Vec<usize> = indices(args.need(2)?)?.iter().map(|&at| axis(at, n)).collect::<R<_>>()?;
    let mut order: Vec<usize> = (0..n).filter(|at| !from.contains(at)).collect();
    let mut moves: Vec<(usize, usize)> = to.into_iter().zip(from).collect();
    moves.sort_unstable();
    moves.into_iter().for_each(|(to, from)| order.insert(to.min(order.len()), from));
    Ok(array.permuted(&order).value())
}

fn squeeze(args: &Args) -> R {
    let array = args.array(0)?;
    let gone = match axes(args.at(1), array.ndim())? {
        Some(gone) => {
            if gone.iter().any(|&at| array.shape[at] != 1) {
                return Err(value_error(
                    "cannot select an axis to squeeze out which has size not equal to one",
                ));
            }
            gone
        }
        None => (0..array.ndim()).filter(|&at| array.shape[at] == 1).collect(),
    };
    let keep: Vec<usize> = (0..array.ndim()).filter(|at| !gone.contains(at)).collect();
    let shape = keep.iter().map(|&at| array.shape[at]).collect();
    let strides = keep.iter().map(|&at| array.strides[at]).collect();
    Ok(array.framed(array.offset, shape, strides).value())
}

/// An array with at least so many axes, as `vstack` and its kin add them.
fn lifted(array: &Array, ndim: usize) -> Array {
    let shape = match (array.ndim(), ndim) {
        (have, want) if have >= want => return array.clone(),
        (0, want) => vec![1; want],
        (1, 2) => vec![1, array.len()],
        (1, _) => vec![1, array.len(), 1],
        (_, _) => vec![array.shape[0], array.shape[1], 1],
    };
    array.reshaped(&shape)
}

fn at_least(args: &Args, ndim: usize) -> R {
    let made: Vec<Value> = items(args.need(0)?)?
        .iter()
        .map(|x| Ok(lifted(&array_of(x, None)?, ndim).value()))
        .collect::<R<_>>()?;
    Ok(if made.len() == 1 { made[0].clone() } else { Value::tuple(made) })
}

fn widened(args: &Args, ndim: usize) -> R<Vec<Array>> {
    Ok(list(args.need(0)?)?.iter().map(|array| lifted(array, ndim)).collect())
}

/// Arrays joined along an axis.
pub fn concatenate(arrays: &[Array], at: i64) -> R<Array> {
    let Some(first) = arrays.first() else {
        return Err(value_error("need at least one array to concatenate"));
    };
    if first.ndim() == 0 {
        return Err(value_error("zero-dimensional arrays cannot be concatenated"));
    }
    let at = axis(at, first.ndim())?;
    let mut kind = first.kind();
    for (i, array) in arrays.iter().enumerate() {
        kind = kind.promote(array.kind())?;
        if array.ndim() != first.ndim() {
            return Err(value_error(format!(
                "all the input arrays must have same number of dimensions, but the array at index 0 has {} dimension(s) \
                 and the array at index {i} has {} dimension(s)",
                first.ndim(),
                array.ndim()
            )));
        }
        for axis in (0..first.ndim()).filter(|axis| *axis != at) {
            if array.shape[axis] != first.shape[axis] {
                return Err(value_error(format!(
                    "all the input array dimensions except for the concatenation axis must match exactly, but along \
                     dimension {axis}, the array at index 0 has size {} and the array at index {i} has size {}",
                    first.shape[axis], array.shape[axis]
                )));
            }
        }
    }
    let mut shape = first.shape.clone();
    shape[at] = arrays.iter().map(|array| array.shape[at]).sum();
    let made = Array::zeros(kind, &shape);
    let mut start = 0;
    for array in arrays {
        let offset = start as isize * made.strides[at];
        made.framed(offset as usize, array.shape.clone(), made.strides.clone()).assign(array)?;
        start += array.shape[at];
    }
    Ok(made)
}

/// Arrays as the entries of a new axis.
pub fn stack(arrays: &[Array], at: i64) -> R<Array> {
    let Some(first) = arrays.first() else { return Err(value_error("need at least one array to stack")) };
    if arrays.iter().any(|array| array.shape != first.shape) {
        return Err(value_error("all input arrays must have the same shape"));
    }
    let at = axis(at, first.ndim() + 1)?;
    let mut shape = first.shape.clone();
    shape.insert(at, 1);
    let wide: Vec<Array> = arrays.iter().map(|array| array.reshaped(&shape)).collect();
    concatenate(&wide, at as i64)
}

/// Nested lists of blocks: the innermost join along the last axis.
fn block(value: &Value) -> R<Array> {
    fn depth(value: &Value) -> usize {
        match value {
            Value::List(list) => 1 + list.borrow().first().map_or(0, depth),
            _ => 0,
        }
    }
    fn joined(value: &Value, level: usize, ndim: usize) -> R<Array> {
        let Value::List(list) = value else {
            let array = array_of(value, None)?;
            let more = ndim.saturating_sub(array.ndim());
            return Ok(array.reshaped(&[vec![1; more], array.shape.clone()].concat()));
        };
        let parts: Vec<Array> =
            list.to_vec().iter().map(|part| joined(part, level - 1, ndim)).collect::<R<_>>()?;
        concatenate(&parts, -(level as i64))
    }
    let levels = depth(value);
    joined(value, levels, levels.max(1))
}

/// A part of an axis.
pub fn part(array: &Array, at: usize, start: usize, stop: usize) -> Array {
    let mut shape = array.shape.clone();
    let (start, stop) = (start.min(shape[at]), stop.min(shape[at]));
    shape[at] = stop.saturating_sub(start);
    let offset = (array.offset as isize + start as isize * array.strides[at]) as usize;
    let offset = if shape[at] == 0 { array.offset } else { offset };
    array.framed(offset, shape, array.strides.clone())
}

fn split(args: &Args, at: i64, exact: bool) -> R {
    let array = args.array(0)?;
    let at = axis(at, array.ndim())?;
    let n = array.shape[at];
    let cuts: Vec<usize> = match args.need(1)? {
        many @ (Value::List(_) | Value::Tuple(_) | Value::Object(_))
            if crate::scalar::held(many).is_none() =>
        {
            let place = |&at: &i64| if at < 0 { (at + n as i64).max(0) as usize } else { at as usize };
            indices(many)?.iter().map(place).collect()
        }
        count => {
            let count = index(count)?;
            if count <= 0 {
                return Err(value_error("number sections must be larger than 0."));
            }
            let count = count as usize;
            if exact && n % count != 0 {
                return Err(value_error("array split does not result in an equal division"));
            }
            let (each, more) = (n / count, n % count);
            (1..count).map(|i| i * each + i.min(more)).collect()
        }
    };
    let mut starts = vec![0];
    starts.extend(&cuts);
    let mut stops = cuts;
    stops.push(n);
    let own = args.need(0)?;
    let parts: Vec<Value> = starts
        .iter()
        .zip(&stops)
        .map(|(&start, &stop)| {
            let mut view = part(&array, at, start, stop);
            view.base = array.base.clone().or_else(|| Some(own.clone()));
            view.value()
        })
        .collect();
    Ok(parts.into())
}

fn repeat(args: &Args) -> R {
    let array = args.array(0)?;
    let (array, at) = match args.some(2) {
        None => (array.raveled(), 0),
        Some(given) => (array.clone(), axis(index(given)?, array.ndim())?),
    };
    let counts = indices(args.need(1)?)?;
    let n = array.shape[at];
    if counts.len() != 1 && counts.len() != n {
        let text = format!("operands could not be broadcast together with shape ({n},) ({},)", counts.len());
        return Err(value_error(text));
    }
    let order: Vec<i64> = (0..n)
        .flat_map(|i| {
            std::iter::repeat_n(i as i64, counts[if counts.len() == 1 { 0 } else { i }].max(0) as usize)
        })
        .collect();
    Ok(take(&array, &order, at).value())
}

/// Rows along an axis by position.
pub fn take(array: &Array, order: &[i64], at: usize) -> Array {
    let mut shape = array.shape.clone();
    shape[at] = order.len();
    let lined = array.axis_last(at);
    let lanes = lined.framed(
        lined.offset,
        lined.shape[..lined.ndim() - 1].to_vec(),
        lined.strides[..lined.ndim() - 1].to_vec(),
    );
    let step = array.strides[at];
    let mut places = Vec::with_capacity(shape.iter().product());
    for start in lanes.places() {
        places.extend(order.iter().map(|&i| (start as isize + i as isize * step) as usize));
    }
    let mut moved = lanes.shape.clone();
    moved.push(order.len());
    array.taken(&places, &moved).last_to(at).copy()
}

fn tile(args: &Args) -> R {
    let array = args.array(0)?;
    let counts: Vec<usize> = indices(args.need(1)?)?.iter().map(|&n| n.max(0) as usize).collect();
    let ndim = array.ndim().max(counts.len());
    let counts = [vec![1; ndim - counts.len()], counts].concat();
    let shape = [vec![1; ndim - array.ndim()], array.shape.clone()].concat();
    let mut made = array.reshaped(&shape);
    for (at, &count) in counts.iter().enumerate() {
        if count != 1 {
            let n = made.shape[at] as i64;
            let order: Vec<i64> = (0..count).flat_map(|_| 0..n).collect();
            made = take(&made, &order, at);
        }
    }
    Ok(made.copy().value())
}

/// The other way round along an axis; a view.
pub fn flipped(array: &Array, at: usize) -> Array {
    let mut made = array.clone();
    if array.shape[at] > 0 {
        made.offset = (array.offset as isize + (array.shape[at] as isize - 1) * array.strides[at]) as usize;
        made.strides[at] = -array.strides[at];
    }
    made
}

fn rot90(args: &Args) -> R {
    let array = args.array(0)?;
    let k = args.int(1, 1)?.rem_euclid(4);
    let pair = match args.some(2) {
        Some(pair) => indices(pair)?.iter().map(|&at| axis(at, array.ndim())).collect::<R<Vec<_>>>()?,
        None => vec![0, 1],
    };
    let (a, b) = (pair[0], pair[1]);
    let swapped = |array: &Array| {
        let mut order: Vec<usize> = (0..array.ndim()).collect();
        order.swap(a, b);
        array.permuted(&order)
    };
    Ok(match k {
        0 => array,
        1 => swapped(&flipped(&array, b)),
        2 => flipped(&flipped(&array, a), b),
        _ => flipped(&swapped(&array), b),
    }
    .value())
}

fn roll(args: &Args) -> R {
    let array = args.array(0)?;
    let shifts = indices(args.need(1)?)?;
    let rolled = |array: &Array, shift: i64, at: usize| {
        let n = array.shape[at] as i64;
        let order: Vec<i64> = (0..n).map(|i| (i - shift).rem_euclid(n.max(1))).collect();
        take(array, &order, at)
    };
    match axes(args.at(2), array.ndim())? {
        None => {
            let flat = rolled(&array.raveled(), shifts.iter().sum(), 0);
            Ok(flat.reshaped(&array.shape).value())
        }
        Some(along) => {
            let count = along.len().max(shifts.len());
            let mut made = array;
            for i in 0..count {
                let shift = shifts[if shifts.len() == 1 { 0 } else { i }];
                made = rolled(&made, shift, along[if along.len() == 1 { 0 } else { i }]);
            }
            Ok(made.value())
        }
    }
}

/// Positions that an argument of `insert` or `delete` means, along an axis of `n`.
fn positions(value: &Value, n: usize) -> R<Vec<i64>> {
    let line = Array::vector((0..n as i64).collect::<Vec<i64>>());
    if let Ok(slice) = <batuta_rt::Slice as batuta_rt::FromValue>::from_value(value) {
        let picked = crate::index::get(&line, &Value::None, &Value::from(slice))?;
        return array_of(&picked, None)?.to_i64s();
    }
    let array = array_of(value, None)?;
    if crate::make::is_bool(&array) {
        return Ok(crate::index::nonzero(&array).remove(0));
    }
    array.to_i64s()
}

fn insert(args: &Args) -> R {
    let array = args.array(0)?;
    let (array, at) = match args.some(3) {
        None => (array.raveled(), 0),
        Some(given) => (array.clone(), axis(index(given)?, array.ndim())?),
    };
    let n = array.shape[at];
    let is_single = matches!(args.need(1)?, Value::Int(_)) || crate::scalar::held(args.need(1)?).is_some();
    let mut places = positions(args.need(1)?, n)?;
    for place in &mut places {
        if *place > n as i64 || *place < -(n as i64) {
            return Err(crate::error::index_error(format!(
                "index {place} is out of bounds for axis {at} with size {n}"
            )));
        }
        if *place < 0 {
            *place += n as i64;
        }
    }
    let values = args.array(2)?.cast(array.kind())?;
    let mut shape = array.shape.clone();
    let count = if is_single {
        if array.ndim() == 1 {
            values.size()
        } else if values.ndim() == array.ndim() {
            values.shape[at]
        } else {
            1
        }
    } else {
        places.len().max(1)
    };
    if places.len() == 1 {
        places = vec![places[0]; count];
    }
    shape[at] = n + places.len();
    let made = Array::zeros(array.kind(), &shape);
    // Where the new ones come to lie: in the order of their positions, those given first before the others.
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&i| places[i]);
    let mut fresh = vec![0usize; places.len()];
    order.iter().enumerate().for_each(|(rank, &i)| fresh[i] = places[i] as usize + rank);
    let mut inner = shape.clone();
    inner[at] = places.len();
    let values = if is_single && values.ndim() > 0 && values.ndim() < array.ndim() && array.ndim() > 1 {
        values.reshaped(
            &[
                values.shape[..at.min(values.ndim())].to_vec(),
                vec![1],
                values.shape[at.min(values.ndim())..].to_vec(),
            ]
            .concat(),
        )
    } else {
        values
    };
    let values = values.broadcast_to(&inner).ok_or_else(|| {
        value_error(format!(
            "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}",
            crate::array::tight(&values.shape),
            crate::array::tight(&inner)
        ))
    })?;
    let old: Vec<usize> = (0..shape[at]).filter(|place| !fresh.contains(place)).collect();
    for (i, place) in old.into_iter().enumerate() {
        part(&made, at, place, place + 1).assign(&part(&array, at, i, i + 1))?;
    }
    for (i, place) in fresh.into_iter().enumerate() {
        part(&made, at, place, place + 1).assign(&part(&values, at, i, i + 1))?;
    }
    Ok(made.value())
}

fn delete(args: &Args) -> R {
    let array = args.array(0)?;
    let (array, at) = match args.some(2) {
        None => (array.raveled(), 0),
        Some(given) => (array.clone(), axis(index(given)?, array.ndim())?),
    };
    let n = array.shape[at] as i64;
    let mut gone = std::collections::HashSet::new();
    for place in positions(args.need(1)?, n as usize)? {
        if place >= n || place < -n {
            return Err(crate::error::index_error(format!(
                "index {place} is out of bounds for axis {at} with size {n}"
            )));
        }
        gone.insert(place.rem_euclid(n));
    }
    let order: Vec<i64> = (0..n).filter(|i| !gone.contains(i)).collect();
    Ok(take(&array, &order, at).value())
}
