//! GGUF version 2 and 3, little-endian.
//!
//! Layout: magic, version, tensor count, metadata count, metadata (key, type, value), tensor table
//! (name, dimensions, type, offset), padding to `general.alignment`, tensor data.
//!
//! Invariants after [`Gguf::parse`]: every range lies inside the bytes; keys and names are UTF-8 and
//! unique; the alignment is a power of two; each tensor's byte count follows from its shape without
//! wrapping; no two tensors overlap.
//! Only offsets are kept, so one value owns a mapped file and its index.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use super::{Bytes, Tensor};
use crate::error::{Error, Result};
use crate::quant::Type;

const MAGIC: &[u8; 4] = b"GGUF";
const MAX_DIMS: u32 = 4;
const DEFAULT_ALIGNMENT: usize = 32;

/// Type of a metadata value or array element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    Str,
    Array,
    U64,
    I64,
    F64,
}

impl Kind {
    fn from_code(code: u32) -> Option<Self> {
        use Kind::*;
        let all = [U8, I8, U16, I16, U32, I32, F32, Bool, Str, Array, U64, I64, F64];
        all.get(code as usize).copied()
    }

    /// Bytes of one value; strings and arrays have none.
    fn size(self) -> Option<usize> {
        match self {
            Self::U8 | Self::I8 | Self::Bool => Some(1),
            Self::U16 | Self::I16 => Some(2),
            Self::U32 | Self::I32 | Self::F32 => Some(4),
            Self::U64 | Self::I64 | Self::F64 => Some(8),
            Self::Str | Self::Array => None,
        }
    }
}

#[derive(Debug)]
struct Entry {
    kind: Kind,
    element: Kind,
    count: usize,
    range: Range<usize>,
}

#[derive(Debug)]
struct TensorRow {
    name: Range<usize>,
    ty: Type,
    shape: Vec<usize>,
    range: Range<usize>,
}

/// An array in the metadata.
#[derive(Debug, Clone, Copy)]
pub struct Array<'a> {
    /// Type of the elements.
    pub kind: Kind,
    /// Number of elements.
    pub count: usize,
    bytes: &'a [u8],
}

impl<'a> Array<'a> {
    /// The elements of an array of strings, as bytes: a tokenizer's pieces need not be UTF-8.
    pub fn strings(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = if self.kind == Kind::Str { self.bytes } else { &[] };
        std::iter::from_fn(move || {
            let (length, tail) = rest.split_at_checked(8)?;
            let length = u64::from_le_bytes(length.try_into().ok()?) as usize;
            let (text, tail) = tail.split_at_checked(length)?;
            rest = tail;
            Some(text)
        })
    }

    /// The elements of an array of numbers, converted to f64; empty for strings.
    pub fn numbers(self) -> impl Iterator<Item = f64> {
        let size = self.kind.size().unwrap_or(usize::MAX);
        self.bytes.chunks_exact(size).map(move |b| number(self.kind, b))
    }

    /// The raw bytes, for arrays of bytes.
    #[must_use]
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }
}

fn number(kind: Kind, b: &[u8]) -> f64 {
    macro_rules! le {
        ($t:ty) => {
            <$t>::from_le_bytes(b.try_into().expect("chunk has the kind's size")) as f64
        };
    }
    match kind {
        Kind::U8 | Kind::Bool => f64::from(b[0]),
        Kind::I8 => f64::from(b[0] as i8),
        Kind::U16 => le!(u16),
        Kind::I16 => le!(i16),
        Kind::U32 => le!(u32),
        Kind::I32 => le!(i32),
        Kind::F32 => le!(f32),
        Kind::U64 => le!(u64),
        Kind::I64 => le!(i64),
        Kind::F64 => le!(f64),
        Kind::Str | Kind::Array => f64::NAN,
    }
}

/// A parsed GGUF file.
#[derive(Debug)]
pub struct Gguf<'m> {
    bytes: Bytes<'m>,
    version: u32,
    keys: Vec<(Range<usize>, Entry)>,
    key_index: HashMap<Box<str>, usize>,
    tensors: Vec<TensorRow>,
    tensor_index: HashMap<Box<str>, usize>,
}

impl<'m> Gguf<'m> {
    /// Maps and parses a file.
    ///
    /// # Errors
    /// `Io` when it cannot be mapped; otherwise as [`Gguf::from_bytes`].
    pub fn open(path: &Path) -> Result<Self> {
        Self::parse(Bytes::open(path)?)
    }

    /// Parses bytes in memory.
    ///
    /// # Errors
    /// `Format` names the first field that is wrong; `Unsupported` for version 1, big-endian files
    /// and unknown tensor types.
    pub fn from_bytes(bytes: &'m [u8]) -> Result<Self> {
        Self::parse(Bytes::borrowed(bytes))
    }

    /// Parses what `bytes` holds.
    ///
    /// # Errors
    /// As [`Gguf::from_bytes`].
    pub fn parse(bytes: Bytes<'m>) -> Result<Self> {
        let mut r = Reader { bytes: bytes.as_slice(), at: 0 };
        let version = read_version(&mut r)?;
        let tensor_count = r.u64("tensor count")?;
        let key_count = r.u64("metadata count")?;
        // A key takes at least 13 bytes and a tensor row at least 32, so this also bounds memory.
        let tensor_count = r.bounded(tensor_count, 24, "tensor count")?;
        let key_count = r.bounded(key_count, 13, "metadata count")?;
        let (keys, key_index) = read_keys(&mut r, key_count)?;
        let alignment = alignment(&keys, &key_index, bytes.as_slice())?;
        let (mut tensors, tensor_index) = read_tensors(&mut r, tensor_count)?;
        place_tensors(&mut tensors, r.at, alignment, bytes.as_slice())?;
        bytes.check_whole()?;
        Ok(Self { bytes, version, keys, key_index, tensors, tensor_index })
    }

    pub(crate) fn bytes(&self) -> &Bytes<'m> {
        &self.bytes
    }

    /// Format version: 2 or 3.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Metadata keys in file order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(name, _)| self.text(name))
    }

    fn text(&self, range: &Range<usize>) -> &str {
        // Checked when the file was parsed; one that was shortened since reads as zeros.
        std::str::from_utf8(&self.bytes.as_slice()[range.clone()]).unwrap_or_default()
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        self.key_index.get(key).map(|&i| &self.keys[i].1)
    }

    /// The type of a value.
    #[must_use]
    pub fn kind(&self, key: &str) -> Option<Kind> {
        self.entry(key).map(|entry| entry.kind)
    }

    /// A string value; `None` when absent, of another type, or not UTF-8.
    #[must_use]
    pub fn str(&self, key: &str) -> Option<&str> {
        let entry = self.entry(key).filter(|e| e.kind == Kind::Str)?;
        std::str::from_utf8(&self.bytes.as_slice()[entry.range.clone()]).ok()
    }

    /// A number or truth value as f64; `None` when absent or of another type.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        let entry = self.entry(key)?;
        entry.kind.size()?;
        Some(number(entry.kind, &self.bytes.as_slice()[entry.range.clone()]))
    }

    /// A whole number from 0 to 2^53; `None` when absent, fractional or negative.
    #[must_use]
    pub fn integer(&self, key: &str) -> Option<usize> {
        let n = self.number(key)?;
        ((0.0..=9e15).contains(&n) && n.fract() == 0.0).then_some(n as usize)
    }

    /// A truth value.
    #[must_use]
    pub fn bool(&self, key: &str) -> Option<bool> {
        self.number(key).map(|n| n != 0.0)
    }

    /// An array value.
    #[must_use]
    pub fn array(&self, key: &str) -> Option<Array<'_>> {
        let entry = self.entry(key).filter(|e| e.kind == Kind::Array)?;
        let bytes = &self.bytes.as_slice()[entry.range.clone()];
        Some(Array { kind: entry.element, count: entry.count, bytes })
    }

    /// The stored bytes of every key, for copying into another file: name, type code, value.
    pub(crate) fn raw_keys(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.keys.iter().map(|(name, entry)| {
            // The value's header starts right after the key and ends with its range.
            (self.text(name), &self.bytes.as_slice()[name.end..entry.range.end])
        })
    }

    /// All tensors in file order.
    pub fn tensors(&self) -> impl Iterator<Item = Tensor<'_>> {
        self.tensors.iter().map(|row| self.view(row))
    }

    /// A tensor by name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<Tensor<'_>> {
        self.tensor_index.get(name).map(|&i| self.view(&self.tensors[i]))
    }

    /// Where a tensor's bytes lie in the file.
    pub(crate) fn tensor_range(&self, name: &str) -> Option<Range<usize>> {
        self.tensor_index.get(name).map(|&i| self.tensors[i].range.clone())
    }

    /// Copies bytes of a tensor from `offset` inside it; fails if the file was shortened.
    pub(crate) fn read_tensor(&self, name: &str, offset: usize, out: &mut [u8]) -> Result<()> {
        let row = self.tensor_index.get(name).map(|&i| &self.tensors[i]);
        let row = row.ok_or_else(|| Error::format(format!("tensor `{name}` is missing")))?;
        let end = offset.checked_add(out.len());
        if end.is_none_or(|end| end > row.range.len()) {
            return Err(Error::format(format!("tensor `{name}` is too short")));
        }
        self.bytes.read_at(row.range.start + offset, out)
    }

    fn view<'a>(&'a self, row: &'a TensorRow) -> Tensor<'a> {
        let bytes = &self.bytes.as_slice()[row.range.clone()];
        Tensor { name: self.text(&row.name), ty: row.ty, shape: &row.shape, bytes }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize, what: &str) -> Result<&'a [u8]> {
        let end = self.at.checked_add(n).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or_else(|| Error::format(format!("{what} runs past the end")))?;
        let found = &self.bytes[self.at..end];
        self.at = end;
        Ok(found)
    }

    fn u32(&mut self, what: &str) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take(4, what)?.try_into().expect("4 bytes")))
    }

    fn u64(&mut self, what: &str) -> Result<u64> {
        Ok(u64::from_le_bytes(self.take(8, what)?.try_into().expect("8 bytes")))
    }

    /// `count` as usize if that many items of at least `least` bytes can still follow.
    fn bounded(&self, count: u64, least: usize, what: &str) -> Result<usize> {
        let room = (self.bytes.len() - self.at) / least;
        let count = usize::try_from(count).ok().filter(|&n| n <= room);
        count.ok_or_else(|| Error::format(format!("{what} is larger than the file allows")))
    }

    fn string(&mut self, what: &str) -> Result<Range<usize>> {
        let length = self.u64(what)?;
        let length = self.bounded(length, 1, what)?;
        let start = self.at;
        self.take(length, what)?;
        Ok(start..self.at)
    }

    fn name(&mut self, what: &str) -> Result<(Range<usize>, &'a str)> {
        let range = self.string(what)?;
        match std::str::from_utf8(&self.bytes[range.clone()]) {
            Ok(text) => Ok((range, text)),
            Err(_) => Err(Error::format(format!("{what} is not UTF-8"))),
        }
    }

    fn value(&mut self, key: &str) -> Result<Entry> {
        let kind = self.kind(key)?;
        if let Some(size) = kind.size() {
            let start = self.at;
            self.take(size, key)?;
            return Ok(Entry { kind, element: kind, count: 1, range: start..self.at });
        }
        if kind == Kind::Str {
            let range = self.string(key)?;
            return Ok(Entry { kind, element: kind, count: 1, range });
        }
        let element = self.kind(key)?;
        if element == Kind::Array {
            return Err(Error::format(format!("`{key}` is an array of arrays")));
        }
        let count = self.u64(key)?;
        let count = self.bounded(count, element.size().unwrap_or(8), key)?;
        let start = self.at;
        match element.size() {
            // `bounded` made sure that the product fits.
            Some(size) => drop(self.take(count * size, key)?),
            None => {
                for _ in 0..count {
                    self.string(key)?;
                }
            }
        }
        Ok(Entry { kind, element, count, range: start..self.at })
    }

    fn kind(&mut self, key: &str) -> Result<Kind> {
        let code = self.u32(key)?;
        Kind::from_code(code)
            .ok_or_else(|| Error::format(format!("`{key}` has the unknown value type {code}")))
    }
}

fn read_version(r: &mut Reader<'_>) -> Result<u32> {
    if r.take(4, "magic")? != MAGIC {
        return Err(Error::format("it does not start with GGUF"));
    }
    match r.u32("version")? {
        version @ 2..=3 => Ok(version),
        1 => Err(Error::unsupported("GGUF version 1; convert the file to version 3")),
        v if v.swap_bytes() <= 3 => Err(Error::unsupported("a big-endian GGUF file")),
        v => Err(Error::unsupported(format!("GGUF version {v}"))),
    }
}

type Keys = (Vec<(Range<usize>, Entry)>, HashMap<Box<str>, usize>);

fn read_keys(r: &mut Reader<'_>, count: usize) -> Result<Keys> {
    let (mut keys, mut index) = (Vec::new(), HashMap::default());
    for i in 0..count {
        let (name, text) = r.name("a metadata key")?;
        let entry = r.value(text)?;
        if index.insert(text.into(), i).is_some() {
            return Err(Error::format(format!("the key `{text}` appears twice")));
        }
        keys.push((name, entry));
    }
    Ok((keys, index))
}

fn alignment(
    keys: &[(Range<usize>, Entry)],
    index: &HashMap<Box<str>, usize>,
    bytes: &[u8],
) -> Result<usize> {
    let Some(&at) = index.get("general.alignment") else {
        return Ok(DEFAULT_ALIGNMENT);
    };
    let entry = &keys[at].1;
    if entry.kind != Kind::U32 {
        return Err(Error::format("general.alignment is not a u32"));
    }
    let value = number(Kind::U32, &bytes[entry.range.clone()]) as usize;
    if !value.is_power_of_two() {
        return Err(Error::format(format!("general.alignment is {value}, not a power of two")));
    }
    Ok(value)
}

type Tensors = (Vec<TensorRow>, HashMap<Box<str>, usize>);

/// Reads the table; `range` holds the offset into the data section and the byte count for now.
fn read_tensors(r: &mut Reader<'_>, count: usize) -> Result<Tensors> {
    let (mut rows, mut index) = (Vec::new(), HashMap::default());
    for i in 0..count {
        let (name, text) = r.name("a tensor name")?;
        let row = read_tensor_row(r, name, text)?;
        if index.insert(text.into(), i).is_some() {
            return Err(Error::format(format!("the tensor `{text}` appears twice")));
        }
        rows.push(row);
    }
    Ok((rows, index))
}

fn read_tensor_row(r: &mut Reader<'_>, name: Range<usize>, text: &str) -> Result<TensorRow> {
    let dims = r.u32(text)?;
    if dims > MAX_DIMS {
        return Err(Error::format(format!("tensor `{text}` has {dims} dimensions")));
    }
    let mut shape = Vec::new();
    for _ in 0..dims {
        let d = r.u64(text)?;
        let d = usize::try_from(d).map_err(|_| Error::format(format!("`{text}` is too large")))?;
        shape.push(d);
    }
    let code = r.u32(text)?;
    let ty = Type::from_code(code)
        .ok_or_else(|| Error::unsupported(format!("tensor `{text}` has the type code {code}")))?;
    let offset = r.u64(text)?;
    let offset = r.bounded(offset, 1, &format!("the offset of `{text}`"))?;
    let size = byte_size(ty, &shape)
        .ok_or_else(|| Error::format(format!("tensor `{text}` has an impossible shape {shape:?}")))?;
    Ok(TensorRow { name, ty, shape, range: offset..offset.saturating_add(size) })
}

/// Bytes of a tensor, or `None` when the product wraps or a row is not a whole number of blocks.
pub(crate) fn byte_size(ty: Type, shape: &[usize]) -> Option<usize> {
    let count = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d))?;
    let row = shape.first().copied().unwrap_or(1);
    if row % ty.block_len() != 0 {
        return None;
    }
    (count / ty.block_len()).checked_mul(ty.block_bytes())
}

fn place_tensors(rows: &mut [TensorRow], header_end: usize, alignment: usize, bytes: &[u8]) -> Result<()> {
    let name = |row: &TensorRow| String::from_utf8_lossy(&bytes[row.name.clone()]).into_owned();
    let data = header_end.checked_next_multiple_of(alignment);
    let data = data.ok_or_else(|| Error::format("the padding before the data wraps"))?;
    for row in rows.iter_mut() {
        if row.range.start % alignment != 0 {
            return Err(Error::format(format!("tensor `{}` is not aligned", name(row))));
        }
        let start = data.checked_add(row.range.start);
        let end = data.checked_add(row.range.end).filter(|&end| end <= bytes.len());
        let (Some(start), Some(end)) = (start, end) else {
            return Err(Error::format(format!("tensor `{}` runs past the end of the file", name(row))));
        };
        row.range = start..end;
    }
    let mut order: Vec<&TensorRow> = rows.iter().filter(|row| !row.range.is_empty()).collect();
    order.sort_by_key(|row| row.range.start);
    match order.windows(2).find(|w| w[0].range.end > w[1].range.start) {
        Some(w) => Err(Error::format(format!("tensors `{}` and `{}` overlap", name(w[0]), name(w[1])))),
        None => Ok(()),
    }
}
