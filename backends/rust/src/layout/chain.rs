//! Method chains: on one line, with the last link hanging over, or one link a line.

use super::flat::LIST_WIDTH;
use super::list::call;
use super::{Prec, TAB, first_line, fits, needs_parens, operand, spaces, width};
use crate::tree::Expr;

/// A link behind the root: `.name(args)`, `.field`, with the `?`s behind it.
struct Link<'a> {
    name: &'a str,
    args: Option<&'a [Expr]>,
    tries: usize,
}

fn split<'a>(expr: &'a Expr, links: &mut Vec<Link<'a>>, tries: usize) -> (&'a Expr, usize) {
    if needs_parens(expr, Prec::Postfix) {
        return (expr, tries);
    }
    let (inner, link) = match expr {
        Expr::Try(inner) => return split(inner, links, tries + 1),
        Expr::Method(inner, name, args) => (inner, Link { name, args: Some(args), tries }),
        Expr::Field(inner, name) => (inner, Link { name, args: None, tries }),
        Expr::Await(inner) => (inner, Link { name: "await", args: None, tries }),
        other => return (other, tries),
    };
    let root = split(inner, links, 0);
    links.push(link);
    root
}

/// Number of links behind the root.
pub(super) fn link_count(expr: &Expr) -> usize {
    let mut links = Vec::new();
    split(expr, &mut links, 0);
    links.len()
}

impl Link<'_> {
    fn render(&self, indent: usize, col: usize, tail: usize) -> String {
        let text = match self.args {
            Some(args) => call(&format!(".{}", self.name), args, indent, col, tail + self.tries),
            None => format!(".{}", self.name),
        };
        format!("{text}{}", "?".repeat(self.tries))
    }

    fn flat(&self) -> Option<String> {
        let args = match self.args {
            Some(args) => format!("({})", super::flat::flat_args(args, false)?),
            None => String::new(),
        };
        Some(format!(".{}{args}{}", self.name, "?".repeat(self.tries)))
    }
}

/// A chain that does not stay on one line as a whole.
pub(super) fn chain(expr: &Expr, indent: usize, col: usize, tail: usize) -> String {
    let mut links = Vec::new();
    let (root, tries) = split(expr, &mut links, 0);
    if links.is_empty() {
        return format!("{}{}", operand(root, Prec::Postfix, indent, col, tail + tries), "?".repeat(tries));
    }
    let mut head = operand(root, Prec::Postfix, indent, col, 0);
    head.push_str(&"?".repeat(tries));
    let Some((last, front)) = links.split_last() else { return head };
    if let Some(text) = hanging(&head, front, last, indent, col, tail) {
        return text;
    }
    // Links stay with a root that is no wider than an indentation.
    let mut at = 0;
    let room = TAB.saturating_sub(col.saturating_sub(indent));
    while at < links.len() && width(&head) <= room && !head.contains('\n') {
        let link = links[at].render(indent, col + width(&head), 0);
        head.push_str(&link);
        at += 1;
    }
    // Behind a root of several lines the links stand at its own indentation.
    let inner = if head.contains('\n') && (at > 0 || closes(root, &head)) { indent } else { indent + TAB };
    for (index, link) in links.iter().enumerate().skip(at) {
        let tail = if index + 1 == links.len() { tail } else { 0 };
        head.push_str(&format!("\n{}{}", spaces(inner), link.render(inner, inner, tail)));
    }
    head
}

/// Whether the last line of a root is the end of its brackets.
fn closes(root: &Expr, text: &str) -> bool {
    match root {
        Expr::Binary(_, _, of) | Expr::Unary(_, of) | Expr::Try(of) => closes(of, text),
        Expr::Index(..) => width(super::last_line(text).trim_start()) <= TAB,
        Expr::Closure(closure) => closes(&closure.body, text),
        Expr::Cast(..) | Expr::Range(..) | Expr::Atom(_) | Expr::Lazy(_) => false,
        _ => true,
    }
}

/// Whether a chain that does not fit on a line keeps all links but the last one's inside on the first.
pub(super) fn hangs(expr: &Expr, indent: usize, col: usize, tail: usize) -> bool {
    let mut links = Vec::new();
    let (root, tries) = split(expr, &mut links, 0);
    let head = format!("{}{}", operand(root, Prec::Postfix, indent, col, 0), "?".repeat(tries));
    match links.split_last() {
        Some((last, front)) => hanging(&head, front, last, indent, col, tail).is_some(),
        None => true,
    }
}

/// Everything on the first line but the inside of the last link's arguments: where that is at least five
/// lines, or no longer than the last link on a line of its own.
fn hanging(
    head: &str,
    front: &[Link<'_>],
    last: &Link<'_>,
    indent: usize,
    col: usize,
    tail: usize,
) -> Option<String> {
    let parts: Option<Vec<_>> = front.iter().map(Link::flat).collect();
    let line = format!("{head}{}", parts?.concat());
    if line.contains('\n') {
        return None;
    }
    let at = col + width(&line);
    let text = last.render(indent, at, tail);
    let total = width(&line) + width(first_line(&text));
    if (!front.is_empty() && total > LIST_WIDTH) || !fits(&text, at, tail) {
        return None;
    }
    let inner = indent + TAB;
    let lines = text.lines().count();
    let own_lines = last.render(inner, inner, tail).lines().count();
    (lines == 1 || lines >= 5 || own_lines >= lines).then(|| format!("{line}{text}"))
}
