//! Calls of values: closures, functions kept as values, objects and classes.

use crate::apply::{Apply, BAD_CALL};
use crate::arguments::Signature;
use crate::calls::formals;
use crate::solve::Unit;
use batuta_base::{Id, Origin};
use batuta_core::*;
use std::rc::Rc;

impl Apply<'_, '_, '_> {
    pub(crate) fn call_value(
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
            TyKind::TypeOf(class) => self.call_class(id, node, *class, kinds, args, origin),
            TyKind::Class(class, _) => match self.types.env().method(*class, "__call__") {
                Some(method) => self.dispatch(Some(id), *class, method, node, kinds, args, origin),
                None => {
                    let want = self.solved(id);
                    let is_plain = kinds.iter().all(|kind| *kind == ArgKind::Positional);
                    let args = if is_plain { args } else { Vec::new() };
                    let call = match is_plain {
                        true => self.special_below(node, *class, "__call__", args, want),
                        false => Err(node),
                    };
                    call.unwrap_or_else(|node| self.hole(node, BAD_CALL, format!("`{ty}` is not callable")))
                }
            },
            TyKind::Func(params, ret) => {
                let (params, ret) = (params.clone(), *ret);
                self.call_func(node, &params, ret, kinds, args, origin)
            }
            TyKind::Value | TyKind::Union(_) if kinds.iter().any(|kind| *kind != ArgKind::Positional) => {
                self.call_dynamic(node, kinds, args)
            }
            TyKind::Value | TyKind::Union(_) => {
                let mut all = vec![self.dynamic(node)];
                all.extend(args.into_iter().map(|arg| self.dynamic(arg)));
                self.mk_op(ValueOp::Call, Attr::None, all, Ty::value())
            }
            TyKind::Unit => {
                self.diags.report_with(BAD_CALL, origin, "`None` is not callable".to_owned());
                self.refuse("TypeError", "'NoneType' object is not callable", args, origin)
            }
            _ => self.hole(node, BAD_CALL, format!("`{ty}` is not callable")),
        }
    }

    pub(crate) fn call_func(
        &mut self,
        node: NodeId,
        params: &[Ty],
        ret: Ty,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let known = self.known_closure(node);
        if known.is_none()
            && kinds.iter().any(|kind| *kind != ArgKind::Positional)
            && self.signatures_differ(node)
        {
            let text = "spread and keyword arguments of a value that is one of several functions";
            return self.hole(node, BAD_CALL, text.to_owned());
        }
        let defaults = if known.is_none() { self.value_defaults(node, params.len()) } else { Vec::new() };
        let mut formals: Vec<crate::bind::Formal> = match &known {
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
        for (formal, default) in formals.iter_mut().zip(&defaults) {
            formal.has_default = default.is_some();
        }
        let bound = self.bind_args(&formals, kinds, &args);
        if !bound.is_complete() || formals.len() != params.len() {
            return self.hole(node, BAD_CALL, "the arguments do not fit this function value".into());
        }
        let mut stmts = Vec::new();
        let name = match &self.body.nodes[node].kind {
            Node::Use(place, _) => place.as_local().map(|local| self.body.locals[local].name.to_string()),
            _ => None,
        };
        let name = format!("{}.<locals>.{}", self.body.path.last(), name.as_deref().unwrap_or("<lambda>"));
        let signature = Signature { name, formals: &formals, skip: 0 };
        let given = self.give(&signature, &bound, kinds, args, &mut stmts);
        let from = self.unit.clone();
        let mut out = Vec::new();
        for (at, slot) in bound.slots.iter().enumerate() {
            let default = match &known {
                Some(rows) => rows[at].default.map(|default| (from.clone(), default)),
                None => defaults.get(at).cloned().flatten(),
            };
            let is_tuple = formals[at].kind == ParamKind::Star
                && matches!(params[at].kind(), TyKind::Lib(name, _) if *name == "tuple");
            let want = if is_tuple { Ty::list(self.item_type(params[at])) } else { params[at] };
            let value = self.slot(slot, want, &given, origin, |me| match default {
                Some((unit, default)) => me.copy_default(&unit.body, default, origin),
                None => me.mk(Node::Const(Const::None), Ty::unit(), origin),
            });
            let value = if is_tuple { self.tuple_of(value, params[at], origin) } else { value };
            out.push(Arg::positional(value));
        }
        let call = self.mk(Node::Call { callee: Callee::Value(node), args: out }, ret, origin);
        if stmts.is_empty() { call } else { self.mk_block(stmts, call) }
    }

    /// The node of the source that a called value was made of.
    fn source_of(&self, node: NodeId) -> NodeId {
        if node.index() < self.nodes {
            return node;
        }
        self.function_sources.get(&node).copied().or(self.callee).unwrap_or(node)
    }

    /// Names and kinds of the parameters of a function value, as far as they are known.
    pub(crate) fn value_formals(&self, node: NodeId, count: usize) -> Vec<crate::bind::Formal> {
        let solver = self.types.solver;
        let node = self.source_of(node);
        let sig = (node.index() < self.nodes)
            .then(|| solver.vars.atoms(self.base + node.0))
            .and_then(|atoms| atoms.iter().find(|atom| matches!(atom.head, crate::vars::Head::Func(_))))
            .and_then(|atom| {
                let ret = solver.vars.root(*atom.args.last()?);
                let is_its = |sig: &&Rc<crate::facts::Sig>| solver.vars.root(sig.ret) == ret;
                solver.sigs.get(atom.args.last()?).or_else(|| solver.sigs.values().find(is_its))
            });
        let open = if node.index() < self.nodes { self.packed_kinds(node) } else { (false, false) };
        let unnamed = |at: usize| {
            let kind = match (count - at, open) {
                (1, (_, true)) => ParamKind::StarStar,
                (1, (true, false)) | (2, (true, true)) => ParamKind::Star,
                _ => ParamKind::Normal,
            };
            crate::bind::Formal { name: None, kind, has_default: false }
        };
        match sig {
            Some(sig) if sig.params.len() >= count => {
                let mut formals = formals(sig, sig.params.len() - count);
                // Which defaults it has is the business of `value_defaults`.
                formals.iter_mut().for_each(|formal| formal.has_default = false);
                formals
            }
            _ => (0..count).map(unnamed).collect(),
        }
    }

    /// Whether a function value has `*args` and `**kwargs`.
    fn packed_kinds(&self, node: NodeId) -> (bool, bool) {
        let atoms = self.types.solver.vars.atoms(self.base + node.0);
        atoms.iter().fold((false, false), |(star, map), atom| match atom.head {
            crate::vars::Head::Func(count) => (star || count & 64 != 0, map || count & 128 != 0),
            _ => (star, map),
        })
    }

    /// Whether a value stands for functions whose parameters are not of the same kinds.
    fn signatures_differ(&self, node: NodeId) -> bool {
        let solver = self.types.solver;
        let node = self.source_of(node);
        if node.index() >= self.nodes {
            return false;
        }
        let atoms = solver.vars.atoms(self.base + node.0);
        let Some(atom) = atoms.iter().find(|atom| matches!(atom.head, crate::vars::Head::Func(_))) else {
            return false;
        };
        let ret = atom.args.last().map(|ret| solver.vars.root(*ret));
        let mut same = solver.sigs.values().filter(|sig| Some(solver.vars.root(sig.ret)) == ret);
        let kinds = |sig: &std::rc::Rc<crate::facts::Sig>| {
            sig.params.iter().map(|param| param.kind).collect::<Vec<_>>()
        };
        let Some(first) = same.next().map(kinds) else { return false };
        same.any(|sig| kinds(sig) != first)
    }

    /// Defaults of a function value that can only be one function of the program, and where they stand.
    pub(crate) fn value_defaults(&self, node: NodeId, count: usize) -> Vec<Option<(Rc<Unit>, NodeId)>> {
        let solver = self.types.solver;
        let node = self.source_of(node);
        if node.index() >= self.nodes {
            return Vec::new();
        }
        let atoms = solver.vars.atoms(self.base + node.0);
        let Some(atom) = atoms.iter().find(|atom| matches!(atom.head, crate::vars::Head::Func(_))) else {
            return Vec::new();
        };
        // Another function that it may be has defaults of its own, or none.
        let is_function = |atom: &&crate::vars::Atom| {
            matches!(
                atom.head,
                crate::vars::Head::Func(_) | crate::vars::Head::LibFn(_) | crate::vars::Head::TypeOf(_)
            )
        };
        if atoms.iter().filter(is_function).count() > 1 {
            return Vec::new();
        }
        let ret = atom.args.last().map(|ret| solver.vars.root(*ret));
        let mut same = solver.sigs.values().filter(|sig| Some(solver.vars.root(sig.ret)) == ret);
        let (Some(sig), None) = (same.next(), same.next()) else { return Vec::new() };
        let skip = sig.params.len().saturating_sub(count);
        let place = |default: &crate::vars::Var| {
            let found = solver.insts.iter().find(|inst| {
                let nodes = inst.unit.body.nodes.len() as u32;
                (inst.base..inst.base + nodes).contains(default)
            })?;
            Some((found.unit.clone(), NodeId(*default - found.base)))
        };
        sig.params.iter().skip(skip).map(|param| param.default.as_ref().and_then(place)).collect()
    }

    /// Parameters of the one closure that a local holds.
    pub(crate) fn known_closure(&self, node: NodeId) -> Option<Vec<Param>> {
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
}
