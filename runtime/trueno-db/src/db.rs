//! The database in its folder: opening, writing, checkpoints.
//!
//! | file | holds |
//! |---|---|
//! | `LOCK` | nothing; the writer holds its lock |
//! | `CURRENT` | the generation in use |
//! | `base-G.tdb` | the vectors and the graph at the last checkpoint, memory-mapped |
//! | `wal-G.log` | every commit since |
//!
//! A checkpoint writes the next generation's files, waits for the disk, and only then replaces
//! `CURRENT` by renaming: at every moment one complete generation is current.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::checkpoint;
use crate::config::{Config, OpenOptions};
use crate::engine::{Engine, Threads};
use crate::error::{Context, Error, Result, corrupt};
use crate::folder::{CURRENT, base_path, lock, read_current, sync_dir, tidy, wal_path, write_current};
use crate::load::{self, load};
use crate::snapshot::{Snapshot, State, admit};
use crate::value::Row;
use crate::verify;
use crate::wal::{self, Change, Put, Wal};

/// A commit of `add_batch` or `put_batch` is at most about this long.
const COMMIT_BYTES: usize = 64 << 20;

/// A vector database.
///
/// Writing takes `&mut self`, so what was borrowed from the database is given back before.
/// Searches that go on meanwhile use a [`Reader`] or a [`Snapshot`].
#[derive(Debug)]
pub struct VectorDb {
    dir: PathBuf,
    options: OpenOptions,
    pub(crate) engine: Engine,
    wal: Option<Wal>,
    generation: u64,
    operations: u64,
    poisoned: bool,
    checkpoint_error: Option<String>,
    torn: u64,
    pub(crate) snapshot: Snapshot,
    pub(crate) shared: Arc<ArcSwap<State>>,
    _lock: Option<File>,
}

/// Numbers about a database.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// Vectors.
    pub vectors: u64,
    /// Slots, used or free.
    pub slots: u64,
    /// Slots free for new vectors.
    pub free: u64,
    /// Deleted vectors whose slots still are part of the graph.
    pub dying: u64,
    /// Layers of the graph.
    pub layers: usize,
    /// Bytes of the mapped file.
    pub base_bytes: u64,
    /// Bytes of the log.
    pub log_bytes: u64,
    /// Operations in the log.
    pub log_operations: u64,
    /// Bytes of a torn record that were found at the log's end when it was opened.
    pub torn_bytes: u64,
    /// Number of the checkpoint.
    pub generation: u64,
    /// Why the last automatic checkpoint failed, if it did. The log still has everything.
    pub checkpoint_error: Option<String>,
}

impl VectorDb {
    /// Makes an empty database in a folder, which is made if need be.
    ///
    /// # Errors
    /// `Invalid` for settings that make no sense, `Exists` if the folder holds a database,
    /// `Locked`, `Io`.
    pub fn create(dir: impl AsRef<Path>, config: Config) -> Result<VectorDb> {
        VectorDb::create_with(dir, config, OpenOptions::default())
    }

    /// As `create`, with options.
    ///
    /// # Errors
    /// As `create`.
    pub fn create_with(dir: impl AsRef<Path>, config: Config, options: OpenOptions) -> Result<VectorDb> {
        let dir = dir.as_ref();
        config.check()?;
        fs::create_dir_all(dir).at("cannot create", dir)?;
        let held = lock(dir)?;
        if dir.join(CURRENT).exists() {
            return Err(Error::Exists { path: dir.to_path_buf() });
        }
        checkpoint::write_empty(&base_path(dir, 1), &config, load::shape(&config))?;
        wal::create(&wal_path(dir, 1), config.dims, 1)?;
        write_current(dir, 1)?;
        VectorDb::open_locked(dir, options, Some(held))
    }

    /// Opens a database for reading and writing.
    ///
    /// # Errors
    /// `Locked` if another writer has it open, `Corrupt`, `Version`, `Io`.
    pub fn open(dir: impl AsRef<Path>) -> Result<VectorDb> {
        VectorDb::open_with(dir, OpenOptions::default())
    }

    /// Opens a database for reading: beside a writer, and on media that cannot be written. It
    /// shows the commits up to now; `refresh` gets later ones.
    ///
    /// # Errors
    /// `Corrupt`, `Version`, `Io`.
    pub fn open_read_only(dir: impl AsRef<Path>) -> Result<VectorDb> {
        VectorDb::open_with(dir, OpenOptions { read_only: true, ..OpenOptions::default() })
    }

    /// Opens a database with options.
    ///
    /// # Errors
    /// As `open` and `open_read_only`.
    pub fn open_with(dir: impl AsRef<Path>, options: OpenOptions) -> Result<VectorDb> {
        let dir = dir.as_ref();
        if options.read_only {
            return VectorDb::open_beside(dir, options);
        }
        read_current(dir)?;
        let held = lock(dir)?;
        VectorDb::open_locked(dir, options, Some(held))
    }

    /// A checkpoint of the writer may take the files away while they are opened; then the next
    /// generation is there.
    fn open_beside(dir: &Path, options: OpenOptions) -> Result<VectorDb> {
        let mut before = read_current(dir)?;
        loop {
            let result = VectorDb::open_locked(dir, options.clone(), None);
            let now = read_current(dir)?;
            if result.is_ok() || now == before {
                return result;
            }
            before = now;
        }
    }

    fn open_locked(dir: &Path, options: OpenOptions, held: Option<File>) -> Result<VectorDb> {
        let generation = read_current(dir)?;
        let loaded = load(&base_path(dir, generation))?;
        if loaded.header.generation != generation {
            return Err(corrupt(&base_path(dir, generation), "the file belongs to another generation"));
        }
        let log = wal_path(dir, generation);
        let (config, after) = (&loaded.config, loaded.header.sequence);
        let contents = wal::read(&log, config.dims, generation, after, &config.schema)?;
        let wal = match &held {
            Some(_) => Some(Wal::open(&log, &contents, options.sync)?),
            None => None,
        };
        if held.is_some() {
            tidy(dir, generation);
        }
        let mut engine = Engine::new(loaded, Threads::new(options.threads)?);
        let (torn, operations) = (contents.torn, replay(&mut engine, contents.changes)?);
        let state = Arc::new(engine.state());
        if options.background_checksums {
            verify::in_background(&state.base);
        }
        Ok(VectorDb {
            dir: dir.to_path_buf(),
            options,
            engine,
            wal,
            generation,
            operations,
            poisoned: false,
            checkpoint_error: None,
            torn,
            snapshot: Snapshot { state: state.clone() },
            shared: Arc::new(ArcSwap::new(state)),
            _lock: held,
        })
    }

    /// Reads the commits that a writer made since this database was opened read-only.
    /// Readers and snapshots taken before stay valid and show what they showed.
    ///
    /// # Errors
    /// As `open_read_only`.
    pub fn refresh(&mut self) -> Result<()> {
        if self.options.read_only {
            let mut new = VectorDb::open_beside(&self.dir, self.options.clone())?;
            self.shared.store(new.snapshot.state.clone());
            std::mem::swap(&mut new.shared, &mut self.shared);
            *self = new;
        }
        Ok(())
    }

    /// Adds a vector.
    ///
    /// # Errors
    /// `Duplicate` if the id exists; `Dimensions`, `NotFinite`, `ZeroVector`, `ReadOnly`, `Io`.
    /// After an error nothing was added.
    pub fn add(&mut self, id: u64, vector: &[f32]) -> Result<()> {
        self.add_batch(&[id], vector, &[])
    }

    /// Adds a vector with metadata.
    ///
    /// # Errors
    /// As `add`; `Invalid` for a row that does not fit the schema.
    pub fn add_with(&mut self, id: u64, vector: &[f32], row: Row) -> Result<()> {
        self.add_batch(&[id], vector, &[row])
    }

    /// Adds many vectors, which lie one after another in `vectors`; `rows` has one row for
    /// each, or none at all. Batches of more than 64 MiB are several commits.
    ///
    /// # Errors
    /// As `add`. Errors of the input are found before anything is added.
    pub fn add_batch(&mut self, ids: &[u64], vectors: &[f32], rows: &[Row]) -> Result<()> {
        let mut seen = HashSet::with_capacity(ids.len());
        for id in ids {
            if !seen.insert(*id) || self.engine.find(*id).is_some() {
                return Err(Error::Duplicate { id: *id });
            }
        }
        self.put_batch(ids, vectors, rows)
    }

    /// Stores a vector under an id, in place of the one that may be there.
    ///
    /// # Errors
    /// As `add_with`, without `Duplicate`.
    pub fn put(&mut self, id: u64, vector: &[f32], row: Row) -> Result<()> {
        self.put_batch(&[id], vector, &[row])
    }

    /// As `add_batch`, but ids that exist are replaced.
    ///
    /// # Errors
    /// As `add_batch`, without `Duplicate`.
    pub fn put_batch(&mut self, ids: &[u64], vectors: &[f32], rows: &[Row]) -> Result<()> {
        self.writable()?;
        let config = self.engine.config.clone();
        let dims = config.dims;
        if vectors.len() != ids.len() * dims {
            return Err(Error::Dimensions { expected: ids.len() * dims, found: vectors.len() });
        }
        if !rows.is_empty() && rows.len() != ids.len() {
            let (rows, ids) = (rows.len(), ids.len());
            return Err(Error::Invalid(format!("{rows} rows for {ids} vectors")));
        }
        let empty = Row::new();
        let mut puts = Vec::with_capacity(ids.len());
        for (at, (id, vector)) in ids.iter().zip(vectors.chunks_exact(dims)).enumerate() {
            let vector = admit(&config, vector)?.unwrap_or_else(|| vector.to_vec());
            let cells = config.schema.order(rows.get(at).unwrap_or(&empty))?;
            puts.push(Put { id: *id, vector, cells });
        }
        let chunk = (COMMIT_BYTES / (dims * 4)).max(1);
        while !puts.is_empty() {
            let rest = puts.split_off(puts.len().min(chunk));
            self.commit(Change::Put(puts))?;
            puts = rest;
        }
        self.checkpoint_if_due();
        Ok(())
    }

    /// Replaces the vector and the metadata of an id.
    ///
    /// # Errors
    /// `NotFound` if the id does not exist; as `put`.
    pub fn update(&mut self, id: u64, vector: &[f32], row: Row) -> Result<()> {
        self.engine.find(id).ok_or(Error::NotFound { id })?;
        self.put(id, vector, row)
    }

    /// Replaces the metadata of an id.
    ///
    /// # Errors
    /// `NotFound` if the id does not exist; `Invalid` for a row that does not fit the schema.
    pub fn update_row(&mut self, id: u64, row: Row) -> Result<()> {
        let vector = self.get(id).ok_or(Error::NotFound { id })?.to_vec();
        self.put(id, &vector, row)
    }

    /// Deletes a vector; false if there was none. Its space is used again.
    ///
    /// # Errors
    /// `ReadOnly`, `Io`.
    pub fn delete(&mut self, id: u64) -> Result<bool> {
        Ok(self.delete_batch(&[id])? == 1)
    }

    /// Deletes many vectors in one commit; the number of those that existed.
    ///
    /// # Errors
    /// As `delete`.
    pub fn delete_batch(&mut self, ids: &[u64]) -> Result<u64> {
        self.writable()?;
        let mut ids: Vec<u64> = ids.iter().copied().filter(|id| self.engine.find(*id).is_some()).collect();
        ids.sort_unstable();
        ids.dedup();
        let count = ids.len() as u64;
        if count > 0 {
            self.commit(Change::Delete(ids))?;
            self.checkpoint_if_due();
        }
        Ok(count)
    }

    fn writable(&self) -> Result<()> {
        match &self.wal {
            None => Err(Error::ReadOnly),
            Some(_) if self.poisoned => Err(Error::Poisoned),
            Some(_) => self.engine.base.check(),
        }
    }

    /// Logs a change, applies it, and shows it to readers.
    fn commit(&mut self, change: Change) -> Result<()> {
        let Some(wal) = &mut self.wal else {
            return Err(Error::ReadOnly);
        };
        let count = match &change {
            Change::Put(puts) => puts.len(),
            Change::Delete(ids) => ids.len(),
        };
        self.engine.prepare(count)?;
        wal.append(&change)?;
        let applied = match &change {
            Change::Put(puts) => self.engine.apply(&[], puts),
            Change::Delete(ids) => self.engine.apply(ids, &[]),
        };
        if let Err(error) = applied {
            // The log has what memory has not: opening again brings both together.
            self.poisoned = true;
            return Err(error);
        }
        self.operations += count as u64;
        self.publish();
        if self.engine.repair(false) {
            self.publish();
        }
        Ok(())
    }

    fn publish(&mut self) {
        let state = Arc::new(self.engine.state());
        self.snapshot = Snapshot { state: state.clone() };
        self.shared.store(state);
    }

    fn checkpoint_if_due(&mut self) {
        let due = self.options.checkpoint_after.max(self.engine.live / 10);
        if self.operations >= due.max(1) {
            self.checkpoint_error = self.checkpoint().err().map(|error| error.to_string());
        }
    }

    /// Writes the database to a new base file and begins an empty log.
    ///
    /// # Errors
    /// `ReadOnly`, `Io` (then everything is as before).
    pub fn checkpoint(&mut self) -> Result<()> {
        self.rewrite(false)
    }

    /// Takes the dead out of the graph and writes a new base file without free space, in which
    /// neighbours lie near each other.
    ///
    /// # Errors
    /// As `checkpoint`.
    pub fn compact(&mut self) -> Result<()> {
        self.writable()?;
        self.engine.repair(true);
        if !self.engine.dying.is_empty() {
            // Old snapshots hold the dead in this store; a new store has no snapshots.
            self.rewrite(false)?;
            self.engine.repair(true);
        }
        self.publish();
        self.rewrite(true)
    }

    fn rewrite(&mut self, compact: bool) -> Result<()> {
        self.writable()?;
        let Some(wal) = &self.wal else {
            return Err(Error::ReadOnly);
        };
        let (next, sequence) = (self.generation + 1, wal.sequence());
        let (base, log) = (base_path(&self.dir, next), wal_path(&self.dir, next));
        let result = self.write_generation(compact, next, sequence, &base, &log);
        let (loaded, wal) = match result {
            Ok(new) => new,
            Err(error) => {
                let _ = fs::remove_file(&base);
                let _ = fs::remove_file(&log);
                return Err(error);
            }
        };
        if let Err(error) = write_current(&self.dir, next) {
            // Which generation is current is known only after opening again.
            self.poisoned = true;
            return Err(error);
        }
        let threads = Threads::new(self.options.threads)?;
        self.engine = Engine::new(loaded, threads);
        self.wal = Some(wal);
        self.generation = next;
        self.operations = 0;
        self.publish();
        tidy(&self.dir, next);
        Ok(())
    }

    fn write_generation(
        &self,
        compact: bool,
        generation: u64,
        sequence: u64,
        base: &Path,
        log: &Path,
    ) -> Result<(load::Loaded, Wal)> {
        let new = base.with_extension("new");
        self.engine.base.map.announce();
        let written =
            self.engine.export(compact, generation, sequence, |source| checkpoint::write(&new, source));
        // A source that became shorter meanwhile was read as zeros.
        let written = written.and_then(|()| self.engine.base.check());
        if let Err(error) = written.and_then(|()| fs::rename(&new, base).at("cannot rename", &new)) {
            let _ = fs::remove_file(&new);
            return Err(error);
        }
        let loaded = load(base)?;
        wal::create(log, self.engine.config.dims, generation)?;
        let contents = wal::Contents { changes: Vec::new(), length: wal::HEADER as u64, sequence, torn: 0 };
        let wal = Wal::open(log, &contents, self.options.sync)?;
        sync_dir(&self.dir)?;
        Ok((loaded, wal))
    }

    /// Waits until every acknowledged commit is on the disk.
    ///
    /// # Errors
    /// `Io`; afterwards writes are `Poisoned`.
    pub fn sync(&mut self) -> Result<()> {
        self.wal.as_mut().map_or(Ok(()), Wal::sync)
    }

    /// Writes a checkpoint if the log holds something, and closes. Dropping a database without
    /// `close` loses nothing either; the next opening reads the log.
    ///
    /// # Errors
    /// As `checkpoint`.
    pub fn close(mut self) -> Result<()> {
        if self.wal.is_some() && self.operations > 0 { self.checkpoint() } else { self.sync() }
    }

    /// Numbers about the database.
    pub fn stats(&self) -> Stats {
        Stats {
            vectors: self.engine.live,
            slots: u64::from(self.engine.view().limit()),
            free: self.engine.free.len() as u64,
            dying: self.engine.dying.len() as u64,
            layers: self.engine.entry.map_or(0, |entry| entry.level + 1),
            base_bytes: self.engine.base.map.len() as u64,
            log_bytes: self.wal.as_ref().map_or(0, Wal::length),
            log_operations: self.operations,
            torn_bytes: self.torn,
            generation: self.generation,
            checkpoint_error: self.checkpoint_error.clone(),
        }
    }

    /// Checks the base file's checksums and the whole structure in memory.
    ///
    /// # Errors
    /// `Io` if the file cannot be read. Damage is no error but part of the report.
    pub fn verify(&self) -> Result<verify::Report> {
        verify::verify(&self.snapshot.state, &self.engine)
    }
}

/// Applies the log: of each id only the last word.
fn replay(engine: &mut Engine, changes: Vec<Change>) -> Result<u64> {
    let mut last: BTreeMap<u64, (u64, Option<Put>)> = BTreeMap::new();
    let mut operations = 0;
    for change in changes {
        let (ids, puts) = match change {
            Change::Put(puts) => (Vec::new(), puts),
            Change::Delete(ids) => (ids, Vec::new()),
        };
        for (id, put) in ids.into_iter().map(|id| (id, None)).chain(puts.into_iter().map(|p| (p.id, Some(p))))
        {
            operations += 1;
            last.insert(id, (operations, put));
        }
    }
    if last.is_empty() {
        return Ok(0);
    }
    let deletes: Vec<u64> = last.iter().filter(|(_, (_, put))| put.is_none()).map(|(id, _)| *id).collect();
    let mut puts: Vec<(u64, Put)> = last.into_values().filter_map(|(at, put)| Some((at, put?))).collect();
    puts.sort_by_key(|(at, _)| *at);
    let puts: Vec<Put> = puts.into_iter().map(|(_, put)| put).collect();
    engine.prepare(puts.len())?;
    engine.apply(&deletes, &puts)?;
    engine.repair(false);
    Ok(operations)
}
