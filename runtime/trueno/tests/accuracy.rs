//! Elementary functions against a wider reference: at most 1 ulp from the correctly rounded value.
//!
//! f32 results are compared with f64 ones of the standard library, rounded once. f64 results are
//! compared with the standard library's, which is itself within 1 ulp, so 2 ulp are allowed here; the
//! inputs hit every binade, both signs, and the places where formulas switch.

use trueno::random::default_rng;
use trueno::{Array, Tensor};

fn ordered(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    if bits < 0 { i64::MIN - bits } else { bits }
}

fn ordered32(x: f32) -> i64 {
    let bits = i64::from(x.to_bits() as i32);
    if bits < 0 { i64::from(i32::MIN) - bits } else { bits }
}

/// Numbers of every size below `limit`, of both signs.
fn inputs(seed: u128, limit: f64) -> Array<f64> {
    let mut rng = default_rng(seed);
    let size = rng.uniform(-40.0, limit.log2(), &[100_000]).unwrap().exp2();
    let sign = rng.integers(0, 2, &[100_000]).unwrap().cast::<f64>() * 2.0 - 1.0;
    size * sign
}

fn check(
    name: &str,
    limit: f64,
    ours: impl Fn(&Array<f64>) -> Array<f64>,
    ours32: impl Fn(&Array<f32>) -> Array<f32>,
    reference: impl Fn(f64) -> f64,
) {
    let x = inputs(11, limit);
    let y = ours(&x);
    for (x, y) in x.iter().zip(y.iter()) {
        let want = reference(x);
        let same = want.is_nan() && y.is_nan();
        assert!(same || (ordered(y) - ordered(want)).abs() <= 2, "{name}({x:e}) = {y:e}, not {want:e}");
    }
    let x: Array<f32> = x.cast();
    let y = ours32(&x);
    for (x, y) in x.iter().zip(y.iter()) {
        let want = reference(f64::from(x)) as f32;
        let same = want.is_nan() && y.is_nan();
        assert!(
            same || (ordered32(y) - ordered32(want)).abs() <= 1,
            "{name}({x:e}f32) = {y:e}, not {want:e}"
        );
    }
}

#[test]
fn exp_log_sin_cos_tanh() {
    check("exp", 800.0, |x| x.exp(), |x| x.exp(), f64::exp);
    check("log", 1e300, |x| x.log(), |x| x.log(), f64::ln);
    check("sin", 1e5, |x| x.sin(), |x| x.sin(), f64::sin);
    check("cos", 1e5, |x| x.cos(), |x| x.cos(), f64::cos);
    check("sin", 1e300, |x| x.sin(), |x| x.sin(), f64::sin);
    check("tanh", 40.0, |x| x.tanh(), |x| x.tanh(), f64::tanh);
}

#[test]
fn edges_are_those_of_ieee() {
    let x = Tensor::from([f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.0, -0.0, 5e-324, 709.9, -745.2]);
    let bits = |t: Array<f64>| t.iter().map(|x| if x.is_nan() { 0 } else { x.to_bits() }).collect::<Vec<_>>();
    let want = |f: fn(f64) -> f64| bits(x.map(f));
    assert_eq!(bits(x.exp()), want(f64::exp));
    assert_eq!(bits(x.log()), want(f64::ln));
    assert_eq!(bits(x.tanh()), want(f64::tanh));
    assert_eq!(bits(Tensor::from([-0.0f64, 0.0]).sin()), [1 << 63, 0]);
}
