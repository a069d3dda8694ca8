//! A member by a value that none has is what `_missing_` says.
//!
//! before                       after
//!   call @m.Unit(%text)          call @m.Unit.of_any(%text)
//!                                staticmethod @m.Unit.of_any(%value) -> @m.Unit {
//!                                  for place %member in @m.Unit { .. }
//!                                  set place %found = method (@m.Unit)._missing_(%value)
//!                                  ..
//!                                }

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Writes out such calls.
pub(super) fn expand(program: &mut Program<Hir>) {
    let is_enum = |def: &ClassDef| matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_));
    let asks = |def: &ClassDef| def.methods.iter().any(|path| path.last() == "_missing_");
    let found: Vec<Name> = program
        .classes
        .values()
        .filter(|def| is_enum(def) && asks(def) && !def.attributes.is_empty())
        .map(|def| def.path)
        .collect();
    for class in found {
        let start = program.clone();
        let mut is_asked = false;
        for body in program.fns.values_mut() {
            is_asked |= write(&start, Arc::make_mut(body), class);
        }
        if is_asked && let Some(body) = of_any(&start, class) {
            let def = Arc::make_mut(&mut program.classes[&class]);
            def.methods.push(body.path);
            program.fns.insert(body.path, Arc::new(body));
        }
    }
}

/// Whether the body asks for members by their values.
fn write(program: &Program<Hir>, body: &mut Body<Hir>, class: Name) -> bool {
    let own = body.kind == FnKind::ClassMethod && body.path.parent() == class;
    let own = body.params.first().filter(|_| own).map(|param| param.local);
    let mut found = false;
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee, args } = &body.nodes[id].kind else { continue };
        let is_class = match callee {
            Callee::Fn(path) => program.resolve(*path) == class,
            Callee::Value(of) => {
                matches!(&body.nodes[*of].kind, Node::Use(place, _) if own.is_some() && place.as_local() == own)
            }
            _ => false,
        };
        if is_class && args.len() == 1 {
            let (callee, args) = (Callee::Fn(class.join("of_any")), args.clone());
            body.nodes[id].kind = Node::Call { callee, args };
            found = true;
        }
    }
    found
}

fn of_any(program: &Program<Hir>, class: Name) -> Option<Body<Hir>> {
    let word = class.last();
    let source = format!(
        "staticmethod @{class}.of_any(%value) -> @{class} {{\n  \
         for place %member in @{class} {{\n    \
         if obj.truth(obj.eq(%member.value, %value)) {{\n      return %member: ?: !\n    }}\n  }}\n  \
         set place %found = method (@{class})._missing_(%value)\n  \
         if obj.truth(obj.is(%found, none)) {{\n    \
         raise exc.new{{\"ValueError\"}}(format\"{{%value!r}} is not a valid {word}\"): ?: !\n  }}\n  \
         return %found: ?: !\n}}\n"
    );
    let mut body = text::parse_body::<Hir>(&source).ok()?;
    body.lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    Some(body)
}
