//! Errors: making, testing, the faults of inline checks.

use super::adapt::adapt;
use super::{Site, error_of, rows};
use crate::desc::{ClassDesc, Kind};
use crate::item::{Item, list_word, text_word};
use crate::memory::keep;
use batuta_core::{Ty, TyKind};
use batuta_rt::{self as rt, Arg, Error};
use std::cell::Cell;

/// Faults that compiled code checks for itself, by number.
pub mod code {
    pub const ADD: u64 = 0;
    pub const SUB: u64 = 1;
    pub const MUL: u64 = 2;
    pub const NEG: u64 = 3;
    pub const FLOOR_DIV: u64 = 4;
    pub const FLOOR_MOD: u64 = 5;
    pub const TRUE_DIV: u64 = 6;
    pub const FLOAT_DIV: u64 = 7;
    pub const INDEX: u64 = 8;
    pub const ASSIGN_INDEX: u64 = 9;
    pub const RECURSION: u64 = 10;
    pub const NONE: u64 = 11;
    pub const DIV_OVERFLOW: u64 = 12;
    pub const ABS: u64 = 13;
    pub const DIV: u64 = 14;
    pub const STOPPED: u64 = 15;
}

thread_local! {
    /// Index and length of the list access that is about to fail.
    pub static OUTSIDE: std::cell::Cell<Option<(i64, usize)>> = const { std::cell::Cell::new(None) };
}

pub fn fault(number: u64) -> Error {
    let (class, text) = match number {
        code::ADD => (rt::OverflowError, "integer overflow in addition"),
        code::SUB => (rt::OverflowError, "integer overflow in subtraction"),
        code::MUL => (rt::OverflowError, "integer overflow in multiplication"),
        code::NEG => (rt::OverflowError, "integer overflow in negation"),
        code::DIV_OVERFLOW => (rt::OverflowError, "integer overflow in division"),
        code::ABS => (rt::OverflowError, "integer overflow in negation"),
        code::FLOOR_DIV => (rt::ZeroDivisionError, "integer division or modulo by zero"),
        code::FLOOR_MOD => (rt::ZeroDivisionError, "integer modulo by zero"),
        code::DIV => (rt::ZeroDivisionError, "Division by zero"),
        code::TRUE_DIV => (rt::ZeroDivisionError, "division by zero"),
        code::FLOAT_DIV => (rt::ZeroDivisionError, "float division by zero"),
        code::INDEX => return index_error("list index out of range"),
        code::ASSIGN_INDEX => return index_error("list assignment index out of range"),
        code::STOPPED => return crate::run::stopped(),
        code::RECURSION => (rt::RecursionError, "maximum recursion depth exceeded"),
        _ => (rt::AttributeError, "'NoneType' object has no such attribute"),
    };
    Error::new(class, text)
}

fn index_error(text: &str) -> Error {
    match OUTSIDE.take() {
        Some((index, len)) => Error::outside(text, index, len),
        None => Error::new(rt::IndexError, text),
    }
}

/// What an error of the program's own class carries.
pub struct Payload {
    pub word: u64,
    pub class: &'static ClassDesc,
    args: Vec<Arg>,
    text: Option<String>,
}

impl rt::Exception for Payload {
    fn class(&self) -> rt::Class {
        self.class.error.get().unwrap_or(rt::Exception)
    }
    fn args(&self) -> Vec<Arg> {
        self.args.clone()
    }
    fn text(&self) -> Option<String> {
        self.text.clone()
    }
    fn shown(&self) -> Option<String> {
        let method = self.class.method("__repr__")?;
        let desc = *method.params.first()?;
        Some(super::call_method(method, &[&Item::new(self.word, desc)]).text().to_owned())
    }
}

/// The error of an exception object.
pub fn of_object(object: &Item, args: &[Item]) -> Error {
    let Some(class) = object.class() else {
        return Error::new(rt::TypeError, "exceptions must derive from BaseException");
    };
    let text = own_text(object, class);
    let kept = class
        .field(batuta_base::Name::new("args"))
        .map(|(at, _)| crate::memory::word_at(object.word, at + 1));
    let kept = kept.or_else(|| class.keeps_arguments().then(|| crate::memory::word_at(object.word, 1)));
    let args = match kept {
        Some(kept) if kept != 0 => crate::memory::object::<Vec<Arg>>(&kept).clone(),
        _ => args.iter().map(arg).collect(),
    };
    Error::of(Payload { word: object.word, class, args, text })
}

/// The text of the class's own `__str__`, unless it is that which asks for the error.
fn own_text(object: &Item, class: &ClassDesc) -> Option<String> {
    thread_local! {
        static SHOWN: Cell<u64> = const { Cell::new(0) };
    }
    let method = class.method("__str__").filter(|_| SHOWN.get() != object.word)?;
    let outer = SHOWN.replace(object.word);
    let text = super::call_method(method, &[object]).text().to_owned();
    SHOWN.set(outer);
    Some(text)
}

fn arg(item: &Item) -> Arg {
    let item = item.bare();
    match item.desc.kind {
        Kind::Str => Arg::Str(item.text().to_owned()),
        _ => Arg::of_kind(&item, is_plain(item.desc.ty)),
    }
}

fn is_a(site: &Site, args: &[Item]) -> u64 {
    site.error.is_some_and(|class| error_of(&args[0]).is_a(class)).into()
}

fn make(site: &Site, args: &[Item]) -> u64 {
    if let ("NotTranslated", [why]) = (site.attr.as_str(), args) {
        return keep(Error::new(rt::NotTranslated, format!("not yet implemented: {}", why.text())));
    }
    if site.attr == "KeyError" && args.len() == 1 {
        return keep(Error::with_args(rt::KeyError, [arg(&args[0])]));
    }
    keep(Error::with_args(site.error.unwrap_or(rt::RuntimeError), args.iter().map(arg)))
}

fn assert(_: &Site, args: &[Item]) -> u64 {
    if args[0].truth() {
        return 0;
    }
    rt::raise(match args.get(1) {
        Some(message) => Error::with_args(rt::AssertionError, [arg(message)]),
        None => Error::bare(rt::AssertionError),
    })
}

/// `e.args` of an error or of an exception object.
fn arguments(site: &Site, a: &[Item]) -> u64 {
    let error = match a[0].desc.kind {
        Kind::Class(_) => of_object(&a[0], &[]),
        _ => error_of(&a[0]).clone(),
    };
    if let Kind::List(desc) = site.ret.kind
        && matches!(desc.kind, Kind::Value)
    {
        return list_word(desc, rt::arg_values(error.args()).iter().map(|value| keep(value.clone())));
    }
    let (int, text) = (crate::desc::INT.with(|desc| *desc), crate::desc::TEXT.with(|desc| *desc));
    let item = |arg: &Arg| match arg {
        Arg::Shown { repr, .. } if repr.parse::<i64>().is_ok() => {
            Item::new(repr.parse::<i64>().unwrap_or(0) as u64, int)
        }
        Arg::Shown { repr, .. } if repr == "None" => Item::new(0, crate::desc::UNIT.with(|desc| *desc)),
        Arg::Shown { repr, .. } => {
            rt::raise_new(rt::NotTranslated, format!("the argument {repr} of an exception, beyond its text"))
        }
        arg => Item::new(text_word(rt::str(arg).to_string()), text),
    };
    let items = error.args().iter().map(item);
    match &site.ret.kind {
        Kind::List(desc) => list_word(desc, items.map(|it| adapt(&it, desc)).collect::<Vec<_>>()),
        Kind::Tuple(fields) => {
            let parts = items.zip(fields).map(|(it, desc)| adapt(&it, desc));
            crate::memory::record(&parts.collect::<Vec<_>>())
        }
        _ => crate::memory::record(&items.map(|it| it.word).collect::<Vec<_>>()),
    }
}

/// `class: text` of an attribute as the error that a failed unwrap raises.
fn unwrap_error(attr: &str) -> Error {
    let (class, text) = attr.split_once(": ").unwrap_or(("AttributeError", attr));
    let found = rt::BUILTIN_CLASSES.iter().find(|known| known.name() == class);
    Error::new(found.copied().unwrap_or(rt::AttributeError), text)
}

/// The object of the program that an error carries.
fn payload(site: &Site, args: &[Item]) -> u64 {
    let error = error_of(&args[0]);
    let found = error.payload::<Payload>();
    let Kind::Class(class) = site.ret.kind else { return found.map_or(0, |payload| payload.word) };
    match found.filter(|payload| payload.class.is_a(class.path)) {
        Some(payload) => payload.word,
        None => {
            let words = format!("'{}' object has no such attribute", error.name());
            rt::raise_new(rt::AttributeError, words)
        }
    }
}

rows! {
    "exc.new" => make;
    "exc.assert" => assert;
    "exc.is_a" => is_a;
    "exc.text" => |_, a| text_word(error_of(&a[0]).message());
    "exc.args_text" => |_, a| text_word(match error_of(&a[0]).payload::<Payload>() {
        Some(payload) => rt::Exception::args_text(payload),
        None => error_of(&a[0]).message(),
    });
    "rt.payload" => payload;
    "error.new_args" => |_, a| keep(a.iter().map(arg).collect::<Vec<Arg>>());
    "error.class_name" => |_, a| match a[0].class() {
        Some(class) => text_word(class.path.last()),
        None => text_word(error_of(&a[0]).name()),
    };
    "rt.to_error" => |_, a| {
        let item = a[0].bare().present().map(|item| item.bare());
        match item {
            None => 0,
            Some(item) => match item.desc.kind {
                Kind::Error => item.word,
                Kind::Class(_) => keep(of_object(&item, &[])),
                Kind::Value => match item.value() {
                    rt::Value::Error(error) => keep(error.clone()),
                    _ => rt::raise_new(rt::TypeError, "exceptions must derive from BaseException"),
                },
                _ => rt::raise_new(rt::TypeError, "exceptions must derive from BaseException"),
            },
        }
    };
    "rt.exception_object" => |s, a| {
        let Some(class) = s.class else { return 0 };
        crate::memory::record(&[std::ptr::from_ref(class) as u64, keep(a.iter().map(arg).collect::<Vec<Arg>>())])
    };
    "rt.error_of_object" => |_, a| keep(of_object(&a[0], &a[1..]));
    "rt.unwrap_failed" => |site, _| rt::raise(unwrap_error(&site.attr));
    "rt.exhausted" => |_, _| rt::raise(Error::bare(rt::StopIteration));
    "rt.raise_key" => |_, a| rt::raise(Error::key(&a[0]));
    "error.args" => arguments;
    "error.__cause__" => |_, a| error_of(&a[0]).cause().map_or(0, keep);
    "error.traceback" | "traceback.format_exc" => |_, a| text_word(rt::traceback(error_of(&a[0])));
    "sys.exit" => |_, a| match a.first().map(Item::bare) {
        None => rt::raise(Error::bare(rt::SystemExit)),
        Some(code) => rt::raise(Error::with_args(rt::SystemExit, [arg(&code)])),
    };
    "rt.exit_argument" => |site, a| match a.get(1) {
        Some(error) if a[0].word == 1 => adapt(error, site.ret),
        Some(error) if a[0].word == 0 => match site.ret.kind {
            Kind::Option(_) | Kind::Value => adapt(error, site.ret),
            _ => 0,
        },
        _ => adapt(&Item::new(0, site.ret), site.ret),
    };
}

/// Whether the text of a value tells all that it holds: no object, no dynamic value.
fn is_plain(ty: Ty) -> bool {
    !ty.any(&mut |part| {
        matches!(
            part.kind(),
            TyKind::Class(..) | TyKind::Value | TyKind::Func(..) | TyKind::Lib(..) | TyKind::Error
        )
    })
}
