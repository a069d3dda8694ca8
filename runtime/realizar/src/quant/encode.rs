//! Makes blocks of the simple types, with ggml's rounding, so that files agree byte for byte.

use super::Type;
use super::half::{f32_to_bf16, f32_to_f16};
use crate::error::{Error, Result};

/// Quantises f32 values; `values.len()` must be a multiple of the type's block.
///
/// # Errors
/// `Unsupported` for types other than F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0;
/// `Input` when the length is not a whole number of blocks.
pub fn quantize(ty: Type, values: &[f32]) -> Result<Vec<u8>> {
    if !values.len().is_multiple_of(ty.block_len()) {
        let text = format!("{} values are not whole blocks of {}", values.len(), ty.name());
        return Err(Error::input(text));
    }
    let mut out = vec![0u8; values.len() / ty.block_len() * ty.block_bytes()];
    match ty {
        Type::F16 => f16(values, &mut out),
        Type::F32 | Type::BF16 | Type::Q8_0 | Type::Q4_0 | Type::Q5_0 | Type::Q4_1 | Type::Q5_1 => {
            crate::sys::widest(Fill { ty, values, out: &mut out });
        }
        _ => return Err(Error::unsupported(format!("quantising to {}", ty.name()))),
    }
    Ok(out)
}

fn f16(values: &[f32], out: &mut [u8]) {
    let mut halves = [0u16; 64];
    for (x, o) in values.chunks(64).zip(out.chunks_mut(128)) {
        let halves = &mut halves[..x.len()];
        crate::sys::to_f16(x, halves);
        o.chunks_exact_mut(2).zip(halves).for_each(|(o, h)| o.copy_from_slice(&h.to_le_bytes()));
    }
}

struct Fill<'a> {
    ty: Type,
    values: &'a [f32],
    out: &'a mut [u8],
}

impl crate::sys::Wide for Fill<'_> {
    #[inline(always)]
    fn run(self) {
        let Self { ty, values, out } = self;
        match ty {
            Type::F32 => blocks(values, out, |x: &[f32; 1], o: &mut [u8; 4]| *o = x[0].to_le_bytes()),
            Type::BF16 => {
                blocks(values, out, |x: &[f32; 1], o: &mut [u8; 2]| *o = f32_to_bf16(x[0]).to_le_bytes());
            }
            Type::Q8_0 => blocks(values, out, q8_0),
            Type::Q4_0 => blocks(values, out, symmetric::<4, 18>),
            Type::Q5_0 => blocks(values, out, symmetric::<5, 22>),
            Type::Q4_1 => blocks(values, out, affine::<4, 20>),
            _ => blocks(values, out, affine::<5, 24>),
        }
    }
}

/// Blocks of `N` values and `M` bytes: constants, so that the loops vectorise.
#[inline(always)]
fn blocks<const N: usize, const M: usize>(
    values: &[f32],
    out: &mut [u8],
    block: impl Fn(&[f32; N], &mut [u8; M]),
) {
    for (x, o) in values.as_chunks::<N>().0.iter().zip(out.as_chunks_mut::<M>().0) {
        block(x, o);
    }
}

/// `pick` over all values, in eight lanes: for picks that do not depend on the order.
#[inline(always)]
fn reduce(x: &[f32; 32], start: f32, pick: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; 8];
    for eight in x.as_chunks::<8>().0 {
        lanes = std::array::from_fn(|i| pick(lanes[i], eight[i]));
    }
    lanes.into_iter().fold(start, pick)
}

#[inline(always)]
fn largest_size(x: &[f32; 32]) -> f32 {
    reduce(x, 0.0, |m, v| if v.abs() > m { v.abs() } else { m })
}

#[inline(always)]
fn inverse(d: f32) -> f32 {
    if d == 0.0 { 0.0 } else { 1.0 / d }
}

#[inline(always)]
fn q8_0(x: &[f32; 32], out: &mut [u8; 34]) {
    let largest = largest_size(x);
    let d = largest / 127.0;
    let id = inverse(d);
    out[..2].copy_from_slice(&f32_to_f16(d).to_le_bytes());
    for (o, v) in out[2..].iter_mut().zip(x) {
        // Half away from zero.
        let scaled = v * id;
        let size = scaled.abs();
        let below = whole_part(size);
        let rounded = if size - below >= 0.5 { below + 1.0 } else { below };
        // One and a half times 2^23 leaves a signed number in the lowest bits.
        *o = (rounded.copysign(scaled) + 1.5 * BIG).to_bits() as u8;
    }
}

/// 2^23: floats of this size are whole numbers, and the lowest bits are their own. Conversions written
/// with it vectorise, which `as i32` with its limits does not.
const BIG: f32 = 8_388_608.0;

/// `x` without its fraction, for 0 to 2^22.
#[inline(always)]
fn whole_part(x: f32) -> f32 {
    let near = (x + BIG) - BIG;
    if near > x { near - 1.0 } else { near }
}

/// The whole part of `x` between 0 and the largest code of `BITS` bits; NaN gives 0.
#[inline(always)]
fn code<const BITS: u32>(x: f32) -> u8 {
    let largest = ((1 << BITS) - 1) as f32;
    let x = if x > 0.0 { x } else { 0.0 };
    let x = if x > largest { largest } else { x };
    (whole_part(x) + BIG).to_bits() as u8
}

/// Q4_0 and Q5_0: the value of largest magnitude gets the code `-2^(BITS-1)`.
#[inline(always)]
fn symmetric<const BITS: u32, const BYTES: usize>(x: &[f32; 32], out: &mut [u8; BYTES]) {
    let size = largest_size(x);
    let signed = x.iter().copied().find(|v| v.abs() == size).unwrap_or(0.0);
    let half = (1 << (BITS - 1)) as f32;
    let d = signed / -half;
    let id = inverse(d);
    out[..2].copy_from_slice(&f32_to_f16(d).to_le_bytes());
    let mut codes = [0u8; 32];
    for (c, v) in codes.iter_mut().zip(x) {
        *c = code::<BITS>(v * id + half + 0.5);
    }
    put_codes::<BITS>(&codes, &mut out[2..]);
}

/// Q4_1 and Q5_1: the smallest value gets the code 0 and the largest the last one.
#[inline(always)]
fn affine<const BITS: u32, const BYTES: usize>(x: &[f32; 32], out: &mut [u8; BYTES]) {
    let least = reduce(x, f32::MAX, |m, v| if v < m { v } else { m });
    let most = reduce(x, f32::MIN, |m, v| if v > m { v } else { m });
    // Of the two zeros ggml keeps the first.
    let least = if least == 0.0 { x.iter().copied().find(|v| *v == 0.0).unwrap_or(0.0) } else { least };
    let d = (most - least) / ((1 << BITS) - 1) as f32;
    let id = inverse(d);
    out[..2].copy_from_slice(&f32_to_f16(d).to_le_bytes());
    out[2..4].copy_from_slice(&f32_to_f16(least).to_le_bytes());
    let mut codes = [0u8; 32];
    for (c, v) in codes.iter_mut().zip(x) {
        *c = code::<BITS>((v - least) * id + 0.5);
    }
    put_codes::<BITS>(&codes, &mut out[4..]);
}

#[inline(always)]
fn put_codes<const BITS: u32>(codes: &[u8; 32], out: &mut [u8]) {
    let low = if BITS == 5 {
        let mut lanes = [0u32; 8];
        for (k, eight) in codes.as_chunks::<8>().0.iter().enumerate() {
            lanes = std::array::from_fn(|i| lanes[i] | u32::from(eight[i] >> 4) << (8 * k + i));
        }
        let fifth = lanes.into_iter().fold(0, |word, lane| word | lane);
        out[..4].copy_from_slice(&fifth.to_le_bytes());
        &mut out[4..]
    } else {
        out
    };
    for (j, o) in low.iter_mut().enumerate() {
        *o = codes[j] & 15 | codes[j + 16] << 4;
    }
}
