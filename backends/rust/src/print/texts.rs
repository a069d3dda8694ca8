//! Operations on text and bytes.

use super::Printer;
use super::calls::plain_text;
use super::expr::to_owned_text;
use crate::literal;
use crate::tree::Expr;
use batuta_core::*;

impl Printer<'_, '_> {
    pub(crate) fn str_op(&mut self, op: StrOp, args: &[NodeId], ty: Ty) -> Expr {
        match op {
            StrOp::Concat => self.concat(args),
            StrOp::Repeat => {
                let text = self.expr(args[0]).receiver();
                self.repeat(text, args[1])
            }
            StrOp::Truth => {
                let empty = plain_text(self.expr(args[0])).method("is_empty", vec![]);
                Expr::unary("!", empty)
            }
            StrOp::Len if *ty.kind() == TyKind::Int(Width::Usize) => {
                plain_text(self.expr(args[0])).method("chars", vec![]).method("count", vec![])
            }
            StrOp::Len => self.prelude_method(args[0], "char_len", vec![]),
            StrOp::At => {
                let at = self.operand(args[1]);
                if ty.is_char() {
                    return self.prelude_method(args[0], "char", vec![at]);
                }
                let c = self.prelude_method(args[0], "char_at", vec![at]);
                if *ty.kind() == TyKind::Str { to_owned_text(c) } else { c }
            }
            StrOp::Slice => {
                let parts = self.slice_args(&args[1..]);
                self.prelude_method(args[0], "char_slice", parts)
            }
            StrOp::Contains => {
                let part = self.text_pattern(args[1]);
                plain_text(self.expr(args[0])).method("contains", vec![part])
            }
        }
    }

    /// What `contains` looks for: a character where the text is one.
    pub(crate) fn text_pattern(&mut self, node: NodeId) -> Expr {
        if self.body.ty(node).is_char() {
            return self.expr(node);
        }
        if let Some(Const::Str(text)) = self.body.as_const(node) {
            let mut chars = text.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                return Expr::Atom(literal::character(c));
            }
            return Expr::Atom(literal::string(text));
        }
        self.by_ref(node)
    }

    /// `a + b`: pushes onto an owned text, else formats all parts.
    pub(crate) fn concat(&mut self, args: &[NodeId]) -> Expr {
        let mut parts = Vec::new();
        args.iter().for_each(|arg| self.collect_concat(*arg, &mut parts));
        let first_is_new = match &self.body.nodes[parts[0]].kind {
            Node::Use(_, mode) => {
                matches!(mode, Mode::Move | Mode::Take) && *self.body.ty(parts[0]).kind() == TyKind::Str
            }
            Node::Const(_) => false,
            _ => *self.body.ty(parts[0]).kind() == TyKind::Str,
        };
        if first_is_new && parts.len() == 2 {
            let left = self.expr(parts[0]);
            let right = self.by_ref(parts[1]);
            return left.binary("+", right);
        }
        self.format_parts_of(&parts)
    }

    pub(crate) fn collect_concat(&self, node: NodeId, parts: &mut Vec<NodeId>) {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::StrOp(StrOp::Concat), args, .. } => {
                args.iter().for_each(|arg| self.collect_concat(*arg, parts));
            }
            _ => parts.push(node),
        }
    }

    /// `s += value`.
    pub(crate) fn push_text(&mut self, target: Expr, value: NodeId) -> Expr {
        if let Some(Const::Str(text)) = self.text_const(value) {
            let mut chars = text.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                return target.method("push", vec![Expr::Atom(literal::character(c))]);
            }
            return target.method("push_str", vec![Expr::Atom(literal::string(&text))]);
        }
        if self.body.ty(value).is_char() {
            let value = self.expr(value);
            return target.method("push", vec![value]);
        }
        let value = self.by_ref(value);
        target.method("push_str", vec![value])
    }

    /// The constant text of a node, also through `rs.to_owned`.
    pub(crate) fn text_const(&self, node: NodeId) -> Option<Const> {
        match &self.body.nodes[node].kind {
            Node::Const(value @ Const::Str(_)) => Some(value.clone()),
            Node::Op { op: Op::RsOp(batuta_core::RsOp::ToOwned), args, .. } => self.text_const(args[0]),
            _ => None,
        }
    }

    /// `value * count` of text or lists.
    pub(crate) fn repeat(&mut self, value: Expr, count: NodeId) -> Expr {
        let is_usize = *self.body.ty(count).strip_ref().kind() == TyKind::Int(Width::Usize);
        let constant = self.int_const(count);
        let count = self.operand(count);
        if is_usize || constant.is_some_and(|n| n >= 0) {
            return value.method("repeat", vec![count]);
        }
        self.uses.prelude = true;
        value.method("py_repeat", vec![count])
    }

    /// A bound beyond 64 bits is like the largest one: no text and no list is that long.
    fn slice_bound(&mut self, part: NodeId) -> Expr {
        match self.body.ty(part).strip_ref().is_big() {
            true => self.expr(part).method("saturated", vec![]),
            false => self.operand(part),
        }
    }

    /// Start, stop, step of a slice as the runtime takes them.
    pub(crate) fn slice_args(&mut self, parts: &[NodeId]) -> Vec<Expr> {
        let mut out = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let inner = match &self.body.nodes[*part].kind {
                Node::Op { op: Op::OptOp(OptOp::Some), args, .. } => Some(args[0]),
                _ => None,
            };
            let part = inner.as_ref().unwrap_or(part);
            let is_none = matches!(
                &self.body.nodes[*part].kind,
                Node::Const(Const::None) | Node::Op { op: Op::OptOp(OptOp::None), .. }
            );
            let is_option = matches!(self.body.ty(*part).kind(), TyKind::Option(_));
            out.push(match (is_none, index) {
                (true, 2) => Expr::atom("1"),
                (true, _) => Expr::atom("None"),
                (false, 2) if is_option => self.expr(*part).method("unwrap_or", vec![Expr::atom("1")]),
                (false, 2) => self.slice_bound(*part),
                (false, _) if is_option => self.expr(*part),
                (false, _) => {
                    let bound = self.slice_bound(*part);
                    Expr::call("Some", vec![bound])
                }
            });
        }
        out
    }

    pub(crate) fn bytes_op(&mut self, op: BytesOp, args: &[NodeId]) -> Expr {
        match op {
            BytesOp::Concat => {
                let parts = args
                    .iter()
                    .map(|arg| {
                        let part = self.by_ref(*arg);
                        // A parameter is a slice by itself.
                        let is_slice = matches!(self.body.ty(*arg).kind(), TyKind::Ref(_))
                            && !matches!(&part, Expr::Unary(..));
                        if is_slice { part } else { part.without_ref().method("as_slice", vec![]) }
                    })
                    .collect();
                Expr::Array(parts).method("concat", vec![])
            }
            BytesOp::Repeat => {
                let value = self.expr(args[0]).receiver();
                self.repeat(value, args[1])
            }
            BytesOp::Len => self.expr(args[0]).method("len", vec![]).cast("i64"),
            BytesOp::At => {
                let at = self.operand(args[1]);
                let byte = self.prelude_method(args[0], "at", vec![at]);
                Expr::call("i64::from", vec![Expr::unary("*", byte)])
            }
            BytesOp::Slice => {
                let parts = self.slice_args(&args[1..]);
                self.prelude_method(args[0], "py_slice", parts)
            }
            BytesOp::Contains => {
                if *self.body.ty(args[1]).strip().kind() == TyKind::Bytes {
                    let part = self.by_ref(args[1]);
                    return self.prelude_method(args[0], "py_contains", vec![part]);
                }
                let byte = self.operand(args[1]);
                self.prelude_method(args[0], "has_byte", vec![byte])
            }
            BytesOp::Truth => {
                let empty = plain_text(self.expr(args[0])).method("is_empty", vec![]);
                Expr::unary("!", empty)
            }
        }
    }
}
