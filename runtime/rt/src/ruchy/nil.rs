//! What may be nil, and what a `catch` of Ruchy sees of an error.

use crate::class::{IndexError, IntegerOverflow, KeyError, RecursionError, TypeError, ZeroDivisionError};
use crate::error::Outside;
use crate::{Error, OverflowError};
use std::cmp::Ordering;

/// `value ?? other` of what is never nil.
pub fn coalesce<T>(value: T, other: T) -> T {
    drop(other);
    value
}

/// Whether a value of a type without nil is nil.
pub fn is_nil<T: ?Sized>(_: &T) -> bool {
    false
}

/// A result, or what another attempt makes of its error, which fails in the same way.
pub fn or_else<T, E>(result: Result<T, E>, other: impl FnOnce(E) -> Result<T, E>) -> Result<T, E> {
    result.or_else(other)
}

/// The smallest item, if there is one.
pub fn least<T: PartialOrd>(items: impl IntoIterator<Item = T>) -> Option<T> {
    items.into_iter().reduce(|a, b| if b < a { b } else { a })
}

/// The largest item, if there is one.
pub fn greatest<T: PartialOrd>(items: impl IntoIterator<Item = T>) -> Option<T> {
    items.into_iter().reduce(|a, b| match b.partial_cmp(&a) {
        Some(Ordering::Greater) => b,
        _ => a,
    })
}

/// Runs `body`; whatever it throws or the run stops it by becomes the error. `exit` passes through.
pub fn catch_result<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    match crate::catch_end(body).and_then(|outcome| outcome) {
        Err(error) if !error.is_a(crate::Exception) && !error.is_a(IntegerOverflow) => crate::raise(error),
        outcome => outcome,
    }
}

/// The kind of an error of the run.
pub fn fault_type(error: &Error) -> String {
    let kinds = [
        (ZeroDivisionError, "DivisionByZero"),
        (IndexError, "IndexOutOfBounds"),
        (KeyError, "KeyNotFound"),
        (TypeError, "TypeError"),
    ];
    let found = kinds.into_iter().find(|(class, _)| error.is_a(*class));
    found.map_or("RuntimeError", |(_, kind)| kind).to_owned()
}

/// What an error of the run says.
pub fn fault_message(error: &Error) -> String {
    if error.is_a(ZeroDivisionError) {
        return "Division by zero".to_owned();
    }
    if error.is_a(IndexError) {
        return match error.payload::<Outside>() {
            Some(at) => format!("Index {} out of bounds for array of length {}", at.index, at.len),
            None => "Index out of bounds".to_owned(),
        };
    }
    if error.is_a(KeyError) {
        let key = error.args().first().map(|key| crate::str(&key.value()).to_string());
        return format!("Key '{}' not found in object", key.unwrap_or_default());
    }
    if error.is_a(RecursionError) {
        return "Recursion limit exceeded".to_owned();
    }
    let message = error.message();
    // Only `unwrap` gives it here.
    if message == "'NoneType' object has no such attribute" {
        return "called `Option::unwrap()` on a `None` value".to_owned();
    }
    if message.contains("values to unpack (expected") {
        return "Pattern did not match the value".to_owned();
    }
    match error.is_a(OverflowError) || error.is_a(IntegerOverflow) {
        true => message.replace("integer overflow", "Integer overflow"),
        false => message,
    }
}

/// The text of what a `catch` caught: a thrown value, or the object that an error of the run is.
pub fn caught(error: &Error) -> String {
    match error.name().starts_with("Thrown") {
        true => error.message(),
        false => format!("{{message: \"{}\", type: \"{}\"}}", fault_message(error), fault_type(error)),
    }
}

/// What is written where nothing catches an error: its place, and in the last line what it says.
pub fn report(error: &Error) -> String {
    let last = match error.name().starts_with("Thrown") {
        true => format!("Uncaught exception: {}", error.message()),
        false => format!("Error: Runtime error: {}", fault_message(error)),
    };
    match crate::start::source_place(error) {
        Some((file, line)) => format!("  --> {file}:{line}\n{last}"),
        None => last,
    }
}

/// Runs a translated program in Ruchy: [`crate::start()`] with the words of the language.
pub fn start<T: crate::start::Outcome + 'static>(map: &str, main: fn() -> T) {
    crate::start::speak_ruchy();
    crate::start::start(map, main);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_texts() {
        let error = Error::new(ZeroDivisionError, "division by zero");
        assert_eq!(caught(&error), "{message: \"Division by zero\", type: \"DivisionByZero\"}");
        assert_eq!(least([3, 1, 2].into_iter()), Some(1));
        assert_eq!(greatest([3, 1, 2].into_iter()), Some(3));
        assert_eq!(greatest(std::iter::empty::<i64>()), None);
    }
}
