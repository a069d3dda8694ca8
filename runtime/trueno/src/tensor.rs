//! The n-dimensional array: storage that is borrowed or owned, and a view (offset, shape, strides).
//!
//! Invariant: every element that shape and strides reach lies inside the storage.

use std::borrow::Cow;

use crate::dims::{self, Dims, Strides, Walk};
use crate::dtype::{Cast, DType, Element, Number};
use crate::error::{Error, Result, raise};

#[derive(Debug, Clone)]
pub(crate) enum Storage<'a, T> {
    Borrowed(&'a [T]),
    Owned(Vec<T>),
}

/// An n-dimensional array that borrows (`'a`) or owns its elements; `Tensor<'static, T>` usually owns.
#[derive(Debug, Clone)]
pub struct Tensor<'a, T> {
    pub(crate) storage: Storage<'a, T>,
    pub(crate) offset: usize,
    pub(crate) shape: Dims,
    pub(crate) strides: Strides,
}

/// A tensor that owns its elements.
pub type Array<T> = Tensor<'static, T>;

/// A vector with room for `shape`, or the error that says how much was wanted.
pub(crate) fn reserve<T>(shape: &[usize]) -> Result<Vec<T>> {
    let n = dims::checked_size(shape, size_of::<T>())?;
    let mut data = Vec::new();
    data.try_reserve_exact(n)
        .map_err(|_| Error::OutOfMemory { shape: shape.to_vec(), item_size: size_of::<T>() })?;
    Ok(data)
}

impl<T: Element> Tensor<'static, T> {
    /// Array of `shape` (C order) that takes over `data`.
    pub fn from_vec(data: Vec<T>, shape: &[usize]) -> Result<Self> {
        if dims::checked_size(shape, size_of::<T>())? != data.len() {
            return Err(Error::BufferLength { length: data.len(), shape: shape.to_vec() });
        }
        Ok(Self::owned(data, shape))
    }

    /// As `from_vec`, for lengths that are right by construction.
    pub(crate) fn owned(data: Vec<T>, shape: &[usize]) -> Self {
        debug_assert_eq!(data.len(), dims::size_of(shape));
        Self::owned_with_strides(data, shape, dims::c_strides(shape))
    }

    pub(crate) fn owned_with_strides(data: Vec<T>, shape: &[usize], strides: Strides) -> Self {
        Tensor { storage: Storage::Owned(data), offset: 0, shape: shape.into(), strides }
    }

    /// Takes over `data`, seen through any shape and strides (in elements) from `offset` on. Errors when
    /// some element would lie outside.
    pub fn strided_from_vec(data: Vec<T>, offset: usize, shape: &[usize], strides: &[isize]) -> Result<Self> {
        Tensor::strided(&data, offset, shape, strides)?;
        Ok(Tensor { storage: Storage::Owned(data), offset, shape: shape.into(), strides: strides.into() })
    }

    /// One-dimensional array of the items of an iterator.
    pub fn from_items(items: impl IntoIterator<Item = T>) -> Self {
        let data: Vec<T> = items.into_iter().collect();
        let n = data.len();
        Self::owned(data, &[n])
    }

    /// Array of rank 0.
    pub fn scalar(value: T) -> Self {
        Self::owned(vec![value], &[])
    }

    /// Array filled with `value`. Errors: out of memory.
    pub fn full(shape: &[usize], value: T) -> Result<Self> {
        let mut data = reserve(shape)?;
        data.resize(dims::size_of(shape), value);
        Ok(Self::owned(data, shape))
    }

    /// Array of zeros (`false` for bool). Errors: out of memory.
    pub fn zeros(shape: &[usize]) -> Result<Self> {
        Self::full(shape, T::default())
    }

    /// Array whose element at each index is `f(index)`, in C order.
    pub fn from_fn(shape: &[usize], mut f: impl FnMut(&[usize]) -> T) -> Result<Self> {
        let mut data = reserve(shape)?;
        let mut index = vec![0usize; shape.len()];
        for _ in 0..dims::size_of(shape) {
            data.push(f(&index));
            for axis in (0..shape.len()).rev() {
                index[axis] += 1;
                if index[axis] < shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        Ok(Self::owned(data, shape))
    }
}

impl<T: Number> Tensor<'static, T> {
    /// Array of ones. Errors: out of memory.
    pub fn ones(shape: &[usize]) -> Result<Self> {
        Self::full(shape, T::ONE)
    }

    /// `rows` x `columns` with ones on diagonal `k` (0 is the main one, positive above it).
    pub fn eye(rows: usize, columns: usize, k: isize) -> Result<Self> {
        let mut out = Self::zeros(&[rows, columns])?;
        if let Storage::Owned(data) = &mut out.storage {
            for row in 0..rows {
                let column = row as isize + k;
                if (0..columns as isize).contains(&column) {
                    data[row * columns + column as usize] = T::ONE;
                }
            }
        }
        Ok(out)
    }
}

impl<'a, T: Element> Tensor<'a, T> {
    /// A borrowed slice seen as `shape` (C order).
    pub fn borrowed(data: &'a [T], shape: &[usize]) -> Result<Self> {
        if dims::checked_size(shape, size_of::<T>())? != data.len() {
            return Err(Error::BufferLength { length: data.len(), shape: shape.to_vec() });
        }
        Ok(Tensor::over(data, 0, shape.into(), dims::c_strides(shape)))
    }

    /// A borrowed slice as a one-dimensional array.
    pub fn from_slice(data: &'a [T]) -> Self {
        Tensor::over(data, 0, Dims::from_slice(&[data.len()]), Strides::from_slice(&[1]))
    }

    /// A borrowed slice seen through any shape and strides (in elements) from `offset` on.
    /// Errors when some element would lie outside the slice.
    pub fn strided(data: &'a [T], offset: usize, shape: &[usize], strides: &[isize]) -> Result<Self> {
        let size = dims::checked_size(shape, size_of::<T>())?;
        if shape.len() != strides.len() {
            return Err(Error::value("strides and shape must have the same length"));
        }
        let (mut low, mut high) = (offset as i128, offset as i128);
        for (&n, &stride) in shape.iter().zip(strides) {
            let reach = (n as i128 - 1) * stride as i128;
            if reach < 0 { low += reach } else { high += reach }
        }
        if size > 0 && (low < 0 || high >= data.len() as i128) {
            return Err(Error::value("strides reach outside of the buffer"));
        }
        Ok(Tensor::over(data, offset, shape.into(), strides.into()))
    }

    pub(crate) fn over(data: &'a [T], offset: usize, shape: Dims, strides: Strides) -> Self {
        Tensor { storage: Storage::Borrowed(data), offset, shape, strides }
    }

    /// Lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Steps along the axes, in elements (NumPy counts bytes).
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Number of axes.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements.
    pub fn size(&self) -> usize {
        dims::size_of(&self.shape)
    }

    /// Length of the first axis, as Python's `len`; 1 for rank 0.
    pub fn len(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// The element type's name.
    pub fn dtype(&self) -> DType {
        T::DTYPE
    }

    /// Bytes of all elements.
    pub fn nbytes(&self) -> usize {
        self.size() * size_of::<T>()
    }

    /// The whole storage behind this view, which may be longer than the view.
    pub(crate) fn buffer(&self) -> &[T] {
        match &self.storage {
            Storage::Borrowed(data) => data,
            Storage::Owned(data) => data,
        }
    }

    /// A view of everything; costs nothing.
    pub fn view(&self) -> Tensor<'_, T> {
        Tensor::over(self.buffer(), self.offset, self.shape.clone(), self.strides.clone())
    }

    /// The same storage under another shape and strides; `offset` counts from the storage's start.
    pub(crate) fn reframe(&self, offset: usize, shape: Dims, strides: Strides) -> Tensor<'_, T> {
        Tensor::over(self.buffer(), offset, shape, strides)
    }

    /// As `reframe`, keeping ownership.
    pub(crate) fn into_reframed(self, offset: usize, shape: Dims, strides: Strides) -> Tensor<'a, T> {
        Tensor { storage: self.storage, offset, shape, strides }
    }

    /// Whether the elements lie one after the other in C order.
    pub fn is_contiguous(&self) -> bool {
        dims::is_c_contiguous(&self.shape, &self.strides)
    }

    /// The elements in C order, if they lie so in memory.
    pub fn as_slice(&self) -> Option<&[T]> {
        if !self.is_contiguous() {
            return None;
        }
        let size = self.size();
        if size == 0 { Some(&[]) } else { Some(&self.buffer()[self.offset..self.offset + size]) }
    }

    /// The elements in C order: borrowed when they lie so, copied otherwise.
    pub fn to_contiguous(&self) -> Cow<'_, [T]> {
        match self.as_slice() {
            Some(slice) => Cow::Borrowed(slice),
            None => Cow::Owned(self.to_vec()),
        }
    }

    /// The elements in C order, copied.
    pub fn to_vec(&self) -> Vec<T> {
        if let Some(slice) = self.as_slice() {
            return slice.to_vec();
        }
        let mut out = Vec::with_capacity(self.size());
        self.for_each(|x| out.push(x));
        out
    }

    /// Calls `f` with every element in C order.
    #[inline]
    pub fn for_each(&self, mut f: impl FnMut(T)) {
        let order: Vec<usize> = (0..self.ndim()).collect();
        let walk = Walk::new(&self.shape, &order, [&self.strides], [self.offset]);
        let (n, [step], data) = (walk.run(), walk.steps(), self.buffer());
        walk.for_each_run(|[at]| {
            if step == 1 {
                data[at..at + n].iter().for_each(|&x| f(x));
            } else {
                (0..n as isize).for_each(|i| f(data[(at as isize + i * step) as usize]));
            }
        });
    }

    /// The elements in C order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + '_ {
        let data = self.buffer();
        let contiguous = self.is_contiguous();
        (0..self.size()).map(
            move |i| {
                if contiguous { data[self.offset + i] } else { data[self.offset_of_flat(i)] }
            },
        )
    }

    /// Offset in the storage of the `flat`-th element in C order.
    pub(crate) fn offset_of_flat(&self, flat: usize) -> usize {
        let (mut rest, mut at) = (flat, self.offset as isize);
        for (&n, &stride) in self.shape.iter().zip(&self.strides).rev() {
            at += (rest % n) as isize * stride;
            rest /= n;
        }
        at as usize
    }

    /// The element at `index`, which may count from the end.
    pub fn get(&self, index: &[isize]) -> Result<T> {
        self.offset_at(index).map(|at| self.buffer()[at])
    }

    pub(crate) fn offset_at(&self, index: &[isize]) -> Result<usize> {
        if index.len() > self.ndim() {
            return Err(Error::TooManyIndices { ndim: self.ndim(), indices: index.len() });
        }
        if index.len() < self.ndim() {
            return Err(Error::Rank { op: "get", want: "one index per axis", got: self.ndim() });
        }
        let mut at = self.offset as isize;
        for (axis, (&i, (&n, &stride))) in index.iter().zip(self.shape.iter().zip(&self.strides)).enumerate()
        {
            at += resolve(i, axis, n)? as isize * stride;
        }
        Ok(at as usize)
    }

    /// The only element, as Python's `item()`.
    pub fn item(&self) -> Result<T> {
        if self.size() != 1 {
            return Err(Error::value("can only convert an array of size 1 to a Python scalar"));
        }
        Ok(self.buffer()[self.offset])
    }

    /// An array that owns its elements, in C order; free when it does already.
    pub fn into_owned(self) -> Array<T> {
        let whole = self.offset == 0 && self.is_contiguous();
        match self.storage {
            Storage::Owned(data) if whole && data.len() == dims::size_of(&self.shape) => {
                Tensor { storage: Storage::Owned(data), offset: 0, shape: self.shape, strides: self.strides }
            }
            storage => {
                let same = Tensor { storage, ..self };
                Tensor::owned(same.to_vec(), &same.shape)
            }
        }
    }

    /// A copy that owns its elements, in C order.
    pub fn to_owned(&self) -> Array<T> {
        Tensor::owned(self.to_vec(), &self.shape)
    }

    /// The elements in C order, without a copy when they are owned and lie so.
    pub fn into_vec(self) -> Vec<T> {
        match self.into_owned().storage {
            Storage::Owned(data) => data,
            Storage::Borrowed(data) => data.to_vec(),
        }
    }

    /// Storage, offset, shape and strides of an array that owns its elements; borrowed ones are copied.
    pub fn into_parts(self) -> (Vec<T>, usize, Vec<usize>, Vec<isize>) {
        match self.storage {
            Storage::Owned(data) => (data, self.offset, self.shape.to_vec(), self.strides.to_vec()),
            Storage::Borrowed(_) => {
                let own = self.to_owned();
                (own.to_vec(), 0, own.shape.to_vec(), own.strides.to_vec())
            }
        }
    }

    /// The elements as another type, as `astype`; keeps the memory order.
    pub fn cast<U: Element>(&self) -> Array<U>
    where
        T: Cast<U>,
    {
        self.map(|x| x.cast())
    }
}

/// Position of index `i` on an axis of `n`; negative ones count from the end.
pub(crate) fn resolve(i: isize, axis: usize, n: usize) -> Result<usize> {
    let at = if i < 0 { i + n as isize } else { i };
    if at < 0 || at >= n as isize {
        return Err(Error::Index { index: i, axis, size: n });
    }
    Ok(at as usize)
}

impl<T: Element, const N: usize> std::ops::Index<[usize; N]> for Tensor<'_, T> {
    type Output = T;
    /// The element at an index. Panics like Python's `IndexError` outside the array.
    #[track_caller]
    #[inline]
    fn index(&self, index: [usize; N]) -> &T {
        if N == self.shape.len() && index.iter().zip(&self.shape).all(|(i, n)| i < n) {
            let at: isize = index.iter().zip(&self.strides).map(|(&i, &s)| i as isize * s).sum();
            return &self.buffer()[(self.offset as isize + at) as usize];
        }
        match self.offset_at(&index.map(|i| i as isize)) {
            Ok(at) => &self.buffer()[at],
            Err(error) => raise(error),
        }
    }
}

impl<T: Element> std::ops::Index<usize> for Tensor<'_, T> {
    type Output = T;
    #[track_caller]
    #[inline]
    fn index(&self, index: usize) -> &T {
        &self[[index]]
    }
}

impl<T: Element, const N: usize> std::ops::IndexMut<[usize; N]> for Tensor<'static, T> {
    #[track_caller]
    #[inline]
    fn index_mut(&mut self, index: [usize; N]) -> &mut T {
        let inside = N == self.shape.len() && index.iter().zip(&self.shape).all(|(i, n)| i < n);
        let at = if inside {
            let at: isize = index.iter().zip(&self.strides).map(|(&i, &s)| i as isize * s).sum();
            (self.offset as isize + at) as usize
        } else {
            match self.offset_at(&index.map(|i| i as isize)) {
                Ok(at) => at,
                Err(error) => raise(error),
            }
        };
        &mut self.make_owned()[at]
    }
}

impl<T: Element> std::ops::IndexMut<usize> for Tensor<'static, T> {
    #[track_caller]
    #[inline]
    fn index_mut(&mut self, index: usize) -> &mut T {
        &mut self[[index]]
    }
}

impl<T: Element> Tensor<'_, T> {
    /// The storage for writing; borrowed elements are copied first.
    pub(crate) fn make_owned(&mut self) -> &mut Vec<T> {
        if let Storage::Borrowed(data) = self.storage {
            self.storage = Storage::Owned(data.to_vec());
        }
        match &mut self.storage {
            Storage::Owned(data) => data,
            Storage::Borrowed(_) => unreachable!("made owned on the lines above"),
        }
    }
}

impl<T: Element> PartialEq for Tensor<'_, T> {
    /// Same shape and equal elements.
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.iter().eq(other.iter())
    }
}

impl<T: Element> From<Vec<T>> for Tensor<'static, T> {
    fn from(data: Vec<T>) -> Self {
        Tensor::from_items(data)
    }
}

impl<'a, T: Element> From<&'a [T]> for Tensor<'a, T> {
    fn from(data: &'a [T]) -> Self {
        Tensor::from_slice(data)
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Tensor<'static, T> {
    fn from(data: [T; N]) -> Self {
        Tensor::from_items(data)
    }
}

impl<T: Element, const N: usize, const M: usize> From<[[T; M]; N]> for Tensor<'static, T> {
    fn from(rows: [[T; M]; N]) -> Self {
        Tensor::owned(rows.into_iter().flatten().collect(), &[N, M])
    }
}
