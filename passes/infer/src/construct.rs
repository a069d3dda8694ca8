//! Constructors at Typed, and defaults that calls fill in.

use crate::apply::{ALWAYS_RAISES, Apply, BAD_CALL};
use crate::arguments::Signature;
use crate::bind::Formal;
use crate::calls::record_formals;
use batuta_base::{Name, Origin};
use batuta_core::*;

const COMPUTED: &str = "a default that is computed where the function is defined";

impl Apply<'_, '_, '_> {
    pub(crate) fn construct(
        &mut self,
        id: NodeId,
        class: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let env = self.types.env();
        let ty = Ty::class(class);
        if env.is_enum(class) {
            let item = self.mk(Node::Item(class), Ty::new(TyKind::TypeOf(class)), origin);
            let mut all = vec![Arg::positional(item)];
            let value = self.types.solver.fields.get(&(class, Name::new("value")));
            let value = value.and_then(|var| self.types.get(*var));
            for arg in args {
                // A tuple among those of the members, whose parts are of several types.
                let is_part = match (self.ty(arg).kind(), value.map(Ty::kind)) {
                    (TyKind::Tuple(own), Some(TyKind::Tuple(all))) => own.len() == all.len(),
                    _ => false,
                };
                let is_dynamic = is_part || *self.ty(arg).kind() == TyKind::Value;
                let arg = value.filter(|_| is_dynamic).map_or(arg, |want| self.coerce(arg, want));
                let arg = match self.ty(arg).kind() {
                    TyKind::Option(inner)
                        if value.is_some_and(|ty| !matches!(ty.kind(), TyKind::Option(_))) =>
                    {
                        let text = format!("ValueError: None is not a valid {}", class.last());
                        self.unwrap(arg, *inner, &text)
                    }
                    _ => arg,
                };
                all.push(Arg::positional(arg));
            }
            return self.mk(
                Node::Call { callee: Callee::Lib(Name::new("enum.by_value")), args: all },
                ty,
                origin,
            );
        }
        if let Some(text) = self.not_constructed(class) {
            return self.refuse("TypeError", &text, args, origin);
        }
        if let Some(made) = self.constructed_by_name(class, kinds, &args, origin) {
            return made;
        }
        if let Some(init) = env.method(class, "__init__") {
            let this = self.mk(Node::Const(Const::None), Ty::never(), origin);
            let args = match crate::expand::made_of_one(env.program, class) {
                Some(make) => self.inner_parts(make, args),
                None => args,
            };
            let call =
                self.call_inst(Some(id), init, |_| Callee::New(class), Some(this), kinds, args, origin);
            self.finish_new(call, ty);
            return call;
        }
        let fields = env.record_fields(class);
        let is_bare = fields.is_empty() && !args.is_empty() && !env.is_error(class);
        if is_bare {
            let text = format!("{}() takes no arguments", class.last());
            if kinds.iter().all(|kind| matches!(kind, ArgKind::Star | ArgKind::StarStar)) {
                return self.made_of_nothing(class, ty, &text, args, origin);
            }
            return self.refuse("TypeError", &text, args, origin);
        }
        if fields.is_empty() {
            let args = args.into_iter().map(Arg::positional).collect();
            return self.mk(Node::Call { callee: Callee::New(class), args }, ty, origin);
        }
        let formals = record_formals(&fields);
        let bound = self.bind_args(&formals, kinds, &args);
        if !bound.is_complete() {
            let receiver = Formal { name: None, kind: ParamKind::Normal, has_default: false };
            let all: Vec<Formal> = std::iter::once(receiver).chain(formals).collect();
            return self.does_not_fit(&format!("{}.__init__", class.last()), &all, 1, kinds, args, origin);
        }
        let mut stmts = Vec::new();
        let signature = Signature { name: format!("{}.__init__", class.last()), formals: &formals, skip: 0 };
        let given = self.give(&signature, &bound, kinds, args, &mut stmts);
        let mut out = Vec::new();
        for (slot, field) in bound.slots.iter().zip(&fields) {
            let want = self.field_type(class, field.name).unwrap_or_else(Ty::value);
            let node = self.slot(slot, want, &given, origin, |me| me.field_default(field, origin));
            out.push(Arg::positional(node));
        }
        let call = self.mk(Node::Call { callee: Callee::New(class), args: out }, ty, origin);
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// `C(*args, **kwargs)` of a class that takes none: an error where there are some.
    fn made_of_nothing(
        &mut self,
        class: Name,
        ty: Ty,
        text: &str,
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let lists = args.into_iter().map(|arg| match self.ty(arg).kind() {
            TyKind::Iter(item) => {
                let list = Ty::list(*item);
                let splat = self.mk_op(ObjOp::Splat, Attr::None, vec![arg], Ty::iter(*item));
                self.mk_op(ListOp::New, Attr::None, vec![splat], list)
            }
            _ => arg,
        });
        let (args, stmts) = {
            let lists = lists.collect();
            self.simple_args(lists)
        };
        let tests: Vec<NodeId> = args.into_iter().map(|arg| self.truth(arg)).collect();
        let made = self.mk(Node::Call { callee: Callee::New(class), args: Vec::new() }, ty, origin);
        let Some(some) = tests.into_iter().reduce(|a, b| self.any_of(a, b)) else { return made };
        let raise = self.raise_text("TypeError", text, origin);
        let either = self.choose(some, raise, made, ty);
        if stmts.is_empty() { either } else { self.mk_block(stmts, either) }
    }

    fn raise_text(&mut self, class: &str, text: &str, origin: Origin) -> NodeId {
        let text = self.text(text, origin);
        let attr = Attr::Name(Name::new(class));
        let error = self.mk_op(ExcOp::New, attr, vec![text], Ty::error());
        self.mk(Node::Raise { error: Some(error), cause: None }, Ty::never(), origin)
    }

    /// CPython's words where a class has no objects.
    fn not_constructed(&self, class: Name) -> Option<String> {
        let env = self.types.env();
        if env.class(class).is_some_and(|def| def.kind == ClassKind::Protocol) {
            return Some("Protocols cannot be instantiated".to_owned());
        }
        let names = env.abstract_methods(class);
        let word = if names.len() == 1 { "method" } else { "methods" };
        let of = names.join(", ");
        (!names.is_empty())
            .then(|| format!("Can't instantiate abstract class {} with abstract {word} {of}", class.last()))
    }

    /// Evaluates the arguments, then raises.
    pub(crate) fn refuse(&mut self, class: &str, text: &str, args: Vec<NodeId>, origin: Origin) -> NodeId {
        self.diags.report_with(
            ALWAYS_RAISES,
            origin,
            format!("this raises `{class}: {text}` whenever it runs"),
        );
        let raise = self.raise_text(class, text, origin);
        let stmts: Vec<Stmt> = args
            .into_iter()
            .filter(|arg| !self.is_simple(*arg))
            .map(|arg| Stmt::new(StmtKind::Expr(arg), origin))
            .collect();
        if stmts.is_empty() { raise } else { self.mk_block(stmts, raise) }
    }

    /// The receiver of `__init__` is no argument of a constructor.
    pub(crate) fn finish_new(&mut self, call: NodeId, ty: Ty) {
        if let Node::Block { block, .. } = self.body.nodes[call].kind
            && let Some(tail) = self.body.blocks[block].tail
        {
            self.finish_new(tail, ty);
        } else if let Node::Call { args, .. } = &mut self.body.nodes[call].kind {
            args.remove(0);
        } else {
            return;
        }
        self.body.nodes[call].ty = ty;
    }

    pub(crate) fn field_default(&mut self, field: &FieldDef, origin: Origin) -> NodeId {
        match field.default {
            Some(path) => self.default_value(path, origin),
            None => self.mk(Node::Const(Const::None), Ty::unit(), origin),
        }
    }

    fn default_value(&mut self, path: Name, origin: Origin) -> NodeId {
        let env = self.types.env();
        if let Some(body) = env.program.fns.get(&path) {
            let tail =
                body.blocks[body.root].tail.or_else(|| match body.blocks[body.root].stmts.as_slice() {
                    [Stmt { kind: StmtKind::Expr(node), .. }] => match body.nodes[*node].kind {
                        Node::Return(value) => value,
                        _ => None,
                    },
                    _ => None,
                });
            if let Some(Node::Const(value)) = tail.map(|tail| &body.nodes[tail].kind) {
                let ty = crate::rows::const_type(value);
                return self.mk(Node::Const(value.clone()), ty, origin);
            }
        }
        let ret = self.result_of(path);
        self.mk(Node::Call { callee: Callee::Fn(path), args: Vec::new() }, ret, origin)
    }

    /// `x._replace(a=1)` and `dataclasses.replace(x, a=1)`: a new object of the fields.
    pub(crate) fn replaced(
        &mut self,
        class: Name,
        object: NodeId,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let fields = self.types.env().record_fields(class);
        let is_known = |kind: &ArgKind| match kind {
            ArgKind::Named(name) => fields.iter().any(|field| field.name == *name),
            _ => false,
        };
        // `dataclasses.replace` has the object among its arguments.
        let given = kinds.iter().zip(&args).filter(|(_, arg)| **arg != object);
        let named: Vec<(ArgKind, NodeId)> = given.map(|(kind, arg)| (*kind, *arg)).collect();
        let spread = named.iter().position(|(kind, _)| *kind == ArgKind::StarStar);
        if let Some(at) = spread.filter(|_| named.len() == 1) {
            return self.replaced_by(class, object, named[at].1, origin);
        }
        if let Some((kind, _)) = named.iter().find(|(kind, _)| !is_known(kind)) {
            let is_tuple = self.types.env().is_named_tuple(class);
            return match kind {
                ArgKind::Named(name) if is_tuple => {
                    let text = format!("Got unexpected field names: ['{name}']");
                    self.refuse("ValueError", &text, args, origin)
                }
                ArgKind::Named(name) => {
                    let text =
                        format!("{}.__init__() got an unexpected keyword argument '{name}'", class.last());
                    self.refuse("TypeError", &text, args, origin)
                }
                _ => self.hole(object, BAD_CALL, "fields whose names only the run knows".to_owned()),
            };
        }
        self.with_value(object, |me, read| {
            let mut out = Vec::new();
            for field in &fields {
                let given = named.iter().find(|(kind, _)| *kind == ArgKind::Named(field.name));
                let want = me.field_type(class, field.name).unwrap_or_else(Ty::value);
                let node = match given {
                    Some((_, arg)) => me.coerce(*arg, want),
                    None => {
                        let object = read(me);
                        me.field_of(object, field.name, want, origin)
                    }
                };
                out.push(Arg::positional(node));
            }
            me.mk(Node::Call { callee: Callee::New(class), args: out }, Ty::class(class), origin)
        })
    }

    /// `dataclasses.replace(x, **changes)`: each field is looked up by its name.
    fn replaced_by(&mut self, class: Name, object: NodeId, changes: NodeId, origin: Origin) -> NodeId {
        let fields = self.types.env().record_fields(class);
        let item = match self.ty(changes).kind() {
            TyKind::Dict(key, item) if *key.kind() == TyKind::Str => *item,
            _ => Ty::value(),
        };
        let map = Ty::dict(Ty::str(), item);
        let changes = self.coerce(changes, map);
        let (local, stmt) = self.set_temp("changes", changes);
        let names: Vec<String> = fields.iter().map(|field| format!("{}=", field.name)).collect();
        let shown = self.text(&format!("{}.__init__({})", class.last(), names.join(", ")), origin);
        let given = self.read_local(local, origin);
        let check = Name::new("function.check_keywords");
        let kinds = [ArgKind::Positional, ArgKind::Positional];
        let check = self.lib_call(check, &kinds, vec![shown, given], None, origin);
        let made = self.with_value(object, |me, read| {
            let mut out = Vec::new();
            for field in &fields {
                let want = me.field_type(class, field.name).unwrap_or_else(Ty::value);
                let (given, key) = (me.read_local(local, origin), me.text(field.name.as_str(), origin));
                let test = me.mk_op(DictOp::Contains, Attr::None, vec![given, key], Ty::bool());
                let (given, key) = (me.read_local(local, origin), me.text(field.name.as_str(), origin));
                let new = me.place_read(given, Proj::Index(key), item);
                let new = me.coerce(new, want);
                let object = read(me);
                let old = me.field_of(object, field.name, want, origin);
                let node = me.choose(test, new, old, want);
                out.push(Arg::positional(node));
            }
            me.mk(Node::Call { callee: Callee::New(class), args: out }, Ty::class(class), origin)
        });
        self.mk_block(vec![stmt, Stmt::new(StmtKind::Expr(check), origin)], made)
    }

    /// An operator on literals and constants of the library.
    fn computes_constant(&self, from: &Body<Hir>, node: NodeId) -> bool {
        use ObjOp::*;
        match &from.nodes[node].kind {
            Node::Const(_) => true,
            Node::Item(name) => batuta_catalog::constant(name.as_str()).is_some(),
            Node::Op { op: Op::ObjOp(op), args, .. } => {
                let is_operator = matches!(
                    op,
                    Add | Sub
                        | Mul
                        | TrueDiv
                        | FloorDiv
                        | Mod
                        | Pow
                        | Shl
                        | Shr
                        | BitAnd
                        | BitOr
                        | BitXor
                        | Neg
                        | Invert
                );
                is_operator && args.iter().all(|arg| self.computes_constant(from, *arg))
            }
            _ => false,
        }
    }

    /// A default of another body, copied to the call: constants, names and tuples of them.
    pub(crate) fn copy_default(&mut self, from: &Body<Hir>, node: NodeId, origin: Origin) -> NodeId {
        match &from.nodes[node].kind {
            Node::Const(value) => {
                let ty = crate::rows::const_type(value);
                self.mk(Node::Const(value.clone()), ty, origin)
            }
            Node::Item(name) => {
                let id = self.mk(Node::Item(*name), Ty::value(), origin);
                self.item(id, *name)
            }
            Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => {
                let id = self.mk(Node::Use(Place::global(*path), Mode::Read), Ty::value(), origin);
                self.global(id, *path)
            }
            Node::Use(Place { root: Root::Node(inner), proj }, _) if proj.len() == 1 => {
                let object = self.copy_default(from, *inner, origin);
                match proj[0] {
                    Proj::Field(name) => self.attr(object, name, origin),
                    _ => object,
                }
            }
            // The default of a dataclass's field.
            Node::Call { callee: Callee::Fn(path), args } if args.is_empty() => {
                self.default_value(*path, origin)
            }
            Node::Op { op: Op::ObjOp(ObjOp::Neg), args, .. } => {
                let inner = self.copy_default(from, args[0], origin);
                let ty = self.ty(inner);
                let negated = match self.body.as_const(inner) {
                    Some(Const::Int(digits)) => Const::Int(format!("-{digits}").into()),
                    Some(Const::Float(value)) => Const::Float(-value),
                    _ => return self.unary(ObjOp::Neg, inner),
                };
                self.mk(Node::Const(negated), ty, origin)
            }
            // Numbers and texts computed from constants are the same whenever they are computed.
            Node::Op { op: Op::ObjOp(op), args, .. } if self.computes_constant(from, node) => {
                let args: Vec<NodeId> =
                    args.iter().map(|arg| self.copy_default(from, *arg, origin)).collect();
                match args[..] {
                    [a] => self.unary(*op, a),
                    [a, b] => self.binary(*op, a, b, false),
                    _ => unreachable!("operators take one or two operands"),
                }
            }
            // So are those computed from names that keep their value.
            Node::Op { op: Op::ObjOp(op), args, .. } if args.len() == 2 => {
                let (a, b) =
                    (self.copy_default(from, args[0], origin), self.copy_default(from, args[1], origin));
                if self.is_plain(a) && self.is_plain(b) {
                    return self.binary(*op, a, b, false);
                }
                self.hole(a, BAD_CALL, COMPUTED.into())
            }
            // `()` of Rust is `None`.
            Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } if args.is_empty() => {
                let callee = Callee::Lib(Name::new("tuple.empty"));
                self.mk(Node::Call { callee, args: Vec::new() }, Ty::lib("tuple", [Ty::value()]), origin)
            }
            Node::Call { callee: Callee::Lib(name), args } if *name == "random._inst" && args.is_empty() => {
                self.lib_call(*name, &[], Vec::new(), None, origin)
            }
            Node::Op { op: op @ (Op::TupleOp(TupleOp::New) | Op::ListOp(ListOp::New)), args, .. } => {
                let args: Vec<NodeId> =
                    args.iter().map(|arg| self.copy_default(from, *arg, origin)).collect();
                let types: Vec<Ty> = args.iter().map(|arg| self.ty(*arg)).collect();
                let ty = match op {
                    Op::TupleOp(_) => Ty::tuple(types),
                    _ => Ty::list(types.first().copied().unwrap_or_else(Ty::unit)),
                };
                self.mk(Node::Op { op: *op, attr: Attr::None, args }, ty, origin)
            }
            _ => {
                let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
                self.hole(at, BAD_CALL, COMPUTED.into())
            }
        }
    }

    /// A number or a text.
    fn is_plain(&self, node: NodeId) -> bool {
        matches!(
            self.ty(node).kind(),
            TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Str | TyKind::Num
        )
    }
}
