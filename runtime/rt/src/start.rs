//! The frame around a program: a large stack, error reports in Python's words, the exit status.

use std::cell::Cell;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::class::{RecursionError, SystemExit};
use crate::error::Error;
use crate::{map, out, unwind};

const MIB: usize = 1 << 20;
/// Stack sizes that are tried, largest first; pages are committed only when used.
const STACKS: [usize; 4] = [1024 * MIB, 256 * MIB, 64 * MIB, 8 * MIB];
/// Used stack at which recursion ends, unless the program asked for more.
const USUAL_DEPTH: usize = 64 * MIB;
/// Stack that a program gets for each level of the recursion limit it asks for.
const PER_LEVEL: usize = 2048;
/// Room that stays free for the code that handles the error.
const RESERVE: usize = MIB;

/// The program is one in Ruchy.
static IS_RUCHY: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Addresses below this one are too deep; zero on threads that are not checked.
    static LOWEST: Cell<usize> = const { Cell::new(0) };
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    static RECURSION_LIMIT: Cell<i64> = const { Cell::new(1000) };
}

/// What `main` may return.
pub trait Outcome {
    /// The error that ended the program, if one did.
    fn error(self) -> Option<Error>;
}

impl Outcome for () {
    fn error(self) -> Option<Error> {
        None
    }
}

impl<E: Into<Error>> Outcome for Result<(), E> {
    fn error(self) -> Option<Error> {
        self.err().map(Into::into)
    }
}

/// Runs a translated program: `map` is its source map (or `""`), `main` its top level.
///
/// An error that nothing catches is reported as Python does, its last line on standard error
/// being Python's own, and the process ends with status 1 (or `SystemExit`'s).
pub fn start<T: Outcome + 'static>(map: &str, main: fn() -> T) {
    map::set(map);
    unwind::install_hook();
    let code = run_on_large_stack(main);
    out::flush();
    if code != 0 {
        process::exit(code);
    }
}

fn run_on_large_stack<T: Outcome + 'static>(main: fn() -> T) -> i32 {
    for size in STACKS {
        let program = thread::Builder::new().name("main".to_owned()).stack_size(size);
        if let Ok(handle) = program.spawn(move || run(main, size)) {
            return handle.join().unwrap_or(1);
        }
    }
    run(main, 8 * MIB)
}

/// Runs the program on this thread and gives the exit status.
fn run<T: Outcome>(main: fn() -> T, stack: usize) -> i32 {
    STACK.set((address_here(), stack));
    set_depth(USUAL_DEPTH);
    let error = match unwind::catch_end(main) {
        Ok(outcome) => outcome.error(),
        Err(error) => Some(error),
    };
    let Some(error) = error else { return 0 };
    out::flush();
    report(&error);
    error.exit_code()
}

/// Writes what Python writes to standard error for an error that nothing caught.
fn report(error: &Error) {
    if error.is_a(SystemExit) {
        if error.exit_code() == 1 && !error.args().iter().any(is_number) {
            eprintln!("{error}");
        }
        return;
    }
    match IS_RUCHY.load(Ordering::Relaxed) {
        true => eprintln!("{}", crate::ruchy::report(error)),
        false => eprintln!("{}", traceback(error)),
    }
}

/// Has errors reported in the words of Ruchy from here on.
pub(crate) fn speak_ruchy() {
    IS_RUCHY.store(true, Ordering::Relaxed);
}

fn is_number(arg: &crate::error::Arg) -> bool {
    matches!(arg, crate::error::Arg::Shown { repr, .. } if repr.parse::<i64>().is_ok())
}

/// The whole report of an error, its causes first.
pub fn traceback(error: &Error) -> String {
    let mut text = String::new();
    if let Some(cause) = error.cause() {
        text = traceback(&cause);
        text.push_str("\n\nThe above exception was the direct cause of the following exception:\n\n");
    }
    if let Some((file, line)) = source_place(error) {
        text.push_str("Traceback (most recent call last):\n");
        text.push_str(&format!("  File \"{file}\", line {line}\n"));
    }
    text.push_str(&error.traceback_line());
    for note in error.notes() {
        text.push('\n');
        text.push_str(&note);
    }
    text
}

/// File and line that an error comes from.
pub(crate) fn source_place(error: &Error) -> Option<(String, u32)> {
    let place = error.place()?;
    let (file, line) = map::look_up(&place).unwrap_or((place.file.as_ref(), place.line));
    Some((file.to_owned(), line))
}

#[inline(always)]
fn address_here() -> usize {
    let here = 0u8;
    std::ptr::from_ref(std::hint::black_box(&here)) as usize
}

fn set_depth(depth: usize) {
    let (top, size) = STACK.get();
    let usable = size.saturating_sub(RESERVE).min(depth);
    LOWEST.set(top.saturating_sub(usable));
}

/// Stands at the entry of a recursive function: raises `RecursionError` before the stack ends.
#[inline]
#[track_caller]
pub fn enter() {
    if address_here() < LOWEST.get() {
        too_deep();
    }
}

#[cold]
#[track_caller]
fn too_deep() -> ! {
    unwind::raise_new(RecursionError, "maximum recursion depth exceeded")
}

/// `sys.setrecursionlimit(limit)`: a high limit lets the program use more of its stack. Levels are
/// not counted, so an endless recursion ends elsewhere than in CPython.
pub fn set_recursion_limit(limit: i64) {
    RECURSION_LIMIT.set(limit);
    let asked = usize::try_from(limit).unwrap_or(0).saturating_mul(PER_LEVEL);
    set_depth(asked.max(USUAL_DEPTH));
}

/// The lowest stack address that recursion on this thread may reach; zero where it is not checked.
pub fn stack_limit() -> usize {
    LOWEST.get()
}

/// `sys.getrecursionlimit()`.
pub fn recursion_limit() -> i64 {
    RECURSION_LIMIT.get()
}
