//! `.npy` files. Nothing in a file is believed: lengths are checked before memory is asked for, and a
//! file is an error unless its data are exactly as long as its header says.

use std::path::Path;

use crate::any::AnyTensor;
use crate::bytes::Bytes;
use crate::dims;
use crate::dtype::{Complex64, Complex128, DType};
use crate::error::{Error, Result, shape_text};
use crate::match_any;
use crate::tensor::{Array, Tensor};

const MAGIC: &[u8] = b"\x93NUMPY";
/// Longest header that is read; NumPy's own limit is 10,000.
const LONGEST_HEADER: usize = 1 << 16;

fn bad(text: impl Into<String>) -> Error {
    Error::Format(format!("not a valid .npy file: {}", text.into()))
}

/// What the header of a file says.
struct Header {
    dtype: DType,
    big_endian: bool,
    fortran: bool,
    shape: Vec<usize>,
}

/// Reads the bytes of a `.npy` file. Errors: not one, truncated, too long, an element type that is none
/// of the thirteen.
pub fn read(file: &[u8]) -> Result<AnyTensor> {
    let rest = file.strip_prefix(MAGIC).ok_or_else(|| bad("the magic string is not correct"))?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(|| bad("truncated"))?;
    let (length, rest) = match version[0] {
        1 => rest.split_first_chunk::<2>().map(|(n, rest)| (u16::from_le_bytes(*n) as usize, rest)),
        2 | 3 => rest.split_first_chunk::<4>().map(|(n, rest)| (u32::from_le_bytes(*n) as usize, rest)),
        other => return Err(bad(format!("version {other} is unknown"))),
    }
    .ok_or_else(|| bad("truncated"))?;
    if length > LONGEST_HEADER || length > rest.len() {
        return Err(bad("the header is longer than the file allows"));
    }
    let (text, data) = rest.split_at(length);
    let text = std::str::from_utf8(text).map_err(|_| bad("the header is not text"))?;
    let header = parse_header(text)?;
    let size = dims::checked_size(&header.shape, header.dtype.size())?;
    if data.len() != size * header.dtype.size() {
        return Err(bad(format!(
            "shape {} of {} needs {} bytes, the file has {}",
            shape_text(&header.shape),
            header.dtype,
            size * header.dtype.size(),
            data.len()
        )));
    }
    macro_rules! pick {
        ($($variant:ident $t:ty;)*) => {
            match header.dtype { $(DType::$variant => elements::<$t>(&header, data).map(AnyTensor::from),)* }
        };
    }
    pick! {
        Bool bool; I8 i8; I16 i16; I32 i32; I64 i64; U8 u8; U16 u16; U32 u32; U64 u64;
        F32 f32; F64 f64; C64 Complex64; C128 Complex128;
    }
}

fn elements<T: Bytes>(header: &Header, bytes: &[u8]) -> Result<Array<T>> {
    let part = if header.dtype.kind() == crate::Kind::Complex { size_of::<T>() / 2 } else { size_of::<T>() };
    let mut data = crate::tensor::reserve(&header.shape)?;
    if header.big_endian && part > 1 {
        data.extend(bytes.chunks_exact(size_of::<T>()).map(|item| {
            let swapped: Vec<u8> = item.chunks_exact(part).flat_map(|p| p.iter().rev().copied()).collect();
            T::take(&swapped)
        }));
    } else {
        data.extend(bytes.chunks_exact(size_of::<T>()).map(T::take));
    }
    if !header.fortran {
        return Ok(Tensor::owned(data, &header.shape));
    }
    let order: Vec<usize> = (0..header.shape.len()).rev().collect();
    let strides = dims::strides_in_order(&header.shape, &order);
    Ok(Tensor::owned_with_strides(data, &header.shape, strides))
}

/// The three entries of the header's dictionary, whatever their order.
fn parse_header(text: &str) -> Result<Header> {
    let value = |key: &str| -> Result<&str> {
        let quoted = [format!("'{key}'"), format!("\"{key}\"")];
        let at = quoted.iter().find_map(|q| text.find(q.as_str()).map(|at| at + q.len()));
        let rest = &text[at.ok_or_else(|| bad(format!("the header has no '{key}'")))?..];
        rest.trim_start()
            .strip_prefix(':')
            .map(str::trim_start)
            .ok_or_else(|| bad("the header is no dictionary"))
    };
    let descr = value("descr")?;
    let quote = descr.chars().next().filter(|c| *c == '\'' || *c == '"');
    let quote = quote.ok_or_else(|| bad("structured types are not supported"))?;
    let descr = descr[1..].split(quote).next().unwrap_or("");
    let order = value("fortran_order")?;
    let fortran = match (order.starts_with("True"), order.starts_with("False")) {
        (true, _) => true,
        (_, true) => false,
        _ => return Err(bad("fortran_order is neither True nor False")),
    };
    let shape = value("shape")?.strip_prefix('(').ok_or_else(|| bad("the shape is no tuple"))?;
    let (shape, _) = shape.split_once(')').ok_or_else(|| bad("the shape is no tuple"))?;
    let entries = shape.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let shape = entries
        .map(|entry| entry.trim_end_matches('L').parse::<usize>().map_err(|_| bad("a length is no number")))
        .collect::<Result<Vec<usize>>>()?;
    if shape.len() > 64 {
        return Err(bad("more than 64 dimensions"));
    }
    let (dtype, big_endian) = parse_descr(descr)?;
    Ok(Header { dtype, big_endian, fortran, shape })
}

fn parse_descr(descr: &str) -> Result<(DType, bool)> {
    let unknown = || bad(format!("element type '{descr}' is not supported"));
    let order = descr.chars().next().ok_or_else(unknown)?;
    let code = descr.trim_start_matches(['<', '>', '|', '=']);
    let dtype = DType::ALL.into_iter().find(|d| code_of(*d) == code).ok_or_else(unknown)?;
    Ok((dtype, order == '>'))
}

fn code_of(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "b1",
        DType::I8 => "i1",
        DType::I16 => "i2",
        DType::I32 => "i4",
        DType::I64 => "i8",
        DType::U8 => "u1",
        DType::U16 => "u2",
        DType::U32 => "u4",
        DType::U64 => "u8",
        DType::F32 => "f4",
        DType::F64 => "f8",
        DType::C64 => "c8",
        DType::C128 => "c16",
    }
}

/// The bytes of a `.npy` file (version 1.0, C order), as `numpy.save` writes them.
pub fn write<T: Bytes>(tensor: &Tensor<'_, T>) -> Vec<u8> {
    let order = if T::DTYPE.size() == 1 { '|' } else { '<' };
    let mut header = format!(
        "{{'descr': '{order}{}', 'fortran_order': False, 'shape': {}, }}",
        code_of(T::DTYPE),
        shape_text(tensor.shape())
    );
    // Magic, version and length take 10 bytes; the data start at a multiple of 64 after a line break.
    let padding = 63 - (10 + header.len()) % 64;
    header.push_str(&" ".repeat(padding));
    header.push('\n');
    let mut out = [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes(), header.as_bytes()].concat();
    tensor.for_each(|x| x.put(&mut out));
    out
}

/// The bytes of a `.npy` file of any element type.
pub fn write_any(tensor: &AnyTensor) -> Vec<u8> {
    match_any!(tensor, t, [Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] => write(t), _ => Vec::new())
}

pub(crate) fn io(path: &Path, error: &std::io::Error) -> Error {
    Error::Io(format!("{}: {error}", path.display()))
}

/// Reads a `.npy` file. Errors: as `read`, and those of the file system.
pub fn load(path: impl AsRef<Path>) -> Result<AnyTensor> {
    let path = path.as_ref();
    read(&std::fs::read(path).map_err(|e| io(path, &e))?)
}

/// Writes a `.npy` file. Errors: those of the file system.
pub fn save<T: Bytes>(path: impl AsRef<Path>, tensor: &Tensor<'_, T>) -> Result<()> {
    let path = path.as_ref();
    std::fs::write(path, write(tensor)).map_err(|e| io(path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes(), header.as_bytes(), data].concat()
    }

    #[test]
    fn what_is_written_is_read() {
        let t = Tensor::from([[1.5f32, -2.0], [0.25, 8.0]]);
        assert_eq!(read(&write(&t)), Ok(AnyTensor::F32(t.clone())));
        let turned = t.t();
        assert_eq!(read(&write(&turned)), Ok(AnyTensor::F32(turned.to_owned())));
        assert_eq!(write(&t).len() % 64, 16);
    }

    #[test]
    fn big_endian_and_fortran_order_are_understood() {
        let header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2), }\n";
        let t = read(&file(header, &[0, 1, 0, 2, 0, 3, 0, 4])).unwrap();
        assert_eq!(t, AnyTensor::I16(Tensor::from([[1, 3], [2, 4]])));
    }

    #[test]
    fn lies_are_errors() {
        for header in [
            "{'descr': '<f8', 'fortran_order': False, 'shape': (18446744073709551615,), }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9223372036854775807, 9223372036854775807), }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
            "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }",
            "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }",
            "{'descr': '<f8', 'shape': (2,), }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2",
            "",
        ] {
            assert!(read(&file(header, &[0; 16])).is_err(), "{header}");
        }
        let whole = write(&Tensor::from([1.0f64, 2.0]));
        for n in 0..whole.len() {
            assert!(read(&whole[..n]).is_err(), "{n}");
        }
        for at in 0..whole.len() {
            for bit in [1u8, 0x80, 0xff] {
                let mut broken = whole.clone();
                broken[at] ^= bit;
                let _ = read(&broken); // an error or another array, but never a panic
            }
        }
    }
}
