//! Times kernels; `tests/bench.py` runs it beside NumPy and prints the table of the README.
//!
//! Prints `name microseconds` for the fastest of several rounds.

use std::hint::black_box;
use std::time::Instant;

use trueno::kernels::vector;
use trueno::random::default_rng;
use trueno::{Array, Average, Axes, Element, FloatMath, MatMul, Result};

fn time(name: &str, mut work: impl FnMut()) {
    work();
    let mut best = f64::INFINITY;
    let start = Instant::now();
    for round in 0.. {
        let one = Instant::now();
        work();
        best = best.min(one.elapsed().as_secs_f64());
        if round >= 4 && start.elapsed().as_secs_f64() > 0.6 {
            break;
        }
    }
    println!("{name} {:.3}", best * 1e6);
}

fn floats<T: FloatMath + MatMul + Average<Mean = T> + Element<Sum = T>>(
    kind: &str,
    x: &Array<T>,
) -> Result<()> {
    for n in [512usize, 1024] {
        let random = default_rng(2).random(&[n, n])?;
        let a = random.map(T::from_f64);
        time(&format!("matmul_{n}_{kind}"), || drop(black_box(a.matmul(&a))));
    }
    time(&format!("add_{kind}"), || drop(black_box(x + x)));
    time(&format!("exp_{kind}"), || drop(black_box(x.exp())));
    time(&format!("log_{kind}"), || drop(black_box(x.log())));
    time(&format!("sin_{kind}"), || drop(black_box(x.sin())));
    time(&format!("tanh_{kind}"), || drop(black_box(x.tanh())));
    time(&format!("sum_{kind}"), || {
        black_box(x.sum());
    });
    time(&format!("var_{kind}"), || drop(black_box(x.var_over(Axes::all(), 0.0))));
    let half = T::from_f64(0.5);
    let mask = x.greater(half)?;
    time(&format!("where_{kind}"), || drop(black_box(mask.select(x, half))));
    let rows = x.reshape(&[1000, 1000])?;
    time(&format!("softmax_{kind}"), || {
        let shifted = rows.max_over(Axes::from(1).keep()).and_then(|m| rows.try_sub(&m)).map(|s| s.exp());
        drop(black_box(shifted.and_then(|e| e.sum_over(Axes::from(1).keep()).and_then(|s| e.try_div(&s)))));
    });
    time(&format!("sum_axis0_{kind}"), || drop(black_box(rows.sum_over(0))));
    time(&format!("cumsum_{kind}"), || drop(black_box(x.cumsum(0))));
    time(&format!("sort_{kind}"), || drop(black_box(x.sort(0))));
    Ok(())
}

fn main() -> Result<()> {
    let wide = default_rng(1).random(&[1_000_000])?;
    let single: Array<f32> = wide.cast();
    floats("f64", &wide)?;
    floats("f32", &single)?;
    let (a, b) =
        (&single.as_slice().unwrap_or(&[])[..10_000], &single.as_slice().unwrap_or(&[])[10_000..20_000]);
    time("dot10k_f32", || {
        for _ in 0..100 {
            black_box(vector::dot(black_box(a), b));
        }
    });
    time("dot10k_scalar_f32", || {
        for _ in 0..100 {
            // One accumulator in order: what a loop without vectorisation does.
            black_box(black_box(a).iter().zip(b).fold(0.0f32, |sum, (x, y)| sum + x * y));
        }
    });
    let mut y = b.to_vec();
    time("axpy10k_f32", || (0..100).for_each(|_| vector::axpy(black_box(1e-9), a, &mut y)));
    Ok(())
}
