//! One environment for several clients.

use super::{EvalError, Repl, Reply};
use batuta_jit::Owner;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Several clients evaluate lines against one environment.
///
/// Clones are handles of the same environment. Lines are evaluated one after the other, in the order in which they
/// were asked for, on a thread that lives as long as there is a handle. The futures need no particular executor;
/// one that is dropped leaves its line running.
///
/// ```
/// # use batuta_session::repl::{SharedRepl, block_on};
/// let repl = SharedRepl::capturing();
/// block_on(repl.eval("let mut n = 1")).expect("it is fine");
/// let other = repl.clone();
/// block_on(other.eval("n += 1; println(n)")).expect("it is fine");
/// assert_eq!(block_on(repl.eval("n * 10")).expect("it is fine").value.as_deref(), Some("20"));
/// ```
#[derive(Clone)]
pub struct SharedRepl {
    inner: Arc<Mutex<Inner>>,
    owner: Owner,
}

type Task = Box<dyn FnOnce(&mut Repl) + Send>;

struct Inner {
    tasks: Sender<Task>,
}

impl Default for SharedRepl {
    /// Lines print to standard output.
    fn default() -> Self {
        Self::start(false)
    }
}

impl SharedRepl {
    /// What lines print is in their replies.
    pub fn capturing() -> Self {
        Self::start(true)
    }

    fn start(captures: bool) -> Self {
        let owner = Owner::new();
        let (tasks, queue) = channel::<Task>();
        let work = move || {
            let mut repl = Repl::new(owner);
            repl.set_capture(captures);
            while let Ok(task) = queue.recv() {
                task(&mut repl);
            }
        };
        let name = thread::Builder::new().name("repl".to_owned());
        // Without a thread nobody takes the tasks, and each is answered with an error.
        let _ = name.spawn(move || batuta_jit::on_large_stack(work));
        Self { inner: Arc::new(Mutex::new(Inner { tasks })), owner }
    }

    /// Evaluates a line.
    pub async fn eval(&self, code: &str) -> Result<Reply, EvalError> {
        let code = code.to_owned();
        self.ask(move |repl| repl.eval(&code)).await.unwrap_or_else(gone)
    }

    /// Asks anything of the environment; nothing when its thread is gone.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Repl) -> T + Send + 'static,
    ) -> Option<T> {
        let answer = Answer::default();
        let end = End(answer.clone());
        let task: Task = Box::new(move |repl| {
            let value = question(repl);
            end.0.give(Some(value));
        });
        if locked(&self.inner).tasks.send(task).is_err() {
            return None;
        }
        answer.await
    }

    /// Stops the line that runs, at its next turn of a loop or call of a recursive function.
    pub fn interrupt(&self) {
        self.owner.stop();
    }
}

fn gone<T>() -> Result<T, EvalError> {
    Err(EvalError::Internal("the thread that evaluates is gone".to_owned()))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a question waits for.
struct Answer<T>(Arc<Mutex<Slot<T>>>);

struct Slot<T> {
    /// `Some(None)`: there will be none.
    value: Option<Option<T>>,
    waker: Option<Waker>,
}

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Answer<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Slot { value: None, waker: None })))
    }
}

impl<T> Answer<T> {
    fn give(&self, value: Option<T>) {
        let mut slot = locked(&self.0);
        if slot.value.is_none() {
            slot.value = Some(value);
        }
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    }
}

impl<T> Future for Answer<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = locked(&self.0);
        match slot.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Ends the waiting when the task is dropped without an answer.
struct End<T>(Answer<T>);

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        self.0.give(None);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
