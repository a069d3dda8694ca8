//! The truth of values.

use crate::apply::Apply;
use crate::env::Env;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    pub(crate) fn not(&mut self, node: NodeId) -> NodeId {
        self.mk_op(BoolOp::Not, Attr::None, vec![node], Ty::bool())
    }

    pub(crate) fn always(&mut self, value: bool, node: NodeId) -> NodeId {
        let origin = self.origin(node);
        let result = self.mk(Node::Const(Const::Bool(value)), Ty::bool(), origin);
        if self.is_simple(node) {
            return result;
        }
        let stmt = Stmt::new(StmtKind::Expr(node), origin);
        self.mk_block(vec![stmt], result)
    }

    /// Truth of an elaborated value.
    pub(crate) fn truth(&mut self, node: NodeId) -> NodeId {
        let ty = self.ty(node);
        let op: Op = match ty.kind() {
            TyKind::Bool | TyKind::Never => return node,
            _ if self.body.lang == Lang::Ruchy => return self.truth_of_ruchy(node, ty),
            TyKind::Int(_) => IntOp::Truth.into(),
            TyKind::Float(_) => FloatOp::Truth.into(),
            TyKind::Num => NumOp::Truth.into(),
            TyKind::Str => StrOp::Truth.into(),
            TyKind::Bytes => BytesOp::Truth.into(),
            TyKind::List(_) => ListOp::Truth.into(),
            TyKind::Dict(..) => DictOp::Truth.into(),
            TyKind::Set(_) | TyKind::FrozenSet(_) => SetOp::Truth.into(),
            TyKind::Range => RangeOp::Truth.into(),
            TyKind::Union(members) if members.iter().all(|member| has_own_truth(*member)) => {
                UnionOp::Truth.into()
            }
            TyKind::Unit => return self.always(false, node),
            TyKind::Tuple(items) => return self.always(!items.is_empty(), node),
            TyKind::Value | TyKind::Union(_) => {
                let value = self.dynamic(node);
                return self.mk_op(ValueOp::Unary, Attr::Name(Name::new("truth")), vec![value], Ty::bool());
            }
            TyKind::Option(inner) => return self.option_truth(node, *inner),
            TyKind::Class(class, _) => return self.object_truth(node, *class),
            TyKind::Lib(..) | TyKind::Complex => {
                let Some(name) = self.type_word(ty) else { return self.always(true, node) };
                let own = name.join("__bool__");
                if !batuta_catalog::functions(own.as_str()).is_empty() {
                    let origin = self.origin(node);
                    return self.lib_call(own, &[ArgKind::Positional], vec![node], None, origin);
                }
                let len = name.join("__len__");
                if batuta_catalog::functions(len.as_str()).is_empty() {
                    return self.always(true, node);
                }
                let origin = self.origin(node);
                let count = self.lib_call(len, &[ArgKind::Positional], vec![node], None, origin);
                return self.mk_op(IntOp::Truth, Attr::None, vec![count], Ty::bool());
            }
            _ => return self.always(true, node),
        };
        self.mk_op(op, Attr::None, vec![node], Ty::bool())
    }

    /// Only `false` and nil are false in Ruchy.
    fn truth_of_ruchy(&mut self, node: NodeId, ty: Ty) -> NodeId {
        match ty.kind() {
            TyKind::Unit => self.always(false, node),
            TyKind::Option(inner)
                if matches!(inner.kind(), TyKind::Bool | TyKind::Value | TyKind::Union(_)) =>
            {
                self.option_truth(node, *inner)
            }
            TyKind::Option(_) => self.mk_op(OptOp::IsSome, Attr::None, vec![node], Ty::bool()),
            TyKind::Value | TyKind::Union(_) => {
                let value = self.dynamic(node);
                self.mk_op(ValueOp::Unary, Attr::Name(Name::new("truth")), vec![value], Ty::bool())
            }
            TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Str
            | TyKind::List(_)
            | TyKind::Dict(..)
            | TyKind::Set(_)
            | TyKind::Tuple(_)
            | TyKind::Range
            | TyKind::Func(..)
            | TyKind::Class(..) => self.always(true, node),
            _ => self.hole(node, crate::ruchy::NO_CONDITION, format!("a condition of type `{ty}`")),
        }
    }

    pub(crate) fn option_truth(&mut self, node: NodeId, inner: Ty) -> NodeId {
        let plain = match inner.kind() {
            TyKind::Class(class, _) => !self.has_truth(*class),
            TyKind::Func(..) | TyKind::Iter(_) | TyKind::Error | TyKind::TypeOf(_) => true,
            TyKind::Tuple(items) => !items.is_empty(),
            _ => false,
        };
        if plain {
            return self.mk_op(OptOp::IsSome, Attr::None, vec![node], Ty::bool());
        }
        self.with_value(node, |me, read| {
            let value = read(me);
            let tested = me.mk_op(OptOp::IsSome, Attr::None, vec![value], Ty::bool());
            let value = read(me);
            let inner = me.unwrap(value, inner, "None");
            let truth = me.truth(inner);
            me.mk_op(BoolOp::And, Attr::None, vec![tested, truth], Ty::bool())
        })
    }

    pub(crate) fn has_truth(&self, class: Name) -> bool {
        let env = self.types.env();
        env.program.subclasses(class).into_iter().any(|class| {
            let own = ["__bool__", "__len__"].iter().any(|name| env.method(class, name).is_some());
            own || env.inner(class).is_some()
        })
    }

    pub(crate) fn object_truth(&mut self, node: NodeId, class: Name) -> NodeId {
        let answer = truth_method(self.types.env(), class);
        let below = self.classes_below(class, |sub| truth_method(self.types.env(), sub) != answer);
        self.by_class(node, class, &below, Some(Ty::bool()), &mut |me, object, class| match truth_method(
            me.types.env(),
            class,
        ) {
            Some(name) => {
                let method = me.types.env().method(class, name).expect("found above");
                let call = me.call_method_path(class, method, object, Vec::new());
                me.truth(call)
            }
            None => match me.inner_part(object, &[]) {
                Some(inner) => me.truth(inner),
                None => me.always(true, object),
            },
        })
    }
}

/// Types whose values say themselves whether they are true.
fn has_own_truth(ty: Ty) -> bool {
    use TyKind::*;
    matches!(
        ty.kind(),
        Bool | Int(_) | Float(_) | Num | Str | Bytes | List(_) | Dict(..) | Set(_) | FrozenSet(_)
    )
}

/// The method that says whether objects of a class are true.
fn truth_method(env: &Env<'_>, class: Name) -> Option<&'static str> {
    ["__bool__", "__len__"].into_iter().find(|name| env.method(class, name).is_some())
}
