//! What Ruchy programs need beyond std: the text of values, and methods that std has in another form.

mod list;
mod number;
mod show;
mod text;

pub use list::{chunks, entries, flatten, pairs, product, reverse, sorted, unique};
pub use number::{as_char, char_to_int, pow, rem, to_float, to_int};
#[doc(hidden)]
pub use show::by_number;
pub use show::{Nested, Show, Text, nested, text};
pub use text::{capitalised, characters, lines, parse_float, parse_int, repeat, slice, split};

/// Stops the program with a message.
#[track_caller]
pub fn panic(message: &str) -> ! {
    crate::raise_new(crate::RuntimeError, message)
}

/// Stops the program unless a condition holds.
#[track_caller]
pub fn check(holds: bool, message: &str) {
    if !holds {
        let colon = if message.is_empty() { "" } else { ": " };
        crate::raise_new(crate::AssertionError, format!("Assertion failed{colon}{message}"))
    }
}

/// Stops the program unless two values are equal.
#[track_caller]
pub fn check_equal<T: PartialEq + Show + ?Sized>(left: &T, right: &T) {
    if left != right {
        let text = format!("Assertion failed: {} is not equal to {}", nested(left), nested(right));
        crate::raise_new(crate::AssertionError, text)
    }
}

/// Stops the program if two values are equal.
#[track_caller]
pub fn check_unequal<T: PartialEq + Show + ?Sized>(left: &T, right: &T) {
    if left == right {
        crate::raise_new(crate::AssertionError, format!("Assertion failed: both are {}", nested(left)))
    }
}
