//! `sorted(xs, key=key)` where `key` may be `None`: sorted by it, or as the items are.
//!
//! before                                         after
//!   lib:builtins.sorted(%xs, key= %key)            if opt.is_none(%key) { tail lib:builtins.sorted(%xs) }
//!                                                  else { tail lib:builtins.sorted(%xs, key= opt.unwrap(%key)) }

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Functions whose result has a type with a name, whichever way it comes about.
const KEYED: &[&str] =
    &["builtins.sorted", "builtins.max", "builtins.min", "heapq.nlargest", "heapq.nsmallest", "list.sort"];

impl Apply<'_, '_, '_> {
    pub(crate) fn optional_key(
        &mut self,
        name: Name,
        kinds: &[ArgKind],
        args: &[NodeId],
        node: Option<NodeId>,
        origin: Origin,
    ) -> Option<NodeId> {
        let at = kinds.iter().position(|kind| matches!(kind, ArgKind::Named(name) if *name == "key"))?;
        let TyKind::Option(inner) = *self.ty(*args.get(at)?).kind() else { return None };
        let is_function = matches!(inner.kind(), TyKind::Func(..));
        // What is changed in place is named by its place.
        let is_placed = name != "list.sort" || self.is_simple(args[0]);
        if !is_function || !is_placed || !KEYED.contains(&name.as_str()) {
            return None;
        }
        let (args, stmts) = self.simple_args(args.to_vec());
        let again = |me: &mut Self| args.iter().map(|arg| me.again(*arg)).collect::<Vec<_>>();
        let (mut plain, mut keyed) = (again(self), again(self));
        plain.remove(at);
        let mut plain_kinds = kinds.to_vec();
        plain_kinds.remove(at);
        keyed[at] = self.unwrap(keyed[at], inner, "None");
        let plain = self.lib_call(name, &plain_kinds, plain, node, origin);
        let keyed = self.lib_call(name, kinds, keyed, node, origin);
        let ty = self.common(&[self.ty(plain), self.ty(keyed)], None);
        let (plain, keyed) = (self.coerce(plain, ty), self.coerce(keyed, ty));
        let cond = self.mk_op(OptOp::IsNone, Attr::None, vec![args[at]], Ty::bool());
        let either = self.choose(cond, plain, keyed, ty);
        Some(if stmts.is_empty() { either } else { self.mk_block(stmts, either) })
    }
}
