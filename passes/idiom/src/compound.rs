//! Compound assignment: a place that is combined with itself is updated.
//!
//! before                                    after
//!   set place %t = int.add(copy %t, copy %x)   update %t int.add copy %x
//!
//! Holds back when the other operand has an effect (it would run before the place is read), and for
//! operators that have no compound form for the type.

use crate::same::{is_quiet, same_place};
use batuta_core::*;

/// `x = x + y` as `x += y`.
pub(crate) fn compound(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        for index in 0..body.blocks[block].stmts.len() {
            if let Some(kind) = rewrite(body, &body.blocks[block].stmts[index].kind) {
                body.blocks[block].stmts[index].kind = kind;
            }
        }
    }
}

fn rewrite(body: &Body<Mir>, stmt: &StmtKind) -> Option<StmtKind> {
    let StmtKind::Set { target: Pat::Place(place), value } = stmt else { return None };
    let Node::Op { op, args, .. } = &body.nodes[*value].kind else { return None };
    let [left, right] = args[..] else { return None };
    let commutes = match op {
        Op::IntOp(IntOp::Add | IntOp::Mul | IntOp::And | IntOp::Or | IntOp::Xor) => true,
        Op::IntOp(IntOp::Sub | IntOp::Div | IntOp::Rem) => false,
        Op::FloatOp(FloatOp::Add | FloatOp::Mul) => true,
        Op::FloatOp(FloatOp::Sub | FloatOp::Div) => false,
        _ => return None,
    };
    let is_target = |node: NodeId| match &body.nodes[node].kind {
        Node::Use(read, Mode::Copy) => same_place(body, read, place),
        _ => false,
    };
    let other = match () {
        () if is_target(left) && is_quiet(body, right) => right,
        () if commutes && is_target(right) && is_quiet(body, left) => left,
        () => return None,
    };
    Some(StmtKind::Update { place: place.clone(), op: *op, value: other })
}

#[cfg(test)]
mod tests {
    use super::compound;
    use crate::tests::{check, holds_back};

    #[test]
    fn updates() {
        check(
            compound,
            "fn @f(mut %t: i64, %xs: &mut list<i64>) -> none {\n  set place %t = int.add(copy %t, 1)\n  set place %xs[#0] = int.mul(2, copy %xs[#0])\n}\n",
            "fn @f(mut %t: i64, %xs: &mut list<i64>) -> none {\n  update %t int.add 1\n  update %xs[#0] int.mul 2\n}\n",
        );
    }

    #[test]
    fn holds_back_from_effects_and_order() {
        holds_back(
            compound,
            "fn @f(mut %t: i64) -> none {\n  set place %t = int.add(copy %t, call @g(): i64)\n}\n",
        );
        holds_back(compound, "fn @f(mut %t: i64) -> none {\n  set place %t = int.sub(1, copy %t)\n}\n");
        holds_back(compound, "fn @f(mut %t: i64) -> none {\n  set place %t = int.floordiv(copy %t, 2)\n}\n");
    }
}
