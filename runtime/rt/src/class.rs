//! Exception classes: a name and its base classes, compared by identity.
//!
//! Built-in classes are constants (`rt::ValueError`); programs declare their own with
//! [`exceptions!`](crate::exceptions).

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::{Key, Repr};

/// What a class is made of; lives in a `static`, so its address is its identity.
#[derive(Debug)]
pub struct ClassData {
    /// The name that a traceback prints.
    pub name: &'static str,
    /// What a traceback prints: the name, with its module where that is no program's own.
    pub shown: &'static str,
    /// Direct base classes, in the order of the declaration.
    pub bases: &'static [Class],
}

/// An exception class: a cheap, copyable handle.
#[derive(Clone, Copy)]
pub struct Class(&'static ClassData);

/// What a place of classes starts with.
impl Default for Class {
    fn default() -> Self {
        object
    }
}

impl Class {
    /// The class described by `data`.
    pub const fn new(data: &'static ClassData) -> Self {
        Class(data)
    }

    /// The name that a traceback prints.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// The name with its module, as a traceback prints it.
    pub const fn shown(self) -> &'static str {
        self.0.shown
    }

    /// The direct base classes.
    pub const fn bases(self) -> &'static [Class] {
        self.0.bases
    }

    /// Whether this class is `ancestor` or inherits from it; Python's `issubclass`.
    pub fn is_a(self, ancestor: Class) -> bool {
        self == ancestor || self.0.bases.iter().any(|base| base.is_a(ancestor))
    }

    /// Whether this class is one of several or inherits from one.
    pub fn is_any(self, ancestors: &[Class]) -> bool {
        ancestors.iter().any(|ancestor| self.is_a(*ancestor))
    }
}

impl PartialEq for Class {
    fn eq(&self, other: &Class) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Class {}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl Hash for Class {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.0).hash(state);
    }
}

impl Key for Class {
    fn key_hash(&self) -> u64 {
        std::ptr::from_ref(self.0).addr() as u64
    }

    fn key_eq(&self, other: &Self) -> bool {
        self == other
    }
}

impl Repr for Class {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_shown_short = !self.0.shown.contains('.');
        if is_shown_short && self.is_a(Enum) {
            let kind = if self.is_a(Flag) { "flag" } else { "enum" };
            return write!(f, "<{kind} '{}'>", self.0.shown);
        }
        let is_own = is_shown_short && *self != object && !BUILTIN_CLASSES.contains(self);
        let module = if is_own { "__main__." } else { "" };
        write!(f, "<class '{module}{}'>", self.0.shown)
    }
}

/// What stands behind the last dot.
#[doc(hidden)]
pub const fn last_part(path: &'static str) -> &'static str {
    let bytes = path.as_bytes();
    let mut start = bytes.len();
    while start > 0 && bytes[start - 1] != b'.' {
        start -= 1;
    }
    path.split_at(start).1
}

/// Declares exception classes: `rt::exceptions! { pub ParseError(rt::ValueError); }`.
#[macro_export]
macro_rules! exceptions {
    ($($(#[$meta:meta])* $vis:vis $name:ident ( $($base:expr),* $(,)? ) as $shown:literal;)*) => {
        $(
            $(#[$meta])*
            #[allow(non_upper_case_globals)]
            $vis const $name: $crate::Class = {
                static DATA: $crate::ClassData = $crate::ClassData {
                    name: $crate::last_part($shown),
                    shown: $shown,
                    bases: &[$($base),*],
                };
                $crate::Class::new(&DATA)
            };
        )*
    };
    ($($(#[$meta:meta])* $vis:vis $name:ident ( $($base:expr),* $(,)? );)*) => {
        $(
            $(#[$meta])*
            #[allow(non_upper_case_globals)]
            $vis const $name: $crate::Class = {
                static DATA: $crate::ClassData = $crate::ClassData {
                    name: stringify!($name),
                    shown: stringify!($name),
                    bases: &[$($base),*],
                };
                $crate::Class::new(&DATA)
            };
        )*
    };
}

/// Declares classes that are values: `rt::classes! { Dog(Animal); }`.
#[macro_export]
macro_rules! classes {
    ($($rows:tt)*) => { $crate::exceptions! { $($rows)* } };
}

macro_rules! builtin {
    ($($name:ident ( $($base:ident),* );)*) => {
        crate::exceptions! {
            $(
                #[doc = concat!("Python's `", stringify!($name), "`.")]
                pub $name($($base),*);
            )*
        }
        /// Every built-in class, for look-up by name.
        pub const BUILTIN_CLASSES: &[Class] = &[FrozenInstanceError, $($name),*];
    };
}

crate::exceptions! {
    /// An integer left the 64 bits that it has here. CPython's would have grown, so no handler takes it.
    pub IntegerOverflow() as "OverflowError";
    /// The program reached what could not be translated. No handler takes it.
    pub NotTranslated() as "RuntimeError";
    /// What `pytest.fail` raises.
    pub Failed(BaseException) as "Failed";
    /// `numpy.linalg.LinAlgError`.
    pub LinAlgError(ValueError) as "numpy.linalg.LinAlgError";
    /// `numpy.exceptions.AxisError`.
    pub AxisError(ValueError, IndexError) as "numpy.exceptions.AxisError";
    /// Python's `dataclasses.FrozenInstanceError`.
    pub FrozenInstanceError(AttributeError) as "dataclasses.FrozenInstanceError";
    /// Python's `object`.
    pub object() as "object";
    /// Python's `abc.ABC`.
    pub ABC(object) as "abc.ABC";
    /// Python's `enum.Enum`.
    pub Enum(object) as "enum.Enum";
    /// Python's `enum.Flag`.
    pub Flag(Enum) as "enum.Flag";
}

builtin! {
    BaseException();
    SystemExit(BaseException);
    KeyboardInterrupt(BaseException);
    GeneratorExit(BaseException);
    BaseExceptionGroup(BaseException);
    Exception(BaseException);
    ExceptionGroup(Exception);
    StopIteration(Exception);
    StopAsyncIteration(Exception);
    ArithmeticError(Exception);
    FloatingPointError(ArithmeticError);
    OverflowError(ArithmeticError);
    ZeroDivisionError(ArithmeticError);
    AssertionError(Exception);
    AttributeError(Exception);
    BufferError(Exception);
    EOFError(Exception);
    ImportError(Exception);
    ModuleNotFoundError(ImportError);
    LookupError(Exception);
    IndexError(LookupError);
    KeyError(LookupError);
    MemoryError(Exception);
    NameError(Exception);
    UnboundLocalError(NameError);
    OSError(Exception);
    BlockingIOError(OSError);
    ChildProcessError(OSError);
    ConnectionError(OSError);
    BrokenPipeError(ConnectionError);
    ConnectionAbortedError(ConnectionError);
    ConnectionRefusedError(ConnectionError);
    ConnectionResetError(ConnectionError);
    FileExistsError(OSError);
    FileNotFoundError(OSError);
    InterruptedError(OSError);
    IsADirectoryError(OSError);
    NotADirectoryError(OSError);
    PermissionError(OSError);
    ProcessLookupError(OSError);
    TimeoutError(OSError);
    ReferenceError(Exception);
    RuntimeError(Exception);
    NotImplementedError(RuntimeError);
    RecursionError(RuntimeError);
    SyntaxError(Exception);
    IndentationError(SyntaxError);
    TabError(IndentationError);
    SystemError(Exception);
    TypeError(Exception);
    ValueError(Exception);
    UnicodeError(ValueError);
    UnicodeDecodeError(UnicodeError);
    UnicodeEncodeError(UnicodeError);
    UnicodeTranslateError(UnicodeError);
    Warning(Exception);
    BytesWarning(Warning);
    DeprecationWarning(Warning);
    EncodingWarning(Warning);
    FutureWarning(Warning);
    ImportWarning(Warning);
    PendingDeprecationWarning(Warning);
    ResourceWarning(Warning);
    RuntimeWarning(Warning);
    SyntaxWarning(Warning);
    UnicodeWarning(Warning);
    UserWarning(Warning);
}

/// Whether errors of this class print the repr of their one argument; true of `KeyError`.
pub(crate) fn shows_repr(class: Class) -> bool {
    class.is_a(KeyError)
}
