//! What the program does with objects that are dynamic values.

use crate::*;
use batuta_base::{FxHashSet, Name};

/// Classes whose objects become dynamic values.
pub fn made_dynamic<L: Level>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } = &row.kind {
                body.ty(args[0]).any(&mut |ty| {
                    out.extend(ty.class_path().filter(|class| program.classes.contains_key(class)));
                    false
                });
            }
        }
    }
    out
}

/// Attributes that are set on dynamic values, by name.
pub fn set_dynamically<L: Level>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Op { op: Op::ValueOp(ValueOp::Method), attr: Attr::Name(name), .. } = &row.kind
                && let Some(attribute) = name.as_str().strip_suffix('=')
            {
                out.insert(Name::new(attribute));
            }
        }
    }
    out
}
