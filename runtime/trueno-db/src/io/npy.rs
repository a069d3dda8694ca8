//! NumPy's `.npy`, versions 1 to 3: two-dimensional arrays in C order of f2, f4, f8, u1 or i1
//! (read), and of f4 (written).

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::Matrix;
use crate::error::{Context, Error, Result, corrupt};
use crate::sys::kernels::scalar::f16_to_f32;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// Reads an array as f32 rows; a one-dimensional array is one row.
///
/// # Errors
/// `Io`; `Corrupt` if the file is no such array.
pub fn read_npy(path: impl AsRef<Path>) -> Result<Matrix<f32>> {
    let path = path.as_ref();
    let bytes = fs::read(path).at("cannot read", path)?;
    let (header, data) = split(&bytes).ok_or_else(|| corrupt(path, "this is no .npy file"))?;
    let dims = shape(header).ok_or_else(|| corrupt(path, "the shape cannot be read"))?;
    let (rows, dims) = match dims.as_slice() {
        [dims] => (1, *dims),
        [rows, dims] => (*rows, *dims),
        other => {
            return Err(corrupt(path, format!("the array has {} dimensions, not 2", other.len())));
        }
    };
    if field(header, "fortran_order").is_none_or(|value| !value.starts_with("False")) {
        return Err(corrupt(path, "the array is not in C order"));
    }
    let kind = field(header, "descr").and_then(|text| text.get(1..)?.split(['\'', '"']).next()).unwrap_or("");
    let decode: (usize, fn(&[u8]) -> f32) = match kind {
        "<f4" => (4, |b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])),
        "<f8" => (8, |b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32),
        "<f2" => (2, |b| f16_to_f32(u16::from_le_bytes([b[0], b[1]]))),
        "|u1" => (1, |b| f32::from(b[0])),
        "|i1" => (1, |b| f32::from(b[0] as i8)),
        other => {
            return Err(corrupt(path, format!("element type `{other}` is not supported")));
        }
    };
    let wanted = rows.checked_mul(dims).and_then(|n| n.checked_mul(decode.0));
    if wanted != Some(data.len()) {
        return Err(corrupt(path, "the shape does not fit the file's length"));
    }
    Ok(Matrix { dims, values: data.chunks_exact(decode.0).map(decode.1).collect() })
}

/// The header's text and the data after it.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = match rest.first()? {
        1 => (usize::from(u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?)), rest.get(4..)?),
        2 | 3 => (u32::from_le_bytes(rest.get(2..6)?.try_into().ok()?) as usize, rest.get(6..)?),
        _ => return None,
    };
    let (header, data) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(header).ok()?, data))
}

/// The text after a key.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let quoted = [format!("'{key}'"), format!("\"{key}\"")];
    let after = quoted.iter().find_map(|key| Some(header.split_once(key.as_str())?.1))?;
    Some(after.trim_start().strip_prefix(':')?.trim_start())
}

fn shape(header: &str) -> Option<Vec<usize>> {
    let inside = field(header, "shape")?.strip_prefix('(')?.split_once(')')?.0;
    let parts = inside.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}

/// Writes f32 rows as an array of version 1.
///
/// # Errors
/// `Io`; `Invalid` if `dims` does not divide the number of values.
pub fn write_npy(path: impl AsRef<Path>, matrix: &Matrix<f32>) -> Result<()> {
    let path = path.as_ref();
    let (rows, dims) = (matrix.rows(), matrix.dims);
    if rows * dims != matrix.values.len() {
        return Err(Error::Invalid(format!("{} values are no rows of {dims}", matrix.values.len())));
    }
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {dims}), }}");
    // Magic, version and length are 10 bytes; the data begins at a multiple of 64.
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.extend(std::iter::repeat_n(' ', padded - header.len() - 1));
    header.push('\n');
    let write = || {
        let mut out = BufWriter::new(fs::File::create(path)?);
        out.write_all(MAGIC)?;
        out.write_all(&[1, 0])?;
        out.write_all(&(padded as u16).to_le_bytes())?;
        out.write_all(header.as_bytes())?;
        matrix.values.iter().try_for_each(|x| out.write_all(&x.to_le_bytes()))?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
    };
    write().at("cannot write", path)
}
