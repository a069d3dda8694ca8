//! Classes whose objects meet `==`, and classes whose objects are keys.

use crate::*;
use batuta_base::{FxHashSet, Name};

/// Library functions that compare items.
const COMPARING: &[&str] = &["remove", "index", "count", "__eq__", "__contains__"];

/// Classes in the types of what the program compares, and in fields of what compares its fields.
pub fn compared<L: Level>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    // Nothing tells what a dynamic value will be compared with.
    let dynamic = dynamic::dynamic(program);
    out.extend(dynamic.classes.into_iter().filter(|class| is_record(program, *class)));
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            let args: Vec<NodeId> = match &row.kind {
                Node::Op { op: Op::CmpOp(op), args, .. } if !matches!(op, CmpOp::Is | CmpOp::IsNot) => {
                    args.clone()
                }
                Node::Op { op: Op::ListOp(ListOp::Contains), args, .. } => args.clone(),
                Node::Call { callee: Callee::Lib(name), args }
                    if COMPARING.contains(
                        &name.as_str().split('#').next().unwrap_or("").rsplit('.').next().unwrap_or(""),
                    ) =>
                {
                    args.iter().map(|arg| arg.value).collect()
                }
                _ => continue,
            };
            args.iter().for_each(|arg| classes_in(body.nodes[*arg].ty, &mut out));
        }
    }
    out.extend(keyed(program));
    // Tuples are ordered by the first items that are not equal.
    for ty in ordered_types(program) {
        ty.any(&mut |ty| {
            if let TyKind::Tuple(items) = ty.kind() {
                items.iter().for_each(|item| classes_in(*item, &mut out));
            }
            false
        });
    }
    loop {
        let before = out.len();
        for class in program.classes.values() {
            if is_record(program, class.path) && out.contains(&class.path) {
                class.fields.iter().for_each(|field| classes_in(field.ty, &mut out));
            }
        }
        out = with_families(program, out);
        if out.len() == before {
            return out;
        }
    }
}

/// Objects of the class are equal where their fields are.
fn is_record<L>(program: &Program<L>, class: Name) -> bool {
    program
        .classes
        .get(&class)
        .is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { eq: true, .. } | ClassKind::NamedTuple))
}

/// Objects of the class are equal to themselves alone.
pub fn is_identity<L>(program: &Program<L>, class: Name) -> bool {
    let is_own = |path: &Name| program.find_method(*path, "__eq__").is_some();
    let below = program.subclasses(class);
    !program.mro(class).into_iter().any(|path| is_value(program, path))
        && !below.iter().any(|path| is_value(program, *path) || is_own(path))
}

/// A class of which equal objects need not be one.
fn is_value<L>(program: &Program<L>, class: Name) -> bool {
    program.classes.get(&class).is_some_and(|def| {
        matches!(
            def.kind,
            ClassKind::Dataclass { eq: true, .. }
                | ClassKind::NamedTuple
                | ClassKind::Enum
                | ClassKind::EnumOf(_)
                | ClassKind::Exception
        )
    })
}

/// Whether the program makes objects of the class or below it that are equal to themselves alone, others not.
fn has_identity<L>(program: &Program<L>, class: Name, made: &FxHashSet<Name>) -> bool {
    program.subclasses(class).into_iter().any(|path| {
        made.contains(&path)
            && program.find_method(path, "__eq__").is_none()
            && !program.mro(path).into_iter().any(|above| is_value(program, above))
    })
}

/// Classes that the program calls or hands on.
fn made<L>(program: &Program<L>) -> FxHashSet<Name> {
    let rows = program.fns.values().flat_map(|body| body.nodes.iter());
    rows.filter_map(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::New(class), .. } => Some(*class),
        Node::Item(path) => Some(*path),
        _ => None,
    })
    .collect()
}

/// Classes whose objects the program tells apart: each needs to be one object for life.
pub fn told_apart<L: Level>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = compared(program);
    let made = made(program);
    out.retain(|class| is_identity(program, *class) || has_identity(program, *class, &made));
    let mut same = FxHashSet::default();
    let mut compares_values = false;
    for body in program.fns.values() {
        let is_value = |arg: &NodeId| *body.ty(*arg).strip().kind() == TyKind::Value;
        for (_, row) in body.nodes.iter() {
            if let Node::Call { callee: Callee::Lib(name), args } = &row.kind
                && name.as_str().split('#').next() == Some("builtins.id")
            {
                args.iter().for_each(|arg| classes_in(body.nodes[arg.value].ty, &mut same));
            }
            let Node::Op { op: Op::CmpOp(op), args, .. } = &row.kind else { continue };
            compares_values |= args.iter().any(is_value);
            if matches!(op, CmpOp::Is | CmpOp::IsNot) {
                args.iter().for_each(|arg| classes_in(body.nodes[*arg].ty, &mut same));
            }
        }
    }
    // Each way of an object into a dynamic value would make another object.
    if compares_values {
        same.extend(dynamic::made_dynamic(program).into_iter().filter(|class| is_identity(program, *class)));
    }
    let is_object = |class: &Name| {
        program.classes.get(class).is_some_and(|def| {
            !matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_) | ClassKind::Exception)
        })
    };
    out.extend(with_families(program, same));
    out.retain(is_object);
    out
}

/// Classes in the types of keys and set members.
pub fn keyed<L>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    let mut see = |ty: Ty| {
        ty.any(&mut |ty| {
            match ty.kind() {
                TyKind::Set(item) | TyKind::FrozenSet(item) | TyKind::Dict(item, _) => {
                    classes_in(*item, &mut out);
                }
                TyKind::Lib(name, args)
                    if matches!(name.last(), "defaultdict" | "Counter" | "OrderedDict") =>
                {
                    args.first().iter().for_each(|item| classes_in(**item, &mut out));
                }
                _ => {}
            }
            false
        });
    };
    for body in program.fns.values() {
        see(body.ret);
        body.locals.iter().for_each(|(_, row)| see(row.ty));
        body.nodes.iter().for_each(|(_, row)| see(row.ty));
    }
    program.classes.values().flat_map(|class| &class.fields).for_each(|field| see(field.ty));
    program.globals.values().for_each(|global| see(global.ty));
    out.extend(hashed(program));
    with_families(program, out)
}

/// Classes whose objects the program asks for their hash.
fn hashed<L>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Call { callee: Callee::Lib(name), args } = &row.kind
                && name.as_str().split('#').next() == Some("builtins.hash")
            {
                args.iter().for_each(|arg| classes_in(body.nodes[arg.value].ty, &mut out));
            }
        }
    }
    out
}

/// Library functions that put items into an order.
fn puts_in_order(name: &str) -> bool {
    let base = name.split('#').next().unwrap_or(name);
    matches!(base, "builtins.sorted" | "builtins.min" | "builtins.max" | "list.sort")
        || base.starts_with("heapq.")
        || base.starts_with("bisect.")
}

/// Classes whose objects stand in what is sorted, in what a smallest is looked for, and in heaps.
pub fn ordered<L>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    ordered_types(program).into_iter().for_each(|ty| classes_in(ty, &mut out));
    // Records are ordered by their fields.
    let mut todo: Vec<Name> = out.iter().copied().collect();
    while let Some(class) = todo.pop() {
        let Some(def) = program.classes.get(&class) else { continue };
        if matches!(def.kind, ClassKind::NamedTuple | ClassKind::Dataclass { order: true, .. }) {
            let mut parts = FxHashSet::default();
            def.fields
                .iter()
                .filter(|field| field.flags.compare)
                .for_each(|field| classes_in(field.ty, &mut parts));
            todo.extend(parts.into_iter().filter(|part| out.insert(*part)));
        }
    }
    with_families(program, out)
}

/// Types of the arguments of library functions that order them.
fn ordered_types<L>(program: &Program<L>) -> Vec<Ty> {
    let mut out = Vec::new();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Call { callee: Callee::Lib(name), args } = &row.kind
                && puts_in_order(name.as_str())
            {
                out.extend(args.iter().map(|arg| body.nodes[arg.value].ty));
            }
        }
    }
    out
}

fn classes_in(ty: Ty, out: &mut FxHashSet<Name>) {
    ty.any(&mut |ty| {
        if let TyKind::Class(path, _) = ty.kind() {
            out.insert(*path);
        }
        false
    });
}

/// A class stands for its whole hierarchy.
fn with_families<L>(program: &Program<L>, classes: FxHashSet<Name>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for class in &classes {
        out.extend(program.mro(*class));
        out.extend(program.subclasses(*class));
    }
    out
}
