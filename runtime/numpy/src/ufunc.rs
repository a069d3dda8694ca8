//! `np.add.reduce`, `np.maximum.accumulate`, `np.multiply.outer`, `np.add.at`.

use batuta_rt::Value;

use crate::array::Array;
use crate::binary::{Op, apply, arrays};
use crate::error::{R, value_error};
use crate::make::{Operand, array_of};
use crate::table::{Args, axis, call};

fn strong(array: Array) -> Operand {
    let value = Value::None;
    Operand { array, weak: None, value }
}

/// The method of a function of two arrays.
pub fn method(op: Op, method: &str, args: &Args) -> R {
    match method {
        "outer" => {
            let (a, b) = (args.array(0)?, args.array(1)?);
            let wide: Vec<usize> = a.shape.iter().copied().chain(b.shape.iter().map(|_| 1)).collect();
            let a = a.contiguous().reshaped(&wide);
            Ok(arrays(op, &strong(a), &strong(b))?.value_or_scalar())
        }
        "at" => at(op, args),
        "accumulate" => {
            let array = args.array(0)?;
            let array = array.cast(args.kind(2)?.unwrap_or(start_kind(op, &array)))?;
            accumulate(op, &array, axis(args.int(1, 0)?, array.ndim())?)?.pipe(|made| args.result(3, made))
        }
        "reduceat" => {
            let array = args.array(0)?;
            let at = axis(args.int(2, 0)?, array.ndim())?;
            let lined = array.axis_last(at);
            let moved = lined.permuted(&front(lined.ndim()));
            let starts = args.array(1)?.to_i64s()?;
            let mut rows = Vec::new();
            for (i, &start) in starts.iter().enumerate() {
                let stop = starts.get(i + 1).copied().unwrap_or(moved.len() as i64);
                let stop = stop.max(start + 1);
                let mut total = moved.row(start as usize);
                for k in start + 1..stop {
                    total = arrays(op, &strong(total), &strong(moved.row(k as usize)))?;
                }
                rows.push(total);
            }
            let stacked = crate::shape::stack(&rows, 0)?;
            Ok(stacked.permuted(&back(stacked.ndim())).last_to(at).copy().value())
        }
        _ => reduce(op, args),
    }
}

/// The last axis first.
fn front(ndim: usize) -> Vec<usize> {
    std::iter::once(ndim - 1).chain(0..ndim - 1).collect()
}

/// The first axis last.
fn back(ndim: usize) -> Vec<usize> {
    (1..ndim).chain([0]).collect()
}

trait Pipe: Sized {
    fn pipe<X>(self, f: impl FnOnce(Self) -> X) -> X {
        f(self)
    }
}
impl Pipe for Array {}

/// Sums and products of narrow integers widen.
fn start_kind(op: Op, array: &Array) -> crate::dtype::Kind {
    match (op, array.kind()) {
        (Op::Add | Op::Multiply, crate::dtype::Kind::Num(dtype)) => crate::dtype::Kind::Num(dtype.sum_type()),
        (_, other) => other,
    }
}

/// Running results along an axis.
pub fn accumulate(op: Op, array: &Array, at: usize) -> R<Array> {
    let lined = array.axis_last(at);
    let rows = lined.permuted(&front(lined.ndim()));
    let mut made: Vec<Array> = Vec::new();
    for i in 0..rows.len() {
        let next = match made.last() {
            None => rows.row(i),
            Some(last) => arrays(op, &strong(last.clone()), &strong(rows.row(i)))?,
        };
        made.push(next);
    }
    if made.is_empty() {
        return Ok(array.copy());
    }
    let stacked = crate::shape::stack(&made, 0)?;
    Ok(stacked.permuted(&back(stacked.ndim())).last_to(at).copy())
}

fn reduce(op: Op, args: &Args) -> R {
    let name = match op {
        Op::Add => "numpy.sum",
        Op::Multiply => "numpy.prod",
        Op::Maximum => "numpy.max",
        Op::Minimum => "numpy.min",
        Op::LogicalAnd => "numpy.all",
        Op::LogicalOr => "numpy.any",
        _ => "",
    };
    let array = args.array(0)?;
    let whole = matches!(args.at(1), Some(Value::None));
    if !name.is_empty() {
        let mut named = batuta_rt::Dict::new();
        for (at, key) in [(2, "dtype"), (3, "out"), (4, "keepdims"), (5, "initial"), (6, "where")] {
            if let Some(value) = args.some(at)
                && !(matches!(name, "numpy.all" | "numpy.any") && matches!(key, "dtype" | "initial"))
            {
                named.insert(key.to_owned(), value.clone());
            }
        }
        let axis = if whole { Value::None } else { args.at(1).cloned().unwrap_or((0_i64).into()) };
        return call(name, &[array.value(), axis], &named);
    }
    let axes = if whole {
        (0..array.ndim()).collect()
    } else {
        crate::table::axes(Some(args.at(1).unwrap_or(&(0_i64).into())), array.ndim())?.unwrap_or_default()
    };
    let mut total = array;
    let mut axes = axes;
    axes.sort_unstable();
    for at in axes.into_iter().rev() {
        let lined = total.axis_last(at);
        let rows = lined.permuted(&front(lined.ndim()));
        let mut items = (0..rows.len()).map(|i| rows.row(i));
        let mut sum = match (args.some(5), items.next()) {
            (Some(initial), Some(first)) => arrays(op, &strong(array_of(initial, None)?), &strong(first))?,
            (_, Some(first)) => first,
            (Some(initial), None) => array_of(initial, None)?,
            (None, None) => {
                let text =
                    format!("zero-size array to reduction operation {} which has no identity", op.name());
                return Err(value_error(text));
            }
        };
        for item in items {
            sum = arrays(op, &strong(sum), &strong(item))?;
        }
        total = if args.flag(4, false) {
            let mut shape = sum.shape.clone();
            shape.insert(at, 1);
            sum.reshaped(&shape)
        } else {
            sum
        };
    }
    args.result(3, total.copy())
}

/// `np.add.at(a, indices, b)`: one after the other, so that equal positions count each time.
fn at(op: Op, args: &Args) -> R {
    let array = args.array(0)?;
    let key = args.need(1)?;
    let (places, shape) = match crate::index::pick(&array, key)? {
        crate::index::Picked::View(view) => (view.places(), view.shape),
        crate::index::Picked::Places(places, shape) => (places, shape),
    };
    let source = args.array(2)?;
    let wide = source
        .broadcast_to(&shape)
        .ok_or_else(|| value_error("array is not broadcastable to correct shape"))?;
    if let (crate::array::Data::F64(buf), Op::Add) = (&array.data, op) {
        let items = wide.to_f64s()?;
        let mut buf = buf.borrow_mut();
        places.iter().zip(items).for_each(|(place, item)| buf[*place] += item);
        return Ok(Value::None);
    }
    for (place, item) in places.iter().zip(wide.scalars()) {
        let old = array.at(*place).value();
        let made = array_of(&apply(op, &old, &item.value())?, None)?;
        array.framed(*place, Vec::new(), Vec::new()).assign(&made)?;
    }
    Ok(Value::None)
}
