//! The attributes that a class has where its constructor sets whatever it is given by name.
//!
//!   class @m.Row(): __slots__ = ("at", "text")     at, text
//!   new @m.Row(at=1, note="x")                      at, note

use batuta_base::Name;
use batuta_core::*;

/// Adds the names that `__slots__` lists, and those that calls of the class give beyond its parameters.
pub(super) fn extend(program: &Program<Hir>, class: Name, names: &mut Vec<Name>) {
    let mut add = |name: Name| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    let slots = crate::slots::listed(program, "__slots__");
    for path in program.mro(class) {
        slots.get(&path).into_iter().flatten().for_each(|name| add(*name));
    }
    let Some(init) = program.find_method(class, "__init__").and_then(|path| program.fns.get(&path)) else {
        return;
    };
    if !init.params.iter().any(|param| param.kind == ParamKind::StarStar) {
        return;
    }
    let classes = program.subclasses(class);
    for body in program.fns.values() {
        let own = (body.kind == FnKind::ClassMethod && classes.contains(&body.path.parent()))
            .then(|| body.params.first().map(|param| param.local))
            .flatten();
        for (_, row) in body.nodes.iter() {
            let Node::Call { callee, args } = &row.kind else { continue };
            let is_it = match callee {
                Callee::Fn(path) => classes.contains(&program.resolve(*path)),
                Callee::Value(of) => match &body.nodes[*of].kind {
                    Node::Use(place, _) => own.is_some() && place.as_local() == own,
                    _ => false,
                },
                _ => false,
            };
            for arg in args.iter().filter(|_| is_it) {
                if let ArgKind::Named(name) = arg.kind
                    && !init.params.iter().any(|param| param.name == name)
                {
                    add(name);
                }
            }
        }
    }
}
