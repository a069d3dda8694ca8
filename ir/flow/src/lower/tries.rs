//! `try`, `raise`, `with`: error edges.

use super::{Lower, Scope};
use crate::lir::{Bb, End, InstKind, Reg};
use batuta_base::{Name, Origin};
use batuta_core::{Attr, BlockId, ExcOp, Handler, NodeId, Ty, TyKind, WithItem};

impl Lower<'_> {
    pub(super) fn raise(&mut self, error: Option<NodeId>, cause: Option<NodeId>, origin: Origin) {
        let error = match error {
            Some(node) => self.expr(node),
            None => match self.handling.last() {
                Some(handled) => *handled,
                None => return self.gap("bare `raise` outside a handler", origin),
            },
        };
        let error = self.as_error(error, origin);
        let cause = cause.map(|node| self.expr(node)).map(|cause| self.as_error(cause, origin));
        self.end(End::Raise(error, cause));
    }

    /// The error of an exception object.
    fn as_error(&mut self, value: Reg, origin: Origin) -> Reg {
        match self.ty(value).strip().kind() {
            TyKind::Error | TyKind::Never => value,
            TyKind::Unit | TyKind::Option(_) | TyKind::Value | TyKind::Union(_) => {
                self.lib("rt.to_error", vec![value], Ty::error(), origin)
            }
            _ => self.lib("rt.error_of_object", vec![value], Ty::error(), origin),
        }
    }

    pub(super) fn try_(
        &mut self,
        body: BlockId,
        handlers: &[Handler],
        els: Option<BlockId>,
        finally: Option<BlockId>,
        ty: Ty,
    ) -> Reg {
        let slot = self.slot(ty);
        let outer = self.on_error;
        let done = self.new_block();
        let cleanup = finally.map(|block| {
            let landing = self.new_block();
            self.scopes.push(Scope::Finally { block, on_error: outer });
            landing
        });
        self.with_errors(cleanup.or(outer), |at| at.guarded(body, handlers, els, slot, done));
        if let Some(block) = finally {
            self.scopes.pop();
            // The way on.
            self.go(done);
            self.block(block);
            let after = self.new_block();
            self.goto(after);
            self.cleanup(cleanup.expect("made for the same `finally`"), |at| {
                at.block(block);
            });
            self.go(after);
        } else {
            self.go(done);
        }
        self.slot_value(slot)
    }

    /// The body, its handlers and its `else`; each way on ends at `done`.
    fn guarded(
        &mut self,
        body: BlockId,
        handlers: &[Handler],
        els: Option<BlockId>,
        slot: Option<Reg>,
        done: Bb,
    ) {
        let outside = self.on_error;
        let landing = (!handlers.is_empty()).then(|| self.new_block());
        self.with_errors(landing.or(outside), |at| {
            let next = at.new_block();
            at.goto(next);
            at.go(next);
            let value = at.block(body);
            at.give(slot, value);
        });
        let after = self.new_block();
        self.goto(after);
        self.go(after);
        if let Some(els) = els {
            let value = self.block(els);
            self.give(slot, value);
        }
        self.goto(done);
        if let Some(landing) = landing {
            self.go(landing);
            self.handlers(handlers, slot, done);
        }
    }

    fn handlers(&mut self, handlers: &[Handler], slot: Option<Reg>, done: Bb) {
        let origin = self.body.origin;
        let error = self.emit(Ty::error(), InstKind::TakeError, origin);
        for handler in handlers {
            let next = self.new_block();
            self.match_classes(&handler.classes, error, next, handler.origin);
            if let Some(local) = handler.bind {
                let pat = batuta_core::Pat::Bind(local, None);
                let value = match self.body.locals[local].ty.strip().kind() {
                    TyKind::Class(..) => {
                        self.lib("rt.payload", vec![error], self.body.locals[local].ty, handler.origin)
                    }
                    _ => error,
                };
                self.bind(&pat, value, handler.origin);
            }
            self.handling.push(error);
            let value = self.block(handler.body);
            self.handling.pop();
            self.give(slot, value);
            self.goto(done);
            self.go(next);
        }
        self.end(End::Raise(error, None));
    }

    /// Goes on where the error is of one of the classes, else at `no`.
    fn match_classes(&mut self, classes: &[Name], error: Reg, no: Bb, origin: Origin) {
        if classes.is_empty() {
            return;
        }
        let yes = self.new_block();
        for class in classes {
            let kind = InstKind::Op { op: ExcOp::IsA.into(), attr: Attr::Name(*class), args: vec![error] };
            let fits = self.emit(Ty::bool(), kind, origin);
            let next = self.new_block();
            self.end(End::If(fits, yes, next));
            self.go(next);
        }
        self.goto(no);
        self.go(yes);
    }

    /// Lowers with errors going to `to`, then lets them go where they went before.
    fn with_errors(&mut self, to: Option<Bb>, f: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.on_error, to);
        let next = self.new_block();
        self.goto(next);
        self.go(next);
        f(self);
        self.on_error = outer;
    }

    /// The error road through a `finally`: does `f`, raises again.
    fn cleanup(&mut self, landing: Bb, f: impl FnOnce(&mut Self)) {
        self.go(landing);
        let error = self.emit(Ty::error(), InstKind::TakeError, self.body.origin);
        f(self);
        self.end(End::Raise(error, None));
    }

    pub(super) fn with(&mut self, items: &[WithItem], body: BlockId, is_async: bool, ty: Ty) -> Reg {
        let origin = self.body.origin;
        let Some((item, rest)) = items.split_first() else { return self.block(body) };
        if is_async {
            self.gap("async with", origin);
        }
        let object = self.expr(item.context);
        let Some(entered) = self.enter(object) else { return self.unit(origin) };
        if let Some(target) = &item.target {
            self.declare(target);
            self.bind(target, entered, origin);
        }
        let slot = self.slot(ty);
        let outer = self.on_error;
        let (landing, done) = (self.new_block(), self.new_block());
        self.scopes.push(Scope::Exit { object, on_error: outer });
        self.with_errors(Some(landing), |at| {
            let value = at.with(rest, body, is_async, ty);
            at.give(slot, value);
        });
        self.scopes.pop();
        let normal = self.new_block();
        self.goto(normal);
        self.go(normal);
        self.leave_with(object, None);
        self.goto(done);
        self.go(landing);
        let error = self.emit(Ty::error(), InstKind::TakeError, origin);
        let swallowed = self.leave_with(object, Some(error));
        let again = self.new_block();
        match swallowed {
            Some(swallowed) => self.end(End::If(swallowed, done, again)),
            None => self.goto(again),
        }
        self.go(again);
        self.end(End::Raise(error, None));
        self.go(done);
        self.slot_value(slot)
    }

    /// What `__enter__` gives; a file gives itself.
    fn enter(&mut self, object: Reg) -> Option<Reg> {
        let (ty, origin) = (self.ty(object), self.body.origin);
        if file(ty).is_some() {
            return Some(self.emit(ty, InstKind::Copy(object), origin));
        }
        let Some(class) = ty.class_path() else {
            self.gap("with over a library object", origin);
            return None;
        };
        let (enter, exit) =
            (self.program.find_method(class, "__enter__"), self.program.find_method(class, "__exit__"));
        let (Some(enter), Some(_)) = (enter, exit) else {
            self.gap("with over an object without `__exit__`", origin);
            return None;
        };
        Some(self.call_path(enter, vec![object], origin))
    }

    /// Calls `__exit__` with the error or without one; gives its truth where it is a bool. A file is closed.
    pub(super) fn leave_with(&mut self, object: Reg, error: Option<Reg>) -> Option<Reg> {
        let origin = self.body.origin;
        if let Some(name) = file(self.ty(object)) {
            self.lib(name.join("close").as_str(), vec![object], Ty::unit(), origin);
            return None;
        }
        let class = self.ty(object).class_path()?;
        let exit = self.program.find_method(class, "__exit__")?;
        let params: Vec<Ty> = {
            let body = &self.program.fns[&exit];
            body.params.iter().skip(1).map(|param| body.locals[param.local].ty).collect()
        };
        let mut args = vec![object];
        for (position, ty) in params.into_iter().enumerate() {
            let position = self.int(position as i64, origin);
            let given = match error {
                Some(error) => vec![position, error],
                None => vec![position],
            };
            args.push(self.lib("rt.exit_argument", given, ty, origin));
        }
        let value = self.call_path(exit, args, origin);
        (self.ty(value) == Ty::bool()).then_some(value)
    }
}

/// A file of texts or bytes, by the name of its type.
fn file(ty: Ty) -> Option<Name> {
    match ty.strip().kind() {
        TyKind::Lib(name, _) if matches!(name.as_str(), "file" | "binary_file") => Some(*name),
        _ => None,
    }
}
