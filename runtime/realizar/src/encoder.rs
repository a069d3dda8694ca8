//! BERT-family encoders: a text becomes one vector.
//!
//! Embeddings (token + position + segment) and a norm, then layers of full attention and a GELU
//! feed-forward, each followed by residual and norm; the mean over tokens, or the first token's
//! vector, is scaled to length 1.

use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use crate::error::{Error, Result};
use crate::file::Tensor;
use crate::file::gguf::Gguf;
use crate::file::safetensors::SafeTensors;
use crate::file::writer::{Value, Writer};
use crate::kernel::{Acts, Kind, LANES, Layout, Matrix, matmul, pack_rows};
use crate::model::normalize;
use crate::quant::dequantize;
use crate::sys::arena::Arena;
use crate::sys::math;
use crate::sys::pool::Pool;
use crate::tokenize::Tokenizer;

#[derive(Debug)]
enum Source<'m> {
    Gguf(Gguf<'m>),
    Folder(SafeTensors<'static>),
}

/// How many of [`NAMES`] stand once in a file, before those of each layer.
const OUTSIDE: usize = 4;

/// GGUF's names and the ones that safetensors files use, without `.weight` and `.bias`.
const NAMES: [(&str, &str); 12] = [
    ("token_embd", "embeddings.word_embeddings"),
    ("position_embd", "embeddings.position_embeddings"),
    ("token_types", "embeddings.token_type_embeddings"),
    ("token_embd_norm", "embeddings.LayerNorm"),
    ("attn_q", "attention.self.query"),
    ("attn_k", "attention.self.key"),
    ("attn_v", "attention.self.value"),
    ("attn_output", "attention.output.dense"),
    ("attn_output_norm", "attention.output.LayerNorm"),
    ("ffn_up", "intermediate.dense"),
    ("ffn_down", "output.dense"),
    ("layer_output_norm", "output.LayerNorm"),
];

impl Source<'_> {
    /// What was computed from tensors holds only if the file was whole.
    fn check_whole(&self) -> Result<()> {
        match self {
            Self::Gguf(file) => file.bytes().check_whole(),
            Self::Folder(file) => file.bytes().check_whole(),
        }
    }

    /// A tensor by GGUF's name, `layer` counting from 0.
    fn tensor(&self, layer: Option<usize>, name: &str, part: &str) -> Result<Tensor<'_>> {
        let (found, full) = match self {
            Self::Gguf(file) => {
                let full = gguf_name(layer, name, part);
                (file.tensor(&full), full)
            }
            Self::Folder(file) => {
                let long = NAMES.iter().find(|(short, _)| *short == name).map_or(name, |(_, l)| l);
                let full =
                    layer.map_or(format!("{long}.{part}"), |i| format!("encoder.layer.{i}.{long}.{part}"));
                (file.tensor(&full).or_else(|| file.tensor(&format!("bert.{full}"))), full)
            }
        };
        found.ok_or_else(|| Error::format(format!("tensor `{full}` is missing")))
    }
}

fn gguf_name(layer: Option<usize>, name: &str, part: &str) -> String {
    layer.map_or(format!("{name}.{part}"), |i| format!("blk.{i}.{name}.{part}"))
}

#[derive(Debug, Clone)]
struct Shape {
    layers: usize,
    width: usize,
    heads: usize,
    feed_forward: usize,
    context: usize,
    epsilon: f32,
    /// The first token's vector instead of the mean.
    first_token: bool,
}

/// An encoder and its tokenizer.
#[derive(Debug)]
pub(crate) struct Encoder<'m> {
    source: Source<'m>,
    shape: Shape,
    tokenizer: OnceLock<Tokenizer>,
    weights: OnceLock<Weights>,
}

#[derive(Debug)]
struct Linear {
    range: Range<usize>,
    layout: Layout,
    bias: Vec<f32>,
}

type Norm = (Vec<f32>, Vec<f32>);

#[derive(Debug)]
struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    output_norm: Norm,
    up: Linear,
    down: Linear,
    last_norm: Norm,
}

#[derive(Debug)]
struct Weights {
    arena: Arena,
    layers: Vec<Layer>,
    norm: Norm,
    segment: Vec<f32>,
}

impl<'m> Encoder<'m> {
    pub(crate) fn from_gguf(file: Gguf<'m>) -> Result<Self> {
        let size = |key: &str| {
            let n = file.integer(&format!("bert.{key}")).filter(|&n| n > 0 && n < 1 << 20);
            n.ok_or_else(|| Error::format(format!("bert.{key} is missing or out of range")))
        };
        let shape = Shape {
            layers: size("block_count")?,
            width: size("embedding_length")?,
            heads: size("attention.head_count")?,
            feed_forward: size("feed_forward_length")?,
            context: size("context_length")?,
            epsilon: file.number("bert.attention.layer_norm_epsilon").unwrap_or(1e-12) as f32,
            first_token: file.integer("bert.pooling_type") == Some(2),
        };
        Self::checked(Source::Gguf(file), shape, OnceLock::new())
    }

    /// Reads a folder with `model.safetensors`, `config.json` and `tokenizer.json` or `vocab.txt`.
    pub(crate) fn from_folder(folder: &Path) -> Result<Encoder<'static>> {
        let json = |name: &str| -> Result<serde_json::Value> {
            let path = folder.join(name);
            let text =
                std::fs::read(&path).map_err(|e| Error::Io(format!("cannot read {}", path.display()), e))?;
            serde_json::from_slice(&text).map_err(|e| Error::format(format!("{name}: {e}")))
        };
        let config = json("config.json")?;
        if config["model_type"] != "bert" {
            return Err(Error::unsupported(format!(
                "the model type {} as safetensors",
                config["model_type"]
            )));
        }
        let size = |key: &str| {
            let n = config[key].as_u64().filter(|&n| n > 0 && n < 1 << 20).map(|n| n as usize);
            n.ok_or_else(|| Error::format(format!("config.json: {key} is missing or out of range")))
        };
        let pooling = json("1_Pooling/config.json").unwrap_or_default();
        let limit = json("sentence_bert_config.json").ok().and_then(|c| c["max_seq_length"].as_u64());
        let shape = Shape {
            layers: size("num_hidden_layers")?,
            width: size("hidden_size")?,
            heads: size("num_attention_heads")?,
            feed_forward: size("intermediate_size")?,
            context: size("max_position_embeddings")?.min(limit.map_or(usize::MAX, |n| n as usize)),
            epsilon: config["layer_norm_eps"].as_f64().unwrap_or(1e-12) as f32,
            first_token: pooling["pooling_mode_cls_token"] == true,
        };
        let file = SafeTensors::open(&folder.join("model.safetensors"))?;
        let tokens = vocabulary(folder, json("tokenizer.json").ok())?;
        let lowercase = json("tokenizer_config.json").ok().and_then(|c| c["do_lower_case"].as_bool());
        let tokenizer = OnceLock::from(Tokenizer::wordpiece(&tokens, lowercase.unwrap_or(true))?);
        Encoder::checked(Source::Folder(file), shape, tokenizer)
    }

    fn checked(source: Source<'m>, shape: Shape, tokenizer: OnceLock<Tokenizer>) -> Result<Self> {
        if !shape.width.is_multiple_of(shape.heads) || shape.context < 2 {
            return Err(Error::format(format!("{} heads for a width of {}", shape.heads, shape.width)));
        }
        Ok(Self { source, shape, tokenizer, weights: OnceLock::new() })
    }

    pub(crate) fn gguf(&self) -> Option<&Gguf<'m>> {
        match &self.source {
            Source::Gguf(file) => Some(file),
            Source::Folder(_) => None,
        }
    }

    /// The same encoder as a GGUF file.
    pub(crate) fn to_gguf(&self) -> Result<Writer> {
        let mut w = Writer::new();
        w.key("general.architecture", &Value::Str("bert".into()));
        let positions = self.source.tensor(None, "position_embd", "weight")?;
        let positions = positions.shape.get(1).copied().unwrap_or(0);
        for (key, value) in [
            ("block_count", self.shape.layers),
            ("embedding_length", self.shape.width),
            ("feed_forward_length", self.shape.feed_forward),
            ("attention.head_count", self.shape.heads),
            ("context_length", positions),
            ("pooling_type", if self.shape.first_token { 2 } else { 1 }),
        ] {
            w.key(&format!("bert.{key}"), &Value::U32(value as u32));
        }
        w.key("bert.attention.layer_norm_epsilon", &Value::F32(self.shape.epsilon));
        w.key("bert.attention.causal", &Value::Bool(false));
        self.tokenizer()?.write_wordpiece(&mut w);
        let once = NAMES[..OUTSIDE].iter().map(|(name, _)| (None, *name));
        let layers = (0..self.shape.layers)
            .flat_map(|i| NAMES[OUTSIDE..].iter().map(move |(name, _)| (Some(i), *name)));
        for (layer, name) in once.chain(layers) {
            for part in ["weight", "bias"] {
                // Embeddings have no bias.
                if let Ok(tensor) = self.source.tensor(layer, name, part) {
                    w.tensor(&gguf_name(layer, name, part), tensor.ty, tensor.shape, tensor.bytes.to_vec());
                }
            }
        }
        self.source.check_whole()?;
        Ok(w)
    }

    pub(crate) fn tokenizer(&self) -> Result<&Tokenizer> {
        if let Some(found) = self.tokenizer.get() {
            return Ok(found);
        }
        let file = self.gguf().ok_or_else(|| Error::format("no tokenizer"))?;
        let built = Tokenizer::from_gguf(file)?;
        Ok(self.tokenizer.get_or_init(|| built))
    }

    fn vector(&self, layer: Option<usize>, name: &str, part: &str, length: usize) -> Result<Vec<f32>> {
        let tensor = self.source.tensor(layer, name, part)?;
        if tensor.len() != length {
            return Err(Error::format(format!("`{}` has the shape {:?}", tensor.name, tensor.shape)));
        }
        Ok(tensor.to_f32())
    }

    fn norm(&self, layer: Option<usize>, name: &str) -> Result<Norm> {
        let width = self.shape.width;
        Ok((self.vector(layer, name, "weight", width)?, self.vector(layer, name, "bias", width)?))
    }

    fn weights(&self) -> Result<&Weights> {
        if let Some(found) = self.weights.get() {
            return Ok(found);
        }
        let built = self.load()?;
        Ok(self.weights.get_or_init(|| built))
    }

    fn load(&self) -> Result<Weights> {
        let Shape { width, feed_forward, .. } = self.shape;
        let mut plan: Vec<(Tensor<'_>, Layout, usize)> = Vec::new();
        let mut size = 0usize;
        let mut layers = Vec::new();
        for i in 0..self.shape.layers {
            let mut linear = |name: &str, columns: usize, rows: usize| -> Result<Linear> {
                let tensor = self.source.tensor(Some(i), name, "weight")?;
                let kind = Kind::of(tensor.ty);
                if tensor.shape != [columns, rows] || !columns.is_multiple_of(kind.columns()) {
                    return Err(Error::format(format!("`{}` has the shape {:?}", tensor.name, tensor.shape)));
                }
                let layout = Layout { kind, rows, columns };
                let bytes = layout.bytes().ok_or_else(|| Error::format("the weights wrap"))?;
                let range = size..size + bytes;
                plan.push((tensor, layout, size));
                size = (size + bytes).next_multiple_of(64);
                Ok(Linear { range, layout, bias: self.vector(Some(i), name, "bias", rows)? })
            };
            layers.push(Layer {
                query: linear("attn_q", width, width)?,
                key: linear("attn_k", width, width)?,
                value: linear("attn_v", width, width)?,
                output: linear("attn_output", width, width)?,
                up: linear("ffn_up", width, feed_forward)?,
                down: linear("ffn_down", feed_forward, width)?,
                output_norm: self.norm(Some(i), "attn_output_norm")?,
                last_norm: self.norm(Some(i), "layer_output_norm")?,
            });
        }
        let arena = pack(plan, size)?;
        let segments = self.source.tensor(None, "token_types", "weight")?;
        let segment = segments.to_f32().get(..width).map(<[f32]>::to_vec);
        self.source.check_whole()?;
        Ok(Weights {
            arena,
            layers,
            norm: self.norm(None, "token_embd_norm")?,
            segment: segment.ok_or_else(|| Error::format("no segment embeddings"))?,
        })
    }

    /// The vector of a text; longer texts than the model looks at are cut, as others do.
    pub(crate) fn embed(&self, text: &str, pool: &Pool) -> Result<Vec<f32>> {
        let mut tokens = self.tokenizer()?.encode(text, false, true);
        if let Some(last) = tokens.last().copied().filter(|_| tokens.len() > self.shape.context) {
            tokens.truncate(self.shape.context - 1);
            tokens.push(last);
        }
        if tokens.is_empty() {
            return Err(Error::input("the text has no tokens"));
        }
        let weights = self.weights()?;
        let mut hidden = self.embeddings(&tokens, weights)?;
        for layer in &weights.layers {
            self.layer(layer, weights, pool, &mut hidden);
        }
        let width = self.shape.width;
        let mut out = vec![0f32; width];
        let used = if self.shape.first_token { 1 } else { tokens.len() };
        for row in hidden.chunks_exact(width).take(used) {
            out.iter_mut().zip(row).for_each(|(o, x)| *o += x);
        }
        normalize(&mut out);
        self.source.check_whole()?;
        Ok(out)
    }

    fn embeddings(&self, tokens: &[u32], weights: &Weights) -> Result<Vec<f32>> {
        let width = self.shape.width;
        let words = self.source.tensor(None, "token_embd", "weight")?;
        let places = self.source.tensor(None, "position_embd", "weight")?;
        let mut hidden = vec![0f32; tokens.len() * width];
        let mut place = vec![0f32; width];
        for (i, (row, &token)) in hidden.chunks_exact_mut(width).zip(tokens).enumerate() {
            for (tensor, index, out) in [(&words, token as usize, &mut *row), (&places, i, &mut place[..])] {
                let bytes = width / tensor.ty.block_len() * tensor.ty.block_bytes();
                let stored = index.checked_mul(bytes).and_then(|at| tensor.bytes.get(at..at + bytes));
                let stored = stored.filter(|_| tensor.shape.first() == Some(&width));
                let stored =
                    stored.ok_or_else(|| Error::format(format!("`{}` has no row {index}", tensor.name)))?;
                dequantize(tensor.ty, stored, out);
            }
            for ((x, p), s) in row.iter_mut().zip(&place).zip(&weights.segment) {
                *x += p + s;
            }
            layer_norm(row, &weights.norm, self.shape.epsilon);
        }
        Ok(hidden)
    }

    fn layer(&self, layer: &Layer, weights: &Weights, pool: &Pool, hidden: &mut [f32]) {
        let Shape { width, feed_forward, epsilon, .. } = self.shape;
        let mut acts = Acts::default();
        let mut scratch = Vec::new();
        let mut product = |linear: &Linear, acts: &Acts| {
            let mut out = vec![0f32; acts.tokens() * linear.layout.rows];
            let matrix = Matrix { layout: linear.layout, bytes: &weights.arena[linear.range.clone()] };
            matmul(pool, matrix, acts, &mut out, &mut scratch);
            for row in out.chunks_exact_mut(linear.bias.len()) {
                row.iter_mut().zip(&linear.bias).for_each(|(x, b)| *x += b);
            }
            out
        };
        acts.load(hidden, width);
        let (q, k, v) =
            (product(&layer.query, &acts), product(&layer.key, &acts), product(&layer.value, &acts));
        let mixed = self.attention(&q, &k, &v, pool);
        acts.load(&mixed, width);
        let result = product(&layer.output, &acts);
        self.add_and_norm(hidden, &result, &layer.output_norm, epsilon);
        acts.load(hidden, width);
        let mut inner = product(&layer.up, &acts);
        inner.iter_mut().for_each(|x| *x = gelu(*x));
        acts.load(&inner, feed_forward);
        let result = product(&layer.down, &acts);
        self.add_and_norm(hidden, &result, &layer.last_norm, epsilon);
    }

    fn add_and_norm(&self, hidden: &mut [f32], result: &[f32], norm: &Norm, epsilon: f32) {
        let width = self.shape.width;
        for (x, r) in hidden.chunks_exact_mut(width).zip(result.chunks_exact(width)) {
            x.iter_mut().zip(r).for_each(|(x, r)| *x += r);
            layer_norm(x, norm, epsilon);
        }
    }

    fn attention(&self, q: &[f32], k: &[f32], v: &[f32], pool: &Pool) -> Vec<f32> {
        let Shape { width, heads, .. } = self.shape;
        let dim = width / heads;
        let scale = 1.0 / (dim as f32).sqrt();
        let mut mixed = vec![0f32; q.len()];
        pool.for_chunks(&mut mixed, dim, |task, out| {
            let (token, head) = (task / heads, task % heads);
            let at = head * dim..(head + 1) * dim;
            let query = &q[token * width..][at.clone()];
            let dot = |row: &[f32]| -> f32 { row[at.clone()].iter().zip(query).map(|(a, b)| a * b).sum() };
            let mut scores: Vec<f32> = k.chunks_exact(width).map(|row| dot(row) * scale).collect();
            let sum = math::exp_from_max(&mut scores);
            for (row, score) in v.chunks_exact(width).zip(&scores) {
                let weight = score / sum;
                out.iter_mut().zip(&row[at.clone()]).for_each(|(o, x)| *o += weight * x);
            }
        });
        mixed
    }
}

/// Packs tensors to their places in an arena of `size` bytes.
fn pack(plan: Vec<(Tensor<'_>, Layout, usize)>, size: usize) -> Result<Arena> {
    let mut arena =
        Arena::new(size).map_err(|e| Error::Io(format!("no memory for {size} bytes of weights"), e))?;
    for (tensor, layout, at) in plan {
        let row_bytes = layout.columns / tensor.ty.block_len() * tensor.ty.block_bytes();
        let groups = arena[at..].chunks_exact_mut(layout.group_bytes());
        for (rows, group) in tensor.bytes.chunks(LANES * row_bytes).zip(groups) {
            pack_rows(tensor.ty, layout, rows, group);
        }
    }
    Ok(arena)
}

fn vocabulary(folder: &Path, tokenizer: Option<serde_json::Value>) -> Result<Vec<String>> {
    if let Some(vocab) = tokenizer.as_ref().and_then(|t| t["model"]["vocab"].as_object()) {
        let mut tokens = vec![String::new(); vocab.len()];
        for (token, id) in vocab {
            let slot = id.as_u64().and_then(|id| tokens.get_mut(id as usize));
            *slot.ok_or_else(|| Error::format("tokenizer.json has an id beyond its vocabulary"))? =
                token.clone();
        }
        return Ok(tokens);
    }
    let path = folder.join("vocab.txt");
    let text = std::fs::read_to_string(&path)
        .map_err(|e| Error::Io(format!("cannot read {}", path.display()), e))?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn layer_norm(x: &mut [f32], (weight, bias): &Norm, epsilon: f32) {
    let n = x.len() as f32;
    let mean = x.iter().sum::<f32>() / n;
    let variance = x.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / n;
    let scale = 1.0 / (variance + epsilon).sqrt();
    for ((x, w), b) in x.iter_mut().zip(weight).zip(bias) {
        *x = (*x - mean) * scale * w + b;
    }
}

/// GELU with the error function, approximated by Abramowitz and Stegun 7.1.26 (error below 1.5e-7).
fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let poly = ((((1.061_405_4 * t - 1.453_152) * t + 1.421_413_7) * t - 0.284_496_74) * t + 0.254_829_6) * t;
    let erf = 1.0 - poly * (-z * z).exp();
    0.5 * x * (1.0 + erf.copysign(x))
}
