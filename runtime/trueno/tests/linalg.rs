//! Decompositions multiplied back, on random matrices.

use trueno::random::default_rng;
use trueno::{Array, Axes, Complex128, Error, Norm};

fn largest(a: &Array<f64>) -> f64 {
    a.abs().max_over(Axes::all()).and_then(|m| m.item()).unwrap_or(0.0)
}

#[test]
fn singular_vectors_are_orthonormal_and_multiply_back() {
    for (seed, rows, columns) in [(1, 6, 6), (2, 30, 4), (3, 5, 17), (4, 1, 3), (5, 24, 24)] {
        let a = default_rng(seed).standard_normal(&[rows, columns]).unwrap();
        let svd = a.svd().unwrap();
        let back = (&svd.u * &svd.s).matmul(&svd.vt).unwrap();
        assert!(largest(&(&back - &a)) < 1e-12, "{rows} x {columns}");
        let k = rows.min(columns);
        let eye = Array::<f64>::eye(k, k, 0).unwrap();
        assert!(largest(&(svd.u.t().matmul(&svd.u).unwrap() - &eye)) < 1e-12);
        assert!(largest(&(svd.vt.matmul(&svd.vt.t()).unwrap() - &eye)) < 1e-12);
    }
}

#[test]
fn a_matrix_without_full_rank_has_orthonormal_vectors_all_the_same() {
    let a = Array::from([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.0, 0.0, 0.0]]);
    let svd = a.svd().unwrap();
    let eye = Array::<f64>::eye(3, 3, 0).unwrap();
    assert!(largest(&(svd.u.t().matmul(&svd.u).unwrap() - &eye)) < 1e-12);
    assert_eq!(a.matrix_rank(), Ok(1));
    assert_eq!(a.inv(), Err(Error::LinAlg("Singular matrix")));
    assert_eq!(
        Array::from([[1.0, 2.0, 3.0]]).det(),
        Err(Error::LinAlg("Last 2 dimensions of the array must be square"))
    );
}

#[test]
fn eigenvectors_of_any_matrix_are_stretched_by_their_values() {
    for (seed, n) in [(1, 2), (2, 3), (3, 8), (4, 25)] {
        let a = default_rng(seed).standard_normal(&[n, n]).unwrap();
        let (values, vectors) = a.eig().unwrap();
        let wide: Array<Complex128> = a.cast();
        let rest = wide.matmul(&vectors).unwrap() - &vectors * &values;
        assert!(rest.iter().all(|z| z.norm() < 1e-11), "{n}");
        let trace: Complex128 = values.iter().sum();
        assert!(
            (trace.re - a.trace(0).unwrap().item().unwrap()).abs() < 1e-11 && trace.im.abs() < 1e-11,
            "{n} {trace}"
        );
    }
    let turn = Array::from([[0.0, -1.0], [1.0, 0.0]]);
    let (values, _) = turn.eig().unwrap();
    assert!(values.iter().all(|z| z.re.abs() < 1e-15 && (z.im.abs() - 1.0).abs() < 1e-15));
}

#[test]
fn symmetric_vectors_multiply_back() {
    let a = default_rng(7).standard_normal(&[20, 20]).unwrap();
    let a = &a + &a.t();
    let (values, vectors) = a.eigh().unwrap();
    let back = (&vectors * &values).matmul(&vectors.t()).unwrap();
    assert!(largest(&(&back - &a)) < 1e-12);
    assert!(values.iter().is_sorted());
    assert!((a.norm(Norm::P(2.0)).unwrap() - largest(&values)).abs() < 1e-12);
}
