//! Slices at Typed.

use crate::apply::{Apply, UNKNOWN_ATTRIBUTE};
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// `object[start:stop:step]`.
    fn dynamic_slice(&mut self, object: NodeId, bounds: Vec<NodeId>) -> NodeId {
        let mut args = vec![self.dynamic(object)];
        for bound in bounds {
            let bound = self.expr(bound);
            args.push(self.dynamic(bound));
        }
        self.mk_op(ValueOp::Method, Attr::Name(Name::new("__slice__")), args, Ty::value())
    }

    /// Start, stop and step of a slice object.
    pub(crate) fn slice_parts(&mut self, slice: NodeId) -> Vec<NodeId> {
        let origin = self.origin(slice);
        ["start", "stop", "step"]
            .map(|part| {
                let slice = self.again(slice);
                self.attr(slice, Name::new(part), origin)
            })
            .to_vec()
    }

    /// `object[slice]`.
    pub(crate) fn sliced_by(&mut self, object: NodeId, slice: NodeId, id: NodeId) -> NodeId {
        if let TyKind::Class(class, _) = self.ty(object).kind()
            && let Some(method) = self.types.env().slice_method(*class)
        {
            return self.call_method_path(*class, method, object, vec![slice]);
        }
        self.with_value(object, |me, read| {
            let object = read(me);
            me.with_value(slice, |me, read| {
                let slice = read(me);
                let bounds = me.slice_parts(slice);
                me.slice_at(object, bounds, [None; 3], [false; 3], Some(id))
            })
        })
    }

    pub(crate) fn slice(&mut self, object: NodeId, bounds: Vec<NodeId>, id: Option<NodeId>) -> NodeId {
        let ty = self.ty(object);
        if let TyKind::Option(inner) = ty.kind() {
            let object = self.unwrap(object, *inner, "TypeError: 'NoneType' object is not subscriptable");
            return self.slice(object, bounds, id);
        }
        if let Some(inner) = self.inner_part(object, &["__getitem__"]) {
            return self.slice(inner, bounds, id);
        }
        if matches!(ty.kind(), TyKind::Class(class, _) if self.is_named(ty) && self.types.env().slice_method(*class).is_none())
        {
            let fields = self.fields_of(object);
            return self.slice(fields, bounds, id);
        }
        let consts = [0, 1, 2].map(|at| self.constant(bounds[at]));
        let none = [0, 1, 2].map(|at| crate::narrow::is_none(&self.body, bounds[at]));
        if matches!(ty.kind(), TyKind::Value | TyKind::Union(_)) {
            return self.dynamic_slice(object, bounds);
        }
        let want = Ty::option(Ty::int());
        let bounds = bounds.into_iter().map(|bound| self.want(bound, want)).collect();
        self.slice_at(object, bounds, consts, none, id)
    }

    /// A slice with elaborated bounds: which of them are constants, and which `None`.
    fn slice_at(
        &mut self,
        object: NodeId,
        bounds: Vec<NodeId>,
        consts: [Option<i64>; 3],
        none: [bool; 3],
        id: Option<NodeId>,
    ) -> NodeId {
        let ty = self.ty(object);
        let mut args = vec![object];
        args.extend(bounds);
        match ty.kind() {
            TyKind::Never => object,
            TyKind::List(_) => self.mk_op(ListOp::Slice, Attr::None, args, ty),
            TyKind::Str => self.mk_op(StrOp::Slice, Attr::None, args, ty),
            TyKind::Bytes => self.mk_op(BytesOp::Slice, Attr::None, args, ty),
            TyKind::Tuple(items) => {
                let known =
                    consts.iter().zip(&none).take(2).all(|(at, none)| at.is_some() || *none) && none[2];
                let item = self.item_type(ty);
                let range = known.then(|| crate::rules::kept_items([consts[0], consts[1]], items.len()));
                let items = items.clone();
                self.with_value(object, |me, read| {
                    let mut fields = Vec::new();
                    for (at, ty) in items.iter().enumerate() {
                        if range.as_ref().is_none_or(|range| range.contains(&at)) {
                            let tuple = read(me);
                            let field = me.place_read(tuple, Proj::Field(Name::new(&at.to_string())), *ty);
                            fields.push(field);
                        }
                    }
                    if range.as_ref().is_some_and(|range| !range.is_empty()) {
                        let parts = fields.iter().map(|field| me.ty(*field)).collect::<Vec<_>>();
                        return me.mk_op(TupleOp::New, Attr::None, fields, Ty::tuple(parts));
                    }
                    let fields = fields.into_iter().map(|field| me.coerce(field, item)).collect();
                    let list = me.mk_op(ListOp::New, Attr::None, fields, Ty::list(item));
                    let list = if range.is_some() {
                        list
                    } else {
                        args[0] = list;
                        me.mk_op(ListOp::Slice, Attr::None, args, Ty::list(item))
                    };
                    let origin = me.origin(list);
                    me.lib_call(Name::new("builtins.tuple"), &[ArgKind::Positional], vec![list], None, origin)
                })
            }
            TyKind::Range => {
                let origin = self.origin(object);
                if none[2] {
                    args[3] = self.mk(Node::Const(Const::Int("1".into())), Ty::int(), origin);
                }
                let name = Name::new("range.__slice__");
                self.lib_call(name, &[ArgKind::Positional; 4], args, id, origin)
            }
            TyKind::Lib(name, _) => {
                let lib = name.join("__slice__");
                let origin = self.origin(object);
                self.lib_call(lib, &[ArgKind::Positional; 4], args, id, origin)
            }
            TyKind::Class(class, _) => match self.types.env().slice_method(*class) {
                Some(method) => {
                    args.remove(0);
                    let slice = self.mk_op(ObjOp::SliceObj, Attr::None, args, Ty::new(TyKind::Slice));
                    self.call_method_path(*class, method, object, vec![slice])
                }
                None => self.hole(object, UNKNOWN_ATTRIBUTE, format!("`{ty}` has no slices")),
            },
            _ => self.hole(object, UNKNOWN_ATTRIBUTE, format!("`{ty}` has no slices")),
        }
    }
}
