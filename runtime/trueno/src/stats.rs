//! Statistics beyond mean and variance: median, percentiles, histograms, covariance, interpolation.

use crate::dtype::{Cast, Integer, Number, Real};
use crate::error::{Error, Result};
use crate::index::Index;
use crate::kernels::gemm::MatMul;
use crate::math::FloatMath;
use crate::reduce::{Average, Axes, Divide};
use crate::tensor::{Array, Tensor};

impl<T: Average + Real> Tensor<'_, T>
where
    T::Mean: FloatMath,
{
    /// Median of all elements; NaN when one is NaN or there is none.
    pub fn median(&self) -> T::Mean {
        median_of(self.to_vec())
    }

    /// Medians along `axis`. Errors: no such axis.
    pub fn median_axis(&self, axis: isize) -> Result<Array<T::Mean>> {
        self.lanes_to(axis, |lane| Ok(median_of(lane.to_vec())))
    }

    /// The `q`-th quantile (`0 <= q <= 1`) of all elements, interpolated linearly. Errors: `q` outside.
    pub fn quantile(&self, q: f64) -> Result<T::Mean> {
        quantile_of(self.to_vec(), in_unit(q, "Quantiles must be in the range [0, 1]")?)
    }

    /// The `q`-th percentile (`0 <= q <= 100`) of all elements, interpolated linearly. Errors: `q` outside.
    pub fn percentile(&self, q: f64) -> Result<T::Mean> {
        in_unit(q / 100.0, "Percentiles must be in the range [0, 100]")?;
        quantile_of(self.to_vec(), q / 100.0)
    }

    /// Percentiles along `axis`. Errors: no such axis, `q` outside `0..=100`.
    pub fn percentile_axis(&self, q: f64, axis: isize) -> Result<Array<T::Mean>> {
        in_unit(q / 100.0, "Percentiles must be in the range [0, 100]")?;
        let q = q / 100.0;
        self.lanes_to(axis, |lane| quantile_of(lane.to_vec(), q))
    }

    /// Mean weighted by `weights` of the same shape. Errors: another shape, weights that add up to 0.
    pub fn average(&self, weights: &Tensor<'_, T::Mean>) -> Result<T::Mean>
    where
        T::Mean: Cast<T::Mean>,
    {
        if self.shape() != weights.shape() {
            return Err(Error::shapes("average", self.shape(), weights.shape()));
        }
        let total = weights.sum_by(&Axes::all(), false, |x| x)?.item()?;
        if total == T::Mean::ZERO {
            return Err(Error::value("Weights sum to zero, can't be normalized"));
        }
        let products = self.zip_with("average", weights, |x, w| {
            let x: T::Mean = x.cast();
            x.times(w)
        })?;
        Ok(products.sum_by(&Axes::all(), false, |x| x)?.item()?.divide(total))
    }
}

fn in_unit(q: f64, text: &str) -> Result<f64> {
    if (0.0..=1.0).contains(&q) { Ok(q) } else { Err(Error::value(text)) }
}

fn median_of<T: Average + Real>(mut data: Vec<T>) -> T::Mean
where
    T::Mean: FloatMath,
{
    let n = data.len();
    if n == 0 || data.iter().any(|x| x.is_nan()) {
        return T::Mean::NAN;
    }
    let (low, &mut middle, _) = data.select_nth_unstable_by(n / 2, T::order);
    let middle: T::Mean = middle.cast();
    if n % 2 == 1 {
        return middle;
    }
    let below = low.iter().copied().max_by(T::order).map_or(middle, |x| x.cast());
    T::Mean::ZERO.plus(below).plus(middle).divide(T::Mean::from_f64(2.0))
}

fn quantile_of<T: Average + Real>(mut data: Vec<T>, q: f64) -> Result<T::Mean>
where
    T::Mean: FloatMath,
{
    let n = data.len();
    if n == 0 {
        return Ok(T::Mean::NAN);
    }
    if data.iter().any(|x| x.is_nan()) {
        return Ok(T::Mean::NAN);
    }
    data.sort_by(T::order);
    // NumPy keeps the position in double precision, whatever the elements are.
    let place = (n - 1) as f64 * q;
    let floor = place.floor();
    let low = (floor as usize).min(n - 1);
    let high = (low + 1).min(n - 1);
    let (a, b): (T::Mean, T::Mean) = (data[low].cast(), data[high].cast());
    let (t, gap) = (place - floor, b.minus(a).to_f64());
    let value = if t >= 0.5 { b.to_f64() - gap * (1.0 - t) } else { a.to_f64() + gap * t };
    Ok(T::Mean::from_f64(value))
}

/// Counts and edges of `numpy.histogram`.
pub type Histogram = (Array<i64>, Array<f64>);

impl Tensor<'_, f64> {
    /// Counts in `bins` equal bins over `range`, or from the smallest to the largest element.
    /// Errors: no bin, a range that is not finite.
    pub fn histogram(&self, bins: usize, range: Option<(f64, f64)>) -> Result<Histogram> {
        if bins == 0 {
            return Err(Error::value("`bins` must be positive, when an integer"));
        }
        let (mut first, mut last) = match range {
            Some(range) => range,
            None if self.is_empty() => (0.0, 1.0),
            None => (self.min()?, self.max()?),
        };
        if first > last {
            return Err(Error::value("max must be larger than min in range parameter."));
        }
        if !(first.is_finite() && last.is_finite()) {
            return Err(Error::value(format!("autodetected range of [{first}, {last}] is not finite")));
        }
        if first == last {
            (first, last) = (first - 0.5, last + 0.5);
        }
        let edges = crate::linspace(first, last, bins + 1, true)?;
        let mut counts = vec![0i64; bins];
        for x in self.iter().filter(|x| (first..=last).contains(x)) {
            let mut i = (((x - first) / (last - first) * bins as f64) as usize).min(bins - 1);
            if x < edges[i] {
                i -= 1;
            }
            if x >= edges[i + 1] && i != bins - 1 {
                i += 1;
            }
            counts[i] += 1;
        }
        Ok((Tensor::from(counts), edges))
    }

    /// Counts between given rising edges; the last bin is closed. Errors: edges that fall.
    pub fn histogram_edges(&self, edges: &Tensor<'_, f64>) -> Result<Array<i64>> {
        let edges = edges.to_vec();
        if edges.windows(2).any(|w| w[0] > w[1]) {
            return Err(Error::value("`bins` must increase monotonically, when an array"));
        }
        let sorted = self.ravel().sort(-1)?;
        let data = sorted.to_vec();
        let last = edges.len().saturating_sub(1);
        let below = |(i, &edge): (usize, &f64)| {
            data.partition_point(|&x| if i == last { x <= edge } else { x < edge }) as i64
        };
        let places: Vec<i64> = edges.iter().enumerate().map(below).collect();
        Ok(Tensor::from_items(places.windows(2).map(|w| w[1] - w[0])))
    }

    /// Values at `self` of the line through the points (`xp`, `fp`), constant outside. Errors: no point,
    /// other lengths.
    pub fn interp(&self, xp: &Tensor<'_, f64>, fp: &Tensor<'_, f64>) -> Result<Array<f64>> {
        if xp.size() != fp.size() || xp.is_empty() {
            return Err(Error::value("fp and xp are not of the same length."));
        }
        let (xp, fp) = (xp.to_vec(), fp.to_vec());
        let last = xp.len() - 1;
        Ok(self.map(|x| {
            if x.is_nan() {
                return x;
            }
            let i = xp.partition_point(|&p| p <= x);
            if i == 0 {
                return fp[0];
            }
            if i > last || xp[i - 1] == x {
                return fp[i - 1];
            }
            let slope = (fp[i] - fp[i - 1]) / (xp[i] - xp[i - 1]);
            let value = slope * (x - xp[i - 1]) + fp[i - 1];
            if value.is_nan() { slope * (x - xp[i]) + fp[i] } else { value }
        }))
    }

    /// Area under `self` by trapezoids of width `dx`, over the last axis.
    pub fn trapezoid(&self, dx: f64) -> Result<Array<f64>> {
        if self.ndim() == 0 || self.shape()[self.ndim() - 1] == 0 {
            return self.sum_over(-1);
        }
        let later = self.slice(&[Index::Ellipsis, (1..).into()])?;
        let earlier = self.slice(&[Index::Ellipsis, (..-1).into()])?;
        later.zip_with("trapezoid", &earlier, |b, a| dx * (b + a) / 2.0)?.sum_over(-1)
    }

    /// Central differences along `axis` with spacing `dx`, one-sided at the ends. Errors: fewer than two
    /// elements.
    pub fn gradient(&self, dx: f64, axis: isize) -> Result<Array<f64>> {
        let n = self.axis_length(axis)?;
        if n < 2 {
            return Err(Error::value(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required.",
            ));
        }
        self.lanes_map(axis, n, |lane| {
            let x = lane.to_vec();
            let inner = (1..n - 1).map(|i| (x[i + 1] - x[i - 1]) / (2.0 * dx));
            let ends = |i: usize| (x[i + 1] - x[i]) / dx;
            Ok([ends(0)].into_iter().chain(inner).chain([ends(n - 2)]).collect())
        })
    }

    /// Value of the polynomial with these coefficients, highest first, at every element of `x`.
    pub fn polyval(&self, x: &Tensor<'_, f64>) -> Array<f64> {
        let coefficients = self.to_vec();
        x.map(|x| coefficients.iter().fold(0.0, |sum, c| sum * x + c))
    }
}

impl<T: FloatMath + MatMul + Average<Mean = T>> Tensor<'_, T> {
    /// Covariance matrix of the rows, with `ddof` taken off the number of columns (NumPy's default is 1).
    pub fn cov(&self, ddof: f64) -> Result<Array<T>> {
        let rows = self.atleast_2d();
        let n = rows.shape()[1] as f64;
        let centred = rows.try_sub(&rows.mean_over(Axes::from(1).keep())?)?;
        let products = centred.matmul(&centred.t())?;
        let scale = T::ONE.divide(T::from_f64((n - ddof).max(0.0)));
        let matrix = products.map(|x| x.times(scale));
        if rows.len() == 1 { matrix.into_reshaped(&[]) } else { Ok(matrix) }
    }

    /// Correlation matrix of the rows.
    pub fn corrcoef(&self) -> Result<Array<T>> {
        let c = self.cov(1.0)?;
        if c.ndim() == 0 {
            return c.try_div(&c);
        }
        let deviations = c.diagonal(0)?.map(|x| x.sqrt());
        let scaled = c.try_div(&deviations.expand_dims(1)?)?.try_div(&deviations.expand_dims(0)?)?;
        Ok(scaled.clip(T::ONE.negative(), T::ONE))
    }
}

impl<T: FloatMath + Average<Mean = T>> Tensor<'_, T> {
    fn without_nan(&self, value: T) -> Array<T> {
        self.map(|x| if Real::is_nan(x) { value } else { x })
    }

    /// Sum along axes where NaN counts as 0.
    pub fn nansum_over(&self, axes: impl Into<Axes>) -> Result<Array<T::Sum>> {
        self.without_nan(T::ZERO).sum_over(axes)
    }

    /// Largest along axes without the NaN; NaN where there is nothing else.
    pub fn nanmax_over(&self, axes: impl Into<Axes>) -> Result<Array<T>> {
        self.nan_extreme(axes.into(), T::LOWEST, Tensor::max_over)
    }

    /// Smallest along axes without the NaN; NaN where there is nothing else.
    pub fn nanmin_over(&self, axes: impl Into<Axes>) -> Result<Array<T>> {
        self.nan_extreme(axes.into(), T::HIGHEST, Tensor::min_over)
    }

    fn nan_extreme(
        &self,
        axes: Axes,
        filler: T,
        f: impl Fn(&Array<T>, Axes) -> Result<Array<T>>,
    ) -> Result<Array<T>> {
        let only_nan = self.isnan().all_over(axes.clone())?;
        let best = f(&self.without_nan(filler), axes)?;
        best.zip_with("nanmax", &only_nan, |x, nan| if nan { T::NAN } else { x })
    }

    /// Mean along axes without the NaN.
    pub fn nanmean_over(&self, axes: impl Into<Axes>) -> Result<Array<T>>
    where
        T: Cast<T>,
    {
        let axes = axes.into();
        let counts = self.isnan().logical_not().count_nonzero_over(axes.clone())?;
        let sums = self.without_nan(T::ZERO).sum_by(&axes, false, |x| x)?;
        sums.zip_with("nanmean", &counts, |sum, n| sum.divide(T::from_f64(n as f64)))
    }
}

impl<T: Integer> Tensor<'_, T> {
    /// How often each of `0, 1, 2, ...` occurs; at least `minlength` counts. Errors: a negative element.
    pub fn bincount(&self, minlength: usize) -> Result<Array<i64>> {
        let most = self.iter().map(Integer::to_i128).max().unwrap_or(-1);
        if self.iter().any(|x| x.to_i128() < 0) {
            return Err(Error::value("'list' argument must have no negative elements"));
        }
        let length = usize::try_from(most + 1).unwrap_or(usize::MAX).max(minlength);
        let mut counts = Tensor::zeros(&[length])?;
        self.for_each(|x| counts[x.to_i128() as usize] += 1);
        Ok(counts)
    }
}

/// Which part of a convolution is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// Every position where they touch.
    Full,
    /// As long as the longer one, centred.
    Same,
    /// Only where they overlap completely.
    Valid,
}

impl<T: Number> Tensor<'_, T> {
    /// `numpy.convolve` of two vectors. Errors: other ranks, nothing in one.
    pub fn convolve(&self, other: &Tensor<'_, T>, part: Overlap) -> Result<Array<T>> {
        if self.ndim() > 1 || other.ndim() > 1 {
            return Err(Error::value("object too deep for desired array"));
        }
        let (a, v) = (self.to_vec(), other.to_vec());
        let (long, short) = if v.len() > a.len() { (v, a) } else { (a, v) };
        if short.is_empty() {
            return Err(Error::value(if self.is_empty() {
                "a cannot be empty"
            } else {
                "v cannot be empty"
            }));
        }
        let (n, m) = (long.len(), short.len());
        let mut full = vec![T::ZERO; n + m - 1];
        // From the last: each sum runs over the longer one from its left, as NumPy's does.
        for (j, &y) in short.iter().enumerate().rev() {
            full[j..j + n].iter_mut().zip(&long).for_each(|(out, &x)| *out = out.plus(x.times_plain(y)));
        }
        let kept = match part {
            Overlap::Full => 0..n + m - 1,
            Overlap::Same => (m - 1) / 2..(m - 1) / 2 + n,
            Overlap::Valid => m - 1..n,
        };
        Ok(Tensor::from(full[kept].to_vec()))
    }

    /// `numpy.correlate` of two vectors of real numbers.
    pub fn correlate(&self, other: &Tensor<'_, T>, part: Overlap) -> Result<Array<T>> {
        let swapped = other.size() > self.size();
        let backwards: Array<T> = Tensor::from_items(other.to_vec().into_iter().rev());
        let out = match part {
            Overlap::Same if swapped => {
                let full = self.convolve(&backwards, Overlap::Full)?;
                let (n, m) = (other.size(), self.size());
                let start = m - 1 - (m - 1) / 2;
                return Ok(Tensor::from(full.to_vec()[start..start + n].to_vec()));
            }
            part => self.convolve(&backwards, part)?,
        };
        Ok(out)
    }

    /// Correlation of an image with a kernel where they overlap completely: the convolution of neural
    /// networks, without padding. Errors: not two matrices, the kernel is larger.
    pub fn conv2d(&self, kernel: &Tensor<'_, T>) -> Result<Array<T>> {
        let ([h, w], [kh, kw]) = (&self.shape[..], &kernel.shape[..]) else {
            return Err(Error::shapes("conv2d", self.shape(), kernel.shape()));
        };
        let (h, w, kh, kw) = (*h, *w, *kh, *kw);
        if kh == 0 || kw == 0 || kh > h || kw > w {
            return Err(Error::shapes("conv2d", self.shape(), kernel.shape()));
        }
        let (rows, columns) = (h - kh + 1, w - kw + 1);
        let image = self.to_contiguous();
        let mut out = vec![T::ZERO; rows * columns];
        for (i, row) in out.chunks_exact_mut(columns).enumerate() {
            for p in 0..kh {
                for q in 0..kw {
                    let factor = kernel[[p, q]];
                    let line = &image[(i + p) * w + q..][..columns];
                    row.iter_mut().zip(line).for_each(|(out, &x)| *out = out.plus(factor.times_plain(x)));
                }
            }
        }
        Ok(Tensor::owned(out, &[rows, columns]))
    }
}
