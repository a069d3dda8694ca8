//! `sys.stdin`, `sys.stdout` and `sys.stderr` as objects.

use crate::{Printed, out, read_line, read_stdin, stdin_lines};
use std::rc::Rc;

/// `sys.stdin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stdin;

impl Stdin {
    /// `stdin.read()`.
    #[track_caller]
    pub fn read(self) -> String {
        read_stdin()
    }

    /// `stdin.readline()`.
    #[track_caller]
    pub fn read_line(self) -> String {
        read_line()
    }

    /// The lines that are left, each with its end.
    pub fn lines(self) -> impl Iterator<Item = String> {
        stdin_lines()
    }
}

/// `sys.stdin`.
pub fn stdin() -> Stdin {
    Stdin
}

/// `sys.stdout` or `sys.stderr`, as it was when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stdout {
    is_error: bool,
    stream: usize,
}

/// `sys.stdout`.
pub fn stdout() -> Stdout {
    Stdout { is_error: false, stream: out::current(false) }
}

/// `sys.stderr`.
pub fn stderr() -> Stdout {
    Stdout { is_error: true, stream: out::current(true) }
}

/// `sys.__stdout__`.
pub fn own_stdout() -> Stdout {
    Stdout { is_error: false, stream: 0 }
}

/// `sys.__stderr__`.
pub fn own_stderr() -> Stdout {
    Stdout { is_error: true, stream: 0 }
}

/// `sys.stdout = target`.
pub fn set_stdout(target: &(impl Printed + Clone)) {
    let target = target.clone();
    out::redirect(false, Rc::new(move |text: &str| target.print(text)));
}

/// `sys.stderr = target`.
pub fn set_stderr(target: &(impl Printed + Clone)) {
    let target = target.clone();
    out::redirect(true, Rc::new(move |text: &str| target.print(text)));
}

/// `sys.stdout = stream`, with one of the streams that were there.
pub fn restore_stdout(stream: Stdout) {
    out::set_current(false, stream.stream);
}

/// `sys.stderr = stream`.
pub fn restore_stderr(stream: Stdout) {
    out::set_current(true, stream.stream);
}

impl Stdout {
    /// Whether it is `sys.stderr`.
    pub fn is_stderr(self) -> bool {
        self.is_error
    }

    /// `stream.name`.
    pub fn name(self) -> &'static str {
        if self.is_error { "<stderr>" } else { "<stdout>" }
    }

    /// `stream.write(text)`: the number of characters.
    pub fn write(self, text: &str) -> i64 {
        out::write_to(self.is_error, self.stream, text);
        text.chars().count() as i64
    }

    /// `stream.writelines(lines)`.
    pub fn write_lines<S: AsRef<str>>(self, lines: impl IntoIterator<Item = S>) {
        lines.into_iter().for_each(|line| {
            self.write(line.as_ref());
        });
    }

    /// `stream.flush()`.
    pub fn flush(self) {
        if !self.is_error {
            out::flush();
        }
    }

    /// `stream.isatty()`.
    pub fn is_terminal(self) -> bool {
        use std::io::IsTerminal;
        if self.is_error { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() }
    }
}
