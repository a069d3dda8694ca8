//! Places: where a value is read from or written to.

use super::facts::indexed;
use super::func::{Home, Lower};
use super::link::{field_names, pointee, pointer};
use crate::tree::*;
use crate::types::*;
use batuta_base::Name;
use batuta_core::{
    self as core, Attr, BlockId, LocalId, Mode, Node, NodeId, ObjectStorage, Proj, PtrOp, Root, Ty, TyKind,
};

/// A place of C as the IR reaches it.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A Rust place.
    Native(core::Place),
    /// A global cell.
    Cell(Name),
    /// The object behind a pointer.
    Memory(NodeId),
    /// A field of the record behind a pointer; whether it is some bits only.
    Field(NodeId, Name, bool),
    /// Nothing can be there.
    Nowhere(NodeId),
}

impl Lower<'_> {
    pub(super) fn place(&mut self, of: &Expr) -> Place {
        match &of.kind {
            ExprKind::Local(id) => self.var_place(*id),
            ExprKind::Global(id) => self.global_place(*id, of),
            ExprKind::Deref(pointer) => self.deref_place(pointer),
            ExprKind::Member(base, record, field) => self.member_place(base, *record, *field),
            ExprKind::Compound(id, init) => {
                self.compound(*id, init, &of.ty);
                self.var_place(*id)
            }
            ExprKind::Str(text) => {
                let text = self.text(text, pointer(self.ty(&of.ty)));
                Place::Memory(text)
            }
            ExprKind::Hole(why) => Place::Nowhere(self.hole_node(of.pos, why)),
            _ => self.held_place(of),
        }
    }

    /// A place whose address is taken.
    pub(super) fn addressed(&mut self, of: &Expr) -> Place {
        let before = std::mem::replace(&mut self.is_addressed, true);
        let place = self.place(of);
        self.is_addressed = before;
        place
    }

    fn var_place(&mut self, id: VarId) -> Place {
        match self.homes.get(&id).copied() {
            Some(Home::Native(local)) => Place::Native(core::Place::local(local)),
            Some(Home::Memory(local)) => Place::Memory(self.object_of(local)),
            None => {
                // The declaration was jumped over, or stands in a `sizeof`.
                let home = self.new_local(id, None);
                self.homes.insert(id, home);
                self.var_place(id)
            }
        }
    }

    /// Pointer to the object that a local owns.
    fn object_of(&mut self, local: LocalId) -> NodeId {
        let owner = self.body.locals[local].ty;
        let item = owner.children()[0];
        let of = self.body.use_local(local, Mode::Ref, self.origin);
        self.body.op(PtrOp::Of, vec![of], pointer(item), self.origin)
    }

    fn global_place(&mut self, id: GlobalId, of: &Expr) -> Place {
        let ty = self.ty(&of.ty);
        match self.object(id) {
            Some((path, ObjectStorage::Cell)) => Place::Cell(path),
            Some((path, ObjectStorage::Table | ObjectStorage::Cells)) => {
                Place::Native(core::Place::global(path))
            }
            Some((path, ObjectStorage::Memory(_))) => {
                let full = self.linked.image.objects[&path].ty;
                let at = self.global_pointer(path, full);
                if full == ty { Place::Memory(at) } else { Place::Memory(self.pointer_cast(at, ty)) }
            }
            None => {
                let name = self.unit.tree.globals[id as usize].name;
                self.issues.push(crate::pp::Issue {
                    code: crate::codes::UNDEFINED,
                    pos: of.pos,
                    message: format!("`{name}` is declared but nowhere defined"),
                });
                Place::Nowhere(self.hole_node(of.pos, &format!("`{name}` is nowhere defined")))
            }
        }
    }

    pub(super) fn pointer_cast(&mut self, at: NodeId, to: Ty) -> NodeId {
        if self.body.ty(at) == pointer(to) {
            return at;
        }
        self.body.op(PtrOp::Cast, vec![at], pointer(to), self.origin)
    }

    fn deref_place(&mut self, at: &Expr) -> Place {
        if let Some((array, index)) = indexed(at) {
            return match self.place(array) {
                Place::Native(place) => {
                    let index = match index {
                        Some(index) => self.index(index),
                        None => self.int(0, Ty::usize()),
                    };
                    Place::Native(place.with(Proj::Nth(index)))
                }
                Place::Nowhere(node) => Place::Nowhere(node),
                other => {
                    let array = self.pointer_to(other);
                    let item = pointee(self.body.ty(array)).children().first().copied().unwrap_or(Ty::unit());
                    match index {
                        Some(index) => {
                            let index = self.index(index);
                            let at =
                                self.body.op(PtrOp::Item, vec![array, index], pointer(item), self.origin);
                            Place::Memory(at)
                        }
                        None => {
                            Place::Memory(self.body.op(PtrOp::First, vec![array], pointer(item), self.origin))
                        }
                    }
                }
            };
        }
        let at = self.value(at);
        if *self.body.ty(at).kind() == TyKind::Never { Place::Nowhere(at) } else { Place::Memory(at) }
    }

    /// An index or count: widening casts say nothing.
    pub(super) fn index(&mut self, of: &Expr) -> NodeId {
        match &of.kind {
            ExprKind::Cast(inner) if is_widening(&inner.ty, &of.ty) => self.value(inner),
            _ => self.value(of),
        }
    }

    fn member_place(&mut self, base: &Expr, record: RecordId, field: usize) -> Place {
        let row = self.unit.tree.records.get(record);
        let name = field_names(row)[field];
        let is_bits = row.fields.as_ref().is_some_and(|fields| fields[field].bits.is_some());
        match self.place(base) {
            Place::Native(place) => Place::Native(place.with(Proj::Field(name))),
            Place::Nowhere(node) => Place::Nowhere(node),
            other => {
                let at = self.pointer_to(other);
                Place::Field(at, name, is_bits)
            }
        }
    }

    /// A place for what is no place: the result of a call.
    fn held_place(&mut self, of: &Expr) -> Place {
        let value = self.value(of);
        let ty = self.body.ty(value);
        if *ty.kind() == TyKind::Never {
            return Place::Nowhere(value);
        }
        if self.is_addressed || self.unit.tree.records.is_bytes(&of.ty) || of.ty.is_array() {
            let owner = Ty::lib("c.Local", [ty]);
            let made = self.body.op(PtrOp::Local, vec![value], owner, self.origin);
            let local = self.new_temp("held", owner, made);
            return Place::Memory(self.object_of(local));
        }
        let local = self.new_temp("held", ty, value);
        Place::Native(core::Place::local(local))
    }

    /// A new variable of the translation's own.
    pub(super) fn new_temp(&mut self, hint: &str, ty: Ty, value: NodeId) -> LocalId {
        let local = self.body.temp(hint, ty, self.origin);
        self.push(core::StmtKind::Let { pat: core::Pat::Bind(local, None), value: Some(value) });
        local
    }

    /// Pointer to a place in checked memory.
    pub(super) fn pointer_to(&mut self, place: Place) -> NodeId {
        match place {
            Place::Memory(at) | Place::Nowhere(at) => at,
            Place::Field(at, name, _) => {
                let ty = self.field_ty(self.body.ty(at), name);
                let kind = Node::Op { op: PtrOp::At.into(), attr: Attr::Name(name), args: vec![at] };
                self.body.node(kind, pointer(ty), self.origin)
            }
            Place::Native(_) | Place::Cell(_) => {
                unreachable!("what has an address lives in checked memory")
            }
        }
    }

    fn field_ty(&self, at: Ty, name: Name) -> Ty {
        match pointee(at).kind() {
            TyKind::Class(path, _) => {
                let def = self.linked.image.records.get(path);
                let field = def.and_then(|def| def.fields.iter().find(|field| field.name == name));
                field.map_or(Ty::unit(), |field| field.ty)
            }
            TyKind::Lib(path, _) => library_field(path.as_str(), name.as_str()),
            _ => Ty::unit(),
        }
    }

    /// The value at a place.
    pub(super) fn read(&mut self, place: Place, ty: Ty) -> NodeId {
        match place {
            Place::Native(place) => self.body.node(Node::Use(place, Mode::Copy), ty, self.origin),
            Place::Cell(path) => {
                self.body.node(Node::Use(core::Place::global(path), Mode::Copy), ty, self.origin)
            }
            Place::Memory(at) => self.body.op(PtrOp::Load, vec![at], ty, self.origin),
            Place::Field(at, name, _) => {
                let kind = Node::Op { op: PtrOp::Get.into(), attr: Attr::Name(name), args: vec![at] };
                self.body.node(kind, ty, self.origin)
            }
            Place::Nowhere(node) => node,
        }
    }

    pub(super) fn write(&mut self, place: Place, value: NodeId) {
        match place {
            Place::Native(place) => {
                let is_field = matches!(place.proj.last(), Some(Proj::Field(_)));
                let value = if is_field { self.outside(&place, value) } else { value };
                self.push(core::StmtKind::Set { target: core::Pat::Place(place), value });
            }
            Place::Cell(path) => {
                let target = core::Pat::Place(core::Place::global(path));
                self.push(core::StmtKind::Set { target, value });
            }
            Place::Memory(at) => {
                let node = self.body.op(PtrOp::Store, vec![at, value], Ty::unit(), self.origin);
                self.push_expr(node);
            }
            Place::Field(at, name, _) => {
                let kind = Node::Op { op: PtrOp::Set.into(), attr: Attr::Name(name), args: vec![at, value] };
                let node = self.body.node(kind, Ty::unit(), self.origin);
                self.push_expr(node);
            }
            Place::Nowhere(node) => self.push_expr(node),
        }
    }

    /// The same place for several uses: what finds it runs once.
    pub(super) fn held(&mut self, place: Place) -> Place {
        match place {
            Place::Memory(at) => Place::Memory(self.held_node(at, "at")),
            Place::Field(at, name, bits) => Place::Field(self.held_node(at, "at"), name, bits),
            Place::Native(mut place) => {
                for proj in &mut place.proj {
                    if let Proj::Nth(index) = proj
                        && !self.is_simple(*index)
                    {
                        *index = self.held_node(*index, "index");
                    }
                }
                Place::Native(place)
            }
            other => other,
        }
    }

    /// A copy of the place with nodes of its own; call [`held`](Self::held) first.
    pub(super) fn again(&mut self, place: &Place) -> Place {
        match place {
            Place::Memory(at) => Place::Memory(self.copied(*at)),
            Place::Field(at, name, bits) => Place::Field(self.copied(*at), *name, *bits),
            Place::Native(place) => {
                let mut place = place.clone();
                for proj in &mut place.proj {
                    if let Proj::Nth(index) = proj {
                        *index = self.copied(*index);
                    }
                }
                Place::Native(place)
            }
            other => other.clone(),
        }
    }

    /// The node, or a variable that holds its value, so that it can be copied.
    pub(super) fn held_node(&mut self, node: NodeId, hint: &str) -> NodeId {
        if self.is_simple(node) {
            return node;
        }
        let ty = self.body.ty(node);
        let local = self.new_temp(hint, ty, node);
        self.body.use_local(local, Mode::Copy, self.origin)
    }

    /// The value, or a variable that holds it, where a closure changes the place: a value that jumps cannot stand
    /// there, one that writes would write too early.
    pub(super) fn outside(&mut self, place: &core::Place, value: NodeId) -> NodeId {
        if !matches!(place.root, Root::Global(_)) {
            return value;
        }
        let mut is_plain = true;
        self.body.walk(core::Child::Node(value), &mut |node| {
            is_plain &= match &self.body.nodes[node].kind {
                Node::Const(_) | Node::Use(..) | Node::Item(_) | Node::Op { .. } => true,
                Node::Call { callee, .. } => self.is_quiet(callee),
                Node::If { then, els, .. } => {
                    let is_empty = |block: BlockId| self.body.blocks[block].stmts.is_empty();
                    is_empty(*then) && els.is_none_or(is_empty)
                }
                _ => false,
            };
        });
        if is_plain { value } else { self.held_node(value, "value") }
    }

    /// Whether a node gives the same when it is evaluated twice, at no cost.
    pub(super) fn is_simple(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Const(_) | Node::Item(_) => true,
            Node::Use(place, _) => {
                matches!(place.root, Root::Local(_)) && place.proj.iter().all(|p| matches!(p, Proj::Field(_)))
            }
            Node::Op {
                op: core::Op::PtrOp(PtrOp::Of | PtrOp::At | PtrOp::Cast | PtrOp::First),
                args,
                ..
            } => self.is_simple(args[0]),
            Node::Op {
                op: core::Op::PtrOp(PtrOp::Null | PtrOp::Zero) | core::Op::CIntOp(core::CIntOp::Char),
                ..
            } => true,
            _ => false,
        }
    }

    /// A copy of a simple node.
    pub(super) fn copied(&mut self, node: NodeId) -> NodeId {
        let row = self.body.nodes[node].clone();
        let kind = match row.kind {
            Node::Op { op, attr, args } => {
                let args = args.into_iter().map(|arg| self.copied(arg)).collect();
                Node::Op { op, attr, args }
            }
            other => other,
        };
        self.body.node(kind, row.ty, row.origin)
    }
}

fn is_widening(from: &CTy, to: &CTy) -> bool {
    matches!((from, to), (CTy::Int(from), CTy::Int(to))
        if from.size() <= to.size() && to.size() == 8)
}

/// Types of the fields of the runtime's records.
fn library_field(path: &str, field: &str) -> Ty {
    match (path, field) {
        ("c.LDiv" | "c.Timespec" | "c.Timeval", _) | (_, "tm_gmtoff") => Ty::i64(),
        ("c.Stat", "st_mode" | "st_uid" | "st_gid") => Ty::new(TyKind::Int(core::Width::U32)),
        ("c.Stat", "st_dev" | "st_ino" | "st_nlink" | "st_rdev") => Ty::new(TyKind::Int(core::Width::U64)),
        ("c.Stat", _) => Ty::i64(),
        ("c.Dirent", "d_ino") => Ty::new(TyKind::Int(core::Width::U64)),
        ("c.Dirent", "d_off") => Ty::i64(),
        ("c.Dirent", "d_reclen") => Ty::new(TyKind::Int(core::Width::U16)),
        ("c.Dirent", "d_type") => Ty::new(TyKind::Int(core::Width::U8)),
        ("c.Dirent", "d_name") => Ty::new(TyKind::Array(Ty::new(TyKind::Int(core::Width::I8)), 256)),
        ("c.Lconv", "int_frac_digits" | "frac_digits") => Ty::new(TyKind::Int(core::Width::I8)),
        ("c.Lconv", _) => pointer(Ty::new(TyKind::Int(core::Width::I8))),
        (_, "tm_zone") => pointer(Ty::new(TyKind::Int(core::Width::I8))),
        _ => Ty::new(TyKind::Int(core::Width::I32)),
    }
}
