//! Containers under `zip`, `reversed` and the like that a loop changes while it walks them.
//!
//! before                                   after
//!   for x in reversed(xs):                   `xs` is a shared list: its iterator sees what the body does
//!       if x == 3: xs.pop(0)
//!
//! So are objects whose method gives the iterator, where the loop changes them:
//!
//!   for t in self.graph:                     `self` is shared, or the items are collected first: where the
//!       self.push(t)                         method only shows fields that the loop leaves alone

use crate::access::{overlaps, steps};
use crate::alias::{Reads, is_view};
use crate::body::Own;
use crate::changed::names_read;
use batuta_base::Name;
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

    /// What a function of the program reads for the iterator that it gives, while the loop changes that:
    /// `true` where the items must be collected before.
    pub(crate) fn settle_lent(&mut self, source: NodeId, range: (u32, u32), inside: &[Child]) -> bool {
        let mut calls = Vec::new();
        self.calls_under(source, &mut calls);
        let mut collects = false;
        for (callee, arg) in calls {
            if !self.is_changed_between(arg, range) {
                continue;
            }
            if self.only_shows(callee, inside) {
                collects = true;
            } else if matches!(&self.src.nodes[arg].kind, Node::Use(place, _) if place.proj.is_empty()) {
                self.demote(arg);
            } else {
                self.demote_root(arg);
            }
        }
        collects
    }

    /// The calls of functions of the program under the adapters of a source, each with what it borrows.
    fn calls_under(&self, node: NodeId, out: &mut Vec<(Name, NodeId)>) {
        match &self.src.nodes[node].kind {
            Node::Op { op: Op::IterOp(_), args, .. } => {
                args.iter().for_each(|arg| self.calls_under(*arg, out));
            }
            Node::Call { callee: Callee::Lib(_), args } => {
                args.iter().for_each(|arg| self.calls_under(arg.value, out));
            }
            Node::Call { callee: Callee::Fn(path), args }
                if matches!(self.src.ty(node).kind(), TyKind::Iter(_)) =>
            {
                let is_lent = |arg: &NodeId| {
                    let ty = self.src.ty(*arg).strip_ref();
                    matches!(self.src.nodes[*arg].kind, Node::Use(..))
                        && !ty.is_copy()
                        && *ty.kind() != TyKind::Str
                };
                out.extend(args.iter().map(|arg| arg.value).filter(is_lent).map(|arg| (*path, arg)));
            }
            _ => {}
        }
    }

    fn is_changed_between(&self, arg: NodeId, range: (u32, u32)) -> bool {
        let Node::Use(place, _) = &self.src.nodes[arg].kind else { return false };
        let Root::Local(root) = place.root else { return false };
        if matches!(self.src.locals[root].ty.strip_ref().kind(), TyKind::Shared(_)) {
            return false;
        }
        let path = steps(&place.proj);
        self.all.events.iter().any(|event| {
            event.root == root
                && event.at > range.0
                && event.at <= range.1
                && event.kind.changes()
                && overlaps(&event.path, &path)
        })
    }

    /// Whether a function gives nothing but a view of fields that stay as they are while the parts run.
    fn only_shows(&self, path: Name, inside: &[Child]) -> bool {
        let Some(body) = self.program.fns.get(&path) else { return false };
        let mut plain = true;
        body.walk_block(body.root, &mut |node| {
            plain &= match &body.nodes[node].kind {
                Node::Use(..) | Node::Const(_) | Node::Return(_) | Node::Op { op: Op::IterOp(_), .. } => true,
                Node::Yield(_) | Node::YieldFrom(_) | Node::For { .. } => true,
                Node::Op { op: Op::TupleOp(TupleOp::New), .. } => true,
                Node::Call { callee: Callee::Lib(name), .. } => is_view(name.as_str()),
                _ => false,
            };
        });
        plain && self.leave_still(names_read(body, Child::Block(body.root)), inside)
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
