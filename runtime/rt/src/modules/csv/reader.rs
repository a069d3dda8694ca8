//! Rows from lines of text.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::{CsvError, Dialect};
use crate::class::NotImplementedError;
use crate::collections::Dict;
use crate::repr::Repr;
use crate::unwind::raise_new;
use crate::value::Value;

/// `csv.reader(lines)`: one row after the other; a quoted field may span lines.
#[track_caller]
pub fn reader<S: AsRef<str>>(
    lines: impl IntoIterator<Item = S>,
    dialect: Dialect,
) -> impl Iterator<Item = Vec<String>> {
    if dialect.quoting == 2 {
        raise_new(
            NotImplementedError,
            "`QUOTE_NONNUMERIC` of a reader, which gives numbers, has no translation",
        );
    }
    let mut lines = lines.into_iter();
    std::iter::from_fn(move || next_row(&mut lines, &dialect))
}

/// Where the walk over a line stands.
#[derive(Clone, Copy, PartialEq)]
enum At {
    RecordStart,
    FieldStart,
    Escaped,
    Field,
    Quoted,
    EscapedInQuotes,
    QuoteInQuotes,
    LineEnd,
    EscapedLineEnd,
}

/// The fields of a row, as CPython's reader collects them.
struct Row<'a> {
    dialect: &'a Dialect,
    at: At,
    field: String,
    fields: Vec<String>,
}

impl<'a> Row<'a> {
    fn new(dialect: &'a Dialect) -> Row<'a> {
        Row { dialect, at: At::RecordStart, field: String::new(), fields: Vec::new() }
    }

    #[track_caller]
    fn line(&mut self, line: &str) {
        line.chars().for_each(|c| self.step(Some(c)));
        self.step(None);
    }

    fn save(&mut self) {
        self.fields.push(std::mem::take(&mut self.field));
    }

    #[track_caller]
    fn add(&mut self, c: char) {
        let limit = super::field_size_limit(None);
        if self.field.len() as i64 >= limit {
            raise_new(CsvError, format!("field larger than field limit ({limit})"));
        }
        self.field.push(c);
    }

    /// The end of a field that ends the record, or at least the line.
    fn end(&mut self, c: Option<char>) {
        self.save();
        self.at = if c.is_some() { At::LineEnd } else { At::RecordStart };
    }

    /// Takes a character; none is the end of the line.
    #[track_caller]
    fn step(&mut self, c: Option<char>) {
        let dialect = self.dialect;
        let quote = dialect.quote.filter(|_| dialect.quoting != 3);
        let is_end = matches!(c, None | Some('\n' | '\r'));
        let is_escape = c.is_some() && c == dialect.escape;
        match self.at {
            At::RecordStart if c.is_none() => {}
            At::RecordStart if is_end => self.at = At::LineEnd,
            At::RecordStart | At::FieldStart => {
                self.at = At::FieldStart;
                match c {
                    _ if is_end => self.end(c),
                    _ if c == quote => self.at = At::Quoted,
                    _ if is_escape => self.at = At::Escaped,
                    Some(' ') if dialect.skip_space => {}
                    Some(c) if c == dialect.delimiter => self.save(),
                    _ => self.plain(c),
                }
            }
            At::Escaped if c.is_some() && is_end => {
                self.plain(c);
                self.at = At::EscapedLineEnd;
            }
            At::Escaped => self.plain(c.or(Some('\n'))),
            At::EscapedLineEnd if c.is_none() => {}
            At::EscapedLineEnd | At::Field => match c {
                _ if is_end => self.end(c),
                _ if is_escape => self.at = At::Escaped,
                Some(c) if c == dialect.delimiter => {
                    self.save();
                    self.at = At::FieldStart;
                }
                _ => self.plain(c),
            },
            At::Quoted => match c {
                None => {}
                _ if is_escape => self.at = At::EscapedInQuotes,
                _ if c == quote => self.at = if dialect.doubles { At::QuoteInQuotes } else { At::Field },
                Some(c) => self.add(c),
            },
            At::EscapedInQuotes => {
                self.add(c.unwrap_or('\n'));
                self.at = At::Quoted;
            }
            At::QuoteInQuotes => match c {
                Some(found) if c == quote => {
                    self.add(found);
                    self.at = At::Quoted;
                }
                Some(c) if c == dialect.delimiter => {
                    self.save();
                    self.at = At::FieldStart;
                }
                _ if is_end => self.end(c),
                _ if dialect.strict => {
                    let quote = quote.unwrap_or('"');
                    raise_new(CsvError, format!("'{}' expected after '{quote}'", dialect.delimiter));
                }
                _ => self.plain(c),
            },
            At::LineEnd if c.is_none() => self.at = At::RecordStart,
            At::LineEnd if is_end => {}
            At::LineEnd => {
                let words = "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?";
                raise_new(CsvError, words);
            }
        }
    }

    #[track_caller]
    fn plain(&mut self, c: Option<char>) {
        c.into_iter().for_each(|c| self.add(c));
        self.at = At::Field;
    }
}

/// The next row; none where the lines have ended.
#[track_caller]
fn next_row<S: AsRef<str>>(lines: &mut impl Iterator<Item = S>, dialect: &Dialect) -> Option<Vec<String>> {
    let mut row = Row::new(dialect);
    loop {
        match lines.next() {
            Some(line) => row.line(line.as_ref()),
            None if row.field.is_empty() && row.at != At::Quoted => return None,
            None if dialect.strict => raise_new(CsvError, "unexpected end of data"),
            None => {
                row.save();
                return Some(row.fields);
            }
        }
        if row.at == At::RecordStart {
            return Some(row.fields);
        }
    }
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

/// `csv.DictReader` with `restkey`: what a long row has beyond the names is a list under that key, what a short
/// one lacks is `restval`.
#[derive(Clone)]
pub struct CsvRecords {
    reader: DictReader,
    rest: String,
}

impl CsvRecords {
    /// The same reader with `restkey`.
    pub fn new(reader: DictReader, rest: &str) -> CsvRecords {
        CsvRecords { reader, rest: rest.to_owned() }
    }

    /// `reader.fieldnames`.
    pub fn fieldnames(&self) -> Vec<String> {
        self.reader.fieldnames()
    }

    /// `reader.line_num`: lines that were read.
    pub fn line_num(&self) -> i64 {
        self.reader.line_num()
    }

    /// The rows that are left.
    pub fn rows(&self) -> impl Iterator<Item = Dict<String, Value>> + use<> {
        let own = self.clone();
        std::iter::from_fn(move || {
            let names = own.fieldnames();
            let rows = &mut own.reader.0.borrow_mut();
            let row = rows.rows.rows().find(|row| !row.is_empty())?;
            let missing = rows.missing.as_ref().map_or(Value::None, |text| Value::from(text.as_str()));
            let mut record: Dict<String, Value> = names
                .iter()
                .enumerate()
                .map(|(at, name)| {
                    (name.clone(), row.get(at).map_or(missing.clone(), |text| Value::from(text.as_str())))
                })
                .collect();
            if let Some(rest) = row.get(names.len()..).filter(|rest| !rest.is_empty()) {
                let rest: Vec<Value> = rest.iter().map(|text| Value::from(text.as_str())).collect();
                record.insert(own.rest.clone(), Value::from(rest));
            }
            Some(record)
        })
    }
}

impl PartialEq for CsvRecords {
    fn eq(&self, other: &CsvRecords) -> bool {
        self.reader == other.reader
    }
}

impl Repr for CsvRecords {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reader.fmt_repr(f)
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
