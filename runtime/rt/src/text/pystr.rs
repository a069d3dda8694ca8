//! The extension trait on `str`, and the functions around it.

use super::{case, fill, search, split};
use crate::class::{IndexError, TypeError, ValueError};
use crate::collections::Dict;
use crate::list::slice_bounds;
use crate::unicode;
use crate::unwind::raise_new;

/// `ord(c)`; raises `TypeError` for anything but one character.
#[inline]
#[track_caller]
pub fn ord(c: &str) -> i64 {
    let mut chars = c.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => i64::from(u32::from(only)),
        _ => raise_new(
            TypeError,
            format!("ord() expected a character, but string of length {} found", c.chars().count()),
        ),
    }
}

/// `ord(b)` of a single byte; raises `TypeError`.
#[track_caller]
pub fn ord_byte(bytes: &[u8]) -> i64 {
    match bytes {
        [only] => i64::from(*only),
        _ => raise_new(
            TypeError,
            format!("ord() expected a character, but string of length {} found", bytes.len()),
        ),
    }
}

/// `chr(code)`; raises `ValueError` beyond Unicode and for surrogates.
#[inline]
#[track_caller]
pub fn chr(code: i64) -> String {
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(c) => c.to_string(),
        None => raise_new(ValueError, "chr() arg not in range(0x110000)"),
    }
}

/// `separator.join(parts)`.
pub fn join<S: AsRef<str>>(separator: &str, parts: impl IntoIterator<Item = S>) -> String {
    let mut text = String::new();
    for (i, part) in parts.into_iter().enumerate() {
        if i > 0 {
            text.push_str(separator);
        }
        text.push_str(part.as_ref());
    }
    text
}

fn all(text: &str, test: fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(test)
}

/// Python's string methods. Positions count characters; `maxsplit` and `count` below zero mean
/// "all".
pub trait PyStr {
    /// The text itself.
    fn text(&self) -> &str;

    /// `len(s)`.
    #[inline]
    fn char_len(&self) -> i64 {
        let text = self.text();
        (if text.is_ascii() { text.len() } else { text.chars().count() }) as i64
    }

    /// `s[index]`; raises `IndexError`.
    #[inline]
    #[track_caller]
    fn char_at(&self, index: i64) -> &str {
        match search::char_at(self.text(), index) {
            Some(c) => c,
            None => raise_new(IndexError, "string index out of range"),
        }
    }

    /// `s[index]` as a `char`; raises `IndexError`.
    #[inline]
    #[track_caller]
    fn char(&self, index: i64) -> char {
        // `char_at` gives one character.
        self.char_at(index).chars().next().unwrap_or_default()
    }

    /// The characters of `s`, each as text.
    #[inline]
    fn char_iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        let text = self.text();
        text.char_indices().map(move |(at, c)| &text[at..at + c.len_utf8()])
    }

    /// `s[start:stop:step]`.
    #[track_caller]
    fn char_slice(&self, start: Option<i64>, stop: Option<i64>, step: i64) -> String {
        if step == 1 {
            return self.char_view(start, stop).to_owned();
        }
        let text = self.text();
        if text.is_ascii() {
            let bounds = slice_bounds(text.len(), start, stop, step);
            return bounds.positions().map(|at| char::from(text.as_bytes()[at])).collect();
        }
        let chars: Vec<char> = text.chars().collect();
        let bounds = slice_bounds(chars.len(), start, stop, step);
        bounds.positions().map(|at| chars[at]).collect()
    }

    /// `s[start:stop]` without a copy.
    #[inline]
    fn char_view(&self, start: Option<i64>, stop: Option<i64>) -> &str {
        search::view(self.text(), start, stop)
    }

    /// `s.find(sub, start, stop)`: -1 when it is not there.
    fn find_char(&self, sub: &str, start: Option<i64>, stop: Option<i64>) -> i64 {
        search::find(self.text(), sub, start, stop, false).unwrap_or(-1)
    }

    /// `s.rfind(sub, start, stop)`: -1 when it is not there.
    fn rfind_char(&self, sub: &str, start: Option<i64>, stop: Option<i64>) -> i64 {
        search::find(self.text(), sub, start, stop, true).unwrap_or(-1)
    }

    /// `s.index(sub, start, stop)`; raises `ValueError`.
    #[track_caller]
    fn char_index(&self, sub: &str, start: Option<i64>, stop: Option<i64>) -> i64 {
        match search::find(self.text(), sub, start, stop, false) {
            Some(at) => at,
            None => raise_new(ValueError, "substring not found"),
        }
    }

    /// `s.rindex(sub, start, stop)`; raises `ValueError`.
    #[track_caller]
    fn char_rindex(&self, sub: &str, start: Option<i64>, stop: Option<i64>) -> i64 {
        match search::find(self.text(), sub, start, stop, true) {
            Some(at) => at,
            None => raise_new(ValueError, "substring not found"),
        }
    }

    /// `s.count(sub)`: occurrences that do not overlap.
    fn py_count(&self, sub: &str) -> i64 {
        let text = self.text();
        if sub.is_empty() { self.char_len() + 1 } else { text.matches(sub).count() as i64 }
    }

    /// `s.count(sub, start, stop)`.
    fn count_within(&self, sub: &str, start: Option<i64>, stop: Option<i64>) -> i64 {
        search::within(self.text(), start, stop).map_or(0, |(_, part)| part.py_count(sub))
    }

    /// `s.startswith(prefix, start, stop)`.
    fn starts_within(&self, prefix: &str, start: Option<i64>, stop: Option<i64>) -> bool {
        search::within(self.text(), start, stop).is_some_and(|(_, part)| part.starts_with(prefix))
    }

    /// `s.endswith(suffix, start, stop)`.
    fn ends_within(&self, suffix: &str, start: Option<i64>, stop: Option<i64>) -> bool {
        search::within(self.text(), start, stop).is_some_and(|(_, part)| part.ends_with(suffix))
    }

    /// `s.split(maxsplit=..)`: at runs of white space.
    fn split_ws(&self, maxsplit: i64) -> Vec<String> {
        split::ws(self.text(), maxsplit)
    }

    /// The words of `s.split()` as parts of the text.
    #[inline]
    fn split_words(&self) -> impl Iterator<Item = &str> {
        self.text().split(unicode::is_space).filter(|word| !word.is_empty())
    }

    /// `s.rsplit(maxsplit=..)`.
    fn rsplit_ws(&self, maxsplit: i64) -> Vec<String> {
        split::rws(self.text(), maxsplit)
    }

    /// `s.split(sep, maxsplit)`; raises `ValueError` for an empty separator.
    #[track_caller]
    fn split_sep(&self, sep: &str, maxsplit: i64) -> Vec<String> {
        split::sep(self.text(), sep, maxsplit)
    }

    /// `s.rsplit(sep, maxsplit)`; raises `ValueError` for an empty separator.
    #[track_caller]
    fn rsplit_sep(&self, sep: &str, maxsplit: i64) -> Vec<String> {
        split::rsep(self.text(), sep, maxsplit)
    }

    /// `s.splitlines(keepends)`.
    fn py_lines(&self, keepends: bool) -> Vec<String> {
        split::lines(self.text(), keepends)
    }

    /// `s.partition(sep)`; raises `ValueError` for an empty separator.
    #[track_caller]
    fn py_partition(&self, sep: &str) -> (String, String, String) {
        split::check_separator(sep);
        match self.text().split_once(sep) {
            Some((a, b)) => (a.to_owned(), sep.to_owned(), b.to_owned()),
            None => (self.text().to_owned(), String::new(), String::new()),
        }
    }

    /// `s.rpartition(sep)`; raises `ValueError` for an empty separator.
    #[track_caller]
    fn py_rpartition(&self, sep: &str) -> (String, String, String) {
        split::check_separator(sep);
        match self.text().rsplit_once(sep) {
            Some((a, b)) => (a.to_owned(), sep.to_owned(), b.to_owned()),
            None => (String::new(), String::new(), self.text().to_owned()),
        }
    }

    /// `s.strip()`.
    #[inline]
    fn py_strip(&self) -> &str {
        self.text().trim_matches(unicode::is_space)
    }

    /// `s.lstrip()`.
    #[inline]
    fn py_lstrip(&self) -> &str {
        self.text().trim_start_matches(unicode::is_space)
    }

    /// `s.rstrip()`.
    #[inline]
    fn py_rstrip(&self) -> &str {
        self.text().trim_end_matches(unicode::is_space)
    }

    /// `s.strip(chars)`.
    fn strip_chars(&self, chars: &str) -> &str {
        self.text().trim_matches(|c| chars.contains(c))
    }

    /// `s.lstrip(chars)`.
    fn lstrip_chars(&self, chars: &str) -> &str {
        self.text().trim_start_matches(|c| chars.contains(c))
    }

    /// `s.rstrip(chars)`.
    fn rstrip_chars(&self, chars: &str) -> &str {
        self.text().trim_end_matches(|c| chars.contains(c))
    }

    /// `s.removeprefix(prefix)`.
    fn remove_prefix(&self, prefix: &str) -> &str {
        self.text().strip_prefix(prefix).unwrap_or(self.text())
    }

    /// `s.removesuffix(suffix)`.
    fn remove_suffix(&self, suffix: &str) -> &str {
        self.text().strip_suffix(suffix).unwrap_or(self.text())
    }

    /// `s.startswith((a, b, ..))`.
    fn starts_with_any(&self, prefixes: &[impl AsRef<str>]) -> bool {
        prefixes.iter().any(|prefix| self.text().starts_with(prefix.as_ref()))
    }

    /// `s.endswith((a, b, ..))`.
    fn ends_with_any(&self, suffixes: &[impl AsRef<str>]) -> bool {
        suffixes.iter().any(|suffix| self.text().ends_with(suffix.as_ref()))
    }

    /// `s.replace(old, new, count)`.
    fn py_replace(&self, old: &str, new: &str, count: i64) -> String {
        match usize::try_from(count) {
            Ok(count) => self.text().replacen(old, new, count),
            Err(_) => self.text().replace(old, new),
        }
    }

    /// `s * n`.
    fn py_repeat(&self, n: i64) -> String {
        self.text().repeat(usize::try_from(n).unwrap_or(0))
    }

    /// `s.zfill(width)`.
    fn zfill(&self, width: i64) -> String {
        fill::zfill(self.text(), width)
    }

    /// `s.center(width, fill)`; raises `TypeError` unless `fill` is one character.
    #[track_caller]
    fn center(&self, width: i64, fill: &str) -> String {
        let extra = (width - self.char_len()).max(0);
        let left = extra / 2 + (extra & width & 1);
        fill::pad(self.text(), left, extra - left, fill, "center")
    }

    /// `s.ljust(width, fill)`; raises `TypeError` unless `fill` is one character.
    #[track_caller]
    fn ljust(&self, width: i64, fill: &str) -> String {
        fill::pad(self.text(), 0, (width - self.char_len()).max(0), fill, "ljust")
    }

    /// `s.rjust(width, fill)`; raises `TypeError` unless `fill` is one character.
    #[track_caller]
    fn rjust(&self, width: i64, fill: &str) -> String {
        fill::pad(self.text(), (width - self.char_len()).max(0), 0, fill, "rjust")
    }

    /// `s.expandtabs(tabsize)`.
    fn expandtabs(&self, tabsize: i64) -> String {
        fill::expandtabs(self.text(), tabsize)
    }

    /// `s.translate(table)`: code points to text, or to nothing.
    fn translate(&self, table: &Dict<i64, Option<String>>) -> String {
        fill::translate(self.text(), table)
    }

    /// `s.title()`.
    fn py_title(&self) -> String {
        case::title(self.text())
    }

    /// `s.capitalize()`.
    fn capitalize(&self) -> String {
        case::capitalize(self.text())
    }

    /// `s.swapcase()`.
    fn swapcase(&self) -> String {
        case::swapcase(self.text())
    }

    /// `s.casefold()`.
    fn casefold(&self) -> String {
        case::casefold(self.text())
    }

    /// `s.istitle()`.
    fn is_title(&self) -> bool {
        case::is_title(self.text())
    }

    /// `s.isupper()`.
    fn is_upper(&self) -> bool {
        case::is_upper(self.text())
    }

    /// `s.islower()`.
    fn is_lower(&self) -> bool {
        case::is_lower(self.text())
    }

    /// `s.isalpha()`.
    fn is_alpha(&self) -> bool {
        all(self.text(), unicode::is_alpha)
    }

    /// `s.isalnum()`.
    fn is_alnum(&self) -> bool {
        all(self.text(), |c| unicode::is_alpha(c) || unicode::is_numeric(c))
    }

    /// `s.isdigit()`.
    fn is_digit(&self) -> bool {
        all(self.text(), unicode::is_digit)
    }

    /// `s.isdecimal()`.
    fn is_decimal(&self) -> bool {
        all(self.text(), unicode::is_decimal)
    }

    /// `s.isnumeric()`.
    fn is_numeric(&self) -> bool {
        all(self.text(), unicode::is_numeric)
    }

    /// `s.isspace()`.
    fn is_space(&self) -> bool {
        all(self.text(), unicode::is_space)
    }

    /// `s.isprintable()`.
    fn is_printable(&self) -> bool {
        self.text().chars().all(unicode::is_printable)
    }

    /// `s.isascii()`.
    fn py_is_ascii(&self) -> bool {
        self.text().is_ascii()
    }

    /// `s.isidentifier()`.
    fn is_identifier(&self) -> bool {
        let mut chars = self.text().chars();
        chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
            && chars.all(|c| c == '_' || c.is_alphanumeric())
    }
}

impl PyStr for str {
    #[inline]
    fn text(&self) -> &str {
        self
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
