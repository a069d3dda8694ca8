//! Writes the decisions into the program: every type becomes its representation.

use crate::build::Built;
use crate::effects::{Modes, Pass};
use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// The program with representation types in locals, results, nodes, fields and globals.
pub fn rewrite(program: &Program<Typed>, built: &Built, modes: &Modes) -> Program<Typed> {
    let mut out = program.clone();
    for class in out.classes.values_mut() {
        let class = Arc::make_mut(class);
        class.is_shared = built.graph.is_shared_class(class.path);
        for field in &mut class.fields {
            field.ty = built.graph.to_ty(built.fields[&(class.path, field.name)]);
        }
    }
    for global in out.globals.values_mut() {
        let global = Arc::make_mut(global);
        global.ty = built.graph.to_ty(built.globals[&global.path]);
    }
    let plain = crate::plain::parameters(program, modes);
    for body in out.fns.values_mut() {
        let compares = crate::plain::is_comparison(program, body);
        rewrite_body(Arc::make_mut(body), built, modes, &plain, compares);
    }
    out
}

fn rewrite_body(
    body: &mut Body<Typed>,
    built: &Built,
    modes: &Modes,
    plain: &FxHashSet<(Name, usize)>,
    compares: bool,
) {
    let path = body.path;
    body.ret = built.graph.to_ty(built.results[&path]);
    // Captured variables that a lifted function assigns are passed by `&mut`.
    let by_reference: Vec<LocalId> = body
        .params
        .iter()
        .map(|param| param.local)
        .filter(|local| matches!(body.locals[*local].ty.kind(), TyKind::RefMut(_)))
        .collect();
    for (id, row) in body.locals.iter_mut() {
        row.ty = built.graph.to_ty(built.locals[&path][id.0 as usize]);
    }
    for (id, row) in body.nodes.iter_mut() {
        if let Some(shape) = built.node(path, id) {
            row.ty = built.graph.to_ty(shape);
        }
        if let Node::Closure(closure) = &mut row.kind
            && let TyKind::Func(_, ret) = row.ty.strip_shared().kind()
        {
            closure.ret = *ret;
        }
    }
    let receiver = body.has_receiver();
    let holds = crate::holds_arguments(body);
    let passes = modes.params.get(&path).cloned().unwrap_or_default();
    for (index, param) in body.params.clone().into_iter().enumerate() {
        let pass = passes.get(index).copied().unwrap_or(Pass::Value);
        let row = &mut body.locals[param.local];
        if by_reference.contains(&param.local) {
            row.ty = row.ty.reference_mut();
            continue;
        }
        // Rust's comparisons see two objects, not two handles.
        let is_plain = plain.contains(&(path, index)) && !compares;
        let is_object = receiver && (index == 0 || compares && pass == Pass::Ref) || is_plain;
        if is_object && holds && matches!(row.ty.kind(), TyKind::Shared(_)) {
            continue;
        }
        let needs_rc = !is_plain && modes.needs_rc.contains(&path);
        row.ty = param_ty(row.ty, pass, is_object, needs_rc, path);
    }
}

/// The type of a parameter under its passing mode.
fn param_ty(ty: Ty, pass: Pass, is_receiver: bool, needs_rc: bool, _path: Name) -> Ty {
    if is_receiver {
        return match ty.kind() {
            TyKind::Shared(inner) if !needs_rc => inner.reference(),
            TyKind::Shared(_) => ty.reference(),
            _ if pass == Pass::Mut => ty.reference_mut(),
            _ => ty.reference(),
        };
    }
    match pass {
        _ if ty.is_copy() => ty,
        Pass::Value => ty,
        Pass::Ref => ty.reference(),
        Pass::Mut if matches!(ty.kind(), TyKind::Shared(_)) => ty.reference(),
        // A handle that may be absent is changed through, not itself.
        Pass::Mut if matches!(ty.kind(), TyKind::Option(inner) if matches!(inner.kind(), TyKind::Shared(_))) => {
            ty.reference()
        }
        Pass::Mut => ty.reference_mut(),
    }
}
