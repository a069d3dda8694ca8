//! Objects that a function which outlives the call holds on to: `return lambda x: self.log.append(x)`.
//!
//! Such an object is one for both, so its class is shared.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Classes whose methods give away a closure that reads the receiver.
pub fn classes(program: &Program<Typed>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        let class = body.path.parent();
        let Some(receiver) = body.params.first().map(|param| param.local) else { continue };
        if body.has_receiver() && program.classes.contains_key(&class) && gives_away(body, receiver) {
            out.insert(class);
        }
    }
    out
}

fn gives_away(body: &Body<Typed>, receiver: LocalId) -> bool {
    let closures: Vec<NodeId> = body
        .nodes
        .iter()
        .filter(|(_, row)| matches!(&row.kind, Node::Closure(closure) if reads(body, closure.body, receiver)))
        .map(|(id, _)| id)
        .collect();
    if closures.is_empty() {
        return false;
    }
    let borrowed = borrowed(body);
    let names = named(body, &closures);
    let is_kept = |node: &NodeId| !borrowed.contains(node);
    let mut kept = closures.iter().any(|node| is_kept(node) && !names.iter().any(|(_, value)| value == node));
    for (id, row) in body.nodes.iter() {
        if let Node::Use(place, _) = &row.kind
            && let Some(local) = place.as_local()
            && names.iter().any(|(name, _)| *name == local)
        {
            kept |= is_kept(&id);
        }
    }
    kept
}

fn reads(body: &Body<Typed>, block: BlockId, local: LocalId) -> bool {
    let mut found = false;
    body.walk_block(block, &mut |node| {
        found |= matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local));
    });
    found
}

/// Values that are called, and arguments of library functions that return before the call ends.
fn borrowed(body: &Body<Typed>) -> FxHashSet<NodeId> {
    let mut out = FxHashSet::default();
    for (_, row) in body.nodes.iter() {
        if let Node::Call { callee, args } = &row.kind {
            match callee {
                Callee::Value(node) => {
                    out.insert(*node);
                }
                Callee::Lib(name) if keeps_nothing(name.as_str()) => {
                    out.extend(args.iter().map(|arg| arg.value));
                }
                _ => {}
            }
        }
    }
    out
}

fn keeps_nothing(name: &str) -> bool {
    matches!(
        name,
        "builtins.sorted"
            | "builtins.min"
            | "builtins.max"
            | "builtins.map"
            | "builtins.filter"
            | "list.sort"
            | "functools.reduce"
            | "re.sub"
            | "Pattern.sub"
    )
}

/// Locals that closures are given to.
fn named(body: &Body<Typed>, closures: &[NodeId]) -> Vec<(LocalId, NodeId)> {
    let mut out = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| {
        let (target, value) = match &stmt.kind {
            StmtKind::Set { target, value } => (target, *value),
            StmtKind::Let { pat, value: Some(value) } => (pat, *value),
            _ => return,
        };
        let local = match target {
            Pat::Place(place) => place.as_local(),
            Pat::Bind(local, None) => Some(*local),
            _ => None,
        };
        if let Some(local) = local.filter(|_| closures.contains(&value)) {
            out.push((local, value));
        }
    });
    out
}
