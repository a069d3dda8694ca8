//! Tiny decoders with random weights, one for each family, for comparing with other programs.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;

use realizar::file::writer::{Value, Writer};
use realizar::quant::{Type, quantize};

const WIDTH: usize = 128;
const FORWARD: usize = 192;
const VOCAB: usize = 320;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;

struct Random {
    writer: Writer,
    state: u64,
    exact: bool,
}

impl Random {
    fn next(&mut self) -> f32 {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn tensor(&mut self, name: &str, ty: Type, shape: &[usize], middle: f32, spread: f32) {
        let ty = if self.exact { Type::F32 } else { ty };
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| middle + spread * self.next()).collect();
        let bytes = quantize(ty, &values).expect("rows are whole blocks");
        self.writer.tensor(name, ty, shape, bytes);
    }

    fn matrix(&mut self, name: &str, ty: Type, columns: usize, rows: usize) {
        self.tensor(name, ty, &[columns, rows], 0.0, 1.7 / (columns as f32).sqrt());
    }

    fn vector(&mut self, name: &str, length: usize, middle: f32, spread: f32) {
        self.tensor(name, Type::F32, &[length], middle, spread);
    }
}

/// Writes a model of a family such as `qwen2`; `llama3` is llama with rope factors.
/// `exact` stores everything as F32.
pub fn write(family: &str, path: &str, exact: bool) -> Result<(), Box<dyn Error>> {
    let arch = if family == "llama3" { "llama" } else { family };
    let gemma = matches!(arch, "gemma2" | "gemma3");
    let head = if matches!(arch, "qwen3" | "gemma2" | "gemma3") { 64 } else { 32 };
    let layers = if gemma { 7 } else { 3 };
    let state = family.bytes().map(u64::from).sum();
    let mut r = Random { writer: Writer::new(), state, exact };
    keys(&mut r.writer, arch, layers, head);
    r.tensor("token_embd.weight", Type::F16, &[WIDTH, VOCAB], 0.0, 0.5);
    r.vector("output_norm.weight", WIDTH, 1.0, 0.2);
    if !gemma {
        r.matrix("output.weight", Type::Q8_0, WIDTH, VOCAB);
    }
    match family {
        "llama3" => r.vector("rope_freqs.weight", head / 2, 3.0, 2.0),
        "phi3" => {
            r.vector("rope_factors_short.weight", head / 2, 1.5, 0.4);
            r.vector("rope_factors_long.weight", head / 2, 4.0, 2.0);
        }
        _ => {}
    }
    for i in 0..layers {
        layer(&mut r, arch, i, head);
    }
    r.writer.write(&mut BufWriter::new(File::create(path)?))?;
    Ok(())
}

fn layer(r: &mut Random, arch: &str, index: usize, head: usize) {
    let name = |part: &str| format!("blk.{index}.{part}");
    let (q, kv) = (HEADS * head, KV_HEADS * head);
    let types = [Type::Q8_0, Type::Q4_0, Type::Q5_1, Type::F16, Type::BF16, Type::Q4_1, Type::F32];
    let ty = types[index % types.len()];
    r.vector(&name("attn_norm.weight"), WIDTH, 1.0, 0.2);
    r.vector(&name("ffn_norm.weight"), WIDTH, 1.0, 0.2);
    if arch == "phi3" {
        r.matrix(&name("attn_qkv.weight"), ty, WIDTH, q + 2 * kv);
        r.matrix(&name("ffn_up.weight"), ty, WIDTH, 2 * FORWARD);
    } else {
        for (part, rows) in [("attn_q", q), ("attn_k", kv), ("attn_v", kv)] {
            r.matrix(&name(&format!("{part}.weight")), ty, WIDTH, rows);
            if arch == "qwen2" {
                r.vector(&name(&format!("{part}.bias")), rows, 0.0, 0.3);
            }
        }
        r.matrix(&name("ffn_gate.weight"), ty, WIDTH, FORWARD);
        r.matrix(&name("ffn_up.weight"), ty, WIDTH, FORWARD);
    }
    r.matrix(&name("attn_output.weight"), ty, q, WIDTH);
    r.matrix(&name("ffn_down.weight"), ty, FORWARD, WIDTH);
    if matches!(arch, "qwen3" | "gemma3") {
        r.vector(&name("attn_q_norm.weight"), head, 1.0, 0.3);
        r.vector(&name("attn_k_norm.weight"), head, 1.0, 0.3);
    }
    if matches!(arch, "gemma2" | "gemma3") {
        r.vector(&name("post_attention_norm.weight"), WIDTH, 1.0, 0.2);
        r.vector(&name("post_ffw_norm.weight"), WIDTH, 1.0, 0.2);
    }
}

fn keys(w: &mut Writer, arch: &str, layers: usize, head: usize) {
    w.key("general.architecture", &Value::Str(arch.into()));
    let size = |n: usize| Value::U32(n as u32);
    for (key, value) in [
        ("block_count", size(layers)),
        ("embedding_length", size(WIDTH)),
        ("feed_forward_length", size(FORWARD)),
        ("context_length", size(4096)),
        ("attention.head_count", size(HEADS)),
        ("attention.head_count_kv", size(KV_HEADS)),
        ("attention.key_length", size(head)),
        ("attention.value_length", size(head)),
        ("rope.dimension_count", size(head)),
        ("rope.freq_base", Value::F32(50000.0)),
        ("attention.layer_norm_rms_epsilon", Value::F32(1e-6)),
        ("vocab_size", size(VOCAB)),
    ] {
        w.key(&format!("{arch}.{key}"), &value);
    }
    if arch.starts_with("gemma") {
        w.key(&format!("{arch}.attention.sliding_window"), &size(16));
    }
    if arch == "phi3" {
        w.key("phi3.rope.scaling.original_context_length", &size(4096));
        w.key("phi3.rope.scaling.attn_factor", &Value::F32(1.19));
    }
    if arch == "gemma2" {
        w.key("gemma2.attn_logit_softcapping", &Value::F32(50.0));
        w.key("gemma2.final_logit_softcapping", &Value::F32(30.0));
    }
    // A SentencePiece vocabulary: three specials, 256 bytes, letters.
    let mut tokens: Vec<String> = ["<unk>", "<s>", "</s>"].map(String::from).to_vec();
    tokens.extend((0..256).map(|b| format!("<0x{b:02X}>")));
    tokens.extend((tokens.len()..VOCAB).map(|i| format!("t{i}")));
    let roles = (0..VOCAB as i32).map(|i| match i {
        0 => 2,
        1..=2 => 3,
        3..=258 => 6,
        _ => 1,
    });
    w.key("tokenizer.ggml.model", &Value::Str("llama".into()));
    w.key("tokenizer.ggml.token_type", &Value::Ints(roles.collect()));
    w.key("tokenizer.ggml.scores", &Value::Floats(vec![0.0; VOCAB]));
    w.key("tokenizer.ggml.tokens", &Value::Strings(tokens));
    w.key("tokenizer.ggml.bos_token_id", &Value::U32(1));
    w.key("tokenizer.ggml.eos_token_id", &Value::U32(2));
}
