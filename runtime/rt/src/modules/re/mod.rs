//! Python's `re`: the same matches and the same errors, by backtracking as CPython does it.

mod ast;
mod found;
mod parse;
mod pattern;
mod program;
mod template;

use std::cell::RefCell;

pub use found::Match;
pub use pattern::{Groups, Pattern};

use crate::class::{Exception, ValueError};
use crate::collections::Dict;
use crate::error::Error;
use crate::value::Value;

/// `re.IGNORECASE`.
pub const IGNORECASE: i64 = ast::IGNORECASE;
/// `re.MULTILINE`.
pub const MULTILINE: i64 = ast::MULTILINE;
/// `re.DOTALL`.
pub const DOTALL: i64 = ast::DOTALL;
/// `re.LOCALE`, which no pattern of text can have.
pub const LOCALE: i64 = 4;
/// `re.VERBOSE`.
pub const VERBOSE: i64 = ast::VERBOSE;
/// `re.ASCII`.
pub const ASCII: i64 = ast::ASCII;
/// `re.UNICODE`.
pub const UNICODE: i64 = ast::UNICODE;

crate::exceptions! {
    /// `re.error`.
    pub ReError(Exception) as "re.error";
}

#[track_caller]
fn error(text: &str, at: Option<usize>) -> Error {
    match at {
        Some(at) => Error::new(ReError, format!("{text} at position {at}")),
        None => Error::new(ReError, text),
    }
}

/// `re.escape(text)`.
pub fn escape(text: &str) -> String {
    parse::escape(text)
}

thread_local! {
    /// Patterns that were compiled from text before.
    static COMPILED: RefCell<Dict<(String, i64), Pattern>> = const { RefCell::new(Dict::new()) };
}

const REMEMBERED: usize = 512;

/// `re.compile(pattern, flags)`: remembered, so that a second time costs nothing.
#[track_caller]
pub fn compile(pattern: &str, flags: i64) -> Result<Pattern, Error> {
    let key = (pattern.to_owned(), flags);
    if let Some(known) = COMPILED.with_borrow(|known| known.get(&key).cloned()) {
        return Ok(known);
    }
    if flags & LOCALE != 0 {
        return Err(Error::new(ValueError, "cannot use LOCALE flag with a str pattern"));
    }
    let made = Pattern::new(pattern, flags)?;
    COMPILED.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, made.clone());
    });
    Ok(made)
}

/// `re.match(pattern, text, flags)`.
#[track_caller]
pub fn match_start(pattern: &str, text: &str, flags: i64) -> Result<Option<Match>, Error> {
    Ok(compile(pattern, flags)?.match_start(text))
}

/// `re.search(pattern, text, flags)`.
#[track_caller]
pub fn search(pattern: &str, text: &str, flags: i64) -> Result<Option<Match>, Error> {
    Ok(compile(pattern, flags)?.search(text))
}

/// `re.fullmatch(pattern, text, flags)`.
#[track_caller]
pub fn fullmatch(pattern: &str, text: &str, flags: i64) -> Result<Option<Match>, Error> {
    Ok(compile(pattern, flags)?.fullmatch(text))
}

/// `re.findall(pattern, text, flags)` of a pattern with at most one group.
#[track_caller]
pub fn findall(pattern: &str, text: &str, flags: i64) -> Result<Vec<String>, Error> {
    Ok(compile(pattern, flags)?.findall(text))
}

/// `re.findall(pattern, text, flags)` of a pattern with two groups.
#[track_caller]
pub fn findall_pairs(pattern: &str, text: &str, flags: i64) -> Result<Vec<(String, String)>, Error> {
    Ok(compile(pattern, flags)?.findall_pairs(text))
}

/// `re.findall(pattern, text, flags)` of a pattern with three groups.
#[track_caller]
pub fn findall_triples(
    pattern: &str,
    text: &str,
    flags: i64,
) -> Result<Vec<(String, String, String)>, Error> {
    Ok(compile(pattern, flags)?.findall_triples(text))
}

/// `re.findall(pattern, text, flags)` of a pattern with more than three groups.
#[track_caller]
pub fn findall_tuples<R: Groups>(pattern: &str, text: &str, flags: i64) -> Result<R, Error> {
    Ok(compile(pattern, flags)?.findall_tuples(text))
}

/// `re.finditer(pattern, text, flags)`.
#[track_caller]
pub fn finditer(pattern: &str, text: &str, flags: i64) -> Result<impl Iterator<Item = Match> + use<>, Error> {
    Ok(compile(pattern, flags)?.finditer(text))
}

/// `re.split(pattern, text, maxsplit, flags)`.
#[track_caller]
pub fn split(pattern: &str, text: &str, maxsplit: i64, flags: i64) -> Result<Vec<String>, Error> {
    Ok(compile(pattern, flags)?.split(text, maxsplit))
}

/// `re.sub(pattern, replacement, text, count, flags)`.
#[track_caller]
pub fn sub(pattern: &str, replacement: &str, text: &str, count: i64, flags: i64) -> Result<String, Error> {
    Ok(compile(pattern, flags)?.subn(replacement, text, count)?.0)
}

/// `re.subn(pattern, replacement, text, count, flags)`.
#[track_caller]
pub fn subn(
    pattern: &str,
    replacement: &str,
    text: &str,
    count: i64,
    flags: i64,
) -> Result<(String, i64), Error> {
    compile(pattern, flags)?.subn(replacement, text, count)
}

/// `re.sub(pattern, function, text, count, flags)`.
#[track_caller]
pub fn sub_with(
    pattern: &str,
    replace: impl FnMut(Match) -> String,
    text: &str,
    count: i64,
    flags: i64,
) -> Result<String, Error> {
    Ok(compile(pattern, flags)?.sub_with(replace, text, count))
}

/// `re.subn(pattern, function, text, count, flags)`.
#[track_caller]
pub fn subn_with(
    pattern: &str,
    replace: impl FnMut(Match) -> String,
    text: &str,
    count: i64,
    flags: i64,
) -> Result<(String, i64), Error> {
    Ok(compile(pattern, flags)?.subn_with(replace, text, count))
}

/// `re.sub(pattern, replacement, text, count, flags)`, a text or a function.
#[track_caller]
pub fn sub_value(
    pattern: &str,
    replacement: &Value,
    text: &str,
    count: i64,
    flags: i64,
) -> Result<String, Error> {
    Ok(compile(pattern, flags)?.sub_value(replacement, text, count))
}

#[cfg(test)]
mod tests;
