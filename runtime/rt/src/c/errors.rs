//! `errno`, `strerror`, `assert`.

use std::cell::Cell;

use super::list::{Args, VaList};
use super::memory;
use super::pointer::Ptr;
use super::printf::formatted;
use super::stdio::write_standard;
use super::strings::bytes_of;

pub const ENOENT: i32 = 2;
pub const ENOMEM: i32 = 12;
pub const EINVAL: i32 = 22;
pub const ERANGE: i32 = 34;
pub const EDOM: i32 = 33;

thread_local! {
    static ERRNO: Cell<Ptr<i32>> = const { Cell::new(Ptr::NULL) };
}

/// Where `errno` lives.
pub fn errno_location() -> Ptr<i32> {
    let mut at = ERRNO.get();
    if at.is_null() {
        at = Ptr::from_addr(memory::permanent(&[0; 4]));
        ERRNO.set(at);
    }
    at
}

pub(crate) fn set_errno(value: i32) {
    errno_location().store(value);
}

pub(crate) fn set_error(error: &std::io::Error) {
    set_errno(error.raw_os_error().unwrap_or(5));
}

fn message(error: i32) -> String {
    let known = match error {
        0 => "Success",
        1 => "Operation not permitted",
        2 => "No such file or directory",
        4 => "Interrupted system call",
        5 => "Input/output error",
        9 => "Bad file descriptor",
        11 => "Resource temporarily unavailable",
        12 => "Cannot allocate memory",
        13 => "Permission denied",
        16 => "Device or resource busy",
        17 => "File exists",
        20 => "Not a directory",
        21 => "Is a directory",
        22 => "Invalid argument",
        24 => "Too many open files",
        27 => "File too large",
        28 => "No space left on device",
        29 => "Illegal seek",
        30 => "Read-only file system",
        32 => "Broken pipe",
        33 => "Numerical argument out of domain",
        34 => "Numerical result out of range",
        36 => "File name too long",
        38 => "Function not implemented",
        39 => "Directory not empty",
        75 => "Value too large for defined data type",
        84 => "Invalid or incomplete multibyte or wide character",
        95 => "Operation not supported",
        110 => "Connection timed out",
        other => return format!("Unknown error {other}"),
    };
    known.to_owned()
}

/// `strerror`
pub fn strerror(error: i32) -> Ptr<i8> {
    let mut text = message(error).into_bytes();
    text.push(0);
    Ptr::from_addr(memory::permanent(&text))
}

/// `perror`
#[track_caller]
pub fn perror(text: Ptr<i8>) {
    let mut line = Vec::new();
    if !text.is_null() && text.load() != 0 {
        line.extend(bytes_of(text));
        line.extend(b": ");
    }
    line.extend(message(errno_location().load()).bytes());
    line.push(b'\n');
    write_standard(&line, true);
}

/// What a failed `assert` calls.
#[track_caller]
pub fn assert_fail(text: Ptr<i8>, file: Ptr<i8>, line: u32, function: Ptr<i8>) -> ! {
    let shown = |text: Ptr<i8>| String::from_utf8_lossy(&bytes_of(text)).into_owned();
    let words = format!("{}:{line}: {}: Assertion `{}' failed.\n", shown(file), shown(function), shown(text));
    write_standard(words.as_bytes(), true);
    super::start::abort()
}

/// `strerror_r` of GNU: gives the text instead of filling the buffer.
pub fn strerror_r(error: i32, _to: Ptr<i8>, _size: u64) -> Ptr<i8> {
    strerror(error)
}

/// `strsignal`
pub fn strsignal(number: i32) -> Ptr<i8> {
    let known = match number {
        1 => "Hangup",
        2 => "Interrupt",
        3 => "Quit",
        4 => "Illegal instruction",
        5 => "Trace/breakpoint trap",
        6 => "Aborted",
        7 => "Bus error",
        8 => "Floating point exception",
        9 => "Killed",
        10 => "User defined signal 1",
        11 => "Segmentation fault",
        12 => "User defined signal 2",
        13 => "Broken pipe",
        14 => "Alarm clock",
        15 => "Terminated",
        17 => "Child exited",
        18 => "Continued",
        19 => "Stopped (signal)",
        20 => "Stopped",
        other => return Ptr::from_addr(memory::permanent(format!("Unknown signal {other}\0").as_bytes())),
    };
    Ptr::from_addr(memory::permanent(format!("{known}\0").as_bytes()))
}

/// The line of `err` and `warn`: program, text and, where asked for, what `errno` says.
fn complain(format: Ptr<i8>, args: VaList, with_error: bool) {
    let error = message(errno_location().load());
    let mut line = super::start::program_name();
    line.extend(b": ");
    if !format.is_null() {
        line.extend(formatted(format, args).bytes);
        line.extend(if with_error { b": ".as_slice() } else { b"" });
    }
    if with_error {
        line.extend(error.bytes());
    }
    line.push(b'\n');
    write_standard(&line, true);
}
/// `err`
pub fn err(status: i32, format: Ptr<i8>, args: Args) -> ! {
    complain(format, VaList::of(args), true);
    super::start::exit(status)
}
/// `errx`
pub fn errx(status: i32, format: Ptr<i8>, args: Args) -> ! {
    complain(format, VaList::of(args), false);
    super::start::exit(status)
}
/// `verr`
#[track_caller]
pub fn verr(status: i32, format: Ptr<i8>, args: Ptr<VaList>) -> ! {
    complain(format, args.load(), true);
    super::start::exit(status)
}
/// `verrx`
#[track_caller]
pub fn verrx(status: i32, format: Ptr<i8>, args: Ptr<VaList>) -> ! {
    complain(format, args.load(), false);
    super::start::exit(status)
}
/// `warn`
pub fn warn(format: Ptr<i8>, args: Args) {
    complain(format, VaList::of(args), true);
}
/// `warnx`
pub fn warnx(format: Ptr<i8>, args: Args) {
    complain(format, VaList::of(args), false);
}
/// `vwarn`
#[track_caller]
pub fn vwarn(format: Ptr<i8>, args: Ptr<VaList>) {
    complain(format, args.load(), true);
}
/// `vwarnx`
#[track_caller]
pub fn vwarnx(format: Ptr<i8>, args: Ptr<VaList>) {
    complain(format, args.load(), false);
}
