//! `math.h`.

use super::errors::{EDOM, ERANGE, set_errno};
use super::pointer::Ptr;
use super::value::Value;

macro_rules! unary {
    ($($name:ident $single:ident $long:ident $method:ident;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`")]
        pub fn $name(x: f64) -> f64 {
            noted(x.$method(), x)
        }
        #[doc = concat!("`", stringify!($single), "`")]
        pub fn $single(x: f32) -> f32 {
            x.$method()
        }
        #[doc = concat!("`", stringify!($long), "`")]
        pub fn $long(x: f64) -> f64 {
            noted(x.$method(), x)
        }
    )*};
}

/// Notes in `errno` that a result is none, or beyond the range.
#[inline]
fn noted(result: f64, x: f64) -> f64 {
    if result.is_nan() && !x.is_nan() {
        set_errno(EDOM);
    } else if result.is_infinite() && x.is_finite() {
        set_errno(ERANGE);
    }
    result
}

unary! {
    exp2 exp2f exp2l exp2;
    expm1 expm1f expm1l exp_m1;
    log logf logl ln;
    log2 log2f log2l log2;
    log10 log10f log10l log10;
    log1p log1pf log1pl ln_1p;
    fabs fabsf fabsl abs;
    round roundf roundl round;
    rint rintf rintl round_ties_even;
    nearbyint nearbyintf nearbyintl round_ties_even;
    sin sinf sinl sin;
    cos cosf cosl cos;
    tan tanf tanl tan;
    asin asinf asinl asin;
    acos acosf acosl acos;
    atan atanf atanl atan;
    sinh sinhf sinhl sinh;
    cosh coshf coshl cosh;
    tanh tanhf tanhl tanh;
    asinh asinhf asinhl asinh;
    acosh acoshf acoshl acosh;
    atanh atanhf atanhl atanh;
    exp expf expl exp;
    sqrt sqrtf sqrtl sqrt;
    cbrt cbrtf cbrtl cbrt;
    ceil ceilf ceill ceil;
    floor floorf floorl floor;
    trunc truncf truncl trunc;
}

macro_rules! binary {
    ($($name:ident $single:ident $long:ident $method:expr, $method32:expr;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`")]
        pub fn $name(x: f64, y: f64) -> f64 {
            let f: fn(f64, f64) -> f64 = $method;
            let result = f(x, y);
            if y.is_nan() { result } else { noted(result, x) }
        }
        #[doc = concat!("`", stringify!($single), "`")]
        pub fn $single(x: f32, y: f32) -> f32 {
            let f: fn(f32, f32) -> f32 = $method32;
            f(x, y)
        }
        #[doc = concat!("`", stringify!($long), "`")]
        pub fn $long(x: f64, y: f64) -> f64 {
            $name(x, y)
        }
    )*};
}

binary! {
    pow powf powl f64::powf, f32::powf;
    atan2 atan2f atan2l f64::atan2, f32::atan2;
    hypot hypotf hypotl f64::hypot, f32::hypot;
    copysign copysignf copysignl f64::copysign, f32::copysign;
    fmod fmodf fmodl |x, y| x % y, |x, y| x % y;
    fmin fminf fminl |x, y| if x == y { y } else { x.min(y) }, |x, y| if x == y { y } else { x.min(y) };
    fmax fmaxf fmaxl |x, y| if x == y { y } else { x.max(y) }, |x, y| if x == y { y } else { x.max(y) };
    fdim fdimf fdiml |x, y| if x > y { x - y } else if x.is_nan() || y.is_nan() { f64::NAN } else { 0.0 },
        |x, y| if x > y { x - y } else if x.is_nan() || y.is_nan() { f32::NAN } else { 0.0 };
    remainder remainderf remainderl ieee_remainder, |x, y| ieee_remainder(f64::from(x), f64::from(y)) as f32;
    nextafter nextafterf nextafterl next_after, next_after_single;
}

macro_rules! special {
    ($($name:ident $single:ident $long:ident $value:expr;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`")]
        pub fn $name(x: f64) -> f64 {
            let f: fn(f64) -> f64 = $value;
            noted(f(x), x)
        }
        #[doc = concat!("`", stringify!($single), "`")]
        pub fn $single(x: f32) -> f32 {
            $name(f64::from(x)) as f32
        }
        #[doc = concat!("`", stringify!($long), "`")]
        pub fn $long(x: f64) -> f64 {
            $name(x)
        }
    )*};
}

special! {
    tgamma tgammaf tgammal gamma;
    lgamma lgammaf lgammal log_gamma;
    erf erff erfl crate::math::erf;
    erfc erfcf erfcl crate::math::erfc;
}

/// The last argument whose gamma function a float holds.
const LAST_GAMMA: f64 = 171.624_376_956_302_7;

fn gamma(x: f64) -> f64 {
    if x == 0.0 {
        f64::INFINITY.copysign(x)
    } else if x < 0.0 && x == x.floor() {
        f64::NAN
    } else if x > LAST_GAMMA || 1.0 / x.abs() == f64::INFINITY {
        f64::INFINITY.copysign(x)
    } else {
        crate::math::gamma(x)
    }
}

fn log_gamma(x: f64) -> f64 {
    if x <= 0.0 && x == x.floor() || x > 2.55e305 { f64::INFINITY } else { crate::math::lgamma(x) }
}

fn ieee_remainder(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    if y == 0.0 || x.is_infinite() {
        // What the processor gives for an invalid operation.
        return f64::NAN.copysign(-1.0);
    }
    if y.is_infinite() {
        return x;
    }
    let y = y.abs();
    let mut rest = (x % (2.0 * y)).abs();
    if y < 2.0 * f64::MIN_POSITIVE {
        if rest + rest > y {
            rest -= y;
            if rest + rest >= y {
                rest -= y;
            }
        }
    } else if rest > 0.5 * y {
        rest -= y;
        if rest >= 0.5 * y {
            rest -= y;
        }
    }
    if x.is_sign_negative() { -rest } else { rest }
}

fn next_after(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x < y {
        x.next_up()
    } else if x > y {
        x.next_down()
    } else {
        y
    }
}

fn next_after_single(x: f32, y: f32) -> f32 {
    if x.is_nan() || y.is_nan() {
        f32::NAN
    } else if x < y {
        x.next_up()
    } else if x > y {
        x.next_down()
    } else {
        y
    }
}

/// `isnan`
pub fn isnan(x: f64) -> i32 {
    i32::from(x.is_nan())
}
/// `isunordered`
pub fn isunordered(x: f64, y: f64) -> i32 {
    i32::from(x.is_nan() || y.is_nan())
}
/// `islessgreater`
pub fn islessgreater(x: f64, y: f64) -> i32 {
    i32::from(x != y && !x.is_nan() && !y.is_nan())
}
/// `isinf`: with the sign.
pub fn isinf(x: f64) -> i32 {
    i32::from(x == f64::INFINITY) - i32::from(x == f64::NEG_INFINITY)
}
/// `isfinite`
pub fn isfinite(x: f64) -> i32 {
    i32::from(x.is_finite())
}
/// `isnormal`
pub fn isnormal(x: f64) -> i32 {
    i32::from(x.is_normal())
}
/// `signbit`
pub fn signbit(x: f64) -> i32 {
    i32::from(x.is_sign_negative())
}
/// `fpclassify`
pub fn fpclassify(x: f64) -> i32 {
    match x.classify() {
        std::num::FpCategory::Nan => 0,
        std::num::FpCategory::Infinite => 1,
        std::num::FpCategory::Zero => 2,
        std::num::FpCategory::Subnormal => 3,
        std::num::FpCategory::Normal => 4,
    }
}

/// `ldexp`
pub fn ldexp(x: f64, e: i32) -> f64 {
    // In steps that neither overflow nor round too early.
    let mut value = x;
    let mut left = e.clamp(-2200, 2200);
    while left > 0 {
        let step = left.min(1000);
        value *= 2f64.powi(step);
        left -= step;
    }
    if left < 0 {
        let (mantissa, exponent) = split(value);
        let total = exponent + left;
        if mantissa == 0.0 || !mantissa.is_finite() {
            return value;
        }
        // One rounding at the end, where the result may be below the normal range.
        if total < -1021 {
            let shift = (-1021 - total).min(1100);
            let tiny = mantissa * 2f64.powi(-1021);
            return if shift > 1000 {
                tiny * 2f64.powi(-1000) * 2f64.powi(1000 - shift)
            } else {
                tiny * 2f64.powi(-shift)
            };
        }
        return mantissa * 2f64.powi(total - 1) * 2.0;
    }
    value
}
/// `ldexpf`
pub fn ldexpf(x: f32, e: i32) -> f32 {
    ldexp(f64::from(x), e) as f32
}
/// `ldexpl`
pub fn ldexpl(x: f64, e: i32) -> f64 {
    ldexp(x, e)
}
/// `scalbln`
pub fn scalbln(x: f64, e: i64) -> f64 {
    ldexp(x, e.clamp(-100_000, 100_000) as i32)
}
/// `scalblnf`
pub fn scalblnf(x: f32, e: i64) -> f32 {
    scalbln(f64::from(x), e) as f32
}
/// `nexttoward`
pub fn nexttoward(x: f64, y: f64) -> f64 {
    nextafter(x, y)
}
/// `nexttowardf`
pub fn nexttowardf(x: f32, y: f64) -> f32 {
    // Beyond the range of `f32` the target stays on its side.
    let single = y as f32;
    let target = match f64::from(x) < y {
        true => single.max(x.next_up()),
        false if f64::from(x) == y => x,
        false => single.min(x.next_down()),
    };
    if y.is_nan() { f32::NAN } else { nextafterf(x, target) }
}
/// `remquo`: also the last three bits of the quotient.
#[track_caller]
pub fn remquo(x: f64, y: f64, quotient: Ptr<i32>) -> f64 {
    let rest = ieee_remainder(x, y);
    let eight = 8.0 * y;
    let part = if eight.is_finite() { x % eight } else { x };
    let count = if rest.is_finite() { ((part - rest) / y).abs().round() as i32 & 7 } else { 0 };
    quotient.store(if x.is_sign_negative() == y.is_sign_negative() { count } else { -count });
    rest
}
/// `remquof`
#[track_caller]
pub fn remquof(x: f32, y: f32, quotient: Ptr<i32>) -> f32 {
    remquo(f64::from(x), f64::from(y), quotient) as f32
}
/// `nan`
pub fn nan(_tag: Ptr<i8>) -> f64 {
    f64::NAN
}
/// `nanf`
pub fn nanf(_tag: Ptr<i8>) -> f32 {
    f32::NAN
}
/// `scalbn`
pub fn scalbn(x: f64, e: i32) -> f64 {
    ldexp(x, e)
}
/// `scalbnf`
pub fn scalbnf(x: f32, e: i32) -> f32 {
    ldexpf(x, e)
}
/// `scalbnl`
pub fn scalbnl(x: f64, e: i32) -> f64 {
    ldexp(x, e)
}

/// Mantissa in [0.5, 1) and exponent.
fn split(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let mut bits = x.to_bits();
    let mut exponent = (bits >> 52 & 0x7ff) as i32;
    let mut shift = 0;
    if exponent == 0 {
        bits = (x * 2f64.powi(64)).to_bits();
        exponent = (bits >> 52 & 0x7ff) as i32;
        shift = 64;
    }
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent - 1022 - shift)
}

/// `frexp`
#[track_caller]
pub fn frexp(x: f64, e: Ptr<i32>) -> f64 {
    let (mantissa, exponent) = split(x);
    e.store(exponent);
    mantissa
}
/// `frexpf`
#[track_caller]
pub fn frexpf(x: f32, e: Ptr<i32>) -> f32 {
    frexp(f64::from(x), e) as f32
}
/// `frexpl`
#[track_caller]
pub fn frexpl(x: f64, e: Ptr<i32>) -> f64 {
    frexp(x, e)
}
/// `ilogb`
pub fn ilogb(x: f64) -> i32 {
    match x {
        0.0 => i32::MIN,
        x if x.is_nan() => i32::MIN,
        x if x.is_infinite() => i32::MAX,
        x => split(x).1 - 1,
    }
}
/// `ilogbf`
pub fn ilogbf(x: f32) -> i32 {
    ilogb(f64::from(x))
}
/// `ilogbl`
pub fn ilogbl(x: f64) -> i32 {
    ilogb(x)
}
/// `logb`
pub fn logb(x: f64) -> f64 {
    match x {
        0.0 => f64::NEG_INFINITY,
        x if x.is_nan() => x,
        x if x.is_infinite() => f64::INFINITY,
        x => f64::from(split(x).1 - 1),
    }
}
/// `logbf`
pub fn logbf(x: f32) -> f32 {
    logb(f64::from(x)) as f32
}
/// `logbl`
pub fn logbl(x: f64) -> f64 {
    logb(x)
}

#[track_caller]
fn split_whole<T: Value>(to: Ptr<T>, whole: T, rest: T) -> T {
    to.store(whole);
    rest
}
/// `modf`
#[track_caller]
pub fn modf(x: f64, whole: Ptr<f64>) -> f64 {
    let rest = if x.is_infinite() { 0.0 } else { x - x.trunc() };
    split_whole(whole, x.trunc(), rest.copysign(x))
}
/// `modff`
#[track_caller]
pub fn modff(x: f32, whole: Ptr<f32>) -> f32 {
    let rest = if x.is_infinite() { 0.0 } else { x - x.trunc() };
    split_whole(whole, x.trunc(), rest.copysign(x))
}
/// `modfl`
#[track_caller]
pub fn modfl(x: f64, whole: Ptr<f64>) -> f64 {
    modf(x, whole)
}
/// `fma`
pub fn fma(x: f64, y: f64, z: f64) -> f64 {
    x.mul_add(y, z)
}
/// `fmaf`
pub fn fmaf(x: f32, y: f32, z: f32) -> f32 {
    x.mul_add(y, z)
}
/// `fmal`
pub fn fmal(x: f64, y: f64, z: f64) -> f64 {
    x.mul_add(y, z)
}

/// `lround`
pub fn lround(x: f64) -> i64 {
    x.round() as i64
}
/// `lroundf`
pub fn lroundf(x: f32) -> i64 {
    x.round() as i64
}
/// `lroundl`
pub fn lroundl(x: f64) -> i64 {
    x.round() as i64
}
/// `llround`
pub fn llround(x: f64) -> i64 {
    x.round() as i64
}
/// `llroundf`
pub fn llroundf(x: f32) -> i64 {
    x.round() as i64
}
/// `llroundl`
pub fn llroundl(x: f64) -> i64 {
    x.round() as i64
}
/// `lrint`
pub fn lrint(x: f64) -> i64 {
    x.round_ties_even() as i64
}
/// `lrintf`
pub fn lrintf(x: f32) -> i64 {
    x.round_ties_even() as i64
}
/// `lrintl`
pub fn lrintl(x: f64) -> i64 {
    x.round_ties_even() as i64
}
/// `llrint`
pub fn llrint(x: f64) -> i64 {
    x.round_ties_even() as i64
}
/// `llrintf`
pub fn llrintf(x: f32) -> i64 {
    x.round_ties_even() as i64
}
/// `llrintl`
pub fn llrintl(x: f64) -> i64 {
    x.round_ties_even() as i64
}
