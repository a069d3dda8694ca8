//! The typed tree of a translation unit: names resolved, every conversion explicit.

use crate::lex::Pos;
use crate::types::{CTy, RecordId, Records};
use batuta_base::Name;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A translation unit.
pub struct Tree {
    pub records: Records,
    pub globals: Vec<Global>,
    pub funcs: Vec<Func>,
    /// Enumerators and object-like macros of numbers that code names, in their order.
    pub constants: Vec<Constant>,
}

/// A named number.
#[derive(Clone, Debug)]
pub struct Constant {
    pub name: Name,
    pub value: i128,
    pub ty: CTy,
    pub pos: Pos,
}

/// An object of static storage.
#[derive(Clone, Debug)]
pub struct Global {
    pub name: Name,
    pub ty: CTy,
    pub init: Option<Init>,
    /// Only seen by this unit.
    pub is_static: bool,
    /// Declared here, defined (perhaps) elsewhere.
    pub is_extern: bool,
    pub is_const: bool,
    /// The function whose static local it is.
    pub owner: Option<Name>,
    pub pos: Pos,
}

/// A function: declared, or defined where it has a body.
#[derive(Clone, Debug)]
pub struct Func {
    pub name: Name,
    pub ty: Rc<crate::types::FuncTy>,
    pub is_static: bool,
    /// A bundled header declares it.
    pub is_library: bool,
    pub params: Vec<VarId>,
    pub vars: Vec<Var>,
    /// Labels whose address is taken; numbers count from one.
    pub labels: Vec<Name>,
    pub body: Option<Stmt>,
    pub pos: Pos,
    /// Where its text ends.
    pub end: u32,
}

pub type VarId = u32;
pub type FuncId = u32;
pub type GlobalId = u32;

/// A local variable or parameter.
#[derive(Clone, Debug)]
pub struct Var {
    pub name: Name,
    pub ty: CTy,
    pub is_temp: bool,
    pub is_const: bool,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: CTy,
    pub pos: Pos,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CmpOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A number, and the constant that spells it.
    Int(i128, Option<Name>),
    Float(f64),
    /// An array of characters: an lvalue.
    Str(Rc<[u8]>),
    Local(VarId),
    Global(GlobalId),
    Func(FuncId),
    /// `*p`.
    Deref(Box<Expr>),
    /// Field `1` of record `0` in the object.
    Member(Box<Expr>, RecordId, usize),
    Neg(Box<Expr>),
    BitNot(Box<Expr>),
    Not(Box<Expr>),
    /// Operands and result have one type; a shift's count has its own.
    Binary(BinOp, Box<Expr>, Box<Expr>),
    /// Operands have one type; the result is an int.
    Compare(CmpOp, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// Pointer and a `long` that counts objects.
    PtrAdd(Box<Expr>, Box<Expr>),
    PtrDiff(Box<Expr>, Box<Expr>),
    Assign(Box<Expr>, Box<Expr>),
    /// `lhs = (ty)((calc)lhs op rhs)`; the place is found once. Pointers add a `long`.
    Update(BinOp, CTy, Box<Expr>, Box<Expr>),
    /// `++`/`--`: by one up or down; whether the old value is given.
    Step {
        of: Box<Expr>,
        down: bool,
        post: bool,
    },
    Cond(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `a ?: b`.
    Elvis(Box<Expr>, Box<Expr>),
    Comma(Box<Expr>, Box<Expr>),
    Cast(Box<Expr>),
    /// Address of an object.
    Addr(Box<Expr>),
    /// An array as pointer to its first item.
    Decay(Box<Expr>),
    /// Arguments beyond the parameters of a variadic function stand apart.
    Call {
        callee: Box<Expr>,
        args: Vec<Expr>,
        rest: Vec<Expr>,
    },
    StmtExpr(Box<Stmt>),
    /// An object without a name: the variable and its value.
    Compound(VarId, Box<Init>),
    VaStart(Box<Expr>),
    VaArg(Box<Expr>),
    VaEnd(Box<Expr>),
    VaCopy(Box<Expr>, Box<Expr>),
    /// `&&label`: its number in the function.
    LabelAddr(u64),
    /// What could not be translated, with the reason.
    Hole(String),
}

/// The value that an object begins with.
#[derive(Clone, Debug)]
pub enum Init {
    Expr(Expr),
    /// Items by index; what is missing is zero.
    Array(BTreeMap<u64, Init>),
    /// Fields by index; what is missing is zero.
    Record(BTreeMap<usize, Init>),
    /// The bytes of a string in an array of characters.
    Text(Rc<[u8]>),
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub pos: Pos,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    Empty,
    Expr(Expr),
    /// A local comes to life, perhaps with a value.
    Decl(VarId, Option<Init>),
    /// An array of variable length comes to life: the variable of its length was set before.
    Vla(VarId),
    Block(Vec<Stmt>),
    /// Statements of one declaration: no scope of their own.
    Group(Vec<Stmt>),
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    While(Expr, Box<Stmt>),
    Do(Box<Stmt>, Expr),
    For(Option<Box<Stmt>>, Option<Expr>, Option<Expr>, Box<Stmt>),
    Switch(Expr, Box<Stmt>),
    /// Range of values, then the statement behind the label.
    Case(i128, i128, Box<Stmt>),
    Default(Box<Stmt>),
    Label(Name, Box<Stmt>),
    Goto(Name),
    /// `goto *p`.
    GotoPtr(Expr),
    Break,
    Continue,
    Return(Option<Expr>),
    Hole(String),
}

impl Expr {
    pub fn new(kind: ExprKind, ty: CTy, pos: Pos) -> Self {
        Self { kind, ty, pos }
    }
    pub fn int(value: i128, ty: CTy, pos: Pos) -> Self {
        Self::new(ExprKind::Int(value, None), ty, pos)
    }
    pub fn boxed(self) -> Box<Self> {
        Box::new(self)
    }
    /// The number, where the expression is one.
    pub fn as_int(&self) -> Option<i128> {
        match &self.kind {
            ExprKind::Int(value, _) => Some(*value),
            _ => None,
        }
    }
}
