//! A lambda that calls itself by the name it is bound to is a nested function of that name.
//!
//! before                                             after
//!   set %fib = closure (%n) { .. value (%fib)(..) }    set %fib = closure fib(%n) { .. value (%fib)(..) }

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(body: &mut Body<Hir>) {
    let mut found: Vec<(NodeId, Name)> = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| {
        let StmtKind::Set { target: Pat::Place(target), value } = &stmt.kind else { return };
        let Node::Closure(closure) = &body.nodes[*value].kind else { return };
        if closure.name.is_some() || !target.proj.is_empty() {
            return;
        }
        let name = match target.root {
            Root::Local(local) => body.locals[local].name,
            Root::Global(path) => Name::new(path.last()),
            Root::Node(_) => return,
        };
        let mut is_own = false;
        body.walk_block(closure.body, &mut |node| {
            is_own |= matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == target.root);
        });
        if is_own {
            found.push((*value, name));
        }
    });
    for (node, name) in found {
        if let Node::Closure(closure) = &mut body.nodes[node].kind {
            closure.name = Some(name);
        }
    }
}

/// `fact = lambda n: ..` of a module that calls itself is a function of the module.
pub(super) fn expand_modules(program: &mut Program<Hir>) {
    let inits = program.fns.iter().filter(|(_, body)| body.kind == FnKind::Init);
    for init in inits.map(|(path, _)| *path).collect::<Vec<_>>() {
        let body = program.fns[&init].clone();
        let stmts = &body.blocks[body.root].stmts;
        for (at, stmt) in stmts.iter().enumerate().rev() {
            let StmtKind::Set { target: Pat::Place(target), value } = &stmt.kind else { continue };
            let (Root::Global(path), [], Node::Closure(closure)) =
                (target.root, &target.proj[..], &body.nodes[*value].kind)
            else {
                continue;
            };
            let is_fixed = program.globals.get(&path).is_some_and(|global| !global.is_rebound);
            let has_defaults = closure.params.iter().any(|param| param.default.is_some());
            if is_fixed && !has_defaults && closure.name.is_none() && calls_itself(&body, closure, path) {
                let mut made = Body::clone(&body);
                (made.path, made.kind, made.root) = (path, FnKind::Function, closure.body);
                (made.params, made.ret) = (closure.params.clone(), closure.ret);
                program.fns.insert(path, Arc::new(made));
                let row = Arc::make_mut(program.fns.get_mut(&init).expect("it was read above"));
                let root = row.root;
                let gone = row.blocks[root].stmts.remove(at);
                becomes_function(program, path, gone.above);
            }
        }
    }
}

fn calls_itself(body: &Body<Hir>, closure: &Closure, path: Name) -> bool {
    let mut found = false;
    body.walk_block(closure.body, &mut |node| found |= reads(body, node, path));
    found
}

fn reads(body: &Body<Hir>, node: NodeId, path: Name) -> bool {
    matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Global(path) && place.proj.is_empty())
}

/// The item and every use of a name that was a variable.
fn becomes_function(program: &mut Program<Hir>, path: Name, above: Vec<Comment>) {
    program.globals.shift_remove(&path);
    for module in program.modules.values_mut() {
        let Some(at) = module.items.iter().position(|row| row.item == Item::Global(path)) else { continue };
        Arc::make_mut(module).items[at] = ItemRow { item: Item::Fn(path), above: above.clone(), base: 0 };
    }
    for body in program.fns.values_mut() {
        let found: Vec<NodeId> = body.nodes.ids().filter(|node| reads(body, *node, path)).collect();
        if found.is_empty() {
            continue;
        }
        let body = Arc::make_mut(body);
        found.iter().for_each(|node| body.nodes[*node].kind = Node::Item(path));
        for node in body.nodes.ids().collect::<Vec<_>>() {
            if let Node::Call { callee, .. } = &mut body.nodes[node].kind
                && matches!(callee, Callee::Value(of) if found.contains(of))
            {
                *callee = Callee::Fn(path);
            }
        }
    }
}
