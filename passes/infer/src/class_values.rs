//! Classes as values: what a variable that may hold one of several classes does.
//!
//! before                          after
//!   value (%kind)("rex")            if cmp.is(%kind, @m.Dog) { new @m.Dog("rex") } else { new @m.Cat("rex") }
//!
//! A value of type `type<@C>` is `C` or a class below it. Which ones may be there the solver knows.

use crate::apply::{Apply, BAD_CALL, NOT_WRITTEN_OUT, UNKNOWN_ATTRIBUTE};
use crate::env::Env;
use crate::solve::Solver;
use crate::vars::{Atom, Head, Var};
use batuta_base::{Id, Name, Origin};
use batuta_core::*;

impl Solver<'_> {
    /// `type(x)`: the class of `x` or one below it that has objects.
    pub(crate) fn class_of_object(&mut self, class: Name, out: Var) {
        self.put(out, Head::TypeOf(class));
        if self.env.is_enum(class) || self.env.is_error(class) {
            return;
        }
        for sub in self.env.program.subclasses(class) {
            if self.env.abstract_methods(sub).is_empty() {
                self.put(out, Head::TypeOf(sub));
            }
        }
    }
}

impl Solver<'_> {
    /// `C.__mro__`, `C.__bases__`.
    pub(crate) fn order_of_classes(&mut self, class: Name, name: &str, out: Var) {
        let item = self.vars.fresh();
        for path in above(self.env, class, name) {
            self.put(item, Head::TypeOf(path));
        }
        self.vars.add(out, Atom::new(Head::Lib(Name::new("tuple")), vec![item]));
    }
}

/// The classes that `__mro__` or `__bases__` of a class names.
fn above(env: &Env<'_>, class: Name, name: &str) -> Vec<Name> {
    let bases = env.class(class).map(|def| def.bases.clone());
    match (name, bases) {
        ("__bases__", Some(bases)) if !bases.is_empty() => bases,
        ("__bases__", _) => vec![Name::new("object")],
        _ => order(env, class),
    }
}

/// Whether a name asks a class for classes above it.
pub(crate) fn names_classes(name: &str) -> bool {
    matches!(name, "__mro__" | "__bases__")
}

/// A class and those above it, each before its bases and these in their order.
fn linear(env: &Env<'_>, class: Name) -> Vec<Name> {
    let bases = env.class(class).map(|def| def.bases.clone()).unwrap_or_default();
    let mut lists: Vec<Vec<Name>> = bases.iter().map(|base| linear(env, *base)).collect();
    lists.push(bases);
    let mut out = vec![class];
    loop {
        lists.retain(|list| !list.is_empty());
        let is_free = |head: &Name| !lists.iter().any(|list| list[1..].contains(head));
        let heads = lists.iter().map(|list| list[0]);
        let Some(next) = heads.clone().find(is_free).or_else(|| heads.clone().next()) else { return out };
        out.push(next);
        lists.iter_mut().for_each(|list| list.retain(|path| *path != next));
    }
}

/// The classes in which names are looked up.
fn order(env: &Env<'_>, class: Name) -> Vec<Name> {
    let mut all = linear(env, class);
    if all.iter().any(|base| *base == "Exception") {
        all.push(Name::new("BaseException"));
    }
    all.push(Name::new("object"));
    all
}

impl Apply<'_, '_, '_> {
    /// `C.__mro__`, `C.__bases__`.
    pub(crate) fn order_of(&mut self, class: Name, name: &str, origin: Origin) -> NodeId {
        let env = self.types.env();
        let any = Ty::new(TyKind::TypeOf(Name::new("object")));
        let items =
            above(env, class, name).into_iter().map(|path| self.mk(Node::Item(path), any, origin)).collect();
        let list = self.mk_op(ListOp::New, Attr::None, items, Ty::list(any));
        self.lib_call(Name::new("builtins.tuple"), &[ArgKind::Positional], vec![list], None, origin)
    }

    /// `P._fields` of a named tuple.
    pub(crate) fn field_names(&mut self, class: Name, origin: Origin) -> NodeId {
        let fields = self.types.env().record_fields(class);
        let names: Vec<NodeId> = fields.iter().map(|field| self.text(field.name.as_str(), origin)).collect();
        let ty = Ty::tuple(vec![Ty::str(); names.len()]);
        self.mk_op(TupleOp::New, Attr::None, names, ty)
    }

    /// The classes that a value may be.
    pub(crate) fn class_candidates(&self, node: NodeId, class: Name) -> Vec<Name> {
        if let Node::Item(item) = self.body.nodes[node].kind {
            return vec![item];
        }
        let env = self.types.env();
        if self.names_error(class) {
            return self.error_candidates(node, class);
        }
        if env.is_enum(class) || env.class(class).is_none() && class != "object" {
            return vec![class];
        }
        let mut found = Vec::new();
        if let Some(source) = self.class_source(node) {
            for atom in self.types.solver.vars.atoms(self.base + source.0) {
                match atom.head {
                    Head::TypeOf(class) if !found.contains(&class) => found.push(class),
                    _ => {}
                }
            }
        }
        if found.is_empty() && class != "object" {
            found = env.program.subclasses(class);
            found.retain(|sub| env.abstract_methods(sub.to_owned()).is_empty());
        }
        if self.is_type_of(node) {
            // Objects of abstract classes do not exist.
            found.retain(|sub| env.abstract_methods(*sub).is_empty());
        }
        if found.is_empty() { vec![class] } else { found }
    }

    /// The node of the source that a class value stands for.
    fn class_source(&self, node: NodeId) -> Option<NodeId> {
        if node.index() < self.nodes {
            return Some(node);
        }
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::OptOp(OptOp::Unwrap), args, .. } => self.class_source(args[0]),
            _ => self.class_sources.get(&node).copied(),
        }
    }

    /// The operand of `type(x)` where `x` is an object of one of several classes, none of which are errors or enums.
    pub(crate) fn type_of_one_class(&self, node: NodeId) -> Option<NodeId> {
        let of = self.type_operand(node)?;
        let env = self.types.env();
        let is_object = |member: &Ty| {
            member.class_path().is_some_and(|class| !env.is_error(class) && !env.is_enum(class))
        };
        let TyKind::Union(members) = self.ty(of).kind() else { return None };
        members.iter().all(is_object).then_some(of)
    }

    /// `type(value)` where the value is of one of several classes.
    pub(crate) fn class_in_union(&mut self, value: NodeId, members: &[Ty], origin: Origin) -> NodeId {
        let any = Ty::new(TyKind::TypeOf(Name::new("object")));
        self.with_value(value, |me, read| {
            let mut rest: Option<NodeId> = None;
            for member in members.iter().rev() {
                let Some(class) = member.class_path() else { continue };
                let value = read(me);
                let object = me.mk_op(UnionOp::Get, Attr::None, vec![value], *member);
                let callee = Callee::Lib(Name::new("builtins.type"));
                let is_plain = me.types.env().program.subclasses(class).len() < 2;
                let of = match is_plain {
                    true => me.mk(Node::Item(class), any, origin),
                    false => {
                        let of = Node::Call { callee, args: vec![Arg::positional(object)] };
                        me.mk(of, Ty::new(TyKind::TypeOf(class)), origin)
                    }
                };
                rest = Some(match rest {
                    None => of,
                    Some(rest) => {
                        let value = read(me);
                        let test = me.is_a(value, class);
                        me.choose(test, of, rest, any)
                    }
                });
            }
            rest.unwrap_or(value)
        })
    }

    fn is_type_of(&self, node: NodeId) -> bool {
        matches!(&self.body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "builtins.type")
    }

    /// `make` for the class that a value is.
    pub(crate) fn by_class_value(
        &mut self,
        node: NodeId,
        class: Name,
        want: Option<Ty>,
        make: &mut dyn FnMut(&mut Self, Name) -> NodeId,
    ) -> NodeId {
        let candidates = self.class_candidates(node, class);
        let origin = self.origin(node);
        if let [only] = candidates[..] {
            let made = make(self, only);
            if self.is_simple(node) {
                return made;
            }
            return self.mk_block(vec![Stmt::new(StmtKind::Expr(node), origin)], made);
        }
        self.with_value(node, |me, read| {
            let arms: Vec<NodeId> = candidates.iter().map(|class| make(me, *class)).collect();
            let types: Vec<Ty> = arms.iter().map(|arm| me.ty(*arm)).collect();
            let ty = me.common(&types, want);
            let arms: Vec<NodeId> = arms.into_iter().map(|arm| me.coerce(arm, ty)).collect();
            let mut rest = arms[arms.len() - 1];
            for (class, arm) in candidates.iter().zip(&arms).rev().skip(1) {
                let value = read(me);
                let item = me.mk(Node::Item(*class), Ty::new(TyKind::TypeOf(*class)), origin);
                let test = me.mk_op(CmpOp::Is, Attr::None, vec![value, item], Ty::bool());
                rest = me.choose(test, *arm, rest, ty);
            }
            rest
        })
    }

    /// `isinstance(value, kind)` for a class value.
    pub(crate) fn isinstance_of(&mut self, value: NodeId, kind: NodeId, class: Name) -> NodeId {
        let (values, stmts) = self.simple_args(vec![value]);
        let test = self.by_class_value(kind, class, Some(Ty::bool()), &mut |me, class| {
            let value = me.again(values[0]);
            me.is_a(value, class)
        });
        if stmts.is_empty() { test } else { self.mk_block(stmts, test) }
    }

    /// `kind(args)` for a class value.
    pub(crate) fn call_class(
        &mut self,
        id: NodeId,
        node: NodeId,
        class: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        if self.names_error(class) {
            return self.make_error(id, node, class, kinds, args, origin);
        }
        let want = self.solved(id);
        if self.class_candidates(node, class).len() == 1 {
            return self.by_class_value(node, class, want, &mut |me, class| {
                me.construct(id, class, kinds, args.clone(), origin)
            });
        }
        if class == "object" && want.is_none() {
            return self.hole(node, BAD_CALL, "a class that could be any class".into());
        }
        let (args, stmts) = self.simple_args(args);
        let call = self.by_class_value(node, class, want, &mut |me, class| {
            let args = args.iter().map(|arg| me.again(*arg)).collect();
            let outer = std::mem::replace(&mut me.is_choosing, true);
            let made = me.construct(id, class, kinds, args, origin);
            me.is_choosing = outer;
            made
        });
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// `kind.method(args)` for a class value.
    #[expect(clippy::too_many_arguments, reason = "a call is all of this")]
    pub(crate) fn call_of_class(
        &mut self,
        id: NodeId,
        node: NodeId,
        class: Name,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let want = self.solved(id);
        if self.class_candidates(node, class).iter().any(|class| self.says_attributes(*class, name)) {
            let why = format!("the attributes of the class `{}` as a dict", class.last());
            return self.hole(id, NOT_WRITTEN_OUT, why);
        }
        if self.class_candidates(node, class).len() == 1 {
            return self.by_class_value(node, class, want, &mut |me, class| {
                me.call_path(id, me.types.env().of_class(class, name), kinds, args.clone(), origin)
            });
        }
        let (args, stmts) = self.simple_args(args);
        let call = self.by_class_value(node, class, want, &mut |me, class| {
            let args = args.iter().map(|arg| me.again(*arg)).collect();
            me.call_path(id, me.types.env().of_class(class, name), kinds, args, origin)
        });
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// Whether a method is the one that says an object's attributes: of a class that holds methods and much else.
    fn says_attributes(&self, class: Name, name: Name) -> bool {
        let env = self.types.env();
        name.as_str().trim_start_matches("record_") == "attributes"
            && env.method(class, name.as_str()).is_some_and(|path| {
                let body = &env.program.fns[&path];
                body.origin == Origin::default() && body.kind == FnKind::Method
            })
    }

    /// `kind.name` for a class value.
    pub(crate) fn attr_of_class(&mut self, node: NodeId, class: Name, name: Name, origin: Origin) -> NodeId {
        let env = self.types.env();
        if let Node::Item(item) = self.body.nodes[node].kind
            && names_classes(name.as_str())
        {
            return self.order_of(item, name.as_str(), origin);
        }
        if name == "_fields" && env.is_named_tuple(class) {
            return self.field_names(class, origin);
        }
        self.by_class_value(node, class, None, &mut |me, class| {
            if name == "__doc__"
                && let Some(text) = env.class(class).and_then(crate::expand::class_text)
            {
                let ty = if text == Const::None { Ty::unit() } else { Ty::str() };
                return me.mk(Node::Const(text), ty, origin);
            }
            if names_classes(name.as_str()) && env.class(class).is_some() {
                return me.order_of(class, name.as_str(), origin);
            }
            if let Some(now) = env.late_attribute(class, name.as_str()) {
                return me.call_inst(None, now, Callee::Fn, None, &[], Vec::new(), origin);
            }
            let is_known = env.attribute(class, name.as_str()).is_some()
                || env.method(class, name.as_str()).is_some()
                || env.program.globals.contains_key(&class.join(name.as_str()));
            let path = env.attribute(class, name.as_str()).unwrap_or(class.join(name.as_str()));
            let read = me.mk(Node::Use(Place::global(path), Mode::Read), Ty::value(), origin);
            if is_known {
                return me.global(read, path);
            }
            let why = format!("the class `{}` has no attribute `{name}`", class.last());
            me.hole(read, UNKNOWN_ATTRIBUTE, why)
        })
    }
}
