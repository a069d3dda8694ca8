//! What is logged, and how it is written: records, levels, formatters.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::class::{AttributeError, NotTranslated, ValueError};
use crate::collections::Dict;
use crate::error::Error;
use crate::format::{Format, percent_named};
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;
use crate::value::{Library, Value, library, py};

thread_local! {
    static NAMES: RefCell<Dict<i64, String>> = const { RefCell::new(Dict::new()) };
}

const LEVELS: [(i64, &str); 8] = [
    (50, "CRITICAL"),
    (40, "ERROR"),
    (30, "WARNING"),
    (20, "INFO"),
    (10, "DEBUG"),
    (0, "NOTSET"),
    (50, "FATAL"),
    (30, "WARN"),
];

/// `logging.getLevelName(level)`.
pub fn level_name(level: i64) -> String {
    if let Some(name) = NAMES.with_borrow(|names| names.get(&level).cloned()) {
        return name;
    }
    let known = LEVELS.iter().find(|(number, _)| *number == level);
    known.map_or_else(|| format!("Level {level}"), |(_, name)| (*name).to_owned())
}

/// `logging.addLevelName(level, name)`.
pub fn add_level_name(level: i64, name: &str) {
    NAMES.with_borrow_mut(|names| names.insert(level, name.to_owned()));
}

/// The number of a level that is given by its name.
#[track_caller]
pub fn level_of(name: &str) -> Result<i64, Error> {
    let own = NAMES.with_borrow(|names| names.iter().find(|(_, own)| *own == name).map(|(level, _)| *level));
    let known = || LEVELS.iter().find(|(_, own)| *own == name).map(|(level, _)| *level);
    own.or_else(known).ok_or_else(|| Error::new(ValueError, format!("Unknown level: {}", repr(name))))
}

/// `logging.getLevelName(name)`.
pub fn level_by_name(name: &str) -> Value {
    level_of(name).map_or_else(|_| Value::from(format!("Level {name}")), Value::from)
}

/// `logging.LogRecord`: a handle, whose clones are the same record.
#[derive(Clone)]
pub struct LogRecord(Rc<RefCell<Record>>);

struct Record {
    name: String,
    level: i64,
    text: Value,
    args: Vec<Value>,
    /// An error's traceback follows the message.
    has_error: bool,
    /// Attributes that the program gives it.
    more: Dict<String, Value>,
}

impl LogRecord {
    /// A record of `logger.log(level, text, *args)`.
    pub fn new(name: &str, level: i64, text: Value, args: &[Value]) -> LogRecord {
        let (name, args) = (name.to_owned(), args.to_vec());
        LogRecord(Rc::new(RefCell::new(Record {
            name,
            level,
            text,
            args,
            has_error: false,
            more: Dict::new(),
        })))
    }

    /// `record.name`.
    pub fn name(&self) -> String {
        self.0.borrow().name.clone()
    }

    /// `record.levelno`.
    pub fn level(&self) -> i64 {
        self.0.borrow().level
    }

    /// `record.levelname`, which a program may set.
    pub fn level_name(&self) -> String {
        match self.find("levelname") {
            Some(name) => crate::str(&name).to_string(),
            None => level_name(self.level()),
        }
    }

    /// `record.msg`.
    pub fn text(&self) -> Value {
        self.0.borrow().text.clone()
    }

    /// `record.args`.
    pub fn args(&self) -> Value {
        let args = self.0.borrow().args.clone();
        match &args[..] {
            [one @ Value::Dict(_)] => one.clone(),
            _ => Value::tuple(args),
        }
    }

    /// `record.getMessage()`.
    #[track_caller]
    pub fn message(&self) -> String {
        let (text, args) = (crate::str(&self.text()).to_string(), self.0.borrow().args.clone());
        match &args[..] {
            [] => text,
            // One dict gives its entries by name.
            [one @ Value::Dict(_)] => py::fill(&text, one),
            args => py::fill(&text, &Value::tuple(args.iter().cloned())),
        }
    }

    /// The record is that of an error that was caught.
    pub(super) fn hold_error(&self) {
        self.0.borrow_mut().has_error = true;
    }

    /// The traceback of an error is not known here: nobody compares what goes to standard error.
    #[track_caller]
    pub(super) fn may_hide_error(&self, is_stderr: bool) {
        if self.0.borrow().has_error && !is_stderr {
            raise_new(NotTranslated, "not yet implemented: the traceback of a log message");
        }
    }

    /// What is written without a formatter.
    #[track_caller]
    pub(super) fn message_with_error(&self) -> String {
        self.message()
    }

    fn find(&self, name: &str) -> Option<Value> {
        self.0.borrow().more.get(name).cloned()
    }

    /// `record.name` of an attribute that a program gave it.
    #[track_caller]
    pub fn attr(&self, name: &str) -> Value {
        match self.find(name) {
            Some(value) => value,
            None if matches!(name, "exc_info" | "exc_text" | "stack_info") => Value::None,
            None => raise_new(AttributeError, format!("'LogRecord' object has no attribute '{name}'")),
        }
    }

    /// `record.name = value`.
    pub fn set_attr(&self, name: &str, value: Value) {
        let mut record = self.0.borrow_mut();
        match (name, value) {
            ("msg", value) => record.text = value,
            ("args", Value::Tuple(args)) => record.args = args.to_vec(),
            ("args", Value::None) => record.args.clear(),
            ("args", one) => record.args = vec![one],
            ("name", value) => record.name = crate::str(&value).to_string(),
            ("levelno", value) => record.level = value.to(),
            (name, value) => drop(record.more.insert(name.to_owned(), value)),
        }
    }

    /// `hasattr(record, name)`.
    pub fn has(&self, name: &str) -> bool {
        matches!(name, "name" | "msg" | "args" | "levelno" | "levelname" | "exc_info" | "created")
            || self.find(name).is_some()
    }
}

/// `logging.Formatter`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogFormatter {
    format: String,
    date_format: Option<String>,
    style: String,
}

impl LogFormatter {
    /// `logging.Formatter(fmt, datefmt, style)`.
    pub fn new(format: Option<String>, date_format: Option<String>, style: &str) -> LogFormatter {
        let plain = match style {
            "{" => "{message}",
            "$" => "${message}",
            _ => "%(message)s",
        };
        let format = format.unwrap_or_else(|| plain.to_owned());
        LogFormatter { format, date_format, style: style.to_owned() }
    }

    /// `formatter.formatTime(record, datefmt)`.
    pub fn format_time(&self, date_format: Option<String>) -> String {
        let now = crate::Datetime::now();
        match date_format.as_ref().or(self.date_format.as_ref()) {
            Some(format) => now.strftime(format),
            None => format!("{},{:03}", now.strftime("%Y-%m-%d %H:%M:%S"), now.microsecond() / 1000),
        }
    }

    /// `formatter.format(record)`.
    #[track_caller]
    pub fn format(&self, record: &LogRecord) -> String {
        let program = crate::sys::argv().first().cloned().unwrap_or_default();
        let file = super::path::basename(&program);
        let module = super::path::splitext(&file).0;
        let texts = [
            ("name", record.name()),
            ("levelname", record.level_name()),
            ("message", record.message()),
            ("asctime", self.format_time(None)),
            ("module", module),
            ("filename", file),
            ("pathname", program),
            ("threadName", "MainThread".to_owned()),
            ("processName", "MainProcess".to_owned()),
        ];
        let mut values: Vec<(&str, Value)> =
            texts.iter().map(|(name, text)| (*name, Value::from(text.as_str()))).collect();
        if let Some(field) = ["funcName", "lineno"].into_iter().find(|field| self.format.contains(field)) {
            raise_new(crate::NotImplementedError, format!("log records do not know their {field}"));
        }
        values.push(("levelno", Value::from(record.level())));
        values.push(("process", Value::from(super::os::getpid())));
        values.push(("msg", record.text()));
        let more = record.0.borrow().more.clone();
        values.retain(|(name, _)| !more.contains_key(*name));
        values.extend(more.iter().map(|(name, value)| (name.as_str(), value.clone())));
        self.fill(&values)
    }

    #[track_caller]
    fn fill(&self, values: &[(&str, Value)]) -> String {
        let named: Vec<(&str, &dyn Format)> =
            values.iter().map(|(name, value)| (*name, value as &dyn Format)).collect();
        match self.style.as_str() {
            "{" => crate::str_format(&self.format, &[], &named),
            "$" => values.iter().fold(self.format.clone(), |text, (name, value)| {
                let shown = crate::str(value).to_string();
                text.replace(&format!("${{{name}}}"), &shown).replace(&format!("${name}"), &shown)
            }),
            _ => percent_named(&self.format, &named),
        }
    }
}

impl PartialEq for LogRecord {
    fn eq(&self, other: &LogRecord) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Repr for LogRecord {
    fn fmt_repr(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        raise_new(NotTranslated, "not yet implemented: the text of a log record")
    }
}

impl Repr for LogFormatter {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<logging.Formatter object>")
    }
}

impl fmt::Debug for LogRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogRecord")
    }
}

library! {
    [] LogRecord;
    [] LogFormatter;
}

impl Library for LogFormatter {
    const NAME: &'static str = "Formatter";
}

impl Library for LogRecord {
    const NAME: &'static str = "LogRecord";

    fn attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "name" => Value::from(self.name()),
            "levelno" => Value::from(self.level()),
            "levelname" => Value::from(self.level_name()),
            "msg" => self.text(),
            "args" => self.args(),
            _ => return self.find(name),
        })
    }

    fn method(&self, name: &str, _args: &[Value]) -> Option<Result<Value, Error>> {
        (name == "getMessage").then(|| Ok(Value::from(self.message())))
    }
}
