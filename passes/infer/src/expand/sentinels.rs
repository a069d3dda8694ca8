//! `iter(xs.pop, 0)` calls the method once for each item.
//!
//! before                                 after
//!   lib:builtins.iter(%xs.pop, 0)          lib:builtins.iter(closure() { tail method (%xs).pop() }, 0)

use batuta_core::*;

/// Writes out the methods that a body hands to `iter` with a last value.
pub(crate) fn expand(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
        let [next, _] = args.as_slice() else { continue };
        let Node::Use(place, _) = &body.nodes[next.value].kind else { continue };
        // What has a name is the same object at each call.
        let (Root::Local(_) | Root::Global(_), [Proj::Field(method)]) = (place.root, place.proj.as_slice())
        else {
            continue;
        };
        if *name != "builtins.iter" {
            continue;
        }
        let (root, method, next) = (place.root, *method, next.value);
        let origin = body.nodes[id].origin;
        let object = Place { root, proj: Vec::new() };
        let of = body.node(Node::Use(object, Mode::Read), Ty::unknown(), origin);
        let call = Node::Call { callee: Callee::Method(of, method), args: Vec::new() };
        let tail = body.node(call, Ty::unknown(), origin);
        let block = body.block(BlockRow { tail: Some(tail), ..BlockRow::default() });
        body.nodes[next].kind = Node::Closure(Closure::lambda(Vec::new(), block));
    }
}
