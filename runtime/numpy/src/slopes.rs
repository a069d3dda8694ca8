//! Slopes and areas: `np.gradient`, `np.trapezoid`.

use batuta_rt::{Dict, Value};

use crate::array::Array;
use crate::binary::{Op, apply};
use crate::dtype::F64;
use crate::error::{R, value_error};
use crate::make::array_of;
use crate::table::{Args, axes, axis, call};

/// `np.gradient`.
pub fn gradient(args: &Args) -> R {
    let array = args.array(0)?;
    let array = if array.kind().letter() == "f" { array } else { array.cast(F64)? };
    let spacing = match args.at(1) {
        Some(given) => crate::make::items(given)?,
        None => Vec::new(),
    };
    let along = axes(args.at(2), array.ndim())?.unwrap_or_else(|| (0..array.ndim()).collect());
    let order = args.int(3, 1)?;
    let mut made = Vec::new();
    for (k, &at) in along.iter().enumerate() {
        let n = array.shape[at];
        if n < order as usize + 1 {
            return Err(value_error(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required.",
            ));
        }
        let step = spacing.get(if spacing.len() == 1 { 0 } else { k });
        let points = match step {
            Some(step) if array_of(step, None)?.ndim() > 0 => Some(array_of(step, None)?.to_f64s()?),
            _ => None,
        };
        let h = match step {
            Some(step) if points.is_none() => batuta_rt::py::to_float(step)?,
            _ => 1.0,
        };
        let lanes = array.axis_last(at).copy();
        let mut out = Vec::with_capacity(array.size());
        for lane in lanes.to_f64s()?.chunks(n.max(1)) {
            slopes(lane, h, points.as_deref(), order, &mut out);
        }
        let slope = Array::from_vec(out, &lanes.shape).last_to(at).copy().cast(array.kind())?;
        made.push(slope.value());
    }
    Ok(if made.len() == 1 { made.remove(0) } else { Value::tuple(made) })
}

fn slopes(y: &[f64], h: f64, points: Option<&[f64]>, order: i64, out: &mut Vec<f64>) {
    let n = y.len();
    let gap = |i: usize| points.map_or(h, |x| x[i + 1] - x[i]);
    let even = points.is_none_or(|x| x.windows(2).all(|pair| pair[1] - pair[0] == x[1] - x[0]));
    let first = if order == 2 {
        let (d1, d2) = (gap(0), gap(1));
        if even {
            (-1.5 / d1) * y[0] + (2.0 / d1) * y[1] + (-0.5 / d1) * y[2]
        } else {
            -(2.0 * d1 + d2) / (d1 * (d1 + d2)) * y[0] + (d1 + d2) / (d1 * d2) * y[1]
                - d1 / (d2 * (d1 + d2)) * y[2]
        }
    } else {
        (y[1] - y[0]) / gap(0)
    };
    out.push(first);
    for i in 1..n - 1 {
        out.push(if even {
            (y[i + 1] - y[i - 1]) / (2.0 * gap(0))
        } else {
            let (d1, d2) = (gap(i - 1), gap(i));
            let a = -d2 / (d1 * (d1 + d2));
            let b = (d2 - d1) / (d1 * d2);
            let c = d1 / (d2 * (d1 + d2));
            a * y[i - 1] + b * y[i] + c * y[i + 1]
        });
    }
    let last = if order == 2 {
        let (d1, d2) = (gap(n - 3), gap(n - 2));
        if even {
            (0.5 / d1) * y[n - 3] + (-2.0 / d1) * y[n - 2] + (1.5 / d1) * y[n - 1]
        } else {
            d2 / (d1 * (d1 + d2)) * y[n - 3] - (d2 + d1) / (d1 * d2) * y[n - 2]
                + (2.0 * d2 + d1) / (d2 * (d1 + d2)) * y[n - 1]
        }
    } else {
        (y[n - 1] - y[n - 2]) / gap(n - 2)
    };
    out.push(last);
}

/// `np.trapezoid`.
pub fn trapezoid(args: &Args) -> R {
    let array = args.array(0)?;
    let at = axis(args.int(3, -1)?, array.ndim())?;
    let n = array.shape[at];
    let gaps = match args.some(1) {
        Some(x) => {
            let x = array_of(x, None)?;
            let own = if x.ndim() == 1 { 0 } else { at };
            let m = x.shape[own];
            let d = array_of(
                &apply(
                    Op::Subtract,
                    &crate::shape::part(&x, own, 1, m).value(),
                    &crate::shape::part(&x, own, 0, m.saturating_sub(1)).value(),
                )?,
                None,
            )?;
            if x.ndim() == 1 {
                let mut shape = vec![1; array.ndim()];
                shape[at] = d.size();
                d.reshaped(&shape).value()
            } else {
                d.value()
            }
        }
        None => args.some(2).cloned().unwrap_or(1.0.into()),
    };
    let (high, low) =
        (crate::shape::part(&array, at, 1, n), crate::shape::part(&array, at, 0, n.saturating_sub(1)));
    let pairs = apply(Op::Add, &high.value(), &low.value())?;
    let areas = apply(Op::Divide, &apply(Op::Multiply, &gaps, &pairs)?, &2.0.into())?;
    call("numpy.sum", &[areas, (at as i64).into()], &Dict::new())
}
