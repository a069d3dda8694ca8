//! `memset` and `memcpy` of a whole variable: an assignment, which takes no address.

use super::func::Lower;
use super::place::Place;
use crate::tree::*;
use crate::types::*;
use batuta_core::{self as core, ListOp, NodeId, Op, PtrOp, Ty, TyKind};

/// A call that writes all of a variable.
pub(super) enum Whole<'e> {
    /// Every byte becomes one.
    Fill(&'e Expr, i128),
    /// It becomes as another variable is.
    Copy(&'e Expr, &'e Expr),
}

/// The call as a write of a whole variable.
pub(super) fn whole<'e>(of: &'e Expr, tree: &Tree) -> Option<Whole<'e>> {
    let ExprKind::Call { callee, args, rest } = &of.kind else { return None };
    let (ExprKind::Func(id), [to, given, size], []) = (&callee.kind, &args[..], &rest[..]) else {
        return None;
    };
    let row = &tree.funcs[*id as usize];
    if !row.is_library || row.body.is_some() {
        return None;
    }
    let to = variable(to)?;
    if uncast(size).as_int()? != i128::from(tree.records.size(&to.ty)?) || tree.records.is_bytes(&to.ty) {
        return None;
    }
    match row.name.as_str() {
        "memset" => {
            let byte = uncast(given).as_int()? & 0xff;
            can_fill(&to.ty, byte).then_some(Whole::Fill(to, byte))
        }
        "memcpy" | "memmove" => {
            let from = variable(given)?;
            (from.ty == to.ty).then_some(Whole::Copy(to, from))
        }
        _ => None,
    }
}

/// The variable that a pointer is the address of.
fn variable(pointer: &Expr) -> Option<&Expr> {
    let (ExprKind::Addr(of) | ExprKind::Decay(of)) = &uncast(pointer).kind else { return None };
    let is_sized = matches!(of.ty, CTy::Array(_, Some(1..)) | CTy::Record(_));
    (is_sized && matches!(of.kind, ExprKind::Local(_) | ExprKind::Global(_))).then_some(of)
}

fn uncast(of: &Expr) -> &Expr {
    match &of.kind {
        ExprKind::Cast(inner) => uncast(inner),
        _ => of,
    }
}

/// Whether items whose bytes are all the same have a value that can be said.
fn can_fill(ty: &CTy, byte: i128) -> bool {
    match ty {
        CTy::Array(item, _) => can_fill(item, byte),
        CTy::Int(kind) => byte == 0 || byte == 0xff || kind.size() == 1,
        _ => byte == 0,
    }
}

impl Lower<'_> {
    /// Writes all of a variable, if it or what it becomes is one of Rust's own.
    pub(super) fn write_whole(&mut self, whole: &Whole<'_>) -> bool {
        let (Whole::Fill(to, _) | Whole::Copy(to, _)) = whole;
        let place = self.place(to);
        let ty = self.ty(&to.ty);
        let is_own = matches!(place, Place::Native(_));
        let value = match whole {
            Whole::Fill(_, byte) if is_own => self.filled(ty, *byte),
            Whole::Copy(_, from) if is_own || matches!(self.place(from), Place::Native(_)) => {
                self.value(from)
            }
            _ => return false,
        };
        if !matches!(&place, Place::Native(place) if self.is_made_so(place, value)) {
            self.write(place, value);
        }
        true
    }

    /// Whether the statement before made the variable with zeros.
    fn is_made_so(&self, place: &core::Place, value: NodeId) -> bool {
        let is_zero = |node: NodeId| {
            matches!(self.body.nodes[node].kind, core::Node::Op { op: Op::PtrOp(PtrOp::Zero), .. })
        };
        match self.stmts.last().and_then(|stmts| stmts.last()).map(|stmt| &stmt.kind) {
            Some(core::StmtKind::Let { pat: core::Pat::Bind(local, None), value: Some(made) }) => {
                place.as_local() == Some(*local) && is_zero(value) && is_zero(*made)
            }
            _ => false,
        }
    }

    fn filled(&mut self, ty: Ty, byte: i128) -> NodeId {
        if byte == 0 {
            return self.zero(ty);
        }
        match ty.kind() {
            TyKind::Array(item, count) => {
                let item = self.filled(*item, byte);
                let count = self.int(i128::from(*count), Ty::usize());
                self.body.op(ListOp::Repeat, vec![item, count], ty, self.origin)
            }
            TyKind::Int(width) => {
                let all = if byte == 0xff { -1 } else { byte };
                self.int(super::value::wrapped(all, *width), ty)
            }
            _ => self.zero(ty),
        }
    }
}
