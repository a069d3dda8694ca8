//! Turns stored rows into groups of eight.

use super::{HEAD, Kind, LANES};
use crate::quant::half::f32_to_f16;
use crate::quant::{Codes, Type, decode};

/// Shape and storage of a packed matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// How numbers are stored.
    pub kind: Kind,
    /// Rows: outputs of the product.
    pub rows: usize,
    /// Columns: length of the input vectors.
    pub columns: usize,
}

impl Layout {
    /// Bytes of a group of eight rows.
    #[must_use]
    pub fn group_bytes(self) -> usize {
        HEAD + self.columns / self.kind.columns() * self.kind.bytes()
    }

    /// Bytes of the matrix; `None` when that wraps.
    #[must_use]
    pub fn bytes(self) -> Option<usize> {
        let blocks = (self.columns / self.kind.columns()).checked_mul(self.kind.bytes())?;
        blocks.checked_add(HEAD)?.checked_mul(self.rows.div_ceil(LANES))
    }
}

/// Packs up to eight stored rows (`source`, row after row) into one zeroed group. A row whose codes
/// and scales are f16 in the file keeps them exactly; products of K-types are rounded to f16 after
/// scaling by a power of two.
pub fn pack_rows(ty: Type, layout: Layout, source: &[u8], group: &mut [u8]) {
    let row_bytes = layout.columns / ty.block_len() * ty.block_bytes();
    let (head, body) = group.split_at_mut(HEAD);
    head.chunks_exact_mut(4).for_each(|f| f.copy_from_slice(&1f32.to_le_bytes()));
    match ty {
        Type::Q4_1 => return pack_q4_1(row_bytes, source, body),
        Type::Q8_0 => return pack_q8_0(row_bytes, source, body),
        _ => {}
    }
    for (lane, row) in source.chunks_exact(row_bytes).take(LANES).enumerate() {
        match ty {
            Type::F32 => interleave::<4>(lane, row, body),
            Type::F16 | Type::BF16 => interleave::<2>(lane, row, body),
            _ => pack_decoded(ty, layout.kind, lane, row, head, body),
        }
    }
}

fn interleave<const N: usize>(lane: usize, row: &[u8], body: &mut [u8]) {
    let slots = body.chunks_exact_mut(N * LANES);
    for (slot, item) in slots.zip(row.chunks_exact(N)) {
        slot[lane * N..lane * N + N].copy_from_slice(item);
    }
}

fn put4(body: &mut [u8], at: usize, four: [u8; 4]) {
    body[at..at + 4].copy_from_slice(&four);
}

/// The stored block `index` of `SIZE` bytes in each row; the sizes are constants, so that copying
/// compiles to a few moves.
fn blocks<const SIZE: usize>(
    row_bytes: usize,
    source: &[u8],
    index: usize,
) -> impl Iterator<Item = (usize, &[u8; SIZE])> {
    let rows = source.chunks_exact(row_bytes).take(LANES).enumerate();
    rows.filter_map(move |(lane, row)| {
        let block = row.get(index * SIZE..(index + 1) * SIZE)?;
        Some((lane, block.try_into().ok()?))
    })
}

fn pack_q4_1(row_bytes: usize, source: &[u8], body: &mut [u8]) {
    for (i, out) in body.chunks_exact_mut(160).enumerate() {
        let out: &mut [u8; 160] = out.try_into().expect("chunks of 160");
        for (lane, block) in blocks::<20>(row_bytes, source, i) {
            out[2 * lane..2 * lane + 2].copy_from_slice(&block[..2]);
            out[16 + 2 * lane..18 + 2 * lane].copy_from_slice(&block[2..4]);
            for v in 0..4 {
                let from = &block[4 + 4 * v..8 + 4 * v];
                out[32 + 32 * v + 4 * lane..36 + 32 * v + 4 * lane].copy_from_slice(from);
            }
        }
    }
}

fn pack_q8_0(row_bytes: usize, source: &[u8], body: &mut [u8]) {
    for (i, out) in body.chunks_exact_mut(272).enumerate() {
        let out: &mut [u8; 272] = out.try_into().expect("chunks of 272");
        for (lane, block) in blocks::<34>(row_bytes, source, i) {
            out[2 * lane..2 * lane + 2].copy_from_slice(&block[..2]);
            for v in 0..8 {
                let from = &block[2 + 4 * v..6 + 4 * v];
                out[16 + 32 * v + 4 * lane..20 + 32 * v + 4 * lane].copy_from_slice(from);
            }
        }
    }
}

/// What is added to signed codes to make them unsigned; the offset takes it away again.
fn bias(ty: Type) -> i8 {
    match ty {
        Type::Q4_0 => 8,
        Type::Q5_0 => 16,
        Type::Q3_K => 4,
        Type::Q6_K => 32,
        _ => 0,
    }
}

fn pack_decoded(ty: Type, kind: Kind, lane: usize, row: &[u8], head: &mut [u8], body: &mut [u8]) {
    let blocks: Vec<Codes> = row
        .chunks_exact(ty.block_bytes())
        .map(|b| {
            let mut codes = Codes::default();
            decode(ty, b, &mut codes);
            codes
        })
        .collect();
    let bias = bias(ty);
    let largest = blocks
        .iter()
        .flat_map(|c| {
            let runs = ty.block_len() / c.step.min(ty.block_len());
            (0..runs).flat_map(move |i| [c.d[i] * f32::from(bias.max(1)), c.m[i]])
        })
        .fold(0f32, |m, v| if v.is_finite() { m.max(v.abs()) } else { m });
    let factor = row_factor(ty, largest);
    head[4 * lane..4 * lane + 4].copy_from_slice(&factor.to_le_bytes());
    let columns = blocks.iter().flat_map(|c| (0..ty.block_len() / 32).map(move |i| (c, i)));
    for ((codes, i), out) in columns.zip(body.chunks_exact_mut(kind.bytes())) {
        put_block(kind, codes, i, bias, factor, lane, out);
    }
}

/// 1 where f16 holds the file's own scales; otherwise the power of two that brings the largest scale
/// of the row to between 2^14 and 2^15.
fn row_factor(ty: Type, largest: f32) -> f32 {
    let is_exact = matches!(ty, Type::Q4_0 | Type::Q5_0 | Type::Q5_1 | Type::Q8_1 | Type::IQ4_NL);
    if largest == 0.0 || (is_exact && largest < 65504.0) {
        return 1.0;
    }
    let exponent = (largest.to_bits() >> 23) as i32 - 127;
    2f32.powi((exponent - 14).clamp(-120, 120))
}

/// Writes columns `32 * i..` of a decoded block into one lane of a packed block.
fn put_block(kind: Kind, codes: &Codes, i: usize, bias: i8, factor: f32, lane: usize, out: &mut [u8]) {
    let q = &codes.q[32 * i..32 * i + 32];
    let scale = |run: usize| codes.d[run] / factor;
    let offset = |run: usize| {
        let own = if codes.has_offset { codes.m[run] / factor } else { 0.0 };
        // From the rounded scale, so that a code equal to the bias stays exactly 0.
        own - f32::from(bias) * crate::quant::half::f16_to_f32(f32_to_f16(scale(run)))
    };
    let mut half = |at: usize, value: f32| {
        out[at + 2 * lane..at + 2 * lane + 2].copy_from_slice(&f32_to_f16(value).to_le_bytes());
    };
    let runs = 32 / codes.step.min(32);
    let first = 32 * i / codes.step;
    let start = match kind {
        Kind::Signed | Kind::Signed16 => {
            (0..runs).for_each(|run| half(16 * run, scale(first + run)));
            16 * runs
        }
        _ => {
            for run in 0..runs {
                half(32 * run, scale(first + run));
                half(32 * run + 16, offset(first + run));
            }
            32 * runs
        }
    };
    let code = |j: usize| q[j].wrapping_add(bias) as u8;
    if kind == Kind::Nibble {
        for v in 0..4 {
            let pair = |j: usize| code(4 * v + j) & 15 | code(16 + 4 * v + j) << 4;
            put4(out, start + 32 * v + 4 * lane, [pair(0), pair(1), pair(2), pair(3)]);
        }
    } else {
        for v in 0..8 {
            let at = 4 * v;
            put4(out, start + 32 * v + 4 * lane, [code(at), code(at + 1), code(at + 2), code(at + 3)]);
        }
    }
}
