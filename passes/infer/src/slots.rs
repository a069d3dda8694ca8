//! `__slots__`: the only attributes that objects have, where every class above has them too.

use crate::env::Env;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Names that a class attribute lists (`__slots__`, `__match_args__`), by class.
pub(crate) fn listed(program: &Program<Hir>, attribute: &str) -> FxHashMap<Name, Vec<Name>> {
    let mut out = FxHashMap::default();
    for body in program.fns.values().filter(|body| body.kind == FnKind::Init) {
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
                && let Root::Global(path) = place.root
                && path.last() == attribute
                && let Some(names) = names(body, *value)
            {
                out.insert(path.parent(), names);
            }
        });
    }
    out
}

/// `("x", "y")`, `["x"]`, `"x"`.
fn names(body: &Body<Hir>, value: NodeId) -> Option<Vec<Name>> {
    let text = |node: NodeId| match body.as_const(node) {
        Some(Const::Str(name)) => Some(Name::new(name)),
        _ => None,
    };
    match &body.nodes[value].kind {
        Node::Const(_) => Some(vec![text(value)?]),
        Node::Op { op, args, .. } if matches!(op.name(), "tuple.new" | "list.new" | "set.new") => {
            args.iter().map(|arg| text(*arg)).collect()
        }
        _ => None,
    }
}

impl Env<'_> {
    /// Whether objects of the class cannot have an attribute of this name.
    pub(crate) fn is_shut_out(&self, class: Name, name: Name) -> bool {
        let order = self.mro(class);
        let lists = |path: &Name| self.slots.get(path).is_some_and(|names| names.contains(&name));
        let is_closed = |path: &Name| {
            let is_open_base = |base: &Name| {
                self.class(*base).is_none()
                    && !matches!(base.last(), "object" | "ABC" | "Generic" | "Protocol")
            };
            self.slots.contains_key(path)
                && self.class(*path).is_some_and(|def| {
                    matches!(def.kind, ClassKind::Plain | ClassKind::Abstract | ClassKind::Dataclass { .. })
                        && !def.bases.iter().any(is_open_base)
                })
        };
        order.iter().all(is_closed) && !order.iter().any(lists)
    }
}

/// A class attribute that says something of the class, not of its objects.
pub(crate) fn is_list(attribute: Name) -> bool {
    matches!(attribute.last(), "__slots__" | "__match_args__")
}

/// Takes out such lists where nothing reads them.
pub(crate) fn drop_lists(program: &mut Program<Typed>) {
    if !program.globals.keys().any(|path| is_list(*path)) {
        return;
    }
    let mut read = FxHashSet::default();
    for body in program.fns.values() {
        body.walk_block(body.root, &mut |node| {
            if let Node::Use(Place { root: Root::Global(path), .. }, _) = &body.nodes[node].kind {
                read.insert(*path);
            }
        });
    }
    let is_unread = |path: &Name| is_list(*path) && !read.contains(path);
    for body in program.fns.values_mut().filter(|body| body.kind == FnKind::Init) {
        for row in Arc::make_mut(body).blocks.iter_mut().map(|(_, row)| row) {
            row.stmts.retain(|stmt| {
                !matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(Place { root: Root::Global(path), .. }), .. }
                    if is_unread(path))
            });
        }
    }
    program.globals.retain(|path, _| !is_unread(path));
    for class in program.classes.values_mut() {
        Arc::make_mut(class).attributes.retain(|path| !is_unread(path));
    }
}
