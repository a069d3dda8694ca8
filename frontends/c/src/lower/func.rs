//! Functions: the frame around statements, where each variable lives.

use super::facts::{Facts, Use};
use super::flow::Flow;
use super::link::{Linked, Target, UnitTree, pointer};
use super::new_body;
use crate::codes;
use crate::lex::Pos;
use crate::pp::Issue;
use crate::tree::*;
use crate::types::*;
use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::{
    self as core, BlockId, BlockRow, Body, LocalId, Mir, Mode, Node, NodeId, ObjectStorage, PtrOp, Ty,
};

/// Larger arrays live in checked memory, not on the stack.
const LARGE: u64 = 1 << 18;

/// What a unit becomes.
pub(super) struct UnitBodies {
    pub(super) bodies: Vec<Body<Mir>>,
    pub(super) targets: Vec<(Name, Ty)>,
    pub(super) foreign: Vec<(Name, core::ForeignDef)>,
    pub(super) issues: Vec<Issue>,
}

/// Where a variable lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Home {
    /// A Rust variable.
    Native(LocalId),
    /// An object in checked memory that this variable owns.
    Memory(LocalId),
}

/// The lowering of one function or initialiser.
pub(super) struct Lower<'a> {
    pub(super) linked: &'a Linked,
    pub(super) index: usize,
    pub(super) unit: &'a UnitTree,
    pub(super) func: Option<&'a Func>,
    pub(super) body: Body<Mir>,
    pub(super) uses: Vec<Use>,
    pub(super) homes: FxHashMap<VarId, Home>,
    /// Statements of the blocks that are being made, innermost last.
    pub(super) stmts: Vec<Vec<core::Stmt>>,
    /// Steps that may wait for the end of the expression at hand; `None`: they may not.
    pub(super) deferred: Option<Vec<core::Stmt>>,
    pub(super) flow: Vec<Flow>,
    pub(super) origin: Origin,
    pub(super) issues: Vec<Issue>,
    pub(super) targets: Vec<(Name, Ty)>,
    /// Functions of other libraries that are called.
    pub(super) foreign: Vec<(Name, core::ForeignDef)>,
    pub(super) labels: u32,
    /// The parameter that holds what `...` was given.
    pub(super) rest: Option<LocalId>,
    /// Variables that were declared before their place in the text.
    pub(super) hoisted: Vec<VarId>,
    pub(super) machine: Option<super::machine::Machine>,
    /// Initialisers are one value, whatever they leave out: there is no place for statements.
    pub(super) is_whole: bool,
    /// A value without a place gets one in checked memory: its address is taken.
    pub(super) is_addressed: bool,
}

/// All bodies of a unit: functions, values of cells and tables, the initialiser of objects in memory.
pub(super) fn unit(linked: &Linked, index: usize, unit: &UnitTree) -> UnitBodies {
    let mut out =
        UnitBodies { bodies: Vec::new(), targets: Vec::new(), foreign: Vec::new(), issues: Vec::new() };
    for (id, func) in unit.tree.funcs.iter().enumerate() {
        let Target::Own(path) = linked.funcs[index][id] else { continue };
        let Some(body) = &func.body else { continue };
        // A definition that another unit has already given under this name.
        let mut lower = Lower::new(linked, index, unit, Some(func), path);
        let mut facts = Facts::new(func.vars.len(), &unit.tree);
        facts.tracks_unknown = linked.choices.tracks_unknown;
        facts.stmt(body);
        lower.uses = facts.locals;
        lower.function(func, body);
        out.take(lower);
    }
    super::init::objects(linked, index, unit, &mut out);
    out
}

impl UnitBodies {
    pub(super) fn take(&mut self, lower: Lower<'_>) {
        self.bodies.push(lower.body);
        self.targets.extend(lower.targets);
        self.foreign.extend(lower.foreign);
        self.issues.extend(lower.issues);
    }
}

impl<'a> Lower<'a> {
    pub(super) fn new(
        linked: &'a Linked,
        index: usize,
        unit: &'a UnitTree,
        func: Option<&'a Func>,
        path: Name,
    ) -> Self {
        Self {
            linked,
            index,
            unit,
            func,
            body: new_body(path),
            uses: Vec::new(),
            homes: FxHashMap::default(),
            stmts: vec![Vec::new()],
            deferred: None,
            flow: Vec::new(),
            origin: Origin::default(),
            issues: Vec::new(),
            targets: Vec::new(),
            foreign: Vec::new(),
            labels: 0,
            rest: None,
            hoisted: Vec::new(),
            machine: None,
            is_whole: false,
            is_addressed: false,
        }
    }

    fn function(&mut self, func: &'a Func, stmt: &'a Stmt) {
        self.body.ret = self.ty(&func.ty.ret);
        let place = self.unit.place(func.pos);
        self.body.origin = place.origin;
        self.body.origin.end = func.end;
        self.origin = place.origin;
        let mut in_memory = Vec::new();
        for id in &func.params {
            let var = &func.vars[*id as usize];
            let ty = self.ty(&var.ty);
            let local = self.body.local(var.name.as_str(), ty, self.origin);
            self.body.params.push(core::Param {
                name: var.name,
                local,
                kind: core::ParamKind::Normal,
                default: None,
            });
            if self.wants_memory(*id) {
                in_memory.push((*id, local));
            } else {
                self.body.locals[local].mutable = self.uses[*id as usize].assigned;
                self.homes.insert(*id, Home::Native(local));
            }
        }
        if func.ty.variadic {
            let local = self.body.local("rest", Ty::lib("c.Args", []), self.origin);
            let name = Name::new("rest");
            self.body.params.push(core::Param { name, local, kind: core::ParamKind::Normal, default: None });
            self.rest = Some(local);
        }
        for (id, local) in in_memory {
            let value = self.body.use_local(local, Mode::Copy, self.origin);
            self.new_local(id, Some(value));
        }
        self.function_body(stmt);
        self.close_function(func);
        let stmts = self.stmts.pop().unwrap_or_default();
        self.body.blocks[self.body.root].stmts = stmts;
    }

    /// A value at the end, where control may arrive there.
    fn close_function(&mut self, func: &Func) {
        if func.ty.ret.is_void() || self.stmts.last().is_some_and(|stmts| self.ends(stmts)) {
            return;
        }
        let ty = self.ty(&func.ty.ret);
        let value = self.zero(ty);
        self.body.blocks[self.body.root].tail = Some(value);
    }

    /// Whether control never passes the end of statements.
    pub(super) fn ends(&self, stmts: &[core::Stmt]) -> bool {
        match stmts.last().map(|stmt| &stmt.kind) {
            Some(core::StmtKind::Expr(node)) => self.never(*node),
            _ => false,
        }
    }

    pub(super) fn block_ends(&self, block: BlockId) -> bool {
        let row = &self.body.blocks[block];
        self.ends(&row.stmts) || row.tail.is_some_and(|tail| self.never(tail))
    }

    fn never(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Return(_) | Node::Break { .. } | Node::Continue { .. } | Node::Hole { .. } => true,
            Node::If { then, els: Some(els), .. } => self.block_ends(*then) && self.block_ends(*els),
            Node::Match { arms, .. } => {
                arms.iter().any(|arm| arm.pat == core::Pat::Wild)
                    && arms.iter().all(|arm| self.block_ends(arm.body))
            }
            Node::Loop { body, label } => !self.breaks(*body, *label),
            Node::Block { block, label: None } => self.block_ends(*block),
            _ => *self.body.ty(node).kind() == core::TyKind::Never,
        }
    }

    /// Whether a loop's block leaves the loop.
    fn breaks(&self, block: BlockId, label: Option<Name>) -> bool {
        let mut found = false;
        self.body.walk_block(block, &mut |node| {
            if let Node::Break { label: to, .. } = &self.body.nodes[node].kind {
                // An unlabelled one may belong to a loop inside: taken as this one's, which is safe.
                found |= to.is_none() || *to == label;
            }
        });
        found
    }

    pub(super) fn ty(&self, ty: &CTy) -> Ty {
        self.linked.ty(self.index, ty)
    }

    pub(super) fn var(&self, id: VarId) -> &'a Var {
        &self.func.expect("locals stand in functions").vars[id as usize]
    }

    /// Whether a variable must live in checked memory.
    pub(super) fn wants_memory(&self, id: VarId) -> bool {
        let ty = &self.var(id).ty;
        let records = &self.unit.tree.records;
        self.uses[id as usize].addressed
            || matches!(ty, CTy::Vla(..) | CTy::VaList)
            || records.is_bytes(ty)
            || records.size(ty).is_some_and(|size| size > LARGE)
    }

    /// Brings a variable to life with a value (zero where it has none) and gives its home.
    pub(super) fn new_local(&mut self, id: VarId, value: Option<NodeId>) -> Home {
        let var = self.var(id);
        let ty = self.ty(&var.ty);
        let origin = self.origin;
        if self.wants_memory(id) {
            let local = self.body.local(var.name.as_str(), Ty::lib("c.Local", [ty]), origin);
            let value = value.unwrap_or_else(|| self.zero(ty));
            let made = self.body.op(PtrOp::Local, vec![value], Ty::lib("c.Local", [ty]), origin);
            self.push(core::StmtKind::Let { pat: core::Pat::Bind(local, None), value: Some(made) });
            self.homes.insert(id, Home::Memory(local));
            return Home::Memory(local);
        }
        let local = self.body.local(var.name.as_str(), ty, origin);
        self.body.locals[local].is_temp = var.is_temp;
        self.body.locals[local].mutable = self.uses[id as usize].assigned;
        let value = value.unwrap_or_else(|| self.zero(ty));
        self.push(core::StmtKind::Let { pat: core::Pat::Bind(local, None), value: Some(value) });
        self.homes.insert(id, Home::Native(local));
        Home::Native(local)
    }

    /// A variable without a first value comes to life.
    pub(super) fn new_unknown(&mut self, id: VarId) {
        self.new_local(id, None);
        let made = match self.stmts.last().and_then(|stmts| stmts.last()).map(|stmt| &stmt.kind) {
            Some(core::StmtKind::Let { value: Some(made), .. }) => *made,
            _ => return,
        };
        let tracks = self.linked.choices.tracks_unknown;
        if let (true, Node::Op { op: core::Op::PtrOp(PtrOp::Local), attr, .. }) =
            (tracks, &mut self.body.nodes[made].kind)
        {
            *attr = core::Attr::Int(1);
        }
    }

    /// An array of variable length comes to life.
    pub(super) fn new_vla(&mut self, id: VarId) {
        let var = self.var(id);
        let origin = self.origin;
        let mut item = &var.ty;
        let mut count: Option<NodeId> = None;
        while let CTy::Vla(inner, held) = item {
            let more = self.read_var(*held);
            count = Some(match count {
                Some(count) => self.body.op(core::IntOp::Mul, vec![count, more], Ty::i64(), origin),
                None => more,
            });
            item = inner;
        }
        let item = self.ty(item);
        let owner = Ty::lib("c.LocalArray", [item]);
        let count = count.unwrap_or_else(|| self.int(0, Ty::i64()));
        let local = self.body.local(var.name.as_str(), owner, origin);
        let made = self.body.op(PtrOp::LocalArray, vec![count], owner, origin);
        self.push(core::StmtKind::Let { pat: core::Pat::Bind(local, None), value: Some(made) });
        self.homes.insert(id, Home::Memory(local));
    }

    pub(super) fn read_var(&mut self, id: VarId) -> NodeId {
        match self.homes.get(&id) {
            Some(Home::Native(local)) => self.body.use_local(*local, Mode::Copy, self.origin),
            _ => self.int(0, Ty::i64()),
        }
    }

    pub(super) fn push(&mut self, kind: core::StmtKind) {
        let kind = self.without_inner_hole(kind);
        let stmt = core::Stmt::new(kind, self.origin);
        self.stmts.last_mut().expect("a block is open").push(stmt);
    }
    /// A statement that needs what has no translation is nothing but the place where the program stops.
    fn without_inner_hole(&mut self, kind: core::StmtKind) -> core::StmtKind {
        let mut found = None;
        core::Stmt::new(kind.clone(), self.origin).for_each_child(&mut |child| {
            if let core::Child::Node(node) = child {
                found = found.or_else(|| self.hole_in(node));
            }
        });
        match (found, kind) {
            (None, kind) => kind,
            (hole @ Some(_), core::StmtKind::Let { pat, .. }) => core::StmtKind::Let { pat, value: hole },
            (Some(hole), _) => core::StmtKind::Expr(hole),
        }
    }

    /// A hole among the operands of an expression; not in blocks, whose statements stop by themselves.
    fn hole_in(&self, node: NodeId) -> Option<NodeId> {
        let kind = &self.body.nodes[node].kind;
        if let Node::Hole { .. } = kind {
            return Some(node);
        }
        let mut found = None;
        kind.for_each_child(&mut |child| match child {
            core::Child::Node(inner) => found = found.or_else(|| self.hole_in(inner)),
            core::Child::Block(_) => {}
        });
        found
    }

    pub(super) fn push_expr(&mut self, node: NodeId) {
        self.push(core::StmtKind::Expr(node));
    }

    /// Statements in a block of their own.
    pub(super) fn block(&mut self, f: impl FnOnce(&mut Self)) -> BlockId {
        self.stmts.push(Vec::new());
        f(self);
        let stmts = self.stmts.pop().unwrap_or_default();
        self.body.block(BlockRow { stmts, tail: None, end_comments: Vec::new() })
    }

    pub(super) fn at(&mut self, pos: Pos) {
        // Positions in headers belong to another file: the statement around them is near enough.
        if self.unit.homes.get(pos.file as usize) == Some(&self.place_module()) {
            self.origin = Origin { start: pos.start, end: pos.end };
        }
    }

    /// The module whose file the function's text stands in.
    fn place_module(&self) -> Name {
        match self.func {
            Some(func) => self.unit.place(func.pos).module,
            None => self.unit.module,
        }
    }

    pub(super) fn hole(&mut self, pos: Pos, why: &str) -> NodeId {
        self.issues.push(Issue {
            code: codes::UNSUPPORTED,
            pos,
            message: format!("{why} has no translation yet"),
        });
        self.hole_node(pos, why)
    }

    /// A hole whose finding was reported before.
    pub(super) fn hole_node(&mut self, pos: Pos, why: &str) -> NodeId {
        let text = self.unit.files.get(pos.file as usize).map(|file| file.text.clone());
        let source = text.and_then(|text| text.get(pos.start as usize..pos.end as usize).map(str::to_owned));
        let kind = Node::Hole { why: why.into(), source: source.unwrap_or_default().into() };
        self.body.node(kind, Ty::never(), self.origin)
    }

    /// The pointer to a global in checked memory.
    pub(super) fn global_pointer(&mut self, path: Name, ty: Ty) -> NodeId {
        self.body.node(Node::Item(path), pointer(ty), self.origin)
    }

    pub(super) fn object(&self, id: GlobalId) -> Option<(Name, ObjectStorage)> {
        self.linked.objects[self.index][id as usize].map(|object| (object.path, object.storage))
    }

    pub(super) fn label(&mut self, hint: &str) -> Name {
        self.labels += 1;
        Name::new(&if self.labels == 1 { hint.to_owned() } else { format!("{hint}{}", self.labels) })
    }
}
