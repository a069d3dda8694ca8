//! What a pattern inside a loop's pattern takes apart, though its length is not known, gets a name first.
//!
//! before (%pair of type tuple<str>)              after
//!   for place (place [%a, place %b], place %n)     for place (place %pair, place %n) in %xs {
//!       in %xs { .. }                                set [place %a, place %b] = %pair
//!                                                    .. }
//!
//! In a comprehension the part is iterated over once more: `for [%a, %b] in [%pair]`.

use batuta_base::Origin;
use batuta_core::*;
use std::sync::Arc;

/// Names such parts in every body of a program.
pub(crate) fn name_parts(program: &mut Program<Typed>) {
    for body in program.fns.values_mut() {
        let found: Vec<NodeId> =
            body.nodes.iter().filter(|(_, row)| has_parts(body, &row.kind)).map(|(id, _)| id).collect();
        for node in found {
            name_parts_of(Arc::make_mut(body), node);
        }
    }
}

fn has_parts(body: &Body<Typed>, node: &Node) -> bool {
    let has = |pat: &Pat, iter: NodeId| has_open_part(pat, item(body.ty(iter)), true);
    match node {
        Node::For { pat, iter, .. } => has(pat, *iter),
        Node::Seq { clauses, .. } => {
            clauses.iter().any(|clause| matches!(clause, Clause::For { pat, iter } if has(pat, *iter)))
        }
        _ => false,
    }
}

fn item(ty: Ty) -> Ty {
    ty.strip().children().first().copied().unwrap_or(Ty::unknown())
}

/// Whether a pattern takes apart a sequence of unknown length, not as a whole.
fn has_open_part(pat: &Pat, ty: Ty, is_whole: bool) -> bool {
    match (pat, ty.kind()) {
        (Pat::Tuple(parts), TyKind::Tuple(items)) => {
            parts.iter().zip(items).any(|(part, item)| has_open_part(part, *item, false))
        }
        (Pat::Tuple(_) | Pat::List { .. }, _) => !is_whole && is_open(ty),
        _ => false,
    }
}

fn is_open(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::List(_) => true,
        TyKind::Lib(name, args) => name.last() == "tuple" && args.len() == 1,
        _ => false,
    }
}

fn name_parts_of(body: &mut Body<Typed>, node: NodeId) {
    let origin = body.nodes[node].origin;
    match body.nodes[node].kind.clone() {
        Node::For { label, mut pat, iter, body: block, els } => {
            let ty = item(body.ty(iter));
            let mut parts = Vec::new();
            take(body, &mut pat, ty, true, origin, &mut parts);
            let sets = parts.into_iter().map(|(pat, local)| {
                let value = body.use_local(local, Mode::Read, origin);
                Stmt::new(StmtKind::Set { target: pat, value }, origin)
            });
            let sets: Vec<Stmt> = sets.collect();
            body.blocks[block].stmts.splice(0..0, sets);
            body.nodes[node].kind = Node::For { label, pat, iter, body: block, els };
        }
        Node::Seq { clauses, sink } => {
            let mut out = Vec::new();
            for clause in clauses {
                let Clause::For { mut pat, iter } = clause else {
                    out.push(clause);
                    continue;
                };
                let ty = item(body.ty(iter));
                let mut parts = Vec::new();
                take(body, &mut pat, ty, true, origin, &mut parts);
                out.push(Clause::For { pat, iter });
                for (pat, local) in parts {
                    let ty = body.locals[local].ty;
                    let value = body.use_local(local, Mode::Read, origin);
                    let list = body.op(ListOp::New, vec![value], Ty::list(ty), origin);
                    let iter = body.op(IterOp::Of, vec![list], Ty::iter(ty), origin);
                    out.push(Clause::For { pat, iter });
                }
            }
            body.nodes[node].kind = Node::Seq { clauses: out, sink };
        }
        _ => {}
    }
}

/// Puts a name in the place of each such part.
fn take(
    body: &mut Body<Typed>,
    pat: &mut Pat,
    ty: Ty,
    is_whole: bool,
    origin: Origin,
    out: &mut Vec<(Pat, LocalId)>,
) {
    if let (Pat::Tuple(parts), TyKind::Tuple(items)) = (&mut *pat, ty.kind()) {
        for (part, item) in parts.iter_mut().zip(items) {
            take(body, part, *item, false, origin, out);
        }
        return;
    }
    if matches!(pat, Pat::Tuple(_) | Pat::List { .. }) && !is_whole && is_open(ty) {
        let local = body.temp("part", ty, origin);
        let part = std::mem::replace(pat, Pat::Place(Place::local(local)));
        out.push((part, local));
    }
}
