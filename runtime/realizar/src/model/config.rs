//! What the metadata says about a decoder, checked before anything is allocated from it.

use crate::error::{Error, Result};
use crate::file::gguf::Gguf;

/// Families of decoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Family {
    Llama,
    Qwen2,
    Qwen3,
    Gemma2,
    Gemma3,
    Phi3,
}

/// Which elements of a head turn together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    /// Elements 0 and 1, 2 and 3, ...
    Adjacent,
    /// Element i and i + half.
    Halves,
}

/// Non-linearity of the feed-forward gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Gate {
    Silu,
    Gelu,
}

/// Rotary position embedding of one kind of layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rope {
    /// Wavelength base.
    pub base: f32,
    /// Positions are multiplied with this (linear scaling).
    pub scale: f32,
}

/// Shape and constants of a decoder.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Config {
    pub family: Family,
    pub layers: usize,
    /// Length of the vector that runs through the layers.
    pub width: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
    pub value_dim: usize,
    pub feed_forward: usize,
    /// Tokens that the model was trained to look back on.
    pub context: usize,
    pub epsilon: f32,
    pub rope: Rope,
    pub rope_local: Rope,
    pub rope_dim: usize,
    /// Factor on sine and cosine (longrope).
    pub rope_magnitude: f32,
    /// Context before longrope stretched it.
    pub rope_original: usize,
    pub pairing: Pairing,
    /// Tokens that a sliding layer sees, itself included; 0 without sliding layers.
    pub window: usize,
    /// Of so many layers the last one sees everything.
    pub window_period: usize,
    pub attention_scale: f32,
    /// Caps scores at `cap * tanh(score / cap)`; 0 without.
    pub attention_cap: f32,
    pub logit_cap: f32,
    pub embedding_scale: f32,
    pub gate: Gate,
}

const MAX_LAYERS: usize = 4096;
const MAX_WIDTH: usize = 1 << 20;

struct Keys<'a> {
    file: &'a Gguf<'a>,
    arch: &'a str,
}

impl Keys<'_> {
    fn name(&self, key: &str) -> String {
        format!("{}.{key}", self.arch)
    }

    fn size(&self, key: &str, most: usize) -> Result<Option<usize>> {
        let name = self.name(key);
        // Some files give a list with a value per layer; equal values are fine.
        let value = match self.file.array(&name) {
            Some(array) => {
                let mut numbers = array.numbers();
                let first = numbers.next().unwrap_or(0.0);
                if numbers.any(|n| n != first) {
                    return Err(Error::unsupported(format!("{name} differs between layers")));
                }
                Some(first as usize)
            }
            None => self.file.integer(&name),
        };
        match value {
            Some(n) if n == 0 || n > most => {
                Err(Error::format(format!("{name} is {n}, not from 1 to {most}")))
            }
            None if self.file.number(&name).is_some() => {
                Err(Error::format(format!("{name} is not a whole number")))
            }
            found => Ok(found),
        }
    }

    fn needed(&self, key: &str, most: usize) -> Result<usize> {
        self.size(key, most)?.ok_or_else(|| Error::format(format!("{} is missing", self.name(key))))
    }

    fn float(&self, key: &str, default: f32) -> Result<f32> {
        let Some(value) = self.file.number(&self.name(key)) else {
            return Ok(default);
        };
        if !value.is_finite() {
            return Err(Error::format(format!("{} is {value}", self.name(key))));
        }
        Ok(value as f32)
    }
}

impl Config {
    /// Reads the configuration of a decoder.
    ///
    /// # Errors
    /// `Unsupported` for other architectures and rope scalings, `Format` for values out of range.
    pub fn from_gguf(file: &Gguf<'_>) -> Result<Self> {
        let arch = file.str("general.architecture").ok_or_else(|| Error::format("no architecture"))?;
        let family = match arch {
            "llama" | "mistral" => Family::Llama,
            "qwen2" => Family::Qwen2,
            "qwen3" => Family::Qwen3,
            "gemma2" => Family::Gemma2,
            "gemma3" => Family::Gemma3,
            "phi3" => Family::Phi3,
            other => return Err(Error::unsupported(format!("the architecture `{other}`"))),
        };
        let keys = Keys { file, arch };
        if keys.size("expert_count", 4096).unwrap_or(None).is_some() {
            return Err(Error::unsupported("mixture-of-experts models"));
        }
        let mut config = Self::shape(&keys, family)?;
        config.rope_details(&keys)?;
        config.family_details(&keys)?;
        Ok(config)
    }

    fn shape(keys: &Keys<'_>, family: Family) -> Result<Self> {
        let width = keys.needed("embedding_length", MAX_WIDTH)?;
        let heads = keys.needed("attention.head_count", MAX_WIDTH)?;
        let kv_heads = keys.size("attention.head_count_kv", MAX_WIDTH)?.unwrap_or(heads);
        let head_dim = keys.size("attention.key_length", MAX_WIDTH)?.unwrap_or(width / heads);
        let value_dim = keys.size("attention.value_length", MAX_WIDTH)?.unwrap_or(head_dim);
        if head_dim == 0 || heads % kv_heads != 0 {
            let text = format!("{heads} heads of {head_dim} with {kv_heads} key heads");
            return Err(Error::format(text));
        }
        let rope_dim = keys.size("rope.dimension_count", MAX_WIDTH)?.unwrap_or(head_dim);
        if rope_dim > head_dim || rope_dim % 2 != 0 {
            return Err(Error::format(format!("{rope_dim} rotated elements in heads of {head_dim}")));
        }
        let rope = Rope { base: keys.float("rope.freq_base", 10000.0)?, scale: 1.0 };
        let gemma = matches!(family, Family::Gemma2 | Family::Gemma3);
        let adjacent = family == Family::Llama;
        Ok(Self {
            family,
            layers: keys.needed("block_count", MAX_LAYERS)?,
            width,
            heads,
            kv_heads,
            head_dim,
            value_dim,
            feed_forward: keys.needed("feed_forward_length", MAX_WIDTH)?,
            context: keys.needed("context_length", 1 << 31)?,
            epsilon: keys.float("attention.layer_norm_rms_epsilon", 1e-5)?,
            rope,
            rope_local: rope,
            rope_dim,
            rope_magnitude: 1.0,
            rope_original: 0,
            pairing: if adjacent { Pairing::Adjacent } else { Pairing::Halves },
            window: 0,
            window_period: 1,
            attention_scale: 1.0 / (head_dim as f32).sqrt(),
            attention_cap: 0.0,
            logit_cap: 0.0,
            embedding_scale: if gemma { (width as f32).sqrt() } else { 1.0 },
            gate: if gemma { Gate::Gelu } else { Gate::Silu },
        })
    }

    fn rope_details(&mut self, keys: &Keys<'_>) -> Result<()> {
        let kind = keys.file.str(&keys.name("rope.scaling.type")).unwrap_or("none");
        match kind {
            "none" | "longrope" => {}
            "linear" => {
                let factor = keys.float("rope.scaling.factor", 1.0)?;
                if factor > 0.0 {
                    self.rope.scale = 1.0 / factor;
                }
            }
            other => return Err(Error::unsupported(format!("rope scaling `{other}`"))),
        }
        self.rope_magnitude = keys.float("rope.scaling.attn_factor", 1.0)?;
        let original = keys.size("rope.scaling.original_context_length", 1 << 31)?;
        self.rope_original = original.unwrap_or(self.context);
        self.rope_local = self.rope;
        Ok(())
    }

    fn family_details(&mut self, keys: &Keys<'_>) -> Result<()> {
        let gemma2 = self.family == Family::Gemma2;
        if !gemma2 && self.family != Family::Gemma3 {
            return Ok(());
        }
        self.window = keys.size("attention.sliding_window", 1 << 31)?.unwrap_or(0);
        self.window_period = if gemma2 { 2 } else { 6 };
        self.logit_cap = keys.float("final_logit_softcapping", if gemma2 { 30.0 } else { 0.0 })?;
        self.attention_cap = keys.float("attn_logit_softcapping", if gemma2 { 50.0 } else { 0.0 })?;
        if !gemma2 {
            let base = keys.float("rope.freq_base_swa", 10000.0)?;
            self.rope_local = Rope { base, scale: 1.0 };
        }
        // The 27B models divide by the width per head instead of the head's own length.
        let large = if gemma2 { 46 } else { 62 };
        if self.layers == large {
            self.attention_scale = 1.0 / ((self.width / self.heads) as f32).sqrt();
        }
        Ok(())
    }

    /// Whether a layer sees only the window.
    #[must_use]
    pub fn is_sliding(&self, layer: usize) -> bool {
        self.window > 0 && layer % self.window_period < self.window_period - 1
    }
}
