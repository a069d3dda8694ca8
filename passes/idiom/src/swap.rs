//! Two items of one list that take each other's place are swapped.
//!
//! before                                                              after
//!   set (place %xs[#i], place %xs[#j]) = tuple.new(copy %xs[#j], copy %xs[#i])   rs.method{"swap"}(mut %xs, i, j)
//!
//! Holds back when the indices are not proved, have effects, or the lists differ.

use crate::same::{is_quiet, same_place};
use batuta_base::Name;
use batuta_core::*;

/// `xs[i], xs[j] = xs[j], xs[i]` as `xs.swap(i, j)`.
pub(crate) fn swap(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        for index in 0..body.blocks[block].stmts.len() {
            let found = find(body, &body.blocks[block].stmts[index].kind);
            let Some((list, i, j)) = found else { continue };
            let origin = body.blocks[block].stmts[index].origin;
            let ty = place_local_ty(body, &list);
            let mode = if matches!(ty.kind(), TyKind::RefMut(_)) { Mode::Copy } else { Mode::Mut };
            let reference = if mode == Mode::Copy { ty } else { ty.reference_mut() };
            let list = body.node(Node::Use(list, mode), reference, origin);
            let mut args = vec![list];
            for at in [i, j] {
                let is_usize = *body.ty(at).kind() == TyKind::Int(Width::Usize);
                args.push(if is_usize { at } else { body.op(RsOp::As, vec![at], Ty::usize(), origin) });
            }
            let attr = Attr::Name(Name::new("swap"));
            let node = body.node(Node::Op { op: RsOp::Method.into(), attr, args }, Ty::unit(), origin);
            body.blocks[block].stmts[index].kind = StmtKind::Expr(node);
        }
    }
}

fn place_local_ty(body: &Body<Mir>, place: &Place) -> Ty {
    place.as_local().map_or(Ty::unknown(), |local| body.locals[local].ty)
}

fn find(body: &Body<Mir>, stmt: &StmtKind) -> Option<(Place, NodeId, NodeId)> {
    let StmtKind::Set { target: Pat::Tuple(parts), value } = stmt else { return None };
    let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &body.nodes[*value].kind else { return None };
    let ([Pat::Place(a), Pat::Place(b)], [x, y]) = (&parts[..], &args[..]) else { return None };
    let (Node::Use(x, _), Node::Use(y, _)) = (&body.nodes[*x].kind, &body.nodes[*y].kind) else {
        return None;
    };
    let (Some((Proj::Nth(i), list)), Some((Proj::Nth(j), other))) =
        (a.proj.split_last(), b.proj.split_last())
    else {
        return None;
    };
    let list = Place { root: a.root, proj: list.to_vec() };
    let other = Place { root: b.root, proj: other.to_vec() };
    let crossed = same_place(body, a, y) && same_place(body, b, x) && same_place(body, &list, &other);
    let plain = list.as_local().is_some() && is_quiet(body, *i) && is_quiet(body, *j);
    (crossed && plain).then_some((list, *i, *j))
}

#[cfg(test)]
mod tests {
    use super::swap;
    use crate::tests::{check, holds_back};

    #[test]
    fn crossed_items() {
        check(
            swap,
            "fn @f(%xs: &mut list<i64>, %i: i64) -> none {\n  set (place %xs[#copy %i], place %xs[#0]) = tuple.new(copy %xs[#0], copy %xs[#copy %i])\n}\n",
            "fn @f(%xs: &mut list<i64>, %i: i64) -> none {\n  rs.method{\"swap\"}(copy %xs, rs.as(copy %i): usize, rs.as(0): usize): none\n}\n",
        );
    }

    #[test]
    fn holds_back_from_other_items() {
        holds_back(
            swap,
            "fn @f(%xs: &mut list<i64>, %i: i64) -> none {\n  set (place %xs[#copy %i], place %xs[#0]) = tuple.new(copy %xs[#1], copy %xs[#copy %i])\n}\n",
        );
    }
}
