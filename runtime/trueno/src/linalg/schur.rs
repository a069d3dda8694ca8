//! Eigenvalues of general matrices by LAPACK's steps (`dgebal`, `dgehd2`, `dlahqr`, `dtrevc`), so that values come in
//! its order and vectors get its signs.

use num_complex::Complex;

use super::Dense;
use super::reflect::{reflect_columns, reflect_rows, reflector, swap_columns, swap_rows};
use crate::dtype::Complex128;
use crate::error::{Error, Result};

const ULP: f64 = f64::EPSILON;

/// Eigenvalues, and vectors of length 1 as columns in rows.
pub(super) fn general(a: &Dense) -> Result<(Vec<Complex128>, Vec<Complex128>)> {
    let n = a.rows;
    if a.data.iter().any(|x| !x.is_finite()) {
        return Err(Error::LinAlg("Array must not contain infs or NaNs"));
    }
    let mut h = a.clone();
    let (low, high, swaps) = isolate(&mut h);
    let mut z = hessenberg(&mut h, low, high);
    let values = triangle(&mut h, &mut z, low, high)?;
    let mut vectors = vec![Complex::ZERO; n * n];
    let mut k = 0;
    while k < n {
        let pair = values[k].im != 0.0;
        let mut x = back_substituted(&h, &z, k, values[k]);
        for (at, with) in &swaps {
            x.swap(*at, *with);
        }
        normalise(&mut x, pair);
        for (i, x) in x.iter().enumerate() {
            vectors[i * n + k] = *x;
            if pair {
                vectors[i * n + k + 1] = x.conj();
            }
        }
        k += 1 + usize::from(pair);
    }
    Ok((values, vectors))
}

/// Moves rows and columns that have an eigenvalue alone to the ends; gives the part between, and what was swapped,
/// in the order in which vectors take it back.
fn isolate(h: &mut Dense) -> (usize, usize, Vec<(usize, usize)>) {
    let n = h.rows;
    let (mut low, mut high) = (0, n);
    let (mut bottom, mut top) = (Vec::new(), Vec::new());
    let exchange = |h: &mut Dense, a: usize, b: usize| {
        if a != b {
            swap_columns(h, a, b);
            swap_rows(h, a, b);
        }
    };
    // `high` counts.
    'rows: while high > 1 {
        for j in (0..high).rev() {
            if (0..high).all(|i| i == j || h[(j, i)] == 0.0) {
                bottom.push((j, high - 1));
                exchange(h, j, high - 1);
                high -= 1;
                continue 'rows;
            }
        }
        break;
    }
    while low + 1 < high {
        let lonely = (low..high).find(|j| (low..high).all(|i| i == *j || h[(i, *j)] == 0.0));
        let Some(j) = lonely else { break };
        top.push((j, low));
        exchange(h, j, low);
        low += 1;
    }
    let swaps = top.into_iter().rev().chain(bottom.into_iter().rev()).collect();
    (low, high, swaps)
}

/// Zeros below the first subdiagonal of the part; gives the product of the reflections.
fn hessenberg(h: &mut Dense, low: usize, high: usize) -> Dense {
    let n = h.rows;
    let mut reflections = Vec::new();
    for i in low..high.saturating_sub(2) {
        let mut v: Vec<f64> = (i + 1..high).map(|row| h[(row, i)]).collect();
        let (beta, tau) = reflector(&mut v);
        h[(i + 1, i)] = beta;
        (i + 2..high).for_each(|row| h[(row, i)] = 0.0);
        if tau != 0.0 {
            for row in 0..high {
                let along: f64 =
                    v.iter().enumerate().map(|(k, v)| v * h[(row, i + 1 + k)]).sum::<f64>() * tau;
                v.iter().enumerate().for_each(|(k, v)| h[(row, i + 1 + k)] -= along * v);
            }
            reflect_rows(h, &v, tau, i + 1, i + 1);
        }
        reflections.push((i, v, tau));
    }
    let mut z = Dense::identity(n);
    for (i, v, tau) in reflections.iter().rev() {
        reflect_rows(&mut z, v, *tau, i + 1, 0);
    }
    z
}

/// `dlahqr`: double shift steps until the matrix is a triangle of blocks.
fn triangle(h: &mut Dense, z: &mut Dense, low: usize, high: usize) -> Result<Vec<Complex128>> {
    let n = h.rows;
    let mut values: Vec<Complex128> = (0..n).map(|i| Complex::new(h[(i, i)], 0.0)).collect();
    let small = f64::MIN_POSITIVE * ((high - low).max(1) as f64 / ULP);
    let mut end = high;
    let mut steps = 0;
    let mut left = 30 * (high - low).max(10);
    while end > low {
        let i = end - 1;
        let l = (low + 1..=i).rev().find(|&k| is_negligible(h, k, low, high, small)).unwrap_or(low);
        if l > low {
            h[(l, l - 1)] = 0.0;
        }
        if l == i {
            values[i] = Complex::new(h[(i, i)], 0.0);
            (end, steps) = (i, 0);
            continue;
        }
        if l + 1 == i {
            let (first, second) = standard(h, z, i - 1);
            (values[i - 1], values[i]) = (first, second);
            (end, steps) = (i - 1, 0);
            continue;
        }
        if left == 0 {
            return Err(Error::LinAlg("Eigenvalues did not converge"));
        }
        left -= 1;
        steps += 1;
        double_step(h, z, l, i, steps);
    }
    Ok(values)
}

fn is_negligible(h: &Dense, k: usize, low: usize, high: usize, small: f64) -> bool {
    let below = h[(k, k - 1)].abs();
    if below <= small {
        return true;
    }
    let mut size = h[(k - 1, k - 1)].abs() + h[(k, k)].abs();
    if size == 0.0 {
        if k >= low + 2 {
            size += h[(k - 1, k - 2)].abs();
        }
        if k + 1 < high {
            size += h[(k + 1, k)].abs();
        }
    }
    if below > ULP * size {
        return false;
    }
    let above = h[(k - 1, k)].abs();
    let gap = (h[(k - 1, k - 1)] - h[(k, k)]).abs();
    let own = h[(k, k)].abs();
    let (ab, ba) = (below.max(above), below.min(above));
    let (aa, bb) = (own.max(gap), own.min(gap));
    let s = aa + ab;
    ba * (ab / s) <= small.max(ULP * (bb * (aa / s)))
}

/// One double shift step of rows `l..=i`.
fn double_step(h: &mut Dense, z: &mut Dense, l: usize, i: usize, steps: usize) {
    let [h11, h12, h21, h22] = if steps.is_multiple_of(20) {
        let s = h[(i, i - 1)].abs() + h[(i - 1, i - 2)].abs();
        let corner = 0.75 * s + h[(i, i)];
        [corner, -0.4375 * s, s, corner]
    } else if steps.is_multiple_of(10) {
        let s = h[(l + 1, l)].abs() + h[(l + 2, l + 1)].abs();
        let corner = 0.75 * s + h[(l, l)];
        [corner, -0.4375 * s, s, corner]
    } else {
        [h[(i - 1, i - 1)], h[(i - 1, i)], h[(i, i - 1)], h[(i, i)]]
    };
    let s = h11.abs() + h12.abs() + h21.abs() + h22.abs();
    let (r1, i1, r2, i2);
    if s == 0.0 {
        (r1, i1, r2, i2) = (0.0, 0.0, 0.0, 0.0);
    } else {
        let [a, b, c, d] = [h11 / s, h12 / s, h21 / s, h22 / s];
        let mean = (a + d) / 2.0;
        let det = (a - mean) * (d - mean) - b * c;
        let root = det.abs().sqrt();
        if det >= 0.0 {
            (r1, i1, r2, i2) = (mean * s, root * s, mean * s, -root * s);
        } else {
            let (x, y) = (mean + root, mean - root);
            let near = if (x - d).abs() <= (y - d).abs() { x * s } else { y * s };
            (r1, i1, r2, i2) = (near, 0.0, near, 0.0);
        }
    }
    let mut v = [0.0; 3];
    let mut m = i - 2;
    loop {
        let below = h[(m + 1, m)];
        let s = (h[(m, m)] - r2).abs() + i2.abs() + below.abs();
        let part = below / s;
        v[0] = part * h[(m, m + 1)] + (h[(m, m)] - r1) * ((h[(m, m)] - r2) / s) - i1 * (i2 / s);
        v[1] = part * (h[(m, m)] + h[(m + 1, m + 1)] - r1 - r2);
        v[2] = part * h[(m + 2, m + 1)];
        let s = v[0].abs() + v[1].abs() + v[2].abs();
        v.iter_mut().for_each(|v| *v /= s);
        if m == l {
            break;
        }
        let around = h[(m - 1, m - 1)].abs() + h[(m, m)].abs() + h[(m + 1, m + 1)].abs();
        if h[(m, m - 1)].abs() * (v[1].abs() + v[2].abs()) <= ULP * v[0].abs() * around {
            break;
        }
        m -= 1;
    }
    for k in m..i {
        let count = 3.min(i - k + 1);
        let mut u: Vec<f64> = match k > m {
            true => (0..count).map(|at| h[(k + at, k - 1)]).collect(),
            false => v[..count].to_vec(),
        };
        let (beta, tau) = reflector(&mut u);
        if k > m {
            h[(k, k - 1)] = beta;
            (1..count).for_each(|at| h[(k + at, k - 1)] = 0.0);
        } else if m > l {
            h[(k, k - 1)] *= 1.0 - tau;
        }
        reflect_rows(h, &u, tau, k, k);
        for row in 0..=(k + 3).min(i) {
            let along: f64 = u.iter().enumerate().map(|(at, u)| u * h[(row, k + at)]).sum::<f64>() * tau;
            u.iter().enumerate().for_each(|(at, u)| h[(row, k + at)] -= along * u);
        }
        reflect_columns(z, &u, tau, k, 0);
    }
}

/// The block at `p` in its standard form (`dlanv2`), and its eigenvalues.
fn standard(h: &mut Dense, z: &mut Dense, p: usize) -> (Complex128, Complex128) {
    let [mut a, mut b, mut c, mut d] = [h[(p, p)], h[(p, p + 1)], h[(p + 1, p)], h[(p + 1, p + 1)]];
    let sign = |x: f64| 1f64.copysign(x);
    let (mut cs, mut sn) = (1.0, 0.0);
    if c == 0.0 {
    } else if b == 0.0 {
        (cs, sn) = (0.0, 1.0);
        (a, b, c, d) = (d, -c, 0.0, a);
    } else if a - d == 0.0 && sign(b) != sign(c) {
    } else {
        let gap = a - d;
        let half = 0.5 * gap;
        let most = b.abs().max(c.abs());
        let least = b.abs().min(c.abs()) * sign(b) * sign(c);
        let scale = half.abs().max(most);
        let inside = (half / scale) * half + (most / scale) * least;
        if inside >= 4.0 * ULP / 2.0 {
            let root = half + (scale.sqrt() * inside.sqrt()).copysign(half);
            a = d + root;
            d -= (most / root) * least;
            let tau = c.hypot(root);
            (cs, sn) = (root / tau, c / tau);
            b -= c;
            c = 0.0;
        } else {
            let sum = b + c;
            let tau = sum.hypot(gap);
            cs = (0.5 * (1.0 + sum.abs() / tau)).sqrt();
            sn = -(half / (tau * cs)) * sign(sum);
            let (aa, bb, cc, dd) = (a * cs + b * sn, -a * sn + b * cs, c * cs + d * sn, -c * sn + d * cs);
            (a, b, c, d) = (aa * cs + cc * sn, bb * cs + dd * sn, -aa * sn + cc * cs, -bb * sn + dd * cs);
            let mean = 0.5 * (a + d);
            (a, d) = (mean, mean);
            if c != 0.0 && b == 0.0 {
                (b, c) = (-c, 0.0);
                (cs, sn) = (-sn, cs);
            } else if c != 0.0 && sign(b) == sign(c) {
                let (sab, sac) = (b.abs().sqrt(), c.abs().sqrt());
                let offset = (sab * sac).copysign(c);
                let tau = 1.0 / (b + c).abs().sqrt();
                (a, d) = (mean + offset, mean - offset);
                b -= c;
                c = 0.0;
                let (c1, s1) = (sab * tau, sac * tau);
                (cs, sn) = (cs * c1 - sn * s1, cs * s1 + sn * c1);
            }
        }
    }
    let n = h.rows;
    for j in p + 2..n {
        let (x, y) = (h[(p, j)], h[(p + 1, j)]);
        h[(p, j)] = cs * x + sn * y;
        h[(p + 1, j)] = cs * y - sn * x;
    }
    for i in 0..p {
        let (x, y) = (h[(i, p)], h[(i, p + 1)]);
        h[(i, p)] = cs * x + sn * y;
        h[(i, p + 1)] = cs * y - sn * x;
    }
    for i in 0..n {
        let (x, y) = (z[(i, p)], z[(i, p + 1)]);
        z[(i, p)] = cs * x + sn * y;
        z[(i, p + 1)] = cs * y - sn * x;
    }
    (h[(p, p)], h[(p, p + 1)], h[(p + 1, p)], h[(p + 1, p + 1)]) = (a, b, c, d);
    let im = if c == 0.0 { 0.0 } else { b.abs().sqrt() * c.abs().sqrt() };
    (Complex::new(a, im), Complex::new(d, -im))
}

/// The vector of the eigenvalue at `k`, turned back by `z`.
fn back_substituted(h: &Dense, z: &Dense, k: usize, value: Complex128) -> Vec<Complex128> {
    let n = h.rows;
    let mut x = vec![Complex::ZERO; n];
    let last = if value.im != 0.0 {
        let (above, below) = (h[(k, k + 1)], h[(k + 1, k)]);
        if above.abs() >= below.abs() {
            x[k] = Complex::new(1.0, 0.0);
            x[k + 1] = Complex::new(0.0, value.im / above);
        } else {
            x[k] = Complex::new(-value.im / below, 0.0);
            x[k + 1] = Complex::new(0.0, 1.0);
        }
        k + 1
    } else {
        x[k] = Complex::new(1.0, 0.0);
        k
    };
    let least = (ULP * (value.re.abs() + value.im.abs())).max(f64::MIN_POSITIVE * n as f64 / ULP);
    let apart = |z: Complex128| if z.norm() < least { Complex::new(least, 0.0) } else { z };
    // A plain quotient where the divisor is real: the square of a small one would be zero.
    let over = |a: Complex128, b: Complex128| if b.im == 0.0 { a / b.re } else { a / b };
    let rest = |x: &[Complex128], i: usize, from: usize| -> Complex128 {
        -(from..=last).map(|j| x[j] * h[(i, j)]).sum::<Complex128>()
    };
    let mut i = k as isize - 1;
    while i >= 0 {
        let at = i as usize;
        if at > 0 && h[(at, at - 1)] != 0.0 {
            let (p, q) = (at - 1, at);
            let (b1, b2) = (rest(&x, p, q + 1), rest(&x, q, q + 1));
            let (a, d) = (h[(p, p)] - value, h[(q, q)] - value);
            let (b, c) = (h[(p, q)], h[(q, p)]);
            let det = apart(a * d - b * c);
            x[p] = (d * b1 - b2 * b) / det;
            x[q] = (a * b2 - b1 * c) / det;
            i -= 2;
        } else {
            x[at] = over(rest(&x, at, at + 1), apart(h[(at, at)] - value));
            i -= 1;
        }
    }
    (0..n).map(|i| (0..=last).map(|j| x[j] * z[(i, j)]).sum()).collect()
}

/// Length 1; the largest part of a complex vector is real.
fn normalise(x: &mut [Complex128], pair: bool) {
    let length = x.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
    x.iter_mut().for_each(|z| *z /= length);
    if !pair {
        return;
    }
    let lead = (0..x.len()).fold(0, |best, i| if x[i].norm_sqr() > x[best].norm_sqr() { i } else { best });
    let r = x[lead].norm().copysign(x[lead].re);
    if x[lead].re != 0.0 || x[lead].im != 0.0 {
        let turn = x[lead].conj() / r;
        x.iter_mut().for_each(|z| *z *= turn);
        x[lead].im = 0.0;
    }
}
