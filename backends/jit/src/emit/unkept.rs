//! What the code here would compute otherwise than the Rust backend: refused until it is kept.

use batuta_core::{Body, Callee, IterOp, Mir, Node, NodeId, Op, SetOp, TyKind, ValueOp};

/// What a node means that is not kept.
pub(super) fn unkept(body: &Body<Mir>, node: NodeId) -> Option<String> {
    match &body.nodes[node].kind {
        // Dicts and sets say when their size changes below a loop.
        Node::Op { op: Op::IterOp(IterOp::Live), args, .. } => {
            let of = body.ty(args[0]).strip();
            let is_table = matches!(of.kind(), TyKind::Dict(..) | TyKind::Set(_) | TyKind::Lib(..));
            is_table.then(|| "a loop that changes what it walks".to_owned())
        }
        // An object in a dynamic value does not say which member of a union it is.
        Node::Op { op: Op::ValueOp(ValueOp::To), .. } => {
            let is_mixed = match body.ty(node).strip().kind() {
                TyKind::Union(members) => members.iter().any(|ty| matches!(ty.kind(), TyKind::Class(..))),
                _ => false,
            };
            is_mixed.then(|| "a dynamic value as one of several classes".to_owned())
        }
        // CPython's compiler makes such a set once, from a tuple.
        Node::Op { op: Op::IterOp(_), args, .. } => {
            let is_constant = |node: &NodeId| body.as_const(*node).is_some();
            match &body.nodes[args[0]].kind {
                Node::Op { op: Op::SetOp(SetOp::New), args, .. } if args.iter().all(is_constant) => {
                    Some("a loop over a constant set".to_owned())
                }
                _ => None,
            }
        }
        Node::Call { callee: Callee::Lib(name), .. } => {
            let is_spread = name.as_str().ends_with("$*")
                && !matches!(name.as_str(), "builtins.min$*" | "builtins.max$*");
            is_spread.then(|| format!("`{name}`"))
        }
        _ => None,
    }
}
