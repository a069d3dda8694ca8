//! Objects that hold themselves and have one owner each: `Box<Tree>` instead of `Rc<Tree>`.
//!
//! ```text
//! struct Tree { left: Option<Rc<Tree>> }      struct Tree { left: Option<Box<Tree>> }
//! ```
//!
//! A handle that nothing ever copies is the only one, and a box does as well. So a class has boxes when its handles
//! are only made, moved, looked at, put into fields, options and lists, and walked over. A class of a hierarchy,
//! one whose methods take the handle, and one whose objects are compared, dynamic or held by a union, a copied class
//! or a global keep their handles: anything that is not known here does.

use crate::env::Env;
use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// The classes of a program whose objects are boxed.
pub fn boxed(env: &Env<'_>) -> FxHashSet<Name> {
    let program = env.program;
    let mut found: FxHashSet<Name> =
        program.classes.values().filter(|class| may_be(env, class)).map(|class| class.path).collect();
    if found.is_empty() {
        return found;
    }
    let mut drop = |ty: Ty| {
        ty.any(&mut |part| {
            if let Some(class) = handle(part) {
                found.remove(&class);
            }
            false
        });
    };
    env.unions.keys().for_each(|union| drop(*union));
    program.globals.values().for_each(|global| drop(global.ty));
    for class in program.classes.values().filter(|class| !class.is_shared) {
        class.fields.iter().for_each(|field| drop(field.ty));
    }
    for class in program.classes.values() {
        class.fields.iter().filter(|field| !is_plain(field.ty)).for_each(|field| drop(field.ty));
    }
    for body in program.fns.values() {
        refused(body).into_iter().for_each(&mut drop);
    }
    found
}

/// The class of a handle.
fn handle(ty: Ty) -> Option<Name> {
    match ty.kind() {
        TyKind::Shared(inner) => match inner.kind() {
            TyKind::Class(path, _) => Some(*path),
            _ => None,
        },
        _ => None,
    }
}

/// Types that hold a handle and copy nothing by themselves.
fn is_plain(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Option(item) | TyKind::List(item) | TyKind::Ref(item) | TyKind::RefMut(item) => {
            is_plain(*item)
        }
        TyKind::Shared(_) => true,
        _ => handle_free(ty),
    }
}

fn handle_free(ty: Ty) -> bool {
    !ty.any(&mut |part| handle(part).is_some())
}

/// A class on its own, that holds itself by fields that never change.
fn may_be(env: &Env<'_>, class: &ClassDef) -> bool {
    let program = env.program;
    let holds_itself =
        class.fields.iter().any(|field| field.ty.any(&mut |ty| handle(ty) == Some(class.path)));
    let takes_handle = program.fns.values().any(|body| {
        body.path.parent() == class.path
            && body.has_receiver()
            && handle(body.locals[body.params[0].local].ty.strip_ref()) == Some(class.path)
    });
    class.is_shared
        && matches!(class.kind, ClassKind::Plain)
        && class.bases.is_empty()
        && class.type_params.is_empty()
        && program.subclasses(class.path).len() == 1
        && holds_itself
        && class.fields.iter().all(|field| field.cell == FieldCell::Plain)
        && !takes_handle
        && !env.compared.contains(&class.path)
        && !env.keyed.contains(&class.path)
        && !env.ordered.contains(&class.path)
        && !env.dynamic.classes.contains(&class.path)
}

/// Types of what a body does more with than a box allows.
fn refused(body: &Body<Mir>) -> Vec<Ty> {
    let mut out = Vec::new();
    for param in &body.params {
        let ty = body.locals[param.local].ty;
        if !is_plain(ty) {
            out.push(ty);
        }
    }
    if !is_plain(body.ret) || body.is_generator || body.is_async {
        out.push(body.ret);
    }
    out.extend(body.locals.iter().map(|(_, row)| row.ty).filter(|ty| !is_plain(*ty)));
    // A closure may take a copy of what it reads.
    if body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Closure(_))) {
        out.extend(body.locals.iter().map(|(_, row)| row.ty));
    }
    body.walk_block(body.root, &mut |node| {
        if !is_allowed(body, node) {
            out.push(body.ty(node));
            body.nodes[node].kind.for_each_child(&mut |child| {
                if let Child::Node(child) = child {
                    out.push(body.ty(child));
                }
            });
        }
    });
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Update { value, .. } => out.push(body.ty(*value)),
        StmtKind::Del(_) | StmtKind::Let { .. } | StmtKind::Set { .. } | StmtKind::Expr(_) => {}
    });
    out
}

/// Whether a node only makes handles, moves them or looks at them.
fn is_allowed(body: &Body<Mir>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Use(_, mode) => *mode != Mode::Clone,
        Node::Call { callee: Callee::Fn(_) | Callee::New(_), .. } => true,
        Node::Call { callee: Callee::Lib(name), args } => {
            let base = name.as_str().split('#').next().unwrap_or_default();
            base == "list.append" && args.len() == 2
        }
        Node::Op { op: Op::OptOp(_) | Op::ClassOp(ClassOp::New), .. }
        | Node::Op { op: Op::RsOp(RsOp::Share | RsOp::Ref | RsOp::Mut | RsOp::Deref), .. }
        | Node::Op { op: Op::ListOp(ListOp::New | ListOp::Len | ListOp::Truth), .. }
        | Node::Op { op: Op::IterOp(IterOp::Ref | IterOp::Into), .. } => true,
        Node::If { .. }
        | Node::While { .. }
        | Node::Loop { .. }
        | Node::For { .. }
        | Node::Block { .. }
        | Node::Match { .. }
        | Node::Break { .. }
        | Node::Continue { .. }
        | Node::Seq { .. }
        | Node::Return(_) => true,
        _ => false,
    }
}
