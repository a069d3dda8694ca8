//! V31, V34, V35 (Mir): declarations, where `?` may stand, what must be `mut`.

use super::Found;
use crate::{
    Attr, BlockId, Body, Child, Clause, Closure, Handler, Level, LocalId, Mode, Node, NodeId, Op, Pat, Place,
    Proj, Root, RsOp, Stmt, StmtKind, TyKind,
};
use batuta_base::{Id, Name, Origin};

pub(super) fn check<L: Level>(body: &Body<L>, found: &mut Found) {
    if L::NAME != "mir" {
        return;
    }
    let states = vec![State::Unknown; body.locals.len()];
    let mut walk = Walk { body, found, states, scope: Vec::new(), loops: 0, can_try: body.fallible };
    for param in &body.params {
        walk.declare(param.local, true, body.origin);
        param.default.iter().for_each(|node| walk.node(*node));
    }
    walk.block(body.root);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    /// In scope; `set` says whether it surely or possibly holds a value, `loops` where it was declared.
    Live {
        set: bool,
        loops: u32,
    },
    /// Its block has ended.
    Gone,
}

struct Walk<'a, L> {
    body: &'a Body<L>,
    found: &'a mut Found,
    states: Vec<State>,
    /// Locals in scope, innermost last.
    scope: Vec<LocalId>,
    loops: u32,
    can_try: bool,
}

impl<L: Level> Walk<'_, L> {
    fn name(&self, local: LocalId) -> String {
        format!("`{}` ({local:?})", self.body.locals[local].name)
    }

    fn declare(&mut self, local: LocalId, set: bool, origin: Origin) {
        if self.states[local.index()] != State::Unknown {
            let name = self.name(local);
            self.found.report("V31", origin, format!("{name} is declared twice"));
        }
        self.states[local.index()] = State::Live { set, loops: self.loops };
        self.scope.push(local);
    }

    /// Runs `f`, then ends the scope of what it declared.
    fn scoped(&mut self, f: impl FnOnce(&mut Self)) {
        let depth = self.scope.len();
        f(self);
        for local in self.scope.split_off(depth) {
            self.states[local.index()] = State::Gone;
        }
    }

    fn need(&mut self, local: LocalId, origin: Origin) {
        let problem = match self.states[local.index()] {
            State::Live { .. } => return,
            State::Unknown => "is used before it is declared",
            State::Gone => "is used outside the block that declares it",
        };
        let name = self.name(local);
        self.found.report("V31", origin, format!("{name} {problem}"));
    }

    /// A place that is assigned as a whole, or changed in part.
    fn write(&mut self, place: &Place, origin: Origin) {
        let Root::Local(local) = place.root else { return };
        self.need(local, origin);
        let row = &self.body.locals[local];
        let is_behind = matches!(row.ty.kind(), TyKind::RefMut(_) | TyKind::Ref(_) | TyKind::Shared(_));
        let State::Live { set, loops } = self.states[local.index()] else { return };
        let is_first = place.proj.is_empty() && !set && loops == self.loops;
        let needs_mut =
            if place.proj.is_empty() { !is_first && (set || loops < self.loops) } else { !is_behind };
        let through = place.proj.iter().any(|proj| matches!(proj, Proj::Deref));
        // A field below a class may be a cell: only containers and the local itself are judged.
        let is_class = row.ty.class_path().is_some() && !place.proj.is_empty();
        if needs_mut && !row.mutable && !through && !is_class && row.ty.cell().is_none() {
            let name = self.name(local);
            self.found.report("V35", origin, format!("{name} changes but is not `mut`"));
        }
    }

    /// Branches may each give a deferred `let` its value: assignments are noted after the branch.
    fn note_set(&mut self, place: &Place) {
        if let (Root::Local(local), true) = (place.root, place.proj.is_empty())
            && let State::Live { set, .. } = &mut self.states[local.index()]
        {
            *set = true;
        }
    }

    fn block(&mut self, block: BlockId) {
        self.scoped(|walk| {
            let row = &walk.body.blocks[block];
            row.stmts.iter().for_each(|stmt| walk.stmt(stmt));
            row.tail.iter().for_each(|node| walk.node(*node));
        });
    }

    /// A block whose assignments are forgotten again: the other branch may make them too.
    fn branch(&mut self, block: BlockId) {
        let before = self.states.clone();
        self.block(block);
        for (state, old) in self.states.iter_mut().zip(before) {
            if let State::Live { .. } = old {
                *state = old;
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                value.iter().for_each(|node| self.node(*node));
                self.pat(pat, value.is_some(), stmt.origin);
            }
            StmtKind::Set { target, value } => {
                self.node(*value);
                self.pat(target, true, stmt.origin);
            }
            StmtKind::Update { place, value, .. } => {
                self.place(place, stmt.origin);
                self.node(*value);
                self.write(place, stmt.origin);
            }
            StmtKind::Expr(node) => self.node(*node),
            StmtKind::Del(place) => self.place(place, stmt.origin),
        }
    }

    fn pat(&mut self, pat: &Pat, set: bool, origin: Origin) {
        match pat {
            Pat::Bind(local, _) => self.declare(*local, set, origin),
            Pat::Map { rest: Some(local), .. } => self.declare(*local, true, origin),
            Pat::Place(place) => {
                place.for_each_child(&mut |child| self.child(child));
                self.write(place, origin);
                self.note_set(place);
            }
            Pat::Value(node) => self.node(*node),
            // Each alternative binds the same locals: the first stands for all.
            Pat::Or(parts) => {
                parts.first().into_iter().for_each(|part| self.pat(part, set, origin));
                return;
            }
            _ => {}
        }
        if let Pat::Map { pairs, .. } = pat {
            pairs.iter().for_each(|(key, _)| self.node(*key));
        }
        pat.for_each_part(&mut |part| self.pat(part, set, origin));
    }

    fn place(&mut self, place: &Place, origin: Origin) {
        if let Root::Local(local) = place.root {
            self.need(local, origin);
        }
        place.for_each_child(&mut |child| self.child(child));
    }

    fn child(&mut self, child: Child) {
        match child {
            Child::Node(node) => self.node(node),
            Child::Block(block) => self.branch(block),
        }
    }

    fn in_loop(&mut self, body: BlockId) {
        self.loops += 1;
        self.branch(body);
        self.loops -= 1;
    }

    fn node(&mut self, id: NodeId) {
        let body = self.body;
        let row = &body.nodes[id];
        match &row.kind {
            Node::Use(place, mode) => {
                self.place(place, row.origin);
                if *mode == Mode::Mut || *mode == Mode::Take {
                    self.write_through(place, row.origin);
                }
            }
            Node::While { cond, body, els, .. } => {
                self.node(*cond);
                self.in_loop(*body);
                els.iter().for_each(|block| self.branch(*block));
            }
            Node::Loop { body, .. } => self.in_loop(*body),
            Node::For { pat, iter, body, els, .. } => {
                self.node(*iter);
                self.scoped(|walk| {
                    walk.loops += 1;
                    walk.pat(pat, true, row.origin);
                    walk.loops -= 1;
                    walk.in_loop(*body);
                });
                els.iter().for_each(|block| self.branch(*block));
            }
            Node::Match { subject, arms } => {
                self.node(*subject);
                for arm in arms {
                    self.scoped(|walk| {
                        walk.pat(&arm.pat, true, arm.origin);
                        arm.guard.iter().for_each(|node| walk.node(*node));
                        walk.branch(arm.body);
                    });
                }
            }
            Node::Try { body, handlers, els, finally } => {
                self.try_node(*body, handlers, *els, *finally, row.origin)
            }
            Node::With { items, body, .. } => self.scoped(|walk| {
                for item in items {
                    walk.node(item.context);
                    item.target.iter().for_each(|pat| walk.pat(pat, true, row.origin));
                }
                walk.block(*body);
            }),
            Node::Closure(closure) => self.closure(closure, row.origin),
            Node::Seq { clauses, sink } => self.scoped(|walk| {
                for clause in clauses {
                    match clause {
                        Clause::For { pat, iter } => {
                            walk.node(*iter);
                            walk.pat(pat, true, row.origin);
                        }
                        Clause::If(node) => walk.node(*node),
                    }
                }
                sink.nodes().for_each(|node| walk.node(node));
            }),
            Node::Op { op: Op::RsOp(RsOp::Try), attr, args } => {
                if *attr != Attr::Name(Name::new("unwind")) && !self.can_try {
                    self.found.report(
                        "V34",
                        row.origin,
                        format!("{id:?}: `?` in a function that cannot fail"),
                    );
                }
                args.iter().for_each(|arg| self.node(*arg));
            }
            Node::Block { block, .. } => self.block(*block),
            kind => kind.for_each_child(&mut |child| self.child(child)),
        }
    }

    /// `&mut place`: the local must be `mut` unless it already is a reference or a shared object.
    fn write_through(&mut self, place: &Place, origin: Origin) {
        let Root::Local(local) = place.root else { return };
        let row = &self.body.locals[local];
        let is_behind = matches!(
            row.ty.kind(),
            TyKind::RefMut(_) | TyKind::Ref(_) | TyKind::Shared(_) | TyKind::Class(..)
        );
        if !is_behind && !row.mutable && !place.proj.contains(&Proj::Deref) {
            let name = self.name(local);
            self.found.report("V35", origin, format!("{name} is borrowed `mut` but is not `mut`"));
        }
    }

    fn try_node(
        &mut self,
        body: BlockId,
        handlers: &[Handler],
        els: Option<BlockId>,
        finally: Option<BlockId>,
        origin: Origin,
    ) {
        let outer = std::mem::replace(&mut self.can_try, true);
        self.branch(body);
        self.can_try = outer;
        for handler in handlers {
            self.scoped(|walk| {
                handler.bind.iter().for_each(|local| walk.declare(*local, true, origin));
                walk.branch(handler.body);
            });
        }
        els.iter().chain(&finally).for_each(|block| self.branch(*block));
    }

    fn closure(&mut self, closure: &Closure, origin: Origin) {
        let outer = (self.can_try, self.loops);
        self.can_try = true;
        self.scoped(|walk| {
            for param in &closure.params {
                walk.declare(param.local, true, origin);
                param.default.iter().for_each(|node| walk.node(*node));
            }
            walk.block(closure.body);
        });
        (self.can_try, self.loops) = outer;
    }
}
