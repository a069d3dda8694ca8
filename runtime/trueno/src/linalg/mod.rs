//! Linear algebra of matrices: solving, inverses, decompositions, norms.
//!
//! Everything is computed in f64 (f32 results are rounded once). Results agree with LAPACK's within the
//! usual norm-wise bounds; signs of singular vectors and of those of symmetric matrices are LAPACK's, those of
//! general eigenvectors are a choice that may differ.

mod bidiagonal;
mod decompose;
mod reflect;
mod schur;
mod tridiagonal;

use crate::dtype::{Cast, Complex128, Real};
use crate::error::{Error, Result};
use crate::kernels::gemm::MatMul;
use crate::math::FloatMath;
use crate::reduce::Axes;
use crate::tensor::{Array, Tensor};

/// A dense matrix in rows, the working form of this module.
#[derive(Debug, Clone)]
struct Dense {
    rows: usize,
    columns: usize,
    data: Vec<f64>,
}

impl Dense {
    fn zeros(rows: usize, columns: usize) -> Dense {
        Dense { rows, columns, data: vec![0.0; rows * columns] }
    }

    fn identity(n: usize) -> Dense {
        let mut out = Dense::zeros(n, n);
        (0..n).for_each(|i| out.data[i * n + i] = 1.0);
        out
    }

    fn of<T: Real>(op: &'static str, t: &Tensor<'_, T>) -> Result<Dense> {
        let [rows, columns] = t.shape()[..] else {
            return Err(Error::Rank { op, want: "2 dimensions", got: t.ndim() });
        };
        let mut data = crate::tensor::reserve(&[rows, columns])?;
        t.for_each(|x| data.push(x.to_f64()));
        Ok(Dense { rows, columns, data })
    }

    fn square<T: Real>(op: &'static str, t: &Tensor<'_, T>) -> Result<Dense> {
        let out = Dense::of(op, t)?;
        if out.rows != out.columns {
            return Err(Error::LinAlg("Last 2 dimensions of the array must be square"));
        }
        Ok(out)
    }

    fn to_tensor<T: Real>(&self) -> Array<T> {
        let data = self.data.iter().map(|&x| T::from_f64(x)).collect();
        Tensor::owned(data, &[self.rows, self.columns])
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.data[i * self.columns..(i + 1) * self.columns]
    }

    fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.data[i * self.columns..(i + 1) * self.columns]
    }

    /// Row `i` for reading and a later row `j` for writing.
    fn row_pair(&mut self, i: usize, j: usize) -> (&[f64], &mut [f64]) {
        let (head, tail) = self.data.split_at_mut(j * self.columns);
        (&head[i * self.columns..(i + 1) * self.columns], &mut tail[..self.columns])
    }

    fn transposed(&self) -> Dense {
        let mut out = Dense::zeros(self.columns, self.rows);
        for i in 0..self.rows {
            for j in 0..self.columns {
                out.data[j * self.rows + i] = self.data[i * self.columns + j];
            }
        }
        out
    }
}

impl std::ops::Index<(usize, usize)> for Dense {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[i * self.columns + j]
    }
}

impl std::ops::IndexMut<(usize, usize)> for Dense {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i * self.columns + j]
    }
}

/// Singular value decomposition `u * diag(s) * vt`.
#[derive(Debug, Clone)]
pub struct Svd<T: 'static> {
    /// Left vectors as columns.
    pub u: Array<T>,
    /// Singular values, falling.
    pub s: Array<T>,
    /// Right vectors as rows.
    pub vt: Array<T>,
}

/// Least-squares solution.
#[derive(Debug, Clone)]
pub struct LeastSquares<T: 'static> {
    /// The solution of smallest norm.
    pub x: Array<T>,
    /// Sums of squared residuals for each column; empty when the rank is not full or no row is spare.
    pub residuals: Array<T>,
    /// Rank of the matrix.
    pub rank: usize,
    /// Singular values of the matrix.
    pub s: Array<T>,
}

/// Which norm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Norm {
    /// Square root of the sum of squares (vectors and matrices).
    Frobenius,
    /// Largest sum (matrices: of a row).
    Infinity,
    /// Smallest such sum.
    NegativeInfinity,
    /// Vectors: the p-norm (0 counts). Matrices: 1 and 2 and their negatives.
    P(f64),
    /// Sum of singular values.
    Nuclear,
}

impl<T: FloatMath> Tensor<'_, T> {
    /// `x` with `self @ x == b`; `b` is a vector or a matrix. Errors: not square, singular, other sizes.
    pub fn solve(&self, b: &Tensor<'_, T>) -> Result<Array<T>> {
        let a = Dense::square("solve", self)?;
        if b.ndim() == 0 || b.ndim() > 2 || b.shape()[0] != a.rows {
            return Err(Error::shapes("solve", self.shape(), b.shape()));
        }
        let columns = if b.ndim() == 1 { b.expand_dims(1)? } else { b.view() };
        let mut x = Dense::of("solve", &columns)?;
        decompose::Lu::new(a).solve(&mut x)?;
        let shape: Vec<isize> = b.shape().iter().map(|&n| n as isize).collect();
        x.to_tensor().into_reshaped(&shape)
    }

    /// The inverse. Errors: not square, singular.
    pub fn inv(&self) -> Result<Array<T>> {
        let a = Dense::square("inv", self)?;
        let mut x = Dense::identity(a.rows);
        decompose::Lu::new(a).solve(&mut x)?;
        Ok(x.to_tensor())
    }

    /// The determinant. Errors: not square.
    pub fn det(&self) -> Result<T> {
        let (sign, log) = decompose::Lu::new(Dense::square("det", self)?).determinant();
        Ok(T::from_f64(sign * log))
    }

    /// Sign and logarithm of the determinant's size. Errors: not square.
    pub fn slogdet(&self) -> Result<(T, T)> {
        let (sign, log) = decompose::Lu::new(Dense::square("slogdet", self)?).log_determinant();
        Ok((T::from_f64(sign), T::from_f64(log)))
    }

    /// Lower triangle `l` with `l @ l.T == self`. Errors: not square, not positive definite.
    pub fn cholesky(&self) -> Result<Array<T>> {
        Ok(decompose::cholesky(Dense::square("cholesky", self)?)?.to_tensor())
    }

    /// `(q, r)` with orthonormal columns and an upper triangle (reduced form). Errors: not a matrix.
    pub fn qr(&self) -> Result<(Array<T>, Array<T>)> {
        let (q, r) = decompose::qr(Dense::of("qr", self)?);
        Ok((q.to_tensor(), r.to_tensor()))
    }

    /// Singular values and vectors (reduced form). Errors: not a matrix, no convergence.
    pub fn svd(&self) -> Result<Svd<T>> {
        let a = Dense::of("svd", self)?;
        if a.data.iter().any(|x| !x.is_finite()) {
            return Err(Error::LinAlg("SVD did not converge"));
        }
        let (u, s, vt) = bidiagonal::svd(a)?;
        let s = Tensor::from_items(s.into_iter().map(T::from_f64));
        Ok(Svd { u: u.to_tensor(), s, vt: vt.to_tensor() })
    }

    /// Rank: singular values above the usual rounding threshold.
    pub fn matrix_rank(&self) -> Result<usize> {
        let (_, s, _) = decompose::svd(Dense::of("matrix_rank", self)?)?;
        let eps = if size_of::<T>() == 4 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let most =
            s.first().copied().unwrap_or(0.0) * self.shape().iter().copied().max().unwrap_or(0) as f64 * eps;
        Ok(s.iter().filter(|&&x| x > most).count())
    }

    /// Pseudo-inverse; singular values below `rcond` times the largest count as 0 (NumPy: 1e-15).
    pub fn pinv(&self, rcond: f64) -> Result<Array<T>> {
        let (u, s, vt) = decompose::svd(Dense::of("pinv", self)?)?;
        let limit = s.first().copied().unwrap_or(0.0) * rcond;
        let mut out = Dense::zeros(self.shape()[1], self.shape()[0]);
        for (k, &s) in s.iter().enumerate().filter(|(_, s)| **s > limit) {
            for i in 0..out.rows {
                for j in 0..out.columns {
                    out[(i, j)] += vt[(k, i)] * u[(j, k)] / s;
                }
            }
        }
        Ok(out.to_tensor())
    }

    /// Least squares `min |self @ x - b|` by singular values; those below `rcond` times the largest count
    /// as 0 (NumPy: machine precision times the larger side). Errors: other sizes.
    pub fn lstsq(&self, b: &Tensor<'_, T>, rcond: Option<f64>) -> Result<LeastSquares<T>> {
        let a = Dense::of("lstsq", self)?;
        if b.ndim() == 0 || b.ndim() > 2 || b.shape()[0] != a.rows {
            return Err(Error::shapes("lstsq", self.shape(), b.shape()));
        }
        let columns = Dense::of("lstsq", &if b.ndim() == 1 { b.expand_dims(1)? } else { b.view() })?;
        let (u, s, vt) = decompose::svd(a.clone())?;
        let eps = if size_of::<T>() == 4 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let limit = s.first().copied().unwrap_or(0.0) * rcond.unwrap_or(eps * a.rows.max(a.columns) as f64);
        let rank = s.iter().filter(|&&x| x > limit).count();
        let mut x = Dense::zeros(a.columns, columns.columns);
        for (k, &s) in s.iter().enumerate().take(rank) {
            for c in 0..columns.columns {
                let along: f64 = (0..a.rows).map(|i| u[(i, k)] * columns[(i, c)]).sum::<f64>() / s;
                (0..a.columns).for_each(|j| x[(j, c)] += vt[(k, j)] * along);
            }
        }
        let full = rank == a.columns && a.rows > a.columns;
        let square = |c: usize| -> f64 {
            let residual =
                |i: usize| columns[(i, c)] - (0..a.columns).map(|j| a[(i, j)] * x[(j, c)]).sum::<f64>();
            (0..a.rows).map(|i| residual(i).powi(2)).sum()
        };
        let residuals = (0..if full { columns.columns } else { 0 }).map(|c| T::from_f64(square(c)));
        let shape: Vec<isize> =
            if b.ndim() == 1 { vec![-1] } else { vec![a.columns as isize, columns.columns as isize] };
        Ok(LeastSquares {
            residuals: Tensor::from_items(residuals),
            rank,
            s: Tensor::from_items(s.iter().map(|&s| T::from_f64(s))),
            x: x.to_tensor().into_reshaped(&shape)?,
        })
    }

    /// Eigenvalues (rising) and vectors (columns) of a symmetric matrix; its lower triangle is read.
    /// Errors: not square, no convergence.
    pub fn eigh(&self) -> Result<(Array<T>, Array<T>)> {
        let (values, vectors) = tridiagonal::symmetric(Dense::square("eigh", self)?)?;
        Ok((Tensor::from_items(values.into_iter().map(T::from_f64)), vectors.to_tensor()))
    }

    /// Eigenvalues and vectors (columns, of length 1) of any square matrix. Errors: not square, no
    /// convergence.
    pub fn eig(&self) -> Result<(Array<Complex128>, Array<Complex128>)> {
        let n = self.len();
        let (values, vectors) = schur::general(&Dense::square("eig", self)?)?;
        Ok((Tensor::from(values), Tensor::owned(vectors, &[n, n])))
    }

    /// A norm of a vector or matrix. Errors: other ranks, a norm that it does not have.
    pub fn norm(&self, which: Norm) -> Result<T> {
        if which == Norm::Frobenius {
            let sum: f64 = self.iter().map(|x| x.to_f64().powi(2)).sum();
            return Ok(T::from_f64(sum.sqrt()));
        }
        let value = match self.ndim() {
            1 => vector_norm(&self.to_vec().iter().map(|x| x.to_f64().abs()).collect::<Vec<_>>(), which)?,
            2 => matrix_norm(&Dense::of("norm", self)?, which)?,
            got => {
                return Err(Error::Rank { op: "norm", want: "1 or 2 dimensions", got });
            }
        };
        Ok(T::from_f64(value))
    }

    /// Euclidean norms along axes.
    pub fn norm_over(&self, axes: impl Into<Axes>) -> Result<Array<T>>
    where
        T: Cast<T>,
    {
        Ok(self.square().sum_by(&axes.into(), false, |x| x)?.sqrt())
    }

    /// Condition number in the 2-norm.
    pub fn cond(&self) -> Result<T> {
        let (_, s, _) = decompose::svd(Dense::of("cond", self)?)?;
        let ends = s.first().zip(s.last()).ok_or(Error::LinAlg("cond is not defined on empty arrays"))?;
        Ok(T::from_f64(ends.0 / ends.1))
    }
}

fn vector_norm(sizes: &[f64], which: Norm) -> Result<f64> {
    Ok(match which {
        Norm::Infinity => sizes.iter().copied().fold(0.0, f64::max),
        Norm::NegativeInfinity => sizes.iter().copied().fold(f64::INFINITY, f64::min),
        Norm::P(0.0) => sizes.iter().filter(|x| **x != 0.0).count() as f64,
        Norm::P(1.0) => sizes.iter().sum(),
        Norm::P(p) => sizes.iter().map(|x| x.powf(p)).sum::<f64>().powf(1.0 / p),
        _ => return Err(Error::value("Invalid norm order for vectors.")),
    })
}

fn matrix_norm(a: &Dense, which: Norm) -> Result<f64> {
    let sums =
        |m: &Dense| -> Vec<f64> { (0..m.rows).map(|i| m.row(i).iter().map(|x| x.abs()).sum()).collect() };
    let most = |sums: Vec<f64>| sums.into_iter().fold(0.0, f64::max);
    let least = |sums: Vec<f64>| sums.into_iter().fold(f64::INFINITY, f64::min);
    Ok(match which {
        Norm::Infinity => most(sums(a)),
        Norm::NegativeInfinity => least(sums(a)),
        Norm::P(1.0) => most(sums(&a.transposed())),
        Norm::P(-1.0) => least(sums(&a.transposed())),
        Norm::P(2.0) => most(decompose::svd(a.clone())?.1),
        Norm::P(-2.0) => least(decompose::svd(a.clone())?.1),
        Norm::Nuclear => decompose::svd(a.clone())?.1.iter().sum(),
        _ => return Err(Error::value("Invalid norm order for matrices.")),
    })
}

impl<T: MatMul + FloatMath> Tensor<'_, T> {
    /// The matrix multiplied by itself `n` times; negative powers are of the inverse.
    pub fn matrix_power(&self, n: i64) -> Result<Array<T>> {
        Dense::square("matrix_power", self)?;
        let mut base = if n < 0 { self.inv()? } else { self.to_owned() };
        let mut out = Array::<T>::eye(self.len(), self.len(), 0)?;
        let mut left = n.unsigned_abs();
        while left > 0 {
            if left & 1 == 1 {
                out = out.matmul(&base)?;
            }
            left >>= 1;
            if left > 0 {
                base = base.matmul(&base)?;
            }
        }
        Ok(out)
    }
}

impl Tensor<'_, f64> {
    /// Coefficients, highest first, of the polynomial of `degree` that fits the points (`x`, self) best.
    pub fn polyfit(&self, x: &Tensor<'_, f64>, degree: usize) -> Result<Array<f64>> {
        let columns = degree + 1;
        let powers =
            Tensor::from_fn(&[x.size(), columns], |index| x[index[0]].powi((degree - index[1]) as i32))?;
        let scale = powers.norm_over(0)?;
        let fitted = powers.try_div(&scale)?.lstsq(self, Some(x.size() as f64 * f64::EPSILON))?;
        fitted.x.try_div(&scale)
    }
}
