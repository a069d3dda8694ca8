//! A `let` for every local, at the first point that every use lies behind; `mut` where it is needed.

use batuta_base::{FxHashMap, FxHashSet, Origin};
use batuta_core::*;

/// Places declarations and decides mutability.
pub fn place(body: &mut Body<Mir>, starts: &FxHashSet<LocalId>) {
    let mut scopes = Scopes::default();
    scopes.block(body, body.root, None);
    bind_contexts(body, &scopes);
    let bound = bound_by_patterns(body);
    let params: FxHashSet<LocalId> = body.params.iter().map(|param| param.local).collect();
    for local in body.locals.ids() {
        if params.contains(&local) || bound.contains(&local) {
            continue;
        }
        if let Some((block, index)) =
            scopes.home(local, body.locals[local].ty.cell().is_some() && !body.locals[local].is_temp)
        {
            scopes.homes.push((block, index, local));
        }
    }
    let mut homes = std::mem::take(&mut scopes.homes);
    homes.sort_by_key(|(block, index, local)| (block.0, std::cmp::Reverse(*index), local.0));
    let mut by_stmt: Vec<(BlockId, usize, Vec<LocalId>)> = Vec::new();
    for (block, index, local) in homes {
        match by_stmt.last_mut() {
            Some((b, i, locals)) if *b == block && *i == index => locals.push(local),
            _ => by_stmt.push((block, index, vec![local])),
        }
    }
    for (block, index, locals) in by_stmt {
        declare(body, block, index, &locals, starts);
    }
    mutability(body);
}

/// The name that a `with` binds belongs to its block where nothing behind reads it: the context ends there.
fn bind_contexts(body: &mut Body<Mir>, scopes: &Scopes) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let row = &body.blocks[block];
        let statements = row.stmts.iter().map(|stmt| match stmt.kind {
            StmtKind::Expr(node) => Some(node),
            _ => None,
        });
        let nodes: Vec<(usize, NodeId)> = statements
            .chain([row.tail])
            .enumerate()
            .filter_map(|(index, node)| Some((index, node?)))
            .collect();
        for (index, node) in nodes {
            let Node::With { items, body: inner, .. } = &body.nodes[node].kind else { continue };
            let own = |local: LocalId| {
                scopes.mentions.get(&local).is_some_and(|mentions| {
                    mentions.iter().all(|&(at, stmt)| {
                        (at, stmt) == (block, index)
                            || scopes.chain(at, stmt).iter().any(|(outer, _)| outer == inner)
                    })
                })
            };
            let mut items = items.clone();
            for item in &mut items {
                if let Some(local) = item.target.as_ref().and_then(whole_local).filter(|local| own(*local)) {
                    item.target = Some(Pat::Bind(local, None));
                }
            }
            if let Node::With { items: old, .. } = &mut body.nodes[node].kind {
                *old = items;
            }
        }
    }
}

/// Turns an assignment into a `let`, or puts declarations before the statement.
fn declare(
    body: &mut Body<Mir>,
    block: BlockId,
    index: usize,
    locals: &[LocalId],
    starts: &FxHashSet<LocalId>,
) {
    let is_tail = index >= body.blocks[block].stmts.len();
    let mut rest: Vec<LocalId> = locals.to_vec();
    if !is_tail {
        let stmt = &body.blocks[block].stmts[index];
        if let StmtKind::Set { target, value } = &stmt.kind {
            let mut targets = Vec::new();
            let declares = leaves(target, &mut targets) && targets.iter().all(|local| locals.contains(local));
            let mut mentioned = FxHashSet::default();
            mentions(body, Child::Node(*value), &mut mentioned);
            if declares && !targets.iter().any(|local| mentioned.contains(local)) {
                let (pat, value) = (binding(target), *value);
                rest.retain(|local| !targets.contains(local));
                body.blocks[block].stmts[index].kind = StmtKind::Let { pat, value: Some(value) };
            }
        }
    }
    for local in rest.into_iter().rev() {
        if body.locals[local].ty.cell().is_some() {
            fill(body, local);
        }
        // An optional local that may be read unassigned starts absent.
        let is_option =
            matches!(body.locals[local].ty.kind(), TyKind::Option(_)) && starts_absent(body, local);
        let ty = body.locals[local].ty;
        let value = match is_option {
            true => Some(body.op(OptOp::None, Vec::new(), ty, Origin::default())),
            false if starts.contains(&local) => empty(body, ty),
            false => None,
        };
        let stmt = Stmt::new(StmtKind::Let { pat: Pat::Bind(local, None), value }, Origin::default());
        let index = index.min(body.blocks[block].stmts.len());
        body.blocks[block].stmts.insert(index, stmt);
        if index + 1 < body.blocks[block].stmts.len() {
            let next = &mut body.blocks[block].stmts[index + 1];
            let (above, blank) = (std::mem::take(&mut next.above), std::mem::take(&mut next.blank_before));
            body.blocks[block].stmts[index].above = above;
            body.blocks[block].stmts[index].blank_before = blank;
        }
    }
}

/// A cell that is declared before it has a value: what would make it fills it.
fn fill(body: &mut Body<Mir>, local: LocalId) {
    let cell = body.locals[local].ty;
    let sets = |body: &Body<Mir>, of: LocalId| {
        let mut found = Vec::new();
        for block in body.blocks.ids() {
            for (at, stmt) in body.blocks[block].stmts.iter().enumerate() {
                let (set, value) = match &stmt.kind {
                    StmtKind::Set { target: Pat::Place(place), value } => (place.as_local(), *value),
                    StmtKind::Let { pat: Pat::Bind(local, None), value: Some(value) } => {
                        (Some(*local), *value)
                    }
                    _ => continue,
                };
                if set == Some(of) && body.nodes[value].ty == cell {
                    found.push((block, at, value));
                }
            }
        }
        found
    };
    for (block, at, value) in sets(body, local) {
        match body.nodes[value].kind.clone() {
            Node::Op { op: Op::RsOp(RsOp::Share), args, .. } => set_value(body, block, at, args[0]),
            // It has a name, so that it is computed before the cell is written.
            Node::Use(place, Mode::Move) if let Some(named) = place.as_local() => {
                for (block, at, value) in sets(body, named) {
                    let Node::Op { op: Op::RsOp(RsOp::Share), args, .. } = &body.nodes[value].kind else {
                        continue;
                    };
                    let made = args[0];
                    set_value(body, block, at, made);
                    body.locals[named].ty = cell.strip_shared();
                }
                body.nodes[value].ty = body.locals[named].ty;
            }
            _ => {}
        }
    }
}

fn set_value(body: &mut Body<Mir>, block: BlockId, at: usize, made: NodeId) {
    if let StmtKind::Set { value, .. } | StmtKind::Let { value: Some(value), .. } =
        &mut body.blocks[block].stmts[at].kind
    {
        *value = made;
    }
}

/// The value that a type starts with.
fn empty(body: &mut Body<Mir>, ty: Ty) -> Option<NodeId> {
    let at = Origin::default();
    let constant = match ty.kind() {
        TyKind::Int(Width::I64) => Const::Int("0".into()),
        TyKind::Float(_) => Const::Float(0.0),
        TyKind::Bool => Const::Bool(false),
        TyKind::Str => {
            let text = body.node(Node::Const(Const::Str("".into())), Ty::str().reference(), at);
            return Some(body.op(RsOp::ToOwned, vec![text], ty, at));
        }
        TyKind::List(_) => return Some(body.op(ListOp::New, Vec::new(), ty, at)),
        TyKind::Dict(..) => return Some(body.op(DictOp::New, Vec::new(), ty, at)),
        TyKind::Set(_) => return Some(body.op(SetOp::New, Vec::new(), ty, at)),
        TyKind::Option(_) => return Some(body.op(OptOp::None, Vec::new(), ty, at)),
        _ => return None,
    };
    Some(body.node(Node::Const(constant), ty, at))
}

/// Whether reads of the local go through its payload: it was marked as possibly unassigned.
fn starts_absent(body: &Body<Mir>, local: LocalId) -> bool {
    body.nodes.iter().any(|(_, row)| {
        matches!(&row.kind, Node::Use(place, _)
            if place.root == Root::Local(local) && matches!(place.proj.first(), Some(Proj::Payload(_))))
    })
}

/// Locals of a pattern of whole locals; `false` when a leaf is another place.
fn leaves(pat: &Pat, out: &mut Vec<LocalId>) -> bool {
    match pat {
        Pat::Place(place) => match place.as_local() {
            Some(local) => {
                out.push(local);
                true
            }
            None => false,
        },
        Pat::Bind(local, None) => {
            out.push(*local);
            true
        }
        Pat::Wild => true,
        Pat::Tuple(parts) | Pat::List { front: parts, rest: None, .. } => {
            parts.iter().all(|part| leaves(part, out))
        }
        _ => false,
    }
}

fn whole_local(pat: &Pat) -> Option<LocalId> {
    match pat {
        Pat::Place(place) => place.as_local(),
        _ => None,
    }
}

fn binding(pat: &Pat) -> Pat {
    match pat {
        Pat::Place(place) => Pat::Bind(place.as_local().expect("leaves are locals"), None),
        Pat::Tuple(parts) => Pat::Tuple(parts.iter().map(binding).collect()),
        Pat::List { front, rest: None, back } => Pat::List {
            front: front.iter().map(binding).collect(),
            rest: None,
            back: back.iter().map(binding).collect(),
        },
        other => other.clone(),
    }
}

/// Locals that loops, arms, handlers, clauses and closures declare themselves.
fn bound_by_patterns(body: &Body<Mir>) -> FxHashSet<LocalId> {
    let mut out = FxHashSet::default();
    let mut bind = |pat: &Pat| pat_binds(pat, &mut out);
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::For { pat, .. } => bind(pat),
            Node::Match { arms, .. } => arms.iter().for_each(|arm| bind(&arm.pat)),
            Node::With { items, .. } => {
                items.iter().filter_map(|item| item.target.as_ref()).for_each(&mut bind)
            }
            Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
                if let Clause::For { pat, .. } = clause {
                    bind(pat);
                }
            }),
            _ => {}
        }
    }
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::Try { handlers, .. } => out.extend(handlers.iter().filter_map(|handler| handler.bind)),
            Node::Closure(closure) => out.extend(closure.params.iter().map(|param| param.local)),
            _ => {}
        }
    }
    out
}

fn pat_binds(pat: &Pat, out: &mut FxHashSet<LocalId>) {
    match pat {
        Pat::Bind(local, _) | Pat::Map { rest: Some(local), .. } => {
            out.insert(*local);
        }
        _ => {}
    }
    pat.for_each_part(&mut |part| pat_binds(part, out));
}

fn mentions(body: &Body<Mir>, child: Child, out: &mut FxHashSet<LocalId>) {
    match child {
        Child::Block(block) => block_mentions(body, block, out),
        Child::Node(node) => {
            own_locals(&body.nodes[node].kind, &mut |local| {
                out.insert(local);
            });
            body.nodes[node].kind.for_each_child(&mut |child| mentions(body, child, out));
        }
    }
}

fn block_mentions(body: &Body<Mir>, block: BlockId, out: &mut FxHashSet<LocalId>) {
    for stmt in &body.blocks[block].stmts {
        crate::live::stmt_locals(stmt, &mut |local| {
            out.insert(local);
        });
        stmt.for_each_child(&mut |child| mentions(body, child, out));
    }
    body.blocks[block].tail.iter().for_each(|tail| mentions(body, Child::Node(*tail), out));
}

fn own_locals(node: &Node, f: &mut dyn FnMut(LocalId)) {
    crate::live::node_locals(node, f);
}

/// Where each local is mentioned: chains of (block, statement) from the root.
#[derive(Default)]
struct Scopes {
    parents: FxHashMap<BlockId, Option<(BlockId, usize)>>,
    /// Blocks that run more than once or later: a declaration may stand in them, not be moved out of need.
    mentions: FxHashMap<LocalId, Vec<(BlockId, usize)>>,
    homes: Vec<(BlockId, usize, LocalId)>,
    /// Bodies of closures.
    functions: FxHashSet<BlockId>,
}

impl Scopes {
    fn block(&mut self, body: &Body<Mir>, block: BlockId, parent: Option<(BlockId, usize)>) {
        self.parents.insert(block, parent);
        for (index, stmt) in body.blocks[block].stmts.iter().enumerate() {
            crate::live::stmt_locals(stmt, &mut |local| self.add(local, block, index));
            stmt.for_each_child(&mut |child| self.child(body, child, block, index));
        }
        let count = body.blocks[block].stmts.len();
        if let Some(tail) = body.blocks[block].tail {
            self.child(body, Child::Node(tail), block, count);
        }
    }

    fn child(&mut self, body: &Body<Mir>, child: Child, block: BlockId, index: usize) {
        match child {
            Child::Block(inner) => self.block(body, inner, Some((block, index))),
            Child::Node(node) => {
                if let Node::Closure(closure) = &body.nodes[node].kind {
                    self.functions.insert(closure.body);
                }
                own_locals(&body.nodes[node].kind, &mut |local| self.add(local, block, index));
                body.nodes[node].kind.for_each_child(&mut |child| self.child(body, child, block, index));
            }
        }
    }

    fn add(&mut self, local: LocalId, block: BlockId, index: usize) {
        self.mentions.entry(local).or_default().push((block, index));
    }

    fn chain(&self, block: BlockId, index: usize) -> Vec<(BlockId, usize)> {
        let mut out = vec![(block, index)];
        let mut at = block;
        while let Some(Some((block, index))) = self.parents.get(&at) {
            out.push((*block, *index));
            at = *block;
        }
        out.reverse();
        out
    }

    /// The innermost block that holds every mention, and the first statement there that has one.
    fn home(&self, local: LocalId, is_cell: bool) -> Option<(BlockId, usize)> {
        let mentions = self.mentions.get(&local)?;
        let chains: Vec<_> = mentions.iter().map(|(block, index)| self.chain(*block, *index)).collect();
        let mut depth = 0;
        while let Some((block, _)) = chains[0].get(depth) {
            if !chains.iter().all(|chain| chain.get(depth).is_some_and(|(other, _)| other == block)) {
                break;
            }
            depth += 1;
        }
        let mut depth = depth.checked_sub(1)?;
        if is_cell {
            // One variable for all turns of a loop: it belongs to its function.
            while depth > 0 && !self.functions.contains(&chains[0][depth].0) {
                depth -= 1;
            }
        }
        let index = chains.iter().map(|chain| chain[depth].1).min()?;
        Some((chains[0][depth].0, index))
    }
}

/// Marks locals that are assigned again or borrowed mutably.
fn mutability(body: &mut Body<Mir>) {
    let mut walk = Assigned { body, needed: FxHashSet::default() };
    let mut state: FxHashSet<LocalId> = walk.body.params.iter().map(|param| param.local).collect();
    walk.block(walk.body.root, &mut state);
    let needed = walk.needed;
    for (id, row) in body.locals.iter_mut() {
        row.mutable = needed.contains(&id) && row.ty.cell().is_none();
    }
}

struct Assigned<'a> {
    body: &'a Body<Mir>,
    needed: FxHashSet<LocalId>,
}

impl Assigned<'_> {
    fn block(&mut self, block: BlockId, state: &mut FxHashSet<LocalId>) {
        for stmt in &self.body.blocks[block].stmts {
            self.stmt(stmt, state);
        }
        if let Some(tail) = self.body.blocks[block].tail {
            self.node(tail, state);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, state: &mut FxHashSet<LocalId>) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                value.iter().for_each(|value| self.node(*value, state));
                let mut locals = Vec::new();
                pat.for_each_local(&mut |local| locals.push(local));
                for local in locals {
                    match value {
                        Some(_) => state.insert(local),
                        None => state.remove(&local),
                    };
                }
            }
            StmtKind::Set { target, value } => {
                self.node(*value, state);
                self.target(target, state);
            }
            StmtKind::Update { place, value, .. } => {
                self.node(*value, state);
                self.indices(place, state);
                self.change(place);
            }
            StmtKind::Expr(node) => self.node(*node, state),
            StmtKind::Del(place) => {
                self.indices(place, state);
                self.change(place);
            }
        }
    }

    fn target(&mut self, pat: &Pat, state: &mut FxHashSet<LocalId>) {
        if let Pat::Place(place) = pat {
            match place.as_local() {
                Some(local) => {
                    if !state.insert(local) {
                        self.needed.insert(local);
                    }
                }
                None => {
                    self.indices(place, state);
                    self.change(place);
                }
            }
        }
        let mut parts = Vec::new();
        pat.for_each_part(&mut |part| parts.push(part));
        parts.into_iter().for_each(|part| self.target(part, state));
    }

    fn indices(&mut self, place: &Place, state: &mut FxHashSet<LocalId>) {
        let mut kids = Vec::new();
        place.for_each_child(&mut |child| kids.push(child));
        for child in kids {
            if let Child::Node(node) = child {
                self.node(node, state);
            }
        }
    }

    /// Changing through a reference or a shared handle needs no `mut`.
    fn change(&mut self, place: &Place) {
        if let Root::Local(local) = place.root {
            let ty = self.body.locals[local].ty;
            let through = matches!(ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Shared(_));
            if !through {
                self.needed.insert(local);
            }
        }
    }

    fn node(&mut self, id: NodeId, state: &mut FxHashSet<LocalId>) {
        match &self.body.nodes[id].kind {
            Node::Use(place, mode) => {
                self.indices(place, state);
                if matches!(mode, Mode::Mut | Mode::Take) {
                    self.change(place);
                }
                // A handle that another function replaces.
                if let (TyKind::RefMut(inner), Some(local)) = (self.body.ty(id).kind(), place.as_local())
                    && matches!(inner.kind(), TyKind::Shared(_))
                    && self.body.locals[local].ty == *inner
                {
                    self.needed.insert(local);
                }
            }
            Node::Call { callee: Callee::Lib(name), args }
                if matches!(name.as_str(), "builtins.any" | "builtins.all") =>
            {
                self.needed.extend(args.first().and_then(|arg| self.stopped_iterator(arg.value)));
                self.children(id, state);
            }
            Node::If { cond, then, els } => {
                self.node(*cond, state);
                let mut other = state.clone();
                self.block(*then, state);
                if let Some(block) = els {
                    self.block(*block, &mut other);
                }
                state.extend(other);
            }
            Node::Match { subject, arms } => {
                self.node(*subject, state);
                let before = state.clone();
                for arm in arms {
                    let mut inside = before.clone();
                    arm.guard.iter().for_each(|guard| self.node(*guard, &mut inside));
                    self.block(arm.body, &mut inside);
                    state.extend(inside);
                }
            }
            Node::While { .. } | Node::Loop { .. } | Node::For { .. } | Node::Seq { .. } => {
                for _ in 0..2 {
                    self.children(id, state);
                }
            }
            Node::Closure(closure) => {
                // Runs any number of times: what it assigns outside is assigned again.
                for _ in 0..2 {
                    self.block(closure.body, state);
                }
            }
            _ => self.children(id, state),
        }
    }

    /// The variable whose iterator `any` or `all` advances and does not use up.
    fn stopped_iterator(&self, node: NodeId) -> Option<LocalId> {
        match &self.body.nodes[node].kind {
            Node::Use(place, Mode::Move) => {
                let local = place.as_local()?;
                matches!(self.body.locals[local].ty.kind(), TyKind::Iter(_)).then_some(local)
            }
            Node::Seq { clauses, sink: Sink::Iter(_) } => match clauses[..] {
                [Clause::For { iter, .. }] => self.stopped_iterator(iter),
                _ => None,
            },
            _ => None,
        }
    }

    fn children(&mut self, id: NodeId, state: &mut FxHashSet<LocalId>) {
        let mut kids = Vec::new();
        self.body.nodes[id].kind.for_each_child(&mut |child| kids.push(child));
        for child in kids {
            match child {
                Child::Node(node) => self.node(node, state),
                Child::Block(block) => self.block(block, state),
            }
        }
    }
}
