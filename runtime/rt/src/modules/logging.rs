//! Python's `logging`: loggers, handlers, formatters.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::log_record::{LogFormatter, LogRecord, level_name};
use crate::collections::Dict;
use crate::error::Error;
use crate::file::File;
use crate::repr::Repr;
use crate::value::{Library, Value, held, library, py};

thread_local! {
    static ROOT: Logger = Logger::made("root", 30);
    static LOGGERS: RefCell<Dict<String, Logger>> = const { RefCell::new(Dict::new()) };
    static DISABLED: Cell<i64> = const { Cell::new(0) };
}

const BASIC_FORMAT: &str = "%(levelname)s:%(name)s:%(message)s";

/// `logging.StreamHandler` and its like: a handle, whose clones are the same handler.
#[derive(Clone)]
pub struct LogHandler(Rc<Handling>);

struct Handling {
    target: Target,
    level: Cell<i64>,
    format: RefCell<Option<Formatting>>,
    filters: Filters,
}

/// Where a handler's records go.
enum Target {
    /// Nowhere.
    Nothing,
    Stream(File),
    /// To a handler of the program.
    Program(Rc<dyn Fn(&LogRecord)>),
}

/// How a handler writes a record.
#[derive(Clone)]
enum Formatting {
    Plain(LogFormatter),
    /// As a formatter of the program does.
    Program(Rc<dyn Fn(&LogRecord) -> String>),
}

type Filter = Rc<dyn Fn(&LogRecord) -> bool>;

/// Functions that a record passes before it is taken.
#[derive(Default)]
struct Filters(RefCell<Vec<Filter>>);

impl Filters {
    fn add(&self, filter: impl Fn(&LogRecord) -> bool + 'static) {
        self.0.borrow_mut().push(Rc::new(filter));
    }

    fn pass(&self, record: &LogRecord) -> bool {
        let filters = self.0.borrow().clone();
        filters.iter().all(|filter| filter(record))
    }
}

impl LogHandler {
    /// `logging.StreamHandler(stream)`.
    pub fn stream(stream: impl Into<File>) -> LogHandler {
        LogHandler::made(Target::Stream(stream.into()))
    }

    /// `logging.StreamHandler()`.
    pub fn stderr() -> LogHandler {
        LogHandler::stream(crate::stderr())
    }

    /// `logging.NullHandler()`.
    pub fn null() -> LogHandler {
        LogHandler::made(Target::Nothing)
    }

    /// A handler of the program.
    pub fn calling(handle: impl Fn(&LogRecord) + 'static) -> LogHandler {
        LogHandler::made(Target::Program(Rc::new(handle)))
    }

    /// `logging.FileHandler(path, mode)`.
    #[track_caller]
    pub fn file(path: impl AsRef<str>, mode: &str) -> Result<LogHandler, Error> {
        crate::open(path, mode).map(LogHandler::stream)
    }

    /// A handler that is a dynamic value: the library's or the program's.
    pub fn of_value(handler: Value) -> LogHandler {
        let own = held::<LogHandler>(&handler).cloned();
        own.unwrap_or_else(|| {
            LogHandler::calling(move |record| drop(py::call(&handler, &[Value::from(record.clone())])))
        })
    }

    fn made(target: Target) -> LogHandler {
        let (level, format, filters) = (Cell::new(0), RefCell::new(None), Filters::default());
        LogHandler(Rc::new(Handling { target, level, format, filters }))
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
        *self.0.format.borrow_mut() = Some(Formatting::Plain(formatter));
    }

    /// `handler.setFormatter(formatter)` of a formatter of the program.
    pub fn set_format(&self, format: impl Fn(&LogRecord) -> String + 'static) {
        *self.0.format.borrow_mut() = Some(Formatting::Program(Rc::new(format)));
    }

    /// `handler.addFilter(filter)`.
    pub fn add_filter(&self, filter: impl Fn(&LogRecord) -> bool + 'static) {
        self.0.filters.add(filter);
    }

    /// `handler.format(record)`.
    #[track_caller]
    pub fn format(&self, record: &LogRecord) -> String {
        let format = self.0.format.borrow().clone();
        match format {
            Some(Formatting::Plain(formatter)) => formatter.format(record),
            Some(Formatting::Program(format)) => format(record),
            None => record.message_with_error(),
        }
    }

    /// `handler.flush()`.
    #[track_caller]
    pub fn flush(&self) {
        if let Target::Stream(stream) = &self.0.target {
            stream.flush();
        }
    }

    /// `handler.close()`.
    #[track_caller]
    pub fn close(&self) {
        self.flush();
    }

    fn handle(&self, record: &LogRecord) {
        if record.level() < self.level() || !self.0.filters.pass(record) {
            return;
        }
        match &self.0.target {
            Target::Nothing => {}
            Target::Program(handle) => handle(record),
            Target::Stream(stream) => {
                record.may_hide_error(stream.is_stderr());
                stream.write(&format!("{}\n", self.format(record)));
                stream.flush();
            }
        }
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
    filters: Filters,
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
        if handler.0.format.borrow().is_none() {
            handler.set_formatter(formatter.clone());
        }
        root.add_handler(handler);
    }
    if let Some(level) = config.level {
        root.set_level(level);
    }
}

/// `logging.exception(..)`.
#[track_caller]
pub fn log_error(message: &str, args: &[Value]) {
    if root().0.handlers.borrow().is_empty() {
        basic_config(LogConfig::default());
    }
    root().log_error(message, args);
}

/// `logging.error(.., exc_info=is_held)` and its like.
#[track_caller]
pub fn log_held(level: i64, message: &str, is_held: bool, args: &[Value]) {
    if root().0.handlers.borrow().is_empty() {
        basic_config(LogConfig::default());
    }
    root().log_held(level, message, is_held, args);
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
            filters: Filters::default(),
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
        self.handle(&LogRecord::new(&self.0.name, level, Value::from(message), args));
    }

    /// `logger.exception(message, *args)`: the traceback follows the message.
    #[track_caller]
    pub fn log_error(&self, message: &str, args: &[Value]) {
        if self.is_enabled_for(40) {
            let record = LogRecord::new(&self.0.name, 40, Value::from(message), args);
            record.hold_error();
            self.handle(&record);
        }
    }

    /// `logger.error(message, *args, exc_info=is_held)` and its like.
    #[track_caller]
    pub fn log_held(&self, level: i64, message: &str, is_held: bool, args: &[Value]) {
        if self.is_enabled_for(level) {
            let record = LogRecord::new(&self.0.name, level, Value::from(message), args);
            if is_held {
                record.hold_error();
            }
            self.handle(&record);
        }
    }

    /// `logger.log(level, message, *args, extra=extra)`.
    #[track_caller]
    pub fn log_extra(&self, level: i64, message: &str, extra: &Dict<String, Value>, args: &[Value]) {
        if self.is_enabled_for(level) {
            let record = LogRecord::new(&self.0.name, level, Value::from(message), args);
            extra.iter().for_each(|(name, value)| record.set_attr(name, value.clone()));
            self.handle(&record);
        }
    }

    /// `logger.addFilter(filter)`.
    pub fn add_filter(&self, filter: impl Fn(&LogRecord) -> bool + 'static) {
        self.0.filters.add(filter);
    }

    /// `logger.handle(record)`: this logger's handlers and those above it take the record.
    pub fn handle(&self, record: &LogRecord) {
        if self.0.disabled.get() || !self.0.filters.pass(record) {
            return;
        }
        let (mut logger, mut found) = (Some(self.clone()), false);
        while let Some(current) = logger {
            let handlers = current.handlers();
            found |= !handlers.is_empty();
            handlers.iter().for_each(|handler| handler.handle(record));
            logger = if current.propagates() { current.parent() } else { None };
        }
        // The handler of last resort.
        if !found && record.level() >= 30 {
            crate::stderr_write(&format!("{}\n", record.message()));
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

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("setLevel", [level]) => self.set_level(level.to()),
            ("addFilter", [filter]) => {
                let filter = filter.clone();
                self.add_filter(move |record| py::call(&filter, &[Value::from(record.clone())]).is_true());
            }
            ("setFormatter", [formatter]) => self.set_formatter(formatter.try_to().ok()?),
            _ => return None,
        }
        Some(Ok(Value::None))
    }
}
