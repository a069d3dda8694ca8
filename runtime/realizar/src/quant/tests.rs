//! Golden sums were made with ggml's own `to_float`, compiled with `-ffp-contract=off`
//! (`tests/real_models.sh` repeats that comparison).

use super::*;

/// Deterministic bytes, also produced by the C reference: a 64-bit linear congruence.
fn noise(seed: u64, n: usize) -> Vec<u8> {
    let mut state = seed;
    let step = |s: &mut u64| {
        *s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*s >> 56) as u8
    };
    (0..n).map(|_| step(&mut state)).collect()
}

/// FNV-1a over the bits of the values; all NaNs count as one.
fn checksum(values: &[f32]) -> u64 {
    values.iter().fold(0xcbf2_9ce4_8422_2325, |h, v| {
        let bits = if v.is_nan() { 0x7fc0_0000 } else { v.to_bits() };
        (h ^ u64::from(bits)).wrapping_mul(0x100_0000_01b3)
    })
}

#[test]
fn dequantises_random_blocks_as_ggml_does() {
    let golden = include_str!("golden.txt");
    let mut seen = 0;
    for line in golden.lines().filter(|l| !l.starts_with('#')) {
        let (name, sum) = line.split_once(' ').expect("name and checksum");
        let ty = Type::from_name(name).expect("known type");
        let elements = 64 * ty.block_len().max(32);
        let bytes = noise(u64::from(ty.code()) + 1, elements / ty.block_len() * ty.block_bytes());
        let mut out = vec![0.0; elements];
        dequantize(ty, &bytes, &mut out);
        assert_eq!(format!("{:016x}", checksum(&out)), sum, "{name}");
        seen += 1;
    }
    // Q8_1 is a type of activations: no file holds it and ggml has no reference for it.
    assert_eq!(seen, Type::all().count() - 1);
}

#[test]
fn table_rows_stand_at_their_own_index() {
    for ty in Type::all() {
        assert_eq!(ty.row().0, ty);
        assert_eq!(Type::from_code(ty.code()), Some(ty));
        assert_eq!(Type::from_name(ty.name()), Some(ty));
    }
}

#[test]
fn quantising_stays_within_half_a_step() {
    let x: Vec<f32> = noise(7, 4096).iter().map(|&b| (f32::from(b) - 127.0) / 50.0).collect();
    for (ty, levels) in
        [(Type::Q4_0, 8.0), (Type::Q4_1, 15.0), (Type::Q5_0, 16.0), (Type::Q5_1, 31.0), (Type::Q8_0, 127.0)]
    {
        let bytes = quantize(ty, &x).expect("whole blocks");
        let mut back = vec![0.0; x.len()];
        dequantize(ty, &bytes, &mut back);
        for (x, back) in x.chunks(32).zip(back.chunks(32)) {
            let span = x.iter().fold(0f32, |m, v| m.max(v.abs()))
                * if levels == 15.0 || levels == 31.0 { 2.0 } else { 1.0 };
            let worst = x.iter().zip(back).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            // The code at the far end of a symmetric type is clipped by one step.
            assert!(worst <= span / levels * 1.01 + 2e-3, "{}: {worst} of {span}", ty.name());
        }
    }
    assert!(quantize(Type::Q4_0, &x[..33]).is_err());
    assert!(quantize(Type::Q4_K, &x).is_err());
}

#[test]
fn quantising_agrees_with_ggml() {
    let golden = include_str!("golden_encode.txt");
    let x: Vec<f32> = noise(99, 8192)
        .chunks(2)
        .map(|b| (f32::from(b[0]) - 128.0) * 0.013 + (f32::from(b[1]) - 128.0) * 0.000_11)
        .collect();
    for line in golden.lines().filter(|l| !l.starts_with('#')) {
        let (name, sum) = line.split_once(' ').expect("name and checksum");
        let bytes = quantize(Type::from_name(name).expect("type"), &x).expect("blocks");
        let hash = bytes
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
        assert_eq!(format!("{hash:016x}"), sum, "{name}");
    }
}

#[test]
fn ties_round_away_from_zero_and_the_first_of_two_zeros_is_the_offset() {
    let mut x = [0.0f32; 32];
    x[..5].copy_from_slice(&[127.0, 0.5, -0.5, 2.5, -2.5]);
    let bytes = quantize(Type::Q8_0, &x).expect("a block");
    assert_eq!(bytes[2..7], [127, 1, 255, 3, 253]);
    for (first, offset) in [(0.0, 0), (-0.0, 0x80)] {
        let mut x = [-first; 32];
        (x[0], x[31]) = (first, 1.0);
        assert_eq!(quantize(Type::Q4_1, &x).expect("a block")[3], offset);
    }
}
