//! The slot store: vectors, codes, links, ids and life spans, addressed by slot number.
//!
//! One `Owner` writes, any number of `Pin`s read. What makes borrows from a `Pin` sound:
//!
//! 1. Links, ids, life spans and chains are atomics for everybody, always.
//! 2. A slot's vector and code are plain memory. They are written (`Owner::fill`) only while
//!    no view may read them:
//!    * a slot at or above `limit` is read by nobody, since every view compares with its own
//!      `limit`, and limits are raised (`Owner::publish`) after the slot was filled;
//!    * a slot below `limit` is filled again only after it was retired at some version `d` and
//!      no pin older than `d` is alive. A pin of version `d` or later is `guarded`: before it
//!      reads a slot it looks at the slot's life span and refuses one that is retired at or
//!      before its own version, and an older pin keeps the slot from being filled.
//!    * `fill` takes `&mut Owner`, so no view of the owner's own is alive.
//! 3. Published life spans are stored with `Release` after the bytes and loaded with `Acquire`.
//!
//! A life span is `born << 32 | died`; `died == 0` means alive. `born == GONE` marks a retired
//! slot (`died` is the version it was retired at) and, with `died == 0`, one never used.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, Weak};

pub(crate) use super::segment::{Block, EMPTY, Frozen, MAX_LEVEL, Segment, Shape};
use super::segment::{GONE, mix};

/// Slots of the first segment after the base; each further one is twice as large.
const FIRST: u32 = 1024;
const FIRST_LOG: u32 = 10;
const TAILS: usize = 22;

/// All segments: the base from a file (or none), then tails of doubling size.
#[derive(Debug)]
pub(crate) struct Slots {
    shape: Shape,
    base: Segment,
    tails: [OnceLock<Segment>; TAILS],
    /// Slots filled by now, for any version.
    filled: AtomicU32,
}

impl Slots {
    /// Slots over a base segment.
    pub(crate) fn new(shape: Shape, base: Segment) -> Slots {
        let filled = AtomicU32::new(base.slots);
        let tails = [const { OnceLock::new() }; TAILS];
        Slots { shape, base, tails, filled }
    }

    /// Slots without a base.
    pub(crate) fn empty(shape: Shape) -> io::Result<Slots> {
        Ok(Slots::new(shape, Segment::empty(&shape, 0, 0)?))
    }

    /// The segment of a slot and the slot's number inside it. `None` past the last segment.
    #[inline(always)]
    fn locate(&self, slot: u32) -> Option<(&Segment, usize)> {
        if slot < self.base.slots {
            return Some((&self.base, slot as usize));
        }
        let (tail, at) = tail_of(slot - self.base.slots);
        Some((self.tails.get(tail)?.get()?, at))
    }
}

#[inline(always)]
fn tail_of(past_base: u32) -> (usize, usize) {
    let shifted = u64::from(past_base) + u64::from(FIRST);
    let tail = 63 - shifted.leading_zeros() - FIRST_LOG;
    (tail as usize, (shifted - (u64::from(FIRST) << tail)) as usize)
}

/// Reads slots on behalf of a version. See the module's rules for why borrows are sound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    slots: &'a Slots,
    version: u32,
    limit: u32,
    guarded: bool,
}

impl<'a> View<'a> {
    /// Slots below this number may be read.
    #[inline(always)]
    pub(crate) fn limit(self) -> u32 {
        self.limit
    }

    /// Whether the store grew by a fifth since this version.
    pub(crate) fn is_outgrown(self) -> bool {
        self.slots.filled.load(Ordering::Relaxed) / 6 > self.limit / 5
    }

    /// Sizes of the store.
    pub(crate) fn shape(self) -> &'a Shape {
        &self.slots.shape
    }

    #[inline(always)]
    fn readable(self, slot: u32) -> Option<(&'a Segment, usize)> {
        if slot >= self.limit {
            return None;
        }
        let (segment, at) = self.slots.locate(slot)?;
        if self.guarded {
            let span = segment.spans.longs().get(at)?.load(Ordering::Acquire);
            if (span >> 32) as u32 == GONE && span as u32 <= self.version {
                return None;
            }
        }
        Some((segment, at))
    }

    /// The vector of a slot; `None` for a slot that holds nothing.
    #[inline(always)]
    pub(crate) fn vector(self, slot: u32) -> Option<&'a [f32]> {
        let (segment, at) = self.readable(slot)?;
        let shape = &self.slots.shape;
        // SAFETY: `at < segment.slots`, and the block has `slots * vector_stride` bytes with
        // `vector_stride >= dims * 4`, both multiples of 4, at an address that is a multiple
        // of 8. Rule 2: nobody writes this slot while a view can read it.
        unsafe {
            let start = segment.vectors.base().add(at * shape.vector_stride).cast::<f32>();
            Some(std::slice::from_raw_parts(start, shape.dims))
        }
    }

    /// The code of a slot; empty if the database has no codes.
    #[inline(always)]
    pub(crate) fn code(self, slot: u32) -> Option<&'a [u8]> {
        let (segment, at) = self.readable(slot)?;
        let shape = &self.slots.shape;
        // SAFETY: as in `vector`, with `code_stride >= code_bytes`.
        unsafe {
            let start = segment.codes.base().add(at * shape.code_stride);
            Some(std::slice::from_raw_parts(start, shape.code_bytes))
        }
    }

    /// Links of a slot on the lowest layer; the list ends at `EMPTY`.
    #[inline(always)]
    pub(crate) fn links(self, slot: u32) -> &'a [AtomicU32] {
        let Some((segment, at)) = self.slots.locate(slot) else {
            return &[];
        };
        let width = self.slots.shape.m * 2;
        segment.links.words().get(at * width..(at + 1) * width).unwrap_or(&[])
    }

    /// Links of a slot on an upper layer (1 is the lowest of them); empty above its level.
    #[inline]
    pub(crate) fn upper_links(self, slot: u32, layer: usize) -> &'a [AtomicU32] {
        let Some((words, level)) = self.upper(slot) else {
            return &[];
        };
        let m = self.slots.shape.m;
        if layer == 0 || layer > level { &[] } else { &words[(layer - 1) * m..layer * m] }
    }

    /// The highest layer of a slot.
    pub(crate) fn level(self, slot: u32) -> usize {
        self.upper(slot).map_or(0, |(_, level)| level)
    }

    /// All upper links of a slot with its level, if the file's numbers make sense.
    fn upper(self, slot: u32) -> Option<(&'a [AtomicU32], usize)> {
        let (segment, at) = self.slots.locate(slot)?;
        let start = segment.upper_index.words().get(at)?.load(Ordering::Relaxed);
        if start == EMPTY {
            return None;
        }
        let words = segment.upper.words().get(start as usize..)?;
        let level = words.first()?.load(Ordering::Relaxed) as usize;
        if level > MAX_LEVEL {
            return None;
        }
        Some((words.get(1..1 + level * self.slots.shape.m)?, level))
    }

    /// Whether the upper part of a slot is absent or well formed.
    pub(crate) fn upper_is_sound(self, slot: u32) -> bool {
        let Some((segment, at)) = self.slots.locate(slot) else {
            return false;
        };
        let start = segment.upper_index.words().get(at).map(|word| word.load(Ordering::Relaxed));
        start == Some(EMPTY) || self.upper(slot).is_some_and(|(_, level)| level > 0)
    }

    /// The caller's id of a slot.
    #[inline]
    pub(crate) fn id(self, slot: u32) -> u64 {
        let found = self.slots.locate(slot).and_then(|(s, at)| s.ids.longs().get(at));
        found.map_or(0, |id| id.load(Ordering::Relaxed))
    }

    /// `(born, died)` of a slot; `None` if it holds nothing.
    #[inline]
    fn span(self, slot: u32) -> Option<(u32, u32)> {
        let (segment, at) = self.slots.locate(slot)?;
        let span = segment.spans.longs().get(at)?.load(Ordering::Acquire);
        let (born, died) = ((span >> 32) as u32, span as u32);
        (born != GONE).then_some((born, died))
    }

    /// Whether the slot's vector is part of this version.
    #[inline]
    pub(crate) fn is_visible(self, slot: u32) -> bool {
        slot < self.limit
            && self
                .span(slot)
                .is_some_and(|(born, died)| born <= self.version && (died == 0 || died > self.version))
    }

    /// Whether the slot died or holds nothing, whatever the version: no link may lead to it.
    pub(crate) fn is_dead(self, slot: u32) -> bool {
        slot >= self.limit || self.span(slot).is_none_or(|(_, died)| died != 0)
    }

    /// Whether the slot died but still is part of the graph.
    pub(crate) fn is_dying(self, slot: u32) -> bool {
        self.span(slot).is_some_and(|(_, died)| died != 0)
    }

    /// The visible slot of an id among those that were added after the base was written.
    pub(crate) fn find_added(self, id: u64) -> Option<u32> {
        let first_tail = self.slots.base.slots;
        let mut first = first_tail;
        let tails = self.slots.tails.iter().map_while(|tail| tail.get());
        let base = std::iter::once((0, &self.slots.base));
        let tails = tails.map(|tail| {
            let here = first;
            first = first.saturating_add(tail.slots);
            (here, tail)
        });
        base.chain(tails).find_map(|(first, segment)| self.find_in(segment, first, id))
    }

    fn find_in(self, segment: &Segment, first: u32, id: u64) -> Option<u32> {
        let chain = segment.chain.get()?;
        let head = (mix(id) as u32 & chain.mask) as usize;
        let mut at = chain.heads.words()[head].load(Ordering::Acquire);
        // A chain has no more links than the segment has slots.
        for _ in 0..segment.slots {
            let local = at.checked_sub(1)?;
            let slot = first + local;
            if self.id(slot) == id && self.is_visible(slot) {
                return Some(slot);
            }
            at = chain.next.words()[local as usize].load(Ordering::Acquire);
        }
        None
    }
}

/// A version of the store that stays readable while this value lives.
#[derive(Debug)]
pub(crate) struct Pin {
    slots: Arc<Slots>,
    version: u32,
    limit: u32,
    guarded: bool,
    _alive: Arc<()>,
}

impl Pin {
    /// Reads of this version.
    #[inline]
    pub(crate) fn view(&self) -> View<'_> {
        View { slots: &self.slots, version: self.version, limit: self.limit, guarded: self.guarded }
    }
}

/// The one writer of a store.
#[derive(Debug)]
pub(crate) struct Owner {
    slots: Arc<Slots>,
    version: u32,
    limit: u32,
    guarded: bool,
    pins: VecDeque<(u32, Weak<()>)>,
}

impl Owner {
    /// Takes the store, in which the first `limit` slots are filled, at version 1.
    pub(crate) fn new(slots: Slots) -> Owner {
        let limit = slots.base.slots;
        Owner { slots: Arc::new(slots), version: 1, limit, guarded: false, pins: VecDeque::new() }
    }

    /// Reads that include what is not committed yet.
    pub(crate) fn view(&self) -> View<'_> {
        View { slots: &self.slots, version: self.version + 1, limit: self.limit, guarded: self.guarded }
    }

    /// Pins the committed version.
    pub(crate) fn pin(&mut self) -> Pin {
        let alive = Arc::new(());
        self.pins.push_back((self.version, Arc::downgrade(&alive)));
        Pin {
            slots: self.slots.clone(),
            version: self.version,
            limit: self.limit,
            guarded: self.guarded,
            _alive: alive,
        }
    }

    /// The oldest version that a live pin reads, or the committed one.
    fn oldest_pin(&mut self) -> u32 {
        self.pins.retain(|(_, alive)| alive.strong_count() > 0);
        self.pins.front().map_or(self.version, |(version, _)| *version)
    }

    /// Slot numbers in use or used before.
    pub(crate) fn limit(&self) -> u32 {
        self.limit
    }

    /// Makes room for slots up to `limit`.
    pub(crate) fn reserve(&mut self, limit: u32) -> io::Result<()> {
        let mut first = self.slots.base.slots;
        for tail in 0..TAILS {
            if first >= limit {
                return Ok(());
            }
            let size = FIRST << tail;
            if self.slots.tails[tail].get().is_none() {
                let segment = Segment::empty(&self.slots.shape, first, size)?;
                let _ = self.slots.tails[tail].set(segment);
            }
            first = first.saturating_add(size);
        }
        if first >= limit { Ok(()) } else { Err(io::Error::from(io::ErrorKind::OutOfMemory)) }
    }

    /// Fills a slot that holds nothing: the next one past the limit, or a retired one that no
    /// pin reads. `false` if the slot may not be filled. It counts from the next commit on.
    pub(crate) fn fill(&mut self, slot: u32, id: u64, vector: &[f32], code: &[u8]) -> io::Result<bool> {
        if slot > self.limit || (slot < self.limit && !self.is_free(slot)) {
            return Ok(false);
        }
        let shape = self.slots.shape;
        let Some((segment, at)) = self.slots.locate(slot) else {
            return Ok(false);
        };
        if vector.len() != shape.dims || code.len() != shape.code_bytes {
            return Ok(false);
        }
        // SAFETY: `at < segment.slots` and the blocks have `slots * stride` bytes with strides
        // that hold `dims * 4` and `code_bytes`. Rule 2: the slot is past every limit, or free
        // (retired, and no older pin is alive); `&mut self` keeps the owner's views away.
        unsafe {
            let to = segment.vectors.base().add(at * shape.vector_stride).cast::<f32>();
            std::ptr::copy_nonoverlapping(vector.as_ptr(), to, shape.dims);
            let to = segment.codes.base().add(at * shape.code_stride);
            std::ptr::copy_nonoverlapping(code.as_ptr(), to, shape.code_bytes);
        }
        segment.ids.longs()[at].store(id, Ordering::Relaxed);
        let chain = segment.chain()?;
        let head = &chain.heads.words()[(mix(id) as u32 & chain.mask) as usize];
        chain.next.words()[at].store(head.load(Ordering::Relaxed), Ordering::Release);
        head.store(at as u32 + 1, Ordering::Release);
        self.clear_links(slot);
        if let Some((segment, at)) = self.slots.locate(slot) {
            segment.spans.longs()[at].store(u64::from(self.version + 1) << 32, Ordering::Release);
        }
        self.limit = self.limit.max(slot + 1);
        self.slots.filled.store(self.limit, Ordering::Relaxed);
        Ok(true)
    }

    fn clear_links(&self, slot: u32) {
        let view = self.view();
        view.links(slot).iter().for_each(|link| link.store(EMPTY, Ordering::Relaxed));
        for layer in 1..=view.level(slot) {
            view.upper_links(slot, layer).iter().for_each(|link| link.store(EMPTY, Ordering::Relaxed));
        }
    }

    fn is_free(&mut self, slot: u32) -> bool {
        let oldest = self.oldest_pin();
        let Some((segment, at)) = self.slots.locate(slot) else {
            return false;
        };
        let span = segment.spans.longs()[at].load(Ordering::Acquire);
        (span >> 32) as u32 == GONE && span as u32 <= oldest && self.guarded
    }

    /// Ends the life of a slot with the next commit.
    pub(crate) fn kill(&mut self, slot: u32) {
        if let Some((segment, at)) = self.slots.locate(slot) {
            let span = segment.spans.longs()[at].load(Ordering::Relaxed);
            if (span >> 32) as u32 != GONE && span as u32 == 0 {
                segment.spans.longs()[at].store(span | u64::from(self.version + 1), Ordering::Release);
            }
        }
    }

    /// Whether no pin counts the slot as alive, so its links may be taken away.
    pub(crate) fn is_unseen(&mut self, slot: u32) -> bool {
        let oldest = self.oldest_pin();
        self.view().span(slot).is_some_and(|(_, died)| died != 0 && died <= oldest)
    }

    /// Declares a dead, unseen slot empty from the next commit on; it can be filled again when
    /// the pins of today are gone. Its id can no longer be found. `false` if it may not be.
    pub(crate) fn retire(&mut self, slot: u32) -> bool {
        if !self.is_unseen(slot) {
            return false;
        }
        self.unchain(slot);
        self.guarded = true;
        if let Some((segment, at)) = self.slots.locate(slot) {
            let gone = (u64::from(GONE) << 32) | u64::from(self.version + 1);
            segment.spans.longs()[at].store(gone, Ordering::Release);
        }
        true
    }

    /// Marks slots of the base that hold nothing, or that died, before anything is pinned.
    pub(crate) fn set_aside(&mut self, empty: &[u32], dead: &[u32]) {
        if !self.pins.is_empty() || self.version != 1 {
            return;
        }
        let n = self.slots.base.slots as usize;
        let spans = self.slots.base.spans.longs();
        for slot in empty.iter().filter(|slot| (**slot as usize) < n) {
            spans[*slot as usize].store((u64::from(GONE) << 32) | 1, Ordering::Release);
            self.guarded = true;
        }
        for slot in dead.iter().filter(|slot| (**slot as usize) < n) {
            let span = &spans[*slot as usize];
            if span.load(Ordering::Relaxed) == 0 {
                span.store(1, Ordering::Release);
            }
        }
    }

    /// Takes a slot out of its chain. Readers on it go on along `next`, which stays.
    fn unchain(&self, slot: u32) {
        let Some((segment, at)) = self.slots.locate(slot) else {
            return;
        };
        let Some(chain) = segment.chain.get() else {
            return;
        };
        let id = segment.ids.longs()[at].load(Ordering::Relaxed);
        let mut link = &chain.heads.words()[(mix(id) as u32 & chain.mask) as usize];
        for _ in 0..segment.slots {
            let here = link.load(Ordering::Relaxed);
            let Some(local) = here.checked_sub(1) else {
                return;
            };
            let next = &chain.next.words()[local as usize];
            if local as usize == at {
                link.store(next.load(Ordering::Relaxed), Ordering::Release);
                return;
            }
            link = next;
        }
    }

    /// Makes what was filled, killed and retired count. The next `pin` sees it.
    pub(crate) fn commit(&mut self) -> bool {
        if self.version >= u32::MAX - 2 {
            return false;
        }
        self.version += 1;
        true
    }
}
