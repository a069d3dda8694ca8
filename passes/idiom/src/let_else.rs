//! An optional value that is only tested goes into the test.
//!
//! before                                              after
//!   let %m: option<T> = call @find()                    let %m~2: T = match call @find() {
//!   let %m~2: &T = match ref %m {                         some(%m~3) => { tail move %m~3 }
//!     some(%m~3) => { tail copy %m~3 }                    _ => { return }
//!     _ => { return }                                   }
//!   }
//!
//! Runs after `if_let`, which makes such tests. Holds back when the option has other uses or comments stand between.

use crate::same::{each_place, uses};
use batuta_core::*;

/// `let m = find(); let Some(m) = &m else { .. }` as `let Some(m) = find() else { .. }`.
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
    let (
        StmtKind::Let { pat: Pat::Bind(option, None), value: Some(value) },
        StmtKind::Let { pat: Pat::Bind(bound, None), value: Some(test) },
    ) = (&first.kind, &second.kind)
    else {
        return None;
    };
    let (option, value, bound, test) = (*option, *value, *bound, *test);
    let Node::Match { subject, arms } = &body.nodes[test].kind else { return None };
    let is_option =
        matches!(&body.nodes[*subject].kind, Node::Use(place, Mode::Ref) if place.as_local() == Some(option));
    let TyKind::Option(item) = *body.locals[option].ty.kind() else { return None };
    let is_plain = first.beside.is_none() && second.above.is_empty() && !body.locals[option].mutable;
    if !is_option || !is_plain || uses(body, option) != 1 || body.locals[bound].ty != item.reference() {
        return None;
    }
    let (inner, tail) = arms.iter().find_map(|arm| {
        let tail = body.blocks[arm.body].tail?;
        let Node::Use(place, Mode::Copy) = &body.nodes[tail].kind else { return None };
        Some((place.as_local()?, tail))
    })?;
    let reads = reads(body, bound)?;
    let arms = arms.clone();
    body.locals[inner].ty = item;
    body.locals[bound].ty = item;
    body.nodes[tail].kind = Node::Use(Place::local(inner), Mode::Move);
    body.nodes[tail].ty = item;
    for node in reads {
        body.nodes[node].kind = Node::Use(Place::local(bound), Mode::Ref);
    }
    body.nodes[test].kind = Node::Match { subject: value, arms };
    body.nodes[test].ty = item;
    let first = body.blocks[block].stmts.remove(at - 1);
    let stmt = &mut body.blocks[block].stmts[at - 1];
    stmt.above = first.above;
    stmt.blank_before = first.blank_before;
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
    each_place(body, body.root, &mut |place| {
        whole += usize::from(place.root == Root::Local(local));
    });
    (whole == out.len()).then_some(out)
}
