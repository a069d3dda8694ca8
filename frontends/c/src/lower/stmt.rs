//! Statements that keep their structure.

use super::flow::Flow;
use super::func::{Home, Lower};
use super::whole::whole;
use crate::tree::*;
use batuta_core::{self as core, BlockId, Node, Ty};

impl<'a> Lower<'a> {
    /// The statements of a function.
    pub(super) fn function_body(&mut self, body: &Stmt) {
        if super::jumps::needs_machine(body) || self.sets_jump(body) {
            return self.machine_body(body);
        }
        match &body.kind {
            StmtKind::Block(stmts) => self.list(stmts),
            _ => self.stmt(body),
        }
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        self.at(stmt.pos);
        match &stmt.kind {
            StmtKind::Empty => {}
            StmtKind::Expr(value) => self.expr_stmt(value),
            StmtKind::Decl(id, init) => self.decl(*id, init.as_ref()),
            StmtKind::Vla(id) => self.new_vla(*id),
            StmtKind::Block(stmts) => {
                let block = self.block(|this| this.list(stmts));
                if !self.body.blocks[block].stmts.is_empty() {
                    self.push_node(Node::Block { label: None, block });
                }
            }
            StmtKind::Group(stmts) => stmts.iter().for_each(|stmt| self.stmt(stmt)),
            StmtKind::If(cond, then, els) => self.if_stmt(cond, then, els.as_deref()),
            StmtKind::While(cond, body) => self.while_stmt(Some(cond), None, body),
            StmtKind::Do(body, cond) => self.do_stmt(body, cond),
            StmtKind::For(init, cond, step, body) => {
                self.for_stmt(init.as_deref(), cond.as_ref(), step.as_ref(), body)
            }
            StmtKind::Switch(of, body) => self.switch_stmt(of, body),
            StmtKind::Case(_, _, inner) | StmtKind::Default(inner) | StmtKind::Label(_, inner) => {
                self.stmt(inner)
            }
            StmtKind::Goto(name) => self.goto_stmt(*name, stmt.pos),
            StmtKind::GotoPtr(to) => self.computed_goto(to),
            StmtKind::Break => self.break_stmt(),
            StmtKind::Continue => self.continue_stmt(),
            StmtKind::Return(value) => {
                let value = value.as_ref().map(|value| self.value(value));
                self.return_stmt(value);
            }
            StmtKind::Hole(why) => {
                let node = self.hole_node(stmt.pos, why);
                self.push_expr(node);
            }
        }
    }

    fn expr_stmt(&mut self, value: &Expr) {
        if whole(value, &self.unit.tree).is_some_and(|whole| self.write_whole(&whole)) {
            return;
        }
        self.deferred = Some(Vec::new());
        self.effect(value);
        self.flush();
    }

    /// Steps that waited for the end of the expression.
    fn flush(&mut self) {
        let deferred = self.deferred.take().unwrap_or_default();
        self.stmts.last_mut().expect("a block is open").extend(deferred);
    }

    fn decl(&mut self, id: VarId, init: Option<&Init>) {
        if self.hoisted.contains(&id) {
            if let Some(init) = init {
                self.store_init(id, init);
            }
            return;
        }
        self.deferred = Some(Vec::new());
        match init {
            Some(init) => self.init_local(id, init),
            None => self.new_unknown(id),
        }
        self.flush();
    }

    /// Brings variables to life before the place of their declaration.
    pub(super) fn hoist(&mut self, ids: &[VarId]) {
        for id in ids {
            if !self.hoisted.contains(id) {
                let home = self.new_local(*id, None);
                if let Home::Native(local) = home {
                    self.body.locals[local].mutable = true;
                }
                self.hoisted.push(*id);
            }
        }
    }

    /// A statement as a block: its own braces are the block's.
    pub(super) fn stmt_block(&mut self, stmt: &Stmt) -> BlockId {
        self.block(|this| match &stmt.kind {
            StmtKind::Block(stmts) => this.list(stmts),
            _ => this.list(std::slice::from_ref(stmt)),
        })
    }

    fn if_stmt(&mut self, cond: &Expr, then: &Stmt, els: Option<&Stmt>) {
        let cond = self.cond(cond);
        let origin = self.origin;
        let then = self.stmt_block(then);
        let els = els.map(|els| self.stmt_block(els));
        let els = els.filter(|els| !self.body.blocks[*els].stmts.is_empty());
        self.origin = origin;
        self.push_node(Node::If { cond, then, els });
    }

    /// `while (cond) { body step }`.
    fn while_stmt(&mut self, cond: Option<&Expr>, step: Option<&Expr>, body: &Stmt) {
        let origin = self.origin;
        let next = (step.is_some() && has_continue(body)).then(|| self.label("next"));
        let label = self.label("outer");
        let (before, cond) = match cond {
            Some(cond) => self.cond_parts(cond),
            None => (Vec::new(), self.bool(true)),
        };
        self.flow.push(Flow::Loop { label, used: false, next });
        self.stmts.push(Vec::new());
        if let Some(next) = next {
            let block = self.stmt_block(body);
            self.push_node(Node::Block { label: Some(next), block });
        } else {
            match &body.kind {
                StmtKind::Block(stmts) => self.list(stmts),
                _ => self.list(std::slice::from_ref(body)),
            }
        }
        if let Some(step) = step
            && !self.stmts.last().is_some_and(|stmts| self.ends(stmts))
        {
            self.at(step.pos);
            self.expr_stmt(step);
        }
        let made = self.stmts.pop().unwrap_or_default();
        let label = self.close_flow();
        self.origin = origin;
        let is_endless = matches!(self.body.as_const(cond), Some(core::Const::Bool(true)));
        if before.is_empty() && !is_endless {
            let body = self.new_block(made);
            return self.push_node(Node::While { label, cond, body, els: None });
        }
        let mut stmts = before;
        if !is_endless {
            let leave = self.leave_unless(cond);
            stmts.push(leave);
        }
        stmts.extend(made);
        let body = self.new_block(stmts);
        self.push_loop(label, body);
    }

    pub(super) fn new_block(&mut self, stmts: Vec<core::Stmt>) -> BlockId {
        self.body.block(core::BlockRow { stmts, tail: None, end_comments: Vec::new() })
    }

    fn push_loop(&mut self, label: Option<batuta_base::Name>, body: BlockId) {
        self.push_node(Node::Loop { label, body });
    }

    /// `if !cond { break; }`
    fn leave_unless(&mut self, cond: core::NodeId) -> core::Stmt {
        let cond = self.negated(cond);
        let leave = self.body.node(Node::Break { label: None, value: None }, Ty::never(), self.origin);
        let stmt = core::Stmt::new(core::StmtKind::Expr(leave), self.origin);
        let then = self.new_block(vec![stmt]);
        let test = self.body.node(Node::If { cond, then, els: None }, Ty::unit(), self.origin);
        core::Stmt::new(core::StmtKind::Expr(test), self.origin)
    }

    fn do_stmt(&mut self, body: &Stmt, cond: &Expr) {
        let origin = self.origin;
        // `do { .. } while (0)` runs once: only a way to write a block.
        let is_once = cond.as_int() == Some(0) && !has_break(body) && !has_continue(body);
        if is_once {
            return self.stmt(body);
        }
        let next = has_continue(body).then(|| self.label("next"));
        let label = self.label("outer");
        self.flow.push(Flow::Loop { label, used: false, next });
        self.stmts.push(Vec::new());
        match (next, &body.kind) {
            (Some(next), _) => {
                let block = self.stmt_block(body);
                self.push_node(Node::Block { label: Some(next), block });
            }
            (None, StmtKind::Block(stmts)) => self.list(stmts),
            _ => self.stmt(body),
        }
        self.at(cond.pos);
        if !self.stmts.last().is_some_and(|stmts| self.ends(stmts)) {
            let cond = self.cond(cond);
            let is_endless = matches!(self.body.as_const(cond), Some(core::Const::Bool(true)));
            if !is_endless {
                let leave = self.leave_unless(cond);
                self.stmts.last_mut().expect("a block is open").push(leave);
            }
        }
        let made = self.stmts.pop().unwrap_or_default();
        let label = self.close_flow();
        self.origin = origin;
        let body = self.new_block(made);
        self.push_loop(label, body);
    }

    fn for_stmt(&mut self, init: Option<&Stmt>, cond: Option<&Expr>, step: Option<&Expr>, body: &Stmt) {
        if let Some(range) = self.counted(init, cond, step, body) {
            return self.range_loop(range, body);
        }
        // What it declares lives a little longer than in C; names that would hide others are changed later.
        if let Some(init) = init {
            self.stmt(init);
        }
        self.while_stmt(cond, step, body);
    }

    /// The body of a loop that steps by itself, and the loop's label.
    pub(super) fn loop_body(&mut self, body: &Stmt) -> (BlockId, Option<batuta_base::Name>) {
        let label = self.label("outer");
        self.flow.push(Flow::Loop { label, used: false, next: None });
        let block = self.stmt_block(body);
        (block, self.close_flow())
    }
}

/// Whether a `continue` in the body belongs to the loop around it.
pub(super) fn has_continue(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Continue => true,
        StmtKind::While(..) | StmtKind::Do(..) | StmtKind::For(..) => false,
        _ => {
            let mut found = false;
            stmt.for_each_stmt(&mut |inner| found = found || has_continue(inner));
            stmt.for_each_expr(&mut |expr| found = found || in_expr(expr, &has_continue));
            found
        }
    }
}

/// Whether a `break` in the body belongs to the loop around it.
pub(super) fn has_break(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Break => true,
        StmtKind::While(..) | StmtKind::Do(..) | StmtKind::For(..) | StmtKind::Switch(..) => false,
        _ => {
            let mut found = false;
            stmt.for_each_stmt(&mut |inner| found = found || has_break(inner));
            stmt.for_each_expr(&mut |expr| found = found || in_expr(expr, &has_break));
            found
        }
    }
}

fn in_expr(of: &Expr, test: &dyn Fn(&Stmt) -> bool) -> bool {
    let mut found = match &of.kind {
        ExprKind::StmtExpr(body) => test(body),
        _ => false,
    };
    of.for_each_child(&mut |child| found = found || in_expr(child, test));
    found
}
