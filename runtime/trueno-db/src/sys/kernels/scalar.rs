//! The scalar twins: plain loops that the SIMD kernels are compared with.

/// Squared Euclidean distance.
pub(crate) fn l2(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// Inner product.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Squared distance of signed bytes.
pub(crate) fn l2_i8(a: &[u8], b: &[u8]) -> f32 {
    let sum: i64 = a
        .iter()
        .zip(b)
        .map(|(x, y)| {
            let difference = i64::from(*x as i8) - i64::from(*y as i8);
            difference * difference
        })
        .sum();
    sum as f32
}

/// Inner product of signed bytes.
pub(crate) fn dot_i8(a: &[u8], b: &[u8]) -> f32 {
    let sum: i64 = a.iter().zip(b).map(|(x, y)| i64::from(*x as i8) * i64::from(*y as i8)).sum();
    sum as f32
}

fn halves<'a>(a: &'a [u8], b: &'a [u8], widen: fn(u16) -> f32) -> impl Iterator<Item = (f32, f32)> + 'a {
    let read = move |pair: &[u8]| widen(u16::from_le_bytes([pair[0], pair[1]]));
    a.chunks_exact(2).zip(b.chunks_exact(2)).map(move |(x, y)| (read(x), read(y)))
}

/// Squared distance of half-precision vectors.
pub(crate) fn l2_f16(a: &[u8], b: &[u8]) -> f32 {
    halves(a, b, f16_to_f32).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// Inner product of half-precision vectors.
pub(crate) fn dot_f16(a: &[u8], b: &[u8]) -> f32 {
    halves(a, b, f16_to_f32).map(|(x, y)| x * y).sum()
}

/// Squared distance of bfloat16 vectors.
pub(crate) fn l2_bf16(a: &[u8], b: &[u8]) -> f32 {
    halves(a, b, bf16_to_f32).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// Inner product of bfloat16 vectors.
pub(crate) fn dot_bf16(a: &[u8], b: &[u8]) -> f32 {
    halves(a, b, bf16_to_f32).map(|(x, y)| x * y).sum()
}

/// Number of bits that differ.
pub(crate) fn hamming(a: &[u8], b: &[u8]) -> f32 {
    a.iter().zip(b).map(|(x, y)| u64::from((x ^ y).count_ones())).sum::<u64>() as f32
}

/// Half precision to single, exactly.
pub(crate) fn f16_to_f32(half: u16) -> f32 {
    let sign = u32::from(half >> 15) << 31;
    let exponent = u32::from(half >> 10) & 0x1f;
    let mantissa = u32::from(half) & 0x3ff;
    let magnitude = match exponent {
        0 => return f32::from_bits(sign | (mantissa as f32 * (1.0 / 16_777_216.0)).to_bits()),
        31 => 0x7f80_0000 | (mantissa << 13),
        _ => ((exponent + 112) << 23) | (mantissa << 13),
    };
    f32::from_bits(sign | magnitude)
}

/// Single to half precision, to nearest even; too large becomes the largest finite number.
pub(crate) fn f32_to_f16(x: f32) -> u16 {
    let bits = x.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let x = f32::from_bits(bits & 0x7fff_ffff).min(65_504.0);
    let bits = x.to_bits();
    if bits < 0x3880_0000 {
        // Below 2^-14: multiples of 2^-24, rounded to nearest even by the FPU.
        return sign | (x * 16_777_216.0).round_ties_even() as u16;
    }
    let rounded = bits + 0xfff + ((bits >> 13) & 1);
    sign | ((rounded >> 13) - (112 << 10)) as u16
}

/// bfloat16 to single, exactly.
pub(crate) fn bf16_to_f32(half: u16) -> f32 {
    f32::from_bits(u32::from(half) << 16)
}

/// Single to bfloat16, to nearest even; too large becomes the largest finite number.
pub(crate) fn f32_to_bf16(x: f32) -> u16 {
    let bits = x.to_bits();
    let rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    if rounded & 0x7fff == 0x7f80 { rounded as u16 - 1 } else { rounded as u16 }
}
