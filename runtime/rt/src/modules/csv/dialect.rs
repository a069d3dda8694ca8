//! How rows are written: dialects and their names.

use std::cell::{Cell, RefCell};
use std::fmt;

use super::CsvError;
use crate::class::TypeError;
use crate::collections::Dict;
use crate::error::{Error, Result};
use crate::repr::Repr;
use crate::unwind::raise_new;

/// A `csv.Dialect`: the options of `csv.reader` and `csv.writer`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialect {
    /// Stands between fields.
    pub(super) delimiter: char,
    /// Stands around fields with special characters.
    pub(super) quote: Option<char>,
    /// Stands before what would be special.
    pub(super) escape: Option<char>,
    /// What is quoted: 0 what must be, 1 all, 2 all but numbers, 3 nothing.
    pub(super) quoting: i64,
    /// Ends a written row.
    pub(super) end: String,
    /// A quote in a quoted field is written twice.
    pub(super) doubles: bool,
    /// A space behind the delimiter is skipped.
    pub(super) skip_space: bool,
    /// Bad input raises.
    pub(super) strict: bool,
}

impl Default for Dialect {
    fn default() -> Dialect {
        Dialect {
            delimiter: ',',
            quote: Some('"'),
            escape: None,
            quoting: 0,
            end: "\r\n".to_owned(),
            doubles: true,
            skip_space: false,
            strict: false,
        }
    }
}

/// The only character of an option.
#[track_caller]
fn one_char(option: &str, text: &str) -> char {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => only,
        _ => raise_new(TypeError, format!("\"{option}\" must be a 1-character string")),
    }
}

impl Dialect {
    /// Fields are separated by `delimiter`.
    #[track_caller]
    pub fn delimited(delimiter: &str) -> Dialect {
        Dialect::default().with_delimiter(delimiter)
    }

    /// `delimiter=.., quotechar=.., skipinitialspace=..` of a reader.
    #[track_caller]
    pub fn read(delimiter: &str, quote: &str, skip_space: bool) -> Dialect {
        Dialect::delimited(delimiter).with_quotechar(quote).with_skipinitialspace(skip_space)
    }

    /// `delimiter=.., quotechar=.., quoting=.., lineterminator=..` of a writer.
    #[track_caller]
    pub fn written(delimiter: &str, quote: &str, quoting: i64, end: &str) -> Dialect {
        Dialect::read(delimiter, quote, false).with_quoting(quoting).with_lineterminator(end)
    }

    /// `delimiter=..`.
    #[track_caller]
    #[must_use]
    pub fn with_delimiter(self, delimiter: &str) -> Dialect {
        Dialect { delimiter: one_char("delimiter", delimiter), ..self }
    }

    /// `quotechar=..`.
    #[track_caller]
    #[must_use]
    pub fn with_quotechar(self, quote: &str) -> Dialect {
        Dialect { quote: Some(one_char("quotechar", quote)), ..self }
    }

    /// `quotechar=None`.
    #[must_use]
    pub fn without_quotechar(self) -> Dialect {
        Dialect { quote: None, ..self }
    }

    /// `escapechar=..`.
    #[track_caller]
    #[must_use]
    pub fn with_escapechar(self, escape: &str) -> Dialect {
        Dialect { escape: Some(one_char("escapechar", escape)), ..self }
    }

    /// `doublequote=..`.
    #[must_use]
    pub fn with_doublequote(self, doubles: bool) -> Dialect {
        Dialect { doubles, ..self }
    }

    /// `skipinitialspace=..`.
    #[must_use]
    pub fn with_skipinitialspace(self, skip_space: bool) -> Dialect {
        Dialect { skip_space, ..self }
    }

    /// `lineterminator=..`.
    #[must_use]
    pub fn with_lineterminator(self, end: &str) -> Dialect {
        Dialect { end: end.to_owned(), ..self }
    }

    /// `quoting=..`.
    #[track_caller]
    #[must_use]
    pub fn with_quoting(self, quoting: i64) -> Dialect {
        if !(0..=3).contains(&quoting) {
            raise_new(TypeError, "bad \"quoting\" value");
        }
        Dialect { quoting, ..self }
    }

    /// `strict=..`.
    #[must_use]
    pub fn with_strict(self, strict: bool) -> Dialect {
        Dialect { strict, ..self }
    }

    /// `dialect.delimiter`.
    pub fn delimiter(&self) -> String {
        self.delimiter.to_string()
    }

    /// `dialect.quotechar`.
    pub fn quotechar(&self) -> Option<String> {
        self.quote.map(String::from)
    }

    /// `dialect.escapechar`.
    pub fn escapechar(&self) -> Option<String> {
        self.escape.map(String::from)
    }

    /// `dialect.lineterminator`.
    pub fn lineterminator(&self) -> String {
        self.end.clone()
    }

    /// `dialect.doublequote`.
    pub fn doublequote(&self) -> bool {
        self.doubles
    }

    /// `dialect.skipinitialspace`.
    pub fn skipinitialspace(&self) -> bool {
        self.skip_space
    }

    /// `dialect.quoting`.
    pub fn quoting(&self) -> i64 {
        self.quoting
    }

    /// `dialect.strict`.
    pub fn strict(&self) -> bool {
        self.strict
    }
}

impl Repr for Dialect {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<_csv.Dialect object>")
    }
}

thread_local! {
    static NAMED: RefCell<Dict<String, Dialect>> = RefCell::new(known());
    static LIMIT: Cell<i64> = const { Cell::new(131_072) };
}

fn known() -> Dict<String, Dialect> {
    let excel = Dialect::default();
    let tab = excel.clone().with_delimiter("\t");
    let unix = excel.clone().with_quoting(1).with_lineterminator("\n");
    [("excel", excel), ("excel-tab", tab), ("unix", unix)]
        .into_iter()
        .map(|(name, dialect)| (name.to_owned(), dialect))
        .collect()
}

/// `csv.register_dialect(name, dialect)`.
pub fn register_dialect(name: &str, dialect: Dialect) {
    NAMED.with_borrow_mut(|named| named.insert(name.to_owned(), dialect));
}

/// `csv.unregister_dialect(name)`.
pub fn unregister_dialect(name: &str) -> Result<()> {
    let known = NAMED.with_borrow_mut(|named| named.remove(name));
    known.map(drop).ok_or_else(|| Error::new(CsvError, "unknown dialect"))
}

/// `csv.get_dialect(name)`.
pub fn get_dialect(name: &str) -> Result<Dialect> {
    let known = NAMED.with_borrow(|named| named.get(name).cloned());
    known.ok_or_else(|| Error::new(CsvError, "unknown dialect"))
}

/// `csv.list_dialects()`.
pub fn list_dialects() -> Vec<String> {
    NAMED.with_borrow(|named| named.keys().cloned().collect())
}

/// `csv.field_size_limit(limit)`: the limit so far.
pub fn field_size_limit(limit: Option<i64>) -> i64 {
    let before = LIMIT.get();
    LIMIT.set(limit.unwrap_or(before));
    before
}
