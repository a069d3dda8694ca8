//! Packed kernels against dequantised weights, and SIMD against scalar.

use super::*;
use crate::quant::dequantize;

fn noise(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    }
}

fn uniform(next: &mut impl FnMut() -> u64) -> f32 {
    (next() % 20001) as f32 / 10000.0 - 1.0
}

/// Random blocks with sensible scales.
fn weights(ty: Type, rows: usize, columns: usize, seed: u64) -> Vec<u8> {
    let mut next = noise(seed);
    if ty.is_float() {
        let x: Vec<f32> = (0..rows * columns).map(|_| uniform(&mut next)).collect();
        return crate::quant::quantize(ty, &x).expect("floats");
    }
    let n = rows * columns / ty.block_len();
    let mut out: Vec<u8> = (0..n * ty.block_bytes()).map(|_| next() as u8).collect();
    let halves: &[usize] = match ty {
        Type::Q4_1 | Type::Q5_1 | Type::Q4_K | Type::Q5_K => &[0, 2],
        Type::Q2_K => &[80, 82],
        Type::Q3_K => &[108],
        Type::Q6_K => &[208],
        Type::MXFP4 | Type::Q8_K => &[],
        _ => &[0],
    };
    for block in out.chunks_exact_mut(ty.block_bytes()) {
        for &at in halves {
            let scale = crate::quant::half::f32_to_f16(0.01 + (next() % 100) as f32 * 1e-4);
            block[at..at + 2].copy_from_slice(&scale.to_le_bytes());
        }
        match ty {
            Type::MXFP4 => block[0] = 120 + (next() % 8) as u8,
            Type::Q8_K => block[..4].copy_from_slice(&0.01f32.to_le_bytes()),
            _ => {}
        }
    }
    out
}

/// Packs rows, or leaves them as they are for `Stored8`.
fn pack(ty: Type, kind: Kind, rows: usize, columns: usize, source: &[u8]) -> (Layout, Vec<u8>) {
    let layout = Layout { kind, rows, columns };
    if kind == Kind::Stored8 {
        return (layout, source.to_vec());
    }
    let mut bytes = vec![0; layout.bytes().expect("small")];
    let row_bytes = columns / ty.block_len() * ty.block_bytes();
    for (rows, group) in source.chunks(8 * row_bytes).zip(bytes.chunks_exact_mut(layout.group_bytes())) {
        pack_rows(ty, layout, rows, group);
    }
    (layout, bytes)
}

fn check(ty: Type, kind: Kind, rows: usize, columns: usize, tokens: usize, pool: &Pool) {
    let source = weights(ty, rows, columns, 3 + rows as u64);
    let (layout, bytes) = pack(ty, kind, rows, columns, &source);
    let matrix = Matrix { layout, bytes: &bytes };
    let mut next = noise(11);
    let x: Vec<f32> = (0..tokens * columns).map(|_| uniform(&mut next)).collect();
    let mut acts = Acts::default();
    acts.load(&x, columns);
    let mut w = vec![0.0; rows * columns];
    dequantize(ty, &source, &mut w);
    let mut scratch = Vec::new();
    let mut results: Vec<Vec<f32>> = Vec::new();
    for simd in crate::sys::levels() {
        let mut out = vec![f32::NAN; tokens * rows];
        matmul_with(*simd, pool, matrix, &acts, &mut out, &mut scratch);
        results.push(out);
    }
    for t in 0..tokens {
        for r in 0..rows {
            let (row, x) = (&w[r * columns..(r + 1) * columns], &x[t * columns..(t + 1) * columns]);
            let exact: f64 = row.iter().zip(x).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            let size: f64 = row.iter().zip(x).map(|(a, b)| f64::from((a * b).abs())).sum();
            let found = results[0][t * rows + r];
            // Quantised activations are off by up to 1/254 of the largest; errors average out.
            let slack = if ty.is_float() { 1e-5 } else { 4e-3 };
            assert!(
                (f64::from(found) - exact).abs() <= slack * size + 1e-6,
                "{}: {found} for {exact} at {t},{r} of {rows}x{columns}",
                ty.name()
            );
            for other in &results[1..] {
                let d = (other[t * rows + r] - found).abs();
                assert!(f64::from(d) <= 2e-5 * size + 1e-6, "{}: SIMD differs by {d}", ty.name());
            }
        }
    }
}

#[test]
fn products_equal_those_of_dequantised_weights() {
    let pool = Pool::new(1);
    for ty in Type::all() {
        let unit = ty.block_len().max(32);
        for (rows, columns, tokens) in [(8, unit, 1), (13, 2 * unit, 5), (40, 3 * unit, 4), (1, unit, 9)] {
            check(ty, Kind::of(ty), rows, columns, tokens, &pool);
            if ty == Type::Q8_0 {
                check(ty, Kind::Stored8, rows, columns, tokens, &pool);
            }
        }
    }
    check(Type::F32, Kind::F32, 9, 7, 3, &pool);
    check(Type::BF16, Kind::BF16, 9, 1, 3, &pool);
}

#[test]
fn threads_give_the_same_bits() {
    let (rows, columns, tokens) = (1000, 256, 7);
    let source = weights(Type::Q6_K, rows, columns, 1);
    let (layout, bytes) = pack(Type::Q6_K, Kind::of(Type::Q6_K), rows, columns, &source);
    let mut next = noise(5);
    let x: Vec<f32> = (0..tokens * columns).map(|_| uniform(&mut next)).collect();
    let mut acts = Acts::default();
    acts.load(&x, columns);
    let mut results = Vec::new();
    for threads in [1, 2, 5] {
        let mut out = vec![0.0; tokens * rows];
        matmul(&Pool::new(threads), Matrix { layout, bytes: &bytes }, &acts, &mut out, &mut Vec::new());
        results.push(out);
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[test]
fn a_nan_is_not_lost() {
    let source = weights(Type::Q4_0, 8, 32, 1);
    let (layout, bytes) = pack(Type::Q4_0, Kind::of(Type::Q4_0), 8, 32, &source);
    let mut x = vec![0.5; 32];
    x[3] = f32::NAN;
    let mut acts = Acts::default();
    acts.load(&x, 32);
    let mut out = vec![0.0; 8];
    matmul(&Pool::new(1), Matrix { layout, bytes: &bytes }, &acts, &mut out, &mut Vec::new());
    assert!(out.iter().all(|v| v.is_nan()));
}
