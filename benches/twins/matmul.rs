fn matrix(n: i64, seed: i64) -> Vec<Vec<f64>> {
    (0..n).map(|i| (0..n).map(|j| ((i * n + j) * seed % 100) as f64 / 10.0).collect()).collect()
}

fn matmul(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let p = b[0].len();
    a.iter()
        .map(|left| {
            let mut row = vec![0.0; p];
            for (x, right) in left.iter().zip(b) {
                for (sum, y) in row.iter_mut().zip(right) {
                    *sum += x * y;
                }
            }
            row
        })
        .collect()
}

fn main() {
    let mut a = matrix(300, 7);
    let b = matrix(300, 13);
    let mut c = Vec::new();
    for _ in 0..10 {
        c = matmul(&a, &b);
        a[0][0] += c[0][0] % 3.0;
    }
    println!("{:?} {:?}", c[0][0], c[299][299]);
}
