//! Exception classes: class constants, and what makes exceptions of objects.

use crate::classes::{fmt_impl, only_format, structure};
use crate::env::{Env, Uses};
use crate::items::{doc, visibility};
use crate::layout;
use crate::tree::Expr;
use batuta_base::Name;
use batuta_core::{Callee, ClassDef, FieldCell, Node, NodeId, Piece};

/// An expression that each class answers with its own.
pub type ByClass<'a> = dyn Fn(&dyn Fn(Name) -> Expr) -> Expr + 'a;

/// An exception class: a class constant; with data also a struct that errors carry.
pub fn exception(env: &Env<'_>, class: &ClassDef, module: Name, uses: &mut Uses) -> String {
    uses.rt = true;
    let name = env.type_name(class.path);
    let vis = visibility(env, class.path, module);
    let mut bases = Vec::new();
    for base in &class.bases {
        bases.push(match env.class(*base) {
            Some(_) => env.item_path(*base, &env.type_name(*base), module, uses),
            None => format!("rt::{}", base.last()),
        });
    }
    let doc = doc(class.doc.as_deref(), 4, "///");
    let shown = shown_name(env, class.path, module);
    let shown = if shown == name { String::new() } else { format!(" as {shown:?}") };
    let constant = format!("rt::exceptions! {{\n{doc}    {vis}{name}({}){shown};\n}}\n", bases.join(", "));
    if !env.exception_has_data(class.path) {
        return constant;
    }
    let items = structure(env, class, module, uses);
    if items.is_empty() { constant } else { format!("{constant}\n{items}") }
}

/// What makes an exception of a class's objects.
pub fn exception_traits(
    env: &Env<'_>,
    class: Name,
    by_class: &ByClass<'_>,
    module: Name,
    uses: &mut Uses,
) -> String {
    uses.rt = true;
    let name = env.type_name(class);
    let members = env.family(class).map_or_else(|| vec![class], |family| family.concrete.clone());
    let mut path = |class: Name| env.item_path(class, &env.type_name(class), module, uses);
    let constants: Vec<(Name, String)> = members.iter().map(|class| (*class, path(*class))).collect();
    let constant = |class: Name| {
        let found = constants.iter().find(|(known, _)| *known == class);
        Expr::atom(found.map_or("", |(_, path)| path))
    };
    let mut parts = vec![format!("    fn class(&self) -> rt::Class {}\n", fn_text(by_class(&constant)))];
    if let Some(args) = env.field(class, "args") {
        let text = match args.cell {
            FieldCell::RefCell => "self.args.borrow().clone()",
            _ => "self.args.clone()",
        };
        parts.push(format!("    fn args(&self) -> Vec<rt::Arg> {{\n        {text}\n    }}\n"));
    }
    for (name, function) in [("__str__", "text"), ("__repr__", "shown")] {
        let method = |class: Name| env.program.find_method(class, name).and_then(|path| env.function(path));
        if members.iter().all(|class| method(*class).is_none()) {
            continue;
        }
        let text = |class: Name| match method(class) {
            Some(body) if name == "__str__" && only_format(body).is_some() && env.family(class).is_none() => {
                Expr::call("Some", vec![Expr::atom("self").method("to_string", vec![])])
            }
            Some(body) => Expr::call("Some", vec![Expr::atom("self").method(env.member_name(body), vec![])]),
            None => Expr::atom("None"),
        };
        parts.push(format!("    fn {function}(&self) -> Option<String> {}\n", fn_text(by_class(&text))));
    }
    let mut out = format!("\nimpl rt::Exception for {name} {{\n{}}}\n", parts.join("\n"));
    if members.iter().any(|class| shows_itself(env, *class)) {
        let write = |name: &str| format!("rt::Exception::{name}(self, f)");
        let fns = [("fmt_repr", write("write_repr")), ("fmt_str", write("write_str"))];
        out.push_str(&fmt_impl("rt::Repr", &name, &fns, uses));
    }
    out
}

fn fn_text(value: Expr) -> String {
    layout::fn_block(&crate::tree::Block::of(value), 4)
}

/// A method of an exception class makes text of its receiver.
fn shows_itself(env: &Env<'_>, class: Name) -> bool {
    let bodies = env.program.mro(class).into_iter().filter_map(|path| env.class(path));
    let mut bodies = bodies.flat_map(|def| &def.methods).filter_map(|path| env.function(*path));
    bodies.any(|body| {
        let Some(this) = body.params.first().map(|param| param.local).filter(|_| body.has_receiver()) else {
            return false;
        };
        let is_this = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(this));
        let called = |path: Name| env.function(path).is_some_and(|callee| callee.has_receiver());
        body.nodes.iter().any(|(_, row)| match &row.kind {
            Node::Format(pieces) => {
                pieces.iter().any(|piece| matches!(piece, Piece::Value { value, .. } if is_this(*value)))
            }
            Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } => {
                args.iter().skip(usize::from(called(*path))).any(|arg| is_this(arg.value))
            }
            Node::Call { args, .. } => args.iter().any(|arg| is_this(arg.value)),
            _ => false,
        })
    })
}

/// What a traceback calls an exception class: with its module, where that is not the program's start.
fn shown_name(env: &Env<'_>, class: Name, module: Name) -> String {
    let mut shown = match env.program.entry {
        Some(entry) if entry != module => format!("{module}"),
        _ => String::new(),
    };
    let rest = class.as_str().strip_prefix(module.as_str()).unwrap_or(class.last());
    let mut path = module;
    for part in rest.split('.').filter(|part| !part.is_empty()) {
        if env.function(path).is_some() {
            shown.push_str(".<locals>");
        }
        if !shown.is_empty() {
            shown.push('.');
        }
        shown.push_str(part);
        path = path.join(part);
    }
    shown
}
