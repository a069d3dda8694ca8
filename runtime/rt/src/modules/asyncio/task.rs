//! `asyncio.Task`: a coroutine that the loop runs.

use std::cell::{Cell, RefCell};
use std::future::IntoFuture;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::CancelledError;
use super::event_loop::{call_soon, register};
use super::future::{Future, Wait, Waitable};
use crate::class::{KeyboardInterrupt, RuntimeError, SystemExit};
use crate::error::{Error, Result};

/// What an `async def` gives when it is called.
pub type Coroutine<T> = Pin<Box<dyn std::future::Future<Output = Result<T>>>>;

/// A future under the type that all have which give a `T`.
pub fn coroutine<T>(body: impl std::future::Future<Output = Result<T>> + 'static) -> Coroutine<T> {
    Box::pin(body)
}

struct Inner<T> {
    future: Future<T>,
    body: RefCell<Option<Coroutine<T>>>,
    is_started: Cell<bool>,
    must_cancel: Cell<bool>,
    waits_for: RefCell<Option<Rc<dyn Waitable>>>,
    name: RefCell<String>,
}

/// A coroutine that the loop runs.
pub struct Task<T>(Rc<Inner<T>>);

impl<T> Clone for Task<T> {
    fn clone(&self) -> Self {
        Task(Rc::clone(&self.0))
    }
}

/// A task without its type.
pub(super) trait Step {
    fn step(self: Rc<Self>);
    fn is_done(&self) -> bool;
    fn cancel(&self) -> bool;
    fn name(&self) -> String;
    fn address(&self) -> usize;
}

/// What the running task is told, and what it says.
#[derive(Default)]
struct Current {
    task: RefCell<Option<Rc<dyn Step>>>,
    thrown: RefCell<Option<Error>>,
    waits_for: RefCell<Option<Rc<dyn Waitable>>>,
    count: Cell<u64>,
}

thread_local! {
    static CURRENT: Current = Current::default();
}

/// The error that is to be raised where the running task stands.
pub(super) fn take_thrown() -> Option<Error> {
    CURRENT.with(|it| it.thrown.take())
}

/// The running task stands still until `target` is done; for a turn where there is none.
pub(super) fn park(target: Option<Rc<dyn Waitable>>) {
    CURRENT.with(|it| it.waits_for.replace(target));
}

pub(super) fn running() -> Option<Rc<dyn Step>> {
    CURRENT.with(|it| it.task.borrow().clone())
}

/// The name of the running task: `asyncio.current_task().get_name()`.
pub fn current_task() -> String {
    running().map_or_else(String::new, |task| task.name())
}

/// `asyncio.create_task(coroutine)`.
pub fn create_task<T: Clone + 'static>(
    body: impl std::future::Future<Output = Result<T>> + 'static,
) -> Task<T> {
    let number = CURRENT.with(|it| it.count.replace(it.count.get() + 1) + 1);
    let task = Task(Rc::new(Inner {
        future: Future::new(),
        body: RefCell::new(Some(Box::pin(body))),
        is_started: Cell::new(false),
        must_cancel: Cell::new(false),
        waits_for: RefCell::new(None),
        name: RefCell::new(format!("Task-{number}")),
    }));
    register(Rc::clone(&task.0) as Rc<dyn Step>);
    wake(Rc::clone(&task.0));
    task
}

fn wake<T: Clone + 'static>(task: Rc<Inner<T>>) {
    call_soon(move || task.step());
}

impl<T: Clone + 'static> Step for Inner<T> {
    /// Runs the body to the next `await` that has to wait.
    fn step(self: Rc<Self>) {
        let Some(mut body) = self.body.take() else { return };
        self.waits_for.take();
        let thrown = self.must_cancel.replace(false).then(|| Error::bare(CancelledError));
        if thrown.is_some() && !self.is_started.get() {
            drop(body);
            self.future.cancel();
            return;
        }
        self.is_started.set(true);
        CURRENT.with(|it| {
            it.task.replace(Some(Rc::clone(&self) as Rc<dyn Step>));
            it.thrown.replace(thrown);
        });
        let polled = crate::catch_all(|| body.as_mut().poll(&mut Context::from_waker(Waker::noop())));
        let waits_for = CURRENT.with(|it| {
            it.task.take();
            it.thrown.take();
            it.waits_for.take()
        });
        match polled {
            Ok(Poll::Pending) => {
                *self.body.borrow_mut() = Some(body);
                self.wait(waits_for);
            }
            Ok(Poll::Ready(Ok(_))) if self.must_cancel.get() => {
                self.future.cancel();
            }
            Ok(Poll::Ready(Ok(value))) => self.future.complete(Ok(value)),
            Ok(Poll::Ready(Err(error))) | Err(error) => self.fail(error),
        }
    }

    fn is_done(&self) -> bool {
        self.future.is_done()
    }

    fn cancel(&self) -> bool {
        if self.future.is_done() {
            return false;
        }
        let waits_for = self.waits_for.borrow().clone();
        if !waits_for.is_some_and(|target| target.cancel()) {
            self.must_cancel.set(true);
        }
        true
    }

    fn name(&self) -> String {
        self.name.borrow().clone()
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl<T: Clone + 'static> Inner<T> {
    fn wait(self: Rc<Self>, target: Option<Rc<dyn Waitable>>) {
        let Some(target) = target else { return wake(self) };
        let task = Rc::clone(&self);
        target.when_done(Box::new(move || task.step()));
        if self.must_cancel.get() && target.cancel() {
            self.must_cancel.set(false);
        }
        *self.waits_for.borrow_mut() = Some(target);
    }

    fn fail(&self, error: Error) {
        if error.is_a(CancelledError) {
            self.future.cancel();
            return;
        }
        let ends_loop = error.is_a(SystemExit) || error.is_a(KeyboardInterrupt);
        self.future.complete(Err(error.clone()));
        if ends_loop {
            crate::raise(error);
        }
    }
}

impl<T: Clone + 'static> Waitable for Inner<T> {
    fn cancel(&self) -> bool {
        Step::cancel(self)
    }

    fn when_done(&self, callback: Box<dyn FnOnce()>) {
        self.future.when_done(callback);
    }
}

impl<T: Clone + 'static> Task<T> {
    /// `task.done()`.
    pub fn is_done(&self) -> bool {
        self.0.future.is_done()
    }

    /// `task.cancelled()`.
    pub fn is_cancelled(&self) -> bool {
        self.0.future.is_cancelled()
    }

    /// `task.cancel()`.
    pub fn cancel(&self) -> bool {
        Step::cancel(&*self.0)
    }

    /// `task.result()`.
    #[track_caller]
    pub fn result(&self) -> Result<T> {
        self.0.future.result()
    }

    /// `task.exception()`.
    #[track_caller]
    pub fn exception(&self) -> Result<Option<Error>> {
        self.0.future.exception()
    }

    /// `task.get_name()`.
    pub fn name(&self) -> String {
        self.0.name.borrow().clone()
    }

    /// `task.set_name(name)`.
    pub fn set_name(&self, name: &str) {
        *self.0.name.borrow_mut() = name.to_owned();
    }

    /// The same task under a name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        self.set_name(name);
        self
    }

    /// `task.add_done_callback(callback)`.
    pub fn add_done_callback(&self, callback: impl FnOnce(Task<T>) + 'static) {
        let task = self.clone();
        self.0.future.when_done(Box::new(move || callback(task)));
    }

    pub(super) fn when_done(&self, callback: impl FnOnce() + 'static) {
        self.0.future.when_done(Box::new(callback));
    }

    pub(super) fn wait(&self) -> Wait<T> {
        Wait::through(self.0.future.clone(), Rc::clone(&self.0) as Rc<dyn Waitable>)
    }

    /// The task without its type.
    pub(super) fn step_handle(&self) -> Rc<dyn Step> {
        Rc::clone(&self.0) as Rc<dyn Step>
    }

    /// Whether both are the same task.
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Task<T> {
    /// Where the task lies: what tells it from others.
    pub(super) fn place(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

impl<T: Clone + 'static> IntoFuture for Task<T> {
    type Output = Result<T>;
    type IntoFuture = Wait<T>;

    fn into_future(self) -> Wait<T> {
        let me = running().map_or(0, |task| task.address());
        if me == Step::address(&*self.0) {
            crate::raise_new(RuntimeError, "Task cannot await on itself");
        }
        self.wait()
    }
}

/// What can be awaited by several: a coroutine becomes a task.
pub trait Awaitable<T: Clone + 'static> {
    /// `asyncio.ensure_future(self)`.
    fn into_task(self) -> Task<T>;
}

impl<T: Clone + 'static> Awaitable<T> for Task<T> {
    fn into_task(self) -> Task<T> {
        self
    }
}

impl<T: Clone + 'static, F: std::future::Future<Output = Result<T>> + 'static> Awaitable<T> for F {
    fn into_task(self) -> Task<T> {
        create_task(self)
    }
}
