//! Places: what a use of one does to it, and which places can have a second owner.

use crate::body::{Own, Want};
use crate::types::{is_shared, place_tys};
use crate::{TWO_OWNERS, globals};
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Own<'_> {
    /// Whether a value is no longer used after this node.
    pub fn is_last_use(&self, id: NodeId) -> bool {
        self.live.last_uses.contains(&id)
    }

    /// A local that holds a reference.
    pub fn is_borrowed(&self, local: LocalId) -> bool {
        self.alias.locals.contains_key(&local)
            || matches!(self.out.locals[local].ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_))
    }

    pub fn is_frozen(&self, id: NodeId) -> bool {
        let is_member = |class: Name| crate::globals::is_enum(self.program, class);
        let class = self.src.nodes.get(id).and_then(|row| row.ty.strip_ref().class_path());
        class.is_some_and(is_member) || self.frozen.values.contains(&(self.src.path, id))
    }

    /// What the value of this node holds never changes.
    pub fn has_frozen_items(&self, id: NodeId) -> bool {
        let parts = self.src.nodes.get(id).map(|row| row.ty.strip_ref().children());
        self.frozen.items.contains(&(self.src.path, id))
            || parts
                .is_some_and(|parts| !parts.is_empty() && parts.iter().all(|part| self.is_constant(*part)))
    }

    /// Values of the type never change: members of enums and what is made of them.
    pub fn is_constant(&self, ty: Ty) -> bool {
        !ty.any(&mut |part| match part.kind() {
            TyKind::Class(class, _) => !crate::globals::is_enum(self.program, *class),
            TyKind::Tuple(_) | TyKind::Option(_) => false,
            _ => part.is_mutable(),
        })
    }

    /// A read of this place goes through a `RefCell`: its guard must not span a call.
    pub fn through_cell(&self, id: NodeId) -> bool {
        match &self.src.nodes[id].kind {
            Node::Use(place, _) => self.place_in_cell(place),
            Node::Op { op: Op::ClassOp(ClassOp::Up | ClassOp::Down), args, .. } => self.through_cell(args[0]),
            _ => false,
        }
    }

    pub fn place_in_cell(&self, place: &Place) -> bool {
        let tys = place_tys(self.program, self.src, place);
        let in_global = matches!(place.root, Root::Global(path)
            if self.program.globals.get(&path).is_some_and(|global| matches!(global.storage, Storage::RefCell | Storage::Late)));
        let in_local = matches!(place.root, Root::Local(local)
            if matches!(self.out.locals[local].ty.cell(), Some((_, FieldCell::RefCell))));
        in_global
            || in_local
            || place.proj.iter().zip(&tys).any(|(proj, ty)| match (proj, ty.class_path()) {
                (Proj::Field(name), Some(class)) => self.field_cell(class, *name) == FieldCell::RefCell,
                (Proj::Index(_) | Proj::Nth(_), _) => {
                    matches!(ty.strip_ref().kind(), TyKind::Shared(_)) && ty.class_path().is_none()
                }
                _ => false,
            })
    }

    /// A read that goes through no guards but those of fields: `unguarded` has seen to them.
    pub fn in_field_cells(&self, id: NodeId) -> bool {
        let Node::Use(place, _) = &self.src.nodes[id].kind else { return false };
        let tys = place_tys(self.program, self.src, place);
        let starts_bare = match place.root {
            Root::Local(local) => self.out.locals[local].ty.cell().is_none(),
            Root::Node(node) => match &self.src.nodes[node].kind {
                Node::Op { op: Op::OptOp(OptOp::Unwrap), args, .. } => self.in_field_cells(args[0]),
                _ => false,
            },
            Root::Global(_) => false,
        };
        starts_bare
            && place.proj.iter().zip(&tys).all(|(proj, ty)| match proj {
                Proj::Field(_) => ty.class_path().is_some(),
                Proj::Index(_) | Proj::Nth(_) => !matches!(ty.strip_ref().kind(), TyKind::Shared(_)),
                Proj::Payload(_) | Proj::Deref => true,
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
        crate::alias::field_cell(self.program, self.classes, class, name).unwrap_or_default()
    }

    /// Asks for a shared class; `false` when that was tried and cannot be.
    pub fn demote(&mut self, id: NodeId) -> bool {
        let id = self.known_node(id);
        self.ask(Demotion { body: self.src.path, node: id, part: Part::Value })
    }

    /// A node that was made for this pass stands for what its local was assigned: shapes know that one.
    fn known_node(&self, id: NodeId) -> NodeId {
        let known = self.program.fns.get(&self.src.path).map_or(usize::MAX, |body| body.nodes.len());
        if (id.0 as usize) < known {
            return id;
        }
        let Node::Use(place, _) = &self.src.nodes[id].kind else { return id };
        let Some(local) = place.as_local() else { return id };
        let mut values = self.all.defs.iter().filter(|(found, ..)| *found == local);
        let value = values.find_map(|(_, value, _)| value.filter(|node| (node.0 as usize) < known));
        value.unwrap_or(id)
    }

    /// The object in the variable that a place begins with.
    pub fn demote_root(&mut self, id: NodeId) -> bool {
        self.ask(Demotion { body: self.src.path, node: id, part: Part::Root })
    }

    pub fn demote_items(&mut self, id: NodeId) -> bool {
        self.ask(Demotion { body: self.src.path, node: id, part: Part::Items })
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
    pub fn two_owners(&mut self, origin: Origin) -> NodeId {
        let why = TWO_OWNERS.title.into();
        self.out.node(Node::Hole { why, source: "".into() }, Ty::never(), origin)
    }

    /// A place with its root dereferenced or unwrapped where the local's Rust type asks for it.
    pub fn place(&mut self, place: &Place, key: Want, changes: bool) -> Place {
        let mut tys = place_tys(self.program, self.src, place);
        if let Root::Global(path) = place.root
            && let TyKind::Option(inner) = tys[0].kind()
            && self.program.globals.get(&path).is_some_and(|global| globals::starts_empty(global))
        {
            tys[0] = *inner;
        }
        let mut out = match place.root {
            Root::Local(local) => self.root(local),
            Root::Global(path) => self.global(path),
            Root::Node(node) => {
                let is_shared = matches!(self.src.ty(node).kind(), TyKind::Shared(_));
                let is_place = match &self.src.nodes[node].kind {
                    Node::Use(..) | Node::Op { op: Op::UnionOp(UnionOp::Get), .. } => true,
                    Node::Op { op: Op::ClassOp(ClassOp::Down), args, .. } => {
                        !changes && matches!(self.src.nodes[args[0]].kind, Node::Use(..))
                    }
                    Node::Op { op: Op::OptOp(OptOp::Unwrap), args, .. } => {
                        let is_read = !changes || is_shared;
                        matches!(self.src.nodes[args[0]].kind, Node::Use(..))
                            && (is_read || !self.holds_guard(args[0]))
                    }
                    _ => false,
                };
                let want = match (is_place, changes && !is_shared) {
                    (false, _) => Want::Own,
                    (true, true) => Want::Mut,
                    (true, false) => Want::Ref,
                };
                Place::node(self.node(node, want))
            }
        };
        let count = place.proj.len();
        for (index, proj) in place.proj.iter().enumerate() {
            let ty = tys[index];
            let proj = match *proj {
                Proj::Index(node) | Proj::Nth(node) => {
                    let makes = changes
                        && matches!(ty.strip().kind(), TyKind::Lib(name, _)
                        if matches!(name.last(), "defaultdict" | "Counter"));
                    let key = if makes {
                        Want::Own
                    } else if index + 1 == count {
                        key
                    } else {
                        Want::Ref
                    };
                    let early = self
                        .early_for
                        .is_some_and(|value| self.calls_program(node) || self.key_meets_value(node, value))
                        || self.index_conflicts(place, index, node, changes);
                    match if early { self.early_index(node, ty, key) } else { self.index(node, ty, key) } {
                        // `xs[..xs..] = v` borrows `xs` to be changed before the index is computed.
                        Proj::Nth(lowered) if changes && self.reads_root(place, node) => {
                            Proj::Nth(self.name_early(lowered))
                        }
                        proj => proj,
                    }
                }
                other => other,
            };
            // A field or item of an optional value: known to be present here.
            if matches!(ty.strip().kind(), TyKind::Option(_))
                && !matches!(proj, Proj::Payload(_) | Proj::Deref)
            {
                out.proj.push(Proj::Payload(None));
            }
            out.proj.push(proj);
        }
        if changes { self.owner_first(place, out) } else { out }
    }

    /// `a.next.next = b`: both steps may go through one object, so the second one's owner gets a name
    /// and the guard of the first step ends before the write.
    fn owner_first(&mut self, place: &Place, out: Place) -> Place {
        let tys = place_tys(self.program, self.src, place);
        let in_cell = |at: &usize| match (place.proj[*at], tys[*at].class_path()) {
            (Proj::Field(name), Some(class)) => self.field_cell(class, name) == FieldCell::RefCell,
            _ => false,
        };
        let Some(last) = (0..place.proj.len()).rev().find(in_cell) else { return out };
        // What lies behind a handle is not inside the last guard.
        let is_handle = |ty: &Ty| match ty.strip_ref().kind() {
            TyKind::Option(inner) => matches!(inner.kind(), TyKind::Shared(_)),
            kind => matches!(kind, TyKind::Shared(_)),
        };
        if tys[last + 1..place.proj.len()].iter().any(is_handle) {
            return out;
        }
        let field = place.proj[last];
        let mut comes_before = (0..last).any(|at| in_cell(&at) && place.proj[at] == field);
        if let Root::Node(node) = place.root {
            self.src.walk(Child::Node(node), &mut |node| {
                comes_before |= matches!(&self.src.nodes[node].kind, Node::Use(before, _)
                    if before.proj.contains(&field) && self.place_in_cell(before));
            });
        }
        let Some(at) = out.proj.iter().rposition(|proj| *proj == field).filter(|_| comes_before) else {
            return out;
        };
        let ty = match tys[last].strip_ref().kind() {
            TyKind::Option(inner) => *inner,
            _ => tys[last].strip_ref(),
        };
        if !matches!(ty.kind(), TyKind::Shared(_)) {
            return out;
        }
        let origin = self.before.last().map(|stmt| stmt.origin).unwrap_or_default();
        let owner = match (out.root, at) {
            (Root::Node(node), 0) if *self.out.ty(node).kind() == *ty.kind() => node,
            (Root::Node(node), 0) => self.out.op(RsOp::Clone, vec![node], ty, origin),
            (root, at) => {
                let prefix = Place { root, proj: out.proj[..at].to_vec() };
                self.out.node(Node::Use(prefix, Mode::Clone), ty, origin)
            }
        };
        let named = self.named(owner);
        let Node::Use(held, _) = &self.out.nodes[named].kind else { return out };
        Place { root: held.root, proj: out.proj[at..].to_vec() }
    }

    /// Whether an index reads the local that the place starts from.
    fn reads_root(&self, place: &Place, index: NodeId) -> bool {
        matches!(place.root, Root::Local(root) if self.span_events(index).any(|event| event.root == root))
    }

    /// An index that is computed before the place that it stands in is borrowed.
    fn early_index(&mut self, node: NodeId, container: Ty, key: Want) -> Proj {
        let proj = self.index(node, container, Want::Own);
        let (Proj::Index(lowered) | Proj::Nth(lowered)) = proj else { return proj };
        if matches!(self.src.ty(node).kind(), TyKind::Slice) {
            return proj;
        }
        let mut named = self.name_early(lowered);
        let (ty, origin) = (self.out.ty(named), self.out.nodes[named].origin);
        if key == Want::Ref && !ty.is_copy() {
            named = self.out.op(RsOp::Ref, vec![named], ty.reference(), origin);
        }
        if matches!(proj, Proj::Nth(_)) { Proj::Nth(named) } else { Proj::Index(named) }
    }

    fn index(&mut self, node: NodeId, container: Ty, key: Want) -> Proj {
        match container.strip().kind() {
            TyKind::Dict(want, _) => Proj::Index(self.key(node, *want, key)),
            TyKind::Lib(name, args) if args.len() > 1 || name.last() == "Counter" => {
                Proj::Index(self.key(node, args[0], key))
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

    /// The key of an entry, as wide as the container's keys.
    fn key(&mut self, node: NodeId, want: Ty, key: Want) -> NodeId {
        if key == Want::Ref {
            return self.lent_as(node, want);
        }
        let lowered = self.node(node, key);
        let lowered = self.boxed(lowered);
        self.coerce(lowered, want)
    }

    /// A local as the root of a place: a constructor's field locals, unwrapped when it may be unassigned.
    fn root(&mut self, local: LocalId) -> Place {
        let place = Place::local(local);
        if !self.live.maybe_unbound.contains(&local) {
            return place;
        }
        let name = self.src.locals[local].name;
        let text = match self.src.kind {
            FnKind::Init => format!("NameError: name '{name}' is not defined"),
            _ if self.free.contains(&local) => format!(
                "NameError: cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
            ),
            _ => format!(
                "UnboundLocalError: cannot access local variable '{name}' where it is not associated with a value"
            ),
        };
        place.with(Proj::Payload(Some(Name::new(&text))))
    }

    /// A global as the root of a place: unwrapped when it starts empty.
    fn global(&mut self, path: Name) -> Place {
        let place = Place::global(path);
        let starts_empty =
            self.program.globals.get(&path).is_some_and(|global| globals::starts_empty(global));
        let text = || Name::new(&format!("NameError: name '{}' is not defined", path.last()));
        if starts_empty { place.with(Proj::Payload(Some(text()))) } else { place }
    }

    pub fn place_to_write(&mut self, place: &Place) -> Place {
        self.place_for(place, Want::Own, true)
    }

    pub fn place_to_change(&mut self, place: &Place) -> Place {
        self.place_for(place, Want::Ref, true)
    }

    fn place_for(&mut self, place: &Place, key: Want, changes: bool) -> Place {
        let mut out = self.place(place, key, changes);
        if let Some(local) = place.as_local() {
            let is_ref = matches!(self.out.locals[local].ty.kind(), TyKind::RefMut(_));
            if is_ref {
                out.proj.push(Proj::Deref);
            }
        }
        out
    }

    pub fn use_place(&mut self, id: NodeId, place: &Place, want: Want) -> NodeId {
        let row = &self.src.nodes[id];
        let (ty, origin) = (row.ty.strip_ref(), row.origin);
        if let Some(node) = self.use_text_item(place, ty, want, origin) {
            return node;
        }
        let lowered = self.place(place, Want::Ref, want == Want::Mut);
        let root_ty = match (place.root, lowered.proj.is_empty()) {
            (Root::Local(local), true) => self.out.locals[local].ty,
            (Root::Node(_), true) => match lowered.root {
                Root::Node(inner) => self.out.ty(inner),
                _ => ty,
            },
            (Root::Global(path), true) if self.is_const_text(path) => ty.reference(),
            (Root::Local(local), false) => self.lent_part(local, &lowered).unwrap_or(ty),
            _ => ty,
        };
        let is_ref = matches!(root_ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_));
        // A loop's own variable has the width of the items, not of what it flows into.
        let own_ty = root_ty.strip_ref();
        if lowered.proj.is_empty()
            && ty.is_int()
            && own_ty.is_int()
            && ty != own_ty
            && ty.is_big() != own_ty.is_big()
        {
            if own_ty.is_big() {
                let mode = if is_ref { Mode::Copy } else { Mode::Ref };
                let node = self.out.node(Node::Use(lowered, mode), own_ty.reference(), origin);
                let node = self.coerce(node, ty);
                return self.temporary(node, want, origin);
            }
            let node = self.use_copy(lowered, root_ty.strip_ref(), is_ref, Want::Own, origin);
            let node = self.coerce(node, ty);
            return self.temporary(node, want, origin);
        }
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
            // A library object that several hold is changed inside its cell.
            Want::Mut if ty.cell().is_some() && place.as_local().is_some() => {
                let inner = ty.strip_shared();
                self.out.node(Node::Use(lowered, Mode::Mut), inner.reference_mut(), origin)
            }
            Want::Mut if matches!(ty.kind(), TyKind::Shared(_)) => {
                let mode = if is_ref { Mode::Copy } else { Mode::Ref };
                self.out.node(Node::Use(lowered, mode), ty.reference(), origin)
            }
            Want::Mut => self.out.node(Node::Use(lowered, Mode::Mut), ty.reference_mut(), origin),
        }
    }

    /// The reference that a part of a loop's tuple is, where the loop reads what others own.
    fn lent_part(&self, local: LocalId, place: &Place) -> Option<Ty> {
        let [Proj::Field(part)] = &place.proj[..] else { return None };
        let TyKind::Tuple(parts) = self.out.locals[local].ty.kind() else { return None };
        let part = *parts.get(part.as_str().parse::<usize>().ok()?)?;
        matches!(part.kind(), TyKind::Ref(_)).then_some(part)
    }

    pub fn use_copy(&mut self, place: Place, ty: Ty, is_ref: bool, want: Want, origin: Origin) -> NodeId {
        match want {
            Want::Ref if is_ref => self.out.node(Node::Use(place, Mode::Copy), ty.reference(), origin),
            Want::Ref => self.out.node(Node::Use(place, Mode::Ref), ty.reference(), origin),
            Want::Mut => self.out.node(Node::Use(place, Mode::Mut), ty.reference_mut(), origin),
            _ if is_ref => self.out.node(Node::Use(place.with(Proj::Deref), Mode::Copy), ty, origin),
            _ => self.out.node(Node::Use(place, Mode::Copy), ty, origin),
        }
    }

    /// The text, bytes or range that an indexed place reads from: its item is made.
    pub fn use_text(&self, place: &Place) -> Option<Ty> {
        let (last, front) = place.proj.split_last()?;
        let Proj::Index(_) = last else { return None };
        let owner = Place { root: place.root, proj: front.to_vec() };
        let ty = *place_tys(self.program, self.src, &owner).last()?;
        matches!(ty.strip().kind(), TyKind::Str | TyKind::Bytes | TyKind::Range).then_some(ty)
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
                let lowered = self.place_for(&owner, Want::Ref, false);
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
        if self.is_last_use(id) && self.leaves_owner(place) {
            return self.out.node(Node::Use(lowered, Mode::Move), ty, origin);
        }
        // What takes an iterator can take one by reference: it goes on where the other stopped.
        if let TyKind::Iter(_) = ty.kind() {
            // One that is kept is a handle.
            let is_kept = whole.is_some_and(|local| self.kept_iterators.contains(&local));
            let is_handle = whole.is_some_and(
                |local| matches!(self.out.locals[local].ty.kind(), TyKind::Ref(of) if *of == ty),
            );
            if is_handle || (is_kept || !lowered.proj.is_empty()) && !is_ref {
                return self.out.node(Node::Use(lowered, Mode::Clone), ty, origin);
            }
            return self.by_ref(lowered, ty, is_ref, origin);
        }
        // An attribute that may hold none yet is a handle, too.
        if matches!(ty.kind(), TyKind::Option(inner) if matches!(inner.kind(), TyKind::Iter(_)))
            && !lowered.proj.is_empty()
        {
            return self.out.node(Node::Use(lowered, Mode::Clone), ty, origin);
        }
        // A temporary's only use.
        if let (Root::Node(node), true) = (lowered.root, lowered.proj.is_empty())
            && !is_ref
        {
            return node;
        }
        // In a language of values a second owner has a value of its own.
        // What is only looked at may be looked at through its handle: what keeps it says `ruchy.copy`.
        if self.has_values() && !holds_only_shared(ty) && !self.copies_as_value(ty, &mut Vec::new()) {
            return self.no_copy(ty, origin);
        }
        let may_copy =
            self.has_values() || !self.can_change(ty) || holds_only_shared(ty) || self.is_frozen(id);
        if !may_copy && !self.demote(id) {
            return self.two_owners(origin);
        }
        self.copy_of(lowered, ty, is_ref, origin)
    }

    /// Whether a second name could see a value of the type change: as [`Ty::is_mutable`], but members of enums are
    /// constants and what is shared stays one.
    fn can_change(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Class(class, _) => !crate::globals::is_enum(self.program, *class),
            TyKind::Tuple(items) | TyKind::Union(items) => items.iter().any(|item| self.can_change(*item)),
            TyKind::Option(item) | TyKind::Boxed(item) => self.can_change(*item),
            TyKind::Shared(_) => false,
            _ => ty.is_mutable(),
        }
    }

    /// A field of a struct or tuple that nothing else names any more: it is moved out.
    fn leaves_owner(&self, place: &Place) -> bool {
        let Root::Local(local) = place.root else { return false };
        let tys = place_tys(self.program, self.src, place);
        let is_plain = |ty: &Ty, proj: &Proj| match (ty.kind(), proj) {
            (TyKind::Tuple(_), Proj::Field(_)) => true,
            (TyKind::Class(class, _), Proj::Field(_)) => {
                let has_subclass = self
                    .program
                    .classes
                    .keys()
                    .any(|other| other != class && self.program.is_subclass(*other, *class));
                !has_subclass && self.program.mro(*class).len() == 1
            }
            _ => false,
        };
        !place.proj.is_empty()
            && !self.is_borrowed(local)
            && self.out.locals[local].ty == self.src.locals[local].ty.strip_ref()
            && !self.live.maybe_unbound.contains(&local)
            && !self.live.captured.contains(&local)
            && place.proj.iter().zip(&tys).all(|(proj, ty)| is_plain(ty, proj))
            && !self.is_lent(local)
    }

    /// Whether some other local, a loop or a match looks at parts of this one.
    fn is_lent(&self, local: LocalId) -> bool {
        let reads = |node: NodeId| {
            let mut found = false;
            self.src.walk(Child::Node(node), &mut |node| {
                found |= matches!(&self.src.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local));
            });
            found
        };
        self.all
            .defs
            .iter()
            .any(|(alias, value, _)| self.alias.locals.contains_key(alias) && value.is_some_and(reads))
            || self.all.patterns.iter().any(|(_, source, _)| reads(*source))
    }

    /// `items.by_ref()`.
    fn by_ref(&mut self, place: Place, ty: Ty, is_ref: bool, origin: Origin) -> NodeId {
        let mode = if is_ref { Mode::Copy } else { Mode::Mut };
        let node = self.out.node(Node::Use(place, mode), ty.reference_mut(), origin);
        let attr = Attr::Name(Name::new("by_ref"));
        self.out.node(
            Node::Op { op: RsOp::Method.into(), attr, args: vec![node] },
            ty.reference_mut(),
            origin,
        )
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
}

/// Copies of such a value share what can change: `Rc` handles, and immutable parts.
pub fn holds_only_shared(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Shared(_) | TyKind::Value => true,
        TyKind::Option(item) => holds_only_shared(*item) || !item.is_mutable(),
        TyKind::Tuple(items) | TyKind::Union(items) => {
            items.iter().all(|item| holds_only_shared(*item) || !item.is_mutable())
        }
        TyKind::Lib(name, items) if *name == "tuple" => {
            items.iter().all(|item| holds_only_shared(*item) || !item.is_mutable())
        }
        TyKind::Func(..) => true,
        _ => false,
    }
}
