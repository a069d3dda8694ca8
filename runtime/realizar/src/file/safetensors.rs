//! safetensors: a JSON header with name, type, shape and byte range of each tensor, then the data.
//!
//! Shapes are turned round on reading, so that the contiguous dimension is first as in GGUF.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use serde_json::Value;

use super::{Bytes, Tensor};
use crate::error::{Error, Result};
use crate::quant::Type;

#[derive(Debug)]
struct Row {
    name: String,
    ty: Type,
    shape: Vec<usize>,
    range: Range<usize>,
}

/// A parsed safetensors file.
#[derive(Debug)]
pub struct SafeTensors<'m> {
    bytes: Bytes<'m>,
    rows: Vec<Row>,
    index: HashMap<String, usize>,
}

impl<'m> SafeTensors<'m> {
    /// Maps and parses a file.
    ///
    /// # Errors
    /// `Io` when it cannot be mapped; otherwise as [`SafeTensors::from_bytes`].
    pub fn open(path: &Path) -> Result<Self> {
        Self::parse(Bytes::open(path)?)
    }

    /// Parses bytes in memory.
    ///
    /// # Errors
    /// `Format` names what is wrong. Tensors of types other than F32, F16 and BF16 are skipped.
    pub fn from_bytes(bytes: &'m [u8]) -> Result<Self> {
        Self::parse(Bytes::borrowed(bytes))
    }

    pub(crate) fn bytes(&self) -> &Bytes<'m> {
        &self.bytes
    }

    fn parse(bytes: Bytes<'m>) -> Result<Self> {
        let all = bytes.as_slice();
        let (length, rest) = all.split_at_checked(8).ok_or_else(|| Error::format("no header"))?;
        let length = u64::from_le_bytes(length.try_into().expect("8 bytes"));
        let length = usize::try_from(length).ok().filter(|&n| n <= rest.len());
        let length = length.ok_or_else(|| Error::format("the header is longer than the file"))?;
        let header: Value = serde_json::from_slice(&rest[..length])
            .map_err(|e| Error::format(format!("the header is not JSON: {e}")))?;
        let header = header.as_object().ok_or_else(|| Error::format("the header is not an object"))?;
        let data = 8 + length;
        let (mut rows, mut index) = (Vec::new(), HashMap::default());
        for (name, value) in header.iter().filter(|(name, _)| *name != "__metadata__") {
            if let Some(row) = parse_row(name, value, data, all.len())? {
                index.insert(name.clone(), rows.len());
                rows.push(row);
            }
        }
        Ok(Self { bytes, rows, index })
    }

    /// All tensors in file order.
    pub fn tensors(&self) -> impl Iterator<Item = Tensor<'_>> {
        self.rows.iter().map(|row| self.view(row))
    }

    /// A tensor by name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<Tensor<'_>> {
        self.index.get(name).map(|&i| self.view(&self.rows[i]))
    }

    fn view<'a>(&'a self, row: &'a Row) -> Tensor<'a> {
        let bytes = &self.bytes.as_slice()[row.range.clone()];
        Tensor { name: &row.name, ty: row.ty, shape: &row.shape, bytes }
    }
}

fn parse_row(name: &str, value: &Value, data: usize, file_len: usize) -> Result<Option<Row>> {
    let wrong = |what: &str| Error::format(format!("tensor `{name}`: {what}"));
    let ty = match value["dtype"].as_str().ok_or_else(|| wrong("no dtype"))? {
        "F32" => Type::F32,
        "F16" => Type::F16,
        "BF16" => Type::BF16,
        _ => return Ok(None),
    };
    let numbers = |field: &str| -> Option<Vec<usize>> {
        let items = value[field].as_array()?;
        items.iter().map(|v| v.as_u64().and_then(|n| usize::try_from(n).ok())).collect()
    };
    let mut shape = numbers("shape").ok_or_else(|| wrong("bad shape"))?;
    shape.reverse();
    let size = super::gguf::byte_size(ty, &shape).ok_or_else(|| wrong("the shape wraps"))?;
    let Some([start, end]) = numbers("data_offsets").and_then(|v| <[usize; 2]>::try_from(v).ok()) else {
        return Err(wrong("bad data_offsets"));
    };
    let start = data.checked_add(start);
    let end = data.checked_add(end).filter(|&end| end <= file_len);
    match (start, end) {
        (Some(start), Some(end)) if end.checked_sub(start) == Some(size) => {
            Ok(Some(Row { name: name.into(), ty, shape, range: start..end }))
        }
        _ => Err(wrong("its byte range does not fit its shape and the file")),
    }
}
