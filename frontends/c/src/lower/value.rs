//! Small nodes: numbers, zero, casts, text.

use super::func::Lower;
use super::link::{pointee, pointer};
use batuta_core::{self as core, Attr, CIntOp, CmpOp, Const, Node, NodeId, PtrOp, Ty, TyKind, Width};
use std::sync::Arc;

impl Lower<'_> {
    pub(super) fn int(&mut self, value: i128, ty: Ty) -> NodeId {
        let digits: Arc<str> = match ty.kind() {
            TyKind::Int(Width::U128) => (value as u128).to_string().into(),
            _ => value.to_string().into(),
        };
        self.body.node(Node::Const(Const::Int(digits)), ty, self.origin)
    }

    pub(super) fn float(&mut self, value: f64, ty: Ty) -> NodeId {
        self.body.node(Node::Const(Const::Float(value)), ty, self.origin)
    }

    pub(super) fn bool(&mut self, value: bool) -> NodeId {
        self.body.node(Node::Const(Const::Bool(value)), Ty::bool(), self.origin)
    }

    /// The value whose bytes are all zero.
    pub(super) fn zero(&mut self, ty: Ty) -> NodeId {
        match ty.kind() {
            TyKind::Int(_) => self.int(0, ty),
            TyKind::Float(_) => self.float(0.0, ty),
            TyKind::Bool => self.bool(false),
            TyKind::Unit => self.body.node(Node::Const(Const::None), ty, self.origin),
            TyKind::Lib(name, _) if *name == "c.Ptr" => self.body.op(PtrOp::Null, vec![], ty, self.origin),
            _ => self.body.op(PtrOp::Zero, vec![], ty, self.origin),
        }
    }

    /// Pointer to the bytes of a literal; `ty` is a pointer to an array.
    pub(super) fn text(&mut self, text: &[u8], ty: Ty) -> NodeId {
        let bytes = self.body.node(Node::Const(Const::Bytes(text.into())), Ty::bytes(), self.origin);
        let first = pointer(Ty::new(TyKind::Int(Width::I8)));
        let made = self.body.op(PtrOp::Text, vec![bytes], first, self.origin);
        if ty == first { made } else { self.body.op(PtrOp::Cast, vec![made], ty, self.origin) }
    }

    /// A number as another number type, as C converts.
    pub(super) fn number_as(&mut self, value: NodeId, to: Ty) -> NodeId {
        let from = self.body.ty(value);
        if from == to {
            return value;
        }
        let origin = self.origin;
        let through = |ty: Width| Ty::new(TyKind::Int(ty));
        match (from.kind(), to.kind()) {
            (TyKind::Int(_), TyKind::Int(_)) if self.is_char(value) => {
                self.body.nodes[value].ty = to;
                value
            }
            // A cast of a number says the number.
            (TyKind::Int(_), TyKind::Int(width)) if self.body.as_const(value).is_some() => {
                let digits = match self.body.as_const(value) {
                    Some(Const::Int(digits)) => digits.parse::<i128>().unwrap_or(0),
                    _ => 0,
                };
                self.int(wrapped(digits, *width), to)
            }
            (TyKind::Bool, TyKind::Float(_)) => {
                let int = self.body.op(CIntOp::As, vec![value], through(Width::I32), origin);
                self.body.op(CIntOp::As, vec![int], to, origin)
            }
            // What does not fit is cut off, as the machine's conversion to a wider number does it.
            (TyKind::Float(_), TyKind::Int(Width::U32)) => {
                let int = self.body.op(CIntOp::As, vec![value], Ty::i64(), origin);
                self.body.op(CIntOp::As, vec![int], to, origin)
            }
            (TyKind::Float(_), TyKind::Int(Width::I8 | Width::U8 | Width::I16 | Width::U16)) => {
                let int = self.body.op(CIntOp::As, vec![value], through(Width::I32), origin);
                self.body.op(CIntOp::As, vec![int], to, origin)
            }
            _ => self.body.op(CIntOp::As, vec![value], to, origin),
        }
    }

    /// A value as another type.
    pub(super) fn convert(&mut self, value: NodeId, to: Ty) -> NodeId {
        let from = self.body.ty(value);
        if from == to || *from.kind() == TyKind::Never {
            return value;
        }
        let origin = self.origin;
        let is_pointer = |ty: Ty| matches!(ty.kind(), TyKind::Lib(name, _) if *name == "c.Ptr");
        match (is_pointer(from), is_pointer(to)) {
            (true, true) => self.pointer_cast(value, pointee(to)),
            (true, false) if *to.kind() == TyKind::Bool => self.truth(value),
            (true, false) if *to.kind() == TyKind::Unit => value,
            (true, false) => {
                let number = self.body.op(PtrOp::Addr, vec![value], Ty::new(TyKind::Int(Width::U64)), origin);
                self.number_as(number, to)
            }
            (false, true) => {
                if matches!(self.body.as_const(value), Some(Const::Int(digits)) if &**digits == "0") {
                    return self.body.op(PtrOp::Null, vec![], to, origin);
                }
                let number = self.number_as(value, Ty::new(TyKind::Int(Width::U64)));
                self.body.op(PtrOp::FromAddr, vec![number], to, origin)
            }
            (false, false) => match to.kind() {
                TyKind::Bool => self.truth(value),
                TyKind::Unit => value,
                _ => self.number_as(value, to),
            },
        }
    }

    /// Whether a value is not zero.
    pub(super) fn truth(&mut self, value: NodeId) -> NodeId {
        let ty = self.body.ty(value);
        let origin = self.origin;
        // A condition that was made a number is that condition.
        if let Node::Op { op: core::Op::CIntOp(CIntOp::As), args, .. } = &self.body.nodes[value].kind
            && *self.body.ty(args[0]).kind() == TyKind::Bool
        {
            return args[0];
        }
        match ty.kind() {
            TyKind::Bool | TyKind::Never => value,
            TyKind::Int(_) => {
                let zero = self.int(0, ty);
                self.body.op(CmpOp::Ne, vec![value, zero], Ty::bool(), origin)
            }
            TyKind::Float(_) => {
                let zero = self.float(0.0, ty);
                self.body.op(CmpOp::Ne, vec![value, zero], Ty::bool(), origin)
            }
            _ => {
                let null = self.body.op(PtrOp::IsNull, vec![value], Ty::bool(), origin);
                self.body.op(core::BoolOp::Not, vec![null], Ty::bool(), origin)
            }
        }
    }

    fn is_char(&self, value: NodeId) -> bool {
        matches!(self.body.nodes[value].kind, Node::Op { op: core::Op::CIntOp(CIntOp::Char), .. })
    }

    /// A character constant.
    pub(super) fn char(&mut self, value: i64, ty: Ty) -> NodeId {
        let kind = Node::Op { op: CIntOp::Char.into(), attr: Attr::Int(value), args: Vec::new() };
        self.body.node(kind, ty, self.origin)
    }
}

/// A number as a width holds it.
pub(super) fn wrapped(value: i128, width: Width) -> i128 {
    match width {
        Width::I8 => i128::from(value as i8),
        Width::I16 => i128::from(value as i16),
        Width::I32 => i128::from(value as i32),
        Width::I64 => i128::from(value as i64),
        Width::U8 => i128::from(value as u8),
        Width::U16 => i128::from(value as u16),
        Width::U32 => i128::from(value as u32),
        Width::U64 => i128::from(value as u64),
        _ => value,
    }
}
