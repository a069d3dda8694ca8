//! Output that must match a JSON schema: only tokens that keep a match possible may be picked.

mod numbers;
mod pattern;
mod schema;
mod strings;

use std::rc::Rc;

use crate::error::Result;

/// A rule's element: one byte out of a set, or another rule.
#[derive(Debug, Clone)]
enum Element {
    Byte(Box<[bool; 256]>),
    Rule(usize),
}

type Alternative = Vec<Element>;

/// A grammar over bytes; rule 0 is the start. No rule starts with itself.
#[derive(Debug, Default)]
struct Grammar {
    rules: Vec<Vec<Alternative>>,
}

/// Where a parse stands: an element still to come and what follows it.
#[derive(Debug)]
struct Place {
    rule: usize,
    alternative: usize,
    at: usize,
    after: Stack,
    /// Places in `after`.
    depth: u32,
}

type Stack = Option<Rc<Place>>;

/// Ways to read a text that are followed at once. Those beyond are dropped: what is accepted still matches,
/// and schemas that can be read in exponentially many ways cost no more than others.
const MOST_READINGS: usize = 512;
/// Nesting beyond which nothing is accepted.
const MOST_NESTED: u32 = 2048;

/// Whether two stacks hold the same places.
fn are_equal(mut a: &Stack, mut b: &Stack) -> bool {
    while let (Some(x), Some(y)) = (a, b) {
        if Rc::ptr_eq(x, y) {
            return true;
        }
        if (x.rule, x.alternative, x.at, x.depth) != (y.rule, y.alternative, y.at, y.depth) {
            return false;
        }
        (a, b) = (&x.after, &y.after);
    }
    a.is_none() && b.is_none()
}

/// Follows text byte by byte and knows what may come next.
#[derive(Debug)]
pub struct Constraint {
    grammar: Grammar,
    /// All ways to read the text so far; `None` is one that may end here.
    stacks: Vec<Stack>,
}

impl Constraint {
    /// Texts that are JSON and match the schema. Objects have the listed properties in the listed
    /// order, the optional ones left out or not.
    ///
    /// # Errors
    /// `Unsupported` names a keyword that is not known; `Input` when the schema is not valid.
    pub fn from_schema(schema: &serde_json::Value) -> Result<Self> {
        Ok(Self::new(schema::compile(schema)?))
    }

    fn new(grammar: Grammar) -> Self {
        let mut stacks = Vec::new();
        for alternative in 0..grammar.rules[0].len() {
            let start = Rc::new(Place { rule: 0, alternative, at: 0, after: None, depth: 0 });
            grammar.expand(Some(start), &mut stacks);
        }
        Self { grammar, stacks }
    }

    /// True if the text may go on with these bytes.
    #[must_use]
    pub fn accepts(&self, bytes: &[u8]) -> bool {
        let mut stacks = self.stacks.clone();
        bytes.iter().all(|&byte| {
            stacks = self.grammar.step(&stacks, byte);
            !stacks.is_empty()
        })
    }

    /// Goes on with these bytes.
    pub fn advance(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.stacks = self.grammar.step(&self.stacks, byte);
        }
    }

    /// True if the text may end here.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.stacks.iter().any(Option::is_none)
    }

    /// True if nothing may follow.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.stacks.iter().all(Option::is_none)
    }
}

impl Grammar {
    fn element(&self, place: &Place) -> Option<&Element> {
        self.rules[place.rule][place.alternative].get(place.at)
    }

    /// Follows rules until every stack has a byte on top or is empty.
    fn expand(&self, stack: Stack, out: &mut Vec<Stack>) {
        let Some(place) = &stack else {
            if !out.iter().any(Option::is_none) {
                out.push(None);
            }
            return;
        };
        match self.element(place) {
            None => self.expand(place.after.clone(), out),
            Some(Element::Byte(_)) => {
                if out.len() < MOST_READINGS && !out.iter().any(|other| are_equal(other, &stack)) {
                    out.push(stack);
                }
            }
            Some(Element::Rule(rule)) => {
                let after = self.next(place);
                let depth = after.as_ref().map_or(0, |place| place.depth + 1);
                if depth > MOST_NESTED || out.len() >= MOST_READINGS {
                    return;
                }
                for alternative in 0..self.rules[*rule].len() {
                    let inner = Place { rule: *rule, alternative, at: 0, after: after.clone(), depth };
                    self.expand(Some(Rc::new(inner)), out);
                }
            }
        }
    }

    /// What follows a place's element; a finished alternative leaves nothing on the stack, so that
    /// repetition by recursion at the end does not grow it.
    fn next(&self, place: &Place) -> Stack {
        let length = self.rules[place.rule][place.alternative].len();
        if place.at + 1 == length {
            return place.after.clone();
        }
        Some(Rc::new(Place { at: place.at + 1, after: place.after.clone(), ..*place }))
    }

    fn step(&self, stacks: &[Stack], byte: u8) -> Vec<Stack> {
        let mut out = Vec::new();
        for place in stacks.iter().flatten() {
            let fits = matches!(self.element(place), Some(Element::Byte(set)) if set[usize::from(byte)]);
            if fits {
                self.expand(self.next(place), &mut out);
            }
        }
        out
    }
}
