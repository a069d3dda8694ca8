//! Variables that are given another value after a closure that is kept has captured them.
//!
//! The closure sees what the variable holds when it is called, so variable and closure share a cell:
//!
//!   log = []
//!   on_close(lambda: print(log))
//!   log = ["another list"]

use batuta_base::FxHashSet;
use batuta_core::*;

/// Captured variables that are assigned once one of these closures is there, or by one of them.
pub(crate) fn after_made(body: &Body<Typed>, kept: &FxHashSet<NodeId>) -> FxHashSet<LocalId> {
    let mut walk =
        Walk { body, kept, captured: FxHashSet::default(), inside: Vec::new(), out: FxHashSet::default() };
    walk.block(body.root);
    walk.out
}

struct Walk<'a> {
    body: &'a Body<Typed>,
    kept: &'a FxHashSet<NodeId>,
    /// Captured by a closure that is made already.
    captured: FxHashSet<LocalId>,
    /// What the kept closures around have captured.
    inside: Vec<FxHashSet<LocalId>>,
    out: FxHashSet<LocalId>,
}

impl Walk<'_> {
    fn assign(&mut self, pat: &Pat) {
        pat.for_each_local(&mut |local| {
            // A closure's own copy is made anew with it.
            if self.body.locals[local].is_temp {
                return;
            }
            if self.captured.contains(&local) || self.inside.iter().any(|around| around.contains(&local)) {
                self.out.insert(local);
            }
        });
    }

    fn block(&mut self, block: BlockId) {
        let row = &self.body.blocks[block];
        for stmt in &row.stmts {
            stmt.for_each_child(&mut |child| self.child(child));
            match &stmt.kind {
                StmtKind::Set { target, .. } | StmtKind::Let { pat: target, .. } => self.assign(target),
                StmtKind::Update { place, .. } if place.proj.is_empty() => {
                    self.assign(&Pat::Place(place.clone()));
                }
                _ => {}
            }
        }
        row.tail.iter().for_each(|node| self.node(*node));
    }

    fn child(&mut self, child: Child) {
        match child {
            Child::Node(node) => self.node(node),
            Child::Block(block) => self.block(block),
        }
    }

    fn node(&mut self, id: NodeId) {
        let body = self.body;
        match &body.nodes[id].kind {
            Node::If { cond, then, els } => {
                self.node(*cond);
                let before = self.captured.clone();
                let mut after = FxHashSet::default();
                for block in [Some(*then), *els].into_iter().flatten() {
                    self.captured.clone_from(&before);
                    self.block(block);
                    // Nothing follows a branch that leaves the function.
                    if !leaves(body, block) {
                        after.extend(self.captured.iter().copied());
                    }
                }
                self.captured = before;
                self.captured.extend(after);
            }
            Node::For { pat, iter, body: turn, els, .. } => {
                self.node(*iter);
                // What one turn makes is there in the next.
                for _ in 0..2 {
                    self.assign(pat);
                    self.block(*turn);
                }
                els.iter().for_each(|block| self.block(*block));
            }
            kind @ (Node::While { .. } | Node::Loop { .. }) => {
                for _ in 0..2 {
                    kind.for_each_child(&mut |child| self.child(child));
                }
            }
            Node::Closure(closure) => {
                let mut captured = FxHashSet::default();
                if self.kept.contains(&id) {
                    crate::live::captures(body, closure, &mut captured);
                }
                self.captured.extend(captured.iter().copied());
                self.inside.push(captured);
                self.block(closure.body);
                self.inside.pop();
            }
            kind => kind.for_each_child(&mut |child| self.child(child)),
        }
    }
}

/// Whether a block ends by leaving its function.
fn leaves(body: &Body<Typed>, block: BlockId) -> bool {
    let row = &body.blocks[block];
    let last = row.stmts.last().and_then(|stmt| match &stmt.kind {
        StmtKind::Expr(node) => Some(*node),
        _ => None,
    });
    row.tail
        .or(last)
        .is_some_and(|node| matches!(body.nodes[node].kind, Node::Return(_) | Node::Raise { .. }))
}

/// Whether the first thing that a function does with a local of its own is to assign it, outside of any branch.
pub(crate) fn starts_assigned(body: &Body<Typed>, local: LocalId) -> bool {
    let mut block = body.root;
    loop {
        let mut mentioning = body.blocks[block].stmts.iter().filter(|stmt| mentions(body, stmt, local));
        let Some(first) = mentioning.next() else { return false };
        if let StmtKind::Set { target, value } = &first.kind {
            let mut is_target = false;
            target.for_each_local(&mut |found| is_target |= found == local);
            if is_target && !reads(body, Child::Node(*value), local) {
                return true;
            }
        }
        // All of it may lie in one nested function.
        let mut inner = None;
        first.for_each_child(&mut |child| {
            body.walk(child, &mut |node| {
                if let Node::Closure(closure) = &body.nodes[node].kind
                    && reads(body, Child::Block(closure.body), local)
                    && inner.is_none()
                {
                    inner = Some(closure.body);
                }
            });
        });
        match inner {
            Some(closure) if mentioning.next().is_none() => block = closure,
            _ => return false,
        }
    }
}

fn mentions(body: &Body<Typed>, stmt: &Stmt, local: LocalId) -> bool {
    let mut found = false;
    if let StmtKind::Set { target, .. } | StmtKind::Let { pat: target, .. } = &stmt.kind {
        target.for_each_local(&mut |set| found |= set == local);
    }
    stmt.for_each_child(&mut |child| found |= reads(body, child, local));
    found
}

/// Whether a use or an assignment of a local lies below.
fn reads(body: &Body<Typed>, child: Child, local: LocalId) -> bool {
    let mut found = false;
    body.walk(child, &mut |node| match &body.nodes[node].kind {
        Node::Use(place, _) => found |= place.root == Root::Local(local),
        Node::For { pat, .. } => pat.for_each_local(&mut |bound| found |= bound == local),
        _ => {}
    });
    let mut stmts = |block: BlockId| {
        body.walk_stmts(block, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => target.for_each_local(&mut |set| found |= set == local),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => {
                found |= place.root == Root::Local(local)
            }
            _ => {}
        });
    };
    match child {
        Child::Block(block) => stmts(block),
        Child::Node(node) => {
            let mut blocks = Vec::new();
            body.walk(Child::Node(node), &mut |inner| {
                body.nodes[inner].kind.for_each_child(&mut |child| {
                    if let Child::Block(block) = child {
                        blocks.push(block);
                    }
                });
            });
            blocks.into_iter().for_each(stmts);
        }
    }
    found
}
