//! The parts of a pattern.

/// How letters and classes match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags(pub(super) i64);

pub(super) const IGNORECASE: i64 = 2;
pub(super) const MULTILINE: i64 = 8;
pub(super) const DOTALL: i64 = 16;
pub(super) const UNICODE: i64 = 32;
pub(super) const VERBOSE: i64 = 64;
pub(super) const ASCII: i64 = 256;

impl Flags {
    pub(super) fn has(self, flag: i64) -> bool {
        self.0 & flag != 0
    }
}

/// A class that an escape names: `\d`, `\W`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Digit,
    Space,
    Word,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SetItem {
    Char(char),
    Range(char, char),
    Class(Class, bool),
}

/// A set of characters: `[a-z\d]`, `\w`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) items: Vec<SetItem>,
    pub(super) negated: bool,
    pub(super) ignore_case: bool,
    pub(super) ascii: bool,
}

/// What one character can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum One {
    Char(char),
    /// Compared without case; held in lower case.
    Folded(char),
    Any,
    AnyButNewline,
    Set(Set),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    /// `$` without `MULTILINE`: the end, or before a last newline.
    End,
    Boundary {
        ascii: bool,
    },
    NoBoundary {
        ascii: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    One(One),
    Anchor(Anchor),
    Concat(Vec<Node>),
    Alternatives(Vec<Node>),
    Group(usize, Box<Node>),
    Repeat { node: Box<Node>, min: usize, max: Option<usize>, greed: Greed },
    Same { group: usize, ignore_case: bool },
    Look { node: Box<Node>, behind: Option<usize>, negative: bool },
    Atomic(Box<Node>),
    IfGroup { group: usize, yes: Box<Node>, no: Box<Node> },
}

impl Node {
    /// Number of characters, when it is always the same.
    pub(super) fn width(&self) -> Option<usize> {
        Some(match self {
            Node::One(_) => 1,
            Node::Anchor(_) | Node::Look { .. } => 0,
            Node::Concat(parts) => parts.iter().map(Node::width).sum::<Option<usize>>()?,
            Node::Alternatives(parts) => {
                let widths: Option<Vec<usize>> = parts.iter().map(Node::width).collect();
                let widths = widths?;
                let first = *widths.first()?;
                return widths.iter().all(|width| *width == first).then_some(first);
            }
            Node::Group(_, node) | Node::Atomic(node) => node.width()?,
            Node::Repeat { node, min, max, .. } if *max == Some(*min) => node.width()? * min,
            Node::IfGroup { yes, no, .. } => {
                return yes.width().filter(|width| no.width() == Some(*width));
            }
            Node::Repeat { .. } | Node::Same { .. } => return None,
        })
    }
}

/// A parsed pattern.
pub(super) struct Parsed {
    pub(super) node: Node,
    /// Number of capturing groups.
    pub(super) groups: usize,
    pub(super) names: Vec<(String, usize)>,
    pub(super) flags: i64,
}
