//! Which uses of a local are its last, and which reads may come before any assignment.

use batuta_base::FxHashSet;
use batuta_core::*;

/// A set of locals.
pub type Set = FxHashSet<LocalId>;

/// Answers about one body.
#[derive(Debug, Default)]
pub struct Liveness {
    /// Uses (of a whole local or a part) after which the local is dead.
    pub last_uses: FxHashSet<NodeId>,
    /// Locals that some closure captures which outlives the call that it stands in.
    pub captured: Set,
    /// Locals that are read on a path without an assignment.
    pub maybe_unbound: Set,
    /// Locals whose first value comes from a loop that has a first turn: Rust wants one before it.
    pub by_loops: Set,
}

/// Solves liveness and definite assignment of a body. `brief`: closures that are gone after their call.
pub fn liveness(body: &Body<Typed>, brief: &FxHashSet<NodeId>) -> Liveness {
    let mut captured = Set::default();
    body.walk_block(body.root, &mut |node| {
        if let Node::Closure(closure) = &body.nodes[node].kind
            && !brief.contains(&node)
        {
            captures(body, closure, &mut captured);
        }
    });
    let mut walk = Back {
        body,
        captured: &captured,
        inside: Vec::new(),
        last_uses: FxHashSet::default(),
        loops: Vec::new(),
        pinned: Vec::new(),
        handled: Vec::new(),
    };
    walk.block(body.root, Set::default());
    let last_uses = walk.last_uses;
    let (mut maybe_unbound, mut by_loops) = unbound(body);
    maybe_unbound.extend(by_loops.iter().filter(|local| !starts_simply(body.locals[**local].ty)));
    by_loops.retain(|local| !maybe_unbound.contains(local));
    Liveness { last_uses, captured, maybe_unbound, by_loops }
}

/// Locals that a closure uses and does not own.
pub fn captures(body: &Body<Typed>, closure: &Closure, out: &mut Set) {
    let mut own: Set = closure.params.iter().map(|param| param.local).collect();
    let mut bound = |pat: &Pat| {
        pat.for_each_local(&mut |local| {
            own.insert(local);
        })
    };
    body.walk_stmts(closure.body, &mut |stmt| {
        if let StmtKind::Let { pat, .. } = &stmt.kind {
            bound(pat);
        }
    });
    body.walk_block(closure.body, &mut |node| match &body.nodes[node].kind {
        Node::For { pat, .. } => bound(pat),
        Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
            if let Clause::For { pat, .. } = clause {
                bound(pat);
            }
        }),
        _ => {}
    });
    let mut found = Vec::new();
    locals_of(body, closure.body, &mut |local| found.push(local));
    // A local that only this closure mentions is its own.
    let mut outside: Set = body.params.iter().map(|param| param.local).collect();
    mentions_outside(body, body.root, closure.body, &mut outside);
    out.extend(found.into_iter().filter(|local| !own.contains(local) && outside.contains(local)));
}

fn mentions_outside(body: &Body<Typed>, block: BlockId, skip: BlockId, out: &mut Set) {
    if block == skip {
        return;
    }
    let visit = |child: Child, out: &mut Set| mentions_child(body, child, skip, out);
    for stmt in &body.blocks[block].stmts {
        stmt_locals(stmt, &mut |local| {
            out.insert(local);
        });
        stmt.for_each_child(&mut |child| visit(child, out));
    }
    if let Some(tail) = body.blocks[block].tail {
        visit(Child::Node(tail), out);
    }
}

fn mentions_child(body: &Body<Typed>, child: Child, skip: BlockId, out: &mut Set) {
    match child {
        Child::Block(block) => mentions_outside(body, block, skip, out),
        Child::Node(node) => {
            node_locals(&body.nodes[node].kind, &mut |local| {
                out.insert(local);
            });
            body.nodes[node].kind.for_each_child(&mut |child| mentions_child(body, child, skip, out));
        }
    }
}

/// Locals that a statement names itself (targets), not those of its nodes.
pub fn stmt_locals(stmt: &Stmt, f: &mut dyn FnMut(LocalId)) {
    match &stmt.kind {
        StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => pat_locals(pat, f),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => place_local(place, f),
        StmtKind::Expr(_) => {}
    }
}

fn place_local(place: &Place, f: &mut dyn FnMut(LocalId)) {
    if let Root::Local(local) = place.root {
        f(local);
    }
}

/// Locals that a pattern names: bound, assigned, or the roots of its places.
pub fn pat_locals(pat: &Pat, f: &mut dyn FnMut(LocalId)) {
    match pat {
        Pat::Bind(local, _) => f(*local),
        Pat::Place(place) => place_local(place, f),
        Pat::Map { rest: Some(local), .. } => f(*local),
        _ => {}
    }
    pat.for_each_part(&mut |part| pat_locals(part, f));
}

/// Locals that a node names itself.
pub fn node_locals(node: &Node, f: &mut dyn FnMut(LocalId)) {
    match node {
        Node::Use(place, _) => place_local(place, f),
        Node::For { pat, .. } => pat_locals(pat, f),
        Node::Match { arms, .. } => arms.iter().for_each(|arm| pat_locals(&arm.pat, f)),
        Node::With { items, .. } => {
            items.iter().filter_map(|item| item.target.as_ref()).for_each(|pat| pat_locals(pat, f));
        }
        Node::Try { handlers, .. } => handlers.iter().filter_map(|handler| handler.bind).for_each(f),
        Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
            if let Clause::For { pat, .. } = clause {
                pat_locals(pat, f);
            }
        }),
        Node::Closure(closure) => closure.params.iter().for_each(|param| f(param.local)),
        _ => {}
    }
}

fn locals_of(body: &Body<Typed>, block: BlockId, f: &mut dyn FnMut(LocalId)) {
    body.walk_stmts(block, &mut |stmt| stmt_locals(stmt, f));
    body.walk_block(block, &mut |node| node_locals(&body.nodes[node].kind, f));
}

struct LoopFrame {
    label: Option<batuta_base::Name>,
    at_break: Set,
    at_continue: Set,
}

/// Backward walk: what is live before each point.
struct Back<'a> {
    body: &'a Body<Typed>,
    captured: &'a Set,
    /// What the closures around capture: a closure may run again.
    inside: Vec<Set>,
    last_uses: FxHashSet<NodeId>,
    loops: Vec<LoopFrame>,
    /// Live in some handler around: an error may jump there from any point.
    pinned: Vec<Set>,
    /// Variables of the handlers around, innermost last.
    handled: Vec<Option<LocalId>>,
}

impl Back<'_> {
    fn block(&mut self, block: BlockId, mut live: Set) -> Set {
        let row = &self.body.blocks[block];
        if let Some(tail) = row.tail {
            live = self.node(tail, live);
        }
        for stmt in row.stmts.iter().rev() {
            live = self.stmt(stmt, live);
        }
        live
    }

    fn stmt(&mut self, stmt: &Stmt, mut live: Set) -> Set {
        match &stmt.kind {
            StmtKind::Let { pat, value: Some(value) } | StmtKind::Set { target: pat, value } => {
                live = self.pattern(pat, live);
                self.node(*value, live)
            }
            StmtKind::Let { pat, value: None } => self.pattern(pat, live),
            StmtKind::Update { place, value, .. } => {
                live = self.read_place(place, live);
                self.node(*value, live)
            }
            StmtKind::Expr(node) => self.node(*node, live),
            StmtKind::Del(place) => self.read_place(place, live),
        }
    }

    fn kill(&self, live: &mut Set, local: LocalId) {
        if !self.pinned.iter().any(|set| set.contains(&local)) {
            live.remove(&local);
        }
    }

    fn pattern(&mut self, pat: &Pat, mut live: Set) -> Set {
        let mut places = Vec::new();
        collect_places(pat, &mut places);
        let mut whole = Vec::new();
        pat.for_each_local(&mut |local| whole.push(local));
        for local in whole {
            self.kill(&mut live, local);
        }
        for place in places.into_iter().rev().filter(|place| !place.proj.is_empty()) {
            live = self.read_place(place, live);
        }
        live
    }

    fn read_place(&mut self, place: &Place, mut live: Set) -> Set {
        if let Root::Local(local) = place.root {
            live.insert(local);
        }
        let mut kids = Vec::new();
        place.for_each_child(&mut |child| kids.push(child));
        for child in kids.into_iter().rev() {
            live = self.child(child, live);
        }
        live
    }

    fn child(&mut self, child: Child, live: Set) -> Set {
        match child {
            Child::Node(node) => self.node(node, live),
            Child::Block(block) => self.block(block, live),
        }
    }

    fn node(&mut self, id: NodeId, mut live: Set) -> Set {
        match &self.body.nodes[id].kind {
            Node::Use(place, _) => {
                if let Root::Local(local) = place.root {
                    let pinned = self.pinned.iter().any(|set| set.contains(&local));
                    let captured =
                        self.captured.contains(&local) || self.inside.iter().any(|set| set.contains(&local));
                    if live.contains(&local) || captured || pinned {
                        self.last_uses.remove(&id);
                    } else {
                        self.last_uses.insert(id);
                    }
                }
                self.read_place(place, live)
            }
            Node::Op { op, args, .. } if op.is_lazy() => {
                let after = self.node(args[1], live.clone());
                live.extend(after);
                self.node(args[0], live)
            }
            Node::If { cond, then, els } => {
                let mut before = self.block(*then, live.clone());
                before.extend(match els {
                    Some(block) => self.block(*block, live),
                    None => live,
                });
                self.node(*cond, before)
            }
            Node::Match { subject, arms } => {
                let mut before = live.clone();
                for arm in arms.iter().rev() {
                    let mut inside = self.block(arm.body, live.clone());
                    inside.extend(before.iter().copied());
                    if let Some(guard) = arm.guard {
                        inside = self.node(guard, inside);
                    }
                    before.extend(self.pattern(&arm.pat, inside));
                }
                self.node(*subject, before)
            }
            Node::While { label, cond, body, els } => {
                let exit = match els {
                    Some(block) => self.block(*block, live.clone()),
                    None => live.clone(),
                };
                self.repeat(*label, live, |walk, head| {
                    let inside = walk.block(*body, head);
                    let mut both = exit.clone();
                    both.extend(inside);
                    walk.node(*cond, both)
                })
            }
            Node::Loop { label, body } => self.repeat(*label, live, |walk, head| walk.block(*body, head)),
            Node::For { label, pat, iter, body, els } => {
                let exit = match els {
                    Some(block) => self.block(*block, live.clone()),
                    None => live.clone(),
                };
                let before = self.repeat(*label, live, |walk, head| {
                    let inside = walk.block(*body, head);
                    let mut both = exit.clone();
                    both.extend(walk.pattern(pat, inside));
                    both
                });
                self.node(*iter, before)
            }
            other => self.rest(other, live),
        }
    }

    /// Runs a loop's backward step until what is live at its head stays the same.
    fn repeat(
        &mut self,
        label: Option<batuta_base::Name>,
        exit: Set,
        mut step: impl FnMut(&mut Self, Set) -> Set,
    ) -> Set {
        let mut head = Set::default();
        loop {
            self.loops.push(LoopFrame { label, at_break: exit.clone(), at_continue: head.clone() });
            let before = step(self, head.clone());
            self.loops.pop();
            let size = head.len();
            head.extend(before);
            if head.len() == size {
                return head;
            }
        }
    }

    /// Clauses nest: each `for` runs what follows it any number of times.
    fn clauses(&mut self, clauses: &[Clause], sink: &[NodeId], live: Set) -> Set {
        match clauses.split_first() {
            None => sink.iter().rev().fold(live, |live, node| self.node(*node, live)),
            Some((Clause::If(cond), rest)) => {
                let mut inside = self.clauses(rest, sink, live.clone());
                inside.extend(live);
                self.node(*cond, inside)
            }
            Some((Clause::For { pat, iter }, rest)) => {
                let mut before = self.repeat(None, live.clone(), |walk, mut head| {
                    head.extend(live.iter().copied());
                    let inside = walk.clauses(rest, sink, head);
                    walk.pattern(pat, inside)
                });
                before.extend(live);
                self.node(*iter, before)
            }
        }
    }

    fn frame(&self, label: &Option<batuta_base::Name>) -> Option<&LoopFrame> {
        self.loops.iter().rev().find(|frame| label.is_none() || frame.label == *label)
    }

    fn rest(&mut self, node: &Node, mut live: Set) -> Set {
        match node {
            Node::Break { label, value } => {
                let at = self.frame(label).map(|frame| frame.at_break.clone()).unwrap_or(live);
                value.iter().fold(at, |live, value| self.node(*value, live))
            }
            Node::Continue { label } => {
                self.frame(label).map(|frame| frame.at_continue.clone()).unwrap_or(live)
            }
            Node::Return(value) => {
                let at = self.pinned.iter().flatten().copied().collect();
                value.iter().fold(at, |live, value| self.node(*value, live))
            }
            Node::Try { body, handlers, els, finally } => self.attempt(*body, handlers, *els, *finally, live),
            // Raises again what is handled.
            Node::Raise { error: None, .. } => {
                live.extend(self.handled.last().copied().flatten());
                live
            }
            Node::Seq { clauses, sink } => {
                let sink: Vec<NodeId> = sink.nodes().collect();
                self.clauses(clauses, &sink, live)
            }
            Node::Closure(closure) => {
                let outer = std::mem::take(&mut self.loops);
                let mut captured = Set::default();
                captures(self.body, closure, &mut captured);
                self.inside.push(captured);
                let inside = self.block(closure.body, Set::default());
                self.inside.pop();
                self.loops = outer;
                live.extend(inside);
                live
            }
            other => {
                let mut kids = Vec::new();
                other.for_each_child(&mut |child| kids.push(child));
                for child in kids.into_iter().rev() {
                    live = self.child(child, live);
                }
                live
            }
        }
    }

    fn attempt(
        &mut self,
        body: BlockId,
        handlers: &[Handler],
        els: Option<BlockId>,
        finally: Option<BlockId>,
        live: Set,
    ) -> Set {
        let after = match finally {
            Some(block) => self.block(block, live),
            None => live,
        };
        let mut caught = after.clone();
        for handler in handlers {
            self.handled.push(handler.bind);
            let mut inside = self.block(handler.body, after.clone());
            if let Some(error) = handler.bind {
                inside.remove(&error);
            }
            caught.extend(inside);
            self.handled.pop();
        }
        let done = match els {
            Some(block) => self.block(block, after),
            None => after,
        };
        self.pinned.push(caught.clone());
        let mut before = self.block(body, done);
        self.pinned.pop();
        before.extend(caught);
        before
    }
}

fn collect_places<'a>(pat: &'a Pat, out: &mut Vec<&'a Place>) {
    if let Pat::Place(place) = pat {
        out.push(place);
    }
    pat.for_each_part(&mut |part| collect_places(part, out));
}

/// Locals that some read may meet unassigned.
fn unbound(body: &Body<Typed>) -> (Set, Set) {
    let mut walk = Forward { body, loops: Vec::new(), found: Set::default(), by_loops: Vec::new() };
    let start = Some(body.params.iter().map(|param| param.local).collect());
    walk.block(body.root, start);
    // A local that only its loop names needs no value before.
    let by_loops = walk.by_loops.into_iter().filter(|(local, turn)| is_read_outside(body, *local, *turn));
    (walk.found, by_loops.map(|(local, _)| local).collect())
}

/// Whether a local is read outside of a block.
fn is_read_outside(body: &Body<Typed>, local: LocalId, block: BlockId) -> bool {
    let count = |block: BlockId| {
        let mut count = 0;
        body.walk_block(block, &mut |node| {
            if let Node::Use(place, _) = &body.nodes[node].kind {
                count += usize::from(place.root == Root::Local(local));
            }
        });
        count
    };
    count(body.root) > count(block)
}

/// Whether a local of the type can be declared with a value that nobody sees.
fn starts_simply(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Int(width) => *width == Width::I64,
        TyKind::Float(_) | TyKind::Bool | TyKind::Str => true,
        TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) | TyKind::Option(_) => true,
        _ => false,
    }
}

/// A loop over literals that has a first turn, and whose turns all end at their end.
fn runs_once(body: &Body<Typed>, iter: NodeId, turn: BlockId) -> bool {
    let source = match &body.nodes[iter].kind {
        Node::Op { op: Op::IterOp(IterOp::Of), args, .. } => args[0],
        _ => iter,
    };
    let number = |node: NodeId| match body.as_const(node) {
        Some(Const::Int(digits)) => digits.parse::<i64>().ok(),
        _ => None,
    };
    let has_turns = match &body.nodes[source].kind {
        Node::Op { op: Op::RangeOp(RangeOp::New), args, .. } => {
            let step = args.get(2).map_or(Some(1), |step| number(*step));
            matches!((number(args[0]), number(args[1]), step), (Some(a), Some(b), Some(step)) if a < b && step > 0)
        }
        Node::Op { op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New), args, .. } => {
            !args.is_empty()
                && !args.iter().any(|arg| matches!(body.nodes[*arg].kind, Node::Op { op: Op::ObjOp(_), .. }))
        }
        _ => false,
    };
    let mut continues = false;
    body.walk_block(turn, &mut |node| continues |= matches!(body.nodes[node].kind, Node::Continue { .. }));
    has_turns && !continues
}

/// `None`: this point is not reached.
type State = Option<Set>;

fn meet(a: State, b: State) -> State {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.intersection(&b).copied().collect()),
        (found, None) | (None, found) => found,
    }
}

/// Forward walk: what is assigned on every path.
struct Forward<'a> {
    body: &'a Body<Typed>,
    loops: Vec<(Option<batuta_base::Name>, State)>,
    found: Set,
    /// Locals that a loop with a first turn gives a value, and its block.
    by_loops: Vec<(LocalId, BlockId)>,
}

impl Forward<'_> {
    fn block(&mut self, block: BlockId, mut state: State) -> State {
        for stmt in &self.body.blocks[block].stmts {
            state = self.stmt(stmt, state);
        }
        match self.body.blocks[block].tail {
            Some(tail) => self.node(tail, state),
            None => state,
        }
    }

    fn stmt(&mut self, stmt: &Stmt, mut state: State) -> State {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                if let Some(value) = value {
                    state = self.node(*value, state);
                    state = self.pattern(pat, state);
                }
                state
            }
            StmtKind::Set { target, value } => {
                state = self.node(*value, state);
                self.pattern(target, state)
            }
            StmtKind::Update { place, value, .. } => {
                state = self.place(place, state);
                self.node(*value, state)
            }
            StmtKind::Expr(node) => self.node(*node, state),
            StmtKind::Del(place) => {
                state = self.place(place, state);
                if let (Some(local), Some(set)) = (place.as_local(), &mut state) {
                    set.remove(&local);
                }
                state
            }
        }
    }

    fn pattern(&mut self, pat: &Pat, mut state: State) -> State {
        let mut places = Vec::new();
        collect_places(pat, &mut places);
        for place in places.into_iter().filter(|place| !place.proj.is_empty()) {
            state = self.place(place, state);
        }
        if let Some(set) = &mut state {
            pat.for_each_local(&mut |local| {
                set.insert(local);
            });
        }
        state
    }

    fn place(&mut self, place: &Place, mut state: State) -> State {
        if let (Root::Local(local), Some(set)) = (place.root, &state)
            && !set.contains(&local)
        {
            self.found.insert(local);
        }
        let mut kids = Vec::new();
        place.for_each_child(&mut |child| kids.push(child));
        for child in kids {
            state = self.child(child, state);
        }
        state
    }

    fn child(&mut self, child: Child, state: State) -> State {
        match child {
            Child::Node(node) => self.node(node, state),
            Child::Block(block) => self.block(block, state),
        }
    }

    fn node(&mut self, id: NodeId, mut state: State) -> State {
        match &self.body.nodes[id].kind {
            Node::Use(place, _) => self.place(place, state),
            // `sys.exit()` and the like do not come back.
            Node::Call { callee: Callee::Lib(_), args } if *self.body.ty(id).kind() == TyKind::Never => {
                for arg in args {
                    state = self.node(arg.value, state);
                }
                None
            }
            Node::Op { op, args, .. } if op.is_lazy() => {
                state = self.node(args[0], state);
                let _ = self.node(args[1], state.clone());
                state
            }
            Node::If { cond, then, els } => {
                let holds = self.when_true(*cond, state.clone());
                state = self.node(*cond, state);
                let a = self.block(*then, holds);
                let b = els.map_or(state.clone(), |block| self.block(block, state));
                meet(a, b)
            }
            Node::Match { subject, arms } => {
                state = self.node(*subject, state);
                let mut out = None;
                let mut complete = false;
                for arm in arms {
                    let mut inside = self.pattern(&arm.pat, state.clone());
                    if let Some(guard) = arm.guard {
                        inside = self.node(guard, inside);
                    }
                    complete |= arm.guard.is_none() && matches!(arm.pat, Pat::Wild | Pat::Bind(_, None));
                    let done = self.block(arm.body, inside);
                    out = meet(out, done);
                }
                if complete { out } else { meet(out, state) }
            }
            Node::While { label, cond, body, els } => {
                state = self.node(*cond, self.without_deleted(state, *body));
                let forever = matches!(self.body.as_const(*cond), Some(Const::Bool(true)));
                self.loops.push((*label, None));
                let _ = self.block(*body, state.clone());
                let (_, broke) = self.loops.pop().expect("pushed above");
                let mut exit = if forever { None } else { state };
                if let Some(block) = els {
                    exit = self.block(*block, exit);
                }
                meet(exit, broke)
            }
            Node::Loop { label, body } => {
                self.loops.push((*label, None));
                let _ = self.block(*body, self.without_deleted(state, *body));
                self.loops.pop().expect("pushed above").1
            }
            Node::For { label, pat, iter, body, els } => {
                state = self.node(*iter, state);
                state = self.without_deleted(state, *body);
                self.loops.push((*label, None));
                let inside = self.pattern(pat, state.clone());
                let done = self.block(*body, inside);
                let (_, broke) = self.loops.pop().expect("pushed above");
                if let (true, Some(done)) = (runs_once(self.body, *iter, *body), done) {
                    let before = state.clone().unwrap_or_default();
                    self.by_loops.extend(done.difference(&before).map(|local| (*local, *body)));
                    state = Some(done);
                }
                if let Some(block) = els {
                    state = self.block(*block, state);
                }
                meet(state, broke)
            }
            other => self.rest(other, state),
        }
    }

    /// What is assigned at any turn of a loop, or wherever its block is left: what it deletes may be gone.
    fn without_deleted(&self, mut state: State, block: BlockId) -> State {
        if let Some(set) = &mut state {
            self.body.walk_stmts(block, &mut |stmt| {
                if let StmtKind::Del(place) = &stmt.kind
                    && let Some(local) = place.as_local()
                {
                    set.remove(&local);
                }
            });
        }
        state
    }

    /// What is assigned where a condition holds: the right side of `and` has run there.
    fn when_true(&mut self, id: NodeId, state: State) -> State {
        match &self.body.nodes[id].kind {
            Node::Op { op: Op::BoolOp(BoolOp::And), args, .. } => {
                let left = self.when_true(args[0], state);
                self.when_true(args[1], left)
            }
            Node::Op { op: Op::BoolOp(BoolOp::Or), args, .. } => {
                let left = self.when_true(args[0], state.clone());
                let after = self.node(args[0], state);
                let right = self.when_true(args[1], after);
                meet(left, right)
            }
            _ => self.node(id, state),
        }
    }

    fn rest(&mut self, node: &Node, mut state: State) -> State {
        match node {
            Node::Break { label, value } => {
                if let Some(value) = value {
                    state = self.node(*value, state);
                }
                let frame = self.loops.iter_mut().rev().find(|frame| label.is_none() || frame.0 == *label);
                if let Some((_, broke)) = frame {
                    *broke = meet(broke.take(), state);
                }
                None
            }
            Node::Continue { .. } => None,
            Node::Return(value) => {
                if let Some(value) = value {
                    self.node(*value, state);
                }
                None
            }
            Node::Raise { error, cause } => {
                for node in error.iter().chain(cause) {
                    state = self.node(*node, state);
                }
                None
            }
            Node::Hole { .. } => None,
            Node::Try { body, handlers, els, finally } => {
                let entry = self.without_deleted(state.clone(), *body);
                let mut out = self.block(*body, state);
                if let Some(block) = els {
                    out = self.block(*block, out);
                }
                for handler in handlers {
                    let mut inside = entry.clone();
                    if let (Some(local), Some(set)) = (handler.bind, &mut inside) {
                        set.insert(local);
                    }
                    let done = self.block(handler.body, inside);
                    out = meet(out, done);
                }
                match finally {
                    Some(block) => {
                        let mut done = self.block(*block, entry);
                        if let (Some(set), Some(more)) = (&mut done, &out) {
                            set.extend(more.iter().copied());
                        }
                        if out.is_none() { None } else { done }
                    }
                    None => out,
                }
            }
            Node::With { items, body, .. } => {
                for item in items {
                    state = self.node(item.context, state);
                    if let Some(pat) = &item.target {
                        state = self.pattern(pat, state);
                    }
                }
                self.block(*body, state)
            }
            Node::Seq { clauses, sink } => {
                let before = state.clone();
                for clause in clauses {
                    state = match clause {
                        Clause::If(cond) => self.node(*cond, state),
                        Clause::For { pat, iter } => {
                            let state = self.node(*iter, state);
                            self.pattern(pat, state)
                        }
                    };
                }
                for node in sink.nodes() {
                    state = self.node(node, state);
                }
                before
            }
            Node::Closure(closure) => {
                // Runs later: what it captures is assigned by then (calls before are the source's error).
                let mut all: Set = self.body.locals.ids().collect();
                all.extend(closure.params.iter().map(|param| param.local));
                let outer = std::mem::take(&mut self.loops);
                let _ = self.block(closure.body, Some(all));
                self.loops = outer;
                state
            }
            other => {
                let mut kids = Vec::new();
                other.for_each_child(&mut |child| kids.push(child));
                for child in kids {
                    state = self.child(child, state);
                }
                state
            }
        }
    }
}
