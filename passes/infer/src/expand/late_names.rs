//! Nested functions that are values and name what comes behind them.
//!
//! before                                      after
//!   set %fib = closure fib(%n) { .. %fib .. }   set %fib = closure fib(%n) { .. %fib .. }
//!   return %fib                                 return closure (%n) { tail value (%fib)(%n) }
//!
//!   set %wrapper = closure wrapper() {          set %remove = none
//!     value (%remove)()                         set %wrapper = closure wrapper() { value (%remove)() }
//!   }                                           set %remove = value (%subscribe)(%wrapper)
//!   set %remove = value (%subscribe)(%wrapper)
//!
//! A function that calls itself is only called then, so it can be a function of its own. An empty container or
//! a constant that comes behind goes before the function that names it.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Writes out such functions of a body.
pub(super) fn expand(body: &mut Body<Hir>) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        hand_out(body, block);
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        start_before(body, block);
    }
}

/// The closure that a statement gives to a local.
fn named(body: &Body<Hir>, stmt: &Stmt) -> Option<(LocalId, NodeId)> {
    let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return None };
    let is_closure = matches!(body.nodes[*value].kind, Node::Closure(_));
    place.as_local().filter(|_| is_closure).map(|local| (local, *value))
}

/// The callees of a body.
fn callees(body: &Body<Hir>) -> FxHashSet<NodeId> {
    let callee = |row: &NodeRow| match &row.kind {
        Node::Call { callee: Callee::Value(callee), .. } => Some(*callee),
        _ => None,
    };
    body.nodes.iter().filter_map(|(_, row)| callee(row)).collect()
}

/// Uses of a local as a whole below a block.
fn uses(body: &Body<Hir>, block: BlockId, local: LocalId) -> Vec<NodeId> {
    let mut out = Vec::new();
    body.walk_block(block, &mut |node| {
        if matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(local)) {
            out.push(node);
        }
    });
    out
}

fn hand_out(body: &mut Body<Hir>, block: BlockId) {
    let found: Vec<(LocalId, NodeId)> =
        body.blocks[block].stmts.iter().filter_map(|stmt| named(body, stmt)).collect();
    for (local, node) in found {
        let Node::Closure(closure) = body.nodes[node].kind.clone() else { continue };
        let plain =
            closure.params.iter().all(|param| param.kind == ParamKind::Normal && param.default.is_none());
        let is_simple = closure.decorators.is_empty() && !closure.is_generator && !closure.is_async;
        if !plain || !is_simple || assignments(body, local) != 1 {
            continue;
        }
        let called = callees(body);
        let inside = uses(body, closure.body, local);
        if inside.is_empty() || inside.iter().any(|node| !called.contains(node)) {
            continue;
        }
        let values: Vec<NodeId> =
            uses(body, body.root, local).into_iter().filter(|node| !called.contains(node)).collect();
        // Several of them would be several functions.
        if let [value] = values[..] {
            body.nodes[value].kind = passing_on(body, local, &closure, value);
        }
    }
}

/// `lambda params: f(params)`.
fn passing_on(body: &mut Body<Hir>, function: LocalId, closure: &Closure, at: NodeId) -> Node {
    let origin = body.nodes[at].origin;
    let (mut params, mut args) = (Vec::new(), Vec::new());
    for param in &closure.params {
        let row = body.locals[param.local].clone();
        let local = body.locals.push(row);
        params.push(Param { local, ..param.clone() });
        args.push(Arg::positional(body.use_local(local, Mode::Read, origin)));
    }
    let callee = Callee::Value(body.use_local(function, Mode::Read, origin));
    let call = body.node(Node::Call { callee, args }, Ty::unknown(), origin);
    let block = body.block(BlockRow { tail: Some(call), ..BlockRow::default() });
    Node::Closure(Closure::lambda(params, block))
}

fn start_before(body: &mut Body<Hir>, block: BlockId) {
    let called = callees(body);
    let mut at = 0;
    while at < body.blocks[block].stmts.len() {
        let stmt = body.blocks[block].stmts[at].clone();
        at += 1;
        let Some((function, node)) = named(body, &stmt) else { continue };
        let Node::Closure(closure) = body.nodes[node].kind.clone() else { continue };
        let is_value = uses(body, body.root, function).iter().any(|node| !called.contains(node));
        if !is_value {
            continue;
        }
        while let Some((behind, local)) = set_behind(body, block, at, &closure) {
            let later = body.blocks[block].stmts[behind].clone();
            let StmtKind::Set { value, .. } = later.kind else { break };
            let is_plain = is_plain(body, value);
            if is_plain && may_call(body, block, at..behind, function) {
                check_reads(body, local);
            }
            let first = match is_plain && !may_call(body, block, at..behind, function) {
                true => body.blocks[block].stmts.remove(behind),
                false => {
                    let none = body.node(Node::Const(Const::None), Ty::unit(), stmt.origin);
                    let target = Pat::Place(Place::local(local));
                    Stmt::new(StmtKind::Set { target, value: none }, stmt.origin)
                }
            };
            body.blocks[block].stmts.insert(at - 1, first);
            at += 1;
        }
    }
}

/// Closures that read a local see to it that it has a value: until then it is none.
fn check_reads(body: &mut Body<Hir>, local: LocalId) {
    let closures: Vec<BlockId> = body
        .nodes
        .iter()
        .filter_map(|(_, row)| match &row.kind {
            Node::Closure(closure) => Some(closure.body),
            _ => None,
        })
        .collect();
    let mut reads: Vec<NodeId> = closures
        .into_iter()
        .flat_map(|block| {
            let mut found = Vec::new();
            body.walk_block(block, &mut |node| {
                if matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local)) {
                    found.push(node);
                }
            });
            found
        })
        .collect();
    reads.sort();
    reads.dedup();
    for read in reads {
        let origin = body.nodes[read].origin;
        let text = format!(
            "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
            body.locals[local].name
        );
        let text = body.node(Node::Const(Const::Str(text.as_str().into())), Ty::unknown(), origin);
        let attr = Attr::Name(Name::new("NameError"));
        let error =
            body.node(Node::Op { op: ExcOp::New.into(), attr, args: vec![text] }, Ty::unknown(), origin);
        let raise = body.node(Node::Raise { error: Some(error), cause: None }, Ty::never(), origin);
        let then = body
            .block(BlockRow { stmts: vec![Stmt::new(StmtKind::Expr(raise), origin)], ..BlockRow::default() });
        let value = body.use_local(local, Mode::Read, origin);
        let none = body.node(Node::Const(Const::None), Ty::unknown(), origin);
        let cond = body.op(ObjOp::Is, vec![value, none], Ty::unknown(), origin);
        let test = body.node(Node::If { cond, then, els: None }, Ty::unknown(), origin);
        let tail = body.nodes[read].clone();
        let tail = Some(body.nodes.push(tail));
        let block = body.block(BlockRow {
            stmts: vec![Stmt::new(StmtKind::Expr(test), origin)],
            tail,
            ..BlockRow::default()
        });
        body.nodes[read].kind = Node::Block { label: None, block };
    }
}

/// Whether statements may call a closure: they name it, or a function that names it, other than in functions.
fn may_call(body: &Body<Hir>, block: BlockId, between: std::ops::Range<usize>, function: LocalId) -> bool {
    let mut reaches = vec![function];
    for stmt in &body.blocks[block].stmts[between] {
        let mut is_named = false;
        stmt.for_each_child(&mut |child| {
            body.walk(child, &mut |node| {
                is_named |= matches!(&body.nodes[node].kind, Node::Use(Place { root: Root::Local(local), .. }, _) if reaches.contains(local));
            });
        });
        match named(body, stmt) {
            Some((local, _)) if is_named => reaches.push(local),
            _ if is_named => return true,
            _ => {}
        }
    }
    false
}

/// A local that a closure reads and that a later statement of the block gives its only value, with its position.
fn set_behind(body: &Body<Hir>, block: BlockId, from: usize, closure: &Closure) -> Option<(usize, LocalId)> {
    let stmts = &body.blocks[block].stmts;
    for (behind, stmt) in stmts.iter().enumerate().skip(from) {
        let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { continue };
        let Some(local) = place.as_local() else { continue };
        let is_function = matches!(body.nodes[*value].kind, Node::Closure(_));
        let is_param = body.params.iter().any(|param| param.local == local);
        let read = uses(body, closure.body, local);
        if !is_function && !is_param && !read.is_empty() && assignments(body, local) == 1 {
            return Some((behind, local));
        }
    }
    None
}

/// A value that is the same wherever it is made.
fn is_plain(body: &Body<Hir>, value: NodeId) -> bool {
    match &body.nodes[value].kind {
        Node::Const(_) => true,
        Node::Op {
            op: Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New),
            args,
            ..
        } => args.iter().all(|arg| is_plain(body, *arg)),
        _ => false,
    }
}
