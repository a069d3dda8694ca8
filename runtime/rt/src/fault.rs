//! What std says when it panics, in Python's words.

use crate::class::{
    AssertionError, AttributeError, Class, IndexError, IntegerOverflow, MemoryError, NameError,
    NotTranslated, RuntimeError, TypeError, UnboundLocalError, ValueError, ZeroDivisionError,
};

use crate::error::Outside;

/// The class and text that a panic message of std stands for; `stores` where the panicking expression is the
/// target of an assignment.
pub(crate) fn translate(message: &str, stores: bool) -> (Class, Option<String>) {
    if let Some(operation) = overflow_operation(message) {
        return (IntegerOverflow, Some(format!("integer overflow in {operation}")));
    }
    let (class, text) = match message {
        "attempt to divide by zero" => (ZeroDivisionError, "integer division or modulo by zero"),
        "attempt to calculate the remainder with a divisor of zero" => {
            (ZeroDivisionError, "integer modulo by zero")
        }
        "capacity overflow" => (MemoryError, ""),
        _ if message.starts_with("index out of bounds") && stores => (IndexError, OUTSIDE),
        _ if message.starts_with("removal index") => (IndexError, OUTSIDE),
        _ if message.starts_with("index out of bounds") => (IndexError, "list index out of range"),
        _ if is_string_index(message) => (IndexError, "string index out of range"),
        _ if is_slice_range(message) => (IndexError, "list index out of range"),
        _ if message.starts_with("called `Option::unwrap()` on a `None`") => {
            (AttributeError, "'NoneType' object has no such attribute")
        }
        _ if let Some((class, text)) = said(message) => (class, text),
        _ if message.starts_with("not yet implemented") => (NotTranslated, message),
        _ if message.starts_with("assertion failed") => (AssertionError, ""),
        _ if message.starts_with("assertion `left") => (AssertionError, ""),
        _ if message.starts_with("cannot sample empty range") => (ValueError, message),
        _ => (RuntimeError, message),
    };
    (class, (!text.is_empty()).then(|| text.to_owned()))
}

/// A message that the emitted program gives with `expect`: class and text.
fn said(message: &str) -> Option<(Class, &str)> {
    let (class, text) = message.split_once(": ")?;
    let class = match class {
        "TypeError" => TypeError,
        "AttributeError" => AttributeError,
        "NameError" => NameError,
        "UnboundLocalError" => UnboundLocalError,
        _ => return None,
    };
    Some((class, text))
}

const OUTSIDE: &str = "list assignment index out of range";

/// The index and the length that std names: `index out of bounds: the len is 3 but the index is 7`.
pub(crate) fn outside(message: &str) -> Option<Outside> {
    let (len, index) =
        message.strip_prefix("index out of bounds: the len is ")?.split_once(" but the index is ")?;
    Some(Outside { index: index.parse().ok()?, len: len.parse().ok()? })
}

fn overflow_operation(message: &str) -> Option<&'static str> {
    let verb = message.strip_prefix("attempt to ")?.strip_suffix(" with overflow")?;
    Some(match verb {
        "add" => "addition",
        "subtract" => "subtraction",
        "multiply" => "multiplication",
        "negate" => "negation",
        "divide" => "division",
        "calculate the remainder" => "remainder",
        "shift left" => "left shift",
        "shift right" => "right shift",
        _ => "arithmetic",
    })
}

fn is_string_index(message: &str) -> bool {
    message.contains("byte index") || message.contains("is not a char boundary")
}

fn is_slice_range(message: &str) -> bool {
    message.starts_with("range start index")
        || message.starts_with("range end index")
        || message.starts_with("slice index starts at")
        || message.starts_with("swap_remove index")
        || message.starts_with("insertion index")
}
