//! Takes dead nodes out of the graph: every node that led to one gets new neighbours from what
//! the dead led to, and nodes that nothing leads to any more are linked again.

use std::sync::atomic::Ordering;

use rayon::prelude::*;

use super::build::{Linker, write_links};
use super::pool::Near;
use super::{Entry, build};
use crate::sys::slots::{EMPTY, View};

/// A set of slots as bits.
#[derive(Debug)]
pub(crate) struct SlotSet {
    bits: Vec<u64>,
}

impl SlotSet {
    pub(crate) fn new(limit: u32) -> SlotSet {
        SlotSet { bits: vec![0; (limit as usize).div_ceil(64)] }
    }

    pub(crate) fn has(&self, slot: u32) -> bool {
        self.bits.get(slot as usize / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    /// True if the slot is new to the set; false also past the limit.
    pub(crate) fn add(&mut self, slot: u32) -> bool {
        let Some(word) = self.bits.get_mut(slot as usize / 64) else {
            return false;
        };
        let bit = 1 << (slot % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

/// Removes every link to a doomed slot.
pub(crate) fn unlink(view: View<'_>, linker: &Linker<'_>, doomed: &SlotSet) {
    (0..view.limit()).into_par_iter().with_min_len(1024).for_each(|slot| {
        if view.is_dead(slot) {
            return;
        }
        for layer in 0..=view.level(slot) {
            mend(view, linker, doomed, slot, layer);
        }
    });
}

fn targets(view: View<'_>, slot: u32, layer: usize) -> impl Iterator<Item = u32> {
    let links = if layer == 0 { view.links(slot) } else { view.upper_links(slot, layer) };
    let limit = view.limit();
    links
        .iter()
        .map(|link| link.load(Ordering::Relaxed))
        .take_while(|slot| *slot != EMPTY)
        .filter(move |slot| *slot < limit)
}

fn mend(view: View<'_>, linker: &Linker<'_>, doomed: &SlotSet, slot: u32, layer: usize) {
    if !targets(view, slot, layer).any(|other| doomed.has(other)) {
        return;
    }
    let mut around: Vec<u32> = Vec::new();
    for other in targets(view, slot, layer) {
        if doomed.has(other) {
            around.extend(targets(view, other, layer));
        } else {
            around.push(other);
        }
    }
    around.sort_unstable();
    around.dedup();
    let mut candidates: Vec<Near> = around
        .into_iter()
        .filter(|other| *other != slot && !view.is_dead(*other))
        .map(|other| Near::new(linker.between(slot, other), other))
        .filter(|near| near.distance.is_finite())
        .collect();
    candidates.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    let links = if layer == 0 { view.links(slot) } else { view.upper_links(slot, layer) };
    build::write_links(links, &linker.select(&candidates, links.len()));
}

/// The slot to begin walks at: the first living one of the highest layer.
pub(crate) fn highest(view: View<'_>) -> Option<Entry> {
    let mut best: Option<Entry> = None;
    for slot in 0..view.limit() {
        let level = view.level(slot);
        if best.is_none_or(|best| level > best.level) && !view.is_dead(slot) {
            best = Some(Entry { slot, level });
        }
    }
    best
}

/// Living slots that no walk from the entry can reach on the lowest layer.
pub(crate) fn unreachable(view: View<'_>, entry: Entry) -> Vec<u32> {
    let mut reached = SlotSet::new(view.limit());
    spread(view, descent_end(view, entry), &mut reached);
    (0..view.limit()).filter(|slot| !view.is_dead(*slot) && !reached.has(*slot)).collect()
}

/// Walks reach the lowest layer at the entry or at a node that the upper layers lead to.
fn descent_end(view: View<'_>, entry: Entry) -> Vec<u32> {
    let mut seen = SlotSet::new(view.limit());
    let mut open = vec![entry.slot];
    seen.add(entry.slot);
    let mut ends = Vec::new();
    while let Some(slot) = open.pop() {
        ends.push(slot);
        for layer in 1..=view.level(slot).min(entry.level) {
            open.extend(targets(view, slot, layer).filter(|other| seen.add(*other)));
        }
    }
    ends
}

fn spread(view: View<'_>, starts: Vec<u32>, reached: &mut SlotSet) {
    let mut open: Vec<u32> = starts.into_iter().filter(|slot| reached.add(*slot)).collect();
    while let Some(slot) = open.pop() {
        open.extend(targets(view, slot, 0).filter(|other| reached.add(*other)));
    }
}

/// Links unreachable slots again, a few rounds at most.
pub(crate) fn reconnect(view: View<'_>, linker: &Linker<'_>) {
    for _ in 0..3 {
        let Some(entry) = linker.entry() else { return };
        let lost = unreachable(view, entry);
        if lost.is_empty() {
            return;
        }
        for slot in lost {
            let links = view.links(slot);
            write_links(links, &[]);
            linker.link(slot);
            linker.force_link(slot);
        }
    }
}

/// Slots in the order a breadth-first walk meets them: neighbours lie near each other in a
/// file written so.
pub(crate) fn walk_order(view: View<'_>, entry: Option<Entry>) -> Vec<u32> {
    let mut order = Vec::new();
    let mut seen = SlotSet::new(view.limit());
    let starts = entry.map(|entry| entry.slot).into_iter().chain(0..view.limit());
    for start in starts {
        if view.is_dead(start) || !seen.add(start) {
            continue;
        }
        let mut at = order.len();
        order.push(start);
        while let Some(slot) = order.get(at).copied() {
            order.extend(targets(view, slot, 0).filter(|other| !view.is_dead(*other) && seen.add(*other)));
            at += 1;
        }
    }
    order
}
