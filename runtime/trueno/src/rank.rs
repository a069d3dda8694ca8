//! `Vector` and `Matrix`: tensors whose rank the type knows.

use std::ops::Deref;

use crate::dtype::Element;
use crate::error::{Error, Result};
use crate::kernels::vector::{self, Lane};
use crate::tensor::Tensor;

/// A tensor of rank 1.
#[derive(Debug, Clone)]
pub struct Vector<'a, T>(Tensor<'a, T>);

/// A tensor of rank 2.
#[derive(Debug, Clone)]
pub struct Matrix<'a, T>(Tensor<'a, T>);

impl<'a, T> Deref for Vector<'a, T> {
    type Target = Tensor<'a, T>;
    fn deref(&self) -> &Tensor<'a, T> {
        &self.0
    }
}

impl<'a, T> Deref for Matrix<'a, T> {
    type Target = Tensor<'a, T>;
    fn deref(&self) -> &Tensor<'a, T> {
        &self.0
    }
}

impl<T: Element> PartialEq for Vector<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Element> PartialEq for Matrix<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<'a, T: Element> TryFrom<Tensor<'a, T>> for Vector<'a, T> {
    type Error = Error;
    fn try_from(tensor: Tensor<'a, T>) -> Result<Self> {
        match tensor.ndim() {
            1 => Ok(Vector(tensor)),
            got => Err(Error::Rank { op: "Vector", want: "1 dimension", got }),
        }
    }
}

impl<'a, T: Element> TryFrom<Tensor<'a, T>> for Matrix<'a, T> {
    type Error = Error;
    fn try_from(tensor: Tensor<'a, T>) -> Result<Self> {
        match tensor.ndim() {
            2 => Ok(Matrix(tensor)),
            got => Err(Error::Rank { op: "Matrix", want: "2 dimensions", got }),
        }
    }
}

impl<'a, T: Element> Vector<'a, T> {
    /// Borrows a slice.
    pub fn from_slice(data: &'a [T]) -> Self {
        Vector(Tensor::from_slice(data))
    }

    /// Takes over a `Vec`.
    pub fn from_vec(data: Vec<T>) -> Vector<'static, T> {
        Vector(Tensor::from(data))
    }

    /// The tensor inside.
    pub fn into_tensor(self) -> Tensor<'a, T> {
        self.0
    }
}

impl<T: Lane + Element> Vector<'_, T> {
    /// Dot product. Errors when the lengths differ.
    pub fn dot(&self, other: &Vector<'_, T>) -> Result<T> {
        self.same_length("dot", other)?;
        Ok(vector::dot(&self.to_contiguous(), &other.to_contiguous()))
    }

    /// Square of the Euclidean distance. Errors when the lengths differ.
    pub fn squared_distance(&self, other: &Vector<'_, T>) -> Result<T> {
        self.same_length("squared_distance", other)?;
        Ok(vector::squared_distance(&self.to_contiguous(), &other.to_contiguous()))
    }

    /// `self += alpha * x`. Errors when the lengths differ.
    pub fn axpy(&mut self, alpha: T, x: &Vector<'_, T>) -> Result<()> {
        self.same_length("axpy", x)?;
        if !self.is_contiguous() || self.0.offset != 0 || self.0.buffer().len() != self.0.size() {
            self.0 = Tensor::from(self.0.to_vec());
        }
        vector::axpy(alpha, &x.to_contiguous(), self.0.make_owned());
        Ok(())
    }

    fn same_length(&self, op: &'static str, other: &Vector<'_, T>) -> Result<()> {
        if self.shape() == other.shape() {
            Ok(())
        } else {
            Err(Error::shapes(op, self.shape(), other.shape()))
        }
    }
}

impl<'a, T: Element> Matrix<'a, T> {
    /// Borrows a slice as `rows` x `columns` (C order). Errors when the length is another.
    pub fn from_slice(data: &'a [T], rows: usize, columns: usize) -> Result<Self> {
        Tensor::borrowed(data, &[rows, columns]).map(Matrix)
    }

    /// Takes over a `Vec` as `rows` x `columns` (C order). Errors when the length is another.
    pub fn from_vec(data: Vec<T>, rows: usize, columns: usize) -> Result<Matrix<'static, T>> {
        Tensor::from_vec(data, &[rows, columns]).map(Matrix)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.shape()[0]
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.shape()[1]
    }

    /// One row, without copying. Errors outside the matrix.
    pub fn row(&self, row: usize) -> Result<Vector<'_, T>> {
        let size = self.rows();
        if row >= size {
            return Err(Error::Index { index: row as isize, axis: 0, size });
        }
        let at = (self.0.offset as isize + row as isize * self.0.strides[0]) as usize;
        Ok(Vector(self.0.reframe(at, self.0.shape[1..].into(), self.0.strides[1..].into())))
    }

    /// The tensor inside.
    pub fn into_tensor(self) -> Tensor<'a, T> {
        self.0
    }
}
