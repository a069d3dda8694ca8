//! Keys and values of the tokens seen so far, in f16 or int8.

use crate::error::{Error, Result};
use crate::model::config::Config;

/// How a cache stores keys and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CacheType {
    /// Half precision.
    #[default]
    F16,
    /// int8 with a scale per 32 elements: a little more than half the memory.
    Q8,
}

/// Keys or values of all layers: for each layer and head, a row per position.
#[derive(Debug)]
struct Store {
    ty: CacheType,
    row: usize,
    halves: Vec<u16>,
    codes: Vec<i8>,
    scales: Vec<f32>,
}

impl Store {
    fn new(ty: CacheType, row: usize, rows: usize) -> Option<Self> {
        let n = row.checked_mul(rows).filter(|&n| n <= isize::MAX as usize / 4)?;
        let (mut halves, mut codes, mut scales) = (Vec::new(), Vec::new(), Vec::new());
        match ty {
            CacheType::F16 => halves = zeroed(n)?,
            CacheType::Q8 => {
                codes = zeroed(n)?;
                scales = zeroed(row.div_ceil(32) * rows)?;
            }
        }
        Some(Self { ty, row, halves, codes, scales })
    }

    fn write(&mut self, row: usize, values: &[f32]) {
        let at = row * self.row;
        if self.ty == CacheType::F16 {
            crate::sys::to_f16(values, &mut self.halves[at..at + self.row]);
            return;
        }
        let per_row = self.row.div_ceil(32);
        let codes = self.codes[at..at + self.row].chunks_mut(32);
        let scales = &mut self.scales[row * per_row..(row + 1) * per_row];
        for ((x, q), scale) in values.chunks(32).zip(codes).zip(scales) {
            let largest = x.iter().fold(0f32, |m, v| m.max(v.abs()));
            *scale = largest / 127.0;
            let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
            q.iter_mut().zip(x).for_each(|(q, x)| *q = (x * inverse).round() as i8);
        }
    }

    fn dot(&self, row: usize, x: &[f32]) -> f32 {
        let at = row * self.row;
        if self.ty == CacheType::F16 {
            return crate::sys::dot_f16(x, &self.halves[at..at + self.row]);
        }
        let per_row = self.row.div_ceil(32);
        let scales = &self.scales[row * per_row..(row + 1) * per_row];
        let codes = self.codes[at..at + self.row].chunks(32);
        let part = |(x, q): (&[f32], &[i8])| -> f32 { x.iter().zip(q).map(|(x, &q)| x * f32::from(q)).sum() };
        x.chunks(32).zip(codes).map(part).zip(scales).map(|(sum, scale)| sum * scale).sum()
    }

    fn add(&self, row: usize, weight: f32, out: &mut [f32]) {
        let at = row * self.row;
        if self.ty == CacheType::F16 {
            crate::sys::add_f16(weight, &self.halves[at..at + self.row], out);
            return;
        }
        let per_row = self.row.div_ceil(32);
        let scales = &self.scales[row * per_row..(row + 1) * per_row];
        let codes = self.codes[at..at + self.row].chunks(32);
        for ((out, q), scale) in out.chunks_mut(32).zip(codes).zip(scales) {
            let w = weight * scale;
            out.iter_mut().zip(q).for_each(|(o, &q)| *o += w * f32::from(q));
        }
    }
}

/// Zeros, if there is memory for them. It is handed out page by page, so room for a long context costs
/// nothing yet.
fn zeroed<T: Copy + Default>(n: usize) -> Option<Vec<T>> {
    // Asked first, because `vec!` ends the process where there is none.
    Vec::<T>::new().try_reserve_exact(n).ok()?;
    Some(vec![T::default(); n])
}

/// The memory of one sequence of tokens.
#[derive(Debug)]
pub struct Cache {
    keys: Store,
    values: Store,
    capacity: usize,
    heads: usize,
    /// Tokens stored.
    pub(crate) len: usize,
}

impl Cache {
    pub(crate) fn new(config: &Config, capacity: usize, ty: CacheType) -> Result<Self> {
        let rows = config.layers.checked_mul(config.kv_heads).and_then(|n| n.checked_mul(capacity));
        let store = |row: usize| rows.and_then(|rows| Store::new(ty, row, rows));
        match (store(config.head_dim), store(config.value_dim)) {
            (Some(keys), Some(values)) => Ok(Self { keys, values, capacity, heads: config.kv_heads, len: 0 }),
            _ => Err(Error::input(format!("a context of {capacity} tokens does not fit into memory"))),
        }
    }

    /// A cache without room, to stand in for one that is taken away.
    pub(crate) fn empty() -> Self {
        let store = || Store {
            ty: CacheType::F16,
            row: 0,
            halves: Vec::new(),
            codes: Vec::new(),
            scales: Vec::new(),
        };
        Self { keys: store(), values: store(), capacity: 0, heads: 0, len: 0 }
    }

    /// Tokens that fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    fn row(&self, layer: usize, head: usize, position: usize) -> usize {
        (layer * self.heads + head) * self.capacity + position
    }

    pub(crate) fn write(&mut self, layer: usize, position: usize, keys: &[f32], values: &[f32]) {
        let (key_dim, value_dim) = (self.keys.row, self.values.row);
        for head in 0..self.heads {
            let row = self.row(layer, head, position);
            self.keys.write(row, &keys[head * key_dim..(head + 1) * key_dim]);
            self.values.write(row, &values[head * value_dim..(head + 1) * value_dim]);
        }
    }

    /// Scores of a query with the keys of `positions`.
    pub(crate) fn scores(
        &self,
        layer: usize,
        head: usize,
        positions: std::ops::Range<usize>,
        query: &[f32],
        out: &mut Vec<f32>,
    ) {
        out.clear();
        let first = self.row(layer, head, 0);
        out.extend(positions.map(|p| self.keys.dot(first + p, query)));
    }

    /// Adds the weighted values of positions from `first` on.
    pub(crate) fn mix(&self, layer: usize, head: usize, first: usize, weights: &[f32], out: &mut [f32]) {
        let row = self.row(layer, head, first);
        for (i, &weight) in weights.iter().enumerate() {
            self.values.add(row + i, weight, out);
        }
    }
}
