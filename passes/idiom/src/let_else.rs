//! An optional value that is only tested goes into the test.
//!
//! before                                              after
//!   let %m: option<T> = call @find()                    let %m~2: T = match call @find() {
//!   let %m~2: &T = match ref %m {                         some(%m~3) => { tail move %m~3 }
//!     some(%m~3) => { tail copy %m~3 }                    _ => { return }
//!     _ => { return }                                   }
//!   }
//!
//! Runs after `if_let`, which makes such tests. Holds back when the option has other uses or comments stand
//! between, and for `if let` when the value may hold the guard of a cell, which would stay open in the branch.

use crate::same::{each_place, holds_guard, uses};
use batuta_core::*;

/// `let m = find(); let Some(m) = &m else { .. }` as `let Some(m) = find() else { .. }`, and so `if let`.
pub(crate) fn let_else(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        let mut at = 1;
        while at < body.blocks[block].stmts.len() {
            if join(body, block, at).is_none() {
                at += 1;
            }
        }
    }
}

fn join(body: &mut Body<Mir>, block: BlockId, at: usize) -> Option<()> {
    let [first, second] = &body.blocks[block].stmts[at - 1..=at] else { return None };
    let StmtKind::Let { pat: Pat::Bind(option, None), value: Some(value) } = &first.kind else { return None };
    let (bound, test) = match &second.kind {
        StmtKind::Let { pat: Pat::Bind(bound, None), value: Some(test) } => (Some(*bound), *test),
        StmtKind::Expr(test) => (None, *test),
        _ => return None,
    };
    let (option, value) = (*option, *value);
    let Node::Match { subject, arms } = &body.nodes[test].kind else { return None };
    let Node::Use(place, mode) = &body.nodes[*subject].kind else { return None };
    let TyKind::Option(item) = *body.locals[option].ty.kind() else { return None };
    let is_plain = first.beside.is_none() && second.above.is_empty() && !body.locals[option].mutable;
    let is_whole = place.as_local() == Some(option);
    if !is_whole || !is_plain || uses(body, option) != 1 || bound.is_none() && holds_guard(body, value) {
        return None;
    }
    let arms = arms.clone();
    match (mode, bound) {
        (Mode::Move | Mode::Copy, _) => {}
        (Mode::Ref, Some(bound)) => own_kept(body, &arms, test, bound, item)?,
        (Mode::Ref, None) => {
            let inner = arms.iter().find_map(|arm| bound_by(&arm.pat))?;
            own(body, inner, item)?;
        }
        _ => return None,
    }
    body.nodes[test].kind = Node::Match { subject: value, arms };
    let first = body.blocks[block].stmts.remove(at - 1);
    let stmt = &mut body.blocks[block].stmts[at - 1];
    stmt.above = first.above;
    stmt.blank_before = first.blank_before;
    Some(())
}

/// The variable of `some(%m)`.
fn bound_by(pat: &Pat) -> Option<LocalId> {
    match pat {
        Pat::Some(part) => match **part {
            Pat::Bind(local, None) => Some(local),
            _ => None,
        },
        _ => None,
    }
}

/// `let Some(bound) = ..`: the kept reference becomes the value itself.
fn own_kept(body: &mut Body<Mir>, arms: &[Arm], test: NodeId, bound: LocalId, item: Ty) -> Option<()> {
    if body.locals[bound].ty != item.reference() {
        return None;
    }
    let (inner, tail) = arms.iter().find_map(|arm| {
        let tail = body.blocks[arm.body].tail?;
        let Node::Use(place, Mode::Copy) = &body.nodes[tail].kind else { return None };
        Some((place.as_local()?, tail))
    })?;
    own(body, bound, item)?;
    body.locals[inner].ty = item;
    body.nodes[tail].kind = Node::Use(Place::local(inner), Mode::Move);
    body.nodes[tail].ty = item;
    body.nodes[test].ty = item;
    Some(())
}

/// A bound reference becomes the value: what reads it whole borrows it.
fn own(body: &mut Body<Mir>, bound: LocalId, item: Ty) -> Option<()> {
    if body.locals[bound].ty != item.reference() {
        return None;
    }
    let reads = reads(body, bound)?;
    body.locals[bound].ty = item;
    for node in reads {
        body.nodes[node].kind = Node::Use(Place::local(bound), Mode::Ref);
    }
    Some(())
}

/// Whole reads of the reference; `None` when it is used in another way than by parts or whole.
fn reads(body: &Body<Mir>, local: LocalId) -> Option<Vec<NodeId>> {
    let mut out = Vec::new();
    body.walk_block(body.root, &mut |node| {
        if let Node::Use(place, Mode::Copy) = &body.nodes[node].kind
            && place.as_local() == Some(local)
        {
            out.push(node);
        }
    });
    let mut whole = 0;
    let mut see = |place: &Place| whole += usize::from(place.as_local() == Some(local));
    each_place(body, body.root, &mut see);
    (whole == out.len()).then_some(out)
}
