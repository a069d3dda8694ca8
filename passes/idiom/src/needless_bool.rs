//! A branch that only says `true` or `false` is its condition.
//!
//! before                        after
//!   if c {                        return c
//!     return true
//!   } else {
//!     return false
//!   }
//!
//! So is `c and true`, `c == true` is `c`, and `not x.is_some()` is `x.is_none()`.
//!
//! Holds back when a branch has comments or other statements.

use batuta_core::*;

/// `if c { true } else { false }` as `c`, and turned around as `!c`.
pub(crate) fn needless_bool(body: &mut Body<Mir>) {
    let ids: Vec<NodeId> = body.nodes.ids().collect();
    for id in ids {
        plain(body, id);
        let Node::If { cond, then, els: Some(els) } = body.nodes[id].kind else { continue };
        let (Some(a), Some(b)) = (only_bool(body, then), only_bool(body, els)) else { continue };
        if a.0 == b.0 || a.1 != b.1 {
            continue;
        }
        let origin = body.nodes[id].origin;
        let value = if a.0 { cond } else { body.op(BoolOp::Not, vec![cond], Ty::bool(), origin) };
        if a.1 {
            body.nodes[id].kind = Node::Return(Some(value));
            body.nodes[id].ty = Ty::never();
        } else {
            body.nodes[id] = body.nodes[value].clone();
        }
    }
}

/// `c and true` as `c`, `not x.is_some()` as `x.is_none()`.
fn plain(body: &mut Body<Mir>, id: NodeId) {
    compared(body, id);
    let Node::Op { op: Op::BoolOp(op), args, .. } = body.nodes[id].kind.clone() else { return };
    args.iter().for_each(|arg| plain(body, *arg));
    match (op, &args[..]) {
        (BoolOp::And, [value, known]) if body.as_const(*known) == Some(&Const::Bool(true)) => {
            body.nodes[id].kind = body.nodes[*value].kind.clone();
        }
        (BoolOp::Not, [value]) => {
            let Node::Op { op: Op::OptOp(asked), args, .. } = &body.nodes[*value].kind else { return };
            let turned = match asked {
                OptOp::IsSome => OptOp::IsNone,
                OptOp::IsNone => OptOp::IsSome,
                _ => return,
            };
            body.nodes[id].kind = Node::Op { op: turned.into(), attr: Attr::None, args: args.clone() };
        }
        _ => {}
    }
}

/// `x == true` as `x`, `x == false` as `not x`, for what is a bool and nothing else.
fn compared(body: &mut Body<Mir>, id: NodeId) {
    let Node::Op { op: Op::CmpOp(op @ (CmpOp::Eq | CmpOp::Ne)), args, .. } = &body.nodes[id].kind else {
        return;
    };
    let known = |node: NodeId| match body.as_const(node) {
        Some(Const::Bool(known)) => Some(*known),
        _ => None,
    };
    let (value, known) = match args[..] {
        [a, b] => match (known(a), known(b)) {
            (None, Some(known)) => (a, known),
            (Some(known), None) => (b, known),
            _ => return,
        },
        _ => return,
    };
    if *body.ty(value).kind() != TyKind::Bool {
        return;
    }
    let kind = match (*op == CmpOp::Eq) == known {
        true => body.nodes[value].kind.clone(),
        false => Node::Op { op: BoolOp::Not.into(), attr: Attr::None, args: vec![value] },
    };
    body.nodes[id].kind = kind;
}

/// The constant that a block gives, and whether it returns it.
fn only_bool(body: &Body<Mir>, block: BlockId) -> Option<(bool, bool)> {
    let row = &body.blocks[block];
    let constant = |node: NodeId| match body.as_const(node) {
        Some(Const::Bool(value)) => Some(*value),
        _ => None,
    };
    if !row.end_comments.is_empty() {
        return None;
    }
    match (&row.stmts[..], row.tail) {
        ([], Some(tail)) => Some((constant(tail)?, false)),
        ([Stmt { kind: StmtKind::Expr(node), above, beside: None, .. }], None) if above.is_empty() => {
            match body.nodes[*node].kind {
                Node::Return(Some(value)) => Some((constant(value)?, true)),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::needless_bool;
    use crate::tests::{check, holds_back};

    #[test]
    fn the_condition_itself() {
        check(
            needless_bool,
            "fn @f(%a: i64) -> bool {\n  if cmp.gt(copy %a, 1) {\n    return true\n  } else {\n    return false\n  }\n}\n",
            "fn @f(%a: i64) -> bool {\n  return cmp.gt(copy %a, 1)\n}\n",
        );
        check(
            needless_bool,
            "fn @f(%a: i64) -> bool {\n  tail if cmp.gt(copy %a, 1) {\n    tail false\n  } else {\n    tail true\n  }\n}\n",
            "fn @f(%a: i64) -> bool {\n  tail bool.not(cmp.gt(copy %a, 1))\n}\n",
        );
    }

    #[test]
    fn keeps_comments_and_other_values() {
        holds_back(
            needless_bool,
            "fn @f(%a: bool) -> bool {\n  if copy %a {\n    # why\n    return true\n  } else {\n    return false\n  }\n}\n",
        );
        holds_back(
            needless_bool,
            "fn @f(%a: bool) -> i64 {\n  if copy %a {\n    return 1\n  } else {\n    return 0\n  }\n}\n",
        );
    }
}
