//! Instructions: what is inline, and what is a row.

use super::class_of;
use super::func::{Emit, trusted};
use crate::desc::Kind;
use crate::host::FormatPart;
use batuta_core::{
    Attr, BoolOp, ClassOp, CmpOp, ExcOp, FloatOp, IntOp, IoOp, ListOp, ObjOp, Op, OptOp, RsOp, TupleOp,
    UnionOp, ValueOp,
};
use batuta_flow::{Inst, InstKind, Part, Reg};
use cranelift::codegen::ir::Value;
use cranelift::prelude::InstBuilder;

impl Emit<'_, '_, '_> {
    pub(super) fn inst(&mut self, inst: &Inst) {
        let Some(dst) = inst.dst else { return self.effect(&inst.kind) };
        if let InstKind::NewCell(value) = inst.kind {
            let value = self.get(value);
            let value = self.of_class(value, class_of(self.desc(dst)));
            let cell = self.allocate(1);
            self.b.ins().store(trusted(), value, cell, 0);
            return self.set_raw(dst, cell);
        }
        if let InstKind::Alias(from) = inst.kind {
            let cell = self.get_raw(from);
            return self.set_raw(dst, cell);
        }
        let value = self.value(&inst.kind, dst);
        self.set(dst, value);
    }

    fn effect(&mut self, kind: &InstKind) {
        match kind {
            InstKind::WriteGlobal(path, value) => self.write_global(*path, *value),
            InstKind::SetField(base, name, value) => self.set_field(*base, *name, *value),
            InstKind::SetIndex(base, index, value) => self.set_index(*base, *index, *value),
            InstKind::DelIndex(base, index) => {
                if self.special("__delitem__", &[*base, *index], None).is_some() {
                    return;
                }
                let row = match self.desc(*base).kind {
                    Kind::Opaque(_) => {
                        self.gap(format!("del of an item of {}", self.lir.regs[*base].ty));
                        return;
                    }
                    Kind::List(_) => "rt.del.list",
                    Kind::Value => "rt.del.value",
                    _ => "rt.del.dict",
                };
                self.row(row, &[*base, *index], None, &Attr::None);
            }
            // Objects are not freed one by one (see `memory`).
            InstKind::Drop(_) | InstKind::DropIf(_) => {}
            InstKind::DelField(..) => {
                self.gap("del of an attribute");
            }
            InstKind::Yield(value) => {
                self.give(*value);
            }
            _ => {
                self.gap("an instruction without a destination");
            }
        }
    }

    fn value(&mut self, kind: &InstKind, dst: Reg) -> Value {
        match kind {
            InstKind::Const(value) => self.constant(value, dst),
            InstKind::Copy(from) | InstKind::Move(from) => {
                if self.splats.contains(from) {
                    self.splats.insert(dst);
                }
                self.get(*from)
            }
            InstKind::Clone(from) => self.clone_of(*from),
            InstKind::Op { op, attr, args } => self.operation(*op, attr, args, dst),
            InstKind::Call { target, args } => self.call(target, args, dst),
            InstKind::Item(name) => self.item(*name, dst),
            InstKind::Format(parts) => self.format(parts, dst),
            InstKind::Closure { index, captures } => self.closure(*index, captures),
            InstKind::ReadGlobal(path) => self.read_global(*path),
            InstKind::Field(base, name) => self.field(*base, *name, dst),
            InstKind::Index(base, index) => self.index(*base, *index, dst, true),
            InstKind::Nth(base, index) => self.index(*base, *index, dst, false),
            InstKind::Payload(option) => self.payload(*option, dst),
            InstKind::Iter(how, source) => {
                if let Some(items) = self.special("__iter__", &[*source], Some(dst)) {
                    return items;
                }
                self.row(Op::from(*how).name(), &[*source], Some(dst), &Attr::None)
            }
            InstKind::TakeError => {
                self.host(crate::host::take_error as *const u8, &[], true).expect("it gives the error")
            }
            InstKind::Yield(value) => self.give(*value),
            _ => self.gap("an instruction with a destination"),
        }
    }

    /// Gives an item to whoever reads the generator. Gap: what is sent in is `None`.
    fn give(&mut self, value: Reg) -> Value {
        let Some(ty) = self.lir.yields else { return self.gap("yield") };
        let word = self.fitting(value, self.unit.desc(ty));
        let word = self.of_class(word, cranelift::codegen::ir::types::I64);
        self.host(crate::host::give as *const u8, &[word], false);
        self.iconst(0)
    }

    fn clone_of(&mut self, from: Reg) -> Value {
        let desc = self.desc(from);
        let is_plain = desc.is_scalar()
            || (desc.is_alias
                && !matches!(desc.kind, Kind::Str)
                && matches!(desc.ty.kind(), batuta_core::TyKind::Shared(_)))
            || matches!(
                &desc.kind,
                Kind::Big | Kind::Value | Kind::Func(..) | Kind::Error | Kind::Num | Kind::Range
            );
        if is_plain {
            return self.get(from);
        }
        self.row_as("rs.clone", &[from], self.unit.desc(desc.ty.strip_ref()), &Attr::None)
    }

    fn operation(&mut self, op: Op, attr: &Attr, args: &[Reg], dst: Reg) -> Value {
        let inline = match op {
            Op::IntOp(IntOp::Add) if *attr != Attr::None => {
                let (a, b) = (self.get(args[0]), self.get(args[1]));
                Some(self.b.ins().iadd(a, b))
            }
            Op::IntOp(op) => self.int_op(op, args, dst),
            Op::FloatOp(op) => self.float_op(op, args),
            Op::CmpOp(op) => self.comparison(op, args),
            Op::BoolOp(op) => self.bool_op(op, args),
            Op::OptOp(op) => self.option_op(op, attr, args, dst),
            Op::ListOp(ListOp::Len | ListOp::Truth) if matches!(self.desc(args[0]).kind, Kind::List(_)) => {
                Some(self.list_len(args[0], op == Op::ListOp(ListOp::Truth)))
            }
            Op::TupleOp(TupleOp::New) => self.new_tuple(args, dst),
            Op::TupleOp(TupleOp::Field) => match attr {
                Attr::Int(at) => Some(self.field(args[0], batuta_base::Name::new(&at.to_string()), dst)),
                _ => None,
            },
            Op::ClassOp(ClassOp::New) => self.new_object(args, dst),
            Op::ClassOp(ClassOp::Up)
                if matches!(self.desc(dst).kind, Kind::Error)
                    && matches!(self.desc(args[0]).kind, Kind::Class(_)) =>
            {
                self.own_errors.insert(dst);
                Some(self.row("rt.error_of_object", args, Some(dst), &Attr::None))
            }
            // `super().__str__()`: what the arguments say.
            Op::ExcOp(ExcOp::Text) if self.own_errors.contains(&args[0]) => {
                Some(self.row("exc.args_text", args, Some(dst), &Attr::None))
            }
            Op::ClassOp(ClassOp::Up) => Some(self.get(args[0])),
            Op::ClassOp(ClassOp::Down) => Some(self.downcast(args[0], dst)),
            Op::ObjOp(ObjOp::Splat | ObjOp::SplatDict) => {
                self.splats.insert(dst);
                let is_iter = |reg: Reg| matches!(self.desc(reg).kind, Kind::Iter(_));
                match is_iter(dst) && !is_iter(args[0]) {
                    true => Some(self.row("iter.of", args, Some(dst), &Attr::None)),
                    false => Some(self.get(args[0])),
                }
            }
            Op::RsOp(RsOp::ToOwned | RsOp::Clone) => Some(self.clone_of(args[0])),
            Op::RsOp(RsOp::Take | RsOp::Share | RsOp::Ref | RsOp::Mut | RsOp::Deref) => {
                Some(self.get(args[0]))
            }
            Op::UnionOp(UnionOp::From) | Op::ValueOp(ValueOp::From)
                if crate::host::adapt::same(self.desc(args[0]), self.desc(dst)) =>
            {
                Some(self.get(args[0]))
            }
            Op::ValueOp(ValueOp::From)
                if matches!(self.desc(args[0]).ty.strip_ref().kind(), batuta_core::TyKind::Iter(_)) =>
            {
                return self.gap("an iterator as a dynamic value");
            }
            Op::RsOp(RsOp::Method) if *attr == Attr::Name(batuta_base::Name::new("by_ref")) => {
                Some(self.get(args[0]))
            }
            Op::RsOp(RsOp::As) if self.is_int(args[0]) && self.is_int(dst) => Some(self.get(args[0])),
            _ => None,
        };
        match inline {
            Some(value) => value,
            None => self.row(op.name(), args, Some(dst), attr),
        }
    }

    fn bool_op(&mut self, op: BoolOp, args: &[Reg]) -> Option<Value> {
        let a = self.get(args[0]);
        Some(match op {
            BoolOp::Not => self.b.ins().bxor_imm_s(a, 1),
            BoolOp::ToInt => a,
            BoolOp::And | BoolOp::BitAnd => {
                let b = self.get(args[1]);
                self.b.ins().band(a, b)
            }
            BoolOp::Or | BoolOp::BitOr => {
                let b = self.get(args[1]);
                self.b.ins().bor(a, b)
            }
            BoolOp::BitXor => {
                let b = self.get(args[1]);
                self.b.ins().bxor(a, b)
            }
        })
    }

    fn comparison(&mut self, op: CmpOp, args: &[Reg]) -> Option<Value> {
        let (a, b) = (self.desc(args[0]), self.desc(args[1]));
        let condition = match (&a.kind, &b.kind, op) {
            (Kind::Int | Kind::Bool, Kind::Int | Kind::Bool, _) => self.compare_ints(op, args),
            (Kind::Float, Kind::Float, _) => self.compare_floats(op, args),
            (
                Kind::Class(_) | Kind::List(_) | Kind::Dict(..) | Kind::Set(_),
                Kind::Class(_) | Kind::List(_) | Kind::Dict(..) | Kind::Set(_),
                CmpOp::Is | CmpOp::IsNot,
            ) => self.compare_ints(op, args),
            _ => return None,
        };
        Some(self.truth(condition))
    }

    fn option_op(&mut self, op: OptOp, attr: &Attr, args: &[Reg], dst: Reg) -> Option<Value> {
        match op {
            OptOp::None => Some(match self.desc(dst).kind {
                Kind::Option(_) | Kind::Unit => self.iconst(0),
                _ => return Some(self.row_as("rt.none", &[], self.desc(dst), &Attr::None)),
            }),
            OptOp::IsNone | OptOp::IsSome => self.is_absent(args[0], op == OptOp::IsNone),
            OptOp::Some => self.some(args[0], dst),
            OptOp::Unwrap => self.unwrap(args[0], attr),
            OptOp::Truth => None,
        }
    }

    /// A format whose text is printed at once: no text object is made.
    pub(super) fn printed(&mut self, format: &Inst, print: &Inst) -> bool {
        let (InstKind::Format(parts), InstKind::Op { op: Op::IoOp(io), args, .. }) =
            (&format.kind, &print.kind)
        else {
            return false;
        };
        if format.dst != args.first().copied() || args.len() != 1 {
            return false;
        }
        let row = match io {
            IoOp::Print => "rt.print",
            IoOp::PrintLn => "rt.println",
            IoOp::EPrint | IoOp::EPrintLn => return false,
        };
        let mut args = Vec::new();
        let parts = host_parts(parts, &mut args);
        self.row_with(row, &args, self.unit.desc(batuta_core::Ty::unit()), &Attr::None, parts);
        true
    }

    fn format(&mut self, parts: &[Part], dst: Reg) -> Value {
        let mut args = Vec::new();
        let parts = host_parts(parts, &mut args);
        if let ([FormatPart::Text(text)], []) = (&parts[..], &args[..]) {
            return self.text(text);
        }
        if parts.is_empty() {
            return self.text("");
        }
        self.row_with("rt.format", &args, self.desc(dst), &Attr::None, parts)
    }

    /// Ops that stay what they are on the machine: used by the numbers file.
    pub(super) fn is_float(&self, reg: Reg) -> bool {
        self.desc(reg).is_float()
    }

    fn int_op(&mut self, op: IntOp, args: &[Reg], dst: Reg) -> Option<Value> {
        if args.iter().all(|reg| self.is_int(*reg)) { self.inline_int(op, args, dst) } else { None }
    }

    fn float_op(&mut self, op: FloatOp, args: &[Reg]) -> Option<Value> {
        if args.iter().all(|reg| self.is_float(*reg)) { self.inline_float(op, args) } else { None }
    }
}

fn host_parts(parts: &[Part], args: &mut Vec<Reg>) -> Vec<FormatPart> {
    let mut out = Vec::new();
    for part in parts {
        out.push(match part {
            Part::Text(text) => FormatPart::Text(text.to_string()),
            Part::Value { reg, conv, spec } => {
                args.push(*reg);
                let arg = args.len() - 1;
                FormatPart::Value { arg, conv: *conv, spec: host_parts(spec, args) }
            }
        });
    }
    out
}
