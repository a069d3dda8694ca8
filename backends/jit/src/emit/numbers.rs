//! Arithmetic and comparisons of machine numbers, with Python's checks.

use super::func::Emit;
use crate::desc::Kind;
use crate::host::code;
use batuta_core::{Attr, CmpOp, FloatOp, IntOp, Op};
use batuta_flow::Reg;
use cranelift::codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift::codegen::ir::{Value, types};
use cranelift::prelude::InstBuilder;

/// Ints up to this magnitude are exact as floats.
const EXACT: i64 = 1 << 53;

impl Emit<'_, '_, '_> {
    pub(super) fn inline_int(&mut self, op: IntOp, args: &[Reg], dst: Reg) -> Option<Value> {
        let narrow = matches!(self.desc(dst).kind, Kind::Int | Kind::Bool);
        if !narrow && !matches!(op, IntOp::TrueDiv | IntOp::ToFloat) {
            return None;
        }
        let a = self.get(args[0]);
        Some(match op {
            IntOp::Add | IntOp::Sub | IntOp::Mul => self.checked(op, args),
            IntOp::And | IntOp::Or | IntOp::Xor => self.bits(op, args),
            IntOp::FloorDiv => self.floor_div(args),
            IntOp::FloorMod => self.floor_mod(args),
            IntOp::Neg => {
                let zero = self.iconst(0);
                let (value, overflow) = self.b.ins().ssub_overflow(zero, a);
                self.fail_if(overflow, code::NEG);
                value
            }
            IntOp::Abs => {
                let zero = self.iconst(0);
                let (negated, overflow) = self.b.ins().ssub_overflow(zero, a);
                self.fail_if(overflow, code::ABS);
                let is_negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, a, 0);
                self.b.ins().select(is_negative, negated, a)
            }
            IntOp::Invert => self.b.ins().bnot(a),
            IntOp::Truth => {
                let truth = self.b.ins().icmp_imm_s(IntCC::NotEqual, a, 0);
                self.truth(truth)
            }
            IntOp::ToFloat => self.b.ins().fcvt_from_sint(types::F64, a),
            IntOp::TrueDiv => self.true_div(args, dst),
            IntOp::Cast => a,
            IntOp::Pow if self.consts.get(&args[1]) == Some(&2) => {
                self.checked(IntOp::Mul, &[args[0], args[0]])
            }
            IntOp::Shr => match self.consts.get(&args[1]) {
                Some(by @ 0..=63) => self.b.ins().sshr_imm_u(a, *by),
                _ => return None,
            },
            IntOp::Shl => match self.consts.get(&args[1]).copied() {
                Some(by @ 0..=62) => {
                    let shifted = self.b.ins().ishl_imm_u(a, by);
                    let back = self.b.ins().sshr_imm_u(shifted, by);
                    let lost = self.b.ins().icmp(IntCC::NotEqual, back, a);
                    return Some(self.or_row(lost, shifted, "int.shl", args, dst));
                }
                _ => return None,
            },
            IntOp::Div | IntOp::Rem => {
                let (a, b) = self.divisor(args, code::DIV);
                if op == IntOp::Div { self.b.ins().sdiv(a, b) } else { self.b.ins().srem(a, b) }
            }
            IntOp::Pow => return None,
        })
    }

    /// The value, or where the condition holds that of the row.
    fn or_row(&mut self, condition: Value, value: Value, row: &str, args: &[Reg], dst: Reg) -> Value {
        let class = self.b.func.dfg.value_type(value);
        let (join, result) = self.join(class);
        let slow = self.b.create_block();
        self.b.set_cold_block(slow);
        self.b.ins().brif(condition, slow, &[], join, &[cranelift::codegen::ir::BlockArg::Value(value)]);
        self.b.switch_to_block(slow);
        let found = self.row(row, args, Some(dst), &Attr::None);
        let found = self.of_class(found, class);
        self.jump_with(join, found);
        self.b.switch_to_block(join);
        result
    }

    fn checked(&mut self, op: IntOp, args: &[Reg]) -> Value {
        let (a, b) = (self.get(args[0]), self.get(args[1]));
        let ((value, overflow), fault) = match op {
            IntOp::Add => (self.b.ins().sadd_overflow(a, b), code::ADD),
            IntOp::Sub => (self.b.ins().ssub_overflow(a, b), code::SUB),
            _ => (self.b.ins().smul_overflow(a, b), code::MUL),
        };
        self.fail_if(overflow, fault);
        value
    }

    fn bits(&mut self, op: IntOp, args: &[Reg]) -> Value {
        let (a, b) = (self.get(args[0]), self.get(args[1]));
        match op {
            IntOp::And => self.b.ins().band(a, b),
            IntOp::Or => self.b.ins().bor(a, b),
            _ => self.b.ins().bxor(a, b),
        }
    }

    /// Checks the divisor unless it is a literal that needs no check.
    fn divisor(&mut self, args: &[Reg], fault: u64) -> (Value, Value) {
        let (a, b) = (self.get(args[0]), self.get(args[1]));
        if self.consts.get(&args[1]).is_some_and(|value| *value != 0 && *value != -1) {
            return (a, b);
        }
        let is_zero = self.b.ins().icmp_imm_s(IntCC::Equal, b, 0);
        self.fail_if(is_zero, fault);
        let is_least = self.b.ins().icmp_imm_s(IntCC::Equal, a, i64::MIN);
        let is_minus_one = self.b.ins().icmp_imm_s(IntCC::Equal, b, -1);
        let overflows = self.b.ins().band(is_least, is_minus_one);
        self.fail_if(overflows, code::DIV_OVERFLOW);
        (a, b)
    }

    /// Quotient and remainder toward zero, and whether the signs of remainder and divisor differ.
    fn divided(&mut self, a: Value, b: Value) -> (Value, Value, Value) {
        let quotient = self.b.ins().sdiv(a, b);
        let product = self.b.ins().imul(quotient, b);
        let rest = self.b.ins().isub(a, product);
        let signs = self.b.ins().bxor(rest, b);
        let differ = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let is_rest = self.b.ins().icmp_imm_s(IntCC::NotEqual, rest, 0);
        let adjust = self.b.ins().band(differ, is_rest);
        (quotient, rest, adjust)
    }

    fn floor_div(&mut self, args: &[Reg]) -> Value {
        if let Some(value) = self.consts.get(&args[1]).copied()
            && value > 0
            && value & (value - 1) == 0
        {
            let a = self.get(args[0]);
            return self.b.ins().sshr_imm_u(a, i64::from(value.trailing_zeros()));
        }
        let (a, b) = self.divisor(args, code::FLOOR_DIV);
        let (quotient, _, adjust) = self.divided(a, b);
        let adjust = self.truth(adjust);
        self.b.ins().isub(quotient, adjust)
    }

    fn floor_mod(&mut self, args: &[Reg]) -> Value {
        if let Some(value) = self.consts.get(&args[1]).copied()
            && value > 0
            && value & (value - 1) == 0
        {
            let a = self.get(args[0]);
            let mask = self.iconst(value - 1);
            return self.b.ins().band(a, mask);
        }
        let (a, b) = self.divisor(args, code::FLOOR_MOD);
        let (_, rest, adjust) = self.divided(a, b);
        let zero = self.iconst(0);
        let more = self.b.ins().select(adjust, b, zero);
        self.b.ins().iadd(rest, more)
    }

    fn true_div(&mut self, args: &[Reg], dst: Reg) -> Value {
        let (a, b) = (self.get(args[0]), self.get(args[1]));
        let is_zero = self.b.ins().icmp_imm_s(IntCC::Equal, b, 0);
        self.fail_if(is_zero, code::TRUE_DIV);
        let (x, y) = (self.b.ins().fcvt_from_sint(types::F64, a), self.b.ins().fcvt_from_sint(types::F64, b));
        let quotient = self.b.ins().fdiv(x, y);
        let (far_a, far_b) = (self.is_inexact(a), self.is_inexact(b));
        let far = self.b.ins().bor(far_a, far_b);
        self.or_row(far, quotient, Op::IntOp(IntOp::TrueDiv).name(), args, dst)
    }

    fn is_inexact(&mut self, value: Value) -> Value {
        let offset = self.iconst(EXACT);
        let shifted = self.b.ins().iadd(value, offset);
        let bound = self.iconst(2 * EXACT);
        self.b.ins().icmp(IntCC::UnsignedGreaterThan, shifted, bound)
    }

    pub(super) fn inline_float(&mut self, op: FloatOp, args: &[Reg]) -> Option<Value> {
        let a = self.get(args[0]);
        let b = args.get(1).map(|reg| self.get(*reg));
        Some(match (op, b) {
            (FloatOp::Add, Some(b)) => self.b.ins().fadd(a, b),
            (FloatOp::Sub, Some(b)) => self.b.ins().fsub(a, b),
            (FloatOp::Mul, Some(b)) => self.b.ins().fmul(a, b),
            (FloatOp::Div, Some(b)) => {
                let is_checked = !crate::host::is_ruchy();
                if is_checked && self.float_consts.get(&args[1]).is_none_or(|value| *value == 0.0) {
                    let zero = self.b.ins().f64const(0.0);
                    let is_zero = self.b.ins().fcmp(FloatCC::Equal, b, zero);
                    self.fail_if(is_zero, code::FLOAT_DIV);
                }
                self.b.ins().fdiv(a, b)
            }
            (FloatOp::Neg, _) => self.b.ins().fneg(a),
            (FloatOp::Abs, _) => self.b.ins().fabs(a),
            (FloatOp::Truth, _) => {
                let zero = self.b.ins().f64const(0.0);
                let truth = self.b.ins().fcmp(FloatCC::NotEqual, a, zero);
                self.truth(truth)
            }
            _ => return None,
        })
    }

    pub(super) fn compare_ints(&mut self, op: CmpOp, args: &[Reg]) -> Value {
        let (a, b) = (self.get(args[0]), self.get(args[1]));
        let condition = match op {
            CmpOp::Eq | CmpOp::Is => IntCC::Equal,
            CmpOp::Ne | CmpOp::IsNot => IntCC::NotEqual,
            CmpOp::Lt => IntCC::SignedLessThan,
            CmpOp::Le => IntCC::SignedLessThanOrEqual,
            CmpOp::Gt => IntCC::SignedGreaterThan,
            CmpOp::Ge => IntCC::SignedGreaterThanOrEqual,
        };
        self.b.ins().icmp(condition, a, b)
    }

    pub(super) fn compare_floats(&mut self, op: CmpOp, args: &[Reg]) -> Value {
        let (a, b) = (self.get(args[0]), self.get(args[1]));
        let condition = match op {
            CmpOp::Eq | CmpOp::Is => FloatCC::Equal,
            CmpOp::Ne | CmpOp::IsNot => FloatCC::NotEqual,
            CmpOp::Lt => FloatCC::LessThan,
            CmpOp::Le => FloatCC::LessThanOrEqual,
            CmpOp::Gt => FloatCC::GreaterThan,
            CmpOp::Ge => FloatCC::GreaterThanOrEqual,
        };
        self.b.ins().fcmp(condition, a, b)
    }
}
