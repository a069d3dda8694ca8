//! Compiled patterns.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::found::Match;
use super::program::Program;
use super::{ast, error, parse, template};
use crate::error::Error;
use crate::repr::{Repr, repr};
use crate::unwind::{OrRaise, raise};
use crate::value::{Value, py};

pub(super) struct Inner {
    pub(super) text: String,
    pub(super) flags: i64,
    pub(super) groups: usize,
    pub(super) names: Vec<(String, usize)>,
    pub(super) program: Program,
}

/// `re.Pattern`.
#[derive(Clone)]
pub struct Pattern(Arc<Inner>);

impl Pattern {
    pub(super) fn new(pattern: &str, flags: i64) -> Result<Pattern, Error> {
        let parsed = parse::parse(pattern, flags)?;
        let program = Program::new(&parsed);
        let ast::Parsed { groups, names, flags, .. } = parsed;
        Ok(Pattern(Arc::new(Inner { text: pattern.to_owned(), flags, groups, names, program })))
    }

    /// `p.pattern`.
    pub fn pattern(&self) -> &str {
        &self.0.text
    }

    /// `p.flags`.
    pub fn flags(&self) -> i64 {
        self.0.flags
    }

    /// `p.groups`.
    pub fn groups(&self) -> i64 {
        self.0.groups as i64
    }

    /// `p.groupindex`.
    pub fn groupindex(&self) -> crate::Dict<String, i64> {
        self.0.names.iter().map(|(name, group)| (name.clone(), *group as i64)).collect()
    }

    fn made(&self, text: &str, slots: &[usize]) -> Match {
        Match::new(&self.0, text, slots, 0, 0)
    }

    /// `p.match(text)`.
    pub fn match_start(&self, text: &str) -> Option<Match> {
        self.0.program.match_at(text, 0, None).map(|slots| self.made(text, &slots))
    }

    /// `p.match(text, pos)`.
    pub fn match_at(&self, text: &str, pos: i64) -> Option<Match> {
        let at = byte_of(text, pos);
        self.0.program.match_at(text, at, None).map(|slots| self.made(text, &slots))
    }

    /// `p.search(text)`.
    pub fn search(&self, text: &str) -> Option<Match> {
        self.search_at(text, 0)
    }

    /// `p.search(text, pos)`.
    pub fn search_at(&self, text: &str, pos: i64) -> Option<Match> {
        let at = byte_of(text, pos);
        self.0.program.search(text, at, false).map(|slots| self.made(text, &slots))
    }

    /// `p.fullmatch(text)`.
    pub fn fullmatch(&self, text: &str) -> Option<Match> {
        self.0.program.match_at(text, 0, Some(text.len())).map(|slots| self.made(text, &slots))
    }

    /// The places of all matches: behind an empty one, the next must not be empty at the same place.
    fn places(&self, text: &str) -> impl Iterator<Item = Vec<usize>> + use<'_> {
        self.places_from(text, 0)
    }

    /// The same, from a byte on.
    fn places_from(&self, text: &str, start: usize) -> impl Iterator<Item = Vec<usize>> + use<'_> {
        let text: Rc<str> = Rc::from(text);
        let (mut at, mut must_advance) = (start, false);
        std::iter::from_fn(move || {
            let slots = self.0.program.search(&text, at, must_advance)?;
            must_advance = slots[0] == slots[1];
            at = slots[1];
            Some(slots)
        })
    }

    /// `p.finditer(text)`.
    pub fn finditer(&self, text: &str) -> impl Iterator<Item = Match> + use<> {
        self.finditer_at(text, 0)
    }

    /// `p.finditer(text, pos)`.
    pub fn finditer_at(&self, text: &str, pos: i64) -> impl Iterator<Item = Match> + use<> {
        let pattern = self.clone();
        let start = byte_of(text, pos);
        let text: Rc<str> = Rc::from(text);
        let all: Vec<Vec<usize>> = pattern.places_from(&text, start).collect();
        let (mut byte, mut char) = (0, 0);
        all.into_iter().map(move |slots| {
            let made = Match::new(&pattern.0, &text, &slots, byte, char);
            char += count_chars(&text[byte..slots[0]]);
            byte = slots[0];
            made
        })
    }

    #[track_caller]
    fn expect_groups(&self, groups: usize) {
        if self.0.groups != groups && !(groups == 1 && self.0.groups == 0) {
            let text = format!("findall of a pattern with {} groups needs its literal", self.0.groups);
            raise(Error::new(crate::NotImplementedError, text));
        }
    }

    /// `p.findall(text)` of a pattern with at most one group.
    #[track_caller]
    pub fn findall(&self, text: &str) -> Vec<String> {
        self.expect_groups(1);
        let group = self.0.groups;
        self.places(text).map(|slots| part(text, &slots, group)).collect()
    }

    /// `p.findall(text)` of a pattern with two groups.
    #[track_caller]
    pub fn findall_pairs(&self, text: &str) -> Vec<(String, String)> {
        self.expect_groups(2);
        self.places(text).map(|slots| (part(text, &slots, 1), part(text, &slots, 2))).collect()
    }

    /// `p.findall(text)` of a pattern with three groups.
    #[track_caller]
    pub fn findall_triples(&self, text: &str) -> Vec<(String, String, String)> {
        self.expect_groups(3);
        let of = |slots: Vec<usize>| (part(text, &slots, 1), part(text, &slots, 2), part(text, &slots, 3));
        self.places(text).map(of).collect()
    }

    /// `p.findall(text)` of a pattern with more than three groups.
    #[track_caller]
    pub fn findall_tuples<R: Groups>(&self, text: &str) -> R {
        self.expect_groups(R::COUNT);
        let of = |slots: Vec<usize>| (1..=R::COUNT).map(|group| part(text, &slots, group)).collect();
        R::from_matches(&mut self.places(text).map(of))
    }

    /// `p.split(text, maxsplit)`; a group that took no part gives an empty text.
    pub fn split(&self, text: &str, maxsplit: i64) -> Vec<String> {
        let (mut parts, mut last) = (Vec::new(), 0);
        let most = if maxsplit <= 0 { usize::MAX } else { maxsplit as usize };
        for slots in self.places(text).take(most) {
            parts.push(text[last..slots[0]].to_owned());
            parts.extend((1..=self.0.groups).map(|group| part(text, &slots, group)));
            last = slots[1];
        }
        parts.push(text[last..].to_owned());
        parts
    }

    /// `p.sub(replacement, text, count)`; raises `re.error`.
    #[track_caller]
    pub fn sub(&self, replacement: &str, text: &str, count: i64) -> String {
        self.subn(replacement, text, count).or_raise().0
    }

    /// `p.subn(replacement, text, count)`.
    #[track_caller]
    pub fn subn(&self, replacement: &str, text: &str, count: i64) -> Result<(String, i64), Error> {
        let parts = template::parse(replacement, &self.0)?;
        Ok(self.replaced(text, count, |slots, out| template::fill(&parts, text, slots, out)))
    }

    /// `p.sub(function, text, count)`.
    pub fn sub_with(&self, replace: impl FnMut(Match) -> String, text: &str, count: i64) -> String {
        self.subn_with(replace, text, count).0
    }

    /// `p.subn(function, text, count)`.
    pub fn subn_with(
        &self,
        mut replace: impl FnMut(Match) -> String,
        text: &str,
        count: i64,
    ) -> (String, i64) {
        let each = |slots: &[usize], out: &mut String| out.push_str(&replace(self.made(text, slots)));
        self.replaced(text, count, each)
    }

    /// `p.sub(replacement, text, count)`, a text or a function.
    #[track_caller]
    pub fn sub_value(&self, replacement: &Value, text: &str, count: i64) -> String {
        match replacement {
            Value::Str(replacement) => self.sub(replacement, text, count),
            function => {
                let replace = |found: Match| py::call(function, &[Value::from(found)]).to::<String>();
                self.sub_with(replace, text, count)
            }
        }
    }

    fn replaced(&self, text: &str, count: i64, mut each: impl FnMut(&[usize], &mut String)) -> (String, i64) {
        let most = if count <= 0 { usize::MAX } else { count as usize };
        let (mut out, mut last, mut done) = (String::with_capacity(text.len()), 0, 0);
        for slots in self.places(text).take(most) {
            out.push_str(&text[last..slots[0]]);
            each(&slots, &mut out);
            last = slots[1];
            done += 1;
        }
        out.push_str(&text[last..]);
        (out, done)
    }
}

/// The text of a group; empty when it took no part.
fn part(text: &str, slots: &[usize], group: usize) -> String {
    text.get(slots[2 * group]..slots[2 * group + 1]).unwrap_or_default().to_owned()
}

pub(super) fn count_chars(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// The byte at which character `pos` starts.
fn byte_of(text: &str, pos: i64) -> usize {
    let pos = pos.max(0) as usize;
    if text.is_ascii() {
        return pos.min(text.len());
    }
    text.char_indices().nth(pos).map_or(text.len(), |(at, _)| at)
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.0.text == other.0.text && self.0.flags == other.0.flags
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&repr(self), f)
    }
}

impl Repr for Pattern {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "re.compile({}", repr(self.pattern()))?;
        let names = [
            (ast::IGNORECASE, "re.IGNORECASE"),
            (ast::MULTILINE, "re.MULTILINE"),
            (ast::DOTALL, "re.DOTALL"),
            (ast::VERBOSE, "re.VERBOSE"),
            (ast::ASCII, "re.ASCII"),
        ];
        let set: Vec<&str> =
            names.iter().filter(|(flag, _)| self.0.flags & flag != 0).map(|(_, name)| *name).collect();
        if !set.is_empty() {
            write!(f, ", {}", set.join("|"))?;
        }
        f.write_str(")")
    }
}

pub(super) fn no_group() -> Error {
    let error = error("no such group", None);
    Error::new(crate::IndexError, error.to_string())
}

/// Lists of the texts of groups, a tuple for each match.
pub trait Groups {
    /// Groups of the pattern.
    const COUNT: usize;

    /// From the texts of the groups of each match.
    fn from_matches(matches: &mut dyn Iterator<Item = Vec<String>>) -> Self;
}

macro_rules! groups {
    ($count:literal: $($text:ident)*) => {
        impl Groups for Vec<($(groups!(@ $text),)*)> {
            const COUNT: usize = $count;

            fn from_matches(matches: &mut dyn Iterator<Item = Vec<String>>) -> Self {
                let tuple = |texts: Vec<String>| {
                    let [$($text),*]: [String; $count] = texts.try_into().ok()?;
                    Some(($($text,)*))
                };
                matches.filter_map(tuple).collect()
            }
        }
    };
    (@ $text:ident) => { String };
}

groups!(4: a b c d);
groups!(5: a b c d e);
groups!(6: a b c d e f);
groups!(7: a b c d e f g);
groups!(8: a b c d e f g h);
