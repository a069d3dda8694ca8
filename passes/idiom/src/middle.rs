//! The middle of a chained comparison that is a place is read twice.
//!
//! before                                                      after
//!   let %m: f64                                                 bool.and(cmp.le(0.0, copy %r.y), cmp.lt(copy %r.y, 1.0))
//!   bool.and(cmp.le(0.0, block {
//!     set place %m = copy %r.y
//!     tail copy %m
//!   }), cmp.lt(copy %m, 1.0))
//!
//! Nothing runs between the two reads. Holds back when the middle is computed or looked up, and for optional values.

use batuta_core::*;

/// Chained comparisons without a local for the middle.
pub(crate) fn middle(body: &mut Body<Mir>) {
    let mut nodes = Vec::new();
    body.walk_block(body.root, &mut |node| nodes.push(node));
    for node in nodes {
        let Some((block, again, local)) = chained(body, node) else { continue };
        let Some(value) = assigned(body, block, local) else { continue };
        let read = body.nodes[value].clone();
        body.nodes[block] = read.clone();
        body.nodes[again] = read;
        forget(body, local);
    }
}

/// `x < { m = value; m } && m < y`: the block, the second read and the local.
fn chained(body: &Body<Mir>, node: NodeId) -> Option<(NodeId, NodeId, LocalId)> {
    let Node::Op { op: Op::BoolOp(BoolOp::And), args, .. } = &body.nodes[node].kind else { return None };
    let side = |node: NodeId, at: usize| match &body.nodes[node].kind {
        Node::Op { op: Op::CmpOp(_), args, .. } => Some(args[at]),
        _ => None,
    };
    let (block, again) = (side(args[0], 1)?, side(args[1], 0)?);
    let Node::Use(place, Mode::Copy) = &body.nodes[again].kind else { return None };
    let local = place.as_local()?;
    // One place is written, two are read.
    (crate::same::uses(body, local) == 3).then_some((block, again, local))
}

/// The value that the block gives the local, where that is a place without look-up.
fn assigned(body: &Body<Mir>, block: NodeId, local: LocalId) -> Option<NodeId> {
    let Node::Block { block, .. } = body.nodes[block].kind else { return None };
    let row = &body.blocks[block];
    let ([Stmt { kind: StmtKind::Set { target: Pat::Place(target), value }, .. }], Some(tail)) =
        (&row.stmts[..], row.tail)
    else {
        return None;
    };
    let gives =
        matches!(&body.nodes[tail].kind, Node::Use(place, Mode::Copy) if place.as_local() == Some(local));
    let Node::Use(place, Mode::Copy) = &body.nodes[*value].kind else { return None };
    let is_direct = matches!(place.root, Root::Local(_))
        && place.proj.iter().all(|proj| matches!(proj, Proj::Field(_) | Proj::Deref));
    let is_same = body.ty(*value) == body.locals[local].ty;
    (gives && is_direct && is_same && target.as_local() == Some(local)).then_some(*value)
}

/// The declaration goes.
fn forget(body: &mut Body<Mir>, local: LocalId) {
    for block in crate::same::blocks(body) {
        body.blocks[block].stmts.retain(
            |stmt| !matches!(&stmt.kind, StmtKind::Let { pat: Pat::Bind(bound, None), .. } if *bound == local),
        );
    }
}
