//! Mir to `Lir`.
//!
//! Structure becomes blocks; a comprehension becomes its loops; `try` becomes error edges, its
//! `finally` stands once on each way out; `?` disappears, because every call has an error edge.
//! Registers of locals that a closure shares live in cells when somebody changes them.

mod expr;
mod iterate;
mod pattern;
mod place;
mod shared;
mod stmt;
mod tries;

use crate::drops;
use crate::lir::{Bb, BbRow, End, Gap, Inst, InstKind, Lir, Reg, RegRow};
use batuta_base::{Name, Origin};
use batuta_core::{Attr, BlockId, Body, Closure, Const, LocalId, Mir, Op, Param, Program, Ty, TyKind};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What encloses the code that is lowered, innermost last.
#[derive(Clone)]
enum Scope {
    /// Locals that a block declares.
    Locals(Vec<Reg>),
    Loop {
        label: Option<Name>,
        leave: Bb,
        again: Bb,
        value: Option<Reg>,
    },
    Labelled {
        label: Name,
        leave: Bb,
        value: Option<Reg>,
    },
    /// A `finally`, and where its own errors go.
    Finally {
        block: BlockId,
        on_error: Option<Bb>,
    },
    /// `__exit__` of a `with` item's object, and where its own errors go.
    Exit {
        object: Reg,
        on_error: Option<Bb>,
    },
}

struct Lower<'a> {
    program: &'a Program<Mir>,
    body: &'a Body<Mir>,
    lir: Lir,
    current: Bb,
    on_error: Option<Bb>,
    locals: HashMap<LocalId, Reg>,
    /// Locals that live in cells.
    in_cells: HashSet<LocalId>,
    scopes: Vec<Scope>,
    /// Errors that are handled, innermost last: what a bare `raise` raises.
    handling: Vec<Reg>,
}

/// The basic blocks of a body.
pub fn lower(program: &Program<Mir>, body: &Body<Mir>) -> Lir {
    let in_cells = shared::in_cells(body);
    let mut at = Lower::new(program, body, body.ret, in_cells);
    if body.is_generator {
        at.yields(body.ret);
    }
    if body.is_async {
        at.gap("async function", body.origin);
    }
    at.params(&body.params);
    at.function_body(body.root);
    at.finish()
}

impl<'a> Lower<'a> {
    fn new(program: &'a Program<Mir>, body: &'a Body<Mir>, ret: Ty, in_cells: HashSet<LocalId>) -> Self {
        let lir = Lir::new(body.path, ret);
        let current = lir.entry;
        Self {
            program,
            body,
            lir,
            current,
            on_error: None,
            locals: HashMap::new(),
            in_cells,
            scopes: Vec::new(),
            handling: Vec::new(),
        }
    }

    /// The body gives its items, and nothing at its end.
    fn yields(&mut self, ty: Ty) {
        let item = match ty.kind() {
            TyKind::Iter(item) => *item,
            _ => ty,
        };
        self.lir.yields = Some(item);
        self.lir.ret = Ty::unit();
    }

    fn finish(mut self) -> Lir {
        drops::settle(&mut self.lir);
        self.lir
    }

    fn params(&mut self, params: &[Param]) {
        for param in params {
            let ty = self.body.locals[param.local].ty;
            let reg = if self.in_cells.contains(&param.local) {
                let plain = self.temp(ty);
                let cell = self.local_reg(param.local);
                let is_cell = shared::cell_content(ty).or(shared::lent_content(ty)).is_some();
                let kind = if is_cell { InstKind::Alias(plain) } else { InstKind::Copy(plain) };
                self.push(Some(cell), kind, self.body.locals[param.local].origin);
                plain
            } else {
                self.local_reg(param.local)
            };
            self.lir.params.push(reg);
        }
    }

    fn function_body(&mut self, root: BlockId) {
        let value = self.block(root);
        let result = (self.lir.ret != Ty::unit()).then_some(value);
        self.end(End::Return(result));
    }

    /// Lowers a closure of this body and gives its index, and what it captures.
    fn closure(&mut self, closure: &Closure) -> (usize, Vec<Reg>) {
        let captured = shared::captured(self.body, closure);
        let mut inner = Lower::new(self.program, self.body, closure.ret, self.in_cells.clone());
        if closure.is_generator {
            inner.yields(closure.ret);
        }
        let mut outer = Vec::new();
        for local in captured {
            outer.push(self.local_reg(local));
            let reg = inner.local_reg(local);
            inner.lir.captures.push(reg);
        }
        let is_lent = |param: &Param| shared::lent_content(self.body.locals[param.local].ty).is_some();
        if closure.params.iter().any(is_lent) {
            inner.gap("a closure that is lent a number or a text to change", self.body.origin);
        }
        if closure.is_async {
            inner.gap("async closure", self.body.origin);
        }
        inner.params(&closure.params);
        inner.function_body(closure.body);
        self.lir.closures.push(inner.finish());
        (self.lir.closures.len() - 1, outer)
    }

    // Blocks and instructions.

    fn new_block(&mut self) -> Bb {
        self.lir.blocks.push(BbRow { insts: Vec::new(), end: End::Stop, on_error: self.on_error })
    }

    /// Ends the current block; what follows is unreachable until `go`.
    fn end(&mut self, end: End) {
        self.lir.blocks[self.current].end = end;
        self.current = self.new_block();
    }

    /// Goes on in a block, whose errors go where the current ones go.
    fn go(&mut self, block: Bb) {
        self.lir.blocks[block].on_error = self.on_error;
        self.current = block;
    }

    fn goto(&mut self, block: Bb) {
        self.end(End::Goto(block));
    }

    fn push(&mut self, dst: Option<Reg>, kind: InstKind, origin: Origin) {
        self.lir.blocks[self.current].insts.push(Inst { dst, kind, origin });
    }

    fn emit(&mut self, ty: Ty, kind: InstKind, origin: Origin) -> Reg {
        let dst = self.temp(ty);
        self.push(Some(dst), kind, origin);
        dst
    }

    fn op(&mut self, op: impl Into<Op>, args: Vec<Reg>, ty: Ty, origin: Origin) -> Reg {
        self.emit(ty, InstKind::Op { op: op.into(), attr: Attr::None, args }, origin)
    }

    fn lib(&mut self, name: &str, args: Vec<Reg>, ty: Ty, origin: Origin) -> Reg {
        let target = crate::lir::Target::Lib(Name::new(name));
        self.emit(ty, InstKind::Call { target, args }, origin)
    }

    fn int(&mut self, value: i64, origin: Origin) -> Reg {
        let text = Arc::from(value.to_string());
        self.emit(Ty::i64(), InstKind::Const(Const::Int(text)), origin)
    }

    fn unit(&mut self, origin: Origin) -> Reg {
        self.emit(Ty::unit(), InstKind::Const(Const::None), origin)
    }

    // Registers.

    fn temp(&mut self, ty: Ty) -> Reg {
        self.lir.regs.push(RegRow { ty, local: None, in_cell: false })
    }

    fn local_reg(&mut self, local: LocalId) -> Reg {
        if let Some(reg) = self.locals.get(&local) {
            return *reg;
        }
        let in_cell = self.in_cells.contains(&local);
        let ty = self.body.locals[local].ty;
        let lent = shared::lent_content(ty).filter(|_| in_cell);
        let ty = shared::cell_content(ty).or(lent).unwrap_or(ty);
        let reg = self.lir.regs.push(RegRow { ty, local: Some(local), in_cell });
        self.locals.insert(local, reg);
        reg
    }

    fn ty(&self, reg: Reg) -> Ty {
        self.lir.regs[reg].ty
    }

    /// Says that a construct is not lowered; a value of the type stands for it.
    fn gap(&mut self, what: impl Into<String>, origin: Origin) {
        self.lir.gaps.push(Gap { what: what.into(), origin });
    }
}
