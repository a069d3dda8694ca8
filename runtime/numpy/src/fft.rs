//! `np.fft`.

use batuta_rt::{Dict, Value};
use trueno::{Complex128, DType};

use crate::array::Array;
use crate::dtype::Kind;
use crate::error::{Py, R, value_error};
use crate::make::{array_of, indices};
use crate::table::{Args, Row, axis, call, row};

pub const ROWS: &[Row] = &[
    row("fft.fft", "a n= axis= norm=", |args| line(args, true)),
    row("fft.ifft", "a n= axis= norm=", |args| line(args, false)),
    row("fft.rfft", "a n= axis= norm=", |args| {
        let array = sized(&args.array(0)?, args.some(1), args.int(2, -1)?)?;
        let at = axis(args.int(2, -1)?, array.ndim())?;
        let made = array.f64s(|t| Ok(Array::from_tensor(t.rfft(at as isize).py()?)))?;
        Ok(scaled(made, args.text(3), array.shape[at], true)?.value())
    }),
    row("fft.irfft", "a n= axis= norm=", |args| {
        let array = args.array(0)?;
        let at = axis(args.int(2, -1)?, array.ndim())?;
        let n = args.int(1, 2 * (array.shape[at] as i64 - 1))?;
        if n < 1 {
            return Err(value_error(format!("Invalid number of FFT data points ({n}) specified.")));
        }
        let made = array.with::<Complex128, _>(DType::C128, |t| {
            Ok(Array::from_tensor(t.irfft(n as usize, at as isize).py()?))
        })?;
        Ok(scaled(made, args.text(3), n as usize, false)?.value())
    }),
    row("fft.fft2", "a s= axes= norm=", |args| many(args, true, Some(2))),
    row("fft.ifft2", "a s= axes= norm=", |args| many(args, false, Some(2))),
    row("fft.fftn", "a s= axes= norm=", |args| many(args, true, None)),
    row("fft.ifftn", "a s= axes= norm=", |args| many(args, false, None)),
    row("fft.rfft2", "a s= axes= norm=", |args| {
        let array = args.array(0)?;
        let made = array.f64s(|t| Ok(Array::from_tensor(t.rfft(-1).py()?)))?;
        let made = made.with::<Complex128, _>(DType::C128, |t| Ok(Array::from_tensor(t.fft(-2).py()?)))?;
        Ok(made.value())
    }),
    row("fft.irfft2", "a s= axes= norm=", |args| {
        let array = args.array(0)?;
        let n = match args.some(1) {
            Some(sizes) => *indices(sizes)?.last().unwrap_or(&0),
            None => 2 * (array.shape[array.ndim() - 1] as i64 - 1),
        };
        let made = array.with::<Complex128, _>(DType::C128, |t| Ok(Array::from_tensor(t.ifft(-2).py()?)))?;
        let made = made
            .with::<Complex128, _>(DType::C128, |t| Ok(Array::from_tensor(t.irfft(n as usize, -1).py()?)))?;
        Ok(made.value())
    }),
    row("fft.fftfreq", "n d=", |args| {
        Ok(Array::from_tensor(trueno::fftfreq(args.int(0, 0)?.max(0) as usize, args.float(1, 1.0)?).py()?)
            .value())
    }),
    row("fft.rfftfreq", "n d=", |args| {
        let n = args.int(0, 0)?;
        let scale = 1.0 / (n as f64 * args.float(1, 1.0)?);
        Ok(Array::vector((0..=n / 2).map(|i| i as f64 * scale).collect::<Vec<f64>>()).value())
    }),
    row("fft.fftshift", "x axes=", |args| shifted(args, true)),
    row("fft.ifftshift", "x axes=", |args| shifted(args, false)),
];

/// Cut or filled with zeros to a length.
fn sized(array: &Array, n: Option<&Value>, at: i64) -> R<Array> {
    let Some(n) = n else { return Ok(array.clone()) };
    let (n, at) = (crate::make::index(n)?, axis(at, array.ndim())?);
    if n < 1 {
        return Err(value_error(format!("Invalid number of FFT data points ({n}) specified.")));
    }
    let n = n as usize;
    let mut shape = array.shape.clone();
    shape[at] = n;
    let made = Array::zeros(array.kind(), &shape);
    let kept = n.min(array.shape[at]);
    crate::shape::part(&made, at, 0, kept).assign(&crate::shape::part(array, at, 0, kept))?;
    Ok(made)
}

/// By the norm that is asked for; the inverse divides already.
fn scaled(array: Array, norm: Option<String>, n: usize, forward: bool) -> R<Array> {
    let n = n as f64;
    let factor = match (norm.as_deref(), forward) {
        (Some("ortho"), true) => 1.0 / n.sqrt(),
        (Some("ortho"), false) => n.sqrt(),
        (Some("forward"), true) => 1.0 / n,
        (Some("forward"), false) => n,
        _ => return Ok(array),
    };
    array_of(&crate::binary::apply(crate::binary::Op::Multiply, &array.value(), &factor.into())?, None)
}

fn transformed(array: &Array, at: usize, forward: bool) -> R<Array> {
    array.with::<Complex128, _>(DType::C128, |t| {
        let made = if forward { t.fft(at as isize) } else { t.ifft(at as isize) };
        Ok(Array::from_tensor(made.py()?))
    })
}

fn line(args: &Args, forward: bool) -> R {
    let array = sized(&args.array(0)?, args.some(1), args.int(2, -1)?)?;
    let at = axis(args.int(2, -1)?, array.ndim())?;
    let made = scaled(transformed(&array, at, forward)?, args.text(3), array.shape[at], forward)?;
    Ok(if array.kind() == Kind::Num(DType::F32) { made.cast(Kind::Num(DType::C64))? } else { made }.value())
}

fn many(args: &Args, forward: bool, last: Option<usize>) -> R {
    let mut array = args.array(0)?;
    let n = array.ndim();
    let along: Vec<usize> = match args.some(2) {
        Some(axes) => indices(axes)?.into_iter().map(|at| axis(at, n)).collect::<R<_>>()?,
        None => (n - last.unwrap_or(n)..n).collect(),
    };
    let sizes = args.some(1).map(indices).transpose()?;
    for (k, &at) in along.iter().enumerate().rev() {
        if let Some(sizes) = &sizes {
            array = sized(&array, Some(&sizes[k].into()), at as i64)?;
        }
        array = scaled(transformed(&array, at, forward)?, args.text(3), array.shape[at], forward)?;
    }
    Ok(array.value())
}

fn shifted(args: &Args, forward: bool) -> R {
    let array = args.array(0)?;
    let along = crate::table::axes(args.at(1), array.ndim())?.unwrap_or_else(|| (0..array.ndim()).collect());
    let shifts: Vec<Value> = along
        .iter()
        .map(|&at| {
            let half = (array.shape[at] / 2) as i64;
            Value::from(if forward { half } else { -half })
        })
        .collect();
    let axes: Vec<Value> = along.iter().map(|&at| Value::from(at)).collect();
    call("numpy.roll", &[array.value(), Value::tuple(shifts), Value::tuple(axes)], &Dict::new())
}
