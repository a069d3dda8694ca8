//! A text whose characters are found by position in one step.

use std::cell::OnceCell;

use super::PyStr;
use crate::class::IndexError;
use crate::list::slice_bounds;
use crate::unwind::raise_new;

/// A text that is read by position over and over: `let chars = rt::Indexed::new(text)`.
///
/// ASCII needs nothing but to be known as such; for other text the first look-up notes where each character starts.
pub struct Indexed<'a> {
    text: &'a str,
    is_ascii: bool,
    starts: OnceCell<Vec<usize>>,
}

impl<'a> Indexed<'a> {
    /// An index of `text`.
    #[inline]
    pub fn new(text: &'a str) -> Self {
        Indexed { text, is_ascii: text.is_ascii(), starts: OnceCell::new() }
    }

    /// Where each character starts, and the end.
    #[cold]
    fn starts(&self) -> &[usize] {
        self.starts
            .get_or_init(|| self.text.char_indices().map(|(at, _)| at).chain([self.text.len()]).collect())
    }

    #[inline]
    fn count(&self) -> usize {
        if self.is_ascii { self.text.len() } else { self.starts().len() - 1 }
    }

    /// The byte of a character of ASCII that counts from the start.
    #[inline]
    fn ascii(&self, index: i64) -> Option<usize> {
        // A negative index is beyond every length.
        (self.is_ascii && (index as usize) < self.text.len()).then_some(index as usize)
    }

    /// The character at any index; raises `IndexError`.
    #[cold]
    #[track_caller]
    fn other(&self, index: i64) -> &'a str {
        let count = self.count();
        let position = if index < 0 { index.wrapping_add(count as i64) } else { index } as usize;
        if position >= count {
            raise_new(IndexError, "string index out of range");
        }
        self.part(position, position + 1)
    }

    /// The characters between two positions.
    #[inline]
    fn part(&self, from: usize, to: usize) -> &'a str {
        if self.is_ascii { &self.text[from..to] } else { &self.text[self.starts()[from]..self.starts()[to]] }
    }
}

impl PyStr for Indexed<'_> {
    #[inline]
    fn text(&self) -> &str {
        self.text
    }

    #[inline]
    fn char_len(&self) -> i64 {
        self.count() as i64
    }

    #[inline]
    #[track_caller]
    fn char_at(&self, index: i64) -> &str {
        match self.ascii(index) {
            Some(at) => &self.text[at..=at],
            None => self.other(index),
        }
    }

    #[inline]
    #[track_caller]
    fn char(&self, index: i64) -> char {
        match self.ascii(index) {
            Some(at) => char::from(self.text.as_bytes()[at]),
            // There is one character.
            None => self.other(index).chars().next().unwrap_or_default(),
        }
    }

    #[inline]
    fn char_view(&self, start: Option<i64>, stop: Option<i64>) -> &str {
        if let (Some(from), Some(to)) = (start, stop)
            && self.is_ascii
            && (0..=to).contains(&from)
            && to as usize <= self.text.len()
        {
            return &self.text[from as usize..to as usize];
        }
        let bounds = slice_bounds(self.count(), start, stop, 1);
        self.part(bounds.first, bounds.first + bounds.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_as_the_text_does() {
        for text in ["", "a", "plain", "h\u{e9}llo \u{1f600}!"] {
            let index = Indexed::new(text);
            let count = text.char_len();
            assert_eq!(index.char_len(), count);
            for at in -count..count {
                assert_eq!(index.char_at(at), text.char_at(at));
                assert_eq!(index.char(at), text.char(at));
            }
            for start in -count - 2..count + 2 {
                for stop in -count - 2..count + 2 {
                    let (start, stop) = (Some(start), Some(stop));
                    assert_eq!(index.char_view(start, stop), text.char_view(start, stop));
                    assert_eq!(index.char_slice(start, stop, 1), text.char_slice(start, stop, 1));
                    assert_eq!(index.char_slice(start, stop, -1), text.char_slice(start, stop, -1));
                }
            }
        }
    }
}
