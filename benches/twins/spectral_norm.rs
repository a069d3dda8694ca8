fn eval_a(i: usize, j: usize) -> f64 {
    1.0 / ((i + j) * (i + j + 1) / 2 + i + 1) as f64
}

fn times(v: &[f64]) -> Vec<f64> {
    (0..v.len()).map(|i| v.iter().enumerate().fold(0.0, |sum, (j, x)| sum + eval_a(i, j) * x)).collect()
}

fn transposed_times(v: &[f64]) -> Vec<f64> {
    (0..v.len()).map(|i| v.iter().enumerate().fold(0.0, |sum, (j, x)| sum + eval_a(j, i) * x)).collect()
}

fn main() {
    let mut u = vec![1.0; 1000];
    let mut v = u.clone();
    for _ in 0..10 {
        v = transposed_times(&times(&u));
        u = transposed_times(&times(&v));
    }
    let (mut vbv, mut vv) = (0.0, 0.0);
    for (a, b) in u.iter().zip(&v) {
        vbv += a * b;
        vv += b * b;
    }
    println!("{:.9}", (vbv / vv as f64).sqrt());
}
