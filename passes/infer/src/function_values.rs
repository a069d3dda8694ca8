//! Functions as dynamic values, and calls of them with spread and named arguments.
//!
//! before                           after
//!   value.from(item @m.f)            value.from{f(a, b=, *rest)}(item @m.f, value.from(2))
//!   value (%f)(*%xs, k=1)            lib:function.call(%f, list.new(obj.splat(%xs)), dict.new("k", 1))
//!
//! The attribute is the function's name as messages show it and its parameters: a leading `.` is the receiver of
//! a bound method. The operands behind the function are the defaults.

use crate::apply::{Apply, BAD_CALL};
use crate::bind::Formal;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Builtin types: as values they are classes, which make objects when they are called.
const TYPES: &[&str] = &[
    "builtins.int",
    "builtins.float",
    "builtins.str",
    "builtins.bool",
    "builtins.list",
    "builtins.set",
    "builtins.tuple",
    "builtins.frozenset",
    "builtins.bytes",
    "builtins.bytearray",
    "builtins.complex",
    "builtins.dict",
    "builtins.object",
    "builtins.range",
    "builtins.type",
];

/// A function as its callers see it.
#[derive(Clone, Default)]
pub(crate) struct Described {
    pub name: String,
    /// The receiver of a bound method stands before the parameters.
    pub is_bound: bool,
    pub formals: Vec<Formal>,
    /// Defaults, nodes of the body that is written.
    pub defaults: Vec<Option<NodeId>>,
}

/// The name of a library function as a value: `sqrt`, `class int`.
fn shown_name(name: Name) -> String {
    match TYPES.contains(&name.as_str()) {
        true => format!("class {}", name.last()),
        false => name.last().to_owned(),
    }
}

impl Apply<'_, '_, '_> {
    /// A function, class or bound method as a function value of a type: `|a, b| f(a, b)` where needed.
    pub(crate) fn as_function(&mut self, node: NodeId, params: &[Ty], ret: Ty, to: Ty) -> NodeId {
        let origin = self.origin(node);
        match (self.body.nodes[node].kind.clone(), self.ty(node).kind()) {
            // A bound method of the library takes what the library says.
            (Node::Closure(_), TyKind::Func(have, gives))
                if self.described.contains_key(&node)
                    && have.len() == params.len()
                    && (have[..] != *params || *gives != ret) =>
            {
                let (have, gives) = (have.clone(), *gives);
                self.holding(node, |me, function| {
                    me.eta(params, ret, to, origin, |me, args| {
                        let kinds = vec![ArgKind::Positional; args.len()];
                        me.call_func(function, &have, gives, &kinds, args, origin)
                    })
                })
            }
            (Node::Closure(closure), _) => {
                // A condition's function gives a bool.
                if *ret.kind() == TyKind::Bool
                    && let Some(tail) = self.body.blocks[closure.body].tail
                    && self.body.blocks[closure.body].stmts.is_empty()
                {
                    let tail = self.truth(tail);
                    self.body.blocks[closure.body].tail = Some(tail);
                    let mut closure = closure;
                    closure.ret = ret;
                    self.body.nodes[node].kind = Node::Closure(closure);
                    self.body.nodes[node].ty = to;
                }
                node
            }
            (Node::Item(name), TyKind::TypeOf(_) | TyKind::Value) => {
                let is_library = *self.ty(node).kind() == TyKind::Value;
                let made = self.eta(params, ret, to, origin, |me, args| me.call_item(name, args, origin));
                if is_library { self.name_library(made, name, params.len()) } else { made }
            }
            // A method of one class where objects of many may come.
            (Node::Item(path), TyKind::Func(have, _))
                if have.len() == params.len()
                    && have.first().is_some_and(|ty| ty.class_path() == Some(path.parent()))
                    && params
                        .first()
                        .is_some_and(|ty| matches!(ty.kind(), TyKind::Value | TyKind::Union(_))) =>
            {
                let receiver = have[0];
                self.eta(params, ret, to, origin, |me, mut args| {
                    let object = args.remove(0);
                    let object = me.coerce(object, receiver);
                    me.call_method_path(path.parent(), path, object, args)
                })
            }
            (_, TyKind::Func(have, _)) if have.len() == params.len() => node,
            (_, TyKind::TypeOf(class)) => {
                let (class, kinds) = (*class, vec![ArgKind::Positional; params.len()]);
                self.eta(params, ret, to, origin, |me, args| {
                    me.call_class(node, node, class, &kinds, args, origin)
                })
            }
            (_, TyKind::Class(class, _)) => {
                let Some(method) = self.types.env().method(*class, "__call__") else {
                    return self.through_value(node, to);
                };
                let class = *class;
                self.holding(node, |me, object| {
                    me.eta(params, ret, to, origin, |me, args| {
                        me.call_method_path(class, method, object, args)
                    })
                })
            }
            _ => node,
        }
    }

    /// `|params| make(params)`.
    pub(crate) fn eta(
        &mut self,
        params: &[Ty],
        ret: Ty,
        to: Ty,
        origin: Origin,
        make: impl FnOnce(&mut Self, Vec<NodeId>) -> NodeId,
    ) -> NodeId {
        let mut rows = Vec::new();
        let mut args = Vec::new();
        for (at, ty) in params.iter().enumerate() {
            let name = ["x", "y", "z"].get(at).copied().unwrap_or("item");
            let local = self.body.temp(name, *ty, origin);
            rows.push(Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None });
            args.push(self.read_local(local, origin));
        }
        let call = make(self, args);
        // `deque()` says nothing about its items: they are what is asked for.
        if let (TyKind::Lib(made, items), TyKind::Lib(asked, _)) = (self.ty(call).kind(), ret.kind())
            && (made, params.is_empty()) == (asked, true)
            && items.iter().all(|item| matches!(item.kind(), TyKind::Unit | TyKind::Never))
        {
            self.body.nodes[call].ty = ret;
        }
        let result = match ret.kind() {
            TyKind::Bool => self.truth(call),
            // Nobody reads what it gives.
            TyKind::Unit if *self.ty(call).kind() != TyKind::Unit => {
                let stmt = Stmt::new(StmtKind::Expr(call), origin);
                let none = self.mk(Node::Const(Const::None), ret, origin);
                self.mk_block(vec![stmt], none)
            }
            _ => self.coerce(call, ret),
        };
        let body = self.tail_block(result);
        let closure = Closure {
            name: None,
            params: rows,
            body,
            ret,
            is_generator: false,
            is_async: false,
            decorators: Vec::new(),
            doc: None,
        };
        self.mk(Node::Closure(closure), to, origin)
    }

    /// A function as a dynamic value.
    pub(crate) fn function_to_value(&mut self, node: NodeId, params: &[Ty]) -> NodeId {
        // What it gives would take its arguments by reference, which a dynamic value cannot lend.
        let lends =
            |ty: Ty| matches!(ty.kind(), TyKind::Func(taken, _) if taken.iter().any(|ty| !ty.is_copy()));
        if matches!(self.ty(node).kind(), TyKind::Func(_, ret) if lends(*ret)) {
            let why = "a function that gives a function, as a dynamic value".to_owned();
            return self.hole(node, crate::apply::NOT_WRITTEN_OUT, why);
        }
        let Some(described) = self.describe(node, params) else {
            return self.mk_op(ValueOp::From, Attr::None, vec![node], Ty::value());
        };
        // Two values of it would not be told to be one function.
        if self.types.functions_are_keys && described.name.starts_with('?') {
            let why = "a function that came as a value, where functions are keys".to_owned();
            return self.hole(node, crate::apply::NOT_WRITTEN_OUT, why);
        }
        let mut args = vec![node];
        let mut parts: Vec<String> = described.is_bound.then(|| ".".to_owned()).into_iter().collect();
        parts.extend(described.formals.iter().map(shown));
        let first = usize::from(described.is_bound);
        for (part, ty) in parts[first..].iter_mut().zip(params) {
            let is_list = part.starts_with('*') && matches!(ty.kind(), TyKind::List(_));
            part.push_str(if is_list { "[]" } else { "" });
        }
        let name = format!("{}({})", described.name, parts.join(", "));
        for (default, ty) in described.defaults.iter().zip(params) {
            let Some(default) = default else { continue };
            let value = self.coerce(*default, *ty);
            args.push(self.dynamic(value));
        }
        let value = self.mk_op(ValueOp::From, Attr::Name(Name::new(&name)), args, Ty::value());
        self.under_another_name(value, node)
    }

    /// The value of a closure under `@functools.wraps(f)` has the name and the text of `f`.
    fn under_another_name(&mut self, value: NodeId, node: NodeId) -> NodeId {
        let Node::Closure(closure) = &self.body.nodes[node].kind else { return value };
        let wraps = closure.decorators.iter().find(|decorator| decorator.path == "functools.wraps");
        let Some(of) = wraps.and_then(|decorator| decorator.args.first()).map(|arg| arg.value) else {
            return value;
        };
        if *self.ty(of).kind() != TyKind::Value {
            return value;
        }
        let of = self.again(of);
        let callee = Callee::Lib(Name::new("functools.named_after"));
        let args = vec![Arg::positional(value), Arg::positional(of)];
        self.mk(Node::Call { callee, args }, Ty::value(), self.origin(node))
    }

    fn describe(&mut self, node: NodeId, params: &[Ty]) -> Option<Described> {
        if let Some(known) = self.described.get(&node) {
            return Some(known.clone());
        }
        let origin = self.origin(node);
        match self.body.nodes[node].kind.clone() {
            Node::Item(path) => {
                let found = self.describe_item(path, 0, origin);
                let (base, _) = path.as_str().split_once('$').unwrap_or((path.as_str(), ""));
                found.or_else(|| self.describe_item(Name::new(base), 0, origin))
            }
            Node::Closure(closure) => {
                let name = closure.name.map_or("<lambda>", |name| name.as_str()).to_owned();
                let around = self.types.solver.insts[self.inst].path;
                let name = match around.last() {
                    "<init>" => name,
                    _ => format!("{}.<locals>.{name}", self.qualified(around)),
                };
                let formals = closure.params.iter().map(formal).collect();
                let defaults = closure.params.iter().map(|param| param.default).collect::<Vec<_>>();
                let defaults = defaults.into_iter().map(|node| node.map(|node| self.again(node))).collect();
                Some(Described { name, is_bound: false, formals, defaults })
            }
            _ => {
                let defaults = self.value_defaults(node, params.len());
                let mut formals = self.value_formals(node, params.len());
                formals
                    .iter_mut()
                    .zip(&defaults)
                    .for_each(|(formal, found)| formal.has_default = found.is_some());
                let defaults = defaults
                    .into_iter()
                    .map(|found| found.map(|(unit, default)| self.copy_default(&unit.body, default, origin)))
                    .collect();
                // Which function it is only the run knows: whoever asks for the name is told so.
                Some(Described { name: "?".to_owned(), is_bound: false, formals, defaults })
            }
        }
    }

    /// A function or, with the receiver given, a method of the program.
    pub(crate) fn describe_item(&mut self, path: Name, skip: usize, origin: Origin) -> Option<Described> {
        let version = self.types.solver.versions.get(&path)?.first()?;
        let unit = self.types.solver.insts[*version].unit.clone();
        let params = unit.body.params.get(skip..)?;
        let formals = params.iter().map(formal).collect();
        let defaults = params
            .iter()
            .map(|param| param.default.map(|node| self.copy_default(&unit.body, node, origin)))
            .collect();
        Some(Described { name: self.qualified(path), is_bound: skip > 0, formals, defaults })
    }

    /// A function of the library as a dynamic value: the row that takes dynamic values, else the first.
    pub(crate) fn library_to_value(&mut self, node: NodeId, name: Name) -> Option<NodeId> {
        if name == "builtins.dict" {
            return Some(self.dict_to_value(node));
        }
        let rows = batuta_catalog::functions(name.as_str());
        let needed = |row: &'static batuta_catalog::Row| {
            row.params
                .iter()
                .filter(|param| param.default.is_none() && !param.keyword_only && !param.variadic)
        };
        let holds_function = |ty: Ty| ty.any(&mut |ty| matches!(ty.kind(), TyKind::Func(..)));
        let takes = |row: &&'static batuta_catalog::Row, kind: &TyKind| {
            needed(row).count() > 0 && needed(row).all(|param| param.ty.kind() == kind)
        };
        let fits =
            |row: &&'static batuta_catalog::Row| !row.params.iter().any(|param| holds_function(param.ty));
        let row = rows
            .iter()
            .find(|row| takes(row, &TyKind::Value))
            .or_else(|| rows.iter().find(|row| takes(row, Ty::float().kind())))
            .or_else(|| rows.iter().find(|row| fits(row) && needed(row).count() > 0))
            .or_else(|| rows.iter().find(fits));
        let takes_any = matches!(name.as_str(), "builtins.max" | "builtins.min" | "builtins.print");
        let takes_one = matches!(name.as_str(), "builtins.bool" | "builtins.type");
        if row.is_none() && !takes_any && !takes_one {
            return None;
        }
        let mut params = Vec::new();
        let mut kinds = Vec::new();
        let mut formals = Vec::new();
        if takes_any {
            params.push(Ty::list(Ty::value()));
            kinds.push(ArgKind::Star);
            formals.push(Formal { name: None, kind: ParamKind::Star, has_default: false });
        }
        if takes_one {
            params.push(Ty::value());
            kinds.push(ArgKind::Positional);
            formals.push(Formal { name: None, kind: ParamKind::PositionalOnly, has_default: false });
        }
        for param in row.into_iter().filter(|_| !takes_any && !takes_one).flat_map(needed) {
            let is_open = param.ty.any(&mut |ty| matches!(ty.kind(), TyKind::Var(_)));
            let ty = if is_open { Ty::value() } else { param.ty };
            params.push(ty);
            kinds.push(ArgKind::Positional);
            formals.push(Formal { name: param.name, kind: ParamKind::PositionalOnly, has_default: false });
        }
        let origin = self.origin(node);
        let ty = Ty::func(params.clone(), Ty::value());
        let closure = self.eta(&params, Ty::value(), ty, origin, |me, args| {
            let id = me.mk(Node::Const(Const::None), Ty::unit(), origin);
            // `max(*values)` is the largest of them.
            let kinds = match takes_any && name != "builtins.print" {
                true => vec![ArgKind::Positional],
                false => kinds,
            };
            let call = me.lib_nodes(id, name, &kinds, args, origin);
            me.dynamic(call)
        });
        let mut defaults = vec![None; formals.len()];
        let empty = (defaults.len() == 1).then(|| self.empty_of(name.last(), origin)).flatten();
        formals.iter_mut().for_each(|formal| formal.has_default = empty.is_some());
        defaults.iter_mut().for_each(|default| *default = empty);
        let name = shown_name(name);
        self.described.insert(closure, Described { name, is_bound: false, formals, defaults });
        Some(self.function_to_value(closure, &params))
    }

    /// A closure that calls a library function has its name where it becomes a dynamic value.
    pub(crate) fn name_library(&mut self, closure: NodeId, name: Name, count: usize) -> NodeId {
        if !name.as_str().contains('.') || self.types.env().program.fns.contains_key(&name) {
            return closure;
        }
        let formal = || Formal { name: None, kind: ParamKind::PositionalOnly, has_default: false };
        let formals = (0..count).map(|_| formal()).collect();
        let described =
            Described { name: shown_name(name), is_bound: false, formals, defaults: vec![None; count] };
        self.described.insert(closure, described);
        closure
    }

    /// What a builtin type makes its empty value of: `list()`, `int()`.
    fn empty_of(&mut self, name: &str, origin: Origin) -> Option<NodeId> {
        Some(match name {
            "list" | "set" | "tuple" | "frozenset" => {
                self.mk(new(ListOp::New, Vec::new()), Ty::list(Ty::value()), origin)
            }
            "int" => self.mk(Node::Const(Const::Int("0".into())), Ty::int(), origin),
            "float" => self.mk(Node::Const(Const::Float(0.0)), Ty::float(), origin),
            "bool" => self.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin),
            "str" => self.text("", origin),
            _ => return None,
        })
    }

    /// `dict` as a dynamic value takes entries, names, or both.
    fn dict_to_value(&mut self, node: NodeId) -> NodeId {
        let origin = self.origin(node);
        let params = [Ty::value(), Ty::dict(Ty::str(), Ty::value())];
        let entries = Ty::dict(Ty::value(), Ty::value());
        let ty = Ty::func(params.to_vec(), Ty::value());
        let closure = self.eta(&params, Ty::value(), ty, origin, |me, args| {
            let id = me.mk(Node::Const(Const::None), Ty::unit(), origin);
            let name = Name::new("builtins.dict");
            let given = me.lib_nodes(id, name, &[ArgKind::Positional], vec![args[0]], origin);
            let parts = [given, args[1]].map(|part| me.coerce(part, entries));
            let parts = parts.map(|of| me.mk_op(ObjOp::SplatDict, Attr::None, vec![of], entries)).to_vec();
            let made = me.mk(new(DictOp::New, parts), entries, origin);
            me.dynamic(made)
        });
        let empty = self.mk(new(DictOp::New, Vec::new()), entries, origin);
        let formals = vec![
            Formal { name: None, kind: ParamKind::PositionalOnly, has_default: true },
            Formal { name: Some(Name::new("kwargs")), kind: ParamKind::StarStar, has_default: false },
        ];
        let defaults = vec![Some(empty), None];
        self.described
            .insert(closure, Described { name: "class dict".to_owned(), is_bound: false, formals, defaults });
        self.function_to_value(closure, &params)
    }

    /// A dynamic value where a function is wanted: a closure that calls it.
    pub(crate) fn function_of_value(&mut self, node: NodeId, params: &[Ty], ret: Ty, to: Ty) -> NodeId {
        if let Node::Item(_) = self.body.nodes[node].kind {
            return self.as_function(node, params, ret, to);
        }
        let origin = self.origin(node);
        let (local, stmt) = self.set_temp("function", node);
        let closure = self.eta(params, ret, to, origin, |me, args| {
            let mut all = vec![me.read_local(local, origin)];
            all.extend(args.into_iter().map(|arg| me.dynamic(arg)));
            me.mk_op(ValueOp::Call, Attr::None, all, Ty::value())
        });
        self.mk_block(vec![stmt], closure)
    }

    /// A call of a dynamic value with spread or named arguments.
    pub(crate) fn call_dynamic(&mut self, callee: NodeId, kinds: &[ArgKind], args: Vec<NodeId>) -> NodeId {
        let origin = self.origin(callee);
        let callee = self.dynamic(callee);
        if matches!(self.body.nodes[callee].kind, Node::Hole { .. }) {
            return self.hole(callee, BAD_CALL, "a call of what is no function".to_owned());
        }
        let [items, named] = self.given_by_name(kinds, args, origin);
        let args = [callee, items, named].into_iter().map(Arg::positional).collect();
        self.mk(Node::Call { callee: Callee::Lib(Name::new("function.call")), args }, Ty::value(), origin)
    }

    /// A method of a dynamic value with arguments that only the run can bind.
    pub(crate) fn call_dynamic_method(
        &mut self,
        receiver: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
    ) -> NodeId {
        let origin = self.origin(receiver);
        let name = self.text(name.as_str(), origin);
        let [items, named] = self.given_by_name(kinds, args, origin);
        let args = [receiver, name, items, named].into_iter().map(Arg::positional).collect();
        self.mk(Node::Call { callee: Callee::Lib(Name::new("value.call_method")), args }, Ty::value(), origin)
    }

    /// The list of the arguments by position, and the dict of those by name.
    pub(crate) fn given_by_name(
        &mut self,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> [NodeId; 2] {
        let (mut items, mut named) = (Vec::new(), Vec::new());
        let dict = Ty::dict(Ty::str(), Ty::value());
        for (kind, arg) in kinds.iter().zip(args) {
            match kind {
                ArgKind::Positional => items.push(self.dynamic(arg)),
                ArgKind::Star => {
                    let iter = self.iter_of(arg);
                    let iter = self.coerce(iter, Ty::iter(Ty::value()));
                    items.push(self.mk_op(ObjOp::Splat, Attr::None, vec![iter], Ty::iter(Ty::value())));
                }
                ArgKind::Named(name) => {
                    named.push(self.text(name.as_str(), origin));
                    named.push(self.dynamic(arg));
                }
                ArgKind::StarStar => {
                    let map = self.coerce(arg, dict);
                    named.push(self.mk_op(ObjOp::SplatDict, Attr::None, vec![map], dict));
                }
            }
        }
        let items = self.mk(new(ListOp::New, items), Ty::list(Ty::value()), origin);
        let named = self.mk(new(DictOp::New, named), dict, origin);
        [items, named]
    }
}

fn new(op: impl Into<Op>, args: Vec<NodeId>) -> Node {
    Node::Op { op: op.into(), attr: Attr::None, args }
}

fn formal(param: &Param) -> Formal {
    Formal { name: Some(param.name), kind: param.kind, has_default: param.default.is_some() }
}

/// A parameter as the run reads it; behind a `*` they are passed by name only.
fn shown(formal: &Formal) -> String {
    let name = formal.name.map_or("_", |name| name.as_str());
    let default = if formal.has_default { "=" } else { "" };
    let kind = match formal.kind {
        ParamKind::Star => "*",
        ParamKind::StarStar => "**",
        ParamKind::KeywordOnly => "!",
        ParamKind::PositionalOnly => "/",
        ParamKind::Normal => "",
    };
    format!("{kind}{name}{default}")
}
