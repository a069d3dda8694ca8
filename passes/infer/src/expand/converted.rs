//! A name that is converted where a test asks for its type is a new name behind the test, of one type.
//!
//! before                                       after
//!   if isinstance(%x, str) {                     if isinstance(%x, str) {
//!     set place %x = int(%x)                       set place %x = int(%x)
//!   }                                            } else { set place %x = %x }
//!   return %x + 1                                return %x + 1
//!
//! Both assignments make a value of their own, so what follows knows neither the text nor the parameter. Holds
//! back where a branch neither assigns nor leaves, and where a function inside shares the name.

use super::folder_walk::ends_in_jump;
use batuta_base::{FxHashSet, Origin};
use batuta_core::*;

/// Completes such tests of a body.
pub(super) fn expand(body: &mut Body<Hir>) {
    let asks = |row: &NodeRow| matches!(&row.kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "builtins.isinstance");
    if !body.nodes.iter().any(|(_, row)| asks(row)) {
        return;
    }
    let shared = shared(body);
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for at in 0..body.blocks[block].stmts.len() {
            let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind else { continue };
            if let Some((local, last)) = converted(body, node).filter(|(local, _)| !shared.contains(local)) {
                keep(body, local, last);
            }
        }
    }
}

/// Locals that functions inside the body name.
fn shared(body: &Body<Hir>) -> FxHashSet<LocalId> {
    let mut out = FxHashSet::default();
    for (_, row) in body.nodes.iter() {
        if let Node::Closure(closure) = &row.kind {
            body.each_place_below(closure.body, &mut |place| out.extend(place.as_local()));
        }
    }
    out
}

/// The name that all branches of a chain of tests give a value, and the last test, which has no `else`.
fn converted(body: &Body<Hir>, node: NodeId) -> Option<(LocalId, NodeId)> {
    let mut found: Option<LocalId> = None;
    let mut node = node;
    loop {
        let Node::If { cond, then, els } = &body.nodes[node].kind else { return None };
        let asked = asked(body, *cond)?;
        if found.is_some_and(|local| local != asked) {
            return None;
        }
        found = Some(asked);
        if !assigns(body, *then, asked) && !ends_in_jump(body, *then) {
            return None;
        }
        let Some(els) = els else { return assigned_somewhere(body, node, asked).then_some((asked, node)) };
        let row = &body.blocks[*els];
        node = match (&row.stmts[..], row.tail) {
            ([Stmt { kind: StmtKind::Expr(next), .. }], None) => *next,
            _ => return None,
        };
    }
}

/// The name whose type a condition asks for.
fn asked(body: &Body<Hir>, cond: NodeId) -> Option<LocalId> {
    match &body.nodes[cond].kind {
        Node::Op { op: Op::ObjOp(ObjOp::Not | ObjOp::Truth), args, .. } => asked(body, args[0]),
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.isinstance" => {
            let Node::Use(place, _) = &body.nodes[args[0].value].kind else { return None };
            place.as_local()
        }
        _ => None,
    }
}

fn assigns(body: &Body<Hir>, block: BlockId, local: LocalId) -> bool {
    body.blocks[block].stmts.iter().any(|stmt| {
        matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. } if place.as_local() == Some(local))
    })
}

/// Whether the last test of a chain assigns: a chain of tests that all leave converts nothing.
fn assigned_somewhere(body: &Body<Hir>, node: NodeId, local: LocalId) -> bool {
    matches!(&body.nodes[node].kind, Node::If { then, .. } if assigns(body, *then, local))
}

/// `else { x = x }`.
fn keep(body: &mut Body<Hir>, local: LocalId, node: NodeId) {
    let origin = body.nodes[node].origin;
    let value = body.use_local(local, Mode::Read, origin);
    let set = Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(local)), value }, Origin::default());
    let block = body.block(BlockRow { stmts: vec![set], ..BlockRow::default() });
    if let Node::If { els, .. } = &mut body.nodes[node].kind {
        *els = Some(block);
    }
}
