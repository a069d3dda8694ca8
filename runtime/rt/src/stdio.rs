//! `sys.stdin`, `sys.stdout` and `sys.stderr` as objects.

use crate::{out, read_line, read_stdin, stderr_write, stdin_lines, stdout_write};

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

/// `sys.stdout` or `sys.stderr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stdout {
    is_error: bool,
}

/// `sys.stdout`.
pub fn stdout() -> Stdout {
    Stdout { is_error: false }
}

/// `sys.stderr`.
pub fn stderr() -> Stdout {
    Stdout { is_error: true }
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
        if self.is_error {
            stderr_write(text)
        } else {
            stdout_write(text)
        }
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
