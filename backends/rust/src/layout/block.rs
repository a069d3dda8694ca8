//! Statements, blocks, closures and control flow.

use super::flat::{closure_head, flat, flat_block};
use super::{
    Prec, TAB, WIDTH, broken_type, first_line, fits, last_line, mark_text, needs_parens, operand, render,
    spaces, width,
};
use crate::tree::{Arm, Block, Closure, Comment, Expr, If, Stmt, StmtKind};

/// Comment lines at an indentation, each with its line break.
pub fn comments(list: &[Comment], indent: usize, is_first: bool) -> String {
    let mut out = String::new();
    for (index, comment) in list.iter().enumerate() {
        if comment.blank_before && !(is_first && index == 0) {
            out.push('\n');
        }
        for line in comment.text.split('\n') {
            out.push_str(format!("{}//{}", spaces(indent), comment_text(line)).trim_end());
            out.push('\n');
        }
    }
    out
}

/// A comment's text with the blank that Rust comments start with.
fn comment_text(text: &str) -> String {
    if text.is_empty() || text.starts_with(' ') { text.to_owned() } else { format!(" {text}") }
}

/// A function's body: `{`, statements, `}`.
pub fn fn_block(block: &Block, indent: usize) -> String {
    tidied_block(&tidied(block), indent)
}

/// A function's block as it is laid out.
pub fn tidied(block: &Block) -> Block {
    let mut block = block.clone();
    crate::tidy::block(&mut block);
    crate::plain::body(&mut block);
    block
}

/// A tidied block as a function's body.
pub fn tidied_block(block: &Block, indent: usize) -> String {
    if block.is_empty() { "{}".to_owned() } else { open_block("", block, indent) }
}

/// `head{ .. }` over several lines.
fn open_block(head: &str, block: &Block, indent: usize) -> String {
    if block.is_empty() {
        return format!("{head}{{}}");
    }
    format!("{head}{{\n{}{}}}", stmts(block, indent + TAB), spaces(indent))
}

/// The lines inside a block.
pub fn stmts(block: &Block, indent: usize) -> String {
    let mut out = String::new();
    for (index, stmt) in block.stmts.iter().enumerate() {
        if stmt.blank_before && index > 0 {
            out.push('\n');
        }
        out.push_str(&comments(&stmt.above, indent, index == 0));
        out.push_str(&stmt_text(stmt, indent));
    }
    if let Some(tail) = &block.tail {
        let text = render(tail, indent, indent, 0);
        out.push_str(&format!("{}{}{text}\n", spaces(indent), mark_text(block.tail_mark)));
    }
    out.push_str(&comments(&block.end_comments, indent, out.is_empty()));
    out
}

/// An expression in statement position: an `if` is never put on one line there.
fn statement_value(expr: &Expr, indent: usize, tail: usize) -> String {
    match expr {
        Expr::If(node) => if_text(node, indent, indent),
        other => render(other, indent, indent, tail),
    }
}

fn stmt_text(stmt: &Stmt, indent: usize) -> String {
    let text = match &stmt.kind {
        StmtKind::Let { pat, ty, value, els } => {
            let_text(pat, ty.as_deref(), value.as_ref(), els.as_ref(), indent)
        }
        StmtKind::Expr(expr) => {
            let semicolon = if expr.is_block_like() { "" } else { ";" };
            format!("{}{semicolon}", statement_value(expr, indent, semicolon.len()))
        }
        StmtKind::Value(expr) => render(expr, indent, indent, 0),
        StmtKind::Nothing => String::new(),
    };
    let Some(beside) = &stmt.beside else {
        return if text.is_empty() {
            text
        } else {
            format!("{}{}{text}\n", spaces(indent), mark_text(stmt.mark))
        };
    };
    let comment = comment_text(beside);
    let line = format!("{}{}", spaces(indent), mark_text(stmt.mark));
    match text.split_once('\n') {
        // Behind the opening brace of a block, else behind the last line.
        None if text.is_empty() => format!("{line}//{comment}\n"),
        None => format!("{line}{text} //{comment}\n"),
        Some((first, rest)) if first.ends_with('{') => {
            format!("{line}{first}\n{}//{comment}\n{rest}\n", spaces(indent + TAB))
        }
        Some(_) => format!("{}//{comment}\n{line}{text}\n", spaces(indent)),
    }
}

fn let_text(pat: &str, ty: Option<&str>, value: Option<&Expr>, els: Option<&Block>, indent: usize) -> String {
    let ty = ty.map_or(String::new(), |ty| format!(": {}", broken_type(ty, indent)));
    let Some(value) = value else { return format!("let {pat}{ty};") };
    let head = format!("let {pat}{ty} =");
    let Some(els) = els else {
        // Behind a type of several lines the value begins where the last of them ends.
        let (line, col) = if head.contains('\n') { (last_line(&head), 0) } else { (&*head, indent) };
        return format!("{head}{};", right_side(line, value, indent, col, 1));
    };
    if let (Some(value), Some(block)) = (flat(value), flat_block(els)) {
        let line = format!("{head} {} else {block};", closed(value));
        if width(&line) <= 50 && fits(&line, indent, 0) {
            return line;
        }
    }
    let mut text = format!("{head}{}", closed(right_side(&head, value, indent, indent, 0)));
    let fits_line = !text.contains('\n') && indent + width(&text) + 7 <= WIDTH;
    let last = text.lines().last().unwrap_or_default();
    let closes = text.ends_with([')', '}', ']', '?']) && starts_at(last, indent) && text.contains('\n');
    let open = if fits_line || closes { " else ".to_owned() } else { format!("\n{}else ", spaces(indent)) };
    text.push_str(&open_block(&open, &with_semicolons(els), indent));
    format!("{text};")
}

/// No `}` may stand before `else`.
fn closed(value: String) -> String {
    if !value.ends_with('}') {
        return value;
    }
    let start = value.len() - value.trim_start().len();
    format!("{}({})", &value[..start], &value[start..])
}

/// The line's first sign stands at this column.
fn starts_at(line: &str, indent: usize) -> bool {
    line.strip_prefix(&spaces(indent)).is_some_and(|rest| !rest.starts_with(' '))
}

/// A block whose value is a jump says it as a statement.
fn with_semicolons(block: &Block) -> Block {
    let mut block = block.clone();
    if matches!(block.tail.as_deref(), Some(Expr::Jump(..))) {
        let mark = block.tail_mark.take();
        if let Some(tail) = block.tail.take() {
            block.stmts.push(Stmt { mark, ..Stmt::expr(*tail) });
        }
    }
    block
}

/// A value behind `=` or `:`: on the line, or on the next where that reads better. Starts with its white space.
pub(super) fn right_side(head: &str, value: &Expr, indent: usize, col: usize, tail: usize) -> String {
    let at = col + width(head) + 1;
    let same = render(value, indent, at, tail);
    if !same.contains('\n') && fits(&same, at, tail) {
        return format!(" {same}");
    }
    let inner = indent + TAB;
    let next = render(value, inner, inner, tail);
    let next_fits = fits(&next, inner, tail);
    let same_fits = fits(&same, at, tail);
    let prefers_next = !next.contains('\n')
        || same.matches('\n').count() > next.matches('\n').count() + 1
        || ['(', '{', '[']
            .iter()
            .any(|sign| first_line(&same).ends_with(*sign) && !first_line(&next).ends_with(*sign));
    let is_fixed = matches!(value, Expr::Block(..) | Expr::Match(..) | Expr::Loop(..) | Expr::Struct(..));
    if next_fits && (!same_fits || (prefers_next && !is_fixed)) {
        format!("\n{}{next}", spaces(inner))
    } else {
        format!(" {same}")
    }
}

/// The parameters of a closure, one a line where they are too wide together.
fn broken_head(closure: &Closure, indent: usize, col: usize) -> String {
    let head = closure_head(closure);
    if col + width(&head) + 2 <= WIDTH
        || closure.params.contains(['(', '<']) && !closure.params.contains(", ")
    {
        return head;
    }
    let params = super::fold::split_list(&closure.params);
    let open = col.max(indent) + if closure.is_move { 6 } else { 1 };
    let ret = closure.ret.as_ref().map_or(String::new(), |ret| format!(" -> {ret}"));
    let lines = params.join(&format!(",\n{}", spaces(open)));
    format!("{}|{lines}|{ret}", if closure.is_move { "move " } else { "" })
}

/// A closure that does not stay on one line.
pub(super) fn closure(closure: &Closure, indent: usize, col: usize, tail: usize) -> String {
    let head = broken_head(closure, indent, col);
    match closure.value() {
        Expr::Block(open, block) if open.is_empty() && !block.is_empty() => {
            open_block(&format!("{head} "), block, indent)
        }
        // What is tested on several lines stands in a block.
        Expr::Match(subject, _) if render(subject, indent, col + width(&head) + 7, 2).contains('\n') => {
            open_block(&format!("{head} "), &Block::of(closure.value().clone()), indent)
        }
        body @ (Expr::Match(..) | Expr::Struct(..) | Expr::Block(..)) if closure.ret.is_none() => {
            format!("{head} {}", render(body, indent, col + width(&head) + 1, tail))
        }
        body => open_block(&format!("{head} "), &Block::of(body.clone()), indent),
    }
}

/// Blocks, `if`, `match`, loops, jumps.
pub(super) fn block_like(expr: &Expr, indent: usize, col: usize, tail: usize) -> String {
    match expr {
        Expr::Block(head, block) => open_block(head, block, indent),
        Expr::If(node) => if_text(node, indent, col),
        Expr::Match(subject, arms) => match_text(subject, arms, indent, col),
        Expr::While(label, cond, body) => {
            let head = condition(&format!("{label}while "), cond, indent, col);
            open_block(&head, body, indent)
        }
        Expr::Loop(label, body) => open_block(&format!("{label}loop "), body, indent),
        Expr::For(label, pat, iter, body) => {
            let head = condition(&format!("{label}for {pat} in "), iter, indent, col);
            open_block(&head, body, indent)
        }
        Expr::Jump(word, Some(value)) => {
            format!("{word} {}", render(value, indent, col + word.len() + 1, tail))
        }
        Expr::Let(pat, value) if needs_parens(value, Prec::Compare) => {
            format!("let {pat} = {}", operand(value, Prec::Compare, indent, col + width(pat) + 7, tail))
        }
        Expr::Let(pat, value) => {
            let head = format!("let {pat} =");
            format!("{head}{}", right_side(&head, value, indent, col, tail))
        }
        other => flat(other).unwrap_or_default(),
    }
}

/// `word cond ` before an opening brace; the brace goes to its own line behind a broken condition.
fn condition(word: &str, cond: &Expr, indent: usize, col: usize) -> String {
    let text = struct_safe(cond, render(cond, indent, col + width(word), 0));
    let last = text.lines().last().unwrap_or_default();
    let is_broken = text.contains('\n');
    let closes = last.trim_start().chars().all(|c| matches!(c, '(' | ')' | ']' | '}' | '?' | '>'));
    let is_hanging = is_broken && starts_at(last, indent) && closes;
    if (is_broken || !fits(&text, col + width(word), 2)) && !is_hanging {
        format!("{word}{text}\n{}", spaces(indent))
    } else {
        format!("{word}{text} ")
    }
}

/// A struct literal may not stand bare before a block.
fn struct_safe(cond: &Expr, text: String) -> String {
    fn has_struct(expr: &Expr) -> bool {
        match expr {
            Expr::Struct(..) => true,
            Expr::Binary(left, _, right) => has_struct(left) || has_struct(right),
            Expr::Unary(_, inner) | Expr::Field(inner, _) | Expr::Method(inner, ..) | Expr::Let(_, inner) => {
                has_struct(inner)
            }
            _ => false,
        }
    }
    if has_struct(cond) { format!("({text})") } else { text }
}

fn if_text(node: &If, indent: usize, col: usize) -> String {
    let head = condition("if ", &node.cond, indent, col);
    let mut out = open_block(&head, &with_semicolons(&node.then), indent);
    if node.then.is_empty() {
        out = format!("{head}{{\n{}}}", spaces(indent));
    }
    match &node.els {
        None => {}
        Some(Expr::If(next)) => out.push_str(&format!(" else {}", if_text(next, indent, indent + 7))),
        Some(Expr::Block(_, block)) => {
            out.push_str(&open_block(" else ", &with_semicolons(block), indent));
        }
        Some(other) => out.push_str(&open_block(" else ", &Block::of(other.clone()), indent)),
    }
    if node.then.is_empty() && node.els.is_none() { format!("{head}{{}}") } else { out }
}

fn match_text(subject: &Expr, arms: &[Arm], indent: usize, col: usize) -> String {
    let inner = indent + TAB;
    let mut out = format!("{}{{\n", condition("match ", subject, indent, col));
    for (index, arm) in arms.iter().enumerate() {
        out.push_str(&comments(&arm.above, inner, index == 0));
        out.push_str(&format!("{}{}{}\n", spaces(inner), mark_text(arm.mark), arm_text(arm, inner)));
    }
    format!("{out}{}}}", spaces(indent))
}

pub(super) fn arm_text(arm: &Arm, indent: usize) -> String {
    let mut head = arm.pat.clone();
    if let Some(guard) = &arm.guard {
        head.push_str(&format!(" if {}", render(guard, indent, indent + width(&head) + 4, 5)));
    }
    head.push_str(" =>");
    let is_broken = !fits(&head, indent, 2) || head.contains('\n');
    if is_broken {
        head = broken_pattern(arm, indent);
    }
    if is_broken && arm.guard.is_some() {
        let block = match arm.body.as_value() {
            Some(Expr::Block(label, block)) if label.is_empty() => block.clone(),
            _ => with_semicolons(&arm.body),
        };
        return open_block(&format!("{head}\n{}", spaces(indent)), &block, indent);
    }
    let col = indent + width(super::last_line(&head)) + 1;
    let Some(value) = arm.body.as_value() else {
        let block = with_semicolons(&arm.body);
        return open_block(&format!("{head} "), &block, indent);
    };
    let text = statement_arm(value, indent, col);
    if value.is_block_like() && !matches!(value, Expr::If(_)) {
        let comma = if matches!(value, Expr::Block(label, _) if label.is_empty()) { "" } else { "," };
        return format!("{head} {text}{comma}");
    }
    if !text.contains('\n') && fits(&text, col, 1) {
        return format!("{head} {text},");
    }
    let inner = indent + TAB;
    let next = statement_arm(value, inner, inner);
    let extends = matches!(
        value,
        Expr::Call(..)
            | Expr::Method(..)
            | Expr::Macro(..)
            | Expr::Struct(..)
            | Expr::Closure(_)
            | Expr::Array(_)
            | Expr::Tuple(_)
    );
    if next.contains('\n')
        && extends
        && fits(first_line(&text), col, 0)
        && text.matches('\n').count() <= next.matches('\n').count() + 1
    {
        return format!("{head} {text},");
    }
    open_block(&format!("{head} "), &with_semicolons(&arm.body), indent)
}

fn statement_arm(value: &Expr, indent: usize, col: usize) -> String {
    match value {
        Expr::If(node) => if_text(node, indent, col),
        other => render(other, indent, col, 1),
    }
}

/// Alternatives one a line, or the guard on its own line.
fn broken_pattern(arm: &Arm, indent: usize) -> String {
    let pad = spaces(indent);
    let alternatives = arm.pat.replace(" | ", &format!("\n{pad}| "));
    match &arm.guard {
        Some(guard) => {
            let pat = if fits(&arm.pat, indent, 0) { &arm.pat } else { &alternatives };
            format!("{pat}\n{pad}    if {} =>", render(guard, indent + TAB, indent + TAB + 3, 5))
        }
        None => format!("{alternatives} =>"),
    }
}
