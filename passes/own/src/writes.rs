//! Whether evaluating an expression may assign a field of some object: through the functions it calls.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Whether code that a node runs assigns a field of this name. Function values may do anything.
pub fn may_write(program: &Program<Typed>, body: &Body<Typed>, node: NodeId, field: Name) -> bool {
    !matches!(run(program, body, node, &|_, stmt| assigns(stmt, field)), Found::No)
}

/// Whether code that a node runs gives a field or a global of this name another value, which leaves the old one
/// as it is. Function values may do anything.
pub fn may_rebind(program: &Program<Typed>, body: &Body<Typed>, node: NodeId, name: Name) -> bool {
    let rebinds = |callee: &Body<Typed>, stmt: &StmtKind| {
        // What a constructor sets is new.
        let made = callee.params.first().filter(|_| callee.path.last() == "__init__");
        let is_it = |place: &Place| match (place.root, place.proj.last()) {
            (Root::Global(path), None) => path == name,
            (Root::Local(local), _) if made.is_some_and(|this| this.local == local) => false,
            (_, last) => last == Some(&Proj::Field(name)),
        };
        matches!(stmt, StmtKind::Set { target, .. } if sets(target, &is_it))
    };
    match run(program, body, node, &rebinds) {
        Found::Yes => true,
        Found::No => false,
        // Function values may be any of the program's functions; what runs once at the start is over.
        Found::Open => program
            .fns
            .values()
            .any(|callee| !matches!(callee.kind, FnKind::Init) && has_stmt(callee, &rebinds)),
    }
}

/// Whether some statement was found in the functions that a node calls.
enum Found {
    Yes,
    No,
    /// A function value is called, which may be any function.
    Open,
}

type Test<'a> = dyn Fn(&Body<Typed>, &StmtKind) -> bool + 'a;

/// Whether a statement like this is in the functions that a node calls.
fn run(program: &Program<Typed>, body: &Body<Typed>, node: NodeId, is_it: &Test<'_>) -> Found {
    let mut todo = Vec::new();
    let mut is_open = false;
    body.walk(Child::Node(node), &mut |node| {
        is_open |= calls(program, &body.nodes[node].kind, &mut todo);
    });
    let mut seen: FxHashSet<Name> = FxHashSet::default();
    while let Some(path) = todo.pop().filter(|_| !is_open) {
        let Some(callee) = program.fns.get(&path).filter(|_| seen.insert(path)) else { continue };
        if has_stmt(callee, is_it) {
            return Found::Yes;
        }
        callee.walk_block(callee.root, &mut |node| {
            is_open |= calls(program, &callee.nodes[node].kind, &mut todo);
        });
    }
    if is_open { Found::Open } else { Found::No }
}

fn has_stmt(body: &Body<Typed>, is_it: &Test<'_>) -> bool {
    let mut found = false;
    body.walk_stmts(body.root, &mut |stmt| found |= is_it(body, &stmt.kind));
    found
}

fn assigns(stmt: &StmtKind, field: Name) -> bool {
    let has = |place: &Place| place.proj.contains(&Proj::Field(field));
    match stmt {
        StmtKind::Set { target, .. } => sets(target, &has),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => has(place),
        _ => false,
    }
}

/// Whether a pattern assigns such a place.
fn sets(pat: &Pat, is_it: &dyn Fn(&Place) -> bool) -> bool {
    let mut found = matches!(pat, Pat::Place(place) if is_it(place));
    pat.for_each_part(&mut |part| found |= sets(part, is_it));
    found
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
