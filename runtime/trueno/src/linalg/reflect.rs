//! Householder reflections and plane rotations as LAPACK makes them, so that vectors get its signs.

use super::Dense;

/// `H = 1 - tau v v'` with `H x = (beta, 0, ..)`; `x` becomes `v` with `v[0] = 1`. Gives beta and tau (`dlarfg`).
pub(super) fn reflector(x: &mut [f64]) -> (f64, f64) {
    let Some((alpha, rest)) = x.split_first_mut() else { return (0.0, 0.0) };
    let norm = rest.iter().map(|x| x * x).sum::<f64>().sqrt();
    let old = *alpha;
    *alpha = 1.0;
    if norm == 0.0 {
        return (old, 0.0);
    }
    let beta = -old.hypot(norm).copysign(old);
    let scale = 1.0 / (old - beta);
    rest.iter_mut().for_each(|x| *x *= scale);
    (beta, (beta - old) / beta)
}

/// Reflects rows `at..` of columns `from..`.
pub(super) fn reflect_rows(a: &mut Dense, v: &[f64], tau: f64, at: usize, from: usize) {
    if tau == 0.0 {
        return;
    }
    for j in from..a.columns {
        let along: f64 = v.iter().enumerate().map(|(k, v)| v * a[(at + k, j)]).sum::<f64>() * tau;
        v.iter().enumerate().for_each(|(k, v)| a[(at + k, j)] -= along * v);
    }
}

/// Reflects columns `at..` of rows `from..`.
pub(super) fn reflect_columns(a: &mut Dense, v: &[f64], tau: f64, at: usize, from: usize) {
    if tau == 0.0 {
        return;
    }
    for i in from..a.rows {
        let along: f64 = v.iter().enumerate().map(|(k, v)| v * a[(i, at + k)]).sum::<f64>() * tau;
        v.iter().enumerate().for_each(|(k, v)| a[(i, at + k)] -= along * v);
    }
}

/// The rotation that makes `g` zero: cosine, sine, length (`dlartg`).
pub(super) fn rotation(f: f64, g: f64) -> (f64, f64, f64) {
    if g == 0.0 {
        return (1.0, 0.0, f);
    }
    if f == 0.0 {
        return (0.0, 1f64.copysign(g), g.abs());
    }
    let length = (f * f + g * g).sqrt();
    let r = length.copysign(f);
    (f.abs() / length, g / r, r)
}

/// Rotates columns `j` and `j + 1`.
pub(super) fn rotate_columns(a: &mut Dense, j: usize, c: f64, s: f64) {
    for i in 0..a.rows {
        let (x, y) = (a[(i, j)], a[(i, j + 1)]);
        a[(i, j + 1)] = c * y - s * x;
        a[(i, j)] = s * y + c * x;
    }
}

/// Rotates rows `i` and `i + 1`.
pub(super) fn rotate_rows(a: &mut Dense, i: usize, c: f64, s: f64) {
    for j in 0..a.columns {
        let (x, y) = (a[(i, j)], a[(i + 1, j)]);
        a[(i + 1, j)] = c * y - s * x;
        a[(i, j)] = s * y + c * x;
    }
}

/// Swaps two columns.
pub(super) fn swap_columns(a: &mut Dense, i: usize, j: usize) {
    for row in 0..a.rows {
        let x = a[(row, i)];
        a[(row, i)] = a[(row, j)];
        a[(row, j)] = x;
    }
}

/// Swaps two rows.
pub(super) fn swap_rows(a: &mut Dense, i: usize, j: usize) {
    for column in 0..a.columns {
        let x = a[(i, column)];
        a[(i, column)] = a[(j, column)];
        a[(j, column)] = x;
    }
}
