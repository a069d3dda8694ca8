//! Expressions: each use gets its mode, each value the representation that its context wants.

use crate::alias::Reads;
use crate::body::{Own, Want};
use crate::live::captures;
use crate::types::{all_fields, is_shared, param_tys, place_tys};
use crate::{TWO_OWNERS, globals};
use batuta_base::{FxHashSet, Name, Origin};
use batuta_catalog::{self as catalog, Take};
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
            Node::Closure(closure) => self.closure(id, closure, ty, origin),
            Node::Item(_) | Node::Hole { .. } => self.out.node(row.kind.clone(), ty, origin),
            _ => self.control(id, want),
        }
    }

    /// A temporary in a context that wants a reference.
    fn temporary(&mut self, node: NodeId, want: Want, origin: Origin) -> NodeId {
        let ty = self.out.ty(node);
        match want {
            Want::Ref if !matches!(ty.kind(), TyKind::Ref(_)) => {
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

    // ---- places ----------------------------------------------------------------------------

    /// Whether a value is no longer used after this node.
    fn is_last_use(&self, id: NodeId) -> bool {
        self.live.last_uses.contains(&id)
    }

    pub fn is_frozen(&self, id: NodeId) -> bool {
        self.frozen.contains(&(self.src.path, id))
    }

    /// A read of this place goes through a `RefCell`: its guard must not span a call.
    pub fn through_cell(&self, id: NodeId) -> bool {
        let Node::Use(place, _) = &self.src.nodes[id].kind else { return false };
        self.place_in_cell(place)
    }

    fn place_in_cell(&self, place: &Place) -> bool {
        let tys = place_tys(self.program, self.src, place);
        let in_global = matches!(place.root, Root::Global(path)
            if self.program.globals.get(&path).is_some_and(|global| global.storage == Storage::RefCell));
        in_global
            || place.proj.iter().zip(&tys).any(|(proj, ty)| match (proj, ty.class_path()) {
                (Proj::Field(name), Some(class)) => self.field_cell(class, *name) == FieldCell::RefCell,
                (Proj::Index(_) | Proj::Nth(_), _) => {
                    matches!(ty.strip_ref().kind(), TyKind::Shared(_)) && ty.class_path().is_none()
                }
                _ => false,
            })
    }

    /// A global constant of text is a `&str`.
    fn is_const_text(&self, path: Name) -> bool {
        let global = self.program.globals.get(&path);
        global.is_some_and(|global| global.storage == Storage::Const && *global.ty.kind() == TyKind::Str)
    }

    /// A place that some shared object holds.
    pub fn behind_shared(&self, id: NodeId) -> bool {
        let Node::Use(place, _) = &self.src.nodes[id].kind else { return false };
        let tys = place_tys(self.program, self.src, place);
        tys[..tys.len() - 1].iter().any(|ty| is_shared(self.program, *ty))
    }

    /// What wraps a field.
    pub fn field_cell(&self, class: Name, name: Name) -> FieldCell {
        for path in self.program.mro(class) {
            let Some(def) = self.classes.get(&path) else { continue };
            if let Some(field) = def.fields.iter().find(|field| field.name == name) {
                return field.cell;
            }
        }
        FieldCell::Plain
    }

    /// Asks for a shared class; `false` when that was tried and cannot be.
    fn demote(&mut self, id: NodeId) -> bool {
        self.ask(Demotion { body: self.src.path, node: id, items: false })
    }

    pub fn demote_items(&mut self, id: NodeId) -> bool {
        self.ask(Demotion { body: self.src.path, node: id, items: true })
    }

    fn ask(&mut self, demotion: Demotion) -> bool {
        if !self.tried.contains(&demotion) {
            self.demoted.push(demotion);
            return true;
        }
        let row = &self.src.nodes[demotion.node];
        let (origin, ty) = (row.origin, row.ty);
        let found = self.diags.report(TWO_OWNERS, origin);
        found.label(origin, format!("a second name for a value of type `{ty}`, which cannot be shared yet"));
        found.hint("make a copy here, or pass the value along instead of keeping both names");
        false
    }

    /// What stands for a value that cannot have a second owner.
    fn two_owners(&mut self, origin: Origin) -> NodeId {
        let why = TWO_OWNERS.title.into();
        self.out.node(Node::Hole { why, source: "".into() }, Ty::never(), origin)
    }

    /// A place with its root dereferenced or unwrapped where the local's Rust type asks for it.
    fn place(&mut self, place: &Place, key: Want) -> Place {
        let tys = place_tys(self.program, self.src, place);
        let mut out = match place.root {
            Root::Local(local) => self.root(local),
            Root::Global(path) => self.global(path),
            Root::Node(node) => {
                let is_place = matches!(self.src.nodes[node].kind, Node::Use(..));
                Place::node(self.node(node, if is_place { Want::Ref } else { Want::Own }))
            }
        };
        let count = place.proj.len();
        for (index, proj) in place.proj.iter().enumerate() {
            let ty = tys[index];
            let proj = match *proj {
                Proj::Index(node) | Proj::Nth(node) => {
                    self.index(node, ty, if index + 1 == count { key } else { Want::Ref })
                }
                other => other,
            };
            // A field or item of an optional value: known to be present here.
            if matches!(ty.strip().kind(), TyKind::Option(_)) && !matches!(proj, Proj::Payload | Proj::Deref)
            {
                out.proj.push(Proj::Payload);
            }
            out.proj.push(proj);
        }
        out
    }

    fn index(&mut self, node: NodeId, container: Ty, key: Want) -> Proj {
        match container.strip().kind() {
            TyKind::Dict(want, _) => {
                let lowered = self.node(node, key);
                Proj::Index(self.coerce(lowered, *want))
            }
            TyKind::Lib(_, args) if args.len() > 1 => {
                let lowered = self.node(node, key);
                Proj::Index(self.coerce(lowered, args[0]))
            }
            TyKind::Tuple(items) => {
                let at = match self.src.as_const(node) {
                    Some(Const::Int(digits)) => digits.parse::<i64>().unwrap_or(0),
                    _ => return Proj::Index(self.node(node, Want::Own)),
                };
                let at = if at < 0 { at + items.len() as i64 } else { at };
                Proj::Field(Name::new(&at.to_string()))
            }
            TyKind::List(_) => {
                let known = self.bounds.of(self.src, node).is_some_and(|least| least >= 0);
                let lowered = self.node(node, Want::Own);
                let lowered = self.coerce(lowered, Ty::i64());
                let is_slice = matches!(self.src.ty(node).kind(), TyKind::Slice);
                let is_shared = matches!(container.strip_ref().kind(), TyKind::Shared(_));
                if known && !is_slice && !is_shared { Proj::Nth(lowered) } else { Proj::Index(lowered) }
            }
            _ => {
                let lowered = self.node(node, Want::Own);
                Proj::Index(self.coerce(lowered, Ty::i64()))
            }
        }
    }

    /// A local as the root of a place: a constructor's field locals, unwrapped when it may be unassigned.
    fn root(&mut self, local: LocalId) -> Place {
        let place = Place::local(local);
        if self.live.maybe_unbound.contains(&local) { place.with(Proj::Payload) } else { place }
    }

    /// A global as the root of a place: unwrapped when it starts empty.
    fn global(&mut self, path: Name) -> Place {
        let place = Place::global(path);
        let starts_empty =
            self.program.globals.get(&path).is_some_and(|global| globals::starts_empty(global));
        if starts_empty { place.with(Proj::Payload) } else { place }
    }

    pub fn place_to_write(&mut self, place: &Place) -> Place {
        self.place_for(place, Want::Own)
    }

    pub fn place_to_change(&mut self, place: &Place) -> Place {
        self.place_for(place, Want::Ref)
    }

    fn place_for(&mut self, place: &Place, key: Want) -> Place {
        let mut out = self.place(place, key);
        if let Some(local) = place.as_local() {
            let is_ref = matches!(self.out.locals[local].ty.kind(), TyKind::RefMut(_));
            if is_ref {
                out.proj.push(Proj::Deref);
            }
        }
        out
    }

    fn use_place(&mut self, id: NodeId, place: &Place, want: Want) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty.strip_ref(), row.origin);
        if let Some(node) = self.use_text_item(place, ty, want, origin) {
            return node;
        }
        let lowered = self.place(place, Want::Ref);
        let root_ty = match (place.root, lowered.proj.is_empty()) {
            (Root::Local(local), true) => self.out.locals[local].ty,
            (Root::Node(_), true) => match lowered.root {
                Root::Node(inner) => self.out.ty(inner),
                _ => ty,
            },
            (Root::Global(path), true) if self.is_const_text(path) => ty.reference(),
            _ => ty,
        };
        let is_ref = matches!(root_ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_));
        if ty.is_copy() {
            return self.use_copy(lowered, ty, is_ref, want, origin);
        }
        match want {
            Want::Own => self.use_owned(id, place, lowered, ty, is_ref, origin),
            Want::Read | Want::Ref if is_ref => {
                self.out.node(Node::Use(lowered, Mode::Copy), ty.reference(), origin)
            }
            Want::Read => self.out.node(Node::Use(lowered, Mode::Ref), ty.reference(), origin),
            Want::Ref => self.out.node(Node::Use(lowered, Mode::Ref), ty.reference(), origin),
            Want::Mut if matches!(ty.kind(), TyKind::Shared(_)) => {
                let mode = if is_ref { Mode::Copy } else { Mode::Ref };
                self.out.node(Node::Use(lowered, mode), ty.reference(), origin)
            }
            Want::Mut => self.out.node(Node::Use(lowered, Mode::Mut), ty.reference_mut(), origin),
        }
    }

    fn use_copy(&mut self, place: Place, ty: Ty, is_ref: bool, want: Want, origin: Origin) -> NodeId {
        match want {
            Want::Ref if is_ref => self.out.node(Node::Use(place, Mode::Copy), ty.reference(), origin),
            Want::Ref => self.out.node(Node::Use(place, Mode::Ref), ty.reference(), origin),
            Want::Mut => self.out.node(Node::Use(place, Mode::Mut), ty.reference_mut(), origin),
            _ if is_ref => self.out.node(Node::Use(place.with(Proj::Deref), Mode::Copy), ty, origin),
            _ => self.out.node(Node::Use(place, Mode::Copy), ty, origin),
        }
    }

    /// `text[i]` is no place: a character is made.
    fn use_text_item(&mut self, place: &Place, ty: Ty, want: Want, origin: Origin) -> Option<NodeId> {
        let (last, front) = place.proj.split_last()?;
        let Proj::Index(index) = last else { return None };
        let owner = Place { root: place.root, proj: front.to_vec() };
        let tys = place_tys(self.program, self.src, &owner);
        let op: Op = match tys.last()?.strip().kind() {
            TyKind::Str => StrOp::At.into(),
            TyKind::Bytes => BytesOp::At.into(),
            TyKind::Range => RangeOp::At.into(),
            _ => return None,
        };
        let text = match (owner.root, owner.proj.is_empty()) {
            (Root::Node(node), true) => self.node(node, Want::Read),
            _ => {
                let text_ty = tys.last()?.strip_ref();
                let lowered = self.place_for(&owner, Want::Ref);
                let is_ref = owner.as_local().is_some_and(|local| {
                    matches!(self.out.locals[local].ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_))
                });
                let mode = if is_ref { Mode::Copy } else { Mode::Ref };
                self.out.node(Node::Use(lowered, mode), text_ty.reference(), origin)
            }
        };
        let index = self.node(*index, Want::Own);
        let index = self.coerce(index, Ty::i64());
        let node = self.out.op(op, vec![text, index], ty, origin);
        Some(if want == Want::Ref { self.temporary(node, want, origin) } else { node })
    }

    /// A value that the context keeps: moved at its last use, else copied where nobody can tell.
    fn use_owned(
        &mut self,
        id: NodeId,
        place: &Place,
        lowered: Place,
        ty: Ty,
        is_ref: bool,
        origin: Origin,
    ) -> NodeId {
        let whole = place.as_local();
        let owned = whole.is_some_and(|local| !is_ref && !self.alias.locals.contains_key(&local));
        if owned && self.is_last_use(id) && lowered.proj.is_empty() {
            return self.out.node(Node::Use(lowered, Mode::Move), ty, origin);
        }
        // A temporary's only use.
        if let (Root::Node(node), true) = (lowered.root, lowered.proj.is_empty())
            && !is_ref
        {
            return node;
        }
        let may_copy = !ty.is_mutable() || holds_only_shared(ty) || self.is_frozen(id);
        if !may_copy && !self.demote(id) {
            return self.two_owners(origin);
        }
        self.copy_of(lowered, ty, is_ref, origin)
    }

    fn copy_of(&mut self, place: Place, ty: Ty, is_ref: bool, origin: Origin) -> NodeId {
        if is_ref && matches!(ty.kind(), TyKind::Str | TyKind::List(_)) {
            let node = self.out.node(Node::Use(place, Mode::Copy), ty.reference(), origin);
            return self.out.op(RsOp::ToOwned, vec![node], ty, origin);
        }
        self.out.node(Node::Use(place, Mode::Clone), ty, origin)
    }

    /// A copy of what a reference local points to.
    pub fn owned_copy(&mut self, place: Place, ty: Ty, origin: Origin) -> NodeId {
        self.copy_of(place, ty, true, origin)
    }

    // ---- coercions -------------------------------------------------------------------------

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
            (TyKind::Option(a), TyKind::Option(b)) if a != b && a.is_int() && b.is_int() => {
                self.out.op(IntOp::Cast, vec![node], want, origin)
            }
            (TyKind::Tuple(a), TyKind::Tuple(b)) if a != b && a.len() == b.len() => {
                self.coerce_tuple(node, want)
            }
            _ => node,
        }
    }

    fn coerce_tuple(&mut self, node: NodeId, want: Ty) -> NodeId {
        let (Node::Op { op: Op::TupleOp(TupleOp::New), args, .. }, TyKind::Tuple(wants)) =
            (self.out.nodes[node].kind.clone(), want.kind())
        else {
            return node;
        };
        let origin = self.out.nodes[node].origin;
        let args = args.iter().zip(wants).map(|(arg, want)| self.coerce(*arg, *want)).collect();
        self.out.op(TupleOp::New, args, want, origin)
    }

    // ---- operations ------------------------------------------------------------------------

    fn operation(&mut self, id: NodeId, op: Op, attr: &Attr, args: &[NodeId], want: Want) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty, row.origin);
        let node = match op {
            Op::IntOp(int_op) => return self.int_operation(int_op, args, ty, want, origin),
            Op::ListOp(ListOp::New) | Op::SetOp(SetOp::New) => {
                let item = ty.strip().children()[0];
                let args = args.iter().map(|arg| self.element(*arg, item)).collect();
                self.made(op, attr, args, ty, origin)
            }
            Op::DictOp(DictOp::New) => {
                let kids = ty.strip().children();
                let mut at = 0;
                let mut lowered = Vec::new();
                for arg in args {
                    let is_splat =
                        matches!(self.src.nodes[*arg].kind, Node::Op { op: Op::ObjOp(ObjOp::SplatDict), .. });
                    lowered.push(self.element(*arg, kids[at % 2]));
                    at += usize::from(!is_splat);
                }
                self.made(op, attr, lowered, ty, origin)
            }
            Op::TupleOp(TupleOp::New) => {
                let kids = ty.strip().children();
                let args = args.iter().zip(kids).map(|(arg, kid)| self.element(*arg, kid)).collect();
                self.made(op, attr, args, ty, origin)
            }
            Op::ClassOp(ClassOp::New) => self.class_literal(args, attr, ty, origin),
            Op::ListOp(ListOp::Repeat) => {
                let list = self.node(args[0], Want::Own);
                let count = self.node(args[1], Want::Own);
                let count = self.coerce(count, Ty::i64());
                self.made(op, attr, vec![list, count], ty, origin)
            }
            Op::OptOp(OptOp::Unwrap) => return self.unwrap(args[0], attr, ty, want, origin),
            Op::OptOp(OptOp::Some) => {
                let inner = ty.strip().children()[0];
                let arg = self.node(args[0], Want::Own);
                let arg = self.coerce(arg, inner);
                self.made(op, attr, vec![arg], ty, origin)
            }
            Op::UnionOp(UnionOp::From) | Op::ValueOp(ValueOp::From) | Op::ExcOp(ExcOp::New) => {
                let args = args.iter().map(|arg| self.node(*arg, Want::Own)).collect();
                self.made(op, attr, args, ty, origin)
            }
            Op::ClassOp(ClassOp::Up | ClassOp::Down) => {
                let arg = self.node(args[0], want);
                return self.made(op, attr, vec![arg], ty, origin);
            }
            Op::IterOp(IterOp::Of) => return self.iterate(id, Reads::Ref, true).0,
            Op::RangeOp(RangeOp::New) => {
                let args = args.iter().map(|arg| {
                    let node = self.node(*arg, Want::Own);
                    self.coerce(node, Ty::i64())
                });
                let args = args.collect();
                self.made(op, attr, args, ty, origin)
            }
            Op::DictOp(DictOp::Contains) | Op::SetOp(SetOp::Contains) | Op::ListOp(ListOp::Contains) => {
                let container = self.node(args[0], Want::Read);
                let item = self.node(args[1], Want::Ref);
                self.made(op, attr, vec![container, item], ty, origin)
            }
            Op::IoOp(_) | Op::CmpOp(_) => {
                let args = args.iter().map(|arg| self.node(*arg, Want::Read)).collect();
                self.made(op, attr, args, ty, origin)
            }
            _ => {
                let args = args.iter().map(|arg| self.node(*arg, Want::Read)).collect();
                self.made(op, attr, args, ty, origin)
            }
        };
        self.temporary(node, want, origin)
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

    /// An item of a display: an owned value of the item type, or a splat.
    fn element(&mut self, arg: NodeId, item: Ty) -> NodeId {
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
        self.coerce(node, item)
    }

    fn int_operation(&mut self, op: IntOp, args: &[NodeId], ty: Ty, want: Want, origin: Origin) -> NodeId {
        let mut lowered: Vec<NodeId> = args.iter().map(|arg| self.node(*arg, Want::Read)).collect();
        let width = |own: &Self, node: NodeId| own.out.ty(node).strip_ref();
        let any_big = lowered.iter().any(|node| width(self, *node).is_big());
        let node = if ty.is_int() && (ty.is_big() || any_big) {
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
            let node = self.out.op(op, lowered, Ty::big(), origin);
            self.coerce(node, ty)
        } else {
            self.out.op(op, lowered, ty, origin)
        };
        self.temporary(node, want, origin)
    }

    fn unwrap(&mut self, arg: NodeId, attr: &Attr, ty: Ty, want: Want, origin: Origin) -> NodeId {
        // An optional place keeps its identity: its payload is a place.
        if let Node::Use(place, _) = &self.src.nodes[arg].kind
            && !matches!(ty.kind(), TyKind::Shared(_))
            && !self.place_in_cell(place)
        {
            let mut lowered = self.place(place, Want::Ref);
            lowered.proj.push(Proj::Payload);
            return match want {
                _ if ty.is_copy() => self.use_copy(lowered, ty, false, want, origin),
                Want::Own => {
                    let may_copy = !ty.is_mutable() || holds_only_shared(ty) || self.is_frozen(arg);
                    if place.as_local().is_some() && self.is_last_use(arg) {
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

    fn class_literal(&mut self, args: &[NodeId], attr: &Attr, ty: Ty, origin: Origin) -> NodeId {
        let class = ty.class_path();
        let wants: Vec<Ty> = match class {
            Some(class) => all_fields(self.program, class).iter().map(|field| field.ty).collect(),
            None => Vec::new(),
        };
        let mut lowered = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let node = self.node(*arg, Want::Own);
            lowered.push(match wants.get(index) {
                Some(want) => self.coerce(node, *want),
                None => node,
            });
        }
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

    fn pieces(&mut self, pieces: &[Piece]) -> Vec<Piece> {
        let lower = |piece: &Piece| match piece {
            Piece::Text(text) => Piece::Text(text.clone()),
            Piece::Value { value, conv, spec } => {
                Piece::Value { value: self.node(*value, Want::Read), conv: *conv, spec: self.pieces(spec) }
            }
        };
        pieces.iter().map(lower).collect()
    }

    // ---- calls -----------------------------------------------------------------------------

    fn call(&mut self, id: NodeId, callee: &Callee, args: &[Arg]) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty, row.origin);
        if let Callee::Lib(name) = callee {
            return self.call_lib(*name, args, ty, origin);
        }
        let callee = match callee {
            Callee::Value(node) => Callee::Value(self.node(*node, Want::Ref)),
            other => other.clone(),
        };
        let params = match &callee {
            Callee::Value(node) => value_params(self.out.ty(*node)),
            other => param_tys(self.program, other),
        };
        let mut lowered = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let node = match params.get(index) {
                Some(param) => self.argument(arg.value, *param),
                None => self.node(arg.value, Want::Read),
            };
            lowered.push(Arg::positional(node));
        }
        self.order_arguments(args, &mut lowered);
        self.out.node(Node::Call { callee, args: lowered }, ty, origin)
    }

    /// One argument for a parameter of this type.
    fn argument(&mut self, arg: NodeId, param: Ty) -> NodeId {
        let want = match param.kind() {
            TyKind::Ref(_) => Want::Ref,
            TyKind::RefMut(_) => Want::Mut,
            _ => Want::Own,
        };
        // No guard of a cell may span a call of the program's own code.
        if want != Want::Own && self.through_cell(arg) {
            let ty = self.src.ty(arg).strip_ref();
            let node = self.node(arg, Want::Own);
            let origin = self.out.nodes[node].origin;
            let wrap = if want == Want::Mut && !matches!(ty.kind(), TyKind::Shared(_)) {
                Want::Mut
            } else {
                Want::Ref
            };
            return self.temporary(node, wrap, origin);
        }
        let (have, wide) = (self.src.ty(arg).strip_ref(), param.strip_ref());
        if want == Want::Ref && have != wide && have.is_int() && wide.is_int() {
            let node = self.node(arg, Want::Own);
            let node = self.coerce(node, wide);
            let origin = self.out.nodes[node].origin;
            return self.temporary(node, Want::Ref, origin);
        }
        let node = self.node(arg, want);
        if matches!(self.src.nodes[arg].kind, Node::Item(_) | Node::Closure(_)) && want == Want::Ref {
            let origin = self.out.nodes[node].origin;
            return self.temporary(node, want, origin);
        }
        if want == Want::Own { self.coerce(node, param) } else { node }
    }

    /// Two arguments of one call must not borrow and change the same local: what changes goes first.
    fn order_arguments(&mut self, args: &[Arg], lowered: &mut [Arg]) {
        for index in 1..args.len() {
            let changes = self.changed_roots(args[index].value);
            let earlier: Vec<LocalId> =
                args[..index].iter().flat_map(|arg| self.read_roots(arg.value)).collect();
            let is_borrow = |own: &Self, arg: &Arg| {
                matches!(own.out.ty(arg.value).kind(), TyKind::Ref(_) | TyKind::RefMut(_))
            };
            if is_borrow(self, &lowered[index]) || !changes.iter().any(|root| earlier.contains(root)) {
                continue;
            }
            let value = lowered[index].value;
            let (ty, origin) = (self.out.ty(value), self.out.nodes[value].origin);
            let local = self.out.temp("value", ty, origin);
            self.before
                .push(Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(local)), value }, origin));
            let mode = if ty.is_copy() { Mode::Copy } else { Mode::Move };
            lowered[index].value = self.out.node(Node::Use(Place::local(local), mode), ty, origin);
        }
    }

    fn span_events(&self, node: NodeId) -> impl Iterator<Item = &crate::access::Event> {
        let (start, end) = self.all.spans.get(&node).copied().unwrap_or((0, 0));
        self.all.events.iter().filter(move |event| event.at > start && event.at <= end)
    }

    fn changed_roots(&self, node: NodeId) -> Vec<LocalId> {
        self.span_events(node).filter(|event| event.kind.changes()).map(|event| event.root).collect()
    }

    fn read_roots(&self, node: NodeId) -> Vec<LocalId> {
        self.span_events(node).map(|event| event.root).collect()
    }

    fn call_lib(&mut self, name: Name, args: &[Arg], ty: Ty, origin: Origin) -> NodeId {
        let tys: Vec<Ty> = args.iter().map(|arg| self.src.ty(arg.value)).collect();
        let Some(row) = catalog::select(name.as_str(), &tys) else {
            let args = args.iter().map(|arg| Arg::positional(self.node(arg.value, Want::Own))).collect();
            return self.out.node(Node::Call { callee: Callee::Lib(name), args }, ty, origin);
        };
        let vars = bind_vars(row, &tys, ty);
        let mut lowered = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let param = row.params.get(index).or(row.params.last());
            let node = match param {
                Some(param) => self.lib_argument(arg.value, param, &vars),
                None => self.node(arg.value, Want::Own),
            };
            lowered.push(Arg::positional(node));
        }
        self.order_arguments(args, &mut lowered);
        self.alias_result(row, args, ty);
        self.out.node(Node::Call { callee: Callee::Lib(name), args: lowered }, ty, origin)
    }

    fn lib_argument(&mut self, arg: NodeId, param: &catalog::ParamRow, vars: &[(Name, Ty)]) -> NodeId {
        if matches!(param.ty.kind(), TyKind::Iter(_)) {
            return self.iterate(arg, Reads::Ref, true).0;
        }
        match param.take {
            Take::Read => self.node(arg, Want::Ref),
            Take::Write => self.node(arg, Want::Mut),
            Take::Keep => {
                let node = self.node(arg, Want::Own);
                let want = match param.ty.kind() {
                    TyKind::Var(name) => vars.iter().find(|(var, _)| var == name).map(|(_, ty)| *ty),
                    TyKind::Int(Width::Any) => Some(Ty::i64()),
                    TyKind::Int(_) => Some(param.ty),
                    _ => None,
                };
                match want {
                    Some(want) => self.coerce(node, want),
                    None => node,
                }
            }
        }
    }

    /// A result that holds parts of an argument is a second owner of them, unless they were moved out.
    fn alias_result(&mut self, row: &catalog::Row, args: &[Arg], ty: Ty) {
        let holds_var = row.result.any(&mut |part| matches!(part.kind(), TyKind::Var(_)));
        if row.moves || !holds_var || !ty.is_mutable() || owns_only_shared_parts(ty, row.result) {
            return;
        }
        for (index, arg) in args.iter().enumerate() {
            let Some(param) = row.params.get(index) else { continue };
            let shares = param.ty.any(&mut |part| matches!(part.kind(), TyKind::Var(_)));
            if shares && param.take != Take::Keep && !self.is_frozen(arg.value) {
                self.demote_items(arg.value);
            }
        }
    }

    // ---- comprehensions, closures ----------------------------------------------------------

    fn seq(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty, origin: Origin) -> NodeId {
        let mut lowered = Vec::new();
        let outer = std::mem::take(&mut self.before);
        let mut extra = Vec::new();
        for (index, clause) in clauses.iter().enumerate() {
            lowered.push(match clause {
                Clause::If(cond) => Clause::If(self.node(*cond, Want::Own)),
                Clause::For { pat, iter } => {
                    let reads = self.alias.reads.get(iter).copied().unwrap_or(Reads::Ref);
                    let (source, form) = self.iterate(*iter, reads, false);
                    if index == 0 {
                        extra.append(&mut self.before);
                    }
                    let item = item_of_iter(self.src.ty(*iter));
                    let mut assigns = Vec::new();
                    let pat = self.loop_pattern(pat, &form, item, None, &mut assigns);
                    Clause::For { pat, iter: source }
                }
            });
        }
        let kids = ty.strip().children();
        let sink = match sink {
            Sink::List(node) => Sink::List(self.element(*node, kids[0])),
            Sink::Set(node) => Sink::Set(self.element(*node, kids[0])),
            Sink::Iter(node) => Sink::Iter(self.element(*node, kids[0])),
            Sink::Dict(key, value) => Sink::Dict(self.element(*key, kids[0]), self.element(*value, kids[1])),
        };
        self.before = outer;
        self.before.append(&mut extra);
        let plain = self.out.node(Node::Seq { clauses: lowered, sink }, ty.strip_shared(), origin);
        match ty.kind() {
            TyKind::Shared(_) => self.out.op(RsOp::Share, vec![plain], ty, origin),
            _ => plain,
        }
    }

    /// A closure that outlives this call owns what it captures: handles, copies, cells.
    fn own_captures(&mut self, closure: &Closure) {
        let mut captured = FxHashSet::default();
        captures(self.src, closure, &mut captured);
        let mut uses = Vec::new();
        self.src.walk_block(closure.body, &mut |node| {
            if let Node::Use(place, _) = &self.src.nodes[node].kind
                && let Root::Local(local) = place.root
                && captured.contains(&local)
                && place.proj.is_empty()
            {
                uses.push((local, node));
            }
        });
        for (local, node) in uses {
            let ty = self.src.locals[local].ty.strip_ref();
            if ty.is_mutable() && !holds_only_shared(ty) && !self.is_frozen(node) {
                self.demote(node);
            }
        }
    }

    fn closure(&mut self, id: NodeId, closure: &Closure, ty: Ty, origin: Origin) -> NodeId {
        let escapes = self.escaping.contains(&id);
        if escapes {
            self.own_captures(closure);
        }
        self.report_caches(&closure.decorators);
        let mut made = closure.clone();
        for param in &mut made.params {
            param.default = None;
            let row = &mut self.out.locals[param.local];
            if !row.ty.is_copy() {
                row.ty = row.ty.reference();
            }
        }
        self.results.push(closure.ret);
        let outer = std::mem::take(&mut self.before);
        made.body = self.block(closure.body, Want::Own);
        self.before = outer;
        self.results.pop();
        made.decorators = Vec::new();
        let node = self.out.node(Node::Closure(made), ty, origin);
        if escapes { self.out.op(RsOp::Share, vec![node], ty, origin) } else { node }
    }

    // ---- control ---------------------------------------------------------------------------

    fn control(&mut self, id: NodeId, want: Want) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty, row.origin);
        let want = if want == Want::Read && !ty.is_copy() { Want::Own } else { want };
        let kind = match &row.kind {
            Node::If { cond, then, els } => Node::If {
                cond: self.node(*cond, Want::Own),
                then: self.value_block(*then, want, ty),
                els: els.map(|block| self.value_block(block, want, ty)),
            },
            Node::While { label, cond, body, els } => {
                let outer = std::mem::take(&mut self.before);
                let cond = self.node(*cond, Want::Own);
                let needs = std::mem::replace(&mut self.before, outer);
                let body = self.block(*body, Want::Own);
                let els = els.map(|block| self.block(block, Want::Own));
                if needs.is_empty() {
                    Node::While { label: *label, cond, body, els }
                } else {
                    self.while_with_setup(*label, cond, needs, body, els, origin)
                }
            }
            Node::Loop { label, body } => Node::Loop { label: *label, body: self.block(*body, Want::Own) },
            Node::For { label, pat, iter, body, els } => {
                let reads = self.alias.reads.get(iter).copied().unwrap_or(Reads::Ref);
                let (source, form) = self.iterate(*iter, reads, false);
                let item = item_of_iter(self.src.ty(*iter));
                let range = self.loop_range(*iter);
                let mut assigns = Vec::new();
                let pat = self.loop_pattern(pat, &form, item, Some(range), &mut assigns);
                let body = self.block(*body, Want::Own);
                self.out.blocks[body].stmts.splice(0..0, assigns);
                let els = els.map(|block| self.block(block, Want::Own));
                Node::For { label: *label, pat, iter: source, body, els }
            }
            Node::Block { label, block } => {
                Node::Block { label: *label, block: self.value_block(*block, want, ty) }
            }
            Node::Match { subject, arms } => self.match_node(*subject, arms, want, ty),
            Node::Try { body, handlers, els, finally } => Node::Try {
                body: self.block(*body, want),
                handlers: handlers
                    .iter()
                    .map(|handler| Handler { body: self.block(handler.body, want), ..handler.clone() })
                    .collect(),
                els: els.map(|block| self.block(block, want)),
                finally: finally.map(|block| self.block(block, Want::Own)),
            },
            other => self.jump(other),
        };
        self.out.node(kind, ty, origin)
    }

    fn value_block(&mut self, block: BlockId, want: Want, ty: Ty) -> BlockId {
        let made = self.block(block, want);
        if let Some(tail) = self.out.blocks[made].tail {
            let tail = self.coerce(tail, ty);
            self.out.blocks[made].tail = Some(tail);
        }
        made
    }

    /// A condition that needs statements of its own: `loop { setup; if !cond { break } body }`.
    fn while_with_setup(
        &mut self,
        label: Option<Name>,
        cond: NodeId,
        mut setup: Vec<Stmt>,
        body: BlockId,
        els: Option<BlockId>,
        origin: Origin,
    ) -> Node {
        let not = self.out.op(BoolOp::Not, vec![cond], Ty::bool(), origin);
        let leave = self.out.node(Node::Break { label, value: None }, Ty::never(), origin);
        let mut exit = match els {
            Some(block) => self.out.blocks[block].clone(),
            None => BlockRow::default(),
        };
        exit.stmts.push(Stmt::new(StmtKind::Expr(leave), origin));
        let exit = self.out.block(exit);
        let check = self.out.node(Node::If { cond: not, then: exit, els: None }, Ty::unit(), origin);
        setup.push(Stmt::new(StmtKind::Expr(check), origin));
        self.out.blocks[body].stmts.splice(0..0, setup);
        Node::Loop { label, body }
    }

    fn loop_range(&self, iter: NodeId) -> (u32, u32) {
        let found = self.all.patterns.iter().find(|(_, source, _)| *source == iter);
        let start = self.all.spans.get(&iter).map_or(0, |(_, end)| *end);
        found.map_or((0, 0), |(_, _, (_, end))| (start, *end))
    }

    /// A pattern whose values, keys and places are lowered.
    fn pattern_nodes(&mut self, pat: &Pat) -> Pat {
        let all = |own: &mut Self, parts: &[Pat]| parts.iter().map(|part| own.pattern_nodes(part)).collect();
        match pat {
            Pat::Value(node) => Pat::Value(self.node(*node, Want::Read)),
            Pat::Place(place) => Pat::Place(self.place_to_write(place)),
            Pat::Map { pairs, rest } => {
                let pairs = pairs
                    .iter()
                    .map(|(key, part)| (self.node(*key, Want::Read), self.pattern_nodes(part)))
                    .collect();
                Pat::Map { pairs, rest: *rest }
            }
            Pat::Tuple(parts) => Pat::Tuple(all(self, parts)),
            Pat::Or(parts) => Pat::Or(all(self, parts)),
            Pat::List { front, rest, back } => Pat::List {
                front: all(self, front),
                rest: rest.as_ref().map(|part| Box::new(self.pattern_nodes(part))),
                back: all(self, back),
            },
            Pat::Class { class, args, named } => Pat::Class {
                class: *class,
                args: all(self, args),
                named: named.iter().map(|(name, part)| (*name, self.pattern_nodes(part))).collect(),
            },
            Pat::Bind(local, part) => {
                Pat::Bind(*local, part.as_ref().map(|part| Box::new(self.pattern_nodes(part))))
            }
            Pat::Some(part) => Pat::Some(Box::new(self.pattern_nodes(part))),
            Pat::Ref(part) => Pat::Ref(Box::new(self.pattern_nodes(part))),
            Pat::Wild | Pat::Const(_) | Pat::None => pat.clone(),
        }
    }

    fn match_node(&mut self, subject: NodeId, arms: &[Arm], want: Want, ty: Ty) -> Node {
        let subject = self.node(subject, Want::Own);
        let mut lowered = Vec::new();
        for arm in arms {
            let guard = arm.guard.map(|guard| self.node(guard, Want::Own));
            let body = self.value_block(arm.body, want, ty);
            let pat = self.pattern_nodes(&arm.pat);
            lowered.push(Arm { pat, guard, body, ..arm.clone() });
        }
        Node::Match { subject, arms: lowered }
    }

    fn jump(&mut self, node: &Node) -> Node {
        match node {
            Node::Return(value) => {
                let result = self.results.last().copied().unwrap_or(Ty::unit());
                Node::Return(value.map(|value| {
                    let node = self.node(value, Want::Own);
                    self.coerce(node, result)
                }))
            }
            Node::Yield(value) => {
                let result = self.results.last().copied().unwrap_or(Ty::unit());
                Node::Yield(value.map(|value| {
                    let node = self.node(value, Want::Own);
                    self.coerce(node, result)
                }))
            }
            Node::Break { label, value } => {
                Node::Break { label: *label, value: value.map(|value| self.node(value, Want::Own)) }
            }
            Node::Raise { error, cause } => Node::Raise {
                error: error.map(|node| self.node(node, Want::Own)),
                cause: cause.map(|node| self.node(node, Want::Own)),
            },
            Node::YieldFrom(node) => Node::YieldFrom(self.iterate(*node, Reads::Ref, true).0),
            Node::Await(node) => Node::Await(self.node(*node, Want::Own)),
            Node::With { items, body, is_async } => Node::With {
                items: items
                    .iter()
                    .map(|item| WithItem {
                        context: self.node(item.context, Want::Own),
                        target: item.target.as_ref().map(|pat| self.pattern_nodes(pat)),
                    })
                    .collect(),
                body: self.block(*body, Want::Own),
                is_async: *is_async,
            },
            other => other.clone(),
        }
    }
}

/// Copies of such a value share what can change: `Rc` handles, and immutable parts.
fn holds_only_shared(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Shared(_) | TyKind::Value => true,
        TyKind::Option(item) => holds_only_shared(*item) || !item.is_mutable(),
        TyKind::Tuple(items) | TyKind::Union(items) => {
            items.iter().all(|item| holds_only_shared(*item) || !item.is_mutable())
        }
        TyKind::Func(..) => true,
        _ => false,
    }
}

/// In a row's result, the parts that stand for type variables are shared or immutable.
fn owns_only_shared_parts(ty: Ty, pattern: Ty) -> bool {
    match pattern.kind() {
        TyKind::Var(_) => !ty.is_mutable() || holds_only_shared(ty),
        _ => {
            let (parts, kids) = (pattern.children(), ty.strip().children());
            parts.len() == kids.len()
                && parts.into_iter().zip(kids).all(|(part, kid)| owns_only_shared_parts(kid, part))
        }
    }
}

/// Type variables of a row as its arguments and result bind them.
fn bind_vars(row: &catalog::Row, tys: &[Ty], result: Ty) -> Vec<(Name, Ty)> {
    let mut out = Vec::new();
    for (param, ty) in row.params.iter().zip(tys) {
        // A container fixes its element type; a bare argument does not.
        if !matches!(param.ty.kind(), TyKind::Var(_)) {
            bind(param.ty, *ty, &mut out);
        }
    }
    bind(row.result, result, &mut out);
    out
}

fn bind(pattern: Ty, ty: Ty, out: &mut Vec<(Name, Ty)>) {
    match pattern.kind() {
        TyKind::Var(name) if !out.iter().any(|(found, _)| found == name) => out.push((*name, ty)),
        TyKind::Ref(inner) | TyKind::RefMut(inner) => bind(*inner, ty, out),
        _ => {
            let ty = ty.strip();
            pattern.children().into_iter().zip(ty.children()).for_each(|(part, kid)| bind(part, kid, out));
        }
    }
}

/// Parameters of a function value: `Copy` types by value, all others by reference.
fn value_params(ty: Ty) -> Vec<Ty> {
    match ty.strip().kind() {
        TyKind::Func(params, _) => {
            params.iter().map(|param| if param.is_copy() { *param } else { param.reference() }).collect()
        }
        _ => Vec::new(),
    }
}

fn item_of_iter(ty: Ty) -> Ty {
    match ty.strip().kind() {
        TyKind::Iter(item) => *item,
        _ => crate::iter::item_ty(ty),
    }
}
