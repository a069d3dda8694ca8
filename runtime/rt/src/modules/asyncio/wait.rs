//! Sleeping, time limits, and waiting for the first.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use super::CancelledError;
use super::event_loop::{TimerHandle, call_later};
use super::future::Future;
use super::task::{Awaitable, Coroutine, Step, Task, park, running, take_thrown};
use crate::class::TimeoutError;
use crate::error::{Error, Result};

/// `asyncio.sleep(seconds)`.
pub async fn sleep(seconds: f64) -> Result<()> {
    if seconds <= 0.0 {
        return pass().await;
    }
    let future = Future::new();
    let waker = future.clone();
    let timer = call_later(seconds, move || waker.complete(Ok(())));
    let outcome = future.await;
    timer.cancel();
    outcome
}

/// `asyncio.sleep(seconds, result)`.
pub async fn sleep_for<T>(seconds: f64, result: T) -> Result<T> {
    sleep(seconds).await?;
    Ok(result)
}

/// What `await lock.__aexit__()` waits for: nothing.
pub fn released(outcome: Result<()>) -> Coroutine<()> {
    Box::pin(std::future::ready(outcome))
}

/// Lets the others have a turn.
async fn pass() -> Result<()> {
    let mut has_parked = false;
    poll_fn(|_| {
        if has_parked {
            return Poll::Ready(take_thrown().map_or(Ok(()), Err));
        }
        has_parked = true;
        park(None);
        Poll::Pending
    })
    .await
}

/// `asyncio.wait_for(awaitable, timeout)`.
pub async fn wait_for<T: Clone + 'static>(item: impl Awaitable<T>, seconds: Option<f64>) -> Result<T> {
    let Some(seconds) = seconds else { return item.into_task().await };
    let task = item.into_task();
    if seconds <= 0.0 {
        return if task.is_done() { task.result() } else { timed_out(&task).await };
    }
    let waiter: Future<()> = Future::new();
    let release = |waiter: &Future<()>| {
        let waiter = waiter.clone();
        move || waiter.complete(Ok(()))
    };
    let timer = call_later(seconds, release(&waiter));
    task.when_done(release(&waiter));
    let outcome = waiter.await;
    timer.cancel();
    match outcome {
        _ if task.is_done() => task.result(),
        Ok(()) => timed_out(&task).await,
        Err(error) => {
            cancel_and_wait(&task).await?;
            Err(error)
        }
    }
}

async fn timed_out<T: Clone + 'static>(task: &Task<T>) -> Result<T> {
    cancel_and_wait(task).await?;
    match task.result() {
        Err(error) if error.is_a(CancelledError) => Err(Error::bare(TimeoutError).from_cause(error)),
        outcome => outcome,
    }
}

async fn cancel_and_wait<T: Clone + 'static>(task: &Task<T>) -> Result<()> {
    let waiter: Future<()> = Future::new();
    let done = waiter.clone();
    task.when_done(move || done.complete(Ok(())));
    task.cancel();
    waiter.await
}

/// `asyncio.shield(awaitable)`: a cancellation does not reach it.
pub fn shield<T: Clone + 'static>(item: impl Awaitable<T>) -> Future<T> {
    let task = item.into_task();
    let outer: Future<T> = Future::new();
    let (inner, future) = (task.clone(), outer.clone());
    task.when_done(move || {
        if inner.is_cancelled() {
            future.cancel();
        } else {
            future.complete(inner.result());
        }
    });
    outer
}

/// `asyncio.as_completed(items)`: what can be awaited one after the other, the first to end first.
pub fn as_completed<T: Clone + 'static>(
    items: impl IntoIterator<Item = impl Awaitable<T>>,
) -> impl Iterator<Item = Coroutine<T>> {
    let tasks: Vec<Task<T>> = items.into_iter().map(Awaitable::into_task).collect();
    let done: super::Queue<Task<T>> = super::Queue::new(0);
    for task in &tasks {
        let (done, ended) = (done.clone(), task.clone());
        task.when_done(move || {
            // The queue has no bound, so it takes the task.
            let _ = done.put_nowait(ended);
        });
    }
    let count = tasks.len();
    (0..count).map(move |_| -> Coroutine<T> {
        let done = done.clone();
        Box::pin(async move { done.get().await?.result() })
    })
}

/// `async with asyncio.timeout(seconds)`.
pub struct TimeLimit {
    seconds: Option<f64>,
    timer: Option<TimerHandle>,
    is_expired: Rc<Cell<bool>>,
}

/// `asyncio.timeout(seconds)`.
pub fn timeout(seconds: Option<f64>) -> TimeLimit {
    TimeLimit { seconds, timer: None, is_expired: Rc::default() }
}

impl TimeLimit {
    /// Starts the clock for the running task.
    pub fn enter(&mut self) {
        let (Some(seconds), Some(task)) = (self.seconds, running()) else { return };
        let is_expired = Rc::clone(&self.is_expired);
        self.timer = Some(call_later(seconds, move || {
            is_expired.set(true);
            Step::cancel(&*task);
        }));
    }

    /// `limit.expired()`.
    pub fn is_expired(&self) -> bool {
        self.is_expired.get()
    }

    /// The block has ended.
    pub fn leave(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.cancel();
        }
    }

    /// The block has raised: what is raised instead.
    pub fn fail(&mut self, error: Error) -> Error {
        self.leave();
        match self.is_expired() && error.is_a(CancelledError) {
            true => Error::bare(TimeoutError).from_cause(error),
            false => error,
        }
    }
}
