//! A name that is bound once, to a view of a dict that is bound once, is that view wherever it is read: it shows
//! what the dict holds by then.
//!
//! before                                after
//!   set place %keys = method (%d).keys()
//!   set place %d["x"] = 1                 set place %d["x"] = 1
//!   io.println(format"{%keys!s}")         io.println(format"{method (%d).keys()!s}")
//!
//! Holds back where a class of the program has a method of that name, and where a branch binds a name that is
//! read outside of it.

use crate::other_names::{each_target, global_bindings, local_bindings};
use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

pub(super) const VIEWS: [&str; 3] = ["keys", "values", "items"];

/// Writes out the views of a program.
pub(super) fn expand(program: &mut Program<Hir>) {
    let mut names: Vec<&str> = VIEWS.to_vec();
    names.retain(|name| program.classes.keys().all(|class| !program.fns.contains_key(&class.join(name))));
    let globals = global_bindings(program);
    let mut shared = FxHashMap::default();
    for body in program.fns.values().filter(|body| body.kind == FnKind::Init) {
        let is_elsewhere = |path: Name| {
            let others = program.fns.values().filter(|other| other.path != body.path);
            others.into_iter().any(|other| speaks_of(other, Root::Global(path)))
        };
        shared.extend(views(body, &names, &is_elsewhere).into_iter().filter_map(
            |(root, owner, name)| match (root, owner) {
                (Root::Global(path), Root::Global(of))
                    if globals[&path] == 1 && globals.get(&of) == Some(&1) =>
                {
                    Some((root, (owner, name)))
                }
                _ => None,
            },
        ));
    }
    for body in program.fns.values_mut() {
        let bindings = local_bindings(body);
        let once = |root: Root| matches!(root, Root::Local(local) if bindings.get(&local) == Some(&1));
        let own =
            views(body, &names, &|_| true).into_iter().filter(|(root, owner, _)| once(*root) && once(*owner));
        let mut known = shared.clone();
        known.extend(own.map(|(root, owner, name)| (root, (owner, name))));
        if !known.is_empty() {
            write_out(Arc::make_mut(body), &known);
        }
    }
}

/// The names that a body binds to views, with the names of their dicts.
///
/// `is_elsewhere`: whether other functions speak of a global.
fn views(body: &Body<Hir>, names: &[&str], is_elsewhere: &dyn Fn(Name) -> bool) -> Vec<(Root, Root, Name)> {
    let mut out = Vec::new();
    for (block, row) in body.blocks.iter() {
        for stmt in &row.stmts {
            each_target(&stmt.kind, &mut |place, value| {
                let (true, Some(value)) = (place.proj.is_empty(), value) else { return };
                let Node::Call { callee: Callee::Method(of, name), args } = &body.nodes[value].kind else {
                    return;
                };
                if let Node::Use(owner, _) = &body.nodes[*of].kind
                    && args.is_empty()
                    && owner.proj.is_empty()
                    && names.contains(&name.as_str())
                    && (block == body.root
                        || is_seen_below_only(body, block, place.root)
                            && !matches!(place.root, Root::Global(path) if is_elsewhere(path)))
                {
                    out.push((place.root, owner.root, *name));
                }
            });
        }
    }
    out
}

/// Whether nothing outside of a block of a body speaks of a name.
fn is_seen_below_only(body: &Body<Hir>, block: BlockId, root: Root) -> bool {
    let (mut below, mut all) = (0, 0);
    body.each_place_below(block, &mut |place| below += usize::from(place.root == root));
    body.each_place(&mut |place| all += usize::from(place.root == root));
    below == all
}

fn speaks_of(body: &Body<Hir>, root: Root) -> bool {
    let mut found = false;
    body.each_place(&mut |place| found |= place.root == root);
    found
}

fn write_out(body: &mut Body<Hir>, known: &FxHashMap<Root, (Root, Name)>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Use(place, _) = &body.nodes[id].kind else { continue };
        let Some((owner, name)) = known.get(&place.root).filter(|_| place.proj.is_empty()) else { continue };
        let origin = body.nodes[id].origin;
        let owner = Node::Use(Place { root: *owner, proj: Vec::new() }, Mode::Read);
        let object = body.node(owner, Ty::unknown(), origin);
        body.nodes[id].kind = Node::Call { callee: Callee::Method(object, *name), args: Vec::new() };
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        body.blocks[block].stmts.retain(|stmt| {
            !matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. }
                if place.proj.is_empty() && known.contains_key(&place.root))
        });
    }
}
