//! Parameters that are lent an object, not its handle, though the class is shared.
//!
//! before                                                  after
//!   method __lt__(%self: &@m.Money, %other: &@m.Money)      method __lt__(%self: &@m.Money, %other: &@m.Money)
//!   method check(%self: &@m.Money, %x: &shared<@m.Money>)   method check(%self: &@m.Money, %x: &@m.Money)
//!
//! Rust's comparisons see two objects; what they hand on only as borrowed is such a parameter, too.

use crate::effects::{Modes, Pass};
use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Parameters that comparisons hand their operand to: function and index.
pub(crate) fn parameters(program: &Program<Typed>, modes: &Modes) -> FxHashSet<(Name, usize)> {
    let is_lent =
        |path: &Name, index: usize| modes.params.get(path).and_then(|row| row.get(index)) == Some(&Pass::Ref);
    let compares = program.fns.values().filter(|body| is_comparison(program, body) && is_lent(&body.path, 1));
    let mut todo: Vec<(Name, usize)> = compares.map(|body| (body.path, 1)).collect();
    let mut found: FxHashSet<(Name, usize)> = todo.iter().copied().collect();
    while let Some((path, index)) = todo.pop() {
        let body = &program.fns[&path];
        let local = body.params[index].local;
        for (callee, at) in handed_on(program, body, local) {
            if is_lent(&callee, at) && found.insert((callee, at)) {
                todo.push((callee, at));
            }
        }
    }
    found
}

/// Functions that a body calls with a local as it is, and the index of that argument.
fn handed_on(program: &Program<Typed>, body: &Body<Typed>, local: LocalId) -> Vec<(Name, usize)> {
    let is_local = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(local));
    let mut found = Vec::new();
    for (_, row) in body.nodes.iter() {
        let Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } = &row.kind else {
            continue;
        };
        let Some(callee) = program.fns.get(path) else { continue };
        let first = usize::from(callee.has_receiver());
        for (at, _) in args.iter().enumerate().skip(first).filter(|(_, arg)| is_local(arg.value)) {
            found.extend(family(program, *path).into_iter().map(|path| (path, at)));
        }
    }
    found
}

/// A function and the methods that override it or that it overrides.
fn family(program: &Program<Typed>, path: Name) -> Vec<Name> {
    let class = path.parent();
    if !program.classes.contains_key(&class) {
        return vec![path];
    }
    let mut near = program.mro(class);
    near.extend(program.mro(class).into_iter().flat_map(|above| program.subclasses(above)));
    let methods = near.into_iter().map(|class| class.join(path.last()));
    methods.filter(|method| program.fns.contains_key(method)).collect()
}

/// A comparison with an object of the same class, or of one above or below it.
pub(crate) fn is_comparison(program: &Program<Typed>, body: &Body<Typed>) -> bool {
    let is_named =
        matches!(body.path.last(), "__eq__" | "__ne__" | "__lt__" | "__le__" | "__gt__" | "__ge__");
    let class = |param: &Param| body.locals[param.local].ty.class_path();
    let [Some(this), Some(other)] = body.params.iter().map(class).collect::<Vec<_>>()[..] else {
        return false;
    };
    is_named && (program.is_subclass(this, other) || program.is_subclass(other, this))
}
