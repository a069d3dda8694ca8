//! The call of `__init_subclass__` behind a class stays where a class above it has that method.
//!
//! before                                         after
//!   call @m.Circle.__init_subclass__()             (nothing: no class above @m.Circle has the method)
//!   call @m.Square.__init_subclass__(key= "sq")    raise exc.new{"TypeError"}("..")
//!
//! A file does not know the classes of others, so it writes the call behind each class that has such a base.

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

const HOOK: &str = "__init_subclass__";

/// Takes the calls out that reach no method.
pub(super) fn expand(program: &mut Program<Hir>) {
    let has_hook = |class: Name| {
        let above = program.mro(class).into_iter().filter(|other| *other != class);
        above.into_iter().any(|other| program.fns.contains_key(&other.join(HOOK)))
    };
    let mut lost: Vec<(Name, NodeId)> = Vec::new();
    for (path, body) in &program.fns {
        for (id, row) in body.nodes.iter() {
            if let Node::Call { callee: Callee::Fn(hook), .. } = &row.kind
                && hook.last() == HOOK
                && !has_hook(hook.parent())
            {
                lost.push((*path, id));
            }
        }
    }
    for (path, id) in lost {
        take_out(Arc::make_mut(&mut program.fns[&path]), id);
    }
}

fn take_out(body: &mut Body<Hir>, id: NodeId) {
    let Node::Call { callee: Callee::Fn(hook), args } = body.nodes[id].kind.clone() else { return };
    let origin = body.nodes[id].origin;
    if !args.is_empty() {
        let words = format!("{}.{HOOK}() takes no keyword arguments", hook.parent().last());
        let text = body.node(Node::Const(Const::Str(words.as_str().into())), Ty::unknown(), origin);
        let attr = Attr::Name(Name::new("TypeError"));
        let error =
            body.node(Node::Op { op: ExcOp::New.into(), attr, args: vec![text] }, Ty::unknown(), origin);
        body.nodes[id].kind = Node::Raise { error: Some(error), cause: None };
        return;
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        body.blocks[block].stmts.retain(|stmt| stmt.kind != StmtKind::Expr(id));
    }
}
