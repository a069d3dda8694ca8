//! A text that a loop reads by position is looked at once.
//!
//! before                                                  after
//!   while cmp.lt(copy %i, str.len(copy %s)) {               let %s_chars: &str = rs.path{"rt::Indexed::new"}(copy %s)
//!     if cmp.eq(str.at(copy %s, copy %i), " ") { .. }       while cmp.lt(copy %i, str.len(copy %s_chars)) {
//!                                                             if cmp.eq(str.at(copy %s_chars, copy %i), " ") { .. }
//!
//! `s.char(i)` of a text takes time that grows with the text; of an `rt::Indexed` it does not. Holds back for texts
//! that change or move, in bodies that wait or yield, and where no loop reads by a position that varies.

use batuta_base::{Name, Origin};
use batuta_core::*;

/// Texts of loops with an index.
pub(crate) fn indexed(body: &mut Body<Mir>) {
    if waits(body) {
        return;
    }
    for (local, block, start) in texts(body) {
        let Some(at) = first_loop(body, block, start, local) else { continue };
        if is_fixed(body, local) {
            index(body, local, block, at);
        }
    }
}

/// Whether parts of a body run after it has given a value.
fn waits(body: &Body<Mir>) -> bool {
    let mut found = matches!(body.ret.kind(), TyKind::Iter(_));
    body.walk_block(body.root, &mut |node| {
        found |= matches!(body.nodes[node].kind, Node::Yield(_) | Node::YieldFrom(_) | Node::Await(_));
    });
    found
}

/// The texts of a body: each with the block that it lives in, and the first statement that can read it.
fn texts(body: &Body<Mir>) -> Vec<(LocalId, BlockId, usize)> {
    let mut out: Vec<(LocalId, BlockId, usize)> =
        body.params.iter().map(|param| (param.local, body.root, 0)).collect();
    for block in crate::same::blocks(body) {
        for (index, stmt) in body.blocks[block].stmts.iter().enumerate() {
            if let StmtKind::Let { pat, value: Some(_) } = &stmt.kind {
                pat.for_each_local(&mut |local| out.push((local, block, index + 1)));
            }
        }
    }
    body.walk_block(body.root, &mut |node| {
        if let Node::For { pat, body: inside, .. } = &body.nodes[node].kind {
            pat.for_each_local(&mut |local| out.push((local, *inside, 0)));
        }
    });
    out.retain(|(local, ..)| {
        let row = &body.locals[*local];
        *row.ty.strip_ref().kind() == TyKind::Str
            && !matches!(row.ty.kind(), TyKind::RefMut(_))
            && !row.mutable
            && row.ty.cell().is_none()
    });
    out
}

/// The first statement of a block, or its end, with a loop that reads the text by a position that varies.
fn first_loop(body: &Body<Mir>, block: BlockId, start: usize, local: LocalId) -> Option<usize> {
    let row = &body.blocks[block];
    let reads = |child: Child| {
        let mut found = false;
        body.walk(child, &mut |node| found |= loop_reads(body, node, local));
        found
    };
    let stmt_reads = |stmt: &Stmt| {
        let mut found = false;
        stmt.for_each_child(&mut |child| found |= reads(child));
        found
    };
    let at = (start..row.stmts.len()).find(|at| stmt_reads(&row.stmts[*at]));
    at.or_else(|| row.tail.is_some_and(|tail| reads(Child::Node(tail))).then_some(row.stmts.len()))
}

/// Whether a node is a loop that reads the text by position in each turn.
fn loop_reads(body: &Body<Mir>, node: NodeId, local: LocalId) -> bool {
    let mut turns: Vec<Child> = Vec::new();
    match &body.nodes[node].kind {
        Node::For { body: inside, .. } | Node::Loop { body: inside, .. } => turns.push(Child::Block(*inside)),
        Node::While { cond, body: inside, .. } => {
            turns.extend([Child::Node(*cond), Child::Block(*inside)]);
        }
        Node::Seq { clauses, sink } => {
            turns.extend(sink.nodes().map(Child::Node));
            turns.extend(clauses.iter().filter_map(|clause| match clause {
                Clause::If(cond) => Some(Child::Node(*cond)),
                Clause::For { .. } => None,
            }));
        }
        _ => return false,
    }
    let mut found = false;
    for turn in turns {
        body.walk(turn, &mut |node| {
            let Node::Op { op: Op::StrOp(StrOp::At), args, .. } = &body.nodes[node].kind else { return };
            found |= is_text(body, args[0], local) && body.as_const(args[1]).is_none();
        });
    }
    found
}

/// Whether a node reads the text.
fn is_text(body: &Body<Mir>, node: NodeId, local: LocalId) -> bool {
    matches!(&body.nodes[node].kind, Node::Use(place, Mode::Ref | Mode::Copy) if place.as_local() == Some(local))
}

/// A text that stays where it is, and that no closure reads.
fn is_fixed(body: &Body<Mir>, local: LocalId) -> bool {
    let mut fixed = true;
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::Use(place, Mode::Move | Mode::Take | Mode::Mut) => {
            fixed &= place.root != Root::Local(local);
        }
        Node::Closure(_) => {
            crate::same::each_node_place(body, node, &mut |place| fixed &= place.root != Root::Local(local));
        }
        _ => {}
    });
    fixed
}

/// Reads by position go through the index from a statement on.
fn index(body: &mut Body<Mir>, local: LocalId, block: BlockId, at: usize) {
    let row = &body.blocks[block];
    let origin = row.stmts.get(at).map_or_else(
        || row.tail.map_or(body.locals[local].origin, |tail| body.nodes[tail].origin),
        |stmt| stmt.origin,
    );
    let mut found = Vec::new();
    let mut see = |node: NodeId| {
        if let Node::Op { op: Op::StrOp(StrOp::At | StrOp::Len | StrOp::Slice), args, .. } =
            &body.nodes[node].kind
            && is_text(body, args[0], local)
        {
            found.push(args[0]);
        }
    };
    row.stmts[at.min(row.stmts.len())..]
        .iter()
        .for_each(|stmt| stmt.for_each_child(&mut |child| body.walk(child, &mut see)));
    row.tail.iter().for_each(|tail| body.walk(Child::Node(*tail), &mut see));
    let chars = declare(body, local, block, at, origin);
    let lent = Ty::str().reference();
    for node in found {
        body.nodes[node].kind = Node::Use(Place::local(chars), Mode::Copy);
        body.nodes[node].ty = lent;
    }
}

/// `let text_chars = rt::Indexed::new(text)`.
fn declare(body: &mut Body<Mir>, text: LocalId, block: BlockId, at: usize, origin: Origin) -> LocalId {
    let lent = Ty::str().reference();
    let name = format!("{}_chars", body.locals[text].name);
    let chars = body.local(&name, lent, origin);
    let mode = if *body.locals[text].ty.kind() == TyKind::Str { Mode::Ref } else { Mode::Copy };
    let read = body.node(Node::Use(Place::local(text), mode), lent, origin);
    let attr = Attr::Name(Name::new("rt::Indexed::new"));
    let value = body.node(Node::Op { op: RsOp::Path.into(), attr, args: vec![read] }, lent, origin);
    let kind = StmtKind::Let { pat: Pat::Bind(chars, None), value: Some(value) };
    let mut stmt = Stmt::new(kind, origin);
    // A blank line and comments of the loop stay above both.
    if let Some(next) = body.blocks[block].stmts.get_mut(at) {
        stmt.blank_before = std::mem::take(&mut next.blank_before);
    }
    body.blocks[block].stmts.insert(at, stmt);
    chars
}

#[cfg(test)]
mod tests {
    use super::indexed;
    use crate::tests::{check, holds_back};

    fn text(before: &str, name: &str, index: &str) -> String {
        format!(
            "fn @f(%s: &str) -> none {{\n{before}  for %i: i64 in iter.into(range.new(0, 9, 1)): iter<i64> {{\n    io.println(format\"{{cmp.eq(str.at(copy %{name}, {index}), \" \")!s}}\")\n  }}\n}}\n"
        )
    }

    #[test]
    fn a_loop_with_an_index() {
        let index = "  let %s_chars: &str = rs.path{\"rt::Indexed::new\"}(copy %s): &str\n";
        check(indexed, &text("", "s", "copy %i"), &text(index, "s_chars", "copy %i"));
    }

    #[test]
    fn holds_back_from_one_position() {
        holds_back(indexed, &text("", "s", "0"));
    }
}
