//! Number literals whose type nothing says: `[1, -2].iter().map(|v| v.abs())` would count in `i32`,
//! or not compile. One literal with a type says it for all: `[1_i64, -2]`.

use crate::tree::{Block, Expr, If};

/// Functions of containers whose item type is that of their arguments.
const MAKERS: &[&str] =
    &["from", "new", "sorted", "max", "min", "Some", "literal", "reversed", "unpack_rest"];

/// Methods whose result has the type of the receiver's numbers.
const SAME_TYPE: &[&str] = &[
    "abs",
    "at",
    "at_mut",
    "borrow",
    "chain",
    "clone",
    "cloned",
    "collect",
    "concat",
    "copied",
    "div_euclid",
    "enumerate",
    "filter",
    "flat_map",
    "get",
    "get_or",
    "into_iter",
    "into_keys",
    "into_values",
    "items",
    "iter",
    "keys",
    "last",
    "max",
    "merged",
    "min",
    "pop",
    "pow",
    "py_concat",
    "py_repeat",
    "py_slice",
    "rem_euclid",
    "repeat",
    "rev",
    "skip",
    "step_by",
    "take",
    "to_vec",
    "unwrap",
    "unwrap_or",
    "values",
    "zip",
];

/// Whether the value's type hangs on untyped number literals alone.
pub(crate) fn is_loose(expr: &Expr) -> bool {
    match expr {
        Expr::Atom(text) => is_number(text) && !text.contains(|c: char| c.is_ascii_alphabetic()),
        Expr::Unary(_, of) | Expr::Index(of, _) => is_loose(of),
        Expr::Binary(left, "<<" | ">>", _) => is_loose(left),
        Expr::Binary(left, "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^", right) => {
            is_loose(left) && is_loose(right)
        }
        Expr::Range(Some(start), Some(end), _) => is_loose(start) && is_loose(end),
        Expr::Tuple(items) => items.iter().any(is_loose),
        Expr::Array(items) => !items.is_empty() && items.iter().all(is_loose),
        Expr::Macro(name, items) => name == "vec" && !items.is_empty() && items.iter().all(is_loose),
        Expr::Repeat(_, value, _) => is_loose(value),
        Expr::Field(of, at) => match &**of {
            Expr::Tuple(items) => at.parse().is_ok_and(|at: usize| items.get(at).is_some_and(is_loose)),
            _ => false,
        },
        Expr::If(branch) => is_loose_block(&branch.then) && branch.els.as_ref().is_some_and(is_loose),
        Expr::Block(label, block) => label.is_empty() && is_loose_block(block),
        Expr::Call(callee, args) if is_sorter(callee) => args.first().is_some_and(is_loose),
        Expr::Call(callee, args) => is_maker(callee) && !args.is_empty() && args.iter().all(is_loose),
        Expr::Method(of, name, args) if name == "map" => makes_loose(args) || is_loose(of),
        Expr::Method(of, name, _) => keeps_type(name) && is_loose(of),
        _ => false,
    }
}

/// Whether the closure that is the only argument gives untyped literals.
fn makes_loose(args: &[Expr]) -> bool {
    matches!(args, [Expr::Closure(closure)] if is_loose(closure.value()))
}

fn is_loose_block(block: &Block) -> bool {
    block.tail.as_deref().is_some_and(is_loose)
}

fn is_maker(callee: &Expr) -> bool {
    let Expr::Atom(path) = callee else { return false };
    let (owner, name) = path.rsplit_once("::").unwrap_or(("", path));
    let is_number = ["Int", "Num", "i64", "f64"].iter().any(|number| owner.ends_with(number));
    MAKERS.contains(&name) && !is_number
}

/// `rt::sorted_by_key(items, key, reverse)`: only the first argument says the type.
fn is_sorter(callee: &Expr) -> bool {
    matches!(callee, Expr::Atom(path) if path.ends_with("sorted_by_key"))
}

fn keeps_type(method: &str) -> bool {
    let name = method.split("::").next().unwrap_or(method);
    SAME_TYPE.contains(&name) && !method.contains("i64") && !method.contains("f64")
}

/// The value with a type at its first literal, where nothing else would give one.
pub(crate) fn typed(expr: Expr) -> Expr {
    if is_loose(&expr) { pinned(expr) } else { expr }
}

/// A closure that is kept: its type is settled before what it gives is compared with what is wanted.
pub(crate) fn typed_result(function: Expr) -> Expr {
    match function {
        Expr::Closure(closure) if closure.ret.is_none() => {
            let body = Box::new(typed(*closure.body));
            Expr::Closure(crate::tree::Closure { body, ..closure })
        }
        Expr::Block(label, mut block) => {
            block.tail = block.tail.map(|tail| Box::new(typed_result(*tail)));
            Expr::Block(label, block)
        }
        other => other,
    }
}

/// A closure that gives `None` alone says of which type.
pub(crate) fn typed_none(function: Expr, none: &str) -> Expr {
    match function {
        Expr::Closure(closure) => {
            let body = Box::new(typed_none(*closure.body, none));
            Expr::Closure(crate::tree::Closure { body, ..closure })
        }
        Expr::Block(label, mut block) => {
            block.tail = block.tail.map(|tail| Box::new(typed_none(*tail, none)));
            Expr::Block(label, block)
        }
        Expr::Atom(text) if text == "None" => Expr::atom(none),
        other => other,
    }
}

fn pinned(expr: Expr) -> Expr {
    let inside = |expr: Box<Expr>| Box::new(typed(*expr));
    match expr {
        Expr::Atom(text) => {
            let digits = text.trim_start_matches('-');
            let ty = if all_digits(digits) { "i64" } else { "f64" };
            Expr::Atom(format!("{text}_{ty}"))
        }
        Expr::Unary(op, of) => Expr::Unary(op, inside(of)),
        Expr::Index(of, at) => Expr::Index(inside(of), at),
        Expr::Binary(left, op, right) => Expr::Binary(inside(left), op, right),
        Expr::Range(Some(start), end, inclusive) => Expr::Range(Some(inside(start)), end, inclusive),
        Expr::Tuple(items) => Expr::Tuple(items.into_iter().map(typed).collect()),
        Expr::Array(items) => Expr::Array(first_pinned(items)),
        Expr::Macro(name, items) => Expr::Macro(name, first_pinned(items)),
        Expr::Repeat(open, value, count) => Expr::Repeat(open, inside(value), count),
        Expr::Field(of, at) => Expr::Field(Box::new(pinned_item(*of, &at)), at),
        Expr::If(branch) => {
            let If { cond, then, els, mark } = *branch;
            Expr::If(Box::new(If { cond, then: pinned_block(then), els, mark }))
        }
        Expr::Block(label, block) => Expr::Block(label, pinned_block(block)),
        Expr::Call(callee, args) => Expr::Call(callee, first_pinned(args)),
        Expr::Method(of, name, mut args) if name == "map" && makes_loose(&args) => {
            if let Some(Expr::Closure(closure)) = args.first_mut() {
                let body = std::mem::replace(&mut *closure.body, Expr::atom(""));
                *closure.body = typed(body);
            }
            Expr::Method(of, name, args)
        }
        Expr::Method(of, name, args) => Expr::Method(inside(of), name, args),
        expr => expr,
    }
}

/// The tuple whose item `at` is read.
fn pinned_item(tuple: Expr, at: &str) -> Expr {
    let Expr::Tuple(mut items) = tuple else { return tuple };
    if let Some(item) = at.parse().ok().and_then(|at: usize| items.get_mut(at)) {
        *item = typed(std::mem::replace(item, Expr::atom("")));
    }
    Expr::Tuple(items)
}

fn pinned_block(block: Block) -> Block {
    Block { tail: block.tail.map(|tail| Box::new(typed(*tail))), ..block }
}

/// The first of several says the type of all.
fn first_pinned(mut items: Vec<Expr>) -> Vec<Expr> {
    if let Some(first) = items.first_mut() {
        *first = typed(std::mem::replace(first, Expr::atom("")));
    }
    items
}

fn is_number(text: &str) -> bool {
    text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::{is_loose, typed};
    use crate::layout::render;
    use crate::tree::Expr;

    fn shown(expr: Expr) -> String {
        render(&typed(expr), 0, 0, 0)
    }

    #[test]
    fn one_literal_says_the_type() {
        let list = || Expr::Macro("vec".to_owned(), vec![Expr::atom("1"), Expr::atom("-2")]);
        assert_eq!(shown(list().index(Expr::atom("1"))), "vec![1_i64, -2][1]");
        let pair = Expr::Tuple(vec![Expr::atom("x"), Expr::atom("1.5")]);
        assert_eq!(shown(pair.field("1")), "(x, 1.5_f64).1");
        assert!(!is_loose(&list().index(Expr::atom("0")).binary("+", Expr::atom("n"))));
    }
}
