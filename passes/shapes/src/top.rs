//! Closures at the top of a Ruchy program become locals there, as do variables that they assign: what is known of
//! closures and the locals that they see then holds for them.
//!
//! before                                    after
//!   set place @m.inc = closure inc() -> ..    set place %inc = closure inc() -> ..
//!
//! Holds back where a function of the program mentions the variable: it is one of all then.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Makes such variables local.
pub(crate) fn settle(program: &Program<Typed>) -> Program<Typed> {
    let mut out = program.clone();
    if program.lang() != Lang::Ruchy {
        return out;
    }
    let mut users: FxHashMap<Name, FxHashSet<Name>> = FxHashMap::default();
    for body in program.fns.values() {
        body.each_place(&mut |place| {
            if let Root::Global(path) = place.root {
                users.entry(path).or_default().insert(body.path);
            }
        });
    }
    for body in program.fns.values().filter(|body| body.kind == FnKind::Init) {
        let is_own = |path: &Name| {
            program.globals.contains_key(path) && users.get(path).is_some_and(|of| of.len() == 1)
        };
        let mut found = assigned_inside(body);
        closures(body).into_iter().for_each(|path| {
            if !found.contains(&path) {
                found.push(path)
            }
        });
        found.retain(|path| is_own(path) && starts_with_value(body, *path));
        for path in found {
            let ty = program.globals[&path].ty;
            Arc::make_mut(&mut out.fns[&body.path]).make_local(path, ty);
            out.globals.shift_remove(&path);
            for module in out.modules.values_mut() {
                let module = Arc::make_mut(module);
                module.items.retain(|row| !matches!(row.item, Item::Global(item) if item == path));
            }
        }
    }
    out
}

/// Globals that closures of a body assign.
fn assigned_inside(body: &Body<Typed>) -> Vec<Name> {
    let mut out = Vec::new();
    let mut see = |place: &Place| match place.root {
        Root::Global(path) if place.proj.is_empty() && !out.contains(&path) => out.push(path),
        _ => {}
    };
    for (_, row) in body.nodes.iter() {
        let Node::Closure(closure) = &row.kind else { continue };
        body.walk_stmts(closure.body, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => target.each_place(&mut see),
            StmtKind::Update { place, .. } => see(place),
            _ => {}
        });
    }
    out
}

/// Globals that are given a closure at the top.
fn closures(body: &Body<Typed>) -> Vec<Name> {
    let held = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Set { target: Pat::Place(Place { root: Root::Global(path), proj }), value }
            if proj.is_empty() && matches!(body.nodes[*value].kind, Node::Closure(_)) =>
        {
            Some(*path)
        }
        _ => None,
    };
    body.blocks[body.root].stmts.iter().filter_map(held).collect()
}

/// The first statement that mentions a global is one of the top that gives it a value.
fn starts_with_value(body: &Body<Typed>, path: Name) -> bool {
    for stmt in &body.blocks[body.root].stmts {
        if let StmtKind::Set { target: Pat::Place(place), .. } = &stmt.kind
            && place.root == Root::Global(path)
            && place.proj.is_empty()
        {
            return true;
        }
        let mut is_mentioned = false;
        let mut see = |place: &Place| is_mentioned |= place.root == Root::Global(path);
        stmt.kind.each_place(&mut see);
        stmt.for_each_child(&mut |child| {
            body.walk(child, &mut |node| body.nodes[node].kind.each_place(&mut see));
            body.walk_stmts_below(child, &mut |stmt| stmt.kind.each_place(&mut see));
        });
        if is_mentioned {
            return false;
        }
    }
    false
}
