//! How function values are held: a closure where one place holds one function, `Rc<dyn Fn>` where
//! several may meet or a container keeps them.

use crate::build::Built;
use crate::graph::ShapeId;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_catalog as catalog;
use batuta_core::*;

/// For each function, which of its parameters are functions that it only calls or lends on.
pub fn lent(program: &Program<Typed>) -> FxHashMap<Name, Vec<bool>> {
    let is_function = |body: &Body<Typed>, param: &Param| {
        matches!(body.locals[param.local].ty.strip_ref().kind(), TyKind::Func(..))
    };
    let mut out: FxHashMap<Name, Vec<bool>> = FxHashMap::default();
    for body in program.fns.values() {
        let keeps = body.is_generator || body.is_async;
        let row = body.params.iter().map(|param| !keeps && is_function(body, param)).collect();
        out.insert(body.path, row);
    }
    loop {
        let mut changed = false;
        for body in program.fns.values() {
            let kept = kept(body, &out);
            let row = out.get_mut(&body.path).expect("every function has a row");
            for (slot, param) in row.iter_mut().zip(&body.params) {
                changed |= *slot && kept.contains(&param.local);
                *slot &= !kept.contains(&param.local);
            }
        }
        if !changed {
            return out;
        }
    }
}

/// What a call does with the function that it is given at a position.
pub fn lending(body: &Body<Typed>, lent: &FxHashMap<Name, Vec<bool>>, call: NodeId, at: usize) -> Lending {
    let Node::Call { callee, args } = &body.nodes[call].kind else { return Lending::Kept };
    match callee {
        Callee::Fn(path) if lent.get(path).and_then(|row| row.get(at)).copied().unwrap_or(false) => {
            Lending::Called
        }
        Callee::Lib(name) if is_kept_factory(body, *name, args[at].value) => Lending::Kept,
        Callee::Lib(name) => {
            let tys: Vec<Ty> = args.iter().map(|arg| body.ty(arg.value)).collect();
            match catalog::takes_function(name.as_str(), &tys, at) {
                true => Lending::Library,
                false => Lending::Kept,
            }
        }
        _ => Lending::Kept,
    }
}

/// Locals whose value is used in another way than by calling or lending it.
fn kept(body: &Body<Typed>, lent: &FxHashMap<Name, Vec<bool>>) -> FxHashSet<LocalId> {
    let mut quiet = FxHashSet::default();
    body.walk_block(body.root, &mut |node| {
        let Node::Call { callee, args } = &body.nodes[node].kind else { return };
        if let Callee::Value(target) = callee {
            quiet.insert(*target);
        }
        for (at, arg) in args.iter().enumerate() {
            if lending(body, lent, node, at) != Lending::Kept {
                quiet.insert(arg.value);
            }
        }
    });
    let uses = closure_uses(body, &|call, at| lending(body, lent, call, at));
    let mut out = FxHashSet::default();
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::Use(place, _) if !quiet.contains(&node) => out.extend(place.as_local()),
        Node::Closure(closure) if uses.escaping.contains(&node) => out.extend(mentioned(body, closure)),
        // A new object keeps what an iterator that it is given calls.
        Node::Call { callee: Callee::New(_), args } => {
            args.iter().for_each(|arg| held_by_iterator(body, arg.value, &mut out));
        }
        _ => {}
    });
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, value } = &stmt.kind {
            if matches!(target, Pat::Place(place) if !place.proj.is_empty()) {
                held_by_iterator(body, *value, &mut out);
            }
            target.for_each_local(&mut |local| {
                out.insert(local);
            });
        }
    });
    out
}

/// The locals of functions that an iterator calls when it is asked for items, and of texts that it reads then.
pub(crate) fn held_by_iterator(body: &Body<Typed>, node: NodeId, out: &mut FxHashSet<LocalId>) {
    // As a dynamic value, too.
    if let Node::Op { op: Op::ValueOp(ValueOp::From) | Op::OptOp(OptOp::Some), args, .. } =
        &body.nodes[node].kind
    {
        return held_by_iterator(body, args[0], out);
    }
    if !matches!(body.ty(node).kind(), TyKind::Iter(_)) || matches!(body.nodes[node].kind, Node::Use(..)) {
        return;
    }
    body.walk(Child::Node(node), &mut |inner| {
        if let Node::Use(place, _) = &body.nodes[inner].kind
            && let Some(local) = place.as_local()
            && matches!(body.locals[local].ty.strip_ref().kind(), TyKind::Func(..) | TyKind::Str)
        {
            out.insert(local);
        }
    });
}

/// What a function in an `Rc<dyn Fn>` or in a dynamic value changes in a variable of the code around it, or
/// reads of one that changes: both hold one object.
pub fn share_captured(program: &Program<Typed>, built: &mut Built) {
    for body in program.fns.values() {
        let dynamic: FxHashSet<NodeId> =
            body.nodes.iter().filter_map(|(_, row)| made_value(&row.kind)).collect();
        for (node, row) in body.nodes.iter() {
            let Node::Closure(closure) = &row.kind else { continue };
            let is_shared = built.node(body.path, node).is_some_and(|shape| built.graph.is_shared(shape));
            if !is_shared && !dynamic.contains(&node) {
                continue;
            }
            let changed = changed_items(body, closure);
            for local in changed.iter().copied().chain(read_parts(body, closure)) {
                let shape = built.local(body.path, local);
                let ty = built.graph.ty(shape);
                let is_changed = changed.contains(&local) && !matches!(ty.kind(), TyKind::Class(..));
                if ty.is_mutable() && (is_changed || built.changes(shape)) {
                    built.graph.set_shared(shape);
                }
            }
        }
    }
}

/// What becomes a dynamic value.
fn made_value(kind: &Node) -> Option<NodeId> {
    match kind {
        Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => args.first().copied(),
        _ => None,
    }
}

/// Locals of the code around a closure in which it assigns items: `counts[k] += 1`.
fn changed_items(body: &Body<Typed>, closure: &Closure) -> Vec<LocalId> {
    let mut out = Vec::new();
    let mut own: FxHashSet<LocalId> = closure.params.iter().map(|param| param.local).collect();
    let mut see = |place: &Place| {
        if let (Root::Local(local), Some(Proj::Index(_))) = (place.root, place.proj.first()) {
            out.push(local);
        }
    };
    body.walk_stmts(closure.body, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => {
            target.each_place(&mut see);
            own.extend(if let Pat::Place(place) = target { place.as_local() } else { None });
        }
        StmtKind::Let { pat, .. } => pat.for_each_local(&mut |local| {
            own.insert(local);
        }),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
        StmtKind::Expr(_) => {}
    });
    body.walk_block(closure.body, &mut |node| {
        if let Node::For { pat, .. } = &body.nodes[node].kind {
            pat.for_each_local(&mut |local| {
                own.insert(local);
            });
        }
    });
    out.retain(|local| !own.contains(local));
    out
}

/// Locals of the code around a closure of which it reads parts: `now[0]`, `state.now`.
fn read_parts(body: &Body<Typed>, closure: &Closure) -> Vec<LocalId> {
    let mut own: FxHashSet<LocalId> = closure.params.iter().map(|param| param.local).collect();
    let mut out = Vec::new();
    body.walk_stmts(closure.body, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target: pat, .. } | StmtKind::Let { pat, .. } => pat.for_each_local(&mut |local| {
            own.insert(local);
        }),
        _ => {}
    });
    body.walk_block(closure.body, &mut |node| match &body.nodes[node].kind {
        Node::Use(Place { root: Root::Local(local), proj }, _) if !proj.is_empty() => out.push(*local),
        Node::For { pat, .. } => pat.for_each_local(&mut |local| {
            own.insert(local);
        }),
        Node::Closure(inner) => own.extend(inner.params.iter().map(|param| param.local)),
        Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
            if let Clause::For { pat, .. } = clause {
                pat.for_each_local(&mut |local| {
                    own.insert(local);
                });
            }
        }),
        _ => {}
    });
    out.retain(|local| !own.contains(local));
    out
}

/// A value that comes from elsewhere: a place, or what a function of the program gives.
fn is_handed_over(node: &Node) -> bool {
    matches!(node, Node::Use(..) | Node::Call { callee: Callee::Fn(_) | Callee::Virtual(_), .. })
}

/// Marks the flow classes of functions that need `Rc<dyn Fn>`.
pub fn share(program: &Program<Typed>, built: &mut Built) {
    let is_function =
        |built: &Built, shape: ShapeId| matches!(built.graph.ty(shape).kind(), TyKind::Func(..));
    let mut shared: Vec<ShapeId> = Vec::new();
    for shape in built.graph.classes() {
        shared.extend(built.graph.kids(shape));
    }
    shared.extend(built.fields.values());
    shared.extend(built.globals.values());
    let mut sources: FxHashMap<usize, usize> = FxHashMap::default();
    for body in program.fns.values() {
        for (node, row) in body.nodes.iter() {
            let makes = matches!(row.kind, Node::Closure(_) | Node::Item(_));
            let Some(shape) = built.node(body.path, node).filter(|_| makes) else { continue };
            let count = sources.entry(built.graph.slot(shape)).or_default();
            *count += 1;
            if *count > 1 {
                shared.push(shape);
            }
        }
    }
    // A dynamic value keeps the function that it is made of, like a container.
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } = &row.kind
                && let Some(of) = args.first().filter(|of| is_handed_over(&body.nodes[**of].kind))
            {
                shared.extend(built.node(body.path, *of));
            }
        }
    }
    // A function value that gives iterators hands each of them what they call.
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            let Node::Closure(closure) = &row.kind else { continue };
            if !matches!(closure.ret.kind(), TyKind::Iter(_)) {
                continue;
            }
            let called = mentioned(body, closure).into_iter();
            let called = called.filter(|local| matches!(body.locals[*local].ty.kind(), TyKind::Func(..)));
            shared.extend(called.map(|local| built.local(body.path, local)));
        }
    }
    // So does an iterator that gives iterators.
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            let Node::Seq { sink: Sink::Iter(item), .. } = &row.kind else { continue };
            let given = made_value(&body.nodes[*item].kind).unwrap_or(*item);
            if !matches!(body.ty(given).kind(), TyKind::Iter(_)) {
                continue;
            }
            body.walk(Child::Node(*item), &mut |node| {
                if let Node::Call { callee: Callee::Value(called), .. } = &body.nodes[node].kind
                    && let Node::Use(place, _) = &body.nodes[*called].kind
                {
                    shared.extend(place.as_local().map(|local| built.local(body.path, local)));
                }
            });
        }
    }
    // What a method gives must not hold on to the borrow of its receiver.
    for body in program.fns.values().filter(|body| body.has_receiver()) {
        shared.extend(built.results.get(&body.path).copied());
    }
    for shape in shared {
        if is_function(built, shape) {
            built.graph.set_shared(shape);
        }
    }
}
