//! Python's `json`: the same text, the same errors.

mod read;
mod write;

pub use read::{JSONDecoder, loads, loads_by, loads_pairs};
pub use write::{Style, dumps, dumps_by, dumps_with, pretty};

use crate::error::Error;

crate::exceptions! {
    /// `json.JSONDecodeError`.
    pub JSONDecodeError(crate::class::ValueError) as "json.decoder.JSONDecodeError";
}

/// The words of a `JSONDecodeError` and its line, column and position.
fn parts(error: &Error) -> Option<(String, [i64; 3])> {
    let text = error.message();
    let (words, place) = text.rsplit_once(": line ")?;
    let numbers = place.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let numbers: Vec<i64> = numbers.collect();
    Some((words.to_owned(), numbers.try_into().ok()?))
}

/// `e.msg` of a `JSONDecodeError`.
pub fn error_message(error: &Error) -> String {
    parts(error).map_or_else(|| error.message(), |(words, _)| words)
}

/// `e.lineno` of a `JSONDecodeError`.
pub fn error_line(error: &Error) -> i64 {
    parts(error).map_or(0, |(_, numbers)| numbers[0])
}

/// `e.colno` of a `JSONDecodeError`.
pub fn error_column(error: &Error) -> i64 {
    parts(error).map_or(0, |(_, numbers)| numbers[1])
}

/// `e.pos` of a `JSONDecodeError`.
pub fn error_position(error: &Error) -> i64 {
    parts(error).map_or(0, |(_, numbers)| numbers[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dict, Value, catch, repr};

    fn document() -> Value {
        let inner = Value::from(Dict::from([("é\"\n", Value::from(1.0)), ("b", Value::None)]));
        let items = vec![Value::from(true), Value::from("x\u{1f600}"), Value::from(1e16), inner];
        Value::from(Dict::from([
            ("k", Value::from(items)),
            ("e", Value::from(Vec::<i64>::new())),
            ("a", Value::from((1, f64::NAN))),
        ]))
    }

    #[test]
    fn texts_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(
            dumps(document()),
            "{\"k\": [true, \"x\\ud83d\\ude00\", 1e+16, {\"\\u00e9\\\"\\n\": 1.0, \"b\": null}], \
             \"e\": [], \"a\": [1, NaN]}"
        );
        let style = Style { indent: Some(2), sort_keys: true, ensure_ascii: false, ..Style::default() };
        assert_eq!(
            dumps_with(document(), &style),
            "{\n  \"a\": [\n    1,\n    NaN\n  ],\n  \"e\": [],\n  \"k\": [\n    true,\n    \
             \"x😀\",\n    1e+16,\n    {\n      \"b\": null,\n      \"é\\\"\\n\": 1.0\n    }\n  ]\n}"
        );
        assert_eq!(dumps(Dict::from([(1, 2)])), "{\"1\": 2}");
        let error = catch(|| dumps(crate::Set::from([1]))).map_err(|e| e.traceback_line());
        assert_eq!(error, Err("TypeError: Object of type set is not JSON serializable".to_owned()));
    }

    #[test]
    fn documents_are_read_as_in_cpython() {
        let text = " {\"a\": [1, -2.5e3, \"\\u00e9\\ud83d\\ude00\\n\", null], \"b\": {}, \"c\": 12345678901234567890} ";
        let read = loads(text).map(|value| repr(&value).to_string());
        assert_eq!(
            read.ok().as_deref(),
            Some("{'a': [1, -2500.0, 'é😀\\n', None], 'b': {}, 'c': 12345678901234567890}")
        );
    }

    #[test]
    fn errors_are_cpythons() {
        // From CPython 3.11.
        let cases = [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
            ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
            ("{\"a\": 1 \"b\"}", "Expecting ',' delimiter: line 1 column 9 (char 8)"),
            ("{a: 1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("[1\n 2]", "Expecting ',' delimiter: line 2 column 2 (char 4)"),
            ("1 2", "Extra data: line 1 column 3 (char 2)"),
            ("\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"),
            ("\"a\nb\"", "Invalid control character at: line 1 column 3 (char 2)"),
            ("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"),
            ("{\"a\": 1,}", "Expecting property name enclosed in double quotes: line 1 column 9 (char 8)"),
            ("nul", "Expecting value: line 1 column 1 (char 0)"),
        ];
        for (text, wanted) in cases {
            let error = loads(text).map(|_| ()).map_err(|e| (e.name(), e.to_string()));
            assert_eq!(error, Err(("JSONDecodeError", wanted.to_owned())), "{text}");
        }
    }
}
