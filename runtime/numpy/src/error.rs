//! NumPy's errors as Python's.

use batuta_rt::{Class, ClassData, Error, Value};

pub use batuta_rt::{AxisError, LinAlgError};

/// What every function gives.
pub type R<T = Value> = Result<T, Error>;

/// What NumPy raises where types do not fit the operation.
#[allow(non_upper_case_globals)]
pub const UfuncTypeError: Class = {
    static DATA: ClassData = ClassData {
        name: "UFuncTypeError",
        shown: "numpy._core._exceptions._UFuncNoLoopError",
        bases: &[batuta_rt::TypeError],
    };
    Class::new(&DATA)
};

/// `a += b` of types that would lose.
#[allow(non_upper_case_globals)]
pub const CastingError: Class = {
    static DATA: ClassData = ClassData {
        name: "UFuncTypeError",
        shown: "numpy._core._exceptions._UFuncOutputCastingError",
        bases: &[UfuncTypeError],
    };
    Class::new(&DATA)
};

#[track_caller]
pub fn value_error(text: impl Into<String>) -> Error {
    Error::new(batuta_rt::ValueError, text)
}

#[track_caller]
pub fn type_error(text: impl Into<String>) -> Error {
    Error::new(batuta_rt::TypeError, text)
}

#[track_caller]
pub fn index_error(text: impl Into<String>) -> Error {
    Error::new(batuta_rt::IndexError, text)
}

/// What cannot be done here: no handler of the program takes it.
#[track_caller]
pub fn not_done(what: impl std::fmt::Display) -> Error {
    Error::new(batuta_rt::NotTranslated, format!("not yet implemented: {what}"))
}

/// The Python error of one of trueno's; in `?`.
pub fn of_trueno(error: &trueno::Error) -> Error {
    let class: Class = match error.python_name() {
        "IndexError" => batuta_rt::IndexError,
        "numpy.exceptions.AxisError" => AxisError,
        "TypeError" => batuta_rt::TypeError,
        "MemoryError" => batuta_rt::MemoryError,
        "numpy.linalg.LinAlgError" => LinAlgError,
        "OSError" => batuta_rt::OSError,
        _ => batuta_rt::ValueError,
    };
    Error::new(class, error.to_string())
}

/// trueno's results as ours.
pub trait Py<T> {
    /// The error as Python's.
    fn py(self) -> R<T>;
}

impl<T> Py<T> for trueno::Result<T> {
    #[track_caller]
    fn py(self) -> R<T> {
        self.map_err(|error| of_trueno(&error))
    }
}
