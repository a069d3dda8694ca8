//! Where a constructor needs its object.

use crate::{Body, LocalId, Node, Place, Proj, Root, Stmt, Typed};

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
    let mut check = |node: &Node| match node {
        Node::Use(place, _) => found |= whole(place),
        Node::Return(_) | Node::Try { .. } | Node::With { .. } => found = true,
        Node::Closure(closure) => body.walk_block(closure.body, &mut |node| {
            found |= matches!(&body.nodes[node].kind, Node::Use(place, _)
                if place.root == Root::Local(receiver));
        }),
        _ => {}
    };
    stmt.for_each_child(&mut |child| body.walk(child, &mut |node| check(&body.nodes[node].kind)));
    found
}
