//! First values of objects: one Rust value where it can be written, else zero and stores.

use super::Linked;
use super::func::{Home, Lower, UnitBodies};
use super::link::{UnitTree, field_names};
use super::place::Place;
use crate::tree::*;
use crate::types::*;
use batuta_base::Name;
use batuta_core::{self as core, Const, ListOp, Mode, Node, NodeId, ObjectStorage, Proj, PtrOp, Ty, TyKind};
use std::rc::Rc;

/// Longer arrays with mostly zeros are filled item by item.
const SHORT: u64 = 64;

impl Lower<'_> {
    /// Brings a variable to life with its first value.
    pub(super) fn init_local(&mut self, id: VarId, init: &Init) {
        let ty = self.var(id).ty.clone();
        // An object may name itself: it lives before its value is known.
        let mut names_itself = false;
        init.for_each_expr(&mut |expr| names_itself = names_itself || mentions(expr, id));
        let value = if names_itself { None } else { self.init_value(init, &ty) };
        match value {
            Some(value) => {
                self.new_local(id, Some(value));
            }
            None => {
                let home = self.new_local(id, None);
                if let Home::Native(local) = home {
                    self.body.locals[local].mutable = true;
                }
                let place = self.home_place(home);
                self.store(place, &ty, init);
            }
        }
    }

    fn home_place(&mut self, home: Home) -> Place {
        match home {
            Home::Native(local) => Place::Native(core::Place::local(local)),
            Home::Memory(local) => {
                let item = self.body.locals[local].ty.children()[0];
                let of = self.body.use_local(local, core::Mode::Ref, self.origin);
                Place::Memory(self.body.op(PtrOp::Of, vec![of], super::link::pointer(item), self.origin))
            }
        }
    }

    /// Gives a variable that lives already its first value.
    pub(super) fn store_init(&mut self, id: VarId, init: &Init) {
        let ty = self.var(id).ty.clone();
        let Some(home) = self.homes.get(&id).copied() else { return };
        let place = self.home_place(home);
        if let Some(value) = self.init_value(init, &ty) {
            return self.write(place, value);
        }
        let own = self.ty(&ty);
        let zero = self.zero(own);
        let again = self.again(&place);
        self.write(again, zero);
        self.store(place, &ty, init);
    }

    /// The object of a compound literal.
    pub(super) fn compound(&mut self, id: VarId, init: &Init, _ty: &CTy) {
        if self.hoisted.contains(&id) {
            self.store_init(id, init);
        } else {
            self.init_local(id, init);
        }
    }

    /// The initialiser as one value; `None` where it must be stored in parts.
    pub(super) fn init_value(&mut self, init: &Init, ty: &CTy) -> Option<NodeId> {
        if !self.has_value(init, ty) {
            return None;
        }
        let own = self.ty(ty);
        Some(match init {
            Init::Expr(value) => self.value(value),
            Init::Text(text) => self.text_value(text, ty),
            Init::Array(items) => {
                let len = match ty {
                    CTy::Array(_, Some(len)) => *len,
                    _ => items.len() as u64,
                };
                let item = ty.pointee().cloned()?;
                let item_ty = self.ty(&item);
                if items.is_empty() {
                    return Some(self.zero(own));
                }
                let mut values = Vec::new();
                for at in 0..len {
                    let value = match items.get(&at) {
                        Some(init) => self.part(init, &item, &mut values)?,
                        None => self.zero(item_ty),
                    };
                    values.push(value);
                }
                self.body.op(ListOp::New, values, own, self.origin)
            }
            Init::Record(fields) => {
                let CTy::Record(id) = ty else { return None };
                if fields.is_empty() {
                    return Some(self.zero(own));
                }
                let rows: Vec<CTy> = self
                    .unit
                    .tree
                    .records
                    .get(*id)
                    .fields
                    .iter()
                    .flatten()
                    .map(|field| field.ty.clone())
                    .collect();
                let mut values = Vec::new();
                for (index, field) in rows.iter().enumerate() {
                    let value = match fields.get(&index) {
                        Some(init) => self.part(init, field, &mut values)?,
                        None => {
                            let ty = self.ty(field);
                            self.zero(ty)
                        }
                    };
                    values.push(value);
                }
                self.body.op(core::ClassOp::New, values, own, self.origin)
            }
        })
    }

    /// A part of an initialiser, complete before the next one: the parts before it are held when it does something.
    fn part(&mut self, init: &Init, ty: &CTy, before: &mut [NodeId]) -> Option<NodeId> {
        let deferred = self.deferred.take();
        self.stmts.push(Vec::new());
        let value = self.init_value(init, ty);
        let made = self.stmts.pop().unwrap_or_default();
        self.deferred = deferred;
        if !made.is_empty() {
            for node in before {
                let own = self.body.ty(*node);
                if !matches!(self.body.nodes[*node].kind, Node::Const(_)) && *own.kind() != TyKind::Never {
                    let held = self.new_temp("part", own, *node);
                    *node = self.body.use_local(held, Mode::Copy, self.origin);
                }
            }
        }
        self.stmts.last_mut().expect("a block is open").extend(made);
        value
    }

    /// Whether an initialiser can be written as one value.
    fn has_value(&self, init: &Init, ty: &CTy) -> bool {
        match init {
            Init::Expr(value) => !value.ty.is_array(),
            Init::Text(_) => true,
            Init::Array(items) => {
                let (CTy::Array(item, Some(len)), false) = (ty, self.unit.tree.records.is_bytes(ty)) else {
                    return items.is_empty();
                };
                let dense = self.is_whole || *len <= SHORT || items.len() as u64 * 2 >= *len;
                (dense || items.is_empty())
                    && items.iter().all(|(at, init)| at < len && self.has_value(init, item))
            }
            Init::Record(fields) => {
                let CTy::Record(id) = ty else { return false };
                let rows = self.unit.tree.records.get(*id).fields.clone().unwrap_or_default();
                let is_library = matches!(self.ty(ty).kind(), TyKind::Lib(..));
                fields.is_empty()
                    || !is_library
                        && !self.unit.tree.records.is_bytes(ty)
                        && fields.iter().all(|(at, init)| {
                            rows.get(*at).is_some_and(|field| self.has_value(init, &field.ty))
                        })
            }
        }
    }

    /// A string as the value of an array of characters.
    fn text_value(&mut self, text: &Rc<[u8]>, ty: &CTy) -> NodeId {
        let len = match ty {
            CTy::Array(_, Some(len)) => *len as usize,
            _ => text.len() + 1,
        };
        let mut bytes = text.to_vec();
        bytes.resize(len, 0);
        let own = self.ty(ty);
        if bytes.iter().all(|byte| *byte == 0) {
            return self.zero(own);
        }
        self.body.node(Node::Const(Const::Bytes(bytes.into())), own, self.origin)
    }

    /// Stores the parts of an initialiser into an object that is zero.
    fn store(&mut self, place: Place, ty: &CTy, init: &Init) {
        if let CTy::Array(item, None) = ty {
            return self.store_flexible(place, item, init);
        }
        if let Some(value) = self.init_value(init, ty) {
            return self.write(place, value);
        }
        let place = self.held(place);
        match init {
            Init::Expr(value) if value.ty.is_array() => self.copy_array(place, value),
            Init::Expr(_) | Init::Text(_) => {}
            Init::Array(items) => {
                let Some(item) = ty.pointee().cloned() else { return };
                let item_ty = self.ty(&item);
                for (at, init) in items {
                    if matches!(ty, CTy::Array(_, Some(len)) if at >= len) {
                        continue;
                    }
                    let again = self.again(&place);
                    let inner = match again {
                        Place::Native(native) => {
                            let index = self.int(i128::from(*at), Ty::usize());
                            Place::Native(native.with(Proj::Nth(index)))
                        }
                        other => {
                            let array = self.pointer_to(other);
                            let index = self.int(i128::from(*at), Ty::i64());
                            let to = super::link::pointer(item_ty);
                            Place::Memory(self.body.op(PtrOp::Item, vec![array, index], to, self.origin))
                        }
                    };
                    self.store(inner, &item, init);
                }
            }
            Init::Record(fields) => {
                let CTy::Record(id) = ty else { return };
                let record = self.unit.tree.records.get(*id).clone();
                let names = field_names(&record);
                let rows = record.fields.unwrap_or_default();
                for (at, init) in fields {
                    let Some(field) = rows.get(*at) else { continue };
                    let again = self.again(&place);
                    let inner = match again {
                        Place::Native(native) => Place::Native(native.with(Proj::Field(names[*at]))),
                        other => Place::Field(self.pointer_to(other), names[*at], field.bits.is_some()),
                    };
                    self.store(inner, &field.ty, init);
                }
            }
        }
    }

    /// The member at the end whose length its first value says.
    fn store_flexible(&mut self, place: Place, item: &CTy, init: &Init) {
        let full = item.clone().array(init_len(init));
        let own = self.ty(&full);
        let at = self.pointer_to(place);
        let at = self.pointer_cast(at, own);
        self.store(Place::Memory(at), &full, init);
    }

    /// Bytes that the member at the end of a record has in its first value.
    fn flexible_size(&self, ty: &CTy, init: &Init) -> u64 {
        let (CTy::Record(id), Init::Record(parts)) = (ty, init) else { return 0 };
        let fields = self.unit.tree.records.get(*id).fields.as_deref().unwrap_or_default();
        let Some((last, init)) = fields.last().zip(parts.get(&fields.len().wrapping_sub(1))) else {
            return 0;
        };
        match &last.ty {
            CTy::Array(item, None) => self.unit.tree.records.size(item).unwrap_or(0) * init_len(init),
            inner => self.flexible_size(inner, init),
        }
    }

    /// An array that begins as a copy of another one.
    fn copy_array(&mut self, place: Place, value: &Expr) {
        let from = self.place(value);
        let ty = self.ty(&value.ty);
        let value = self.read(from, ty);
        self.write(place, value);
    }
}

/// Number of items that an initialiser gives.
fn init_len(init: &Init) -> u64 {
    match init {
        Init::Text(text) => text.len() as u64 + 1,
        Init::Array(items) => items.keys().next_back().map_or(0, |last| last + 1),
        _ => 0,
    }
}

/// Values of the unit's static objects.
pub(super) fn objects(linked: &Linked, index: usize, unit: &UnitTree, out: &mut UnitBodies) {
    let path = unit.module.join("<init>");
    let mut start = Lower::new(linked, index, unit, None, path);
    for (id, row) in unit.tree.globals.iter().enumerate() {
        let Some(object) = linked.objects[index][id] else { continue };
        let is_other = object.path.parent() != unit.module || row.is_extern && !row.is_static;
        if is_other || out.bodies.iter().any(|body| body.path == object.path) {
            continue;
        }
        start.at(row.pos);
        match object.storage {
            ObjectStorage::Memory(_) => define(&mut start, object.path, row),
            ObjectStorage::Cell | ObjectStorage::Table | ObjectStorage::Cells => {
                let body = value_body(linked, index, unit, object.path, row, &mut start);
                out.take(body);
            }
        }
    }
    let stmts = start.stmts.pop().unwrap_or_default();
    let root = start.body.root;
    start.body.blocks[root].stmts = stmts;
    out.take(start);
}

fn define(start: &mut Lower<'_>, path: Name, row: &Global) {
    let full = start.linked.image.objects[&path].ty;
    let at = start.global_pointer(path, full);
    let value = row.init.as_ref().and_then(|init| start.init_value(init, &row.ty));
    let is_whole = value.is_some() || row.init.is_none();
    let value = value.unwrap_or_else(|| start.zero(full));
    let node = start.body.op(PtrOp::Define, vec![at, value], Ty::unit(), start.origin);
    start.push_expr(node);
    let more = row.init.as_ref().map_or(0, |init| start.flexible_size(&row.ty, init));
    if more > 0 {
        let at = start.global_pointer(path, full);
        let at = start.pointer_cast(at, Ty::unit());
        let more = start.int(i128::from(more), Ty::new(TyKind::Int(core::Width::U64)));
        let args = [at, more].map(core::Arg::positional).to_vec();
        let callee = core::Callee::Lib(Name::new("c.extend"));
        let node = start.body.node(Node::Call { callee, args }, Ty::unit(), start.origin);
        start.push_expr(node);
    }
    if let (Some(init), false) = (&row.init, is_whole) {
        let at = start.global_pointer(path, full);
        start.store(Place::Memory(at), &row.ty, init);
    }
}

/// The body that gives the value of a cell or table.
fn value_body<'a>(
    linked: &'a Linked,
    index: usize,
    unit: &'a UnitTree,
    path: Name,
    row: &Global,
    start: &mut Lower<'_>,
) -> Lower<'a> {
    let mut lower = Lower::new(linked, index, unit, None, path);
    lower.body.ret = linked.image.objects[&path].ty;
    lower.is_whole = true;
    let own = lower.body.ret;
    let is_constant = row.init.as_ref().is_none_or(|init| match init {
        Init::Expr(value) => matches!(value.kind, ExprKind::Int(..) | ExprKind::Float(_)),
        _ => true,
    });
    let value = match &row.init {
        Some(init) if is_constant => lower.init_value(init, &row.ty),
        _ => None,
    };
    let value = value.unwrap_or_else(|| lower.zero(own));
    let root = lower.body.root;
    lower.body.blocks[root].tail = Some(value);
    if let (Some(Init::Expr(value)), false) = (&row.init, is_constant) {
        let value = start.value(value);
        start.write(Place::Cell(path), value);
    }
    lower
}

/// Whether an expression names a variable.
fn mentions(of: &Expr, id: VarId) -> bool {
    let mut found = match &of.kind {
        ExprKind::Local(var) => *var == id,
        ExprKind::Compound(_, init) => {
            let mut inner = false;
            init.for_each_expr(&mut |expr| inner = inner || mentions(expr, id));
            inner
        }
        _ => false,
    };
    of.for_each_child(&mut |child| found = found || mentions(child, id));
    found
}
