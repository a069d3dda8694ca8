//! Systems of complex numbers, by elimination with row exchange.

use batuta_rt::Error;
use trueno::{Complex128, DType};

use crate::array::Array;
use crate::error::{LinAlgError, R};

fn rows(array: &Array) -> R<Vec<Vec<Complex128>>> {
    let items = array.with::<Complex128, _>(DType::C128, |t| Ok(t.to_vec()))?;
    let n = *array.shape.last().unwrap_or(&1);
    Ok(items.chunks(n.max(1)).map(<[Complex128]>::to_vec).collect())
}

/// Eliminates below and above the diagonal; gives the determinant.
fn eliminate(a: &mut [Vec<Complex128>], b: &mut [Vec<Complex128>]) -> Complex128 {
    let n = a.len();
    let mut determinant = Complex128::new(1.0, 0.0);
    for k in 0..n {
        let best = (k..n).max_by(|&i, &j| a[i][k].norm().total_cmp(&a[j][k].norm())).unwrap_or(k);
        if a[best][k].norm() == 0.0 {
            return Complex128::default();
        }
        if best != k {
            a.swap(best, k);
            b.swap(best, k);
            determinant = -determinant;
        }
        determinant *= a[k][k];
        for i in (0..n).filter(|&i| i != k) {
            let factor = a[i][k] / a[k][k];
            for j in k..n {
                let step = factor * a[k][j];
                a[i][j] -= step;
            }
            for j in 0..b[i].len() {
                let step = factor * b[k][j];
                b[i][j] -= step;
            }
        }
    }
    for k in 0..n {
        let pivot = a[k][k];
        b[k].iter_mut().for_each(|x| *x /= pivot);
    }
    determinant
}

/// `x` with `a @ x == b`.
pub fn solve(a: &Array, b: &Array) -> R<Array> {
    let mut left = rows(a)?;
    let wide = if b.ndim() == 1 { b.contiguous().reshaped(&[b.len(), 1]) } else { b.clone() };
    let mut right = rows(&wide)?;
    if eliminate(&mut left, &mut right) == Complex128::default() {
        return Err(Error::new(LinAlgError, "Singular matrix"));
    }
    Ok(Array::from_vec(right.concat(), &b.shape))
}

/// The inverse.
pub fn inverse(a: &Array) -> R<Array> {
    let n = a.len();
    let one: Vec<Complex128> =
        (0..n * n).map(|i| Complex128::new(f64::from(u8::from(i / n == i % n)), 0.0)).collect();
    solve(a, &Array::from_vec(one, &[n, n]))
}

/// The determinant.
pub fn determinant(a: &Array) -> R<Array> {
    let mut left = rows(a)?;
    let mut right = vec![Vec::new(); left.len()];
    Ok(Array::from_vec(vec![eliminate(&mut left, &mut right)], &[]))
}
