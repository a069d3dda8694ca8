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

/// What is decoded: bytes, or a text of ASCII alone.
pub trait Encoded {
    /// The bytes; `ValueError` for other characters.
    fn ascii(&self) -> Result<&[u8], Error>;
}

impl Encoded for [u8] {
    fn ascii(&self) -> Result<&[u8], Error> {
        Ok(self)
    }
}

impl<const N: usize> Encoded for [u8; N] {
    fn ascii(&self) -> Result<&[u8], Error> {
        Ok(self)
    }
}

impl Encoded for Vec<u8> {
    fn ascii(&self) -> Result<&[u8], Error> {
        Ok(self)
    }
}

impl Encoded for str {
    fn ascii(&self) -> Result<&[u8], Error> {
        if self.is_ascii() {
            Ok(self.as_bytes())
        } else {
            Err(Error::new(ValueError, "string argument should contain only ASCII characters"))
        }
    }
}

impl Encoded for String {
    fn ascii(&self) -> Result<&[u8], Error> {
        self.as_str().ascii()
    }
}

impl<T: Encoded + ?Sized> Encoded for &T {
    fn ascii(&self) -> Result<&[u8], Error> {
        (**self).ascii()
    }
}

/// `binascii.a2b_base64(text, strict_mode=..)`.
#[track_caller]
pub fn a2b_base64(text: &(impl Encoded + ?Sized), strict: bool) -> Result<Vec<u8>, Error> {
    let text = text.ascii()?;
    let fail = |why: &str| Err(Error::new(BinasciiError, why));
    if strict && text.first() == Some(&b'=') {
        return fail("Leading padding not allowed");
    }
    let (mut out, mut bits, mut place, mut pads, mut has_pad) = (Vec::new(), 0u32, 0, 0, false);
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'=' {
            has_pad = true;
            if place >= 2 {
                pads += 1;
                if place + pads >= 4 {
                    return if strict && at + 1 < text.len() {
                        fail("Excess data after padding")
                    } else {
                        Ok(out)
                    };
                }
            }
            continue;
        }
        let Some(digit) = PLAIN.iter().position(|own| own == byte) else {
            if strict {
                return fail("Only base64 data is allowed");
            }
            continue;
        };
        if strict && has_pad {
            return fail("Discontinuous padding not allowed");
        }
        (pads, bits) = (0, (bits << 6) | digit as u32);
        if place > 0 {
            out.push((bits >> (6 - 2 * place)) as u8);
        }
        place = (place + 1) % 4;
    }
    match place {
        0 => Ok(out),
        1 => {
            let count = out.len() / 3 * 4 + 1;
            fail(&format!(
                "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4"
            ))
        }
        _ => fail("Incorrect padding"),
    }
}

/// `base64.b64encode(bytes)`.
pub fn b64encode(bytes: &[u8]) -> Vec<u8> {
    encode_with(bytes, PLAIN)
}

/// `base64.urlsafe_b64encode(bytes)`.
pub fn urlsafe_b64encode(bytes: &[u8]) -> Vec<u8> {
    encode_with(bytes, URL)
}

/// `base64.b64decode(text, validate=..)`.
#[track_caller]
pub fn b64decode(text: &(impl Encoded + ?Sized), validate: bool) -> Result<Vec<u8>, Error> {
    a2b_base64(text, validate)
}

fn translated(text: &[u8], from: [u8; 2], to: [u8; 2]) -> Vec<u8> {
    let one = |byte: &u8| from.iter().position(|own| own == byte).map_or(*byte, |at| to[at]);
    text.iter().map(one).collect()
}

/// `base64.urlsafe_b64decode(text)`.
#[track_caller]
pub fn urlsafe_b64decode(text: &(impl Encoded + ?Sized)) -> Result<Vec<u8>, Error> {
    a2b_base64(&translated(text.ascii()?, *b"-_", *b"+/"), false)
}

fn two(altchars: &[u8]) -> Result<[u8; 2], Error> {
    let shown = || Error::new(crate::AssertionError, format!("{}", crate::repr(&altchars.to_vec())));
    altchars.try_into().map_err(|_| shown())
}

/// `base64.b64encode(bytes, altchars)`.
#[track_caller]
pub fn b64encode_with(bytes: &[u8], altchars: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(translated(&b64encode(bytes), *b"+/", two(altchars)?))
}

/// `base64.b64decode(text, altchars, validate=..)`.
#[track_caller]
pub fn b64decode_with(
    text: &(impl Encoded + ?Sized),
    altchars: &[u8],
    validate: bool,
) -> Result<Vec<u8>, Error> {
    a2b_base64(&translated(text.ascii()?, two(altchars)?, *b"+/"), validate)
}

/// `binascii.b2a_base64(bytes, newline=..)`.
pub fn b2a_base64(bytes: &[u8], newline: bool) -> Vec<u8> {
    let mut out = b64encode(bytes);
    out.extend(newline.then_some(b'\n'));
    out
}

/// `base64.encodebytes(bytes)`: lines of 76 characters.
pub fn encodebytes(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(57).flat_map(|part| b2a_base64(part, true)).collect()
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

/// `zlib.adler32(bytes, start)`.
pub fn adler32(bytes: &[u8], start: i64) -> i64 {
    let step = |(a, b): (u32, u32), byte: &u8| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (a + b) % 65521)
    };
    let (a, b) = bytes.iter().fold((start as u32 & 0xffff, start as u32 >> 16), step);
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
        assert_eq!(b64decode(&b"aGVsbG8="[..], false).ok(), Some(b"hello".to_vec()));
        let error = b64decode("abc", false).map_err(|e| e.traceback_line());
        assert_eq!(error, Err("binascii.Error: Incorrect padding".to_owned()));
        assert_eq!((crc32(b"hello", 0), adler32(b"hello", 1)), (907_060_870, 103_547_413));
    }
}
