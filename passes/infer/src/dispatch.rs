//! Members of a closed union: one use of each, chosen by the value's type.
//!
//! before                 after
//!   %shape.area()          if union.is<Circle>(%shape) { union.get(%shape).area() } else { .. }

use crate::apply::Apply;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// Whether every member of a union is an object of the program with this method or attribute.
    pub(crate) fn all_have(&self, members: &[Ty], name: Name) -> bool {
        let env = self.types.env();
        members.iter().all(|member| match member.kind() {
            TyKind::Class(class, _) => {
                env.method(*class, name.as_str()).is_some() || env.field_owner(*class, name).is_some()
            }
            _ => false,
        })
    }

    /// `make` of the member that the union holds. Arguments that `make` uses must be simple.
    pub(crate) fn by_member(
        &mut self,
        union: NodeId,
        want: Option<Ty>,
        make: &mut dyn FnMut(&mut Self, NodeId) -> NodeId,
    ) -> NodeId {
        let TyKind::Union(members) = self.ty(union).kind() else { return make(self, union) };
        self.with_value(union, |me, read| {
            let mut arms = Vec::new();
            for member in members {
                let value = read(me);
                let value = me.mk_op(UnionOp::Get, Attr::None, vec![value], *member);
                arms.push(make(me, value));
            }
            let types: Vec<Ty> = arms.iter().map(|arm| me.ty(*arm)).collect();
            let ty = me.common(&types, want);
            let arms: Vec<NodeId> = arms.into_iter().map(|arm| me.coerce(arm, ty)).collect();
            let mut rest = arms[arms.len() - 1];
            for (member, arm) in members.iter().zip(&arms).rev().skip(1) {
                let value = read(me);
                let test = me.mk_op(UnionOp::Is, Attr::Ty(*member), vec![value], Ty::bool());
                rest = me.choose(test, *arm, rest, ty);
            }
            rest
        })
    }

    /// Whether members are objects of the program.
    pub(crate) fn hold_objects(&self, members: &[Ty]) -> bool {
        members.iter().any(|member| matches!(member.kind(), TyKind::Class(..)))
    }

    /// A union as one of more or fewer members. What a test has ruled out is not asked for.
    pub(crate) fn other_union(&mut self, union: NodeId, to: Ty) -> NodeId {
        let (TyKind::Union(from), TyKind::Union(known)) = (self.ty(union).kind(), to.kind()) else {
            return union;
        };
        let is_narrower = known.iter().all(|member| from.contains(member));
        let left: Vec<Ty> = if is_narrower { known.to_vec() } else { from.to_vec() };
        self.with_value(union, |me, read| {
            let mut rest = None;
            for member in left.iter().rev() {
                let value = read(me);
                let value = me.mk_op(UnionOp::Get, Attr::None, vec![value], *member);
                let value = me.coerce(value, to);
                rest = Some(match rest {
                    None => value,
                    Some(rest) => {
                        let test = read(me);
                        let test = me.mk_op(UnionOp::Is, Attr::Ty(*member), vec![test], Ty::bool());
                        me.choose(test, value, rest, to)
                    }
                });
            }
            rest.unwrap_or(union)
        })
    }

    /// The branches of `a or 1` where each gives one member of a union, and those members.
    pub(crate) fn union_branches(&self, value: NodeId) -> Option<[(BlockId, NodeId); 2]> {
        let Node::If { then, els: Some(els), .. } = self.body.nodes[value].kind else { return None };
        let member = |block: BlockId| match &self.body.nodes[self.body.blocks[block].tail?].kind {
            Node::Op { op: Op::UnionOp(UnionOp::From), args, .. } => Some((block, args[0])),
            _ => None,
        };
        Some([member(then)?, member(els)?])
    }

    /// `make(a if c else b)` as `make(a) if c else make(b)`.
    pub(crate) fn in_branches(
        &mut self,
        choice: NodeId,
        branches: [(BlockId, NodeId); 2],
        make: &mut dyn FnMut(&mut Self, NodeId) -> NodeId,
    ) -> NodeId {
        let made = branches.map(|(block, member)| (block, make(self, member)));
        let ty = self.common(&made.map(|(_, value)| self.ty(value)), None);
        for (block, value) in made {
            let value = self.coerce(value, ty);
            self.body.blocks[block].tail = Some(value);
        }
        self.body.nodes[choice].ty = ty;
        choice
    }

    /// The type that holds the results of all members.
    pub(crate) fn common(&self, types: &[Ty], want: Option<Ty>) -> Ty {
        let mut ends = types.iter().filter(|ty| !matches!(ty.kind(), TyKind::Never));
        let Some(first) = ends.next() else { return want.unwrap_or_else(Ty::never) };
        let joined = ends.try_fold(*first, |all, ty| self.joined(all, *ty));
        joined.or(want).unwrap_or_else(Ty::value)
    }

    /// Gives arguments names where evaluating them again would matter.
    pub(crate) fn simple_args(&mut self, args: Vec<NodeId>) -> (Vec<NodeId>, Vec<Stmt>) {
        let mut stmts = Vec::new();
        let mut out = Vec::new();
        for arg in args {
            if self.is_simple(arg) || matches!(self.body.nodes[arg].kind, Node::Closure(_)) {
                out.push(arg);
                continue;
            }
            let origin = self.origin(arg);
            let (local, stmt) = self.set_temp("value", arg);
            stmts.push(stmt);
            out.push(self.read_local(local, origin));
        }
        (out, stmts)
    }

    /// `union.name(args)` for a method of all members.
    pub(crate) fn call_of_members(
        &mut self,
        union: NodeId,
        args: Vec<NodeId>,
        want: Option<Ty>,
        make: &mut dyn FnMut(&mut Self, NodeId, Vec<NodeId>) -> NodeId,
    ) -> NodeId {
        let (args, stmts) = self.simple_args(args);
        let call = self.by_member(union, want, &mut |me, member| {
            let args = args.iter().map(|arg| me.again(*arg)).collect();
            make(me, member, args)
        });
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }
}
