//! `Row._make(items)` is a call of the named tuple with all items.
//!
//! before                            after
//!   call @m.Row._make(%cells)         call @m.Row(*%cells)
//!   lib:builtins.map(@m.Row._make,    lib:builtins.map(closure (%items) { tail call @m.Row(*%items) },
//!                    %rows)                            %rows)
//!
//! Holds back where a field has a default, which `_make` does not use, and the items are not written out.

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Writes out the calls and values of `_make`.
pub(super) fn expand(program: &mut Program<Hir>) {
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let body = program.fns[&path].clone();
        let found: Vec<(NodeId, Name)> =
            body.nodes.ids().filter_map(|id| Some((id, maker(program, &body, id)?))).collect();
        if found.is_empty() {
            continue;
        }
        let mut out = (*body).clone();
        for (id, class) in found {
            let origin = out.nodes[id].origin;
            let kind = match &out.nodes[id].kind {
                Node::Call { args, .. } => make(class, args[0].value),
                _ => function(&mut out, class, origin),
            };
            out.nodes[id].kind = kind;
        }
        program.fns.insert(path, Arc::new(out));
    }
}

/// The named tuple that a node makes, or whose `_make` it is.
fn maker(program: &Program<Hir>, body: &Body<Hir>, id: NodeId) -> Option<Name> {
    let path = match &body.nodes[id].kind {
        Node::Call { callee: Callee::Fn(path), args }
            if args.len() == 1 && args[0].kind == ArgKind::Positional =>
        {
            *path
        }
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => *path,
        Node::Item(path) => *path,
        _ => return None,
    };
    let class = program.resolve(path.parent());
    let def = program.classes.get(&class).filter(|_| path.last() == "_make")?;
    let is_whole = match &body.nodes[id].kind {
        Node::Call { args, .. } => display_length(body, args[0].value) == Some(def.fields.len()),
        _ => false,
    };
    let has_default = !is_whole && def.fields.iter().any(|field| field.default.is_some());
    (def.kind == ClassKind::NamedTuple && !has_default && !program.fns.contains_key(&path)).then_some(class)
}

/// The number of items of a list or tuple that is written out.
fn display_length(body: &Body<Hir>, node: NodeId) -> Option<usize> {
    let Node::Op { op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New), args, .. } =
        &body.nodes[node].kind
    else {
        return None;
    };
    let is_splat =
        |node: &NodeId| matches!(body.nodes[*node].kind, Node::Op { op: Op::ObjOp(ObjOp::Splat), .. });
    (!args.iter().any(is_splat)).then_some(args.len())
}

fn make(class: Name, items: NodeId) -> Node {
    Node::Call { callee: Callee::Fn(class), args: vec![Arg { kind: ArgKind::Star, value: items }] }
}

/// `lambda items: Row(*items)`.
fn function(body: &mut Body<Hir>, class: Name, origin: Origin) -> Node {
    let local = body.local("items", Ty::unknown(), origin);
    let items = body.use_local(local, Mode::Read, origin);
    let tail = body.node(make(class, items), Ty::unknown(), origin);
    let block = body.block(BlockRow { tail: Some(tail), ..BlockRow::default() });
    let param = Param { name: Name::new("items"), local, kind: ParamKind::Normal, default: None };
    Node::Closure(Closure::lambda(vec![param], block))
}
