//! Huffman codes as zlib builds them, and the blocks of a deflate stream.

const LITERALS: usize = 256;
const END: usize = 256;
const L_CODES: usize = LITERALS + 1 + 29;
const D_CODES: usize = 30;
const BL_CODES: usize = 19;
const HEAP: usize = 2 * L_CODES + 1;
/// Symbols in a block.
const SYMBOLS: usize = (1 << 14) - 1;

pub(super) const LENGTH_EXTRA: [u8; 29] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
pub(super) const DISTANCE_EXTRA: [u8; 30] =
    [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const CODE_EXTRA: [u8; 19] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7];
pub(super) const CODE_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The least value of each code, given the extra bits of all.
pub(super) fn bases<const N: usize>(extra: &[u8; N]) -> [usize; N] {
    let mut base = [0; N];
    for at in 1..N {
        base[at] = base[at - 1] + (1 << extra[at - 1]);
    }
    base
}

/// A code: how often each symbol was seen, then how long its code is.
#[derive(Clone)]
struct Tree {
    freq: Vec<u32>,
    code: Vec<u32>,
    len: Vec<u32>,
    /// The largest symbol that was seen.
    max: usize,
}

impl Tree {
    fn new(count: usize) -> Tree {
        let zeros = || vec![0; 2 * count + 1];
        Tree { freq: zeros(), code: zeros(), len: zeros(), max: 0 }
    }

    fn coded(lens: &[u32]) -> Tree {
        let mut tree =
            Tree { freq: Vec::new(), code: vec![0; lens.len()], len: lens.to_vec(), max: lens.len() - 1 };
        tree.give_codes();
        tree
    }

    fn give_codes(&mut self) {
        let mut counts = [0u32; 16];
        for symbol in 0..=self.max {
            counts[self.len[symbol] as usize] += 1;
        }
        counts[0] = 0;
        let (mut next, mut code) = ([0u32; 16], 0);
        for bits in 1..16 {
            code = (code + counts[bits - 1]) << 1;
            next[bits] = code;
        }
        for symbol in 0..=self.max {
            let len = self.len[symbol];
            if len > 0 {
                self.code[symbol] = next[len as usize].reverse_bits() >> (32 - len);
                next[len as usize] += 1;
            }
        }
    }
}

/// What decides the length of a code.
struct Kind<'a> {
    extra: &'a [u8],
    base: usize,
    elems: usize,
    most: u32,
    fixed: Option<&'a Tree>,
}

/// Bits, the lowest first.
#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    hold: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.hold |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.hold as u8);
            self.hold >>= 8;
            self.count -= 8;
        }
    }

    fn fill_byte(&mut self) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
    }
}

/// Collects symbols and writes them as blocks.
pub(super) struct Blocks {
    bits: Bits,
    symbols: Vec<(u16, u8)>,
    literals: Tree,
    distances: Tree,
    codes: Tree,
    fixed: (Tree, Tree),
    length_code: [u8; 256],
    length_base: [usize; 29],
    distance_base: [usize; 30],
    /// Bits of the block with its own codes, and with the fixed ones.
    sizes: (i64, i64),
}

impl Blocks {
    pub(super) fn new() -> Blocks {
        let mut lens = vec![8; 288];
        lens[144..256].fill(9);
        lens[256..280].fill(7);
        let mut length_base = bases(&LENGTH_EXTRA);
        let mut length_code = [0; 256];
        for (length, code) in length_code.iter_mut().enumerate() {
            *code = length_base.iter().rposition(|base| *base <= length).unwrap_or(0) as u8;
        }
        (length_code[255], length_base[28]) = (28, 0);
        let mut blocks = Blocks {
            bits: Bits::default(),
            symbols: Vec::new(),
            literals: Tree::new(L_CODES),
            distances: Tree::new(D_CODES),
            codes: Tree::new(BL_CODES),
            fixed: (Tree::coded(&lens), Tree::coded(&[5; 30])),
            length_code,
            length_base,
            distance_base: bases(&DISTANCE_EXTRA),
            sizes: (0, 0),
        };
        blocks.start();
        blocks
    }

    fn start(&mut self) {
        for tree in [&mut self.literals, &mut self.distances, &mut self.codes] {
            tree.freq.fill(0);
        }
        self.literals.freq[END] = 1;
        self.sizes = (0, 0);
        self.symbols.clear();
    }

    fn distance_code(&self, distance: usize) -> usize {
        self.distance_base.iter().rposition(|base| *base <= distance).unwrap_or(0)
    }

    /// A byte as it is; says whether the block is full.
    pub(super) fn literal(&mut self, byte: u8) -> bool {
        self.literals.freq[usize::from(byte)] += 1;
        self.symbols.push((0, byte));
        self.symbols.len() == SYMBOLS
    }

    /// `length + 3` bytes that stand `distance` bytes before.
    pub(super) fn repeat(&mut self, distance: usize, length: usize) -> bool {
        let code = self.distance_code(distance - 1);
        self.distances.freq[code] += 1;
        self.literals.freq[usize::from(self.length_code[length]) + LITERALS + 1] += 1;
        self.symbols.push((distance as u16, length as u8));
        self.symbols.len() == SYMBOLS
    }

    /// Writes the block; `stored` are its bytes, where they are still known.
    pub(super) fn flush(&mut self, stored: Option<&[u8]>, is_last: bool) {
        let last = u32::from(is_last);
        let (fixed_l, fixed_d) = self.fixed.clone();
        let literals = Kind {
            extra: &LENGTH_EXTRA,
            base: LITERALS + 1,
            elems: L_CODES,
            most: 15,
            fixed: Some(&fixed_l),
        };
        build(&mut self.literals, &literals, &mut self.sizes);
        let distances =
            Kind { extra: &DISTANCE_EXTRA, base: 0, elems: D_CODES, most: 15, fixed: Some(&fixed_d) };
        build(&mut self.distances, &distances, &mut self.sizes);
        let ends = [self.literals.max, self.distances.max];
        for (tree, max) in [(&self.literals, ends[0]), (&self.distances, ends[1])] {
            for (code, count, _) in runs(&tree.len[..=max]) {
                self.codes.freq[code] += count;
            }
        }
        let codes = Kind { extra: &CODE_EXTRA, base: 0, elems: BL_CODES, most: 7, fixed: None };
        build(&mut self.codes, &codes, &mut self.sizes);
        let top = (3..BL_CODES).rev().find(|at| self.codes.len[CODE_ORDER[*at]] != 0).unwrap_or(2);
        self.sizes.0 += 3 * (top as i64 + 1) + 14;
        let fixed = (self.sizes.1 + 10) >> 3;
        let best = ((self.sizes.0 + 10) >> 3).min(fixed);
        match stored {
            Some(bytes) if bytes.len() as i64 + 4 <= best => self.store(bytes, is_last),
            _ if fixed == best => {
                self.bits.put(2 + last, 3);
                self.write(&fixed_l, &fixed_d);
            }
            _ => {
                self.bits.put(4 + last, 3);
                self.write_codes(top);
                let (literals, distances) = (self.literals.clone(), self.distances.clone());
                self.write(&literals, &distances);
            }
        }
        self.start();
        if is_last {
            self.bits.fill_byte();
        }
    }

    /// A block of bytes as they are.
    pub(super) fn store(&mut self, bytes: &[u8], is_last: bool) {
        self.bits.put(u32::from(is_last), 3);
        self.bits.fill_byte();
        let size = bytes.len() as u16;
        self.bits.out.extend(size.to_le_bytes());
        self.bits.out.extend((!size).to_le_bytes());
        self.bits.out.extend(bytes);
    }

    fn write_codes(&mut self, top: usize) {
        let ends = [self.literals.max, self.distances.max];
        self.bits.put((ends[0] - 256) as u32, 5);
        self.bits.put(ends[1] as u32, 5);
        self.bits.put((top - 3) as u32, 4);
        for code in &CODE_ORDER[..=top] {
            self.bits.put(self.codes.len[*code], 3);
        }
        for lens in [&self.literals.len[..=ends[0]], &self.distances.len[..=ends[1]]] {
            for (code, count, extra) in runs(lens) {
                for _ in 0..count {
                    self.bits.put(self.codes.code[code], self.codes.len[code]);
                }
                if let Some((value, bits)) = extra {
                    self.bits.put(value, bits);
                }
            }
        }
    }

    fn write(&mut self, literals: &Tree, distances: &Tree) {
        for (distance, value) in std::mem::take(&mut self.symbols) {
            let value = usize::from(value);
            if distance == 0 {
                self.bits.put(literals.code[value], literals.len[value]);
                continue;
            }
            let code = usize::from(self.length_code[value]);
            let symbol = code + LITERALS + 1;
            self.bits.put(literals.code[symbol], literals.len[symbol]);
            if LENGTH_EXTRA[code] > 0 {
                self.bits.put((value - self.length_base[code]) as u32, u32::from(LENGTH_EXTRA[code]));
            }
            let distance = usize::from(distance) - 1;
            let code = self.distance_code(distance);
            self.bits.put(distances.code[code], distances.len[code]);
            if DISTANCE_EXTRA[code] > 0 {
                self.bits.put((distance - self.distance_base[code]) as u32, u32::from(DISTANCE_EXTRA[code]));
            }
        }
        self.bits.put(literals.code[END], literals.len[END]);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bits.out
    }
}

/// A symbol, how often it comes, and the bits behind it.
type Run = (usize, u32, Option<(u32, u32)>);

/// The lengths of a code, runs of equal ones together.
fn runs(lens: &[u32]) -> Vec<Run> {
    let limits = |own: Option<u32>, next: Option<u32>| match next {
        Some(0) => (138, 3),
        _ if own == next => (6, 3),
        _ => (7, 4),
    };
    let mut out = Vec::new();
    let (mut count, mut before) = (0u32, None);
    let (mut most, mut least) = limits(None, lens.first().copied());
    for (at, len) in lens.iter().enumerate() {
        let next = lens.get(at + 1).copied();
        count += 1;
        if count < most && next == Some(*len) {
            continue;
        }
        if count < least {
            out.push((*len as usize, count, None));
        } else if *len != 0 {
            if before != Some(*len) {
                out.push((*len as usize, 1, None));
                count -= 1;
            }
            out.push((16, 1, Some((count - 3, 2))));
        } else if count <= 10 {
            out.push((17, 1, Some((count - 3, 3))));
        } else {
            out.push((18, 1, Some((count - 11, 7))));
        }
        count = 0;
        before = Some(*len);
        (most, least) = limits(Some(*len), next);
    }
    out
}

/// A heap of nodes, the rarest first; the part behind `top` holds the nodes in the order of their frequency.
struct Heap {
    nodes: [usize; HEAP],
    len: usize,
    top: usize,
    depth: [u32; HEAP],
}

impl Heap {
    fn smaller(&self, tree: &Tree, n: usize, m: usize) -> bool {
        let key = |node: usize| (tree.freq[node], self.depth[node]);
        key(n) <= key(m)
    }

    fn sink(&mut self, tree: &Tree, mut at: usize) {
        let node = self.nodes[at];
        let mut below = 2 * at;
        while below <= self.len {
            if below < self.len && self.smaller(tree, self.nodes[below + 1], self.nodes[below]) {
                below += 1;
            }
            if self.smaller(tree, node, self.nodes[below]) {
                break;
            }
            self.nodes[at] = self.nodes[below];
            at = below;
            below *= 2;
        }
        self.nodes[at] = node;
    }

    fn keep(&mut self, node: usize) {
        self.top -= 1;
        self.nodes[self.top] = node;
    }
}

/// Gives the symbols of a tree their codes, and adds to the sizes of the block.
fn build(tree: &mut Tree, kind: &Kind<'_>, sizes: &mut (i64, i64)) {
    let mut heap = Heap { nodes: [0; HEAP], len: 0, top: HEAP, depth: [0; HEAP] };
    let mut max = None;
    for symbol in 0..kind.elems {
        if tree.freq[symbol] == 0 {
            tree.len[symbol] = 0;
        } else {
            heap.len += 1;
            heap.nodes[heap.len] = symbol;
            max = Some(symbol);
        }
    }
    // Two codes at least.
    while heap.len < 2 {
        let node = match max {
            None => 0,
            Some(most) if most < 2 => most + 1,
            Some(_) => 0,
        };
        max = Some(max.map_or(node, |most| most.max(node)));
        heap.len += 1;
        heap.nodes[heap.len] = node;
        tree.freq[node] = 1;
        sizes.0 -= 1;
        sizes.1 -= kind.fixed.map_or(0, |fixed| i64::from(fixed.len[node]));
    }
    tree.max = max.unwrap_or(0);
    for at in (1..=heap.len / 2).rev() {
        heap.sink(tree, at);
    }
    let mut parents = [0; HEAP];
    let mut node = kind.elems;
    while heap.len >= 2 {
        let first = heap.nodes[1];
        heap.nodes[1] = heap.nodes[heap.len];
        heap.len -= 1;
        heap.sink(tree, 1);
        let second = heap.nodes[1];
        heap.keep(first);
        heap.keep(second);
        tree.freq[node] = tree.freq[first] + tree.freq[second];
        heap.depth[node] = heap.depth[first].max(heap.depth[second]) + 1;
        (parents[first], parents[second]) = (node, node);
        heap.nodes[1] = node;
        node += 1;
        heap.sink(tree, 1);
    }
    let root = heap.nodes[1];
    heap.keep(root);
    measure(tree, kind, &heap, &parents, sizes);
    tree.give_codes();
}

/// The lengths of the codes; those that would be too long give way.
fn measure(tree: &mut Tree, kind: &Kind<'_>, heap: &Heap, parents: &[usize; HEAP], sizes: &mut (i64, i64)) {
    let most = kind.most as usize;
    let (mut counts, mut over) = ([0i64; 17], 0);
    tree.len[heap.nodes[heap.top]] = 0;
    for node in &heap.nodes[heap.top + 1..] {
        let bits = tree.len[parents[*node]] + 1;
        over += i64::from(bits > kind.most);
        let bits = bits.min(kind.most);
        tree.len[*node] = bits;
        if *node > tree.max {
            continue;
        }
        counts[bits as usize] += 1;
        let extra = node.checked_sub(kind.base).map_or(0, |at| u32::from(kind.extra[at]));
        let times = i64::from(tree.freq[*node]);
        sizes.0 += times * i64::from(bits + extra);
        if let Some(fixed) = kind.fixed {
            sizes.1 += times * i64::from(fixed.len[*node] + extra);
        }
    }
    if over == 0 {
        return;
    }
    while over > 0 {
        let bits = (1..most).rev().find(|bits| counts[*bits] != 0).unwrap_or(1);
        counts[bits] -= 1;
        counts[bits + 1] += 2;
        counts[most] -= 1;
        over -= 2;
    }
    let mut leaves = heap.nodes[heap.top..].iter().rev().filter(|node| **node <= tree.max);
    for bits in (1..=most).rev() {
        for _ in 0..counts[bits] {
            let Some(node) = leaves.next() else { return };
            let own = tree.len[*node];
            sizes.0 += (bits as i64 - i64::from(own)) * i64::from(tree.freq[*node]);
            tree.len[*node] = bits as u32;
        }
    }
}
