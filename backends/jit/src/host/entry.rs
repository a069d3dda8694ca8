//! What compiled code calls directly.

#![allow(unsafe_code)]

use super::iters::IterObject;
use super::{Site, pending, set_pending};
use crate::item::{Item, Text};
use crate::memory::{give_back, give_words_back, keep, object, words};
use batuta_rt as rt;
use std::slice;

/// Runs a row. Status 0: the result is in `out`; 1: an error is pending.
pub extern "C" fn invoke(site: *const Site, args: *const u64, out: *mut u64) -> u64 {
    // SAFETY: compiled code passes a site that lives as long as the process, as many words as the
    // site has arguments, and a slot of its own frame.
    let (site, words, out) = unsafe { (&*site, slice::from_raw_parts(args, (*site).args.len()), &mut *out) };
    match rt::catch_end(|| run(site, words)) {
        Ok(word) => {
            *out = word;
            0
        }
        Err(error) => {
            set_pending(error);
            1
        }
    }
}

fn run(site: &Site, words: &[u64]) -> u64 {
    let item = |at: usize| Item::new(words[at], site.args[at]);
    match words.len() {
        0 => (site.row)(site, &[]),
        1 => (site.row)(site, &[item(0)]),
        2 => (site.row)(site, &[item(0), item(1)]),
        3 => (site.row)(site, &[item(0), item(1), item(2)]),
        count => (site.row)(site, &(0..count).map(item).collect::<Vec<_>>()),
    }
}

/// The next item of an iterator. Status 0: in `out`; 1: an error is pending; 2: there is none.
pub extern "C" fn next(iter: u64, out: *mut u64) -> u64 {
    let iter = object::<IterObject>(&iter);
    match rt::catch_end(|| (iter.next)()) {
        Ok(Some(word)) => {
            // SAFETY: compiled code passes a slot of its own frame.
            unsafe { *out = word };
            0
        }
        Ok(None) => 2,
        Err(error) => {
            set_pending(error);
            1
        }
    }
}

/// Room for a tuple, object, closure or cell.
pub extern "C" fn allocate(count: u64) -> *mut u64 {
    words(count as usize)
}

/// What [`release`] is given.
pub mod kind {
    pub const WORDS: u64 = 0;
    pub const TEXT: u64 = 1;
    pub const INTS: u64 = 2;
    pub const FLOATS: u64 = 3;
    pub const BOOLS: u64 = 4;
    pub const ITEMS: u64 = 5;
    pub const ITER: u64 = 6;
    pub const RANGE: u64 = 7;
    pub const TEXTS: u64 = 8;
}

/// Gives an object back that nothing holds any more.
pub extern "C" fn release(word: u64, kind: u64, count: u64) {
    if word == 0 {
        return;
    }
    match kind {
        kind::TEXT => give_back::<Text>(word),
        kind::INTS => give_back::<Vec<i64>>(word),
        kind::FLOATS => give_back::<Vec<f64>>(word),
        kind::BOOLS => give_back::<Vec<bool>>(word),
        kind::ITEMS => give_back::<Vec<Item>>(word),
        kind::ITER => give_back::<IterObject>(word),
        kind::RANGE => give_back::<rt::Range>(word),
        kind::TEXTS => give_texts_back(word),
        _ => give_words_back(word, count as usize),
    }
}

/// A list of texts with those that nothing else holds.
fn give_texts_back(word: u64) {
    for item in object::<Vec<Item>>(&word).iter() {
        if !object::<Text>(&item.word).is_shared.get() {
            give_back::<Text>(item.word);
        }
    }
    give_back::<Vec<Item>>(word);
}

/// What an index that is out of its list was: the fault that follows takes it.
pub extern "C" fn note_index(index: i64, len: i64) {
    super::errors::OUTSIDE.set(Some((index, len as usize)));
}

/// Makes the error of a check in compiled code pending.
pub extern "C" fn fault(code: u64) {
    set_pending(super::errors::fault(code));
}

/// Gives the pending error its place, unless it has one of the source.
pub extern "C" fn locate(file: *const String, line: u64) {
    let error = pending();
    // SAFETY: compiled code passes the address of a leaked string, or 0.
    let file = unsafe { file.as_ref() };
    if let Some(file) = file.filter(|file| !file.is_empty())
        && error.place().is_none_or(|place| place.file.ends_with(".rs"))
    {
        error.set_place(rt::Place { file: file.as_str().into(), line: line as u32, column: 1 });
    }
    set_pending(error);
}

/// The pending error as an object.
pub extern "C" fn take_error() -> u64 {
    keep(pending())
}

/// Makes an error object pending, with its cause if that is not 0.
pub extern "C" fn raise(error: u64, cause: u64) {
    let mut error = object::<rt::Error>(&error).clone();
    if cause != 0 {
        error = error.from_cause(object::<rt::Error>(&cause).clone());
    }
    set_pending(error);
}

/// Code of a library function as a function value: the environment is `[this, site]`.
pub unsafe extern "C" fn call_row(environment: u64, args: *const u64, out: *mut u64) -> u64 {
    invoke(crate::memory::word_at(environment, 1) as *const Site, args, out)
}
