//! Arrays made of numbers or of other arrays: ranges, grids, joining, repeating, padding.

use crate::dims::{self, Dims};
use crate::dtype::{Element, Number, Real};
use crate::error::{Error, Result};
use crate::index::{Index, Slice};
use crate::tensor::{Array, Tensor};

/// `numpy.arange(start, stop, step)`. Errors: step 0, more than memory holds.
pub fn arange<T: Real>(start: T, stop: T, step: T) -> Result<Array<T>> {
    if step == T::ZERO {
        return Err(Error::value("Maximum allowed size exceeded"));
    }
    let length = ((stop.to_f64() - start.to_f64()) / step.to_f64()).ceil();
    if length.is_nan() || length > isize::MAX as f64 {
        return Err(Error::value("Maximum allowed size exceeded"));
    }
    let n = length.max(0.0) as usize;
    let mut data = crate::tensor::reserve(&[n])?;
    // NumPy fills with start + i * delta, where delta is the difference of the first two.
    let delta = start.plus(step).minus(start);
    data.extend((0..n).map(|i| match i {
        0 => start,
        1 => start.plus(step),
        _ => start.plus(T::from_f64(i as f64).times(delta)),
    }));
    Ok(Tensor::from(data))
}

/// `n` numbers from `start` to `stop`, which is included when `endpoint`.
pub fn linspace(start: f64, stop: f64, n: usize, endpoint: bool) -> Result<Array<f64>> {
    let mut data = crate::tensor::reserve(&[n])?;
    let gaps = if endpoint { n.saturating_sub(1) } else { n } as f64;
    let delta = stop - start;
    let step = delta / gaps;
    let place = |i: usize| match gaps {
        0.0 => i as f64 * delta + start,
        _ if step == 0.0 => i as f64 / gaps * delta + start,
        _ => i as f64 * step + start,
    };
    data.extend((0..n).map(place));
    if endpoint && n > 1 {
        data[n - 1] = stop;
    }
    Ok(Tensor::from(data))
}

/// `base ** linspace(start, stop, n)`
pub fn logspace(start: f64, stop: f64, n: usize, base: f64) -> Result<Array<f64>> {
    Ok(linspace(start, stop, n, true)?.map(|x| base.powf(x)))
}

/// Coordinate arrays of a grid; `matrix` indexing is `'ij'`, otherwise the first two axes swap (`'xy'`).
pub fn meshgrid<T: Element>(axes: &[&Tensor<'_, T>], matrix: bool) -> Result<Vec<Array<T>>> {
    let mut shape: Dims = axes.iter().map(|a| a.size()).collect();
    if !matrix && shape.len() > 1 {
        shape.swap(0, 1);
    }
    let along = |k: usize| {
        if !matrix && axes.len() > 1 && k < 2 { 1 - k } else { k }
    };
    let grid = |(k, axis): (usize, &&Tensor<'_, T>)| {
        let mut own = vec![1isize; axes.len()];
        own[along(k)] = -1;
        Ok(axis.reshape(&own)?.broadcast_to(&shape)?.to_owned())
    };
    axes.iter().enumerate().map(grid).collect()
}

/// Arrays joined along `axis`. Errors: none given, other axes differ.
pub fn concatenate<T: Element>(arrays: &[&Tensor<'_, T>], axis: isize) -> Result<Array<T>> {
    let first = arrays.first().ok_or_else(|| Error::value("need at least one array to concatenate"))?;
    if first.ndim() == 0 {
        return Err(Error::value("zero-dimensional arrays cannot be concatenated"));
    }
    let axis = dims::normalize_axis(axis, first.ndim())?;
    let mut shape = first.shape.clone();
    for other in &arrays[1..] {
        let same =
            other.ndim() == first.ndim() && (0..shape.len()).all(|i| i == axis || other.shape[i] == shape[i]);
        if !same {
            return Err(Error::shapes("concatenate", &first.shape, &other.shape));
        }
        shape[axis] += other.shape[axis];
    }
    let mut data = crate::tensor::reserve(&shape)?;
    let outer: usize = shape[..axis].iter().product();
    let parts: Vec<_> =
        arrays.iter().map(|a| (a.to_contiguous(), a.shape[axis..].iter().product::<usize>())).collect();
    for block in 0..outer {
        for (part, run) in &parts {
            data.extend_from_slice(&part[block * run..(block + 1) * run]);
        }
    }
    Ok(Tensor::owned(data, &shape))
}

/// Arrays of one shape joined along a new axis. Errors: none given, shapes differ.
pub fn stack<T: Element>(arrays: &[&Tensor<'_, T>], axis: isize) -> Result<Array<T>> {
    let first = arrays.first().ok_or_else(|| Error::value("need at least one array to stack"))?;
    if arrays.iter().any(|a| a.shape != first.shape) {
        return Err(Error::value("all input arrays must have the same shape"));
    }
    let wide = arrays.iter().map(|a| a.expand_dims(axis)).collect::<Result<Vec<_>>>()?;
    concatenate(&wide.iter().collect::<Vec<_>>(), axis)
}

/// Arrays on top of each other: rank 1 becomes rows.
pub fn vstack<T: Element>(arrays: &[&Tensor<'_, T>]) -> Result<Array<T>> {
    let wide: Vec<_> = arrays.iter().map(|a| a.atleast_2d()).collect();
    concatenate(&wide.iter().collect::<Vec<_>>(), 0)
}

/// Arrays side by side: rank 1 is joined end to end.
pub fn hstack<T: Element>(arrays: &[&Tensor<'_, T>]) -> Result<Array<T>> {
    let flat = arrays.first().is_some_and(|a| a.ndim() == 1);
    concatenate(arrays, if flat { 0 } else { 1 })
}

impl<'a, T: Element> Tensor<'a, T> {
    /// Views of the parts between the positions `cuts` along `axis` (`array_split` by index).
    pub fn split_at(&self, cuts: &[usize], axis: isize) -> Result<Vec<Tensor<'_, T>>> {
        let axis = dims::normalize_axis(axis, self.ndim())?;
        let mut ends = cuts.to_vec();
        ends.push(self.shape[axis]);
        let mut start = 0;
        let mut parts = Vec::with_capacity(ends.len());
        for end in ends {
            let mut entries = vec![Index::from(..); axis];
            entries.push(Slice::new(start as isize, end as isize, 1).into());
            parts.push(self.slice(&entries)?);
            start = end;
        }
        Ok(parts)
    }

    /// `n` equal views along `axis`. Errors: the axis does not divide evenly.
    pub fn split(&self, n: usize, axis: isize) -> Result<Vec<Tensor<'_, T>>> {
        let size = self.shape[dims::normalize_axis(axis, self.ndim())?];
        if n == 0 || !size.is_multiple_of(n) {
            return Err(Error::value("array split does not result in an equal division"));
        }
        let cuts: Vec<usize> = (1..n).map(|i| i * size / n).collect();
        self.split_at(&cuts, axis)
    }

    /// Each element of `axis` `n` times in a row.
    pub fn repeat(&self, n: usize, axis: isize) -> Result<Array<T>> {
        let size = self.shape[dims::normalize_axis(axis, self.ndim())?];
        let picks: Array<i64> = Tensor::from_items((0..size * n).map(|i| (i / n) as i64));
        self.take_axis(&picks, axis)
    }

    /// The whole array `counts` times along each axis.
    pub fn tile(&self, counts: &[usize]) -> Result<Array<T>> {
        let ndim = counts.len().max(self.ndim());
        let mut shape = vec![1isize; ndim - self.ndim()];
        shape.extend(self.shape.iter().map(|&n| n as isize));
        let mut out = self.reshape(&shape)?.to_owned();
        for (k, &n) in counts.iter().rev().enumerate() {
            let axis = (ndim - 1 - k) as isize;
            let size = out.shape[axis as usize];
            let picks: Array<i64> = Tensor::from_items((0..size * n).map(|i| (i % size) as i64));
            out = out.take_axis(&picks, axis)?;
        }
        Ok(out)
    }

    /// Shifted by `n` along `axis`; what falls off comes back in at the other end.
    pub fn roll(&self, n: isize, axis: isize) -> Result<Array<T>> {
        let size = self.shape[dims::normalize_axis(axis, self.ndim())?] as isize;
        let picks: Array<i64> = Tensor::from_items((0..size).map(|i| (i - n).rem_euclid(size) as i64));
        self.take_axis(&picks, axis)
    }

    /// Turned by a quarter `k` times, from the first axis towards the second.
    pub fn rot90(&self, k: isize) -> Result<Array<T>> {
        match k.rem_euclid(4) {
            0 => Ok(self.to_owned()),
            1 => Ok(self.flip(1)?.swapaxes(0, 1)?.to_owned()),
            2 => Ok(self.flip(0)?.flip(1)?.to_owned()),
            _ => Ok(self.swapaxes(0, 1)?.flip(1)?.to_owned()),
        }
    }

    /// With `(before, after)` elements of `value` around each axis. Errors: another number of axes.
    pub fn pad(&self, widths: &[(usize, usize)], value: T) -> Result<Array<T>> {
        if widths.len() != self.ndim() {
            return Err(Error::value("pad widths do not match the number of axes"));
        }
        let shape: Vec<usize> = self.shape.iter().zip(widths).map(|(n, (b, a))| n + b + a).collect();
        let mut out = Tensor::full(&shape, value)?;
        let inside: Vec<Index> = self
            .shape
            .iter()
            .zip(widths)
            .map(|(&n, &(before, _))| Slice::new(before as isize, (before + n) as isize, 1).into())
            .collect();
        out.slice_mut(&inside)?.assign(self)?;
        Ok(out)
    }

    /// Lower triangle of the last two axes up to diagonal `k`; zeros elsewhere.
    pub fn tril(&self, k: isize) -> Result<Array<T>> {
        self.triangle("tril", |row, column| column <= row + k)
    }

    /// Upper triangle of the last two axes from diagonal `k`; zeros elsewhere.
    pub fn triu(&self, k: isize) -> Result<Array<T>> {
        self.triangle("triu", |row, column| column >= row + k)
    }

    fn triangle(&self, op: &'static str, keep: impl Fn(isize, isize) -> bool) -> Result<Array<T>> {
        let [.., rows, columns] = self.shape[..] else {
            return Err(Error::Rank { op, want: "2 dimensions or more", got: self.ndim() });
        };
        let mut data = self.to_vec();
        for (i, x) in data.iter_mut().enumerate() {
            if !keep(((i / columns) % rows) as isize, (i % columns) as isize) {
                *x = T::default();
            }
        }
        Ok(Tensor::owned(data, &self.shape))
    }

    /// Matrix with this vector on diagonal `k`. Errors: not one-dimensional.
    pub fn diag(&self, k: isize) -> Result<Array<T>> {
        if self.ndim() != 1 {
            return Err(Error::Rank { op: "diag", want: "1 dimension", got: self.ndim() });
        }
        let n = self.size() + k.unsigned_abs();
        let mut out = Tensor::zeros(&[n, n])?;
        for (i, x) in self.iter().enumerate() {
            let (row, column) = if k >= 0 { (i, i + k as usize) } else { (i + k.unsigned_abs(), i) };
            out[[row, column]] = x;
        }
        Ok(out)
    }
}

impl<T: Number> Tensor<'_, T> {
    /// Sum along diagonal `k` of the first two axes.
    pub fn trace(&self, k: isize) -> Result<Array<T::Sum>> {
        self.diagonal(k)?.sum_over(-1)
    }
}
