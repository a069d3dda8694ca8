//! Python's `asyncio`: one event loop on one thread, in the order of CPython's.
//!
//! ```
//! use batuta_rt::{self as rt, asyncio};
//!
//! async fn greet(name: &'static str, delay: f64) -> rt::Result<String> {
//!     asyncio::sleep(delay).await?;
//!     Ok(format!("hello {name}"))
//! }
//! let both = asyncio::run(async {
//!     let slow = asyncio::create_task(greet("Ann", 0.2));
//!     let quick = asyncio::create_task(greet("Bob", 0.1));
//!     Ok((quick.await?, slow.await?))
//! });
//! assert_eq!(both.unwrap(), ("hello Bob".to_owned(), "hello Ann".to_owned()));
//! ```
//! Time is virtual: when every task sleeps, the clock jumps to the next timer, and `rt::time` with it.
//! What Python does through callbacks happens here in the same number of turns of the loop, so the
//! order of effects is the same.

mod event_loop;
mod future;
mod gather;
mod generator;
mod group;
mod locks;
mod queue;
mod task;
mod wait;

pub(crate) use event_loop::elapsed;
pub use event_loop::{now, run};
pub use future::Future;
pub use gather::{gather, gather_outcomes};
pub use generator::{AsyncGenerator, async_generator};
pub use group::{Loop, TaskGroup, to_thread, wait};
pub use locks::{Condition, Event, Lock, Semaphore};
pub use queue::{Order, Queue};
pub use task::{Awaitable, Coroutine, Task, coroutine, create_task, current_task};
pub use wait::{TimeLimit, as_completed, released, shield, sleep, sleep_for, timeout, wait_for};

crate::exceptions! {
    /// `asyncio.CancelledError`.
    pub CancelledError(crate::class::BaseException) as "asyncio.exceptions.CancelledError";
    /// `asyncio.InvalidStateError`.
    pub InvalidStateError(crate::class::Exception) as "asyncio.exceptions.InvalidStateError";
    /// `asyncio.QueueEmpty`.
    pub QueueEmpty(crate::class::Exception) as "asyncio.queues.QueueEmpty";
    /// `asyncio.QueueFull`.
    pub QueueFull(crate::class::Exception) as "asyncio.queues.QueueFull";
}

#[cfg(test)]
mod tests;
