//! The text that describes a function or a class, read by its name, is a constant.
//!
//! before                        after
//!   io.print((item @m.f).__doc__)   io.print("What f does.")

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let start = program.clone();
    for body in program.fns.values_mut() {
        let texts: Vec<(NodeId, Const)> = body
            .nodes
            .iter()
            .filter_map(|(id, row)| Some((id, text(&start, function(body, &row.kind)?)?)))
            .collect();
        if texts.is_empty() {
            continue;
        }
        let body = Arc::make_mut(body);
        for (id, text) in texts {
            body.nodes[id].kind = Node::Const(text);
        }
    }
}

/// The function or class whose `__doc__` a node reads.
fn function(body: &Body<Hir>, node: &Node) -> Option<Name> {
    let is_doc = |proj: &[Proj]| matches!(proj, [Proj::Field(name)] if *name == "__doc__");
    match node {
        Node::Item(path) if path.last() == "__doc__" => Some(path.parent()),
        Node::Use(Place { root: Root::Global(path), proj }, _) if is_doc(proj) => Some(*path),
        Node::Use(Place { root: Root::Node(of), proj }, _) if is_doc(proj) => match &body.nodes[*of].kind {
            Node::Item(path) => Some(*path),
            _ => None,
        },
        _ => None,
    }
}

fn text(program: &Program<Hir>, path: Name) -> Option<Const> {
    let path = program.resolve(path);
    if let Some(class) = program.classes.get(&path) {
        return class_text(class);
    }
    let function = program.fns.get(&path)?;
    if !function.decorators.is_empty() || program.globals.contains_key(&path) {
        return None;
    }
    Some(function.doc.clone().map_or(Const::None, Const::Str))
}

/// What `C.__doc__` gives; `None` where CPython makes a text of the fields.
pub(crate) fn class_text(class: &ClassDef) -> Option<Const> {
    match (&class.doc, &class.kind) {
        (Some(doc), _) => Some(Const::Str(doc.clone())),
        (None, ClassKind::Plain | ClassKind::Abstract | ClassKind::Exception) => Some(Const::None),
        _ => None,
    }
}
