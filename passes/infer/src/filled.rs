//! Containers that are filled before anything else sees them: `out = []`, loops that append, `return out`.
//!
//! What holds a copy of such a container never tells: it does not change once it was handed on. A local,
//! or a global that one body alone uses, is filled when each of its values is made on the spot and every
//! change of it comes before every use that hands it on. In a loop with both, it is made anew in each turn.
//! `tags[t].append(x)` changes an item of `tags`, which a read of any item may have handed on; only a `defaultdict`
//! that nothing else is put into is known to have made its items itself.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// A name of a container.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Named {
    Local(LocalId),
    Global(Name),
}

/// Names of a normalised body whose containers only change while they are made.
pub(crate) fn filled(body: &Body<Hir>) -> FxHashSet<Named> {
    let mut walk = Walk { body, now: 0, rows: FxHashMap::default(), turns: Vec::new() };
    for param in &body.params {
        walk.row(Named::Local(param.local)).is_other = true;
    }
    walk.block(body.root);
    let Walk { rows, turns, .. } = walk;
    rows.into_iter().filter(|(_, row)| row.is_filled(&turns)).map(|(name, _)| name).collect()
}

/// The name at the start of `xs[i][j]`, and whether any item is read on the way.
pub(crate) fn base(body: &Body<Hir>, node: NodeId) -> Option<(Named, bool)> {
    let Node::Use(place, _) = &body.nodes[node].kind else { return None };
    let (name, deep) = match place.root {
        Root::Local(local) => (Named::Local(local), false),
        Root::Global(path) => (Named::Global(path), false),
        Root::Node(of) => base(body, of)?,
    };
    place
        .proj
        .iter()
        .all(|proj| matches!(proj, Proj::Index(_)))
        .then_some((name, deep || !place.proj.is_empty()))
}

/// A position, and whether it is about an item instead of the whole.
type At = (u32, bool);

#[derive(Default)]
struct Row {
    /// Also holds what was not made on the spot.
    is_other: bool,
    /// Also holds what does not make its items.
    is_plain: bool,
    /// Where it is made: position and block.
    made: Vec<(u32, BlockId)>,
    changes: Vec<At>,
    escapes: Vec<At>,
}

/// A loop: the positions that it spans, and its body.
struct Turn {
    from: u32,
    to: u32,
    body: Option<BlockId>,
}

impl Row {
    fn is_filled(&self, turns: &[Turn]) -> bool {
        let pairs =
            self.changes.iter().flat_map(|change| self.escapes.iter().map(move |escape| (change, escape)));
        let mut telling = pairs.filter(|(change, escape)| change.1 || !escape.1);
        let makes_items = !self.is_plain && self.changes.iter().all(|(_, deep)| *deep);
        !self.is_other
            && !self.made.is_empty()
            && (makes_items || self.changes.iter().all(|(_, deep)| !deep))
            && telling.all(|(change, escape)| self.in_order(turns, change.0, escape.0))
    }

    fn in_order(&self, turns: &[Turn], change: u32, escape: u32) -> bool {
        let around =
            turns.iter().filter(|turn| [change, escape].iter().all(|at| turn.from < *at && *at <= turn.to));
        let innermost = around.min_by_key(|turn| turn.to - turn.from);
        let is_fresh =
            |turn: &Turn| self.made.iter().any(|(at, block)| Some(*block) == turn.body && *at < change);
        change < escape && innermost.is_none_or(is_fresh)
    }
}

struct Walk<'a> {
    body: &'a Body<Hir>,
    now: u32,
    rows: FxHashMap<Named, Row>,
    turns: Vec<Turn>,
}

impl Walk<'_> {
    fn row(&mut self, name: Named) -> &mut Row {
        self.rows.entry(name).or_default()
    }

    fn tick(&mut self) -> u32 {
        self.now += 1;
        self.now
    }

    fn block(&mut self, block: BlockId) {
        for stmt in &self.body.blocks[block].stmts {
            self.stmt(stmt, block);
        }
        self.body.blocks[block].tail.iter().for_each(|node| self.node(*node));
    }

    fn stmt(&mut self, stmt: &Stmt, block: BlockId) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                value.iter().for_each(|value| self.node(*value));
                self.target(pat, *value, block);
            }
            StmtKind::Set { target, value } => {
                self.node(*value);
                self.target(target, Some(*value), block);
            }
            StmtKind::Update { place, value, .. } => {
                self.node(*value);
                self.written(place);
            }
            StmtKind::Expr(node) => self.node(*node),
            StmtKind::Del(place) => self.written(place),
        }
    }

    fn target(&mut self, pat: &Pat, value: Option<NodeId>, block: BlockId) {
        let whole = match pat {
            Pat::Bind(local, None) => Some(Named::Local(*local)),
            Pat::Place(place) if place.proj.is_empty() => named(place),
            _ => None,
        };
        if let Some(name) = whole {
            let at = self.tick();
            let is_made = value.is_some_and(|value| self.makes(value));
            let is_default = value.is_some_and(|value| self.calls(value) == Some("collections.defaultdict"));
            let row = self.row(name);
            row.is_other |= !is_made;
            row.is_plain |= !is_default;
            row.made.push((at, block));
            return;
        }
        match pat {
            Pat::Place(place) => return self.written(place),
            Pat::Bind(local, _) | Pat::Map { rest: Some(local), .. } => {
                self.row(Named::Local(*local)).is_other = true;
            }
            _ => {}
        }
        pat.for_each_child(&mut |child| self.child(child));
        pat.for_each_part(&mut |part| self.target(part, None, block));
    }

    /// A container made on the spot.
    fn makes(&self, value: NodeId) -> bool {
        match &self.body.nodes[value].kind {
            Node::Op { op, .. } => {
                matches!(op, Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New))
            }
            Node::Seq { sink, .. } => !matches!(sink, Sink::Iter(_)),
            Node::Call { .. } => self.calls(value).is_some_and(|name| name.starts_with("collections.")),
            _ => false,
        }
    }

    /// The library function that is called.
    fn calls(&self, value: NodeId) -> Option<&'static str> {
        match &self.body.nodes[value].kind {
            Node::Call { callee: Callee::Lib(name), .. } => Some(name.as_str()),
            _ => None,
        }
    }

    /// A place is assigned, updated or removed: `xs[i]` changes `xs`, `xs[i][j]` an item of it.
    fn written(&mut self, place: &Place) {
        let found = match place.root {
            Root::Node(of) => self.changed(of),
            _ => named(place).map(|name| (name, false)),
        };
        place.proj.iter().for_each(|proj| {
            if let Proj::Index(index) = proj {
                self.node(*index);
            }
        });
        if let Some((name, deep)) = found {
            let at = self.tick();
            self.row(name).changes.push((at, deep));
        }
    }

    /// Walks what is about to change, without handing it on.
    fn changed(&mut self, node: NodeId) -> Option<(Named, bool)> {
        let found = base(self.body, node);
        if found.is_none() {
            self.node(node);
            return None;
        }
        let mut next = Some(node);
        while let Some(node) = next.take() {
            if let Node::Use(place, _) = &self.body.nodes[node].kind {
                for proj in &place.proj {
                    if let Proj::Index(index) = proj {
                        self.node(*index);
                    }
                }
                next = match place.root {
                    Root::Node(of) => Some(of),
                    _ => None,
                };
            }
        }
        found
    }

    fn node(&mut self, id: NodeId) {
        match &self.body.nodes[id].kind {
            Node::Use(place, _) => self.read(id, place),
            Node::Call { callee: Callee::Method(of, method), args }
                if crate::held::is_change(method.as_str()) =>
            {
                let found = self.changed(*of);
                args.iter().for_each(|arg| self.node(arg.value));
                if let Some((name, deep)) = found {
                    let at = self.tick();
                    self.row(name).changes.push((at, deep));
                }
            }
            // Looks at the items, which what it gives may be.
            Node::Call { callee: Callee::Method(of, _), args } => {
                self.looked(*of);
                args.iter().for_each(|arg| self.node(arg.value));
            }
            Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.len" => {
                args.iter().for_each(|arg| self.looked(arg.value));
            }
            Node::Format(pieces) => {
                Piece::values(pieces).into_iter().for_each(|value| self.looked(value));
            }
            Node::For { pat, iter, body, els, .. } => {
                self.looked(*iter);
                let from = self.tick();
                self.target(pat, None, *body);
                self.block(*body);
                self.turn(from, Some(*body));
                els.iter().for_each(|block| self.block(*block));
            }
            Node::While { cond, body, els, .. } => {
                let from = self.tick();
                self.node(*cond);
                self.block(*body);
                self.turn(from, Some(*body));
                els.iter().for_each(|block| self.block(*block));
            }
            Node::Loop { body, .. } => {
                let from = self.tick();
                self.block(*body);
                self.turn(from, Some(*body));
            }
            Node::Seq { clauses, .. } => {
                let from = self.tick();
                for clause in clauses {
                    if let Clause::For { pat, .. } = clause {
                        self.target(pat, None, self.body.root);
                    }
                }
                self.body.nodes[id].kind.for_each_child(&mut |child| self.child(child));
                self.turn(from, None);
            }
            Node::Closure(closure) => self.closure(closure),
            other => other.for_each_child(&mut |child| self.child(child)),
        }
    }

    fn child(&mut self, child: Child) {
        match child {
            Child::Node(node) => self.node(node),
            Child::Block(block) => self.block(block),
        }
    }

    fn turn(&mut self, from: u32, body: Option<BlockId>) {
        let to = self.tick();
        self.turns.push(Turn { from, to, body });
    }

    fn read(&mut self, id: NodeId, place: &Place) {
        match base(self.body, id) {
            Some((name, deep)) => {
                self.changed(id);
                let at = self.tick();
                self.row(name).escapes.push((at, deep));
            }
            None => place.for_each_child(&mut |child| self.child(child)),
        }
    }

    /// What is read in passing: only its items are handed on.
    fn looked(&mut self, id: NodeId) {
        match base(self.body, id) {
            Some((name, _)) => {
                self.changed(id);
                let at = self.tick();
                self.row(name).escapes.push((at, true));
            }
            None => self.node(id),
        }
    }

    /// What a closure names may change whenever it is called.
    fn closure(&mut self, closure: &Closure) {
        let mut names = Vec::new();
        self.body.walk_block(closure.body, &mut |node| {
            if let Node::Use(place, _) = &self.body.nodes[node].kind {
                names.extend(named(place));
            }
        });
        names.into_iter().for_each(|name| self.row(name).is_other = true);
        self.block(closure.body);
    }
}

fn named(place: &Place) -> Option<Named> {
    match place.root {
        Root::Local(local) => Some(Named::Local(local)),
        Root::Global(path) => Some(Named::Global(path)),
        Root::Node(_) => None,
    }
}
