//! One pass of tokens through a decoder: norm, attention over the caches, gated feed-forward.

use std::cell::RefCell;

use super::cache::Cache;
use super::config::{Config, Gate, Pairing, Rope};
use super::weights::{Layer, Linear, Weights};
use crate::error::Result;
use crate::file::gguf::Gguf;
use crate::kernel::{Acts, matmul};
use crate::sys::math;
use crate::sys::pool::Pool;

/// A token at a position of one of the sequences of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Which cache of the batch.
    pub(crate) sequence: usize,
    pub(crate) position: usize,
    /// Whether the caller wants its results.
    pub(crate) wanted: bool,
}

/// Buffers that are used again from pass to pass.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    acts: Acts,
    normed: Vec<f32>,
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
    mixed: Vec<f32>,
    result: Vec<f32>,
    gate: Vec<f32>,
    up: Vec<f32>,
    transposed: Vec<f32>,
    turns: [Vec<f32>; 2],
}

/// A decoder ready to compute.
pub(crate) struct Decoder<'a> {
    pub(crate) config: &'a Config,
    pub(crate) file: &'a Gguf<'a>,
    pub(crate) weights: &'a Weights,
    pub(crate) pool: &'a Pool,
}

impl Decoder<'_> {
    /// Runs `hidden` (rows x width: embeddings on entry) through all layers and appends the rows'
    /// keys and values to their caches. Returns the normed vectors of the wanted rows.
    pub(crate) fn layers(
        &self,
        hidden: &mut [f32],
        rows: &[Row],
        caches: &mut [&mut Cache],
        s: &mut Scratch,
    ) -> Vec<f32> {
        let c = self.config;
        let context = caches.iter().map(|cache| cache.capacity()).max().unwrap_or(0);
        s.turns = [self.turns(rows, c.rope, context), self.turns(rows, c.rope_local, context)];
        for (index, layer) in self.weights.layers.iter().enumerate() {
            self.attention(index, layer, hidden, rows, caches, s);
            self.feed_forward(layer, hidden, s);
        }
        let mut out = Vec::new();
        for (row, x) in rows.iter().zip(hidden.chunks_exact(c.width)).filter(|(row, _)| row.wanted) {
            debug_assert!(row.wanted);
            let start = out.len();
            out.resize(start + c.width, 0.0);
            math::rms_norm(x, &self.weights.output_norm, c.epsilon, &mut out[start..]);
        }
        out
    }

    /// Logits of normed vectors: a score for each token of the vocabulary.
    ///
    /// # Errors
    /// `Io` when the file became shorter.
    pub(crate) fn logits(&self, normed: &[f32], s: &mut Scratch) -> Result<Vec<f32>> {
        let mut out = Vec::new();
        s.acts.load(normed, self.config.width);
        self.product(&self.weights.head, &s.acts, &mut out, &mut s.transposed);
        let cap = self.config.logit_cap;
        if cap > 0.0 {
            out.iter_mut().for_each(|x| *x = cap * (*x / cap).tanh());
        }
        self.file.bytes().check_whole()?;
        Ok(out)
    }

    fn product(&self, linear: &Linear, acts: &Acts, out: &mut Vec<f32>, scratch: &mut Vec<f32>) {
        out.resize(acts.tokens() * linear.rows(), 0.0);
        matmul(self.pool, self.weights.matrix(self.file, linear), acts, out, scratch);
        if let Some(bias) = &linear.bias {
            for row in out.chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(x, b)| *x += b);
            }
        }
    }

    fn load_normed(&self, hidden: &[f32], weight: &[f32], s: &mut Scratch) {
        let width = self.config.width;
        s.normed.resize(hidden.len(), 0.0);
        for (x, out) in hidden.chunks_exact(width).zip(s.normed.chunks_exact_mut(width)) {
            math::rms_norm(x, weight, self.config.epsilon, out);
        }
        s.acts.load(&s.normed, width);
    }

    /// Adds a sublayer's result to the residual, normed first where the family does so.
    fn add_result(&self, hidden: &mut [f32], after: Option<&Vec<f32>>, s: &mut Scratch) {
        let width = self.config.width;
        for (x, r) in hidden.chunks_exact_mut(width).zip(s.result.chunks_exact_mut(width)) {
            if let Some(weight) = after {
                math::rms_norm_in_place(r, weight, self.config.epsilon);
            }
            x.iter_mut().zip(r).for_each(|(x, r)| *x += *r);
        }
    }

    fn attention(
        &self,
        index: usize,
        layer: &Layer,
        hidden: &mut [f32],
        rows: &[Row],
        caches: &mut [&mut Cache],
        s: &mut Scratch,
    ) {
        let c = self.config;
        self.load_normed(hidden, &layer.attention_norm, s);
        self.product(&layer.query, &s.acts, &mut s.queries, &mut s.transposed);
        self.product(&layer.key, &s.acts, &mut s.keys, &mut s.transposed);
        self.product(&layer.value, &s.acts, &mut s.values, &mut s.transposed);
        let turns = &s.turns[usize::from(c.is_sliding(index))];
        self.place(&mut s.queries, c.heads, layer.query_norm.as_deref(), turns);
        self.place(&mut s.keys, c.kv_heads, layer.key_norm.as_deref(), turns);
        let (key_width, value_width) = (c.kv_heads * c.head_dim, c.kv_heads * c.value_dim);
        let pairs = s.keys.chunks_exact(key_width).zip(s.values.chunks_exact(value_width));
        for (row, (k, v)) in rows.iter().zip(pairs) {
            caches[row.sequence].write(index, row.position, k, v);
        }
        s.mixed.clear();
        s.mixed.resize(rows.len() * c.heads * c.value_dim, 0.0);
        let caches: Vec<&Cache> = caches.iter().map(|cache| &**cache).collect();
        let queries = &s.queries;
        self.pool.for_chunks(&mut s.mixed, c.value_dim, |task, out| {
            let (row, head) = (rows[task / c.heads], task % c.heads);
            let query = &queries[task * c.head_dim..(task + 1) * c.head_dim];
            self.attend(index, head, row.position, query, caches[row.sequence], out);
        });
        s.acts.load(&s.mixed, c.heads * c.value_dim);
        self.product(&layer.output, &s.acts, &mut s.result, &mut s.transposed);
        self.add_result(hidden, layer.after_attention.as_ref(), s);
    }

    /// One head of one token: softmax over what it may see, then the weighted values.
    fn attend(
        &self,
        layer: usize,
        head: usize,
        position: usize,
        query: &[f32],
        cache: &Cache,
        out: &mut [f32],
    ) {
        thread_local! {
            static SCORES: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
        }
        let c = self.config;
        let first = if c.is_sliding(layer) { (position + 1).saturating_sub(c.window) } else { 0 };
        let kv_head = head / (c.heads / c.kv_heads);
        SCORES.with_borrow_mut(|scores| {
            cache.scores(layer, kv_head, first..position + 1, query, scores);
            let cap = c.attention_cap;
            for score in scores.iter_mut() {
                *score *= c.attention_scale;
                if cap > 0.0 {
                    *score = cap * (*score / cap).tanh();
                }
            }
            let sum = math::exp_from_max(scores);
            cache.mix(layer, kv_head, first, scores, out);
            out.iter_mut().for_each(|x| *x /= sum);
        });
    }

    /// Cosine and sine for each row and pair of elements.
    fn turns(&self, rows: &[Row], rope: Rope, context: usize) -> Vec<f32> {
        let c = self.config;
        let factors = self
            .weights
            .rope_factors
            .as_ref()
            .map(|(short, long)| if context > c.rope_original { long } else { short });
        let mut out = Vec::with_capacity(rows.len() * c.rope_dim);
        for row in rows {
            for i in 0..c.rope_dim / 2 {
                let speed = f64::from(rope.base).powf(-2.0 * i as f64 / c.rope_dim as f64);
                let factor = factors.map_or(1.0, |f| f64::from(f[i]));
                let angle = row.position as f64 * f64::from(rope.scale) * speed / factor;
                let (sin, cos) = angle.sin_cos();
                out.push(cos as f32 * c.rope_magnitude);
                out.push(sin as f32 * c.rope_magnitude);
            }
        }
        out
    }

    /// Norms and turns the heads of queries or keys.
    fn place(&self, x: &mut [f32], heads: usize, norm: Option<&[f32]>, turns: &[f32]) {
        let c = self.config;
        for (row, turns) in x.chunks_exact_mut(heads * c.head_dim).zip(turns.chunks_exact(c.rope_dim)) {
            for head in row.chunks_exact_mut(c.head_dim) {
                if let Some(weight) = norm {
                    math::rms_norm_in_place(head, weight, c.epsilon);
                }
                turn(&mut head[..c.rope_dim], turns, c.pairing);
            }
        }
    }

    fn feed_forward(&self, layer: &Layer, hidden: &mut [f32], s: &mut Scratch) {
        self.load_normed(hidden, &layer.forward_norm, s);
        self.product(&layer.gate, &s.acts, &mut s.gate, &mut s.transposed);
        self.product(&layer.up, &s.acts, &mut s.up, &mut s.transposed);
        match self.config.gate {
            Gate::Silu => math::silu_times(&mut s.gate, &s.up),
            Gate::Gelu => math::gelu_times(&mut s.gate, &s.up),
        }
        s.acts.load(&s.gate, self.config.feed_forward);
        self.product(&layer.down, &s.acts, &mut s.result, &mut s.transposed);
        self.add_result(hidden, layer.after_forward.as_ref(), s);
    }
}

fn turn(x: &mut [f32], turns: &[f32], pairing: Pairing) {
    match pairing {
        Pairing::Adjacent => {
            for (pair, turn) in x.chunks_exact_mut(2).zip(turns.chunks_exact(2)) {
                let (a, b) = (pair[0], pair[1]);
                pair[0] = a * turn[0] - b * turn[1];
                pair[1] = a * turn[1] + b * turn[0];
            }
        }
        Pairing::Halves => {
            let (low, high) = x.split_at_mut(x.len() / 2);
            for ((a, b), turn) in low.iter_mut().zip(high).zip(turns.chunks_exact(2)) {
                (*a, *b) = (*a * turn[0] - *b * turn[1], *a * turn[1] + *b * turn[0]);
            }
        }
    }
}
