//! Raising and catching by unwinding: faults and broad handlers.
//!
//! An [`Error`] may hold things that cannot cross threads, so it waits in a thread-local stack
//! while a marker unwinds. A panic of std becomes the Python error that it stands for.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::task::Poll;

use crate::class::{BaseException, Class, Exception, SystemExit};
use crate::error::{Arg, Error, Place};
use crate::fault;

struct Raised;

thread_local! {
    static IN_FLIGHT: RefCell<Vec<Error>> = const { RefCell::new(Vec::new()) };
    static BOUNDARIES: Cell<u32> = const { Cell::new(0) };
    static PANIC_PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// Raises `error`: unwinds to the nearest [`catch`], or to the end of the program.
#[cold]
pub fn raise(error: Error) -> ! {
    IN_FLIGHT.with_borrow_mut(|stack| stack.push(error));
    panic::resume_unwind(Box::new(Raised))
}

/// Raises `class(text)`; the place is the caller's.
#[cold]
#[track_caller]
pub fn raise_new(class: Class, text: impl Into<String>) -> ! {
    raise(Error::new(class, text))
}

/// Gives the value, or raises the error.
pub trait OrRaise<T> {
    /// Gives the value, or raises the error.
    fn or_raise(self) -> T;
}

impl<T, E: Into<Error>> OrRaise<T> for Result<T, E> {
    #[inline]
    fn or_raise(self) -> T {
        match self {
            Ok(value) => value,
            Err(error) => raise(error.into()),
        }
    }
}

/// `sys.exit(code)`: leaves the program with a status, running `finally` on the way.
#[track_caller]
pub fn exit(code: i64) -> ! {
    raise(Error::with_args(SystemExit, [Arg::of(&code)]))
}

/// `sys.exit("message")`: prints the message to standard error, status 1.
#[track_caller]
pub fn exit_with(message: impl Into<String>) -> ! {
    raise(Error::new(SystemExit, message))
}

/// Runs `body`; an `Exception` that it raises, or a panic of std, becomes the error.
/// `SystemExit`, `KeyboardInterrupt` and `GeneratorExit` pass through, as by `except Exception`.
pub fn catch<T>(body: impl FnOnce() -> T) -> Result<T, Error> {
    match catch_all(body) {
        Err(error) if !error.is_a(Exception) => raise(error),
        outcome => outcome,
    }
}

/// Runs `body`; whatever it raises becomes the error, as by a bare `except`. What Python does not know passes
/// through: no handler of the program was written for it.
pub fn catch_all<T>(body: impl FnOnce() -> T) -> Result<T, Error> {
    match catch_end(body) {
        Err(error) if !error.is_a(BaseException) => raise(error),
        outcome => outcome,
    }
}

/// Runs the program, or a part of it for who hands its errors on; whatever ends it becomes the error.
pub fn catch_end<T>(body: impl FnOnce() -> T) -> Result<T, Error> {
    install_hook();
    BOUNDARIES.set(BOUNDARIES.get() + 1);
    let outcome = panic::catch_unwind(AssertUnwindSafe(body));
    BOUNDARIES.set(BOUNDARIES.get() - 1);
    outcome.map_err(error_of)
}

/// What a panic said.
fn text_of(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied())
}

/// Like [`catch`] for a body that returns errors as values too.
pub fn catch_result<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    match catch_all_result(body) {
        Err(error) if !error.is_a(Exception) => raise(error),
        outcome => outcome,
    }
}

/// Like [`catch_all`] for a body that returns errors as values too.
pub fn catch_all_result<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_all(body).and_then(|outcome| outcome)
}

/// [`catch_result`] around an `await`: each step of the future runs inside the boundary.
pub async fn catch_async<T>(body: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match catch_all_async(body).await {
        Err(error) if !error.is_a(Exception) => Err(error),
        outcome => outcome,
    }
}

/// [`catch_all_result`] around an `await`.
pub async fn catch_all_async<T>(body: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let mut body = std::pin::pin!(body);
    std::future::poll_fn(|cx| match catch_all(|| body.as_mut().poll(cx)) {
        Ok(step) => step,
        Err(error) => Poll::Ready(Err(error)),
    })
    .await
}

/// What happens behind a `try` whose body both returns and leaves a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump<T = ()> {
    /// The body ran to its end.
    Next,
    /// The loop around it is left.
    Break,
    /// The loop around it goes on.
    Continue,
    /// The function returns.
    Return(T),
}

/// The error that a caught panic payload stands for.
fn error_of(payload: Box<dyn Any + Send>) -> Error {
    if payload.is::<Raised>()
        && let Some(error) = IN_FLIGHT.with_borrow_mut(Vec::pop)
    {
        return error;
    }
    let place = PANIC_PLACE.take();
    let text = text_of(&*payload).unwrap_or("an error of another thread");
    let (class, said) = fault::translate(text, place.as_ref().is_some_and(crate::map::is_store));
    match (fault::outside(text), said) {
        (Some(outside), Some(said)) => Error::outside_at(&said, outside, place),
        (_, said) => Error::at_place(class, said, place),
    }
}

/// Makes panics inside a boundary silent; they are reported by whoever handles the error.
pub(crate) fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if BOUNDARIES.get() == 0 {
                return previous(info);
            }
            let place = info.location().map(|location| Place {
                file: location.file().to_owned().into(),
                line: location.line(),
                column: location.column(),
            });
            PANIC_PLACE.set(place);
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::todo)]
    fn what_python_does_not_know_passes_every_handler() {
        let missing = catch_end(|| catch_all(|| -> i64 { todo!("a part") }));
        let text = "RuntimeError: not yet implemented: a part";
        assert_eq!(
            missing.map_err(|error| error.traceback_line()),
            Err::<Result<i64, Error>, _>(text.to_owned())
        );
        let too_large = catch_end(|| catch_all(|| i64::MAX + std::hint::black_box(1)));
        let text = "OverflowError: integer overflow in addition";
        assert_eq!(too_large.map_err(|error| error.traceback_line()).err(), Some(text.to_owned()));
    }
}
