//! A generator expression with several `for` that is kept is a generator that is called where it stands.
//!
//! before                                      after
//!   seq(for %a in %xs, for %b in %a, %b + 1)    { set %items = closure gen items(%first) {
//!                                                   for %a in %first { for %b in %a { yield %b + 1 } }
//!                                                 }
//!                                                 tail value (%items)(%xs) }
//!
//! Holds back where a function of the library takes all items at once: nobody sees the difference there.

use batuta_base::{FxHashSet, Name, Origin};
use batuta_core::*;

/// Functions of the library that take all items before anything else happens.
const EAGER: [&str; 14] = [
    "builtins.all",
    "builtins.any",
    "builtins.dict",
    "builtins.frozenset",
    "builtins.list",
    "builtins.max",
    "builtins.min",
    "builtins.set",
    "builtins.sorted",
    "builtins.sum",
    "builtins.tuple",
    "collections.Counter",
    "collections.deque",
    "math.prod",
];

/// Writes out such expressions of a body.
pub(super) fn expand(body: &mut Body<Hir>) {
    let kept = |node: &Node| {
        matches!(node, Node::Seq { clauses, sink: Sink::Iter(_) }
            if clauses.iter().filter(|clause| matches!(clause, Clause::For { .. })).count() > 1)
    };
    if !body.nodes.iter().any(|(_, row)| kept(&row.kind)) {
        return;
    }
    let eager = taken_at_once(body);
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if kept(&body.nodes[id].kind) && !eager.contains(&id) {
            write_out(body, id);
        }
    }
}

fn taken_at_once(body: &Body<Hir>) -> FxHashSet<NodeId> {
    let mut out = FxHashSet::default();
    for (_, row) in body.nodes.iter() {
        let Node::Call { callee, args } = &row.kind else { continue };
        let is_eager = match callee {
            Callee::Lib(name) => EAGER.contains(&name.as_str()),
            Callee::Method(_, name) => matches!(name.as_str(), "join" | "extend" | "update"),
            _ => false,
        };
        if is_eager {
            out.extend(args.iter().map(|arg| arg.value));
        }
    }
    out
}

fn write_out(body: &mut Body<Hir>, id: NodeId) {
    let Node::Seq { clauses, sink: Sink::Iter(item) } = body.nodes[id].kind.clone() else { return };
    let at = body.nodes[id].origin;
    let Some((Clause::For { pat, iter }, rest)) = clauses.split_first() else { return };
    let first = body.local("first", Ty::unknown(), at);
    let mut inner = yields(body, item, at);
    for clause in rest.iter().rev() {
        inner = match clause {
            Clause::If(cond) => {
                let then = body.block(BlockRow { stmts: vec![inner], ..BlockRow::default() });
                let node = Node::If { cond: *cond, then, els: None };
                Stmt::new(StmtKind::Expr(body.node(node, Ty::unit(), at)), at)
            }
            Clause::For { pat, iter } => turn(body, pat.clone(), *iter, inner, at),
        };
    }
    let source = body.use_local(first, Mode::Read, at);
    let outer = turn(body, pat.clone(), source, inner, at);
    let block = body.block(BlockRow { stmts: vec![outer], ..BlockRow::default() });
    let param = Param { name: Name::new("first"), local: first, kind: ParamKind::Normal, default: None };
    let name = Name::new("items");
    let closure = Closure { name: Some(name), is_generator: true, ..Closure::lambda(vec![param], block) };
    let value = body.node(Node::Closure(closure), Ty::unknown(), at);
    let local = body.local("items", Ty::unknown(), at);
    let set = Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(local)), value }, at);
    let function = body.use_local(local, Mode::Read, at);
    let args = vec![Arg::positional(*iter)];
    let call = body.node(Node::Call { callee: Callee::Value(function), args }, Ty::unknown(), at);
    let block = body.block(BlockRow { stmts: vec![set], tail: Some(call), ..BlockRow::default() });
    body.nodes[id].kind = Node::Block { label: None, block };
}

fn yields(body: &mut Body<Hir>, item: NodeId, at: Origin) -> Stmt {
    let node = body.node(Node::Yield(Some(item)), Ty::unknown(), at);
    Stmt::new(StmtKind::Expr(node), at)
}

/// `for pat in iter { inner }`.
fn turn(body: &mut Body<Hir>, pat: Pat, iter: NodeId, inner: Stmt, at: Origin) -> Stmt {
    let block = body.block(BlockRow { stmts: vec![inner], ..BlockRow::default() });
    let node = Node::For { label: None, pat, iter, body: block, els: None };
    Stmt::new(StmtKind::Expr(body.node(node, Ty::unit(), at)), at)
}
