//! A constructor's locals become the fields of its struct literal.
//!
//! before                                    after
//!   let %size: i64 = copy %n                  tail class.new(copy %n, list.new(), opt.none()): @Stack
//!   let %items: list<i64> = list.new()
//!   let %top: option<i64> = opt.none()
//!   tail class.new(copy %size, move %items, move %top): @Stack
//!
//! Holds back for a local with a comment or with a second use, where a value that has an effect would change
//! its place among the others, and where an earlier field takes a local that the value reads.

use crate::same::uses;
use batuta_core::*;

/// `let a = x; Self { a }` as `Self { a: x }`.
pub(crate) fn fields(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        let Some(literal) = body.blocks[block].tail.and_then(|tail| literal(body, tail)) else { continue };
        // Fields from here on hold values with an effect, in the order of their statements.
        let mut limit = usize::MAX;
        while let Some(moved) = step(body, block, literal, limit) {
            limit = moved;
        }
    }
}

/// The struct literal that a block gives, under `rs.share` too.
fn literal(body: &Body<Mir>, node: NodeId) -> Option<NodeId> {
    match &body.nodes[node].kind {
        Node::Op { op: Op::ClassOp(ClassOp::New), .. } => Some(node),
        Node::Op { op: Op::RsOp(RsOp::Share), args, .. } => literal(body, args[0]),
        _ => None,
    }
}

/// Moves the value of the last statement into the literal; gives the new limit.
fn step(body: &mut Body<Mir>, block: BlockId, literal: NodeId, limit: usize) -> Option<usize> {
    let last = body.blocks[block].stmts.last()?;
    let StmtKind::Let { pat: Pat::Bind(local, None), value: Some(value) } = last.kind else { return None };
    let is_bare =
        last.above.is_empty() && last.beside.is_none() && body.blocks[block].end_comments.is_empty();
    let Node::Op { args, .. } = &body.nodes[literal].kind else { return None };
    let at = args.iter().position(|arg| match &body.nodes[*arg].kind {
        Node::Use(place, Mode::Move | Mode::Copy) => place.as_local() == Some(local),
        _ => false,
    })?;
    let trivial = is_trivial(body, value);
    let same_type = body.ty(value) == body.locals[local].ty;
    if is_read_after(body, value, &args[at + 1..])
        || args[..at].iter().any(|earlier| is_read_after(body, *earlier, &[value]))
    {
        return None;
    }
    if !is_bare || !same_type || uses(body, local) != 1 || !(trivial || at < limit) {
        return None;
    }
    let Node::Op { args, .. } = &mut body.nodes[literal].kind else { return None };
    args[at] = value;
    body.blocks[block].stmts.pop();
    Some(if trivial { limit } else { at })
}

/// Whether a later field reads the local that this value moves.
fn is_read_after(body: &Body<Mir>, value: NodeId, later: &[NodeId]) -> bool {
    let mut moved = Vec::new();
    body.walk(Child::Node(value), &mut |node| {
        if let Node::Use(place, Mode::Move) = &body.nodes[node].kind {
            moved.push(place.root);
        }
    });
    let mut found = false;
    for node in later {
        body.walk(Child::Node(*node), &mut |node| {
            found |= matches!(&body.nodes[node].kind, Node::Use(other, _) if moved.contains(&other.root));
        });
    }
    found
}

/// Gives the same wherever it stands: a constant, an empty container, a local that is handed on.
fn is_trivial(body: &Body<Mir>, value: NodeId) -> bool {
    match &body.nodes[value].kind {
        Node::Const(_) => true,
        Node::Use(place, Mode::Copy | Mode::Move) => place.as_local().is_some(),
        Node::Op { op: Op::OptOp(OptOp::None), .. } => true,
        Node::Op { op: Op::RsOp(RsOp::ToOwned), args, .. } => is_trivial(body, args[0]),
        Node::Op { op, args, .. } => {
            args.is_empty()
                && matches!(op, Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::fields;
    use crate::tests::{check, holds_back};

    #[test]
    fn locals_become_fields() {
        check(
            fields,
            "staticmethod @m.C.__init__(%n: i64) -> @m.C {\n  let %a: i64 = copy %n\n  let %b: list<i64> = list.new(): list<i64>\n  tail class.new(copy %a, move %b): @m.C\n}\n",
            "staticmethod @m.C.__init__(%n: i64) -> @m.C {\n  tail class.new(copy %n, list.new(): list<i64>): @m.C\n}\n",
        );
    }

    #[test]
    fn a_second_use_and_a_comment_hold_back() {
        holds_back(
            fields,
            "staticmethod @m.C.__init__(%n: i64) -> @m.C {\n  let %a: i64 = copy %n\n  tail class.new(copy %a, int.add(copy %a, 1)): @m.C\n}\n",
        );
        holds_back(
            fields,
            "staticmethod @m.C.__init__(%n: i64) -> @m.C {\n  # why\n  let %a: i64 = copy %n\n  tail class.new(copy %a): @m.C\n}\n",
        );
    }

    #[test]
    fn a_local_that_an_earlier_field_takes_is_read_before() {
        holds_back(
            fields,
            "staticmethod @m.C.__init__(%s: str) -> @m.C {\n  let %n: i64 = str.len(ref %s)\n  tail class.new(move %s, copy %n): @m.C\n}\n",
        );
    }

    #[test]
    fn effects_stay_in_order() {
        holds_back(
            fields,
            "staticmethod @m.C.__init__(%n: i64) -> @m.C {\n  let %a: i64 = call @m.f(copy %n): i64\n  let %b: i64 = call @m.g(copy %n): i64\n  tail class.new(copy %b, copy %a): @m.C\n}\n"
                .replace("tail class.new(copy %b, copy %a)", "tail class.new(int.add(copy %b, 1), copy %a)")
                .as_str(),
        );
    }
}
