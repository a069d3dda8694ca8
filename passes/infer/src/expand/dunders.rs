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
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let Some(tail) = body.blocks[block].tail.filter(|tail| is_statement(body, *tail)) else { continue };
        let origin = body.nodes[tail].origin;
        body.blocks[block].stmts.push(Stmt::new(StmtKind::Expr(tail), origin));
        body.blocks[block].tail = Some(body.node(Node::Const(Const::None), Ty::unknown(), origin));
    }
}

/// Whether a class of the program has the method itself.
fn is_own(program: &Program<Hir>, method: &str) -> bool {
    program.classes.keys().any(|class| program.fns.contains_key(&class.join(method)))
}

fn is_statement(body: &Body<Hir>, node: NodeId) -> bool {
    matches!(&body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. }
        if matches!(name.as_str(), "operator.setitem" | "operator.delitem"))
}
