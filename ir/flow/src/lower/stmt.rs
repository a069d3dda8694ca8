//! Statements and blocks.

use super::{Lower, Scope};
use crate::lir::{End, InstKind, Reg, Target};
use batuta_base::Name;
use batuta_core::{BlockId, Node, NodeId, Op, Pat, Place, RsOp, Stmt, StmtKind, TupleOp, Ty};

impl Lower<'_> {
    /// Lowers a block and gives its value.
    pub(super) fn block(&mut self, block: BlockId) -> Reg {
        let body = self.body;
        let row = &body.blocks[block];
        self.scopes.push(Scope::Locals(Vec::new()));
        for stmt in &row.stmts {
            self.stmt(stmt);
        }
        let value = match row.tail {
            Some(tail) => self.expr(tail),
            None => self.unit(body.origin),
        };
        self.drop_scope();
        value
    }

    /// Leaves the innermost scope of locals: drops them.
    pub(super) fn drop_scope(&mut self) {
        if let Some(Scope::Locals(regs)) = self.scopes.pop() {
            for reg in regs.into_iter().rev() {
                self.push(None, InstKind::Drop(reg), self.body.origin);
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => self.let_(pat, *value, stmt),
            StmtKind::Set { target, value } => self.set(target, *value),
            StmtKind::Update { place, op, value } => self.update(place, *op, *value),
            StmtKind::Expr(node) => {
                self.expr(*node);
            }
            StmtKind::Del(place) => self.del(place, stmt),
        }
    }

    fn let_(&mut self, pat: &Pat, value: Option<NodeId>, stmt: &Stmt) {
        if let Some(parts) = value.and_then(|node| self.tuple_parts(pat, node)) {
            self.declare(pat);
            return parts.into_iter().for_each(|(pat, reg)| self.bind(pat, reg, stmt.origin));
        }
        let whole = value.and_then(|node| self.sequence_pattern(pat, node));
        let pat = whole.as_ref().unwrap_or(pat);
        let value = value.map(|node| self.unpacked(pat, node));
        self.declare(pat);
        match value {
            Some(value) => self.bind(pat, value, stmt.origin),
            None => pat.for_each_local(&mut |local| {
                // The variable of a loop is a new one each turn.
                if self.in_cells.contains(&local) {
                    let cell = self.local_reg(local);
                    let empty = self.lib("rt.empty", Vec::new(), self.ty(cell), stmt.origin);
                    self.new_cell(cell, empty, stmt.origin);
                }
            }),
        }
    }

    /// Notes the locals of a pattern, to be dropped at the end of the scope.
    pub(super) fn declare(&mut self, pat: &Pat) {
        let mut regs = Vec::new();
        pat.for_each_local(&mut |local| {
            let reg = self.local_reg(local);
            if !self.ty(reg).is_copy() && !self.lir.regs[reg].in_cell {
                regs.push(reg);
            }
        });
        let scope = self.scopes.iter_mut().rev().find_map(|scope| match scope {
            Scope::Locals(list) => Some(list),
            _ => None,
        });
        if let Some(list) = scope {
            list.extend(regs);
        }
    }

    fn set(&mut self, target: &Pat, value: NodeId) {
        let origin = self.body.nodes[value].origin;
        if let Some(parts) = self.tuple_parts(target, value) {
            return parts.into_iter().for_each(|(pat, reg)| self.bind(pat, reg, origin));
        }
        let whole = self.sequence_pattern(target, value);
        let target = whole.as_ref().unwrap_or(target);
        let value_reg = self.unpacked(target, value);
        self.bind(target, value_reg, self.body.nodes[value].origin);
    }

    /// The parts of a tuple pattern with the values of a tuple display: no tuple is made.
    fn tuple_parts<'p>(&mut self, pat: &'p Pat, value: NodeId) -> Option<Vec<(&'p Pat, Reg)>> {
        let body = self.body;
        let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &body.nodes[value].kind else {
            return None;
        };
        let Pat::Tuple(parts) = pat else { return None };
        let is_splat = |node: &NodeId| matches!(body.nodes[*node].kind, Node::Op { op: Op::ObjOp(_), .. });
        if parts.len() != args.len() || args.iter().any(is_splat) {
            return None;
        }
        let values: Vec<Reg> = args.iter().map(|arg| self.expr(*arg)).collect();
        Some(parts.iter().zip(values).collect())
    }

    /// `([a], rest, [b])` of `rt::unpack_rest` as the one sequence pattern that it stands for.
    fn sequence_pattern(&self, pat: &Pat, value: NodeId) -> Option<Pat> {
        let Node::Op { op: Op::RsOp(RsOp::Path), .. } = &self.body.nodes[value].kind else { return None };
        let Pat::Tuple(parts) = pat else { return None };
        match &parts[..] {
            [Pat::List { front, rest: None, .. }, rest, Pat::List { front: back, rest: None, .. }] => {
                Some(Pat::List {
                    front: front.clone(),
                    rest: Some(Box::new(rest.clone())),
                    back: back.clone(),
                })
            }
            _ => None,
        }
    }

    /// The value for a pattern. `rt::unpack` checks the number of items.
    fn unpacked(&mut self, pat: &Pat, value: NodeId) -> Reg {
        let body = self.body;
        let row = &body.nodes[value];
        if let (Pat::List { front, rest, back }, Node::Op { op: Op::RsOp(RsOp::Path), args, .. }) =
            (pat, &row.kind)
            && let [source] = args[..]
        {
            let source = self.expr(source);
            let counts = [front.len() as i64, i64::from(rest.is_some()), back.len() as i64];
            let counts = counts.map(|count| self.int(count, row.origin));
            let args = std::iter::once(source).chain(counts).collect();
            return self.lib("rt.unpack", args, super::place::unpacked_type(row.ty), row.origin);
        }
        self.expr(value)
    }

    fn update(&mut self, place: &Place, op: Op, value: NodeId) {
        let origin = self.body.nodes[value].origin;
        let at = self.resolve(place, origin);
        let operand = self.expr(value);
        let old = self.read_resolved(&at, None, origin);
        let ty = self.ty(old);
        let new = match (op, ty.strip().kind()) {
            // A shared container or text changes in place.
            (Op::StrOp(batuta_core::StrOp::Concat), _) => {
                self.lib("rt.append", vec![old, operand], ty.strip_ref(), origin)
            }
            _ => self.op(op, vec![old, operand], ty.strip_ref(), origin),
        };
        self.write_resolved(&at, new, origin);
    }

    fn del(&mut self, place: &Place, stmt: &Stmt) {
        use super::place::Step;
        let at = self.resolve(place, stmt.origin);
        match at.last {
            Some(Step::Index(index) | Step::Nth(index)) => {
                self.push(None, InstKind::DelIndex(at.base, index), stmt.origin);
            }
            Some(Step::Field(name)) => self.push(None, InstKind::DelField(at.base, name), stmt.origin),
            _ => {}
        }
    }

    /// Leaves scopes down to `depth`: drops, `finally` blocks, `__exit__`.
    pub(super) fn unwind_to(&mut self, depth: usize) {
        let saved = (self.scopes.clone(), self.on_error);
        while self.scopes.len() > depth {
            let scope = self.scopes.pop().expect("the loop looked");
            match scope {
                Scope::Locals(regs) => {
                    for reg in regs.into_iter().rev() {
                        self.push(None, InstKind::Drop(reg), self.body.origin);
                    }
                }
                Scope::Finally { block, on_error } => {
                    self.on_error = on_error;
                    let next = self.new_block();
                    self.goto(next);
                    self.go(next);
                    self.block(block);
                }
                Scope::Exit { object, on_error } => {
                    self.on_error = on_error;
                    let next = self.new_block();
                    self.goto(next);
                    self.go(next);
                    self.leave_with(object, None);
                }
                Scope::Loop { .. } | Scope::Labelled { .. } => {}
            }
        }
        (self.scopes, self.on_error) = saved;
    }

    pub(super) fn return_(&mut self, value: Option<NodeId>) {
        let value = value.map(|node| self.expr(node));
        let value = value.filter(|_| self.lir.ret != Ty::unit());
        self.unwind_to(0);
        self.end(End::Return(value));
    }

    pub(super) fn break_(&mut self, label: Option<Name>, value: Option<NodeId>) {
        let value = value.map(|node| self.expr(node));
        let found = self.scopes.iter().enumerate().rev().find_map(|(depth, scope)| match scope {
            Scope::Loop { label: here, leave, value, .. } if label.is_none() || *here == label => {
                Some((depth, *leave, *value))
            }
            Scope::Labelled { label: here, leave, value } if label == Some(*here) => {
                Some((depth, *leave, *value))
            }
            _ => None,
        });
        let Some((depth, leave, slot)) = found else { return };
        if let (Some(slot), Some(value)) = (slot, value) {
            self.push(Some(slot), InstKind::Copy(value), self.body.origin);
        }
        self.unwind_to(depth);
        self.goto(leave);
    }

    pub(super) fn continue_(&mut self, label: Option<Name>) {
        let found = self.scopes.iter().enumerate().rev().find_map(|(depth, scope)| match scope {
            Scope::Loop { label: here, again, .. } if label.is_none() || *here == label => {
                Some((depth, *again))
            }
            _ => None,
        });
        if let Some((depth, again)) = found {
            self.unwind_to(depth);
            self.goto(again);
        }
    }

    /// Calls a function value or method of the program by path.
    pub(super) fn call_path(&mut self, path: Name, args: Vec<Reg>, origin: batuta_base::Origin) -> Reg {
        let ret = self.program.fns.get(&path).map_or(Ty::unit(), |body| body.ret);
        self.emit(ret, InstKind::Call { target: Target::Fn(path), args }, origin)
    }
}
