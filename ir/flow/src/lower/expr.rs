//! Expressions: each gives the register of its value.

use super::{Lower, Scope};
use crate::lir::{End, InstKind, Part, Reg, Target};
use batuta_base::{Name, Origin};
use batuta_core::{
    Arg, Attr, BlockId, BoolOp, Callee, IterOp, Node, NodeId, Op, Piece, Place, Proj, Root, RsOp, Ty, TyKind,
};

impl Lower<'_> {
    pub(super) fn expr(&mut self, node: NodeId) -> Reg {
        let body = self.body;
        let (ty, origin) = (body.nodes[node].ty, body.nodes[node].origin);
        match &body.nodes[node].kind {
            Node::Const(value) => self.emit(ty, InstKind::Const(value.clone()), origin),
            Node::Use(place, mode) => self.use_place(place, *mode, node),
            Node::Op { op, attr, args } => self.operation(*op, attr, args, node),
            Node::Call { callee, args } => self.call(callee, args, node),
            Node::Format(pieces) => {
                let parts = self.parts(pieces);
                self.emit(Ty::str(), InstKind::Format(parts), origin)
            }
            Node::If { cond, then, els } => self.if_(*cond, *then, *els, ty),
            Node::Match { subject, arms } => self.match_(*subject, arms, ty),
            Node::While { label, cond, body, els } => self.while_(*label, *cond, *body, *els),
            Node::Loop { label, body } => self.loop_(*label, *body, ty),
            Node::For { label, pat, iter, body, els } => self.for_(*label, pat, *iter, *body, *els),
            Node::Block { label, block } => self.labelled(*label, *block, ty),
            Node::Try { body, handlers, els, finally } => self.try_(*body, handlers, *els, *finally, ty),
            Node::With { items, body, is_async } => self.with(items, *body, *is_async, ty),
            Node::Break { label, value } => self.jump(origin, |at| at.break_(*label, *value)),
            Node::Continue { label } => self.jump(origin, |at| at.continue_(*label)),
            Node::Return(value) => self.jump(origin, |at| at.return_(*value)),
            Node::Raise { error, cause } => self.jump(origin, |at| at.raise(*error, *cause, origin)),
            Node::Yield(value) => self.yield_(*value, ty, origin),
            Node::YieldFrom(inner) => self.yield_from(*inner, origin),
            Node::Await(inner) => {
                self.gap("await", origin);
                self.expr(*inner)
            }
            Node::Closure(closure) => {
                let (index, captures) = self.closure(closure);
                self.emit(ty, InstKind::Closure { index, captures }, origin)
            }
            Node::Seq { clauses, sink } => self.seq(clauses, sink, ty, origin),
            Node::Item(name) => {
                let is_lent = |local| super::shared::lent_content(local).is_some();
                let function = self.program.fns.get(name);
                if function.is_some_and(|of| of.params.iter().any(|param| is_lent(of.locals[param.local].ty)))
                {
                    self.gap("a function that is lent a number or a text to change, as a value", origin);
                }
                self.emit(ty, InstKind::Item(*name), origin)
            }
            Node::Hole { why, .. } => self.hole(why, origin),
        }
    }

    fn hole(&mut self, why: &str, origin: Origin) -> Reg {
        let text = self.emit(Ty::str(), InstKind::Const(batuta_core::Const::Str(why.into())), origin);
        let error = self.emit(
            Ty::error(),
            InstKind::Op {
                op: batuta_core::ExcOp::New.into(),
                attr: Attr::Name(Name::new("NotTranslated")),
                args: vec![text],
            },
            origin,
        );
        self.end(End::Raise(error, None));
        self.temp(Ty::never())
    }

    fn jump(&mut self, _: Origin, f: impl FnOnce(&mut Self)) -> Reg {
        f(self);
        self.temp(Ty::never())
    }

    fn operation(&mut self, op: Op, attr: &Attr, args: &[NodeId], node: NodeId) -> Reg {
        let (ty, origin) = (self.body.nodes[node].ty, self.body.nodes[node].origin);
        match op {
            Op::BoolOp(BoolOp::And | BoolOp::Or) => return self.short_circuit(op, args[0], args[1], origin),
            Op::RsOp(RsOp::Try | RsOp::Ok | RsOp::Ref | RsOp::Mut | RsOp::Share | RsOp::Deref) => {
                return self.same_object(args, ty, origin);
            }
            Op::IterOp(
                how @ (IterOp::Of
                | IterOp::Ref
                | IterOp::Mut
                | IterOp::Copied
                | IterOp::Cloned
                | IterOp::Into
                | IterOp::Live
                | IterOp::Chars),
            ) => {
                let source = self.expr(args[0]);
                return self.emit(ty, InstKind::Iter(how, source), origin);
            }
            _ => {}
        }
        let args = args.iter().map(|arg| self.expr(*arg)).collect();
        self.emit(ty, InstKind::Op { op, attr: attr.clone(), args }, origin)
    }

    /// `&x`, `Ok(x)`, `x?`, `Rc::new(x)`: the same object, seen under another type.
    fn same_object(&mut self, args: &[NodeId], ty: Ty, origin: Origin) -> Reg {
        let Some(arg) = args.first() else { return self.unit(origin) };
        let value = self.expr(*arg);
        let is_cell = super::shared::cell_content(ty).is_some();
        let ty = if is_cell || matches!(ty.kind(), TyKind::Unknown) { self.ty(value) } else { ty };
        self.emit(ty, InstKind::Copy(value), origin)
    }

    fn short_circuit(&mut self, op: Op, a: NodeId, b: NodeId, origin: Origin) -> Reg {
        let result = self.temp(Ty::bool());
        let first = self.expr(a);
        self.push(Some(result), InstKind::Copy(first), origin);
        let (more, done) = (self.new_block(), self.new_block());
        let is_and = op == Op::BoolOp(BoolOp::And);
        let (yes, no) = if is_and { (more, done) } else { (done, more) };
        self.end(End::If(first, yes, no));
        self.go(more);
        let second = self.expr(b);
        self.push(Some(result), InstKind::Copy(second), origin);
        self.goto(done);
        self.go(done);
        result
    }

    fn call(&mut self, callee: &Callee, args: &[Arg], node: NodeId) -> Reg {
        let (ty, origin) = (self.body.nodes[node].ty, self.body.nodes[node].origin);
        if let Callee::Lib(name) = callee
            && let Some(value) = self.consumed(*name, args, ty, origin)
        {
            return value;
        }
        if let (Callee::Lib(name), [arg]) = (callee, args)
            && name.as_str().split(['#', '$']).next() == Some("ruchy.try")
        {
            return self.tried(arg.value, ty, origin);
        }
        let target = match callee {
            Callee::Fn(path) => Target::Fn(*path),
            Callee::Virtual(path) => Target::Virtual(*path),
            Callee::Lib(name) => Target::Lib(*name),
            Callee::New(path) => Target::New(*path),
            Callee::Value(node) => Target::Value(self.expr(*node)),
            Callee::Method(..) | Callee::Super(_) => {
                self.gap("unresolved call", origin);
                return self.unit(origin);
            }
        };
        let is_own = matches!(target, Target::Fn(_) | Target::Virtual(_));
        let args = args.iter().map(|arg| match is_own {
            true => self.argument(arg.value),
            false => self.expr(arg.value),
        });
        let args = args.collect();
        let value = self.emit(ty, InstKind::Call { target, args }, origin);
        if matches!(ty.kind(), TyKind::Never) {
            self.end(End::Stop);
        }
        value
    }

    /// An argument of a function of the program: the cell of a number or a text that is lent to change.
    fn argument(&mut self, node: NodeId) -> Reg {
        let (ty, origin) = (self.body.nodes[node].ty, self.body.nodes[node].origin);
        if super::shared::lent_content(ty).is_none() {
            return self.expr(node);
        }
        match &self.body.nodes[node].kind {
            Node::Use(Place { root: Root::Local(local), proj }, _)
                if proj.is_empty() || proj[..] == [Proj::Deref] && self.is_lent_cell(Root::Local(*local)) =>
            {
                let reg = self.local_reg(*local);
                self.emit(ty, InstKind::Alias(reg), origin)
            }
            _ => {
                self.gap("a number or a text inside of another value that is lent to change", origin);
                self.unit(origin)
            }
        }
    }

    /// `x?` of Ruchy: what is held, or the function gives that there is nothing.
    fn tried(&mut self, value: NodeId, ty: Ty, origin: Origin) -> Reg {
        let value = self.expr(value);
        let is_result = matches!(self.ty(value).strip().kind(), TyKind::Lib(name, _) if *name == "Result");
        let (test, held) =
            if is_result { ("ruchy.is_ok", "ruchy.ok_of") } else { ("ruchy.is_some", "ruchy.some_of") };
        let is_there = self.lib(test, vec![value], Ty::bool(), origin);
        let (there, leave) = (self.new_block(), self.new_block());
        self.end(End::If(is_there, there, leave));
        self.go(leave);
        let ret = self.lir.ret;
        let given = match ret.kind() {
            TyKind::Lib(_, parts) if is_result && parts.len() == 2 => {
                let error = self.lib("ruchy.err_of", vec![value], parts[1], origin);
                self.lib("ruchy.Err", vec![error], ret, origin)
            }
            _ => self.lib("ruchy.None", Vec::new(), ret, origin),
        };
        let on_error = self.on_error;
        self.unwind_to(0);
        self.end(End::Return(Some(given)));
        self.on_error = on_error;
        self.go(there);
        self.lib(held, vec![value], ty, origin)
    }

    pub(super) fn parts(&mut self, pieces: &[Piece]) -> Vec<Part> {
        let one = |piece: &Piece| match piece {
            Piece::Text(text) => Part::Text(text.clone()),
            Piece::Value { value, conv, spec, .. } => {
                let reg = self.expr(*value);
                Part::Value { reg, conv: *conv, spec: self.parts(spec) }
            }
        };
        pieces.iter().map(one).collect()
    }

    /// A register that branches give their value to, or none where there is no value.
    pub(super) fn slot(&mut self, ty: Ty) -> Option<Reg> {
        (!matches!(ty.kind(), TyKind::Unit | TyKind::Never | TyKind::Unknown)).then(|| self.temp(ty))
    }

    pub(super) fn give(&mut self, slot: Option<Reg>, value: Reg) {
        let arrives = !matches!(self.ty(value).kind(), TyKind::Never | TyKind::Unit);
        if let (Some(slot), true) = (slot, arrives) {
            self.push(Some(slot), InstKind::Copy(value), self.body.origin);
        }
    }

    pub(super) fn slot_value(&mut self, slot: Option<Reg>) -> Reg {
        slot.unwrap_or_else(|| self.unit(self.body.origin))
    }

    fn if_(&mut self, cond: NodeId, then: BlockId, els: Option<BlockId>, ty: Ty) -> Reg {
        let slot = self.slot(ty);
        let cond = self.expr(cond);
        let (yes, no, done) = (self.new_block(), self.new_block(), self.new_block());
        self.end(End::If(cond, yes, no));
        self.go(yes);
        let value = self.block(then);
        self.give(slot, value);
        self.goto(done);
        self.go(no);
        if let Some(els) = els {
            let value = self.block(els);
            self.give(slot, value);
        }
        self.goto(done);
        self.go(done);
        self.slot_value(slot)
    }

    fn while_(&mut self, label: Option<Name>, cond: NodeId, body: BlockId, els: Option<BlockId>) -> Reg {
        let (head, inside, over, leave) =
            (self.new_block(), self.new_block(), self.new_block(), self.new_block());
        self.goto(head);
        self.go(head);
        let cond = self.expr(cond);
        self.end(End::If(cond, inside, over));
        self.go(inside);
        self.scopes.push(Scope::Loop { label, leave, again: head, value: None });
        self.block(body);
        self.scopes.pop();
        self.goto(head);
        self.go(over);
        els.into_iter().for_each(|els| {
            self.block(els);
        });
        self.goto(leave);
        self.go(leave);
        self.unit(self.body.origin)
    }

    fn loop_(&mut self, label: Option<Name>, body: BlockId, ty: Ty) -> Reg {
        let value = self.slot(ty);
        let (head, leave) = (self.new_block(), self.new_block());
        self.goto(head);
        self.go(head);
        self.scopes.push(Scope::Loop { label, leave, again: head, value });
        self.block(body);
        self.scopes.pop();
        self.goto(head);
        self.go(leave);
        self.slot_value(value)
    }

    fn labelled(&mut self, label: Option<Name>, block: BlockId, ty: Ty) -> Reg {
        let Some(label) = label else { return self.block(block) };
        let slot = self.slot(ty);
        let leave = self.new_block();
        self.scopes.push(Scope::Labelled { label, leave, value: slot });
        let value = self.block(block);
        self.scopes.pop();
        self.give(slot, value);
        self.goto(leave);
        self.go(leave);
        self.slot_value(slot)
    }

    fn yield_(&mut self, value: Option<NodeId>, ty: Ty, origin: Origin) -> Reg {
        let value = match value {
            Some(node) => self.expr(node),
            None => self.unit(origin),
        };
        self.emit(ty, InstKind::Yield(value), origin)
    }

    fn yield_from(&mut self, inner: NodeId, origin: Origin) -> Reg {
        let iter = self.expr(inner);
        let item_ty = super::iterate::item_type(self.ty(iter));
        let item = self.temp(item_ty);
        let (head, some, done) = (self.new_block(), self.new_block(), self.new_block());
        self.goto(head);
        self.go(head);
        self.end(End::Next { iter, item, some, done });
        self.go(some);
        self.push(None, InstKind::Yield(item), origin);
        self.goto(head);
        self.go(done);
        self.unit(origin)
    }
}
