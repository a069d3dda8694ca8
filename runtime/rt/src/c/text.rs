//! String literals: one object for each, made when it is first used.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::memory;
use super::pointer::Ptr;

thread_local! {
    static LITERALS: RefCell<FxHashMap<&'static [u8], u64>> = RefCell::new(FxHashMap::default());
}

/// The object of a literal with its terminator.
pub fn literal(bytes: &'static [u8]) -> Ptr<i8> {
    let known = LITERALS.with_borrow(|literals| literals.get(bytes).copied());
    let address = known.unwrap_or_else(|| {
        let address = memory::permanent(bytes);
        LITERALS.with_borrow_mut(|literals| literals.insert(bytes, address));
        address
    });
    Ptr::from_addr(address)
}

/// The bytes as an array of `char`.
pub const fn chars<const N: usize>(bytes: &[u8; N]) -> [i8; N] {
    let mut out = [0; N];
    let mut index = 0;
    while index < N {
        out[index] = bytes[index] as i8;
        index += 1;
    }
    out
}

/// The bytes as an array of `char`, and zeros behind them.
pub const fn padded<const N: usize>(bytes: &[u8]) -> [i8; N] {
    let mut out = [0; N];
    let mut index = 0;
    while index < bytes.len() {
        out[index] = bytes[index] as i8;
        index += 1;
    }
    out
}

/// Pointer to the characters of a literal: `text!("hello")`, `text!(b"\xff\0")`.
#[macro_export]
macro_rules! c_text {
    ($text:literal) => {{
        ::std::thread_local! {
            static AT: ::std::cell::Cell<$crate::c::Ptr<i8>> = const { ::std::cell::Cell::new($crate::c::Ptr::NULL) };
        }
        let mut at = AT.get();
        if at.is_null() {
            at = $crate::c::literal(concat!($text, "\0").as_bytes());
            AT.set(at);
        }
        at
    }};
    (bytes $text:literal) => {{
        $crate::c::literal($text)
    }};
}
