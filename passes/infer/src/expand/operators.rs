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
        "contains" | "is_" | "is_not" | "getitem" | "concat" | "lshift" | "rshift" | "countOf"
        | "indexOf" => 2,
        "abs" | "index" | "inv" | "invert" | "truth" | "pos" | "not_" => 1,
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
        for at in 0..body.blocks[block].stmts.len() {
            if let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind
                && let Some(kind) = statement(body, node)
            {
                body.blocks[block].stmts[at].kind = kind;
            }
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

fn statement(body: &Body<Hir>, node: NodeId) -> Option<StmtKind> {
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { return None };
    let place = |args: &[Arg]| Place::node(args[0].value).with(Proj::Index(args[1].value));
    let place = |args: &[Arg]| match &body.nodes[args[0].value].kind {
        Node::Use(of, _) => of.clone().with(Proj::Index(args[1].value)),
        _ => place(args),
    };
    match (name.as_str(), args.len()) {
        ("operator.setitem", 3) => {
            Some(StmtKind::Set { target: Pat::Place(place(args)), value: args[2].value })
        }
        ("operator.delitem", 2) => Some(StmtKind::Del(place(args))),
        _ => None,
    }
}

fn operation(body: &mut Body<Hir>, name: &str, args: &[NodeId]) -> Node {
    let op = |op: ObjOp, args: Vec<NodeId>| Node::Op { op: op.into(), attr: Attr::None, args };
    let call = |callee, args: &[NodeId]| Node::Call {
        callee,
        args: args.iter().copied().map(Arg::positional).collect(),
    };
    match name {
        "contains" => op(ObjOp::In, vec![args[1], args[0]]),
        "is_" => op(ObjOp::Is, args.to_vec()),
        "is_not" => op(ObjOp::IsNot, args.to_vec()),
        "concat" => op(ObjOp::Add, args.to_vec()),
        "lshift" => op(ObjOp::Shl, args.to_vec()),
        "rshift" => op(ObjOp::Shr, args.to_vec()),
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
        "countOf" => call(Callee::Method(args[0], Name::new("count")), &args[1..]),
        "indexOf" => call(Callee::Method(args[0], Name::new("index")), &args[1..]),
        "abs" => call(Callee::Lib(Name::new("builtins.abs")), args),
        "truth" => call(Callee::Lib(Name::new("builtins.bool")), args),
        // `index`: an int is its own.
        _ => call(Callee::Lib(Name::new("builtins.int")), args),
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
