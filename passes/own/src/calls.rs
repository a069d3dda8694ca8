//! Calls: each argument in the form that its parameter takes, in an order that Rust accepts.

use crate::alias::Reads;
use crate::body::{Own, Want};
use crate::places::holds_only_shared;
use crate::types::param_tys;
use batuta_base::{Name, Origin};
use batuta_catalog::{self as catalog, Take};
use batuta_core::*;

impl Own<'_> {
    pub fn call(&mut self, id: NodeId, callee: &Callee, args: &[Arg]) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty, row.origin);
        if let Callee::Lib(name) = callee {
            return self.call_lib(*name, args, ty, origin);
        }
        let callee = match callee {
            Callee::Value(node) => Callee::Value(self.node(*node, Want::Ref)),
            other => other.clone(),
        };
        let params = match &callee {
            Callee::Value(node) => value_params(self.out.ty(*node)),
            other => param_tys(self.program, other),
        };
        let mut lowered = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let node = match params.get(index) {
                Some(param) => self.argument(arg.value, *param),
                None => self.node(arg.value, Want::Read),
            };
            lowered.push(Arg::positional(node));
        }
        self.order_arguments(args, &mut lowered);
        self.out.node(Node::Call { callee, args: lowered }, ty, origin)
    }

    /// One argument for a parameter of this type.
    fn argument(&mut self, arg: NodeId, param: Ty) -> NodeId {
        let want = match param.kind() {
            TyKind::Ref(_) => Want::Ref,
            TyKind::RefMut(_) => Want::Mut,
            _ => Want::Own,
        };
        // No guard of a cell may span a call of the program's own code.
        if want != Want::Own && self.through_cell(arg) {
            let ty = self.src.ty(arg).strip_ref();
            let node = self.node(arg, Want::Own);
            let origin = self.out.nodes[node].origin;
            let wrap = if want == Want::Mut && !matches!(ty.kind(), TyKind::Shared(_)) {
                Want::Mut
            } else {
                Want::Ref
            };
            return self.temporary(node, wrap, origin);
        }
        let (have, wide) = (self.src.ty(arg).strip_ref(), param.strip_ref());
        if want == Want::Ref && have != wide && have.is_int() && wide.is_int() {
            let node = self.node(arg, Want::Own);
            let node = self.coerce(node, wide);
            let origin = self.out.nodes[node].origin;
            return self.temporary(node, Want::Ref, origin);
        }
        let node = self.node(arg, want);
        if matches!(self.src.nodes[arg].kind, Node::Item(_) | Node::Closure(_)) && want == Want::Ref {
            let origin = self.out.nodes[node].origin;
            return self.temporary(node, want, origin);
        }
        if want == Want::Own { self.coerce(node, param) } else { node }
    }

    /// Two arguments of one call must not borrow and change the same local: what changes goes first.
    fn order_arguments(&mut self, args: &[Arg], lowered: &mut [Arg]) {
        for index in 1..args.len() {
            let changes = self.changed_roots(args[index].value);
            let earlier: Vec<LocalId> =
                args[..index].iter().flat_map(|arg| self.read_roots(arg.value)).collect();
            let is_borrow = |own: &Self, arg: &Arg| {
                matches!(own.out.ty(arg.value).kind(), TyKind::Ref(_) | TyKind::RefMut(_))
            };
            if is_borrow(self, &lowered[index]) || !changes.iter().any(|root| earlier.contains(root)) {
                continue;
            }
            let value = lowered[index].value;
            let (ty, origin) = (self.out.ty(value), self.out.nodes[value].origin);
            let local = self.out.temp("value", ty, origin);
            self.before
                .push(Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(local)), value }, origin));
            let mode = if ty.is_copy() { Mode::Copy } else { Mode::Move };
            lowered[index].value = self.out.node(Node::Use(Place::local(local), mode), ty, origin);
        }
    }

    fn span_events(&self, node: NodeId) -> impl Iterator<Item = &crate::access::Event> {
        let (start, end) = self.all.spans.get(&node).copied().unwrap_or((0, 0));
        self.all.events.iter().filter(move |event| event.at > start && event.at <= end)
    }

    fn changed_roots(&self, node: NodeId) -> Vec<LocalId> {
        self.span_events(node).filter(|event| event.kind.changes()).map(|event| event.root).collect()
    }

    fn read_roots(&self, node: NodeId) -> Vec<LocalId> {
        self.span_events(node).map(|event| event.root).collect()
    }

    fn call_lib(&mut self, name: Name, args: &[Arg], ty: Ty, origin: Origin) -> NodeId {
        let tys: Vec<Ty> = args.iter().map(|arg| self.src.ty(arg.value)).collect();
        let Some(row) = catalog::select(name.as_str(), &tys) else {
            let args = args.iter().map(|arg| Arg::positional(self.node(arg.value, Want::Own))).collect();
            return self.out.node(Node::Call { callee: Callee::Lib(name), args }, ty, origin);
        };
        let vars = bind_vars(row, &tys, ty);
        let mut lowered = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let param = row.params.get(index).or(row.params.last());
            let node = match param {
                Some(param) => self.lib_argument(arg.value, param, &vars),
                None => self.node(arg.value, Want::Own),
            };
            lowered.push(Arg::positional(node));
        }
        self.order_arguments(args, &mut lowered);
        self.alias_result(row, args, ty);
        self.out.node(Node::Call { callee: Callee::Lib(name), args: lowered }, ty, origin)
    }

    fn lib_argument(&mut self, arg: NodeId, param: &catalog::ParamRow, vars: &[(Name, Ty)]) -> NodeId {
        if matches!(param.ty.kind(), TyKind::Iter(_)) {
            let is_iter = matches!(self.src.ty(arg).strip().kind(), TyKind::Iter(_));
            return match param.take {
                Take::Write if is_iter => self.node(arg, Want::Mut),
                _ => self.iterate(arg, Reads::Ref, true).0,
            };
        }
        match param.take {
            Take::Read => self.node(arg, Want::Ref),
            Take::Write => self.node(arg, Want::Mut),
            Take::Keep => {
                let node = self.node(arg, Want::Own);
                let want = match param.ty.kind() {
                    TyKind::Var(name) => vars.iter().find(|(var, _)| var == name).map(|(_, ty)| *ty),
                    TyKind::Int(Width::Any) => Some(Ty::i64()),
                    TyKind::Int(_) => Some(param.ty),
                    _ => None,
                };
                match want {
                    Some(want) => self.coerce(node, want),
                    None => node,
                }
            }
        }
    }

    /// A result that holds parts of an argument is a second owner of them, unless they were moved out.
    fn alias_result(&mut self, row: &catalog::Row, args: &[Arg], ty: Ty) {
        let holds_var = row.result.any(&mut |part| matches!(part.kind(), TyKind::Var(_)));
        if row.moves || !holds_var || !ty.is_mutable() || owns_only_shared_parts(ty, row.result) {
            return;
        }
        for (index, arg) in args.iter().enumerate() {
            let Some(param) = row.params.get(index) else { continue };
            let shares = param.ty.any(&mut |part| matches!(part.kind(), TyKind::Var(_)));
            if shares && param.take != Take::Keep && !self.is_frozen(arg.value) {
                self.demote_items(arg.value);
            }
        }
    }
}

/// In a row's result, the parts that stand for type variables are shared or immutable.
fn owns_only_shared_parts(ty: Ty, pattern: Ty) -> bool {
    match pattern.kind() {
        TyKind::Var(_) => !ty.is_mutable() || holds_only_shared(ty),
        _ => {
            let (parts, kids) = (pattern.children(), ty.strip().children());
            parts.len() == kids.len()
                && parts.into_iter().zip(kids).all(|(part, kid)| owns_only_shared_parts(kid, part))
        }
    }
}

/// Type variables of a row as its arguments and result bind them.
fn bind_vars(row: &catalog::Row, tys: &[Ty], result: Ty) -> Vec<(Name, Ty)> {
    let mut out = Vec::new();
    for (param, ty) in row.params.iter().zip(tys) {
        // A container fixes its element type; a bare argument does not.
        if !matches!(param.ty.kind(), TyKind::Var(_)) {
            bind(param.ty, *ty, &mut out);
        }
    }
    bind(row.result, result, &mut out);
    out
}

fn bind(pattern: Ty, ty: Ty, out: &mut Vec<(Name, Ty)>) {
    match pattern.kind() {
        TyKind::Var(name) if !out.iter().any(|(found, _)| found == name) => out.push((*name, ty)),
        TyKind::Ref(inner) | TyKind::RefMut(inner) => bind(*inner, ty, out),
        _ => {
            let ty = ty.strip();
            pattern.children().into_iter().zip(ty.children()).for_each(|(part, kid)| bind(part, kid, out));
        }
    }
}

/// Parameters of a function value: `Copy` types by value, all others by reference.
fn value_params(ty: Ty) -> Vec<Ty> {
    match ty.strip().kind() {
        TyKind::Func(params, _) => {
            params.iter().map(|param| if param.is_copy() { *param } else { param.reference() }).collect()
        }
        _ => Vec::new(),
    }
}
