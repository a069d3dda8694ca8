//! What a body does to each place, in evaluation order: reads, keeps, changes, writes.
//!
//! This is the source of all borrow decisions: an access is an event at a position; a borrow is
//! valid when no event that conflicts with it lies inside its range.

use crate::types::{is_shared, param_tys, place_tys};
use batuta_base::{FxHashMap, Name};
use batuta_catalog::{self as catalog, Take};
use batuta_core::*;

/// What a context does with a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Looks at it during one operation.
    Read,
    /// Borrows it for a call of the program's own code.
    Lend,
    /// Changes the object in place.
    Mut,
    /// Like `Mut`, for a call of the program's own code.
    LendMut,
    /// Stores it, returns it, gives it away.
    Keep,
    /// Assigns the place itself.
    Write,
}

impl Kind {
    pub fn changes(self) -> bool {
        matches!(self, Kind::Mut | Kind::LendMut | Kind::Write)
    }
}

/// One access.
#[derive(Clone, Debug)]
pub struct Event {
    pub at: u32,
    pub root: LocalId,
    pub path: Vec<Step>,
    pub kind: Kind,
}

/// One step of a path, for overlap tests: two indices may be the same one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Field(Name),
    Item,
}

/// Everything that happens in a body.
#[derive(Debug, Default)]
pub struct Accesses {
    pub events: Vec<Event>,
    pub kinds: FxHashMap<NodeId, Kind>,
    /// Position before and after each node.
    pub spans: FxHashMap<NodeId, (u32, u32)>,
    /// Position after each statement that assigns one whole local: (local, value) -> position.
    pub loops: Vec<(u32, u32)>,
    /// (local, value node, position) of each assignment of a whole local.
    pub defs: Vec<(LocalId, Option<NodeId>, u32)>,
    /// (pattern locals, source node, body range) of each loop or match over a value.
    pub patterns: Vec<(Vec<LocalId>, NodeId, (u32, u32))>,
}

pub fn steps(proj: &[Proj]) -> Vec<Step> {
    let step = |proj: &Proj| match proj {
        Proj::Field(name) => Some(Step::Field(*name)),
        Proj::Index(_) | Proj::Nth(_) => Some(Step::Item),
        Proj::Deref | Proj::Payload(_) => None,
    };
    proj.iter().filter_map(step).collect()
}

/// How many parts of a place Rust tells apart: `self.as_circle().radius` borrows all of `self`.
pub fn told_apart(families: &Families, program: &Program<Typed>, place: &Place, tys: &[Ty]) -> usize {
    let is_hidden = |(proj, ty): (&Proj, &Ty)| {
        let (Proj::Field(name), Some(class)) = (proj, ty.strip().class_path()) else { return false };
        let has = |path: &Name| {
            program.classes.get(path).is_some_and(|def| def.fields.iter().any(|field| field.name == *name))
        };
        let owner = || program.mro(class).into_iter().rev().find(has);
        families.root(class).is_some_and(|root| owner() != Some(root))
    };
    place.proj.iter().zip(tys).position(is_hidden).unwrap_or(place.proj.len())
}

/// Whether one path is a prefix of the other, counting any two items as the same.
pub fn overlaps(a: &[Step], b: &[Step]) -> bool {
    a.iter().zip(b).all(|(x, y)| x == y)
}

/// Collects the accesses of a body.
pub fn accesses(program: &Program<Typed>, body: &Body<Typed>) -> Accesses {
    accesses_in(&Families::default(), program, body)
}

/// The same, where fields that a class of a family adds are reached through the whole object.
pub fn accesses_in(families: &Families, program: &Program<Typed>, body: &Body<Typed>) -> Accesses {
    let mut walk = Walk { families, program, body, out: Accesses::default(), now: 0 };
    walk.block(body.root, Kind::Keep);
    walk.out
}

struct Walk<'a> {
    families: &'a Families,
    program: &'a Program<Typed>,
    body: &'a Body<Typed>,
    out: Accesses,
    now: u32,
}

impl Walk<'_> {
    fn tick(&mut self) -> u32 {
        self.now += 1;
        self.now
    }

    fn block(&mut self, block: BlockId, tail: Kind) {
        for stmt in &self.body.blocks[block].stmts {
            self.stmt(stmt);
        }
        if let Some(node) = self.body.blocks[block].tail {
            self.node(node, tail);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                if let Some(value) = value {
                    self.node(*value, Kind::Keep);
                    self.targets(pat, Some(*value));
                }
            }
            StmtKind::Set { target, value } => {
                self.node(*value, Kind::Keep);
                self.targets(target, Some(*value));
            }
            StmtKind::Update { place, op, value } => {
                self.node(*value, Kind::Read);
                let in_place = matches!(op, Op::ListOp(_) | Op::SetOp(_) | Op::DictOp(_));
                self.place(place, if in_place { Kind::Mut } else { Kind::Write });
                if let (Some(local), false) = (place.as_local(), in_place) {
                    let at = self.now;
                    self.out.defs.push((local, None, at));
                }
            }
            StmtKind::Expr(node) => self.node(*node, Kind::Read),
            StmtKind::Del(place) => self.place(place, Kind::Write),
        }
    }

    fn targets(&mut self, pat: &Pat, value: Option<NodeId>) {
        match pat {
            Pat::Place(place) => {
                self.place(place, Kind::Write);
                if let Some(local) = place.as_local() {
                    let at = self.now;
                    self.out.defs.push((local, value, at));
                }
            }
            Pat::Bind(local, _) => {
                let at = self.tick();
                self.out.defs.push((*local, value, at));
            }
            Pat::Map { rest: Some(local), .. } => {
                let at = self.tick();
                self.out.defs.push((*local, None, at));
            }
            _ => {}
        }
        let mut parts = Vec::new();
        pat.for_each_part(&mut |part| parts.push(part));
        parts.into_iter().for_each(|part| self.targets(part, None));
    }

    fn place(&mut self, place: &Place, kind: Kind) {
        match place.root {
            Root::Node(node) => self.node(node, if kind.changes() { Kind::Mut } else { Kind::Read }),
            Root::Local(_) | Root::Global(_) => {}
        }
        for proj in &place.proj {
            if let Proj::Index(node) | Proj::Nth(node) = proj {
                let keeps = kind == Kind::Write;
                self.node(*node, if keeps { Kind::Keep } else { Kind::Read });
            }
        }
        let at = self.tick();
        if let Root::Local(root) = place.root {
            // A change behind a shared object is no change of what holds it.
            let tys = place_tys(self.program, self.body, place);
            let owner_shared = |count: usize| tys[..count].iter().any(|ty| is_shared(self.program, *ty));
            let through = match kind {
                Kind::Write => owner_shared(tys.len() - 1) && tys.len() > 1,
                Kind::Mut | Kind::LendMut => owner_shared(tys.len()),
                _ => false,
            };
            let kind = match kind {
                _ if !through => kind,
                Kind::LendMut => Kind::Lend,
                _ => Kind::Read,
            };
            let path = steps(&place.proj[..told_apart(self.families, self.program, place, &tys)]);
            self.out.events.push(Event { at, root, path, kind });
        }
    }

    fn node(&mut self, id: NodeId, kind: Kind) {
        let start = self.now;
        self.inner(id, kind);
        let end = self.tick();
        self.out.spans.insert(id, (start, end));
    }

    fn inner(&mut self, id: NodeId, kind: Kind) {
        match &self.body.nodes[id].kind {
            Node::Use(place, _) => {
                self.out.kinds.insert(id, kind);
                self.place(place, kind);
            }
            Node::Op { op, args, .. } => self.operation(*op, args, kind),
            Node::Call { callee, args } => self.call(callee, args),
            Node::If { cond, then, els } => {
                self.node(*cond, Kind::Read);
                self.block(*then, kind);
                els.iter().for_each(|block| self.block(*block, kind));
            }
            Node::Match { subject, arms } => {
                self.node(*subject, Kind::Read);
                for arm in arms {
                    self.targets(&arm.pat, None);
                    let start = self.now;
                    arm.guard.iter().for_each(|guard| self.node(*guard, Kind::Read));
                    self.block(arm.body, kind);
                    let end = self.tick();
                    self.pattern(&arm.pat, *subject, (start, end));
                }
            }
            Node::While { cond, body, els, .. } => {
                let start = self.now;
                self.node(*cond, Kind::Read);
                self.block(*body, Kind::Read);
                let end = self.tick();
                self.out.loops.push((start, end));
                els.iter().for_each(|block| self.block(*block, kind));
            }
            Node::Loop { body, .. } => {
                let start = self.now;
                self.block(*body, Kind::Read);
                let end = self.tick();
                self.out.loops.push((start, end));
            }
            Node::For { pat, iter, body, els, .. } => {
                self.node(*iter, Kind::Read);
                let start = self.now;
                self.targets(pat, None);
                let inside = self.now;
                self.block(*body, Kind::Read);
                let end = self.tick();
                self.out.loops.push((start, end));
                self.pattern(pat, *iter, (inside, end));
                els.iter().for_each(|block| self.block(*block, kind));
            }
            Node::Seq { clauses, sink } => self.seq(clauses, sink),
            Node::Closure(closure) => {
                let start = self.now;
                self.block(closure.body, Kind::Keep);
                let end = self.tick();
                self.out.loops.push((start, end));
            }
            Node::Return(Some(value)) | Node::Yield(Some(value)) | Node::Break { value: Some(value), .. } => {
                self.node(*value, Kind::Keep);
            }
            Node::Raise { error, cause } => {
                error.iter().chain(cause).for_each(|node| self.node(*node, Kind::Keep));
            }
            other => self.generic(other, kind),
        }
    }

    fn generic(&mut self, node: &Node, kind: Kind) {
        let mut kids = Vec::new();
        node.for_each_child(&mut |child| kids.push(child));
        for child in kids {
            match child {
                Child::Node(node) => self.node(node, Kind::Read),
                Child::Block(block) => self.block(block, kind),
            }
        }
        if let Node::With { items, .. } = node {
            items.iter().filter_map(|item| item.target.as_ref()).for_each(|pat| self.targets(pat, None));
        }
        if let Node::Try { handlers, .. } = node {
            let at = self.now;
            let bound = handlers.iter().filter_map(|handler| handler.bind);
            self.out.defs.extend(bound.map(|local| (local, None, at)));
        }
    }

    fn pattern(&mut self, pat: &Pat, source: NodeId, range: (u32, u32)) {
        let mut locals = Vec::new();
        pat.for_each_local(&mut |local| locals.push(local));
        self.out.patterns.push((locals, source, range));
    }

    fn seq(&mut self, clauses: &[Clause], sink: &Sink) {
        let mut open = Vec::new();
        for clause in clauses {
            match clause {
                Clause::For { pat, iter } => {
                    self.node(*iter, Kind::Read);
                    let start = self.now;
                    self.targets(pat, None);
                    open.push((pat, *iter, start));
                }
                Clause::If(cond) => self.node(*cond, Kind::Read),
            }
        }
        sink.nodes().for_each(|node| self.node(node, Kind::Keep));
        let end = self.tick();
        for (pat, iter, start) in open {
            self.out.loops.push((start, end));
            self.pattern(pat, iter, (start, end));
        }
    }

    fn operation(&mut self, op: Op, args: &[NodeId], kind: Kind) {
        let inner = match op {
            Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New) => Kind::Keep,
            Op::TupleOp(TupleOp::New) | Op::ClassOp(ClassOp::New) | Op::ExcOp(ExcOp::New) => Kind::Keep,
            Op::UnionOp(UnionOp::From) | Op::ValueOp(ValueOp::From) => Kind::Keep,
            Op::OptOp(OptOp::Some | OptOp::Unwrap) | Op::ClassOp(ClassOp::Up | ClassOp::Down) => kind,
            _ => Kind::Read,
        };
        args.iter().for_each(|arg| self.node(*arg, inner));
    }

    fn call(&mut self, callee: &Callee, args: &[Arg]) {
        if let Callee::Value(node) | Callee::Method(node, _) = callee {
            self.node(*node, Kind::Read);
        }
        if let Callee::Lib(name) = callee {
            let tys: Vec<Ty> = args.iter().map(|arg| self.body.ty(arg.value)).collect();
            let row = catalog::select(name.as_str(), &tys);
            for (index, arg) in args.iter().enumerate() {
                let take = row.and_then(|row| row.param(index, args.len())).map(|param| param.take);
                let kind = match take {
                    Some(Take::Write) => Kind::Mut,
                    Some(Take::Keep) => Kind::Keep,
                    // What is chosen is a value of its own.
                    _ if matches!(self.body.nodes[arg.value].kind, Node::If { .. } | Node::Match { .. }) => {
                        Kind::Keep
                    }
                    _ => Kind::Read,
                };
                self.node(arg.value, kind);
            }
            return;
        }
        let params = match callee {
            Callee::Value(node) => crate::types::value_params(self.body.ty(*node)),
            callee => param_tys(self.program, callee),
        };
        for (index, arg) in args.iter().enumerate() {
            let kind = match params.get(index).map(|ty| ty.kind()) {
                Some(TyKind::Ref(_)) => Kind::Lend,
                Some(TyKind::RefMut(_)) => Kind::LendMut,
                Some(_) => Kind::Keep,
                None => Kind::Lend,
            };
            self.node(arg.value, kind);
        }
    }
}
