//! Floored division of what cannot be negative is Rust's own.
//!
//! before                           after
//!   int.floormod(copy %i, 10)        int.rem(copy %i, 10)
//!   int.floordiv(copy %i, 2)         int.div(copy %i, 2)
//!   list.repeat(list.new(0), copy %n)   list.repeat(list.new(0), rs.as(copy %n): usize)
//!
//! Proved are: constants, lengths, variables of loops over ranges that start at 0 or above, locals that are
//! never reassigned and start with such a value, and sums, products, quotients and remainders of these;
//! also what `own` has proved (`plain`).
//! Holds back for everything else, and for divisors that are no positive constant.

use crate::same::int;
use batuta_base::FxHashSet;
use batuta_core::*;

/// `%` and `/` for operands that are proved not negative.
pub(crate) fn remainder(body: &mut Body<Mir>) {
    let known = known_locals(body);
    let ids: Vec<NodeId> = body.nodes.ids().collect();
    for id in ids {
        repeat(body, id, &known);
        let Node::Op { op: Op::IntOp(op), attr, args } = &body.nodes[id].kind else { continue };
        let plain = match op {
            IntOp::FloorMod => IntOp::Rem,
            IntOp::FloorDiv => IntOp::Div,
            _ => continue,
        };
        let (is_plain, args) = (matches!(attr, Attr::Name(_)), args.clone());
        let is_positive = int(body, args[1]).is_some_and(|n| n > 0);
        let is_big = body.ty(args[0]).strip_ref().is_big();
        if is_plain || is_positive && !is_big && not_negative(body, args[0], &known) {
            body.nodes[id].kind = Node::Op { op: plain.into(), attr: Attr::None, args };
        }
    }
}

/// `[x] * n` of a count that is not negative is `vec![x; n]`.
fn repeat(body: &mut Body<Mir>, id: NodeId, known: &FxHashSet<LocalId>) {
    let Node::Op { op: Op::ListOp(ListOp::Repeat), attr, args } = &body.nodes[id].kind else { return };
    let (list, count) = (args[0], args[1]);
    let is_number = *body.ty(count).kind() == TyKind::Int(Width::I64) && int(body, count).is_none();
    if is_number && (matches!(attr, Attr::Name(_)) || not_negative(body, count, known)) {
        let origin = body.nodes[count].origin;
        let count = match body.nodes[count].kind.clone() {
            length @ Node::Op { op: Op::ListOp(ListOp::Len), .. } => body.node(length, Ty::usize(), origin),
            _ => body.op(RsOp::As, vec![count], Ty::usize(), origin),
        };
        let args = vec![list, count];
        body.nodes[id].kind = Node::Op { op: ListOp::Repeat.into(), attr: Attr::None, args };
    }
}

/// Locals that are never negative.
pub(crate) fn known_locals(body: &Body<Mir>) -> FxHashSet<LocalId> {
    let mut known = FxHashSet::default();
    body.walk_block(body.root, &mut |node| {
        if let Node::For { pat: Pat::Bind(local, None), iter, .. } = &body.nodes[node].kind
            && !body.locals[*local].mutable
            && counts_up(body, *iter)
        {
            known.insert(*local);
        }
    });
    loop {
        let count = known.len();
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Let { pat: Pat::Bind(local, None), value: Some(value) } = &stmt.kind
                && !body.locals[*local].mutable
                && body.locals[*local].ty.is_int()
                && not_negative(body, *value, &known)
            {
                known.insert(*local);
            }
        });
        if known.len() == count {
            return known;
        }
    }
}

/// A range that starts at 0 or above and counts up.
fn counts_up(body: &Body<Mir>, iter: NodeId) -> bool {
    match &body.nodes[iter].kind {
        Node::Op { op: Op::IterOp(_), args, .. } => counts_up(body, args[0]),
        Node::Op { op: Op::RangeOp(RangeOp::New), args, .. } => {
            int(body, args[0]).is_some_and(|n| n >= 0) && int(body, args[2]).is_some_and(|n| n > 0)
        }
        _ => false,
    }
}

fn not_negative(body: &Body<Mir>, node: NodeId, known: &FxHashSet<LocalId>) -> bool {
    match &body.nodes[node].kind {
        Node::Const(_) => int(body, node).is_some_and(|n| n >= 0),
        Node::Use(place, _) => place.as_local().is_some_and(|local| known.contains(&local)),
        Node::Op { op, args, .. } => match op {
            Op::StrOp(StrOp::Len)
            | Op::ListOp(ListOp::Len)
            | Op::DictOp(DictOp::Len)
            | Op::SetOp(SetOp::Len) => true,
            Op::IntOp(IntOp::Abs) => true,
            Op::IntOp(
                IntOp::Add | IntOp::Mul | IntOp::And | IntOp::Div | IntOp::Rem | IntOp::FloorDiv | IntOp::Shr,
            ) => args.iter().all(|arg| not_negative(body, *arg, known)),
            Op::IntOp(IntOp::FloorMod) => int(body, args[1]).is_some_and(|n| n > 0),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::remainder;
    use crate::tests::{check, holds_back};

    #[test]
    fn loop_variables_and_lengths() {
        let text = |word: &str, quotient: &str| {
            format!(
                "fn @f(%xs: &list<i64>) -> none {{\n  for %i: i64 in iter.into(range.new(0, list.len(copy %xs), 1)): iter<i64> {{\n    let %k: i64 = int.add(copy %i, 1)\n    io.println(format\"{{int.{word}(copy %k, 3)!f}} {{int.{quotient}(list.len(copy %xs), 2)!f}}\")\n  }}\n}}\n"
            )
        };
        check(remainder, &text("floormod", "floordiv"), &text("rem", "div"));
    }

    #[test]
    fn holds_back_from_parameters_and_unknown_divisors() {
        holds_back(remainder, "fn @f(%a: i64) -> i64 {\n  tail int.floormod(copy %a, 3)\n}\n");
        holds_back(remainder, "fn @f(%a: i64) -> i64 {\n  tail int.floormod(3, copy %a)\n}\n");
        holds_back(
            remainder,
            "fn @f(%a: i64) -> i64 {\n  let mut %n: i64 = 5\n  update %n int.sub copy %a\n  tail int.floormod(copy %n, 3)\n}\n",
        );
    }
}
