//! Other shapes of the same elements: reshape, transpose, flip, broadcast. Views wherever NumPy's are.

use crate::dims::{self, Dims, Strides};
use crate::dtype::Element;
use crate::error::{Error, Result};
use crate::tensor::{Array, Tensor};

impl<'a, T: Element> Tensor<'a, T> {
    /// Another shape over the same elements in C order; one entry may be -1. A view where the strides
    /// allow it, a copy otherwise. Errors: another number of elements.
    pub fn reshape(&self, shape: &[isize]) -> Result<Tensor<'_, T>> {
        let shape = self.wanted_shape(shape)?;
        match nocopy_strides(&self.shape, &self.strides, &shape) {
            Some(strides) => Ok(self.reframe(self.offset, shape, strides)),
            None => Ok(Tensor::owned(self.to_vec(), &shape)),
        }
    }

    /// As `reshape`, taking over the array.
    pub fn into_reshaped(self, shape: &[isize]) -> Result<Tensor<'a, T>> {
        let shape = self.wanted_shape(shape)?;
        match nocopy_strides(&self.shape, &self.strides, &shape) {
            Some(strides) => {
                let offset = self.offset;
                Ok(self.into_reframed(offset, shape, strides))
            }
            None => Ok(Tensor::owned(self.to_vec(), &shape)),
        }
    }

    fn wanted_shape(&self, shape: &[isize]) -> Result<Dims> {
        let size = self.size();
        let wrong = || Error::Reshape { size, shape: shape.to_vec() };
        let unknown = shape.iter().filter(|&&n| n < 0).count();
        if unknown > 1 || shape.iter().any(|&n| n < -1) {
            return Err(Error::value("can only specify one unknown dimension"));
        }
        let known = shape.iter().filter(|&&n| n >= 0);
        let known = known.map(|&n| n as usize).try_fold(1usize, usize::checked_mul).ok_or_else(wrong)?;
        let fill = if unknown == 0 { 1 } else { size.checked_div(known).ok_or_else(wrong)? };
        if known * fill != size {
            return Err(wrong());
        }
        Ok(shape.iter().map(|&n| if n < 0 { fill } else { n as usize }).collect())
    }

    /// All elements on one axis, in C order: a view where possible.
    pub fn ravel(&self) -> Tensor<'_, T> {
        let n = self.size();
        let (shape, _) = (Dims::from_slice(&[n]), ());
        match nocopy_strides(&self.shape, &self.strides, &shape) {
            Some(strides) => self.reframe(self.offset, shape, strides),
            None => Tensor::owned(self.to_vec(), &shape),
        }
    }

    /// All elements on one axis, in C order, copied.
    pub fn flatten(&self) -> Array<T> {
        Tensor::from(self.to_vec())
    }

    /// The axes in reverse order.
    pub fn t(&self) -> Tensor<'_, T> {
        self.view().into_t()
    }

    /// As `t`, taking over the array.
    pub fn into_t(self) -> Tensor<'a, T> {
        let (offset, mut shape, mut strides) = (self.offset, self.shape.clone(), self.strides.clone());
        shape.reverse();
        strides.reverse();
        self.into_reframed(offset, shape, strides)
    }

    /// The axes in this order. Errors: not a permutation.
    pub fn transpose(&self, axes: &[isize]) -> Result<Tensor<'_, T>> {
        if axes.len() != self.ndim() {
            return Err(Error::value("axes don't match array"));
        }
        dims::normalize_axes(axes, self.ndim()).map_err(|error| match error {
            Error::RepeatedAxis { .. } => Error::value("repeated axis in transpose"),
            other => other,
        })?;
        let order: Vec<usize> =
            axes.iter().map(|&a| dims::normalize_axis(a, self.ndim())).collect::<Result<_>>()?;
        let shape: Dims = order.iter().map(|&a| self.shape[a]).collect();
        let strides: Strides = order.iter().map(|&a| self.strides[a]).collect();
        Ok(self.reframe(self.offset, shape, strides))
    }

    /// Two axes exchanged.
    pub fn swapaxes(&self, a: isize, b: isize) -> Result<Tensor<'_, T>> {
        let (a, b) = (dims::normalize_axis(a, self.ndim())?, dims::normalize_axis(b, self.ndim())?);
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        shape.swap(a, b);
        strides.swap(a, b);
        Ok(self.reframe(self.offset, shape, strides))
    }

    /// Axis `from` moved to position `to`.
    pub fn moveaxis(&self, from: isize, to: isize) -> Result<Tensor<'_, T>> {
        let (from, to) = (dims::normalize_axis(from, self.ndim())?, dims::normalize_axis(to, self.ndim())?);
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        let (n, stride) = (shape.remove(from), strides.remove(from));
        shape.insert(to, n);
        strides.insert(to, stride);
        Ok(self.reframe(self.offset, shape, strides))
    }

    /// A new axis of length 1 at `axis` of the result.
    pub fn expand_dims(&self, axis: isize) -> Result<Tensor<'_, T>> {
        let axis = dims::normalize_axis(axis, self.ndim() + 1)?;
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        shape.insert(axis, 1);
        strides.insert(axis, 0);
        Ok(self.reframe(self.offset, shape, strides))
    }

    /// Without axes of length 1.
    pub fn squeeze(&self) -> Tensor<'_, T> {
        let kept = |axis: &usize| self.shape[*axis] != 1;
        let shape = (0..self.ndim()).filter(kept).map(|a| self.shape[a]).collect();
        let strides = (0..self.ndim()).filter(kept).map(|a| self.strides[a]).collect();
        self.reframe(self.offset, shape, strides)
    }

    /// Without one axis of length 1. Errors: its length is another.
    pub fn squeeze_axis(&self, axis: isize) -> Result<Tensor<'_, T>> {
        let axis = dims::normalize_axis(axis, self.ndim())?;
        if self.shape[axis] != 1 {
            return Err(Error::value("cannot select an axis to squeeze out which has size not equal to one"));
        }
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        shape.remove(axis);
        strides.remove(axis);
        Ok(self.reframe(self.offset, shape, strides))
    }

    /// Stretched to `shape` without copying. Errors: it does not broadcast to it.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Tensor<'_, T>> {
        let wide = dims::broadcast_shapes("broadcast_to", &self.shape, shape)?;
        if wide[..] != *shape {
            return Err(Error::shapes("broadcast_to", &self.shape, shape));
        }
        dims::checked_size(shape, size_of::<T>())?;
        let strides = dims::broadcast_strides(&self.shape, &self.strides, shape);
        Ok(self.reframe(self.offset, shape.into(), strides))
    }

    /// Backwards along an axis.
    pub fn flip(&self, axis: isize) -> Result<Tensor<'_, T>> {
        let axis = dims::normalize_axis(axis, self.ndim())?;
        let mut strides = self.strides.clone();
        let last = self.shape[axis].saturating_sub(1) as isize;
        let offset = if self.is_empty() { 0 } else { self.offset as isize + last * strides[axis] };
        strides[axis] = -strides[axis];
        Ok(self.reframe(offset as usize, self.shape.clone(), strides))
    }

    /// Diagonal `k` of the first two axes, as the last axis of the result. Errors: fewer than two axes.
    pub fn diagonal(&self, k: isize) -> Result<Tensor<'_, T>> {
        if self.ndim() < 2 {
            return Err(Error::value("diag requires an array of at least two dimensions"));
        }
        let (rows, columns) = (self.shape[0] as isize, self.shape[1] as isize);
        let (row, column) = if k >= 0 { (0, k) } else { (-k, 0) };
        let n = (rows - row).min(columns - column).max(0) as usize;
        let mut shape: Dims = self.shape[2..].into();
        let mut strides: Strides = self.strides[2..].into();
        shape.push(n);
        strides.push(self.strides[0] + self.strides[1]);
        let at = self.offset as isize + row * self.strides[0] + column * self.strides[1];
        let offset = if n == 0 || self.is_empty() { 0 } else { at as usize };
        Ok(self.reframe(offset, shape, strides))
    }

    /// With at least two axes: rank 0 becomes 1x1, rank 1 a row.
    pub fn atleast_2d(&self) -> Tensor<'_, T> {
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        while shape.len() < 2 {
            shape.insert(0, 1);
            strides.insert(0, 0);
        }
        self.reframe(self.offset, shape, strides)
    }

    /// The one-dimensional views along `axis`, in C order of the other axes.
    pub fn lanes(&self, axis: isize) -> Result<impl Iterator<Item = Tensor<'_, T>>> {
        let axis = dims::normalize_axis(axis, self.ndim())?;
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        let (n, stride) = (shape.remove(axis), strides.remove(axis));
        let count = dims::size_of(&shape);
        let others = self.reframe(self.offset, shape, strides);
        Ok((0..count).map(move |i| {
            let at = if n == 0 { 0 } else { others.offset_of_flat(i) };
            self.reframe(at, Dims::from_slice(&[n]), Strides::from_slice(&[stride]))
        }))
    }

    /// Length of an axis.
    pub(crate) fn axis_length(&self, axis: isize) -> Result<usize> {
        Ok(self.shape[dims::normalize_axis(axis, self.ndim())?])
    }

    /// One value for each lane along `axis`; the result has the other axes.
    pub(crate) fn lanes_to<R: Element>(
        &self,
        axis: isize,
        f: impl FnMut(Tensor<'_, T>) -> Result<R>,
    ) -> Result<Array<R>> {
        let data = self.lanes(axis)?.map(f).collect::<Result<Vec<R>>>()?;
        let mut shape = self.shape.clone();
        shape.remove(dims::normalize_axis(axis, self.ndim())?);
        Ok(Tensor::owned(data, &shape))
    }

    /// A new lane of `length` for each lane along `axis`.
    pub(crate) fn lanes_map<R: Element>(
        &self,
        axis: isize,
        length: usize,
        mut f: impl FnMut(Tensor<'_, T>) -> Result<Vec<R>>,
    ) -> Result<Array<R>> {
        let at = dims::normalize_axis(axis, self.ndim())?;
        let mut data = Vec::new();
        for lane in self.lanes(axis)? {
            data.extend(f(lane)?);
        }
        let mut shape = self.shape.clone();
        shape.remove(at);
        shape.push(length);
        let moved = Tensor::owned(data, &shape);
        if at + 1 == self.ndim() {
            return Ok(moved);
        }
        Ok(moved.moveaxis(-1, axis)?.to_owned())
    }
}

/// Strides under which the same memory reads as `new`, if there are such.
fn nocopy_strides(old: &[usize], strides: &[isize], new: &[usize]) -> Option<Strides> {
    if old.contains(&0) || dims::is_c_contiguous(old, strides) {
        return Some(dims::c_strides(new));
    }
    let kept: Vec<(usize, isize)> =
        old.iter().copied().zip(strides.iter().copied()).filter(|&(n, _)| n != 1).collect();
    let mut out: Strides = Strides::from_elem(0, new.len());
    let (mut from, mut to) = (0, 0);
    while from < kept.len() && to < new.len() {
        let (mut from_end, mut to_end) = (from + 1, to + 1);
        let (mut old_size, mut new_size) = (kept[from].0, new[to]);
        while old_size != new_size {
            if new_size < old_size {
                new_size *= *new.get(to_end)?;
                to_end += 1;
            } else {
                old_size *= kept.get(from_end)?.0;
                from_end += 1;
            }
        }
        for pair in kept[from..from_end].windows(2) {
            if pair[0].1 != pair[1].1 * pair[1].0 as isize {
                return None;
            }
        }
        let mut step = kept[from_end - 1].1;
        for axis in (to..to_end).rev() {
            out[axis] = step;
            step *= new[axis] as isize;
        }
        (from, to) = (from_end, to_end);
    }
    Some(out)
}
