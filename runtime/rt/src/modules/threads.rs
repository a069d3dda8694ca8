//! Threads that run when they are started, to their end, one after the other.
//!
//! What would give way to another thread, such as `sleep`, cannot: it is an error and no wrong order.

use crate::class::NotTranslated;
use crate::unwind::raise_new;
use std::cell::{Cell, RefCell};

thread_local! {
    /// Names of the threads that run, the one that began last at the end.
    static RUNNING: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static COUNT: Cell<i64> = const { Cell::new(0) };
}

/// The number of the next thread without a name.
pub fn next_number() -> i64 {
    COUNT.set(COUNT.get() + 1);
    COUNT.get()
}

/// A thread of the program begins.
pub fn enter(name: &str) {
    RUNNING.with_borrow_mut(|running| running.push(name.to_owned()));
}

/// The thread that began last is done.
pub fn leave() {
    RUNNING.with_borrow_mut(|running| running.pop());
}

/// Name of the thread that runs.
pub fn current() -> String {
    RUNNING.with_borrow(|running| running.last().cloned()).unwrap_or_else(|| "MainThread".to_owned())
}

/// How many threads run, the first one included.
pub fn active() -> i64 {
    RUNNING.with_borrow(|running| running.len() as i64 + 1)
}

/// Stops where a thread waits for what another one would do.
#[track_caller]
pub fn stuck(what: &str) {
    raise_new(NotTranslated, format!("not yet implemented: a thread that waits for {what}"));
}

/// Stops where a thread of the program would wait for others.
#[track_caller]
pub(crate) fn may_not_wait(what: &str) {
    if active() > 1 {
        raise_new(NotTranslated, format!("not yet implemented: `{what}` in a thread"));
    }
}
