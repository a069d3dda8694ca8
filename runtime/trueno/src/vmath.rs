//! Elementary functions without branches, so that the compiler makes vector code of a loop over them.
//!
//! Each is within 1 ulp of the correctly rounded value (tests compare with a wide reference). The
//! reductions and coefficients are those of FreeBSD's msun (Sun Microsystems, 1993, freely usable),
//! rearranged around fused multiply-add. The f32 forms compute in f64 and round once.

// The coefficients are written as their authors published them; `x != x` compiles to one comparison.
#![allow(clippy::excessive_precision, clippy::eq_op)]

/// `1.5 * 2^52`: adding it rounds to an integer that sits in the low bits.
const MAGIC: f64 = 6755399441055744.0;
const LN2_HI: f64 = 6.93147180369123816490e-01;
const LN2_LO: f64 = 1.90821492927058770002e-10;
/// Beyond this, sine and cosine go to the standard library.
pub(crate) const TRIG_LIMIT: f64 = 1.0e5;

/// `2^n` for an integer `-1022 <= n <= 1023`.
#[inline(always)]
fn power_of_two(n: f64) -> f64 {
    f64::from_bits((n + MAGIC).to_bits().wrapping_add(1023) << 52)
}

/// `e^r - 1 - r` for `|r| <= 0.35`.
#[inline(always)]
fn exp_tail(r: f64) -> f64 {
    let r2 = r * r;
    let a = r.mul_add(1.0 / 6.0, 0.5);
    let b = r.mul_add(1.0 / 120.0, 1.0 / 24.0);
    let c = r.mul_add(1.0 / 5040.0, 1.0 / 720.0);
    let d = r.mul_add(1.0 / 362880.0, 1.0 / 40320.0);
    let e = r.mul_add(1.0 / 39916800.0, 1.0 / 3628800.0);
    let f = r.mul_add(1.0 / 6227020800.0, 1.0 / 479001600.0);
    let high = r2.mul_add(r2.mul_add(f, e), d);
    let low = r2.mul_add(r2.mul_add(high, c), b);
    r2 * r2.mul_add(low, a)
}

/// `e^x`
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let inside = if x > 710.0 { 710.0 } else { x };
    let inside = if inside < -750.0 { -750.0 } else { inside };
    let n = inside.mul_add(std::f64::consts::LOG2_E, MAGIC) - MAGIC;
    let r = n.mul_add(-LN2_LO, n.mul_add(-LN2_HI, inside));
    let mantissa = 1.0 + (r + exp_tail(r));
    // Two steps, because 2^n itself may be out of range.
    let half = n.mul_add(0.5, MAGIC) - MAGIC;
    let scaled = mantissa * power_of_two(half) * power_of_two(n - half);
    if x != x { x } else { scaled }
}

/// `e^x` for f32: a shorter series suffices.
#[inline(always)]
pub(crate) fn exp_f32(x: f32) -> f32 {
    let wide = f64::from(x);
    let inside = if wide > 90.0 { 90.0 } else { wide };
    let inside = if inside < -110.0 { -110.0 } else { inside };
    let n = inside.mul_add(std::f64::consts::LOG2_E, MAGIC) - MAGIC;
    let r = n.mul_add(-std::f64::consts::LN_2, inside);
    let r2 = r * r;
    let high = r2.mul_add(r.mul_add(1.0 / 5040.0, 1.0 / 720.0), r.mul_add(1.0 / 120.0, 1.0 / 24.0));
    let p = r2.mul_add(r2.mul_add(high, r.mul_add(1.0 / 6.0, 0.5)), 1.0 + r);
    let scaled = (p * power_of_two(n)) as f32;
    if x != x { x } else { scaled }
}

/// Natural logarithm.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    let tiny = x < f64::MIN_POSITIVE;
    let bits = (if tiny { x * 18014398509481984.0 } else { x }).to_bits();
    let shifted = bits.wrapping_sub(SQRT_HALF).wrapping_add(1023 << 52);
    let biased = shifted >> 52;
    let m = f64::from_bits(bits.wrapping_sub(biased.wrapping_sub(1023) << 52));
    let k = f64::from_bits(biased | 0x4330_0000_0000_0000) - (4503599627370496.0 + 1023.0);
    let k = if tiny { k - 54.0 } else { k };
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let odd =
        w.mul_add(w.mul_add(1.531383769920937332e-01, 2.222219843214978396e-01), 3.999999999940941908e-01);
    let even = w.mul_add(
        w.mul_add(w.mul_add(1.479819860511658591e-01, 1.818357216161805012e-01), 2.857142874366239149e-01),
        6.666666666666735130e-01,
    );
    let r = w.mul_add(odd, z * even);
    let half_square = 0.5 * f * f;
    let value = k * LN2_HI - ((half_square - (s * (half_square + r) + k * LN2_LO)) - f);
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    let value = if x < 0.0 { f64::NAN } else { value };
    // Infinity and NaN are their own logarithms.
    if x < f64::INFINITY { value } else { x }
}

/// Sine and cosine of `x` after its quadrant is taken off: `(sin, cos, quadrant)` for `|x| <= TRIG_LIMIT`.
#[inline(always)]
fn quadrant(x: f64) -> (f64, f64, u64) {
    const PIO2_1: f64 = std::f64::consts::FRAC_PI_2;
    const PIO2_2: f64 = 6.123233995736766e-17;
    const PIO2_3: f64 = -1.4973849048591833e-33;
    let shifted = x.mul_add(std::f64::consts::FRAC_2_PI, MAGIC);
    let n = shifted - MAGIC;
    // Exact: the difference is a multiple of the last bit of pi/2 and below 1.
    let a = n.mul_add(-PIO2_1, x);
    let r = n.mul_add(-PIO2_2, a);
    let tail = n.mul_add(-PIO2_2, a - r);
    let y = n.mul_add(-PIO2_3, tail);
    let z = r * r;
    let w = z * z;
    let sine_series = z.mul_add(
        w.mul_add(
            z.mul_add(1.58969099521155010221e-10, -2.50507602534068634195e-08),
            z.mul_add(2.75573137070700676789e-06, -1.98412698298579493134e-04),
        ),
        8.33333333332248946124e-03,
    );
    let v = z * r;
    let sine = r - ((z * (0.5 * y - v * sine_series) - y) - v * -1.66666666666666324348e-01);
    let low = z.mul_add(
        z.mul_add(2.48015872894767294178e-05, -1.38888888888741095749e-03),
        4.16666666666666019037e-02,
    );
    let high = z.mul_add(
        z.mul_add(-1.13596475577881948265e-11, 2.08757232129817482790e-09),
        -2.75573143513906633035e-07,
    );
    let cosine_series = z * (w * z).mul_add(high, low);
    let half = 0.5 * z;
    let main = 1.0 - half;
    let cosine = main + (((1.0 - main) - half) + (z * cosine_series - r * y));
    (sine, cosine, shifted.to_bits())
}

/// Sine for `|x| <= TRIG_LIMIT`.
#[inline(always)]
pub(crate) fn sin(x: f64) -> f64 {
    let (sine, cosine, n) = quadrant(x);
    let value = if n & 1 == 0 { sine } else { cosine };
    let signed = f64::from_bits(value.to_bits() ^ ((n & 2) << 62));
    if x == 0.0 { x } else { signed }
}

/// Cosine for `|x| <= TRIG_LIMIT`.
#[inline(always)]
pub(crate) fn cos(x: f64) -> f64 {
    let (sine, cosine, n) = quadrant(x);
    let value = if n & 1 == 0 { cosine } else { sine };
    f64::from_bits(value.to_bits() ^ ((n.wrapping_add(1) & 2) << 62))
}

/// Hyperbolic tangent, through `e^(2x) - 1` in two words.
#[inline(always)]
pub(crate) fn tanh(x: f64) -> f64 {
    let size = x.abs();
    let doubled = if size > 22.0 { 44.0 } else { 2.0 * size };
    let n = doubled.mul_add(std::f64::consts::LOG2_E, MAGIC) - MAGIC;
    let a = n.mul_add(-LN2_HI, doubled);
    let r = n.mul_add(-LN2_LO, a);
    let r_tail = n.mul_add(-LN2_LO, a - r);
    let tail = exp_tail(r);
    let p = r + tail;
    let p_tail = (r - p) + tail + r_tail.mul_add(p, r_tail);
    let scale = power_of_two(n);
    // scale * (1 + p) - 1
    let (big, small) = (scale - 1.0, scale * p);
    let e = big + small;
    let back = e - big;
    let e_tail = (big - (e - back)) + (small - back) + scale * p_tail;
    let d = e + 2.0;
    let d_tail = (e - (d - 2.0)) + (2.0 - (d - (d - 2.0))) + e_tail;
    let q = e / d;
    let correction = (q.mul_add(-d, e) + e_tail - q * d_tail) / d;
    let value = (q + correction).copysign(x);
    // Very small arguments are their own tangents; NaN is NaN.
    if size > 1.0e-9 { value } else { x }
}
