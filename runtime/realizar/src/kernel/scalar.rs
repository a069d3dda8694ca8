//! The kernels in plain Rust: what the SIMD versions are compared with, and what other machines run.

use super::{Acts, HEAD, Kind, LANES, Layout};
use crate::quant::half::{bf16_to_f32, f16_to_f32};

fn half(block: &[u8], at: usize, lane: usize) -> f32 {
    f16_to_f32(u16::from_le_bytes([block[at + 2 * lane], block[at + 2 * lane + 1]]))
}

/// One group of rows times the tokens from `token`; `out` holds eight results per token.
pub(crate) fn group(layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    if layout.kind == Kind::Stored8 {
        return stored(group, acts, token, out);
    }
    let (head, body) = group.split_at(HEAD);
    for (i, out) in out.chunks_exact_mut(LANES).enumerate() {
        for (lane, out) in out.iter_mut().enumerate() {
            let f = 4 * lane;
            let factor = f32::from_le_bytes([head[f], head[f + 1], head[f + 2], head[f + 3]]);
            *out = factor * row(layout.kind, body, acts, token + i, lane);
        }
    }
}

/// Up to eight rows of Q8_0 blocks times the tokens from `token`.
pub(crate) fn stored(rows: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    let row_bytes = acts.columns() / 32 * 34;
    for (i, out) in out.chunks_exact_mut(LANES).enumerate() {
        let (codes, scales, _) = acts.quantized(token + i);
        for (row, out) in rows.chunks_exact(row_bytes).zip(out) {
            let blocks = row.chunks_exact(34).zip(codes.chunks_exact(32)).zip(scales);
            let block = |((b, x), dx): ((&[u8], &[i8]), &f32)| {
                let products = b[2..].iter().zip(x).map(|(&w, &x)| i32::from(w as i8) * i32::from(x));
                half(b, 0, 0) * dx * products.sum::<i32>() as f32
            };
            *out = blocks.map(block).sum();
        }
    }
}

fn row(kind: Kind, body: &[u8], acts: &Acts, token: usize, lane: usize) -> f32 {
    let blocks = body.chunks_exact(kind.bytes());
    let number = |b: &[u8]| match kind {
        Kind::F32 => {
            let at = 4 * lane;
            f32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]])
        }
        Kind::F16 => half(b, 0, lane),
        _ => bf16_to_f32(u16::from_le_bytes([b[2 * lane], b[2 * lane + 1]])),
    };
    if kind.columns() == 1 {
        return blocks.zip(acts.values(token)).map(|(b, x)| number(b) * x).sum();
    }
    let (codes, scales, sums) = acts.quantized(token);
    let runs = codes.chunks_exact(32).zip(scales).zip(sums.chunks_exact(2));
    blocks.zip(runs).map(|(b, ((x, dx), sums))| block(kind, b, x, *dx, sums, lane)).sum()
}

fn block(kind: Kind, b: &[u8], x: &[i8], dx: f32, sums: &[f32], lane: usize) -> f32 {
    let code = |start: usize, j: usize| b[start + 32 * (j / 4) + 4 * lane + j % 4];
    let dot = |columns: std::ops::Range<usize>, w: &dyn Fn(usize) -> i32| -> f32 {
        columns.map(|j| w(j) * i32::from(x[j])).sum::<i32>() as f32
    };
    match kind {
        Kind::Nibble => {
            let w = |j: usize| match j {
                0..16 => i32::from(code(32, j) & 15),
                _ => i32::from(code(32, j - 16) >> 4),
            };
            half(b, 0, lane) * dx * dot(0..32, &w) + half(b, 16, lane) * (sums[0] + sums[1])
        }
        Kind::Signed => half(b, 0, lane) * dx * dot(0..32, &|j| i32::from(code(16, j) as i8)),
        Kind::Signed16 => (0..2)
            .map(|run| {
                let w = |j: usize| i32::from(code(32, j) as i8);
                half(b, 16 * run, lane) * dx * dot(16 * run..16 * run + 16, &w)
            })
            .sum(),
        Kind::Unsigned => {
            half(b, 0, lane) * dx * dot(0..32, &|j| i32::from(code(32, j)))
                + half(b, 16, lane) * (sums[0] + sums[1])
        }
        _ => (0..2)
            .map(|run| {
                let w = |j: usize| i32::from(code(64, j));
                half(b, 32 * run, lane) * dx * dot(16 * run..16 * run + 16, &w)
                    + half(b, 32 * run + 16, lane) * sums[run]
            })
            .sum(),
    }
}
