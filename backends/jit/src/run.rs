//! The frame around compiled code: stack, reports, exit status, the wish to stop.

use crate::emit::Compiled;
use crate::host::pending;
use crate::memory::call_main;
use batuta_rt as rt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Recursive functions compare their stack pointer with this address.
pub static LIMIT: AtomicUsize = AtomicUsize::new(0);

/// Not 0: the program that runs has to stop. Code looks at it where its options say so.
pub static STOP: AtomicU64 = AtomicU64::new(0);

/// Tells compiled code the stack limit of this thread again.
pub fn renew_limit() {
    LIMIT.store(rt::stack_limit(), Ordering::Relaxed);
}

/// The error of a program that was asked to stop; it is asked once.
pub fn stopped() -> rt::Error {
    STOP.store(0, Ordering::Relaxed);
    rt::Error::new(rt::KeyboardInterrupt, "")
}

/// What a thread with a large stack does.
pub type Job = Box<dyn FnOnce() -> rt::Result<()> + Send>;

static JOBS: Mutex<Vec<Job>> = Mutex::new(Vec::new());

/// Runs a job on a large stack; an error that nothing catches ends the process as one of a Python program does.
pub fn start(job: Job) {
    wait(job);
    rt::start("", main);
}

/// The same in the words of Ruchy.
pub fn start_ruchy(job: Job) {
    wait(job);
    rt::ruchy::start("", main);
}

/// Whoever takes it: there are as many threads as jobs.
fn wait(job: Job) {
    JOBS.lock().expect("nothing panics while it is held").push(job);
}

fn main() -> rt::Result<()> {
    let job = JOBS.lock().expect("nothing panics while it is held").pop();
    job.map_or(Ok(()), |job| job())
}

/// Runs the top levels of a program.
pub fn execute(compiled: &Compiled) -> rt::Result<()> {
    renew_limit();
    match compiled.inits.iter().all(|code| call_main(*code)) {
        true => Ok(()),
        false => Err(pending()),
    }
}
