//! Text to syntax trees. A broken block does not spoil the rest of the file.
//!
//! Where the file as a whole does not parse, it is cut at its top-level statements and each block
//! is parsed alone (`set_included_ranges`, so positions stay those of the file).

use batuta_base::Code;
use batuta_syntax::tree_sitter::{Parser, Point, Range, Tree};
use batuta_syntax::{SyntaxFault, depth, errors};
use std::borrow::Cow;

/// The text does not follow Python's grammar.
pub const SYNTAX: Code = Code::error("B0101", "this is not Python 3.11");
/// Code is nested deeper than the compiler follows.
pub const TOO_DEEP: Code = Code::error("B0102", "nested too deep");
/// A form of Python 2.
pub const PYTHON2: Code = Code::error("B0103", "this is Python 2");

/// Levels of syntax tree that are lowered. CPython itself refuses 100 nested brackets and about
/// 200 nested blocks; the recursion of all passes must fit this many levels on a 2 MiB stack.
pub const MAX_DEPTH: usize = 400;

/// One parsed stretch of the file.
pub struct Part {
    pub tree: Tree,
    pub start: usize,
    pub end: usize,
    pub faults: Vec<SyntaxFault>,
    /// Start of the deepest node, when there are too many levels.
    pub too_deep: Option<usize>,
}

impl Part {
    pub fn is_broken(&self) -> bool {
        !self.faults.is_empty() || self.too_deep.is_some()
    }
}

fn parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    Some(parser)
}

fn part(tree: Tree, start: usize, end: usize) -> Part {
    let faults = if tree.root_node().has_error() { errors(&tree) } else { Vec::new() };
    let (levels, deepest) = depth(&tree);
    Part { tree, start, end, faults, too_deep: (levels > MAX_DEPTH).then_some(deepest) }
}

/// The text that the parser sees: three stretches that the grammar misreads are hidden behind others
/// of the same length. Nodes take their texts from the file itself.
///
/// * `f"{x:=+9d}"`: its `:=` starts a format and is no assignment.
/// * `type(x).y = 1`: `type` at the start of a line starts a type alias only before a name.
/// * `match [a, b]:` before a `case` is no annotation of an item of `match`: the blank is a `~`.
fn mask(text: &str) -> Cow<'_, str> {
    if !text.contains(":=") && !text.contains("type") && !text.contains("match") {
        return Cow::Borrowed(text);
    }
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while at < out.len() {
        match out[at] {
            b'#' => at += out[at..].iter().position(|byte| *byte == b'\n').unwrap_or(out.len() - at),
            b'"' | b'\'' => at = mask_string(&mut out, at),
            b't' if is_type_call(&out, at) => {
                out[at + 3] = b'_';
                at += 4;
            }
            b'm' if is_match_of_list(&out, at) => {
                at += 5;
                let blanks = out[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                at += blanks;
                out[at - 1] = b'~';
            }
            _ => at += 1,
        }
    }
    String::from_utf8(out).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether a statement starts here with `type(`.
fn is_type_call(text: &[u8], at: usize) -> bool {
    let after = text[at..].strip_prefix(b"type").map(<[u8]>::trim_ascii_start);
    let before = text[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    after.is_some_and(|after| after.starts_with(b"("))
        && before.is_none_or(|byte| matches!(byte, b'\n' | b';' | b':'))
}

/// Whether a line starts here with `match [`, and the next one with `case`.
fn is_match_of_list(text: &[u8], at: usize) -> bool {
    let Some(after) = text[at..].strip_prefix(b"match") else { return false };
    let before = text[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    let is_first = before.is_none_or(|byte| *byte == b'\n');
    let has_blank = after.starts_with(b" ") || after.starts_with(b"\t");
    if !(is_first && has_blank && after.trim_ascii_start().starts_with(b"[")) {
        return false;
    }
    let mut depth = 0;
    for (index, byte) in after.iter().enumerate() {
        match byte {
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' => depth -= 1,
            b'\n' if depth == 0 => return after[index..].trim_ascii_start().starts_with(b"case "),
            _ => {}
        }
    }
    false
}

/// Masks the string literal that opens at `start`; gives where it ends.
fn mask_string(out: &mut [u8], start: usize) -> usize {
    let quote = out[start];
    let is_triple = out[start..].starts_with(&[quote; 3]);
    let letters = out[..start].iter().rev().take(2).take_while(|byte| byte.is_ascii_alphabetic());
    let is_format = letters.clone().any(|byte| matches!(byte, b'f' | b'F'));
    let is_raw = letters.clone().any(|byte| matches!(byte, b'r' | b'R'));
    let length = if is_triple { 3 } else { 1 };
    let mut at = start + length;
    let mut open: Vec<u8> = Vec::new();
    while at < out.len() {
        match out[at] {
            byte if byte == quote && (!is_triple || out[at..].starts_with(&[quote; 3])) => {
                return at + length;
            }
            b'\n' if !is_triple => return at,
            b'\\' if !is_raw || out.get(at + 1) == Some(&quote) => at += 1,
            b'{' if is_format && open.is_empty() && out.get(at + 1) == Some(&b'{') => at += 1,
            byte @ (b'{' | b'(' | b'[') if is_format && (byte == b'{' || !open.is_empty()) => open.push(byte),
            b'}' | b')' | b']' if is_format => drop(open.pop()),
            b':' if open.last() == Some(&b'{') && out.get(at + 1) == Some(&b'=') => out[at + 1] = b'<',
            _ => {}
        }
        at += 1;
    }
    at
}

/// The whole file as one part, or one part per top-level block where it is broken.
pub fn parse(text: &str) -> Vec<Part> {
    let Some(mut parser) = parser() else { return Vec::new() };
    let masked = mask(text);
    let text = masked.as_ref();
    let Some(tree) = parser.parse(text, None) else { return Vec::new() };
    let whole = part(tree, 0, text.len());
    if !whole.is_broken() {
        return vec![whole];
    }
    let cuts = blocks(text);
    if cuts.len() < 2 {
        return vec![whole];
    }
    let mut parts = Vec::new();
    for (start, end) in cuts {
        let range = Range {
            start_byte: start,
            end_byte: end,
            start_point: point(text, start),
            end_point: point(text, end),
        };
        if parser.set_included_ranges(&[range]).is_err() {
            return vec![whole];
        }
        match parser.parse(text, None) {
            Some(tree) => parts.push(part(tree, start, end)),
            None => return vec![whole],
        }
    }
    parts
}

fn point(text: &str, at: usize) -> Point {
    let before = &text.as_bytes()[..at];
    let row = before.iter().filter(|byte| **byte == b'\n').count();
    let column = at - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |line| line + 1);
    Point { row, column }
}

/// Byte ranges of the file's top-level blocks: a block starts at a line whose first column holds a
/// statement that does not continue the one before.
fn blocks(text: &str) -> Vec<(usize, usize)> {
    let mut starts = vec![0];
    let mut at = 0;
    let mut state = Lines::default();
    for line in text.split_inclusive('\n') {
        let is_inside = state.is_inside(line);
        if at > 0 && !is_inside && opens_block(line) {
            starts.push(at);
            state = Lines::default();
        }
        state.read(line);
        at += line.len();
    }
    starts.push(text.len());
    starts.dedup();
    starts.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

fn first_word(line: &str) -> &str {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("")
}

fn opens_block(line: &str) -> bool {
    let Some(first) = line.chars().next() else { return false };
    if first.is_whitespace() || matches!(first, '#' | ')' | ']' | '}') {
        return false;
    }
    !matches!(first_word(line), "else" | "elif" | "except" | "finally")
}

/// Open brackets and triple quotes at the end of a line.
#[derive(Default)]
struct Lines {
    brackets: usize,
    quote: Option<&'static str>,
    /// The line before was a decorator or ended in a backslash.
    continues: bool,
}

impl Lines {
    /// Whether `line` belongs to the statement before it. A keyword that only starts statements
    /// ends open brackets: the closing one was forgotten.
    fn is_inside(&self, line: &str) -> bool {
        if self.quote.is_some() || self.continues {
            return true;
        }
        self.brackets > 0
            && !line.starts_with('@')
            && !matches!(first_word(line), "def" | "class" | "import" | "while" | "try" | "with")
    }

    fn read(&mut self, line: &str) {
        let bytes = line.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            if let Some(quote) = self.quote {
                if rest.starts_with(quote.as_bytes()) {
                    self.quote = None;
                    at += 3;
                } else {
                    at += if rest[0] == b'\\' { 2 } else { 1 };
                }
                continue;
            }
            match rest[0] {
                b'#' => break,
                b'(' | b'[' | b'{' => self.brackets += 1,
                b')' | b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
                b'"' if rest.starts_with(b"\"\"\"") => self.open("\"\"\"", &mut at),
                b'\'' if rest.starts_with(b"'''") => self.open("'''", &mut at),
                quote @ (b'"' | b'\'') => at += short_string(rest, quote),
                _ => {}
            }
            at += 1;
        }
        self.continues = self.quote.is_none()
            && (line.starts_with('@') || line.trim_end_matches(['\n', '\r']).ends_with('\\'));
    }

    fn open(&mut self, quote: &'static str, at: &mut usize) {
        self.quote = Some(quote);
        *at += 2;
    }
}

/// Bytes from the opening quote to the closing one (or the line's end).
fn short_string(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote && rest[at] != b'\n' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_no_assignment() {
        let text = "f\"{n:=+9d} {{x:=1}} {(y := 2)} {d['a']:=3}\" + 'f{n:=1}' # {a:=1}\n(z := 3)\n";
        let masked = "f\"{n:<+9d} {{x:=1}} {(y := 2)} {d['a']:<3}\" + 'f{n:=1}' # {a:=1}\n(z := 3)\n";
        assert_eq!(mask(text), masked);
        assert_eq!(
            mask("x = type(y)\n type (x).y = 1\ntype X = int"),
            "x = type(y)\n typ_ (x).y = 1\ntype X = int"
        );
        assert_eq!(
            mask("match [1, x]:\n    case [1]:\n        match [0]\nmatch [0] = 1\n"),
            "match~[1, x]:\n    case [1]:\n        match [0]\nmatch [0] = 1\n"
        );
    }

    #[test]
    fn a_broken_function_leaves_the_others() {
        let text =
            "def a():\n    return 1\n\ndef b(:\n    x = (\n\n@wrap\ndef c():\n    return '''\nx = 1\n'''\n";
        let parts = parse(text);
        let broken: Vec<_> = parts.iter().map(|part| (part.start, part.is_broken())).collect();
        assert_eq!(broken.len(), 3, "{broken:?}");
        assert_eq!(broken.iter().filter(|part| part.1).count(), 1, "{broken:?}");
    }
}
