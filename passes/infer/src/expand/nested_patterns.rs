//! A part of a pattern that takes a variable number of items is taken apart behind the whole.
//!
//! before                                     after
//!   set (%a, [%b, *%c]) = %pair                set (%a, %part) = %pair
//!                                              set [%b, *%c] = %part
//!   for (%i, [%x, *%rest]) in %rows { .. }     for (%i, %part) in %rows { set [%x, *%rest] = %part .. }

use batuta_base::Origin;
use batuta_core::*;

/// Writes out such parts of assignments and loops.
pub(super) fn expand(body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
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
