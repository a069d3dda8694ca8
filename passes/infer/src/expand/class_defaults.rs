//! Defaults that name an attribute of their class which is never assigned again: the attribute itself.
//!
//! before                                   after
//!   set @m.C.get$n = @m.C.limit              (nothing)
//!   fn @m.C.get(%self, %n = @m.C.get$n)      fn @m.C.get(%self, %n = @m.C.limit)
//!
//! Holds back where anything in the program assigns an attribute of that name but on its own receiver.

use super::attributes::{each_place, each_target};
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let mut found: FxHashMap<Name, Name> = FxHashMap::default();
    for body in program.fns.values().filter(|body| body.path.last() == "<init>") {
        body.walk_stmts(body.root, &mut |stmt| found.extend(default(program, body, stmt)));
    }
    if found.is_empty() {
        return;
    }
    let assigned = assigned(program);
    found.retain(|_, attribute| !assigned.contains(&attribute.last()));
    if found.is_empty() {
        return;
    }
    for body in program.fns.values_mut() {
        rename(Arc::make_mut(body), &found);
    }
    program.globals.retain(|path, _| !found.contains_key(path));
}

/// The global of a default and the attribute that it is given.
fn default(program: &Program<Hir>, body: &Body<Hir>, stmt: &Stmt) -> Option<(Name, Name)> {
    let StmtKind::Set { target: Pat::Place(Place { root: Root::Global(path), proj }), value } = &stmt.kind
    else {
        return None;
    };
    let Node::Use(Place { root: Root::Global(attribute), proj: rest }, _) = &body.nodes[*value].kind else {
        return None;
    };
    let is_default = path.last().contains('$') && proj.is_empty() && rest.is_empty();
    (is_default && program.classes.contains_key(&attribute.parent())).then_some((*path, *attribute))
}

/// Names of attributes that are assigned more than once, or on what is no receiver.
fn assigned(program: &Program<Hir>) -> FxHashSet<&'static str> {
    let mut once: FxHashSet<Name> = FxHashSet::default();
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        let this = body.params.first().filter(|_| body.has_receiver()).map(|param| param.local);
        each_target(body, &mut |place| match (place.root, place.proj.as_slice()) {
            (Root::Global(path), []) if !once.insert(path) => {
                out.insert(path.last());
            }
            (Root::Global(_), []) => {}
            (Root::Local(local), [Proj::Field(_)]) if Some(local) == this && body.kind == FnKind::Method => {}
            (_, [.., Proj::Field(name)]) => {
                out.insert(name.as_str());
            }
            _ => {}
        });
        for (_, row) in body.nodes.iter() {
            if let Node::For { pat, .. } = &row.kind {
                each_place(pat, &mut |place| {
                    if let Some(Proj::Field(name)) = place.proj.last() {
                        out.insert(name.as_str());
                    }
                });
            }
        }
    }
    out
}

fn rename(body: &mut Body<Hir>, found: &FxHashMap<Name, Name>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Use(place, _) = &mut body.nodes[id].kind
            && let Root::Global(path) = place.root
            && let Some(attribute) = found.get(&path)
        {
            place.root = Root::Global(*attribute);
        }
    }
    let is_gone = |stmt: &Stmt| {
        matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. }
            if matches!(place.root, Root::Global(path) if found.contains_key(&path)))
    };
    for block in body.blocks.ids().collect::<Vec<_>>() {
        body.blocks[block].stmts.retain(|stmt| !is_gone(stmt));
    }
}
