//! Classes of errors as values: `def retry(*kinds)` .. `except kinds`, `raise ERRORS[name](text)`.
//!
//! before                                  after
//!   lib:builtins.isinstance(%e, %kinds)     lib:error.is_any(%e, %kinds)
//!   value (%kind)("text")                   lib:error.make(%kind, "text")
//!
//! Names of Python's own errors have the type of a class; where several meet it is `type<@BaseException>`.

use crate::apply::{Apply, BAD_CALL};
use crate::vars::Head;
use batuta_base::{Id, Name, Origin};
use batuta_core::*;

/// The class that the name of one of Python's own errors stands for.
pub(crate) fn builtin_error(name: Name) -> Option<Name> {
    let known = name.as_str().starts_with("builtins.") || batuta_catalog::is_exception(name.as_str());
    (known && crate::env::is_builtin_error(name))
        .then(|| name.as_str().strip_prefix("builtins.").map_or(name, Name::new))
}

impl Apply<'_, '_, '_> {
    pub(crate) fn names_error(&self, class: Name) -> bool {
        self.types.env().is_error(class) || crate::env::is_builtin_error(class)
    }

    /// The classes of errors that a value may be, as far as they are known.
    pub(crate) fn error_candidates(&self, node: NodeId, class: Name) -> Vec<Name> {
        let mut found = Vec::new();
        if node.index() < self.nodes {
            for atom in self.types.solver.vars.atoms(self.base + node.0) {
                match atom.head {
                    Head::TypeOf(class) if !found.contains(&class) => found.push(class),
                    _ => {}
                }
            }
        }
        if found.is_empty() { vec![class] } else { found }
    }

    /// `isinstance(value, classes)` for classes that are not named.
    pub(crate) fn is_one_of(&mut self, value: NodeId, classes: NodeId) -> NodeId {
        let origin = self.origin(value);
        match self.ty(classes).kind() {
            TyKind::TypeOf(class) => {
                let class = *class;
                let is_error = *self.ty(value).kind() == TyKind::Error
                    || self.ty(value).class_path().is_some_and(|class| self.names_error(class));
                if !(self.names_error(class) && is_error) {
                    return self.isinstance_of(value, classes, class);
                }
                self.error_test("error.is_a", value, classes)
            }
            TyKind::Lib(name, items) if *name == "tuple" && matches!(items[0].kind(), TyKind::TypeOf(_)) => {
                self.error_test("error.is_any", value, classes)
            }
            TyKind::Option(inner) => {
                let text = "TypeError: isinstance() arg 2 must be a type, a tuple of types, or a union";
                let classes = self.unwrap(classes, *inner, text);
                self.is_one_of(value, classes)
            }
            TyKind::Tuple(items) => {
                let items = items.clone();
                let (values, stmts) = self.simple_args(vec![value]);
                let test = self.with_value(classes, |me, read| {
                    let mut tests = Vec::new();
                    for (at, ty) in items.iter().enumerate() {
                        let tuple = read(me);
                        let proj = Proj::Field(Name::new(&at.to_string()));
                        let class = me.place_read(tuple, proj, *ty);
                        let value = me.again(values[0]);
                        tests.push(me.is_one_of(value, class));
                    }
                    let none =
                        tests.is_empty().then(|| me.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin));
                    tests.into_iter().reduce(|a, b| me.any_of(a, b)).or(none).expect("one of both is there")
                });
                if stmts.is_empty() { test } else { self.mk_block(stmts, test) }
            }
            TyKind::Union(_) => {
                let (values, stmts) = self.simple_args(vec![value]);
                let test = self.by_member(classes, Some(Ty::bool()), &mut |me, member| {
                    let value = me.again(values[0]);
                    me.is_one_of(value, member)
                });
                if stmts.is_empty() { test } else { self.mk_block(stmts, test) }
            }
            TyKind::Lib(name, _) if *name == "tuple" => self.is_one_of_values(value, classes),
            TyKind::Value => self.is_one_of_values(value, classes),
            _ => self.hole(classes, BAD_CALL, "classes that are not known here".into()),
        }
    }

    /// `isinstance(value, classes)` where the program knows the classes only when it runs.
    fn is_one_of_values(&mut self, value: NodeId, classes: NodeId) -> NodeId {
        let origin = self.origin(value);
        let (value, classes) = (self.dynamic(value), self.dynamic(classes));
        let kinds = [ArgKind::Positional, ArgKind::Positional];
        self.lib_call(Name::new("type.is_instance"), &kinds, vec![value, classes], None, origin)
    }

    fn error_test(&mut self, row: &str, value: NodeId, classes: NodeId) -> NodeId {
        let origin = self.origin(value);
        let value = self.coerce(value, Ty::error());
        let args = vec![Arg::positional(value), Arg::positional(classes)];
        self.mk(Node::Call { callee: Callee::Lib(Name::new(row)), args }, Ty::bool(), origin)
    }

    /// `issubclass(kind, ValueError)`, also of one of several.
    pub(crate) fn error_subclass(&mut self, class: NodeId, base: NodeId, origin: Origin) -> NodeId {
        let class = match *self.ty(class).kind() {
            TyKind::Option(inner) => {
                self.unwrap(class, inner, "TypeError: issubclass() arg 1 must be a class")
            }
            _ => class,
        };
        let (classes, stmts) = self.simple_args(vec![class]);
        let test = self.is_below_one_of(classes[0], base, origin);
        if stmts.is_empty() { test } else { self.mk_block(stmts, test) }
    }

    fn is_below_one_of(&mut self, class: NodeId, base: NodeId, origin: Origin) -> NodeId {
        let test = |me: &mut Self, row: &str, base: NodeId| {
            let class = me.again(class);
            let args = vec![Arg::positional(class), Arg::positional(base)];
            me.mk(Node::Call { callee: Callee::Lib(Name::new(row)), args }, Ty::bool(), origin)
        };
        if let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = self.body.nodes[base].kind.clone() {
            let tests: Vec<NodeId> =
                args.into_iter().map(|base| self.is_below_one_of(class, base, origin)).collect();
            return match tests.split_first() {
                None => self.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin),
                Some((first, rest)) => rest
                    .iter()
                    .fold(*first, |a, b| self.mk_op(BoolOp::Or, Attr::None, vec![a, *b], Ty::bool())),
            };
        }
        match self.ty(base).kind() {
            TyKind::Lib(name, items) if *name == "tuple" && matches!(items[0].kind(), TyKind::TypeOf(_)) => {
                test(self, "class.is_any", base)
            }
            TyKind::Tuple(items) => {
                let items = items.clone();
                self.with_value(base, |me, read| {
                    let mut tests = Vec::new();
                    for (at, ty) in items.iter().enumerate() {
                        let tuple = read(me);
                        let proj = Proj::Field(Name::new(&at.to_string()));
                        let base = me.place_read(tuple, proj, *ty);
                        tests.push(me.is_below_one_of(class, base, origin));
                    }
                    let none =
                        tests.is_empty().then(|| me.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin));
                    tests.into_iter().reduce(|a, b| me.any_of(a, b)).or(none).expect("one of both is there")
                })
            }
            TyKind::Union(_) => self.by_member(base, Some(Ty::bool()), &mut |me, member| {
                me.is_below_one_of(class, member, origin)
            }),
            TyKind::TypeOf(_) => test(self, "class.is_a", base),
            _ => self.hole(base, BAD_CALL, "classes that are not known here".into()),
        }
    }

    /// `kind(args)` where `kind` is one of several classes of errors; `None` where it can be one only.
    pub(crate) fn make_error(
        &mut self,
        id: NodeId,
        node: NodeId,
        class: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        // The callee as the source has it: the solver knows that one.
        let source = match self.unit.body.nodes.get(id).map(|row| &row.kind) {
            Some(Node::Call { callee: Callee::Value(callee), .. }) => *callee,
            _ => id,
        };
        let candidates = match self.body.nodes[node].kind {
            Node::Item(item) => vec![item],
            _ => self.error_candidates(source, class),
        };
        let candidates = match candidates[..] {
            [any] if any == "BaseException" && !matches!(self.body.nodes[node].kind, Node::Item(_)) => {
                let classes = self.types.env().program.classes.keys().copied();
                let own = classes.filter(|class| self.types.env().is_error(*class));
                own.chain([any]).collect()
            }
            _ => candidates,
        };
        let (own, builtin): (Vec<Name>, Vec<Name>) =
            candidates.into_iter().partition(|class| self.types.env().class(*class).is_some());
        let (args, mut stmts) = self.simple_args(args);
        let whole = self.body.temp("kind", self.ty(node), origin);
        let is_simple = self.is_simple(node);
        if !is_simple {
            let target = Pat::Place(Place::local(whole));
            stmts.push(Stmt::new(StmtKind::Set { target, value: node }, origin));
        }
        let read = |me: &mut Self| if is_simple { me.again(node) } else { me.read_local(whole, origin) };
        let again = |me: &mut Self| args.iter().map(|arg| me.again(*arg)).collect::<Vec<_>>();
        let mut rest = match builtin[..] {
            [] => None,
            [only]
                if only != "BaseException"
                    || own.is_empty() && is_simple && matches!(self.body.nodes[node].kind, Node::Item(_)) =>
            {
                let args = again(self);
                Some(self.error_new(only, args, origin))
            }
            _ => {
                let (kind, args) = (read(self), again(self));
                Some(self.error_of_class(kind, kinds, args, origin))
            }
        };
        for class in own {
            let args = again(self);
            let made = self.construct(id, class, kinds, args, origin);
            let made = if rest.is_some() { self.coerce(made, Ty::error()) } else { made };
            rest = Some(match rest {
                None => made,
                Some(rest) => {
                    let rest = self.coerce(rest, Ty::error());
                    let made = self.coerce(made, Ty::error());
                    let value = read(self);
                    let item = self.mk(Node::Item(class), Ty::new(TyKind::TypeOf(class)), origin);
                    let test = self.mk_op(CmpOp::Is, Attr::None, vec![value, item], Ty::bool());
                    self.choose(test, made, rest, Ty::error())
                }
            });
        }
        let made = rest.expect("a value is of some class");
        if stmts.is_empty() { made } else { self.mk_block(stmts, made) }
    }

    fn error_of_class(
        &mut self,
        kind: NodeId,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let plain = kinds.iter().all(|kind| *kind == ArgKind::Positional);
        let row = match args[..] {
            [] => "error.bare",
            [text] if plain && *self.ty(text).kind() == TyKind::Str => "error.make",
            [_] if plain => "error.make_of",
            _ => return self.hole(kind, BAD_CALL, "a class of errors with several arguments".into()),
        };
        let args = std::iter::once(kind).chain(args).map(Arg::positional).collect();
        self.mk(Node::Call { callee: Callee::Lib(Name::new(row)), args }, Ty::error(), origin)
    }
}
