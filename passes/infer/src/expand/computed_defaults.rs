//! Defaults of closures that are computed once, where the closure is made.
//!
//! before                              after
//!   closure (%v, %k = %n) { .. }        { set %k_default = %n
//!                                         tail closure (%v, %k = none) {
//!                                           if obj.is(%k, none) { set %k = %k_default }
//!                                           .. } }
//!
//! Constants and names that keep their value stay: each call may compute them again. A call that passes
//! `None` for such a parameter by hand gets the default.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Writes out such defaults of the closures of a body. `rebound` are the globals that change.
pub(super) fn expand(body: &mut Body<Hir>, rebound: &FxHashSet<Name>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Closure(closure) = &body.nodes[node].kind {
            let closure = closure.clone();
            compute_once(body, node, closure, rebound);
        }
    }
}

fn compute_once(body: &mut Body<Hir>, node: NodeId, mut closure: Closure, rebound: &FxHashSet<Name>) {
    let origin = body.nodes[node].origin;
    let (mut stmts, mut choices) = (Vec::new(), Vec::new());
    for param in &mut closure.params {
        let Some(default) = param.default.filter(|default| !is_fixed(body, *default, rebound)) else {
            continue;
        };
        let kept = body.local(&format!("{}_default", param.name), Ty::unknown(), origin);
        // The closure's own copy, whatever is made next.
        body.locals[kept].is_temp = true;
        let target = Pat::Place(Place::local(kept));
        stmts.push(Stmt::new(StmtKind::Set { target, value: default }, origin));
        param.default = Some(body.node(Node::Const(Const::None), Ty::unit(), origin));
        choices.push(choice(body, param.local, kept));
    }
    if stmts.is_empty() {
        return;
    }
    body.blocks[closure.body].stmts.splice(0..0, choices);
    let made = body.node(Node::Closure(closure), Ty::unknown(), origin);
    let block = body.block(BlockRow { stmts, tail: Some(made), ..BlockRow::default() });
    body.nodes[node].kind = Node::Block { label: None, block };
}

/// `if param is None: param = kept`.
fn choice(body: &mut Body<Hir>, param: LocalId, kept: LocalId) -> Stmt {
    let origin = body.locals[param].origin;
    let read = body.use_local(param, Mode::Read, origin);
    let none = body.node(Node::Const(Const::None), Ty::unit(), origin);
    let cond = body.op(ObjOp::Is, vec![read, none], Ty::unknown(), origin);
    let value = body.use_local(kept, Mode::Read, origin);
    let set = Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(param)), value }, origin);
    let then = body.block(BlockRow { stmts: vec![set], ..BlockRow::default() });
    Stmt::new(StmtKind::Expr(body.node(Node::If { cond, then, els: None }, Ty::unit(), origin)), origin)
}

/// Whether each call may compute the default again.
fn is_fixed(body: &Body<Hir>, node: NodeId, rebound: &FxHashSet<Name>) -> bool {
    match &body.nodes[node].kind {
        Node::Const(_) | Node::Item(_) => true,
        Node::Use(place, _) => match place.root {
            Root::Global(path) => place.proj.is_empty() && !rebound.contains(&path),
            Root::Node(of) => matches!(place.proj[..], [Proj::Field(_)]) && is_fixed(body, of, rebound),
            Root::Local(_) => false,
        },
        Node::Op { op: Op::ObjOp(_) | Op::TupleOp(TupleOp::New), args, .. } => {
            args.iter().all(|arg| is_fixed(body, *arg, rebound))
        }
        _ => false,
    }
}
