//! A loop that runs as long as an option holds a value binds that value.
//!
//! before                                          after
//!   while opt.is_some(ref %x) {                     loop {
//!     call @f(ref %x.!)                               match move %x {
//!     let %v: option<T> = clone %x.!.next               some(%current: T) => {
//!     set place %x = move %v                              call @f(ref %current)
//!   }                                                     set place %x = clone %current.next
//!                                                       }
//!                                                       _ => { break }
//!                                                     }
//!                                                   }
//!
//! The printer writes it as `while let`. Holds back where the option is assigned anywhere but once at the
//! top of the body, is used behind that, or where a turn can end before it.

use crate::same::uses;
use batuta_base::Origin;
use batuta_core::*;

/// `while x.is_some() { .. x.unwrap() ..; x = next }` as `while let Some(current) = x`.
pub(crate) fn while_let(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        for at in 0..body.blocks[block].stmts.len() {
            let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind else { continue };
            if let Some(found) = find(body, block, at, node) {
                rewrite(body, node, found);
            }
        }
    }
}

struct Found {
    local: LocalId,
    /// What else the condition asks.
    rest: Option<NodeId>,
    sites: Vec<(NodeId, Mode, Vec<Proj>)>,
    /// The statement of the body that assigns the option.
    set: usize,
}

fn find(body: &Body<Mir>, block: BlockId, at: usize, node: NodeId) -> Option<Found> {
    let Node::While { label: None, cond, body: turn, els: None } = body.nodes[node].kind else { return None };
    let (test, rest) = match &body.nodes[cond].kind {
        Node::Op { op: Op::BoolOp(BoolOp::And), args, .. } => (args[0], Some(args[1])),
        _ => (cond, None),
    };
    let Node::Op { op: Op::OptOp(OptOp::IsSome), args, .. } = &body.nodes[test].kind else { return None };
    let Node::Use(place, Mode::Ref) = &body.nodes[args[0]].kind else { return None };
    let local = place.as_local()?;
    let TyKind::Option(held) = body.locals[local].ty.kind() else { return None };
    if held.is_copy() || may_skip(body, turn) {
        return None;
    }
    let row = &body.blocks[turn];
    let set = row.stmts.iter().position(|stmt| sets(stmt, local))?;
    let behind = BlockRow { stmts: row.stmts[set + 1..].to_vec(), tail: row.tail, end_comments: Vec::new() };
    if mentions(body, &behind, local) != 0 {
        return None;
    }
    if body.is_left(turn) && !ends_here(body, block, at, local) {
        return None;
    }
    let sites = sites(body, turn, rest, local);
    let inside = mentions(body, row, local) + rest.map_or(0, |rest| below(body, rest, local));
    if sites.is_empty() || sites.len() + 1 != inside {
        return None;
    }
    let fits = |mode: &Mode| match mode {
        Mode::Ref | Mode::Clone => true,
        Mode::Copy => true,
        Mode::Move => rest.is_none(),
        _ => false,
    };
    sites.iter().all(|(_, mode, _)| fits(mode)).then_some(Found { local, rest, sites, set })
}

/// A turn can end, or start anew, before its last statement.
fn may_skip(body: &Body<Mir>, turn: BlockId) -> bool {
    let mut found = false;
    body.walk_block(turn, &mut |node| {
        found |= matches!(body.nodes[node].kind, Node::Continue { .. } | Node::Closure(_) | Node::Try { .. })
            || matches!(body.nodes[node].kind, Node::Break { label: Some(_), .. });
    });
    found
}

fn sets(stmt: &Stmt, local: LocalId) -> bool {
    let StmtKind::Set { target, .. } = &stmt.kind else { return false };
    let whole = |pat: &Pat| matches!(pat, Pat::Place(place) if place.as_local() == Some(local));
    match target {
        Pat::Tuple(parts) => parts.iter().filter(|part| whole(part)).count() == 1,
        pat => whole(pat),
    }
}

/// Nothing reads the option after the loop: it is declared in this block and not named again.
fn ends_here(body: &Body<Mir>, block: BlockId, at: usize, local: LocalId) -> bool {
    let row = &body.blocks[block];
    let declares = |stmt: &Stmt| {
        let mut found = false;
        if let StmtKind::Let { pat, .. } = &stmt.kind {
            pat.for_each_local(&mut |bound| found |= bound == local);
        }
        found
    };
    let after = BlockRow { stmts: row.stmts[at + 1..].to_vec(), tail: row.tail, end_comments: Vec::new() };
    row.stmts[..at].iter().any(declares) && mentions(body, &after, local) == 0
}

fn mentions(body: &Body<Mir>, row: &BlockRow, local: LocalId) -> usize {
    let mut count = 0;
    let mut see = |place: &Place| count += usize::from(place.root == Root::Local(local));
    for stmt in &row.stmts {
        crate::same::each_stmt_place(body, stmt, &mut see);
    }
    if let Some(tail) = row.tail {
        crate::same::each_node_place(body, tail, &mut see);
    }
    count
}

fn below(body: &Body<Mir>, node: NodeId, local: LocalId) -> usize {
    let mut count = 0;
    let mut see = |place: &Place| count += usize::from(place.root == Root::Local(local));
    crate::same::each_node_place(body, node, &mut see);
    count
}

/// Uses of what the option holds.
fn sites(
    body: &Body<Mir>,
    turn: BlockId,
    rest: Option<NodeId>,
    local: LocalId,
) -> Vec<(NodeId, Mode, Vec<Proj>)> {
    let mut out = Vec::new();
    let mut see = |node: NodeId| {
        if let Node::Use(place, mode) = &body.nodes[node].kind
            && place.root == Root::Local(local)
            && let [Proj::Payload(_), rest @ ..] = &place.proj[..]
        {
            out.push((node, *mode, rest.to_vec()));
        }
    };
    body.walk_block(turn, &mut see);
    rest.into_iter().for_each(|rest| body.walk(Child::Node(rest), &mut see));
    out
}

fn rewrite(body: &mut Body<Mir>, node: NodeId, found: Found) {
    let Node::While { label, body: turn, .. } = body.nodes[node].kind else { return };
    let origin = body.nodes[node].origin;
    let whole = body.locals[found.local].ty;
    let held = whole.children()[0];
    let is_lent = found.rest.is_some();
    let (mode, subject, bound) = match is_lent {
        true => (Mode::Ref, whole.reference(), held.reference()),
        false => (Mode::Move, whole, held),
    };
    let name = if body.locals[found.local].name == "current" { "item" } else { "current" };
    let bound = body.local(name, bound, origin);
    for (node, mode, rest) in found.sites {
        let is_whole = rest.is_empty();
        let mode = if is_lent && is_whole && mode == Mode::Ref { Mode::Copy } else { mode };
        body.nodes[node].kind = Node::Use(Place { root: Root::Local(bound), proj: rest }, mode);
    }
    if !is_lent {
        unsettle(body, turn, found.set);
    }
    let subject = body.node(Node::Use(Place::local(found.local), mode), subject, origin);
    let leave = body.node(Node::Break { label: None, value: None }, Ty::never(), origin);
    let exit = body.block(BlockRow {
        stmts: vec![Stmt::new(StmtKind::Expr(leave), Origin::default())],
        ..BlockRow::default()
    });
    let arm = |pat, guard, body| Arm { pat, guard, body, origin, above: Vec::new() };
    let arms =
        vec![arm(Pat::Some(Box::new(Pat::Bind(bound, None))), found.rest, turn), arm(Pat::Wild, None, exit)];
    let choice = body.node(Node::Match { subject, arms }, Ty::unit(), origin);
    let inner = body.block(BlockRow {
        stmts: vec![Stmt::new(StmtKind::Expr(choice), Origin::default())],
        ..BlockRow::default()
    });
    body.nodes[node].kind = Node::Loop { label, body: inner };
}

/// `let v = value; x = v` as `x = value`: the value no longer looks into what is assigned.
fn unsettle(body: &mut Body<Mir>, turn: BlockId, set: usize) -> Option<()> {
    let before = set.checked_sub(1)?;
    let row = &body.blocks[turn];
    let StmtKind::Let { pat: Pat::Bind(temp, None), value: Some(value) } = row.stmts[before].kind else {
        return None;
    };
    let StmtKind::Set { target: Pat::Place(_), value: read } = row.stmts[set].kind else { return None };
    let is_read = matches!(&body.nodes[read].kind, Node::Use(place, Mode::Move | Mode::Copy)
        if place.as_local() == Some(temp));
    let is_bare = row.stmts[set].above.is_empty() && row.stmts[before].beside.is_none();
    if !is_read || !is_bare || uses(body, temp) != 1 || !body.locals[temp].is_temp {
        return None;
    }
    let row = &mut body.blocks[turn];
    let first = row.stmts.remove(before);
    let stmt = &mut row.stmts[before];
    stmt.above = first.above;
    stmt.blank_before = first.blank_before;
    if let StmtKind::Set { value: slot, .. } = &mut stmt.kind {
        *slot = value;
    }
    Some(())
}
