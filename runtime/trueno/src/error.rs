//! What can go wrong, as values. Every message is NumPy's where NumPy has one, and names both
//! shapes and the operation.

use std::fmt;

use crate::dtype::DType;

/// Result of every fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation on arrays was refused. `python_name` tells which Python exception it is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)] // the fields say what they are
pub enum Error {
    /// Two operands whose shapes do not fit the operation.
    ShapeMismatch { op: &'static str, left: Vec<usize>, right: Vec<usize> },
    /// A reshape that would change the number of elements.
    Reshape { size: usize, shape: Vec<isize> },
    /// A buffer whose length is not the product of the shape.
    BufferLength { length: usize, shape: Vec<usize> },
    /// An axis that the array does not have.
    Axis { axis: isize, ndim: usize },
    /// The same axis named twice.
    RepeatedAxis { axis: isize },
    /// An operation that wants another rank.
    Rank { op: &'static str, want: &'static str, got: usize },
    /// An index outside an axis.
    Index { index: isize, axis: usize, size: usize },
    /// More indices than dimensions.
    TooManyIndices { ndim: usize, indices: usize },
    /// A boolean mask that does not match the axis it indexes.
    Mask { axis: usize, size: usize, mask: usize },
    /// A step of zero, or another argument outside its range; the text names it.
    Value(String),
    /// A type that the operation does not take.
    DType { op: &'static str, left: DType, right: Option<DType> },
    /// A reduction without identity over nothing.
    EmptyReduction { op: &'static str },
    /// An array that does not fit in memory.
    OutOfMemory { shape: Vec<usize>, item_size: usize },
    /// A linear-algebra routine that failed: singular matrix, no convergence.
    LinAlg(&'static str),
    /// A file that is not what it says, or that cannot be read.
    Format(String),
    /// Reading or writing failed.
    Io(String),
}

impl Error {
    /// Name of the exception NumPy raises for it.
    pub fn python_name(&self) -> &'static str {
        match self {
            Error::Index { .. } | Error::TooManyIndices { .. } | Error::Mask { .. } => "IndexError",
            Error::Axis { .. } => "numpy.exceptions.AxisError",
            Error::DType { .. } => "TypeError",
            Error::OutOfMemory { .. } => "MemoryError",
            Error::LinAlg(_) => "numpy.linalg.LinAlgError",
            Error::Io(_) => "OSError",
            _ => "ValueError",
        }
    }

    /// A value error with this text.
    pub fn value(text: impl Into<String>) -> Error {
        Error::Value(text.into())
    }

    /// Two shapes that `op` cannot combine.
    pub fn shapes(op: &'static str, left: &[usize], right: &[usize]) -> Error {
        Error::ShapeMismatch { op, left: left.to_vec(), right: right.to_vec() }
    }
}

/// Text of a shape as Python prints the tuple: `(3,)`, `(2, 3)`, `()`.
pub fn shape_text<N: fmt::Display>(shape: &[N]) -> String {
    match shape {
        [one] => format!("({one},)"),
        many => {
            let parts: Vec<String> = many.iter().map(|n| n.to_string()).collect();
            format!("({})", parts.join(", "))
        }
    }
}

/// Text of a shape as NumPy's broadcasting errors print it: `(2,3)`.
fn tight<N: fmt::Display>(shape: &[N]) -> String {
    shape_text(shape).replace(", ", ",")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::ShapeMismatch { op, left, right } => match *op {
                "dot" | "matmul" => {
                    write!(f, "{op}: shapes {} and {} not aligned", tight(left), tight(right))
                }
                _ => {
                    let (left, right) = (tight(left), tight(right));
                    write!(f, "{op}: operands could not be broadcast together with shapes {left} {right} ")
                }
            },
            Error::Reshape { size, shape } => {
                write!(f, "cannot reshape array of size {size} into shape {}", tight(shape))
            }
            Error::BufferLength { length, shape } => {
                write!(f, "a buffer of {length} elements does not fill shape {}", shape_text(shape))
            }
            Error::Axis { axis, ndim } => {
                write!(f, "axis {axis} is out of bounds for array of dimension {ndim}")
            }
            Error::RepeatedAxis { .. } => write!(f, "duplicate value in 'axis'"),
            Error::Rank { op, want, got } => write!(f, "{op}: wants {want}, got {got} dimensions"),
            Error::Index { index, axis, size } => {
                write!(f, "index {index} is out of bounds for axis {axis} with size {size}")
            }
            Error::TooManyIndices { ndim, indices } => write!(
                f,
                "too many indices for array: array is {ndim}-dimensional, but {indices} were indexed"
            ),
            Error::Mask { axis, size, mask } => write!(
                f,
                "boolean index did not match indexed array along axis {axis}; size of axis is {size} \
                 but size of corresponding boolean axis is {mask}"
            ),
            Error::Value(text) | Error::Format(text) | Error::Io(text) => f.write_str(text),
            Error::DType { op, left, right: None } => write!(f, "{op}: not supported for {left}"),
            Error::DType { op, left, right: Some(right) } => {
                write!(f, "{op}: not supported for {left} and {right}")
            }
            Error::EmptyReduction { op } => {
                write!(f, "zero-size array to reduction operation {op} which has no identity")
            }
            Error::OutOfMemory { shape, item_size } => write!(
                f,
                "Unable to allocate an array with shape {} and {item_size} bytes an element",
                shape_text(shape)
            ),
            Error::LinAlg(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

/// Stops with the error as Python would print it; the caller's position is the panic's.
#[track_caller]
#[cold]
pub(crate) fn raise(error: Error) -> ! {
    panic!("{}: {error}", error.python_name())
}
