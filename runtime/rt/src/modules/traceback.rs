//! The text of a traceback: its first and its last line. What stands between them, the calls, is not known here.

use std::fmt;

use crate::class::NotTranslated;
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::raise_new;

/// What `traceback.format_exc()` gives.
#[derive(Clone, PartialEq)]
pub struct TracebackText {
    last: String,
    /// Without the line end behind the last line.
    is_stripped: bool,
}

/// Its lines.
#[derive(Clone, PartialEq)]
pub struct TracebackLines {
    last: String,
}

#[cold]
#[track_caller]
fn unknown() -> ! {
    raise_new(NotTranslated, "not yet implemented: the calls in the text of a traceback")
}

impl TracebackText {
    /// Its first line.
    pub const FIRST: &'static str = "Traceback (most recent call last):";

    /// The text for an error.
    pub fn new(error: &Error) -> TracebackText {
        let last = error.traceback_line();
        let last = last.rsplit('\n').next().unwrap_or_default().to_owned();
        TracebackText { last, is_stripped: false }
    }

    /// `text.strip()`, `text.rstrip()`.
    pub fn strip(&self) -> TracebackText {
        TracebackText { last: self.last.trim_end().to_owned(), is_stripped: true }
    }

    /// `text.splitlines()`.
    pub fn splitlines(&self) -> TracebackLines {
        TracebackLines { last: self.last.clone() }
    }

    /// `text.split("\n")`.
    #[track_caller]
    pub fn split(&self, separator: &str) -> TracebackLines {
        match (separator, self.is_stripped) {
            ("\n", true) => self.splitlines(),
            ("\n", false) => TracebackLines { last: String::new() },
            _ => unknown(),
        }
    }

    /// `part in text`: what the known lines do not have may stand in the others.
    #[track_caller]
    pub fn contains(&self, part: &str) -> bool {
        TracebackText::FIRST.contains(part) || self.last.contains(part) || unknown()
    }
}

impl TracebackLines {
    /// `lines[0]`, `lines[-1]`.
    #[track_caller]
    pub fn at(&self, index: i64) -> String {
        match index {
            0 => TracebackText::FIRST.to_owned(),
            -1 => self.last.clone(),
            _ => unknown(),
        }
    }
}

impl Repr for TracebackText {
    fn fmt_repr(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        unknown()
    }
}

impl Repr for TracebackLines {
    fn fmt_repr(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        unknown()
    }
}
