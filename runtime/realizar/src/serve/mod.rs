//! An OpenAI-compatible HTTP server.
//!
//! One thread runs the model over a [`Batch`](crate::Batch); HTTP tasks send it requests and get text
//! back through channels. A client that goes away drops its channel, and its request with it.

mod api;
mod engine;
mod listen;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, Result};
use crate::model::Model;
use engine::Engine;

/// Settings of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; loopback unless told otherwise. Port 0 picks a free one.
    pub address: SocketAddr,
    /// What clients must send as `Authorization: Bearer KEY`; without it anyone may ask.
    pub api_key: Option<String>,
    /// The name that `/v1/models` gives.
    pub name: String,
    /// Tokens of a request, prompt and answer together; the model's own limit if that is less.
    pub context: usize,
    /// Requests that are computed together.
    pub parallel: usize,
    /// Requests that may wait; more are refused with 503.
    pub queue: usize,
    /// Connections that may be open; more wait to be accepted.
    pub connections: usize,
    /// Bytes of a request's body.
    pub body_limit: usize,
    /// How long a client may take to send a request, or to take a piece of its answer; then its connection
    /// is closed. The time that the answer takes does not count.
    pub idle: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            api_key: None,
            name: "realizar".into(),
            context: 4096,
            parallel: 8,
            queue: 256,
            connections: 1024,
            body_limit: 1 << 20,
            idle: Duration::from_secs(120),
        }
    }
}

/// A server that runs on its own threads.
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    stopping: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
    engine: Arc<Engine>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.address)
    }
}

impl Server {
    /// Starts listening and computing.
    ///
    /// # Errors
    /// `Io` when the address is taken; otherwise as [`Model::session`] for decoders.
    pub fn start(model: Model<'static>, options: Options) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|e| Error::Io("cannot start the server's threads".into(), e))?;
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(options.address))
            .map_err(|e| Error::Io(format!("cannot listen on {}", options.address), e))?;
        let address =
            listener.local_addr().map_err(|e| Error::Io("the listener has no address".into(), e))?;
        let engine = Arc::new(Engine::start(model, &options)?);
        let app = router(Arc::clone(&engine), &options);
        let (stop, stopped) = oneshot::channel::<()>();
        let stopping = Arc::new(AtomicBool::new(false));
        let listener =
            listen::Limited::new(listener, options.connections, options.idle, Arc::clone(&stopping));
        let app = app.into_make_service_with_connect_info::<listen::Connection>();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async move {
                // A sender that is dropped counts as a wish to stop, too.
                let until = async { drop(stopped.await) };
                let serving = axum::serve(listener, app).with_graceful_shutdown(until);
                if let Err(e) = serving.await {
                    eprintln!("the server stopped: {e}");
                }
            });
        });
        Ok(Self { address, stop: Some(stop), stopping, thread: Some(thread), engine })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, finishes those under way, and returns.
    pub fn stop(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The thread's own panics were printed; there is nothing to add.
            let _ = thread.join();
        }
        self.engine.stop();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Serves until Ctrl-C or SIGTERM, then finishes what is under way; a second one ends at once. `started` gets
/// the address once requests are taken.
///
/// # Errors
/// As [`Server::start`]; `Io` when signals cannot be received.
pub fn serve(model: Model<'static>, options: Options, started: impl FnOnce(SocketAddr)) -> Result<()> {
    let failed = |e| Error::Io("cannot wait for Ctrl-C".into(), e);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let inside = runtime.enter();
    let mut wishes = stop_wishes().map_err(failed)?;
    drop(inside);
    let server = Server::start(model, options)?;
    started(server.address());
    runtime.block_on(async {
        wishes.recv().await;
        let (done, finished) = oneshot::channel();
        std::thread::spawn(move || {
            server.stop();
            // Nobody listens after a second wish.
            let _ = done.send(());
        });
        tokio::select! {
            _ = finished => {}
            _ = wishes.recv() => {}
        }
    });
    Ok(())
}

/// Gets something at each Ctrl-C or SIGTERM.
fn stop_wishes() -> std::io::Result<mpsc::UnboundedReceiver<()>> {
    let (sender, wishes) = mpsc::unbounded_channel();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let (mut signals, sender) = (signal(kind)?, sender.clone());
            tokio::spawn(async move { while signals.recv().await.is_some() && sender.send(()).is_ok() {} });
        }
    }
    #[cfg(not(unix))]
    tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && sender.send(()).is_ok() {} });
    Ok(wishes)
}

fn router(engine: Arc<Engine>, options: &Options) -> Router {
    let state = api::State { engine, key: options.api_key.clone().map(Arc::from) };
    let guarded = Router::new()
        .route("/v1/models", get(api::models))
        .route("/v1/chat/completions", post(api::chat))
        .route("/v1/completions", post(api::completions))
        .route("/v1/embeddings", post(api::embeddings))
        .route("/metrics", get(api::metrics))
        .layer(middleware::from_fn_with_state(state.clone(), api::check_key))
        .layer(DefaultBodyLimit::max(options.body_limit));
    guarded.route("/health", get(api::health)).fallback(api::not_found).with_state(state)
}
