//! Pointers and checked memory. A load or store looks the object up in the runtime's table by itself; what does
//! not fit is an error of the runtime.

use super::func::Emit;
use super::host;
use super::layout::{inner, is_bytes, is_signed};
use batuta_core::{Attr, Const, Node, NodeId, PtrOp, Ty, TyKind};
use batuta_rt::c::embed;
use cranelift::codegen::ir::condcodes::IntCC;
use cranelift::codegen::ir::{MemFlagsData, TrapCode, Value, types};
use cranelift::prelude::InstBuilder;

impl Emit<'_, '_, '_> {
    pub(super) fn ptr(&mut self, op: PtrOp, attr: &Attr, args: &[NodeId], ty: Ty) -> Value {
        match op {
            PtrOp::Null => self.word(0),
            PtrOp::Zero => self.zero(ty),
            PtrOp::Load => {
                let at = self.node(args[0]);
                self.load(at, ty)
            }
            PtrOp::Store => {
                let at = self.node(args[0]);
                let value = self.node(args[1]);
                let of = self.body.ty(args[1]);
                self.store(at, value, of);
                self.unit_value()
            }
            PtrOp::Offset | PtrOp::Item => {
                let at = self.node(args[0]);
                let count = self.count(args[1]);
                let size = self.unit.size(inner(ty)) as i64;
                let bytes = self.b.ins().imul_imm_s(count, size);
                self.b.ins().iadd(at, bytes)
            }
            PtrOp::Diff => {
                let (a, b) = (self.node(args[0]), self.node(args[1]));
                let bytes = self.b.ins().isub(a, b);
                match self.unit.size(inner(self.body.ty(args[0]))) as i64 {
                    0 => self.word(0),
                    1 => bytes,
                    size => {
                        let size = self.word(size);
                        self.b.ins().sdiv(bytes, size)
                    }
                }
            }
            PtrOp::Get | PtrOp::Set | PtrOp::At => self.field(op, attr, args, ty),
            PtrOp::First | PtrOp::Cast | PtrOp::Addr | PtrOp::FromAddr | PtrOp::Of => {
                let value = self.node(args[0]);
                let of = self.body.ty(args[0]);
                self.widened(value, of)
            }
            PtrOp::IsNull => {
                let at = self.node(args[0]);
                self.b.ins().icmp_imm_s(IntCC::Equal, at, 0)
            }
            PtrOp::Local if *attr == Attr::Int(1) => {
                let size = self.unit.size(self.body.ty(args[0]));
                let size = self.word(size as i64);
                self.note_site();
                let call = host::enter_unknown as *const () as usize;
                self.host(call, &[size], Some(types::I64)).expect("it gives an address")
            }
            PtrOp::Local => {
                let value = self.node(args[0]);
                let of = self.body.ty(args[0]);
                let size = self.unit.size(of);
                let at = self.object(size);
                self.store(at, value, of);
                at
            }
            PtrOp::LocalArray => {
                let count = self.count(args[0]);
                let size = self.unit.size(inner(ty));
                let size = self.word(size as i64);
                self.note_site();
                let call = host::enter_array as *const () as usize;
                self.host(call, &[count, size], Some(types::I64)).expect("it gives an address")
            }
            PtrOp::Text => self.text(args[0]),
            PtrOp::Define => {
                let at = self.node(args[0]);
                let of = self.body.ty(args[1]);
                let size = self.unit.size(of);
                let size = self.word(size as i64);
                self.host(host::define as *const () as usize, &[at, size], None);
                let is_zero =
                    matches!(self.body.nodes[args[1]].kind, Node::Op { op, .. } if op == PtrOp::Zero.into());
                if !is_zero {
                    let value = self.node(args[1]);
                    self.store(at, value, of);
                }
                self.unit_value()
            }
            PtrOp::Args => self.argument_list(args),
        }
    }

    pub(super) fn zero(&mut self, ty: Ty) -> Value {
        if !is_bytes(ty) {
            let nothing = self.unit_value();
            return self.unit.class(ty).map_or(nothing, |class| self.of_class(nothing, class));
        }
        let at = self.room(ty);
        let size = self.unit.size(ty);
        let size = self.word(size as i64);
        self.host(host::clear as *const () as usize, &[at, size], None);
        at
    }

    /// A new object of the stack.
    pub(super) fn object(&mut self, size: u64) -> Value {
        self.note_site();
        let size = self.word(size as i64);
        self.host(host::enter as *const () as usize, &[size], Some(types::I64)).expect("it gives an address")
    }

    fn text(&mut self, node: NodeId) -> Value {
        let Some(Const::Bytes(bytes)) = self.body.as_const(node) else { return self.unknown("a text") };
        let mut all = bytes.to_vec();
        all.push(0);
        let address = embed::permanent(&all);
        self.word(address as i64)
    }

    fn field(&mut self, op: PtrOp, attr: &Attr, args: &[NodeId], ty: Ty) -> Value {
        let at = self.node(args[0]);
        let record = inner(self.body.ty(args[0]));
        let member = match attr {
            Attr::Name(name) => self.unit.member(record, *name),
            _ => None,
        };
        let Some(member) = member else { return self.unknown("a field") };
        let at = self.plus(at, member.offset);
        let signed = is_signed(member.ty);
        match (op, member.bits) {
            (PtrOp::At, _) => at,
            (PtrOp::Get, None) => self.load(at, ty),
            (PtrOp::Get, Some((first, width))) => {
                let args =
                    [i64::from(first), i64::from(width), i64::from(signed)].map(|word| self.word(word));
                self.note_site();
                let call = host::get_bits as *const () as usize;
                let word = self.host(call, &[at, args[0], args[1], args[2]], Some(types::I64));
                let word = word.expect("it gives a word");
                self.value_of_word(word, ty)
            }
            (_, None) => {
                let value = self.node(args[1]);
                self.store(at, value, member.ty);
                self.unit_value()
            }
            (_, Some((first, width))) => {
                let value = self.node(args[1]);
                let of = self.body.ty(args[1]);
                let value = self.widened(value, of);
                let (first, width) = (self.word(i64::from(first)), self.word(i64::from(width)));
                self.note_site();
                self.host(host::set_bits as *const () as usize, &[at, first, width, value], None);
                self.unit_value()
            }
        }
    }

    /// The value of an object.
    pub(super) fn load(&mut self, at: Value, ty: Ty) -> Value {
        if is_bytes(ty) {
            let to = self.room(ty);
            let size = self.unit.size(ty);
            let size = self.word(size as i64);
            self.note_site();
            self.host(host::read as *const () as usize, &[at, to, size], None);
            return to;
        }
        let Some(class) = self.unit.class(ty) else { return self.unit_value() };
        let address = at;
        let at = self.checked_address(at, u64::from(class.bytes()));
        if self.unit.tracks {
            self.note_site();
            let size = self.word(i64::from(class.bytes()));
            self.host(host::check_known as *const () as usize, &[address, size], None);
        }
        let value = self.b.ins().load(class, MemFlagsData::new(), at, 0);
        if *ty.kind() != TyKind::Bool {
            return value;
        }
        self.b.ins().icmp_imm_s(IntCC::NotEqual, value, 0)
    }

    pub(super) fn store(&mut self, at: Value, value: Value, ty: Ty) {
        if is_bytes(ty) {
            let size = self.unit.size(ty);
            let size = self.word(size as i64);
            self.note_site();
            self.host(host::write as *const () as usize, &[at, value, size], None);
            return;
        }
        let Some(class) = self.unit.class(ty) else { return };
        let value = self.of_class(value, class);
        let address = at;
        let at = self.checked_address(at, u64::from(class.bytes()));
        if self.unit.tracks {
            let size = self.word(i64::from(class.bytes()));
            self.host(host::mark_known as *const () as usize, &[address, size], None);
        }
        self.b.ins().store(MemFlagsData::new(), value, at, 0);
    }

    /// Where the bytes of a living object lie in this process, from a pointer on.
    fn checked_address(&mut self, address: Value, size: u64) -> Value {
        let layout = self.unit.layout;
        let [start, len, _] = self.unit.vec;
        let flags = MemFlagsData::trusted();
        let slow = self.b.create_block();
        self.b.set_cold_block(slow);
        let rows = self.word(layout.rows as i64);
        let head = self.b.ins().ushr_imm_u(address, 32);
        let number = self.b.ins().band_imm_u(head, layout.number as i64);
        let count = self.b.ins().load(types::I64, flags, rows, len);
        let is_known = self.b.ins().icmp(IntCC::UnsignedLessThan, number, count);
        self.go_on(is_known, slow);
        let first = self.b.ins().load(types::I64, flags, rows, start);
        let offset = self.b.ins().imul_imm_s(number, layout.row as i64);
        let row = self.b.ins().iadd(first, offset);
        let own = self.b.ins().load(types::I32, flags, row, layout.head as i32);
        let own = self.b.ins().uextend(types::I64, own);
        let is_alive = self.b.ins().icmp(IntCC::Equal, own, head);
        self.go_on(is_alive, slow);
        let low = self.b.ins().ireduce(types::I32, address);
        let low = self.b.ins().uextend(types::I64, low);
        let end = self.b.ins().iadd_imm_u(low, size as i64);
        let bytes = layout.bytes as i32;
        let room = self.b.ins().load(types::I64, flags, row, bytes + len);
        let is_inside = self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, end, room);
        self.go_on(is_inside, slow);
        let memory = self.b.ins().load(types::I64, flags, row, bytes + start);
        let found = self.b.ins().iadd(memory, low);
        let next = self.b.create_block();
        self.b.ins().jump(next, &[]);
        self.b.switch_to_block(slow);
        self.note_site();
        let size = self.word(size as i64);
        self.host(host::stop_access as *const () as usize, &[address, size], None);
        self.b.ins().trap(TrapCode::unwrap_user(1));
        self.b.switch_to_block(next);
        found
    }

    fn go_on(&mut self, condition: Value, slow: cranelift::codegen::ir::Block) {
        let next = self.b.create_block();
        self.b.ins().brif(condition, next, &[], slow, &[]);
        self.b.switch_to_block(next);
    }
}
