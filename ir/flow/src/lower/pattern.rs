//! Patterns: binding, assigning, testing.

use super::Lower;
use crate::lir::{Bb, End, InstKind, Reg};
use batuta_base::{Name, Origin};
use batuta_core::{
    Arm, Attr, ClassOp, CmpOp, DictOp, IntOp, ListOp, NodeId, OptOp, Pat, Ty, TyKind, UnionOp,
};

impl Lower<'_> {
    /// Binds or assigns what a pattern names; the value is known to fit.
    pub(super) fn bind(&mut self, pat: &Pat, value: Reg, origin: Origin) {
        match pat {
            Pat::Bind(local, inner) => {
                let reg = self.local_reg(*local);
                if super::shared::cell_content(self.ty(value)).is_some() {
                    self.push(Some(reg), InstKind::Alias(value), origin);
                } else if self.in_cells.contains(local) {
                    self.new_cell(reg, value, origin);
                } else {
                    self.push(Some(reg), InstKind::Copy(value), origin);
                }
                inner.iter().for_each(|inner| self.bind(inner, value, origin));
            }
            Pat::Place(place) => self.assign(place, value, origin),
            Pat::Tuple(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    let field = self.part(value, index, origin);
                    self.bind(part, field, origin);
                }
            }
            Pat::List { front, rest, back } => self.bind_list(value, front, rest.as_deref(), back, origin),
            Pat::Some(inner) => {
                let payload = self.payload(value, origin);
                self.bind(inner, payload, origin);
            }
            Pat::Ref(inner) => self.bind(inner, value, origin),
            Pat::Class { class, args, named } => {
                for (name, part) in self.class_fields(*class, args, named) {
                    let field = self.class_field(*class, value, name, origin);
                    self.bind(part, field, origin);
                }
            }
            Pat::Map { .. } => self.gap("mapping pattern", origin),
            Pat::Or(parts) if parts.iter().any(has_locals) => self.gap("names in `|`", origin),
            Pat::Or(_) | Pat::Wild | Pat::Const(_) | Pat::Value(_) | Pat::None => {}
        }
    }

    pub(super) fn new_cell(&mut self, cell: Reg, value: Reg, origin: Origin) {
        self.push(Some(cell), InstKind::NewCell(value), origin);
    }

    fn part(&mut self, value: Reg, index: usize, origin: Origin) -> Reg {
        let ty = match self.ty(value).strip().kind() {
            TyKind::Tuple(items) => items.get(index).copied().unwrap_or(Ty::value()),
            TyKind::List(item) | TyKind::Array(item, _) => {
                let (item, at) = (*item, self.int(index as i64, origin));
                return self.emit(item, InstKind::Nth(value, at), origin);
            }
            _ => Ty::value(),
        };
        self.emit(ty, InstKind::Field(value, Name::new(&index.to_string())), origin)
    }

    fn payload(&mut self, value: Reg, origin: Origin) -> Reg {
        let ty = match self.ty(value).strip().kind() {
            TyKind::Option(item) => *item,
            _ => self.ty(value),
        };
        self.emit(ty, InstKind::Payload(value), origin)
    }

    fn bind_list(&mut self, value: Reg, front: &[Pat], rest: Option<&Pat>, back: &[Pat], origin: Origin) {
        for (index, part) in front.iter().enumerate() {
            let item = self.part(value, index, origin);
            self.bind(part, item, origin);
        }
        if rest.is_none() && back.is_empty() {
            return;
        }
        let list = self.ty(value).strip();
        let item = super::iterate::item_type(list);
        let length = self.op(ListOp::Len, vec![value], Ty::i64(), origin);
        let counts = [front.len(), back.len()].map(|count| self.int(count as i64, origin));
        if let Some(rest) = rest {
            let stop = self.op(IntOp::Sub, vec![length, counts[1]], Ty::i64(), origin);
            let middle = self.lib("rt.between", vec![value, counts[0], stop], Ty::list(item), origin);
            self.bind(rest, middle, origin);
        }
        for (index, part) in back.iter().enumerate() {
            let from_end = self.int((back.len() - index) as i64, origin);
            let at = self.op(IntOp::Sub, vec![length, from_end], Ty::i64(), origin);
            let value = self.emit(item, InstKind::Nth(value, at), origin);
            self.bind(part, value, origin);
        }
    }

    /// Fields that a class pattern looks at: positional ones follow `__match_args__`, the field order.
    fn class_fields<'p>(
        &self,
        class: Name,
        args: &'p [Pat],
        named: &'p [(Name, Pat)],
    ) -> Vec<(Name, &'p Pat)> {
        let mut fields = Vec::new();
        for path in self.program.mro(class).into_iter().rev() {
            fields.extend(self.program.classes[&path].fields.iter().map(|field| field.name));
        }
        let positional = args.iter().enumerate();
        let mut out: Vec<_> = positional
            .map(|(index, pat)| (fields.get(index).copied().unwrap_or(Name::new("?")), pat))
            .collect();
        out.extend(named.iter().map(|(name, pat)| (*name, pat)));
        out
    }

    fn class_field(&mut self, class: Name, value: Reg, name: Name, origin: Origin) -> Reg {
        let ty = super::place::projected(self.program, Ty::class(class), &batuta_core::Proj::Field(name));
        self.emit(ty, InstKind::Field(value, name), origin)
    }

    pub(super) fn match_(&mut self, subject: NodeId, arms: &[Arm], ty: Ty) -> Reg {
        let slot = self.slot(ty);
        let value = self.expr(subject);
        let done = self.new_block();
        for arm in arms {
            let next = self.new_block();
            self.test(&arm.pat, value, next, arm.origin);
            self.bind(&arm.pat, value, arm.origin);
            if let Some(guard) = arm.guard {
                let cond = self.expr(guard);
                let yes = self.new_block();
                self.end(End::If(cond, yes, next));
                self.go(yes);
            }
            let result = self.block(arm.body);
            self.give(slot, result);
            self.goto(done);
            self.go(next);
        }
        self.goto(done);
        self.go(done);
        self.slot_value(slot)
    }

    fn branch(&mut self, cond: Reg, no: Bb) {
        let yes = self.new_block();
        self.end(End::If(cond, yes, no));
        self.go(yes);
    }

    /// Goes on where the value fits the pattern, else at `no`.
    fn test(&mut self, pat: &Pat, value: Reg, no: Bb, origin: Origin) {
        match pat {
            Pat::Wild | Pat::Place(_) | Pat::Bind(_, None) => {}
            Pat::Bind(_, Some(inner)) | Pat::Ref(inner) => self.test(inner, value, no, origin),
            Pat::Const(constant) => {
                let ty = self.ty(value).strip();
                let other = self.emit(ty, InstKind::Const(constant.clone()), origin);
                let same = self.op(CmpOp::Eq, vec![value, other], Ty::bool(), origin);
                self.branch(same, no);
            }
            Pat::Value(node) => {
                let other = self.expr(*node);
                let same = self.op(CmpOp::Eq, vec![value, other], Ty::bool(), origin);
                self.branch(same, no);
            }
            Pat::None | Pat::Some(_) => {
                let op = if *pat == Pat::None { OptOp::IsNone } else { OptOp::IsSome };
                let fits = self.op(op, vec![value], Ty::bool(), origin);
                self.branch(fits, no);
                if let Pat::Some(inner) = pat {
                    let payload = self.payload(value, origin);
                    self.test(inner, payload, no, origin);
                }
            }
            Pat::Tuple(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    let field = self.part(value, index, origin);
                    self.test(part, field, no, origin);
                }
            }
            Pat::Or(parts) => self.test_any(parts, value, no, origin),
            Pat::List { front, rest, back } => self.test_list(value, front, rest.is_some(), back, no, origin),
            Pat::Class { class, args, named } => self.test_class(*class, args, named, value, no, origin),
            Pat::Map { pairs, .. } => {
                for (key, _) in pairs {
                    let key = self.expr(*key);
                    let has = self.op(DictOp::Contains, vec![value, key], Ty::bool(), origin);
                    self.branch(has, no);
                }
            }
        }
    }

    fn test_any(&mut self, parts: &[Pat], value: Reg, no: Bb, origin: Origin) {
        let yes = self.new_block();
        for (index, part) in parts.iter().enumerate() {
            let next = if index + 1 == parts.len() { no } else { self.new_block() };
            self.test(part, value, next, origin);
            self.goto(yes);
            if next != no {
                self.go(next);
            }
        }
        self.go(yes);
    }

    fn test_list(&mut self, value: Reg, front: &[Pat], open: bool, back: &[Pat], no: Bb, origin: Origin) {
        let length = self.op(ListOp::Len, vec![value], Ty::i64(), origin);
        let wanted = self.int((front.len() + back.len()) as i64, origin);
        let test = if open { CmpOp::Ge } else { CmpOp::Eq };
        let fits = self.op(test, vec![length, wanted], Ty::bool(), origin);
        self.branch(fits, no);
        for (index, part) in front.iter().enumerate() {
            let item = self.part(value, index, origin);
            self.test(part, item, no, origin);
        }
        if back.iter().any(|part| !matches!(part, Pat::Wild | Pat::Bind(_, None))) {
            self.gap("pattern after the rest of a sequence", origin);
        }
    }

    fn test_class(
        &mut self,
        class: Name,
        args: &[Pat],
        named: &[(Name, Pat)],
        value: Reg,
        no: Bb,
        origin: Origin,
    ) {
        let ty = self.ty(value).strip();
        let (op, attr): (batuta_core::Op, Attr) = match ty.kind() {
            TyKind::Union(members) => {
                let member = members.iter().find(|member| member.class_path() == Some(class));
                (UnionOp::Is.into(), Attr::Ty(member.copied().unwrap_or(Ty::class(class))))
            }
            _ => (ClassOp::IsInstance.into(), Attr::Name(class)),
        };
        let fits = self.emit(Ty::bool(), InstKind::Op { op, attr, args: vec![value] }, origin);
        self.branch(fits, no);
        for (name, part) in self.class_fields(class, args, named) {
            let field = self.class_field(class, value, name, origin);
            self.test(part, field, no, origin);
        }
    }
}

fn has_locals(pat: &Pat) -> bool {
    let mut found = false;
    pat.for_each_local(&mut |_| found = true);
    found
}
