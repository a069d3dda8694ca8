//! Python's `string.Template`: `$name` and `${name}` in a text.

use std::fmt;

use crate::class::ValueError;
use crate::collections::{Dict, Key};
use crate::error::Error;
use crate::format::Format;
use crate::repr::{Repr, str};
use crate::value::Value;

/// `string.Template`.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(String);

/// A part of a template.
enum Part<'a> {
    Text(&'a str),
    /// The name, and the text that stands for it.
    Name(&'a str, &'a str),
    /// A `$` that starts nothing, at this byte.
    Stray(usize),
}

fn is_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// The name that a text starts with.
fn name(text: &str) -> Option<&str> {
    let is_part = |c: char| is_start(c) || c.is_ascii_digit();
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text.starts_with(is_start).then(|| &text[..end])
}

impl Template {
    /// `Template(text)`.
    pub fn new(text: &str) -> Template {
        Template(text.to_owned())
    }

    /// `t.template`.
    pub fn template(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let (mut parts, mut rest) = (Vec::new(), self.0.as_str());
        while let Some(at) = rest.find('$') {
            parts.push(Part::Text(&rest[..at]));
            let after = &rest[at + 1..];
            let braced = after.strip_prefix('{').and_then(|inner| {
                let found = name(inner)?;
                inner[found.len()..].starts_with('}').then_some((found, found.len() + 2))
            });
            let length = match braced.or_else(|| name(after).map(|found| (found, found.len()))) {
                _ if after.starts_with('$') => {
                    parts.push(Part::Text("$"));
                    1
                }
                Some((found, length)) => {
                    parts.push(Part::Name(found, &rest[at..at + 1 + length]));
                    length
                }
                None => {
                    parts.push(Part::Stray(self.0.len() - rest.len() + at));
                    0
                }
            };
            rest = &after[length..];
        }
        parts.push(Part::Text(rest));
        parts
    }

    /// `t.substitute(values)`; `KeyError` for a name that has none, `ValueError` for a stray `$`.
    #[track_caller]
    pub fn substitute<K: Key + AsRef<str>, V: Repr>(&self, values: &Dict<K, V>) -> Result<String, Error> {
        let mut out = String::new();
        for part in self.parts() {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(name, _) => match find(values, name) {
                    Some(value) => out.push_str(&value),
                    None => return Err(Error::key(name)),
                },
                Part::Stray(at) => {
                    let before = &self.0[..at];
                    let line = before.matches('\n').count() + 1;
                    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                    let words = format!("Invalid placeholder in string: line {line}, col {column}");
                    return Err(Error::new(ValueError, words));
                }
            }
        }
        Ok(out)
    }

    /// `t.safe_substitute(values)`: what has no value stays.
    pub fn safe_substitute<K: Key + AsRef<str>, V: Repr>(&self, values: &Dict<K, V>) -> String {
        let mut out = String::new();
        for part in self.parts() {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(name, whole) => {
                    out.push_str(&find(values, name).unwrap_or_else(|| whole.to_owned()))
                }
                Part::Stray(_) => out.push('$'),
            }
        }
        out
    }

    /// `t.get_identifiers()`.
    pub fn identifiers(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for part in self.parts() {
            if let Part::Name(name, _) = part
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        }
        names
    }
}

fn find<K: Key + AsRef<str>, V: Repr>(values: &Dict<K, V>, name: &str) -> Option<String> {
    values.iter().find(|(key, _)| key.as_ref() == name).map(|(_, value)| str(value).to_string())
}

impl Repr for Template {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<string.Template object>")
    }
}

/// `string.Formatter()`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldFormatter;

impl FieldFormatter {
    /// `formatter.format(template, *args)`.
    #[track_caller]
    pub fn format(self, template: &str, args: &[Value]) -> String {
        let args: Vec<&dyn Format> = args.iter().map(|value| value as &dyn Format).collect();
        crate::str_format(template, &args, &[])
    }
}

#[cfg(test)]
mod tests {
    use super::Template;
    use crate::collections::Dict;

    #[test]
    fn names_are_replaced() {
        // From CPython 3.11.
        let values = Dict::from([("who".to_owned(), "Ann".to_owned())]);
        let template = Template::new("$who has ${count} items, $$5");
        assert_eq!(template.safe_substitute(&values), "Ann has ${count} items, $5");
        let error = template.substitute(&values).map_err(|error| error.traceback_line());
        assert_eq!(error, Err("KeyError: 'count'".to_owned()));
        let error = Template::new("a\nb $ c").substitute(&values).map_err(|error| error.to_string());
        assert_eq!(error, Err("Invalid placeholder in string: line 2, col 3".to_owned()));
    }
}
