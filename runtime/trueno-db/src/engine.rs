//! The writer's side in memory: applies changes to slots, graph and metadata.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::checkpoint::Source;
use crate::config::{Codes, Config, MAX_SLOTS, Metric};
use crate::error::{Context, Error, Result};
use crate::graph::build::Linker;
use crate::graph::{Entry, repair};
use crate::load::Loaded;
use crate::meta::Meta;
use crate::quant::Codec;
use crate::snapshot::{Base, State};
use crate::sys::slots::{EMPTY, Owner, View};
use crate::wal::Put;

/// Fewer vectors than this are no base for choosing a codec's numbers.
const TRAINING: usize = 256;
/// Dead slots are taken out of the graph when there are so many, and so large a share.
const REPAIR_COUNT: usize = 64;
const REPAIR_SHARE: u64 = 50;
/// Batches larger than this are linked by many threads.
const PARALLEL: usize = 64;

/// The state that changes apply to.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) config: Arc<Config>,
    codec: Option<Arc<Codec>>,
    owner: Owner,
    meta: Arc<Meta>,
    pub(crate) base: Arc<Base>,
    pub(crate) entry: Option<Entry>,
    pub(crate) live: u64,
    pub(crate) dying: Vec<u32>,
    pub(crate) free: VecDeque<u32>,
    threads: Threads,
}

/// Who links a batch.
#[derive(Clone, Debug)]
pub(crate) enum Threads {
    One,
    All,
    Pool(Arc<ThreadPool>),
}

impl Threads {
    pub(crate) fn new(count: usize) -> Result<Threads> {
        match count {
            0 => Ok(Threads::All),
            1 => Ok(Threads::One),
            n => match rayon::ThreadPoolBuilder::new().num_threads(n).build() {
                Ok(pool) => Ok(Threads::Pool(Arc::new(pool))),
                Err(error) => Err(Error::Invalid(format!("cannot start {n} threads: {error}"))),
            },
        }
    }

    fn run(&self, work: impl FnOnce() + Send) {
        match self {
            Threads::Pool(pool) => pool.install(work),
            Threads::One | Threads::All => work(),
        }
    }
}

impl Engine {
    pub(crate) fn new(loaded: Loaded, threads: Threads) -> Engine {
        let config = Arc::new(loaded.config);
        let untrained = matches!(config.codes, Codes::F16 | Codes::Bf16) || config.metric == Metric::Hamming;
        let codec = loaded.codec.or_else(|| {
            let none: [&[f32]; 0] = [];
            let fixed = || Codec::train(config.codes, config.metric, config.dims, none.into_iter());
            untrained.then(fixed).flatten()
        });
        Engine {
            config,
            codec: codec.map(Arc::new),
            owner: loaded.owner,
            meta: Arc::new(loaded.meta),
            base: Arc::new(loaded.base),
            entry: loaded.entry,
            live: u64::from(loaded.header.live),
            dying: loaded.dying,
            free: loaded.free.into(),
            threads,
        }
    }

    /// The committed version, for readers.
    pub(crate) fn state(&mut self) -> State {
        State {
            pin: self.owner.pin(),
            config: self.config.clone(),
            codec: self.codec.clone(),
            meta: self.meta.clone(),
            base: self.base.clone(),
            entry: self.entry,
            live: self.live,
            dying: self.dying.len() as u64,
        }
    }

    /// Reads that include what is not committed.
    pub(crate) fn view(&self) -> View<'_> {
        self.owner.view()
    }

    /// The living slot of an id.
    pub(crate) fn find(&self, id: u64) -> Option<u32> {
        let view = self.owner.view();
        view.find_added(id).or_else(|| {
            let slot = self.base.find(id)?;
            (view.is_visible(slot) && view.id(slot) == id).then_some(slot)
        })
    }

    /// Makes room for so many vectors: what can fail of `apply` fails here.
    pub(crate) fn prepare(&mut self, count: usize) -> Result<()> {
        let limit = self.owner.limit() as usize + count;
        if limit > MAX_SLOTS as usize {
            return Err(Error::Full);
        }
        self.owner.reserve(limit as u32).at("no memory for", &self.base.path)
    }

    /// Deletes, then puts; ids that exist are replaced. The caller has checked the vectors and
    /// prepared for them.
    pub(crate) fn apply(&mut self, deletes: &[u64], puts: &[Put]) -> Result<()> {
        for id in deletes {
            self.kill(*id);
        }
        if self.codec.is_none() && self.owner.limit() == 0 && puts.len() >= TRAINING {
            let vectors = puts.iter().map(|put| put.vector.as_slice());
            let config = &self.config;
            self.codec = Codec::train(config.codes, config.metric, config.dims, vectors).map(Arc::new);
        }
        let mut slots = Vec::with_capacity(puts.len());
        let mut code = vec![0; self.config.codes.bytes(self.config.dims)];
        for put in puts {
            self.kill(put.id);
            if let Some(codec) = &self.codec {
                codec.encode(&put.vector, &mut code);
            }
            slots.push(self.store(put, &code)?);
            self.live += 1;
        }
        self.link(&slots);
        if self.owner.commit() { Ok(()) } else { Err(Error::Full) }
    }

    fn kill(&mut self, id: u64) {
        if let Some(slot) = self.find(id) {
            self.owner.kill(slot);
            self.dying.push(slot);
            self.live -= 1;
        }
    }

    /// Fills a free slot, or the next new one.
    fn store(&mut self, put: &Put, code: &[u8]) -> Result<u32> {
        let new = self.owner.limit();
        for slot in self.free.front().copied().into_iter().chain([new]) {
            let filled = self.owner.fill(slot, put.id, &put.vector, code);
            if filled.at("no memory for", &self.base.path)? {
                if slot != new {
                    self.free.pop_front();
                }
                if !self.config.schema.columns().is_empty() {
                    self.meta.set(slot, put.cells.clone());
                }
                return Ok(slot);
            }
        }
        Err(Error::Full)
    }

    fn linker(&self) -> Linker<'_> {
        let dead = !self.dying.is_empty() || !self.free.is_empty();
        Linker::new(self.owner.view(), &self.config, self.codec.as_deref(), self.entry, dead)
    }

    fn link(&mut self, slots: &[u32]) {
        let linker = self.linker();
        let view = self.owner.view();
        let one = |slot: &u32| {
            if !view.is_dead(*slot) {
                linker.link(*slot);
            }
        };
        if slots.len() < PARALLEL || matches!(self.threads, Threads::One) {
            slots.iter().for_each(one);
        } else {
            self.threads.run(|| slots.par_iter().with_max_len(64).for_each(one));
        }
        self.entry = linker.entry();
    }

    /// Takes dead slots out of the graph when there are many (or with `force` any) that no
    /// snapshot counts as alive, and makes their space free. True if there were some.
    pub(crate) fn repair(&mut self, force: bool) -> bool {
        let many = self.dying.len() >= REPAIR_COUNT && self.dying.len() as u64 * REPAIR_SHARE >= self.live;
        if self.dying.is_empty() || !(many || force) {
            return false;
        }
        let mut doomed = repair::SlotSet::new(self.owner.limit());
        let (gone, kept): (Vec<u32>, Vec<u32>) =
            std::mem::take(&mut self.dying).into_iter().partition(|slot| self.owner.is_unseen(*slot));
        self.dying = kept;
        gone.iter().for_each(|slot| _ = doomed.add(*slot));
        if gone.is_empty() {
            return false;
        }
        let entry_doomed = self.entry.is_none_or(|entry| doomed.has(entry.slot));
        if entry_doomed {
            self.entry = repair::highest(self.owner.view());
        }
        let linker = self.linker();
        let view = self.owner.view();
        self.threads.run(|| {
            repair::unlink(view, &linker, &doomed);
            repair::reconnect(view, &linker);
        });
        self.entry = linker.entry();
        for slot in gone {
            if self.owner.retire(slot) {
                self.free.push_back(slot);
            }
        }
        self.owner.commit()
    }

    /// The codec for a new file, and whether it is a new one.
    fn next_codec(&self, again: bool) -> (Option<Arc<Codec>>, bool) {
        if self.codec.is_some() && !again {
            return (self.codec.clone(), false);
        }
        let view = self.view();
        let living: Vec<&[f32]> = (0..view.limit())
            .filter(|slot| !view.is_dead(*slot))
            .filter_map(|slot| view.vector(slot))
            .collect();
        if living.len() < TRAINING {
            return (self.codec.clone(), false);
        }
        let config = &self.config;
        let codec = Codec::train(config.codes, config.metric, config.dims, living.into_iter());
        (codec.map(Arc::new), true)
    }

    /// Hands what a base file is made of to `write`: all slots in their places, or with
    /// `compact` only the living, neighbours near each other.
    pub(crate) fn export<R>(
        &self,
        compact: bool,
        generation: u64,
        sequence: u64,
        write: impl FnOnce(&Source<'_>) -> R,
    ) -> R {
        let view = self.view();
        let (codec, encode) = self.next_codec(compact);
        let mut free: Vec<u32> = self.free.iter().copied().collect();
        free.sort_unstable();
        let mut order: Vec<u32> = (0..view.limit()).collect();
        let mut renumbered = None;
        if compact {
            order = repair::walk_order(view, self.entry);
            let mut table = vec![EMPTY; view.limit() as usize];
            order.iter().enumerate().for_each(|(new, old)| table[*old as usize] = new as u32);
            renumbered = Some(table);
            free.clear();
        }
        write(&Source {
            view,
            config: &self.config,
            meta: &self.meta,
            codec: codec.as_deref(),
            encode,
            entry: self.entry,
            order: &order,
            renumbered: renumbered.as_deref(),
            free: &free,
            dying: if compact { &[] } else { &self.dying },
            generation,
            sequence,
        })
    }
}
