//! Records as plain data: `asdict`, `astuple`, `_asdict`, `_fields`.

use crate::apply::{Apply, BAD_CALL};
use crate::solve::Solver;
use crate::vars::{Atom, Head, Var};
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Solver<'_> {
    /// `asdict(x)` is a dict from text to anything.
    pub(crate) fn plain_dict(&mut self, out: Var) {
        let (key, value) = (self.vars.fresh(), self.vars.fresh());
        self.put(key, Head::Str);
        self.put(value, Head::Value);
        self.vars.add(out, Atom::new(Head::Dict, vec![key, value]));
    }

    /// `astuple(x)` is a tuple of anything.
    pub(crate) fn plain_tuple(&mut self, out: Var) {
        let item = self.vars.fresh();
        self.put(item, Head::Value);
        self.vars.add(out, Atom::new(Head::Lib(Name::new("tuple")), vec![item]));
    }
}

impl Apply<'_, '_, '_> {
    /// The fields of a record by name; records inside become dicts too.
    pub(crate) fn as_dict(&mut self, class: Name, object: NodeId, deep: bool, origin: Origin) -> NodeId {
        let ty = Ty::dict(Ty::str(), Ty::value());
        let fields = self.typed_fields(class);
        self.with_value(object, |me, read| {
            let mut nodes = Vec::new();
            for (name, field) in &fields {
                nodes.push(me.text(name.as_str(), origin));
                let object = read(me);
                let value = me.field_of(object, *name, *field, origin);
                nodes.push(if deep { me.plain(value, origin) } else { me.dynamic(value) });
            }
            me.mk(Node::Op { op: DictOp::New.into(), attr: Attr::None, args: nodes }, ty, origin)
        })
    }

    /// The fields of a record in order.
    pub(crate) fn as_tuple(&mut self, class: Name, object: NodeId, origin: Origin) -> NodeId {
        let fields = self.typed_fields(class);
        let list = self.with_value(object, |me, read| {
            let mut nodes = Vec::new();
            for (name, field) in &fields {
                let object = read(me);
                let value = me.field_of(object, *name, *field, origin);
                nodes.push(me.plain(value, origin));
            }
            let ty = Ty::list(Ty::value());
            me.mk(Node::Op { op: ListOp::New.into(), attr: Attr::None, args: nodes }, ty, origin)
        });
        self.lib_call(Name::new("builtins.tuple"), &[ArgKind::Positional], vec![list], None, origin)
    }

    fn typed_fields(&self, class: Name) -> Vec<(Name, Ty)> {
        let fields = self.types.env().program.all_fields(class);
        let ty = |name| self.field_type(class, name).unwrap_or_else(Ty::value);
        fields.into_iter().map(|field| (field.name, ty(field.name))).collect()
    }

    fn holds_record(&self, ty: Ty) -> bool {
        ty.any(&mut |ty| matches!(ty.kind(), TyKind::Class(class, _) if self.types.env().is_record(*class)))
    }

    /// A value as plain data.
    pub(crate) fn plain(&mut self, value: NodeId, origin: Origin) -> NodeId {
        let ty = self.ty(value);
        match ty.kind() {
            TyKind::Class(class, _) if self.types.env().is_record(*class) => {
                let dict = self.as_dict(*class, value, true, origin);
                self.dynamic(dict)
            }
            TyKind::List(item) if self.holds_record(*item) => {
                let local = self.body.temp("item", *item, origin);
                let iter = self.iter_of(value);
                let read = self.read_local(local, origin);
                let inner = self.plain(read, origin);
                let clause = Clause::For { pat: Pat::Place(Place::local(local)), iter };
                let seq = Node::Seq { clauses: vec![clause], sink: Sink::List(inner) };
                let list = self.mk(seq, Ty::list(Ty::value()), origin);
                self.dynamic(list)
            }
            _ if self.holds_record(ty) => {
                self.hole(value, BAD_CALL, format!("`asdict` of a field of type `{ty}`"))
            }
            _ => self.dynamic(value),
        }
    }
}
