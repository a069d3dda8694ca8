//! `bytes`, and text to and from it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::wide::Wide;
use crate::class::{Class, LookupError, UnicodeDecodeError, UnicodeEncodeError, ValueError};
use crate::error::Error;
use crate::repr::{Repr, write_bytes_repr};

/// Python's `bytes` (and `bytearray`, when it is changed): a slice of `u8` by `Deref`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// `bytes.fromhex(text)`.
    #[track_caller]
    pub fn from_hex(text: &str) -> Result<Bytes, Error> {
        let digits: Vec<(usize, char)> =
            text.char_indices().filter(|(_, c)| !c.is_ascii_whitespace()).collect();
        let bad = |at: usize| {
            let text = format!("non-hexadecimal number found in fromhex() arg at position {at}");
            Error::new(ValueError, text)
        };
        let mut bytes = Vec::with_capacity(digits.len() / 2);
        for pair in digits.chunks(2) {
            let high = pair[0].1.to_digit(16).ok_or_else(|| bad(pair[0].0))?;
            let &(at, low) = pair.get(1).ok_or_else(|| bad(text.len()))?;
            let low = low.to_digit(16).ok_or_else(|| bad(at))?;
            bytes.push((high * 16 + low) as u8);
        }
        Ok(Bytes(bytes))
    }

    /// `b.hex()`.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// `b.decode(encoding)`.
    #[track_caller]
    pub fn decode(&self, encoding: &str) -> Result<String, Error> {
        decode(&self.0, encoding, "strict")
    }
}

impl Deref for Bytes {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Bytes {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Bytes {
        Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Bytes {
        Bytes(bytes)
    }
}

impl<const N: usize> From<&[u8; N]> for Bytes {
    fn from(bytes: &[u8; N]) -> Bytes {
        Bytes(bytes.to_vec())
    }
}

impl FromIterator<u8> for Bytes {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Bytes {
        Bytes(bytes.into_iter().collect())
    }
}

impl Repr for Bytes {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_bytes_repr(f, &self.0)
    }
}

crate::impl_key!(Bytes);
crate::impl_ord!(Bytes);

enum Codec {
    Utf8,
    Ascii,
    Latin1,
    Wide(Wide),
}

#[track_caller]
fn codec(name: &str) -> Result<Codec, Error> {
    let word = name.to_ascii_lowercase().replace(['_', ' '], "-");
    match word.as_str() {
        "utf-8" | "utf8" | "u8" => Ok(Codec::Utf8),
        "ascii" | "us-ascii" => Ok(Codec::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => Ok(Codec::Latin1),
        _ => match Wide::named(&word) {
            Some(wide) => Ok(Codec::Wide(wide)),
            None => Err(Error::new(LookupError, format!("unknown encoding: {name}"))),
        },
    }
}

fn escaped(code: u32) -> String {
    match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

/// `text.encode(encoding, errors)`: UTF-8, -16, -32, ASCII and Latin-1; `errors` is `strict`, `ignore` or
/// `replace`.
#[track_caller]
pub fn encode(text: &str, encoding: &str, errors: &str) -> Result<Vec<u8>, Error> {
    let (name, limit) = match codec(encoding)? {
        Codec::Utf8 => return Ok(text.as_bytes().to_vec()),
        Codec::Ascii => ("ascii", 0x80),
        Codec::Latin1 => ("latin-1", 0x100),
        Codec::Wide(wide) => return Ok(wide.encode(text)),
    };
    let mut bytes = Vec::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        match (u32::from(c), errors) {
            (code, _) if code < limit => bytes.push(code as u8),
            (_, "ignore") => {}
            (_, "replace") => bytes.push(b'?'),
            (code, "xmlcharrefreplace") => bytes.extend(format!("&#{code};").into_bytes()),
            (code, "backslashreplace") => bytes.extend(escaped(code).into_bytes()),
            (code, _) => {
                let shown = escaped(code);
                return Err(coding_error(
                    UnicodeEncodeError,
                    format!(
                        "'{name}' codec can't encode character '{shown}' in position {at}: \
                         ordinal not in range({limit})"
                    ),
                ));
            }
        }
    }
    Ok(bytes)
}

/// `bytes.decode(encoding, errors)`, the inverse of [`encode`].
#[track_caller]
pub fn decode(bytes: &[u8], encoding: &str, errors: &str) -> Result<String, Error> {
    match (codec(encoding)?, errors) {
        (Codec::Latin1, _) => Ok(bytes.iter().copied().map(char::from).collect()),
        (Codec::Utf8, "replace") => Ok(String::from_utf8_lossy(bytes).into_owned()),
        (Codec::Utf8, "ignore") => Ok(bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()),
        (Codec::Utf8, _) => decode_utf8(bytes),
        (Codec::Wide(wide), errors) => wide.decode(bytes, errors),
        (Codec::Ascii, errors) => {
            let mut text = String::with_capacity(bytes.len());
            for (at, &byte) in bytes.iter().enumerate() {
                match errors {
                    _ if byte.is_ascii() => text.push(char::from(byte)),
                    "ignore" => {}
                    "replace" => text.push(char::REPLACEMENT_CHARACTER),
                    _ => {
                        let words = format!(
                            "'ascii' codec can't decode byte 0x{byte:02x} in position {at}: \
                             ordinal not in range(128)"
                        );
                        return Err(coding_error(UnicodeDecodeError, words));
                    }
                }
            }
            Ok(text)
        }
    }
}

#[track_caller]
fn decode_utf8(bytes: &[u8]) -> Result<String, Error> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    let at = error.valid_up_to();
    let byte = bytes[at];
    let reason = match error.error_len() {
        None => "unexpected end of data",
        Some(_) if matches!(byte, 0xc2..=0xf4) => "invalid continuation byte",
        Some(_) => "invalid start byte",
    };
    let place = match error.error_len().unwrap_or(bytes.len() - at) {
        1 => format!("byte 0x{byte:02x} in position {at}"),
        length => format!("bytes in position {at}-{}", at + length - 1),
    };
    let words = format!("'utf-8' codec can't decode {place}: {reason}");
    Err(coding_error(UnicodeDecodeError, words))
}

#[track_caller]
pub(super) fn coding_error(class: Class, words: String) -> Error {
    Error::new(class, words)
}
