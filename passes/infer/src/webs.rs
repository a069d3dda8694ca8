//! Splits locals into def-use webs: `x = 1; use(x); x = "a"; use(x)` are two locals.
//!
//! Each assignment makes a value; where control flow joins, two values make a join value. Values that
//! reach a common use belong together; `del x` belongs to what it ends, where a use may follow. Locals that a
//! closure shares or that carry an annotation of one type stay whole. A parameter that is deleted is a variable
//! that starts with it.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::{
    BlockId, BlockRow, Body, Child, Clause, Comment, Hir, LocalId, Mode, Node, NodeId, Pat, Place, Root,
    Stmt, StmtKind, TyKind,
};

type ValueId = u32;
const NOTHING: ValueId = 0;

/// The values of the split locals at a point; `None` where control does not arrive.
type Env = Option<Vec<ValueId>>;

/// Splits the locals of a normalised body.
pub(crate) fn split(mut body: Body<Hir>) -> Body<Hir> {
    let deleted = deleted(&body);
    for param in body.params.clone().iter().filter(|param| deleted.contains(&param.local)) {
        start_with(&mut body, param.local);
    }
    let candidates = candidates(&body);
    if candidates.is_empty() {
        return body;
    }
    let slots: FxHashMap<LocalId, usize> = candidates.iter().enumerate().map(|(at, l)| (*l, at)).collect();
    let mut walk = Walk { body: &body, slots, values: vec![Vec::new()], ..Walk::empty(&body) };
    let mut env: Vec<ValueId> = Vec::new();
    for local in &candidates {
        let is_param = body.params.iter().any(|param| param.local == *local);
        let value = if is_param { walk.value(Vec::new()) } else { NOTHING };
        walk.params.push(value);
        env.push(value);
    }
    let mut env = Some(env);
    walk.block(body.root, &mut env);
    let plan = walk.plan(&candidates);
    rename(&mut body, plan);
    body
}

/// Locals that a `del` ends.
fn deleted(body: &Body<Hir>) -> FxHashSet<LocalId> {
    let mut out = FxHashSet::default();
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Del(place) = &stmt.kind {
            out.extend(place.as_local());
        }
    });
    out
}

/// Everything that names a parameter names a variable that starts with it.
fn start_with(body: &mut Body<Hir>, param: LocalId) {
    let row = body.locals[param].clone();
    let given = body.locals.push(row);
    body.params.iter_mut().filter(|row| row.local == param).for_each(|row| row.local = given);
    let origin = body.locals[param].origin;
    let value = body.use_local(given, Mode::Read, origin);
    let stmt = Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(param)), value }, origin);
    let root = body.root;
    body.blocks[root].stmts.insert(0, stmt);
}

/// Locals with several assignments that may be split.
fn candidates(body: &Body<Hir>) -> Vec<LocalId> {
    let mut scopes: FxHashMap<LocalId, FxHashSet<Option<NodeId>>> = FxHashMap::default();
    let mut defs: FxHashMap<LocalId, usize> = FxHashMap::default();
    for param in &body.params {
        scopes.entry(param.local).or_default().insert(None);
        *defs.entry(param.local).or_default() += 1;
    }
    let mut fixed = FxHashSet::default();
    scan(body, body.root, None, &mut |local, scope, what| {
        scopes.entry(local).or_default().insert(scope);
        match what {
            What::Read => {}
            What::Write => *defs.entry(local).or_default() += 1,
            What::Fix => {
                fixed.insert(local);
            }
        }
    });
    body.locals
        .iter()
        .filter(|(id, row)| {
            defs.get(id).is_some_and(|count| *count > 1)
                && scopes[id].len() == 1
                && !fixed.contains(id)
                // A parameter of several types may get one of them.
                && matches!(row.ty.kind(), TyKind::Unknown | TyKind::Union(_))
        })
        .map(|(id, _)| id)
        .collect()
}

enum What {
    Read,
    Write,
    Fix,
}

type Report<'a> = &'a mut dyn FnMut(LocalId, Option<NodeId>, What);

fn scan(body: &Body<Hir>, block: BlockId, scope: Option<NodeId>, f: Report<'_>) {
    for stmt in &body.blocks[block].stmts {
        match &stmt.kind {
            StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => {
                pat.for_each_local(&mut |l| f(l, scope, What::Write));
            }
            StmtKind::Update { place, .. } => {
                place.as_local().into_iter().for_each(|l| f(l, scope, What::Write))
            }
            StmtKind::Del(place) => place.as_local().into_iter().for_each(|l| f(l, scope, What::Write)),
            StmtKind::Expr(_) => {}
        }
        stmt.for_each_child(&mut |child| scan_child(body, child, scope, f));
    }
    body.blocks[block].tail.iter().for_each(|node| scan_child(body, Child::Node(*node), scope, f));
}

fn scan_child(body: &Body<Hir>, child: Child, scope: Option<NodeId>, f: Report<'_>) {
    let node = match child {
        Child::Block(block) => return scan(body, block, scope, f),
        Child::Node(node) => node,
    };
    let kind = &body.nodes[node].kind;
    let inner = if matches!(kind, Node::Closure(_)) { Some(node) } else { scope };
    match kind {
        Node::Use(Place { root: Root::Local(local), .. }, _) => f(*local, scope, What::Read),
        Node::For { pat, .. } => pat.for_each_local(&mut |l| f(l, scope, What::Write)),
        Node::With { items, .. } => {
            let pats = items.iter().filter_map(|item| item.target.as_ref());
            pats.for_each(|pat| pat.for_each_local(&mut |l| f(l, scope, What::Write)));
        }
        Node::Match { arms, .. } => {
            // Alternatives bind the same names, so those stay whole.
            for arm in arms {
                let fixed = has_or(&arm.pat);
                arm.pat.for_each_local(&mut |l| f(l, scope, if fixed { What::Fix } else { What::Write }));
            }
        }
        Node::Try { handlers, .. } => {
            handlers.iter().filter_map(|handler| handler.bind).for_each(|l| f(l, scope, What::Write));
        }
        Node::Seq { clauses, .. } => {
            for clause in clauses {
                if let Clause::For { pat, .. } = clause {
                    pat.for_each_local(&mut |l| f(l, scope, What::Fix));
                }
            }
        }
        Node::Closure(closure) => closure.params.iter().for_each(|param| f(param.local, inner, What::Write)),
        _ => {}
    }
    kind.for_each_child(&mut |child| scan_child(body, child, inner, f));
}

fn has_or(pat: &Pat) -> bool {
    let mut found = matches!(pat, Pat::Or(_));
    pat.for_each_part(&mut |part| found |= has_or(part));
    found
}

struct Frame {
    label: Option<Name>,
    breaks: Vec<Vec<ValueId>>,
    continues: Vec<Vec<ValueId>>,
}

/// Where a value stands: a read by its node, a write by its statement or node and number therein.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Site {
    Read(NodeId),
    Write(BlockId, usize, usize),
    NodeWrite(NodeId, usize),
}

struct Walk<'a> {
    body: &'a Body<Hir>,
    slots: FxHashMap<LocalId, usize>,
    /// Operands of each value: empty for an assignment.
    values: Vec<Vec<ValueId>>,
    params: Vec<ValueId>,
    sites: FxHashMap<Site, (LocalId, ValueId)>,
    used: Vec<ValueId>,
    frames: Vec<Frame>,
    /// Values made inside each open `try` body.
    tries: Vec<Vec<(usize, ValueId)>>,
}

impl<'a> Walk<'a> {
    fn empty(body: &'a Body<Hir>) -> Self {
        Walk {
            body,
            slots: FxHashMap::default(),
            values: Vec::new(),
            params: Vec::new(),
            sites: FxHashMap::default(),
            used: Vec::new(),
            frames: Vec::new(),
            tries: Vec::new(),
        }
    }

    fn value(&mut self, operands: Vec<ValueId>) -> ValueId {
        self.values.push(operands);
        (self.values.len() - 1) as ValueId
    }

    fn join(&mut self, a: Env, b: Env) -> Env {
        match (a, b) {
            (None, other) | (other, None) => other,
            (Some(mut a), Some(b)) => {
                for (slot, value) in b.into_iter().enumerate() {
                    if a[slot] != value {
                        a[slot] = self.value(vec![a[slot], value]);
                    }
                }
                Some(a)
            }
        }
    }

    fn join_all(&mut self, env: Env, others: Vec<Vec<ValueId>>) -> Env {
        others.into_iter().fold(env, |env, other| self.join(env, Some(other)))
    }

    fn write(&mut self, local: LocalId, site: Site, env: &mut Env) {
        let Some(slot) = self.slots.get(&local).copied() else { return };
        let value = self.value(Vec::new());
        self.sites.insert(site, (local, value));
        self.tries.iter_mut().for_each(|made| made.push((slot, value)));
        if let Some(env) = env {
            env[slot] = value;
        }
    }

    fn write_pat(&mut self, pat: &Pat, site: impl Fn(usize) -> Site, env: &mut Env) {
        let mut locals = Vec::new();
        pat.for_each_local(&mut |local| locals.push(local));
        for (at, local) in locals.into_iter().enumerate() {
            self.write(local, site(at), env);
        }
    }

    fn block(&mut self, block: BlockId, env: &mut Env) {
        let body = self.body;
        for (at, stmt) in body.blocks[block].stmts.iter().enumerate() {
            self.stmt(stmt, block, at, env);
        }
        if let Some(tail) = body.blocks[block].tail {
            self.node(tail, env);
        }
    }

    /// Targets are assigned from left to right: `i, xs[i] = 2, 9` writes `xs[2]`.
    fn write_in_order(&mut self, pat: &Pat, part: &mut usize, site: &impl Fn(usize) -> Site, env: &mut Env) {
        match pat {
            Pat::Tuple(parts) => parts.iter().for_each(|inner| self.write_in_order(inner, part, site, env)),
            Pat::Place(place) => match place.as_local() {
                Some(local) => {
                    self.write(local, site(*part), env);
                    *part += 1;
                }
                None => place.for_each_child(&mut |child| self.child(child, env)),
            },
            other => {
                other.for_each_child(&mut |child| self.child(child, env));
                let mut locals = Vec::new();
                other.for_each_local(&mut |local| locals.push(local));
                for local in locals {
                    self.write(local, site(*part), env);
                    *part += 1;
                }
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt, block: BlockId, at: usize, env: &mut Env) {
        if let StmtKind::Set { target, value } = &stmt.kind {
            self.node(*value, env);
            return self.write_in_order(target, &mut 0, &|part| Site::Write(block, at, part), env);
        }
        stmt.for_each_child(&mut |child| self.child(child, env));
        match &stmt.kind {
            StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => {
                self.write_pat(pat, |part| Site::Write(block, at, part), env);
            }
            StmtKind::Update { place, .. } => {
                let Some(local) = place.as_local() else { return };
                let Some(slot) = self.slots.get(&local).copied() else { return };
                let before = env.as_ref().map_or(NOTHING, |env| env[slot]);
                let value = self.value(vec![before]);
                self.used.push(value);
                self.sites.insert(Site::Write(block, at, 0), (local, value));
                self.tries.iter_mut().for_each(|made| made.push((slot, value)));
                if let Some(env) = env {
                    env[slot] = value;
                }
            }
            StmtKind::Del(place) => {
                let Some(local) = place.as_local() else { return };
                let Some(slot) = self.slots.get(&local).copied() else { return };
                let before = env.as_ref().map_or(NOTHING, |env| env[slot]);
                let value = self.value(vec![before]);
                self.sites.insert(Site::Write(block, at, 0), (local, value));
                self.tries.iter_mut().for_each(|made| made.push((slot, value)));
                if let Some(env) = env {
                    env[slot] = value;
                }
            }
            StmtKind::Expr(_) => {}
        }
    }

    fn child(&mut self, child: Child, env: &mut Env) {
        match child {
            Child::Node(node) => self.node(node, env),
            Child::Block(block) => self.block(block, env),
        }
    }

    fn node(&mut self, id: NodeId, env: &mut Env) {
        let body = self.body;
        match &body.nodes[id].kind {
            Node::Use(Place { root: Root::Local(local), .. }, _) => {
                if let (Some(slot), Some(env)) = (self.slots.get(local), &env) {
                    self.used.push(env[*slot]);
                    self.sites.insert(Site::Read(id), (*local, env[*slot]));
                }
            }
            Node::If { cond, then, els } => {
                self.node(*cond, env);
                let mut other = env.clone();
                self.block(*then, env);
                if let Some(els) = els {
                    self.block(*els, &mut other);
                }
                *env = self.join(env.take(), other);
            }
            Node::Op { op, args, .. } if op.is_lazy() => {
                self.node(args[0], env);
                let before = env.clone();
                args[1..].iter().for_each(|arg| self.node(*arg, env));
                *env = self.join(before, env.take());
            }
            Node::Match { subject, arms } => {
                self.node(*subject, env);
                let mut out = None;
                for (at, arm) in arms.iter().enumerate() {
                    let mut inner = env.clone();
                    arm.pat.for_each_child(&mut |child| self.child(child, &mut inner));
                    self.write_pat(&arm.pat, |part| Site::NodeWrite(id, at * 1000 + part), &mut inner);
                    arm.guard.iter().for_each(|guard| self.node(*guard, &mut inner));
                    self.block(arm.body, &mut inner);
                    out = self.join(out, inner);
                }
                *env = self.join(out, env.take());
            }
            Node::While { .. } | Node::For { .. } | Node::Loop { .. } => self.looped(id, env),
            Node::Try { .. } => self.tried(id, env),
            Node::With { items, body: block, .. } => {
                for (at, item) in items.iter().enumerate() {
                    self.node(item.context, env);
                    if let Some(pat) = &item.target {
                        pat.for_each_child(&mut |child| self.child(child, env));
                        self.write_pat(pat, |part| Site::NodeWrite(id, at * 1000 + part), env);
                    }
                }
                let before = env.clone();
                self.tries.push(Vec::new());
                self.block(*block, env);
                // A context manager may swallow an error, so any value made inside can arrive.
                let made = self.tries.pop().unwrap_or_default();
                let swallowed = self.after_error(before, &made);
                *env = self.join(env.take(), swallowed);
            }
            Node::Return(_) | Node::Raise { .. } => {
                body.nodes[id].kind.for_each_child(&mut |child| self.child(child, env));
                *env = None;
            }
            Node::Break { label, .. } | Node::Continue { label } => {
                body.nodes[id].kind.for_each_child(&mut |child| self.child(child, env));
                let is_break = matches!(body.nodes[id].kind, Node::Break { .. });
                let frame = self.frames.iter_mut().rev().find(|f| label.is_none() || f.label == *label);
                if let (Some(frame), Some(env)) = (frame, env.take()) {
                    if is_break { frame.breaks.push(env) } else { frame.continues.push(env) }
                }
            }
            Node::Closure(_) => self.closure(id, env),
            Node::Seq { clauses, .. } => {
                // `[t := t + x for x in xs]`: what one turn assigns the next one reads.
                let start = match clauses.first() {
                    Some(Clause::For { iter, .. }) => Some(*iter),
                    _ => None,
                };
                start.iter().for_each(|iter| self.node(*iter, env));
                let heads = self.heads(env);
                let after = env.clone();
                body.nodes[id].kind.for_each_child(&mut |child| {
                    if child != Child::Node(start.unwrap_or(id)) {
                        self.child(child, env);
                    }
                });
                self.close(&heads, env);
                *env = self.join(after, env.take());
            }
            kind => kind.for_each_child(&mut |child| self.child(child, env)),
        }
    }

    /// A closure shares no split local with what is around it; its body has a control flow of its own.
    fn closure(&mut self, id: NodeId, env: &mut Env) {
        let body = self.body;
        let Node::Closure(closure) = &body.nodes[id].kind else { return };
        closure.params.iter().filter_map(|p| p.default).for_each(|node| self.node(node, env));
        let (frames, tries) = (std::mem::take(&mut self.frames), std::mem::take(&mut self.tries));
        let mut inner = env.clone();
        for (at, param) in closure.params.iter().enumerate() {
            self.write(param.local, Site::NodeWrite(id, at), &mut inner);
        }
        self.block(closure.body, &mut inner);
        (self.frames, self.tries) = (frames, tries);
    }

    /// Every slot gets a join value at a loop's head; it binds webs together only when it is read.
    fn heads(&mut self, env: &mut Env) -> Vec<(usize, ValueId)> {
        let Some(values) = env else { return Vec::new() };
        let before = values.clone();
        let heads: Vec<(usize, ValueId)> =
            before.into_iter().enumerate().map(|(slot, value)| (slot, self.value(vec![value]))).collect();
        heads.iter().for_each(|(slot, head)| values[*slot] = *head);
        heads
    }

    /// What the end of a turn holds reaches the head.
    fn close(&mut self, heads: &[(usize, ValueId)], back: &Env) {
        let Some(back) = back else { return };
        for (slot, head) in heads {
            if back[*slot] != *head {
                self.values[*head as usize].push(back[*slot]);
            }
        }
    }

    fn looped(&mut self, id: NodeId, env: &mut Env) {
        let body = self.body;
        let (label, block, els) = match &body.nodes[id].kind {
            Node::While { label, body, els, .. } | Node::For { label, body, els, .. } => {
                (*label, *body, *els)
            }
            Node::Loop { label, body } => (*label, *body, None),
            _ => return,
        };
        if let Node::For { iter, .. } = &body.nodes[id].kind {
            self.node(*iter, env);
        }
        let heads = self.heads(env);
        self.frames.push(Frame { label, breaks: Vec::new(), continues: Vec::new() });
        if let Node::While { cond, .. } = &body.nodes[id].kind {
            self.node(*cond, env);
        }
        let mut after = if matches!(body.nodes[id].kind, Node::Loop { .. }) { None } else { env.clone() };
        if let Node::For { pat, .. } = &body.nodes[id].kind {
            pat.for_each_child(&mut |child| self.child(child, env));
            self.write_pat(pat, |part| Site::NodeWrite(id, part), env);
        }
        self.block(block, env);
        let frame = self.frames.pop().expect("pushed above");
        let back = self.join_all(env.take(), frame.continues);
        self.close(&heads, &back);
        if let Some(els) = els {
            self.block(els, &mut after);
        }
        *env = self.join_all(after, frame.breaks);
    }

    fn after_error(&mut self, before: Env, made: &[(usize, ValueId)]) -> Env {
        let mut env = before?;
        let mut operands: FxHashMap<usize, Vec<ValueId>> = FxHashMap::default();
        for (slot, value) in made {
            operands.entry(*slot).or_default().push(*value);
        }
        let mut slots: Vec<_> = operands.into_iter().collect();
        slots.sort_unstable_by_key(|(slot, _)| *slot);
        for (slot, mut values) in slots {
            values.push(env[slot]);
            env[slot] = self.value(values);
        }
        Some(env)
    }

    fn tried(&mut self, id: NodeId, env: &mut Env) {
        let body = self.body;
        let Node::Try { body: block, handlers, els, finally } = &body.nodes[id].kind else { return };
        let before = env.clone();
        self.tries.push(Vec::new());
        self.tries.push(Vec::new());
        self.block(*block, env);
        let made = self.tries.pop().unwrap_or_default();
        let caught = self.after_error(before.clone(), &made);
        if let Some(els) = els {
            self.block(*els, env);
        }
        let mut out = env.take();
        for (at, handler) in handlers.iter().enumerate() {
            let mut inner = caught.clone();
            if let Some(local) = handler.bind {
                self.write(local, Site::NodeWrite(id, at), &mut inner);
            }
            self.block(handler.body, &mut inner);
            out = self.join(out, inner);
        }
        let all = self.tries.pop().unwrap_or_default();
        if let Some(finally) = finally {
            let arrives = out.is_some();
            let failed = self.after_error(before, &all);
            let mut joined = self.join(out, failed);
            self.block(*finally, &mut joined);
            out = if arrives { joined } else { None };
        }
        *env = out;
    }

    /// Which local each site names after the split.
    fn plan(self, candidates: &[LocalId]) -> Plan {
        let mut parent: Vec<ValueId> = (0..self.values.len() as ValueId).collect();
        let mut seen = vec![false; self.values.len()];
        let mut todo = self.used;
        while let Some(value) = todo.pop() {
            if std::mem::replace(&mut seen[value as usize], true) || value == NOTHING {
                continue;
            }
            for operand in &self.values[value as usize] {
                if *operand != NOTHING {
                    union(&mut parent, value, *operand);
                    todo.push(*operand);
                }
            }
        }
        let mut sites: Vec<(Site, LocalId, ValueId)> = Vec::new();
        let mut idle = Vec::new();
        for (site, (local, value)) in &self.sites {
            // No use follows such a `del`.
            if let Site::Write(block, at, _) = site
                && matches!(self.body.blocks[*block].stmts[*at].kind, StmtKind::Del(_))
                && !seen[*value as usize]
            {
                idle.push((*block, *at));
                continue;
            }
            sites.push((*site, *local, find(&mut parent, *value)));
        }
        let mut params = FxHashMap::default();
        for (slot, value) in self.params.iter().enumerate() {
            if *value != NOTHING {
                params.insert(candidates[slot], find(&mut parent, *value));
            }
        }
        Plan { sites, params, idle }
    }
}

fn find(parent: &mut [ValueId], mut value: ValueId) -> ValueId {
    while parent[value as usize] != value {
        parent[value as usize] = parent[parent[value as usize] as usize];
        value = parent[value as usize];
    }
    value
}

fn union(parent: &mut [ValueId], a: ValueId, b: ValueId) {
    let (a, b) = (find(parent, a), find(parent, b));
    let (low, high) = (a.min(b), a.max(b));
    parent[high as usize] = low;
}

struct Plan {
    sites: Vec<(Site, LocalId, ValueId)>,
    params: FxHashMap<LocalId, ValueId>,
    /// Statements that do nothing.
    idle: Vec<(BlockId, usize)>,
}

fn rename(body: &mut Body<Hir>, plan: Plan) {
    let mut webs: FxHashMap<(LocalId, ValueId), LocalId> = FxHashMap::default();
    let mut taken: FxHashSet<LocalId> = FxHashSet::default();
    for (local, value) in &plan.params {
        webs.insert((*local, *value), *local);
        taken.insert(*local);
    }
    let mut sites = plan.sites;
    sites.retain(|(_, _, value)| *value != NOTHING);
    sites.sort_unstable_by_key(|(_, local, value)| (*local, *value));
    let mut named: FxHashMap<Site, LocalId> = FxHashMap::default();
    for (site, local, value) in sites {
        let web = *webs.entry((local, value)).or_insert_with(|| {
            if taken.insert(local) {
                return local;
            }
            let row = body.locals[local].clone();
            body.locals.push(row)
        });
        named.insert(site, web);
    }
    for (site, web) in &named {
        match *site {
            Site::Read(node) => {
                if let Node::Use(place, _) = &mut body.nodes[node].kind {
                    place.root = Root::Local(*web);
                }
            }
            Site::Write(block, at, part) => match &mut body.blocks[block].stmts[at].kind {
                StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => {
                    set_nth(pat, &mut { part }, *web);
                }
                StmtKind::Update { place, .. } | StmtKind::Del(place) => place.root = Root::Local(*web),
                _ => {}
            },
            Site::NodeWrite(node, part) => rename_in_node(&mut body.nodes[node].kind, part, *web),
        }
    }
    let mut idle = plan.idle;
    idle.sort_unstable();
    for (block, at) in idle.into_iter().rev() {
        take_out(&mut body.blocks[block], at);
    }
}

/// Removes a statement; its comments go to what follows.
fn take_out(block: &mut BlockRow, at: usize) {
    let gone = block.stmts.remove(at);
    let text = |text| Comment { text, blank_before: false };
    let comments = gone.above.into_iter().chain(gone.beside.map(text)).collect::<Vec<_>>();
    match block.stmts.get_mut(at) {
        Some(next) => {
            next.blank_before |= gone.blank_before;
            next.above.splice(0..0, comments);
        }
        None => {
            block.end_comments.splice(0..0, comments);
        }
    }
}

fn rename_in_node(node: &mut Node, part: usize, web: LocalId) {
    match node {
        Node::For { pat, .. } => {
            set_nth(pat, &mut { part }, web);
        }
        Node::Match { arms, .. } => {
            set_nth(&mut arms[part / 1000].pat, &mut { part % 1000 }, web);
        }
        Node::With { items, .. } => {
            if let Some(pat) = &mut items[part / 1000].target {
                set_nth(pat, &mut { part % 1000 }, web);
            }
        }
        Node::Try { handlers, .. } => handlers[part].bind = Some(web),
        Node::Closure(closure) => closure.params[part].local = web,
        _ => {}
    }
}

/// Renames the n-th local in the order of `Pat::for_each_local`; counts `nth` down.
fn set_nth(pat: &mut Pat, nth: &mut usize, web: LocalId) -> bool {
    let here = match pat {
        Pat::Bind(local, _) => Some(local),
        Pat::Place(Place { root: Root::Local(local), proj }) if proj.is_empty() => Some(local),
        Pat::Map { rest: Some(local), .. } => Some(local),
        _ => None,
    };
    if let Some(local) = here {
        if *nth == 0 {
            *local = web;
            return true;
        }
        *nth -= 1;
    }
    match pat {
        Pat::Bind(_, Some(part)) | Pat::Some(part) | Pat::Ref(part) => set_nth(part, nth, web),
        Pat::Tuple(parts) | Pat::Or(parts) => parts.iter_mut().any(|part| set_nth(part, nth, web)),
        Pat::List { front, rest, back } => {
            front.iter_mut().any(|part| set_nth(part, nth, web))
                || rest.as_mut().is_some_and(|part| set_nth(part, nth, web))
                || back.iter_mut().any(|part| set_nth(part, nth, web))
        }
        Pat::Class { args, named, .. } => {
            args.iter_mut().any(|part| set_nth(part, nth, web))
                || named.iter_mut().any(|(_, part)| set_nth(part, nth, web))
        }
        Pat::Map { pairs, .. } => pairs.iter_mut().any(|(_, part)| set_nth(part, nth, web)),
        _ => false,
    }
}
