//! Python's `sys`, where std has no equal.

use std::cell::RefCell;

thread_local! {
    static ARGV0: RefCell<Option<String>> = const { RefCell::new(None) };
    static ARGV: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Sets all that `sys.argv` gives, for a program that is not the process.
pub fn set_argv(args: Vec<String>) {
    ARGV.set(Some(args));
}

/// Sets what `sys.argv[0]` gives: the name of the original program.
pub fn set_argv0(name: &str) {
    ARGV0.set(Some(name.to_owned()));
}

/// `sys.argv`.
pub fn argv() -> Vec<String> {
    if let Some(args) = ARGV.with_borrow(Clone::clone) {
        return args;
    }
    let mut args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    if let Some(name) = ARGV0.with_borrow(Clone::clone)
        && let Some(first) = args.first_mut()
    {
        *first = name;
    }
    args
}

/// `sys.maxsize`.
pub const MAXSIZE: i64 = i64::MAX;
