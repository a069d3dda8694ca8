//! Taking text apart.

use crate::class::ValueError;
use crate::unicode::is_space;
use crate::unwind::raise_new;

#[track_caller]
pub(super) fn check_separator(separator: &str) {
    if separator.is_empty() {
        raise_new(ValueError, "empty separator");
    }
}

fn owned<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    parts.map(str::to_owned).collect()
}

pub(super) fn ws(text: &str, maxsplit: i64) -> Vec<String> {
    if maxsplit < 0 {
        return owned(text.split(is_space).filter(|part| !part.is_empty()));
    }
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() && (parts.len() as i64) < maxsplit {
        let end = rest.find(is_space).unwrap_or(rest.len());
        parts.push(rest[..end].to_owned());
        rest = rest[end..].trim_start_matches(is_space);
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
}

pub(super) fn rws(text: &str, maxsplit: i64) -> Vec<String> {
    if maxsplit < 0 {
        return ws(text, maxsplit);
    }
    let mut parts = Vec::new();
    let mut rest = text.trim_end_matches(is_space);
    while !rest.is_empty() && (parts.len() as i64) < maxsplit {
        let last_space = rest.char_indices().rev().find(|&(_, c)| is_space(c));
        let start = last_space.map_or(0, |(at, c)| at + c.len_utf8());
        parts.push(rest[start..].to_owned());
        rest = rest[..start].trim_end_matches(is_space);
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts.reverse();
    parts
}

#[track_caller]
pub(super) fn sep(text: &str, separator: &str, maxsplit: i64) -> Vec<String> {
    check_separator(separator);
    match usize::try_from(maxsplit) {
        Ok(max) => owned(text.splitn(max.saturating_add(1), separator)),
        Err(_) => owned(text.split(separator)),
    }
}

#[track_caller]
pub(super) fn rsep(text: &str, separator: &str, maxsplit: i64) -> Vec<String> {
    check_separator(separator);
    match usize::try_from(maxsplit) {
        Ok(max) => {
            let mut parts = owned(text.rsplitn(max.saturating_add(1), separator));
            parts.reverse();
            parts
        }
        Err(_) => {
            let mut parts = owned(text.rsplit(separator));
            parts.reverse();
            parts
        }
    }
}

fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn lines(text: &str, keepends: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(ends_line).unwrap_or(rest.len());
        let length = match rest[end..].chars().next() {
            Some('\r') if rest[end..].starts_with("\r\n") => 2,
            Some(c) => c.len_utf8(),
            None => 0,
        };
        let kept = if keepends { end + length } else { end };
        lines.push(rest[..kept].to_owned());
        rest = &rest[end + length..];
    }
    lines
}
