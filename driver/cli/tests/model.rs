//! `batutac model` on a model of one layer that the test writes.
#![cfg(feature = "model")]

use realizar::file::writer::{Value, Writer};
use realizar::quant::{Type, quantize};
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Llama-shaped, with random-looking weights and the letters a to p as its vocabulary.
fn write_model(path: &Path) {
    let mut w = Writer::new();
    w.key("general.architecture", &Value::Str("llama".into()));
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
    w.key("tokenizer.ggml.model", &Value::Str("gpt2".into()));
    w.key("tokenizer.ggml.pre", &Value::Str("gpt-2".into()));
    w.key("tokenizer.ggml.merges", &Value::Strings(vec!["a b".into()]));
    let tokens: Vec<String> = "abcdefghijklmnop".chars().map(String::from).collect();
    w.key("tokenizer.ggml.tokens", &Value::Strings(tokens));
    let template = "{% for m in messages %}{{ m.content }}{% endfor %}";
    w.key("tokenizer.chat_template", &Value::Str(template.into()));
    let mut tensor = |name: &str, shape: &[usize]| {
        let count: usize = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|i| (i * 7 % 13) as f32 * 0.05 - 0.3).collect();
        let bytes = quantize(Type::F32, &values).expect("floats");
        w.tensor(&format!("{name}.weight"), Type::F32, shape, bytes);
    };
    tensor("token_embd", &[32, 16]);
    ["output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"].iter().for_each(|name| tensor(name, &[32]));
    for (name, rows) in [("attn_q", 32), ("attn_k", 16), ("attn_v", 16), ("attn_output", 32)] {
        tensor(&format!("blk.0.{name}"), &[32, rows]);
    }
    for name in ["ffn_gate", "ffn_up", "ffn_down"] {
        tensor(&format!("blk.0.{name}"), &[32, 32]);
    }
    w.write(&mut std::fs::File::create(path).expect("a file")).expect("written");
}

fn batutac(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
    command.arg("model").args(args).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("batutac starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("input");
    child.wait_with_output().expect("batutac ends")
}

fn json_of(folder: &Path, args: &[&str]) -> Json {
    let done = batutac(folder, &[args, &["--output-format", "json"]].concat(), "");
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("one JSON object")
}

#[test]
fn every_command_works_on_a_small_model() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let at = folder.path();
    write_model(&at.join("m.gguf"));
    let info = json_of(at, &["info", "m.gguf", "--tensors"]);
    assert_eq!((&info["version"], &info["types"]["F32"]), (&json!(3), &json!(11)));
    assert_eq!(info["keys"]["llama.context_length"], 64);
    assert_eq!(info["keys"]["llama.attention.layer_norm_rms_epsilon"], 1e-5);

    let run = ["run", "m.gguf", "abc", "-n", "5", "--threads", "1"];
    let answer = json_of(at, &run);
    assert_eq!((&answer["tokens"], &answer["finish"]), (&json!(5), &json!("length")));
    let plain = batutac(at, &run, "");
    assert_eq!(String::from_utf8_lossy(&plain.stdout).trim_end(), answer["text"].as_str().expect("text"));

    // Two turns: an answer each, of at most three tokens.
    let chat = batutac(at, &["chat", "m.gguf", "-n", "3", "--threads", "1"], "abc\ndef\n\n");
    assert!(chat.status.success(), "{}", String::from_utf8_lossy(&chat.stderr));
    assert_eq!(String::from_utf8_lossy(&chat.stdout).lines().count(), 2);

    let vectors = json_of(at, &["embed", "m.gguf", "abc", "ponm", "--threads", "1"]);
    let length: f64 = vectors["vectors"][0]
        .as_array()
        .expect("numbers")
        .iter()
        .map(|x| x.as_f64().unwrap_or(0.0).powi(2))
        .sum();
    assert!((length - 1.0).abs() < 1e-4, "{length}");

    let made = json_of(at, &["quantize", "m.gguf", "q8_0", "q.gguf"]);
    assert_eq!((&made["converted"], &made["kept"]), (&json!(8), &json!(3)));
    assert_eq!(json_of(at, &["info", "q.gguf"])["types"]["Q8_0"], 8);

    let bench = json_of(at, &["bench", "q.gguf", "--prompt", "8", "--steps", "4", "--rounds", "1"]);
    assert!(bench["tokens_per_second"].as_f64() > Some(0.0), "{bench}");
    std::fs::write(at.join("bad.gguf"), b"GGUF").expect("a file");
    let bad = batutac(at, &["info", "bad.gguf"], "");
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("not valid"), "{bad:?}");
}

/// Serves until a signal comes, then ends well, also with a client that has not finished its request.
#[cfg(unix)]
#[test]
fn a_server_ends_with_a_signal() {
    let folder = tempfile::tempdir().expect("temporary folder");
    write_model(&folder.path().join("m.gguf"));
    for signal in ["-INT", "-TERM"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
        command.args(["model", "serve", "m.gguf", "--listen", "127.0.0.1:0"]).current_dir(folder.path());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("batutac starts");
        let mut line = String::new();
        BufReader::new(child.stderr.take().expect("piped")).read_line(&mut line).expect("a line");
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split(',').next());
        let address = address.unwrap_or_else(|| panic!("no address in `{line}`"));
        let mut client = TcpStream::connect(address).expect("listens");
        client.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").expect("takes the request");
        client.read_exact(&mut [0; 15]).expect("answers");
        client.write_all(b"GET /hea").expect("takes a part");
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
        assert_eq!(child.wait().expect("ends").code(), Some(0), "{signal}");
    }
}
