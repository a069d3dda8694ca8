//! Diagnostic codes of C.

use batuta_base::Code;

/// A directive or a macro call is malformed, or `#error` stands on a line that is read.
pub const PREPROCESSOR: Code = Code::error("B0601", "preprocessor error");
/// Neither the project nor the bundled headers of the C library have the file.
pub const MISSING_HEADER: Code = Code::error("B0602", "missing header");
/// The text is no C11 with the usual GNU extensions.
pub const SYNTAX: Code = Code::error("B0603", "syntax error in C");
/// A name has no declaration.
pub const UNDECLARED: Code = Code::error("B0604", "undeclared name");
/// An operand has a type that the operation does not take.
pub const TYPE: Code = Code::error("B0605", "operand of a wrong type");
/// The construct has no translation yet: it becomes a `todo!` that stops the program when it is reached.
pub const UNSUPPORTED: Code = Code::warning("B0606", "no translation from C yet");
/// Neither the project nor the library has a definition: a call of it becomes a `todo!`.
pub const UNDEFINED: Code = Code::warning("B0607", "function or object without a definition");
/// `long double` has 64 bits here: digits beyond those of `double` differ.
pub const LONG_DOUBLE: Code = Code::warning("B0608", "`long double` becomes `f64`");
/// gcc calculates with bit-fields of more than 32 bits in the width of the field; here it is that of their type.
pub const WIDE_BITS: Code = Code::warning("B0609", "arithmetic on a wide bit-field");
