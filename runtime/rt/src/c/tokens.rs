//! `strtok` and its family.

use std::cell::Cell;

use super::pointer::Ptr;
use super::strings::{strcspn, strspn};

thread_local! {
    static REST: Cell<Ptr<i8>> = const { Cell::new(Ptr::NULL) };
}

/// The next token, and where the one after it is looked for.
#[track_caller]
fn token(s: Ptr<i8>, delimiters: Ptr<i8>) -> (Ptr<i8>, Ptr<i8>) {
    if s.is_null() {
        return (Ptr::NULL, Ptr::NULL);
    }
    let start = s.offset(strspn(s, delimiters));
    if start.load() == 0 {
        return (Ptr::NULL, start);
    }
    let end = start.offset(strcspn(start, delimiters));
    if end.load() == 0 {
        return (start, end);
    }
    end.store(0);
    (start, end.offset(1))
}

/// `strtok`
#[track_caller]
pub fn strtok(s: Ptr<i8>, delimiters: Ptr<i8>) -> Ptr<i8> {
    let from = if s.is_null() { REST.get() } else { s };
    let (found, rest) = token(from, delimiters);
    REST.set(rest);
    found
}

/// `strtok_r`
#[track_caller]
pub fn strtok_r(s: Ptr<i8>, delimiters: Ptr<i8>, rest: Ptr<Ptr<i8>>) -> Ptr<i8> {
    let from = if s.is_null() { rest.load() } else { s };
    let (found, next) = token(from, delimiters);
    rest.store(next);
    found
}

/// `strsep`
#[track_caller]
pub fn strsep(s: Ptr<Ptr<i8>>, delimiters: Ptr<i8>) -> Ptr<i8> {
    let start = s.load();
    if start.is_null() {
        return start;
    }
    let end = start.offset(strcspn(start, delimiters));
    if end.load() == 0 {
        s.store(Ptr::NULL);
    } else {
        end.store(0);
        s.store(end.offset(1));
    }
    start
}
