//! Text to a syntax tree, its comments and its faults.

use batuta_base::Code;
use batuta_syntax::tree_sitter::{Parser, Tree};
use batuta_syntax::{SyntaxFault, Trivia, depth, each_of_kind, errors};

/// The text does not follow Ruchy's grammar.
pub const SYNTAX: Code = Code::error("B0701", "this is not Ruchy");
/// Code is nested deeper than the compiler follows.
pub const TOO_DEEP: Code = Code::error("B0702", "nested too deep");

/// Levels of syntax tree that are lowered: the recursion of all passes must fit this many on a small stack.
const MAX_DEPTH: usize = 300;

/// A file's tree and what is wrong with it.
pub struct Parsed {
    pub tree: Tree,
    pub faults: Vec<SyntaxFault>,
    /// Start of the deepest node, when there are too many levels.
    pub too_deep: Option<usize>,
}

/// Parses a file; `None` only where the grammar cannot be loaded.
pub fn parse(text: &str) -> Option<Parsed> {
    let mut parser = Parser::new();
    parser.set_language(&batuta_ruchy_grammar::LANGUAGE.into()).ok()?;
    let tree = parser.parse(text, None)?;
    let faults = if tree.root_node().has_error() { errors(&tree) } else { Vec::new() };
    let (levels, deepest) = depth(&tree);
    Some(Parsed { tree, faults, too_deep: (levels > MAX_DEPTH).then_some(deepest) })
}

/// The comments of a file; the first line `#!...` is none.
pub fn trivia(text: &str, tree: &Tree) -> Trivia {
    let mut rows = Vec::new();
    each_of_kind(tree, "comment", |node| {
        let (start, end) = (node.start_byte(), node.end_byte());
        let comment = text.get(start..end).unwrap_or("");
        if start == 0 && comment.starts_with("#!") {
            return;
        }
        let comment = comment.strip_prefix("///").or_else(|| comment.strip_prefix("//")).unwrap_or(comment);
        rows.push((start, end, comment.strip_prefix('#').unwrap_or(comment).to_owned()));
    });
    each_of_kind(tree, "block_comment", |node| {
        let (start, end) = (node.start_byte(), node.end_byte());
        let comment = text.get(start..end).unwrap_or("");
        let inner = comment.strip_prefix("/*").and_then(|rest| rest.strip_suffix("*/")).unwrap_or(comment);
        for line in inner.lines().map(|line| line.trim().trim_start_matches('*').trim()) {
            if !line.is_empty() {
                rows.push((start, end, format!(" {line}")));
            }
        }
    });
    Trivia::of(text, rows)
}
