//! LU, Cholesky, QR and singular values.

use super::Dense;
use crate::error::{Error, Result};
use crate::kernels::vector::{axpy, dot};

/// `p * a = l * u` with partial pivoting; both factors share one matrix.
pub(super) struct Lu {
    factors: Dense,
    order: Vec<usize>,
    sign: f64,
}

impl Lu {
    pub(super) fn new(mut a: Dense) -> Lu {
        let n = a.rows;
        let (mut order, mut sign): (Vec<usize>, f64) = ((0..n).collect(), 1.0);
        for k in 0..n {
            let pivot = (k..n).fold(k, |best, i| if a[(i, k)].abs() > a[(best, k)].abs() { i } else { best });
            if pivot != k {
                for j in 0..n {
                    a.data.swap(k * n + j, pivot * n + j);
                }
                order.swap(k, pivot);
                sign = -sign;
            }
            let top = a[(k, k)];
            if top == 0.0 {
                continue;
            }
            for i in k + 1..n {
                let (upper, row) = a.row_pair(k, i);
                let factor = row[k] / top;
                row[k] = factor;
                if factor != 0.0 {
                    axpy(-factor, &upper[k + 1..], &mut row[k + 1..]);
                }
            }
        }
        Lu { factors: a, order, sign }
    }

    /// Replaces the right sides by the solutions. Errors: a pivot is zero.
    pub(super) fn solve(&self, b: &mut Dense) -> Result<()> {
        let n = self.factors.rows;
        if (0..n).any(|i| self.factors[(i, i)] == 0.0) {
            return Err(Error::LinAlg("Singular matrix"));
        }
        let given = b.clone();
        for (i, &from) in self.order.iter().enumerate() {
            b.row_mut(i).copy_from_slice(given.row(from));
        }
        for i in 0..n {
            for k in 0..i {
                let (known, row) = b.row_pair(k, i);
                axpy(-self.factors[(i, k)], known, row);
            }
        }
        for i in (0..n).rev() {
            let (head, tail) = b.data.split_at_mut((i + 1) * b.columns);
            let row = &mut head[i * b.columns..];
            for k in i + 1..n {
                let at = (k - i - 1) * b.columns;
                axpy(-self.factors[(i, k)], &tail[at..at + b.columns], row);
            }
            let pivot = self.factors[(i, i)];
            row.iter_mut().for_each(|x| *x /= pivot);
        }
        Ok(())
    }

    /// Sign of the permutation and product of the pivots.
    pub(super) fn determinant(&self) -> (f64, f64) {
        let n = self.factors.rows;
        (self.sign, (0..n).map(|i| self.factors[(i, i)]).product())
    }

    /// Sign of the determinant and logarithm of its size.
    pub(super) fn log_determinant(&self) -> (f64, f64) {
        let n = self.factors.rows;
        (0..n).map(|i| self.factors[(i, i)]).fold((self.sign, 0.0), |(sign, log), pivot| {
            let sign = if pivot == 0.0 { 0.0 } else { sign * pivot.signum() };
            (sign, log + pivot.abs().ln())
        })
    }
}

/// Lower triangle of the Cholesky decomposition; the lower triangle of `a` is read.
pub(super) fn cholesky(mut a: Dense) -> Result<Dense> {
    let n = a.rows;
    for i in 0..n {
        for j in 0..=i {
            let sum = a[(i, j)] - dot(&a.row(i)[..j], &a.row(j)[..j]);
            if i != j {
                a[(i, j)] = sum / a[(j, j)];
            } else if sum > 0.0 {
                a[(i, i)] = sum.sqrt();
            } else {
                return Err(Error::LinAlg("Matrix is not positive definite"));
            }
        }
        a.row_mut(i)[i + 1..].fill(0.0);
    }
    Ok(a)
}

/// Householder QR, reduced, with LAPACK's signs (`r[k, k]` has the sign opposite to its column's head).
pub(super) fn qr(a: Dense) -> (Dense, Dense) {
    let (m, n, k) = (a.rows, a.columns, a.rows.min(a.columns));
    // Columns are rows here, so that they are contiguous.
    let mut columns = a.transposed();
    let mut scales = vec![0.0; k];
    for j in 0..k {
        let tail = &mut columns.row_mut(j)[j..];
        let rest = dot(&tail[1..], &tail[1..]);
        if rest == 0.0 {
            continue;
        }
        let head = tail[0];
        let beta = -(head * head + rest).sqrt().copysign(head);
        scales[j] = (beta - head) / beta;
        tail[1..].iter_mut().for_each(|x| *x /= head - beta);
        tail[0] = beta;
        for c in j + 1..n {
            let (reflector, column) = columns.row_pair(j, c);
            reflect(&reflector[j + 1..], scales[j], &mut column[j..]);
        }
    }
    let mut r = Dense::zeros(k, n);
    for i in 0..k {
        (i..n).for_each(|j| r[(i, j)] = columns[(j, i)]);
    }
    let mut q = Dense::zeros(k, m);
    for j in 0..k {
        q[(j, j)] = 1.0;
        for p in (0..=j).rev() {
            reflect(&columns.row(p)[p + 1..], scales[p], &mut q.row_mut(j)[p..]);
        }
    }
    // Reflectors with a larger index than the column act on zeros only, so they were left out.
    (q.transposed(), r)
}

/// `x -= scale * v * (v . x)` with `v = (1, tail)`.
fn reflect(tail: &[f64], scale: f64, x: &mut [f64]) {
    if scale != 0.0 {
        let along = scale * (x[0] + dot(tail, &x[1..]));
        x[0] -= along;
        axpy(-along, tail, &mut x[1..]);
    }
}

type Triple = (Dense, Vec<f64>, Dense);

/// Singular value decomposition, reduced: one-sided Jacobi rotations after a QR step.
pub(super) fn svd(a: Dense) -> Result<Triple> {
    if a.data.iter().any(|x| !x.is_finite()) {
        return Err(Error::LinAlg("SVD did not converge"));
    }
    if a.rows < a.columns {
        let (u, s, vt) = svd(a.transposed())?;
        return Ok((vt.transposed(), s, u.transposed()));
    }
    let (q, r) = qr(a);
    let n = r.columns;
    // Rows of `work` are columns of r; rotations make them orthogonal. `v` collects the rotations.
    let mut work = r.transposed();
    let mut v = Dense::identity(n);
    let most = work.data.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    for sweep in 0.. {
        if sweep == 60 {
            return Err(Error::LinAlg("SVD did not converge"));
        }
        if !jacobi_sweep(&mut work, &mut v, most) {
            break;
        }
    }
    let sizes: Vec<f64> = (0..n).map(|i| dot(work.row(i), work.row(i)).sqrt()).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| sizes[j].total_cmp(&sizes[i]));
    let s: Vec<f64> = order.iter().map(|&i| sizes[i]).collect();
    let left = complete(&work, &order, &s);
    let mut u = Dense::zeros(q.rows, n);
    for i in 0..q.rows {
        for (k, row) in left.iter().enumerate() {
            u[(i, k)] = dot(q.row(i), row);
        }
    }
    let mut vt = Dense::zeros(n, n);
    for (k, &i) in order.iter().enumerate() {
        vt.row_mut(k).copy_from_slice(v.row(i));
    }
    Ok((u, s, vt))
}

/// One sweep over all pairs; whether some pair was not orthogonal.
fn jacobi_sweep(work: &mut Dense, v: &mut Dense, most: f64) -> bool {
    let (n, mut turned) = (work.rows, false);
    let floor = (most * f64::EPSILON).powi(2) * f64::EPSILON;
    for i in 0..n {
        for j in i + 1..n {
            let (x, y) = work.row_pair(i, j);
            let (a, b, c) = (dot(x, x), dot(y, y), dot(x, y));
            if c.abs() <= 1e-15 * (a * b).sqrt() || c.abs() <= floor {
                continue;
            }
            turned = true;
            let zeta = (b - a) / (2.0 * c);
            let t = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
            let cosine = 1.0 / (1.0 + t * t).sqrt();
            rotate(work, i, j, cosine, cosine * t);
            rotate(v, i, j, cosine, cosine * t);
        }
    }
    turned
}

fn rotate(m: &mut Dense, i: usize, j: usize, cosine: f64, sine: f64) {
    for k in 0..m.columns {
        let (x, y) = (m[(i, k)], m[(j, k)]);
        m[(i, k)] = cosine * x - sine * y;
        m[(j, k)] = sine * x + cosine * y;
    }
}

/// Unit vectors along the rows of `work`; where a row is zero, any vector orthogonal to the others.
fn complete(work: &Dense, order: &[usize], s: &[f64]) -> Vec<Vec<f64>> {
    let n = work.columns;
    let limit = s.first().copied().unwrap_or(0.0) * f64::EPSILON;
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(order.len());
    for (k, &i) in order.iter().enumerate() {
        if s[k] > limit {
            basis.push(work.row(i).iter().map(|x| x / s[k]).collect());
            continue;
        }
        let mut best = vec![0.0; n];
        for axis in 0..n {
            let mut candidate = vec![0.0; n];
            candidate[axis] = 1.0;
            for _ in 0..2 {
                for other in &basis {
                    let along = dot(&candidate, other);
                    axpy(-along, other, &mut candidate);
                }
            }
            let size = dot(&candidate, &candidate).sqrt();
            if size > 0.5 / (n as f64).sqrt() {
                best = candidate.iter().map(|x| x / size).collect();
                break;
            }
        }
        basis.push(best);
    }
    basis
}
