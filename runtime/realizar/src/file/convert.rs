//! Copies of a model file with its matrices in another type.

use std::io::Write;

use super::gguf::Gguf;
use super::writer::{Value, Writer};
use crate::error::{Error, Result};
use crate::quant::{Type, dequantize, quantize};

/// Writes a copy of `file` in which matrices are stored as `ty`; vectors, and matrices whose rows are
/// not whole blocks, stay as they are. Returns the numbers of converted and kept tensors.
///
/// # Errors
/// `Unsupported` for types that cannot be made (see [`quantize`]); `Io` when writing fails.
pub fn convert(file: &Gguf<'_>, ty: Type, out: &mut impl Write) -> Result<(usize, usize)> {
    let mut writer = Writer::new();
    for (name, value) in file.raw_keys() {
        writer.raw_key(name, value.to_vec());
    }
    writer.key("general.alignment", &Value::U32(32));
    let (mut converted, mut kept) = (0, 0);
    for tensor in file.tensors() {
        let is_matrix = tensor.shape.len() >= 2 && tensor.shape[0] % ty.block_len() == 0;
        if !is_matrix || tensor.ty == ty {
            kept += 1;
            writer.tensor(tensor.name, tensor.ty, tensor.shape, tensor.bytes.to_vec());
            continue;
        }
        converted += 1;
        let bytes = requantize(tensor.ty, ty, tensor.bytes)?;
        writer.tensor(tensor.name, ty, tensor.shape, bytes);
    }
    writer.write(out).map_err(|e| Error::Io("cannot write the converted model".into(), e))?;
    Ok((converted, kept))
}

/// Converts in pieces that stay in the processor's cache.
fn requantize(from: Type, to: Type, bytes: &[u8]) -> Result<Vec<u8>> {
    const PIECE: usize = 8192;
    let mut values = vec![0f32; PIECE];
    let mut out = Vec::new();
    for piece in bytes.chunks(PIECE / from.block_len() * from.block_bytes()) {
        let count = piece.len() / from.block_bytes() * from.block_len();
        dequantize(from, piece, &mut values[..count]);
        out.extend(quantize(to, &values[..count])?);
    }
    Ok(out)
}
