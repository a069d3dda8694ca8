//! Jumps of any shape: the function becomes numbered pieces and one loop that runs them.
//!
//! before                       after
//!   switch (n % 4) {             loop { match state {
//!   case 0: do { a();              0 => { state = if n % 4 == 0 { 1 } else { 2 }; }
//!   case 1:      b();              1 => { a(); state = 2; }
//!   } while (--n > 0); }           2 => { b(); .. }

use super::flow::Flow;
use super::func::Lower;
use super::jumps::has_case;
use crate::tree::*;
use batuta_base::{FxHashMap, Name};
use batuta_core::{self as core, Arm, LocalId, Mode, Node, NodeId, Pat, Ty, TyKind, Width};

/// The pieces so far.
pub(super) struct Machine {
    state: LocalId,
    label: Name,
    pieces: Vec<Vec<core::Stmt>>,
    current: usize,
    labels: FxHashMap<Name, u32>,
    /// Pieces of the labels of the switches around, by the address of the statement.
    cases: Vec<(*const Stmt, u32)>,
    /// Open blocks where pieces are made.
    depth: usize,
    /// What `setjmp` gives, and the frame that `longjmp` comes back to.
    jumps: Option<(LocalId, LocalId)>,
}

fn state_ty() -> Ty {
    Ty::new(TyKind::Int(Width::U32))
}

impl Lower<'_> {
    pub(super) fn machine_body(&mut self, body: &Stmt) {
        let mut declared = Vec::new();
        collect(body, &mut declared);
        self.hoist(&declared);
        let zero = self.int(0, state_ty());
        let state = self.new_temp("state", state_ty(), zero);
        self.body.locals[state].mutable = true;
        let label = self.label("machine");
        let jumps = self.sets_jump(body).then(|| {
            let zero = self.int(0, Ty::new(TyKind::Int(Width::I32)));
            let jumped = self.new_temp("jumped", Ty::new(TyKind::Int(Width::I32)), zero);
            self.body.locals[jumped].mutable = true;
            let callee = core::Callee::Lib(Name::new("c.new_frame"));
            let ty = Ty::new(TyKind::Int(Width::U64));
            let made = self.body.node(Node::Call { callee, args: vec![] }, ty, self.origin);
            (jumped, self.new_temp("frame", ty, made))
        });
        self.machine = Some(Machine {
            depth: self.stmts.len() + 1,
            jumps,
            state,
            label,
            pieces: vec![Vec::new()],
            current: 0,
            labels: FxHashMap::default(),
            cases: Vec::new(),
        });
        self.stmts.push(Vec::new());
        // Labels whose address is taken have the first numbers.
        for name in self.func.map(|func| func.labels.clone()).unwrap_or_default() {
            self.state_of(name);
        }
        self.flat(body);
        // The end of the function.
        let value = match self.func {
            Some(func) if !func.ty.ret.is_void() => {
                let ty = self.ty(&func.ty.ret);
                Some(self.zero(ty))
            }
            _ => None,
        };
        if !self.stmts.last().is_some_and(|stmts| self.ends(stmts)) {
            self.return_stmt(value);
        }
        let last = self.stmts.pop().unwrap_or_default();
        let Some(mut machine) = self.machine.take() else { return };
        machine.pieces[machine.current] = last;
        self.push_machine(machine);
    }

    fn push_machine(&mut self, machine: Machine) {
        let origin = self.origin;
        let count = machine.pieces.len();
        let mut arms = Vec::new();
        for (number, piece) in machine.pieces.into_iter().enumerate() {
            let body = self.new_block(piece);
            let pat = if number + 1 == count {
                Pat::Wild
            } else {
                Pat::Const(core::Const::Int(number.to_string().into()))
            };
            arms.push(Arm { pat, guard: None, body, origin, above: Vec::new() });
        }
        let subject = self.body.use_local(machine.state, Mode::Copy, origin);
        let all = self.body.node(Node::Match { subject, arms }, Ty::unit(), origin);
        let body = self.new_block(vec![core::Stmt::new(core::StmtKind::Expr(all), origin)]);
        let node = Node::Loop { label: Some(machine.label), body };
        match machine.jumps {
            Some((jumped, frame)) => {
                let node = self.body.node(node, Ty::never(), origin);
                self.with_jumps(node, machine.state, jumped, frame);
            }
            None => self.push_node(node),
        }
    }

    /// Whether a statement calls `setjmp`.
    pub(super) fn sets_jump(&self, stmt: &Stmt) -> bool {
        stmt.any(&mut |inner| {
            let mut found = false;
            inner.for_each_expr(&mut |expr| found = found || self.is_set_jump_in(expr));
            found
        })
    }

    fn is_set_jump_in(&self, of: &Expr) -> bool {
        let mut found = matches!(&of.kind, ExprKind::Call { callee, .. }
            if matches!(&callee.kind, ExprKind::Func(id) if self.is_set_jump(*id)));
        of.for_each_child(&mut |child| found = found || self.is_set_jump_in(child));
        found
    }

    fn is_set_jump(&self, id: FuncId) -> bool {
        matches!(&self.linked.funcs[self.index][id as usize], super::link::Target::Library(name)
            if matches!(name.as_str(), "setjmp" | "sigsetjmp"))
    }

    fn machine(&mut self) -> &mut Machine {
        self.machine.as_mut().expect("only called while pieces are made")
    }

    /// `goto *p`: the address of a label is the number of its piece.
    pub(super) fn computed_goto(&mut self, to: &Expr) {
        let count = self.func.map_or(0, |func| func.labels.len());
        let word = Ty::new(TyKind::Int(Width::U64));
        let value = self.value(to);
        let value = self.convert(value, word);
        let held = self.held_node(value, "target");
        let one = self.int(1, word);
        let from_zero = self.copied(held);
        let from_zero = self.body.op(core::CIntOp::Sub, vec![from_zero, one], word, self.origin);
        let count = self.int(count as i128, word);
        let is_bad = self.body.op(core::CmpOp::Ge, vec![from_zero, count], Ty::bool(), self.origin);
        let stop = self.block(|this| {
            let callee = core::Callee::Lib(Name::new("c.bad_goto"));
            let stop = this.body.node(Node::Call { callee, args: vec![] }, Ty::never(), this.origin);
            this.push_expr(stop);
        });
        self.push_node(Node::If { cond: is_bad, then: stop, els: None });
        let Some((state, label)) = self.machine.as_ref().map(|machine| (machine.state, machine.label)) else {
            return;
        };
        let value = self.copied(held);
        let value = self.convert(value, state_ty());
        self.push(core::StmtKind::Set { target: Pat::Place(core::Place::local(state)), value });
        let node = self.body.node(Node::Continue { label: Some(label) }, Ty::never(), self.origin);
        self.push_expr(node);
    }

    /// `setjmp(buffer)`: notes where to go on, and goes on there.
    pub(super) fn set_jump(&mut self, buffer: &Expr, pos: crate::lex::Pos) -> NodeId {
        let depth = self.stmts.len();
        let Some((jumped, frame)) = self.machine.as_ref().and_then(|m| m.jumps.filter(|_| m.depth == depth))
        else {
            return self.hole(pos, "`setjmp` at this place");
        };
        let buffer = self.value(buffer);
        let zero = self.int(0, Ty::new(TyKind::Int(Width::I32)));
        self.push(core::StmtKind::Set { target: Pat::Place(core::Place::local(jumped)), value: zero });
        let piece = self.new_piece();
        let frame = self.body.use_local(frame, Mode::Copy, self.origin);
        let number = self.int(i128::from(piece), state_ty());
        let args = [buffer, frame, number].map(core::Arg::positional).to_vec();
        let name = Name::new("c.set_jump");
        let call =
            self.body.node(Node::Call { callee: core::Callee::Lib(name), args }, Ty::unit(), self.origin);
        self.push_expr(call);
        self.fall(piece);
        self.begin(piece);
        self.body.use_local(jumped, Mode::Copy, self.origin)
    }

    /// The loop of the pieces inside of a frame that `longjmp` can come back to.
    fn with_jumps(&mut self, machine: NodeId, state: LocalId, jumped: LocalId, frame: LocalId) {
        let origin = self.origin;
        let landing = Ty::lib("c.Landing", []);
        let jump = self.body.local("jump", landing, origin);
        let ask = |this: &mut Self, name: &str, ty: Ty| {
            let jump = this.body.use_local(jump, Mode::Copy, origin);
            let args = vec![core::Arg::positional(jump)];
            let callee = core::Callee::Lib(Name::new(name));
            this.body.node(Node::Call { callee, args }, ty, origin)
        };
        let landed = ask(self, "c.landed", Ty::bool());
        let to = ask(self, "c.landing_state", state_ty());
        let value = ask(self, "c.landing_value", Ty::new(TyKind::Int(Width::I32)));
        let then = self.block(|this| {
            this.push(core::StmtKind::Set { target: Pat::Place(core::Place::local(state)), value: to });
            this.push(core::StmtKind::Set { target: Pat::Place(core::Place::local(jumped)), value });
        });
        let body = self.block(|this| {
            this.push_node(Node::If { cond: landed, then, els: None });
            this.push_expr(machine);
        });
        let ret = self.body.ret;
        let param = core::Param {
            name: Name::new("jump"),
            local: jump,
            kind: core::ParamKind::Normal,
            default: None,
        };
        let closure = core::Closure { ret, ..core::Closure::lambda(vec![param], body) };
        let closure = self.body.node(Node::Closure(closure), Ty::func([landing], ret), origin);
        let frame = self.body.use_local(frame, Mode::Copy, origin);
        let args = [frame, closure].map(core::Arg::positional).to_vec();
        let callee = core::Callee::Lib(Name::new("c.with_jumps"));
        let call = self.body.node(Node::Call { callee, args }, ret, origin);
        self.return_stmt(Some(call));
    }

    fn new_piece(&mut self) -> u32 {
        let machine = self.machine();
        machine.pieces.push(Vec::new());
        machine.pieces.len() as u32 - 1
    }

    /// What follows belongs to this piece.
    fn begin(&mut self, piece: u32) {
        let done = self.stmts.pop().unwrap_or_default();
        let machine = self.machine();
        let current = machine.current;
        machine.pieces[current] = done;
        machine.current = piece as usize;
        self.stmts.push(Vec::new());
    }

    /// The piece of a label.
    pub(super) fn state_of(&mut self, name: Name) -> Option<u32> {
        let machine = self.machine.as_ref()?;
        if let Some(piece) = machine.labels.get(&name) {
            return Some(*piece);
        }
        let piece = self.new_piece();
        self.machine().labels.insert(name, piece);
        Some(piece)
    }

    pub(super) fn go_to_state(&mut self, piece: u32) {
        let Some(machine) = &self.machine else { return };
        let (state, label) = (machine.state, machine.label);
        let value = self.int(i128::from(piece), state_ty());
        self.push(core::StmtKind::Set { target: Pat::Place(core::Place::local(state)), value });
        let node = self.body.node(Node::Continue { label: Some(label) }, Ty::never(), self.origin);
        self.push_expr(node);
    }

    /// Goes on to a piece unless control has left before.
    fn fall(&mut self, piece: u32) {
        if !self.stmts.last().is_some_and(|stmts| self.ends(stmts)) {
            self.go_to_state(piece);
        }
    }

    /// A statement as pieces, where a jump leads into it.
    fn flat(&mut self, stmt: &Stmt) {
        if !is_entered(stmt) && !self.sets_jump(stmt) {
            return self.stmt(stmt);
        }
        self.at(stmt.pos);
        match &stmt.kind {
            StmtKind::Block(stmts) | StmtKind::Group(stmts) => stmts.iter().for_each(|stmt| self.flat(stmt)),
            StmtKind::Label(name, inner) => {
                if let Some(piece) = self.state_of(*name) {
                    self.fall(piece);
                    self.begin(piece);
                }
                self.flat(inner);
            }
            StmtKind::Case(_, _, inner) | StmtKind::Default(inner) => {
                let found = self
                    .machine()
                    .cases
                    .iter()
                    .find(|(at, _)| std::ptr::eq(*at, stmt))
                    .map(|(_, piece)| *piece);
                if let Some(piece) = found {
                    self.fall(piece);
                    self.begin(piece);
                }
                self.flat(inner);
            }
            StmtKind::If(cond, then, els) => self.flat_if(cond, then, els.as_deref()),
            StmtKind::While(cond, body) => self.flat_loop(Some(cond), None, body, true),
            StmtKind::Do(body, cond) => self.flat_loop(Some(cond), None, body, false),
            StmtKind::For(init, cond, step, body) => {
                if let Some(init) = init {
                    self.stmt(init);
                }
                self.flat_loop(cond.as_ref(), step.as_ref(), body, true);
            }
            StmtKind::Switch(of, body) => self.flat_switch(of, body),
            _ => self.stmt(stmt),
        }
    }

    fn branch(&mut self, cond: NodeId, yes: u32, no: u32) {
        let then = self.block(|this| this.go_to_state(yes));
        let els = self.block(|this| this.go_to_state(no));
        self.push_node(Node::If { cond, then, els: Some(els) });
    }

    fn flat_if(&mut self, cond: &Expr, then: &Stmt, els: Option<&Stmt>) {
        let (yes, no, end) = (self.new_piece(), self.new_piece(), self.new_piece());
        let cond = self.cond(cond);
        self.branch(cond, yes, no);
        self.begin(yes);
        self.flat(then);
        self.fall(end);
        self.begin(no);
        if let Some(els) = els {
            self.flat(els);
        }
        self.fall(end);
        self.begin(end);
    }

    fn flat_loop(&mut self, cond: Option<&Expr>, step: Option<&Expr>, body: &Stmt, tests_first: bool) {
        let (test, start, next, end) =
            (self.new_piece(), self.new_piece(), self.new_piece(), self.new_piece());
        self.fall(if tests_first { test } else { start });
        self.begin(test);
        match cond {
            Some(cond) => {
                let cond = self.cond(cond);
                self.branch(cond, start, end);
            }
            None => self.go_to_state(start),
        }
        self.begin(start);
        self.flow.push(Flow::States { on_break: end, on_continue: Some(next) });
        self.flat(body);
        self.flow.pop();
        self.fall(next);
        self.begin(next);
        if let Some(step) = step {
            self.effect_now(step);
        }
        self.fall(test);
        self.begin(end);
    }

    fn flat_switch(&mut self, of: &Expr, body: &Stmt) {
        let value = self.value(of);
        let value = self.held_node(value, "value");
        let end = self.new_piece();
        let mut tests: Vec<(Option<(i128, i128)>, u32)> = Vec::new();
        let mut found = Vec::new();
        cases(body, &mut found);
        for stmt in found {
            let piece = self.new_piece();
            self.machine().cases.push((std::ptr::from_ref(stmt), piece));
            let range = match &stmt.kind {
                StmtKind::Case(first, last, _) => Some((*first, *last)),
                _ => None,
            };
            tests.push((range, piece));
        }
        let default = tests.iter().find(|(range, _)| range.is_none()).map_or(end, |(_, piece)| *piece);
        let mut arms = Vec::new();
        for (range, piece) in &tests {
            let Some((first, last)) = *range else { continue };
            let (pat, guard) = self.pattern(value, &[super::switch::Test::Values(first, last)]);
            let go = self.block(|this| this.go_to_state(*piece));
            arms.push(Arm { pat, guard, body: go, origin: self.origin, above: Vec::new() });
        }
        let go = self.block(|this| this.go_to_state(default));
        arms.push(Arm { pat: Pat::Wild, guard: None, body: go, origin: self.origin, above: Vec::new() });
        self.push_node(Node::Match { subject: value, arms });
        // What stands before the first label is never reached.
        let start = self.new_piece();
        self.begin(start);
        self.flow.push(Flow::States { on_break: end, on_continue: self.outer_continue() });
        self.flat(body);
        self.flow.pop();
        self.fall(end);
        self.begin(end);
    }

    /// Where `continue` leads inside of a switch.
    fn outer_continue(&self) -> Option<u32> {
        match self.flow.last() {
            Some(Flow::States { on_continue, .. }) => *on_continue,
            _ => None,
        }
    }
}

/// Whether a jump may lead into a statement: labels stand in it, or cases of a switch outside, or a switch in
/// it has cases that only pieces can reach.
fn is_entered(stmt: &Stmt) -> bool {
    has_case(stmt)
        || stmt.any(&mut |inner| match &inner.kind {
            StmtKind::Label(..) => true,
            StmtKind::Switch(_, body) => {
                let mut odd = false;
                body.for_each_stmt(&mut |part| {
                    let mut part = part;
                    while let StmtKind::Case(_, _, next) | StmtKind::Default(next) = &part.kind {
                        part = next;
                    }
                    odd |= has_case(part);
                });
                odd
            }
            _ => false,
        })
}

/// Labels of a switch, wherever they stand in its body.
fn cases<'s>(stmt: &'s Stmt, out: &mut Vec<&'s Stmt>) {
    match &stmt.kind {
        StmtKind::Switch(..) => return,
        StmtKind::Case(..) | StmtKind::Default(_) => out.push(stmt),
        _ => {}
    }
    stmt.for_each_stmt(&mut |inner| cases(inner, out));
}

/// All variables that a function declares or makes for literals.
fn collect(stmt: &Stmt, out: &mut Vec<VarId>) {
    if let StmtKind::Decl(id, _) = &stmt.kind {
        out.push(*id);
    }
    stmt.for_each_expr(&mut |expr| collect_expr(expr, out));
    stmt.for_each_stmt(&mut |inner| collect(inner, out));
}

fn collect_expr(of: &Expr, out: &mut Vec<VarId>) {
    match &of.kind {
        ExprKind::Compound(id, init) => {
            out.push(*id);
            init.for_each_expr(&mut |expr| collect_expr(expr, out));
        }
        ExprKind::StmtExpr(body) => collect(body, out),
        _ => {}
    }
    of.for_each_child(&mut |child| collect_expr(child, out));
}
