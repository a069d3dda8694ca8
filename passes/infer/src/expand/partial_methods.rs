//! `functools.partialmethod` makes a method that calls another one with arguments of its own.
//!
//! before                                                        after
//!   set place @m.Cell.die = lib:functools.partialmethod(          method @m.Cell.die(%self, %why) {
//!     @m.Cell.set_state, false)                                     return method (%self).set_state(false, %why)
//!                                                                 }
//!
//! Holds back where an argument is no literal, and for methods that take packs.

use super::descriptors::drop_attribute;
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

const PARTIAL: &str = "functools.partialmethod";

/// A method of a class that is another one with some arguments given.
struct Partial {
    path: Name,
    method: Name,
    args: Vec<(ArgKind, Const)>,
}

pub(super) fn expand(program: &mut Program<Hir>) {
    let inits: Vec<Name> =
        program.fns.iter().filter(|(_, body)| body.kind == FnKind::Init).map(|(path, _)| *path).collect();
    for init in inits {
        let body = program.fns[&init].clone();
        let mut found = Vec::new();
        for stmt in &body.blocks[body.root].stmts {
            found.extend(
                partial(program, &body, stmt)
                    .filter(|partial| write(program, partial))
                    .map(|partial| partial.path),
            );
        }
        for path in found {
            drop_attribute(program, init, path);
        }
    }
}

/// `name = partialmethod(method, ..)` in a class.
fn partial(program: &Program<Hir>, body: &Body<Hir>, stmt: &Stmt) -> Option<Partial> {
    let StmtKind::Set { target: Pat::Place(Place { root: Root::Global(path), proj }), value } = &stmt.kind
    else {
        return None;
    };
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[*value].kind else { return None };
    let (first, rest) = args.split_first()?;
    let method = match &body.nodes[first.value].kind {
        Node::Use(Place { root: Root::Global(method), proj }, _) if proj.is_empty() => *method,
        Node::Item(method) => *method,
        _ => return None,
    };
    let literal = |arg: &Arg| match &body.nodes[arg.value].kind {
        Node::Const(value) => Some((arg.kind, value.clone())),
        _ => None,
    };
    let args = rest.iter().map(literal).collect::<Option<Vec<_>>>()?;
    let is_own =
        proj.is_empty() && program.classes.contains_key(&path.parent()) && method.parent() == path.parent();
    (*name == PARTIAL && is_own).then_some(Partial { path: *path, method, args })
}

/// Adds the method to its class; false where its parameters are not plain.
fn write(program: &mut Program<Hir>, partial: &Partial) -> bool {
    let Some(full) = program.fns.get(&partial.method).cloned() else { return false };
    let is_normal = |param: &Param| matches!(param.kind, ParamKind::Normal | ParamKind::KeywordOnly);
    if full.kind != FnKind::Method || !full.params.iter().all(is_normal) {
        return false;
    }
    let given = partial.args.iter().filter(|(kind, _)| *kind == ArgKind::Positional).count();
    let is_named = |param: &Param| partial.args.iter().any(|(kind, _)| *kind == ArgKind::Named(param.name));
    let mut make = super::cache::head(&full);
    make.body.path = partial.path;
    make.body.doc = None;
    let (this, rest) = make
        .body
        .params
        .split_first()
        .map(|(this, rest)| (this.clone(), rest.to_vec()))
        .expect("a method has a receiver");
    if given > rest.len() {
        return false;
    }
    let open: Vec<Param> = rest.into_iter().skip(given).filter(|param| !is_named(param)).collect();
    let at = Origin::default();
    let mut args = Vec::new();
    for (kind, value) in &partial.args {
        args.push(Arg { kind: *kind, value: make.body.node(Node::Const(value.clone()), Ty::unknown(), at) });
    }
    // What is given by name stands last.
    let named = args.split_off(given);
    for param in &open {
        let is_placed = named.is_empty() && param.kind == ParamKind::Normal;
        let kind = if is_placed { ArgKind::Positional } else { ArgKind::Named(param.name) };
        args.push(Arg { kind, value: make.read(param.local) });
    }
    args.extend(named);
    let receiver = make.read(this.local);
    let callee = Callee::Method(receiver, Name::new(partial.method.last()));
    let call = make.node(Node::Call { callee, args });
    let back = make.effect(Node::Return(Some(call)));
    make.body.params = std::iter::once(this).chain(open).collect();
    let root = make.body.root;
    make.body.blocks[root].stmts = vec![back];
    program.fns.insert(partial.path, Arc::new(make.body));
    let class = program.classes.get_mut(&partial.path.parent()).expect("it is an attribute of a class");
    Arc::make_mut(class).methods.push(partial.path);
    true
}
