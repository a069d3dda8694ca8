//! `argparse.Namespace`: what the arguments gave.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::class::AttributeError;
use crate::collections::Dict;
use crate::error::Error;
use crate::repr::{Repr, repr};
use crate::unwind::{OrRaise, raise, raise_new};
use crate::value::{FromValue, Library, Value, library};

/// `argparse.Namespace`: a handle, whose clones are the same object.
#[derive(Clone, Default)]
pub struct Namespace(Rc<RefCell<Dict<String, Held>>>);

#[derive(Clone)]
enum Held {
    Value(Value),
    /// A function, which no value holds.
    Function(Rc<dyn Any>),
}

type Command<T> = Rc<dyn Fn(&Namespace) -> T>;

impl Namespace {
    /// `Namespace()`.
    pub fn new() -> Namespace {
        Namespace::default()
    }

    /// The namespace with one more attribute: `Namespace(name=value)`.
    pub fn with(self, name: &str, value: impl Into<Value>) -> Namespace {
        self.set(name, value);
        self
    }

    /// The namespace with a function of the namespace as attribute: `set_defaults(func=run)`.
    pub fn with_command<T: 'static>(
        self,
        name: &str,
        command: impl Fn(&Namespace) -> T + 'static,
    ) -> Namespace {
        let command: Command<T> = Rc::new(command);
        self.0.borrow_mut().insert(name.to_owned(), Held::Function(Rc::new(command)));
        self
    }

    #[cold]
    #[track_caller]
    fn missing(name: &str) -> Error {
        Error::new(AttributeError, format!("'Namespace' object has no attribute '{name}'"))
    }

    /// `args.name`.
    #[track_caller]
    pub fn get<T: FromValue>(&self, name: &str) -> T {
        match self.value(name) {
            Some(value) => T::from_value(&value).or_raise(),
            None => raise(Namespace::missing(name)),
        }
    }

    /// `args.name(args)` of an attribute that holds a function.
    #[track_caller]
    pub fn run<T: 'static>(&self, name: &str, args: &Namespace) -> T {
        let held = self.0.borrow().get(name).cloned();
        let Some(Held::Function(function)) = held else { raise(Namespace::missing(name)) };
        match function.downcast_ref::<Command<T>>() {
            Some(command) => command(args),
            None => raise_new(crate::TypeError, format!("'{name}' gives another type")),
        }
    }

    /// `args.name = value`.
    pub fn set(&self, name: &str, value: impl Into<Value>) {
        self.0.borrow_mut().insert(name.to_owned(), Held::Value(value.into()));
    }

    /// `hasattr(args, name)`, `name in args`.
    pub fn has(&self, name: &str) -> bool {
        self.0.borrow().contains_key(name)
    }

    /// `vars(args)`.
    pub fn to_dict(&self) -> Dict<String, Value> {
        let held = self.0.borrow();
        let value = |held: &Held| match held {
            Held::Value(value) => value.clone(),
            Held::Function(_) => Value::from("<function>"),
        };
        held.iter().map(|(name, held)| (name.clone(), value(held))).collect()
    }

    pub(super) fn value(&self, name: &str) -> Option<Value> {
        match self.0.borrow().get(name) {
            Some(Held::Value(value)) => Some(value.clone()),
            _ => None,
        }
    }

    /// Takes over what another one has.
    pub(super) fn update(&self, other: &Namespace) {
        for (name, held) in other.0.borrow().iter() {
            self.0.borrow_mut().insert(name.clone(), held.clone());
        }
    }

    /// Takes over what is not there yet.
    pub(super) fn fill(&self, other: &Namespace) {
        for (name, held) in other.0.borrow().iter() {
            if !self.has(name) {
                self.0.borrow_mut().insert(name.clone(), held.clone());
            }
        }
    }
}

impl PartialEq for Namespace {
    fn eq(&self, other: &Namespace) -> bool {
        self.to_dict() == other.to_dict()
    }
}

impl Repr for Namespace {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(name, value): (String, Value)| format!("{name}={}", repr(&value));
        let parts: Vec<String> = self.to_dict().into_iter().map(shown).collect();
        write!(f, "Namespace({})", parts.join(", "))
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }
}

library! {
    [] Namespace;
}

impl Library for Namespace {
    const NAME: &'static str = "Namespace";

    fn attr(&self, name: &str) -> Option<Value> {
        self.value(name)
    }
}
