//! Python's `base64`, `binascii` and `html`: text and bytes in other clothes.

use crate::class::ValueError;
use crate::error::Error;

crate::exceptions! {
    /// `binascii.Error`.
    pub BinasciiError(ValueError) as "binascii.Error";
}

const PLAIN: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode_with(bytes: &[u8], alphabet: &[u8; 64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let bits =
            part.iter().fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - part.len()));
        for at in 0..4 {
            let digit = alphabet[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= part.len() { digit } else { b'=' });
        }
    }
    out
}

#[track_caller]
fn decode_with(text: &[u8], alphabet: &[u8; 64]) -> Result<Vec<u8>, Error> {
    let (mut out, mut bits, mut count, mut padding) = (Vec::new(), 0u32, 0, 0);
    for byte in text {
        match alphabet.iter().position(|own| own == byte) {
            Some(digit) => {
                bits = (bits << 6) | digit as u32;
                count += 1;
                if count % 4 == 0 {
                    out.extend_from_slice(&bits.to_be_bytes()[1..]);
                    bits = 0;
                }
            }
            None if *byte == b'=' => padding += 1,
            None => {}
        }
    }
    match count % 4 {
        0 => {}
        1 => {
            let text = format!(
                "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4"
            );
            return Err(Error::new(BinasciiError, text));
        }
        left if padding + left < 4 => return Err(Error::new(BinasciiError, "Incorrect padding")),
        left => {
            let whole = (bits << (6 * (4 - left))).to_be_bytes();
            out.extend_from_slice(&whole[1..left]);
        }
    }
    Ok(out)
}

/// `base64.b64encode(bytes)`.
pub fn b64encode(bytes: &[u8]) -> Vec<u8> {
    encode_with(bytes, PLAIN)
}

/// `base64.urlsafe_b64encode(bytes)`.
pub fn urlsafe_b64encode(bytes: &[u8]) -> Vec<u8> {
    encode_with(bytes, URL)
}

/// `base64.b64decode(text)`.
#[track_caller]
pub fn b64decode(text: &[u8]) -> Result<Vec<u8>, Error> {
    decode_with(text, PLAIN)
}

/// `base64.urlsafe_b64decode(text)`.
#[track_caller]
pub fn urlsafe_b64decode(text: &[u8]) -> Result<Vec<u8>, Error> {
    decode_with(text, URL)
}

/// `base64.b16encode(bytes)`.
pub fn b16encode(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect()
}

/// `binascii.crc32(bytes)`, also `zlib.crc32`.
pub fn crc32(bytes: &[u8], start: i64) -> i64 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 },
        )
    };
    i64::from(!bytes.iter().fold(!(start as u32), step))
}

/// `zlib.adler32(bytes)`.
pub fn adler32(bytes: &[u8]) -> i64 {
    let step = |(a, b): (u32, u32), byte: &u8| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (a + b) % 65521)
    };
    let (a, b) = bytes.iter().fold((1, 0), step);
    i64::from((b << 16) | a)
}

/// `html.escape(text, quote)`.
pub fn html_escape(text: &str, quote: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if quote => out.push_str("&quot;"),
            '\'' if quote => out.push_str("&#x27;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_to_text_and_back() {
        // From CPython 3.11.
        assert_eq!(b64encode(b"hello"), b"aGVsbG8=");
        assert_eq!(b64decode(b"aGVsbG8=").ok(), Some(b"hello".to_vec()));
        let error = b64decode(b"abc").map_err(|e| e.traceback_line());
        assert_eq!(error, Err("binascii.Error: Incorrect padding".to_owned()));
        assert_eq!((crc32(b"hello", 0), adler32(b"hello")), (907_060_870, 103_547_413));
    }
}
