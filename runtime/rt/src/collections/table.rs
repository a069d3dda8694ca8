//! CPython 3.11's set table: the same probes, the same growth, so the same order.
//!
//! Source: `Objects/setobject.c` of CPython 3.11.

use std::borrow::Borrow;

use super::key::Key;

const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
const LEAST: usize = 8;

#[derive(Clone)]
pub(super) enum Slot<T> {
    Unused,
    /// An item stood here and was removed.
    Gone,
    Item(i64, T),
}

/// A table of items with their CPython hashes.
#[derive(Clone)]
pub(super) struct Table<T> {
    /// Empty until the first item, then a power of two.
    slots: Vec<Slot<T>>,
    /// Items and gone items.
    fill: usize,
    used: usize,
    finger: usize,
}

/// Calls `visit` with the positions that a hash probes, until it gives something.
#[inline]
fn probe<R>(hash: i64, mask: usize, mut visit: impl FnMut(usize) -> Option<R>) -> R {
    let mut perturb = hash as usize;
    let mut i = hash as usize & mask;
    loop {
        let probes = if i + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
        for at in i..=i + probes {
            if let Some(found) = visit(at) {
                return found;
            }
        }
        perturb >>= PERTURB_SHIFT;
        i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
    }
}

impl<T> Table<T> {
    pub(super) const fn new() -> Self {
        Table { slots: Vec::new(), fill: 0, used: 0, finger: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.used
    }

    fn mask(&self) -> usize {
        self.slots.len().max(LEAST) - 1
    }

    pub(super) fn slots(&self) -> &[Slot<T>] {
        &self.slots
    }

    pub(super) fn into_slots(self) -> Vec<Slot<T>> {
        self.slots
    }

    /// Rebuilds the table for more than `least` items, without the gone ones.
    fn resize(&mut self, least: usize) {
        let mut size = LEAST;
        while size <= least {
            size <<= 1;
        }
        let old = std::mem::replace(&mut self.slots, unused(size));
        for slot in old {
            if let Slot::Item(hash, item) = slot {
                self.insert_clean(hash, item);
            }
        }
        self.fill = self.used;
    }

    /// Puts an item that is not there into a table without gone items.
    fn insert_clean(&mut self, hash: i64, item: T) {
        let slots = &mut self.slots;
        let at = probe(hash, slots.len() - 1, |at| matches!(slots[at], Slot::Unused).then_some(at));
        slots[at] = Slot::Item(hash, item);
    }

    /// Grows once before `more` items come, as merging does.
    pub(super) fn reserve_for_merge(&mut self, more: usize) {
        if (self.fill + more) * 5 >= self.mask() * 3 {
            self.resize((self.used + more) * 2);
        }
    }

    /// Sweeps gone items out when they are more than a quarter.
    pub(super) fn sweep(&mut self) {
        if self.fill - self.used > self.mask() / 4 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        self.resize(if self.used > 50_000 { self.used * 2 } else { self.used * 4 });
    }

    /// Removes an item, going round from where the last one was taken.
    pub(super) fn pop(&mut self) -> Option<T> {
        if self.used == 0 {
            return None;
        }
        let mut at = self.finger & self.mask();
        while !matches!(self.slots[at], Slot::Item(..)) {
            at = if at == self.mask() { 0 } else { at + 1 };
        }
        self.finger = at + 1;
        self.take(at)
    }

    fn take(&mut self, at: usize) -> Option<T> {
        match std::mem::replace(&mut self.slots[at], Slot::Gone) {
            Slot::Item(_, item) => {
                self.used -= 1;
                Some(item)
            }
            _ => None,
        }
    }

    /// Removes the items for which `keep` does not hold.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        for at in 0..self.slots.len() {
            if matches!(&self.slots[at], Slot::Item(_, item) if !keep(item)) {
                self.take(at);
            }
        }
    }
}

fn unused<T>(size: usize) -> Vec<Slot<T>> {
    std::iter::repeat_with(|| Slot::Unused).take(size).collect()
}

impl<T: Key> Table<T> {
    pub(super) fn find<Q: Key + ?Sized>(&self, hash: i64, key: &Q) -> Option<usize>
    where
        T: Borrow<Q>,
    {
        if self.slots.is_empty() {
            return None;
        }
        probe(hash, self.slots.len() - 1, |at| match &self.slots[at] {
            Slot::Unused => Some(None),
            Slot::Item(found, item) if *found == hash && item.borrow().key_eq(key) => Some(Some(at)),
            _ => None,
        })
    }

    /// Adds an item; false when an equal one is there.
    pub(super) fn add(&mut self, hash: i64, item: T) -> bool {
        if self.slots.is_empty() {
            self.slots = unused(LEAST);
        }
        let slots = &self.slots;
        // The last gone item on the way is the place, when there is one.
        let mut gone = None;
        let place = probe(hash, slots.len() - 1, |at| match &slots[at] {
            Slot::Unused => Some(Some(at)),
            Slot::Item(found, other) if *found == hash && other.key_eq(&item) => Some(None),
            Slot::Item(..) => None,
            Slot::Gone => {
                gone = Some(at);
                None
            }
        });
        let Some(place) = place else { return false };
        if let Some(gone) = gone {
            self.slots[gone] = Slot::Item(hash, item);
            self.used += 1;
            return true;
        }
        self.slots[place] = Slot::Item(hash, item);
        self.fill += 1;
        self.used += 1;
        if self.fill * 5 >= self.mask() * 3 {
            self.grow();
        }
        true
    }

    pub(super) fn remove<Q: Key + ?Sized>(&mut self, hash: i64, key: &Q) -> Option<T>
    where
        T: Borrow<Q>,
    {
        let at = self.find(hash, key)?;
        self.take(at)
    }

    /// Adds all items of `other`; the order that results is that of CPython's `set_merge`.
    pub(super) fn merge(&mut self, other: &Table<T>)
    where
        T: Clone,
    {
        if other.used == 0 {
            return;
        }
        self.reserve_for_merge(other.used);
        if self.slots.is_empty() {
            self.slots = unused(LEAST);
        }
        let clean = self.fill == 0;
        if clean && self.slots.len() == other.slots.len() && other.fill == other.used {
            self.slots.clone_from(&other.slots);
            self.fill = other.fill;
            self.used = other.used;
            return;
        }
        for slot in &other.slots {
            match slot {
                Slot::Item(hash, item) if clean => self.insert_clean(*hash, item.clone()),
                Slot::Item(hash, item) => drop(self.add(*hash, item.clone())),
                _ => {}
            }
        }
        if clean {
            self.fill = other.used;
            self.used = other.used;
        }
    }
}
