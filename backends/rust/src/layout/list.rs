//! Calls, arrays, struct literals that do not fit on one line.

use super::chain;
use super::flat::{LIST_WIDTH, flat, flat_args, flat_field, is_nested_call};
use super::{Prec, TAB, WIDTH, first_line, fits, last_line, needs_parens, render, spaces, width};
use crate::tree::Expr;

/// Items up to this width are packed on lines.
const SHORT_ITEM: usize = 10;

/// `callee(args)`: the last argument hangs over where it can, else one argument a line.
pub(super) fn call(callee: &str, args: &[Expr], indent: usize, col: usize, tail: usize) -> String {
    let at = if callee.contains('\n') { width(last_line(callee)) } else { col + width(callee) };
    if args.is_empty() {
        return format!("{callee}()");
    }
    if let Some(text) = flat_args(args, false)
        && fits(&text, at + 1, tail + 1)
    {
        return format!("{callee}({text})");
    }
    if let Some(text) = overflow(callee, args, indent, at + 1, tail) {
        return format!("{callee}({text})");
    }
    if let Some(text) = format_macro(callee, args, indent) {
        return format!("{callee}({text})");
    }
    let inner = indent + TAB;
    if args.iter().all(|arg| is_simple(arg) && flat(arg).is_some_and(|text| width(&text) <= SHORT_ITEM)) {
        return format!("{callee}(\n{}\n{})", packed(args, inner, !callee.ends_with('!')), spaces(indent));
    }
    let mut out = format!("{callee}(\n");
    for (index, arg) in args.iter().enumerate() {
        let comma = if callee.ends_with('!') && index + 1 == args.len() { "" } else { "," };
        out.push_str(&format!("{}{}{comma}\n", spaces(inner), render(arg, inner, inner, 1)));
    }
    // A text that is too wide is so everywhere: the closure that holds it keeps its head on the line.
    if let ([Expr::Closure(closure)], false) = (args, fits(&out, col, 0)) {
        return format!("{callee}({})", super::block::closure(closure, indent, at + 1, tail + 1));
    }
    format!("{out}{})", spaces(indent))
}

/// All arguments but the last on the line, the last one over several lines.
fn overflow(callee: &str, args: &[Expr], indent: usize, col: usize, tail: usize) -> Option<String> {
    let (last, front) = args.split_last()?;
    let is_joined =
        args.len() == 1 && callee.len() < TAB && callee.starts_with(|c: char| c == '.' || c.is_alphabetic());
    if !is_joined && !can_overflow(last, args.len()) || tests_on_lines(last, indent, col) {
        return None;
    }
    let front: Option<Vec<_>> = front.iter().map(flat).collect();
    let mut head = front?.join(", ");
    if !head.is_empty() {
        head.push_str(", ");
    }
    // A call as the only argument has its one-line form up to the width of a list.
    let reserve =
        if is_nested_call(last) { (tail + 1).max(WIDTH.saturating_sub(col + LIST_WIDTH)) } else { tail + 1 };
    let text = match last {
        // A closure that does not fit as it is gets a block.
        Expr::Closure(closure) => super::block::closure(closure, indent, col + width(&head), reserve),
        last => render(last, indent, col + width(&head), reserve),
    };
    // Calls in calls leave room for what is around them.
    let room = if tail > 2 * TAB { tail } else { 0 };
    let fits_head = col + width(&head) + width(first_line(&text)) + room <= WIDTH;
    // A chain in a call stays on its line, but for the inside of its last link.
    let is_long_callee = callee.len() >= TAB || args.len() > 1;
    if let (Some((prefix, chain)), true) = (chain_in(last), is_long_callee)
        && text.contains('\n')
        && (!chain::hangs(chain, indent, col + width(&head) + prefix, tail + 1) || has_links(&text))
    {
        return None;
    }
    // Two lines that would be one on a line of its own.
    let inner = indent + TAB;
    if args.len() == 1
        && text.matches('\n').count() == 1
        && flat(last).is_some_and(|text| inner + width(&text) < WIDTH)
    {
        return None;
    }
    let is_bounded = args.len() > 1 || !matches!(last, Expr::Closure(_));
    let is_short_front = width(&head) + width(first_line(&text)) <= LIST_WIDTH || !is_bounded;
    (text.contains('\n') && fits_head && is_short_front && fits(&text, col + width(&head), tail + 1))
        .then(|| format!("{head}{text}"))
}

/// Whether the condition of an `if` takes several lines.
fn tests_on_lines(expr: &Expr, indent: usize, col: usize) -> bool {
    match expr {
        Expr::If(branch) => render(&branch.cond, indent, col + 3, 0).contains('\n'),
        _ => false,
    }
}

/// Whether links of a chain begin lines, outside of blocks.
fn has_links(text: &str) -> bool {
    let mut depth = 0;
    for line in text.lines() {
        if depth <= 0 && line.trim_start().starts_with('.') {
            return true;
        }
        let count = |sign: char| line.matches(sign).count() as i32;
        depth += count('{') - count('}');
    }
    false
}

fn can_overflow(expr: &Expr, count: usize) -> bool {
    match expr {
        Expr::Closure(_) | Expr::Block(..) => true,
        Expr::Match(..) | Expr::Call(..) | Expr::Method(..) | Expr::Macro(..) | Expr::Array(_) => count == 1,
        Expr::Struct(..) | Expr::Tuple(_) | Expr::If(_) => count == 1,
        Expr::Unary(_, inner) => !needs_parens(inner, Prec::Unary) && can_overflow(inner, count),
        Expr::Try(inner) | Expr::Cast(inner, _) => can_overflow(inner, count),
        _ => false,
    }
}

/// A chain, also behind a reference: how far behind it begins.
fn chain_in(expr: &Expr) -> Option<(usize, &Expr)> {
    match expr {
        Expr::Method(..) | Expr::Field(..) => Some((0, expr)),
        Expr::Unary(op, inner) => chain_in(inner).map(|(at, chain)| (at + op.len(), chain)),
        Expr::Try(inner) | Expr::Cast(inner, _) => chain_in(inner),
        _ => None,
    }
}

/// `println!(` and its kin: the text on a line, the values packed on the next.
fn format_macro(callee: &str, args: &[Expr], indent: usize) -> Option<String> {
    let before = match callee.strip_suffix('!')?.rsplit("::").next()? {
        "print" | "println" | "eprint" | "eprintln" | "format" | "panic" | "todo" => 0,
        "write" | "writeln" | "assert" => 1,
        _ => return None,
    };
    if args.len() < before + 2 || !args.iter().all(is_simple) {
        return None;
    }
    let inner = indent + TAB;
    let mut lines: Vec<String> = Vec::new();
    lines.extend(
        args[..before].iter().map(|arg| Some(format!("{},", flat(arg)?))).collect::<Option<Vec<_>>>()?,
    );
    lines.push(format!("{},", flat(&args[before])?));
    let rest: Option<Vec<_>> = args[before + 1..].iter().map(flat).collect();
    lines.push(rest?.join(", "));
    let fits_all = lines.iter().all(|line| inner + width(line) <= WIDTH);
    let pad = spaces(inner);
    fits_all.then(|| format!("\n{pad}{}\n{}", lines.join(&format!("\n{pad}")), spaces(indent)))
}

/// What rustfmt calls simple: literals, names, and signs, fields, indices of those.
fn is_simple(expr: &Expr) -> bool {
    match expr {
        Expr::Atom(text) | Expr::Lazy(text) => !text.contains("::") || text.starts_with('"'),
        Expr::Unary(_, of) | Expr::Cast(of, _) | Expr::Field(of, _) | Expr::Try(of) => is_simple(of),
        Expr::Index(base, index) => is_simple(base) && is_simple(index),
        _ => false,
    }
}

/// `[a, b]`, `vec![a, b]`: short items packed, others one a line.
pub(super) fn array(open: &str, items: &[Expr], indent: usize, col: usize, tail: usize) -> String {
    if let Some(text) = flat_args(items, true)
        && fits(&text, col + open.len(), tail + 1)
    {
        return format!("{open}{text}]");
    }
    let inner = indent + TAB;
    let short = |item: &Expr| flat(item).is_some_and(|text| width(&text) <= SHORT_ITEM);
    if items.iter().all(short) {
        return format!("{open}\n{}\n{}]", packed(items, inner, true), spaces(indent));
    }
    if (open == "[" || !matches!(items, [Expr::Method(..)]))
        && let Some(text) = overflow("[", items, indent, col + open.len(), tail)
    {
        return format!("{open}{text}]");
    }
    let mut out = format!("{open}\n");
    for item in items {
        out.push_str(&format!("{}{},\n", spaces(inner), render(item, inner, inner, 1)));
    }
    format!("{out}{}]", spaces(indent))
}

/// Items side by side on as many lines as they need.
fn packed(items: &[Expr], inner: usize, trailing_comma: bool) -> String {
    let mut lines = Vec::new();
    let mut line = String::new();
    for (index, item) in items.iter().enumerate() {
        let comma = if index + 1 == items.len() && !trailing_comma { "" } else { "," };
        let text = format!("{}{comma}", flat(item).unwrap_or_default());
        if !line.is_empty() && inner + width(&line) + 1 + width(&text) > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(&text);
    }
    lines.push(line);
    let pad = spaces(inner);
    format!("{pad}{}", lines.join(&format!("\n{pad}")))
}

/// `Path {` one field a line `}`.
pub(super) fn struct_literal(path: &str, fields: &[(String, Expr)], indent: usize) -> String {
    let inner = indent + TAB;
    let mut out = format!("{path} {{\n");
    for (name, value) in fields {
        if name == ".." {
            out.push_str(&format!("{}..{}\n", spaces(inner), render(value, inner, inner + 2, 0)));
            continue;
        }
        let text = match flat_field(name, value) {
            Some(text) if fits(&text, inner, 1) => text,
            _ => format!("{name}:{}", super::block::right_side(&format!("{name}:"), value, inner, inner, 1)),
        };
        out.push_str(&format!("{}{text},\n", spaces(inner)));
    }
    format!("{out}{}}}", spaces(indent))
}
