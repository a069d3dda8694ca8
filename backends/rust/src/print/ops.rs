//! Operations: one function per dialect.

use super::compare::strip;
use super::{Printer, loose};
use crate::tree::Expr;
use crate::types::Position;
use batuta_core::*;

impl Printer<'_, '_> {
    pub(crate) fn op(&mut self, op: Op, attr: &Attr, args: &[NodeId], ty: Ty) -> Expr {
        match op {
            Op::IntOp(
                IntOp::Neg | IntOp::Invert | IntOp::Abs | IntOp::ToFloat | IntOp::Cast | IntOp::Truth,
            ) => self.int_unary(op, args[0], ty),
            Op::IntOp(_)
            | Op::NumOp(
                NumOp::Add
                | NumOp::Sub
                | NumOp::Mul
                | NumOp::TrueDiv
                | NumOp::FloorDiv
                | NumOp::FloorMod
                | NumOp::Pow,
            ) => self.binary_nodes(op, args),
            // `own` has proved that it is not by zero.
            Op::FloatOp(FloatOp::Div) if *attr != Attr::None => {
                let divisor = self.operand(args[1]);
                self.operand(args[0]).binary("/", divisor)
            }
            Op::FloatOp(
                FloatOp::Add
                | FloatOp::Sub
                | FloatOp::Mul
                | FloatOp::Div
                | FloatOp::FloorDiv
                | FloatOp::FloorMod
                | FloatOp::Pow,
            ) => self.binary_nodes(op, args),
            Op::FloatOp(op) => self.float_unary(op, args[0]),
            Op::NumOp(op) => self.num_unary(op, attr, args[0]),
            Op::BoolOp(op) => self.bool_op(op, args),
            Op::CmpOp(op) => self.compare(op, args[0], args[1]),
            Op::StrOp(op) => self.str_op(op, args, ty),
            Op::BytesOp(op) => self.bytes_op(op, args),
            Op::ListOp(op) => self.list_op(op, args, ty),
            Op::DictOp(op) => self.dict_op(op, args, ty),
            Op::SetOp(op) => self.set_op(op, args, ty),
            Op::TupleOp(op) => self.tuple_op(op, attr, args),
            Op::RangeOp(op) => self.range_op(op, args),
            Op::OptOp(op) => self.opt_op(op, args, attr),
            Op::IterOp(IterOp::Live) if *attr != Attr::None => self.kept_items(args[0], ty),
            Op::IterOp(op) => self.chain_source(op, args[0], ty),
            Op::IoOp(op) => self.print_op(op, args[0]),
            Op::ExcOp(op) => self.exc_op(op, attr, args),
            // Programs of C are printed by `c`.
            Op::CIntOp(_) | Op::PtrOp(_) => self.problem("an operation of C"),
            Op::RsOp(op) => self.rs_op(op, attr, args, ty),
            Op::ClassOp(op) => self.class_op(op, attr, args, ty),
            Op::UnionOp(op) => self.union_op(op, attr, args, ty),
            Op::ValueOp(op) => self.value_op(op, attr, args, ty),
            Op::ObjOp(ObjOp::SliceObj) => {
                let class = self.rt("Slice");
                let parts = self.exprs(args);
                Expr::call(format!("{class}::new"), parts)
            }
            Op::ObjOp(_) => self.problem(&format!("operation `{}` at Mir", op.name())),
        }
    }

    pub(crate) fn exprs(&mut self, nodes: &[NodeId]) -> Vec<Expr> {
        nodes.iter().map(|node| self.expr(*node)).collect()
    }

    /// An operand by value: a reference to a `Copy` value is dereferenced.
    pub(crate) fn operand(&mut self, node: NodeId) -> Expr {
        let ty = self.body.ty(node);
        let expr = self.expr(node);
        match ty.kind() {
            TyKind::Ref(inner) | TyKind::RefMut(inner) if inner.is_copy() => Expr::unary("*", expr),
            _ => expr,
        }
    }

    /// An operand that is kept: owned where it is text.
    pub(crate) fn owned(&mut self, node: NodeId) -> Expr {
        let is_function = matches!(self.body.nodes[node].kind, Node::Closure(_) | Node::Item(_));
        if is_function && matches!(self.body.ty(node).kind(), TyKind::Func(..)) {
            return self.kept_function(node);
        }
        let expr = self.operand(node);
        match (&self.body.nodes[node].kind, self.body.ty(node).kind()) {
            (Node::Const(Const::Str(_)), TyKind::Ref(_)) => super::expr::to_owned_text(expr),
            _ => expr,
        }
    }

    /// A block that ends with a function which takes its captures along.
    fn makes_function(&self, node: NodeId) -> bool {
        let Node::Block { block, .. } = &self.body.nodes[node].kind else { return false };
        let is_function = matches!(self.body.ty(node).kind(), TyKind::Func(..));
        is_function
            && self.body.blocks[*block].tail.is_some_and(|tail| {
                matches!(self.body.nodes[tail].kind, Node::Op { op: Op::RsOp(RsOp::Share), .. })
            })
    }

    /// A function value that something keeps: `Rc::new(..) as Rc<dyn Fn(..)>`.
    fn kept_function(&mut self, node: NodeId) -> Expr {
        let ty = self.ty(self.body.ty(node), Position::Stored);
        let function = match &self.body.nodes[node].kind {
            Node::Closure(closure) => {
                let closure = closure.clone();
                match self.closure(&closure, false) {
                    Expr::Closure(made) => Expr::Closure(crate::tree::Closure { is_move: true, ..made }),
                    other => other,
                }
            }
            _ => self.expr(node),
        };
        Expr::call("Rc::new", vec![super::loose::typed_result(function)]).cast(ty)
    }

    fn binary_nodes(&mut self, op: Op, args: &[NodeId]) -> Expr {
        let ty = self.body.ty(args[0]).strip_ref();
        let left = if ty.is_big() { explicit(self.expr(args[0])) } else { self.operand(args[0]) };
        self.binary(op, (left, ty), args[1], ty)
    }

    /// A binary arithmetic operation; `left` comes with its type.
    pub(crate) fn binary(&mut self, op: Op, left: (Expr, Ty), right: NodeId, _ty: Ty) -> Expr {
        let (left, ty) = left;
        let right_const = self.int_const(right);
        let right_ty = self.body.ty(right);
        let float_const = self.nonzero_float(right);
        let is_big = ty.is_big() || right_ty.strip_ref().is_big();
        let other = if is_big { explicit(self.expr(right)) } else { self.operand(right) };
        let call = |this: &mut Self, name: &str, a: Expr, b: Expr| Expr::call(this.rt(name), vec![a, b]);
        // Two literals would be computed in `i32` where nothing else says a type.
        let is_open = ty.is_int() && !ty.is_big() && loose::is_loose(&left) && loose::is_loose(&other);
        let left = if is_open { loose::typed(left) } else { left };
        match op {
            Op::IntOp(IntOp::Add) | Op::FloatOp(FloatOp::Add) | Op::NumOp(NumOp::Add) => {
                left.binary("+", other)
            }
            Op::IntOp(IntOp::Sub) | Op::FloatOp(FloatOp::Sub) | Op::NumOp(NumOp::Sub) => {
                left.binary("-", other)
            }
            Op::IntOp(IntOp::Mul) | Op::FloatOp(FloatOp::Mul) | Op::NumOp(NumOp::Mul) => {
                left.binary("*", other)
            }
            Op::IntOp(IntOp::And) => left.binary("&", other),
            Op::IntOp(IntOp::Or) => left.binary("|", other),
            Op::IntOp(IntOp::Xor) => left.binary("^", other),
            Op::IntOp(IntOp::Div) => left.binary("/", other),
            Op::IntOp(IntOp::Rem) => left.binary("%", other),
            Op::IntOp(IntOp::FloorDiv) if is_unsigned(ty) => left.binary("/", other),
            Op::IntOp(IntOp::FloorMod) if is_unsigned(ty) => left.binary("%", other),
            Op::IntOp(IntOp::FloorDiv) if ty.is_big() => {
                left.method("floor_div", vec![big_operand(other, right_ty)])
            }
            Op::IntOp(IntOp::FloorMod) if ty.is_big() => {
                left.method("floor_mod", vec![big_operand(other, right_ty)])
            }
            // Floored and Euclidean division agree for positive divisors.
            Op::IntOp(IntOp::FloorDiv) if right_const.is_some_and(|n| n > 0) => {
                loose::typed(left).method("div_euclid", vec![other])
            }
            Op::IntOp(IntOp::FloorMod) if right_const.is_some_and(|n| n > 0) => {
                loose::typed(left).method("rem_euclid", vec![other])
            }
            Op::IntOp(IntOp::FloorDiv) => call(self, "floor_div", left, other),
            Op::IntOp(IntOp::FloorMod) => call(self, "floor_mod", left, other),
            Op::IntOp(IntOp::TrueDiv) if ty.is_big() => {
                left.method("true_div", vec![big_operand(other, right_ty)])
            }
            Op::IntOp(IntOp::TrueDiv) => call(self, "true_div", left, other),
            Op::IntOp(IntOp::Pow) if ty.is_big() => left.method("pow", vec![other]),
            Op::IntOp(IntOp::Pow) => match right_const {
                Some(n) if (0..=u32::MAX.into()).contains(&n) => {
                    loose::typed(left).method("pow", vec![other])
                }
                _ => call(self, "pow_i64", left, other),
            },
            Op::IntOp(IntOp::Shl) if ty.is_big() => left.binary("<<", other),
            Op::IntOp(IntOp::Shl) => call(self, "shl", left, other),
            Op::IntOp(IntOp::Shr) if ty.is_big() || right_const.is_some_and(|n| (0..64).contains(&n)) => {
                left.binary(">>", other)
            }
            Op::IntOp(IntOp::Shr) => call(self, "shr", left, other),
            Op::FloatOp(FloatOp::Div) if float_const || self.body.lang != Lang::Python => {
                left.binary("/", other)
            }
            Op::FloatOp(FloatOp::Div) => call(self, "float_true_div", left, other),
            Op::FloatOp(FloatOp::FloorDiv) => call(self, "float_floor_div", left, other),
            Op::FloatOp(FloatOp::FloorMod) => call(self, "float_floor_mod", left, other),
            Op::FloatOp(FloatOp::Pow) => match self.body.as_const(right) {
                Some(Const::Float(2.0)) => loose::typed(left).method("powi", vec![Expr::atom("2")]),
                _ => call(self, "float_pow", left, other),
            },
            Op::NumOp(NumOp::TrueDiv) => left.method("true_div", vec![other]),
            Op::NumOp(NumOp::FloorDiv) => left.method("floor_div", vec![other]),
            Op::NumOp(NumOp::FloorMod) => left.method("floor_mod", vec![other]),
            Op::NumOp(NumOp::Pow) => left.method("pow", vec![other]),
            Op::StrOp(StrOp::Repeat) | Op::ListOp(ListOp::Repeat) => self.repeat(left, right),
            Op::SetOp(SetOp::And) => left.binary("&", by_ref(other)),
            Op::SetOp(SetOp::Sub) => left.binary("-", by_ref(other)),
            Op::SetOp(SetOp::Xor) => left.binary("^", by_ref(other)),
            _ => self.problem(&format!("`update` with `{}`", op.name())),
        }
    }

    pub(crate) fn int_const(&self, node: NodeId) -> Option<i64> {
        match self.body.as_const(node) {
            Some(Const::Int(digits)) => digits.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn small_shift(&self, node: NodeId) -> bool {
        self.int_const(node).is_some_and(|n| (0..64).contains(&n))
    }

    pub(crate) fn nonzero_float(&self, node: NodeId) -> bool {
        match self.body.as_const(node) {
            Some(Const::Float(value)) => *value != 0.0,
            _ => false,
        }
    }

    fn int_unary(&mut self, op: Op, arg: NodeId, ty: Ty) -> Expr {
        let from = self.body.ty(arg).strip_ref();
        if let Some(parts) = self.narrow_product(op, arg, ty) {
            let parts = parts.map(|part| self.operand(part)).to_vec();
            return Expr::call(self.rt("mul_mod"), parts);
        }
        let value = if from.is_big() { explicit(self.expr(arg)) } else { self.operand(arg) };
        let Op::IntOp(op) = op else { return value };
        match op {
            IntOp::Neg => Expr::unary("-", value),
            IntOp::Invert => Expr::unary("!", value),
            IntOp::Abs => loose::typed(value).method("abs", vec![]),
            IntOp::ToFloat => match (&value, from.is_big()) {
                (_, true) => value.method("to_f64", vec![]),
                (Expr::Atom(text), _)
                    if text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || b == b'_') =>
                {
                    Expr::Atom(format!("{text}.0"))
                }
                _ => value.cast("f64"),
            },
            IntOp::Truth if from.is_big() => {
                let (value, is_ref) = strip(value, self.body.ty(arg));
                let value = if is_ref { Expr::unary("*", value) } else { value };
                value.binary("!=", Expr::atom("0"))
            }
            IntOp::Truth => match value {
                Expr::Cast(count, _) if self.counts_items(arg) => match *count {
                    Expr::Method(of, ..) => Expr::unary("!", of.method("is_empty", vec![])),
                    count => count.binary("!=", Expr::atom("0")),
                },
                value => value.binary("!=", Expr::atom("0")),
            },
            _ => self.int_cast(value, from, ty),
        }
    }

    /// Whether a node is the length of a container of the library.
    fn counts_items(&self, node: NodeId) -> bool {
        let Node::Call { callee: Callee::Lib(name), .. } = &self.body.nodes[node].kind else { return false };
        matches!(name.as_str(), "deque.__len__" | "defaultdict.__len__" | "OrderedDict.__len__")
    }

    /// The parts of `a * b % m` of machine numbers, which only the product leaves.
    fn narrow_product(&self, op: Op, arg: NodeId, ty: Ty) -> Option<[NodeId; 3]> {
        let parts = |node: NodeId, op: IntOp| match &self.body.nodes[node].kind {
            Node::Op { op: Op::IntOp(found), args, .. } if *found == op => Some(args),
            _ => None,
        };
        let narrow = |node: NodeId| match parts(node, IntOp::Cast) {
            Some(inner) => (self.body.ty(inner[0]) == Ty::i64()).then_some(inner[0]),
            None => self.int_const(node).map(|_| node),
        };
        if op != Op::IntOp(IntOp::Cast) || ty != Ty::i64() {
            return None;
        }
        let rest = parts(arg, IntOp::FloorMod)?;
        let product = parts(rest[0], IntOp::Mul)?;
        // A constant among the parts has the wide type: it prints as a call.
        let parts = [narrow(product[0])?, narrow(product[1])?, narrow(rest[1])?];
        parts.iter().all(|part| self.body.ty(*part) == Ty::i64()).then_some(parts)
    }

    /// A checked conversion between widths.
    fn int_cast(&mut self, value: Expr, from: Ty, to: Ty) -> Expr {
        if from == to {
            return value;
        }
        let target = self.ty(to, Position::Stored);
        if to.is_big() {
            return Expr::call(format!("{target}::from"), vec![value]);
        }
        if from.is_big() {
            return value
                .method("to_i64", vec![])
                .method("expect", vec![Expr::atom("\"int fits in 64 bits\"")]);
        }
        if let Expr::Atom(text) = &value
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        {
            return value;
        }
        let is_length = matches!(&value, Expr::Method(_, name, args) if name == "len" && args.is_empty());
        if is_length || widens(from, to) {
            return if is_length {
                value.cast(target)
            } else {
                Expr::call(format!("{target}::from"), vec![value])
            };
        }
        Expr::call(format!("{target}::try_from"), vec![value])
            .method("expect", vec![Expr::Atom(format!("\"int fits in {target}\""))])
    }

    fn float_unary(&mut self, op: FloatOp, arg: NodeId) -> Expr {
        let value = self.operand(arg);
        match op {
            FloatOp::Neg if matches!(&value, Expr::Atom(text) if text == "f64::INFINITY") => {
                Expr::atom("f64::NEG_INFINITY")
            }
            FloatOp::Neg => Expr::unary("-", value),
            FloatOp::Abs => loose::typed(value).method("abs", vec![]),
            FloatOp::ToInt => Expr::call(self.rt("float_to_int"), vec![value]),
            _ => value.binary("!=", Expr::atom("0.0")),
        }
    }

    fn num_unary(&mut self, op: NumOp, attr: &Attr, arg: NodeId) -> Expr {
        let value = self.operand(arg);
        let num = self.rt("Num");
        match op {
            NumOp::Neg => Expr::unary("-", value),
            NumOp::Abs => value.method("abs", vec![]),
            NumOp::FromInt => Expr::call(format!("{num}::Int"), vec![value]),
            NumOp::FromFloat => Expr::call(format!("{num}::Float"), vec![value]),
            NumOp::ToFloat => value.method("to_f64", vec![]),
            NumOp::ToInt if *attr != Attr::None => value.method("as_int", vec![]),
            NumOp::ToInt => value.method("to_i64", vec![]),
            NumOp::IsInt => {
                Expr::Macro("matches".to_owned(), vec![value, Expr::Atom(format!("{num}::Int(_)"))])
            }
            _ => value.binary("!=", Expr::Atom(format!("{num}::Int(0)"))),
        }
    }

    fn bool_op(&mut self, op: BoolOp, args: &[NodeId]) -> Expr {
        let sign = match op {
            BoolOp::Not => return self.negate(args[0]),
            BoolOp::ToInt => {
                let value = self.operand(args[0]);
                return Expr::call("i64::from", vec![value]);
            }
            BoolOp::And => "&&",
            BoolOp::Or => "||",
            BoolOp::BitAnd => "&",
            BoolOp::BitOr => "|",
            BoolOp::BitXor => "^",
        };
        let (left, right) = (self.operand(args[0]), self.operand(args[1]));
        // `isinstance(other, Point) and ..` of what is a `Point` by its type.
        let settled = if op == BoolOp::And { "true" } else { "false" };
        match left {
            Expr::Atom(text) if text == settled && matches!(op, BoolOp::And | BoolOp::Or) => right,
            left => left.binary(sign, right),
        }
    }

    /// `!value`, with the comparison turned around where that means the same.
    pub(crate) fn negate(&mut self, node: NodeId) -> Expr {
        if let Node::Op { op: Op::CmpOp(op), args, .. } = &self.body.nodes[node].kind {
            let is_total = !self.body.ty(args[0]).any(&mut |ty| {
                matches!(
                    ty.kind(),
                    TyKind::Float(_) | TyKind::Num | TyKind::Class(..) | TyKind::Value | TyKind::Set(_)
                )
            });
            let turned = match op {
                CmpOp::Eq => Some(CmpOp::Ne),
                CmpOp::Ne => Some(CmpOp::Eq),
                CmpOp::Is => Some(CmpOp::IsNot),
                CmpOp::IsNot => Some(CmpOp::Is),
                CmpOp::Lt if is_total => Some(CmpOp::Ge),
                CmpOp::Le if is_total => Some(CmpOp::Gt),
                CmpOp::Gt if is_total => Some(CmpOp::Le),
                CmpOp::Ge if is_total => Some(CmpOp::Lt),
                _ => None,
            };
            if let Some(turned) = turned {
                return self.compare(turned, args[0], args[1]);
            }
        }
        if let Node::Op { op: Op::BoolOp(op @ (BoolOp::And | BoolOp::Or)), args, .. } =
            &self.body.nodes[node].kind
        {
            return self.negate_both(*op, args[0], args[1]);
        }
        match self.operand(node) {
            Expr::Unary("!", inner) => *inner,
            Expr::Method(of, name, args) if name == "is_none" && !self.tests_value(node) => {
                of.method("is_some", args)
            }
            Expr::Method(of, name, args) if name == "is_some" => of.method("is_none", args),
            Expr::Binary(left, "!=", right) => left.binary("==", *right),
            Expr::Binary(left, "==", right) => left.binary("!=", *right),
            Expr::Atom(text) if text == "true" => Expr::atom("false"),
            Expr::Atom(text) if text == "false" => Expr::atom("true"),
            value => Expr::unary("!", value),
        }
    }

    /// De Morgan, where that leaves fewer negations.
    fn negate_both(&mut self, op: BoolOp, a: NodeId, b: NodeId) -> Expr {
        let (sign, turned) = if op == BoolOp::And { ("&&", "||") } else { ("||", "&&") };
        match (self.negate(a), self.negate(b)) {
            (Expr::Unary("!", a), Expr::Unary("!", b)) => Expr::unary("!", a.binary(sign, *b)),
            (a, b) => a.binary(turned, b),
        }
    }

    /// Whether a node asks a dynamic value for its type.
    fn tests_value(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ValueOp(ValueOp::Is), .. } => true,
            Node::Op { op: Op::OptOp(_), args, .. } => {
                *self.body.ty(args[0]).strip_ref().kind() == TyKind::Value
            }
            _ => false,
        }
    }

    fn tuple_op(&mut self, op: TupleOp, attr: &Attr, args: &[NodeId]) -> Expr {
        match (op, attr) {
            (TupleOp::Field, Attr::Int(at)) => self.expr(args[0]).field(at.to_string()),
            _ => Expr::Tuple(args.iter().map(|arg| self.stored_value(*arg)).collect()),
        }
    }

    fn opt_op(&mut self, op: OptOp, args: &[NodeId], attr: &Attr) -> Expr {
        // A dynamic value has its own `None`.
        let is_dynamic =
            args.first().is_some_and(|arg| *self.body.ty(*arg).strip_ref().kind() == TyKind::Value);
        match op {
            OptOp::IsSome if is_dynamic => Expr::unary("!", self.expr(args[0]).method("is_none", vec![])),
            OptOp::Unwrap if is_dynamic => self.expr(args[0]),
            OptOp::None => Expr::atom("None"),
            OptOp::Some => {
                let value = match self.makes_function(args[0]) {
                    true => self.kept_function(args[0]),
                    false => self.stored_value(args[0]),
                };
                Expr::call("Some", vec![value])
            }
            OptOp::IsNone => self.expr(args[0]).method("is_none", vec![]),
            OptOp::IsSome => self.expr(args[0]).method("is_some", vec![]),
            OptOp::Unwrap => self.unwrap(args[0], attr),
            OptOp::Truth => {
                let present = self.expr(args[0]).method("is_some", vec![]);
                match args.get(1) {
                    Some(inner) => {
                        let inner = self.expr(*inner);
                        present.binary("&&", inner)
                    }
                    None => present,
                }
            }
        }
    }

    /// What an absent attribute says is not what std says of `None`.
    fn unwrap(&mut self, arg: NodeId, attr: &Attr) -> Expr {
        let text = match attr {
            Attr::Name(text) => Some(*text).filter(|text| unwrap_says(*text)),
            _ => None,
        };
        let taken = |value: Expr| super::places::taken(value, text);
        let ty = self.body.ty(arg);
        let value = self.expr(arg);
        let is_copy = ty.strip_ref().is_copy();
        match (ty.kind(), value) {
            (TyKind::Ref(_), value) if !is_copy => taken(value.method("as_ref", vec![])),
            (TyKind::RefMut(_), value) => taken(value.method("as_mut", vec![])),
            (_, value) => taken(value),
        }
    }
}

/// Operators do not look through the guard of a cell: `&*guard` where the guard is meant.
pub(crate) fn explicit(expr: Expr) -> Expr {
    match expr {
        Expr::Unary(sign @ ("&" | "&mut "), inner) if inner.is_guard() => {
            Expr::Unary(sign, Box::new(Expr::Unary("*", inner)))
        }
        expr => expr,
    }
}

/// The right operand of a method of `rt::Int`: machine numbers go by value.
fn big_operand(other: Expr, ty: Ty) -> Expr {
    match other {
        Expr::Call(path, mut args) if matches!(&*path, Expr::Atom(name) if name.ends_with("Int::from")) => {
            args.remove(0)
        }
        other if ty.is_big() => by_ref(other),
        other => other,
    }
}

pub(crate) fn by_ref(expr: Expr) -> Expr {
    match expr {
        Expr::Unary("&" | "&mut ", _) => expr,
        expr => Expr::unary("&", expr),
    }
}

fn is_unsigned(ty: Ty) -> bool {
    matches!(
        ty.kind(),
        TyKind::Int(Width::U8 | Width::U16 | Width::U32 | Width::U64 | Width::U128 | Width::Usize)
    )
}

/// `From` exists between the widths.
fn widens(from: Ty, to: Ty) -> bool {
    let rank = |ty: Ty| match ty.kind() {
        TyKind::Int(Width::U8) => Some((8, false)),
        TyKind::Int(Width::U16) => Some((16, false)),
        TyKind::Int(Width::U32) => Some((32, false)),
        TyKind::Int(Width::U64) => Some((64, false)),
        TyKind::Int(Width::I8) => Some((8, true)),
        TyKind::Int(Width::I16) => Some((16, true)),
        TyKind::Int(Width::I32) => Some((32, true)),
        TyKind::Int(Width::I64) => Some((64, true)),
        TyKind::Int(Width::I128) => Some((128, true)),
        _ => None,
    };
    match (rank(from), rank(to)) {
        (Some((a, a_signed)), Some((b, b_signed))) => a < b && (a_signed == b_signed || !a_signed),
        _ => false,
    }
}
