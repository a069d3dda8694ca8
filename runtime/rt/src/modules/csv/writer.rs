//! Rows to lines of text.

use std::fmt;

use super::{CsvError, Dialect};
use crate::class::ValueError;
use crate::file::File;
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;
use crate::value::{Value, py};

/// `csv.writer`.
#[derive(Clone)]
pub struct CsvWriter {
    file: File,
    dialect: Dialect,
}

impl CsvWriter {
    /// `csv.writer(file)`.
    pub fn new(file: impl Into<File>, dialect: Dialect) -> CsvWriter {
        CsvWriter { file: file.into(), dialect }
    }

    /// `writer.writerow(row)` of texts.
    #[track_caller]
    pub fn write_texts<S: AsRef<str>>(&self, row: impl IntoIterator<Item = S>) -> i64 {
        let fields = row.into_iter().map(|field| (field.as_ref().to_owned(), false));
        self.write_fields(fields.collect())
    }

    /// `writer.writerow(row)`.
    #[track_caller]
    pub fn write_row(&self, row: &Value) -> i64 {
        let field = |value: Value| match &value {
            Value::None => (String::new(), false),
            Value::Float(_) => (repr(&value).to_string(), true),
            Value::Int(_) | Value::Bool(_) => (repr(&value).to_string(), true),
            Value::Object(object) if matches!(object.type_name(), "decimal.Decimal" | "Fraction") => {
                (crate::str(&value).to_string(), true)
            }
            _ => (crate::str(&value).to_string(), false),
        };
        self.write_fields(py::iter(row).map(field).collect())
    }

    /// `writer.writerows(rows)`.
    #[track_caller]
    pub fn write_rows(&self, rows: &Value) {
        for row in py::iter(rows) {
            self.write_row(&row);
        }
    }

    #[track_caller]
    fn write_fields(&self, fields: Vec<(String, bool)>) -> i64 {
        let mut line = String::new();
        let is_alone = fields.len() == 1;
        for (at, (field, is_number)) in fields.iter().enumerate() {
            if at > 0 {
                line.push(self.dialect.delimiter);
            }
            self.write_field(field, *is_number, is_alone, &mut line);
        }
        line.push_str(&self.dialect.end);
        self.file.write(&line)
    }

    #[track_caller]
    fn write_field(&self, field: &str, is_number: bool, is_alone: bool, line: &mut String) {
        let Dialect { delimiter, quote, escape, quoting, doubles, ref end, .. } = self.dialect;
        let mut is_quoted = quoting == 1 || quoting == 2 && !is_number;
        let mut text = String::with_capacity(field.len());
        for c in field.chars() {
            let (is_quote, is_escape) = (Some(c) == quote, Some(c) == escape);
            if c == delimiter || is_quote || is_escape || end.contains(c) {
                let escapes = quoting == 3 || is_escape || is_quote && !doubles;
                match escape {
                    Some(escape) if escapes => text.push(escape),
                    None if escapes => raise_new(CsvError, "need to escape, but no escapechar set"),
                    _ => {
                        is_quoted = true;
                        text.extend(Some(c).filter(|_| is_quote));
                    }
                }
            }
            text.push(c);
        }
        if field.is_empty() && is_alone {
            if quoting == 3 {
                raise_new(CsvError, "single empty field record must be quoted");
            }
            is_quoted = true;
        }
        let around = quote.filter(|_| is_quoted);
        line.extend(around);
        line.push_str(&text);
        line.extend(around);
    }
}

/// `csv.DictWriter`.
#[derive(Clone)]
pub struct DictWriter {
    writer: CsvWriter,
    names: Vec<String>,
    ignores_extras: bool,
    rest: String,
}

impl DictWriter {
    /// `csv.DictWriter(file, fieldnames, restval=.., extrasaction=..)`.
    pub fn new<S: AsRef<str>>(
        file: impl Into<File>,
        names: impl IntoIterator<Item = S>,
        rest: &str,
        extras: &str,
        dialect: Dialect,
    ) -> DictWriter {
        let names = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
        let writer = CsvWriter::new(file, dialect);
        DictWriter { writer, names, ignores_extras: extras == "ignore", rest: rest.to_owned() }
    }

    /// `writer.fieldnames`.
    pub fn fieldnames(&self) -> Vec<String> {
        self.names.clone()
    }

    /// `writer.writeheader()`.
    #[track_caller]
    pub fn write_header(&self) -> i64 {
        self.writer.write_texts(&self.names)
    }

    /// `writer.writerow(row)`.
    #[track_caller]
    pub fn write_row(&self, row: &Value) -> i64 {
        if !self.ignores_extras {
            let is_known =
                |key: &Value| matches!(key, Value::Str(key) if self.names.iter().any(|name| **name == **key));
            let extras: Vec<String> =
                py::iter(row).filter(|key| !is_known(key)).map(|key| repr(&key).to_string()).collect();
            if !extras.is_empty() {
                let words = "dict contains fields not in fieldnames:";
                raise_new(ValueError, format!("{words} {}", extras.join(", ")));
            }
        }
        let value = |name: &String| {
            let key = Value::from(name.as_str());
            let has = py::contains(row, &key);
            if has { py::get_item(row, &key) } else { Value::from(self.rest.as_str()) }
        };
        let fields: Vec<Value> = self.names.iter().map(value).collect();
        self.writer.write_row(&Value::from(fields))
    }

    /// `writer.writerows(rows)`.
    #[track_caller]
    pub fn write_rows(&self, rows: &Value) {
        for row in py::iter(rows) {
            self.write_row(&row);
        }
    }
}

impl PartialEq for CsvWriter {
    fn eq(&self, other: &CsvWriter) -> bool {
        self.file == other.file
    }
}

impl PartialEq for DictWriter {
    fn eq(&self, other: &DictWriter) -> bool {
        self.writer == other.writer
    }
}

impl Repr for CsvWriter {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<_csv.writer object>")
    }
}

impl Repr for DictWriter {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<csv.DictWriter object>")
    }
}
