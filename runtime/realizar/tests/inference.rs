//! Decoders against the same computation in f64, and the promises of sessions and batches.

mod common;

use std::collections::HashMap;
use std::ops::ControlFlow;

use common::{FORWARD, HEAD, HEADS, KV_HEADS, LAYERS, VOCAB, WIDTH, exact_model, exact_tensors};
use realizar::file::writer::Value;
use realizar::model::cache::CacheType;
use realizar::{Batch, Event, Finish, Generate, Model, OpenOptions, Sampling, SessionOptions};

fn go_on(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn ignore(_: &str) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn open(bytes: &[u8]) -> Model<'_> {
    Model::from_bytes_with(bytes, OpenOptions { threads: Some(2) }).expect("valid")
}

/// The textbook decoder in f64: whole sequence at once, no cache.
struct Exact {
    arch: &'static str,
    tensors: HashMap<String, Vec<f64>>,
}

impl Exact {
    fn new(arch: &'static str) -> Self {
        let tensors = exact_tensors(arch).into_iter();
        let tensors = tensors.map(|(n, _, _, v)| (n, v.into_iter().map(f64::from).collect()));
        Self { arch, tensors: tensors.collect() }
    }

    fn times(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let w = &self.tensors[&format!("{name}.weight")];
        let mut out: Vec<f64> =
            w.chunks(x.len()).map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect();
        if let Some(bias) = self.tensors.get(&format!("{name}.bias")) {
            out.iter_mut().zip(bias).for_each(|(o, b)| *o += b);
        }
        out
    }

    fn norm(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let Some(w) = self.tensors.get(&format!("{name}.weight")) else {
            return x.to_vec();
        };
        let mean = x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64;
        x.iter().zip(w).map(|(v, w)| v / (mean + 1e-6).sqrt() * w).collect()
    }

    fn heads(&self, name: &str, x: &[f64], position: usize, base: f64) -> Vec<f64> {
        let mut out = Vec::new();
        for head in x.chunks(HEAD) {
            let mut h = self.norm(name, head);
            for i in 0..HEAD / 2 {
                let angle = position as f64 * base.powf(-2.0 * i as f64 / HEAD as f64);
                let (a, b) = if self.arch == "llama" { (2 * i, 2 * i + 1) } else { (i, i + HEAD / 2) };
                let (x, y) = (h[a], h[b]);
                h[a] = x * angle.cos() - y * angle.sin();
                h[b] = x * angle.sin() + y * angle.cos();
            }
            out.extend(h);
        }
        out
    }

    /// Scores after each token.
    fn run(&self, tokens: &[u32]) -> Vec<Vec<f64>> {
        let gemma = self.arch == "gemma3";
        let scale = if gemma { (WIDTH as f64).sqrt() } else { 1.0 };
        let table = &self.tensors["token_embd.weight"];
        let row = |t: u32| table[t as usize * WIDTH..][..WIDTH].iter().map(|v| v * scale).collect();
        let mut hidden: Vec<Vec<f64>> = tokens.iter().map(|&t| row(t)).collect();
        for i in 0..LAYERS {
            let name = |part: &str| format!("blk.{i}.{part}");
            // With three layers, all of gemma's are sliding ones: window 7, base 10000.
            let (window, base) = if gemma { (7, 10000.0) } else { (usize::MAX, 5000.0) };
            let (mut q, mut k, mut v) = (Vec::new(), Vec::new(), Vec::new());
            for (p, x) in hidden.iter().enumerate() {
                let x = self.norm(&name("attn_norm"), x);
                q.push(self.heads(&name("attn_q_norm"), &self.times(&name("attn_q"), &x), p, base));
                k.push(self.heads(&name("attn_k_norm"), &self.times(&name("attn_k"), &x), p, base));
                v.push(self.times(&name("attn_v"), &x));
            }
            for (p, x) in hidden.iter_mut().enumerate() {
                let mut mixed = vec![0.0; HEADS * HEAD];
                for h in 0..HEADS {
                    let kv = h / (HEADS / KV_HEADS) * HEAD;
                    let first = (p + 1).saturating_sub(window);
                    let dot = |j: usize| (0..HEAD).map(|d| q[p][h * HEAD + d] * k[j][kv + d]).sum::<f64>();
                    let weights: Vec<f64> =
                        (first..=p).map(|j| (dot(j) / (HEAD as f64).sqrt()).exp()).collect();
                    let total: f64 = weights.iter().sum();
                    for (j, w) in (first..=p).zip(&weights) {
                        (0..HEAD).for_each(|d| mixed[h * HEAD + d] += w / total * v[j][kv + d]);
                    }
                }
                let result =
                    self.norm(&name("post_attention_norm"), &self.times(&name("attn_output"), &mixed));
                x.iter_mut().zip(result).for_each(|(x, r)| *x += r);
                let n = self.norm(&name("ffn_norm"), x);
                let (gate, up) = (self.times(&name("ffn_gate"), &n), self.times(&name("ffn_up"), &n));
                let act = |g: f64| match gemma {
                    true => 0.5 * g * (1.0 + (0.797_884_560_802_865_4 * (g + 0.044_715 * g * g * g)).tanh()),
                    false => g / (1.0 + (-g).exp()),
                };
                let inner: Vec<f64> = gate.iter().zip(&up).map(|(&g, u)| act(g) * u).collect();
                assert_eq!(inner.len(), FORWARD);
                let result = self.norm(&name("post_ffw_norm"), &self.times(&name("ffn_down"), &inner));
                x.iter_mut().zip(result).for_each(|(x, r)| *x += r);
            }
        }
        hidden.iter().map(|x| self.times("output", &self.norm("output_norm", x))).collect()
    }
}

fn tokens(n: usize) -> Vec<u32> {
    (0..n as u32).map(|i| (i * 31 + 7) % VOCAB as u32).collect()
}

#[test]
fn scores_equal_the_textbook_in_f64() {
    for arch in ["llama", "qwen2", "qwen3", "gemma3"] {
        let bytes = exact_model(arch);
        let model = open(&bytes);
        let tokens = tokens(21);
        let exact = Exact::new(arch).run(&tokens);
        let found = model.session().expect("valid").feed_all(&tokens).expect("fits");
        for (p, (found, exact)) in found.chunks_exact(VOCAB).zip(&exact).enumerate() {
            let size = exact.iter().fold(0f64, |m, v| m.max(v.abs()));
            for (f, e) in found.iter().zip(exact) {
                // The cache holds f16, everything else f32.
                assert!((f64::from(*f) - e).abs() < 4e-3 * size, "{arch} at {p}: {f} for {e}");
            }
        }
    }
}

#[test]
fn pieces_of_a_prompt_give_what_the_whole_gives() {
    let bytes = exact_model("llama");
    let model = open(&bytes);
    let tokens = tokens(300);
    let whole = model.session().expect("valid").feed(&tokens, go_on).expect("fits");
    let mut session = model.session().expect("valid");
    session.feed(&tokens[..7], go_on).expect("fits");
    session.feed(&tokens[..50], go_on).expect("fits");
    session.rewind(7);
    for part in tokens[7..].chunks(3) {
        session.feed(part, go_on).expect("fits");
    }
    session.rewind(299);
    let last = session.feed(&tokens[299..], go_on).expect("fits");
    assert!(whole.iter().zip(&last).all(|(a, b)| (a - b).abs() < 1e-4));
    assert_eq!(session.history(), tokens);
}

#[test]
fn an_int8_cache_stays_close() {
    let bytes = exact_model("qwen3");
    let model = open(&bytes);
    let half = model.session().expect("valid").feed_all(&tokens(60)).expect("fits");
    let options = SessionOptions { cache: CacheType::Q8, context: Some(100) };
    let q8 = model.session_with(options).expect("valid").feed_all(&tokens(60)).expect("fits");
    let error: f32 = half.iter().zip(&q8).map(|(a, b)| (a - b) * (a - b)).sum();
    let size: f32 = half.iter().map(|a| a * a).sum();
    assert!((error / size).sqrt() < 0.02 && error > 0.0);
}

#[test]
fn a_callback_cancels_and_contexts_end() {
    let bytes = exact_model("llama");
    let model = open(&bytes);
    let mut session =
        model.session_with(SessionOptions { context: Some(20), ..Default::default() }).expect("valid");
    let mut seen = 0;
    let options = Generate { ignore_end: true, ..Generate::default() };
    let answer = session.generate_from(&tokens(5), &options, |_| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(answer.expect("cancelled").finish, Finish::Cancelled);
    session.rewind(0);
    let answer = session.generate_from(&tokens(5), &options, ignore).expect("fits");
    assert_eq!((answer.finish, session.history().len()), (Finish::Length, 20));
    assert!(session.generate_from(&[1], &options, ignore).is_err());
    session.rewind(0);
    let cancelled = session.feed(&tokens(4), |_| ControlFlow::Break(()));
    assert!(matches!(cancelled, Err(realizar::Error::Cancelled)));
}

#[test]
fn a_context_that_no_memory_holds_is_an_error() {
    let bytes = exact_model("llama");
    let model = open(&bytes);
    for cache in [CacheType::F16, CacheType::Q8] {
        for context in [1 << 42, usize::MAX] {
            let error =
                model.session_with(SessionOptions { context: Some(context), cache }).expect_err("too large");
            assert!(error.to_string().contains("does not fit into memory"), "{error}");
        }
    }
}

#[test]
fn a_stop_text_ends_the_answer_and_is_not_part_of_it() {
    let bytes = exact_model("llama");
    let model = open(&bytes);
    let run = |stop: Vec<String>| {
        let options = Generate { max_tokens: 40, stop, ..Generate::default() };
        let mut streamed = String::new();
        let mut session = model.session().expect("valid");
        let answer = session.generate_from(&tokens(9), &options, |text| {
            streamed += text;
            ControlFlow::Continue(())
        });
        let answer = answer.expect("fits");
        assert_eq!(streamed, answer.text);
        answer
    };
    let free = run(Vec::new());
    assert_eq!(free.tokens.len(), 40);
    let stop: String = free.text.chars().skip(10).take(3).collect();
    let stopped = run(vec!["never appears".into(), stop.clone()]);
    assert_eq!(stopped.finish, Finish::Stop);
    assert_eq!(stopped.text, free.text[..free.text.find(&stop).expect("part of it")]);
}

#[test]
fn a_template_that_writes_the_beginning_does_not_get_it_twice() {
    let bytes = common::small_model_with(|w| {
        w.key("tokenizer.ggml.bos_token_id", &Value::U32(1));
        w.key("tokenizer.ggml.add_bos_token", &Value::Bool(true));
    });
    // The second token is a control token: its type is 3 in place of 1.
    let at = bytes.windows(26).position(|w| w == b"tokenizer.ggml.token_type\x09").expect("a key") + 25;
    let mut bytes = bytes;
    bytes[at + 4 + 4 + 8 + 4] = 3;
    let model = Model::from_bytes(&bytes).expect("valid");
    let tokens = |text: &str| model.tokenizer().expect("valid").encode(text, true, true);
    assert_eq!(tokens("cd"), [1, 2, 3]);
    assert_eq!(tokens("bcd"), [1, 2, 3]);
    assert_eq!(model.tokenizer().expect("valid").encode("bcd", false, true)[..2], [1, 1]);
}

#[test]
fn a_schema_is_kept_even_by_a_model_that_knows_nothing() {
    let bytes = exact_model("llama");
    let model = open(&bytes);
    let schema = serde_json::json!({"type": "object", "required": ["ok", "n"], "properties": {
        "ok": {"type": "boolean"}, "n": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3}
    }});
    for seed in 0..8 {
        let sampling = Sampling { temperature: 1.5, seed, ..Sampling::default() };
        let options =
            Generate { sampling, schema: Some(schema.clone()), max_tokens: 200, ..Generate::default() };
        let answer =
            model.session().expect("valid").generate_from(&tokens(4), &options, ignore).expect("fits");
        let value: serde_json::Value = serde_json::from_str(&answer.text).expect("JSON");
        assert!(value["ok"].is_boolean(), "{}", answer.text);
        let n = value["n"].as_array().expect("list").len();
        assert!((2..=3).contains(&n) && answer.finish == Finish::End, "{}", answer.text);
    }
}

#[test]
fn a_batch_gives_each_request_what_a_session_gives() {
    let bytes = exact_model("qwen2");
    let model = open(&bytes);
    let prompts: Vec<Vec<u32>> = [3, 150, 40, 1, 7].iter().map(|&n| tokens(n)).collect();
    let options = |i: usize| Generate { max_tokens: 5 + 9 * i, ..Generate::default() };
    let mut batch =
        Batch::new(&model, SessionOptions { context: Some(256), ..Default::default() }).expect("valid");
    let mut tickets = Vec::new();
    let mut answers = HashMap::new();
    for round in 0..400 {
        // Requests arrive while others are under way.
        if round % 3 == 0 && tickets.len() < prompts.len() {
            let i = tickets.len();
            tickets.push(batch.submit(&prompts[i], &options(i)).expect("fits"));
        }
        for event in batch.step() {
            if let Event::Done(ticket, _, answer) = event {
                answers.insert(ticket, answer);
            }
        }
    }
    assert!(batch.is_empty());
    for (i, ticket) in tickets.iter().enumerate() {
        let alone = model.session().expect("valid").generate_from(&prompts[i], &options(i), ignore);
        assert_eq!(answers[ticket].tokens, alone.expect("fits").tokens, "request {i}");
    }
    assert!(batch.submit(&[VOCAB as u32], &options(0)).is_err());
    assert!(batch.submit(&tokens(256), &options(0)).is_err());
}
