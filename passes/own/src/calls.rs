//! Calls: each argument in the form that its parameter takes, in an order that Rust accepts.

use crate::alias::Reads;
use crate::body::{Own, Want};
use crate::expr::differ_in_width;
use crate::order::Around;
use crate::places::holds_only_shared;
use crate::types::{param_tys, value_params};
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
            // The function may open the cell that holds it.
            Callee::Value(node) if self.through_cell(*node) => {
                let function = self.node(*node, Want::Own);
                Callee::Value(self.named(function))
            }
            Callee::Value(node) => Callee::Value(self.node(*node, Want::Ref)),
            other => other.clone(),
        };
        let params = match &callee {
            Callee::Value(node) => value_params(self.out.ty(*node)),
            other => param_tys(self.program, other),
        };
        let nodes: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
        let is_method = match &callee {
            Callee::Fn(path) => self.program.fns.get(path).is_some_and(|body| body.has_receiver()),
            Callee::Virtual(_) => true,
            _ => false,
        };
        let around = if is_method { Around::Method } else { Around::Function };
        let outer = self.free.clone();
        self.free.extend(self.passed_captures(&callee, &nodes, origin));
        let lowered = self.operands(&nodes, around, |own, index, arg| match params.get(index) {
            Some(param) => match own.unguarded(&callee, arg, *param) {
                Some(named) => named,
                None => own.argument(arg, *param),
            },
            None => own.node(arg, Want::Read),
        });
        self.free = outer;
        let args = lowered.into_iter().map(Arg::positional).collect();
        let ty = self.given_width(&callee, ty);
        self.out.node(Node::Call { callee, args }, ty, origin)
    }

    /// An int has the width that the function gives it, also where it is used as an index.
    fn given_width(&self, callee: &Callee, ty: Ty) -> Ty {
        let (Callee::Fn(path) | Callee::Virtual(path)) = callee else { return ty };
        match self.program.fns.get(path) {
            Some(body) if ty.is_int() && body.ret.is_int() => body.ret,
            _ => ty,
        }
    }

    /// Variables that a nested function captured and now takes: such arguments stand at the call itself.
    fn passed_captures(&self, callee: &Callee, args: &[NodeId], origin: Origin) -> Vec<LocalId> {
        let passed = |arg: &NodeId| match &self.src.nodes[*arg] {
            NodeRow { kind: Node::Use(place, _), origin: at, .. } if *at == origin => place.as_local(),
            _ => None,
        };
        match callee {
            Callee::Fn(_) if !self.live.maybe_unbound.is_empty() => args.iter().filter_map(passed).collect(),
            _ => Vec::new(),
        }
    }

    /// A reference to the value; an int in the width of `want`.
    pub fn lent_as(&mut self, arg: NodeId, want: Ty) -> NodeId {
        let have = self.src.ty(arg).strip_ref();
        let is_other_width = have.is_int() && want.is_int() || differ_in_width(have, want);
        if have == want || !is_other_width {
            return self.node(arg, Want::Ref);
        }
        let node = self.node(arg, Want::Own);
        let node = self.coerce(node, want);
        self.temporary(node, Want::Ref, self.src.nodes[arg].origin)
    }

    /// A stored function for a parameter that only calls it: a closure as it is, others by `as_ref`.
    fn lent_function(&mut self, arg: NodeId, param: Ty) -> Option<NodeId> {
        let TyKind::Ref(inner) = param.kind() else { return None };
        let is_stored = matches!(self.src.ty(arg).kind(), TyKind::Shared(_));
        if !is_stored || !matches!(inner.kind(), TyKind::Func(..)) {
            return None;
        }
        let origin = self.src.nodes[arg].origin;
        Some(match &self.src.nodes[arg].kind {
            Node::Closure(closure) => {
                let closure = closure.clone();
                let node = self.lent_closure(arg, &closure);
                self.temporary(node, Want::Ref, origin)
            }
            Node::Item(_) => {
                let item = self.out.node(self.src.nodes[arg].kind.clone(), *inner, origin);
                self.temporary(item, Want::Ref, origin)
            }
            _ => {
                let node = self.node(arg, Want::Ref);
                let attr = Attr::Name(Name::new("as_ref"));
                self.out.node(Node::Op { op: RsOp::Method.into(), attr, args: vec![node] }, param, origin)
            }
        })
    }

    /// One argument for a parameter of this type.
    fn argument(&mut self, arg: NodeId, param: Ty) -> NodeId {
        let want = match param.kind() {
            TyKind::Ref(_) => Want::Ref,
            TyKind::RefMut(_) => Want::Mut,
            _ => Want::Own,
        };
        // No guard of a cell may span a call of the program's own code that changes what it guards.
        if want != Want::Own && self.through_cell(arg) && !(want == Want::Ref && self.in_field_cells(arg)) {
            let ty = self.src.ty(arg).strip_ref();
            let node = self.node(arg, Want::Own);
            let is_number = self.out.ty(node).is_int() && param.strip_ref().is_int();
            let node = if is_number { self.coerce(node, param.strip_ref()) } else { node };
            let origin = self.out.nodes[node].origin;
            let wrap = if want == Want::Mut && !matches!(ty.kind(), TyKind::Shared(_)) {
                Want::Mut
            } else {
                Want::Ref
            };
            return self.temporary(node, wrap, origin);
        }
        if let Some(node) = self.lent_function(arg, param) {
            return node;
        }
        // A function value takes a handle of an iterator.
        if let TyKind::Ref(of) = param.kind()
            && matches!(of.kind(), TyKind::Iter(_))
        {
            let node = self.node(arg, Want::Own);
            let node = self.boxed(node);
            return self.temporary(node, Want::Ref, self.src.nodes[arg].origin);
        }
        let node = match want {
            Want::Ref => self.lent_as(arg, param.strip_ref()),
            want => self.node(arg, want),
        };
        // A nested function that gives a captured handle another value.
        if let (TyKind::RefMut(inner), Node::Use(place, mode @ (Mode::Ref | Mode::Copy))) =
            (param.kind(), &mut self.out.nodes[node].kind)
            && matches!(inner.kind(), TyKind::Shared(_))
            && place.as_local().is_some()
        {
            *mode = Mode::Mut;
            self.out.nodes[node].ty = param;
        }
        if matches!(self.src.nodes[arg].kind, Node::Item(_) | Node::Closure(_)) && want == Want::Ref {
            let origin = self.out.nodes[node].origin;
            return self.temporary(node, want, origin);
        }
        if want == Want::Own { self.coerce(node, param) } else { node }
    }

    /// `ruchy.copy`: the value itself where nothing uses it any more, else a clone. What is shared and changes has no
    /// copy of its own.
    fn value_copy(&mut self, value: NodeId, origin: Origin) -> NodeId {
        let ty = self.src.ty(value);
        if self.copies_as_value(ty, &mut Vec::new()) {
            return self.node(value, Want::Own);
        }
        // What sits behind handles is copied with all that it holds.
        let is_data = !self.holds_entity(ty, &mut Vec::new()) && !holds_function(ty);
        if is_data {
            let value = self.node(value, Want::Ref);
            let callee = Callee::Lib(Name::new("copy.deepcopy"));
            return self.out.node(Node::Call { callee, args: vec![Arg::positional(value)] }, ty, origin);
        }
        self.no_copy(ty, origin)
    }

    fn call_lib(&mut self, name: Name, args: &[Arg], ty: Ty, origin: Origin) -> NodeId {
        if name == "ruchy.copy" {
            return self.value_copy(args[0].value, origin);
        }
        let tys: Vec<Ty> = args.iter().map(|arg| self.src.ty(arg.value)).collect();
        let Some(row) = catalog::select(name.as_str(), &tys) else {
            // The class of an object is read off the object.
            let want = if name == "builtins.type" { Want::Ref } else { Want::Own };
            let args = args.iter().map(|arg| Arg::positional(self.node(arg.value, want))).collect();
            return self.out.node(Node::Call { callee: Callee::Lib(name), args }, ty, origin);
        };
        let holds_object = ty.any(&mut |part| match part.kind() {
            TyKind::Class(..) => true,
            TyKind::Lib(name, _) => matches!(name.as_str(), "float_array" | "int_array"),
            _ => false,
        });
        if name.as_str().starts_with("copy.deepcopy") && !holds_shared(ty) && !holds_object {
            let value = self.node(args[0].value, Want::Ref);
            return self.out.op(RsOp::ToOwned, vec![value], ty, origin);
        }
        let vars = bind_vars(row, &tys, ty);
        let looks = self.looks_at_items(row, args);
        let nodes: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
        let is_method = row.op.is_some() || row.rust.starts_with("{0}.");
        let around = if is_method { Around::LibraryMethod } else { Around::Library };
        let mut lowered =
            self.operands(&nodes, around, |own, index, arg| match row.param(index, args.len()) {
                Some(param) if looks => own.look(arg, param),
                // It adds to what the result names.
                Some(param)
                    if ty.is_big()
                        && row.rust.contains("{R}")
                        && matches!(param.ty.kind(), TyKind::Int(Width::Any)) =>
                {
                    let node = own.node(arg, Want::Own);
                    own.coerce(node, ty)
                }
                Some(param) => own.lib_argument(arg, param, &vars),
                None => own.node(arg, Want::Own),
            });
        self.name_repeated(row, &nodes, &mut lowered);
        let (name, lowered) = self.proved_indices(name, &nodes, lowered);
        let lowered = lowered.into_iter().map(Arg::positional).collect();
        self.alias_result(row, args, ty);
        let call = Node::Call { callee: Callee::Lib(name), args: lowered };
        // A container that the library makes is plain; the handle is put around it.
        let is_made = !matches!(row.result.kind(), TyKind::Var(_) | TyKind::Ref(_) | TyKind::RefMut(_));
        match ty.kind() {
            TyKind::Shared(plain) if is_made && plain.class_path().is_none() && row.op.is_none() => {
                let made = self.out.node(call, *plain, origin);
                self.out.op(RsOp::Share, vec![made], ty, origin)
            }
            TyKind::Iter(item) if let Some(plain) = made_item(row.result, *item) => {
                let made = self.out.node(call, Ty::iter(plain), origin);
                self.sharing(made, plain, *item, origin)
            }
            _ => self.out.node(call, ty, origin),
        }
    }

    /// The containers that an iterator makes, each with a handle around it.
    fn sharing(&mut self, items: NodeId, plain: Ty, item: Ty, origin: Origin) -> NodeId {
        let local = self.out.temp("row", plain, origin);
        let read = self.out.node(Node::Use(Place::local(local), Mode::Move), plain, origin);
        let shared = self.out.op(RsOp::Share, vec![read], item, origin);
        let clause = Clause::For { pat: Pat::Bind(local, None), iter: items };
        let seq = Node::Seq { clauses: vec![clause], sink: Sink::Iter(shared) };
        self.out.node(seq, Ty::iter(item), origin)
    }

    /// An exchange of items at indices that are proved is the slice's own.
    fn proved_indices(&mut self, name: Name, args: &[NodeId], lowered: Vec<NodeId>) -> (Name, Vec<NodeId>) {
        let is_swap = name.as_str().split('#').next() == Some("list.swap$");
        let is_known =
            |own: &Self, node: NodeId| own.bounds.of(own.src, node).is_some_and(|least| least >= 0);
        if !is_swap
            || matches!(self.src.ty(args[0]).strip_ref().kind(), TyKind::Shared(_))
            || !args[1..].iter().all(|arg| is_known(self, *arg))
        {
            return (name, lowered);
        }
        let cast = |(at, node): (usize, NodeId)| {
            if at == 0 {
                return node;
            }
            if let Node::Const(_) = self.out.nodes[node].kind {
                self.out.nodes[node].ty = Ty::usize();
                return node;
            }
            let origin = self.out.nodes[node].origin;
            self.out.op(RsOp::As, vec![node], Ty::usize(), origin)
        };
        (Name::new("list.swap$nth"), lowered.into_iter().enumerate().map(cast).collect())
    }

    /// `map(f, xs)`: `f` alone sees the items of a list that stays, so it can see them by reference.
    fn looks_at_items(&self, row: &catalog::Row, args: &[Arg]) -> bool {
        let ([function, items], [closure, source]) = (row.params.as_slice(), args) else { return false };
        let (TyKind::Func(takes, _), TyKind::Iter(item)) = (function.ty.kind(), items.ty.kind()) else {
            return false;
        };
        let source = match &self.src.nodes[source.value].kind {
            Node::Op { op: Op::IterOp(IterOp::Of), args, .. } => args[0],
            _ => source.value,
        };
        let ty = self.src.ty(source).strip_ref();
        let (TyKind::List(have) | TyKind::Set(have)) = ty.kind() else { return false };
        takes.as_slice() == [*item]
            && !row.result.any(&mut |part| part == *item)
            && matches!(self.src.nodes[closure.value].kind, Node::Closure(_))
            && matches!(self.src.nodes[source].kind, Node::Use(..))
            && !have.is_copy()
            && !self.through_cell(source)
            && !self.takes_along(source)
    }

    fn look(&mut self, arg: NodeId, param: &catalog::ParamRow) -> NodeId {
        match (param.ty.kind(), &self.src.nodes[arg].kind) {
            (TyKind::Func(takes, _), Node::Closure(closure)) => {
                let takes: Vec<Ty> = takes.iter().map(|ty| ty.reference()).collect();
                self.closure_for(arg, closure, &takes)
            }
            _ => self.iterate(arg, Reads::Ref, false).0,
        }
    }

    fn lib_argument(&mut self, arg: NodeId, param: &catalog::ParamRow, vars: &[(Name, Ty)]) -> NodeId {
        if let TyKind::Iter(item) = param.ty.kind() {
            let is_iter = matches!(self.src.ty(arg).strip().kind(), TyKind::Iter(_));
            if is_iter && param.take == Take::Write {
                // A closure that is kept cannot change what it took along: it asks a handle.
                if self.is_captured_handle(arg) {
                    let handle = self.node(arg, Want::Own);
                    return self.temporary(handle, Want::Mut, self.src.nodes[arg].origin);
                }
                return self.node(arg, Want::Mut);
            }
            let items = self.iterate(arg, Reads::Ref, !param.lends).0;
            let bound = vars.iter().find(|(var, _)| *item.kind() == TyKind::Var(*var));
            return match bound {
                Some((_, want)) if !param.lends => self.coerce(items, Ty::iter(*want)),
                _ => items,
            };
        }
        if let (TyKind::Func(takes, _), Node::Closure(closure)) = (param.ty.kind(), &self.src.nodes[arg].kind)
        {
            return self.closure_for(arg, closure, takes);
        }
        // `f(Encoder().default)`: the object is bound, then the closure that calls its method.
        if let (TyKind::Func(takes, _), Node::Block { label: None, block }) =
            (param.ty.kind(), &self.src.nodes[arg].kind)
            && let Some(tail) = self.src.blocks[*block].tail
        {
            self.given.insert(tail, takes.clone());
        }
        let width = match param.ty.strip_ref().kind() {
            TyKind::Var(name) => vars.iter().find(|(var, _)| var == name).map(|(_, ty)| *ty),
            TyKind::Int(Width::Any) => Some(Ty::i64()),
            TyKind::Int(_) => Some(param.ty.strip_ref()),
            _ => None,
        };
        match param.take {
            Take::Read => match width {
                Some(want) => self.lent_as(arg, want),
                None => self.node(arg, Want::Ref),
            },
            Take::Write => self.node(arg, Want::Mut),
            Take::Keep => {
                let node = self.node(arg, Want::Own);
                match width {
                    Some(want) => self.coerce(node, want),
                    None => node,
                }
            }
        }
    }

    /// A kept iterator that a closure takes along.
    fn is_captured_handle(&self, arg: NodeId) -> bool {
        matches!(&self.src.nodes[arg].kind, Node::Use(place, _) if place.as_local().is_some_and(|local| {
            self.kept_iterators.contains(&local) && self.live.captured.contains(&local)
        }))
    }

    /// A result that holds parts of an argument is a second owner of them, unless they were moved out.
    fn alias_result(&mut self, row: &catalog::Row, args: &[Arg], ty: Ty) {
        let holds_var = row.result.any(&mut |part| matches!(part.kind(), TyKind::Var(_)));
        // A dynamic value is a handle.
        let is_handle = *ty.kind() == TyKind::Value;
        // Where values are values, what the library takes out of one is a value of its own.
        if self.has_values() && !self.holds_entity(ty, &mut Vec::new()) {
            return;
        }
        if row.moves || !holds_var || is_handle || !ty.is_mutable() || owns_only_shared_parts(ty, row.result)
        {
            return;
        }
        for (index, arg) in args.iter().enumerate() {
            let Some(param) = row.param(index, args.len()) else { continue };
            // The key of a dict is no part of its values.
            let shares = param.ty.any(&mut |part| {
                matches!(part.kind(), TyKind::Var(_)) && row.result.any(&mut |given| given == part)
            });
            if shares && param.take != Take::Keep && !self.has_frozen_items(arg.value) {
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

fn holds_function(ty: Ty) -> bool {
    ty.any(&mut |part| matches!(part.kind(), TyKind::Func(..)))
}

/// Whether a clone would be an alias of a part.
fn holds_shared(ty: Ty) -> bool {
    ty.any(&mut |part| matches!(part.kind(), TyKind::Shared(_) | TyKind::Value))
}

/// Type variables of a row as its arguments and result bind them.
fn bind_vars(row: &catalog::Row, tys: &[Ty], result: Ty) -> Vec<(Name, Ty)> {
    let mut out = Vec::new();
    for (at, ty) in tys.iter().enumerate() {
        let Some(param) = row.param(at, tys.len()) else { continue };
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

/// The plain container that a library iterator makes where shared ones are wanted.
fn made_item(result: Ty, item: Ty) -> Option<Ty> {
    let (TyKind::Iter(of), TyKind::Shared(plain)) = (result.kind(), item.kind()) else { return None };
    matches!(of.kind(), TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_)).then_some(*plain)
}
