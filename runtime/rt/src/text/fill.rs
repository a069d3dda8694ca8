//! Padding and character tables.

use crate::class::{TypeError, ValueError};
use crate::collections::Dict;
use crate::unwind::raise_new;

#[track_caller]
pub(super) fn pad(text: &str, left: i64, right: i64, fill: &str, _method: &str) -> String {
    if fill.chars().count() != 1 {
        raise_new(TypeError, "The fill character must be exactly one character long");
    }
    let mut padded = fill.repeat(left as usize);
    padded.push_str(text);
    padded.push_str(&fill.repeat(right as usize));
    padded
}

pub(super) fn zfill(text: &str, width: i64) -> String {
    let missing = width - text.chars().count() as i64;
    let zeros = "0".repeat(usize::try_from(missing).unwrap_or(0));
    match text.strip_prefix(['+', '-']) {
        Some(digits) => format!("{}{zeros}{digits}", &text[..1]),
        None => zeros + text,
    }
}

pub(super) fn expandtabs(text: &str, tabsize: i64) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' if tabsize > 0 => {
                let spaces = tabsize - column % tabsize;
                expanded.extend(std::iter::repeat_n(' ', spaces as usize));
                column += spaces;
            }
            '\t' => {}
            _ => {
                expanded.push(c);
                column = if c == '\n' || c == '\r' { 0 } else { column + 1 };
            }
        }
    }
    expanded
}

pub(super) fn translate(text: &str, table: &Dict<i64, Option<String>>) -> String {
    let mut translated = String::with_capacity(text.len());
    for c in text.chars() {
        match table.get(&i64::from(u32::from(c))) {
            Some(Some(to)) => translated.push_str(to),
            Some(None) => {}
            None => translated.push(c),
        }
    }
    translated
}

/// `str.maketrans(from, to, delete)`; raises `ValueError` unless `from` and `to` are equally long.
#[track_caller]
pub fn maketrans(from: &str, to: &str, delete: &str) -> Dict<i64, Option<String>> {
    if from.chars().count() != to.chars().count() {
        raise_new(ValueError, "the first two maketrans arguments must have equal length");
    }
    let code = |c: char| i64::from(u32::from(c));
    let mut table: Dict<i64, Option<String>> =
        from.chars().zip(to.chars()).map(|(a, b)| (code(a), Some(b.to_string()))).collect();
    table.extend(delete.chars().map(|c| (code(c), None)));
    table
}

/// `str.maketrans(letters)` of a dict with a text, or none, for each letter; raises `ValueError`.
#[track_caller]
pub fn maketrans_of<V: Clone + Into<Option<String>>>(letters: &Dict<String, V>) -> Dict<i64, Option<String>> {
    let code = |text: &str| {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => i64::from(u32::from(c)),
            _ => raise_new(ValueError, "string keys in translate table must be of length 1"),
        }
    };
    letters.iter().map(|(letter, text)| (code(letter), text.clone().into())).collect()
}

/// `string.capwords(text)`.
pub fn capwords(text: &str) -> String {
    use super::PyStr;
    text.split_ws(-1).iter().map(|word| word.capitalize()).collect::<Vec<_>>().join(" ")
}
