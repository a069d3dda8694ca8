//! Contexts: precision, rounding, limits, and which signals are raised.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::Decimal;
use crate::class::{ArithmeticError, Class, TypeError, ValueError, ZeroDivisionError};
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::{raise, raise_new};

crate::exceptions! {
    /// `decimal.DecimalException`.
    pub DecimalException(ArithmeticError) as "decimal.DecimalException";
    /// `decimal.Clamped`.
    pub Clamped(DecimalException) as "decimal.Clamped";
    /// `decimal.InvalidOperation`.
    pub InvalidOperation(DecimalException) as "decimal.InvalidOperation";
    /// `decimal.DivisionByZero`.
    pub DivisionByZero(DecimalException, ZeroDivisionError) as "decimal.DivisionByZero";
    /// `decimal.Inexact`.
    pub Inexact(DecimalException) as "decimal.Inexact";
    /// `decimal.Rounded`.
    pub Rounded(DecimalException) as "decimal.Rounded";
    /// `decimal.Subnormal`.
    pub Subnormal(DecimalException) as "decimal.Subnormal";
    /// `decimal.Overflow`.
    pub Overflow(Inexact, Rounded) as "decimal.Overflow";
    /// `decimal.Underflow`.
    pub Underflow(Inexact, Rounded, Subnormal) as "decimal.Underflow";
    /// `decimal.FloatOperation`.
    pub FloatOperation(DecimalException, TypeError) as "decimal.FloatOperation";
}

/// What an operation may signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Condition {
    InvalidOperation,
    ConversionSyntax,
    DivisionImpossible,
    DivisionUndefined,
    FloatOperation,
    DivisionByZero,
    Overflow,
    Underflow,
    Subnormal,
    Inexact,
    Rounded,
    Clamped,
}

/// Every condition in the order in which errors list them.
const CONDITIONS: &[Condition] = &[
    Condition::InvalidOperation,
    Condition::ConversionSyntax,
    Condition::DivisionImpossible,
    Condition::DivisionUndefined,
    Condition::FloatOperation,
    Condition::DivisionByZero,
    Condition::Overflow,
    Condition::Underflow,
    Condition::Subnormal,
    Condition::Inexact,
    Condition::Rounded,
    Condition::Clamped,
];

impl Condition {
    fn bit(self) -> u16 {
        1 << self as u16
    }

    /// The signal that stands for the condition.
    fn class(self) -> Class {
        match self {
            Condition::FloatOperation => FloatOperation,
            Condition::DivisionByZero => DivisionByZero,
            Condition::Overflow => Overflow,
            Condition::Underflow => Underflow,
            Condition::Subnormal => Subnormal,
            Condition::Inexact => Inexact,
            Condition::Rounded => Rounded,
            Condition::Clamped => Clamped,
            _ => InvalidOperation,
        }
    }

    fn is_of(self, class: Class) -> bool {
        self.class() == class
    }

    /// The name of the class that errors list.
    fn name(self) -> &'static str {
        match self {
            Condition::ConversionSyntax => "ConversionSyntax",
            Condition::DivisionImpossible => "DivisionImpossible",
            Condition::DivisionUndefined => "DivisionUndefined",
            other => other.class().name(),
        }
    }
}

/// What has been signalled.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Status(u16);

impl Status {
    pub(super) fn add(&mut self, condition: Condition) {
        self.0 |= condition.bit();
    }

    pub(super) fn has(self, condition: Condition) -> bool {
        self.0 & condition.bit() != 0
    }

    pub(super) fn join(&mut self, other: Status) {
        self.0 |= other.0;
    }

    /// An invalid operation: `NaN`.
    pub(super) fn invalid(&mut self, condition: Condition) -> Decimal {
        self.add(condition);
        Decimal::nan()
    }

    fn of(class: Class) -> Status {
        Status(CONDITIONS.iter().filter(|each| each.is_of(class)).fold(0, |bits, each| bits | each.bit()))
    }
}

/// A way to round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

const ROUNDINGS: &[(&str, Rounding)] = &[
    ("ROUND_UP", Rounding::Up),
    ("ROUND_DOWN", Rounding::Down),
    ("ROUND_CEILING", Rounding::Ceiling),
    ("ROUND_FLOOR", Rounding::Floor),
    ("ROUND_HALF_UP", Rounding::HalfUp),
    ("ROUND_HALF_DOWN", Rounding::HalfDown),
    ("ROUND_HALF_EVEN", Rounding::HalfEven),
    ("ROUND_05UP", Rounding::ZeroFiveUp),
];

impl Rounding {
    /// The rounding called `name`; raises `TypeError`.
    #[track_caller]
    pub(super) fn named(name: &str) -> Rounding {
        match ROUNDINGS.iter().find(|(own, _)| *own == name) {
            Some((_, rounding)) => *rounding,
            None => raise_new(
                TypeError,
                "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
            ),
        }
    }

    fn name(self) -> &'static str {
        ROUNDINGS.iter().find(|(_, own)| *own == self).map_or("", |(name, _)| name)
    }
}

/// The numbers of a context.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) precision: i64,
    pub(super) rounding: Rounding,
    /// `Emin`.
    pub(super) least: i64,
    /// `Emax`.
    pub(super) most: i64,
    pub(super) capitals: bool,
    pub(super) clamp: bool,
    pub(super) traps: Status,
}

impl Settings {
    const DEFAULT: Settings = Settings {
        precision: 28,
        rounding: Rounding::HalfEven,
        least: -999_999,
        most: 999_999,
        capitals: true,
        clamp: false,
        traps: Status(
            1 << Condition::InvalidOperation as u16
                | 1 << Condition::ConversionSyntax as u16
                | 1 << Condition::DivisionImpossible as u16
                | 1 << Condition::DivisionUndefined as u16
                | 1 << Condition::DivisionByZero as u16
                | 1 << Condition::Overflow as u16,
        ),
    };

    /// What CPython may hold at most: conversions that do not round.
    pub(super) const WIDEST: Settings = Settings {
        precision: 999_999_999_999_999_999,
        least: -999_999_999_999_999_999,
        most: 999_999_999_999_999_999,
        ..Settings::DEFAULT
    };

    /// The least exponent of a subnormal number.
    pub(super) fn tiny(&self) -> i64 {
        self.least - self.precision + 1
    }

    /// The largest exponent of a number with all digits.
    pub(super) fn top(&self) -> i64 {
        self.most - self.precision + 1
    }
}

struct Data {
    settings: Cell<Settings>,
    flags: Cell<Status>,
}

/// A decimal context: copies of the handle are the same context.
#[derive(Clone)]
pub struct DecimalContext(Rc<Data>);

thread_local! {
    static CURRENT: RefCell<DecimalContext> = RefCell::new(DecimalContext::default());
}

/// `decimal.getcontext()`.
pub fn getcontext() -> DecimalContext {
    CURRENT.with_borrow(Clone::clone)
}

/// `decimal.setcontext(context)`.
pub fn setcontext(context: &DecimalContext) {
    CURRENT.set(context.clone());
}

/// `with decimal.localcontext(context) as own:`: a copy is current until the guard goes.
pub fn localcontext(context: &DecimalContext) -> LocalContext {
    let own = context.copy();
    LocalContext { before: CURRENT.replace(own.clone()), own }
}

/// The context of a `with` block.
pub struct LocalContext {
    own: DecimalContext,
    before: DecimalContext,
}

impl std::ops::Deref for LocalContext {
    type Target = DecimalContext;

    fn deref(&self) -> &DecimalContext {
        &self.own
    }
}

impl Drop for LocalContext {
    fn drop(&mut self) {
        CURRENT.set(self.before.clone());
    }
}

impl Default for DecimalContext {
    fn default() -> DecimalContext {
        DecimalContext::of(Settings::DEFAULT)
    }
}

impl DecimalContext {
    fn of(settings: Settings) -> DecimalContext {
        DecimalContext(Rc::new(Data { settings: Cell::new(settings), flags: Cell::default() }))
    }

    /// `decimal.Context(prec=.., rounding=..)`.
    #[track_caller]
    pub fn new(precision: i64, rounding: &str) -> DecimalContext {
        let context = DecimalContext::default();
        context.set_prec(precision);
        context.set_rounding(rounding);
        context
    }

    #[inline]
    pub(super) fn settings(&self) -> Settings {
        self.0.settings.get()
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings();
        change(&mut settings);
        self.0.settings.set(settings);
    }

    /// Notes what an operation signalled and raises what is trapped.
    #[inline]
    #[track_caller]
    pub(super) fn signal(&self, status: Status) {
        if status.0 != 0
            && let Some(error) = self.try_signal(status)
        {
            raise(error);
        }
    }

    #[track_caller]
    pub(super) fn try_signal(&self, status: Status) -> Option<Error> {
        let mut flags = self.0.flags.get();
        flags.join(status);
        self.0.flags.set(flags);
        let raised = Status(status.0 & self.settings().traps.0);
        let mut listed = CONDITIONS.iter().filter(|each| raised.has(**each));
        let names: Vec<String> =
            listed.clone().map(|each| format!("<class 'decimal.{}'>", each.name())).collect();
        let first = listed.next()?;
        Some(Error::new(first.class(), format!("[{}]", names.join(", "))))
    }

    /// `context.copy()`.
    #[must_use]
    pub fn copy(&self) -> DecimalContext {
        let copy = DecimalContext::of(self.settings());
        copy.0.flags.set(self.0.flags.get());
        copy
    }

    /// `context.prec`.
    pub fn prec(&self) -> i64 {
        self.settings().precision
    }

    /// `context.prec = precision`; raises `ValueError`.
    #[track_caller]
    pub fn set_prec(&self, precision: i64) {
        if !(1..=999_999_999_999_999_999).contains(&precision) {
            raise_new(ValueError, "valid range for prec is [1, MAX_PREC]");
        }
        self.change(|settings| settings.precision = precision);
    }

    /// `context.rounding`.
    pub fn rounding(&self) -> &'static str {
        self.settings().rounding.name()
    }

    /// `context.rounding = name`; raises `TypeError`.
    #[track_caller]
    pub fn set_rounding(&self, name: &str) {
        let rounding = Rounding::named(name);
        self.change(|settings| settings.rounding = rounding);
    }

    /// `context.Emax`.
    pub fn emax(&self) -> i64 {
        self.settings().most
    }

    /// `context.Emax = exponent`.
    pub fn set_emax(&self, exponent: i64) {
        self.change(|settings| settings.most = exponent);
    }

    /// `context.Emin`.
    pub fn emin(&self) -> i64 {
        self.settings().least
    }

    /// `context.Emin = exponent`.
    pub fn set_emin(&self, exponent: i64) {
        self.change(|settings| settings.least = exponent);
    }

    /// `context.traps[signal]`.
    pub fn traps(&self, signal: Class) -> bool {
        self.settings().traps.0 & Status::of(signal).0 != 0
    }

    /// `context.traps[signal] = on`.
    pub fn set_trap(&self, signal: Class, on: bool) {
        let bits = Status::of(signal).0;
        self.change(|settings| {
            settings.traps.0 = if on { settings.traps.0 | bits } else { settings.traps.0 & !bits };
        });
    }

    /// `context.flags[signal]`.
    pub fn flags(&self, signal: Class) -> bool {
        self.0.flags.get().0 & Status::of(signal).0 != 0
    }

    /// `context.clear_flags()`.
    pub fn clear_flags(&self) {
        self.0.flags.set(Status::default());
    }

    /// `context.clear_traps()`.
    pub fn clear_traps(&self) {
        self.change(|settings| settings.traps = Status::default());
    }

    /// `context.create_decimal(text)`: rounded by the context.
    #[track_caller]
    pub fn create_decimal(&self, number: &Decimal) -> Decimal {
        let mut status = Status::default();
        let result = number.fix(&self.settings(), &mut status);
        self.signal(status);
        result
    }

    /// Runs `operation` with this context as the current one.
    pub fn run<T>(&self, operation: impl FnOnce() -> T) -> T {
        let before = CURRENT.replace(self.clone());
        let guard = LocalContext { own: self.clone(), before };
        let result = operation();
        drop(guard);
        result
    }
}

impl PartialEq for DecimalContext {
    fn eq(&self, other: &DecimalContext) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for DecimalContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }
}

impl Repr for DecimalContext {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        let list = |status: Status| {
            let signals =
                CONDITIONS.iter().filter(|each| status.has(**each) && each.name() == each.class().name());
            signals.map(|each| each.name()).collect::<Vec<_>>().join(", ")
        };
        write!(
            f,
            "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[{}], traps=[{}])",
            settings.precision,
            settings.rounding.name(),
            settings.least,
            settings.most,
            i64::from(settings.capitals),
            i64::from(settings.clamp),
            list(self.0.flags.get()),
            list(settings.traps),
        )
    }
}
