//! Generators: compiled code on a stack of its own, which stops at each `yield`.

#![allow(unsafe_code)]

use super::iters::IterObject;
use super::pending;
use crate::memory::{Code, keep};
use crate::run::LIMIT;
use batuta_rt as rt;
use corosensei::stack::{DefaultStack, Stack};
use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::cell::Cell;
use std::sync::atomic::Ordering;

/// Stack of a generator; pages are committed only when used.
const SIZE: usize = 256 << 10;
/// What stays free for rows below compiled code.
const RESERVE: usize = 64 << 10;

type Yields = Yielder<(), u64>;

thread_local! {
    /// The generator that runs.
    static CURRENT: Cell<*const Yields> = const { Cell::new(std::ptr::null()) };
}

/// A generator that has not ended.
struct Running(Coroutine<(), u64, u64>);

impl Drop for Running {
    fn drop(&mut self) {
        // SAFETY: the frames of compiled code have nothing to drop, and rows below it have returned.
        unsafe { self.0.force_reset() };
    }
}

/// Makes an iterator of a generator's code, its environment and its arguments, which stay where they are.
pub unsafe extern "C" fn generator(code: *const u8, environment: u64, args: *const u64) -> u64 {
    // SAFETY: compiled code passes the finished code of a generator, whose signature this is.
    let code: Code = unsafe { std::mem::transmute(code) };
    let Ok(stack) = DefaultStack::new(SIZE) else {
        return keep(IterObject { next: Box::new(|| rt::raise_new(rt::MemoryError, "")) });
    };
    let limit = stack.limit().get() + RESERVE;
    let mut own: *const Yields = std::ptr::null();
    let body = move |yielder: &Yields, ()| {
        CURRENT.set(yielder);
        let mut result = 0;
        // SAFETY: the arguments are in a record that is never freed.
        unsafe { code(environment, args, &mut result) }
    };
    let mut running = Some(Running(Coroutine::with_stack(stack, body)));
    let next = move || {
        let coroutine = running.as_mut()?;
        let (outer, outer_limit) = (CURRENT.replace(own), LIMIT.swap(limit, Ordering::Relaxed));
        let step = coroutine.0.resume(());
        own = CURRENT.replace(outer);
        LIMIT.store(outer_limit, Ordering::Relaxed);
        match step {
            CoroutineResult::Yield(word) => Some(word),
            CoroutineResult::Return(status) => {
                running = None;
                if status != 0 {
                    rt::raise(pending());
                }
                None
            }
        }
    };
    keep(IterObject { next: Box::new(next) })
}

/// Gives an item and stops until the next one is wanted.
pub extern "C" fn give(word: u64) {
    // SAFETY: only a generator's code calls this, and it runs below `next`, which set its yielder.
    unsafe { &*CURRENT.get() }.suspend(word);
}
