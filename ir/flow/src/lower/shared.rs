//! Which locals closures capture, and which of those live in cells.

use batuta_core::{BlockId, Body, Child, Closure, LocalId, Mir, Node, Place, Root, StmtKind};
use std::collections::{HashMap, HashSet};

/// Locals that the closure uses and does not declare, in the order of their first use.
pub(super) fn captured(body: &Body<Mir>, closure: &Closure) -> Vec<LocalId> {
    let mut declared: HashSet<LocalId> = closure.params.iter().map(|param| param.local).collect();
    let mut used = Vec::new();
    scan(body, closure.body, &mut declared, &mut used);
    let mut out: Vec<LocalId> = Vec::new();
    for local in used {
        if !declared.contains(&local) && !out.contains(&local) {
            out.push(local);
        }
    }
    out
}

/// Locals that a closure captures and that are set more than once, or after the closure was made.
pub(super) fn in_cells(body: &Body<Mir>) -> HashSet<LocalId> {
    let mut closures = Vec::new();
    body.walk(Child::Block(body.root), &mut |node| {
        if let Node::Closure(closure) = &body.nodes[node].kind {
            closures.push(closure);
        }
    });
    let captured: HashSet<LocalId> = closures.iter().flat_map(|closure| captured(body, closure)).collect();
    if captured.is_empty() {
        return HashSet::new();
    }
    let mut sets: HashMap<LocalId, usize> = HashMap::new();
    body.params.iter().for_each(|param| *sets.entry(param.local).or_default() += 1);
    closures.iter().flat_map(|closure| &closure.params).for_each(|param| {
        *sets.entry(param.local).or_default() += 1;
    });
    // A `let` without a value may be captured before its first value arrives.
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Let { pat, value } => {
            let count = if value.is_some() { 1 } else { 2 };
            pat.for_each_local(&mut |local| *sets.entry(local).or_default() += count);
        }
        StmtKind::Set { target, .. } => {
            target.for_each_local(&mut |local| *sets.entry(local).or_default() += 2);
        }
        StmtKind::Update { place, .. } => {
            place.as_local().into_iter().for_each(|local| *sets.entry(local).or_default() += 2);
        }
        _ => {}
    });
    captured.into_iter().filter(|local| sets.get(local).copied().unwrap_or_default() > 1).collect()
}

fn scan(body: &Body<Mir>, block: BlockId, declared: &mut HashSet<LocalId>, used: &mut Vec<LocalId>) {
    let mut place = |place: &Place| {
        if let Root::Local(local) = place.root {
            used.push(local);
        }
    };
    body.walk_stmts(block, &mut |stmt| match &stmt.kind {
        StmtKind::Let { pat, .. } => pat.for_each_local(&mut |local| {
            declared.insert(local);
        }),
        StmtKind::Set { target, .. } => places(target, &mut place),
        StmtKind::Update { place: target, .. } | StmtKind::Del(target) => place(target),
        StmtKind::Expr(_) => {}
    });
    body.walk_block(block, &mut |node| {
        let mut bind = |pat: &batuta_core::Pat| {
            pat.for_each_local(&mut |local| {
                declared.insert(local);
            })
        };
        match &body.nodes[node].kind {
            Node::Use(target, _) => place(target),
            Node::For { pat, .. } => bind(pat),
            Node::Match { arms, .. } => arms.iter().for_each(|arm| bind(&arm.pat)),
            Node::Try { handlers, .. } => {
                handlers.iter().filter_map(|handler| handler.bind).for_each(|local| {
                    declared.insert(local);
                });
            }
            Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
                if let batuta_core::Clause::For { pat, .. } = clause {
                    bind(pat);
                }
            }),
            Node::Closure(inner) => inner.params.iter().for_each(|param| {
                declared.insert(param.local);
            }),
            _ => {}
        }
    });
}

/// Places among a pattern's leaves.
fn places(pat: &batuta_core::Pat, f: &mut dyn FnMut(&Place)) {
    if let batuta_core::Pat::Place(place) = pat {
        f(place);
    }
    pat.for_each_part(&mut |part| places(part, f));
}
