//! Reading: one version of the database, its searches and its vectors.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use trueno::Vector;

use crate::config::{Codes, Config, Method, Metric, SearchOptions};
use crate::error::{Error, Result};
use crate::filter::{Filter, Test};
use crate::graph::pool::{Near, Pool};
use crate::graph::search::{Scratch, descend, walk, walk_filtered, with_scratch};
use crate::graph::{Coded, Distance, Entry, Exact};
use crate::meta::Meta;
use crate::quant::Codec;
use crate::sys::kernels::{Kernels, kernels, prefetch};
use crate::sys::map::Map;
use crate::sys::slots::{Frozen, Pin, View};
use crate::value::Row;

/// Vectors looked at to guess how many pass a filter.
const FILTER_SAMPLE: u32 = 256;
/// A walk that keeps `ef` candidates costs about as much as measuring this many times `ef`
/// vectors in a row: 53, 45 and 37 times at ef 32, 64 and 128 on 50,000 x 128 (AVX2, Zen 3).
const WALK_COST: u64 = 40;
/// A scan for more results than this sorts once instead of keeping order all along.
const SORTED_ROOM: usize = 512;

/// One result of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The caller's id.
    pub id: u64,
    /// The distance by the database's metric.
    pub distance: f32,
}

/// The file that a store began with.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) path: PathBuf,
    pub(crate) map: Arc<Map>,
    /// Pairs of id and slot, 12 bytes each, by id.
    pub(crate) index: Frozen,
    /// Set when checksums do not fit.
    pub(crate) damaged: AtomicBool,
}

const INDEX_ROW: usize = 12;

impl Base {
    /// The slot of an id when the file was written. The order is not trusted: a wrong one just
    /// misses.
    pub(crate) fn find(&self, id: u64) -> Option<u32> {
        let bytes = self.index.bytes();
        let row = |at: usize| -> Option<(u64, u32)> {
            let row = bytes.get(at * INDEX_ROW..(at + 1) * INDEX_ROW)?;
            let id = u64::from_le_bytes(row[..8].try_into().ok()?);
            Some((id, u32::from_le_bytes(row[8..].try_into().ok()?)))
        };
        let (mut low, mut high) = (0, bytes.len() / INDEX_ROW);
        while low < high {
            let middle = low + (high - low) / 2;
            let (found, slot) = row(middle)?;
            match found.cmp(&id) {
                std::cmp::Ordering::Equal => return Some(slot),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// An error once the file became shorter or was found damaged.
    pub(crate) fn check(&self) -> Result<()> {
        if self.damaged.load(Ordering::Relaxed) {
            let what = "a checksum does not fit: `verify` tells where".to_string();
            return Err(Error::Corrupt { path: self.path.clone(), what });
        }
        if self.map.is_whole() { Ok(()) } else { Err(Error::Shrunk { path: self.path.clone() }) }
    }
}

/// One version of the database. It stays as it is while the writer goes on; slots that it can
/// see are not used again before it is dropped. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) state: Arc<State>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) pin: Pin,
    pub(crate) config: Arc<Config>,
    pub(crate) codec: Option<Arc<Codec>>,
    pub(crate) meta: Arc<Meta>,
    pub(crate) base: Arc<Base>,
    pub(crate) entry: Option<Entry>,
    pub(crate) live: u64,
    /// Slots in the graph that died.
    pub(crate) dying: u64,
}

/// How a search will be done.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Plan {
    Exact,
    /// Walk, then drop what is not visible.
    Walk,
    /// Walk with a test for each candidate, measuring so many slots at most.
    Filtered(usize),
}

impl Snapshot {
    /// Number of vectors.
    pub fn len(&self) -> u64 {
        self.state.live
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.state.live == 0
    }

    /// The database's settings.
    pub fn config(&self) -> &Config {
        &self.state.config
    }

    /// The vector of an id, borrowed from the database without a copy.
    pub fn get(&self, id: u64) -> Option<Vector<'_, f32>> {
        self.state.find(id).and_then(|slot| self.state.pin.view().vector(slot)).map(Vector::from_slice)
    }

    /// The metadata of an id.
    pub fn row(&self, id: u64) -> Option<Row> {
        Some(self.state.meta.row(self.state.find(id)?))
    }

    /// All ids, in no particular order.
    pub fn ids(&self) -> impl Iterator<Item = u64> + '_ {
        let view = self.state.pin.view();
        (0..view.limit()).filter(move |slot| view.is_visible(*slot)).map(move |slot| view.id(slot))
    }

    /// Ids of the vectors whose metadata fits, in no particular order.
    ///
    /// # Errors
    /// `Invalid` for a filter that does not fit the schema; `Shrunk` or `Corrupt` if the file no
    /// longer is what it was.
    pub fn ids_where(&self, filter: &Filter) -> Result<Vec<u64>> {
        let (view, meta) = (self.state.pin.view(), &self.state.meta);
        let test = filter.compile(meta.schema())?;
        let fits = |slot: &u32| view.is_visible(*slot) && test.passes(&meta.of(*slot));
        let ids = (0..view.limit()).filter(fits).map(|slot| view.id(slot)).collect();
        self.state.base.check()?;
        Ok(ids)
    }

    /// The `k` nearest vectors, nearest first.
    ///
    /// # Errors
    /// `Dimensions`, `NotFinite` or `ZeroVector` for a query that cannot be compared;
    /// `Shrunk` or `Corrupt` if the file no longer is what it was.
    pub fn search(&self, query: &[f32], k: usize) -> Result<Vec<Hit>> {
        self.search_with(query, &SearchOptions::new(k))
    }

    /// As `search`, with all options. Fewer than `k` results mean that no more vectors pass
    /// the filter or, for a walk, were found.
    ///
    /// # Errors
    /// As `search`; `Invalid` for a filter that does not fit the schema.
    pub fn search_with(&self, query: &[f32], options: &SearchOptions) -> Result<Vec<Hit>> {
        let test = self.test(options)?;
        let hits = self.state.search(query, options, test.as_ref())?;
        self.state.base.check()?;
        Ok(hits)
    }

    /// Searches many queries, one after another in `queries`, on all cores. The results are
    /// those of `search_with` for each.
    ///
    /// # Errors
    /// As `search_with`; the first error stands for all.
    pub fn search_batch(&self, queries: &[f32], options: &SearchOptions) -> Result<Vec<Vec<Hit>>> {
        let dims = self.state.config.dims;
        if !queries.len().is_multiple_of(dims) {
            return Err(Error::Dimensions { expected: dims, found: queries.len() % dims });
        }
        let test = self.test(options)?;
        let one = |query: &[f32]| self.state.search(query, options, test.as_ref());
        let hits = queries.par_chunks(dims).map(one).collect();
        self.state.base.check()?;
        hits
    }

    fn test(&self, options: &SearchOptions) -> Result<Option<Test>> {
        options.filter.as_ref().map(|filter| filter.compile(self.state.meta.schema())).transpose()
    }
}

/// Checks a vector and, for cosine, gives it length 1.
pub(crate) fn admit(config: &Config, vector: &[f32]) -> Result<Option<Vec<f32>>> {
    if vector.len() != config.dims {
        return Err(Error::Dimensions { expected: config.dims, found: vector.len() });
    }
    if let Some(component) = vector.iter().position(|x| !x.is_finite()) {
        return Err(Error::NotFinite { component });
    }
    if config.metric != Metric::Cosine {
        return Ok(None);
    }
    // In f64 the squares of f32 neither overflow nor vanish.
    let norm = vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    if norm == 0.0 {
        return Err(Error::ZeroVector);
    }
    Ok(Some(vector.iter().map(|x| (f64::from(*x) / norm) as f32).collect()))
}

impl State {
    /// The slot of an id in this version.
    pub(crate) fn find(&self, id: u64) -> Option<u32> {
        let view = self.pin.view();
        view.find_added(id).or_else(|| {
            let slot = self.base.find(id)?;
            (view.is_visible(slot) && view.id(slot) == id).then_some(slot)
        })
    }

    fn search(&self, query: &[f32], options: &SearchOptions, test: Option<&Test>) -> Result<Vec<Hit>> {
        let scaled = admit(&self.config, query)?;
        let query = scaled.as_deref().unwrap_or(query);
        let k = options.k.min(usize::try_from(self.live).unwrap_or(usize::MAX));
        if k == 0 {
            return Ok(Vec::new());
        }
        let limit = self.pin.view().limit() as usize;
        let ef = options.ef.max(k).min(limit);
        Ok(with_scratch(|scratch| {
            let mut code = std::mem::take(&mut scratch.code);
            let run = Run { state: self, kernels: kernels(), query, k, ef, test, options };
            let hits = run.hits(&mut code, scratch);
            scratch.code = code;
            hits
        }))
    }
}

struct Run<'a> {
    state: &'a State,
    kernels: &'static Kernels,
    query: &'a [f32],
    k: usize,
    ef: usize,
    test: Option<&'a Test>,
    options: &'a SearchOptions,
}

impl Run<'_> {
    fn view(&self) -> View<'_> {
        self.state.pin.view()
    }

    fn exact(&self) -> Exact<'_> {
        let metric = self.state.config.metric;
        Exact { view: self.view(), query: self.query, metric, kernels: self.kernels }
    }

    fn passes(&self, slot: u32) -> bool {
        self.view().is_visible(slot) && self.test.is_none_or(|test| test.passes(&self.state.meta.of(slot)))
    }

    fn hits(&self, code: &mut Vec<u8>, scratch: &mut Scratch) -> Vec<Hit> {
        let hamming = self.state.config.metric == Metric::Hamming;
        let coded = self.state.codec.as_deref().map(|codec| {
            code.clear();
            code.resize(self.view().shape().code_bytes, 0);
            codec.encode(self.query, code);
            Coded::new(self.view(), code, codec, self.kernels)
        });
        let walked = match coded {
            Some(distance) => self.walk(distance, scratch),
            None => self.walk(self.exact(), scratch),
        };
        match coded {
            Some(_) if walked && !hamming => self.rescore(scratch),
            _ if walked => {}
            Some(distance) if hamming => self.scan(distance, self.k, scratch),
            _ => self.scan(self.exact(), self.k, scratch),
        }
        self.top(&scratch.pool)
    }

    /// Fills the pool by a walk; false if by the plan every vector is to be read instead.
    fn walk(&self, distance: impl Distance, scratch: &mut Scratch) -> bool {
        let plan = self.plan();
        let Some(entry) = self.state.entry.filter(|_| plan != Plan::Exact) else {
            return false;
        };
        let start = descend(self.view(), distance, entry, 0);
        let mut budget = usize::MAX;
        match plan {
            Plan::Filtered(most) => budget = most,
            _ => {
                walk(self.view(), distance, &[start], 0, self.ef, scratch);
                let near = scratch.pool.items().iter();
                let visible = || near.filter(|near| self.view().is_visible(near.slot())).count();
                // The dead may have taken the places of the living.
                if self.state.dying == 0 || visible() >= self.k {
                    return true;
                }
            }
        }
        let passes = |slot| self.passes(slot);
        walk_filtered(self.view(), distance, start, self.ef, budget, &passes, scratch)
    }

    /// The cost model: a walk for `ef` candidates against reading every vector. With a filter
    /// that a share of the vectors pass, the walk is longer by its inverse, and reading is
    /// testing all and measuring the share.
    fn plan(&self) -> Plan {
        let live = self.state.live;
        let walk = WALK_COST as f64 * self.ef as f64;
        let exact = match (self.options.method, self.test) {
            (Method::Exact, _) => true,
            (Method::Graph, _) => false,
            // Walks of an old snapshot miss the ways through slots that came later.
            (Method::Auto, _) if self.view().is_outgrown() => true,
            (Method::Auto, None) => walk >= live as f64,
            (Method::Auto, Some(_)) => {
                let share = self.share();
                walk >= share * live as f64 * (0.5 + share)
            }
        };
        let crowded = self.state.dying * 50 > live;
        match exact {
            true => Plan::Exact,
            false if self.test.is_none() && !crowded => Plan::Walk,
            false if self.options.method == Method::Graph => Plan::Filtered(usize::MAX),
            false => Plan::Filtered(usize::try_from(live / 2).unwrap_or(usize::MAX)),
        }
    }

    /// The share of the vectors that pass, guessed from a sample.
    fn share(&self) -> f64 {
        let limit = self.view().limit();
        let step = (limit / FILTER_SAMPLE).max(1) as usize;
        let visible = (0..limit).step_by(step).filter(|slot| self.view().is_visible(*slot));
        let (mut all, mut passing) = (0u32, 0u32);
        for slot in visible {
            all += 1;
            passing += u32::from(self.passes(slot));
        }
        f64::from(passing) / f64::from(all.max(1))
    }

    /// Measures every vector that passes.
    fn scan(&self, distance: impl Distance, room: usize, scratch: &mut Scratch) {
        let (view, pool) = (self.view(), &mut scratch.pool);
        self.state.base.map.announce();
        if room > SORTED_ROOM {
            let passing = (0..view.limit()).filter(|slot| self.passes(*slot));
            let all = passing.map(|slot| Near::new(distance.to(slot), slot)).collect();
            return pool.keep_nearest(all, room);
        }
        pool.reset(room);
        for slot in 0..view.limit() {
            // The cheaper question first: with a filter that is the distance only if it passes.
            if self.test.is_some() && !self.passes(slot) {
                continue;
            }
            let here = distance.to(slot);
            if pool.takes(here) && view.is_visible(slot) {
                pool.insert(here, slot);
            }
        }
    }

    /// Orders the best candidates by their f32 distance.
    fn rescore(&self, scratch: &mut Scratch) {
        let wanted = match (self.options.rescore, self.state.config.codes) {
            (0, Codes::Bit) => self.ef,
            (0, _) => 2 * self.k + 8,
            (wanted, _) => wanted.max(self.k),
        };
        let view = self.view();
        let visible = |slot: &u32| view.is_visible(*slot);
        let items = scratch.pool.items().iter().map(|near| near.slot());
        let slots: Vec<u32> = items.filter(visible).take(wanted).collect();
        scratch.pool.reset(self.k);
        let exact = self.exact();
        slots.iter().take(4).filter_map(|slot| view.vector(*slot)).for_each(prefetch);
        for (at, slot) in slots.iter().enumerate() {
            if let Some(later) = slots.get(at + 4) {
                exact.fetch(*later);
            }
            scratch.pool.insert(exact.to(*slot), *slot);
        }
    }

    fn top(&self, pool: &Pool) -> Vec<Hit> {
        let view = self.view();
        let visible = pool.items().iter().filter(|near| view.is_visible(near.slot()));
        let hit = |near: &Near| Hit { id: view.id(near.slot()), distance: near.distance };
        visible.take(self.k).map(hit).collect()
    }
}
