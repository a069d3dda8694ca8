//! `np.pad` and windows that slide.

use batuta_rt::Value;

use crate::array::Array;
use crate::error::{R, not_done, value_error};
use crate::make::{array_of, indices};
use crate::shape::part;
use crate::table::{Args, axis};

/// Pairs for each axis: one number, a pair, or a pair for each.
fn widths(value: &Value, ndim: usize) -> R<Vec<(i64, i64)>> {
    let array = array_of(value, None)?;
    let flat = array.to_i64s()?;
    Ok(match (array.ndim(), flat.len()) {
        (_, 1) => vec![(flat[0], flat[0]); ndim],
        (1, 2) | (2, 2) => vec![(flat[0], flat[1]); ndim],
        (2, n) if n == ndim * 2 => flat.chunks(2).map(|pair| (pair[0], pair[1])).collect(),
        (2, n) if n == ndim && array.shape[1] == 1 => flat.iter().map(|&x| (x, x)).collect(),
        _ => {
            return Err(value_error(format!(
                "operands could not be broadcast together with remapped shapes [original->remapped]: {} and requested shape ({ndim},2)",
                crate::array::tight(&array.shape)
            )));
        }
    })
}

/// `np.pad(array, width, mode)`.
pub fn pad(args: &Args) -> R {
    let array = args.array(0)?;
    let widths = widths(args.need(1)?, array.ndim())?;
    if widths.iter().any(|(a, b)| *a < 0 || *b < 0) {
        return Err(value_error("index can't contain negative values"));
    }
    if let Some(mode) = args.at(2).filter(|mode| batuta_rt::py::callable(mode)) {
        return Err(not_done(format!("`np.pad` with the function {}", batuta_rt::str(mode))));
    }
    let mode = args.text(2).unwrap_or("constant".to_owned());
    let mut made = array.clone();
    for (at, (before, after)) in widths.into_iter().enumerate() {
        let (before, after) = (before as usize, after as usize);
        if before + after == 0 {
            continue;
        }
        let n = made.shape[at];
        let mut shape = made.shape.clone();
        shape[at] = n + before + after;
        let order: Option<Vec<i64>> = match &*mode {
            "edge" | "reflect" | "symmetric" | "wrap" if n == 0 => {
                return Err(value_error(format!(
                    "can't extend empty axis {at} using modes other than 'constant' or 'empty'"
                )));
            }
            "edge" => Some(places(n, before, after, |i, n| i.clamp(0, n - 1))),
            "wrap" => Some(places(n, before, after, |i, n| i.rem_euclid(n))),
            "reflect" => Some(places(n, before, after, |i, n| {
                let turn = 2 * (n - 1);
                if turn == 0 {
                    return 0;
                }
                let i = i.rem_euclid(turn);
                if i < n { i } else { turn - i }
            })),
            "symmetric" => Some(places(n, before, after, |i, n| {
                let i = i.rem_euclid(2 * n);
                if i < n { i } else { 2 * n - 1 - i }
            })),
            _ => None,
        };
        if let Some(order) = order {
            made = crate::shape::take(&made, &order, at);
            continue;
        }
        let whole = Array::zeros(made.kind(), &shape);
        part(&whole, at, before, before + n).assign(&made)?;
        let ends = match &*mode {
            "constant" => {
                let given = args.some(3).map_or(Ok(Array::vector(vec![0i64])), |x| array_of(x, None))?;
                let flat = given.scalars();
                let pick = |side: usize| match flat.len() {
                    1 => flat[0].array(),
                    2 => flat[side].array(),
                    _ => flat[at * 2 + side].array(),
                };
                Some((pick(0), pick(1)))
            }
            "empty" => Some((Array::from_vec(vec![0i64], &[]), Array::from_vec(vec![0i64], &[]))),
            "maximum" | "minimum" | "mean" | "median" => {
                let name = match &*mode {
                    "maximum" => "max",
                    "minimum" => "min",
                    other => other,
                };
                let mut named = batuta_rt::Dict::new();
                named.insert("keepdims".to_owned(), Value::Bool(true));
                let of = [made.clone().value(), (at as i64).into()];
                let end = array_of(&crate::table::call(&format!("numpy.{name}"), &of, &named)?, None)?;
                let end = if made.kind().letter() == "i" {
                    crate::unary::apply("rint", &end.cast(crate::dtype::F64)?)?
                } else {
                    end
                };
                Some((end.clone(), end))
            }
            "linear_ramp" => {
                let given =
                    args.some(4).map_or(Ok(Array::vector(vec![0.0])), |x| array_of(x, None))?.to_f64s()?;
                let end = |side: usize| if given.len() == 1 { given[0] } else { given[side] };
                ramp(&whole, &made, at, before, after, end(0), end(1))?;
                None
            }
            other => return Err(not_done(format!("the mode '{other}' of np.pad"))),
        };
        if let Some((low, high)) = ends {
            part(&whole, at, 0, before).assign(&low)?;
            part(&whole, at, before + n, before + n + after).assign(&high)?;
        }
        made = whole;
    }
    Ok(Array { base: None, ..made.copy() }.value())
}

fn places(n: usize, before: usize, after: usize, place: impl Fn(i64, i64) -> i64) -> Vec<i64> {
    (-(before as i64)..(n + after) as i64).map(|i| place(i, n as i64)).collect()
}

fn ramp(whole: &Array, made: &Array, at: usize, before: usize, after: usize, low: f64, high: f64) -> R<()> {
    let n = made.shape[at];
    for (count, edge, end, is_low) in [(before, 0, low, true), (after, n - 1, high, false)] {
        let edge = part(made, at, edge, edge + 1);
        let from = edge.to_f64s()?;
        for k in 0..count {
            let share = k as f64 / count as f64;
            let values: Vec<f64> = from.iter().map(|x| end + (x - end) * share).collect();
            let place = if is_low { k } else { before + n + count - 1 - k };
            part(whole, at, place, place + 1).assign(&Array::from_vec(values, &edge.shape))?;
        }
    }
    Ok(())
}

/// `sliding_window_view(x, window)`: a view with an axis for each window.
pub fn sliding(args: &Args) -> R {
    let array = args.array(0)?;
    let window = indices(args.need(1)?)?;
    let along: Vec<usize> = match args.some(2) {
        Some(axes) => indices(axes)?.iter().map(|&at| axis(at, array.ndim())).collect::<R<_>>()?,
        None if window.len() == array.ndim() => (0..array.ndim()).collect(),
        None => {
            return Err(value_error(format!(
                "Since axis is None, must provide window_shape for all dimensions of `x`; got {} window_shape elements and `x.ndim` is {}.",
                window.len(),
                array.ndim()
            )));
        }
    };
    let (mut shape, mut strides) = (array.shape.clone(), array.strides.clone());
    for (&at, &length) in along.iter().zip(&window) {
        if (shape[at] as i64) < length {
            return Err(value_error("window shape cannot be larger than input array shape"));
        }
        shape[at] -= length as usize - 1;
        shape.push(length as usize);
        strides.push(array.strides[at]);
    }
    Ok(array.framed(array.offset, shape, strides).value())
}
