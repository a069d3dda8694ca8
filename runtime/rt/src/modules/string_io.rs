//! `io.StringIO`: a text that is written and read like a file.

use std::fmt;

use crate::class::ValueError;
use crate::repr::Repr;
use crate::unwind::raise_new;

/// Python's `StringIO`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StringIO {
    text: String,
    /// Where reading and writing go on, in bytes.
    at: usize,
    closed: bool,
}

impl StringIO {
    /// `io.StringIO(text)`.
    pub fn new(text: &str) -> StringIO {
        StringIO { text: text.to_owned(), at: 0, closed: false }
    }

    #[track_caller]
    fn open(&mut self) -> &mut StringIO {
        if self.closed {
            raise_new(ValueError, "I/O operation on closed file");
        }
        self
    }

    /// `f.write(text)`: the number of characters.
    #[track_caller]
    pub fn write(&mut self, text: &str) -> i64 {
        let own = self.open();
        let after = own.text[own.at..]
            .char_indices()
            .nth(text.chars().count())
            .map_or(own.text.len(), |(at, _)| own.at + at);
        own.text.replace_range(own.at..after, text);
        own.at += text.len();
        text.chars().count() as i64
    }

    /// `f.writelines(lines)`.
    #[track_caller]
    pub fn write_lines<S: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = S>) {
        for line in lines {
            self.write(line.as_ref());
        }
    }

    /// `f.getvalue()`.
    pub fn getvalue(&self) -> String {
        self.text.clone()
    }

    /// `f.read()`.
    #[track_caller]
    pub fn read(&mut self) -> String {
        let own = self.open();
        let rest = own.text[own.at..].to_owned();
        own.at = own.text.len();
        rest
    }

    /// `f.read(count)`.
    #[track_caller]
    pub fn read_chars(&mut self, count: i64) -> String {
        if count < 0 {
            return self.read();
        }
        let own = self.open();
        let rest: String = own.text[own.at..].chars().take(count as usize).collect();
        own.at += rest.len();
        rest
    }

    /// `f.readline()`.
    #[track_caller]
    pub fn read_line(&mut self) -> String {
        let own = self.open();
        let rest = &own.text[own.at..];
        let line = rest[..rest.find('\n').map_or(rest.len(), |at| at + 1)].to_owned();
        own.at += line.len();
        line
    }

    /// `f.readlines()`, and what `for line in f` gives.
    #[track_caller]
    pub fn read_lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.read_line();
            if line.is_empty() {
                return lines;
            }
            lines.push(line);
        }
    }

    /// `f.seek(at)`, in characters.
    #[track_caller]
    pub fn seek(&mut self, at: i64) -> i64 {
        let own = self.open();
        own.at = own.text.char_indices().nth(at.max(0) as usize).map_or(own.text.len(), |(at, _)| at);
        at
    }

    /// `f.tell()`.
    pub fn tell(&self) -> i64 {
        self.text[..self.at].chars().count() as i64
    }

    /// `f.truncate(at)`.
    pub fn truncate(&mut self, at: i64) -> i64 {
        let end = self.text.char_indices().nth(at.max(0) as usize).map_or(self.text.len(), |(at, _)| at);
        self.text.truncate(end);
        at
    }

    /// `f.close()`.
    pub fn close(&mut self) {
        self.closed = true;
    }
}

impl Repr for StringIO {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<_io.StringIO object>")
    }
}

impl AsRef<str> for StringIO {
    fn as_ref(&self) -> &str {
        &self.text
    }
}
