//! Containers that are made of keywords are made of a dict.
//!
//! before                                     after
//!   lib:collections.Counter(a=2, b=3)          lib:collections.Counter(dict.new("a", 2, "b", 3))

use batuta_core::*;

/// Writes out the keywords of the containers that a body makes.
pub(crate) fn expand(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
        if !matches!(name.as_str(), "collections.Counter" | "collections.OrderedDict") || args.is_empty() {
            continue;
        }
        let (args, origin) = (args.clone(), body.nodes[id].origin);
        let mut items = Vec::new();
        for arg in &args {
            let ArgKind::Named(name) = arg.kind else { break };
            let key = Node::Const(Const::Str(name.as_str().into()));
            items.push(body.node(key, Ty::unknown(), origin));
            items.push(arg.value);
        }
        if items.len() != 2 * args.len() {
            continue;
        }
        let dict = body.op(DictOp::New, items, Ty::unknown(), origin);
        if let Node::Call { args, .. } = &mut body.nodes[id].kind {
            *args = vec![Arg::positional(dict)];
        }
    }
}
