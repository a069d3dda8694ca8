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
    /// Where printed text goes instead, the innermost last.
    static TARGETS: RefCell<Vec<Target>> = const { RefCell::new(Vec::new()) };
    /// Where text for standard error goes instead.
    static ERROR_TARGETS: RefCell<Vec<Target>> = const { RefCell::new(Vec::new()) };
    /// Whether it goes elsewhere: asked for each text.
    static IS_REDIRECTED: Cell<bool> = const { Cell::new(false) };
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
    if IS_REDIRECTED.get() {
        return write_elsewhere(text);
    }
    out().push(text.as_bytes());
}

#[cold]
fn write_elsewhere(text: &str) {
    let target = TARGETS.with_borrow(|targets| targets.last().cloned());
    if let Some(target) = target {
        target(text);
    }
}

/// What is printed goes to `target` until [`restore`].
pub(crate) fn redirect(target: Target) {
    TARGETS.with_borrow_mut(|targets| targets.push(target));
    IS_REDIRECTED.set(true);
}

/// Ends the innermost redirection.
pub(crate) fn restore() {
    let is_redirected = TARGETS.with_borrow_mut(|targets| {
        targets.pop();
        !targets.is_empty()
    });
    IS_REDIRECTED.set(is_redirected);
}

/// What goes to standard error goes to `target` until [`restore_stderr`].
pub(crate) fn redirect_stderr(target: Target) {
    ERROR_TARGETS.with_borrow_mut(|targets| targets.push(target));
}

/// Ends the innermost redirection of standard error.
pub(crate) fn restore_stderr() {
    ERROR_TARGETS.with_borrow_mut(Vec::pop);
}

/// Writes bytes to standard output; `sys.stdout.buffer.write`.
pub fn stdout_write_bytes(bytes: &[u8]) {
    out().push(bytes);
}

/// Writes text to standard error; `sys.stderr.write`.
pub fn stderr_write(text: &str) {
    if let Some(target) = ERROR_TARGETS.with_borrow(|targets| targets.last().cloned()) {
        return target(text);
    }
    flush();
    let _ = io::stderr().lock().write_all(text.as_bytes());
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
