//! What an `ExitStack` takes becomes a function that runs when the stack is left.
//!
//! before                                  after
//!   method (%stack).enter_context(%f())     { set place %file = %f()
//!                                             %entered = method (%file).__enter__()
//!                                             method (%stack).push(closure (%error) { method (%file).__exit__(..) })
//!                                             %entered }
//!   method (%stack).callback(%f, %x)        method (%stack).push(closure (%error) { %f(%x); false })

use super::with::{Kind, Managers, With};
use batuta_base::Name;
use batuta_core::*;

/// Whether the program makes a stack.
pub(crate) fn has_stacks(program: &Program<Hir>) -> bool {
    let makes = |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if *name == "contextlib.ExitStack");
    program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| makes(&row.kind)))
}

/// How many names, calls and attributes lie between a value and what it was made as.
pub(super) const DEPTH: u8 = 6;

/// Whether a value is a stack, as far as calls, names and attributes say so.
pub(super) fn is_stack(program: &Program<Hir>, body: &Body<Hir>, node: NodeId, depth: u8) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match &body.nodes[node].kind {
        Node::Call { callee: Callee::Lib(name), .. } => *name == "contextlib.ExitStack",
        Node::Call { callee: Callee::Method(of, name), .. } => {
            matches!(name.as_str(), "pop_all" | "enter" | "__enter__") && is_stack(program, body, *of, depth)
        }
        Node::Call { callee: Callee::Fn(path), .. } => {
            let Some(body) = program.fns.get(&program.resolve(*path)) else { return false };
            let mut results = body.nodes.iter().filter_map(|(_, row)| match row.kind {
                Node::Return(Some(value)) => Some(value),
                _ => None,
            });
            results.any(|value| is_stack(program, body, value, depth))
        }
        Node::Use(place, _) => match (place.as_local(), place.proj.last()) {
            (Some(local), _) => is_stack_local(program, body, local, depth),
            (None, None) => is_set_to_stack(program, depth, |target| target == place),
            (None, Some(Proj::Field(name))) => {
                let name = Some(&Proj::Field(*name));
                is_set_to_stack(program, depth, |target| target.proj.last() == name)
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_set_to_stack(program: &Program<Hir>, depth: u8, is_one: impl Fn(&Place) -> bool + Copy) -> bool {
    let is_set =
        |body: &Body<Hir>| sets(body, is_one).into_iter().any(|value| is_stack(program, body, value, depth));
    program.fns.values().any(|body| is_set(body))
}

fn is_stack_local(program: &Program<Hir>, body: &Body<Hir>, local: LocalId, depth: u8) -> bool {
    let ty = body.locals[local].ty;
    let is_hinted = matches!(ty.kind(), TyKind::Lib(name, _) if name.last() == "ExitStack");
    // The body that is written out has statements taken out of it.
    let body = program.fns.get(&body.path).map_or(body, |body| &**body);
    let set = || sets(body, |target| target.as_local() == Some(local));
    is_hinted || set().into_iter().any(|value| is_stack(program, body, value, depth))
}

/// The values that places of some kind are set to, and the contexts that they are names of.
pub(super) fn sets(body: &Body<Hir>, is_one: impl Fn(&Place) -> bool) -> Vec<NodeId> {
    let mut out = Vec::new();
    for stmt in body.blocks.iter().flat_map(|(_, block)| &block.stmts) {
        match &stmt.kind {
            StmtKind::Set { target: Pat::Place(target), value } if is_one(target) => out.push(*value),
            _ => {}
        }
    }
    for (_, row) in body.nodes.iter() {
        let Node::With { items, .. } = &row.kind else { continue };
        for item in items {
            if matches!(&item.target, Some(Pat::Place(target)) if is_one(target)) {
                out.push(item.context);
            }
        }
    }
    out
}

/// Writes out what the stacks of a body take.
pub(crate) fn expand(managers: &Managers<'_>, program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Method(stack, name), args } = body.nodes[node].kind.clone() else {
            continue;
        };
        // Some class of the program has a method of this name: it may be meant.
        let is_other =
            |class: &std::sync::Arc<ClassDef>| class.methods.iter().any(|path| path.last() == name.as_str());
        if program.classes.values().any(is_other) && !is_stack(program, body, stack, DEPTH) {
            continue;
        }
        let origin = body.nodes[node].origin;
        let mut with = With::new(managers, body, origin);
        let is_stack = |with: &With<'_, '_>| is_stack(program, with.body, stack, DEPTH);
        let made = match (name.as_str(), &args[..]) {
            ("push", [exit]) if is_stack(&with) => match pushed(managers, &mut with, stack, exit.value) {
                Some(made) => made,
                None => continue,
            },
            ("__enter__", []) if is_stack(&with) => {
                Node::Call { callee: Callee::Method(stack, Name::new("enter")), args }
            }
            ("__exit__", [rest]) if rest.kind == ArgKind::Star && is_stack(&with) => {
                let one = with.constant(Const::Int("1".into()));
                let error = Place { root: Root::Node(rest.value), proj: vec![Proj::Index(one)] };
                let error = with.node(Node::Use(error, Mode::Read));
                exit(stack, error)
            }
            ("__exit__", [_, error, _]) if is_stack(&with) => exit(stack, error.value),
            ("enter_context", [context]) => enter_context(managers, &mut with, stack, context.value),
            ("callback", [function, rest @ ..]) => callback(&mut with, stack, function.value, rest),
            _ => continue,
        };
        body.nodes[node].kind = made;
    }
}

fn enter_context(managers: &Managers<'_>, with: &mut With<'_, '_>, stack: NodeId, context: NodeId) -> Node {
    let kind = managers.kind(with.body, context);
    if let Kind::Null(value) = kind {
        let row = value.map(|value| with.body.nodes[value].kind.clone());
        return row.unwrap_or(Node::Const(Const::None));
    }
    if let Kind::Function(_) = kind {
        let args = vec![Arg::positional(context)];
        return Node::Call { callee: Callee::Method(stack, Name::new("enter_manager")), args };
    }
    let hint = match &kind {
        Kind::Own { hint, .. } | Kind::Function(hint) => hint.clone(),
        _ => "resource".to_owned(),
    };
    let (source, mut stmts, entered) = with.entered(&kind, context, &hint);
    let manager = with.body.temp(&hint, Ty::unknown(), with.origin);
    let held = with.read(source);
    if !matches!(kind, Kind::Suppress(_)) {
        stmts.push(with.set(Pat::Place(Place::local(manager)), held));
    }
    let value = with.body.temp("entered", Ty::unknown(), with.origin);
    stmts.push(with.set(Pat::Place(Place::local(value)), entered));
    let error = with.body.temp("error", Ty::unknown(), with.origin);
    let left = with.exit_of(&kind, manager, error);
    stmts.push(push(with, stack, error, Vec::new(), left));
    block(with, stmts, value)
}

/// What `stack.__exit__(..)` does with an error or none.
fn exit(stack: NodeId, error: NodeId) -> Node {
    let args = vec![Arg::positional(error)];
    Node::Call { callee: Callee::Method(stack, Name::new("exit")), args }
}

/// `stack.push(exit)`: what a context does when it is left, or a function that takes what `__exit__` does.
fn pushed(managers: &Managers<'_>, with: &mut With<'_, '_>, stack: NodeId, exit: NodeId) -> Option<Node> {
    let is_function = match &with.body.nodes[exit].kind {
        Node::Closure(_) | Node::Item(_) => true,
        Node::Use(place, _) => matches!(place.root, Root::Global(path) if managers.is_function(path)),
        _ => false,
    };
    let kind = managers.kind(with.body, exit);
    if !is_function && !matches!(kind, Kind::Own { .. }) {
        return None;
    }
    let mut stmts = Vec::new();
    let held = with.body.temp("exit", Ty::unknown(), with.origin);
    stmts.push(with.set(Pat::Place(Place::local(held)), exit));
    let error = with.body.temp("error", Ty::unknown(), with.origin);
    let left = if is_function { with.called_with(held, error) } else { with.exit_of(&kind, held, error) };
    stmts.push(push(with, stack, error, Vec::new(), left));
    let block = with.body.block(BlockRow { stmts, ..BlockRow::default() });
    Some(Node::Block { label: None, block })
}

/// The arguments are evaluated now, the call is made later.
fn callback(with: &mut With<'_, '_>, stack: NodeId, function: NodeId, args: &[Arg]) -> Node {
    let mut stmts = Vec::new();
    let mut later = Vec::new();
    for arg in args {
        let is_fixed = matches!(with.body.nodes[arg.value].kind, Node::Const(_) | Node::Item(_));
        let value = if is_fixed { arg.value } else { keep(with, arg.value, &mut stmts) };
        later.push(Arg { kind: arg.kind, value });
    }
    let callee = match with.body.nodes[function].kind.clone() {
        Node::Item(name) if name.as_str().starts_with("builtins.") => Callee::Lib(name),
        Node::Item(name) => Callee::Fn(name),
        Node::Use(Place { root: Root::Node(of), proj }, _) if matches!(proj[..], [Proj::Field(_)]) => {
            let Proj::Field(name) = proj[0] else { unreachable!("matched above") };
            let of = keep(with, of, &mut stmts);
            Callee::Method(of, name)
        }
        _ => Callee::Value(keep(with, function, &mut stmts)),
    };
    let call = with.node(Node::Call { callee, args: later });
    let no = with.constant(Const::Bool(false));
    let error = with.body.temp("error", Ty::unknown(), with.origin);
    let stmt = Stmt::new(StmtKind::Expr(call), with.origin);
    let pushed = push(with, stack, error, vec![stmt], no);
    stmts.push(pushed);
    let none = with.constant(Const::None);
    let block = with.body.block(BlockRow { stmts, tail: Some(none), ..BlockRow::default() });
    Node::Block { label: None, block }
}

/// Names a value; the read of the name.
fn keep(with: &mut With<'_, '_>, value: NodeId, stmts: &mut Vec<Stmt>) -> NodeId {
    let local = with.body.temp("kept", Ty::unknown(), with.origin);
    stmts.push(with.set(Pat::Place(Place::local(local)), value));
    with.read(local)
}

/// `stack.push(|error| { stmts; value })`.
fn push(with: &mut With<'_, '_>, stack: NodeId, error: LocalId, stmts: Vec<Stmt>, value: NodeId) -> Stmt {
    let body = with.body.block(BlockRow { stmts, tail: Some(value), ..BlockRow::default() });
    let param = Param { name: Name::new("error"), local: error, kind: ParamKind::Normal, default: None };
    let closure = with.node(Node::Closure(Closure::lambda(vec![param], body)));
    let call = with.plain_call(stack, "push", vec![closure]);
    Stmt::new(StmtKind::Expr(call), with.origin)
}

fn block(with: &mut With<'_, '_>, stmts: Vec<Stmt>, value: LocalId) -> Node {
    let tail = with.read(value);
    let block = with.body.block(BlockRow { stmts, tail: Some(tail), ..BlockRow::default() });
    Node::Block { label: None, block }
}
