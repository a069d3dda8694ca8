//! Python's `hashlib`: MD5, SHA-1, SHA-2 and SHA-3.

use crate::class::ValueError;
use crate::error::Error;
use crate::repr::Repr;
use crate::text::PyBytes;

use super::sha512::{cube_roots, sha384_state, sha512, sha512_from};

/// Which digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Algorithm {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    /// SHA-3 with so many bits.
    Sha3(usize),
}

const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("md5", Algorithm::Md5),
    ("sha1", Algorithm::Sha1),
    ("sha224", Algorithm::Sha224),
    ("sha256", Algorithm::Sha256),
    ("sha384", Algorithm::Sha384),
    ("sha512", Algorithm::Sha512),
    ("sha3_224", Algorithm::Sha3(224)),
    ("sha3_256", Algorithm::Sha3(256)),
    ("sha3_384", Algorithm::Sha3(384)),
    ("sha3_512", Algorithm::Sha3(512)),
];

/// `hashlib.sha256()` and its like: what has been fed so far.
#[derive(Clone, PartialEq, Debug)]
pub struct Hash {
    algorithm: Algorithm,
    message: Vec<u8>,
}

impl Hash {
    /// `hashlib.new(name, bytes)`; `ValueError` for a name that is none.
    #[track_caller]
    pub fn new(name: &str, message: &[u8]) -> Result<Hash, Error> {
        let lower = name.to_ascii_lowercase().replace('-', "");
        match ALGORITHMS.iter().find(|(own, _)| *own == lower) {
            Some((_, algorithm)) => Ok(Hash { algorithm: *algorithm, message: message.to_vec() }),
            None => Err(Error::new(ValueError, format!("unsupported hash type {name}"))),
        }
    }

    /// `h.update(bytes)`.
    pub fn update(&mut self, bytes: &[u8]) {
        self.message.extend_from_slice(bytes);
    }

    /// `h.digest()`.
    pub fn digest(&self) -> Vec<u8> {
        let message = &self.message;
        match self.algorithm {
            Algorithm::Md5 => md5(message),
            Algorithm::Sha1 => sha1(message),
            Algorithm::Sha224 => sha256(message, SHA224_STATE)[..28].to_vec(),
            Algorithm::Sha256 => sha256(message, SHA256_STATE),
            Algorithm::Sha384 => sha512_from(message, sha384_state())[..48].to_vec(),
            Algorithm::Sha512 => sha512(message).to_vec(),
            Algorithm::Sha3(bits) => super::sha3::keccak(message, 200 - bits / 4, 6, bits / 8),
        }
    }

    /// `h.hexdigest()`.
    pub fn hexdigest(&self) -> String {
        self.digest().py_hex()
    }

    /// `h.digest_size`.
    pub fn digest_size(&self) -> i64 {
        match self.algorithm {
            Algorithm::Md5 => 16,
            Algorithm::Sha1 => 20,
            Algorithm::Sha224 => 28,
            Algorithm::Sha256 => 32,
            Algorithm::Sha384 => 48,
            Algorithm::Sha512 => 64,
            Algorithm::Sha3(bits) => bits as i64 / 8,
        }
    }

    /// `h.block_size`.
    pub fn block_size(&self) -> i64 {
        match self.algorithm {
            Algorithm::Sha384 | Algorithm::Sha512 => 128,
            Algorithm::Sha3(bits) => 200 - bits as i64 / 4,
            _ => 64,
        }
    }

    /// `h.name`.
    pub fn name(&self) -> &'static str {
        ALGORITHMS.iter().find(|(_, own)| *own == self.algorithm).map_or("", |(name, _)| name)
    }
}

impl Repr for Hash {
    fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} _hashlib.HASH object>", self.name())
    }
}

macro_rules! constructors {
    ($($name:ident $algorithm:expr;)*) => {
        $(
            #[doc = concat!("`hashlib.", stringify!($name), "(bytes)`.")]
            pub fn $name(message: &[u8]) -> Hash {
                Hash { algorithm: $algorithm, message: message.to_vec() }
            }
        )*
    };
}

/// The functions of the module.
pub mod new {
    use super::{Algorithm, Hash};

    constructors! {
        md5 Algorithm::Md5;
        sha1 Algorithm::Sha1;
        sha224 Algorithm::Sha224;
        sha256 Algorithm::Sha256;
        sha384 Algorithm::Sha384;
        sha512 Algorithm::Sha512;
        sha3_224 Algorithm::Sha3(224);
        sha3_256 Algorithm::Sha3(256);
        sha3_384 Algorithm::Sha3(384);
        sha3_512 Algorithm::Sha3(512);
    }
}

/// The message with its padding: a one bit, zeros, and its length in bits.
fn padded(message: &[u8], length: [u8; 8]) -> Vec<u8> {
    let mut bytes = message.to_vec();
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    bytes.extend(length);
    bytes
}

fn bit_length(message: &[u8]) -> u64 {
    message.len() as u64 * 8
}

fn md5(message: &[u8]) -> Vec<u8> {
    const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let constants: Vec<u32> = (1..=64).map(|i| (f64::from(i).sin().abs() * 4_294_967_296.0) as u32).collect();
    let mut state: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded(message, bit_length(message).to_le_bytes()).chunks_exact(64) {
        let word = |at: usize| u32::from_le_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]]);
        let [mut a, mut b, mut c, mut d] = state;
        for step in 0..64 {
            let (mix, at) = match step / 16 {
                0 => ((b & c) | (!b & d), step),
                1 => ((d & b) | (!d & c), (5 * step + 1) % 16),
                2 => (b ^ c ^ d, (3 * step + 5) % 16),
                _ => (c ^ (b | !d), 7 * step % 16),
            };
            let sum = mix.wrapping_add(a).wrapping_add(constants[step]).wrapping_add(word(4 * at));
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(SHIFTS[step / 16][step % 4]));
        }
        for (own, new) in state.iter_mut().zip([a, b, c, d]) {
            *own = own.wrapping_add(new);
        }
    }
    state.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn sha1(message: &[u8]) -> Vec<u8> {
    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded(message, bit_length(message).to_be_bytes()).chunks_exact(64) {
        let mut words = [0; 80];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        for at in 16..80 {
            words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (at, word) in words.iter().enumerate() {
            let (mix, constant) = match at / 20 {
                0 => ((b & c) | (!b & d), 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6u32),
            };
            let next = a.rotate_left(5).wrapping_add(mix).wrapping_add(e).wrapping_add(constant);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next.wrapping_add(*word));
        }
        for (own, new) in state.iter_mut().zip([a, b, c, d, e]) {
            *own = own.wrapping_add(new);
        }
    }
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

const SHA256_STATE: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
const SHA224_STATE: [u32; 8] =
    [0xc105_9ed8, 0x367c_d507, 0x3070_dd17, 0xf70e_5939, 0xffc0_0b31, 0x6858_1511, 0x64f9_8fa7, 0xbefa_4fa4];

fn sha256(message: &[u8], mut state: [u32; 8]) -> Vec<u8> {
    let constants = cube_roots();
    for block in padded(message, bit_length(message).to_be_bytes()).chunks_exact(64) {
        let mut words = [0u32; 64];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        for at in 16..64 {
            let (early, late) = (words[at - 15], words[at - 2]);
            let s0 = early.rotate_right(7) ^ early.rotate_right(18) ^ (early >> 3);
            let s1 = late.rotate_right(17) ^ late.rotate_right(19) ^ (late >> 10);
            words[at] = words[at - 16].wrapping_add(s0).wrapping_add(words[at - 7]).wrapping_add(s1);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (word, constant) in words.iter().zip(constants) {
            let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let choice = (e & f) ^ (!e & g);
            // A 32-bit constant is the upper half of the 64-bit one.
            let constant = (constant >> 32) as u32;
            let first = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(constant).wrapping_add(*word);
            let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let second = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
        }
        for (own, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *own = own.wrapping_add(new);
        }
    }
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_hashlibs() {
        // From CPython 3.11.
        let short = |name| Hash::new(name, b"abc").map(|hash| hash.hexdigest()[..16].to_owned()).ok();
        assert_eq!(short("md5").as_deref(), Some("900150983cd24fb0"));
        assert_eq!(short("sha1").as_deref(), Some("a9993e364706816a"));
        assert_eq!(short("sha224").as_deref(), Some("23097d223405d822"));
        assert_eq!(short("sha256").as_deref(), Some("ba7816bf8f01cfea"));
        assert_eq!(short("sha384").as_deref(), Some("cb00753f45a35e8b"));
        assert_eq!(short("sha512").as_deref(), Some("ddaf35a193617aba"));
        assert_eq!(short("sha3_256").as_deref(), Some("3a985da74fe225b2"));
        assert_eq!(short("sha4"), None);
    }
}
