//! Calls of the library: which overload, and what it says about its arguments and result.

use crate::bind::{Bound, Formal, Slot, bind};
use crate::facts::{ArgFact, C, Target};
use crate::solve::{JobId, Solver};
use crate::vars::{Atom, Head, Var};
use batuta_base::{FxHashMap, Name};
use batuta_catalog::{ParamRow, Row, Take};
use batuta_core::*;

/// Type variables of one use of a row.
pub(crate) type RowVars = FxHashMap<Name, Var>;

/// How strictly an overload is looked for.
#[derive(Clone, Copy, Default)]
pub(crate) struct Choice {
    /// Items of ints and floats are not taken for floats.
    pub exact: bool,
    /// Nor are arguments, since one overload takes numbers of either kind.
    pub apart: bool,
    /// A dynamic value fits only where one is asked for.
    pub strict: bool,
    /// A value of several types is a dynamic one.
    pub mixed: bool,
    /// Items that are dynamic are taken for numbers of either kind, not for ints or floats alone.
    pub wide: bool,
}

/// Whether arguments suit a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fit {
    Yes,
    /// Something is not known yet.
    Maybe,
    No,
}

pub(crate) fn row_formals(row: &Row) -> Vec<Formal> {
    let formal = |param: &ParamRow| Formal {
        name: param.name,
        kind: match (param.variadic, param.keyword_only) {
            (true, _) => ParamKind::Star,
            (_, true) => ParamKind::KeywordOnly,
            _ => ParamKind::Normal,
        },
        has_default: param.default.is_some(),
    };
    row.params.iter().map(formal).collect()
}

/// Functions that compare the items that they are given by `<`.
fn sorts(name: Name) -> bool {
    matches!(name.as_str(), "builtins.sorted" | "builtins.min" | "builtins.max" | "list.sort")
}

/// A row that gives one of its arguments as an int.
pub(crate) fn gives_number(row: &Row) -> bool {
    matches!(row.name.as_str(), "builtins.min" | "builtins.max") && row.result.is_int()
}

impl Solver<'_> {
    pub(crate) fn lib_call(&mut self, job: JobId, name: Name, args: &[ArgFact], out: Var) {
        let name = self.env.lib_name(name);
        let kinds: Vec<ArgKind> = args.iter().map(|arg| arg.kind).collect();
        if self.env.orders_itself && sorts(name) && self.first(job, "sorts") {
            self.order_items(job, args);
        }
        if let Some(spread) = spread_row(name, &kinds)
            && args.last().is_some_and(|arg| self.star_len(arg.var).is_none())
        {
            let args: Vec<ArgFact> =
                args.iter().map(|arg| ArgFact { kind: ArgKind::Positional, ..arg.clone() }).collect();
            let target = Target::Lib(spread);
            self.sub(job, C::Call { site: u32::MAX, target, args, out });
            return;
        }
        let is_named = |kind: &ArgKind| matches!(kind, ArgKind::Named(_) | ArgKind::StarStar);
        if name == "str.format" && kinds.iter().any(is_named) {
            args.iter().for_each(|arg| self.mark(arg.var));
            return self.put(out, Head::Str);
        }
        let args = &self.inner_arguments(job, name, args)[..];
        if self.builtin_call(job, name, args, out) {
            return;
        }
        let rows = batuta_catalog::functions(name.as_str());
        if rows.is_empty() && !is_type_member(name) {
            // The call becomes a hole; what it would give is dynamic, so that only the call is lost.
            args.iter().for_each(|arg| self.mark(arg.var));
            if batuta_catalog::is_dynamic(name.as_str()) {
                args.iter().for_each(|arg| self.gives_arrays(job, arg.var));
            }
            return self.put(out, Head::Value);
        }
        let candidates: Vec<(&Row, Bound)> = self.candidates(rows, args);
        let chosen = self.choose(job, &candidates, args);
        match chosen {
            // No overload takes values of several types: what the call gives is dynamic as they are.
            None if args.iter().any(|arg| self.holds_mixed(arg.var)) => {
                return self.put(out, Head::Value);
            }
            None => return,
            Some((at, Fit::Yes)) => {
                let (row, bound) = &candidates[at];
                return self.commit(job, row, bound, args, out);
            }
            Some(_) => {}
        }
        if candidates.len() == 1 {
            let (row, bound) = &candidates[0];
            return self.commit(job, row, bound, args, out);
        }
        if !self.rows.contains_key(&job) && self.first(job, "undecided") {
            self.undecided.push(job);
        }
    }

    /// A function that NumPy is given is called with arrays, one that a dynamic value of Ruchy is given with such values.
    pub(crate) fn gives_arrays(&mut self, job: JobId, function: Var) {
        self.each(job, function, |me, atom| {
            if let Head::Func(_) = atom.head {
                let params = atom.args.len().saturating_sub(1);
                atom.args[..params].iter().for_each(|param| me.put(*param, Head::Value));
            }
        });
    }

    /// What is sorted is compared with its own kind.
    fn order_items(&mut self, job: JobId, args: &[ArgFact]) {
        if args.iter().any(|arg| matches!(arg.kind, ArgKind::Named(name) if name == "key")) {
            return;
        }
        let plain = |arg: &&ArgFact| arg.kind == ArgKind::Positional;
        let items = match args.iter().filter(plain).count() {
            1 => {
                let item = self.vars.fresh();
                self.sub(job, C::Iterate { of: args[0].var, item });
                vec![item]
            }
            _ => args.iter().filter(plain).map(|arg| arg.var).collect(),
        };
        for item in &items {
            let target = Target::Method(*item, Name::new("__lt__"));
            let others = items.iter().map(|other| ArgFact { kind: ArgKind::Positional, var: *other });
            for other in others {
                let out = self.vars.fresh();
                self.sub(job, C::Call { site: u32::MAX, target: target.clone(), args: vec![other], out });
            }
        }
    }

    /// Values of several types, or items that are.
    fn holds_mixed(&self, var: Var) -> bool {
        let mixed = |var: Var| crate::dynamic::mixed(self, var);
        mixed(var)
            || self.vars.atoms(var).iter().any(|atom| match atom.head {
                Head::List | Head::Set | Head::Iter => mixed(atom.args[0]),
                _ => false,
            })
    }

    pub(crate) fn candidates<'r>(&self, rows: &'r [Row], args: &[ArgFact]) -> Vec<(&'r Row, Bound)> {
        let kinds: Vec<ArgKind> = args.iter().map(|arg| arg.kind).collect();
        let lens = |at: usize| self.star_len(args[at].var);
        rows.iter()
            .map(|row| (row, bind(&row_formals(row), &kinds, &lens)))
            .filter(|(_, bound)| bound.is_complete() && takes_spread(bound))
            .collect()
    }

    /// Nothing more will come: takes the first overload that is not excluded.
    pub(crate) fn decide(&mut self, job: JobId) {
        if self.rows.contains_key(&job) {
            return;
        }
        let C::Call { target: Target::Lib(name), args, out, .. } = self.jobs[job as usize].c.clone() else {
            return;
        };
        let name = self.env.lib_name(name);
        let args = self.inner_arguments(job, name, &args);
        let candidates = self.candidates(batuta_catalog::functions(name.as_str()), &args);
        if let Some((at, _)) = self.choose(job, &candidates, &args) {
            let (row, bound) = &candidates[at];
            self.commit(job, row, bound, &args, out);
        }
    }

    /// The first overload that is not excluded. Items that are ints and floats are no floats where an
    /// overload keeps them apart: `sum([1, 2.5][:1])` is `1`.
    /// A dynamic value goes to an overload for such values first; so does one of several types that no
    /// other overload takes.
    fn choose(&mut self, job: JobId, candidates: &[(&Row, Bound)], args: &[ArgFact]) -> Option<(usize, Fit)> {
        let any = |me: &Self, test: &dyn Fn(&Self, Var) -> bool| args.iter().any(|arg| test(me, arg.var));
        if any(self, &|me, var| me.vars.has(var, Head::Value)) {
            let found = self.choose_with(job, candidates, args, Choice { strict: true, ..Choice::default() });
            if found.is_some() {
                return found;
            }
        }
        for (wide, exact) in [(true, true), (false, true), (false, false)] {
            let found = self.choose_with(job, candidates, args, Choice { exact, wide, ..Choice::default() });
            if found.is_some() {
                return found;
            }
        }
        if !any(self, &|me, var| crate::dynamic::mixed(me, var)) {
            return None;
        }
        [true, false].into_iter().find_map(|strict| {
            self.choose_with(job, candidates, args, Choice { strict, mixed: true, ..Choice::default() })
        })
    }

    fn choose_with(
        &mut self,
        job: JobId,
        candidates: &[(&Row, Bound)],
        args: &[ArgFact],
        choice: Choice,
    ) -> Option<(usize, Fit)> {
        let is_num = |ty: Ty| *ty.kind() == TyKind::Num;
        let apart = candidates.iter().any(|(row, _)| row.params.iter().any(|param| is_num(param.ty)));
        self.choice = Choice { apart, ..choice };
        let mut fits =
            candidates.iter().enumerate().map(|(at, (row, bound))| (at, self.fit_row(job, row, bound, args)));
        let found = fits.find(|(_, fit)| *fit != Fit::No);
        self.choice = Choice::default();
        found
    }

    fn fit_row(&mut self, job: JobId, row: &Row, bound: &Bound, args: &[ArgFact]) -> Fit {
        // `min(False, 0)` is the one that it is given, not its number.
        if gives_number(row) && args.iter().any(|arg| self.vars.has(arg.var, Head::Bool)) {
            return Fit::No;
        }
        let mut all = Fit::Yes;
        for (slot, param) in bound.slots.iter().zip(&row.params) {
            let fit = match slot {
                Slot::Arg(at) => self.fit(job, param.ty, args[*at].var, 0),
                Slot::Pack(items) => {
                    let mut fit = Fit::Yes;
                    for at in items {
                        if args[*at].kind == ArgKind::Positional {
                            fit = worse(fit, self.fit(job, param.ty, args[*at].var, 0));
                        }
                    }
                    fit
                }
                _ => Fit::Yes,
            };
            all = worse(all, fit);
            if all == Fit::No {
                return Fit::No;
            }
        }
        all
    }

    /// Whether a variable's atoms suit a row's type.
    fn fit(&mut self, job: JobId, ty: Ty, var: Var, depth: usize) -> Fit {
        if matches!(ty.kind(), TyKind::Var(_) | TyKind::Value) || depth > 4 {
            return Fit::Yes;
        }
        self.watch(job, var);
        let mut atoms = self.vars.atoms(var).to_vec();
        if atoms.is_empty() {
            return Fit::Maybe;
        }
        if self.choice.mixed && crate::dynamic::mixed(self, var) {
            atoms = vec![Atom::plain(Head::Value)];
        }
        let has = |head: Head| atoms.iter().any(|atom| atom.head == head);
        let is_mixed = has(Head::Num) || has(Head::Int) && has(Head::Float);
        let is_told_apart = depth > 0 || self.choice.apart;
        if self.choice.exact && is_told_apart && is_mixed && matches!(ty.kind(), TyKind::Float(_)) {
            return Fit::No;
        }
        let only_none = atoms.iter().all(|atom| atom.head == Head::None);
        if let TyKind::Option(inner) = ty.kind() {
            let bare = matches!(inner.kind(), TyKind::Var(_));
            if bare && !atoms.iter().any(|atom| atom.head == Head::None) {
                return Fit::No;
            }
            if only_none {
                return Fit::Yes;
            }
            return self.fit(job, *inner, var, depth);
        }
        let mut all = Fit::Yes;
        for atom in &atoms {
            if atom.head == Head::None && !only_none && *ty.kind() != TyKind::Unit {
                continue;
            }
            all = worse(all, self.fit_atom(job, ty, atom, depth));
        }
        all
    }

    fn fit_atom(&mut self, job: JobId, ty: Ty, atom: &Atom, depth: usize) -> Fit {
        let says = |yes: bool| if yes { Fit::Yes } else { Fit::No };
        if atom.head == Head::Value && self.choice.strict {
            return says(match ty.kind() {
                TyKind::Iter(item) => matches!(item.kind(), TyKind::Var(_) | TyKind::Value),
                _ => false,
            });
        }
        if atom.head == Head::Value {
            let is_number = *ty.kind() == TyKind::Num && !self.env.has_arrays;
            let is_told = self.choice.wide && depth > 0 && !is_number;
            return says(!is_told && !matches!(ty.kind(), TyKind::Unit | TyKind::Bool));
        }
        match ty.kind() {
            TyKind::Unit => says(atom.head == Head::None),
            TyKind::Int(_) => says(atom.head == Head::Int || (depth == 0 && atom.head == Head::Bool)),
            TyKind::Bool => says(atom.head == Head::Bool),
            TyKind::Float(_) if depth > 0 && atom.head == Head::Bool => Fit::No,
            TyKind::Float(_) => says(matches!(atom.head, Head::Float | Head::Int | Head::Bool | Head::Num)),
            TyKind::Num => says(matches!(atom.head, Head::Float | Head::Int | Head::Num)),
            TyKind::Complex => says(matches!(atom.head, Head::Complex | Head::Float | Head::Int)),
            TyKind::Str => says(atom.head == Head::Str),
            TyKind::Bytes => says(atom.head == Head::Bytes),
            TyKind::Range => says(atom.head == Head::Range),
            TyKind::Error => says(match atom.head {
                Head::Error => true,
                Head::Class(class) => self.env.is_error(class),
                _ => false,
            }),
            TyKind::Iter(item) => self.fit_iterable(job, *item, atom, depth),
            TyKind::List(item) => self.fit_args(job, Head::List, &[*item], atom, depth),
            TyKind::Set(item) => self.fit_args(job, Head::Set, &[*item], atom, depth),
            TyKind::FrozenSet(item) => self.fit_args(job, Head::FrozenSet, &[*item], atom, depth),
            TyKind::Dict(key, value) => self.fit_args(job, Head::Dict, &[*key, *value], atom, depth),
            TyKind::Tuple(items) => self.fit_args(job, Head::Tuple(items.len() as u8), items, atom, depth),
            TyKind::Lib(name, items) if *name == "tuple" && matches!(atom.head, Head::Tuple(_)) => {
                let mut all = Fit::Yes;
                for arg in atom.args.iter() {
                    all = worse(all, self.fit(job, items[0], *arg, depth + 1));
                }
                all
            }
            TyKind::Lib(name, _) if *name == "file" => {
                says(matches!(atom.head, Head::Lib(own) if crate::contexts::is_text_stream(own)))
            }
            TyKind::Lib(name, items) => self.fit_args(job, Head::Lib(*name), items, atom, depth),
            TyKind::Func(..) => match atom.head {
                Head::Func(_) | Head::LibFn(_) | Head::TypeOf(_) => Fit::Yes,
                Head::Class(class) => says(self.env.method(class, "__call__").is_some()),
                _ => Fit::No,
            },
            TyKind::Union(items) => {
                let fits: Vec<Fit> =
                    items.iter().map(|item| self.fit_atom(job, *item, atom, depth)).collect();
                says(fits.contains(&Fit::Yes))
            }
            _ => Fit::Yes,
        }
    }

    fn fit_args(&mut self, job: JobId, head: Head, types: &[Ty], atom: &Atom, depth: usize) -> Fit {
        if atom.head != head {
            return Fit::No;
        }
        let mut all = Fit::Yes;
        for (ty, var) in types.iter().zip(atom.args.iter()) {
            all = worse(all, self.fit(job, *ty, *var, depth + 1));
        }
        all
    }

    fn fit_iterable(&mut self, job: JobId, item: Ty, atom: &Atom, depth: usize) -> Fit {
        let scalar = |me: &mut Self, head: Head| match item.kind() {
            TyKind::Var(_) | TyKind::Value => Fit::Yes,
            _ => me.fit_atom(job, item, &Atom::plain(head), depth + 1),
        };
        match atom.head {
            Head::List | Head::Set | Head::FrozenSet | Head::Iter | Head::Dict => {
                self.fit(job, item, atom.args[0], depth + 1)
            }
            Head::Str => scalar(self, Head::Str),
            Head::Bytes | Head::Range => scalar(self, Head::Int),
            Head::Tuple(_) => {
                let mut all = Fit::Yes;
                for arg in atom.args.iter() {
                    all = worse(all, self.fit(job, item, *arg, depth + 1));
                }
                all
            }
            Head::Lib(name) => {
                let rows = batuta_catalog::functions(name.join("__iter__").as_str());
                match (rows.is_empty(), atom.args.first()) {
                    (true, _) => Fit::No,
                    (false, Some(arg)) => self.fit(job, item, *arg, depth + 1),
                    (false, None) => Fit::Yes,
                }
            }
            Head::Class(class) => {
                if let Some(given) = self.items_of_object(class) {
                    return self.fit(job, item, given, depth + 1);
                }
                let known = ["__iter__", "__next__", "__getitem__"];
                let is = known.iter().any(|name| self.env.method(class, name).is_some());
                if is || self.env.is_named_tuple(class) { Fit::Yes } else { Fit::No }
            }
            Head::TypeOf(class) if self.env.is_enum(class) => Fit::Yes,
            _ => Fit::No,
        }
    }

    /// What `__iter__` of an object gives one after the other, where that is an iterator.
    fn items_of_object(&mut self, class: Name) -> Option<Var> {
        let method = self.env.method(class, "__iter__")?;
        let inst = self.only(method)?;
        let ret = self.insts[inst].sig.ret;
        let gives = self.vars.atoms(ret).iter().find(|atom| atom.head == Head::Iter)?;
        Some(gives.args[0])
    }

    /// The overload holds: its parameter types meet the arguments, its result flows out.
    fn commit(&mut self, job: JobId, row: &Row, bound: &Bound, args: &[ArgFact], out: Var) {
        let rows = self.rows.entry(job).or_default();
        if rows.contains(&row.overload) {
            return;
        }
        rows.push(row.overload);
        self.tell_mappings(job, args);
        let mut map = RowVars::default();
        for (slot, param) in bound.slots.iter().zip(&row.params) {
            match slot {
                Slot::Arg(at) => {
                    self.expect(job, param, args[*at].var, &mut map);
                }
                Slot::Pack(items) => {
                    for at in items {
                        if args[*at].kind == ArgKind::Star {
                            let item = self.vars.fresh();
                            self.sub(job, C::Iterate { of: args[*at].var, item });
                            self.expect(job, param, item, &mut map);
                        } else {
                            self.expect(job, param, args[*at].var, &mut map);
                        }
                    }
                }
                _ => {}
            }
        }
        // A result that is an int or a float by what its items are shows which they are.
        if row.result.any(&mut |ty| *ty.kind() == TyKind::Num) {
            args.iter().for_each(|arg| self.mark(arg.var));
            self.mark(out);
        }
        if *row.result.kind() != TyKind::Never {
            let result = self.type_var(row.result, &mut map);
            self.flow(result, out);
        }
    }

    /// What takes counts of a mapping, but keys of anything else, tells them apart.
    fn tell_mappings(&mut self, job: JobId, args: &[ArgFact]) {
        const TELLING: [&str; 3] = ["collections.Counter", "Counter.update", "Counter.subtract"];
        let C::Call { target: Target::Lib(name), .. } = &self.jobs[job as usize].c else { return };
        if !TELLING.contains(&name.as_str()) {
            return;
        }
        for arg in args {
            let heads: Vec<Head> = self.vars.atoms(arg.var).iter().map(|atom| atom.head).collect();
            if heads.contains(&Head::Dict)
                && heads.iter().any(|head| !matches!(head, Head::Dict | Head::None))
            {
                self.mark(arg.var);
            }
        }
    }

    /// An argument meets a parameter's type.
    fn expect(&mut self, job: JobId, param: &ParamRow, arg: Var, map: &mut RowVars) {
        self.mark_dynamic(param.ty, arg);
        let bare = matches!(param.ty.kind(), TyKind::Var(_));
        if bare && param.take == Take::Read {
            // Only looked at: a lookup does not widen what it looks into.
            return self.mark_read(arg);
        }
        self.expect_type(job, param.ty, arg, map);
    }

    /// What becomes a dynamic value tells ints, floats and bools apart.
    fn mark_dynamic(&mut self, ty: Ty, arg: Var) {
        if *ty.kind() == TyKind::Value {
            return self.mark(arg);
        }
        if !ty.any(&mut |part| *part.kind() == TyKind::Value) {
            return;
        }
        let children = ty.children();
        for atom in self.vars.atoms(arg).to_vec() {
            if atom.args.len() == children.len() {
                atom.args.iter().zip(&children).for_each(|(held, child)| self.mark_dynamic(*child, *held));
            }
        }
    }

    fn mark_read(&mut self, arg: Var) {
        self.mark(arg);
    }

    pub(crate) fn expect_type(&mut self, job: JobId, ty: Ty, arg: Var, map: &mut RowVars) {
        match ty.kind() {
            TyKind::Var(_) => {
                let var = self.type_var(ty, map);
                self.flow(arg, var);
            }
            TyKind::Iter(item) => {
                self.use_hint(arg, ty);
                // Items that are iterated themselves may be of any iterable type; dynamic ones are
                // read as what the row takes.
                let is_nested = matches!(item.kind(), TyKind::Iter(_));
                let is_dynamic = !matches!(item.kind(), TyKind::Var(_)) && self.gives_values(arg);
                if is_dynamic {
                    self.holds_values(*item, map);
                }
                let is_apart = is_nested || is_dynamic;
                let var = if is_apart { self.vars.fresh() } else { self.type_var(*item, map) };
                self.sub(job, C::Iterate { of: arg, item: var });
                if is_nested {
                    self.expect_type(job, *item, var, map);
                }
            }
            TyKind::Func(params, ret) => {
                let args: Vec<ArgFact> = params
                    .iter()
                    .map(|ty| crate::calls::positional(self.type_var(ty.strip_ref(), map)))
                    .collect();
                let result = match ret.kind() {
                    TyKind::Var(_) => self.type_var(*ret, map),
                    TyKind::Lib(..) | TyKind::List(_) if has_vars(*ret) => {
                        let result = self.vars.fresh();
                        let held = self.type_var(*ret, map);
                        self.flow(result, held);
                        result
                    }
                    _ => self.vars.fresh(),
                };
                self.sub(job, C::Call { site: u32::MAX, target: Target::Value(arg), args, out: result });
            }
            TyKind::Option(inner) => {
                let rest = self.vars.fresh();
                let filter = std::rc::Rc::new(crate::narrow::Filter::not_none());
                self.flow_narrowed(arg, rest, filter);
                self.expect_type(job, *inner, rest, map);
            }
            TyKind::Int(_) => {
                self.mark(arg);
                self.use_hint(arg, ty);
            }
            TyKind::Lib(name, items) if *name == "tuple" && self.is_fixed_tuple(arg) => {
                let item = self.type_var(items[0], map);
                self.sub(job, C::Iterate { of: arg, item });
            }
            _ if has_vars(ty) => {
                let var = self.type_var(ty, map);
                let atoms = self.vars.atoms(var).to_vec();
                let head = atoms.first().map(|atom| atom.head);
                let matching = self.vars.atoms(arg).iter().find(|atom| Some(atom.head) == head).cloned();
                match matching {
                    Some(atom) => {
                        self.vars.add(var, atom.clone());
                        // What may be absent inside a container is present where it is taken out of it.
                        for (child, held) in ty.children().into_iter().zip(atom.args.to_vec()) {
                            if matches!(child.kind(), TyKind::Option(_)) {
                                self.expect_type(job, child, held, map);
                            }
                        }
                    }
                    None if self.vars.has(arg, Head::Value) => self.holds_values(ty, map),
                    None => {
                        if self.vars.atoms(arg).is_empty() {
                            self.flow(arg, var);
                        }
                    }
                }
            }
            _ => self.use_hint(arg, ty),
        }
    }

    /// A dynamic value that is taken as a container holds dynamic values.
    fn holds_values(&mut self, ty: Ty, map: &mut RowVars) {
        if let TyKind::Var(_) = ty.kind() {
            let var = self.type_var(ty, map);
            return self.put(var, Head::Value);
        }
        ty.children().into_iter().for_each(|child| self.holds_values(child, map));
    }

    /// Whether what is iterated gives dynamic values.
    fn gives_values(&self, of: Var) -> bool {
        self.vars.atoms(of).iter().any(|atom| match atom.head {
            Head::Value => true,
            Head::List | Head::Set | Head::Iter => self.vars.has(atom.args[0], Head::Value),
            _ => false,
        })
    }

    fn is_fixed_tuple(&self, var: Var) -> bool {
        self.vars.atoms(var).iter().any(|atom| matches!(atom.head, Head::Tuple(_)))
    }

    pub(crate) fn use_hint(&mut self, arg: Var, ty: Ty) {
        let root = self.vars.find(arg);
        self.vars.rows[root as usize].uses.push(ty);
    }

    /// A variable of a type whose type variables are looked up or made.
    pub(crate) fn type_var(&mut self, ty: Ty, map: &mut RowVars) -> Var {
        if let TyKind::Var(name) = ty.kind() {
            if let Some(var) = map.get(name) {
                return *var;
            }
            let var = self.vars.fresh();
            map.insert(*name, var);
            return var;
        }
        let var = self.vars.fresh();
        match ty.kind() {
            TyKind::Option(inner) => {
                let inner = self.type_var(*inner, map);
                self.put(var, Head::None);
                self.flow(inner, var);
            }
            TyKind::Union(items) => {
                for item in items {
                    let item = self.type_var(*item, map);
                    self.flow(item, var);
                }
            }
            _ => {
                if let Some(head) = head_of(ty) {
                    let args: Vec<Var> =
                        ty.children().into_iter().map(|child| self.type_var(child, map)).collect();
                    let args = if matches!(head, Head::Class(_)) { Vec::new() } else { args };
                    self.vars.add(var, Atom::new(head, args));
                }
            }
        }
        var
    }
}

/// The function that takes what `*xs` spreads as one argument: `a.union(*xs)` is `set.union$*`.
pub(crate) fn spread_row(name: Name, kinds: &[ArgKind]) -> Option<Name> {
    let (ArgKind::Star, rest) = kinds.split_last()? else { return None };
    let spread = Name::new(&format!("{name}$*"));
    let is_plain = rest.iter().all(|kind| *kind == ArgKind::Positional);
    (is_plain && !batuta_catalog::functions(spread.as_str()).is_empty()).then_some(spread)
}

/// A spread argument of unknown length goes to a parameter that takes any number.
pub(crate) fn takes_spread(bound: &Bound) -> bool {
    let is_open = |slot: &Slot| {
        matches!(slot, Slot::Rest(_) | Slot::RestOr(_) | Slot::PackRest(_) | Slot::PackFrom(..))
    };
    bound.rest.is_empty() && !bound.slots.iter().any(is_open)
}

/// A method of a builtin type: its absence is an error of the program, not of the catalogue.
fn is_type_member(name: Name) -> bool {
    let owner = name.as_str().split('.').next().unwrap_or_default();
    matches!(
        owner,
        "str" | "int" | "float" | "list" | "dict" | "set" | "tuple" | "bytes" | "error" | "frozenset"
    )
}

fn worse(a: Fit, b: Fit) -> Fit {
    match (a, b) {
        (Fit::No, _) | (_, Fit::No) => Fit::No,
        (Fit::Maybe, _) | (_, Fit::Maybe) => Fit::Maybe,
        _ => Fit::Yes,
    }
}

/// The row of a method that is read without being called: one that no call without arguments can mean,
/// with as few arguments as it takes.
pub(crate) fn bound_method(name: Name) -> Option<&'static Row> {
    let rows = batuta_catalog::functions(name.as_str());
    let needs =
        |row: &Row| row.params.iter().filter(|param| param.default.is_none() && !param.variadic).count();
    // `dict<K, V>` stands for every dict, `dict<K, option<V>>` does not.
    let is_special =
        |row: &Row| row.params[0].ty.strip_ref().children().iter().any(|part| !part.children().is_empty());
    rows.iter()
        .filter(|row| !row.params.is_empty())
        .min_by_key(|row| (needs(row), is_special(row)))
        .filter(|row| needs(row) > 1 || takes_any(row) || crate::bare_methods::is_bare_method(name))
}

/// The types that a method takes as a value: what it walks is a list on its way there.
pub(crate) fn value_params(row: &Row) -> impl Iterator<Item = Ty> {
    let needed = row.params[1..].iter().filter(|param| param.default.is_none() && !param.variadic);
    needed.map(|param| match param.ty.kind() {
        TyKind::Iter(item) => Ty::list(item.strip_ref()),
        _ => param.ty,
    })
}

/// Whether a row takes any number of arguments.
pub(crate) fn takes_any(row: &Row) -> bool {
    row.params.iter().any(|param| param.variadic)
}

pub(crate) fn has_vars(ty: Ty) -> bool {
    ty.any(&mut |ty| matches!(ty.kind(), TyKind::Var(_)))
}

/// The catalogue's name of a library type: an annotation says `decimal.Decimal` or `collections.deque`.
fn library_type(name: Name) -> Name {
    match name.as_str() {
        "decimal.Context" => Name::new("DecimalContext"),
        full if full.contains('.') && batuta_catalog::knows(name.last()) => Name::new(name.last()),
        _ => name,
    }
}

/// The outermost constructor of a type; `None` for unknown ones.
pub(crate) fn head_of(ty: Ty) -> Option<Head> {
    Some(match ty.kind() {
        TyKind::Unit => Head::None,
        TyKind::Bool => Head::Bool,
        TyKind::Int(_) => Head::Int,
        TyKind::Float(_) => Head::Float,
        TyKind::Num => Head::Num,
        TyKind::Complex => Head::Complex,
        TyKind::Str => Head::Str,
        TyKind::Bytes => Head::Bytes,
        TyKind::Range => Head::Range,
        TyKind::Slice => Head::Slice,
        TyKind::Error => Head::Error,
        TyKind::List(_) => Head::List,
        TyKind::Set(_) => Head::Set,
        TyKind::FrozenSet(_) => Head::FrozenSet,
        TyKind::Dict(..) => Head::Dict,
        TyKind::Iter(_) => Head::Iter,
        TyKind::Tuple(items) => Head::Tuple(items.len().min(255) as u8),
        TyKind::Class(path, _) => Head::Class(*path),
        TyKind::TypeOf(path) => Head::TypeOf(*path),
        TyKind::Lib(name, _) => Head::Lib(library_type(*name)),
        TyKind::Func(params, _) => Head::Func(params.len().min(255) as u8),
        TyKind::Value => Head::Value,
        _ => return None,
    })
}
