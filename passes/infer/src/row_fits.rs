//! Whether the types of arguments fit the row of a library function.

use crate::apply::Apply;
use crate::bind::{Bound, Slot};
use batuta_catalog::Row;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    pub(crate) fn fits_row(&self, row: &Row, bound: &Bound, args: &[NodeId], loose: bool) -> bool {
        self.fits_row_by(row, bound, args, &|me, ty, actual| me.fits(ty, actual, loose))
    }

    /// Whether they fit where those that may be `None` are not.
    pub(crate) fn fits_row_unless_none(&self, row: &Row, bound: &Bound, args: &[NodeId]) -> bool {
        self.fits_row_by(row, bound, args, &|me, ty, actual| match actual.kind() {
            TyKind::Option(have) => me.fits(ty, actual, false) || me.fits(ty, *have, false),
            _ => me.fits(ty, actual, false),
        })
    }

    fn fits_row_by(
        &self,
        row: &Row,
        bound: &Bound,
        args: &[NodeId],
        fits: &dyn Fn(&Self, Ty, Ty) -> bool,
    ) -> bool {
        bound.slots.iter().zip(&row.params).all(|(slot, param)| {
            let items: &[usize] = match slot {
                Slot::Arg(at) => std::slice::from_ref(at),
                Slot::Pack(items) => items,
                _ => &[],
            };
            items.iter().all(|at| {
                let is_item = matches!(self.body.nodes[args[*at]].kind, Node::Item(_));
                (is_item && matches!(param.ty.kind(), TyKind::Func(..)))
                    || fits(self, param.ty, self.ty(args[*at]))
            })
        })
    }

    /// Whether a row takes as ints what may be floats.
    pub(crate) fn takes_as_ints(&self, row: &Row, bound: &Bound, args: &[NodeId]) -> bool {
        let is_open = |ty: Ty| match ty.kind() {
            TyKind::Num | TyKind::Value => true,
            TyKind::Union(items) => {
                items.iter().any(|item| matches!(item.kind(), TyKind::Num | TyKind::Float(_)))
            }
            _ => false,
        };
        let is_num = |ty: Ty| is_open(ty) || !ty.children().is_empty() && is_open(self.item_type(ty));
        bound.slots.iter().zip(&row.params).any(|(slot, param)| {
            let takes_ints = param.ty.any(&mut |ty| matches!(ty.kind(), TyKind::Int(_)));
            matches!(slot, Slot::Arg(at) if takes_ints && is_num(self.ty(args[*at])))
        })
    }

    /// Whether an actual type suits a row's type; `loose` allows coercions with a check.
    pub(crate) fn fits(&self, ty: Ty, actual: Ty, loose: bool) -> bool {
        use TyKind::*;
        if matches!(actual.kind(), Never) {
            return true;
        }
        match (ty.kind(), actual.kind()) {
            (Var(_) | Value, _) => true,
            (Option(inner), Option(have)) => self.fits(*inner, *have, loose),
            (Option(_), Unit) => true,
            (Option(inner), _) => !matches!(inner.kind(), Var(_)) && self.fits(*inner, actual, loose),
            (_, Option(have)) => loose && self.fits(ty, *have, loose),
            (Iter(item), Value) if matches!(item.kind(), Var(_) | Value) => true,
            (Union(_), Union(_)) => loose,
            (_, Union(items)) => loose && items.iter().any(|item| self.fits(ty, *item, true)),
            (_, Value) => loose && !matches!(ty.kind(), Unit),
            (Int(_) | Float(_), Bool) => self.body.lang != Lang::Ruchy,
            (Int(_), Int(_)) => true,
            (Float(_), Float(_) | Int(_)) => true,
            (Float(_), Num) | (Int(_), Num) => loose,
            (Num, Num | Int(_) | Float(_)) => true,
            (Complex, Complex | Float(_) | Int(_)) => true,
            (Iter(item), _) => {
                let have = self.item_type(actual);
                self.is_iterable(actual)
                    && (self.fits_inside(*item, have) || loose && self.fits(*item, have, true))
            }
            (Func(..), Func(..) | TypeOf(_)) => true,
            (Func(..), Class(class, _)) => self.types.env().method(*class, "__call__").is_some(),
            (Error, Class(class, _)) => self.types.env().is_error(*class),
            (Union(items), _) => items.iter().any(|item| self.fits(*item, actual, loose)),
            (Lib(a, _), Lib(b, _)) if *a == "file" => crate::contexts::is_text_stream(*b),
            (Lib(a, x), Lib(b, y)) => a == b && x.iter().zip(y).all(|(x, y)| self.fits_inside(*x, *y)),
            (a, b) if std::mem::discriminant(a) == std::mem::discriminant(b) => {
                let (x, y) = (ty.children(), actual.children());
                x.len() == y.len() && x.into_iter().zip(y).all(|(x, y)| self.fits_inside(x, y))
            }
            _ => false,
        }
    }

    /// Inside a container no coercion happens, but an empty one suits all.
    fn fits_inside(&self, ty: Ty, actual: Ty) -> bool {
        matches!(ty.kind(), TyKind::Var(_))
            || *actual.kind() == TyKind::Unit
            || ty == actual
            || (!matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_)) && self.fits(ty, actual, false))
    }

    fn is_iterable(&self, ty: Ty) -> bool {
        use TyKind::*;
        match ty.kind() {
            List(_) | Set(_) | FrozenSet(_) | Iter(_) | Dict(..) | Str | Bytes | Range | Tuple(_)
            | TypeOf(_) => true,
            Lib(name, _) => !batuta_catalog::functions(name.join("__iter__").as_str()).is_empty(),
            Class(class, _) => {
                let env = self.types.env();
                let names = ["__iter__", "__next__", "__getitem__"];
                names.iter().any(|name| env.method(*class, name).is_some()) || env.is_named_tuple(*class)
            }
            _ => false,
        }
    }
}
