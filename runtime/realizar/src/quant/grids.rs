//! IQ2 and IQ3: each code names a vector of eight or four sizes; signs stand beside it.

use super::decode::{Codes, half_at, word_at};
use super::grid_tables::{IQ2_S, IQ2_XS, IQ2_XXS, IQ3_S, IQ3_XXS, SIZES2, SIZES3_S, SIZES3_XXS};

/// Eight signs from seven bits: their number of minus signs is even.
fn even(bits: u32) -> u8 {
    let seven = bits as u8 & 127;
    seven | (seven.count_ones() as u8 & 1) << 7
}

/// Writes the sizes of a grid row, `BITS` bits each, with the signs of `signs`.
fn put<const BITS: u32, const SIZES: usize>(row: u16, sizes: &[i8; SIZES], signs: u8, q: &mut [i8]) {
    for (j, q) in q.iter_mut().enumerate() {
        let size = sizes[usize::from(row >> (BITS * j as u32)) & (SIZES - 1)];
        *q = if signs >> j & 1 == 1 { -size } else { size };
    }
}

/// Two runs of 16: a half-step scale in each nibble.
fn scale_pair(d: f32, byte: u8, out: &mut [f32]) {
    out[0] = d * (0.5 + f32::from(byte & 15)) * 0.25;
    out[1] = d * (0.5 + f32::from(byte >> 4)) * 0.25;
}

pub(super) fn iq2_xxs(b: &[u8], out: &mut Codes) {
    let d = half_at(b, 0);
    for (i, (run, q)) in b[2..66].chunks_exact(8).zip(out.q.chunks_exact_mut(32)).enumerate() {
        let signs = word_at(run, 4);
        out.d[i] = d * (0.5 + (signs >> 28) as f32) * 0.25;
        for (l, q) in q.chunks_exact_mut(8).enumerate() {
            put::<2, 4>(IQ2_XXS[usize::from(run[l])], &SIZES2, even(signs >> (7 * l)), q);
        }
    }
}

pub(super) fn iq2_xs(b: &[u8], out: &mut Codes) {
    out.step = 16;
    let (d, codes, scales) = (half_at(b, 0), &b[2..66], &b[66..74]);
    for (&byte, d_pair) in scales.iter().zip(out.d.chunks_exact_mut(2)) {
        scale_pair(d, byte, d_pair);
    }
    for (code, q) in codes.chunks_exact(2).zip(out.q.chunks_exact_mut(8)) {
        let code = u16::from_le_bytes([code[0], code[1]]);
        put::<2, 4>(IQ2_XS[usize::from(code & 511)], &SIZES2, even(u32::from(code >> 9)), q);
    }
}

pub(super) fn iq2_s(b: &[u8], out: &mut Codes) {
    out.step = 16;
    let (d, low, signs, high, scales) = (half_at(b, 0), &b[2..34], &b[34..66], &b[66..74], &b[74..82]);
    for (&byte, d_pair) in scales.iter().zip(out.d.chunks_exact_mut(2)) {
        scale_pair(d, byte, d_pair);
    }
    for (i, q) in out.q.chunks_exact_mut(8).enumerate() {
        let top = usize::from(high[i / 4]) << (8 - 2 * (i % 4)) & 0x300;
        put::<2, 4>(IQ2_S[usize::from(low[i]) | top], &SIZES2, signs[i], q);
    }
}

pub(super) fn iq3_xxs(b: &[u8], out: &mut Codes) {
    let (d, codes, signs) = (half_at(b, 0), &b[2..66], &b[66..98]);
    for (i, q) in out.q.chunks_exact_mut(32).enumerate() {
        let signs = word_at(signs, 4 * i);
        out.d[i] = d * (0.5 + (signs >> 28) as f32) * 0.5;
        for (l, q) in q.chunks_exact_mut(8).enumerate() {
            let (row, signs) = (&codes[8 * i + 2 * l..], even(signs >> (7 * l)));
            put::<3, 8>(IQ3_XXS[usize::from(row[0])], &SIZES3_XXS, signs, &mut q[..4]);
            put::<3, 8>(IQ3_XXS[usize::from(row[1])], &SIZES3_XXS, signs >> 4, &mut q[4..]);
        }
    }
}

pub(super) fn iq3_s(b: &[u8], out: &mut Codes) {
    let (d, low, high, signs, scales) = (half_at(b, 0), &b[2..66], &b[66..74], &b[74..106], &b[106..110]);
    for (i, q) in out.q.chunks_exact_mut(32).enumerate() {
        let scale = scales[i / 2] >> (4 * (i % 2)) & 15;
        out.d[i] = d * f32::from(1 + 2 * scale);
        for (l, q) in q.chunks_exact_mut(8).enumerate() {
            let row = |k: usize| {
                let ninth = usize::from(high[i] >> (2 * l + k) & 1) << 8;
                IQ3_S[usize::from(low[8 * i + 2 * l + k]) | ninth]
            };
            let signs = signs[4 * i + l];
            put::<3, 8>(row(0), &SIZES3_S, signs, &mut q[..4]);
            put::<3, 8>(row(1), &SIZES3_S, signs >> 4, &mut q[4..]);
        }
    }
}
