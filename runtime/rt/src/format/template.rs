//! `str.format`: templates that are read at run time.

use super::operand::{Format, Operand};
use crate::class::{AttributeError, IndexError, KeyError, TypeError, ValueError};
use crate::collections::Dict;
use crate::error::{Arg, Error};
use crate::repr::{ascii, repr, str};
use crate::unwind::OrRaise;
use crate::value::Value;

/// `template.format(*args, **named)`; raises as Python does.
#[track_caller]
pub fn str_format(template: &str, args: &[&dyn Format], named: &[(&str, &dyn Format)]) -> String {
    try_str_format(template, args, named).or_raise()
}

/// `template.format(*args, **named)` with the names of a dict; raises as Python does.
#[track_caller]
pub fn str_format_with<V: Format>(template: &str, named: &Dict<String, V>, args: &[&dyn Format]) -> String {
    let named: Vec<(&str, &dyn Format)> =
        named.iter().map(|(name, value)| (name.as_str(), value as &dyn Format)).collect();
    str_format(template, args, &named)
}

/// [`str_format`] with the error as a value.
#[track_caller]
pub fn try_str_format(
    template: &str,
    args: &[&dyn Format],
    named: &[(&str, &dyn Format)],
) -> Result<String, Error> {
    Filler { args, named, next: Next::Unknown }.fill(template, 2)
}

/// How fields without a name are numbered.
enum Next {
    Unknown,
    Automatic(usize),
    Manual,
}

struct Filler<'a> {
    args: &'a [&'a dyn Format],
    named: &'a [(&'a str, &'a dyn Format)],
    next: Next,
}

#[track_caller]
fn value_error<T>(words: &str) -> Result<T, Error> {
    Err(Error::new(ValueError, words))
}

impl<'a> Filler<'a> {
    #[track_caller]
    fn fill(&mut self, template: &str, depth: u32) -> Result<String, Error> {
        if depth == 0 {
            return value_error("Max string recursion exceeded");
        }
        let mut out = String::with_capacity(template.len() + 16);
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..at + 1];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                out.push_str(brace);
                rest = after;
            } else if brace == "}" {
                return value_error("Single '}' encountered in format string");
            } else if rest.is_empty() {
                return value_error("Single '{' encountered in format string");
            } else {
                let end = field_end(rest)?;
                self.field(&rest[..end], &mut out, depth)?;
                rest = &rest[end + 1..];
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// One field, without its braces: `name!conversion:spec`.
    #[track_caller]
    fn field(&mut self, field: &str, out: &mut String, depth: u32) -> Result<(), Error> {
        let name_end = name_end(field);
        let value = self.value(&field[..name_end])?;
        let mut rest = &field[name_end..];
        let mut conversion = None;
        if let Some(after) = rest.strip_prefix('!') {
            let mut chars = after.chars();
            conversion = chars.next();
            rest = chars.as_str();
            if conversion.is_none() {
                return value_error("unmatched '{' in format spec");
            }
            if !rest.is_empty() && !rest.starts_with(':') {
                return value_error("expected ':' after conversion specifier");
            }
        }
        let spec = rest.strip_prefix(':').unwrap_or(rest);
        let filled;
        let spec = if spec.contains(['{', '}']) {
            filled = self.fill(spec, depth - 1)?;
            filled.as_str()
        } else {
            spec
        };
        let value = value.get();
        match conversion {
            None => value.format_into(spec, out),
            Some('r') => repr(value).to_string().format_into(spec, out),
            Some('s') => str(value).to_string().format_into(spec, out),
            Some('a') => ascii(value).format_into(spec, out),
            Some(other) => value_error(&format!("Unknown conversion specifier {other}")),
        }
    }

    /// The value that a field names, with its attributes and items.
    #[track_caller]
    fn value(&mut self, name: &str) -> Result<Found<'a>, Error> {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut rest) = name.split_at(end);
        let mut value = Found::Lent(self.first(first)?);
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                value = attribute(value, &after[..end])?;
                rest = &after[end..];
            } else if let Some(after) = rest.strip_prefix('[') {
                let Some(end) = after.find(']') else {
                    return value_error("Missing ']' in format string");
                };
                value = item(value, &after[..end])?;
                rest = &after[end + 1..];
            } else {
                return value_error("Only '.' or '[' may follow ']' in format field specifier");
            }
        }
        Ok(value)
    }

    #[track_caller]
    fn first(&mut self, name: &str) -> Result<&'a dyn Format, Error> {
        let index = if name.is_empty() {
            let index = match self.next {
                Next::Unknown => 0,
                Next::Automatic(next) => next,
                Next::Manual => {
                    return value_error(
                        "cannot switch from manual field specification to automatic field numbering",
                    );
                }
            };
            self.next = Next::Automatic(index + 1);
            index
        } else if name.bytes().all(|b| b.is_ascii_digit()) {
            if matches!(self.next, Next::Automatic(_)) {
                return value_error(
                    "cannot switch from automatic field numbering to manual field specification",
                );
            }
            self.next = Next::Manual;
            name.parse().unwrap_or(usize::MAX)
        } else {
            let found = self.named.iter().find(|(key, _)| *key == name);
            return match found {
                Some((_, value)) => Ok(*value),
                None => Err(Error::with_args(KeyError, [Arg::from(name)])),
            };
        };
        match self.args.get(index) {
            Some(value) => Ok(*value),
            None => {
                let words = format!("Replacement index {index} out of range for positional args tuple");
                Err(Error::new(IndexError, words))
            }
        }
    }
}

/// A part of a template: text, and the name, spec and conversion of the field behind it.
pub type FieldParts = (String, Option<String>, Option<String>, Option<String>);

/// `string.Formatter().parse(template)`.
#[track_caller]
pub fn parse_fields(template: &str) -> Result<Vec<FieldParts>, Error> {
    let (mut out, mut text, mut rest) = (Vec::new(), String::new(), template);
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        if !matches!(letter, '{' | '}') {
            text.push(letter);
            continue;
        }
        if let Some(after) = rest.strip_prefix(letter) {
            // A doubled brace ends its part.
            text.push(letter);
            out.push((std::mem::take(&mut text), None, None, None));
            rest = after;
            continue;
        }
        if letter == '}' {
            return value_error("Single '}' encountered in format string");
        }
        let end = field_end(rest)?;
        let field = &rest[..end];
        rest = &rest[end + 1..];
        let cut = field.find(['!', ':']).unwrap_or(field.len());
        let (name, more) = field.split_at(cut);
        let (conversion, spec) = match more.strip_prefix('!') {
            Some(more) => {
                let (conversion, spec) = more.split_once(':').unwrap_or((more, ""));
                (Some(conversion.to_owned()), spec)
            }
            None => (None, more.strip_prefix(':').unwrap_or("")),
        };
        out.push((std::mem::take(&mut text), Some(name.to_owned()), Some(spec.to_owned()), conversion));
    }
    if !text.is_empty() {
        out.push((text, None, None, None));
    }
    Ok(out)
}

/// What a field names: a part of an argument, or a value that was made of it.
enum Found<'a> {
    Lent(&'a dyn Format),
    Made(Value),
}

impl Found<'_> {
    fn get(&self) -> &dyn Format {
        match self {
            Found::Lent(value) => *value,
            Found::Made(value) => value,
        }
    }
}

#[track_caller]
fn attribute<'a>(value: Found<'a>, name: &str) -> Result<Found<'a>, Error> {
    if name.is_empty() {
        return value_error("Empty attribute in format string");
    }
    if let Found::Lent(lent) = value
        && let Some(found) = lent.format_attribute(name)
    {
        return Ok(Found::Lent(found));
    }
    if let Some(made) = value.get().made_attribute(name) {
        return Ok(Found::Made(made));
    }
    let operand = value.get().operand();
    let kind = operand.type_name();
    Err(Error::new(AttributeError, format!("'{kind}' object has no attribute '{name}'")))
}

#[track_caller]
fn item<'a>(value: Found<'a>, key: &str) -> Result<Found<'a>, Error> {
    if key.is_empty() {
        return value_error("Empty attribute in format string");
    }
    if let Found::Lent(lent) = value
        && let Some(found) = lent.format_item(key)
    {
        return Ok(Found::Lent(found));
    }
    let made = match value.get().operand() {
        Operand::Text(text) => Value::from(text).made_item(key),
        _ => value.get().made_item(key),
    };
    if let Some(made) = made {
        return Ok(Found::Made(made));
    }
    Err(match value.get().operand().type_name() {
        "dict" => Error::with_args(KeyError, [Arg::from(key)]),
        kind @ ("list" | "tuple") if key.bytes().all(|b| b.is_ascii_digit()) => {
            Error::new(IndexError, format!("{kind} index out of range"))
        }
        kind @ ("list" | "tuple") => {
            Error::new(TypeError, format!("{kind} indices must be integers or slices, not str"))
        }
        kind => Error::new(TypeError, format!("'{kind}' object is not subscriptable")),
    })
}

/// Where the name of a field ends: at `!` or `:` outside of brackets.
fn name_end(field: &str) -> usize {
    let mut inside = false;
    for (at, c) in field.char_indices() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            '!' | ':' if !inside => return at,
            _ => {}
        }
    }
    field.len()
}

/// The position of the brace that closes a field whose opening brace is gone.
#[track_caller]
fn field_end(text: &str) -> Result<usize, Error> {
    let mut depth = 0;
    let mut brackets = 0;
    let mut in_spec = false;
    for (at, c) in text.char_indices() {
        match c {
            '[' if !in_spec => brackets += 1,
            ']' if !in_spec && brackets > 0 => brackets -= 1,
            ':' | '!' if brackets == 0 => in_spec = true,
            '{' if brackets == 0 => depth += 1,
            '}' if brackets == 0 && depth == 0 => return Ok(at),
            '}' if brackets == 0 => depth -= 1,
            _ => {}
        }
    }
    if in_spec {
        value_error("unmatched '{' in format spec")
    } else {
        value_error("expected '}' before end of string")
    }
}
