//! Python's `random`: the same Mersenne Twister, the same draws, so that a seed gives the same
//! numbers as in CPython 3.11.

use std::cell::RefCell;
use std::f64::consts::{E, PI};
use std::hash::{self, BuildHasher};
use std::ops::{Deref, DerefMut};

use super::sha512::sha512;
use crate::big::Int;
use crate::class::ValueError;
use crate::collections::py_hash_float;
use crate::unwind::raise_new;

const N: usize = 624;
const M: usize = 397;

/// A generator: `random.Random`.
#[derive(Clone)]
pub struct Random {
    state: Box<[u32; N]>,
    next: usize,
    gauss_next: Option<f64>,
    /// Stands for the module: draws come from the generator that the module's functions share.
    is_module: bool,
}

/// What `getstate()` gives: what comes next from then on.
#[derive(Clone)]
pub struct RandomState(Random);

impl PartialEq for RandomState {
    fn eq(&self, other: &RandomState) -> bool {
        let parts = |own: &RandomState| (own.0.state.clone(), own.0.next, own.0.gauss_next.map(f64::to_bits));
        parts(self) == parts(other)
    }
}

impl crate::repr::Repr for RandomState {
    fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self.0.state.iter().map(u32::to_string).collect();
        write!(f, "(3, ({}, {}), ", words.join(", "), self.0.next)?;
        match self.0.gauss_next {
            Some(next) => next.fmt_repr(f)?,
            None => f.write_str("None")?,
        }
        f.write_str(")")
    }
}

/// A generator is equal to itself alone.
impl PartialEq for Random {
    fn eq(&self, other: &Random) -> bool {
        std::ptr::eq(self, other)
    }
}

impl crate::repr::Repr for Random {
    fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<random.Random object>")
    }
}

/// What a generator can be seeded with.
pub trait Seed {
    /// The seed as 32-bit words, the lowest first.
    fn words(&self) -> Vec<u32>;
}

impl Seed for i64 {
    fn words(&self) -> Vec<u32> {
        words_of(self.unsigned_abs())
    }
}

fn words_of(number: u64) -> Vec<u32> {
    let (low, high) = (number as u32, (number >> 32) as u32);
    if high == 0 { vec![low] } else { vec![low, high] }
}

impl Seed for Int {
    fn words(&self) -> Vec<u32> {
        let words = self.to_big().magnitude().to_u32_digits();
        if words.is_empty() { vec![0] } else { words }
    }
}

impl Seed for f64 {
    fn words(&self) -> Vec<u32> {
        words_of(py_hash_float(*self).unwrap_or(0) as u64)
    }
}

impl Seed for [u8] {
    fn words(&self) -> Vec<u32> {
        let mut bytes = self.to_vec();
        bytes.extend(sha512(self));
        num_bigint::BigUint::from_bytes_be(&bytes).to_u32_digits()
    }
}

impl Seed for Vec<u8> {
    fn words(&self) -> Vec<u32> {
        self.as_slice().words()
    }
}

impl Seed for str {
    fn words(&self) -> Vec<u32> {
        self.as_bytes().words()
    }
}

impl Seed for String {
    fn words(&self) -> Vec<u32> {
        self.as_str().words()
    }
}

impl<T: Seed + ?Sized> Seed for &T {
    fn words(&self) -> Vec<u32> {
        (**self).words()
    }
}

/// `None`: a seed that differs from run to run.
impl Seed for () {
    fn words(&self) -> Vec<u32> {
        (0..8).map(|i| hash::RandomState::new().hash_one(i) as u32).collect()
    }
}

impl Random {
    /// `random.Random(seed)`; `()` for no seed.
    pub fn new(seed: impl Seed) -> Random {
        let mut random = Random { state: Box::new([0; N]), next: N, gauss_next: None, is_module: false };
        random.seed(seed);
        random
    }

    /// The module `random` where a generator is expected.
    pub fn module() -> Random {
        Random { state: Box::new([0; N]), next: N, gauss_next: None, is_module: true }
    }

    /// `r.seed(seed)`; `()` for no seed.
    pub fn seed(&mut self, seed: impl Seed) {
        if self.is_module {
            return shared().seed(seed);
        }
        let key = seed.words();
        let state = &mut self.state;
        state[0] = 19_650_218;
        for i in 1..N {
            state[i] = mixed(state[i - 1]).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            state[i] = (state[i] ^ mixed(state[i - 1]).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            (i, j) = (i + 1, (j + 1) % key.len());
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        for _ in 0..N - 1 {
            state[i] = (state[i] ^ mixed(state[i - 1]).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        self.next = N;
        self.gauss_next = None;
    }

    fn refill(&mut self) {
        let state = &mut self.state;
        for i in 0..N {
            let y = (state[i] & 0x8000_0000) | (state[(i + 1) % N] & 0x7fff_ffff);
            let twist = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            state[i] = state[(i + M) % N] ^ (y >> 1) ^ twist;
        }
        self.next = 0;
    }

    /// The next 32 random bits.
    #[inline]
    fn bits32(&mut self) -> u32 {
        if self.next >= N {
            // It has no words of its own, ever.
            if self.is_module {
                return shared().bits32();
            }
            self.refill();
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// `r.random()`: a float in [0, 1).
    #[inline]
    pub fn random(&mut self) -> f64 {
        let high = f64::from(self.bits32() >> 5);
        let low = f64::from(self.bits32() >> 6);
        (high * 67_108_864.0 + low) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `r.getrandbits(bits)` for at most 63 bits; raises `ValueError` for others.
    #[track_caller]
    pub fn getrandbits(&mut self, bits: i64) -> i64 {
        match bits {
            0..=63 => self.small_bits(bits as u32) as i64,
            ..0 => raise_new(ValueError, "number of bits must be non-negative"),
            _ => raise_new(crate::IntegerOverflow, "integer overflow in getrandbits"),
        }
    }

    /// `r.getrandbits(bits)` of any size; raises `ValueError` for a negative one.
    #[track_caller]
    pub fn big_getrandbits(&mut self, bits: i64) -> Int {
        if bits < 0 {
            raise_new(ValueError, "number of bits must be non-negative");
        }
        let mut words = Vec::new();
        let mut left = bits;
        while left > 0 {
            let word = self.bits32();
            words.push(if left < 32 { word >> (32 - left) } else { word });
            left -= 32;
        }
        Int::from_big(num_bigint::BigUint::new(words).into())
    }

    /// `r.randbytes(count)`; raises `ValueError` for a negative one.
    #[track_caller]
    pub fn randbytes(&mut self, count: i64) -> Vec<u8> {
        if count < 0 {
            raise_new(ValueError, "number of bits must be non-negative");
        }
        let count = count as usize;
        let mut out = Vec::with_capacity(count + 3);
        while out.len() < count {
            let left = count - out.len();
            let word = self.bits32();
            let word = if left < 4 { word >> (32 - 8 * left) } else { word };
            out.extend(word.to_le_bytes());
        }
        out.truncate(count);
        out
    }

    /// `r.getstate()`: the generator as it stands.
    pub fn getstate(&self) -> RandomState {
        if self.is_module {
            return shared().getstate();
        }
        RandomState(self.clone())
    }

    /// `r.setstate(state)`.
    pub fn setstate(&mut self, state: &RandomState) {
        if self.is_module {
            return shared().setstate(state);
        }
        self.clone_from(&state.0);
    }

    /// `r.vonmisesvariate(mu, kappa)`.
    pub fn vonmisesvariate(&mut self, mu: f64, kappa: f64) -> f64 {
        use crate::number::float_floor_mod;
        use std::f64::consts::TAU;
        if kappa <= 1e-6 {
            return TAU * self.random();
        }
        let s = 0.5 / kappa;
        let r = s + (1.0 + s * s).sqrt();
        let z = loop {
            let z = (PI * self.random()).cos();
            let d = z / (r + z);
            let u = self.random();
            if u < 1.0 - d * d || u <= (1.0 - d) * d.exp() {
                break z;
            }
        };
        let q = 1.0 / r;
        let turn = ((q + z) / (1.0 + q * z)).acos();
        let angle = if self.random() > 0.5 { mu + turn } else { mu - turn };
        float_floor_mod(angle, TAU)
    }

    /// Up to 64 bits, drawn as CPython draws them.
    #[inline]
    fn small_bits(&mut self, bits: u32) -> u64 {
        match bits {
            0 => 0,
            1..=32 => u64::from(self.bits32() >> (32 - bits)),
            _ => {
                let low = u64::from(self.bits32());
                let high = u64::from(self.bits32() >> (64 - bits));
                low | (high << 32)
            }
        }
    }

    /// A number below `n`, which is above zero.
    #[inline]
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let bits = 64 - n.leading_zeros();
        loop {
            let drawn = self.small_bits(bits);
            if drawn < n {
                return drawn;
            }
        }
    }

    /// `r.randrange(start, stop, step)`; raises `ValueError` when there is nothing to choose.
    #[track_caller]
    pub fn randrange(&mut self, start: i64, stop: i64, step: i64) -> i64 {
        if step == 1 {
            if start < stop {
                return start.wrapping_add(self.below(start.abs_diff(stop)) as i64);
            }
            let width = i128::from(stop) - i128::from(start);
            raise_new(ValueError, format!("empty range for randrange() ({start}, {stop}, {width})"));
        }
        if step == 0 {
            raise_new(ValueError, "zero step for randrange()");
        }
        let count = crate::range(start, stop, step).len_i64();
        if count <= 0 {
            raise_new(ValueError, "empty range for randrange()");
        }
        start.wrapping_add(step.wrapping_mul(self.below(count as u64) as i64))
    }

    /// `r.randint(a, b)`: both ends included; raises `ValueError` when `b < a`.
    #[inline]
    #[track_caller]
    pub fn randint(&mut self, a: i64, b: i64) -> i64 {
        if b == i64::MAX {
            raise_new(crate::IntegerOverflow, "integer overflow in randint");
        }
        self.randrange(a, b + 1, 1)
    }

    /// `r.uniform(a, b)`.
    #[inline]
    pub fn uniform(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.random()
    }

    /// `r.triangular(low, high, mode)`.
    pub fn triangular(&mut self, low: f64, high: f64, mode: f64) -> f64 {
        let mut u = self.random();
        if high == low {
            return low;
        }
        let (mut low, mut high) = (low, high);
        let mut c = (mode - low) / (high - low);
        if u > c {
            u = 1.0 - u;
            c = 1.0 - c;
            (low, high) = (high, low);
        }
        low + (high - low) * (u * c).sqrt()
    }

    /// `r.gauss(mu, sigma)`.
    pub fn gauss(&mut self, mu: f64, sigma: f64) -> f64 {
        if self.is_module {
            return shared().gauss(mu, sigma);
        }
        let z = self.gauss_next.take().unwrap_or_else(|| {
            let angle = self.random() * (2.0 * PI);
            let radius = (-2.0 * (1.0 - self.random()).ln()).sqrt();
            self.gauss_next = Some(angle.sin() * radius);
            angle.cos() * radius
        });
        mu + z * sigma
    }

    /// `r.normalvariate(mu, sigma)`.
    pub fn normalvariate(&mut self, mu: f64, sigma: f64) -> f64 {
        let magic = 4.0 * (-0.5f64).exp() / 2f64.sqrt();
        loop {
            let u1 = self.random();
            let u2 = 1.0 - self.random();
            let z = magic * (u1 - 0.5) / u2;
            if z * z / 4.0 <= -u2.ln() {
                return mu + z * sigma;
            }
        }
    }

    /// `r.lognormvariate(mu, sigma)`.
    pub fn lognormvariate(&mut self, mu: f64, sigma: f64) -> f64 {
        self.normalvariate(mu, sigma).exp()
    }

    /// `r.expovariate(lambd)`.
    pub fn expovariate(&mut self, lambd: f64) -> f64 {
        -(1.0 - self.random()).ln() / lambd
    }

    /// `r.gammavariate(alpha, beta)`; raises `ValueError` unless both are above zero.
    #[track_caller]
    pub fn gammavariate(&mut self, alpha: f64, beta: f64) -> f64 {
        if alpha <= 0.0 || beta <= 0.0 {
            raise_new(ValueError, "gammavariate: alpha and beta must be > 0.0");
        }
        if alpha > 1.0 {
            return self.gamma_above_one(alpha) * beta;
        }
        if alpha == 1.0 {
            return -(1.0 - self.random()).ln() * beta;
        }
        loop {
            let b = (E + alpha) / E;
            let p = b * self.random();
            let x = if p <= 1.0 { p.powf(1.0 / alpha) } else { -((b - p) / alpha).ln() };
            let u = self.random();
            let accepted = if p > 1.0 { u <= x.powf(alpha - 1.0) } else { u <= (-x).exp() };
            if accepted {
                return x * beta;
            }
        }
    }

    fn gamma_above_one(&mut self, alpha: f64) -> f64 {
        let ainv = (2.0 * alpha - 1.0).sqrt();
        let bbb = alpha - 4f64.ln();
        let ccc = alpha + ainv;
        let magic = 1.0 + 4.5f64.ln();
        loop {
            let u1 = self.random();
            if !(1e-7 < u1 && u1 < 0.9999999) {
                continue;
            }
            let u2 = 1.0 - self.random();
            let v = (u1 / (1.0 - u1)).ln() / ainv;
            let x = alpha * v.exp();
            let z = u1 * u1 * u2;
            let r = bbb + ccc * v - x;
            if r + magic - 4.5 * z >= 0.0 || r >= z.ln() {
                return x;
            }
        }
    }

    /// `r.betavariate(alpha, beta)`.
    #[track_caller]
    pub fn betavariate(&mut self, alpha: f64, beta: f64) -> f64 {
        let y = self.gammavariate(alpha, 1.0);
        if y == 0.0 { 0.0 } else { y / (y + self.gammavariate(beta, 1.0)) }
    }

    /// `r.paretovariate(alpha)`.
    pub fn paretovariate(&mut self, alpha: f64) -> f64 {
        (1.0 - self.random()).powf(-1.0 / alpha)
    }

    /// `r.weibullvariate(alpha, beta)`.
    pub fn weibullvariate(&mut self, alpha: f64, beta: f64) -> f64 {
        alpha * (-(1.0 - self.random()).ln()).powf(1.0 / beta)
    }
}

fn mixed(word: u32) -> u32 {
    word ^ (word >> 30)
}

thread_local! {
    static SHARED: RefCell<Option<Random>> = const { RefCell::new(None) };
}

/// The generator that the module's own functions share, taken out for one draw.
pub(super) struct Shared(Option<Random>);

/// Takes the shared generator; it goes back when the draw ends, by an error too.
#[inline]
pub(super) fn shared() -> Shared {
    Shared(Some(SHARED.take().unwrap_or_else(|| Random::new(()))))
}

impl Deref for Shared {
    type Target = Random;

    fn deref(&self) -> &Random {
        self.0.as_ref().expect("the generator is there until the drop")
    }
}

impl DerefMut for Shared {
    fn deref_mut(&mut self) -> &mut Random {
        self.0.as_mut().expect("the generator is there until the drop")
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        SHARED.set(self.0.take());
    }
}

/// `random.seed(seed)`; `()` for no seed.
pub fn seed(seed: impl Seed) {
    shared().seed(seed);
}

macro_rules! shared {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)*) => {
        $(
            #[doc = concat!("`random.", stringify!($name), "`: see [`Random::", stringify!($name), "`].")]
            #[inline]
            #[track_caller]
            pub fn $name($($arg: $ty),*) -> $out {
                shared().$name($($arg),*)
            }
        )*
    };
}

shared! {
    random() -> f64;
    getrandbits(bits: i64) -> i64;
    big_getrandbits(bits: i64) -> Int;
    randrange(start: i64, stop: i64, step: i64) -> i64;
    randint(a: i64, b: i64) -> i64;
    uniform(a: f64, b: f64) -> f64;
    triangular(low: f64, high: f64, mode: f64) -> f64;
    gauss(mu: f64, sigma: f64) -> f64;
    normalvariate(mu: f64, sigma: f64) -> f64;
    lognormvariate(mu: f64, sigma: f64) -> f64;
    expovariate(lambd: f64) -> f64;
    gammavariate(alpha: f64, beta: f64) -> f64;
    betavariate(alpha: f64, beta: f64) -> f64;
    paretovariate(alpha: f64) -> f64;
    weibullvariate(alpha: f64, beta: f64) -> f64;
    vonmisesvariate(mu: f64, kappa: f64) -> f64;
    randbytes(count: i64) -> Vec<u8>;
    getstate() -> RandomState;
    setstate(state: &RandomState) -> ();
}

pub use super::random_sequences::{choice, choice_char, choices, sample, shuffle, weighted_choices};
