//! The walk over one file: its state, and the few ways to add to it.

mod assign;
mod atom;
mod call;
mod catches;
mod class;
mod closure;
mod contract;
mod control;
mod data;
mod default;
mod dicts;
mod entry;
mod exceptions;
mod expr;
mod factory;
mod format;
mod function;
mod lend;
mod library;
mod message;
mod module;
mod nil;
mod object;
mod order;
mod pattern;
mod scan;
mod start;
mod stmt;

pub(crate) use module::file;

use crate::Start;
use batuta_base::{Code, Diagnostic, Diags, FxHashMap, FxHashSet, IndexMap, Name, Origin};
use batuta_core::*;
use batuta_syntax::{Syntax, Trivia};
use std::sync::Arc;

/// A construct that the compiler does not translate.
pub const UNSUPPORTED: Code = Code::warning("B0703", "this has no translation from Ruchy yet");
/// A name that nothing in the file defines.
pub const UNKNOWN_NAME: Code = Code::error("B0704", "this name is not defined");
/// An assignment to a variable without `mut`.
pub const IMMUTABLE: Code = Code::error("B0705", "this variable is not mutable");

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binding {
    Local(LocalId),
    Global(Name),
    Fn(Name),
    Struct(Name),
    Enum(Name),
    /// A variant: its enum and its name.
    Variant(Name, Name),
    Module(Name),
    Unknown,
}

/// What the lowering knows of a variable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub binding: Binding,
    pub is_mutable: bool,
    /// The caller's object: changes must not reach it, so it is handed on as a copy.
    pub is_borrowed: bool,
    /// Number of loops and closures around its declaration.
    pub loops: usize,
    pub closures: usize,
}

/// A body that is being built.
pub(crate) struct Cx<'t> {
    pub body: Body<Hir>,
    /// Byte offset of the body's item: origins count from here.
    pub base: usize,
    pub scopes: Vec<FxHashMap<&'t str, Variable>>,
    /// Statements of the block that is being built.
    pub stmts: Vec<Stmt>,
    pub loops: usize,
    pub closures: usize,
    /// Variables that closures of this body assign or change.
    pub changed_inside: FxHashSet<&'t str>,
    /// Where a `break` with a value goes, by loop.
    pub breaks: Vec<(Option<Name>, Option<LocalId>)>,
    /// The function gives nothing: its last expression is a statement.
    pub gives_nothing: bool,
    /// Names of the `catch` clauses around, and the error that each stands for.
    pub caught: Vec<exceptions::Named<'t>>,
    /// Variables and the records of objects that they hold.
    pub records: Vec<(Binding, Name)>,
    /// What variables are declared with.
    pub values: Vec<(Binding, Syntax<'t>)>,
    /// Variables that stand for places, and those that are copies of what a pattern or a loop looks at.
    pub aliases: Vec<(LocalId, lend::Alias<'t>)>,
    pub copies: Vec<LocalId>,
    /// Arguments that defaults of the same call may name.
    pub defaulted: Vec<LocalId>,
    /// Parameters that are `&mut`: what they are handed on to changes the caller's object, too.
    pub lent: Vec<LocalId>,
    /// The method gives its receiver anew.
    pub replaces_self: bool,
    /// Names that a `let mut (..)` declares are mutable.
    pub are_mutable: bool,
    /// Results of the closures around.
    pub closure_rets: Vec<Ty>,
    /// What the result has to fulfil.
    pub ensures: Vec<Syntax<'t>>,
    /// What the pattern of an object that is lowered next takes apart.
    pub form: Option<pattern::Form>,
    /// Conditions that patterns of the arm at hand ask for beside their form.
    pub guards: Vec<NodeId>,
}

impl Cx<'_> {
    pub fn new(path: Name, kind: FnKind, base: usize, end: usize) -> Self {
        let mut body = Body::new(path, Lang::Ruchy, kind);
        body.origin = Origin::new(base, end);
        Self {
            body,
            base,
            scopes: vec![FxHashMap::default()],
            stmts: Vec::new(),
            loops: 0,
            closures: 0,
            changed_inside: FxHashSet::default(),
            breaks: Vec::new(),
            gives_nothing: false,
            caught: Vec::new(),
            records: Vec::new(),
            values: Vec::new(),
            closure_rets: Vec::new(),
            aliases: Vec::new(),
            copies: Vec::new(),
            defaulted: Vec::new(),
            lent: Vec::new(),
            are_mutable: false,
            replaces_self: false,
            ensures: Vec::new(),
            guards: Vec::new(),
            form: None,
        }
    }
}

/// A struct of the file.
#[derive(Clone, Default, Debug)]
pub(crate) struct StructFacts {
    pub fields: Vec<Name>,
    pub is_tuple: bool,
}

/// An enum of the file: its variants with the names of their fields; `None` for those without.
#[derive(Clone, Default, Debug)]
pub(crate) struct EnumFacts {
    pub variants: IndexMap<Name, Vec<Name>>,
}

impl EnumFacts {
    /// No variant holds anything.
    pub fn is_plain(&self) -> bool {
        self.variants.values().all(Vec::is_empty)
    }
}

/// The walk over one file.
pub(crate) struct Lowerer<'t> {
    pub source: &'t str,
    pub trivia: Trivia,
    pub module: Name,
    /// What the names of the modules around begin with, innermost last: `""`, `geometry_`.
    pub chain: Vec<String>,
    /// Names of each module, by what they begin with.
    pub names: FxHashMap<String, FxHashMap<&'t str, Binding>>,
    pub structs: FxHashMap<Name, StructFacts>,
    pub enums: FxHashMap<Name, EnumFacts>,
    /// How many types of the file have each name, and the paths of those of modules that keep theirs.
    pub type_names: FxHashMap<&'t str, usize>,
    pub own_names: FxHashMap<Name, Name>,
    /// Names of all methods that the file defines, and of those that change their receiver.
    pub methods: FxHashSet<&'t str>,
    pub changing: FxHashSet<&'t str>,
    /// Other names of types.
    pub aliases: FxHashMap<&'t str, Syntax<'t>>,
    /// Aliases that are being looked through: one that names itself ends there.
    pub alias_depth: std::cell::Cell<usize>,
    /// Defaults that each call computes which leaves the parameter out, by function, and the place of the parameter.
    pub defaults: FxHashMap<(Name, &'t str), (usize, Syntax<'t>)>,
    /// Parameters that are `&mut` of numbers and texts, by function and place.
    pub cells: FxHashSet<(Name, usize)>,
    /// Methods that give their receiver anew.
    pub replacing: FxHashSet<&'t str>,
    /// Functions that say they give a value, or end in one.
    pub giving: FxHashSet<Name>,
    /// Functions that give none, and those that end in a call of another one.
    pub silent: Vec<Name>,
    pub handing: Vec<(Name, &'t str)>,
    /// Functions of traits with a body, by trait.
    pub provided: FxHashMap<&'t str, Vec<Syntax<'t>>>,
    /// Top-level variables with `mut`.
    pub mutable_globals: FxHashSet<Name>,
    pub globals: IndexMap<Name, GlobalDef>,
    /// Traits whose objects are used as such, and what their required functions are.
    pub traits: FxHashMap<&'t str, Name>,
    pub exceptions: exceptions::Exceptions,
    /// The enum of the file's atoms.
    pub atoms: Option<Name>,
    pub objects: object::Objects<'t>,
    pub classes: class::Classes<'t>,
    /// The file asks for nil: what may be missing is nil, and no error.
    pub has_nil: bool,
    /// What the program does behind its top-level statements.
    pub start: Start,
    /// The type that `Self` names.
    pub this: Option<Name>,
    pub cx: Cx<'t>,
    pub outer: Vec<Cx<'t>>,
    pub out: FileIr,
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
            _ => Ty::unknown(),
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

    pub fn text(&mut self, text: &str, at: Syntax<'_>) -> NodeId {
        self.constant(Const::Str(Arc::from(text)), at)
    }

    pub fn int(&mut self, value: i64, at: Syntax<'_>) -> NodeId {
        self.constant(Const::Int(value.to_string().into()), at)
    }

    pub fn nil(&mut self, at: Syntax<'_>) -> NodeId {
        self.constant(Const::None, at)
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

    /// A value of its own: what is kept of a name, a field or an item.
    pub fn copy(&mut self, value: NodeId, at: Syntax<'_>) -> NodeId {
        self.call_lib("ruchy.copy", vec![value], at)
    }

    pub fn temp(&mut self, hint: &str, at: Syntax<'_>) -> LocalId {
        let origin = self.origin(at);
        self.cx.body.temp(hint, Ty::unknown(), origin)
    }

    /// Adds a statement to the block that is being built.
    pub fn push(&mut self, kind: StmtKind, at: Syntax<'_>) {
        let origin = self.origin(at);
        self.cx.stmts.push(Stmt::new(kind, origin));
    }

    pub fn push_expr(&mut self, node: NodeId, at: Syntax<'_>) {
        self.push(StmtKind::Expr(node), at);
    }

    pub fn push_set(&mut self, place: Place, value: NodeId, at: Syntax<'_>) {
        self.push(StmtKind::Set { target: Pat::Place(place), value }, at);
    }

    /// Builds a block of what `fill` adds, in a scope of its own; its answer is the block's value.
    pub fn scoped(&mut self, fill: impl FnOnce(&mut Self) -> Option<NodeId>) -> BlockId {
        let saved = std::mem::take(&mut self.cx.stmts);
        self.cx.scopes.push(FxHashMap::default());
        let tail = fill(self);
        self.cx.scopes.pop();
        let stmts = std::mem::replace(&mut self.cx.stmts, saved);
        self.cx.body.block(BlockRow { stmts, tail, end_comments: Vec::new() })
    }

    pub fn report(&mut self, code: Code, at: Syntax<'_>, message: impl Into<String>) -> &mut Diagnostic {
        let origin = self.origin(at);
        let mut diags = Diags::new(self.cx.body.path);
        diags.report_with(code, origin, message);
        self.out.diags.append(&mut diags.list);
        self.out.diags.last_mut().expect("a row was appended on the line above")
    }

    /// A diagnostic, and a node that stops where the construct would run.
    pub fn hole(&mut self, code: Code, at: Syntax<'_>, why: impl Into<String>) -> NodeId {
        let why = why.into();
        self.report(code, at, why.clone());
        self.trivia.skip(at.end());
        self.node(Node::Hole { why: why.into(), source: Arc::from(at.text()) }, at)
    }

    pub fn unsupported(&mut self, at: Syntax<'_>, why: impl Into<String>) -> NodeId {
        self.hole(UNSUPPORTED, at, why)
    }

    /// A field that the grammar promises: a hole where a mistake left it out.
    pub fn field(&mut self, node: Syntax<'t>, name: &str) -> Result<Syntax<'t>, NodeId> {
        match node.field(name) {
            Some(found) => Ok(found),
            None => Err(self.unsupported(node, "a part is missing here")),
        }
    }

    /// Starts a body of its own; [`Self::leave`] ends it.
    pub fn enter(&mut self, cx: Cx<'t>) {
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

    /// Declares a variable in the innermost scope.
    pub fn declare(&mut self, name: &'t str, ty: Ty, is_mutable: bool, at: Syntax<'_>) -> LocalId {
        let origin = self.origin(at);
        let local = self.cx.body.local(name, ty, origin);
        self.bind(name, local, is_mutable, false);
        local
    }

    pub fn bind(&mut self, name: &'t str, local: LocalId, is_mutable: bool, is_borrowed: bool) {
        let variable = Variable {
            binding: Binding::Local(local),
            is_mutable,
            is_borrowed,
            loops: self.cx.loops,
            closures: self.cx.closures,
        };
        if let Some(scope) = self.cx.scopes.last_mut() {
            scope.insert(name, variable);
        }
    }

    pub fn variable(&self, name: &str) -> Option<Variable> {
        self.cx.scopes.iter().rev().find_map(|scope| scope.get(name).copied())
    }

    /// What a name means here: a variable, an item of this module or of one around it.
    pub fn look_up(&self, name: &str) -> Binding {
        if let Some(variable) = self.variable(name) {
            return variable.binding;
        }
        let found = |prefix: &String| self.names.get(prefix).and_then(|names| names.get(name)).copied();
        self.chain.iter().rev().find_map(found).unwrap_or(Binding::Unknown)
    }

    /// What `a::b::c` means.
    pub fn resolve_path(&self, node: Syntax<'t>) -> Binding {
        if !node.is("scoped_identifier") {
            return match (node.text(), self.this) {
                ("Self", Some(this)) if self.enums.contains_key(&this) => Binding::Enum(this),
                ("Self", Some(this)) => Binding::Struct(this),
                (name, _) => self.look_up(name),
            };
        }
        let (Some(path), Some(name)) = (node.field("path"), node.field("name")) else {
            return Binding::Unknown;
        };
        let path = if path.is("generic_path") { path.first().unwrap_or(path) } else { path };
        if matches!(path.text(), "self" | "crate" | "super") {
            return self.look_up(name.text());
        }
        match self.resolve_path(path) {
            Binding::Module(prefix) => self
                .names
                .get(prefix.as_str())
                .and_then(|names| names.get(name.text()))
                .copied()
                .unwrap_or(Binding::Unknown),
            Binding::Enum(of) if self.enums[&of].variants.contains_key(&Name::new(name.text())) => {
                Binding::Variant(of, Name::new(name.text()))
            }
            Binding::Struct(of)
                if name.text() == "new"
                    && self.classes.nodes.contains_key(&of)
                    && !self.classes.factories.contains(&of) =>
            {
                Binding::Struct(of)
            }
            Binding::Struct(of) | Binding::Enum(of) => Binding::Fn(of.join(name.text())),
            _ => Binding::Unknown,
        }
    }
}
