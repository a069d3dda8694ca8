//! A test for presence binds what is there, also where a field is tested.
//!
//! before                                              after
//!   if self.join.is_some() {                            if let Some(join) = &self.join {
//!       show(self.join.as_ref().unwrap());                  show(join);
//!   }                                                   }
//!
//! The passes do this for variables; here it is done for what only the printed text shows. Holds back where the
//! branch changes the place or what it belongs to before the last use, or takes the value along.

use crate::plain::{mentions, words};
use crate::tree::{Block, Expr, If, StmtKind};

/// Binds the value of the first test for presence whose value the branch asks for.
pub fn bind(branch: &mut If) {
    let mut tests = Vec::new();
    operands(&branch.cond, &mut tests);
    for place in tests.iter().filter_map(tested) {
        if let Some(bound) = bound(branch, &place) {
            *branch = bound;
            return;
        }
    }
}

/// What is joined by `&&`, from left to right.
fn operands(cond: &Expr, out: &mut Vec<Expr>) {
    match cond {
        Expr::Binary(left, "&&", right) => {
            operands(left, out);
            operands(right, out);
        }
        other => out.push(other.clone()),
    }
}

/// The place of `place.is_some()`.
fn tested(test: &Expr) -> Option<Expr> {
    match test {
        Expr::Method(place, name, args) if name == "is_some" && args.is_empty() && is_place(place) => {
            Some((**place).clone())
        }
        _ => None,
    }
}

fn is_place(of: &Expr) -> bool {
    match of {
        Expr::Field(of, _) => is_place(of),
        Expr::Atom(text) => is_word(text),
        _ => false,
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn bound(branch: &If, place: &Expr) -> Option<If> {
    let name = free_name(branch, place)?;
    let mut out = branch.clone();
    let mut parts = Vec::new();
    operands(&out.cond, &mut parts);
    let at = parts.iter().position(|part| tested(part).as_ref() == Some(place))?;
    let mut count = 0;
    for part in &mut parts[at + 1..] {
        if changes(part, place) {
            return None;
        }
        replace(part, place, &name, &mut count);
    }
    let in_cond = count;
    let last = replace_in_block(&mut out.then, place, &name, &mut count)?;
    if count == in_cond || count == 0 || changes_before(&branch.then, place, last) {
        return None;
    }
    parts[at] = Expr::Let(format!("Some({name})"), Box::new(Expr::Unary("&", Box::new(place.clone()))));
    out.cond = parts.into_iter().reduce(|all, part| Expr::Binary(Box::new(all), "&&", Box::new(part)))?;
    // What is left must not ask again.
    let left = format!("{:?}{:?}", out.then, out.cond);
    let unwrap = format!("{:?}", asked(place));
    (!left.contains(&unwrap)).then_some(out)
}

/// `place.as_ref()`, as it is asked for.
fn asked(place: &Expr) -> Expr {
    Expr::Method(Box::new(place.clone()), "as_ref".to_owned(), vec![])
}

/// A name for the value that the branch does not know yet.
fn free_name(branch: &If, place: &Expr) -> Option<String> {
    let text = format!("{:?}{:?}", branch.cond, branch.then);
    let own = match place {
        Expr::Atom(name) => name.clone(),
        Expr::Field(_, name) => name.clone(),
        _ => return None,
    };
    let own = own.trim_start_matches('_').to_owned();
    let whole = format!("{place:?}");
    let only_place = words(&text, &own) == text.matches(&whole).count();
    // A variable is shadowed only where nothing but its value is asked for.
    let asked = format!("{:?}", asked(place));
    let is_asked = text.matches(&asked).count() + 1 == words(&text, &own);
    let fits = match place {
        Expr::Atom(_) => is_asked,
        _ => only_place,
    };
    let others = ["value", "found", "present"];
    if is_word(&own) && fits && !crate::names::is_keyword(&own) {
        return Some(own);
    }
    others.into_iter().find(|name| !mentions(&text, name)).map(str::to_owned)
}

/// Puts the name in the place of each `place.as_ref().unwrap()`.
fn replace(of: &mut Expr, place: &Expr, name: &str, count: &mut usize) {
    if let Expr::Method(inner, unwrap, _) = of
        && matches!(unwrap.as_str(), "unwrap" | "expect")
        && **inner == asked(place)
    {
        *of = Expr::atom(name);
        *count += 1;
        return;
    }
    match of {
        Expr::Closure(closure) if !closure.is_move => replace(&mut closure.body, place, name, count),
        Expr::Block(label, block) if !label.starts_with("async") => {
            let _ = replace_in_block(block, place, name, count);
        }
        Expr::If(branch) => {
            replace(&mut branch.cond, place, name, count);
            let _ = replace_in_block(&mut branch.then, place, name, count);
            branch.els.iter_mut().for_each(|els| replace(els, place, name, count));
        }
        Expr::Block(..) | Expr::Closure(_) | Expr::Loop(..) | Expr::While(..) | Expr::For(..) => {}
        Expr::Match(subject, arms) => {
            replace(subject, place, name, count);
            for arm in arms {
                arm.guard.iter_mut().for_each(|guard| replace(guard, place, name, count));
                let _ = replace_in_block(&mut arm.body, place, name, count);
            }
        }
        other => other.for_each_operand(&mut |operand| replace(operand, place, name, count)),
    }
}

/// The number of the last statement that asks for the value; the tail counts as one behind all.
fn replace_in_block(block: &mut Block, place: &Expr, name: &str, count: &mut usize) -> Option<usize> {
    let mut last = None;
    for (index, stmt) in block.stmts.iter_mut().enumerate() {
        let before = *count;
        match &mut stmt.kind {
            StmtKind::Let { value, els, .. } => {
                value.iter_mut().for_each(|value| replace(value, place, name, count));
                if let Some(block) = els {
                    replace_in_block(block, place, name, count);
                }
            }
            StmtKind::Expr(value) | StmtKind::Value(value) => replace(value, place, name, count),
            StmtKind::Nothing => {}
        }
        if *count > before {
            last = Some(index);
        }
    }
    let before = *count;
    block.tail.iter_mut().for_each(|tail| replace(tail, place, name, count));
    if *count > before { Some(block.stmts.len()) } else { last }
}

/// Whether the place may be changed before the last statement that asks for its value is done.
fn changes_before(block: &Block, place: &Expr, last: usize) -> bool {
    let stmts = block.stmts.iter().take(last + 1).any(|stmt| match &stmt.kind {
        StmtKind::Let { value, els, .. } => {
            value.as_ref().is_some_and(|value| changes(value, place)) || els.is_some()
        }
        StmtKind::Expr(value) | StmtKind::Value(value) => changes(value, place),
        StmtKind::Nothing => false,
    });
    stmts || last >= block.stmts.len() && block.tail.as_deref().is_some_and(|tail| changes(tail, place))
}

/// Whether an expression may change the place, or anything that it belongs to.
fn changes(of: &Expr, place: &Expr) -> bool {
    const READS: &[&str] = &["as_ref", "clone", "is_some", "is_none", "as_deref"];
    let owners = owners(place);
    let is_owner = |of: &Expr| owners.contains(of);
    let here = match of {
        Expr::Assign(target, ..) => is_owner(target),
        Expr::Unary("&mut ", inner) => is_owner(inner),
        Expr::Method(receiver, name, _) => is_owner(receiver) && !READS.contains(&name.as_str()),
        // Whatever takes the owner may change it.
        Expr::Call(_, args) => args.iter().any(|arg| is_owner(arg) && arg != place),
        Expr::Loop(..) | Expr::While(..) | Expr::For(..) | Expr::Raw(_) => true,
        _ => false,
    };
    here || parts(of).iter().any(|part| changes(part, place))
}

/// The place, and what it is a part of.
fn owners(place: &Expr) -> Vec<Expr> {
    let mut out = vec![place.clone()];
    let mut at = place;
    while let Expr::Field(of, _) = at {
        out.push((**of).clone());
        at = of;
    }
    out
}

/// The expressions right below one.
fn parts(of: &Expr) -> Vec<Expr> {
    let mut out = Vec::new();
    let mut of = of.clone();
    match &mut of {
        Expr::Closure(closure) => out.push((*closure.body).clone()),
        Expr::Block(_, block) => block_parts(block, &mut out),
        Expr::If(branch) => {
            out.push(branch.cond.clone());
            block_parts(&branch.then, &mut out);
            out.extend(branch.els.clone());
        }
        Expr::Match(subject, arms) => {
            out.push((**subject).clone());
            for arm in arms {
                out.extend(arm.guard.clone());
                block_parts(&arm.body, &mut out);
            }
        }
        other => other.for_each_operand(&mut |operand| out.push(operand.clone())),
    }
    out
}

fn block_parts(block: &Block, out: &mut Vec<Expr>) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::Let { value, .. } => out.extend(value.clone()),
            StmtKind::Expr(value) | StmtKind::Value(value) => out.push(value.clone()),
            StmtKind::Nothing => {}
        }
    }
    out.extend(block.tail.as_deref().cloned());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::render;
    use crate::tree::Stmt;

    fn join() -> Expr {
        Expr::atom("self").field("join")
    }

    fn given() -> Expr {
        asked(&join()).method("unwrap", vec![])
    }

    fn text(stmts: Vec<Expr>) -> String {
        let then = Block { stmts: stmts.into_iter().map(Stmt::expr).collect(), ..Block::default() };
        let mut branch = If { cond: join().method("is_some", vec![]), then, els: None, mark: None };
        bind(&mut branch);
        render(&Expr::If(Box::new(branch)), 0, 0, 0)
    }

    #[test]
    fn a_field_is_bound() {
        let shown = text(vec![Expr::call("show", vec![given()])]);
        assert_eq!(shown, "if let Some(join) = &self.join {\n    show(join);\n}");
    }

    #[test]
    fn what_is_changed_first_stays() {
        let reset = Expr::atom("self").method("reset", vec![]);
        let shown = text(vec![reset, Expr::call("show", vec![given()])]);
        assert!(shown.starts_with("if self.join.is_some()"));
        let set = Expr::Assign(Box::new(join()), "", Box::new(Expr::atom("None")));
        let shown = text(vec![Expr::call("show", vec![given()]), set]);
        assert!(shown.starts_with("if let Some(join)"));
    }
}
