//! Containers that dynamic values hold, as the one object that their names hold too.

use crate::build::Built;
use crate::graph::ShapeId;
use batuta_catalog::{self as catalog, SHARED_CONTAINERS, Take};
use batuta_core::{Attr, FieldDef, Node, Op, Program, Ty, TyKind, Typed, ValueOp, dynamic};

/// A container of dynamic values is the one that a dynamic value holds, not a copy.
pub(crate) fn holds_itself(ty: Ty) -> bool {
    let is_container = match ty.kind() {
        TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) => true,
        TyKind::Lib(name, _) => SHARED_CONTAINERS.contains(&name.as_str()),
        _ => false,
    };
    is_container && ty.children().iter().all(|part| *part.kind() == TyKind::Value)
}

/// Shares the containers that become dynamic values, where something changes one of those.
pub(crate) fn share(program: &Program<Typed>, built: &mut Built) {
    // A read of a missing key changes it.
    let fills = |shape: ShapeId| matches!(built.graph.ty(shape).kind(), TyKind::Lib(name, _) if *name == "defaultdict");
    let is_changed = built.taken.iter().any(|shape| built.graph.is_mutated(*shape))
        || built.given.iter().any(|shape| fills(*shape))
        || changes(program);
    if is_changed {
        for shape in built.given.iter().copied().chain(attributes(program, built)).collect::<Vec<_>>() {
            built.graph.set_shared(shape);
        }
    }
}

/// The containers that objects among dynamic values give as their attributes.
fn attributes(program: &Program<Typed>, built: &Built) -> Vec<ShapeId> {
    let dynamic = dynamic::dynamic(program);
    let fields = dynamic.classes.iter().filter_map(|class| program.classes.get(class)).flat_map(|class| {
        let held = |field: &&FieldDef| holds_itself(field.ty) && dynamic.reads(field.name.as_str());
        class.fields.iter().filter(held).filter_map(|field| built.fields.get(&(class.path, field.name)))
    });
    fields.copied().collect()
}

/// Whether the program changes a container through a dynamic value.
fn changes(program: &Program<Typed>) -> bool {
    program.fns.values().flat_map(|body| body.nodes.iter()).any(|(_, row)| match &row.kind {
        Node::Op { op: Op::ValueOp(ValueOp::Method), attr: Attr::Name(name), .. } => is_change(name.as_str()),
        _ => false,
    })
}

fn is_change(method: &str) -> bool {
    let writes = |ty: &&str| {
        let rows = catalog::functions(&format!("{ty}.{method}"));
        rows.iter().any(|row| row.params.first().is_some_and(|param| param.take == Take::Write))
    };
    matches!(method, "__setitem__" | "__delitem__")
        || ["list", "dict", "set"].iter().chain(SHARED_CONTAINERS).any(writes)
}
