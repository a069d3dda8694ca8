//! Storage types of tensors: their blocks, what a block means, and how to make one.
//!
//! A quantised block is integer codes plus a scale, and sometimes an offset, for each run of 16 or 32
//! codes: `value = scale * code + offset`. [`decode`] takes every type to that one form
//! ([`Codes`]); dequantisation and the packed kernels start from it.

mod decode;
mod encode;
mod grid_tables;
mod grids;
pub mod half;
pub(crate) mod words;

pub(crate) use decode::scales;
pub use decode::{Codes, decode};
pub use encode::quantize;

use half::{bf16_to_f32, f16_to_f32};

/// How a tensor's numbers are stored. Names and codes are GGUF's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(non_camel_case_types, missing_docs)]
pub enum Type {
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q8_1,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    Q8_K,
    IQ2_XXS,
    IQ2_XS,
    IQ2_S,
    IQ3_XXS,
    IQ3_S,
    IQ4_NL,
    IQ4_XS,
    MXFP4,
}

/// Code in the file, name, elements and bytes of a block.
const TYPES: [(Type, u32, &str, usize, usize); 23] = [
    (Type::F32, 0, "F32", 1, 4),
    (Type::F16, 1, "F16", 1, 2),
    (Type::BF16, 30, "BF16", 1, 2),
    (Type::Q4_0, 2, "Q4_0", 32, 18),
    (Type::Q4_1, 3, "Q4_1", 32, 20),
    (Type::Q5_0, 6, "Q5_0", 32, 22),
    (Type::Q5_1, 7, "Q5_1", 32, 24),
    (Type::Q8_0, 8, "Q8_0", 32, 34),
    (Type::Q8_1, 9, "Q8_1", 32, 36),
    (Type::Q2_K, 10, "Q2_K", 256, 84),
    (Type::Q3_K, 11, "Q3_K", 256, 110),
    (Type::Q4_K, 12, "Q4_K", 256, 144),
    (Type::Q5_K, 13, "Q5_K", 256, 176),
    (Type::Q6_K, 14, "Q6_K", 256, 210),
    (Type::Q8_K, 15, "Q8_K", 256, 292),
    (Type::IQ2_XXS, 16, "IQ2_XXS", 256, 66),
    (Type::IQ2_XS, 17, "IQ2_XS", 256, 74),
    (Type::IQ2_S, 22, "IQ2_S", 256, 82),
    (Type::IQ3_XXS, 18, "IQ3_XXS", 256, 98),
    (Type::IQ3_S, 21, "IQ3_S", 256, 110),
    (Type::IQ4_NL, 20, "IQ4_NL", 32, 18),
    (Type::IQ4_XS, 23, "IQ4_XS", 256, 136),
    (Type::MXFP4, 39, "MXFP4", 32, 17),
];

impl Type {
    /// All types, in no particular order.
    pub fn all() -> impl Iterator<Item = Self> {
        TYPES.iter().map(|row| row.0)
    }

    /// The type with this code in a GGUF file.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        TYPES.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    /// The type with this name, such as `Q4_K`; case does not matter.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TYPES.iter().find(|row| row.2.eq_ignore_ascii_case(name)).map(|row| row.0)
    }

    fn row(self) -> &'static (Self, u32, &'static str, usize, usize) {
        &TYPES[self as usize]
    }

    /// Code in a GGUF file.
    #[must_use]
    pub fn code(self) -> u32 {
        self.row().1
    }

    /// Name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// Elements in a block; 1 for floats.
    #[must_use]
    pub fn block_len(self) -> usize {
        self.row().3
    }

    /// Bytes of a block.
    #[must_use]
    pub fn block_bytes(self) -> usize {
        self.row().4
    }

    /// True for F32, F16 and BF16.
    #[must_use]
    pub fn is_float(self) -> bool {
        self.block_len() == 1
    }
}

/// Converts whole blocks to f32, bit for bit as ggml's reference does without fused
/// multiply-add. Converts as many blocks as both slices have room for.
pub fn dequantize(ty: Type, bytes: &[u8], out: &mut [f32]) {
    let blocks = bytes.chunks_exact(ty.block_bytes());
    match ty {
        Type::F32 => fill(out, blocks, |b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])),
        Type::F16 => fill(out, blocks, |b| f16_to_f32(u16::from_le_bytes([b[0], b[1]]))),
        Type::BF16 => fill(out, blocks, |b| bf16_to_f32(u16::from_le_bytes([b[0], b[1]]))),
        _ => {
            let mut codes = Codes::default();
            for (block, out) in blocks.zip(out.chunks_exact_mut(ty.block_len())) {
                decode(ty, block, &mut codes);
                codes.values(out);
            }
        }
    }
}

fn fill<'a>(out: &mut [f32], blocks: impl Iterator<Item = &'a [u8]>, value: impl Fn(&[u8]) -> f32) {
    out.iter_mut().zip(blocks).for_each(|(o, b)| *o = value(b));
}

#[cfg(test)]
mod tests;
