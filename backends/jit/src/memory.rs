//! Where objects of compiled code live, and the only way to look at a word as an object.
//!
//! An object is freed where compiled code has used it for the last time and nothing can hold it any more (see
//! `emit/frees.rs`); all others live until the process ends. Every address that compiled code still uses is
//! valid, which is what the safety notes of this crate rest on. Gap: what was stored anywhere is never freed.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};

const CHUNK: usize = 1 << 16;
/// Records of up to this many words are used again.
const SMALL: usize = 64;

thread_local! {
    /// The unused part of the current chunk, in words.
    static FREE: Cell<(*mut u64, usize)> = const { Cell::new((std::ptr::null_mut(), 0)) };
    /// Records that were given back, by their number of words; the first word of each is the next one's address.
    static BACK: RefCell<[u64; SMALL + 1]> = const { RefCell::new([0; SMALL + 1]) };
    /// Objects that were made and not given back.
    static LIVE: Cell<i64> = const { Cell::new(0) };
}

/// Number of objects on this thread that were made and not freed.
pub fn live() -> i64 {
    LIVE.get()
}

/// Room for `count` words, zeroed.
#[inline]
pub fn words(count: usize) -> *mut u64 {
    LIVE.set(LIVE.get() + 1);
    if let Some(record) = record_again(count) {
        return record;
    }
    let (start, left) = FREE.get();
    if count <= left {
        // SAFETY: `left` words of the chunk follow `start`, so the result is in it or at its end.
        FREE.set((unsafe { start.add(count) }, left - count));
        return start;
    }
    let size = CHUNK.max(count);
    let chunk: &'static mut [u64] = Box::leak(vec![0; size].into_boxed_slice());
    let start = chunk.as_mut_ptr();
    // SAFETY: `count <= size`.
    FREE.set((unsafe { start.add(count) }, size - count));
    start
}

/// A record of this size that was given back, zeroed.
#[inline]
fn record_again(count: usize) -> Option<*mut u64> {
    if count > SMALL {
        return None;
    }
    let first = BACK.with_borrow(|back| back[count]);
    if first == 0 {
        return None;
    }
    BACK.with_borrow_mut(|back| back[count] = word_at(first, 0));
    (0..count).for_each(|index| set_word(first, index, 0));
    Some(first as *mut u64)
}

/// Takes a record of [`words`] back.
pub fn give_words_back(address: u64, count: usize) {
    LIVE.set(LIVE.get() - 1);
    if count == 0 || count > SMALL {
        return;
    }
    if cfg!(debug_assertions) {
        // Who still reads it finds no address.
        (1..count).for_each(|index| set_word(address, index, 0xdead_dead_dead_dead));
    }
    let next = BACK.with_borrow(|back| back[count]);
    set_word(address, 0, next);
    BACK.with_borrow_mut(|back| back[count] = address);
}

/// The address of a value that lives until it is given back.
pub fn keep<T>(value: T) -> u64 {
    LIVE.set(LIVE.get() + 1);
    Box::into_raw(Box::new(value)) as u64
}

/// Takes a value of [`keep`] back.
pub fn give_back<T>(word: u64) {
    LIVE.set(LIVE.get() - 1);
    // SAFETY: the word came from `keep::<T>`, and the analysis of `emit/frees.rs` says that it is used no more.
    drop(unsafe { Box::from_raw(word as *mut T) });
}

/// The object at an address that [`keep`] gave for this type.
///
/// The types of Mir say which object a word is; every row takes the type that its operand's
/// descriptor names. Mir's borrow rules hold, so no other row uses the object meanwhile, except
/// through the callbacks that the rows themselves take care of.
pub fn object<T>(word: &u64) -> &'static mut T {
    debug_assert!(*word != 0, "a value arrived");
    // SAFETY: the word came from `keep::<T>`, and is freed after its last use alone (see above).
    unsafe { &mut *(*word as *mut T) }
}

/// The word at an index of a tuple, object or cell.
#[inline]
pub fn word_at(address: u64, index: usize) -> u64 {
    // SAFETY: tuples and objects have as many words as their descriptor says, from `words`.
    unsafe { *(address as *const u64).add(index) }
}

/// Sets the word at an index.
#[inline]
pub fn set_word(address: u64, index: usize, word: u64) {
    // SAFETY: as in `word_at`.
    unsafe { *(address as *mut u64).add(index) = word }
}

/// A tuple or object of these words.
pub fn record(parts: &[u64]) -> u64 {
    let start = words(parts.len().max(1)) as u64;
    for (index, word) in parts.iter().enumerate() {
        set_word(start, index, *word);
    }
    start
}

/// Positions of address, length and capacity inside a `Vec` of this rustc, in bytes.
pub fn vec_layout() -> [i32; 3] {
    let mut probe: Vec<u64> = Vec::with_capacity(64);
    probe.extend([1, 2, 3]);
    let address = probe.as_ptr() as u64;
    // SAFETY: a `Vec` is three words (checked here), and any bits are a valid `u64`.
    let raw: [u64; 3] = unsafe { std::mem::transmute_copy(&probe) };
    const { assert!(size_of::<Vec<u64>>() == 24) };
    let find = |wanted: u64| raw.iter().position(|word| *word == wanted).map_or(0, |at| at as i32 * 8);
    [address, 3, probe.capacity() as u64].map(find)
}

/// Code with words as arguments: `fn(environment, arguments, result) -> status`.
pub type Code = unsafe extern "C" fn(u64, *const u64, *mut u64) -> u64;

/// Calls compiled code; `None` when it failed (the error waits in `host::pending`).
pub fn call_code(code: *const u8, environment: u64, args: &[u64]) -> Option<u64> {
    let mut result = 0;
    // SAFETY: `code` is the finished code of a thunk or closure with this signature, of a module
    // that is never freed; `args` has a word for each parameter.
    let status = unsafe {
        let code: Code = std::mem::transmute(code);
        code(environment, args.as_ptr(), &mut result)
    };
    (status == 0).then_some(result)
}

/// Runs the compiled top level of a module; false when it failed.
pub fn call_main(code: *const u8) -> bool {
    // SAFETY: `code` is the finished code of a function without parameters and result, whose only
    // return value is the status.
    let status = unsafe {
        let code: unsafe extern "C" fn() -> u64 = std::mem::transmute(code);
        code()
    };
    status == 0
}
