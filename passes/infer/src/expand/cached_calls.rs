//! A function that is given to a cache by hand is a wrapper under that cache.
//!
//! before                                              after
//!   return value (lib:functools.lru_cache(none))(%f)    return closure @functools.wraps(%f)
//!                                                           @functools.lru_cache(none) cached(*%args) {
//!                                                         return value (%f)(*%args)
//!                                                       }
//!   set %fast = lib:functools.cache(@m.slow)            set %fast = closure @functools.cache() slow(%n) {
//!                                                         return call @m.slow(%n)
//!                                                       }
//!
//! Holds back for other functions than a parameter that is decorated and a function of the program whose
//! parameters are plain.

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let body = &program.fns[&path];
        let found: Vec<(NodeId, Given)> = body
            .nodes
            .ids()
            .filter_map(|node| match body.nodes[node].kind {
                Node::Return(Some(value)) => decorated(body, value).map(|given| (value, given)),
                _ => None,
            })
            .chain(assigned(program, body))
            .collect();
        if found.is_empty() {
            continue;
        }
        let mut body = (**body).clone();
        for (node, given) in found {
            body.nodes[node].kind = match given.function {
                Function::Param(local) => of_param(&mut body, local, given.cache),
                Function::Item(item) => of_item(program, &mut body, item, given.cache),
            };
        }
        program.fns.insert(path, Arc::new(body));
    }
}

/// What is given to which cache.
struct Given {
    function: Function,
    cache: Decorator,
}

enum Function {
    Param(LocalId),
    Item(Name),
}

/// `lru_cache(..)(f)`, `lru_cache(f)` and `cache(f)`: the mark and the node of `f`.
fn applied(body: &Body<Hir>, node: NodeId) -> Option<(Decorator, NodeId)> {
    let Node::Call { callee, args } = &body.nodes[node].kind else { return None };
    let [Arg { kind: ArgKind::Positional, value }] = args[..] else { return None };
    let mark = |path: Name, args: &[Arg], is_called| {
        let mark = Decorator { path, args: args.to_vec(), is_called, origin: body.nodes[node].origin };
        super::cache::is_cache(&mark).then_some(mark)
    };
    match callee {
        Callee::Lib(name) => {
            let is_function = matches!(body.nodes[value].kind, Node::Use(..) | Node::Item(_));
            mark(*name, &[], false).filter(|_| is_function).map(|mark| (mark, value))
        }
        Callee::Value(made) => match &body.nodes[*made].kind {
            Node::Call { callee: Callee::Lib(name), args } => {
                mark(*name, args, true).map(|mark| (mark, value))
            }
            _ => None,
        },
        _ => None,
    }
}

fn decorated(body: &Body<Hir>, node: NodeId) -> Option<Given> {
    let (cache, function) = applied(body, node)?;
    let Node::Use(place, _) = &body.nodes[function].kind else { return None };
    let local = place.as_local().filter(|local| body.params.iter().any(|param| param.local == *local))?;
    Some(Given { function: Function::Param(local), cache })
}

fn assigned(program: &Program<Hir>, body: &Body<Hir>) -> Vec<(NodeId, Given)> {
    let mut found = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| {
        let StmtKind::Set { target: Pat::Place(_), value } = &stmt.kind else { return };
        let Some((cache, function)) = applied(body, *value) else { return };
        let item = match &body.nodes[function].kind {
            Node::Item(item) => *item,
            Node::Use(Place { root: Root::Global(item), proj }, _) if proj.is_empty() => *item,
            _ => return,
        };
        let item = program.resolve(item);
        let is_plain = |param: &Param| {
            param.default.is_none() && matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly)
        };
        let fits = program.fns.get(&item).is_some_and(|body| {
            let is_simple = !body.is_async && !body.is_generator && body.kind == FnKind::Function;
            is_simple && !body.params.is_empty() && body.params.iter().all(is_plain)
        });
        if fits {
            found.push((*value, Given { function: Function::Item(item), cache }));
        }
    });
    found
}

fn of_param(body: &mut Body<Hir>, function: LocalId, cache: Decorator) -> Node {
    let at = cache.origin;
    let args = body.local("args", Ty::unknown(), at);
    let param = Param { name: Name::new("args"), local: args, kind: ParamKind::Star, default: None };
    let callee = Callee::Value(body.use_local(function, Mode::Read, at));
    let rest = Arg { kind: ArgKind::Star, value: body.use_local(args, Mode::Read, at) };
    let named = body.use_local(function, Mode::Read, at);
    let wraps = Decorator {
        path: Name::new("functools.wraps"),
        args: vec![Arg::positional(named)],
        is_called: true,
        origin: at,
    };
    closure(body, "cached", vec![param], Node::Call { callee, args: vec![rest] }, vec![wraps, cache])
}

fn of_item(program: &Program<Hir>, body: &mut Body<Hir>, item: Name, cache: Decorator) -> Node {
    let at = cache.origin;
    let (mut params, mut args) = (Vec::new(), Vec::new());
    for param in &program.fns[&item].params {
        let local = body.local(param.name.as_str(), Ty::unknown(), at);
        params.push(Param { local, ..param.clone() });
        args.push(Arg::positional(body.use_local(local, Mode::Read, at)));
    }
    closure(body, item.last(), params, Node::Call { callee: Callee::Fn(item), args }, vec![cache])
}

/// `closure name(params) { return call }`.
fn closure(
    body: &mut Body<Hir>,
    name: &str,
    params: Vec<Param>,
    call: Node,
    decorators: Vec<Decorator>,
) -> Node {
    let at = Origin::default();
    let call = body.node(call, Ty::unknown(), at);
    let back = body.node(Node::Return(Some(call)), Ty::never(), at);
    let stmts = vec![Stmt::new(StmtKind::Expr(back), at)];
    let block = body.block(BlockRow { stmts, ..BlockRow::default() });
    Node::Closure(Closure { name: Some(Name::new(name)), decorators, ..Closure::lambda(params, block) })
}
