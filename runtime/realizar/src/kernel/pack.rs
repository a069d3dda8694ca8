//! Turns stored rows into groups of eight.

use super::{HEAD, Kind, LANES};
use crate::quant::half::{f16_to_f32, f32_to_f16};
use crate::quant::words::{bias, words};
use crate::quant::{Codes, Type, decode, scales};

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
        self.kind.head() + self.columns / self.kind.columns() * self.kind.bytes()
    }

    /// Bytes of the matrix; `None` when that wraps.
    #[must_use]
    pub fn bytes(self) -> Option<usize> {
        let blocks = (self.columns / self.kind.columns()).checked_mul(self.kind.bytes())?;
        match self.kind {
            Kind::Stored8 => Some(blocks.checked_mul(self.rows)? / LANES),
            _ => blocks.checked_add(HEAD)?.checked_mul(self.rows.div_ceil(LANES)),
        }
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
            _ => {
                let factor = pack_quantised(ty, layout.kind, lane, row, body);
                head[4 * lane..4 * lane + 4].copy_from_slice(&factor.to_le_bytes());
            }
        }
    }
}

fn interleave<const N: usize>(lane: usize, row: &[u8], body: &mut [u8]) {
    let slots = body.chunks_exact_mut(N * LANES);
    for (slot, item) in slots.zip(row.chunks_exact(N)) {
        slot[lane * N..lane * N + N].copy_from_slice(item);
    }
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

/// Writes one lane and gives the row's factor. The types that models are full of get code of their
/// own: they differ only in constants.
fn pack_quantised(ty: Type, kind: Kind, lane: usize, row: &[u8], body: &mut [u8]) -> f32 {
    macro_rules! by_words {
        ($($quick:ident)*) => {
            match ty {
                $(Type::$quick => pack_words(Type::$quick, Kind::of(Type::$quick), lane, row, body),)*
                _ => pack_decoded(ty, kind, lane, row, body),
            }
        };
    }
    by_words!(Q4_0 Q5_0 Q5_1 Q2_K Q3_K Q4_K Q5_K Q6_K)
}

/// Meant to be inlined with a constant `ty` that [`words`] knows.
#[inline(always)]
fn pack_words(ty: Type, kind: Kind, lane: usize, row: &[u8], body: &mut [u8]) -> f32 {
    let blocks = row.chunks_exact(ty.block_bytes());
    let mut codes = Codes::default();
    let mut largest = 0f32;
    for block in blocks.clone() {
        scales(ty, block, &mut codes);
        largest = largest.max(largest_scale(ty, &codes));
    }
    let factor = row_factor(ty, largest);
    for (block, out) in blocks.zip(body.chunks_exact_mut(kind.bytes() * (ty.block_len() / 32))) {
        scales(ty, block, &mut codes);
        for (i, out) in out.chunks_exact_mut(kind.bytes()).enumerate() {
            let words = words(ty, block, i).expect("pack_quantised() asks for known types");
            let start = put_scales(kind, &codes, i, bias(ty), factor, lane, out);
            put_codes(kind, words, lane, &mut out[start..]);
        }
    }
    factor
}

fn pack_decoded(ty: Type, kind: Kind, lane: usize, row: &[u8], body: &mut [u8]) -> f32 {
    let decoded = |block| {
        let mut codes = Codes::default();
        decode(ty, block, &mut codes);
        codes
    };
    let blocks: Vec<Codes> = row.chunks_exact(ty.block_bytes()).map(decoded).collect();
    let largest = blocks.iter().map(|c| largest_scale(ty, c)).fold(0f32, f32::max);
    let factor = row_factor(ty, largest);
    let columns = blocks.iter().flat_map(|c| (0..ty.block_len() / 32).map(move |i| (c, i)));
    for ((codes, i), out) in columns.zip(body.chunks_exact_mut(kind.bytes())) {
        let code = |j: usize| codes.q[32 * i + j].wrapping_add(bias(ty)) as u8;
        let words = std::array::from_fn(|v| u32::from_le_bytes(std::array::from_fn(|k| code(4 * v + k))));
        let start = put_scales(kind, codes, i, bias(ty), factor, lane, out);
        put_codes(kind, words, lane, &mut out[start..]);
    }
    factor
}

/// The largest finite scale or offset of a block.
#[inline(always)]
fn largest_scale(ty: Type, codes: &Codes) -> f32 {
    let runs = ty.block_len() / codes.step.min(ty.block_len());
    let size = |v: f32| if v.is_finite() { v.abs() } else { 0.0 };
    let one = |run: usize| {
        let offset = if codes.has_offset { size(codes.m[run]) } else { 0.0 };
        size(codes.d[run] * f32::from(bias(ty).max(1))).max(offset)
    };
    (0..runs).map(one).fold(0f32, f32::max)
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

/// Writes the scales and offsets of columns `32 * i..` of a block; gives where its codes start.
#[inline(always)]
fn put_scales(
    kind: Kind,
    codes: &Codes,
    i: usize,
    bias: i8,
    factor: f32,
    lane: usize,
    out: &mut [u8],
) -> usize {
    // A power of two: multiplying by the inverse rounds as dividing does.
    let inverse = 1.0 / factor;
    let mut half = |at: usize, value: u16| {
        out[at + 2 * lane..at + 2 * lane + 2].copy_from_slice(&value.to_le_bytes());
    };
    let runs = 32 / codes.step.min(32);
    let first = 32 * i / codes.step;
    let has_offsets = !matches!(kind, Kind::Signed | Kind::Signed16);
    let stride = if has_offsets { 32 } else { 16 };
    for run in 0..runs {
        let scale = f32_to_f16(codes.d[first + run] * inverse);
        half(stride * run, scale);
        if has_offsets {
            let own = if codes.has_offset { codes.m[first + run] * inverse } else { 0.0 };
            // From the rounded scale, so that a code equal to the bias stays exactly 0.
            let offset = if bias == 0 { own } else { own - f32::from(bias) * f16_to_f32(scale) };
            half(stride * run + 16, f32_to_f16(offset));
        }
    }
    stride * runs
}

#[inline(always)]
fn put_codes(kind: Kind, words: [u32; 8], lane: usize, out: &mut [u8]) {
    let mut put = |v: usize, word: u32| {
        out[32 * v + 4 * lane..32 * v + 4 * lane + 4].copy_from_slice(&word.to_le_bytes());
    };
    if kind == Kind::Nibble {
        (0..4).for_each(|v| put(v, words[v] & 0x0f0f_0f0f | words[v + 4] << 4));
    } else {
        (0..8).for_each(|v| put(v, words[v]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_by_words_gives_the_bytes_of_packing_decoded_codes() {
        for ty in Type::all().filter(|ty| !ty.is_float() && !matches!(ty, Type::Q4_1 | Type::Q8_0)) {
            let noise = |i: usize| (i.wrapping_mul(2_654_435_761) >> 11) as u8;
            let row: Vec<u8> = (0..7 * ty.block_bytes()).map(noise).collect();
            let kind = Kind::of(ty);
            let mut packed = vec![0; 7 * ty.block_len() / 32 * kind.bytes()];
            let mut expected = packed.clone();
            for lane in 0..LANES {
                let factor = pack_quantised(ty, kind, lane, &row, &mut packed);
                assert_eq!(factor, pack_decoded(ty, kind, lane, &row, &mut expected), "{}", ty.name());
            }
            assert!(packed == expected, "{}", ty.name());
        }
    }
}
