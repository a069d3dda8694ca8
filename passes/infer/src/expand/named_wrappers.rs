//! A wrapper that takes the name and the text of its function by hand does what `functools.wraps` does.
//!
//! before                                        after
//!   set %wrapper = closure wrapper(..) { .. }     set %wrapper = @functools.wraps(%func) closure wrapper(..) { .. }
//!   set %wrapper.__name__ = %func.__name__
//!   set %wrapper.__doc__ = %func.__doc__
//!
//! `__wrapped__` is dropped where the program never reads it. Holds back where another text is given.

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// Attributes that `functools.wraps` copies.
const COPIED: &[&str] = &["__name__", "__qualname__", "__doc__", "__module__", "__dict__"];

pub(super) fn expand(program: &mut Program<Hir>) {
    let reads_wrapped = program.fns.values().any(|body| reads(body, "__wrapped__"));
    for body in program.fns.values_mut() {
        if !body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Closure(_))) {
            continue;
        }
        for block in body.blocks.ids().collect::<Vec<_>>() {
            if body.blocks[block].stmts.iter().any(|stmt| copied(body, stmt).is_some()) {
                rewrite(Arc::make_mut(body), block, reads_wrapped);
            }
        }
    }
}

/// Whether a body reads an attribute of a name.
pub(super) fn reads(body: &Body<Hir>, name: &str) -> bool {
    body.nodes.iter().any(|(_, row)| {
        matches!(&row.kind, Node::Use(place, _)
            if place.proj.iter().any(|proj| matches!(proj, Proj::Field(field) if *field == name)))
    })
}

/// `wrapper.__name__ = func.__name__`, `wrapper.__wrapped__ = func`: both locals, and the attribute.
fn copied(body: &Body<Hir>, stmt: &Stmt) -> Option<(LocalId, NodeId, Name)> {
    let StmtKind::Set { target: Pat::Place(target), value } = &stmt.kind else { return None };
    let (Root::Local(wrapper), [Proj::Field(name)]) = (target.root, &target.proj[..]) else { return None };
    let Node::Use(source, _) = &body.nodes[*value].kind else { return None };
    let is_same = match &source.proj[..] {
        [] => *name == "__wrapped__",
        [Proj::Field(from)] => from == name && COPIED.contains(&name.as_str()),
        _ => false,
    };
    let is_function = matches!(source.root, Root::Local(function) if function != wrapper);
    (is_same && is_function).then_some((wrapper, *value, *name))
}

fn rewrite(body: &mut Body<Hir>, block: BlockId, reads_wrapped: bool) {
    let closures: FxHashMap<LocalId, NodeId> = body.blocks[block]
        .stmts
        .iter()
        .filter_map(|stmt| match &stmt.kind {
            StmtKind::Set { target: Pat::Place(place), value } => {
                let is_closure = matches!(body.nodes[*value].kind, Node::Closure(_));
                place.as_local().filter(|_| is_closure).map(|local| (local, *value))
            }
            _ => None,
        })
        .collect();
    let mut kept = Vec::new();
    for stmt in std::mem::take(&mut body.blocks[block].stmts) {
        let found = copied(body, &stmt).filter(|(wrapper, _, name)| {
            closures.contains_key(wrapper) && !(*name == "__wrapped__" && reads_wrapped)
        });
        let Some((wrapper, value, name)) = found else {
            kept.push(stmt);
            continue;
        };
        let Node::Use(source, _) = &body.nodes[value].kind else { continue };
        let function = Node::Use(Place { root: source.root, proj: Vec::new() }, Mode::Read);
        let function = body.node(function, Ty::unknown(), stmt.origin);
        let path = Name::new("functools.wraps");
        if let Node::Closure(closure) = &mut body.nodes[closures[&wrapper]].kind
            && name == "__name__"
            && closure.decorators.iter().all(|decorator| decorator.path != path)
        {
            let args = vec![Arg::positional(function)];
            closure.decorators.push(Decorator { path, is_called: true, args, origin: stmt.origin });
        }
    }
    body.blocks[block].stmts = kept;
}
