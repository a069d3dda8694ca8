//! Asynchronous generators: bodies that both emit and wait.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use crate::class::{GeneratorExit, RuntimeError, StopAsyncIteration};
use crate::error::{Error, Result};
use crate::generator::{Channel, Co, Resume};

type Body = Pin<Box<dyn std::future::Future<Output = Result<()>>>>;

/// What an `async def` with `yield` gives.
pub struct AsyncGenerator<T> {
    channel: Rc<Channel<T>>,
    body: Option<Body>,
    is_started: bool,
}

/// A generator that runs `body` from one `emit` to the next and waits where it waits.
pub fn async_generator<T, F>(body: impl FnOnce(Co<T>) -> F) -> AsyncGenerator<T>
where
    F: std::future::Future<Output = Result<()>> + 'static,
{
    let channel = Channel::new();
    let body: Body = Box::pin(body(channel.co()));
    AsyncGenerator { channel, body: Some(body), is_started: false }
}

impl<T> AsyncGenerator<T> {
    /// The next item; none when the body has ended.
    pub async fn next(&mut self) -> Result<Option<T>> {
        self.resume(Resume::Send(())).await
    }

    /// `anext(generator)`.
    pub async fn anext(&mut self) -> Result<T> {
        self.next().await?.ok_or_else(|| Error::bare(StopAsyncIteration))
    }

    /// `generator.aclose()`.
    pub async fn aclose(&mut self) -> Result<()> {
        if !self.is_started {
            self.body = None;
        }
        match self.resume(Resume::Throw(Error::bare(GeneratorExit))).await {
            Err(error) if !error.is_a(GeneratorExit) => Err(error),
            _ => Ok(()),
        }
    }

    /// What `async with` binds, of a generator under `asynccontextmanager`: runs up to the `emit`.
    pub async fn enter(&mut self) -> Result<T> {
        self.next().await?.ok_or_else(|| Error::new(RuntimeError, "generator didn't yield"))
    }

    /// The block ended: runs the rest.
    pub async fn leave(&mut self) -> Result<()> {
        match self.next().await? {
            Some(_) => Err(Error::new(RuntimeError, "generator didn't stop")),
            None => Ok(()),
        }
    }

    /// The block raised: raises it at the `emit`. Whether the error ends here.
    pub async fn fail(&mut self, error: Error) -> Result<bool> {
        match self.resume(Resume::Throw(error.clone())).await {
            Ok(None) => Ok(true),
            Ok(Some(_)) => Err(Error::new(RuntimeError, "generator didn't stop after athrow()")),
            Err(raised) if raised.ptr_eq(&error) => Ok(false),
            Err(raised) => Err(raised),
        }
    }

    /// The rest of the items.
    pub async fn collect(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await? {
            items.push(item);
        }
        Ok(items)
    }

    async fn resume(&mut self, resume: Resume<()>) -> Result<Option<T>> {
        let Some(mut body) = self.body.take() else { return Ok(None) };
        if self.is_started {
            self.channel.resume(resume);
        }
        self.is_started = true;
        let step = poll_fn(|cx| match body.as_mut().poll(cx) {
            Poll::Ready(outcome) => Poll::Ready((outcome.map(|()| None), true)),
            Poll::Pending => match self.channel.emitted() {
                Some(item) => Poll::Ready((Ok(Some(item)), false)),
                None => Poll::Pending,
            },
        });
        let (outcome, has_ended) = step.await;
        if !has_ended {
            self.body = Some(body);
        }
        outcome
    }
}
