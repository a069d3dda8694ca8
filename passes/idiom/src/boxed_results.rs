//! Iterators of several kinds that one function gives are of one type.
//!
//! before                                     after
//!   if copy %n { tail iter.chars(%s) }         if copy %n { tail rs.share(iter.chars(%s)) }
//!   else { tail iter.into(vec.new()) }         else { tail rs.share(iter.into(vec.new())) }
//!
//! Holds back for generators, for calls of one function alone, and where two parameters are lent: of one the box
//! has the lifetime.

use batuta_core::*;

/// Boxes what a function gives, if that would be of several types without a name.
pub(crate) fn boxed_results(body: &mut Body<Mir>) {
    let is_lent =
        |param: &Param| matches!(body.locals[param.local].ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_));
    if !matches!(body.ret.kind(), TyKind::Iter(_))
        || body.is_generator
        || body.is_async
        || body.params.iter().filter(|param| is_lent(param)).count() > 1
    {
        return;
    }
    let results = body.results();
    let is_iter = |node: &NodeId| *body.ty(*node) == *body.ret && !is_shared(body, *node);
    let callee = |node: &NodeId| match &body.nodes[*node].kind {
        Node::Call { callee: Callee::Fn(path), .. } => Some(*path),
        _ => None,
    };
    let is_one = results
        .first()
        .and_then(callee)
        .is_some_and(|first| results.iter().all(|node| callee(node) == Some(first)));
    if results.len() < 2 || is_one || !results.iter().all(is_iter) {
        return;
    }
    for node in results {
        let row = body.nodes[node].clone();
        let inner = body.node(row.kind, row.ty, row.origin);
        body.nodes[node].kind = Node::Op { op: RsOp::Share.into(), attr: Attr::None, args: vec![inner] };
    }
}

fn is_shared(body: &Body<Mir>, node: NodeId) -> bool {
    matches!(&body.nodes[node].kind, Node::Op { op: Op::RsOp(RsOp::Share), .. })
}
