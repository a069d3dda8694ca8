//! Functions of the library whose meaning is no row: class tests, constructors by keyword, special methods.

use crate::facts::{ArgFact, C, Target};
use crate::solve::{JobId, Solver};
use crate::vars::{Atom, Head, Var};
use batuta_base::Name;
use batuta_core::*;

/// Special methods that stand behind library functions, by the type of their first argument.
pub(crate) fn dunder_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "builtins.len" => "__len__",
        "builtins.abs" => "__abs__",
        "builtins.next" => "__next__",
        "builtins.iter" => "__iter__",
        "builtins.hash" => "__hash__",
        "builtins.int" => "__int__",
        "builtins.float" => "__float__",
        "builtins.complex" => "__complex__",
        "builtins.round" => "__round__",
        "builtins.reversed" => "__reversed__",
        "builtins.divmod" => "__divmod__",
        "builtins.pow" => "__pow__",
        "math.trunc" => "__trunc__",
        "math.floor" => "__floor__",
        "math.ceil" => "__ceil__",
        _ => return None,
    })
}

impl Solver<'_> {
    /// Functions whose meaning is no row: class tests, constructors by keyword, special methods.
    pub(crate) fn builtin_call(&mut self, job: JobId, name: Name, args: &[ArgFact], out: Var) -> bool {
        match name.as_str() {
            "builtins.isinstance" | "builtins.issubclass" | "builtins.hasattr" | "builtins.bool" => {
                self.put(out, Head::Bool);
            }
            "builtins.range" => {
                args.iter().for_each(|arg| {
                    self.mark(arg.var);
                    self.use_hint(arg.var, Ty::int());
                });
                self.put(out, Head::Range);
            }
            "builtins.type" if args.len() == 1 => {
                self.each(job, args[0].var, |me, atom| match atom.head {
                    Head::Class(class) => me.class_of_object(class, out),
                    Head::Error => me.put(out, Head::TypeOf(Name::new("BaseException"))),
                    Head::Value | Head::None => me.put(out, Head::Value),
                    head => {
                        // Its type tells an int from a float.
                        if matches!(head, Head::Bool | Head::Int | Head::Float | Head::Num | Head::Complex) {
                            me.mark(args[0].var);
                        }
                        if let Some(name) = crate::rules::type_name(head) {
                            me.put(out, Head::LibFn(Name::new("builtins").join(name.as_str())));
                        }
                    }
                });
            }
            "builtins.iter" if args.len() == 1 && !self.has_dunder(args, "__next__") => {
                let item = self.vars.fresh();
                if self.first(job, "iter") {
                    self.sub(job, C::Iterate { of: args[0].var, item });
                    self.vars.add(out, Atom::new(Head::Iter, vec![item]));
                }
            }
            "builtins.dict" if args.len() == 1 && self.is_mapping(args[0].var) => {
                self.each(job, args[0].var, |me, atom| {
                    let (key, value) = (me.vars.fresh(), me.vars.fresh());
                    me.iterate(job, &atom, key);
                    me.dunder(job, &atom, "__getitem__", &[key], value);
                    me.vars.add(out, Atom::new(Head::Dict, vec![key, value]));
                });
            }
            // Of a value that may be several things, none of them a dict.
            "builtins.dict" if args.len() == 1 && self.is_dynamic_mapping(args[0].var) => {
                let (key, value) = (self.vars.fresh(), self.vars.fresh());
                self.put(key, Head::Value);
                self.put(value, Head::Value);
                self.vars.add(out, Atom::new(Head::Dict, vec![key, value]));
            }
            "builtins.dict" if args.iter().any(|arg| arg.kind != ArgKind::Positional) => {
                if self.first(job, "dict") {
                    let (key, value) = (self.vars.fresh(), self.vars.fresh());
                    for arg in args {
                        match arg.kind {
                            ArgKind::Named(_) => {
                                self.put(key, Head::Str);
                                self.flow(arg.var, value);
                            }
                            _ => {
                                self.sub(job, C::SplatDict { of: arg.var, key, value });
                            }
                        }
                    }
                    self.vars.add(out, Atom::new(Head::Dict, vec![key, value]));
                }
            }
            "dict.update" if args.iter().any(|arg| arg.kind != ArgKind::Positional) => {
                let rest = args[1..].to_vec();
                self.each(job, args[0].var, |me, atom| {
                    let [key, value] = atom.args[..] else { return };
                    for arg in &rest {
                        match arg.kind {
                            ArgKind::Named(_) => {
                                me.put(key, Head::Str);
                                me.flow(arg.var, value);
                            }
                            _ => {
                                me.sub(job, C::SplatDict { of: arg.var, key, value });
                            }
                        }
                    }
                });
                self.put(out, Head::None);
            }
            "builtins.sum" if args.len() == 2 => {
                // A sum that starts from an object.
                let item = self.vars.fresh();
                if self.first(job, "sum") {
                    self.sub(job, C::Iterate { of: args[0].var, item });
                }
                self.each(job, args[1].var, |me, atom| {
                    if matches!(atom.head, Head::Class(_)) {
                        me.vars.add(out, atom);
                        me.sub(job, C::Binary { op: ObjOp::Add, a: out, b: item, out, in_place: false });
                    }
                });
                return self.vars.atoms(args[1].var).iter().any(|atom| matches!(atom.head, Head::Class(_)));
            }
            "builtins.sum" if args.len() == 1 => {
                if self.first(job, "sum") {
                    let item = self.vars.fresh();
                    self.sub(job, C::Iterate { of: args[0].var, item });
                    let target = Target::Lib(Name::new("builtins.sum_objects"));
                    let args = vec![ArgFact { kind: ArgKind::Positional, var: item }];
                    self.sub(job, C::Call { site: u32::MAX, target, args, out });
                }
                return false;
            }
            "list.index" | "list.remove" | "list.count" | "set.remove" | "set.discard" | "dict.get"
            | "dict.pop"
                if args.len() >= 2 =>
            {
                if self.first(job, "items") {
                    let (of, item) = (args[0].var, args[1].var);
                    let target = Target::Lib(Name::new("builtins.compare_items"));
                    let args = [item, of].map(|var| ArgFact { kind: ArgKind::Positional, var });
                    self.sub(job, C::Call { site: u32::MAX, target, args: args.to_vec(), out });
                }
                return false;
            }
            "builtins.compare_items" => {
                let item = args[0].var;
                self.each(job, args[1].var, |me, atom| {
                    // Of a dict the keys.
                    me.compare_items(job, item, &atom.args[..atom.args.len().min(1)]);
                });
            }
            "builtins.sum_objects" => self.each(job, args[0].var, |me, atom| {
                if matches!(atom.head, Head::Class(_)) {
                    let (zero, item) = (me.vars.fresh(), me.single(&atom));
                    me.put(zero, Head::Int);
                    me.sub(job, C::Binary { op: ObjOp::Add, a: zero, b: item, out, in_place: false });
                    me.sub(job, C::Binary { op: ObjOp::Add, a: out, b: item, out, in_place: false });
                }
            }),
            "builtins.getattr" => self.put(out, Head::Value),
            // A view of a dict is a set where it is an operand.
            "builtins.view_set" => self.each(job, args[0].var, |me, atom| match atom.head {
                Head::Iter => me.vars.add(out, Atom::new(Head::Set, atom.args.to_vec())),
                _ => me.vars.add(out, atom),
            }),
            // One that is kept is a list.
            "builtins.view_list" => self.each(job, args[0].var, |me, atom| match atom.head {
                Head::Iter => me.vars.add(out, Atom::new(Head::List, atom.args.to_vec())),
                _ => me.vars.add(out, atom),
            }),
            "builtins.print" => {
                args.iter().for_each(|arg| self.mark(arg.var));
                self.put(out, Head::None);
            }
            "enum.auto" => self.put(out, Head::Int),
            "dataclasses.plain" => self.put(out, Head::Value),
            "dataclasses.is_dataclass" => self.put(out, Head::Bool),
            "dataclasses.asdict" => self.plain_dict(out),
            "dataclasses.astuple" => self.plain_tuple(out),
            "ruchy.len"
                if args.first().is_some_and(|of| {
                    self.vars.atoms(of.var).iter().any(|atom| matches!(atom.head, Head::Tuple(_)))
                }) =>
            {
                self.put(out, Head::Int);
            }
            "ruchy.as_int"
                if args.len() == 1
                    && self
                        .vars
                        .atoms(args[0].var)
                        .iter()
                        .any(|atom| matches!(atom.head, Head::Class(_))) =>
            {
                self.put(out, Head::Int);
            }
            _ if let Some(method) = crate::ruchy_values::dynamic_method(name)
                && args.first().is_some_and(|of| {
                    self.vars.atoms(of.var).iter().any(|atom| matches!(atom.head, Head::Value))
                }) =>
            {
                args.iter().for_each(|arg| self.mark(arg.var));
                args.iter().skip(1).for_each(|arg| self.gives_arrays(job, arg.var));
                match crate::ruchy_values::dynamic_result(method) {
                    Some(ty) if *ty.kind() == TyKind::Str => self.put(out, Head::Str),
                    Some(ty) if *ty.kind() == TyKind::Bool => self.put(out, Head::Bool),
                    Some(_) => self.put(out, Head::Int),
                    None => self.put(out, Head::Value),
                }
            }
            "dataclasses.replace" | "copy.copy" | "copy.deepcopy" | "ruchy.copy" => {
                self.copied(job, args, out)
            }
            _ if crate::env::is_builtin_error(name) => {
                args.iter().for_each(|arg| self.mark(arg.var));
                self.put(out, Head::Error);
            }
            _ => return self.special_method(job, name, args, out),
        }
        true
    }

    fn copied(&mut self, job: JobId, args: &[ArgFact], out: Var) {
        let Some((first, rest)) = args.split_first() else { return };
        self.flow(first.var, out);
        let rest = rest.to_vec();
        self.each(job, first.var, |me, atom| {
            if let Head::Class(class) = atom.head {
                for arg in &rest {
                    if let ArgKind::Named(field) = arg.kind {
                        let var = me.field(class, field);
                        me.flow(arg.var, var);
                    }
                }
            }
        });
    }

    fn is_dynamic_mapping(&self, var: Var) -> bool {
        crate::dynamic::mixed(self, var) && !self.vars.has(var, Head::Dict)
    }

    fn has_dunder(&self, args: &[ArgFact], name: &str) -> bool {
        self.vars.atoms(args[0].var).iter().any(|atom| match atom.head {
            Head::Class(class) => self.env.method(class, name).is_some(),
            _ => false,
        })
    }

    /// `len(x)` of an object is `x.__len__()`; of a library type a row of that type.
    fn special_method(&mut self, job: JobId, name: Name, args: &[ArgFact], out: Var) -> bool {
        let Some(dunder) = dunder_of(name.as_str()) else { return false };
        let Some(first) = args.first() else { return false };
        let mut found = false;
        let mut is_number = false;
        for atom in self.vars.atoms(first.var).to_vec() {
            is_number |= matches!(atom.head, Head::Int | Head::Float | Head::Num | Head::Bool);
            let has = match atom.head {
                Head::Class(class) => self.env.method(class, dunder).is_some(),
                Head::Lib(lib) => !batuta_catalog::functions(lib.join(dunder).as_str()).is_empty(),
                _ => false,
            };
            if has {
                found = true;
                if self.first(job, (dunder, atom.head)) {
                    let rest: Vec<Var> = args[1..].iter().map(|arg| arg.var).collect();
                    match (dunder, rest.as_slice()) {
                        // `next(it, default)`
                        ("__next__", [default]) => {
                            self.iterate(job, &atom, out);
                            self.flow(*default, out);
                        }
                        _ => drop(self.dunder(job, &atom, dunder, &rest, out)),
                    }
                }
            }
        }
        // Of a number it is another type than of an object.
        if found && is_number && matches!(dunder, "__divmod__" | "__abs__" | "__pow__") {
            self.put(out, Head::Value);
        }
        found
    }
}
