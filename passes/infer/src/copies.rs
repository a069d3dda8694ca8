//! `copy.copy` and `copy.deepcopy`, by the type of what is copied.
//!
//! before                       after
//!   copy.copy(%xs)               lib:list.copy(%xs)
//!   copy.deepcopy(%rows)         seq list(for %row in %rows => lib:list.copy(%row))
//!
//! What cannot change is its own copy. A deep copy of nested containers is `lib:copy.deepcopy`, which keeps
//! what is one object one object. Objects of the program are a hole.

use crate::apply::{Apply, UNKNOWN_LIBRARY};
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// `d.update(a=1)`: the names are a dict.
    pub(crate) fn named_updates(
        &mut self,
        kinds: &[ArgKind],
        args: &[NodeId],
        origin: Origin,
    ) -> Option<NodeId> {
        if !kinds.iter().any(|kind| matches!(kind, ArgKind::Named(_) | ArgKind::StarStar)) {
            return None;
        }
        let ty = self.ty(args[0]);
        let value = ty.children().get(1).copied()?;
        let mut items = Vec::new();
        for (kind, arg) in kinds.iter().zip(args).skip(1) {
            match kind {
                ArgKind::Named(name) => {
                    items.push(self.text(name.as_str(), origin));
                    items.push(self.coerce(*arg, value));
                }
                _ => {
                    let arg = self.coerce(*arg, ty);
                    items.push(self.mk_op(ObjOp::SplatDict, Attr::None, vec![arg], ty));
                }
            }
        }
        let names = self.mk(Node::Op { op: DictOp::New.into(), attr: Attr::None, args: items }, ty, origin);
        let kinds = [ArgKind::Positional; 2];
        Some(self.lib_call(Name::new("dict.update"), &kinds, vec![args[0], names], None, origin))
    }

    /// `it` and `n` of `[it] * n`, where `it` is one iterator that all places advance.
    pub(crate) fn repeated_iterator(&self, node: NodeId) -> Option<(NodeId, NodeId)> {
        let parts = |node: NodeId, wanted: ListOp| match &self.body.nodes[node].kind {
            Node::Op { op: Op::ListOp(op), args, .. } if *op == wanted => Some(args.clone()),
            _ => None,
        };
        let [list, count] = parts(node, ListOp::Repeat)?[..] else { return None };
        let [iter] = parts(list, ListOp::New)?[..] else { return None };
        matches!(self.ty(iter).kind(), TyKind::Iter(_)).then_some((iter, count))
    }

    /// A copy of an elaborated value; `deep` copies what it holds, too.
    pub(crate) fn copy_of(&mut self, value: NodeId, deep: bool, origin: Origin) -> NodeId {
        let ty = self.ty(value);
        if !ty.is_mutable() {
            return value;
        }
        let parts = ty.children();
        let is_flat = !deep || !parts.iter().any(|part| part.is_mutable());
        match ty.kind() {
            TyKind::List(_) if is_flat => self.lib_copy("list.copy", value, ty, origin),
            TyKind::Dict(..) if is_flat => self.lib_copy("dict.copy", value, ty, origin),
            TyKind::Set(_) => self.lib_copy("set.copy", value, ty, origin),
            _ if deep && !self.holds_objects(ty) => self.lib_copy("copy.deepcopy", value, ty, origin),
            TyKind::List(item) => {
                let (clause, read) = self.each_of(value, *item, origin);
                let item = self.copy_of(read, deep, origin);
                self.mk(Node::Seq { clauses: vec![clause], sink: Sink::List(item) }, ty, origin)
            }
            TyKind::Dict(key, item) => self.copy_dict(value, *key, *item, origin),
            TyKind::Tuple(items) => self.with_value(value, |me, read| {
                let mut copies = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    let whole = read(me);
                    let part = me.mk_op(TupleOp::Field, Attr::Int(at as i64), vec![whole], *item);
                    copies.push(me.copy_of(part, deep, origin));
                }
                me.mk_op(TupleOp::New, Attr::None, copies, ty)
            }),
            TyKind::Option(inner) => self.with_value(value, |me, read| {
                let whole = read(me);
                let cond = me.mk_op(OptOp::IsNone, Attr::None, vec![whole], Ty::bool());
                let none = me.mk_op(OptOp::None, Attr::None, Vec::new(), ty);
                let whole = read(me);
                let held = me.unwrap(whole, *inner, "None");
                let held = me.copy_of(held, deep, origin);
                let some = me.mk_op(OptOp::Some, Attr::None, vec![held], ty);
                me.choose(cond, none, some, ty)
            }),
            _ => self.hole(value, UNKNOWN_LIBRARY, format!("a copy of a value of type `{ty}`")),
        }
    }

    /// Whether the type has parts that only the program knows how to copy.
    fn holds_objects(&self, ty: Ty) -> bool {
        ty.any(&mut |part| {
            matches!(
                part.kind(),
                TyKind::Class(..) | TyKind::Func(..) | TyKind::Iter(_) | TyKind::Union(_) | TyKind::Error
            ) || matches!(part.kind(), TyKind::Lib(name, _) if *name != "tuple")
        })
    }

    fn lib_copy(&mut self, name: &str, value: NodeId, ty: Ty, origin: Origin) -> NodeId {
        let callee = Callee::Lib(Name::new(name));
        self.mk(Node::Call { callee, args: vec![Arg::positional(value)] }, ty, origin)
    }

    /// `for item in value`, and a read of the item.
    fn each_of(&mut self, value: NodeId, item: Ty, origin: Origin) -> (Clause, NodeId) {
        let local = self.body.temp("item", item, origin);
        let iter = self.iter_of(value);
        let read = self.read_local(local, origin);
        (Clause::For { pat: Pat::Place(Place::local(local)), iter }, read)
    }

    fn copy_dict(&mut self, value: NodeId, key: Ty, item: Ty, origin: Origin) -> NodeId {
        let ty = self.ty(value);
        let (keys, items) = (self.body.temp("key", key, origin), self.body.temp("item", item, origin));
        let pairs = Ty::iter(Ty::tuple([key, item]));
        let iter = self.lib_copy("dict.items", value, pairs, origin);
        let places = [keys, items].map(|local| Pat::Place(Place::local(local)));
        let key = self.read_local(keys, origin);
        let read = self.read_local(items, origin);
        let item = self.copy_of(read, true, origin);
        let clauses = vec![Clause::For { pat: Pat::Tuple(places.to_vec()), iter }];
        self.mk(Node::Seq { clauses, sink: Sink::Dict(key, item) }, ty, origin)
    }
}
