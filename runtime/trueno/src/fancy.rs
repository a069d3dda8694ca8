//! Boolean and integer indexing, and what reads or writes by position: take, put, where, choose.

use crate::dims::{self, Dims};
use crate::dtype::{Element, Integer};
use crate::error::{Error, Result};
use crate::ops::Operand;
use crate::tensor::{Array, Tensor, resolve};

impl<T: Element> Tensor<'_, T> {
    /// `a[mask]`: the elements where the mask is true, in C order; a mask of fewer axes picks whole
    /// entries. Errors: the mask does not match the first axes.
    pub fn mask(&self, mask: &Tensor<'_, bool>) -> Result<Array<T>> {
        self.check_mask(mask)?;
        let tail: Dims = self.shape[mask.ndim()..].into();
        let inner = dims::size_of(&tail);
        let source = self.to_contiguous();
        let mut data = Vec::new();
        let mut count = 0;
        for (i, picked) in mask.iter().enumerate() {
            if picked {
                data.extend_from_slice(&source[i * inner..(i + 1) * inner]);
                count += 1;
            }
        }
        let mut shape = Dims::from_slice(&[count]);
        shape.extend(tail);
        Ok(Tensor::owned(data, &shape))
    }

    fn check_mask(&self, mask: &Tensor<'_, bool>) -> Result<()> {
        if mask.ndim() > self.ndim() {
            return Err(Error::TooManyIndices { ndim: self.ndim(), indices: mask.ndim() });
        }
        for (axis, (&size, &mask)) in self.shape.iter().zip(&mask.shape).enumerate() {
            if size != mask {
                return Err(Error::Mask { axis, size, mask });
            }
        }
        Ok(())
    }

    /// `a[mask] = value`
    pub fn set_mask(&mut self, mask: &Tensor<'_, bool>, value: T) -> Result<()> {
        self.check_mask(mask)?;
        let inner = dims::size_of(&self.shape[mask.ndim()..]);
        let picked: Vec<usize> = mask.iter().enumerate().filter(|(_, m)| *m).map(|(i, _)| i).collect();
        for i in picked {
            for k in i * inner..(i + 1) * inner {
                let at = self.offset_of_flat(k);
                self.make_owned()[at] = value;
            }
        }
        Ok(())
    }

    /// `a[mask] = values`, one value for each element picked, in C order. Errors: another number of them.
    pub fn set_mask_from(&mut self, mask: &Tensor<'_, bool>, values: &Tensor<'_, T>) -> Result<()> {
        self.check_mask(mask)?;
        let inner = dims::size_of(&self.shape[mask.ndim()..]);
        let picked: Vec<usize> = mask.iter().enumerate().filter(|(_, m)| *m).map(|(i, _)| i).collect();
        let wanted = picked.len() * inner;
        if values.size() != wanted && values.size() != 1 {
            return Err(Error::value(format!(
                "NumPy boolean array indexing assignment cannot assign {} input values to the {wanted} output values where the mask is true",
                values.size()
            )));
        }
        let values = values.to_vec();
        let targets = picked.iter().flat_map(|i| i * inner..(i + 1) * inner);
        for (n, k) in targets.enumerate() {
            let at = self.offset_of_flat(k);
            self.make_owned()[at] = values[n % values.len()];
        }
        Ok(())
    }

    /// `a[indices]` along `axis`: whole entries by position, which may count from the end.
    pub fn take_axis<I: Integer>(&self, indices: &Tensor<'_, I>, axis: isize) -> Result<Array<T>> {
        let axis = dims::normalize_axis(axis, self.ndim())?;
        let n = self.shape[axis];
        let picked =
            indices.iter().map(|i| resolve(i.to_i128() as isize, axis, n)).collect::<Result<Vec<_>>>()?;
        let outer: usize = self.shape[..axis].iter().product();
        let inner: usize = self.shape[axis + 1..].iter().product();
        let source = self.to_contiguous();
        let mut shape: Dims = self.shape[..axis].into();
        shape.extend_from_slice(&indices.shape);
        shape.extend_from_slice(&self.shape[axis + 1..]);
        let mut data = crate::tensor::reserve(&shape)?;
        for block in 0..outer {
            for &i in &picked {
                let at = (block * n + i) * inner;
                data.extend_from_slice(&source[at..at + inner]);
            }
        }
        Ok(Tensor::owned(data, &shape))
    }

    /// `a.take(indices)`: elements by their position in C order.
    pub fn take<I: Integer>(&self, indices: &Tensor<'_, I>) -> Result<Array<T>> {
        self.ravel().take_axis(indices, 0)
    }

    /// `a[i, j, ...]` with one index array for each of the first axes; they broadcast together.
    pub fn pick<I: Integer>(&self, indices: &[&Tensor<'_, I>]) -> Result<Array<T>> {
        let (flat, shape) = self.positions(indices)?;
        let tail = &self.shape[indices.len()..];
        let inner = dims::size_of(tail);
        let source = self.to_contiguous();
        let mut full = shape;
        full.extend_from_slice(tail);
        let mut data = crate::tensor::reserve(&full)?;
        flat.iter().for_each(|&i| data.extend_from_slice(&source[i * inner..(i + 1) * inner]));
        Ok(Tensor::owned(data, &full))
    }

    /// Flat positions over the first axes that index arrays name, and their common shape.
    fn positions<I: Integer>(&self, indices: &[&Tensor<'_, I>]) -> Result<(Vec<usize>, Dims)> {
        if indices.len() > self.ndim() {
            return Err(Error::TooManyIndices { ndim: self.ndim(), indices: indices.len() });
        }
        let mut shape = Dims::new();
        for index in indices {
            shape = dims::broadcast_shapes("index", &shape, &index.shape)?;
        }
        let mut flat = vec![0usize; dims::size_of(&shape)];
        for (axis, index) in indices.iter().enumerate() {
            let n = self.shape[axis];
            for (at, i) in flat.iter_mut().zip(index.broadcast_to(&shape)?.iter()) {
                *at = *at * n + resolve(i.to_i128() as isize, axis, n)?;
            }
        }
        Ok((flat, shape))
    }

    /// `a[i, j, ...] = values`: `values` broadcast to the picked shape; later ones win.
    pub fn put<I: Integer>(&mut self, indices: &[&Tensor<'_, I>], values: &Tensor<'_, T>) -> Result<()> {
        self.update(indices, values, |_, new| new)
    }

    /// `numpy.add.at` and its kin: `a[i] = f(a[i], value)` one by one, repeated positions included.
    pub fn update<I: Integer>(
        &mut self,
        indices: &[&Tensor<'_, I>],
        values: &Tensor<'_, T>,
        f: impl Fn(T, T) -> T,
    ) -> Result<()> {
        let (flat, mut shape) = self.positions(indices)?;
        let tail: Dims = self.shape[indices.len()..].into();
        let inner = dims::size_of(&tail);
        shape.extend(tail);
        let values = values.broadcast_to(&shape)?.to_vec();
        for (n, value) in values.into_iter().enumerate() {
            let at = self.offset_of_flat(flat[n / inner] * inner + n % inner);
            let place = &mut self.make_owned()[at];
            *place = f(*place, value);
        }
        Ok(())
    }

    /// `take_along_axis`: for each lane along `axis`, its elements at the positions in `indices`.
    pub fn take_along_axis<I: Integer>(&self, indices: &Tensor<'_, I>, axis: isize) -> Result<Array<T>> {
        let at = dims::normalize_axis(axis, self.ndim())?;
        let mut wanted = self.shape.clone();
        wanted[at] = indices.shape().get(at).copied().unwrap_or(0);
        if indices.shape != wanted {
            return Err(Error::shapes("take_along_axis", &self.shape, &indices.shape));
        }
        let picks: Vec<Tensor<'_, I>> = indices.lanes(axis)?.collect();
        let mut picks = picks.into_iter();
        self.lanes_map(axis, wanted[at], |lane| {
            let pick = picks.next().map(|p| p.to_vec()).unwrap_or_default();
            pick.iter().map(|i| Ok(lane[resolve(i.to_i128() as isize, at, lane.len())?])).collect()
        })
    }

    /// Positions of the true elements, one array for each axis (`nonzero`).
    pub fn nonzero(&self) -> Vec<Array<i64>> {
        let mut out = vec![Vec::new(); self.ndim()];
        for (i, x) in self.iter().enumerate() {
            if x.truth() {
                let mut rest = i;
                for axis in (0..self.ndim()).rev() {
                    out[axis].push((rest % self.shape[axis]) as i64);
                    rest /= self.shape[axis];
                }
            }
        }
        out.into_iter().map(Tensor::from).collect()
    }

    /// Positions of the true elements in C order.
    pub fn flatnonzero(&self) -> Array<i64> {
        Tensor::from_items(self.iter().enumerate().filter(|(_, x)| x.truth()).map(|(i, _)| i as i64))
    }
}

impl Tensor<'_, bool> {
    /// `numpy.where(self, a, b)`: `a` where true, `b` elsewhere; all broadcast.
    pub fn select<'x, 'y, T: Element>(
        &self,
        a: impl Operand<'x, T>,
        b: impl Operand<'y, T>,
    ) -> Result<Array<T>> {
        self.zip3_with("where", &a.operand(), &b.operand(), |c, x, y| if c { x } else { y })
    }
}
