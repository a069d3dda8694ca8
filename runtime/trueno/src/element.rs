//! The thirteen element types: arithmetic, order and conversions, each written once as a macro.

use num_complex::Complex;

use crate::dtype::{Bits, Cast, Complex64, Complex128, DType, Element, Integer, Number, Real};
use crate::kernels::pairwise;

macro_rules! element {
    ($($t:ty, $dtype:ident, $sum:ty, |$x:ident| $widen:expr, $truth:expr;)*) => {$(
        impl Element for $t {
            const DTYPE: DType = DType::$dtype;
            type Sum = $sum;
            #[inline(always)]
            fn widen(self) -> $sum { let $x = self; $widen }
            #[inline(always)]
            fn truth(self) -> bool { let $x = self; $truth }
        }
    )*};
}

element! {
    bool, Bool, i64, |x| i64::from(x), x;
    i8, I8, i64, |x| i64::from(x), x != 0;
    i16, I16, i64, |x| i64::from(x), x != 0;
    i32, I32, i64, |x| i64::from(x), x != 0;
    i64, I64, i64, |x| x, x != 0;
    u8, U8, u64, |x| u64::from(x), x != 0;
    u16, U16, u64, |x| u64::from(x), x != 0;
    u32, U32, u64, |x| u64::from(x), x != 0;
    u64, U64, u64, |x| x, x != 0;
    f32, F32, f32, |x| x, x != 0.0;
    f64, F64, f64, |x| x, x != 0.0;
    Complex64, C64, Complex64, |x| x, x.re != 0.0 || x.im != 0.0;
    Complex128, C128, Complex128, |x| x, x.re != 0.0 || x.im != 0.0;
}

macro_rules! integer {
    ($($t:ident, $signed:literal;)*) => {$(
        impl Number for $t {
            const ZERO: Self = 0;
            const ONE: Self = 1;
            const SUM_START: Self = 0;
            #[inline(always)]
            fn plus(self, other: Self) -> Self { self.wrapping_add(other) }
            #[inline(always)]
            fn minus(self, other: Self) -> Self { self.wrapping_sub(other) }
            #[inline(always)]
            fn times(self, other: Self) -> Self { self.wrapping_mul(other) }
            #[inline(always)]
            fn negative(self) -> Self { self.wrapping_neg() }
            #[inline(always)]
            fn from_f64(value: f64) -> Self { value.cast() }
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            fn run_sum(data: &[Self], start: usize, step: isize, len: usize) -> Self {
                pairwise::plain_sum(data, start, step, len)
            }
        }
        impl Real for $t {
            const LOWEST: Self = $t::MIN;
            const HIGHEST: Self = $t::MAX;
            #[inline(always)]
            fn is_nan(self) -> bool { false }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn magnitude(self) -> Self { if self < 0 { self.wrapping_neg() } else { self } }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn sign(self) -> Self {
                if self > 0 { 1 } else if self < 0 { (0 as $t).wrapping_sub(1) } else { 0 }
            }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn floor_divide(self, other: Self) -> Self {
                if other == 0 { return 0; }
                let quotient = self.wrapping_div(other);
                let inexact = self.wrapping_rem(other) != 0 && ((self < 0) != (other < 0));
                if inexact { quotient.wrapping_sub(1) } else { quotient }
            }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn modulo(self, other: Self) -> Self {
                if other == 0 { return 0; }
                let rest = self.wrapping_rem(other);
                if rest != 0 && ((rest < 0) != (other < 0)) { rest.wrapping_add(other) } else { rest }
            }
            #[inline(always)]
            fn fmod(self, other: Self) -> Self {
                if other == 0 { 0 } else { self.wrapping_rem(other) }
            }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn power(self, other: Self) -> Self {
                if other < 0 {
                    return match self { 1 => 1, x if x.wrapping_add(1) == 0 => if other & 1 == 0 { 1 } else { x }, _ => 0 };
                }
                let (mut base, mut exponent, mut out) = (self, other, 1 as $t);
                while exponent > 0 {
                    if exponent & 1 == 1 { out = out.wrapping_mul(base); }
                    base = base.wrapping_mul(base);
                    exponent >>= 1;
                }
                out
            }
        }
        impl Bits for $t {
            #[inline(always)]
            fn and(self, other: Self) -> Self { self & other }
            #[inline(always)]
            fn or(self, other: Self) -> Self { self | other }
            #[inline(always)]
            fn xor(self, other: Self) -> Self { self ^ other }
            #[inline(always)]
            fn invert(self) -> Self { !self }
        }
        impl Integer for $t {
            #[inline(always)]
            fn from_i128(value: i128) -> Self { value as $t }
            #[inline(always)]
            fn to_i128(self) -> i128 { self as i128 }
            #[inline(always)]
            fn shift_left(self, n: Self) -> Self {
                u32::try_from(n).ok().and_then(|n| self.checked_shl(n)).unwrap_or(0)
            }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn shift_right(self, n: Self) -> Self {
                let all = if self < 0 { (0 as $t).wrapping_sub(1) } else { 0 };
                u32::try_from(n).ok().and_then(|n| self.checked_shr(n)).unwrap_or(all)
            }
        }
    )*};
}

integer! {
    i8, true; i16, true; i32, true; i64, true;
    u8, false; u16, false; u32, false; u64, false;
}

impl Bits for bool {
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }
    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }
    #[inline(always)]
    fn invert(self) -> Self {
        !self
    }
}

macro_rules! float {
    ($($t:ident)*) => {$(
        impl Number for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const SUM_START: Self = -0.0;
            #[inline(always)]
            fn plus(self, other: Self) -> Self { self + other }
            #[inline(always)]
            fn minus(self, other: Self) -> Self { self - other }
            #[inline(always)]
            fn times(self, other: Self) -> Self { self * other }
            #[inline(always)]
            fn negative(self) -> Self { -self }
            #[inline(always)]
            fn from_f64(value: f64) -> Self { value as $t }
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            fn run_sum(data: &[Self], start: usize, step: isize, len: usize) -> Self {
                pairwise::float_sum(data, start, step, len)
            }
        }
        impl Real for $t {
            const LOWEST: Self = $t::NEG_INFINITY;
            const HIGHEST: Self = $t::INFINITY;
            #[inline(always)]
            fn is_nan(self) -> bool { self != self }
            #[inline(always)]
            fn magnitude(self) -> Self { self.abs() }
            #[inline(always)]
            fn sign(self) -> Self {
                if self > 0.0 { 1.0 } else if self < 0.0 { -1.0 } else if self == 0.0 { 0.0 } else { self }
            }
            #[inline(always)]
            fn floor_divide(self, other: Self) -> Self { Float::divmod(self, other).0 }
            #[inline(always)]
            fn modulo(self, other: Self) -> Self { Float::divmod(self, other).1 }
            #[inline(always)]
            fn fmod(self, other: Self) -> Self { self % other }
            #[inline(always)]
            fn power(self, other: Self) -> Self { self.powf(other) }
        }
    )*};
}

float! { f32 f64 }

/// Python's and NumPy's quotient and remainder of floats.
trait Float: Sized {
    fn divmod(self, other: Self) -> (Self, Self);
}

macro_rules! divmod {
    ($($t:ident)*) => {$(
        impl Float for $t {
            fn divmod(self, other: Self) -> (Self, Self) {
                if other == 0.0 { return (self / other, self % other); }
                let mut rest = self % other;
                let mut quotient = (self - rest) / other;
                if rest != 0.0 {
                    if (other < 0.0) != (rest < 0.0) { rest += other; quotient -= 1.0; }
                } else {
                    rest = (0.0 as $t).copysign(other);
                }
                let floor = if quotient != 0.0 {
                    let floor = quotient.floor();
                    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
                } else {
                    (0.0 as $t).copysign(self / other)
                };
                (floor, rest)
            }
        }
    )*};
}

divmod! { f32 f64 }

macro_rules! complex {
    ($($t:ident, $part:ident;)*) => {$(
        impl Number for $t {
            const ZERO: Self = $t::new(0.0, 0.0);
            const ONE: Self = $t::new(1.0, 0.0);
            const SUM_START: Self = $t::new(-0.0, -0.0);
            #[inline(always)]
            fn plus(self, other: Self) -> Self { self + other }
            #[inline(always)]
            fn minus(self, other: Self) -> Self { self - other }
            #[inline(always)]
            fn times(self, other: Self) -> Self { crate::complex::multiply(self, other) }
            #[inline(always)]
            fn times_plain(self, other: Self) -> Self { self * other }
            #[inline(always)]
            fn negative(self) -> Self { -self }
            #[inline(always)]
            fn from_f64(value: f64) -> Self { $t::new(value as $part, 0.0) }
            #[inline(always)]
            fn to_f64(self) -> f64 { self.re as f64 }
            fn run_sum(data: &[Self], start: usize, step: isize, len: usize) -> Self {
                pairwise::complex_sum(data, start, step, len)
            }
        }
    )*};
}

complex! { Complex64, f32; Complex128, f64; }

macro_rules! cast_as {
    ($($from:ident => $($to:ident)*;)*) => {$($(
        impl Cast<$to> for $from {
            #[inline(always)]
            fn cast(self) -> $to { self as $to }
        }
    )*)*};
}

cast_as! {
    i8 => i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    i16 => i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    i32 => i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    i64 => i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    u8 => i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    u16 => i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    u32 => i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    u64 => i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    f32 => f32 f64;
    f64 => f32 f64;
}

/// What x86 gives: out of range and NaN become the smallest integer.
#[inline(always)]
fn to_i64(x: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x) { x as i64 } else { i64::MIN }
}

#[inline(always)]
fn to_i32(x: f64) -> i32 {
    let whole = x.trunc();
    if (-2_147_483_648.0..2_147_483_648.0).contains(&whole) { whole as i32 } else { i32::MIN }
}

macro_rules! float_to_integer {
    ($($from:ident)*) => {$(
        impl Cast<i64> for $from {
            #[inline(always)]
            fn cast(self) -> i64 { to_i64(f64::from(self)) }
        }
        impl Cast<u64> for $from {
            #[inline(always)]
            fn cast(self) -> u64 {
                let x = f64::from(self);
                if x < 9_223_372_036_854_775_808.0 { to_i64(x) as u64 }
                else { (to_i64(x - 9_223_372_036_854_775_808.0) as u64) ^ (1 << 63) }
            }
        }
        impl Cast<u32> for $from {
            #[inline(always)]
            fn cast(self) -> u32 { to_i64(f64::from(self)) as u32 }
        }
        impl Cast<i32> for $from {
            #[inline(always)]
            fn cast(self) -> i32 { to_i32(f64::from(self)) }
        }
        float_to_integer!(@small $from i8 i16 u8 u16);
    )*};
    (@small $from:ident $($to:ident)*) => {$(
        impl Cast<$to> for $from {
            #[inline(always)]
            fn cast(self) -> $to { to_i32(f64::from(self)) as $to }
        }
    )*};
}

float_to_integer! { f32 f64 }

macro_rules! cast_others {
    ($($t:ident)*) => {$(
        impl Cast<bool> for $t {
            #[inline(always)]
            fn cast(self) -> bool { self.truth() }
        }
        impl Cast<$t> for bool {
            #[inline(always)]
            fn cast(self) -> $t { u8::from(self).cast() }
        }
        impl Cast<Complex64> for $t {
            #[inline(always)]
            fn cast(self) -> Complex64 { Complex::new(self as f32, 0.0) }
        }
        impl Cast<Complex128> for $t {
            #[inline(always)]
            fn cast(self) -> Complex128 { Complex::new(self as f64, 0.0) }
        }
        impl Cast<$t> for Complex64 {
            #[inline(always)]
            fn cast(self) -> $t { self.re.cast() }
        }
        impl Cast<$t> for Complex128 {
            #[inline(always)]
            fn cast(self) -> $t { self.re.cast() }
        }
    )*};
}

cast_others! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

macro_rules! cast_with {
    ($($from:ty => $to:ty, |$x:ident| $body:expr;)*) => {$(
        impl Cast<$to> for $from {
            #[inline(always)]
            fn cast(self) -> $to { let $x = self; $body }
        }
    )*};
}

cast_with! {
    bool => bool, |x| x;
    bool => Complex64, |x| Complex::new(f32::from(u8::from(x)), 0.0);
    bool => Complex128, |x| Complex::new(f64::from(u8::from(x)), 0.0);
    Complex64 => bool, |x| x.truth();
    Complex128 => bool, |x| x.truth();
    Complex64 => Complex64, |x| x;
    Complex64 => Complex128, |x| Complex::new(f64::from(x.re), f64::from(x.im));
    Complex128 => Complex64, |x| Complex::new(x.re as f32, x.im as f32);
    Complex128 => Complex128, |x| x;
}
