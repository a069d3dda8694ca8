//! The endpoints: JSON in, JSON or server-sent events out, errors as OpenAI words them.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State as Extract};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::engine::{Engine, Reply};
use super::listen::{Answering, Connection};
use crate::chat::Message;
use crate::error::Error;
use crate::sample::Sampling;
use crate::session::{Answer, Finish, Generate};

#[derive(Clone)]
pub(super) struct State {
    pub(super) engine: Arc<Engine>,
    pub(super) key: Option<Arc<str>>,
}

fn error(status: StatusCode, kind: &str, message: impl Into<String>) -> Response {
    let body = json!({"error": {"message": message.into(), "type": kind, "code": status.as_u16()}});
    (status, axum::Json(body)).into_response()
}

fn bad(message: impl Into<String>) -> Response {
    error(StatusCode::BAD_REQUEST, "invalid_request_error", message)
}

fn failed(message: impl Into<String>) -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message)
}

fn overloaded() -> Response {
    error(StatusCode::SERVICE_UNAVAILABLE, "overloaded_error", "too many requests are waiting")
}

/// Compares without giving away by its duration how much was right.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

pub(super) async fn check_key(Extract(state): Extract<State>, request: Request, next: Next) -> Response {
    if let Some(key) = &state.key {
        let sent = request.headers().get(header::AUTHORIZATION);
        let sent = sent.and_then(|v| v.as_bytes().strip_prefix(b"Bearer "));
        if !sent.is_some_and(|sent| same(sent, key.as_bytes())) {
            return error(StatusCode::UNAUTHORIZED, "authentication_error", "wrong or missing API key");
        }
    }
    next.run(request).await
}

pub(super) async fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, "invalid_request_error", "no such endpoint")
}

pub(super) async fn health() -> Response {
    axum::Json(json!({"status": "ok"})).into_response()
}

pub(super) async fn models(Extract(state): Extract<State>) -> Response {
    let model = json!({"id": state.engine.name, "object": "model", "owned_by": "local"});
    axum::Json(json!({"object": "list", "data": [model]})).into_response()
}

pub(super) async fn metrics(Extract(state): Extract<State>) -> Response {
    let c = &state.engine.counters;
    let mut text = String::new();
    for (name, kind, value) in [
        ("realizar_requests_total", "counter", c.requests.load(Ordering::Relaxed)),
        ("realizar_refused_total", "counter", c.refused.load(Ordering::Relaxed)),
        ("realizar_prompt_tokens_total", "counter", c.prompt_tokens.load(Ordering::Relaxed)),
        ("realizar_generated_tokens_total", "counter", c.tokens.load(Ordering::Relaxed)),
        ("realizar_pending_requests", "gauge", c.pending.load(Ordering::Relaxed) as u64),
    ] {
        text += &format!("# TYPE {name} {kind}\n{name} {value}\n");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// Settings that both kinds of completion share.
#[derive(Deserialize)]
struct Settings {
    max_tokens: Option<usize>,
    max_completion_tokens: Option<usize>,
    temperature: Option<f32>,
    top_p: Option<f32>,
    top_k: Option<usize>,
    min_p: Option<f32>,
    seed: Option<u64>,
    frequency_penalty: Option<f32>,
    presence_penalty: Option<f32>,
    repeat_penalty: Option<f32>,
    #[serde(default)]
    stop: Value,
    #[serde(default)]
    stream: bool,
    #[serde(default)]
    response_format: Value,
    n: Option<u64>,
}

impl Settings {
    fn options(&self, context: usize, special: bool) -> Result<Generate, String> {
        if self.n.is_some_and(|n| n != 1) {
            return Err("`n` other than 1 is not supported".into());
        }
        let stop = match &self.stop {
            Value::Null => Vec::new(),
            Value::String(s) => vec![s.clone()],
            Value::Array(items) if items.len() <= 16 => {
                let texts = items.iter().map(|v| v.as_str().map(str::to_owned));
                texts.collect::<Option<_>>().ok_or("`stop` must hold strings")?
            }
            _ => return Err("`stop` must be a string or up to 16 strings".into()),
        };
        let schema = match self.response_format["type"].as_str() {
            None | Some("text") => None,
            Some("json_object") => Some(json!({"type": "object"})),
            Some("json_schema") => Some(self.response_format["json_schema"]["schema"].clone()),
            Some(other) => return Err(format!("the response format `{other}` is not known")),
        };
        let d = Sampling::default();
        let sampling = Sampling {
            temperature: self.temperature.unwrap_or(0.8),
            top_k: self.top_k.unwrap_or(d.top_k),
            top_p: self.top_p.unwrap_or(d.top_p),
            min_p: self.min_p.unwrap_or(d.min_p),
            repeat_penalty: self.repeat_penalty.unwrap_or(d.repeat_penalty),
            frequency_penalty: self.frequency_penalty.unwrap_or(0.0),
            presence_penalty: self.presence_penalty.unwrap_or(0.0),
            seed: self.seed.unwrap_or_else(now_nanos),
            ..d
        };
        let max_tokens = self.max_completion_tokens.or(self.max_tokens).unwrap_or(context);
        Ok(Generate { sampling, max_tokens, stop, schema, special_in_prompt: special, ignore_end: false })
    }
}

fn now_nanos() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos() as u64)
}

#[derive(Deserialize)]
struct ChatRequest {
    messages: Vec<ChatMessage>,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Deserialize)]
struct ChatMessage {
    role: String,
    content: Value,
}

impl ChatMessage {
    /// The text; of a list of parts, the texts joined.
    fn text(&self) -> Option<String> {
        match &self.content {
            Value::String(text) => Some(text.clone()),
            Value::Array(parts) => parts.iter().map(|p| p["text"].as_str()).collect(),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct TextRequest {
    prompt: String,
    #[serde(flatten)]
    settings: Settings,
}

fn parse<T: for<'de> Deserialize<'de>>(body: &Bytes) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|e| format!("the request is not valid: {e}"))
}

/// What handlers are told of their client.
type Client = ConnectInfo<Connection>;

pub(super) async fn chat(Extract(state): Extract<State>, client: Client, body: Bytes) -> Response {
    let request: ChatRequest = match parse(&body) {
        Ok(request) => request,
        Err(message) => return bad(message),
    };
    let mut messages = Vec::new();
    for message in &request.messages {
        let Some(text) = message.text() else {
            return bad("message content must be text");
        };
        messages.push(Message::new(&message.role, text));
    }
    let prompt = state.engine.model.template().and_then(|t| t.render(&messages, true));
    let prompt = match prompt {
        Ok(prompt) => prompt,
        Err(e) => return bad(e.to_string()),
    };
    complete(&state, client.answering(), &prompt, &request.settings, true).await
}

pub(super) async fn completions(Extract(state): Extract<State>, client: Client, body: Bytes) -> Response {
    match parse::<TextRequest>(&body) {
        Ok(request) => complete(&state, client.answering(), &request.prompt, &request.settings, false).await,
        Err(message) => bad(message),
    }
}

async fn complete(
    state: &State,
    answering: Answering,
    prompt: &str,
    settings: &Settings,
    chat: bool,
) -> Response {
    let engine = &state.engine;
    let options = match settings.options(engine.context, chat) {
        Ok(options) => options,
        Err(message) => return bad(message),
    };
    let tokenizer = match engine.model.tokenizer() {
        Ok(tokenizer) => tokenizer,
        Err(e) => return bad(e.to_string()),
    };
    let tokens = tokenizer.encode(prompt, chat, true);
    if tokens.len() >= engine.context {
        return bad(format!("{} tokens do not fit into the context of {}", tokens.len(), engine.context));
    }
    let (sender, receiver) = unbounded_channel();
    if !engine.submit(tokens, options, sender) {
        return overloaded();
    }
    let shape = Shape::new(&engine.name, chat);
    if settings.stream { stream(shape, receiver, answering) } else { collect(shape, receiver).await }
}

/// How an answer is wrapped.
struct Shape {
    id: String,
    model: String,
    created: u64,
    chat: bool,
}

impl Shape {
    fn new(model: &str, chat: bool) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let id =
            format!("{}-{}", if chat { "chatcmpl" } else { "cmpl" }, COUNT.fetch_add(1, Ordering::Relaxed));
        Self { id, model: model.into(), created: now_nanos() / 1_000_000_000, chat }
    }

    fn wrap(&self, object: &str, choice: Value) -> Value {
        json!({"id": self.id, "object": object, "created": self.created, "model": self.model, "choices": [choice]})
    }

    fn whole(&self, text: &str, answer: &Answer) -> Value {
        let finish = finish_name(answer.finish);
        let (object, choice) = if self.chat {
            let message = json!({"role": "assistant", "content": text});
            ("chat.completion", json!({"index": 0, "message": message, "finish_reason": finish}))
        } else {
            ("text_completion", json!({"index": 0, "text": text, "finish_reason": finish}))
        };
        let mut out = self.wrap(object, choice);
        let (prompt, generated) = (answer.prompt_tokens, answer.tokens.len());
        out["usage"] = json!({"prompt_tokens": prompt, "completion_tokens": generated, "total_tokens": prompt + generated});
        out
    }

    fn piece(&self, text: &str, finish: Option<Finish>) -> String {
        let finish = finish.map(finish_name);
        let (object, choice) = if self.chat {
            let delta = if text.is_empty() { json!({}) } else { json!({"content": text}) };
            ("chat.completion.chunk", json!({"index": 0, "delta": delta, "finish_reason": finish}))
        } else {
            ("text_completion", json!({"index": 0, "text": text, "finish_reason": finish}))
        };
        format!("data: {}\n\n", self.wrap(object, choice))
    }
}

fn finish_name(finish: Finish) -> &'static str {
    match finish {
        Finish::Length => "length",
        Finish::End | Finish::Stop | Finish::Cancelled => "stop",
    }
}

async fn collect(shape: Shape, mut receiver: UnboundedReceiver<Reply>) -> Response {
    let mut text = String::new();
    while let Some(reply) = receiver.recv().await {
        match reply {
            Reply::Text(more) => text += &more,
            Reply::Done(more, answer) => {
                text += &more;
                return axum::Json(shape.whole(&text, &answer)).into_response();
            }
            Reply::Refused(message) => return bad(message),
            Reply::Failed(message) => return failed(message),
        }
    }
    failed("the server is stopping")
}

/// `answering` lasts as long as the events do.
fn stream(shape: Shape, receiver: UnboundedReceiver<Reply>, answering: Answering) -> Response {
    let events = UnboundedReceiverStream::new(receiver).map(move |reply| {
        let _ = &answering;
        let text = match reply {
            Reply::Text(text) => shape.piece(&text, None),
            Reply::Done(text, answer) => {
                let rest = if text.is_empty() { String::new() } else { shape.piece(&text, None) };
                rest + &shape.piece("", Some(answer.finish)) + "data: [DONE]\n\n"
            }
            Reply::Refused(message) | Reply::Failed(message) => {
                format!("data: {}\n\n", json!({"error": {"message": message}}))
            }
        };
        Ok::<_, Infallible>(text)
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")];
    (headers, Body::from_stream(events)).into_response()
}

#[derive(Deserialize)]
struct EmbeddingRequest {
    input: Value,
}

pub(super) async fn embeddings(Extract(state): Extract<State>, client: Client, body: Bytes) -> Response {
    let _answering = client.answering();
    let request: EmbeddingRequest = match parse(&body) {
        Ok(request) => request,
        Err(message) => return bad(message),
    };
    let texts: Option<Vec<String>> = match &request.input {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(items) if items.len() <= 256 => {
            items.iter().map(|v| v.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    };
    let Some(texts) = texts else {
        return bad("`input` must be a string or up to 256 strings");
    };
    let Some(place) = state.engine.enter() else {
        return overloaded();
    };
    let Ok(turn) = Arc::clone(&state.engine.embedders).acquire_owned().await else {
        return overloaded();
    };
    let engine = Arc::clone(&state.engine);
    let waiting = Arc::new(());
    let waits = Arc::downgrade(&waiting);
    let work = tokio::task::spawn_blocking(move || {
        let _held = (place, turn);
        let embed = |text: &String| match waits.strong_count() {
            // The client has gone.
            0 => Err(Error::Cancelled),
            _ => engine.model.embed(text),
        };
        texts.iter().map(embed).collect::<crate::Result<Vec<_>>>()
    });
    match work.await {
        Ok(Ok(vectors)) => {
            let item =
                |(i, v): (usize, &Vec<f32>)| json!({"object": "embedding", "index": i, "embedding": v});
            let data: Vec<Value> = vectors.iter().enumerate().map(item).collect();
            axum::Json(json!({"object": "list", "model": state.engine.name, "data": data})).into_response()
        }
        Ok(Err(e)) => bad(e.to_string()),
        Err(_) => failed("the computation failed"),
    }
}
