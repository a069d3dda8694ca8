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

/// Writes out what the stacks of a body take.
pub(crate) fn expand(managers: &Managers<'_>, program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Method(stack, name), args } = body.nodes[node].kind.clone() else {
            continue;
        };
        // Some class of the program has a method of this name: it may be meant.
        let is_other =
            |class: &std::sync::Arc<ClassDef>| class.methods.iter().any(|path| path.last() == name.as_str());
        if program.classes.values().any(is_other) {
            continue;
        }
        let origin = body.nodes[node].origin;
        let mut with = With::new(managers, body, origin);
        let made = match (name.as_str(), &args[..]) {
            ("enter_context", [context]) => enter_context(managers, &mut with, stack, context.value),
            ("callback", [function, rest @ ..]) => callback(&mut with, stack, function.value, rest),
            _ => continue,
        };
        body.nodes[node].kind = made;
    }
}

fn enter_context(managers: &Managers<'_>, with: &mut With<'_, '_>, stack: NodeId, context: NodeId) -> Node {
    let kind = managers.kind(with.body, context);
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
