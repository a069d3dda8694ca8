//! Memory of slots: blocks of a mapping, and segments, which are runs of slots.
//!
//! Who may read and write it when is told in `slots`, whose rules the proofs here refer to.

use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::map::Map;

/// No slot, no link.
pub(crate) const EMPTY: u32 = u32::MAX;
/// `born` of a slot that holds nothing.
pub(super) const GONE: u32 = u32::MAX;
/// Highest layer a node may be on.
pub(crate) const MAX_LEVEL: usize = 15;

/// Sizes that all segments share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) dims: usize,
    pub(crate) vector_stride: usize,
    pub(crate) code_bytes: usize,
    pub(crate) code_stride: usize,
    pub(crate) m: usize,
    pub(crate) seed: u64,
}

/// A range of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    start: *mut u8,
    len: usize,
    _map: Arc<Map>,
}

// SAFETY: the range belongs to `_map`, which is `Send` and `Sync` under the module's rules.
unsafe impl Send for Block {}
// SAFETY: as above.
unsafe impl Sync for Block {}

impl Block {
    /// `None` unless the range lies in the mapping and its address is a multiple of 8.
    pub(crate) fn new(map: &Arc<Map>, at: usize, len: usize) -> Option<Block> {
        let inside = at.checked_add(len)? <= map.len();
        let start = map.base().wrapping_add(at);
        (inside && at.is_multiple_of(8)).then(|| Block { start, len, _map: map.clone() })
    }

    /// Zeroed memory.
    pub(crate) fn zeroed(len: usize) -> io::Result<Block> {
        let map = Arc::new(Map::zeroed(len)?);
        Ok(Block { start: map.base(), len, _map: map })
    }

    #[inline(always)]
    pub(super) fn base(&self) -> *mut u8 {
        self.start
    }

    /// Bytes of a block that nobody writes: tables of the file that are not slot memory.
    pub(crate) fn frozen(self) -> Frozen {
        Frozen { block: self }
    }

    pub(super) fn words(&self) -> &[AtomicU32] {
        // SAFETY: the range lies in the mapping, which lives as long as `self`; its address
        // is a multiple of 8; the memory is only reached as atomics (rule 1).
        unsafe { std::slice::from_raw_parts(self.base() as *const AtomicU32, self.len / 4) }
    }

    pub(super) fn longs(&self) -> &[AtomicU64] {
        // SAFETY: as in `words`.
        unsafe { std::slice::from_raw_parts(self.base() as *const AtomicU64, self.len / 8) }
    }
}

/// Bytes that are never written while mapped: they can be borrowed as a slice.
#[derive(Clone, Debug)]
pub(crate) struct Frozen {
    block: Block,
}

impl Frozen {
    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the range lies in the mapping, which lives as long as `self`. `Frozen` is
        // made from sections that no `Segment` contains (`load.rs` checks that sections do
        // not overlap), so nobody in this process writes them.
        unsafe { std::slice::from_raw_parts(self.block.base(), self.block.len) }
    }
}

/// A run of slots.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) slots: u32,
    pub(crate) vectors: Block,
    pub(crate) codes: Block,
    pub(crate) links: Block,
    /// Per slot: where its upper links begin in `upper`, or `EMPTY`.
    pub(crate) upper_index: Block,
    /// Per node of an upper layer: its level, then `m` links for each layer from 1.
    pub(crate) upper: Block,
    pub(crate) ids: Block,
    pub(super) spans: Block,
    pub(super) chain: OnceLock<Chain>,
}

/// Finds slots by id: heads by hash, then from slot to slot (numbers inside the segment).
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) heads: Block,
    pub(super) next: Block,
    pub(super) mask: u32,
}

impl Segment {
    /// A segment over sections of a file. `None` unless each has the length its slots need.
    pub(crate) fn from_file(shape: &Shape, slots: u32, blocks: [Block; 6]) -> Option<Segment> {
        let [vectors, codes, links, upper_index, upper, ids] = blocks;
        let n = slots as usize;
        let fits = vectors.len == n.checked_mul(shape.vector_stride)?
            && codes.len == n.checked_mul(shape.code_stride)?
            && links.len == n.checked_mul(shape.m * 8)?
            && upper_index.len == n.checked_mul(4)?
            && ids.len == n.checked_mul(8)?;
        let spans = Block::zeroed(n * 8).ok()?;
        let chain = OnceLock::new();
        fits.then_some(Segment { slots, vectors, codes, links, upper_index, upper, ids, spans, chain })
    }

    pub(super) fn empty(shape: &Shape, first: u32, slots: u32) -> io::Result<Segment> {
        let n = slots as usize;
        let levels: Vec<usize> = (0..slots).map(|i| level_of(shape, first + i)).collect();
        let words: usize = levels.iter().filter(|l| **l > 0).map(|l| 1 + l * shape.m).sum();
        let segment = Segment {
            slots,
            vectors: Block::zeroed(n * shape.vector_stride)?,
            codes: Block::zeroed(n * shape.code_stride)?,
            links: Block::zeroed(n * shape.m * 8)?,
            upper_index: Block::zeroed(n * 4)?,
            upper: Block::zeroed(words * 4)?,
            ids: Block::zeroed(n * 8)?,
            spans: Block::zeroed(n * 8)?,
            chain: OnceLock::new(),
        };
        let mut at = 0;
        let (index, upper) = (segment.upper_index.words(), segment.upper.words());
        for (slot, level) in levels.into_iter().enumerate() {
            if level == 0 {
                index[slot].store(EMPTY, Ordering::Relaxed);
                continue;
            }
            index[slot].store(at as u32, Ordering::Relaxed);
            upper[at].store(level as u32, Ordering::Relaxed);
            upper[at + 1..at + 1 + level * shape.m].iter().for_each(|l| l.store(EMPTY, Ordering::Relaxed));
            at += 1 + level * shape.m;
        }
        for span in segment.spans.longs() {
            span.store(u64::from(GONE) << 32, Ordering::Relaxed);
        }
        Ok(segment)
    }

    pub(super) fn chain(&self) -> io::Result<&Chain> {
        if let Some(chain) = self.chain.get() {
            return Ok(chain);
        }
        let size = self.slots.next_power_of_two();
        let chain = Chain {
            heads: Block::zeroed(size as usize * 4)?,
            next: Block::zeroed(self.slots as usize * 4)?,
            mask: size - 1,
        };
        Ok(self.chain.get_or_init(|| chain))
    }
}

/// The layer of a slot: geometric with ratio 1/m, from the slot's number and the seed.
pub(crate) fn level_of(shape: &Shape, slot: u32) -> usize {
    let bits = mix(shape.seed ^ mix(u64::from(slot) + 1));
    let uniform = ((bits >> 11) + 1) as f64 / (1u64 << 53) as f64;
    let level = -uniform.ln() / (shape.m as f64).ln();
    (level as usize).min(MAX_LEVEL)
}

/// Spreads the bits of a number (splitmix64).
pub(crate) fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
