//! Which generators are driven by hand: values or errors go in, or a value comes out at the end.
//!
//! Such a generator is the library type `coroutine<yielded, sent, returned>`; every other one is an
//! iterator.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// Paths of the generator functions that are driven by hand.
pub(crate) fn coroutines(program: &Program<Hir>) -> FxHashSet<Name> {
    let generators = || program.fns.values().filter(|body| body.is_generator && !body.is_async);
    let mut found: FxHashSet<Name> =
        generators().filter(|body| takes_values(body, body.root)).map(|body| body.path).collect();
    let given = given(program);
    let driven = driven(program, &given);
    match driven {
        Some(paths) => found.extend(paths),
        None => found.extend(generators().map(|body| body.path)),
    }
    let is_manager = |path: &Name| {
        program.fns[path].decorators.iter().any(|decorator| decorator.path.last() == "contextmanager")
    };
    found.retain(|path| program.fns.get(path).is_some_and(|body| body.is_generator) && !is_manager(path));
    // What delegates to one passes on what is sent.
    loop {
        let before = found.len();
        for body in generators() {
            let delegates = body.nodes.iter().any(|(_, row)| match row.kind {
                Node::YieldFrom(of) => called(program, body, of).is_some_and(|path| found.contains(&path)),
                _ => false,
            });
            if delegates && !is_manager(&body.path) {
                found.insert(body.path);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Whether a generator reads what `yield` gives, or returns a value.
pub(crate) fn takes_values(body: &Body<Hir>, root: BlockId) -> bool {
    let mut effects: FxHashSet<NodeId> = FxHashSet::default();
    body.walk_stmts(root, &mut |stmt| {
        if let StmtKind::Expr(node) = stmt.kind {
            effects.insert(node);
        }
    });
    let mut inner: FxHashSet<NodeId> = FxHashSet::default();
    let mut found = false;
    body.walk_block(root, &mut |node| match &body.nodes[node].kind {
        Node::Closure(closure) => body.walk_block(closure.body, &mut |node| {
            inner.insert(node);
        }),
        _ if inner.contains(&node) => {}
        Node::Yield(_) | Node::YieldFrom(_) => found |= !effects.contains(&node),
        Node::Return(Some(value)) => found |= !matches!(body.nodes[*value].kind, Node::Const(Const::None)),
        _ => {}
    });
    found
}

/// The function that a node calls.
fn called(program: &Program<Hir>, body: &Body<Hir>, node: NodeId) -> Option<Name> {
    match &body.nodes[node].kind {
        Node::Call { callee: Callee::Fn(path), .. } => Some(program.resolve(*path)),
        Node::Call { callee: Callee::Method(_, name), .. } => {
            let mut methods = program.fns.values().filter(|body| {
                body.path.last() == name.as_str() && program.classes.contains_key(&body.path.parent())
            });
            methods.next().map(|body| body.path)
        }
        _ => None,
    }
}

/// Where a generator is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Holder {
    Local(Name, LocalId),
    Global(Name),
    Field(Name),
}

fn holder(body: &Body<Hir>, place: &Place) -> Option<Holder> {
    if let Some(Proj::Field(name)) = place.proj.last() {
        return Some(Holder::Field(*name));
    }
    match place.root {
        Root::Local(local) if place.proj.is_empty() => Some(Holder::Local(body.path, local)),
        Root::Global(path) if place.proj.is_empty() => Some(Holder::Global(path)),
        _ => None,
    }
}

/// The functions whose calls are kept in a place, and what functions give that call them.
fn given(program: &Program<Hir>) -> FxHashMap<Holder, Vec<Name>> {
    let mut out: FxHashMap<Holder, Vec<Name>> = FxHashMap::default();
    for body in program.fns.values() {
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return };
            if let (Some(holder), Some(path)) = (holder(body, place), called(program, body, *value)) {
                out.entry(holder).or_default().push(path);
            }
        });
    }
    out
}

/// The functions whose generators get `send`, `throw` or `close`; none where any may.
fn driven(program: &Program<Hir>, given: &FxHashMap<Holder, Vec<Name>>) -> Option<FxHashSet<Name>> {
    let mut out: FxHashSet<Name> = FxHashSet::default();
    let own = |name: Name| program.fns.keys().any(|path| path.last() == name.as_str());
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            let Node::Call { callee: Callee::Method(of, name), .. } = &row.kind else { continue };
            if !matches!(name.as_str(), "send" | "throw" | "close") {
                continue;
            }
            let known: Vec<Name> = match &body.nodes[*of].kind {
                Node::Use(place, _) => {
                    holder(body, place).and_then(|at| given.get(&at).cloned()).unwrap_or_default()
                }
                _ => called(program, body, *of).into_iter().collect(),
            };
            if known.is_empty() && *name != "close" && !own(*name) {
                return None;
            }
            known.into_iter().for_each(|path| follow(program, path, given, &mut out));
        }
    }
    Some(out)
}

/// A function and those whose results it passes on.
fn follow(
    program: &Program<Hir>,
    path: Name,
    given: &FxHashMap<Holder, Vec<Name>>,
    out: &mut FxHashSet<Name>,
) {
    if !out.insert(path) {
        return;
    }
    let Some(body) = program.fns.get(&path) else { return };
    for (_, row) in body.nodes.iter() {
        let Node::Return(Some(value)) = row.kind else { continue };
        let next: Vec<Name> = match &body.nodes[value].kind {
            Node::Use(place, _) => {
                holder(body, place).and_then(|at| given.get(&at).cloned()).unwrap_or_default()
            }
            _ => called(program, body, value).into_iter().collect(),
        };
        next.into_iter().for_each(|path| follow(program, path, given, out));
    }
}
