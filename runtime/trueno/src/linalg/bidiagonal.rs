//! Singular values by LAPACK's steps (`dgebd2`, `dbdsqr`), so that vectors get its signs.

use super::Dense;
use super::reflect::{
    reflect_columns, reflect_rows, reflector, rotate_columns, rotate_rows, rotation, swap_columns, swap_rows,
};
use crate::error::{Error, Result};

const EPS: f64 = f64::EPSILON / 2.0;

type Triple = (Dense, Vec<f64>, Dense);

/// `(u, s, vt)` of a matrix, reduced form; values fall.
pub(super) fn svd(a: Dense) -> Result<Triple> {
    let (m, n) = (a.rows, a.columns);
    if m < n {
        return wide(a);
    }
    if n > 0 && m >= n * 11 / 6 && m > n {
        let (q, r) = super::decompose::qr(a);
        let (inner, s, vt) = svd(r)?;
        return Ok((product(&q, &inner), s, vt));
    }
    tall(a)
}

fn product(a: &Dense, b: &Dense) -> Dense {
    let mut out = Dense::zeros(a.rows, b.columns);
    for i in 0..a.rows {
        for k in 0..a.columns {
            let x = a[(i, k)];
            (0..b.columns).for_each(|j| out[(i, j)] += x * b[(k, j)]);
        }
    }
    out
}

fn column(a: &Dense, j: usize, from: usize) -> Vec<f64> {
    (from..a.rows).map(|i| a[(i, j)]).collect()
}

fn row(a: &Dense, i: usize, from: usize) -> Vec<f64> {
    (from..a.columns).map(|j| a[(i, j)]).collect()
}

/// At least as many rows as columns: an upper bidiagonal.
fn tall(mut a: Dense) -> Result<Triple> {
    let (m, n) = (a.rows, a.columns);
    let (mut d, mut e) = (vec![0.0; n], vec![0.0; n.saturating_sub(1)]);
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    for i in 0..n {
        let mut v = column(&a, i, i);
        let (beta, tau) = reflector(&mut v);
        d[i] = beta;
        reflect_rows(&mut a, &v, tau, i, i + 1);
        lefts.push((v, tau));
        if i + 1 < n {
            let mut v = row(&a, i, i + 1);
            let (beta, tau) = reflector(&mut v);
            e[i] = beta;
            reflect_columns(&mut a, &v, tau, i + 1, i + 1);
            rights.push((v, tau));
        }
    }
    let (mut u, mut vt) = (Dense::identity(n), Dense::identity(n));
    diagonalise(&mut d, &mut e, &mut u, &mut vt)?;
    let mut left = Dense::zeros(m, n);
    (0..n).for_each(|i| (0..n).for_each(|j| left[(i, j)] = u[(i, j)]));
    for (i, (v, tau)) in lefts.iter().enumerate().rev() {
        reflect_rows(&mut left, v, *tau, i, 0);
    }
    for (i, (v, tau)) in rights.iter().enumerate().rev() {
        reflect_columns(&mut vt, v, *tau, i + 1, 0);
    }
    Ok((left, d, vt))
}

/// More columns than rows.
fn wide(a: Dense) -> Result<Triple> {
    let (m, n) = (a.rows, a.columns);
    if m > 0 && n >= m * 11 / 6 {
        // `a = l q`: the transposes of q and r.
        let (q, r) = super::decompose::qr(a.transposed());
        let (u, s, inner) = svd(r.transposed())?;
        return Ok((u, s, product(&inner, &q.transposed())));
    }
    let mut a = a;
    let (mut d, mut e) = (vec![0.0; m], vec![0.0; m.saturating_sub(1)]);
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    for i in 0..m {
        let mut v = row(&a, i, i);
        let (beta, tau) = reflector(&mut v);
        d[i] = beta;
        reflect_columns(&mut a, &v, tau, i, i + 1);
        rights.push((v, tau));
        if i + 1 < m {
            let mut v = column(&a, i, i + 1);
            let (beta, tau) = reflector(&mut v);
            e[i] = beta;
            reflect_rows(&mut a, &v, tau, i + 1, i + 1);
            lefts.push((v, tau));
        }
    }
    // The lower bidiagonal is turned into an upper one.
    let mut turns = Vec::new();
    for i in 0..m.saturating_sub(1) {
        let (c, s, r) = rotation(d[i], e[i]);
        d[i] = r;
        e[i] = s * d[i + 1];
        d[i + 1] *= c;
        turns.push((i, c, -s));
    }
    let (mut u, mut vt) = (Dense::identity(m), Dense::identity(m));
    diagonalise(&mut d, &mut e, &mut u, &mut vt)?;
    turns.into_iter().rev().for_each(|(i, c, s)| rotate_rows(&mut u, i, c, s));
    for (i, (v, tau)) in lefts.iter().enumerate().rev() {
        reflect_rows(&mut u, v, *tau, i + 1, 0);
    }
    let mut right = Dense::zeros(m, n);
    (0..m).for_each(|i| (0..m).for_each(|j| right[(i, j)] = vt[(i, j)]));
    for (i, (v, tau)) in rights.iter().enumerate().rev() {
        reflect_columns(&mut right, v, *tau, i, 0);
    }
    Ok((u, d, right))
}

/// `dbdsqr` of an upper bidiagonal.
fn diagonalise(d: &mut [f64], e: &mut [f64], u: &mut Dense, vt: &mut Dense) -> Result<()> {
    let n = d.len();
    let tolerance = 10f64.max(100f64.min(EPS.powf(-0.125))) * EPS;
    let mut least = d.first().map_or(0.0, |x| x.abs());
    let mut mu = least;
    for i in 1..n {
        if least == 0.0 {
            break;
        }
        mu = d[i].abs() * (mu / (mu + e[i - 1].abs()));
        least = least.min(mu);
    }
    least /= (n.max(1) as f64).sqrt();
    let threshold = (tolerance * least).max(6.0 * (n * n) as f64 * f64::MIN_POSITIVE);
    let (mut m, mut old, mut is_down) = (n, (usize::MAX, 0usize), true);
    let mut left = 6 * n * n + 30;
    // `m` counts: the block that is worked on ends before it.
    while m > 1 {
        if left == 0 {
            return Err(Error::LinAlg("SVD did not converge"));
        }
        left -= 1;
        let last = m - 1;
        let mut most = d[last].abs();
        let mut ll = 0;
        let mut split = false;
        for at in (0..last).rev() {
            if e[at].abs() <= threshold {
                e[at] = 0.0;
                ll = at + 1;
                split = true;
                break;
            }
            most = most.max(d[at].abs()).max(e[at].abs());
        }
        if split && ll == last {
            m -= 1;
            continue;
        }
        if ll + 1 == last {
            let (low, high, [sr, cr, sl, cl]) = two_by_two(d[ll], e[ll], d[last]);
            (d[ll], e[ll], d[last]) = (high, 0.0, low);
            rotate_rows(vt, ll, cr, sr);
            rotate_columns(u, ll, cl, sl);
            m -= 2;
            continue;
        }
        if old.0 == usize::MAX || ll > old.1 || last < old.0 {
            is_down = d[ll].abs() >= d[last].abs();
        }
        let Some(smallest) = converging(d, e, ll, last, tolerance, is_down) else { continue };
        old = (ll, last);
        let shift = shift_of(d, e, (ll, last), (n, tolerance, smallest, most), is_down);
        let turns = match (shift == 0.0, is_down) {
            (true, true) => zero_down(d, e, ll, last),
            (true, false) => zero_up(d, e, ll, last),
            (false, true) => shifted_down(d, e, ll, last, shift),
            (false, false) => shifted_up(d, e, ll, last, shift),
        };
        for (at, [cr, sr, cl, sl]) in turns {
            rotate_rows(vt, at, cr, sr);
            rotate_columns(u, at, cl, sl);
        }
        let end = if is_down { last - 1 } else { ll };
        if e[end].abs() <= threshold {
            e[end] = 0.0;
        }
    }
    for i in 0..n {
        if d[i] < 0.0 || d[i] == 0.0 && d[i].is_sign_negative() {
            d[i] = -d[i];
            (0..vt.columns).for_each(|j| vt[(i, j)] = -vt[(i, j)]);
        }
    }
    for i in 0..n.saturating_sub(1) {
        let mut low = 0;
        for j in 1..n - i {
            if d[j] <= d[low] {
                low = j;
            }
        }
        let to = n - 1 - i;
        if low != to {
            d.swap(low, to);
            swap_rows(vt, low, to);
            swap_columns(u, low, to);
        }
    }
    Ok(())
}

/// The smallest value that the block can have; none where an entry was small enough to become zero.
fn converging(
    d: &[f64],
    e: &mut [f64],
    ll: usize,
    last: usize,
    tolerance: f64,
    is_down: bool,
) -> Option<f64> {
    if is_down {
        if e[last - 1].abs() <= tolerance * d[last].abs() {
            e[last - 1] = 0.0;
            return None;
        }
        let mut mu = d[ll].abs();
        let mut least = mu;
        for at in ll..last {
            if e[at].abs() <= tolerance * mu {
                e[at] = 0.0;
                return None;
            }
            mu = d[at + 1].abs() * (mu / (mu + e[at].abs()));
            least = least.min(mu);
        }
        return Some(least);
    }
    if e[ll].abs() <= tolerance * d[ll].abs() {
        e[ll] = 0.0;
        return None;
    }
    let mut mu = d[last].abs();
    let mut least = mu;
    for at in (ll..last).rev() {
        if e[at].abs() <= tolerance * mu {
            e[at] = 0.0;
            return None;
        }
        mu = d[at].abs() * (mu / (mu + e[at].abs()));
        least = least.min(mu);
    }
    Some(least)
}

fn shift_of(
    d: &[f64],
    e: &[f64],
    (ll, last): (usize, usize),
    (n, tolerance, least, most): (usize, f64, f64, f64),
    is_down: bool,
) -> f64 {
    if n as f64 * tolerance * (least / most) <= EPS.max(0.01 * tolerance) {
        return 0.0;
    }
    let (start, shift) = match is_down {
        true => (d[ll].abs(), smaller(d[last - 1], e[last - 1], d[last])),
        false => (d[last].abs(), smaller(d[ll], e[ll], d[ll + 1])),
    };
    if start > 0.0 && (shift / start).powi(2) < EPS { 0.0 } else { shift }
}

/// Rotations of rows and columns, in the order in which they are applied: position, `[cr, sr, cl, sl]`.
type Turns = Vec<(usize, [f64; 4])>;

fn zero_down(d: &mut [f64], e: &mut [f64], ll: usize, last: usize) -> Turns {
    let (mut c, mut oc, mut os) = (1.0, 1.0, 0.0);
    let mut turns = Vec::new();
    for i in ll..last {
        let (cosine, sine, r) = rotation(d[i] * c, e[i]);
        c = cosine;
        if i > ll {
            e[i - 1] = os * r;
        }
        (oc, os, d[i]) = rotation(oc * r, d[i + 1] * sine);
        turns.push((i, [c, sine, oc, os]));
    }
    let h = d[last] * c;
    d[last] = h * oc;
    e[last - 1] = h * os;
    turns
}

fn zero_up(d: &mut [f64], e: &mut [f64], ll: usize, last: usize) -> Turns {
    let (mut c, mut oc, mut os) = (1.0, 1.0, 0.0);
    let mut turns = Vec::new();
    for i in (ll + 1..=last).rev() {
        let (cosine, sine, r) = rotation(d[i] * c, e[i - 1]);
        c = cosine;
        if i < last {
            e[i] = os * r;
        }
        (oc, os, d[i]) = rotation(oc * r, d[i - 1] * sine);
        turns.push((i - 1, [oc, -os, c, -sine]));
    }
    let h = d[ll] * c;
    d[ll] = h * oc;
    e[ll] = h * os;
    turns
}

fn shifted_down(d: &mut [f64], e: &mut [f64], ll: usize, last: usize, shift: f64) -> Turns {
    let mut f = (d[ll].abs() - shift) * (1f64.copysign(d[ll]) + shift / d[ll]);
    let mut g = e[ll];
    let mut turns = Vec::new();
    for i in ll..last {
        let (cr, sr, r) = rotation(f, g);
        if i > ll {
            e[i - 1] = r;
        }
        f = cr * d[i] + sr * e[i];
        e[i] = cr * e[i] - sr * d[i];
        g = sr * d[i + 1];
        d[i + 1] *= cr;
        let (cl, sl, r) = rotation(f, g);
        d[i] = r;
        f = cl * e[i] + sl * d[i + 1];
        d[i + 1] = cl * d[i + 1] - sl * e[i];
        if i + 1 < last {
            g = sl * e[i + 1];
            e[i + 1] *= cl;
        }
        turns.push((i, [cr, sr, cl, sl]));
    }
    e[last - 1] = f;
    turns
}

fn shifted_up(d: &mut [f64], e: &mut [f64], ll: usize, last: usize, shift: f64) -> Turns {
    let mut f = (d[last].abs() - shift) * (1f64.copysign(d[last]) + shift / d[last]);
    let mut g = e[last - 1];
    let mut turns = Vec::new();
    for i in (ll + 1..=last).rev() {
        let (cr, sr, r) = rotation(f, g);
        if i < last {
            e[i] = r;
        }
        f = cr * d[i] + sr * e[i - 1];
        e[i - 1] = cr * e[i - 1] - sr * d[i];
        g = sr * d[i - 1];
        d[i - 1] *= cr;
        let (cl, sl, r) = rotation(f, g);
        d[i] = r;
        f = cl * e[i - 1] + sl * d[i - 1];
        d[i - 1] = cl * d[i - 1] - sl * e[i - 1];
        if i > ll + 1 {
            g = sl * e[i - 2];
            e[i - 2] *= cl;
        }
        turns.push((i - 1, [cl, -sl, cr, -sr]));
    }
    e[ll] = f;
    turns
}

/// The smaller singular value of `[[f, g], [0, h]]` (`dlas2`).
fn smaller(f: f64, g: f64, h: f64) -> f64 {
    let (fa, ga, ha) = (f.abs(), g.abs(), h.abs());
    let (least, most) = (fa.min(ha), fa.max(ha));
    if least == 0.0 {
        return 0.0;
    }
    if ga < most {
        let (sum, gap, part) = (1.0 + least / most, (most - least) / most, (ga / most).powi(2));
        return least * (2.0 / ((sum * sum + part).sqrt() + (gap * gap + part).sqrt()));
    }
    let part = most / ga;
    if part == 0.0 {
        return least * most / ga;
    }
    let (sum, gap) = (1.0 + least / most, (most - least) / most);
    let c = 1.0 / ((1.0 + (sum * part).powi(2)).sqrt() + (1.0 + (gap * part).powi(2)).sqrt());
    least * c * part * 2.0
}

/// Singular values of `[[f, g], [0, h]]`, the smaller first, and `[sr, cr, sl, cl]` (`dlasv2`).
fn two_by_two(f: f64, g: f64, h: f64) -> (f64, f64, [f64; 4]) {
    let sign = |x: f64| 1f64.copysign(x);
    let is_swapped = h.abs() > f.abs();
    let (ft, ht) = if is_swapped { (h, f) } else { (f, h) };
    let (fa, ha, ga) = (ft.abs(), ht.abs(), g.abs());
    let mut largest = if is_swapped { 3 } else { 1 };
    let (low, high, clt, crt, slt, srt);
    if ga == 0.0 {
        (low, high, clt, crt, slt, srt) = (ha, fa, 1.0, 1.0, 0.0, 0.0);
    } else {
        if ga > fa {
            largest = 2;
        }
        if ga > fa && fa / ga < EPS {
            high = ga;
            low = if ha > 1.0 { fa / (ga / ha) } else { (fa / ga) * ha };
            (clt, slt, srt, crt) = (1.0, ht / g, 1.0, ft / g);
        } else {
            let d = fa - ha;
            let l = if d == fa { 1.0 } else { d / fa };
            let m = g / ft;
            let t = 2.0 - l;
            let (mm, tt) = (m * m, t * t);
            let s = (tt + mm).sqrt();
            let r = if l == 0.0 { m.abs() } else { (l * l + mm).sqrt() };
            let a = 0.5 * (s + r);
            (low, high) = (ha / a, fa * a);
            let t = match (mm == 0.0, l == 0.0) {
                (true, true) => 2f64.copysign(ft) * sign(g),
                (true, false) => g / d.copysign(ft) + m / t,
                _ => (m / (s + t) + m / (r + l)) * (1.0 + a),
            };
            let l = (t * t + 4.0).sqrt();
            crt = 2.0 / l;
            srt = t / l;
            clt = (crt + srt * m) / a;
            slt = (ht / ft) * srt / a;
        }
    }
    let (cl, sl, cr, sr) = if is_swapped { (srt, crt, slt, clt) } else { (clt, slt, crt, srt) };
    let of = match largest {
        1 => sign(cr) * sign(cl) * sign(f),
        2 => sign(sr) * sign(cl) * sign(g),
        _ => sign(sr) * sign(sl) * sign(h),
    };
    (low.copysign(of * sign(f) * sign(h)), high.copysign(of), [sr, cr, sl, cl])
}
