//! What a pattern found.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::pattern::{Inner, count_chars, no_group};
use super::template;
use crate::class::TypeError;
use crate::collections::Dict;
use crate::error::Error;
use crate::repr::{Repr, repr};
use crate::tuple::Tuple;
use crate::unwind::{OrRaise, raise};

/// `re.Match`: the texts of the groups and where they stand.
#[derive(Clone)]
pub struct Match {
    pattern: Arc<Inner>,
    text: Rc<str>,
    /// Where `text` starts in the whole, in bytes.
    slots: Vec<usize>,
    /// A byte of the text and its number among the characters, at or before the match.
    known: (usize, usize),
}

/// Names a group: its number or its name.
pub trait GroupKey {
    /// The number, if there is such a group.
    fn number(&self, names: &[(String, usize)]) -> Option<usize>;
}

impl GroupKey for i64 {
    fn number(&self, _: &[(String, usize)]) -> Option<usize> {
        usize::try_from(*self).ok()
    }
}

impl GroupKey for str {
    fn number(&self, names: &[(String, usize)]) -> Option<usize> {
        names.iter().find(|(name, _)| name == self).map(|(_, group)| *group)
    }
}

impl GroupKey for String {
    fn number(&self, names: &[(String, usize)]) -> Option<usize> {
        self.as_str().number(names)
    }
}

impl<K: GroupKey + ?Sized> GroupKey for &K {
    fn number(&self, names: &[(String, usize)]) -> Option<usize> {
        (**self).number(names)
    }
}

impl Match {
    pub(super) fn new(pattern: &Arc<Inner>, text: &str, slots: &[usize], byte: usize, char: usize) -> Match {
        Match {
            pattern: Arc::clone(pattern),
            text: Rc::from(text),
            slots: slots[..2 * (pattern.groups + 1)].to_vec(),
            known: (byte, char),
        }
    }

    #[track_caller]
    fn number(&self, key: impl GroupKey) -> usize {
        match key.number(&self.pattern.names).filter(|group| *group <= self.pattern.groups) {
            Some(group) => group,
            None => raise(no_group()),
        }
    }

    fn text_of(&self, group: usize) -> Option<&str> {
        self.text.get(self.slots[2 * group]..self.slots[2 * group + 1])
    }

    /// `m.group()`.
    pub fn whole(&self) -> &str {
        self.text_of(0).unwrap_or_default()
    }

    /// `m.group(key)`: none when the group took no part; raises `IndexError`.
    #[track_caller]
    pub fn group(&self, key: impl GroupKey) -> Option<String> {
        self.text_of(self.number(key)).map(str::to_owned)
    }

    /// `m.group(key)` of a group that always takes part; raises `IndexError`.
    #[track_caller]
    pub fn text(&self, key: impl GroupKey) -> String {
        self.sure(self.number(key))
    }

    #[track_caller]
    fn sure(&self, group: usize) -> String {
        match self.text_of(group) {
            Some(text) => text.to_owned(),
            None => {
                raise(Error::new(TypeError, format!("group {group} took no part in the match: it is None")))
            }
        }
    }

    /// `m.groups()` where all take part.
    #[track_caller]
    pub fn texts(&self) -> Tuple<String> {
        (1..=self.pattern.groups).map(|group| self.sure(group)).collect()
    }

    /// `m.groupdict()` where all groups take part.
    #[track_caller]
    pub fn named_texts(&self) -> Dict<String, String> {
        self.pattern.names.iter().map(|(name, group)| (name.clone(), self.sure(*group))).collect()
    }

    /// `m.groups()`.
    pub fn groups(&self) -> Tuple<Option<String>> {
        (1..=self.pattern.groups).map(|group| self.text_of(group).map(str::to_owned)).collect()
    }

    /// `m.groups(default)`.
    pub fn groups_or(&self, default: &str) -> Tuple<String> {
        (1..=self.pattern.groups).map(|group| self.text_of(group).unwrap_or(default).to_owned()).collect()
    }

    /// `m.groupdict()`.
    pub fn groupdict(&self) -> Dict<String, Option<String>> {
        let names = self.pattern.names.iter();
        names.map(|(name, group)| (name.clone(), self.text_of(*group).map(str::to_owned))).collect()
    }

    /// The number of the character at a byte; -1 for a group that took no part.
    fn char_at(&self, byte: usize) -> i64 {
        if byte > self.text.len() {
            return -1;
        }
        let (from, chars) = if self.known.0 <= byte { self.known } else { (0, 0) };
        (chars + count_chars(&self.text[from..byte])) as i64
    }

    /// `m.start(key)`.
    #[track_caller]
    pub fn start(&self, key: impl GroupKey) -> i64 {
        self.char_at(self.slots[2 * self.number(key)])
    }

    /// `m.end(key)`.
    #[track_caller]
    pub fn end(&self, key: impl GroupKey) -> i64 {
        self.char_at(self.slots[2 * self.number(key) + 1])
    }

    /// `m.span(key)`.
    #[track_caller]
    pub fn span(&self, key: impl GroupKey) -> (i64, i64) {
        let group = self.number(key);
        (self.char_at(self.slots[2 * group]), self.char_at(self.slots[2 * group + 1]))
    }

    /// `m.lastindex`: the group that was closed last.
    pub fn lastindex(&self) -> Option<i64> {
        let took_part = (1..=self.pattern.groups).filter(|group| self.text_of(*group).is_some());
        // An outer group closes after those inside it.
        took_part
            .max_by_key(|group| (self.slots[2 * group + 1], std::cmp::Reverse(*group)))
            .map(|group| group as i64)
    }

    /// `m.lastgroup`: the name of the group that was closed last.
    pub fn lastgroup(&self) -> Option<String> {
        let last = self.lastindex()? as usize;
        self.pattern.names.iter().find(|(_, group)| *group == last).map(|(name, _)| name.clone())
    }

    /// `m.string`.
    pub fn string(&self) -> &str {
        &self.text
    }

    /// `m.expand(template)`; raises `re.error`.
    #[track_caller]
    pub fn expand(&self, text: &str) -> String {
        let parts = template::parse(text, &self.pattern).or_raise();
        let mut out = String::new();
        template::fill(&parts, &self.text, &self.slots, &mut out);
        out
    }
}

impl PartialEq for Match {
    fn eq(&self, other: &Match) -> bool {
        Rc::ptr_eq(&self.text, &other.text) && self.slots == other.slots
    }
}

impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&repr(self), f)
    }
}

impl Repr for Match {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = self.span(0);
        write!(f, "<re.Match object; span=({start}, {end}), match={:.50}>", repr(self.whole()))
    }
}
