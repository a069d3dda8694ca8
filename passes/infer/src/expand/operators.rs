//! Functions of `operator` that the catalogue does not hold are the operations that they stand for.
//!
//! before                                       after
//!   lib:operator.contains(%xs, 1)                obj.in(1, %xs)
//!   lib:operator.setitem(%xs, 0, 9)              set place %xs[0] = 9
//!   set %test = item @operator.contains          set %test = closure (%a, %b) => obj.in(%b, %a)

use batuta_base::{Name, Origin};
use batuta_core::*;

/// How many operands a function has.
fn operands(name: &str) -> Option<usize> {
    Some(match name.strip_prefix("operator.")? {
        "contains" | "is_" | "is_not" | "getitem" | "lshift" | "rshift" | "ilshift" | "irshift" | "ipow"
        | "matmul" => 2,
        "abs" | "inv" | "invert" | "truth" | "pos" | "not_" => 1,
        _ => return None,
    })
}

/// Whether a body names such a function.
pub(super) fn has_calls(body: &Body<Hir>) -> bool {
    body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Lib(name), .. } | Node::Item(name) => {
            matches!(name.as_str(), "operator.setitem" | "operator.delitem")
                || operands(name.as_str()).is_some()
        }
        _ => false,
    })
}

/// Writes them out.
pub(super) fn expand(body: &mut Body<Hir>) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let mut at = 0;
        while at < body.blocks[block].stmts.len() {
            if let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind
                && let Some((first, kind)) = statement(body, node)
            {
                let stmts = &mut body.blocks[block].stmts;
                stmts[at].kind = kind;
                at += first.len();
                put_before(stmts, at - first.len(), first);
            }
            at += 1;
        }
    }
    for node in body.nodes.ids().collect::<Vec<_>>() {
        match body.nodes[node].kind.clone() {
            Node::Call { callee: Callee::Lib(name), args } if operands(name.as_str()) == Some(args.len()) => {
                let is_plain = args.iter().all(|arg| arg.kind == ArgKind::Positional);
                let values: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
                if is_plain {
                    body.nodes[node].kind = operation(body, name.last(), &values);
                }
            }
            Node::Item(name) => {
                if let Some(count) = operands(name.as_str()) {
                    body.nodes[node].kind = function(body, name.last(), count);
                }
            }
            _ => {}
        }
    }
}

/// The statement that a call stands for, and what runs before it.
fn statement(body: &mut Body<Hir>, node: NodeId) -> Option<(Vec<Stmt>, StmtKind)> {
    let Node::Call { callee: Callee::Lib(name), args } = body.nodes[node].kind.clone() else { return None };
    let values: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
    match (name.as_str(), &values[..]) {
        ("operator.setitem", [of, index, value]) => {
            let (first, parts) = in_order(body, &[*of, *index], *value);
            let target = Pat::Place(item(body, parts[0], parts[1]));
            Some((first, StmtKind::Set { target, value: *value }))
        }
        ("operator.delitem", [of, index]) => Some((Vec::new(), StmtKind::Del(item(body, *of, *index)))),
        _ => None,
    }
}

fn item(body: &Body<Hir>, of: NodeId, index: NodeId) -> Place {
    match &body.nodes[of].kind {
        Node::Use(place, _) => place.clone().with(Proj::Index(index)),
        _ => Place::node(of).with(Proj::Index(index)),
    }
}

/// An assignment evaluates its value first: parts of the target that came before it get names.
pub(super) fn in_order(body: &mut Body<Hir>, parts: &[NodeId], value: NodeId) -> (Vec<Stmt>, Vec<NodeId>) {
    if !does_something(body, value) {
        return (Vec::new(), parts.to_vec());
    }
    let mut first = Vec::new();
    let parts = parts.iter().map(|part| {
        if !does_something(body, *part) {
            return *part;
        }
        let (part, stmt) = named_before(body, *part);
        first.push(stmt);
        part
    });
    let parts = parts.collect();
    (first, parts)
}

/// Whether a value is more than a constant or the name of something.
pub(super) fn does_something(body: &Body<Hir>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Const(_) | Node::Item(_) => false,
        Node::Use(place, _) => {
            matches!(place.root, Root::Node(_))
                || place.proj.iter().any(|proj| !matches!(proj, Proj::Field(_)))
        }
        _ => true,
    }
}

fn named_before(body: &mut Body<Hir>, node: NodeId) -> (NodeId, Stmt) {
    let origin = body.nodes[node].origin;
    let local = body.temp("part", Ty::unknown(), origin);
    let target = Pat::Place(Place::local(local));
    (body.use_local(local, Mode::Read, origin), Stmt::new(StmtKind::Set { target, value: node }, origin))
}

/// Puts statements before one; its comments stay above.
pub(super) fn put_before(stmts: &mut Vec<Stmt>, at: usize, mut first: Vec<Stmt>) {
    if let Some(top) = first.first_mut() {
        top.above = std::mem::take(&mut stmts[at].above);
        top.blank_before = std::mem::take(&mut stmts[at].blank_before);
    }
    stmts.splice(at..at, first);
}

fn operation(body: &mut Body<Hir>, name: &str, args: &[NodeId]) -> Node {
    let op = |op: ObjOp, args: Vec<NodeId>| Node::Op { op: op.into(), attr: Attr::None, args };
    let call = |callee, args: &[NodeId]| Node::Call {
        callee,
        args: args.iter().copied().map(Arg::positional).collect(),
    };
    match name {
        "contains" => {
            let found = |items: NodeId| op(ObjOp::In, vec![args[1], items]);
            if !does_something(body, args[0]) || !does_something(body, args[1]) {
                return found(args[0]);
            }
            let (items, first) = named_before(body, args[0]);
            let tail = Some(body.node(found(items), Ty::unknown(), first.origin));
            let block = body.block(BlockRow { stmts: vec![first], tail, ..BlockRow::default() });
            Node::Block { label: None, block }
        }
        "is_" => op(ObjOp::Is, args.to_vec()),
        "is_not" => op(ObjOp::IsNot, args.to_vec()),
        "lshift" | "ilshift" => op(ObjOp::Shl, args.to_vec()),
        "rshift" | "irshift" => op(ObjOp::Shr, args.to_vec()),
        "ipow" => op(ObjOp::Pow, args.to_vec()),
        "matmul" => op(ObjOp::MatMul, args.to_vec()),
        "inv" | "invert" => op(ObjOp::Invert, args.to_vec()),
        "pos" => op(ObjOp::Pos, args.to_vec()),
        "not_" => op(ObjOp::Not, args.to_vec()),
        "getitem" => {
            let of = match &body.nodes[args[0]].kind {
                Node::Use(place, _) => place.clone(),
                _ => Place::node(args[0]),
            };
            Node::Use(of.with(Proj::Index(args[1])), Mode::Read)
        }
        "abs" => call(Callee::Lib(Name::new("builtins.abs")), args),
        _ => call(Callee::Lib(Name::new("builtins.bool")), args),
    }
}

/// The function as a value.
fn function(body: &mut Body<Hir>, name: &str, count: usize) -> Node {
    let at = Origin::default();
    let locals: Vec<LocalId> =
        ["a", "b"][..count].iter().map(|name| body.local(name, Ty::unknown(), at)).collect();
    let args: Vec<NodeId> = locals.iter().map(|local| body.use_local(*local, Mode::Read, at)).collect();
    let value = operation(body, name, &args);
    let value = body.node(value, Ty::unknown(), at);
    let inner = body.block(BlockRow { tail: Some(value), ..BlockRow::default() });
    let param = |local: LocalId| Param {
        name: body.locals[local].name,
        local,
        kind: ParamKind::Normal,
        default: None,
    };
    Node::Closure(Closure::lambda(locals.into_iter().map(param).collect(), inner))
}
