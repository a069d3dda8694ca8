//! What a handler asks of an error of the library.
//!
//! before                                           after
//!   except(json.JSONDecodeError) as %e {             except(json.JSONDecodeError) as %e {
//!     io.println(%e.pos)                               io.println(lib:json.error_pos(%e))
//!   except(ValueError) {                             except(ValueError) as %error {
//!     lib:traceback.print_exc()                        lib:traceback.print_exception(%error)

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Writes out the handlers of a body.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Try { handlers, .. } = body.nodes[node].kind.clone() else { continue };
        for (at, handler) in handlers.iter().enumerate() {
            let mut inside = Vec::new();
            body.walk_block(handler.body, &mut |node| inside.push(node));
            if let Some(error) = handler.bind
                && handler.classes.iter().all(|class| is_json_error(program, *class))
                && !handler.classes.is_empty()
            {
                inside.iter().for_each(|node| read(body, *node, error));
            }
            let elsewhere = handled_elsewhere(body, &inside);
            let prints: Vec<NodeId> = inside
                .into_iter()
                .filter(|node| prints_handled(&body.nodes[*node].kind) && !elsewhere.contains(node))
                .collect();
            let Some(first) = prints.first() else { continue };
            let origin = body.nodes[*first].origin;
            let error = handler.bind.unwrap_or_else(|| body.temp("error", Ty::unknown(), origin));
            for print in prints {
                let value = body.use_local(error, Mode::Read, body.nodes[print].origin);
                let callee = Callee::Lib(Name::new("traceback.print_exception"));
                body.nodes[print].kind = Node::Call { callee, args: vec![Arg::positional(value)] };
            }
            if let Node::Try { handlers, .. } = &mut body.nodes[node].kind {
                handlers[at].bind = Some(error);
            }
        }
    }
}

fn is_json_error(program: &Program<Hir>, class: Name) -> bool {
    let path = program.resolve(class);
    matches!(path.as_str(), "json.JSONDecodeError" | "json.decoder.JSONDecodeError")
        && !program.classes.contains_key(&path)
}

/// `traceback.print_exc()`: what it prints goes where it goes by itself.
fn prints_handled(node: &Node) -> bool {
    matches!(node, Node::Call { callee: Callee::Lib(name), args } if *name == "traceback.print_exc" && args.is_empty())
}

/// What runs inside a handler but may have another error in hand, or none: handlers and closures in it.
fn handled_elsewhere(body: &Body<Hir>, inside: &[NodeId]) -> FxHashSet<NodeId> {
    let mut out = FxHashSet::default();
    for node in inside {
        let blocks: Vec<BlockId> = match &body.nodes[*node].kind {
            Node::Try { handlers, finally, .. } => {
                handlers.iter().map(|handler| handler.body).chain(*finally).collect()
            }
            Node::Closure(closure) => vec![closure.body],
            _ => continue,
        };
        blocks.into_iter().for_each(|block| {
            body.walk_block(block, &mut |node| {
                out.insert(node);
            })
        });
    }
    out
}

/// An attribute of a `JSONDecodeError`.
fn read(body: &mut Body<Hir>, node: NodeId, error: LocalId) {
    let Node::Use(place, _) = &body.nodes[node].kind else { return };
    let [Proj::Field(name)] = place.proj[..] else { return };
    if place.root != Root::Local(error) || !matches!(name.as_str(), "msg" | "pos" | "lineno" | "colno") {
        return;
    }
    let origin = body.nodes[node].origin;
    let value = body.use_local(error, Mode::Read, origin);
    let callee = Callee::Lib(Name::new(&format!("json.error_{name}")));
    body.nodes[node].kind = Node::Call { callee, args: vec![Arg::positional(value)] };
}
