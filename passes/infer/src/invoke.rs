//! Calls at Typed: resolved callees with complete positional arguments in parameter order.

use crate::apply::{Apply, BAD_CALL, UNKNOWN_ATTRIBUTE};
use crate::arguments::{Given, Signature};
use crate::bind::Slot;
use crate::calls::formals;
use crate::literals;
use crate::solve::InstId;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    pub(crate) fn call(&mut self, id: NodeId, callee: Callee, args: Vec<Arg>) -> NodeId {
        let origin = self.origin(id);
        match callee {
            Callee::Fn(path) | Callee::New(path) | Callee::Virtual(path) => {
                let (kinds, nodes) = self.args(args);
                if let Some(raised) = self.raised_before(&nodes) {
                    return raised;
                }
                self.call_path(id, path, &kinds, nodes, origin)
            }
            Callee::Lib(name) => self.call_lib(id, name, args, origin),
            Callee::Method(receiver, name) => {
                let receiver = self.expr(receiver);
                let (kinds, nodes) = self.args(args);
                let is_plain = self.is_simple(receiver);
                if let Some(raised) = is_plain.then(|| self.raised_before(&nodes)).flatten() {
                    return raised;
                }
                self.call_method(id, receiver, name, &kinds, nodes, origin)
            }
            Callee::Super(name) => {
                let (kinds, nodes) = self.args(args);
                self.call_super(id, name, &kinds, nodes, origin)
            }
            Callee::Value(source) => {
                let node = self.expr(source);
                let (kinds, nodes) = self.args(args);
                let outer = self.callee.replace(source);
                let call = self.call_value(id, node, &kinds, nodes, origin);
                self.callee = outer;
                call
            }
        }
    }

    /// What is evaluated of arguments one of which always raises: the call is not reached.
    pub(crate) fn raised_before(&mut self, args: &[NodeId]) -> Option<NodeId> {
        let at = args.iter().position(|arg| *self.ty(*arg).kind() == TyKind::Never)?;
        Some(self.after_parts(&args[..at], args[at]))
    }

    pub(crate) fn args(&mut self, args: Vec<Arg>) -> (Vec<ArgKind>, Vec<NodeId>) {
        let kinds = args.iter().map(|arg| arg.kind).collect();
        (kinds, args.into_iter().map(|arg| self.expr(arg.value)).collect())
    }

    pub(crate) fn call_path(
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
    pub(crate) fn call_inst(
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
        let all = formals(&sig, 0);
        let bound = self.bind_args(&all[skip..], kinds, &args);
        if !bound.is_complete() {
            let name = self.qualified(path);
            if this.is_none() && binds_late(&name, &all, skip, kinds) {
                let item = self.mk(Node::Item(path), self.fn_type(inst, 0), origin);
                let ret = self.types.get(sig.ret).unwrap_or_else(Ty::unit);
                let call = self.call_dynamic(item, kinds, args);
                return self.coerce(call, ret);
            }
            return self.does_not_fit(&name, &all, skip, kinds, args, origin);
        }
        let params = &unit.body.params;
        let mut wants = Vec::new();
        for (at, param) in sig.params.iter().enumerate().skip(skip) {
            let item = self.types.get(param.var).unwrap_or_else(Ty::unit);
            wants.push(match params.get(at).map(|param| param.kind) {
                Some(ParamKind::Star) => Ty::list(item),
                Some(ParamKind::StarStar) => {
                    // A dict that is one with that of a dynamic value has dynamic keys.
                    let key = self.types.get(param.whole).and_then(|ty| ty.children().first().copied());
                    Ty::dict(key.unwrap_or_else(Ty::str), item)
                }
                _ => item,
            });
        }
        let defaults: Vec<Option<NodeId>> = params.iter().skip(skip).map(|param| param.default).collect();
        let mut stmts = Vec::new();
        let signature = Signature { name: self.qualified(path), formals: &all, skip };
        let given = self.give(&signature, &bound, kinds, args, &mut stmts);
        let mut out = Vec::new();
        if let (Some(this), Some(first)) = (this, sig.params.first()) {
            let want = self.types.ty(first.var);
            out.push(Arg::positional(self.coerce(this, want)));
        }
        for (at, slot) in bound.slots.iter().enumerate() {
            let default = defaults.get(at).copied().flatten();
            let node = match self.same_tuple(slot, sig.params[at + skip].whole, &given) {
                Some(node) => node,
                None => self.slot(slot, wants[at], &given, origin, |me| match default {
                    Some(default) => me.copy_default(&unit.body, default, origin),
                    None => me.mk(Node::Const(Const::None), Ty::unit(), origin),
                }),
            };
            let node = self.packed_tuple(node, params.get(at + skip), sig.params[at + skip].whole, origin);
            out.push(Arg::positional(node));
        }
        let ret = self.types.get(sig.ret).unwrap_or_else(Ty::unit);
        let target = self.paths.get(&inst).copied().unwrap_or(path);
        let call = self.mk(Node::Call { callee: callee(target), args: out }, ret, origin);
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// `Class(*args, **named)` whose arguments only the run can bind.
    pub(crate) fn constructed_by_name(
        &mut self,
        class: Name,
        kinds: &[ArgKind],
        args: &[NodeId],
        origin: Origin,
    ) -> Option<NodeId> {
        if !kinds.iter().any(|kind| matches!(kind, ArgKind::Star | ArgKind::StarStar)) {
            return None;
        }
        let env = self.types.env();
        let (all, skip) = match env.method(class, "__init__") {
            Some(init) => {
                let inst = *self.types.solver.versions.get(&init)?.first()?;
                (formals(&self.types.solver.insts[inst].sig.clone(), 0), 1)
            }
            None => (crate::calls::record_formals(&env.record_fields(class)), 0),
        };
        let is_bound = self.bind_args(&all[skip..], kinds, args).is_complete();
        if is_bound || !binds_late(class.as_str(), &all, skip, kinds) {
            return None;
        }
        let item = self.mk(Node::Item(class), Ty::new(TyKind::TypeOf(class)), origin);
        let value = self.class_to_value(item, class)?;
        let call = self.call_dynamic(value, kinds, args.to_vec());
        Some(self.coerce(call, Ty::class(class)))
    }

    /// A call that raises `TypeError`, or that is not understood.
    pub(crate) fn does_not_fit(
        &mut self,
        name: &str,
        formals: &[crate::bind::Formal],
        skip: usize,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let why = format!("the arguments do not fit the parameters of `{name}`");
        match crate::misfits::misfit(name, formals, skip, kinds) {
            Some(text) => {
                let text = match self.body.lang {
                    Lang::Ruchy => crate::misfits::miscounted(formals, skip, kinds).unwrap_or(text),
                    _ => text,
                };
                if !self.is_choosing {
                    self.diags.report_with(BAD_CALL, origin, why);
                }
                self.refuse("TypeError", &text, args, origin)
            }
            None => {
                let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
                self.hole(at, BAD_CALL, why)
            }
        }
    }

    /// `f(*args)` hands a tuple of any length on as it is.
    fn same_tuple(&mut self, slot: &Slot, whole: crate::vars::Var, given: &Given<'_>) -> Option<NodeId> {
        let Slot::Pack(items) = slot else { return None };
        let [at] = items[..] else { return None };
        let is_same =
            given.kinds[at] == ArgKind::Star && Some(self.ty(given.args[at])) == self.types.get(whole);
        is_same.then(|| given.args[at])
    }

    /// What `*args` is given, as a tuple where the function looks at it as a whole; packs that meet other values
    /// are dynamic.
    fn packed_tuple(
        &mut self,
        node: NodeId,
        param: Option<&Param>,
        whole: crate::vars::Var,
        origin: Origin,
    ) -> NodeId {
        let is_star = param.is_some_and(|param| param.kind == ParamKind::Star);
        let want = self.types.get(whole);
        let is_pack = param.is_some_and(|param| matches!(param.kind, ParamKind::Star | ParamKind::StarStar));
        if is_pack && want == Some(Ty::value()) {
            return self.coerce(node, Ty::value());
        }
        let is_tuple = |ty: &Ty| matches!(ty.kind(), TyKind::Lib(name, _) if *name == "tuple");
        match want.filter(|ty| is_star && is_tuple(ty) && self.ty(node) != *ty) {
            Some(ty) => self.tuple_of(node, ty, origin),
            None => node,
        }
    }

    /// A list as the tuple that a function looks at.
    pub(crate) fn tuple_of(&mut self, list: NodeId, ty: Ty, origin: Origin) -> NodeId {
        let name = Name::new("builtins.tuple");
        let tuple = self.lib_call(name, &[ArgKind::Positional], vec![list], None, origin);
        self.body.nodes[tuple].ty = ty;
        tuple
    }

    /// A function's name as messages show it.
    pub(crate) fn qualified(&self, path: Name) -> String {
        let parent = path.parent();
        let name = path.last().split('$').next().unwrap_or_default();
        match self.types.env().class(parent) {
            Some(_) => format!("{}.{name}", parent.last()),
            None => name.to_owned(),
        }
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

    pub(crate) fn call_method(
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
        // `os.environ`: what is read from there is a copy.
        if matches!(self.body.nodes[receiver].kind, Node::Item(item) if batuta_catalog::constant(item.as_str()).is_some())
            && matches!(ty.kind(), TyKind::List(_) | TyKind::Dict(..))
            && crate::held::is_change(name.as_str())
        {
            return self.hole(receiver, BAD_CALL, "a change of what a library module holds".to_owned());
        }
        match ty.kind() {
            TyKind::Never => receiver,
            TyKind::Option(inner) => {
                let text = format!("AttributeError: 'NoneType' object has no attribute '{name}'");
                let receiver = self.unwrap(receiver, *inner, &text);
                self.call_method(id, receiver, name, kinds, args, origin)
            }
            TyKind::Union(members) if self.all_have(members, name) => {
                let want = self.solved(id);
                self.call_of_members(receiver, args, want, &mut |me, member, args| {
                    me.call_method(id, member, name, kinds, args, origin)
                })
            }
            TyKind::Value | TyKind::Union(_) => self.call_of_dynamic(receiver, name, kinds, args, origin),
            TyKind::TypeOf(class) => self.call_of_class(id, receiver, *class, name, kinds, args, origin),
            TyKind::Class(class, _) if env.is_tuple_method(*class, name) => {
                let fields = self.fields_of(receiver);
                let fields = self.dynamic(fields);
                let found = self.call_of_dynamic(fields, name, kinds, args, origin);
                self.coerce(found, Ty::int())
            }
            TyKind::Class(class, _) => {
                let class = *class;
                let method = env.method(class, name.as_str());
                match method.filter(|method| env.program.fns[method].kind != FnKind::Property) {
                    Some(method) => self.dispatch(Some(id), class, method, receiver, kinds, args, origin),
                    None => self.call_member(id, class, receiver, name, kinds, args, origin),
                }
            }
            TyKind::Lib(owner, _) if crate::namespace::is_namespace(*owner) => {
                self.namespace_call(id, receiver, name, kinds, args, origin)
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
                if self.body.lang == Lang::Ruchy {
                    let name = crate::ruchy::method(name);
                    return self.lib_call(name, &all_kinds, all, Some(id), origin);
                }
                if word.join(name.as_str()) == "dict.update"
                    && let Some(updates) = self.named_updates(&all_kinds, &all, origin)
                {
                    return updates;
                }
                if word.join(name.as_str()) == "str.format" && self.has_names(&all_kinds) {
                    return self.format_with(&all_kinds, all, id, origin);
                }
                let given = all_kinds.iter().copied().zip(all.iter().copied()).skip(1);
                let row = literals::row_of(word, literals::marked(&self.body, name, given));
                self.lib_call(row, &all_kinds, all, Some(id), origin)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a call is all of this")]
    pub(crate) fn call_member(
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
        if name == "_asdict" && env.is_named_tuple(class) {
            return self.as_dict(class, receiver, false, origin);
        }
        if name == "_replace" && env.is_named_tuple(class) {
            return self.replaced(class, receiver, kinds, args, origin);
        }
        let is_here = env.field_owner(class, name).is_some()
            || env.method(class, name.as_str()).is_some()
            || env.attribute(class, name.as_str()).is_some();
        if !is_here && let Some(inner) = self.inner_part(receiver, &[]) {
            return self.call_method(id, inner, name, kinds, args, origin);
        }
        if env.asks_for(class, name)
            && let Some(method) = env.method(class, "__getattr__")
        {
            let owners = self.classes_below(class, |sub| env.has_member(sub, name));
            let want = self.solved(id);
            let (args, stmts) = self.simple_args(args);
            let call = self.by_class(receiver, class, &owners, want, &mut |me, object, of| {
                let args = args.iter().map(|arg| me.again(*arg)).collect();
                if of != class {
                    return me.call_method(id, object, name, kinds, args, origin);
                }
                let value = me.ask_for(object, class, method, name, origin);
                me.call_value(id, value, kinds, args, origin)
            });
            return if stmts.is_empty() { call } else { self.mk_block(stmts, call) };
        }
        let owners = match self.subclass_with_field(class, name) {
            _ if is_here => Vec::new(),
            Some(sub) => vec![sub],
            None => self.owners_below(class, name),
        };
        if !owners.is_empty() {
            let want = self.solved(id);
            let (args, stmts) = self.simple_args(args);
            let call = self.by_owner(receiver, class, &owners, name, want, &mut |me, object, _| {
                let args = args.iter().map(|arg| me.again(*arg)).collect();
                me.call_method(id, object, name, kinds, args, origin)
            });
            return if stmts.is_empty() { call } else { self.mk_block(stmts, call) };
        }
        if !is_here && env.is_error(class) {
            let receiver = self.coerce(receiver, Ty::error());
            return self.call_method(id, receiver, name, kinds, args, origin);
        }
        let value = self.attr(receiver, name, origin);
        self.call_value(id, value, kinds, args, origin)
    }

    /// A call of a method found in the receiver's class: static, or by the object's own class where that differs.
    #[expect(clippy::too_many_arguments, reason = "a call is all of this")]
    pub(crate) fn dispatch(
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
        let overridden = env.overridden.contains(&method)
            && env
                .program
                .subclasses(class)
                .iter()
                .any(|sub| env.method(*sub, method.last()) != Some(method));
        let kind = env.program.fns[&method].kind;
        let has_receiver = !matches!(kind, FnKind::StaticMethod | FnKind::ClassMethod);
        if overridden && !has_receiver {
            return self.dispatch_class_method(id, class, method.last(), receiver, kinds, args, origin);
        }
        let this = self.receiver_of(class, kind, receiver, origin);
        let callee = if overridden { Callee::Virtual } else { Callee::Fn };
        self.call_inst(id, method, callee, this, kinds, args, origin)
    }

    /// What a method gets as its first argument.
    fn receiver_of(&mut self, class: Name, kind: FnKind, receiver: NodeId, origin: Origin) -> Option<NodeId> {
        match kind {
            FnKind::StaticMethod => None,
            FnKind::ClassMethod => Some(self.mk(Node::Item(class), Ty::new(TyKind::TypeOf(class)), origin)),
            _ => Some(receiver),
        }
    }

    /// A method without receiver that subclasses replace, called on an object.
    #[expect(clippy::too_many_arguments, reason = "a call is all of this")]
    fn dispatch_class_method(
        &mut self,
        id: Option<NodeId>,
        class: Name,
        name: &str,
        receiver: NodeId,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let env = self.types.env();
        let has_own = |sub: Name| env.class(sub).is_some_and(|def| def.methods.contains(&sub.join(name)));
        let below = self.classes_below(class, has_own);
        let want = id.and_then(|id| self.solved(id));
        let (args, stmts) = self.simple_args(args);
        let call = self.by_class(receiver, class, &below, want, &mut |me, object, sub| {
            let Some(method) = env.method(sub, name) else { return object };
            let args = args.iter().map(|arg| me.again(*arg)).collect();
            let kind = env.program.fns[&method].kind;
            let this = me.receiver_of(sub, kind, object, origin);
            me.call_inst(id, method, Callee::Fn, this, kinds, args, origin)
        });
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
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
                ParamKind::KeywordOnly => ArgKind::Named(param.name),
                _ => ArgKind::Positional,
            })
            .collect();
        self.holding(object, |me, object| {
            let closure = me.eta(params, *ret, ty, origin, |me, args| {
                me.dispatch(None, class, method, object, &kinds, args, origin)
            });
            if let Some(described) = me.describe_item(method, skip, origin) {
                me.described.insert(closure, described);
            }
            closure
        })
    }

    pub(crate) fn call_super(
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
        let found = env.super_method(class, name);
        let name = Name::new(name.last());
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
            if let ([ArgKind::Star], [all]) = (kinds, args.as_slice())
                && name == "__init__"
            {
                let positional = [ArgKind::Positional];
                let list = match self.ty(*all).strip_ref().kind() {
                    TyKind::List(_) => *all,
                    _ => self.lib_call(Name::new("builtins.list"), &positional, vec![*all], None, origin),
                };
                let spread = self.lib_call(Name::new("error.spread"), &positional, vec![list], None, origin);
                let callee = Callee::Lib(Name::new("error.__init__"));
                let args = [this, spread].map(Arg::positional).to_vec();
                return self.mk(Node::Call { callee, args }, Ty::unit(), origin);
            }
            if kinds.iter().any(|kind| *kind != ArgKind::Positional) {
                let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
                return self.hole(at, BAD_CALL, "spread arguments of a builtin exception".to_owned());
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
            word if word.starts_with("__") => {
                let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
                self.hole(at, UNKNOWN_ATTRIBUTE, format!("no class above `{}` has `{name}`", class.last()))
            }
            _ => {
                let text = format!("'super' object has no attribute '{name}'");
                self.refuse("AttributeError", &text, args, origin)
            }
        }
    }
}

/// Whether spread arguments may fit when the program runs.
fn binds_late(name: &str, formals: &[crate::bind::Formal], skip: usize, kinds: &[ArgKind]) -> bool {
    let is_spread = kinds.iter().any(|kind| matches!(kind, ArgKind::Star | ArgKind::StarStar));
    is_spread && crate::misfits::misfit(name, formals, skip, kinds).is_none()
}
