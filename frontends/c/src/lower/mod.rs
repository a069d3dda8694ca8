//! Typed trees to a linked program at Mir.
//!
//! What lives where: locals whose address is not taken are Rust variables (arrays too, as long as they are
//! only indexed); all others are objects in checked memory, as is everything that `malloc` gives. Values of
//! structs are Rust structs; a union or a struct with bit-fields is bytes.

mod call;
mod comments;
mod cond;
mod expr;
mod facts;
mod flow;
mod foreign;
mod format;
mod func;
mod idiom;
mod init;
mod jumps;
mod link;
mod machine;
mod place;
mod prune;
mod quiet;
mod stmt;
mod switch;
mod value;
mod whole;

pub(crate) use link::{Linked, UnitTree};

use crate::tree::*;
use batuta_base::Name;
use batuta_core::{Body, Lang, Mir, Module, Program};
use std::sync::Arc;

/// The program of all units, and what was found.
pub(crate) fn lower(units: &mut [UnitTree], sources: &crate::Sources) -> (Program<Mir>, batuta_core::Image) {
    let mut linked = Linked::new(units, &sources.libraries);
    linked.choices = sources.choices;
    linked.quiet = quiet::functions(units, &linked);
    let mut program = Program::default();
    let files = link::file_modules(units);
    for (module, file) in &files {
        program.modules.insert(*module, Arc::new(new_module(*module, *file)));
    }
    let mut issues = Vec::new();
    let mut targets = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        let mut made = func::unit(&linked, index, unit);
        for body in made.bodies {
            program.fns.insert(body.path, Arc::new(body));
        }
        targets.append(&mut made.targets);
        linked.image.foreign.extend(made.foreign);
        issues.push(made.issues);
        comments::place(&mut linked, &mut program, unit, index);
    }
    for (unit, issues) in units.iter_mut().zip(issues) {
        unit.issues.extend(issues);
    }
    for (path, ty) in targets {
        if linked.image.targets.iter().all(|(known, _)| *known != path) {
            linked.image.targets.push((path, ty));
        }
    }
    linked.image.files = files;
    program.entry = linked.image.main.map(|path| path.parent());
    prune::prune(&mut program, &mut linked.image, &sources.system_modules());
    (program, linked.image)
}

fn new_module(path: Name, file: Name) -> Module {
    Module {
        path,
        file,
        lang: Lang::C,
        doc: None,
        items: Vec::new(),
        aliases: batuta_base::IndexMap::default(),
        end_comments: Vec::new(),
    }
}

/// A body without statements.
fn new_body(path: Name) -> Body<Mir> {
    let mut body = Body::new(path, Lang::C, batuta_core::FnKind::Function);
    body.ret = batuta_core::Ty::unit();
    body
}

/// Whether evaluating an expression can be left out or done twice: no calls, no assignments.
fn is_pure(of: &Expr) -> bool {
    use ExprKind::*;
    match &of.kind {
        Assign(..)
        | Update(..)
        | Step { .. }
        | Call { .. }
        | StmtExpr(_)
        | Compound(..)
        | VaStart(_)
        | VaArg(_)
        | VaEnd(_)
        | VaCopy(..)
        | Hole(_) => false,
        _ => {
            let mut pure = true;
            of.for_each_child(&mut |child| pure = pure && is_pure(child));
            pure
        }
    }
}
