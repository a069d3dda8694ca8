//! What a loop binds: each leaf of its pattern by value or by reference.

use crate::body::Own;
use crate::iter::Form;
use batuta_base::Origin;
use batuta_core::*;

impl Own<'_> {
    /// A pattern that declares its locals, for `for` and clauses. Leaves that are no private local of
    /// the loop are bound to temps and assigned at the start of the body (`assigns`). Without a range
    /// (comprehensions) every leaf is private.
    pub fn loop_pattern(
        &mut self,
        pat: &Pat,
        form: &Form,
        ty: Ty,
        range: Option<(u32, u32)>,
        assigns: &mut Vec<Stmt>,
    ) -> Pat {
        match pat {
            Pat::Tuple(_) | Pat::List { .. } if has_any_length(ty) => self.loop_list(pat, form, ty, assigns),
            Pat::Tuple(parts) | Pat::List { front: parts, rest: None, .. } => {
                let kids = ty.children();
                let kid = |index: usize| match ty.kind() {
                    TyKind::Tuple(_) => kids.get(index).copied().unwrap_or(Ty::unknown()),
                    _ => kids.first().copied().unwrap_or(Ty::unknown()),
                };
                let all_copy = (0..parts.len()).all(|index| kid(index).is_copy());
                let (inner, wrap) = match form {
                    Form::Ref if all_copy => (Form::Owned, true),
                    Form::Ref => (Form::Bound, false),
                    other => (other.clone(), false),
                };
                let parts: Vec<Pat> = parts
                    .iter()
                    .enumerate()
                    .map(|(index, part)| {
                        let form = inner.part(index);
                        self.loop_pattern(part, &form, kid(index), range, assigns)
                    })
                    .collect();
                let made = match ty.kind() {
                    TyKind::Tuple(_) => Pat::Tuple(parts),
                    _ => Pat::List { front: parts, rest: None, back: Vec::new() },
                };
                if wrap { Pat::Ref(Box::new(made)) } else { made }
            }
            Pat::Wild => Pat::Wild,
            leaf => self.loop_leaf(leaf, form, ty, range, assigns),
        }
    }

    /// A list has no pattern of its own: it gets a name, and is unpacked in the loop's body.
    pub(crate) fn loop_list(&mut self, pat: &Pat, form: &Form, ty: Ty, assigns: &mut Vec<Stmt>) -> Pat {
        let origin = Origin::default();
        let bound_ty = match form {
            Form::Ref | Form::Bound => ty.reference(),
            Form::Mut => ty.reference_mut(),
            _ => ty,
        };
        let list = self.out.temp("items", bound_ty, origin);
        let mode = if bound_ty == ty { Mode::Ref } else { Mode::Copy };
        let read = self.out.node(Node::Use(Place::local(list), mode), ty.reference(), origin);
        let item = crate::iter::item_ty(ty);
        let op = if item.is_copy() { IterOp::Copied } else { IterOp::Cloned };
        let items = self.out.op(op, vec![read], Ty::iter(item), origin);
        let target = self.target_pattern(pat, ty);
        let (target, value) = self.unpacked(target, items, origin);
        assigns.push(Stmt::new(StmtKind::Set { target, value }, origin));
        Pat::Bind(list, None)
    }

    pub(crate) fn loop_leaf(
        &mut self,
        leaf: &Pat,
        form: &Form,
        ty: Ty,
        range: Option<(u32, u32)>,
        assigns: &mut Vec<Stmt>,
    ) -> Pat {
        let mut local = None;
        leaf.for_each_local(&mut |found| local = Some(found));
        let private = local.filter(|local| range.is_none_or(|range| self.is_private(*local, range)));
        let bound = private.unwrap_or_else(|| {
            let hint = local.map_or("item".to_owned(), |local| format!("{}_", self.src.locals[local].name));
            self.out.temp(&hint, ty, Origin::default())
        });
        let (pat, bound_ty) = match form {
            Form::Ref if ty.is_copy() => (Pat::Ref(Box::new(Pat::Bind(bound, None))), ty),
            Form::Ref | Form::Bound => (Pat::Bind(bound, None), ty.reference()),
            Form::Mut => (Pat::Bind(bound, None), ty.reference_mut()),
            // A tuple of references, of which parts are read.
            form => (Pat::Bind(bound, None), form.ty(ty)),
        };
        self.out.locals[bound].ty = bound_ty;
        if private.is_none() {
            let value = self.read_back(bound, ty);
            let target = match (leaf, local) {
                (_, Some(local)) => {
                    // A cell that a loop fills is there already.
                    self.started.insert(local);
                    let wide = self.src.locals[local].ty.strip_ref();
                    let value = self.coerce(value, wide);
                    let value = if self.live.maybe_unbound.contains(&local) {
                        let ty = self.optional_ty(local);
                        self.out.op(OptOp::Some, vec![value], ty, Origin::default())
                    } else {
                        value
                    };
                    assigns.push(Stmt::new(
                        StmtKind::Set { target: Pat::Place(Place::local(local)), value },
                        Origin::default(),
                    ));
                    return pat;
                }
                (Pat::Place(place), None) => Pat::Place(self.place_to_write(place)),
                _ => return pat,
            };
            assigns.push(Stmt::new(StmtKind::Set { target, value }, Origin::default()));
        }
        pat
    }

    /// The value of a freshly bound loop variable, owned.
    pub(crate) fn read_back(&mut self, local: LocalId, ty: Ty) -> NodeId {
        let is_ref = self.out.locals[local].ty != ty;
        let place = Place::local(local);
        match (ty.is_copy(), is_ref) {
            (true, false) => self.out.node(Node::Use(place, Mode::Copy), ty, Origin::default()),
            (true, true) => {
                self.out.node(Node::Use(place.with(Proj::Deref), Mode::Copy), ty, Origin::default())
            }
            (false, false) => self.out.node(Node::Use(place, Mode::Move), ty, Origin::default()),
            (false, true) => self.owned_copy(place, ty, Origin::default()),
        }
    }
}

/// A list, or a tuple of any length.
fn has_any_length(ty: Ty) -> bool {
    match ty.strip().kind() {
        TyKind::List(_) => true,
        TyKind::Lib(name, _) => *name == "tuple",
        _ => false,
    }
}
