//! The frame around compiled code: stack, reports, exit status.

use crate::emit::Compiled;
use crate::host::pending;
use crate::memory::call_main;
use batuta_rt as rt;
use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Recursive functions compare their stack pointer with this address.
pub static LIMIT: AtomicUsize = AtomicUsize::new(0);

/// Tells compiled code the stack limit of this thread again.
pub fn renew_limit() {
    LIMIT.store(rt::stack_limit(), Ordering::Relaxed);
}

/// What the program's thread does: compiles and gives the code, or has nothing to run.
pub type Job = Box<dyn FnOnce() -> Option<Compiled> + Send>;

static JOB: Mutex<Option<Job>> = Mutex::new(None);

thread_local! {
    static RAN: Cell<bool> = const { Cell::new(false) };
}

/// Runs the job's program on a large stack; an error that nothing catches ends the process as Python
/// does. Comes back when the program ends well, or when the job has nothing to run.
pub fn start(job: Job) {
    *JOB.lock().expect("nothing panics while it is held") = Some(job);
    rt::start("", main);
}

fn main() -> rt::Result<()> {
    let job = JOB.lock().expect("nothing panics while it is held").take();
    let Some(compiled) = job.and_then(|job| job()) else { return Ok(()) };
    renew_limit();
    RAN.set(true);
    for code in &compiled.inits {
        if !call_main(*code) {
            return Err(pending());
        }
    }
    Ok(())
}
