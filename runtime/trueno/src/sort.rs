//! Sorting and searching: NaN sorts last, equal elements keep their order where NumPy's `stable` does.

use crate::dims;
use crate::dtype::{Element, Number, Real};
use crate::error::{Error, Result};
use crate::tensor::{Array, Tensor};

/// Sorted copy of a lane.
fn sorted<T: Real>(lane: &Tensor<'_, T>) -> Vec<T> {
    let mut data = lane.to_vec();
    data.sort_by(T::order);
    data
}

/// What `unique` finds.
#[derive(Debug, Clone)]
pub struct Unique<T: 'static> {
    /// The different elements, sorted.
    pub values: Array<T>,
    /// Position of the first of each in C order.
    pub index: Array<i64>,
    /// Position in `values` of each element; as long as the array.
    pub inverse: Array<i64>,
    /// How often each occurs.
    pub counts: Array<i64>,
}

impl<T: Real> Tensor<'_, T> {
    /// Sorted along `axis`, NaN last. Errors: no such axis.
    pub fn sort(&self, axis: isize) -> Result<Array<T>> {
        self.lanes_map(axis, self.axis_length(axis)?, |lane| Ok(sorted(&lane)))
    }

    /// Positions that sort each lane along `axis`; equal elements keep their order. Errors: no such axis.
    pub fn argsort(&self, axis: isize) -> Result<Array<i64>> {
        self.lanes_map(axis, self.axis_length(axis)?, |lane| Ok(order_of(&lane.to_vec())))
    }

    /// Each lane with its `k`-th smallest element in place. Errors: `k` outside the axis.
    pub fn partition(&self, k: isize, axis: isize) -> Result<Array<T>> {
        let at = dims::normalize_axis(axis, self.ndim())?;
        let k = crate::tensor::resolve(k, at, self.shape[at])
            .map_err(|_| Error::value(format!("kth(={k}) out of bounds ({})", self.shape[at])))?;
        self.lanes_map(axis, self.axis_length(axis)?, |lane| {
            let mut data = lane.to_vec();
            data.select_nth_unstable_by(k, T::order);
            Ok(data)
        })
    }

    /// The different elements, sorted; one NaN stands for all.
    pub fn unique(&self) -> Array<T> {
        let mut data = sorted(&self.ravel());
        data.dedup_by(|a, b| a == b || (a.is_nan() && b.is_nan()));
        Tensor::from(data)
    }

    /// The different elements with positions and counts.
    pub fn unique_all(&self) -> Unique<T> {
        let data = self.to_vec();
        let order = order_of(&data);
        let (mut values, mut index, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        let mut inverse = vec![0i64; data.len()];
        for &i in &order {
            let x = data[i as usize];
            let same = |last: &T| *last == x || (last.is_nan() && x.is_nan());
            if !values.last().is_some_and(same) {
                values.push(x);
                index.push(i);
                counts.push(0i64);
            }
            inverse[i as usize] = values.len() as i64 - 1;
            *counts.last_mut().expect("pushed with the value") += 1;
        }
        let inverse = Tensor::owned(inverse, &self.shape);
        Unique { values: values.into(), index: index.into(), inverse, counts: counts.into() }
    }

    /// Where each value would be inserted into this sorted array: before equal elements, or after them
    /// when `right`. Errors: not one-dimensional.
    pub fn searchsorted(&self, values: &Tensor<'_, T>, right: bool) -> Result<Array<i64>> {
        if self.ndim() != 1 {
            return Err(Error::value("object too deep for desired array"));
        }
        let data = self.to_contiguous();
        Ok(values.map(|v| {
            let before = |x: &T| {
                if right { x.order(&v).is_le() } else { x.order(&v).is_lt() }
            };
            data.partition_point(before) as i64
        }))
    }

    /// In which of the bins each element falls. `bins` is monotonic. Errors: it is not.
    pub fn digitize(&self, bins: &Tensor<'_, T>, right: bool) -> Result<Array<i64>> {
        let edges = bins.to_vec();
        let rising = edges.windows(2).all(|w| w[0] <= w[1]);
        if rising {
            return bins.searchsorted(self, !right);
        }
        if !edges.windows(2).all(|w| w[0] >= w[1]) {
            return Err(Error::value("bins must be monotonically increasing or decreasing"));
        }
        let backwards: Array<T> = Tensor::from_items(edges.iter().rev().copied());
        let n = edges.len() as i64;
        Ok(backwards.searchsorted(self, right)?.map(|i| n - i))
    }

    /// Whether each element occurs in `others`.
    pub fn isin(&self, others: &Tensor<'_, T>) -> Array<bool> {
        let known = sorted(&others.ravel());
        self.map(|x| {
            let at = known.partition_point(|y| y.order(&x).is_lt());
            known.get(at).is_some_and(|y| *y == x)
        })
    }

    /// Elements in both arrays, sorted, each once.
    pub fn intersect1d(&self, other: &Tensor<'_, T>) -> Array<T> {
        let known = other.unique().to_vec();
        let both = self.unique().to_vec().into_iter();
        Tensor::from_items(both.filter(|x| known.binary_search_by(|y| y.order(x)).is_ok()))
    }

    /// Elements of this array that `other` does not have, sorted, each once.
    pub fn setdiff1d(&self, other: &Tensor<'_, T>) -> Array<T> {
        let mine = self.unique();
        let keep = mine.isin(other).to_vec();
        Tensor::from_items(mine.to_vec().into_iter().zip(keep).filter(|(_, k)| !k).map(|(x, _)| x))
    }

    /// Elements of either array, sorted, each once.
    pub fn union1d(&self, other: &Tensor<'_, T>) -> Array<T> {
        let mut all = self.to_vec();
        all.extend(other.to_vec());
        Tensor::from(all).unique()
    }

    /// Running maximum along `axis` (`numpy.maximum.accumulate`).
    pub fn cummax(&self, axis: isize) -> Result<Array<T>> {
        self.accumulate(axis, |x| x, T::maximum)
    }

    /// Running minimum along `axis` (`numpy.minimum.accumulate`).
    pub fn cummin(&self, axis: isize) -> Result<Array<T>> {
        self.accumulate(axis, |x| x, T::minimum)
    }
}

/// Positions that sort `data` stably, NaN last.
fn order_of<T: Real>(data: &[T]) -> Vec<i64> {
    let mut order: Vec<i64> = (0..data.len() as i64).collect();
    order.sort_by(|&i, &j| data[i as usize].order(&data[j as usize]));
    order
}

impl<T: Element> Tensor<'_, T> {
    fn accumulate<R: Element>(
        &self,
        axis: isize,
        first: impl Fn(T) -> R,
        next: impl Fn(R, R) -> R,
    ) -> Result<Array<R>> {
        self.lanes_map(axis, self.axis_length(axis)?, |lane| {
            let mut sum = None;
            let step = |x: T| {
                let now = sum.map_or(first(x), |before| next(before, first(x)));
                sum = Some(now);
                now
            };
            Ok(lane.iter().map(step).collect())
        })
    }

    /// Running sum along `axis`; integers in 64 bits.
    pub fn cumsum(&self, axis: isize) -> Result<Array<T::Sum>> {
        self.accumulate(axis, T::widen, Number::plus)
    }

    /// Running product along `axis`; integers in 64 bits.
    pub fn cumprod(&self, axis: isize) -> Result<Array<T::Sum>> {
        // A single step does not overlap itself, so NumPy's complex product is fused there.
        let next = if self.axis_length(axis)? == 2 { T::Sum::times } else { T::Sum::times_plain };
        self.accumulate(axis, T::widen, next)
    }
}

impl<T: Number> Tensor<'_, T> {
    /// Differences of neighbours along `axis`, `n` times. Errors: no such axis.
    pub fn diff(&self, n: usize, axis: isize) -> Result<Array<T>> {
        let mut out = self.to_owned();
        for _ in 0..n {
            let length = out.axis_length(axis)?.saturating_sub(1);
            out = out.lanes_map(axis, length, |lane| {
                let data = lane.to_vec();
                Ok(data.windows(2).map(|w| w[1].minus(w[0])).collect())
            })?;
        }
        Ok(out)
    }
}
