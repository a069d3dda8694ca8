//! `Lir`: a body as basic blocks over registers. Derived from Mir, printed, never parsed or stored.
//!
//! Invariants: a block ends once; an instruction that fails continues at its block's `on_error`
//! (none: the function leaves with the error); a register may be set more than once (it is a
//! variable, not a name for one value); `Drop` stands where the owner of a value goes out of scope.

use batuta_base::{IdVec, Name, Origin, id};
use batuta_core::{Attr, Const, Conv, IterOp, LocalId, Op, Ty};
use std::sync::Arc;

id!(/// A register.
    pub struct Reg = "r");
id!(/// A basic block.
    pub struct Bb = "bb");

/// One function or closure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lir {
    /// Path of the body; closures carry its path too.
    pub path: Name,
    pub params: Vec<Reg>,
    /// Of a closure: the registers that hold what it captured, in the order of its `Closure` instruction.
    pub captures: Vec<Reg>,
    pub ret: Ty,
    /// The type of what it yields, if it contains `yield`.
    pub yields: Option<Ty>,
    pub regs: IdVec<Reg, RegRow>,
    pub blocks: IdVec<Bb, BbRow>,
    pub entry: Bb,
    /// Closures that this body makes, by their index.
    pub closures: Vec<Lir>,
    /// What could not be lowered; the code stops there.
    pub gaps: Vec<Gap>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegRow {
    pub ty: Ty,
    pub local: Option<LocalId>,
    /// The variable lives in a cell on the heap: a closure shares it and somebody changes it.
    pub in_cell: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BbRow {
    pub insts: Vec<Inst>,
    pub end: End,
    /// Where an error of an instruction or of `Raise` goes.
    pub on_error: Option<Bb>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inst {
    pub dst: Option<Reg>,
    pub kind: InstKind,
    pub origin: Origin,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InstKind {
    Const(Const),
    Copy(Reg),
    /// Copies; the source owns nothing any more.
    Move(Reg),
    Clone(Reg),
    Op {
        op: Op,
        attr: Attr,
        args: Vec<Reg>,
    },
    Call {
        target: Target,
        args: Vec<Reg>,
    },
    Item(Name),
    Format(Vec<Part>),
    /// Makes a function value of the closure with this index.
    Closure {
        index: usize,
        captures: Vec<Reg>,
    },
    ReadGlobal(Name),
    WriteGlobal(Name, Reg),
    Field(Reg, Name),
    SetField(Reg, Name, Reg),
    /// `base[index]` as the source language means it.
    Index(Reg, Reg),
    /// `base[index]`, index not negative.
    Nth(Reg, Reg),
    SetIndex(Reg, Reg, Reg),
    DelIndex(Reg, Reg),
    DelField(Reg, Name),
    /// The value inside an option that is known to be present.
    Payload(Reg),
    /// An iterator over the register's value.
    Iter(IterOp, Reg),
    /// A new cell for the variable in the destination, holding this value.
    NewCell(Reg),
    /// The other variable's cell itself: both are one variable from now on.
    Alias(Reg),
    /// The error that led here.
    TakeError,
    Yield(Reg),
    Drop(Reg),
    /// Drops if the register still owns its value: some paths moved it away.
    DropIf(Reg),
}

/// What a call calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    Fn(Name),
    Virtual(Name),
    New(Name),
    /// A catalogue row, or a step of a lowering (`rt.unpack`).
    Lib(Name),
    Value(Reg),
}

/// A piece of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    Text(Arc<str>),
    Value { reg: Reg, conv: Conv, spec: Vec<Part> },
}

/// How a block ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    Goto(Bb),
    If(Reg, Bb, Bb),
    /// Takes the iterator's next item into the register, or goes on at `done`.
    Next {
        iter: Reg,
        item: Reg,
        some: Bb,
        done: Bb,
    },
    Return(Option<Reg>),
    /// Raises an error, with its cause.
    Raise(Reg, Option<Reg>),
    /// Nothing arrives here.
    Stop,
}

/// A construct that has no lowering yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    pub what: String,
    pub origin: Origin,
}

impl Lir {
    pub fn new(path: Name, ret: Ty) -> Self {
        let mut blocks = IdVec::new();
        let entry = blocks.push(BbRow { insts: Vec::new(), end: End::Stop, on_error: None });
        Self {
            path,
            params: Vec::new(),
            captures: Vec::new(),
            ret,
            yields: None,
            regs: IdVec::new(),
            blocks,
            entry,
            closures: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// Gaps of this function and of the closures in it.
    pub fn all_gaps(&self) -> Vec<&Gap> {
        self.gaps.iter().chain(self.closures.iter().flat_map(Lir::all_gaps)).collect()
    }
}

impl InstKind {
    /// Registers that it reads.
    pub fn uses(&self) -> Vec<Reg> {
        match self {
            Self::Const(_) | Self::Item(_) | Self::ReadGlobal(_) | Self::TakeError => Vec::new(),
            Self::Copy(a)
            | Self::Move(a)
            | Self::Clone(a)
            | Self::WriteGlobal(_, a)
            | Self::Field(a, _)
            | Self::DelField(a, _)
            | Self::Payload(a)
            | Self::Iter(_, a)
            | Self::NewCell(a)
            | Self::Alias(a)
            | Self::Yield(a)
            | Self::Drop(a)
            | Self::DropIf(a) => vec![*a],
            Self::SetField(a, _, b) | Self::Index(a, b) | Self::Nth(a, b) | Self::DelIndex(a, b) => {
                vec![*a, *b]
            }
            Self::SetIndex(a, b, c) => vec![*a, *b, *c],
            Self::Op { args, .. } | Self::Closure { captures: args, .. } => args.clone(),
            Self::Call { target, args } => match target {
                Target::Value(f) => std::iter::once(*f).chain(args.iter().copied()).collect(),
                _ => args.clone(),
            },
            Self::Format(parts) => {
                let mut out = Vec::new();
                parts_uses(parts, &mut out);
                out
            }
        }
    }
}

fn parts_uses(parts: &[Part], out: &mut Vec<Reg>) {
    for part in parts {
        if let Part::Value { reg, spec, .. } = part {
            out.push(*reg);
            parts_uses(spec, out);
        }
    }
}

impl End {
    pub fn successors(&self) -> Vec<Bb> {
        match self {
            Self::Goto(to) => vec![*to],
            Self::If(_, a, b) => vec![*a, *b],
            Self::Next { some, done, .. } => vec![*some, *done],
            Self::Return(_) | Self::Raise(..) | Self::Stop => Vec::new(),
        }
    }

    /// Registers that it reads.
    pub fn uses(&self) -> Vec<Reg> {
        match self {
            Self::If(reg, ..) | Self::Next { iter: reg, .. } | Self::Return(Some(reg)) => vec![*reg],
            Self::Raise(error, cause) => std::iter::once(*error).chain(*cause).collect(),
            Self::Goto(_) | Self::Return(None) | Self::Stop => Vec::new(),
        }
    }
}
