//! What a property does when it is deleted is a method.
//!
//! before                                  after
//!   class @m.Temp {                         class @m.Temp {
//!     fn @m.Temp.f$deleter                    fn @m.Temp.delete_f
//!   }                                       }
//!   del %t.f                                %t.delete_f()

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let deleters: Vec<Name> =
        program.fns.keys().copied().filter(|path| path.as_str().ends_with("$deleter")).collect();
    if deleters.is_empty() {
        return;
    }
    // One method name for each property name: which class it is of, the object says.
    let mut methods: FxHashMap<Name, Name> = FxHashMap::default();
    for path in deleters {
        let property = Name::new(path.last().trim_end_matches("$deleter"));
        let method = *methods.entry(property).or_insert_with(|| free_method(program, property));
        rename(program, path, path.parent().join(method.as_str()));
    }
    for body in program.fns.values_mut() {
        if body
            .blocks
            .iter()
            .any(|(_, block)| block.stmts.iter().any(|stmt| deleted(stmt, &methods).is_some()))
        {
            write(Arc::make_mut(body), &methods);
        }
    }
}

/// A name that no method of the program has.
fn free_method(program: &Program<Hir>, property: Name) -> Name {
    let is_taken = |name: &str| program.fns.keys().any(|path| path.last() == name);
    let own = format!("delete_{property}");
    let numbered = (2..).map(|number| format!("{own}_{number}"));
    let name = std::iter::once(own.clone()).chain(numbered).find(|name| !is_taken(name));
    Name::new(&name.unwrap_or(own))
}

fn rename(program: &mut Program<Hir>, from: Name, to: Name) {
    let Some(mut body) = program.fns.shift_remove(&from) else { return };
    Arc::make_mut(&mut body).path = to;
    program.fns.insert(to, body);
    if let Some(class) = program.classes.get_mut(&from.parent()) {
        for method in &mut Arc::make_mut(class).methods {
            if *method == from {
                *method = to;
            }
        }
    }
}

/// The object and the method that stands for `del object.property`.
fn deleted(stmt: &Stmt, methods: &FxHashMap<Name, Name>) -> Option<(Place, Name)> {
    let StmtKind::Del(place) = &stmt.kind else { return None };
    match place.proj.split_last()? {
        (Proj::Field(name), front) => {
            Some((Place { root: place.root, proj: front.to_vec() }, *methods.get(name)?))
        }
        _ => None,
    }
}

fn write(body: &mut Body<Hir>, methods: &FxHashMap<Name, Name>) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for at in 0..body.blocks[block].stmts.len() {
            let stmt = &body.blocks[block].stmts[at];
            let (Some((object, method)), origin) = (deleted(stmt, methods), stmt.origin) else { continue };
            let object = match (object.root, object.proj.is_empty()) {
                (Root::Node(node), true) => node,
                _ => body.node(Node::Use(object, Mode::Read), Ty::unknown(), origin),
            };
            let call = Node::Call { callee: Callee::Method(object, method), args: Vec::new() };
            let call = body.node(call, Ty::unknown(), origin);
            body.blocks[block].stmts[at].kind = StmtKind::Expr(call);
        }
    }
}
