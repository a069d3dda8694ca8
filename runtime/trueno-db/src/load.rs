//! Opens a base file: the header is checked, sections are mapped, nothing else is read.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::config::{Codes, Config};
use crate::error::{Context, Error, Result, corrupt};
use crate::format::{HEADER, Header, Kind, decode_schema};
use crate::graph::Entry;
use crate::meta::Meta;
use crate::quant::Codec;
use crate::snapshot::Base;
use crate::sys::map::Map;
use crate::sys::slots::{Block, Frozen, Owner, Segment, Shape, Slots};

/// An opened base file.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) header: Header,
    pub(crate) config: Config,
    pub(crate) codec: Option<Codec>,
    pub(crate) owner: Owner,
    pub(crate) meta: Meta,
    pub(crate) base: Base,
    pub(crate) entry: Option<Entry>,
    /// Slots that hold nothing.
    pub(crate) free: Vec<u32>,
    /// Dead slots that still are part of the graph.
    pub(crate) dying: Vec<u32>,
}

/// Opens a base file.
pub(crate) fn load(path: &Path) -> Result<Loaded> {
    if cfg!(target_endian = "big") {
        return Err(Error::Invalid("database files are little-endian; this machine is not".into()));
    }
    let file = File::open(path).at("cannot open", path)?;
    let length = file.metadata().at("cannot read", path)?.len();
    if length < HEADER as u64 {
        return Err(corrupt(path, "the file is shorter than a header"));
    }
    let map = Arc::new(Map::file(file).at("cannot map", path)?);
    let bytes = map.copy(0, HEADER).unwrap_or_default();
    let header = Header::decode(path, &bytes, length)?;
    let loaded = assemble(path, &map, header)?;
    if map.is_whole() { Ok(loaded) } else { Err(Error::Shrunk { path: path.to_path_buf() }) }
}

struct Sections<'a> {
    path: &'a Path,
    map: &'a Arc<Map>,
    header: &'a Header,
}

impl Sections<'_> {
    fn block(&self, kind: Kind, index: u32) -> Result<Block> {
        self.header
            .section(kind, index)
            .and_then(|s| Block::new(self.map, usize::try_from(s.at).ok()?, usize::try_from(s.len).ok()?))
            .ok_or_else(|| corrupt(self.path, format!("section {kind:?} is missing")))
    }

    fn bytes(&self, kind: Kind, index: u32) -> Result<Frozen> {
        Ok(self.block(kind, index)?.frozen())
    }

    fn slot_list(&self, kind: Kind) -> Result<Vec<u32>> {
        let section = self.bytes(kind, 0)?;
        let slots = section.bytes().chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        let slots: Vec<u32> = slots.take(self.header.slots as usize).collect();
        if slots.iter().any(|slot| *slot >= self.header.slots) {
            return Err(corrupt(self.path, format!("section {kind:?} names a slot beyond the last")));
        }
        Ok(slots)
    }
}

/// Sizes of the slot store for some settings.
pub(crate) fn shape(config: &Config) -> Shape {
    Shape {
        dims: config.dims,
        vector_stride: config.vector_stride(),
        code_bytes: config.codes.bytes(config.dims),
        code_stride: config.code_stride(),
        m: config.m,
        seed: config.seed,
    }
}

fn assemble(path: &Path, map: &Arc<Map>, header: Header) -> Result<Loaded> {
    let sections = Sections { path, map, header: &header };
    let wrong = |what: &str| corrupt(path, what);
    let schema = decode_schema(sections.bytes(Kind::Schema, 0)?.bytes());
    let config = header.config(schema.ok_or_else(|| wrong("the schema cannot be read"))?);
    let codec = read_codec(&config, sections.bytes(Kind::Codec, 0)?.bytes());
    let codec = codec.ok_or_else(|| wrong("the codec's numbers make no sense"))?;
    let shape = shape(&config);
    let blocks = [Kind::Vectors, Kind::Codes, Kind::Links, Kind::UpperIndex, Kind::Upper, Kind::Ids]
        .map(|kind| sections.block(kind, 0));
    let [vectors, codes, links, upper_index, upper, ids] = blocks;
    let blocks = [vectors?, codes?, links?, upper_index?, upper?, ids?];
    let segment = Segment::from_file(&shape, header.slots, blocks)
        .ok_or_else(|| wrong("a section's length does not fit the number of slots"))?;
    let mut owner = Owner::new(Slots::new(shape, segment));
    let (free, dying) = (sections.slot_list(Kind::Free)?, sections.slot_list(Kind::Dying)?);
    if free.len() + dying.len() + header.live as usize != header.slots as usize {
        return Err(wrong("living and free slots do not add up"));
    }
    owner.set_aside(&free, &dying);
    let columns = 0..config.schema.columns().len() as u32;
    let columns = columns.map(|at| sections.bytes(Kind::Column, at)).collect::<Result<Vec<_>>>()?;
    let meta = Meta::new(config.schema.clone(), header.slots, columns);
    let index = sections.bytes(Kind::Index, 0)?;
    let base = Base { path: path.to_path_buf(), map: map.clone(), index, damaged: AtomicBool::new(false) };
    let entry = Entry { slot: header.entry_slot, level: header.entry_level as usize };
    let entry = (header.entry_slot < header.slots).then_some(entry);
    Ok(Loaded { header, config, codec, owner, meta, base, entry, free, dying })
}

/// `Some(None)` if the file has no codec.
fn read_codec(config: &Config, bytes: &[u8]) -> Option<Option<Codec>> {
    if bytes.is_empty() {
        return Some(None);
    }
    if config.codes == Codes::None || bytes.len() != 4 + config.dims * 4 {
        return None;
    }
    let mut numbers = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let step = numbers.next()?;
    Codec::from_parts(config.codes, config.metric, step, numbers.collect()).map(Some)
}
