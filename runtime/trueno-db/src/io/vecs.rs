//! fvecs, ivecs and bvecs, the formats of the SIFT data sets: each row is its length as a
//! little-endian i32 and then that many f32, i32 or bytes. All rows must have one length.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::Matrix;
use crate::error::{Context, Error, Result, corrupt};

fn read<const N: usize, T>(path: &Path, decode: fn([u8; N]) -> T) -> Result<Matrix<T>> {
    let bytes = fs::read(path).at("cannot read", path)?;
    let Some((first, _)) = bytes.split_first_chunk::<4>() else {
        return if bytes.is_empty() {
            Ok(Matrix { dims: 0, values: Vec::new() })
        } else {
            Err(corrupt(path, "the file ends within a row"))
        };
    };
    let dims = u32::from_le_bytes(*first) as usize;
    let row = dims.checked_mul(N).and_then(|n| n.checked_add(4)).filter(|_| dims > 0);
    let Some(row) = row.filter(|row| bytes.len().is_multiple_of(*row)) else {
        return Err(corrupt(path, format!("rows of {dims} components do not fit the file's length")));
    };
    let mut values = Vec::with_capacity(bytes.len() / row * dims);
    for (at, row) in bytes.chunks_exact(row).enumerate() {
        if row[..4] != *first {
            return Err(corrupt(path, format!("row {at} has another length than the first")));
        }
        values.extend(row[4..].as_chunks::<N>().0.iter().map(|bytes| decode(*bytes)));
    }
    Ok(Matrix { dims, values })
}

fn write<const N: usize, T: Copy>(path: &Path, matrix: &Matrix<T>, encode: fn(T) -> [u8; N]) -> Result<()> {
    let length = i32::try_from(matrix.dims).ok().filter(|n| *n > 0 || matrix.values.is_empty());
    let Some(length) = length else {
        return Err(Error::Invalid(format!("rows of {} components cannot be written", matrix.dims)));
    };
    let write = || {
        let mut out = BufWriter::new(fs::File::create(path)?);
        for row in matrix.values.chunks_exact(matrix.dims.max(1)) {
            out.write_all(&length.to_le_bytes())?;
            row.iter().try_for_each(|value| out.write_all(&encode(*value)))?;
        }
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
    };
    write().at("cannot write", path)
}

/// Reads f32 rows.
///
/// # Errors
/// `Io`; `Corrupt` if the lengths do not fit.
pub fn read_fvecs(path: impl AsRef<Path>) -> Result<Matrix<f32>> {
    read(path.as_ref(), f32::from_le_bytes)
}

/// Reads i32 rows.
///
/// # Errors
/// As `read_fvecs`.
pub fn read_ivecs(path: impl AsRef<Path>) -> Result<Matrix<i32>> {
    read(path.as_ref(), i32::from_le_bytes)
}

/// Reads rows of bytes.
///
/// # Errors
/// As `read_fvecs`.
pub fn read_bvecs(path: impl AsRef<Path>) -> Result<Matrix<u8>> {
    read(path.as_ref(), u8::from_le_bytes)
}

/// Writes f32 rows.
///
/// # Errors
/// `Io`; `Invalid` if a row is too long.
pub fn write_fvecs(path: impl AsRef<Path>, matrix: &Matrix<f32>) -> Result<()> {
    write(path.as_ref(), matrix, f32::to_le_bytes)
}

/// Writes i32 rows.
///
/// # Errors
/// As `write_fvecs`.
pub fn write_ivecs(path: impl AsRef<Path>, matrix: &Matrix<i32>) -> Result<()> {
    write(path.as_ref(), matrix, i32::to_le_bytes)
}

/// Writes rows of bytes.
///
/// # Errors
/// As `write_fvecs`.
pub fn write_bvecs(path: impl AsRef<Path>, matrix: &Matrix<u8>) -> Result<()> {
    write(path.as_ref(), matrix, u8::to_le_bytes)
}
