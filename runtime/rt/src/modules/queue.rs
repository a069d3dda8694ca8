//! Python's `queue`: queues between threads, here of one thread, where waiting would never end.

use super::asyncio;
use crate::error::{Error, Result};
use crate::list::PyOrd;

crate::exceptions! {
    /// `queue.Empty`.
    pub Empty(crate::class::Exception) as "_queue.Empty";
    /// `queue.Full`.
    pub Full(crate::class::Exception) as "queue.Full";
}

/// `queue.Queue` and its kin: a handle.
pub struct Queue<T>(asyncio::Queue<T>);

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue(self.0.clone())
    }
}

impl<T: 'static> Queue<T> {
    /// `queue.Queue(maxsize)`.
    pub fn new(most: i64) -> Self {
        Queue(asyncio::Queue::new(most))
    }

    /// `queue.LifoQueue(maxsize)`.
    pub fn lifo(most: i64) -> Self {
        Queue(asyncio::Queue::lifo(most))
    }

    /// `queue.qsize()`.
    pub fn len(&self) -> i64 {
        self.0.len()
    }

    /// `queue.empty()`.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `queue.full()`.
    pub fn is_full(&self) -> bool {
        self.0.is_full()
    }

    /// `queue.put(item)`; raises `Full` where there is no room.
    #[track_caller]
    pub fn put(&self, item: T) -> Result<()> {
        self.0.put_nowait(item).map_err(|_| Error::bare(Full))
    }

    /// `queue.get()`; raises `Empty` where there is nothing.
    #[track_caller]
    pub fn get(&self) -> Result<T> {
        self.0.get_nowait().map_err(|_| Error::bare(Empty))
    }

    /// `queue.get()` of a queue that another thread may fill.
    #[track_caller]
    pub fn get_waiting(&self) -> Result<T> {
        if self.is_empty() {
            super::threads::may_not_wait("queue.get");
        }
        self.get()
    }

    /// `queue.task_done()`.
    #[track_caller]
    pub fn task_done(&self) -> Result<()> {
        self.0.task_done()
    }
}

impl<T: PyOrd + 'static> Queue<T> {
    /// `queue.PriorityQueue(maxsize)`.
    pub fn priority(most: i64) -> Self {
        Queue(asyncio::Queue::priority(most))
    }
}
