//! Accepting connections within limits: so many at once, and none that only waits.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// How long a client may take to finish sending once the server stops.
const LAST_CALL: Duration = Duration::from_secs(1);

/// A listener with a limit of open connections.
pub(super) struct Limited {
    inner: TcpListener,
    room: Arc<Semaphore>,
    idle: Duration,
    stopping: Arc<AtomicBool>,
}

impl Limited {
    /// `stopping` is set by whoever stops the server.
    pub(super) fn new(
        inner: TcpListener,
        connections: usize,
        idle: Duration,
        stopping: Arc<AtomicBool>,
    ) -> Self {
        Self { inner, room: Arc::new(Semaphore::new(connections.max(1))), idle, stopping }
    }
}

impl axum::serve::Listener for Limited {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Timed, SocketAddr) {
        loop {
            let permit = Arc::clone(&self.room).acquire_owned().await;
            let permit = permit.expect("the semaphore is never closed");
            match self.inner.accept().await {
                Ok((stream, address)) => return (Timed::new(stream, self, permit), address),
                // Too many open files and the like: others may close theirs meanwhile.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

/// What is computed for a connection; handlers get it through `ConnectInfo`.
#[derive(Clone, Default)]
pub(super) struct Connection(Arc<AtomicUsize>);

impl Connection {
    /// Says that an answer is under way until the guard is dropped.
    pub(super) fn answering(&self) -> Answering {
        self.0.fetch_add(1, Ordering::Relaxed);
        Answering(self.clone())
    }

    fn is_answering(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Connected<IncomingStream<'_, Limited>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Limited>) -> Self {
        stream.io().connection.clone()
    }
}

/// An answer under way.
pub(super) struct Answering(Connection);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection that fails when its client takes too long: to send a whole request, however it
/// trickles, or to take a piece of an answer. The time that the answer takes does not count.
pub(super) struct Timed {
    stream: TcpStream,
    connection: Connection,
    /// When to look at the clock next.
    look: Pin<Box<Sleep>>,
    /// Since when the client is to send something.
    waiting: Instant,
    /// Since when the client is to take something.
    blocked: Option<Instant>,
    idle: Duration,
    stopping: Arc<AtomicBool>,
    _permit: OwnedSemaphorePermit,
}

impl Timed {
    fn new(stream: TcpStream, listener: &Limited, permit: OwnedSemaphorePermit) -> Self {
        let mut timed = Self {
            stream,
            connection: Connection::default(),
            look: Box::pin(sleep(Duration::ZERO)),
            waiting: Instant::now(),
            blocked: None,
            idle: listener.idle,
            stopping: Arc::clone(&listener.stopping),
            _permit: permit,
        };
        timed.look_again();
        timed
    }

    /// Often enough that nothing lasts much longer than it may.
    fn look_again(&mut self) {
        let pause = (self.idle.min(LAST_CALL) / 4).max(Duration::from_millis(1));
        self.look.as_mut().reset(Instant::now() + pause);
    }

    /// Pending while the client is in time.
    fn watch<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        while self.look.as_mut().poll(cx).is_ready() {
            if self.connection.is_answering() {
                self.waiting = Instant::now();
            }
            let stopping = self.stopping.load(Ordering::Relaxed);
            let is_late = match self.blocked {
                Some(since) => since.elapsed() > self.idle,
                None if stopping => self.waiting.elapsed() > self.idle.min(LAST_CALL),
                None => self.waiting.elapsed() > self.idle,
            };
            if is_late {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.look_again();
        }
        Poll::Pending
    }
}

impl AsyncRead for Timed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Pending => self.watch(cx),
            result => result,
        }
    }
}

impl AsyncWrite for Timed {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buf);
        if result.is_pending() {
            self.blocked.get_or_insert_with(Instant::now);
            return self.watch(cx);
        }
        (self.blocked, self.waiting) = (None, Instant::now());
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
