//! A nested function that is given attributes is an object that is called.
//!
//! before                                    after
//!   set %bump = closure bump(%by) { .. }      set %bump_reset = %reset
//!   set place %bump.reset = %reset            set %bump = call @m.BumpFunction(closure bump(%by) { .. }, %bump_reset)
//!   return %bump                              return %bump
//!
//! with `class @m.BumpFunction`, whose `__call__` hands its arguments on to the function that the object holds.
//! Comes after the decorators of the module's own functions, whose wrappers keep attributes in its variables.

use super::decorate::module_of;
use super::record_data::{give, method};
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        loop {
            let body = &program.fns[&path];
            let has_closures = body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Closure(_)));
            let Some(found) = has_closures.then(|| find(body)).flatten() else { break };
            let mut body = (**body).clone();
            let class = add_class(program, path, &found);
            write(&mut body, class, &found);
            program.fns.insert(path, Arc::new(body));
        }
    }
}

/// A nested function, and the statements of one block that give it attributes.
struct Found {
    local: LocalId,
    name: Name,
    closure: Closure,
    block: BlockId,
    /// Where the function is defined.
    start: usize,
    /// Which statements set which attributes.
    sets: Vec<(usize, Name, NodeId)>,
}

fn find(body: &Body<Hir>) -> Option<Found> {
    body.blocks.ids().find_map(|block| {
        let stmts = &body.blocks[block].stmts;
        (0..stmts.len()).find_map(|start| {
            let StmtKind::Set { target: Pat::Place(place), value } = &stmts[start].kind else { return None };
            let (local, Node::Closure(closure)) = (place.as_local()?, &body.nodes[*value].kind) else {
                return None;
            };
            let sets = sets_of(body, &stmts[start + 1..], local, start + 1)?;
            let is_constant = |param: &Param| {
                param.default.is_none_or(|node| matches!(body.nodes[node].kind, Node::Const(_)))
            };
            let fits = closure.params.iter().all(is_constant)
                && closure.decorators.iter().all(|mark| mark.path == "functools.wraps")
                && assigned(body, local) == 1;
            let name = closure.name?;
            fits.then(|| Found { local, name, closure: closure.clone(), block, start, sets })
        })
    })
}

/// `f.name = value` in a list of statements, up to the first other use of the function; none where there is none.
fn sets_of(
    body: &Body<Hir>,
    stmts: &[Stmt],
    local: LocalId,
    first: usize,
) -> Option<Vec<(usize, Name, NodeId)>> {
    let mut out: Vec<(usize, Name, NodeId)> = Vec::new();
    for (at, stmt) in stmts.iter().enumerate() {
        if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
            && place.root == Root::Local(local)
            && let [Proj::Field(name)] = place.proj[..]
            && !name.as_str().starts_with("__")
            && !mentions(body, *value, local)
        {
            if out.iter().any(|(_, known, _)| *known == name) {
                break;
            }
            out.push((first + at, name, *value));
            continue;
        }
        let names = match &stmt.kind {
            StmtKind::Expr(node) => mentions(body, *node, local),
            StmtKind::Set { value, .. } | StmtKind::Update { value, .. } => mentions(body, *value, local),
            _ => true,
        };
        if names {
            break;
        }
    }
    (!out.is_empty()).then_some(out)
}

fn mentions(body: &Body<Hir>, node: NodeId, local: LocalId) -> bool {
    let mut found = false;
    body.walk(Child::Node(node), &mut |id| {
        found |= matches!(&body.nodes[id].kind, Node::Use(place, _) if place.root == Root::Local(local));
    });
    found
}

fn assigned(body: &Body<Hir>, local: LocalId) -> usize {
    let mut count = 0;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            target.for_each_local(&mut |found| count += usize::from(found == local));
        }
    });
    count
}

/// The class whose objects hold the function and its attributes.
fn add_class(program: &mut Program<Hir>, near: Name, found: &Found) -> Name {
    let module = module_of(program, near);
    let path = free_class(program, module, found.name);
    let names: Vec<Name> =
        [Name::new("call")].into_iter().chain(found.sets.iter().map(|(_, name, _)| *name)).collect();
    let at = Origin::default();
    let (mut init, this) = method(program, path, Name::new("__init__"));
    for name in &names {
        let local = init.local(name.as_str(), Ty::unknown(), at);
        init.params.push(Param { name: *name, local, kind: ParamKind::Normal, default: None });
        let value = init.use_local(local, Mode::Read, at);
        let target = Pat::Place(Place::local(this).with(Proj::Field(*name)));
        let root = init.root;
        init.blocks[root].stmts.push(Stmt::new(StmtKind::Set { target, value }, at));
    }
    let (mut call, this) = method(program, path, Name::new("__call__"));
    let mut args = Vec::new();
    for param in &found.closure.params {
        let local = call.local(param.name.as_str(), Ty::unknown(), at);
        let default = param.default.map(|node| {
            let kind = program.fns[&near].nodes[node].kind.clone();
            call.node(kind, Ty::unknown(), at)
        });
        call.params.push(Param { name: param.name, local, kind: param.kind, default });
        let value = call.use_local(local, Mode::Read, at);
        args.push(Arg::positional(value));
    }
    let object = call.use_local(this, Mode::Read, at);
    give(&mut call, Node::Call { callee: Callee::Method(object, Name::new("call")), args });
    let def = ClassDef {
        path,
        bases: Vec::new(),
        kind: ClassKind::Plain,
        is_shared: false,
        fields: names.iter().map(|name| crate::program::assigned_field(*name, at)).collect(),
        methods: vec![init.path, call.path],
        attributes: Vec::new(),
        type_params: Vec::new(),
        doc: Some(format!("The function `{}` with its attributes.", found.name).into()),
        origin: at,
    };
    for body in [init, call] {
        program.fns.insert(body.path, Arc::new(body));
    }
    program.classes.insert(path, Arc::new(def));
    if let Some(module) = program.modules.get_mut(&module) {
        let row = ItemRow { item: Item::Class(path), above: Vec::new(), base: 0 };
        Arc::make_mut(module).items.insert(0, row);
    }
    path
}

/// `Bump` for `bump`, or `Bump2` where there is one.
fn free_class(program: &Program<Hir>, module: Name, function: Name) -> Name {
    let word: String = function
        .as_str()
        .split('_')
        .map(|part| part[..part.len().min(1)].to_uppercase() + part.get(1..).unwrap_or_default())
        .collect();
    for number in 1.. {
        let suffix = if number == 1 { String::new() } else { number.to_string() };
        let path = module.join(&format!("{word}Function{suffix}"));
        if !program.classes.contains_key(&path)
            && !program.fns.contains_key(&path)
            && !program.globals.contains_key(&path)
        {
            return path;
        }
    }
    unreachable!("numbers do not end")
}

fn write(body: &mut Body<Hir>, class: Name, found: &Found) {
    let at = body.blocks[found.block].stmts[found.start].origin;
    // What `__call__` has packed is one argument.
    let mut closure = found.closure.clone();
    for param in &mut closure.params {
        (param.kind, param.default) = (ParamKind::Normal, None);
    }
    let closure = body.node(Node::Closure(closure), Ty::unknown(), at);
    let mut args = vec![Arg::positional(closure)];
    for (index, name, value) in &found.sets {
        let local = body.local(&format!("{}_{name}", found.name), Ty::unknown(), at);
        let stmt = &mut body.blocks[found.block].stmts[*index];
        stmt.kind = StmtKind::Set { target: Pat::Place(Place::local(local)), value: *value };
        args.push(Arg::positional(body.use_local(local, Mode::Read, at)));
    }
    let made = body.node(Node::Call { callee: Callee::Fn(class), args }, Ty::unknown(), at);
    let mut first = body.blocks[found.block].stmts.remove(found.start);
    first.kind = StmtKind::Set { target: Pat::Place(Place::local(found.local)), value: made };
    let last = found.sets.last().map_or(found.start, |(index, ..)| *index);
    body.blocks[found.block].stmts.insert(last, first);
}
