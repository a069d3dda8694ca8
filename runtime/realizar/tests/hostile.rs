//! Broken and malicious model files give errors: no panic, no hang, no allocation beyond the file.

mod common;
#[path = "common/exercise.rs"]
mod exercise;

use common::small_model;
use exercise::exercise;
use realizar::Model;
use realizar::file::gguf::Gguf;
use realizar::file::safetensors::SafeTensors;
use realizar::kernel::Kind;
use realizar::quant::{Type, quantize};

#[test]
fn the_model_that_is_mutated_is_valid() {
    assert_eq!(exercise(&small_model(), true).expect("valid"), 16);
}

struct Noise(u64);

impl Noise {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

#[test]
fn a_hundred_thousand_mutations_never_crash() {
    let valid = small_model();
    let odd: [u64; 12] =
        [0, 1, 31, 255, 65535, 0x7fff_ffff, 0xffff_ffff, 1 << 32, 1 << 62, 1 << 63, u64::MAX - 7, u64::MAX];
    let (mut noise, mut rejected) = (Noise(2026), 0u32);
    for case in 0..100_000 {
        let mut bytes = valid.clone();
        for _ in 0..=noise.below(3) {
            // Most mutations hit the header, which is where the lies matter.
            let range = if noise.below(10) == 0 { bytes.len() } else { bytes.len().min(2200) };
            let at = noise.below(range.max(1));
            match noise.below(5) {
                0 => bytes[at] ^= 1 << noise.below(8),
                1 => bytes[at] = noise.below(256) as u8,
                2 => bytes.truncate(at.max(1)),
                3 if at + 8 <= bytes.len() => {
                    bytes[at..at + 8].copy_from_slice(&odd[noise.below(odd.len())].to_le_bytes());
                }
                _ if at + 4 <= bytes.len() => {
                    bytes[at..at + 4].copy_from_slice(&(odd[noise.below(odd.len())] as u32).to_le_bytes());
                }
                _ => {}
            }
        }
        let outcome = std::panic::catch_unwind(|| exercise(&bytes, case % 50 == 0));
        match outcome {
            Ok(result) => rejected += u32::from(result.is_err()),
            Err(_) => panic!("case {case} of seed 2026 panicked"),
        }
    }
    assert!(rejected > 20_000, "only {rejected} of the mutations were noticed");
}

/// A header with given counts and tail.
fn header(version: u32, tensors: u64, keys: u64, tail: &[u8]) -> Vec<u8> {
    let mut out = b"GGUF".to_vec();
    out.extend(version.to_le_bytes());
    out.extend(tensors.to_le_bytes());
    out.extend(keys.to_le_bytes());
    out.extend(tail);
    out
}

fn key(name: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    let mut out = (name.len() as u64).to_le_bytes().to_vec();
    out.extend(name.as_bytes());
    out.extend(kind.to_le_bytes());
    out.extend(value);
    out
}

fn tensor(name: &str, dims: &[u64], ty: u32, offset: u64) -> Vec<u8> {
    let mut out = (name.len() as u64).to_le_bytes().to_vec();
    out.extend(name.as_bytes());
    out.extend((dims.len() as u32).to_le_bytes());
    dims.iter().for_each(|d| out.extend(d.to_le_bytes()));
    out.extend(ty.to_le_bytes());
    out.extend(offset.to_le_bytes());
    out
}

fn array(element: u32, count: u64, data: &[u8]) -> Vec<u8> {
    [&element.to_le_bytes()[..], &count.to_le_bytes(), data].concat()
}

#[test]
fn each_known_lie_is_named() {
    let pad = vec![0u8; 4096];
    let with = |rows: Vec<u8>| [rows, pad.clone()].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("does not start", b"GGML".to_vec()),
        ("big-endian", [&b"GGUF"[..], &3u32.to_be_bytes(), &pad].concat()),
        ("version 1", header(1, 0, 0, &pad)),
        ("version 77", header(77, 0, 0, &pad)),
        ("tensor count", header(3, u64::MAX, 0, &pad)),
        ("metadata count", header(3, 0, 1 << 60, &pad)),
        ("array of arrays", header(3, 0, 1, &with(key("a", 9, &array(9, 1, &[]))))),
        ("larger than", header(3, 0, 1, &with(key("a", 9, &array(6, 1 << 63, &[]))))),
        ("larger than", header(3, 0, 1, &with(key("a", 9, &array(12, (1 << 61) + 1, &[]))))),
        ("larger than", header(3, 0, 1, &with(key("a", 8, &u64::MAX.to_le_bytes())))),
        ("unknown value type", header(3, 0, 1, &with(key("a", 13, &[])))),
        ("not UTF-8", header(3, 0, 1, &with([&2u64.to_le_bytes()[..], &[0xff, 0xfe], &pad].concat()))),
        ("appears twice", header(3, 0, 2, &with([key("a", 0, &[1]), key("a", 0, &[2])].concat()))),
        ("power of two", header(3, 0, 1, &with(key("general.alignment", 4, &0u32.to_le_bytes())))),
        ("power of two", header(3, 0, 1, &with(key("general.alignment", 4, &48u32.to_le_bytes())))),
        ("not a u32", header(3, 0, 1, &with(key("general.alignment", 10, &32u64.to_le_bytes())))),
        (
            "dimensions",
            header(3, 1, 0, &with([&1u64.to_le_bytes()[..], b"t", &u32::MAX.to_le_bytes()].concat())),
        ),
        ("impossible shape", header(3, 1, 0, &with(tensor("t", &[1 << 40, 1 << 40], 0, 0)))),
        ("impossible shape", header(3, 1, 0, &with(tensor("t", &[33], 2, 0)))),
        ("past the end", header(3, 1, 0, &with(tensor("t", &[1 << 20], 0, 0)))),
        ("larger than", header(3, 1, 0, &with(tensor("t", &[8], 0, u64::MAX - 31)))),
        ("not aligned", header(3, 1, 0, &with(tensor("t", &[8], 0, 4)))),
        ("type code", header(3, 1, 0, &with(tensor("t", &[8], 4, 0)))),
        (
            "appears twice",
            header(3, 2, 0, &with([tensor("t", &[8], 0, 0), tensor("t", &[8], 0, 32)].concat())),
        ),
        ("overlap", header(3, 2, 0, &with([tensor("t", &[16], 0, 0), tensor("u", &[8], 0, 32)].concat()))),
    ];
    for (expected, bytes) in cases {
        let error = Gguf::from_bytes(&bytes).expect_err(expected).to_string();
        assert!(error.contains(expected), "`{error}` should say `{expected}`");
    }
}

#[test]
fn wrong_models_are_refused_with_the_reason() {
    let change = |from: &[u8], to: &[u8]| {
        let mut bytes = small_model();
        let at = bytes.windows(from.len()).position(|w| w == from).expect("part of the model");
        bytes[at..at + to.len()].copy_from_slice(to);
        exercise(&bytes, true).expect_err("refused").to_string()
    };
    let mut heads = b"llama.attention.head_count".to_vec();
    heads.extend(4u32.to_le_bytes());
    let zero = [&heads[..], &0u32.to_le_bytes()].concat();
    assert!(change(&[&heads[..], &2u32.to_le_bytes()].concat(), &zero).contains("head_count is 0"));
    assert!(change(b"blk.0.attn_q.weight", b"blk.0.attn_x.weight").contains("attn_q.weight` is missing"));
    assert!(change(b"llama.block_count", b"llama.block_covnt").contains("block_count is missing"));
    let name = b"blk.0.ffn_up.weight";
    let dims =
        |rows: u64| [&name[..], &2u32.to_le_bytes(), &32u64.to_le_bytes(), &rows.to_le_bytes()].concat();
    assert!(change(&dims(32), &dims(16)).contains("has the shape"));
}

#[test]
fn a_file_that_shrinks_while_open_is_an_error() {
    let path = std::env::temp_dir().join(format!("realizar-shrinks-{}.gguf", std::process::id()));
    std::fs::write(&path, small_model()).expect("temporary file");
    let model = Model::open(&path).expect("valid");
    let file = std::fs::OpenOptions::new().write(true).open(&path).expect("exists");
    file.set_len(2600).expect("shrinks");
    let error = model.session().expect_err("tensors are gone").to_string();
    std::fs::remove_file(&path).expect("temporary file");
    assert!(error.contains("changed while it was open"), "{error}");
}

/// The last matrix is not copied from the file; here it lies on pages of its own.
#[test]
fn a_file_that_shrinks_while_generating_is_an_error() {
    let ones = quantize(Type::Q8_0, &[1.0; 32 * 16]).expect("whole blocks");
    let bytes = common::small_model_with(|w| {
        w.tensor("unused", Type::F32, &[1 << 14], vec![0; 1 << 16]);
        w.tensor("output.weight", Type::Q8_0, &[32, 16], ones);
    });
    let path = std::env::temp_dir().join(format!("realizar-lost-{}.gguf", std::process::id()));
    // The page is gone, which raises a signal, or ends early, which gives zeros.
    for lost in [1 << 15, 100] {
        std::fs::write(&path, &bytes).expect("temporary file");
        let model = Model::open(&path).expect("valid");
        let mut session = model.session().expect("valid");
        let go_on = |_| std::ops::ControlFlow::Continue(());
        assert!(session.feed(&[1], go_on).expect("whole").iter().all(|x| x.is_finite() && *x != 0.0));
        let file = std::fs::OpenOptions::new().write(true).open(&path).expect("exists");
        file.set_len((bytes.len() - lost) as u64).expect("shrinks");
        if let Err(error) = session.feed(&[1], go_on) {
            assert!(error.to_string().contains("changed while it was open"), "{error}");
        } else {
            assert_eq!(Kind::stored(Type::Q8_0), None, "a lost matrix went unnoticed");
        }
    }
    std::fs::remove_file(&path).expect("temporary file");
}

#[test]
fn scores_that_are_not_numbers_are_an_error() {
    let mut block = [1u8; 34];
    block[..2].copy_from_slice(&0x7e00u16.to_le_bytes());
    let bytes = common::small_model_with(|w| {
        w.tensor("output.weight", Type::Q8_0, &[32, 16], block.repeat(16));
    });
    let model = Model::from_bytes(&bytes).expect("valid");
    let go_on = |_: &str| std::ops::ControlFlow::Continue(());
    for temperature in [0.0, 1.0] {
        let sampling = realizar::Sampling { temperature, ..Default::default() };
        let options = realizar::Generate { sampling, ..Default::default() };
        let error = model.session().expect("valid").generate("abc", &options, go_on).expect_err("no scores");
        assert!(error.to_string().contains("not numbers"), "{error}");
    }
}

#[test]
fn lists_of_the_wrong_kind_are_refused() {
    // The type of an array's elements stands behind its key and the type of the array.
    for key in [
        "tokenizer.ggml.tokens",
        "tokenizer.ggml.scores",
        "tokenizer.ggml.token_type",
        "tokenizer.ggml.merges",
    ] {
        let mut bytes = small_model();
        let at = bytes.windows(key.len()).position(|w| w == key.as_bytes()).expect("a key") + key.len() + 4;
        let strings = bytes[at] == 8;
        bytes[at..at + 4].copy_from_slice(&if strings { 0u32 } else { 8 }.to_le_bytes());
        exercise(&bytes, true).expect_err(key);
    }
}

/// A folder with an encoder of one layer.
fn small_encoder(folder: &std::path::Path) {
    let layer = "encoder.layer.0";
    let mut tensors = vec![];
    for (name, rows) in [("word", 7), ("position", 64), ("token_type", 2)] {
        tensors.push((format!("embeddings.{name}_embeddings.weight"), vec![rows, 32]));
    }
    for name in ["attention.self.query", "attention.self.key", "attention.self.value"] {
        tensors.push((format!("{layer}.{name}.weight"), vec![32, 32]));
    }
    for name in ["attention.output.dense", "intermediate.dense", "output.dense"] {
        tensors.push((format!("{layer}.{name}.weight"), vec![32, 32]));
    }
    let biases: Vec<_> = tensors.iter().skip(3).map(|(name, _)| name.replace(".weight", ".bias")).collect();
    tensors.extend(biases.into_iter().map(|name| (name, vec![32])));
    for name in ["embeddings", &format!("{layer}.attention.output"), &format!("{layer}.output")] {
        tensors.extend(["weight", "bias"].map(|part| (format!("{name}.LayerNorm.{part}"), vec![32])));
    }
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, shape) in tensors {
        let start = data.len();
        let count: usize = shape.iter().product();
        data.extend((0..count).flat_map(|i| ((i * 7 % 13) as f32 * 0.05 - 0.3).to_le_bytes()));
        let row = serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]});
        header.insert(name, row);
    }
    let header = serde_json::Value::Object(header).to_string();
    let file = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat();
    let config = r#"{"model_type": "bert", "num_hidden_layers": 1, "hidden_size": 32, "num_attention_heads": 2,
        "intermediate_size": 32, "max_position_embeddings": 64}"#;
    let vocab = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n";
    for (name, bytes) in [
        ("model.safetensors", &file[..]),
        ("config.json", config.as_bytes()),
        ("vocab.txt", vocab.as_bytes()),
    ] {
        std::fs::write(folder.join(name), bytes).expect("temporary file");
    }
}

#[test]
fn an_encoder_is_the_same_as_gguf_and_may_be_broken() {
    let folder = tempfile::tempdir().expect("temporary folder");
    small_encoder(folder.path());
    let model = Model::open(folder.path()).expect("valid");
    let mut bytes = Vec::new();
    model.to_gguf().expect("an encoder").write(&mut bytes).expect("memory takes everything");
    let copy = Model::from_bytes(&bytes).expect("valid");
    assert_eq!(copy.embed("b a c").expect("whole"), model.embed("b a c").expect("whole"));
    let mut noise = Noise(11);
    for _ in 0..5000 {
        let mut bytes = bytes.clone();
        let at = noise.below(bytes.len().min(3500));
        bytes[at] = noise.below(256) as u8;
        // An error or a vector.
        let _ = Model::from_bytes(&bytes).and_then(|model| model.embed("b a c"));
    }
}

#[test]
fn an_encoder_that_shrinks_is_an_error() {
    let folder = tempfile::tempdir().expect("temporary folder");
    small_encoder(folder.path());
    let [packed, opened] = [(); 2].map(|()| Model::open(folder.path()).expect("valid"));
    assert_eq!(packed.embed("b a").expect("whole").len(), 32);
    let path = folder.path().join("model.safetensors");
    let length = std::fs::metadata(&path).expect("exists").len();
    let file = std::fs::OpenOptions::new().write(true).open(&path).expect("exists");
    file.set_len(length / 2).expect("shrinks");
    for model in [packed, opened] {
        let error = model.embed("b a").expect_err("tensors are gone").to_string();
        assert!(error.contains("changed while it was open"), "{error}");
    }
}

#[test]
fn unknown_tokens_and_full_contexts_are_errors() {
    let bytes = small_model();
    let model = Model::from_bytes(&bytes).expect("valid");
    let mut session = model.session().expect("valid");
    let go_on = |_| std::ops::ControlFlow::Continue(());
    assert!(session.feed(&[16], go_on).is_err());
    assert!(session.feed(&[], go_on).is_err());
    session.feed(&[1; 64], go_on).expect("fits");
    let error = session.feed(&[1], go_on).expect_err("full").to_string();
    assert!(error.contains("64 tokens is full"), "{error}");
}

#[test]
fn hostile_safetensors_are_refused() {
    let file = |json: &str, data: usize| {
        [&(json.len() as u64).to_le_bytes()[..], json.as_bytes(), &vec![0; data]].concat()
    };
    let good = file(r#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#, 24);
    assert_eq!(SafeTensors::from_bytes(&good).expect("valid").tensor("a").expect("there").shape, [3, 2]);
    for bad in [
        b"\x01".to_vec(),
        u64::MAX.to_le_bytes().to_vec(),
        file("[]", 0),
        file("{", 0),
        file(r#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}}"#, 24),
        file(r#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[24,0]}}"#, 24),
        file(r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}}"#, 24),
        file(r#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[18446744073709551615,23]}}"#, 24),
        file(r#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 24),
    ] {
        assert!(SafeTensors::from_bytes(&bad).is_err());
    }
}
