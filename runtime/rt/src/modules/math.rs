//! Python's `math`, where it differs from `f64`'s methods: domain errors, exact sums, `hypot` of
//! any dimension. Functions raise `ValueError: math domain error` and
//! `OverflowError: math range error`.

pub use super::math_erf::{erf, erfc};
pub use super::math_int::{big_comb, big_factorial, big_gcd, big_lcm, big_perm};
pub use super::math_int::{comb, factorial, gcd, isqrt, lcm, perm};
pub use super::math_special::{acosh, asinh, atanh, cbrt, gamma, lgamma, nextafter, ulp};
use crate::big::Int;
use crate::class::{OverflowError, ValueError};
use crate::number::float::mantissa_and_exponent;
pub use crate::number::{ieee_remainder as remainder, ldexp};
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

macro_rules! checked {
    ($($(#[$meta:meta])* $name:ident($method:ident);)*) => {
        $(
            $(#[$meta])*
            #[inline]
            #[track_caller]
            pub fn $name(x: f64) -> f64 {
                let y = x.$method();
                if !y.is_finite() {
                    check(x, y);
                }
                y
            }
        )*
    };
}

/// Raises for a result that is not finite although the argument is.
#[cold]
#[track_caller]
fn check(x: f64, y: f64) {
    if y.is_nan() && !x.is_nan() {
        domain();
    }
    if y.is_infinite() && x.is_finite() {
        range();
    }
}

checked! {
    /// `math.sqrt(x)`.
    sqrt(sqrt);
    /// `math.exp(x)`.
    exp(exp);
    /// `math.exp2(x)`.
    exp2(exp2);
    /// `math.expm1(x)`.
    expm1(exp_m1);
    /// `math.sin(x)`.
    sin(sin);
    /// `math.cos(x)`.
    cos(cos);
    /// `math.tan(x)`.
    tan(tan);
    /// `math.asin(x)`.
    asin(asin);
    /// `math.acos(x)`.
    acos(acos);
    /// `math.sinh(x)`.
    sinh(sinh);
    /// `math.cosh(x)`.
    cosh(cosh);
}

macro_rules! logarithm {
    ($($(#[$meta:meta])* $name:ident($method:ident, $least:expr);)*) => {
        $(
            $(#[$meta])*
            #[inline]
            #[track_caller]
            pub fn $name(x: f64) -> f64 {
                if x <= $least {
                    domain();
                }
                x.$method()
            }
        )*
    };
}

logarithm! {
    /// `math.log(x)`.
    log(ln, 0.0);
    /// `math.log2(x)`.
    log2(log2, 0.0);
    /// `math.log10(x)`.
    log10(log10, 0.0);
    /// `math.log1p(x)`.
    log1p(ln_1p, -1.0);
}

/// `math.log(x, base)`.
#[inline]
#[track_caller]
pub fn log_base(x: f64, base: f64) -> f64 {
    crate::number::float_true_div(log(x), log(base))
}

/// `math.log(n)` of an integer of any size.
#[track_caller]
pub fn log_int(n: &Int) -> f64 {
    if *n <= 0 {
        domain();
    }
    let bits = n.bit_length();
    if bits <= 1000 {
        return n.to_f64().ln();
    }
    // As CPython: the logarithm of a fraction in [0.5, 1) plus that of the power of two.
    (n >> (bits - 64)).to_f64().ln() - 64.0 * std::f64::consts::LN_2 + bits as f64 * std::f64::consts::LN_2
}

/// `math.pow(x, y)`.
#[track_caller]
pub fn pow(x: f64, y: f64) -> f64 {
    let power = x.powf(y);
    if power.is_finite() || !x.is_finite() || !y.is_finite() {
        return power;
    }
    if power.is_nan() || x == 0.0 {
        domain();
    }
    range();
}

/// `math.fmod(x, y)`: the remainder with the sign of `x`.
#[track_caller]
pub fn fmod(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest.is_nan() && !x.is_nan() && !y.is_nan() {
        domain();
    }
    rest
}

/// `math.floor(x)`; raises as [`float_to_int`](crate::float_to_int).
#[inline]
#[track_caller]
pub fn floor(x: f64) -> i64 {
    crate::number::float_to_int(x.floor())
}

/// `math.ceil(x)`; raises as [`float_to_int`](crate::float_to_int).
#[inline]
#[track_caller]
pub fn ceil(x: f64) -> i64 {
    crate::number::float_to_int(x.ceil())
}

/// `math.trunc(x)`; raises as [`float_to_int`](crate::float_to_int).
#[inline]
#[track_caller]
pub fn trunc(x: f64) -> i64 {
    crate::number::float_to_int(x)
}

/// `math.degrees(x)`.
#[inline]
pub fn degrees(x: f64) -> f64 {
    x * (180.0 / std::f64::consts::PI)
}

/// `math.radians(x)`.
#[inline]
pub fn radians(x: f64) -> f64 {
    x * (std::f64::consts::PI / 180.0)
}

/// `math.frexp(x)`: a fraction in [0.5, 1) and a power of two.
pub fn frexp(x: f64) -> (f64, i64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (mantissa, exponent) = mantissa_and_exponent(x);
    let bits = 64 - i64::from(mantissa.leading_zeros());
    let fraction = mantissa as f64 / 2f64.powi(bits as i32);
    (fraction.copysign(x), exponent + bits)
}

/// `math.modf(x)`: fraction and whole part.
pub fn modf(x: f64) -> (f64, f64) {
    if x.is_infinite() { (0f64.copysign(x), x) } else { ((x - x.trunc()).copysign(x), x.trunc()) }
}

/// `math.isclose(a, b, rel_tol=.., abs_tol=..)`; raises `ValueError` for negative tolerances.
#[track_caller]
pub fn isclose(a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> bool {
    if rel_tol < 0.0 || abs_tol < 0.0 {
        raise_new(ValueError, "tolerances must be non-negative");
    }
    if a == b {
        return true;
    }
    if a.is_infinite() || b.is_infinite() {
        return false;
    }
    let apart = (b - a).abs();
    apart <= (rel_tol * b).abs() || apart <= (rel_tol * a).abs() || apart <= abs_tol
}

/// `math.hypot(*xs)`.
pub fn hypot(xs: &[f64]) -> f64 {
    norm(xs.iter().map(|x| x.abs()))
}

/// `math.dist(p, q)`; raises `ValueError` for points of different dimensions.
#[track_caller]
pub fn dist(p: &[f64], q: &[f64]) -> f64 {
    if p.len() != q.len() {
        raise_new(ValueError, "both points must have the same number of dimensions");
    }
    norm(p.iter().zip(q).map(|(a, b)| (a - b).abs()))
}

/// A sum that keeps what rounding loses, as CPython's `vector_norm` does.
struct Exact {
    sum: f64,
    lost: [f64; 3],
}

impl Exact {
    fn add(&mut self, part: usize, x: f64) {
        let before = self.sum;
        self.sum += x;
        self.lost[part] += (before - self.sum) + x;
    }

    fn total(&self) -> f64 {
        self.sum - 1.0 + (self.lost[0] + self.lost[1] + self.lost[2])
    }
}

/// The two halves of a float whose products are exact.
fn split(x: f64) -> (f64, f64) {
    let t = x * 134_217_729.0;
    let high = t - (t - x);
    (high, x - high)
}

/// CPython 3.11's `vector_norm` of absolute values.
fn norm(xs: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = xs.clone().fold(0.0, f64::max);
    if largest.is_infinite() {
        return largest;
    }
    if xs.clone().any(f64::is_nan) {
        return f64::NAN;
    }
    if largest == 0.0 || xs.clone().count() <= 1 {
        return largest;
    }
    let mut sum = Exact { sum: 1.0, lost: [0.0; 3] };
    let (_, exponent) = frexp(largest);
    if exponent < -1023 {
        xs.for_each(|x| sum.add(0, (x / largest) * (x / largest)));
        return largest * sum.total().sqrt();
    }
    let scale = crate::number::float::scale_rounded(1, false, -exponent);
    for x in xs {
        let (high, low) = split(x * scale);
        sum.add(0, high * high);
        sum.add(1, 2.0 * high * low);
        sum.lost[2] += low * low;
    }
    let root = sum.total().sqrt();
    let (high, low) = split(root);
    sum.add(0, -high * high);
    sum.add(1, -2.0 * high * low);
    sum.add(2, -low * low);
    (root + sum.total() / (2.0 * root)) / scale
}

/// `math.fsum(xs)`: the exact sum, rounded once. Raises `OverflowError` and `ValueError` as
/// CPython does.
#[track_caller]
pub fn fsum(xs: impl IntoIterator<Item = f64>) -> f64 {
    let mut partials: Vec<f64> = Vec::new();
    let (mut special, mut infinite) = (0.0, 0.0);
    for x in xs {
        let mut x = x;
        if !x.is_finite() {
            special += x;
            infinite += if x.is_infinite() { x } else { 0.0 };
            continue;
        }
        let mut kept = 0;
        for at in 0..partials.len() {
            let (mut big, mut small) = (x, partials[at]);
            if big.abs() < small.abs() {
                (big, small) = (small, big);
            }
            let high = big + small;
            let low = small - (high - big);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        if !x.is_finite() {
            raise_new(OverflowError, "intermediate overflow in fsum");
        }
        partials.push(x);
    }
    if special != 0.0 || special.is_nan() {
        if infinite.is_nan() {
            raise_new(ValueError, "-inf + inf in fsum");
        }
        return special;
    }
    sum_of_partials(&partials)
}

/// Adds parts that do not overlap, greatest last; rounds half to even over all of them.
fn sum_of_partials(partials: &[f64]) -> f64 {
    let Some((&last, mut rest)) = partials.split_last() else {
        return 0.0;
    };
    let mut high = last;
    let mut low = 0.0;
    while let Some((&next, before)) = rest.split_last() {
        rest = before;
        let x = high;
        high = x + next;
        low = next - (high - x);
        if low != 0.0 {
            break;
        }
    }
    if let Some(&next) = rest.last()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let twice = low * 2.0;
        let x = high + twice;
        if twice == x - high {
            high = x;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catch;

    #[test]
    fn errors_are_pythons() {
        type Case = (fn() -> f64, &'static str);
        let cases: [Case; 6] = [
            (|| sqrt(-1.0), "ValueError: math domain error"),
            (|| log(0.0), "ValueError: math domain error"),
            (|| exp(1000.0), "OverflowError: math range error"),
            (|| pow(2.0, 5000.0), "OverflowError: math range error"),
            (|| sin(f64::INFINITY), "ValueError: math domain error"),
            (|| log_base(5.0, 1.0), "ZeroDivisionError: float division by zero"),
        ];
        for (call, text) in cases {
            assert_eq!(catch(call).map_err(|e| e.traceback_line()), Err(text.to_owned()));
        }
    }

    #[test]
    fn values_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(fsum([1e16, 1.0, -1e16]), 1.0);
        assert_eq!(fsum([0.1; 10]), 1.0);
        assert_eq!(hypot(&[3.0, 4.0, 12.0]), 13.0);
        assert_eq!(hypot(&[1e-200, 1e-200]), 1.414213562373095e-200);
        assert_eq!(dist(&[1.1, 2.2, 3.3], &[4.4, 5.5, 6.7]), 5.7740800133008205);
        assert_eq!((frexp(8.5), modf(-3.25)), ((0.53125, 4), (-0.25, -3.0)));
        assert_eq!(log_base(8.0, 2.0), 3.0);
        assert_eq!((floor(-2.5), ceil(-2.5), trunc(-2.5)), (-3, -2, -2));
        assert!(isclose(1.0, 1.0 + 1e-10, 1e-9, 0.0));
    }
}
