//! What a prompt asks of a text: whether it goes on, what it defines, how it is coloured, its tree.

use crate::parse;
use batuta_syntax::Syntax;
use batuta_syntax::tree_sitter::{Language, Node, Query, QueryCursor, StreamingIterator};
use std::ops::Range;
use std::sync::LazyLock;

/// An item of a file that another of its kind and name replaces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Definition {
    /// `fun area`, `struct P`; an `impl` counts by all that stands before its body.
    pub name: String,
    /// Of an `impl`: the functions in it.
    pub members: Vec<String>,
    /// Where it stands, attributes and doc comments included.
    pub range: Range<usize>,
}

/// A part of a text and the name of its colour: `keyword`, `string`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    pub range: Range<usize>,
    pub name: &'static str,
}

/// Whether a text stops in the middle: a bracket, a quoted text or a comment is open, or it ends where something
/// has to follow.
pub fn is_open(text: &str) -> bool {
    match depth(text) {
        Some(0) => ends_early(text),
        Some(depth) => depth > 0,
        None => true,
    }
}

/// Open brackets; nothing inside of a quoted text or a comment.
fn depth(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0);
    while at < bytes.len() {
        let rest = &text[at..];
        at += match bytes[at] {
            b'(' | b'[' | b'{' => {
                depth += 1;
                1
            }
            b')' | b']' | b'}' => {
                depth -= 1;
                1
            }
            b'"' if rest.starts_with("\"\"\"") => 6 + rest[3..].find("\"\"\"")?,
            b'"' => quoted(rest)?,
            b'r' if rest.starts_with("r#\"") => 5 + rest[3..].find("\"#")?,
            b'r' if rest.starts_with("r\"") => 3 + rest[2..].find('"')?,
            b'/' if rest.starts_with("//") => line(rest),
            b'/' if rest.starts_with("/*") => comment(rest)?,
            b'#' if !rest.starts_with("#[") => line(rest),
            // One character: `'('`.
            b'\'' => character(rest),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    Some(depth)
}

fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

fn quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn comment(text: &str) -> Option<usize> {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        let rest = &text[at..];
        match (rest.find("*/"), rest.find("/*")) {
            (Some(end), Some(start)) if start < end => (at, depth) = (at + start + 2, depth + 1),
            (Some(end), _) => (at, depth) = (at + end + 2, depth - 1),
            (None, _) => return None,
        }
    }
    Some(at)
}

fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => text[3..].find('\'').map_or(1, |end| 4 + end),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// Whether the parser misses something at the end.
fn ends_early(text: &str) -> bool {
    let end = text.trim_end().len();
    let Some(parsed) = parse::parse(text).filter(|_| end > 0) else { return false };
    let is_missing = parsed.faults.iter().any(|fault| fault.missing.is_some() && fault.start >= end);
    let last = text[..end].trim_end_matches(|c: char| !c.is_whitespace()).len();
    let operators = ["+", "-", "*", "/", "%", "=", "==", "&&", "||", "|>", ",", "=>", "->", "."];
    is_missing || !parsed.faults.is_empty() && operators.contains(&&text[last..end])
}

/// The functions, types, traits, implementations and modules that a text defines; none where it has faults.
pub fn definitions(text: &str) -> Vec<Definition> {
    let Some(parsed) = parse::parse(text).filter(|parsed| parsed.faults.is_empty()) else {
        return Vec::new();
    };
    let root = Syntax::new(parsed.tree.root_node(), text);
    root.named().into_iter().filter_map(definition).collect()
}

fn definition(item: Syntax<'_>) -> Option<Definition> {
    let word = match item.kind() {
        "function_item" => "fun",
        "struct_item" | "enum_item" | "class_item" | "actor_item" | "type_alias" => "type",
        "trait_item" => "trait",
        "mod_item" => "mod",
        "const_item" => "const",
        "impl_item" => {
            let end = item.field("body").map_or(item.end(), Syntax::start);
            let head = item.source().get(item.start()..end)?.split_whitespace().collect::<Vec<_>>().join(" ");
            let functions = item.field("body").map(Syntax::named).unwrap_or_default();
            let names = functions.iter().filter_map(|part| Some(part.field("name")?.text().to_owned()));
            return Some(Definition {
                name: head,
                members: names.collect(),
                range: item.start()..item.end(),
            });
        }
        _ => return None,
    };
    let name = format!("{word} {}", item.field("name")?.text());
    Some(Definition { name, members: Vec::new(), range: item.start()..item.end() })
}

/// Whether the last statement of a text gives a value to one new variable.
pub fn ends_in_let(text: &str) -> bool {
    let Some(parsed) = parse::parse(text).filter(|parsed| parsed.faults.is_empty()) else { return false };
    let stmts = Syntax::new(parsed.tree.root_node(), text).named();
    let last = stmts.into_iter().rev().find(|stmt| !stmt.is("empty_statement"));
    let last = last.filter(|last| last.is("let_declaration") && last.field("value").is_some());
    let pattern = last.and_then(|last| last.field("pattern"));
    pattern.is_some_and(|pattern| {
        let is_plain = pattern.is("binding_pattern") && pattern.field("pattern").is_none();
        (pattern.is("identifier") || is_plain) && pattern.text() != "_"
    })
}

/// The tree of a text, one node a line.
pub fn tree(text: &str) -> String {
    let Some(parsed) = parse::parse(text) else { return String::new() };
    let mut out = String::new();
    let mut open: Vec<(Node<'_>, usize)> = vec![(parsed.tree.root_node(), 0)];
    while let Some((node, depth)) = open.pop() {
        let inner: Vec<Node<'_>> = node.named_children(&mut node.walk()).collect();
        out.push_str(&"  ".repeat(depth));
        out.push_str(node.kind());
        if inner.is_empty() {
            out.push_str(&format!(" {:?}", text.get(node.byte_range()).unwrap_or("")));
        }
        out.push('\n');
        open.extend(inner.into_iter().rev().map(|child| (child, depth + 1)));
    }
    out
}

struct Highlights {
    query: Query,
    names: Vec<&'static str>,
}

static HIGHLIGHTS: LazyLock<Option<Highlights>> = LazyLock::new(|| {
    let language = Language::from(batuta_ruchy_grammar::LANGUAGE);
    let query = Query::new(&language, batuta_ruchy_grammar::HIGHLIGHTS).ok()?;
    let names = query.capture_names().iter().map(|name| &*name.to_string().leak()).collect();
    Some(Highlights { query, names })
});

/// The coloured parts of a text, in their order, none over another.
pub fn highlight(text: &str) -> Vec<Piece> {
    let (Some(parsed), Some(highlights)) = (parse::parse(text), HIGHLIGHTS.as_ref()) else {
        return Vec::new();
    };
    let mut cursor = QueryCursor::new();
    let mut found: Vec<(Range<usize>, usize, &'static str)> = Vec::new();
    let mut matches = cursor.matches(&highlights.query, parsed.tree.root_node(), text.as_bytes());
    while let Some(one) = matches.next() {
        for capture in one.captures() {
            let name = highlights.names[capture.index as usize];
            found.push((capture.node.byte_range(), one.pattern_index, name));
        }
    }
    // The first pattern of the file counts, and the inner one of two parts.
    found.sort_by_key(|(range, pattern, _)| (range.start, std::cmp::Reverse(range.end), *pattern));
    let mut out: Vec<Piece> = Vec::new();
    for (range, _, name) in found {
        match out.last() {
            Some(last) if range.start < last.range.end => {}
            _ => out.push(Piece { range, name }),
        }
    }
    out
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn open_texts_are_known() {
        for text in [
            "fun f() {",
            "f(1,\n",
            "\"two",
            "/* a",
            "let x =",
            "1 +",
            "xs |>",
            "f\"{x",
            "match x {\n 1 => 2,",
        ] {
            assert!(is_open(text), "{text}");
        }
        for text in [
            "fun f() { 1 }",
            "\"a{\"",
            "1 // (",
            "# [ {",
            "f(1))",
            "'('",
            "let x = 1",
            "",
            "xs[0]?",
            "r\"\\\"",
            "/* ( */ 1",
        ] {
            assert!(!is_open(text), "{text}");
        }
    }

    #[test]
    fn definitions_have_names() {
        let text = "struct P { x: i64 }\nimpl P { fun a(&self) { 1 } }\nlet x = 1\n#[test]\nfun t() { }\nenum E { A }";
        let names: Vec<String> = definitions(text).into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["type P", "impl P", "fun t", "type E"]);
    }

    #[test]
    fn a_last_let_is_known() {
        for (text, is_let) in [
            ("1; let x = 1", true),
            ("let mut x = 1;", true),
            ("let x: i64", false),
            ("let (a, b) = t", false),
            ("x", false),
        ] {
            assert_eq!(ends_in_let(text), is_let, "{text}");
        }
    }

    #[test]
    fn parts_have_colours() {
        let text = "let x = \"a\" // b";
        let shown: Vec<_> =
            highlight(text).into_iter().map(|piece| (&text[piece.range], piece.name)).collect();
        assert_eq!(shown, [("let", "keyword"), ("=", "operator"), ("\"a\"", "string"), ("// b", "comment")]);
    }

    #[test]
    fn trees_are_indented() {
        assert!(
            tree("1 + x").contains("  expression_statement\n    binary_expression\n      integer \"1\"\n")
        );
    }
}
