//! Checks: checksums of the file, and every number of the structure.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use crate::engine::Engine;
use crate::error::{Context, Error, Result};
use crate::format::{CHECK_BLOCK, HEADER, Header, Kind};
use crate::graph::repair;
use crate::snapshot::{Base, State};
use crate::sys::slots::{EMPTY, View};

/// Problems listed in a report; more are only counted.
const LISTED: usize = 100;

/// What `verify` found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Blocks of the base file whose checksum was compared.
    pub blocks: u64,
    /// Slots looked at.
    pub slots: u64,
    /// Links looked at.
    pub links: u64,
    /// Vectors that no walk can reach (they are found by exact search alone).
    pub unreachable: u64,
    /// Number of problems.
    pub problem_count: u64,
    /// The first problems, in words.
    pub problems: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problem_count == 0
    }

    fn problem(&mut self, text: impl FnOnce() -> String) {
        self.problem_count += 1;
        if self.problems.len() < LISTED {
            self.problems.push(text());
        }
    }
}

pub(crate) fn verify(state: &State, engine: &Engine) -> Result<Report> {
    let mut report = Report::default();
    let base = &state.base;
    let mut checked = 0;
    checksums(base, &mut |block, fits| {
        checked += 1;
        if !fits {
            report.problem(|| format!("the checksum of block {block} does not fit"));
        }
        true
    })?;
    report.blocks = checked;
    structure(state, engine, &mut report);
    if base.map.is_whole() { Ok(report) } else { Err(Error::Shrunk { path: base.path.clone() }) }
}

/// Compares the file's checksums; `found` gets each block's number and whether it fits, and
/// says whether to go on. The file is read anew: a writer's mapping has changes of its own.
fn checksums(base: &Base, found: &mut dyn FnMut(u64, bool) -> bool) -> Result<()> {
    let path = &base.path;
    let mut file = match File::open(path) {
        // A later checkpoint took its place: nobody will read it again.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        file => file.at("cannot open", path)?,
    };
    let length = file.metadata().at("cannot read", path)?.len();
    let mut bytes = vec![0; HEADER];
    file.read_exact(&mut bytes).at("cannot read", path)?;
    let header = Header::decode(path, &bytes, length)?;
    let Some(section) = header.section(Kind::Checksums, 0) else {
        found(0, false);
        return Ok(());
    };
    let count = (section.at - HEADER as u64).div_ceil(CHECK_BLOCK as u64);
    if section.len != count * 4 {
        found(0, false);
        return Ok(());
    }
    let mut table = vec![0; section.len as usize];
    file.seek(SeekFrom::Start(section.at)).at("cannot read", path)?;
    file.read_exact(&mut table).at("cannot read", path)?;
    file.seek(SeekFrom::Start(HEADER as u64)).at("cannot read", path)?;
    let mut left = section.at - HEADER as u64;
    let mut block = vec![0; CHECK_BLOCK];
    for (number, want) in table.chunks_exact(4).enumerate() {
        let size = left.min(CHECK_BLOCK as u64) as usize;
        file.read_exact(&mut block[..size]).at("cannot read", path)?;
        left -= size as u64;
        if !found(number as u64, crc32fast::hash(&block[..size]).to_le_bytes() == *want) {
            break;
        }
    }
    Ok(())
}

/// Compares checksums in a thread that ends when the database is closed.
pub(crate) fn in_background(base: &Arc<Base>) {
    let weak = Arc::downgrade(base);
    let work = move || {
        let alive = |weak: &Weak<Base>| weak.strong_count() > 1;
        let Some(base) = weak.upgrade() else { return };
        let mut sound = true;
        let result = checksums(&base, &mut |_, fits| {
            sound &= fits;
            fits && alive(&weak)
        });
        if !sound || matches!(result, Err(Error::Corrupt { .. })) {
            base.damaged.store(true, Ordering::Release);
        }
    };
    // Without a thread there is no check; `verify` still can be called.
    let _ = std::thread::Builder::new().name("trueno-db checksums".into()).spawn(work);
}

fn structure(state: &State, engine: &Engine, report: &mut Report) {
    let view = state.pin.view();
    report.slots = u64::from(view.limit());
    let mut living = 0;
    for slot in 0..view.limit() {
        if !view.upper_is_sound(slot) {
            report.problem(|| format!("slot {slot}: the upper links make no sense"));
        }
        if view.is_dead(slot) {
            continue;
        }
        living += 1;
        check_slot(view, state, slot, report);
        for layer in 0..=view.level(slot) {
            check_links(view, slot, layer, report);
        }
    }
    if living != state.live {
        report.problem(|| format!("{living} slots are alive, the header says {}", state.live));
    }
    let gone = engine.free.len() + engine.dying.len();
    let slots = report.slots;
    if gone as u64 + living != slots {
        report.problem(|| format!("{gone} slots are free or dead and {living} alive, of {slots}"));
    }
    match state.entry {
        Some(entry) => {
            if view.level(entry.slot) != entry.level {
                report.problem(|| format!("the entry point is not on layer {}", entry.level));
            }
            report.unreachable = repair::unreachable(view, entry).len() as u64;
        }
        None if living > 0 => report.problem(|| "there is no entry point".into()),
        None => {}
    }
}

fn check_slot(view: View<'_>, state: &State, slot: u32, report: &mut Report) {
    let id = view.id(slot);
    if state.find(id) != Some(slot) {
        report.problem(|| format!("slot {slot}: the index does not lead from id {id} to it"));
    }
    let vector = view.vector(slot).unwrap_or(&[]);
    if vector.is_empty() || vector.iter().any(|x| !x.is_finite()) {
        report.problem(|| format!("slot {slot}: the vector is not finite"));
    }
    if let Some(codec) = &state.codec {
        let mut code = vec![0; view.shape().code_bytes];
        codec.encode(vector, &mut code);
        if view.code(slot) != Some(&code) {
            report.problem(|| format!("slot {slot}: the code does not fit the vector"));
        }
    }
}

fn check_links(view: View<'_>, slot: u32, layer: usize, report: &mut Report) {
    let links = if layer == 0 { view.links(slot) } else { view.upper_links(slot, layer) };
    let targets: Vec<u32> =
        links.iter().map(|link| link.load(Ordering::Relaxed)).take_while(|to| *to != EMPTY).collect();
    report.links += targets.len() as u64;
    for (at, to) in targets.iter().enumerate() {
        let wrong = if *to >= view.limit() {
            "lies beyond the last slot"
        } else if *to == slot {
            "is the slot itself"
        } else if targets[..at].contains(to) {
            "appears twice"
        } else if layer > 0 && view.level(*to) < layer {
            "is not on this layer"
        } else if view.is_dead(*to) && !view.is_dying(*to) {
            "is free"
        } else {
            continue;
        };
        report.problem(|| format!("slot {slot}, layer {layer}: link to {to}, which {wrong}"));
    }
}
