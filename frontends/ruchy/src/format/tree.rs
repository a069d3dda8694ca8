//! A syntax tree as tables: rows of nodes with their parents, tokens in their order, pairs of brackets.

use batuta_syntax::tree_sitter::{Language, Tree, TreeCursor};
use std::sync::LazyLock;

/// Gives the names of kinds for as long as the process lives.
static LANGUAGE: LazyLock<Language> = LazyLock::new(|| batuta_ruchy_grammar::LANGUAGE.into());

/// A node.
pub(super) struct Row {
    pub kind: &'static str,
    pub is_named: bool,
    pub start: usize,
    pub end: usize,
    /// Itself for the root.
    pub parent: usize,
    /// The node before it below its parent, comments left out.
    pub before: Option<usize>,
}

/// A leaf, or a node whose text is kept as it is.
pub(super) struct Token<'t> {
    pub row: usize,
    pub text: &'t str,
    /// Line breaks in the space before it.
    pub breaks: usize,
    pub has_space: bool,
}

/// A pair of brackets.
pub(super) struct Group {
    pub open: usize,
    pub close: usize,
    /// Row of the node that the brackets belong to.
    pub owner: usize,
}

/// A text taken apart.
pub(super) struct Source<'t> {
    pub text: &'t str,
    pub rows: Vec<Row>,
    pub tokens: Vec<Token<'t>>,
    pub groups: Vec<Group>,
    /// The group that a token opens or closes.
    pub group_of: Vec<Option<usize>>,
}

/// Nodes whose text is one token: quoted text, and what is in it.
const WHOLE: &[&str] = &["format_string", "string", "raw_string", "comment", "block_comment"];

impl<'t> Source<'t> {
    pub fn new(tree: &Tree, text: &'t str) -> Self {
        let mut source =
            Self { text, rows: Vec::new(), tokens: Vec::new(), groups: Vec::new(), group_of: Vec::new() };
        source.walk(&mut tree.walk());
        source.pair();
        source
    }

    /// Adds all nodes, without recursion.
    fn walk(&mut self, cursor: &mut TreeCursor<'_>) {
        // Parents that are open, each with its last child that is no comment.
        let mut open: Vec<(usize, Option<usize>)> = Vec::new();
        loop {
            let node = cursor.node();
            let at = self.rows.len();
            let before = open.last().and_then(|(_, before)| *before);
            self.rows.push(Row {
                kind: LANGUAGE.node_kind_for_id(node.kind_id()).unwrap_or(""),
                is_named: node.is_named(),
                start: node.start_byte(),
                end: node.end_byte(),
                parent: open.last().map_or(at, |(parent, _)| *parent),
                before,
            });
            if let Some((_, before)) = open.last_mut()
                && !node.is_extra()
            {
                *before = Some(at);
            }
            if !WHOLE.contains(&node.kind()) && cursor.goto_first_child() {
                open.push((at, None));
                continue;
            }
            self.token(at);
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
                open.pop();
            }
        }
    }

    fn token(&mut self, row: usize) {
        let (start, end) = (self.rows[row].start, self.rows[row].end);
        let text = self.text.get(start..end).unwrap_or("").trim_end();
        if text.is_empty() {
            return;
        }
        let last = self.tokens.last().map_or(0, |token| self.rows[token.row].start + token.text.len());
        self.hidden(last, row);
        let last = self.tokens.last().map_or(0, |token| self.rows[token.row].start + token.text.len());
        let gap = self.text.get(last..start).unwrap_or("");
        let breaks = gap.matches('\n').count();
        self.tokens.push(Token { row, text, breaks, has_space: !gap.is_empty() });
    }

    /// A token without a node between the last one and a row: `<-`.
    fn hidden(&mut self, last: usize, next: usize) {
        let gap = self.text.get(last..self.rows[next].start).unwrap_or("");
        let text = gap.trim();
        if text.is_empty() {
            return;
        }
        let lead = &gap[..gap.len() - gap.trim_start().len()];
        let start = last + lead.len();
        let mut parent = next;
        while self.rows[parent].start > last && self.rows[parent].parent != parent {
            parent = self.rows[parent].parent;
        }
        self.rows.push(Row {
            kind: "hidden",
            is_named: false,
            start,
            end: start + text.len(),
            parent,
            before: None,
        });
        let row = self.rows.len() - 1;
        self.tokens.push(Token {
            row,
            text,
            breaks: lead.matches('\n').count(),
            has_space: !lead.is_empty(),
        });
    }

    fn pair(&mut self) {
        self.group_of = vec![None; self.tokens.len()];
        let mut open = Vec::new();
        for at in 0..self.tokens.len() {
            match self.kind(at) {
                "(" | "[" | "{" | "#[" => open.push(at),
                ")" | "]" | "}" => {
                    let Some(start) = open.pop() else { continue };
                    self.group_of[start] = Some(self.groups.len());
                    self.group_of[at] = Some(self.groups.len());
                    let owner = self.rows[self.tokens[start].row].parent;
                    self.groups.push(Group { open: start, close: at, owner });
                }
                _ => {}
            }
        }
    }

    pub fn row(&self, token: usize) -> &Row {
        &self.rows[self.tokens[token].row]
    }

    /// Kind of a token: for most its text.
    pub fn kind(&self, token: usize) -> &'static str {
        self.row(token).kind
    }

    /// Kind of the node that a token stands in.
    pub fn parent(&self, token: usize) -> &'static str {
        self.rows[self.row(token).parent].kind
    }

    pub fn is_comment(&self, token: usize) -> bool {
        matches!(self.kind(token), "comment" | "block_comment")
    }

    /// A comment that ends with its line.
    pub fn is_line_comment(&self, token: usize) -> bool {
        self.kind(token) == "comment"
    }

    /// The row below `owner` that a token begins.
    pub fn element(&self, token: usize, owner: usize) -> Option<usize> {
        let start = self.row(token).start;
        let mut row = self.tokens[token].row;
        loop {
            let parent = self.rows[row].parent;
            if parent == owner && row != parent {
                let begins = self.rows[row].is_named && self.rows[row].kind != "empty_statement";
                return begins.then_some(row);
            }
            if parent == row || self.rows[parent].start != start {
                return None;
            }
            row = parent;
        }
    }

    /// Whether a token is the first one behind an attribute.
    pub fn follows_attribute(&self, token: usize) -> bool {
        let start = self.row(token).start;
        let mut row = self.tokens[token].row;
        loop {
            if self.rows[row].before.is_some_and(|before| self.rows[before].kind == "attribute") {
                return true;
            }
            let parent = self.rows[row].parent;
            if parent == row || self.rows[parent].start != start {
                return false;
            }
            row = parent;
        }
    }

    /// Same tokens in the same tree; where comments hang does not matter.
    pub fn is_same(&self, other: &Self) -> bool {
        self.difference(other).is_none()
    }

    /// The first token or node that differs from another source's.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let texts = |source: &Self| -> Vec<String> {
            source.tokens.iter().map(|token| token.text.lines().collect::<Vec<_>>().join("\n")).collect()
        };
        let kinds = |source: &Self| -> Vec<(&'static str, usize)> {
            let mut depths = vec![0; source.rows.len()];
            let mut out = Vec::new();
            for (at, row) in source.rows.iter().enumerate() {
                depths[at] = if row.parent == at { 0 } else { depths[row.parent] + 1 };
                if !matches!(row.kind, "comment" | "block_comment") {
                    out.push((row.kind, depths[at]));
                }
            }
            out
        };
        first_difference(&texts(self), &texts(other))
            .or_else(|| first_difference(&kinds(self), &kinds(other)))
    }
}

fn first_difference<T: PartialEq + std::fmt::Debug>(one: &[T], other: &[T]) -> Option<String> {
    let at = one.iter().zip(other).position(|(a, b)| a != b);
    let at = at.or_else(|| (one.len() != other.len()).then(|| one.len().min(other.len())))?;
    Some(format!("{:?} is {:?}", one.get(at), other.get(at)))
}
