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

/// A copy of a decorator for one function, where the decorator gives its wrapper attributes: these are variables
/// of the module. `None` where it gives none.
pub(super) fn own_copy(program: &mut Program<Hir>, decorator: Name, path: Name) -> Option<Name> {
    let deco = program.fns.get(&decorator)?.clone();
    let wrappers = closures(&deco);
    let module = super::decorate::module_of(program, path);
    let mut globals: FxHashMap<(LocalId, Name), Name> = FxHashMap::default();
    let mut by_name: FxHashMap<Name, Name> = FxHashMap::default();
    for wrapper in wrappers {
        for name in attributes(&deco, Some(wrapper)) {
            let free = || super::decorate::free_global(program, module, &format!("{}_{name}", path.last()));
            let global = *by_name.entry(name).or_insert_with(free);
            globals.insert((wrapper, name), global);
        }
    }
    if globals.is_empty() {
        return None;
    }
    let copy = super::decorate::free_path(program, decorator, path.last());
    let mut body = (*deco).clone();
    body.path = copy;
    write_globals(&mut body, &globals);
    add_before(program, decorator, copy);
    program.fns.insert(copy, Arc::new(body));
    let mut made: Vec<Name> = by_name.values().copied().collect();
    made.sort();
    made.into_iter().for_each(|global| super::decorate::add_global(program, path, global));
    replace_attributes(program, path, &by_name);
    Some(copy)
}

/// Locals that hold a nested function and nothing else.
fn closures(body: &Body<Hir>) -> Vec<LocalId> {
    let mut found: Vec<LocalId> = Vec::new();
    let mut other: Vec<LocalId> = Vec::new();
    for (_, block) in body.blocks.iter() {
        for stmt in &block.stmts {
            let StmtKind::Set { target, value } = &stmt.kind else { continue };
            let is_closure = matches!(body.nodes[*value].kind, Node::Closure(_));
            let seen = if is_closure { &mut found } else { &mut other };
            target.for_each_local(&mut |local| seen.push(local));
        }
    }
    found.retain(|local| !other.contains(local));
    found.sort();
    found.dedup();
    found
}

fn write_globals(body: &mut Body<Hir>, globals: &FxHashMap<(LocalId, Name), Name>) {
    let replace = |place: &mut Place| {
        if let (Root::Local(local), Some(Proj::Field(name))) = (place.root, place.proj.first())
            && let Some(global) = globals.get(&(local, *name))
        {
            place.root = Root::Global(*global);
            place.proj.remove(0);
        }
    };
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Call { callee: Callee::Method(object, name), .. } = &body.nodes[id].kind
            && let Node::Use(Place { root: Root::Local(local), proj }, _) = &body.nodes[*object].kind
            && proj.is_empty()
            && let Some(global) = globals.get(&(*local, *name))
        {
            let object = *object;
            body.nodes[object].kind = Node::Use(Place::global(*global), Mode::Read);
            if let Node::Call { callee, .. } = &mut body.nodes[id].kind {
                *callee = Callee::Value(object);
            }
        }
        if let Node::Use(place, _) = &mut body.nodes[id].kind {
            replace(place);
        }
    }
    for (_, block) in body.blocks.iter_mut() {
        for stmt in &mut block.stmts {
            match &mut stmt.kind {
                StmtKind::Set { target: Pat::Place(place), .. }
                | StmtKind::Update { place, .. }
                | StmtKind::Del(place) => replace(place),
                _ => {}
            }
        }
    }
}

/// The copy stands before the decorator in its module.
fn add_before(program: &mut Program<Hir>, decorator: Name, copy: Name) {
    let module = super::decorate::module_of(program, decorator);
    let Some(module) = program.modules.get_mut(&module) else { return };
    let items = &mut Arc::make_mut(module).items;
    let at = items.iter().position(|row| row.item == Item::Fn(decorator)).unwrap_or(items.len());
    let base = items.get(at).map_or(0, |row| row.base);
    items.insert(at, ItemRow { item: Item::Fn(copy), above: Vec::new(), base });
}
