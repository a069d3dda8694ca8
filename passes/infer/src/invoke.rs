//! Calls at Typed: resolved callees with complete positional arguments in parameter order.

use crate::apply::{Apply, BAD_CALL, UNKNOWN_ATTRIBUTE};
use crate::bind::{Bound, Slot, bind};
use crate::calls::{formals, record_formals};
use crate::env::is_builtin_error;
use crate::solve::InstId;
use batuta_base::{Id, Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    pub(crate) fn call(&mut self, id: NodeId, callee: Callee, args: Vec<Arg>) -> NodeId {
        let origin = self.origin(id);
        match callee {
            Callee::Fn(path) | Callee::New(path) | Callee::Virtual(path) => {
                let (kinds, nodes) = self.args(args);
                self.call_path(id, path, &kinds, nodes, origin)
            }
            Callee::Lib(name) => self.call_lib(id, name, args, origin),
            Callee::Method(receiver, name) => {
                let receiver = self.expr(receiver);
                let (kinds, nodes) = self.args(args);
                self.call_method(id, receiver, name, &kinds, nodes, origin)
            }
            Callee::Super(name) => {
                let (kinds, nodes) = self.args(args);
                self.call_super(id, name, &kinds, nodes, origin)
            }
            Callee::Value(node) => {
                let node = self.expr(node);
                let (kinds, nodes) = self.args(args);
                self.call_value(id, node, &kinds, nodes, origin)
            }
        }
    }

    fn args(&mut self, args: Vec<Arg>) -> (Vec<ArgKind>, Vec<NodeId>) {
        let kinds = args.iter().map(|arg| arg.kind).collect();
        (kinds, args.into_iter().map(|arg| self.expr(arg.value)).collect())
    }

    fn call_path(
        &mut self,
        id: NodeId,
        path: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let env = self.types.env();
        let path = env.program.resolve(path);
        if env.class(path).is_some() {
            return self.construct(id, path, kinds, args, origin);
        }
        let class = path.parent();
        let method = env.class(class).and_then(|_| env.method(class, path.last()));
        let target = method.unwrap_or(path);
        let Some(body) = env.program.fns.get(&target) else {
            let value = self.mk(Node::Use(Place::global(path), Mode::Read), Ty::value(), origin);
            let value = self.global(value, path);
            return self.call_value(id, value, kinds, args, origin);
        };
        let this = match body.kind {
            FnKind::ClassMethod => Some(self.mk(Node::Item(class), Ty::new(TyKind::TypeOf(class)), origin)),
            _ => None,
        };
        self.call_inst(Some(id), target, Callee::Fn, this, kinds, args, origin)
    }

    /// The version that a call uses.
    pub(crate) fn version(&self, id: Option<NodeId>, path: Name) -> Option<InstId> {
        let solver = self.types.solver;
        let chosen = id.and_then(|id| solver.chosen.get(&(self.inst, id.0, path)));
        chosen.or_else(|| solver.versions.get(&path)?.first()).copied()
    }

    #[expect(clippy::too_many_arguments, reason = "a call is all of this")]
    fn call_inst(
        &mut self,
        id: Option<NodeId>,
        path: Name,
        callee: impl FnOnce(Name) -> Callee,
        this: Option<NodeId>,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let Some(inst) = self.version(id, path) else {
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return self.hole(at, BAD_CALL, format!("`{path}` has no body"));
        };
        let row = &self.types.solver.insts[inst];
        let (sig, unit) = (row.sig.clone(), row.unit.clone());
        let skip = usize::from(this.is_some());
        let formals = formals(&sig, skip);
        let bound = self.bind_args(&formals, kinds, &args);
        if !bound.is_complete() {
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            let text = format!("the arguments do not fit the parameters of `{}`", path.last());
            return self.hole(at, BAD_CALL, text);
        }
        let params = &unit.body.params;
        let mut wants = Vec::new();
        for (at, param) in sig.params.iter().enumerate().skip(skip) {
            let item = self.types.get(param.var).unwrap_or_else(Ty::unit);
            wants.push(match params.get(at).map(|param| param.kind) {
                Some(ParamKind::Star) => Ty::list(item),
                Some(ParamKind::StarStar) => Ty::dict(Ty::str(), item),
                _ => item,
            });
        }
        let defaults: Vec<Option<NodeId>> = params.iter().skip(skip).map(|param| param.default).collect();
        let mut stmts = Vec::new();
        let args = self.name_args(&bound, args, &mut stmts);
        let mut out = Vec::new();
        if let (Some(this), Some(first)) = (this, sig.params.first()) {
            let want = self.types.ty(first.var);
            out.push(Arg::positional(self.coerce(this, want)));
        }
        for (at, slot) in bound.slots.iter().enumerate() {
            let default = defaults.get(at).copied().flatten();
            let node = self.slot(slot, wants[at], kinds, &args, origin, |me| match default {
                Some(default) => me.copy_default(&unit.body, default, origin),
                None => me.mk(Node::Const(Const::None), Ty::unit(), origin),
            });
            out.push(Arg::positional(node));
        }
        let ret = self.types.get(sig.ret).unwrap_or_else(Ty::unit);
        let target = self.paths.get(&inst).copied().unwrap_or(path);
        let call = self.mk(Node::Call { callee: callee(target), args: out }, ret, origin);
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    pub(crate) fn bind_args(
        &self,
        formals: &[crate::bind::Formal],
        kinds: &[ArgKind],
        args: &[NodeId],
    ) -> Bound {
        let lens = |at: usize| match self.ty(args[at]).kind() {
            TyKind::Tuple(items) => Some(items.len()),
            TyKind::Class(class, _) if self.types.env().is_named_tuple(*class) => {
                Some(self.types.env().record_fields(*class).len())
            }
            _ => None,
        };
        bind(formals, kinds, &lens)
    }

    /// Names arguments whose order of evaluation differs from the order of parameters, and spread ones.
    fn name_args(&mut self, bound: &Bound, args: Vec<NodeId>, stmts: &mut Vec<Stmt>) -> Vec<NodeId> {
        let mut order: Vec<usize> = Vec::new();
        let mut spread = false;
        for slot in &bound.slots {
            match slot {
                Slot::Arg(at) => order.push(*at),
                Slot::Pack(items) => order.extend(items),
                Slot::PackNamed(items) => order.extend(items.iter().map(|(_, at)| *at)),
                Slot::FromStar(at, _) | Slot::FromMap(at, _) => {
                    spread = true;
                    order.push(*at);
                }
                _ => {}
            }
        }
        let sorted = order.windows(2).all(|pair| pair[0] <= pair[1]);
        let constant =
            |me: &Self, node: NodeId| matches!(me.body.nodes[node].kind, Node::Const(_) | Node::Item(_));
        if sorted && !spread {
            return args;
        }
        let open = args.iter().filter(|arg| !constant(self, **arg)).count();
        if !spread && open < 2 {
            return args;
        }
        let mut out = Vec::new();
        for arg in args {
            if constant(self, arg) || (!spread && self.is_simple(arg)) {
                out.push(arg);
                continue;
            }
            let origin = self.origin(arg);
            let (local, stmt) = self.set_temp("arg", arg);
            stmts.push(stmt);
            out.push(self.read_local(local, origin));
        }
        out
    }

    fn slot(
        &mut self,
        slot: &Slot,
        want: Ty,
        kinds: &[ArgKind],
        args: &[NodeId],
        origin: Origin,
        default: impl FnOnce(&mut Self) -> NodeId,
    ) -> NodeId {
        match slot {
            Slot::Arg(at) => self.coerce(args[*at], want),
            Slot::Default | Slot::Missing => {
                let node = default(self);
                self.coerce(node, want)
            }
            Slot::Pack(items) => {
                if let ([at], TyKind::List(_)) = (items.as_slice(), want.kind())
                    && kinds[*at] == ArgKind::Star
                    && self.ty(args[*at]) == want
                {
                    return args[*at];
                }
                let item = self.item_type(want);
                let mut nodes = Vec::new();
                for at in items {
                    if kinds[*at] == ArgKind::Star {
                        let iter = self.iter_of(args[*at]);
                        let iter = self.coerce(iter, Ty::iter(item));
                        nodes.push(self.mk_op(ObjOp::Splat, Attr::None, vec![iter], Ty::iter(item)));
                    } else {
                        nodes.push(self.coerce(args[*at], item));
                    }
                }
                let list = self.mk_op(ListOp::New, Attr::None, nodes, want);
                self.body.nodes[list].origin = origin;
                list
            }
            Slot::PackNamed(items) => {
                let value = want.children().get(1).copied().unwrap_or_else(Ty::value);
                let mut nodes = Vec::new();
                for (name, at) in items {
                    match name {
                        Some(name) => {
                            nodes.push(self.text(name.as_str(), origin));
                            nodes.push(self.coerce(args[*at], value));
                        }
                        None => {
                            let inner = self.coerce(args[*at], want);
                            nodes.push(self.mk_op(ObjOp::SplatDict, Attr::None, vec![inner], want));
                        }
                    }
                }
                self.mk_op(DictOp::New, Attr::None, nodes, want)
            }
            Slot::FromStar(at, item) => {
                let value = self.star_item(args[*at], *item);
                self.coerce(value, want)
            }
            Slot::FromMap(at, name) => {
                let map = self.again(args[*at]);
                let key = self.text(name.as_str(), origin);
                match self.index_node(map, key, None) {
                    Some(value) => self.coerce(value, want),
                    None => {
                        self.mk(Node::Hole { why: "spread".into(), source: "".into() }, Ty::never(), origin)
                    }
                }
            }
        }
    }

    /// A default of another body, copied to the call: constants, names and tuples of them.
    fn copy_default(&mut self, from: &Body<Hir>, node: NodeId, origin: Origin) -> NodeId {
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
            Node::Op { op: Op::ObjOp(ObjOp::Neg), args, .. } => {
                let inner = self.copy_default(from, args[0], origin);
                let ty = self.ty(inner);
                let negated = match self.body.as_const(inner) {
                    Some(Const::Int(digits)) => Const::Int(format!("-{digits}").into()),
                    Some(Const::Float(value)) => Const::Float(-value),
                    _ => Const::None,
                };
                self.mk(Node::Const(negated), ty, origin)
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
                self.hole(at, BAD_CALL, "a default that is computed where the function is defined".into())
            }
        }
    }

    fn construct(
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
            all.extend(args.into_iter().map(Arg::positional));
            return self.mk(
                Node::Call { callee: Callee::Lib(Name::new("enum.by_value")), args: all },
                ty,
                origin,
            );
        }
        if let Some(init) = env.method(class, "__init__") {
            let this = self.mk(Node::Const(Const::None), Ty::never(), origin);
            let call =
                self.call_inst(Some(id), init, |_| Callee::New(class), Some(this), kinds, args, origin);
            self.finish_new(call, ty);
            return call;
        }
        let fields = env.record_fields(class);
        if fields.is_empty() {
            let args = args.into_iter().map(Arg::positional).collect();
            return self.mk(Node::Call { callee: Callee::New(class), args }, ty, origin);
        }
        let bound = self.bind_args(&record_formals(&fields), kinds, &args);
        if !bound.is_complete() {
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return self.hole(
                at,
                BAD_CALL,
                format!("the arguments do not fit the fields of `{}`", class.last()),
            );
        }
        let mut stmts = Vec::new();
        let args = self.name_args(&bound, args, &mut stmts);
        let mut out = Vec::new();
        for (slot, field) in bound.slots.iter().zip(&fields) {
            let want = self.field_type(class, field.name).unwrap_or_else(Ty::value);
            let node = self.slot(slot, want, kinds, &args, origin, |me| me.field_default(field, origin));
            out.push(Arg::positional(node));
        }
        let call = self.mk(Node::Call { callee: Callee::New(class), args: out }, ty, origin);
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// The receiver of `__init__` is no argument of a constructor.
    fn finish_new(&mut self, call: NodeId, ty: Ty) {
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

    fn field_default(&mut self, field: &FieldDef, origin: Origin) -> NodeId {
        let Some(path) = field.default else { return self.mk(Node::Const(Const::None), Ty::unit(), origin) };
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

    /// Result type of a function's first version.
    pub(crate) fn result_of(&self, path: Name) -> Ty {
        let solver = self.types.solver;
        let Some(inst) = solver.versions.get(&path).and_then(|all| all.first()) else { return Ty::value() };
        self.types.get(solver.insts[*inst].sig.ret).unwrap_or_else(Ty::unit)
    }

    pub(crate) fn fn_type(&self, inst: InstId, skip: usize) -> Ty {
        let sig = &self.types.solver.insts[inst].sig;
        let params: Vec<Ty> = sig.params.iter().skip(skip).map(|param| self.types.ty(param.whole)).collect();
        Ty::func(params, self.types.get(sig.ret).unwrap_or_else(Ty::unit))
    }

    fn call_method(
        &mut self,
        id: NodeId,
        receiver: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let env = self.types.env();
        let ty = self.ty(receiver);
        match ty.kind() {
            TyKind::Never => receiver,
            TyKind::Option(inner) => {
                let text = format!("AttributeError: 'NoneType' object has no attribute '{name}'");
                let receiver = self.unwrap(receiver, *inner, &text);
                self.call_method(id, receiver, name, kinds, args, origin)
            }
            TyKind::Value | TyKind::Union(_) => {
                let receiver = self.dynamic(receiver);
                let mut all = vec![receiver];
                all.extend(args.into_iter().map(|arg| self.dynamic(arg)));
                self.mk_op(ValueOp::Method, Attr::Name(name), all, Ty::value())
            }
            TyKind::TypeOf(class) => self.call_path(id, class.join(name.as_str()), kinds, args, origin),
            TyKind::Class(class, _) => {
                let class = *class;
                let method = env.method(class, name.as_str());
                match method.filter(|method| env.program.fns[method].kind != FnKind::Property) {
                    Some(method) => self.dispatch(Some(id), class, method, receiver, kinds, args, origin),
                    None => self.call_member(id, class, receiver, name, kinds, args, origin),
                }
            }
            _ => {
                if let (Node::Item(item), None) = (&self.body.nodes[receiver].kind, self.type_word(ty)) {
                    let path = item.join(name.as_str());
                    return self.lib_call(path, kinds, args, Some(id), origin);
                }
                let Some(word) = self.type_word(ty) else {
                    return self.hole(receiver, UNKNOWN_ATTRIBUTE, format!("`{ty}` has no method `{name}`"));
                };
                let mut all = vec![receiver];
                all.extend(args);
                let mut all_kinds = vec![ArgKind::Positional];
                all_kinds.extend(kinds);
                self.lib_call(word.join(name.as_str()), &all_kinds, all, Some(id), origin)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a call is all of this")]
    fn call_member(
        &mut self,
        id: NodeId,
        class: Name,
        receiver: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let env = self.types.env();
        if name == "_replace" && env.is_named_tuple(class) {
            return self.replaced(class, receiver, kinds, args, origin);
        }
        let is_here = env.field_owner(class, name).is_some()
            || env.method(class, name.as_str()).is_some()
            || env.attribute(class, name.as_str()).is_some();
        if !is_here && let Some(sub) = self.subclass_with_field(class, name) {
            let receiver = self.mk_op(ClassOp::Down, Attr::None, vec![receiver], Ty::class(sub));
            return self.call_method(id, receiver, name, kinds, args, origin);
        }
        if !is_here && env.is_error(class) {
            let receiver = self.coerce(receiver, Ty::error());
            return self.call_method(id, receiver, name, kinds, args, origin);
        }
        let value = self.attr(receiver, name, origin);
        self.call_value(id, value, kinds, args, origin)
    }

    /// `x._replace(a=1)` and `dataclasses.replace(x, a=1)`: a new object of the fields.
    fn replaced(
        &mut self,
        class: Name,
        object: NodeId,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let fields = self.types.env().record_fields(class);
        self.with_value(object, |me, read| {
            let mut out = Vec::new();
            for field in &fields {
                let given = kinds.iter().position(|kind| *kind == ArgKind::Named(field.name));
                let want = me.field_type(class, field.name).unwrap_or_else(Ty::value);
                let node = match given {
                    Some(at) => me.coerce(args[at], want),
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

    /// A call of a method found in the receiver's class: static, or by the object's own class where that differs.
    #[expect(clippy::too_many_arguments, reason = "a call is all of this")]
    fn dispatch(
        &mut self,
        id: Option<NodeId>,
        class: Name,
        method: Name,
        receiver: NodeId,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let env = self.types.env();
        let this = match env.program.fns[&method].kind {
            FnKind::StaticMethod => None,
            FnKind::ClassMethod => Some(self.mk(Node::Item(class), Ty::new(TyKind::TypeOf(class)), origin)),
            _ => Some(receiver),
        };
        let overridden = env.overridden.contains(&method)
            && env
                .program
                .subclasses(class)
                .iter()
                .any(|sub| env.method(*sub, method.last()) != Some(method));
        let callee = if overridden && this.is_some() { Callee::Virtual } else { Callee::Fn };
        self.call_inst(id, method, callee, this, kinds, args, origin)
    }

    /// A method call with positional arguments that the compiler makes: operators, `__iter__`, properties.
    pub(crate) fn call_method_path(
        &mut self,
        class: Name,
        method: Name,
        object: NodeId,
        args: Vec<NodeId>,
    ) -> NodeId {
        let origin = self.origin(object);
        let kinds = vec![ArgKind::Positional; args.len()];
        self.dispatch(None, class, method, object, &kinds, args, origin)
    }

    /// `object.method` as a value.
    pub(crate) fn bound_method(
        &mut self,
        object: NodeId,
        class: Name,
        method: Name,
        origin: Origin,
    ) -> NodeId {
        let Some(version) = self.version(None, method) else { return object };
        let skip = usize::from(self.types.env().program.fns[&method].kind != FnKind::StaticMethod);
        let ty = self.fn_type(version, skip);
        let TyKind::Func(params, ret) = ty.kind() else { return object };
        let rows = &self.types.solver.insts[version].unit.body.params;
        let kinds: Vec<ArgKind> = rows
            .iter()
            .skip(skip)
            .map(|param| match param.kind {
                ParamKind::Star => ArgKind::Star,
                ParamKind::StarStar => ArgKind::StarStar,
                _ => ArgKind::Positional,
            })
            .collect();
        let make = |me: &mut Self, object: NodeId| {
            me.eta(params, *ret, ty, origin, |me, args| {
                me.dispatch(None, class, method, object, &kinds, args, origin)
            })
        };
        if self.is_simple(object) {
            return make(self, object);
        }
        let (local, stmt) = self.set_temp("this", object);
        let read = self.read_local(local, origin);
        let closure = make(self, read);
        self.mk_block(vec![stmt], closure)
    }

    fn call_super(
        &mut self,
        id: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let env = self.types.env();
        let path = self.types.solver.insts[self.inst].path;
        let class = path.parent();
        let found =
            env.mro(class).iter().skip(1).find_map(|base| {
                env.class(*base)?.methods.iter().copied().find(|m| m.last() == name.as_str())
            });
        let this = self.unit.body.params.first().map(|param| param.local);
        let this = this.map(|local| self.read_local(local, origin));
        if let Some(method) = found {
            return self.call_inst(Some(id), method, Callee::Fn, this, kinds, args, origin);
        }
        if env.is_error(class)
            && let Some(this) = this
        {
            if name == "__str__" {
                let error = self.coerce(this, Ty::error());
                return self.mk_op(ExcOp::Text, Attr::None, vec![error], Ty::str());
            }
            let mut all = vec![Arg::positional(this)];
            all.extend(args.into_iter().map(Arg::positional));
            let lib = Name::new("error").join(name.as_str());
            return self.mk(Node::Call { callee: Callee::Lib(lib), args: all }, Ty::unit(), origin);
        }
        match name.as_str() {
            "__init__" | "__init_subclass__" | "__post_init__" => {
                self.mk(Node::Const(Const::None), Ty::unit(), origin)
            }
            _ => {
                let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
                self.hole(at, UNKNOWN_ATTRIBUTE, format!("no class above `{}` has `{name}`", class.last()))
            }
        }
    }

    fn call_value(
        &mut self,
        id: NodeId,
        node: NodeId,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let ty = self.ty(node);
        if let Node::Item(name) = self.body.nodes[node].kind {
            let env = self.types.env();
            if env.class(name).is_some() || env.program.fns.contains_key(&name) {
                return self.call_path(id, name, kinds, args, origin);
            }
            if !matches!(ty.kind(), TyKind::Func(..)) && batuta_catalog::constant(name.as_str()).is_none() {
                return self.lib_call(name, kinds, args, Some(id), origin);
            }
        }
        match ty.kind() {
            TyKind::Never => node,
            TyKind::Option(inner) => {
                let node = self.unwrap(node, *inner, "TypeError: 'NoneType' object is not callable");
                self.call_value(id, node, kinds, args, origin)
            }
            TyKind::TypeOf(class) => {
                let call = self.construct(id, *class, kinds, args, origin);
                if self.is_simple(node) {
                    return call;
                }
                let stmt = Stmt::new(StmtKind::Expr(node), origin);
                self.mk_block(vec![stmt], call)
            }
            TyKind::Class(class, _) => match self.types.env().method(*class, "__call__") {
                Some(method) => self.dispatch(Some(id), *class, method, node, kinds, args, origin),
                None => self.hole(node, BAD_CALL, format!("`{ty}` is not callable")),
            },
            TyKind::Func(params, ret) => {
                let (params, ret) = (params.clone(), *ret);
                self.call_func(node, &params, ret, kinds, args, origin)
            }
            TyKind::Value | TyKind::Union(_) => {
                let mut all = vec![self.dynamic(node)];
                all.extend(args.into_iter().map(|arg| self.dynamic(arg)));
                self.mk_op(ValueOp::Call, Attr::None, all, Ty::value())
            }
            _ => self.hole(node, BAD_CALL, format!("`{ty}` is not callable")),
        }
    }

    fn call_func(
        &mut self,
        node: NodeId,
        params: &[Ty],
        ret: Ty,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let known = self.known_closure(node);
        let formals: Vec<crate::bind::Formal> = match &known {
            Some(rows) => rows
                .iter()
                .map(|row| crate::bind::Formal {
                    name: Some(row.name),
                    kind: row.kind,
                    has_default: row.default.is_some(),
                })
                .collect(),
            None => self.value_formals(node, params.len()),
        };
        let bound = self.bind_args(&formals, kinds, &args);
        if !bound.is_complete() || formals.len() != params.len() {
            return self.hole(node, BAD_CALL, "the arguments do not fit this function value".into());
        }
        let mut stmts = Vec::new();
        let args = self.name_args(&bound, args, &mut stmts);
        let from = self.unit.clone();
        let mut out = Vec::new();
        for (at, slot) in bound.slots.iter().enumerate() {
            let default = known.as_ref().and_then(|rows| rows[at].default);
            let value = self.slot(slot, params[at], kinds, &args, origin, |me| match default {
                Some(default) => me.copy_default(&from.body, default, origin),
                None => me.mk(Node::Const(Const::None), Ty::unit(), origin),
            });
            out.push(Arg::positional(value));
        }
        let call = self.mk(Node::Call { callee: Callee::Value(node), args: out }, ret, origin);
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// Names and kinds of the parameters of a function value, as far as they are known.
    fn value_formals(&self, node: NodeId, count: usize) -> Vec<crate::bind::Formal> {
        let solver = self.types.solver;
        let sig = (node.index() < self.nodes)
            .then(|| solver.vars.atoms(self.base + node.0))
            .and_then(|atoms| atoms.iter().find(|atom| matches!(atom.head, crate::vars::Head::Func(_))))
            .and_then(|atom| solver.sigs.get(atom.args.last()?));
        let unnamed = || crate::bind::Formal { name: None, kind: ParamKind::Normal, has_default: false };
        match sig {
            Some(sig) if sig.params.len() >= count => {
                let mut formals = formals(sig, sig.params.len() - count);
                // Defaults of an unknown closure cannot be copied here.
                formals.iter_mut().for_each(|formal| formal.has_default = false);
                formals
            }
            _ => (0..count).map(|_| unnamed()).collect(),
        }
    }

    /// Parameters of the one closure that a local holds.
    fn known_closure(&self, node: NodeId) -> Option<Vec<Param>> {
        let Node::Use(place, _) = &self.body.nodes[node].kind else { return None };
        let local = place.as_local()?;
        let body = &self.unit.body;
        let mut found: Option<NodeId> = None;
        let mut count = 0;
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
                && place.as_local() == Some(local)
            {
                count += 1;
                found = Some(*value);
            }
        });
        match (&body.nodes[found?].kind, count) {
            (Node::Closure(closure), 1) => Some(closure.params.clone()),
            _ => None,
        }
    }

    /// A library function or class applied to elaborated positional arguments.
    pub(crate) fn call_item(&mut self, name: Name, args: Vec<NodeId>, origin: Origin) -> NodeId {
        let kinds = vec![ArgKind::Positional; args.len()];
        let id = self.mk(Node::Const(Const::None), Ty::unit(), origin);
        if self.types.env().class(name).is_some() {
            return self.construct(id, name, &kinds, args, origin);
        }
        self.lib_nodes(id, name, &kinds, args, origin)
    }

    pub(crate) fn error_new(&mut self, name: Name, args: Vec<NodeId>, origin: Origin) -> NodeId {
        let class = name.as_str().strip_prefix("builtins.").map_or(name, Name::new);
        let node = self.mk_op(ExcOp::New, Attr::Name(class), args, Ty::error());
        self.body.nodes[node].origin = origin;
        node
    }

    fn call_lib(&mut self, id: NodeId, name: Name, args: Vec<Arg>, origin: Origin) -> NodeId {
        if name == "builtins.isinstance" && args.len() == 2 {
            return self.isinstance(args[0].value, args[1].value);
        }
        let (kinds, nodes) = self.args(args);
        self.lib_nodes(id, name, &kinds, nodes, origin)
    }

    /// A library call with elaborated arguments; special functions first.
    fn lib_nodes(
        &mut self,
        id: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        match (name.as_str(), args.as_slice()) {
            ("builtins.bool", []) => self.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin),
            ("builtins.bool", [value]) => self.truth(*value),
            ("builtins.range", _) => self.range(args, origin),
            ("builtins.iter", [value]) => match self.special(*value, "__iter__", Vec::new()) {
                Ok(node) => node,
                Err(node) => self.iter_of(node),
            },
            ("builtins.type", [value]) => {
                let ty = match self.ty(*value).kind() {
                    TyKind::Class(class, _) => Ty::new(TyKind::TypeOf(*class)),
                    _ => Ty::value(),
                };
                let args = vec![Arg::positional(*value)];
                self.mk(Node::Call { callee: Callee::Lib(name), args }, ty, origin)
            }
            ("builtins.dict", _) if kinds.iter().any(|kind| *kind != ArgKind::Positional) => {
                self.dict_of(id, kinds, args, origin)
            }
            ("builtins.dict", [value]) if matches!(self.ty(*value).kind(), TyKind::Lib(..)) => {
                let ty = self.solved(id).unwrap_or_else(Ty::value);
                let args = vec![Arg::positional(*value)];
                self.mk(Node::Call { callee: Callee::Lib(name), args }, ty, origin)
            }
            ("copy.copy" | "copy.deepcopy", [value]) => {
                let ty = self.ty(*value);
                let args = vec![Arg::positional(*value)];
                self.mk(Node::Call { callee: Callee::Lib(name), args }, ty, origin)
            }
            ("dataclasses.replace", [value, ..]) => match self.ty(*value).kind() {
                TyKind::Class(class, _) => self.replaced(*class, *value, kinds, args.clone(), origin),
                _ => self.lib_call(name, kinds, args, Some(id), origin),
            },
            ("enum.auto", _) => {
                self.mk(Node::Call { callee: Callee::Lib(name), args: Vec::new() }, Ty::int(), origin)
            }
            _ if is_builtin_error(name) => self.error_new(name, args, origin),
            _ => self.lib_special(id, name, kinds, args, origin),
        }
    }

    /// `len(x)` of an object is `x.__len__()`.
    fn lib_special(
        &mut self,
        id: NodeId,
        name: Name,
        kinds: &[ArgKind],
        mut args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        if let (Some(dunder), Some(first)) =
            (crate::libcalls::dunder_of(name.as_str()), args.first().copied())
        {
            let first = match self.ty(first).kind() {
                TyKind::Option(inner) if matches!(inner.kind(), TyKind::Class(..) | TyKind::Lib(..)) => self
                    .present(
                        first,
                        &format!("TypeError: object of type 'NoneType' has no {}()", name.last()),
                    ),
                _ => first,
            };
            args[0] = first;
            if matches!(self.ty(first).kind(), TyKind::Class(..) | TyKind::Lib(..)) {
                let rest = args[1..].to_vec();
                if let Ok(node) = self.special(first, dunder, rest) {
                    return node;
                }
            }
        }
        self.lib_call(name, kinds, args, Some(id), origin)
    }

    fn range(&mut self, args: Vec<NodeId>, origin: Origin) -> NodeId {
        let mut args: Vec<NodeId> = args.into_iter().map(|arg| self.coerce(arg, Ty::int())).collect();
        let number =
            |me: &mut Self, text: &str| me.mk(Node::Const(Const::Int(text.into())), Ty::int(), origin);
        if args.len() == 1 {
            let zero = number(self, "0");
            args.insert(0, zero);
        }
        if args.len() == 2 {
            let one = number(self, "1");
            args.push(one);
        }
        let op = Node::Op { op: RangeOp::New.into(), attr: Attr::None, args };
        self.mk(op, Ty::new(TyKind::Range), origin)
    }

    /// `dict(a=1, **d)`.
    fn dict_of(&mut self, id: NodeId, kinds: &[ArgKind], args: Vec<NodeId>, origin: Origin) -> NodeId {
        let ty = self.solved(id).unwrap_or_else(Ty::value);
        let value = ty.children().get(1).copied().unwrap_or_else(Ty::value);
        let mut out = Vec::new();
        for (kind, arg) in kinds.iter().zip(args) {
            match kind {
                ArgKind::Named(name) => {
                    out.push(self.text(name.as_str(), origin));
                    out.push(self.coerce(arg, value));
                }
                _ => {
                    let arg = self.coerce(arg, ty);
                    out.push(self.mk_op(ObjOp::SplatDict, Attr::None, vec![arg], ty));
                }
            }
        }
        self.mk(Node::Op { op: DictOp::New.into(), attr: Attr::None, args: out }, ty, origin)
    }

    /// `isinstance(x, C)`: folded where the type decides it, else a test of the object.
    fn isinstance(&mut self, value: NodeId, classes: NodeId) -> NodeId {
        let names = crate::narrow::class_names(&self.body, classes);
        let value = self.expr(value);
        let origin = self.origin(value);
        if names.is_empty() {
            let classes = self.expr(classes);
            let args = vec![Arg::positional(value), Arg::positional(classes)];
            let callee = Callee::Lib(Name::new("builtins.isinstance"));
            return self.mk(Node::Call { callee, args }, Ty::bool(), origin);
        }
        self.with_value(value, |me, read| {
            let mut tests = Vec::new();
            for name in &names {
                let value = read(me);
                tests.push(me.is_a(value, *name));
            }
            tests
                .into_iter()
                .reduce(|a, b| me.any_of(a, b))
                .unwrap_or_else(|| me.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin))
        })
    }

    fn any_of(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let known = |me: &Self, node: NodeId| match me.body.as_const(node) {
            Some(Const::Bool(value)) => Some(*value),
            _ => None,
        };
        match (known(self, a), known(self, b)) {
            (Some(true), _) | (_, Some(false)) => a,
            (_, Some(true)) | (Some(false), _) => b,
            _ => self.mk_op(BoolOp::Or, Attr::None, vec![a, b], Ty::bool()),
        }
    }

    fn is_a(&mut self, value: NodeId, name: Name) -> NodeId {
        let name = self.types.env().program.resolve(name);
        let ty = self.ty(value);
        let origin = self.origin(value);
        let constant = |me: &mut Self, yes: bool| me.mk(Node::Const(Const::Bool(yes)), Ty::bool(), origin);
        match ty.kind() {
            TyKind::Option(_) if name == "none" => {
                self.mk_op(OptOp::IsNone, Attr::None, vec![value], Ty::bool())
            }
            TyKind::Option(inner) => {
                let some = self.mk_op(OptOp::IsSome, Attr::None, vec![value], Ty::bool());
                let again = self.again(value);
                let inner = self.unwrap(again, *inner, "None");
                let test = self.is_a(inner, name);
                match self.body.as_const(test) {
                    Some(Const::Bool(true)) => some,
                    Some(Const::Bool(false)) => test,
                    _ => self.mk_op(BoolOp::And, Attr::None, vec![some, test], Ty::bool()),
                }
            }
            TyKind::Union(items) => {
                let matching: Vec<Ty> =
                    items.iter().copied().filter(|ty| self.type_is(*ty, name) == Some(true)).collect();
                if matching.len() == items.len() {
                    return constant(self, true);
                }
                let mut tests = Vec::new();
                for ty in matching {
                    let value = self.again(value);
                    tests.push(self.mk_op(UnionOp::Is, Attr::Ty(ty), vec![value], Ty::bool()));
                }
                match tests.into_iter().reduce(|a, b| self.any_of(a, b)) {
                    Some(test) => test,
                    None => constant(self, false),
                }
            }
            TyKind::Num if name == "int" => self.mk_op(NumOp::IsInt, Attr::None, vec![value], Ty::bool()),
            TyKind::Num if name == "float" => {
                let is_int = self.mk_op(NumOp::IsInt, Attr::None, vec![value], Ty::bool());
                self.not(is_int)
            }
            TyKind::Class(class, _) if self.types.env().class(name).is_some() => {
                if self.types.env().is_subclass(*class, name) {
                    constant(self, true)
                } else if self.types.env().is_subclass(name, *class) {
                    self.mk_op(ClassOp::IsInstance, Attr::Name(name), vec![value], Ty::bool())
                } else {
                    constant(self, false)
                }
            }
            TyKind::Error => self.mk_op(ExcOp::IsA, Attr::Name(name), vec![value], Ty::bool()),
            TyKind::Value => {
                let attr = match self.named_type(name) {
                    Some(ty) => Attr::Ty(ty),
                    None => Attr::Name(name),
                };
                self.mk_op(ValueOp::Is, attr, vec![value], Ty::bool())
            }
            _ => {
                let yes = self.type_is(ty, name).unwrap_or(false);
                constant(self, yes)
            }
        }
    }

    fn type_is(&self, ty: Ty, name: Name) -> Option<bool> {
        let head = crate::libcalls::head_of(ty)?;
        self.types.env().head_is(head, name)
    }

    fn named_type(&self, name: Name) -> Option<Ty> {
        let value = Ty::value;
        Some(match name.as_str() {
            "none" => Ty::unit(),
            "int" => Ty::int(),
            "float" => Ty::float(),
            "bool" => Ty::bool(),
            "str" => Ty::str(),
            "bytes" => Ty::bytes(),
            "list" => Ty::list(value()),
            "dict" => Ty::dict(value(), value()),
            "set" => Ty::set(value()),
            _ if self.types.env().class(name).is_some() => Ty::class(name),
            _ => return None,
        })
    }
}
