//! Parameters with defaults of functions that the library calls without them.
//!
//! before                                            after
//!   lib:builtins.sorted(%xs, key=closure (%x,         { set %sign = %s
//!       %sign = %s) { return %sign * %x })              tail lib:builtins.sorted(%xs,
//!                                                         key=closure (%x) { return %sign * %x }) }
//!
//! Only for functions that stand at the call: how many arguments the library gives is known there. Holds back
//! where the default and an argument before it call something: they would change places; and where an iterator
//! that asks the function later is kept.

use batuta_base::FxHashMap;
use batuta_core::*;

pub(super) fn expand(body: &mut Body<Hir>) {
    let used_up = used_up(body);
    for call in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee, args } = &body.nodes[call].kind else { continue };
        for (at, arg) in args.clone().into_iter().enumerate() {
            let Node::Closure(closure) = &body.nodes[arg.value].kind else { continue };
            let Some((count, is_lazy)) = given(callee, args, at) else { continue };
            // What reads the results of a lazy one stands inside of the block, too.
            let whole = if is_lazy { used_up.get(&call).copied() } else { Some(call) };
            let Some(whole) = whole else { continue };
            let needed = closure.params.iter().filter(|param| param.default.is_none()).count();
            let is_plain = closure.params.iter().all(|param| param.kind == ParamKind::Normal);
            let defaults = closure.params.iter().skip(count).filter_map(|param| param.default);
            let early = args[..at].iter().map(|arg| arg.value);
            let is_in_order = !defaults.into_iter().any(|node| calls(body, node))
                || !is_lazy && !early.chain(receiver(callee)).any(|node| calls(body, node));
            if is_plain && is_in_order && needed <= count && closure.params.len() > count {
                let closure = closure.clone();
                keep(body, whole, arg.value, closure, count);
                break;
            }
        }
    }
}

fn receiver(callee: &Callee) -> Option<NodeId> {
    match callee {
        Callee::Method(of, _) => Some(*of),
        _ => None,
    }
}

/// Whether something else than a range is made by a call.
fn calls(body: &Body<Hir>, node: NodeId) -> bool {
    let is_range = |callee: &Callee| matches!(callee, Callee::Lib(name) if *name == "builtins.range");
    let mut found = false;
    body.walk(Child::Node(node), &mut |node| {
        found |= matches!(&body.nodes[node].kind, Node::Call { callee, .. } if !is_range(callee));
    });
    found
}

/// Calls that are arguments of functions of the library, with the calls of those.
fn used_up(body: &Body<Hir>) -> FxHashMap<NodeId, NodeId> {
    let mut found = FxHashMap::default();
    for (id, row) in body.nodes.iter() {
        if let Node::Call { callee: Callee::Lib(_), args } = &row.kind {
            found.extend(args.iter().map(|arg| (arg.value, id)));
        }
    }
    found
}

/// How many arguments the library gives to the function that is an argument of a call, and whether it does so
/// when its result is read.
fn given(callee: &Callee, args: &[Arg], at: usize) -> Option<(usize, bool)> {
    if let ArgKind::Named(name) = args[at].kind {
        return (name == "key").then_some((1, false));
    }
    let Callee::Lib(name) = callee else { return None };
    match (name.as_str(), at) {
        ("builtins.map", 0) => Some((args.len() - 1, true)),
        ("builtins.filter" | "itertools.takewhile" | "itertools.dropwhile" | "itertools.filterfalse", 0)
        | ("itertools.groupby", 1) => Some((1, true)),
        ("re.sub", 1) => Some((1, false)),
        ("itertools.accumulate", 1) => Some((2, true)),
        ("functools.reduce", 0) => Some((2, false)),
        _ => None,
    }
}

/// The parameters behind those that are given become variables that the function takes along.
fn keep(body: &mut Body<Hir>, call: NodeId, node: NodeId, mut closure: Closure, count: usize) {
    let origin = body.nodes[node].origin;
    let mut stmts = Vec::new();
    for param in closure.params.split_off(count) {
        let Some(value) = param.default else { continue };
        // The function's own copy, whatever is made next.
        body.locals[param.local].is_temp = true;
        let target = Pat::Place(Place::local(param.local));
        stmts.push(Stmt::new(StmtKind::Set { target, value }, origin));
    }
    body.nodes[node].kind = Node::Closure(closure);
    let row = body.nodes[call].clone();
    let made = body.node(row.kind, row.ty, row.origin);
    let block = body.block(BlockRow { stmts, tail: Some(made), ..BlockRow::default() });
    body.nodes[call].kind = Node::Block { label: None, block };
}
