//! Conditions.

use super::func::Lower;
use crate::tree::*;
use crate::types::CTy;
use batuta_core::{self as core, BoolOp, Node, NodeId, Ty, TyKind};

/// The operands of a comparison before both were widened: they compare the same.
fn narrowed(a: &Expr, b: &Expr) -> Option<(Expr, Expr)> {
    let inner = |of: &Expr| match &of.kind {
        ExprKind::Cast(inner) => match (&inner.ty, &of.ty) {
            (CTy::Int(from), CTy::Int(to)) if from.size() < to.size() && (to.signed() || !from.signed()) => {
                Some((**inner).clone())
            }
            _ => None,
        },
        _ => None,
    };
    let fitted = |of: &Expr, ty: &CTy| match (&of.kind, ty) {
        (ExprKind::Int(value, name), CTy::Int(kind)) if kind.wrap(*value) == *value => {
            Some(Expr::new(ExprKind::Int(*value, *name), ty.clone(), of.pos))
        }
        _ => None,
    };
    match (inner(a), inner(b)) {
        (Some(a), Some(b)) if a.ty == b.ty => Some((a, b)),
        (Some(a), None) => {
            let b = fitted(b, &a.ty)?;
            Some((a, b))
        }
        (None, Some(b)) => {
            let a = fitted(a, &b.ty)?;
            Some((a, b))
        }
        _ => None,
    }
}

impl Lower<'_> {
    /// An expression as a condition.
    pub(super) fn cond(&mut self, of: &Expr) -> NodeId {
        match &of.kind {
            ExprKind::Int(value, None) => self.bool(*value != 0),
            ExprKind::Compare(op, a, b) => {
                let (a, b) = narrowed(a, b).unwrap_or_else(|| ((**a).clone(), (**b).clone()));
                let (a, b) = self.operands(&a, &b);
                self.compared(*op, a, b)
            }
            ExprKind::Not(inner) => {
                let inner = self.cond(inner);
                self.negated(inner)
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                let first = self.cond_now(a);
                let second = self.scoped_value(|this| this.cond(b));
                let op = if matches!(of.kind, ExprKind::And(..)) { BoolOp::And } else { BoolOp::Or };
                self.body.op(op, vec![first, second], Ty::bool(), self.origin)
            }
            ExprKind::Cast(inner) if inner.ty == crate::types::CTy::Bool => self.cond(inner),
            _ => {
                let value = self.value(of);
                self.truth(value)
            }
        }
    }

    /// A condition that is complete before what hangs on it.
    pub(super) fn cond_now(&mut self, of: &Expr) -> NodeId {
        let deferred = self.deferred.take();
        let cond = self.cond(of);
        self.deferred = deferred;
        cond
    }

    fn compared(&mut self, op: CmpOp, a: NodeId, b: NodeId) -> NodeId {
        let is_null = |this: &Self, node: NodeId| {
            matches!(this.body.nodes[node].kind, Node::Op { op: core::Op::PtrOp(core::PtrOp::Null), .. })
        };
        if matches!(op, CmpOp::Eq | CmpOp::Ne) && (is_null(self, a) || is_null(self, b)) {
            let other = if is_null(self, b) { a } else { b };
            let null = self.body.op(core::PtrOp::IsNull, vec![other], Ty::bool(), self.origin);
            return if op == CmpOp::Eq { null } else { self.negated(null) };
        }
        let op = match op {
            CmpOp::Eq => core::CmpOp::Eq,
            CmpOp::Ne => core::CmpOp::Ne,
            CmpOp::Lt => core::CmpOp::Lt,
            CmpOp::Le => core::CmpOp::Le,
            CmpOp::Gt => core::CmpOp::Gt,
            CmpOp::Ge => core::CmpOp::Ge,
        };
        self.body.op(op, vec![a, b], Ty::bool(), self.origin)
    }

    /// The opposite of a condition.
    pub(super) fn negated(&mut self, cond: NodeId) -> NodeId {
        let row = &self.body.nodes[cond];
        if let Node::Op { op, args, .. } = &row.kind {
            let args = args.clone();
            let flipped = match op {
                core::Op::BoolOp(BoolOp::Not) => return args[0],
                core::Op::CmpOp(core::CmpOp::Eq) => Some(core::CmpOp::Ne),
                core::Op::CmpOp(core::CmpOp::Ne) => Some(core::CmpOp::Eq),
                // The order of floats is not total: only whole numbers turn around.
                core::Op::CmpOp(op) if self.body.ty(args[0]).is_int() => match op {
                    core::CmpOp::Lt => Some(core::CmpOp::Ge),
                    core::CmpOp::Le => Some(core::CmpOp::Gt),
                    core::CmpOp::Gt => Some(core::CmpOp::Le),
                    core::CmpOp::Ge => Some(core::CmpOp::Lt),
                    _ => None,
                },
                _ => None,
            };
            if let Some(flipped) = flipped {
                return self.body.op(flipped, args, Ty::bool(), self.origin);
            }
        }
        if *row.ty.kind() == TyKind::Never {
            return cond;
        }
        self.body.op(BoolOp::Not, vec![cond], Ty::bool(), self.origin)
    }

    /// A value whose statements stay with it: what may not be evaluated does not run.
    pub(super) fn scoped_value(&mut self, f: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        let deferred = self.deferred.take();
        self.stmts.push(Vec::new());
        let value = f(self);
        let stmts = self.stmts.pop().unwrap_or_default();
        self.deferred = deferred;
        if stmts.is_empty() {
            return value;
        }
        let ty = self.body.ty(value);
        let block = self.body.block(core::BlockRow { stmts, tail: Some(value), end_comments: Vec::new() });
        self.body.node(Node::Block { label: None, block }, ty, self.origin)
    }

    /// A condition and the statements that must run before it, each time.
    pub(super) fn cond_parts(&mut self, of: &Expr) -> (Vec<core::Stmt>, NodeId) {
        let deferred = self.deferred.take();
        self.stmts.push(Vec::new());
        let cond = self.cond(of);
        let stmts = self.stmts.pop().unwrap_or_default();
        self.deferred = deferred;
        (stmts, cond)
    }
}
