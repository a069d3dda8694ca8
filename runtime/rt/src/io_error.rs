//! The operating system's errors as Python's classes and words.

use std::io;

use crate::class::{
    BlockingIOError, BrokenPipeError, Class, ConnectionAbortedError, ConnectionRefusedError,
    ConnectionResetError, EOFError, FileExistsError, FileNotFoundError, InterruptedError, IsADirectoryError,
    NotADirectoryError, OSError, PermissionError, TimeoutError, UnicodeDecodeError,
};
use crate::error::Error;
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
    match path {
        Some(path) => Error::new(class, format!("[Errno {number}] {words}: {}", repr(path))),
        None => Error::new(class, format!("[Errno {number}] {words}")),
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
