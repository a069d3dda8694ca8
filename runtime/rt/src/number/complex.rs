//! `complex`: arithmetic and text.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use crate::class::ZeroDivisionError;
use crate::repr::{Repr, write_f64};
use crate::unwind::raise_new;

/// Python's `complex`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    /// `complex(re, im)`.
    pub const fn new(re: f64, im: f64) -> Complex {
        Complex { re, im }
    }

    /// `z.conjugate()`.
    #[must_use]
    pub fn conjugate(self) -> Complex {
        Complex::new(self.re, -self.im)
    }

    /// `abs(z)`.
    pub fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// `a / b`, by Smith's method as CPython; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn true_div(self, other: impl Into<Complex>) -> Complex {
        let (a, b) = (self, other.into());
        if b.re == 0.0 && b.im == 0.0 {
            raise_new(ZeroDivisionError, "complex division by zero");
        }
        if b.re.abs() >= b.im.abs() {
            let ratio = b.im / b.re;
            let scale = b.re + b.im * ratio;
            Complex::new((a.re + a.im * ratio) / scale, (a.im - a.re * ratio) / scale)
        } else {
            let ratio = b.re / b.im;
            let scale = b.re * ratio + b.im;
            Complex::new((a.re * ratio + a.im) / scale, (a.im * ratio - a.re) / scale)
        }
    }
}

impl From<f64> for Complex {
    fn from(re: f64) -> Complex {
        Complex::new(re, 0.0)
    }
}

impl From<i64> for Complex {
    fn from(re: i64) -> Complex {
        Complex::new(re as f64, 0.0)
    }
}

impl<T: Into<Complex>> Add<T> for Complex {
    type Output = Complex;

    fn add(self, other: T) -> Complex {
        let other = other.into();
        Complex::new(self.re + other.re, self.im + other.im)
    }
}

impl<T: Into<Complex>> Sub<T> for Complex {
    type Output = Complex;

    fn sub(self, other: T) -> Complex {
        let other = other.into();
        Complex::new(self.re - other.re, self.im - other.im)
    }
}

impl<T: Into<Complex>> Mul<T> for Complex {
    type Output = Complex;

    fn mul(self, other: T) -> Complex {
        let other = other.into();
        Complex::new(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)
    }
}

impl Neg for Complex {
    type Output = Complex;

    fn neg(self) -> Complex {
        Complex::new(-self.re, -self.im)
    }
}

/// A float as a part of a complex number: whole numbers without `.0`.
fn write_part(f: &mut fmt::Formatter<'_>, x: f64) -> fmt::Result {
    let mut text = String::new();
    write_f64(&mut text, x)?;
    f.write_str(text.strip_suffix(".0").unwrap_or(&text))
}

impl Repr for Complex {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.re == 0.0 && self.re.is_sign_positive() {
            write_part(f, self.im)?;
            return f.write_str("j");
        }
        f.write_str("(")?;
        write_part(f, self.re)?;
        if self.im.is_nan() || self.im.is_sign_positive() {
            f.write_str("+")?;
        }
        write_part(f, self.im)?;
        f.write_str("j)")
    }
}

#[cfg(test)]
mod tests {
    use super::Complex;
    use crate::repr;

    #[test]
    fn texts_and_arithmetic_are_cpythons() {
        // From CPython 3.11.
        let (a, b) = (Complex::new(1.5, -2.0), Complex::new(0.0, 1.0));
        assert_eq!(repr(&a).to_string(), "(1.5-2j)");
        assert_eq!(repr(&b).to_string(), "1j");
        assert_eq!(repr(&Complex::new(-0.0, 2.0)).to_string(), "(-0+2j)");
        assert_eq!(repr(&(a * b)).to_string(), "(2+1.5j)");
        assert_eq!(repr(&a.true_div(Complex::new(3.0, 4.0))).to_string(), "(-0.14-0.48j)");
        assert_eq!(repr(&(a - 1)).to_string(), "(0.5-2j)");
    }
}
