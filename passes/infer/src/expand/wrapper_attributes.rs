//! Attributes of a wrapper are variables of the module, one for each function that it wraps.
//!
//! before                                  after
//!   set %wrapper.calls = 0                  set place @m.hello_calls = 0
//!   (@m.hello).calls                        @m.hello_calls

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// The function that a node names.
fn function(body: &Body<Hir>, node: NodeId) -> Option<Name> {
    match &body.nodes[node].kind {
        Node::Item(path) => Some(*path),
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => Some(*path),
        _ => None,
    }
}

/// Every place that a body assigns.
fn each_target(body: &Body<Hir>, see: &mut dyn FnMut(&Place)) {
    for (_, block) in body.blocks.iter() {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } => {
                    see(place)
                }
                _ => {}
            }
        }
    }
}

/// Names of the attributes that a decorator sets or reads on its wrapper.
pub(super) fn attributes(deco: &Body<Hir>, wrapper: Option<LocalId>) -> Vec<Name> {
    let Some(wrapper) = wrapper else { return Vec::new() };
    let mut out = Vec::new();
    let mut add = |place: &Place| {
        if let (Root::Local(local), Some(Proj::Field(name))) = (place.root, place.proj.first())
            && local == wrapper
            && !name.as_str().starts_with("__")
            && !out.contains(name)
        {
            out.push(*name);
        }
    };
    for (_, row) in deco.nodes.iter() {
        if let Node::Use(place, _) = &row.kind {
            add(place);
        }
    }
    each_target(deco, &mut add);
    out
}

/// `f.name` of a function, anywhere, is its global.
pub(super) fn replace_attributes(program: &mut Program<Hir>, path: Name, attributes: &FxHashMap<Name, Name>) {
    if attributes.is_empty() {
        return;
    }
    let names = names_of(program, path);
    let is_meant = |found: Name| names.contains(&found);
    let replace = |place: &mut Place| {
        if let (Root::Global(found), Some(Proj::Field(name))) = (place.root, place.proj.first())
            && is_meant(found)
            && let Some(global) = attributes.get(name)
        {
            place.root = Root::Global(*global);
            place.proj.remove(0);
        }
    };
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        for id in body.nodes.ids().collect::<Vec<_>>() {
            if let Some((object, global)) = called_attribute(body, id, attributes, &is_meant) {
                body.nodes[object].kind = Node::Use(Place::global(global), Mode::Read);
                if let Node::Call { callee, .. } = &mut body.nodes[id].kind {
                    *callee = Callee::Value(object);
                }
            }
            let Node::Use(place, _) = &body.nodes[id].kind else { continue };
            let mut place = place.clone();
            if let Root::Node(of) = place.root
                && let Some(path) = function(body, of)
            {
                place.root = Root::Global(path);
            }
            replace(&mut place);
            if let Node::Use(old, _) = &mut body.nodes[id].kind
                && old.proj.len() > place.proj.len()
            {
                *old = place;
            }
        }
        for (_, block) in body.blocks.iter_mut() {
            for stmt in &mut block.stmts {
                match &mut stmt.kind {
                    StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } => {
                        replace(place);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The names that a function has in the modules of a program.
fn names_of(program: &Program<Hir>, path: Name) -> Vec<Name> {
    let mut out = vec![path];
    for module in program.modules.values() {
        let same = module.aliases.keys().filter(|name| program.resolve(**name) == path);
        out.extend(same.copied());
    }
    out
}

/// `f.name(..)`: the node that is `f`, and the global.
fn called_attribute(
    body: &Body<Hir>,
    node: NodeId,
    attributes: &FxHashMap<Name, Name>,
    is_meant: &dyn Fn(Name) -> bool,
) -> Option<(NodeId, Name)> {
    let Node::Call { callee: Callee::Method(object, name), .. } = &body.nodes[node].kind else { return None };
    let global = attributes.get(name).filter(|_| function(body, *object).is_some_and(is_meant))?;
    Some((*object, *global))
}
