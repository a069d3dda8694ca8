//! The engine: instances of bodies, jobs that fire when atoms arrive, and the phases of a solve.
//!
//! 1. what flows; 2. annotations where nothing flows; 3. what uses expect; 4. `value`.

use crate::env::{Env, Passed};
use crate::facts::{ArgFact, BodyFacts, C, ParamFact, Shape, Sig, Target, V};
use crate::vars::{Atom, Head, Var, Vars};
use batuta_base::{FxHashMap, FxHashMap as Map, FxHashSet, IndexMap, Name};
use batuta_core::*;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

pub(crate) type InstId = usize;
pub(crate) type JobId = u32;

/// Most specialisations of one function.
pub(crate) const MOST: usize = 4;

/// A prepared body with its facts.
pub(crate) struct Unit {
    pub body: Body<Hir>,
    pub facts: BodyFacts,
}

/// One version of a function.
pub(crate) struct Inst {
    pub path: Name,
    /// Types of the arguments that it is for; empty for the only version.
    pub key: Vec<Ty>,
    pub base: Var,
    pub unit: Rc<Unit>,
    pub sig: Rc<Sig>,
}

pub(crate) struct Job {
    pub c: C,
    pub inst: InstId,
    /// The call or node that it belongs to, for records of choices.
    pub site: u32,
}

/// A call of a specialised function that waits until its arguments are known.
pub(crate) struct Waiting {
    pub job: JobId,
    pub path: Name,
    pub args: Vec<ArgFact>,
    pub out: Var,
    pub this: Option<Var>,
}

pub(crate) struct Solver<'p> {
    pub env: &'p Env<'p>,
    pub units: &'p Map<Name, Rc<Unit>>,
    pub vars: Vars,
    pub insts: Vec<Inst>,
    pub versions: IndexMap<Name, Vec<InstId>>,
    pub jobs: Vec<Job>,
    pub globals: FxHashMap<Name, Var>,
    pub fields: FxHashMap<(Name, Name), Var>,
    pub hints: Vec<(Var, Ty, bool)>,
    pub done: FxHashSet<(JobId, u64)>,
    pub watching: FxHashSet<(JobId, Var)>,
    /// Functions that get a version per argument types.
    pub special: &'p FxHashSet<Name>,
    pub waiting: Vec<Waiting>,
    /// Version chosen by a call.
    pub chosen: FxHashMap<(InstId, u32, Name), InstId>,
    /// Signatures of closures and functions as values, by the variable of their result.
    pub sigs: FxHashMap<Var, Rc<Sig>>,
    /// Variables of the receivers of methods.
    pub receivers: FxHashSet<Var>,
    /// Library calls with several overloads that are not decided.
    pub undecided: Vec<JobId>,
    /// How strictly overloads are tried.
    pub choice: crate::libcalls::Choice,
    /// Overloads chosen so far.
    pub rows: FxHashMap<JobId, Vec<usize>>,
    /// Items that are compared by a container's operation.
    pub compared: FxHashSet<(Var, Var)>,
    /// Call sites of each function, to know whether specialising helps.
    pub calls: FxHashMap<Name, FxHashSet<(InstId, u32)>>,
}

pub(crate) fn key_of(parts: impl Hash) -> u64 {
    let mut hasher = batuta_hasher();
    parts.hash(&mut hasher);
    hasher.finish()
}

fn batuta_hasher() -> impl Hasher {
    use std::hash::BuildHasher;
    FxHashSet::<u8>::default().hasher().build_hasher()
}

impl<'p> Solver<'p> {
    pub(crate) fn new(
        env: &'p Env<'p>,
        units: &'p Map<Name, Rc<Unit>>,
        special: &'p FxHashSet<Name>,
    ) -> Self {
        Solver {
            env,
            units,
            vars: Vars::default(),
            insts: Vec::new(),
            versions: IndexMap::default(),
            jobs: Vec::new(),
            globals: FxHashMap::default(),
            fields: FxHashMap::default(),
            hints: Vec::new(),
            done: FxHashSet::default(),
            watching: FxHashSet::default(),
            special,
            waiting: Vec::new(),
            chosen: FxHashMap::default(),
            sigs: FxHashMap::default(),
            receivers: FxHashSet::default(),
            undecided: Vec::new(),
            choice: crate::libcalls::Choice::default(),
            rows: FxHashMap::default(),
            calls: FxHashMap::default(),
            compared: FxHashSet::default(),
        }
    }

    /// Solves the whole program.
    pub(crate) fn solve(&mut self) {
        let program = self.env.program;
        for path in program.fns.keys() {
            if !self.special.contains(path) {
                self.instance(*path, Vec::new());
            }
        }
        self.declare_classes();
        for (path, global) in &program.globals {
            let var = self.global(*path);
            self.hint(var, global.ty, false);
        }
        self.settle();
        for path in program.fns.keys() {
            if !self.versions.contains_key(path) {
                self.instance(*path, Vec::new());
            }
        }
        self.settle();
        // Parameters first: results follow from them.
        for round in [true, false] {
            for at in 0..self.hints.len() {
                let (var, ty, is_param) = self.hints[at];
                if is_param == round {
                    self.apply_hint(var, ty, 0);
                    if !round {
                        self.settle();
                    }
                }
            }
            self.settle();
        }
        self.mark_seen();
        self.shown_views();
        self.sums_of_none();
        for at in 0..self.hints.len() {
            let (var, ty, _) = self.hints[at];
            self.prefer_float(var, ty, 0);
        }
        self.settle();
        self.type_library_functions();
        self.settle();
        self.use_uses();
        self.settle();
        self.use_uses_of_items();
        self.settle();
        self.mark_seen();
    }

    fn declare_classes(&mut self) {
        let program = self.env.program;
        for (path, class) in &program.classes {
            for field in &class.fields {
                let var = self.field(*path, field.name);
                self.hint(var, field.ty, false);
                if field.ty == Ty::option(Ty::unknown()) {
                    self.put(var, Head::None);
                }
                if let Some(default) = field.default
                    && let Some(inst) = self.only(default)
                {
                    // What the default gives has the field's type: a float beside ints is a number.
                    let ret = self.insts[inst].sig.ret;
                    self.vars.unify(ret, var);
                }
            }
            for method in &class.methods {
                self.join_override(*path, *method);
            }
        }
    }

    /// A method that overrides shares parameter and result types with what it overrides.
    fn join_override(&mut self, class: Name, method: Name) {
        if matches!(method.last(), "__init__" | "__new__" | "__post_init__" | "__eq__" | "__lt__") {
            return;
        }
        let bases = self.env.mro(class);
        let Some(above) = bases.iter().skip(1).find_map(|base| {
            let def = self.env.class(*base)?;
            def.methods.iter().copied().find(|old| old.last() == method.last())
        }) else {
            return;
        };
        self.join_methods(above, method);
    }

    /// Two methods that one call may run share parameter and result types.
    pub(crate) fn join_methods(&mut self, one: Name, method: Name) {
        if one == method {
            return;
        }
        let (Some(a), Some(b)) = (self.only(one), self.only(method)) else { return };
        let (a, b) = (self.insts[a].sig.clone(), self.insts[b].sig.clone());
        let skip = usize::from(
            self.env.program.fns.get(&method).is_some_and(|body| body.kind != FnKind::StaticMethod),
        );
        for (x, y) in a.params.iter().zip(&b.params).skip(skip) {
            self.vars.unify(x.var, y.var);
        }
        // An object that a method hands out is of the class that it is called on.
        let hands_out =
            |path: Name| self.env.program.fns.get(&path).is_some_and(|body| hands_out_receiver(body));
        if !(hands_out(one) && hands_out(method)) {
            self.vars.unify(a.ret, b.ret);
        }
    }

    /// The version of a function that is not specialised.
    pub(crate) fn only(&mut self, path: Name) -> Option<InstId> {
        if self.special.contains(&path) {
            return None;
        }
        self.instance(path, Vec::new())
    }

    /// The version for argument types, made on first use.
    pub(crate) fn instance(&mut self, path: Name, key: Vec<Ty>) -> Option<InstId> {
        if let Some(found) = self.versions.get(&path) {
            if let Some(id) = found.iter().copied().find(|id| same_key(&self.insts[*id].key, &key)) {
                return Some(id);
            }
            if found.len() >= MOST {
                return found.first().copied();
            }
        }
        let unit = self.units.get(&path)?.clone();
        let base = self.vars.fresh_block(unit.facts.vars);
        let sig = Rc::new(shift_sig(&unit.facts.signature, base));
        let id = self.insts.len();
        self.insts.push(Inst { path, key, base, unit: unit.clone(), sig: sig.clone() });
        self.versions.entry(path).or_default().push(id);
        self.sigs.insert(sig.ret, sig.clone());
        let params: FxHashSet<V> = unit.facts.signature.params.iter().map(|param| param.var).collect();
        let skip_none = self.env.is_abstract(path);
        for c in &unit.facts.constraints {
            match c {
                C::Hint(var, ty) => self.hint(base + var, *ty, params.contains(var)),
                C::Shape(var, Shape::Plain(Head::None)) if skip_none && *var == unit.facts.signature.ret => {}
                c => {
                    let site = match c {
                        C::Call { site, .. } | C::Closure { site, .. } => *site,
                        _ => u32::MAX,
                    };
                    self.start(shift(c, base), id, site);
                }
            }
        }
        self.receiver(id);
        Some(id)
    }

    /// The first parameter of a method is an object of its class.
    fn receiver(&mut self, id: InstId) {
        let (path, kind) = (self.insts[id].path, self.insts[id].unit.body.kind);
        let class = path.parent();
        if self.env.class(class).is_none() {
            return;
        }
        let Some(this) = self.insts[id].sig.params.first().map(|param| param.var) else { return };
        match kind {
            FnKind::Method | FnKind::Property | FnKind::PropertySetter => {
                self.vars.add(this, Atom::plain(Head::Class(class)));
                self.receivers.insert(this);
                let other = self.insts[id].sig.params.get(1).map(|param| param.var);
                if let Some(other) = other
                    && crate::ops::takes_own_class(path.last())
                {
                    self.hint(other, Ty::class(class), true);
                }
                // A text, also where nothing says so.
                if matches!(path.last(), "__str__" | "__repr__" | "__format__") {
                    let ret = self.insts[id].sig.ret;
                    self.hint(ret, Ty::str(), false);
                }
                match (other, path.last()) {
                    (Some(spec), "__format__") => self.put(spec, Head::Str),
                    (Some(index), crate::expand::SLICES) => self.put(index, Head::Slice),
                    _ => {}
                }
            }
            FnKind::ClassMethod => self.vars.add(this, Atom::plain(Head::TypeOf(class))),
            _ => {}
        }
    }

    pub(crate) fn hint(&mut self, var: Var, ty: Ty, is_param: bool) {
        if *ty.kind() != TyKind::Unknown {
            self.hints.push((var, ty, is_param));
        }
    }

    pub(crate) fn flow(&mut self, from: Var, to: Var) {
        if self.vars.edge(from, to, None) {
            for atom in self.vars.atoms(from).to_vec() {
                self.vars.add(to, atom);
            }
        }
    }

    pub(crate) fn flow_narrowed(&mut self, from: Var, to: Var, filter: Rc<crate::narrow::Filter>) {
        self.vars.edge(from, to, Some(filter.clone()));
        for atom in self.vars.atoms(from).to_vec() {
            self.pass(&filter, to, &atom);
        }
    }

    fn pass(&mut self, filter: &crate::narrow::Filter, to: Var, atom: &Atom) {
        match self.env.pass(filter, atom) {
            Passed::Nothing => {}
            Passed::Same => self.vars.add(to, atom.clone()),
            Passed::As(heads) => {
                for head in heads {
                    let count = match head {
                        Head::List | Head::Set => 1,
                        Head::Dict => 2,
                        _ => 0,
                    };
                    let args: Vec<Var> = (0..count).map(|_| self.fresh_value()).collect();
                    self.vars.add(to, Atom::new(head, args));
                }
            }
        }
    }

    fn fresh_value(&mut self) -> Var {
        let var = self.vars.fresh();
        self.vars.add(var, Atom::plain(Head::Value));
        var
    }

    pub(crate) fn global(&mut self, path: Name) -> Var {
        if let Some(var) = self.globals.get(&path) {
            return *var;
        }
        let var = self.vars.fresh();
        self.globals.insert(path, var);
        var
    }

    pub(crate) fn field(&mut self, class: Name, field: Name) -> Var {
        let owner = self.env.field_owner(class, field).unwrap_or(class);
        if let Some(var) = self.fields.get(&(owner, field)) {
            return *var;
        }
        let var = self.vars.fresh();
        self.fields.insert((owner, field), var);
        var
    }

    /// Adds a constraint and fires it once.
    pub(crate) fn start(&mut self, c: C, inst: InstId, site: u32) -> JobId {
        let id = self.jobs.len() as JobId;
        match &c {
            C::Flow(a, b) => self.flow(*a, *b),
            C::Narrow(a, b, filter) => self.flow_narrowed(*a, *b, filter.clone()),
            C::Shape(var, Shape::Plain(head)) => self.vars.add(*var, Atom::plain(*head)),
            C::Shape(var, Shape::Of(head, args)) => self.vars.add(*var, Atom::new(*head, args.as_slice())),
            C::Seen(var) => {
                let root = self.vars.find(*var);
                self.vars.rows[root as usize].seen = true;
            }
            _ => {
                let watched = watched(&c);
                self.jobs.push(Job { c, inst, site });
                for var in watched {
                    self.watch(id, var);
                }
                self.fire(id);
            }
        }
        id
    }

    pub(crate) fn watch(&mut self, job: JobId, var: Var) {
        let root = self.vars.find(var);
        if self.watching.insert((job, root)) {
            self.vars.rows[root as usize].watch.push(job);
        }
    }

    /// Runs until nothing changes; decides waiting calls and overloads one at a time.
    pub(crate) fn settle(&mut self) {
        loop {
            self.run();
            if !self.waiting.is_empty() {
                let call = self.waiting.remove(0);
                self.specialise(call);
            } else if let Some(job) = self.undecided.first().copied() {
                self.undecided.remove(0);
                self.decide(job);
            } else if !self.compare_keys() {
                return;
            }
        }
    }

    fn run(&mut self) {
        while let Some((var, atom)) = self.vars.news.pop_front() {
            let root = self.vars.find(var);
            let edges = self.vars.rows[root as usize].edges.clone();
            for edge in edges {
                match edge.filter {
                    None => self.vars.add(edge.to, atom.clone()),
                    Some(filter) => self.pass(&filter, edge.to, &atom),
                }
            }
            let watch = self.vars.rows[root as usize].watch.clone();
            for job in watch {
                self.fire(job);
            }
        }
    }

    /// Whether a step of a job is new.
    pub(crate) fn first(&mut self, job: JobId, key: impl Hash) -> bool {
        self.done.insert((job, key_of(key)))
    }
}

fn same_key(a: &[Ty], b: &[Ty]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_type(*a, *b))
}

/// Equal up to parts that are not known.
fn same_type(a: Ty, b: Ty) -> bool {
    if a == b || matches!(a.kind(), TyKind::Unknown) || matches!(b.kind(), TyKind::Unknown) {
        return true;
    }
    let (x, y) = (a.children(), b.children());
    !x.is_empty()
        && x.len() == y.len()
        && std::mem::discriminant(a.kind()) == std::mem::discriminant(b.kind())
        && a.map_children(|_| Ty::unit()) == b.map_children(|_| Ty::unit())
        && x.into_iter().zip(y).all(|(a, b)| same_type(a, b))
}

fn watched(c: &C) -> Vec<Var> {
    match c {
        C::Binary { a, b, .. } | C::Compare { a, b, .. } => vec![*a, *b],
        C::Unary { a, .. } => vec![*a],
        C::Attr { of, .. }
        | C::SetAttr { of, .. }
        | C::DelIndex { of, .. }
        | C::Slice { of, .. }
        | C::SetSlice { of, .. }
        | C::Iterate { of, .. }
        | C::Unpack { of, .. }
        | C::Enter { of, .. }
        | C::Inner { of, .. }
        | C::MatchArg { of, .. }
        | C::SplatItem { of, .. }
        | C::Delegate { of, .. }
        | C::Await { of, .. }
        | C::SplatDict { of, .. } => vec![*of],
        C::Index { of, .. } | C::SetIndex { of, .. } => vec![*of],
        C::Call { target, args, .. } => match target {
            Target::Method(of, _) | Target::Value(of) => vec![*of],
            Target::Lib(_) => args.iter().map(|arg| arg.var).collect(),
            Target::Path(_) | Target::Super(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn shift_sig(sig: &Sig, base: Var) -> Sig {
    let param = |param: &ParamFact| ParamFact {
        var: param.var + base,
        whole: param.whole + base,
        default: param.default.map(|var| var + base),
        ..param.clone()
    };
    Sig {
        params: sig.params.iter().map(param).collect(),
        ret: sig.ret + base,
        yielded: sig.yielded.map(|var| var + base),
        returned: sig.returned + base,
        falls: sig.falls,
    }
}

/// A constraint over the variables of one instance.
fn shift(c: &C, base: Var) -> C {
    let all = |vars: &[V]| vars.iter().map(|var| var + base).collect::<Vec<_>>();
    match c.clone() {
        C::Flow(a, b) => C::Flow(a + base, b + base),
        C::Narrow(a, b, filter) => C::Narrow(a + base, b + base, filter),
        C::Shape(var, Shape::Of(head, args)) => C::Shape(var + base, Shape::Of(head, all(&args))),
        C::Shape(var, shape) => C::Shape(var + base, shape),
        C::Global { path, out } => C::Global { path, out: out + base },
        C::SetGlobal { path, value } => C::SetGlobal { path, value: value + base },
        C::Item { name, out } => C::Item { name, out: out + base },
        C::Binary { op, a, b, out, in_place } => {
            C::Binary { op, a: a + base, b: b + base, out: out + base, in_place }
        }
        C::Unary { op, a, out } => C::Unary { op, a: a + base, out: out + base },
        C::Compare { op, a, b, out } => C::Compare { op, a: a + base, b: b + base, out: out + base },
        C::Attr { of, name, out } => C::Attr { of: of + base, name, out: out + base },
        C::SetAttr { of, name, value, raw } => C::SetAttr { of: of + base, name, value: value + base, raw },
        C::Index { of, index, constant, out } => {
            C::Index { of: of + base, index: index + base, constant, out: out + base }
        }
        C::SetIndex { of, index, value } => {
            C::SetIndex { of: of + base, index: index + base, value: value + base }
        }
        C::DelIndex { of, index } => C::DelIndex { of: of + base, index: index + base },
        C::Slice { of, bounds, out } => C::Slice { of: of + base, bounds, out: out + base },
        C::SetSlice { of, value } => C::SetSlice { of: of + base, value: value + base },
        C::Iterate { of, item } => C::Iterate { of: of + base, item: item + base },
        C::Unpack { of, front, rest, back } => C::Unpack {
            of: of + base,
            front: all(&front),
            rest: rest.map(|var| var + base),
            back: all(&back),
        },
        C::Call { site, target, args, out } => C::Call {
            site,
            target: match target {
                Target::Method(of, name) => Target::Method(of + base, name),
                Target::Value(of) => Target::Value(of + base),
                other => other,
            },
            args: args.iter().map(|arg| ArgFact { kind: arg.kind, var: arg.var + base }).collect(),
            out: out + base,
        },
        C::Closure { site, sig, out } => {
            C::Closure { site, sig: Rc::new(shift_sig(&sig, base)), out: out + base }
        }
        C::Caught { classes, out } => C::Caught { classes, out: out + base },
        C::Enter { of, out } => C::Enter { of: of + base, out: out + base },
        C::Inner { of, out } => C::Inner { of: of + base, out: out + base },
        C::MatchArg { of, class, at, out } => C::MatchArg { of: of + base, class, at, out: out + base },
        C::Delegate { of, yielded, sent, out } => {
            C::Delegate { of: of + base, yielded: yielded + base, sent: sent + base, out: out + base }
        }
        C::Await { of, out } => C::Await { of: of + base, out: out + base },
        C::SplatItem { of, at, out } => C::SplatItem { of: of + base, at, out: out + base },
        C::SplatDict { of, key, value } => {
            C::SplatDict { of: of + base, key: key + base, value: value + base }
        }
        C::Seen(var) => C::Seen(var + base),
        C::Hint(var, ty) => C::Hint(var + base, ty),
    }
}

/// Whether all that a method returns is its receiver.
fn hands_out_receiver(body: &Body<Hir>) -> bool {
    let Some(this) = body.params.first().filter(|_| body.has_receiver()).map(|param| param.local) else {
        return false;
    };
    let is_this = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(this));
    let mut returns = body.nodes.iter().filter_map(|(_, row)| match row.kind {
        Node::Return(value) => Some(value),
        _ => None,
    });
    let is_last = body.blocks[body.root].stmts.last().is_some_and(
        |stmt| matches!(stmt.kind, StmtKind::Expr(node) if matches!(body.nodes[node].kind, Node::Return(_))),
    );
    is_last && returns.all(|value| value.is_some_and(is_this))
}
