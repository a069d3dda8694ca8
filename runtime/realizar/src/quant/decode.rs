//! Every quantised type as codes, scales and offsets.

use super::Type;
use super::grids;
use super::half::f16_to_f32;

/// Values behind the 4-bit codes of IQ4_NL and IQ4_XS.
const NONLINEAR4: [i8; 16] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/// Twice the values of a 4-bit float (OCP microscaling E2M1).
const E2M1_DOUBLED: [i8; 16] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

/// One decoded block.
#[derive(Debug, Clone)]
pub struct Codes {
    /// Codes in element order; as many as the type's block has.
    pub q: [i8; 256],
    /// Scale of each run of `step` codes.
    pub d: [f32; 16],
    /// Offset of each run; read only if `has_offset`.
    pub m: [f32; 16],
    /// 16, 32 or 256 codes share a scale.
    pub step: usize,
    /// The type has offsets.
    pub has_offset: bool,
}

impl Default for Codes {
    fn default() -> Self {
        Self { q: [0; 256], d: [0.0; 16], m: [0.0; 16], step: 32, has_offset: false }
    }
}

impl Codes {
    /// Writes the values of the first `out.len()` codes.
    pub fn values(&self, out: &mut [f32]) {
        let runs = out.chunks_mut(self.step).zip(self.q.chunks(self.step));
        for (i, (out, q)) in runs.enumerate() {
            let (d, m) = (self.d[i], self.m[i]);
            for (o, &q) in out.iter_mut().zip(q) {
                // Adding an absent offset of 0 would turn -0.0 into 0.0.
                *o = if self.has_offset { f32::from(q) * d + m } else { f32::from(q) * d };
            }
        }
    }
}

pub(super) fn half_at(b: &[u8], at: usize) -> f32 {
    f16_to_f32(u16::from_le_bytes([b[at], b[at + 1]]))
}

pub(super) fn word_at(b: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]])
}

/// Decodes one block of a quantised type; does nothing for floats.
///
/// # Panics
/// If `b` is shorter than the type's block.
pub fn decode(ty: Type, b: &[u8], out: &mut Codes) {
    scales(ty, b, out);
    match ty {
        Type::Q4_0 => q4(&b[2..18], 8, out),
        Type::Q4_1 => q4(&b[4..20], 0, out),
        Type::Q5_0 => q5(&b[2..22], 16, out),
        Type::Q5_1 => q5(&b[4..24], 0, out),
        Type::Q8_0 | Type::Q8_1 => {
            let codes = &b[if ty == Type::Q8_0 { 2 } else { 4 }..];
            out.q.iter_mut().zip(&codes[..32]).for_each(|(q, &c)| *q = c as i8);
        }
        Type::Q2_K => q2_k(b, out),
        Type::Q3_K => q3_k(b, out),
        Type::Q4_K => q4_k(b, out),
        Type::Q5_K => q5_k(b, out),
        Type::Q6_K => q6_k(b, out),
        Type::Q8_K => out.q.iter_mut().zip(&b[4..260]).for_each(|(q, &c)| *q = c as i8),
        Type::IQ4_NL => nibbles_by_table(&b[2..18], &NONLINEAR4, &mut out.q[..32]),
        Type::MXFP4 => nibbles_by_table(&b[1..17], &E2M1_DOUBLED, &mut out.q[..32]),
        Type::IQ4_XS => iq4_xs(b, out),
        Type::IQ2_XXS => grids::iq2_xxs(b, out),
        Type::IQ2_XS => grids::iq2_xs(b, out),
        Type::IQ2_S => grids::iq2_s(b, out),
        Type::IQ3_XXS => grids::iq3_xxs(b, out),
        Type::IQ3_S => grids::iq3_s(b, out),
        Type::F32 | Type::F16 | Type::BF16 => {}
    }
}

/// The scales and offsets of a block without its codes; of the IQ types but IQ4_NL, whose scales
/// stand between the codes, only `step` and `has_offset`.
///
/// # Panics
/// If `b` is shorter than the type's block.
#[inline]
pub fn scales(ty: Type, b: &[u8], out: &mut Codes) {
    out.step = 32;
    out.has_offset = matches!(ty, Type::Q4_1 | Type::Q5_1 | Type::Q2_K | Type::Q4_K | Type::Q5_K);
    match ty {
        Type::Q4_0 | Type::Q5_0 | Type::Q8_0 | Type::Q8_1 | Type::IQ4_NL => out.d[0] = half_at(b, 0),
        Type::Q4_1 | Type::Q5_1 => (out.d[0], out.m[0]) = (half_at(b, 0), half_at(b, 2)),
        Type::MXFP4 => out.d[0] = half_of_power(b[0]),
        Type::Q2_K => q2_k_scales(b, out),
        Type::Q3_K => q3_k_scales(b, out),
        Type::Q4_K | Type::Q5_K => k_scales(b, out),
        Type::Q6_K => {
            out.step = 16;
            let d = half_at(b, 208);
            out.d.iter_mut().zip(&b[192..208]).for_each(|(o, &s)| *o = d * f32::from(s as i8));
        }
        Type::Q8_K => {
            out.step = 256;
            out.d[0] = f32::from_bits(word_at(b, 0));
        }
        _ => {}
    }
}

/// 2^(e - 128): half of the power that an E8M0 exponent stands for.
fn half_of_power(e: u8) -> f32 {
    match e {
        0 | 1 => f32::from_bits(0x0020_0000 << e),
        _ => f32::from_bits(u32::from(e - 1) << 23),
    }
}

fn nibbles_by_table(b: &[u8], table: &[i8; 16], q: &mut [i8]) {
    let (low, high) = q.split_at_mut(16);
    for ((low, high), &byte) in low.iter_mut().zip(high).zip(b) {
        *low = table[usize::from(byte & 15)];
        *high = table[usize::from(byte >> 4)];
    }
}

fn q4(b: &[u8], bias: i8, out: &mut Codes) {
    let (low, high) = out.q[..32].split_at_mut(16);
    for ((low, high), &byte) in low.iter_mut().zip(high).zip(b) {
        *low = (byte & 15) as i8 - bias;
        *high = (byte >> 4) as i8 - bias;
    }
}

fn q5(b: &[u8], bias: i8, out: &mut Codes) {
    let fifth = word_at(b, 0);
    for j in 0..16 {
        let byte = b[4 + j];
        let (top0, top1) = (fifth >> j & 1, fifth >> (j + 16) & 1);
        out.q[j] = (byte & 15 | (top0 << 4) as u8) as i8 - bias;
        out.q[j + 16] = (byte >> 4 | (top1 << 4) as u8) as i8 - bias;
    }
}

/// The 6-bit scale and offset of run `j` in the 12 bytes that Q4_K and Q5_K share.
fn scale_and_offset(j: usize, s: &[u8]) -> (f32, f32) {
    let (scale, offset) = if j < 4 {
        (s[j] & 63, s[j + 4] & 63)
    } else {
        (s[j + 4] & 15 | s[j - 4] >> 6 << 4, s[j + 4] >> 4 | s[j] >> 6 << 4)
    };
    (f32::from(scale), f32::from(offset))
}

fn q4_k(b: &[u8], out: &mut Codes) {
    for (q, b) in out.q.chunks_exact_mut(64).zip(b[16..144].chunks_exact(32)) {
        for (j, &byte) in b.iter().enumerate() {
            q[j] = (byte & 15) as i8;
            q[j + 32] = (byte >> 4) as i8;
        }
    }
}

fn q5_k(b: &[u8], out: &mut Codes) {
    let (fifth, low) = (&b[16..48], &b[48..176]);
    for (g, (q, b)) in out.q.chunks_exact_mut(64).zip(low.chunks_exact(32)).enumerate() {
        for j in 0..32 {
            let top = fifth[j] >> (2 * g);
            q[j] = (b[j] & 15 | (top & 1) << 4) as i8;
            q[j + 32] = (b[j] >> 4 | (top >> 1 & 1) << 4) as i8;
        }
    }
}

fn k_scales(b: &[u8], out: &mut Codes) {
    let (d, dmin) = (half_at(b, 0), half_at(b, 2));
    for j in 0..8 {
        let (scale, offset) = scale_and_offset(j, &b[4..16]);
        out.d[j] = d * scale;
        out.m[j] = -(dmin * offset);
    }
}

fn q6_k(b: &[u8], out: &mut Codes) {
    let (low, high) = (&b[..128], &b[128..192]);
    for h in 0..2 {
        let (low, high) = (&low[64 * h..], &high[32 * h..]);
        let q = &mut out.q[128 * h..128 * h + 128];
        for j in 0..32 {
            let (l0, l1, top) = (low[j], low[j + 32], high[j]);
            q[j] = (l0 & 15 | (top & 3) << 4) as i8 - 32;
            q[j + 32] = (l1 & 15 | (top >> 2 & 3) << 4) as i8 - 32;
            q[j + 64] = (l0 >> 4 | (top >> 4 & 3) << 4) as i8 - 32;
            q[j + 96] = (l1 >> 4 | (top >> 6) << 4) as i8 - 32;
        }
    }
}

fn q2_k_scales(b: &[u8], out: &mut Codes) {
    out.step = 16;
    let (d, dmin) = (half_at(b, 80), half_at(b, 82));
    for (j, &pair) in b[..16].iter().enumerate() {
        out.d[j] = d * f32::from(pair & 15);
        out.m[j] = -(dmin * f32::from(pair >> 4));
    }
}

fn q2_k(b: &[u8], out: &mut Codes) {
    let codes = &b[16..80];
    for (i, q) in out.q.iter_mut().enumerate() {
        let (half, plane, j) = (i / 128, i / 32 % 4, i % 32);
        *q = (codes[32 * half + j] >> (2 * plane) & 3) as i8;
    }
}

fn q3_k_scales(b: &[u8], out: &mut Codes) {
    out.step = 16;
    let (packed, d) = (&b[96..108], half_at(b, 108));
    for j in 0..16 {
        let low = if j < 8 { packed[j] & 15 } else { packed[j - 8] >> 4 };
        let high = packed[8 + j % 4] >> (2 * (j / 4)) & 3;
        out.d[j] = d * f32::from((low | high << 4) as i8 - 32);
    }
}

fn q3_k(b: &[u8], out: &mut Codes) {
    let (third, codes) = (&b[..32], &b[32..96]);
    for (i, q) in out.q.iter_mut().enumerate() {
        let (half, plane, j) = (i / 128, i / 32 % 4, i % 32);
        let low = (codes[32 * half + j] >> (2 * plane) & 3) as i8;
        let set = third[j] >> (4 * half + plane) & 1 == 1;
        *q = low - if set { 0 } else { 4 };
    }
}

fn iq4_xs(b: &[u8], out: &mut Codes) {
    let (d, high) = (half_at(b, 0), u16::from_le_bytes([b[2], b[3]]));
    for j in 0..8 {
        let low = b[4 + j / 2] >> (4 * (j % 2)) & 15;
        let scale = i16::from(low) | ((high >> (2 * j) & 3) << 4) as i16;
        out.d[j] = d * f32::from(scale - 32);
        nibbles_by_table(&b[8 + 16 * j..24 + 16 * j], &NONLINEAR4, &mut out.q[32 * j..32 * j + 32]);
    }
}
