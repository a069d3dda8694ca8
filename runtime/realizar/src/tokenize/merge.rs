//! Joins neighbouring symbols, the best pair first, as BPE and SentencePiece BPE both do.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A piece of the text and the token that it is; `NONE` when no token is written like it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Symbol {
    pub start: usize,
    pub end: usize,
    pub id: u32,
    previous: usize,
    next: usize,
}

pub(crate) const NONE: u32 = u32::MAX;
const EDGE: usize = usize::MAX;

impl Symbol {
    pub(crate) fn new(start: usize, end: usize, id: u32) -> Self {
        Self { start, end, id, previous: EDGE, next: EDGE }
    }
}

/// Merges until no pair of neighbours has a rank. `join` gives the rank (lowest first; equal ranks
/// go left to right) and the token of a pair.
pub(crate) fn merge(symbols: &mut Vec<Symbol>, join: impl Fn(&Symbol, &Symbol) -> Option<(u32, u32)>) {
    let count = symbols.len();
    for (i, symbol) in symbols.iter_mut().enumerate() {
        symbol.previous = i.checked_sub(1).unwrap_or(EDGE);
        symbol.next = if i + 1 < count { i + 1 } else { EDGE };
    }
    let mut queue = BinaryHeap::new();
    let offer = |symbols: &[Symbol], queue: &mut BinaryHeap<_>, left: usize, right: usize| {
        if left == EDGE || right == EDGE {
            return;
        }
        let (l, r) = (&symbols[left], &symbols[right]);
        if let Some((rank, id)) = join(l, r) {
            queue.push(Reverse((rank, left, right, r.end - l.start, id)));
        }
    };
    for right in 1..count {
        offer(symbols, &mut queue, right - 1, right);
    }
    while let Some(Reverse((_, left, right, length, id))) = queue.pop() {
        let (l, r) = (symbols[left], symbols[right]);
        // Either side may have been swallowed or grown since the pair was offered.
        if l.start == l.end || r.start == r.end || r.end - l.start != length || l.next != right {
            continue;
        }
        symbols[left] = Symbol { end: r.end, id, next: r.next, ..l };
        symbols[right].end = r.start;
        if r.next != EDGE {
            symbols[r.next].previous = left;
        }
        offer(symbols, &mut queue, l.previous, left);
        offer(symbols, &mut queue, left, r.next);
    }
    symbols.retain(|s| s.start < s.end);
}
