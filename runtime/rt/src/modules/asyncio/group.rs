//! `asyncio.wait`, `asyncio.TaskGroup`, and the loop as an object.

use std::cell::RefCell;
use std::rc::Rc;

use super::CancelledError;
use super::event_loop::{call_later, call_soon, now, run};
use super::future::Future;
use super::task::{Awaitable, Step, Task, create_task};
use crate::class::NotTranslated;
use crate::collections::{Key, Set};
use crate::error::{Error, Result};

impl<T> Key for Task<T> {
    fn key_hash(&self) -> u64 {
        self.place() as u64
    }

    fn key_eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

/// `asyncio.wait(tasks, timeout=.., return_when=..)`: the tasks that are done, and the others.
pub async fn wait<T: Clone + 'static>(
    tasks: Vec<Task<T>>,
    seconds: Option<f64>,
    until: String,
) -> Result<(Set<Task<T>>, Set<Task<T>>)> {
    let is_enough = move |tasks: &[Task<T>]| {
        let failed = |task: &Task<T>| {
            task.is_done() && !task.is_cancelled() && task.exception().is_ok_and(|error| error.is_some())
        };
        match until.as_str() {
            "FIRST_COMPLETED" => tasks.iter().any(Task::is_done),
            "FIRST_EXCEPTION" => tasks.iter().any(failed) || tasks.iter().all(Task::is_done),
            _ => tasks.iter().all(Task::is_done),
        }
    };
    let waiter: Future<()> = Future::new();
    if !is_enough(&tasks) {
        let is_enough = Rc::new(is_enough);
        for task in tasks.iter().filter(|task| !task.is_done()) {
            let (waiter, all, is_enough) = (waiter.clone(), tasks.clone(), Rc::clone(&is_enough));
            task.when_done(move || {
                if !waiter.is_done() && is_enough(&all) {
                    waiter.complete(Ok(()));
                }
            });
        }
        let timer = seconds.map(|seconds| {
            let waiter = waiter.clone();
            call_later(seconds, move || {
                if !waiter.is_done() {
                    waiter.complete(Ok(()));
                }
            })
        });
        let outcome = waiter.await;
        if let Some(timer) = timer {
            timer.cancel();
        }
        outcome?;
    }
    let (done, pending): (Vec<_>, Vec<_>) = tasks.into_iter().partition(Task::is_done);
    Ok((done.into_iter().collect(), pending.into_iter().collect()))
}

type Callback = Box<dyn FnOnce()>;

/// A task of a group without its type.
struct Member {
    task: Rc<dyn Step>,
    error: Box<dyn Fn() -> Option<Error>>,
    when_done: Box<dyn Fn(Callback)>,
}

/// `asyncio.TaskGroup()`: a handle.
#[derive(Clone, Default)]
pub struct TaskGroup(Rc<RefCell<Vec<Member>>>);

impl TaskGroup {
    /// `group.create_task(coroutine)`.
    pub fn create_task<T: Clone + 'static>(
        &self,
        body: impl std::future::Future<Output = Result<T>> + 'static,
    ) -> Task<T> {
        let task = create_task(body);
        let (failed, ended) = (task.clone(), task.clone());
        self.0.borrow_mut().push(Member {
            task: task.step_handle(),
            error: Box::new(move || match failed.is_done() && !failed.is_cancelled() {
                true => failed.exception().ok().flatten(),
                false => None,
            }),
            when_done: Box::new(move |callback| ended.when_done(callback)),
        });
        task
    }

    /// The block has raised: what is raised instead.
    pub fn fail(&self, error: Error) -> Error {
        self.0.borrow().iter().for_each(|member| {
            member.task.cancel();
        });
        match error.is_a(CancelledError) || error.is_a(NotTranslated) {
            true => error,
            false => {
                let what = "not yet implemented: an error out of the block of a task group";
                Error::new(NotTranslated, what).from_cause(error)
            }
        }
    }

    /// The block has ended: waits for all tasks, also for those that others start.
    pub fn leave(&self) -> impl std::future::Future<Output = Result<()>> + 'static {
        let group = self.clone();
        async move {
            loop {
                let waiter: Future<()> = Future::new();
                {
                    let members = group.0.borrow();
                    if let Some(error) = members.iter().find_map(|member| (member.error)()) {
                        members.iter().for_each(|member| {
                            member.task.cancel();
                        });
                        let what = "not yet implemented: the error of a task in a group";
                        return Err(Error::new(NotTranslated, what).from_cause(error));
                    }
                    let mut open = members.iter().filter(|member| !member.task.is_done());
                    let Some(member) = open.next() else { return Ok(()) };
                    for member in std::iter::once(member).chain(open) {
                        let waiter = waiter.clone();
                        (member.when_done)(Box::new(move || {
                            if !waiter.is_done() {
                                waiter.complete(Ok(()));
                            }
                        }));
                    }
                }
                match waiter.await {
                    Err(error) if error.is_a(CancelledError) => {
                        group.0.borrow().iter().for_each(|member| {
                            member.task.cancel();
                        });
                        return Err(error);
                    }
                    outcome => outcome?,
                }
            }
        }
    }
}

/// `asyncio.to_thread(function, ..)`: the function runs at once, to its end.
pub async fn to_thread<T>(function: impl FnOnce() -> T) -> Result<T> {
    super::sleep(0.0).await?;
    crate::threads::enter("asyncio_0");
    let result = crate::catch_all(function);
    crate::threads::leave();
    result
}

/// The loop that runs.
#[derive(Clone, Copy, Default)]
pub struct Loop;

impl Loop {
    /// `loop.time()`.
    pub fn time(&self) -> f64 {
        now()
    }

    /// `loop.create_task(coroutine)`.
    pub fn create_task<T: Clone + 'static>(
        &self,
        body: impl std::future::Future<Output = Result<T>> + 'static,
    ) -> Task<T> {
        create_task(body)
    }

    /// `loop.create_future()`.
    pub fn create_future<T: Clone + 'static>(&self) -> Future<T> {
        Future::new()
    }

    /// `loop.run_until_complete(awaitable)`.
    pub fn run_until_complete<T: Clone + 'static>(&self, main: impl Awaitable<T>) -> Result<T> {
        run(main)
    }

    /// `loop.call_later(seconds, callback)`.
    pub fn call_later(&self, seconds: f64, callback: impl FnOnce() + 'static) {
        call_later(seconds, callback);
    }

    /// `loop.call_soon(callback)`.
    pub fn call_soon(&self, callback: impl FnOnce() + 'static) {
        call_soon(callback);
    }

    /// `loop.close()`.
    pub fn close(&self) {}
}
