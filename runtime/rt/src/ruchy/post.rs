//! Messages between actors that wait until the handler that runs is done.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// A message: the actor it is for, and what runs its handler.
type Message = (i64, Box<dyn FnOnce()>);

thread_local! {
    static WAITING: RefCell<VecDeque<Message>> = const { RefCell::new(VecDeque::new()) };
    static IS_BUSY: Cell<bool> = const { Cell::new(false) };
}

/// A handler runs, until this is dropped.
struct Busy;

impl Busy {
    fn begin() -> Self {
        IS_BUSY.set(true);
        Self
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        IS_BUSY.set(false);
    }
}

/// Sends a message to an actor: its handler runs now, or when the one that runs and the messages before are done.
pub fn post(actor: i64, message: impl FnOnce() + 'static) {
    WAITING.with_borrow_mut(|waiting| waiting.push_back((actor, Box::new(message))));
    if !IS_BUSY.get() {
        deliver();
    }
}

fn deliver() {
    let _busy = Busy::begin();
    while let Some((_, message)) = WAITING.with_borrow_mut(VecDeque::pop_front) {
        message();
    }
}

/// Asks an actor, after the messages that wait for it.
pub fn ask<T>(actor: i64, question: impl FnOnce() -> T) -> T {
    if IS_BUSY.get() {
        while let Some(message) = next_for(actor) {
            message();
        }
        return question();
    }
    let answer = {
        let _busy = Busy::begin();
        question()
    };
    deliver();
    answer
}

/// The first message that waits for an actor.
fn next_for(actor: i64) -> Option<Box<dyn FnOnce()>> {
    WAITING.with_borrow_mut(|waiting| {
        let at = waiting.iter().position(|(to, _)| *to == actor)?;
        waiting.remove(at).map(|(_, message)| message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn a_message_of_a_handler_waits() {
        let log = Rc::new(RefCell::new(Vec::new()));
        let (inner, outer) = (log.clone(), log.clone());
        post(1, move || {
            post(1, move || inner.borrow_mut().push("second"));
            outer.borrow_mut().push("first");
        });
        assert_eq!(*log.borrow(), ["first", "second"]);
    }

    #[test]
    fn a_question_sees_what_was_sent() {
        let count = Rc::new(Cell::new(0));
        let (seen, inner) = (Rc::new(Cell::new(0)), count.clone());
        let out = seen.clone();
        post(1, move || {
            let added = inner.clone();
            post(2, move || added.set(added.get() + 1));
            out.set(ask(2, || inner.get()));
        });
        assert_eq!(seen.get(), 1);
    }
}
