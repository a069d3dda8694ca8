//! What each function does to its parameters: reads, changes, keeps.
//!
//! A fixpoint over the whole program: `f` changes `xs` when it writes through `xs`, through a local
//! that aliases a part of `xs`, or passes such a part to a function that changes it. `f` keeps `xs`
//! when it stores or returns the object itself. Changes through a shared object need no `&mut`.

use crate::build::Built;
use crate::graph::ShapeId;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_catalog as catalog;
use batuta_core::*;

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Pass {
    Ref,
    Mut,
    Value,
}

/// Passing modes of every function's parameters, and which methods need their receiver's `Rc`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    pub params: FxHashMap<Name, Vec<Pass>>,
    pub needs_rc: FxHashSet<Name>,
    /// Methods whose receiver a function that leaves them holds, or a generator changes.
    pub kept_self: FxHashSet<Name>,
    /// (function value, index) of parameters that some function of that flow class changes.
    pub mut_params: FxHashSet<(usize, usize)>,
}

/// Solves the effects of all functions.
pub fn effects(program: &Program<Typed>, built: &Built) -> Modes {
    let mut modes = Modes::default();
    for body in program.fns.values() {
        let start = if body.is_generator || body.is_async { Pass::Value } else { Pass::Ref };
        modes.params.insert(body.path, vec![start; body.params.len()]);
    }
    loop {
        let before = modes.clone();
        for body in program.fns.values() {
            let mut walk = Walk::new(program, built, &modes, body);
            walk.run();
            let (flags, needs_rc, kept_self) = (walk.flags(), walk.self_escapes, walk.self_kept);
            function_values(&mut modes, built, body, &flags);
            raise_modes(&mut modes, body, &flags);
            if needs_rc {
                modes.needs_rc.insert(body.path);
            }
            let this = body.params.first().filter(|_| body.has_receiver() && body.is_generator);
            if kept_self || this.is_some_and(|this| flags[this.local.0 as usize].mutated) {
                modes.kept_self.insert(body.path);
            }
        }
        join_overrides(program, &mut modes);
        join_lendings(built, &mut modes);
        if modes == before {
            return modes;
        }
    }
}

fn raise_modes(modes: &mut Modes, body: &Body<Typed>, flags: &[Flags]) {
    let row = modes.params.get_mut(&body.path).expect("every function has a row");
    for (index, (slot, param)) in row.iter_mut().zip(&body.params).enumerate() {
        let flag = flags[param.local.0 as usize];
        let is_receiver = index == 0 && body.has_receiver();
        let pass = match () {
            () if flag.kept && !is_receiver => Pass::Value,
            () if flag.mutated || flag.rebound && is_receiver => Pass::Mut,
            () => Pass::Ref,
        };
        *slot = (*slot).max(pass);
        // A parameter that is assigned anew is the function's own variable.
        if flag.rebound && !is_receiver {
            *slot = Pass::Value;
        }
    }
}

/// A call through a function value changes what any function of its flow class changes.
fn function_values(modes: &mut Modes, built: &Built, body: &Body<Typed>, flags: &[Flags]) {
    for (id, row) in body.nodes.iter() {
        let changed: Vec<bool> = match &row.kind {
            Node::Item(path) => match modes.params.get(path) {
                Some(passes) => passes.iter().map(|pass| *pass == Pass::Mut).collect(),
                None => continue,
            },
            Node::Closure(closure) => {
                closure.params.iter().map(|param| flags[param.local.0 as usize].mutated).collect()
            }
            _ => continue,
        };
        let Some(shape) = built.node(body.path, id) else { continue };
        let slot = built.graph.slot(shape);
        let indices = changed.iter().enumerate().filter(|(_, changed)| **changed);
        modes.mut_params.extend(indices.map(|(index, _)| (slot, index)));
    }
}

/// A function value and the parameter that it is lent to are called through one signature.
fn join_lendings(built: &Built, modes: &mut Modes) {
    for (from, to) in &built.lendings {
        let (from, to) = (built.graph.slot(*from), built.graph.slot(*to));
        let both = |(slot, index): &(usize, usize)| match *slot {
            slot if slot == from => Some((to, *index)),
            slot if slot == to => Some((from, *index)),
            _ => None,
        };
        let more: Vec<_> = modes.mut_params.iter().filter_map(both).collect();
        modes.mut_params.extend(more);
    }
}

/// A method and what it overrides are called through one signature.
fn join_overrides(program: &Program<Typed>, modes: &mut Modes) {
    for class in program.classes.values() {
        for base in program.mro(class.path).into_iter().skip(1) {
            for method in class.methods.iter().filter(|method| method.last() != "__init__") {
                let Some(up) = program.find_method(base, method.last()) else { continue };
                let (Some(a), Some(b)) = (modes.params.get(method), modes.params.get(&up)) else { continue };
                let joined: Vec<Pass> = a.iter().zip(b).map(|(x, y)| *x.max(y)).collect();
                modes.params.insert(*method, joined.clone());
                modes.params.insert(up, joined);
                if modes.needs_rc.contains(method) || modes.needs_rc.contains(&up) {
                    modes.needs_rc.extend([*method, up]);
                }
            }
        }
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Flags {
    mutated: bool,
    kept: bool,
    rebound: bool,
}

/// What a context does with a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pos {
    Borrow,
    Mutate,
    Keep,
}

struct Walk<'a> {
    program: &'a Program<Typed>,
    built: &'a Built,
    modes: &'a Modes,
    body: &'a Body<Typed>,
    flags: Vec<Flags>,
    /// (alias, root, the alias is the whole object)
    aliases: Vec<(LocalId, LocalId, bool)>,
    self_local: Option<LocalId>,
    self_escapes: bool,
    self_kept: bool,
    closures: ClosureUses,
}

impl<'a> Walk<'a> {
    fn new(program: &'a Program<Typed>, built: &'a Built, modes: &'a Modes, body: &'a Body<Typed>) -> Self {
        let self_local = body.has_receiver().then(|| body.params[0].local);
        Self {
            program,
            built,
            modes,
            body,
            flags: vec![Flags::default(); body.locals.len()],
            aliases: Vec::new(),
            self_local,
            self_escapes: false,
            self_kept: false,
            closures: closure_uses(body, &|call, at| crate::functions::lending(body, &built.lent, call, at)),
        }
    }

    fn run(&mut self) {
        self.block(self.body.root, Pos::Keep);
        self.spread();
    }

    fn spread(&mut self) {
        loop {
            let mut changed = false;
            for (alias, root, whole) in &self.aliases {
                let from = self.flags[alias.0 as usize];
                let to = &mut self.flags[root.0 as usize];
                let before = *to;
                to.mutated |= from.mutated;
                to.kept |= from.kept && *whole;
                changed |= *to != before;
            }
            if !changed {
                return;
            }
        }
    }

    fn flags(&self) -> Vec<Flags> {
        self.flags.clone()
    }

    fn shape(&self, local: LocalId) -> ShapeId {
        self.built.local(self.body.path, local)
    }

    fn block(&mut self, block: BlockId, tail: Pos) {
        for stmt in &self.body.blocks[block].stmts {
            self.stmt(stmt);
        }
        if let Some(node) = self.body.blocks[block].tail {
            self.node(node, tail);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, value: Some(value) } | StmtKind::Set { target: pat, value } => {
                self.assign(pat, *value);
            }
            StmtKind::Let { .. } => {}
            StmtKind::Update { place, op, value } => {
                self.node(*value, Pos::Borrow);
                self.write(place);
                if matches!(op, Op::ListOp(_) | Op::SetOp(_) | Op::DictOp(_)) {
                    self.mutate(place, place.proj.len());
                } else if let Some(local) = place.as_local() {
                    self.flags[local.0 as usize].rebound = true;
                }
            }
            StmtKind::Expr(node) => self.node(*node, Pos::Borrow),
            StmtKind::Del(place) => self.write(place),
        }
    }

    fn assign(&mut self, pat: &Pat, value: NodeId) {
        let whole = match pat {
            Pat::Bind(local, None) => Some(*local),
            Pat::Place(place) => place.as_local(),
            _ => None,
        };
        match whole {
            Some(local) => {
                // A second name for an object, or for a part of it.
                if let Node::Use(place, _) = &self.body.nodes[value].kind
                    && let Root::Local(root) = place.root
                {
                    self.aliases.push((local, root, place.proj.is_empty()));
                    if Some(root) == self.self_local && place.proj.is_empty() {
                        self.self_escapes = true;
                    }
                    self.place_children(place);
                } else {
                    self.node(value, Pos::Keep);
                }
                self.flags[local.0 as usize].rebound = true;
            }
            None => {
                self.node(value, Pos::Keep);
                self.targets(pat);
            }
        }
    }

    fn targets(&mut self, pat: &Pat) {
        match pat {
            Pat::Place(place) => {
                self.write(place);
                if let Some(local) = place.as_local() {
                    self.flags[local.0 as usize].rebound = true;
                }
            }
            Pat::Bind(local, _) => self.flags[local.0 as usize].rebound = true,
            _ => {}
        }
        let mut parts = Vec::new();
        pat.for_each_part(&mut |part| parts.push(part));
        parts.into_iter().for_each(|part| self.targets(part));
    }

    /// Writing a place changes the object that holds it.
    fn write(&mut self, place: &Place) {
        self.place_children(place);
        if !place.proj.is_empty() {
            self.mutate(place, place.proj.len() - 1);
        }
    }

    fn place_children(&mut self, place: &Place) {
        let mut kids = Vec::new();
        place.for_each_child(&mut |child| kids.push(child));
        for child in kids {
            if let Child::Node(node) = child {
                self.node(node, Pos::Borrow);
            }
        }
    }

    /// The object at `place.proj[..depth]` changes.
    fn mutate(&mut self, place: &Place, depth: usize) {
        let mut shape = match place.root {
            Root::Local(local) => self.shape(local),
            Root::Node(node) => return self.node(node, Pos::Mutate),
            Root::Global(_) => return,
        };
        let Root::Local(root) = place.root else { return };
        for proj in &place.proj[..depth] {
            if self.built.graph.is_shared(shape) {
                return;
            }
            match self.step(shape, *proj) {
                Some(next) => shape = next,
                None => break,
            }
        }
        if !self.built.graph.is_shared(shape) {
            self.flags[root.0 as usize].mutated = true;
        }
    }

    fn step(&self, shape: ShapeId, proj: Proj) -> Option<ShapeId> {
        let kids = self.built.graph.kids(shape);
        let ty = self.built.graph.ty(shape);
        match proj {
            Proj::Field(name) => match ty.class_path() {
                Some(class) => {
                    let find = |path: Name| self.built.fields.get(&(path, name)).copied();
                    self.program.mro(class).into_iter().find_map(find)
                }
                None => kids.get(name.as_str().parse::<usize>().unwrap_or(0)).copied(),
            },
            Proj::Index(_) | Proj::Nth(_) => kids.last().copied(),
            Proj::Deref => Some(shape),
            Proj::Payload(_) => kids.first().copied().or(Some(shape)),
        }
    }

    fn node(&mut self, id: NodeId, pos: Pos) {
        match &self.body.nodes[id].kind {
            Node::Use(place, _) => {
                // Reading an iterator uses it up.
                let pos = match (self.body.ty(id).kind(), pos) {
                    (TyKind::Iter(_), Pos::Borrow) if place.proj.is_empty() => Pos::Keep,
                    (TyKind::Iter(_), Pos::Borrow) => Pos::Mutate,
                    _ => pos,
                };
                self.use_place(place, pos);
            }
            Node::Op { op, args, .. } => self.operation(*op, args, pos),
            Node::Call { callee, args } => {
                if matches!(callee, Callee::New(_)) {
                    let mut held = FxHashSet::default();
                    let iterators = args.iter().map(|arg| arg.value);
                    iterators.for_each(|arg| crate::functions::held_by_iterator(self.body, arg, &mut held));
                    held.into_iter().for_each(|local| self.flags[local.0 as usize].kept = true);
                }
                self.call(callee, args, pos);
            }
            Node::If { cond, then, els } => {
                self.node(*cond, Pos::Borrow);
                self.block(*then, pos);
                els.iter().for_each(|block| self.block(*block, pos));
            }
            Node::Match { subject, arms } => {
                self.node(*subject, Pos::Borrow);
                for arm in arms {
                    self.alias_pattern(&arm.pat, *subject);
                    arm.guard.iter().for_each(|guard| self.node(*guard, Pos::Borrow));
                    self.block(arm.body, pos);
                }
            }
            Node::While { cond, body, els, .. } => {
                self.node(*cond, Pos::Borrow);
                self.block(*body, Pos::Borrow);
                els.iter().for_each(|block| self.block(*block, pos));
            }
            Node::For { pat, iter, body, els, .. } => {
                self.node(*iter, Pos::Borrow);
                self.alias_pattern(pat, *iter);
                self.targets(pat);
                self.block(*body, Pos::Borrow);
                els.iter().for_each(|block| self.block(*block, pos));
            }
            Node::Seq { clauses, sink } => self.seq(clauses, sink),
            Node::Closure(closure) => {
                if self.closures.escaping.contains(&id) {
                    for local in mentioned(self.body, closure) {
                        self.flags[local.0 as usize].kept = true;
                        self.self_escapes |= Some(local) == self.self_local;
                        self.self_kept |= Some(local) == self.self_local;
                    }
                }
                self.block(closure.body, Pos::Keep);
            }
            Node::Return(Some(value)) | Node::Yield(Some(value)) => self.node(*value, Pos::Keep),
            Node::Raise { error, cause } => {
                error.iter().chain(cause).for_each(|node| self.node(*node, Pos::Keep));
            }
            other => {
                let mut kids = Vec::new();
                other.for_each_child(&mut |child| kids.push(child));
                for child in kids {
                    match child {
                        Child::Node(node) => self.node(node, Pos::Borrow),
                        Child::Block(block) => self.block(block, pos),
                    }
                }
            }
        }
    }

    fn use_place(&mut self, place: &Place, pos: Pos) {
        self.place_children(place);
        let Root::Local(root) = place.root else {
            if let (Root::Node(node), Pos::Mutate) = (place.root, pos) {
                self.node(node, Pos::Mutate);
            }
            return;
        };
        match pos {
            Pos::Keep if place.proj.is_empty() => {
                self.flags[root.0 as usize].kept = true;
            }
            Pos::Mutate => self.mutate(place, place.proj.len()),
            _ => {}
        }
        if Some(root) == self.self_local && place.proj.is_empty() {
            self.self_escapes = true;
        }
    }

    fn seq(&mut self, clauses: &[Clause], sink: &Sink) {
        for clause in clauses {
            match clause {
                Clause::For { pat, iter } => {
                    self.node(*iter, Pos::Borrow);
                    self.alias_pattern(pat, *iter);
                }
                Clause::If(cond) => self.node(*cond, Pos::Borrow),
            }
        }
        sink.nodes().for_each(|node| self.node(node, Pos::Keep));
    }

    /// Locals of a pattern alias parts of what they are taken from.
    fn alias_pattern(&mut self, pat: &Pat, source: NodeId) {
        let Some(root) = self.root_of(source) else { return };
        let mut locals = Vec::new();
        pat.for_each_local(&mut |local| locals.push(local));
        for local in locals {
            self.aliases.push((local, root, false));
        }
    }

    /// The local that a value is a part of, looking through iteration and unwrapping.
    fn root_of(&self, node: NodeId) -> Option<LocalId> {
        match &self.body.nodes[node].kind {
            Node::Use(place, _) => match place.root {
                Root::Local(local) => Some(local),
                Root::Node(node) => self.root_of(node),
                Root::Global(_) => None,
            },
            Node::Op {
                op: Op::IterOp(_) | Op::OptOp(_) | Op::ClassOp(_) | Op::UnionOp(UnionOp::Get),
                args,
                ..
            } => args.first().and_then(|arg| self.root_of(*arg)),
            Node::Call { callee: Callee::Lib(name), args } => {
                let aliases = match name.as_str().rsplit_once('.') {
                    Some(("dict" | "defaultdict" | "Counter" | "OrderedDict", method)) => {
                        matches!(method, "items" | "values")
                    }
                    Some(("builtins", function)) => matches!(function, "enumerate" | "zip" | "reversed"),
                    _ => false,
                };
                args.first().filter(|_| aliases).and_then(|arg| self.root_of(arg.value))
            }
            _ => None,
        }
    }

    fn operation(&mut self, op: Op, args: &[NodeId], pos: Pos) {
        let inner = match op {
            Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New) => Pos::Keep,
            Op::TupleOp(TupleOp::New) | Op::ClassOp(ClassOp::New) | Op::ExcOp(ExcOp::New) => Pos::Keep,
            Op::OptOp(OptOp::Some | OptOp::Unwrap) | Op::ClassOp(ClassOp::Up | ClassOp::Down) => pos,
            Op::UnionOp(UnionOp::Get) => pos,
            Op::UnionOp(UnionOp::From) | Op::ValueOp(ValueOp::From) => Pos::Keep,
            Op::IterOp(_) => pos,
            _ => Pos::Borrow,
        };
        args.iter().for_each(|arg| self.node(*arg, inner));
    }

    fn call(&mut self, callee: &Callee, args: &[Arg], pos: Pos) {
        match callee {
            Callee::Fn(path) | Callee::Virtual(path) => self.call_fn(*path, args, pos),
            Callee::New(class) => {
                let init = self.program.find_method(*class, "__init__");
                let row = init.and_then(|init| self.modes.params.get(&init));
                for (index, arg) in args.iter().enumerate() {
                    let pass = row.and_then(|row| row.get(index + 1)).copied().unwrap_or(Pass::Value);
                    self.node(arg.value, pos_of(pass));
                }
            }
            // Who asks for its class does not hand itself on.
            Callee::Lib(name)
                if *name == "builtins.type" && args.len() == 1 && self.is_self(args[0].value) => {}
            Callee::Lib(name) => self.call_lib(*name, args, pos),
            Callee::Value(node) => {
                self.node(*node, Pos::Borrow);
                let slot = self.built.node(self.body.path, *node).map(|shape| self.built.graph.slot(shape));
                for (index, arg) in args.iter().enumerate() {
                    let changes = slot.is_some_and(|slot| self.modes.mut_params.contains(&(slot, index)));
                    self.node(arg.value, if changes { Pos::Mutate } else { Pos::Borrow });
                }
            }
            Callee::Method(node, _) => {
                self.node(*node, Pos::Borrow);
                args.iter().for_each(|arg| self.node(arg.value, Pos::Borrow));
            }
            Callee::Super(_) => args.iter().for_each(|arg| self.node(arg.value, Pos::Borrow)),
        }
    }

    fn call_fn(&mut self, path: Name, args: &[Arg], result: Pos) {
        let row = self.modes.params.get(&path);
        let is_method = self.program.fns.get(&path).is_some_and(|body| body.has_receiver());
        for (index, arg) in args.iter().enumerate() {
            let pass = row.and_then(|row| row.get(index)).copied().unwrap_or(Pass::Ref);
            if index == 0 && is_method {
                let pass =
                    if result == Pos::Borrow && self.is_lent_handle(arg.value) { Pass::Ref } else { pass };
                self.receiver(path, arg.value, pass);
                // A generator that is kept holds the receiver's handle.
                let is_kept = result != Pos::Borrow
                    && self.program.fns.get(&path).is_some_and(|body| body.is_generator)
                    && self.is_self(arg.value);
                if is_kept && self.self_local.is_some_and(|this| self.built.graph.is_shared(self.shape(this)))
                {
                    self.self_escapes = true;
                }
            } else {
                self.node(arg.value, pos_of(pass));
            }
        }
    }

    /// A shared receiver is lent as `&Rc<Self>`, also to a generator that is used up where it stands.
    fn is_lent_handle(&self, node: NodeId) -> bool {
        let Node::Use(place, _) = &self.body.nodes[node].kind else { return false };
        place.as_local().is_some_and(|local| {
            Some(local) != self.self_local && self.built.graph.is_shared(self.shape(local))
        })
    }

    /// A receiver that is `self` itself escapes only into methods that need its `Rc`.
    fn receiver(&mut self, method: Name, node: NodeId, pass: Pass) {
        let escapes = self.self_escapes;
        self.node(node, pos_of(pass));
        if self.is_self(node) {
            self.self_escapes = escapes || self.modes.needs_rc.contains(&method);
        }
    }

    /// The receiver, also as an object of a base class.
    fn is_self(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ClassOp(ClassOp::Up | ClassOp::Down), args, .. } => self.is_self(args[0]),
            Node::Use(place, _) => place.as_local().is_some() && place.as_local() == self.self_local,
            _ => false,
        }
    }

    fn call_lib(&mut self, name: Name, args: &[Arg], result: Pos) {
        let tys: Vec<Ty> = args.iter().map(|arg| self.body.ty(arg.value)).collect();
        let row = catalog::select(name.as_str(), &tys);
        for (index, arg) in args.iter().enumerate() {
            let param = row.as_ref().and_then(|row| row.param(index, args.len()));
            // What is iterated stays where it is; a lazy result looks at it for as long as it lives.
            let is_iterated = param.is_some_and(|param| matches!(param.ty.kind(), TyKind::Iter(_)));
            let is_lazy = row.as_ref().is_some_and(|row| matches!(row.result.kind(), TyKind::Iter(_)));
            let pos = match param.map(|param| param.take) {
                Some(catalog::Take::Write) => Pos::Mutate,
                _ if is_iterated && (!is_lazy || result == Pos::Borrow) => Pos::Borrow,
                Some(catalog::Take::Keep) => Pos::Keep,
                _ => Pos::Borrow,
            };
            let escapes = self.self_escapes;
            self.node(arg.value, pos);
            // The class or the text of an object is read off the object, its handle is not needed.
            if matches!(name.as_str(), "builtins.type" | "builtins.str" | "builtins.repr" | "builtins.hash") {
                self.self_escapes = escapes;
            }
        }
    }
}

fn pos_of(pass: Pass) -> Pos {
    match pass {
        Pass::Ref => Pos::Borrow,
        Pass::Mut => Pos::Mutate,
        Pass::Value => Pos::Keep,
    }
}
