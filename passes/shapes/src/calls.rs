//! Calls: arguments flow into parameters, results out of functions, type variables join both.

use crate::build::Walk;
use crate::graph::ShapeId;
use batuta_base::{FxHashMap, Name};
use batuta_catalog as catalog;
use batuta_core::*;

impl Walk<'_> {
    pub(crate) fn call(&mut self, callee: &Callee, args: &[Arg], ty: Ty) -> ShapeId {
        let target = match callee {
            Callee::Value(node) | Callee::Method(node, _) => Some(self.node(*node)),
            _ => None,
        };
        let shapes: Vec<_> = args.iter().map(|arg| self.node(arg.value)).collect();
        match callee {
            Callee::Fn(path) => self.call_fn(*path, &shapes, ty),
            Callee::Virtual(path) => self.call_virtual(*path, &shapes, ty),
            Callee::New(class) => self.construct(*class, &shapes, ty),
            Callee::Lib(name) => {
                let is_filled = |arg: &Arg| match &self.body.nodes[arg.value].kind {
                    Node::Use(place, _) => place.as_local().is_some_and(|local| self.filled.contains(&local)),
                    _ => false,
                };
                let filled: Vec<bool> = args.iter().map(is_filled).collect();
                let result = self.call_lib(*name, &shapes, &filled, ty);
                self.wide_bytes(*name, args, &shapes, result);
                if name.as_str().starts_with("math.prod") && ty.is_int() && !self.is_display(args[0].value) {
                    self.built.products.push(result);
                }
                result
            }
            _ => {
                let target = target.expect("a value is called");
                self.call_value(target, &shapes, ty)
            }
        }
    }

    /// `[a, b, c]`: as many items as are written.
    fn is_display(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::IterOp(IterOp::Of), args, .. } => self.is_display(args[0]),
            Node::Op { op, .. } => matches!(op, Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New)),
            _ => false,
        }
    }

    fn call_fn(&mut self, path: Name, shapes: &[ShapeId], ty: Ty) -> ShapeId {
        let Some(body) = self.program.fns.get(&path) else { return self.built.graph.fresh(ty) };
        for (index, (param, shape)) in body.params.iter().zip(shapes).enumerate() {
            let local = self.built.local(path, param.local);
            // A captured variable that the lifted function assigns is one with the caller's.
            if matches!(body.locals[param.local].ty.kind(), TyKind::RefMut(_)) {
                self.same(*shape, local);
            }
            match self.built.lent[&path][index] {
                true => self.lend(*shape, local),
                false => self.built.graph.flow(*shape, local),
            }
        }
        let result = self.built.results[&path];
        if ty.is_int() && self.built.graph.ty(result).is_int() {
            // A fresh leaf, so that recursion shows as an edge of its own.
            let leaf = self.built.graph.fresh(ty);
            self.built.graph.edges.push((result, leaf));
            self.built.recursive.push((result, leaf));
            return leaf;
        }
        result
    }

    /// A function that is only called there: its parts meet, its representation stays its own.
    fn lend(&mut self, from: ShapeId, to: ShapeId) {
        let pairs: Vec<_> =
            self.built.graph.kids(from).iter().copied().zip(self.built.graph.kids(to).to_vec()).collect();
        pairs.into_iter().for_each(|(left, right)| self.built.graph.unify(left, right));
        self.built.lendings.push((from, to));
    }

    fn call_virtual(&mut self, path: Name, shapes: &[ShapeId], ty: Ty) -> ShapeId {
        let mut result = None;
        for class in self.program.subclasses(path.parent()) {
            if let Some(method) = self.program.find_method(class, path.last()) {
                result = Some(self.call_fn(method, shapes, ty));
            }
        }
        result.unwrap_or_else(|| self.built.graph.fresh(ty))
    }

    fn construct(&mut self, class: Name, shapes: &[ShapeId], ty: Ty) -> ShapeId {
        let known = self.built.graph.edges.len();
        self.fill(class, shapes);
        self.built.made.extend_from_slice(&self.built.graph.edges[known..]);
        self.built.graph.fresh(ty)
    }

    /// Arguments flow into the constructor's parameters, or into the fields.
    fn fill(&mut self, class: Name, shapes: &[ShapeId]) {
        if let Some(init) = self.program.find_method(class, "__init__")
            && let Some(body) = self.program.fns.get(&init)
        {
            for (param, shape) in body.params.iter().skip(1).zip(shapes) {
                let local = self.built.local(init, param.local);
                self.built.graph.flow(*shape, local);
            }
        } else {
            let mut fields = Vec::new();
            for path in self.program.mro(class).into_iter().rev() {
                for field in &self.program.classes[&path].fields {
                    if field.flags.init && !fields.contains(&field.name) {
                        fields.push(field.name);
                    }
                }
            }
            for (name, shape) in fields.into_iter().zip(shapes) {
                if let Some(target) = self.field(class, name) {
                    self.built.graph.flow(*shape, target);
                }
            }
        }
    }

    fn call_value(&mut self, target: ShapeId, shapes: &[ShapeId], ty: Ty) -> ShapeId {
        let kids = self.built.graph.kids(target).to_vec();
        let Some((result, params)) = kids.split_last() else { return self.built.graph.fresh(ty) };
        params.iter().zip(shapes).for_each(|(param, shape)| self.built.graph.flow(*shape, *param));
        *result
    }

    /// `filled`: arguments whose change belongs to their making.
    fn call_lib(&mut self, name: Name, shapes: &[ShapeId], filled: &[bool], ty: Ty) -> ShapeId {
        let tys: Vec<Ty> = shapes.iter().map(|shape| self.built.graph.ty(*shape)).collect();
        let made = self.built.graph.fresh(ty);
        let Some(row) = catalog::select(name.as_str(), &tys) else { return made };
        let mut bound = FxHashMap::default();
        for (at, shape) in shapes.iter().enumerate() {
            let Some(param) = row.param(at, shapes.len()) else { continue };
            self.matches(param.ty, *shape, &mut bound);
            if param.take == catalog::Take::Write && !filled[at] {
                self.built.graph.set_mutated(*shape);
            }
        }
        // One value for many keys or turns.
        let repeated = match name.as_str().split('#').next() {
            Some("dict.fromkeys" | "builtins.dict.fromkeys") => shapes.get(1),
            Some("itertools.repeat") => shapes.first(),
            _ => None,
        };
        self.built.copied.extend(repeated);
        if name == "list.multiply" {
            let item = self.part(shapes[0], 0);
            self.built.copied.push(item);
        }
        let result = self.instantiate(row.result, made, &mut bound);
        if matches!(row.result.kind(), TyKind::Int(Width::Big)) {
            self.built.graph.set_big(result);
        }
        // A spelling that names its result's type has one for each width; others have a row of their own.
        let mut widened = Vec::new();
        if row.result.is_int() && row.rust.contains("{R}") {
            widened.push(result);
        } else if let Some(wide) = catalog::wide_result(row, shapes.len()) {
            self.wide_leaves(wide, result, &mut widened);
        }
        for target in widened {
            for (at, shape) in shapes.iter().enumerate() {
                let Some(param) = row.param(at, shapes.len()) else { continue };
                let leaf =
                    if matches!(param.ty.kind(), TyKind::Iter(_)) { self.part(*shape, 0) } else { *shape };
                self.built.graph.flow(leaf, target);
            }
        }
        result
    }

    /// The ints of a result that are wide where an argument is.
    fn wide_leaves(&self, wide: Ty, result: ShapeId, out: &mut Vec<ShapeId>) {
        if matches!(wide.kind(), TyKind::Int(Width::Big)) && self.built.graph.ty(result).is_int() {
            out.push(result);
        }
        let kids = self.built.graph.kids(result);
        wide.children().into_iter().zip(kids).for_each(|(part, kid)| self.wide_leaves(part, *kid, out));
    }

    /// Joins a signature's parameter type with an argument; type variables keep the first shape they meet.
    fn matches(&mut self, pattern: Ty, shape: ShapeId, bound: &mut FxHashMap<Name, ShapeId>) {
        let ty = self.built.graph.ty(shape);
        match pattern.kind() {
            TyKind::Var(name) => match bound.get(name) {
                Some(found) => {
                    let found = *found;
                    self.built.graph.flow(shape, found);
                }
                None => {
                    bound.insert(*name, shape);
                }
            },
            TyKind::Ref(inner) | TyKind::RefMut(inner) => self.matches(*inner, shape, bound),
            TyKind::Func(takes, gives) => {
                let kids = self.built.graph.kids(shape).to_vec();
                let Some((result, params)) = kids.split_last() else { return };
                for (part, kid) in takes.iter().zip(params) {
                    self.hands_over(*part, *kid, bound);
                }
                self.matches(*gives, *result, bound);
            }
            // The sum of wide ints is wide.
            TyKind::Iter(item) if *item.kind() == TyKind::Int(Width::Any) && self.item_is_int(shape) => {
                let kid = self.part(shape, 0);
                let found =
                    *bound.entry(Name::new("int")).or_insert_with(|| self.built.graph.fresh(Ty::int()));
                self.built.graph.flow(kid, found);
            }
            TyKind::Iter(item) if !matches!(ty.kind(), TyKind::Iter(_)) => {
                let kid = match ty.kind() {
                    TyKind::Str => self.built.graph.fresh(Ty::str()),
                    TyKind::Bytes | TyKind::Range => self.built.graph.fresh(Ty::int()),
                    TyKind::Tuple(_) => {
                        let iter = self
                            .iter_of(shape, Ty::iter(ty.children().first().copied().unwrap_or(Ty::unit())));
                        self.part(iter, 0)
                    }
                    _ => self.part(shape, 0),
                };
                self.matches(*item, kid, bound);
            }
            _ => {
                let pairs: Vec<_> =
                    pattern.children().into_iter().zip(self.built.graph.kids(shape).to_vec()).collect();
                for (part, kid) in pairs {
                    // Two containers of one item type have one width.
                    match part.kind() {
                        TyKind::Var(name) if bound.contains_key(name) => self.same(bound[name], kid),
                        _ => self.matches(part, kid, bound),
                    }
                }
            }
        }
    }

    fn same(&mut self, a: ShapeId, b: ShapeId) {
        self.built.graph.flow(a, b);
        self.built.graph.flow(b, a);
    }

    /// A function argument is called with values of the types that were met before.
    fn hands_over(&mut self, pattern: Ty, param: ShapeId, bound: &mut FxHashMap<Name, ShapeId>) {
        match (pattern.strip_ref().kind(), bound) {
            (TyKind::Var(name), bound) if bound.contains_key(name) => {
                self.built.graph.flow(bound[name], param);
            }
            (_, bound) => self.matches(pattern, param, bound),
        }
    }

    fn item_is_int(&self, shape: ShapeId) -> bool {
        let kids = self.built.graph.kids(shape);
        kids.len() == 1 && self.built.graph.ty(kids[0]).is_int()
    }

    /// The result of a row: type variables stand for the shapes they were bound to.
    fn instantiate(&mut self, pattern: Ty, made: ShapeId, bound: &mut FxHashMap<Name, ShapeId>) -> ShapeId {
        match pattern.kind() {
            TyKind::Var(name) => match bound.get(name) {
                Some(found) => *found,
                None => made,
            },
            TyKind::Ref(inner) | TyKind::RefMut(inner) => self.instantiate(*inner, made, bound),
            TyKind::Int(Width::Any) => {
                if let Some(found) = bound.get(&Name::new("int")) {
                    self.built.graph.flow(*found, made);
                }
                made
            }
            _ => {
                let ty = self.built.graph.ty(made);
                let parts = pattern.children();
                let kids = self.built.graph.kids(made).to_vec();
                if parts.len() != kids.len() || kids.is_empty() {
                    return made;
                }
                let kids = parts.into_iter().zip(kids).map(|(p, k)| self.instantiate(p, k, bound)).collect();
                self.built.graph.with_kids(ty, kids)
            }
        }
    }

    pub(crate) fn closure(&mut self, closure: &Closure, ty: Ty) -> ShapeId {
        let made = self.built.graph.fresh(ty);
        let kids = self.built.graph.kids(made).to_vec();
        for (param, kid) in closure.params.iter().zip(&kids) {
            self.default(param);
            let local = self.local(param.local);
            self.built.graph.unify(*kid, local);
        }
        let result = kids.last().copied().unwrap_or(made);
        let (item, yielded) = self.given(result, closure.is_generator, closure.is_async);
        self.returns.push((item, yielded));
        if let Some(tail) = self.block(closure.body) {
            self.built.graph.flow(tail, item);
        }
        self.returns.pop();
        made
    }

    pub(crate) fn item(&mut self, path: Name, ty: Ty) -> ShapeId {
        let made = self.built.graph.fresh(ty);
        if let Some(body) = self.program.fns.get(&path) {
            let kids = self.built.graph.kids(made).to_vec();
            let locals: Vec<_> =
                body.params.iter().map(|param| self.built.local(path, param.local)).collect();
            let targets = locals.into_iter().chain([self.built.results[&path]]);
            kids.into_iter().zip(targets).for_each(|(kid, target)| self.built.graph.unify(kid, target));
        }
        made
    }
}
