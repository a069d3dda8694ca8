//! The error function, after fdlibm: sums in the order of the C library, so that no last digit differs.

const ERX: f64 = 0.845_062_911_510_467_5;
const PP: [f64; 5] = [
    0.128_379_167_095_512_56,
    -0.325_042_107_247_001_5,
    -0.028_481_749_575_598_51,
    -0.005_770_270_296_489_442,
    -2.376_301_665_665_016_3e-05,
];
const QQ: [f64; 6] = [
    1.0,
    0.397_917_223_959_155_35,
    0.065_022_249_988_767_3,
    0.005_081_306_281_875_766,
    0.000_132_494_738_004_321_64,
    -3.960_228_278_775_368e-06,
];
const PA: [f64; 7] = [
    -0.002_362_118_560_752_659_4,
    0.414_856_118_683_748_33,
    -0.372_207_876_035_701_3,
    0.318_346_619_901_161_75,
    -0.110_894_694_282_396_68,
    0.035_478_304_325_618_236,
    -0.002_166_375_594_868_791,
];
const QA: [f64; 7] = [
    1.0,
    0.106_420_880_400_844_23,
    0.540_397_917_702_171,
    0.071_828_654_414_196_27,
    0.126_171_219_808_761_64,
    0.013_637_083_912_029_05,
    0.011_984_499_846_799_107,
];
const RA: [f64; 8] = [
    -0.009_864_944_034_847_148,
    -0.693_858_572_707_181_8,
    -10.558_626_225_323_291,
    -62.375_332_450_326_006,
    -162.396_669_462_573_47,
    -184.605_092_906_711_04,
    -81.287_435_506_306_6,
    -9.814_329_344_169_145,
];
const SA: [f64; 9] = [
    1.0,
    19.651_271_667_439_257,
    137.657_754_143_519_04,
    434.565_877_475_229_23,
    645.387_271_733_267_9,
    429.008_140_027_567_83,
    108.635_005_541_779_44,
    6.570_249_770_319_282,
    -0.060_424_415_214_858_1,
];
const RB: [f64; 7] = [
    -0.009_864_942_924_700_1,
    -0.799_283_237_680_523,
    -17.757_954_917_754_752,
    -160.636_384_855_821_92,
    -637.566_443_368_389_6,
    -1_025.095_131_611_077_2,
    -483.519_191_608_651_4,
];
const SB: [f64; 8] = [
    1.0,
    30.338_060_743_482_46,
    325.792_512_996_573_9,
    1_536.729_586_084_437,
    3_199.858_219_508_595_5,
    2_553.050_406_433_164_4,
    474.528_541_206_955_37,
    -22.440_952_446_585_82,
];

/// A polynomial as C's library sums it: pairs of terms, then powers of the square.
fn in_pairs(coefficients: &[f64], x: f64) -> f64 {
    let square = x * x;
    let powers =
        [1.0, square, square * square, square * square * square, (square * square) * (square * square)];
    let mut sum = 0.0;
    for (at, pair) in coefficients.chunks(2).enumerate() {
        let term = match pair {
            [a, b] => a + x * b,
            [a] => *a,
            _ => 0.0,
        };
        sum = if at == 0 { term } else { sum + powers[at] * term };
    }
    sum
}

/// `y` in `erf(x) = x + x * y`, near zero.
fn near_zero(x: f64) -> f64 {
    let z = x * x;
    in_pairs(&PP, z) / in_pairs(&QQ, z)
}

/// What `erf(|x|)` is above [`ERX`], near one.
fn near_one(x: f64) -> f64 {
    let s = x.abs() - 1.0;
    in_pairs(&PA, s) / in_pairs(&QA, s)
}

/// `erfc(|x|)`, further away.
fn far(x: f64) -> f64 {
    let x = x.abs();
    let s = 1.0 / (x * x);
    let ratio = if x < 2.857_142_857_142_857 {
        in_pairs(&RA, s) / in_pairs(&SA, s)
    } else {
        in_pairs(&RB, s) / in_pairs(&SB, s)
    };
    let z = f64::from_bits(x.to_bits() & 0xffff_ffff_0000_0000);
    (-z * z - 0.5625).exp() * ((z - x) * (z + x) + ratio).exp() / x
}

/// `math.erf(x)`.
pub fn erf(x: f64) -> f64 {
    let size = x.abs();
    if x.is_nan() {
        return x;
    }
    let result = if size < 0.84375 {
        return x + x * near_zero(x);
    } else if size < 1.25 {
        ERX + near_one(x)
    } else if size < 6.0 {
        1.0 - far(x)
    } else {
        1.0
    };
    result.copysign(x)
}

/// `math.erfc(x)`.
pub fn erfc(x: f64) -> f64 {
    let size = x.abs();
    if x.is_nan() {
        return x;
    }
    if size < 0.84375 {
        let y = near_zero(x);
        return if x < 0.25 { 1.0 - (x + x * y) } else { 0.5 - (x * y + (x - 0.5)) };
    }
    match (size < 1.25, x > 0.0) {
        (true, true) => 1.0 - ERX - near_one(x),
        (true, false) => 1.0 + (ERX + near_one(x)),
        (false, true) => {
            if size < 28.0 {
                far(x)
            } else {
                0.0
            }
        }
        (false, false) => {
            if size < 6.0 {
                2.0 - far(x)
            } else {
                2.0
            }
        }
    }
}
