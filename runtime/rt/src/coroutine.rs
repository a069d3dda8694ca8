//! Generators that are driven by hand: `send`, `throw`, `close`, and a value at the end.

use std::any::Any;
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use crate::class::{GeneratorExit, RuntimeError, StopIteration, TypeError, ValueError};
use crate::error::{Arg, Error, Result};
use crate::generator::{Co, Generator, Resume, sending};
use crate::list::{PyOrd, not_ordered};
use crate::repr::Repr;
use crate::unwind::raise;
use crate::value::{FromValue, Object, Value};

/// A generator under several names: each clone drives the same one.
///
/// ```
/// use batuta_rt as rt;
///
/// fn averager() -> rt::Coroutine<f64, f64> {
///     rt::coroutine(|co| async move {
///         let (mut sum, mut count) = (0.0, 0.0);
///         let mut x = co.emit(0.0).await?;
///         loop {
///             (sum, count) = (sum + x, count + 1.0);
///             x = co.emit(sum / count).await?;
///         }
///     })
/// }
/// let mut mean = averager();
/// mean.next();
/// assert_eq!(mean.send(4.0).unwrap(), 4.0);
/// assert_eq!(mean.send(2.0).unwrap(), 3.0);
/// ```
pub struct Coroutine<T, S = (), R = ()>(Rc<RefCell<Generator<'static, T, S, R>>>);

impl<T, S, R> Clone for Coroutine<T, S, R> {
    fn clone(&self) -> Self {
        Coroutine(Rc::clone(&self.0))
    }
}

impl<T: 'static, S: 'static, R: 'static> Object for Coroutine<T, S, R> {
    fn type_name(&self) -> &str {
        "generator"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn equals(&self, other: &Value) -> Option<bool> {
        let Value::Object(other) = other else { return Some(false) };
        Some(other.as_any().downcast_ref::<Self>().is_some_and(|other| self == other))
    }
}

impl<T: 'static, S: 'static, R: 'static> From<Coroutine<T, S, R>> for Value {
    fn from(coroutine: Coroutine<T, S, R>) -> Value {
        Value::Object(Rc::new(coroutine))
    }
}

impl<T: 'static, S: 'static, R: 'static> FromValue for Coroutine<T, S, R> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<Self, Error> {
        let found = match value {
            Value::Object(object) => object.as_any().downcast_ref::<Self>(),
            _ => None,
        };
        let words = || Error::new(TypeError, format!("expected generator, found {}", value.type_name()));
        found.cloned().ok_or_else(words)
    }
}

/// Generators are equal to themselves alone.
impl<T, S, R> PartialEq for Coroutine<T, S, R> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T, S, R> PyOrd for Coroutine<T, S, R> {
    fn py_lt(&self, _: &Self) -> bool {
        not_ordered("<", "generator", "generator")
    }
}

/// A generator into which values are sent: `x = yield y`.
pub fn coroutine<T, S, R, F>(body: impl FnOnce(Co<T, S>) -> F) -> Coroutine<T, S, R>
where
    F: Future<Output = Result<R>> + 'static,
{
    Coroutine(Rc::new(RefCell::new(sending(body))))
}

impl<T, S, R: Repr + 'static> Coroutine<T, S, R> {
    fn resume(&self, resume: Resume<S>) -> Result<Option<T>> {
        match self.0.try_borrow_mut() {
            Ok(mut generator) => generator.resume(resume),
            Err(_) => Err(Error::new(ValueError, "generator already executing")),
        }
    }

    /// `StopIteration` with what the body returned.
    fn stop(&self) -> Error {
        let result = self.0.try_borrow_mut().ok().and_then(|mut generator| generator.result());
        let Some(result) = result else { return Error::bare(StopIteration) };
        let any: &dyn Any = &result;
        if any.is::<()>() {
            return Error::bare(StopIteration);
        }
        match any.downcast_ref::<String>() {
            Some(text) => Error::new(StopIteration, text.as_str()),
            None => Error::with_args(StopIteration, [Arg::of(&result)]),
        }
    }

    /// `g.send(value)`: the next item; `StopIteration` when there is none.
    #[track_caller]
    pub fn send(&self, value: S) -> Result<T> {
        self.resume(Resume::Send(value))?.ok_or_else(|| self.stop())
    }

    /// `g.throw(error)`: raises it where the generator stands; the next item if it goes on.
    #[track_caller]
    pub fn throw(&self, error: Error) -> Result<T> {
        self.resume(Resume::Throw(error))?.ok_or_else(|| self.stop())
    }

    /// `g.close()`: ends it where it stands; an error of its own comes out.
    #[track_caller]
    pub fn close(&self) -> Result<()> {
        match self.0.try_borrow_mut() {
            Ok(mut generator) => generator.close(),
            Err(_) => Err(Error::new(ValueError, "generator already executing")),
        }
    }
}

impl<T, S: Default, R: Repr + 'static> Coroutine<T, S, R> {
    /// `next(g)`.
    #[track_caller]
    pub fn advance(&self) -> Result<T> {
        self.send(S::default())
    }
}

impl<T, S: Default, R: Repr + 'static> Iterator for Coroutine<T, S, R> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self.resume(Resume::Send(S::default())) {
            Ok(item) => item,
            Err(error) => raise(error),
        }
    }
}

impl<T: 'static, S: Default> Co<T, S> {
    /// `yield from inner`: passes on what goes in and out; gives what the inner one returns.
    pub async fn delegate<R: Repr + Clone + 'static>(&self, inner: Coroutine<T, S, R>) -> Result<R> {
        self.delegate_mapped(inner, |item| item).await
    }

    async fn delegate_mapped<U, R>(&self, inner: Coroutine<U, S, R>, f: impl Fn(U) -> T) -> Result<R>
    where
        U: 'static,
        R: Repr + Clone + 'static,
    {
        let mut step = inner.resume(Resume::Send(S::default()));
        while let Some(item) = step? {
            step = match self.emit(f(item)).await {
                Ok(sent) => inner.resume(Resume::Send(sent)),
                Err(error) if error.is_a(GeneratorExit) => {
                    inner.close()?;
                    return Err(error);
                }
                Err(error) => inner.resume(Resume::Throw(error)),
            };
        }
        let result = inner.0.borrow_mut().result();
        result.ok_or_else(|| Error::new(RuntimeError, "the inner generator had ended before"))
    }
}

impl<T: 'static, S: Default + 'static, R: Repr + Clone + 'static> Coroutine<T, S, R> {
    /// The same generator, whose items become others.
    #[must_use]
    pub fn mapped<U: 'static>(self, f: impl Fn(T) -> U + 'static) -> Coroutine<U, S, R> {
        coroutine(|co: Co<U, S>| async move { co.delegate_mapped(self, f).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn averager() -> Coroutine<f64, Option<f64>, i64> {
        coroutine(|co| async move {
            let (mut total, mut count) = (0.0, 0);
            let mut mean = 0.0;
            while let Some(x) = co.emit(mean).await? {
                total += x;
                count += 1;
                mean = total / f64::from(count);
            }
            Ok(i64::from(count))
        })
    }

    #[test]
    fn values_go_in_and_the_result_comes_out() {
        let mean = averager();
        assert_eq!(mean.advance().ok(), Some(0.0));
        assert_eq!(mean.clone().send(Some(10.0)).ok(), Some(10.0));
        assert_eq!(mean.send(Some(20.0)).ok(), Some(15.0));
        let stop = mean.send(None).expect_err("it ends");
        assert_eq!(
            (stop.name(), crate::str(&stop.stop_value()).to_string()),
            ("StopIteration", "2".to_owned())
        );
        assert_eq!(mean.send(Some(1.0)).map_err(|error| error.to_string()), Err(String::new()));
    }

    #[test]
    fn delegation_passes_values_through() {
        let outer: Coroutine<f64, Option<f64>, i64> =
            coroutine(
                |co| async move { Ok(co.delegate(averager()).await? + co.delegate(averager()).await?) },
            );
        outer.advance().ok();
        let sent = [Some(1.0), None, Some(2.0), Some(4.0)].map(|x| outer.send(x).ok());
        assert_eq!(sent, [Some(1.0), Some(0.0), Some(2.0), Some(3.0)]);
        assert_eq!(outer.send(None).expect_err("it ends").to_string(), "3");
    }
}
