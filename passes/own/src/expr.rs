//! Expressions: each use gets its mode, each value the representation that its context wants.

use crate::body::{Own, Want};
use batuta_base::Origin;
use batuta_core::*;

impl Own<'_> {
    /// Lowers a node for a context.
    pub fn node(&mut self, id: NodeId, want: Want) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty, row.origin);
        match &row.kind {
            Node::Const(value) => self.constant(value, ty, want, origin),
            Node::Use(place, _) => self.use_place(id, place, want),
            Node::Op { op, attr, args } => self.operation(id, *op, attr, args, want),
            Node::Call { callee, args } => {
                let node = self.call(id, callee, args);
                self.temporary(node, want, origin)
            }
            Node::Format(pieces) => {
                let pieces = self.pieces(pieces);
                let node = self.out.node(Node::Format(pieces), ty, origin);
                self.temporary(node, want, origin)
            }
            Node::Seq { clauses, sink } => {
                let node = self.seq(clauses, sink, ty, origin);
                self.temporary(node, want, origin)
            }
            Node::Closure(closure) => self.closure(id, closure, ty, origin),
            Node::Item(_) | Node::Hole { .. } => self.out.node(row.kind.clone(), ty, origin),
            _ => self.control(id, want),
        }
    }

    /// A temporary in a context that wants a reference.
    pub fn temporary(&mut self, node: NodeId, want: Want, origin: Origin) -> NodeId {
        let ty = self.out.ty(node);
        match want {
            Want::Ref if !matches!(ty.kind(), TyKind::Ref(_)) => {
                self.out.op(RsOp::Ref, vec![node], ty.reference(), origin)
            }
            Want::Mut => self.out.op(RsOp::Mut, vec![node], ty.reference_mut(), origin),
            _ => node,
        }
    }

    fn constant(&mut self, value: &Const, ty: Ty, want: Want, origin: Origin) -> NodeId {
        if let Const::Str(_) = value {
            let literal = self.out.node(Node::Const(value.clone()), Ty::str().reference(), origin);
            return match want {
                Want::Own => self.out.op(RsOp::ToOwned, vec![literal], Ty::str(), origin),
                _ => literal,
            };
        }
        let ty =
            if *value == Const::None && !matches!(ty.kind(), TyKind::Option(_)) { Ty::unit() } else { ty };
        let node = self.out.node(Node::Const(value.clone()), ty, origin);
        if want == Want::Ref { self.temporary(node, want, origin) } else { node }
    }

    /// Converts a scalar to the width that its target has.
    pub fn coerce(&mut self, node: NodeId, want: Ty) -> NodeId {
        let have = self.out.ty(node);
        let origin = self.out.nodes[node].origin;
        match (have.kind(), want.kind()) {
            (TyKind::Int(a), TyKind::Int(b)) if a != b => {
                if let Node::Const(Const::Int(_)) = self.out.nodes[node].kind {
                    self.out.nodes[node].ty = want;
                    return node;
                }
                self.out.op(IntOp::Cast, vec![node], want, origin)
            }
            (TyKind::Ref(inner), TyKind::Int(Width::I64)) if inner.is_big() => {
                self.out.op(IntOp::Cast, vec![node], want, origin)
            }
            (TyKind::Option(a), TyKind::Option(b)) if a != b && a.is_int() && b.is_int() => {
                self.out.op(IntOp::Cast, vec![node], want, origin)
            }
            (TyKind::Tuple(a), TyKind::Tuple(b)) if a != b && a.len() == b.len() => {
                self.coerce_tuple(node, want)
            }
            _ => node,
        }
    }

    fn coerce_tuple(&mut self, node: NodeId, want: Ty) -> NodeId {
        let (Node::Op { op: Op::TupleOp(TupleOp::New), args, .. }, TyKind::Tuple(wants)) =
            (self.out.nodes[node].kind.clone(), want.kind())
        else {
            return node;
        };
        let origin = self.out.nodes[node].origin;
        let args = args.iter().zip(wants).map(|(arg, want)| self.coerce(*arg, *want)).collect();
        self.out.op(TupleOp::New, args, want, origin)
    }
}
