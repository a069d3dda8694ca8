//! Codes four at a time: unpacking a few bits of 32 codes as eight words of four bytes.
//!
//! The same codes as `decode` gives, made unsigned by [`bias`]. Packing a model reads every weight
//! once, so this decides how long loading takes.

use super::Type;
use super::decode::word_at;

const LOW4: u32 = 0x0f0f_0f0f;

/// What is added to signed codes to make them unsigned.
pub fn bias(ty: Type) -> i8 {
    match ty {
        Type::Q4_0 => 8,
        Type::Q5_0 => 16,
        Type::Q3_K => 4,
        Type::Q6_K => 32,
        _ => 0,
    }
}

/// Codes `32 * i..32 * i + 32` of a block, [`bias`] added, code `4 * v + k` in byte `k` of word `v`.
/// `None` for types that are unpacked another way. Meant to be inlined with a constant `ty`.
///
/// # Panics
/// If `b` is shorter than the type's block.
#[inline(always)]
pub fn words(ty: Type, b: &[u8], i: usize) -> Option<[u32; 8]> {
    Some(match ty {
        Type::Q4_0 => nibbles(first(&b[2..])),
        Type::Q5_0 => fifth_apart(word_at(b, 2), first(&b[6..])),
        Type::Q5_1 => fifth_apart(word_at(b, 4), first(&b[8..])),
        Type::Q2_K => {
            let codes: &[u8; 32] = first(&b[16 + 32 * (i / 4)..]);
            each(|v| word(codes, v) >> (2 * (i % 4)) & 0x0303_0303)
        }
        Type::Q3_K => {
            let (third, codes): (&[u8; 32], &[u8; 32]) = (first(b), first(&b[32 + 32 * (i / 4)..]));
            each(|v| {
                let low = word(codes, v) >> (2 * (i % 4)) & 0x0303_0303;
                low | (word(third, v) >> i & 0x0101_0101) << 2
            })
        }
        Type::Q4_K => {
            let codes: &[u8; 32] = first(&b[16 + 32 * (i / 2)..]);
            each(|v| word(codes, v) >> (4 * (i % 2)) & LOW4)
        }
        Type::Q5_K => {
            let (top, codes): (&[u8; 32], &[u8; 32]) = (first(&b[16..]), first(&b[48 + 32 * (i / 2)..]));
            each(|v| word(codes, v) >> (4 * (i % 2)) & LOW4 | (word(top, v) >> i & 0x0101_0101) << 4)
        }
        Type::Q6_K => {
            let (half, quarter) = (i / 4, i % 4);
            let low: &[u8; 32] = first(&b[64 * half + 32 * (quarter % 2)..]);
            let top: &[u8; 32] = first(&b[128 + 32 * half..]);
            each(|v| {
                let low = word(low, v) >> (4 * (quarter / 2)) & LOW4;
                low | (word(top, v) >> (2 * quarter) & 0x0303_0303) << 4
            })
        }
        _ => return None,
    })
}

fn first<const N: usize>(b: &[u8]) -> &[u8; N] {
    b.first_chunk().expect("the block is whole")
}

#[inline(always)]
fn each(f: impl Fn(usize) -> u32) -> [u32; 8] {
    std::array::from_fn(f)
}

#[inline(always)]
fn word<const N: usize>(b: &[u8; N], v: usize) -> u32 {
    word_at(b, 4 * v)
}

/// Low nibbles are codes 0 to 15, high nibbles 16 to 31.
#[inline(always)]
fn nibbles(b: &[u8; 16]) -> [u32; 8] {
    each(|v| word(b, v % 4) >> (4 * (v / 4)) & LOW4)
}

/// [`nibbles`] with their fifth bits in one word.
#[inline(always)]
fn fifth_apart(fifth: u32, b: &[u8; 16]) -> [u32; 8] {
    let low = nibbles(b);
    each(|v| {
        // The product puts bit k of four into bit 0 of byte k.
        let four = ((fifth >> (4 * v) & 15) * 0x0020_4081) & 0x0101_0101;
        low[v] | four << 4
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Codes, Type, decode};
    use super::{bias, words};

    #[test]
    fn words_hold_the_codes_of_decode() {
        let mut unpacked = 0;
        for ty in Type::all() {
            let noise = |i: usize| (i.wrapping_mul(2_654_435_761) >> 11) as u8;
            let block: Vec<u8> = (0..ty.block_bytes()).map(noise).collect();
            let mut codes = Codes::default();
            decode(ty, &block, &mut codes);
            for i in 0..ty.block_len() / 32 {
                let Some(words) = words(ty, &block, i) else { continue };
                let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
                let expected = codes.q[32 * i..32 * i + 32].iter().map(|q| (q + bias(ty)) as u8);
                assert!(bytes.iter().copied().eq(expected), "{} at {i}", ty.name());
                unpacked += 1;
            }
        }
        assert_eq!(unpacked, 3 + 5 * 8);
    }
}
