//! Packed kernels on registers of four 32-bit lanes: NEON and WebAssembly.
//!
//! A register holds four columns of four rows, so a group of eight rows takes two. What differs from
//! machine to machine is behind [`Lanes`].

// Tiles index several arrays with the same token.
#![allow(clippy::needless_range_loop)]

use crate::kernel::{Acts, HEAD, Kind, LANES, Layout, TILE, View};

/// Registers of one instruction set, sixteen bytes each.
pub trait Lanes {
    /// Sixteen i8, or four i32.
    type Int: Copy;
    /// Four f32.
    type Float: Copy;

    /// The first sixteen bytes.
    fn load(bytes: &[u8]) -> Self::Int;
    /// The first four activations, in all lanes.
    fn four(codes: &[i8]) -> Self::Int;
    fn low_nibbles(pairs: Self::Int) -> Self::Int;
    fn high_nibbles(pairs: Self::Int) -> Self::Int;
    fn zero() -> Self::Int;
    /// Adds to each i32 the products of its four i8.
    fn dot(sum: Self::Int, w: Self::Int, x: Self::Int) -> Self::Int;
    fn to_float(sum: Self::Int) -> Self::Float;
    fn splat(value: f32) -> Self::Float;
    fn mul(a: Self::Float, b: Self::Float) -> Self::Float;
    /// `sum + a * b`.
    fn mul_add(sum: Self::Float, a: Self::Float, b: Self::Float) -> Self::Float;
    /// The first four f32, f16 or bf16.
    fn floats(bytes: &[u8]) -> Self::Float;
    fn halves(bytes: &[u8]) -> Self::Float;
    fn brains(bytes: &[u8]) -> Self::Float;
    /// Writes the first four numbers.
    fn store(value: Self::Float, out: &mut [f32]);
}

/// Eight rows of a token.
type Rows<L> = [<L as Lanes>::Float; 2];

/// Dispatches on the kind of matrix, `out.len() / 8` being 1 or `TILE` tokens.
pub fn group<L: Lanes>(layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    assert_eq!(group.len(), layout.group_bytes());
    assert_eq!(layout.columns, acts.columns());
    match out.len() / LANES {
        1 => tile::<L, 1>(layout, group, acts, token, out),
        TILE => tile::<L, TILE>(layout, group, acts, token, out),
        _ => unreachable!("compute() asks for 1 or TILE tokens"),
    }
}

fn tile<L: Lanes, const T: usize>(layout: Layout, group: &[u8], acts: &Acts, token: usize, out: &mut [f32]) {
    let body = &group[HEAD..];
    let sums = match layout.kind {
        Kind::F32 => columns::<L, T>(body, 32, acts, token, |b, half| L::floats(&b[16 * half..])),
        Kind::F16 => columns::<L, T>(body, 16, acts, token, |b, half| L::halves(&b[8 * half..])),
        Kind::BF16 => columns::<L, T>(body, 16, acts, token, |b, half| L::brains(&b[8 * half..])),
        kind => integers::<L, T>(kind, body, &View::<T>::new(acts, token)),
    };
    for (sum, out) in sums.into_iter().zip(out.chunks_exact_mut(LANES)) {
        for (half, sum) in sum.into_iter().enumerate() {
            L::store(L::mul(sum, L::floats(&group[16 * half..])), &mut out[4 * half..]);
        }
    }
}

/// Unquantised weights: `number` reads half a column of `SIZE` bytes.
fn columns<L: Lanes, const T: usize>(
    body: &[u8],
    size: usize,
    acts: &Acts,
    token: usize,
    number: impl Fn(&[u8], usize) -> L::Float,
) -> [Rows<L>; T] {
    // Two sums per token hide some of the latency of the multiply-add.
    let mut sums = [[[L::splat(0.0); 2]; T]; 2];
    let x: [&[f32]; T] = std::array::from_fn(|t| acts.values(token + t));
    for (c, column) in body.chunks_exact(size).enumerate() {
        for half in 0..2 {
            let w = number(column, half);
            for t in 0..T {
                let sum = &mut sums[c % 2][t][half];
                *sum = L::mul_add(*sum, w, L::splat(x[t][c]));
            }
        }
    }
    let one = L::splat(1.0);
    std::array::from_fn(|t| std::array::from_fn(|half| L::mul_add(sums[0][t][half], sums[1][t][half], one)))
}

/// Where a block keeps what belongs to its first and its second 16 codes.
struct Block {
    codes: usize,
    scales: [usize; 2],
    offsets: Option<[usize; 2]>,
}

fn block_of(kind: Kind) -> Block {
    match kind {
        Kind::Signed => Block { codes: 16, scales: [0, 0], offsets: None },
        Kind::Signed16 => Block { codes: 32, scales: [0, 16], offsets: None },
        Kind::Unsigned16 => Block { codes: 64, scales: [0, 32], offsets: Some([16, 48]) },
        _ => Block { codes: 32, scales: [0, 0], offsets: Some([16, 16]) },
    }
}

fn integers<L: Lanes, const T: usize>(kind: Kind, body: &[u8], view: &View<'_, T>) -> [Rows<L>; T] {
    let mut sums = [[L::splat(0.0); 2]; T];
    let at = block_of(kind);
    let one_scale = at.scales[0] == at.scales[1];
    for (b, block) in body.chunks_exact(kind.bytes()).enumerate() {
        for half in 0..2 {
            let w: [L::Int; 8] = std::array::from_fn(|c| {
                let load = |c: usize| L::load(&block[at.codes + 32 * c + 16 * half..]);
                match kind {
                    Kind::Nibble if c < 4 => L::low_nibbles(load(c)),
                    Kind::Nibble => L::high_nibbles(load(c - 4)),
                    _ => load(c),
                }
            });
            let scales = at.scales.map(|at| L::halves(&block[at + 8 * half..]));
            let offsets = at.offsets.map(|at| at.map(|at| L::halves(&block[at + 8 * half..])));
            for t in 0..T {
                let x = &view.codes[t][32 * b..32 * b + 32];
                let mut dots = [L::zero(); 2];
                for c in 0..8 {
                    let dot = &mut dots[if one_scale { 0 } else { c / 4 }];
                    *dot = L::dot(*dot, w[c], L::four(&x[4 * c..]));
                }
                let scale = L::splat(view.scales[t][b]);
                let sum = &mut sums[t][half];
                *sum = L::mul_add(*sum, L::mul(scales[0], scale), L::to_float(dots[0]));
                if !one_scale {
                    *sum = L::mul_add(*sum, L::mul(scales[1], scale), L::to_float(dots[1]));
                }
                let totals = &view.sums[t][2 * b..2 * b + 2];
                match offsets {
                    Some([m, _]) if one_scale => *sum = L::mul_add(*sum, m, L::splat(totals[0] + totals[1])),
                    Some(m) => {
                        *sum = L::mul_add(*sum, m[0], L::splat(totals[0]));
                        *sum = L::mul_add(*sum, m[1], L::splat(totals[1]));
                    }
                    None => {}
                }
            }
        }
    }
    sums
}
