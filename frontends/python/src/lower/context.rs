//! The state of the walk, and the few ways to add to it.

use crate::LowerOptions;
use batuta_base::{Code, Diagnostic, Diags, FxHashMap, FxHashSet, IndexMap, Name, Origin};
use batuta_core::*;
use batuta_syntax::{Syntax, Trivia};
use std::sync::Arc;

/// A construct that the compiler does not translate.
pub const UNSUPPORTED: Code = Code::warning("B0501", "this has no translation yet");

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binding {
    Local(LocalId),
    /// A variable of this module or a class attribute, by path.
    Global(Name),
    Fn(Name),
    Class(Name),
    /// An item of another module of the project.
    Imported(Name),
    ProjectModule(Name),
    /// A library module or item, by canonical dotted name.
    Lib(Name),
    /// A builtin name.
    Builtin(Name),
    /// A local of a function around a nested class: out of reach.
    Captured,
    /// Bound in a block that has a syntax error.
    Broken,
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScopeKind {
    Function,
    Class,
    /// A comprehension, or a handler's variable at module level.
    Inner,
}

/// The names of one scope.
pub(crate) struct Scope {
    pub kind: ScopeKind,
    pub names: FxHashMap<Name, Binding>,
    /// Variables that a handler takes the name of, and unbinds.
    pub taken: Vec<Name>,
    pub is_generator: bool,
}

impl Scope {
    pub fn new(kind: ScopeKind) -> Self {
        Self { kind, names: FxHashMap::default(), taken: Vec::new(), is_generator: false }
    }
}

/// A body that is being built.
pub(crate) struct Cx {
    pub body: Body<Hir>,
    /// Byte offset of the body's item: origins count from here.
    pub base: usize,
    /// Path below which nested classes and default globals stand.
    pub home: Name,
    pub scopes: Vec<Scope>,
    /// Statements of the block that is being built.
    pub stmts: Vec<Stmt>,
}

impl Cx {
    pub fn new(path: Name, kind: FnKind, base: usize, end: usize) -> Self {
        let mut body = Body::new(path, Lang::Python, kind);
        body.origin = Origin::new(base, end);
        Self { body, base, home: path, scopes: Vec::new(), stmts: Vec::new() }
    }
}

/// What the file says about one of its classes.
#[derive(Clone, Default)]
pub(crate) struct ClassFacts {
    pub is_exception: bool,
    /// The class or one above it has `__init_subclass__`.
    pub sees_subclasses: bool,
}

/// The walk over one file.
pub(crate) struct Lowerer<'t> {
    pub source: &'t str,
    pub options: &'t LowerOptions<'t>,
    pub parts: &'t [crate::parse::Part],
    pub module: Name,
    pub trivia: Trivia,
    pub cx: Cx,
    /// Bodies around the current one, outermost first.
    pub outer: Vec<Cx>,
    /// Module-level names.
    pub names: FxHashMap<Name, Binding>,
    /// Modules of `from m import *`, last one wins.
    pub stars: Vec<Binding>,
    /// Library modules that were imported by their dotted name.
    pub lib_modules: FxHashSet<Name>,
    pub classes: FxHashMap<Name, ClassFacts>,
    /// Type aliases, `NewType`s and type variables by path.
    pub aliases: FxHashMap<Name, Ty>,
    /// Constant tuples of exception classes at module level.
    pub exception_tuples: FxHashMap<Name, Vec<Name>>,
    pub globals: IndexMap<Name, GlobalDef>,
    pub listed: FxHashSet<Name>,
    /// Classes that are being lowered, outermost first.
    pub building: Vec<super::class::Building<'t>>,
    /// Enum classes of the file so far.
    pub enums: IndexMap<Name, super::enum_rules::EnumFacts<'t>>,
    pub out: FileIr,
    pub unknown: Ty,
}

impl<'t> Lowerer<'t> {
    pub fn origin(&self, node: Syntax<'_>) -> Origin {
        node.origin(self.cx.base)
    }

    pub fn node(&mut self, kind: Node, at: Syntax<'_>) -> NodeId {
        let ty = match &kind {
            Node::Hole { .. }
            | Node::Raise { .. }
            | Node::Return(_)
            | Node::Break { .. }
            | Node::Continue { .. } => Ty::never(),
            _ => self.unknown,
        };
        let origin = self.origin(at);
        self.cx.body.node(kind, ty, origin)
    }

    pub fn op(&mut self, op: impl Into<Op>, args: Vec<NodeId>, at: Syntax<'_>) -> NodeId {
        self.node(Node::Op { op: op.into(), attr: Attr::None, args }, at)
    }

    pub fn constant(&mut self, value: Const, at: Syntax<'_>) -> NodeId {
        self.node(Node::Const(value), at)
    }

    pub fn use_place(&mut self, place: Place, at: Syntax<'_>) -> NodeId {
        self.node(Node::Use(place, Mode::Read), at)
    }

    pub fn use_local(&mut self, local: LocalId, at: Syntax<'_>) -> NodeId {
        self.use_place(Place::local(local), at)
    }

    pub fn call_lib(&mut self, name: &str, args: Vec<NodeId>, at: Syntax<'_>) -> NodeId {
        let args = args.into_iter().map(Arg::positional).collect();
        self.node(Node::Call { callee: Callee::Lib(Name::new(name)), args }, at)
    }

    pub fn new_local(&mut self, name: &str, at: Syntax<'_>) -> LocalId {
        let origin = self.origin(at);
        self.cx.body.local(name, self.unknown, origin)
    }

    pub fn temp(&mut self, hint: &str, at: Syntax<'_>) -> LocalId {
        let origin = self.origin(at);
        self.cx.body.temp(hint, self.unknown, origin)
    }

    /// Adds a statement to the block that is being built.
    pub fn push(&mut self, kind: StmtKind, at: Syntax<'_>) {
        let origin = self.origin(at);
        self.cx.stmts.push(Stmt::new(kind, origin));
    }

    pub fn push_node(&mut self, kind: Node, at: Syntax<'_>) {
        let node = self.node(kind, at);
        self.push(StmtKind::Expr(node), at);
    }

    pub fn push_set(&mut self, place: Place, value: NodeId, at: Syntax<'_>) {
        self.push(StmtKind::Set { target: Pat::Place(place), value }, at);
    }

    /// Builds a block of what `fill` adds; its answer is the block's value.
    pub fn scoped(&mut self, fill: impl FnOnce(&mut Self) -> Option<NodeId>) -> BlockId {
        let saved = std::mem::take(&mut self.cx.stmts);
        let tail = fill(self);
        let stmts = std::mem::replace(&mut self.cx.stmts, saved);
        self.cx.body.block(BlockRow { stmts, tail, end_comments: Vec::new() })
    }

    /// An expression that first runs statements.
    pub fn block_expr(&mut self, at: Syntax<'_>, fill: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        let block = self.scoped(|this| Some(fill(this)));
        self.node(Node::Block { label: None, block }, at)
    }

    pub fn report(&mut self, code: Code, at: Syntax<'_>, message: impl Into<String>) -> &mut Diagnostic {
        let origin = self.origin(at);
        self.report_at(code, origin, message)
    }

    pub fn report_at(&mut self, code: Code, origin: Origin, message: impl Into<String>) -> &mut Diagnostic {
        let mut diags = Diags::new(self.cx.body.path);
        diags.report_with(code, origin, message);
        self.out.diags.append(&mut diags.list);
        self.out.diags.last_mut().expect("a row was appended on the line above")
    }

    /// A diagnostic, and a node that stops where the construct would run.
    pub fn hole(&mut self, code: Code, at: Syntax<'_>, why: impl Into<String>) -> NodeId {
        let why = why.into();
        self.report(code, at, why.clone());
        self.node(Node::Hole { why: why.into(), source: Arc::from(at.text()) }, at)
    }

    pub fn unsupported(&mut self, at: Syntax<'_>, why: impl Into<String>) -> NodeId {
        self.hole(UNSUPPORTED, at, why)
    }

    /// Starts a body of its own; [`Self::leave`] ends it.
    pub fn enter(&mut self, cx: Cx) {
        let outer = std::mem::replace(&mut self.cx, cx);
        self.outer.push(outer);
    }

    /// Ends the body that [`Self::enter`] started.
    pub fn leave(&mut self) -> Body<Hir> {
        let outer = self.outer.pop().expect("`leave` follows `enter`");
        let mut cx = std::mem::replace(&mut self.cx, outer);
        let root = cx.body.root;
        cx.body.blocks[root].stmts.append(&mut cx.stmts);
        cx.body
    }

    /// Runs `fill` in a new scope of the current body.
    pub fn in_scope<T>(&mut self, scope: Scope, fill: impl FnOnce(&mut Self) -> T) -> (T, Scope) {
        self.cx.scopes.push(scope);
        let answer = fill(self);
        let scope = self.cx.scopes.pop().expect("the scope pushed above");
        (answer, scope)
    }

    /// The module whose names this file defines is the project's own or an ancestor package.
    pub fn is_project_module(&self, path: &str) -> bool {
        (self.options.is_project_module)(path)
    }
}
