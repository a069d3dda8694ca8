//! Comprehensions and closures.

use crate::alias::Reads;
use crate::body::{Own, Want};
use crate::iter::{Form, item_of_iter};
use crate::live::captures;
use crate::places::holds_only_shared;
use crate::types::{value_param, value_params};
use batuta_base::{FxHashSet, Name, Origin};
use batuta_core::*;

impl Own<'_> {
    /// A use that changes a variable of which another part of a comprehension has a use, too.
    fn contested(&self, parts: &[NodeId]) -> Option<NodeId> {
        let mut seen: Vec<(usize, LocalId, NodeId, bool)> = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            self.src.walk(Child::Node(*part), &mut |node| {
                let Node::Use(place, _) = &self.src.nodes[node].kind else { return };
                let Root::Local(local) = place.root else { return };
                let ty = self.src.locals[local].ty.strip_ref();
                if !ty.is_copy() && !matches!(ty.kind(), TyKind::Shared(_)) {
                    let changes = self.all.kinds.get(&node).is_some_and(|kind| kind.changes());
                    seen.push((at, local, node, changes));
                }
            });
        }
        let meets = |change: &&(usize, LocalId, NodeId, bool)| {
            change.3 && seen.iter().any(|other| other.1 == change.1 && other.0 != change.0)
        };
        seen.iter().find(meets).map(|found| found.2)
    }

    pub fn seq(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty, origin: Origin) -> NodeId {
        // All that runs once an item is taken.
        let inner = clauses.iter().skip(1).map(|clause| match clause {
            Clause::If(cond) => *cond,
            Clause::For { iter, .. } => *iter,
        });
        let inside: Vec<NodeId> = inner.chain(sink.nodes()).collect();
        let parts: Vec<Child> = inside.iter().map(|node| Child::Node(*node)).collect();
        let is_still = match clauses.first() {
            Some(Clause::For { iter, .. }) => self.keeps_still(*iter, &parts),
            _ => true,
        };
        let calls = !is_still || inside.iter().any(|node| self.calls_program(*node));
        let can_loop = !matches!(sink, Sink::Iter(_));
        let mut by_position = false;
        // Closures of one chain cannot share what one of them changes: a loop can, and so can a shared object.
        let contested = self.contested(&inside);
        if let Some(node) = contested.filter(|_| !can_loop) {
            self.demote_root(node);
        }
        let mut lowered = Vec::new();
        for (index, clause) in clauses.iter().enumerate() {
            lowered.push(match clause {
                Clause::If(cond) => Clause::If(self.enclosed(|own| own.node(*cond, Want::Own))),
                Clause::For { pat, iter } => {
                    let reads = self.alias.reads.get(iter).copied().unwrap_or(Reads::Ref);
                    let whole = self.names_tuples(pat, *iter, None);
                    let (source, form) = match index {
                        0 if matches!(reads, Reads::Ref | Reads::Into)
                            && is_still
                            && self.is_quiet_seq(*iter, &inside) =>
                        {
                            self.iterate_guarded(*iter)
                        }
                        // The first source is computed once, before everything else.
                        0 if calls || reads == Reads::Live => {
                            let found = self.iterate_loop(*iter, reads, can_loop, &parts, whole);
                            by_position = can_loop && self.reads_by_position(found.0);
                            found
                        }
                        0 => self.iterate(*iter, reads, whole),
                        _ => self.enclosed_source(*iter, reads, whole),
                    };
                    let item = item_of_iter(self.src.ty(*iter));
                    let (source, form, item) = self.fixed_items(pat, source, form, item);
                    let mut assigns = Vec::new();
                    let pat = self.loop_pattern(pat, &form, item, None, &mut assigns);
                    Clause::For { pat, iter: source }
                }
            });
        }
        let kids = ty.strip().children();
        let mut part = |node: NodeId, at: usize| self.enclosed(|own| own.element(node, kids[at]));
        let sink = match sink {
            Sink::List(node) => Sink::List(part(*node, 0)),
            Sink::Set(node) => Sink::Set(part(*node, 0)),
            Sink::Iter(node) => Sink::Iter(part(*node, 0)),
            Sink::Dict(key, value) => Sink::Dict(part(*key, 0), part(*value, 1)),
        };
        let plain = match by_position || can_loop && contested.is_some() {
            true => self.filled(&lowered, &sink, ty.strip_shared(), origin),
            false => self.out.node(Node::Seq { clauses: lowered, sink }, ty.strip_shared(), origin),
        };
        match ty.kind() {
            TyKind::Shared(_) => self.out.op(RsOp::Share, vec![plain], ty, origin),
            _ => plain,
        }
    }

    /// A source that is computed again for each item before it.
    fn enclosed_source(&mut self, iter: NodeId, reads: Reads, whole: bool) -> (NodeId, Form) {
        let mut form = Form::Owned;
        let node = self.enclosed(|own| {
            let (node, found) = own.iterate(iter, reads, whole);
            form = found;
            node
        });
        (node, form)
    }

    /// What a closure captures and changes is shared; one that outlives this call shares all that changes.
    fn own_captures(&mut self, closure: &Closure, escapes: bool) {
        let mut captured = FxHashSet::default();
        captures(self.src, closure, &mut captured);
        let mut uses = Vec::new();
        self.src.walk_block(closure.body, &mut |node| {
            if let Node::Use(place, _) = &self.src.nodes[node].kind
                && let Root::Local(local) = place.root
                && captured.contains(&local)
                && place.proj.is_empty()
            {
                uses.push((local, node));
            }
        });
        // A kept iterator is a handle already.
        uses.retain(|(local, _)| !self.kept_iterators.contains(local));
        for (local, node) in uses {
            let ty = self.src.locals[local].ty.strip_ref();
            let changes = self.all.kinds.get(&node).is_some_and(|kind| kind.changes());
            if ty.is_mutable() && !holds_only_shared(ty) && !self.is_frozen(node) && (escapes || changes) {
                self.demote(node);
            }
        }
    }

    /// Variables that are given other objects once this closure holds them: the objects are shared, so that
    /// a cell can hold them. Answers whether they can be.
    fn share_rebound(&mut self, closure: &Closure) -> bool {
        let rebound = crate::rebound::after_made(self.src, &self.closures.escaping);
        let mut uses = Vec::new();
        self.src.walk_block(closure.body, &mut |node| {
            if let Node::Use(place, _) = &self.src.nodes[node].kind
                && let Root::Local(local) = place.root
                && rebound.contains(&local)
                && self.out.locals[local].ty.cell().is_none()
            {
                uses.push((local, node));
            }
        });
        let mut captured = FxHashSet::default();
        captures(self.src, closure, &mut captured);
        uses.retain(|(local, _)| captured.contains(local));
        uses.into_iter().all(|(_, node)| self.demote_root(node))
    }

    /// A closure for a library function that gives it arguments of these kinds: `&T` by reference, others as values.
    pub fn closure_for(&mut self, id: NodeId, closure: &Closure, takes: &[Ty]) -> NodeId {
        for (param, takes) in closure.params.iter().zip(takes) {
            let row = &mut self.out.locals[param.local];
            if matches!(takes.kind(), TyKind::Ref(_)) {
                row.ty = row.ty.reference();
            }
        }
        self.closure_body(id, closure)
    }

    pub fn closure(&mut self, id: NodeId, closure: &Closure) -> NodeId {
        if let Some(takes) = self.given.remove(&id) {
            return self.closure_for(id, closure, &takes);
        }
        let takes = value_params(self.src.ty(id));
        for (index, param) in closure.params.iter().enumerate() {
            let row = &mut self.out.locals[param.local];
            row.ty = takes.get(index).copied().unwrap_or_else(|| value_param(row.ty));
        }
        self.closure_body(id, closure)
    }

    /// A closure that the call it is passed to only calls.
    pub fn lent_closure(&mut self, id: NodeId, closure: &Closure) -> NodeId {
        self.closures.escaping.remove(&id);
        self.closures.passed.insert(id);
        self.lent = Some(id);
        self.closure(id, closure)
    }

    fn closure_body(&mut self, id: NodeId, closure: &Closure) -> NodeId {
        let row = &self.src.nodes[id];
        let is_lent = self.lent.take() == Some(id);
        let (ty, origin) = (if is_lent { row.ty.strip_shared() } else { row.ty }, row.origin);
        let escapes = self.closures.escaping.contains(&id);
        if escapes || self.closures.passed.contains(&id) {
            self.own_captures(closure, escapes);
        }
        if escapes && !self.share_rebound(closure) {
            return self.two_owners(origin);
        }
        self.report_caches(&closure.decorators);
        let mut made = closure.clone();
        for param in &mut made.params {
            param.default = None;
        }
        let assigned = self.assigned_params(&mut made);
        self.results.push(closure.ret.returned(closure.is_generator, closure.is_async));
        self.yields.push(closure.ret.yielded());
        let mut free = FxHashSet::default();
        captures(self.src, closure, &mut free);
        let outer_free = std::mem::replace(&mut self.free, free);
        let outer = std::mem::take(&mut self.before);
        let leaves = std::mem::take(&mut self.leaves);
        made.body = self.block(closure.body, Want::Own);
        self.leaves = leaves;
        self.free = outer_free;
        if let Some(tail) = self.out.blocks[made.body].tail
            && closure.ret.is_int()
        {
            let tail = self.coerce(tail, closure.ret);
            self.out.blocks[made.body].tail = Some(tail);
        }
        self.before = outer;
        self.results.pop();
        self.yields.pop();
        self.out.blocks[made.body].stmts.splice(0..0, assigned);
        made.decorators = Vec::new();
        let is_shared = matches!(ty.kind(), TyKind::Shared(_));
        let taken =
            if escapes || is_shared { self.take_captures(id, closure, made.body) } else { Vec::new() };
        let node = self.out.node(Node::Closure(made), ty.strip(), origin);
        let node = if escapes || is_shared { self.out.op(RsOp::Share, vec![node], ty, origin) } else { node };
        if taken.is_empty() {
            return node;
        }
        let block = self.out.block(BlockRow { stmts: taken, tail: Some(node), ..BlockRow::default() });
        self.out.node(Node::Block { label: None, block }, ty, origin)
    }

    /// A parameter that is assigned anew is a variable of the closure that starts with its value.
    fn assigned_params(&mut self, closure: &mut Closure) -> Vec<Stmt> {
        let mut out = Vec::new();
        for param in &mut closure.params {
            let local = param.local;
            let ty = self.src.locals[local].ty.strip_ref();
            if ty.is_copy() || assignments(self.src, local) == 0 {
                continue;
            }
            let row = self.out.locals[local].clone();
            let given = self.out.locals.push(row);
            self.out.locals[local].ty = ty;
            param.local = given;
            let value = self.owned_copy(Place::local(given), ty, Origin::default());
            let target = Pat::Place(Place::local(local));
            out.push(Stmt::new(StmtKind::Set { target, value }, Origin::default()));
        }
        out
    }

    /// Handles of captured values that others use too: the closure takes a copy of each along.
    fn take_captures(&mut self, id: NodeId, closure: &Closure, body: BlockId) -> Vec<Stmt> {
        let mut captured = FxHashSet::default();
        captures(self.src, closure, &mut captured);
        let mut captured: Vec<LocalId> = captured.into_iter().collect();
        captured.sort();
        let mut out = Vec::new();
        for local in captured {
            let ty = self.out.locals[local].ty;
            // A function's own name, unless that is a cell which a function inside of it takes along.
            let is_cell = matches!(ty.kind(), TyKind::Shared(inner)
                if matches!(inner.kind(), TyKind::Option(_) | TyKind::Value));
            let is_function =
                self.src.locals[local].name == closure.name.unwrap_or(Name::new("")) && !is_cell;
            // The receiver is lent to the method.
            let is_receiver =
                self.src.has_receiver() && self.src.params.first().is_some_and(|p| p.local == local);
            // What is lent to the closure around it does not live as long as this one.
            let is_lent = matches!(ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_));
            let is_free = !is_receiver
                && !is_lent
                && !self.is_used_elsewhere(id, closure, local)
                && !self.is_captured_around(id, local);
            let is_plain = ty.is_copy()
                && !(is_receiver && matches!(ty.strip_ref().kind(), TyKind::Shared(_)))
                && !(is_lent && !is_receiver && !ty.strip_ref().is_copy());
            if is_plain || is_function || is_free {
                continue;
            }
            if matches!(ty.kind(), TyKind::Func(..)) {
                self.share_function(closure, local);
                continue;
            }
            let row = self.out.locals[local].clone();
            let copy = self.out.locals.push(LocalRow { ty: ty.strip_ref(), is_temp: true, ..row });
            rename(&mut self.out, body, local, copy);
            if is_lent {
                self.lend_again(body, copy);
            }
            let origin = Origin::default();
            let value = self.out.node(Node::Use(Place::local(local), Mode::Clone), ty.strip_ref(), origin);
            let target = Pat::Place(Place::local(copy));
            out.push(Stmt::new(StmtKind::Set { target, value }, origin));
        }
        out
    }

    /// A function that several closures hold is shared.
    fn share_function(&mut self, closure: &Closure, local: LocalId) {
        let mut found = None;
        self.src.walk_block(closure.body, &mut |node| {
            if matches!(&self.src.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(local)) {
                found = Some(node);
            }
        });
        if let Some(node) = found {
            self.demote(node);
        }
    }

    /// Reads of what was lent are reads of the closure's own copy.
    fn lend_again(&mut self, body: BlockId, copy: LocalId) {
        let mut reads = Vec::new();
        self.out.walk_block(body, &mut |node| {
            let row = &self.out.nodes[node];
            if matches!(&row.kind, Node::Use(place, Mode::Copy) if place.as_local() == Some(copy))
                && matches!(row.ty.kind(), TyKind::Ref(_))
            {
                reads.push(node);
            }
        });
        for node in reads {
            self.out.nodes[node].kind = Node::Use(Place::local(copy), Mode::Ref);
        }
    }

    /// Whether a closure around this one has captured the local: it keeps it for its next call.
    fn is_captured_around(&self, id: NodeId, local: LocalId) -> bool {
        self.src.nodes.iter().any(|(around, row)| {
            let Node::Closure(closure) = &row.kind else { return false };
            let mut holds = false;
            self.src.walk_block(closure.body, &mut |node| holds |= node == id);
            let mut captured = FxHashSet::default();
            if holds && around != id {
                captures(self.src, closure, &mut captured);
            }
            captured.contains(&local)
        })
    }

    /// Whether a captured local is read outside a closure, or each turn of a loop makes such a closure.
    fn is_used_elsewhere(&self, id: NodeId, closure: &Closure, local: LocalId) -> bool {
        let inside = {
            let mut inside = FxHashSet::default();
            self.src.walk_block(closure.body, &mut |node| {
                inside.insert(node);
            });
            inside
        };
        let (mut elsewhere, mut repeats) = (false, false);
        self.src.walk_block(self.src.root, &mut |node| match &self.src.nodes[node].kind {
            Node::Use(place, _) => {
                elsewhere |= place.root == Root::Local(local) && !inside.contains(&node);
            }
            kind @ (Node::For { .. } | Node::While { .. } | Node::Loop { .. } | Node::Seq { .. }) => {
                let (mut holds, mut defines) = (false, false);
                if let Node::For { pat, .. } = kind {
                    pat.for_each_local(&mut |found| defines |= found == local);
                }
                self.src.walk(Child::Node(node), &mut |below| holds |= below == id);
                if let Node::For { body, .. } | Node::While { body, .. } | Node::Loop { body, .. } = kind {
                    self.src.walk_stmts(*body, &mut |stmt| {
                        if let StmtKind::Set { target, .. } = &stmt.kind {
                            target.for_each_local(&mut |found| defines |= found == local);
                        }
                    });
                }
                // A cell is made once, outside of the loop.
                repeats |= holds && (!defines || self.out.locals[local].ty.cell().is_some());
            }
            _ => {}
        });
        let mut assigned = 0;
        // Of its parts, too: `d[k] = v`.
        let mut parts = 0;
        let mut see = |block: BlockId, sign: i32| {
            let mut part = |place: &Place| {
                let found = place.root == Root::Local(local) && !place.proj.is_empty();
                parts += if found { sign } else { 0 };
            };
            self.src.walk_stmts(block, &mut |stmt| match &stmt.kind {
                StmtKind::Set { target, .. } => {
                    target.for_each_local(&mut |found| assigned += if found == local { sign } else { 0 });
                    target.each_place(&mut part);
                }
                StmtKind::Update { place, .. } | StmtKind::Del(place) => {
                    assigned += if place.as_local() == Some(local) { sign } else { 0 };
                    part(place);
                }
                _ => {}
            });
        };
        see(self.src.root, 1);
        see(closure.body, -1);
        let elsewhere = elsewhere || parts > 0;
        // The first assignment makes it; others are uses.
        elsewhere || repeats || assigned > 1
    }
}
