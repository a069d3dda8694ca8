//! Sources of random bits: PCG64 and MT19937, seeded as NumPy seeds them.

/// A source of random bits.
pub trait BitGenerator {
    /// The next 32 bits.
    fn next_u32(&mut self) -> u32;
    /// The next 64 bits.
    fn next_u64(&mut self) -> u64;
    /// A number in `[0, 1)` with 53 random bits.
    fn next_f64(&mut self) -> f64;
}

/// O'Neill's seed mixing, as `numpy.random.SeedSequence`.
#[derive(Debug, Clone)]
pub struct SeedSequence {
    pool: [u32; 4],
}

impl SeedSequence {
    /// Pool of the entropy in `seed`, given as 32-bit words, least first.
    pub fn new(seed: &[u32]) -> SeedSequence {
        let mut hash = 0x43b0_d7e5u32;
        let mut hashmix = |value: u32| {
            let mut value = value ^ hash;
            hash = hash.wrapping_mul(0x931e_8875);
            value = value.wrapping_mul(hash);
            value ^ (value >> 16)
        };
        let mix = |x: u32, y: u32| {
            let mixed = 0xca01_f9ddu32.wrapping_mul(x).wrapping_sub(0x4973_f715u32.wrapping_mul(y));
            mixed ^ (mixed >> 16)
        };
        let mut pool = [0u32; 4];
        for (i, place) in pool.iter_mut().enumerate() {
            *place = hashmix(seed.get(i).copied().unwrap_or(0));
        }
        for from in 0..4 {
            for to in (0..4).filter(|&to| to != from) {
                pool[to] = mix(pool[to], hashmix(pool[from]));
            }
        }
        for &word in seed.iter().skip(4) {
            for place in &mut pool {
                *place = mix(*place, hashmix(word));
            }
        }
        SeedSequence { pool }
    }

    /// `n` words of 64 bits for a generator's state.
    pub fn generate(&self, n: usize) -> Vec<u64> {
        let mut hash = 0x8b51_f9ddu32;
        let words: Vec<u32> = (0..2 * n)
            .map(|i| {
                let mut word = self.pool[i % 4] ^ hash;
                hash = hash.wrapping_mul(0x58f3_8ded);
                word = word.wrapping_mul(hash);
                word ^ (word >> 16)
            })
            .collect();
        words.chunks_exact(2).map(|w| u64::from(w[0]) | (u64::from(w[1]) << 32)).collect()
    }
}

/// Words of an unsigned seed, least first; 0 has one word.
pub(crate) fn seed_words(seed: u128) -> Vec<u32> {
    let words: Vec<u32> = (0..4).map(|i| (seed >> (32 * i)) as u32).collect();
    let used = words.iter().rposition(|&w| w != 0).map_or(1, |last| last + 1);
    words[..used].to_vec()
}

/// PCG64: 128-bit state, XSL-RR output (O'Neill 2014).
#[derive(Debug, Clone)]
pub struct Pcg64 {
    state: u128,
    increment: u128,
    half: Option<u32>,
}

impl Pcg64 {
    /// The stream of `numpy.random.PCG64(seed)`.
    pub fn new(seed: u128) -> Pcg64 {
        let words = SeedSequence::new(&seed_words(seed)).generate(4);
        let wide = |high: u64, low: u64| (u128::from(high) << 64) | u128::from(low);
        let increment = (wide(words[2], words[3]) << 1) | 1;
        let mut generator = Pcg64 { state: 0, increment, half: None };
        generator.step();
        generator.state = generator.state.wrapping_add(wide(words[0], words[1]));
        generator.step();
        generator
    }

    fn step(&mut self) {
        const MULTIPLIER: u128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645;
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }
}

impl BitGenerator for Pcg64 {
    fn next_u32(&mut self) -> u32 {
        if let Some(half) = self.half.take() {
            return half;
        }
        let both = self.next_u64();
        self.half = Some((both >> 32) as u32);
        both as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.step();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9007199254740992.0)
    }
}

/// The Mersenne Twister (Matsumoto and Nishimura 1998).
#[derive(Debug, Clone)]
pub struct Mt19937 {
    key: Vec<u32>,
    position: usize,
}

impl Mt19937 {
    const LENGTH: usize = 624;

    /// The stream of `numpy.random.RandomState(seed)`.
    pub fn new(seed: u32) -> Mt19937 {
        let mut word = seed;
        let key = (0..Self::LENGTH as u32)
            .map(|i| {
                let this = word;
                word = 1812433253u32.wrapping_mul(word ^ (word >> 30)).wrapping_add(i + 1);
                this
            })
            .collect();
        Mt19937 { key, position: Self::LENGTH }
    }

    fn refill(&mut self) {
        let n = Self::LENGTH;
        for i in 0..n {
            let y = (self.key[i] & 0x8000_0000) | (self.key[(i + 1) % n] & 0x7fff_ffff);
            let twist = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.key[i] = self.key[(i + 397) % n] ^ (y >> 1) ^ twist;
        }
        self.position = 0;
    }
}

impl BitGenerator for Mt19937 {
    fn next_u32(&mut self) -> u32 {
        if self.position == Self::LENGTH {
            self.refill();
        }
        let mut y = self.key[self.position];
        self.position += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    fn next_u64(&mut self) -> u64 {
        let high = u64::from(self.next_u32());
        (high << 32) | u64::from(self.next_u32())
    }

    fn next_f64(&mut self) -> f64 {
        let (a, b) = (self.next_u32() >> 5, self.next_u32() >> 6);
        (f64::from(a) * 67108864.0 + f64::from(b)) / 9007199254740992.0
    }
}
