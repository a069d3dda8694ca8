//! `functools.partial(f, a, key=b)` is a closure that calls `f` with what is given and what comes.
//!
//! before                                    after
//!   lib:functools.partial(@m.power, exp= 2)   closure (%base) { tail call @m.power(base= %base, exp= 2) }
//!
//! Parameters with defaults that are not given keep them. Holds back where the function is no name.

use batuta_base::{Name, Origin};
use batuta_core::*;

/// Writes out the partial calls of a body.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { continue };
        if *name != "functools.partial" {
            continue;
        }
        let args = args.clone();
        if let Some(kind) = closure(program, body, &args, node) {
            body.nodes[node].kind = kind;
        }
    }
}

fn closure(program: &Program<Hir>, body: &mut Body<Hir>, args: &[Arg], node: NodeId) -> Option<Node> {
    let (function, given) = args.split_first()?;
    let origin = body.nodes[node].origin;
    let path = match &body.nodes[function.value].kind {
        Node::Item(path) => *path,
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => *path,
        _ => return None,
    };
    let path = program.resolve(path);
    let own = program.fns.get(&path);
    let (callee, open) = match own {
        Some(found) => (Callee::Fn(path), open_params(found, given)?),
        None if program.globals.contains_key(&path) || program.classes.contains_key(&path) => return None,
        None => (Callee::Lib(path), vec![Name::new("x")]),
    };
    let mut stmts = Vec::new();
    let mut all: Vec<Arg> = Vec::new();
    for arg in given {
        let value = kept(body, arg.value, &mut stmts, origin);
        all.push(Arg { kind: arg.kind, value });
    }
    let mut params = Vec::new();
    for name in open {
        let local = body.local(name.as_str(), Ty::unknown(), origin);
        params.push(Param { name, local, kind: ParamKind::Normal, default: None });
        let value = body.use_local(local, Mode::Read, origin);
        match own {
            Some(_) => all.push(Arg { kind: ArgKind::Named(name), value }),
            // Behind what is given by position.
            None => {
                let at = all.iter().filter(|arg| arg.kind == ArgKind::Positional).count();
                all.insert(at, Arg::positional(value));
            }
        }
    }
    let call = body.node(Node::Call { callee, args: all }, Ty::unknown(), origin);
    let block = body.block(BlockRow { tail: Some(call), ..BlockRow::default() });
    let made = Node::Closure(Closure::lambda(params, block));
    if stmts.is_empty() {
        return Some(made);
    }
    let tail = Some(body.node(made, Ty::unknown(), origin));
    let block = body.block(BlockRow { stmts, tail, ..BlockRow::default() });
    Some(Node::Block { label: None, block })
}

/// Parameters without default that are not given.
fn open_params(function: &Body<Hir>, given: &[Arg]) -> Option<Vec<Name>> {
    let mut count = 0;
    let mut named = Vec::new();
    for arg in given {
        match arg.kind {
            ArgKind::Positional => count += 1,
            ArgKind::Named(name) => named.push(name),
            _ => return None,
        }
    }
    let plain = |param: &&Param| matches!(param.kind, ParamKind::Normal | ParamKind::KeywordOnly);
    if function.params.iter().any(|param| !plain(&param)) {
        return None;
    }
    let rest = function.params.iter().skip(count);
    Some(rest.filter(|p| p.default.is_none() && !named.contains(&p.name)).map(|p| p.name).collect())
}

/// An argument as it is now: constants stay, anything else gets a name.
fn kept(body: &mut Body<Hir>, value: NodeId, stmts: &mut Vec<Stmt>, origin: Origin) -> NodeId {
    if matches!(body.nodes[value].kind, Node::Const(_) | Node::Item(_)) {
        return value;
    }
    let local = body.temp("given", Ty::unknown(), origin);
    let target = Pat::Place(Place::local(local));
    stmts.push(Stmt::new(StmtKind::Set { target, value }, origin));
    body.use_local(local, Mode::Read, origin)
}
