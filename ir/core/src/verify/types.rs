//! V23 to V25, V33: conditions, iterators, operand types, what can be copied.

use super::Found;
use crate::{
    Body, Callee, Clause, Effect, IntOp, IterOp, Level, Mode, Node, NodeId, NodeRow, Op, RangeOp, StmtKind,
    Ty, TyKind, Width,
};
use batuta_base::Origin;

pub(super) fn check<L: Level>(body: &Body<L>, found: &mut Found) {
    let mut walk = Walk { body, found, is_mir: L::NAME == "mir" };
    let mut nodes = Vec::new();
    body.walk_block(body.root, &mut |node| nodes.push(node));
    for node in nodes {
        walk.node(node, &body.nodes[node]);
    }
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Update { op, value, .. } = &stmt.kind
            && !matches!(op, Op::StrOp(_) | Op::BytesOp(_) | Op::ListOp(_))
        {
            walk.operands(*op, &[*value], stmt.origin);
        }
    });
}

struct Walk<'a, L> {
    body: &'a Body<L>,
    found: &'a mut Found,
    is_mir: bool,
}

impl<L: Level> Walk<'_, L> {
    fn node(&mut self, id: NodeId, row: &NodeRow) {
        match &row.kind {
            Node::If { cond, .. } | Node::While { cond, .. } => self.cond(*cond, row.origin),
            Node::Match { arms, .. } => {
                arms.iter().filter_map(|arm| arm.guard).for_each(|guard| self.cond(guard, row.origin));
            }
            Node::For { iter, .. } => self.iter(*iter, row.origin),
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    match clause {
                        Clause::For { iter, .. } => self.iter(*iter, row.origin),
                        Clause::If(cond) => self.cond(*cond, row.origin),
                    }
                }
            }
            Node::Op { op, args, .. } => self.operands(*op, args, row.origin),
            Node::Use(_, Mode::Copy) if !can_copy(row.ty) => {
                self.found.report("V33", row.origin, format!("{id:?} copies a {}", row.ty));
            }
            _ => {}
        }
    }

    fn cond(&mut self, cond: NodeId, origin: Origin) {
        let ty = self.body.ty(cond).strip_ref();
        if !matches!(ty.kind(), TyKind::Bool | TyKind::Never) {
            self.found.report("V23", origin, format!("the condition {cond:?} is {ty}"));
        }
    }

    fn iter(&mut self, node: NodeId, origin: Origin) {
        let row = &self.body.nodes[node];
        let is_op =
            matches!(&row.kind, Node::Op { op: Op::IterOp(_) | Op::RsOp(_) | Op::RangeOp(RangeOp::New), .. });
        let is_iter = matches!(row.ty.strip().kind(), TyKind::Iter(_) | TyKind::Never | TyKind::Value);
        // Mir may iterate what Rust can: a range, an iterator's value, a catalogue row's result.
        let is_result = matches!(&row.kind, Node::Call { callee: Callee::Lib(_), .. });
        let fits = is_iter || is_op || self.is_mir && (is_result || matches!(row.ty.kind(), TyKind::Range));
        if !fits {
            self.found.report("V24", origin, format!("{node:?} is iterated but is {}", row.ty));
        }
    }

    /// The types that the dialect works on.
    fn operands(&mut self, op: Op, args: &[NodeId], origin: Origin) {
        let fits: fn(Ty) -> bool = match op {
            Op::IntOp(_) => |ty| matches!(ty.kind(), TyKind::Int(_)),
            Op::FloatOp(_) => |ty| matches!(ty.kind(), TyKind::Float(_)),
            Op::BoolOp(_) => |ty| matches!(ty.kind(), TyKind::Bool),
            _ => return self.first_operand(op, args, origin),
        };
        for arg in args {
            let ty = self.body.ty(*arg).strip_ref();
            if !fits(ty) && *ty.kind() != TyKind::Never {
                self.found.report(
                    "V25",
                    origin,
                    format!("{} has an operand {arg:?} of type {ty}", op.name()),
                );
                return;
            }
        }
        self.widths(op, args, origin);
    }

    /// Containers and text: operand one is the container; literals and operators may mix further.
    fn first_operand(&mut self, op: Op, args: &[NodeId], origin: Origin) {
        let Some(first) = args.first() else { return };
        let ty = self.body.ty(*first).strip();
        let name = op.name();
        let is_new = name.ends_with(".new") || name == "list.repeat";
        let fits = match op {
            Op::StrOp(_) => matches!(ty.kind(), TyKind::Str),
            Op::BytesOp(_) => matches!(ty.kind(), TyKind::Bytes),
            Op::ListOp(_) if !is_new => matches!(ty.kind(), TyKind::List(_) | TyKind::Array(..)),
            Op::DictOp(_) if !is_new => matches!(ty.kind(), TyKind::Dict(..) | TyKind::Lib(..)),
            Op::SetOp(_) if !is_new => matches!(ty.kind(), TyKind::Set(_) | TyKind::FrozenSet(_)),
            Op::OptOp(crate::OptOp::IsNone | crate::OptOp::IsSome | crate::OptOp::Unwrap) => {
                matches!(ty.kind(), TyKind::Option(_) | TyKind::Unit | TyKind::Value)
            }
            Op::IterOp(IterOp::Next) => matches!(ty.kind(), TyKind::Iter(_)),
            _ => true,
        };
        if !fits && *ty.kind() != TyKind::Never {
            self.found.report("V25", origin, format!("{name} on {ty}"));
        }
    }

    /// At Mir the operands of one int operation have one width; counts of shifts and exponents may differ.
    fn widths(&mut self, op: Op, args: &[NodeId], origin: Origin) {
        let Op::IntOp(int) = op else { return };
        let [a, b] = args else { return };
        if !self.is_mir
            || matches!(int, IntOp::Shl | IntOp::Shr | IntOp::Pow)
            || op.info().effect == Effect::Any
        {
            return;
        }
        let width = |node: NodeId| match self.body.ty(node).strip_ref().kind() {
            TyKind::Int(width) => Some(*width),
            _ => None,
        };
        // `rt::Int` has operators with `i64` on either side.
        let mixes = |a: Width, b: Width| {
            a == b || matches!((a, b), (Width::Big, Width::I64) | (Width::I64, Width::Big))
        };
        if let (Some(a), Some(b)) = (width(*a), width(*b))
            && !mixes(a, b)
        {
            self.found.report("V25", origin, format!("{} on {} and {}", op.name(), a.text(), b.text()));
        }
    }
}

/// Whether Rust can copy it. Classes and library types may be: they are not judged.
fn can_copy(ty: Ty) -> bool {
    use TyKind::*;
    match ty.kind() {
        Int(Width::Big) | Str | Bytes | List(_) | Set(_) | FrozenSet(_) | Dict(..) | Value | Error
        | Shared(_) | Boxed(_) | RefMut(_) | Iter(_) => false,
        Tuple(items) => items.iter().all(|item| can_copy(*item)),
        Option(item) | Array(item, _) => can_copy(*item),
        _ => true,
    }
}
