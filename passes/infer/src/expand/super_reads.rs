//! `super().name` that is read: a property of a class above, or a class attribute.
//!
//! before                                     after
//!   lib:builtins.super().cost                  super cost()
//!   lib:builtins.super().kind                  @m.Base.kind

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let methods: Vec<Name> = program.classes.values().flat_map(|def| def.methods.clone()).collect();
    for path in methods {
        let Some(body) = program.fns.get(&path) else { continue };
        let is_super = |node: NodeId| matches!(&body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "builtins.super");
        let mut found = Vec::new();
        for (id, row) in body.nodes.iter() {
            let Node::Use(Place { root: Root::Node(node), proj }, mode) = &row.kind else { continue };
            let [Proj::Field(name), rest @ ..] = &proj[..] else { continue };
            if is_super(*node)
                && let Some(kind) = meant(program, path.parent(), *name)
            {
                found.push((id, kind, rest.to_vec(), *mode));
            }
        }
        if found.is_empty() {
            continue;
        }
        let body = Arc::make_mut(&mut program.fns[&path]);
        for (id, kind, rest, mode) in found {
            body.nodes[id].kind = match (kind, rest.is_empty()) {
                (kind, true) => kind,
                (kind, false) => {
                    let value = body.node(kind, Ty::unknown(), body.nodes[id].origin);
                    Node::Use(Place { root: Root::Node(value), proj: rest }, mode)
                }
            };
        }
    }
}

/// What the name is in the nearest class above.
fn meant(program: &Program<Hir>, class: Name, name: Name) -> Option<Node> {
    program.mro(class).into_iter().skip(1).find_map(|above| {
        let path = above.join(name.as_str());
        if program.globals.contains_key(&path) {
            return Some(Node::Use(Place::global(path), Mode::Read));
        }
        let is_property = program.fns.get(&path).is_some_and(|body| body.kind == FnKind::Property);
        is_property.then(|| Node::Call { callee: Callee::Super(name), args: Vec::new() })
    })
}
