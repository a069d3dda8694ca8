//! The operating system's errors as Python's classes and words.

use std::io;

use crate::class::{
    BlockingIOError, BrokenPipeError, ChildProcessError, Class, ConnectionAbortedError,
    ConnectionRefusedError, ConnectionResetError, EOFError, FileExistsError, FileNotFoundError,
    InterruptedError, IsADirectoryError, NotADirectoryError, OSError, PermissionError, ProcessLookupError,
    TimeoutError, UnicodeDecodeError,
};
use crate::error::{Arg, Error};
use crate::repr::repr;

/// The Python error for `error`, which happened to the file `path`.
#[track_caller]
pub fn from_io(error: &io::Error, path: Option<&str>) -> Error {
    let class = class_of(error.kind());
    let Some(number) = error.raw_os_error() else {
        return Error::new(class, error.to_string());
    };
    let full = error.to_string();
    let words = full.rsplit_once(" (os error").map_or(full.as_str(), |(words, _)| words);
    os_error(i64::from(number), words, path)
}

#[track_caller]
fn os_error(number: i64, words: &str, filename: Option<&str>) -> Error {
    let args = [Arg::from(number), Arg::from(words)];
    Error::with_args(OSError, args.into_iter().chain(filename.map(Arg::from)))
}

/// Whether an error has a number and words: `OSError(number, words)` or `OSError(number, words, file)`.
pub(crate) fn is_os_error(class: Class, args: &[Arg]) -> bool {
    matches!(args.len(), 2 | 3) && class.is_a(OSError)
}

fn names_file(arg: &Arg) -> bool {
    !matches!(arg, Arg::Shown { repr, .. } if repr == "None")
}

/// The text of such an error.
pub(crate) fn os_text(args: &[Arg]) -> String {
    let text = format!("[Errno {}] {}", crate::str(&args[0]), crate::str(&args[1]));
    match args.get(2).filter(|file| names_file(file)) {
        Some(file) => format!("{text}: {}", repr(file)),
        None => text,
    }
}

/// A file that an `OSError` names is none of its `args`.
pub(crate) fn split_file(class: Class, mut args: Vec<Arg>) -> (Vec<Arg>, Option<String>) {
    let file = args.get(2).filter(|file| is_os_error(class, &args) && names_file(file));
    let file = file.map(|file| crate::str(file).to_string());
    if file.is_some() {
        args.truncate(2);
    }
    (args, file)
}

/// The class of an error with a number: that of the number for `OSError` itself.
pub(crate) fn class_of_args(class: Class, args: &[Arg]) -> Class {
    // A text is no number, even one of digits.
    let number = Some(&args[0]).filter(|arg| !matches!(arg, Arg::Str(_)));
    match number.map_or(String::new(), |arg| crate::str(arg).to_string()).parse() {
        Ok(number) if class == OSError => class_of_number(number),
        _ => class,
    }
}

impl Error {
    fn os_argument(&self, at: usize, name: &str) -> Option<&Arg> {
        if !self.is_a(OSError) {
            let text = format!("'{}' object has no attribute '{name}'", self.name());
            crate::raise_new(crate::class::AttributeError, text);
        }
        self.args().get(at).filter(|_| self.args().len() > 1)
    }

    /// `e.errno` of an `OSError`.
    pub fn errno(&self) -> Option<i64> {
        let number = self.os_argument(0, "errno")?;
        if matches!(number, Arg::Str(_)) {
            crate::raise_new(crate::class::NotTranslated, "not yet implemented: an errno that is a text");
        }
        crate::str(number).to_string().parse().ok()
    }

    /// `e.strerror` of an `OSError`.
    pub fn strerror(&self) -> Option<String> {
        Some(crate::str(self.os_argument(1, "strerror")?).to_string())
    }

    /// `e.filename` of an `OSError`.
    pub fn filename(&self) -> Option<String> {
        self.os_argument(0, "filename");
        self.file().map(str::to_owned)
    }
}

/// The class that the number of an error has, which is Python's rule for `OSError` itself too.
fn class_of_number(number: i32) -> Class {
    match number {
        1 | 13 => PermissionError,
        3 => ProcessLookupError,
        4 => InterruptedError,
        10 => ChildProcessError,
        11 | 114 | 115 => BlockingIOError,
        32 | 108 => BrokenPipeError,
        103 => ConnectionAbortedError,
        104 => ConnectionResetError,
        110 => TimeoutError,
        111 => ConnectionRefusedError,
        _ => class_of(io::Error::from_raw_os_error(number).kind()),
    }
}

fn class_of(kind: io::ErrorKind) -> Class {
    use io::ErrorKind as Kind;
    match kind {
        Kind::NotFound => FileNotFoundError,
        Kind::PermissionDenied => PermissionError,
        Kind::AlreadyExists => FileExistsError,
        Kind::IsADirectory => IsADirectoryError,
        Kind::NotADirectory => NotADirectoryError,
        Kind::BrokenPipe => BrokenPipeError,
        Kind::ConnectionRefused => ConnectionRefusedError,
        Kind::ConnectionReset => ConnectionResetError,
        Kind::ConnectionAborted => ConnectionAbortedError,
        Kind::TimedOut => TimeoutError,
        Kind::Interrupted => InterruptedError,
        Kind::WouldBlock => BlockingIOError,
        Kind::UnexpectedEof => EOFError,
        Kind::InvalidData => UnicodeDecodeError,
        _ => OSError,
    }
}
