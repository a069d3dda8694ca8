//! Operations: what flows from the operands into the result.

use crate::build::{Step, Walk};
use crate::fold::Folded;
use crate::graph::ShapeId;
use crate::held::holds_itself;
use batuta_core::*;

/// Position of a member in a closed union.
fn member_of(union: Ty, member: Ty) -> Option<usize> {
    let TyKind::Union(items) = union.strip_ref().kind() else { return None };
    items.iter().position(|item| *item == member.strip_ref())
}

impl Walk<'_> {
    /// Ints that pass from one type into another through a dynamic value keep their width.
    fn keep_width(&mut self, from: NodeId, made: ShapeId) {
        let Some(from) = self.built.node(self.body.path, from) else { return };
        let ints = |walk: &Self, shape: ShapeId| -> Vec<ShapeId> {
            let is_union = matches!(walk.built.graph.ty(shape).kind(), TyKind::Union(_));
            let parts = if is_union { walk.built.graph.kids(shape).to_vec() } else { vec![shape] };
            parts.into_iter().filter(|part| walk.built.graph.ty(*part).is_int()).collect()
        };
        for from in ints(self, from) {
            for to in ints(self, made) {
                self.built.graph.flow(from, to);
            }
        }
    }

    pub(crate) fn operate(&mut self, op: Op, shapes: &[ShapeId], args: &[NodeId], ty: Ty) -> ShapeId {
        match op {
            Op::IntOp(int_op) => self.int_step(int_op, shapes, args, ty),
            Op::ListOp(ListOp::New) | Op::SetOp(SetOp::New) => {
                let made = self.built.graph.fresh(ty);
                // A dynamic one has no parts.
                let Some(kid) = self.built.graph.kids(made).first().copied() else { return made };
                for (shape, arg) in shapes.iter().zip(args) {
                    let is_splat =
                        matches!(self.body.nodes[*arg].kind, Node::Op { op: Op::ObjOp(ObjOp::Splat), .. });
                    let item = if is_splat { self.part(*shape, 0) } else { *shape };
                    self.built.graph.flow(item, kid);
                }
                made
            }
            Op::DictOp(DictOp::New) => {
                let made = self.built.graph.fresh(ty);
                let kids = self.built.graph.kids(made).to_vec();
                let mut at = 0;
                for (shape, arg) in shapes.iter().zip(args) {
                    let is_splat = matches!(
                        self.body.nodes[*arg].kind,
                        Node::Op { op: Op::ObjOp(ObjOp::SplatDict), .. }
                    );
                    if is_splat {
                        let parts = self.built.graph.kids(*shape).to_vec();
                        parts
                            .into_iter()
                            .zip(&kids)
                            .for_each(|(part, kid)| self.built.graph.flow(part, *kid));
                    } else {
                        self.built.graph.flow(*shape, kids[at % 2]);
                        at += 1;
                    }
                }
                made
            }
            Op::TupleOp(TupleOp::New) => {
                let made = self.built.graph.fresh(ty);
                let kids = self.built.graph.kids(made).to_vec();
                shapes.iter().zip(kids).for_each(|(shape, kid)| self.built.graph.flow(*shape, kid));
                made
            }
            Op::ObjOp(ObjOp::Splat | ObjOp::SplatDict) | Op::ClassOp(ClassOp::Up | ClassOp::Down) => {
                if matches!(op, Op::ObjOp(_)) { shapes[0] } else { self.built.graph.fresh(ty) }
            }
            Op::OptOp(OptOp::Some) => {
                let made = self.built.graph.fresh(ty);
                let kid = self.part(made, 0);
                self.built.graph.flow(shapes[0], kid);
                made
            }
            Op::OptOp(OptOp::Unwrap) => self.part(shapes[0], 0),
            Op::UnionOp(UnionOp::From) => {
                let made = self.built.graph.fresh(ty);
                let member = member_of(ty, self.body.ty(args[0]));
                if let Some(kid) = member.and_then(|at| self.built.graph.kids(made).get(at).copied()) {
                    self.built.graph.flow(shapes[0], kid);
                }
                made
            }
            Op::UnionOp(UnionOp::Get) => {
                let member = member_of(self.body.ty(args[0]), ty);
                let kid = member.and_then(|at| self.built.graph.kids(shapes[0]).get(at).copied());
                kid.unwrap_or_else(|| self.built.graph.fresh(ty))
            }
            Op::ValueOp(ValueOp::To) => {
                let made = self.built.graph.fresh(ty);
                if holds_itself(ty) {
                    self.built.graph.set_shared(made);
                    self.built.taken.push(made);
                }
                if let Node::Op { op: Op::ValueOp(ValueOp::From), args: inner, .. } =
                    &self.body.nodes[args[0]].kind
                {
                    self.keep_width(inner[0], made);
                }
                made
            }
            Op::ValueOp(ValueOp::From) => {
                let is_named = matches!(self.body.nodes[args[0]].kind, Node::Use(..));
                if is_named && holds_itself(self.body.ty(args[0])) {
                    self.built.given.push(shapes[0]);
                }
                if self.is_read_int(args[0]) {
                    self.built.graph.set_big(shapes[0]);
                }
                self.built.graph.fresh(ty)
            }
            Op::IterOp(_) => self.iter_of(shapes[0], ty),
            Op::ListOp(ListOp::Repeat | ListOp::Slice | ListOp::Concat) => {
                let made = self.built.graph.fresh(ty);
                let kid = self.built.graph.kids(made)[0];
                let operands = if op == Op::ListOp(ListOp::Concat) { shapes } else { &shapes[..1] };
                for operand in operands {
                    let part = self.part(*operand, 0);
                    // No item changes its form on the way: one width for all.
                    self.built.graph.unify(part, kid);
                }
                self.built.copied.push(kid);
                if op == Op::ListOp(ListOp::Repeat) {
                    self.built.graph.set_index(shapes[1]);
                }
                made
            }
            Op::SetOp(SetOp::Or | SetOp::And | SetOp::Sub | SetOp::Xor) => {
                let made = self.built.graph.fresh(ty);
                for operand in shapes {
                    let (part, kid) = (self.part(*operand, 0), self.part(made, 0));
                    self.built.graph.unify(part, kid);
                }
                made
            }
            Op::ListOp(ListOp::Contains) | Op::SetOp(SetOp::Contains) | Op::DictOp(DictOp::Contains) => {
                let item = self.part(shapes[0], 0);
                self.built.graph.flow(shapes[1], item);
                self.built.graph.fresh(ty)
            }
            Op::RangeOp(RangeOp::New) => {
                shapes.iter().for_each(|shape| self.built.graph.set_index(*shape));
                self.built.graph.fresh(ty)
            }
            Op::ClassOp(ClassOp::New) => self.class_literal(shapes, ty),
            Op::CmpOp(op) => {
                if let [a, b] = shapes {
                    if matches!(op, CmpOp::Is | CmpOp::IsNot) {
                        self.one_for_life(*a);
                        self.one_for_life(*b);
                    }
                    let (ta, tb) = (self.built.graph.ty(*a), self.built.graph.ty(*b));
                    // Both are of one enum.
                    if matches!(ta.kind(), TyKind::Union(_)) && ta == tb {
                        self.built.graph.unify(*a, *b);
                    }
                    // Two containers that are compared have one element type.
                    if !ta.is_int() && !tb.is_int() && !matches!(ta.kind(), TyKind::Class(..)) {
                        self.same_width(*a, *b);
                    }
                }
                self.built.graph.fresh(ty)
            }
            _ => self.built.graph.fresh(ty),
        }
    }

    /// A container that `is` looks at is one object wherever it is held.
    fn one_for_life(&mut self, shape: ShapeId) {
        let ty = self.built.graph.ty(shape);
        match ty.kind() {
            TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) => drop(self.built.graph.set_shared(shape)),
            TyKind::Option(_) => {
                let inner = self.part(shape, 0);
                self.one_for_life(inner);
            }
            _ => {}
        }
    }

    /// Elements of compared containers share their int width, without joining the containers.
    fn same_width(&mut self, a: ShapeId, b: ShapeId) {
        let (a, b) = (self.built.graph.find(a), self.built.graph.find(b));
        if self.built.graph.ty(a).is_int() && self.built.graph.ty(b).is_int() {
            self.built.graph.edges.push((a, b));
            self.built.graph.edges.push((b, a));
            return;
        }
        let pairs: Vec<_> =
            self.built.graph.kids(a).iter().copied().zip(self.built.graph.kids(b).to_vec()).collect();
        for (x, y) in pairs {
            let (left, right) = (self.built.graph.ty(x), self.built.graph.ty(y));
            let is_container = matches!(left.kind(), TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_));
            // Containers inside of others have one form: those that are shared compare with those that are.
            match is_container && left == right {
                true => self.built.graph.unify(x, y),
                false => self.same_width(x, y),
            }
        }
    }

    fn class_literal(&mut self, shapes: &[ShapeId], ty: Ty) -> ShapeId {
        let made = self.built.graph.fresh(ty);
        let Some(class) = ty.class_path() else { return made };
        for (field, shape) in self.program.all_fields(class).into_iter().zip(shapes) {
            if let Some(target) = self.field(class, field.name) {
                self.built.graph.flow(*shape, target);
            }
        }
        made
    }

    fn int_step(&mut self, op: IntOp, shapes: &[ShapeId], args: &[NodeId], ty: Ty) -> ShapeId {
        let result = self.built.graph.fresh(ty);
        let literal = args.last().and_then(|arg| match self.constants.fold(self.body, *arg) {
            Some(Folded::Known(value)) => i64::try_from(value).ok(),
            _ => None,
        });
        // The residue of a number in text: the number itself may be of any size.
        if op == IntOp::FloorMod && literal.is_some() && self.is_parsed(args[0]) {
            self.built.graph.set_big(shapes[0]);
        }
        // An update has one argument beside its place.
        let folded =
            if args.len() == shapes.len() { self.constants.fold_op(self.body, op, args) } else { None };
        self.built.steps.push(Step { op, operands: shapes.to_vec(), result, literal, folded });
        result
    }

    /// `int(text)`.
    fn is_parsed(&self, node: NodeId) -> bool {
        matches!(&self.body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), args }
            if name.as_str().starts_with("builtins.int")
                && args.first().is_some_and(|arg| *self.body.ty(arg.value).kind() == TyKind::Str))
    }

    /// Iterator over a value: its items are the container's.
    pub(crate) fn iter_of(&mut self, source: ShapeId, ty: Ty) -> ShapeId {
        let TyKind::Iter(item) = ty.kind() else { return self.built.graph.fresh(ty) };
        let kid = match self.built.graph.ty(source).kind() {
            TyKind::List(_) | TyKind::Set(_) | TyKind::FrozenSet(_) | TyKind::Dict(..) | TyKind::Iter(_) => {
                self.part(source, 0)
            }
            TyKind::Lib(..) if !self.built.graph.kids(source).is_empty() => self.part(source, 0),
            TyKind::Tuple(_) => {
                let made = self.built.graph.fresh(*item);
                for kid in self.built.graph.kids(source).to_vec() {
                    self.built.graph.flow(kid, made);
                }
                made
            }
            _ => self.built.graph.fresh(*item),
        };
        let ty = Ty::iter(self.built.graph.ty(kid));
        self.built.graph.with_kids(ty, vec![kid])
    }

    /// `int(text)`: a dynamic value holds as many digits as there are.
    fn is_read_int(&self, node: NodeId) -> bool {
        matches!(&self.body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), args }
            if name.as_str().split('#').next() == Some("builtins.int")
                && args.first().is_some_and(|arg| *self.body.ty(arg.value).strip_ref().kind() == TyKind::Str))
    }
}
