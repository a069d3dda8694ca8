//! Assignments: targets, what is taken apart, and which of value and place is computed first.

use crate::access::{Event, Kind};
use crate::body::{Own, Want};
use crate::types;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Own<'_> {
    pub(crate) fn assign(&mut self, pat: &Pat, value: Option<NodeId>, origin: Origin) -> Option<StmtKind> {
        let whole = match pat {
            Pat::Bind(local, None) => Some(*local),
            Pat::Place(place) => place.as_local(),
            _ => None,
        };
        let Some(value) = value else {
            return Some(StmtKind::Let { pat: pat.clone(), value: None });
        };
        if let Some(local) = whole {
            let source = value;
            let value = self.value_for_local(local, value, origin);
            // The guard that the value is read through ends before the local gets it.
            let reads = self.read_in(source, local) || self.place_in_cell(&Place::local(local));
            let value = match reads && self.holds_guard(source) {
                true => self.settle(value),
                false => value,
            };
            if matches!(self.out.ty(value).kind(), TyKind::Iter(_)) {
                self.share_changed_source(local, source);
                let is_kept =
                    |event: &Event| event.root == local && event.kind == Kind::Keep && event.path.is_empty();
                let kept = self.all.events.iter().any(is_kept);
                self.keep_texts(value, kept);
            }
            let is_param = self.src.params.iter().any(|param| param.local == local);
            let target = match self.out.locals[local].ty.kind() {
                TyKind::RefMut(_) if is_param => Place::local(local).with(Proj::Deref),
                _ => Place::local(local),
            };
            return Some(StmtKind::Set { target: Pat::Place(target), value });
        }
        if let Pat::Place(place) = pat {
            let ty = self.place_ty(place);
            let source = value;
            let is_slice = matches!(place.proj.last(), Some(Proj::Index(index))
                if *self.src.ty(*index).kind() == TyKind::Slice);
            let value = self.node(value, Want::Own);
            let value = match is_slice {
                true => {
                    let value = self.coerce(value, Ty::iter(ty));
                    self.slice_items(value, ty)
                }
                false => {
                    let value = self.boxed(value);
                    self.coerce(value, ty)
                }
            };
            let reads_root = matches!(place.root, Root::Local(root) if self.read_in(source, root));
            let guarded = reads_root && self.holds_guard(source);
            let mut value =
                if guarded || self.must_settle(place, source) { self.settle(value) } else { value };
            let mark = self.before.len();
            let mut target = self.place_to_write(place);
            // The index got a name: what the value does is done before that.
            if self.before.len() > mark && self.acts_before(place, source) {
                let late = self.before.split_off(mark);
                value = self.settle(value);
                self.before.extend(late);
            }
            self.key_first(&target, value);
            // A global that started empty is filled as a whole.
            if place.proj.is_empty() && matches!(target.proj[..], [Proj::Payload(_)]) {
                target.proj.clear();
                let held = Ty::new(TyKind::Option(self.out.ty(value)));
                value = self.out.op(OptOp::Some, vec![value], held, origin);
            }
            return Some(StmtKind::Set { target: Pat::Place(target), value });
        }
        let from = self.src.ty(value).strip_ref();
        let value = self.node(value, Want::Own);
        let value = self.coerce(value, self.target_ty(pat, self.out.ty(value)));
        let target = self.target_pattern(pat, from);
        let (target, value) = self.unpacked(target, value, origin);
        let target = self.widened(target, self.out.ty(value), origin);
        Some(StmtKind::Set { target, value })
    }

    /// What a slice becomes: a list where it stands, the items of what is only looked at.
    fn slice_items(&mut self, value: NodeId, item: Ty) -> NodeId {
        let row = &self.out.nodes[value];
        let origin = row.origin;
        match &row.kind {
            Node::Op { op: Op::IterOp(IterOp::Into), args, .. }
                if matches!(self.out.ty(args[0]).kind(), TyKind::List(_)) =>
            {
                args[0]
            }
            _ if self.borrows_source(value) => {
                self.out.op(RsOp::Collect, vec![value], Ty::list(item), origin)
            }
            _ => value,
        }
    }

    /// The type that a target takes where its leaves are ints; `ty` for all others.
    fn target_ty(&self, target: &Pat, ty: Ty) -> Ty {
        match (target, ty.kind()) {
            (Pat::Tuple(parts), TyKind::Tuple(items)) if parts.len() == items.len() => {
                Ty::tuple(parts.iter().zip(items).map(|(part, item)| self.target_ty(part, *item)))
            }
            (Pat::Place(place), TyKind::Int(_) | TyKind::Tuple(_)) => {
                let want = match place.as_local() {
                    Some(local) => self.src.locals[local].ty.strip(),
                    None => self.place_ty(place).strip_ref(),
                };
                let fits = want.is_int() && ty.is_int() || crate::expr::differ_in_width(ty, want);
                if fits { want } else { ty }
            }
            _ => ty,
        }
    }

    /// Leaves that are wider than what they get, or may be without value, are bound to temps first and set after.
    fn widened(&mut self, target: Pat, ty: Ty, origin: Origin) -> Pat {
        match (target, ty.kind()) {
            (Pat::Tuple(parts), TyKind::Tuple(items)) if parts.len() == items.len() => Pat::Tuple(
                parts.into_iter().zip(items).map(|(part, item)| self.widened(part, *item, origin)).collect(),
            ),
            (Pat::List { front, rest: None, back }, TyKind::Array(item, _)) => {
                let mut each = |parts: Vec<Pat>| {
                    parts.into_iter().map(|part| self.widened(part, *item, origin)).collect()
                };
                Pat::List { front: each(front), rest: None, back: each(back) }
            }
            (Pat::Place(place), _) => match place.as_local() {
                Some(local) => self.widened_local(local, ty, origin),
                // A global that started empty is filled as a whole.
                None if matches!(place.root, Root::Global(_))
                    && matches!(place.proj[..], [Proj::Payload(_)]) =>
                {
                    let (temp, read) = self.bound_part(ty, origin);
                    let target = Pat::Place(Place { root: place.root, proj: Vec::new() });
                    let value = self.out.op(OptOp::Some, vec![read], Ty::option(ty), origin);
                    self.after.push(Stmt::new(StmtKind::Set { target, value }, origin));
                    temp
                }
                None => Pat::Place(place),
            },
            // A sequence of any length inside of the parts.
            (list @ Pat::List { .. }, TyKind::List(_) | TyKind::Lib(..)) => {
                let (temp, read) = self.bound_part(ty, origin);
                let at = self.after.len();
                let (target, value) = self.unpacked(list, read, origin);
                let target = self.widened(target, self.out.ty(value), origin);
                self.after.insert(at, Stmt::new(StmtKind::Set { target, value }, origin));
                temp
            }
            (other, _) => other,
        }
    }

    /// A name for a part of what is taken apart, and its use.
    fn bound_part(&mut self, ty: Ty, origin: Origin) -> (Pat, NodeId) {
        let temp = self.out.temp("part", ty, origin);
        let mode = if ty.is_copy() { Mode::Copy } else { Mode::Move };
        let read = self.out.node(Node::Use(Place::local(temp), mode), ty, origin);
        (Pat::Place(Place::local(temp)), read)
    }

    fn widened_local(&mut self, local: LocalId, ty: Ty, origin: Origin) -> Pat {
        let target = Pat::Place(Place::local(local));
        let row = &self.out.locals[local];
        let (held, plain) = (row.ty, self.src.locals[local].ty.strip_ref());
        let is_late = self.live.maybe_unbound.contains(&local);
        let other_width = ty.is_int() && plain.is_int() && plain != ty;
        // `first, *rest = items` makes a list, which `rest` may share with others.
        let is_made = matches!((plain.kind(), ty.kind()), (TyKind::Shared(of), TyKind::List(_)) if *of == ty);
        // What closures read while it changes has its cell from the first value on.
        let is_cell = held.cell().is_some() && !is_late;
        if !is_late && !other_width && !is_made && !is_cell {
            return target;
        }
        let temp = self.out.temp(row.name.as_str(), ty, origin);
        let mode = if ty.is_copy() { Mode::Copy } else { Mode::Move };
        let read = self.out.node(Node::Use(Place::local(temp), mode), ty, origin);
        let value = match is_made {
            true => self.out.op(RsOp::Share, vec![read], plain, origin),
            false => self.coerce(read, plain),
        };
        let value = match (is_late, is_cell && self.started.insert(local)) {
            (true, _) => self.out.op(OptOp::Some, vec![value], held, origin),
            (_, true) => self.out.op(RsOp::Share, vec![value], held, origin),
            _ => value,
        };
        self.after.push(Stmt::new(StmtKind::Set { target, value }, origin));
        Pat::Place(Place::local(temp))
    }

    /// A sequence of any length as the fixed parts that a pattern takes: `ValueError` when they do not fit.
    pub(crate) fn unpacked(&mut self, target: Pat, value: NodeId, origin: Origin) -> (Pat, NodeId) {
        let Pat::List { front, rest, back } = target else { return (target, value) };
        let value = match self.out.ty(value).strip().kind() {
            TyKind::Str => self.out.op(IterOp::Chars, vec![value], Ty::iter(Ty::str()), origin),
            TyKind::Dict(key, _) => {
                let value = self.temporary(value, Want::Ref, origin);
                let callee = Callee::Lib(Name::new("dict.keys"));
                let args = vec![Arg::positional(value)];
                self.out.node(Node::Call { callee, args }, Ty::iter(*key), origin)
            }
            _ => value,
        };
        let item = match crate::iter::item_of_iter(self.out.ty(value)) {
            // A hole says nothing of its items.
            item if *item.kind() == TyKind::Unknown => self.leaf_ty(front.iter().chain(&back)),
            item => item,
        };
        let array = |count: usize| Ty::new(TyKind::Array(item, count as u64));
        let list = |front| Pat::List { front, rest: None, back: Vec::new() };
        let (name, ty, target) = match rest {
            None => ("rt::unpack", array(front.len() + back.len()), list([front, back].concat())),
            Some(rest) => {
                let ty = Ty::tuple([array(front.len()), Ty::list(item), array(back.len())]);
                ("rt::unpack_rest", ty, Pat::Tuple(vec![list(front), *rest, list(back)]))
            }
        };
        let attr = Attr::Name(Name::new(name));
        (target, self.out.node(Node::Op { op: RsOp::Path.into(), attr, args: vec![value] }, ty, origin))
    }

    /// The type of the first variable among the parts.
    fn leaf_ty<'p>(&self, parts: impl Iterator<Item = &'p Pat>) -> Ty {
        let mut found = None;
        parts.for_each(|part| part.for_each_local(&mut |local| found = found.or(Some(local))));
        found.map_or(Ty::unit(), |local| self.src.locals[local].ty.strip_ref())
    }

    /// Whether a value and the index of its place may see what the other one does.
    fn acts_before(&self, place: &Place, value: NodeId) -> bool {
        let calls = |own: &Self, node: NodeId| {
            own.any_below(node, &mut |own, node| matches!(own.src.nodes[node].kind, Node::Call { .. }))
        };
        let indices = place.proj.iter().filter_map(|proj| match proj {
            Proj::Index(index) | Proj::Nth(index) => Some(*index),
            _ => None,
        });
        self.does_something(value)
            || indices.into_iter().any(|index| {
                !matches!(self.src.nodes[value].kind, Node::Const(_)) && self.does_something(index)
                    || calls(self, index) && calls(self, value)
            })
    }

    /// Whether the value of an assignment must be computed before its place. Python evaluates the value
    /// first, as Rust does for `=`; a call (`insert`, `set_at`) evaluates receiver and key first.
    fn must_settle(&self, place: &Place, value: NodeId) -> bool {
        if self.place_in_cell(place) && (self.calls_program(value) || self.holds_guard(value)) {
            return true;
        }
        if self.has_early_index(place) {
            return true;
        }
        let tys = types::place_tys(self.program, self.src, place);
        let Some((Proj::Index(index), front)) = place.proj.split_last() else { return false };
        let owner = tys[tys.len() - 2];
        let is_slice = *self.src.ty(*index).kind() == TyKind::Slice;
        let is_shared = matches!(owner.strip_ref().kind(), TyKind::Shared(_));
        let is_call =
            is_slice || is_shared || matches!(owner.strip().kind(), TyKind::Dict(..) | TyKind::Lib(..));
        if !is_call {
            return false;
        }
        let has_effect = self.calls_program(*index) && !matches!(self.src.nodes[value].kind, Node::Const(_));
        let nested = front.iter().any(|proj| !matches!(proj, Proj::Field(_)));
        // To read a missing key of it fills it.
        let fills = matches!(owner.strip().kind(), TyKind::Lib(name, _) if *name == "defaultdict");
        let conflict = match place.root {
            Root::Local(root) if !is_shared => self
                .span_events(value)
                .any(|event| event.root == root && (event.kind.changes() || nested || is_slice || fills)),
            _ => false,
        };
        // Another name for a part of the place is read before the place changes.
        let looks = is_slice
            && !is_shared
            && self.span_events(value).any(|event| self.alias.locals.contains_key(&event.root));
        let conflict = conflict || looks;
        has_effect || conflict || self.index_moves(place, value) || self.key_meets_value(*index, value)
    }

    /// The key is text or another value that its last use moves, and the value must come before that.
    fn index_moves(&self, place: &Place, value: NodeId) -> bool {
        let Some(Proj::Index(key)) = place.proj.last() else { return false };
        if self.src.ty(*key).strip_ref().is_copy() {
            return false;
        }
        match &self.src.nodes[*key].kind {
            Node::Const(_) => false,
            Node::Use(Place { root: Root::Local(root), proj }, _)
                if proj.iter().all(|proj| matches!(proj, Proj::Field(_))) =>
            {
                self.read_in(value, *root)
            }
            _ => true,
        }
    }

    /// The leaves of an unpacking assignment.
    pub(crate) fn target_pattern(&mut self, pat: &Pat, from: Ty) -> Pat {
        match pat {
            Pat::Place(place) if place.as_local().is_none() => Pat::Place(self.place_to_write(place)),
            Pat::Place(_) | Pat::Bind(..) | Pat::Wild | Pat::Const(_) | Pat::Value(_) | Pat::None => {
                let mut local = None;
                pat.for_each_local(&mut |found| local = Some(found));
                match local {
                    Some(local) => Pat::Place(Place::local(local)),
                    None => pat.clone(),
                }
            }
            Pat::Tuple(parts) => {
                let kids = from.children();
                let kid = |index: usize| match from.kind() {
                    TyKind::Tuple(_) => kids.get(index).copied().unwrap_or(Ty::unknown()),
                    _ => kids.first().copied().unwrap_or(Ty::unknown()),
                };
                let parts: Vec<Pat> = parts
                    .iter()
                    .enumerate()
                    .map(|(index, part)| self.target_pattern(part, kid(index)))
                    .collect();
                match from.kind() {
                    TyKind::Tuple(_) => Pat::Tuple(parts),
                    _ => Pat::List { front: parts, rest: None, back: Vec::new() },
                }
            }
            Pat::List { front, rest, back } => {
                let item = from.children().first().copied().unwrap_or(Ty::unknown());
                let front = front.iter().map(|part| self.target_pattern(part, item)).collect();
                let rest = rest.as_ref().map(|part| Box::new(self.target_pattern(part, from)));
                let back = back.iter().map(|part| self.target_pattern(part, item)).collect();
                Pat::List { front, rest, back }
            }
            other => other.clone(),
        }
    }
}
