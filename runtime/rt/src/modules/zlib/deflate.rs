//! Deflate: finds repetitions in the same order, window and depth as zlib does.

use super::trees::Blocks;

const WINDOW: usize = 1 << 15;
const MASK: usize = WINDOW - 1;
const HASH_MASK: usize = (1 << 15) - 1;
const MIN_MATCH: usize = 3;
const MAX_MATCH: usize = 258;
const MIN_AHEAD: usize = MAX_MATCH + MIN_MATCH + 1;
const MAX_DISTANCE: usize = WINDOW - MIN_AHEAD;
/// A match of three bytes that is farther away is not worth it.
const TOO_FAR: usize = 4096;

/// How hard a level searches.
#[derive(Clone, Copy)]
struct Effort {
    good: usize,
    lazy: usize,
    nice: usize,
    chain: usize,
}

const EFFORTS: [Effort; 9] = [
    Effort { good: 4, lazy: 4, nice: 8, chain: 4 },
    Effort { good: 4, lazy: 5, nice: 16, chain: 8 },
    Effort { good: 4, lazy: 6, nice: 32, chain: 32 },
    Effort { good: 4, lazy: 4, nice: 16, chain: 16 },
    Effort { good: 8, lazy: 16, nice: 32, chain: 32 },
    Effort { good: 8, lazy: 16, nice: 128, chain: 128 },
    Effort { good: 8, lazy: 32, nice: 128, chain: 256 },
    Effort { good: 32, lazy: 128, nice: 258, chain: 1024 },
    Effort { good: 32, lazy: 258, nice: 258, chain: 4096 },
];

struct Search<'a> {
    input: &'a [u8],
    effort: Effort,
    window: Vec<u8>,
    head: Vec<usize>,
    prev: Vec<usize>,
    hash: usize,
    /// Where the search is, and how much is known behind it.
    at: usize,
    ahead: usize,
    /// Where the block began; it may have left the window.
    block: i64,
    match_at: usize,
    match_len: usize,
    prev_len: usize,
    blocks: Blocks,
}

/// The compressed bytes.
pub(super) fn deflate(data: &[u8], level: usize) -> Vec<u8> {
    if level == 0 {
        let mut blocks = Blocks::new();
        blocks.store(data, true);
        return blocks.finish();
    }
    let mut search = Search {
        input: data,
        effort: EFFORTS[level - 1],
        window: vec![0; 2 * WINDOW + MAX_MATCH],
        head: vec![0; HASH_MASK + 1],
        prev: vec![0; WINDOW],
        hash: 0,
        at: 0,
        ahead: 0,
        block: 0,
        match_at: 0,
        match_len: MIN_MATCH - 1,
        prev_len: MIN_MATCH - 1,
        blocks: Blocks::new(),
    };
    search.fill();
    (search.hash, search.match_len) = (0, MIN_MATCH - 1);
    if data.len() >= 2 {
        search.hash = 0;
        search.update(0);
        search.update(1);
    }
    if level < 4 {
        search.fast()
    } else {
        search.slow()
    }
    search.flush(true);
    search.blocks.finish()
}

impl Search<'_> {
    fn update(&mut self, at: usize) {
        self.hash = ((self.hash << 5) ^ usize::from(self.window[at])) & HASH_MASK;
    }

    /// Notes the three bytes at a place, and gives the last place that had the same hash.
    fn insert(&mut self, at: usize) -> usize {
        self.update(at + MIN_MATCH - 1);
        let head = self.head[self.hash];
        self.prev[at & MASK] = head;
        self.head[self.hash] = at;
        head
    }

    /// Reads input; the upper half of the window moves down where the search is near its end.
    fn fill(&mut self) {
        loop {
            let mut more = 2 * WINDOW - self.ahead - self.at;
            if self.at >= WINDOW + MAX_DISTANCE {
                self.window.copy_within(WINDOW..2 * WINDOW, 0);
                self.match_at = self.match_at.wrapping_sub(WINDOW);
                self.at -= WINDOW;
                self.block -= WINDOW as i64;
                for place in self.head.iter_mut().chain(&mut self.prev) {
                    *place = place.saturating_sub(WINDOW);
                }
                more += WINDOW;
            }
            if self.input.is_empty() {
                return;
            }
            let (part, rest) = self.input.split_at(more.min(self.input.len()));
            let to = self.at + self.ahead;
            self.window[to..to + part.len()].copy_from_slice(part);
            self.input = rest;
            self.ahead += part.len();
            if self.ahead >= MIN_AHEAD || self.input.is_empty() {
                return;
            }
        }
    }

    fn flush(&mut self, is_last: bool) {
        let stored = usize::try_from(self.block).ok().map(|from| &self.window[from..self.at]);
        self.blocks.flush(stored, is_last);
        self.block = self.at as i64;
    }

    /// The longest repetition that starts here, among the places in a chain.
    fn longest(&mut self, mut place: usize) -> usize {
        let (mut best, mut chain) = (self.prev_len, self.effort.chain);
        let nice = self.effort.nice.min(self.ahead);
        let limit = self.at.saturating_sub(MAX_DISTANCE);
        if self.prev_len >= self.effort.good {
            chain >>= 2;
        }
        let scan = &self.window[self.at..self.at + MAX_MATCH.min(self.window.len() - self.at)];
        loop {
            let other = &self.window[place..];
            if other[best] == scan[best.min(scan.len() - 1)] && other[best - 1] == scan[best - 1] {
                let len = scan.iter().zip(other).take_while(|(a, b)| a == b).count();
                if len > best {
                    self.match_at = place;
                    best = len;
                    if len >= nice {
                        break;
                    }
                }
            }
            place = self.prev[place & MASK];
            chain -= 1;
            if place <= limit || chain == 0 {
                break;
            }
        }
        best.min(self.ahead)
    }

    fn fast(&mut self) {
        loop {
            if self.ahead < MIN_AHEAD {
                self.fill();
                if self.ahead == 0 {
                    return;
                }
            }
            let head = if self.ahead >= MIN_MATCH { self.insert(self.at) } else { 0 };
            if head != 0 && self.at - head <= MAX_DISTANCE {
                self.match_len = self.longest(head);
            }
            let is_full = if self.match_len >= MIN_MATCH {
                let is_full = self.blocks.repeat(self.at - self.match_at, self.match_len - MIN_MATCH);
                self.ahead -= self.match_len;
                if self.match_len <= self.effort.lazy && self.ahead >= MIN_MATCH {
                    for _ in 1..self.match_len {
                        self.at += 1;
                        self.insert(self.at);
                    }
                    self.at += 1;
                } else {
                    self.at += self.match_len;
                    self.hash = usize::from(self.window[self.at]);
                    self.update(self.at + 1);
                }
                self.match_len = 0;
                is_full
            } else {
                let is_full = self.blocks.literal(self.window[self.at]);
                self.ahead -= 1;
                self.at += 1;
                is_full
            };
            if is_full {
                self.flush(false);
            }
        }
    }

    fn slow(&mut self) {
        let mut waits = false;
        loop {
            if self.ahead < MIN_AHEAD {
                self.fill();
                if self.ahead == 0 {
                    break;
                }
            }
            let head = if self.ahead >= MIN_MATCH { self.insert(self.at) } else { 0 };
            self.prev_len = self.match_len;
            let before = self.match_at;
            self.match_len = MIN_MATCH - 1;
            if head != 0 && self.prev_len < self.effort.lazy && self.at - head <= MAX_DISTANCE {
                self.match_len = self.longest(head);
                if self.match_len == MIN_MATCH && self.at.wrapping_sub(self.match_at) > TOO_FAR {
                    self.match_len = MIN_MATCH - 1;
                }
            }
            if self.prev_len >= MIN_MATCH && self.match_len <= self.prev_len {
                self.take_previous(before);
                waits = false;
            } else {
                if waits && self.blocks.literal(self.window[self.at - 1]) {
                    self.flush(false);
                }
                waits = true;
                self.at += 1;
                self.ahead -= 1;
            }
        }
        if waits {
            self.blocks.literal(self.window[self.at - 1]);
        }
    }

    /// The match that was found one byte before was no worse.
    fn take_previous(&mut self, place: usize) {
        let last = self.at + self.ahead - MIN_MATCH;
        let distance = (self.at - 1).wrapping_sub(place);
        let is_full = self.blocks.repeat(distance, self.prev_len - MIN_MATCH);
        self.ahead -= self.prev_len - 1;
        for _ in 0..self.prev_len - 2 {
            self.at += 1;
            if self.at <= last {
                self.insert(self.at);
            }
        }
        self.match_len = MIN_MATCH - 1;
        self.at += 1;
        if is_full {
            self.flush(false);
        }
    }
}
