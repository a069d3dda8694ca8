//! Rust syntax as the printer builds it: expressions, statements, blocks; no types, no names to resolve.
//!
//! Parentheses do not occur: `layout` puts them where precedence asks for them. A spelling that is not
//! taken apart is `Raw` (an expression in its own right, parenthesised wherever it is an operand).

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub enum Expr {
    /// A name, path or literal: never needs parentheses.
    Atom(String),
    /// The name of a static that is computed once: a guard of its value.
    Lazy(String),
    /// Any expression text.
    Raw(String),
    Call(Box<Expr>, Vec<Expr>),
    /// Receiver, name (with a turbofish), arguments.
    Method(Box<Expr>, String, Vec<Expr>),
    Field(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    Try(Box<Expr>),
    Await(Box<Expr>),
    /// `-`, `!`, `*`, `&`, `&mut `.
    Unary(&'static str, Box<Expr>),
    Binary(Box<Expr>, &'static str, Box<Expr>),
    Cast(Box<Expr>, String),
    /// `start..end`; `..=` when inclusive.
    Range(Option<Box<Expr>>, Option<Box<Expr>>, bool),
    /// `place op= value`, or `place = value` with an empty operator.
    Assign(Box<Expr>, &'static str, Box<Expr>),
    Tuple(Vec<Expr>),
    /// `[a, b]`.
    Array(Vec<Expr>),
    /// `vec![x; n]`, `[x; n]`: opening text, value, count.
    Repeat(&'static str, Box<Expr>, Box<Expr>),
    /// `name!(..)`; `vec!` gets brackets.
    Macro(String, Vec<Expr>),
    /// `Path { field: value }`; a field whose value is its own name is written once.
    Struct(String, Vec<(String, Expr)>),
    Closure(Closure),
    /// `'label: { .. }`, `async move { .. }`: text before the brace, then the block.
    Block(String, Block),
    If(Box<If>),
    /// `let pat = value` in a condition.
    Let(String, Box<Expr>),
    Match(Box<Expr>, Vec<Arm>),
    /// Label with colon and blank, condition, body.
    While(String, Box<Expr>, Block),
    Loop(String, Block),
    /// Label, pattern, iterator, body.
    For(String, String, Box<Expr>, Block),
    /// `return`, `break 'a`, `continue`, with an operand.
    Jump(String, Option<Box<Expr>>),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Closure {
    /// `|x| `'s inside: `x`, `(a, b): (i64, i64)`.
    pub params: String,
    pub is_move: bool,
    /// Result type; asks for a block.
    pub ret: Option<String>,
    pub body: Box<Expr>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct If {
    pub cond: Expr,
    pub then: Block,
    /// A `Block` or another `If`.
    pub els: Option<Expr>,
    pub mark: Option<u32>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Arm {
    pub pat: String,
    pub guard: Option<Expr>,
    pub body: Block,
    pub above: Vec<Comment>,
    pub mark: Option<u32>,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub tail: Option<Box<Expr>>,
    pub end_comments: Vec<Comment>,
    /// Source position of the tail.
    pub tail_mark: Option<u32>,
}

/// A comment's text without its sign.
#[derive(Clone, PartialEq, Debug)]
pub struct Comment {
    pub text: String,
    pub blank_before: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub above: Vec<Comment>,
    pub beside: Option<String>,
    pub blank_before: bool,
    /// Number of its source position.
    pub mark: Option<u32>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum StmtKind {
    /// `let pat: ty = value else { .. };`
    Let { pat: String, ty: Option<String>, value: Option<Expr>, els: Option<Block> },
    /// An expression with a semicolon where Rust wants one.
    Expr(Expr),
    /// The value of the block, where comments stand above it.
    Value(Expr),
    /// Only the comments of the statement.
    Nothing,
}

impl Closure {
    /// What the closure computes; a block that is only a value is that value.
    pub fn value(&self) -> &Expr {
        match &*self.body {
            Expr::Block(label, block) if label.is_empty() && self.ret.is_none() => {
                block.as_value().unwrap_or(&self.body)
            }
            body => body,
        }
    }
}

impl Stmt {
    pub fn new(kind: StmtKind) -> Self {
        Self { kind, above: Vec::new(), beside: None, blank_before: false, mark: None }
    }
    pub fn expr(expr: Expr) -> Self {
        Self::new(StmtKind::Expr(expr))
    }
    pub fn bind(pat: impl Into<String>, ty: Option<String>, value: Option<Expr>) -> Self {
        Self::new(StmtKind::Let { pat: pat.into(), ty, value, els: None })
    }
}

impl Block {
    /// A block that is only this value.
    pub fn of(tail: Expr) -> Self {
        Self { tail: Some(Box::new(tail)), ..Self::default() }
    }
    pub fn is_empty(&self) -> bool {
        self.stmts.is_empty() && self.tail.is_none() && self.end_comments.is_empty()
    }
    /// A block as the value of a block is part of it.
    pub fn open_tail(&mut self) {
        match self.tail.take().map(|tail| *tail) {
            Some(Expr::Block(label, inner)) if label.is_empty() && self.end_comments.is_empty() => {
                self.stmts.extend(inner.stmts);
                self.tail = inner.tail;
                self.tail_mark = inner.tail_mark.or(self.tail_mark);
                self.end_comments = inner.end_comments;
            }
            tail => self.tail = tail.map(Box::new),
        }
    }
    /// The value, when the block is nothing else.
    pub fn as_value(&self) -> Option<&Expr> {
        if self.stmts.is_empty() && self.end_comments.is_empty() { self.tail.as_deref() } else { None }
    }
}

impl Expr {
    pub fn atom(text: impl Into<String>) -> Self {
        Self::Atom(text.into())
    }
    /// Whether the expression is what stands for untranslated code.
    /// Turns each `?` of the expression itself (not of a closure in it) into `.or_raise()`; whether there was one.
    pub fn raise_tries(&mut self) -> bool {
        let mut found = false;
        if let Self::Try(inner) = self {
            let inner = std::mem::replace(&mut **inner, Self::Atom(String::new()));
            *self = inner.method("or_raise", vec![]);
            found = true;
        }
        self.for_each_operand(&mut |operand| found |= operand.raise_tries());
        found
    }
    /// Calls `f` for each direct operand and the value of each block; not for the statements.
    pub(crate) fn for_each_operand(&mut self, f: &mut dyn FnMut(&mut Self)) {
        match self {
            Self::Atom(_) | Self::Lazy(_) | Self::Raw(_) | Self::Closure(_) | Self::Loop(..) => {}
            Self::Block(_, block) => block.tail.iter_mut().for_each(|tail| f(tail)),
            Self::Match(of, arms) => {
                f(of);
                arms.iter_mut().filter_map(|arm| arm.body.tail.as_mut()).for_each(|tail| f(tail));
            }
            Self::Call(of, args) | Self::Method(of, _, args) => {
                f(of);
                args.iter_mut().for_each(f);
            }
            Self::Index(a, b) | Self::Binary(a, _, b) | Self::Assign(a, _, b) | Self::Repeat(_, a, b) => {
                f(a);
                f(b);
            }
            Self::Field(of, _)
            | Self::Try(of)
            | Self::Await(of)
            | Self::Unary(_, of)
            | Self::Cast(of, _)
            | Self::Let(_, of)
            | Self::While(_, of, _)
            | Self::For(_, _, of, _) => f(of),
            Self::Range(a, b, _) => a.iter_mut().chain(b).for_each(|of| f(of)),
            Self::Tuple(items) | Self::Array(items) | Self::Macro(_, items) => items.iter_mut().for_each(f),
            Self::Struct(_, fields) => fields.iter_mut().for_each(|(_, value)| f(value)),
            Self::If(branch) => {
                f(&mut branch.cond);
                branch.then.tail.iter_mut().for_each(|tail| f(tail));
                branch.els.iter_mut().for_each(f);
            }
            Self::Jump(_, value) => value.iter_mut().for_each(|value| f(value)),
        }
    }
    pub fn is_hole(&self) -> bool {
        matches!(self, Self::Macro(name, _) if name == "todo")
    }
    /// A hole among the operands ends the evaluation there: the operation around it has no type to be
    /// checked with. Operands before it that may have an effect keep it as it is.
    fn take_hole(operands: &mut Vec<Self>) -> Option<Self> {
        let at = operands.iter().position(Self::is_hole)?;
        let before = operands[..at].iter().all(|operand| matches!(operand, Self::Atom(_) | Self::Lazy(_)));
        before.then(|| operands.swap_remove(at))
    }
    pub fn call(callee: impl Into<String>, mut args: Vec<Self>) -> Self {
        if let Some(hole) = Self::take_hole(&mut args) {
            return hole;
        }
        Self::Call(Box::new(Self::Atom(callee.into())), args)
    }
    pub fn method(self, name: impl Into<String>, args: Vec<Self>) -> Self {
        let name = name.into();
        // A reference has an order of its own: Rust would compare and give references.
        let takes_value = matches!(name.as_str(), "min" | "max" | "clamp");
        match self {
            Self::Unary("*", _) if takes_value => Self::Method(Box::new(self), name, args),
            other => match other.receiver() {
                hole if hole.is_hole() => hole,
                receiver => Self::Method(Box::new(receiver), name, args),
            },
        }
    }
    pub fn field(self, name: impl Into<String>) -> Self {
        match self.receiver() {
            hole if hole.is_hole() => hole,
            receiver => Self::Field(Box::new(receiver), name.into()),
        }
    }
    pub fn index(self, index: Self) -> Self {
        match self.receiver() {
            hole if hole.is_hole() => hole,
            receiver => Self::Index(Box::new(receiver), Box::new(index)),
        }
    }
    pub fn unary(op: &'static str, of: Self) -> Self {
        match (op, of) {
            (_, hole) if hole.is_hole() => hole,
            // A guard is no reference: `&guard` is.
            ("&" | "&mut ", Self::Unary("*", inner)) if inner.is_guard() => Self::Unary(op, inner),
            // A reference to what a reference points to is that reference.
            ("&", Self::Unary("*", inner)) => *inner,
            ("*", Self::Unary("&" | "&mut ", inner)) if inner.is_guard() => Self::Unary(op, inner),
            ("*", Self::Unary("&" | "&mut ", inner)) => *inner,
            (op, of) => Self::Unary(op, Box::new(of)),
        }
    }
    pub fn binary(self, op: &'static str, other: Self) -> Self {
        Self::Binary(Box::new(self), op, Box::new(other))
    }
    pub fn cast(self, ty: impl Into<String>) -> Self {
        Self::Cast(Box::new(self), ty.into())
    }
    /// What stands before a dot: references and dereferences are left to Rust.
    pub fn receiver(self) -> Self {
        match self {
            Self::Unary("&" | "&mut " | "*", inner) => inner.receiver(),
            other => other,
        }
    }
    /// The value without a reference taken in front.
    pub fn without_ref(self) -> Self {
        match self {
            Self::Unary("&" | "&mut ", inner) => *inner,
            other => other,
        }
    }
    /// `cell.borrow()`, a lazy static: reads as what it guards, but is a value of its own.
    pub fn is_guard(&self) -> bool {
        match self {
            Self::Method(_, name, args) => {
                args.is_empty() && matches!(name.as_str(), "borrow" | "borrow_mut")
            }
            Self::Lazy(_) => true,
            _ => false,
        }
    }
    /// A closure of one expression.
    pub fn closure(params: impl Into<String>, body: Self) -> Self {
        let params = params.into();
        // `|| Vec::new()` is `Vec::new`.
        if let (true, Self::Call(callee, args)) = (params.is_empty(), &body)
            && args.is_empty()
            && matches!(&**callee, Self::Atom(path) if path.ends_with("::new") && !path.contains('<'))
        {
            return (**callee).clone();
        }
        Self::Closure(Closure { params, is_move: false, ret: None, body: Box::new(body) })
    }
    /// Ends in a block, so that it needs no semicolon as a statement.
    pub fn is_block_like(&self) -> bool {
        matches!(
            self,
            Self::Block(..)
                | Self::If(_)
                | Self::Match(..)
                | Self::While(..)
                | Self::Loop(..)
                | Self::For(..)
        )
    }
}
