//! Two items of one list that take each other's place: `xs[i], xs[j] = xs[j], xs[i]` is one exchange.
//!
//! Holds back where an index or the list could be another one the second time: calls, properties.

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// The exchange that an assignment is, if it is one.
    pub(crate) fn exchange(&mut self, target: &Pat, value: NodeId, origin: Origin) -> Option<StmtKind> {
        let (Pat::Tuple(parts) | Pat::List { front: parts, rest: None, .. }) = target else { return None };
        let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &self.body.nodes[value].kind else {
            return None;
        };
        let ([Pat::Place(a), Pat::Place(b)], [x, y]) = (&parts[..], &args[..]) else { return None };
        let ((list, i), (other, j)) = (self.indexed(a)?, self.indexed(b)?);
        let (Node::Use(x, _), Node::Use(y, _)) = (&self.body.nodes[*x].kind, &self.body.nodes[*y].kind)
        else {
            return None;
        };
        let is_crossed = self.same_place(a, y) && self.same_place(b, x) && self.same(list, other);
        if !is_crossed || !matches!(self.solved(list)?.kind(), TyKind::List(_)) {
            return None;
        }
        // The second index is computed after the first item has changed.
        let mut reads_items = false;
        self.body.walk(Child::Node(j), &mut |node| {
            reads_items |= matches!(&self.body.nodes[node].kind, Node::Use(place, _)
                if place.proj.iter().any(|step| matches!(step, Proj::Index(_))));
        });
        if reads_items {
            return None;
        }
        let list = self.expr(list);
        let indices = [i, j].map(|index| {
            let index = self.expr(index);
            self.coerce(index, Ty::int())
        });
        let name = Name::new("list.swap$");
        let args = vec![list, indices[0], indices[1]];
        Some(StmtKind::Expr(self.lib_call(name, &[ArgKind::Positional; 3], args, None, origin)))
    }

    /// The object and the index of a place `object[index]`.
    fn indexed(&self, place: &Place) -> Option<(NodeId, NodeId)> {
        match (place.root, &place.proj[..]) {
            (Root::Node(object), [Proj::Index(index)]) if self.is_int(*index) => Some((object, *index)),
            _ => None,
        }
    }

    fn is_int(&self, node: NodeId) -> bool {
        self.solved(node).is_some_and(Ty::is_int)
    }

    fn same_place(&self, a: &Place, b: &Place) -> bool {
        let same_root = match (a.root, b.root) {
            (Root::Node(a), Root::Node(b)) => self.same(a, b),
            (a, b) => a == b,
        };
        same_root
            && a.proj.len() == b.proj.len()
            && a.proj.iter().zip(&b.proj).all(|(a_step, b_step)| match (a_step, b_step) {
                (Proj::Index(i), Proj::Index(j)) => self.is_int(*i) && self.same(*i, *j),
                (Proj::Field(name), Proj::Field(other)) => {
                    name == other && matches!(a.root, Root::Node(object) if self.is_own_field(object, *name))
                }
                _ => false,
            })
    }

    /// Equal expressions that give the same value twice: names, fields, literals, sums of ints, `len`.
    fn same(&self, a: NodeId, b: NodeId) -> bool {
        match (&self.body.nodes[a].kind, &self.body.nodes[b].kind) {
            (Node::Const(a), Node::Const(b)) => a == b,
            (Node::Use(a, _), Node::Use(b, _)) => self.same_place(a, b),
            (Node::Op { op: x, args: left, .. }, Node::Op { op: y, args: right, .. }) => {
                let is_arithmetic = matches!(
                    x,
                    Op::ObjOp(
                        ObjOp::Add | ObjOp::Sub | ObjOp::Mul | ObjOp::FloorDiv | ObjOp::Mod | ObjOp::Neg
                    )
                );
                x == y
                    && is_arithmetic
                    && left.iter().all(|arg| self.is_int(*arg))
                    && left.iter().zip(right).all(|(a, b)| self.same(*a, *b))
            }
            (
                Node::Call { callee: Callee::Lib(name), args: left },
                Node::Call { callee: Callee::Lib(other), args: right },
            ) => {
                let of_list =
                    |arg: &Arg| matches!(self.solved(arg.value).map(|ty| ty.kind()), Some(TyKind::List(_)));
                *name == "builtins.len"
                    && name == other
                    && left.iter().all(of_list)
                    && left.iter().zip(right).all(|(a, b)| self.same(a.value, b.value))
            }
            _ => false,
        }
    }
}
