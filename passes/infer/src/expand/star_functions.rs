//! A function that takes `*rest` stands where the library calls it with so many arguments.
//!
//! before                              after
//!   lib:builtins.map(@m.total, %a)      lib:builtins.map(closure (%x) { tail call @m.total(%x) }, %a)
//!   lib:itertools.starmap(@m.total, %a) seq iter(for place %x in %a => call @m.total(*%x))

use super::partial::known;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Wraps such functions of a body.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { continue };
        let Some((at, count)) = function_of(name.as_str(), args) else { continue };
        let (name, args) = (*name, args.clone());
        let Some((params, callee)) = known(program, body, args[at].value) else { continue };
        let has_default = name == "itertools.starmap" && params.iter().any(|param| param.default.is_some());
        if !has_default && !params.iter().any(|param| param.kind == ParamKind::Star) {
            continue;
        }
        let origin = body.nodes[args[at].value].origin;
        if name == "itertools.starmap" {
            body.nodes[node].kind = spread(body, callee, &args, origin);
            continue;
        }
        let lambda = lambda(body, callee, args[at].value, count, origin);
        if let Node::Call { args, .. } = &mut body.nodes[node].kind {
            args[at].value = lambda;
        }
    }
}

/// Which argument is a function, and with how many arguments it is called.
fn function_of(name: &str, args: &[Arg]) -> Option<(usize, usize)> {
    if args.iter().any(|arg| matches!(arg.kind, ArgKind::Star | ArgKind::StarStar)) {
        return None;
    }
    let key = || args.iter().position(|arg| matches!(arg.kind, ArgKind::Named(name) if name == "key"));
    match name {
        "builtins.map" | "itertools.starmap" if args.len() > 1 => Some((0, args.len() - 1)),
        "builtins.filter" | "itertools.takewhile" | "itertools.dropwhile" | "itertools.filterfalse" => {
            Some((0, 1))
        }
        "functools.reduce" if args.len() > 1 => Some((0, 2)),
        "builtins.sorted" | "builtins.max" | "builtins.min" | "heapq.nlargest" | "heapq.nsmallest" => {
            Some((key()?, 1))
        }
        _ => None,
    }
}

fn called(
    body: &mut Body<Hir>,
    callee: Option<Callee>,
    function: NodeId,
    args: Vec<Arg>,
    at: Origin,
) -> NodeId {
    let callee = callee.unwrap_or(Callee::Value(function));
    body.node(Node::Call { callee, args }, Ty::unknown(), at)
}

fn lambda(
    body: &mut Body<Hir>,
    callee: Option<Callee>,
    function: NodeId,
    count: usize,
    at: Origin,
) -> NodeId {
    let (mut params, mut args) = (Vec::new(), Vec::new());
    for index in 0..count {
        let name = Name::new(&format!("given_{index}"));
        let local = body.local(name.as_str(), Ty::unknown(), at);
        params.push(Param { name, local, kind: ParamKind::Normal, default: None });
        args.push(Arg::positional(body.use_local(local, Mode::Read, at)));
    }
    let call = called(body, callee, function, args, at);
    let block = body.block(BlockRow { tail: Some(call), ..BlockRow::default() });
    body.node(Node::Closure(Closure::lambda(params, block)), Ty::unknown(), at)
}

fn spread(body: &mut Body<Hir>, callee: Option<Callee>, args: &[Arg], at: Origin) -> Node {
    let local = body.local("given", Ty::unknown(), at);
    let value = body.use_local(local, Mode::Read, at);
    let call = called(body, callee, args[0].value, vec![Arg { kind: ArgKind::Star, value }], at);
    let clause = Clause::For { pat: Pat::Place(Place::local(local)), iter: args[1].value };
    Node::Seq { clauses: vec![clause], sink: Sink::Iter(call) }
}
