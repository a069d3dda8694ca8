//! What flows into variables, parameters and results, over the whole program.

use crate::fact::{Elem, Fact, Side};
use crate::facts::Facts;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// Something that holds values of one static type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Slot {
    Local(Name, LocalId),
    Global(Name),
    Result(Name),
    /// A part of a tuple that a function gives.
    Part(Name, u8),
}

/// Slots that stay dynamic.
pub(crate) type Keys = FxHashSet<Slot>;

/// What is known of slots.
#[derive(Default)]
pub(crate) struct Known {
    facts: FxHashMap<Slot, Fact>,
    /// Functions whose callers are all known.
    open: FxHashSet<Name>,
    /// Functions whose result is a tuple that is taken apart wherever they are called.
    apart: FxHashSet<Name>,
    changed: bool,
}

/// Rounds after which the search ends: facts only widen, a chain of calls takes a round each.
const ROUNDS: usize = 60;

/// What is known when nothing changes any more.
pub(crate) fn solve(program: &Program<Typed>, kept: &Keys) -> Option<Known> {
    let open = open_functions(program);
    let apart = crate::tuples::taken_apart(program, &open);
    let mut known = Known { open, apart, ..Known::default() };
    for slot in kept {
        known.facts.insert(*slot, Fact::Unknown);
    }
    for path in program.globals.keys() {
        if !program.modules.contains_key(&path.parent()) {
            known.facts.insert(Slot::Global(*path), Fact::Unknown);
        }
    }
    for body in program.fns.values() {
        begin(&mut known, body);
    }
    for _ in 0..ROUNDS {
        known.changed = false;
        for body in program.fns.values() {
            Flow { program, body, known: &mut known }.walk();
        }
        if !known.changed {
            return Some(known);
        }
    }
    None
}

/// Functions of which every call is written as one.
fn open_functions(program: &Program<Typed>) -> FxHashSet<Name> {
    let mut open: FxHashSet<Name> = program
        .fns
        .values()
        .filter(|body| {
            body.kind == FnKind::Function
                && body.decorators.is_empty()
                && !body.is_generator
                && !body.is_async
                && body.params.iter().all(|param| {
                    matches!(
                        param.kind,
                        ParamKind::Normal | ParamKind::PositionalOnly | ParamKind::KeywordOnly
                    )
                })
        })
        .map(|body| body.path)
        .collect();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Item(name) = &row.kind {
                open.remove(name);
            }
        }
    }
    open
}

/// What cannot be known from the start.
fn begin(known: &mut Known, body: &Body<Typed>) {
    let is_open = known.open.contains(&body.path);
    if !is_open {
        known.facts.insert(Slot::Result(body.path), Fact::Unknown);
        for param in &body.params {
            known.facts.insert(Slot::Local(body.path, param.local), Fact::Unknown);
        }
    }
    let mut unknown = |local: LocalId| {
        known.facts.insert(Slot::Local(body.path, local), Fact::Unknown);
    };
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::Closure(closure) => closure.params.iter().for_each(|param| unknown(param.local)),
        Node::Match { arms, .. } => arms.iter().for_each(|arm| arm.pat.for_each_local(&mut unknown)),
        Node::With { items, .. } => items
            .iter()
            .filter_map(|item| item.target.as_ref())
            .for_each(|pat| pat.for_each_local(&mut unknown)),
        Node::Try { handlers, .. } => {
            handlers.iter().filter_map(|handler| handler.bind).for_each(&mut unknown)
        }
        _ => {}
    });
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Del(Place { root: Root::Local(local), proj }) if proj.is_empty() => unknown(*local),
        StmtKind::Update { place: Place { root: Root::Local(local), proj }, .. } if proj.is_empty() => {
            unknown(*local);
        }
        _ => {}
    });
}

impl Known {
    /// Whether every call of a function takes the tuple apart that it gives.
    pub(crate) fn is_apart(&self, path: Name) -> bool {
        self.apart.contains(&path)
    }

    pub(crate) fn get(&self, slot: Slot) -> Fact {
        self.facts.get(&slot).copied().unwrap_or(Fact::Nothing)
    }

    fn add(&mut self, slot: Slot, fact: Fact) {
        let old = self.get(slot);
        let new = old.join(fact);
        if new != old {
            self.facts.insert(slot, new);
            self.changed = true;
        }
    }

    /// The static type that a slot gets instead of `value`.
    pub(crate) fn ty(&self, slot: Slot) -> Option<Ty> {
        self.get(slot).ty()
    }
}

/// The slot of a place that is a variable.
pub(crate) fn slot_of(body: &Body<Typed>, place: &Place) -> Option<Slot> {
    match place.root {
        _ if !place.proj.is_empty() => None,
        Root::Local(local) => Some(Slot::Local(body.path, local)),
        Root::Global(path) => Some(Slot::Global(path)),
        Root::Node(_) => None,
    }
}

/// What an array gives one after the other.
pub(crate) fn item(of: Fact) -> Fact {
    match of {
        Fact::Nothing => Fact::Nothing,
        Fact::Array(elem, rank) => Fact::reduced(elem, rank - 1),
        _ => Fact::Unknown,
    }
}

struct Flow<'a> {
    program: &'a Program<Typed>,
    body: &'a Body<Typed>,
    known: &'a mut Known,
}

impl Flow<'_> {
    fn fact(&self, node: NodeId) -> Fact {
        Facts { body: self.body, known: self.known }.of(node)
    }

    fn walk(&mut self) {
        let body = self.body;
        let mut nodes = Vec::new();
        body.walk_block(body.root, &mut |node| nodes.push(node));
        for node in nodes {
            self.node(node);
        }
        let mut sets = Vec::new();
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target, value } = &stmt.kind {
                sets.push((target, *value));
            }
        });
        for (target, value) in sets {
            self.set(target, value);
        }
        for param in &body.params {
            if let Some(default) = param.default {
                self.known.add(Slot::Local(body.path, param.local), self.fact(default));
            }
        }
        self.results();
    }

    fn results(&mut self) {
        let body = self.body;
        let slot = Slot::Result(body.path);
        let mut returned = Vec::new();
        body.walk_own(body.root, &mut |node| {
            if let Node::Return(value) = &body.nodes[node].kind {
                returned.push(*value);
            }
        });
        let tail = body.blocks[body.root].tail;
        let falls = tail.is_none() && !ends(body, body.root);
        returned.extend(tail.map(Some));
        for value in returned {
            if let Some(parts) = value.and_then(|value| crate::tuples::written(body, value))
                && self.known.is_apart(body.path)
            {
                for (at, part) in parts.iter().enumerate() {
                    let fact = self.fact(*part);
                    self.known.add(Slot::Part(body.path, at as u8), fact);
                }
                continue;
            }
            let fact = value.map_or(Fact::Unknown, |value| self.fact(value));
            self.known.add(slot, fact);
        }
        if falls {
            self.known.add(slot, Fact::Unknown);
        }
    }

    fn node(&mut self, node: NodeId) {
        let body = self.body;
        match &body.nodes[node].kind {
            Node::For { pat, iter, .. } => self.each(pat, *iter),
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { pat, iter } = clause {
                        self.each(pat, *iter);
                    }
                }
            }
            Node::Call { callee: Callee::Fn(path), args } => {
                let Some(callee) = self.program.fns.get(path) else { return };
                for (param, arg) in callee.params.iter().zip(args) {
                    let fact = self.fact(arg.value);
                    self.known.add(Slot::Local(callee.path, param.local), fact);
                }
            }
            _ => {}
        }
    }

    /// What a loop gives its variables.
    fn each(&mut self, pat: &Pat, iter: NodeId) {
        let body = self.body;
        let given = walked(body, iter).map(|of| item(self.fact(of)));
        match (pat, given) {
            (Pat::Place(place), Some(fact)) => self.place(place, fact),
            (Pat::Tuple(parts), _)
                if let Some((of, [Pat::Place(_), Pat::Place(place)])) =
                    counted(body, iter).map(|of| (of, &parts[..])) =>
            {
                let fact = item(self.fact(of));
                self.place(place, fact);
                self.unknown(&parts[0]);
            }
            _ => self.unknown(pat),
        }
    }

    fn set(&mut self, target: &Pat, value: NodeId) {
        let body = self.body;
        match (target, &body.nodes[value].kind) {
            (Pat::Place(place), _) => self.place(place, self.fact(value)),
            (Pat::Tuple(parts), Node::Op { op: Op::TupleOp(TupleOp::New), args, .. })
                if parts.len() == args.len() =>
            {
                parts.iter().zip(args).for_each(|(part, arg)| self.set(part, *arg));
            }
            (Pat::Tuple(parts), Node::Op { op: Op::ValueOp(ValueOp::Iter), args, .. })
                if self.fact(args[0]) == Fact::Shape(parts.len() as u8) =>
            {
                for part in parts {
                    match part {
                        Pat::Place(place) => self.place(place, Fact::Number(Elem::Int, Side::Python)),
                        other => self.unknown(other),
                    }
                }
            }
            (Pat::Tuple(parts), Node::Call { callee: Callee::Fn(path), .. })
                if self.known.is_apart(*path) =>
            {
                for (at, part) in parts.iter().enumerate() {
                    if let Pat::Place(place) = part {
                        let fact = self.known.get(Slot::Part(*path, at as u8));
                        self.place(place, fact);
                    }
                }
            }
            (Pat::Tuple(_), Node::Op { op: Op::ValueOp(ValueOp::Iter), args, .. })
                if self.fact(args[0]) == Fact::Nothing => {}
            _ => self.unknown(target),
        }
    }

    fn place(&mut self, place: &Place, fact: Fact) {
        if let Some(slot) = slot_of(self.body, place) {
            self.known.add(slot, fact);
        }
    }

    fn unknown(&mut self, pat: &Pat) {
        match pat {
            Pat::Place(place) => self.place(place, Fact::Unknown),
            Pat::Bind(local, _) => self.known.add(Slot::Local(self.body.path, *local), Fact::Unknown),
            _ => {}
        }
        let mut parts = Vec::new();
        pat.for_each_part(&mut |part| parts.push(part));
        parts.into_iter().for_each(|part| self.unknown(part));
    }
}

/// The dynamic value that a loop walks.
pub(crate) fn walked(body: &Body<Typed>, iter: NodeId) -> Option<NodeId> {
    match &body.nodes[iter].kind {
        Node::Op { op: Op::ValueOp(ValueOp::Iter), args, .. } => Some(args[0]),
        _ => None,
    }
}

/// The dynamic value whose items a loop counts: `enumerate(xs)`.
pub(crate) fn counted(body: &Body<Typed>, iter: NodeId) -> Option<NodeId> {
    let Node::Op { op: Op::IterOp(IterOp::Of), args, .. } = &body.nodes[iter].kind else { return None };
    match &body.nodes[args[0]].kind {
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.enumerate" => {
            walked(body, args.first()?.value)
        }
        _ => None,
    }
}

/// Whether no control leaves at the end of a block.
pub(crate) fn ends(body: &Body<Typed>, block: BlockId) -> bool {
    let row = &body.blocks[block];
    let last = match row.stmts.last().map(|stmt| &stmt.kind) {
        Some(StmtKind::Expr(node)) => Some(*node),
        _ => None,
    };
    row.tail.or(last).is_some_and(|node| node_ends(body, node))
}

fn node_ends(body: &Body<Typed>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Return(_) | Node::Raise { .. } => true,
        Node::If { then, els: Some(els), .. } => ends(body, *then) && ends(body, *els),
        Node::Block { label: None, block } => ends(body, *block),
        _ => false,
    }
}
