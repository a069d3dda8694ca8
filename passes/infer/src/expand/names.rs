//! Names that reach a class or a type through other modules become what they stand for.
//!
//! before                                                after
//!   alias @shop.Item = @shop.models.Item                  alias @shop.Item = @shop.models.Item
//!   fn @main.f(%x: @shop.Item, %v: @shop.models.Value)    fn @main.f(%x: @shop.models.Item, %v: option<float>)
//!   class @main.Book(@shop.Item)                          class @main.Book(@shop.models.Item)
//!
//! A name of a type alone (`Value = Union[..]`) is then no global any more.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Resolves classes in types, bases, patterns and handlers.
pub(super) fn expand(program: &mut Program<Hir>) {
    let start = program.clone();
    let is_known = |path: &Name| start.classes.contains_key(path);
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        body.ret = resolved(&start, body.ret, 0);
        body.locals.iter_mut().for_each(|(_, row)| row.ty = resolved(&start, row.ty, 0));
        for (_, row) in body.nodes.iter_mut() {
            row.ty = resolved(&start, row.ty, 0);
            if let Node::Closure(closure) = &mut row.kind {
                closure.ret = resolved(&start, closure.ret, 0);
            }
        }
    }
    for class in program.classes.values_mut() {
        let class = Arc::make_mut(class);
        class.fields.iter_mut().for_each(|field| field.ty = resolved(&start, field.ty, 0));
        for base in class.bases.iter_mut().filter(|base| !is_known(base)) {
            *base = start.resolve(*base);
        }
    }
    for global in program.globals.values_mut() {
        let ty = resolved(&start, global.ty, 0);
        Arc::make_mut(global).ty = ty;
    }
    drop_types(program);
}

/// The type with every class under its own path, and names of types as these types.
fn resolved(program: &Program<Hir>, ty: Ty, depth: usize) -> Ty {
    if depth > 8 || !ty.any(&mut |part| matches!(part.kind(), TyKind::Class(..) | TyKind::TypeOf(_))) {
        return ty;
    }
    match ty.kind() {
        TyKind::Class(path, args) if !program.classes.contains_key(path) => {
            let target = program.resolve(*path);
            if program.classes.contains_key(&target) {
                let args = args.iter().map(|arg| resolved(program, *arg, depth + 1)).collect();
                return Ty::new(TyKind::Class(target, args));
            }
            match program.globals.get(&target) {
                Some(global) => resolved(program, global.ty, depth + 1),
                None => ty,
            }
        }
        TyKind::TypeOf(path) => Ty::new(TyKind::TypeOf(program.resolve(*path))),
        _ => ty.map_children(|child| resolved(program, child, depth + 1)),
    }
}

/// Globals that only name a type: no module lists them, no body mentions them.
fn drop_types(program: &mut Program<Hir>) {
    let mut kept: FxHashSet<Name> = FxHashSet::default();
    for module in program.modules.values() {
        kept.extend(module.items.iter().filter_map(|row| match row.item {
            Item::Global(path) => Some(path),
            _ => None,
        }));
    }
    for body in program.fns.values() {
        body.each_place(&mut |place| {
            if let Root::Global(path) = place.root {
                kept.insert(program.resolve(path));
            }
        });
    }
    let is_type = |path: &Name, global: &GlobalDef| {
        !kept.contains(path)
            && *global.ty.kind() != TyKind::Unknown
            && !program.classes.contains_key(&path.parent())
    };
    let types: FxHashSet<Name> = program
        .globals
        .iter()
        .filter(|(path, global)| is_type(path, global))
        .map(|(path, _)| *path)
        .collect();
    if types.is_empty() {
        return;
    }
    let start = program.clone();
    program.globals.retain(|path, _| !types.contains(path));
    for module in program.modules.values_mut() {
        if module.aliases.values().any(|target| types.contains(&start.resolve(*target))) {
            Arc::make_mut(module).aliases.retain(|_, target| !types.contains(&start.resolve(*target)));
        }
    }
}
