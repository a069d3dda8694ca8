//! The loop: callbacks in their order, timers, virtual time.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::rc::Rc;

use super::task::{Awaitable, Step};
use crate::class::RuntimeError;
use crate::error::{Error, Result};

/// How far the clock moves in a turn: real time never stands still.
const TURN: u64 = 1_000;

type Callback = Box<dyn FnOnce()>;

/// A callback that waits for its time.
struct Timer {
    at: u64,
    /// Equal times fire in the order in which they were asked for.
    number: u64,
    callback: RefCell<Option<Callback>>,
    is_cancelled: Cell<bool>,
}

impl PartialEq for Timer {
    fn eq(&self, other: &Timer) -> bool {
        self.number == other.number
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Timer) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Timer) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// What takes a timer back.
pub(super) struct TimerHandle(Rc<Timer>);

impl TimerHandle {
    pub(super) fn cancel(&self) {
        self.0.is_cancelled.set(true);
        self.0.callback.take();
    }
}

#[derive(Default)]
struct EventLoop {
    ready: RefCell<VecDeque<Callback>>,
    timers: RefCell<BinaryHeap<Reverse<Rc<Timer>>>>,
    now: Cell<u64>,
    count: Cell<u64>,
    is_running: Cell<bool>,
    tasks: RefCell<Vec<Rc<dyn Step>>>,
}

thread_local! {
    static LOOP: EventLoop = EventLoop::default();
}

/// `loop.call_soon(callback)`.
pub(super) fn call_soon(callback: impl FnOnce() + 'static) {
    LOOP.with(|it| it.ready.borrow_mut().push_back(Box::new(callback)));
}

/// `loop.call_later(seconds, callback)`.
pub(super) fn call_later(seconds: f64, callback: impl FnOnce() + 'static) -> TimerHandle {
    LOOP.with(|it| {
        it.count.set(it.count.get() + 1);
        it.now.set(it.now.get() + 1);
        let at = it.now.get() + (seconds.max(0.0) * 1e9).round() as u64;
        let timer = Rc::new(Timer {
            at,
            number: it.count.get(),
            callback: RefCell::new(Some(Box::new(callback))),
            is_cancelled: Cell::new(false),
        });
        it.timers.borrow_mut().push(Reverse(Rc::clone(&timer)));
        TimerHandle(timer)
    })
}

/// Virtual seconds that loops of this thread have let pass.
pub(crate) fn elapsed() -> f64 {
    LOOP.with(|it| it.now.get() as f64 / 1e9)
}

/// `loop.time()`.
pub fn now() -> f64 {
    crate::time::monotonic()
}

/// Keeps a task for the end of the loop.
pub(super) fn register(task: Rc<dyn Step>) {
    LOOP.with(|it| {
        let mut tasks = it.tasks.borrow_mut();
        tasks.retain(|task| !task.is_done());
        tasks.push(task);
    });
}

/// Tasks that have not ended, in the order in which they began.
pub(super) fn open_tasks() -> Vec<Rc<dyn Step>> {
    LOOP.with(|it| it.tasks.borrow().iter().filter(|task| !task.is_done()).cloned().collect())
}

/// One turn; whether there was anything to do.
fn turn() -> bool {
    LOOP.with(|it| {
        it.now.set(it.now.get() + TURN);
        loop {
            let mut timers = it.timers.borrow_mut();
            let Some(Reverse(next)) = timers.peek() else { break };
            let is_due = next.at <= it.now.get() || it.ready.borrow().is_empty();
            if !next.is_cancelled.get() && !is_due {
                break;
            }
            let Some(Reverse(timer)) = timers.pop() else { break };
            if let Some(callback) = timer.callback.take() {
                it.now.set(it.now.get().max(timer.at));
                it.ready.borrow_mut().push_back(callback);
            }
        }
        let count = it.ready.borrow().len();
        for _ in 0..count {
            let next = it.ready.borrow_mut().pop_front();
            let Some(callback) = next else { break };
            callback();
        }
        count > 0
    })
}

/// `asyncio.run(main())`: runs a coroutine to its end, then cancels what still runs.
#[track_caller]
pub fn run<T: Clone + 'static>(main: impl Awaitable<T>) -> Result<T> {
    if LOOP.with(|it| it.is_running.replace(true)) {
        return Err(Error::new(RuntimeError, "asyncio.run() cannot be called from a running event loop"));
    }
    let outcome = crate::catch_all(|| {
        let main = main.into_task();
        while !main.is_done() && turn() {}
        let rest = open_tasks();
        rest.iter().for_each(|task| {
            task.cancel();
        });
        while !open_tasks().is_empty() && turn() {}
        main.result()
    });
    LOOP.with(|it| {
        it.is_running.set(false);
        it.tasks.borrow_mut().clear();
        it.ready.borrow_mut().clear();
        it.timers.borrow_mut().clear();
    });
    outcome.and_then(|result| result)
}
