//! Expressions: literals, places, structs and arrays.

use super::func::{Emit, Spot};
use super::host;
use super::layout::{inner, is_bytes, is_signed};
use batuta_base::Name;
use batuta_core::{BoolOp, CIntOp, Const, ListOp, Node, NodeId, Op, Place, Root, Ty, TyKind};
use batuta_rt::c::embed;
use cranelift::codegen::ir::{MemFlagsData, Value, types};
use cranelift::prelude::InstBuilder;

impl Emit<'_, '_, '_> {
    /// The value of a node; of structs and arrays the address of their bytes.
    pub(super) fn node(&mut self, node: NodeId) -> Value {
        let body = self.body;
        let row = &body.nodes[node];
        if row.origin != Default::default() {
            self.origin = row.origin;
        }
        match &row.kind {
            Node::Const(value) => self.constant(value, row.ty),
            Node::Use(place, _) => self.read(place, row.ty),
            Node::Op { op, attr, args } => match op {
                Op::PtrOp(op) => self.ptr(*op, attr, args, row.ty),
                Op::BoolOp(op @ (BoolOp::And | BoolOp::Or)) => self.short_circuit(*op, args),
                Op::ListOp(op) => self.array(*op, args, row.ty),
                Op::ClassOp(_) => self.record(args, row.ty),
                Op::CIntOp(CIntOp::As) => {
                    let value = self.node(args[0]);
                    self.cast(value, body.ty(args[0]), row.ty)
                }
                Op::CIntOp(CIntOp::Char) => {
                    let value = if let batuta_core::Attr::Int(value) = attr { *value } else { 0 };
                    self.number(i128::from(value), row.ty)
                }
                _ if args.len() == 1 => {
                    let value = self.node(args[0]);
                    self.unary(*op, value, row.ty)
                }
                _ if args.len() == 2 => {
                    let (a, b) = (self.node(args[0]), self.node(args[1]));
                    self.binary(*op, a, b, body.ty(args[0]), body.ty(args[1]))
                }
                _ => self.unknown("an operation"),
            },
            Node::Call { callee, args } => {
                let args: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
                self.call(callee, &args, row.ty)
            }
            Node::Item(path) => self.item(*path, row.ty),
            Node::Hole { why, .. } => {
                self.stop_at_hole(why);
                self.nowhere();
                self.unit_value()
            }
            _ => self.control(node),
        }
    }

    pub(super) fn unknown(&mut self, what: &str) -> Value {
        self.gap(format!("{what} of C"));
        self.unit_value()
    }

    /// A whole number of a type.
    pub(super) fn number(&mut self, value: i128, ty: Ty) -> Value {
        match self.unit.class(ty) {
            Some(types::F64) => self.b.ins().f64const(value as f64),
            Some(types::F32) => self.b.ins().f32const(value as f32),
            Some(class) => self.integer(value, class),
            None => self.unknown("a number"),
        }
    }

    pub(super) fn integer(&mut self, value: i128, class: types::Type) -> Value {
        let bits = class.bits();
        if bits == 128 {
            let (low, high) = (self.word(value as i64), self.word((value >> 64) as i64));
            return self.b.ins().iconcat(low, high);
        }
        // The immediate is the number with the bits of the class, not signed.
        let own = (value as u64) & (u64::MAX >> (64 - bits));
        self.b.ins().iconst(class, own as i64)
    }

    fn constant(&mut self, value: &Const, ty: Ty) -> Value {
        match value {
            Const::Int(digits) => self.number(whole(digits), ty),
            Const::Bool(value) => self.b.ins().iconst(types::I8, i64::from(*value)),
            Const::Float(value) => match self.unit.class(ty) {
                Some(types::F32) => self.b.ins().f32const(*value as f32),
                _ => self.b.ins().f64const(*value),
            },
            Const::Bytes(bytes) => {
                let size = self.unit.size(ty).max(bytes.len() as u64) as usize;
                let mut all = bytes.to_vec();
                all.resize(size, 0);
                let address = host::constant(&all);
                self.word(address as i64)
            }
            Const::None => self.unit_value(),
            _ => self.unknown("a literal"),
        }
    }

    fn read(&mut self, place: &Place, ty: Ty) -> Value {
        if let Root::Global(path) = place.root
            && let Some(def) = self.unit.image.constants.get(&path)
        {
            let (value, ty) = (def.value, def.ty);
            return self.number(value, ty);
        }
        match self.spot(place) {
            Spot::Variable(variable) => self.b.use_var(variable),
            Spot::At(at, _) => self.get(at, 0, ty),
        }
    }

    fn item(&mut self, path: Name, ty: Ty) -> Value {
        if let Some(def) = self.unit.image.constants.get(&path) {
            let (value, ty) = (def.value, def.ty);
            return self.number(value, ty);
        }
        if let Some(def) = self.unit.image.objects.get(&path) {
            return match def.storage {
                batuta_core::ObjectStorage::Memory(number) => self.word(embed::static_address(number) as i64),
                _ => self.unknown("a pointer to this object"),
            };
        }
        let is_function = matches!(inner(ty).kind(), TyKind::Func(..));
        match self.unit.image.targets.iter().position(|(target, _)| *target == path) {
            Some(number) if is_function => {
                let address = batuta_rt::c::Ptr::<()>::function(number as u32).addr();
                self.word(address as i64)
            }
            _ => self.unknown("this name"),
        }
    }

    fn short_circuit(&mut self, op: BoolOp, args: &[NodeId]) -> Value {
        let (more, end) = (self.b.create_block(), self.b.create_block());
        let variable = self.b.declare_var(types::I8);
        let first = self.node(args[0]);
        self.b.def_var(variable, first);
        match op {
            BoolOp::And => self.b.ins().brif(first, more, &[], end, &[]),
            _ => self.b.ins().brif(first, end, &[], more, &[]),
        };
        self.b.switch_to_block(more);
        let second = self.node(args[1]);
        let second = self.of_class(second, types::I8);
        self.b.def_var(variable, second);
        self.b.ins().jump(end, &[]);
        self.b.switch_to_block(end);
        self.b.use_var(variable)
    }

    /// A place of the frame for a value of bytes.
    pub(super) fn room(&mut self, ty: Ty) -> Value {
        let size = self.unit.size(ty);
        let slot = self.new_slot(size);
        self.b.ins().stack_addr(types::I64, slot, 0)
    }

    fn array(&mut self, op: ListOp, args: &[NodeId], ty: Ty) -> Value {
        let item = inner(ty);
        let size = self.unit.size(item);
        let at = self.room(ty);
        match op {
            ListOp::New => {
                for (index, arg) in args.iter().enumerate() {
                    let value = self.node(*arg);
                    self.put(at, (index as u64 * size) as i32, value, item);
                }
            }
            ListOp::Repeat => {
                let value = self.node(args[0]);
                let TyKind::Array(_, count) = ty.kind() else { return self.unknown("a repetition") };
                let count = *count;
                self.fill(at, value, item, count);
            }
            _ => return self.unknown("an array"),
        }
        at
    }

    fn fill(&mut self, at: Value, value: Value, item: Ty, count: u64) {
        let size = self.unit.size(item) as i64;
        let [head, inside, end] = [(); 3].map(|()| self.b.create_block());
        let counter = self.b.declare_var(types::I64);
        let zero = self.word(0);
        self.b.def_var(counter, zero);
        self.b.ins().jump(head, &[]);
        self.b.switch_to_block(head);
        let index = self.b.use_var(counter);
        let limit = self.word(count as i64);
        let is_done = self.b.ins().icmp(cranelift::codegen::ir::condcodes::IntCC::Equal, index, limit);
        self.b.ins().brif(is_done, end, &[], inside, &[]);
        self.b.switch_to_block(inside);
        let offset = self.b.ins().imul_imm_s(index, size);
        let to = self.b.ins().iadd(at, offset);
        self.put(to, 0, value, item);
        let next = self.b.ins().iadd_imm_s(index, 1);
        self.b.def_var(counter, next);
        self.b.ins().jump(head, &[]);
        self.b.switch_to_block(end);
    }

    fn record(&mut self, args: &[NodeId], ty: Ty) -> Value {
        let TyKind::Class(path, _) = ty.kind() else { return self.unknown("a struct") };
        let fields: Vec<(u64, Ty)> =
            self.unit.image.records[path].fields.iter().map(|row| (row.offset, row.ty)).collect();
        let at = self.room(ty);
        for (arg, (offset, field)) in args.iter().zip(fields) {
            let value = self.node(*arg);
            self.put(at, offset as i32, value, field);
        }
        at
    }

    /// A number as a count of objects.
    pub(super) fn count(&mut self, node: NodeId) -> Value {
        let value = self.node(node);
        let ty = self.body.ty(node);
        self.widened(value, ty)
    }

    /// A whole number with 64 bits.
    pub(super) fn widened(&mut self, value: Value, ty: Ty) -> Value {
        match self.b.func.dfg.value_type(value) {
            types::I64 => return value,
            types::I128 => return self.b.ins().ireduce(types::I64, value),
            _ => {}
        }
        match is_signed(ty) {
            true => self.b.ins().sextend(types::I64, value),
            false => self.b.ins().uextend(types::I64, value),
        }
    }

    /// The value as a word in a call of the library.
    pub(super) fn as_word(&mut self, value: Value, ty: Ty) -> Value {
        match self.b.func.dfg.value_type(value) {
            types::F64 => self.b.ins().bitcast(types::I64, MemFlagsData::new(), value),
            types::F32 => {
                let bits = self.b.ins().bitcast(types::I32, MemFlagsData::new(), value);
                self.b.ins().uextend(types::I64, bits)
            }
            _ => self.widened(value, ty),
        }
    }

    /// The value of a word that the library gave.
    pub(super) fn value_of_word(&mut self, word: Value, ty: Ty) -> Value {
        match self.unit.class(ty) {
            Some(types::F64) => self.b.ins().bitcast(types::F64, MemFlagsData::new(), word),
            Some(types::F32) => {
                let bits = self.b.ins().ireduce(types::I32, word);
                self.b.ins().bitcast(types::F32, MemFlagsData::new(), bits)
            }
            Some(types::I64) if !is_bytes(ty) => word,
            Some(class) if !is_bytes(ty) => self.b.ins().ireduce(class, word),
            _ => self.unit_value(),
        }
    }
}

/// A whole number of up to 128 bits, without a sign above those with one.
pub(super) fn whole(digits: &str) -> i128 {
    digits.parse().or_else(|_| digits.parse::<u128>().map(|value| value as i128)).unwrap_or(0)
}
