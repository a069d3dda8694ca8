//! `asyncio.Future`: a result that comes later, and what waits for it.

use std::cell::RefCell;
use std::future::IntoFuture;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::event_loop::call_soon;
use super::task::{park, take_thrown};
use super::{CancelledError, InvalidStateError};
use crate::error::{Error, Result};

enum State<T> {
    Pending,
    Done(Result<T>),
    Cancelled,
}

struct Inner<T> {
    state: RefCell<State<T>>,
    callbacks: RefCell<Vec<Box<dyn FnOnce()>>>,
}

/// A result that comes later.
pub struct Future<T>(Rc<Inner<T>>);

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Future(Rc::clone(&self.0))
    }
}

impl<T> Default for Future<T> {
    fn default() -> Self {
        Future(Rc::new(Inner { state: RefCell::new(State::Pending), callbacks: RefCell::default() }))
    }
}

/// What a task can wait for.
pub(super) trait Waitable {
    /// Asks it to end; whether it will.
    fn cancel(&self) -> bool;
    /// Runs `callback` in the turn after it is done.
    fn when_done(&self, callback: Box<dyn FnOnce()>);
}

impl<T> Future<T> {
    /// `loop.create_future()`.
    pub fn new() -> Self {
        Self::default()
    }

    /// `future.done()`.
    pub fn is_done(&self) -> bool {
        !matches!(*self.0.state.borrow(), State::Pending)
    }

    /// `future.cancelled()`.
    pub fn is_cancelled(&self) -> bool {
        matches!(*self.0.state.borrow(), State::Cancelled)
    }

    /// `future.cancel()`.
    pub fn cancel(&self) -> bool {
        self.finish(State::Cancelled)
    }

    /// `future.set_result(value)`.
    #[track_caller]
    pub fn set_result(&self, value: T) -> Result<()> {
        self.set(Ok(value))
    }

    /// `future.set_exception(error)`.
    #[track_caller]
    pub fn set_exception(&self, error: Error) -> Result<()> {
        self.set(Err(error))
    }

    #[track_caller]
    fn set(&self, outcome: Result<T>) -> Result<()> {
        match self.finish(State::Done(outcome)) {
            true => Ok(()),
            false => Err(Error::new(InvalidStateError, "invalid state")),
        }
    }

    /// Whether it was open.
    fn finish(&self, state: State<T>) -> bool {
        if self.is_done() {
            return false;
        }
        *self.0.state.borrow_mut() = state;
        self.0.callbacks.take().into_iter().for_each(call_soon);
        true
    }

    pub(super) fn complete(&self, outcome: Result<T>) {
        self.finish(State::Done(outcome));
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Clone> Future<T> {
    /// `future.result()`.
    #[track_caller]
    pub fn result(&self) -> Result<T> {
        match &*self.0.state.borrow() {
            State::Pending => Err(Error::new(InvalidStateError, "Result is not set.")),
            State::Done(outcome) => outcome.clone(),
            State::Cancelled => Err(Error::bare(CancelledError)),
        }
    }

    /// `future.exception()`.
    #[track_caller]
    pub fn exception(&self) -> Result<Option<Error>> {
        match &*self.0.state.borrow() {
            State::Pending => Err(Error::new(InvalidStateError, "Exception is not set.")),
            State::Done(outcome) => Ok(outcome.as_ref().err().cloned()),
            State::Cancelled => Err(Error::bare(CancelledError)),
        }
    }
}

impl<T> Waitable for Future<T> {
    fn cancel(&self) -> bool {
        Future::cancel(self)
    }

    fn when_done(&self, callback: Box<dyn FnOnce()>) {
        match self.is_done() {
            true => call_soon(callback),
            false => self.0.callbacks.borrow_mut().push(callback),
        }
    }
}

/// Waits for a future, as a task does that stands at `await`.
pub struct Wait<T> {
    future: Future<T>,
    /// What `cancel` reaches: the future, or what stands for it.
    target: Rc<dyn Waitable>,
    is_parked: bool,
}

impl<T> Unpin for Wait<T> {}

impl<T: Clone + 'static> Wait<T> {
    pub(super) fn new(future: Future<T>) -> Self {
        let target = Rc::new(future.clone());
        Self::through(future, target)
    }

    pub(super) fn through(future: Future<T>, target: Rc<dyn Waitable>) -> Self {
        Wait { future, target, is_parked: false }
    }
}

impl<T: Clone> std::future::Future for Wait<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if self.is_parked
            && let Some(error) = take_thrown()
        {
            return Poll::Ready(Err(error));
        }
        if self.future.is_done() {
            return Poll::Ready(self.future.result());
        }
        self.is_parked = true;
        park(Some(Rc::clone(&self.target)));
        Poll::Pending
    }
}

impl<T: Clone + 'static> IntoFuture for Future<T> {
    type Output = Result<T>;
    type IntoFuture = Wait<T>;

    fn into_future(self) -> Wait<T> {
        Wait::new(self)
    }
}
