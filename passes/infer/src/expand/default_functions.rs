//! A lambda as a default is a function of the module: it is made once, where the function is defined. So is what
//! `operator` gives: `operator.add`, `operator.itemgetter(0)`.
//!
//! before                                              after
//!   fn @m.cart(%rule = closure(%x) { tail %x })         fn @m.cart(%rule = @m.default_rule)
//!                                                       fn @m.default_rule(%x) { return %x }

use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Writes out such defaults.
pub(super) fn expand(program: &mut Program<Hir>) {
    let modules: Vec<Name> = program.modules.keys().copied().collect();
    let mut made: Vec<(Name, Body<Hir>)> = Vec::new();
    let mut taken: FxHashSet<Name> = program.fns.keys().chain(program.globals.keys()).copied().collect();
    for (path, body) in &mut program.fns {
        let is_given = |node: &Node| match node {
            Node::Item(name) | Node::Call { callee: Callee::Lib(name), .. } => name.parent() == "operator",
            _ => false,
        };
        let defaults = body.params.iter().filter_map(|param| param.default);
        let given: Vec<NodeId> = defaults.filter(|node| is_given(&body.nodes[*node].kind)).collect();
        given.into_iter().for_each(|node| crate::getters::write_node(Arc::make_mut(body), node));
        let found = |param: &Param| {
            let default = param.default?;
            let Node::Closure(closure) = &body.nodes[default].kind else { return None };
            let is_lambda = closure.name.is_none() && body.blocks[closure.body].stmts.is_empty();
            is_lambda.then(|| (default, closure.clone(), param.name))
        };
        let found: Vec<(NodeId, Closure, Name)> = body.params.iter().filter_map(found).collect();
        let holds = |module: &&Name| {
            path.as_str().strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        let module = modules.iter().filter(holds).max_by_key(|module| module.as_str().len()).copied();
        for (default, closure, param) in found {
            let Some(module) = module else { continue };
            let mut name = module.join(&format!("default_{param}"));
            let mut number = 2;
            while !taken.insert(name) {
                name = module.join(&format!("default_{param}_{number}"));
                number += 1;
            }
            made.push((module, function(body, name, &closure)));
            Arc::make_mut(body).nodes[default].kind = Node::Item(name);
        }
    }
    for (module, body) in made {
        let row = ItemRow { item: Item::Fn(body.path), above: Vec::new(), base: 0 };
        if let Some(module) = program.modules.get_mut(&module) {
            Arc::make_mut(module).items.push(row);
        }
        program.fns.insert(body.path, Arc::new(body));
    }
}

/// The lambda as a function of its own.
fn function(body: &Body<Hir>, path: Name, closure: &Closure) -> Body<Hir> {
    let mut made = body.clone();
    made.path = path;
    made.kind = FnKind::Function;
    (made.is_generator, made.is_async) = (false, false);
    made.params = closure.params.clone();
    made.ret = closure.ret;
    made.above.clear();
    made.decorators.clear();
    made.root = closure.body;
    if let Some(tail) = made.blocks[closure.body].tail.take() {
        let at = made.nodes[tail].origin;
        let back = made.node(Node::Return(Some(tail)), Ty::never(), at);
        made.blocks[closure.body].stmts.push(Stmt::new(StmtKind::Expr(back), at));
    }
    made
}
