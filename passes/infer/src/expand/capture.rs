//! What a closure takes along when it is made, and what it looks up when it is called.
//!
//! before                              after
//!   closure (%i = %i) { tail %i }       { set place %i~2 = %i; tail closure () { tail %i~2 } }
//!   [closure () { %i } for %i in %xs]   { set place %made = []; for place %i in %xs { method (%made).append(..) }; %made }
//!
//! A default that repeats a variable is the source's way to keep its value. A closure in a comprehension
//! that reads the comprehension's own variable sees its last value: the loop is written out, so that
//! there is one variable.

use batuta_base::{FxHashSet, Name, Origin};
use batuta_core::*;

/// Writes out captured defaults and comprehensions of closures. `rebound` are the globals that change.
pub(crate) fn expand(body: &mut Body<Hir>, rebound: &FxHashSet<Name>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Closure(closure) = &body.nodes[node].kind {
            let closure = closure.clone();
            keep_values(body, node, closure, rebound);
        }
    }
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Seq { clauses, sink } = &body.nodes[node].kind else { continue };
        let (clauses, sink) = (clauses.clone(), sink.clone());
        let (key, item) = match sink {
            Sink::List(item) => (None, item),
            Sink::Dict(key, item) => (Some(key), item),
            Sink::Set(_) | Sink::Iter(_) => continue,
        };
        if reads_own(body, &clauses, item) {
            write_loop(body, node, clauses, key, item);
        }
    }
}

/// `lambda i=i: ..`: the parameter is a variable that has its value from here.
fn keep_values(body: &mut Body<Hir>, node: NodeId, mut closure: Closure, rebound: &FxHashSet<Name>) {
    let origin = body.nodes[node].origin;
    let mut stmts = Vec::new();
    let mut params = Vec::new();
    for param in closure.params {
        let is_lambda = closure.name.is_none();
        let repeats = param.default.filter(|default| {
            let Node::Use(place, _) = &body.nodes[*default].kind else { return false };
            let is_kept = |local: LocalId| is_lambda || body.locals[local].name == param.name;
            let changes = |path: Name| {
                let is_same = path.last() == param.name.as_str();
                is_lambda && is_same && place.proj.is_empty() && rebound.contains(&path)
            };
            match place.root {
                Root::Global(path) => changes(path),
                _ => place.as_local().is_some_and(is_kept),
            }
        });
        match repeats {
            Some(value) => {
                // The closure's own copy, whatever happens to the variable.
                body.locals[param.local].is_temp = true;
                let target = Pat::Place(Place::local(param.local));
                stmts.push(Stmt::new(StmtKind::Set { target, value }, origin));
            }
            None => params.push(param),
        }
    }
    closure.params = params;
    if stmts.is_empty() {
        return;
    }
    let made = body.node(Node::Closure(closure), Ty::unknown(), origin);
    let block = body.block(BlockRow { stmts, tail: Some(made), ..BlockRow::default() });
    body.nodes[node].kind = Node::Block { label: None, block };
}

/// Whether a closure in the item reads a variable of the clauses.
fn reads_own(body: &Body<Hir>, clauses: &[Clause], item: NodeId) -> bool {
    let mut bound = Vec::new();
    for clause in clauses {
        if let Clause::For { pat, .. } = clause {
            pat.for_each_local(&mut |local| bound.push(local));
        }
    }
    let mut found = false;
    body.walk(Child::Node(item), &mut |node| {
        if let Node::Closure(closure) = &body.nodes[node].kind {
            found |= mentioned(body, closure).iter().any(|local| bound.contains(local));
        }
    });
    found
}

fn write_loop(body: &mut Body<Hir>, node: NodeId, clauses: Vec<Clause>, key: Option<NodeId>, item: NodeId) {
    let origin = body.nodes[node].origin;
    let made = body.temp("made", Ty::unknown(), origin);
    let of = body.use_local(made, Mode::Read, origin);
    let add = match key {
        Some(key) => {
            let target = Pat::Place(Place { root: Root::Node(of), proj: vec![Proj::Index(key)] });
            StmtKind::Set { target, value: item }
        }
        None => {
            let callee = Callee::Method(of, Name::new("append"));
            let args = vec![Arg::positional(item)];
            StmtKind::Expr(body.node(Node::Call { callee, args }, Ty::unknown(), origin))
        }
    };
    let mut inner = vec![Stmt::new(add, origin)];
    for clause in clauses.into_iter().rev() {
        let block = body.block(BlockRow { stmts: inner, ..BlockRow::default() });
        let kind = match clause {
            Clause::For { pat, iter } => {
                Node::For { label: None, pat: assigned(pat), iter, body: block, els: None }
            }
            Clause::If(cond) => Node::If { cond, then: block, els: None },
        };
        let node = body.node(kind, Ty::unknown(), origin);
        inner = vec![Stmt::new(StmtKind::Expr(node), origin)];
    }
    let empty: Op = if key.is_some() { DictOp::New.into() } else { ListOp::New.into() };
    let empty = body.op(empty, Vec::new(), Ty::unknown(), Origin::default());
    let target = Pat::Place(Place::local(made));
    let mut stmts = vec![Stmt::new(StmtKind::Set { target, value: empty }, origin)];
    stmts.append(&mut inner);
    let tail = Some(body.use_local(made, Mode::Read, origin));
    let block = body.block(BlockRow { stmts, tail, ..BlockRow::default() });
    body.nodes[node].kind = Node::Block { label: None, block };
}

/// The pattern of a clause as the target of a loop.
fn assigned(pat: Pat) -> Pat {
    match pat {
        Pat::Bind(local, None) => Pat::Place(Place::local(local)),
        Pat::Tuple(parts) => Pat::Tuple(parts.into_iter().map(assigned).collect()),
        other => other,
    }
}
