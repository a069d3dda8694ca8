//! `functools.partial(f, a, key=b)` is a closure that calls `f` with what is given and what comes.
//!
//! before                                    after
//!   lib:functools.partial(@m.power, exp= 2)   closure (%base) { tail call @m.power(base= %base, exp= 2) }
//!
//! Parameters with defaults that are not given keep them. Where the parameters are not known, it is a dynamic value:
//!
//!   lib:functools.partial(%f, 1, exp= 2)      lib:functools.partial_of(%f, dict.new("exp", 2), 1)

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
    let mut stmts = Vec::new();
    let is_own;
    let (callee, open) = match known(program, body, function.value) {
        Some((params, callee)) => {
            let open = open_params(&params, given)?;
            is_own = true;
            let callee = match callee {
                Some(callee) => callee,
                None => Callee::Value(kept(body, function.value, &mut stmts, origin)),
            };
            (callee, open)
        }
        None if let Some(count) = calls_in(body, function.value, given) => {
            is_own = true;
            let callee = Callee::Value(kept(body, function.value, &mut stmts, origin));
            (callee, (0..count).map(|at| Name::new(&format!("given_{at}"))).collect())
        }
        None if matches!(body.nodes[function.value].kind, Node::Use(..)) => {
            return dynamic(body, function.value, given, origin);
        }
        None => {
            let Node::Item(path) = body.nodes[function.value].kind else { return None };
            let path = program.resolve(path);
            if program.globals.contains_key(&path) || program.classes.contains_key(&path) {
                return None;
            }
            is_own = false;
            (Callee::Lib(path), vec![Name::new("x")])
        }
    };
    let by_name = is_own && !matches!(callee, Callee::Value(_));
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
        if by_name {
            all.push(Arg { kind: ArgKind::Named(name), value });
        } else {
            // Behind what is given by position.
            let at = all.iter().filter(|arg| arg.kind == ArgKind::Positional).count();
            all.insert(at, Arg::positional(value));
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

/// A function that only the run knows, with what it is given.
fn dynamic(body: &mut Body<Hir>, function: NodeId, given: &[Arg], at: Origin) -> Option<Node> {
    let (mut values, mut named) = (Vec::new(), Vec::new());
    for arg in given {
        match arg.kind {
            ArgKind::Positional => values.push(arg.value),
            ArgKind::Named(name) => {
                let key = Node::Const(Const::Str(name.as_str().into()));
                named.extend([body.node(key, Ty::unknown(), at), arg.value]);
            }
            _ => return None,
        }
    }
    let named = body.op(DictOp::New, named, Ty::unknown(), at);
    let args = [function, named].into_iter().chain(values).map(Arg::positional).collect();
    Some(Node::Call { callee: Callee::Lib(Name::new("functools.partial_of")), args })
}

/// Parameters of a function of the program, of a method of the receiver or of a function in this body, and
/// how it is called where that is not by its value.
fn known(program: &Program<Hir>, body: &Body<Hir>, function: NodeId) -> Option<(Vec<Param>, Option<Callee>)> {
    let place = match &body.nodes[function].kind {
        Node::Item(path) => {
            let path = program.resolve(*path);
            return Some((program.fns.get(&path)?.params.clone(), Some(Callee::Fn(path))));
        }
        Node::Closure(closure) => return Some((closure.params.clone(), None)),
        Node::Use(place, _) => place,
        _ => return None,
    };
    match (place.root, &place.proj[..]) {
        (Root::Global(path), []) => {
            let path = program.resolve(path);
            Some((program.fns.get(&path)?.params.clone(), Some(Callee::Fn(path))))
        }
        (Root::Local(local), []) => {
            let mut made =
                body.blocks.iter().flat_map(|(_, block)| &block.stmts).filter_map(|stmt| match &stmt.kind {
                    StmtKind::Set { target: Pat::Place(target), value }
                        if target.as_local() == Some(local) =>
                    {
                        Some(&body.nodes[*value].kind)
                    }
                    _ => None,
                });
            match (made.next(), made.next()) {
                (Some(Node::Closure(closure)), None) => Some((closure.params.clone(), None)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// With how many arguments a function that is not known is called in the end: as all functions that this body
/// has by a name are.
fn calls_in(body: &Body<Hir>, function: NodeId, given: &[Arg]) -> Option<usize> {
    let is_variable = match &body.nodes[function].kind {
        Node::Use(place, _) => matches!(place.root, Root::Local(_)),
        _ => false,
    };
    if !is_variable || given.iter().any(|arg| arg.kind != ArgKind::Positional) {
        return None;
    }
    let mut counts = body.nodes.iter().filter_map(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Value(callee), args } => {
            let is_named =
                matches!(&body.nodes[*callee].kind, Node::Use(place, _) if place.as_local().is_some());
            is_named.then(|| args.iter().all(|arg| arg.kind == ArgKind::Positional).then_some(args.len()))
        }
        _ => None,
    });
    let first = counts.next()??;
    counts.all(|count| count == Some(first)).then_some(first)
}

/// Parameters without default that are not given.
fn open_params(params: &[Param], given: &[Arg]) -> Option<Vec<Name>> {
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
    if params.iter().any(|param| !plain(&param)) {
        return None;
    }
    let rest = params.iter().skip(count);
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
