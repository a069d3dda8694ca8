//! Eigenvalues: Jacobi rotations for symmetric matrices, the shifted QR method for all others.

use num_complex::Complex;

use super::Dense;
use crate::dtype::Complex128;
use crate::error::{Error, Result};

const NO_CONVERGENCE: Error = Error::LinAlg("Eigenvalues did not converge");

/// Eigenvalues, rising, and vectors as columns; the lower triangle is read. Cyclic Jacobi.
pub(super) fn symmetric(mut a: Dense) -> Result<(Vec<f64>, Dense)> {
    let n = a.rows;
    for i in 0..n {
        for j in i + 1..n {
            a[(i, j)] = a[(j, i)];
        }
    }
    if a.data.iter().any(|x| !x.is_finite()) {
        return Err(NO_CONVERGENCE);
    }
    // Rows of `v` are the vectors while they are made.
    let mut v = Dense::identity(n);
    let size = a.data.iter().map(|x| x * x).sum::<f64>().sqrt();
    let mut sweeps = 0;
    loop {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|at| a[at] * a[at]).sum();
        if off.sqrt() <= 1e-17 * size || size == 0.0 {
            break;
        }
        if sweeps == 60 {
            return Err(NO_CONVERGENCE);
        }
        sweeps += 1;
        for p in 0..n {
            for q in p + 1..n {
                turn(&mut a, &mut v, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[(i, i)].total_cmp(&a[(j, j)]));
    let mut vectors = Dense::zeros(n, n);
    for (k, &i) in order.iter().enumerate() {
        (0..n).for_each(|row| vectors[(row, k)] = v[(i, row)]);
    }
    Ok((order.iter().map(|&i| a[(i, i)]).collect(), vectors))
}

/// One rotation that makes element (p, q) zero.
fn turn(a: &mut Dense, v: &mut Dense, p: usize, q: usize) {
    let apq = a[(p, q)];
    if apq.abs() < f64::MIN_POSITIVE {
        return;
    }
    let theta = (a[(q, q)] - a[(p, p)]) / (2.0 * apq);
    let t = if theta.abs() > 1e150 {
        0.5 / theta
    } else {
        1f64.copysign(theta) / (theta.abs() + (theta * theta + 1.0).sqrt())
    };
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    let (app, aqq) = (a[(p, p)], a[(q, q)]);
    for k in 0..a.columns {
        let (x, y) = (a[(p, k)], a[(q, k)]);
        a[(p, k)] = c * x - s * y;
        a[(q, k)] = s * x + c * y;
    }
    for k in 0..a.rows {
        a[(k, p)] = a[(p, k)];
        a[(k, q)] = a[(q, k)];
    }
    a[(p, p)] = app - t * apq;
    a[(q, q)] = aqq + t * apq;
    a[(p, q)] = 0.0;
    a[(q, p)] = 0.0;
    for k in 0..v.columns {
        let (x, y) = (v[(p, k)], v[(q, k)]);
        v[(p, k)] = c * x - s * y;
        v[(q, k)] = s * x + c * y;
    }
}

/// A square complex matrix in rows.
struct Square {
    n: usize,
    data: Vec<Complex128>,
}

impl std::ops::Index<(usize, usize)> for Square {
    type Output = Complex128;
    fn index(&self, (i, j): (usize, usize)) -> &Complex128 {
        &self.data[i * self.n + j]
    }
}

impl std::ops::IndexMut<(usize, usize)> for Square {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut Complex128 {
        &mut self.data[i * self.n + j]
    }
}

/// A rotation of two rows, and its inverse of two columns.
#[derive(Clone, Copy)]
struct Givens {
    c: f64,
    s: Complex128,
}

impl Givens {
    /// The rotation that makes `y` zero: `(c x + s y, -conj(s) x + c y)`.
    fn zeroing(x: Complex128, y: Complex128) -> Givens {
        let size = x.norm().hypot(y.norm());
        if y.norm() == 0.0 || size == 0.0 {
            return Givens { c: 1.0, s: Complex::ZERO };
        }
        if x.norm() == 0.0 {
            return Givens { c: 0.0, s: y.conj() / y.norm() };
        }
        Givens { c: x.norm() / size, s: x / x.norm() * y.conj() / size }
    }

    fn rows(self, m: &mut Square, i: usize, from: usize) {
        for k in from..m.n {
            let (x, y) = (m[(i, k)], m[(i + 1, k)]);
            m[(i, k)] = x * self.c + self.s * y;
            m[(i + 1, k)] = y * self.c - self.s.conj() * x;
        }
    }

    fn columns(self, m: &mut Square, i: usize, to: usize) {
        for k in 0..to {
            let (x, y) = (m[(k, i)], m[(k, i + 1)]);
            m[(k, i)] = x * self.c + self.s.conj() * y;
            m[(k, i + 1)] = y * self.c - self.s * x;
        }
    }
}

/// Eigenvalues and unit vectors (columns, in C order) of any square matrix.
pub(super) fn general(a: &Dense) -> Result<(Vec<Complex128>, Vec<Complex128>)> {
    let n = a.rows;
    if a.data.iter().any(|x| !x.is_finite()) {
        return Err(Error::LinAlg("Array must not contain infs or NaNs"));
    }
    let data = a.data.iter().map(|&x| Complex::new(x, 0.0)).collect();
    let mut h = Square { n, data };
    let identity = Dense::identity(n).data.into_iter().map(|x| Complex::new(x, 0.0)).collect();
    let mut q = Square { n, data: identity };
    to_hessenberg(&mut h, &mut q);
    to_triangle(&mut h, &mut q)?;
    let size = a.data.iter().map(|x| x * x).sum::<f64>().sqrt();
    let mut values: Vec<Complex128> = (0..n).map(|i| h[(i, i)]).collect();
    let vectors = back_substitute(&h, &q, size);
    tidy(&mut values, size);
    Ok((values, vectors))
}

/// Zeros below the first subdiagonal, by rotations of neighbouring rows from the bottom up.
fn to_hessenberg(h: &mut Square, q: &mut Square) {
    let n = h.n;
    for column in 0..n.saturating_sub(2) {
        for row in (column + 1..n - 1).rev() {
            let turn = Givens::zeroing(h[(row, column)], h[(row + 1, column)]);
            turn.rows(h, row, 0);
            turn.columns(h, row, n);
            turn.columns(q, row, n);
            h[(row + 1, column)] = Complex::ZERO;
        }
    }
}

/// Shifted QR steps until the subdiagonal is gone.
fn to_triangle(h: &mut Square, q: &mut Square) -> Result<()> {
    let (mut end, mut steps) = (h.n, 0);
    while end > 1 {
        let small = |i: usize, h: &Square| {
            h[(i, i - 1)].norm()
                <= f64::EPSILON * (h[(i - 1, i - 1)].norm() + h[(i, i)].norm()).max(f64::MIN_POSITIVE)
        };
        let start = (1..end).rev().find(|&i| small(i, h)).unwrap_or(0);
        if start > 0 {
            h[(start, start - 1)] = Complex::ZERO;
        }
        if start == end - 1 {
            (end, steps) = (end - 1, 0);
            continue;
        }
        if steps == 300 {
            return Err(NO_CONVERGENCE);
        }
        steps += 1;
        let shift =
            if steps % 11 == 10 { h[(end - 1, end - 2)] + h[(end - 1, end - 1)] } else { wilkinson(h, end) };
        (start..end).for_each(|i| h[(i, i)] -= shift);
        let turns: Vec<Givens> = (start..end - 1)
            .map(|i| {
                let turn = Givens::zeroing(h[(i, i)], h[(i + 1, i)]);
                turn.rows(h, i, i);
                h[(i + 1, i)] = Complex::ZERO;
                turn
            })
            .collect();
        for (i, turn) in (start..end - 1).zip(turns) {
            turn.columns(h, i, (i + 2).min(end));
            turn.columns(q, i, h.n);
        }
        (start..end).for_each(|i| h[(i, i)] += shift);
    }
    Ok(())
}

/// The eigenvalue of the last 2 x 2 block that is nearer to its last element.
fn wilkinson(h: &Square, end: usize) -> Complex128 {
    let (a, b) = (h[(end - 2, end - 2)], h[(end - 2, end - 1)]);
    let (c, d) = (h[(end - 1, end - 2)], h[(end - 1, end - 1)]);
    let half = (a - d) / 2.0;
    let root = (half * half + b * c).sqrt();
    let (near, far) = (d + half - root, d + half + root);
    if (near - d).norm() < (far - d).norm() { near } else { far }
}

/// Vectors of the triangle, turned back by `q` and scaled to length 1.
fn back_substitute(h: &Square, q: &Square, size: f64) -> Vec<Complex128> {
    let n = h.n;
    let least = (size * f64::EPSILON).max(f64::MIN_POSITIVE);
    let mut out = vec![Complex::ZERO; n * n];
    for k in 0..n {
        let mut x = vec![Complex::ZERO; n];
        x[k] = Complex::new(1.0, 0.0);
        for i in (0..k).rev() {
            let sum: Complex128 = (i + 1..=k).map(|j| h[(i, j)] * x[j]).sum();
            let gap = h[(i, i)] - h[(k, k)];
            x[i] = -sum / if gap.norm() < least { Complex::new(least, 0.0) } else { gap };
        }
        let full: Vec<Complex128> = (0..n).map(|i| (0..=k).map(|j| q[(i, j)] * x[j]).sum()).collect();
        let length = full.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
        // As LAPACK: the largest part is real.
        let lead = full
            .iter()
            .copied()
            .fold(Complex::ZERO, |m: Complex128, z| if z.norm() > m.norm() * (1.0 + 1e-12) { z } else { m });
        let phase = if lead.norm() > 0.0 { lead.conj() / lead.norm() } else { Complex::new(1.0, 0.0) };
        for (i, z) in full.iter().enumerate() {
            let mut z = z * phase / length;
            if h[(k, k)].im.abs() <= 64.0 * least && z.im.abs() <= 1e-10 {
                z.im = 0.0;
            }
            out[i * n + k] = z;
        }
    }
    out
}

/// Eigenvalues of a real matrix are real or come in pairs: rounding is taken off accordingly.
fn tidy(values: &mut [Complex128], size: f64) {
    let least = 64.0 * size * f64::EPSILON;
    for i in 0..values.len() {
        if values[i].im.abs() <= least {
            values[i].im = 0.0;
            continue;
        }
        let partner = (i + 1..values.len()).find(|&j| (values[j] - values[i].conj()).norm() <= 1e3 * least);
        if let Some(j) = partner {
            values[j] = values[i].conj();
        }
    }
}
