//! A method of an exception class that gives the object itself.
//!
//! before                                         after
//!   method @m.AppError.at(%self, %line) {          method @m.AppError.at(%self, %line) {
//!     set %self.line = %line                         set %self.line = %line
//!     return %self                                 }
//!   }
//!   list.append(%found, method (%e).at(3))         list.append(%found, { set %it = %e; method (%it).at(3); tail %it })
//!
//! Only where every method of that name in the program is such a one.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let is_error = |class: Name| program.classes[&class].kind == ClassKind::Exception;
    let mut names: FxHashSet<&str> = FxHashSet::default();
    let mut others: FxHashSet<&str> = FxHashSet::default();
    for (path, body) in &program.fns {
        let class = path.parent();
        if !program.classes.contains_key(&class) || path.last().starts_with("__") {
            continue;
        }
        match gives_itself(body) && is_error(class) {
            true => names.insert(path.last()),
            false => others.insert(path.last()),
        };
    }
    names.retain(|name| !others.contains(name));
    if names.is_empty() {
        return;
    }
    let names: Vec<Name> = names.into_iter().map(Name::new).collect();
    let is_one = |name: &str| names.iter().any(|known| known.as_str() == name);
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let body = &program.fns[&path];
        let gives = is_one(path.last()) && program.classes.contains_key(&path.parent());
        let calls = |row: &NodeRow| matches!(&row.kind, Node::Call { callee: Callee::Method(_, name), .. } if is_one(name.as_str()));
        if !gives && !body.nodes.iter().any(|(_, row)| calls(row)) {
            continue;
        }
        let body = Arc::make_mut(&mut program.fns[&path]);
        if gives {
            let root = body.root;
            body.blocks[root].stmts.pop();
            body.ret = Ty::unknown();
        }
        for id in body.nodes.ids().collect::<Vec<_>>() {
            if calls(&body.nodes[id]) {
                give_back(body, id);
            }
        }
    }
}

/// `return self` at the end, and nowhere else a `return`.
fn gives_itself(body: &Body<Hir>) -> bool {
    let Some(last) = body.blocks[body.root].stmts.last() else { return false };
    let StmtKind::Expr(node) = last.kind else { return false };
    let Node::Return(Some(value)) = body.nodes[node].kind else { return false };
    let mut returns = 0;
    body.walk_own(body.root, &mut |node| {
        returns += usize::from(matches!(body.nodes[node].kind, Node::Return(_)));
    });
    let is_this = body.has_receiver()
        && matches!(&body.nodes[value].kind, Node::Use(place, _) if place.as_local() == Some(body.params[0].local));
    is_this && returns == 1 && !body.is_generator && body.kind == FnKind::Method
}

fn give_back(body: &mut Body<Hir>, id: NodeId) {
    let row = body.nodes[id].clone();
    let Node::Call { callee: Callee::Method(object, name), args } = row.kind else { return };
    let (unknown, at) = (Ty::unknown(), row.origin);
    let held = body.temp("error", unknown, at);
    let target = Pat::Place(Place::local(held));
    let mut stmts = vec![Stmt::new(StmtKind::Set { target, value: object }, at)];
    let of = body.use_local(held, Mode::Read, at);
    let call = body.node(Node::Call { callee: Callee::Method(of, name), args }, unknown, at);
    stmts.push(Stmt::new(StmtKind::Expr(call), at));
    let tail = body.use_local(held, Mode::Read, at);
    let block = body.block(BlockRow { stmts, tail: Some(tail), ..BlockRow::default() });
    body.nodes[id].kind = Node::Block { label: None, block };
}
