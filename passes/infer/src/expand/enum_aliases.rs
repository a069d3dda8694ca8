//! A member of an enum with the value of an earlier one is another name of that one.
//!
//! before                                   after
//!   class @m.Color(enum.Enum) {              class @m.Color(enum.Enum) {
//!     attr @m.Color.RED                        attr @m.Color.RED
//!     attr @m.Color.CRIMSON                  }
//!   }                                        set place @m.Color.RED = "r"
//!   set place @m.Color.RED = "r"             use(@m.Color.RED)
//!   set place @m.Color.CRIMSON = "r"
//!   use(@m.Color.CRIMSON)

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// Writes out such names.
pub(super) fn expand(program: &mut Program<Hir>) {
    let aliases = aliases(program);
    if aliases.is_empty() {
        return;
    }
    for alias in aliases.keys() {
        program.globals.shift_remove(alias);
        if let Some(def) = program.classes.get_mut(&alias.parent()) {
            Arc::make_mut(def).attributes.retain(|path| path != alias);
        }
    }
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        for (_, row) in body.nodes.iter_mut() {
            match &mut row.kind {
                Node::Use(Place { root: Root::Global(path), .. }, _) | Node::Item(path) => {
                    *path = aliases.get(path).copied().unwrap_or(*path);
                }
                _ => {}
            }
        }
        let is_alias = |stmt: &Stmt| match &stmt.kind {
            StmtKind::Set { target: Pat::Place(place), .. } => {
                matches!(place.root, Root::Global(path) if aliases.contains_key(&path))
            }
            _ => false,
        };
        for (_, block) in body.blocks.iter_mut() {
            block.stmts.retain(|stmt| !is_alias(stmt));
        }
    }
}

/// Members with the constant of an earlier member, and that one.
fn aliases(program: &Program<Hir>) -> FxHashMap<Name, Name> {
    let is_enum = |class: Name| {
        program
            .classes
            .get(&class)
            .is_some_and(|def| matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_)))
    };
    let mut first: Vec<(Name, Const)> = Vec::new();
    let mut found = FxHashMap::default();
    for body in program.fns.values().filter(|body| body.kind == FnKind::Init) {
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return };
            let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { return };
            let Some(value) = body.as_const(*value).filter(|_| is_enum(path.parent())) else { return };
            let same = |(known, other): &&(Name, Const)| known.parent() == path.parent() && other == value;
            match first.iter().find(same) {
                Some((known, _)) => drop(found.insert(path, *known)),
                None => first.push((path, value.clone())),
            }
        });
    }
    found
}
