//! Names that only the top-level code of the program's start uses are its locals.
//!
//! before                             after
//!   for place @m.w in @m.words {       for place %w in @m.words {
//!     io.println(@m.w)                   io.println(%w)
//!   }                                  }
//!   for place @m.w in @m.lines {       for place %w in @m.lines {
//!
//! A local that is bound again is split into its values (`webs`), so each gets a type of its own. Holds
//! back for names that are bound once, that a function or another module knows, that are annotated, or
//! that stand for a type or a function.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Makes locals of the names that nobody but the start knows.
pub(crate) fn own_names(program: &mut Program<Hir>) {
    let Some(init) = program.entry.map(|entry| entry.join("<init>")) else { return };
    let Some(body) = program.fns.get(&init) else { return };
    let bound = bindings(body);
    let known = known_elsewhere(program, init);
    let mut found: Vec<Name> = program.globals.keys().copied().collect();
    found.retain(|path| {
        bound.get(path).is_some_and(|count| *count > 1)
            && !known.contains(path)
            && program.entry == Some(path.parent())
            && *program.globals[path].ty.kind() == TyKind::Unknown
    });
    for path in &found {
        program.globals.shift_remove(path);
        Arc::make_mut(&mut program.fns[&init]).make_local(*path, Ty::unknown());
    }
    for module in program.modules.values_mut() {
        let is_gone = |row: &ItemRow| matches!(row.item, Item::Global(path) if found.contains(&path));
        if module.items.iter().any(is_gone) {
            Arc::make_mut(module).items.retain(|row| !is_gone(row));
        }
    }
}

/// How often the body binds each global; one that stands for a type or a function counts for nothing.
fn bindings(body: &Body<Hir>) -> FxHashMap<Name, usize> {
    let mut out: FxHashMap<Name, usize> = FxHashMap::default();
    let mut named: Vec<Name> = Vec::new();
    let mut bind = |pat: &Pat| {
        targets(pat, &mut |path| *out.entry(path).or_default() += 1);
    };
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::For { pat, .. } => bind(pat),
        Node::Match { arms, .. } => arms.iter().for_each(|arm| bind(&arm.pat)),
        Node::With { items, .. } => items.iter().filter_map(|item| item.target.as_ref()).for_each(&mut bind),
        _ => {}
    });
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, value } | StmtKind::Let { pat: target, value: Some(value) } => {
            bind(target);
            if matches!(body.nodes[*value].kind, Node::Item(_) | Node::Closure(_)) {
                targets(target, &mut |path| named.push(path));
            }
        }
        StmtKind::Update { place, .. } => bind(&Pat::Place(place.clone())),
        _ => {}
    });
    out.retain(|path, _| !named.contains(path));
    out
}

fn targets(pat: &Pat, f: &mut dyn FnMut(Name)) {
    if let Pat::Place(place) = pat
        && let (Root::Global(path), true) = (place.root, place.proj.is_empty())
    {
        f(path);
    }
    pat.for_each_part(&mut |part| targets(part, f));
}

/// Globals that another body names, or another module imports.
fn known_elsewhere(program: &Program<Hir>, init: Name) -> FxHashSet<Name> {
    let mut out: FxHashSet<Name> = FxHashSet::default();
    for module in program.modules.values() {
        out.extend(module.aliases.values());
    }
    for body in program.fns.values().filter(|body| body.path != init) {
        body.each_place(&mut |place| {
            if let Root::Global(path) = place.root {
                out.insert(path);
            }
        });
    }
    out
}
