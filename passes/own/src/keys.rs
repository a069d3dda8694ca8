//! `place[key] = value`: Python computes the value, then the container, then the key.
//!
//! before (Typed)                              after (Mir)
//!   set place %d[copy %self.n] =                let %value = call @C.bump(mut %self)
//!     call @C.bump(mut %self)                   set place %d[copy %self.n] = copy %value

use crate::body::Own;
use batuta_base::{FxHashSet, Name};
use batuta_catalog as catalog;
use batuta_core::*;

impl Own<'_> {
    /// Whether it can be told which of a key and the value that is stored under it is computed first.
    pub(crate) fn key_meets_value(&self, key: NodeId, value: NodeId) -> bool {
        let changes = self.span_events(value).any(|mine| {
            let meets = |other: &crate::access::Event| {
                other.root == mine.root && (mine.kind.changes() || other.kind.changes())
            };
            self.span_events(key).any(meets)
        });
        changes || self.acts(value) && (self.may_fault(key) || self.key_moves(key, value))
    }

    /// Whether a key reads what the code that the value runs may change.
    pub(crate) fn key_moves(&self, key: NodeId, value: NodeId) -> bool {
        let mut fields: FxHashSet<Name> = FxHashSet::default();
        let reads_outside = self.any_below(key, &mut |own, node| {
            let Node::Use(place, _) = &own.src.nodes[node].kind else { return false };
            fields.extend(crate::changed::fields_of(place));
            match place.root {
                Root::Global(path) => {
                    own.program.globals.get(&path).is_none_or(|global| global.storage != Storage::Const)
                }
                Root::Local(local) => own.out.locals[local].ty.cell().is_some(),
                Root::Node(_) => false,
            }
        });
        reads_outside && self.calls_program(value) || self.may_change(value, &fields)
    }

    /// Calls code of the program, reads or writes the world.
    pub(crate) fn acts(&self, node: NodeId) -> bool {
        self.calls_program(node)
            || self.any_below(node, &mut |own, node| own.catalog_row(node).is_some_and(|row| row.io))
    }

    /// The same, or changes an object in place: to do it twice is another program.
    pub(crate) fn does_something(&self, node: NodeId) -> bool {
        self.acts(node) || self.span_events(node).any(|event| event.kind.changes())
    }

    /// May stop with an error, or has an effect itself. Sums of ints count as values.
    fn may_fault(&self, node: NodeId) -> bool {
        self.any_below(node, &mut |own, node| match &own.src.nodes[node].kind {
            Node::Use(place, _) => {
                place.proj.iter().any(|proj| matches!(proj, Proj::Index(_) | Proj::Nth(_)))
            }
            Node::Call { callee: Callee::Lib(_), .. } => {
                own.catalog_row(node).is_none_or(|row| row.io || !row.raises.is_empty())
            }
            Node::Call { .. } => true,
            Node::Op { op, .. } => is_partial(*op),
            _ => false,
        })
    }

    fn catalog_row(&self, node: NodeId) -> Option<&'static catalog::Row> {
        let Node::Call { callee: Callee::Lib(name), args } = &self.src.nodes[node].kind else { return None };
        let tys: Vec<Ty> = args.iter().map(|arg| self.src.ty(arg.value)).collect();
        catalog::select(name.as_str(), &tys)
    }
}

/// Operations with operands that they refuse.
fn is_partial(op: Op) -> bool {
    let is_sum = matches!(
        op,
        Op::IntOp(
            IntOp::Add | IntOp::Sub | IntOp::Mul | IntOp::Neg | IntOp::Abs | IntOp::ToFloat | IntOp::Cast
        ) | Op::NumOp(NumOp::Add | NumOp::Sub | NumOp::Mul | NumOp::Neg | NumOp::Abs)
            | Op::OptOp(_)
            | Op::UnionOp(_)
            | Op::ClassOp(_)
    );
    !is_sum && !matches!(op.info().effect, Effect::Pure)
}
