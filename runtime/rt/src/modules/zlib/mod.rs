//! Python's `zlib`: the same bytes as the library of that name makes. Formats: RFC 1950 (zlib), RFC 1951 (deflate),
//! RFC 1952 (gzip).

mod deflate;
mod inflate;
mod trees;

use crate::error::Error;

crate::exceptions! {
    /// `zlib.error`.
    pub ZlibError(crate::class::Exception) as "zlib.error";
}

fn fail<T>(text: impl Into<String>) -> Result<T, Error> {
    Err(Error::new(ZlibError, text.into()))
}

/// What stands around the compressed data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    Zlib,
    Raw,
    Gzip,
    /// As the data says.
    Any,
}

fn frame(bits: i64) -> Option<Frame> {
    match bits {
        0 | 8..=15 => Some(Frame::Zlib),
        -15..=-8 => Some(Frame::Raw),
        24..=31 => Some(Frame::Gzip),
        40..=47 => Some(Frame::Any),
        _ => None,
    }
}

/// `zlib.compress(data, level, wbits)`.
#[track_caller]
pub fn compress(data: &[u8], level: i64, bits: i64) -> Result<Vec<u8>, Error> {
    if !(-1..=9).contains(&level) {
        return fail("Bad compression level");
    }
    let level = if level == -1 { 6 } else { level as usize };
    // Other windows give other bytes, and what is only stored depends on the buffers of the caller.
    let frame = match bits {
        15 => Frame::Zlib,
        -15 => Frame::Raw,
        31 => Frame::Gzip,
        _ => return Err(Error::new(crate::NotTranslated, format!("zlib.compress with wbits={bits}"))),
    };
    if level == 0 && data.len() > 30_000 {
        return Err(Error::new(crate::NotTranslated, "zlib.compress of that much at level 0"));
    }
    let mut out = match frame {
        Frame::Raw => Vec::new(),
        Frame::Gzip => {
            let speed = if level == 9 {
                2
            } else if level < 2 {
                4
            } else {
                0
            };
            vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, speed, 3]
        }
        _ => {
            let header = 0x7800 | [0u16, 0, 1, 1, 1, 1, 2, 3, 3, 3][level] << 6;
            (header + 31 - header % 31).to_be_bytes().to_vec()
        }
    };
    out.extend(deflate::deflate(data, level));
    match frame {
        Frame::Raw => {}
        Frame::Gzip => {
            out.extend((super::codecs::crc32(data, 0) as u32).to_le_bytes());
            out.extend((data.len() as u32).to_le_bytes());
        }
        _ => out.extend((super::codecs::adler32(data, 1) as u32).to_be_bytes()),
    }
    Ok(out)
}

/// `zlib.decompress(data, wbits)`; what follows the end is ignored.
#[track_caller]
pub fn decompress(data: &[u8], bits: i64) -> Result<Vec<u8>, Error> {
    let Some(frame) = frame(bits) else {
        return fail("Error -2 while preparing to decompress data: inconsistent stream state");
    };
    let text = match unframed(data, frame) {
        Ok(out) => return Ok(out),
        Err(inflate::Broken::Short) => {
            "Error -5 while decompressing data: incomplete or truncated stream".to_owned()
        }
        Err(inflate::Broken::Dictionary) => "Error 2 while decompressing data".to_owned(),
        Err(inflate::Broken::Bad(why)) => format!("Error -3 while decompressing data: {why}"),
    };
    fail(text)
}

fn unframed(data: &[u8], frame: Frame) -> Result<Vec<u8>, inflate::Broken> {
    use inflate::Broken::{Bad, Dictionary, Short};
    let is_gzip = data.starts_with(&[0x1f, 0x8b]);
    let frame = match frame {
        Frame::Any if is_gzip => Frame::Gzip,
        Frame::Any => Frame::Zlib,
        frame => frame,
    };
    let start = match frame {
        Frame::Raw => 0,
        Frame::Gzip => gzip_header(data)?,
        _ => {
            let [first, second, ..] = *data else { return Err(Short) };
            if !(u32::from(first) * 256 + u32::from(second)).is_multiple_of(31) {
                return Err(Bad("incorrect header check"));
            }
            if first & 15 != 8 {
                return Err(Bad("unknown compression method"));
            }
            if first >> 4 > 7 {
                return Err(Bad("invalid window size"));
            }
            if second & 0x20 != 0 {
                return Err(Dictionary);
            }
            2
        }
    };
    let (out, used) = inflate::inflate(&data[start..])?;
    let rest = &data[start + used..];
    let word = |at: usize| -> Result<[u8; 4], inflate::Broken> {
        rest.get(at..at + 4).and_then(|part| part.try_into().ok()).ok_or(Short)
    };
    match frame {
        Frame::Raw => {}
        Frame::Gzip => {
            if i64::from(u32::from_le_bytes(word(0)?)) != super::codecs::crc32(&out, 0) {
                return Err(Bad("incorrect data check"));
            }
            if u32::from_le_bytes(word(4)?) != out.len() as u32 {
                return Err(Bad("incorrect length check"));
            }
        }
        _ => {
            if i64::from(u32::from_be_bytes(word(0)?)) != super::codecs::adler32(&out, 1) {
                return Err(Bad("incorrect data check"));
            }
        }
    }
    Ok(out)
}

/// Where the data of a gzip file starts.
fn gzip_header(data: &[u8]) -> Result<usize, inflate::Broken> {
    use inflate::Broken::{Bad, Short};
    if data.len() < 2 {
        return Err(Short);
    }
    if !data.starts_with(&[0x1f, 0x8b]) {
        return Err(Bad("incorrect header check"));
    }
    let (method, flags) = (*data.get(2).ok_or(Short)?, *data.get(3).ok_or(Short)?);
    if method != 8 {
        return Err(Bad("unknown compression method"));
    }
    if flags & 0xe0 != 0 {
        return Err(Bad("unknown header flags set"));
    }
    let mut at = 10;
    if flags & 4 != 0 {
        let size = data.get(at..at + 2).ok_or(Short)?;
        at += 2 + usize::from(u16::from_le_bytes([size[0], size[1]]));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let rest = data.get(at..).ok_or(Short)?;
            at += rest.iter().position(|byte| *byte == 0).ok_or(Short)? + 1;
        }
    }
    at += if flags & 2 != 0 { 2 } else { 0 };
    if at > data.len() { Err(Short) } else { Ok(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_cpythons() {
        // From CPython 3.11.
        let data = b"hello hello hello hello";
        let packed = compress(data, -1, 15).expect("packs");
        assert_eq!(
            packed,
            [0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 1, 0x68, 3, 8, 0xb1]
        );
        assert_eq!(decompress(&packed, 15).ok(), Some(data.to_vec()));
        let error = decompress(b"xx", 15).map_err(|e| e.traceback_line());
        assert_eq!(
            error,
            Err("zlib.error: Error -3 while decompressing data: incorrect header check".to_owned())
        );
    }

    /// Any bytes give data or an error: no panic, no endless loop.
    #[test]
    fn broken_data_is_an_error() {
        let text: Vec<u8> = (0..600_u32).map(|n| (n * n / 7 % 23) as u8 + b'a').collect();
        let mut seed = 17_u64;
        let mut draw = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for bits in [15, -15, 31] {
            let whole = compress(&text, 6, bits).expect("packs");
            assert_eq!(decompress(&whole, bits).ok(), Some(text.clone()));
            let mut errors = 0;
            for _ in 0..2_000 {
                let mut data = whole.clone();
                for _ in 0..=draw(3) {
                    let at = draw(data.len());
                    data[at] ^= 1 << draw(8);
                }
                data.truncate(1 + draw(data.len()));
                errors += usize::from(decompress(&data, bits).is_err());
            }
            assert!(errors > 1_000, "{errors} of 2000 for {bits}");
        }
    }
}
