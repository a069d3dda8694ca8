//! What a constraint does when atoms arrive: attributes, indices, iteration, unpacking.

use crate::facts::{ArgFact, C, ParamFact, Target};
use crate::solve::{JobId, Solver};
use crate::vars::{Atom, Head, Var};
use batuta_base::Name;
use batuta_core::{ArgKind, FnKind, ParamKind, TyKind};

impl Solver<'_> {
    /// Looks at a job again with all that is known of its operands.
    pub(crate) fn fire(&mut self, job: JobId) {
        let c = self.jobs[job as usize].c.clone();
        match &c {
            C::Global { path, out } => self.read_global(job, *path, *out),
            C::SetGlobal { path, value } => self.write_global(job, *path, *value),
            C::Item { name, out } => self.item(job, *name, *out),
            C::Binary { op, a, b, out, in_place } => self.binary(job, *op, *a, *b, *out, *in_place),
            C::Unary { op, a, out } => self.unary(job, *op, *a, *out),
            C::Compare { op, a, b, out } => self.compare(job, *op, *a, *b, *out),
            C::Attr { of, name, out } => {
                self.each(job, *of, |me, atom| me.attr(job, &atom, *name, *out));
            }
            C::SetAttr { of, name, value, raw } => {
                self.each(job, *of, |me, atom| me.set_attr(job, &atom, *name, *value, *raw));
            }
            C::Index { of, index, constant, out } => {
                if self.is_slice(*index) {
                    self.sub(job, C::Slice { of: *of, bounds: None, out: *out });
                    return;
                }
                self.each(job, *of, |me, atom| me.index(job, &atom, *index, *constant, *out));
            }
            C::SetIndex { of, index, value } => {
                self.each(job, *of, |me, atom| me.set_index(job, &atom, *index, *value));
            }
            C::DelIndex { of, index } => {
                self.each(job, *of, |me, atom| {
                    if let Some(inner) = me.inner_of(&atom, &["__delitem__"]) {
                        me.sub(job, C::DelIndex { of: inner, index: *index });
                        return;
                    }
                    let out = me.vars.fresh();
                    me.dunder(job, &atom, "__delitem__", &[*index], out);
                });
            }
            C::Slice { of, bounds, out } => {
                self.each(job, *of, |me, atom| me.slice(job, &atom, *bounds, *out));
            }
            C::SetSlice { of, value } => {
                self.each(job, *of, |me, atom| {
                    if atom.head == Head::List {
                        me.sub(job, C::Iterate { of: *value, item: atom.args[0] });
                    }
                });
            }
            C::Iterate { of, item } => self.each(job, *of, |me, atom| me.iterate(job, &atom, *item)),
            C::Unpack { of, front, rest, back } => {
                self.each(job, *of, |me, atom| me.unpack(job, &atom, front, *rest, back));
            }
            C::Call { target, args, out, .. } => self.call(job, target, args, *out),
            C::Closure { sig, out, .. } => {
                let mut vars: Vec<Var> = sig.params.iter().map(|param| param.whole).collect();
                vars.push(sig.ret);
                self.sigs.insert(sig.ret, sig.clone());
                self.vars.add(*out, Atom::new(func_head(&sig.params), vars));
            }
            C::Caught { classes, out } => self.caught(classes, *out),
            C::Inner { of, out } => self.each(job, *of, |me, atom| match me.inner_of(&atom, &["__iter__"]) {
                Some(held) => me.flow(held, *out),
                None => me.vars.add(*out, atom),
            }),
            C::Enter { of, out } => self.each(job, *of, |me, atom| me.enter(job, &atom, *out)),
            C::MatchArg { of, class, out, .. } if let Some(outcome) = crate::ruchy::outcome(*class) => {
                self.each(job, *of, |me, atom| {
                    match (atom.head, atom.args.get(outcome.part)) {
                        (Head::Lib(_), Some(held)) => me.flow(*held, *out),
                        (Head::None, _) => {}
                        // What may be nil, and is not.
                        _ => me.vars.add(*out, atom),
                    }
                });
            }
            C::MatchArg { of, class, at, out } => {
                let fields =
                    if self.env.class(*class).is_some() { self.env.match_fields(*class) } else { Vec::new() };
                match fields.get(*at) {
                    Some(field) => {
                        self.sub(job, C::Attr { of: *of, name: *field, out: *out });
                    }
                    None => self.flow(*of, *out),
                }
            }
            C::Delegate { of, yielded, sent, out } => self.each(job, *of, |me, atom| match atom.head {
                Head::Lib(name) if name == "coroutine" => {
                    me.flow(atom.args[0], *yielded);
                    me.vars.unify(*sent, atom.args[1]);
                    me.flow(atom.args[2], *out);
                }
                _ => {
                    me.put(*out, Head::None);
                    me.iterate(job, &atom, *yielded);
                }
            }),
            C::Await { of, out } => self.each(job, *of, |me, atom| {
                if !me.dunder(job, &atom, "__await__", &[], *out) {
                    me.vars.add(*out, atom);
                }
            }),
            C::SplatItem { of, at, out } => self.each(job, *of, |me, atom| match atom.head {
                Head::Tuple(_) => me.index(job, &atom, *out, Some(*at as i64), *out),
                Head::Class(class) if me.env.is_named_tuple(class) => {
                    me.index(job, &atom, *out, Some(*at as i64), *out);
                }
                _ => me.iterate(job, &atom, *out),
            }),
            C::SplatDict { of, key, value } => {
                self.each(job, *of, |me, atom| {
                    if let [k, v] = atom.args[..] {
                        me.flow(k, *key);
                        me.flow(v, *value);
                    } else if let Some(inner) = me.inner_of(&atom, &[]) {
                        me.sub(job, C::SplatDict { of: inner, key: *key, value: *value });
                    } else if atom.head == Head::Value {
                        me.vars.add(*key, atom.clone());
                        me.vars.add(*value, atom);
                    }
                });
            }
            C::Flow(..) | C::Narrow(..) | C::Shape(..) | C::Seen(_) | C::Hint(..) => {}
        }
    }

    /// Calls `f` for each atom of a variable that the job has not seen.
    pub(crate) fn each(&mut self, job: JobId, of: Var, mut f: impl FnMut(&mut Self, Atom)) {
        for atom in self.vars.atoms(of).to_vec() {
            if self.first(job, (of, atom.head)) {
                f(self, atom);
            }
        }
    }

    /// A constraint that follows from a job.
    pub(crate) fn sub(&mut self, job: JobId, c: C) -> JobId {
        let (inst, site) = (self.jobs[job as usize].inst, self.jobs[job as usize].site);
        self.start(c, inst, site)
    }

    pub(crate) fn put(&mut self, var: Var, head: Head) {
        self.vars.add(var, Atom::plain(head));
    }

    /// A variable that holds one atom.
    pub(crate) fn single(&mut self, atom: &Atom) -> Var {
        let var = self.vars.fresh();
        self.vars.add(var, atom.clone());
        var
    }

    fn read_global(&mut self, job: JobId, path: Name, out: Var) {
        let program = self.env.program;
        let path = program.resolve(path);
        let class = path.parent();
        if program.globals.contains_key(&path) {
            if self.env.is_enum(class) {
                self.put(out, Head::Class(class));
                return;
            }
            let var = self.global(path);
            self.flow(var, out);
        } else if program.fns.contains_key(&path) || program.classes.contains_key(&path) {
            self.item(job, path, out);
        } else if self.env.class(class).is_some() {
            self.type_attr(job, class, Name::new(path.last()), out);
        } else if program.modules.contains_key(&path) {
        } else {
            let var = self.global(path);
            self.flow(var, out);
        }
    }

    fn write_global(&mut self, job: JobId, path: Name, value: Var) {
        let path = self.env.program.resolve(path);
        let class = path.parent();
        if self.env.is_enum(class)
            && let Some(init) = self.env.method(class, "__init__")
        {
            self.member_init(job, class, init, value);
        }
        let var = if self.env.class(class).is_some() && self.env.is_enum(class) {
            self.field(class, Name::new("value"))
        } else {
            self.global(path)
        };
        self.flow(value, var);
    }

    /// An enum's `__init__` gets the items of the member's value, or the value.
    fn member_init(&mut self, job: JobId, class: Name, init: Name, value: Var) {
        let is_tuple = self.vars.atoms(value).iter().any(|atom| matches!(atom.head, Head::Tuple(_)));
        let kind = if is_tuple { ArgKind::Star } else { ArgKind::Positional };
        let this = self.vars.fresh();
        self.put(this, Head::Class(class));
        let unused = self.vars.fresh();
        self.call_fn(job, init, &[ArgFact { kind, var: value }], unused, Some(this));
    }

    /// A function, class or library item as a value.
    pub(crate) fn item(&mut self, job: JobId, name: Name, out: Var) {
        let name = self.env.program.resolve(name);
        if self.env.class(name).is_some() {
            return self.put(out, Head::TypeOf(name));
        }
        if self.units.contains_key(&name) {
            return self.function_value(name, 0, out);
        }
        if let Some(row) = batuta_catalog::constant(name.as_str()) {
            let mut map = Default::default();
            let var = self.type_var(row.ty, &mut map);
            return self.flow(var, out);
        }
        let class = name.parent();
        if self.env.class(class).is_some() {
            return self.type_attr(job, class, Name::new(name.last()), out);
        }
        if name == "builtins.NotImplemented" {
            return;
        }
        if let Some(class) = crate::error_classes::builtin_error(name) {
            return self.put(out, Head::TypeOf(class));
        }
        if batuta_catalog::is_dynamic(name.as_str()) {
            return self.put(out, Head::Value);
        }
        self.put(out, Head::LibFn(name));
    }

    /// A function of the program as a value; the first `skip` parameters are given.
    fn function_value(&mut self, path: Name, skip: usize, out: Var) {
        let inst = match self.only(path) {
            Some(inst) => inst,
            None => match self.instance(path, Vec::new()) {
                Some(inst) => inst,
                None => return,
            },
        };
        let sig = self.insts[inst].sig.clone();
        let mut vars: Vec<Var> = sig.params.iter().skip(skip).map(|param| param.whole).collect();
        // What else meets the function as a value does not become a receiver of the method.
        if let Some(first) = vars.first_mut().filter(|var| skip == 0 && self.receivers.contains(*var)) {
            let receiver = self.vars.fresh();
            self.flow(*first, receiver);
            *first = receiver;
        }
        vars.push(sig.ret);
        self.vars.add(out, Atom::new(func_head(&sig.params[skip.min(sig.params.len())..]), vars));
    }

    fn caught(&mut self, classes: &[Name], out: Var) {
        for class in classes {
            let class = self.env.program.resolve(*class);
            let head = if self.env.class(class).is_some() { Head::Class(class) } else { Head::Error };
            self.put(out, head);
        }
        if classes.is_empty() {
            self.put(out, Head::Error);
        }
    }

    /// `x.name` read.
    fn attr(&mut self, job: JobId, atom: &Atom, name: Name, out: Var) {
        match atom.head {
            Head::Class(class) => self.object_attr(job, atom, class, name, out),
            Head::TypeOf(class) => self.type_attr(job, class, name, out),
            Head::Tuple(_) if let Some(at) = self.env.tuple_part(name) => {
                if let Some(part) = atom.args.get(at) {
                    self.flow(*part, out);
                }
            }
            Head::Value if matches!(name.as_str(), "__name__" | "__qualname__") => self.put(out, Head::Str),
            Head::Value => self.put(out, Head::Value),
            Head::Error if name == "__class__" => self.put(out, Head::TypeOf(Name::new("BaseException"))),
            Head::Error if !self.env.errors_with(name).is_empty() => self.attr_of_own_errors(job, name, out),
            Head::LibFn(_) | Head::Func(_) if name.last().starts_with("__") => {
                let is_text = matches!(name.as_str(), "__name__" | "__qualname__" | "__doc__" | "__module__");
                self.put(out, if is_text { Head::Str } else { Head::Value });
            }
            // Whatever else a function carries: `__code__`, attributes that were set.
            Head::Func(_) => self.put(out, Head::Value),
            Head::LibFn(lib) => self.item(job, lib.join(name.as_str()), out),
            Head::None => {}
            Head::Lib(owner) if crate::namespace::is_namespace(owner) => {
                let var = self.field(owner, name);
                self.flow(var, out);
            }
            _ => {
                let this = self.single(atom);
                let Some(owner) = type_name(atom.head) else { return };
                let args = vec![ArgFact { kind: ArgKind::Positional, var: this }];
                let lib = owner.join(name.as_str());
                if let Some(row) = crate::libcalls::bound_method(lib) {
                    return self.method_value(job, row, this, out);
                }
                if crate::attribute_reads::open_attribute(owner, name, "__getattr__").is_some() {
                    return self.put(out, Head::Value);
                }
                let target = Target::Lib(lib);
                self.sub(job, C::Call { site: u32::MAX, target, args, out });
            }
        }
    }

    fn attr_of_own_errors(&mut self, job: JobId, name: Name, out: Var) {
        for class in self.env.errors_with(name) {
            let this = self.vars.fresh();
            self.put(this, Head::Class(class));
            self.sub(job, C::Attr { of: this, name, out });
        }
    }

    /// `d.get` as a value.
    fn method_value(&mut self, job: JobId, row: &batuta_catalog::Row, this: Var, out: Var) {
        let mut map = Default::default();
        self.expect_type(job, row.params[0].ty, this, &mut map);
        let mut vars: Vec<Var> =
            crate::libcalls::value_params(row).map(|ty| self.type_var(ty, &mut map)).collect();
        let count = vars.len() as u8;
        vars.push(self.type_var(row.result, &mut map));
        self.vars.add(out, Atom::new(Head::Func(count), vars));
    }

    fn object_attr(&mut self, job: JobId, atom: &Atom, class: Name, name: Name, out: Var) {
        if name == "_fields" && self.env.is_named_tuple(class) {
            return self.type_attr(job, class, name, out);
        }
        if self.env.is_enum(class) && matches!(name.as_str(), "name" | "_name_") {
            return self.put(out, Head::Str);
        }
        if self.env.is_enum(class) && matches!(name.as_str(), "value" | "_value_") {
            let var = self.field(class, Name::new("value"));
            return self.flow(var, out);
        }
        match name.as_str() {
            "__class__" => return self.class_of_object(class, out),
            "__dict__" => {
                let (key, value) = (self.vars.fresh(), self.vars.fresh());
                self.put(key, Head::Str);
                self.put(value, Head::Value);
                return self.vars.add(out, Atom::new(Head::Dict, vec![key, value]));
            }
            _ => {}
        }
        let method = self.env.method(class, name.as_str());
        if let Some(method) = method.filter(|_| !self.env.is_field_first(class, name)) {
            let kind = self.env.program.fns[&method].kind;
            return match kind {
                FnKind::Property => {
                    let this = self.single(atom);
                    self.call_methods(job, class, method, &[], out, Some(this));
                }
                FnKind::StaticMethod => self.function_value(method, 0, out),
                _ => {
                    let this = self.single(atom);
                    if let Some(inst) = self.only(method) {
                        let target = self.insts[inst].sig.params.first().map(|param| param.var);
                        target.into_iter().for_each(|target| self.flow(this, target));
                    }
                    self.function_value(method, 1, out);
                }
            };
        }
        if self.env.field_owner(class, name).is_some() {
            let var = self.field(class, name);
            return self.flow(var, out);
        }
        if let Some(path) = self.env.attribute(class, name.as_str()) {
            return self.read_global(job, path, out);
        }
        if self.env.is_error(class) {
            let this = self.vars.fresh();
            self.put(this, Head::Error);
            let args = vec![ArgFact { kind: ArgKind::Positional, var: this }];
            let target = Target::Lib(Name::new("error").join(name.as_str()));
            self.sub(job, C::Call { site: u32::MAX, target, args, out });
            return;
        }
        if let Some(inner) = self.inner_of(atom, &["__getattr__"]) {
            self.sub(job, C::Attr { of: inner, name, out });
            return;
        }
        if self.env.asks_for(class, name) {
            let text = self.vars.fresh();
            self.put(text, Head::Str);
            self.dunder(job, atom, "__getattr__", &[text], out);
        }
        // Only subclasses have it.
        for (path, _) in &self.env.program.classes {
            if *path != class && self.env.is_subclass(*path, class) {
                let has = self.env.own_fields.get(path).is_some_and(|fields| fields.contains(&name));
                if has {
                    let var = self.field(*path, name);
                    self.flow(var, out);
                }
            }
        }
    }

    /// `C.name` read.
    fn type_attr(&mut self, job: JobId, class: Name, name: Name, out: Var) {
        let doc = self.env.class(class).filter(|_| name == "__doc__").and_then(crate::expand::class_text);
        if doc == Some(batuta_core::Const::None) {
            return self.put(out, Head::None);
        }
        if matches!(name.as_str(), "__name__" | "__qualname__" | "__module__" | "__doc__") {
            return self.put(out, Head::Str);
        }
        if name == "_fields" && self.env.is_named_tuple(class) {
            let names: Vec<Var> = self.env.record_fields(class).iter().map(|_| self.vars.fresh()).collect();
            names.iter().for_each(|var| self.put(*var, Head::Str));
            return self.vars.add(out, Atom::new(Head::Tuple(names.len().min(255) as u8), names));
        }
        if crate::class_values::names_classes(name.as_str()) && self.env.class(class).is_some() {
            return self.order_of_classes(class, name.as_str(), out);
        }
        if let Some(now) = self.env.late_attribute(class, name.as_str()) {
            return self.call_fn(job, now, &[], out, None);
        }
        if let Some(path) = self.env.attribute(class, name.as_str()) {
            return self.read_global(job, path, out);
        }
        if let Some(method) = self.env.method(class, name.as_str()) {
            let skip = usize::from(self.env.program.fns[&method].kind == FnKind::ClassMethod);
            return self.function_value(method, skip, out);
        }
        if self.env.field_owner(class, name).is_some() {
            let var = self.field(class, name);
            self.flow(var, out);
        }
    }

    fn set_attr(&mut self, job: JobId, atom: &Atom, name: Name, value: Var, raw: bool) {
        match atom.head {
            Head::Class(class) => {
                if !raw && self.env.assigner(class, name).is_some() {
                    let (text, out) = (self.vars.fresh(), self.vars.fresh());
                    self.put(text, Head::Str);
                    self.dunder(job, atom, "__setattr__", &[text, value], out);
                } else if let Some(setter) = self.env.setter(class, name.as_str()) {
                    let this = self.single(atom);
                    let out = self.vars.fresh();
                    let args = [ArgFact { kind: ArgKind::Positional, var: value }];
                    self.call_methods(job, class, setter, &args, out, Some(this));
                } else {
                    let var = self.field(class, name);
                    self.flow(value, var);
                }
            }
            Head::TypeOf(class) => {
                let path = self.env.attribute(class, name.as_str()).unwrap_or(class.join(name.as_str()));
                self.write_global(job, path, value);
            }
            Head::Lib(owner) if crate::namespace::is_namespace(owner) => {
                let var = self.field(owner, name);
                self.flow(value, var);
            }
            _ => {}
        }
    }

    fn index(&mut self, job: JobId, atom: &Atom, index: Var, constant: Option<i64>, out: Var) {
        match atom.head {
            Head::List => {
                self.sub(job, C::Seen(index));
                self.flow(atom.args[0], out);
            }
            Head::Dict => {
                if !self.vars.is_known(atom.args[0]) {
                    self.flow(index, atom.args[0]);
                }
                self.flow(atom.args[1], out);
            }
            Head::Str => self.put(out, Head::Str),
            Head::Bytes | Head::Range => self.put(out, Head::Int),
            Head::Value => self.put(out, Head::Value),
            Head::Tuple(count) => match position(constant, count as usize) {
                Some(at) => self.flow(atom.args[at], out),
                None => atom.args.iter().for_each(|arg| self.flow(*arg, out)),
            },
            Head::TypeOf(class) if self.env.is_enum(class) => self.put(out, Head::Class(class)),
            Head::Class(class) if self.env.is_named_tuple(class) => {
                let fields = self.env.record_fields(class);
                match position(constant, fields.len()) {
                    Some(at) => {
                        let var = self.field(class, fields[at].name);
                        self.flow(var, out);
                    }
                    None => {
                        for field in fields {
                            let var = self.field(class, field.name);
                            self.flow(var, out);
                        }
                    }
                }
            }
            _ => match self.inner_of(atom, &["__getitem__"]) {
                Some(of) => drop(self.sub(job, C::Index { of, index, constant, out })),
                None => drop(self.dunder(job, atom, "__getitem__", &[index], out)),
            },
        }
    }

    fn set_index(&mut self, job: JobId, atom: &Atom, index: Var, value: Var) {
        match atom.head {
            Head::List => {
                self.sub(job, C::Seen(index));
                self.flow(value, atom.args[0]);
            }
            Head::Dict => {
                self.flow(index, atom.args[0]);
                self.flow(value, atom.args[1]);
            }
            Head::Value | Head::Bytes => {}
            _ => {
                if let Some(of) = self.inner_of(atom, &["__setitem__"]) {
                    self.sub(job, C::SetIndex { of, index, value });
                    return;
                }
                let out = self.vars.fresh();
                self.dunder(job, atom, "__setitem__", &[index, value], out);
            }
        }
    }

    /// The index is a slice object and nothing else.
    fn is_slice(&self, index: Var) -> bool {
        let atoms = self.vars.atoms(index);
        !atoms.is_empty() && atoms.iter().all(|atom| atom.head == Head::Slice)
    }

    fn slice(&mut self, job: JobId, atom: &Atom, bounds: Option<[Option<i64>; 2]>, out: Var) {
        match atom.head {
            Head::Tuple(_)
                if bounds.is_some_and(|bounds| !kept_items(bounds, atom.args.len()).is_empty()) =>
            {
                let kept = kept_items(bounds.unwrap_or_default(), atom.args.len());
                let items = atom.args[kept].to_vec();
                self.vars.add(out, Atom::new(Head::Tuple(items.len().min(255) as u8), items));
            }
            Head::List | Head::Str | Head::Bytes | Head::Range | Head::Value => {
                self.vars.add(out, atom.clone())
            }
            Head::Tuple(_) => {
                let item = self.vars.fresh();
                atom.args.iter().for_each(|arg| self.flow(*arg, item));
                self.vars.add(out, Atom::new(Head::Lib(Name::new("tuple")), vec![item]));
            }
            // A part of some library types is a plain tuple: of `time.struct_time`.
            Head::Lib(name)
                if let Some(row) = batuta_catalog::functions(name.join("__slice__").as_str()).first()
                    && matches!(row.result.kind(), TyKind::Lib(result, _) if *result != name)
                    && !crate::libcalls::has_vars(row.result) =>
            {
                let part = self.type_var(row.result, &mut Default::default());
                self.flow(part, out);
            }
            Head::Lib(name)
                if name == "tuple"
                    || !batuta_catalog::functions(name.join("__slice__").as_str()).is_empty() =>
            {
                self.vars.add(out, atom.clone())
            }
            _ => {
                if let Some(of) = self.inner_of(atom, &["__getitem__"]) {
                    self.sub(job, C::Slice { of, bounds, out });
                    return;
                }
                if let Some(tuple) = self.as_plain_tuple(atom, "__getitem__") {
                    return self.slice(job, &tuple, bounds, out);
                }
                let index = self.vars.fresh();
                self.put(index, Head::Slice);
                if !self.dunder(job, atom, crate::expand::SLICES, &[index], out) {
                    self.dunder(job, atom, "__getitem__", &[index], out);
                }
            }
        }
    }

    /// Calls a special method of a class or a row of a library type.
    pub(crate) fn dunder(&mut self, job: JobId, atom: &Atom, name: &str, args: &[Var], out: Var) -> bool {
        let given: Vec<ArgFact> =
            args.iter().map(|var| ArgFact { kind: ArgKind::Positional, var: *var }).collect();
        match atom.head {
            Head::Class(class) => {
                let Some(method) = self.env.method(class, name) else { return false };
                let this = self.single(atom);
                self.call_methods(job, class, method, &given, out, Some(this));
                true
            }
            head => {
                let Some(owner) = type_name(head) else { return false };
                let lib = owner.join(name);
                if batuta_catalog::functions(lib.as_str()).is_empty() {
                    return false;
                }
                let this = self.single(atom);
                let mut all = vec![ArgFact { kind: ArgKind::Positional, var: this }];
                all.extend(given);
                self.sub(job, C::Call { site: u32::MAX, target: Target::Lib(lib), args: all, out });
                true
            }
        }
    }

    pub(crate) fn iterate(&mut self, job: JobId, atom: &Atom, item: Var) {
        match atom.head {
            Head::List | Head::Set | Head::FrozenSet | Head::Iter | Head::Dict => {
                self.flow(atom.args[0], item)
            }
            Head::Str => self.put(item, Head::Str),
            Head::Bytes | Head::Range => self.put(item, Head::Int),
            Head::Value => self.put(item, Head::Value),
            Head::Tuple(_) => atom.args.iter().for_each(|arg| self.flow(*arg, item)),
            Head::TypeOf(class) if self.env.is_enum(class) => self.put(item, Head::Class(class)),
            Head::Class(class) => self.iterate_object(job, atom, class, item),
            Head::Lib(_) => {
                let out = self.vars.fresh();
                if self.dunder(job, atom, "__iter__", &[], out) {
                    self.sub(job, C::Iterate { of: out, item });
                }
            }
            _ => {}
        }
    }

    fn iterate_object(&mut self, job: JobId, atom: &Atom, class: Name, item: Var) {
        if self.env.method(class, "__next__").is_some() {
            if self.env.method(class, "__iter__").is_some() {
                let unused = self.vars.fresh();
                self.dunder(job, atom, "__iter__", &[], unused);
            }
            self.dunder(job, atom, "__next__", &[], item);
        } else if self.env.method(class, "__iter__").is_some() {
            let out = self.vars.fresh();
            self.dunder(job, atom, "__iter__", &[], out);
            self.sub(job, C::Iterate { of: out, item });
        } else if let Some(of) = self.inner_of(atom, &[]) {
            self.sub(job, C::Iterate { of, item });
        } else if self.env.method(class, "__getitem__").is_some() {
            let index = self.vars.fresh();
            self.put(index, Head::Int);
            self.dunder(job, atom, "__getitem__", &[index], item);
        } else if self.env.is_named_tuple(class) {
            for field in self.env.record_fields(class) {
                let var = self.field(class, field.name);
                self.flow(var, item);
            }
        }
    }

    /// A named tuple as the tuple that it is, where its class does not define the method.
    pub(crate) fn as_plain_tuple(&mut self, atom: &Atom, method: &str) -> Option<Atom> {
        match atom.head {
            Head::Class(class)
                if self.env.is_named_tuple(class) && self.env.method(class, method).is_none() =>
            {
                let items = self.named_items(class);
                Some(Atom::new(Head::Tuple(items.len().min(255) as u8), items))
            }
            _ => None,
        }
    }

    /// The items of a named tuple.
    pub(crate) fn named_items(&mut self, class: Name) -> Vec<Var> {
        let fields = self.env.record_fields(class);
        fields.iter().map(|field| self.field(class, field.name)).collect()
    }

    fn unpack(&mut self, job: JobId, atom: &Atom, front: &[Var], rest: Option<Var>, back: &[Var]) {
        if let Some(of) = self.inner_of(atom, &["__iter__"]) {
            self.sub(job, C::Unpack { of, front: front.to_vec(), rest, back: back.to_vec() });
            return;
        }
        let exact: Option<Vec<Var>> = match atom.head {
            Head::Tuple(_) => Some(atom.args.to_vec()),
            Head::Class(class) if self.env.is_named_tuple(class) => Some(self.named_items(class)),
            _ => None,
        };
        if let Some(items) = exact {
            let count = front.len() + back.len();
            if items.len() < count || (rest.is_none() && items.len() > count) {
                return;
            }
            for (item, var) in items.iter().zip(front) {
                self.flow(*item, *var);
            }
            let tail = items.len() - back.len();
            for (item, var) in items[tail..].iter().zip(back) {
                self.flow(*item, *var);
            }
            if let Some(rest) = rest {
                let item = self.vars.fresh();
                items[front.len()..tail].iter().for_each(|var| self.flow(*var, item));
                self.vars.add(rest, Atom::new(Head::List, vec![item]));
            }
            return;
        }
        let item = self.vars.fresh();
        self.iterate(job, atom, item);
        front.iter().chain(back).for_each(|var| self.flow(item, *var));
        if let Some(rest) = rest {
            self.vars.add(rest, Atom::new(Head::List, vec![item]));
        }
    }

    fn enter(&mut self, job: JobId, atom: &Atom, out: Var) {
        match atom.head {
            Head::Iter => self.flow(atom.args[0], out),
            Head::Class(_) => {
                let unused = self.vars.fresh();
                let none: Vec<Var> = (0..3)
                    .map(|_| {
                        let var = self.vars.fresh();
                        self.put(var, Head::None);
                        var
                    })
                    .collect();
                self.dunder(job, atom, "__exit__", &none, unused);
                self.dunder(job, atom, "__enter__", &[], out);
            }
            _ => {
                if !self.dunder(job, atom, "__enter__", &[], out) {
                    self.vars.add(out, atom.clone());
                }
            }
        }
    }
}

/// A constant index into so many items, negative ones from the end.
pub(crate) fn position(constant: Option<i64>, count: usize) -> Option<usize> {
    let at = constant?;
    let at = if at < 0 { at + count as i64 } else { at };
    usize::try_from(at).ok().filter(|at| *at < count)
}

/// Name under which the catalogue keeps the methods of a type.
pub(crate) fn type_name(head: Head) -> Option<Name> {
    Some(match head {
        Head::Bool | Head::Int => Name::new("int"),
        Head::Float => Name::new("float"),
        Head::Complex => Name::new("complex"),
        Head::Str => Name::new("str"),
        Head::Bytes => Name::new("bytes"),
        Head::Range => Name::new("range"),
        Head::Slice => Name::new("slice"),
        Head::Error => Name::new("error"),
        Head::List => Name::new("list"),
        Head::Set => Name::new("set"),
        Head::FrozenSet => Name::new("frozenset"),
        Head::Dict => Name::new("dict"),
        Head::Iter => Name::new("iter"),
        Head::Tuple(_) => Name::new("tuple"),
        Head::Lib(name) => name,
        _ => return None,
    })
}

/// Functions with packed parameters are of other types than those that have as many plain ones.
fn func_head(params: &[ParamFact]) -> Head {
    let has = |kind: ParamKind| params.iter().any(|param| param.kind == kind);
    let count = params.len().min(63) as u8;
    let star = if has(ParamKind::Star) { 64 } else { 0 };
    let star_star = if has(ParamKind::StarStar) { 128 } else { 0 };
    Head::Func(count | star | star_star)
}

/// The items of a tuple of some length between two bounds.
pub(crate) fn kept_items([start, stop]: [Option<i64>; 2], count: usize) -> std::ops::Range<usize> {
    let count = count as i64;
    let clamp = |at: i64| (if at < 0 { at + count } else { at }).clamp(0, count) as usize;
    let (start, stop) = (clamp(start.unwrap_or(0)), clamp(stop.unwrap_or(count)));
    start..stop.max(start)
}
