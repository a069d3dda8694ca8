//! Two items of one list that take each other's place: no item gets a second owner.
//!
//! before (Typed)                                              after (Mir)
//!   set (%rows[%i], %rows[%j]) = tuple.new(%rows[%j], %rows[%i])  rs.method{swap_at}(mut %rows, copy %i, copy %j)
//!
//! Holds back where an index has an effect, and for items that are copied: those are assigned.

use crate::body::{Own, Want};
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Own<'_> {
    /// `xs[i], xs[j] = xs[j], xs[i]` as one exchange.
    pub fn swap(&mut self, target: &Pat, value: NodeId, origin: Origin) -> Option<StmtKind> {
        let (list, i, j) = self.crossed(target, value)?;
        let ty = self.place_ty(&list).strip_ref();
        let TyKind::List(item) = ty.strip().kind() else { return None };
        if item.is_copy() {
            return None;
        }
        let is_known = |own: &Self, index: NodeId| own.bounds.of(own.src, index).is_some_and(|least| least >= 0);
        let is_plain = !matches!(ty.kind(), TyKind::Shared(_)) && is_known(self, i) && is_known(self, j);
        let is_local = list.as_local().is_some();
        let mut indices = Vec::new();
        for index in [i, j] {
            let index = self.node(index, Want::Own);
            let index = self.coerce(index, Ty::i64());
            indices.push(if is_local { index } else { self.name_early(index) });
        }
        let place = self.place(&list, Want::Ref, true);
        let kind = match ty.kind() {
            TyKind::Shared(_) => Node::Use(place, Mode::Ref),
            _ => Node::Use(place, Mode::Mut),
        };
        let reference = if matches!(kind, Node::Use(_, Mode::Ref)) { ty.reference() } else { ty.reference_mut() };
        let mut args = vec![self.out.node(kind, reference, origin)];
        for index in indices {
            args.push(if is_plain { self.out.op(RsOp::As, vec![index], Ty::usize(), origin) } else { index });
        }
        let attr = Attr::Name(Name::new(if is_plain { "swap" } else { "swap_at" }));
        let node = self.out.node(Node::Op { op: RsOp::Method.into(), attr, args }, Ty::unit(), origin);
        Some(StmtKind::Expr(node))
    }

    /// The list and its two indices.
    fn crossed(&self, target: &Pat, value: NodeId) -> Option<(Place, NodeId, NodeId)> {
        let (Pat::Tuple(parts) | Pat::List { front: parts, rest: None, .. }) = target else { return None };
        let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &self.src.nodes[value].kind else {
            return None;
        };
        let ([Pat::Place(a), Pat::Place(b)], [x, y]) = (&parts[..], &args[..]) else { return None };
        let (Node::Use(x, _), Node::Use(y, _)) = (&self.src.nodes[*x].kind, &self.src.nodes[*y].kind) else {
            return None;
        };
        let (Some((Proj::Index(i), list)), Some((Proj::Index(j), other))) =
            (a.proj.split_last(), b.proj.split_last())
        else {
            return None;
        };
        let list = Place { root: a.root, proj: list.to_vec() };
        let other = Place { root: b.root, proj: other.to_vec() };
        let is_crossed = self.same_place(a, y) && self.same_place(b, x) && self.same_place(&list, &other);
        is_crossed.then_some((list, *i, *j))
    }

    /// Two places that are one, with indices without effect.
    fn same_place(&self, a: &Place, b: &Place) -> bool {
        let is_named = matches!(a.root, Root::Local(_) | Root::Global(_));
        is_named
            && a.root == b.root
            && a.proj.len() == b.proj.len()
            && a.proj.iter().zip(&b.proj).all(|(a, b)| match (a, b) {
                (Proj::Index(a), Proj::Index(b)) | (Proj::Nth(a), Proj::Nth(b)) => self.same_value(*a, *b),
                (a, b) => a == b,
            })
    }

    fn same_value(&self, a: NodeId, b: NodeId) -> bool {
        match (&self.src.nodes[a].kind, &self.src.nodes[b].kind) {
            (Node::Const(a), Node::Const(b)) => a == b,
            (Node::Use(a, _), Node::Use(b, _)) => self.same_place(a, b),
            (Node::Op { op: x, attr: p, args: a }, Node::Op { op: y, attr: q, args: b }) => {
                x == y
                    && p == q
                    && a.len() == b.len()
                    && matches!(op_effect(*x), Effect::Pure | Effect::Fault)
                    && a.iter().zip(b).all(|(a, b)| self.same_value(*a, *b))
            }
            (
                Node::Call { callee: Callee::Lib(name), args: a },
                Node::Call { callee: Callee::Lib(other), args: b },
            ) => {
                name == other
                    && name.as_str().starts_with("builtins.len")
                    && a.iter().zip(b).all(|(a, b)| self.same_value(a.value, b.value))
            }
            _ => false,
        }
    }
}

fn op_effect(op: Op) -> Effect {
    op.info().effect
}
