//! Tuples that are joined.
//!
//! before             after
//!   %t + %u            (%t.0, %t.1, %u.0)
//!   f() + (1, x)       { first = f(); (first.0, 1, x) }

use crate::apply::Apply;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// `a + b` of two tuples is a tuple of all their items.
    pub(crate) fn chain(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let is_still = |me: &Self| match &me.body.nodes[a].kind {
            Node::Use(place, _) => place.as_local().is_some(),
            _ => me.items_of(a).is_some_and(|items| items.iter().all(|item| me.is_simple(*item))),
        };
        let mut stmts = Vec::new();
        let mut left = a;
        let is_second_still = self.is_simple(b)
            || self.items_of(b).is_some_and(|items| items.iter().all(|item| self.is_simple(*item)));
        if !is_second_still && !is_still(self) {
            let (local, stmt) = self.set_temp("first", a);
            stmts.push(stmt);
            left = self.read_local(local, self.origin(a));
        }
        let whole = self.with_items(left, &mut |me, first| {
            let first = first.to_vec();
            me.with_items(b, &mut |me, second| {
                let all = [&first[..], second].concat();
                let ty = Ty::tuple(all.iter().map(|item| me.ty(*item)).collect::<Vec<_>>());
                me.mk_op(TupleOp::New, Attr::None, all, ty)
            })
        });
        if stmts.is_empty() { whole } else { self.mk_block(stmts, whole) }
    }

    /// The items of a tuple that is written out.
    fn items_of(&self, tuple: NodeId) -> Option<&[NodeId]> {
        match &self.body.nodes[tuple].kind {
            Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => Some(args),
            _ => None,
        }
    }

    fn with_items(&mut self, tuple: NodeId, make: &mut dyn FnMut(&mut Self, &[NodeId]) -> NodeId) -> NodeId {
        if let Some(items) = self.items_of(tuple) {
            let items = items.to_vec();
            return make(self, &items);
        }
        let types = self.ty(tuple).children();
        self.with_value(tuple, |me, read| {
            let mut items = Vec::new();
            for (at, ty) in types.iter().enumerate() {
                let tuple = read(me);
                items.push(me.place_read(tuple, Proj::Field(Name::new(&at.to_string())), *ty));
            }
            make(me, &items)
        })
    }
}
