//! Operations, displays and format pieces: operands are read, kept or widened as the operation asks.

use crate::access::Event;
use crate::alias::Reads;
use crate::body::{Own, Want};
use crate::order::Around;
use crate::places::holds_only_shared;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Own<'_> {
    pub fn operation(&mut self, id: NodeId, op: Op, attr: &Attr, args: &[NodeId], want: Want) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty, row.origin);
        let node = match op {
            Op::IntOp(int_op) => return self.int_operation(int_op, args, ty, want, origin),
            Op::ListOp(ListOp::New) | Op::SetOp(SetOp::New) => {
                let item = ty.strip().children().first().copied().unwrap_or(ty);
                let args = self.operands(args, Around::Library, |own, _, arg| own.element(arg, item));
                self.made(op, attr, args, ty, origin)
            }
            Op::DictOp(DictOp::New) => {
                let kids = ty.strip().children();
                let mut at = 0;
                let args = self.operands(args, Around::Library, |own, _, arg| {
                    let is_splat =
                        matches!(own.src.nodes[arg].kind, Node::Op { op: Op::ObjOp(ObjOp::SplatDict), .. });
                    let kid = kids[at % 2];
                    at += usize::from(!is_splat);
                    own.element(arg, kid)
                });
                self.made(op, attr, args, ty, origin)
            }
            Op::TupleOp(TupleOp::New) => {
                let kids = ty.strip().children();
                let args = self.operands(args, Around::Library, |own, index, arg| match kids.get(index) {
                    Some(kid) => own.element(arg, *kid),
                    None => own.node(arg, Want::Own),
                });
                self.made(op, attr, args, ty, origin)
            }
            Op::ClassOp(ClassOp::New) => self.class_literal(args, attr, ty, origin),
            Op::ListOp(ListOp::Repeat) => {
                let counts = self.bounds.of(self.src, args[1]).is_some_and(|least| least >= 0);
                let args = self.operands(args, Around::Library, |own, index, arg| {
                    let node = own.node(arg, Want::Own);
                    if index == 1 { own.coerce(node, Ty::i64()) } else { node }
                });
                let attr = if counts { &Attr::Name(Name::new("plain")) } else { attr };
                self.made(op, attr, args, ty, origin)
            }
            Op::OptOp(OptOp::Unwrap) => return self.unwrap(args[0], attr, ty, want, origin),
            Op::UnionOp(UnionOp::Get) => return self.member(args[0], ty, want, origin),
            Op::OptOp(OptOp::Some) => {
                let inner = ty.strip().children()[0];
                let arg = self.node(args[0], Want::Own);
                let arg = self.boxed(arg);
                let arg = self.coerce(arg, inner);
                self.made(op, attr, vec![arg], ty, origin)
            }
            Op::UnionOp(UnionOp::From) => {
                let arg = self.node(args[0], Want::Own);
                let number = match ty.kind() {
                    TyKind::Union(items) => items.iter().copied().find(|item| item.is_int()),
                    _ => None,
                };
                let arg = match number {
                    Some(number) if self.out.ty(arg).is_int() => self.coerce(arg, number),
                    _ => arg,
                };
                self.made(op, attr, vec![arg], ty, origin)
            }
            // An array of a static type holds the value.
            Op::ValueOp(ValueOp::From) if is_array(self.src.ty(args[0])) => {
                let arg = self.node(args[0], Want::Read);
                self.made(op, attr, vec![arg], ty, origin)
            }
            Op::ValueOp(ValueOp::From) | Op::ExcOp(ExcOp::New) => {
                let args = self.operands(args, Around::Library, |own, _, arg| {
                    let arg = own.node(arg, Want::Own);
                    own.boxed_for(arg, true)
                });
                self.made(op, attr, args, ty, origin)
            }
            Op::ValueOp(ValueOp::Method | ValueOp::Call) => {
                let is_set = matches!(attr, Attr::Name(name) if *name == "__setitem__");
                let looks = |index: usize| index == 0 || index == 1 && is_set;
                let args = self.operands(args, Around::Library, |own, index, arg| {
                    own.node(arg, if looks(index) { Want::Read } else { Want::Own })
                });
                self.made(op, attr, args, ty, origin)
            }
            Op::ClassOp(ClassOp::Up | ClassOp::Down) => {
                let arg = self.node(args[0], want);
                return self.made(op, attr, vec![arg], ty, origin);
            }
            Op::IterOp(IterOp::Of) => {
                // An iterator that is kept takes its source along where nobody else reads it.
                let is_last = matches!(&self.src.nodes[args[0]].kind, Node::Use(place, _)
                    if place.as_local().is_some_and(|local| !self.is_borrowed(local)))
                    && self.is_last_use(args[0]);
                let reads = if is_last { Reads::Into } else { Reads::Ref };
                let made = self.iterate(id, reads, true).0;
                self.outlives_guard(args[0], made);
                return made;
            }
            Op::CmpOp(CmpOp::Is | CmpOp::IsNot) if self.never_one(args) => {
                let differs = op == Op::CmpOp(CmpOp::IsNot);
                self.out.node(Node::Const(Const::Bool(differs)), ty, origin)
            }
            Op::RangeOp(RangeOp::New) => {
                let args = self.operands(args, Around::Library, |own, _, arg| {
                    let node = own.node(arg, Want::Own);
                    own.coerce(node, Ty::i64())
                });
                self.made(op, attr, args, ty, origin)
            }
            Op::StrOp(StrOp::At | StrOp::Repeat) | Op::BytesOp(BytesOp::At | BytesOp::Repeat) => {
                let args = self.operands(args, Around::Library, |own, index, arg| {
                    let node = own.node(arg, Want::Read);
                    if index == 1 { own.coerce(node, Ty::i64()) } else { node }
                });
                self.made(op, attr, args, ty, origin)
            }
            Op::DictOp(DictOp::Contains) | Op::SetOp(SetOp::Contains) | Op::ListOp(ListOp::Contains) => {
                let item = self.src.ty(args[0]).strip().children().first().copied();
                let args = self.operands(args, Around::Library, |own, index, arg| match (index, item) {
                    (0, _) => own.node(arg, Want::Read),
                    (_, Some(item)) => own.lent_as(arg, item),
                    _ => own.node(arg, Want::Ref),
                });
                self.made(op, attr, args, ty, origin)
            }
            Op::NumOp(NumOp::FromInt) => {
                let arg = self.node(args[0], Want::Read);
                let arg = self.coerce(arg, Ty::i64());
                self.made(op, attr, vec![arg], ty, origin)
            }
            _ if op.is_lazy() => {
                let first = self.node(args[0], Want::Read);
                let second = self.enclosed(|own| own.node(args[1], Want::Read));
                self.made(op, attr, vec![first, second], ty, origin)
            }
            _ => {
                let plain = Attr::Name(Name::new("plain"));
                let attr = if self.never_by_zero(op, args) { &plain } else { attr };
                let args = self.operands(args, Around::Library, |own, _, arg| own.node(arg, Want::Read));
                self.made(op, attr, args, ty, origin)
            }
        };
        self.temporary(node, want, origin)
    }

    /// Whether a float is divided by an int that is positive.
    fn never_by_zero(&self, op: Op, args: &[NodeId]) -> bool {
        let Op::FloatOp(FloatOp::Div) = op else { return false };
        match &self.src.nodes[args[1]].kind {
            Node::Op { op: Op::IntOp(IntOp::ToFloat), args, .. } => {
                self.bounds.of(self.src, args[0]).is_some_and(|least| least > 0)
            }
            _ => false,
        }
    }

    /// Two names where one container is shared and the other has a single owner.
    fn never_one(&self, args: &[NodeId]) -> bool {
        let ty = |at: usize| self.src.ty(args[at]).strip_ref();
        let is_shared = |ty: Ty| matches!(ty.kind(), TyKind::Shared(_));
        let is_name = |node: &NodeId| matches!(self.src.nodes[*node].kind, Node::Use(..));
        args.iter().all(is_name)
            && ty(0).class_path().is_none()
            && ty(0).strip_shared() == ty(1).strip_shared()
            && is_shared(ty(0)) != is_shared(ty(1))
    }

    /// An iterator that is kept cannot hold the guard of the cell that its source lies in: it reads each
    /// item by its position.
    fn outlives_guard(&mut self, source: NodeId, made: NodeId) {
        if self.holds_guard(source)
            && let Node::Op { op: Op::IterOp(IterOp::Live), attr, .. } = &mut self.out.nodes[made].kind
        {
            *attr = Attr::Name(Name::new("kept"));
        }
    }

    fn made(&mut self, op: Op, attr: &Attr, args: Vec<NodeId>, ty: Ty, origin: Origin) -> NodeId {
        let is_shared = matches!(ty.kind(), TyKind::Shared(_)) && ty.class_path().is_none();
        let makes = matches!(op, Op::ListOp(_) | Op::DictOp(_) | Op::SetOp(_));
        if is_shared && makes {
            let plain = self.out.node(Node::Op { op, attr: attr.clone(), args }, ty.strip(), origin);
            return self.out.op(RsOp::Share, vec![plain], ty, origin);
        }
        self.out.node(Node::Op { op, attr: attr.clone(), args }, ty, origin)
    }

    /// An iterator that is stored has a type of its own: `Box<dyn Iterator>`.
    pub fn boxed(&mut self, node: NodeId) -> NodeId {
        self.boxed_for(node, false)
    }

    /// `is_kept`: a container or a dynamic value holds the iterator, and somebody asks for its items later.
    fn boxed_for(&mut self, node: NodeId, is_kept: bool) -> NodeId {
        let row = &self.out.nodes[node];
        let is_stored = match &row.kind {
            Node::Use(place, _) => {
                !place.proj.is_empty()
                    || place.as_local().is_some_and(|local| self.kept_iterators.contains(&local))
            }
            // What a stored function gives is of one type.
            Node::Call { callee: Callee::Value(function), .. } => {
                matches!(self.out.ty(*function).strip_ref().kind(), TyKind::Shared(_))
            }
            _ => false,
        };
        let (ty, origin) = (row.ty, row.origin);
        match ty.kind() {
            TyKind::Iter(item) if !is_stored => {
                let endless = if self.is_endless(node) { self.with_own_sources(node) } else { None };
                let node = if let Some(node) = endless {
                    node
                } else if self.borrows_source(node) && !self.is_of_handles(node) {
                    if is_kept || self.source_changes_later(node, origin) {
                        self.note_at_once(node, origin);
                    }
                    let items = self.out.op(RsOp::Collect, vec![node], Ty::list(*item), origin);
                    self.iter_op(IterOp::Into, items, *item, origin)
                } else {
                    node
                };
                self.out.op(RsOp::Share, vec![node], ty, origin)
            }
            _ => node,
        }
    }

    /// Says that what makes the items runs before they are asked for.
    pub(crate) fn note_at_once(&mut self, node: NodeId, origin: Origin) {
        let mut runs = false;
        self.out.walk(Child::Node(node), &mut |node| {
            runs |= matches!(&self.out.nodes[node].kind, Node::Call { callee, .. } if !matches!(callee, Callee::Lib(_)));
        });
        let changes = self.source_changes_later(node, origin);
        if runs || changes {
            let found = self.diags.report(crate::ITEMS_AT_ONCE, origin);
            let why =
                if runs { "it looks at values that end before it" } else { "what it reads changes later" };
            found.label(origin, why);
            found.hint("make a list here, or let the generator take what it reads as arguments of its own");
        }
    }

    /// Whether what an iterator reads changes after the statement that makes it.
    fn source_changes_later(&self, node: NodeId, origin: Origin) -> bool {
        let holds = |of: &NodeId| {
            let outer = self.src.nodes[*of].origin;
            outer.start <= origin.start && outer.end >= origin.end
        };
        let made = self.all.defs.iter().filter(|(_, of, _)| of.as_ref().is_some_and(holds));
        let Some(start) = made.map(|(_, _, at)| *at).max() else { return false };
        let mut found = false;
        self.out.walk(Child::Node(node), &mut |node| {
            if let Node::Use(Place { root: Root::Local(root), .. }, Mode::Ref) = &self.out.nodes[node].kind {
                let changes = |event: &Event| event.root == *root && event.at > start && event.kind.changes();
                found |= self.all.events.iter().any(changes);
            }
        });
        found
    }

    /// Whether a generator is lent nothing but objects that have handles: it can take those along.
    pub(crate) fn is_of_handles(&self, node: NodeId) -> bool {
        let Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } =
            &self.out.nodes[node].kind
        else {
            return false;
        };
        let Some(body) = self.program.fns.get(path).filter(|body| body.is_generator && !body.is_async) else {
            return false;
        };
        // The object of a generator that is kept has a handle where it changes.
        let is_handle = |at: usize, node: NodeId| {
            let Node::Use(place, _) = &self.out.nodes[node].kind else { return false };
            let ty = place.as_local().map(|local| self.out.locals[local].ty.strip_ref());
            let is_this = at == 0 && body.has_receiver();
            match ty.map(Ty::kind) {
                Some(TyKind::Shared(inner)) => inner.class_path().is_some(),
                Some(TyKind::Class(..)) => is_this,
                _ => false,
            }
        };
        args.iter().enumerate().all(|(at, arg)| !self.borrows_source(arg.value) || is_handle(at, arg.value))
    }

    /// Whether an iterator need not end: its items cannot be collected.
    fn is_endless(&self, node: NodeId) -> bool {
        let mut found = false;
        self.out.walk(Child::Node(node), &mut |node| {
            found |= matches!(&self.out.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. }
                if name.as_str().starts_with("itertools.cycle"));
        });
        found
    }

    /// The same iterator over copies of what it reads; `None` where that is more than the sources of adapters.
    fn with_own_sources(&mut self, node: NodeId) -> Option<NodeId> {
        if !self.borrows_source(node) {
            return Some(node);
        }
        let row = &self.out.nodes[node];
        let (ty, origin) = (row.ty, row.origin);
        let TyKind::Iter(item) = ty.kind() else { return None };
        if matches!(item.kind(), TyKind::Ref(_)) {
            return None;
        }
        match row.kind.clone() {
            Node::Op { op: Op::IterOp(_), .. } => {
                let items = self.out.op(RsOp::Collect, vec![node], Ty::list(*item), origin);
                Some(self.iter_op(IterOp::Into, items, *item, origin))
            }
            Node::Call { callee: callee @ Callee::Lib(_), args } => {
                let own = |arg: Arg| Some(Arg { value: self.with_own_sources(arg.value)?, ..arg });
                let args = args.into_iter().map(own).collect::<Option<_>>()?;
                Some(self.out.node(Node::Call { callee, args }, ty, origin))
            }
            _ => None,
        }
    }

    /// An item of a display: an owned value of the item type, or a splat.
    pub fn element(&mut self, arg: NodeId, item: Ty) -> NodeId {
        let row = &self.src.nodes[arg];
        if let Node::Op { op: op @ Op::ObjOp(ObjOp::Splat), args, .. } = &row.kind {
            let (iter, _) = self.iterate(args[0], Reads::Ref, true);
            let (op, ty, origin) = (*op, row.ty, row.origin);
            return self.out.op(op, vec![iter], ty, origin);
        }
        if let Node::Op { op: op @ Op::ObjOp(ObjOp::SplatDict), args, .. } = &row.kind {
            let inner = self.node(args[0], Want::Own);
            let (op, ty, origin) = (*op, row.ty, row.origin);
            return self.out.op(op, vec![inner], ty, origin);
        }
        let node = self.node(arg, Want::Own);
        let node = self.boxed_for(node, true);
        self.coerce(node, item)
    }

    fn int_operation(&mut self, op: IntOp, args: &[NodeId], ty: Ty, want: Want, origin: Origin) -> NodeId {
        let mut lowered = self.operands(args, Around::Library, |own, _, arg| own.node(arg, Want::Read));
        let width = |own: &Self, node: NodeId| own.out.ty(node).strip_ref();
        let any_big = lowered.iter().any(|node| width(self, *node).is_big());
        let is_quotient = op == IntOp::TrueDiv;
        let node = if (ty.is_int() || is_quotient) && (ty.is_big() || any_big) {
            // The step runs in the wide type; where flow says that its result is narrow, it is cast.
            let keeps_count = matches!(op, IntOp::Shl | IntOp::Shr | IntOp::Pow);
            // `+ - *` take a machine number on either side.
            let is_mixed = matches!(op, IntOp::Add | IntOp::Sub | IntOp::Mul) && any_big;
            for (index, operand) in lowered.iter_mut().enumerate() {
                let stays = width(self, *operand).is_big() || is_mixed || keeps_count && index == 1;
                if !stays {
                    *operand = self.coerce(*operand, Ty::big());
                }
            }
            let made = if is_quotient { ty } else { Ty::big() };
            let node = self.out.op(op, lowered, made, origin);
            self.coerce(node, ty)
        } else {
            let attr = if self.rounds_down(op, args) { Attr::Name(Name::new("plain")) } else { Attr::None };
            self.out.node(Node::Op { op: op.into(), attr, args: lowered }, ty, origin)
        };
        self.temporary(node, want, origin)
    }

    /// Whether floored division is Rust's own: nothing is negative, and the divisor is not zero.
    fn rounds_down(&self, op: IntOp, args: &[NodeId]) -> bool {
        let least = |at: usize| self.bounds.of(self.src, args[at]).unwrap_or(-1);
        matches!(op, IntOp::FloorDiv | IntOp::FloorMod) && least(0) >= 0 && least(1) > 0
    }

    /// The same for `local op= value`, where the value is a constant.
    pub fn local_rounds_down(&self, local: LocalId, op: Op, value: NodeId) -> bool {
        matches!(op, Op::IntOp(IntOp::FloorDiv | IntOp::FloorMod))
            && matches!(self.src.nodes[value].kind, Node::Const(_))
            && self.bounds.local(local).is_some_and(|least| least >= 0)
            && self.bounds.of(self.src, value).is_some_and(|least| least > 0)
    }

    fn unwrap(&mut self, arg: NodeId, attr: &Attr, ty: Ty, want: Want, origin: Origin) -> NodeId {
        // An optional place keeps its identity: its payload is a place.
        let is_handle = matches!(ty.kind(), TyKind::Shared(_));
        let looks = matches!(want, Want::Ref | Want::Read) || want == Want::Mut && is_handle;
        if let Node::Use(place, _) = &self.src.nodes[arg].kind
            && (!self.place_in_cell(place) || looks && self.in_field_cells(arg))
            && !(ty.is_copy() && is_absence(attr))
        {
            let mut lowered = self.place(place, Want::Ref, want == Want::Mut && !is_handle);
            let text = match attr {
                Attr::Name(text) if is_absence(attr) => Some(*text),
                _ => None,
            };
            lowered.proj.push(Proj::Payload(text));
            return match want {
                // What a handle leads to is changed through a look at the handle.
                Want::Mut if is_handle => {
                    self.out.node(Node::Use(lowered, Mode::Ref), ty.reference(), origin)
                }
                _ if ty.is_copy() => self.use_copy(lowered, ty, false, want, origin),
                Want::Own => {
                    let may_copy = !ty.is_mutable() || holds_only_shared(ty) || self.is_frozen(arg);
                    let owned = place.as_local().is_some_and(|local| !self.is_borrowed(local));
                    if owned && self.is_last_use(arg) {
                        return self.out.node(Node::Use(lowered, Mode::Move), ty, origin);
                    }
                    if !may_copy && !self.demote(arg) {
                        return self.two_owners(origin);
                    }
                    self.out.node(Node::Use(lowered, Mode::Clone), ty, origin)
                }
                Want::Mut => self.out.node(Node::Use(lowered, Mode::Mut), ty.reference_mut(), origin),
                _ => self.out.node(Node::Use(lowered, Mode::Ref), ty.reference(), origin),
            };
        }
        let inner = self.node(arg, Want::Own);
        let node = self.out.node(
            Node::Op { op: OptOp::Unwrap.into(), attr: attr.clone(), args: vec![inner] },
            ty,
            origin,
        );
        self.temporary(node, want, origin)
    }

    /// The value in a union: by reference where the context only looks at it.
    fn member(&mut self, arg: NodeId, ty: Ty, want: Want, origin: Origin) -> NodeId {
        let wanted = match want {
            Want::Own if ty.is_copy() => Want::Read,
            Want::Mut if matches!(ty.kind(), TyKind::Shared(_)) => Want::Read,
            want => want,
        };
        let union = self.node(arg, wanted);
        let member = match self.out.ty(union).kind() {
            TyKind::Ref(_) if !ty.is_copy() => ty.reference(),
            TyKind::RefMut(_) => ty.reference_mut(),
            _ => ty,
        };
        let node = self.out.op(UnionOp::Get, vec![union], member, origin);
        match (want, member == ty) {
            (Want::Read | Want::Own, _) | (_, false) => node,
            _ => self.temporary(node, want, origin),
        }
    }

    fn class_literal(&mut self, args: &[NodeId], attr: &Attr, ty: Ty, origin: Origin) -> NodeId {
        let class = ty.class_path();
        let wants: Vec<Ty> = match class {
            Some(class) => self.program.all_fields(class).iter().map(|field| field.ty).collect(),
            None => Vec::new(),
        };
        let lowered = self.operands(args, Around::Library, |own, index, arg| {
            let node = own.node(arg, Want::Own);
            let node = own.boxed(node);
            match wants.get(index) {
                Some(want) => own.coerce(node, *want),
                None => node,
            }
        });
        let node = self.out.node(
            Node::Op { op: ClassOp::New.into(), attr: attr.clone(), args: lowered },
            ty.strip(),
            origin,
        );
        match ty.kind() {
            TyKind::Shared(_) => self.out.op(RsOp::Share, vec![node], ty, origin),
            _ => node,
        }
    }
}

/// The unwrap says which attribute an object lacks, or that `None` is no operand.
fn is_absence(attr: &Attr) -> bool {
    matches!(attr, Attr::Name(text) if batuta_core::unwrap_says(*text))
}

/// An array of NumPy whose type is known.
fn is_array(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Lib(name, _) if name.as_str().starts_with("numpy."))
}
