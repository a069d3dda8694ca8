//! `any(xs)`, `all(xs)`, `filter(None, xs)` over items whose truth is no property of their type alone: objects ask their
//! class, and what has neither length nor `__bool__` is true.
//!
//! before                          after
//!   any(objects)                    any(bool(item) for item in objects)
//!   filter(None, objects)           filter(lambda x: bool(x), objects)

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    pub(crate) fn with_item_truths(
        &mut self,
        id: NodeId,
        name: Name,
        args: &[NodeId],
        origin: Origin,
    ) -> Option<NodeId> {
        match (name.as_str(), args) {
            ("builtins.any" | "builtins.all", [items]) => {
                let item = self.item_type(self.ty(*items));
                let items = asks_its_class(item).then(|| self.truths_of(*items, item, origin))?;
                Some(self.lib_call(name, &[ArgKind::Positional], vec![items], Some(id), origin))
            }
            ("builtins.filter" | "itertools.filterfalse", [test, items])
                if *self.ty(*test).kind() == TyKind::Unit =>
            {
                let item = self.item_type(self.ty(*items));
                let to = Ty::func([item], Ty::bool());
                let test = asks_its_class(item)
                    .then(|| self.eta(&[item], Ty::bool(), to, origin, |_, args| args[0]))?;
                Some(self.lib_call(name, &[ArgKind::Positional; 2], vec![test, *items], Some(id), origin))
            }
            _ => None,
        }
    }

    fn truths_of(&mut self, items: NodeId, item: Ty, origin: Origin) -> NodeId {
        let local = self.body.temp("item", item, origin);
        let read = self.read_local(local, origin);
        let value = self.truth(read);
        let iter = self.iterable_value(items);
        let clause = Clause::For { pat: Pat::Place(Place::local(local)), iter };
        self.mk(Node::Seq { clauses: vec![clause], sink: Sink::Iter(value) }, Ty::iter(Ty::bool()), origin)
    }
}

fn asks_its_class(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Class(..) | TyKind::Func(..) | TyKind::TypeOf(_) | TyKind::Iter(_) => true,
        TyKind::Error | TyKind::Unit => true,
        TyKind::Lib(name, _) => *name != "tuple",
        TyKind::Option(inner) => asks_its_class(*inner),
        TyKind::Union(items) => items.iter().any(|item| asks_its_class(*item)),
        _ => false,
    }
}
