//! Positions in text, by character.

use crate::list::slice_bounds;

/// The character at a possibly negative index.
#[inline]
pub(super) fn char_at(text: &str, index: i64) -> Option<&str> {
    if index < 0 {
        let back = usize::try_from(-(index + 1)).ok()?;
        let (at, c) = text.char_indices().rev().nth(back)?;
        return text.get(at..at + c.len_utf8());
    }
    let index = usize::try_from(index).ok()?;
    // What lies behind the character does not move it.
    if text.as_bytes().get(..=index)?.is_ascii() {
        return text.get(index..index + 1);
    }
    let (at, c) = text.char_indices().nth(index)?;
    text.get(at..at + c.len_utf8())
}

/// The byte offset of a character position; the end when it lies beyond.
fn offset(text: &str, position: usize) -> usize {
    text.char_indices().nth(position).map_or(text.len(), |(at, _)| at)
}

/// `text[start:stop]`.
pub(super) fn view(text: &str, start: Option<i64>, stop: Option<i64>) -> &str {
    if text.is_ascii() {
        let bounds = slice_bounds(text.len(), start, stop, 1);
        return &text[bounds.first..bounds.first + bounds.count];
    }
    // Without a negative bound the length is not needed.
    let far = start.is_none_or(|at| at >= 0) && stop.is_none_or(|at| at >= 0);
    let len = if far { usize::MAX >> 1 } else { text.chars().count() };
    let bounds = slice_bounds(len, start, stop, 1);
    let from = &text[offset(text, bounds.first)..];
    &from[..offset(from, bounds.count)]
}

/// `text[start:stop]` with the character position of its start; none where the start lies beyond the
/// stop or the text, so that not even the empty text is found there.
pub(super) fn within(text: &str, start: Option<i64>, stop: Option<i64>) -> Option<(usize, &str)> {
    let ascii = text.is_ascii();
    let len = if ascii { text.len() } else { text.chars().count() };
    if start.is_some_and(|at| at > len as i64) {
        return None;
    }
    let bounds = slice_bounds(len, start, stop, 1);
    if bounds.count == 0 && is_crossed(len, start, stop) {
        return None;
    }
    let from = &text[if ascii { bounds.first } else { offset(text, bounds.first) }..];
    Some((bounds.first, &from[..if ascii { bounds.count } else { offset(from, bounds.count) }]))
}

/// The character position of `sub` within `text[start:stop]`.
pub(super) fn find(text: &str, sub: &str, start: Option<i64>, stop: Option<i64>, last: bool) -> Option<i64> {
    let (first, within) = within(text, start, stop)?;
    let at = if last { within.rfind(sub) } else { within.find(sub) }?;
    let before = if text.is_ascii() { at } else { within[..at].chars().count() };
    Some((first + before) as i64)
}

fn is_crossed(len: usize, start: Option<i64>, stop: Option<i64>) -> bool {
    let len = len as i64;
    let clamp = |at: i64| (if at < 0 { at.saturating_add(len) } else { at }).clamp(0, len);
    start.map_or(0, clamp) > stop.map_or(len, clamp)
}
