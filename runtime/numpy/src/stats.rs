//! Medians, percentiles, histograms, correlation, interpolation.

use batuta_rt::{Dict, Value};
use trueno::Overlap;

use crate::array::Array;
use crate::binary::{Op, apply};
use crate::dtype::{F64, Kind};
use crate::error::{Py, R, not_done, type_error, value_error};
use crate::make::{array_of, index};
use crate::table::{Args, Row, axes, axis, call, row};

pub const ROWS: &[Row] = &[
    row("median", "a axis= out= overwrite_input= keepdims=", |args| middle(args, false, 4)),
    row("nanmedian", "a axis= out= overwrite_input= keepdims=", |args| middle(args, true, 4)),
    row("percentile", "a q axis= out= overwrite_input= method= keepdims=", |args| {
        quantile(args, 100.0, false)
    }),
    row("quantile", "a q axis= out= overwrite_input= method= keepdims=", |args| quantile(args, 1.0, false)),
    row("nanpercentile", "a q axis= out= overwrite_input= method= keepdims=", |args| {
        quantile(args, 100.0, true)
    }),
    row("nanquantile", "a q axis= out= overwrite_input= method= keepdims=", |args| quantile(args, 1.0, true)),
    row("average", "a axis= weights= returned= keepdims=", average),
    row("histogram", "a bins= range= density= weights=", histogram),
    row("histogram_bin_edges", "a bins= range= weights=", |args| Ok(edges(args)?.value())),
    row("histogram2d", "x y bins= range= density= weights=", histogram2d),
    row("bincount", "x weights= minlength=", bincount),
    row("cov", "m y= rowvar= bias= ddof=", |args| cov(args, false)),
    row("corrcoef", "x y= rowvar=", |args| cov(args, true)),
    row("correlate", "a v mode=", |args| {
        let mode = overlap(args.text(2).as_deref().unwrap_or("valid"))?;
        sliding(args, mode, true)
    }),
    row("convolve", "a v mode=", |args| {
        let mode = overlap(args.text(2).as_deref().unwrap_or("full"))?;
        sliding(args, mode, false)
    }),
    row("interp", "x xp fp left= right= period=", interp),
    row("diff", "a n= axis= prepend= append=", diff),
    row("ediff1d", "ary to_end= to_begin=", |args| {
        let flat = args.array(0)?.raveled();
        let n = flat.size();
        let made = array_of(
            &apply(
                Op::Subtract,
                &crate::shape::part(&flat, 0, 1, n).value(),
                &crate::shape::part(&flat, 0, 0, n.saturating_sub(1)).value(),
            )?,
            None,
        )?;
        let mut parts = vec![made];
        if let Some(end) = args.some(1) {
            parts.push(array_of(end, None)?.raveled());
        }
        if let Some(begin) = args.some(2) {
            parts.insert(0, array_of(begin, None)?.raveled());
        }
        Ok(crate::shape::concatenate(&parts, 0)?.value())
    }),
    row("gradient", "f *varargs axis= edge_order=", crate::slopes::gradient),
    row("trapezoid", "y x= dx= axis=", crate::slopes::trapezoid),
    row("trapz", "y x= dx= axis=", crate::slopes::trapezoid),
    row("unwrap", "p discont= axis= period=", |args| {
        let array = args.array(0)?.cast(F64)?;
        let at = axis(args.int(2, -1)?, array.ndim())?;
        let period = args.float(3, std::f64::consts::TAU)?;
        let limit = args.float(1, period / 2.0)?;
        let lanes = array.axis_last(at).copy();
        let n = *lanes.shape.last().unwrap_or(&0);
        let mut items = lanes.to_f64s()?;
        for lane in items.chunks_mut(n.max(1)) {
            let old = lane.to_vec();
            let mut shift = 0.0;
            for i in 1..lane.len() {
                let step = old[i] - old[i - 1];
                let mut wrapped = (step + period / 2.0).rem_euclid(period) - period / 2.0;
                if wrapped == -period / 2.0 && step > 0.0 {
                    wrapped = period / 2.0;
                }
                if step.abs() >= limit {
                    shift += wrapped - step;
                }
                lane[i] = old[i] + shift;
            }
        }
        Ok(Array::from_vec(items, &lanes.shape).last_to(at).copy().value())
    }),
    row("round", "a decimals= out=", round),
    row("around", "a decimals= out=", round),
    row("round_", "a decimals= out=", round),
    row("sinc", "x", |args| {
        let array = args.array(0)?.cast(F64)?;
        let of = |x: f64| {
            let y = std::f64::consts::PI * if x == 0.0 { 1.0e-20 } else { x };
            y.sin() / y
        };
        Ok(Array::from_vec(array.to_f64s()?.into_iter().map(of).collect::<Vec<_>>(), &array.shape)
            .value_or_scalar())
    }),
    row("i0", "x", |args| {
        let array = args.array(0)?;
        let of = |x: f64| {
            let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
            while term > sum * 1e-17 {
                term *= (x / 2.0 / k).powi(2);
                sum += term;
                k += 1.0;
            }
            sum
        };
        Ok(Array::from_vec(array.to_f64s()?.into_iter().map(of).collect::<Vec<_>>(), &array.shape)
            .value_or_scalar())
    }),
    row("hanning", "M", |args| window(args, |x| 0.5 + 0.5 * x.cos())),
    row("hamming", "M", |args| window(args, |x| 0.54 + 0.46 * x.cos())),
    row("blackman", "M", |args| window(args, |x| 0.42 + 0.5 * x.cos() + 0.08 * (2.0 * x).cos())),
    row("bartlett", "M", |args| {
        let m = args.int(0, 0)?;
        let made: Vec<f64> = (0..m)
            .map(|i| {
                let n = (1 - m + 2 * i) as f64;
                let m = (m - 1) as f64;
                if n <= 0.0 { 1.0 + n / m } else { 1.0 - n / m }
            })
            .collect();
        Ok(Array::vector(if m == 1 { vec![1.0] } else { made }).value())
    }),
];

fn window(args: &Args, of: fn(f64) -> f64) -> R {
    let m = args.int(0, 0)?;
    if m == 1 {
        return Ok(Array::vector(vec![1.0]).value());
    }
    let made: Vec<f64> =
        (0..m).map(|i| of(std::f64::consts::PI * (1 - m + 2 * i) as f64 / (m - 1) as f64)).collect();
    Ok(Array::vector(made).value())
}

fn finish(made: Array, array: &Array, args: &Args, at: usize, out: usize, keep: usize) -> R {
    let made = if args.flag(keep, false) {
        made.copy().reshaped(&crate::reduce::reduced_shape(array, args.at(at), true)?)
    } else {
        made
    };
    args.result(out, made)
}

/// `f` of the elements of each lane along axes.
fn lanes(array: &Array, given: Option<&Value>, mut f: impl FnMut(Vec<f64>) -> f64) -> R<Array> {
    let gone = axes(given, array.ndim())?.unwrap_or_else(|| (0..array.ndim()).collect());
    let keep: Vec<usize> = (0..array.ndim()).filter(|at| !gone.contains(at)).collect();
    let order: Vec<usize> = keep.iter().copied().chain(gone.iter().copied()).collect();
    let moved = array.permuted(&order).cast(F64)?.copy();
    let shape: Vec<usize> = keep.iter().map(|&at| array.shape[at]).collect();
    let n: usize = gone.iter().map(|&at| array.shape[at]).product();
    let items = moved.to_f64s()?;
    let made: Vec<f64> = match n {
        0 => (0..shape.iter().product()).map(|_| f(Vec::new())).collect(),
        n => items.chunks(n).map(|lane| f(lane.to_vec())).collect(),
    };
    let made = Array::from_vec(made, &shape);
    if array.kind() == Kind::Num(trueno::DType::F32) { made.cast(array.kind()) } else { Ok(made) }
}

fn middle(args: &Args, skip_nan: bool, keep: usize) -> R {
    let array = args.array(0)?;
    let single = array.kind() == Kind::Num(trueno::DType::F32);
    let made = lanes(&array, args.at(1), |mut lane| {
        if skip_nan {
            lane.retain(|x| !x.is_nan());
        } else if lane.iter().any(|x| x.is_nan()) {
            return f64::NAN;
        }
        let n = lane.len();
        if n == 0 {
            return f64::NAN;
        }
        lane.sort_by(f64::total_cmp);
        if n % 2 == 1 {
            return lane[n / 2];
        }
        let (a, b) = (lane[n / 2 - 1], lane[n / 2]);
        if single { f64::from((a as f32 + b as f32) / 2.0) } else { (a + b) / 2.0 }
    })?;
    finish(made, &array, args, 1, 2, keep)
}

fn quantile(args: &Args, scale: f64, skip_nan: bool) -> R {
    let array = args.array(0)?;
    let q = args.array(1)?;
    let method = args.text(5).unwrap_or("linear".to_owned());
    let word = if scale == 100.0 {
        "Percentiles must be in the range [0, 100]"
    } else {
        "Quantiles must be in the range [0, 1]"
    };
    let mut parts = Vec::new();
    for q in q.to_f64s()? {
        let q = q / scale;
        if !(0.0..=1.0).contains(&q) {
            return Err(value_error(word));
        }
        let made = lanes(&array, args.at(2), |mut lane| {
            if skip_nan {
                lane.retain(|x| !x.is_nan());
            } else if lane.iter().any(|x| x.is_nan()) {
                return f64::NAN;
            }
            lane.sort_by(f64::total_cmp);
            at_quantile(&lane, q, &method)
        })?;
        let keep = match args.flag(6, false) {
            true => made.copy().reshaped(&crate::reduce::reduced_shape(&array, args.at(2), true)?),
            false => made,
        };
        parts.push(keep);
    }
    if !matches!(
        &*method,
        "linear"
            | "lower"
            | "higher"
            | "nearest"
            | "midpoint"
            | "hazen"
            | "weibull"
            | "median_unbiased"
            | "normal_unbiased"
            | "inverted_cdf"
    ) {
        return Err(not_done(format!("the method '{method}' of quantiles")));
    }
    if q.ndim() == 0 {
        return args.result(3, parts.remove(0));
    }
    let made = crate::shape::stack(&parts, 0)?;
    let shape = [q.shape.clone(), made.shape[1..].to_vec()].concat();
    args.result(3, made.reshaped(&shape))
}

fn at_quantile(lane: &[f64], q: f64, method: &str) -> f64 {
    let n = lane.len();
    if n == 0 {
        return f64::NAN;
    }
    let last = (n - 1) as f64;
    let place = match method {
        "hazen" => n as f64 * q - 0.5,
        "weibull" => (n as f64 + 1.0) * q - 1.0,
        "median_unbiased" => (n as f64 + 1.0 / 3.0) * q + 1.0 / 3.0 - 1.0,
        "normal_unbiased" => (n as f64 + 0.25) * q + 0.375 - 1.0,
        "inverted_cdf" => {
            let at = (n as f64 * q).ceil() - 1.0;
            return lane[at.clamp(0.0, last) as usize];
        }
        _ => last * q,
    }
    .clamp(0.0, last);
    let low = place.floor();
    let (a, b) = (lane[low as usize], lane[(low as usize + 1).min(n - 1)]);
    let t = place - low;
    match method {
        "lower" => a,
        "higher" => lane[place.ceil() as usize],
        "nearest" => lane[place.round_ties_even() as usize],
        "midpoint" => {
            if t == 0.0 {
                a
            } else {
                (a + b) / 2.0
            }
        }
        _ if t >= 0.5 => b - (b - a) * (1.0 - t),
        _ => a + (b - a) * t,
    }
}

fn average(args: &Args) -> R {
    let array = args.array(0)?;
    let axis_value = args.at(1).cloned().unwrap_or(Value::None);
    let keep = args.flag(4, false);
    let mut named = Dict::new();
    if keep {
        named.insert("keepdims".to_owned(), Value::Bool(true));
    }
    let Some(weights) = args.some(2) else {
        let made = call("numpy.mean", &[array.clone().value(), axis_value.clone()], &named)?;
        if args.flag(3, false) {
            let left: usize =
                crate::reduce::reduced_shape(&array, Some(&axis_value), false)?.iter().product();
            let count = crate::scalar::Scalar::F64((array.size() / left.max(1)) as f64).value();
            return Ok(Value::tuple([made, count]));
        }
        return Ok(made);
    };
    let mut weights = array_of(weights, None)?;
    if weights.shape != array.shape {
        if axis_value.is_none() {
            return Err(type_error("Axis must be specified when shapes of a and weights differ."));
        }
        let at = axis(index(&axis_value)?, array.ndim())?;
        if weights.ndim() != 1 || weights.len() != array.shape[at] {
            return Err(value_error(
                "Shape of weights must be consistent with shape of a along specified axis.",
            ));
        }
        let mut shape = vec![1; array.ndim()];
        shape[at] = weights.len();
        weights = weights.reshaped(&shape).broadcast_to(&array.shape).unwrap_or(weights);
    }
    let kind = array.kind().promote(weights.kind())?.promote(F64)?;
    let weights = weights.cast(kind)?;
    let total = call("numpy.sum", &[weights.clone().value(), axis_value.clone()], &named)?;
    if array_of(&total, None)?.scalars().iter().any(|x| x.f64() == 0.0) {
        return Err(batuta_rt::Error::new(
            batuta_rt::ZeroDivisionError,
            "Weights sum to zero, can't be normalized",
        ));
    }
    let products = apply(Op::Multiply, &array.value(), &weights.value())?;
    let sum = call("numpy.sum", &[products, axis_value], &named)?;
    let made = apply(Op::Divide, &sum, &total)?;
    if args.flag(3, false) { Ok(Value::tuple([made, total])) } else { Ok(made) }
}

/// Edges of bins: given, or so many equal ones.
fn edges(args: &Args) -> R<Array> {
    let flat = args.array(0)?.raveled();
    bin_edges(&flat, args.some(1), args.some(2))
}

fn bin_edges(flat: &Array, bins: Option<&Value>, range: Option<&Value>) -> R<Array> {
    let bins = bins.cloned().unwrap_or((10_i64).into());
    let count = match &bins {
        Value::Str(rule) => automatic(rule, flat)?,
        Value::List(_) | Value::Tuple(_) => return array_of(&bins, None),
        Value::Object(_) if crate::object::is_array(&bins) => return array_of(&bins, None),
        one => index(one)?,
    };
    if count < 1 {
        return Err(value_error("`bins` must be positive, when an integer"));
    }
    let items = flat.to_f64s()?;
    let (mut low, mut high) = match range {
        Some(range) => {
            let pair = array_of(range, None)?.to_f64s()?;
            (pair[0], pair[1])
        }
        None if items.is_empty() => (0.0, 1.0),
        None => {
            items.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)))
        }
    };
    if low > high {
        return Err(value_error("max must be larger than min in range parameter."));
    }
    if low == high {
        (low, high) = (low - 0.5, high + 0.5);
    }
    Ok(Array::from_tensor(trueno::linspace(low, high, count as usize + 1, true).py()?))
}

/// Number of bins by a rule.
fn automatic(rule: &str, flat: &Array) -> R<i64> {
    let mut items = flat.to_f64s()?;
    items.sort_by(f64::total_cmp);
    let n = items.len() as f64;
    if items.is_empty() {
        return Ok(1);
    }
    let span = items[items.len() - 1] - items[0];
    let sturges = span / (n.log2() + 1.0);
    let iqr = at_quantile(&items, 0.75, "linear") - at_quantile(&items, 0.25, "linear");
    let fd = 2.0 * iqr * n.powf(-1.0 / 3.0);
    let width = match rule {
        "sturges" => sturges,
        "fd" => fd,
        "sqrt" => span / n.sqrt(),
        "rice" => span / (2.0 * n.powf(1.0 / 3.0)),
        "auto" => {
            if fd > 0.0 {
                sturges.min(fd)
            } else {
                sturges
            }
        }
        other => return Err(not_done(format!("the rule '{other}' for bins"))),
    };
    Ok(if width > 0.0 { (span / width).ceil() as i64 } else { 1 })
}

fn histogram(args: &Args) -> R {
    let flat = args.array(0)?.raveled();
    let edges = edges(args)?;
    let limits = edges.to_f64s()?;
    if limits.windows(2).any(|pair| pair[0] > pair[1]) {
        return Err(value_error("`bins` must increase monotonically, when an array"));
    }
    let bins = limits.len() - 1;
    let items = flat.to_f64s()?;
    let weights = args.some(4).map(|weights| array_of(weights, None)).transpose()?;
    let sums = weights.as_ref().map(Array::to_f64s).transpose()?;
    let mut counts = vec![0i64; bins];
    let mut totals = vec![0f64; bins];
    for (i, x) in items.iter().enumerate() {
        let Some(at) = bin_of(*x, &limits) else { continue };
        counts[at] += 1;
        if let Some(weights) = &sums {
            totals[at] += weights[i];
        }
    }
    let made = match &weights {
        Some(weights) => Array::vector(totals).cast(weights.kind())?,
        None => Array::vector(counts),
    };
    if args.flag(3, false) {
        let counts = made.to_f64s()?;
        let sum: f64 = counts.iter().sum();
        let density = counts.iter().enumerate().map(|(i, x)| x / (limits[i + 1] - limits[i]) / sum);
        return Ok(Value::tuple([Array::vector(density.collect::<Vec<f64>>()).value(), edges.value()]));
    }
    Ok(Value::tuple([made.value(), edges.value()]))
}

/// The bin of a number; the last one holds its upper edge.
fn bin_of(x: f64, edges: &[f64]) -> Option<usize> {
    let last = edges.len() - 1;
    if x.is_nan() || x < edges[0] || x > edges[last] {
        return None;
    }
    Some(edges.partition_point(|edge| *edge <= x).saturating_sub(1).min(last - 1))
}

fn histogram2d(args: &Args) -> R {
    let (x, y) = (args.array(0)?.raveled(), args.array(1)?.raveled());
    let bins: Vec<Value> = match args.some(2) {
        None => vec![(10_i64).into(), (10_i64).into()],
        Some(Value::List(list)) if list.len() == 2 => list.to_vec(),
        Some(Value::Tuple(items)) if items.len() == 2 => items.to_vec(),
        Some(one) => vec![one.clone(), one.clone()],
    };
    let ranges: Vec<Option<Value>> = match args.some(3) {
        Some(ranges) => crate::make::items(ranges)?.into_iter().map(Some).collect(),
        None => vec![None, None],
    };
    let across = bin_edges(&x, Some(&bins[0]), ranges[0].as_ref())?;
    let down = bin_edges(&y, Some(&bins[1]), ranges[1].as_ref())?;
    let (a, b) = (across.to_f64s()?, down.to_f64s()?);
    let weights = args.some(5).map(|weights| array_of(weights, None)?.to_f64s()).transpose()?;
    let mut counts = vec![0f64; (a.len() - 1) * (b.len() - 1)];
    for (i, (x, y)) in x.to_f64s()?.into_iter().zip(y.to_f64s()?).enumerate() {
        if let (Some(row), Some(column)) = (bin_of(x, &a), bin_of(y, &b)) {
            counts[row * (b.len() - 1) + column] += weights.as_ref().map_or(1.0, |weights| weights[i]);
        }
    }
    if args.flag(4, false) {
        let sum: f64 = counts.iter().sum();
        for (k, count) in counts.iter_mut().enumerate() {
            let (i, j) = (k / (b.len() - 1), k % (b.len() - 1));
            *count = *count / (a[i + 1] - a[i]) / (b[j + 1] - b[j]) / sum;
        }
    }
    let made = Array::from_vec(counts, &[a.len() - 1, b.len() - 1]);
    Ok(Value::tuple([made.value(), across.value(), down.value()]))
}

fn bincount(args: &Args) -> R {
    let array = args.array(0)?;
    if array.kind().letter() == "f" && array.size() > 0 {
        return Err(type_error(
            "Cannot cast array data from dtype('float64') to dtype('int64') according to the rule 'safe'",
        ));
    }
    let items = array.to_i64s()?;
    if items.iter().any(|x| *x < 0) {
        return Err(value_error("'list' argument must have no negative elements"));
    }
    let n = items.iter().max().map_or(0, |x| x + 1).max(args.int(2, 0)?) as usize;
    let Some(weights) = args.some(1) else {
        let mut counts = vec![0i64; n];
        items.iter().for_each(|x| counts[*x as usize] += 1);
        return Ok(Array::vector(counts).value());
    };
    let weights = array_of(weights, None)?.to_f64s()?;
    if weights.len() != items.len() {
        return Err(value_error("The weights and list don't have the same length."));
    }
    let mut sums = vec![0f64; n];
    items.iter().zip(weights).for_each(|(x, weight)| sums[*x as usize] += weight);
    Ok(Array::vector(sums).value())
}

fn cov(args: &Args, scaled: bool) -> R {
    let lift =
        |array: Array| if array.ndim() < 2 { array.raveled().reshaped(&[1, array.size()]) } else { array };
    let own = args.array(0)?;
    let by_rows = args.flag(2, true);
    let turned = |array: Array| {
        if !by_rows && array.ndim() > 1 && array.shape[0] != 1 { array.transposed() } else { array }
    };
    let mut array = turned(lift(own.clone()));
    if let Some(more) = args.some(1) {
        array = crate::shape::concatenate(&[array, turned(lift(array_of(more, None)?))], 0)?;
    }
    let array = array.cast(F64)?;
    let n = array.shape[1] as f64;
    let ddof = if scaled { 1.0 } else { args.float(4, if args.flag(3, false) { 0.0 } else { 1.0 })? };
    let mut keep = Dict::new();
    keep.insert("keepdims".to_owned(), Value::Bool(true));
    let mean = call("numpy.mean", &[array.clone().value(), (1_i64).into()], &keep)?;
    let off = array_of(&apply(Op::Subtract, &array.value(), &mean)?, None)?;
    let product = crate::linalg::dot_arrays(&off, &off.transposed())?;
    let freedom = crate::scalar::Scalar::F64((n - ddof).max(0.0)).value();
    let one = crate::scalar::Scalar::F64(1.0).value();
    let factor = apply(Op::Divide, &one, &freedom)?;
    let made = array_of(&apply(Op::Multiply, &product.value(), &factor)?, None)?;
    let made = if !scaled {
        made
    } else if made.size() == 1 {
        array_of(&apply(Op::Divide, &made.clone().value(), &made.value())?, None)?
    } else {
        let line = crate::build::diagonal(&made, 0, 0, 1).copy();
        let root = crate::unary::apply("sqrt", &line)?;
        let n = root.len();
        let made = apply(Op::Divide, &made.value(), &root.reshaped(&[n, 1]).value())?;
        let made = apply(Op::Divide, &made, &root.reshaped(&[1, n]).value())?;
        let low = apply(Op::Maximum, &made, &(-1.0).into())?;
        array_of(&apply(Op::Minimum, &low, &1.0.into())?, None)?
    };
    if made.size() == 1 {
        return if scaled { Ok(made.first().value()) } else { Ok(made.reshaped(&[]).value()) };
    }
    Ok(made.value())
}

fn overlap(mode: &str) -> R<Overlap> {
    Ok(match mode {
        "full" | "f" => Overlap::Full,
        "same" | "s" => Overlap::Same,
        "valid" | "v" => Overlap::Valid,
        other => {
            return Err(value_error(format!(
                "mode must be one of 'valid', 'same', or 'full' (got '{other}')"
            )));
        }
    })
}

fn sliding(args: &Args, mode: Overlap, correlates: bool) -> R {
    let (a, b) = (args.array(0)?, args.array(1)?);
    if a.size() == 0 || b.size() == 0 {
        return Err(value_error(if a.size() == 0 { "a cannot be empty" } else { "v cannot be empty" }));
    }
    struct Slide(Overlap, bool);
    impl crate::binary::Product for Slide {
        fn of<T: trueno::MatMul>(
            &self,
            a: &trueno::Tensor<'_, T>,
            b: &trueno::Tensor<'_, T>,
        ) -> trueno::Result<trueno::Array<T>> {
            if self.1 { a.correlate(b, self.0) } else { a.convolve(b, self.0) }
        }
    }
    Ok(crate::binary::product(&a.raveled(), &b.raveled(), Slide(mode, correlates))?.value())
}

fn interp(args: &Args) -> R {
    let x = args.array(0)?;
    let mut xp = args.array(1)?.to_f64s()?;
    let mut fp = args.array(2)?.to_f64s()?;
    if xp.len() != fp.len() {
        return Err(value_error("fp and xp are not of the same length."));
    }
    if xp.is_empty() {
        return Err(value_error("array of sample points is empty"));
    }
    let period = args.some(5).map(batuta_rt::py::to_float).transpose()?.map(f64::abs);
    if let Some(period) = period {
        let mut pairs: Vec<(f64, f64)> =
            xp.iter().map(|x| x.rem_euclid(period)).zip(fp.iter().copied()).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (first, last) = (pairs[0], pairs[pairs.len() - 1]);
        pairs.insert(0, (last.0 - period, last.1));
        pairs.push((first.0 + period, first.1));
        (xp, fp) = pairs.into_iter().unzip();
    }
    let (left, right) = (args.float(3, fp[0])?, args.float(4, fp[fp.len() - 1])?);
    let n = xp.len();
    let of = |x: f64| {
        let x = period.map_or(x, |period| x.rem_euclid(period));
        if x.is_nan() {
            return x;
        }
        if x > xp[n - 1] {
            return right;
        }
        if x < xp[0] {
            return left;
        }
        let j = xp.partition_point(|point| *point <= x).saturating_sub(1);
        if j == n - 1 || xp[j] == x {
            return fp[j];
        }
        let slope = (fp[j + 1] - fp[j]) / (xp[j + 1] - xp[j]);
        let made = slope * (x - xp[j]) + fp[j];
        if !made.is_nan() {
            return made;
        }
        let made = slope * (x - xp[j + 1]) + fp[j + 1];
        if made.is_nan() && fp[j] == fp[j + 1] { fp[j] } else { made }
    };
    let made: Vec<f64> = x.to_f64s()?.into_iter().map(of).collect();
    Ok(Array::from_vec(made, &x.shape).value_or_scalar())
}

fn diff(args: &Args) -> R {
    let mut array = args.array(0)?;
    let times = args.int(1, 1)?;
    if array.ndim() == 0 {
        return Err(value_error("diff requires input that is at least one dimensional"));
    }
    if times < 0 {
        return Err(value_error(format!("order must be non-negative but got {times}")));
    }
    let at = axis(args.int(2, -1)?, array.ndim())?;
    let edge = |value: &Value| -> R<Array> {
        let end = array_of(value, None)?;
        if end.ndim() > 0 {
            return Ok(end);
        }
        let mut shape = array.shape.clone();
        shape[at] = 1;
        end.broadcast_to(&shape).ok_or_else(|| value_error("shapes do not fit"))
    };
    let before = args.some(3).map(edge).transpose()?;
    let after = args.some(4).map(edge).transpose()?;
    if before.is_some() || after.is_some() {
        let parts: Vec<Array> = before.into_iter().chain([array]).chain(after).collect();
        array = crate::shape::concatenate(&parts, at as i64)?;
    }
    let op = if crate::make::is_bool(&array) { Op::NotEqual } else { Op::Subtract };
    for _ in 0..times {
        let n = array.shape[at];
        let (high, low) =
            (crate::shape::part(&array, at, 1, n), crate::shape::part(&array, at, 0, n.saturating_sub(1)));
        array = array_of(&apply(op, &high.value(), &low.value())?, None)?;
    }
    Ok(array.value())
}

fn round(args: &Args) -> R {
    let array = args.array(0)?;
    let places = args.int(1, 0)? as i32;
    let made = match array.kind() {
        Kind::Num(trueno::DType::F32) => {
            array.with::<f32, _>(trueno::DType::F32, |t| Ok(Array::from_tensor(t.round(places))))?
        }
        Kind::Num(trueno::DType::F64) => array.f64s(|t| Ok(Array::from_tensor(t.round(places))))?,
        Kind::Num(dtype) if dtype.kind() == trueno::Kind::Complex => {
            let part = |array: Array| -> R<Array> {
                array.cast(F64)?.f64s(|t| Ok(Array::from_tensor(t.round(places))))
            };
            let (re, im) = (
                part(crate::object::real(&array))?.to_f64s()?,
                part(crate::object::imag(&array))?.to_f64s()?,
            );
            let items: Vec<trueno::Complex128> =
                re.into_iter().zip(im).map(|(a, b)| trueno::Complex128::new(a, b)).collect();
            Array::from_vec(items, &array.shape).cast(array.kind())?
        }
        Kind::Num(_) if places < 0 => {
            let items: Vec<i64> =
                array.to_i64s()?.into_iter().map(|x| batuta_rt::round_int(x, i64::from(places))).collect();
            Array::from_vec(items, &array.shape).cast(array.kind())?
        }
        Kind::Object => {
            let items: R<Vec<Value>> = array
                .scalars()
                .iter()
                .map(|x| batuta_rt::catch(|| batuta_rt::py::round(&x.item(), Some(i64::from(places)))))
                .collect();
            Array::from_vec(items?, &array.shape)
        }
        _ => array.copy(),
    };
    args.result(2, made)
}
