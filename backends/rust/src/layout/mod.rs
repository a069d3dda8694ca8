//! Text of a syntax tree, laid out as rustfmt's default style does (edition 2024, width 100).
//!
//! Every construct has a one-line form (`flat`), limited by rustfmt's small heuristics (arguments and chains
//! up to 60 columns, struct literals up to 18, one-line `if` up to 50), and a broken form. `render` takes the
//! one-line form where it fits behind `col`, keeping `tail` columns free for what follows.
//!
//! Lines that begin a statement carry an invisible mark (`MARK_OPEN number MARK_CLOSE`) that
//! [`take_marks`] turns into the source map.

mod block;
mod chain;
mod flat;
mod fold;
mod list;

use crate::tree::Expr;
pub use block::{comments, fn_block, stmts, tidied, tidied_block};
pub use fold::fold;

/// Widest line.
pub const WIDTH: usize = 100;
/// Columns of one indentation.
pub const TAB: usize = 4;

const MARK_OPEN: char = '\u{e000}';
const MARK_CLOSE: char = '\u{e001}';

/// The invisible text of a mark.
pub fn mark_text(mark: Option<u32>) -> String {
    mark.map_or(String::new(), |number| format!("{MARK_OPEN}{number}{MARK_CLOSE}"))
}

/// The text without its marks, and each mark with its one-based line.
pub fn take_marks(text: &str) -> (String, Vec<(u32, u32)>) {
    let mut out = String::with_capacity(text.len());
    let mut marks = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(at) = rest.find(MARK_OPEN) {
        let (before, marked) = rest.split_at(at);
        line += before.matches('\n').count() as u32;
        out.push_str(before);
        let marked = &marked[MARK_OPEN.len_utf8()..];
        let (number, after) = marked.split_once(MARK_CLOSE).unwrap_or((marked, ""));
        marks.extend(number.parse().map(|number: u32| (line, number)));
        rest = after;
    }
    out.push_str(rest);
    (out, marks)
}

/// Columns of a text without line breaks; marks count nothing.
pub(crate) fn width(text: &str) -> usize {
    if !text.contains(MARK_OPEN) {
        return text.chars().map(char_width).sum();
    }
    take_marks(text).0.chars().map(char_width).sum()
}

/// Columns of a character in an editor, as rustfmt counts them.
fn char_width(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x200b..=0x200f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

pub(crate) fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or(text)
}

pub(crate) fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or(text)
}

/// Whether every line stays within the width: the first starts at `col`, the last is followed by `tail` columns.
pub(crate) fn fits(text: &str, col: usize, tail: usize) -> bool {
    let mut lines = text.split('\n').peekable();
    let mut at = col;
    while let Some(line) = lines.next() {
        let end = if lines.peek().is_none() { tail } else { 0 };
        if at + width(line) + end > WIDTH {
            return false;
        }
        at = 0;
    }
    true
}

/// A type at an indentation: a tuple that is wider than a list may be has a line for each part.
pub(crate) fn broken_type(ty: &str, indent: usize) -> String {
    let mut depth = 0;
    let Some(open) = ty.find('(') else { return ty.to_owned() };
    let (mut parts, mut start) = (Vec::new(), open + 1);
    for (at, c) in ty.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            '(' | '<' | '[' => depth += 1,
            '>' if ty[..at].ends_with('-') => {}
            ')' | '>' | ']' => depth -= 1,
            ',' if depth == 1 => {
                parts.push(ty[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        if depth == 0 {
            // Parameters of a function type are no tuple.
            let is_tuple = !ty[..open].ends_with("Fn") && !ty[..open].ends_with("FnMut") && !parts.is_empty();
            if at - open - 1 <= flat::LIST_WIDTH || !is_tuple {
                break;
            }
            parts.push(ty[start..at].trim());
            let pad = spaces(indent + TAB);
            let rows: String =
                parts.iter().map(|part| format!("{pad}{},\n", broken_type(part, indent + TAB))).collect();
            return format!("{}\n{rows}{}{}", &ty[..=open], spaces(indent), &ty[at..]);
        }
    }
    ty.to_owned()
}

pub(crate) fn spaces(count: usize) -> String {
    " ".repeat(count)
}

/// The text of an expression at column `col` in a block that is indented by `indent`; `tail` columns follow it.
pub fn render(expr: &Expr, indent: usize, col: usize, tail: usize) -> String {
    if let Some(flat) = flat::flat(expr)
        && fits(&flat, col, tail)
    {
        return flat;
    }
    match expr {
        Expr::Atom(text) | Expr::Lazy(text) | Expr::Raw(text) => text.clone(),
        Expr::Call(callee, args) => {
            let is_field = matches!(**callee, Expr::Field(..));
            let callee = operand(callee, Prec::Postfix, indent, col + usize::from(is_field), 1);
            // A field that is called is a method without these.
            let callee = if is_field { format!("({callee})") } else { callee };
            list::call(&callee, args, indent, col, tail)
        }
        Expr::Method(..) | Expr::Field(..) | Expr::Try(_) | Expr::Await(_) => {
            chain::chain(expr, indent, col, tail)
        }
        Expr::Index(base, index) => {
            let base = operand(base, Prec::Postfix, indent, col, 2);
            let at = if base.contains('\n') { width(last_line(&base)) } else { col + width(&base) };
            let same = render(index, indent, at + 1, tail + 1);
            if let Some(flat) = flat::flat(index)
                && same.contains('\n')
                && fits(&flat, indent + TAB + 1, tail + 1)
            {
                return format!("{base}\n{}[{flat}]", spaces(indent + TAB));
            }
            format!("{base}[{same}]")
        }
        Expr::Unary(op, of) => format!("{op}{}", operand(of, Prec::Unary, indent, col + op.len(), tail)),
        Expr::Cast(of, ty) => cast(of, ty, indent, col, tail),
        Expr::Binary(..) => binary(expr, indent, col, tail),
        Expr::Range(start, end, inclusive) => range(start, end, *inclusive, indent, col, tail),
        Expr::Assign(place, op, value) => {
            let head = format!("{} {op}=", operand(place, Prec::Assign, indent, col, 3));
            // Behind a place of several lines the value begins where the last of them ends.
            let (line, col) = if head.contains('\n') { (last_line(&head), 0) } else { (&*head, col) };
            let value = block::right_side(line, value, indent, col, tail);
            format!("{head}{value}")
        }
        // Without its comma it would be the item.
        Expr::Tuple(items) if items.len() == 1 => {
            format!("({},)", render(&items[0], indent, col + 1, tail + 2))
        }
        Expr::Tuple(items) => list::call("", items, indent, col, tail),
        Expr::Array(items) => list::array("[", items, indent, col, tail),
        Expr::Repeat(open, value, count) => {
            let inner = indent + TAB;
            let pad = spaces(inner);
            let (value, count) = (render(value, inner, inner, 1), render(count, inner, inner, 0));
            format!("{open}\n{pad}{value};\n{pad}{count}\n{}]", spaces(indent))
        }
        Expr::Macro(name, args) if in_brackets(name) => {
            list::array(&format!("{name}!["), args, indent, col, tail)
        }
        Expr::Macro(name, args) => list::call(&format!("{name}!"), args, indent, col, tail),
        Expr::Struct(path, fields) => list::struct_literal(path, fields, indent),
        Expr::Closure(closure) => block::closure(closure, indent, col, tail),
        other => block::block_like(other, indent, col, tail),
    }
}

/// `value as Type`, the type on a line of its own where it does not fit behind the value.
fn cast(of: &Expr, ty: &str, indent: usize, col: usize, tail: usize) -> String {
    let value = operand(of, Prec::Cast, indent, col, 0);
    let at = if value.contains('\n') { width(last_line(&value)) } else { col + width(&value) };
    if at + ty.len() + 4 + tail <= WIDTH {
        return format!("{value} as {ty}");
    }
    format!("{value}\n{}as {ty}", spaces(indent + TAB))
}

fn range(
    start: &Option<Box<Expr>>,
    end: &Option<Box<Expr>>,
    inclusive: bool,
    indent: usize,
    col: usize,
    tail: usize,
) -> String {
    let side = |expr: &Option<Box<Expr>>| match expr {
        Some(expr) => operand(expr, Prec::Or, indent, col, tail),
        None => String::new(),
    };
    format!("{}{}{}", side(start), if inclusive { "..=" } else { ".." }, side(end))
}

/// Operators with one precedence break together, before the operator.
fn binary(expr: &Expr, indent: usize, col: usize, tail: usize) -> String {
    let Expr::Binary(_, op, _) = expr else { unreachable!("only called for binary expressions") };
    let mut operands = Vec::new();
    collect_operands(expr, op, &mut operands);
    let mut out = String::new();
    for (index, part) in operands.iter().enumerate() {
        let prec = asked_of(op, part, index == 0);
        if index == 0 {
            out.push_str(&operand(part, prec, indent, col, 0));
        } else {
            let inner = indent + TAB;
            let tail = if index + 1 == operands.len() { tail } else { 0 };
            let at = width(last_line(&out)) + if out.contains('\n') { 0 } else { col };
            // What is no wider than an indentation would be left alone on its line.
            if at <= inner {
                let text = operand(part, prec, indent, at + op.len() + 2, tail);
                if fits(&text, at + op.len() + 2, tail) {
                    out.push_str(&format!(" {op} {text}"));
                    continue;
                }
            }
            out.push_str(&format!("\n{}{op} ", spaces(inner)));
            out.push_str(&operand(part, prec, inner, inner + op.len() + 1, tail));
        }
    }
    out
}

fn collect_operands<'a>(expr: &'a Expr, op: &str, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Binary(left, this, right) if *this == op => {
            if reads_as_type(op, left) {
                out.push(left);
            } else {
                collect_operands(left, op, out);
            }
            out.push(right);
        }
        other => out.push(other),
    }
}

/// How tightly an expression binds; an operand of a looser one stands in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Prec {
    Jump,
    Assign,
    Range,
    Or,
    And,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Cast,
    Unary,
    Postfix,
    Atom,
}

impl Prec {
    fn tighter(self) -> Self {
        use Prec::*;
        const ALL: [Prec; 16] = [
            Jump, Assign, Range, Or, And, Compare, BitOr, BitXor, BitAnd, Shift, Sum, Product, Cast, Unary,
            Postfix, Atom,
        ];
        ALL[(self as usize + 1).min(ALL.len() - 1)]
    }
}

pub(crate) fn prec_of(op: &str) -> Prec {
    match op {
        "||" => Prec::Or,
        "&&" => Prec::And,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => Prec::Compare,
        "|" => Prec::BitOr,
        "^" => Prec::BitXor,
        "&" => Prec::BitAnd,
        "<<" | ">>" => Prec::Shift,
        "+" | "-" => Prec::Sum,
        _ => Prec::Product,
    }
}

/// How tightly an operand of a binary operator must bind to need no parentheses.
pub(crate) fn asked_of(op: &str, operand: &Expr, is_left: bool) -> Prec {
    let prec = prec_of(op);
    // Who reads `a & b + 1` has to think: parentheses say it.
    let is_sum = matches!(operand, Expr::Binary(_, "+" | "-" | "*" | "/" | "%", _));
    if is_sum && matches!(op, "&" | "|" | "^" | "<<" | ">>") {
        return Prec::Cast;
    }
    if is_left && reads_as_type(op, operand) {
        return Prec::Unary;
    }
    // Comparisons do not chain.
    if is_left && prec != Prec::Compare { prec } else { prec.tighter() }
}

/// `x as i64 < y` would read as a type with arguments.
fn reads_as_type(op: &str, left: &Expr) -> bool {
    fn ends_in_cast(expr: &Expr) -> bool {
        match expr {
            Expr::Cast(..) => true,
            Expr::Binary(_, _, right) => ends_in_cast(right),
            _ => false,
        }
    }
    matches!(op, "<" | "<<") && ends_in_cast(left)
}

fn prec(expr: &Expr) -> Prec {
    match expr {
        Expr::Raw(_) | Expr::Jump(..) | Expr::Closure(_) => Prec::Jump,
        // A condition of its own: `a && let Some(b) = c && d`.
        Expr::Let(..) => Prec::Compare,
        Expr::Assign(..) => Prec::Assign,
        Expr::Range(..) => Prec::Range,
        Expr::Binary(_, op, _) => prec_of(op),
        Expr::Cast(..) => Prec::Cast,
        Expr::Unary(..) => Prec::Unary,
        Expr::Atom(text) if text.starts_with('-') => Prec::Unary,
        Expr::Call(..)
        | Expr::Method(..)
        | Expr::Field(..)
        | Expr::Index(..)
        | Expr::Try(_)
        | Expr::Await(_) => Prec::Postfix,
        _ => Prec::Atom,
    }
}

/// Whether the expression needs parentheses where an operand of this precedence is asked for.
pub(crate) fn needs_parens(expr: &Expr, at_least: Prec) -> bool {
    prec(expr) < at_least
        || (at_least > Prec::Unary && matches!(expr, Expr::Closure(_)))
        // Block-like expressions end a statement where they begin one.
        || (at_least > Prec::Assign && expr.is_block_like())
}

/// An operand: in parentheses where it binds less than asked for.
pub(crate) fn operand(expr: &Expr, at_least: Prec, indent: usize, col: usize, tail: usize) -> String {
    if needs_parens(expr, at_least) {
        format!("({})", render(expr, indent, col + 1, tail + 1))
    } else {
        render(expr, indent, col, tail)
    }
}

/// Macros whose arguments are items.
fn in_brackets(name: &str) -> bool {
    matches!(name, "vec" | "rt::args")
}
