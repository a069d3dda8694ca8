//! `asyncio.Queue` and its kin.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::future::Future;
use super::locks::Event;
use super::{QueueEmpty, QueueFull};
use crate::class::ValueError;
use crate::error::{Error, Result};
use crate::list::PyOrd;

/// Which item comes next.
pub enum Order<T> {
    /// The oldest.
    Fifo,
    /// The newest.
    Lifo,
    /// The least, by this comparison.
    Least(fn(&T, &T) -> bool),
}

struct State<T> {
    most: i64,
    order: Order<T>,
    items: RefCell<VecDeque<T>>,
    getters: RefCell<VecDeque<Future<()>>>,
    putters: RefCell<VecDeque<Future<()>>>,
    unfinished: Cell<i64>,
    finished: Event,
}

/// A queue between tasks.
pub struct Queue<T>(Rc<State<T>>);

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue(Rc::clone(&self.0))
    }
}

fn wake_next(waiters: &RefCell<VecDeque<Future<()>>>) {
    loop {
        let next = waiters.borrow_mut().pop_front();
        match next {
            Some(waiter) if waiter.is_done() => {}
            Some(waiter) => return waiter.complete(Ok(())),
            None => return,
        }
    }
}

/// Waits until it is woken; whether the place in the queue is to be given on when it is not.
async fn wait_in(waiters: &RefCell<VecDeque<Future<()>>>, is_open: impl Fn() -> bool) -> Result<()> {
    let waiter = Future::new();
    waiters.borrow_mut().push_back(waiter.clone());
    let outcome = waiter.clone().await;
    if outcome.is_err() {
        waiter.cancel();
        waiters.borrow_mut().retain(|other| !other.same(&waiter));
        if is_open() && !waiter.is_cancelled() {
            wake_next(waiters);
        }
    }
    outcome
}

impl<T: 'static> Queue<T> {
    /// `asyncio.Queue(maxsize)`.
    pub fn new(most: i64) -> Self {
        Self::ordered(most, Order::Fifo)
    }

    /// `asyncio.LifoQueue(maxsize)`.
    pub fn lifo(most: i64) -> Self {
        Self::ordered(most, Order::Lifo)
    }

    fn ordered(most: i64, order: Order<T>) -> Self {
        let finished = Event::new();
        finished.set();
        Queue(Rc::new(State {
            most,
            order,
            items: RefCell::default(),
            getters: RefCell::default(),
            putters: RefCell::default(),
            unfinished: Cell::new(0),
            finished,
        }))
    }

    /// `queue.qsize()`.
    pub fn len(&self) -> i64 {
        self.0.items.borrow().len() as i64
    }

    /// `queue.maxsize`.
    pub fn max_size(&self) -> i64 {
        self.0.most
    }

    /// `queue.empty()`.
    pub fn is_empty(&self) -> bool {
        self.0.items.borrow().is_empty()
    }

    /// `queue.full()`.
    pub fn is_full(&self) -> bool {
        self.0.most > 0 && self.len() >= self.0.most
    }

    /// `queue.put(item)`.
    pub fn put(&self, item: T) -> impl std::future::Future<Output = Result<()>> + use<T> {
        let it = self.clone();
        async move {
            while it.is_full() {
                wait_in(&it.0.putters, || !it.is_full()).await?;
            }
            it.put_nowait(item)
        }
    }

    /// `queue.put_nowait(item)`.
    #[track_caller]
    pub fn put_nowait(&self, item: T) -> Result<()> {
        if self.is_full() {
            return Err(Error::bare(QueueFull));
        }
        self.0.items.borrow_mut().push_back(item);
        self.0.unfinished.set(self.0.unfinished.get() + 1);
        self.0.finished.clear();
        wake_next(&self.0.getters);
        Ok(())
    }

    /// `queue.get()`.
    pub fn get(&self) -> impl std::future::Future<Output = Result<T>> + use<T> {
        let it = self.clone();
        async move {
            while it.is_empty() {
                wait_in(&it.0.getters, || !it.is_empty()).await?;
            }
            it.get_nowait()
        }
    }

    /// `queue.get_nowait()`.
    #[track_caller]
    pub fn get_nowait(&self) -> Result<T> {
        let item = self.take().ok_or_else(|| Error::bare(QueueEmpty))?;
        wake_next(&self.0.putters);
        Ok(item)
    }

    fn take(&self) -> Option<T> {
        let mut items = self.0.items.borrow_mut();
        match self.0.order {
            Order::Fifo => items.pop_front(),
            Order::Lifo => items.pop_back(),
            Order::Least(is_less) => {
                let mut best = 0;
                for at in 1..items.len() {
                    if is_less(&items[at], &items[best]) {
                        best = at;
                    }
                }
                items.remove(best)
            }
        }
    }

    /// `queue.task_done()`.
    #[track_caller]
    pub fn task_done(&self) -> Result<()> {
        let it = &self.0;
        if it.unfinished.get() <= 0 {
            return Err(Error::new(ValueError, "task_done() called too many times"));
        }
        it.unfinished.set(it.unfinished.get() - 1);
        if it.unfinished.get() == 0 {
            it.finished.set();
        }
        Ok(())
    }

    /// `queue.join()`.
    pub fn join(&self) -> impl std::future::Future<Output = Result<()>> + use<T> {
        let it = self.clone();
        async move {
            if it.0.unfinished.get() > 0 {
                it.0.finished.wait().await?;
            }
            Ok(())
        }
    }
}

impl<T: PyOrd + 'static> Queue<T> {
    /// `asyncio.PriorityQueue(maxsize)`.
    pub fn priority(most: i64) -> Self {
        Self::ordered(most, Order::Least(|a, b| a.py_lt(b)))
    }
}
