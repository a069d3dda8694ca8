//! Texts of a schema: any, of a length, or after a pattern.

use serde_json::{Map, Value};

use super::schema::{Compiler, bytes, joined, rule, text};
use super::{Alternative, pattern};
use crate::error::{Error, Result};

/// Lengths that a schema may ask for.
const MOST_LETTERS: u64 = 4096;

/// Characters beyond ASCII, as UTF-8, but for the two line ends U+2028 and U+2029, which `.` does not match.
pub(super) fn wide() -> Vec<Alternative> {
    let tail = vec![bytes(|b| b & 0xc0 == 0x80)];
    let one = |f: fn(u8) -> bool| vec![bytes(f)];
    let with = |first: Alternative, tails: usize| {
        joined(std::iter::once(first).chain(std::iter::repeat_n(tail.clone(), tails)))
    };
    vec![
        with(one(|b| (0xc2..=0xdf).contains(&b)), 1),
        with(joined([one(|b| b == 0xe0), one(|b| (0xa0..=0xbf).contains(&b))]), 1),
        with(one(|b| (0xe1..=0xef).contains(&b) && b != 0xe2 && b != 0xed), 2),
        with(joined([one(|b| b == 0xe2), one(|b| (0x81..=0xbf).contains(&b))]), 1),
        joined([
            one(|b| b == 0xe2),
            one(|b| b == 0x80),
            one(|b| (0x80..=0xbf).contains(&b) && b != 0xa8 && b != 0xa9),
        ]),
        with(joined([one(|b| b == 0xed), one(|b| (0x80..=0x9f).contains(&b))]), 1),
        with(joined([one(|b| b == 0xf0), one(|b| (0x90..=0xbf).contains(&b))]), 2),
        with(one(|b| (0xf1..=0xf3).contains(&b)), 3),
        with(joined([one(|b| b == 0xf4), one(|b| (0x80..=0x8f).contains(&b))]), 2),
    ]
}

impl Compiler<'_> {
    /// A quoted text: UTF-8 without control characters, or escapes.
    pub(super) fn string(&mut self) -> usize {
        let letter = self.letter();
        let rest = self.reserve();
        self.grammar.rules[rest] = vec![text("\""), joined([rule(letter), rule(rest)])];
        self.add(vec![joined([text("\""), rule(rest)])])
    }

    /// One character of a quoted text. Halves of surrogate pairs have no escapes, so that lengths hold.
    pub(super) fn letter(&mut self) -> usize {
        if let Some(found) = self.letter {
            return found;
        }
        let hex = bytes(|b| b.is_ascii_hexdigit());
        let low = [bytes(|b| b.is_ascii_hexdigit() && !matches!(b, b'd' | b'D')), hex.clone()];
        let below = [bytes(|b| matches!(b, b'd' | b'D')), bytes(|b| (b'0'..=b'7').contains(&b))];
        let mut all = vec![
            vec![bytes(|b| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\')],
            joined([text("\\"), vec![bytes(|b| b"\"\\/bfnrt".contains(&b))]]),
        ];
        for first in [low, below] {
            all.push(joined([text("\\u"), first.to_vec(), vec![hex.clone(), hex.clone()]]));
        }
        all.extend(wide());
        let id = self.add(all);
        self.letter = Some(id);
        id
    }

    /// A text with the restrictions of `map`.
    pub(super) fn string_like(&mut self, map: &Map<String, Value>) -> Result<usize> {
        let length = |key: &str| match map.get(key) {
            None => Ok(None),
            Some(v) => match v.as_u64().filter(|&n| n <= MOST_LETTERS) {
                Some(n) => Ok(Some(n as usize)),
                None => Err(Error::unsupported(format!("`{key}` other than 0 to {MOST_LETTERS}"))),
            },
        };
        let (least, most) = (length("minLength")?, length("maxLength")?);
        let inside = match map.get("pattern") {
            Some(_) if least.is_some() || most.is_some() => {
                return Err(Error::unsupported("`pattern` together with a length"));
            }
            Some(Value::String(pattern)) => pattern::compile(self, pattern)?,
            Some(_) => return Err(Error::input("`pattern` must be a text")),
            None if least.is_none() && most.is_none() => return Ok(self.string()),
            None => self.letters(least.unwrap_or(0), most)?,
        };
        Ok(self.add(vec![joined([text("\""), rule(inside), text("\"")])]))
    }

    fn letters(&mut self, least: usize, most: Option<usize>) -> Result<usize> {
        let letter = rule(self.letter());
        match most {
            Some(most) if most < least => Err(Error::input("`maxLength` is less than `minLength`")),
            Some(most) => Ok(self.repeat(&letter, least, most)),
            None => {
                let first = self.repeat(&letter, least, least);
                let rest = self.reserve();
                self.grammar.rules[rest] = vec![vec![], joined([letter, rule(rest)])];
                Ok(self.add(vec![joined([rule(first), rule(rest)])]))
            }
        }
    }
}
