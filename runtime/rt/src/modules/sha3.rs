//! SHA-3 and the SHAKE functions; key derivation.

use crate::class::ValueError;
use crate::error::Error;

use super::hashlib::Hash;

fn permute(state: &mut [u64; 25]) {
    let mut bits = 1u8;
    for _ in 0..24 {
        let column: [u64; 5] = std::array::from_fn(|x| (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]));
        for at in 0..25 {
            state[at] ^= column[(at + 4) % 5] ^ column[(at + 1) % 5].rotate_left(1);
        }
        let (mut at, mut held) = ((1, 0), state[1]);
        for step in 0..24 {
            at = (at.1, (2 * at.0 + 3 * at.1) % 5);
            let place = &mut state[at.0 + 5 * at.1];
            held = std::mem::replace(place, held.rotate_left(((step + 1) * (step + 2) / 2) % 64));
        }
        for row in state.chunks_exact_mut(5) {
            let old = [row[0], row[1], row[2], row[3], row[4]];
            for x in 0..5 {
                row[x] = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
            }
        }
        for power in 0..7 {
            if bits & 1 == 1 {
                state[0] ^= 1 << ((1u32 << power) - 1);
            }
            bits = (bits << 1) ^ if bits & 0x80 != 0 { 0x71 } else { 0 };
        }
    }
}

/// The sponge: `rate` bytes go in and out at once, `mark` ends the message.
pub(super) fn keccak(message: &[u8], rate: usize, mark: u8, size: usize) -> Vec<u8> {
    let mut padded = message.to_vec();
    padded.push(mark);
    padded.resize(padded.len().div_ceil(rate) * rate, 0);
    if let Some(last) = padded.last_mut() {
        *last |= 0x80;
    }
    let mut state = [0u64; 25];
    for block in padded.chunks(rate) {
        for (word, bytes) in state.iter_mut().zip(block.chunks_exact(8)) {
            *word ^= bytes.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        }
        permute(&mut state);
    }
    let mut out = Vec::new();
    loop {
        out.extend(state.iter().flat_map(|word| word.to_le_bytes()).take(rate));
        if out.len() >= size {
            out.truncate(size);
            return out;
        }
        permute(&mut state);
    }
}

/// `hashlib.shake_128()` and `hashlib.shake_256()`: digests of any length.
#[derive(Clone, PartialEq, Debug)]
pub struct Shake {
    message: Vec<u8>,
    rate: usize,
}

impl Shake {
    /// `hashlib.shake_128(bytes)`.
    pub fn bits128(message: &[u8]) -> Shake {
        Shake { message: message.to_vec(), rate: 168 }
    }

    /// `hashlib.shake_256(bytes)`.
    pub fn bits256(message: &[u8]) -> Shake {
        Shake { message: message.to_vec(), rate: 136 }
    }

    /// `h.update(bytes)`.
    pub fn update(&mut self, bytes: &[u8]) {
        self.message.extend_from_slice(bytes);
    }

    /// `h.digest(length)`.
    pub fn digest(&self, length: i64) -> Vec<u8> {
        keccak(&self.message, self.rate, 0x1f, length.max(0) as usize)
    }
}

fn hmac(name: &str, key: &[u8], message: &[u8]) -> Result<Vec<u8>, Error> {
    let size = Hash::new(name, b"")?.block_size() as usize;
    let mut key = if key.len() > size { Hash::new(name, key)?.digest() } else { key.to_vec() };
    key.resize(size, 0);
    let masked = |mask: u8| key.iter().map(|byte| byte ^ mask).collect::<Vec<u8>>();
    let inner = Hash::new(name, &[masked(0x36), message.to_vec()].concat())?.digest();
    Ok(Hash::new(name, &[masked(0x5c), inner].concat())?.digest())
}

/// `hashlib.pbkdf2_hmac(name, password, salt, iterations, dklen)`.
#[track_caller]
pub fn pbkdf2_hmac(
    name: &str,
    password: &[u8],
    salt: &[u8],
    iterations: i64,
    length: Option<i64>,
) -> Result<Vec<u8>, Error> {
    if iterations < 1 {
        return Err(Error::new(ValueError, "iteration value must be greater than 0."));
    }
    let own = Hash::new(name, b"")?.digest_size();
    let length = length.unwrap_or(own);
    if length < 1 {
        return Err(Error::new(ValueError, "key length must be greater than 0."));
    }
    let mut out = Vec::new();
    for block in 1u32.. {
        let mut mixed = hmac(name, password, &[salt, &block.to_be_bytes()].concat())?;
        let mut sum = mixed.clone();
        for _ in 1..iterations {
            mixed = hmac(name, password, &mixed)?;
            sum.iter_mut().zip(&mixed).for_each(|(own, byte)| *own ^= byte);
        }
        out.extend(sum);
        if out.len() >= length as usize {
            break;
        }
    }
    out.truncate(length as usize);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::PyBytes;

    #[test]
    fn digests_are_hashlibs() {
        // From CPython 3.11.
        assert!(keccak(b"a", 136, 6, 32).py_hex().starts_with("80084bf2fba02475726feb2cab2d8215"));
        assert_eq!(Shake::bits128(b"a").digest(8).py_hex(), "85c8de88d28866bf");
        let key = pbkdf2_hmac("sha256", b"pw", b"salt", 2, None).map(|key| key.py_hex());
        assert!(key.is_ok_and(|key| key.starts_with(PBKDF)));
    }

    const PBKDF: &str = "061df616343cb988";
}
