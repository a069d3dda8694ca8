//! The header of a base file; `FORMAT.md` describes every byte.

use std::path::Path;

use crate::config::{Codes, Config, MAX_SLOTS, Metric};
use crate::error::{Error, Result, corrupt};
use crate::sys::slots::{EMPTY, MAX_LEVEL};
use crate::value::{Bytes, ColumnType, Schema};

pub(crate) const MAGIC: &[u8; 8] = b"TRUENODB";
pub(crate) const VERSION: u32 = 1;
pub(crate) const HEADER: usize = 4096;
/// Bytes that one checksum covers.
pub(crate) const CHECK_BLOCK: usize = 1 << 20;
const TABLE: usize = 96;
const TABLE_ROW: usize = 24;
const CRC: usize = HEADER - 4;

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Kind {
    Schema = 1,
    Codec = 2,
    Vectors = 3,
    Codes = 4,
    Links = 5,
    UpperIndex = 6,
    Upper = 7,
    Ids = 8,
    Index = 9,
    Free = 10,
    Dying = 11,
    Column = 12,
    Checksums = 13,
}

/// A row of the section table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) kind: u32,
    pub(crate) index: u32,
    pub(crate) at: u64,
    pub(crate) len: u64,
}

/// Everything in the header but the settings that live in sections.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) metric: Metric,
    pub(crate) codes: Codes,
    pub(crate) dims: usize,
    pub(crate) m: usize,
    pub(crate) ef_construction: usize,
    pub(crate) seed: u64,
    pub(crate) generation: u64,
    pub(crate) slots: u32,
    pub(crate) live: u32,
    pub(crate) entry_slot: u32,
    pub(crate) entry_level: u32,
    pub(crate) sequence: u64,
    pub(crate) file_len: u64,
    pub(crate) sections: Vec<Section>,
}

impl Header {
    pub(crate) fn new(config: &Config) -> Header {
        Header {
            metric: config.metric,
            codes: config.codes,
            dims: config.dims,
            m: config.m,
            ef_construction: config.ef_construction,
            seed: config.seed,
            generation: 0,
            slots: 0,
            live: 0,
            entry_slot: EMPTY,
            entry_level: 0,
            sequence: 0,
            file_len: 0,
            sections: Vec::new(),
        }
    }

    /// The settings, with a schema read from its section.
    pub(crate) fn config(&self, schema: Schema) -> Config {
        Config {
            dims: self.dims,
            metric: self.metric,
            codes: self.codes,
            m: self.m,
            ef_construction: self.ef_construction,
            seed: self.seed,
            schema,
        }
    }

    pub(crate) fn section(&self, kind: Kind, index: u32) -> Option<Section> {
        self.sections.iter().find(|s| s.kind == kind as u32 && s.index == index).copied()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let config = self.config(Schema::default());
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend(MAGIC);
        let mut word = |x: u32| bytes.extend(x.to_le_bytes());
        word(VERSION);
        word(HEADER as u32);
        word(u32::from(self.metric as u8) | u32::from(self.codes as u8) << 8);
        word(self.dims as u32);
        word(self.m as u32);
        word(self.ef_construction as u32);
        bytes.extend(self.seed.to_le_bytes());
        bytes.extend(self.generation.to_le_bytes());
        for x in [self.slots, self.live, self.entry_slot, self.entry_level] {
            bytes.extend(x.to_le_bytes());
        }
        bytes.extend((config.vector_stride() as u32).to_le_bytes());
        bytes.extend((config.code_stride() as u32).to_le_bytes());
        bytes.extend(self.sequence.to_le_bytes());
        bytes.extend(self.file_len.to_le_bytes());
        bytes.extend((CHECK_BLOCK as u32).to_le_bytes());
        bytes.extend((self.sections.len() as u32).to_le_bytes());
        for section in &self.sections {
            bytes.extend(section.kind.to_le_bytes());
            bytes.extend(section.index.to_le_bytes());
            bytes.extend(section.at.to_le_bytes());
            bytes.extend(section.len.to_le_bytes());
        }
        bytes.resize(CRC, 0);
        let crc = crc32fast::hash(&bytes);
        bytes.extend(crc.to_le_bytes());
        bytes
    }

    /// Reads and checks a header: afterwards every number is in its range and the sections lie
    /// in the file without overlap. `file_len` is the file's real length.
    pub(crate) fn decode(path: &Path, bytes: &[u8], file_len: u64) -> Result<Header> {
        let wrong = |what: &str| corrupt(path, what);
        if bytes.len() != HEADER || &bytes[..8] != MAGIC {
            return Err(wrong("this is no database file"));
        }
        let mut reader = Bytes::new(&bytes[8..]);
        let version = reader.u32().unwrap_or(0);
        if version != VERSION {
            return Err(Error::Version { found: version, known: VERSION });
        }
        if crc32fast::hash(&bytes[..CRC]).to_le_bytes() != bytes[CRC..] {
            return Err(wrong("the header's checksum does not fit"));
        }
        let header = Header::parse(&mut reader).ok_or_else(|| wrong("the header makes no sense"))?;
        header.check().map_err(wrong)?;
        if header.file_len != file_len {
            let want = header.file_len;
            return Err(corrupt(path, format!("the header says {want} bytes, the file has {file_len}")));
        }
        header.check_sections().map_err(wrong)?;
        Ok(header)
    }

    /// Reads what follows the version.
    fn parse(reader: &mut Bytes<'_>) -> Option<Header> {
        if reader.u32()? as usize != HEADER {
            return None;
        }
        let kinds = reader.u32()?.to_le_bytes();
        let mut header = Header {
            metric: Metric::from_byte(kinds[0])?,
            codes: Codes::from_byte(kinds[1])?,
            dims: reader.u32()? as usize,
            m: reader.u32()? as usize,
            ef_construction: reader.u32()? as usize,
            seed: reader.u64()?,
            generation: reader.u64()?,
            slots: reader.u32()?,
            live: reader.u32()?,
            entry_slot: reader.u32()?,
            entry_level: reader.u32()?,
            sequence: 0,
            file_len: 0,
            sections: Vec::new(),
        };
        let strides = (reader.u32()? as usize, reader.u32()? as usize);
        header.config(Schema::default()).check().ok()?;
        let config = header.config(Schema::default());
        if strides != (config.vector_stride(), config.code_stride()) {
            return None;
        }
        header.sequence = reader.u64()?;
        header.file_len = reader.u64()?;
        if reader.u32()? as usize != CHECK_BLOCK {
            return None;
        }
        let count = reader.u32()? as usize;
        if count > (CRC - TABLE) / TABLE_ROW {
            return None;
        }
        for _ in 0..count {
            let (kind, index) = (reader.u32()?, reader.u32()?);
            header.sections.push(Section { kind, index, at: reader.u64()?, len: reader.u64()? });
        }
        Some(header)
    }

    fn check(&self) -> std::result::Result<(), &'static str> {
        if self.slots > MAX_SLOTS || self.live > self.slots {
            return Err("the number of slots makes no sense");
        }
        if self.entry_slot == EMPTY {
            return if self.live == 0 { Ok(()) } else { Err("the entry point is missing") };
        }
        if self.entry_slot >= self.slots {
            return Err("the entry point lies beyond the slots");
        }
        if self.entry_level as usize > MAX_LEVEL {
            return Err("the entry point's layer is too high");
        }
        Ok(())
    }

    fn check_sections(&self) -> std::result::Result<(), &'static str> {
        let mut places: Vec<(u64, u64)> = Vec::new();
        for (at, section) in self.sections.iter().enumerate() {
            let end = section.at.checked_add(section.len).ok_or("a section's end overflows")?;
            if section.at < HEADER as u64 || end > self.file_len || section.at % 64 != 0 {
                return Err("a section lies outside of the file");
            }
            let twin = |other: &Section| (other.kind, other.index) == (section.kind, section.index);
            if self.sections[..at].iter().any(twin) {
                return Err("a section appears twice");
            }
            places.push((section.at, end));
        }
        places.sort_unstable();
        if places.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            return Err("two sections overlap");
        }
        Ok(())
    }
}

/// The schema section: count u32, then per column type u8, length of the name u8, name.
pub(crate) fn encode_schema(schema: &Schema) -> Vec<u8> {
    let mut bytes = (schema.columns().len() as u32).to_le_bytes().to_vec();
    for (name, ty) in schema.columns() {
        bytes.push(*ty as u8);
        bytes.push(name.len() as u8);
        bytes.extend(name.as_bytes());
    }
    bytes
}

/// Reads a schema section.
pub(crate) fn decode_schema(bytes: &[u8]) -> Option<Schema> {
    let mut reader = Bytes::new(bytes);
    let mut schema = Schema::default();
    for _ in 0..reader.u32()? {
        let ty = ColumnType::from_byte(reader.u8()?)?;
        let length = reader.u8()? as usize;
        schema.push(std::str::from_utf8(reader.take(length)?).ok()?, ty);
    }
    schema.check().ok()?;
    Some(schema)
}
