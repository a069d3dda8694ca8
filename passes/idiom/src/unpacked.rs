//! Variables that are declared together from a tuple display are declared one by one.
//!
//! before                                                              after
//!   let (%left, %right): (i64, i64) = tuple.new(0, list.len(ref %xs))   let %left: i64 = 0
//!                                                                       let %right: i64 = list.len(ref %xs)
//!
//! The values keep their order. Holds back where a part is no plain variable.

use batuta_core::*;

/// `let (a, b) = (x, y)` as `let a = x; let b = y`.
pub(crate) fn unpacked(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        let mut at = 0;
        while at < body.blocks[block].stmts.len() {
            at += match pairs(body, &body.blocks[block].stmts[at]) {
                Some(pairs) => spread(body, block, at, &pairs),
                None => 1,
            };
        }
    }
}

fn pairs(body: &Body<Mir>, stmt: &Stmt) -> Option<Vec<(LocalId, NodeId)>> {
    let StmtKind::Let { pat: Pat::Tuple(parts), value: Some(value) } = &stmt.kind else { return None };
    let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &body.nodes[*value].kind else { return None };
    if parts.len() != args.len() {
        return None;
    }
    let pair = |(part, value): (&Pat, &NodeId)| match part {
        Pat::Bind(local, None) if body.locals[*local].ty == body.ty(*value) => Some((*local, *value)),
        _ => None,
    };
    parts.iter().zip(args).map(pair).collect()
}

fn spread(body: &mut Body<Mir>, block: BlockId, at: usize, pairs: &[(LocalId, NodeId)]) -> usize {
    let old = body.blocks[block].stmts.remove(at);
    let last = pairs.len().saturating_sub(1);
    let made = pairs.iter().enumerate().map(|(index, (local, value))| {
        let kind = StmtKind::Let { pat: Pat::Bind(*local, None), value: Some(*value) };
        let mut stmt = Stmt::new(kind, old.origin);
        if index == 0 {
            stmt.above.clone_from(&old.above);
            stmt.blank_before = old.blank_before;
        }
        if index == last {
            stmt.beside.clone_from(&old.beside);
        }
        stmt
    });
    let made: Vec<Stmt> = made.collect();
    body.blocks[block].stmts.splice(at..at, made);
    pairs.len().max(1)
}

#[cfg(test)]
mod tests {
    use super::unpacked;
    use crate::tests::{check, holds_back};

    #[test]
    fn one_by_one() {
        check(
            unpacked,
            "fn @f(%n: i64) -> i64 {\n  let (%a: i64, %b: i64) = tuple.new(copy %n, 1)\n  return int.add(copy %a, copy %b)\n}\n",
            "fn @f(%n: i64) -> i64 {\n  let %a: i64 = copy %n\n  let %b: i64 = 1\n  return int.add(copy %a, copy %b)\n}\n",
        );
    }

    #[test]
    fn a_call_stays_whole() {
        holds_back(
            unpacked,
            "fn @f(%n: i64) -> i64 {\n  let (%a: i64, %b: i64) = call @g(copy %n): (i64, i64)\n  return int.add(copy %a, copy %b)\n}\n",
        );
    }
}
