//! A body: the tables of one function, method or module initialiser.
//!
//! Invariants: every id points into its table; a node or block has exactly one parent (a body is a
//! tree); places name locals of this body or globals of the program; comments hang on statements
//! and block ends and are never dropped silently.

use crate::{Op, Ty};
use batuta_base::{IdVec, Name, Origin, id};
use std::marker::PhantomData;
use std::sync::Arc;

id!(/// A row of a body's node table: an expression.
    pub struct NodeId = "n");
id!(/// A row of a body's block table.
    pub struct BlockId = "b");
id!(/// A row of a body's local table.
    pub struct LocalId = "l");

/// Level marker: names resolved, types may be `?`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Hir;
/// Level marker: types known, calls resolved, coercions explicit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Typed;
/// Level marker: Rust types, modes of use, error roads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Mir;

/// A level of the IR.
pub trait Level: Copy + Eq + std::fmt::Debug + 'static {
    const NAME: &'static str;
}
impl Level for Hir {
    const NAME: &'static str = "hir";
}
impl Level for Typed {
    const NAME: &'static str = "typed";
}
impl Level for Mir {
    const NAME: &'static str = "mir";
}

/// The source language: dynamic operations, text and comparison mean that language's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lang {
    Python,
    C,
    Ruchy,
}

/// One function, method, lambda-lifted function or module initialiser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body<L> {
    /// Item path: `pkg.mod.f`, `pkg.mod.Class.method`, `pkg.mod.<init>` for top-level statements.
    /// A specialisation carries a suffix: `pkg.mod.f$str`.
    pub path: Name,
    pub lang: Lang,
    pub kind: FnKind,
    pub params: Vec<Param>,
    /// Result type; at Hir the annotation or `?`.
    pub ret: Ty,
    /// Mir: the function returns `Result<ret, rt::Error>`.
    pub fallible: bool,
    /// Contains `yield`: calling it gives an iterator of the yielded type.
    pub is_generator: bool,
    pub is_async: bool,
    pub decorators: Vec<Decorator>,
    pub doc: Option<Arc<str>>,
    /// Comments above a method. Those above a module-level function stand in its `ItemRow`.
    pub above: Vec<Comment>,
    pub origin: Origin,
    pub locals: IdVec<LocalId, LocalRow>,
    pub nodes: IdVec<NodeId, NodeRow>,
    pub blocks: IdVec<BlockId, BlockRow>,
    pub root: BlockId,
    pub level: PhantomData<L>,
}

/// What a function is to its class.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FnKind {
    Function,
    /// First parameter is the receiver.
    Method,
    ClassMethod,
    StaticMethod,
    /// Read as an attribute.
    Property,
    /// Written as an attribute.
    PropertySetter,
    /// Top-level statements of a module.
    Init,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    pub name: Name,
    pub local: LocalId,
    pub kind: ParamKind,
    /// Default, a node of this body; evaluated in the defining scope.
    pub default: Option<NodeId>,
}

impl Param {
    /// How a call hands on what the parameter took.
    pub fn handed_on(&self) -> ArgKind {
        match self.kind {
            ParamKind::Normal | ParamKind::PositionalOnly => ArgKind::Positional,
            ParamKind::KeywordOnly => ArgKind::Named(self.name),
            ParamKind::Star => ArgKind::Star,
            ParamKind::StarStar => ArgKind::StarStar,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParamKind {
    /// By position or keyword.
    Normal,
    PositionalOnly,
    KeywordOnly,
    /// `*args`.
    Star,
    /// `**kwargs`.
    StarStar,
}

/// `@path` or `@path(args)`; arguments are nodes of the body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decorator {
    pub path: Name,
    /// Whether it is written as a call.
    pub is_called: bool,
    pub args: Vec<Arg>,
    pub origin: Origin,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalRow {
    pub name: Name,
    /// Hir: the annotation or `?`.
    pub ty: Ty,
    /// Mir: printed as `let mut` (for parameters `mut name`).
    pub mutable: bool,
    /// Made by the compiler, no source name.
    pub is_temp: bool,
    pub origin: Origin,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeRow {
    pub kind: Node,
    pub ty: Ty,
    pub origin: Origin,
}

/// A sequence of statements with an optional value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BlockRow {
    pub stmts: Vec<Stmt>,
    /// Value of the block; `None` is unit (or never).
    pub tail: Option<NodeId>,
    /// Comments after the last statement.
    pub end_comments: Vec<Comment>,
}

/// A comment's text without its sign, e.g. ` the answer`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Comment {
    pub text: Arc<str>,
    /// A blank line stood before it.
    pub blank_before: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub origin: Origin,
    pub above: Vec<Comment>,
    pub beside: Option<Arc<str>>,
    /// A blank line stood before it (before its first comment).
    pub blank_before: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StmtKind {
    /// Declares the locals of the pattern. Python's Hir and Typed have none (a name is bound by its
    /// first `Set`); Mir has one for each local that is no parameter or pattern variable.
    Let { pat: Pat, value: Option<NodeId> },
    /// Assigns; a pattern whose leaves are places unpacks.
    Set { target: Pat, value: NodeId },
    /// `place op= value`: the place is evaluated once, read, combined, written.
    Update { place: Place, op: Op, value: NodeId },
    /// Evaluates for its effect.
    Expr(NodeId),
    /// Unbinds a name, removes an item or attribute.
    Del(Place),
}

/// Where a value is read from or written to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub root: Root,
    pub proj: Vec<Proj>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Root {
    Local(LocalId),
    /// A module-level name or class attribute, by item path.
    Global(Name),
    /// The value of an expression.
    Node(NodeId),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proj {
    /// `.name`; a tuple's field is its number.
    Field(Name),
    /// `[index]` with the source language's meaning for the container's type.
    Index(NodeId),
    /// Mir: `[index]` on a list by a proved in-range-or-fault non-negative int (`xs[i]`).
    Nth(NodeId),
    /// Mir: `*`.
    Deref,
    /// Mir: the value inside an option (`.as_ref().unwrap()`); where it may be absent, the whole error.
    Payload(Option<Name>),
}

/// How a place is used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mode {
    /// Hir and Typed: read, ownership undecided.
    Read,
    /// Mir: the type is `Copy`.
    Copy,
    /// Mir: last use; the place is dead afterwards.
    Move,
    /// Mir: `&place`.
    Ref,
    /// Mir: `&mut place`.
    Mut,
    /// Mir: `place.clone()`.
    Clone,
    /// Mir: moves out and leaves the default (`std::mem::take`).
    Take,
}

/// An argument of a call. Typed and Mir have positional ones only, in parameter order, complete.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arg {
    pub kind: ArgKind,
    pub value: NodeId,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ArgKind {
    Positional,
    Named(Name),
    /// `*xs`.
    Star,
    /// `**d`.
    StarStar,
}

/// What is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Callee {
    /// A function of the program by item path (at Hir also a class: construction). Methods at Typed
    /// and Mir: the receiver is the first argument.
    Fn(Name),
    /// Typed and Mir: a method called by dynamic dispatch; path of the method in the base class.
    Virtual(Name),
    /// A library function or method by catalogue name: `math.sqrt`, `list.append` (receiver first).
    Lib(Name),
    /// Hir: `receiver.name(..)`, not resolved yet. The receiver is not among the arguments.
    Method(NodeId, Name),
    /// Hir: `super().name(..)`.
    Super(Name),
    /// Typed and Mir: constructs an object: `Class::new(..)`.
    New(Name),
    /// A function value.
    Value(NodeId),
}

/// A literal.
#[derive(Clone, PartialEq, Debug)]
pub enum Const {
    None,
    Bool(bool),
    /// Any size, decimal, with an optional minus sign.
    Int(Arc<str>),
    Float(f64),
    /// Imaginary part of a complex literal.
    Imag(f64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    /// `...`.
    Ellipsis,
    /// `NotImplemented`.
    NotImplemented,
}
impl Eq for Const {}

/// A call of it marks where a decorated definition stands among the statements of its module.
pub const DEFINITION: &str = "python.definition";

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Node {
    Const(Const),
    Use(Place, Mode),
    Op {
        op: Op,
        attr: Attr,
        args: Vec<NodeId>,
    },
    Call {
        callee: Callee,
        args: Vec<Arg>,
    },
    /// Text built from pieces: f-string, literal `%` and `.format`.
    Format(Vec<Piece>),
    If {
        cond: NodeId,
        then: BlockId,
        els: Option<BlockId>,
    },
    Match {
        subject: NodeId,
        arms: Vec<Arm>,
    },
    While {
        label: Option<Name>,
        cond: NodeId,
        body: BlockId,
        els: Option<BlockId>,
    },
    /// Endless loop; its value is that of its `break`.
    Loop {
        label: Option<Name>,
        body: BlockId,
    },
    For {
        label: Option<Name>,
        pat: Pat,
        iter: NodeId,
        body: BlockId,
        els: Option<BlockId>,
    },
    Block {
        label: Option<Name>,
        block: BlockId,
    },
    Try {
        body: BlockId,
        handlers: Vec<Handler>,
        els: Option<BlockId>,
        finally: Option<BlockId>,
    },
    With {
        items: Vec<WithItem>,
        body: BlockId,
        is_async: bool,
    },
    Break {
        label: Option<Name>,
        value: Option<NodeId>,
    },
    Continue {
        label: Option<Name>,
    },
    Return(Option<NodeId>),
    /// Raises an error; without a value, raises again the one that is handled.
    Raise {
        error: Option<NodeId>,
        cause: Option<NodeId>,
    },
    Yield(Option<NodeId>),
    YieldFrom(NodeId),
    Await(NodeId),
    /// A function value. Its parameters and body live in this body's tables; it captures what it uses.
    Closure(Closure),
    /// Comprehension or generator expression: clauses run in order, the sink collects.
    Seq {
        clauses: Vec<Clause>,
        sink: Sink,
    },
    /// A function, class or library function as a value.
    Item(Name),
    /// What could not be lowered: type never, the reason, the source's lines.
    Hole {
        why: Arc<str>,
        source: Arc<str>,
    },
}

/// An operation's constant parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attr {
    None,
    Name(Name),
    Int(i64),
    Ty(Ty),
}

/// A piece of formatted text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    Text(Arc<str>),
    /// A late value is shown when all values of the text are known, as `print` and `str.format` do; others
    /// are shown where they stand, as in an f-string.
    Value {
        value: NodeId,
        conv: Conv,
        spec: Vec<Piece>,
        late: bool,
    },
}

impl Piece {
    /// The values among pieces, in order.
    pub fn values(pieces: &[Piece]) -> Vec<NodeId> {
        let value = |piece: &Piece| match piece {
            Piece::Value { value, .. } => Some(*value),
            Piece::Text(_) => None,
        };
        pieces.iter().filter_map(value).collect()
    }
}

/// How a value becomes text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Conv {
    /// `format(x, spec)`; with an empty spec `str(x)`.
    Format,
    /// `str(x)`, then the spec applies to text.
    Str,
    /// `repr(x)`, then the spec applies to text.
    Repr,
    /// `ascii(x)`.
    Ascii,
    /// printf-style: the spec is flags, width, precision and this conversion letter.
    Percent(char),
    /// The same for the one value right of a `%`: a tuple there holds the values. Only before types are known.
    PercentAll(char),
}

/// A pattern: what a `let`, `for`, assignment, handler or `match` arm binds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pat {
    Wild,
    /// Binds (and in `Let` declares) a local; `@` a pattern where one is given.
    Bind(LocalId, Option<Box<Pat>>),
    /// Assigns to a place. In `Set` and `for` targets.
    Place(Place),
    Tuple(Vec<Pat>),
    /// A sequence: fixed front, optional rest, fixed back.
    List {
        front: Vec<Pat>,
        rest: Option<Box<Pat>>,
        back: Vec<Pat>,
    },
    Const(Const),
    /// Equal to the value of an expression (a dotted name).
    Value(NodeId),
    Or(Vec<Pat>),
    /// `Class(positional.., name=..)`.
    Class {
        class: Name,
        args: Vec<Pat>,
        named: Vec<(Name, Pat)>,
    },
    /// `{key: pat, **rest}`.
    Map {
        pairs: Vec<(NodeId, Pat)>,
        rest: Option<LocalId>,
    },
    /// Mir: `Some(pat)`.
    Some(Box<Pat>),
    /// Mir: `None`.
    None,
    /// Mir: `&pat`.
    Ref(Box<Pat>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arm {
    pub pat: Pat,
    pub guard: Option<NodeId>,
    pub body: BlockId,
    pub origin: Origin,
    pub above: Vec<Comment>,
}

/// `except (A, B) as name:`; no class = everything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handler {
    /// Item paths or builtin names of exception classes.
    pub classes: Vec<Name>,
    pub bind: Option<LocalId>,
    pub body: BlockId,
    pub origin: Origin,
    pub above: Vec<Comment>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WithItem {
    pub context: NodeId,
    pub target: Option<Pat>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closure {
    /// The name of a nested `def`; `None` for a lambda.
    pub name: Option<Name>,
    pub params: Vec<Param>,
    /// A lambda's body is a block with only a tail.
    pub body: BlockId,
    pub ret: Ty,
    pub is_generator: bool,
    pub is_async: bool,
    pub decorators: Vec<Decorator>,
    pub doc: Option<Arc<str>>,
}

impl Closure {
    /// `lambda params: body`, its result not known yet.
    pub fn lambda(params: Vec<Param>, body: BlockId) -> Self {
        Self {
            name: None,
            params,
            body,
            ret: Ty::unknown(),
            is_generator: false,
            is_async: false,
            decorators: Vec::new(),
            doc: None,
        }
    }
}

/// A stage of a comprehension.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Clause {
    For { pat: Pat, iter: NodeId },
    If(NodeId),
}

/// What a comprehension makes of its items.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sink {
    List(NodeId),
    Set(NodeId),
    Dict(NodeId, NodeId),
    /// Lazily: a generator expression.
    Iter(NodeId),
}

impl<L: Level> Body<L> {
    pub fn new(path: Name, lang: Lang, kind: FnKind) -> Self {
        let mut blocks = IdVec::new();
        let root = blocks.push(BlockRow::default());
        Self {
            path,
            lang,
            kind,
            params: Vec::new(),
            ret: Ty::unknown(),
            fallible: false,
            is_generator: false,
            is_async: false,
            decorators: Vec::new(),
            doc: None,
            above: Vec::new(),
            origin: Origin::default(),
            locals: IdVec::new(),
            nodes: IdVec::new(),
            blocks,
            root,
            level: PhantomData,
        }
    }

    /// The same tables at another level; the caller answers for that level's promise.
    pub fn into_level<M: Level>(self) -> Body<M> {
        Body {
            path: self.path,
            lang: self.lang,
            kind: self.kind,
            params: self.params,
            ret: self.ret,
            fallible: self.fallible,
            is_generator: self.is_generator,
            is_async: self.is_async,
            decorators: self.decorators,
            doc: self.doc,
            above: self.above,
            origin: self.origin,
            locals: self.locals,
            nodes: self.nodes,
            blocks: self.blocks,
            root: self.root,
            level: PhantomData,
        }
    }

    pub fn node(&mut self, kind: Node, ty: Ty, origin: Origin) -> NodeId {
        self.nodes.push(NodeRow { kind, ty, origin })
    }

    pub fn op(&mut self, op: impl Into<Op>, args: Vec<NodeId>, ty: Ty, origin: Origin) -> NodeId {
        self.node(Node::Op { op: op.into(), attr: Attr::None, args }, ty, origin)
    }

    pub fn local(&mut self, name: &str, ty: Ty, origin: Origin) -> LocalId {
        let name = Name::new(name);
        self.locals.push(LocalRow { name, ty, mutable: false, is_temp: false, origin })
    }

    /// A local without a source name.
    pub fn temp(&mut self, hint: &str, ty: Ty, origin: Origin) -> LocalId {
        let id = self.local(hint, ty, origin);
        self.locals[id].is_temp = true;
        id
    }

    pub fn use_local(&mut self, local: LocalId, mode: Mode, origin: Origin) -> NodeId {
        let ty = self.locals[local].ty;
        self.node(Node::Use(Place::local(local), mode), ty, origin)
    }

    pub fn block(&mut self, row: BlockRow) -> BlockId {
        self.blocks.push(row)
    }

    /// Whether the first parameter is a receiver.
    pub fn has_receiver(&self) -> bool {
        matches!(self.kind, FnKind::Method | FnKind::Property | FnKind::PropertySetter)
            && !self.params.is_empty()
    }

    pub fn ty(&self, node: NodeId) -> Ty {
        self.nodes[node].ty
    }

    /// The constant that a node is, if it is one.
    pub fn as_const(&self, node: NodeId) -> Option<&Const> {
        match &self.nodes[node].kind {
            Node::Const(value) => Some(value),
            _ => None,
        }
    }
}

impl Stmt {
    pub fn new(kind: StmtKind, origin: Origin) -> Self {
        Self { kind, origin, above: Vec::new(), beside: None, blank_before: false }
    }
}

impl Place {
    pub fn local(local: LocalId) -> Self {
        Self { root: Root::Local(local), proj: Vec::new() }
    }
    pub fn global(path: Name) -> Self {
        Self { root: Root::Global(path), proj: Vec::new() }
    }
    pub fn node(node: NodeId) -> Self {
        Self { root: Root::Node(node), proj: Vec::new() }
    }
    pub fn with(mut self, proj: Proj) -> Self {
        self.proj.push(proj);
        self
    }
    /// The local, when the place is nothing but one.
    pub fn as_local(&self) -> Option<LocalId> {
        match self.root {
            Root::Local(local) if self.proj.is_empty() => Some(local),
            _ => None,
        }
    }
}

impl Arg {
    pub fn positional(value: NodeId) -> Self {
        Self { kind: ArgKind::Positional, value }
    }
}
