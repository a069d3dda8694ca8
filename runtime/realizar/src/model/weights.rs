//! Takes a decoder's tensors out of a file: shapes checked, matrices packed into one arena, but for the
//! last, which stays in the file where that is as quick.

use std::ops::Range;

use super::config::{Config, Family};
use crate::error::{Error, Result};
use crate::file::Tensor;
use crate::file::gguf::Gguf;
use crate::kernel::{Kind, LANES, Layout, Matrix, pack_rows};
use crate::quant::{Type, dequantize};
use crate::sys::arena::Arena;

/// A matrix, with the vector that is added to its results.
#[derive(Debug)]
pub(crate) struct Linear {
    place: Place,
    layout: Layout,
    pub(crate) bias: Option<Vec<f32>>,
}

impl Linear {
    pub(crate) fn rows(&self) -> usize {
        self.layout.rows
    }
}

#[derive(Debug)]
enum Place {
    /// Packed into these bytes of the arena.
    Arena(Range<usize>),
    /// These bytes of the file.
    File(Range<usize>),
}

/// One layer of a decoder.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) attention_norm: Vec<f32>,
    pub(crate) query: Linear,
    pub(crate) key: Linear,
    pub(crate) value: Linear,
    pub(crate) output: Linear,
    pub(crate) query_norm: Option<Vec<f32>>,
    pub(crate) key_norm: Option<Vec<f32>>,
    pub(crate) after_attention: Option<Vec<f32>>,
    pub(crate) forward_norm: Vec<f32>,
    pub(crate) gate: Linear,
    pub(crate) up: Linear,
    pub(crate) down: Linear,
    pub(crate) after_forward: Option<Vec<f32>>,
}

/// All weights of a decoder.
#[derive(Debug)]
pub(crate) struct Weights {
    arena: Arena,
    pub(crate) layers: Vec<Layer>,
    pub(crate) output_norm: Vec<f32>,
    pub(crate) head: Linear,
    /// Factors on the rotary wavelengths, for short and long contexts.
    pub(crate) rope_factors: Option<(Vec<f32>, Vec<f32>)>,
    /// Bytes that one generated token reads.
    pub(crate) bytes_per_token: usize,
}

impl Weights {
    pub(crate) fn matrix<'a>(&'a self, file: &'a Gguf<'_>, linear: &Linear) -> Matrix<'a> {
        let bytes = match &linear.place {
            Place::Arena(range) => &self.arena[range.clone()],
            Place::File(range) => &file.bytes().as_slice()[range.clone()],
        };
        Matrix { layout: linear.layout, bytes }
    }

    /// Checks and packs everything.
    pub(crate) fn load(file: &Gguf<'_>, config: &Config) -> Result<Self> {
        let mut plan = Plan { file, parts: Vec::new(), size: 0, viewed: 0 };
        let layers = (0..config.layers).map(|i| layer(&mut plan, config, i)).collect::<Result<Vec<_>>>()?;
        let output_norm = plan.vector("output_norm.weight", config.width)?;
        let vocab = embedding(file, config)?.shape[1];
        let name = if file.tensor("output.weight").is_some() { "output.weight" } else { "token_embd.weight" };
        let head = plan.last(name, config.width, vocab)?;
        let factors = |name: &str| plan.optional(name, config.rope_dim / 2);
        let rope_factors = match (factors("rope_factors_short.weight")?, factors("rope_factors_long.weight")?)
        {
            (Some(short), Some(long)) => Some((short, long)),
            _ => factors("rope_freqs.weight")?.map(|f| (f.clone(), f)),
        };
        let bytes_per_token = plan.size + plan.viewed;
        let arena = plan.pack()?;
        Ok(Self { arena, layers, output_norm, head, rope_factors, bytes_per_token })
    }
}

/// The embedding table: `width` columns, a row per token.
pub(crate) fn embedding<'a>(file: &'a Gguf<'_>, config: &Config) -> Result<Tensor<'a>> {
    let name = "token_embd.weight";
    let tensor = file.tensor(name).ok_or_else(|| Error::format(format!("`{name}` is missing")))?;
    match tensor.shape {
        &[columns, rows] if columns == config.width && rows > 0 => Ok(tensor),
        shape => Err(Error::format(format!("`{name}` has the shape {shape:?}"))),
    }
}

/// Matrices on their way into the arena.
struct Plan<'a, 'm> {
    file: &'a Gguf<'m>,
    parts: Vec<Part>,
    size: usize,
    /// Bytes that stay in the file.
    viewed: usize,
}

struct Part {
    name: String,
    ty: Type,
    first_row: usize,
    layout: Layout,
    at: usize,
}

impl Plan<'_, '_> {
    fn optional(&self, name: &str, length: usize) -> Result<Option<Vec<f32>>> {
        let Some(tensor) = self.file.tensor(name) else {
            return Ok(None);
        };
        if tensor.len() != length || !tensor.ty.is_float() {
            let text = format!("`{name}` has the shape {:?}, not {length} floats", tensor.shape);
            return Err(Error::format(text));
        }
        let mut bytes = vec![0; tensor.bytes.len()];
        self.file.read_tensor(name, 0, &mut bytes)?;
        let mut out = vec![0.0; length];
        dequantize(tensor.ty, &bytes, &mut out);
        Ok(Some(out))
    }

    fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>> {
        self.optional(name, length)?.ok_or_else(|| Error::format(format!("`{name}` is missing")))
    }

    /// The last matrix of a decoder. It is as large as many layers, and a prompt multiplies with it once:
    /// where the kernels read what the file has, a copy would only cost time and memory.
    fn last(&mut self, name: &str, columns: usize, rows: usize) -> Result<Linear> {
        let mut linear = self.linear(name, columns, 0, rows)?;
        let part = self.parts.last().expect("linear() pushed it");
        let range = self.file.tensor_range(name).unwrap_or_default();
        let Some(kind) = Kind::stored(part.ty).filter(|_| self.file.bytes().can_be_viewed()) else {
            return Ok(linear);
        };
        linear.layout.kind = kind;
        let length = linear.layout.bytes().filter(|&length| length <= range.len());
        let length = length.ok_or_else(|| Error::format(format!("`{name}` is too short")))?;
        linear.place = Place::File(range.start..range.start + length);
        self.size = part.at;
        self.viewed += length;
        self.parts.pop();
        Ok(linear)
    }

    /// `rows` rows of a matrix from `first_row`, and the part of its bias.
    fn linear(&mut self, name: &str, columns: usize, first_row: usize, rows: usize) -> Result<Linear> {
        let tensor = self.file.tensor(name);
        let tensor = tensor.ok_or_else(|| Error::format(format!("`{name}` is missing")))?;
        let fits = matches!(tensor.shape, &[c, r] if c == columns && r >= first_row + rows);
        let kind = Kind::of(tensor.ty);
        if !fits || !columns.is_multiple_of(kind.columns()) {
            let text = format!("`{name}` has the shape {:?}, not {columns} x {rows}", tensor.shape);
            return Err(Error::format(text));
        }
        let layout = Layout { kind, rows, columns };
        let size = layout.bytes().and_then(|n| self.size.checked_add(n.next_multiple_of(64)));
        let size = size.ok_or_else(|| Error::format("the weights wrap the address space"))?;
        let at = std::mem::replace(&mut self.size, size);
        let part = Part { name: name.into(), ty: tensor.ty, first_row, layout, at };
        let range = at..at + layout.bytes().expect("checked above");
        self.parts.push(part);
        let bias_name = name.replace(".weight", ".bias");
        let bias = match self.file.tensor(&bias_name) {
            Some(b) => {
                let all = self.vector(&bias_name, b.len())?;
                let part = all.get(first_row..first_row + rows);
                Some(part.ok_or_else(|| Error::format(format!("`{bias_name}` is too short")))?.to_vec())
            }
            None => None,
        };
        Ok(Linear { place: Place::Arena(range), layout, bias })
    }

    /// Reads every matrix once, a few hundred kilobytes at a time, so that the file's pages do not
    /// count as memory of this process.
    fn pack(&self) -> Result<Arena> {
        let mut arena = Arena::new(self.size)
            .map_err(|e| Error::Io(format!("no memory for {} bytes of weights", self.size), e))?;
        let mut buffer = Vec::new();
        for part in &self.parts {
            let Layout { rows, columns, .. } = part.layout;
            let row_bytes = columns / part.ty.block_len() * part.ty.block_bytes();
            let group_bytes = part.layout.group_bytes();
            let per_read = (1 << 18) / (row_bytes * LANES).max(1);
            let per_read = per_read.max(1) * LANES;
            let target = &mut arena[part.at..part.at + part.layout.bytes().expect("checked by linear()")];
            for first in (0..rows).step_by(per_read) {
                let count = per_read.min(rows - first);
                buffer.resize(count * row_bytes, 0);
                self.file.read_tensor(&part.name, (part.first_row + first) * row_bytes, &mut buffer)?;
                let groups = target[first / LANES * group_bytes..].chunks_exact_mut(group_bytes);
                for (rows, group) in buffer.chunks(LANES * row_bytes).zip(groups) {
                    pack_rows(part.ty, part.layout, rows, group);
                }
            }
        }
        Ok(arena)
    }
}

fn layer(plan: &mut Plan<'_, '_>, c: &Config, index: usize) -> Result<Layer> {
    let name = |part: &str| format!("blk.{index}.{part}.weight");
    let (queries, keys) = (c.heads * c.head_dim, c.kv_heads * c.head_dim);
    let (values, outputs) = (c.kv_heads * c.value_dim, c.heads * c.value_dim);
    let fused = plan.file.tensor(&name("attn_qkv")).is_some();
    let (query, key, value) = if fused {
        let all = name("attn_qkv");
        (
            plan.linear(&all, c.width, 0, queries)?,
            plan.linear(&all, c.width, queries, keys)?,
            plan.linear(&all, c.width, queries + keys, values)?,
        )
    } else {
        (
            plan.linear(&name("attn_q"), c.width, 0, queries)?,
            plan.linear(&name("attn_k"), c.width, 0, keys)?,
            plan.linear(&name("attn_v"), c.width, 0, values)?,
        )
    };
    let output = plan.linear(&name("attn_output"), outputs, 0, c.width)?;
    let (gate, up) = gate_and_up(plan, c, &name)?;
    let needs_head_norm = matches!(c.family, Family::Qwen3 | Family::Gemma3);
    let needs_after = matches!(c.family, Family::Gemma2 | Family::Gemma3);
    let extra = |part: &str, length: usize, needed: bool| {
        let found = plan.optional(&name(part), length)?;
        match found {
            None if needed => Err(Error::format(format!("`{}` is missing", name(part)))),
            found => Ok(found),
        }
    };
    let query_norm = extra("attn_q_norm", c.head_dim, needs_head_norm)?;
    let key_norm = extra("attn_k_norm", c.head_dim, needs_head_norm)?;
    let after_attention = extra("post_attention_norm", c.width, needs_after)?;
    let after_forward = extra("post_ffw_norm", c.width, needs_after)?;
    Ok(Layer {
        attention_norm: plan.vector(&name("attn_norm"), c.width)?,
        forward_norm: plan.vector(&name("ffn_norm"), c.width)?,
        down: plan.linear(&name("ffn_down"), c.feed_forward, 0, c.width)?,
        query,
        key,
        value,
        output,
        query_norm,
        key_norm,
        after_attention,
        gate,
        up,
        after_forward,
    })
}

/// The two inputs of the feed-forward, which phi3 stores as one matrix.
fn gate_and_up(
    plan: &mut Plan<'_, '_>,
    c: &Config,
    name: &dyn Fn(&str) -> String,
) -> Result<(Linear, Linear)> {
    let pair = if plan.file.tensor(&name("ffn_gate")).is_some() || c.family != Family::Phi3 {
        (
            plan.linear(&name("ffn_gate"), c.width, 0, c.feed_forward)?,
            plan.linear(&name("ffn_up"), c.width, 0, c.feed_forward)?,
        )
    } else {
        let both = name("ffn_up");
        (
            plan.linear(&both, c.width, 0, c.feed_forward)?,
            plan.linear(&both, c.width, c.feed_forward, c.feed_forward)?,
        )
    };
    Ok(pair)
}
