//! Walks through the graph.

use std::cell::RefCell;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU32, Ordering};

use super::pool::{Near, Pool, Seen};
use super::{Distance, Entry};
use crate::sys::kernels::prefetch;
use crate::sys::slots::{EMPTY, View};

/// Neighbours whose vectors are asked for ahead of the one being measured.
const AHEAD: usize = 4;

/// Memory that walks use again.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) pool: Pool,
    pub(crate) seen: Seen,
    fresh: Vec<u32>,
    pub(crate) code: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// Runs with this thread's scratch memory (or with fresh memory if that is in use).
pub(crate) fn with_scratch<R>(run: impl FnOnce(&mut Scratch) -> R) -> R {
    SCRATCH.with(|cell| match cell.try_borrow_mut() {
        Ok(mut scratch) => run(&mut scratch),
        Err(_) => run(&mut Scratch::default()),
    })
}

#[inline(always)]
fn links_of(view: View<'_>, slot: u32, layer: usize) -> &[AtomicU32] {
    if layer == 0 { view.links(slot) } else { view.upper_links(slot, layer) }
}

/// Goes to nearer neighbours on the layers above `stop` until none is nearer.
pub(crate) fn descend(view: View<'_>, distance: impl Distance, entry: Entry, stop: usize) -> Near {
    let mut best = Near::new(distance.to(entry.slot), entry.slot);
    for layer in (stop + 1..=entry.level).rev() {
        loop {
            let before = best.slot();
            for link in links_of(view, before, layer) {
                let slot = link.load(Ordering::Relaxed);
                if slot == EMPTY {
                    break;
                }
                let here = distance.to(slot);
                if here < best.distance {
                    best = Near::new(here, slot);
                }
            }
            // Distances only shrink, so this ends.
            if best.slot() == before {
                break;
            }
        }
    }
    best
}

/// Fills the pool with the `ef` nearest slots that a walk from `starts` finds on a layer.
pub(crate) fn walk(
    view: View<'_>,
    distance: impl Distance,
    starts: &[Near],
    layer: usize,
    ef: usize,
    scratch: &mut Scratch,
) {
    let Scratch { pool, seen, fresh, .. } = scratch;
    pool.reset(ef);
    seen.reset(view.limit());
    for start in starts {
        if seen.first_time(start.slot()) {
            pool.insert(start.distance, start.slot());
        }
    }
    while let Some(slot) = pool.expand() {
        unseen_links(view, slot, layer, seen, fresh);
        fresh.iter().take(AHEAD).for_each(|slot| distance.fetch(*slot));
        for (at, slot) in fresh.iter().enumerate() {
            if let Some(later) = fresh.get(at + AHEAD) {
                distance.fetch(*later);
            }
            let here = distance.to(*slot);
            if pool.takes(here) {
                pool.insert(here, *slot);
                prefetch(links_of(view, *slot, layer));
            }
        }
    }
}

/// Collects the neighbours that were not seen before.
#[inline(always)]
fn unseen_links(view: View<'_>, slot: u32, layer: usize, seen: &mut Seen, fresh: &mut Vec<u32>) {
    fresh.clear();
    let limit = view.limit();
    for link in links_of(view, slot, layer) {
        let slot = link.load(Ordering::Relaxed);
        if slot == EMPTY {
            break;
        }
        if slot < limit && seen.first_time(slot) {
            fresh.push(slot);
        }
    }
}

/// Ordered so that a `BinaryHeap` gives the nearest first.
#[derive(Clone, Copy, PartialEq)]
struct Nearest(Near);

impl Eq for Nearest {}

impl PartialOrd for Nearest {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Nearest {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.distance.total_cmp(&self.0.distance).then(other.0.slot().cmp(&self.0.slot()))
    }
}

/// As `walk` on the lowest layer, but the pool keeps only slots that `passes` accepts; all
/// others are just ways. Gives up (false) after measuring `budget` slots.
pub(crate) fn walk_filtered(
    view: View<'_>,
    distance: impl Distance,
    start: Near,
    ef: usize,
    budget: usize,
    passes: &dyn Fn(u32) -> bool,
    scratch: &mut Scratch,
) -> bool {
    let Scratch { pool, seen, fresh, .. } = scratch;
    pool.reset(ef);
    seen.reset(view.limit());
    let mut ways = BinaryHeap::new();
    let mut measured = 1;
    if seen.first_time(start.slot()) {
        ways.push(Nearest(start));
        if passes(start.slot()) {
            pool.insert(start.distance, start.slot());
        }
    }
    while let Some(Nearest(way)) = ways.pop() {
        if !pool.takes(way.distance) {
            break;
        }
        unseen_links(view, way.slot(), 0, seen, fresh);
        measured += fresh.len();
        if measured > budget {
            return false;
        }
        fresh.iter().take(AHEAD).for_each(|slot| distance.fetch(*slot));
        for (at, slot) in fresh.iter().enumerate() {
            if let Some(later) = fresh.get(at + AHEAD) {
                distance.fetch(*later);
            }
            let here = distance.to(*slot);
            if pool.takes(here) {
                ways.push(Nearest(Near::new(here, *slot)));
                if passes(*slot) {
                    pool.insert(here, *slot);
                }
            }
        }
    }
    true
}
