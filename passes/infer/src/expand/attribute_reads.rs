//! Whether the dict of an object's attributes is only looked at, or kept: then writes to it would be
//! writes to the object.
//!
//! looked at                                kept
//!   method (%p.__dict__).items()             set place %d = %p.__dict__
//!   obj.in("x", %p.__dict__)                 method (%all).append(%p.__dict__)
//!
//! A function that gives it back is asked for it in turn: what its calls give may be kept, but not changed.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Whether some of the dicts may be changed later, or may be looked at after the object has changed.
pub(super) fn are_kept(program: &Program<Hir>, asks: &[(Name, NodeId)]) -> bool {
    let mut giving: FxHashSet<Name> = FxHashSet::default();
    for (path, node) in asks {
        match used(&program.fns[path], *node) {
            Used::Read => {}
            Used::Returned => {
                giving.insert(Name::new(path.last()));
            }
            Used::Set(_) | Used::Kept => return true,
        }
    }
    program.fns.values().any(|body| {
        let calls = body.nodes.iter().filter(|(_, row)| match &row.kind {
            Node::Call { callee: Callee::Method(_, name) | Callee::Super(name), .. } => giving.contains(name),
            Node::Call { callee: Callee::Fn(path), .. } => giving.contains(&Name::new(path.last())),
            _ => false,
        });
        let mut calls = calls.map(|(id, _)| id);
        calls.any(|id| is_changed(body, id))
    })
}

/// What becomes of a value.
enum Used {
    Read,
    Returned,
    /// It becomes the value of a variable.
    Set(LocalId),
    Kept,
}

fn used(body: &Body<Hir>, id: NodeId) -> Used {
    let mut out = Used::Read;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, value } = &stmt.kind
            && *value == id
        {
            out = match target {
                Pat::Place(place) => place.as_local().map_or(Used::Kept, Used::Set),
                _ => Used::Kept,
            };
        }
    });
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::Return(Some(value)) if *value == id => out = Used::Returned,
            Node::Call { callee, args } if args.iter().any(|arg| arg.value == id && keeps(callee, arg)) => {
                out = Used::Kept;
            }
            Node::Op { op: Op::ListOp(_) | Op::TupleOp(_) | Op::DictOp(_), args, .. }
                if args.contains(&id) =>
            {
                out = Used::Kept;
            }
            _ => {}
        }
    }
    let is_tail = body.blocks.ids().any(|block| body.blocks[block].tail == Some(id));
    if is_tail { Used::Kept } else { out }
}

/// Whether what is called may keep an argument, or change it.
fn keeps(callee: &Callee, arg: &Arg) -> bool {
    match callee {
        _ if arg.kind == ArgKind::StarStar => false,
        Callee::Lib(_) => false,
        Callee::Method(_, name) => !matches!(name.as_str(), "update" | "format" | "format_map" | "join"),
        _ => true,
    }
}

fn is_changed(body: &Body<Hir>, call: NodeId) -> bool {
    let local = match used(body, call) {
        Used::Set(local) => Some(local),
        Used::Read | Used::Returned => None,
        Used::Kept => return false,
    };
    let is_it = |node: NodeId| {
        node == call
            || matches!(&body.nodes[node].kind, Node::Use(place, _) if local.is_some() && place.as_local() == local)
    };
    let mut found = body.nodes.iter().any(|(_, row)| {
        matches!(&row.kind, Node::Call { callee: Callee::Method(of, name), .. }
            if super::kept_views::CHANGING.contains(&name.as_str()) && is_it(*of))
    });
    body.walk_stmts(body.root, &mut |stmt| {
        let mut see = |place: &Place| {
            let is_of = match place.root {
                Root::Local(root) => Some(root) == local && !place.proj.is_empty(),
                Root::Node(node) => is_it(node),
                _ => false,
            };
            found |= is_of;
        };
        match &stmt.kind {
            StmtKind::Set { target, .. } => target.each_place(&mut see),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
            _ => {}
        }
    });
    found
}
