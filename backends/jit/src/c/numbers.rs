//! Arithmetic, comparisons and conversions, with the checks of emitted programs.

use super::func::Emit;
use super::host::{self, Stop};
use super::layout::{is_signed, is_wide};
use batuta_core::{BoolOp, CIntOp, CmpOp, FloatOp, IntOp, Op, Ty, TyKind};
use cranelift::codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift::codegen::ir::{MemFlagsData, TrapCode, Value, types};
use cranelift::prelude::InstBuilder;

impl Emit<'_, '_, '_> {
    /// Stops the program here.
    pub(super) fn stop(&mut self, why: Stop) {
        self.note_site();
        let why = self.word(why as i64);
        self.host(host::stop as *const () as usize, &[why], None);
        self.b.ins().trap(TrapCode::unwrap_user(1));
    }

    /// Stops the program where a part of it has no translation.
    pub(super) fn stop_at_hole(&mut self, why: &str) {
        self.note_site();
        let text = host::constant(why.as_bytes());
        let (text, len) = (self.word(text as i64), self.word(why.len() as i64));
        self.host(host::stop_at_hole as *const () as usize, &[text, len], None);
        self.b.ins().trap(TrapCode::unwrap_user(1));
    }

    /// Stops the program where a condition holds.
    pub(super) fn stop_if(&mut self, condition: Value, why: Stop) {
        let (cold, next) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(cold);
        self.b.ins().brif(condition, cold, &[], next, &[]);
        self.b.switch_to_block(cold);
        self.stop(why);
        self.b.switch_to_block(next);
    }

    pub(super) fn unary(&mut self, op: Op, value: Value, ty: Ty) -> Value {
        match op {
            Op::IntOp(IntOp::Neg) => {
                let class = self.b.func.dfg.value_type(value);
                let lowest = self.integer(1 << (class.bits() - 1), class);
                let is_lowest = self.b.ins().icmp(IntCC::Equal, value, lowest);
                self.stop_if(is_lowest, Stop::Neg);
                self.b.ins().ineg(value)
            }
            Op::CIntOp(CIntOp::Neg) => self.b.ins().ineg(value),
            Op::FloatOp(FloatOp::Neg) => self.b.ins().fneg(value),
            Op::IntOp(IntOp::Invert) => self.b.ins().bnot(value),
            Op::BoolOp(BoolOp::Not) => self.b.ins().bxor_imm_u(value, 1),
            Op::BoolOp(BoolOp::ToInt) => match self.unit.class(ty) {
                Some(types::I8) | None => value,
                Some(class) => self.b.ins().uextend(class, value),
            },
            _ => self.unknown("an operation"),
        }
    }

    pub(super) fn binary(&mut self, op: Op, a: Value, b: Value, ty: Ty, by: Ty) -> Value {
        match op {
            Op::IntOp(op) => self.int(op, a, b, ty),
            Op::CIntOp(CIntOp::Add) => self.b.ins().iadd(a, b),
            Op::CIntOp(CIntOp::Sub) => self.b.ins().isub(a, b),
            Op::CIntOp(CIntOp::Mul) => self.b.ins().imul(a, b),
            Op::CIntOp(op @ (CIntOp::Shl | CIntOp::Shr)) => self.shift(op, a, b, ty, by),
            Op::FloatOp(FloatOp::Add) => self.b.ins().fadd(a, b),
            Op::FloatOp(FloatOp::Sub) => self.b.ins().fsub(a, b),
            Op::FloatOp(FloatOp::Mul) => self.b.ins().fmul(a, b),
            Op::FloatOp(FloatOp::Div) => self.b.ins().fdiv(a, b),
            Op::CmpOp(op) => self.compare(op, a, b, ty),
            Op::BoolOp(BoolOp::BitAnd) => self.b.ins().band(a, b),
            Op::BoolOp(BoolOp::BitOr) => self.b.ins().bor(a, b),
            Op::BoolOp(BoolOp::BitXor) => self.b.ins().bxor(a, b),
            _ => self.unknown("an operation"),
        }
    }

    fn int(&mut self, op: IntOp, a: Value, b: Value, ty: Ty) -> Value {
        match op {
            IntOp::And => self.b.ins().band(a, b),
            IntOp::Or => self.b.ins().bor(a, b),
            IntOp::Xor => self.b.ins().bxor(a, b),
            IntOp::Add | IntOp::Sub | IntOp::Mul => self.checked(op, a, b, ty),
            IntOp::Div | IntOp::Rem => self.divided(op, a, b, ty),
            _ => self.unknown("an operation"),
        }
    }

    /// Arithmetic of 128 bits that is a call; stops on overflow and division by zero.
    fn wide(&mut self, op: IntOp, a: Value, b: Value, ty: Ty) -> Value {
        let slot = self.new_slot(48);
        let at = self.b.ins().stack_addr(types::I64, slot, 0);
        self.b.ins().store(MemFlagsData::new(), a, at, 0);
        self.b.ins().store(MemFlagsData::new(), b, at, 16);
        let code = match op {
            IntOp::Add => 0,
            IntOp::Sub => 1,
            IntOp::Mul => 2,
            IntOp::Div => 3,
            _ => 4,
        };
        let (code, signed) = (self.word(code), self.word(i64::from(is_signed(ty))));
        self.note_site();
        self.host(host::wide as *const () as usize, &[at, code, signed], None);
        self.b.ins().load(types::I128, MemFlagsData::new(), at, 32)
    }

    fn checked(&mut self, op: IntOp, a: Value, b: Value, ty: Ty) -> Value {
        if is_wide(ty) {
            return self.wide(op, a, b, ty);
        }
        let why = match op {
            IntOp::Add => Stop::Add,
            IntOp::Sub => Stop::Sub,
            _ => Stop::Mul,
        };
        let signed = is_signed(ty);
        let (value, overflow) = match (op, signed) {
            (IntOp::Add, true) => self.b.ins().sadd_overflow(a, b),
            (IntOp::Sub, true) => self.b.ins().ssub_overflow(a, b),
            (_, true) => self.b.ins().smul_overflow(a, b),
            (IntOp::Add, false) => self.b.ins().uadd_overflow(a, b),
            (IntOp::Sub, false) => self.b.ins().usub_overflow(a, b),
            (_, false) => self.b.ins().umul_overflow(a, b),
        };
        self.stop_if(overflow, why);
        value
    }

    fn divided(&mut self, op: IntOp, a: Value, b: Value, ty: Ty) -> Value {
        if is_wide(ty) {
            return self.wide(op, a, b, ty);
        }
        let class = self.b.func.dfg.value_type(a);
        let is_zero = self.b.ins().icmp_imm_s(IntCC::Equal, b, 0);
        self.stop_if(is_zero, Stop::Zero);
        if !is_signed(ty) {
            return if op == IntOp::Div { self.b.ins().udiv(a, b) } else { self.b.ins().urem(a, b) };
        }
        let lowest = self.integer(1 << (class.bits() - 1), class);
        let is_lowest = self.b.ins().icmp(IntCC::Equal, a, lowest);
        let is_minus = self.b.ins().icmp_imm_s(IntCC::Equal, b, -1);
        let overflows = self.b.ins().band(is_lowest, is_minus);
        self.stop_if(overflows, if op == IntOp::Div { Stop::Div } else { Stop::Rem });
        if op == IntOp::Div { self.b.ins().sdiv(a, b) } else { self.b.ins().srem(a, b) }
    }

    fn shift(&mut self, op: CIntOp, a: Value, b: Value, ty: Ty, by: Ty) -> Value {
        let bits = self.b.func.dfg.value_type(a).bits();
        let count = self.widened(b, by);
        let is_wide = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, count, i64::from(bits));
        self.stop_if(is_wide, if op == CIntOp::Shl { Stop::Shl } else { Stop::Shr });
        match (op, is_signed(ty)) {
            (CIntOp::Shl, _) => self.b.ins().ishl(a, count),
            (_, true) => self.b.ins().sshr(a, count),
            (_, false) => self.b.ins().ushr(a, count),
        }
    }

    fn compare(&mut self, op: CmpOp, a: Value, b: Value, ty: Ty) -> Value {
        if ty.is_float() {
            let code = match op {
                CmpOp::Eq => FloatCC::Equal,
                CmpOp::Ne => FloatCC::NotEqual,
                CmpOp::Lt => FloatCC::LessThan,
                CmpOp::Le => FloatCC::LessThanOrEqual,
                CmpOp::Gt => FloatCC::GreaterThan,
                _ => FloatCC::GreaterThanOrEqual,
            };
            return self.b.ins().fcmp(code, a, b);
        }
        let code = match (op, is_signed(ty)) {
            (CmpOp::Eq | CmpOp::Is, _) => IntCC::Equal,
            (CmpOp::Ne | CmpOp::IsNot, _) => IntCC::NotEqual,
            (CmpOp::Lt, true) => IntCC::SignedLessThan,
            (CmpOp::Le, true) => IntCC::SignedLessThanOrEqual,
            (CmpOp::Gt, true) => IntCC::SignedGreaterThan,
            (CmpOp::Ge, true) => IntCC::SignedGreaterThanOrEqual,
            (CmpOp::Lt, false) => IntCC::UnsignedLessThan,
            (CmpOp::Le, false) => IntCC::UnsignedLessThanOrEqual,
            (CmpOp::Gt, false) => IntCC::UnsignedGreaterThan,
            (CmpOp::Ge, false) => IntCC::UnsignedGreaterThanOrEqual,
        };
        self.b.ins().icmp(code, a, b)
    }

    /// A number as another type, as Rust's `as` converts.
    pub(super) fn cast(&mut self, value: Value, from: Ty, to: Ty) -> Value {
        let (Some(old), Some(new)) = (self.unit.class(from), self.unit.class(to)) else {
            return self.unknown("a conversion");
        };
        let value = self.of_class(value, old);
        match (old, new) {
            (types::I128, new) if new.is_float() => return self.wide_to_float(value, from, new),
            (old, types::I128) if old.is_float() => return self.float_to_wide(value, to),
            _ => {}
        }
        match (old.is_float(), new.is_float()) {
            (false, false) if new.bits() < old.bits() => self.b.ins().ireduce(new, value),
            (false, false) if new.bits() > old.bits() => match is_signed(from) {
                true => self.b.ins().sextend(new, value),
                false => self.b.ins().uextend(new, value),
            },
            (false, false) => value,
            (false, true) => {
                let wide = self.widened(value, from);
                let unsigned = matches!(from.kind(), TyKind::Int(_)) && !is_signed(from) && old == types::I64;
                match unsigned {
                    true => self.b.ins().fcvt_from_uint(new, wide),
                    false => self.b.ins().fcvt_from_sint(new, wide),
                }
            }
            (true, true) if new.bits() > old.bits() => self.b.ins().fpromote(new, value),
            (true, true) if new.bits() < old.bits() => self.b.ins().fdemote(new, value),
            (true, true) => value,
            (true, false) => self.float_to_int(value, to, new),
        }
    }

    fn wide_to_float(&mut self, value: Value, from: Ty, class: types::Type) -> Value {
        let slot = self.new_slot(16);
        let at = self.b.ins().stack_addr(types::I64, slot, 0);
        self.b.ins().store(MemFlagsData::new(), value, at, 0);
        let signed = self.word(i64::from(is_signed(from)));
        let call = match class {
            types::F32 => host::wide_to_f32 as *const () as usize,
            _ => host::wide_to_f64 as *const () as usize,
        };
        let bits = self.host(call, &[at, signed], Some(types::I64)).expect("it gives a word");
        match class {
            types::F32 => {
                let bits = self.b.ins().ireduce(types::I32, bits);
                self.b.ins().bitcast(types::F32, MemFlagsData::new(), bits)
            }
            _ => self.b.ins().bitcast(types::F64, MemFlagsData::new(), bits),
        }
    }

    fn float_to_wide(&mut self, value: Value, to: Ty) -> Value {
        let double = match self.b.func.dfg.value_type(value) {
            types::F32 => self.b.ins().fpromote(types::F64, value),
            _ => value,
        };
        let bits = self.b.ins().bitcast(types::I64, MemFlagsData::new(), double);
        let slot = self.new_slot(16);
        let at = self.b.ins().stack_addr(types::I64, slot, 0);
        let signed = self.word(i64::from(is_signed(to)));
        self.host(host::f64_to_wide as *const () as usize, &[bits, at, signed], None);
        self.b.ins().load(types::I128, MemFlagsData::new(), at, 0)
    }

    /// Saturates, as Rust does.
    fn float_to_int(&mut self, value: Value, to: Ty, class: types::Type) -> Value {
        let signed = is_signed(to);
        if class.bits() >= 32 {
            return match signed {
                true => self.b.ins().fcvt_to_sint_sat(class, value),
                false => self.b.ins().fcvt_to_uint_sat(class, value),
            };
        }
        let wide = self.b.ins().fcvt_to_sint_sat(types::I32, value);
        let (low, high) = match signed {
            true => (-1_i64 << (class.bits() - 1), (1_i64 << (class.bits() - 1)) - 1),
            false => (0, (1_i64 << class.bits()) - 1),
        };
        let low = self.integer(i128::from(low), types::I32);
        let high = self.integer(i128::from(high), types::I32);
        let wide = self.b.ins().smax(wide, low);
        let wide = self.b.ins().smin(wide, high);
        self.b.ins().ireduce(class, wide)
    }
}
