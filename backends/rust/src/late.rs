//! A variable that every branch of the next statement gives its value is declared with it.
//!
//! before                        after
//!   let x: i64;                   let x: i64 = if c {
//!   if c {                            f()
//!       x = f();                  } else {
//!   } else {                          return 0;
//!       return 0;                 };
//!   }
//!
//! So is one whose value is given further down in the same block.
//!
//! Holds back where a branch names the variable in any other way.

use crate::tree::{Block, Expr, Stmt, StmtKind};

/// Joins such declarations of a block with what follows them.
pub fn decide(block: &mut Block) {
    let mut at = 0;
    while at + 1 < block.stmts.len() {
        if let Some(joined) = joined(&block.stmts[at], &block.stmts[at + 1]) {
            block.stmts.splice(at..at + 2, [joined]);
            if at + 1 == block.stmts.len() {
                give(block);
            }
        } else if move_down(block, at) {
            continue;
        }
        at += 1;
    }
}

/// `let x: i64; f(); x = 1;` as `f(); let x: i64 = 1;`.
fn move_down(block: &mut Block, at: usize) -> bool {
    let Stmt { kind: StmtKind::Let { pat, ty, value: None, els: None }, above, beside: None, .. } =
        &block.stmts[at]
    else {
        return false;
    };
    let name = pat.strip_prefix("mut ").unwrap_or(pat);
    let named = |stmt: &Stmt| mentions(&format!("{:?}", stmt.kind), name);
    let Some(next) = block.stmts[at + 1..].iter().position(named) else { return false };
    let next = at + 1 + next;
    let StmtKind::Expr(Expr::Assign(place, "", value)) = &block.stmts[next].kind else { return false };
    if !is_name(place, name) || mentions(&format!("{value:?}"), name) || !above.is_empty() {
        return false;
    }
    let (pat, ty, value) = (pat.clone(), ty.clone(), (**value).clone());
    block.stmts[next].kind = StmtKind::Let { pat, ty, value: Some(value), els: None };
    let is_blank = block.stmts[at].blank_before;
    block.stmts.remove(at);
    if let Some(first) = block.stmts.get_mut(at) {
        first.blank_before = is_blank;
    }
    true
}

/// `let x = ..; x` at the end of a block is the value.
fn give(block: &mut Block) {
    let Some(Stmt { kind: StmtKind::Let { pat, value: Some(value), .. }, above, beside: None, mark, .. }) =
        block.stmts.last()
    else {
        return;
    };
    if above.is_empty() && block.tail.as_ref().is_some_and(|tail| is_name(tail, pat)) {
        (block.tail, block.tail_mark) = (Some(Box::new(value.clone())), *mark);
        block.stmts.pop();
    }
}

fn joined(declared: &Stmt, next: &Stmt) -> Option<Stmt> {
    let (StmtKind::Let { pat, ty, value: None, els: None }, StmtKind::Expr(choice)) =
        (&declared.kind, &next.kind)
    else {
        return None;
    };
    let name = pat.strip_prefix("mut ").unwrap_or(pat);
    let mut value = choice.clone();
    let mut count = 0;
    if declared.beside.is_some() || !take(&mut value, name, &mut count) || count == 0 {
        return None;
    }
    // What is left must not speak of it.
    if mentions(&format!("{value:?}"), name) {
        return None;
    }
    let above = declared.above.iter().chain(&next.above).cloned().collect();
    Some(Stmt {
        kind: StmtKind::Let { pat: pat.clone(), ty: ty.clone(), value: Some(value), els: None },
        above,
        beside: next.beside.clone(),
        blank_before: declared.blank_before,
        mark: next.mark.or(declared.mark),
    })
}

/// Turns the assignment at the end of each branch into its value; whether all branches end so or in a jump.
fn take(choice: &mut Expr, name: &str, count: &mut usize) -> bool {
    match choice {
        Expr::If(branch) => {
            let is_taken = take_block(&mut branch.then, name, count)
                && branch.els.as_mut().is_some_and(|els| take(els, name, count));
            if let Some(Expr::Block(_, block)) = &branch.els
                && let Some(Expr::If(next)) = block.as_value()
            {
                branch.els = Some(Expr::If(next.clone()));
            }
            is_taken
        }
        Expr::Block(label, block) if label.is_empty() => take_block(block, name, count),
        Expr::Match(_, arms) => arms.iter_mut().all(|arm| take_block(&mut arm.body, name, count)),
        _ => false,
    }
}

fn take_block(block: &mut Block, name: &str, count: &mut usize) -> bool {
    if !block.end_comments.is_empty() {
        return false;
    }
    if let Some(tail) = &mut block.tail {
        return match &mut **tail {
            Expr::Jump(..) => true,
            Expr::Call(raise, _) if is_name(raise, "rt::raise") || is_name(raise, "rt::raise_new") => true,
            Expr::Assign(place, "", value) if is_name(place, name) => {
                *count += 1;
                block.tail = Some(value.clone());
                true
            }
            other => take(other, name, count),
        };
    }
    let Some(last) = block.stmts.last_mut() else { return false };
    match &mut last.kind {
        StmtKind::Expr(Expr::Jump(..)) => true,
        StmtKind::Expr(Expr::Assign(place, "", value)) if is_name(place, name) => {
            *count += 1;
            let value = (**value).clone();
            let mark = last.mark;
            if !last.above.is_empty() || last.beside.is_some() {
                last.kind = StmtKind::Value(value);
                return last.beside.is_none();
            }
            block.stmts.pop();
            block.tail = Some(Box::new(value));
            block.tail_mark = mark;
            true
        }
        StmtKind::Expr(inner @ (Expr::If(_) | Expr::Match(..)))
            if last.above.is_empty() && last.beside.is_none() =>
        {
            if !take(inner, name, count) {
                return false;
            }
            let (inner, mark) = (inner.clone(), last.mark);
            block.stmts.pop();
            block.tail = Some(Box::new(inner));
            block.tail_mark = mark;
            true
        }
        _ => false,
    }
}

fn is_name(place: &Expr, name: &str) -> bool {
    matches!(place, Expr::Atom(text) if text == name)
}

/// Whether a text holds a name as a word.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}
