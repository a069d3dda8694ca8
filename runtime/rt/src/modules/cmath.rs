//! Python's `cmath`.

use crate::class::{OverflowError, ValueError};
use crate::number::Complex;
use crate::unwind::raise_new;

/// `cmath.exp(z)`; raises `OverflowError`.
#[track_caller]
pub fn exp(z: Complex) -> Complex {
    let length = z.re.exp();
    let result = Complex::new(length * z.im.cos(), if z.im == 0.0 { z.im } else { length * z.im.sin() });
    if z.re.is_finite() && (result.re.is_infinite() || result.im.is_infinite()) {
        raise_new(OverflowError, "math range error");
    }
    result
}

/// `cmath.sqrt(z)`.
pub fn sqrt(z: Complex) -> Complex {
    if z.re == 0.0 && z.im == 0.0 {
        return Complex::new(0.0, z.im);
    }
    let (re, im) = (z.re.abs(), z.im.abs());
    let root = if re < f64::MIN_POSITIVE && im < f64::MIN_POSITIVE && (re > 0.0 || im > 0.0) {
        let (re, im) = (re * 2f64.powi(54), im * 2f64.powi(54));
        (re + re.hypot(im)).sqrt() * 2f64.powi(-27) * std::f64::consts::FRAC_1_SQRT_2
    } else {
        2.0 * (re / 8.0 + (re / 8.0).hypot(im / 8.0)).sqrt()
    };
    let other = im / (2.0 * root);
    if z.re >= 0.0 {
        Complex::new(root, other.copysign(z.im))
    } else {
        Complex::new(other, root.copysign(z.im))
    }
}

/// `cmath.log(z)`; raises `ValueError` for zero.
#[track_caller]
pub fn log(z: Complex) -> Complex {
    if z.re == 0.0 && z.im == 0.0 {
        raise_new(ValueError, "math domain error");
    }
    let (re, im) = (z.re.abs(), z.im.abs());
    let (large, small) = if re > im { (re, im) } else { (im, re) };
    let size = large.hypot(small);
    let length = if (0.71..=1.73).contains(&size) {
        ((large - 1.0) * (large + 1.0) + small * small).ln_1p() / 2.0
    } else {
        size.ln()
    };
    Complex::new(length, z.im.atan2(z.re))
}

/// `cmath.log(z, base)`.
#[track_caller]
pub fn log_base(z: Complex, base: Complex) -> Complex {
    log(z).true_div(log(base))
}

/// `cmath.log10(z)`.
#[track_caller]
pub fn log10(z: Complex) -> Complex {
    let result = log(z);
    Complex::new(result.re / std::f64::consts::LN_10, result.im / std::f64::consts::LN_10)
}

/// `cmath.phase(z)`.
pub fn phase(z: Complex) -> f64 {
    z.im.atan2(z.re)
}

/// `cmath.polar(z)`.
pub fn polar(z: Complex) -> (f64, f64) {
    (z.abs(), phase(z))
}

/// `cmath.rect(r, phi)`.
pub fn rect(size: f64, angle: f64) -> Complex {
    if angle == 0.0 {
        return Complex::new(size, size * angle);
    }
    Complex::new(size * angle.cos(), size * angle.sin())
}

/// `cmath.sinh(z)`.
pub fn sinh(z: Complex) -> Complex {
    Complex::new(z.im.cos() * z.re.sinh(), z.im.sin() * z.re.cosh())
}

/// `cmath.cosh(z)`.
pub fn cosh(z: Complex) -> Complex {
    Complex::new(z.im.cos() * z.re.cosh(), z.im.sin() * z.re.sinh())
}

/// `cmath.sin(z)`.
pub fn sin(z: Complex) -> Complex {
    let turned = sinh(Complex::new(-z.im, z.re));
    Complex::new(turned.im, -turned.re)
}

/// `cmath.cos(z)`.
pub fn cos(z: Complex) -> Complex {
    cosh(Complex::new(-z.im, z.re))
}

/// `cmath.isclose(a, b)`.
pub fn isclose(a: Complex, b: Complex, relative: f64, absolute: f64) -> bool {
    if a == b {
        return true;
    }
    if [a.re, a.im, b.re, b.im].iter().any(|part| part.is_infinite()) {
        return false;
    }
    let distance = (a - b).abs();
    distance <= relative * b.abs() || distance <= relative * a.abs() || distance <= absolute
}

/// `cmath.isnan(z)`.
pub fn isnan(z: Complex) -> bool {
    z.re.is_nan() || z.im.is_nan()
}

/// `cmath.isinf(z)`.
pub fn isinf(z: Complex) -> bool {
    z.re.is_infinite() || z.im.is_infinite()
}

/// `cmath.isfinite(z)`.
pub fn isfinite(z: Complex) -> bool {
    z.re.is_finite() && z.im.is_finite()
}

/// `cmath.tanh(z)`.
pub fn tanh(z: Complex) -> Complex {
    // log(DBL_MAX) / 2: beyond, `cosh` would be too large.
    if z.re.abs() > 354.891_356_446_691_9 {
        let im = 4.0 * z.im.sin() * z.im.cos() * (-2.0 * z.re.abs()).exp();
        return Complex::new(1f64.copysign(z.re), im);
    }
    let (tx, ty) = (z.re.tanh(), z.im.tan());
    let cx = 1.0 / z.re.cosh();
    let txty = tx * ty;
    let below = 1.0 + txty * txty;
    Complex::new(tx * (1.0 + ty * ty) / below, ((ty / below) * cx) * cx)
}

/// `cmath.tan(z)`.
pub fn tan(z: Complex) -> Complex {
    let turned = tanh(Complex::new(-z.im, z.re));
    Complex::new(turned.im, -turned.re)
}

const LARGE: f64 = f64::MAX / 4.0;

fn is_large(z: Complex) -> bool {
    z.re.abs() > LARGE || z.im.abs() > LARGE
}

/// The length of a large number, halved before and doubled after.
fn large_log(z: Complex) -> f64 {
    (z.re / 2.0).hypot(z.im / 2.0).ln() + std::f64::consts::LN_2 * 2.0
}

/// `cmath.acos(z)`.
pub fn acos(z: Complex) -> Complex {
    if is_large(z) {
        let im = large_log(z);
        let im = if z.re < 0.0 { -im.copysign(z.im) } else { im.copysign(-z.im) };
        return Complex::new(z.im.abs().atan2(z.re), im);
    }
    let s1 = sqrt(Complex::new(1.0 - z.re, -z.im));
    let s2 = sqrt(Complex::new(1.0 + z.re, z.im));
    Complex::new(2.0 * s1.re.atan2(s2.re), super::math::asinh(s2.re * s1.im - s2.im * s1.re))
}

/// `cmath.acosh(z)`.
pub fn acosh(z: Complex) -> Complex {
    if is_large(z) {
        return Complex::new(large_log(z), z.im.atan2(z.re));
    }
    let s1 = sqrt(Complex::new(z.re - 1.0, z.im));
    let s2 = sqrt(Complex::new(z.re + 1.0, z.im));
    Complex::new(super::math::asinh(s1.re * s2.re + s1.im * s2.im), 2.0 * s1.im.atan2(s2.re))
}

/// `cmath.asinh(z)`.
pub fn asinh(z: Complex) -> Complex {
    if is_large(z) {
        let re = large_log(z);
        let re = if z.im < 0.0 { re.copysign(z.re) } else { -re.copysign(-z.re) };
        return Complex::new(re, z.im.atan2(z.re.abs()));
    }
    let s1 = sqrt(Complex::new(1.0 + z.im, -z.re));
    let s2 = sqrt(Complex::new(1.0 - z.im, z.re));
    Complex::new(super::math::asinh(s1.re * s2.im - s2.re * s1.im), z.im.atan2(s1.re * s2.re - s1.im * s2.im))
}

/// `cmath.asin(z)`.
pub fn asin(z: Complex) -> Complex {
    let turned = asinh(Complex::new(-z.im, z.re));
    Complex::new(turned.im, -turned.re)
}

/// `cmath.atanh(z)`; raises `ValueError`.
#[track_caller]
pub fn atanh(z: Complex) -> Complex {
    if z.re < 0.0 || z.re == 0.0 && z.re.is_sign_negative() {
        return -atanh(-z);
    }
    let im = z.im.abs();
    let (re, turned) = if z.re > LARGE.sqrt() || im > LARGE.sqrt() {
        let length = (z.re / 2.0).hypot(z.im / 2.0);
        let right = std::f64::consts::FRAC_PI_2.copysign(-z.im);
        (z.re / 4.0 / length / length, -right)
    } else if z.re == 1.0 && im < f64::MIN_POSITIVE.sqrt() {
        if im == 0.0 {
            raise_new(ValueError, "math domain error");
        }
        (-(im.sqrt() / im.hypot(2.0).sqrt()).ln(), 2f64.atan2(-im).copysign(z.im) / 2.0)
    } else {
        let gap = 1.0 - z.re;
        (
            (4.0 * z.re / (gap * gap + im * im)).ln_1p() / 4.0,
            -(-2.0 * z.im).atan2(gap * (1.0 + z.re) - im * im) / 2.0,
        )
    };
    Complex::new(re, turned)
}

/// `cmath.atan(z)`; raises `ValueError`.
#[track_caller]
pub fn atan(z: Complex) -> Complex {
    let turned = atanh(Complex::new(-z.im, z.re));
    Complex::new(turned.im, -turned.re)
}
