//! Reductions over all elements or along axes: sum, product, extremes, truth, mean and variance.
//!
//! `x()` reduces everything, `x_over(axes)` some axes; `Axes` says which and whether they stay as 1.

use crate::dims::{self, Dims, Strides};
use crate::dtype::{Cast, Complex64, Complex128, Element, Number, Real};
use crate::error::{Error, Result};
use crate::reduce_plan::ReducePlan;
use crate::sys::{self, Kernel};
use crate::tensor::{Array, Tensor};

/// Which axes a reduction removes: `0`, `-1`, `[0, 2]`, `Axes::all()`; `.keep()` leaves them as 1.
#[derive(Debug, Clone, Default)]
pub struct Axes {
    axes: Option<Vec<isize>>,
    keep: bool,
}

impl Axes {
    /// Every axis.
    pub fn all() -> Axes {
        Axes::default()
    }

    /// As NumPy's `keepdims=True`.
    pub fn keep(self) -> Axes {
        Axes { keep: true, ..self }
    }

    pub(crate) fn resolve(&self, ndim: usize) -> Result<Vec<usize>> {
        match &self.axes {
            None => Ok((0..ndim).collect()),
            Some(axes) => dims::normalize_axes(axes, ndim),
        }
    }
}

impl From<isize> for Axes {
    fn from(axis: isize) -> Axes {
        Axes { axes: Some(vec![axis]), keep: false }
    }
}

impl From<i32> for Axes {
    fn from(axis: i32) -> Axes {
        Axes::from(axis as isize)
    }
}

impl<const N: usize> From<[isize; N]> for Axes {
    fn from(axes: [isize; N]) -> Axes {
        Axes { axes: Some(axes.to_vec()), keep: false }
    }
}

impl From<&[isize]> for Axes {
    fn from(axes: &[isize]) -> Axes {
        Axes { axes: Some(axes.to_vec()), keep: false }
    }
}

struct FoldRows<'a, A, T, F> {
    out: &'a mut [A],
    input: &'a [T],
    f: &'a F,
}

impl<A: Copy, T: Copy, F: Fn(A, T) -> A> Kernel for FoldRows<'_, A, T, F> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (out, &x) in self.out.iter_mut().zip(self.input) {
            *out = (self.f)(*out, x);
        }
    }
}

impl<T: Element> Tensor<'_, T> {
    /// Folds along axes from `init`: `run` folds a strided run into an accumulator, `f` one element.
    pub(crate) fn reduce_with<A: Element>(
        &self,
        axes: &Axes,
        cast: bool,
        init: A,
        run: impl Fn(A, &[T], usize, isize, usize) -> A,
        f: impl Fn(A, T) -> A,
    ) -> Result<Array<A>> {
        let gone = axes.resolve(self.ndim())?;
        let plan = ReducePlan::new(self, &gone, cast);
        let kept: Dims = (0..self.ndim()).filter(|a| !gone.contains(a)).map(|a| self.shape[a]).collect();
        let mut out = crate::tensor::reserve(&kept)?;
        out.resize(dims::size_of(&kept), init);
        plan.execute(self.buffer(), &mut out, run, |out, data, at, step| {
            if step == 1 {
                let input = &data[at..at + out.len()];
                sys::dispatch(FoldRows { out, input, f: &f });
            } else {
                for (i, out) in out.iter_mut().enumerate() {
                    *out = f(*out, data[(at as isize + i as isize * step) as usize]);
                }
            }
        });
        let reduced = Tensor::owned_with_strides(out, &kept, plan.out_strides.clone());
        Ok(if axes.keep { reduced.with_kept_axes(&gone) } else { reduced })
    }

    /// The same elements with an axis of length 1 at each of `gone` (sorted).
    fn with_kept_axes(self, gone: &[usize]) -> Self {
        let (mut shape, mut strides): (Dims, Strides) = (self.shape.clone(), self.strides.clone());
        for &axis in gone {
            shape.insert(axis, 1);
            strides.insert(axis, 0);
        }
        let offset = self.offset;
        self.into_reframed(offset, shape, strides)
    }

    /// As `reduce_with`, folding element by element.
    pub(crate) fn fold_over<A: Element>(
        &self,
        axes: &Axes,
        init: A,
        f: impl Fn(A, T) -> A,
    ) -> Result<Array<A>> {
        let run = |init: A, data: &[T], at: usize, step: isize, n: usize| {
            if step == 1 {
                return data[at..at + n].iter().fold(init, |acc, &x| f(acc, x));
            }
            (0..n as isize).fold(init, |acc, i| f(acc, data[(at as isize + i * step) as usize]))
        };
        self.reduce_with(axes, false, init, run, &f)
    }

    /// Sum along axes; integers and bool add up in 64 bits, floats in NumPy's pairwise order.
    pub fn sum_over(&self, axes: impl Into<Axes>) -> Result<Array<T::Sum>> {
        self.sum_by(&axes.into(), false, T::widen)
    }

    /// Sum of `f` of the elements; `cast` when NumPy would convert them through its buffer.
    pub(crate) fn sum_by<A: Number>(&self, axes: &Axes, cast: bool, f: impl Fn(T) -> A) -> Result<Array<A>> {
        let run = |acc: A, data: &[T], at: usize, step: isize, n: usize| match sys::same_slice::<T, A>(data) {
            Some(data) => acc.plus(A::run_sum(data, at, step, n)),
            None => {
                let cast: Vec<A> =
                    (0..n as isize).map(|i| f(data[(at as isize + i * step) as usize])).collect();
                acc.plus(A::run_sum(&cast, 0, 1, n))
            }
        };
        self.reduce_with(axes, cast, A::ZERO, run, |acc, x| acc.plus(f(x)))
    }

    /// Sum of all elements.
    pub fn sum(&self) -> T::Sum {
        single(self.sum_over(Axes::all()))
    }

    /// Product along axes.
    pub fn prod_over(&self, axes: impl Into<Axes>) -> Result<Array<T::Sum>> {
        let run = |acc: T::Sum, data: &[T], at: usize, step: isize, n: usize| {
            let item = |i: isize| data[(at as isize + i * step) as usize].widen();
            (0..n as isize).fold(acc, |acc, i| acc.times_plain(item(i)))
        };
        self.reduce_with(&axes.into(), false, T::Sum::ONE, run, |acc, x| acc.times(x.widen()))
    }

    /// Product of all elements.
    pub fn prod(&self) -> T::Sum {
        single(self.prod_over(Axes::all()))
    }

    /// Whether all elements along axes are true.
    pub fn all_over(&self, axes: impl Into<Axes>) -> Result<Array<bool>> {
        self.fold_over(&axes.into(), true, |acc, x| acc & x.truth())
    }

    /// Whether all elements are true.
    pub fn all(&self) -> bool {
        single(self.all_over(Axes::all()))
    }

    /// Whether any element along axes is true.
    pub fn any_over(&self, axes: impl Into<Axes>) -> Result<Array<bool>> {
        self.fold_over(&axes.into(), false, |acc, x| acc | x.truth())
    }

    /// Whether any element is true.
    pub fn any(&self) -> bool {
        single(self.any_over(Axes::all()))
    }

    /// Number of true elements along axes.
    pub fn count_nonzero_over(&self, axes: impl Into<Axes>) -> Result<Array<i64>> {
        self.fold_over(&axes.into(), 0i64, |acc, x| acc + i64::from(x.truth()))
    }

    /// Number of true elements.
    pub fn count_nonzero(&self) -> usize {
        single(self.count_nonzero_over(Axes::all())) as usize
    }

    /// How many elements go into one result of a reduction along `axes`.
    pub(crate) fn count_over(&self, axes: &Axes) -> Result<usize> {
        Ok(axes.resolve(self.ndim())?.iter().map(|&axis| self.shape[axis]).product())
    }
}

/// The only element of a full reduction, which cannot fail.
fn single<A: Element>(result: Result<Array<A>>) -> A {
    result.and_then(|array| array.item()).unwrap_or_default()
}

impl<T: Real> Tensor<'_, T> {
    /// Largest along axes; NaN wins. Errors: nothing to reduce.
    pub fn max_over(&self, axes: impl Into<Axes>) -> Result<Array<T>> {
        self.extreme("maximum", &axes.into(), T::LOWEST, |a, b| if b > a || b.is_nan() { b } else { a })
    }

    /// Largest element; NaN wins. Errors: no element.
    pub fn max(&self) -> Result<T> {
        self.max_over(Axes::all())?.item()
    }

    /// Smallest along axes; NaN wins. Errors: nothing to reduce.
    pub fn min_over(&self, axes: impl Into<Axes>) -> Result<Array<T>> {
        self.extreme("minimum", &axes.into(), T::HIGHEST, |a, b| if b < a || b.is_nan() { b } else { a })
    }

    /// Smallest element; NaN wins. Errors: no element.
    pub fn min(&self) -> Result<T> {
        self.min_over(Axes::all())?.item()
    }

    fn extreme(&self, op: &'static str, axes: &Axes, start: T, pick: impl Fn(T, T) -> T) -> Result<Array<T>> {
        if self.count_over(axes)? == 0 && self.kept_size(axes)? > 0 {
            return Err(Error::EmptyReduction { op });
        }
        let pick = |acc: T, x: T| if acc.is_nan() { acc } else { pick(acc, x) };
        struct Best<'a, T, F>(&'a [T], T, &'a F);
        impl<T: Real, F: Fn(T, T) -> T> Kernel for Best<'_, T, F> {
            type Output = T;
            #[inline(always)]
            fn run(self) -> T {
                let (groups, tail) = self.0.as_chunks::<32>();
                let mut best = [self.1; 32];
                for group in groups {
                    for lane in 0..32 {
                        best[lane] = (self.2)(best[lane], group[lane]);
                    }
                }
                tail.iter().chain(&best[1..]).fold(best[0], |acc, &x| (self.2)(acc, x))
            }
        }
        let run = |acc: T, data: &[T], at: usize, step: isize, n: usize| match step {
            1 => sys::dispatch(Best(&data[at..at + n], acc, &pick)),
            _ => (0..n as isize).fold(acc, |acc, i| pick(acc, data[(at as isize + i * step) as usize])),
        };
        self.reduce_with(axes, false, start, run, pick)
    }

    fn kept_size(&self, axes: &Axes) -> Result<usize> {
        let gone = axes.resolve(self.ndim())?;
        Ok((0..self.ndim()).filter(|a| !gone.contains(a)).map(|a| self.shape[a]).product())
    }

    /// Largest minus smallest along axes (`ptp`). Errors: nothing to reduce.
    pub fn ptp_over(&self, axes: impl Into<Axes>) -> Result<Array<T>> {
        let axes = axes.into();
        self.max_over(axes.clone())?.zip_with("ptp", &self.min_over(axes)?, T::minus)
    }

    /// Position of the first largest element in C order; NaN wins. Errors: no element.
    pub fn argmax(&self) -> Result<usize> {
        self.position("argmax", |x, best| x > best)
    }

    /// Position of the first smallest element in C order; NaN wins. Errors: no element.
    pub fn argmin(&self) -> Result<usize> {
        self.position("argmin", |x, best| x < best)
    }

    fn position(&self, op: &'static str, better: impl Fn(T, T) -> bool) -> Result<usize> {
        if self.is_empty() {
            return Err(Error::value(format!("attempt to get {op} of an empty sequence")));
        }
        let mut items = self.iter().enumerate();
        let mut best = items.next().expect("checked above that there is an element");
        for (i, x) in items {
            if better(x, best.1) || (x.is_nan() && !best.1.is_nan()) {
                best = (i, x);
            }
        }
        Ok(best.0)
    }

    /// Positions of the first largest elements along an axis. Errors: no such axis, no element.
    pub fn argmax_axis(&self, axis: isize) -> Result<Array<i64>> {
        self.lanes_to(axis, |lane| lane.argmax().map(|i| i as i64))
    }

    /// Positions of the first smallest elements along an axis. Errors: no such axis, no element.
    pub fn argmin_axis(&self, axis: isize) -> Result<Array<i64>> {
        self.lanes_to(axis, |lane| lane.argmin().map(|i| i as i64))
    }
}

/// Types with a mean, and the type it has: integers average in f64, floats in their own type.
pub trait Average: Element + Cast<Self::Mean> {
    /// Type of the mean.
    type Mean: Divide;
}

/// Numbers with a true division and a square root of their size.
pub trait Divide: Number {
    /// `self / other`
    fn divide(self, other: Self) -> Self;
    /// Quotient by a number of elements, computed in double precision as NumPy's mean does.
    #[inline(always)]
    fn divide_by_count(self, count: Self) -> Self {
        self.divide(count)
    }
    /// Square root; for complex numbers of the real part.
    fn root(self) -> Self;
}

macro_rules! average {
    ($($t:ty => $mean:ty;)*) => {$(impl Average for $t { type Mean = $mean; })*};
}

average! {
    bool => f64; i8 => f64; i16 => f64; i32 => f64; i64 => f64;
    u8 => f64; u16 => f64; u32 => f64; u64 => f64;
    f32 => f32; f64 => f64; Complex64 => Complex64; Complex128 => Complex128;
}

macro_rules! divide {
    ($($t:ident)*) => {$(impl Divide for $t {
        #[inline(always)]
        fn divide(self, other: Self) -> Self { self / other }
        #[inline(always)]
        fn root(self) -> Self { self.sqrt() }
    })*};
}

divide! { f32 f64 }

macro_rules! divide_complex {
    ($($t:ident)*) => {$(impl Divide for $t {
        fn divide_by_count(self, count: Self) -> Self {
            let wide: Complex128 = self.cast();
            crate::complex::divide(wide, count.cast()).cast()
        }
        #[inline(always)]
        fn divide(self, other: Self) -> Self { crate::complex::divide(self, other) }
        #[inline(always)]
        fn root(self) -> Self { $t::new(self.re.sqrt(), 0.0) }
    })*};
}

divide_complex! { Complex64 Complex128 }

impl<T: Average> Tensor<'_, T> {
    /// Mean along axes; NaN where there is nothing.
    pub fn mean_over(&self, axes: impl Into<Axes>) -> Result<Array<T::Mean>> {
        let axes = axes.into();
        let count = T::Mean::from_f64(self.count_over(&axes)? as f64);
        let cast = T::DTYPE != T::Mean::DTYPE;
        Ok(self.sum_by(&axes, cast, |x| x.cast())?.map(|sum| sum.divide_by_count(count)))
    }

    /// Mean of all elements; NaN when there is none.
    pub fn mean(&self) -> T::Mean {
        single(self.mean_over(Axes::all()))
    }
}

impl<T: Average> Tensor<'_, T>
where
    T::Mean: Real,
{
    /// Variance along axes with `ddof` degrees of freedom taken away.
    pub fn var_over(&self, axes: impl Into<Axes>, ddof: f64) -> Result<Array<T::Mean>> {
        let axes = axes.into();
        let count = self.count_over(&axes)? as f64;
        let mean = self.mean_over(axes.clone().keep())?;
        let squares = self.zip_with("var", &mean, |x, m| {
            let d = x.cast().minus(m);
            d.times(d)
        })?;
        let freedom = T::Mean::from_f64((count - ddof).max(0.0));
        Ok(squares.sum_by(&axes, false, |x| x)?.map(|sum| sum.divide_by_count(freedom)))
    }

    /// Variance of all elements.
    pub fn var(&self) -> T::Mean {
        single(self.var_over(Axes::all(), 0.0))
    }

    /// Standard deviation along axes.
    pub fn std_over(&self, axes: impl Into<Axes>, ddof: f64) -> Result<Array<T::Mean>> {
        Ok(self.var_over(axes, ddof)?.map(Divide::root))
    }

    /// Standard deviation of all elements.
    pub fn std(&self) -> T::Mean {
        self.var().root()
    }
}
