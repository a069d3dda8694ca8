//! A local that only takes over another one's value is that one.
//!
//! before                             after
//!   let %ident~2: i64 = copy %ident    @m.C.__init__(copy %ident)
//!   @m.C.__init__(copy %ident~2)
//!
//! Inlined constructors leave such lines. Holds back when the names differ, when one of the two changes, and when the
//! line has a comment.

use batuta_core::*;

/// `let x = x` goes.
pub(crate) fn renamed(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        let mut at = 0;
        while at < body.blocks[block].stmts.len() {
            match twins(body, &body.blocks[block].stmts[at]) {
                Some((old, new)) => {
                    body.blocks[block].stmts.remove(at);
                    replace(body, old, new);
                }
                None => at += 1,
            }
        }
    }
}

/// A local and the one that takes its value over.
fn twins(body: &Body<Mir>, stmt: &Stmt) -> Option<(LocalId, LocalId)> {
    let StmtKind::Let { pat: Pat::Bind(new, None), value: Some(value) } = &stmt.kind else { return None };
    let Node::Use(place, mode @ (Mode::Copy | Mode::Move)) = &body.nodes[*value].kind else { return None };
    let old = place.as_local()?;
    let (from, to) = (&body.locals[old], &body.locals[*new]);
    let is_quiet = stmt.above.is_empty() && stmt.beside.is_none();
    let is_same = from.name == to.name && from.ty == to.ty && from.ty.cell().is_none();
    let is_left = *mode == Mode::Copy || crate::same::uses(body, old) == 1;
    (is_quiet && is_same && is_left && !from.mutable && !to.mutable && is_only_read(body, *new))
        .then_some((old, *new))
}

/// Whether every use of a local is an expression: none is a target.
fn is_only_read(body: &Body<Mir>, local: LocalId) -> bool {
    let mut reads = 0;
    body.walk_block(body.root, &mut |node| {
        reads += usize::from(
            matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local)),
        );
    });
    reads == crate::same::uses(body, local)
}

/// Every use of `new` is one of `old`.
fn replace(body: &mut Body<Mir>, old: LocalId, new: LocalId) {
    let ids: Vec<NodeId> = body.nodes.ids().collect();
    for id in ids {
        if let Node::Use(place, _) = &mut body.nodes[id].kind
            && place.root == Root::Local(new)
        {
            place.root = Root::Local(old);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::renamed;
    use crate::tests::holds_back;

    #[test]
    fn holds_back_from_other_names() {
        holds_back(renamed, "fn @f(%a: i64) -> i64 {\n  let %b: i64 = copy %a\n  tail copy %b\n}\n");
    }
}
