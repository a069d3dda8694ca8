//! A class inside of a class is called through an object, or through the class: what it stands for is known.
//!
//! before                          after
//!   method (%self)._Node(%key)      call @m.LRU._Node(%key)

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Writes out calls of nested classes by way of the receiver.
pub(super) fn expand(program: &mut Program<Hir>) {
    let is_nested = |class: &Name| program.classes.contains_key(&class.parent());
    if !program.classes.keys().any(is_nested) {
        return;
    }
    let mut found: Vec<(Name, NodeId, Name)> = Vec::new();
    for (path, body) in program.fns.iter().filter(|(_, body)| body.has_receiver()) {
        let receiver = body.params[0].local;
        for (id, row) in body.nodes.iter() {
            let Node::Call { callee: Callee::Method(of, name), .. } = &row.kind else { continue };
            let is_receiver =
                matches!(&body.nodes[*of].kind, Node::Use(place, _) if place.as_local() == Some(receiver));
            if is_receiver && let Some(class) = nested(program, path.parent(), *name) {
                found.push((*path, id, class));
            }
        }
    }
    for (path, id, class) in found {
        if let Node::Call { callee, .. } = &mut Arc::make_mut(&mut program.fns[&path]).nodes[id].kind {
            *callee = Callee::Fn(class);
        }
    }
}

/// The class of that name inside of a class or one above it, where no object has anything of that name.
fn nested(program: &Program<Hir>, class: Name, name: Name) -> Option<Name> {
    let has_own = |class: &Name| {
        let fields = program.classes.get(class).map(|def| &def.fields);
        let has_field = fields.is_some_and(|fields| fields.iter().any(|field| field.name == name));
        has_field || program.fns.contains_key(&class.join(name.as_str()))
    };
    if program.subclasses(class).iter().chain(&program.mro(class)).any(has_own) {
        return None;
    }
    let mut nested = program.subclasses(class).into_iter().map(|below| below.join(name.as_str()));
    let is_replaced = nested.any(|path| path.parent() != class && program.classes.contains_key(&path));
    let paths = program.mro(class).into_iter().map(|above| above.join(name.as_str()));
    paths.into_iter().find(|path| program.classes.contains_key(path)).filter(|_| !is_replaced)
}
