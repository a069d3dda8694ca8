//! `asyncio.gather`.

use std::cell::{Cell, RefCell};
use std::future::IntoFuture;
use std::rc::Rc;

use super::CancelledError;
use super::future::{Future, Wait, Waitable};
use super::task::{Awaitable, Task};
use crate::error::{Error, Result};
use crate::value::Value;

/// The results of several awaitables, in their order.
pub struct Gathering<T, R = T> {
    inner: Rc<Inner<T, R>>,
}

struct Inner<T, R> {
    outer: Future<Vec<R>>,
    children: RefCell<Vec<Task<T>>>,
    finished: Cell<usize>,
    is_cancel_requested: Cell<bool>,
}

impl<T, R> Clone for Gathering<T, R> {
    fn clone(&self) -> Self {
        Gathering { inner: Rc::clone(&self.inner) }
    }
}

/// `asyncio.gather(*items)`: the first error is raised at once, the others go on.
pub fn gather<T: Clone + 'static>(items: impl IntoIterator<Item = impl Awaitable<T>>) -> Gathering<T> {
    gather_by(items, |outcome| outcome)
}

/// `asyncio.gather(*items, return_exceptions=True)`.
pub fn gather_outcomes<T: Clone + Into<Value> + 'static>(
    items: impl IntoIterator<Item = impl Awaitable<T>>,
) -> Gathering<T, Value> {
    gather_by(items, |outcome| {
        Ok(match outcome {
            Ok(value) => value.into(),
            Err(error) => Value::from(error),
        })
    })
}

/// Gathers what `keep` makes of the outcomes; an error of `keep` ends it.
fn gather_by<T: Clone + 'static, R: Clone + 'static>(
    items: impl IntoIterator<Item = impl Awaitable<T>>,
    keep: fn(Result<T>) -> Result<R>,
) -> Gathering<T, R> {
    let children: Vec<Task<T>> = items.into_iter().map(Awaitable::into_task).collect();
    let inner = Rc::new(Inner {
        outer: Future::new(),
        children: RefCell::new(children.clone()),
        finished: Cell::new(0),
        is_cancel_requested: Cell::new(false),
    });
    if children.is_empty() {
        inner.outer.complete(Ok(Vec::new()));
    }
    for child in children {
        let inner = Rc::clone(&inner);
        let task = child.clone();
        child.when_done(move || inner.child_done(&task, keep));
    }
    Gathering { inner }
}

impl<T: Clone + 'static, R: Clone + 'static> Inner<T, R> {
    fn child_done(&self, child: &Task<T>, keep: fn(Result<T>) -> Result<R>) {
        self.finished.set(self.finished.get() + 1);
        if self.outer.is_done() {
            return;
        }
        if let Err(error) = keep(child.result()) {
            return self.outer.complete(Err(error));
        }
        let children = self.children.borrow();
        if self.finished.get() < children.len() {
            return;
        }
        let results = children.iter().map(|child| keep(child.result())).collect();
        self.outer.complete(match self.is_cancel_requested.get() {
            true => Err(Error::bare(CancelledError)),
            false => results,
        });
    }
}

impl<T: Clone + 'static, R: Clone + 'static> Waitable for Inner<T, R> {
    fn cancel(&self) -> bool {
        if self.outer.is_done() {
            return false;
        }
        let children = self.children.borrow().clone();
        let asked = children.iter().filter(|child| child.cancel()).count();
        if asked > 0 {
            self.is_cancel_requested.set(true);
        }
        asked > 0
    }

    fn when_done(&self, callback: Box<dyn FnOnce()>) {
        self.outer.when_done(callback);
    }
}

impl<T: Clone + 'static, R: Clone + 'static> Gathering<T, R> {
    /// `cancel()`: reaches every awaitable.
    pub fn cancel(&self) -> bool {
        self.inner.cancel()
    }

    /// `done()`.
    pub fn is_done(&self) -> bool {
        self.inner.outer.is_done()
    }
}

impl<T: Clone + 'static, R: Clone + 'static> IntoFuture for Gathering<T, R> {
    type Output = Result<Vec<R>>;
    type IntoFuture = Wait<Vec<R>>;

    fn into_future(self) -> Wait<Vec<R>> {
        Wait::through(self.inner.outer.clone(), self.inner)
    }
}

impl<T: Clone + 'static, R: Clone + 'static> Awaitable<Vec<R>> for Gathering<T, R> {
    fn into_task(self) -> Task<Vec<R>> {
        super::create_task(self.into_future())
    }
}
