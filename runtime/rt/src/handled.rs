//! The errors that handlers are busy with: what is raised meanwhile has the innermost as `__context__`.

use crate::error::Error;
use std::cell::RefCell;

thread_local! {
    static HANDLED: RefCell<Vec<Error>> = const { RefCell::new(Vec::new()) };
}

/// What is handled now, when a program asks for contexts.
pub(crate) fn current() -> Option<Error> {
    HANDLED.with_borrow(|handled| handled.last().cloned())
}

/// A handler at work.
pub struct Handled(Error);

impl Handled {
    pub(crate) fn new(error: Error) -> Handled {
        HANDLED.with_borrow_mut(|handled| handled.push(error.clone()));
        Handled(error)
    }
}

impl Drop for Handled {
    fn drop(&mut self) {
        HANDLED.with_borrow_mut(|handled| {
            if let Some(at) = handled.iter().rposition(|error| error.ptr_eq(&self.0)) {
                handled.remove(at);
            }
        });
    }
}
