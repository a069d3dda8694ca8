//! A class with `__anext__` is walked through an asynchronous generator over it.
//!
//! before                                              after
//!   method @m.Ticker.__aiter__(%self) {                 async gen method @m.Ticker.__aiter__(%self) {
//!     return %self                                        while true { yield await method (%self).__anext__() }
//!   }                                                   }
//!   for %t in lib:builtins.aiter(%ticker)               for %t in lib:builtins.aiter(method (%ticker).__aiter__())

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

const WALK: &str = "async gen method @C.__aiter__(%self) -> ? {
  while obj.truth(true) {
    try {
      set place %item = await method (%self).__anext__()
    } except(StopAsyncIteration) {
      return: !
    }
    yield %item
  }
}
";

pub(super) fn expand(program: &mut Program<Hir>) {
    let is_own = |path: &&Name| {
        matches!(path.last(), "__aiter__" | "__anext__") && program.classes.contains_key(&path.parent())
    };
    let own: Vec<Name> = program.fns.keys().filter(is_own).copied().collect();
    if own.is_empty() {
        return;
    }
    for path in own {
        let class = path.parent();
        let walk = class.join("__aiter__");
        match path.last() {
            "__anext__" if program.fns.get(&walk).is_none_or(|body| gives_itself(body)) => {
                let begins = begin(program, class, walk);
                let start = if begins { "  method (%self).__begin__()\n  while" } else { "  while" };
                let walk_text = WALK.replace("@C.", &format!("@{class}.")).replacen("  while", start, 1);
                let Ok(mut body) = text::parse_body::<Hir>(&walk_text) else { continue };
                body.lang = program.fns[&path].lang;
                program.fns.insert(walk, Arc::new(body));
                let def = Arc::make_mut(&mut program.classes[&class]);
                if !def.methods.contains(&walk) {
                    def.methods.push(walk);
                }
            }
            "__aiter__" if !program.fns[&path].is_generator && !gives_itself(&program.fns[&path]) => {
                walk_what_it_gives(Arc::make_mut(&mut program.fns[&path]));
            }
            _ => {}
        }
    }
    for body in program.fns.values_mut() {
        let is_walk = |row: &NodeRow| matches!(&row.kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "builtins.aiter");
        if !body.nodes.iter().any(|(_, row)| is_walk(row)) {
            continue;
        }
        let body = Arc::make_mut(body);
        for id in body.nodes.ids().collect::<Vec<_>>() {
            if is_walk(&body.nodes[id])
                && let Node::Call { callee, args } = body.nodes[id].kind.clone()
                && let [walked] = &args[..]
            {
                let asked = asked(body, walked.value);
                body.nodes[id].kind = Node::Call { callee, args: vec![Arg::positional(asked)] };
            }
        }
    }
}

/// What `__aiter__` does before it returns `self` becomes a method of its own; false where that is nothing.
fn begin(program: &mut Program<Hir>, class: Name, walk: Name) -> bool {
    let Some(body) = program.fns.get(&walk).filter(|body| body.blocks[body.root].stmts.len() > 1) else {
        return false;
    };
    let mut body = (**body).clone();
    let root = body.root;
    body.blocks[root].stmts.pop();
    body.path = class.join("__begin__");
    let def = Arc::make_mut(&mut program.classes[&class]);
    def.methods.push(body.path);
    program.fns.insert(body.path, Arc::new(body));
    true
}

/// `return self` at the end, and nowhere else a `return`.
fn gives_itself(body: &Body<Hir>) -> bool {
    let Some(last) = body.blocks[body.root].stmts.last() else { return false };
    let StmtKind::Expr(node) = last.kind else { return false };
    let mut returns = 0;
    body.walk_own(body.root, &mut |node| {
        returns += usize::from(matches!(body.nodes[node].kind, Node::Return(_)));
    });
    if returns != 1 || body.is_generator {
        return false;
    }
    let Node::Return(Some(value)) = body.nodes[node].kind else { return false };
    body.has_receiver()
        && matches!(&body.nodes[value].kind, Node::Use(place, _) if place.as_local() == Some(body.params[0].local))
}

fn asked(body: &mut Body<Hir>, of: NodeId) -> NodeId {
    let origin = body.nodes[of].origin;
    let callee = Callee::Method(of, Name::new("__aiter__"));
    body.node(Node::Call { callee, args: Vec::new() }, Ty::unknown(), origin)
}

/// `return Walker(self)`: what walks the walker.
fn walk_what_it_gives(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Return(Some(value)) = body.nodes[id].kind {
            let asked = asked(body, value);
            body.nodes[id].kind = Node::Return(Some(asked));
        }
    }
}
