//! A decorator that sets attributes of the class below it is written out there.
//!
//! before                                              after
//!   init: value (call @m.register("tea"))(@m.Tea)       init: set place %kind = "tea"
//!                                                             set place @m.KINDS[%kind] = @m.Tea
//!                                                             set place @m.Tea.kind = %kind
//!
//! So each class gets its own attribute. Holds back where the decorator gives back anything but the class.

use super::decorate::module_of;
use batuta_base::{FxHashMap, Id, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Writes out such decorators behind the classes of all modules.
pub(super) fn expand(program: &mut Program<Hir>) {
    let start = program.clone();
    let inits = program.fns.values().filter(|body| body.kind == FnKind::Init).map(|body| body.path);
    let mut written: Vec<Name> = Vec::new();
    for path in inits.collect::<Vec<_>>() {
        let root = start.fns[&path].root;
        let mut at = 0;
        while at < program.fns[&path].blocks[root].stmts.len() {
            let stmt = program.fns[&path].blocks[root].stmts[at].clone();
            if let Some(found) = find(&start, &program.fns[&path], &stmt) {
                written.push(found.decorator);
                let body = Arc::make_mut(&mut program.fns[&path]);
                let stmts = write_out(&start, body, found, stmt.origin);
                let count = stmts.len();
                body.blocks[root].stmts.splice(at..=at, stmts);
                at += count;
            } else {
                at += 1;
            }
        }
    }
    written.retain(|path| !is_named(program, *path));
    for path in written {
        program.fns.shift_remove(&path);
        let module = module_of(program, path);
        if let Some(module) = program.modules.get_mut(&module) {
            Arc::make_mut(module).items.retain(|row| row.item != Item::Fn(path));
        }
    }
}

/// Whether something that runs still names a function.
fn is_named(program: &Program<Hir>, path: Name) -> bool {
    program.fns.values().filter(|body| body.path != path).any(|body| {
        let mut found = body.decorators.iter().any(|decorator| program.resolve(decorator.path) == path);
        body.walk_block(body.root, &mut |node| {
            found |= match &body.nodes[node].kind {
                Node::Call { callee: Callee::Fn(name), .. } | Node::Item(name) => {
                    program.resolve(*name) == path
                }
                Node::Use(Place { root: Root::Global(name), .. }, _) => program.resolve(*name) == path,
                _ => false,
            };
        });
        found
    })
}

struct Found {
    class: Name,
    decorator: Name,
    /// The arguments of `register(..)`; none for a decorator without a call.
    args: Option<Vec<Arg>>,
}

fn find(program: &Program<Hir>, body: &Body<Hir>, stmt: &Stmt) -> Option<Found> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let Node::Call { callee, args } = &body.nodes[node].kind else { return None };
    let [Arg { kind: ArgKind::Positional, value }] = &args[..] else { return None };
    let class = match &body.nodes[*value].kind {
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => program.resolve(*path),
        _ => return None,
    };
    program.classes.get(&class)?;
    let (decorator, args) = match callee {
        Callee::Fn(path) => (program.resolve(*path), None),
        Callee::Value(made) => match &body.nodes[*made].kind {
            Node::Call { callee: Callee::Fn(path), args } => (program.resolve(*path), Some(args.clone())),
            _ => return None,
        },
        _ => return None,
    };
    let function = program.fns.get(&decorator)?;
    let (block, param) = marking(function, args.is_some())?;
    let plain = |arg: &Arg| matches!(arg.kind, ArgKind::Positional | ArgKind::Named(_));
    let is_plain = args.iter().flatten().all(plain);
    (is_plain && sets_attributes(function, block, param)).then_some(Found { class, decorator, args })
}

/// The block that takes the class, and the parameter that holds it.
fn marking(function: &Body<Hir>, is_made: bool) -> Option<(BlockId, LocalId)> {
    let of = |params: &[Param], block: BlockId| match params {
        [param] if param.kind == ParamKind::Normal && gives(function, block, param.local) => {
            Some((block, param.local))
        }
        _ => None,
    };
    if !is_made {
        return of(&function.params, function.root);
    }
    let [.., define, _] = &function.blocks[function.root].stmts[..] else { return None };
    let StmtKind::Set { target: Pat::Place(place), value } = &define.kind else { return None };
    let Node::Closure(closure) = &function.nodes[*value].kind else { return None };
    let is_given = gives(function, function.root, place.as_local()?);
    of(&closure.params, closure.body).filter(|_| is_given)
}

/// Whether a block ends with giving back a local and leaves in no other way.
fn gives(function: &Body<Hir>, block: BlockId, local: LocalId) -> bool {
    let returned = |stmt: &Stmt| match stmt.kind {
        StmtKind::Expr(node) => match function.nodes[node].kind {
            Node::Return(value) => Some(value),
            _ => None,
        },
        _ => None,
    };
    let Some(Some(Some(value))) = function.blocks[block].stmts.last().map(returned) else { return false };
    let is_local =
        matches!(&function.nodes[value].kind, Node::Use(place, _) if place.as_local() == Some(local));
    let front = &function.blocks[block].stmts[..function.blocks[block].stmts.len() - 1];
    let mut returns = 0;
    function.walk_own(block, &mut |node| {
        returns += usize::from(matches!(function.nodes[node].kind, Node::Return(_)));
    });
    let is_plain =
        |stmt: &Stmt| matches!(stmt.kind, StmtKind::Set { .. } | StmtKind::Update { .. } | StmtKind::Expr(_));
    is_local && returns == 1 && front.iter().all(is_plain)
}

fn sets_attributes(function: &Body<Hir>, block: BlockId, param: LocalId) -> bool {
    function.blocks[block].stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } => {
            place.root == Root::Local(param) && matches!(place.proj[..], [Proj::Field(_)])
        }
        _ => false,
    })
}

fn write_out(program: &Program<Hir>, body: &mut Body<Hir>, found: Found, origin: Origin) -> Vec<Stmt> {
    let function = &program.fns[&found.decorator];
    let Some((block, param)) = marking(function, found.args.is_some()) else { return Vec::new() };
    let (nodes, blocks) = (body.nodes.len(), body.blocks.len());
    let shift = body.append(function, FxHashMap::default());
    put_class(body, nodes, blocks, shift.local(param), found.class);
    let mut out = Vec::new();
    for (at, param) in function.params.iter().enumerate().filter(|_| found.args.is_some()) {
        let args = found.args.iter().flatten();
        let named = args.clone().find(|arg| arg.kind == ArgKind::Named(param.name));
        let given = named.or(args.filter(|arg| arg.kind == ArgKind::Positional).nth(at));
        let value = given.map(|arg| arg.value).or(param.default.map(|default| shift.node(default)));
        let Some(value) = value else { continue };
        let target = Pat::Place(Place::local(shift.local(param.local)));
        out.push(Stmt::new(StmtKind::Set { target, value }, origin));
    }
    if found.args.is_some() {
        let stmts = &body.blocks[shift.block(function.root)].stmts;
        out.extend(stmts[..stmts.len() - 2].iter().cloned());
    }
    let stmts = &body.blocks[shift.block(block)].stmts;
    out.extend(stmts[..stmts.len() - 1].iter().cloned());
    out
}

/// The copied rows name the class where they named the parameter.
fn put_class(body: &mut Body<Hir>, nodes: usize, blocks: usize, param: LocalId, class: Name) {
    let put = |place: &mut Place| {
        if place.root == Root::Local(param) {
            place.root = Root::Global(class);
        }
    };
    for at in nodes..body.nodes.len() {
        if let Node::Use(place, _) = &mut body.nodes[NodeId::new(at)].kind {
            put(place);
        }
    }
    for at in blocks..body.blocks.len() {
        for stmt in &mut body.blocks[BlockId::new(at)].stmts {
            match &mut stmt.kind {
                StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } => {
                    put(place)
                }
                _ => {}
            }
        }
    }
}
