//! A method of a dynamic value where the call leaves parameters out or names them: what it calls is chosen
//! by the value's class, since only the signature says which argument is which.
//!
//! before                      after
//!   %v.moved(dy: 3)             if value.is<P>(%v) { value.to<P>(%v).moved(0, 3) } else { .. }

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// Whether the method changes a container that one of several static types is: as a dynamic value it would
    /// be another one.
    fn would_change_copy(&self, receiver: NodeId, name: Name) -> bool {
        let TyKind::Union(members) = self.ty(receiver).kind() else { return false };
        let is_container = |ty: &Ty| matches!(ty.kind(), TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_));
        members.iter().any(is_container) && crate::held::is_change(name.as_str())
    }

    pub(crate) fn call_of_dynamic(
        &mut self,
        receiver: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        if self.would_change_copy(receiver, name) {
            let why = format!("`{name}` would change a copy of one of several types");
            return self.hole(receiver, crate::apply::BAD_CALL, why);
        }
        let args = if self.types.env().has_arrays { self.named_types(name, kinds, args) } else { args };
        let receiver = self.dynamic(receiver);
        if self.types.env().has_arrays && name == "shuffle" && self.is_one_list(&args) {
            return self.shuffled(args[0], origin, |me, count| {
                me.named_call(receiver, Name::new("permutation"), vec![count])
            });
        }
        let classes = self.classes_with(name);
        if classes.is_empty() && matches!(name.as_str(), "_replace" | "_asdict") {
            return self.method_of_records(receiver, name, kinds, args, origin);
        }
        let is_plain = kinds.iter().all(|kind| *kind == ArgKind::Positional);
        if is_plain && classes.iter().all(|(_, method)| self.takes_exactly(*method, args.len())) {
            return self.named_call(receiver, name, args);
        }
        if classes.is_empty() {
            return self.call_dynamic_method(receiver, name, kinds, args);
        }
        let (args, stmts) = self.simple_args(args);
        let call = self.with_value(receiver, |me, read| {
            let value = read(me);
            let again = args.iter().map(|arg| me.again(*arg)).collect();
            let mut rest = match is_plain {
                true => me.named_call(value, name, again),
                false => me.call_dynamic_method(value, name, kinds, again),
            };
            for (class, method) in &classes {
                let value = read(me);
                let test = me.is_a(value, *class);
                let value = read(me);
                let object = me.coerce(value, Ty::class(*class));
                let again = args.iter().map(|arg| me.again(*arg)).collect();
                let call = me.dispatch(None, *class, *method, object, kinds, again, origin);
                let call = me.dynamic(call);
                rest = me.choose(test, call, rest, Ty::value());
            }
            rest
        });
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// `v._replace(x=1)`, `v._asdict()`: of the named tuple that the value is, among those that have the fields.
    /// `dataclasses.replace(v, x=1)` in the same way.
    pub(crate) fn method_of_records(
        &mut self,
        receiver: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let env = self.types.env();
        let is_function = name == "replace";
        let has_fields = |class: &Name| {
            let fields = env.record_fields(*class);
            kinds.iter().all(|kind| match kind {
                ArgKind::Named(named) => fields.iter().any(|field| field.name == *named),
                kind => is_function && *kind == ArgKind::StarStar,
            })
        };
        let mut records: Vec<Name> = env.program.classes.keys().copied().collect();
        records.retain(|class| {
            let is_meant = env.is_named_tuple(*class) != is_function && !env.record_fields(*class).is_empty();
            is_meant && has_fields(class)
        });
        records.sort();
        let (args, stmts) = self.simple_args(args);
        let call = self.with_value(receiver, |me, read| {
            let value = read(me);
            let again = args.iter().map(|arg| me.again(*arg)).collect();
            let mut rest = match is_function {
                true => {
                    let text = me.text("replace() should be called on dataclass instances", origin);
                    let error = Some(me.error_new(Name::new("TypeError"), vec![text], origin));
                    me.mk(Node::Raise { error, cause: None }, Ty::never(), origin)
                }
                false => me.call_dynamic_method(value, name, kinds, again),
            };
            for class in &records {
                let value = read(me);
                let test = me.is_a(value, *class);
                let value = read(me);
                let object = me.coerce(value, Ty::class(*class));
                let call = match name == "_asdict" {
                    true => me.as_dict(*class, object, false, origin),
                    false => {
                        let again = args.iter().map(|arg| me.again(*arg)).collect();
                        me.replaced(*class, object, kinds, again, origin)
                    }
                };
                let call = me.dynamic(call);
                rest = me.choose(test, call, rest, Ty::value());
            }
            rest
        });
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// `value.name(args)` as the run finds it.
    fn named_call(&mut self, receiver: NodeId, name: Name, args: Vec<NodeId>) -> NodeId {
        let mut all = vec![receiver];
        all.extend(args.into_iter().map(|arg| self.dynamic(arg)));
        self.mk_op(ValueOp::Method, Attr::Name(name), all, Ty::value())
    }

    /// Classes of the program with a method, those that inherit it first.
    fn classes_with(&self, name: Name) -> Vec<(Name, Name)> {
        let env = self.types.env();
        let mut out: Vec<(Name, Name)> = env
            .program
            .classes
            .keys()
            .filter_map(|class| Some((*class, env.method(*class, name.as_str())?)))
            .filter(|(_, method)| env.program.fns[method].kind == FnKind::Method)
            .collect();
        // A class above with the same signature stands for those below it.
        let all = out.clone();
        out.retain(|(class, _)| {
            !all.iter().any(|(above, _)| above != class && env.is_subclass(*class, *above))
        });
        out.sort_by_key(|(class, _)| class.as_str());
        out
    }

    fn takes_exactly(&self, method: Name, count: usize) -> bool {
        let params = &self.types.env().program.fns[&method].params;
        let is_plain = |param: &Param| matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly);
        params.len() == count + 1 && params.iter().all(is_plain)
    }
}
