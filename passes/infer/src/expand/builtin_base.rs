//! A call of the method of a builtin base by its name is one of `super()`.
//!
//! before                                        after
//!   method (item Exception).__init__(%self, x)    super __init__(x)
//!
//! `Exception.__str__(self)` below `KeyError` is the text that all other errors have.

use batuta_base::Name;
use batuta_core::*;

/// Writes out the calls in a method that name its class's builtin base.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    let Some(class) = program.classes.get(&body.path.parent()) else { return };
    let Some(this) = body.params.first().map(|param| param.local) else { return };
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Method(of, name), args } = &body.nodes[id].kind else { continue };
        let Node::Item(base) = body.nodes[*of].kind else { continue };
        let is_base = matches!(class.bases.as_slice(), [only] if only.last() == base.last());
        let is_own = args.first().is_some_and(|arg| {
            matches!(&body.nodes[arg.value].kind, Node::Use(place, _) if place.as_local() == Some(this))
        });
        if !is_own {
            continue;
        }
        let is_plain = matches!(base.last(), "Exception" | "BaseException") && *name == "__str__";
        if is_plain && !is_base {
            let callee = Callee::Lib(Name::new("error.plain_text"));
            body.nodes[id].kind = Node::Call { callee, args: args.clone() };
            continue;
        }
        if !is_base {
            continue;
        }
        let (callee, args) = (Callee::Super(*name), args[1..].to_vec());
        body.nodes[id].kind = Node::Call { callee, args };
    }
}
