//! Standard input: `input()`, lines, everything at once. All raise `UnicodeDecodeError` on bytes
//! that are no UTF-8.

use std::io::{self, BufRead, Read};

use crate::class::EOFError;
use crate::error::Error;
use crate::unwind::{OrRaise, raise_new};
use crate::{out, stdout_write};

/// `input(prompt)`: the next line without its end; raises `EOFError` when there is none.
#[track_caller]
pub fn input(prompt: &str) -> String {
    try_input(prompt).or_raise()
}

/// [`input`], with the error as a value.
#[track_caller]
pub fn try_input(prompt: &str) -> Result<String, Error> {
    stdout_write(prompt);
    out::flush();
    let mut line = read_line();
    if line.is_empty() {
        return Err(Error::new(EOFError, "EOF when reading a line"));
    }
    if line.ends_with('\n') {
        line.pop();
    }
    if line.ends_with('\r') {
        line.pop();
    }
    Ok(line)
}

/// `sys.stdin.readline()`: the next line with its end, or `""`.
#[track_caller]
pub fn read_line() -> String {
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(_) => normal_ends(line),
        Err(error) => raise_new(crate::io_error::from_io(&error, None).class(), error.to_string()),
    }
}

/// `sys.stdin.read()`: all that is left.
#[track_caller]
pub fn read_stdin() -> String {
    let mut text = String::new();
    match io::stdin().lock().read_to_string(&mut text) {
        Ok(_) => normal_ends(text),
        Err(error) => raise_new(crate::io_error::from_io(&error, None).class(), error.to_string()),
    }
}

/// `for line in sys.stdin`: the lines that are left, each with its end.
pub fn stdin_lines() -> impl Iterator<Item = String> {
    std::iter::from_fn(|| Some(read_line()).filter(|line| !line.is_empty()))
}

fn normal_ends(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}
