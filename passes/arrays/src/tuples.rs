//! Functions that give several arrays: `return l, u`.
//!
//! Their parts get static types where every call is `l, u = f(..)`: nobody sees the tuple itself.

use crate::flow::{ends, slot_of};
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// The parts of a tuple that is written out.
pub(crate) fn written(body: &Body<Typed>, node: NodeId) -> Option<&[NodeId]> {
    match &body.nodes[node].kind {
        Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => Some(args),
        _ => None,
    }
}

/// Functions whose result is a tuple that is written out, and taken apart wherever they are called.
pub(crate) fn taken_apart(program: &Program<Typed>, open: &FxHashSet<Name>) -> FxHashSet<Name> {
    let calls = calls(program);
    let gives_tuples = |body: &Body<Typed>| {
        let TyKind::Tuple(items) = body.ret.kind() else { return false };
        let mut fits = items.iter().any(|item| *item.kind() == TyKind::Value);
        let mut check = |value: Option<NodeId>| {
            fits &=
                value.and_then(|value| written(body, value)).is_some_and(|parts| parts.len() == items.len());
        };
        body.walk_own(body.root, &mut |node| {
            if let Node::Return(value) = &body.nodes[node].kind {
                check(*value);
            }
        });
        let tail = body.blocks[body.root].tail;
        if tail.is_some() || !ends(body, body.root) {
            check(tail);
        }
        fits
    };
    let bodies = program.fns.values().filter(|body| open.contains(&body.path) && gives_tuples(body));
    bodies
        .map(|body| body.path)
        .filter(|path| calls.get(path).is_none_or(|(all, apart)| all == apart))
        .collect()
}

/// How often each function is called, and how often for its parts alone.
fn calls(program: &Program<Typed>) -> FxHashMap<Name, (usize, usize)> {
    let mut counts: FxHashMap<Name, (usize, usize)> = FxHashMap::default();
    for body in program.fns.values() {
        body.walk_block(body.root, &mut |node| {
            if let Node::Call { callee: Callee::Fn(path), .. } = &body.nodes[node].kind {
                counts.entry(*path).or_default().0 += 1;
            }
        });
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target: Pat::Tuple(parts), value } = &stmt.kind else { return };
            let Node::Call { callee: Callee::Fn(path), .. } = &body.nodes[*value].kind else { return };
            let are_variables =
                parts.iter().all(|part| matches!(part, Pat::Place(place) if slot_of(body, place).is_some()));
            let fits = matches!(body.ty(*value).kind(), TyKind::Tuple(items) if items.len() == parts.len());
            if are_variables && fits {
                counts.entry(*path).or_default().1 += 1;
            }
        });
    }
    counts
}
