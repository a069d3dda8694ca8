//! `iter(xs.pop, 0)` calls the method once for each item.
//!
//! before                                 after
//!   lib:builtins.iter(%xs.pop, 0)          lib:builtins.iter(closure() { tail method (%xs).pop() }, 0)
//!
//! An object whose name may get another value meanwhile gets a name of its own first.

use batuta_core::*;

/// Writes out the methods that a body hands to `iter` with a last value.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
        let [next, _] = args.as_slice() else { continue };
        let Node::Use(place, _) = &body.nodes[next.value].kind else { continue };
        if *name != "builtins.iter" {
            continue;
        }
        let Some((Proj::Field(method), above)) = place.proj.split_last() else { continue };
        let (root, method, next) = (place.root, *method, next.value);
        // A function of a class or a module is no method of an object.
        if matches!(root, Root::Node(of) if matches!(body.nodes[of].kind, Node::Item(_))) {
            continue;
        }
        let object = Place { root, proj: above.to_vec() };
        let origin = body.nodes[id].origin;
        let is_kept = object.proj.is_empty() && keeps_value(program, body, root);
        let of = match root {
            Root::Node(of) if object.proj.is_empty() => of,
            _ => body.node(Node::Use(object, Mode::Read), Ty::unknown(), origin),
        };
        let (of, made) = match is_kept {
            true => (of, None),
            false => {
                let items = body.temp("items", Ty::unknown(), origin);
                let target = Pat::Place(Place::local(items));
                let made = Stmt::new(StmtKind::Set { target, value: of }, origin);
                (body.use_local(items, Mode::Read, origin), Some(made))
            }
        };
        let call = Node::Call { callee: Callee::Method(of, method), args: Vec::new() };
        let tail = body.node(call, Ty::unknown(), origin);
        let block = body.block(BlockRow { tail: Some(tail), ..BlockRow::default() });
        let closure = Node::Closure(Closure::lambda(Vec::new(), block));
        body.nodes[next].kind = match made {
            None => closure,
            Some(made) => {
                let tail = Some(body.node(closure, Ty::unknown(), origin));
                let block = body.block(BlockRow { stmts: vec![made], tail, ..BlockRow::default() });
                Node::Block { label: None, block }
            }
        };
    }
}

/// Whether a name has one value from where it is first set.
fn keeps_value(program: &Program<Hir>, body: &Body<Hir>, root: Root) -> bool {
    match root {
        Root::Local(local) => assignments(body, local) <= 1,
        Root::Global(path) => program.globals.get(&path).is_some_and(|global| !global.is_rebound),
        Root::Node(_) => false,
    }
}
