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
    let pairs = values.chunks_exact(ty.block_len()).zip(out.chunks_exact_mut(ty.block_bytes()));
    match ty {
        Type::F32 => pairs.for_each(|(x, o)| o.copy_from_slice(&x[0].to_le_bytes())),
        Type::F16 => pairs.for_each(|(x, o)| o.copy_from_slice(&f32_to_f16(x[0]).to_le_bytes())),
        Type::BF16 => pairs.for_each(|(x, o)| o.copy_from_slice(&f32_to_bf16(x[0]).to_le_bytes())),
        Type::Q8_0 => pairs.for_each(|(x, o)| q8_0(block(x), o)),
        Type::Q4_0 => pairs.for_each(|(x, o)| symmetric::<4>(block(x), o)),
        Type::Q5_0 => pairs.for_each(|(x, o)| symmetric::<5>(block(x), o)),
        Type::Q4_1 => pairs.for_each(|(x, o)| affine::<4>(block(x), o)),
        Type::Q5_1 => pairs.for_each(|(x, o)| affine::<5>(block(x), o)),
        _ => return Err(Error::unsupported(format!("quantising to {}", ty.name()))),
    }
    Ok(out)
}

fn block(x: &[f32]) -> &[f32; 32] {
    x.try_into().expect("chunks_exact gives 32 values for these types")
}

fn inverse(d: f32) -> f32 {
    if d == 0.0 { 0.0 } else { 1.0 / d }
}

fn q8_0(x: &[f32; 32], out: &mut [u8]) {
    let largest = x.iter().fold(0f32, |m, v| m.max(v.abs()));
    let d = largest / 127.0;
    let id = inverse(d);
    out[..2].copy_from_slice(&f32_to_f16(d).to_le_bytes());
    for (o, v) in out[2..].iter_mut().zip(x) {
        // Half away from zero, written so that it vectorises.
        let scaled = v * id;
        let below = scaled.abs() as i32 as f32;
        let up = if scaled.abs() - below >= 0.5 { 1.0 } else { 0.0 };
        *o = (below + up).copysign(scaled) as i32 as i8 as u8;
    }
}

/// Q4_0 and Q5_0: the value of largest magnitude gets the code `-2^(BITS-1)`.
fn symmetric<const BITS: u32>(x: &[f32; 32], out: &mut [u8]) {
    let size = x.iter().fold(0f32, |m, v| m.max(v.abs()));
    let signed = x.iter().copied().find(|v| v.abs() == size).unwrap_or(0.0);
    let half = (1 << (BITS - 1)) as f32;
    let d = signed / -half;
    let id = inverse(d);
    out[..2].copy_from_slice(&f32_to_f16(d).to_le_bytes());
    let mut codes = [0u8; 32];
    for (c, v) in codes.iter_mut().zip(x) {
        *c = ((v * id + half + 0.5) as i32).min((1 << BITS) - 1) as u8;
    }
    put_codes::<BITS>(&codes, &mut out[2..]);
}

/// Q4_1 and Q5_1: the smallest value gets the code 0 and the largest the last one.
fn affine<const BITS: u32>(x: &[f32; 32], out: &mut [u8]) {
    let least = x.iter().copied().fold(f32::MAX, f32::min);
    let most = x.iter().copied().fold(f32::MIN, f32::max);
    let d = (most - least) / ((1 << BITS) - 1) as f32;
    let id = inverse(d);
    out[..2].copy_from_slice(&f32_to_f16(d).to_le_bytes());
    out[2..4].copy_from_slice(&f32_to_f16(least).to_le_bytes());
    let mut codes = [0u8; 32];
    for (c, v) in codes.iter_mut().zip(x) {
        *c = (((v - least) * id + 0.5) as i32).min((1 << BITS) - 1) as u8;
    }
    put_codes::<BITS>(&codes, &mut out[4..]);
}

fn put_codes<const BITS: u32>(codes: &[u8; 32], out: &mut [u8]) {
    let low = if BITS == 5 {
        let fifth = codes.iter().enumerate().fold(0u32, |w, (j, c)| w | u32::from(c >> 4) << j);
        out[..4].copy_from_slice(&fifth.to_le_bytes());
        &mut out[4..]
    } else {
        out
    };
    for (j, o) in low.iter_mut().enumerate() {
        *o = codes[j] & 15 | codes[j + 16] << 4;
    }
}
