//! Classes that hold themselves by value are shared: a struct has a size.
//!
//! before                                          after
//!   class Node { left: option<@Node> }              class Node { left: option<shared<@Node>> }
//!
//! A list, dict or set between two objects is a box already. Every class on a cycle is shared, so
//! that the answer does not depend on which of them is looked at first.

use crate::build::Built;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::{Program, Ty, TyKind, Typed};

/// Marks the classes of `program` that contain themselves through fields that are no boxes.
pub fn share(program: &Program<Typed>, built: &mut Built) {
    // A value of a base class is one of any class of its family.
    let mut held: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    for class in program.classes.values() {
        let mut names = Vec::new();
        class.fields.iter().for_each(|field| held_by_value(field.ty, &mut names));
        let families = names.into_iter().map(|name| built.graph.family(name));
        held.entry(built.graph.family(class.path)).or_default().extend(families);
    }
    for class in program.classes.keys() {
        if reaches(&held, built.graph.family(*class)) {
            let shape = built.graph.fresh(Ty::class(*class));
            built.graph.set_shared(shape);
        }
    }
}

fn held_by_value(ty: Ty, names: &mut Vec<Name>) {
    match ty.kind() {
        TyKind::Class(path, _) => names.push(*path),
        TyKind::Option(_) | TyKind::Tuple(_) | TyKind::Union(_) => {
            ty.children().into_iter().for_each(|child| held_by_value(child, names));
        }
        _ => {}
    }
}

/// Whether a class is among those that it holds, directly or not.
fn reaches(held: &FxHashMap<Name, Vec<Name>>, class: Name) -> bool {
    let mut seen = FxHashSet::default();
    let mut open = vec![class];
    while let Some(at) = open.pop() {
        for next in held.get(&at).into_iter().flatten() {
            if *next == class {
                return true;
            }
            if seen.insert(*next) {
                open.push(*next);
            }
        }
    }
    false
}
