//! A call of a special method of a builtin type is the operation that it stands for.
//!
//! before                                       after
//!   method (%d).__setitem__("a", 1)              lib:operator.setitem(%d, "a", 1)
//!   method (%xs).__len__()                       lib:builtins.len(%xs)
//!   closure (%k) => tail method (%d).__delitem__(%k)
//!                                                closure (%k) => { lib:operator.delitem(%d, %k); tail none }
//!
//! Holds back where a class of the program has a method of that name.

use batuta_base::Name;
use batuta_core::*;

/// The functions that special methods stand for; `contains` has its operands in this order, too.
const STANDS_FOR: [(&str, &str); 24] = [
    ("__setitem__", "operator.setitem"),
    ("__delitem__", "operator.delitem"),
    ("__getitem__", "operator.getitem"),
    ("__contains__", "operator.contains"),
    ("__len__", "builtins.len"),
    ("__str__", "builtins.str"),
    ("__repr__", "builtins.repr"),
    ("__hash__", "builtins.hash"),
    ("__bool__", "builtins.bool"),
    ("__abs__", "builtins.abs"),
    ("__iter__", "builtins.iter"),
    ("__next__", "builtins.next"),
    ("__add__", "operator.add"),
    ("__sub__", "operator.sub"),
    ("__mul__", "operator.mul"),
    ("__truediv__", "operator.truediv"),
    ("__floordiv__", "operator.floordiv"),
    ("__mod__", "operator.mod"),
    ("__neg__", "operator.neg"),
    ("__eq__", "operator.eq"),
    ("__ne__", "operator.ne"),
    ("__lt__", "operator.lt"),
    ("__le__", "operator.le"),
    ("__gt__", "operator.gt"),
];

/// Writes such calls out.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Method(of, name), args } = &body.nodes[id].kind else { continue };
        let is_object = |of: NodeId| !matches!(body.nodes[of].kind, Node::Item(_));
        let is_plain = args.iter().all(|arg| arg.kind == ArgKind::Positional);
        let Some((method, function)) = STANDS_FOR.iter().find(|(method, _)| *name == *method) else {
            continue;
        };
        if !is_plain || !is_object(*of) || is_own(program, method) {
            continue;
        }
        let args = std::iter::once(Arg::positional(*of)).chain(args.iter().cloned()).collect();
        body.nodes[id].kind = Node::Call { callee: Callee::Lib(Name::new(function)), args };
    }
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if let Some(kind) = bound(program, body, id) {
            body.nodes[id].kind = kind;
        }
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let Some(tail) = body.blocks[block].tail.filter(|tail| is_statement(body, *tail)) else { continue };
        let origin = body.nodes[tail].origin;
        body.blocks[block].stmts.push(Stmt::new(StmtKind::Expr(tail), origin));
        body.blocks[block].tail = Some(body.node(Node::Const(Const::None), Ty::unknown(), origin));
    }
}

/// Operators that are values: `filter(goal.__eq__, xs)`.
const BOUND: [&str; 9] =
    ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__add__", "__sub__", "__mul__"];

/// `goal.__eq__` as a value: `{ kept = goal; |other| kept == other }`.
fn bound(program: &Program<Hir>, body: &mut Body<Hir>, id: NodeId) -> Option<Node> {
    let Node::Use(place, mode) = &body.nodes[id].kind else { return None };
    let (Some(Proj::Field(name)), mode) = (place.proj.last(), *mode) else { return None };
    let (name, at) = (*name, body.nodes[id].origin);
    if !BOUND.contains(&name.as_str()) || is_own(program, name.as_str()) {
        return None;
    }
    let function = STANDS_FOR.iter().find(|(method, _)| name == *method);
    let function = function.map_or("operator.ge", |(_, function)| function);
    let mut object = place.clone();
    object.proj.pop();
    if matches!(object.root, Root::Global(path) if program.classes.contains_key(&program.resolve(path))) {
        return None;
    }
    let value = match (object.root, object.proj.is_empty()) {
        (Root::Node(node), true) if matches!(body.nodes[node].kind, Node::Item(_)) => return None,
        (Root::Node(node), true) => node,
        _ => body.node(Node::Use(object, mode), Ty::unknown(), at),
    };
    let kept = body.temp("kept", Ty::unknown(), at);
    let target = Pat::Place(Place::local(kept));
    let stmts = vec![Stmt::new(StmtKind::Set { target, value }, at)];
    let other = body.local("other", Ty::unknown(), at);
    let args = [kept, other].map(|local| Arg::positional(body.use_local(local, Mode::Read, at))).to_vec();
    let call = Node::Call { callee: Callee::Lib(Name::new(function)), args };
    let tail = Some(body.node(call, Ty::unknown(), at));
    let inside = body.block(BlockRow { tail, ..BlockRow::default() });
    let param = Param { name: Name::new("other"), local: other, kind: ParamKind::Normal, default: None };
    let closure = Node::Closure(Closure::lambda(vec![param], inside));
    let tail = Some(body.node(closure, Ty::unknown(), at));
    let block = body.block(BlockRow { stmts, tail, ..BlockRow::default() });
    Some(Node::Block { label: None, block })
}

/// Whether a class of the program has the method itself.
fn is_own(program: &Program<Hir>, method: &str) -> bool {
    program.classes.keys().any(|class| program.fns.contains_key(&class.join(method)))
}

fn is_statement(body: &Body<Hir>, node: NodeId) -> bool {
    matches!(&body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. }
        if matches!(name.as_str(), "operator.setitem" | "operator.delitem"))
}
