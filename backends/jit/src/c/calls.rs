//! Calls: functions of the program, of the library, through pointers; variable arguments.

use super::func::{self, Emit};
use super::layout::{self, is_bytes, is_wide};
use super::{Unit, host};
use batuta_base::Name;
use batuta_core::{Callee, IntOp, Node, NodeId, PtrOp, Ty, TyKind};
use cranelift::codegen::ir::condcodes::IntCC;
use cranelift::codegen::ir::{AbiParam, MemFlagsData, Signature, TrapCode, Value, types};
use cranelift::prelude::{FunctionBuilder, FunctionBuilderContext, InstBuilder};
use cranelift_module::{FuncId, Module};

impl Emit<'_, '_, '_> {
    /// Calls a function of this process whose parameters are words.
    pub(super) fn host(&mut self, code: usize, args: &[Value], ret: Option<types::Type>) -> Option<Value> {
        let key = (args.len(), ret.is_some());
        let signature = match self.signatures.get(&key) {
            Some(known) => *known,
            None => {
                let mut signature = self.unit.module.make_signature();
                signature.params.extend(args.iter().map(|_| AbiParam::new(types::I64)));
                signature.returns.extend(ret.map(AbiParam::new));
                let made = self.b.import_signature(signature);
                self.signatures.insert(key, made);
                made
            }
        };
        let code = self.word(code as i64);
        let call = self.b.ins().call_indirect(signature, code, args);
        self.b.inst_results(call).first().copied()
    }

    pub(super) fn call(&mut self, callee: &Callee, args: &[NodeId], ty: Ty) -> Value {
        match callee {
            Callee::Fn(path) => {
                let values = self.arguments(args);
                let Some(id) = self.unit.functions.get(path).copied() else {
                    return self.unknown("a call");
                };
                let target = self.unit.module.declare_func_in_func(id, self.b.func);
                let (params, ret) = self.unit.types_of(*path);
                let (given, room) = self.given(&values, &params, ret);
                let call = self.b.ins().call(target, &given);
                let result = self.b.inst_results(call).first().copied();
                self.end_lists(args, &values);
                self.result_of(result, room, ty)
            }
            Callee::Lib(path) => self.library(*path, args, ty),
            Callee::Value(target) => self.pointer_call(*target, args, ty),
            _ => self.unknown("a call"),
        }
    }

    /// Values of arguments; those of bytes are copies, since what follows may change where they came from.
    fn arguments(&mut self, args: &[NodeId]) -> Vec<Value> {
        let mut out = Vec::new();
        for arg in args {
            let value = self.node(*arg);
            let ty = self.body.ty(*arg);
            out.push(if is_bytes(ty) && args.len() > 1 { self.own(value, ty) } else { value });
        }
        out
    }

    /// Arguments of a call with room for a result in bytes before them.
    fn given(&mut self, values: &[Value], params: &[Ty], ret: Ty) -> (Vec<Value>, Option<Value>) {
        let room = is_bytes(ret).then(|| self.room(ret));
        let mut out: Vec<Value> = room.into_iter().collect();
        for (value, ty) in values.iter().zip(params) {
            let class = self.unit.class(*ty).unwrap_or(types::I64);
            out.push(self.of_class(*value, class));
        }
        (out, room)
    }

    fn result_of(&mut self, result: Option<Value>, room: Option<Value>, ty: Ty) -> Value {
        if *ty.kind() == TyKind::Never {
            self.b.ins().trap(TrapCode::unwrap_user(1));
            self.nowhere();
            return self.unit_value();
        }
        match room.or(result) {
            Some(value) => value,
            None => self.unit_value(),
        }
    }

    /// Lists of variable arguments end with the call that they are for.
    fn end_lists(&mut self, args: &[NodeId], values: &[Value]) {
        for (arg, value) in args.iter().zip(values) {
            if matches!(self.body.nodes[*arg].kind, Node::Op { op, .. } if op == PtrOp::Args.into()) {
                self.host(host::leave as *const () as usize, &[*value], None);
            }
        }
    }

    /// The object with the arguments of a variadic call: eight bytes for each number.
    pub(super) fn argument_list(&mut self, args: &[NodeId]) -> Value {
        let values: Vec<(Value, Ty)> = args
            .iter()
            .map(|arg| {
                let value = self.node(*arg);
                let ty = self.body.ty(*arg);
                (if is_bytes(ty) { self.own(value, ty) } else { value }, ty)
            })
            .collect();
        let sizes: Vec<u64> = values
            .iter()
            .map(
                |(_, ty)| {
                    if is_bytes(*ty) || is_wide(*ty) { self.unit.size(*ty).next_multiple_of(8) } else { 8 }
                },
            )
            .collect();
        let size: u64 = sizes.iter().sum();
        let slot = self.new_slot(size);
        let from = self.b.ins().stack_addr(types::I64, slot, 0);
        let mut at = 0;
        for ((value, ty), size) in values.into_iter().zip(sizes) {
            if is_bytes(ty) || is_wide(ty) {
                self.put(from, at, value, ty);
            } else {
                let wide = match self.b.func.dfg.value_type(value) {
                    types::F32 => self.b.ins().fpromote(types::F64, value),
                    _ => value,
                };
                let word = self.as_word(wide, ty);
                self.b.ins().store(MemFlagsData::new(), word, from, at);
            }
            at += size as i32;
        }
        self.note_site();
        let size = self.word(size as i64);
        self.host(host::arguments as *const () as usize, &[from, size], Some(types::I64))
            .expect("it gives an address")
    }

    fn library(&mut self, path: Name, args: &[NodeId], ty: Ty) -> Value {
        let name = path.last();
        let values = self.arguments(args);
        if let Some(value) = self.inline(name, &values) {
            return value;
        }
        if name == "va_arg" {
            return self.next_argument(values[0], ty);
        }
        if matches!(name, "div" | "ldiv" | "lldiv" | "imaxdiv") {
            return self.quotient(&values, self.body.ty(args[0]), ty);
        }
        let Some(code) = host::native(name) else {
            self.gap(format!("the function `{name}` of the C library"));
            return self.unit_value();
        };
        if is_bytes(ty) {
            self.gap(format!("the result of `{name}`"));
            return self.unit_value();
        }
        let tys: Vec<Ty> = args.iter().map(|arg| self.body.ty(*arg)).collect();
        self.note_site();
        let word = self.native(code, &values, &tys);
        self.end_lists(args, &values);
        if *ty.kind() == TyKind::Never {
            return self.result_of(None, None, ty);
        }
        self.value_of_word(word, ty)
    }

    fn native(&mut self, code: host::Native, values: &[Value], tys: &[Ty]) -> Value {
        let slot = self.new_slot(8 * values.len() as u64);
        let words = self.b.ins().stack_addr(types::I64, slot, 0);
        for (index, (value, ty)) in values.iter().zip(tys).enumerate() {
            let word = self.as_word(*value, *ty);
            self.b.ins().store(MemFlagsData::trusted(), word, words, index as i32 * 8);
        }
        self.host(code as *const () as usize, &[words], Some(types::I64)).expect("it gives a word")
    }

    /// Functions that are one instruction.
    fn inline(&mut self, name: &str, values: &[Value]) -> Option<Value> {
        let is_double = |emit: &Self| emit.b.func.dfg.value_type(values[0]) == types::F64;
        Some(match name {
            "fabs" if is_double(self) => self.b.ins().fabs(values[0]),
            "floor" if is_double(self) => self.b.ins().floor(values[0]),
            "ceil" if is_double(self) => self.b.ins().ceil(values[0]),
            "trunc" if is_double(self) => self.b.ins().trunc(values[0]),
            _ => return None,
        })
    }

    /// `div` and its family: quotient and remainder, one behind the other.
    fn quotient(&mut self, values: &[Value], of: Ty, ty: Ty) -> Value {
        let at = self.room(ty);
        let half = self.unit.size(of) as i32;
        for (offset, op) in [(0, IntOp::Div), (half, IntOp::Rem)] {
            let part = self.binary(op.into(), values[0], values[1], of, of);
            self.put(at, offset, part, of);
        }
        at
    }

    /// `va_arg`
    fn next_argument(&mut self, list: Value, ty: Ty) -> Value {
        self.note_site();
        if is_bytes(ty) || is_wide(ty) {
            let to = self.room(ty);
            let size = self.unit.size(ty);
            let size = self.word(size as i64);
            self.host(host::next_struct as *const () as usize, &[list, to, size], None);
            return self.get(to, 0, ty);
        }
        let word = self
            .host(host::next_argument as *const () as usize, &[list], Some(types::I64))
            .expect("it gives a word");
        self.value_of_word(word, ty)
    }

    fn pointer_call(&mut self, target: NodeId, args: &[NodeId], ty: Ty) -> Value {
        let pointer = self.node(target);
        let values = self.arguments(args);
        let params: Vec<Ty> = args.iter().map(|arg| self.body.ty(*arg)).collect();
        let (_, ret) = layout::signature(self.body.ty(target));
        let number = self.unit.signature_number(&layout::erased(&params, ret));
        let code = self.code_of(pointer, number);
        let signature = self.unit.signature(&params, ret);
        let signature = self.b.import_signature(signature);
        let (given, room) = self.given(&values, &params, ret);
        let call = self.b.ins().call_indirect(signature, code, &given);
        let result = self.b.inst_results(call).first().copied();
        self.end_lists(args, &values);
        self.result_of(result, room, ty)
    }

    /// Code of the function that a pointer leads to; stops where there is none of this signature.
    fn code_of(&mut self, pointer: Value, signature: u64) -> Value {
        let count = self.unit.image.targets.len() as i64;
        let (stray, known, wrong, right) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(stray);
        self.b.set_cold_block(wrong);
        // The address of the function with number 0 and the step from one to the next.
        let first = batuta_rt::c::Ptr::<()>::function(0).addr() as i64;
        let offset = self.b.ins().iadd_imm_s(pointer, first.wrapping_neg());
        let rest = self.b.ins().band_imm_u(offset, 15);
        let row = self.b.ins().ushr_imm_u(offset, 4);
        let is_even = self.b.ins().icmp_imm_s(IntCC::Equal, rest, 0);
        let is_inside = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, row, count);
        let is_known = self.b.ins().band(is_even, is_inside);
        self.b.ins().brif(is_known, known, &[], stray, &[]);
        self.b.switch_to_block(stray);
        self.stop_call(pointer, false);
        self.b.switch_to_block(known);
        let table = self.word(self.unit.table as i64);
        let at = self.b.ins().ishl_imm_u(row, 4);
        let at = self.b.ins().iadd(table, at);
        let own = self.b.ins().load(types::I64, MemFlagsData::trusted(), at, 8);
        let fits = self.b.ins().icmp_imm_s(IntCC::Equal, own, signature as i64);
        self.b.ins().brif(fits, right, &[], wrong, &[]);
        self.b.switch_to_block(wrong);
        self.stop_call(pointer, true);
        self.b.switch_to_block(right);
        self.b.ins().load(types::I64, MemFlagsData::trusted(), at, 0)
    }

    fn stop_call(&mut self, pointer: Value, is_function: bool) {
        self.note_site();
        let is_function = self.word(i64::from(is_function));
        self.host(host::stop_call as *const () as usize, &[pointer, is_function], None);
        self.b.ins().trap(TrapCode::unwrap_user(1));
    }
}

/// Code of a function of the library as one of the program, for pointers to it.
pub(super) fn define_library(unit: &mut Unit<'_>, path: Name, params: &[Ty], ret: Ty) -> Option<FuncId> {
    let Some(code) = host::native(path.last()).filter(|_| !is_bytes(ret)) else {
        unit.gap(format!("a pointer to `{}` of the C library", path.last()), path, Default::default());
        return None;
    };
    let signature: Signature = unit.signature(params, ret);
    let id = unit.module.declare_anonymous_function(&signature).expect("anonymous functions have no name");
    let mut context = unit.module.make_context();
    context.func.signature = signature;
    let mut builder = FunctionBuilderContext::new();
    let config = unit.module.isa().frontend_config();
    let body = batuta_core::Body::new(path, batuta_core::Lang::C, batuta_core::FnKind::Function);
    let body = Box::leak(Box::new(body));
    {
        let b = FunctionBuilder::new(&mut context.func, &mut builder);
        let mut emit = Emit::new(unit, b, body);
        emit.library_thunk(code, params, ret);
        emit.b.seal_all_blocks();
        emit.b.finalize(config);
    }
    func::finish(unit, id, context, path);
    Some(id)
}

impl Emit<'_, '_, '_> {
    fn library_thunk(&mut self, code: host::Native, params: &[Ty], ret: Ty) {
        let entry = self.start();
        let values = self.b.block_params(entry).to_vec();
        let word = self.native(code, &values, params);
        match self.unit.class(ret) {
            Some(_) => {
                let value = self.value_of_word(word, ret);
                self.b.ins().return_(&[value]);
            }
            None => {
                self.b.ins().return_(&[]);
            }
        }
    }
}
