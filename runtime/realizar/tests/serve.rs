//! The HTTP server: its answers, and clients that misbehave.
#![cfg(feature = "serve")]

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use realizar::{Model, OpenOptions, ServeOptions, Server};
use serde_json::{Value, json};

fn start(change: impl FnOnce(&mut ServeOptions)) -> Server {
    start_with(common::small_model(), change)
}

fn start_with(model: Vec<u8>, change: impl FnOnce(&mut ServeOptions)) -> Server {
    let bytes: &'static [u8] = model.leak();
    let model = Model::from_bytes_with(bytes, OpenOptions { threads: Some(1) }).expect("valid");
    let mut options = ServeOptions { address: SocketAddr::from(([127, 0, 0, 1], 0)), ..Default::default() };
    change(&mut options);
    Server::start(model, options).expect("starts")
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).expect("listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("socket option");
    stream
}

/// Status and body of a request.
fn ask(server: &Server, method: &str, path: &str, extra: &str, body: &str) -> (u16, String) {
    let mut stream = connect(server);
    let length = body.len();
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n{extra}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).expect("takes the request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("answers");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status line");
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}

fn post(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let (status, text) = ask(server, "POST", path, "", &body.to_string());
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[test]
fn answers_completions_chats_embeddings_and_questions_about_itself() {
    let server = start(|o| o.name = "tiny".into());
    let (status, one) =
        post(&server, "/v1/completions", &json!({"prompt": "abc", "max_tokens": 5, "temperature": 0}));
    assert_eq!((status, one["usage"]["completion_tokens"].as_u64()), (200, Some(5)), "{one}");
    assert_eq!(one["choices"][0]["finish_reason"], "length");
    let messages = json!([{"role": "user", "content": "a"}, {"role": "user", "content": [{"type": "text", "text": "bc"}]}]);
    let (_, chat) = post(
        &server,
        "/v1/chat/completions",
        &json!({"messages": messages, "max_tokens": 5, "temperature": 0}),
    );
    assert_eq!(chat["choices"][0]["message"]["content"], one["choices"][0]["text"]);
    let request = json!({"prompt": "abc", "max_tokens": 5, "temperature": 0, "stream": true});
    let (status, events) = ask(&server, "POST", "/v1/completions", "", &request.to_string());
    let pieces = events.lines().filter_map(|l| l.strip_prefix("data: {")).map(|l| format!("{{{l}"));
    let text: String = pieces
        .map(|p| serde_json::from_str::<Value>(&p).expect("JSON"))
        .filter_map(|v| v["choices"][0]["text"].as_str().map(str::to_owned))
        .collect();
    assert_eq!((status, text.as_str()), (200, one["choices"][0]["text"].as_str().expect("text")));
    assert!(events.contains("data: [DONE]"));
    let (_, vectors) = post(&server, "/v1/embeddings", &json!({"input": ["ab", "cd"]}));
    assert_eq!(vectors["data"][1]["embedding"].as_array().map(Vec::len), Some(32));
    assert!(ask(&server, "GET", "/v1/models", "", "").1.contains("tiny"));
    assert_eq!(ask(&server, "GET", "/health", "", "").0, 200);
    let (_, metrics) = ask(&server, "GET", "/metrics", "", "");
    assert!(metrics.contains("realizar_generated_tokens_total 15"), "{metrics}");
    server.stop();
}

#[test]
fn garbage_is_answered_with_errors() {
    let server = start(|o| o.body_limit = 2000);
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        (r#"{"prompt": 5}"#, 400),
        (r#"{"prompt": ""}"#, 400),
        (r#"{"prompt": "a", "stop": 3}"#, 400),
        (r#"{"prompt": "a", "n": 2}"#, 400),
        (r#"{"prompt": "a", "max_tokens": -1}"#, 400),
        (
            r#"{"prompt": "a", "response_format": {"type": "json_schema", "json_schema": {"schema": {"not": {}}}}}"#,
            400,
        ),
        (&format!(r#"{{"prompt": "{}"}}"#, "a".repeat(200)), 400),
        (&"x".repeat(3000), 413),
    ] {
        let (found, text) = ask(&server, "POST", "/v1/completions", "", body);
        assert_eq!(found, status, "{body}: {text}");
    }
    assert_eq!(ask(&server, "GET", "/nowhere", "", "").0, 404);
    assert_eq!(ask(&server, "GET", "/v1/completions", "", "").0, 405);
    for noise in [&b"\0\0\0\0\r\n\r\n"[..], b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", &[0xff; 5000]] {
        let mut stream = connect(&server);
        // The server may hang up before it has read everything.
        let _ = stream.write_all(noise);
        let _ = stream.read(&mut [0; 100]);
    }
    assert_eq!(ask(&server, "GET", "/health", "", "").0, 200);
}

#[test]
fn a_key_is_needed_where_one_is_set() {
    let server = start(|o| o.api_key = Some("secret".into()));
    assert_eq!(ask(&server, "GET", "/v1/models", "", "").0, 401);
    assert_eq!(ask(&server, "GET", "/v1/models", "Authorization: Bearer secreT\r\n", "").0, 401);
    assert_eq!(ask(&server, "GET", "/v1/models", "Authorization: Bearer secret\r\n", "").0, 200);
    assert_eq!(ask(&server, "GET", "/health", "", "").0, 200);
}

#[test]
fn clients_that_wait_or_leave_do_not_block_others() {
    let server = start(|o| o.idle = Duration::from_millis(300));
    let mut slow: Vec<TcpStream> = (0..20).map(|_| connect(&server)).collect();
    for stream in &mut slow {
        stream.write_all(b"POST /v1/completions HTTP/1.1\r\nContent-Le").expect("takes a part");
    }
    for _ in 0..20 {
        let mut stream = connect(&server);
        let body = json!({"prompt": "abc", "max_tokens": 50, "stream": true}).to_string();
        let text = format!(
            "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(text.as_bytes()).expect("takes the request");
        stream.read_exact(&mut [0; 20]).expect("begins to answer");
    }
    let (status, _) = post(&server, "/v1/completions", &json!({"prompt": "ab", "max_tokens": 3}));
    assert_eq!(status, 200);
    for mut stream in slow {
        // Closed by the server: the end, or a 408 and the end.
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    server.stop();
}

#[test]
fn two_hundred_clients_at_once_are_all_answered() {
    let server = start(|_| {});
    let server = &server;
    std::thread::scope(|s| {
        let ask = |i: usize| {
            let body = json!({"prompt": "abcd"[..1 + i % 4], "max_tokens": 10, "temperature": 0});
            post(server, "/v1/completions", &body)
        };
        let threads: Vec<_> = (0..200).map(|i| s.spawn(move || ask(i))).collect();
        for thread in threads {
            let (status, body) = thread.join().expect("no panic");
            assert_eq!((status, body["usage"]["completion_tokens"].as_u64()), (200, Some(10)), "{body}");
        }
    });
}

#[test]
fn a_full_queue_refuses() {
    let server = start(|o| (o.queue, o.parallel) = (0, 1));
    let server = &server;
    for (path, body) in [
        ("/v1/completions", json!({"prompt": "abc", "max_tokens": 55})),
        ("/v1/embeddings", json!({"input": vec!["abcdefgh"; 50]})),
    ] {
        let statuses: Vec<u16> = std::thread::scope(|s| {
            let ask = || post(server, path, &body).0;
            let threads: Vec<_> = (0..40).map(|_| s.spawn(ask)).collect();
            threads.into_iter().map(|t| t.join().expect("no panic")).collect()
        });
        assert!(statuses.contains(&200) && statuses.iter().all(|s| [200, 503].contains(s)), "{statuses:?}");
    }
    assert!(ask(server, "GET", "/metrics", "", "").1.contains("realizar_pending_requests 0\n"));
}

#[test]
fn the_time_that_answers_take_does_not_count_as_idle() {
    let idle = Duration::from_secs(1);
    let server = start_with(common::exact_model("llama"), |o| (o.idle, o.parallel) = (idle, 1));
    let server = &server;
    let long = |stream: bool| {
        let body = json!({"prompt": "abc", "max_tokens": 500, "temperature": 0, "stream": stream});
        let (status, text) = ask(server, "POST", "/v1/completions", "", &body.to_string());
        assert!(status == 200 && text.contains("\"length\""), "{status}: {text}");
    };
    let begin = Instant::now();
    long(false);
    // One at a time: each client waits for those before it, the last for twice the idle time.
    let clients = 2 + (2 * idle.as_micros() / begin.elapsed().as_micros().max(1)).min(250);
    std::thread::scope(|s| (0..clients).for_each(|i| drop(s.spawn(move || long(i % 2 == 0)))));
}

#[test]
fn a_client_that_sends_a_byte_at_a_time_is_cut() {
    let server = start(|o| o.idle = Duration::from_millis(400));
    let (mut stream, begin) = (connect(&server), Instant::now());
    stream.write_all(b"POST /v1/completions HTTP/1.1\r\nx: ").expect("takes a part");
    while stream.write_all(b"y").is_ok() {
        assert!(begin.elapsed() < Duration::from_secs(30), "still open");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn stopping_finishes_answers_and_waits_for_nobody_else() {
    let server = start_with(common::exact_model("llama"), |_| {});
    let mut half = connect(&server);
    half.write_all(b"POST /v1/completions HTTP/1.1\r\nContent-Le").expect("takes a part");
    let silent = connect(&server);
    let mut streaming = connect(&server);
    let body = json!({"prompt": "abc", "max_tokens": 500, "temperature": 0, "stream": true}).to_string();
    let text =
        format!("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    streaming.write_all(text.as_bytes()).expect("takes the request");
    streaming.read_exact(&mut [0; 20]).expect("begins to answer");
    let begin = Instant::now();
    server.stop();
    // An idle client may take two minutes otherwise.
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
    let mut rest = String::new();
    streaming.read_to_string(&mut rest).expect("the whole answer");
    assert!(rest.contains("data: [DONE]"), "{rest}");
    drop((half, silent));
}
