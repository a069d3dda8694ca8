//! Where module-level names live: constants, lazily made tables, cells, or locals of `<init>`.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

#[derive(Default)]
struct Facts {
    bodies: FxHashSet<Name>,
    writes: u32,
    changed: bool,
    /// A function inside `<init>` that is kept reads it: it sees later changes.
    kept: bool,
    /// `<init>` reads it above its first value.
    read_first: bool,
    /// The value of its only assignment at the top of `<init>`.
    value: Option<(Name, NodeId)>,
}

/// Decides the storage of every global; those that only top-level code uses become locals there.
pub fn settle(program: &Program<Typed>) -> Program<Typed> {
    let mut out = program.clone();
    let mut facts: FxHashMap<Name, Facts> = FxHashMap::default();
    for body in program.fns.values() {
        collect(program, body, &mut facts);
    }
    for path in program.globals.keys() {
        let storage = storage(program, &out, *path, facts.entry(*path).or_default());
        Arc::make_mut(&mut out.globals[path]).storage = storage;
    }
    let read = read_by_tables(program, &out, &facts);
    for path in program.globals.keys() {
        let fact = &facts[path];
        let storage = out.globals[path].storage;
        if only_in_init(program, fact)
            && fact.bodies.len() == 1
            && storage != Storage::Const
            && !read.contains(path)
            && (!fact.kept || !fact.changed || matches!(program.globals[path].ty.kind(), TyKind::Shared(_)))
        {
            let body = *fact.bodies.iter().next().expect("one body uses it");
            let ty = program.globals[path].ty;
            Arc::make_mut(&mut out.fns[&body]).make_local(*path, ty);
            out.globals.shift_remove(path);
            continue;
        }
        let global = Arc::make_mut(&mut out.globals[path]);
        if storage == Storage::RefCell && (fact.read_first || !has_empty_value(global.ty)) {
            global.ty = Ty::new(TyKind::Option(global.ty));
            global.storage = Storage::Late;
        }
    }
    let kept = out.globals.clone();
    for module in out.modules.values_mut() {
        let module = Arc::make_mut(module);
        module.items.retain(|row| !matches!(row.item, Item::Global(path) if !kept.contains_key(&path)));
    }
    out
}

fn only_in_init(program: &Program<Typed>, fact: &Facts) -> bool {
    fact.bodies.len() <= 1 && fact.bodies.iter().all(|body| program.fns[body].kind == FnKind::Init)
}

/// What the values of lazily made tables read: it stays global beside them.
fn read_by_tables(
    program: &Program<Typed>,
    out: &Program<Typed>,
    facts: &FxHashMap<Name, Facts>,
) -> FxHashSet<Name> {
    let stays = |path: &Name| !only_in_init(program, &facts[path]);
    let mut todo: Vec<Name> = program.globals.keys().copied().filter(stays).collect();
    let mut read = FxHashSet::default();
    while let Some(path) = todo.pop() {
        let Some((body, value)) = facts[&path].value.filter(|_| out.globals[&path].storage == Storage::Lazy)
        else {
            continue;
        };
        let body = &program.fns[&body];
        body.walk(Child::Node(value), &mut |node| {
            if let Node::Use(place, _) = &body.nodes[node].kind
                && let Root::Global(path) = place.root
                && read.insert(path)
            {
                todo.push(path);
            }
        });
    }
    read
}

/// A global that holds nothing until `<init>` assigns it.
pub fn starts_empty(global: &GlobalDef) -> bool {
    global.storage == Storage::Late
}

/// Library types with an empty value.
fn starts_empty_by_itself(name: Name) -> bool {
    matches!(
        name.last(),
        "Counter" | "OrderedDict" | "StringIO" | "bytearray" | "defaultdict" | "deque" | "tuple"
    )
}

/// Whether the type has a value to start with.
fn has_empty_value(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Class(..)
        | TyKind::Union(_)
        | TyKind::Func(..)
        | TyKind::Iter(_)
        | TyKind::Error
        | TyKind::TypeOf(_) => false,
        TyKind::Shared(inner) => !matches!(inner.kind(), TyKind::Class(..) | TyKind::Func(..)),
        TyKind::Lib(name, _) => starts_empty_by_itself(*name),
        TyKind::Tuple(items) => items.iter().all(|item| has_empty_value(*item)),
        _ => true,
    }
}

/// Members of an enum class are there from the start.
pub(crate) fn is_enum(program: &Program<Typed>, class: Name) -> bool {
    program.classes.get(&class).is_some_and(|def| matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_)))
}

fn storage(program: &Program<Typed>, out: &Program<Typed>, path: Name, fact: &Facts) -> Storage {
    let ty = program.globals[&path].ty;
    if is_enum(program, path.parent()) {
        return Storage::Const;
    }
    if fact.read_first {
        return Storage::RefCell;
    }
    if fact.writes == 1
        && !fact.changed
        && let Some((body, value)) = fact.value
    {
        let body = &program.fns[&body];
        if is_const(out, body, value) && !ty.is_big() {
            return Storage::Const;
        }
        let has_rc = ty.any(&mut |part| {
            matches!(part.kind(), TyKind::Shared(_) | TyKind::Func(..) | TyKind::Value | TyKind::Iter(_))
                || matches!(part.kind(), TyKind::Class(class, _) if !is_enum(program, *class))
                || matches!(part.kind(), TyKind::Lib(name, _) if !batuta_catalog::is_sync(*name) && *name != "Logger")
        });
        if !has_rc && is_pure(out, body, value) {
            return Storage::Lazy;
        }
    }
    if ty.is_copy() { Storage::Cell } else { Storage::RefCell }
}

/// A literal expression that Rust accepts as a constant.
fn is_const(out: &Program<Typed>, body: &Body<Typed>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Const(value) => !matches!(
            value,
            Const::None | Const::Bytes(_) | Const::Ellipsis | Const::NotImplemented | Const::Imag(_)
        ),
        Node::Op { op: Op::IntOp(IntOp::Add | IntOp::Sub | IntOp::Mul | IntOp::Neg), args, .. } => {
            !body.ty(node).is_big() && args.iter().all(|arg| is_const(out, body, *arg))
        }
        Node::Op {
            op: Op::FloatOp(FloatOp::Add | FloatOp::Sub | FloatOp::Mul | FloatOp::Neg), args, ..
        } => args.iter().all(|arg| is_const(out, body, *arg)),
        Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => {
            args.iter().all(|arg| *body.ty(*arg).kind() != TyKind::Str && is_const(out, body, *arg))
        }
        Node::Use(place, _) => match (place.root, place.proj.is_empty()) {
            (Root::Global(path), true) => out
                .globals
                .get(&path)
                .is_some_and(|global| global.storage == Storage::Const && *global.ty.kind() != TyKind::Str),
            _ => false,
        },
        _ => false,
    }
}

/// Computes the same value whenever it runs: displays, comprehensions, operators, library functions without effect.
fn is_pure(out: &Program<Typed>, body: &Body<Typed>, node: NodeId) -> bool {
    let mut pure = true;
    // A table is made when it is first read: what it reads must be the same then.
    let is_fixed = |path: Name| {
        out.globals.get(&path).is_some_and(|global| matches!(global.storage, Storage::Const | Storage::Lazy))
    };
    body.walk(Child::Node(node), &mut |node| {
        pure &= match &body.nodes[node].kind {
            Node::Const(_) | Node::Seq { .. } | Node::Format(_) => true,
            Node::Item(name) => batuta_catalog::constant(name.as_str()).is_some(),
            // The parts of a tuple get a name before they are walked.
            Node::Op { op: Op::IterOp(IterOp::Of), args, .. }
                if matches!(body.ty(args[0]).kind(), TyKind::Tuple(_)) =>
            {
                false
            }
            Node::Op { op, .. } => !matches!(op.info().effect, Effect::Io | Effect::Any),
            Node::Use(place, _) => match place.root {
                Root::Global(path) => is_fixed(path),
                Root::Local(_) => true,
                Root::Node(_) => true,
            },
            Node::Call { callee: Callee::Lib(name), .. } => {
                let tys: Vec<Ty> = Vec::new();
                batuta_catalog::select(name.as_str(), &tys).is_none_or(|row| !row.io)
                    && !name.as_str().starts_with("random.")
                    && !name.as_str().starts_with("time.")
                    && !name.as_str().contains("input")
            }
            _ => false,
        };
    });
    pure
}

fn collect(program: &Program<Typed>, body: &Body<Typed>, facts: &mut FxHashMap<Name, Facts>) {
    let all = crate::access::accesses(program, body);
    body.walk_block(body.root, &mut |node| {
        if let Node::Use(place, _) = &body.nodes[node].kind
            && let Root::Global(path) = place.root
        {
            let fact = facts.entry(path).or_default();
            fact.bodies.insert(body.path);
            fact.changed |= all.kinds.get(&node).is_some_and(|kind| kind.changes());
        }
        if let Node::For { pat, .. } = &body.nodes[node].kind {
            written(pat, body.path, facts, false, None);
        }
    });
    if body.kind == FnKind::Init {
        for path in kept(body) {
            facts.entry(path).or_default().kept = true;
        }
        for path in read_first(body) {
            facts.entry(path).or_default().read_first = true;
        }
    }
    let top: Vec<*const Stmt> = body.blocks[body.root].stmts.iter().map(std::ptr::from_ref).collect();
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, value } | StmtKind::Let { pat: target, value: Some(value) } => {
            let at_top = body.kind == FnKind::Init && top.contains(&std::ptr::from_ref(stmt));
            written(target, body.path, facts, at_top, Some((body.path, *value)));
        }
        StmtKind::Update { place, .. } | StmtKind::Del(place) => {
            if let Root::Global(path) = place.root {
                let fact = facts.entry(path).or_default();
                fact.bodies.insert(body.path);
                fact.writes += 1;
                fact.changed = true;
            }
        }
        _ => {}
    });
}

/// Globals that functions inside a body read which are more than an argument of a library function.
fn kept(body: &Body<Typed>) -> FxHashSet<Name> {
    let mut lent = FxHashSet::default();
    for (_, row) in body.nodes.iter() {
        if let Node::Call { callee: Callee::Lib(_), args } = &row.kind {
            lent.extend(args.iter().map(|arg| arg.value));
        }
    }
    let mut out = FxHashSet::default();
    for (node, row) in body.nodes.iter() {
        let Node::Closure(closure) = &row.kind else { continue };
        if !lent.contains(&node) {
            body.walk_block(closure.body, &mut |inside| {
                if let Node::Use(Place { root: Root::Global(path), .. }, _) = &body.nodes[inside].kind {
                    out.insert(*path);
                }
            });
        }
    }
    out
}

/// Globals of a module that its `<init>` reads, itself, above the statement that gives them their first value.
fn read_first(body: &Body<Typed>) -> FxHashSet<Name> {
    let mut later = FxHashSet::default();
    body.walk_block(body.root, &mut |node| {
        if let Node::Closure(closure) = &body.nodes[node].kind {
            body.walk_block(closure.body, &mut |node| {
                later.insert(node);
            });
        }
    });
    let (mut set, mut out) = (FxHashSet::default(), FxHashSet::default());
    for stmt in &body.blocks[body.root].stmts {
        let mut inside = Vec::new();
        stmt.for_each_child(&mut |child| {
            body.walk_stmts_below(child, &mut |stmt| inside.extend(targets(stmt)));
            body.walk(child, &mut |node| bound(&body.nodes[node].kind, &mut inside));
        });
        // A statement that gives a value somewhere inside is left to what is known about locals.
        stmt.for_each_child(&mut |child| {
            body.walk(child, &mut |node| {
                if let Node::Use(place, _) = &body.nodes[node].kind
                    && let Root::Global(path) = place.root
                    && path.parent() == body.path.parent()
                    && !set.contains(&path)
                    && !inside.contains(&path)
                    && !later.contains(&node)
                {
                    out.insert(path);
                }
            });
        });
        set.extend(inside);
        set.extend(targets(stmt));
    }
    out
}

/// The globals that loops, managers and patterns give values.
fn bound(node: &Node, out: &mut Vec<Name>) {
    let mut see = |pat: &Pat| {
        pat.each_place(&mut |place| {
            if let Root::Global(path) = place.root {
                out.push(path);
            }
        });
    };
    match node {
        Node::For { pat, .. } => see(pat),
        Node::With { items, .. } => items.iter().filter_map(|item| item.target.as_ref()).for_each(see),
        Node::Match { arms, .. } => arms.iter().for_each(|arm| see(&arm.pat)),
        Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
            if let Clause::For { pat, .. } = clause {
                see(pat);
            }
        }),
        _ => {}
    }
}

/// The globals that a statement gives values.
fn targets(stmt: &Stmt) -> Vec<Name> {
    let mut out = Vec::new();
    if let StmtKind::Set { target, .. } | StmtKind::Let { pat: target, .. } = &stmt.kind {
        target.each_place(&mut |place| {
            if let Root::Global(path) = place.root {
                out.push(path);
            }
        });
    }
    out
}

fn written(
    pat: &Pat,
    body: Name,
    facts: &mut FxHashMap<Name, Facts>,
    at_top: bool,
    value: Option<(Name, NodeId)>,
) {
    if let Pat::Place(place) = pat
        && let Root::Global(path) = place.root
    {
        let fact = facts.entry(path).or_default();
        fact.bodies.insert(body);
        if place.proj.is_empty() {
            fact.writes += 1;
            fact.value = value.filter(|_| at_top);
        } else {
            fact.changed = true;
        }
    }
    pat.for_each_part(&mut |part| written(part, body, facts, false, None));
}
