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
