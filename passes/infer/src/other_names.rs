//! Other names for functions: a name that is bound once, to a function, is that function.
//!
//! before                                     after
//!   set place @m.icount = item @itertools.count
//!   value (@m.icount)(1)                       lib:itertools.count(1)
//!   set place %push = %xs.append
//!   value (%push)(1)                           method (%xs).append(1)
//!
//! Holds back for names that are bound twice or (bound methods) used in any other way than by calls, and
//! when the object behind a bound method has a second binding.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// Globals of the program that stand for one library function.
pub(crate) fn library_names(program: &Program<Hir>) -> FxHashMap<Name, Name> {
    let mut found: FxHashMap<Name, Option<Name>> = FxHashMap::default();
    for body in program.fns.values() {
        for stmt in body.blocks.iter().flat_map(|(_, row)| &row.stmts) {
            each_target(&stmt.kind, &mut |place, value| {
                let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { return };
                let item = value.and_then(|value| match body.nodes[value].kind {
                    Node::Item(name) if !batuta_catalog::functions(name.as_str()).is_empty() => Some(name),
                    _ => None,
                });
                let is_first = body.kind == FnKind::Init && !found.contains_key(&path);
                found.insert(path, item.filter(|_| is_first));
            });
        }
    }
    let is_class_attribute = |path: &Name| program.classes.contains_key(&path.parent());
    found
        .into_iter()
        .filter_map(|(path, item)| item.filter(|_| !is_class_attribute(&path)).map(|item| (path, item)))
        .collect()
}

/// Calls what the names of a body stand for.
pub(crate) fn resolve(mut body: Body<Hir>, library: &FxHashMap<Name, Name>) -> Body<Hir> {
    let methods = bound_methods(&body);
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let made = match &body.nodes[node].kind {
            Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => {
                library.get(path).map(|name| Node::Item(*name))
            }
            Node::Call { callee: Callee::Value(value), args } => match &body.nodes[*value].kind {
                Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => library
                    .get(path)
                    .map(|name| Node::Call { callee: Callee::Lib(*name), args: args.clone() }),
                Node::Item(name) if library.values().any(|known| known == name) => {
                    Some(Node::Call { callee: Callee::Lib(*name), args: args.clone() })
                }
                Node::Use(place, _) => place
                    .as_local()
                    .and_then(|local| methods.get(&local))
                    .map(|(object, name)| (*object, *name, args.clone()))
                    .map(|(object, name, args)| {
                        let row = body.nodes[object].clone();
                        let object = body.node(row.kind, row.ty, row.origin);
                        Node::Call { callee: Callee::Method(object, name), args }
                    }),
                _ => None,
            },
            _ => None,
        };
        if let Some(made) = made {
            body.nodes[node].kind = made;
        }
    }
    let is_gone = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Set { target: Pat::Place(place), .. } => match place.root {
            Root::Local(local) => place.proj.is_empty() && methods.contains_key(&local),
            Root::Global(path) => place.proj.is_empty() && library.contains_key(&path),
            Root::Node(_) => false,
        },
        _ => false,
    };
    for block in body.blocks.ids().collect::<Vec<_>>() {
        body.blocks[block].stmts.retain(|stmt| !is_gone(stmt));
    }
    body
}

/// Locals that are bound once to a method of a local that is bound once, and are only called.
fn bound_methods(body: &Body<Hir>) -> FxHashMap<LocalId, (NodeId, Name)> {
    let mut bindings: FxHashMap<LocalId, usize> = FxHashMap::default();
    let mut found: FxHashMap<LocalId, (NodeId, LocalId, Name)> = FxHashMap::default();
    for param in &body.params {
        *bindings.entry(param.local).or_default() += 1;
    }
    for (_, row) in body.nodes.iter() {
        let mut bind = |local| *bindings.entry(local).or_default() += 2;
        match &row.kind {
            Node::For { pat, .. } => pat.for_each_local(&mut bind),
            Node::Match { arms, .. } => arms.iter().for_each(|arm| arm.pat.for_each_local(&mut bind)),
            Node::With { items, .. } => {
                items.iter().filter_map(|i| i.target.as_ref()).for_each(|pat| pat.for_each_local(&mut bind));
            }
            Node::Try { handlers, .. } => handlers.iter().filter_map(|h| h.bind).for_each(bind),
            Node::Closure(closure) => closure.params.iter().for_each(|param| bind(param.local)),
            _ => {}
        }
    }
    for stmt in body.blocks.iter().flat_map(|(_, row)| &row.stmts) {
        each_target(&stmt.kind, &mut |place, value| {
            let Some(local) = place.as_local() else { return };
            *bindings.entry(local).or_default() += 1;
            if let Some(value) = value
                && let Node::Use(of, _) = &body.nodes[value].kind
                && let (Root::Node(object), [Proj::Field(name)]) = (of.root, of.proj.as_slice())
                && let Node::Use(owner, _) = &body.nodes[object].kind
                && let Some(owner) = owner.as_local()
                && !batuta_catalog::owners(name.as_str()).is_empty()
            {
                found.insert(local, (object, owner, *name));
            }
        });
    }
    let called: FxHashSet<NodeId> = body
        .nodes
        .iter()
        .filter_map(|(_, row)| match &row.kind {
            Node::Call { callee: Callee::Value(value), .. } => Some(*value),
            _ => None,
        })
        .collect();
    for (id, row) in body.nodes.iter() {
        if let Node::Use(place, _) = &row.kind
            && let Root::Local(local) = place.root
            && !(place.proj.is_empty() && called.contains(&id))
        {
            found.remove(&local);
        }
    }
    let once = |local: &LocalId| bindings.get(local) == Some(&1);
    found
        .into_iter()
        .filter(|(local, (_, owner, _))| once(local) && once(owner))
        .map(|(local, (object, _, name))| (local, (object, name)))
        .collect()
}

/// Every place that a statement binds, with the value where it is one of its own.
fn each_target(kind: &StmtKind, f: &mut dyn FnMut(&Place, Option<NodeId>)) {
    match kind {
        StmtKind::Set { target: Pat::Place(place), value } => f(place, Some(*value)),
        StmtKind::Set { target: pat, .. } | StmtKind::Let { pat, .. } => each_place(pat, f),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => f(place, None),
        StmtKind::Expr(_) => {}
    }
}

fn each_place(pat: &Pat, f: &mut dyn FnMut(&Place, Option<NodeId>)) {
    match pat {
        Pat::Place(place) => f(place, None),
        Pat::Bind(local, _) => f(&Place::local(*local), None),
        _ => {}
    }
    pat.for_each_part(&mut |part| each_place(part, f));
}
