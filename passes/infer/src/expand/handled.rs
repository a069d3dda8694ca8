//! What a handler asks of an error of the library.
//!
//! before                                           after
//!   except(json.JSONDecodeError) as %e {             except(json.JSONDecodeError) as %e {
//!     io.println(%e.pos)                               io.println(lib:json.error_pos(%e))
//!   except(ValueError) {                             except(ValueError) as %error {
//!     lib:traceback.print_exc()                        lib:traceback.print_exception(%error)

use batuta_base::Name;
use batuta_core::*;

/// Writes out the handlers of a body.
pub(super) fn expand(body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Try { handlers, .. } = body.nodes[node].kind.clone() else { continue };
        for (at, handler) in handlers.iter().enumerate() {
            let mut inside = Vec::new();
            body.walk_block(handler.body, &mut |node| inside.push(node));
            let is_json = |class: &Name| class.last() == "JSONDecodeError";
            if let Some(error) = handler.bind
                && handler.classes.iter().all(is_json)
                && !handler.classes.is_empty()
            {
                inside.iter().for_each(|node| read(body, *node, error));
            }
            let prints = |node: &&NodeId| matches!(&body.nodes[**node].kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "traceback.print_exc");
            let Some(print) = inside.iter().find(prints).copied() else { continue };
            let origin = body.nodes[print].origin;
            let error = handler.bind.unwrap_or_else(|| body.temp("error", Ty::unknown(), origin));
            let value = body.use_local(error, Mode::Read, origin);
            let callee = Callee::Lib(Name::new("traceback.print_exception"));
            body.nodes[print].kind = Node::Call { callee, args: vec![Arg::positional(value)] };
            if let Node::Try { handlers, .. } = &mut body.nodes[node].kind {
                handlers[at].bind = Some(error);
            }
        }
    }
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
