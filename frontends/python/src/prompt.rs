//! What a prompt asks of a text: whether it goes on, and which part of it has the value.

use batuta_syntax::tree_sitter::Parser;
use std::ops::Range;

/// Whether a text stops in the middle: a bracket or a quoted text is open, a block has not ended with an empty line.
pub fn is_open(text: &str) -> bool {
    let Some(depth) = depth(text) else { return true };
    if depth != 0 {
        return depth > 0;
    }
    let last = text.split('\n').next_back().unwrap_or_default();
    let code = last.split('#').next().unwrap_or_default().trim_end();
    if last.trim().is_empty() {
        return false;
    }
    code.ends_with(':') || code.ends_with('\\') || last.starts_with([' ', '\t']) || last.starts_with('@')
}

/// Open brackets; nothing inside of a quoted text that does not end.
fn depth(text: &str) -> Option<i64> {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        at += match c {
            '(' | '[' | '{' => {
                depth += 1;
                1
            }
            ')' | ']' | '}' => {
                depth -= 1;
                1
            }
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => quoted(rest, c)?,
            _ => c.len_utf8(),
        };
    }
    Some(depth)
}

/// Length of the quoted text that begins here; one of a single line ends with its line.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let long: String = [quote; 3].iter().collect();
    let (end, start) = if text.starts_with(&long) { (long.as_str(), 3) } else { (&long[..1], 1) };
    let mut at = start;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(end) {
            return Some(at + end.len());
        }
        let c = rest.chars().next()?;
        if c == '\n' && end.len() == 1 {
            return Some(at);
        }
        at += c.len_utf8();
        if c == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    (end.len() == 1).then_some(text.len())
}

/// The last statement of a text, where it is an expression.
pub fn last_expression(text: &str) -> Option<Range<usize>> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    let tree = parser.parse(text, None)?;
    let root = tree.root_node();
    let mut cursor = root.walk();
    let last = root.named_children(&mut cursor).filter(|node| !node.is_extra()).last()?;
    let first = last.named_child(0).filter(|_| last.kind() == "expression_statement")?;
    let is_value = !matches!(first.kind(), "assignment" | "augmented_assignment" | "yield");
    (is_value && !root.has_error()).then(|| last.byte_range())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_texts_are_known() {
        for text in [
            "f(",
            "if x:",
            "def f():\n    return 1",
            "'''a",
            "x = 1 + \\",
            "@cache",
            "[1,\n2",
            "for i in x: # (\n  y",
        ] {
            assert!(is_open(text), "{text}");
        }
        for text in ["f()", "if x:\n    y\n", "'('", "x # (", "\"\"\"a\n\"\"\"", "x = {1: 2}", ")"] {
            assert!(!is_open(text), "{text}");
        }
    }

    #[test]
    fn the_last_expression_is_found() {
        let found = |text: &'static str| last_expression(text).map(|range| &text[range]);
        assert_eq!(found("x = 1\nx + 1\n"), Some("x + 1"));
        assert_eq!(found("x = 1\n"), None);
        assert_eq!(found("x += 1"), None);
        assert_eq!(found("1, 2 # two"), Some("1, 2"));
        assert_eq!(found("def f(): pass"), None);
    }
}
