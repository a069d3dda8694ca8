//! Places: resolved once (roots and indices evaluated), then read and written.

use super::Lower;
use crate::lir::{InstKind, Reg};
use batuta_base::{Name, Origin};
use batuta_core::{Attr, Mir, Mode, NodeId, OptOp, Place, Program, Proj, Root, Ty, TyKind};

/// A place whose last step is not taken yet.
pub(super) struct Resolved {
    /// The value that the last step starts from; without a last step the local's own register.
    pub(super) base: Reg,
    pub(super) last: Option<Step>,
    global: Option<Name>,
    ty: Ty,
}

#[derive(Clone, Copy)]
pub(super) enum Step {
    Field(Name),
    Index(Reg),
    Nth(Reg),
    /// With the whole error where the value may be absent.
    Payload(Option<Name>),
    Deref,
}

impl Lower<'_> {
    /// Evaluates what a place needs, all but its last step.
    pub(super) fn resolve(&mut self, place: &Place, origin: Origin) -> Resolved {
        let (mut base, mut global) = match place.root {
            Root::Local(local) => (self.local_reg(local), None),
            Root::Node(node) => (self.expr(node), None),
            Root::Global(path) => {
                let ty = self.program.globals.get(&path).map_or(Ty::value(), |def| def.ty);
                (self.temp(ty), Some(path))
            }
        };
        let mut ty = self.ty(base);
        let mut last = None;
        // What a cell holds is read and written by its name.
        let skipped = usize::from(self.is_lent_cell(place.root) && place.proj.first() == Some(&Proj::Deref));
        for proj in &place.proj[skipped..] {
            if let Some(path) = global.take() {
                self.push(Some(base), InstKind::ReadGlobal(path), origin);
            }
            if let Some(step) = last {
                base = self.take_step(base, step, ty, origin);
            }
            ty = projected(self.program, ty, proj);
            last = Some(match proj {
                Proj::Field(name) => Step::Field(*name),
                Proj::Index(node) => Step::Index(self.expr(*node)),
                Proj::Nth(node) => Step::Nth(self.expr(*node)),
                Proj::Payload(text) => Step::Payload(*text),
                Proj::Deref => Step::Deref,
            });
        }
        Resolved { base, last, global, ty }
    }

    /// A parameter that is the cell of what was lent.
    pub(super) fn is_lent_cell(&self, root: Root) -> bool {
        matches!(root, Root::Local(local) if self.in_cells.contains(&local)
            && super::shared::lent_content(self.body.locals[local].ty).is_some())
    }

    fn take_step(&mut self, base: Reg, step: Step, ty: Ty, origin: Origin) -> Reg {
        let kind = match step {
            Step::Field(name) => InstKind::Field(base, name),
            Step::Index(index) => InstKind::Index(base, index),
            Step::Nth(index) => InstKind::Nth(base, index),
            Step::Payload(Some(text)) if matches!(self.ty(base).strip().kind(), TyKind::Option(_)) => {
                InstKind::Op { op: OptOp::Unwrap.into(), attr: Attr::Name(text), args: vec![base] }
            }
            Step::Payload(_) => InstKind::Payload(base),
            Step::Deref => InstKind::Copy(base),
        };
        self.emit(ty, kind, origin)
    }

    /// Reads a resolved place; `ty` is the type that the reader knows better.
    pub(super) fn read_resolved(&mut self, at: &Resolved, ty: Option<Ty>, origin: Origin) -> Reg {
        let ty = ty.unwrap_or(at.ty);
        match (at.global, at.last) {
            (Some(path), _) => self.emit(ty, InstKind::ReadGlobal(path), origin),
            (None, Some(step)) => self.take_step(at.base, step, ty, origin),
            (None, None) => self.emit(ty, InstKind::Copy(at.base), origin),
        }
    }

    pub(super) fn write_resolved(&mut self, at: &Resolved, value: Reg, origin: Origin) {
        match (at.global, at.last) {
            (Some(path), _) => self.push(None, InstKind::WriteGlobal(path, value), origin),
            (None, None) if is_borrowed_mut(self.ty(at.base)) => self.overwrite(at.base, value, origin),
            (None, None) => self.push(Some(at.base), InstKind::Copy(value), origin),
            (None, Some(Step::Field(name))) => {
                self.push(None, InstKind::SetField(at.base, name, value), origin);
            }
            (None, Some(Step::Index(index) | Step::Nth(index))) => {
                self.push(None, InstKind::SetIndex(at.base, index, value), origin);
            }
            (None, Some(Step::Payload(_) | Step::Deref)) => self.overwrite(at.base, value, origin),
        }
    }

    /// Changes what a reference or option holds: the object stays, its content is replaced.
    fn overwrite(&mut self, target: Reg, value: Reg, origin: Origin) {
        self.lib("rt.overwrite", vec![target, value], Ty::unit(), origin);
    }

    pub(super) fn assign(&mut self, place: &Place, value: Reg, origin: Origin) {
        if let Some((Proj::Payload(_), rest)) = place.proj.split_last() {
            return self.assign_some(&Place { root: place.root, proj: rest.to_vec() }, value, origin);
        }
        let at = self.resolve(place, origin);
        self.write_resolved(&at, value, origin);
    }

    /// Assigns what is inside an option: the option is present from then on.
    fn assign_some(&mut self, option: &Place, value: Reg, origin: Origin) {
        let at = self.resolve(option, origin);
        let is_member = at.global.is_some() && at.last.is_none();
        let value = match at.ty.strip().kind() {
            // A member of an enum is made where it is written.
            TyKind::Option(inner) if !(is_member && matches!(inner.kind(), TyKind::Class(..))) => {
                self.op(OptOp::Some, vec![value], at.ty.strip(), origin)
            }
            _ => value,
        };
        self.write_resolved(&at, value, origin);
    }

    /// The value of a use of a place.
    pub(super) fn use_place(&mut self, place: &Place, mode: Mode, node: NodeId) -> Reg {
        let (ty, origin) = (self.body.nodes[node].ty, self.body.nodes[node].origin);
        if let Some(local) = place.as_local()
            && super::shared::cell_content(ty).is_some()
            && self.in_cells.contains(&local)
        {
            let reg = self.local_reg(local);
            return self.emit(ty, InstKind::Alias(reg), origin);
        }
        if let (Some(local), Mode::Move) = (place.as_local(), mode) {
            let reg = self.local_reg(local);
            let own = self.ty(reg);
            return self.emit(own, InstKind::Move(reg), origin);
        }
        let at = self.resolve(place, origin);
        let known = if at.last.is_some() && !matches!(ty.kind(), TyKind::Unknown) { Some(ty) } else { None };
        let value = self.read_resolved(&at, known, origin);
        match mode {
            Mode::Clone => {
                let ty = self.ty(value).strip_ref();
                self.emit(ty, InstKind::Clone(value), origin)
            }
            Mode::Take => {
                let ty = self.ty(value).strip_ref();
                let empty = self.lib("rt.empty", Vec::new(), ty, origin);
                self.write_resolved(&at, empty, origin);
                value
            }
            _ => value,
        }
    }
}

/// Whether writing to a variable of this type writes through it.
fn is_borrowed_mut(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::RefMut(_))
}

/// The type of a projection of a place of this type.
pub(super) fn projected(program: &Program<Mir>, ty: Ty, proj: &Proj) -> Ty {
    let bare = ty.strip();
    match (proj, bare.kind()) {
        (Proj::Deref, _) => ty.strip_ref(),
        (Proj::Payload(_), TyKind::Option(item)) => *item,
        (Proj::Payload(_), _) => bare,
        (Proj::Field(name), TyKind::Tuple(items)) => {
            name.as_str().parse().ok().and_then(|at: usize| items.get(at).copied()).unwrap_or(Ty::value())
        }
        (Proj::Field(name), TyKind::Class(path, _)) => field_type(program, *path, *name),
        (_, TyKind::List(item) | TyKind::Array(item, _)) => *item,
        (_, TyKind::Dict(_, value)) => *value,
        (_, TyKind::Str) => Ty::str(),
        (_, TyKind::Bytes | TyKind::Range) => Ty::i64(),
        (_, TyKind::Lib(name, args)) => match (name.as_str(), &args[..]) {
            ("Counter" | "collections.Counter", _) => Ty::i64(),
            (_, [.., last]) => *last,
            _ => Ty::value(),
        },
        _ => Ty::value(),
    }
}

fn field_type(program: &Program<Mir>, class: Name, field: Name) -> Ty {
    let classes = program.mro(class);
    let found = classes
        .iter()
        .find_map(|path| program.classes[path].fields.iter().find(|def| def.name == field).map(|def| def.ty));
    found.unwrap_or(match field.as_str() {
        "name" => Ty::str(),
        _ => Ty::value(),
    })
}

/// What `rt::unpack` gives is a list here.
pub(super) fn unpacked_type(ty: Ty) -> Ty {
    let item = |ty: Ty| match ty.kind() {
        TyKind::Array(item, _) | TyKind::List(item) => Some(*item),
        _ => None,
    };
    let found = item(ty).or_else(|| match ty.kind() {
        TyKind::Tuple(parts) => parts.iter().find_map(|part| item(*part)),
        _ => None,
    });
    Ty::list(found.unwrap_or(Ty::value()))
}
