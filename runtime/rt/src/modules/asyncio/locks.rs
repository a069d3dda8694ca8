//! `Lock`, `Event`, `Condition`, `Semaphore`: CPython's algorithms step by step.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::CancelledError;
use super::future::Future;
use crate::class::{RuntimeError, ValueError};
use crate::error::{Error, Result};

type Waiters = RefCell<VecDeque<Future<bool>>>;

/// Waits in the queue; leaves it in any case.
async fn wait_in(waiters: &Waiters) -> (Future<bool>, Result<bool>) {
    let waiter = Future::new();
    waiters.borrow_mut().push_back(waiter.clone());
    let outcome = waiter.clone().await;
    waiters.borrow_mut().retain(|other| !other.same(&waiter));
    (waiter, outcome)
}

fn is_cancellation<T>(outcome: &Result<T>) -> bool {
    outcome.as_ref().is_err_and(|error| error.is_a(CancelledError))
}

#[derive(Default)]
struct LockState {
    is_locked: Cell<bool>,
    waiters: Waiters,
}

/// `asyncio.Lock`.
#[derive(Clone, Default)]
pub struct Lock(Rc<LockState>);

impl Lock {
    /// An open lock.
    pub fn new() -> Self {
        Self::default()
    }

    /// `lock.locked()`.
    pub fn is_locked(&self) -> bool {
        self.0.is_locked.get()
    }

    /// `lock.acquire()`.
    pub fn acquire(&self) -> impl std::future::Future<Output = Result<bool>> + use<> {
        let it = Rc::clone(&self.0);
        async move {
            let is_free = !it.is_locked.get() && it.waiters.borrow().iter().all(Future::is_cancelled);
            if !is_free {
                let (_, outcome) = wait_in(&it.waiters).await;
                if is_cancellation(&outcome) && !it.is_locked.get() {
                    it.wake_first();
                }
                outcome?;
            }
            it.is_locked.set(true);
            Ok(true)
        }
    }

    /// `lock.release()`.
    #[track_caller]
    pub fn release(&self) -> Result<()> {
        if !self.0.is_locked.replace(false) {
            return Err(Error::new(RuntimeError, "Lock is not acquired."));
        }
        self.0.wake_first();
        Ok(())
    }
}

impl LockState {
    fn wake_first(&self) {
        let first = self.waiters.borrow().front().cloned();
        if let Some(waiter) = first {
            waiter.complete(Ok(true));
        }
    }
}

/// `asyncio.Event`.
#[derive(Clone, Default)]
pub struct Event(Rc<LockState>);

impl Event {
    /// An event that has not happened.
    pub fn new() -> Self {
        Self::default()
    }

    /// `event.is_set()`.
    pub fn is_set(&self) -> bool {
        self.0.is_locked.get()
    }

    /// `event.set()`.
    pub fn set(&self) {
        if !self.0.is_locked.replace(true) {
            let waiters = self.0.waiters.borrow().clone();
            waiters.iter().for_each(|waiter| waiter.complete(Ok(true)));
        }
    }

    /// `event.clear()`.
    pub fn clear(&self) {
        self.0.is_locked.set(false);
    }

    /// `event.wait()`.
    pub fn wait(&self) -> impl std::future::Future<Output = Result<bool>> + use<> {
        let it = Rc::clone(&self.0);
        async move {
            if !it.is_locked.get() {
                wait_in(&it.waiters).await.1?;
            }
            Ok(true)
        }
    }
}

/// `asyncio.Condition`.
#[derive(Clone, Default)]
pub struct Condition {
    lock: Lock,
    waiters: Rc<Waiters>,
}

impl Condition {
    /// A condition with a lock of its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// A condition over a lock.
    pub fn over(lock: Lock) -> Self {
        Condition { lock, waiters: Rc::default() }
    }

    /// `condition.locked()`.
    pub fn is_locked(&self) -> bool {
        self.lock.is_locked()
    }

    /// `condition.acquire()`.
    pub fn acquire(&self) -> impl std::future::Future<Output = Result<bool>> + use<> {
        self.lock.acquire()
    }

    /// `condition.release()`.
    #[track_caller]
    pub fn release(&self) -> Result<()> {
        self.lock.release()
    }

    /// `condition.wait()`.
    pub fn wait(&self) -> impl std::future::Future<Output = Result<bool>> + use<> {
        let it = self.clone();
        async move {
            if !it.is_locked() {
                return Err(Error::new(RuntimeError, "cannot wait on un-acquired lock"));
            }
            it.lock.release()?;
            let (_, outcome) = wait_in(&it.waiters).await;
            // The lock is taken again whatever happens meanwhile.
            let mut cancelled = None;
            loop {
                match it.lock.acquire().await {
                    Err(error) if error.is_a(CancelledError) => cancelled = Some(error),
                    Err(error) => return Err(error),
                    Ok(_) => break,
                }
            }
            match cancelled {
                Some(error) => Err(error),
                None => outcome,
            }
        }
    }

    /// `condition.wait_for(predicate)`.
    pub fn wait_for(
        &self,
        predicate: impl Fn() -> bool + 'static,
    ) -> impl std::future::Future<Output = Result<bool>> + 'static {
        let it = self.clone();
        async move {
            while !predicate() {
                it.wait().await?;
            }
            Ok(true)
        }
    }

    /// `condition.notify(n)`.
    #[track_caller]
    pub fn notify(&self, count: i64) -> Result<()> {
        if !self.is_locked() {
            return Err(Error::new(RuntimeError, "cannot notify on un-acquired lock"));
        }
        let waiters = self.waiters.borrow().clone();
        let open = waiters.iter().filter(|waiter| !waiter.is_done());
        open.take(usize::try_from(count).unwrap_or_default()).for_each(|waiter| waiter.complete(Ok(false)));
        Ok(())
    }

    /// `condition.notify_all()`.
    #[track_caller]
    pub fn notify_all(&self) -> Result<()> {
        self.notify(self.waiters.borrow().len() as i64)
    }
}

struct Slots {
    free: Cell<i64>,
    most: Option<i64>,
    waiters: Waiters,
}

/// `asyncio.Semaphore` and `BoundedSemaphore`.
#[derive(Clone)]
pub struct Semaphore(Rc<Slots>);

impl Semaphore {
    /// `asyncio.Semaphore(value)`.
    #[track_caller]
    pub fn new(value: i64) -> Result<Self> {
        Self::make(value, None)
    }

    /// `asyncio.BoundedSemaphore(value)`.
    #[track_caller]
    pub fn bounded(value: i64) -> Result<Self> {
        Self::make(value, Some(value))
    }

    #[track_caller]
    fn make(value: i64, most: Option<i64>) -> Result<Self> {
        if value < 0 {
            return Err(Error::new(ValueError, "Semaphore initial value must be >= 0"));
        }
        Ok(Semaphore(Rc::new(Slots { free: Cell::new(value), most, waiters: Waiters::default() })))
    }

    /// `semaphore.locked()`.
    pub fn is_locked(&self) -> bool {
        self.0.is_locked()
    }

    /// `semaphore.acquire()`.
    pub fn acquire(&self) -> impl std::future::Future<Output = Result<bool>> + use<> {
        let it = Rc::clone(&self.0);
        async move {
            if !it.is_locked() {
                it.free.set(it.free.get() - 1);
                return Ok(true);
            }
            let (waiter, outcome) = wait_in(&it.waiters).await;
            if is_cancellation(&outcome) && !waiter.is_cancelled() {
                it.free.set(it.free.get() + 1);
                it.wake_next();
            }
            outcome?;
            if it.free.get() > 0 {
                it.wake_next();
            }
            Ok(true)
        }
    }

    /// `semaphore.release()`.
    #[track_caller]
    pub fn release(&self) -> Result<()> {
        let it = &self.0;
        if it.most.is_some_and(|most| it.free.get() >= most) {
            return Err(Error::new(ValueError, "BoundedSemaphore released too many times"));
        }
        it.free.set(it.free.get() + 1);
        it.wake_next();
        Ok(())
    }
}

impl Slots {
    fn is_locked(&self) -> bool {
        self.free.get() == 0 || self.waiters.borrow().iter().any(|waiter| !waiter.is_cancelled())
    }

    fn wake_next(&self) {
        let next = self.waiters.borrow().iter().find(|waiter| !waiter.is_done()).cloned();
        if let Some(waiter) = next {
            self.free.set(self.free.get() - 1);
            waiter.complete(Ok(true));
        }
    }
}
