//! The classes just below a class are a list of them.
//!
//! before                                        after
//!   method (@m.Shape).__subclasses__()            list.new(@m.Circle, @m.Square)
//!
//! Holds back at the top of a module, where some of them may not be there yet, and where they are in several
//! modules, whose order the imports decide.

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Writes out such calls in functions.
pub(super) fn expand(program: &mut Program<Hir>) {
    let start = program.clone();
    for body in program.fns.values_mut() {
        let calls: Vec<(NodeId, Vec<Name>)> =
            body.nodes.ids().filter_map(|id| Some((id, below(&start, body, id)?))).collect();
        if body.kind == FnKind::Init || calls.is_empty() {
            continue;
        }
        let body = Arc::make_mut(body);
        for (id, classes) in calls {
            let origin = body.nodes[id].origin;
            let items = classes
                .into_iter()
                .map(|class| body.node(Node::Item(class), Ty::unknown(), origin))
                .collect();
            body.nodes[id].kind = Node::Op { op: ListOp::New.into(), attr: Attr::None, args: items };
        }
    }
}

/// The direct subclasses that a call asks for, in the order of their definitions.
fn below(program: &Program<Hir>, body: &Body<Hir>, id: NodeId) -> Option<Vec<Name>> {
    let Node::Call { callee: Callee::Method(class, name), args } = &body.nodes[id].kind else { return None };
    if *name != "__subclasses__" || !args.is_empty() {
        return None;
    }
    let path = match &body.nodes[*class].kind {
        Node::Item(path) => *path,
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => *path,
        _ => return None,
    };
    let class = program.resolve(path);
    program.classes.get(&class)?;
    let found: Vec<Name> =
        program.classes.iter().filter(|(_, def)| def.bases.contains(&class)).map(|(path, _)| *path).collect();
    let is_one_module = found.windows(2).all(|pair| pair[0].parent() == pair[1].parent());
    is_one_module.then_some(found)
}
