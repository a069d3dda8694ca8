//! `copy.copy` of an object: one of its class with the same attributes, its constructor is not called.
//!
//! before                          after
//!   lib:copy.copy(%p): @m.P         class.new(%p.x, %p.tags): @m.P

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Writes out such copies.
pub(crate) fn write(program: &mut Program<Typed>) {
    let is_copy = |row: &NodeRow| match (&row.kind, row.ty.kind()) {
        (Node::Call { callee: Callee::Lib(name), .. }, TyKind::Class(..)) => *name == "copy.copy",
        _ => false,
    };
    let paths: Vec<Name> = program
        .fns
        .values()
        .filter(|body| body.nodes.iter().any(|(_, row)| is_copy(row)))
        .map(|body| body.path)
        .collect();
    for path in paths {
        let mut body = (*program.fns[&path]).clone();
        let found: Vec<NodeId> =
            body.nodes.iter().filter(|(_, row)| is_copy(row)).map(|(id, _)| id).collect();
        for id in found {
            copy(program, &mut body, id);
        }
        program.fns.insert(path, Arc::new(body));
    }
}

fn copy(program: &Program<Typed>, body: &mut Body<Typed>, id: NodeId) {
    let NodeRow { kind: Node::Call { args, .. }, ty, origin } = body.nodes[id].clone() else { return };
    let Some(class) = ty.class_path() else { return };
    let object = args[0].value;
    let (place, stmts) = match &body.nodes[object].kind {
        Node::Use(place, _) if place.as_local().is_some() => (place.clone(), Vec::new()),
        _ => {
            let local = body.temp("object", body.ty(object), origin);
            let target = Pat::Place(Place::local(local));
            (Place::local(local), vec![Stmt::new(StmtKind::Set { target, value: object }, origin)])
        }
    };
    let fields: Vec<(Name, Ty)> =
        program.all_fields(class).into_iter().map(|field| (field.name, field.ty)).collect();
    let args = fields
        .into_iter()
        .map(|(name, ty)| {
            let place = place.clone().with(Proj::Field(name));
            body.node(Node::Use(place, Mode::Read), ty, origin)
        })
        .collect();
    let made = Node::Op { op: ClassOp::New.into(), attr: Attr::None, args };
    body.nodes[id].kind = match stmts.is_empty() {
        true => made,
        false => {
            let tail = body.node(made, ty, origin);
            let block = body.block(BlockRow { stmts, tail: Some(tail), end_comments: Vec::new() });
            Node::Block { label: None, block }
        }
    };
}
