//! One body: locals, statements, blocks.

use crate::access::{Accesses, accesses_in};
use crate::alias::{Aliases, Borrow, aliases};
use crate::bounds::{Bounds, bounds};
use crate::changed::Changed;
use crate::live::{Liveness, liveness};
use crate::param_bounds::ParamBounds;
use crate::{CACHE_DROPPED, by_index, init, lets, try_value, types};
use batuta_base::{Diagnostic, Diags, FxHashMap, FxHashSet, IndexMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// A body at Mir.
pub struct LoweredBody {
    pub body: Body<Mir>,
    pub demoted: Vec<Demotion>,
    pub diags: Vec<Diagnostic>,
}

/// What a context wants of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// The value itself.
    Own,
    /// A look at it inside one operation: copied if `Copy`, else by reference.
    Read,
    /// `&T`.
    Ref,
    /// `&mut T`.
    Mut,
}

/// The state of one body's lowering.
pub struct Own<'a> {
    pub program: &'a Program<Typed>,
    pub classes: &'a IndexMap<Name, Arc<ClassDef>>,
    pub frozen: &'a Frozen,
    pub tried: &'a FxHashSet<Demotion>,
    pub src: &'a Body<Typed>,
    pub out: Body<Mir>,
    pub live: Liveness,
    pub all: Accesses,
    pub alias: Aliases,
    pub bounds: Bounds,
    pub demoted: Vec<Demotion>,
    pub diags: Diags,
    /// Closures that are stored, returned or passed to the program's own code.
    pub closures: ClosureUses,
    /// The closure that is lowered next is lent, whatever its class holds.
    pub lent: Option<NodeId>,
    /// What a library function gives to a closure that stands behind its receiver, in a block.
    pub given: FxHashMap<NodeId, Vec<Ty>>,
    /// Locals of iterators that have a handle: a constructor puts them into a field.
    pub kept_iterators: FxHashSet<LocalId>,
    /// Cells that have their first value.
    pub(crate) started: FxHashSet<LocalId>,
    /// Statements to put before the current one.
    pub before: Vec<Stmt>,
    /// Statements to put after the current one.
    pub after: Vec<Stmt>,
    /// The place that is lowered is changed by this value: indices that it could meet get a name.
    pub early_for: Option<NodeId>,
    /// What is lowered waits for a coroutine or a generator: other code runs before it is done.
    pub suspends: bool,
    /// In an iterator that the function gives away: what it reads goes with it.
    pub leaves: bool,
    /// Result types of the functions around, innermost last.
    pub results: Vec<Ty>,
    /// What the functions around yield.
    pub yields: Vec<Ty>,
    /// Locals of the scopes around the closure at hand that it reads.
    pub free: FxHashSet<LocalId>,
    pub changed: &'a Changed,
    pub families: &'a Families,
}

/// What is known of the whole program.
pub struct Whole<'a> {
    pub params: &'a ParamBounds,
    pub changed: &'a Changed,
    pub families: &'a Families,
}

/// Lowers one body.
pub fn lower(
    program: &Program<Typed>,
    classes: &IndexMap<Name, Arc<ClassDef>>,
    src: &Body<Typed>,
    frozen: &Frozen,
    tried: &FxHashSet<Demotion>,
    whole: &Whole<'_>,
) -> LoweredBody {
    let prepared;
    let src = if init::is_init(src) {
        prepared = init::prepare(program, src);
        &prepared
    } else {
        src
    };
    let mut closures = closure_uses(src, &|call, at| lending(program, src, call, at));
    let celled = with_cells(src, &closures);
    let src = celled.as_ref().unwrap_or(src);
    // A cell that a branch or a loop fills is made before it.
    let starts_late = |local: &LocalId| {
        !has_default(src.locals[*local].ty)
            && !is_param(src, *local)
            && !crate::rebound::starts_assigned(src, *local)
    };
    let late: Vec<LocalId> = cells(src, &closures).into_iter().filter(starts_late).collect();
    let view = |src: &Body<Typed>| {
        let mut live = liveness(src, &closures.brief);
        live.maybe_unbound.extend(try_value::late(src));
        live.maybe_unbound.extend(late.iter().copied());
        lent_to_iterators(src, &mut live);
        let all = accesses_in(whole.families, program, src);
        let alias = aliases(program, classes, src, &live, &all);
        (live, all, alias)
    };
    let (mut live, mut all, mut alias) = view(src);
    let bounds = bounds(src, whole.params);
    let known =
        by_index::Known { program, body: src, live: &live, all: &all, alias: &alias, bounds: &bounds };
    let written = by_index::rewrite(&known);
    let src = written.as_ref().unwrap_or(src);
    if written.is_some() {
        (live, all, alias) = view(src);
    }
    closures.escaping.extend(held_late(src, &live));
    let mut out: Body<Mir> = Body::new(src.path, src.lang, src.kind);
    out.params = src.params.clone();
    out.ret = src.ret;
    out.is_generator = src.is_generator;
    out.is_async = src.is_async;
    // Marks for the printer; the others were followed.
    let is_mark = |found: &&Decorator| found.path.as_str().starts_with("rs.");
    out.decorators = src.decorators.iter().filter(is_mark).cloned().collect();
    out.doc = src.doc.clone();
    out.above.clone_from(&src.above);
    out.origin = src.origin;
    out.locals = src.locals.clone();
    let mut own = Own {
        program,
        classes,
        frozen,
        tried,
        src,
        out,
        live,
        all,
        alias,
        bounds,
        demoted: Vec::new(),
        diags: Diags::new(src.path),
        closures,
        lent: None,
        given: FxHashMap::default(),
        kept_iterators: kept_iterators(src),
        started: FxHashSet::default(),
        before: Vec::new(),
        after: Vec::new(),
        early_for: None,
        suspends: false,
        leaves: false,
        results: vec![src.ret.returned(src.is_generator, src.is_async)],
        yields: vec![src.ret.yielded()],
        free: FxHashSet::default(),
        changed: whole.changed,
        families: whole.families,
    };
    own.report_caches(&src.decorators);
    own.set_local_types();
    own.params();
    let root = match crate::handles::gives_itself(program, whole.families, src) {
        true => own.stop_at_handle(),
        false => own.block(src.root, Want::Own),
    };
    own.out.root = root;
    try_value::rewrite(&mut own.out);
    keep_lent(&mut own.out);
    lets::place(&mut own.out, &own.live.by_loops);
    LoweredBody { body: own.out, demoted: own.demoted, diags: own.diags.list }
}

/// What a call does with a function that it is given.
fn lending(program: &Program<Typed>, body: &Body<Typed>, call: NodeId, at: usize) -> Lending {
    let Node::Call { callee, args } = &body.nodes[call].kind else { return Lending::Kept };
    if let Callee::Lib(name) = callee {
        if is_kept_factory(body, *name, args[at].value) {
            return Lending::Kept;
        }
        let tys: Vec<Ty> = args.iter().map(|arg| body.ty(arg.value)).collect();
        return match batuta_catalog::takes_function(name.as_str(), &tys, at) {
            true => Lending::Library,
            false => Lending::Kept,
        };
    }
    let tys = types::param_tys(program, callee);
    match tys.get(at).is_some_and(|ty| matches!(ty.kind(), TyKind::Ref(_))) {
        true => Lending::Called,
        false => Lending::Kept,
    }
}

/// Captured variables that change, of closures that are stored or passed on: they live in cells.
fn cells(body: &Body<Typed>, closures: &ClosureUses) -> FxHashSet<LocalId> {
    let captured = |nodes: &FxHashSet<NodeId>| {
        let mut out = FxHashSet::default();
        for node in nodes {
            if let Node::Closure(closure) = &body.nodes[*node].kind {
                crate::live::captures(body, closure, &mut out);
            }
        }
        out
    };
    let (kept, passed) = (captured(&closures.escaping), captured(&closures.passed));
    let rebound = crate::rebound::after_made(body, &closures.escaping);
    let mut out: FxHashSet<LocalId> = kept.union(&passed).copied().collect();
    out.retain(|local| {
        let row = &body.locals[*local];
        // A variable of objects is a handle as it is.
        if is_handle(row.ty) {
            return rebound.contains(local);
        }
        // A stored closure sees what a later turn of a loop assigns.
        let turns = kept.contains(local) && !row.is_temp && assigned_in_loop(body, *local);
        row.ty.shared().cell().is_some() && (turns || assignments(body, *local) > 1)
    });
    out
}

/// Closures in variables that may have no value yet: such a variable holds its function like a field does.
fn held_late(body: &Body<Typed>, live: &Liveness) -> Vec<NodeId> {
    let mut out = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
            && place.as_local().is_some_and(|local| live.maybe_unbound.contains(&local))
            && matches!(body.nodes[*value].kind, Node::Closure(_))
        {
            out.push(*value);
        }
    });
    out
}

fn is_handle(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Shared(_) | TyKind::Value)
}

fn is_param(body: &Body<Typed>, local: LocalId) -> bool {
    body.params.iter().any(|param| param.local == local)
}

/// Whether Rust knows a first value of the type.
fn has_default(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Union(_) | TyKind::Class(..) | TyKind::Func(..) | TyKind::Lib(..) | TyKind::Error => false,
        TyKind::Shared(inner) => matches!(inner.kind(), TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_)),
        TyKind::Tuple(items) => items.iter().all(|item| has_default(*item)),
        _ => true,
    }
}

/// A parameter that lives in a cell: the cell is a local that starts with its value.
fn with_cells(src: &Body<Typed>, closures: &ClosureUses) -> Option<Body<Typed>> {
    let found = cells(src, closures);
    let params: Vec<LocalId> =
        src.params.iter().map(|param| param.local).filter(|local| found.contains(local)).collect();
    if params.is_empty() {
        return None;
    }
    let mut out = src.clone();
    for param in params.into_iter().rev() {
        let row = out.locals[param].clone();
        let cell = out.locals.push(row);
        rename(&mut out, src.root, param, cell);
        let value = out.use_local(param, Mode::Read, src.origin);
        let target = Pat::Place(Place::local(cell));
        let stmt = Stmt::new(StmtKind::Set { target, value }, Origin::default());
        out.blocks[src.root].stmts.insert(0, stmt);
    }
    Some(out)
}

impl Own<'_> {
    /// A call that the cache would have answered runs again: seen in its effects and its time.
    pub fn report_caches(&mut self, decorators: &[Decorator]) {
        let caches = ["functools.lru_cache", "functools.cache", "functools.cached_property"];
        for decorator in decorators.iter().filter(|found| caches.contains(&found.path.as_str())) {
            let found = self.diags.report(CACHE_DROPPED, decorator.origin);
            found.label(decorator.origin, "each call computes its answer again");
            found.hint("keep the answers in a dict of your own");
        }
    }

    fn set_local_types(&mut self) {
        for (local, borrow) in &self.alias.locals {
            let row = &mut self.out.locals[*local];
            row.ty = match borrow {
                Borrow::Ref => row.ty.reference(),
                Borrow::Mut if matches!(row.ty.kind(), TyKind::Shared(_)) => row.ty.reference(),
                Borrow::Mut => row.ty.reference_mut(),
            };
        }
        for local in cells(self.src, &self.closures) {
            let row = &mut self.out.locals[local];
            row.ty = row.ty.shared();
        }
        for local in &self.live.maybe_unbound {
            let row = &mut self.out.locals[*local];
            row.ty = match row.ty.cell() {
                Some((inner, _)) => Ty::new(TyKind::Option(inner)).shared(),
                None => Ty::new(TyKind::Option(row.ty)),
            };
        }
    }

    /// Type of the value that is assigned to a local that may be unassigned.
    pub(crate) fn optional_ty(&self, local: LocalId) -> Ty {
        let ty = self.out.locals[local].ty;
        ty.cell().map_or(ty, |(inner, _)| inner)
    }

    /// Defaults stand at the call; literal ones stay, for calls of a function that is not known.
    pub fn params(&mut self) {
        for at in 0..self.out.params.len() {
            let literal = self.src.params[at].default.and_then(|node| self.src.as_const(node).cloned());
            self.out.params[at].default = literal.map(|literal| {
                let ty = self.out.locals[self.out.params[at].local].ty;
                self.out.node(Node::Const(literal), ty, Origin::default())
            });
        }
    }

    pub fn block(&mut self, block: BlockId, want: Want) -> BlockId {
        let row = &self.src.blocks[block];
        let mut stmts = Vec::new();
        let outer = std::mem::take(&mut self.before);
        for stmt in &row.stmts {
            self.stmt(stmt, &mut stmts);
        }
        let tail = row.tail.map(|tail| self.node(tail, want));
        stmts.append(&mut self.before);
        self.before = outer;
        let row = BlockRow { stmts, tail, end_comments: row.end_comments.clone() };
        self.out.block(row)
    }

    pub fn stmt(&mut self, stmt: &Stmt, out: &mut Vec<Stmt>) {
        let kind = match &stmt.kind {
            StmtKind::Let { pat, value } => self.assign(pat, *value, stmt.origin),
            StmtKind::Set { target, value } => self.assign(target, Some(*value), stmt.origin),
            StmtKind::Update { place, op, value } => Some(self.update(place, *op, *value)),
            StmtKind::Expr(node) => {
                let node = self.node(*node, Want::Read);
                self.drop_tails(node);
                Some(StmtKind::Expr(node))
            }
            StmtKind::Del(place) => self.delete(place),
        };
        let mut made = Vec::new();
        made.append(&mut self.before);
        made.extend(kind.map(|kind| Stmt::new(kind, stmt.origin)));
        made.append(&mut self.after);
        if made.is_empty() && (!stmt.above.is_empty() || stmt.beside.is_some()) {
            // Nothing is left of the statement; its comments stay.
            let unit = self.out.node(Node::Const(Const::None), Ty::unit(), stmt.origin);
            made.push(Stmt::new(StmtKind::Expr(unit), stmt.origin));
        }
        if let Some(first) = made.first_mut() {
            first.above.clone_from(&stmt.above);
            first.blank_before = stmt.blank_before;
        }
        if let Some(last) = made.last_mut() {
            last.beside.clone_from(&stmt.beside);
        }
        out.append(&mut made);
    }

    /// Nothing takes what the branches of a statement give.
    fn drop_tails(&mut self, node: NodeId) {
        let Node::If { then, els: Some(els), .. } = self.out.nodes[node].kind else { return };
        if matches!(self.out.ty(node).kind(), TyKind::Unit | TyKind::Never) {
            return;
        }
        self.out.nodes[node].ty = Ty::unit();
        for block in [then, els] {
            if let Some(tail) = self.out.blocks[block].tail.take() {
                self.drop_tails(tail);
                let origin = self.out.nodes[tail].origin;
                self.out.blocks[block].stmts.push(Stmt::new(StmtKind::Expr(tail), origin));
            }
        }
    }

    /// Gives a computed value a name, so that it is evaluated before what follows.
    pub fn settle(&mut self, value: NodeId) -> NodeId {
        let row = &self.out.nodes[value];
        let (ty, origin) = (row.ty, row.origin);
        let simple = match &row.kind {
            Node::Const(_) => true,
            Node::Use(place, _) => place.proj.is_empty(),
            Node::Op { args, .. } => args.is_empty(),
            _ => false,
        };
        match ty.kind() {
            _ if simple => value,
            // An iterator still reads its source: its items are taken first.
            TyKind::Iter(item) => {
                let shared = match &self.out.nodes[value].kind {
                    Node::Op { op: Op::RsOp(RsOp::Share), args, .. } => Some(args[0]),
                    _ => None,
                };
                // One that is kept takes along what it reads, where it can.
                if shared.is_some_and(|inner| !self.borrows_source(inner) || self.is_of_handles(inner)) {
                    return self.named(value);
                }
                if let Some(inner) = shared {
                    self.note_at_once(inner, origin);
                }
                let items =
                    self.out.op(RsOp::Collect, vec![shared.unwrap_or(value)], Ty::list(*item), origin);
                let named = self.named(items);
                let items = self.iter_op(IterOp::Into, named, *item, origin);
                if shared.is_some() { self.out.op(RsOp::Share, vec![items], ty, origin) } else { items }
            }
            _ => self.named(value),
        }
    }

    /// Gives a value a name.
    pub fn named(&mut self, value: NodeId) -> NodeId {
        // A value that was just made and is lent: the value gets the name.
        if let Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } = &self.out.nodes[value].kind
            && let made = args[0]
            && matches!(self.out.nodes[made].kind, Node::Op { .. } | Node::Call { .. } | Node::Format(_))
            && !matches!(self.out.ty(made).kind(), TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Iter(_))
            && !matches!(
                self.out.nodes[made].kind,
                Node::Op { op: Op::OptOp(_) | Op::UnionOp(_) | Op::ClassOp(_) | Op::RsOp(_), .. }
            )
        {
            let (ty, origin) = (self.out.ty(value), self.out.nodes[value].origin);
            let inner = self.named(made);
            return self.out.op(RsOp::Ref, vec![inner], ty, origin);
        }
        let row = &self.out.nodes[value];
        let (ty, origin) = (row.ty, row.origin);
        let hint = self.hint(value).unwrap_or("value");
        let local = self.out.temp(hint, ty, origin);
        let target = Pat::Place(Place::local(local));
        self.before.push(Stmt::new(StmtKind::Set { target, value }, origin));
        let mode = if ty.is_copy() { Mode::Copy } else { Mode::Move };
        self.out.node(Node::Use(Place::local(local), mode), ty, origin)
    }

    /// What to call a value: the field that it is read from.
    fn hint(&self, value: NodeId) -> Option<&'static str> {
        match &self.out.nodes[value].kind {
            Node::Use(place, _) => {
                let named =
                    place.proj.iter().rev().find(|proj| !matches!(proj, Proj::Payload(_) | Proj::Deref));
                match (named, place.root) {
                    (Some(Proj::Field(name)), _) => {
                        let word = name.as_str().trim_start_matches('_');
                        word.starts_with(|c: char| c.is_ascii_lowercase()).then_some(word)
                    }
                    (None, Root::Node(inner)) => self.hint(inner),
                    _ => None,
                }
            }
            Node::Op { op: Op::OptOp(OptOp::Unwrap) | Op::RsOp(RsOp::Clone | RsOp::Ref), args, .. } => {
                self.hint(args[0])
            }
            _ => None,
        }
    }

    /// The value of `local = value`, borrowed when the local is a borrow.
    pub(crate) fn value_for_local(&mut self, local: LocalId, value: NodeId, origin: Origin) -> NodeId {
        let want = match self.alias.locals.get(&local) {
            Some(Borrow::Ref) => Want::Ref,
            Some(Borrow::Mut) => Want::Mut,
            None => Want::Own,
        };
        let lowered = self.node(value, want);
        if want != Want::Own {
            return lowered;
        }
        let lowered = self.coerce(lowered, self.src.locals[local].ty.strip_ref());
        let lowered = self.end_look(local, lowered);
        let lowered = match self.src.locals[local].ty.kind() {
            // Several iterators in one variable have one type.
            TyKind::Iter(_) if assignments(self.src, local) > 1 || self.kept_iterators.contains(&local) => {
                self.boxed(lowered)
            }
            _ => lowered,
        };
        if self.live.maybe_unbound.contains(&local) {
            let ty = self.optional_ty(local);
            return self.out.op(OptOp::Some, vec![lowered], ty, origin);
        }
        let ty = self.out.locals[local].ty;
        if ty.cell().is_some() && self.started.insert(local) {
            return self.out.op(RsOp::Share, vec![lowered], ty, origin);
        }
        lowered
    }

    /// `d = dict(d)` of a shared container: what is read out of the old one has a name before it goes.
    fn end_look(&mut self, local: LocalId, value: NodeId) -> NodeId {
        let row = &self.out.nodes[value];
        let (ty, origin) = (row.ty, row.origin);
        let Node::Op { op: Op::RsOp(RsOp::Share), args, .. } = &row.kind else { return value };
        let made = args[0];
        let is_table = matches!(self.out.ty(made).kind(), TyKind::Dict(..) | TyKind::Set(_));
        let looks = |node: NodeId| matches!(&self.out.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(local));
        let mut reads = false;
        self.out.walk(Child::Node(made), &mut |node| reads |= looks(node));
        if !is_table || !reads {
            return value;
        }
        let named = self.named(made);
        self.out.op(RsOp::Share, vec![named], ty, origin)
    }

    /// Type of a source place.
    pub fn place_ty(&self, place: &Place) -> Ty {
        *types::place_tys(self.program, self.src, place).last().expect("a place has a root")
    }

    /// Whether all events of a local lie inside a range of positions.
    pub fn is_private(&self, local: LocalId, range: (u32, u32)) -> bool {
        let inside = |at: u32| at >= range.0 && at <= range.1;
        !self.live.captured.contains(&local)
            && self.all.events.iter().filter(|event| event.root == local).all(|event| inside(event.at))
            && self.all.defs.iter().filter(|(found, _, _)| *found == local).all(|(_, _, at)| inside(*at))
            && !self.src.params.iter().any(|param| param.local == local)
            && self.all.defs.iter().filter(|(found, _, _)| *found == local).count() <= 1
    }
}

/// An object that an iterator in a variable looks at is there as long as the variable: `let owner = shared.clone();
/// let items = owner.items();`.
fn keep_lent(out: &mut Body<Mir>) {
    for block in out.blocks.ids().collect::<Vec<_>>() {
        let mut at = 0;
        while at < out.blocks[block].stmts.len() {
            let stmt = &out.blocks[block].stmts[at];
            let (StmtKind::Set { value, .. } | StmtKind::Let { value: Some(value), .. }) = &stmt.kind else {
                at += 1;
                continue;
            };
            let (value, origin) = (*value, stmt.origin);
            for made in lent_temporaries(out, value) {
                let Node::Op { args, .. } = &out.nodes[made].kind else { continue };
                let (object, ty) = (args[0], out.nodes[args[0]].ty);
                let local = out.temp("owner", ty, origin);
                let target = Pat::Place(Place::local(local));
                out.blocks[block]
                    .stmts
                    .insert(at, Stmt::new(StmtKind::Set { target, value: object }, origin));
                let above = std::mem::take(&mut out.blocks[block].stmts[at + 1].above);
                out.blocks[block].stmts[at].above = above;
                out.nodes[made].kind = Node::Use(Place::local(local), Mode::Ref);
                at += 1;
            }
            at += 1;
        }
    }
}

/// References to handles that are made for a call which gives an iterator of a type without name, or a manager.
fn lent_temporaries(out: &Body<Mir>, value: NodeId) -> Vec<NodeId> {
    let row = &out.nodes[value];
    let Node::Call { callee: Callee::Fn(_) | Callee::Virtual(_), args } = &row.kind else {
        return Vec::new();
    };
    let holds = matches!(row.ty.kind(), TyKind::Iter(_))
        || matches!(row.ty.kind(), TyKind::Lib(name, _) if *name == "context_manager");
    let is_made = |node: &NodeId| match &out.nodes[*node].kind {
        Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } => {
            matches!(out.nodes[args[0]].ty.kind(), TyKind::Shared(_))
                && matches!(out.nodes[args[0]].kind, Node::Use(_, Mode::Clone) | Node::Call { .. })
        }
        _ => false,
    };
    args.iter().map(|arg| arg.value).filter(|node| holds && is_made(node)).collect()
}

/// What a variable's iterator or context manager may hold on to is not moved while the variable is there: an
/// iterator of a type without name ends where its block does.
fn lent_to_iterators(src: &Body<Typed>, live: &mut Liveness) {
    let mut lent: FxHashSet<LocalId> = FxHashSet::default();
    let mut given: FxHashSet<NodeId> = FxHashSet::default();
    src.walk_stmts(src.root, &mut |stmt| {
        let StmtKind::Set { value, .. } = &stmt.kind else { return };
        let row = &src.nodes[*value];
        let Node::Call { callee: Callee::Fn(_) | Callee::Virtual(_), args } = &row.kind else { return };
        let holds = match row.ty.kind() {
            TyKind::Iter(_) => true,
            TyKind::Lib(name, _) => *name == "context_manager",
            _ => false,
        };
        if !holds {
            return;
        }
        for arg in args {
            if let Node::Use(place, _) = &src.nodes[arg.value].kind
                && let Some(local) = place.as_local()
            {
                lent.insert(local);
                given.insert(arg.value);
            }
        }
    });
    if lent.is_empty() {
        return;
    }
    let is_lent = |node: &NodeId| match &src.nodes[*node].kind {
        Node::Use(place, _) => place.as_local().is_some_and(|local| lent.contains(&local)),
        _ => false,
    };
    live.last_uses.retain(|node| given.contains(node) || !is_lent(node));
}

/// Iterators that become fields of a new object, or that a closure takes along which has a name or is kept.
fn kept_iterators(src: &Body<Typed>) -> FxHashSet<LocalId> {
    let mut out = FxHashSet::default();
    let is_iter = |local: LocalId| matches!(src.locals[local].ty.kind(), TyKind::Iter(_));
    let is_param = |local: LocalId| src.params.iter().any(|param| param.local == local);
    let (mut given, mut closures) = (FxHashSet::default(), Vec::new());
    src.walk_block(src.root, &mut |node| match &src.nodes[node].kind {
        Node::Call { args, .. } => given.extend(args.iter().map(|arg| arg.value)),
        Node::Closure(_) => closures.push(node),
        _ => {}
    });
    for id in closures {
        let row = &src.nodes[id];
        if let Node::Closure(closure) = &row.kind
            && (matches!(row.ty.kind(), TyKind::Shared(_)) || !given.contains(&id))
        {
            src.walk_block(closure.body, &mut |node| {
                if let Node::Use(place, _) = &src.nodes[node].kind
                    && let Some(local) = place.as_local()
                {
                    out.extend(Some(local).filter(|local| is_iter(*local) && !is_param(*local)));
                }
            });
        }
    }
    // An object that is made with it keeps it; where that is the only use it is moved.
    let mut uses: FxHashMap<LocalId, usize> = FxHashMap::default();
    for (_, row) in src.nodes.iter() {
        if let Node::Use(place, _) = &row.kind
            && let Some(local) = place.as_local()
        {
            *uses.entry(local).or_default() += 1;
        }
    }
    for (_, row) in src.nodes.iter() {
        let (args, least) = match &row.kind {
            Node::Op { op: Op::ClassOp(ClassOp::New), args, .. } => (args.clone(), 1),
            Node::Call { callee: Callee::New(_), args } => (args.iter().map(|arg| arg.value).collect(), 2),
            _ => continue,
        };
        for arg in args {
            if let Node::Use(place, _) = &src.nodes[arg].kind
                && let Some(local) = place.as_local()
                && is_iter(local)
                && !is_param(local)
                && uses.get(&local).is_some_and(|count| *count >= least)
            {
                out.insert(local);
            }
        }
    }
    out
}
