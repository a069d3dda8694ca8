//! A `try` that only decides the value of a variable is that value.
//!
//! before                                  after
//!   try { set %n = call @m.parse(%t) }      set %n = try { tail call @m.parse(%t) }
//!   except(ValueError) { set %n = 0 }                except(ValueError) { tail 0 }
//!
//! The variable then needs no first value. Holds back where the `try` is left by a jump, has an `else`,
//! or names the variable in another way.

use batuta_base::FxHashSet;
use batuta_core::*;

/// Rewrites the tries of a body.
pub fn rewrite(body: &mut Body<Mir>) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for at in 0..body.blocks[block].stmts.len() {
            let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind else { continue };
            if let Some(local) = decides(body, node) {
                give_values(body, node, local);
                let target = Pat::Place(Place::local(local));
                body.blocks[block].stmts[at].kind = StmtKind::Set { target, value: node };
            }
        }
    }
}

/// The variable that every road through a `try` ends with setting.
fn decides<L: Level>(body: &Body<L>, node: NodeId) -> Option<LocalId> {
    let Node::Try { body: tried, handlers, els: None, finally } = &body.nodes[node].kind else { return None };
    if finally.is_some() != handlers.is_empty() || body.is_left(*tried) {
        return None;
    }
    let local = last_set(body, *tried)?;
    let ty = body.locals[local].ty;
    if ty.cell().is_some() || matches!(ty.kind(), TyKind::RefMut(_) | TyKind::Iter(_)) {
        return None;
    }
    let mut sets = 1;
    for handler in handlers {
        match last_set(body, handler.body) {
            Some(found) if found == local => sets += 1,
            _ if never_ends(body, handler.body) => {}
            _ => return None,
        }
    }
    (mentions(body, node, local) == sets).then_some(local)
}

/// The local that the last statement of a block sets.
fn last_set<L>(body: &Body<L>, block: BlockId) -> Option<LocalId> {
    let row = &body.blocks[block];
    let last = row.stmts.last().filter(|last| row.tail.is_none() && last.beside.is_none())?;
    match &last.kind {
        StmtKind::Set { target: Pat::Place(place), .. } => place.as_local(),
        _ => None,
    }
}

fn never_ends<L: Level>(body: &Body<L>, block: BlockId) -> bool {
    let Some(StmtKind::Expr(node)) = body.blocks[block].stmts.last().map(|stmt| &stmt.kind) else {
        return false;
    };
    match body.nodes[*node].kind {
        Node::Raise { .. } | Node::Return(_) | Node::Break { .. } | Node::Continue { .. } => true,
        Node::Call { callee: Callee::Lib(_), .. } => *body.ty(*node).kind() == TyKind::Never,
        Node::Block { label: None, block } => never_ends(body, block),
        _ => false,
    }
}

/// Locals that a `try` gives their first value, of types without one to start with.
pub fn late(body: &Body<Typed>) -> FxHashSet<LocalId> {
    let mut first: FxHashSet<LocalId> = FxHashSet::default();
    let mut tried: FxHashSet<LocalId> = FxHashSet::default();
    let mut decided: FxHashSet<LocalId> = FxHashSet::default();
    let mut inside: Vec<*const Stmt> = Vec::new();
    let mut nested: FxHashSet<NodeId> = FxHashSet::default();
    body.walk_block(body.root, &mut |node| {
        if let Node::Try { body: block, handlers, els, finally } = &body.nodes[node].kind {
            body.walk_stmts(*block, &mut |stmt| inside.push(stmt));
            // Before a `finally` all that comes first is in a closure.
            let more = finally.is_some().then(|| handlers.iter().map(|handler| handler.body).chain(*els));
            for block in more.into_iter().flatten() {
                body.walk_stmts(block, &mut |stmt| inside.push(stmt));
            }
            body.walk_block(*block, &mut |node| {
                nested.insert(node);
            });
        }
    });
    // The value of a `try` within another one is still set in that one.
    body.walk_block(body.root, &mut |node| {
        if !nested.contains(&node) {
            decided.extend(decides(body, node));
        }
    });
    body.walk_stmts(body.root, &mut |stmt| {
        let StmtKind::Set { target, .. } = &stmt.kind else { return };
        target.for_each_local(&mut |local| {
            if first.insert(local) && inside.iter().any(|found| std::ptr::eq(*found, stmt)) {
                tried.insert(local);
            }
        });
    });
    tried.retain(|local| {
        let is_param = body.params.iter().any(|param| param.local == *local);
        !is_param
            && !decided.contains(local)
            && !has_empty(body.locals[*local].ty)
            && is_used_outside(body, *local)
    });
    tried
}

fn has_empty(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Option(_) | TyKind::Str => true,
        TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) | TyKind::Value | TyKind::Num => true,
        TyKind::Tuple(items) => items.iter().all(|item| has_empty(*item)),
        _ => false,
    }
}

/// Whether a local is named outside of every one `try` body that names it.
fn is_used_outside(body: &Body<Typed>, local: LocalId) -> bool {
    let mut all = 0;
    body.walk_block(body.root, &mut |node| {
        let kind = &body.nodes[node].kind;
        crate::live::node_locals(kind, &mut |found| all += usize::from(found == local));
    });
    let mut most = 0;
    body.walk_block(body.root, &mut |node| {
        if let Node::Try { body: block, handlers, els, finally } = &body.nodes[node].kind {
            let handled = handlers.iter().map(|handler| handler.body).chain(*els);
            for block in std::iter::once(*block).chain(handled.filter(|_| finally.is_some())) {
                let mut count = 0;
                body.walk_block(block, &mut |node| {
                    let kind = &body.nodes[node].kind;
                    crate::live::node_locals(kind, &mut |found| count += usize::from(found == local));
                });
                most = most.max(count);
            }
        }
    });
    all > most
}

/// How often a local is named below a node.
fn mentions<L>(body: &Body<L>, node: NodeId, local: LocalId) -> usize {
    let mut count = 0;
    let mut blocks = FxHashSet::default();
    body.walk(Child::Node(node), &mut |node| {
        let kind = &body.nodes[node].kind;
        crate::live::node_locals(kind, &mut |found| count += usize::from(found == local));
        kind.for_each_child(&mut |child| {
            if let Child::Block(block) = child {
                blocks.insert(block);
            }
        });
    });
    for block in blocks {
        for stmt in &body.blocks[block].stmts {
            crate::live::stmt_locals(stmt, &mut |found| count += usize::from(found == local));
        }
    }
    count
}

/// The last `set` of each road becomes its value.
fn give_values(body: &mut Body<Mir>, node: NodeId, local: LocalId) {
    let Node::Try { body: tried, handlers, .. } = &body.nodes[node].kind else { return };
    let blocks: Vec<BlockId> =
        std::iter::once(*tried).chain(handlers.iter().map(|handler| handler.body)).collect();
    for block in blocks {
        if last_set(body, block) != Some(local) {
            continue;
        }
        let row = &mut body.blocks[block];
        let Some(last) = row.stmts.pop() else { continue };
        if let StmtKind::Set { value, .. } = last.kind {
            row.tail = Some(value);
            row.end_comments.splice(0..0, last.above);
        }
    }
    body.nodes[node].ty = body.locals[local].ty;
}
