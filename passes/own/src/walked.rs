//! Containers under `zip`, `reversed` and the like that a loop changes while it walks them.
//!
//! before                                   after
//!   for x in reversed(xs):                   `xs` is a shared list: its iterator sees what the body does
//!       if x == 3: xs.pop(0)

use crate::alias::Reads;
use crate::body::Own;
use batuta_core::*;

impl Own<'_> {
    /// Shares the containers that a lazy source reads and that the loop changes; false where there are none.
    pub(crate) fn share_walked(&mut self, source: NodeId, reads: Reads, inside: &[Child]) -> bool {
        // A dict or set itself, or its entries: the loop looks at the container each turn.
        if self.walked(source).is_some() {
            return false;
        }
        let mut lists = Vec::new();
        self.containers_under(source, &mut lists);
        lists.retain(|list| reads == Reads::Live || !self.keeps_still(*list, inside));
        let mut asked = false;
        for list in lists {
            asked |= self.demote(list);
        }
        asked
    }

    /// The containers that stand under the adapters of a source, which looks at them in every turn.
    fn containers_under(&self, node: NodeId, out: &mut Vec<NodeId>) {
        let row = &self.src.nodes[node];
        match &row.kind {
            Node::Use(..) if is_container(row.ty) => out.push(node),
            Node::Op { op: Op::IterOp(_), args, .. } => {
                args.iter().for_each(|arg| self.containers_under(*arg, out))
            }
            Node::Call { callee: Callee::Lib(_), args } if matches!(row.ty.kind(), TyKind::Iter(_)) => {
                args.iter().for_each(|arg| self.containers_under(arg.value, out));
            }
            Node::Seq { clauses, sink: Sink::Iter(_) } => {
                if let Some(Clause::For { iter, .. }) = clauses.first() {
                    self.containers_under(*iter, out);
                }
            }
            _ => {}
        }
    }
}

fn is_container(ty: Ty) -> bool {
    matches!(ty.strip_ref().kind(), TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_))
}
