//! Eigenvalues of symmetric matrices by LAPACK's steps (`dsytd2`, `dsteqr`), so that vectors get its signs.

use super::Dense;
use super::reflect::{reflect_rows, reflector, rotate_columns, rotation, swap_columns};
use crate::error::{Error, Result};

const EPS: f64 = f64::EPSILON / 2.0;

/// Eigenvalues, rising, and vectors as columns; the lower triangle is read.
pub(super) fn symmetric(mut a: Dense) -> Result<(Vec<f64>, Dense)> {
    let n = a.rows;
    if a.data.iter().any(|x| !x.is_finite()) {
        return Err(Error::LinAlg("Eigenvalues did not converge"));
    }
    let (mut d, mut e) = (vec![0.0; n], vec![0.0; n.saturating_sub(1)]);
    let mut reflections = Vec::new();
    for i in 0..n.saturating_sub(1) {
        let mut v: Vec<f64> = (i + 1..n).map(|row| a[(row, i)]).collect();
        let (beta, tau) = reflector(&mut v);
        e[i] = beta;
        if tau != 0.0 {
            update(&mut a, &v, tau, i + 1);
        }
        d[i] = a[(i, i)];
        reflections.push((v, tau));
    }
    if n > 0 {
        d[n - 1] = a[(n - 1, n - 1)];
    }
    let mut z = Dense::identity(n);
    implicit(&mut d, &mut e, &mut z)?;
    for (i, (v, tau)) in reflections.iter().enumerate().rev() {
        reflect_rows(&mut z, v, *tau, i + 1, 0);
    }
    Ok((d, z))
}

/// `H A H` of the part from `at` on, its lower triangle.
fn update(a: &mut Dense, v: &[f64], tau: f64, at: usize) {
    let m = v.len();
    let full = |a: &Dense, i: usize, j: usize| if i >= j { a[(at + i, at + j)] } else { a[(at + j, at + i)] };
    let mut w: Vec<f64> = (0..m).map(|i| tau * (0..m).map(|j| full(a, i, j) * v[j]).sum::<f64>()).collect();
    let along = -0.5 * tau * w.iter().zip(v).map(|(w, v)| w * v).sum::<f64>();
    w.iter_mut().zip(v).for_each(|(w, v)| *w += along * v);
    for i in 0..m {
        for j in 0..=i {
            a[(at + i, at + j)] -= v[i] * w[j] + w[i] * v[j];
        }
    }
}

/// `dsteqr`: QL or QR steps with implicit shifts, whichever end is larger.
fn implicit(d: &mut [f64], e: &mut [f64], z: &mut Dense) -> Result<()> {
    let n = d.len();
    let (mut start, mut left) = (0, 30 * n);
    while start < n {
        if start > 0 {
            e[start - 1] = 0.0;
        }
        let small =
            |m: &usize| e[*m] == 0.0 || e[*m].abs() <= d[*m].abs().sqrt() * d[*m + 1].abs().sqrt() * EPS;
        let end = (start..n - 1).find(small).unwrap_or(n - 1);
        if end < n - 1 {
            e[end] = 0.0;
        }
        let (first, last) = (start, end);
        start = end + 1;
        if first == last {
            continue;
        }
        let done = match d[last].abs() < d[first].abs() {
            false => down(d, e, z, first, last, &mut left),
            true => up(d, e, z, last, first, &mut left),
        };
        if !done {
            return Err(Error::LinAlg("Eigenvalues did not converge"));
        }
        // What split on the way is looked at again.
        if (first..last).any(|m| e[m] != 0.0) {
            start = first;
        }
    }
    for i in 0..n.saturating_sub(1) {
        let mut least = i;
        for j in i + 1..n {
            if d[j] < d[least] {
                least = j;
            }
        }
        if least != i {
            d.swap(i, least);
            swap_columns(z, i, least);
        }
    }
    Ok(())
}

fn is_split(d: &[f64], e: &[f64], m: usize) -> bool {
    e[m] * e[m] <= EPS * EPS * d[m].abs() * d[m + 1].abs() + f64::MIN_POSITIVE
}

/// QL from the top.
fn down(d: &mut [f64], e: &mut [f64], z: &mut Dense, first: usize, last: usize, left: &mut usize) -> bool {
    let mut l = first;
    while l <= last {
        let m = (l..last).find(|m| is_split(d, e, *m)).unwrap_or(last);
        if m < last {
            e[m] = 0.0;
        }
        if m == l {
            l += 1;
            continue;
        }
        if m == l + 1 {
            let (high, low, c, s) = two_by_two(d[l], e[l], d[l + 1]);
            rotate_columns(z, l, c, s);
            (d[l], d[l + 1], e[l]) = (high, low, 0.0);
            l += 2;
            continue;
        }
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let mut p = d[l];
        let mut g = (d[l + 1] - p) / (2.0 * e[l]);
        let r = g.hypot(1.0);
        g = d[m] - p + e[l] / (g + r.copysign(g));
        let (mut s, mut c) = (1.0, 1.0);
        p = 0.0;
        let mut turns = Vec::new();
        for i in (l..m).rev() {
            let (f, b) = (s * e[i], c * e[i]);
            let (cosine, sine, r) = rotation(g, f);
            (c, s) = (cosine, sine);
            if i != m - 1 {
                e[i + 1] = r;
            }
            g = d[i + 1] - p;
            let r = (d[i] - g) * s + 2.0 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            turns.push((i, c, -s));
        }
        turns.into_iter().for_each(|(i, c, s)| rotate_columns(z, i, c, s));
        d[l] -= p;
        e[l] = g;
    }
    true
}

/// QR from the bottom.
fn up(d: &mut [f64], e: &mut [f64], z: &mut Dense, first: usize, last: usize, left: &mut usize) -> bool {
    let mut l = first as isize;
    let last = last as isize;
    while l >= last {
        let at = l as usize;
        let m = (last as usize + 1..=at).rev().find(|m| is_split(d, e, *m - 1)).unwrap_or(last as usize);
        if m > last as usize {
            e[m - 1] = 0.0;
        }
        if m == at {
            l -= 1;
            continue;
        }
        if m + 1 == at {
            let (high, low, c, s) = two_by_two(d[at - 1], e[at - 1], d[at]);
            rotate_columns(z, at - 1, c, s);
            (d[at - 1], d[at], e[at - 1]) = (high, low, 0.0);
            l -= 2;
            continue;
        }
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let mut p = d[at];
        let mut g = (d[at - 1] - p) / (2.0 * e[at - 1]);
        let r = g.hypot(1.0);
        g = d[m] - p + e[at - 1] / (g + r.copysign(g));
        let (mut s, mut c) = (1.0, 1.0);
        p = 0.0;
        let mut turns = Vec::new();
        for i in m..at {
            let (f, b) = (s * e[i], c * e[i]);
            let (cosine, sine, r) = rotation(g, f);
            (c, s) = (cosine, sine);
            if i != m {
                e[i - 1] = r;
            }
            g = d[i] - p;
            let r = (d[i + 1] - g) * s + 2.0 * c * b;
            p = s * r;
            d[i] = g + p;
            g = c * r - b;
            turns.push((i, c, s));
        }
        turns.into_iter().for_each(|(i, c, s)| rotate_columns(z, i, c, s));
        d[at] -= p;
        e[at - 1] = g;
    }
    true
}

/// Eigenvalues of `[[a, b], [b, c]]`, the larger in size first, and the rotation (`dlaev2`).
fn two_by_two(a: f64, b: f64, c: f64) -> (f64, f64, f64, f64) {
    let (sum, gap) = (a + c, a - c);
    let (size, twice) = (gap.abs(), b + b);
    let width = twice.abs();
    let (most, least) = if a.abs() > c.abs() { (a, c) } else { (c, a) };
    let root = match size.partial_cmp(&width) {
        Some(std::cmp::Ordering::Greater) => size * (1.0 + (width / size).powi(2)).sqrt(),
        Some(std::cmp::Ordering::Less) => width * (1.0 + (size / width).powi(2)).sqrt(),
        _ => width * std::f64::consts::SQRT_2,
    };
    let (high, low, first) = if sum < 0.0 {
        let high = 0.5 * (sum - root);
        (high, (most / high) * least - (b / high) * b, -1)
    } else if sum > 0.0 {
        let high = 0.5 * (sum + root);
        (high, (most / high) * least - (b / high) * b, 1)
    } else {
        (0.5 * root, -0.5 * root, 1)
    };
    let (side, second) = if gap >= 0.0 { (gap + root, 1) } else { (gap - root, -1) };
    let (mut cosine, mut sine) = if side.abs() > width {
        let t = -twice / side;
        let sine = 1.0 / (1.0 + t * t).sqrt();
        (t * sine, sine)
    } else if width == 0.0 {
        (1.0, 0.0)
    } else {
        let t = -side / twice;
        let cosine = 1.0 / (1.0 + t * t).sqrt();
        (cosine, t * cosine)
    };
    if first == second {
        (cosine, sine) = (-sine, cosine);
    }
    (high, low, cosine, sine)
}
