//! Standard output behind one buffer: flushed at exit, before input and at errors, and at each
//! line when it is a terminal.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process;
use std::rc::Rc;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

const FULL: usize = 1 << 16;

struct Out {
    buffer: Vec<u8>,
    terminal: bool,
}

static OUT: LazyLock<Mutex<Out>> = LazyLock::new(|| {
    Mutex::new(Out { buffer: Vec::with_capacity(FULL), terminal: io::stdout().is_terminal() })
});

/// Takes what is printed.
type Target = Rc<dyn Fn(&str)>;

thread_local! {
    /// What took text instead of the process's own streams: such a stream is its place here and one.
    static TARGETS: RefCell<Vec<Target>> = const { RefCell::new(Vec::new()) };
    /// What `sys.stdout` is, asked for each text: 0 is the process's own.
    static STDOUT: Cell<usize> = const { Cell::new(0) };
    /// What `sys.stderr` is.
    static STDERR: Cell<usize> = const { Cell::new(0) };
    /// Where text is formatted, so that a `Display` that prints finds the buffer unlocked.
    static SCRATCH: Cell<String> = const { Cell::new(String::new()) };
}

impl Out {
    fn push(&mut self, text: &[u8]) {
        if self.buffer.len() + text.len() > FULL {
            self.flush();
        }
        self.buffer.extend_from_slice(text);
        if self.terminal && text.contains(&b'\n') {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&self.buffer).and_then(|()| stdout.flush());
        self.buffer.clear();
        if let Err(error) = written {
            let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
            process::exit(if broken_pipe { 0 } else { 120 });
        }
    }
}

fn out() -> MutexGuard<'static, Out> {
    OUT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes text to standard output; `sys.stdout.write`.
#[inline]
pub fn stdout_write(text: &str) {
    let stream = STDOUT.get();
    if stream != 0 {
        return write_elsewhere(stream, text);
    }
    out().push(text.as_bytes());
}

#[cold]
fn write_elsewhere(stream: usize, text: &str) {
    let target = TARGETS.with_borrow(|targets| targets[stream - 1].clone());
    target(text);
}

/// What `sys.stdout` or `sys.stderr` is now.
pub(crate) fn current(is_error: bool) -> usize {
    if is_error { STDERR.get() } else { STDOUT.get() }
}

/// Text goes to a stream that [`current`] gave.
pub(crate) fn set_current(is_error: bool, stream: usize) {
    if is_error { STDERR.set(stream) } else { STDOUT.set(stream) }
}

/// Text goes to `target`; gives the stream that it went to before.
pub(crate) fn redirect(is_error: bool, target: Target) -> usize {
    let before = current(is_error);
    let stream = TARGETS.with_borrow_mut(|targets| {
        targets.push(target);
        targets.len()
    });
    set_current(is_error, stream);
    before
}

/// Writes text to one of the streams.
pub(crate) fn write_to(is_error: bool, stream: usize, text: &str) {
    match (stream, is_error) {
        (0, false) => out().push(text.as_bytes()),
        (0, true) => {
            flush();
            let _ = io::stderr().lock().write_all(text.as_bytes());
        }
        _ => write_elsewhere(stream, text),
    }
}

/// Writes bytes to standard output; `sys.stdout.buffer.write`.
pub fn stdout_write_bytes(bytes: &[u8]) {
    out().push(bytes);
}

/// Writes text to standard error; `sys.stderr.write`.
pub fn stderr_write(text: &str) {
    write_to(true, STDERR.get(), text);
}

/// Writes out what is buffered; `sys.stdout.flush()`.
pub fn flush() {
    out().flush();
}

/// What [`print!`](crate::print) expands to.
#[doc(hidden)]
pub fn print_fmt(args: fmt::Arguments<'_>, newline: bool) {
    if let Some(text) = args.as_str()
        && !newline
    {
        return stdout_write(text);
    }
    let mut text = SCRATCH.take();
    text.clear();
    let formatted = fmt::write(&mut text, args);
    if newline {
        text.push('\n');
    }
    stdout_write(&text);
    SCRATCH.set(text);
    if formatted.is_err() {
        crate::raise_new(crate::RuntimeError, "a value could not be formatted");
    }
}

/// What [`eprint!`](crate::eprint) expands to.
#[doc(hidden)]
pub fn eprint_fmt(args: fmt::Arguments<'_>) {
    stderr_write(&args.to_string());
}

/// Like std's, through the runtime's buffer.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => { $crate::out::print_fmt(::std::format_args!($($arg)*), false) };
}

/// Like std's, through the runtime's buffer.
#[macro_export]
macro_rules! println {
    () => { $crate::stdout_write("\n") };
    ($($arg:tt)*) => { $crate::out::print_fmt(::std::format_args!($($arg)*), true) };
}

/// Like std's; what was printed before comes first.
#[macro_export]
macro_rules! eprint {
    ($($arg:tt)*) => { $crate::out::eprint_fmt(::std::format_args!($($arg)*)) };
}

/// Like std's; what was printed before comes first.
#[macro_export]
macro_rules! eprintln {
    () => { $crate::stderr_write("\n") };
    ($($arg:tt)*) => {
        $crate::out::eprint_fmt(::std::format_args!("{}\n", ::std::format_args!($($arg)*)))
    };
}

/// Python's `assert`: `rt::assert!(cond)`, `rt::assert!(cond, "text {}", x)`.
#[macro_export]
macro_rules! assert {
    ($cond:expr $(,)?) => {
        if !$cond {
            $crate::raise($crate::Error::bare($crate::AssertionError))
        }
    };
    ($cond:expr, $($arg:tt)+) => {
        if !$cond {
            $crate::raise($crate::Error::new($crate::AssertionError, ::std::format!($($arg)+)))
        }
    };
}
