//! `io.StringIO`: a text that is written and read like a file.

use std::cell::{RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use crate::class::ValueError;
use crate::repr::Repr;
use crate::unwind::raise_new;

/// Python's `StringIO`: a handle, whose clones are the same text.
#[derive(Clone, Debug, Default)]
pub struct StringIO(Rc<RefCell<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    text: String,
    /// Where reading and writing go on, in bytes.
    at: usize,
    closed: bool,
}

impl StringIO {
    /// `io.StringIO(text)`.
    pub fn new(text: &str) -> StringIO {
        StringIO(Rc::new(RefCell::new(Memory { text: text.to_owned(), at: 0, closed: false })))
    }

    #[track_caller]
    fn memory(&self) -> RefMut<'_, Memory> {
        let memory = self.0.borrow_mut();
        if memory.closed {
            raise_new(ValueError, "I/O operation on closed file");
        }
        memory
    }

    /// `f.write(text)`: the number of characters.
    #[track_caller]
    pub fn write(&self, text: &str) -> i64 {
        let mut own = self.memory();
        let at = own.at;
        let count = text.chars().count();
        if at == own.text.len() {
            own.text.push_str(text);
        } else {
            let after = own.text[at..].char_indices().nth(count).map_or(own.text.len(), |(to, _)| at + to);
            own.text.replace_range(at..after, text);
        }
        own.at += text.len();
        count as i64
    }

    /// `f.writelines(lines)`.
    #[track_caller]
    pub fn write_lines<S: AsRef<str>>(&self, lines: impl IntoIterator<Item = S>) {
        for line in lines {
            self.write(line.as_ref());
        }
    }

    /// `f.flush()`: nothing waits to be written.
    #[track_caller]
    pub fn flush(&self) {
        self.memory();
    }

    /// `f.getvalue()`.
    #[track_caller]
    pub fn getvalue(&self) -> String {
        self.memory().text.clone()
    }

    /// `f.read()`.
    #[track_caller]
    pub fn read(&self) -> String {
        let mut own = self.memory();
        let rest = own.text[own.at..].to_owned();
        own.at = own.text.len();
        rest
    }

    /// `f.read(count)`; all when negative.
    #[track_caller]
    pub fn read_chars(&self, count: i64) -> String {
        let Ok(count) = usize::try_from(count) else { return self.read() };
        let mut own = self.memory();
        let rest: String = own.text[own.at..].chars().take(count).collect();
        own.at += rest.len();
        rest
    }

    /// `f.readline()`.
    #[track_caller]
    pub fn read_line(&self) -> String {
        let mut own = self.memory();
        let rest = &own.text[own.at..];
        let line = rest[..rest.find('\n').map_or(rest.len(), |at| at + 1)].to_owned();
        own.at += line.len();
        line
    }

    /// `f.readlines()`.
    #[track_caller]
    pub fn read_lines(&self) -> Vec<String> {
        self.lines().collect()
    }

    /// The lines that are left, each with its end: `for line in f`.
    pub fn lines(&self) -> impl Iterator<Item = String> + use<> {
        let own = self.clone();
        std::iter::from_fn(move || Some(own.read_line()).filter(|line| !line.is_empty()))
    }

    /// `f.seek(at, whence)`, in characters.
    #[track_caller]
    pub fn seek(&self, at: i64, whence: i64) -> i64 {
        let mut own = self.memory();
        if whence == 2 {
            own.at = own.text.len();
            return own.text.chars().count() as i64;
        }
        let Ok(position) = usize::try_from(at) else {
            raise_new(ValueError, format!("Negative seek position {at}"))
        };
        own.at = own.text.char_indices().nth(position).map_or(own.text.len(), |(at, _)| at);
        at
    }

    /// `f.tell()`.
    #[track_caller]
    pub fn tell(&self) -> i64 {
        let own = self.memory();
        own.text[..own.at].chars().count() as i64
    }

    /// `f.truncate(size)`.
    #[track_caller]
    pub fn truncate(&self, size: Option<i64>) -> i64 {
        let size = size.unwrap_or_else(|| self.tell());
        let mut own = self.memory();
        let end = own.text.char_indices().nth(size.max(0) as usize).map_or(own.text.len(), |(at, _)| at);
        own.text.truncate(end);
        own.at = own.at.min(end);
        size
    }

    /// `f.closed`.
    pub fn is_closed(&self) -> bool {
        self.0.borrow().closed
    }

    /// `f.close()`.
    pub fn close(&self) {
        self.0.borrow_mut().closed = true;
    }
}

/// The same text in memory.
impl PartialEq for StringIO {
    fn eq(&self, other: &StringIO) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Repr for StringIO {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<_io.StringIO object>")
    }
}
