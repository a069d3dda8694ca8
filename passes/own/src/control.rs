//! Control: branches, loops, matches, jumps.

use crate::alias::Reads;
use crate::body::{Own, Want};
use crate::iter::item_of_iter;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Own<'_> {
    pub fn control(&mut self, id: NodeId, want: Want) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty, row.origin);
        let is_text = crate::texts::gives_text(self.src, id);
        let is_handle = matches!(ty.strip_ref().kind(), TyKind::Shared(_));
        let is_lent = want == Want::Ref || want == Want::Mut && is_handle;
        if is_lent && !is_text && !self.gives_places(id) {
            let value = self.control(id, Want::Own);
            return self.temporary(value, Want::Ref, origin);
        }
        if want == Want::Mut && self.makes_values(id) {
            let value = self.control(id, Want::Own);
            return self.temporary(value, Want::Mut, origin);
        }
        let want = match want {
            Want::Read if is_text => Want::Ref,
            Want::Read if !ty.is_copy() => Want::Own,
            want => want,
        };
        let kind = match &row.kind {
            Node::If { cond, then, els } => Node::If {
                cond: self.node(*cond, Want::Own),
                then: self.branch(*then, want, ty),
                els: els.map(|block| self.branch(block, want, ty)),
            },
            Node::While { label, cond, body, els } => {
                let outer = std::mem::take(&mut self.before);
                let cond = self.node(*cond, Want::Own);
                let needs = std::mem::replace(&mut self.before, outer);
                let body = self.block(*body, Want::Own);
                let els = els.map(|block| self.block(block, Want::Own));
                if needs.is_empty() {
                    Node::While { label: *label, cond, body, els }
                } else {
                    self.while_with_setup(*label, cond, needs, body, els, origin)
                }
            }
            Node::Loop { label, body } => Node::Loop { label: *label, body: self.block(*body, Want::Own) },
            Node::For { label, pat, iter, body, els } => {
                let range = self.loop_range(*iter);
                let mut reads = self.alias.reads.get(iter).copied().unwrap_or(Reads::Ref);
                if self.settle_lent(*iter, range, &[Child::Block(*body)]) {
                    reads = Reads::Live;
                }
                let whole = self.names_tuples(pat, *iter, Some(range));
                let (source, form) = match reads == Reads::Ref && self.is_quiet_loop(*iter, *body) {
                    true => self.iterate_guarded(*iter),
                    false => self.iterate_loop(*iter, reads, true, &[Child::Block(*body)], whole),
                };
                self.mark_walk(source, *iter, pat, *body);
                let item = item_of_iter(self.src.ty(*iter));
                let (source, form, item) = self.fixed_items(pat, source, form, item);
                let mut assigns = Vec::new();
                let pat = self.loop_pattern(pat, &form, item, Some(range), &mut assigns);
                let body = self.block(*body, Want::Own);
                self.out.blocks[body].stmts.splice(0..0, assigns);
                let els = els.map(|block| self.block(block, Want::Own));
                Node::For { label: *label, pat, iter: source, body, els }
            }
            Node::Block { label, block } => {
                Node::Block { label: *label, block: self.value_block(*block, want, ty) }
            }
            Node::Match { subject, arms } => self.match_node(*subject, arms, want, ty),
            Node::Try { body, handlers, els, finally } => Node::Try {
                body: self.block(*body, want),
                handlers: handlers
                    .iter()
                    .map(|handler| Handler { body: self.block(handler.body, want), ..handler.clone() })
                    .collect(),
                els: els.map(|block| self.block(block, want)),
                finally: finally.map(|block| self.block(block, Want::Own)),
            },
            other => self.jump(other),
        };
        let ty = if want == Want::Ref { ty.reference() } else { ty };
        self.out.node(kind, ty, origin)
    }

    /// Every value that the branches give is a place or a text: it can be lent.
    fn gives_places(&self, id: NodeId) -> bool {
        let tail = |block: BlockId| {
            let row = &self.src.blocks[block];
            row.tail.is_some_and(|tail| match &self.src.nodes[tail].kind {
                Node::Use(place, _) => {
                    self.src.ty(tail).strip_ref() == self.src.ty(id).strip_ref()
                        && !self.place_in_cell(place)
                        && !self.is_in_temporary(place)
                        && !matches!(self.src.ty(tail).strip_ref().kind(), TyKind::Shared(_))
                        && self.use_text(place).is_none()
                }
                Node::Const(Const::Str(_)) => true,
                Node::If { .. } => self.gives_places(tail),
                _ => false,
            })
        };
        match &self.src.nodes[id].kind {
            Node::If { then, els: Some(els), .. } => tail(*then) && tail(*els),
            _ => false,
        }
    }

    /// Whether a place is a part of what a call gives, which is gone at the end of its branch.
    fn is_in_temporary(&self, place: &Place) -> bool {
        let Root::Node(node) = place.root else { return false };
        match &self.src.nodes[node].kind {
            Node::Use(inner, _) => self.is_in_temporary(inner),
            Node::Call { .. } | Node::Item(_) => !matches!(self.src.ty(node).kind(), TyKind::Ref(_)),
            _ => false,
        }
    }

    /// Every value that the branches give is made there.
    fn makes_values(&self, id: NodeId) -> bool {
        let tail = |block: BlockId| {
            self.src.blocks[block].tail.is_some_and(|tail| match &self.src.nodes[tail].kind {
                Node::Op { op: Op::UnionOp(UnionOp::From), .. }
                | Node::Call { callee: Callee::New(_), .. } => true,
                Node::If { .. } => self.makes_values(tail),
                _ => false,
            })
        };
        match &self.src.nodes[id].kind {
            Node::If { then, els: Some(els), .. } => tail(*then) && tail(*els),
            _ => false,
        }
    }

    /// A branch that gives a value: iterators of several branches have one type.
    pub(crate) fn branch(&mut self, block: BlockId, want: Want, ty: Ty) -> BlockId {
        let made = self.value_block(block, want, ty);
        self.box_tail(made);
        made
    }

    fn box_tail(&mut self, block: BlockId) {
        let Some(tail) = self.out.blocks[block].tail else { return };
        match self.out.nodes[tail].kind {
            Node::If { .. } | Node::Match { .. } => {}
            Node::Block { block, .. } => self.box_tail(block),
            _ => self.out.blocks[block].tail = Some(self.boxed(tail)),
        }
    }

    fn value_block(&mut self, block: BlockId, want: Want, ty: Ty) -> BlockId {
        let made = self.block(block, want);
        if let Some(tail) = self.out.blocks[made].tail {
            let tail = self.coerce(tail, ty);
            self.out.blocks[made].tail = Some(tail);
        }
        made
    }

    /// A condition that needs statements of its own: `loop { setup; if !cond { break } body }`.
    fn while_with_setup(
        &mut self,
        label: Option<Name>,
        cond: NodeId,
        mut setup: Vec<Stmt>,
        body: BlockId,
        els: Option<BlockId>,
        origin: Origin,
    ) -> Node {
        let not = self.out.op(BoolOp::Not, vec![cond], Ty::bool(), origin);
        let leave = self.out.node(Node::Break { label, value: None }, Ty::never(), origin);
        let mut exit = match els {
            Some(block) => self.out.blocks[block].clone(),
            None => BlockRow::default(),
        };
        exit.stmts.push(Stmt::new(StmtKind::Expr(leave), origin));
        let exit = self.out.block(exit);
        let check = self.out.node(Node::If { cond: not, then: exit, els: None }, Ty::unit(), origin);
        setup.push(Stmt::new(StmtKind::Expr(check), origin));
        self.out.blocks[body].stmts.splice(0..0, setup);
        Node::Loop { label, body }
    }

    fn loop_range(&self, iter: NodeId) -> (u32, u32) {
        let found = self.all.patterns.iter().find(|(_, source, _)| *source == iter);
        let start = self.all.spans.get(&iter).map_or(0, |(_, end)| *end);
        found.map_or((0, 0), |(_, _, (_, end))| (start, *end))
    }

    /// A pattern whose values, keys and places are lowered.
    fn pattern_nodes(&mut self, pat: &Pat) -> Pat {
        let all = |own: &mut Self, parts: &[Pat]| parts.iter().map(|part| own.pattern_nodes(part)).collect();
        match pat {
            Pat::Value(node) => Pat::Value(self.node(*node, Want::Read)),
            Pat::Place(place) => Pat::Place(self.place_to_write(place)),
            Pat::Map { pairs, rest } => {
                let pairs = pairs
                    .iter()
                    .map(|(key, part)| (self.node(*key, Want::Read), self.pattern_nodes(part)))
                    .collect();
                Pat::Map { pairs, rest: *rest }
            }
            Pat::Tuple(parts) => Pat::Tuple(all(self, parts)),
            Pat::Or(parts) => Pat::Or(all(self, parts)),
            Pat::List { front, rest, back } => Pat::List {
                front: all(self, front),
                rest: rest.as_ref().map(|part| Box::new(self.pattern_nodes(part))),
                back: all(self, back),
            },
            Pat::Class { class, args, named } => Pat::Class {
                class: *class,
                args: all(self, args),
                named: named.iter().map(|(name, part)| (*name, self.pattern_nodes(part))).collect(),
            },
            Pat::Bind(local, part) => {
                Pat::Bind(*local, part.as_ref().map(|part| Box::new(self.pattern_nodes(part))))
            }
            Pat::Some(part) => Pat::Some(Box::new(self.pattern_nodes(part))),
            Pat::Ref(part) => Pat::Ref(Box::new(self.pattern_nodes(part))),
            Pat::Wild | Pat::Const(_) | Pat::None => pat.clone(),
        }
    }

    fn match_node(&mut self, subject: NodeId, arms: &[Arm], want: Want, ty: Ty) -> Node {
        let subject = self.node(subject, Want::Own);
        let mut lowered = Vec::new();
        for arm in arms {
            let guard = arm.guard.map(|guard| self.node(guard, Want::Own));
            let body = self.branch(arm.body, want, ty);
            let pat = self.pattern_nodes(&arm.pat);
            lowered.push(Arm { pat, guard, body, ..arm.clone() });
        }
        Node::Match { subject, arms: lowered }
    }

    /// Whether a lazy result would read through a guard that ends with the function.
    fn looks_through_guard(&self, source: NodeId, node: NodeId) -> bool {
        matches!(&self.out.nodes[node].kind, Node::Call { callee: Callee::Lib(_), .. })
            && matches!(self.out.ty(node).kind(), TyKind::Iter(_))
            && self.holds_guard(source)
    }

    fn jump(&mut self, node: &Node) -> Node {
        match node {
            Node::Return(value) => {
                let result = self.results.last().copied().unwrap_or(Ty::unit());
                Node::Return(value.map(|value| {
                    let is_lazy = matches!(self.src.ty(value).kind(), TyKind::Iter(_));
                    let outer = std::mem::replace(&mut self.leaves, is_lazy);
                    let node = self.node(value, Want::Own);
                    self.leaves = outer;
                    let node = if self.looks_through_guard(value, node) { self.settle(node) } else { node };
                    self.coerce(node, result)
                }))
            }
            Node::Yield(value) => {
                let result = self.yields.last().copied().unwrap_or(Ty::unit());
                Node::Yield(value.map(|value| {
                    let node = self.node(value, Want::Own);
                    let node = self.coerce(node, result);
                    // Whoever takes the value may change what it was read from.
                    if self.holds_guard(value) && !self.out.ty(node).is_copy() {
                        self.settle(node)
                    } else {
                        node
                    }
                }))
            }
            Node::Break { label, value } => {
                Node::Break { label: *label, value: value.map(|value| self.node(value, Want::Own)) }
            }
            Node::Raise { error, cause } => Node::Raise {
                error: error.map(|node| self.node(node, Want::Own)),
                cause: cause.map(|node| self.node(node, Want::Own)),
            },
            Node::YieldFrom(node) if matches!(self.src.ty(*node).kind(), TyKind::Lib(..)) => {
                Node::YieldFrom(self.node(*node, Want::Own))
            }
            Node::YieldFrom(node) => {
                let outer = std::mem::replace(&mut self.suspends, true);
                let source = self.iterate(*node, Reads::Ref, true).0;
                self.suspends = outer;
                Node::YieldFrom(source)
            }
            Node::Await(node) => {
                let outer = std::mem::replace(&mut self.suspends, true);
                let value = self.node(*node, Want::Own);
                self.suspends = outer;
                Node::Await(value)
            }
            Node::With { items, body, is_async } => Node::With {
                items: items
                    .iter()
                    .map(|item| WithItem {
                        context: self.node(item.context, Want::Own),
                        target: item.target.as_ref().map(|pat| self.pattern_nodes(pat)),
                    })
                    .collect(),
                body: self.block(*body, Want::Own),
                is_async: *is_async,
            },
            other => other.clone(),
        }
    }
}
