//! A decorator that is written with and without its options, as one that always has them.
//!
//! before                                             after
//!   fn @m.log(%func = none, kw %word = "call") {       fn @m.log(kw %word = "call") {
//!     set %deco = closure deco(%f) { .. }                set %deco = closure deco(%f) { .. }
//!     if obj.is(%func, none) { return %deco }            return %deco
//!     return value (%deco)(%func)                      }
//!   }
//!   @m.log fn @m.add(%a, %b) { .. }                    @m.log() fn @m.add(%a, %b) { .. }
//!
//! So too where the function gives itself with the options that it has (`partial(log, word=word)`): what follows
//! becomes the body of the wrapper's maker. Holds back where the function is named in another way than as a
//! decorator or in a call.

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Rewrites the decorators of the program and their uses.
pub(super) fn expand(program: &mut Program<Hir>) {
    let decorators: Vec<Name> = program
        .fns
        .values()
        .flat_map(|body| body.decorators.iter().map(|found| program.resolve(found.path)))
        .collect();
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        if !decorators.contains(&path) || !is_only_applied(program, path) {
            continue;
        }
        let Some(body) = program.fns.get(&path) else { continue };
        let mut made = (**body).clone();
        if split(program, &mut made).is_none() {
            continue;
        }
        program.fns.insert(path, Arc::new(made));
        for user in program.fns.keys().copied().collect::<Vec<_>>() {
            call_it(program, user, path);
        }
    }
}

/// The function is a decorator, or called; only itself it gives away.
fn is_only_applied(program: &Program<Hir>, path: Name) -> bool {
    let is_it = |found: Name| program.resolve(found) == path;
    program.fns.values().all(|body| {
        // A first option by position would be taken for the function.
        let options = body.decorators.iter().filter(|found| is_it(found.path)).flat_map(|found| &found.args);
        let named = options.into_iter().all(|arg| matches!(arg.kind, ArgKind::Named(_)));
        named
            && (body.path == path
                || body.nodes.iter().all(|(_, row)| match &row.kind {
                    Node::Item(found) => !is_it(*found),
                    Node::Use(place, _) => !matches!(place.root, Root::Global(found) if is_it(found)),
                    Node::Call { callee: Callee::Fn(found), args } if is_it(*found) => {
                        args.iter().all(|arg| matches!(arg.kind, ArgKind::Positional | ArgKind::Named(_)))
                    }
                    _ => true,
                }))
    })
}

/// Takes the optional function out of the parameters.
fn split(program: &Program<Hir>, body: &mut Body<Hir>) -> Option<()> {
    let func = body.params.first()?.clone();
    let is_optional = matches!(func.kind, ParamKind::Normal | ParamKind::PositionalOnly)
        && matches!(body.nodes[func.default?].kind, Node::Const(Const::None));
    if !is_optional || body.kind != FnKind::Function || body.is_generator || body.is_async {
        return None;
    }
    let stmts = body.blocks[body.root].stmts.clone();
    let (at, absent, given) = stmts.iter().enumerate().find_map(|(at, stmt)| {
        let (absent, given) = branches(body, stmt, func.local)?;
        let mut given = given;
        given.extend(stmts[at + 1..].iter().cloned());
        Some((at, absent, given))
    })?;
    let before = stmts[..at].to_vec();
    if before.iter().any(|stmt| names(body, stmt, func.local)) {
        return None;
    }
    let [absent] = &absent[..] else { return None };
    let maker = returned(body, absent)?;
    let mut root = before;
    if is_applied(body, maker, &given, func.local) {
        root.push(absent.clone());
    } else if is_self_with_options(program, body, maker) {
        let origin = absent.origin;
        let inner = body.block(BlockRow { stmts: given, ..BlockRow::default() });
        let param = Param { kind: ParamKind::Normal, default: None, ..func.clone() };
        let closure = Closure { name: Some(Name::new("decorate")), ..Closure::lambda(vec![param], inner) };
        let local = body.temp("decorate", Ty::unknown(), origin);
        let made = body.node(Node::Closure(closure), Ty::unknown(), origin);
        let target = Pat::Place(Place::local(local));
        root.push(Stmt::new(StmtKind::Set { target, value: made }, origin));
        let read = body.node(Node::Use(Place::local(local), Mode::Read), Ty::unknown(), origin);
        let back = body.node(Node::Return(Some(read)), Ty::unknown(), origin);
        root.push(Stmt::new(StmtKind::Expr(back), origin));
    } else {
        return None;
    }
    let root_block = body.root;
    body.blocks[root_block].stmts = root;
    body.params.remove(0);
    Some(())
}

/// The statements where the function is absent, and those where it is given.
fn branches(body: &mut Body<Hir>, stmt: &Stmt, func: LocalId) -> Option<(Vec<Stmt>, Vec<Stmt>)> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    match body.nodes[node].kind.clone() {
        Node::If { cond, then, els } => {
            let given_first = tells_given(body, cond, func)?;
            let then = body.blocks[then].stmts.clone();
            let els = els.map_or(Vec::new(), |els| body.blocks[els].stmts.clone());
            match given_first {
                false => Some((then, els)),
                // What is behind it is for an absent function.
                true if els.is_empty() => None,
                true => Some((els, then)),
            }
        }
        // `return deco if func is None else deco(func)`
        Node::Return(Some(value)) => {
            let Node::If { cond, then, els: Some(els) } = body.nodes[value].kind else { return None };
            let given_first = tells_given(body, cond, func)?;
            let mut back = |block: BlockId| {
                let value = body.blocks[block].tail?;
                let node = body.node(Node::Return(Some(value)), Ty::unknown(), stmt.origin);
                Some(vec![Stmt::new(StmtKind::Expr(node), stmt.origin)])
            };
            let (then, els) = (back(then)?, back(els)?);
            Some(if given_first { (els, then) } else { (then, els) })
        }
        _ => None,
    }
}

/// What a test says that is true where the function is given; none where it says something else.
fn tells_given(body: &Body<Hir>, cond: NodeId, func: LocalId) -> Option<bool> {
    let is_func = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(func));
    match &body.nodes[cond].kind {
        Node::Use(..) if is_func(cond) => Some(true),
        Node::Op { op: Op::ObjOp(ObjOp::Truth), args, .. } => tells_given(body, args[0], func),
        Node::Op { op: Op::ObjOp(ObjOp::Not), args, .. } => Some(!tells_given(body, args[0], func)?),
        Node::Op { op: Op::ObjOp(op @ (ObjOp::Is | ObjOp::IsNot | ObjOp::Eq | ObjOp::Ne)), args, .. } => {
            let is_none = matches!(body.nodes[args[1]].kind, Node::Const(Const::None));
            (is_func(args[0]) && is_none).then_some(matches!(op, ObjOp::IsNot | ObjOp::Ne))
        }
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.callable" => {
            is_func(args.first()?.value).then_some(true)
        }
        _ => None,
    }
}

fn names(body: &Body<Hir>, stmt: &Stmt, local: LocalId) -> bool {
    let mut found = false;
    stmt.for_each_child(&mut |child| {
        body.walk(child, &mut |node| {
            found |=
                matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local));
        });
    });
    found
}

fn returned(body: &Body<Hir>, stmt: &Stmt) -> Option<NodeId> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    match body.nodes[node].kind {
        Node::Return(value) => value,
        _ => None,
    }
}

/// `return deco` where the function is absent, `return deco(func)` where it is given.
fn is_applied(body: &Body<Hir>, maker: NodeId, given: &[Stmt], func: LocalId) -> bool {
    let local = |node: NodeId| match &body.nodes[node].kind {
        Node::Use(place, _) => place.as_local(),
        _ => None,
    };
    let (Some(deco), [last]) = (local(maker), given) else { return false };
    let Some(value) = returned(body, last) else { return false };
    matches!(&body.nodes[value].kind, Node::Call { callee: Callee::Value(called), args }
        if local(*called) == Some(deco) && matches!(&args[..], [arg] if local(arg.value) == Some(func)))
}

/// `partial(log, word=word)` and `lambda f: log(f, word=word)` in `log`.
fn is_self_with_options(program: &Program<Hir>, body: &Body<Hir>, maker: NodeId) -> bool {
    let is_self = |found: Name| program.resolve(found) == body.path;
    // Each option is handed on under its own name.
    let hands_on = |args: &[Arg]| {
        let own = |arg: &Arg| {
            let ArgKind::Named(name) = arg.kind else { return false };
            let param = body.params.iter().skip(1).find(|param| param.name == name);
            matches!(&body.nodes[arg.value].kind, Node::Use(place, _)
                if place.as_local().is_some() && place.as_local() == param.map(|param| param.local))
        };
        args.len() + 1 == body.params.len() && args.iter().all(own)
    };
    match &body.nodes[maker].kind {
        Node::Call { callee: Callee::Lib(name), args } if *name == "functools.partial" => {
            let Some((first, options)) = args.split_first() else { return false };
            let names_self = match &body.nodes[first.value].kind {
                Node::Item(found) => is_self(*found),
                Node::Use(Place { root: Root::Global(found), proj }, _) => proj.is_empty() && is_self(*found),
                _ => false,
            };
            names_self && hands_on(options)
        }
        Node::Closure(closure) => {
            let [param] = &closure.params[..] else { return false };
            let block = &body.blocks[closure.body];
            let value = match (&block.stmts[..], block.tail) {
                ([], Some(tail)) => tail,
                ([only], None) => match returned(body, only) {
                    Some(value) => value,
                    None => return false,
                },
                _ => return false,
            };
            let Node::Call { callee: Callee::Fn(found), args } = &body.nodes[value].kind else {
                return false;
            };
            let Some((first, options)) = args.split_first() else { return false };
            let takes = matches!(&body.nodes[first.value].kind, Node::Use(place, _) if place.as_local() == Some(param.local));
            is_self(*found) && takes && hands_on(options)
        }
        _ => false,
    }
}

/// `@log` becomes `@log()`, `log(f, word="x")` becomes `log(word="x")(f)`.
fn call_it(program: &mut Program<Hir>, user: Name, path: Name) {
    let is_it = |program: &Program<Hir>, found: Name| program.resolve(found) == path;
    let body = &program.fns[&user];
    let marks: Vec<usize> = (0..body.decorators.len())
        .filter(|at| !body.decorators[*at].is_called && is_it(program, body.decorators[*at].path))
        .collect();
    let calls: Vec<NodeId> = body
        .nodes
        .ids()
        .filter(|id| {
            user != path
                && matches!(&body.nodes[*id].kind, Node::Call { callee: Callee::Fn(found), args }
                    if is_it(program, *found) && args.first().is_some_and(|arg| arg.kind == ArgKind::Positional))
        })
        .collect();
    if marks.is_empty() && calls.is_empty() {
        return;
    }
    let body = Arc::make_mut(&mut program.fns[&user]);
    marks.into_iter().for_each(|at| body.decorators[at].is_called = true);
    for call in calls {
        let row = body.nodes[call].clone();
        let Node::Call { callee, mut args } = row.kind else { continue };
        let func = args.remove(0);
        let maker = body.node(Node::Call { callee, args }, row.ty, row.origin);
        body.nodes[call].kind = Node::Call { callee: Callee::Value(maker), args: vec![func] };
    }
}
