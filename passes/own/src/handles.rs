//! Methods that Rust's traits call on `&self`, but that need the handle of their object.
//!
//! `fmt` and `eq` see no handle; a copy does for a method that only reads. One that stores its object, or
//! changes it, where it has handed it on, is a hole: what it does to a copy would be lost.

use crate::access::{Kind, accesses_in};
use crate::body::Own;
use crate::changed::targets;
use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Whether the method is called by a trait, takes its handle, and keeps or changes the object.
pub(crate) fn gives_itself(program: &Program<Typed>, families: &Families, body: &Body<Typed>) -> bool {
    let by_trait = ["__str__", "__repr__", "__eq__", "__lt__"].contains(&body.path.last());
    let takes_handle = body.params.first().is_some_and(|this| {
        matches!(body.locals[this.local].ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::Shared(_)))
    });
    by_trait && takes_handle && alters(program, families, body, 0, &mut FxHashSet::default())
}

/// Whether a function keeps or changes what a parameter stands for.
fn alters(
    program: &Program<Typed>,
    families: &Families,
    body: &Body<Typed>,
    index: usize,
    seen: &mut FxHashSet<(Name, usize)>,
) -> bool {
    let Some(param) = body.params.get(index).filter(|_| seen.insert((body.path, index))) else {
        return false;
    };
    let all = accesses_in(families, program, body);
    let alters_it = all.events.iter().any(|event| {
        event.root == param.local
            && (event.kind.changes() || event.kind == Kind::Keep && event.path.is_empty())
    });
    let is_it = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(param.local));
    alters_it
        || body.nodes.iter().any(|(_, row)| {
            let Node::Call { callee, args } = &row.kind else { return false };
            let Some(at) = args.iter().position(|arg| is_it(arg.value)) else { return false };
            matches!(callee, Callee::Value(_))
                || targets(program, callee).iter().any(|path| {
                    let called = program.fns.get(path);
                    called.is_some_and(|called| alters(program, families, called, at, seen))
                })
        })
}

impl Own<'_> {
    /// The body of such a method.
    pub(crate) fn stop_at_handle(&mut self) -> BlockId {
        let found = self.diags.report(crate::GIVES_ITSELF, self.src.origin);
        found.label(self.src.origin, "what this method does to its object would be lost");
        found.hint("let the method only read, and change the object elsewhere");
        // It asks for no handle: the trait has none to give.
        for param in self.out.params.clone() {
            let row = &mut self.out.locals[param.local];
            if let TyKind::Ref(inner) = row.ty.kind() {
                row.ty = inner.strip_shared().reference();
            }
        }
        let why = crate::GIVES_ITSELF.title.into();
        let hole = self.out.node(Node::Hole { why, source: "".into() }, Ty::never(), self.src.origin);
        self.out.block(BlockRow { tail: Some(hole), ..BlockRow::default() })
    }
}
