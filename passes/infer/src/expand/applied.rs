//! A lambda that is called where it stands becomes a nested function, so that its parameters have types.
//!
//! before                                            after
//!   value (closure (%a, %b) { .. })(%x, %y)           { set %any_of_made = closure any_of_made(%a, %b) { .. }
//!                                                       tail value (%any_of_made)(%x, %y) }
//!
//! Only where it gives another function: others print as they stand.

use batuta_base::Name;
use batuta_core::*;

/// Whether a body calls such a lambda.
pub(super) fn has_calls(body: &Body<Hir>) -> bool {
    body.nodes.iter().any(|(id, _)| lambda(body, id).is_some())
}

/// Writes out the calls of a body.
pub(super) fn expand(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Some(mut closure) = lambda(body, id) else { continue };
        let Node::Call { args, .. } = body.nodes[id].kind.clone() else { continue };
        let origin = body.nodes[id].origin;
        let own = body.path.last();
        let name = if own.contains('<') { "made".to_owned() } else { format!("{own}_made") };
        closure.name = Some(Name::new(&name));
        let local = body.local(&name, Ty::unknown(), origin);
        let value = body.node(Node::Closure(closure), Ty::unknown(), origin);
        let target = Pat::Place(Place::local(local));
        let set = Stmt::new(StmtKind::Set { target, value }, origin);
        let function = body.use_local(local, Mode::Read, origin);
        let call = body.node(Node::Call { callee: Callee::Value(function), args }, Ty::unknown(), origin);
        let block = body.block(BlockRow { stmts: vec![set], tail: Some(call), ..BlockRow::default() });
        body.nodes[id].kind = Node::Block { label: None, block };
    }
}

/// The lambda that a node calls, if it gives a function.
fn lambda(body: &Body<Hir>, id: NodeId) -> Option<Closure> {
    let Node::Call { callee: Callee::Value(function), .. } = &body.nodes[id].kind else { return None };
    let Node::Closure(closure) = &body.nodes[*function].kind else { return None };
    let row = &body.blocks[closure.body];
    let result = match (&row.tail, row.stmts.last().map(|stmt| &stmt.kind)) {
        (Some(tail), _) => *tail,
        (None, Some(StmtKind::Expr(node))) => match &body.nodes[*node].kind {
            Node::Return(Some(value)) => *value,
            _ => return None,
        },
        _ => return None,
    };
    matches!(body.nodes[result].kind, Node::Closure(_)).then(|| closure.clone())
}
