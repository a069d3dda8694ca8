//! `findall` of a compiled pattern gives what the groups of the pattern say.
//!
//! before                                                     after
//!   set place @m.PAIR = lib:re.compile("(\\w+)=(\\w+)")         set place @m.PAIR = lib:re.compile("(\\w+)=(\\w+)")
//!   method (@m.PAIR).findall(%text)                            method (@m.PAIR).findall_pairs(%text)
//!
//! Holds back where a name is assigned more than once, and above eight groups.

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// Number of groups of the patterns that have a name; none where several are called so.
type Known<K> = FxHashMap<K, Option<usize>>;

/// Gives each `findall` the name of what it gives.
pub(super) fn expand(program: &mut Program<Hir>) {
    let mut globals: Known<Name> = FxHashMap::default();
    for body in program.fns.values() {
        body.walk_stmts(body.root, &mut |stmt| {
            if let Some((Root::Global(path), groups)) = assigned(body, stmt) {
                globals.entry(path).and_modify(|known| *known = None).or_insert(groups);
            }
        });
    }
    for body in program.fns.values_mut() {
        let calls = |node: &Node| matches!(node, Node::Call { callee: Callee::Method(_, name), .. } if *name == "findall");
        if body.nodes.iter().any(|(_, row)| calls(&row.kind)) {
            rename(Arc::make_mut(body), &globals);
        }
    }
}

/// The name that a statement assigns, and the groups of the pattern that it gets.
fn assigned(body: &Body<Hir>, stmt: &Stmt) -> Option<(Root, Option<usize>)> {
    let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return None };
    place.proj.is_empty().then(|| (place.root, groups_of(body, *value)))
}

fn groups_of(body: &Body<Hir>, node: NodeId) -> Option<usize> {
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { return None };
    if *name != "re.compile" {
        return None;
    }
    match body.as_const(args.first()?.value)? {
        Const::Str(pattern) => Some(batuta_catalog::capturing_groups(pattern)),
        _ => None,
    }
}

fn rename(body: &mut Body<Hir>, globals: &Known<Name>) {
    let mut locals: Known<LocalId> = FxHashMap::default();
    body.walk_stmts(body.root, &mut |stmt| {
        if let Some((Root::Local(local), groups)) = assigned(body, stmt) {
            locals.entry(local).and_modify(|known| *known = None).or_insert(groups);
        }
    });
    let found = |body: &Body<Hir>, object: NodeId| match &body.nodes[object].kind {
        Node::Use(place, _) => match (place.root, &place.proj[..]) {
            (Root::Global(path), []) => globals.get(&path).copied().flatten(),
            (Root::Local(local), []) => locals.get(&local).copied().flatten(),
            // `self.PAIR`: the one name of a class or module that is called so.
            (_, [Proj::Field(name)]) => {
                let mut named = globals.iter().filter(|(path, _)| path.last() == name.as_str());
                match (named.next(), named.next()) {
                    (Some((_, groups)), None) => *groups,
                    _ => None,
                }
            }
            _ => None,
        },
        _ => groups_of(body, object),
    };
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Method(object, name), .. } = &body.nodes[id].kind else { continue };
        if *name != "findall" {
            continue;
        }
        let own = match found(body, *object) {
            Some(2) => "findall_pairs".to_owned(),
            Some(3) => "findall_triples".to_owned(),
            Some(groups @ 4..=8) => format!("findall_{groups}"),
            _ => continue,
        };
        if let Node::Call { callee: Callee::Method(_, name), .. } = &mut body.nodes[id].kind {
            *name = Name::new(&own);
        }
    }
}
