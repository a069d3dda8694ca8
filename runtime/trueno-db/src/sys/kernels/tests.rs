use proptest::prelude::*;

use super::scalar::{bf16_to_f32, f16_to_f32, f32_to_bf16, f32_to_f16};
use super::{CodeKernel, SCALAR, available};

/// Two vectors of one length that begin at an offset, so loads are unaligned.
fn pair<T: std::fmt::Debug>(
    item: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = (Vec<T>, Vec<T>, usize)> {
    (0usize..300, 0usize..5).prop_flat_map(move |(n, skip)| {
        let one = prop::collection::vec(item.clone(), n + skip);
        (one.clone(), one, Just(skip))
    })
}

fn close(got: f32, want: f32, scale: f32) -> bool {
    (got - want).abs() <= 1e-4 * scale.max(1.0)
}

proptest! {
    #[test]
    fn f32_kernels_equal_their_scalar_twin((a, b, skip) in pair(-10.0f32..10.0)) {
        let (a, b) = (&a[skip..], &b[skip..]);
        let size: f32 = a.iter().zip(b).map(|(x, y)| (x.abs() + y.abs()).powi(2)).sum();
        for set in available() {
            prop_assert!(close(set.l2(a, b), SCALAR.l2(a, b), size), "l2 {}", set.name);
            prop_assert!(close(set.dot(a, b), SCALAR.dot(a, b), size), "dot {}", set.name);
        }
    }

    #[test]
    fn integer_kernels_equal_their_scalar_twin((a, b, skip) in pair(any::<u8>())) {
        let (a, b) = (&a[skip..], &b[skip..]);
        for set in available() {
            for kernel in [CodeKernel::L2I8, CodeKernel::DotI8, CodeKernel::Hamming] {
                prop_assert_eq!(set.code(kernel, a, b), SCALAR.code(kernel, a, b), "{:?} {}", kernel, set.name);
            }
        }
    }

    #[test]
    fn half_kernels_equal_their_scalar_twin((a, b, skip) in pair(-10.0f32..10.0)) {
        let size: f32 = a.iter().zip(&b).map(|(x, y)| (x.abs() + y.abs()).powi(2)).sum();
        for (narrow, kernels) in [
            (f32_to_f16 as fn(f32) -> u16, [CodeKernel::L2F16, CodeKernel::DotF16]),
            (f32_to_bf16, [CodeKernel::L2Bf16, CodeKernel::DotBf16]),
        ] {
            let pack = |v: &[f32]| -> Vec<u8> { v.iter().flat_map(|x| narrow(*x).to_le_bytes()).collect() };
            let (a, b) = (pack(&a[skip..]), pack(&b[skip..]));
            for set in available() {
                for kernel in kernels {
                    let (got, want) = (set.code(kernel, &a, &b), SCALAR.code(kernel, &a, &b));
                    prop_assert!(close(got, want, size), "{:?} {}: {} {}", kernel, set.name, got, want);
                }
            }
        }
    }

    #[test]
    fn halves_round_to_nearest(x in -70000.0f32..70000.0) {
        let half = f16_to_f32(f32_to_f16(x));
        prop_assert!((half - x.clamp(-65504.0, 65504.0)).abs() <= (x.abs() / 2048.0).max(3e-8));
        prop_assert!((bf16_to_f32(f32_to_bf16(x)) - x).abs() <= x.abs() / 256.0);
    }
}

#[test]
fn every_half_survives_the_round_trip() {
    for half in 0..=u16::MAX {
        if half & 0x7c00 != 0x7c00 {
            assert_eq!(f32_to_f16(f16_to_f32(half)), half);
        }
    }
    assert_eq!(f32_to_f16(1e9), 0x7bff);
    assert_eq!(f32_to_bf16(f32::MAX), 0x7f7f);
}

#[test]
fn the_longest_codes_do_not_overflow() {
    let (a, b) = (vec![127u8; 65_536], vec![129u8; 65_536]);
    for set in available() {
        assert_eq!(set.code(CodeKernel::L2I8, &a, &b), 65_536.0 * 64_516.0);
    }
}
