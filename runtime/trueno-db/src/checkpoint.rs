//! Writes a base file: a version of the database with all sections and their checksums.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use crate::config::Config;
use crate::error::{Context, Result};
use crate::format::{CHECK_BLOCK, HEADER, Header, Kind, Section, encode_schema};
use crate::graph::Entry;
use crate::meta::Meta;
use crate::quant::Codec;
use crate::sys::slots::{EMPTY, Owner, Shape, Slots, View};

/// What is written.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) view: View<'a>,
    pub(crate) config: &'a Config,
    pub(crate) meta: &'a Meta,
    /// The codec of the new file; vectors are encoded anew if `encode` is set.
    pub(crate) codec: Option<&'a Codec>,
    pub(crate) encode: bool,
    pub(crate) entry: Option<Entry>,
    /// Old slot of each new slot.
    pub(crate) order: &'a [u32],
    /// New slot of each old slot if the order is not the old one.
    pub(crate) renumbered: Option<&'a [u32]>,
    /// New slots that hold nothing.
    pub(crate) free: &'a [u32],
    /// New slots that are dead but linked.
    pub(crate) dying: &'a [u32],
    pub(crate) generation: u64,
    pub(crate) sequence: u64,
}

/// Writes the file and waits until it is on the disk.
pub(crate) fn write(path: &Path, source: &Source<'_>) -> Result<()> {
    let file = File::create(path).at("cannot create", path)?;
    let mut out = Output {
        out: BufWriter::with_capacity(1 << 20, file),
        at: 0,
        crc: Crc::default(),
        sections: Vec::new(),
    };
    source.write(&mut out).at("cannot write", path)?;
    let file = out.out.into_inner().map_err(io::IntoInnerError::into_error).at("cannot write", path)?;
    file.sync_all().at("cannot sync", path)
}

/// Checksums of blocks of 1 MiB, counted from the end of the header.
#[derive(Default)]
struct Crc {
    hasher: crc32fast::Hasher,
    filled: usize,
    done: Vec<u32>,
}

impl Crc {
    fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHECK_BLOCK - self.filled));
            self.hasher.update(now);
            self.filled += now.len();
            if self.filled == CHECK_BLOCK {
                self.finish();
            }
            bytes = later;
        }
    }

    fn finish(&mut self) {
        if self.filled > 0 {
            self.done.push(std::mem::take(&mut self.hasher).finalize());
            self.filled = 0;
        }
    }
}

struct Output {
    out: BufWriter<File>,
    at: u64,
    crc: Crc,
    sections: Vec<Section>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.crc.add(bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Output {
    fn section(
        &mut self,
        kind: Kind,
        index: u32,
        write: impl FnOnce(&mut Output) -> io::Result<()>,
    ) -> io::Result<()> {
        let unit = if kind == Kind::Vectors { 4096 } else { 64 };
        let gap = self.at.next_multiple_of(unit) - self.at;
        self.write_all(&[0; 4096][..gap as usize])?;
        let at = self.at;
        write(self)?;
        self.sections.push(Section { kind: kind as u32, index, at, len: self.at - at });
        Ok(())
    }
}

impl Source<'_> {
    fn write(&self, out: &mut Output) -> io::Result<()> {
        out.out.write_all(&[0; HEADER])?;
        out.at = HEADER as u64;
        out.section(Kind::Schema, 0, |out| out.write_all(&encode_schema(&self.config.schema)))?;
        out.section(Kind::Codec, 0, |out| self.codec(out))?;
        out.section(Kind::Vectors, 0, |out| self.vectors(out))?;
        out.section(Kind::Codes, 0, |out| self.codes(out))?;
        out.section(Kind::Links, 0, |out| {
            self.order.iter().try_for_each(|slot| self.links(self.view.links(*slot), out))
        })?;
        out.section(Kind::UpperIndex, 0, |out| self.upper_index(out))?;
        out.section(Kind::Upper, 0, |out| self.upper(out))?;
        out.section(Kind::Ids, 0, |out| {
            self.order.iter().try_for_each(|slot| out.write_all(&self.view.id(*slot).to_le_bytes()))
        })?;
        out.section(Kind::Index, 0, |out| self.index(out))?;
        out.section(Kind::Free, 0, |out| words(self.free, out))?;
        out.section(Kind::Dying, 0, |out| words(self.dying, out))?;
        for column in 0..self.config.schema.columns().len() {
            out.section(Kind::Column, column as u32, |out| self.meta.write_column(column, self.order, out))?;
        }
        self.finish(out)
    }

    fn finish(&self, out: &mut Output) -> io::Result<()> {
        let gap = out.at.next_multiple_of(64) - out.at;
        out.write_all(&[0; 64][..gap as usize])?;
        out.crc.finish();
        let checksums = std::mem::take(&mut out.crc.done);
        out.section(Kind::Checksums, 0, |out| words(&checksums, out))?;
        let mut header = Header::new(self.config);
        header.generation = self.generation;
        header.sequence = self.sequence;
        header.slots = self.order.len() as u32;
        header.live = (self.order.len() - self.free.len() - self.dying.len()) as u32;
        if let Some(entry) = self.entry {
            header.entry_slot = self.new_slot(entry.slot);
            header.entry_level = entry.level as u32;
        }
        header.file_len = out.at;
        header.sections = std::mem::take(&mut out.sections);
        out.out.seek(SeekFrom::Start(0))?;
        out.out.write_all(&header.encode())
    }

    fn new_slot(&self, slot: u32) -> u32 {
        self.renumbered.map_or(slot, |table| table.get(slot as usize).copied().unwrap_or(EMPTY))
    }

    fn codec(&self, out: &mut Output) -> io::Result<()> {
        let Some(codec) = self.codec else {
            return Ok(());
        };
        out.write_all(&codec.step.to_le_bytes())?;
        codec.offsets.iter().try_for_each(|x| out.write_all(&x.to_le_bytes()))
    }

    fn vectors(&self, out: &mut Output) -> io::Result<()> {
        let mut bytes = vec![0; self.config.vector_stride()];
        for slot in self.order {
            bytes.fill(0);
            for (x, to) in self.view.vector(*slot).unwrap_or(&[]).iter().zip(bytes.chunks_exact_mut(4)) {
                to.copy_from_slice(&x.to_le_bytes());
            }
            out.write_all(&bytes)?;
        }
        Ok(())
    }

    fn codes(&self, out: &mut Output) -> io::Result<()> {
        let mut bytes = vec![0; self.config.code_stride()];
        let length = self.view.shape().code_bytes;
        for slot in self.order {
            bytes.fill(0);
            match self.codec.filter(|_| self.encode) {
                Some(codec) => codec.encode(self.view.vector(*slot).unwrap_or(&[]), &mut bytes[..length]),
                None => bytes[..length].copy_from_slice(self.view.code(*slot).unwrap_or(&vec![0; length])),
            }
            out.write_all(&bytes)?;
        }
        Ok(())
    }

    /// A list of links, with new numbers and without those that lead nowhere.
    fn links(&self, links: &[std::sync::atomic::AtomicU32], out: &mut Output) -> io::Result<()> {
        let mut kept = 0;
        for link in links {
            let slot = link.load(Ordering::Relaxed);
            if slot == EMPTY {
                break;
            }
            let new = self.new_slot(slot);
            if new != EMPTY {
                out.write_all(&new.to_le_bytes())?;
                kept += 1;
            }
        }
        (kept..links.len()).try_for_each(|_| out.write_all(&EMPTY.to_le_bytes()))
    }

    fn upper_index(&self, out: &mut Output) -> io::Result<()> {
        let mut next = 0u32;
        for slot in self.order {
            let level = self.view.level(*slot);
            let here = if level == 0 { EMPTY } else { next };
            out.write_all(&here.to_le_bytes())?;
            if level > 0 {
                next += 1 + (level * self.config.m) as u32;
            }
        }
        Ok(())
    }

    fn upper(&self, out: &mut Output) -> io::Result<()> {
        for slot in self.order {
            let level = self.view.level(*slot);
            if level > 0 {
                out.write_all(&(level as u32).to_le_bytes())?;
            }
            for layer in 1..=level {
                self.links(self.view.upper_links(*slot, layer), out)?;
            }
        }
        Ok(())
    }

    fn index(&self, out: &mut Output) -> io::Result<()> {
        let living = self.order.iter().enumerate().filter(|(_, slot)| !self.view.is_dead(**slot));
        let mut rows: Vec<(u64, u32)> = living.map(|(new, slot)| (self.view.id(*slot), new as u32)).collect();
        rows.sort_unstable();
        for (id, slot) in rows {
            out.write_all(&id.to_le_bytes())?;
            out.write_all(&slot.to_le_bytes())?;
        }
        Ok(())
    }
}

fn words(words: &[u32], out: &mut Output) -> io::Result<()> {
    words.iter().try_for_each(|word| out.write_all(&word.to_le_bytes()))
}

/// Writes the file of an empty database.
pub(crate) fn write_empty(path: &Path, config: &Config, shape: Shape) -> Result<()> {
    let owner = Owner::new(Slots::empty(shape).at("no memory for", path)?);
    write(
        path,
        &Source {
            view: owner.view(),
            config,
            meta: &Meta::new(config.schema.clone(), 0, Vec::new()),
            codec: None,
            encode: false,
            entry: None,
            order: &[],
            renumbered: None,
            free: &[],
            dying: &[],
            generation: 1,
            sequence: 0,
        },
    )
}
