//! Models that tests make themselves.
#![allow(dead_code)]

use realizar::file::writer::{Value, Writer};
use realizar::quant::{Type, quantize};

/// A small valid decoder with a byte-level vocabulary.
pub fn small_model() -> Vec<u8> {
    small_model_with(|_| {})
}

/// [`small_model`] with tensors behind its own.
pub fn small_model_with(more: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::new();
    w.key("general.architecture", &Value::Str("llama".into()));
    w.key("general.alignment", &Value::U32(32));
    for (key, value) in [
        ("block_count", 1),
        ("embedding_length", 32),
        ("feed_forward_length", 32),
        ("context_length", 64),
        ("attention.head_count", 2),
        ("attention.head_count_kv", 1),
    ] {
        w.key(&format!("llama.{key}"), &Value::U32(value));
    }
    w.key("llama.attention.layer_norm_rms_epsilon", &Value::F32(1e-5));
    let tokens: Vec<String> = "abcdefghijklmnop".chars().map(String::from).collect();
    w.key("tokenizer.ggml.model", &Value::Str("gpt2".into()));
    w.key("tokenizer.ggml.pre", &Value::Str("gpt-2".into()));
    w.key("tokenizer.ggml.merges", &Value::Strings(vec!["a b".into(), "x unknown".into(), "c".into()]));
    w.key("tokenizer.ggml.scores", &Value::Floats(vec![0.0; tokens.len()]));
    w.key("tokenizer.ggml.token_type", &Value::Ints(vec![1; tokens.len()]));
    w.key("tokenizer.ggml.tokens", &Value::Strings(tokens));
    w.key("tokenizer.ggml.eos_token_id", &Value::U32(99));
    let template = "{% for m in messages %}{{ m.content }}{% endfor %}";
    w.key("tokenizer.chat_template", &Value::Str(template.into()));
    let mut tensor = |name: &str, shape: &[usize], ty: Type| {
        let n: usize = shape.iter().product();
        let x: Vec<f32> = (0..n).map(|i| (i * 7 % 13) as f32 * 0.05 - 0.3).collect();
        w.tensor(name, ty, shape, quantize(ty, &x).expect("whole blocks"));
    };
    tensor("token_embd.weight", &[32, 16], Type::Q8_0);
    for name in ["output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"] {
        tensor(&format!("{name}.weight"), &[32], Type::F32);
    }
    for (name, rows) in [
        ("attn_q", 32),
        ("attn_k", 16),
        ("attn_v", 16),
        ("attn_output", 32),
        ("ffn_gate", 32),
        ("ffn_up", 32),
        ("ffn_down", 32),
    ] {
        tensor(&format!("blk.0.{name}.weight"), &[32, rows], Type::Q4_0);
    }
    more(&mut w);
    let mut out = Vec::new();
    w.write(&mut out).expect("memory takes everything");
    out
}

/// A generator of numbers from -1 to 1.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// Sizes of [`exact_model`].
pub const WIDTH: usize = 48;
pub const HEADS: usize = 4;
pub const KV_HEADS: usize = 2;
pub const HEAD: usize = 12;
pub const FORWARD: usize = 40;
pub const LAYERS: usize = 3;
pub const VOCAB: usize = 160;

/// Tensors of a random model in F32: name, columns, rows (0 for a vector), values.
pub fn exact_tensors(arch: &str) -> Vec<(String, usize, usize, Vec<f32>)> {
    let mut random = Random(17);
    let mut out = Vec::new();
    let mut add = |name: String, columns: usize, rows: usize| {
        let (middle, spread) = match rows {
            0 if name.ends_with("bias") => (0.0, 0.3),
            0 => (1.0, 0.3),
            _ => (0.0, 1.5 / (columns as f32).sqrt()),
        };
        let values = (0..columns * rows.max(1)).map(|_| middle + spread * random.next()).collect();
        out.push((name, columns, rows, values));
    };
    add("token_embd.weight".into(), WIDTH, VOCAB);
    add("output_norm.weight".into(), WIDTH, 0);
    add("output.weight".into(), WIDTH, VOCAB);
    for i in 0..LAYERS {
        let name = |part: &str| format!("blk.{i}.{part}");
        add(name("attn_norm.weight"), WIDTH, 0);
        add(name("ffn_norm.weight"), WIDTH, 0);
        add(name("attn_q.weight"), WIDTH, HEADS * HEAD);
        add(name("attn_k.weight"), WIDTH, KV_HEADS * HEAD);
        add(name("attn_v.weight"), WIDTH, KV_HEADS * HEAD);
        add(name("attn_output.weight"), HEADS * HEAD, WIDTH);
        add(name("ffn_gate.weight"), WIDTH, FORWARD);
        add(name("ffn_up.weight"), WIDTH, FORWARD);
        add(name("ffn_down.weight"), FORWARD, WIDTH);
        match arch {
            "qwen2" => {
                add(name("attn_q.bias"), HEADS * HEAD, 0);
                add(name("attn_k.bias"), KV_HEADS * HEAD, 0);
                add(name("attn_v.bias"), KV_HEADS * HEAD, 0);
            }
            "qwen3" | "gemma3" => {
                add(name("attn_q_norm.weight"), HEAD, 0);
                add(name("attn_k_norm.weight"), HEAD, 0);
            }
            _ => {}
        }
        if arch == "gemma3" {
            add(name("post_attention_norm.weight"), WIDTH, 0);
            add(name("post_ffw_norm.weight"), WIDTH, 0);
        }
    }
    out
}

/// A random model in F32 with a byte vocabulary (token = byte, up to 160).
pub fn exact_model(arch: &str) -> Vec<u8> {
    let mut w = Writer::new();
    w.key("general.architecture", &Value::Str(arch.into()));
    for (key, value) in [
        ("block_count", LAYERS),
        ("embedding_length", WIDTH),
        ("feed_forward_length", FORWARD),
        ("context_length", 512),
        ("attention.head_count", HEADS),
        ("attention.head_count_kv", KV_HEADS),
        ("attention.key_length", HEAD),
        ("attention.value_length", HEAD),
        ("attention.sliding_window", 7),
    ] {
        w.key(&format!("{arch}.{key}"), &Value::U32(value as u32));
    }
    w.key(&format!("{arch}.attention.layer_norm_rms_epsilon"), &Value::F32(1e-6));
    w.key(&format!("{arch}.rope.freq_base"), &Value::F32(5000.0));
    let letter = |i: usize| match i as u8 {
        b @ 0x21..=0x7e => char::from(b),
        b => char::from_u32(0x100 + u32::from(b)).expect("a letter"),
    };
    w.key("tokenizer.ggml.model", &Value::Str("gpt2".into()));
    w.key("tokenizer.ggml.pre", &Value::Str("gpt-2".into()));
    w.key("tokenizer.ggml.tokens", &Value::Strings((0..VOCAB).map(|i| letter(i).to_string()).collect()));
    for (name, columns, rows, values) in exact_tensors(arch) {
        let shape = if rows == 0 { vec![columns] } else { vec![columns, rows] };
        let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        w.tensor(&name, Type::F32, &shape, bytes);
    }
    let mut out = Vec::new();
    w.write(&mut out).expect("memory takes everything");
    out
}
