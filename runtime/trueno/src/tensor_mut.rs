//! Writable views: assignment, filling and in-place arithmetic on a part of an array.

use crate::dims::{self, Dims, Strides, Walk};
use crate::dtype::{Element, Number};
use crate::error::{Error, Result};
use crate::index::{self, Index};
use crate::tensor::Tensor;

/// A view that may be written through; overlapping readers cannot exist while it lives.
#[derive(Debug)]
pub struct TensorMut<'a, T> {
    data: &'a mut [T],
    offset: usize,
    shape: Dims,
    strides: Strides,
}

impl<'a, T: Element> TensorMut<'a, T> {
    /// A borrowed slice as a writable array of `shape` (C order).
    pub fn borrowed(data: &'a mut [T], shape: &[usize]) -> Result<Self> {
        if dims::checked_size(shape, size_of::<T>())? != data.len() {
            return Err(Error::BufferLength { length: data.len(), shape: shape.to_vec() });
        }
        Ok(Self::over(data, 0, shape.into(), dims::c_strides(shape)))
    }

    pub(crate) fn over(data: &'a mut [T], offset: usize, shape: Dims, strides: Strides) -> Self {
        TensorMut { data, offset, shape, strides }
    }

    /// Lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// A view for reading.
    pub fn view(&self) -> Tensor<'_, T> {
        Tensor::over(self.data, self.offset, self.shape.clone(), self.strides.clone())
    }

    /// A writable view of what `a[...]` names.
    pub fn slice_mut(&mut self, entries: &[Index]) -> Result<TensorMut<'_, T>> {
        let (offset, shape, strides) = index::apply((self.offset, &self.shape, &self.strides), entries)?;
        Ok(TensorMut::over(self.data, offset, shape, strides))
    }

    /// `view[...] = value`
    pub fn fill(&mut self, value: T) {
        self.apply(|_| value);
    }

    /// Replaces every element by `f` of it.
    pub fn apply(&mut self, f: impl Fn(T) -> T) {
        let order = dims::axis_order(self.shape.len(), &[&self.strides]);
        let walk = Walk::new(&self.shape, &order, [&self.strides], [self.offset]);
        let (n, [step]) = (walk.run(), walk.steps());
        let data = &mut *self.data;
        walk.for_each_run(|[start]| {
            if step == 1 {
                data[start..start + n].iter_mut().for_each(|x| *x = f(*x));
            } else {
                (0..n as isize).for_each(|i| {
                    let x = &mut data[(start as isize + i * step) as usize];
                    *x = f(*x);
                });
            }
        });
    }

    /// `view[...] = other`, which must broadcast to the view. Errors: it does not.
    pub fn assign(&mut self, other: &Tensor<'_, T>) -> Result<()> {
        self.zip_apply("assign", other, |_, y| y)
    }

    /// Replaces every element by `f` of it and `other`'s, which must broadcast to the view.
    pub fn zip_apply<U: Element>(
        &mut self,
        op: &'static str,
        other: &Tensor<'_, U>,
        f: impl Fn(T, U) -> T,
    ) -> Result<()> {
        let extra = other.ndim().saturating_sub(self.shape.len());
        let fits = other.shape[..extra].iter().all(|&n| n == 1);
        let shape = dims::broadcast_shapes(op, &self.shape, &other.shape[extra.min(other.ndim())..])?;
        if !fits || shape != self.shape {
            return Err(Error::value(format!(
                "could not broadcast input array from shape {} into shape {}",
                crate::shape_text(&other.shape).replace(", ", ","),
                crate::shape_text(&self.shape).replace(", ", ",")
            )));
        }
        let theirs = dims::broadcast_strides(&other.shape[extra..], &other.strides[extra..], &self.shape);
        let order = dims::axis_order(shape.len(), &[&self.strides, &theirs]);
        let walk = Walk::new(&shape, &order, [&self.strides, &theirs], [self.offset, other.offset]);
        let (n, [p, q], source) = (walk.run(), walk.steps(), other.buffer());
        let data = &mut *self.data;
        walk.for_each_run(|[to, from]| {
            if (p, q) == (1, 1) {
                let pairs = data[to..to + n].iter_mut().zip(&source[from..from + n]);
                pairs.for_each(|(x, &y)| *x = f(*x, y));
            } else {
                for i in 0..n as isize {
                    let x = &mut data[(to as isize + i * p) as usize];
                    *x = f(*x, source[(from as isize + i * q) as usize]);
                }
            }
        });
        Ok(())
    }
}

impl<T: Number> TensorMut<'_, T> {
    /// `view += other`
    pub fn add_assign(&mut self, other: &Tensor<'_, T>) -> Result<()> {
        self.zip_apply("add", other, T::plus)
    }

    /// `view -= other`
    pub fn sub_assign(&mut self, other: &Tensor<'_, T>) -> Result<()> {
        self.zip_apply("subtract", other, T::minus)
    }

    /// `view *= other`
    pub fn mul_assign(&mut self, other: &Tensor<'_, T>) -> Result<()> {
        self.zip_apply("multiply", other, T::times)
    }
}

impl<T: Element> Tensor<'_, T> {
    /// A writable view of everything. Borrowed elements are copied first.
    pub fn view_mut(&mut self) -> TensorMut<'_, T> {
        let (offset, shape, strides) = (self.offset, self.shape.clone(), self.strides.clone());
        TensorMut::over(self.make_owned(), offset, shape, strides)
    }

    /// `a[...] = value`
    pub fn fill(&mut self, value: T) {
        self.view_mut().fill(value);
    }

    /// `a[index] = value`; negative entries count from the end. Errors: outside the array.
    pub fn set(&mut self, index: &[isize], value: T) -> Result<()> {
        let at = self.offset_at(index)?;
        self.make_owned()[at] = value;
        Ok(())
    }
}
