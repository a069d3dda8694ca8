//! Rows from lines of text.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::Dialect;
use crate::class::NotImplementedError;
use crate::collections::Dict;
use crate::repr::Repr;
use crate::unwind::raise_new;

/// `csv.reader(lines)`: one row after the other; a quoted field may span lines.
pub fn reader<S: AsRef<str>>(
    lines: impl IntoIterator<Item = S>,
    dialect: Dialect,
) -> impl Iterator<Item = Vec<String>> {
    let mut lines = lines.into_iter();
    std::iter::from_fn(move || {
        let mut text = lines.next()?.as_ref().to_owned();
        loop {
            match fields(&text, &dialect) {
                Some(row) => return Some(row),
                None => match lines.next() {
                    Some(more) => text.push_str(more.as_ref()),
                    None => {
                        text.push(dialect.quote);
                        return fields(&text, &dialect);
                    }
                },
            }
        }
    })
}

/// The fields of a row; none while a quotation is open.
fn fields(line: &str, dialect: &Dialect) -> Option<Vec<String>> {
    let (mut row, mut field, mut quoted, mut started) = (Vec::new(), String::new(), false, false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c == dialect.quote && quoted => {
                if chars.next_if_eq(&dialect.quote).is_some() {
                    field.push(c);
                } else {
                    quoted = false;
                }
            }
            c if quoted => field.push(c),
            c if c == dialect.quote && dialect.quoting != 3 && field.is_empty() && !started => {
                (quoted, started) = (true, true);
            }
            ' ' if dialect.skip_space && field.is_empty() && !started => {}
            '\r' | '\n' => break,
            c if c == dialect.delimiter => {
                row.push(std::mem::take(&mut field));
                started = false;
            }
            c => field.push(c),
        }
    }
    if quoted {
        return None;
    }
    if !row.is_empty() || !field.is_empty() || started {
        row.push(field);
    }
    Some(row)
}

/// `csv.reader` that counts its lines: a handle, whose clones read on where the others stand.
#[derive(Clone)]
pub struct CsvReader {
    rows: Rc<RefCell<dyn Iterator<Item = Vec<String>>>>,
    /// Lines that were read.
    lines: Rc<Cell<i64>>,
}

impl CsvReader {
    /// `csv.reader(lines)`.
    pub fn new<S: AsRef<str> + 'static>(lines: impl IntoIterator<Item = S>, dialect: Dialect) -> CsvReader {
        let all: Vec<S> = lines.into_iter().collect();
        let lines = Rc::new(Cell::new(0));
        let count = lines.clone();
        let rows = reader(all.into_iter().inspect(move |_| count.set(count.get() + 1)), dialect);
        CsvReader { rows: Rc::new(RefCell::new(rows)), lines }
    }

    /// `reader.line_num`: lines that were read.
    pub fn line_num(&self) -> i64 {
        self.lines.get()
    }

    /// The rows that are left.
    pub fn rows(&self) -> impl Iterator<Item = Vec<String>> + use<> {
        let own = self.rows.clone();
        std::iter::from_fn(move || own.borrow_mut().next())
    }
}

impl PartialEq for CsvReader {
    fn eq(&self, other: &CsvReader) -> bool {
        Rc::ptr_eq(&self.lines, &other.lines)
    }
}

impl Repr for CsvReader {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<_csv.reader object>")
    }
}

/// `csv.DictReader`: a handle, whose clones read on where the others stand.
#[derive(Clone)]
pub struct DictReader(Rc<RefCell<Rows>>);

struct Rows {
    rows: CsvReader,
    names: Option<Vec<String>>,
    /// What the fields have that a short row lacks.
    missing: Option<String>,
}

impl Rows {
    /// The first row names the fields.
    fn names(&mut self) -> &[String] {
        self.names.get_or_insert_with(|| self.rows.rows().next().unwrap_or_default())
    }

    #[track_caller]
    fn next(&mut self) -> Option<Dict<String, String>> {
        let names = self.names().to_vec();
        let mut row = self.rows.rows().find(|row| !row.is_empty())?;
        if let Some(missing) = &self.missing
            && row.len() < names.len()
        {
            row.resize(names.len(), missing.clone());
        }
        if row.len() != names.len() {
            let words = "a row with another number of fields than the header has no translation";
            raise_new(NotImplementedError, words);
        }
        Some(names.into_iter().zip(row).collect())
    }
}

impl DictReader {
    /// `csv.DictReader(lines, fieldnames)`.
    pub fn new<S: AsRef<str> + 'static>(
        lines: impl IntoIterator<Item = S>,
        names: Option<Vec<String>>,
        dialect: Dialect,
    ) -> DictReader {
        let rows = CsvReader::new(lines, dialect);
        DictReader(Rc::new(RefCell::new(Rows { rows, names, missing: None })))
    }

    /// The same reader with `restval`.
    #[must_use]
    pub fn with_missing(self, missing: impl Into<String>) -> DictReader {
        self.0.borrow_mut().missing = Some(missing.into());
        self
    }

    /// `reader.fieldnames`.
    pub fn fieldnames(&self) -> Vec<String> {
        self.0.borrow_mut().names().to_vec()
    }

    /// `reader.line_num`: lines that were read.
    pub fn line_num(&self) -> i64 {
        self.0.borrow().rows.line_num()
    }

    /// The rows that are left.
    pub fn rows(&self) -> impl Iterator<Item = Dict<String, String>> + use<> {
        let own = self.clone();
        std::iter::from_fn(move || own.0.borrow_mut().next())
    }
}

impl PartialEq for DictReader {
    fn eq(&self, other: &DictReader) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Repr for DictReader {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<csv.DictReader object>")
    }
}
