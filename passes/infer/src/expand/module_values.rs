//! A module that is given where one of its objects is expected.
//!
//! before                                 after
//!   obj.or_else(%rng, item random)         obj.or_else(%rng, lib:random._inst())

use batuta_base::Name;
use batuta_core::*;

pub(super) fn expand(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if matches!(&body.nodes[id].kind, Node::Item(name) if *name == "random") {
            let callee = Callee::Lib(Name::new("random._inst"));
            body.nodes[id].kind = Node::Call { callee, args: Vec::new() };
        }
    }
}
