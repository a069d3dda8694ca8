//! Lines that are written as text, laid out as the syntax tree of the same text would be.
//!
//! `impl`s for the runtime's traits are text with names put in: a name may make a line too wide. Each line that the
//! small grammar of library spellings reads (a value, an arm, the head of a function) is rendered anew. A line that
//! would not come out as the same tokens stays as it is.

use super::block::arm_text;
use super::{TAB, WIDTH, fits, render, spaces, width};
use crate::template;
use crate::tree::{Arm, Block};

/// The text with its wide lines laid out.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let folded = if width(line) > WIDTH / 2 { folded(line) } else { None };
        out.push_str(folded.as_deref().unwrap_or(line));
        out.push('\n');
    }
    if !text.ends_with('\n') {
        out.pop();
    }
    out
}

fn folded(line: &str) -> Option<String> {
    let body = line.trim_start();
    let indent = width(line) - width(body);
    if body.starts_with("//") || body.starts_with('#') || body.contains("\\\"") {
        return None;
    }
    let made = if let Some(head) = body.strip_suffix('{').filter(|head| head.contains("fn ")) {
        head_text(head.trim_end(), indent)?
    } else if let Some((pat, value)) = body.strip_suffix(',').and_then(|body| body.split_once(" => ")) {
        arm(pat, value, indent)?
    } else {
        let value = body.strip_suffix(';').unwrap_or(body);
        let end = &body[value.len()..];
        format!("{}{end}", render(&template::read(value)?, indent, indent, end.len()))
    };
    let made = format!("{}{made}", spaces(indent));
    (tokens(&made) == tokens(line)).then_some(made)
}

/// A text without what only lays it out.
fn tokens(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '{' | '}')).collect()
}

/// `fn name(a: A, b: B) -> C {`, one parameter a line where it is too wide.
fn head_text(head: &str, indent: usize) -> Option<String> {
    if fits(head, indent, 2) {
        return None;
    }
    let open = head.find('(')?;
    let mut depth = 0;
    let close = head.char_indices().skip_while(|(at, _)| *at < open).find_map(|(at, c)| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        (depth == 0).then_some(at)
    })?;
    let params = split_list(&head[open + 1..close]);
    let pad = spaces(indent + TAB);
    let rows: String =
        params.iter().filter(|param| !param.is_empty()).map(|param| format!("{pad}{param},\n")).collect();
    Some(format!("{}\n{rows}{}{} {{", &head[..=open], spaces(indent), &head[close..]))
}

/// The parts of a list, split at the commas that stand in no brackets.
pub(super) fn split_list(text: &str) -> Vec<&str> {
    let (mut depth, mut start) = (0, 0);
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '<' => depth += 1,
            '>' if text[..at].ends_with('-') => {}
            ')' | ']' | '>' => depth -= 1,
            ',' if depth == 0 => {
                out.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(text[start..].trim());
    out
}

fn arm(pat: &str, value: &str, indent: usize) -> Option<String> {
    let (pat, guard) = match pat.split_once(" if ") {
        Some((pat, guard)) => (pat, Some(template::read(guard)?)),
        None => (pat, None),
    };
    let body = Block::of(template::read(value)?);
    let arm = Arm { pat: pat.to_owned(), guard, body, above: Vec::new(), mark: None };
    Some(arm_text(&arm, indent))
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn wide_lines_are_laid_out() {
        let arm = "            (\"__sub__\", [other]) if other.try_to::<Poly>().is_ok() => Some(Ok(rt::Value::from(self.minus(&other.to::<Poly>())))),\n";
        assert_eq!(
            fold(arm),
            "            (\"__sub__\", [other]) if other.try_to::<Poly>().is_ok() => {\n                Some(Ok(rt::Value::from(self.minus(&other.to::<Poly>()))))\n            }\n"
        );
        let head = "    fn call_method(self: Rc<Self>, name: &str, args: &[rt::Value]) -> Option<rt::Result<rt::Value>> {\n";
        assert!(fold(head).starts_with("    fn call_method(\n        self: Rc<Self>,\n"));
    }

    #[test]
    fn other_lines_stay() {
        for line in [
            "    let x = 1;\n",
            "    // a comment that is so long that it would have to be broken, were it one of those\n",
        ] {
            assert_eq!(fold(line), line);
        }
    }
}
