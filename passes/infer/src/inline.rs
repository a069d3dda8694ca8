//! Temps that turn out to be read once stand where they are read.
//!
//! before                              after
//!   set %%object = %grid[%r]            update %grid[%r][%c] int.add 1
//!   update %%object[%c] int.add 1

use batuta_core::*;

/// Puts the values of temps that `kind` reads exactly once back into it, and joins its place.
pub(crate) fn single_uses(body: &mut Body<Hir>, kind: &mut StmtKind, temps: &mut Vec<Stmt>) {
    // The last temp first: its value may read the ones before it.
    for at in (0..temps.len()).rev() {
        let StmtKind::Set { target: Pat::Place(place), value } = &temps[at].kind else { continue };
        let (Some(local), value) = (place.as_local(), *value) else { continue };
        let mut reads = Vec::new();
        each_node(body, kind, &mut |node| {
            if let Node::Use(place, _) = &body.nodes[node].kind
                && place.root == Root::Local(local)
            {
                reads.push(node);
            }
        });
        let is_read_later = temps[at + 1..].iter().any(|stmt| {
            let mut found = false;
            each_node(body, &stmt.kind, &mut |node| {
                found |=
                    matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local));
            });
            found
        });
        let roots_target = matches!(kind, StmtKind::Set { target, .. } if names(target, local));
        let roots_place = matches!(kind, StmtKind::Update { place, .. } if place.root == Root::Local(local));
        let is_target = matches!(kind, StmtKind::Set { target: Pat::Place(place), .. } if place.root == Root::Local(local));
        let is_part = |node: &NodeId| matches!(&body.nodes[*node].kind, Node::Use(place, _) if place.as_local() != Some(local));
        if is_target || reads.iter().any(is_part) {
            continue;
        }
        match (&reads[..], &mut *kind, is_read_later) {
            ([read], _, false) if !roots_place && !roots_target => put(body, *read, value),
            ([], StmtKind::Update { place, .. }, false) if roots_place => place.root = Root::Node(value),
            _ => continue,
        }
        temps.remove(at);
    }
    if let StmtKind::Update { place, .. } = kind {
        crate::prep::join(body, place);
    }
}

/// Whether a target is the local or a part of it.
fn names(target: &Pat, local: LocalId) -> bool {
    let mut found = matches!(target, Pat::Place(place) if place.root == Root::Local(local));
    target.for_each_part(&mut |part| found |= names(part, local));
    found
}

/// A read of the temp, or of a part of it, becomes a read of the value.
fn put(body: &mut Body<Hir>, read: NodeId, value: NodeId) {
    match &mut body.nodes[read].kind {
        Node::Use(place, _) if !place.proj.is_empty() => {
            place.root = Root::Node(value);
            let mut joined = place.clone();
            crate::prep::join(body, &mut joined);
            if let Node::Use(place, _) = &mut body.nodes[read].kind {
                *place = joined;
            }
        }
        _ => body.nodes[read] = body.nodes[value].clone(),
    }
}

fn each_node(body: &Body<Hir>, kind: &StmtKind, f: &mut dyn FnMut(NodeId)) {
    Stmt::new(kind.clone(), Default::default()).for_each_child(&mut |child| body.walk(child, f));
}
