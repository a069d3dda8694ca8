//! A view of a dict that is kept is a list of what the dict holds: it can be read twice, measured and searched.
//!
//! before                                 after
//!   set place %ks = method (%d).keys()     set place %ks = lib:builtins.view_list(method (%d).keys())
//!   call @m.mean(method (%d).values())     call @m.mean(lib:builtins.view_list(method (%d).values()))
//!
//! Holds back where the view is only walked, and where a class of the program has a generator of that name.

use batuta_base::Name;
use batuta_core::*;

/// Methods of the language's own types that only walk what they are given.
const WALK: [&str; 15] = [
    "join",
    "extend",
    "extendleft",
    "update",
    "union",
    "intersection",
    "difference",
    "symmetric_difference",
    "intersection_update",
    "difference_update",
    "symmetric_difference_update",
    "issubset",
    "issuperset",
    "isdisjoint",
    "writelines",
];

/// Methods of a dict that change it.
pub(super) const CHANGING: [&str; 5] = ["update", "pop", "clear", "setdefault", "popitem"];

/// The names of views that no generator of the program has.
pub(super) fn names(program: &Program<Hir>) -> Vec<&'static str> {
    let is_free = |name: &&str| {
        program
            .classes
            .keys()
            .all(|class| program.fns.get(&class.join(name)).is_none_or(|method| !method.is_generator))
    };
    super::view_names::VIEWS.into_iter().filter(is_free).collect()
}

/// Writes out the kept views of a body.
pub(super) fn expand(program: &Program<Hir>, names: &[&str], body: &mut Body<Hir>) {
    for view in kept(program, names, body) {
        let row = body.nodes[view].clone();
        let is_behind = is_behind(body, view);
        let inner = body.node(row.kind, Ty::unknown(), row.origin);
        let mut args = vec![Arg::positional(inner)];
        if is_behind {
            args.push(Arg::positional(body.node(Node::Const(Const::Bool(true)), Ty::unknown(), row.origin)));
        }
        body.nodes[view].kind = Node::Call { callee: Callee::Lib(Name::new("builtins.view_list")), args };
    }
}

fn kept(program: &Program<Hir>, names: &[&str], body: &Body<Hir>) -> Vec<NodeId> {
    let is_view = |node: &NodeId| {
        matches!(&body.nodes[*node].kind, Node::Call { callee: Callee::Method(_, name), args }
            if args.is_empty() && names.contains(&name.as_str()))
    };
    if !body.nodes.ids().any(|node| is_view(&node)) {
        return Vec::new();
    }
    let mut out: Vec<NodeId> = Vec::new();
    for (_, block) in body.blocks.iter() {
        out.extend(block.tail);
        out.extend(block.stmts.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::Let { value, .. } => *value,
            StmtKind::Set { target: Pat::Place(_), value } => Some(*value),
            _ => None,
        }));
    }
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::Return(value) | Node::Yield(value) => out.extend(*value),
            Node::Op {
                op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New) | Op::DictOp(DictOp::New),
                args,
                ..
            } => out.extend(args),
            Node::Call { callee, args } if keeps(program, callee) => {
                out.extend(args.iter().filter(|arg| arg.kind != ArgKind::Star).map(|arg| arg.value));
            }
            _ => {}
        }
    }
    out.retain(is_view);
    out.sort_unstable();
    out.dedup();
    out
}

fn keeps(program: &Program<Hir>, callee: &Callee) -> bool {
    match callee {
        Callee::Lib(_) => false,
        Callee::Method(_, name) if WALK.contains(&name.as_str()) => {
            program.classes.keys().any(|class| program.fns.contains_key(&class.join(name.as_str())))
        }
        _ => true,
    }
}

/// Whether a view is bound to a name or an attribute, and the function that does it changes the dict.
fn is_behind(body: &Body<Hir>, view: NodeId) -> bool {
    let Node::Call { callee: Callee::Method(of, _), .. } = &body.nodes[view].kind else { return false };
    let Node::Use(owner, _) = &body.nodes[*of].kind else { return false };
    let is_bound = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Set { value, .. } if value == view);
    if !body.blocks.iter().any(|(_, block)| block.stmts.iter().any(is_bound)) {
        return false;
    }
    let is_below = |place: &Place| place.root == owner.root && place.proj.starts_with(&owner.proj);
    let mut found = body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Method(of, name), .. } if CHANGING.contains(&name.as_str()) => {
            matches!(&body.nodes[*of].kind, Node::Use(place, _) if is_below(place))
        }
        _ => false,
    });
    let mut see = |place: &Place| found |= is_below(place) && place.proj.len() > owner.proj.len();
    for stmt in body.blocks.iter().flat_map(|(_, block)| &block.stmts) {
        match &stmt.kind {
            StmtKind::Set { target, .. } => target.each_place(&mut see),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
            _ => {}
        }
    }
    found
}
