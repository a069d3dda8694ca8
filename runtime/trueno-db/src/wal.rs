//! The write-ahead log: every commit is here before it is acknowledged.
//!
//! The file begins with 32 bytes: `TRUENOWL`, version u32, components u32, generation u64,
//! reserved u32, CRC-32 of the 28 bytes before. Records follow without gaps:
//! length u32 (of what comes after the checksum), CRC-32 u32 (of the same), sequence u64, kind
//! u8, payload. Kind 1 puts vectors: count u32, then per vector id u64, components f32, row.
//! Kind 2 deletes: count u32, then ids u64. A record is one commit: all of it or nothing.
//!
//! After a crash the last record may be torn: its length or checksum does not fit and nothing
//! valid follows. Reading stops before it, and a writer cuts it off. A bad record that is
//! followed by a good one is no torn write, so opening fails instead of losing what follows.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::config::SyncPolicy;
use crate::error::{Context, Error, Result, corrupt};
use crate::value::{Bytes, Cells, Schema, encode_cells};

const MAGIC: &[u8; 8] = b"TRUENOWL";
const VERSION: u32 = 1;
pub(crate) const HEADER: usize = 32;
const RECORD: usize = 8;
const PUT: u8 = 1;
const DELETE: u8 = 2;
/// Longest record.
const MAX_RECORD: usize = 1 << 30;

/// A vector to store under an id.
#[derive(Clone, Debug)]
pub(crate) struct Put {
    pub(crate) id: u64,
    pub(crate) vector: Vec<f32>,
    pub(crate) cells: Cells,
}

/// What a record says.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Put(Vec<Put>),
    Delete(Vec<u64>),
}

/// The log, open for writing.
#[derive(Debug)]
pub(crate) struct Wal {
    file: File,
    path: PathBuf,
    length: u64,
    sequence: u64,
    policy: SyncPolicy,
    unsynced: u32,
    broken: bool,
}

fn header(dims: usize, generation: u64) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    bytes[12..16].copy_from_slice(&(dims as u32).to_le_bytes());
    bytes[16..24].copy_from_slice(&generation.to_le_bytes());
    let crc = crc32fast::hash(&bytes[..28]);
    bytes[28..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// Makes an empty log and waits until it is on the disk.
pub(crate) fn create(path: &Path, dims: usize, generation: u64) -> Result<()> {
    let mut file = File::create(path).at("cannot create", path)?;
    file.write_all(&header(dims, generation)).at("cannot write", path)?;
    file.sync_all().at("cannot sync", path)
}

/// What a log holds.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) changes: Vec<Change>,
    /// Bytes up to the end of the last whole record.
    pub(crate) length: u64,
    /// Sequence number of the last record.
    pub(crate) sequence: u64,
    /// Bytes of a torn record at the end.
    pub(crate) torn: u64,
}

/// Reads a log. `after` is the sequence number that the checkpoint contains.
pub(crate) fn read(
    path: &Path,
    dims: usize,
    generation: u64,
    after: u64,
    schema: &Schema,
) -> Result<Contents> {
    let mut bytes = Vec::new();
    File::open(path).at("cannot open", path)?.read_to_end(&mut bytes).at("cannot read", path)?;
    let Some(found) = bytes.get(..HEADER) else {
        return Err(corrupt(path, "the log has no header"));
    };
    if &found[..8] == MAGIC && found[8..12] != VERSION.to_le_bytes() {
        let found = u32::from_le_bytes([found[8], found[9], found[10], found[11]]);
        return Err(Error::Version { found, known: VERSION });
    }
    if found != header(dims, generation) {
        return Err(corrupt(path, "the log's header does not belong to this database"));
    }
    let mut contents = Contents { changes: Vec::new(), length: HEADER as u64, sequence: after, torn: 0 };
    let mut at = HEADER;
    while at < bytes.len() {
        let Some((body, end)) = record(&bytes, at, contents.sequence + 1) else {
            if follows_good_record(&bytes, at, contents.sequence + 2) {
                return Err(corrupt(path, format!("the log's record at byte {at} is damaged")));
            }
            break;
        };
        let Some(change) = decode(body, dims, schema) else {
            return Err(corrupt(path, format!("the log's record at byte {at} cannot be read")));
        };
        contents.changes.push(change);
        contents.sequence += 1;
        at = end;
    }
    contents.length = at as u64;
    contents.torn = (bytes.len() - at) as u64;
    Ok(contents)
}

/// The record at a place if it is whole and has the sequence number: what follows the number,
/// and where the next record begins.
fn record(bytes: &[u8], at: usize, sequence: u64) -> Option<(&[u8], usize)> {
    let mut reader = Bytes::new(bytes.get(at..)?);
    let (length, crc) = (reader.u32()? as usize, reader.u32()?);
    let body = reader.take(length)?;
    if crc32fast::hash(body) != crc || body.get(..8)? != sequence.to_le_bytes() {
        return None;
    }
    Some((&body[8..], at + RECORD + length))
}

/// Whether the bad record at a place is followed by a good one, by its own length.
fn follows_good_record(bytes: &[u8], at: usize, sequence: u64) -> bool {
    let length = bytes.get(at..).and_then(|rest| Bytes::new(rest).u32());
    let next = length.and_then(|length| at.checked_add(RECORD + length as usize));
    next.is_some_and(|next| record(bytes, next, sequence).is_some())
}

fn decode(body: &[u8], dims: usize, schema: &Schema) -> Option<Change> {
    let mut reader = Bytes::new(body);
    let (kind, count) = (reader.u8()?, reader.u32()? as usize);
    let change = match kind {
        PUT => {
            let one = |reader: &mut Bytes<'_>| {
                let id = reader.u64()?;
                let values = reader.take(dims * 4)?.chunks_exact(4);
                let vector: Vec<f32> = values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
                let finite = vector.iter().all(|x| x.is_finite());
                finite.then_some(Put { id, vector, cells: reader.cells(schema)? })
            };
            Change::Put((0..count).map_while(|_| one(&mut reader)).collect())
        }
        DELETE => Change::Delete((0..count).map_while(|_| reader.u64()).collect()),
        _ => return None,
    };
    let read = match &change {
        Change::Put(puts) => puts.len(),
        Change::Delete(ids) => ids.len(),
    };
    (read == count && reader.is_empty()).then_some(change)
}

fn encode(change: &Change, sequence: u64) -> Result<Vec<u8>> {
    let mut bytes = vec![0; RECORD];
    bytes.extend(sequence.to_le_bytes());
    match change {
        Change::Put(puts) => {
            bytes.push(PUT);
            bytes.extend((puts.len() as u32).to_le_bytes());
            for put in puts {
                bytes.extend(put.id.to_le_bytes());
                put.vector.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
                encode_cells(&put.cells, &mut bytes);
            }
        }
        Change::Delete(ids) => {
            bytes.push(DELETE);
            bytes.extend((ids.len() as u32).to_le_bytes());
            ids.iter().for_each(|id| bytes.extend(id.to_le_bytes()));
        }
    }
    let length = bytes.len() - RECORD;
    if length > MAX_RECORD {
        return Err(Error::Invalid("one commit is larger than 1 GiB: split the batch".into()));
    }
    let crc = crc32fast::hash(&bytes[RECORD..]);
    bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
    bytes[4..8].copy_from_slice(&crc.to_le_bytes());
    Ok(bytes)
}

impl Wal {
    /// Opens a log for writing after `contents` was read from it, and cuts a torn end off.
    pub(crate) fn open(path: &Path, contents: &Contents, policy: SyncPolicy) -> Result<Wal> {
        let mut file = OpenOptions::new().write(true).open(path).at("cannot open", path)?;
        if contents.torn > 0 {
            file.set_len(contents.length).at("cannot cut", path)?;
            file.sync_all().at("cannot sync", path)?;
        }
        file.seek(SeekFrom::Start(contents.length)).at("cannot seek", path)?;
        Ok(Wal {
            file,
            path: path.to_path_buf(),
            length: contents.length,
            sequence: contents.sequence,
            policy,
            unsynced: 0,
            broken: false,
        })
    }

    /// Sequence number of the last record.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Bytes of the log.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Adds a commit. After an error the log is as it was before; if that cannot be had, every
    /// later call is `Poisoned`.
    pub(crate) fn append(&mut self, change: &Change) -> Result<()> {
        if self.broken {
            return Err(Error::Poisoned);
        }
        let bytes = encode(change, self.sequence + 1)?;
        if let Err(error) = self.file.write_all(&bytes).at("cannot write", &self.path) {
            self.undo();
            return Err(error);
        }
        self.unsynced += 1;
        let due = match self.policy {
            SyncPolicy::Always => true,
            SyncPolicy::Every(commits) => self.unsynced >= commits.max(1),
            SyncPolicy::Manual => false,
        };
        if due && let Err(error) = self.file.sync_data().at("cannot sync", &self.path) {
            // What a failed sync left on the disk is unknown: nothing may build on it.
            self.undo();
            self.broken = true;
            return Err(error);
        }
        self.unsynced = if due { 0 } else { self.unsynced };
        self.length += bytes.len() as u64;
        self.sequence += 1;
        Ok(())
    }

    fn undo(&mut self) {
        let cut = self.file.set_len(self.length);
        let back = self.file.seek(SeekFrom::Start(self.length));
        self.broken = cut.is_err() || back.is_err();
    }

    /// Waits until everything acknowledged is on the disk.
    pub(crate) fn sync(&mut self) -> Result<()> {
        if self.broken {
            return Err(Error::Poisoned);
        }
        if let Err(error) = self.file.sync_data().at("cannot sync", &self.path) {
            self.broken = true;
            return Err(error);
        }
        self.unsynced = 0;
        Ok(())
    }
}
