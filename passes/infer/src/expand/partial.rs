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

/// A partial call that takes nothing more.
pub(super) const WHOLE: &str = "functools.partial$whole";

/// Writes out the partial calls of a body.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { continue };
        if !matches!(name.as_str(), "functools.partial" | WHOLE) {
            continue;
        }
        let is_whole = *name == WHOLE;
        let args = args.clone();
        if let Some(kind) = closure(program, body, &args, node, is_whole) {
            body.nodes[node].kind = kind;
        }
    }
}

fn closure(
    program: &Program<Hir>,
    body: &mut Body<Hir>,
    args: &[Arg],
    node: NodeId,
    is_whole: bool,
) -> Option<Node> {
    let (function, given) = args.split_first()?;
    let origin = body.nodes[node].origin;
    let mut stmts = Vec::new();
    let is_own;
    let (callee, open) = match known(program, body, function.value) {
        Some((params, callee)) => {
            let Some(mut open) = open_params(&params, given) else {
                return dynamic(body, function.value, given, origin);
            };
            // `return partial(mark, name=name)` in `mark`: the decorator that takes the function.
            if open.is_empty() && matches!(callee, Some(Callee::Fn(path)) if path == body.path) {
                open.extend(next_param(&params, given));
            }
            is_own = params.iter().all(|param| param.kind != ParamKind::PositionalOnly);
            let callee = match callee {
                Some(callee) => callee,
                None => Callee::Value(kept(body, function.value, &mut stmts, origin)),
            };
            (callee, open)
        }
        None if let Some(count) = calls_in(body, function.value, given) => {
            is_own = true;
            let callee = Callee::Value(kept(body, function.value, &mut stmts, origin));
            (callee, numbered(count))
        }
        None if let Some((receiver, method)) = method_of(body, function.value)
            && let Some(count) = if is_whole { Some(0) } else { counted_by(body, node) } =>
        {
            is_own = true;
            (Callee::Method(receiver, method), numbered(count))
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
            (Callee::Lib(path), vec![(Name::new("x"), ParamKind::Normal)])
        }
    };
    let open = if is_whole { Vec::new() } else { open };
    let by_name = is_own && !matches!(callee, Callee::Value(_) | Callee::Method(..));
    let mut all: Vec<Arg> = Vec::new();
    for arg in given {
        let value = kept(body, arg.value, &mut stmts, origin);
        all.push(Arg { kind: arg.kind, value });
    }
    let mut params = Vec::new();
    let takes_rest = open.iter().any(|(_, kind)| *kind == ParamKind::Star);
    for (name, kind) in open {
        let local = body.local(name.as_str(), Ty::unknown(), origin);
        params.push(Param { name, local, kind, default: None });
        let value = body.use_local(local, Mode::Read, origin);
        if kind == ParamKind::Star {
            let at = all.iter().filter(|arg| arg.kind == ArgKind::Positional).count();
            all.insert(at, Arg { kind: ArgKind::Star, value });
        } else if by_name && !takes_rest {
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

/// `file.read` of a variable that is set once: the variable and the name.
fn method_of(body: &mut Body<Hir>, function: NodeId) -> Option<(NodeId, Name)> {
    let (Node::Use(place, _), origin) = (&body.nodes[function].kind, body.nodes[function].origin) else {
        return None;
    };
    let [Proj::Field(name)] = place.proj[..] else { return None };
    let receiver = match place.root {
        Root::Node(node) => match &body.nodes[node].kind {
            Node::Use(receiver, _) if receiver.proj.is_empty() => receiver.clone(),
            _ => return None,
        },
        root => Place { root, proj: Vec::new() },
    };
    let is_set = |stmt: &&Stmt| matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(target), .. } if *target == receiver);
    if body.blocks.iter().flat_map(|(_, block)| &block.stmts).filter(is_set).count() > 1 {
        return None;
    }
    Some((body.node(Node::Use(receiver, Mode::Read), Ty::unknown(), origin), name))
}

/// How many arguments the library calls a function with that it is given here: none in `iter(f, end)`.
fn counted_by(body: &Body<Hir>, function: NodeId) -> Option<usize> {
    body.nodes.iter().find_map(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Lib(name), args } if args.first()?.value == function => {
            match name.as_str() {
                "builtins.iter" if args.len() == 2 => Some(0),
                "builtins.map" => Some(args.len() - 1),
                "builtins.filter" => Some(1),
                _ => None,
            }
        }
        _ => None,
    })
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
pub(super) fn known(
    program: &Program<Hir>,
    body: &Body<Hir>,
    function: NodeId,
) -> Option<(Vec<Param>, Option<Callee>)> {
    let place = match &body.nodes[function].kind {
        Node::Item(path) => {
            return of_item(program, *path);
        }
        Node::Closure(closure) => return Some((closure.params.clone(), None)),
        Node::Use(place, _) => place,
        _ => return None,
    };
    match (place.root, &place.proj[..]) {
        (Root::Global(path), []) if let Some(found) = of_item(program, path) => Some(found),
        (Root::Local(_) | Root::Global(_), []) => {
            let mut made =
                body.blocks.iter().flat_map(|(_, block)| &block.stmts).filter_map(|stmt| match &stmt.kind {
                    StmtKind::Set { target: Pat::Place(target), value } if target == place => Some(*value),
                    _ => None,
                });
            let (first, None) = (made.next()?, made.next()) else { return None };
            closure_of(body, first).map(|closure| (closure.params.clone(), None))
        }
        _ => None,
    }
}

/// Parameters of a function or of a constructor of the program.
fn of_item(program: &Program<Hir>, path: Name) -> Option<(Vec<Param>, Option<Callee>)> {
    let path = program.resolve(path);
    if program.classes.contains_key(&path) {
        let inits = program.mro(path).into_iter().map(|class| class.join("__init__"));
        let init = inits.into_iter().find_map(|init| program.fns.get(&init))?;
        return Some((init.params.get(1..)?.to_vec(), Some(Callee::Fn(path))));
    }
    Some((program.fns.get(&path)?.params.clone(), Some(Callee::Fn(path))))
}

/// The closure that a node is or ends with.
fn closure_of(body: &Body<Hir>, node: NodeId) -> Option<&Closure> {
    match &body.nodes[node].kind {
        Node::Closure(closure) => Some(closure),
        Node::Block { label: None, block } => closure_of(body, body.blocks[*block].tail?),
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

/// Parameters of a function of which only the count is known.
fn numbered(count: usize) -> Vec<(Name, ParamKind)> {
    (0..count).map(|at| (Name::new(&format!("given_{at}")), ParamKind::Normal)).collect()
}

/// Parameters without default that are not given, and `*rest` where nothing before it has a default.
fn open_params(params: &[Param], given: &[Arg]) -> Option<Vec<(Name, ParamKind)>> {
    let mut count = 0;
    let mut named = Vec::new();
    for arg in given {
        match arg.kind {
            ArgKind::Positional => count += 1,
            ArgKind::Named(name) => named.push(name),
            _ => return None,
        }
    }
    let taken = |param: &Param| match param.kind {
        ParamKind::Normal | ParamKind::KeywordOnly | ParamKind::PositionalOnly => true,
        ParamKind::Star => {
            params.iter().take_while(|p| p.kind == ParamKind::Normal).all(|p| p.default.is_none())
        }
        _ => false,
    };
    if !params.iter().all(taken) {
        return None;
    }
    let star = params.iter().position(|param| param.kind == ParamKind::Star);
    let rest = params.iter().skip(count.min(star.unwrap_or(count)));
    let open = rest.filter(|p| p.default.is_none() && !named.contains(&p.name));
    let open: Vec<&Param> = open.collect();
    // A keyword that must come has no place behind `*rest`.
    if star.is_some() && open.iter().any(|param| param.kind == ParamKind::KeywordOnly) {
        return None;
    }
    let kind = |kind| if kind == ParamKind::Star { kind } else { ParamKind::Normal };
    Some(open.into_iter().map(|param| (param.name, kind(param.kind))).collect())
}

/// The first parameter that comes by position and is not given.
fn next_param(params: &[Param], given: &[Arg]) -> Option<(Name, ParamKind)> {
    let count = given.iter().filter(|arg| arg.kind == ArgKind::Positional).count();
    let is_named = |param: &Param| given.iter().any(|arg| arg.kind == ArgKind::Named(param.name));
    let next = params.get(count).filter(|param| param.kind == ParamKind::Normal && !is_named(param))?;
    Some((next.name, ParamKind::Normal))
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
