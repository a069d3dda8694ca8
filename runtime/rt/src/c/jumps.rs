//! `setjmp` and `longjmp`: a jump unwinds to the frame that asked for it; the frame goes on at the piece of its
//! code that was noted.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::function::Function;
use super::pointer::Ptr;

/// What a signal calls.
type Handler = Ptr<fn(i32)>;

thread_local! {
    static FRAMES: Cell<u64> = const { Cell::new(0) };
    static HANDLERS: RefCell<[Handler; 65]> = const { RefCell::new([Ptr::NULL; 65]) };
}

/// A jump on its way.
struct Jump {
    frame: u64,
    state: u32,
    value: i32,
}

/// Where a frame starts: at its beginning, or where a jump lands.
#[derive(Clone, Copy, Debug)]
pub struct Landing(Option<(u32, i32)>);

/// A number for a call of a function that sets jumps.
pub fn new_frame() -> u64 {
    FRAMES.set(FRAMES.get() + 1);
    FRAMES.get()
}

/// Whether a jump has landed.
pub fn landed(landing: Landing) -> bool {
    landing.0.is_some()
}
/// The piece to go on with.
pub fn landing_state(landing: Landing) -> u32 {
    landing.0.map_or(0, |(state, _)| state)
}
/// What `setjmp` gives.
pub fn landing_value(landing: Landing) -> i32 {
    landing.0.map_or(0, |(_, value)| value)
}

/// Notes a place in a buffer.
#[track_caller]
pub fn set_jump(buffer: Ptr<i64>, frame: u64, state: u32) {
    buffer.store(frame as i64);
    buffer.offset(1).store(i64::from(state));
}

/// `longjmp`
#[track_caller]
pub fn longjmp(buffer: Ptr<i64>, value: i32) -> ! {
    let (frame, state) = (buffer.load() as u64, buffer.offset(1).load() as u32);
    resume_unwind(Box::new(Jump { frame, state, value: if value == 0 { 1 } else { value } }))
}

/// Runs a frame until it ends, from its beginning and from where jumps land in it.
pub fn with_jumps<R>(frame: u64, mut body: impl FnMut(Landing) -> R) -> R {
    let mut landing = Landing(None);
    loop {
        match catch_unwind(AssertUnwindSafe(|| body(landing))) {
            Ok(value) => return value,
            Err(payload) => match payload.downcast::<Jump>() {
                Ok(jump) if jump.frame == frame => landing = Landing(Some((jump.state, jump.value))),
                Ok(jump) => resume_unwind(jump),
                Err(other) => resume_unwind(other),
            },
        }
    }
}

/// What a thread that ended by a jump says.
pub(crate) fn lost_jump(payload: &(dyn Any + Send)) -> bool {
    payload.is::<Jump>()
}

/// `goto *p` to no label of the function.
#[track_caller]
pub fn bad_goto() -> ! {
    panic!("goto to what is no label of the function")
}

/// `signal`
#[track_caller]
pub fn signal(number: i32, handler: Ptr<fn(i32)>) -> Ptr<fn(i32)> {
    let at = usize::try_from(number).ok().filter(|at| (1..65).contains(at));
    match at {
        Some(at) => HANDLERS.with_borrow_mut(|handlers| std::mem::replace(&mut handlers[at], handler)),
        None => Ptr::from_addr(u64::MAX),
    }
}

/// `raise`: the handler runs at once; without one the program ends.
#[track_caller]
pub fn raise(number: i32) -> i32 {
    let at = usize::try_from(number).unwrap_or(0).min(64);
    let handler = HANDLERS.with_borrow(|handlers| handlers[at]);
    match handler.addr() {
        1 => {}
        0 if number == 6 => super::start::abort(),
        0 => {
            super::stdio::flush_full_blocks();
            std::process::exit(128 + number)
        }
        _ => handler.call((number,)),
    }
    0
}
