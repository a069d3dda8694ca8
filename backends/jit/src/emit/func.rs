//! One function: its blocks, its error edges, its entry and ends.

use super::frees::{self, Made};
use super::{Unit, class_of, has_value};
use crate::desc::{D, Kind};
use crate::run::{LIMIT, STOP};
use batuta_base::{Name, Origin};
use batuta_core::Const;
use batuta_flow::{Bb, End, Graph, InstKind, Lir, Reg};
use cranelift::codegen::ir::condcodes::IntCC;
use cranelift::codegen::ir::{
    Block, BlockArg, FuncRef, Inst, MemFlagsData, SigRef, Signature, StackSlot, Value, types,
};
use cranelift::prelude::{
    FunctionBuilder, FunctionBuilderContext, InstBuilder, StackSlotData, StackSlotKind, Variable,
};
use cranelift_module::{FuncId, Module};
use std::collections::{HashMap, HashSet};

/// A function on its way to code.
pub(super) struct Emit<'u, 'a, 'b> {
    pub(super) unit: &'u mut Unit<'a>,
    pub(super) b: FunctionBuilder<'b>,
    pub(super) lir: &'u Lir,
    /// Arguments and result go through memory: closures and thunks.
    is_code: bool,
    variables: Vec<Variable>,
    blocks: HashMap<Bb, Block>,
    pub(super) block: Bb,
    /// Position of each block in the order in which they are emitted.
    order: HashMap<Bb, usize>,
    /// Values of registers that are set once, to a literal.
    pub(super) consts: HashMap<Reg, i64>,
    pub(super) float_consts: HashMap<Reg, f64>,
    /// Registers that only hold a literal.
    pub(super) literals: HashSet<Reg>,
    /// Registers that hold what `*x` or `**x` splices.
    pub(super) splats: HashSet<Reg>,
    /// Errors that stand for an object of the program's own class.
    pub(super) own_errors: HashSet<Reg>,
    /// Landings of errors by line and target.
    landings: HashMap<(u32, Option<Bb>), Block>,
    faults: HashMap<(u64, u32, Option<Bb>), Block>,
    leave: Option<Block>,
    pub(super) origin: Origin,
    out: Option<Value>,
    slots: HashMap<u32, StackSlot>,
    signatures: HashMap<(usize, bool), SigRef>,
    functions: HashMap<FuncId, FuncRef>,
    file: Option<u64>,
}

/// Defines a function or, with `is_code`, a closure.
pub(super) fn define(unit: &mut Unit<'_>, id: FuncId, signature: Signature, lir: &Lir, is_code: bool) {
    let mut context = unit.module.make_context();
    context.func.signature = signature;
    let mut builder = FunctionBuilderContext::new();
    let config = unit.module.isa().frontend_config();
    {
        let b = FunctionBuilder::new(&mut context.func, &mut builder);
        let mut emit = Emit::new(unit, b, lir, is_code);
        emit.body();
        emit.b.seal_all_blocks();
        emit.b.finalize(config);
    }
    finish(unit, id, context, lir.path);
}

fn finish(unit: &mut Unit<'_>, id: FuncId, mut context: cranelift::codegen::Context, path: Name) {
    if let Some(listing) = &unit.options.listing
        && let Ok(mut texts) = listing.lock()
    {
        texts.push(format!("; {path}\n{}", context.func.display()));
    }
    if let Err(why) = unit.module.define_function(id, &mut context) {
        let text = format!("{path} cannot be compiled: {why:?}");
        unit.gap(text, path, Origin::default());
    }
}

/// Defines code with words as arguments that calls a function.
pub(super) fn define_thunk(unit: &mut Unit<'_>, id: FuncId, path: Name) {
    let lir = Lir::new(path, batuta_core::Ty::unit());
    define_code(unit, id, &lir, |emit| emit.thunk(path));
}

/// Defines the code of a closure that makes an iterator of the generator whose code is `body`.
pub(super) fn define_maker(unit: &mut Unit<'_>, id: FuncId, body: FuncId, closure: &Lir) {
    let lir = Lir::new(closure.path, batuta_core::Ty::unit());
    define_code(unit, id, &lir, |emit| emit.maker(body, closure.params.len()));
}

fn define_code(unit: &mut Unit<'_>, id: FuncId, lir: &Lir, fill: impl FnOnce(&mut Emit<'_, '_, '_>)) {
    let mut context = unit.module.make_context();
    context.func.signature = unit.code_signature();
    let mut builder = FunctionBuilderContext::new();
    let config = unit.module.isa().frontend_config();
    {
        let b = FunctionBuilder::new(&mut context.func, &mut builder);
        let mut emit = Emit::new(unit, b, lir, true);
        fill(&mut emit);
        emit.b.seal_all_blocks();
        emit.b.finalize(config);
    }
    finish(unit, id, context, lir.path);
}

impl<'u, 'a, 'b> Emit<'u, 'a, 'b> {
    fn new(unit: &'u mut Unit<'a>, mut b: FunctionBuilder<'b>, lir: &'u Lir, is_code: bool) -> Self {
        let variables = lir.regs.iter().map(|(_, row)| {
            let class = if row.in_cell { types::I64 } else { class_of(unit.desc(row.ty)) };
            b.declare_var(class)
        });
        let variables = variables.collect();
        Self {
            unit,
            b,
            lir,
            is_code,
            variables,
            blocks: HashMap::new(),
            block: lir.entry,
            order: HashMap::new(),
            consts: HashMap::new(),
            float_consts: HashMap::new(),
            literals: HashSet::new(),
            splats: HashSet::new(),
            own_errors: HashSet::new(),
            landings: HashMap::new(),
            faults: HashMap::new(),
            leave: None,
            origin: Origin::default(),
            out: None,
            slots: HashMap::new(),
            signatures: HashMap::new(),
            functions: HashMap::new(),
            file: None,
        }
    }

    fn body(&mut self) {
        let lir = self.lir;
        let graph = Graph::new(lir);
        let frees = frees::frees(self.unit, lir, &graph);
        let order = graph.order;
        for (at, block) in order.iter().enumerate() {
            let made = self.b.create_block();
            self.blocks.insert(*block, made);
            self.order.insert(*block, at);
        }
        self.find_consts();
        let entry = self.b.create_block();
        self.b.append_block_params_for_function_params(entry);
        self.b.switch_to_block(entry);
        self.entry(entry);
        let first = self.blocks[&lir.entry];
        self.b.ins().jump(first, &[]);
        for block in order {
            self.block = block;
            self.b.switch_to_block(self.blocks[&block]);
            self.free(frees.at_start.get(&block));
            let mut insts = lir.blocks[block].insts.iter().enumerate().peekable();
            while let Some((at, inst)) = insts.next() {
                self.origin = inst.origin;
                if insts.peek().is_some_and(|(_, next)| self.printed(inst, next)) {
                    insts.next();
                    self.free(frees.after.get(&(block, at)));
                    self.free(frees.after.get(&(block, at + 1)));
                } else {
                    self.inst(inst);
                    self.free(frees.after.get(&(block, at)));
                }
            }
            self.end(&lir.blocks[block].end);
        }
        self.cold_blocks();
    }

    /// Gives objects back that were used for the last time.
    fn free(&mut self, list: Option<&Vec<(Reg, Made)>>) {
        for (reg, made) in list.into_iter().flatten() {
            let word = self.get(*reg);
            let (kind, count) = made.code();
            let (kind, count) = (self.iconst(kind as i64), self.iconst(count as i64));
            self.host(crate::host::release as *const u8, &[word, kind, count], false);
        }
    }

    /// Literals that a register keeps.
    fn find_consts(&mut self) {
        let mut sets: HashMap<Reg, usize> = HashMap::new();
        for (_, row) in self.lir.blocks.iter() {
            for inst in &row.insts {
                if let Some(dst) = inst.dst {
                    *sets.entry(dst).or_default() += 1;
                    if matches!(inst.kind, InstKind::Const(_)) {
                        self.literals.insert(dst);
                    }
                    match &inst.kind {
                        InstKind::Const(Const::Int(text)) => {
                            text.parse().into_iter().for_each(|value| {
                                self.consts.insert(dst, value);
                            });
                        }
                        InstKind::Const(Const::Float(value)) => {
                            self.float_consts.insert(dst, *value);
                        }
                        _ => {}
                    }
                }
            }
        }
        self.consts.retain(|reg, _| sets[reg] == 1);
        self.float_consts.retain(|reg, _| sets[reg] == 1);
        self.literals.retain(|reg| sets[reg] == 1);
    }

    fn entry(&mut self, entry: Block) {
        let lir = self.lir;
        let given = self.b.block_params(entry).to_vec();
        if self.is_code {
            self.out = Some(given[2]);
            for (index, reg) in lir.captures.iter().enumerate() {
                let class = if lir.regs[*reg].in_cell { types::I64 } else { class_of(self.desc(*reg)) };
                let value = self.b.ins().load(class, trusted(), given[0], (index as i32 + 1) * 8);
                self.b.def_var(self.variables[reg.0 as usize], value);
            }
            for (index, reg) in lir.params.iter().enumerate() {
                let class = class_of(self.desc(*reg));
                let value = self.b.ins().load(class, trusted(), given[1], index as i32 * 8);
                self.set(*reg, value);
            }
        } else {
            for (reg, value) in lir.params.iter().zip(given) {
                self.set(*reg, value);
            }
        }
        self.new_cells();
        if self.unit.calls.is_recursive(lir.path) {
            self.check_stack();
            if self.unit.options.can_stop {
                self.look_for_stop();
            }
        }
    }

    /// Every variable in a cell starts with a cell of its own, unless it came from outside.
    fn new_cells(&mut self) {
        let lir = self.lir;
        for (reg, row) in lir.regs.iter() {
            if row.in_cell && !lir.captures.contains(&reg) {
                let cell = self.allocate(1);
                self.b.def_var(self.variables[reg.0 as usize], cell);
            }
        }
    }

    fn check_stack(&mut self) {
        // The entry's errors leave the function.
        let limit = self.b.ins().iconst(types::I64, std::ptr::from_ref(&LIMIT) as i64);
        let limit = self.b.ins().load(types::I64, trusted(), limit, 0);
        let here = self.b.ins().get_stack_pointer(types::I64);
        let is_deep = self.b.ins().icmp(IntCC::UnsignedLessThan, here, limit);
        self.fail_if(is_deep, crate::host::code::RECURSION);
    }

    // Registers.

    pub(super) fn desc(&self, reg: Reg) -> D {
        self.unit.desc(self.lir.regs[reg].ty)
    }

    /// The value of a register.
    pub(super) fn get(&mut self, reg: Reg) -> Value {
        let value = self.b.use_var(self.variables[reg.0 as usize]);
        if self.lir.regs[reg].in_cell {
            let class = class_of(self.desc(reg));
            return self.b.ins().load(class, trusted(), value, 0);
        }
        value
    }

    /// The cell of a captured variable, or the value of one without a cell.
    pub(super) fn get_raw(&mut self, reg: Reg) -> Value {
        self.b.use_var(self.variables[reg.0 as usize])
    }

    pub(super) fn set_raw(&mut self, reg: Reg, value: Value) {
        self.b.def_var(self.variables[reg.0 as usize], value);
    }

    pub(super) fn set(&mut self, reg: Reg, value: Value) {
        let value = self.of_class(value, class_of(self.desc(reg)));
        if self.lir.regs[reg].in_cell {
            let cell = self.get_raw(reg);
            self.b.ins().store(trusted(), value, cell, 0);
        } else {
            self.b.def_var(self.variables[reg.0 as usize], value);
        }
    }

    /// The value as a word or as a float: the bits stay.
    pub(super) fn of_class(&mut self, value: Value, class: types::Type) -> Value {
        if self.b.func.dfg.value_type(value) == class {
            return value;
        }
        self.b.ins().bitcast(class, MemFlagsData::new(), value)
    }

    pub(super) fn iconst(&mut self, value: i64) -> Value {
        self.b.ins().iconst(types::I64, value)
    }

    /// A truth value as a word.
    pub(super) fn truth(&mut self, condition: Value) -> Value {
        self.b.ins().uextend(types::I64, condition)
    }

    // Errors.

    fn line(&mut self) -> u32 {
        let place = (self.unit.options.locate)(self.lir.path, self.origin);
        if self.file.is_none() {
            let file = place.as_ref().map(|place| place.file.clone()).unwrap_or_default();
            self.file = Some(crate::memory::keep(file));
        }
        place.map_or(0, |place| place.line)
    }

    fn on_error(&self) -> Option<Bb> {
        self.lir.blocks[self.block].on_error
    }

    /// The cold block that gives the pending error its place and goes where errors go. Filled at the end.
    fn landing(&mut self) -> Block {
        let (line, target) = (self.line(), self.on_error());
        self.landing_of(line, target)
    }

    fn landing_of(&mut self, line: u32, target: Option<Bb>) -> Block {
        if let Some(known) = self.landings.get(&(line, target)) {
            return *known;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.landings.insert((line, target), block);
        block
    }

    /// The block that leaves the function with an error.
    fn leave_block(&mut self) -> Block {
        if let Some(block) = self.leave {
            return block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.leave = Some(block);
        block
    }

    /// Fills the cold blocks that the code has asked for.
    fn cold_blocks(&mut self) {
        let faults: Vec<_> = std::mem::take(&mut self.faults).into_iter().collect();
        for ((code, line, target), block) in faults {
            let landing = self.landing_of(line, target);
            self.b.switch_to_block(block);
            let number = self.iconst(code as i64);
            self.host(crate::host::fault as *const u8, &[number], false);
            self.b.ins().jump(landing, &[]);
        }
        let landings: Vec<_> = std::mem::take(&mut self.landings).into_iter().collect();
        for ((line, target), block) in landings {
            let to = match target.and_then(|target| self.blocks.get(&target)).copied() {
                Some(to) => to,
                None => self.leave_block(),
            };
            self.b.switch_to_block(block);
            let file = self.file.map_or(0, |file| file as i64);
            let (file, line) = (self.iconst(file), self.iconst(i64::from(line)));
            self.host(crate::host::locate as *const u8, &[file, line], false);
            self.b.ins().jump(to, &[]);
        }
        if let Some(leave) = self.leave {
            self.b.switch_to_block(leave);
            let one = self.iconst(1);
            self.leave_with(one, None);
        }
    }

    /// Goes to the error road when the status is not 0.
    pub(super) fn check(&mut self, status: Value) {
        let landing = self.landing();
        let next = self.b.create_block();
        self.b.ins().brif(status, landing, &[], next, &[]);
        self.b.switch_to_block(next);
    }

    /// Raises a fault when the condition holds.
    pub(super) fn fail_if(&mut self, condition: Value, code: u64) {
        let block = self.fault_block(code);
        let next = self.b.create_block();
        self.b.ins().brif(condition, block, &[], next, &[]);
        self.b.switch_to_block(next);
    }

    /// The same, where the error says the index and the length.
    pub(super) fn fail_if_outside(&mut self, condition: Value, code: u64, index: Value, len: Value) {
        let block = self.fault_block(code);
        let (noted, next) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(noted);
        self.b.ins().brif(condition, noted, &[], next, &[]);
        self.b.switch_to_block(noted);
        self.host(crate::host::note_index as *const u8, &[index, len], false);
        self.b.ins().jump(block, &[]);
        self.b.switch_to_block(next);
    }

    fn fault_block(&mut self, code: u64) -> Block {
        let key = (code, self.line(), self.on_error());
        if let Some(known) = self.faults.get(&key) {
            return *known;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.faults.insert(key, block);
        block
    }

    // Ends.

    fn leave_with(&mut self, status: Value, value: Option<Value>) {
        if self.is_code {
            if let (Some(value), Some(out)) = (value, self.out) {
                self.b.ins().store(trusted(), value, out, 0);
            }
            self.b.ins().return_(&[status]);
            return;
        }
        let ret = self.unit.desc(self.lir.ret);
        if !has_value(ret) {
            self.b.ins().return_(&[status]);
            return;
        }
        let class = class_of(ret);
        let value = match value {
            Some(value) => self.of_class(value, class),
            None if class == types::F64 => self.b.ins().f64const(0.0),
            None => self.iconst(0),
        };
        self.b.ins().return_(&[status, value]);
    }

    /// Raises an interrupt where somebody wants the program to stop.
    fn look_for_stop(&mut self) {
        let flag = self.iconst(std::ptr::from_ref(&STOP) as i64);
        let asked = self.b.ins().atomic_load(types::I64, trusted(), flag);
        self.fail_if(asked, crate::host::code::STOPPED);
    }

    fn end(&mut self, end: &End) {
        let here = self.order.get(&self.block).copied();
        let goes_back = end.successors().iter().any(|to| self.order.get(to).copied() <= here);
        if self.unit.options.can_stop && goes_back {
            self.look_for_stop();
        }
        match end {
            End::Goto(to) => {
                let to = self.blocks[to];
                self.b.ins().jump(to, &[]);
            }
            End::If(cond, yes, no) => {
                let (cond, yes, no) = (self.get(*cond), self.blocks[yes], self.blocks[no]);
                self.b.ins().brif(cond, yes, &[], no, &[]);
            }
            End::Return(value) => {
                let value = value.map(|reg| self.get(reg));
                let zero = self.iconst(0);
                self.leave_with(zero, value);
            }
            End::Raise(error, cause) => {
                let error = self.get(*error);
                let cause = match cause {
                    Some(cause) => self.get(*cause),
                    None => self.iconst(0),
                };
                self.host(crate::host::raise as *const u8, &[error, cause], false);
                let landing = self.landing();
                self.b.ins().jump(landing, &[]);
            }
            End::Next { iter, item, some, done } => self.next(*iter, *item, *some, *done),
            End::Stop => {
                let leave = self.leave_block();
                self.b.ins().jump(leave, &[]);
            }
        }
    }

    fn next(&mut self, iter: Reg, item: Reg, some: Bb, done: Bb) {
        let slot = self.slot(1);
        let out = self.b.ins().stack_addr(types::I64, slot, 0);
        let iter = self.get(iter);
        let status =
            self.host(crate::host::next as *const u8, &[iter, out], true).expect("it gives a status");
        let is_over = self.b.ins().icmp_imm_s(IntCC::Equal, status, 2);
        let go_on = self.b.create_block();
        self.b.ins().brif(is_over, self.blocks[&done], &[], go_on, &[]);
        self.b.switch_to_block(go_on);
        self.check(status);
        let class = class_of(self.desc(item));
        let value = self.b.ins().load(class, trusted(), out, 0);
        self.set(item, value);
        let some = self.blocks[&some];
        self.b.ins().jump(some, &[]);
    }

    // Calls out of the code.

    /// Room for words in the frame; every use fills it anew.
    pub(super) fn slot(&mut self, count: u32) -> StackSlot {
        let size = count.max(1).next_power_of_two();
        if let Some(slot) = self.slots.get(&size) {
            return *slot;
        }
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size * 8, 3);
        let slot = self.b.create_sized_stack_slot(data);
        self.slots.insert(size, slot);
        slot
    }

    /// Calls a function of the runtime side by its address; all arguments are words.
    pub(super) fn host(&mut self, address: *const u8, args: &[Value], gives: bool) -> Option<Value> {
        let key = (args.len(), gives);
        let signature = match self.signatures.get(&key) {
            Some(known) => *known,
            None => {
                let mut signature = self.unit.module.make_signature();
                let word = cranelift::codegen::ir::AbiParam::new(types::I64);
                signature.params.extend(std::iter::repeat_n(word, args.len()));
                signature.returns.extend(gives.then_some(word));
                let made = self.b.import_signature(signature);
                self.signatures.insert(key, made);
                made
            }
        };
        let address = self.iconst(address as i64);
        let call: Inst = self.b.ins().call_indirect(signature, address, args);
        self.b.inst_results(call).first().copied()
    }

    pub(super) fn allocate(&mut self, count: usize) -> Value {
        let count = self.iconst(count.max(1) as i64);
        self.host(crate::host::allocate as *const u8, &[count], true).expect("it gives an address")
    }

    pub(super) fn function(&mut self, id: FuncId) -> FuncRef {
        if let Some(known) = self.functions.get(&id) {
            return *known;
        }
        let made = self.unit.module.declare_func_in_func(id, self.b.func);
        self.functions.insert(id, made);
        made
    }

    /// The block that the parameters come to.
    fn start(&mut self) -> Vec<Value> {
        let entry = self.b.create_block();
        self.b.append_block_params_for_function_params(entry);
        self.b.switch_to_block(entry);
        self.b.block_params(entry).to_vec()
    }

    fn thunk(&mut self, path: Name) {
        let given = self.start();
        let body = self.unit.program.fns[&path].clone();
        let function = self.function(self.unit.functions[&path]);
        if body.is_generator {
            return self.make_generator(function, body.params.len(), &given);
        }
        let mut args = Vec::new();
        for (index, param) in body.params.iter().enumerate() {
            let class = class_of(self.unit.desc(body.locals[param.local].ty));
            args.push(self.b.ins().load(class, trusted(), given[1], index as i32 * 8));
        }
        let call = self.b.ins().call(function, &args);
        let results = self.b.inst_results(call).to_vec();
        let value = match results.get(1) {
            Some(value) => *value,
            None => self.iconst(0),
        };
        self.b.ins().store(trusted(), value, given[2], 0);
        self.b.ins().return_(&[results[0]]);
    }

    fn maker(&mut self, body: FuncId, count: usize) {
        let given = self.start();
        let function = self.function(body);
        self.make_generator(function, count, &given);
    }

    /// Copies the arguments, which live in the caller's frame, and gives an iterator.
    fn make_generator(&mut self, code: FuncRef, count: usize, given: &[Value]) {
        let record = self.allocate(count);
        for index in 0..count as i32 {
            let word = self.b.ins().load(types::I64, trusted(), given[1], index * 8);
            self.b.ins().store(trusted(), word, record, index * 8);
        }
        let iter = self.generator(code, given[0], record);
        self.b.ins().store(trusted(), iter, given[2], 0);
        let zero = self.iconst(0);
        self.b.ins().return_(&[zero]);
    }

    /// A block with one parameter: where two ways of computing a value meet.
    pub(super) fn join(&mut self, class: types::Type) -> (Block, Value) {
        let block = self.b.create_block();
        let value = self.b.append_block_param(block, class);
        (block, value)
    }

    pub(super) fn jump_with(&mut self, block: Block, value: Value) {
        self.b.ins().jump(block, &[BlockArg::Value(value)]);
    }

    pub(super) fn gap(&mut self, what: impl Into<String>) -> Value {
        self.unit.gap(what, self.lir.path, self.origin);
        self.iconst(0)
    }

    pub(super) fn is_int(&self, reg: Reg) -> bool {
        matches!(self.desc(reg).kind, Kind::Int | Kind::Bool)
    }
}

/// Memory that is there and aligned.
pub(super) fn trusted() -> MemFlagsData {
    MemFlagsData::trusted()
}
