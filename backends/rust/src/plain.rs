//! Statements and expressions in the plain words that a reviewer would ask for.
//!
//! before                                            after
//!   for name in ["undo"] { add(name); }               { let name = "undo"; add(name); }
//!   if ready { f() } else { () }                      if ready { f() }
//!   return 1; print();                                return 1;
//!   items.values().cloned().map(|f| show(&f))         items.values().map(|f| show(f))
//!   matches!(k, A) || !matches!(k, A)                 true
//!
//! They work on shapes alone, as those of `tidy`: what a type has to decide is decided where types are known.

use crate::tree::{Block, Expr, If, Stmt, StmtKind};

/// Methods that give `&str`.
const GIVE_STR: &[&str] = &[
    "py_strip",
    "strip_chars",
    "rstrip_chars",
    "lstrip_chars",
    "remove_prefix",
    "remove_suffix",
    "trim",
    "char_at",
];

/// Rewrites the statements of a block, whose parts are tidied.
pub fn block(of: &mut Block) {
    of.stmts.retain(|stmt| stmt.kind != StmtKind::Nothing || !stmt.above.is_empty() || stmt.beside.is_some());
    for stmt in &mut of.stmts {
        if let StmtKind::Expr(value) = &mut stmt.kind {
            statement(value);
        }
        // A test that decides nothing.
        if let StmtKind::Expr(Expr::If(branch)) = &stmt.kind
            && branch.then.is_empty()
            && branch.els.is_none()
            && !format!("{:?}", branch.cond).contains("Let(")
        {
            let value = Some(branch.cond.clone());
            stmt.kind = StmtKind::Let { pat: "_".to_owned(), ty: None, value, els: None };
        }
    }
    skip_copies(of);
    hoist_conditions(of);
    open_blocks(of);
    if of.tail.as_deref().is_none_or(|tail| matches!(tail, Expr::Match(_, arms) if arms.is_empty())) {
        cut(of);
    }
}

/// Rewrites the block of a function, whose head says what it gives.
pub fn body(of: &mut Block) {
    let before = of.stmts.len();
    cut(of);
    find(of, false);
    crate::once::settle(of);
    if of.stmts.len() != before || of.tail.is_none() {
        crate::tails::tail_returns(of);
    }
}

/// A statement without value.
fn statement(value: &mut Expr) {
    let empty = || Expr::Atom(String::new());
    match value {
        Expr::For(label, pat, items, body) if label.is_empty() && !jumps(body) => {
            let Expr::Array(list) = &mut **items else { return };
            let [item] = &mut list[..] else { return };
            let item = std::mem::replace(item, empty());
            let mut body = std::mem::take(body);
            body.stmts.insert(0, Stmt::bind(pat.clone(), None, Some(item)));
            *value = Expr::Block(String::new(), body);
        }
        Expr::Jump(word, Some(hole)) if word == "return" && hole.is_hole() => {
            *value = std::mem::replace(&mut **hole, empty());
        }
        _ => {}
    }
}

/// `let value = hp; let hp = value;`: the second says nothing.
fn skip_copies(of: &mut Block) {
    let copy = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Let { pat, ty: None, value: Some(Expr::Atom(value)), els: None } => {
            Some((pat.clone(), value.clone()))
        }
        _ => None,
    };
    let mut at = 0;
    while at + 1 < of.stmts.len() {
        let next = &of.stmts[at + 1];
        let (first, second) = (copy(&of.stmts[at]), copy(next));
        let is_bare = next.above.is_empty() && next.beside.is_none();
        if let (Some((a, b)), Some((c, d)), true) = (first, second, is_bare)
            && (a == d && b == c)
        {
            of.stmts.remove(at + 1);
        }
        at += 1;
    }
}

/// `if { let x = f(); x > 1 } { .. }`: what stands before the test stands before the `if`.
fn hoist_conditions(of: &mut Block) {
    let mut at = 0;
    while at < of.stmts.len() {
        if let StmtKind::Expr(Expr::If(branch)) = &mut of.stmts[at].kind
            && let Expr::Block(label, inner) = &mut branch.cond
            && label.is_empty()
            && inner.end_comments.is_empty()
            && inner.tail.is_some()
        {
            let name = "is_match";
            if !mentions(&format!("{branch:?}"), name) {
                let cond = std::mem::replace(&mut branch.cond, Expr::atom(name));
                let stmt = &mut of.stmts[at];
                let mut first = Stmt::bind(name, None, Some(cond));
                first.above = std::mem::take(&mut stmt.above);
                first.blank_before = std::mem::take(&mut stmt.blank_before);
                first.mark = stmt.mark;
                of.stmts.insert(at, first);
                at += 1;
            }
        }
        at += 1;
    }
}

/// A label that nothing leaves goes, and so does a block that binds nothing or is the last; `if true` is its branch.
fn open_blocks(of: &mut Block) {
    let mut out = Vec::with_capacity(of.stmts.len());
    let last = of.stmts.len().saturating_sub(1);
    let ends = of.tail.is_none() && of.end_comments.is_empty();
    for (index, mut stmt) in std::mem::take(&mut of.stmts).into_iter().enumerate() {
        always_taken(&mut stmt);
        let StmtKind::Expr(Expr::Block(label, inner)) = &mut stmt.kind else {
            out.push(stmt);
            continue;
        };
        let is_unused = label.strip_suffix(": ").is_some_and(|word| {
            word.starts_with('\'') && !mentions(&format!("{inner:?}"), word.trim_start_matches('\''))
        });
        if is_unused {
            label.clear();
        }
        // What is bound at the end of a block is bound to its end.
        let binds = inner.stmts.iter().any(|stmt| matches!(stmt.kind, StmtKind::Let { .. }));
        let leaves = inner
            .stmts
            .last()
            .is_some_and(|last| matches!(&last.kind, StmtKind::Expr(value) if never_ends(value)));
        let is_open = label.is_empty() && (is_unused && !binds || leaves || ends && index == last);
        if !is_open || inner.tail.is_some() || !inner.end_comments.is_empty() || stmt.beside.is_some() {
            out.push(stmt);
            continue;
        }
        let mut inner = std::mem::take(&mut inner.stmts);
        if let Some(first) = inner.first_mut() {
            first.above.splice(0..0, stmt.above);
            first.blank_before |= stmt.blank_before;
        }
        out.extend(inner);
    }
    of.stmts = out;
}

/// `if true { .. }` is the block.
fn always_taken(stmt: &mut Stmt) {
    if let StmtKind::Expr(Expr::If(branch)) = &mut stmt.kind
        && is_atom(&branch.cond, "true")
        && branch.els.is_none()
    {
        let mut then = std::mem::take(&mut branch.then);
        then.stmts.extend(then.tail.take().map(|tail| Stmt { mark: then.tail_mark, ..Stmt::expr(*tail) }));
        stmt.kind = StmtKind::Expr(Expr::Block(String::new(), then));
    }
}

/// What stands behind a statement that never ends is never run; a value that only it read has no name.
fn cut(of: &mut Block) {
    let is_last = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Expr(value) if never_ends(value));
    let Some(at) = of.stmts.iter().position(is_last) else { return };
    let rest = &of.stmts[at + 1..];
    let is_bare = |stmt: &Stmt| stmt.above.is_empty() && stmt.beside.is_none();
    if rest.is_empty() && of.tail.is_none() || !rest.iter().all(is_bare) || !of.end_comments.is_empty() {
        return;
    }
    of.stmts.truncate(at + 1);
    (of.tail, of.tail_mark) = (None, None);
    let texts: Vec<_> = of.stmts.iter().map(|stmt| format!("{stmt:?}")).collect();
    for (index, stmt) in of.stmts.iter_mut().enumerate() {
        if let StmtKind::Let { pat, value: Some(_), els: None, .. } = &mut stmt.kind
            && pat.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !texts[index + 1..].iter().any(|text| mentions(text, pat))
        {
            *pat = "_".to_owned();
        }
    }
}

/// Whether control never passes a statement: a jump, an error, a loop that nothing leaves.
fn never_ends(of: &Expr) -> bool {
    match of {
        Expr::Jump(word, _) => word == "return" || word.starts_with("break") || word.starts_with("continue"),
        Expr::Call(callee, _) => {
            matches!(&**callee, Expr::Atom(path) if matches!(path.as_str(), "rt::raise_new" | "rt::raise"))
        }
        _ => false,
    }
}

/// `for p in items { if f(&p) { return Some(p); } } None` is `items.find(|p| f(p))`.
pub fn find(of: &mut Block, is_iterator: bool) {
    let Some(Stmt {
        kind: StmtKind::Expr(Expr::For(label, name, items, body)),
        above,
        beside: None,
        mark,
        ..
    }) = of.stmts.last()
    else {
        return;
    };
    let is_iterator = is_iterator || crate::tidy::gives_references(items);
    let only = match (&body.stmts[..], body.tail.as_deref()) {
        ([only], None) if only.above.is_empty() && only.beside.is_none() => match &only.kind {
            StmtKind::Expr(Expr::If(branch)) => branch,
            _ => return,
        },
        _ => return,
    };
    let gives = |block: &Block| match (&block.stmts[..], block.tail.as_deref()) {
        ([only], None) if only.above.is_empty() && only.beside.is_none() => match &only.kind {
            StmtKind::Expr(Expr::Jump(word, Some(value))) if word == "return" => Some((**value).clone()),
            _ => None,
        },
        _ => None,
    };
    let is_found = gives(&only.then) == Some(Expr::call("Some", vec![Expr::atom(name)]));
    let is_plain = label.is_empty() && only.els.is_none() && above.is_empty() && body.end_comments.is_empty();
    let gives_none =
        of.tail.as_deref().is_some_and(|tail| is_atom(tail, "None")) && of.end_comments.is_empty();
    let Some(test) =
        only_lent(&only.cond, name).filter(|_| is_found && is_plain && gives_none && is_iterator)
    else {
        return;
    };
    let found = (**items).clone().method("find", vec![Expr::closure(name, test)]);
    (of.tail, of.tail_mark) = (Some(Box::new(found)), *mark);
    of.stmts.pop();
}

/// Rewrites an expression whose parts are tidied.
pub fn expr(of: Expr) -> Expr {
    match of {
        Expr::If(mut branch) => {
            let is_unit = |els: &Expr| {
                matches!(els, Expr::Block(label, block)
                    if label.is_empty() && block.as_value().is_some_and(|value| is_atom(value, "()")))
            };
            if branch.els.as_ref().is_some_and(is_unit) {
                branch.els = None;
            }
            if branch.cond.is_hole() {
                return branch.cond;
            }
            if let Some(value) = value_or(&branch) {
                return value;
            }
            crate::bound::bind(&mut branch);
            Expr::If(branch)
        }
        // A test whose first statement has no translation.
        Expr::Block(label, mut block) if label.is_empty() && begins_with_hole(&block) => {
            let StmtKind::Expr(hole) = block.stmts.swap_remove(0).kind else { unreachable!("tested") };
            hole
        }
        Expr::Binary(left, op @ ("==" | "!="), right) if is_atom(&right, "None") => {
            left.method(if op == "==" { "is_none" } else { "is_some" }, vec![])
        }
        // `x == y.to_owned()` compares with `y` itself.
        Expr::Binary(left, op @ ("==" | "!="), right) if !matches!(*left, Expr::Unary("*", _)) => {
            Expr::Binary(left, op, Box::new(borrowed_text(*right)))
        }
        // `a && (b && c)`
        Expr::Binary(left, "&&", right) if matches!(*right, Expr::Binary(_, "&&", _)) => {
            let Expr::Binary(middle, _, last) = *right else { unreachable!("tested") };
            expr(left.binary("&&", *middle)).binary("&&", *last)
        }
        // `bits = bits << 1`
        Expr::Assign(place, "", value) if is_shift_of(&value, &place) => {
            let Expr::Binary(_, op, by) = *value else { unreachable!("tested") };
            Expr::Assign(place, op, by)
        }
        Expr::Binary(left, "||", right) if is_opposite(&left, &right) => Expr::atom("true"),
        Expr::Unary("&", inner) => match *inner {
            Expr::Unary("*", item) if matches!(&*item, Expr::Method(_, name, _) if name == "at") => *item,
            // A name in braces.
            Expr::Block(label, mut block)
                if label.is_empty()
                    && block.as_value().is_some_and(|value| matches!(value, Expr::Atom(_))) =>
            {
                Expr::Unary("&", block.tail.take().unwrap_or_else(|| Box::new(Expr::atom("()"))))
            }
            inner => Expr::Unary("&", Box::new(inner)),
        },
        // What a macro looks at stays lent: what changes its container gives a copy.
        Expr::Macro(name, args) => {
            let shows_all =
                matches!(&args[..], [.., _] if args.iter().all(|arg| !is_wide(arg) && is_still(arg)));
            let shown = |arg: Expr| if shows_all { own_text(own_copy(arg)) } else { own_copy(arg) };
            let args =
                if FORMATS.contains(&name.as_str()) { args.into_iter().map(shown).collect() } else { args };
            if name == "format" { plain_format(args) } else { Expr::Macro(name, args) }
        }
        other => other,
    }
}

/// `if let Some(x) = found { x } else { 0 }` is `found.unwrap_or(0)`.
fn value_or(branch: &If) -> Option<Expr> {
    let Expr::Let(pat, of) = &branch.cond else { return None };
    let param = pat.strip_prefix("Some(").and_then(|pat| pat.strip_suffix(')'))?;
    let Some(Expr::Block(label, els)) = &branch.els else { return None };
    let (value, other) = (branch.then.as_value()?, els.as_value()?);
    let is_plain = !matches!(**of, Expr::Unary(..)) && label.is_empty() && is_atom(value, param);
    (is_plain && is_literal(other)).then(|| (**of).clone().method("unwrap_or", vec![other.clone()]))
}

/// Numbers, also in tuples.
fn is_literal(of: &Expr) -> bool {
    match of {
        Expr::Atom(text) => text.starts_with(|c: char| c.is_ascii_digit() || c == '-'),
        Expr::Unary("-", inner) => is_literal(inner),
        Expr::Tuple(items) => items.iter().all(is_literal),
        _ => false,
    }
}

/// A method of tidied parts.
pub fn method(receiver: Expr, name: String, mut args: Vec<Expr>) -> Expr {
    if name == "then"
        && let [Expr::Closure(closure)] = &args[..]
        && closure.params.is_empty()
        && let Expr::Tuple(items) = closure.value()
        && items.iter().all(|item| matches!(item, Expr::Atom(_)))
    {
        let value = closure.value().clone();
        return Expr::Method(Box::new(receiver), "then_some".to_owned(), vec![value]);
    }
    // What is found in a container is a reference.
    if name == "map"
        && matches!(&receiver, Expr::Method(_, get, keys) if get == "get" && keys.len() == 1)
        && let [Expr::Closure(closure)] = &args[..]
        && let Expr::Method(of, clone, none) = closure.value()
        && (clone == "clone" && none.is_empty() && is_atom(of, &closure.params))
    {
        return receiver.method("cloned", vec![]);
    }
    // A closure that only looks at its argument needs no copy of it.
    if matches!(name.as_str(), "map" | "filter_map" | "flat_map" | "for_each")
        && let Expr::Method(items, cloned, none) = &receiver
        && cloned == "cloned"
        && none.is_empty()
        && crate::tidy::gives_references(items)
        && let [Expr::Closure(closure)] = &mut args[..]
        && let Some(value) = only_lent(closure.value(), &closure.params)
    {
        *closure.body = value;
        return Expr::Method(items.clone(), name, args);
    }
    Expr::Method(Box::new(receiver), name, args)
}

/// `text.to_owned()` where a comparison takes `text`.
fn borrowed_text(of: Expr) -> Expr {
    match of {
        Expr::Method(text, name, args)
            if name == "to_owned"
                && args.is_empty()
                && matches!(&*text, Expr::Method(_, name, _) if GIVE_STR.contains(&name.as_str())) =>
        {
            *text
        }
        other => other,
    }
}

/// `matches!(k, A)` and `!matches!(k, A)`.
fn is_opposite(left: &Expr, right: &Expr) -> bool {
    let denies = |one: &Expr, other: &Expr| {
        matches!(other, Expr::Unary("!", inner) if **inner == *one)
            && matches!(one, Expr::Macro(name, _) if name == "matches")
    };
    denies(left, right) || denies(right, left)
}

/// `place << 1`
fn is_shift_of(value: &Expr, place: &Expr) -> bool {
    matches!(value, Expr::Binary(left, "<<" | ">>", by)
        if **left == *place && matches!(place, Expr::Atom(_)) && matches!(**by, Expr::Atom(_)) && by != left)
}

/// Macros that show their arguments.
const FORMATS: &[&str] = &["format", "print", "println", "eprint", "eprintln", "write", "writeln", "panic"];

/// A text whose values have a width or another form.
fn is_wide(of: &Expr) -> bool {
    let has_form = |text: &str| {
        text.split('{').skip(1).any(|rest| rest.split('}').next().is_some_and(|hole| hole.contains(':')))
    };
    matches!(of, Expr::Atom(text) if text.starts_with('"') && has_form(text))
}

/// What changes nothing while it is shown: a text may be made when its turn comes.
fn is_still(of: &Expr) -> bool {
    match of {
        Expr::Atom(_) | Expr::Lazy(_) => true,
        Expr::Field(of, _) | Expr::Unary("&" | "*", of) => is_still(of),
        Expr::Method(of, name, args) => {
            args.is_empty() && matches!(name.as_str(), "to_string" | "get") && is_still(of)
        }
        Expr::Call(callee, args) => {
            (is_atom(callee, "rt::repr") || is_atom(callee, "rt::str")) && args.iter().all(is_still)
        }
        _ => false,
    }
}

/// `rt::repr(x).to_string()` where its text is shown.
fn own_text(of: Expr) -> Expr {
    match of {
        Expr::Method(shown, name, none)
            if name == "to_string"
                && none.is_empty()
                && matches!(&*shown, Expr::Call(callee, _) if is_atom(callee, "rt::repr") || is_atom(callee, "rt::str")) =>
        {
            *shown
        }
        of => of,
    }
}

/// `*counts.setdefault(key, 0)` as `counts.setdefault(key, 0).to_owned()`.
fn own_copy(of: Expr) -> Expr {
    match of {
        Expr::Unary("*", read) if matches!(&*read, Expr::Method(_, name, _) if matches!(name.as_str(), "setdefault" | "at_or_insert")) => {
            read.method("to_owned", vec![])
        }
        of => of,
    }
}

/// `format!("{name}")` is the text of `name`.
fn plain_format(args: Vec<Expr>) -> Expr {
    if let [Expr::Atom(text)] = &args[..]
        && let Some(name) = text.strip_prefix("\"{").and_then(|text| text.strip_suffix("}\""))
        && !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        return Expr::atom(name).method("to_string", vec![]);
    }
    Expr::Macro("format".to_owned(), args)
}

fn begins_with_hole(block: &Block) -> bool {
    block.stmts.first().is_some_and(|stmt| {
        matches!(&stmt.kind, StmtKind::Expr(value) if value.is_hole())
            && stmt.above.is_empty()
            && stmt.beside.is_none()
    }) && block.tail.is_some()
}

/// The value with `name` for each `&name`; none where it is named in another way.
fn only_lent(value: &Expr, name: &str) -> Option<Expr> {
    let mut out = value.clone();
    let mut count = 0;
    lend(&mut out, name, &mut count);
    let named = words(&format!("{value:?}"), name);
    (count > 0 && count == named).then_some(out)
}

fn lend(of: &mut Expr, name: &str, count: &mut usize) {
    if matches!(of, Expr::Unary("&", inner) if is_atom(inner, name)) {
        *of = Expr::atom(name);
        *count += 1;
        return;
    }
    of.for_each_operand(&mut |operand| lend(operand, name, count));
}

/// Whether a jump stands in a block: it may leave a loop around it.
fn jumps(block: &Block) -> bool {
    let text = format!("{block:?}");
    ["Jump(\"break", "Jump(\"continue", "Raw("].iter().any(|word| text.contains(word))
}

fn is_atom(of: &Expr, text: &str) -> bool {
    matches!(of, Expr::Atom(atom) if atom == text)
}

/// Whether a text holds a name as a word.
pub fn mentions(text: &str, name: &str) -> bool {
    words(text, name) > 0
}

/// How often a text holds a name as a word.
pub fn words(text: &str, name: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let found = text.match_indices(name).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    });
    found.count()
}
