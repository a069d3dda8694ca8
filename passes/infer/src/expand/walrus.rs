//! What a condition assigns first is assigned before it.
//!
//! before                                        after
//!   if obj.truth(block {                          set %m = lib:re.match(..)
//!     set %m = lib:re.match(..)                   if obj.truth(%m) { .. }
//!     tail %m
//!   }) { .. }
//!
//!   while obj.truth(obj.gt(block { .. }, 3)) {    loop {
//!     ..                                            set %n = ..
//!   }                                               if obj.truth(obj.not(obj.truth(obj.gt(%n, 3)))) { break }
//!                                                   ..
//!                                                 }
//!
//! Holds back where something is evaluated before the assignment, and for loops with `else`.

use batuta_base::Origin;
use batuta_core::*;

/// Moves the assignments of conditions in front of their statements.
pub(super) fn expand(body: &mut Body<Hir>) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let mut at = 0;
        while at < body.blocks[block].stmts.len() {
            at += step(body, block, at).unwrap_or(1);
        }
    }
}

/// Rewrites one statement; by how many statements the walk goes on, when it changed.
fn step(body: &mut Body<Hir>, block: BlockId, at: usize) -> Option<usize> {
    let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind else { return None };
    match body.nodes[node].kind {
        Node::If { cond, .. } => {
            let mut set = hoist(body, cond)?;
            let row = &mut body.blocks[block];
            let stmt = &mut row.stmts[at];
            set.above = std::mem::take(&mut stmt.above);
            set.blank_before = std::mem::take(&mut stmt.blank_before);
            row.stmts.insert(at, set);
            Some(1)
        }
        Node::While { label, cond, body: turn, els: None } => {
            let mut start = vec![hoist(body, cond)?];
            while let Some(set) = hoist(body, cond) {
                start.push(set);
            }
            start.push(leave(body, cond, block, at));
            body.blocks[turn].stmts.splice(0..0, start);
            body.nodes[node].kind = Node::Loop { label, body: turn };
            Some(1)
        }
        _ => None,
    }
}

/// Takes the assignment out of a condition that evaluates it first.
fn hoist(body: &mut Body<Hir>, cond: NodeId) -> Option<Stmt> {
    let node = first(body, cond)?;
    let Node::Block { label: None, block } = body.nodes[node].kind else { return None };
    let row = &mut body.blocks[block];
    let (1, Some(tail)) = (row.stmts.len(), row.tail) else { return None };
    let StmtKind::Set { .. } = row.stmts[0].kind else { return None };
    let set = row.stmts.remove(0);
    body.nodes[node] = body.nodes[tail].clone();
    Some(set)
}

/// The first block that is evaluated, when nothing is before it.
fn first(body: &Body<Hir>, node: NodeId) -> Option<NodeId> {
    match &body.nodes[node].kind {
        Node::Block { .. } => Some(node),
        Node::Op { args, .. } => first(body, *args.first()?),
        Node::Call { callee: Callee::Lib(_), args } => first(body, args.first()?.value),
        Node::Call { callee: Callee::Method(receiver, _), .. } => first(body, *receiver),
        _ => None,
    }
}

/// `if not cond: break`.
fn leave(body: &mut Body<Hir>, cond: NodeId, block: BlockId, at: usize) -> Stmt {
    let origin: Origin = body.blocks[block].stmts[at].origin;
    let exit = body.node(Node::Break { label: None, value: None }, Ty::never(), origin);
    let then =
        body.block(BlockRow { stmts: vec![Stmt::new(StmtKind::Expr(exit), origin)], ..BlockRow::default() });
    let mut op = |op, arg| {
        let kind = Node::Op { op: Op::ObjOp(op), args: vec![arg], attr: Attr::None };
        body.node(kind, Ty::unknown(), origin)
    };
    let negated = op(ObjOp::Not, cond);
    let test = op(ObjOp::Truth, negated);
    let choice = body.node(Node::If { cond: test, then, els: None }, Ty::unit(), origin);
    Stmt::new(StmtKind::Expr(choice), origin)
}
