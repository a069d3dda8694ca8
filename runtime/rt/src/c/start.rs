//! The frame around a program: a large stack, `argv`, `exit`, errors that name the line of the source.

use std::cell::RefCell;
use std::ffi::OsString;
use std::panic;
use std::process;
use std::sync::OnceLock;
use std::thread;

use super::function::Function;
use super::memory;
use super::pointer::Ptr;
use super::stdio;
use crate::error::Place;
use crate::map;

const MIB: usize = 1 << 20;
/// Stack sizes that are tried, largest first; pages are committed only when used.
const STACKS: [usize; 3] = [1024 * MIB, 256 * MIB, 64 * MIB];
/// Exit status of a program that was stopped, as of one that aborted.
const STOPPED: i32 = 134;

/// What `atexit` remembers.
type Leaving = Ptr<fn()>;

thread_local! {
    static AT_EXIT: RefCell<Vec<Leaving>> = const { RefCell::new(Vec::new()) };
    static AT_QUICK_EXIT: RefCell<Vec<Leaving>> = const { RefCell::new(Vec::new()) };
}

/// Runs a program: `map` is its source map, `main` makes its objects and calls its `main`.
pub fn start(source_map: &'static str, main: fn() -> i32) {
    map::set(source_map);
    panic::set_hook(Box::new(report));
    for size in STACKS {
        let program = thread::Builder::new().name("main".to_owned()).stack_size(size);
        if let Ok(handle) = program.spawn(move || exit(main())) {
            if handle.join().is_err_and(|payload| super::jumps::lost_jump(&*payload)) {
                eprintln!("run-time error: longjmp to a function that has returned");
            }
            process::exit(STOPPED);
        }
    }
    exit(main())
}

/// Says where a program stands that runs in the process of its compiler.
pub type Locate = fn() -> Option<(String, u32)>;

static LOCATE: OnceLock<Locate> = OnceLock::new();

/// Runs a program that this process compiles: `main` compiles it and gives its exit status, or comes back with
/// nothing to run.
pub fn run(locate: Locate, main: impl FnOnce() -> Option<i32> + Send + 'static) {
    let _ = LOCATE.set(locate);
    let program = thread::Builder::new().name("main".to_owned()).stack_size(STACKS[0]);
    let done = program.spawn(move || {
        if let Some(status) = main() {
            exit(status);
        }
    });
    if done.is_ok_and(|handle| handle.join().is_err()) {
        process::exit(STOPPED);
    }
}

/// Reports errors of the program as those of emitted programs are; what goes wrong before is no error of it.
pub fn report_errors() {
    panic::set_hook(Box::new(report));
}

/// Says what stopped the program and where, and ends it.
fn report(info: &panic::PanicHookInfo<'_>) {
    let payload = info.payload();
    let text =
        payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    if let Some((file, line)) = LOCATE.get().and_then(|locate| locate()) {
        stdio::flush_all();
        eprintln!("{file}:{line}: run-time error: {}", words(text.unwrap_or("unknown")));
        process::exit(STOPPED);
    }
    let place = info.location().map(|location| Place {
        file: location.file().to_owned().into(),
        line: location.line(),
        column: location.column(),
    });
    let at = place.and_then(|place| {
        let found = map::look_up(&place).map(|(file, line)| format!("{file}:{line}"));
        found.or_else(|| Some(format!("{}:{}", place.file, place.line)))
    });
    stdio::flush_all();
    eprintln!("{}: run-time error: {}", at.unwrap_or_default(), words(text.unwrap_or("unknown")));
    process::exit(STOPPED);
}

/// Rust's words for what went wrong in those of C.
fn words(text: &str) -> String {
    let known = [
        ("attempt to add with overflow", "signed overflow in an addition"),
        ("attempt to subtract with overflow", "signed overflow in a subtraction"),
        ("attempt to multiply with overflow", "signed overflow in a multiplication"),
        ("attempt to divide with overflow", "signed overflow in a division"),
        ("attempt to negate with overflow", "signed overflow in a negation"),
        ("attempt to calculate the remainder with overflow", "signed overflow in a remainder"),
        ("attempt to shift left with overflow", "shift by a count that is not below the width"),
        ("attempt to shift right with overflow", "shift by a count that is not below the width"),
        ("attempt to divide by zero", "division by zero"),
        ("attempt to calculate the remainder with a divisor of zero", "division by zero"),
    ];
    known.iter().find(|(rust, _)| *rust == text).map_or_else(|| text.to_owned(), |(_, own)| (*own).to_owned())
}

static ARGS: OnceLock<Vec<String>> = OnceLock::new();

/// What [`argv`] gives instead of the arguments of the process.
pub(crate) fn set_args(args: Vec<String>) {
    let _ = ARGS.set(args);
}

fn args() -> Vec<OsString> {
    match ARGS.get() {
        Some(args) => args.iter().map(OsString::from).collect(),
        None => std::env::args_os().collect(),
    }
}

/// Number of arguments, the program's name among them.
pub fn argc() -> i32 {
    args().len() as i32
}

/// The last part of the program's path, as its messages begin.
pub(crate) fn program_name() -> Vec<u8> {
    let path = args().into_iter().next().unwrap_or_default();
    std::path::Path::new(&path).file_name().unwrap_or_default().as_encoded_bytes().to_vec()
}

/// The arguments, a null pointer behind the last.
pub fn argv() -> Ptr<Ptr<i8>> {
    let mut table = Vec::new();
    for arg in args() {
        let mut bytes = arg.into_encoded_bytes();
        bytes.push(0);
        table.extend(memory::permanent(&bytes).to_le_bytes());
    }
    table.extend([0; 8]);
    Ptr::from_addr(memory::permanent(&table))
}

/// `exit`: runs what `atexit` was given, writes what is buffered.
pub fn exit(status: i32) -> ! {
    while let Some(last) = AT_EXIT.with_borrow_mut(Vec::pop) {
        last.call(());
    }
    stdio::flush_all();
    process::exit(status)
}

/// `_Exit`: ends the program at once.
#[allow(non_snake_case)]
pub fn Exit(status: i32) -> ! {
    process::exit(status)
}
/// `quick_exit`: runs what `at_quick_exit` was given; what is buffered is lost.
pub fn quick_exit(status: i32) -> ! {
    while let Some(last) = AT_QUICK_EXIT.with_borrow_mut(Vec::pop) {
        last.call(());
    }
    process::exit(status)
}
/// `at_quick_exit`
pub fn at_quick_exit(f: Ptr<fn()>) -> i32 {
    AT_QUICK_EXIT.with_borrow_mut(|list| list.push(f));
    0
}

/// `abort`: what is buffered and not due yet is lost.
pub fn abort() -> ! {
    stdio::flush_full_blocks();
    process::abort()
}

/// `atexit`
pub fn atexit(f: Ptr<fn()>) -> i32 {
    AT_EXIT.with_borrow_mut(|list| list.push(f));
    0
}
