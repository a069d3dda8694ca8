//! Places in objects: fields, items, options, globals.

use super::class_of;
use super::func::{Emit, trusted};
use crate::desc::{ClassDesc, D, Desc, Kind};
use crate::host::{adapt::same, code};
use batuta_base::Name;
use batuta_core::{Attr, TyKind};
use batuta_flow::Reg;
use cranelift::codegen::ir::condcodes::IntCC;
use cranelift::codegen::ir::{Value, types};
use cranelift::prelude::InstBuilder;
use std::sync::OnceLock;

/// Offsets of address, length and capacity in a `Vec`.
fn vec_offsets() -> [i32; 3] {
    static LAYOUT: OnceLock<[i32; 3]> = OnceLock::new();
    *LAYOUT.get_or_init(crate::memory::vec_layout)
}

impl Emit<'_, '_, '_> {
    /// Offset and descriptor of a field.
    fn field_at(&self, base: Reg, name: Name) -> Option<(i32, D)> {
        match &self.desc(base).kind {
            Kind::Tuple(fields) => {
                let at: usize = name.as_str().parse().ok()?;
                Some((at as i32 * 8, fields.get(at)?))
            }
            Kind::Class(class) => class_field(class, name),
            _ => None,
        }
    }

    pub(super) fn field(&mut self, base: Reg, name: Name, dst: Reg) -> Value {
        if let Some((offset, desc)) = self.field_at(base, name) {
            let object = self.get(base);
            return self.b.ins().load(class_of(desc), trusted(), object, offset);
        }
        match self.desc(base).kind {
            Kind::Value | Kind::Union(_) => self.row("value.attr", &[base], Some(dst), &Attr::Name(name)),
            Kind::List(_) if name.as_str().parse::<i64>().is_ok() => {
                let at = self.iconst(name.as_str().parse().unwrap_or(0));
                self.list_item(base, at)
            }
            _ => self.gap(format!("attribute `{name}` of {}", self.lir.regs[base].ty)),
        }
    }

    pub(super) fn set_field(&mut self, base: Reg, name: Name, value: Reg) {
        if let Some((offset, desc)) = self.field_at(base, name) {
            let object = self.get(base);
            let value = self.fitting(value, desc);
            self.b.ins().store(trusted(), value, object, offset);
            return;
        }
        match self.desc(base).kind {
            Kind::Value | Kind::Union(_) => {
                self.row("rt.set_attr", &[base, value], None, &Attr::Name(name));
            }
            _ => {
                self.gap(format!("attribute `{name}` of {}", self.lir.regs[base].ty));
            }
        }
    }

    /// The register's value as one of this type.
    pub(super) fn fitting(&mut self, reg: Reg, to: D) -> Value {
        let from = self.desc(reg);
        if same(from, to) || is_plain(from, to) {
            let value = self.get(reg);
            return self.of_class(value, class_of(to));
        }
        self.row_as("rs.as", &[reg], to, &Attr::None)
    }

    // Lists.

    fn vec(&mut self, list: Reg) -> (Value, Value) {
        let [at, length, _] = vec_offsets();
        let object = self.get(list);
        let address = self.b.ins().load(types::I64, trusted(), object, at);
        let count = self.b.ins().load(types::I64, trusted(), object, length);
        (address, count)
    }

    pub(super) fn list_len(&mut self, list: Reg, as_truth: bool) -> Value {
        let object = self.get(list);
        let count = self.b.ins().load(types::I64, trusted(), object, vec_offsets()[1]);
        if !as_truth {
            return count;
        }
        let truth = self.b.ins().icmp_imm_s(IntCC::NotEqual, count, 0);
        self.truth(truth)
    }

    /// `list.append`: inline where there is room.
    pub(super) fn append(&mut self, args: &[Reg]) -> Option<Value> {
        let Kind::List(item) = self.desc(args[0]).kind else { return None };
        let value = self.fitting(args[1], item);
        let (address, count) = self.vec(args[0]);
        let object = self.get(args[0]);
        let capacity = self.b.ins().load(types::I64, trusted(), object, vec_offsets()[2]);
        let has_room = self.b.ins().icmp(IntCC::UnsignedLessThan, count, capacity);
        let (fast, slow, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        self.b.ins().brif(has_room, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        let offset = self.item_offset(item, count);
        let at = self.b.ins().iadd(address, offset);
        match item.kind {
            Kind::Bool => self.b.ins().istore8(trusted(), value, at, 0),
            Kind::Int | Kind::Float => self.b.ins().store(trusted(), value, at, 0),
            _ => {
                let desc = self.iconst(std::ptr::from_ref(item) as i64);
                self.b.ins().store(trusted(), desc, at, 8);
                self.b.ins().store(trusted(), value, at, 0)
            }
        };
        let more = self.b.ins().iadd_imm_s(count, 1);
        self.b.ins().store(trusted(), more, object, vec_offsets()[1]);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(slow);
        self.row("list.append", args, None, &Attr::None);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
        Some(self.iconst(0))
    }

    fn item_offset(&mut self, item: D, index: Value) -> Value {
        match item.kind {
            Kind::Bool => index,
            Kind::Int | Kind::Float => self.b.ins().ishl_imm_u(index, 3),
            _ => self.b.ins().ishl_imm_u(index, 4),
        }
    }

    fn item_desc(&self, list: Reg) -> D {
        crate::host::item_desc(self.desc(list))
    }

    /// The address of an item; the index counts from the end where it is negative.
    fn item_address(&mut self, list: Reg, index: Value, counts_back: bool, fault: u64) -> Value {
        let (address, count) = self.vec(list);
        let mut at = index;
        if counts_back {
            let from_end = self.b.ins().iadd(index, count);
            let is_negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, index, 0);
            at = self.b.ins().select(is_negative, from_end, index);
        }
        let is_out = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, at, count);
        match crate::host::is_ruchy() {
            // Its message names both.
            true => self.fail_if_outside(is_out, fault, index, count),
            false => self.fail_if(is_out, fault),
        }
        let offset = self.item_offset(self.item_desc(list), at);
        self.b.ins().iadd(address, offset)
    }

    fn list_item(&mut self, list: Reg, index: Value) -> Value {
        let address = self.item_address(list, index, false, code::INDEX);
        self.load_item(list, address)
    }

    fn load_item(&mut self, list: Reg, address: Value) -> Value {
        match self.item_desc(list).kind {
            Kind::Bool => self.b.ins().uload8(types::I64, trusted(), address, 0),
            Kind::Float => self.b.ins().load(types::F64, trusted(), address, 0),
            _ => self.b.ins().load(types::I64, trusted(), address, 0),
        }
    }

    pub(super) fn index(&mut self, base: Reg, index: Reg, dst: Reg, counts_back: bool) -> Value {
        let row = match &self.desc(base).kind {
            Kind::List(item) if self.is_int(index) => {
                let item = *item;
                let at = self.get(index);
                let is_known = self.consts.get(&index).is_some_and(|value| *value >= 0);
                let address = self.item_address(base, at, counts_back && !is_known, code::INDEX);
                let value = self.load_item(base, address);
                return if same(item, self.desc(dst)) { value } else { self.converted(value, item, dst) };
            }
            Kind::Tuple(_) => match self.consts.get(&index) {
                Some(at) => {
                    let at = *at;
                    return self.field(base, Name::new(&at.to_string()), dst);
                }
                None => "rt.index.tuple",
            },
            Kind::List(_) => "rt.index.list",
            Kind::Dict(..) | Kind::Counter(_) | Kind::DefaultDict(..) => "rt.index.dict",
            Kind::Str => "rt.index.str",
            Kind::Bytes => "bytes.at",
            Kind::Range => "rt.index.range",
            Kind::Deque(_) => "rt.index.deque",
            Kind::Value | Kind::Union(_) => "rt.index.value",
            _ => {
                return match self.special("__getitem__", &[base, index], Some(dst)) {
                    Some(value) => value,
                    None => self.gap(format!("index of {}", self.lir.regs[base].ty)),
                };
            }
        };
        self.row(row, &[base, index], Some(dst), &Attr::None)
    }

    /// A value that the node sees under another type.
    fn converted(&mut self, value: Value, from: D, dst: Reg) -> Value {
        let to = self.desc(dst);
        if is_plain(from, to) {
            return self.of_class(value, class_of(to));
        }
        self.row_on("rs.as", &[(value, from)], to, &Attr::None)
    }

    pub(super) fn set_index(&mut self, base: Reg, index: Reg, value: Reg) {
        let row = match self.desc(base).kind {
            Kind::List(item) if self.is_int(index) => {
                let value = self.fitting(value, item);
                let at = self.get(index);
                let is_known = self.consts.get(&index).is_some_and(|value| *value >= 0);
                let address = self.item_address(base, at, !is_known, code::ASSIGN_INDEX);
                match item.kind {
                    Kind::Bool => self.b.ins().istore8(trusted(), value, address, 0),
                    _ => self.b.ins().store(trusted(), value, address, 0),
                };
                return;
            }
            Kind::List(_) => "rt.set.list",
            Kind::Dict(..) | Kind::Counter(_) | Kind::DefaultDict(..) => "rt.set.dict",
            Kind::Value | Kind::Union(_) => "rt.set.value",
            _ => {
                if self.special("__setitem__", &[base, index, value], None).is_none() {
                    self.gap(format!("item assignment to {}", self.lir.regs[base].ty));
                }
                return;
            }
        };
        self.row(row, &[base, index, value], None, &Attr::None);
    }

    // Options.

    pub(super) fn payload(&mut self, option: Reg, dst: Reg) -> Value {
        let Kind::Option(inner) = self.desc(option).kind else {
            let from = self.desc(option);
            let value = self.get(option);
            return if same(from, self.desc(dst)) { value } else { self.converted(value, from, dst) };
        };
        let value = self.get(option);
        let is_absent = self.b.ins().icmp_imm_s(IntCC::Equal, value, 0);
        self.fail_if(is_absent, code::NONE);
        self.present(value, inner)
    }

    /// The value in an option that is there.
    fn present(&mut self, value: Value, inner: D) -> Value {
        match inner.is_scalar() {
            true => self.b.ins().load(class_of(inner), trusted(), value, 0),
            false => value,
        }
    }

    pub(super) fn is_absent(&mut self, option: Reg, wanted: bool) -> Option<Value> {
        let Kind::Option(_) = self.desc(option).kind else {
            let value =
                self.row_as("opt.is_none", &[option], self.unit.desc(batuta_core::Ty::bool()), &Attr::None);
            return Some(if wanted { value } else { self.b.ins().bxor_imm_s(value, 1) });
        };
        let value = self.get(option);
        let condition = if wanted { IntCC::Equal } else { IntCC::NotEqual };
        let truth = self.b.ins().icmp_imm_s(condition, value, 0);
        Some(self.truth(truth))
    }

    pub(super) fn some(&mut self, value: Reg, dst: Reg) -> Option<Value> {
        let Kind::Option(inner) = self.desc(dst).kind else { return None };
        if !same(self.desc(value), inner) {
            return None;
        }
        let word = self.get(value);
        if inner.is_scalar() {
            let cell = self.allocate(1);
            self.b.ins().store(trusted(), word, cell, 0);
            return Some(cell);
        }
        Some(word)
    }

    pub(super) fn unwrap(&mut self, option: Reg, attr: &Attr) -> Option<Value> {
        let Kind::Option(inner) = self.desc(option).kind else { return None };
        let value = self.get(option);
        let (absent, next) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(absent);
        self.b.ins().brif(value, next, &[], absent, &[]);
        self.b.switch_to_block(absent);
        self.row_as("rt.unwrap_failed", &[], self.unit.desc(batuta_core::Ty::unit()), attr);
        self.b.ins().jump(next, &[]);
        self.b.switch_to_block(next);
        Some(self.present(value, inner))
    }

    // Tuples and objects.

    pub(super) fn new_tuple(&mut self, args: &[Reg], dst: Reg) -> Option<Value> {
        let Kind::Tuple(fields) = &self.desc(dst).kind else { return None };
        if fields.len() != args.len() || args.iter().any(|arg| self.splats.contains(arg)) {
            return None;
        }
        let values: Vec<Value> =
            args.iter().zip(fields).map(|(arg, field)| self.fitting(*arg, field)).collect();
        let tuple = self.allocate(values.len());
        for (index, value) in values.into_iter().enumerate() {
            self.b.ins().store(trusted(), value, tuple, index as i32 * 8);
        }
        Some(tuple)
    }

    pub(super) fn new_object(&mut self, args: &[Reg], dst: Reg) -> Option<Value> {
        let Kind::Class(class) = self.desc(dst).kind else { return None };
        Some(self.object_of(class, args))
    }

    pub(super) fn object_of(&mut self, class: &'static ClassDesc, args: &[Reg]) -> Value {
        let fields = class.fields().iter().zip(args);
        let values: Vec<Value> = fields.map(|(field, arg)| self.fitting(*arg, field.desc)).collect();
        let object = self.allocate(class.fields().len() + 1 + usize::from(class.keeps_arguments()));
        let header = self.iconst(std::ptr::from_ref(class) as i64);
        self.b.ins().store(trusted(), header, object, 0);
        for (index, value) in values.into_iter().enumerate() {
            self.b.ins().store(trusted(), value, object, (index as i32 + 1) * 8);
        }
        object
    }

    /// An object as one of a class below, which it must be.
    pub(super) fn downcast(&mut self, object: Reg, dst: Reg) -> Value {
        match (&self.desc(object).kind, &self.desc(dst).kind) {
            (Kind::Error, Kind::Class(_)) => self.row("rt.payload", &[object], Some(dst), &Attr::None),
            (Kind::Class(from), Kind::Class(to)) if !from.is_a(to.path) => self.of_subclass(object, to, dst),
            _ => self.get(object),
        }
    }

    fn of_subclass(&mut self, object: Reg, to: &ClassDesc, dst: Reg) -> Value {
        let word = self.get(object);
        let header = self.b.ins().load(types::I64, trusted(), word, 0);
        let mut is_one = self.iconst(0);
        for path in self.unit.program.subclasses(to.path) {
            let Some(class) = self.unit.descs.class(path) else { continue };
            let class = self.iconst(std::ptr::from_ref(class) as i64);
            let is_this = self.b.ins().icmp(IntCC::Equal, header, class);
            let is_this = self.truth(is_this);
            is_one = self.b.ins().bor(is_one, is_this);
        }
        let (fine, other) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(other);
        self.b.ins().brif(is_one, fine, &[], other, &[]);
        self.b.switch_to_block(other);
        self.row("class.down", &[object], Some(dst), &Attr::None);
        self.b.ins().jump(fine, &[]);
        self.b.switch_to_block(fine);
        word
    }

    // Globals.

    pub(super) fn read_global(&mut self, path: Name) -> Value {
        let class = self.global_class(path);
        let slot = self.unit.global(path);
        let slot = self.iconst(slot as i64);
        self.b.ins().load(class, trusted(), slot, 0)
    }

    fn global_class(&self, path: Name) -> types::Type {
        self.unit.program.globals.get(&path).map_or(types::I64, |def| class_of(self.unit.desc(def.ty)))
    }

    pub(super) fn write_global(&mut self, path: Name, value: Reg) {
        let Some(def) = self.unit.program.globals.get(&path).cloned() else {
            self.gap(format!("global `{path}`"));
            return;
        };
        let to = self.unit.desc(def.ty);
        let enum_class = match &to.kind {
            Kind::Class(class) | Kind::Option(Desc { kind: Kind::Class(class), .. }) => Some(*class),
            _ => None,
        };
        let word = match enum_class {
            Some(class) if class.is_enum() && class.path == path.parent() => {
                let member = self.unit.desc(batuta_core::Ty::class(class.path));
                self.row_as("rt.enum_member", &[value], member, &Attr::Name(path))
            }
            _ => self.fitting(value, to),
        };
        let slot = self.unit.global(path);
        let slot = self.iconst(slot as i64);
        self.b.ins().store(trusted(), word, slot, 0);
    }
}

/// Types between which nothing has to be done.
fn is_plain(from: D, to: D) -> bool {
    match (&from.kind, &to.kind) {
        (Kind::Int | Kind::Bool, Kind::Int | Kind::Bool) | (Kind::Unit, Kind::Unit) => true,
        (Kind::Class(_), Kind::Class(_))
        | (Kind::Iter(_), Kind::Iter(_))
        | (Kind::Func(..), Kind::Func(..)) => true,
        (Kind::Set(a), Kind::Set(b)) | (Kind::Deque(a), Kind::Deque(b)) => same(a, b),
        (Kind::List(a), Kind::List(b)) | (Kind::Option(a), Kind::Option(b)) => same(a, b) || deep(a, b),
        (Kind::Tuple(a), Kind::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b) || deep(a, b))
        }
        (Kind::Dict(a, b), Kind::Dict(c, d)) => (same(a, c) || deep(a, c)) && (same(b, d) || deep(b, d)),
        // A union that a pattern has looked into, and what is unreachable.
        (_, Kind::Unit) => true,
        _ => matches!(from.ty.kind(), TyKind::Never),
    }
}

/// As `is_plain` for what stands inside a container: the representation is the same.
fn deep(a: D, b: D) -> bool {
    std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind) && is_plain(a, b)
}

fn class_field(class: &ClassDesc, name: Name) -> Option<(i32, D)> {
    let (index, field) = class.field(name)?;
    Some(((index as i32 + 1) * 8, field.desc))
}
