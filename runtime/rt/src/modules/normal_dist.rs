//! `statistics.NormalDist`.

use std::f64::consts::{SQRT_2, TAU};
use std::fmt;

use super::math_erf::erf;
use super::statistics::StatisticsError;
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;

/// A normal distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormalDist {
    mu: f64,
    sigma: f64,
}

// The polynomials of algorithm AS241 (Wichura, 1988), highest power first.
const CENTRE_NUM: [f64; 8] = [
    2509.0809287301227,
    33430.57558358813,
    67265.7709270087,
    45921.95393154987,
    13731.69376550946,
    1971.5909503065513,
    133.14166789178438,
    3.3871328727963665,
];
const CENTRE_DEN: [f64; 8] = [
    5226.495278852854,
    28729.085735721943,
    39307.89580009271,
    21213.794301586597,
    5394.196021424751,
    687.1870074920579,
    42.31333070160091,
    1.0,
];
const NEAR_NUM: [f64; 8] = [
    0.0007745450142783414,
    0.022723844989269184,
    0.2417807251774506,
    1.2704582524523684,
    3.6478483247632045,
    5.769497221460691,
    4.630337846156546,
    1.4234371107496835,
];
const NEAR_DEN: [f64; 8] = [
    1.0507500716444169e-09,
    0.0005475938084995345,
    0.015198666563616457,
    0.14810397642748008,
    0.6897673349851,
    1.6763848301838038,
    2.053191626637759,
    1.0,
];
const FAR_NUM: [f64; 8] = [
    2.0103343992922881e-07,
    2.7115555687434876e-05,
    0.0012426609473880784,
    0.026532189526576124,
    0.29656057182850487,
    1.7848265399172913,
    5.463784911164114,
    6.657904643501103,
];
const FAR_DEN: [f64; 8] = [
    0.20442631033899397,
    1.421511758316446e-07,
    1.8463183175100548e-05,
    0.0007868691311456133,
    0.014875361290850615,
    0.1369298809227358,
    0.599832206555888,
    1.0,
];

fn polynomial(coefficients: &[f64], r: f64) -> f64 {
    coefficients[1..].iter().fold(coefficients[0], |sum, next| sum * r + next)
}

impl NormalDist {
    /// `NormalDist(mu, sigma)`.
    #[track_caller]
    pub fn new(mu: f64, sigma: f64) -> NormalDist {
        if sigma < 0.0 {
            raise_new(StatisticsError, "sigma must be non-negative");
        }
        NormalDist { mu, sigma }
    }

    /// `d.mean`, also the median and the mode.
    pub fn mean(&self) -> f64 {
        self.mu
    }

    /// `d.stdev`.
    pub fn stdev(&self) -> f64 {
        self.sigma
    }

    /// `d.variance`.
    pub fn variance(&self) -> f64 {
        self.sigma * self.sigma
    }

    /// `d.pdf(x)`.
    #[track_caller]
    pub fn pdf(&self, x: f64) -> f64 {
        let variance = self.variance();
        if variance == 0.0 {
            raise_new(StatisticsError, "pdf() not defined when sigma is zero");
        }
        let diff = x - self.mu;
        (diff * diff / (-2.0 * variance)).exp() / (TAU * variance).sqrt()
    }

    /// `d.cdf(x)`.
    #[track_caller]
    pub fn cdf(&self, x: f64) -> f64 {
        if self.sigma == 0.0 {
            raise_new(StatisticsError, "cdf() not defined when sigma is zero");
        }
        0.5 * (1.0 + erf((x - self.mu) / (self.sigma * SQRT_2)))
    }

    /// `d.zscore(x)`.
    #[track_caller]
    pub fn zscore(&self, x: f64) -> f64 {
        if self.sigma == 0.0 {
            raise_new(StatisticsError, "zscore() not defined when sigma is zero");
        }
        (x - self.mu) / self.sigma
    }

    /// `d.inv_cdf(p)`.
    #[track_caller]
    pub fn inv_cdf(&self, p: f64) -> f64 {
        if p <= 0.0 || p >= 1.0 {
            raise_new(StatisticsError, "p must be in the range 0.0 < p < 1.0");
        }
        if self.sigma <= 0.0 {
            raise_new(StatisticsError, "cdf() not defined when sigma at or below zero");
        }
        let q = p - 0.5;
        if q.abs() <= 0.425 {
            let r = 0.180625 - q * q;
            let x = polynomial(&CENTRE_NUM, r) * q / polynomial(&CENTRE_DEN, r);
            return self.mu + x * self.sigma;
        }
        let r = (-(if q <= 0.0 { p } else { 1.0 - p }).ln()).sqrt();
        let x = if r <= 5.0 {
            polynomial(&NEAR_NUM, r - 1.6) / polynomial(&NEAR_DEN, r - 1.6)
        } else {
            polynomial(&FAR_NUM, r - 5.0) / polynomial(&FAR_DEN, r - 5.0)
        };
        self.mu + (if q < 0.0 { -x } else { x }) * self.sigma
    }

    /// `d.quantiles(n)`.
    #[track_caller]
    pub fn quantiles(&self, n: i64) -> Vec<f64> {
        (1..n).map(|i| self.inv_cdf(i as f64 / n as f64)).collect()
    }
}

impl Repr for NormalDist {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NormalDist(mu={}, sigma={})", repr(&self.mu), repr(&self.sigma))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_cpythons() {
        // From CPython 3.11.
        let iq = NormalDist::new(100.0, 15.0);
        let answers = [iq.cdf(115.0), iq.pdf(100.0), iq.inv_cdf(0.975), iq.inv_cdf(1e-9), iq.zscore(130.0)];
        assert_eq!(answers, ANSWERS);
    }

    const ANSWERS: [f64; 5] =
        [0.8413447460685429, 0.02659615202676218, 129.3994597681008, 10.032894774884696, 2.0];
}
