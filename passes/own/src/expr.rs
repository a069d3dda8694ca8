//! Expressions: each use gets its mode, each value the representation that its context wants.

use crate::body::{Own, Want};
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Own<'_> {
    /// Lowers a node for a context.
    pub fn node(&mut self, id: NodeId, want: Want) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty, row.origin);
        match &row.kind {
            Node::Const(value) => self.constant(value, ty, want, origin),
            Node::Use(place, _) => self.use_place(id, place, want),
            Node::Op { op, attr, args } => self.operation(id, *op, attr, args, want),
            Node::Call { callee, args } => {
                let node = self.call(id, callee, args);
                self.temporary(node, want, origin)
            }
            Node::Format(pieces) => {
                let pieces = self.pieces(pieces);
                let node = self.out.node(Node::Format(pieces), ty, origin);
                self.temporary(node, want, origin)
            }
            Node::Seq { clauses, sink } => {
                let node = self.seq(clauses, sink, ty, origin);
                self.temporary(node, want, origin)
            }
            Node::Closure(closure) => self.closure(id, closure),
            Node::Item(_) if matches!(ty.kind(), TyKind::Shared(_)) => {
                let item = self.out.node(row.kind.clone(), ty.strip_shared(), origin);
                self.out.op(RsOp::Share, vec![item], ty, origin)
            }
            Node::Item(_) | Node::Hole { .. } => self.out.node(row.kind.clone(), ty, origin),
            _ => self.control(id, want),
        }
    }

    /// A temporary in a context that wants a reference.
    pub fn temporary(&mut self, node: NodeId, want: Want, origin: Origin) -> NodeId {
        let ty = self.out.ty(node);
        match want {
            Want::Ref if !matches!(ty.kind(), TyKind::Ref(_)) => {
                // rustc looks for the object, not for its handle, in a block behind `&`.
                let is_branch = matches!(
                    self.out.nodes[node].kind,
                    Node::Block { .. } | Node::If { .. } | Node::Match { .. }
                );
                let is_handle = matches!(ty.kind(), TyKind::Shared(inner) if inner.class_path().is_some());
                let node = if is_branch && is_handle { self.named(node) } else { node };
                self.out.op(RsOp::Ref, vec![node], ty.reference(), origin)
            }
            Want::Mut => self.out.op(RsOp::Mut, vec![node], ty.reference_mut(), origin),
            _ => node,
        }
    }

    fn constant(&mut self, value: &Const, ty: Ty, want: Want, origin: Origin) -> NodeId {
        if let Const::Str(_) = value {
            let literal = self.out.node(Node::Const(value.clone()), Ty::str().reference(), origin);
            return match want {
                Want::Own => self.out.op(RsOp::ToOwned, vec![literal], Ty::str(), origin),
                _ => literal,
            };
        }
        let ty =
            if *value == Const::None && !matches!(ty.kind(), TyKind::Option(_)) { Ty::unit() } else { ty };
        let node = self.out.node(Node::Const(value.clone()), ty, origin);
        if want == Want::Ref { self.temporary(node, want, origin) } else { node }
    }

    /// Converts a scalar to the width that its target has.
    pub fn coerce(&mut self, node: NodeId, want: Ty) -> NodeId {
        let have = self.out.ty(node);
        let origin = self.out.nodes[node].origin;
        match (have.kind(), want.kind()) {
            (TyKind::Int(a), TyKind::Int(b)) if a != b => {
                if let Node::Const(Const::Int(_)) = self.out.nodes[node].kind {
                    self.out.nodes[node].ty = want;
                    return node;
                }
                self.out.op(IntOp::Cast, vec![node], want, origin)
            }
            (TyKind::Ref(inner), TyKind::Int(Width::I64)) if inner.is_big() => {
                self.out.op(IntOp::Cast, vec![node], want, origin)
            }
            (TyKind::Option(a), TyKind::Option(b))
                if a != b && (a.is_int() && b.is_int() || differ_in_width(*a, *b)) =>
            {
                self.coerce_option(node, *a, *b, want)
            }
            (TyKind::Iter(a), TyKind::Iter(b)) if a != b && a.is_int() && b.is_int() => {
                self.coerce_items(node, *a, *b)
            }
            (TyKind::Iter(a), TyKind::Iter(b)) if a != b && differ_in_width(*a, *b) => {
                self.coerce_items(node, *a, *b)
            }
            (TyKind::Tuple(a), TyKind::Tuple(b)) if a != b && a.len() == b.len() => {
                self.coerce_tuple(node, want)
            }
            _ => node,
        }
    }

    /// `none` has any width, `some(n)` that of `n`; any other option is mapped.
    fn coerce_option(&mut self, node: NodeId, from: Ty, to: Ty, want: Ty) -> NodeId {
        let origin = self.out.nodes[node].origin;
        match self.out.nodes[node].kind.clone() {
            Node::Const(Const::None) | Node::Op { op: Op::OptOp(OptOp::None), .. } => {
                self.out.nodes[node].ty = want;
                node
            }
            Node::Op { op: op @ Op::OptOp(OptOp::Some), args, .. } => {
                let inner = self.coerce(args[0], to);
                self.out.op(op, vec![inner], want, origin)
            }
            _ => {
                let cast = self.cast_closure(from, to, origin);
                self.out.op(RsOp::Map, vec![node, cast], want, origin)
            }
        }
    }

    /// Items of another width: a display's are that at once, others are cast one by one.
    fn coerce_items(&mut self, node: NodeId, from: Ty, to: Ty) -> NodeId {
        let origin = self.out.nodes[node].origin;
        if let Node::Op { op: Op::IterOp(op), args, .. } = self.out.nodes[node].kind.clone()
            && let Node::Op { op: Op::ListOp(ListOp::New), args: items, .. } =
                self.out.nodes[args[0]].kind.clone()
        {
            let items = items.iter().map(|item| self.coerce(*item, to)).collect();
            let list = self.out.op(ListOp::New, items, Ty::list(to), origin);
            return self.out.op(op, vec![list], Ty::iter(to), origin);
        }
        let cast = self.cast_closure(from, to, origin);
        self.out.op(RsOp::Map, vec![node, cast], Ty::iter(to), origin)
    }

    /// `|n| cast(n)`.
    fn cast_closure(&mut self, from: Ty, to: Ty, origin: Origin) -> NodeId {
        let local = self.out.temp("n", from, origin);
        let mode = if from.is_copy() { Mode::Copy } else { Mode::Move };
        let cast = match (from.kind(), to.kind()) {
            (TyKind::Tuple(parts), TyKind::Tuple(wants)) => {
                let part = |(index, (part, want)): (usize, (&Ty, &Ty))| {
                    let place = Place::local(local).with(Proj::Field(Name::new(&index.to_string())));
                    let mode = if part.is_copy() { Mode::Copy } else { Mode::Move };
                    let part = self.out.node(Node::Use(place, mode), *part, origin);
                    self.coerce(part, *want)
                };
                let parts = parts.iter().zip(wants).enumerate().map(part).collect();
                self.out.op(TupleOp::New, parts, to, origin)
            }
            _ => {
                let value = self.out.use_local(local, mode, origin);
                self.out.op(IntOp::Cast, vec![value], to, origin)
            }
        };
        let body = self.out.block(BlockRow { stmts: Vec::new(), tail: Some(cast), end_comments: Vec::new() });
        let param = Param { name: Name::new("n"), local, kind: ParamKind::Normal, default: None };
        let closure = Closure {
            name: None,
            params: vec![param],
            body,
            ret: to,
            is_generator: false,
            is_async: false,
            decorators: Vec::new(),
            doc: None,
        };
        self.out.node(Node::Closure(closure), Ty::func(vec![from], to), origin)
    }

    fn coerce_tuple(&mut self, node: NodeId, want: Ty) -> NodeId {
        let (have, origin) = (self.out.ty(node), self.out.nodes[node].origin);
        let (TyKind::Tuple(haves), TyKind::Tuple(wants)) = (have.kind(), want.kind()) else { return node };
        let args = match self.out.nodes[node].kind.clone() {
            Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => args,
            _ if differ_in_width(have, want) => {
                // The parts of a value that is there already get a name first.
                let local = self.out.temp("parts", have, origin);
                let target = Pat::Place(Place::local(local));
                self.before.push(Stmt::new(StmtKind::Set { target, value: node }, origin));
                let part = |(index, ty): (usize, &Ty)| {
                    let place = Place::local(local).with(Proj::Field(Name::new(&index.to_string())));
                    let mode = if ty.is_copy() { Mode::Copy } else { Mode::Move };
                    self.out.node(Node::Use(place, mode), *ty, origin)
                };
                haves.iter().enumerate().map(part).collect()
            }
            _ => return node,
        };
        let args: Vec<NodeId> = args.iter().zip(wants).map(|(arg, want)| self.coerce(*arg, *want)).collect();
        self.out.op(TupleOp::New, args, want, origin)
    }
}

/// Tuples and options that are the same but for the width of their ints.
pub fn differ_in_width(a: Ty, b: Ty) -> bool {
    let same_form = |(a, b): (&Ty, &Ty)| a == b || a.is_int() && b.is_int() || differ_in_width(*a, *b);
    match (a.kind(), b.kind()) {
        (TyKind::Tuple(a), TyKind::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(same_form),
        (TyKind::Option(a), TyKind::Option(b)) => a != b && same_form((a, b)),
        _ => false,
    }
}
