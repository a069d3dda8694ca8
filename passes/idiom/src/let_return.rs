//! A local that is only returned is not named.
//!
//! before                          after
//!   let %r: i64 = int.add(..)       return int.add(..)
//!   return copy %r
//!
//! Holds back when a comment stands between the two, when the value is a place that the local freed from a
//! borrow, and for functions, which keep their names.

use batuta_core::*;

/// `let r = value; return r` as `return value`.
pub(crate) fn let_return(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        while step(body, block) {}
    }
}

fn step(body: &mut Body<Mir>, block: BlockId) -> bool {
    let row = &body.blocks[block];
    let (at, returned, is_tail) = match (row.tail, row.stmts.last()) {
        (Some(tail), _) => (row.stmts.len(), tail, true),
        (None, Some(stmt)) if stmt.above.is_empty() && stmt.beside.is_none() => match &stmt.kind {
            StmtKind::Expr(node) => match body.nodes[*node].kind {
                Node::Return(Some(value)) => (row.stmts.len() - 1, value, false),
                _ => return false,
            },
            _ => return false,
        },
        _ => return false,
    };
    let Some(before) = at.checked_sub(1) else { return false };
    let (
        StmtKind::Let { pat: Pat::Bind(local, None), value: Some(value) },
        Node::Use(place, Mode::Move | Mode::Copy),
    ) = (&row.stmts[before].kind, &body.nodes[returned].kind)
    else {
        return false;
    };
    let (local, value) = (*local, *value);
    let may_hold_guard =
        matches!(body.nodes[value].kind, Node::Match { .. } | Node::Use(..) | Node::Closure(_));
    if place.as_local() != Some(local) || body.ty(value) != body.ty(returned) || may_hold_guard {
        return false;
    }
    let is_quiet_let = row.stmts[before].above.is_empty() && row.stmts[before].beside.is_none();
    let row = &mut body.blocks[block];
    if is_tail && is_quiet_let {
        row.stmts.truncate(before);
        row.tail = Some(value);
    } else if !is_tail {
        let StmtKind::Expr(node) = row.stmts[at].kind else { return false };
        row.stmts.truncate(at);
        row.stmts[before].kind = StmtKind::Expr(node);
        body.nodes[node].kind = Node::Return(Some(value));
    } else {
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::let_return;
    use crate::tests::{check, holds_back};

    #[test]
    fn returned_at_once() {
        check(
            let_return,
            "fn @f(%a: i64) -> i64 {\n  # why\n  let %r: i64 = int.add(copy %a, 1)\n  return copy %r\n}\n",
            "fn @f(%a: i64) -> i64 {\n  # why\n  return int.add(copy %a, 1)\n}\n",
        );
        check(
            let_return,
            "fn @f(%a: i64) -> i64 {\n  let %r: i64 = int.add(copy %a, 1)\n  tail copy %r\n}\n",
            "fn @f(%a: i64) -> i64 {\n  tail int.add(copy %a, 1)\n}\n",
        );
    }

    #[test]
    fn keeps_what_a_comment_names() {
        holds_back(
            let_return,
            "fn @f(%a: i64) -> i64 {\n  let %r: i64 = int.add(copy %a, 1)\n  # why\n  return copy %r\n}\n",
        );
    }
}
