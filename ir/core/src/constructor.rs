//! Where a constructor needs its object.

use crate::{Body, Child, LocalId, Node, NodeId, Place, Proj, Root, Stmt, StmtKind, Typed};

/// Number of leading top-level statements that need no object, only its fields.
pub fn before_object(body: &Body<Typed>) -> usize {
    let receiver = body.params[0].local;
    let stmts = &body.blocks[body.root].stmts;
    stmts.iter().position(|stmt| uses_object(body, stmt, receiver)).unwrap_or(stmts.len())
}

/// Whether a statement of a constructor needs the object itself, now or in a function that it makes.
pub fn uses_object(body: &Body<Typed>, stmt: &Stmt, receiver: LocalId) -> bool {
    let whole = |place: &Place| {
        place.root == Root::Local(receiver) && !matches!(place.proj.first(), Some(Proj::Field(_)))
    };
    let mut found = false;
    let mut check = |id: NodeId| match &body.nodes[id].kind {
        Node::Use(place, _) => found |= whole(place),
        Node::Return(_) => found = true,
        Node::Try { .. } | Node::With { .. } => found |= mentions(body, id, receiver),
        Node::Closure(closure) => body.walk_block(closure.body, &mut |node| {
            found |= matches!(&body.nodes[node].kind, Node::Use(place, _)
                if place.root == Root::Local(receiver));
        }),
        _ => {}
    };
    stmt.for_each_child(&mut |child| body.walk(child, &mut check));
    found
}

/// Whether a statement or a value below a node has to do with the receiver.
fn mentions(body: &Body<Typed>, node: NodeId, receiver: LocalId) -> bool {
    let is_own = |place: &Place| place.root == Root::Local(receiver);
    let mut found = false;
    body.walk(Child::Node(node), &mut |node| {
        found |= matches!(&body.nodes[node].kind, Node::Use(place, _) if is_own(place));
    });
    body.walk_stmts_below(Child::Node(node), &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } | StmtKind::Let { pat: target, .. } => {
            target.each_place(&mut |place| found |= is_own(place));
        }
        StmtKind::Update { place, .. } | StmtKind::Del(place) => found |= is_own(place),
        StmtKind::Expr(_) => {}
    });
    found
}
