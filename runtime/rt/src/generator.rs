//! Generators as async blocks: the structure of the source stays, `finally` included.
//!
//! ```
//! use batuta_rt as rt;
//!
//! fn countdown(n: i64) -> rt::Generator<'static, i64> {
//!     rt::generator(move |co| async move {
//!         for i in (1..=n).rev() {
//!             co.emit(i).await?;
//!         }
//!         Ok(())
//!     })
//! }
//! assert_eq!(countdown(3).collect::<Vec<_>>(), [3, 2, 1]);
//! ```
//! `emit` gives an error where the generator is closed or thrown into; `?` carries it out of the
//! body, through what the source has in `finally`. A generator that is dropped unfinished is
//! closed, as CPython does when the last name goes.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::class::{Exception, GeneratorExit, IndexError, RuntimeError, StopIteration};
use crate::error::Error;
use crate::unwind::{catch_all, raise};

/// How a body is resumed.
pub(crate) enum Resume<S> {
    Send(S),
    Throw(Error),
}

pub(crate) struct Channel<T, S = ()> {
    emitted: Cell<Option<T>>,
    resume: Cell<Option<Resume<S>>>,
}

impl<T, S> Channel<T, S> {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Channel { emitted: Cell::new(None), resume: Cell::new(None) })
    }

    pub(crate) fn co(self: &Rc<Self>) -> Co<T, S> {
        Co(Rc::clone(self))
    }

    /// What the body has emitted since it was resumed.
    pub(crate) fn emitted(&self) -> Option<T> {
        self.emitted.take()
    }

    pub(crate) fn resume(&self, resume: Resume<S>) {
        self.resume.set(Some(resume));
    }
}

/// What a body emits through.
pub struct Co<T, S = ()>(Rc<Channel<T, S>>);

impl<T, S> Clone for Co<T, S> {
    fn clone(&self) -> Self {
        Co(Rc::clone(&self.0))
    }
}

impl<T, S> Co<T, S> {
    /// `yield item`: gives what is sent, or the error that is thrown in.
    #[inline]
    pub fn emit(&self, item: T) -> Emit<'_, T, S> {
        Emit { co: self, item: Some(item) }
    }

    /// `yield from items`.
    pub async fn emit_all(&self, items: impl IntoIterator<Item = T>) -> Result<(), Error> {
        for item in items {
            self.emit(item).await?;
        }
        Ok(())
    }
}

/// The future of [`Co::emit`].
#[must_use = "an item is emitted when this is awaited"]
pub struct Emit<'a, T, S> {
    co: &'a Co<T, S>,
    item: Option<T>,
}

// Nothing in it is pinned: the item only waits to be moved out.
impl<T, S> Unpin for Emit<'_, T, S> {}

impl<T, S> Future for Emit<'_, T, S> {
    type Output = Result<S, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let channel = &this.co.0;
        if let Some(item) = this.item.take() {
            channel.emitted.set(Some(item));
            return Poll::Pending;
        }
        match channel.resume.take() {
            Some(Resume::Send(sent)) => Poll::Ready(Ok(sent)),
            Some(Resume::Throw(error)) => Poll::Ready(Err(error)),
            None => Poll::Pending,
        }
    }
}

type Body<'a, R> = Pin<Box<dyn Future<Output = Result<R, Error>> + 'a>>;

/// A running generator: an iterator of `T` into which `S` is sent and that returns `R`.
pub struct Generator<'a, T, S = (), R = ()> {
    channel: Rc<Channel<T, S>>,
    /// None when it has ended, and while it runs.
    body: Option<Body<'a, R>>,
    started: bool,
    result: Option<R>,
}

/// A generator that runs `body` from one `emit` to the next.
pub fn generator<'a, T, R, F>(body: impl FnOnce(Co<T>) -> F) -> Generator<'a, T, (), R>
where
    F: Future<Output = Result<R, Error>> + 'a,
{
    sending(body)
}

/// A generator into which values are sent: `x = yield y`.
pub(crate) fn sending<'a, T, S, R, F>(body: impl FnOnce(Co<T, S>) -> F) -> Generator<'a, T, S, R>
where
    F: Future<Output = Result<R, Error>> + 'a,
{
    let channel = Channel::new();
    let body: Body<'a, R> = Box::pin(body(channel.co()));
    Generator { channel, body: Some(body), started: false, result: None }
}

impl<T, S, R> Generator<'_, T, S, R> {
    /// Runs the body up to its next item; none when it ends.
    #[inline]
    pub(crate) fn resume(&mut self, resume: Resume<S>) -> Result<Option<T>, Error> {
        // While it runs the body is out of its place, so a body that unwinds has ended.
        let Some(mut body) = self.body.take() else {
            return match resume {
                Resume::Send(_) => Ok(None),
                Resume::Throw(error) => Err(error),
            };
        };
        if !self.started {
            self.started = true;
            if let Resume::Throw(error) = resume {
                return Err(error);
            }
        } else {
            self.channel.resume(resume);
        }
        match body.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => {
                self.body = Some(body);
                Ok(self.channel.emitted())
            }
            Poll::Ready(Ok(result)) => {
                self.result = Some(result);
                Ok(None)
            }
            Poll::Ready(Err(error)) if error.is_a(StopIteration) => {
                Err(Error::new(RuntimeError, "generator raised StopIteration").from_cause(error))
            }
            Poll::Ready(Err(error)) => Err(error),
        }
    }

    /// `g.send(value)`: the next item; `StopIteration` when there is none.
    #[track_caller]
    pub fn send(&mut self, value: S) -> Result<T, Error> {
        match self.resume(Resume::Send(value))? {
            Some(item) => Ok(item),
            None => Err(Error::bare(StopIteration)),
        }
    }

    /// `g.throw(error)`: raises it where the generator stands; the next item if it goes on.
    #[track_caller]
    pub fn throw(&mut self, error: Error) -> Result<T, Error> {
        match self.resume(Resume::Throw(error))? {
            Some(item) => Ok(item),
            None => Err(Error::bare(StopIteration)),
        }
    }

    /// `g.close()`: ends it where it stands; an error of its own comes out.
    #[track_caller]
    pub fn close(&mut self) -> Result<(), Error> {
        if !self.started {
            self.body = None;
        }
        if self.body.is_none() {
            return Ok(());
        }
        match self.resume(Resume::Throw(Error::bare(GeneratorExit))) {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(Error::new(RuntimeError, "generator ignored GeneratorExit")),
            Err(error) if error.is_a(GeneratorExit) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// What the body returned, once it has ended.
    pub fn result(&mut self) -> Option<R> {
        self.result.take()
    }
}

impl<'a, T, S: Default, R> Generator<'a, T, S, R> {
    /// `next(g)` with an error of the body as a value.
    #[inline]
    pub fn try_next(&mut self) -> Result<Option<T>, Error> {
        self.resume(Resume::Send(S::default()))
    }

    /// The items as results: an error of the body is the last one.
    pub fn fallible(mut self) -> impl Iterator<Item = Result<T, Error>> + 'a
    where
        T: 'a,
        S: 'a,
        R: 'a,
    {
        std::iter::from_fn(move || self.try_next().transpose())
    }
}

impl<T, S: Default, R> Iterator for Generator<'_, T, S, R> {
    type Item = T;

    /// The next item; raises what the body raises.
    #[inline]
    fn next(&mut self) -> Option<T> {
        match self.try_next() {
            Ok(item) => item,
            Err(error) => raise(error),
        }
    }
}

impl<T, S, R> Drop for Generator<'_, T, S, R> {
    fn drop(&mut self) {
        if !self.started || self.body.is_none() {
            return;
        }
        // An error has nowhere to go; CPython writes it to standard error.
        if let Err(error) | Ok(Err(error)) = catch_all(|| self.close())
            && error.is_a(Exception)
        {
            crate::stderr_write(&format!("Exception ignored in generator:\n{error:?}\n"));
        }
    }
}

/// `next(items)`: `StopIteration` where there is none.
#[track_caller]
pub fn next<T>(items: &mut (impl Iterator<Item = T> + ?Sized)) -> Result<T, Error> {
    items.next().ok_or_else(|| Error::bare(StopIteration))
}

/// `iter(next, last)`: what `next` gives, up to the first that equals `last`.
pub fn iter_until<T: PartialEq>(mut next: impl FnMut() -> T, last: T) -> impl Iterator<Item = T> {
    std::iter::from_fn(move || Some(next()).filter(|item| *item != last)).fuse()
}

/// The items of an object with `__next__`: `next` is asked until it raises `StopIteration`.
pub fn until_stop<I, T>(mut items: I, mut next: impl FnMut(&mut I) -> T) -> impl Iterator<Item = T> {
    std::iter::from_fn(move || match catch_all(|| next(&mut items)) {
        Ok(item) => Some(item),
        Err(error) if error.is_a(StopIteration) => None,
        Err(error) => raise(error),
    })
}

/// The items of an object with `__getitem__` alone: `item` is asked for 0, 1, 2, .. until it raises `IndexError`.
pub fn by_index<T>(mut item: impl FnMut(i64) -> T) -> impl Iterator<Item = T> {
    let mut at = 0;
    std::iter::from_fn(move || match catch_all(|| item(at)) {
        Ok(item) => {
            at += 1;
            Some(item)
        }
        Err(error) if error.is_a(IndexError) || error.is_a(StopIteration) => None,
        Err(error) => raise(error),
    })
    .fuse()
}

/// [`by_index`] of an object that has no other owner.
pub fn by_index_of<I, T>(items: I, mut item: impl FnMut(&I, i64) -> T) -> impl Iterator<Item = T> {
    by_index(move |at| item(&items, at))
}

/// A generator under `contextlib.contextmanager`: it stands at its `yield` while the block runs.
pub struct ContextManager<'a, T>(Generator<'a, T>);

/// A context manager that runs `body` up to its `emit`, and the rest when the block is left.
pub fn context_manager<'a, T, F>(body: impl FnOnce(Co<T>) -> F) -> ContextManager<'a, T>
where
    F: Future<Output = Result<(), Error>> + 'a,
{
    ContextManager(generator(body))
}

impl<T> ContextManager<'_, T> {
    /// Runs up to the `emit`: what `with` binds.
    #[track_caller]
    pub fn enter(&mut self) -> Result<T, Error> {
        let entered = self.0.try_next()?;
        entered.ok_or_else(|| Error::new(RuntimeError, "generator didn't yield"))
    }

    /// The block ended: runs the rest.
    #[track_caller]
    pub fn leave(&mut self) -> Result<(), Error> {
        match self.0.try_next()? {
            Some(_) => Err(Error::new(RuntimeError, "generator didn't stop")),
            None => Ok(()),
        }
    }

    /// The block raised: raises it at the `emit`. Whether the error ends here.
    #[track_caller]
    pub fn fail(&mut self, error: Error) -> Result<bool, Error> {
        match self.0.resume(Resume::Throw(error.clone())) {
            Ok(None) => Ok(true),
            Ok(Some(_)) => Err(Error::new(RuntimeError, "generator didn't stop after throw()")),
            Err(raised) if raised.ptr_eq(&error) => Ok(false),
            Err(raised) => Err(raised),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    type Log = Rc<RefCell<Vec<String>>>;

    fn counted(n: i64, log: &Log) -> Generator<'static, i64> {
        let log = Rc::clone(log);
        generator(move |co| async move {
            let body = async {
                for i in 0..n {
                    co.emit(i).await?;
                }
                Ok(())
            };
            let outcome = body.await;
            log.borrow_mut().push("finally".to_owned());
            outcome
        })
    }

    #[test]
    fn finally_runs_at_the_end_and_when_dropped() {
        let log = Log::default();
        assert_eq!(counted(3, &log).sum::<i64>(), 3);
        assert_eq!(counted(3, &log).next(), Some(0));
        drop(counted(3, &log));
        assert_eq!(*log.borrow(), ["finally", "finally"]);
    }

    #[test]
    fn values_go_in_and_results_come_out() {
        let mut total = sending(|co: Co<i64, Option<i64>>| async move {
            let mut sum = 0;
            while let Some(x) = co.emit(sum).await? {
                sum += x;
            }
            Ok(format!("total {sum}"))
        });
        assert_eq!(total.next(), Some(0));
        assert_eq!(total.send(Some(5)).ok(), Some(5));
        assert_eq!(total.send(Some(7)).ok(), Some(12));
        assert_eq!(total.send(None).map_err(|e| e.name()), Err("StopIteration"));
        assert_eq!(total.result().as_deref(), Some("total 12"));
    }

    #[test]
    fn errors_are_thrown_in_and_come_out() {
        let mut g = generator(|co| async move {
            if let Err(error) = co.emit("first").await {
                co.emit(if error.is_a(crate::ValueError) { "caught" } else { "other" }).await?;
            }
            Err::<(), _>(Error::new(crate::KeyError, "k"))
        });
        assert_eq!(g.next(), Some("first"));
        assert_eq!(g.throw(Error::new(crate::ValueError, "x")).ok(), Some("caught"));
        let error = crate::catch(|| g.next()).map_err(|e| e.traceback_line());
        assert_eq!(error, Err::<Option<&str>, _>("KeyError: 'k'".to_owned()));
        assert_eq!(g.next(), None);
    }

    #[test]
    fn generators_recurse() {
        fn walk(depth: i64) -> Generator<'static, i64> {
            generator(move |co| async move {
                if depth > 0 {
                    co.emit_all(walk(depth - 1)).await?;
                    co.emit(depth).await?;
                    co.emit_all(walk(depth - 1)).await?;
                }
                Ok(())
            })
        }
        assert_eq!(walk(3).collect::<Vec<_>>(), [1, 2, 1, 3, 1, 2, 1]);
    }
}
