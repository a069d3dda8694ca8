//! A type that is looked for among several is compared with each of them.
//!
//! before                                          after
//!   obj.in(lib:builtins.type(%x), tuple.new(..))    obj.or(obj.is(type(%x), int), obj.is(type(%x), float))
//!
//! Holds back where what has the type is no plain name, and where the container holds anything but types.

use batuta_base::{Name, Origin};
use batuta_core::*;

/// Writes out such tests of a body.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Op { op: Op::ObjOp(op @ (ObjOp::In | ObjOp::NotIn)), args, .. } = &body.nodes[id].kind
        else {
            continue;
        };
        let Some((local, types)) = asked(program, body, args) else { continue };
        let origin = body.nodes[id].origin;
        let is_in = *op == ObjOp::In;
        let tests: Vec<NodeId> =
            types.into_iter().map(|item| test(body, local, item, is_in, origin)).collect();
        let both = if is_in { ObjOp::Or } else { ObjOp::And };
        let joined = tests.into_iter().reduce(|a, b| body.op(both, vec![a, b], Ty::unknown(), origin));
        if let Some(joined) = joined {
            body.nodes[id].kind = body.nodes[joined].kind.clone();
        }
    }
}

/// The name whose type is looked for, and the types.
fn asked(program: &Program<Hir>, body: &Body<Hir>, args: &[NodeId]) -> Option<(LocalId, Vec<NodeId>)> {
    let Node::Call { callee: Callee::Lib(name), args: of } = &body.nodes[args[0]].kind else { return None };
    let Node::Use(place, _) = &body.nodes[of.first().filter(|_| *name == "builtins.type")?.value].kind else {
        return None;
    };
    let Node::Op {
        op: Op::TupleOp(TupleOp::New) | Op::ListOp(ListOp::New) | Op::SetOp(SetOp::New),
        args,
        ..
    } = &body.nodes[args[1]].kind
    else {
        return None;
    };
    let is_type = |arg: &NodeId| match &body.nodes[*arg].kind {
        Node::Item(_) => true,
        Node::Use(Place { root: Root::Global(path), proj }, _) => {
            proj.is_empty() && program.classes.contains_key(path)
        }
        _ => false,
    };
    Some((place.as_local()?, args.clone())).filter(|_| !args.is_empty() && args.iter().all(is_type))
}

/// `type(x) is item`, or its opposite.
fn test(body: &mut Body<Hir>, local: LocalId, item: NodeId, is_in: bool, origin: Origin) -> NodeId {
    let object = body.use_local(local, Mode::Read, origin);
    let callee = Callee::Lib(Name::new("builtins.type"));
    let class = Node::Call { callee, args: vec![Arg::positional(object)] };
    let class = body.node(class, Ty::unknown(), origin);
    let op = if is_in { ObjOp::Is } else { ObjOp::IsNot };
    body.op(op, vec![class, item], Ty::unknown(), origin)
}
