//! One function: its frame, statements and control flow.

use super::layout::{is_bytes, is_signed};
use super::{Unit, host};
use batuta_base::{Name, Origin};
use batuta_core::{
    self as core, BlockId, Body, Const, LocalId, Mir, Node, NodeId, Pat, Place, Proj, Root, StmtKind, Ty,
    TyKind,
};
use cranelift::codegen::ir::condcodes::IntCC;
use cranelift::codegen::ir::{Block, MemFlagsData, SigRef, StackSlot, Value, types};
use cranelift::frontend::Switch;
use cranelift::prelude::{
    FunctionBuilder, FunctionBuilderContext, InstBuilder, StackSlotData, StackSlotKind, Variable,
};
use cranelift_module::{FuncId, Linkage, Module};
use std::collections::HashMap;

/// A function on its way to code.
pub(super) struct Emit<'u, 'a, 'b> {
    pub(super) unit: &'u mut Unit<'a>,
    pub(super) b: FunctionBuilder<'b>,
    pub(super) body: &'a Body<Mir>,
    /// Item that origins of this body belong to.
    item: Name,
    variables: HashMap<LocalId, Variable>,
    slots: HashMap<LocalId, StackSlot>,
    frames: Vec<Frame>,
    /// Objects of the stack that end with each open block.
    scopes: Vec<Vec<LocalId>>,
    /// Where a result in bytes goes.
    result: Option<Value>,
    pub(super) origin: Origin,
    /// Signatures of functions of this process: number of words, whether one comes back.
    pub(super) signatures: HashMap<(usize, bool), SigRef>,
}

/// A loop or block that can be left.
struct Frame {
    label: Option<Name>,
    is_loop: bool,
    end: Block,
    again: Option<Block>,
    /// The value that it has, where it has one.
    value: Option<(Variable, types::Type)>,
    /// Number of scopes outside of it.
    depth: usize,
}

/// A place of the frame or of static storage.
pub(super) enum Spot {
    Variable(Variable),
    /// Address of its bytes.
    At(Value, Ty),
}

/// Defines a function, or the code that gives an object of static storage its value.
pub(super) fn define(unit: &mut Unit<'_>, path: Name) {
    let body: &Body<Mir> = &unit.program.fns[&path];
    let is_value = unit.image.objects.contains_key(&path);
    let signature = if is_value { unit.module.make_signature() } else { unit.signature_of(path) };
    if let Some(row) = body.locals.iter().map(|(_, row)| row).find(|row| !unit.knows(row.ty)) {
        unit.gap(format!("the type `{}`", row.ty), body.path.parent(), row.origin);
        return;
    }
    let id = unit.functions[&path];
    let mut context = unit.module.make_context();
    context.func.signature = signature;
    let mut builder = FunctionBuilderContext::new();
    let config = unit.module.isa().frontend_config();
    {
        let b = FunctionBuilder::new(&mut context.func, &mut builder);
        let mut emit = Emit::new(unit, b, body);
        if is_value {
            emit.value_of_object(path)
        } else {
            emit.function()
        }
        emit.b.seal_all_blocks();
        emit.b.finalize(config);
    }
    finish(unit, id, context, path);
}

/// The function that starts the program, whatever parameters `main` has.
pub(super) fn define_start(unit: &mut Unit<'_>, main: Name) -> FuncId {
    let word = |width| Ty::new(TyKind::Int(width));
    let params = [word(core::Width::I32), Ty::i64(), Ty::i64()];
    let signature = unit.signature(&params, word(core::Width::I32));
    let id =
        unit.module.declare_function("<start>", Linkage::Local, &signature).expect("no path is called so");
    let mut context = unit.module.make_context();
    context.func.signature = signature;
    let mut builder = FunctionBuilderContext::new();
    let config = unit.module.isa().frontend_config();
    {
        let mut b = FunctionBuilder::new(&mut context.func, &mut builder);
        let block = b.create_block();
        b.append_block_params_for_function_params(block);
        b.switch_to_block(block);
        let (given, ret) = unit.types_of(main);
        let given: Vec<Value> = b.block_params(block)[..given.len().min(3)].to_vec();
        let callee = unit.module.declare_func_in_func(unit.functions[&main], b.func);
        let call = b.ins().call(callee, &given);
        let result = b.inst_results(call).first().copied();
        let status = match result {
            Some(value) if unit.class(ret) == Some(types::I32) => value,
            Some(value) if unit.class(ret) == Some(types::I64) => b.ins().ireduce(types::I32, value),
            Some(value) => b.ins().sextend(types::I32, value),
            None => b.ins().iconst(types::I32, 0),
        };
        b.ins().return_(&[status]);
        b.seal_all_blocks();
        b.finalize(config);
    }
    finish(unit, id, context, main);
    id
}

pub(super) fn finish(unit: &mut Unit<'_>, id: FuncId, mut context: cranelift::codegen::Context, path: Name) {
    if let Err(why) = unit.module.define_function(id, &mut context) {
        unit.gap(format!("{path} cannot be compiled: {why:?}"), path.parent(), Origin::default());
    }
}

impl<'u, 'a, 'b> Emit<'u, 'a, 'b> {
    pub(super) fn new(unit: &'u mut Unit<'a>, b: FunctionBuilder<'b>, body: &'a Body<Mir>) -> Self {
        let home = body.path.parent();
        let item = unit.image.texts.get(&body.path).copied().unwrap_or(home);
        Self {
            unit,
            b,
            body,
            item,
            variables: HashMap::new(),
            slots: HashMap::new(),
            frames: Vec::new(),
            scopes: Vec::new(),
            result: None,
            origin: Origin::default(),
            signatures: HashMap::new(),
        }
    }

    pub(super) fn start(&mut self) -> Block {
        let entry = self.b.create_block();
        self.b.append_block_params_for_function_params(entry);
        self.b.switch_to_block(entry);
        entry
    }

    fn function(&mut self) {
        let entry = self.start();
        let mut given = self.b.block_params(entry).to_vec().into_iter();
        if is_bytes(self.body.ret) {
            self.result = given.next();
        }
        for param in &self.body.params {
            let Some(value) = given.next() else { break };
            self.set_local(param.local, value);
        }
        let value = self.block(self.body.root);
        self.leave(value);
    }

    /// Writes the value of an object of static storage.
    fn value_of_object(&mut self, path: Name) {
        self.start();
        let address = self.unit.storage(path);
        let ty = self.unit.image.objects[&path].ty;
        if let Some(tail) = self.body.blocks[self.body.root].tail {
            let value = self.node(tail);
            let to = self.word(address as i64);
            self.put(to, 0, value, ty);
        }
        self.b.ins().return_(&[]);
    }

    pub(super) fn word(&mut self, value: i64) -> Value {
        self.b.ins().iconst(types::I64, value)
    }

    pub(super) fn gap(&mut self, what: impl Into<String>) {
        let (item, origin) = (self.item, self.origin);
        self.unit.gap(what, item, origin);
    }

    /// Notes where the program stands, for what may stop it.
    pub(super) fn note_site(&mut self) {
        let site = self.unit.site(self.item, self.origin);
        let at = self.word(std::ptr::from_ref(&host::SITE) as i64);
        let site = self.b.ins().iconst(types::I32, i64::from(site));
        self.b.ins().store(MemFlagsData::trusted(), site, at, 0);
    }

    /// Code behind a jump, which nothing reaches.
    pub(super) fn nowhere(&mut self) {
        let block = self.b.create_block();
        self.b.switch_to_block(block);
    }

    pub(super) fn variable(&mut self, local: LocalId) -> Variable {
        if let Some(known) = self.variables.get(&local) {
            return *known;
        }
        let class = self.unit.class(self.body.locals[local].ty).unwrap_or(types::I8);
        let variable = self.b.declare_var(class);
        self.variables.insert(local, variable);
        variable
    }

    pub(super) fn new_slot(&mut self, size: u64) -> StackSlot {
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size.max(1) as u32, 4);
        self.b.create_sized_stack_slot(data)
    }

    fn slot(&mut self, local: LocalId) -> StackSlot {
        if let Some(known) = self.slots.get(&local) {
            return *known;
        }
        let size = self.unit.size(self.body.locals[local].ty);
        let slot = self.new_slot(size);
        self.slots.insert(local, slot);
        slot
    }

    fn set_local(&mut self, local: LocalId, value: Value) {
        let ty = self.body.locals[local].ty;
        if is_bytes(ty) {
            let slot = self.slot(local);
            let to = self.b.ins().stack_addr(types::I64, slot, 0);
            self.put(to, 0, value, ty);
        } else if let Some(class) = self.unit.class(ty) {
            let variable = self.variable(local);
            let value = self.of_class(value, class);
            self.b.def_var(variable, value);
        }
    }

    /// Where a place is.
    pub(super) fn spot(&mut self, place: &Place) -> Spot {
        let (mut at, mut ty) = match place.root {
            Root::Local(local) => {
                let ty = self.body.locals[local].ty;
                if !is_bytes(ty) {
                    return Spot::Variable(self.variable(local));
                }
                let slot = self.slot(local);
                (self.b.ins().stack_addr(types::I64, slot, 0), ty)
            }
            Root::Global(path) => {
                let ty = self.unit.image.objects.get(&path).map_or(Ty::unit(), |def| def.ty);
                let address = self.unit.storage(path);
                (self.word(address as i64), ty)
            }
            Root::Node(node) => (self.node(node), self.body.ty(node)),
        };
        for proj in &place.proj {
            match proj {
                Proj::Field(name) => {
                    let Some(member) = self.unit.member(ty, *name) else {
                        self.gap("a field of this type");
                        return Spot::At(at, Ty::unit());
                    };
                    (at, ty) = (self.plus(at, member.offset), member.ty);
                }
                Proj::Nth(index) | Proj::Index(index) => {
                    let TyKind::Array(item, count) = ty.kind() else {
                        self.gap("an index of this type");
                        return Spot::At(at, Ty::unit());
                    };
                    let (item, count) = (*item, *count);
                    let index = self.count(*index);
                    let limit = self.word(count as i64);
                    let is_out = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, limit);
                    self.stop_if(is_out, host::Stop::Index);
                    let size = self.unit.size(item);
                    let offset = self.b.ins().imul_imm_s(index, size as i64);
                    (at, ty) = (self.b.ins().iadd(at, offset), item);
                }
                _ => self.gap("a place of this kind"),
            }
        }
        Spot::At(at, ty)
    }

    pub(super) fn plus(&mut self, at: Value, offset: u64) -> Value {
        if offset == 0 { at } else { self.b.ins().iadd_imm_u(at, offset as i64) }
    }

    /// The value at an address of the frame or of static storage; that of bytes is the address.
    pub(super) fn get(&mut self, at: Value, offset: i32, ty: Ty) -> Value {
        match self.unit.class(ty) {
            Some(class) if !is_bytes(ty) => self.b.ins().load(class, MemFlagsData::new(), at, offset),
            Some(_) => self.plus(at, offset as u64),
            None => self.unit_value(),
        }
    }

    /// Writes a value there.
    pub(super) fn put(&mut self, at: Value, offset: i32, value: Value, ty: Ty) {
        if is_bytes(ty) {
            let to = self.plus(at, offset as u64);
            let size = self.unit.size(ty);
            let value = self.of_class(value, types::I64);
            self.copy(to, value, size);
        } else if let Some(class) = self.unit.class(ty) {
            let value = self.of_class(value, class);
            self.b.ins().store(MemFlagsData::new(), value, at, offset);
        }
    }

    fn copy(&mut self, to: Value, from: Value, size: u64) {
        if size <= 64 && size.is_multiple_of(8) {
            let words: Vec<Value> = (0..size as i32 / 8)
                .map(|word| self.b.ins().load(types::I64, MemFlagsData::new(), from, word * 8))
                .collect();
            for (at, word) in words.into_iter().enumerate() {
                self.b.ins().store(MemFlagsData::new(), word, to, at as i32 * 8);
            }
            return;
        }
        let size = self.word(size as i64);
        self.host(host::copy as *const () as usize, &[to, from, size], None);
    }

    /// A value of bytes in a place of its own: what follows may change where it came from.
    pub(super) fn own(&mut self, value: Value, ty: Ty) -> Value {
        let size = self.unit.size(ty);
        let slot = self.new_slot(size);
        let to = self.b.ins().stack_addr(types::I64, slot, 0);
        self.copy(to, value, size);
        to
    }

    pub(super) fn unit_value(&mut self) -> Value {
        self.b.ins().iconst(types::I8, 0)
    }

    /// Runs a block; gives the value of its tail.
    pub(super) fn block(&mut self, block: BlockId) -> Value {
        let body = self.body;
        self.scopes.push(Vec::new());
        for stmt in &body.blocks[block].stmts {
            if stmt.origin != Origin::default() {
                self.origin = stmt.origin;
            }
            self.stmt(&stmt.kind);
        }
        let value = match body.blocks[block].tail {
            Some(tail) => self.node(tail),
            None => self.unit_value(),
        };
        let depth = self.scopes.len() - 1;
        self.end_objects(depth);
        self.scopes.pop();
        value
    }

    /// Objects of the stack in scopes from `depth` on end.
    fn end_objects(&mut self, depth: usize) {
        let locals: Vec<LocalId> =
            self.scopes[depth..].iter().rev().flat_map(|scope| scope.iter().rev().copied()).collect();
        for local in locals {
            let variable = self.variable(local);
            let address = self.b.use_var(variable);
            self.host(host::leave as *const () as usize, &[address], None);
        }
    }

    fn stmt(&mut self, stmt: &StmtKind) {
        match stmt {
            StmtKind::Let { pat: Pat::Bind(local, None), value } => {
                let Some(value) = value else { return };
                let value = self.node(*value);
                self.set_local(*local, value);
                let is_object = matches!(self.body.locals[*local].ty.kind(),
                    TyKind::Lib(name, _) if matches!(name.as_str(), "c.Local" | "c.LocalArray"));
                if is_object {
                    self.scopes.last_mut().expect("a block is open").push(*local);
                }
            }
            StmtKind::Set { target: Pat::Place(place), value } => {
                let made = self.node(*value);
                let ty = self.body.ty(*value);
                match (place.as_local(), self.spot(place)) {
                    (Some(local), _) => self.set_local(local, made),
                    (None, Spot::At(at, _)) => self.put(at, 0, made, ty),
                    (None, Spot::Variable(_)) => self.gap("a part of a number"),
                }
            }
            StmtKind::Update { place, op, value } => {
                let by = self.node(*value);
                let by_ty = self.body.ty(*value);
                match self.spot(place) {
                    Spot::Variable(variable) => {
                        let old = self.b.use_var(variable);
                        let ty = place.as_local().map_or(by_ty, |local| self.body.locals[local].ty);
                        let new = self.binary(*op, old, by, ty, by_ty);
                        self.b.def_var(variable, new);
                    }
                    Spot::At(at, ty) => {
                        let old = self.get(at, 0, ty);
                        let new = self.binary(*op, old, by, ty, by_ty);
                        self.put(at, 0, new, ty);
                    }
                }
            }
            StmtKind::Expr(node) => {
                self.node(*node);
            }
            _ => self.gap("a statement of this kind"),
        }
    }

    /// Control flow.
    pub(super) fn control(&mut self, node: NodeId) -> Value {
        let body = self.body;
        let ty = body.ty(node);
        match &body.nodes[node].kind {
            Node::If { cond, then, els } => {
                let cond = self.node(*cond);
                self.if_else(cond, *then, *els, ty)
            }
            Node::While { label, cond, body, .. } => self.while_loop(*label, *cond, *body),
            Node::Loop { label, body } => {
                let head = self.b.create_block();
                self.b.ins().jump(head, &[]);
                self.b.switch_to_block(head);
                let frame = self.open(*label, true, Some(head), ty);
                self.block(*body);
                self.b.ins().jump(head, &[]);
                self.close(frame)
            }
            Node::For { label, pat: Pat::Bind(local, None), iter, body, .. } => {
                self.for_loop(*label, *local, *iter, *body)
            }
            Node::Block { label, block } => {
                let frame = self.open(*label, false, None, ty);
                let value = self.block(*block);
                self.end_with(frame, value);
                self.close(frame)
            }
            Node::Match { subject, arms } => self.matched(*subject, arms, ty),
            Node::Break { label, value } => {
                let value = value.map(|value| self.node(value));
                self.jump(*label, value, true)
            }
            Node::Continue { label } => self.jump(*label, None, false),
            Node::Return(value) => {
                let value = match value {
                    Some(value) => self.node(*value),
                    None => self.unit_value(),
                };
                self.end_objects(0);
                self.leave(value);
                self.nowhere();
                self.unit_value()
            }
            _ => {
                self.gap("an expression of this kind");
                self.unit_value()
            }
        }
    }

    fn leave(&mut self, value: Value) {
        let ret = self.body.ret;
        match (self.result, self.unit.class(ret)) {
            (Some(to), _) => {
                // What runs off its end has no value.
                if self.b.func.dfg.value_type(value) == types::I64 {
                    self.put(to, 0, value, ret);
                }
                self.b.ins().return_(&[]);
            }
            (None, Some(class)) => {
                let value = self.of_class(value, class);
                self.b.ins().return_(&[value]);
            }
            (None, None) => {
                self.b.ins().return_(&[]);
            }
        }
    }

    /// The value, or nothing of that class where code does not come by.
    pub(super) fn of_class(&mut self, value: Value, class: types::Type) -> Value {
        if self.b.func.dfg.value_type(value) == class {
            return value;
        }
        match class {
            types::F64 => self.b.ins().f64const(0.0),
            types::F32 => self.b.ins().f32const(0.0),
            _ => self.integer(0, class),
        }
    }

    fn if_else(&mut self, cond: Value, then: BlockId, els: Option<BlockId>, ty: Ty) -> Value {
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(cond, yes, &[], no, &[]);
        let frame = self.open(None, false, None, ty);
        self.b.switch_to_block(yes);
        let value = self.block(then);
        self.end_with(frame, value);
        self.b.switch_to_block(no);
        let value = match els {
            Some(els) => self.block(els),
            None => self.unit_value(),
        };
        self.end_with(frame, value);
        self.close(frame)
    }

    fn while_loop(&mut self, label: Option<Name>, cond: NodeId, block: BlockId) -> Value {
        let (head, inside) = (self.b.create_block(), self.b.create_block());
        self.b.ins().jump(head, &[]);
        self.b.switch_to_block(head);
        let frame = self.open(label, true, Some(head), Ty::unit());
        let cond = self.node(cond);
        let end = self.frames[frame].end;
        self.b.ins().brif(cond, inside, &[], end, &[]);
        self.b.switch_to_block(inside);
        self.block(block);
        self.b.ins().jump(head, &[]);
        self.close(frame)
    }

    fn for_loop(&mut self, label: Option<Name>, local: LocalId, iter: NodeId, block: BlockId) -> Value {
        let body = self.body;
        let Node::Op { args, attr, .. } = &body.nodes[iter].kind else {
            self.gap("a loop over this");
            return self.unit_value();
        };
        let is_inclusive = *attr == core::Attr::Int(1);
        let ty = body.locals[local].ty;
        let class = self.unit.class(ty).unwrap_or(types::I64);
        let (from, to) = (self.node(args[0]), self.node(args[1]));
        let counter = self.b.declare_var(class);
        self.b.def_var(counter, from);
        let [head, inside, again, next] = [(); 4].map(|()| self.b.create_block());
        self.b.ins().jump(head, &[]);
        self.b.switch_to_block(head);
        let frame = self.open(label, true, Some(again), Ty::unit());
        let end = self.frames[frame].end;
        let at = self.b.use_var(counter);
        let code = match (is_signed(ty), is_inclusive) {
            (true, true) => IntCC::SignedLessThanOrEqual,
            (true, false) => IntCC::SignedLessThan,
            (false, true) => IntCC::UnsignedLessThanOrEqual,
            (false, false) => IntCC::UnsignedLessThan,
        };
        let goes_on = self.b.ins().icmp(code, at, to);
        self.b.ins().brif(goes_on, inside, &[], end, &[]);
        self.b.switch_to_block(inside);
        self.set_local(local, at);
        self.block(block);
        self.b.ins().jump(again, &[]);
        self.b.switch_to_block(again);
        let at = self.b.use_var(counter);
        if is_inclusive {
            let is_last = self.b.ins().icmp(IntCC::Equal, at, to);
            self.b.ins().brif(is_last, end, &[], next, &[]);
        } else {
            self.b.ins().jump(next, &[]);
        }
        self.b.switch_to_block(next);
        let more = self.b.ins().iadd_imm_s(at, 1);
        self.b.def_var(counter, more);
        self.b.ins().jump(head, &[]);
        self.close(frame)
    }

    fn matched(&mut self, subject: NodeId, arms: &[core::Arm], ty: Ty) -> Value {
        let subject = self.node(subject);
        if arms.iter().any(|arm| arm.guard.is_some()) {
            return self.tested(subject, arms, ty);
        }
        let frame = self.open(None, false, None, ty);
        let mut switch = Switch::new();
        let mut seen: Vec<u128> = Vec::new();
        let class = self.b.func.dfg.value_type(subject);
        let other = self.b.create_block();
        let mut rest = other;
        let mut blocks = Vec::new();
        for arm in arms {
            let block = self.b.create_block();
            let mut keys = Vec::new();
            if !keys_of(&arm.pat, &mut keys) && rest == other {
                rest = block;
            }
            for key in keys {
                let key = key as u128 & (u128::MAX >> (128 - class.bits()));
                if !seen.contains(&key) && rest == other || rest == block && !seen.contains(&key) {
                    seen.push(key);
                    switch.set_entry(key, block);
                }
            }
            blocks.push(block);
        }
        switch.emit(&mut self.b, subject, rest);
        for (arm, block) in arms.iter().zip(blocks) {
            self.b.switch_to_block(block);
            let value = self.block(arm.body);
            self.end_with(frame, value);
        }
        self.b.switch_to_block(other);
        self.close_without(frame)
    }

    /// Arms that are tried one after the other.
    fn tested(&mut self, subject: Value, arms: &[core::Arm], ty: Ty) -> Value {
        let class = self.b.func.dfg.value_type(subject);
        let frame = self.open(None, false, None, ty);
        for arm in arms {
            let (fits, other) = (self.b.create_block(), self.b.create_block());
            let mut keys = Vec::new();
            if keys_of(&arm.pat, &mut keys) {
                let known = self.b.create_block();
                for key in keys {
                    let key = self.integer(key, class);
                    let is_equal = self.b.ins().icmp(IntCC::Equal, subject, key);
                    let next = self.b.create_block();
                    self.b.ins().brif(is_equal, known, &[], next, &[]);
                    self.b.switch_to_block(next);
                }
                self.b.ins().jump(other, &[]);
                self.b.switch_to_block(known);
            }
            match arm.guard {
                Some(guard) => {
                    let holds = self.node(guard);
                    self.b.ins().brif(holds, fits, &[], other, &[]);
                }
                None => {
                    self.b.ins().jump(fits, &[]);
                }
            }
            self.b.switch_to_block(fits);
            let value = self.block(arm.body);
            self.end_with(frame, value);
            self.b.switch_to_block(other);
        }
        self.close_without(frame)
    }

    fn open(&mut self, label: Option<Name>, is_loop: bool, again: Option<Block>, ty: Ty) -> usize {
        let class =
            if matches!(ty.kind(), TyKind::Unit | TyKind::Never) { None } else { self.unit.class(ty) };
        let value = class.map(|class| (self.b.declare_var(class), class));
        let end = self.b.create_block();
        self.frames.push(Frame { label, is_loop, end, again, value, depth: self.scopes.len() });
        self.frames.len() - 1
    }

    /// Leaves a frame with a value.
    fn end_with(&mut self, frame: usize, value: Value) {
        let (end, variable) = (self.frames[frame].end, self.frames[frame].value);
        if let Some((variable, class)) = variable {
            let value = self.of_class(value, class);
            self.b.def_var(variable, value);
        }
        self.b.ins().jump(end, &[]);
    }

    /// Leaves a frame where no arm has been taken.
    fn close_without(&mut self, frame: usize) -> Value {
        let value = self.unit_value();
        self.end_with(frame, value);
        self.close(frame)
    }

    fn close(&mut self, frame: usize) -> Value {
        let frame = self.frames.remove(frame);
        self.b.switch_to_block(frame.end);
        match frame.value {
            Some((variable, _)) => self.b.use_var(variable),
            None => self.unit_value(),
        }
    }

    fn jump(&mut self, label: Option<Name>, value: Option<Value>, leaves: bool) -> Value {
        let found = self.frames.iter().rposition(|frame| match label {
            Some(label) => frame.label == Some(label),
            None => frame.is_loop,
        });
        let Some(frame) = found else {
            self.gap("a jump out of this");
            return self.unit_value();
        };
        let (depth, again, end) =
            (self.frames[frame].depth, self.frames[frame].again, self.frames[frame].end);
        if let (Some(value), Some((variable, _))) = (value, self.frames[frame].value) {
            self.b.def_var(variable, value);
        }
        self.end_objects(depth);
        let target = if leaves { end } else { again.unwrap_or(end) };
        self.b.ins().jump(target, &[]);
        self.nowhere();
        self.unit_value()
    }
}

/// The numbers that a pattern takes; false where it takes all.
fn keys_of(pat: &Pat, out: &mut Vec<i128>) -> bool {
    match pat {
        Pat::Const(Const::Int(digits)) => {
            out.push(super::expr::whole(digits));
            true
        }
        Pat::Const(Const::Bool(value)) => {
            out.push(i128::from(*value));
            true
        }
        // Every part is asked, whatever one before it takes.
        Pat::Or(parts) => parts.iter().map(|part| keys_of(part, out)).min().unwrap_or(true),
        _ => false,
    }
}
