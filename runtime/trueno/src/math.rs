//! Float functions of arrays: `a.exp()`, `a.sqrt()`, `a.arctan2(&b)?`.

use crate::dtype::{Number, Real};
use crate::error::Result;
use crate::ops::Operand;
use crate::reduce::Divide;
use crate::tensor::{Array, Tensor};
use crate::vmath;

/// f32 and f64 with the functions of `libm`.
pub trait FloatMath: Real + Divide {
    /// `e^x`
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Sine where the fast form holds.
    fn sin_fast(self) -> Self;
    /// Cosine where the fast form holds.
    fn cos_fast(self) -> Self;
    /// Whether the fast sine and cosine hold.
    fn is_trig_fast(self) -> bool;
    /// Sine of any argument.
    fn sin_any(self) -> Self;
    /// Cosine of any argument.
    fn cos_any(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// `self ** other`
    fn pow(self, other: Self) -> Self;
    /// The function of f64 applied in f64 and rounded.
    fn with_f64(self, f: impl Fn(f64) -> f64) -> Self;
    /// Square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// Rounded down.
    fn floor(self) -> Self;
    /// Rounded up.
    fn ceil(self) -> Self;
    /// Rounded towards zero.
    fn trunc(self) -> Self;
    /// Rounded to the nearest, ties to even.
    fn rint(self) -> Self;
    /// The sign of `other`.
    fn copysign(self, other: Self) -> Self;
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Infinite.
    fn is_infinite(self) -> bool;
    /// Whether the sign bit is set.
    fn is_sign_negative(self) -> bool;
    /// Angle of the point (other, self).
    fn atan2(self, other: Self) -> Self;
    /// Length of the vector (self, other).
    fn hypot(self, other: Self) -> Self;
    /// NaN.
    const NAN: Self;
}

/// What f32 and f64 take from the standard library alike.
macro_rules! shared_float {
    ($t:ident) => {
        #[inline(always)]
        fn sqrt(self) -> Self {
            $t::sqrt(self)
        }
        #[inline(always)]
        fn floor(self) -> Self {
            $t::floor(self)
        }
        #[inline(always)]
        fn ceil(self) -> Self {
            $t::ceil(self)
        }
        #[inline(always)]
        fn trunc(self) -> Self {
            $t::trunc(self)
        }
        #[inline(always)]
        fn rint(self) -> Self {
            $t::round_ties_even(self)
        }
        #[inline(always)]
        fn copysign(self, other: Self) -> Self {
            $t::copysign(self, other)
        }
        #[inline(always)]
        fn is_finite(self) -> bool {
            $t::is_finite(self)
        }
        #[inline(always)]
        fn is_infinite(self) -> bool {
            $t::is_infinite(self)
        }
        #[inline(always)]
        fn is_sign_negative(self) -> bool {
            $t::is_sign_negative(self)
        }
    };
}

impl FloatMath for f64 {
    const NAN: Self = f64::NAN;
    #[inline(always)]
    fn exp(self) -> Self {
        vmath::exp(self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        vmath::ln(self)
    }
    #[inline(always)]
    fn sin_fast(self) -> Self {
        vmath::sin(self)
    }
    #[inline(always)]
    fn cos_fast(self) -> Self {
        vmath::cos(self)
    }
    #[inline(always)]
    fn is_trig_fast(self) -> bool {
        f64::abs(self) <= vmath::TRIG_LIMIT
    }
    fn sin_any(self) -> Self {
        f64::sin(self)
    }
    fn cos_any(self) -> Self {
        f64::cos(self)
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        vmath::tanh(self)
    }
    #[inline(always)]
    fn pow(self, other: Self) -> Self {
        f64::powf(self, other)
    }
    #[inline(always)]
    fn with_f64(self, f: impl Fn(f64) -> f64) -> Self {
        f(self)
    }
    #[inline(always)]
    fn atan2(self, other: Self) -> Self {
        f64::atan2(self, other)
    }
    #[inline(always)]
    fn hypot(self, other: Self) -> Self {
        f64::hypot(self, other)
    }
    shared_float!(f64);
}

impl FloatMath for f32 {
    const NAN: Self = f32::NAN;
    #[inline(always)]
    fn exp(self) -> Self {
        vmath::exp_f32(self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        vmath::ln(f64::from(self)) as f32
    }
    #[inline(always)]
    fn sin_fast(self) -> Self {
        vmath::sin(f64::from(self)) as f32
    }
    #[inline(always)]
    fn cos_fast(self) -> Self {
        vmath::cos(f64::from(self)) as f32
    }
    #[inline(always)]
    fn is_trig_fast(self) -> bool {
        f32::abs(self) <= vmath::TRIG_LIMIT as f32
    }
    fn sin_any(self) -> Self {
        f64::from(self).sin() as f32
    }
    fn cos_any(self) -> Self {
        f64::from(self).cos() as f32
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        vmath::tanh(f64::from(self)) as f32
    }
    #[inline(always)]
    fn pow(self, other: Self) -> Self {
        f64::powf(f64::from(self), f64::from(other)) as f32
    }
    #[inline(always)]
    fn with_f64(self, f: impl Fn(f64) -> f64) -> Self {
        f(f64::from(self)) as f32
    }
    #[inline(always)]
    fn atan2(self, other: Self) -> Self {
        f64::from(self).atan2(f64::from(other)) as f32
    }
    #[inline(always)]
    fn hypot(self, other: Self) -> Self {
        f64::from(self).hypot(f64::from(other)) as f32
    }
    shared_float!(f32);
}

macro_rules! unary {
    ($($name:ident, |$x:ident| $body:expr, $doc:literal;)*) => {
        impl<T: FloatMath> Tensor<'_, T> {$(
            #[doc = $doc]
            pub fn $name(&self) -> Array<T> { self.map(#[inline(always)] |$x| $body) }
        )*}
    };
}

unary! {
    exp, |x| x.exp(), "`e^x`, within 1 ulp.";
    log, |x| x.ln(), "Natural logarithm, within 1 ulp.";
    tanh, |x| x.tanh(), "Hyperbolic tangent, within 1 ulp.";
    sqrt, |x| x.sqrt(), "Square root, correctly rounded.";
    floor, |x| x.floor(), "Rounded down.";
    ceil, |x| x.ceil(), "Rounded up.";
    trunc, |x| x.trunc(), "Rounded towards zero.";
    rint, |x| x.rint(), "Rounded to the nearest integer, ties to even.";
    exp2, |x| x.with_f64(f64::exp2), "`2^x`";
    expm1, |x| x.with_f64(f64::exp_m1), "`e^x - 1`";
    log2, |x| x.with_f64(f64::log2), "Logarithm to base 2.";
    log10, |x| x.with_f64(f64::log10), "Logarithm to base 10.";
    log1p, |x| x.with_f64(f64::ln_1p), "`log(1 + x)`";
    cbrt, |x| x.with_f64(f64::cbrt), "Cube root.";
    tan, |x| x.with_f64(f64::tan), "Tangent.";
    arcsin, |x| x.with_f64(f64::asin), "Inverse sine.";
    arccos, |x| x.with_f64(f64::acos), "Inverse cosine.";
    arctan, |x| x.with_f64(f64::atan), "Inverse tangent.";
    sinh, |x| x.with_f64(f64::sinh), "Hyperbolic sine.";
    cosh, |x| x.with_f64(f64::cosh), "Hyperbolic cosine.";
    arcsinh, |x| x.with_f64(arcsinh), "Inverse hyperbolic sine.";
    arccosh, |x| x.with_f64(arccosh), "Inverse hyperbolic cosine.";
    arctanh, |x| x.with_f64(arctanh), "Inverse hyperbolic tangent.";
    reciprocal, |x| T::ONE.divide(x), "`1 / x`";
    degrees, |x| x.times(T::from_f64(180.0 / std::f64::consts::PI)), "Radians to degrees.";
    radians, |x| x.times(T::from_f64(std::f64::consts::PI / 180.0)), "Degrees to radians.";
}

/// `asinh` that keeps small arguments exact, after musl.
fn arcsinh(x: f64) -> f64 {
    let size = x.abs();
    let value = if size > 67108864.0 {
        size.ln() + std::f64::consts::LN_2
    } else if size > 2.0 {
        (2.0 * size + 1.0 / ((size * size + 1.0).sqrt() + size)).ln()
    } else {
        (size + size * size / ((size * size + 1.0).sqrt() + 1.0)).ln_1p()
    };
    value.copysign(x)
}

/// `acosh`, after musl.
fn arccosh(x: f64) -> f64 {
    if x < 1.0 {
        f64::NAN
    } else if x < 2.0 {
        let t = x - 1.0;
        (t + (t * t + 2.0 * t).sqrt()).ln_1p()
    } else if x < 67108864.0 {
        (2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt())).ln()
    } else {
        x.ln() + std::f64::consts::LN_2
    }
}

/// `atanh`, after musl.
fn arctanh(x: f64) -> f64 {
    let size = x.abs();
    let value = if size < 0.5 {
        0.5 * (2.0 * size + 2.0 * size * size / (1.0 - size)).ln_1p()
    } else {
        0.5 * (2.0 * (size / (1.0 - size))).ln_1p()
    };
    value.copysign(x)
}

impl<T: FloatMath> Tensor<'_, T> {
    /// Sine, within 1 ulp.
    pub fn sin(&self) -> Array<T> {
        if self.is_trig_fast() {
            return self.map(
                #[inline(always)]
                |x| x.sin_fast(),
            );
        }
        self.map(|x| if x.is_trig_fast() { x.sin_fast() } else { x.sin_any() })
    }

    /// Cosine, within 1 ulp.
    pub fn cos(&self) -> Array<T> {
        if self.is_trig_fast() {
            return self.map(
                #[inline(always)]
                |x| x.cos_fast(),
            );
        }
        self.map(|x| if x.is_trig_fast() { x.cos_fast() } else { x.cos_any() })
    }

    /// Whether the fast sine holds for every element.
    fn is_trig_fast(&self) -> bool {
        let fast = self.fold_over(&crate::Axes::all(), true, |ok, x| ok & x.is_trig_fast());
        fast.and_then(|ok| ok.item()).unwrap_or(false)
    }

    /// `self ** exponent` for one exponent; squares, roots and reciprocals as NumPy does them.
    pub fn pow(&self, exponent: T) -> Array<T> {
        match exponent.to_f64() {
            2.0 => self.map(|x| x.times(x)),
            1.0 => self.map(|x| x),
            0.5 => self.sqrt(),
            -1.0 => self.reciprocal(),
            0.0 => self.map(|_| T::ONE),
            _ => self.map(|x| x.pow(exponent)),
        }
    }

    /// Whether each element is neither infinite nor NaN.
    pub fn isfinite(&self) -> Array<bool> {
        self.map(T::is_finite)
    }

    /// Whether each element is infinite.
    pub fn isinf(&self) -> Array<bool> {
        self.map(T::is_infinite)
    }

    /// Whether each element is NaN.
    pub fn isnan(&self) -> Array<bool> {
        self.map(Real::is_nan)
    }

    /// Whether each element has its sign bit set.
    pub fn signbit(&self) -> Array<bool> {
        self.map(T::is_sign_negative)
    }

    /// NaN becomes `nan`, infinities the largest finite numbers.
    pub fn nan_to_num(&self, nan: T) -> Array<T> {
        let (low, high) = if size_of::<T>() == 4 {
            (f64::from(f32::MIN), f64::from(f32::MAX))
        } else {
            (f64::MIN, f64::MAX)
        };
        let (low, high) = (T::from_f64(low), T::from_f64(high));
        self.map(|x| match (Real::is_nan(x), x.is_infinite()) {
            (true, _) => nan,
            (_, true) => {
                if x > T::ZERO {
                    high
                } else {
                    low
                }
            }
            _ => x,
        })
    }

    /// Rounded to `decimals` places as NumPy does: scale, round to even, scale back.
    pub fn round(&self, decimals: i32) -> Array<T> {
        let scale = T::from_f64(10f64.powi(decimals.abs()));
        match decimals {
            0 => self.rint(),
            1.. => self.map(|x| x.times(scale).rint().divide(scale)),
            _ => self.map(|x| x.divide(scale).rint().times(scale)),
        }
    }

    /// Angle of each point (other, self).
    pub fn arctan2<'x>(&self, other: impl Operand<'x, T>) -> Result<Array<T>> {
        self.zip_with("arctan2", &other.operand(), T::atan2)
    }

    /// Length of each vector (self, other).
    pub fn hypot<'x>(&self, other: impl Operand<'x, T>) -> Result<Array<T>> {
        self.zip_with("hypot", &other.operand(), T::hypot)
    }

    /// Each element with the sign of `other`'s.
    pub fn copysign<'x>(&self, other: impl Operand<'x, T>) -> Result<Array<T>> {
        self.zip_with("copysign", &other.operand(), T::copysign)
    }

    /// `log(e^a + e^b)` without overflow.
    pub fn logaddexp<'x>(&self, other: impl Operand<'x, T>) -> Result<Array<T>> {
        self.zip_with("logaddexp", &other.operand(), |x, y| {
            if x == y {
                return x.plus(T::from_f64(std::f64::consts::LN_2));
            }
            let d = x.minus(y);
            match d > T::ZERO {
                true => x.plus(d.negative().with_f64(|d| d.exp().ln_1p())),
                false if d <= T::ZERO => y.plus(d.with_f64(|d| d.exp().ln_1p())),
                false => d,
            }
        })
    }
}

impl<T: Real> Tensor<'_, T> {
    /// `self ** other` of every pair; integers wrap, a negative integer exponent is an error.
    pub fn power<'x>(&self, other: impl Operand<'x, T>) -> Result<Array<T>> {
        let other = other.operand();
        if T::DTYPE.kind() == crate::Kind::Integer && other.iter().any(|y| y < T::ZERO) {
            return Err(crate::Error::value("Integers to negative integer powers are not allowed."));
        }
        self.zip_with("power", &other, Real::power)
    }
}

impl<T: Number> Tensor<'_, T> {
    /// `a * b + c` element by element in one pass, each step rounded as in `a * b + c`.
    pub fn mul_add(&self, b: &Tensor<'_, T>, c: &Tensor<'_, T>) -> Result<Array<T>> {
        self.zip3_with("mul_add", b, c, |a, b, c| a.times(b).plus(c))
    }
}
