//! What the class of an object decides where its Rust type cannot: one use for each class.
//!
//! before                 after
//!   %shape.create()        if class.is_instance<Circle>(%shape) { @m.Circle.create() } else { .. }
//!
//! For class methods that subclasses replace, and for what subclasses of exceptions replace: the
//! objects of a family choose their methods themselves, errors don't.

use crate::apply::Apply;
use batuta_base::{FxHashSet, Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// Classes below one that have a member which it lacks, none of them below another.
    pub(crate) fn owners_below(&self, class: Name, name: Name) -> Vec<Name> {
        let env = self.types.env();
        let has = |sub: Name| {
            env.field_owner(sub, name).is_some()
                || env.method(sub, name.as_str()).is_some()
                || env.attribute(sub, name.as_str()).is_some()
        };
        let mut below = env.program.subclasses(class);
        below.retain(|sub| *sub != class && has(*sub));
        let all = below.clone();
        below.retain(|sub| !all.iter().any(|other| other != sub && env.is_subclass(*sub, *other)));
        below
    }

    /// `hasattr(object, "name")` of an object of the program: what its class says.
    pub(crate) fn has_member(&mut self, object: NodeId, name: NodeId, origin: Origin) -> Option<NodeId> {
        let env = self.types.env();
        let Some(Const::Str(name)) = self.body.as_const(name) else { return None };
        let (name, class) = (Name::new(name), self.ty(object).class_path()?);
        if !matches!(self.ty(object).kind(), TyKind::Class(..)) || env.is_enum(class) || env.is_error(class) {
            return None;
        }
        let owner = env.field_owner(class, name);
        if owner.is_some_and(|owner| env.late.contains(&(owner, name))) {
            let (ty, stored) = (self.field_type(class, name)?, self.stored_type(class, name)?);
            if ty == stored {
                return None;
            }
            let field = self.field_of(object, name, stored, origin);
            return Some(self.mk_op(OptOp::IsSome, Attr::None, vec![field], Ty::bool()));
        }
        let is_here = owner.is_some()
            || env.method(class, name.as_str()).is_some()
            || env.attribute(class, name.as_str()).is_some();
        let below = if is_here { Vec::new() } else { self.owners_below(class, name) };
        let answer = |me: &mut Self, yes| me.mk(Node::Const(Const::Bool(yes)), Ty::bool(), origin);
        Some(self.by_class(object, class, &below, Some(Ty::bool()), &mut |me, _, of| {
            answer(me, is_here || of != class)
        }))
    }

    /// `getattr(object, "name", default)` of a field that may not be there yet.
    pub(crate) fn late_or(&mut self, args: &[NodeId], origin: Origin) -> Option<NodeId> {
        let [object, name, default] = *args else { return None };
        let Some(Const::Str(name)) = self.body.as_const(name) else { return None };
        let (name, class) = (Name::new(name), self.ty(object).class_path()?);
        let env = self.types.env();
        let owner = env.field_owner(class, name).filter(|owner| env.late.contains(&(*owner, name)))?;
        let (ty, stored) = (self.field_type(owner, name)?, self.stored_type(owner, name)?);
        if ty == stored || !self.is_simple(object) {
            return None;
        }
        let field = self.field_of(object, name, stored, origin);
        let cond = self.mk_op(OptOp::IsSome, Attr::None, vec![field], Ty::bool());
        let object = self.again(object);
        let value = self.read_field(object, class, name, ty);
        let [value, default] = [value, default].map(|node| {
            let node = self.dynamic(node);
            self.tail_block(node)
        });
        let choice = Node::If { cond, then: value, els: Some(default) };
        Some(self.mk(choice, Ty::value(), origin))
    }

    /// `make` for the one of several classes below that an object is of; objects of others, where the program
    /// makes some, have no such member: `AttributeError`.
    pub(crate) fn by_owner(
        &mut self,
        object: NodeId,
        class: Name,
        owners: &[Name],
        name: Name,
        want: Option<Ty>,
        make: &mut dyn FnMut(&mut Self, NodeId, Name) -> NodeId,
    ) -> NodeId {
        let missing =
            |of: Name| ("AttributeError", format!("'{}' object has no attribute '{name}'", of.last()));
        self.by_owner_or(object, class, owners, &missing, want, make)
    }

    /// A special method that the class of an object lacks and classes below it have.
    pub(crate) fn special_below(
        &mut self,
        object: NodeId,
        class: Name,
        name: &str,
        args: Vec<NodeId>,
        want: Option<Ty>,
    ) -> Result<NodeId, NodeId> {
        let missing: &dyn Fn(&str) -> String = match name {
            "__contains__" => &|of| format!("argument of type '{of}' is not iterable"),
            "__getitem__" => &|of| format!("'{of}' object is not subscriptable"),
            "__setitem__" => &|of| format!("'{of}' object does not support item assignment"),
            "__delitem__" => &|of| format!("'{of}' object doesn't support item deletion"),
            "__call__" => &|of| format!("'{of}' object is not callable"),
            _ => return Err(object),
        };
        let owners = self.owners_below(class, Name::new(name));
        let env = self.types.env();
        let walks =
            |of: &Name| ["__iter__", "__getitem__"].iter().any(|name| env.method(*of, name).is_some());
        let is_walked = name == "__contains__" && self.made_beside(class, &owners).iter().any(walks);
        if owners.is_empty() || is_walked {
            return Err(object);
        }
        let (args, stmts) = self.simple_args(args);
        let refusal = |of: Name| ("TypeError", missing(of.last()));
        let call = self.by_owner_or(object, class, &owners, &refusal, want, &mut |me, value, of| {
            let args = args.iter().map(|arg| me.again(*arg)).collect();
            match me.types.env().method(of, name) {
                Some(method) => me.call_method_path(of, method, value, args),
                None => value,
            }
        });
        Ok(if stmts.is_empty() { call } else { self.mk_block(stmts, call) })
    }

    fn by_owner_or(
        &mut self,
        object: NodeId,
        class: Name,
        owners: &[Name],
        missing: &dyn Fn(Name) -> (&'static str, String),
        want: Option<Ty>,
        make: &mut dyn FnMut(&mut Self, NodeId, Name) -> NodeId,
    ) -> NodeId {
        let others = self.made_beside(class, owners);
        if others.is_empty() {
            return self.by_one_of(object, class, owners, want, make);
        }
        let origin = self.origin(object);
        let mut below = owners.to_vec();
        below.extend(others.iter().copied().filter(|other| *other != class));
        self.by_class(object, class, &below, want, &mut |me, value, of| {
            if owners.contains(&of) {
                return make(me, value, of);
            }
            let (error, text) = missing(of);
            me.refuse(error, &text, vec![value], origin)
        })
    }

    /// `make` for the one of several classes below that an object surely is of.
    pub(crate) fn by_one_of(
        &mut self,
        object: NodeId,
        class: Name,
        owners: &[Name],
        want: Option<Ty>,
        make: &mut dyn FnMut(&mut Self, NodeId, Name) -> NodeId,
    ) -> NodeId {
        let Some((last, rest)) = owners.split_last() else { return object };
        self.by_class(object, class, rest, want, &mut |me, value, of| {
            if of != class {
                return make(me, value, of);
            }
            let value = me.mk_op(ClassOp::Down, Attr::None, vec![value], Ty::class(*last));
            make(me, value, *last)
        })
    }

    /// The class and those below it of which the program makes objects, but for those below `owners`; those further
    /// down first.
    fn made_beside(&self, class: Name, owners: &[Name]) -> Vec<Name> {
        let env = self.types.env();
        let is_owned = |sub: Name| owners.iter().any(|owner| env.is_subclass(sub, *owner));
        let mut others = env.program.subclasses(class);
        others.retain(|sub| !is_owned(*sub));
        if others.is_empty() {
            return others;
        }
        let mut named: FxHashSet<Name> = FxHashSet::default();
        for body in env.program.fns.values() {
            for (_, row) in body.nodes.iter() {
                if let Node::Call { callee: Callee::Fn(path), .. } | Node::Item(path) = &row.kind {
                    named.insert(env.program.resolve(*path));
                }
            }
        }
        others.retain(|sub| named.contains(sub));
        others.sort_by_key(|sub| std::cmp::Reverse(env.mro(*sub).len()));
        others
    }

    /// Classes below one that `is_own` tells apart, those further down first.
    pub(crate) fn classes_below(&self, class: Name, is_own: impl Fn(Name) -> bool) -> Vec<Name> {
        let env = self.types.env();
        let mut below = env.program.subclasses(class);
        below.retain(|sub| *sub != class && is_own(*sub));
        below.sort_by_key(|sub| std::cmp::Reverse(env.mro(*sub).len()));
        below
    }

    /// `make` for the class of an object: one of `below`, or the class itself.
    pub(crate) fn by_class(
        &mut self,
        object: NodeId,
        class: Name,
        below: &[Name],
        want: Option<Ty>,
        make: &mut dyn FnMut(&mut Self, NodeId, Name) -> NodeId,
    ) -> NodeId {
        if below.is_empty() {
            return make(self, object, class);
        }
        self.with_value(object, |me, read| {
            let whole = read(me);
            let mut arms = vec![make(me, whole, class)];
            for sub in below {
                let value = read(me);
                let value = me.mk_op(ClassOp::Down, Attr::None, vec![value], Ty::class(*sub));
                arms.push(make(me, value, *sub));
            }
            let types: Vec<Ty> = arms.iter().map(|arm| me.ty(*arm)).collect();
            let ty = me.common(&types, want);
            let mut arms = arms.into_iter().map(|arm| me.coerce(arm, ty)).collect::<Vec<_>>().into_iter();
            let mut rest = arms.next().expect("the class itself comes first");
            for (sub, arm) in below.iter().zip(arms).rev() {
                let value = read(me);
                let test = me.is_a(value, *sub);
                rest = me.choose(test, arm, rest, ty);
            }
            rest
        })
    }
}
