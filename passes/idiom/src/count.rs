//! A sum of ones is a count, and so is a sum of truths.
//!
//! before                                                     after
//!   lib:builtins.sum(seq iter(                                 rs.as(rs.method{"count"}(seq iter(
//!     for %x in iter.copied(copy %xs)                            for %x in iter.copied(copy %xs)
//!     if cmp.gt(copy %x, 1) => 1))                               if cmp.gt(copy %x, 1) => copy %x)))
//!
//!   lib:builtins.sum(seq iter(                                 rs.as(rs.method{"count"}(seq iter(
//!     for %x in iter.copied(copy %xs)                            for %x in iter.copied(copy %xs)
//!     => cmp.gt(copy %x, 1)))                                    if cmp.gt(copy %x, 1) => copy %x)))
//!
//! Holds back for more than one loop, and where a clause uses its item up.

use batuta_core::*;

/// `xs.filter(..).map(|_| 1).sum()` as `xs.filter(..).count() as i64`.
pub(crate) fn count(body: &mut Body<Mir>) {
    let mut nodes = Vec::new();
    body.walk_block(body.root, &mut |node| nodes.push(node));
    for node in nodes {
        rewrite(body, node);
    }
}

fn rewrite(body: &mut Body<Mir>, node: NodeId) -> Option<()> {
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { return None };
    let ([arg], true) = (args.as_slice(), *name == "builtins.sum") else { return None };
    let Node::Seq { clauses, sink: Sink::Iter(item) } = &body.nodes[arg.value].kind else { return None };
    let Clause::For { pat: Pat::Bind(local, None), .. } = clauses.first()? else { return None };
    let (is_one, mut clauses) = (crate::same::int(body, *item) == Some(1), clauses.clone());
    let is_truth = *body.ty(*item).kind() == TyKind::Bool && body.as_const(*item).is_none();
    if is_truth {
        clauses.push(Clause::If(*item));
    }
    let is_filtered = clauses[1..].iter().all(|clause| matches!(clause, Clause::If(_)));
    let ty = body.nodes[node].ty;
    let is_machine = matches!(ty.kind(), TyKind::Int(width) if *width != Width::Big);
    if !(is_one || is_truth) || !is_filtered || !is_machine || is_used_up(body, &clauses[1..], *local) {
        return None;
    }
    let (local, origin) = (*local, body.nodes[node].origin);
    let count = crate::collect::counted(body, local, clauses, ty, origin);
    body.nodes[node] = body.nodes[count].clone();
    Some(())
}

/// Whether a condition moves the item.
fn is_used_up(body: &Body<Mir>, clauses: &[Clause], local: LocalId) -> bool {
    let mut found = false;
    for clause in clauses {
        let Clause::If(cond) = clause else { continue };
        body.walk(Child::Node(*cond), &mut |node| {
            found |= matches!(&body.nodes[node].kind, Node::Use(place, Mode::Move) if place.root == Root::Local(local));
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::count;
    use crate::tests::{check, holds_back};

    #[test]
    fn sums_of_ones() {
        check(
            count,
            "fn @f(%xs: &list<i64>) -> i64 {\n  return lib:builtins.sum(seq iter(for %x: i64 in iter.copied(copy %xs) if cmp.gt(copy %x, 1) => 1)): i64\n}\n",
            "fn @f(%xs: &list<i64>) -> i64 {\n  return rs.as(rs.method{\"count\"}(seq iter(for %x: i64 in iter.copied(copy %xs) if cmp.gt(copy %x, 1) => copy %x)): usize): i64\n}\n",
        );
    }

    #[test]
    fn sums_of_truths() {
        check(
            count,
            "fn @f(%xs: &list<i64>) -> i64 {\n  return lib:builtins.sum(seq iter(for %x: i64 in iter.copied(copy %xs) => cmp.gt(copy %x, 1))): i64\n}\n",
            "fn @f(%xs: &list<i64>) -> i64 {\n  return rs.as(rs.method{\"count\"}(seq iter(for %x: i64 in iter.copied(copy %xs) if cmp.gt(copy %x, 1) => copy %x)): usize): i64\n}\n",
        );
    }

    #[test]
    fn holds_back_from_other_numbers() {
        holds_back(
            count,
            "fn @f(%xs: &list<i64>) -> i64 {\n  return lib:builtins.sum(seq iter(for %x: i64 in iter.copied(copy %xs) => 2)): i64\n}\n",
        );
    }
}
