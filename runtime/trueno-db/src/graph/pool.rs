//! What a walk keeps: the best candidates in order, and which slots were seen.

use crate::config::MAX_SLOTS;

const DONE: u32 = 1 << 31;

/// A slot and its distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Near {
    pub(crate) distance: f32,
    slot: u32,
}

impl Near {
    pub(crate) fn new(distance: f32, slot: u32) -> Near {
        Near { distance, slot: slot & MAX_SLOTS }
    }

    pub(crate) fn slot(self) -> u32 {
        self.slot & !DONE
    }

    fn is_done(self) -> bool {
        self.slot & DONE != 0
    }
}

/// The best candidates, nearest first. Among equal distances the one found first stays first.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    items: Vec<Near>,
    room: usize,
    /// All before this were expanded.
    next: usize,
}

impl Pool {
    /// Empties the pool and sets how many it keeps, at least one.
    pub(crate) fn reset(&mut self, room: usize) {
        self.items.clear();
        self.room = room.max(1);
        self.next = 0;
    }

    /// Whether a candidate this far away would be kept.
    #[inline(always)]
    pub(crate) fn takes(&self, distance: f32) -> bool {
        self.items.len() < self.room || self.items.last().is_some_and(|worst| distance < worst.distance)
    }

    /// Keeps a candidate in its place, and drops the farthest one of too many.
    #[inline]
    pub(crate) fn insert(&mut self, distance: f32, slot: u32) {
        let at = self.items.partition_point(|item| item.distance <= distance);
        if self.items.len() >= self.room {
            if at >= self.room {
                return;
            }
            self.items.pop();
        }
        self.items.insert(at, Near::new(distance, slot));
        self.next = self.next.min(at);
    }

    /// Keeps the nearest `room` of all these. For large numbers, where keeping order at each
    /// insertion would cost too much.
    pub(crate) fn keep_nearest(&mut self, mut all: Vec<Near>, room: usize) {
        self.reset(room);
        let order = |a: &Near, b: &Near| a.distance.total_cmp(&b.distance).then(a.slot().cmp(&b.slot()));
        if all.len() > self.room {
            all.select_nth_unstable_by(self.room - 1, order);
            all.truncate(self.room);
        }
        all.sort_unstable_by(order);
        self.items = all;
    }

    /// The nearest candidate that was not expanded yet; it counts as expanded now.
    #[inline]
    pub(crate) fn expand(&mut self) -> Option<u32> {
        while let Some(item) = self.items.get_mut(self.next) {
            self.next += 1;
            if !item.is_done() {
                item.slot |= DONE;
                return Some(item.slot());
            }
        }
        None
    }

    /// All candidates, nearest first.
    pub(crate) fn items(&self) -> &[Near] {
        &self.items
    }
}

/// The slots seen by a walk. Clearing costs nothing but once in 255 times.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    marks: Vec<u8>,
    now: u8,
}

impl Seen {
    /// Forgets all, for slots below `limit`.
    pub(crate) fn reset(&mut self, limit: u32) {
        if self.marks.len() < limit as usize {
            // A fresh zeroed vector costs no memory for pages that are not touched.
            self.marks = vec![0; limit as usize];
            self.now = 0;
        }
        if self.now == u8::MAX {
            self.marks.fill(0);
            self.now = 0;
        }
        self.now += 1;
    }

    /// Marks a slot; true if it was not seen before. A slot past the limit counts as seen.
    #[inline(always)]
    pub(crate) fn first_time(&mut self, slot: u32) -> bool {
        let Some(mark) = self.marks.get_mut(slot as usize) else {
            return false;
        };
        let first = *mark != self.now;
        *mark = self.now;
        first
    }
}
