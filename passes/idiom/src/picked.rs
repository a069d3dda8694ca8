//! The largest or smallest item by a key is found among borrowed items; that one is copied.
//!
//! before                                                      after
//!   lib:builtins.max(iter.cloned(copy %words), closure ..)      rs.clone(lib:builtins.max(iter.ref(copy %words), closure ..): &str)
//!
//! Holds back for items that are copied anyway.

use batuta_core::*;

/// `max(words, key=..)` without a copy of each item.
pub(crate) fn picked(body: &mut Body<Mir>) {
    let ids: Vec<NodeId> = body.nodes.ids().collect();
    for id in ids {
        let Some(items) = items(body, id) else { continue };
        let NodeRow { kind, ty, origin } = body.nodes[id].clone();
        if let Node::Op { op, .. } = &mut body.nodes[items].kind {
            *op = IterOp::Ref.into();
        }
        if is_looked_into(body, id) {
            body.nodes[id].ty = ty.reference();
            continue;
        }
        let found = body.node(kind, ty.reference(), origin);
        body.nodes[id].kind = Node::Op { op: RsOp::Clone.into(), attr: Attr::None, args: vec![found] };
    }
}

/// Whether only a part of the value is read.
fn is_looked_into(body: &Body<Mir>, id: NodeId) -> bool {
    body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Use(place, Mode::Copy | Mode::Clone | Mode::Ref) => {
            place.root == Root::Node(id) && matches!(place.proj.first(), Some(Proj::Field(_)))
        }
        _ => false,
    })
}

/// The items that a call with a key compares, where they are copies of those of a list.
fn items(body: &Body<Mir>, id: NodeId) -> Option<NodeId> {
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { return None };
    let [items, key] = &args[..] else { return None };
    let has_key = matches!(name.as_str(), "builtins.max" | "builtins.min")
        && matches!(body.nodes[key.value].kind, Node::Closure(_));
    let Node::Op { op: Op::IterOp(IterOp::Cloned), args, .. } = &body.nodes[items.value].kind else {
        return None;
    };
    let is_list = matches!(body.ty(args[0]).strip_ref().kind(), TyKind::List(_));
    (has_key && is_list && !body.ty(id).is_copy()).then_some(items.value)
}

#[cfg(test)]
mod tests {
    use super::picked;
    use crate::tests::holds_back;

    #[test]
    fn holds_back_without_a_key() {
        holds_back(
            picked,
            "fn @f(%xs: &list<str>) -> str {\n  tail lib:builtins.max(iter.cloned(copy %xs)): str\n}\n",
        );
    }
}
