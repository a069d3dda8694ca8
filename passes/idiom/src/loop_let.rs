//! A loop that starts by leaving when there is no value runs as long as there is one.
//!
//! before                                            after
//!   loop {                                            loop {
//!     let %up: T = match call @find() {                 match call @find() {
//!       some(%up~2) => { tail move %up~2 }                some(%up: T) => { .. }
//!       _ => { break }                                    _ => { break }
//!     }                                                 }
//!     ..                                              }
//!   }
//!
//! The printer writes it as `while let`. Holds back when a comment stands before the test, and when the value
//! may hold the guard of a cell, which would stay open in the body.

use crate::same::holds_guard;
use batuta_core::*;

/// `loop { let Some(x) = next() else { break }; .. }` as `while let Some(x) = next() { .. }`.
pub(crate) fn loop_let(body: &mut Body<Mir>) {
    let mut loops = Vec::new();
    body.walk_block(body.root, &mut |node| {
        if let Node::Loop { body: turn, .. } = body.nodes[node].kind {
            loops.push(turn);
        }
    });
    for turn in loops {
        rewrite(body, turn);
    }
}

fn rewrite(body: &mut Body<Mir>, turn: BlockId) -> Option<()> {
    let first = body.blocks[turn].stmts.first()?;
    let StmtKind::Let { pat: Pat::Bind(bound, None), value: Some(test) } = first.kind else { return None };
    let Node::Match { subject, arms } = &body.nodes[test].kind else { return None };
    let [given, none] = arms.as_slice() else { return None };
    let is_bare = first.above.is_empty() && first.beside.is_none() && body.blocks[turn].stmts.len() > 1;
    if !is_bare || !passes_on(body, given) || !is_exit(body, none) || holds_guard(body, *subject) {
        return None;
    }
    let mut arms = arms.clone();
    let subject = *subject;
    let origin = first.origin;
    let mut row = std::mem::take(&mut body.blocks[turn]);
    row.stmts.remove(0);
    row.stmts[0].blank_before = false;
    arms[0].pat = Pat::Some(Box::new(Pat::Bind(bound, None)));
    arms[0].body = body.block(row);
    let choice = body.node(Node::Match { subject, arms }, Ty::unit(), origin);
    body.blocks[turn].stmts.push(Stmt::new(StmtKind::Expr(choice), origin));
    Some(())
}

/// `some(%x) => { tail move %x }`.
fn passes_on(body: &Body<Mir>, arm: &Arm) -> bool {
    let Pat::Some(part) = &arm.pat else { return false };
    let Pat::Bind(local, None) = **part else { return false };
    let row = &body.blocks[arm.body];
    let is_same = |tail: NodeId| matches!(&body.nodes[tail].kind, Node::Use(place, Mode::Move | Mode::Copy) if place.as_local() == Some(local));
    arm.guard.is_none() && row.stmts.is_empty() && row.tail.is_some_and(is_same)
}

/// `_ => { break }`, out of the loop itself.
fn is_exit(body: &Body<Mir>, arm: &Arm) -> bool {
    let row = &body.blocks[arm.body];
    let node = match (row.stmts.as_slice(), row.tail) {
        ([stmt], None) => match stmt.kind {
            StmtKind::Expr(node) => node,
            _ => return false,
        },
        ([], Some(tail)) => tail,
        _ => return false,
    };
    matches!(arm.pat, Pat::Wild)
        && arm.guard.is_none()
        && matches!(body.nodes[node].kind, Node::Break { label: None, value: None })
}
