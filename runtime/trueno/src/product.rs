//! Products of arrays: `dot`, `matmul`, `inner`, `outer`, `tensordot`, `einsum`, `kron`.

use crate::dims::{self, Dims};
use crate::error::{Error, Result};
use crate::kernels::gemm::{self, MatMul, Operand};
use crate::tensor::{Array, Tensor};

/// The last two axes of an array, from `start` on, as a matrix.
fn last_two<'t, T: MatMul>(t: &'t Tensor<'_, T>, start: usize) -> Operand<'t, T> {
    let n = t.ndim();
    Operand { data: t.buffer(), start, row: t.strides[n - 2], column: t.strides[n - 1] }
}

impl<T: MatMul> Tensor<'_, T> {
    /// `numpy.dot`: the sum over the last axis of this array and the last but one of `other`; a number
    /// times an array is the product. Errors: these axes differ.
    pub fn dot(&self, other: &Tensor<'_, T>) -> Result<Array<T>> {
        if self.ndim() == 0 || other.ndim() == 0 {
            return self.try_mul(other);
        }
        let k = self.shape[self.ndim() - 1];
        let inner = other.ndim().saturating_sub(2);
        if other.shape[inner] != k {
            return Err(Error::shapes("dot", &self.shape, &other.shape));
        }
        if self.ndim() <= 2 && other.ndim() <= 2 {
            return self.matmul(other);
        }
        // Rows of the left times columns of the right, the latter with the summed axis first.
        let right = if other.ndim() > 1 { other.moveaxis(inner as isize, 0)? } else { other.view() };
        let mut shape: Dims = self.shape[..self.ndim() - 1].into();
        shape.extend_from_slice(&right.shape[1..]);
        let rows =
            self.size().checked_div(k).unwrap_or_else(|| dims::size_of(&self.shape[..self.ndim() - 1]));
        let columns = dims::size_of(&right.shape[1..]);
        let left = self.reshape(&[rows as isize, k as isize])?;
        let right = right.reshape(&[k as isize, columns as isize])?;
        let product = left.matmul(&right)?;
        let shape: Vec<isize> = shape.iter().map(|&n| n as isize).collect();
        product.into_reshaped(&shape)
    }

    /// `a @ b`: matrix product of the last two axes; the axes before them broadcast. Errors: rank 0, the
    /// inner lengths differ.
    pub fn matmul(&self, other: &Tensor<'_, T>) -> Result<Array<T>> {
        if self.ndim() == 0 || other.ndim() == 0 {
            return Err(Error::Rank { op: "matmul", want: "1 dimension or more", got: 0 });
        }
        let left = if self.ndim() == 1 { self.expand_dims(0)? } else { self.view() };
        let right = if other.ndim() == 1 { other.expand_dims(1)? } else { other.view() };
        let (nl, nr) = (left.ndim(), right.ndim());
        let (m, k, n) = (left.shape[nl - 2], left.shape[nl - 1], right.shape[nr - 1]);
        if right.shape[nr - 2] != k {
            return Err(Error::shapes("matmul", &self.shape, &other.shape));
        }
        let batch = dims::broadcast_shapes("matmul", &left.shape[..nl - 2], &right.shape[..nr - 2])
            .map_err(|_| Error::shapes("matmul", &self.shape, &other.shape))?;
        let mut shape = batch.clone();
        shape.extend_from_slice(&[m, n]);
        let mut data = crate::tensor::reserve(&shape)?;
        data.resize(dims::size_of(&shape), T::ZERO);
        let a = dims::broadcast_strides(&left.shape[..nl - 2], &left.strides[..nl - 2], &batch);
        let b = dims::broadcast_strides(&right.shape[..nr - 2], &right.strides[..nr - 2], &batch);
        let (a, b) = (left.reframe(left.offset, batch.clone(), a), right.reframe(right.offset, batch, b));
        if m * n > 0 {
            for (i, c) in data.chunks_exact_mut(m * n).enumerate() {
                let (x, y) = (last_two(&left, a.offset_of_flat(i)), last_two(&right, b.offset_of_flat(i)));
                gemm::gemm(m, n, k, x, y, c);
            }
        }
        let kept = |axis: usize| match axis {
            axis if axis + 2 == shape.len() => self.ndim() > 1,
            axis if axis + 1 == shape.len() => other.ndim() > 1,
            _ => true,
        };
        let kept: Vec<usize> = (0..shape.len()).filter(|&axis| kept(axis)).map(|axis| shape[axis]).collect();
        Ok(Tensor::owned(data, &kept))
    }

    /// Sum of products over the last axes. Errors: they differ.
    pub fn inner(&self, other: &Tensor<'_, T>) -> Result<Array<T>> {
        if self.ndim() == 0 || other.ndim() == 0 {
            return self.try_mul(other);
        }
        match other.ndim() {
            1 => self.dot(other),
            n => self.dot(&other.moveaxis(-1, n as isize - 2)?),
        }
    }

    /// Products of every pair of elements: the matrix `a[i] * b[j]`.
    pub fn outer(&self, other: &Tensor<'_, T>) -> Result<Array<T>> {
        let (rows, columns) = (self.ravel(), other.ravel());
        rows.expand_dims(1)?.try_mul(&columns.expand_dims(0)?)
    }

    /// Dot product of all elements, flattened. Errors: other sizes.
    pub fn vdot(&self, other: &Tensor<'_, T>) -> Result<T> {
        self.ravel().dot(&other.ravel())?.item()
    }

    /// Sum of products over pairs of axes. Errors: their lengths differ.
    pub fn tensordot(&self, other: &Tensor<'_, T>, axes: &[(isize, isize)]) -> Result<Array<T>> {
        let (mine, theirs): (Vec<isize>, Vec<isize>) = axes.iter().copied().unzip();
        let mine = mine.iter().map(|&a| dims::normalize_axis(a, self.ndim())).collect::<Result<Vec<_>>>()?;
        let theirs =
            theirs.iter().map(|&a| dims::normalize_axis(a, other.ndim())).collect::<Result<Vec<_>>>()?;
        if mine.iter().zip(&theirs).any(|(&a, &b)| self.shape[a] != other.shape[b]) {
            return Err(Error::value("shape-mismatch for sum"));
        }
        let rest = |n: usize, gone: &[usize]| (0..n).filter(|a| !gone.contains(a)).collect::<Vec<_>>();
        let (left, right) = (rest(self.ndim(), &mine), rest(other.ndim(), &theirs));
        let signed = |axes: Vec<usize>| axes.into_iter().map(|a| a as isize).collect::<Vec<_>>();
        let a = self.transpose(&signed([left.clone(), mine.clone()].concat()))?;
        let b = other.transpose(&signed([theirs, right.clone()].concat()))?;
        let k: usize = mine.iter().map(|&axis| self.shape[axis]).product();
        let rows: usize = left.iter().map(|&axis| self.shape[axis]).product();
        let columns: usize = right.iter().map(|&axis| other.shape[axis]).product();
        let product =
            a.reshape(&[rows as isize, k as isize])?.matmul(&b.reshape(&[k as isize, columns as isize])?)?;
        let shape =
            left.iter().map(|&axis| self.shape[axis]).chain(right.iter().map(|&axis| other.shape[axis]));
        product.into_reshaped(&shape.map(|n| n as isize).collect::<Vec<_>>())
    }

    /// Kronecker product of two matrices or vectors of equal rank.
    pub fn kron(&self, other: &Tensor<'_, T>) -> Result<Array<T>> {
        if self.ndim() != other.ndim() {
            return Err(Error::shapes("kron", &self.shape, &other.shape));
        }
        let (mut left, mut right, mut shape) = (Vec::new(), Vec::new(), Vec::new());
        for (&n, &m) in self.shape.iter().zip(&other.shape) {
            left.extend([n as isize, 1]);
            right.extend([1, m as isize]);
            shape.push((n * m) as isize);
        }
        self.reshape(&left)?.try_mul(&other.reshape(&right)?)?.into_reshaped(&shape)
    }
}

/// `numpy.einsum` with explicit letters, such as `"ij,jk->ik"`; without an arrow the letters that occur
/// once, sorted, are the result. Two operands that share letters go through the matrix product.
/// Errors: another number of letters than axes, letters of two lengths.
pub fn einsum<T: MatMul>(formula: &str, operands: &[&Tensor<'_, T>]) -> Result<Array<T>> {
    let formula: String = formula.chars().filter(|c| !c.is_whitespace()).collect();
    let (inputs, output) = match formula.split_once("->") {
        Some((inputs, output)) => (inputs.to_owned(), output.to_owned()),
        None => {
            let mut letters: Vec<char> = formula.chars().filter(|c| c.is_alphabetic()).collect();
            letters.sort_unstable();
            let once = letters.iter().filter(|c| letters.iter().filter(|d| d == c).count() == 1);
            (formula.clone(), once.collect())
        }
    };
    let terms: Vec<Vec<char>> = inputs.split(',').map(|term| term.chars().collect()).collect();
    if terms.len() != operands.len() {
        return Err(Error::value("einsum: another number of terms than operands"));
    }
    let mut terms = terms.into_iter().zip(operands).map(|(letters, t)| diagonal_of(letters, t));
    let mut result = terms.next().ok_or_else(|| Error::value("einsum: no operands"))??;
    let rest = terms.collect::<Result<Vec<_>>>()?;
    for (i, next) in rest.iter().enumerate() {
        let later = |c: &char| output.contains(*c) || rest[i + 1..].iter().any(|(l, _)| l.contains(c));
        result = contract(result, next, later)?;
    }
    let (letters, tensor) = result;
    finish(letters, tensor, &output)
}

type Term<T> = (Vec<char>, Array<T>);

/// An operand whose repeated letters have become one axis.
fn diagonal_of<T: MatMul>(mut letters: Vec<char>, t: &Tensor<'_, T>) -> Result<Term<T>> {
    if letters.len() != t.ndim() {
        return Err(Error::value("einsum: a term has another number of letters than its operand has axes"));
    }
    let (mut shape, mut strides): (Dims, dims::Strides) = (t.shape.clone(), t.strides.clone());
    let mut axis = 0;
    while axis < letters.len() {
        let first = letters.iter().position(|c| *c == letters[axis]).unwrap_or(axis);
        if first == axis {
            axis += 1;
            continue;
        }
        if shape[first] != shape[axis] {
            return Err(Error::value("einsum: a letter stands for two lengths"));
        }
        strides[first] += strides[axis];
        shape.remove(axis);
        strides.remove(axis);
        letters.remove(axis);
    }
    Ok((letters, t.reframe(t.offset, shape, strides).to_owned()))
}

/// Two terms into one: letters that nobody needs later are summed, shared others are batches.
fn contract<T: MatMul>(left: Term<T>, right: &Term<T>, later: impl Fn(&char) -> bool) -> Result<Term<T>> {
    let left = sum_unneeded(left, |c| right.0.contains(c) || later(c))?;
    let right = sum_unneeded(right.clone(), |c| left.0.contains(c) || later(c))?;
    let shared: Vec<char> = left.0.iter().copied().filter(|c| right.0.contains(c)).collect();
    let (batch, summed): (Vec<char>, Vec<char>) = shared.iter().copied().partition(&later);
    let only = |mine: &[char]| mine.iter().copied().filter(|c| !shared.contains(c)).collect::<Vec<_>>();
    let (rows, columns) = (only(&left.0), only(&right.0));
    let size = |(letters, t): &Term<T>, wanted: &[char]| -> usize {
        wanted.iter().filter_map(|c| letters.iter().position(|d| d == c)).map(|axis| t.shape[axis]).product()
    };
    if shared.iter().any(|c| size(&left, &[*c]) != size(&right, &[*c])) {
        return Err(Error::value("einsum: a letter stands for two lengths"));
    }
    let arrange = |term: &Term<T>, order: &[&[char]], shape: [usize; 3]| -> Result<Array<T>> {
        let order: Vec<char> = order.concat();
        let axes: Vec<isize> =
            order.iter().filter_map(|c| term.0.iter().position(|d| d == c)).map(|a| a as isize).collect();
        Ok(term.1.transpose(&axes)?.reshape(&shape.map(|n| n as isize))?.to_owned())
    };
    let (b, m, k, n) =
        (size(&left, &batch), size(&left, &rows), size(&left, &summed), size(&right, &columns));
    let x = arrange(&left, &[&batch, &rows, &summed], [b, m, k])?;
    let y = arrange(&right, &[&batch, &summed, &columns], [b, k, n])?;
    let letters = [batch.clone(), rows.clone(), columns.clone()].concat();
    let lengths = batch
        .iter()
        .chain(&rows)
        .map(|c| size(&left, &[*c]))
        .chain(columns.iter().map(|c| size(&right, &[*c])));
    let shape: Vec<isize> = lengths.map(|n| n as isize).collect();
    Ok((letters, x.matmul(&y)?.into_reshaped(&shape)?))
}

fn sum_unneeded<T: MatMul>((mut letters, mut t): Term<T>, needed: impl Fn(&char) -> bool) -> Result<Term<T>> {
    while let Some(axis) = letters.iter().position(|c| !needed(c)) {
        t = t.fold_over(&(axis as isize).into(), T::ZERO, |sum, x| sum.plus(x))?;
        letters.remove(axis);
    }
    Ok((letters, t))
}

fn finish<T: MatMul>(letters: Vec<char>, t: Array<T>, output: &str) -> Result<Array<T>> {
    let (letters, t) = sum_unneeded((letters, t), |c| output.contains(*c))?;
    let place = |c: char| letters.iter().position(|d| *d == c).map(|axis| axis as isize);
    let axes: Option<Vec<isize>> = output.chars().map(place).collect();
    match axes {
        Some(axes) if axes.len() == t.ndim() => Ok(t.transpose(&axes)?.to_owned()),
        _ => Err(Error::value("einsum: the output names a letter that no operand has, or one twice")),
    }
}
