//! `place op= value` and `del place`.

use crate::alias::Reads;
use crate::body::{Own, Want};
use batuta_base::{FxHashSet, Name, Origin};
use batuta_core::*;

impl Own<'_> {
    pub(crate) fn update(&mut self, place: &Place, op: Op, value: NodeId) -> StmtKind {
        let ty = self.place_ty(place);
        let source = value;
        if (self.place_in_cell(place) && !is_in_place(op) || self.loads_first(place, source, ty))
            && !self.index_calls(place)
        {
            return self.update_cell(place, op, source, ty);
        }
        if let Some(local) = place.as_local()
            && ty.is_int()
            && !ty.is_big()
            && !self.is_borrowed(local)
            && !self.place_in_cell(place)
            && !self.live.maybe_unbound.contains(&local)
            && self.local_rounds_down(local, op, source)
        {
            return self.plain_division(place, op, source, ty);
        }
        // The source computes the indices first; Rust computes the value first where it is a number.
        self.early_for = ty.is_copy().then_some(source);
        let target = self.place_to_change(place);
        self.early_for = None;
        let value = match op {
            Op::ListOp(ListOp::Concat) => self.iterate(source, Reads::Ref, true).0,
            _ => self.node(source, Want::Read),
        };
        let value = match op {
            Op::ListOp(_) | Op::IntOp(IntOp::Shl | IntOp::Shr | IntOp::Pow) => value,
            Op::IntOp(_) if !ty.is_big() => self.coerce(value, ty),
            _ => value,
        };
        // `place op= value` on anything but a machine number borrows the place first.
        let is_lent = matches!(self.out.ty(value).kind(), TyKind::Ref(_))
            && matches!(self.src.nodes[source].kind, Node::Use(..))
            && !matches!(op, Op::ListOp(_));
        let value = if self.must_settle_update(place, source, ty, is_lent) {
            let owned = match self.out.ty(value).kind() {
                TyKind::Ref(_) if !matches!(op, Op::ListOp(_)) && self.does_something(source) => {
                    self.out.op(RsOp::Clone, vec![value], ty, self.src.nodes[source].origin)
                }
                TyKind::Ref(_) if !matches!(op, Op::ListOp(_)) => self.node(source, Want::Own),
                _ => value,
            };
            self.settle(owned)
        } else {
            value
        };
        StmtKind::Update { place: target, op, value }
    }

    /// `n //= 10` where nothing is negative, as a division of its own: Rust has that as `n /= 10`.
    pub(crate) fn plain_division(&mut self, place: &Place, op: Op, value: NodeId, ty: Ty) -> StmtKind {
        let origin = self.src.nodes[value].origin;
        let target = self.place_to_write(place);
        let old = self.out.node(Node::Use(target.clone(), Mode::Copy), ty, origin);
        let value = self.node(value, Want::Read);
        let value = self.coerce(value, ty);
        let attr = Attr::Name(Name::new("plain"));
        let value = self.out.node(Node::Op { op, attr, args: vec![old, value] }, ty, origin);
        StmtKind::Set { target: Pat::Place(target), value }
    }

    /// An operation without an operator that changes its left side: the guard of the read ends before
    /// that of the write begins.
    pub(crate) fn update_cell(&mut self, place: &Place, op: Op, value: NodeId, ty: Ty) -> StmtKind {
        let old = self.place(place, Want::Ref, false);
        let origin = self.src.nodes[value].origin;
        let must_load = self.loads_first(place, value, ty);
        let (mode, old_ty) = match () {
            () if ty.is_copy() => (Mode::Copy, ty),
            () if must_load => (Mode::Clone, ty),
            () => (Mode::Ref, ty.reference()),
        };
        let old = self.out.node(Node::Use(old, mode), old_ty, origin);
        let old = if must_load { self.named(old) } else { old };
        let value = self.node(value, Want::Read);
        let keeps_count = matches!(op, Op::IntOp(IntOp::Shl | IntOp::Shr | IntOp::Pow));
        let value = match op {
            Op::IntOp(_) if !ty.is_big() && !keeps_count => self.coerce(value, ty),
            _ => value,
        };
        let new = self.out.op(op, vec![old, value], ty, origin);
        let value = self.named(new);
        StmtKind::Set { target: Pat::Place(self.place_to_write(place)), value }
    }

    /// `self.n += self.bump()` where `bump` sets `n`, too: the old value is read before.
    fn loads_first(&self, place: &Place, value: NodeId, ty: Ty) -> bool {
        let fields: FxHashSet<Name> = crate::changed::fields_of(place).collect();
        let lends = place.as_local().is_some_and(|local| {
            self.live.captured.contains(&local) && self.calls_program(value)
                || self.span_events(value).any(|event| event.root == local && event.kind.changes())
        });
        let changes = lends || !fields.is_empty() && self.may_change(value, &fields);
        changes && !ty.is_mutable()
    }

    /// Whether an index of the place calls the program.
    pub(crate) fn index_calls(&self, place: &Place) -> bool {
        place.proj.iter().any(|proj| match proj {
            Proj::Index(index) | Proj::Nth(index) => self.calls_program(*index),
            _ => false,
        })
    }

    /// Whether an expression reads a local.
    pub(crate) fn read_in(&self, node: NodeId, local: LocalId) -> bool {
        self.span_events(node).any(|event| event.root == local)
    }

    pub(crate) fn must_settle_update(&self, place: &Place, value: NodeId, ty: Ty, is_lent: bool) -> bool {
        if self.place_in_cell(place) && (self.calls_program(value) || self.holds_guard(value)) {
            return true;
        }
        let Root::Local(root) = place.root else { return false };
        let is_call = place.proj.iter().any(|proj| !matches!(proj, Proj::Field(_)));
        let borrows_first = !ty.is_copy();
        self.span_events(value)
            .any(|event| event.root == root && borrows_first && (is_call || is_lent || event.kind.changes()))
    }

    pub(crate) fn delete(&mut self, place: &Place) -> Option<StmtKind> {
        if let Some(local) = place.as_local() {
            if !self.live.maybe_unbound.contains(&local) {
                return None;
            }
            let ty = self.optional_ty(local);
            let none = self.out.op(OptOp::None, Vec::new(), ty, Origin::default());
            return Some(StmtKind::Set { target: Pat::Place(Place::local(local)), value: none });
        }
        Some(StmtKind::Del(self.place_to_change(place)))
    }
}

/// Operations that Rust has as `place op= value`.
fn is_in_place(op: Op) -> bool {
    matches!(
        op,
        Op::IntOp(IntOp::Add | IntOp::Sub | IntOp::Mul | IntOp::And | IntOp::Or | IntOp::Xor)
            | Op::FloatOp(FloatOp::Add | FloatOp::Sub | FloatOp::Mul | FloatOp::Div)
            | Op::NumOp(NumOp::Add | NumOp::Sub | NumOp::Mul)
            | Op::BoolOp(_)
            | Op::StrOp(StrOp::Concat)
            | Op::ListOp(ListOp::Concat)
            | Op::SetOp(_)
            | Op::DictOp(_)
    )
}
