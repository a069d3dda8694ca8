//! Members of int enums where the ints that they are count.

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// A member of an int enum as its value; anything else as it is.
    pub(crate) fn member_number(&mut self, node: NodeId) -> NodeId {
        if !self.is_member(self.ty(node)) {
            return node;
        }
        let origin = self.origin(node);
        self.attr(node, Name::new("value"), origin)
    }

    /// The values of the members that something gives: `map(|x| x.value, members)`.
    pub(crate) fn member_numbers(&mut self, items: NodeId, origin: Origin) -> NodeId {
        let item = self.item_type(self.ty(items));
        let ty = Ty::func([item], Ty::int());
        let number = self.eta(&[item], Ty::int(), ty, origin, |me, args| me.member_number(args[0]));
        self.lib_call(Name::new("builtins.map"), &[ArgKind::Positional; 2], vec![number, items], None, origin)
    }

    /// What `struct` packs: members count as ints, what is no plain value is for the format to refuse.
    pub(crate) fn packed_values(&mut self, name: Name, mut args: Vec<NodeId>) -> Vec<NodeId> {
        let Some(first) = crate::packed::first_packed(name) else { return args };
        for arg in args.iter_mut().skip(first) {
            *arg = self.member_number(*arg);
            let is_plain = match self.ty(*arg).kind() {
                TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Str | TyKind::Bytes => true,
                TyKind::Value | TyKind::Num | TyKind::Never => true,
                TyKind::Lib(name, _) => *name == "bytearray",
                _ => false,
            };
            if !is_plain {
                *arg = self.coerce(*arg, Ty::value());
            }
        }
        args
    }

    /// What `%` puts into a text: members count as ints, but in `%r`.
    pub(crate) fn percent_values(&mut self, template: NodeId, values: NodeId) -> NodeId {
        let shows_members = match self.body.as_const(template) {
            Some(Const::Str(text)) => text.contains("%r") || text.contains("%a"),
            _ => true,
        };
        let TyKind::Tuple(items) = self.ty(values).kind() else {
            return if shows_members { values } else { self.member_number(values) };
        };
        if shows_members || !items.iter().any(|ty| self.is_member(*ty)) {
            return values;
        }
        let plain = |ty: &Ty| if self.is_member(*ty) { Ty::int() } else { *ty };
        let ty = Ty::tuple(items.iter().map(plain).collect::<Vec<_>>());
        self.coerce(values, ty)
    }

    pub(crate) fn is_member(&self, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Class(class, _) if self.types.env().is_int_enum(*class))
    }
}
