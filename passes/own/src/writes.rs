//! Whether evaluating an expression may assign a field of some object: through the functions it calls.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Whether code that a node runs assigns a field of this name. Function values may do anything.
pub fn may_write(program: &Program<Typed>, body: &Body<Typed>, node: NodeId, field: Name) -> bool {
    let mut todo = Vec::new();
    let mut is_open = false;
    body.walk(Child::Node(node), &mut |node| {
        is_open |= calls(program, &body.nodes[node].kind, &mut todo);
    });
    let mut seen: FxHashSet<Name> = FxHashSet::default();
    while let Some(path) = todo.pop().filter(|_| !is_open) {
        let Some(callee) = program.fns.get(&path).filter(|_| seen.insert(path)) else { continue };
        let mut writes = false;
        callee.walk_stmts(callee.root, &mut |stmt| writes |= assigns(&stmt.kind, field));
        if writes {
            return true;
        }
        for (_, row) in callee.nodes.iter() {
            is_open |= calls(program, &row.kind, &mut todo);
        }
    }
    is_open
}

fn assigns(stmt: &StmtKind, field: Name) -> bool {
    let has = |place: &Place| place.proj.contains(&Proj::Field(field));
    fn in_pat(pat: &Pat, has: &dyn Fn(&Place) -> bool) -> bool {
        let mut found = matches!(pat, Pat::Place(place) if has(place));
        pat.for_each_part(&mut |part| found |= in_pat(part, has));
        found
    }
    match stmt {
        StmtKind::Set { target, .. } => in_pat(target, &has),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => has(place),
        _ => false,
    }
}

/// Adds the functions that a node calls; answers whether it may call any.
fn calls(program: &Program<Typed>, node: &Node, out: &mut Vec<Name>) -> bool {
    match node {
        Node::Call { callee: Callee::Fn(path), .. } => out.push(*path),
        Node::Call { callee: Callee::New(class), .. } => out.push(class.join("__init__")),
        Node::Call { callee: Callee::Virtual(path), .. } => {
            out.extend(program.fns.keys().filter(|other| other.last() == path.last()));
        }
        Node::Call { callee: Callee::Value(_), .. } => return true,
        _ => {}
    }
    false
}
