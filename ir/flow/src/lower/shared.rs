//! Which locals closures capture, and which of those live in cells.

use batuta_core::{
    BlockId, Body, Callee, Child, Clause, Closure, LocalId, Mir, Node, NodeId, Pat, Place, Root, Sink,
    StmtKind, Ty, TyKind,
};
use std::collections::{HashMap, HashSet};

/// Locals that the closure uses and does not declare, in the order of their first use.
pub(super) fn captured(body: &Body<Mir>, closure: &Closure) -> Vec<LocalId> {
    let mut declared: HashSet<LocalId> = closure.params.iter().map(|param| param.local).collect();
    let mut used = Vec::new();
    scan(body, closure.body, &mut declared, &mut used);
    free(&declared, used)
}

/// The same of a generator expression; its first iterable is evaluated outside.
pub(super) fn captured_by_seq(body: &Body<Mir>, clauses: &[Clause], item: NodeId) -> Vec<LocalId> {
    let (mut declared, mut used) = (HashSet::new(), Vec::new());
    for (index, clause) in clauses.iter().enumerate() {
        match clause {
            Clause::For { pat, iter } => {
                pat.for_each_local(&mut |local| {
                    declared.insert(local);
                });
                if index > 0 {
                    scan_node(body, *iter, &mut declared, &mut used);
                }
            }
            Clause::If(cond) => scan_node(body, *cond, &mut declared, &mut used),
        }
    }
    scan_node(body, item, &mut declared, &mut used);
    free(&declared, used)
}

fn free(declared: &HashSet<LocalId>, used: Vec<LocalId>) -> Vec<LocalId> {
    let mut out: Vec<LocalId> = Vec::new();
    for local in used {
        if !declared.contains(&local) && !out.contains(&local) {
            out.push(local);
        }
    }
    out
}

/// Generator expressions that nothing consumes at once.
fn lazy_seqs(body: &Body<Mir>) -> Vec<(&[Clause], NodeId)> {
    let mut consumed = HashSet::new();
    let mut found = Vec::new();
    body.walk(Child::Block(body.root), &mut |node| match &body.nodes[node].kind {
        Node::Call { callee: Callee::Lib(name), args } => {
            let name = name.as_str();
            let is_first = matches!(name, "builtins.any" | "builtins.all" | "builtins.next");
            if is_first || super::iterate::TAKES_ALL.contains(&name) {
                consumed.extend(args.iter().map(|arg| arg.value));
            }
        }
        Node::Seq { clauses, sink: Sink::Iter(item) } if !consumed.contains(&node) => {
            found.push((&clauses[..], *item));
        }
        _ => {}
    });
    found
}

/// What a shared value that is not an object of its own is a cell of: `shared<i64>`.
pub(super) fn cell_content(ty: Ty) -> Option<Ty> {
    let TyKind::Shared(inner) = ty.strip_ref().kind() else { return None };
    let is_object = matches!(
        inner.kind(),
        TyKind::List(_)
            | TyKind::Set(_)
            | TyKind::Dict(..)
            | TyKind::Class(..)
            | TyKind::Func(..)
            | TyKind::Lib(..)
            | TyKind::Iter(_)
            | TyKind::Value
    );
    (!is_object).then_some(*inner)
}

/// What a function gets the cell of where it is lent to change: `&mut i64`.
pub(super) fn lent_content(ty: Ty) -> Option<Ty> {
    let TyKind::RefMut(inner) = ty.kind() else { return None };
    let is_plain = matches!(inner.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Str);
    is_plain.then_some(*inner)
}

/// Parameters of the body that are such cells, and locals whose cells functions of the program are given.
fn lent(body: &Body<Mir>) -> HashSet<LocalId> {
    let params = body.params.iter().map(|param| param.local);
    let mut out: HashSet<LocalId> =
        params.filter(|local| lent_content(body.locals[*local].ty).is_some()).collect();
    for (_, row) in body.nodes.iter() {
        let Node::Call { callee: Callee::Fn(_) | Callee::Virtual(_), args } = &row.kind else { continue };
        for arg in args {
            if let Node::Use(place, _) = &body.nodes[arg.value].kind
                && lent_content(body.nodes[arg.value].ty).is_some()
            {
                out.extend(place.as_local());
            }
        }
    }
    out
}

/// Locals that live in cells: shared values, those that are lent to change, and those that a closure captures and that are set more
/// than once, or after the closure was made.
pub(super) fn in_cells(body: &Body<Mir>) -> HashSet<LocalId> {
    let mut closures = Vec::new();
    body.walk(Child::Block(body.root), &mut |node| {
        if let Node::Closure(closure) = &body.nodes[node].kind {
            closures.push(closure);
        }
    });
    let mut captured: HashSet<LocalId> =
        closures.iter().flat_map(|closure| captured(body, closure)).collect();
    let seqs = lazy_seqs(body);
    captured.extend(seqs.iter().flat_map(|(clauses, item)| captured_by_seq(body, clauses, *item)));
    let shared = body.locals.iter().filter(|(_, row)| cell_content(row.ty).is_some()).map(|(local, _)| local);
    let shared: HashSet<LocalId> = shared.chain(lent(body)).collect();
    if captured.is_empty() {
        return shared;
    }
    let mut sets: HashMap<LocalId, usize> = HashMap::new();
    body.params.iter().for_each(|param| *sets.entry(param.local).or_default() += 1);
    closures.iter().flat_map(|closure| &closure.params).for_each(|param| {
        *sets.entry(param.local).or_default() += 1;
    });
    // A `let` without a value may be captured before its first value arrives.
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Let { pat, value } => {
            let count = if value.is_some() { 1 } else { 2 };
            pat.for_each_local(&mut |local| *sets.entry(local).or_default() += count);
        }
        StmtKind::Set { target, .. } => {
            target.for_each_local(&mut |local| *sets.entry(local).or_default() += 2);
        }
        StmtKind::Update { place, .. } => {
            place.as_local().into_iter().for_each(|local| *sets.entry(local).or_default() += 2);
        }
        _ => {}
    });
    let changed = captured.into_iter().filter(|local| sets.get(local).copied().unwrap_or_default() > 1);
    changed.chain(shared).collect()
}

fn scan(body: &Body<Mir>, block: BlockId, declared: &mut HashSet<LocalId>, used: &mut Vec<LocalId>) {
    scan_child(body, Child::Block(block), declared, used);
}

fn scan_node(body: &Body<Mir>, node: NodeId, declared: &mut HashSet<LocalId>, used: &mut Vec<LocalId>) {
    scan_child(body, Child::Node(node), declared, used);
}

fn scan_child(body: &Body<Mir>, child: Child, declared: &mut HashSet<LocalId>, used: &mut Vec<LocalId>) {
    match child {
        Child::Block(block) => {
            let row = &body.blocks[block];
            for stmt in &row.stmts {
                scan_stmt(&stmt.kind, declared, used);
                stmt.for_each_child(&mut |child| scan_child(body, child, declared, used));
            }
            row.tail.iter().for_each(|node| scan_node(body, *node, declared, used));
        }
        Child::Node(node) => {
            let kind = &body.nodes[node].kind;
            scan_kind(kind, declared, used);
            kind.for_each_child(&mut |child| scan_child(body, child, declared, used));
        }
    }
}

fn scan_stmt(stmt: &StmtKind, declared: &mut HashSet<LocalId>, used: &mut Vec<LocalId>) {
    match stmt {
        StmtKind::Let { pat, .. } => declare(pat, declared),
        StmtKind::Set { target, .. } => places(target, &mut |place| used.extend(root_local(place))),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => used.extend(root_local(place)),
        StmtKind::Expr(_) => {}
    }
}

fn scan_kind(kind: &Node, declared: &mut HashSet<LocalId>, used: &mut Vec<LocalId>) {
    match kind {
        Node::Use(place, _) => used.extend(root_local(place)),
        Node::For { pat, .. } => {
            declare(pat, declared);
            places(pat, &mut |place| used.extend(root_local(place)));
        }
        Node::Match { arms, .. } => arms.iter().for_each(|arm| declare(&arm.pat, declared)),
        Node::Try { handlers, .. } => declared.extend(handlers.iter().filter_map(|handler| handler.bind)),
        Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
            if let Clause::For { pat, .. } = clause {
                declare(pat, declared);
            }
        }),
        Node::Closure(inner) => declared.extend(inner.params.iter().map(|param| param.local)),
        _ => {}
    }
}

/// Notes what a pattern binds; what it assigns is declared elsewhere.
fn declare(pat: &Pat, declared: &mut HashSet<LocalId>) {
    match pat {
        Pat::Place(_) => {}
        Pat::Bind(local, _) => {
            declared.insert(*local);
        }
        _ => {}
    }
    pat.for_each_part(&mut |part| declare(part, declared));
}

fn root_local(place: &Place) -> Option<LocalId> {
    match place.root {
        Root::Local(local) => Some(local),
        _ => None,
    }
}

/// Places among a pattern's leaves.
fn places(pat: &Pat, f: &mut dyn FnMut(&Place)) {
    if let Pat::Place(place) = pat {
        f(place);
    }
    pat.for_each_part(&mut |part| places(part, f));
}
