//! One-line forms; `None` where rustfmt would not keep one line however wide the page.

use super::{Prec, asked_of, in_brackets, needs_parens, width};
use crate::tree::{Block, Closure, Expr, If};

/// Widest arguments of a call, widest array, widest chain.
pub(super) const LIST_WIDTH: usize = 60;
const STRUCT_WIDTH: usize = 18;
const IF_WIDTH: usize = 50;

/// The one-line form of an expression.
pub(super) fn flat(expr: &Expr) -> Option<String> {
    Some(match expr {
        Expr::Atom(text) | Expr::Lazy(text) | Expr::Raw(text) => {
            if text.contains('\n') {
                return None;
            }
            text.clone()
        }
        Expr::Call(callee, args) => {
            let text = flat_operand(callee, Prec::Postfix)?;
            // A function in a field is no method.
            let text = if matches!(**callee, Expr::Field(..)) { format!("({text})") } else { text };
            format!("{text}({})", flat_args(args, false)?)
        }
        Expr::Method(..) | Expr::Field(..) | Expr::Try(_) | Expr::Await(_) => flat_chain(expr)?,
        Expr::Index(base, index) => format!("{}[{}]", flat_operand(base, Prec::Postfix)?, flat(index)?),
        Expr::Unary(op, of) => format!("{op}{}", flat_operand(of, Prec::Unary)?),
        Expr::Binary(..) if is_let_chain(expr) => return None,
        Expr::Binary(left, op, right) => flat_binary(left, op, right)?,
        Expr::Cast(of, ty) => format!("{} as {ty}", flat_operand(of, Prec::Cast)?),
        Expr::Range(start, end, inclusive) => {
            let side = |expr: &Option<Box<Expr>>| match expr {
                Some(expr) => flat_operand(expr, Prec::Or),
                None => Some(String::new()),
            };
            format!("{}{}{}", side(start)?, if *inclusive { "..=" } else { ".." }, side(end)?)
        }
        Expr::Assign(place, op, value) => {
            format!("{} {op}= {}", flat_operand(place, Prec::Assign)?, flat(value)?)
        }
        Expr::Tuple(items) if items.len() == 1 => format!("({},)", flat(&items[0])?),
        Expr::Tuple(items) => format!("({})", flat_args(items, false)?),
        Expr::Array(items) => format!("[{}]", flat_args(items, true)?),
        Expr::Repeat(open, value, count) => format!("{open}{}; {}]", flat(value)?, flat(count)?),
        Expr::Macro(name, args) if in_brackets(name) => format!("{name}![{}]", flat_args(args, true)?),
        Expr::Macro(name, args) => format!("{name}!({})", flat_args(args, false)?),
        Expr::Struct(path, fields) => flat_struct(path, fields)?,
        Expr::Closure(closure) => flat_closure(closure)?,
        Expr::Block(head, block) if block.is_empty() => format!("{head}{{}}"),
        Expr::Block(head, block) if head.starts_with("async ") => format!("{head}{}", flat_block(block)?),
        Expr::If(node) => flat_if(node)?,
        Expr::Let(pat, value) => format!("let {pat} = {}", flat_operand(value, Prec::Compare)?),
        Expr::Jump(word, None) => word.clone(),
        Expr::Jump(word, Some(value)) => format!("{word} {}", flat(value)?),
        Expr::Match(subject, arms) if arms.is_empty() => format!("match {} {{}}", flat(subject)?),
        Expr::Block(..) | Expr::Match(..) | Expr::While(..) | Expr::Loop(..) | Expr::For(..) => return None,
    })
}

/// `let Some(x) = y && c` has a line for each condition; `ready && let Some(x) = y` need not.
fn is_let_chain(expr: &Expr) -> bool {
    fn has_let(expr: &Expr) -> bool {
        match expr {
            Expr::Binary(left, "&&", right) => has_let(left) || has_let(right),
            Expr::Let(..) => true,
            _ => false,
        }
    }
    let Expr::Binary(left, "&&", right) = expr else { return false };
    let is_name = |of: &Expr| match of {
        Expr::Unary(_, of) => matches!(&**of, Expr::Atom(text) if !text.contains("::")),
        of => matches!(of, Expr::Atom(text) if !text.contains("::")),
    };
    has_let(expr) && !(is_name(left) && matches!(**right, Expr::Let(..)))
}

fn flat_operand(expr: &Expr, at_least: Prec) -> Option<String> {
    let text = flat(expr)?;
    Some(if needs_parens(expr, at_least) { format!("({text})") } else { text })
}

fn flat_binary(left: &Expr, op: &str, right: &Expr) -> Option<String> {
    let left_text = flat_operand(left, asked_of(op, left, true))?;
    Some(format!("{left_text} {op} {}", flat_operand(right, asked_of(op, right, false))?))
}

/// Arguments on one line: more than one of them up to 60 columns.
pub(super) fn flat_args(args: &[Expr], is_array: bool) -> Option<String> {
    let parts: Option<Vec<_>> = args.iter().map(flat).collect();
    let text = parts?.join(", ");
    let limited = is_array || args.len() > 1 || args.iter().any(is_nested_call);
    if limited && width(&text) > LIST_WIDTH { None } else { Some(text) }
}

/// A call as the only argument has the same limit.
pub(super) fn is_nested_call(expr: &Expr) -> bool {
    match expr {
        Expr::Call(..) | Expr::Macro(..) => true,
        Expr::Unary(_, inner) | Expr::Try(inner) | Expr::Cast(inner, _) => is_nested_call(inner),
        _ => false,
    }
}

/// A chain with more than one link is at most 60 columns wide.
fn flat_chain(expr: &Expr) -> Option<String> {
    let text = link(expr)?;
    // The `?` behind the last link counts twice there.
    let tries = usize::from(matches!(expr, Expr::Try(_)));
    if super::chain::link_count(expr) > 1 && width(&text) + tries > LIST_WIDTH { None } else { Some(text) }
}

fn link(expr: &Expr) -> Option<String> {
    let base = |inner: &Expr| match inner {
        Expr::Method(..) | Expr::Field(..) | Expr::Try(_) | Expr::Await(_)
            if !needs_parens(inner, Prec::Postfix) =>
        {
            link(inner)
        }
        other => flat_operand(other, Prec::Postfix),
    };
    Some(match expr {
        Expr::Method(inner, name, args) => format!("{}.{name}({})", base(inner)?, flat_args(args, false)?),
        Expr::Field(inner, name) => format!("{}.{name}", base(inner)?),
        Expr::Try(inner) => format!("{}?", base(inner)?),
        Expr::Await(inner) => format!("{}.await", base(inner)?),
        other => return flat(other),
    })
}

fn flat_struct(path: &str, fields: &[(String, Expr)]) -> Option<String> {
    if fields.is_empty() {
        return Some(format!("{path} {{}}"));
    }
    let parts: Option<Vec<_>> = fields.iter().map(|(name, value)| flat_field(name, value)).collect();
    let text = parts?.join(", ");
    if width(&text) > STRUCT_WIDTH { None } else { Some(format!("{path} {{ {text} }}")) }
}

pub(super) fn flat_field(name: &str, value: &Expr) -> Option<String> {
    match value {
        value if name == ".." => Some(format!("..{}", flat(value)?)),
        Expr::Atom(text) if text == name => Some(name.to_owned()),
        value => Some(format!("{name}: {}", flat(value)?)),
    }
}

pub(super) fn closure_head(closure: &Closure) -> String {
    let ret = closure.ret.as_ref().map_or(String::new(), |ret| format!(" -> {ret}"));
    format!("{}|{}|{ret}", if closure.is_move { "move " } else { "" }, closure.params)
}

fn flat_closure(closure: &Closure) -> Option<String> {
    if closure.ret.is_some() {
        let Expr::Block(label, block) = &*closure.body else { return None };
        let value = flat_block(block).filter(|_| label.is_empty())?;
        return Some(format!("{} {value}", closure_head(closure)));
    }
    Some(format!("{} {}", closure_head(closure), flat(closure.value())?))
}

/// `if a { b } else { c }` on one line, as a value.
fn flat_if(node: &If) -> Option<String> {
    let (Some(then), Some(Expr::Block(head, els))) = (node.then.as_value(), &node.els) else { return None };
    if !head.is_empty() {
        return None;
    }
    let els = els.as_value()?;
    if [then, els].iter().any(|branch| branch.is_block_like() || matches!(branch, Expr::Jump(..))) {
        return None;
    }
    let text = format!("if {} {{ {} }} else {{ {} }}", flat(&node.cond)?, flat(then)?, flat(els)?);
    if width(&text) > IF_WIDTH { None } else { Some(text) }
}

/// A block on one line, `{ value }`, for `let .. else`.
pub(super) fn flat_block(block: &Block) -> Option<String> {
    Some(format!("{{ {} }}", flat(block.as_value()?)?))
}
