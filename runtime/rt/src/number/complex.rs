//! `complex`: arithmetic and text.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use crate::class::{OverflowError, ZeroDivisionError};
use crate::collections::{Key, mix_hash, py_hash_float};
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

impl Complex {
    /// `a ** b`, by products where `b` is a small integer; raises `ZeroDivisionError` and `OverflowError`.
    #[track_caller]
    #[must_use]
    pub fn pow(self, other: impl Into<Complex>) -> Complex {
        let exponent = other.into();
        let is_small = exponent.im == 0.0 && exponent.re.fract() == 0.0 && exponent.re.abs() <= 100.0;
        let power = if is_small {
            let power = self.power(exponent.re.abs() as u32);
            if exponent.re > 0.0 { power } else { Complex::from(1.0).true_div(power) }
        } else {
            self.general_power(exponent)
        };
        if power.re.is_infinite() || power.im.is_infinite() {
            raise_new(OverflowError, "complex exponentiation");
        }
        power
    }

    fn power(self, exponent: u32) -> Complex {
        let (mut result, mut square) = (Complex::from(1.0), self);
        let mut bit = 1;
        while exponent >= bit {
            if exponent & bit != 0 {
                result = result * square;
            }
            bit <<= 1;
            square = square * square;
        }
        result
    }

    #[track_caller]
    fn general_power(self, exponent: Complex) -> Complex {
        if self.re == 0.0 && self.im == 0.0 {
            if exponent.im != 0.0 || exponent.re < 0.0 {
                raise_new(ZeroDivisionError, "0.0 to a negative or complex power");
            }
            return Complex::default();
        }
        let size = self.abs();
        let angle = self.im.atan2(self.re);
        let (mut length, mut phase) = (size.powf(exponent.re), angle * exponent.re);
        if exponent.im != 0.0 {
            length *= (-angle * exponent.im).exp();
            phase += exponent.im * size.ln();
        }
        Complex::new(length * phase.cos(), length * phase.sin())
    }
}

impl Key for Complex {
    fn key_hash(&self) -> u64 {
        if self.im == 0.0 {
            return self.re.key_hash();
        }
        mix_hash(self.re.key_hash(), self.im.key_hash())
    }

    fn key_eq(&self, other: &Complex) -> bool {
        self == other
    }

    fn py_hash(&self) -> Option<i64> {
        let (re, im) = (py_hash_float(self.re)?, py_hash_float(self.im)?);
        let hash = re.wrapping_add(im.wrapping_mul(1_000_003));
        Some(if hash == -1 { -2 } else { hash })
    }
}

impl PartialEq<f64> for Complex {
    fn eq(&self, other: &f64) -> bool {
        self.im == 0.0 && self.re == *other
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

macro_rules! operators {
    ($($Trait:ident $method:ident |$a:ident, $b:ident| $result:expr;)*) => {
        $(
            impl<T: Into<Complex>> $Trait<T> for Complex {
                type Output = Complex;

                fn $method(self, other: T) -> Complex {
                    let ($a, $b) = (self, other.into());
                    $result
                }
            }

            impl $Trait<Complex> for f64 {
                type Output = Complex;

                fn $method(self, other: Complex) -> Complex {
                    Complex::from(self).$method(other)
                }
            }

            impl $Trait<Complex> for i64 {
                type Output = Complex;

                fn $method(self, other: Complex) -> Complex {
                    Complex::from(self).$method(other)
                }
            }
        )*
    };
}

operators! {
    Add add |a, b| Complex::new(a.re + b.re, a.im + b.im);
    Sub sub |a, b| Complex::new(a.re - b.re, a.im - b.im);
    Mul mul |a, b| Complex::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
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
