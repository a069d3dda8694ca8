//! What a decorator gives a class is written out for the class.
//!
//! before                                              after
//!   fn @m.shown(%cls) {                                 method @m.Point.__repr__(%self) { .. }
//!     set %__repr__ = closure (%self) { .. }
//!     set %cls.__repr__ = %__repr__
//!     return %cls
//!   }
//!   init:  call @m.shown(@m.Point)
//!
//!   fn @m.single(%cls) {                                fn @m.Config_made(*%args) {
//!     set %made = dict.new()                              set place @m.made[item @m.Config] = ..
//!     set %get = closure (*%args) { .. }                  return ..
//!     return %get                                       }
//!   }
//!   init:  call @m.single(@m.Config)                    init:  set place @m.made = dict.new()
//!   call @m.Config("x")                                 call @m.Config_made("x")
//!
//! A decorator that gives something else than its class, or a special method, and is not understood is a hole.

use super::decorate::{add_global, free_path, move_away};
use batuta_base::{FxHashMap, FxHashSet, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let inits = program.fns.iter().filter(|(_, body)| body.kind == FnKind::Init);
    for init in inits.map(|(path, _)| *path).collect::<Vec<_>>() {
        let mut at = 0;
        loop {
            let body = program.fns[&init].clone();
            let Some(stmt) = body.blocks[body.root].stmts.get(at) else { break };
            if let Some((deco, class)) = decorated(program, &body, stmt) {
                at = at.checked_add_signed(write_out(program, init, at, deco, class)).unwrap_or(0);
            }
            at += 1;
        }
    }
}

/// `@deco` of a class.
fn decorated(program: &Program<Hir>, body: &Body<Hir>, stmt: &Stmt) -> Option<(Name, Name)> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let Node::Call { callee: Callee::Fn(deco), args } = &body.nodes[node].kind else { return None };
    let [arg] = &args[..] else { return None };
    let class = match &body.nodes[arg.value].kind {
        Node::Item(path) => *path,
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => *path,
        _ => return None,
    };
    let class = program.resolve(class);
    // The frontend says so.
    let is_decorator = matches!(body.nodes[node].ty.kind(), TyKind::TypeOf(_));
    let deco = program.resolve(*deco);
    let is_plain = program.fns.get(&deco).is_some_and(|deco| {
        deco.kind == FnKind::Function
            && !deco.is_generator
            && deco.params.len() == 1
            && deco.decorators.is_empty()
    });
    (is_plain && is_decorator && program.classes.contains_key(&class)).then_some((deco, class))
}

/// Writes a decorator out; answers by how many statements the module's start grew.
fn write_out(program: &mut Program<Hir>, init: Name, at: usize, path: Name, class: Name) -> isize {
    let deco = program.fns[&path].clone();
    let cls = deco.params[0].local;
    let gives_class =
        returned(&deco).iter().all(|value| value.is_some_and(|value| is_local(&deco, value, cls)));
    if gives_class {
        match methods(program, &deco, class) {
            Some(found) if found.made.is_empty() => return 0,
            Some(found) => {
                let values = found.values.clone();
                install(program, &deco, class, found);
                let body = Arc::make_mut(&mut program.fns[&init]);
                let sets: Vec<Stmt> = values
                    .iter()
                    .map(|(name, value)| {
                        let value = body.node(Node::Const(value.clone()), Ty::unknown(), Origin::default());
                        let target = Pat::Place(Place::global(class.join(name.as_str())));
                        Stmt::new(StmtKind::Set { target, value }, Origin::default())
                    })
                    .collect();
                let grown = sets.len() as isize - 1;
                let root = body.root;
                body.blocks[root].stmts.splice(at..=at, sets);
                for (name, _) in values {
                    let attribute = class.join(name.as_str());
                    if !program.globals.contains_key(&attribute) {
                        let (ty, storage, origin) = (Ty::unknown(), Storage::Undecided, Origin::default());
                        let global = GlobalDef { path: attribute, ty, is_rebound: false, storage, origin };
                        program.globals.insert(attribute, Arc::new(global));
                        Arc::make_mut(&mut program.classes[&class]).attributes.push(attribute);
                    }
                }
                drop_unused(program, path);
                return grown;
            }
            None if !sets_special(&deco, cls) => return 0,
            None => {}
        }
    } else if let Some(grown) = as_function(program, init, at, &deco, class) {
        drop_unused(program, path);
        return grown;
    }
    let why = format!("what the decorator `{}` makes of the class `{}`", path.last(), class.last());
    let body = Arc::make_mut(&mut program.fns[&init]);
    if let StmtKind::Expr(node) = body.blocks[body.root].stmts[at].kind {
        body.nodes[node].kind = Node::Hole { why: why.into(), source: "".into() };
    }
    0
}

/// A decorator that is written out everywhere has no use of its own.
fn drop_unused(program: &mut Program<Hir>, path: Name) {
    if program.entry.is_some() && !super::decorate::is_named(program, path) {
        super::decorate::remove(program, path);
    }
}

fn is_local(body: &Body<Hir>, node: NodeId, local: LocalId) -> bool {
    matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(local))
}

/// What the function itself returns.
fn returned(body: &Body<Hir>) -> Vec<Option<NodeId>> {
    let mut inner: FxHashSet<NodeId> = FxHashSet::default();
    for (_, row) in body.nodes.iter() {
        if let Node::Closure(closure) = &row.kind {
            body.walk_block(closure.body, &mut |node| {
                inner.insert(node);
            });
        }
    }
    let mut out = Vec::new();
    body.walk_block(body.root, &mut |node| {
        if let (Node::Return(value), false) = (&body.nodes[node].kind, inner.contains(&node)) {
            out.push(*value);
        }
    });
    if out.is_empty() { vec![None] } else { out }
}

fn sets_special(body: &Body<Hir>, cls: LocalId) -> bool {
    let mut found = false;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            target.each_place(&mut |place| {
                found |= place.root == Root::Local(cls)
                    && matches!(place.proj[..], [Proj::Field(name)] if name.as_str().starts_with("__"));
            });
        }
    });
    found
}

/// Methods that a decorator gives its class.
#[derive(Default)]
struct Found {
    made: Vec<(Name, Closure)>,
    /// Attributes of the class.
    values: Vec<(Name, Const)>,
    /// Locals that hold methods of the class as they were.
    originals: FxHashMap<LocalId, Name>,
}

/// Them, where giving them is all that the decorator does.
fn methods(program: &Program<Hir>, deco: &Body<Hir>, class: Name) -> Option<Found> {
    let cls = deco.params[0].local;
    let mut found = Found::default();
    let mut closures: FxHashMap<LocalId, Closure> = FxHashMap::default();
    for stmt in &deco.blocks[deco.root].stmts {
        match &stmt.kind {
            StmtKind::Expr(node) if matches!(deco.nodes[*node].kind, Node::Const(_) | Node::Return(_)) => {}
            StmtKind::Set { target: Pat::Place(place), value } => {
                let closure_of = |value: NodeId| match &deco.nodes[value].kind {
                    Node::Closure(closure) => Some(closure.clone()),
                    Node::Use(place, _) => closures.get(&place.as_local()?).cloned(),
                    _ => None,
                };
                match (place.root, &place.proj[..], &deco.nodes[*value].kind) {
                    (Root::Local(local), [], Node::Closure(closure)) => {
                        closures.insert(local, closure.clone());
                    }
                    (Root::Local(local), [], Node::Use(from, _))
                        if from.root == Root::Local(cls) && from.proj.len() == 1 =>
                    {
                        let Proj::Field(name) = from.proj[0] else { return None };
                        program.find_method(class, name.as_str())?;
                        found.originals.insert(local, name);
                    }
                    (Root::Local(local), [Proj::Field(name)], Node::Const(value)) if local == cls => {
                        found.values.push((*name, value.clone()));
                    }
                    (Root::Local(local), [Proj::Field(name)], _) if local == cls => {
                        found.made.push((*name, closure_of(*value)?));
                    }
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    // A method knows the class, the methods as they were, and what is its own.
    let outer: FxHashSet<LocalId> = deco.blocks[deco.root]
        .stmts
        .iter()
        .filter_map(|stmt| match &stmt.kind {
            StmtKind::Set { target: Pat::Place(place), .. } => place.as_local(),
            _ => None,
        })
        .filter(|local| !found.originals.contains_key(local))
        .collect();
    let is_open = found.made.iter().any(|(_, closure)| {
        let mut reads = false;
        deco.walk_block(closure.body, &mut |node| {
            reads |= matches!(&deco.nodes[node].kind, Node::Use(place, _)
                if matches!(place.root, Root::Local(local) if outer.contains(&local)));
        });
        let is_method = closure.params.first().is_some_and(|param| param.kind == ParamKind::Normal);
        let others = closure.decorators.iter().any(|decorator| decorator.path.last() != "wraps");
        reads || !is_method || others || closure.is_async
    });
    (!is_open && originals_are_called(deco, &found)).then_some(found)
}

/// Whether the methods as they were are only called.
fn originals_are_called(deco: &Body<Hir>, found: &Found) -> bool {
    let mut called: FxHashSet<NodeId> = FxHashSet::default();
    for (_, row) in deco.nodes.iter() {
        match &row.kind {
            Node::Call { callee: Callee::Value(target), .. } => {
                called.insert(*target);
            }
            Node::Closure(closure) => {
                called.extend(closure.decorators.iter().flat_map(|it| it.args.iter().map(|arg| arg.value)));
            }
            _ => {}
        }
    }
    deco.nodes.iter().all(|(id, row)| match &row.kind {
        Node::Use(place, _) => {
            !matches!(place.root, Root::Local(local) if found.originals.contains_key(&local))
                || called.contains(&id)
        }
        _ => true,
    })
}

fn install(program: &mut Program<Hir>, deco: &Body<Hir>, class: Name, found: Found) {
    let mut inner: FxHashMap<LocalId, Name> = FxHashMap::default();
    for (local, name) in &found.originals {
        let own = class.join(name.as_str());
        let path = match program.fns.contains_key(&own) && found.made.iter().any(|(made, _)| made == name) {
            true => {
                let path = free_path(program, own, "inner");
                move_away(program, own, path);
                path
            }
            false => program.find_method(class, name.as_str()).unwrap_or(own),
        };
        inner.insert(*local, path);
    }
    for (name, closure) in found.made {
        let path = class.join(name.as_str());
        let body = taken_out(deco, &closure, path, FnKind::Method, class, &inner);
        program.fns.insert(path, Arc::new(body));
        let def = Arc::make_mut(&mut program.classes[&class]);
        if !def.methods.contains(&path) {
            def.methods.push(path);
        }
    }
}

/// A closure of a decorator as a function of its own.
fn taken_out(
    deco: &Body<Hir>,
    closure: &Closure,
    path: Name,
    kind: FnKind,
    class: Name,
    inner: &FxHashMap<LocalId, Name>,
) -> Body<Hir> {
    let cls = deco.params[0].local;
    let mut out = deco.clone();
    out.path = path;
    out.kind = kind;
    out.params.clone_from(&closure.params);
    out.ret = closure.ret;
    out.root = closure.body;
    out.is_generator = closure.is_generator;
    out.doc.clone_from(&closure.doc);
    for id in out.nodes.ids().collect::<Vec<_>>() {
        let origin = out.nodes[id].origin;
        match out.nodes[id].kind.clone() {
            Node::Use(place, mode) if place.root == Root::Local(cls) => {
                out.nodes[id].kind = match place.proj.is_empty() {
                    true => Node::Item(class),
                    false => {
                        let item = out.node(Node::Item(class), Ty::unknown(), origin);
                        Node::Use(Place { root: Root::Node(item), proj: place.proj }, mode)
                    }
                };
            }
            Node::Call { callee: Callee::Value(target), args } => {
                let path = match &out.nodes[target].kind {
                    Node::Use(place, _) => place.as_local().and_then(|local| match local == cls {
                        true => Some(class),
                        false => inner.get(&local).copied(),
                    }),
                    Node::Item(item) if *item == class => Some(class),
                    _ => None,
                };
                if let Some(path) = path {
                    out.nodes[id].kind = Node::Call { callee: Callee::Fn(path), args };
                }
            }
            _ => {}
        }
    }
    out
}

/// A decorator that gives a function: calls of the class call that one.
fn as_function(
    program: &mut Program<Hir>,
    init: Name,
    at: usize,
    deco: &Body<Hir>,
    class: Name,
) -> Option<isize> {
    let (last, stmts) = deco.blocks[deco.root].stmts.split_last()?;
    let StmtKind::Expr(node) = last.kind else { return None };
    let Node::Return(Some(value)) = deco.nodes[node].kind else { return None };
    let (mut prelude, mut result) = (Vec::new(), None);
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Expr(node) if matches!(deco.nodes[*node].kind, Node::Const(_)) => {}
            StmtKind::Set { target: Pat::Place(place), value: set } => match &deco.nodes[*set].kind {
                Node::Closure(closure) if is_local(deco, value, place.as_local()?) => {
                    result = Some(closure.clone());
                }
                Node::Closure(_) => return None,
                _ => prelude.push((place.as_local()?, stmt.clone())),
            },
            _ => return None,
        }
    }
    let closure = result?;
    if closure.is_async || closure.decorators.iter().any(|decorator| decorator.path.last() != "wraps") {
        return None;
    }
    let path = free_path(program, class, "made");
    let mut made = deco.clone();
    let mut globals: FxHashMap<LocalId, Name> = FxHashMap::default();
    for (local, _) in &prelude {
        let global = free_path(program, class, deco.locals[*local].name.as_str());
        add_global(program, class, global);
        globals.insert(*local, global);
    }
    let stmts: Vec<Stmt> = prelude.into_iter().map(|(_, stmt)| stmt).collect();
    let count = stmts.len() as isize;
    let block = made.block(BlockRow { stmts, ..BlockRow::default() });
    made.each_place_mut(&|place| {
        if let Root::Local(local) = place.root
            && let Some(global) = globals.get(&local)
        {
            place.root = Root::Global(*global);
        }
    });
    for row in made.blocks.ids().collect::<Vec<_>>() {
        for stmt in &mut made.blocks[row].stmts {
            if let StmtKind::Set { target: Pat::Place(place), .. } = &mut stmt.kind
                && let Root::Local(local) = place.root
                && let Some(global) = globals.get(&local)
            {
                place.root = Root::Global(*global);
            }
        }
    }
    let body = taken_out(&made, &closure, path, FnKind::Function, class, &FxHashMap::default());
    // The calls of the class are those of the function, but where it makes the object.
    for other in program.fns.values_mut() {
        let is_call = |row: &NodeRow| matches!(row.kind, Node::Call { callee: Callee::Fn(found), .. } if found == class);
        if other.nodes.iter().any(|(_, row)| is_call(row)) {
            for (_, row) in Arc::make_mut(other).nodes.iter_mut() {
                if let Node::Call { callee: Callee::Fn(found), .. } = &mut row.kind
                    && *found == class
                {
                    *found = path;
                }
            }
        }
    }
    program.fns.insert(path, Arc::new(body));
    let module = super::decorate::module_of(program, class);
    if let Some(module) = program.modules.get_mut(&module) {
        let module = Arc::make_mut(module);
        let place = module.items.iter().position(|row| row.item == Item::Class(class));
        let base = place.map_or(0, |at| module.items[at].base);
        let row = ItemRow { item: Item::Fn(path), above: Vec::new(), base };
        module.items.insert(place.map_or(0, |at| at + 1), row);
    }
    let start = Arc::make_mut(&mut program.fns[&init]);
    let shift = start.append(&made, FxHashMap::default());
    let mut first = std::mem::take(&mut start.blocks[shift.block(block)].stmts);
    for stmt in &mut first {
        stmt.origin = Origin::default();
        stmt.above.clear();
    }
    let root = start.root;
    start.blocks[root].stmts.splice(at..=at, first);
    Some(count - 1)
}
