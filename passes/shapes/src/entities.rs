//! Classes of Ruchy whose objects get a second name: they are one object behind handles.
//!
//! Everything else in Ruchy is a value, which a second name copies; an object of a class is handed on.

use batuta_base::Name;
use batuta_core::*;
use std::collections::HashSet;

/// The classes, whether their objects change or not.
pub(crate) fn handed_on(program: &Program<Typed>) -> Vec<Name> {
    if program.lang() != Lang::Ruchy {
        return Vec::new();
    }
    let entities: Vec<Name> =
        program.classes.values().filter(|def| is_entity(def)).map(|def| def.path).collect();
    let holds = |ty: Ty, class: Name| ty.any(&mut |part| part.class_path() == Some(class));
    let mut out = Vec::new();
    for body in program.fns.values() {
        let lent = lent(body);
        for (id, row) in body.nodes.iter() {
            let found = entities.iter().copied().filter(|class| holds(row.ty, *class));
            for class in found {
                let is_second = match &row.kind {
                    Node::Use(..) => row.ty.strip().class_path() == Some(class) && !lent.contains(&id),
                    Node::Call { callee: Callee::Lib(name), args } => {
                        !makes(*name) && args.iter().any(|arg| holds(body.ty(arg.value), class))
                    }
                    _ => false,
                };
                if is_second && !out.contains(&class) {
                    out.push(class);
                }
            }
        }
    }
    out
}

/// Actors that get messages which wait: a message keeps its actor.
pub(crate) fn posted(program: &Program<Typed>) -> Vec<Name> {
    let sending = program.fns.values().filter(|body| posts(body));
    let params = sending.flat_map(|body| body.params.iter().map(|param| body.locals[param.local].ty));
    let classes = params.filter_map(|ty| ty.class_path());
    classes.filter(|class| program.classes.get(class).is_some_and(|def| is_entity(def))).collect()
}

fn is_entity(def: &ClassDef) -> bool {
    matches!(def.kind, ClassKind::Plain | ClassKind::Dataclass { eq: false, .. })
}

/// Whether a function sends a message that waits.
fn posts(body: &Body<Typed>) -> bool {
    body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Lib(name), .. } => *name == "ruchy.post",
        _ => false,
    })
}

/// Rows that wrap what they are given.
fn makes(name: Name) -> bool {
    matches!(name.last().split(['#', '$']).next().unwrap_or(""), "Some" | "Ok" | "Err" | "push" | "unwrap")
}

/// Uses that end with the expression around them, and those of a local that leaves its function.
fn lent(body: &Body<Typed>) -> HashSet<NodeId> {
    let mut out = HashSet::new();
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::Call { callee: Callee::Fn(_) | Callee::Virtual(_) | Callee::New(_), args } => {
                out.extend(args.iter().map(|arg| arg.value));
            }
            Node::Op { op: Op::CmpOp(_) | Op::IoOp(_), args, .. } => out.extend(args.iter().copied()),
            Node::Format(pieces) => out.extend(pieces.iter().filter_map(|piece| match piece {
                Piece::Value { value, .. } => Some(*value),
                Piece::Text(_) => None,
            })),
            Node::Return(Some(value)) if is_own(body, *value) => drop(out.insert(*value)),
            Node::Use(Place { root: Root::Node(node), .. }, _) => drop(out.insert(*node)),
            _ => {}
        }
    }
    for block in body.blocks.ids() {
        out.extend(body.blocks[block].tail.filter(|tail| is_own(body, *tail)));
    }
    out
}

/// A local of the function that no caller knows.
fn is_own(body: &Body<Typed>, node: NodeId) -> bool {
    let Node::Use(place, _) = &body.nodes[node].kind else { return false };
    place.as_local().is_some_and(|local| !body.params.iter().any(|param| param.local == local))
}
