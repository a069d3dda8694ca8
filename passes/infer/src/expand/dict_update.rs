//! `self.__dict__.update(d)` sets an attribute for each item.
//!
//! before                                     after
//!   method (%self.__dict__).update(%d)         for (place %name, place %value) in method (%d).items() {
//!                                                lib:builtins.setattr(%self, %name, %value)
//!                                              }
//!
//! Only for an object that has a name, where nothing takes the result.

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let body = &program.fns[&path];
        let updates = |row: &NodeRow| update(body, &row.kind).is_some();
        if !body.nodes.iter().any(|(_, row)| updates(row)) {
            continue;
        }
        let body = Arc::make_mut(&mut program.fns[&path]);
        for block in body.blocks.ids().collect::<Vec<_>>() {
            let mut stmts = Vec::new();
            for mut stmt in std::mem::take(&mut body.blocks[block].stmts) {
                let found = match stmt.kind {
                    StmtKind::Expr(node) => update(body, &body.nodes[node].kind),
                    _ => None,
                };
                if let (Some((object, args)), StmtKind::Expr(old)) = (found, &stmt.kind) {
                    body.nodes[*old].kind = Node::Const(Const::None);
                    let mut made = args.into_iter().map(|arg| set_all(body, &object, arg, stmt.origin));
                    let Some(first) = made.next() else { continue };
                    let rest: Vec<StmtKind> = made.collect();
                    stmt.kind = first;
                    let origin = stmt.origin;
                    stmts.push(stmt);
                    stmts.extend(rest.into_iter().map(|kind| Stmt::new(kind, origin)));
                    continue;
                }
                stmts.push(stmt);
            }
            body.blocks[block].stmts = stmts;
        }
    }
}

/// The object whose dict is updated, and what with.
fn update(body: &Body<Hir>, node: &Node) -> Option<(Place, Vec<Arg>)> {
    let Node::Call { callee: Callee::Method(of, name), args } = node else { return None };
    if *name != "update" || args.is_empty() {
        return None;
    }
    let object = match &body.nodes[*of].kind {
        Node::Use(place, _) if place.proj.last() == Some(&Proj::Field(Name::new("__dict__"))) => {
            let mut place = place.clone();
            place.proj.pop();
            place
        }
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.vars" => match &args[..] {
            [only] => match &body.nodes[only.value].kind {
                Node::Use(place, _) => place.clone(),
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let is_plain = |arg: &Arg| !matches!(arg.kind, ArgKind::Star);
    (object.as_local().is_some() && args.iter().all(is_plain)).then(|| (object, args.clone()))
}

fn set_all(body: &mut Body<Hir>, object: &Place, arg: Arg, at: Origin) -> StmtKind {
    let unknown = Ty::unknown();
    if let ArgKind::Named(name) = arg.kind {
        let mut target = object.clone();
        target.proj.push(Proj::Field(name));
        return StmtKind::Set { target: Pat::Place(target), value: arg.value };
    }
    let parts = ["name", "value"].map(|hint| body.temp(hint, unknown, at));
    let pat = Pat::Tuple(parts.iter().map(|part| Pat::Place(Place::local(*part))).collect());
    let items = Callee::Method(arg.value, Name::new("items"));
    let iter = body.node(Node::Call { callee: items, args: Vec::new() }, unknown, at);
    let mut args = vec![body.node(Node::Use(object.clone(), Mode::Read), unknown, at)];
    args.extend(parts.map(|part| body.use_local(part, Mode::Read, at)));
    let args = args.into_iter().map(Arg::positional).collect();
    let callee = Callee::Lib(Name::new("builtins.setattr"));
    let set = body.node(Node::Call { callee, args }, unknown, at);
    let stmts = vec![Stmt::new(StmtKind::Expr(set), at)];
    let block = body.block(BlockRow { stmts, ..BlockRow::default() });
    StmtKind::Expr(body.node(Node::For { label: None, pat, iter, body: block, els: None }, unknown, at))
}
