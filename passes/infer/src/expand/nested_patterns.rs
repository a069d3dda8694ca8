//! A part of a pattern that takes a variable number of items is taken apart behind the whole.
//!
//! before                                     after
//!   set (%a, [%b, *%c]) = %pair                set (%a, %part) = %pair
//!                                              set [%b, *%c] = %part
//!   for (%i, [%x, *%rest]) in %rows { .. }     for (%i, %part) in %rows { set [%x, *%rest] = %part .. }
//!   seq list(for [%x, *%rest] in %rows => e)   seq list(for %part in %rows => block { set .. = %part; tail e })
//!
//! A comprehension with more clauses, or of a dict, takes the items by index, in a clause of its own.

use batuta_base::{Name, Origin};
use batuta_core::*;

/// Writes out such parts of assignments and loops.
pub(super) fn expand(body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Seq { clauses, sink } = body.nodes[node].kind.clone() {
            comprehension(body, node, clauses, sink);
        }
        let Node::For { label, mut pat, iter, body: block, els } = body.nodes[node].kind.clone() else {
            continue;
        };
        let stmts = parts(body, &mut pat, body.nodes[node].origin);
        if !stmts.is_empty() {
            body.blocks[block].stmts.splice(0..0, stmts);
            body.nodes[node].kind = Node::For { label, pat, iter, body: block, els };
        }
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let stmts = std::mem::take(&mut body.blocks[block].stmts);
        let mut out = Vec::with_capacity(stmts.len());
        for mut stmt in stmts {
            let mut after = Vec::new();
            if let StmtKind::Set { target, .. } = &mut stmt.kind {
                after = parts(body, target, stmt.origin);
            }
            out.push(stmt);
            out.append(&mut after);
        }
        body.blocks[block].stmts = out;
    }
}

/// The targets of a comprehension.
fn comprehension(body: &mut Body<Hir>, node: NodeId, mut clauses: Vec<Clause>, mut sink: Sink) {
    let origin = body.nodes[node].origin;
    let Some(at) =
        clauses.iter().position(|clause| matches!(clause, Clause::For { pat, .. } if holds_open(pat)))
    else {
        return;
    };
    let is_last = at + 1 == clauses.len();
    let Clause::For { pat, .. } = &mut clauses[at] else { return };
    let mut stmts = Vec::new();
    part(body, pat, origin, &mut stmts);
    match &mut sink {
        Sink::List(value) | Sink::Set(value) | Sink::Iter(value) if is_last => {
            let tail = Some(*value);
            let block = body.block(BlockRow { stmts, tail, end_comments: Vec::new() });
            *value = body.node(Node::Block { label: None, block }, Ty::unknown(), origin);
        }
        _ => {
            let Some(more) = stmts.iter().map(|stmt| by_index(body, stmt)).collect::<Option<Vec<_>>>() else {
                return;
            };
            clauses.splice(at + 1..at + 1, more);
        }
    }
    body.nodes[node].kind = Node::Seq { clauses, sink };
}

/// `for %x, %rest in [(%part[0], list(%part[1:]))]`.
fn by_index(body: &mut Body<Hir>, stmt: &Stmt) -> Option<Clause> {
    let StmtKind::Set { target: Pat::List { front, rest, back }, value } = &stmt.kind else { return None };
    let origin = stmt.origin;
    let int = |body: &mut Body<Hir>, at: i64| {
        body.node(Node::Const(Const::Int(at.to_string().into())), Ty::unknown(), origin)
    };
    let item = |body: &mut Body<Hir>, index: NodeId| {
        let part = body.nodes[*value].clone();
        let part = body.node(part.kind, part.ty, origin);
        body.node(Node::Use(Place::node(part).with(Proj::Index(index)), Mode::Read), Ty::unknown(), origin)
    };
    let mut pats = Vec::new();
    let mut items = Vec::new();
    for (at, pat) in front.iter().enumerate() {
        let index = int(body, at as i64);
        items.push(item(body, index));
        pats.push(pat.clone());
    }
    if let Some(rest) = rest {
        let none = body.node(Node::Const(Const::None), Ty::unknown(), origin);
        let start = int(body, front.len() as i64);
        let end = if back.is_empty() { none } else { int(body, -(back.len() as i64)) };
        let args = vec![start, end, none];
        let kind = Node::Op { op: ObjOp::SliceObj.into(), attr: Attr::None, args };
        let slice = body.node(kind, Ty::unknown(), origin);
        let args = vec![Arg::positional(item(body, slice))];
        let list = Node::Call { callee: Callee::Lib(Name::new("builtins.list")), args };
        items.push(body.node(list, Ty::unknown(), origin));
        pats.push((**rest).clone());
    }
    for (at, pat) in back.iter().enumerate() {
        let index = int(body, at as i64 - back.len() as i64);
        items.push(item(body, index));
        pats.push(pat.clone());
    }
    let op = |op: Op, args| Node::Op { op, attr: Attr::None, args };
    let tuple = body.node(op(TupleOp::New.into(), items), Ty::unknown(), origin);
    let iter = body.node(op(ListOp::New.into(), vec![tuple]), Ty::unknown(), origin);
    Some(Clause::For { pat: Pat::Tuple(pats), iter })
}

/// Replaces the open parts inside a pattern by variables; the statements that take those apart.
fn parts(body: &mut Body<Hir>, pat: &mut Pat, origin: Origin) -> Vec<Stmt> {
    let mut out = Vec::new();
    match pat {
        Pat::Tuple(items) => items.iter_mut().for_each(|item| part(body, item, origin, &mut out)),
        Pat::List { front, back, .. } => {
            front.iter_mut().chain(back).for_each(|item| part(body, item, origin, &mut out));
        }
        _ => {}
    }
    out
}

fn part(body: &mut Body<Hir>, pat: &mut Pat, origin: Origin, out: &mut Vec<Stmt>) {
    if !holds_open(pat) {
        return;
    }
    let local = body.temp("part", Ty::unknown(), origin);
    let mut target = std::mem::replace(pat, Pat::Place(Place::local(local)));
    let mut inner = parts(body, &mut target, origin);
    let value = body.use_local(local, Mode::Read, origin);
    out.push(Stmt::new(StmtKind::Set { target, value }, origin));
    out.append(&mut inner);
}

fn holds_open(pat: &Pat) -> bool {
    match pat {
        Pat::List { .. } => true,
        Pat::Tuple(parts) => parts.iter().any(holds_open),
        _ => false,
    }
}
