//! Where objects of compiled code live, and the only way to look at a word as an object.
//!
//! Objects are never freed while the program runs: every address that compiled code holds stays
//! valid, which is what the safety notes of this crate rest on. Gap: a program that makes garbage
//! without end needs a collector here.

#![allow(unsafe_code)]

use std::cell::Cell;

const CHUNK: usize = 1 << 16;

thread_local! {
    /// The unused part of the current chunk, in words.
    static FREE: Cell<(*mut u64, usize)> = const { Cell::new((std::ptr::null_mut(), 0)) };
}

/// Room for `count` words, zeroed.
#[inline]
pub fn words(count: usize) -> *mut u64 {
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

/// The address of a value that lives from now on.
pub fn keep<T>(value: T) -> u64 {
    Box::into_raw(Box::new(value)) as u64
}

/// The object at an address that [`keep`] gave for this type.
///
/// The types of Mir say which object a word is; every row takes the type that its operand's
/// descriptor names. Mir's borrow rules hold, so no other row uses the object meanwhile, except
/// through the callbacks that the rows themselves take care of.
pub fn object<T>(word: &u64) -> &'static mut T {
    debug_assert!(*word != 0, "a value arrived");
    // SAFETY: the word came from `keep::<T>` (see above), whose values are never freed.
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
