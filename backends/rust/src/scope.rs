//! Names of the locals of one body: the source's own, numbered only where shadowing would hide one that is still read.

use crate::names;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// The Rust name of every local, and which locals are never read.
pub struct Scope {
    pub names: Vec<String>,
    pub unread: FxHashSet<LocalId>,
}

struct Walk<'a> {
    is_bare: &'a dyn Fn(Name) -> bool,
    at: usize,
    /// Where a local is declared and where its scope ends.
    spans: FxHashMap<LocalId, (usize, usize)>,
    mentions: FxHashMap<LocalId, Vec<usize>>,
    reads: FxHashSet<LocalId>,
    /// Bare function names that are called, and where.
    calls: FxHashMap<String, Vec<usize>>,
    open: Vec<Vec<LocalId>>,
}

/// Names the locals of a body; `is_bare` says which callees are called by their name alone.
pub fn scope(body: &Body<Mir>, is_bare: &dyn Fn(Name) -> bool) -> Scope {
    let mut walk = Walk::new(is_bare);
    walk.open.push(Vec::new());
    for param in &body.params {
        walk.declare(param.local);
    }
    walk.block(body, body.root);
    walk.close();
    let mut names: Vec<String> = vec![String::new(); body.locals.len()];
    let mut order: Vec<_> = body.locals.ids().filter(|id| walk.spans.contains_key(id)).collect();
    order.sort_by_key(|id| walk.spans[id].0);
    let is_unread = |id: &LocalId| !walk.reads.contains(id) && body.locals[*id].ty.cell().is_none();
    let unread: FxHashSet<_> = body.locals.ids().filter(is_unread).collect();
    for (index, id) in order.iter().enumerate() {
        names[id.0 as usize] = walk.pick(body, *id, &order[..index], &names, unread.contains(id));
    }
    for (id, row) in body.locals.iter() {
        if names[id.0 as usize].is_empty() {
            names[id.0 as usize] = names::snake(row.name.as_str());
        }
    }
    if let (true, Some(first)) = (body.has_receiver(), body.params.first()) {
        names[first.local.0 as usize] = "self".to_owned();
    }
    Scope { names, unread }
}

/// A generator or coroutine, or a function that has one inside.
fn suspends(body: &Body<Mir>) -> bool {
    let is_inner =
        |node: &Node| matches!(node, Node::Closure(closure) if closure.is_generator || closure.is_async);
    body.is_generator || body.is_async || body.nodes.iter().any(|(_, row)| is_inner(&row.kind))
}

impl<'a> Walk<'a> {
    fn new(is_bare: &'a dyn Fn(Name) -> bool) -> Self {
        Self {
            is_bare,
            at: 0,
            spans: FxHashMap::default(),
            mentions: FxHashMap::default(),
            reads: FxHashSet::default(),
            calls: FxHashMap::default(),
            open: Vec::new(),
        }
    }

    fn pick(
        &self,
        body: &Body<Mir>,
        id: LocalId,
        before: &[LocalId],
        names: &[String],
        unread: bool,
    ) -> String {
        let own = body.locals[id].name;
        if unread && own.as_str().chars().all(|c| c == '_') {
            return "_".to_owned();
        }
        let mut base = names::snake(own.as_str());
        if unread && !base.starts_with('_') {
            base.insert(0, '_');
        }
        let (start, end) = self.spans[&id];
        let inside = |at: &usize| *at > start && *at < end;
        for number in 1.. {
            let name = if number == 1 { base.clone() } else { format!("{base}_{number}") };
            let hides_local = before.iter().any(|other| {
                names[other.0 as usize] == name
                    && self.mentions.get(other).is_some_and(|at| at.iter().any(inside))
            });
            let hides_call = self.calls.get(&name).is_some_and(|at| at.iter().any(inside));
            // A parameter keeps its name for callers; two of one pattern or list may not be equal.
            let twin =
                before.iter().any(|other| names[other.0 as usize] == name && self.spans[other].0 == start);
            // What a generator hands its items to.
            let is_taken = name == "co" && suspends(body);
            if !hides_local && !hides_call && !twin && !is_taken {
                return name;
            }
        }
        base
    }

    fn declare(&mut self, local: LocalId) {
        self.spans.insert(local, (self.at, usize::MAX));
        if let Some(open) = self.open.last_mut() {
            open.push(local);
        }
    }

    fn close(&mut self) {
        self.at += 1;
        for local in self.open.pop().unwrap_or_default() {
            if let Some(span) = self.spans.get_mut(&local) {
                span.1 = self.at;
            }
        }
    }

    fn block(&mut self, body: &Body<Mir>, block: BlockId) {
        self.open.push(Vec::new());
        for stmt in &body.blocks[block].stmts {
            self.stmt(body, stmt);
        }
        if let Some(tail) = body.blocks[block].tail {
            self.node(body, tail);
        }
        self.close();
    }

    fn stmt(&mut self, body: &Body<Mir>, stmt: &Stmt) {
        self.at += 1;
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                value.iter().for_each(|node| self.node(body, *node));
                self.at += 1;
                self.pat(body, pat);
            }
            StmtKind::Set { target, value } => {
                self.node(body, *value);
                self.pat(body, target);
            }
            StmtKind::Update { place, value, .. } => {
                self.node(body, *value);
                self.place(body, place, true);
            }
            StmtKind::Expr(node) => self.node(body, *node),
            StmtKind::Del(place) => self.place(body, place, true),
        }
    }

    fn place(&mut self, body: &Body<Mir>, place: &Place, is_read: bool) {
        self.at += 1;
        if let Root::Local(local) = place.root {
            self.mentions.entry(local).or_default().push(self.at);
            if is_read || !place.proj.is_empty() {
                self.reads.insert(local);
            }
        }
        place.for_each_child(&mut |child| self.child(body, child));
    }

    fn pat(&mut self, body: &Body<Mir>, pat: &Pat) {
        match pat {
            Pat::Bind(local, _) | Pat::Map { rest: Some(local), .. } => self.declare(*local),
            Pat::Place(place) => self.place(body, place, false),
            Pat::Value(node) => self.node(body, *node),
            _ => {}
        }
        pat.for_each_part(&mut |part| self.pat(body, part));
    }

    fn child(&mut self, body: &Body<Mir>, child: Child) {
        match child {
            Child::Node(node) => self.node(body, node),
            Child::Block(block) => self.block(body, block),
        }
    }

    fn node(&mut self, body: &Body<Mir>, node: NodeId) {
        self.at += 1;
        match &body.nodes[node].kind {
            Node::Use(place, _) => self.place(body, place, true),
            Node::For { pat, iter, body: block, els, .. } => {
                self.node(body, *iter);
                self.scoped(|walk| {
                    walk.pat(body, pat);
                    walk.block(body, *block);
                });
                els.iter().for_each(|block| self.block(body, *block));
            }
            Node::Match { subject, arms } => {
                self.node(body, *subject);
                for arm in arms {
                    self.scoped(|walk| {
                        walk.pat(body, &arm.pat);
                        arm.guard.iter().for_each(|guard| walk.node(body, *guard));
                        walk.block(body, arm.body);
                    });
                }
            }
            Node::Try { body: block, handlers, els, finally } => {
                self.block(body, *block);
                for handler in handlers {
                    self.scoped(|walk| {
                        handler.bind.iter().for_each(|local| walk.declare(*local));
                        walk.block(body, handler.body);
                    });
                }
                els.iter().chain(finally).for_each(|block| self.block(body, *block));
            }
            Node::Closure(closure) => self.scoped(|walk| {
                closure.params.iter().for_each(|param| walk.declare(param.local));
                walk.block(body, closure.body);
            }),
            Node::Seq { clauses, sink } => self.scoped(|walk| {
                for clause in clauses {
                    match clause {
                        Clause::For { pat, iter } => {
                            walk.node(body, *iter);
                            walk.pat(body, pat);
                        }
                        Clause::If(cond) => walk.node(body, *cond),
                    }
                }
                sink.nodes().for_each(|node| walk.node(body, node));
            }),
            kind => {
                if let Node::Call { callee: Callee::Fn(path), .. } = kind
                    && (self.is_bare)(*path)
                {
                    self.calls.entry(names::function(*path)).or_default().push(self.at);
                }
                kind.for_each_child(&mut |child| self.child(body, child));
            }
        }
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.open.push(Vec::new());
        inside(self);
        self.close();
    }
}
