//! What code does with variables: whether an address is taken, whether it is assigned.

use super::whole::{Whole, whole};
use crate::tree::*;
use crate::types::*;

/// What is known of a variable.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Use {
    /// A pointer to it or into it exists.
    pub(super) addressed: bool,
    /// It is assigned after its declaration.
    pub(super) assigned: bool,
}

/// Uses of the locals of a function and of the unit's globals.
pub(super) struct Facts<'a> {
    tree: &'a Tree,
    pub(super) locals: Vec<Use>,
    pub(super) globals: Vec<Use>,
    /// Functions whose address is taken.
    pub(super) targets: Vec<FuncId>,
    /// Variables without a first value live in checked memory.
    pub(super) tracks_unknown: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Root {
    Local(VarId),
    Global(GlobalId),
}

impl<'a> Facts<'a> {
    pub(super) fn new(locals: usize, tree: &'a Tree) -> Self {
        Self {
            tree,
            locals: vec![Use::default(); locals],
            globals: vec![Use::default(); tree.globals.len()],
            targets: Vec::new(),
            tracks_unknown: false,
        }
    }

    fn mark(&mut self, of: &Expr, f: impl Fn(&mut Use)) {
        match root(of) {
            Some(Root::Local(id)) => f(&mut self.locals[id as usize]),
            Some(Root::Global(id)) => f(&mut self.globals[id as usize]),
            None => {}
        }
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Expr(call) = &stmt.kind
            && let Some(Whole::Fill(to, _) | Whole::Copy(to, _)) = whole(call, self.tree)
        {
            return self.mark(to, |row| row.assigned = true);
        }
        if let (true, StmtKind::Decl(id, None)) = (self.tracks_unknown, &stmt.kind) {
            self.locals[*id as usize].addressed = true;
        }
        stmt.for_each_expr(&mut |expr| self.expr(expr));
        stmt.for_each_stmt(&mut |inner| self.stmt(inner));
        if let StmtKind::Decl(id, Some(Init::Expr(value))) = &stmt.kind
            && value.ty.is_array()
        {
            self.locals[*id as usize].addressed = true;
        }
    }

    pub(super) fn init(&mut self, init: &Init) {
        init.for_each_expr(&mut |expr| self.expr(expr));
    }

    pub(super) fn expr(&mut self, of: &Expr) {
        match &of.kind {
            ExprKind::Addr(inner) => self.mark(inner, |row| row.addressed = true),
            ExprKind::Decay(inner) => self.mark(inner, |row| row.addressed = true),
            ExprKind::Assign(left, _) | ExprKind::Update(_, _, left, _) => {
                self.mark(left, |row| row.assigned = true)
            }
            ExprKind::Step { of: inner, .. } => self.mark(inner, |row| row.assigned = true),
            ExprKind::Func(id) => self.targets.push(*id),
            ExprKind::Compound(_, init) => self.init(init),
            ExprKind::StmtExpr(body) => self.stmt(body),
            _ => {}
        }
        match &of.kind {
            // An index of an array is no pointer into it.
            ExprKind::Deref(inner) => match indexed(inner) {
                Some((array, index)) => {
                    self.expr(array);
                    index.into_iter().for_each(|index| self.expr(index));
                }
                None => self.expr(inner),
            },
            // A direct call takes no address.
            ExprKind::Call { callee, args, rest } if matches!(callee.kind, ExprKind::Func(_)) => {
                args.iter().chain(rest).for_each(|arg| self.expr(arg));
            }
            _ => of.for_each_child(&mut |child| self.expr(child)),
        }
    }
}

/// `array[index]` behind `*`: the array and the index, none for the first item.
pub(super) fn indexed(pointer: &Expr) -> Option<(&Expr, Option<&Expr>)> {
    match &pointer.kind {
        ExprKind::Decay(array) if !matches!(array.ty, CTy::Vla(..)) => Some((array, None)),
        ExprKind::PtrAdd(of, index) => match &of.kind {
            ExprKind::Decay(array) if !matches!(array.ty, CTy::Vla(..)) => Some((array, Some(index))),
            _ => None,
        },
        _ => None,
    }
}

/// The variable that a place lies in.
pub(super) fn root(of: &Expr) -> Option<Root> {
    match &of.kind {
        ExprKind::Local(id) | ExprKind::Compound(id, _) => Some(Root::Local(*id)),
        ExprKind::Global(id) => Some(Root::Global(*id)),
        ExprKind::Member(inner, ..) => root(inner),
        ExprKind::Deref(pointer) => root(indexed(pointer)?.0),
        _ => None,
    }
}
