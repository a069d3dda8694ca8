//! The other bases of `base64`: 16, 32 and 85; and `binascii` by hexadecimal digits.

use super::codecs::{BinasciiError, Encoded};
use crate::class::ValueError;
use crate::error::Error;
use crate::text::PyBytes;

/// Digits of base 32.
pub const B32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Digits of base 32 in the order of their values.
pub const B32HEX: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
const B85: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// `base64.b16decode(text, casefold)`.
#[track_caller]
pub fn b16decode(text: &(impl Encoded + ?Sized), casefold: bool) -> Result<Vec<u8>, Error> {
    let text = text.ascii()?;
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte);
    if !text.iter().all(|byte| is_digit(byte) || casefold && byte.is_ascii_hexdigit()) {
        return Err(Error::new(BinasciiError, "Non-base16 digit found"));
    }
    unhexlify(text)
}

/// `binascii.unhexlify(text)`.
#[track_caller]
pub fn unhexlify(text: &(impl Encoded + ?Sized)) -> Result<Vec<u8>, Error> {
    let text = text.ascii()?;
    if text.len() % 2 == 1 {
        return Err(Error::new(BinasciiError, "Odd-length string"));
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8);
    let bytes: Option<Vec<u8>> = text.chunks(2).map(pair).collect();
    bytes.ok_or_else(|| Error::new(BinasciiError, "Non-hexadecimal digit found"))
}

/// `binascii.hexlify(bytes, sep, bytes_per_sep)`.
#[track_caller]
pub fn hexlify(bytes: &[u8], sep: &(impl Encoded + ?Sized), group: i64) -> Result<Vec<u8>, Error> {
    let [sep] = *sep.ascii()? else {
        return Err(Error::new(ValueError, "sep must be length 1."));
    };
    let size = group.unsigned_abs() as usize;
    if size == 0 {
        return Ok(bytes.py_hex().into_bytes());
    }
    // Groups count from the right, or from the left where their size is negative.
    let first = if group > 0 { bytes.len() % size } else { 0 };
    let (front, rest) = bytes.split_at(first);
    let parts = (!front.is_empty()).then_some(front).into_iter().chain(rest.chunks(size));
    Ok(parts.map(|part| part.py_hex().into_bytes()).collect::<Vec<_>>().join(&sep))
}

/// `binascii.crc_hqx(bytes, start)`.
pub fn crc_hqx(bytes: &[u8], start: i64) -> i64 {
    let step = |crc: u16, byte: &u8| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 != 0 { (crc << 1) ^ 0x1021 } else { crc << 1 }
        })
    };
    i64::from(bytes.iter().fold(start as u16, step))
}

/// `base64.b32encode(bytes)`.
pub fn b32encode(bytes: &[u8], digits: &[u8; 32]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(5) * 8);
    for part in bytes.chunks(5) {
        let bits =
            (0..5).fold(0u64, |bits, at| (bits << 8) | part.get(at).map_or(0, |byte| u64::from(*byte)));
        let used = (part.len() * 8).div_ceil(5);
        out.extend(
            (0..8).map(|at| if at < used { digits[(bits >> (35 - 5 * at)) as usize & 31] } else { b'=' }),
        );
    }
    out
}

/// `base64.b32decode(text, casefold)`.
#[track_caller]
pub fn b32decode(
    text: &(impl Encoded + ?Sized),
    casefold: bool,
    digits: &[u8; 32],
) -> Result<Vec<u8>, Error> {
    let mut text = text.ascii()?.to_vec();
    let padding = || Err(Error::new(BinasciiError, "Incorrect padding"));
    if text.len() % 8 != 0 {
        return padding();
    }
    if casefold {
        text.make_ascii_uppercase();
    }
    let used = text.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    let pads = text.len() - used;
    let mut out = Vec::new();
    for part in text[..used].chunks(8) {
        let mut bits = 0u64;
        for byte in part {
            let digit = digits.iter().position(|own| own == byte);
            let digit = digit.ok_or_else(|| Error::new(BinasciiError, "Non-base32 digit found"))?;
            bits = (bits << 5) | digit as u64;
        }
        bits <<= 5 * (8 - part.len());
        out.extend_from_slice(&bits.to_be_bytes()[3..]);
    }
    if ![0, 1, 3, 4, 6].contains(&pads) {
        return padding();
    }
    if pads > 0 && !out.is_empty() {
        out.truncate(out.len() - 5 + (43 - 5 * pads) / 8);
    }
    Ok(out)
}

/// Words of four bytes as five digits each.
fn encode85(
    bytes: &[u8],
    pad: bool,
    digit: impl Fn(u32) -> u8,
    short: impl Fn(u32) -> Option<u8>,
) -> Vec<u8> {
    let mut out = Vec::new();
    for part in bytes.chunks(4) {
        let word =
            (0..4).fold(0u32, |word, at| (word << 8) | part.get(at).map_or(0, |byte| u32::from(*byte)));
        let is_whole = part.len() == 4 || pad;
        if let Some(byte) = short(word).filter(|_| is_whole) {
            out.push(byte);
            continue;
        }
        let all = [52_200_625, 614_125, 7225, 85, 1].map(|unit| digit(word / unit % 85));
        out.extend_from_slice(&all[..if is_whole { 5 } else { part.len() + 1 }]);
    }
    out
}

/// `base64.b85encode(bytes, pad)`.
pub fn b85encode(bytes: &[u8], pad: bool) -> Vec<u8> {
    encode85(bytes, pad, |digit| B85[digit as usize], |_| None)
}

/// `base64.b85decode(text)`.
#[track_caller]
pub fn b85decode(text: &(impl Encoded + ?Sized)) -> Result<Vec<u8>, Error> {
    let mut text = text.ascii()?.to_vec();
    let padding = (5 - text.len() % 5) % 5;
    text.extend(std::iter::repeat_n(b'~', padding));
    let mut out = Vec::new();
    for (at, part) in text.chunks(5).enumerate() {
        let mut word = 0u64;
        for (place, byte) in part.iter().enumerate() {
            let digit = B85.iter().position(|own| own == byte).ok_or_else(|| {
                Error::new(ValueError, format!("bad base85 character at position {}", 5 * at + place))
            })?;
            word = word * 85 + digit as u64;
        }
        let word = u32::try_from(word).map_err(|_| {
            Error::new(ValueError, format!("base85 overflow in hunk starting at byte {}", 5 * at))
        })?;
        out.extend(word.to_be_bytes());
    }
    out.truncate(out.len() - padding);
    Ok(out)
}

/// `base64.a85encode(bytes, foldspaces=.., wrapcol=.., pad=.., adobe=..)`.
pub fn a85encode(bytes: &[u8], foldspaces: bool, wrapcol: i64, pad: bool, adobe: bool) -> Vec<u8> {
    let short = |word: u32| match word {
        0 => Some(b'z'),
        0x2020_2020 if foldspaces => Some(b'y'),
        _ => None,
    };
    let mut out = if adobe { b"<~".to_vec() } else { Vec::new() };
    out.extend(encode85(bytes, pad, |digit| digit as u8 + 33, short));
    if wrapcol > 0 {
        let width = wrapcol.max(if adobe { 2 } else { 1 }) as usize;
        let mut lines: Vec<&[u8]> = out.chunks(width).collect();
        if adobe && lines.last().is_some_and(|line| line.len() + 2 > width) {
            lines.push(b"");
        }
        out = lines.join(&b'\n');
    }
    if adobe {
        out.extend(b"~>");
    }
    out
}

/// `base64.a85decode(text, foldspaces=.., adobe=..)`.
#[track_caller]
pub fn a85decode(text: &(impl Encoded + ?Sized), foldspaces: bool, adobe: bool) -> Result<Vec<u8>, Error> {
    let fail = |why: String| Err(Error::new(ValueError, why));
    let mut text = text.ascii()?;
    if adobe {
        let Some(rest) = text.strip_suffix(b"~>") else {
            return fail("Ascii85 encoded byte sequences must end with b'~>'".to_owned());
        };
        text = rest.strip_prefix(b"<~").unwrap_or(rest);
    }
    let (mut out, mut part): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
    for byte in text.iter().chain(b"uuuu") {
        match byte {
            b'!'..=b'u' => {
                part.push(byte - b'!');
                if part.len() == 5 {
                    let word = part.iter().fold(0u64, |word, digit| word * 85 + u64::from(*digit));
                    let Ok(word) = u32::try_from(word) else { return fail("Ascii85 overflow".to_owned()) };
                    out.extend(word.to_be_bytes());
                    part.clear();
                }
            }
            b'z' | b'y' if *byte == b'z' || foldspaces => {
                if !part.is_empty() {
                    return fail(format!("{} inside Ascii85 5-tuple", char::from(*byte)));
                }
                out.extend(if *byte == b'z' { [0; 4] } else { [b' '; 4] });
            }
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b => {}
            other => return fail(format!("Non-Ascii85 digit found: {}", char::from(*other))),
        }
    }
    out.truncate(out.len() - (4 - part.len()));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(b32encode(b"hello", B32), b"NBSWY3DP");
        assert_eq!(
            b32decode("ABC=====", false, B32).map_err(|e| e.to_string()),
            Err("Incorrect padding".to_owned())
        );
        assert_eq!(b85encode(b"hello world", false), b"Xk~0{Zy<MXa%^M");
        assert_eq!(b85decode("Xk~0{Zy<MXa%^M").ok(), Some(b"hello world".to_vec()));
        assert_eq!(a85encode(b"\0\0\0\0abc", false, 0, false, false), b"z@:E^");
        assert_eq!(a85decode("<~AbC~>", false, true).ok(), Some(b"e\xf5".to_vec()));
        assert_eq!(hexlify(b"abcde", ":", -2).ok(), Some(b"6162:6364:65".to_vec()));
        assert_eq!(crc_hqx(b"hello", 0), 0xc362);
    }
}
