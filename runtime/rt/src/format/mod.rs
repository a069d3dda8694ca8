//! Python's format mini-language, `str.format` and `%`.

mod complex;
mod number;
mod operand;
mod percent;
mod percent_bytes;
mod spec;
mod template;

pub(crate) use number::{Parts, write_parts};
pub(crate) use operand::format_operand_of;
pub use operand::{Format, Operand};
pub(crate) use percent::percent_of_items;
pub use percent::{percent, percent_each, percent_named};
pub use percent_bytes::percent_bytes;
pub(crate) use spec::Spec;
pub use template::{FieldParts, parse_fields, str_format, str_format_with, try_str_format};

use crate::error::Error;
use crate::unwind::OrRaise;

/// `format(value, spec)`; raises `ValueError` for a spec that the type does not know.
#[track_caller]
pub fn format<T: Format + ?Sized>(value: &T, spec: &str) -> String {
    try_format(value, spec).or_raise()
}

/// [`format`] with the error as a value.
#[track_caller]
pub fn try_format<T: Format + ?Sized>(value: &T, spec: &str) -> Result<String, Error> {
    let mut text = String::new();
    value.format_into(spec, &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
