//! SHA-512 (FIPS 180-4): for `hashlib`, and to seed `random` from text.

use std::sync::LazyLock;

use num_bigint::BigUint;

/// The first 64 bits of the fraction of the `root`-th root of `prime`.
fn fraction_of_root(prime: u32, root: u32) -> u64 {
    let scaled = BigUint::from(prime) << (64 * root);
    let digits = scaled.nth_root(root).iter_u64_digits().next();
    digits.unwrap_or(0)
}

fn primes() -> impl Iterator<Item = u32> {
    (2u32..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0))
}

/// The constants of the rounds: the fractions of the cube roots of the first primes.
pub(super) fn cube_roots() -> &'static [u64] {
    static ROOTS: LazyLock<Vec<u64>> =
        LazyLock::new(|| primes().take(80).map(|prime| fraction_of_root(prime, 3)).collect());
    &ROOTS
}

/// The state that SHA-384 starts from: the square roots of the ninth to sixteenth prime.
pub(super) fn sha384_state() -> [u64; 8] {
    square_roots(8)
}

fn square_roots(skipped: usize) -> [u64; 8] {
    let mut state = [0u64; 8];
    for (word, prime) in state.iter_mut().zip(primes().skip(skipped)) {
        *word = fraction_of_root(prime, 2);
    }
    state
}

/// The digest of `message`.
pub(super) fn sha512(message: &[u8]) -> [u8; 64] {
    sha512_from(message, square_roots(0))
}

/// The digest of `message` from a given state.
pub(super) fn sha512_from(message: &[u8], mut state: [u64; 8]) -> [u8; 64] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 128 != 112 {
        padded.push(0);
    }
    padded.extend((message.len() as u128 * 8).to_be_bytes());
    for block in padded.chunks_exact(128) {
        compress(&mut state, block, cube_roots());
    }
    let mut digest = [0; 64];
    for (place, word) in digest.chunks_exact_mut(8).zip(state) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

fn compress(state: &mut [u64; 8], block: &[u8], constants: &[u64]) {
    let mut words = [0u64; 80];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(8)) {
        *word = bytes.iter().fold(0, |word, &byte| (word << 8) | u64::from(byte));
    }
    for i in 16..80 {
        let a = words[i - 15];
        let b = words[i - 2];
        let s0 = a.rotate_right(1) ^ a.rotate_right(8) ^ (a >> 7);
        let s1 = b.rotate_right(19) ^ b.rotate_right(61) ^ (b >> 6);
        words[i] = words[i - 16].wrapping_add(s0).wrapping_add(words[i - 7]).wrapping_add(s1);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, constant) in words.iter().zip(constants) {
        let s1 = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
        let choice = (e & f) ^ (!e & g);
        let first = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(*constant).wrapping_add(*word);
        let s0 = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let second = s0.wrapping_add(majority);
        (h, g, f, e) = (g, f, e, d.wrapping_add(first));
        (d, c, b, a) = (c, b, a, first.wrapping_add(second));
    }
    for (word, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(new);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn digest_of_abc_is_the_standards() {
        let digest = super::sha512(b"abc");
        assert_eq!(digest[..8], [0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61, 0x7a, 0xba]);
        assert_eq!(digest[60..], [0xa5, 0x4c, 0xa4, 0x9f]);
    }
}
