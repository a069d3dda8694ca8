//! Values of expressions. Statements that an expression needs go in front of the statement at hand: C leaves
//! the order of operands open, and what may not run at all (`&&`, `?:`) keeps its statements to itself.

use super::func::Lower;
use super::link::{Target, pointer};
use super::place::Place;
use crate::tree::*;
use crate::types::*;
use batuta_base::Name;
use batuta_core::{self as core, CIntOp, FloatOp, IntOp, Mode, Node, NodeId, PtrOp, Ty, TyKind};

impl Lower<'_> {
    /// The value of an expression, in the type of the expression.
    pub(super) fn value(&mut self, of: &Expr) -> NodeId {
        let ty = self.ty(&of.ty);
        match &of.kind {
            ExprKind::Int(value, name) => self.number(*value, *name, ty),
            ExprKind::Float(value) => self.float(*value, ty),
            ExprKind::Func(id) => self.function_pointer(*id, of),
            ExprKind::Compound(id, init) if self.is_plain_literal(*id) => match self.init_value(init, &of.ty)
            {
                Some(value) => value,
                None => {
                    let place = self.place(of);
                    self.read(place, ty)
                }
            },
            ExprKind::Local(_)
            | ExprKind::Global(_)
            | ExprKind::Deref(_)
            | ExprKind::Member(..)
            | ExprKind::Compound(..)
            | ExprKind::Str(_) => {
                let place = self.place(of);
                self.read(place, ty)
            }
            ExprKind::Neg(inner) => self.negation(inner, ty),
            ExprKind::BitNot(inner) => {
                let inner = self.value(inner);
                self.body.op(IntOp::Invert, vec![inner], ty, self.origin)
            }
            ExprKind::Not(_) | ExprKind::Compare(..) | ExprKind::And(..) | ExprKind::Or(..) => {
                let cond = self.cond(of);
                self.number_as(cond, ty)
            }
            ExprKind::Binary(op, a, b) => {
                let (a, b) = self.operands(a, b);
                self.arithmetic(*op, a, b, ty)
            }
            ExprKind::PtrAdd(a, b) => {
                let (a, b) = (self.value(a), self.index(b));
                self.body.op(PtrOp::Offset, vec![a, b], ty, self.origin)
            }
            ExprKind::PtrDiff(a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                self.body.op(PtrOp::Diff, vec![a, b], ty, self.origin)
            }
            ExprKind::Cast(inner) => self.cast(inner, &of.ty, ty),
            ExprKind::Addr(inner) => {
                let place = self.addressed(inner);
                let at = self.pointer_to(place);
                self.convert(at, ty)
            }
            ExprKind::Decay(inner) => self.decayed(inner, ty),
            ExprKind::Cond(c, a, b) => self.choice(c, a, b, ty),
            ExprKind::Elvis(a, b) => self.elvis(a, b, ty),
            ExprKind::Comma(a, b) => {
                self.effect_now(a);
                self.value(b)
            }
            ExprKind::Assign(left, right) => self.assign(left, right, true),
            ExprKind::Update(op, calc, left, right) => self.update(*op, calc, left, right, true),
            ExprKind::Step { of: inner, down, post } => self.step(inner, *down, *post, true),
            ExprKind::Call { callee, args, rest } => self.call(callee, args, rest, of),
            ExprKind::StmtExpr(body) => self.statement_value(body, ty),
            ExprKind::VaStart(_) | ExprKind::VaArg(_) | ExprKind::VaEnd(_) | ExprKind::VaCopy(..) => {
                self.varargs(of, ty)
            }
            ExprKind::LabelAddr(number) => {
                let number = self.int(i128::from(*number), Ty::new(TyKind::Int(core::Width::U64)));
                self.body.op(PtrOp::FromAddr, vec![number], ty, self.origin)
            }
            ExprKind::Hole(why) => self.hole_node(of.pos, why),
        }
    }

    /// A literal that is only read as a whole.
    fn is_plain_literal(&self, id: VarId) -> bool {
        !self.uses[id as usize].addressed && !self.hoisted.contains(&id)
    }

    fn number(&mut self, value: i128, name: Option<Name>, ty: Ty) -> NodeId {
        if let Some(path) = name.and_then(|name| self.linked.constants[self.index].get(&name).copied()) {
            let own = self.linked.image.constants[&path].ty;
            let item = self.body.node(Node::Item(path), own, self.origin);
            return self.number_as(item, ty);
        }
        let is_char = name.is_some_and(|name| name.as_str().starts_with('\''));
        match ty.kind() {
            TyKind::Int(_) if is_char => self.char(value as i64, ty),
            TyKind::Bool => self.bool(value != 0),
            TyKind::Lib(..) if value == 0 => self.body.op(PtrOp::Null, vec![], ty, self.origin),
            _ => self.int(value, ty),
        }
    }

    fn function_pointer(&mut self, id: FuncId, of: &Expr) -> NodeId {
        let row = &self.unit.tree.funcs[id as usize];
        let own = self.ty(&CTy::Func(row.ty.clone()));
        let path = match &self.linked.funcs[self.index][id as usize] {
            Target::Own(path) => *path,
            Target::Library(name) => Name::new(&format!("c.{name}")),
            Target::Foreign(..) => return self.hole(of.pos, "the address of a function of another library"),
            Target::Missing(why) => {
                let why = why.clone();
                return self.missing(row.name, why, of.pos);
            }
        };
        self.targets.push((path, own));
        let item = self.body.node(Node::Item(path), pointer(own), self.origin);
        let ty = self.ty(&of.ty);
        self.convert(item, ty)
    }

    /// A function that nobody defines; `why` says why it cannot be one of another library.
    pub(super) fn missing(&mut self, name: Name, why: Option<String>, pos: crate::lex::Pos) -> NodeId {
        let message = match why {
            Some(why) => format!("`{name}` has no definition, and no library can have it: {why}"),
            None => format!("`{name}` has no definition"),
        };
        self.issues.push(crate::pp::Issue { code: crate::codes::UNDEFINED, pos, message: message.clone() });
        self.hole_node(pos, &message)
    }

    fn negation(&mut self, inner: &Expr, ty: Ty) -> NodeId {
        let value = self.value(inner);
        match ty.kind() {
            TyKind::Float(_) => self.body.op(FloatOp::Neg, vec![value], ty, self.origin),
            _ if inner.ty.is_unsigned() || self.linked.choices.wraps => {
                self.body.op(CIntOp::Neg, vec![value], ty, self.origin)
            }
            _ => self.body.op(IntOp::Neg, vec![value], ty, self.origin),
        }
    }

    /// `a op b` of two numbers of one type.
    pub(super) fn arithmetic(&mut self, op: BinOp, a: NodeId, b: NodeId, ty: Ty) -> NodeId {
        let node_op = self.operation(op, ty);
        self.body.op(node_op, vec![a, b], ty, self.origin)
    }

    fn cast(&mut self, inner: &Expr, to: &CTy, ty: Ty) -> NodeId {
        match to {
            CTy::Bool => self.cond(inner),
            CTy::Void => {
                self.effect_now(inner);
                self.zero(Ty::unit())
            }
            _ => {
                let value = self.value(inner);
                self.convert(value, ty)
            }
        }
    }

    fn decayed(&mut self, inner: &Expr, ty: Ty) -> NodeId {
        if let ExprKind::Str(text) = &inner.kind {
            let text = text.clone();
            return self.text(&text, ty);
        }
        let place = self.addressed(inner);
        let at = match place {
            Place::Native(_) | Place::Cell(_) => return self.hole(inner.pos, "the address of this array"),
            other => self.pointer_to(other),
        };
        if *self.body.ty(at).kind() == TyKind::Never || self.body.ty(at) == ty {
            return at;
        }
        match super::link::pointee(self.body.ty(at)).kind() {
            TyKind::Array(item, _) if pointer(*item) == ty => {
                self.body.op(PtrOp::First, vec![at], ty, self.origin)
            }
            _ => self.convert(at, ty),
        }
    }

    fn choice(&mut self, c: &Expr, a: &Expr, b: &Expr, ty: Ty) -> NodeId {
        let cond = self.cond_now(c);
        let then = self.value_block(a);
        let els = self.value_block(b);
        self.body.node(Node::If { cond, then, els: Some(els) }, ty, self.origin)
    }

    /// A block that is the value of an expression.
    fn value_block(&mut self, of: &Expr) -> core::BlockId {
        let deferred = self.deferred.take();
        self.stmts.push(Vec::new());
        let value = self.value(of);
        let stmts = self.stmts.pop().unwrap_or_default();
        self.deferred = deferred;
        self.body.block(core::BlockRow { stmts, tail: Some(value), end_comments: Vec::new() })
    }

    fn elvis(&mut self, a: &Expr, b: &Expr, ty: Ty) -> NodeId {
        let deferred = self.deferred.take();
        let value = self.value(a);
        self.deferred = deferred;
        let held = self.held_node(value, "first");
        let again = self.copied(held);
        let cond = self.truth(held);
        let then = self.body.block(core::BlockRow { stmts: vec![], tail: Some(again), end_comments: vec![] });
        let els = self.value_block(b);
        self.body.node(Node::If { cond, then, els: Some(els) }, ty, self.origin)
    }

    /// `left = right`; gives the value where somebody wants it.
    pub(super) fn assign(&mut self, left: &Expr, right: &Expr, wanted: bool) -> NodeId {
        let ty = self.ty(&left.ty);
        if let ExprKind::Compound(..) | ExprKind::Hole(_) = left.kind {
            return self.value(left);
        }
        let place = self.place(left);
        // A place that is found by what the right side changes is found first.
        let place = if super::is_pure(right) { place } else { self.held(place) };
        let value = self.value(right);
        if !wanted {
            self.write(place, value);
            return value;
        }
        self.write_and_give(place, value, ty)
    }

    fn write_and_give(&mut self, place: Place, value: NodeId, ty: Ty) -> NodeId {
        match &place {
            Place::Native(_) | Place::Cell(_) => {
                let place = self.held(place);
                let again = self.again(&place);
                self.write(place, value);
                self.read(again, ty)
            }
            Place::Field(_, _, true) => {
                // Some bits may have been cut off.
                let place = self.held(place);
                let again = self.again(&place);
                self.write(place, value);
                self.read(again, ty)
            }
            _ => {
                let held = self.held_node(value, "value");
                let again = self.copied(held);
                self.write(place, held);
                again
            }
        }
    }

    /// `left op= right`.
    pub(super) fn update(
        &mut self,
        op: BinOp,
        calc: &CTy,
        left: &Expr,
        right: &Expr,
        wanted: bool,
    ) -> NodeId {
        let ty = self.ty(&left.ty);
        let place = self.place(left);
        if let Place::Nowhere(node) = place {
            return node;
        }
        let place = self.held(place);
        let value = if calc.is_ptr() { self.index(right) } else { self.value(right) };
        // What the right side does to the place counts, as gcc has it.
        let is_own = matches!(&place, Place::Native(native) if matches!(native.root, core::Root::Local(_)));
        let value = if !is_own && self.is_busy(right) { self.held_node(value, "value") } else { value };
        self.combine(place, op, calc, value, ty, wanted)
    }

    /// Writes `place op value`, calculated in another type.
    fn combine(
        &mut self,
        place: Place,
        op: BinOp,
        calc: &CTy,
        value: NodeId,
        ty: Ty,
        wanted: bool,
    ) -> NodeId {
        let calc_ty = self.ty(calc);
        // `x op= value` of Rust means the same where nothing is converted.
        if let Place::Native(native) = &place
            && calc_ty == ty
            && self.has_update(op, ty)
        {
            let again = self.again(&place);
            let op = self.operation(op, ty);
            let native = native.clone();
            let value = self.outside(&native, value);
            self.push(core::StmtKind::Update { place: native, op, value });
            return if wanted { self.read(again, ty) } else { value };
        }
        let again = self.again(&place);
        let old = self.read(again, ty);
        let new = self.combined(old, op, calc, value, ty);
        if wanted {
            return self.write_and_give(place, new, ty);
        }
        self.write(place, new);
        new
    }

    /// `old op value`, calculated in another type.
    fn combined(&mut self, old: NodeId, op: BinOp, calc: &CTy, value: NodeId, ty: Ty) -> NodeId {
        if calc.is_ptr() {
            return self.body.op(PtrOp::Offset, vec![old, value], ty, self.origin);
        }
        let calc_ty = self.ty(calc);
        let old = self.convert(old, calc_ty);
        let made = self.arithmetic(op, old, value, calc_ty);
        self.convert(made, ty)
    }

    /// `++` and `--`.
    pub(super) fn step(&mut self, of: &Expr, down: bool, post: bool, wanted: bool) -> NodeId {
        let ty = self.ty(&of.ty);
        let place = self.place(of);
        if let Place::Nowhere(node) = place {
            return node;
        }
        let place = self.held(place);
        let (op, calc) = match &of.ty {
            ty if ty.is_ptr() => (BinOp::Add, ty.clone()),
            CTy::Float | CTy::Double | CTy::LongDouble => {
                (if down { BinOp::Sub } else { BinOp::Add }, of.ty.clone())
            }
            // By one never leaves a narrow type without wrapping, and wrapping is what C says then.
            other => (if down { BinOp::Sub } else { BinOp::Add }, other.promoted()),
        };
        let amount = if of.ty.is_ptr() && down { -1 } else { 1 };
        let one_ty = if of.ty.is_ptr() { Ty::i64() } else { self.ty(&calc) };
        if !(post && wanted) {
            let one = self.one(amount, one_ty);
            return self.combine(place, op, &calc, one, ty, wanted);
        }
        // The old value is wanted.
        if let Place::Native(native) = &place
            && native.as_local().is_some()
            && self.deferred.is_some()
        {
            let again = self.again(&place);
            let value = self.read(again, ty);
            self.stmts.push(Vec::new());
            let one = self.one(amount, one_ty);
            self.combine(place, op, &calc, one, ty, false);
            let made = self.stmts.pop().unwrap_or_default();
            self.deferred.get_or_insert_default().extend(made);
            return value;
        }
        let again = self.again(&place);
        let old = self.read(again, ty);
        let held = self.new_temp("old", ty, old);
        let one = self.one(amount, one_ty);
        if let Place::Native(_) = place {
            self.combine(place, op, &calc, one, ty, false);
        } else {
            let old = self.body.use_local(held, Mode::Copy, self.origin);
            let new = self.combined(old, op, &calc, one, ty);
            self.write(place, new);
        }
        self.body.use_local(held, Mode::Copy, self.origin)
    }

    fn one(&mut self, amount: i128, ty: Ty) -> NodeId {
        if ty.is_float() { self.float(amount as f64, ty) } else { self.int(amount, ty) }
    }

    /// An expression for its effect, complete before what follows.
    pub(super) fn effect_now(&mut self, of: &Expr) {
        let deferred = self.deferred.take();
        self.effect(of);
        self.deferred = deferred;
    }

    /// An expression for its effect.
    pub(super) fn effect(&mut self, of: &Expr) {
        match &of.kind {
            ExprKind::Assign(left, right) => {
                self.assign(left, right, false);
            }
            ExprKind::Update(op, calc, left, right) => {
                self.update(*op, calc, left, right, false);
            }
            ExprKind::Step { of: inner, down, post } => {
                self.step(inner, *down, *post, false);
            }
            ExprKind::Comma(a, b) => {
                self.effect_now(a);
                self.effect(b);
            }
            ExprKind::Cast(inner) => self.effect(inner),
            ExprKind::Cond(c, a, b) => {
                let cond = self.cond_now(c);
                let then = self.block(|this| this.effect_now(a));
                let els = self.block(|this| this.effect_now(b));
                self.push_if(cond, then, els);
            }
            ExprKind::And(a, b) => {
                let cond = self.cond_now(a);
                let then = self.block(|this| this.effect_now(b));
                self.push_if_only(cond, then);
            }
            ExprKind::Or(a, b) => {
                let cond = self.cond_now(a);
                let cond = self.negated(cond);
                let then = self.block(|this| this.effect_now(b));
                self.push_if_only(cond, then);
            }
            ExprKind::StmtExpr(body) => self.stmt(body),
            ExprKind::Hole(why) => {
                let node = self.hole_node(of.pos, why);
                self.push_expr(node);
            }
            ExprKind::Call { .. }
                if matches!(self.printed(of).map(|node| self.push_expr(node)), Some(())) => {}
            ExprKind::Call { .. }
            | ExprKind::VaStart(_)
            | ExprKind::VaEnd(_)
            | ExprKind::VaCopy(..)
            | ExprKind::VaArg(_) => {
                let node = self.value(of);
                let is_done = matches!(self.body.nodes[node].kind, Node::Const(_));
                if !is_done {
                    self.push_expr(node);
                }
            }
            _ => of.for_each_child(&mut |child| {
                if !super::is_pure(child) {
                    self.effect(child);
                }
            }),
        }
    }

    fn push_if_only(&mut self, cond: NodeId, then: core::BlockId) {
        let node = self.body.node(Node::If { cond, then, els: None }, Ty::unit(), self.origin);
        self.push_expr(node);
    }

    fn push_if(&mut self, cond: NodeId, then: core::BlockId, els: core::BlockId) {
        let is_empty = |this: &Self, block: core::BlockId| {
            this.body.blocks[block].stmts.is_empty() && this.body.blocks[block].tail.is_none()
        };
        if is_empty(self, then) && !is_empty(self, els) {
            let cond = self.negated(cond);
            return self.push_if_only(cond, els);
        }
        let els = (!self.body.blocks[els].stmts.is_empty()).then_some(els);
        let node = self.body.node(Node::If { cond, then, els }, Ty::unit(), self.origin);
        self.push_expr(node);
    }

    /// `({ .. })`.
    fn statement_value(&mut self, body: &Stmt, ty: Ty) -> NodeId {
        let StmtKind::Block(stmts) = &body.kind else { return self.zero(ty) };
        let deferred = self.deferred.take();
        self.stmts.push(Vec::new());
        let mut tail = None;
        for (index, stmt) in stmts.iter().enumerate() {
            match &stmt.kind {
                StmtKind::Expr(value) if index + 1 == stmts.len() && !value.ty.is_void() => {
                    self.at(stmt.pos);
                    tail = Some(self.value(value));
                }
                _ => self.stmt(stmt),
            }
        }
        // A value that reads an object of the block is taken before the object goes.
        if let Some(value) = tail {
            let own = self.body.ty(value);
            if !self.is_simple(value) && *own.kind() != TyKind::Never {
                let held = self.new_temp("result", own, value);
                tail = Some(self.body.use_local(held, Mode::Copy, self.origin));
            }
        }
        let made = self.stmts.pop().unwrap_or_default();
        self.deferred = deferred;
        let block = self.body.block(core::BlockRow { stmts: made, tail, end_comments: Vec::new() });
        self.body.node(Node::Block { label: None, block }, ty, self.origin)
    }
}

/// The operation of the IR: unsigned wraps, signed stops on overflow.
fn operation(op: BinOp, ty: Ty, wraps: bool) -> core::Op {
    let is_unsigned = matches!(
        ty.kind(),
        TyKind::Int(
            core::Width::U8 | core::Width::U16 | core::Width::U32 | core::Width::U64 | core::Width::U128
        )
    );
    if ty.is_float() {
        return match op {
            BinOp::Add => FloatOp::Add.into(),
            BinOp::Sub => FloatOp::Sub.into(),
            BinOp::Mul => FloatOp::Mul.into(),
            _ => FloatOp::Div.into(),
        };
    }
    match op {
        BinOp::Add if is_unsigned || wraps => CIntOp::Add.into(),
        BinOp::Sub if is_unsigned || wraps => CIntOp::Sub.into(),
        BinOp::Mul if is_unsigned || wraps => CIntOp::Mul.into(),
        BinOp::Add => IntOp::Add.into(),
        BinOp::Sub => IntOp::Sub.into(),
        BinOp::Mul => IntOp::Mul.into(),
        BinOp::Div => IntOp::Div.into(),
        BinOp::Rem => IntOp::Rem.into(),
        BinOp::And => IntOp::And.into(),
        BinOp::Or => IntOp::Or.into(),
        BinOp::Xor => IntOp::Xor.into(),
        BinOp::Shl => CIntOp::Shl.into(),
        BinOp::Shr => CIntOp::Shr.into(),
    }
}

impl Lower<'_> {
    fn operation(&self, op: BinOp, ty: Ty) -> core::Op {
        operation(op, ty, self.linked.choices.wraps)
    }

    /// Whether Rust has `op=` for it: wrapping arithmetic has none.
    fn has_update(&self, op: BinOp, ty: Ty) -> bool {
        !matches!(self.operation(op, ty), core::Op::CIntOp(CIntOp::Add | CIntOp::Sub | CIntOp::Mul))
            && !matches!(ty.kind(), TyKind::Lib(..))
    }
}
