//! Distributions over a source of bits, draw for draw as NumPy makes them.

use super::bits::BitGenerator;
use super::ziggurat::{FE, FI, KE, KI, WE, WI};

/// A source with a normal and an exponential draw of its own: the ziggurat for `Generator`, the polar
/// method and the logarithm for `RandomState`.
pub(crate) trait Source: BitGenerator {
    fn next_normal(&mut self) -> f64;
    fn next_exponential(&mut self) -> f64;
}

/// Normal draw by the ziggurat.
pub(crate) fn ziggurat_normal(bits: &mut impl BitGenerator) -> f64 {
    const R: f64 = 3.654152885361009;
    const INVERSE_R: f64 = 0.273_661_237_329_758_3;
    loop {
        let r = bits.next_u64();
        let layer = (r & 0xff) as usize;
        let size = (r >> 9) & 0x000f_ffff_ffff_ffff;
        let x = size as f64 * f64::from_bits(WI[layer]);
        let x = if (r >> 8) & 1 == 1 { -x } else { x };
        if size < KI[layer] {
            return x;
        }
        if layer == 0 {
            loop {
                let beyond = -INVERSE_R * (-bits.next_f64()).ln_1p();
                let height = -(-bits.next_f64()).ln_1p();
                if height + height > beyond * beyond {
                    return if (size >> 8) & 1 == 1 { -(R + beyond) } else { R + beyond };
                }
            }
        }
        let (above, below) = (f64::from_bits(FI[layer - 1]), f64::from_bits(FI[layer]));
        if (above - below) * bits.next_f64() + below < (-0.5 * x * x).exp() {
            return x;
        }
    }
}

/// Exponential draw by the ziggurat.
pub(crate) fn ziggurat_exponential(bits: &mut impl BitGenerator) -> f64 {
    const R: f64 = 7.697_117_470_131_05;
    loop {
        let r = bits.next_u64() >> 3;
        let layer = (r & 0xff) as usize;
        let size = r >> 8;
        let x = size as f64 * f64::from_bits(WE[layer]);
        if size < KE[layer] {
            return x;
        }
        if layer == 0 {
            return R - (-bits.next_f64()).ln_1p();
        }
        let (above, below) = (f64::from_bits(FE[layer - 1]), f64::from_bits(FE[layer]));
        if (above - below) * bits.next_f64() + below < (-x).exp() {
            return x;
        }
    }
}

/// Normal draws by the polar method come in pairs: the second is `spare`.
pub(crate) fn polar_normal(bits: &mut impl BitGenerator, spare: &mut Option<f64>) -> f64 {
    if let Some(spare) = spare.take() {
        return spare;
    }
    loop {
        let (x, y) = (2.0 * bits.next_f64() - 1.0, 2.0 * bits.next_f64() - 1.0);
        let square = x * x + y * y;
        if square < 1.0 && square != 0.0 {
            let factor = (-2.0 * square.ln() / square).sqrt();
            *spare = Some(factor * x);
            return factor * y;
        }
    }
}

/// Integer in `0..=range` by Lemire's method, with 32 bits where they suffice.
pub(crate) fn lemire(bits: &mut impl BitGenerator, range: u64) -> u64 {
    match range {
        0 => 0,
        u64::MAX => bits.next_u64(),
        0xffff_ffff => u64::from(bits.next_u32()),
        1..=0xffff_fffe => {
            let span = range as u32 + 1;
            let mut product = u64::from(bits.next_u32()) * u64::from(span);
            if (product as u32) < span {
                let threshold = (u32::MAX - range as u32) % span;
                while (product as u32) < threshold {
                    product = u64::from(bits.next_u32()) * u64::from(span);
                }
            }
            product >> 32
        }
        _ => {
            let span = range + 1;
            let mut product = u128::from(bits.next_u64()) * u128::from(span);
            if (product as u64) < span {
                let threshold = (u64::MAX - range) % span;
                while (product as u64) < threshold {
                    product = u128::from(bits.next_u64()) * u128::from(span);
                }
            }
            (product >> 64) as u64
        }
    }
}

/// Integer in `0..=range` by masking and rejection, as `RandomState` draws them.
pub(crate) fn masked(bits: &mut impl BitGenerator, range: u64) -> u64 {
    if range == 0 {
        return 0;
    }
    let mask = u64::MAX >> range.leading_zeros();
    loop {
        let word = if range <= 0xffff_ffff { u64::from(bits.next_u32()) } else { bits.next_u64() };
        if word & mask <= range {
            return word & mask;
        }
    }
}

/// Gamma draw of scale 1 (Marsaglia and Tsang; below 1 Ahrens and Dieter).
pub(crate) fn gamma(source: &mut impl Source, shape: f64) -> f64 {
    if shape == 1.0 {
        return source.next_exponential();
    }
    if shape == 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        loop {
            let (u, v) = (source.next_f64(), source.next_exponential());
            if u <= 1.0 - shape {
                let x = u.powf(1.0 / shape);
                if x <= v {
                    return x;
                }
            } else {
                let y = -((1.0 - u) / shape).ln();
                let x = (1.0 - shape + shape * y).powf(1.0 / shape);
                if x <= v + y {
                    return x;
                }
            }
        }
    }
    let b = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * b).sqrt();
    loop {
        let (x, v) = loop {
            let x = source.next_normal();
            let v = 1.0 + c * x;
            if v > 0.0 {
                break (x, v * v * v);
            }
        };
        let u = source.next_f64();
        if u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
            return b * v;
        }
    }
}

/// Beta draw (Jöhnk for small parameters, else by two gammas).
pub(crate) fn beta(source: &mut impl Source, a: f64, b: f64) -> f64 {
    if a > 1.0 || b > 1.0 {
        let x = gamma(source, a);
        let y = gamma(source, b);
        return x / (x + y);
    }
    loop {
        let (u, v) = (source.next_f64(), source.next_f64());
        let (x, y) = (u.powf(1.0 / a), v.powf(1.0 / b));
        let sum = x + y;
        if sum <= 1.0 && u + v > 0.0 {
            if sum > 0.0 {
                return x / sum;
            }
            let (log_x, log_y) = (u.ln() / a, v.ln() / b);
            let most = log_x.max(log_y);
            let (log_x, log_y) = (log_x - most, log_y - most);
            return (log_x - (log_x.exp() + log_y.exp()).ln()).exp();
        }
    }
}

/// Logarithm of the gamma function, by Stirling's series.
fn log_gamma(x: f64) -> f64 {
    const SERIES: [f64; 10] = [
        8.333333333333333e-02,
        -2.777777777777778e-03,
        7.936507936507937e-04,
        -5.952380952380952e-04,
        8.417508417508418e-04,
        -1.917526917526918e-03,
        6.41025641025641e-03,
        -2.955065359477124e-02,
        1.796443723688307e-01,
        -1.3924322169059,
    ];
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    let n = if x < 7.0 { (7.0 - x) as i64 } else { 0 };
    let mut x0 = x + n as f64;
    let x2 = (1.0 / x0) * (1.0 / x0);
    let sum = SERIES[..9].iter().rev().fold(SERIES[9], |sum, &term| sum * x2 + term);
    let mut value = sum / x0 + 0.5 * 1.837_877_066_409_345_3_f64 + (x0 - 0.5) * x0.ln() - x0;
    for _ in 0..n {
        value -= (x0 - 1.0).ln();
        x0 -= 1.0;
    }
    value
}

/// Poisson draw (multiplication for small rates, Hörmann's PTRS for large ones).
pub(crate) fn poisson(bits: &mut impl BitGenerator, rate: f64) -> i64 {
    if rate == 0.0 {
        return 0;
    }
    if rate < 10.0 {
        let limit = (-rate).exp();
        let (mut count, mut product) = (0, 1.0);
        loop {
            product *= bits.next_f64();
            if product <= limit {
                return count;
            }
            count += 1;
        }
    }
    let (root, log_rate) = (rate.sqrt(), rate.ln());
    let b = 0.931 + 2.53 * root;
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let vr = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = bits.next_f64() - 0.5;
        let v = bits.next_f64();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + rate + 0.43).floor() as i64;
        if us >= 0.07 && v <= vr {
            return k;
        }
        if k < 0 || (us < 0.013 && v > us) {
            continue;
        }
        let left = v.ln() + inverse_alpha.ln() - (a / (us * us) + b).ln();
        if left <= -rate + k as f64 * log_rate - log_gamma(k as f64 + 1.0) {
            return k;
        }
    }
}

/// Binomial draw (inversion for small `n * p`, Kachitvichyanukul and Schmeiser's BTPE for large ones).
pub(crate) fn binomial(bits: &mut impl BitGenerator, n: i64, p: f64) -> i64 {
    if n == 0 || p == 0.0 {
        return 0;
    }
    if p > 0.5 {
        return n - binomial_lower(bits, n, 1.0 - p);
    }
    binomial_lower(bits, n, p)
}

fn binomial_lower(bits: &mut impl BitGenerator, n: i64, p: f64) -> i64 {
    if p * n as f64 <= 30.0 { inversion(bits, n, p) } else { btpe(bits, n, p) }
}

fn inversion(bits: &mut impl BitGenerator, n: i64, p: f64) -> i64 {
    let q = 1.0 - p;
    let first = (n as f64 * q.ln()).exp();
    let mean = n as f64 * p;
    let bound = (n as f64).min(mean + 10.0 * (mean * q + 1.0).sqrt()) as i64;
    let (mut x, mut px, mut u) = (0i64, first, bits.next_f64());
    while u > px {
        x += 1;
        if x > bound {
            x = 0;
            px = first;
            u = bits.next_f64();
        } else {
            u -= px;
            px = ((n - x + 1) as f64 * p * px) / (x as f64 * q);
        }
    }
    x
}

fn btpe(bits: &mut impl BitGenerator, n: i64, p: f64) -> i64 {
    let (r, q) = (p, 1.0 - p);
    let size = n as f64;
    let fm = size * r + r;
    let m = fm.floor() as i64;
    let p1 = (2.195 * (size * r * q).sqrt() - 4.6 * q).floor() + 0.5;
    let xm = m as f64 + 0.5;
    let (xl, xr) = (xm - p1, xm + p1);
    let c = 0.134 + 20.5 / (15.3 + m as f64);
    let al = (fm - xl) / (fm - xl * r);
    let laml = al * (1.0 + al / 2.0);
    let ar = (xr - fm) / (xr * q);
    let lamr = ar * (1.0 + ar / 2.0);
    let p2 = p1 * (1.0 + 2.0 * c);
    let p3 = p2 + c / laml;
    let p4 = p3 + c / lamr;
    let nrq = size * r * q;
    loop {
        let u = bits.next_f64() * p4;
        let mut v = bits.next_f64();
        if u <= p1 {
            return (xm - p1 * v + u).floor() as i64;
        }
        let y;
        if u <= p2 {
            let x = xl + (u - p1) / c;
            v = v * c + 1.0 - (m as f64 - x + 0.5).abs() / p1;
            if v > 1.0 {
                continue;
            }
            y = x.floor() as i64;
        } else if u <= p3 {
            let place = (xl + v.ln() / laml).floor();
            if v == 0.0 || place < 0.0 {
                continue;
            }
            y = place as i64;
            v = v * (u - p2) * laml;
        } else {
            let place = (xr - v.ln() / lamr).floor();
            if v == 0.0 || place > size {
                continue;
            }
            y = place as i64;
            v = v * (u - p3) * lamr;
        }
        if btpe_accepts(v, y, (n, m, r, q, nrq, xm)) {
            return y;
        }
    }
}

/// The test of a BTPE candidate: exact near the centre, squeezed and then by Stirling's series outside.
fn btpe_accepts(v: f64, y: i64, (n, m, r, q, nrq, xm): (i64, i64, f64, f64, f64, f64)) -> bool {
    let k = (y - m).abs();
    if k <= 20 || k as f64 >= nrq / 2.0 - 1.0 {
        let s = r / q;
        let a = s * (n + 1) as f64;
        let mut f = 1.0;
        for i in m + 1..=y {
            f *= a / i as f64 - s;
        }
        for i in y + 1..=m {
            f /= a / i as f64 - s;
        }
        return v <= f;
    }
    let k = k as f64;
    let rho = (k / nrq) * ((k * (k / 3.0 + 0.625) + 0.166_666_666_666_666_66) / nrq + 0.5);
    let t = -k * k / (2.0 * nrq);
    let a = v.ln();
    if a < t - rho {
        return true;
    }
    if a > t + rho {
        return false;
    }
    let (x1, f1) = ((y + 1) as f64, (m + 1) as f64);
    let (z, w) = ((n + 1 - m) as f64, (n - y + 1) as f64);
    let tail = |x: f64| {
        let x2 = x * x;
        (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / x2) / x2) / x2) / x2) / x / 166320.0
    };
    let bound = xm * (f1 / x1).ln()
        + ((n - m) as f64 + 0.5) * (z / w).ln()
        + (y - m) as f64 * (w * r / (x1 * q)).ln()
        + tail(f1)
        + tail(z)
        + tail(x1)
        + tail(w);
    a <= bound
}

/// Laplace draw.
pub(crate) fn laplace(bits: &mut impl BitGenerator, loc: f64, scale: f64) -> f64 {
    loop {
        let u = bits.next_f64();
        if u >= 0.5 {
            return loc - scale * (2.0 - u - u).ln();
        }
        if u > 0.0 {
            return loc + scale * (u + u).ln();
        }
    }
}

/// Geometric draw: number of trials up to the first success.
pub(crate) fn geometric(source: &mut impl Source, p: f64) -> i64 {
    if p < 0.333_333_333_333_333_3 {
        let z = (-source.next_exponential() / (-p).ln_1p()).ceil();
        return if z >= 9.223372036854776e18 { i64::MAX } else { z as i64 };
    }
    let (mut x, mut sum, mut product) = (1, p, p);
    let u = source.next_f64();
    while u > sum {
        product *= 1.0 - p;
        sum += product;
        x += 1;
    }
    x
}
