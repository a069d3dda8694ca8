//! The special functions of `math`: gamma and error functions, area functions, neighbours of floats.

use crate::class::{OverflowError, ValueError};
use crate::unwind::raise_new;

#[cold]
#[track_caller]
fn domain() -> ! {
    raise_new(ValueError, "math domain error")
}

#[cold]
#[track_caller]
fn range() -> ! {
    raise_new(OverflowError, "math range error")
}

/// `math.asinh(x)`.
pub fn asinh(x: f64) -> f64 {
    let size = x.abs();
    let result = if size < 2f64.powi(-28) {
        size
    } else if size > 2f64.powi(28) {
        size.ln() + std::f64::consts::LN_2
    } else if size > 2.0 {
        (2.0 * size + 1.0 / ((size * size + 1.0).sqrt() + size)).ln()
    } else {
        let square = size * size;
        (size + square / (1.0 + (1.0 + square).sqrt())).ln_1p()
    };
    result.copysign(x)
}

/// `math.acosh(x)`; raises `ValueError`.
#[track_caller]
pub fn acosh(x: f64) -> f64 {
    if x < 1.0 {
        domain();
    }
    if x > 2f64.powi(28) {
        return x.ln() + std::f64::consts::LN_2;
    }
    if x > 2.0 {
        return (2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt())).ln();
    }
    let above = x - 1.0;
    (above + (2.0 * above + above * above).sqrt()).ln_1p()
}

/// `math.atanh(x)`; raises `ValueError`.
#[track_caller]
pub fn atanh(x: f64) -> f64 {
    if x.abs() >= 1.0 {
        domain();
    }
    let size = x.abs();
    let twice = size + size;
    let result = if size < 0.5 {
        0.5 * (twice + twice * size / (1.0 - size)).ln_1p()
    } else {
        0.5 * (twice / (1.0 - size)).ln_1p()
    };
    result.copysign(x)
}

/// `math.cbrt(x)`.
pub fn cbrt(x: f64) -> f64 {
    x.cbrt()
}

/// `math.ulp(x)`.
pub fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if !x.is_finite() {
        return x;
    }
    let above = x.next_up();
    if above.is_infinite() { x - x.next_down() } else { above - x }
}

/// `math.nextafter(x, y)`.
pub fn nextafter(x: f64, y: f64) -> f64 {
    match x.partial_cmp(&y) {
        None => f64::NAN,
        Some(std::cmp::Ordering::Equal) => y,
        Some(std::cmp::Ordering::Less) => x.next_up(),
        Some(std::cmp::Ordering::Greater) => x.next_down(),
    }
}

/// The parameter of the Lanczos approximation that CPython uses.
const G: f64 = 6.024_680_040_776_73;
const G_MINUS_HALF: f64 = 5.524_680_040_776_73;
const TOP: [f64; 13] = [
    23_531_376_880.410_76,
    42_919_803_642.649_1,
    35_711_959_237.355_67,
    17_921_034_426.037_21,
    6_039_542_586.352_028,
    1_439_720_407.311_721_6,
    248_874_557.862_054_17,
    31_426_415.585_400_194,
    2_876_370.628_935_372_5,
    186_056.265_395_223_48,
    8_071.672_002_365_816,
    210.824_277_751_579_36,
    2.506_628_274_631_000_2,
];
const BOTTOM: [f64; 13] = [
    0.0,
    39_916_800.0,
    120_543_840.0,
    150_917_976.0,
    105_258_076.0,
    45_995_730.0,
    13_339_535.0,
    2_637_558.0,
    357_423.0,
    32_670.0,
    1_925.0,
    66.0,
    1.0,
];

fn lanczos(x: f64) -> f64 {
    let (mut top, mut bottom) = (0.0, 0.0);
    if x < 5.0 {
        for (a, b) in TOP.iter().zip(&BOTTOM).rev() {
            top = top * x + a;
            bottom = bottom * x + b;
        }
    } else {
        for (a, b) in TOP.iter().zip(&BOTTOM) {
            top = top / x + a;
            bottom = bottom / x + b;
        }
    }
    top / bottom
}

/// `sin(pi * x)`, exact where it is.
fn sin_pi(x: f64) -> f64 {
    use std::f64::consts::PI;
    let y = x.abs() % 2.0;
    let result = match (2.0 * y).round() as i64 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * result
}

/// Factorials of 0 to 22, which floats hold exactly.
fn factorial(n: u32) -> f64 {
    (1..=n).map(f64::from).product()
}

/// `math.gamma(x)`; raises `ValueError` and `OverflowError`.
#[track_caller]
pub fn gamma(x: f64) -> f64 {
    if !x.is_finite() {
        if x == f64::NEG_INFINITY {
            domain();
        }
        return x;
    }
    if x == 0.0 || x < 0.0 && x == x.floor() {
        domain();
    }
    if x == x.floor() && x <= 23.0 {
        return factorial(x as u32 - 1);
    }
    let size = x.abs();
    if size < 1e-20 {
        let result = 1.0 / x;
        if result.is_infinite() {
            range();
        }
        return result;
    }
    if size > 200.0 {
        if x < 0.0 {
            return 0.0 / sin_pi(x);
        }
        range();
    }
    let y = size + G_MINUS_HALF;
    let z = if size > G_MINUS_HALF {
        let q = y - size;
        q - G_MINUS_HALF
    } else {
        let q = y - G_MINUS_HALF;
        q - size
    };
    let z = z * G / y;
    let result = if x < 0.0 {
        let mut result = -std::f64::consts::PI / sin_pi(size) / size * y.exp() / lanczos(size);
        result -= z * result;
        if size < 140.0 {
            result / y.powf(size - 0.5)
        } else {
            let root = y.powf(size / 2.0 - 0.25);
            result / root / root
        }
    } else {
        let mut result = lanczos(size) / y.exp();
        result += z * result;
        if size < 140.0 {
            result * y.powf(size - 0.5)
        } else {
            let root = y.powf(size / 2.0 - 0.25);
            result * root * root
        }
    };
    if result.is_infinite() {
        range();
    }
    result
}

/// `math.lgamma(x)`; raises `ValueError` and `OverflowError`.
#[track_caller]
pub fn lgamma(x: f64) -> f64 {
    if !x.is_finite() {
        return if x.is_nan() { x } else { f64::INFINITY };
    }
    if x == x.floor() && x <= 2.0 {
        if x <= 0.0 {
            domain();
        }
        return 0.0;
    }
    let size = x.abs();
    if size < 1e-20 {
        return -size.ln();
    }
    let exact = lanczos(size).ln() - G;
    let mut result = exact + (size - 0.5) * ((size + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        result = LOG_PI - sin_pi(size).abs().ln() - size.ln() - result;
    }
    if result.is_infinite() {
        range();
    }
    result
}

const LOG_PI: f64 = 1.144_729_885_849_400_2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(
            (gamma(5.0), gamma(0.5), gamma(-1.5)),
            (24.0, 1.772_453_850_905_515_9, 2.363_271_801_207_354_4)
        );
        assert_eq!(
            (super::super::math_erf::erf(0.5), asinh(-0.5)),
            (0.520_499_877_813_046_5, -0.481_211_825_059_603_47)
        );
        assert_eq!((ulp(1.0), nextafter(1.0, 2.0)), (f64::EPSILON, 1.0000000000000002));
    }
}
