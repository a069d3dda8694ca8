//! `Base.name(self, ..)` in a method of a class below `Base` that does not define `name` itself.
//!
//! before                                             after
//!   call @m.AppError.__init__(%self, %text)            super m.AppError.__init__(%text)
//!   method (item @builtins.Exception).__init__(..)     super m.AppError.__init__(%text)
//!   call @m.Middle.show(%self)                         call @m.Top.show(%self)

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let methods: Vec<Name> = program.classes.values().flat_map(|def| def.methods.clone()).collect();
    for path in methods {
        let Some(body) = program.fns.get(&path).filter(|body| body.has_receiver()) else { continue };
        let found: Vec<(NodeId, Node)> =
            body.nodes.ids().filter_map(|id| Some((id, meant(program, body, path, id)?))).collect();
        if found.is_empty() {
            continue;
        }
        let body = Arc::make_mut(&mut program.fns[&path]);
        for (id, kind) in found {
            body.nodes[id].kind = kind;
        }
    }
}

fn meant(program: &Program<Hir>, body: &Body<Hir>, method: Name, id: NodeId) -> Option<Node> {
    let Node::Call { callee, args } = &body.nodes[id].kind else { return None };
    let (base, name) = match callee {
        Callee::Fn(path) if !program.fns.contains_key(path) => (path.parent(), path.last()),
        Callee::Method(receiver, name) => match &body.nodes[*receiver].kind {
            Node::Item(class) => (*class, name.as_str()),
            _ => return None,
        },
        _ => return None,
    };
    let this = body.params.first()?.local;
    let is_this = matches!(&body.nodes[args.first()?.value].kind, Node::Use(place, _) if place.as_local() == Some(this));
    let order = program.mro(method.parent());
    let is_builtin =
        base.as_str().starts_with("builtins.") && crate::env::is_builtin_error(Name::new(base.last()));
    if !is_this || !order.contains(&base) && !is_builtin {
        return None;
    }
    if let Some(found) = program.find_method(base, name) {
        return Some(Node::Call { callee: Callee::Fn(found), args: args.clone() });
    }
    // Nothing of the program is behind the last class.
    let callee = Callee::Super(order.last()?.join(name));
    (name == "__init__").then(|| Node::Call { callee, args: args[1..].to_vec() })
}
