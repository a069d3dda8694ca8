//! Python's `logging`: loggers, handlers, formatters.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use crate::collections::Dict;
use crate::error::Error;
use crate::file::File;
use crate::format::{Format, percent_named};
use crate::repr::{Repr, repr};
use crate::value::{Library, Value, library, py};

thread_local! {
    static ROOT: Logger = Logger::made("root", 30);
    static LOGGERS: RefCell<Dict<String, Logger>> = const { RefCell::new(Dict::new()) };
    static DISABLED: Cell<i64> = const { Cell::new(0) };
}

const BASIC_FORMAT: &str = "%(levelname)s:%(name)s:%(message)s";

/// `logging.getLevelName(level)`.
pub fn level_name(level: i64) -> String {
    let name = match level {
        50 => "CRITICAL",
        40 => "ERROR",
        30 => "WARNING",
        20 => "INFO",
        10 => "DEBUG",
        0 => "NOTSET",
        _ => return format!("Level {level}"),
    };
    name.to_owned()
}

/// The number of a level that is given by its name.
#[track_caller]
pub fn level_of(name: &str) -> Result<i64, Error> {
    Ok(match name {
        "CRITICAL" | "FATAL" => 50,
        "ERROR" => 40,
        "WARNING" | "WARN" => 30,
        "INFO" => 20,
        "DEBUG" => 10,
        "NOTSET" => 0,
        _ => return Err(Error::new(crate::ValueError, format!("Unknown level: {}", repr(name)))),
    })
}

/// `logging.Formatter`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogFormatter {
    format: String,
    date_format: Option<String>,
    style: String,
}

/// What is logged.
struct Record<'a> {
    name: &'a str,
    level: i64,
    message: String,
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

    fn fill(&self, record: &Record<'_>) -> String {
        let now = crate::Datetime::now();
        let time = match &self.date_format {
            Some(format) => now.strftime(format),
            None => format!("{},{:03}", now.strftime("%Y-%m-%d %H:%M:%S"), now.microsecond() / 1000),
        };
        let program = crate::sys::argv().first().cloned().unwrap_or_default();
        let file = super::path::basename(&program);
        let module = super::path::splitext(&file).0;
        let texts = [
            ("name", record.name.to_owned()),
            ("levelname", level_name(record.level)),
            ("message", record.message.clone()),
            ("asctime", time),
            ("module", module),
            ("filename", file),
            ("pathname", program),
            ("threadName", "MainThread".to_owned()),
            ("processName", "MainProcess".to_owned()),
        ];
        let mut values: Vec<(&str, Value)> =
            texts.iter().map(|(name, text)| (*name, Value::from(text.as_str()))).collect();
        values.push(("levelno", Value::from(record.level)));
        if let Some(field) = ["funcName", "lineno"].into_iter().find(|field| self.format.contains(field)) {
            crate::raise_new(crate::NotImplementedError, format!("log records do not know their {field}"));
        }
        values.push(("process", Value::from(super::os::getpid())));
        match self.style.as_str() {
            "{" => {
                let named: Vec<(&str, &dyn Format)> =
                    values.iter().map(|(name, value)| (*name, value as &dyn Format)).collect();
                crate::str_format(&self.format, &[], &named)
            }
            "$" => values.iter().fold(self.format.clone(), |text, (name, value)| {
                let shown = crate::str(value).to_string();
                text.replace(&format!("${{{name}}}"), &shown).replace(&format!("${name}"), &shown)
            }),
            _ => {
                let named: Vec<(&str, &dyn Format)> =
                    values.iter().map(|(name, value)| (*name, value as &dyn Format)).collect();
                percent_named(&self.format, &named)
            }
        }
    }
}

/// `logging.StreamHandler` and its like: a handle, whose clones are the same handler.
#[derive(Clone)]
pub struct LogHandler(Rc<Handling>);

struct Handling {
    /// None takes everything and writes nothing.
    stream: Option<File>,
    level: Cell<i64>,
    formatter: RefCell<Option<LogFormatter>>,
}

impl LogHandler {
    /// `logging.StreamHandler(stream)`.
    pub fn stream(stream: impl Into<File>) -> LogHandler {
        LogHandler::made(Some(stream.into()))
    }

    /// `logging.StreamHandler()`.
    pub fn stderr() -> LogHandler {
        LogHandler::stream(crate::stderr())
    }

    /// `logging.NullHandler()`.
    pub fn null() -> LogHandler {
        LogHandler::made(None)
    }

    /// `logging.FileHandler(path, mode)`.
    #[track_caller]
    pub fn file(path: impl AsRef<str>, mode: &str) -> Result<LogHandler, Error> {
        crate::open(path, mode).map(LogHandler::stream)
    }

    fn made(stream: Option<File>) -> LogHandler {
        LogHandler(Rc::new(Handling { stream, level: Cell::new(0), formatter: RefCell::new(None) }))
    }

    /// `handler.setLevel(level)`.
    pub fn set_level(&self, level: i64) {
        self.0.level.set(level);
    }

    /// `handler.level`.
    pub fn level(&self) -> i64 {
        self.0.level.get()
    }

    /// `handler.setFormatter(formatter)`.
    pub fn set_formatter(&self, formatter: LogFormatter) {
        *self.0.formatter.borrow_mut() = Some(formatter);
    }

    /// `handler.flush()`.
    #[track_caller]
    pub fn flush(&self) {
        if let Some(stream) = &self.0.stream {
            stream.flush();
        }
    }

    /// `handler.close()`.
    #[track_caller]
    pub fn close(&self) {
        self.flush();
    }

    fn handle(&self, record: &Record<'_>) {
        let Some(stream) = self.0.stream.as_ref().filter(|_| record.level >= self.level()) else { return };
        let plain = || LogFormatter::new(None, None, "%");
        let line = self.0.formatter.borrow().clone().unwrap_or_else(plain).fill(record);
        stream.write(&format!("{line}\n"));
        stream.flush();
    }
}

/// `logging.Logger`: a handle, whose clones are the same logger.
#[derive(Clone)]
pub struct Logger(Rc<Logging>);

struct Logging {
    name: String,
    level: Cell<i64>,
    handlers: RefCell<Vec<LogHandler>>,
    propagates: Cell<bool>,
    disabled: Cell<bool>,
}

/// `logging.getLogger()`.
pub fn root() -> Logger {
    ROOT.with(Clone::clone)
}

/// `logging.getLogger(name)`.
pub fn get_logger(name: &str) -> Logger {
    if name.is_empty() || name == "root" {
        return root();
    }
    if let Some(found) = LOGGERS.with_borrow(|loggers| loggers.get(name).cloned()) {
        return found;
    }
    let logger = Logger::made(name, 0);
    LOGGERS.with_borrow_mut(|loggers| loggers.insert(name.to_owned(), logger.clone()));
    logger
}

/// `logging.disable(level)`.
pub fn disable(level: i64) {
    DISABLED.set(level);
}

/// What `logging.basicConfig(..)` says.
#[derive(Clone, Default)]
pub struct LogConfig {
    /// `level=..`.
    pub level: Option<i64>,
    /// `format=..`.
    pub format: Option<String>,
    /// `datefmt=..`.
    pub date_format: Option<String>,
    /// `style=..`.
    pub style: Option<String>,
    /// `handlers=..`, or one for `stream=..` or `filename=..`.
    pub handlers: Option<Vec<LogHandler>>,
    /// `force=..`.
    pub force: bool,
}

/// `logging.basicConfig(..)`.
pub fn basic_config(config: LogConfig) {
    let root = root();
    if config.force {
        root.0.handlers.borrow_mut().clear();
    }
    if !root.0.handlers.borrow().is_empty() {
        return;
    }
    let style = config.style.unwrap_or_else(|| "%".to_owned());
    let basic = if style == "{" { "{levelname}:{name}:{message}" } else { BASIC_FORMAT };
    let format = config.format.unwrap_or_else(|| basic.to_owned());
    let formatter = LogFormatter::new(Some(format), config.date_format, &style);
    for handler in config.handlers.unwrap_or_else(|| vec![LogHandler::stderr()]) {
        if handler.0.formatter.borrow().is_none() {
            handler.set_formatter(formatter.clone());
        }
        root.add_handler(handler);
    }
    if let Some(level) = config.level {
        root.set_level(level);
    }
}

/// `logging.info(..)` and its like: the root logger, which gets a handler when it has none.
#[track_caller]
pub fn log(level: i64, message: &str, args: &[Value]) {
    if root().0.handlers.borrow().is_empty() {
        basic_config(LogConfig::default());
    }
    root().log(level, message, args);
}

impl Logger {
    fn made(name: &str, level: i64) -> Logger {
        Logger(Rc::new(Logging {
            name: name.to_owned(),
            level: Cell::new(level),
            handlers: RefCell::default(),
            propagates: Cell::new(true),
            disabled: Cell::new(false),
        }))
    }

    /// `logger.name`.
    pub fn name(&self) -> String {
        self.0.name.clone()
    }

    /// `logger.level`.
    pub fn level(&self) -> i64 {
        self.0.level.get()
    }

    /// `logger.parent`.
    pub fn parent(&self) -> Option<Logger> {
        if self.is_root() {
            return None;
        }
        let mut name = self.0.name.as_str();
        while let Some((above, _)) = name.rsplit_once('.') {
            if let Some(found) = LOGGERS.with_borrow(|loggers| loggers.get(above).cloned()) {
                return Some(found);
            }
            name = above;
        }
        Some(root())
    }

    fn is_root(&self) -> bool {
        *self == root()
    }

    /// `logger.setLevel(level)`.
    pub fn set_level(&self, level: i64) {
        self.0.level.set(level);
    }

    /// `logger.propagate`.
    pub fn propagates(&self) -> bool {
        self.0.propagates.get()
    }

    /// `logger.propagate = value`.
    pub fn set_propagate(&self, propagate: bool) {
        self.0.propagates.set(propagate);
    }

    /// `logger.disabled = value`.
    pub fn set_disabled(&self, disabled: bool) {
        self.0.disabled.set(disabled);
    }

    /// `logger.handlers`.
    pub fn handlers(&self) -> Vec<LogHandler> {
        self.0.handlers.borrow().clone()
    }

    /// `logger.addHandler(handler)`.
    pub fn add_handler(&self, handler: LogHandler) {
        let mut handlers = self.0.handlers.borrow_mut();
        if !handlers.contains(&handler) {
            handlers.push(handler);
        }
    }

    /// `logger.removeHandler(handler)`.
    pub fn remove_handler(&self, handler: &LogHandler) {
        self.0.handlers.borrow_mut().retain(|own| own != handler);
    }

    /// `logger.hasHandlers()`.
    pub fn has_handlers(&self) -> bool {
        !self.0.handlers.borrow().is_empty()
            || self.propagates() && self.parent().is_some_and(|parent| parent.has_handlers())
    }

    /// `logger.getChild(name)`.
    pub fn child(&self, name: &str) -> Logger {
        if self.is_root() { get_logger(name) } else { get_logger(&format!("{}.{name}", self.0.name)) }
    }

    /// `logger.getEffectiveLevel()`.
    pub fn effective_level(&self) -> i64 {
        match (self.parent(), self.level()) {
            (Some(parent), 0) => parent.effective_level(),
            (_, level) => level,
        }
    }

    /// `logger.isEnabledFor(level)`.
    pub fn is_enabled_for(&self, level: i64) -> bool {
        !self.0.disabled.get() && level > DISABLED.get() && level >= self.effective_level()
    }

    /// `logger.log(level, message, *args)`.
    #[track_caller]
    pub fn log(&self, level: i64, message: &str, args: &[Value]) {
        if !self.is_enabled_for(level) {
            return;
        }
        let message = match args {
            [] => message.to_owned(),
            // One dict gives its entries by name.
            [one @ Value::Dict(_)] => py::fill(message, one),
            args => py::fill(message, &Value::tuple(args.iter().cloned())),
        };
        let record = Record { name: &self.0.name, level, message };
        let (mut logger, mut found) = (Some(self.clone()), false);
        while let Some(current) = logger {
            let handlers = current.handlers();
            found |= !handlers.is_empty();
            handlers.iter().for_each(|handler| handler.handle(&record));
            logger = if current.propagates() { current.parent() } else { None };
        }
        // The handler of last resort.
        if !found && level >= 30 {
            crate::stderr_write(&format!("{}\n", record.message));
        }
    }
}

impl PartialEq for Logger {
    fn eq(&self, other: &Logger) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl PartialEq for LogHandler {
    fn eq(&self, other: &LogHandler) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Repr for Logger {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = if self.is_root() { "RootLogger" } else { "Logger" };
        write!(f, "<{class} {} ({})>", self.0.name, level_name(self.effective_level()))
    }
}

impl Repr for LogHandler {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<StreamHandler ({})>", level_name(self.level()))
    }
}

impl Repr for LogFormatter {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<logging.Formatter object>")
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }
}

impl fmt::Debug for LogHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }
}

library! {
    [] Logger;
    [] LogHandler;
}

impl Library for Logger {
    const NAME: &'static str = "Logger";
}

impl Library for LogHandler {
    const NAME: &'static str = "StreamHandler";
}
