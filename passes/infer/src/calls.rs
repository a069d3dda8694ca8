//! Calls: of functions, methods, classes and values of the program.

use crate::bind::{Bound, Formal, Slot, bind};
use crate::facts::{ArgFact, C, Sig, Target};
use crate::literals;
use crate::rules::type_name;
use crate::solve::{InstId, JobId, Solver, Waiting};
use crate::vars::{Atom, Head, Var};
use batuta_base::Name;
use batuta_core::*;
use std::rc::Rc;

pub(crate) fn positional(var: Var) -> ArgFact {
    ArgFact { kind: ArgKind::Positional, var }
}

/// Parameters of a signature as binding sees them.
pub(crate) fn formals(sig: &Sig, skip: usize) -> Vec<Formal> {
    let formal = |param: &crate::facts::ParamFact| Formal {
        name: Some(param.name),
        kind: param.kind,
        has_default: param.default.is_some(),
    };
    sig.params.iter().skip(skip).map(formal).collect()
}

impl Solver<'_> {
    pub(crate) fn call(&mut self, job: JobId, target: &Target, args: &[ArgFact], out: Var) {
        match target {
            Target::Path(path) => {
                if self.first(job, "call") {
                    self.call_path(job, *path, args, out);
                }
            }
            Target::Lib(name) => self.lib_call(job, *name, args, out),
            Target::Super(name) => {
                if self.first(job, "call") {
                    self.call_super(job, *name, args, out);
                }
            }
            Target::Method(of, name) => {
                self.each(job, *of, |me, atom| me.call_method(job, &atom, *name, args, out));
            }
            Target::Value(of) => self.each(job, *of, |me, atom| {
                let plain = args.iter().all(|arg| arg.kind == ArgKind::Positional);
                if matches!(atom.head, Head::LibFn(_)) && plain {
                    // What is called is a function of these arguments, whatever function of the library it is.
                    let vars: Vec<Var> = args.iter().map(|arg| arg.var).chain([out]).collect();
                    me.vars.add(*of, Atom::new(Head::Func(args.len().min(255) as u8), vars));
                }
                me.call_atom(job, &atom, args, out);
            }),
        }
    }

    /// A call of a name of the program.
    pub(crate) fn call_path(&mut self, job: JobId, path: Name, args: &[ArgFact], out: Var) {
        let path = self.env.program.resolve(path);
        if self.env.class(path).is_some() {
            return self.construct(job, path, args, out);
        }
        let class = path.parent();
        let method = match self.env.class(class) {
            Some(_) => self.env.method(class, path.last()),
            None => None,
        };
        let target = method.unwrap_or(path);
        match self.units.get(&target).map(|unit| unit.body.kind) {
            Some(FnKind::ClassMethod) => {
                let this = self.vars.fresh();
                self.put(this, Head::TypeOf(class));
                self.call_fn(job, target, args, out, Some(this));
            }
            Some(_) => self.call_fn(job, target, args, out, None),
            None => {
                let value = self.vars.fresh();
                self.sub(job, C::Global { path, out: value });
                self.sub(
                    job,
                    C::Call { site: u32::MAX, target: Target::Value(value), args: args.to_vec(), out },
                );
            }
        }
    }

    /// `super().name(..)`: the next class above that has it.
    fn call_super(&mut self, job: JobId, name: Name, args: &[ArgFact], out: Var) {
        let inst = self.jobs[job as usize].inst;
        let (path, this) = {
            let inst = &self.insts[inst];
            (inst.path, inst.sig.params.first().map(|param| param.var))
        };
        let class = path.parent();
        let found = self.env.super_method(class, name);
        let name = Name::new(name.last());
        match found {
            Some(method) => {
                let method_this = self.vars.fresh();
                self.put(method_this, Head::Class(method.parent()));
                let this = if self.env.program.fns[&method].kind == FnKind::ClassMethod {
                    this
                } else {
                    Some(method_this)
                };
                self.call_fn(job, method, args, out, this);
            }
            None => {
                args.iter().for_each(|arg| self.mark(arg.var));
                match name.as_str() {
                    "__str__" | "__repr__" | "__format__" => self.put(out, Head::Str),
                    "__eq__" | "__ne__" => self.put(out, Head::Bool),
                    "__hash__" => self.put(out, Head::Int),
                    _ => self.put(out, Head::None),
                }
            }
        }
    }

    pub(crate) fn mark(&mut self, var: Var) {
        let root = self.vars.find(var);
        self.vars.rows[root as usize].seen = true;
    }

    /// A method of an object of a class.
    pub(crate) fn call_methods(
        &mut self,
        job: JobId,
        class: Name,
        method: Name,
        args: &[ArgFact],
        out: Var,
        this: Option<Var>,
    ) {
        let this = match self.env.program.fns.get(&method).map(|body| body.kind) {
            Some(FnKind::StaticMethod) => None,
            Some(FnKind::ClassMethod) => {
                let var = self.vars.fresh();
                self.put(var, Head::TypeOf(class));
                Some(var)
            }
            _ => this,
        };
        self.call_fn(job, method, args, out, this);
    }

    pub(crate) fn call_fn(&mut self, job: JobId, path: Name, args: &[ArgFact], out: Var, this: Option<Var>) {
        let (inst, site) = (self.jobs[job as usize].inst, self.jobs[job as usize].site);
        self.calls.entry(path).or_default().insert((inst, site));
        if self.special.contains(&path) {
            return self.waiting.push(Waiting { job, path, args: args.to_vec(), out, this });
        }
        if let Some(id) = self.only(path) {
            self.bind_call(job, id, args, out, this);
        }
    }

    /// Chooses the version for a call whose arguments are known by now.
    pub(crate) fn specialise(&mut self, call: Waiting) {
        let Some(unit) = self.units.get(&call.path).cloned() else { return };
        let sig = &unit.facts.signature;
        let skip = usize::from(call.this.is_some());
        let kinds: Vec<ArgKind> = call.args.iter().map(|arg| arg.kind).collect();
        let lens = |at: usize| self.star_len(call.args[at].var);
        let bound = bind(&formals(sig, skip), &kinds, &lens);
        let mut key: Vec<Ty> = Vec::new();
        if let Some(this) = call.this {
            // Objects of all classes below share a method.
            let is_object = self.vars.atoms(this).iter().all(|atom| matches!(atom.head, Head::Class(_)));
            let home = call.path.parent();
            key.push(if is_object && self.env.class(home).is_some() {
                Ty::class(home)
            } else {
                self.partial(this, 0)
            });
        }
        for slot in &bound.slots {
            key.push(match slot {
                Slot::Arg(at) => self.partial(call.args[*at].var, 0),
                Slot::Pack(items) => {
                    let types = items.iter().map(|at| self.partial(call.args[*at].var, 0));
                    Ty::tuple(types.collect::<Vec<_>>())
                }
                _ => Ty::unknown(),
            });
        }
        let job = &self.jobs[call.job as usize];
        let (from, site) = (job.inst, job.site);
        if let Some(id) = self.instance(call.path, key) {
            self.chosen.insert((from, site, call.path), id);
            self.bind_call(call.job, id, &call.args, call.out, call.this);
        }
    }

    /// Length of a spread argument that is a tuple.
    pub(crate) fn star_len(&self, var: Var) -> Option<usize> {
        self.vars.atoms(var).iter().find_map(|atom| match atom.head {
            Head::Tuple(count) => Some(count as usize),
            _ => None,
        })
    }

    fn bind_call(&mut self, job: JobId, id: InstId, args: &[ArgFact], out: Var, this: Option<Var>) {
        let sig = self.insts[id].sig.clone();
        if let (Some(this), Some(first)) = (this, sig.params.first()) {
            self.flow(this, first.var);
        }
        self.bind_sig(job, &sig, usize::from(this.is_some()), args);
        self.flow(sig.ret, out);
    }

    /// Arguments flow into parameters.
    fn bind_sig(&mut self, job: JobId, sig: &Rc<Sig>, skip: usize, args: &[ArgFact]) {
        let kinds: Vec<ArgKind> = args.iter().map(|arg| arg.kind).collect();
        let lens = |at: usize| self.star_len(args[at].var);
        let bound = bind(&formals(sig, skip), &kinds, &lens);
        let params: Vec<Var> = sig.params.iter().skip(skip).map(|param| param.var).collect();
        self.bind_slots(job, &bound, args, &params);
    }

    fn bind_slots(&mut self, job: JobId, bound: &Bound, args: &[ArgFact], params: &[Var]) {
        for (slot, param) in bound.slots.iter().zip(params) {
            match slot {
                Slot::Arg(at) => self.flow(args[*at].var, *param),
                Slot::Pack(items) => items.iter().for_each(|at| self.pack(job, &args[*at], *param)),
                Slot::PackFrom(at, taken, items) => {
                    let count = self.star_len(args[*at].var).unwrap_or(*taken);
                    (*taken..count).for_each(|item| self.item_of(job, args[*at].var, item, *param));
                    items.iter().for_each(|at| self.pack(job, &args[*at], *param));
                }
                Slot::Rest(item) | Slot::RestOr(item) => match &bound.rest[..] {
                    [only] => self.item_of(job, args[*only].var, *item, *param),
                    rest => rest.iter().for_each(|at| self.pack(job, &args[*at], *param)),
                },
                Slot::PackRest(_) => bound.rest.iter().for_each(|at| self.pack(job, &args[*at], *param)),
                Slot::PackNamed(items) => {
                    for (name, at) in items {
                        if name.is_some() {
                            self.flow(args[*at].var, *param);
                        } else {
                            let key = self.vars.fresh();
                            self.sub(job, C::SplatDict { of: args[*at].var, key, value: *param });
                        }
                    }
                }
                Slot::FromStar(at, item) => self.item_of(job, args[*at].var, *item, *param),
                Slot::FromMap(at, _) | Slot::FromMapOr(at, _) => {
                    let key = self.vars.fresh();
                    self.sub(job, C::SplatDict { of: args[*at].var, key, value: *param });
                }
                Slot::Default | Slot::Missing => {}
            }
        }
    }

    /// An argument flows into the items of `*args`.
    fn pack(&mut self, job: JobId, arg: &ArgFact, item: Var) {
        match arg.kind {
            ArgKind::Star => {
                self.sub(job, C::Iterate { of: arg.var, item });
            }
            _ => self.flow(arg.var, item),
        }
    }

    fn item_of(&mut self, job: JobId, of: Var, item: usize, out: Var) {
        self.sub(job, C::SplatItem { of, at: item, out });
    }

    /// `Class(..)`.
    pub(crate) fn construct(&mut self, job: JobId, class: Name, args: &[ArgFact], out: Var) {
        self.put(out, Head::Class(class));
        if self.env.is_enum(class) {
            return;
        }
        if let Some(init) = self.env.method(class, "__init__") {
            let this = self.vars.fresh();
            self.put(this, Head::Class(class));
            let unused = self.vars.fresh();
            let args = match crate::expand::made_of_one(self.env.program, class) {
                Some(_) => args.iter().map(|arg| self.held(job, arg)).collect(),
                None => args.to_vec(),
            };
            return self.call_fn(job, init, &args, unused, Some(this));
        }
        let fields = self.env.record_fields(class);
        if fields.is_empty() {
            return args.iter().for_each(|arg| self.mark(arg.var));
        }
        let formals = record_formals(&fields);
        let kinds: Vec<ArgKind> = args.iter().map(|arg| arg.kind).collect();
        let lens = |at: usize| self.star_len(args[at].var);
        let bound = bind(&formals, &kinds, &lens);
        let vars: Vec<Var> = fields.iter().map(|field| self.field(class, field.name)).collect();
        self.bind_slots(job, &bound, args, &vars);
    }

    fn held(&mut self, job: JobId, arg: &ArgFact) -> ArgFact {
        let out = self.vars.fresh();
        self.sub(job, C::Inner { of: arg.var, out });
        ArgFact { var: out, ..arg.clone() }
    }

    /// `x.name(..)` for one type of the receiver.
    fn call_method(&mut self, job: JobId, atom: &Atom, marked: Name, args: &[ArgFact], out: Var) {
        let name = literals::plain(marked);
        match atom.head {
            Head::None => {}
            Head::Value => {
                self.put(out, Head::Value);
                args.iter().for_each(|arg| self.mark(arg.var));
            }
            // What a named tuple has of a tuple.
            Head::Class(class) if self.env.is_tuple_method(class, name) => self.put(out, Head::Int),
            Head::Class(class) => self.call_object(job, atom, class, name, args, out),
            Head::TypeOf(class) => self.call_path(job, self.env.of_class(class, name), args, out),
            Head::LibFn(lib) => {
                let target = Target::Lib(lib.join(name.as_str()));
                self.sub(job, C::Call { site: u32::MAX, target, args: args.to_vec(), out });
            }
            Head::Lib(owner) if crate::namespace::is_namespace(owner) && name != "with" => {
                let (this, value) = (self.single(atom), self.vars.fresh());
                self.sub(job, C::Attr { of: this, name, out: value });
                let target = Target::Value(value);
                self.sub(job, C::Call { site: u32::MAX, target, args: args.to_vec(), out });
            }
            head => {
                let Some(owner) = type_name(head) else { return };
                let this = self.single(atom);
                let mut all = vec![positional(this)];
                all.extend(args.iter().cloned());
                let target = match self.env.program.lang() {
                    Lang::Ruchy => Target::Lib(crate::ruchy::method(name)),
                    _ => Target::Lib(literals::row_of(owner, marked)),
                };
                self.sub(job, C::Call { site: u32::MAX, target, args: all, out });
            }
        }
    }

    fn call_object(&mut self, job: JobId, atom: &Atom, class: Name, name: Name, args: &[ArgFact], out: Var) {
        let is_field = self.env.field_owner(class, name).is_some();
        if let Some(method) = self.env.method(class, name.as_str()) {
            if self.env.program.fns[&method].kind != FnKind::Property {
                let this = self.single(atom);
                return self.call_methods(job, class, method, args, out, Some(this));
            }
        } else if !is_field && self.env.is_named_tuple(class) && name == "_asdict" {
            return self.plain_dict(out);
        } else if !is_field && self.env.is_named_tuple(class) && name == "_replace" {
            for arg in args {
                if let ArgKind::Named(field) = arg.kind {
                    let var = self.field(class, field);
                    self.flow(arg.var, var);
                }
            }
            return self.put(out, Head::Class(class));
        } else if !is_field
            && self.env.attribute(class, name.as_str()).is_none()
            && let Some(inner) = self.inner_of(atom, &[])
        {
            let target = Target::Method(inner, name);
            self.sub(job, C::Call { site: u32::MAX, target, args: args.to_vec(), out });
            return;
        } else if !is_field && self.env.attribute(class, name.as_str()).is_none() {
            let subclasses: Vec<Name> = self.env.program.classes.keys().copied().collect();
            let mut first = None;
            for sub in subclasses {
                if sub != class
                    && self.env.is_subclass(sub, class)
                    && let Some(method) = self.env.method(sub, name.as_str())
                {
                    let this = self.vars.fresh();
                    self.put(this, Head::Class(sub));
                    self.call_methods(job, sub, method, args, out, Some(this));
                    // One call runs them all: they share their types as overrides do.
                    let first = *first.get_or_insert(method);
                    self.join_methods(first, method);
                }
            }
            if !self.env.asks_for(class, name) {
                return;
            }
        }
        let value = self.vars.fresh();
        let this = self.single(atom);
        self.sub(job, C::Attr { of: this, name, out: value });
        self.sub(job, C::Call { site: u32::MAX, target: Target::Value(value), args: args.to_vec(), out });
    }

    /// `C.method` as a value: whatever it is called with, its receiver is an object of its class.
    fn with_own_receiver(&self, sig: &Rc<Sig>, skip: usize, function: &Atom) -> Rc<Sig> {
        match sig.params.first() {
            Some(first) if skip == 0 && self.receivers.contains(&first.var) => {
                let mut own = (**sig).clone();
                own.params[0].var = function.args[0];
                Rc::new(own)
            }
            _ => sig.clone(),
        }
    }

    /// A name fills the parameter that has it, whichever of the functions that a value may be is the one.
    fn bind_others(&mut self, job: JobId, ret: Var, first: Option<&Rc<Sig>>, atom: &Atom, args: &[ArgFact]) {
        let root = self.vars.root(ret);
        let is_other = |sig: &&Rc<Sig>| first.is_none_or(|first| !Rc::ptr_eq(first, sig));
        let others = self.sigs.iter().filter(|(ret, _)| self.vars.root(**ret) == root);
        let mut others: Vec<(Var, Rc<Sig>)> =
            others.filter(|(_, sig)| is_other(sig)).map(|(ret, sig)| (*ret, sig.clone())).collect();
        others.sort_by_key(|(ret, _)| *ret);
        for (_, sig) in others {
            let skip = sig.params.len().saturating_sub(atom.args.len() - 1);
            self.bind_sig(job, &sig, skip, args);
        }
    }

    /// A call of a value.
    pub(crate) fn call_atom(&mut self, job: JobId, atom: &Atom, args: &[ArgFact], out: Var) {
        match atom.head {
            Head::Func(_) => {
                let ret = *atom.args.last().expect("a function type ends in its result");
                let sig = self.sigs.get(&ret).cloned();
                if args.iter().any(|arg| matches!(arg.kind, ArgKind::Named(_))) {
                    self.bind_others(job, ret, sig.as_ref(), atom, args);
                }
                match sig {
                    // A bound method's signature still has its receiver.
                    Some(sig) => {
                        let skip = sig.params.len().saturating_sub(atom.args.len() - 1);
                        let sig = self.with_own_receiver(&sig, skip, atom);
                        self.bind_sig(job, &sig, skip, args);
                    }
                    None => self.fill_params(job, &atom.args[..atom.args.len() - 1], args),
                }
                self.flow(ret, out);
            }
            Head::TypeOf(class) if self.env.class(class).is_none() => {
                args.iter().for_each(|arg| self.mark(arg.var));
                self.put(out, Head::Error);
            }
            Head::TypeOf(class) => self.construct(job, class, args, out),
            Head::LibFn(name) => {
                let args = self.spread_guess(job, name, args);
                self.sub(job, C::Call { site: u32::MAX, target: Target::Lib(name), args, out });
            }
            Head::Class(class) => {
                if let Some(method) = self.env.method(class, "__call__") {
                    let this = self.single(atom);
                    self.call_methods(job, class, method, args, out, Some(this));
                }
            }
            Head::Value => self.put(out, Head::Value),
            _ => {}
        }
    }
}

impl Solver<'_> {
    /// Arguments of a function of which only the types of its parameters are known: one that is spread fills
    /// all those that are left.
    fn fill_params(&mut self, job: JobId, params: &[Var], args: &[ArgFact]) {
        let mut open = params.iter();
        for arg in args {
            match arg.kind {
                ArgKind::Star => {
                    let item = self.vars.fresh();
                    self.sub(job, C::Iterate { of: arg.var, item });
                    open.by_ref().for_each(|param| self.flow(item, *param));
                }
                ArgKind::StarStar => {}
                _ => open.next().into_iter().for_each(|param| self.flow(arg.var, *param)),
            }
        }
    }

    /// The arguments of a library function that is called as a value: one that is spread stands for as many
    /// as the function takes.
    fn spread_guess(&mut self, job: JobId, name: Name, args: &[ArgFact]) -> Vec<ArgFact> {
        if args.iter().all(|arg| arg.kind != ArgKind::Star) {
            return args.to_vec();
        }
        let needed = |row: &batuta_catalog::Row| {
            row.params.iter().filter(|param| param.default.is_none() && !param.variadic).count()
        };
        let rows = batuta_catalog::functions(name.as_str());
        let count = match name.last() {
            "max" | "min" => 2,
            _ => rows.iter().map(needed).find(|count| *count > 0).unwrap_or(1),
        };
        let mut out: Vec<ArgFact> = args.iter().filter(|arg| arg.kind != ArgKind::Star).cloned().collect();
        for arg in args.iter().filter(|arg| arg.kind == ArgKind::Star) {
            let item = self.vars.fresh();
            self.sub(job, C::Iterate { of: arg.var, item });
            while out.len() < count {
                out.push(positional(item));
            }
        }
        out
    }
}

/// Constructor parameters of a record.
pub(crate) fn record_formals(fields: &[FieldDef]) -> Vec<Formal> {
    let formal = |field: &FieldDef| Formal {
        name: Some(field.name),
        kind: if field.flags.kw_only { ParamKind::KeywordOnly } else { ParamKind::Normal },
        has_default: field.default.is_some(),
    };
    fields.iter().map(formal).collect()
}
