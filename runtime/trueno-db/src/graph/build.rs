//! Linking: algorithm 1 of the paper with the neighbour selection of algorithm 4.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::pool::Near;
use super::search::{Scratch, descend, walk, with_scratch};
use super::{Coded, Distance, Entry, Exact};
use crate::config::{Codes, Config, Metric};
use crate::quant::Codec;
use crate::sys::kernels::{Kernels, kernels, prefetch};
use crate::sys::slots::{EMPTY, View};

/// Locks over the links of all slots, by slot number modulo this.
const STRIPES: usize = 4096;

/// Links slots into the graph. One value serves many threads.
#[derive(Debug)]
pub(crate) struct Linker<'a> {
    view: View<'a>,
    config: &'a Config,
    kernels: &'static Kernels,
    /// Codes good enough to find candidates with.
    codec: Option<&'a Codec>,
    entry: Mutex<Option<Entry>>,
    stripes: Vec<Mutex<()>>,
    /// Whether links may lead to slots that died.
    has_dead: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Linker<'a> {
    pub(crate) fn new(
        view: View<'a>,
        config: &'a Config,
        codec: Option<&'a Codec>,
        entry: Option<Entry>,
        has_dead: bool,
    ) -> Self {
        let fine = !matches!(config.codes, Codes::Bit | Codes::None) || config.metric == Metric::Hamming;
        Linker {
            view,
            config,
            kernels: kernels(),
            codec: codec.filter(|_| fine),
            entry: Mutex::new(entry),
            stripes: (0..STRIPES).map(|_| Mutex::new(())).collect(),
            has_dead,
        }
    }

    /// Where walks begin now.
    pub(crate) fn entry(&self) -> Option<Entry> {
        *lock(&self.entry)
    }

    /// Links a filled slot on all its layers.
    pub(crate) fn link(&self, slot: u32) {
        let level = self.view.level(slot);
        let mut held = lock(&self.entry);
        let Some(entry) = *held else {
            *held = Some(Entry { slot, level });
            return;
        };
        // A node above all others is linked alone: its upper layers become the entry.
        let held = if level > entry.level { Some(held) } else { None };
        with_scratch(|scratch| self.link_below(slot, level, entry, scratch));
        if let Some(mut held) = held {
            *held = Some(Entry { slot, level });
        }
    }

    fn link_below(&self, slot: u32, level: usize, entry: Entry, scratch: &mut Scratch) {
        let Some(vector) = self.view.vector(slot) else {
            return;
        };
        match self.codec {
            Some(codec) => {
                let code = self.view.code(slot).unwrap_or(&[]);
                let distance = Coded::new(self.view, code, codec, self.kernels);
                self.link_by(slot, level, entry, distance, scratch);
            }
            None => {
                let (view, metric, kernels) = (self.view, self.config.metric, self.kernels);
                let distance = Exact { view, query: vector, metric, kernels };
                self.link_by(slot, level, entry, distance, scratch);
            }
        }
    }

    fn link_by(&self, slot: u32, level: usize, entry: Entry, distance: impl Distance, scratch: &mut Scratch) {
        let mut start = descend(self.view, distance, entry, level);
        for layer in (0..=level.min(entry.level)).rev() {
            walk(self.view, distance, &[start], layer, self.config.ef_construction, scratch);
            if let Some(first) = scratch.pool.items().first() {
                start = Near::new(first.distance, first.slot());
            }
            let candidates = self.candidates(slot, scratch.pool.items());
            let chosen = self.select(&candidates, self.config.m);
            write_links(self.links(slot, layer), &chosen);
            for near in &chosen {
                self.link_back(near.slot(), Near::new(near.distance, slot), layer);
            }
        }
    }

    /// What a walk found, without the slot itself and the dead, by exact distance.
    fn candidates(&self, slot: u32, found: &[Near]) -> Vec<Near> {
        let fit = |near: &&Near| {
            near.slot() != slot
                && near.distance.is_finite()
                && !(self.has_dead && self.view.is_dead(near.slot()))
        };
        let found = found.iter().filter(fit);
        if self.codec.is_none() || self.config.metric == Metric::Hamming {
            return found.copied().collect();
        }
        let slots: Vec<u32> = found.map(|near| near.slot()).collect();
        let mut all: Vec<Near> = Vec::with_capacity(slots.len());
        for (at, other) in slots.iter().enumerate() {
            if let Some(vector) = slots.get(at + 4).and_then(|later| self.view.vector(*later)) {
                prefetch(vector);
            }
            all.push(Near::new(self.between(slot, *other), *other));
        }
        all.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        all
    }

    fn links(&self, slot: u32, layer: usize) -> &'a [AtomicU32] {
        if layer == 0 { self.view.links(slot) } else { self.view.upper_links(slot, layer) }
    }

    /// Distance of two slots, as the graph measures it.
    #[inline]
    pub(crate) fn between(&self, a: u32, b: u32) -> f32 {
        if self.config.metric == Metric::Hamming
            && let Some(codec) = self.codec
        {
            let Some(code) = self.view.code(a) else {
                return f32::INFINITY;
            };
            return Coded::new(self.view, code, codec, self.kernels).to(b);
        }
        let Some(query) = self.view.vector(a) else {
            return f32::INFINITY;
        };
        Exact { view: self.view, query, metric: self.config.metric, kernels: self.kernels }.to(b)
    }

    /// Keeps a candidate if it is nearer to the node than to every neighbour kept before.
    pub(crate) fn select(&self, candidates: &[Near], room: usize) -> Vec<Near> {
        let mut kept: Vec<Near> = Vec::with_capacity(room);
        for near in candidates {
            if kept.len() >= room {
                break;
            }
            let apart = |other: &Near| self.between(near.slot(), other.slot()) >= near.distance;
            if kept.iter().all(apart) {
                kept.push(*near);
            }
        }
        kept
    }

    /// Adds a link from `slot` to `new`; a full list is selected anew.
    fn link_back(&self, slot: u32, new: Near, layer: usize) {
        let links = self.links(slot, layer);
        let _guard = lock(&self.stripes[slot as usize % STRIPES]);
        let mut candidates = Vec::with_capacity(links.len() + 1);
        for link in links {
            let other = link.load(Ordering::Relaxed);
            if other == EMPTY {
                link.store(new.slot(), Ordering::Relaxed);
                return;
            }
            if other == new.slot() {
                return;
            }
            candidates.push(Near::new(0.0, other));
        }
        for near in &candidates {
            if let Some(vector) = self.view.vector(near.slot()) {
                prefetch(vector);
            }
        }
        for near in &mut candidates {
            *near = Near::new(self.between(slot, near.slot()), near.slot());
        }
        candidates.push(new);
        candidates.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        write_links(links, &self.select(&candidates, links.len()));
    }

    /// Makes sure that a node near `slot` leads to it: in place of its farthest link if need be.
    pub(crate) fn force_link(&self, slot: u32) {
        let Some(nearest) = self.links(slot, 0).first().map(|link| link.load(Ordering::Relaxed)) else {
            return;
        };
        if nearest == EMPTY {
            return;
        }
        let links = self.links(nearest, 0);
        let _guard = lock(&self.stripes[nearest as usize % STRIPES]);
        let leads = |link: &AtomicU32| link.load(Ordering::Relaxed) == slot;
        if links.iter().any(leads) {
            return;
        }
        let free = links.iter().find(|link| link.load(Ordering::Relaxed) == EMPTY);
        if let Some(link) = free.or(links.last()) {
            link.store(slot, Ordering::Relaxed);
        }
    }
}

/// Replaces a list of links. Readers see old and new links mixed for a moment, all of them valid.
pub(crate) fn write_links(links: &[AtomicU32], chosen: &[Near]) {
    for (at, link) in links.iter().enumerate() {
        let slot = chosen.get(at).map_or(EMPTY, |near| near.slot());
        link.store(slot, Ordering::Relaxed);
        if slot == EMPTY {
            // What follows the end of a list is not read; it is cleared for tidy files.
            links[at..].iter().for_each(|link| link.store(EMPTY, Ordering::Relaxed));
            return;
        }
    }
}
