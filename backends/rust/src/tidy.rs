//! Rewrites of printed expressions that mean the same and that a Rust programmer would write.
//!
//! before                                            after
//!   (0..).zip(lines.into_iter())                      (0..).zip(lines)
//!   vec![1, n - 1].contains(&x)                       [1, n - 1].contains(&x)
//!   text.is_some() && !text.as_ref().unwrap().is_empty()
//!                                                     text.as_ref().is_some_and(|text| !text.is_empty())
//!   items.map(|item| rt::Value::from(item))           items.map(rt::Value::from)
//!   rows.filter(..).next()                            rows.find(..)
//!
//! They work on shapes alone: a rule holds whatever the types are, or names what fixes them.

use crate::lent::{given, slice, takes_any, takes_slices};
use crate::tree::{Block, Closure, Expr, If, StmtKind};

/// Methods whose last argument is anything that can be iterated.
const TAKE_ITERABLES: &[&str] = &["zip", "chain", "extend", "extend_ints", "choices", "write_texts"];
/// Functions of the runtime whose last argument is.
const FUNCTIONS_OF_ITERABLES: &[&str] = &["rt::unpack_each"];
/// Methods whose arguments are parts of bytes.
const BYTES_METHODS: &[&str] = &["py_split", "replace_slice", "starts_with", "ends_with"];
/// Methods of slices: an array will do.
const SLICE_METHODS: &[&str] = &["contains", "iter", "len"];
/// Adapters that hand on the references of a container's iterator.
const KEEP_REFERENCES: &[&str] = &["filter", "skip", "take", "rev", "step_by", "take_while", "skip_while"];

/// Tidies every statement and value of a block.
pub fn block(of: &mut Block) {
    crate::late::decide(of);
    for stmt in &mut of.stmts {
        match &mut stmt.kind {
            StmtKind::Let { value, els, .. } => {
                value.iter_mut().for_each(expr);
                els.iter_mut().for_each(block);
            }
            StmtKind::Expr(value) | StmtKind::Value(value) => expr(value),
            StmtKind::Nothing => {}
        }
        discard(&mut stmt.kind);
    }
    of.tail.iter_mut().for_each(|tail| expr(tail));
    crate::plain::block(of);
}

/// A value that nothing takes says so, and what does nothing goes: `&x;`, `let x = x;`, the copy of `f(..).clone();`.
fn discard(kind: &mut StmtKind) {
    let is_idle = match &*kind {
        StmtKind::Expr(Expr::Unary("&", of)) => is_place(of),
        StmtKind::Expr(Expr::Tuple(items)) => {
            !items.is_empty() && items.iter().all(|item| matches!(item, Expr::Atom(_)))
        }
        StmtKind::Let { pat, ty: None, value: Some(value), els: None } => pat != "_" && is_atom(value, pat),
        _ => false,
    };
    if is_idle {
        *kind = StmtKind::Nothing;
        return;
    }
    if let StmtKind::Expr(Expr::Method(of, name, args)) = kind
        && name == "clone"
        && args.is_empty()
        && matches!(**of, Expr::Method(..) | Expr::Call(..))
    {
        let of = std::mem::replace(&mut **of, Expr::Atom(String::new()));
        *kind = StmtKind::Expr(of);
        return;
    }
    let is_collected =
        matches!(&*kind, StmtKind::Expr(Expr::Method(_, name, _)) if name.starts_with("collect::<"));
    if is_collected && let StmtKind::Expr(value) = std::mem::replace(kind, StmtKind::Nothing) {
        *kind = StmtKind::Let { pat: "_".to_owned(), ty: None, value: Some(value), els: None };
        return;
    }
    let is_value = match &*kind {
        StmtKind::Expr(Expr::Call(callee, _)) => {
            matches!(&**callee, Expr::Atom(path) if path == "rt::Value::from" || path == "rt::Dict::from")
        }
        StmtKind::Expr(Expr::Binary(..)) => true,
        _ => false,
    };
    if !is_value {
        return;
    }
    let StmtKind::Expr(value) = std::mem::replace(kind, StmtKind::Nothing) else { return };
    *kind = StmtKind::Let { pat: "_".to_owned(), ty: None, value: Some(value), els: None };
}

/// Tidies an expression and all below it.
pub fn expr(of: &mut Expr) {
    children(of);
    let taken = std::mem::replace(of, Expr::Atom(String::new()));
    *of = crate::plain::expr(rewritten(taken));
}

fn children(of: &mut Expr) {
    match of {
        Expr::Closure(closure) => {
            expr(&mut closure.body);
            if let Expr::Block(label, inner) = &mut *closure.body
                && label.is_empty()
            {
                crate::tails::tail_returns(inner);
            }
        }
        Expr::Block(_, inner) | Expr::Loop(_, inner) => block(inner),
        Expr::If(branch) => {
            expr(&mut branch.cond);
            block(&mut branch.then);
            branch.els.iter_mut().for_each(expr);
        }
        Expr::Match(subject, arms) => {
            expr(subject);
            for arm in arms {
                arm.guard.iter_mut().for_each(expr);
                block(&mut arm.body);
            }
        }
        Expr::While(_, cond, inner) | Expr::For(_, _, cond, inner) => {
            expr(cond);
            block(inner);
        }
        other => other.for_each_operand(&mut |operand| expr(operand)),
    }
}

fn rewritten(of: Expr) -> Expr {
    match of {
        Expr::Method(receiver, name, args) => method(*receiver, name, args),
        Expr::Call(callee, args) if args.len() == 3 && is_atom(&callee, "rt::Slice::new") => {
            part(callee, args)
        }
        Expr::Assign(place, "", value) => in_place(place, *value),
        Expr::Call(callee, mut args) => {
            let takes =
                matches!(&*callee, Expr::Atom(path) if FUNCTIONS_OF_ITERABLES.contains(&path.as_str()));
            if takes && let Some(last) = args.pop() {
                args.push(iterable(last));
            }
            if takes_slices(&callee) {
                args = args.into_iter().map(slice).collect();
            }
            if takes_any(&callee) {
                args = args.into_iter().map(given).collect();
            }
            Expr::Call(callee, args)
        }
        Expr::Binary(left, op @ ("==" | "!="), right) if is_empty_text(&right) => {
            let empty = left.method("is_empty", vec![]);
            if op == "==" { empty } else { Expr::unary("!", empty) }
        }
        Expr::Binary(left, "&&", right) => some_and(*left, *right),
        Expr::Binary(left, op, right) if COMPARISONS.contains(&op) => match (*left, *right) {
            // Two lengths need no other type.
            (Expr::Cast(a, x), Expr::Cast(b, y)) if x == y && is_length(&a) && is_length(&b) => {
                a.binary(op, *b)
            }
            (left, right) => left.binary(op, right),
        },
        // A text without values is a literal.
        Expr::Unary("&", text) if constant_text(&text).is_some() => {
            constant_text(&text).map_or(Expr::Unary("&", text), Expr::Atom)
        }
        Expr::Unary("!", inner) if is_denial(&inner) => {
            let Expr::Method(of, _, mut args) = *inner else { unreachable!("tested") };
            if let [Expr::Closure(closure)] = &mut args[..]
                && let Expr::Unary("!", value) = closure.value().clone()
            {
                closure.body = value;
            }
            Expr::Method(of, "is_none_or".to_owned(), args)
        }
        Expr::Unary("!", inner) if is_equalities(&inner) => negated(*inner),
        Expr::If(branch) => mapped_option(branch),
        Expr::Block(label, block) if label.is_empty() => tested_value(block),
        other => other,
    }
}

/// `rt::Slice::new(Some(1), None, None)` is `rt::slice(1..)`.
fn part(callee: Box<Expr>, args: Vec<Expr>) -> Expr {
    let bound = |arg: &Expr| match arg {
        Expr::Call(some, values) if values.len() == 1 && is_atom(some, "Some") => {
            Some(Some(values[0].clone()))
        }
        none => is_atom(none, "None").then_some(None),
    };
    let bounds = args.iter().map(bound).collect::<Option<Vec<_>>>();
    let Some(Ok([start, stop, step])) = bounds.map(<[Option<Expr>; 3]>::try_from) else {
        return Expr::Call(callee, args);
    };
    let [start, stop, step] = [start, stop, step].map(|bound| bound.map(Box::new));
    crate::print::slice_of(start, stop, step)
}

fn place_name(place: &Expr) -> String {
    match place {
        Expr::Atom(name) => name.clone(),
        _ => String::new(),
    }
}

/// `x = rt::py::iadd(&x, &y)` is `x += y`.
fn in_place(place: Box<Expr>, value: Expr) -> Expr {
    const SIGNS: &[(&str, &str)] = &[
        ("rt::py::iadd", "+"),
        ("rt::py::isub", "-"),
        ("rt::py::imul", "*"),
        ("rt::py::ior", "|"),
        ("rt::py::iand", "&"),
        ("rt::py::ixor", "^"),
    ];
    let sign = match &value {
        Expr::Call(callee, args) if is_name(&place) && args.len() == 2 => match &args[0] {
            Expr::Unary("&", of) if *of == place => {
                SIGNS.iter().find(|(path, _)| is_atom(callee, path)).map(|(_, sign)| *sign)
            }
            _ => None,
        },
        _ => None,
    };
    match (sign, value) {
        // What reads the name on the right borrows what is changed.
        (Some(sign), Expr::Call(_, mut args))
            if !crate::plain::mentions(&crate::layout::render(&args[1], 0, 0, 0), &place_name(&place)) =>
        {
            let operand = crate::print::given(args.swap_remove(1));
            Expr::Assign(place, sign, Box::new(operand))
        }
        (_, value) => Expr::Assign(place, "", Box::new(value)),
    }
}

/// The literal of `format!("abc")`.
fn constant_text(of: &Expr) -> Option<String> {
    match of {
        Expr::Macro(name, args) if name == "format" => match &args[..] {
            [Expr::Atom(text)] if text.starts_with('"') && !text.contains(['{', '}']) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// `if let Some(x) = find(..) { Some(f(x)) } else { None }` is `find(..).map(|x| f(x))`.
fn mapped_option(branch: Box<If>) -> Expr {
    let Expr::Let(pat, of) = &branch.cond else { return Expr::If(branch) };
    let of = match &**of {
        Expr::Unary("&", of) if is_name(of) => (**of).clone().method("as_ref", vec![]),
        of => of.clone(),
    };
    let is_guard = !matches!(&of, Expr::Method(_, name, _) if !matches!(name.as_str(), "borrow" | "borrow_mut" | "as_mut"));
    if is_guard {
        return Expr::If(branch);
    }
    mapped_value(of, pat, &branch.then, branch.els.as_ref()).unwrap_or(Expr::If(branch))
}

/// `of.map(|x| f(x))` for `if let Some(x) = of { Some(f(x)) } else { None }`, where `of` is no reference.
pub(crate) fn mapped_value(of: Expr, pat: &str, then: &Block, els: Option<&Expr>) -> Option<Expr> {
    let is_none = |of: &Expr| matches!(of, Expr::Block(label, block) if label.is_empty() && block.as_value().is_some_and(|value| is_atom(value, "None")));
    let param = pat.strip_prefix("Some(").and_then(|pat| pat.strip_suffix(')'))?;
    let value = match then.as_value() {
        Some(Expr::Call(some, values)) if is_atom(some, "Some") && values.len() == 1 => &values[0],
        _ => return None,
    };
    let is_mapped = els.is_some_and(is_none) && !leaves(value);
    is_mapped.then(|| method(of, "map".to_owned(), vec![Expr::closure(param, value.clone())]))
}

/// Whether a value may end the function or loop around it, or is not taken apart.
fn leaves(value: &Expr) -> bool {
    let leaves_here = matches!(
        value,
        Expr::Try(_)
            | Expr::Await(_)
            | Expr::Jump(..)
            | Expr::Raw(_)
            | Expr::Block(..)
            | Expr::Match(..)
            | Expr::Loop(..)
            | Expr::While(..)
            | Expr::For(..)
    );
    let mut found = leaves_here;
    let mut copy = value.clone();
    copy.for_each_operand(&mut |operand| found |= leaves(operand));
    found
}

/// `x.is_some_and(|x| !..)`
fn is_denial(of: &Expr) -> bool {
    let Expr::Method(_, name, args) = of else { return false };
    name == "is_some_and"
        && matches!(&args[..], [Expr::Closure(closure)] if matches!(closure.value(), Expr::Unary("!", _)))
}

/// Tests for equality, joined by `||` or `&&`.
fn is_equalities(of: &Expr) -> bool {
    match of {
        Expr::Binary(left, "||" | "&&", right) => is_equalities(left) && is_equalities(right),
        Expr::Binary(_, "==" | "!=", _) => true,
        _ => false,
    }
}

fn negated(of: Expr) -> Expr {
    match of {
        Expr::Binary(left, "||", right) => negated(*left).binary("&&", negated(*right)),
        Expr::Binary(left, "&&", right) => negated(*left).binary("||", negated(*right)),
        Expr::Binary(left, "==", right) => left.binary("!=", *right),
        Expr::Binary(left, "!=", right) => left.binary("==", *right),
        other => Expr::unary("!", other),
    }
}

const COMPARISONS: &[&str] = &["==", "!=", "<", "<=", ">", ">="];

/// `x.len()`
fn is_length(of: &Expr) -> bool {
    matches!(of, Expr::Method(_, name, args) if name == "len" && args.is_empty())
}

fn is_empty_text(of: &Expr) -> bool {
    matches!(of, Expr::Atom(text) if text == "\"\"")
}

fn method(receiver: Expr, name: String, mut args: Vec<Expr>) -> Expr {
    if TAKE_ITERABLES.contains(&name.as_str())
        && let Some(last) = args.pop()
    {
        args.push(iterable(last));
    }
    let is_part = |of: &Expr| {
        matches!(of, Expr::Unary("&", made)
            if matches!(&**made, Expr::Method(_, part, _) if matches!(part.as_str(), "numerator" | "denominator")))
    };
    if name == "relative_to" || name == "floor_div" && args.iter().all(is_part) {
        args = args.into_iter().map(given).collect();
    }
    if BYTES_METHODS.contains(&name.as_str()) {
        args = args.into_iter().map(slice).collect();
    }
    if name == "py_concat"
        && let [Expr::Unary("&", list)] = &mut args[..]
    {
        let taken = std::mem::replace(&mut **list, Expr::Atom(String::new()));
        **list = array(taken);
    }
    let receiver = if SLICE_METHODS.contains(&name.as_str()) { array(receiver) } else { receiver };
    match (receiver, name.as_str(), &mut args[..]) {
        (Expr::Method(of, filter, tests), "next", []) if filter == "filter" && is_iterator(&of) => {
            Expr::Method(of, "find".to_owned(), tests)
        }
        (Expr::Call(some, mut values), "unwrap" | "expect", [] | [_])
            if is_atom(&some, "Some") && values.len() == 1 =>
        {
            values.remove(0)
        }
        (receiver, "filter", [Expr::Closure(closure)]) if is_truth(closure) => {
            receiver.method("filter", vec![Expr::atom("rt::truth")])
        }
        // A copy of a list, made of a copy of its items.
        (Expr::Method(copy, into, none), "collect::<Vec<_>>", [])
            if into == "into_iter"
                && none.is_empty()
                && matches!(&*copy, Expr::Method(_, name, none) if name == "to_vec" && none.is_empty()) =>
        {
            *copy
        }
        (receiver, "map", [Expr::Closure(closure)]) => {
            let closure = closure.clone();
            mapped(receiver, &closure, name, args)
        }
        (receiver, "then", [Expr::Closure(closure)])
            if is_name(closure.value()) && closure.params.is_empty() =>
        {
            let value = closure.value().clone();
            Expr::Method(Box::new(receiver), "then_some".to_owned(), vec![value])
        }
        (receiver, _, _) => crate::plain::method(receiver, name, args),
    }
}

/// `|x| rt::truth(x)`
fn is_truth(closure: &Closure) -> bool {
    matches!(closure.value(), Expr::Call(truth, args)
        if is_atom(truth, "rt::truth") && matches!(&args[..], [arg] if is_atom(arg, &closure.params) && is_name(arg)))
}

/// `.map(|x| ..)` where a shorter word says the same.
fn mapped(receiver: Expr, closure: &Closure, name: String, args: Vec<Expr>) -> Expr {
    let param = closure.params.clone();
    let is_plain = !closure.is_move && closure.ret.is_none();
    let copies = match closure.value() {
        _ if !is_plain => None,
        Expr::Unary("*", of) if is_atom(of, &param) => gives_references(&receiver).then_some("copied"),
        Expr::Method(of, name, args) if name == "clone" && args.is_empty() && is_atom(of, &param) => {
            gives_references(&receiver).then_some("cloned")
        }
        _ => None,
    };
    if let Some(copies) = copies {
        return Expr::Method(Box::new(receiver), copies.to_owned(), vec![]);
    }
    let converter = match closure.value() {
        Expr::Call(callee, values)
            if is_plain && matches!(&values[..], [value] if is_atom(value, &param)) =>
        {
            Some((**callee).clone()).filter(is_converter)
        }
        _ => None,
    };
    let receiver = match (receiver, closure.value()) {
        // A length needs no copy of what is measured.
        (Expr::Method(of, copy, none), Expr::Method(measured, length, _))
            if copy == "cloned" && none.is_empty() && is_atom(measured, &param) && length == "char_len" =>
        {
            *of
        }
        (receiver, _) => receiver,
    };
    let args = converter.map_or(args, |path| vec![path]);
    crate::plain::method(receiver, name, args)
}

/// Whether items are references to those of a container.
pub(crate) fn gives_references(of: &Expr) -> bool {
    match of {
        Expr::Method(_, name, args) if args.is_empty() => matches!(name.as_str(), "iter" | "keys" | "values"),
        Expr::Method(of, name, _) => KEEP_REFERENCES.contains(&name.as_str()) && gives_references(of),
        _ => false,
    }
}

/// Whether it is an iterator by its own words.
fn is_iterator(of: &Expr) -> bool {
    matches!(of, Expr::Range(..)) || gives_references(of)
}

/// `rt::Value::from`, `Some` and constructors of variants: they take exactly what a closure around them does.
fn is_converter(callee: &Expr) -> bool {
    let Expr::Atom(path) = callee else { return false };
    if matches!(path.as_str(), "rt::asyncio::create_task" | "rt::log_record::level_name") {
        return true;
    }
    let Some((owner, last)) = path.rsplit_once("::") else { return path == "Some" };
    last == "from"
        || last.starts_with(char::is_uppercase)
            && owner.rsplit("::").next().is_some_and(|name| name.starts_with(char::is_uppercase))
}

/// What can be iterated needs no call to become an iterator.
fn iterable(of: Expr) -> Expr {
    match of {
        Expr::Method(of, name, args) if name == "into_iter" && args.is_empty() => *of,
        other => other,
    }
}

/// `vec![a, b]` that is only read is an array.
fn array(of: Expr) -> Expr {
    match of {
        Expr::Macro(name, items) if name == "vec" && !items.is_empty() => Expr::Array(items),
        other => other,
    }
}

/// `x.is_some() && f(x.unwrap())`.
fn some_and(left: Expr, right: Expr) -> Expr {
    // The test may stand at the end of a chain: `a && x.is_some() && f(x.unwrap())`.
    let (before, test) = match left {
        Expr::Binary(before, "&&", test) => (Some(before), *test),
        other => (None, other),
    };
    let joined = |before: Option<Box<Expr>>, value: Expr| match before {
        Some(before) => before.binary("&&", value),
        None => value,
    };
    let Expr::Method(of, name, none) = &test else { return joined(before, test).binary("&&", right) };
    let param = if name == "is_some" && none.is_empty() { own_name(of) } else { None };
    if let Some(param) = param
        && let Some((value, is_borrowed)) = unwrapped(of, &param, &right)
    {
        let of = (**of).clone();
        let of = if is_borrowed { Expr::Method(Box::new(of), "as_ref".to_owned(), vec![]) } else { of };
        let test = match value {
            Expr::Call(truth, args)
                if is_atom(&truth, "rt::truth") && is_borrowed && is_atom(&args[0], &param) =>
            {
                *truth
            }
            value => Expr::closure(param, value),
        };
        return joined(before, of.method("is_some_and", vec![test]));
    }
    joined(before, test).binary("&&", right)
}

/// `{ let x = value; x.is_some() && f(x.unwrap()) }` is `value.is_some_and(|x| f(x))`.
fn tested_value(mut block: Block) -> Expr {
    let whole = |block| Expr::Block(String::new(), block);
    let [stmt] = &block.stmts[..] else { return whole(block) };
    let (StmtKind::Let { pat, ty: None, value: Some(value), els: None }, true) =
        (&stmt.kind, stmt.above.is_empty() && stmt.beside.is_none() && block.end_comments.is_empty())
    else {
        return whole(block);
    };
    let is_test =
        |of: &Expr, name: &str| matches!(of, Expr::Method(of, test, _) if test == name && is_atom(of, pat));
    match block.tail.as_deref() {
        Some(tail) if is_test(tail, "is_some") || is_test(tail, "is_none") => {
            let Expr::Method(_, test, _) = tail else { return whole(block) };
            value.clone().method(test.clone(), vec![])
        }
        // What `some_and` made of it.
        Some(Expr::Method(of, name, args)) if name == "is_some_and" && is_read(of, pat) => {
            // What the test reads through a reference stays one.
            let is_lent = !is_atom(of, pat);
            let value = value.clone();
            let args = args.clone();
            block.stmts.clear();
            let value = if is_lent { value.receiver().method("as_ref", vec![]) } else { value.receiver() };
            Expr::Method(Box::new(value), "is_some_and".to_owned(), args)
        }
        _ => whole(block),
    }
}

/// `x` or `x.as_ref()`.
fn is_read(of: &Expr, name: &str) -> bool {
    match of {
        Expr::Method(of, method, args) => method == "as_ref" && args.is_empty() && is_atom(of, name),
        of => is_atom(of, name),
    }
}

/// The last name of a place: `order` of `self.order`.
fn own_name(of: &Expr) -> Option<String> {
    match of {
        Expr::Atom(name) if is_name(of) && name != "self" => Some(name.clone()),
        Expr::Field(owner, name) if !name.starts_with(|c: char| c.is_ascii_digit()) => {
            is_place(owner).then(|| name.clone())
        }
        _ => None,
    }
}

fn is_place(of: &Expr) -> bool {
    match of {
        Expr::Field(of, _) => is_place(of),
        of => is_name(of),
    }
}

/// The condition with `param` where it has `of.unwrap()` or `of.as_ref().unwrap()`, and whether it is borrowed;
/// `None` where it names the place or the parameter in another way.
fn unwrapped(of: &Expr, param: &str, right: &Expr) -> Option<(Expr, bool)> {
    let mut value = right.clone();
    let (mut borrowed, mut owned) = (0, 0);
    put(&mut value, of, param, &mut borrowed, &mut owned);
    let (is_borrowed, is_owned) = (borrowed > 0, owned > 0);
    if is_borrowed == is_owned || has_blocks(&value) || names(&value, of, param) != borrowed + owned {
        return None;
    }
    Some((value, is_borrowed))
}

fn put(value: &mut Expr, of: &Expr, param: &str, borrowed: &mut usize, owned: &mut usize) {
    if let Expr::Method(inner, name, args) = value
        && name == "unwrap"
        && args.is_empty()
    {
        let as_ref = |inner: &Expr| matches!(inner, Expr::Method(inner, name, none) if name == "as_ref" && none.is_empty() && **inner == *of);
        if **inner == *of {
            *owned += 1;
            *value = Expr::atom(param);
            return;
        }
        if as_ref(inner) {
            *borrowed += 1;
            *value = Expr::atom(param);
            return;
        }
    }
    value.for_each_operand(&mut |operand| put(operand, of, param, borrowed, owned));
}

/// How often the value names the parameter or the place.
fn names(value: &Expr, of: &Expr, param: &str) -> usize {
    if value == of || is_atom(value, param) {
        return 1;
    }
    let mut found = 0;
    let mut copy = value.clone();
    copy.for_each_operand(&mut |operand| found += names(operand, of, param));
    found
}

/// Closures, blocks and texts that are not taken apart: what they name is not looked at.
fn has_blocks(value: &Expr) -> bool {
    let is_opaque = matches!(
        value,
        Expr::Closure(_) | Expr::Block(..) | Expr::Raw(_) | Expr::If(_) | Expr::Match(..) | Expr::Try(_)
    ) || matches!(value, Expr::Macro(name, _) if name != "matches");
    let mut found = is_opaque;
    let mut copy = value.clone();
    copy.for_each_operand(&mut |operand| found |= has_blocks(operand));
    found
}

fn is_atom(of: &Expr, text: &str) -> bool {
    matches!(of, Expr::Atom(atom) if atom == text)
}

/// A plain name.
fn is_name(of: &Expr) -> bool {
    matches!(of, Expr::Atom(text) if text.chars().all(|c| c.is_alphanumeric() || c == '_')
        && text.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::render;

    fn tidied(mut of: Expr) -> String {
        expr(&mut of);
        render(&of, 0, 0, 0)
    }

    fn unwrapped_text(name: &str) -> Expr {
        Expr::atom(name).method("as_ref", vec![]).method("unwrap", vec![])
    }

    #[test]
    fn shapes_that_say_the_same() {
        let lines = Expr::atom("lines").method("into_iter", vec![]);
        assert_eq!(tidied(Expr::atom("xs").method("zip", vec![lines])), "xs.zip(lines)");
        let pair = Expr::Macro("vec".into(), vec![Expr::atom("a"), Expr::atom("b")]);
        assert_eq!(tidied(pair.method("contains", vec![Expr::atom("x")])), "[a, b].contains(x)");
        let convert = Expr::closure("item", Expr::call("rt::Value::from", vec![Expr::atom("item")]));
        assert_eq!(tidied(Expr::atom("xs").method("map", vec![convert])), "xs.map(rt::Value::from)");
        let test = Expr::closure("&x", Expr::atom("x").binary(">", Expr::atom("1")));
        let first =
            Expr::atom("xs").method("iter", vec![]).method("filter", vec![test]).method("next", vec![]);
        assert_eq!(tidied(first), "xs.iter().find(|&x| x > 1)");
    }

    #[test]
    fn a_value_that_is_there_and_more() {
        let rest = Expr::unary("!", unwrapped_text("text").method("is_empty", vec![]));
        let both = Expr::atom("text").method("is_some", vec![]).binary("&&", rest.clone());
        assert_eq!(tidied(both), "text.as_ref().is_some_and(|text| !text.is_empty())");
        let other = Expr::atom("text").method("is_some", vec![]).binary("&&", Expr::atom("ready"));
        assert_eq!(tidied(other), "text.is_some() && ready");
        let named = rest.binary("&&", Expr::call("f", vec![Expr::unary("&", Expr::atom("text"))]));
        let both = Expr::atom("text").method("is_some", vec![]).binary("&&", named);
        assert!(tidied(both).starts_with("text.is_some() && "));
    }

    #[test]
    fn an_option_of_what_is_found() {
        let found = |of: Expr, value: Expr| {
            let then = Block::of(Expr::call("Some", vec![value]));
            let els = Some(Expr::Block(String::new(), Block::of(Expr::atom("None"))));
            Expr::If(Box::new(If { cond: Expr::Let("Some(m)".into(), Box::new(of)), then, els, mark: None }))
        };
        let number = || Expr::call("number", vec![Expr::atom("m")]);
        let borrowed = Expr::unary("&", Expr::atom("group"));
        assert_eq!(tidied(found(borrowed, number())), "group.as_ref().map(|m| number(m))");
        let may_leave = Expr::Try(Box::new(number()));
        assert!(
            tidied(found(Expr::atom("f").method("find", vec![]), may_leave)).starts_with("if let Some(m)")
        );
        assert!(tidied(found(Expr::atom("group"), number())).starts_with("if let Some(m)"));
    }

    #[test]
    fn holds_back_from_what_only_looks_like_it() {
        let own = Expr::closure("item", Expr::call("squeeze", vec![Expr::atom("item")]));
        assert_eq!(tidied(Expr::atom("xs").method("map", vec![own])), "xs.map(|item| squeeze(item))");
        let clone = Expr::closure("x", Expr::atom("x").method("clone", vec![]));
        assert_eq!(tidied(Expr::atom("made").method("map", vec![clone])), "made.map(|x| x.clone())");
    }
}
