//! Errors as values: class, arguments, cause, place, and the struct of a user's own class.
//!
//! An [`Error`] is one word, so `Result<i64, Error>` is 16 bytes. Cloning makes an alias, as
//! binding an exception to a second name does in Python.

use std::any::{Any, type_name};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use crate::big::Int;
use crate::class::{Class, IndexError, KeyError, SystemExit, shows_repr};
use crate::handled::Handled;
use crate::io_error::{class_of_args, is_os_error, os_text, split_file};
use crate::repr::{Repr, repr, str};
use crate::tuple::Tuple;
use crate::value::Value;

/// One argument of an exception: its `str` and its `repr` text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// A string; its repr is derived.
    Str(String),
    /// Any other value, kept as text.
    Shown {
        /// Text under `str`.
        str: String,
        /// Text under `repr`.
        repr: String,
        /// Whether the text of a container tells all that it holds.
        is_plain: bool,
    },
}

impl Arg {
    /// The argument that `value` becomes.
    pub fn of<T: Repr + ?Sized>(value: &T) -> Arg {
        let is_plain = value.is_told_by_text() || crate::error_literals::is_plain(type_name::<T>());
        Arg::of_kind(value, is_plain)
    }

    /// The same; `is_plain`: a container of texts, numbers and `None` alone, which its text tells.
    pub fn of_kind<T: Repr + ?Sized>(value: &T, is_plain: bool) -> Arg {
        let (str, shown) = (str(value).to_string(), repr(value).to_string());
        // A dynamic value that is a text.
        if shown.starts_with(['\'', '"']) && repr(&str).to_string() == shown {
            return Arg::Str(str);
        }
        Arg::Shown { str, repr: shown, is_plain }
    }
}

impl Arg {
    /// The argument as a value; what is kept as text alone shows that text.
    pub fn value(&self) -> Value {
        let (text, repr, is_plain) = match self {
            Arg::Str(text) => return Value::from(text.as_str()),
            Arg::Shown { str, repr, is_plain } => (str, repr, *is_plain),
        };
        if let Some(container) = crate::error_literals::container(repr).filter(|_| is_plain) {
            return container;
        }
        if text != repr {
            return crate::error_args::shown(text, repr);
        }
        match repr.as_str() {
            "None" => Value::None,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            _ => match (repr.parse::<Int>(), repr.parse::<f64>()) {
                (Ok(number), _) => Value::Int(number),
                (_, Ok(number)) => Value::Float(number),
                _ => crate::error_args::shown(text, repr),
            },
        }
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Arg {
        Arg::Str(text.to_owned())
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Arg {
        Arg::Str(text.clone())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Arg {
        Arg::Str(text)
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Arg {
        Arg::of(&number)
    }
}

impl Repr for Arg {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arg::Str(text) => text.fmt_repr(f),
            Arg::Shown { repr, .. } => f.write_str(repr),
        }
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arg::Str(text) => f.write_str(text),
            Arg::Shown { str, .. } => f.write_str(str),
        }
    }
}

/// A struct of a program that is raised: `class ParseError(ValueError)` with fields.
pub trait Exception: Any {
    /// The class that handlers match.
    fn class(&self) -> Class;

    /// The arguments of `e.args`; they make the text unless [`Exception::text`] does.
    fn args(&self) -> Vec<Arg> {
        Vec::new()
    }

    /// `Exception.__str__(e)`, whatever the class between them says.
    fn plain_text(&self) -> String {
        plain_text(self.class(), &self.args())
    }

    /// The text of the program's own `__str__`.
    fn text(&self) -> Option<String> {
        None
    }

    /// The text of the program's own `__repr__`.
    fn shown(&self) -> Option<String> {
        None
    }

    /// The text of the arguments: what `BaseException.__str__` gives.
    fn args_text(&self) -> String {
        ArgsOf { class: self.class(), args: &self.args() }.to_string()
    }

    /// Writes `str(self)`.
    fn write_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().unwrap_or_else(|| self.args_text()))
    }

    /// Writes `repr(self)`.
    fn write_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shown() {
            Some(text) => f.write_str(&text),
            None => write_call(self.class(), &split_file(self.class(), self.args()).0, f),
        }
    }
}

fn plain_text(class: Class, args: &[Arg]) -> String {
    match args {
        [one] => str(one).to_string(),
        args => ArgsOf { class, args }.to_string(),
    }
}

/// `ValueError('text')`.
fn write_call(class: Class, args: &[Arg], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(class.name())?;
    fmt_args(args, f)
}

/// The arguments of an exception, shown as the text of it.
struct ArgsOf<'a> {
    class: Class,
    args: &'a [Arg],
}

impl fmt::Display for ArgsOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.args {
            [] => Ok(()),
            [one] if shows_repr(self.class) => one.fmt_repr(f),
            [one] => one.fmt_str(f),
            many if is_os_error(self.class, many) => f.write_str(&os_text(many)),
            many => fmt_args(many, f),
        }
    }
}

/// Where an error began: a place in the emitted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Path as the compiler saw it.
    pub file: Cow<'static, str>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl From<&'static Location<'static>> for Place {
    fn from(location: &'static Location<'static>) -> Place {
        Place { file: Cow::Borrowed(location.file()), line: location.line(), column: location.column() }
    }
}

/// What an index that no item has was, and how many items there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The index, as the program gave it.
    pub index: i64,
    /// The length of the list.
    pub len: usize,
}

struct Inner {
    class: Class,
    args: Vec<Arg>,
    /// The text of an `OSError`.
    text: Option<String>,
    /// What the program's own struct says of itself, each time somebody asks.
    own: Option<Own>,
    /// The file of an `OSError`.
    file: Option<String>,
    payload: Option<Box<dyn Any>>,
    cause: RefCell<Option<Error>>,
    /// What was handled when this was raised, and whether `from` hides it.
    context: RefCell<(Option<Error>, bool)>,
    notes: RefCell<Vec<String>>,
    place: RefCell<Option<Place>>,
}

/// `__str__` and `__repr__` of a struct of the program.
#[derive(Clone, Copy)]
struct Own {
    text: fn(&dyn Any) -> Option<String>,
    shown: fn(&dyn Any) -> Option<String>,
}

impl Own {
    fn of<E: Exception>() -> Own {
        Own {
            text: |any| any.downcast_ref::<E>().and_then(E::text),
            shown: |any| any.downcast_ref::<E>().and_then(E::shown),
        }
    }
}

impl Inner {
    fn new(class: Class, args: Vec<Arg>, place: Option<Place>) -> Inner {
        Inner {
            class,
            args,
            text: None,
            own: None,
            file: None,
            payload: None,
            cause: RefCell::new(None),
            context: RefCell::new((crate::handled::current(), false)),
            notes: RefCell::new(Vec::new()),
            place: RefCell::new(place),
        }
    }
}

/// A raised exception.
#[derive(Clone)]
pub struct Error(Rc<Inner>);

impl Error {
    fn build(class: Class, args: Vec<Arg>, place: Option<Place>) -> Error {
        Error(Rc::new(Inner::new(class, args, place)))
    }

    /// `class("text")`.
    #[track_caller]
    #[cold]
    pub fn new(class: Class, text: impl Into<String>) -> Error {
        Error::build(class, vec![Arg::Str(text.into())], Some(Location::caller().into()))
    }

    /// An `IndexError` that knows the index and how many items there are.
    #[track_caller]
    #[cold]
    pub fn outside(text: &str, index: i64, len: usize) -> Error {
        Error::outside_at(text, Outside { index, len }, Some(Location::caller().into()))
    }

    /// `class()`: no arguments, no text.
    #[track_caller]
    #[cold]
    pub fn bare(class: Class) -> Error {
        Error::build(class, Vec::new(), Some(Location::caller().into()))
    }

    /// `class(a, b, ..)`.
    #[track_caller]
    #[cold]
    pub fn with_args(class: Class, args: impl IntoIterator<Item = Arg>) -> Error {
        let args: Vec<Arg> = args.into_iter().collect();
        let place = Some(Location::caller().into());
        if !is_os_error(class, &args) {
            return Error::build(class, args, place);
        }
        let class = class_of_args(class, &args);
        let text = Some(os_text(&args));
        let (args, file) = split_file(class, args);
        Error(Rc::new(Inner { text, file, ..Inner::new(class, args, place) }))
    }

    /// The `KeyError` of a missing key.
    #[track_caller]
    #[cold]
    pub fn key<K: Repr + ?Sized>(key: &K) -> Error {
        Error::with_args(KeyError, [Arg::of(key)])
    }

    /// The error that carries a program's own struct.
    #[track_caller]
    #[cold]
    pub fn of<E: Exception>(exception: E) -> Error {
        let (class, args) = (exception.class(), exception.args());
        let is_file_error = args.len() > 2 && is_os_error(class, &args);
        let text = is_file_error.then(|| os_text(&args));
        let (args, file) = split_file(class, args);
        Error(Rc::new(Inner {
            text,
            own: Some(Own::of::<E>()),
            file,
            payload: Some(Box::new(exception)),
            ..Inner::new(class, args, Some(Location::caller().into()))
        }))
    }

    /// What the program's own struct says now.
    fn own_text(&self, which: impl Fn(&Own) -> fn(&dyn Any) -> Option<String>) -> Option<String> {
        let payload = self.0.payload.as_deref()?;
        which(self.0.own.as_ref()?)(payload)
    }

    /// `e.filename` of an `OSError`.
    pub(crate) fn file(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    pub(crate) fn outside_at(text: &str, outside: Outside, place: Option<Place>) -> Error {
        let mut inner = Inner::new(IndexError, vec![Arg::Str(text.to_owned())], place);
        inner.payload = Some(Box::new(outside));
        Error(Rc::new(inner))
    }

    pub(crate) fn at_place(class: Class, text: Option<String>, place: Option<Place>) -> Error {
        Error::build(class, text.map(Arg::Str).into_iter().collect(), place)
    }

    /// The class.
    pub fn class(&self) -> Class {
        self.0.class
    }

    /// Whether `except class` would match.
    pub fn is_a(&self, class: Class) -> bool {
        self.0.class.is_a(class)
    }

    /// The name of the class: `type(e).__name__`.
    pub fn name(&self) -> &'static str {
        self.0.class.name()
    }

    /// `e.args`.
    pub fn args(&self) -> &[Arg] {
        &self.0.args
    }

    /// `str(e)`.
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// The program's own struct, when this error carries one of type `E`.
    pub fn payload<E: Any>(&self) -> Option<&E> {
        self.0.payload.as_ref()?.downcast_ref()
    }

    /// The program's own struct that this error carries; `AttributeError` where it carries another.
    pub fn data<E: Any>(&self) -> &E {
        self.payload().unwrap_or_else(|| {
            crate::raise_new(
                crate::class::AttributeError,
                format!("'{}' object has no such attribute", self.name()),
            )
        })
    }

    /// Sets the cause: `raise self from cause`.
    #[must_use]
    pub fn from_cause(self, cause: Error) -> Error {
        *self.0.cause.borrow_mut() = Some(cause);
        self.from_none()
    }

    /// `raise self from None`.
    #[must_use]
    pub fn from_none(self) -> Error {
        self.0.context.borrow_mut().1 = true;
        self
    }

    /// The error that is raised now: its context is what is handled.
    #[must_use]
    pub fn in_context(self) -> Error {
        self.while_handled(crate::handled::current())
    }

    /// An error that is only made: it has a context when it is raised.
    #[must_use]
    pub fn out_of_context(self) -> Error {
        self.0.context.borrow_mut().0 = None;
        self
    }

    /// The error that is raised while `handled` is.
    #[must_use]
    pub(crate) fn while_handled(self, handled: Option<Error>) -> Error {
        if let Some(handled) = handled.filter(|handled| !self.ptr_eq(handled)) {
            // A chain that comes back to this error ends before it.
            let mut link = handled.clone();
            while let Some(next) = link.context() {
                if next.ptr_eq(&self) {
                    link.0.context.borrow_mut().0 = None;
                    break;
                }
                link = next;
            }
            self.0.context.borrow_mut().0 = Some(handled);
        }
        self
    }

    /// This error is handled as long as the guard lives: what is raised meanwhile has it as context.
    #[must_use]
    pub fn handled(&self) -> Handled {
        Handled::new(self.clone())
    }

    /// `e.__context__`.
    pub fn context(&self) -> Option<Error> {
        self.0.context.borrow().0.clone()
    }

    /// `e.__suppress_context__`.
    pub fn suppresses_context(&self) -> bool {
        self.0.context.borrow().1
    }

    /// `e.__cause__`.
    pub fn cause(&self) -> Option<Error> {
        self.0.cause.borrow().clone()
    }

    /// Where the error began.
    pub fn place(&self) -> Option<Place> {
        self.0.place.borrow().clone()
    }

    /// Says where the error began: a place of the source, where the code was not emitted as Rust.
    pub fn set_place(&self, place: Place) {
        *self.0.place.borrow_mut() = Some(place);
    }

    /// Where the exception object lies.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }

    /// Whether both names hold the same exception object.
    pub fn ptr_eq(&self, other: &Error) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The exit status that this error ends the process with: `SystemExit`'s code, else 1.
    pub fn exit_code(&self) -> i32 {
        if !self.is_a(SystemExit) {
            return 1;
        }
        match self.args() {
            [] => 0,
            [Arg::Shown { repr, .. }] if repr == "None" => 0,
            [Arg::Shown { repr, .. }] => repr.parse().map_or(1, |code: i64| (code & 0xff) as i32),
            _ => 1,
        }
    }

    /// `e.args` as values.
    pub fn arg_values(&self) -> Tuple<Value> {
        crate::error_args::arg_values(self.args())
    }

    /// `e.code` of `SystemExit`.
    pub fn code(&self) -> Value {
        self.args().first().map_or(Value::None, Arg::value)
    }

    /// `e.value` of `StopIteration`: what the generator returned.
    #[track_caller]
    pub fn stop_value(&self) -> Value {
        if !self.is_a(crate::class::StopIteration) {
            let text = format!("'{}' object has no attribute 'value'", self.name());
            crate::raise_new(crate::class::AttributeError, text);
        }
        self.args().first().map_or(Value::None, Arg::value)
    }

    /// `e.add_note(note)`.
    pub fn add_note(&self, note: &str) {
        self.0.notes.borrow_mut().push(note.to_owned());
    }

    /// `e.__notes__`.
    pub fn notes(&self) -> Vec<String> {
        self.0.notes.borrow().clone()
    }

    /// The last line of a traceback: `ValueError: text`, or the bare name.
    pub fn traceback_line(&self) -> String {
        let text = self.to_string();
        let shown = self.0.class.shown();
        if text.is_empty() { shown.to_owned() } else { format!("{shown}: {text}") }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.own_text(|own| own.text) {
            return f.write_str(&text);
        }
        if let Some(text) = &self.0.text {
            return f.write_str(text);
        }
        ArgsOf { class: self.class(), args: self.args() }.fmt(f)
    }
}

/// Two exceptions are equal when they are one object.
impl PartialEq for Error {
    fn eq(&self, other: &Error) -> bool {
        self.ptr_eq(other)
    }
}

impl Eq for Error {}

fn fmt_args(args: &[Arg], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("(")?;
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        arg.fmt_repr(f)?;
    }
    f.write_str(")")
}

impl Repr for Error {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.own_text(|own| own.shown) {
            Some(text) => f.write_str(&text),
            None => write_call(self.class(), self.args(), f),
        }
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }
}

impl std::error::Error for Error {}

impl<E: Exception> From<E> for Error {
    #[track_caller]
    fn from(exception: E) -> Error {
        Error::of(exception)
    }
}

impl From<std::io::Error> for Error {
    #[track_caller]
    fn from(error: std::io::Error) -> Error {
        crate::io_error::from_io(&error, None)
    }
}

/// What a fallible function of a translated program returns.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;
