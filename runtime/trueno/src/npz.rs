//! `.npz` archives: zip files of `.npy` files, stored or deflated.
//!
//! The central directory says where everything is; sizes are checked against the file and against
//! `LARGEST` before memory is asked for, and a member must unpack to exactly its declared size.

use std::path::Path;

use crate::any::AnyTensor;
use crate::error::{Error, Result};
use crate::npy;

/// Largest member that is unpacked, in bytes.
const LARGEST: u64 = 1 << 34;

fn bad(text: &str) -> Error {
    Error::Format(format!("not a valid .npz file: {text}"))
}

fn number(bytes: &[u8], at: usize, width: usize) -> Result<u64> {
    let field = at.checked_add(width).and_then(|end| bytes.get(at..end)).ok_or_else(|| bad("truncated"))?;
    Ok(field.iter().rev().fold(0, |sum, &b| (sum << 8) | u64::from(b)))
}

struct Member {
    name: String,
    method: u64,
    packed: u64,
    size: u64,
    offset: u64,
    crc: u64,
}

/// Reads the bytes of an archive: names without `.npy`, in the archive's order. Errors: not a zip file,
/// a member that is packed otherwise, lies about sizes, or is no array.
pub fn read(file: &[u8]) -> Result<Vec<(String, AnyTensor)>> {
    let members = directory(file)?;
    members
        .into_iter()
        .map(|member| {
            let array = npy::read(&unpack(file, &member)?)?;
            Ok((member.name.strip_suffix(".npy").unwrap_or(&member.name).to_owned(), array))
        })
        .collect()
}

fn directory(file: &[u8]) -> Result<Vec<Member>> {
    let last = file.len().checked_sub(22).ok_or_else(|| bad("too short for a zip file"))?;
    let end = (last.saturating_sub(65535)..=last)
        .rev()
        .find(|&at| file[at..].starts_with(b"PK\x05\x06"))
        .ok_or_else(|| bad("no zip directory"))?;
    let (mut count, mut at) = (number(file, end + 10, 2)?, number(file, end + 16, 4)?);
    if count == 0xffff || at == 0xffff_ffff {
        let locator = end.checked_sub(20).filter(|&l| file[l..].starts_with(b"PK\x06\x07"));
        let record = number(file, locator.ok_or_else(|| bad("no zip64 directory"))? + 8, 8)?;
        let record = usize::try_from(record).map_err(|_| bad("truncated"))?;
        if number(file, record, 4)? != 0x0606_4b50 {
            return Err(bad("no zip64 directory"));
        }
        (count, at) =
            (number(file, record.saturating_add(32), 8)?, number(file, record.saturating_add(48), 8)?);
    }
    let mut at = usize::try_from(at).map_err(|_| bad("truncated"))?;
    let mut members = Vec::new();
    for _ in 0..count {
        let (member, length) = entry(file, at)?;
        members.push(member);
        at = at.checked_add(length).ok_or_else(|| bad("truncated"))?;
    }
    Ok(members)
}

/// One entry of the central directory and its length.
fn entry(file: &[u8], at: usize) -> Result<(Member, usize)> {
    if number(file, at, 4)? != 0x0201_4b50 {
        return Err(bad("a directory entry is missing"));
    }
    let field = |offset: usize, width: usize| number(file, at + offset, width);
    let (name, extra, comment) = (field(28, 2)? as usize, field(30, 2)? as usize, field(32, 2)? as usize);
    let text = file.get(at + 46..at + 46 + name).ok_or_else(|| bad("truncated"))?;
    let mut member = Member {
        name: String::from_utf8_lossy(text).into_owned(),
        method: field(10, 2)?,
        crc: field(16, 4)?,
        packed: field(20, 4)?,
        size: field(24, 4)?,
        offset: field(42, 4)?,
    };
    let extras = file.get(at + 46 + name..at + 46 + name + extra).ok_or_else(|| bad("truncated"))?;
    wide_fields(extras, &mut member)?;
    Ok((member, 46 + name + extra + comment))
}

/// The zip64 extra field replaces what did not fit 32 bits, in this order.
fn wide_fields(mut extras: &[u8], member: &mut Member) -> Result<()> {
    while extras.len() >= 4 {
        let (id, length) = (number(extras, 0, 2)?, number(extras, 2, 2)? as usize);
        let body = extras.get(4..4 + length).ok_or_else(|| bad("truncated"))?;
        if id == 1 {
            let mut at = 0;
            for field in [&mut member.size, &mut member.packed, &mut member.offset] {
                if *field == 0xffff_ffff {
                    *field = number(body, at, 8)?;
                    at += 8;
                }
            }
        }
        extras = &extras[4 + length..];
    }
    Ok(())
}

fn unpack(file: &[u8], member: &Member) -> Result<Vec<u8>> {
    let at = usize::try_from(member.offset).map_err(|_| bad("truncated"))?;
    if number(file, at, 4)? != 0x0403_4b50 {
        return Err(bad("a member is not where the directory says"));
    }
    let skip = 30 + number(file, at + 26, 2)? + number(file, at + 28, 2)?;
    let start = at + skip as usize;
    let end = usize::try_from(member.packed).ok().and_then(|n| start.checked_add(n));
    let packed = end.and_then(|end| file.get(start..end)).ok_or_else(|| bad("truncated"))?;
    if member.size > LARGEST {
        return Err(bad("a member is larger than the limit"));
    }
    let data = match member.method {
        0 => packed.to_vec(),
        8 => miniz_oxide::inflate::decompress_to_vec_with_limit(packed, member.size as usize)
            .map_err(|_| bad("a member does not unpack to its declared size"))?,
        _ => return Err(bad("a member is packed in an unknown way")),
    };
    if data.len() as u64 != member.size || u64::from(crc32(&data)) != member.crc {
        return Err(bad("a member's size or checksum is wrong"));
    }
    Ok(data)
}

fn crc32(data: &[u8]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|i| {
        (0..8).fold(i as u32, |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
    });
    !data.iter().fold(!0u32, |c, &b| table[((c ^ u32::from(b)) & 0xff) as usize] ^ (c >> 8))
}

/// The bytes of an archive of these arrays, stored as `numpy.savez` does. Errors: more than 4 GiB.
pub fn write(arrays: &[(&str, AnyTensor)]) -> Result<Vec<u8>> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, array) in arrays {
        let (name, data) = (format!("{name}.npy"), npy::write_any(array));
        let (Ok(offset), Ok(size)) = (u32::try_from(out.len()), u32::try_from(data.len())) else {
            return Err(Error::value("an archive of more than 4 GiB is not supported"));
        };
        // Version 2.0, UTF-8 names, stored, 1 January 1980.
        let mut shared = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        shared.extend(crc32(&data).to_le_bytes());
        shared.extend(size.to_le_bytes());
        shared.extend(size.to_le_bytes());
        shared.extend((name.len() as u16).to_le_bytes());
        shared.extend([0, 0]);
        out.extend([b"PK\x03\x04".as_slice(), &shared, name.as_bytes(), &data].concat());
        directory.extend(
            [b"PK\x01\x02\x14\x00".as_slice(), &shared, &[0; 10], &offset.to_le_bytes(), name.as_bytes()]
                .concat(),
        );
    }
    let start = u32::try_from(out.len())
        .map_err(|_| Error::value("an archive of more than 4 GiB is not supported"))?;
    let count = (arrays.len() as u16).to_le_bytes();
    let length = (directory.len() as u32).to_le_bytes();
    out.extend(directory);
    out.extend(
        [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &length, &start.to_le_bytes(), &[0, 0]].concat(),
    );
    Ok(out)
}

/// Reads a `.npz` file. Errors: as `read`, and those of the file system.
pub fn load(path: impl AsRef<Path>) -> Result<Vec<(String, AnyTensor)>> {
    let path = path.as_ref();
    read(&std::fs::read(path).map_err(|e| npy::io(path, &e))?)
}

/// Writes a `.npz` file. Errors: as `write`, and those of the file system.
pub fn save(path: impl AsRef<Path>, arrays: &[(&str, AnyTensor)]) -> Result<()> {
    let path = path.as_ref();
    std::fs::write(path, write(arrays)?).map_err(|e| npy::io(path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;

    #[test]
    fn what_is_written_is_read_and_damage_is_an_error() {
        let a = AnyTensor::from(Tensor::from([1i32, 2, 3]));
        let b = AnyTensor::from(Tensor::from([[1.5f64], [2.5]]));
        let whole = write(&[("a", a.clone()), ("b", b.clone())]).unwrap();
        assert_eq!(read(&whole).unwrap(), [("a".to_owned(), a), ("b".to_owned(), b)]);
        for n in 0..whole.len() {
            assert!(read(&whole[..n]).is_err(), "{n}");
        }
        for at in 0..whole.len() {
            for bit in [1u8, 0x80, 0xff] {
                let mut broken = whole.clone();
                broken[at] ^= bit;
                let _ = read(&broken); // never a panic
            }
        }
    }
}
