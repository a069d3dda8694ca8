//! A class that a module imports from another is the class itself wherever it is named.
//!
//! before                                                     after
//!   lib:builtins.isinstance(%n, @shop.Router)                  lib:builtins.isinstance(%n, @shop.nodes.Router)
//!
//! So that what asks for a class compares paths, also where a package hands its classes on.

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Names all classes by where they are defined.
pub(super) fn expand(program: &mut Program<Hir>) {
    let start = program.clone();
    let home = |path: Name| {
        let found = start.resolve(path);
        (found != path && start.classes.contains_key(&found)).then_some(found)
    };
    for body in program.fns.values_mut() {
        let found: Vec<(NodeId, Name)> =
            body.nodes.iter().filter_map(|(id, row)| Some((id, home(named(&row.kind)?)?))).collect();
        if found.is_empty() {
            continue;
        }
        let body = Arc::make_mut(body);
        for (id, class) in found {
            match &mut body.nodes[id].kind {
                Node::Item(path) => *path = class,
                Node::Use(Place { root: Root::Global(path), .. }, _) => *path = class,
                Node::Call { callee: Callee::Fn(path), .. } => *path = class,
                _ => {}
            }
        }
    }
}

fn named(node: &Node) -> Option<Name> {
    match node {
        Node::Item(path) | Node::Use(Place { root: Root::Global(path), .. }, _) => Some(*path),
        Node::Call { callee: Callee::Fn(path), .. } => Some(*path),
        _ => None,
    }
}
